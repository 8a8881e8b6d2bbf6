"""A clock that stands still until a test moves it."""

import time
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

# A Monday. New York is five hours behind UTC on this day, so the two calendars differ in the evening.
START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


class MondayMorning(datetime):
    """In the place of `datetime` where the program asks for the time itself: it goes on from `START`, and no test that
    takes less than the rest of that day comes past a midnight.
    """

    _begun_s = time.monotonic()

    @classmethod
    def begin(cls) -> None:
        """Set it back to `START`."""
        cls._begun_s = time.monotonic()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Give the instant, in the zone `tz`."""
        at = START + timedelta(seconds=time.monotonic() - cls._begun_s)
        return cls.fromtimestamp(at.timestamp(), tz)


class FixedClock:
    """Tell the same instant at each call; ``advance`` moves it."""

    def __init__(self, at: datetime = START, zone: str = "America/New_York") -> None:
        if at.tzinfo is None:
            raise ValueError("an instant needs its zone")
        self.at = at.astimezone(UTC)
        self.zone = zone

    def __call__(self) -> datetime:
        """Give the instant, in UTC."""
        return self.at

    def now(self) -> datetime:
        """Give the instant, in UTC."""
        return self.at

    def today(self) -> date:
        """Give the calendar date in the clock's zone."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()

    def advance(self, **parts: float) -> datetime:
        """Move on by ``days=``, ``hours=``, ``minutes=`` or ``seconds=``, and give the new instant."""
        self.at += timedelta(**parts)
        return self.at
