"""Minutes to billing units: the CMS 8-minute rule and the AMA rule. For documentation; nothing here submits a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

UNIT_MIN = 15
"""Minutes of a unit of a timed code."""
LEAST_MIN = 8
"""Minutes from which a last, unfilled unit counts: more than half of a unit."""


class UnitRuleName(StrEnum):
    """How minutes are counted. Which one applies is the payer's choice."""

    CMS = "cms"
    AMA = "ama"


@dataclass(frozen=True, slots=True)
class Tie:
    """`units` units go to as many of `codes`, which have equal minutes left: the clinician chooses to which."""

    codes: tuple[str, ...]
    units: int


@dataclass(frozen=True, slots=True)
class Units:
    """Units by code, in the order in which the minutes were given. `tie` says where that is one choice of several."""

    rule: UnitRuleName
    by_code: Mapping[str, int]
    tie: Tie | None = None

    @property
    def total(self) -> int:
        """All units together."""
        return sum(self.by_code.values())


def timed_units(minutes: Mapping[str, int], rule: UnitRuleName) -> Units:
    """Units of timed codes from each code's minutes on one day. Raises `ValueError` for minutes below zero.

    CMS (Medicare Claims Processing Manual, Pub. 100-04, chapter 5, section 20.2): the total of all timed minutes makes
    the number of units (8 to 22 make one, 23 to 37 two, and so on). Each code gets its full quarters of an hour; what
    is left goes, one unit each, to the codes with the most minutes over. AMA (CPT, time): each code alone, a unit for
    every quarter of an hour and one more from 8 minutes over.
    """
    if any(each < 0 for each in minutes.values()):
        raise ValueError("minutes are never below zero")
    if rule is UnitRuleName.AMA:
        return Units(rule, {code: _counted(each) for code, each in minutes.items()})
    units = {code: each // UNIT_MIN for code, each in minutes.items()}
    over = {code: each % UNIT_MIN for code, each in minutes.items()}
    left = _counted(sum(minutes.values())) - sum(units.values())
    # Sorting is stable: among equals the code that was given first comes first, and the tie is told.
    most_over = sorted(over, key=lambda code: -over[code])
    for code in most_over[:left]:
        units[code] += 1
    return Units(rule, units, _tie(over, most_over, left))


def _counted(minutes: int) -> int:
    return (minutes + UNIT_MIN - LEAST_MIN) // UNIT_MIN


def _tie(over: Mapping[str, int], most_over: list[str], left: int) -> Tie | None:
    if left == 0 or left == len(most_over):
        return None
    last = over[most_over[left - 1]]
    if over[most_over[left]] != last:
        return None
    equal = tuple(code for code in over if over[code] == last)
    sure = sum(1 for code in over if over[code] > last)
    return Tie(equal, left - sure)
