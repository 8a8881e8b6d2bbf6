"""The people of a clinic, their permissions and their public keys, in and out of the store."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from ptnotes.db.schema.clinic import (
    EmergencyAccessRecord,
    PersonPermissionRecord,
    PersonRecord,
    SigningKeyRecord,
)
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.people import EmergencyAccess, Person

_COLUMNS = tuple(field.name for field in fields(Person) if field.name not in ("granted", "withheld"))
_QUERY = select(*(getattr(PersonRecord, name) for name in _COLUMNS)).order_by(PersonRecord.id)
_PERMISSIONS = select(
    PersonPermissionRecord.person_id, PersonPermissionRecord.permission, PersonPermissionRecord.granted
)


def people(connection: Connection) -> tuple[Person, ...]:
    """Everybody who ever had an account, in the order that they came."""
    decided = connection.execute(_PERMISSIONS).all()
    return tuple(
        Person(
            **row._mapping,
            granted=frozenset(p for person_id, p, granted in decided if person_id == row.id and granted),
            withheld=frozenset(p for person_id, p, granted in decided if person_id == row.id and not granted),
        )
        for row in connection.execute(_QUERY)
    )


def names_of(connection: Connection) -> dict[int, str]:
    """Everybody's name with credentials, by their id, as it stands under what they wrote."""
    return {person.id: person.signature for person in people(connection) if person.id is not None}


def person_by_uuid(connection: Connection, uuid: str) -> Person | None:
    """The person of that uuid, None where there is nobody."""
    return next((person for person in people(connection) if person.uuid == uuid), None)


def add_person(connection: Connection, person: Person, now: datetime) -> Person:
    """Store somebody new, with their permissions and public key. A uuid is given where there is none."""
    named = replace(person, uuid=person.uuid or str(uuid4()), revision=1)
    values = _values(named)
    del values["id"]
    key = connection.scalars(insert(PersonRecord).values(**values).returning(PersonRecord.id)).one()
    stored = replace(named, id=key)
    _decide(connection, stored)
    _note_key(connection, stored, now)
    return stored


def change_person(connection: Connection, person: Person, now: datetime) -> Person:
    """Store a change of details, role, permissions or public key. Raises `StaleError`, `NotFoundError`."""
    changed = replace(person, revision=person.revision + 1)
    values = _values(changed)
    # To write the id, be it the same, has SQLite look through every table that names a person.
    del values["id"]
    done = connection.execute(
        update(PersonRecord)
        .where(PersonRecord.id == person.id, PersonRecord.revision == person.revision)
        .values(**values)
    )
    if done.rowcount != 1:
        current = connection.scalar(select(PersonRecord.revision).where(PersonRecord.id == person.id))
        if current is None:
            raise NotFoundError("person.unknown")
        raise StaleError("record.stale", current)
    _decide(connection, changed)
    _note_key(connection, changed, now)
    return changed


def signing_keys(connection: Connection, person_id: int) -> tuple[bytes, ...]:
    """Each Ed25519 public key that the person was ever given, the present one last."""
    query = select(SigningKeyRecord.public_key).where(SigningKeyRecord.person_id == person_id)
    return tuple(connection.scalars(query.order_by(SigningKeyRecord.id)))


def note_emergency_access(connection: Connection, person_id: int, reason: str, now: datetime) -> int:
    """Write down that somebody reads charts in spite of their role, and give the id of that."""
    made = connection.scalars(
        insert(EmergencyAccessRecord)
        .returning(EmergencyAccessRecord.id)
        .values(person_id=person_id, at=now, reason=reason)
    )
    return made.one()


def unseen_emergencies(connection: Connection) -> tuple[EmergencyAccess, ...]:
    """The emergency accesses that no administrator has seen yet, earliest first."""
    query = (
        select(
            EmergencyAccessRecord.id,
            PersonRecord.name,
            EmergencyAccessRecord.at,
            EmergencyAccessRecord.reason,
        )
        .join(PersonRecord, PersonRecord.id == EmergencyAccessRecord.person_id)
        .where(EmergencyAccessRecord.seen_at.is_(None))
        .order_by(EmergencyAccessRecord.id)
    )
    return tuple(EmergencyAccess(*row) for row in connection.execute(query))


def mark_emergencies_seen(connection: Connection, up_to: int, person_id: int, now: datetime) -> None:
    """Write down that the person has seen the emergency accesses up to the id `up_to`."""
    connection.execute(
        update(EmergencyAccessRecord)
        .where(EmergencyAccessRecord.seen_at.is_(None), EmergencyAccessRecord.id <= up_to)
        .values(seen_by=person_id, seen_at=now)
    )


def _decide(connection: Connection, person: Person) -> None:
    """Store the permissions as they are now; they are settings, not a record."""
    connection.execute(delete(PersonPermissionRecord).where(PersonPermissionRecord.person_id == person.id))
    rows = [
        {"person_id": person.id, "permission": permission, "granted": permission in person.granted}
        for permission in sorted(person.granted | person.withheld)
    ]
    if rows:
        connection.execute(insert(PersonPermissionRecord), rows)


def _note_key(connection: Connection, person: Person, now: datetime) -> None:
    key = person.signing_public_key
    if key is None or person.id is None or key in signing_keys(connection, person.id):
        return
    connection.execute(insert(SigningKeyRecord).values(person_id=person.id, public_key=key, since=now))


def _values(person: Person) -> dict[str, object]:
    return {name: getattr(person, name) for name in _COLUMNS}
