"""A value that the clinic has put in the place of a shipped one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicValue:
    """The clinic's own value of an entry. `key` names the entry and its field, `shipped` is what it stands in for.

    `since` is the day in the clinic's time zone, `reason` the clinic's own words, `by` who entered it, empty where
    that is not known. It goes with the value wherever the value goes, so that no screen can show it as published.
    """

    key: str
    value: Decimal
    shipped: Decimal
    reason: str
    since: date
    by: str = ""
