"""The reference data of one clinic: the shipped ones with its own values laid over."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ptnotes.clinical import ClinicValue, Reference
from ptnotes.db.audit import Writing
from ptnotes.db.own_values import newest_own_values
from ptnotes.domain.own_values import clinic_values, with_own_values


def own_values(shipped: Reference, connection: Writing, zone: str) -> tuple[ClinicValue, ...]:
    """The clinic's own values as stored, those that no longer fit the data among them."""

    def day_of(instant: datetime) -> date:
        return instant.astimezone(ZoneInfo(zone)).date()

    rows = newest_own_values(connection)
    return clinic_values(shipped, rows, day_of) if rows else ()


def own_reference(shipped: Reference, connection: Writing, zone: str) -> Reference:
    """The shipped data with the clinic's own values in their place; the shipped ones themselves where it has none."""
    return with_own_values(shipped, own_values(shipped, connection, zone))
