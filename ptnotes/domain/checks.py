"""What may be stored. Impossible values are refused with a fault beside their field; unusual ones are only pointed out.

A draft may be incomplete at any moment, so nothing here asks for what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ptnotes.clinical import Reference
from ptnotes.domain.cleaned import cleaned_episode, cleaned_session
from ptnotes.domain.diagnoses import diagnosis_code_fault
from ptnotes.domain.episode import EpisodeOfCare, Goal, OutcomeScore, Problem
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.examination import BEHAVIOURS, values_of
from ptnotes.domain.outcomes import checked_items
from ptnotes.domain.treatment import (
    FINDING_LISTS,
    SESSION_LISTS,
    BodyMark,
    ComparableSign,
    ExamFinding,
    Exercise,
    FindingKind,
    Intervention,
    Mobilization,
    PainKind,
    PainScore,
    RomReading,
    Side,
    TreatmentSession,
    VisitStatus,
    Vitals,
)

NPRS_LOWEST, NPRS_HIGHEST = 0, 10
LONGEST_VISIT_MIN = 480
"""Most minutes one service or visit can take: a working day. An input bound, not a clinical value."""
MOST_SETS, MOST_REPS, LONGEST_HOLD_S = 99, 999, 3600
"""Input bounds of an exercise, set far above any use; not clinical values."""
HEAVIEST_LOAD = Decimal(500)
"""Input bound of an exercise's load in its unit; not a clinical value."""
MOST_TIMES_A_DAY = 24
"""Input bound of how often an exercise is done at home; not a clinical value."""
VITALS_BOUNDS: dict[str, tuple[int, int, str]] = {
    "systolic_mmhg": (40, 300, "mmHg"),
    "diastolic_mmhg": (20, 200, "mmHg"),
    "heart_rate_bpm": (20, 300, "beats/min"),
    "saturation_percent": (40, 100, "%"),
}
"""Input bounds of vital signs, set beyond what a monitor shows of a walking patient; not clinical values."""
MOST_STROKES, MOST_POINTS = 24, 200
"""Lines that a mark on the body chart may hold, and points of a line. The bounds are ours: the pen draws one line of at
most 48 points for each mark, and what holds far more is no drawing."""
VIEW_SIZE = 1000
"""A view of the body chart is so many thousandths wide and high."""
PER_CENT = (Decimal(0), Decimal(200))
"""Bounds of a motion given in per cent of the expected; above 100 is hypermobile."""


def checked_session(reference: Reference, session: TreatmentSession, today: date) -> TreatmentSession:
    """The session as stored, its text cleaned. Raises `InputError` with every fault found; then nothing may change.

    Row numbers that are not unique are a bug of the caller's and raise `ValueError`.
    """
    _require_row_numbers(session)
    faults = list(session_faults(reference, session, today))
    cleaned = session
    try:
        cleaned = cleaned_session(session)
    except InputError as error:
        faults = [*error.faults, *(fault for fault in faults if fault not in error.faults)]
    if faults:
        raise InputError(*faults)
    return cleaned


def session_faults(reference: Reference, session: TreatmentSession, today: date) -> Iterator[Fault]:
    """Every impossible value of `session`: a fault names the field and the row."""
    if session.service_date > today and session.status is not VisitStatus.SCHEDULED:
        yield Fault("visit.date.future", "visit.service_date")
    if session.time_in is not None and session.time_out is not None and session.time_out < session.time_in:
        yield Fault("visit.end_before_start", "visit.time_out")
    for mobilization in session.mobilizations:
        yield from mobilization_faults(reference, mobilization)
    for intervention in session.interventions:
        yield from intervention_faults(reference, intervention)
    for exercise in session.exercises:
        yield from exercise_faults(reference, exercise)
    for reading in session.rom:
        yield from rom_faults(reference, reading)
    for score in session.pain:
        yield from pain_faults(reference, score)
    for finding in session.findings:
        yield from finding_faults(reference, finding)
    for vitals in session.vitals:
        yield from vitals_faults(vitals)
    for mark in session.body_chart:
        yield from mark_faults(reference, mark)


def mobilization_faults(reference: Reference, row: Mobilization) -> Iterator[Fault]:
    """A technique only where it works, on a side it has, with a grade it takes and a dose within bounds."""
    for target in row.targets:
        if target not in reference.targets:
            yield _unknown("mobilization.targets", row.row, target)
            return
    for response in row.responses:
        if response not in reference.responses:
            yield _unknown("mobilization.responses", row.row, response)
    if row.position is not None and row.position not in reference.patient_positions:
        yield _unknown("mobilization.position", row.row, row.position)
    if row.technique is not None:
        if row.technique not in reference.techniques:
            yield _unknown("mobilization.technique", row.row, row.technique)
            return
        yield from _placement_faults(reference, row, row.technique)
        yield from _grade_faults(reference, row, row.technique)
    for field, value in (
        ("sets", row.sets),
        ("repetitions", row.reps),
        ("duration_s", row.duration_s),
        ("hold_s", row.hold_s),
        ("frequency_hz", row.rate_hz),
        ("thrust_attempts", row.attempts),
    ):
        bounds = reference.dosage_fields[field]
        yield from _range(
            f"mobilization.{field}", row.row, value, bounds.input_min, bounds.input_max, bounds.unit
        )


def _placement_faults(reference: Reference, row: Mobilization, technique: str) -> Iterator[Fault]:
    for target in row.targets:
        sides = reference.sides_at(technique, target)
        if not sides:
            yield Fault(
                "mobilization.not_there",
                "mobilization.technique",
                row.row,
                {
                    "technique": reference.techniques[technique].label,
                    "target": reference.targets[target].label,
                },
            )
        elif row.side is not None and row.side.value not in sides:
            yield Fault(
                "mobilization.side",
                "mobilization.side",
                row.row,
                {"technique": reference.techniques[technique].label, "sides": " or ".join(sides)},
            )


def _grade_faults(reference: Reference, row: Mobilization, technique: str) -> Iterator[Fault]:
    allowed = [grade.code for grade in reference.grades_of(technique)]
    for field, grade in (("grade", row.grade), ("grade_to", row.grade_to)):
        if grade is None:
            continue
        if grade not in reference.grades:
            yield _unknown(f"mobilization.{field}", row.row, grade)
        elif grade not in allowed:
            name = reference.techniques[technique].label
            code = "mobilization.grade" if allowed else "mobilization.no_grade"
            yield Fault(
                code,
                f"mobilization.{field}",
                row.row,
                {"technique": name, "grade": grade, "grades": ", ".join(allowed)},
            )


def intervention_faults(reference: Reference, row: Intervention) -> Iterator[Fault]:
    """A known service with known modifiers and minutes between 1 and 480."""
    if row.intervention is not None and row.intervention not in reference.interventions:
        yield _unknown("intervention.intervention", row.row, row.intervention)
    if row.modifiers:
        known = {modifier.code for modifier in reference.modifiers.values()}
        for modifier in row.modifiers:
            if modifier not in known:
                yield _unknown("intervention.modifiers", row.row, modifier)
    yield from _range("intervention.minutes", row.row, row.minutes, 1, LONGEST_VISIT_MIN, "min")


def exercise_faults(reference: Reference, row: Exercise) -> Iterator[Fault]:
    """Sets, repetitions, hold, load and how often within bounds that no real exercise leaves."""
    if row.exercise is not None and row.exercise not in reference.exercises:
        yield _unknown("exercise.exercise", row.row, row.exercise)
    yield from _range("exercise.sets", row.row, row.sets, 1, MOST_SETS, "")
    yield from _range("exercise.reps", row.row, row.reps, 1, MOST_REPS, "")
    yield from _range("exercise.hold_s", row.row, row.hold_s, 1, LONGEST_HOLD_S, "s")
    yield from _range("exercise.load", row.row, row.load, Decimal(0), HEAVIEST_LOAD, row.load_unit)
    yield from _range("exercise.times_a_day", row.row, row.times_a_day, 1, MOST_TIMES_A_DAY, "")
    yield from _range("exercise.days_a_week", row.row, row.days_a_week, 1, 7, "")


def rom_faults(reference: Reference, row: RomReading) -> Iterator[Fault]:
    """A number within the motion's bounds, in its unit or per cent, or a word; a side where it has one."""
    motion = reference.motions.get(row.motion)
    if motion is None:
        yield _unknown("rom.motion", row.row, row.motion)
        return
    if motion.sided and row.side not in (Side.LEFT, Side.RIGHT):
        yield Fault("rom.side_missing", "rom.side", row.row, {"motion": motion.full_label})
    if not motion.sided and row.side is not None:
        yield Fault("rom.side_none", "rom.side", row.row, {"motion": motion.full_label})
    if row.value is not None and row.word is not None:
        yield Fault("rom.number_and_word", "rom.value", row.row, {"motion": motion.full_label})
    if row.word is not None and row.word not in reference.rom_words:
        yield _unknown("rom.word", row.row, row.word)
    if row.method is not None and row.method not in reference.methods:
        yield _unknown("rom.method", row.row, row.method)
    if row.test_position is not None and row.test_position not in reference.test_positions:
        yield _unknown("rom.test_position", row.row, row.test_position)
    if row.end_feel is not None and row.end_feel not in reference.end_feels:
        yield _unknown("rom.end_feel", row.row, row.end_feel)
    if row.unit == "percent":
        yield from _range("rom.value", row.row, row.value, *PER_CENT, "%")
    elif row.unit == motion.unit:
        yield from _range(
            "rom.value", row.row, row.value, motion.input_min, motion.input_max, _sign(motion.unit)
        )
    else:
        yield Fault("rom.unit", "rom.value", row.row, {"motion": motion.full_label, "unit": motion.unit})
    yield from _range("rom.pain", row.row, row.pain, NPRS_LOWEST, NPRS_HIGHEST, "")


def pain_faults(reference: Reference, row: PainScore) -> Iterator[Fault]:
    """A whole number on the scale; a movement named where the pain is with a movement."""
    scale = reference.measures.get(row.scale)
    if scale is None:
        yield _unknown("pain.scale", row.row, row.scale)
        return
    lowest, highest = int(scale.score_min), int(scale.score_max)
    yield from _range("pain.value", row.row, row.value, lowest, highest, "")
    if row.kind is PainKind.MOVEMENT and row.motion is not None and row.motion not in reference.motions:
        yield _unknown("pain.motion", row.row, row.motion)


def finding_faults(reference: Reference, row: ExamFinding) -> Iterator[Fault]:
    """A test, a grade and a place that the reference data know, where they have a list of such."""
    tests, _ = FINDING_LISTS.get(row.kind, ("", ""))
    if tests and row.test not in getattr(reference, tests):
        yield _unknown("finding.test", row.row, row.test)
    if row.kind is FindingKind.BEHAVIOUR and row.test not in BEHAVIOURS:
        yield _unknown("finding.test", row.row, row.test)
    if row.value and row.value not in values_of(reference, row.kind):
        yield _unknown("finding.value", row.row, row.value)
    if row.target is not None and row.target not in reference.targets:
        yield _unknown("finding.target", row.row, row.target)


def vitals_faults(row: Vitals) -> Iterator[Fault]:
    """Numbers that a living person can have, and a diastolic pressure below the systolic one."""
    for field, bounds in VITALS_BOUNDS.items():
        yield from _range(f"vitals.{field}", row.row, getattr(row, field), *bounds)
    systolic, diastolic = row.systolic_mmhg, row.diastolic_mmhg
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        yield Fault("vitals.diastolic_above", "vitals.diastolic_mmhg", row.row)


def mark_faults(reference: Reference, row: BodyMark) -> Iterator[Fault]:
    """A kind of symptom that the reference data know, drawn within the view."""
    for symptom in (row.symptom, *row.qualities):
        if symptom not in reference.body_chart:
            yield _unknown("body_chart.symptom", row.row, symptom)
    if not row.strokes or any(
        not stroke or any(not 0 <= part <= VIEW_SIZE for point in stroke for part in point)
        for stroke in row.strokes
    ):
        yield Fault("body_chart.strokes", "body_chart.strokes", row.row)
    if len(row.strokes) > MOST_STROKES or any(len(stroke) > MOST_POINTS for stroke in row.strokes):
        most = {"strokes": str(MOST_STROKES), "points": str(MOST_POINTS)}
        yield Fault("body_chart.too_many", "body_chart.strokes", row.row, most)


def unusual_readings(reference: Reference, session: TreatmentSession) -> tuple[Fault, ...]:
    """Readings outside the usual range of their motion: they are stored, and pointed out for a second look."""
    found = []
    for row in session.rom:
        motion = reference.motions.get(row.motion)
        if motion is None or row.value is None or row.unit != motion.unit or motion.warn_above is None:
            continue
        if row.value > motion.warn_above:
            values = {"motion": motion.full_label, "value": f"{row.value}{_sign(row.unit)}"}
            own = motion.own_value("warn_above")
            if own is None:
                found.append(Fault("rom.unusual", "rom.value", row.row, values))
            else:
                values["limit"] = f"{own.value.normalize():f}{_sign(row.unit)}"
                found.append(Fault("rom.unusual_own", "rom.value", row.row, values))
    return tuple(found)


def checked_episode(
    reference: Reference, episode: EpisodeOfCare, birth_date: date, today: date
) -> EpisodeOfCare:
    """The episode as stored, its text cleaned. Raises `InputError` with every fault found."""
    faults = list(_episode_faults(reference, episode, birth_date, today))
    cleaned = episode
    try:
        cleaned = cleaned_episode(episode)
    except InputError as error:
        faults = [*error.faults, *faults]
    if faults:
        raise InputError(*faults)
    return cleaned


def _episode_faults(
    reference: Reference, episode: EpisodeOfCare, birth_date: date, today: date
) -> Iterator[Fault]:
    for field, day in (
        ("start", episode.start),
        ("onset", episode.onset),
        ("surgery_date", episode.surgery_date),
        ("referred_on", episode.referred_on),
        ("discharged_on", episode.discharged_on),
    ):
        if day is not None and day > today:
            yield Fault("date.future", f"episode.{field}")
        if day is not None and day < birth_date:
            yield Fault("date.before_birth", f"episode.{field}")
    if episode.discharged_on is not None and episode.discharged_on < episode.start:
        yield Fault("episode.end_before_start", "episode.discharged_on")
    for region in episode.regions:
        if region.region not in reference.regions:
            yield _unknown("episode.regions", None, region.region)
    for diagnosis in episode.diagnoses:
        if diagnosis.since is not None and diagnosis.until is not None and diagnosis.until < diagnosis.since:
            yield Fault("episode.end_before_start", "diagnosis.until", diagnosis.row)
        for field, day in (("since", diagnosis.since), ("until", diagnosis.until)):
            if day is not None and day > today:
                yield Fault("date.future", f"diagnosis.{field}", diagnosis.row)
            if day is not None and day < birth_date:
                yield Fault("date.before_birth", f"diagnosis.{field}", diagnosis.row)
        code_fault = diagnosis_code_fault(reference, diagnosis)
        if code_fault is not None:
            yield code_fault
    for problem in episode.problems:
        yield from _problem_faults(problem, birth_date, today)
    for place, goal in enumerate(episode.goals):
        yield from _goal_faults(reference, goal, place)
    plan = episode.plan
    # The bound is ours: nobody published one. It keeps out a slip of the key.
    yield from _range("plan.times_a_day", None, plan.times_a_day, 1, 4, "")
    yield from _range("plan.visits_a_week", None, plan.visits_a_week, Decimal("0.25"), Decimal(14), "")
    yield from _range("plan.duration_weeks", None, plan.duration_weeks, 1, 104, "")


def _problem_faults(problem: Problem, birth_date: date, today: date) -> Iterator[Fault]:
    for field, day in (("since", problem.since), ("resolved_on", problem.resolved_on)):
        if day is not None and day > today:
            yield Fault("date.future", f"problem.{field}", problem.row)
        if day is not None and day < birth_date:
            yield Fault("date.before_birth", f"problem.{field}", problem.row)
    if problem.since is not None and problem.resolved_on is not None and problem.resolved_on < problem.since:
        yield Fault("problem.resolved_before", "problem.resolved_on", problem.row)


def _goal_faults(reference: Reference, goal: Goal, place: int) -> Iterator[Fault]:
    if goal.measure == "rom":
        motion = reference.motions.get(goal.motion or "")
        if motion is None:
            yield _unknown("goal.motion", place, goal.motion or "")
            return
        for field, value in (("baseline", goal.baseline), ("target", goal.target)):
            yield from _range(
                f"goal.{field}", place, value, motion.input_min, motion.input_max, _sign(motion.unit)
            )
    elif goal.measure == "pain":
        for field, value in (("baseline", goal.baseline), ("target", goal.target)):
            yield from _range(f"goal.{field}", place, value, NPRS_LOWEST, NPRS_HIGHEST, "")
    elif goal.measure == "outcome":
        measure = reference.measures.get(goal.outcome or "")
        if measure is None:
            yield _unknown("goal.outcome", place, goal.outcome or "")
            return
        for field, value in (("baseline", goal.baseline), ("target", goal.target)):
            yield from _range(
                f"goal.{field}", place, value, measure.score_min, measure.score_max, measure.unit
            )


def checked_outcome(reference: Reference, score: OutcomeScore, today: date) -> OutcomeScore:
    """The score, within its measure's bounds and not in the future, its total made of its items where it has such.

    Raises `InputError` otherwise.
    """
    faults = []
    measure = reference.measures.get(score.measure)
    if measure is None:
        faults.append(_unknown("outcome.measure", None, score.measure))
    else:
        bounds = (measure.score_min, measure.score_max, measure.unit)
        faults.extend(_range("outcome.total", None, score.total, *bounds))
    if measure is not None and score.subscale not in ([part.id for part in measure.subscales] or [""]):
        faults.append(Fault("outcome.subscale", "outcome.subscale", values={"measure": measure.abbreviation}))
    if score.taken_on > today:
        faults.append(Fault("date.future", "outcome.taken_on"))
    checked = score
    try:
        checked = checked_items(reference, score)
    except InputError as error:
        faults = [*error.faults, *(fault for fault in faults if fault.field != "outcome.total")]
    if faults:
        raise InputError(*faults)
    return checked


def _range(
    field: str,
    row: int | None,
    value: Decimal | int | None,
    lowest: Decimal | int,
    highest: Decimal | int,
    unit: str,
) -> Iterator[Fault]:
    if value is None or lowest <= value <= highest:
        return
    given = f"{value}"[:20]
    yield Fault(
        "value.range",
        field,
        row,
        {"value": given, "lowest": f"{lowest}", "highest": f"{highest}", "unit": unit},
    )


def _require_row_numbers(session: TreatmentSession) -> None:
    for name, rows in session_lists(session):
        numbers = [row.row for row in rows]
        if len(set(numbers)) != len(numbers) or any(not 0 < number < session.next_row for number in numbers):
            message = f"row numbers of {name} are not unique and below next_row"
            raise ValueError(message)


_Row = (
    Mobilization
    | Intervention
    | Exercise
    | RomReading
    | PainScore
    | ComparableSign
    | ExamFinding
    | Vitals
    | BodyMark
)


def session_lists(session: TreatmentSession) -> tuple[tuple[str, tuple[_Row, ...]], ...]:
    """The session's lists of rows by name, in the order that the screen shows them."""
    return tuple((name, getattr(session, name)) for name in SESSION_LISTS)


def _unknown(field: str, row: int | None, value: str) -> Fault:
    return Fault("reference.unknown", field, row, {"value": value[:40]})


def _sign(unit: str) -> str:
    return "°" if unit == "deg" else f" {unit}"
