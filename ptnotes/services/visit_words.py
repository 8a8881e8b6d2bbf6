"""One visit in the words of a document: what was measured before and after, and what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from operator import attrgetter

from ptnotes.clinical import Reference
from ptnotes.domain.change import judge_motion
from ptnotes.domain.charges import charges, minutes_problem, tie_words, units_words
from ptnotes.domain.episode_progress import dose_words, grade_words
from ptnotes.domain.examination import examined_over
from ptnotes.domain.own_values import own_normals
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.people import NormalValues
from ptnotes.domain.screening import is_thrust
from ptnotes.domain.treatment import (
    ComparableSign,
    Exercise,
    Intervention,
    Mobilization,
    PainKind,
    PainScore,
    Phase,
    Place,
    RomReading,
    TreatmentSession,
)
from ptnotes.domain.trend import normal_range
from ptnotes.domain.wording import (
    duration_words,
    how_often,
    number,
    own_value_sentence,
    side_words,
    sign_change,
    signed,
    with_unit,
)
from ptnotes.reports.visit_data import (
    BeforeAfter,
    ExerciseLine,
    FoundLine,
    MobilizationLine,
    MotionLine,
    ServiceLine,
    VisitMeasures,
    VisitTreatment,
)
from ptnotes.services.progress_words import joined

_PAIN = {
    PainKind.NOW: "Now",
    PainKind.BEST: "At best",
    PainKind.WORST: "At worst",
    PainKind.MOVEMENT: "With movement",
}
_NORMALS = {NormalValues.AAOS: "AAOS", NormalValues.AMA: "AMA"}
NOT_RECORDED = "not recorded"


# What was measured ---------------------------------------------------------------------------------------------------


def visit_measures(
    reference: Reference, session: TreatmentSession, normal_values: NormalValues
) -> VisitMeasures:
    """Pain, motions and the patient's own signs of a visit, each before and after."""
    motions = _motion_lines(reference, session.rom, normal_values)
    notes = []
    if any(line.normal for line in motions):
        notes.append(
            f"Normal: {_NORMALS[normal_values]}, else the published range, of healthy adults; it is no target."
        )
    for motion in dict.fromkeys(row.motion for row in session.rom):
        known = reference.motions[motion]
        notes += [
            f"* {known.full_label}, normal value: {own_value_sentence(own, known.unit)}"
            for own in own_normals(known, normal_values)
        ]
    return VisitMeasures(
        pain=_pain_lines(reference, session.pain),
        motions=motions,
        signs=_sign_lines(session.comparable_signs),
        notes=tuple(notes),
    )


def _pain_lines(reference: Reference, scores: Sequence[PainScore]) -> tuple[BeforeAfter, ...]:
    found: dict[tuple[object, ...], dict[bool, PainScore]] = {}
    for score in scores:
        key = (score.scale, score.kind, score.motion, score.place, score.side, score.pair)
        found.setdefault(key, {})[score.phase is Phase.AFTER] = score
    lines = []
    for phases in found.values():
        before, after = phases.get(False), phases.get(True)
        one = before or after
        if one is None or all(score.value is None for score in phases.values()):
            continue
        values = [score.value if score is not None else None for score in (before, after)]
        change = ""
        if values[0] is not None and values[1] is not None:
            change = signed(Decimal(values[1] - values[0]))
        lines.append(
            BeforeAfter(
                what=_pain_words(reference, one),
                before=_score(values[0]),
                after=_score(values[1]),
                change=change,
            )
        )
    return tuple(lines)


def _pain_words(reference: Reference, score: PainScore) -> str:
    moved = reference.motions.get(score.motion or "")
    kind = f"With {_small(moved.full_label)}" if moved is not None else _PAIN[score.kind]
    scale = reference.measures.get(score.scale)
    other = scale.abbreviation if scale is not None and score.scale != "nprs" else ""
    return joined(kind, " ".join(part for part in (score.place, side_words(score.side)) if part), other)


def _score(value: int | None) -> str:
    return "" if value is None else str(value)


def _motion_lines(
    reference: Reference, readings: Sequence[RomReading], normal_values: NormalValues
) -> tuple[MotionLine, ...]:
    """A line for each pair of readings that were taken alike; what was taken otherwise stands in a line of its own."""
    found: dict[tuple[object, ...], dict[bool, RomReading]] = {}
    for row in readings:
        key = (row.pair, row.motion, row.side, row.mode, row.method, row.test_position)
        found.setdefault(key, {})[row.phase is Phase.AFTER] = row
    return tuple(_motion_line(reference, phases, normal_values) for phases in found.values())


def _motion_line(
    reference: Reference, phases: Mapping[bool, RomReading], normal_values: NormalValues
) -> MotionLine:
    before, after = phases.get(False), phases.get(True)
    one = next(iter(phases.values()))
    motion = reference.motions[one.motion]
    change = ""
    if before is not None and after is not None:
        verdict = judge_motion(reference, before, after)
        change = signed(verdict.change, one.unit) if verdict.change is not None else ""
    low, high = normal_range(motion, normal_values)
    normal = ""
    if low is not None and high is not None:
        words = with_unit(high, motion.unit)
        normal = words if low == high else f"{number(low)}–{words}"
        normal += "*" if own_normals(motion, normal_values) else ""
    return MotionLine(
        motion=" ".join(part for part in (motion.full_label, side_words(one.side)) if part),
        how=_how(reference, one),
        before=_reading(reference, before),
        after=_reading(reference, after),
        change=change,
        normal=normal,
        remarks=_remarks(reference, before, after),
    )


def _how(reference: Reference, row: RomReading) -> str:
    method = reference.methods.get(row.method or "")
    position = reference.test_positions.get(row.test_position or "")
    return joined(
        row.mode.value,
        _small(method.label) if method is not None else "",
        position.label if position is not None else "",
    )


def _reading(reference: Reference, row: RomReading | None) -> str:
    if row is None:
        return ""
    if row.value is not None:
        return with_unit(row.value, row.unit)
    if row.word is not None:
        known = reference.rom_words.get(row.word)
        return _small(known.label) if known is not None else row.word
    return "not tested" if row.why_not_tested else NOT_RECORDED


def _remarks(reference: Reference, before: RomReading | None, after: RomReading | None) -> str:
    """End feel, pain at the end of the range and why it was not tested; with an arrow where it differed afterwards."""
    parts = []
    for label, said in (
        ("end feel", partial(_feel, reference)),
        ("at end of range:", _end_pain),
        ("not tested:", attrgetter("why_not_tested")),
    ):
        first, last = (said(row) if row is not None else "" for row in (before, after))
        words = f"{first} → {last}" if first and last and first != last else first or last
        parts.append(f"{label} {words}" if words else "")
    return "; ".join(part for part in parts if part)


def _feel(reference: Reference, row: RomReading) -> str:
    feel = reference.end_feels.get(row.end_feel or "")
    return _small(feel.label) if feel is not None else ""


def _end_pain(row: RomReading) -> str:
    if row.pain is not None:
        return f"pain {row.pain}"
    return {True: "painful", False: "not painful", None: ""}[row.end_range_pain]


def _sign_lines(signs: Sequence[ComparableSign]) -> tuple[BeforeAfter, ...]:
    found: dict[tuple[int, str], dict[bool, ComparableSign]] = {}
    for sign in signs:
        found.setdefault((sign.pair, sign.words), {})[sign.phase is Phase.AFTER] = sign
    lines = []
    for (_, words), phases in found.items():
        before, after = (phases[key].value if key in phases else "" for key in (False, True))
        lines.append(BeforeAfter(what=words, before=before, after=after, change=sign_change(before, after)))
    return tuple(lines)


def found_lines(reference: Reference, session: TreatmentSession) -> tuple[FoundLine, ...]:
    """Everything that was examined at a visit: what the patient tells, vital signs, then the tests by their kind."""
    return tuple(
        FoundLine(heading=row.heading, what=row.label, found=row.now[1])
        for row in examined_over(reference, [session])
    )


# What was done -------------------------------------------------------------------------------------------------------


def visit_treatment(
    reference: Reference, session: TreatmentSession, rules: PayerRules, names: Mapping[int, str]
) -> VisitTreatment:
    """Mobilizations, services and exercises of a visit; minutes become units by the payer's rule.

    Who did a row is named where that is somebody other than the visit's author.
    """

    def by(person: int | None) -> str:
        return names.get(person, "") if person is not None and person != session.author_id else ""

    found = charges(reference, session)
    has_minutes = any(row.minutes is not None for row in session.interventions)
    units = ". ".join(
        part
        for part in (
            f"{units_words(found, rules.units)} ({rules.name})",
            tie_words(found, rules.units).replace("you choose", "the therapist chooses"),
        )
        if part
    )
    return VisitTreatment(
        mobilizations=tuple(
            _mobilization_line(reference, row, by(row.done_by)) for row in session.mobilizations
        ),
        grades=_grade_meanings(reference, session.mobilizations),
        services=tuple(_service_line(reference, row, by(row.done_by)) for row in session.interventions),
        exercises=tuple(_exercise_line(reference, row, by(row.done_by)) for row in session.exercises),
        timed_min=found.timed_min if has_minutes else None,
        untimed_min=found.untimed_min or None,
        visit_min=session.total_minutes,
        units=units.rstrip(".") if found.has_units else "",
        minutes_note=minutes_problem(found, session.total_minutes),
    )


def place_of(reference: Reference, row: Mobilization) -> str:
    """Where a mobilization was done, with its side: ``L4, L5 left``; says so where no level is charted."""
    targets = ", ".join(
        reference.targets[target].label if target in reference.targets else target for target in row.targets
    )
    return " ".join(part for part in (targets or "Level not recorded", side_words(row.side)) if part)


def moving_words(reference: Reference, row: Mobilization) -> str:
    """What moves on what, as charted, or as a segment names it: ``L4 on L5``; empty where neither says so."""
    if row.moving_part or row.fixed_part:
        return " on ".join(part for part in (row.moving_part or NOT_RECORDED, row.fixed_part) if part)
    pairs = [
        f"{target.upper} on {target.lower}"
        for target in (reference.targets.get(name) for name in row.targets)
        if target is not None and target.upper is not None and target.lower is not None
    ]
    return ", ".join(pairs)


def direction_words(reference: Reference, row: Mobilization) -> str:
    """The direction of the force, as charted, or as the technique has it where it leaves no choice."""
    direction = reference.directions.get(row.direction or "")
    technique = reference.techniques.get(row.technique or "")
    if direction is not None:
        return direction.label
    is_given = technique is not None and len(technique.directions) < 2
    return technique.force_direction if technique is not None and is_given else ""


def _mobilization_line(reference: Reference, row: Mobilization, by: str) -> MobilizationLine:
    technique = reference.techniques.get(row.technique or "")
    position = reference.patient_positions.get(row.position or "")
    movement = reference.movements.get(row.movement or "")
    responses = [reference.responses[one] for one in row.responses if one in reference.responses]
    cavitation = "" if row.cavitation is None else "cavitation" if row.cavitation else "no cavitation"
    moves = moving_words(reference, row)
    thrust = is_thrust(reference, row)
    grade = grade_words(row)
    return MobilizationLine(
        place=place_of(reference, row),
        technique=technique.label if technique is not None else "Technique not recorded",
        setting="; ".join(
            part
            for part in (
                direction_words(reference, row),
                position.label if position is not None else "",
                f"held at {row.pre_position}" if row.pre_position else "",
                f"moves: {moves}" if moves else "",
                f"with active {movement.label}" if movement is not None else "",
            )
            if part
        ),
        grade=grade,
        dose=dose_words(row),
        response="; ".join(
            part
            for part in (*(one.label for one in responses if not one.alert), cavitation, row.note)
            if part
        ),
        alert="; ".join(one.label for one in responses if one.alert),
        is_thrust=thrust,
        by=by,
    )


def _grade_meanings(reference: Reference, rows: Iterable[Mobilization]) -> tuple[str, ...]:
    """Where in the range each grade used is, in the order of the reference data; grade V is marked as thrust."""
    used = {grade for row in rows for grade in (row.grade, row.grade_to) if grade in reference.grades}
    grades = sorted((reference.grades[grade or ""] for grade in used), key=lambda one: one.order)
    return tuple(
        f"{grade.code.replace('-', '−') if grade.system == 'maitland' else grade.code}: {grade.meaning}"
        + (" (thrust)" if grade.thrust else "")
        for grade in grades
    )


def _service_line(reference: Reference, row: Intervention, by: str) -> ServiceLine:
    service = reference.interventions.get(row.intervention or "")
    words = service.label.partition(" (")[0] if service is not None else "Service not recorded"
    modifiers = ", ".join(row.modifiers)
    return ServiceLine(
        words="; ".join(part for part in (words, row.area, row.parameters) if part),
        code=" ".join(
            part for part in ((service.code or "") if service is not None else "", modifiers) if part
        ),
        timing=("timed" if service.timed else "untimed") if service is not None else "",
        minutes=row.minutes,
        by=by,
    )


def goes_on(reference: Reference, row: Exercise) -> bool:
    """Whether the seconds charted are how long an exercise goes on, as on a bicycle, and not how long it is held."""
    known = reference.exercises.get(row.exercise or "")
    return known is not None and known.usual_dose == "time"


def _exercise_line(reference: Reference, row: Exercise, by: str) -> ExerciseLine:
    known = reference.exercises.get(row.exercise or "")
    name = row.name or (known.label if known is not None else "Exercise not named")
    parts = [str(row.sets)] if row.sets is not None else []
    parts += [str(row.reps)] if row.reps is not None else []
    if row.hold_s is not None:
        parts.append(duration_words(row.hold_s) if goes_on(reference, row) else f"{row.hold_s} s hold")
    load = ""
    if row.load is not None and row.load_unit != "band":
        load = f"{number(row.load)} {row.load_unit}"
    elif row.band:
        load = f"{row.band} band"
    return ExerciseLine(
        words="; ".join(part for part in (name, row.progression, row.cue) if part),
        dose=joined(" × ".join(parts), load, how_often(row.times_a_day, row.days_a_week)),
        place="home" if row.place is Place.HOME else "clinic",
        response=row.response,
        by=by,
    )


def _small(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins with an abbreviation."""
    return label if len(label) < 2 or not label[1].islower() else label[0].lower() + label[1:]
