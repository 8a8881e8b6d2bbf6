"""Scales with round ticks at their true place, for numbers and for calendar dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TypeAlias

from ptnotes.domain.wording import day_and_month, full_date, month_and_year

_LABEL_GAP = 8.0
_MOST_TICKS = 7
_MOST_EMPTY = Decimal("1.5")
"""How much longer than its values a scale in steps of 1, 2 and 5 may be."""
_DAYS = (1, 2, 7, 14, 28, 56)
_MONTHS = (1, 2, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class NumberScale:
    """From `low` to `high`, both round, with round `ticks` between and at both ends."""

    low: Decimal
    high: Decimal
    ticks: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class DateTick:
    """A labelled day on a time axis; its label is centred on `x` unless `from_start`, which begins there."""

    on: date
    label: str
    x: float
    from_start: bool = False


def number_scale(low: Decimal, high: Decimal, most_ticks: int) -> NumberScale:
    """The finest scale over `low` to `high` in steps of 1, 2 or 5 times a power of ten with at most `most_ticks` ticks.

    Where that would leave much of it empty, a step of 3 or 4 is taken, so that what changed fills the height.
    Zero is taken in where it is not far from the values, so that a change looks as large as it is. Equal ends get room.
    `most_ticks` is at least 3: values on both sides of zero need its tick too.
    """
    if low > high:
        raise ValueError("the low end is above the high end")
    if 0 < low <= (high - low) * 2:
        low = Decimal(0)
    elif high < 0 and -high <= (high - low) * 2:
        high = Decimal(0)
    if low == high:
        room = max(abs(low) / 10, Decimal(1))
        low, high = (low - room if low != 0 else low), high + room
    most = max(most_ticks, 3)
    found = _finest(low, high, most, (1, 2, 5))
    if found.high - found.low > (high - low) * _MOST_EMPTY:
        fitting = _finest(low, high, most, (1, 2, 3, 4, 5))
        if fitting.high - fitting.low < found.high - found.low:
            return fitting
    return found


def _finest(low: Decimal, high: Decimal, most: int, factors: tuple[int, ...]) -> NumberScale:
    """The scale over `low` to `high` in the smallest of the round steps that needs no more than `most` ticks."""
    for step in _round_steps((high - low) / most, factors):
        first = (low / step).to_integral_value(ROUND_FLOOR)
        last = (high / step).to_integral_value(ROUND_CEILING)
        if last - first + 1 <= most:
            ticks = tuple((first + place) * step for place in range(int(last - first) + 1))
            return NumberScale(ticks[0], ticks[-1], ticks)
    raise AssertionError("steps grow without end")  # pragma: no cover - the loop above always returns


def _round_steps(at_least: Decimal, factors: tuple[int, ...]) -> Iterator[Decimal]:
    """Steps of `factors` times a power of ten upwards, none below `at_least`."""
    power = Decimal(1).scaleb(at_least.adjusted())
    while True:
        for factor in factors:
            step = power * factor
            if step >= at_least:
                yield step
        power *= 10


def date_ticks(
    first: date, last: date, x_of: Callable[[date], float], text_width: Callable[[str], float]
) -> tuple[DateTick, ...]:
    """The most ticks whose labels do not touch: days or weeks counted from `first`, or starts of months or of years.

    `first` is always labelled, with its year; the year stands again where it changes.
    """
    start_width = text_width(full_date(first))
    start_x = x_of(first)
    start = DateTick(first, full_date(first), start_x)
    if start_x - start_width / 2 < 0:
        start = DateTick(first, full_date(first), 0.0, from_start=True)
    start_end = start.x + (start_width if start.from_start else start_width / 2)
    for days, is_counted, short, full in _candidates(first, last):
        made = [start]
        end = start_end
        fits = True
        for on in days:
            x, label = x_of(on), short(on) if on.year == made[-1].on.year else full(on)
            width = text_width(label)
            if x - width / 2 < end + _LABEL_GAP:
                if is_counted or len(made) > 1:
                    fits = False
                    break
                continue  # the first of a month may fall under the first date's label, which has the right of way
            made.append(DateTick(on, label, x))
            end = x + width / 2
        if fits and len(made) <= _MOST_TICKS:
            return tuple(made)
    return (start,)


_Wording: TypeAlias = Callable[[date], str]


def _candidates(first: date, last: date) -> Iterator[tuple[list[date], bool, _Wording, _Wording]]:
    """Days to label after the first, finest first: whether they are counted from it, not from the calendar, their
    wording within one year, and where the year is new.
    """
    days = (last - first).days
    for step in _DAYS:
        # More ticks than this cannot be kept.
        if days // step < _MOST_TICKS:
            counted = [first + timedelta(days=step * place) for place in range(1, days // step + 1)]
            yield counted, True, day_and_month, full_date
    for step in _MONTHS:
        if days // (step * 31) < _MOST_TICKS:
            yield _month_starts(first, last, step), False, _month, month_and_year
    for step in _YEARS:
        starts = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1) if year % step == 0]
        yield starts, False, _year, _year


def _month_starts(first: date, last: date, step: int) -> list[date]:
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months if month % 12 % step == 0]


def _month(on: date) -> str:
    return month_and_year(on).split()[0]


def _year(on: date) -> str:
    return str(on.year)
