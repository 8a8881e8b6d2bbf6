"""The clinic's own values in place of shipped ones, in and out of the store. Entries are added and never changed."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection, func, insert, select

from ptnotes.db.schema.clinic import PersonRecord, ReferenceOverrideRecord
from ptnotes.domain.own_values import OwnValueRow


def newest_own_values(connection: Connection) -> tuple[OwnValueRow, ...]:
    """The newest entry of each key, in the order they were entered; one that undid a value has None."""
    newest = select(func.max(ReferenceOverrideRecord.id)).group_by(ReferenceOverrideRecord.key)
    query = (
        select(
            ReferenceOverrideRecord.key,
            ReferenceOverrideRecord.value,
            ReferenceOverrideRecord.reason,
            ReferenceOverrideRecord.since,
            ReferenceOverrideRecord.person_id,
            PersonRecord.name,
        )
        .join(PersonRecord, PersonRecord.id == ReferenceOverrideRecord.person_id)
        .where(ReferenceOverrideRecord.id.in_(newest))
        .order_by(ReferenceOverrideRecord.id)
    )
    return tuple(
        OwnValueRow(
            key=key,
            value=None if value is None else Decimal(value),
            reason=reason,
            since=since,
            person_id=person_id,
            by=name,
        )
        for key, value, reason, since, person_id, name in connection.execute(query)
    )


def add_own_value(connection: Connection, row: OwnValueRow) -> None:
    """Store an entry: from its instant on the value, or with None the shipped one, is in force."""
    connection.execute(
        insert(ReferenceOverrideRecord).values(
            key=row.key,
            value=None if row.value is None else f"{row.value:f}",
            reason=row.reason,
            since=row.since,
            person_id=row.person_id,
        )
    )
