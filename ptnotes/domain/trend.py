"""How measurements change over the visits of an episode, as plain series that the screen and the report both draw.

A visit is represented between visits by what was measured *before* its treatment (or by a single reading): that is what
the patient kept. What was measured after is a second series of its own, never joined to the first. Readings of another
method, mode or test position are further series, never joined either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ptnotes.clinical import ClinicValue, Motion, Reference
from ptnotes.domain.change import Verdict, judge_motion, judge_score, measurement_error, taken_by_one
from ptnotes.domain.episode import Goal, GoalStatus
from ptnotes.domain.made_of import made_of
from ptnotes.domain.own_values import own_normals
from ptnotes.domain.people import NormalValues
from ptnotes.domain.treatment import (
    Mode,
    NoteState,
    PainKind,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
    VisitStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One value at one visit. `visit_number` is the treatment day of the episode, None for a visit that is not one."""

    session_id: int
    on: date
    visit_number: int | None
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendWord:
    """A reading in words at one visit, shown as words and never placed on the scale. `label` is the word, in short."""

    session_id: int
    on: date
    visit_number: int | None
    phase: Phase
    word: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLine:
    """Values that may be joined by a line: one phase, and for a motion one mode, method and test position.

    `is_main` marks the line that the verdict, the baseline and the band belong to. `label` says how it was taken.
    """

    phase: Phase
    points: tuple[TrendPoint, ...]
    label: str = ""
    mode: Mode | None = None
    method: str | None = None
    test_position: str | None = None
    pain_kind: PainKind | None = None
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """Everything one small chart shows, in `unit`. `error` is the half width of the band round `baseline`.

    `normal_low` and `normal_high` are equal where the source gives one value; None where nobody published one.
    `own_normals` are the clinic's own values among them. `then` is the last point of the main line by an earlier day
    that was asked for, and `since` judges the change from it to the latest, taken after that day; None without one.
    """

    key: str
    title: str
    unit: str
    motion: str | None = None
    side: Side | None = None
    lines: tuple[TrendLine, ...] = ()
    words: tuple[TrendWord, ...] = ()
    baseline: Decimal | None = None
    latest: Decimal | None = None
    goal: Decimal | None = None
    normal_low: Decimal | None = None
    normal_high: Decimal | None = None
    own_normals: tuple[ClinicValue, ...] = ()
    error: Decimal | None = None
    error_kind: str = ""
    scale_low: Decimal | None = None
    scale_high: Decimal | None = None
    verdict: Verdict | None = None
    then: TrendPoint | None = None
    since: Verdict | None = None
    better: str = "higher"
    note: str = ""


_Taken = tuple[TreatmentSession, RomReading]
_Way = tuple[str, Mode, str | None, str | None, Phase]


def visit_numbers(sessions: Iterable[TreatmentSession]) -> dict[int, int]:
    """Session id to treatment day (1, 2, …) in order of service date; several sessions on one day are one day.

    Only attended visits that are not discarded or voided count.
    """
    numbers: dict[int, int] = {}
    day: date | None = None
    number = 0
    for session in counted(sessions):
        if session.service_date != day:
            day, number = session.service_date, number + 1
        if session.id is not None:
            numbers[session.id] = number
    return numbers


def counted(sessions: Iterable[TreatmentSession]) -> list[TreatmentSession]:
    """The sessions whose measurements are true of the episode: attended, neither discarded nor voided; oldest first."""
    gone = (NoteState.DISCARDED, NoteState.VOIDED)
    kept = [
        session
        for session in sessions
        if session.status is VisitStatus.ATTENDED and session.state not in gone
    ]
    # A store gives visits in order of their date; where no two are of one day, nothing is left to sort.
    if all(one.service_date < two.service_date for one, two in pairwise(kept)):
        return kept
    return sorted(kept, key=_in_time)


def motion_charts(
    reference: Reference,
    sessions: Sequence[TreatmentSession],
    goals: Sequence[Goal] = (),
    normal_values: NormalValues = NormalValues.AAOS,
    *,
    since: date | None = None,
) -> tuple[TrendChart, ...]:
    """One chart for each motion and side in `sessions`, in the order of the reference data, left before right.

    What changed after the day `since` is judged too, where one is given.
    """
    numbers = visit_numbers(sessions)
    gathered: dict[tuple[str, Side | None], list[_Taken]] = {}
    for session in counted(sessions):
        for reading in session.rom:
            if reading.value is not None or reading.word is not None:
                gathered.setdefault((reading.motion, reading.side), []).append((session, reading))
    order = {motion: place for place, motion in enumerate(reference.motions)}
    sides = list(Side)
    keys = sorted(gathered, key=lambda key: (order[key[0]], sides.index(key[1]) if key[1] else -1))
    return tuple(
        _motion_chart(
            reference,
            reference.motions[motion],
            side,
            gathered[motion, side],
            numbers,
            goals,
            normal_values,
            since,
        )
        for motion, side in keys
    )


def _motion_chart(
    reference: Reference,
    motion: Motion,
    side: Side | None,
    gathered: Sequence[_Taken],
    numbers: dict[int, int],
    goals: Sequence[Goal],
    normal_values: NormalValues,
    since: date | None,
) -> TrendChart:
    groups: dict[_Way, list[_Taken]] = {}
    for session, reading in gathered:
        if reading.value is not None:
            groups.setdefault(_way(reading), []).append((session, reading))
    main = _main_group(groups, motion)
    lines = tuple(
        TrendLine(
            phase=phase,
            points=_points([(session, reading.value) for session, reading in group], numbers),
            label=_way_label(reference, mode, method, position),
            mode=mode,
            method=method,
            test_position=position,
            is_main=(unit, mode, method, position, phase) == main,
        )
        for (unit, mode, method, position, phase), group in groups.items()
        if unit == motion.unit
    )
    words = tuple(
        TrendWord(
            session_id=_id(session),
            on=session.service_date,
            visit_number=numbers.get(_id(session)),
            phase=reading.phase,
            word=reading.word,
            label=reference.rom_words[reading.word].abbreviation,
        )
        for session, reading in gathered
        if reading.word is not None
    )
    low, high = normal_range(motion, normal_values)
    side_words = f" {side.value}" if side else ""
    chart = TrendChart(
        key=f"{motion.id}:{side.value if side else ''}",
        title=f"{motion.label}{side_words}",
        unit=motion.unit,
        motion=motion.id,
        side=side,
        lines=lines,
        words=words,
        goal=_motion_goal(goals, motion.id, side),
        normal_low=low,
        normal_high=high,
        own_normals=own_normals(motion, normal_values),
        better=motion.better,
    )
    if main is None:
        return chart
    first, last = groups[main][0][1], groups[main][-1][1]
    place = _place_then([session for session, _ in groups[main]], since)
    then = groups[main][place] if place is not None else None
    error = measurement_error(reference, first, same_rater=taken_by_one(first, last))
    return replace(
        chart,
        baseline=first.value,
        latest=last.value,
        error=error.value if error else None,
        error_kind=error.kind if error else "",
        verdict=judge_motion(reference, first, last) if len(groups[main]) > 1 else None,
        then=_point(then[0], then[1].value, numbers) if then and then[1].value is not None else None,
        since=judge_motion(reference, then[1], last) if then is not None else None,
    )


def pain_chart(
    reference: Reference,
    sessions: Sequence[TreatmentSession],
    goals: Sequence[Goal] = (),
    region: str | None = None,
    *,
    since: date | None = None,
) -> TrendChart:
    """Pain over the episode on the 0 to 10 scale: now before and after each visit, and worst and best where recorded.

    The verdict is on the worst pain where it was recorded twice, else on the pain before the visit; `region` is the
    episode's main one, for which the important change was chosen. What changed after the day `since` is judged too.
    """
    numbers = visit_numbers(sessions)
    groups: dict[tuple[PainKind, Phase], list[tuple[TreatmentSession, int]]] = {}
    for session in counted(sessions):
        seen: set[tuple[PainKind, Phase]] = set()
        for score in session.pain:
            key = (score.kind, _between_phase(score.phase))
            # The first place listed is the main complaint; a second place is another pain, not another point.
            if score.scale == "nprs" and score.kind is not PainKind.MOVEMENT and score.value is not None:
                if key not in seen:
                    groups.setdefault(key, []).append((session, score.value))
                seen.add(key)
    main = _main_pain(groups)
    order = (PainKind.NOW, PainKind.WORST, PainKind.BEST)
    lines = tuple(
        TrendLine(
            phase=phase,
            points=_points([(session, Decimal(value)) for session, value in groups[kind, phase]], numbers),
            label=kind.value,
            pain_kind=kind,
            is_main=(kind, phase) == main,
        )
        for kind in order
        for phase in (Phase.BEFORE, Phase.AFTER)
        if (kind, phase) in groups
    )
    scale = reference.measures["nprs"]
    chart = TrendChart(
        key="pain",
        title="Pain",
        unit="nprs",
        lines=lines,
        scale_low=Decimal(scale.score_min),
        scale_high=Decimal(scale.score_max),
        better="lower",
    )
    if main is None:
        return chart
    values = [value for _, value in groups[main]]
    place = _place_then([session for session, _ in groups[main]], since)

    def judged(first: int) -> Verdict:
        return judge_score(reference, "nprs", first, values[-1], between_visits=True, region=region)

    return replace(
        chart,
        baseline=Decimal(values[0]),
        latest=Decimal(values[-1]),
        goal=_pain_goal(goals, main[0]),
        verdict=judged(values[0]) if len(values) > 1 else None,
        then=_point(groups[main][place][0], Decimal(values[place]), numbers) if place is not None else None,
        since=judged(values[place]) if place is not None else None,
        note=main[0].value,
    )


def normal_range(motion: Motion, normal_values: NormalValues) -> tuple[Decimal | None, Decimal | None]:
    """A motion's published normal as (low, high) in its unit: the clinic's set, else a range, else (None, None)."""
    one = motion.normal_ama if normal_values is NormalValues.AMA else motion.normal_aaos
    if one is not None:
        return one, one
    if motion.normal_low is not None:
        return motion.normal_low, motion.normal_high if motion.normal_high is not None else motion.normal_low
    return None, None


def _main_group(groups: dict[_Way, list[_Taken]], motion: Motion) -> _Way | None:
    """The group whose story is told: the one that is still measured, before treatment, with the longest record."""
    numeric = [way for way in groups if way[0] == motion.unit]
    return max(
        numeric,
        key=lambda way: (way[4] is Phase.BEFORE, _in_time(groups[way][-1][0]), len(groups[way])),
        default=None,
    )


def _main_pain(
    groups: dict[tuple[PainKind, Phase], list[tuple[TreatmentSession, int]]],
) -> tuple[PainKind, Phase] | None:
    for key in ((PainKind.WORST, Phase.BEFORE), (PainKind.NOW, Phase.BEFORE), (PainKind.NOW, Phase.AFTER)):
        if len(groups.get(key, ())) > 1:
            return key
    return next(iter(groups), None)


def _place_then(sessions: Sequence[TreatmentSession], since: date | None) -> int | None:
    """Which of `sessions`, oldest first, is the last by the day `since`; None where none is, or the latest is."""
    if since is None or sessions[-1].service_date <= since:
        return None
    return max((at for at, session in enumerate(sessions) if session.service_date <= since), default=None)


def _way(reading: RomReading) -> _Way:
    return (reading.unit, reading.mode, reading.method, reading.test_position, _between_phase(reading.phase))


def _way_label(reference: Reference, mode: Mode, method: str | None, test_position: str | None) -> str:
    parts = [mode.value]
    if method is not None:
        parts.append(reference.methods[method].label)
    if test_position is not None:
        parts.append(reference.test_positions[test_position].label)
    return ", ".join(parts)


def _between_phase(phase: Phase) -> Phase:
    return Phase.AFTER if phase is Phase.AFTER else Phase.BEFORE


def _points(
    taken: Iterable[tuple[TreatmentSession, Decimal | None]], numbers: dict[int, int]
) -> tuple[TrendPoint, ...]:
    """The points of a line, as `_point` makes one: an episode has thousands."""
    valued = [(session, value) for session, value in taken if value is not None]
    keys = [_id(session) for session, _ in valued]
    columns: dict[str, Iterable[Any]] = {
        "session_id": keys,
        "on": [session.service_date for session, _ in valued],
        "visit_number": map(numbers.get, keys),
        "value": [value for _, value in valued],
    }
    return tuple(made_of(TrendPoint, len(valued), columns))


def _point(session: TreatmentSession, value: Decimal, numbers: dict[int, int]) -> TrendPoint:
    key = _id(session)
    return TrendPoint(session_id=key, on=session.service_date, visit_number=numbers.get(key), value=value)


def _id(session: TreatmentSession) -> int:
    return session.id if session.id is not None else 0


def _in_time(session: TreatmentSession) -> tuple[date, str, int]:
    return (session.service_date, str(session.time_in or ""), _id(session))


def _motion_goal(goals: Sequence[Goal], motion: str, side: Side | None) -> Decimal | None:
    return next(
        (
            goal.target
            for goal in goals
            if goal.measure == "rom"
            and goal.motion == motion
            and goal.side == side
            and goal.status is GoalStatus.ACTIVE
        ),
        None,
    )


def _pain_goal(goals: Sequence[Goal], kind: PainKind) -> Decimal | None:
    return next(
        (
            goal.target
            for goal in goals
            if goal.measure == "pain" and goal.pain_kind == kind.value and goal.status is GoalStatus.ACTIVE
        ),
        None,
    )
