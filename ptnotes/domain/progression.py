"""Doing as at an earlier visit, or one step further. What was found then (response, cavitation) never comes along.

The steps are a convenience of charting, not advice: each is shown before it is taken, one thing changes at a time, and
what lies beyond the bounds below is typed. Sizes and bounds are ours, not clinical values. A grade goes up within its
own scale, and never to a thrust: grade V is a decision of its own, made at each visit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import Exercise, Mobilization, Origin
from ptnotes.domain.wording import number

R = TypeVar("R", Mobilization, Exercise)

SECONDS_STEP, MOST_SECONDS = 15, 120
HOLD_STEP_S, MOST_HOLD_S = 5, 60
MOST_SETS = 5
REPS_STEP, MOST_REPS = 2, 30
_LOAD_STEPS = {
    "kg": ((Decimal(10), Decimal("0.5")), (Decimal(25), Decimal(1)), (Decimal(100), Decimal("2.5"))),
    "lb": ((Decimal(20), Decimal(1)), (Decimal(50), Decimal("2.5")), (Decimal(200), Decimal(5))),
}
"""By unit: below so much, a step of so much. A band's colours have no order that holds for every maker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[R]):
    """One thing a row can be taken further in: `kind` (``grade``, ``seconds`` …), `words` (``III → III+``)."""

    kind: str
    words: str
    row: R


def carried(row: R) -> R:
    """The row as it is charted anew: what is done, without what was found, said or done by whom at that visit.

    A thrust's attempts and cavitation are findings of the day, too. The caller numbers the row.
    """
    if isinstance(row, Mobilization):
        return replace(
            row,
            origin=Origin.CONFIRMED,
            responses=(),
            note="",
            attempts=None,
            cavitation=None,
            done_by=None,
        )
    return replace(row, response="", progression="", done_by=None)


def same_treatment(row: Mobilization | Exercise) -> tuple[object, ...]:
    """What makes two rows of different visits the same treatment, whatever its grade, dose or load."""
    if isinstance(row, Mobilization):
        return (row.targets, row.side, row.technique, row.direction, row.movement)
    return (row.exercise, row.name.casefold(), row.place)


def not_charted(rows: Sequence[R], today: Sequence[R]) -> tuple[R, ...]:
    """The rows of an earlier visit that `today` has no like of. Two alike ask for two."""
    there = [same_treatment(row) for row in today]
    missing = []
    for row in rows:
        key = same_treatment(row)
        if key in there:
            there.remove(key)
        else:
            missing.append(row)
    return tuple(missing)


def steps(reference: Reference, row: R) -> tuple[Step[R], ...]:
    """What `row` can be taken one step further in, the likeliest first; each step's row is `carried` already.

    Nothing for a thrust, nor for a technique's grade that is the last of its scale.
    """
    base = carried(row)
    found: Iterator[Step[R]]
    if isinstance(base, Mobilization):
        found = _mobilization_steps(reference, base)
    else:
        found = _exercise_steps(base)
    return tuple(found)


def next_grade(reference: Reference, row: Mobilization) -> str | None:
    """The code of the next grade of the row's own scale that its technique takes, never a thrust; None at the end.

    Within a grade the modifiers come one by one (III, III+, III++). After a grade's last modifier there is none: the
    next grade without modifier would go less far into resistance, so that is chosen by hand. A range (III to IV) has no
    next grade.
    """
    if row.technique is None or row.grade is None or row.grade_to is not None:
        return None
    grades = reference.grades_of(row.technique)
    place = next((place for place, grade in enumerate(grades) if grade.code == row.grade), None)
    if place is None or grades[place].thrust:
        return None
    now = grades[place]
    later = [grade for grade in grades[place + 1 :] if grade.system == now.system and not grade.thrust]
    within = next((grade for grade in later if grade.base == now.base), None)
    if within is not None:
        return within.code
    if now.modifier:
        return None
    return next((grade.code for grade in later if not grade.modifier), None)


def _mobilization_steps(reference: Reference, row: Mobilization) -> Iterator[Step[Mobilization]]:
    technique = reference.techniques.get(row.technique or "")
    if technique is None or technique.thrust or "V" in (row.grade, row.grade_to):
        return
    grade = next_grade(reference, row)
    if grade is not None:
        yield Step(kind="grade", words=f"{row.grade} → {grade}", row=replace(row, grade=grade))
    if row.duration_s is not None and row.duration_s + SECONDS_STEP <= MOST_SECONDS:
        longer = row.duration_s + SECONDS_STEP
        yield Step(
            kind="seconds", words=f"{row.duration_s} s → {longer} s", row=replace(row, duration_s=longer)
        )
    yield from _count_steps(row)


def _exercise_steps(row: Exercise) -> Iterator[Step[Exercise]]:
    heavier = _heavier(row.load, row.load_unit)
    if row.load is not None and heavier is not None:
        words = f"{number(row.load)} → {number(heavier)} {row.load_unit}"
        yield Step(kind="load", words=words, row=replace(row, load=heavier))
    yield from _count_steps(row)


def _count_steps(row: R) -> Iterator[Step[R]]:
    if row.reps is not None and row.reps + REPS_STEP <= MOST_REPS:
        more = row.reps + REPS_STEP
        yield Step(kind="reps", words=f"{row.reps} → {more} reps", row=replace(row, reps=more))
    if row.hold_s is not None and row.hold_s + HOLD_STEP_S <= MOST_HOLD_S:
        longer = row.hold_s + HOLD_STEP_S
        yield Step(kind="hold", words=f"hold {row.hold_s} → {longer} s", row=replace(row, hold_s=longer))
    if row.sets is not None and row.sets < MOST_SETS:
        yield Step(
            kind="sets", words=f"{row.sets} → {row.sets + 1} sets", row=replace(row, sets=row.sets + 1)
        )


def _heavier(load: Decimal | None, unit: str) -> Decimal | None:
    if load is None or load <= 0:
        return None
    return next((load + step for below, step in _LOAD_STEPS.get(unit, ()) if load < below), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Generic[R]):
    """One treatment over the last visits: `past` has its row at each of them, newest first, None where it was not done.

    `today` is its row at the visit that is charted, None where it is not charted there yet.
    """

    past: tuple[R | None, ...]
    today: R | None = None

    @property
    def latest(self) -> R:
        """How it was done the last time it was done."""
        return next(row for row in self.past if row is not None)


def lines(past: Sequence[Sequence[R]], today: Sequence[R]) -> tuple[Line[R], ...]:
    """The rows of earlier visits (`past`, newest visit first) beside today's, one line a treatment.

    Those of the newest visit come first, in its order. The same treatment done twice at a visit has two lines.
    """
    earlier = [_by_treatment(rows) for rows in past]
    now = _by_treatment(today)
    order = dict.fromkeys(key for named in earlier for key in named)
    return tuple(Line(past=tuple(named.get(key) for named in earlier), today=now.get(key)) for key in order)


def _by_treatment(rows: Sequence[R]) -> dict[tuple[object, ...], R]:
    """The rows by what they treat and by the how-manieth of its like each is."""
    named: dict[tuple[object, ...], R] = {}
    counts: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        key: tuple[object, ...] = same_treatment(row)
        named[(*key, counts[key])] = row
        counts[key] += 1
    return named
