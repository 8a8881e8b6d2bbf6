"""The clinic's details, in and out of the store."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from ptnotes.db.people import add_person
from ptnotes.db.schema.clinic import ClinicRecord
from ptnotes.domain.errors import StaleError
from ptnotes.domain.people import Clinic, Person

_CLINIC = tuple(field.name for field in fields(Clinic))
_CLINIC_QUERY = select(*(getattr(ClinicRecord, name) for name in _CLINIC))


def load_clinic(connection: Connection) -> Clinic:
    """The clinic of this store."""
    return Clinic(**connection.execute(_CLINIC_QUERY).one()._mapping)


def found_clinic(connection: Connection, clinic: Clinic, person: Person, now: datetime) -> None:
    """Store the one clinic and its first person."""
    connection.execute(insert(ClinicRecord).values(id=1, **_values(replace(clinic, revision=1))))
    add_person(connection, person, now)


def change_clinic(connection: Connection, clinic: Clinic) -> Clinic:
    """Store a change. Raises `StaleError` where `clinic.revision` is not the stored one."""
    changed = replace(clinic, revision=clinic.revision + 1)
    done = connection.execute(
        update(ClinicRecord).where(ClinicRecord.revision == clinic.revision).values(**_values(changed))
    )
    if done.rowcount != 1:
        raise StaleError("record.stale", connection.scalar(select(ClinicRecord.revision)) or 0)
    return changed


def _values(clinic: Clinic) -> dict[str, object]:
    return {name: getattr(clinic, name) for name in _CLINIC}
