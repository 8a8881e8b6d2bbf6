"""Templates of letters, in and out of the store. One that is put away is archived, and can be brought back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from ptnotes.db.schema.clinic import LetterTemplateRecord
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.letters import LetterTemplate

_COLUMNS = tuple(field.name for field in fields(LetterTemplate) if field.name != "shipped")


def letter_templates(connection: Connection) -> tuple[LetterTemplate, ...]:
    """The clinic's templates in use, by name."""
    query = select(*(getattr(LetterTemplateRecord, name) for name in _COLUMNS))
    query = query.where(LetterTemplateRecord.archived_at.is_(None)).order_by(LetterTemplateRecord.name)
    return tuple(LetterTemplate(**row._mapping) for row in connection.execute(query))


def template_uuids(connection: Connection) -> frozenset[str]:
    """The uuid of every template that the clinic ever stored, in use or put away."""
    return frozenset(connection.scalars(select(LetterTemplateRecord.uuid)))


def add_template(
    connection: Connection, template: LetterTemplate, archived_at: datetime | None = None
) -> LetterTemplate:
    """Store a new template and give it with its id; `archived_at` where it is put away at once."""
    values = {name: getattr(template, name) for name in _COLUMNS if name not in ("id", "revision")}
    statement = insert(LetterTemplateRecord).values(**values, revision=1, archived_at=archived_at)
    key = connection.scalars(statement.returning(LetterTemplateRecord.id)).one()
    return replace(template, id=key, shipped=False, revision=1)


def change_template(connection: Connection, template: LetterTemplate) -> LetterTemplate:
    """Store another name, subject or text. Raises `StaleError`, `NotFoundError` ("letter.not_found")."""
    return _change(connection, template, name=template.name, subject=template.subject, text=template.text)


def set_archived(connection: Connection, template: LetterTemplate, at: datetime | None) -> LetterTemplate:
    """Put a template away at an instant, or bring it back (None). Raises as `change_template`."""
    return _change(connection, template, archived_at=at)


def _change(connection: Connection, template: LetterTemplate, **values: object) -> LetterTemplate:
    changed = replace(template, revision=template.revision + 1)
    done = connection.execute(
        update(LetterTemplateRecord)
        .where(LetterTemplateRecord.id == template.id, LetterTemplateRecord.revision == template.revision)
        .values(**values, revision=changed.revision)
    )
    if done.rowcount != 1:
        query = select(LetterTemplateRecord.revision).where(LetterTemplateRecord.id == template.id)
        current = connection.scalar(query)
        if current is None:
            raise NotFoundError("letter.not_found")
        raise StaleError("record.stale", current)
    return changed
