"""How often an exercise is done at home: `home 2x/day 5d/wk`, `twice a day`, `daily`, `bid`."""

from __future__ import annotations

import re
from typing import NamedTuple

from ptnotes.domain.checks import MOST_TIMES_A_DAY

_HOME = re.compile(r"(?:(?:at|for)\s+home|home|hep)(?:\s+(?:exercises?|program(?:me)?))?(?![a-z])")
_N = r"(?:x\s*)?(?P<n>\d{1,4}|once|twice|thrice)\s*"
_EACH = r"\s*(?:/|(?:per|a|each|every)(?![a-z]))\s*"
_DAY = r"(?:days?|d)(?![a-z])"
_WEEK = r"(?:weeks?|wks?|w)(?![a-z])"
_IN_A_DAY = re.compile(rf"{_N}(?:(?:x|times?)?{_EACH}{_DAY}|(?:x|times?)?\s*daily(?![a-z])|x\s*{_DAY})")
_IN_A_WEEK = re.compile(
    rf"{_N}(?:(?:x|times?|days?|d)?{_EACH}{_WEEK}|(?:x|times?|days?)?\s*weekly(?![a-z])|(?:x|days?|d)\s*{_WEEK})"
)
_BEGINS = re.compile(
    r"(?:x\s*)?\d{1,4}\s*(?:-|to|x|times?|days?|d)?\s*(?:/|\d|per|a|e|d|w)"
    r"|once|twice|thrice|(?:at|for)\s+home|home|hep|[btq]\.?i\.?d|daily|every|each"
)
"""What every such word begins with; the line asks at each of its words."""
_UNCLEAR = re.compile(
    rf"\d{{1,4}}\s*(?:-|to)\s*\d{{1,4}}\s*(?:x|times?|days?|d)?(?:{_EACH}|\s*)(?:{_DAY}|{_WEEK}|daily(?![a-z]))"
)
_SHORT = re.compile(r"(?P<how>b\.?i\.?d|t\.?i\.?d|q\.?i\.?d)(?![a-z])\.?")
_EVERY_DAY = re.compile(r"(?:daily|every\s*day|each\s+day)(?![a-z])")
DAYS_OF_A_WEEK = 7
_COUNTS = {"once": 1, "twice": 2, "thrice": 3, "b": 2, "t": 3, "q": 4}


class OftenWords(NamedTuple):
    """Words on how often: a count in one of the two, or only that it is at home; or the reason why they say nothing."""

    end: int
    times_a_day: int | None = None
    days_a_week: int | None = None
    fault: str = ""

    @property
    def only_home(self) -> bool:
        """Whether the words say where alone."""
        return self.times_a_day is None and self.days_a_week is None and not self.fault


def read_often(text: str, place: int) -> OftenWords | None:
    """The words on how often at `place` of a folded text; None where there are none.

    Times a week are the days of a week: who does it on a day twice says so in times a day.
    """
    if _BEGINS.match(text, place) is None:
        return None
    home = _HOME.match(text, place)
    if home is not None:
        return OftenWords(home.end())
    unclear = _UNCLEAR.match(text, place)
    if unclear is not None:
        return OftenWords(unclear.end(), fault="Say one number, not a range.")
    short = _SHORT.match(text, place)
    if short is not None:
        return OftenWords(short.end(), times_a_day=_COUNTS[short["how"][0]])
    every = _EVERY_DAY.match(text, place)
    if every is not None:
        return OftenWords(every.end(), days_a_week=DAYS_OF_A_WEEK)
    for pattern, most, words in (
        (_IN_A_DAY, MOST_TIMES_A_DAY, "times a day"),
        (_IN_A_WEEK, DAYS_OF_A_WEEK, "days a week"),
    ):
        found = pattern.match(text, place)
        if found is None:
            continue
        count = _COUNTS[found["n"]] if found["n"] in _COUNTS else int(found["n"])
        if not 1 <= count <= most:
            return OftenWords(found.end(), fault=f"{count} {words}: from 1 to {most}.")
        if pattern is _IN_A_DAY:
            return OftenWords(found.end(), times_a_day=count)
        return OftenWords(found.end(), days_a_week=count)
    return None
