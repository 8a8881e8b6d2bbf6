"""Dates as people write them. A service date is a calendar date; instants are UTC and live elsewhere."""

from __future__ import annotations

import re
from datetime import date, time

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_EARLIEST_YEAR = 1890
_ISO_YEAR_LENGTH = 4
_COMPACT_LENGTHS = (6, 8)
_PARTS = 3
_TIME = re.compile(r"(\d{1,2})(?:\s*[:.h]?\s*(\d{2}))?(?::\d{2})?\s*(am|pm|a|p)?", re.IGNORECASE | re.ASCII)
_HALF_DAY_H = 12


def read_dates(text: str, today: date) -> tuple[date, ...]:
    """Every calendar date that `text` can mean and that is not after `today`, month-first readings before day-first.

    Understands ``12 Mar 1979``, ``March 12, 1979``, ``1979-03-12``, ``3/12/79``, ``12.03.1979`` and ``03121979``.
    A year of two digits is the latest such year that is not after `today`. Empty where nothing fits.
    """
    return tuple(found for found in read_any_dates(text, today) if found <= today)


def read_any_dates(text: str, today: date) -> tuple[date, ...]:
    """As `read_dates`, and also those after `today`, so that a screen can say "this is in the future"."""
    words = re.findall(r"\d+|[^\W\d_]+", text.casefold())
    numbers = [
        re.sub(r"(?<=\d)(st|nd|rd|th)$", "", word) for word in words if word.isdecimal() and word.isascii()
    ]
    months = [_MONTHS[word] for word in words if word in _MONTHS]
    if len(words) == 1 and len(numbers) == 1 and len(numbers[0]) in _COMPACT_LENGTHS:
        readings = _compact(numbers[0])
    elif len(months) == 1 and len(numbers) == _PARTS - 1:
        first, second = numbers
        readings = [(second, str(months[0]), first), (first, str(months[0]), second)]
    elif not months and len(numbers) == _PARTS and len(words) == _PARTS:
        readings = _ordered(numbers)
    else:
        return ()
    dates = (_make(*reading, today) for reading in readings)
    return tuple(dict.fromkeys(found for found in dates if found is not None))


def _compact(digits: str) -> list[tuple[str, str, str]]:
    year_last = [digits[:2], digits[2:4], digits[4:]]
    readings = _ordered(year_last)
    if len(digits) == max(_COMPACT_LENGTHS):
        readings += _ordered([digits[:4], digits[4:6], digits[6:]])
    return readings


def _ordered(numbers: list[str]) -> list[tuple[str, str, str]]:
    """(year, month, day) in each order people write: year first when it has four digits, else last."""
    first, second, third = numbers
    if len(first) == _ISO_YEAR_LENGTH:
        return [(first, second, third)]
    return [(third, first, second), (third, second, first)]


def _make(year_text: str, month_text: str, day_text: str, today: date) -> date | None:
    if len(day_text) > 2 or len(year_text) not in (2, _ISO_YEAR_LENGTH):
        return None
    year = int(year_text)
    if len(year_text) == 2:
        year += today.year // 100 * 100
        if year > today.year:
            year -= 100
    try:
        found = date(year, int(month_text), int(day_text))
    except ValueError:
        return None
    return found if year >= _EARLIEST_YEAR else None


def read_clock(text: str) -> time | None:
    """A time of day as people write it: ``9:30``, ``0930``, ``14.15``, ``2:15 pm``; None where it is none."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").casefold()[:1]
    if half:
        if not 1 <= hour <= _HALF_DAY_H:
            return None
        hour = hour % _HALF_DAY_H + (_HALF_DAY_H if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def age_years(birth_date: date, on: date) -> int:
    """Whole years lived on the day `on`; somebody born on 29 February ages on 1 March in other years."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
