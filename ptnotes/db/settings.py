"""The clinic and its people, in and out of the store."""

from __future__ import annotations

from dataclasses import fields, replace
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from ptnotes.db.schema.clinic import ClinicRecord, PersonRecord
from ptnotes.domain.errors import StaleError
from ptnotes.domain.people import Clinic, Person

_CLINIC = tuple(field.name for field in fields(Clinic))
_PERSON = tuple(field.name for field in fields(Person))
_CLINIC_QUERY = select(*(getattr(ClinicRecord, name) for name in _CLINIC))
_PEOPLE_QUERY = select(*(getattr(PersonRecord, name) for name in _PERSON)).order_by(PersonRecord.id)


def load_clinic(connection: Connection) -> Clinic:
    """The clinic of this store."""
    return Clinic(**connection.execute(_CLINIC_QUERY).one()._mapping)


def found_clinic(connection: Connection, clinic: Clinic, person: Person) -> None:
    """Store the one clinic and its first person."""
    connection.execute(insert(ClinicRecord).values(id=1, **_values(replace(clinic, revision=1), _CLINIC)))
    add_person(connection, person)


def change_clinic(connection: Connection, clinic: Clinic) -> Clinic:
    """Store a change. Raises `StaleError` where `clinic.revision` is not the stored one."""
    changed = replace(clinic, revision=clinic.revision + 1)
    done = connection.execute(
        update(ClinicRecord)
        .where(ClinicRecord.revision == clinic.revision)
        .values(**_values(changed, _CLINIC))
    )
    if done.rowcount != 1:
        raise StaleError("record.stale", connection.scalar(select(ClinicRecord.revision)) or 0)
    return changed


def people(connection: Connection) -> tuple[Person, ...]:
    """Everybody with an account, in the order that they came."""
    return tuple(Person(**row._mapping) for row in connection.execute(_PEOPLE_QUERY))


def add_person(connection: Connection, person: Person) -> Person:
    """Store somebody new. A uuid is given where there is none."""
    named = replace(person, uuid=person.uuid or str(uuid4()))
    values = _values(named, _PERSON)
    del values["id"]
    key = connection.scalars(insert(PersonRecord).values(**values).returning(PersonRecord.id)).one()
    return replace(named, id=key)


def person_by_uuid(connection: Connection, uuid: str) -> Person | None:
    """The person of that uuid, None where there is nobody."""
    row = connection.execute(_PEOPLE_QUERY.where(PersonRecord.uuid == uuid)).one_or_none()
    return None if row is None else Person(**row._mapping)


def _values(value: Clinic | Person, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(value, name) for name in names}
