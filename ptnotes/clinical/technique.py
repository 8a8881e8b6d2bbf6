"""What is done by hand: techniques, grades, and the words that describe one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ptnotes.clinical.anatomy import SIDE_IDS, TARGET_KINDS, TargetKind, regions_in
from ptnotes.clinical.rows import Row, SourceStatus

GradeSystem = Literal["maitland", "kaltenborn"]
GRADE_SYSTEMS: tuple[GradeSystem, ...] = ("maitland", "kaltenborn")

DosageMode = Literal[
    "oscillatory",
    "sustained",
    "oscillatory_or_sustained",
    "sustained_or_intermittent",
    "repetitions",
    "single_thrust",
    "assessment",
    "time",
]
DOSAGE_MODES: tuple[DosageMode, ...] = (
    "oscillatory",
    "sustained",
    "oscillatory_or_sustained",
    "sustained_or_intermittent",
    "repetitions",
    "single_thrust",
    "assessment",
    "time",
)

TechniqueFamily = Literal[
    "accessory_spinal",
    "physiological_spinal",
    "traction",
    "mulligan",
    "thrust",
    "assessment",
    "accessory_peripheral",
    "muscle_energy",
    "soft_tissue",
    "neural",
    "stretching",
    "needling",
    "modality",
    "exercise",
]
TECHNIQUE_FAMILIES: tuple[TechniqueFamily, ...] = (
    "accessory_spinal",
    "physiological_spinal",
    "traction",
    "mulligan",
    "thrust",
    "assessment",
    "accessory_peripheral",
    "muscle_energy",
    "soft_tissue",
    "neural",
    "stretching",
    "needling",
    "modality",
    "exercise",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """One technique and where, how and at which grades it may be charted.

    An empty `grades_allowed` means that it takes no grade; with grades and `grade_required` false the grade is
    optional. `joints` narrows joint, rib, muscle and nerve targets; empty means all of its kinds and regions.
    `named_target` is the one that the technique's own name says ("coccyx mob").
    `directions` are the directions of force to choose from (one: it is fixed); `inclinations` refine a glide.
    `thrust` is true for grade V and for nothing else: grade IV is an oscillation that the patient can stop.
    """

    id: str
    label: str
    abbreviation: str
    aliases: tuple[str, ...]
    family: TechniqueFamily
    order: int
    regions: tuple[str, ...]
    target_kinds: tuple[TargetKind, ...]
    joints: tuple[str, ...]
    named_target: str | None
    sides: tuple[str, ...]
    positions: tuple[str, ...]
    dosage_mode: DosageMode
    grades_allowed: tuple[str, ...]
    grade_required: bool
    thrust: bool
    force_direction: str
    directions: tuple[str, ...]
    inclinations: tuple[str, ...]
    target_contact: str
    variants: tuple[str, ...]
    cavitation_field: bool
    result_picklist: str | None
    caution: str | None
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A mobilization grade, with its modifier where it has one (`III+`).

    `base` is the grade without modifier and `modifier` is empty for it. `r1_r2_fraction` is how far into the interval
    between first resistance (R1) and its limit (R2) the movement goes, None where no source says. A grade is never a
    force.
    """

    id: str
    system: GradeSystem
    code: str
    label: str
    aliases: tuple[str, ...]
    meaning: str
    base: str
    modifier: str
    order: int
    amplitude: str
    position_in_range: str
    motion: str
    enters_resistance: bool
    r1_r2_fraction: Decimal | None
    thrust: bool
    patient_can_stop: bool
    usual_aim: tuple[str, ...]
    requires: tuple[str, ...]
    enabled_by_default: bool
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """A direction of force or of movement."""

    id: str
    label: str
    aliases: tuple[str, ...]
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The patient's active movement that a technique is held through (MWM, SNAG)."""

    id: str
    label: str
    aliases: tuple[str, ...]
    regions: tuple[str, ...]
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPosition:
    """How the patient lies, sits or stands."""

    id: str
    label: str
    aliases: tuple[str, ...]
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The patient's response to a technique. `alert` asks for a second look before going on."""

    id: str
    label: str
    aliases: tuple[str, ...]
    alert: bool
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DosageField:
    """A field of the dose: its unit, the bounds of input (ours) and the range that was studied (the source's)."""

    id: str
    label: str
    unit: str
    ucum: str
    studied_min: Decimal | None
    studied_max: Decimal | None
    input_min: Decimal
    input_max: Decimal
    step: Decimal
    typical: tuple[Decimal, ...]
    optional: bool
    order: int
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentationField:
    """One of the six elements that describe a manual technique (Mintken 2008)."""

    id: str
    label: str
    meaning: str
    requirement: str
    input: str
    order: int
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentationSentence:
    """The sentence that the six elements make."""

    id: str
    template: str
    example: str
    note: str | None
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMinimum:
    """What a treatment note must state to be billed."""

    id: str
    requires: tuple[str, ...]
    source: str
    source_status: SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbiguousAlias:
    """An alias that means several entries on purpose; a side or a target decides, or the therapist is asked."""

    kind: str
    alias: str
    entries: tuple[str, ...]
    reason: str
    source: str
    source_status: SourceStatus


def read_technique(row: Row, order: int, groups: Mapping[str, tuple[str, ...]]) -> Technique:
    """A technique from its entry; `groups` says what `all`, `spine` and `peripheral` stand for in its regions."""
    return Technique(
        id=row.text("id"),
        label=row.text("label"),
        abbreviation=row.text("abbreviation"),
        aliases=row.texts("aliases"),
        family=row.word("family", TECHNIQUE_FAMILIES),
        order=order,
        regions=regions_in(row.texts("regions"), groups),
        target_kinds=row.words("target_kinds", TARGET_KINDS),
        joints=row.texts("joints", ()),
        named_target=row.opt_text("named_target"),
        sides=row.words("sides", SIDE_IDS),
        positions=row.texts("patient_positions"),
        dosage_mode=row.word("dosage_mode", DOSAGE_MODES),
        grades_allowed=row.texts("grades_allowed"),
        grade_required=row.flag("grade_required"),
        thrust=row.flag("thrust"),
        force_direction=row.text("force_direction"),
        directions=row.texts("directions", ()),
        inclinations=row.texts("inclinations", ()),
        target_contact=row.text("target_contact"),
        variants=row.texts("variants", ()),
        cavitation_field=row.flag("cavitation_field", default=False),
        result_picklist=row.opt_text("result_picklist"),
        caution=row.opt_text("caution"),
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_grade(row: Row, order: int) -> Grade:
    """A grade without modifier, from its entry."""
    code = row.text("code")
    place, amplitude, motion = row.text("position_in_range"), row.text("amplitude"), row.text("motion")
    return Grade(
        id=row.text("id"),
        system=row.word("system", GRADE_SYSTEMS),
        code=code,
        label=row.text("label"),
        aliases=row.texts("aliases"),
        meaning=f"{amplitude} amplitude, {place}",
        base=code,
        modifier="",
        order=order,
        amplitude=amplitude,
        position_in_range=place,
        motion=motion,
        enters_resistance=row.flag("enters_resistance"),
        r1_r2_fraction=row.opt_number("r1_r2_fraction"),
        thrust=row.flag("thrust"),
        patient_can_stop=row.flag("patient_can_stop"),
        usual_aim=row.texts("usual_aim"),
        requires=row.texts("requires", ()),
        enabled_by_default=True,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_modifier(row: Row, grades: dict[str, Grade]) -> Grade | None:
    """A grade with modifier: what the base says, with the modifier's own meaning and place in the R1-R2 interval.

    None when the base grade is unknown (a fault) or the entry restates the base without a modifier.
    """
    base = grades.get(row.text("base"))
    code, modifier, meaning = row.text("code"), row.text("modifier"), row.text("meaning")
    fraction, enabled = row.opt_number("r1_r2_fraction"), row.flag("enabled_by_default")
    thrust, note = row.flag("thrust"), row.opt_text("note")
    grade_id, source, status = row.text("id"), row.text("source"), row.status()
    if base is None:
        row.fault("base is no known grade")
        return None
    if thrust or base.thrust:
        row.fault("a thrust takes no modifier, and no modifier makes a thrust")
    if modifier == "none":
        if code != base.code or fraction != base.r1_r2_fraction:
            row.fault("an entry without modifier must agree with its grade")
        return None
    if code != base.code + modifier:
        row.fault(f"code {code!r} is not {base.code}{modifier}")
    return replace(
        base,
        id=grade_id,
        code=code,
        label=f"{base.label.split(' (', maxsplit=1)[0]}{modifier}",
        aliases=tuple(alias + modifier for alias in base.aliases),
        meaning=meaning,
        modifier=modifier,
        r1_r2_fraction=fraction,
        enabled_by_default=enabled,
        note=note,
        source=source,
        source_status=status,
    )


def read_direction(row: Row, order: int) -> Direction:
    """A direction from its entry."""
    return Direction(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_movement(row: Row, order: int) -> Movement:
    """An active movement from its entry."""
    return Movement(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        regions=row.texts("regions"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_position(row: Row, order: int) -> PatientPosition:
    """A patient position from its entry."""
    return PatientPosition(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_response(row: Row, order: int) -> Response:
    """A response from its entry."""
    return Response(
        id=row.text("id"),
        label=row.text("label"),
        aliases=row.texts("aliases"),
        alert=row.flag("alert"),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_dosage_field(row: Row, order: int) -> DosageField:
    """A field of the dose from its entry."""
    unit = row.text("unit")
    return DosageField(
        id=row.text("id"),
        label=row.text("label"),
        unit=unit,
        ucum=row.text("ucum", unit),
        studied_min=row.opt_number("studied_min"),
        studied_max=row.opt_number("studied_max"),
        input_min=row.number("input_min"),
        input_max=row.number("input_max"),
        step=row.number("step"),
        typical=row.numbers("typical"),
        optional=row.flag("optional", default=False),
        order=order,
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_documentation_field(row: Row, order: int) -> DocumentationField:
    """A documentation field from its entry."""
    return DocumentationField(
        id=row.text("id"),
        label=row.text("label"),
        meaning=row.text("meaning"),
        requirement=row.text("requirement"),
        input=row.text("input"),
        order=order,
        source=row.text("source"),
        source_status=row.status(),
    )


def read_documentation_sentence(row: Row, _order: int) -> DocumentationSentence:
    """The documentation sentence from its entry."""
    return DocumentationSentence(
        id=row.text("id"),
        template=row.text("template"),
        example=row.text("example"),
        note=row.opt_text("note"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_note_minimum(row: Row, _order: int) -> NoteMinimum:
    """What a note must state, from its entry."""
    return NoteMinimum(
        id=row.text("id"),
        requires=row.texts("requires"),
        source=row.text("source"),
        source_status=row.status(),
    )


def read_ambiguous_alias(row: Row, _order: int) -> AmbiguousAlias:
    """A deliberate ambiguity from its entry."""
    return AmbiguousAlias(
        kind=row.text("kind"),
        alias=row.text("alias"),
        entries=row.texts("entries"),
        reason=row.text("reason"),
        source=row.text("source"),
        source_status=row.status(),
    )


def placed(grade: Grade, order: int) -> Grade:
    """The grade at its place in the whole list."""
    return replace(grade, order=order)
