"""How a made-up course is to be played: its length, its way, its days, and how far it has come at each visit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
_CERTIFIED_DAYS = 90
"""A certification holds for the plan's length or so many days, the shorter."""
_Number = TypeVar("_Number", int, Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """A made-up physician who refers."""

    name: str
    practice: str
    telephone: str
    fax: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How one course is to be played. `full` charts all that a thorough therapist would; else some ten rows a visit.

    `side` is the painful side, ``left`` or ``right``. `series` gives readings visit by visit where they are not drawn.
    `discharged` is the reason why care ended, empty while it goes on; `leaves_open` has nobody say then what became of
    the goals.
    """

    visits: int
    last_on: date
    today: date
    way: str
    side: str
    zone: str
    author_id: int
    referrer: Referrer
    full: bool
    discharged: str = ""
    leaves_open: bool = False
    series: Mapping[str, list[int]] = field(default_factory=dict)

    @property
    def has_last_visit(self) -> bool:
        """Whether the last visit is known to be the last: who ends it by not coming has no visit of discharge."""
        return self.discharged not in {"", DischargeReason.NOT_RETURNED.value}

    def sided(self, words: str) -> str:
        """`words` with the painful side and the other one in their places ``{near}`` and ``{far}``."""
        return words.format(near=self.side, far="right" if self.side == "left" else "left")

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

    def plans(self, course: Course, days: Sequence[date]) -> tuple[tuple[date, date], ...]:
        """First and last day of each plan of care: the next is written at the last visit that the one before covers.

        A sample that is not charted in full has one plan.
        """
        length = timedelta(days=min(course.weeks * 7, _CERTIFIED_DAYS) - 1)
        plans = [(days[0], days[0] + length)]
        covered = days[-1] if self.discharged else self.today
        while self.full and plans[-1][1] < covered:
            written = max(day for day in days if day <= plans[-1][1])
            if written == plans[-1][0]:
                break
            plans.append((written, written + length))
        return tuple(plans)

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
