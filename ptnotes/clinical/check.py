"""Checks between entries: what refers to something must find it, what is ordered must be in order, what is unsafe is
refused. Each check yields one sentence a fault.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any

from ptnotes.clinical.anatomy import SIDE_IDS
from ptnotes.clinical.find import fold, names_of
from ptnotes.clinical.important_change import important_change_faults
from ptnotes.clinical.measure import OutcomeMeasure
from ptnotes.clinical.motion import Motion
from ptnotes.clinical.reference import Reference
from ptnotes.clinical.screening import ALL_REGIONS, SCREENING_CLASSES
from ptnotes.clinical.technique import Technique

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]*")
_ICD10CM = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?")


_FLAT_ALIASES = (
    "regions",
    "sides",
    "grades",
    "directions",
    "movements",
    "patient_positions",
    "responses",
    "methods",
    "end_feels",
    "interventions",
    "areas",
    "exercises",
)


def faults_in(reference: Reference) -> list[str]:
    """Every fault between the entries of a reference, as sentences that name file and entry."""
    return [
        *_ids(reference),
        *_anatomy(reference),
        *_grades(reference),
        *_techniques(reference),
        *_motions(reference),
        *_measures(reference),
        *important_change_faults(reference),
        *_screening(reference),
        *_conditions(reference),
        *_interventions(reference),
        *_areas(reference),
        *_aliases(reference),
    ]


def _unknown(where: str, what: str, ids: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for wanted in ids:
        if wanted not in known:
            yield f"{where}: {what} {wanted!r} is not known"


def _ids(reference: Reference) -> Iterator[str]:
    named: dict[str, Mapping[str, Any]] = {
        "levels: target": reference.targets,
        "techniques: technique": reference.techniques,
        "rom: motion": reference.motions,
        "rom_words: method": reference.methods,
        "conditions: condition": reference.conditions,
        "interventions: intervention": reference.interventions,
        "areas: area": reference.areas,
        "exercises: exercise": reference.exercises,
    }
    for where, mapping in named.items():
        for entry_id in mapping:
            if not _ID.fullmatch(entry_id):
                yield f"{where} {entry_id}: an id is letters, digits, dashes and underlines"


def _anatomy(reference: Reference) -> Iterator[str]:
    if tuple(sorted(reference.sides)) != tuple(sorted(SIDE_IDS)):
        yield f"levels: the sides are not {', '.join(SIDE_IDS)}"
    for region in reference.regions.values():
        where = f"levels: region {region.id}"
        if region.parent not in {"spine", "peripheral"}:
            yield from _unknown(where, "parent", [region.parent], reference.regions)
        yield from _unknown(where, "motions_from", region.motions_from, reference.regions)
        yield from _unknown(where, "motions_also", region.motions_also, reference.motions)
        if (
            not any(m.region in region.motions_from for m in reference.motions.values())
            and not region.motions_also
        ):
            yield f"{where}: no motion is measured there"
    column = {t.id: t for t in reference.targets.values() if t.kind == "vertebra"}
    for target in reference.targets.values():
        where = f"levels: {target.kind} {target.id}"
        yield from _unknown(where, "region", target.regions, reference.regions)
        yield from _unknown(where, "side", target.sides, reference.sides)
        if not target.sides:
            yield f"{where}: has no side"
        if target.kind == "segment":
            upper, lower = column.get(target.upper or ""), column.get(target.lower or "")
            if upper is None or lower is None:
                yield f"{where}: upper and lower are not both vertebrae"
            elif lower.order != upper.order + 1:
                yield f"{where}: {upper.id} and {lower.id} are no neighbours"
            elif target.id != f"{upper.id}-{lower.id}":
                yield f"{where}: the id is not {upper.id}-{lower.id}"


def _grades(reference: Reference) -> Iterator[str]:
    for grade in reference.grades.values():
        where = f"grades: {grade.code}"
        if grade.thrust != (grade.system == "maitland" and grade.base == "V"):
            yield f"{where}: the thrust is grade V and nothing else"
        if grade.thrust and grade.modifier:
            yield f"{where}: a thrust takes no modifier"
        if grade.thrust == grade.patient_can_stop:
            yield f"{where}: the patient can stop every grade but the thrust"
        if grade.r1_r2_fraction is not None and not 0 <= grade.r1_r2_fraction <= 1:
            yield f"{where}: r1_r2_fraction is not between 0 and 1"


def _techniques(reference: Reference) -> Iterator[str]:
    pick_lists = {note.field_id for note in reference.finding_notes.values() if note.field_id is not None}
    bases = {g.code for g in reference.grades.values() if not g.modifier}
    reached = {t.id for techniques in reference._techniques_at.values() for t in techniques}
    for technique in reference.techniques.values():
        where = f"techniques: technique {technique.id}"
        yield from _unknown(where, "region", technique.regions, reference.regions)
        yield from _unknown(where, "joint", technique.joints, reference.targets)
        yield from _unknown(where, "position", technique.positions, reference.patient_positions)
        yield from _unknown(where, "direction", technique.directions, reference.directions)
        yield from _unknown(where, "inclination", technique.inclinations, reference.directions)
        yield from _unknown(where, "grade", technique.grades_allowed, bases)
        if technique.result_picklist is not None:
            yield from _unknown(where, "pick-list", [technique.result_picklist], pick_lists)
        yield from _thrust_is_grade_v(where, technique)
        if technique.grade_required and not technique.grades_allowed:
            yield f"{where}: requires a grade and allows none"
        if technique.named_target is not None and technique not in reference._techniques_at.get(
            technique.named_target, ()
        ):
            yield f"{where}: is not done at its named_target {technique.named_target!r}"
        if technique.id not in reached:
            yield f"{where}: there is no target and side where it may be charted"
    for field in reference.dosage_fields.values():
        where = f"technique_words: dosage_field {field.id}"
        if not field.input_min <= field.input_max:
            yield f"{where}: the bounds are not in order"
        if (
            field.studied_min is not None
            and field.studied_max is not None
            and field.studied_min > field.studied_max
        ):
            yield f"{where}: the studied range is not in order"
        if any(not field.input_min <= value <= field.input_max for value in field.typical):
            yield f"{where}: a typical value lies outside the bounds"
    for movement in reference.movements.values():
        where = f"technique_words: movement {movement.id}"
        yield from _unknown(where, "region", movement.regions, reference.regions)


def _thrust_is_grade_v(where: str, technique: Technique) -> Iterator[str]:
    if technique.thrust != ("V" in technique.grades_allowed):
        yield f"{where}: grade V and thrust go together"
    if technique.thrust and set(technique.grades_allowed) != {"V"}:
        yield f"{where}: a thrust is grade V and no other grade"
    if technique.thrust != (technique.dosage_mode == "single_thrust"):
        yield f"{where}: a thrust, and only a thrust, is dosed as a single thrust"


def _motions(reference: Reference) -> Iterator[str]:
    for motion in reference.motions.values():
        where = f"rom: motion {motion.id}"
        yield from _unknown(where, "region", [motion.region], reference.regions)
        yield from _unknown(where, "method", motion.methods, reference.methods)
        if not motion.methods:
            yield f"{where}: no method measures it"
        for method_id in motion.methods:
            method = reference.methods.get(method_id)
            if method is not None and method.unit not in {motion.unit, "word"}:
                yield f"{where}: {method_id} gives {method.unit}, the motion is in {motion.unit}"
        yield from _motion_numbers(where, motion)
        yield from _motion_error(where, motion, reference)
    for name, entries in (("test_position", reference.test_positions), ("rom_word", reference.rom_words)):
        for entry_id, entry in entries.items():
            yield from _unknown(f"rom_words: {name} {entry_id}", "motion", entry.motions, reference.motions)
    for word in reference.rom_words.values():
        if (word.kind == "landmark") != bool(word.motions):
            yield f"rom_words: rom_word {word.id}: a landmark, and only a landmark, names its motions"
    for method in reference.methods.values():
        if method.kind_of is not None:
            yield from _unknown(
                f"rom_words: method {method.id}", "kind_of", [method.kind_of], reference.methods
            )


def _motion_numbers(where: str, motion: Motion) -> Iterator[str]:
    if not motion.input_min < motion.input_max:
        yield f"{where}: input_min is not below input_max"
    if not motion.input_min <= motion.warn_above <= motion.input_max:
        yield f"{where}: warn_above lies outside the bounds"
    normals = (motion.normal_aaos, motion.normal_ama, motion.normal_low, motion.normal_high)
    for value in normals:
        if value is not None and not motion.input_min <= value <= motion.warn_above:
            yield f"{where}: the normal value {value} would be refused or asked about"
    if (
        motion.normal_low is not None
        and motion.normal_high is not None
        and motion.normal_low > motion.normal_high
    ):
        yield f"{where}: normal_low is above normal_high"


def _motion_error(where: str, motion: Motion, reference: Reference) -> Iterator[str]:
    if motion.no_published_mdc == bool(motion.mdc):
        yield f"{where}: no_published_mdc must say whether there are mdc rows"
    for number, row in enumerate(motion.mdc, start=1):
        yield from _unknown(f"{where}, mdc {number}", "method", row.methods, reference.methods)
        yield from _unknown(f"{where}, mdc {number}", "method of the motion", row.methods, motion.methods)
        if not row.methods:
            yield f"{where}, mdc {number}: applies to no method"
        if row.value <= 0:
            yield f"{where}, mdc {number}: an error is above 0"
        if row.value_low is not None and row.value_low > row.value:
            yield f"{where}, mdc {number}: value_low is above value"
        if row.value_high is not None and row.value_high < row.value:
            yield f"{where}, mdc {number}: value_high is below value"


def _measures(reference: Reference) -> Iterator[str]:
    for measure in reference.measures.values():
        where = f"outcome_measures: measure {measure.id}"
        if measure.regions != (ALL_REGIONS,):
            yield from _unknown(where, "region", measure.regions, reference.regions)
        codes = (measure.loinc, measure.loinc_panel, *measure.loinc_related)
        yield from _unknown(where, "LOINC code", [code for code in codes if code], reference.loinc)
        if not measure.score_min < measure.score_max or not measure.item_min < measure.item_max:
            yield f"{where}: the range of the score or of an item is not in order"
        if measure.ship_items == measure.total_only:
            yield f"{where}: the items are shipped, or only a total is entered"
        if measure.ship_items and measure.licence in {"restricted", "unclear"}:
            yield f"{where}: the licence does not allow to ship the items"
        yield from _bands(where, measure)


def _bands(where: str, measure: OutcomeMeasure) -> Iterator[str]:
    for band in measure.bands:
        if not measure.score_min <= band.low <= band.high <= measure.score_max:
            yield f"{where}: the band {band.label!r} does not lie within the score"
    for one, following in pairwise(measure.bands):
        if following.low != one.high + 1:
            yield f"{where}: the bands {one.label!r} and {following.label!r} do not meet"


def _screening(reference: Reference) -> Iterator[str]:
    if "ask_again" not in reference.screening_intervals:
        yield "contraindications: interval ask_again is missing"
    for interval in reference.screening_intervals.values():
        if not 0 < interval.days_min <= interval.days <= interval.days_max:
            yield f"contraindications: interval {interval.id}: its days are not in order"
    for item in reference.screening_items.values():
        where = f"contraindications: item {item.id}"
        yield from _unknown(where, "action", [item.action], reference.actions)
        if item.regions != (ALL_REGIONS,):
            yield from _unknown(where, "region", item.regions, reference.regions)
        strictness = SCREENING_CLASSES.index
        if (
            item.class_thrust in SCREENING_CLASSES
            and item.class_mobilization in SCREENING_CLASSES
            and strictness(item.class_thrust) > strictness(item.class_mobilization)
        ):
            yield f"{where}: a thrust is never less restricted than a mobilization"


def _conditions(reference: Reference) -> Iterator[str]:
    for condition in reference.conditions.values():
        where = f"conditions: condition {condition.id}"
        codes = [code.code for code in condition.codes]
        yield from _unknown(where, "clinician's term", condition.clinician_terms, condition.aliases)
        yield from _unknown(
            where, "screening item", condition.contraindication_ids, reference.screening_items
        )
        if condition.screening_flag != "none" and not condition.contraindication_ids:
            yield f"{where}: is flagged and opens no screening item"
        if not codes or len(set(codes)) != len(codes):
            yield f"{where}: has no code, or the same one twice"
        for code in condition.codes:
            if not _ICD10CM.fullmatch(code.code):
                yield f"{where}: {code.code!r} is not formed like an ICD-10-CM code"
            if code.code in reference.not_billable:
                yield f"{where}: {code.code} is not billable"
            if code.region is not None:
                yield from _unknown(f"{where}, {code.code}", "region", [code.region], reference.regions)
            if code.side is not None:
                yield from _unknown(f"{where}, {code.code}", "side", [code.side], reference.sides)
        if condition.default_code is not None:
            yield from _unknown(where, "default_code", [condition.default_code], codes)


def _interventions(reference: Reference) -> Iterator[str]:
    by_code = {i.code: i for i in reference.interventions.values() if i.code is not None}
    coded = [i for i in reference.interventions.values() if i.code is not None]
    if len(by_code) != len(coded):
        yield "interventions: two interventions have one code"
    for entry in reference.interventions.values():
        where = f"interventions: intervention {entry.id}"
        if entry.timed != (entry.unit_minutes > 0) or (entry.timed and not entry.minutes_required):
            yield f"{where}: a timed code has units of minutes and needs minutes, an untimed one has none"
        yield from _unknown(where, "code", entry.not_with, by_code)
        if entry.medicare_replacement is not None:
            yield from _unknown(where, "replacement", [entry.medicare_replacement], by_code)
    lines = list(reference.cms_units.values())
    if lines and lines[0].min_minutes != 8:
        yield "interventions: cms_table: the first unit begins at 8 minutes"
    for line in lines:
        if line.min_minutes > line.max_minutes:
            yield f"interventions: cms_table {line.units}: the minutes are not in order"
    for one, following in pairwise(lines):
        if following.units != one.units + 1 or following.min_minutes != one.max_minutes + 1:
            yield f"interventions: cms_table {following.units}: does not follow the line before"
    for example in reference.unit_examples.values():
        where = f"interventions: example {example.id}"
        yield from _unknown(where, "code", example.minutes, by_code)
        if sum(example.minutes.values()) != example.total:
            yield f"{where}: the minutes do not add up to the total"
        if sum(example.cms_allocation.values()) != example.cms_units:
            yield f"{where}: the CMS units do not add up"
        if sum(example.ama_allocation.values()) != example.ama_units:
            yield f"{where}: the AMA units do not add up"
    for exercise in reference.exercises.values():
        yield from _unknown(
            f"exercises: exercise {exercise.id}", "region", exercise.regions, reference.regions
        )


def _areas(reference: Reference) -> Iterator[str]:
    """An area lies in known regions, and no word means an area and a target as well."""
    targets = {fold(name): target for target in reference.targets.values() for name in names_of(target)}
    for area in reference.areas.values():
        where = f"areas: area {area.id}"
        yield from _unknown(where, "region", area.regions, reference.regions)
        for name in names_of(area):
            target = targets.get(fold(name))
            if target is not None:
                yield f"{where}: {name!r} is also {target.kind} {target.id}"


def _aliases(reference: Reference) -> Iterator[str]:
    """Within what a therapist could mean at one place, a word means one thing, unless it is declared otherwise."""
    declared = {(a.kind, fold(a.alias)): frozenset(a.entries) for a in reference.ambiguous_aliases.values()}
    used: set[tuple[str, str]] = set()

    def clashes(kind: str, entries: Iterable[Any]) -> Iterator[tuple[str, Any, Any]]:
        by_name = defaultdict(list)
        for entry in entries:
            for name in {fold(name) for name in names_of(entry)}:
                by_name[name].append(entry)
        for name, sharing in by_name.items():
            for one, other in combinations(sharing, 2):
                if {_id(one), _id(other)} <= declared.get((kind, name), frozenset()):
                    used.add((kind, name))
                else:
                    yield name, one, other

    for kind in _FLAT_ALIASES:
        for name, one, other in clashes(kind, getattr(reference, kind).values()):
            yield f"{kind}: {name!r} means both {_id(one)} and {_id(other)}"
    for name, one, other in clashes("rom_word", reference.rom_words.values()):
        if not one.motions or not other.motions or set(one.motions) & set(other.motions):
            yield f"rom_words: {name!r} means both {one.id} and {other.id} of one motion"
    by_kind = defaultdict(list)
    for target in reference.targets.values():
        by_kind[target.kind].append(target)
    for targets in by_kind.values():
        for name, one, other in clashes("target", targets):
            yield f"levels: {name!r} means both {one.id} and {other.id}"
    places: dict[str, set[str]] = defaultdict(set)
    for target_id, techniques in reference._techniques_at.items():
        for technique in techniques:
            places[technique.id].add(target_id)
    for name, one, other in clashes("technique", reference.techniques.values()):
        if places[one.id] & places[other.id]:
            yield f"techniques: {name!r} means both {one.id} and {other.id} at one target"
    for name, one, other in clashes("motion", reference.motions.values()):
        if one.region == other.region:
            yield f"rom: {name!r} means both {one.id} and {other.id} in one region"
    for kind, name in declared:
        if (kind, name) not in used:
            yield f"technique_words: ambiguous_alias {name!r}: is not ambiguous"


def _id(entry: Any) -> str:
    return str(entry.id)
