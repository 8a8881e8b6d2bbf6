"""The reference data as one read-only value, and the questions that screens and rules ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ptnotes.clinical.anatomy import Region, Side, Target
from ptnotes.clinical.examination import (
    Dermatome,
    EndFeel,
    FindingNote,
    Myotome,
    ReflexGrade,
    ReflexSite,
    SegmentMobility,
    StrengthGrade,
    UpperMotorNeuronSign,
)
from ptnotes.clinical.exchange_codes import (
    Erratum,
    ExchangeCode,
    FhirMapping,
    LocalCode,
    LoincAnswer,
    PacioProfile,
    Rule,
)
from ptnotes.clinical.find import loosen, rank, searchable
from ptnotes.clinical.important_change import ImportantChange
from ptnotes.clinical.intervention import (
    Area,
    CmsUnits,
    Exercise,
    Intervention,
    Modifier,
    UnitExample,
    UnitRule,
)
from ptnotes.clinical.measure import BodyChartSymbol, OutcomeMeasure
from ptnotes.clinical.motion import Method, Motion, RomWord, TestPosition
from ptnotes.clinical.retention import RetentionRule
from ptnotes.clinical.screening import (
    ALL_REGIONS,
    Action,
    Condition,
    Framework,
    NoContraindication,
    NotBillable,
    ScreeningInterval,
    ScreeningItem,
    VascularSymptom,
)
from ptnotes.clinical.technique import (
    AmbiguousAlias,
    Direction,
    DocumentationField,
    DocumentationSentence,
    DosageField,
    Grade,
    Movement,
    NoteMinimum,
    PatientPosition,
    Response,
    Technique,
)


def shared_sides(technique: Technique, target: Target) -> tuple[str, ...]:
    """The sides on which a technique may be charted at a target; empty when it is not done there."""
    if target.kind not in technique.target_kinds:
        return ()
    if target.region not in technique.regions and not any(r in technique.regions for r in target.also_in):
        return ()
    if (
        technique.joints
        and target.kind not in {"vertebra", "segment", "region"}
        and target.id not in technique.joints
    ):
        return ()
    return tuple(side for side in technique.sides if side in target.sides)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """Everything that the program knows of the field. Mappings go from id (or code) to entry, in display order.

    `version` changes with every change of the data; it is kept with what is signed.
    """

    version: str
    regions: Mapping[str, Region]
    sides: Mapping[str, Side]
    targets: Mapping[str, Target]
    areas: Mapping[str, Area]
    techniques: Mapping[str, Technique]
    grades: Mapping[str, Grade]
    directions: Mapping[str, Direction]
    movements: Mapping[str, Movement]
    patient_positions: Mapping[str, PatientPosition]
    responses: Mapping[str, Response]
    dosage_fields: Mapping[str, DosageField]
    documentation_fields: Mapping[str, DocumentationField]
    documentation_sentences: Mapping[str, DocumentationSentence]
    note_minimums: Mapping[str, NoteMinimum]
    ambiguous_aliases: Mapping[str, AmbiguousAlias]
    motions: Mapping[str, Motion]
    methods: Mapping[str, Method]
    test_positions: Mapping[str, TestPosition]
    rom_words: Mapping[str, RomWord]
    strength_grades: Mapping[str, StrengthGrade]
    end_feels: Mapping[str, EndFeel]
    segment_mobility: Mapping[str, SegmentMobility]
    reflex_grades: Mapping[str, ReflexGrade]
    reflex_sites: Mapping[str, ReflexSite]
    myotomes: Mapping[str, Myotome]
    dermatomes: Mapping[str, Dermatome]
    upper_motor_neuron_signs: Mapping[str, UpperMotorNeuronSign]
    finding_notes: Mapping[str, FindingNote]
    measures: Mapping[str, OutcomeMeasure]
    important_changes: Mapping[str, ImportantChange]
    body_chart: Mapping[str, BodyChartSymbol]
    screening_items: Mapping[str, ScreeningItem]
    screening_intervals: Mapping[str, ScreeningInterval]
    actions: Mapping[str, Action]
    no_contraindications: Mapping[str, NoContraindication]
    frameworks: Mapping[str, Framework]
    vascular_symptoms: Mapping[str, VascularSymptom]
    conditions: Mapping[str, Condition]
    not_billable: Mapping[str, NotBillable]
    interventions: Mapping[str, Intervention]
    modifiers: Mapping[str, Modifier]
    cms_units: Mapping[int, CmsUnits]
    unit_rules: Mapping[str, UnitRule]
    unit_examples: Mapping[str, UnitExample]
    exercises: Mapping[str, Exercise]
    retention_rules: Mapping[str, RetentionRule]
    loinc: Mapping[str, ExchangeCode]
    loinc_answers: Mapping[str, LoincAnswer]
    snomed: Mapping[str, ExchangeCode]
    ucum: Mapping[str, ExchangeCode]
    fhir_mappings: Mapping[str, FhirMapping]
    pacio_profiles: Mapping[str, PacioProfile]
    local_code: LocalCode
    rules: Mapping[str, Rule]
    """Rules in words, by `file.id` ("rom.mdc_same_conditions")."""
    errata: Mapping[str, Erratum]
    notices: Mapping[str, str]
    """Notices that go with the data (trademarks, the edition of ICD-10-CM)."""
    _techniques_at: Mapping[str, tuple[Technique, ...]]
    _targets_of: dict[str, tuple[Target, ...]] = field(default_factory=dict, compare=False, repr=False)
    _searchable: dict[str, list[tuple[Any, tuple[str, ...]]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def techniques_at(self, target_id: str) -> tuple[Technique, ...]:
        """The techniques that may be charted at a target, in display order. Raises KeyError for an unknown target."""
        return self._techniques_at[target_id]

    def targets_of(self, technique_id: str) -> tuple[Target, ...]:
        """The targets at which a technique may be charted. Raises KeyError for an unknown technique."""
        known = self._targets_of.get(technique_id)
        if known is None:
            technique = self.techniques[technique_id]
            known = tuple(
                t
                for t in self.targets.values()
                if any(technique is each for each in self._techniques_at[t.id])
            )
            self._targets_of[technique_id] = known
        return known

    def sides_at(self, technique_id: str, target_id: str) -> tuple[str, ...]:
        """The sides on which a technique may be charted at a target; empty only when it is not done there."""
        return shared_sides(self.techniques[technique_id], self.targets[target_id])

    def grades_of(self, technique_id: str) -> tuple[Grade, ...]:
        """The grades that a technique may take, gentlest first, with the modifiers that are on by default.

        Empty for a technique that takes no grade (NAG, SNAG, MWM, tests).
        """
        allowed = self.techniques[technique_id].grades_allowed
        return tuple(g for g in self.grades.values() if g.base in allowed and g.enabled_by_default)

    def motions_in(self, region_id: str) -> tuple[Motion, ...]:
        """The motions that are measured when a region is treated, its own first."""
        region = self.regions[region_id]
        found = {
            m.id: m for source in region.motions_from for m in self.motions.values() if m.region == source
        }
        found.update({motion_id: self.motions[motion_id] for motion_id in region.motions_also})
        return tuple(found.values())

    def important_change(self, measure_id: str, region_id: str | None) -> ImportantChange | None:
        """The one important change of a measure in a region (None: not known which), else the one for every region.

        None where nothing was chosen for that measure and region: then nothing is said of importance.
        """
        of_measure = [row for row in self.important_changes.values() if row.measure == measure_id]
        exact = (row for row in of_measure if region_id in row.regions)
        general = (row for row in of_measure if row.regions == (ALL_REGIONS,))
        return next(exact, None) or next(general, None)

    def words_for(self, motion_id: str) -> tuple[RomWord, ...]:
        """The coded words that may stand for a reading of a motion; landmarks only where they make sense."""
        return tuple(w for w in self.rom_words.values() if not w.motions or motion_id in w.motions)

    def test_positions_for(self, motion_id: str) -> tuple[TestPosition, ...]:
        """The positions in which a motion may be measured, the motion's own before the general ones."""
        fitting = [p for p in self.test_positions.values() if not p.motions or motion_id in p.motions]
        return tuple(sorted(fitting, key=lambda p: not p.motions))

    def segment_between(self, one: str, other: str) -> Target | None:
        """The motion segment between two neighbouring vertebrae, in either order; None when they are no neighbours."""
        for target in self.targets.values():
            if target.kind == "segment" and {target.upper, target.lower} == {one, other}:
                return target
        return None

    def vertebrae_between(self, one: str, other: str) -> tuple[Target, ...]:
        """Every vertebra from one to the other, both included, from head to tail whatever the order asked.

        Raises KeyError when either is no vertebra.
        """
        column = {t.id: t for t in self.targets.values() if t.kind == "vertebra"}
        first, last = sorted((column[one].order, column[other].order))
        return tuple(t for t in column.values() if first <= t.order <= last)

    def find(self, kind: str, text: str) -> tuple[Any, ...]:
        """Entries of a mapping of this reference (`"techniques"`, `"targets"`, …) that answer a text, best first.

        Ids, labels, abbreviations, aliases and codes are searched, without regard to accents, case, dashes and
        slashes. An empty text gives everything in display order. Raises KeyError for an unknown kind.
        """
        if kind not in self._searchable:
            mapping = getattr(self, kind, None)
            if not isinstance(mapping, Mapping) or kind.startswith("_"):
                raise KeyError(kind)
            self._searchable[kind] = searchable(mapping.values())
        wanted = loosen(text)
        if not wanted:
            return tuple(entry for entry, _ in self._searchable[kind])
        ranked = [(rank(names, wanted), entry) for entry, names in self._searchable[kind]]
        return tuple(entry for score, entry in sorted(_scored(ranked), key=lambda pair: pair[0]))


def _scored(ranked: list[tuple[int | None, Any]]) -> list[tuple[int, Any]]:
    return [(score, entry) for score, entry in ranked if score is not None]
