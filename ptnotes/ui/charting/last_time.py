"""What was done at the last visits, in words and as changes to today's visit. Nothing here knows Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ptnotes.clinical import Reference
from ptnotes.domain.progression import carried, not_charted
from ptnotes.domain.treatment import Exercise, Mobilization, Place, Side, TreatmentSession
from ptnotes.domain.wording import how_often, side_words
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.entry import dose_text, load_text

SHOWN_VISITS = 4
"""Earlier visits that can stand beside today's, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One list of a visit: where its rows are, what a row is of, and how much of it."""

    rows: Callable[[TreatmentSession], tuple[Any, ...]]
    what: Callable[[Any], str]
    amount: Callable[[Any], str]


def mobilizations(reference: Reference) -> Source:
    """The mobilizations of a visit."""

    def what(row: Mobilization) -> str:
        targets = ", ".join(reference.targets[target].label for target in row.targets)
        technique = reference.techniques[row.technique].abbreviation if row.technique is not None else ""
        # In the middle is where a level is: only what is left or right of it is said.
        side = side_words(row.side) if row.side is not Side.MIDLINE else ""
        return " · ".join(part for part in (f"{targets} {side}".strip(), technique) if part)

    return Source(rows=_mobilizations_of, what=what, amount=_graded_dose)


def exercises() -> Source:
    """The exercises of a visit."""
    return Source(rows=_exercises_of, what=_exercise_named, amount=_loaded_dose)


def take(session: TreatmentSession, row: Mobilization | Exercise) -> TreatmentSession:
    """The session with an earlier visit's row done the same today."""
    if isinstance(row, Mobilization):
        return edits.add_row(session, carried(row))
    return edits.add_row(session, carried(row))


def as_last_time(session: TreatmentSession, last: TreatmentSession | None) -> TreatmentSession:
    """The session with all treatment of the last visit that is not charted yet: mobilizations and exercises.

    What was measured is never taken over, nor minutes or words.
    """
    if last is None:
        return session
    for mobilization in not_charted(last.mobilizations, session.mobilizations):
        session = take(session, mobilization)
    for exercise in not_charted(last.exercises, session.exercises):
        session = take(session, exercise)
    return session


def _mobilizations_of(session: TreatmentSession) -> tuple[Mobilization, ...]:
    return session.mobilizations


def _exercises_of(session: TreatmentSession) -> tuple[Exercise, ...]:
    return session.exercises


def _graded_dose(row: Mobilization) -> str:
    grade = row.grade if row.grade_to is None else f"{row.grade}–{row.grade_to}"
    return " · ".join(part for part in (grade, dose_text(row)) if part)


def _loaded_dose(row: Exercise) -> str:
    often = how_often(row.times_a_day, row.days_a_week)
    return " · ".join(part for part in (dose_text(row), load_text(row), often) if part)


def _exercise_named(row: Exercise) -> str:
    return " · ".join(part for part in (row.name, "home" if row.place is Place.HOME else "") if part)
