"""What was done in an episode and how far its goals are: the rows that the overview and the report both show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ptnotes.clinical import Reference
from ptnotes.domain.episode import Goal, OutcomeScore
from ptnotes.domain.goals import is_reached
from ptnotes.domain.treatment import Mobilization, Phase, Side, TreatmentSession
from ptnotes.domain.trend import TrendChart, TrendLine, counted
from ptnotes.domain.views import GoalProgress, SpineMark, TreatedRow
from ptnotes.domain.wording import MINUS, duration_words, number


def treated_rows(sessions: Iterable[TreatmentSession]) -> tuple[TreatedRow, ...]:
    """One row for each technique at one place, those done at most visits first, the latest first among equals.

    A visit counts once for a row however often the technique was charted in it; a mobilization without a technique or
    a target is no row yet.
    """
    found: dict[tuple[tuple[str, ...], Side | None, str], _Treated] = {}
    for session in counted(sessions):
        for row in session.mobilizations:
            if row.technique is None or not row.targets:
                continue
            key = (row.targets, row.side, row.technique)
            treated = found.get(key)
            if treated is None:
                treated = found[key] = _Treated()
            treated.grades[row.grade, row.grade_to] = row
            if _has_dose(row):
                treated.dosed = row
            treated.sessions += treated.last_on != session.service_date
            for response in row.responses:
                treated.responses.setdefault(response, set()).add(session.service_date)
            treated.last_on = session.service_date
    rows = (
        TreatedRow(
            targets=key[0],
            side=key[1],
            technique=key[2],
            grades=tuple(words for row in treated.grades.values() if (words := grade_words(row))),
            dose=dose_words(treated.dosed) if treated.dosed is not None else "",
            sessions=treated.sessions,
            responses={response: len(days) for response, days in treated.responses.items()},
            last_on=treated.last_on,
        )
        for key, treated in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (row.sessions, row.last_on), reverse=True))


@dataclass(slots=True)
class _Treated:
    """What is gathered of one technique at one place: a row of each grade and the last with a dose, put in words at
    the end.
    """

    grades: dict[tuple[str | None, str | None], Mobilization] = field(default_factory=dict)
    dosed: Mobilization | None = None
    responses: dict[str, set[date]] = field(default_factory=dict)
    sessions: int = 0
    last_on: date | None = None


def _has_dose(row: Mobilization) -> bool:
    """Whether `dose_words` has anything to say."""
    told = (row.sets, row.reps, row.duration_s, row.hold_s, row.attempts, row.rate_hz)
    return any(value is not None for value in told)


def spine_marks(reference: Reference, sessions: Sequence[TreatmentSession]) -> tuple[SpineMark, ...]:
    """Each place treated with the strongest grade of its latest visit, in the order of the reference data.

    The latest visit is the last one at which something was mobilized: a note just begun changes nothing. A technique of
    one side whose side was never said is left out: drawn in the middle it would be another technique.
    """
    grades: dict[tuple[str, Side | None], str] = {}
    visits: Counter[tuple[str, Side | None]] = Counter()
    of_visit: dict[tuple[str, Side | None], str] = {}
    for session in counted(sessions):
        if not session.mobilizations:
            continue
        of_visit = {}
        for mobilization in session.mobilizations:
            for target in mobilization.targets:
                if mobilization.side is None and not _may_be_central(reference, mobilization, target):
                    continue
                key = (target, mobilization.side)
                grade = mobilization.grade_to or mobilization.grade or ""
                before = of_visit.get(key, "")
                of_visit[key] = (
                    grade if _strength(reference, grade) > _strength(reference, before) else before
                )
        grades |= of_visit
        visits.update(of_visit.keys())
    # Of the last visit the places stand in `of_visit` still.
    found = (
        SpineMark(
            target=key[0],
            side=key[1],
            grade=grade,
            at_latest_visit=key in of_visit,
            sessions=visits[key],
        )
        for key, grade in grades.items()
    )
    return tuple(sorted(found, key=lambda mark: (_order(reference, mark.target), str(mark.side))))


def _may_be_central(reference: Reference, mobilization: Mobilization, target: str) -> bool:
    technique = mobilization.technique
    return technique is None or Side.MIDLINE.value in reference.sides_at(technique, target)


def _order(reference: Reference, target: str) -> tuple[int, str]:
    return (reference.targets[target].order if target in reference.targets else 10_000, target)


def _strength(reference: Reference, grade: str) -> int:
    return reference.grades[grade].order if grade in reference.grades else -1


def grade_words(mobilization: Mobilization) -> str:
    """A grade as written: ``III+``, ``III−``, a range ``III–IV``, empty where none was charted."""
    grades = (mobilization.grade, mobilization.grade_to)
    # A hyphen after a grade is its minus and must not part from it at the end of a line; "K-II" keeps its hyphen.
    return "–".join(re.sub(r"-+$", lambda marks: MINUS * len(marks[0]), grade) for grade in grades if grade)


def dose_words(mobilization: Mobilization) -> str:
    """The dose as written: ``3 × 60 s``, ``8 min``, ``3 × 10 × 5 s hold``, ``3 × 10``; with the rate where charted."""
    parts: list[str] = []
    if mobilization.sets is not None:
        parts.append(str(mobilization.sets))
    if mobilization.reps is not None:
        parts.append(str(mobilization.reps))
    if mobilization.duration_s is not None:
        parts.append(duration_words(mobilization.duration_s))
    if mobilization.hold_s is not None:
        parts.append(f"{mobilization.hold_s} s hold")
    if mobilization.attempts is not None and not parts:
        parts.append(f"{mobilization.attempts} {'attempt' if mobilization.attempts == 1 else 'attempts'}")
    dose = " × ".join(parts)
    if len(parts) == 1 and mobilization.sets is not None:
        dose += " set" if mobilization.sets == 1 else " sets"
    elif len(parts) == 1 and mobilization.reps is not None:
        dose += " times"
    rate = f"{number(mobilization.rate_hz)} Hz" if mobilization.rate_hz is not None else ""
    return ", ".join(part for part in (dose, rate) if part)


def goals_progress(
    goals: Sequence[Goal],
    charts: Sequence[TrendChart],
    pain: TrendChart | None,
    outcomes: Sequence[OutcomeScore],
    reference: Reference | None = None,
) -> tuple[GoalProgress, ...]:
    """Each goal with its measure's latest value, the share of the way to its target, and whether that is reached.

    The value is taken only from what was measured as the goal says: the same motion, side and mode; the same kind of
    pain; the same questionnaire's total. Where a motion was first measured in another way than now, no share is
    given: the way from one to the other is not the patient's. `outcomes` are in order of date. `reference` says which
    way a questionnaire gets better, for a goal without a baseline. Nothing is projected: a line through few visits
    would tell a day that nobody knows.
    """
    found = []
    for goal in goals:
        latest = _latest(goal, charts, pain, outcomes)
        share = _share(goal, latest.value) if latest is not None and _measured_one_way(goal, charts) else None
        found.append(
            GoalProgress(
                goal=goal,
                now=latest.value if latest is not None else None,
                share=share,
                now_on=latest.on if latest is not None else None,
                is_reached=latest is not None
                and is_reached(goal, latest.value, _better(goal, charts, reference)),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Latest:
    value: Decimal
    on: date


def _measured_one_way(goal: Goal, charts: Sequence[TrendChart]) -> bool:
    lines = [
        line
        for chart in charts
        if goal.measure == "rom" and chart.motion == goal.motion and chart.side == goal.side
        for line in chart.lines
        if line.points and line.phase is Phase.BEFORE
    ]
    first = min(lines, key=lambda line: line.points[0].on, default=None)
    return first is None or first.is_main


def _share(goal: Goal, now: Decimal) -> Decimal | None:
    if goal.baseline is None or goal.target is None or goal.baseline == goal.target:
        return None
    return min(max((now - goal.baseline) / (goal.target - goal.baseline), Decimal(0)), Decimal(1))


def _better(goal: Goal, charts: Sequence[TrendChart], reference: Reference | None) -> str:
    """Which way the goal's measure gets better: ``higher``, ``lower``, ``toward_zero``; empty where that is unknown."""
    if goal.measure == "pain":
        return "lower"
    if goal.measure == "rom":
        return next((chart.better for chart in charts if chart.motion == goal.motion), "")
    known = reference.measures.get(goal.outcome or "") if reference is not None else None
    return known.direction.removesuffix("_better") if known is not None else ""


def _latest(
    goal: Goal, charts: Sequence[TrendChart], pain: TrendChart | None, outcomes: Sequence[OutcomeScore]
) -> _Latest | None:
    line: TrendLine | None = None
    match goal.measure:
        case "rom":
            same = (chart for chart in charts if chart.motion == goal.motion and chart.side == goal.side)
            lines = (
                line for chart in same for line in chart.lines if chart.unit == goal.unit or not goal.unit
            )
            line = next((line for line in lines if line.is_main and goal.mode in (None, line.mode)), None)
        case "pain" if pain is not None:
            # The kind that the goal names; where it names none, the one that the chart tells.
            told = [
                line
                for line in pain.lines
                if (line.pain_kind is not None and line.pain_kind.value == goal.pain_kind)
                or (goal.pain_kind is None and line.is_main)
            ]
            line = min(told, key=lambda line: line.phase.value != "before", default=None)
        case "outcome":
            totals = [score for score in outcomes if score.measure == goal.outcome and not score.subscale]
            return _Latest(totals[-1].total, totals[-1].taken_on) if totals else None
    return _Latest(line.points[-1].value, line.points[-1].on) if line is not None and line.points else None
