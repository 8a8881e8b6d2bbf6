"""Phrases, in and out of the store. One that is taken away is archived, and can be brought back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from ptnotes.db.schema.clinic import PhraseRecord
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.phrases import Phrase

_COLUMNS = tuple(field.name for field in fields(Phrase) if field.name != "shipped")
_QUERY = select(*(getattr(PhraseRecord, name) for name in _COLUMNS)).order_by(PhraseRecord.short_form)


def phrases_of(connection: Connection, person_id: int) -> tuple[Phrase, ...]:
    """The clinic's phrases in use and the person's own, by short form."""
    query = _QUERY.where(
        PhraseRecord.archived_at.is_(None),
        or_(PhraseRecord.person_id.is_(None), PhraseRecord.person_id == person_id),
    )
    return tuple(Phrase(**row._mapping) for row in connection.execute(query))


def short_forms_of_clinic(connection: Connection) -> frozenset[str]:
    """Every short form that the clinic ever had of its own, in use or taken away."""
    query = select(PhraseRecord.short_form).where(PhraseRecord.person_id.is_(None))
    return frozenset(connection.scalars(query))


def add_phrase(connection: Connection, phrase: Phrase, archived_at: datetime | None = None) -> Phrase:
    """Store a new phrase and give it with its id; `archived_at` where it is taken away at once."""
    values = {name: getattr(phrase, name) for name in _COLUMNS if name not in ("id", "revision")}
    statement = insert(PhraseRecord).values(**values, revision=1, archived_at=archived_at)
    key = connection.scalars(statement.returning(PhraseRecord.id)).one()
    return replace(phrase, id=key, shipped=False, revision=1)


def change_phrase(connection: Connection, phrase: Phrase) -> Phrase:
    """Store another short form or text. Raises `StaleError`, `NotFoundError` ("phrase.not_found")."""
    return _change(connection, phrase, short_form=phrase.short_form, text=phrase.text)


def set_archived(connection: Connection, phrase: Phrase, at: datetime | None) -> Phrase:
    """Take a phrase away at an instant, or bring it back (None). Raises as `change_phrase`."""
    return _change(connection, phrase, archived_at=at)


def _change(connection: Connection, phrase: Phrase, **values: object) -> Phrase:
    changed = replace(phrase, revision=phrase.revision + 1)
    done = connection.execute(
        update(PhraseRecord)
        .where(PhraseRecord.id == phrase.id, PhraseRecord.revision == phrase.revision)
        .values(**values, revision=changed.revision)
    )
    if done.rowcount != 1:
        current = connection.scalar(select(PhraseRecord.revision).where(PhraseRecord.id == phrase.id))
        if current is None:
            raise NotFoundError("phrase.not_found")
        raise StaleError("record.stale", current)
    return changed
