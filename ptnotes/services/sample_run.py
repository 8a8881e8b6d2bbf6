"""How a made-up course is to be played: its length, its way, its days, and how far it has come at each visit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar
from uuid import UUID

from ptnotes.domain.episode import DischargeReason
from ptnotes.domain.treatment import Side
from ptnotes.services.sample_courses import Course

WAYS = ("improving", "plateau", "worse", "mixed", "slow")
"""The ways a course can go."""
_USUAL_VISITS = 10
_FRIDAY = 4
_Number = TypeVar("_Number", int, Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How one course is to be played. `full` charts all that a thorough therapist would; else some ten rows a visit.

    `side` is the painful side, ``left`` or ``right``. `series` gives readings visit by visit where they are not drawn.
    """

    visits: int
    last_on: date
    way: str
    side: str
    zone: str
    author_id: int
    referrer: tuple[str, str]
    full: bool
    discharged: str = ""
    series: Mapping[str, list[int]] = field(default_factory=dict)

    def side_of(self, words: str) -> Side | None:
        """The side a course speaks of: the painful one (near), the other (far), or the one named."""
        if words == "near":
            return Side(self.side)
        if words == "far":
            return Side.RIGHT if self.side == "left" else Side.LEFT
        return Side(words) if words else None

    def given(self, key: str, number: int, drawn: _Number) -> int | _Number:
        """The value that `series` gives for the visit, else the one drawn."""
        values = self.series.get(key, [])
        return values[number] if number < len(values) else drawn

    def days(self, course: Course) -> tuple[list[date], list[date]]:
        """Attended and unattended days, oldest first: working days in a steady rhythm, every sixth of them not kept."""
        gap = 7 / float(course.visits_a_week)
        attended: list[date] = []
        absent: list[date] = []
        day = self.last_on + timedelta(days=1)
        slot = 0
        while len(attended) < self.visits:
            day = _working_day(min(self.last_on - timedelta(days=round(gap * slot)), day - timedelta(days=1)))
            (absent if slot % 6 == 3 else attended).append(day)
            slot += 1
        return attended[::-1], absent[::-1]

    def reached(self, number: int, drift: float) -> tuple[float, float]:
        """Shares of the way from first value to goal that motion and pain have come by visit `number` (from 0)."""
        if self.discharged == DischargeReason.GOALS_MET.value:
            # A little beyond the goals, so that the noise of the readings leaves them met.
            done = 1.08 * (number / max(self.visits - 1, 1)) ** 0.7
            return done, done
        at = number / (max(self.visits, _USUAL_VISITS) - 1)
        gain = 0.9 * (1 - math.exp(-2.2 * at)) / (1 - math.exp(-2.2)) * drift
        match self.way:
            case "plateau":
                stalled = 0.5 * min(1.0, at / 0.4)
                return stalled, stalled * 0.8
            case "worse":
                turned = 0.2 * math.sin(min(at, 0.5) * math.pi * 2) - 0.3 * max(0.0, at - 0.4)
                return turned, turned
            case "mixed":
                return gain * 0.25, gain
            case "slow":
                return 0.65 * at, 0.6 * at
            case _:
                return gain, gain * 0.95


def random_uuid(rng: Random) -> str:
    """A UUID drawn from `rng`, so that a sample clinic is the same for the same seed."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def _working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - _FRIDAY))
