"""The triggers, made from the tables by one function for both dialects.

A migration that rebuilds a table drops its triggers, so `create_triggers` runs after every migration and at creation.
What is refused is raised with a text that starts with `REFUSED`, which tells it from any other fault of a constraint.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table, text

from ptnotes.db.schema import metadata
from ptnotes.db.schema.session import SessionRecord

REFUSED = "ptnotes:refused"
_OPEN = "('draft', 'discarded')"
_FORWARD = (
    ("draft", "discarded"),
    ("discarded", "draft"),
    ("draft", "signed"),
    ("draft", "awaiting_cosignature"),
    ("awaiting_cosignature", "signed"),
    ("awaiting_cosignature", "voided"),
    ("signed", "voided"),
)
"""Every change of state that a note may make."""


def create_triggers(connection: Connection) -> None:
    """Drop the store's triggers and make them all again, in the connection's transaction."""
    drop_triggers(connection)
    for statement in trigger_statements(connection.dialect.name):
        connection.execute(text(statement))


def drop_triggers(connection: Connection) -> None:
    """Drop every trigger whose name is ours."""
    if connection.dialect.name == "postgresql":
        found = connection.execute(
            text(
                "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
                " WHERE NOT tgisinternal AND tgname LIKE 'guard\\_%'"
            )
        )
        for name, table in found.all():
            connection.execute(text(f'DROP TRIGGER "{name}" ON "{table}"'))
        return
    found = connection.execute(
        text(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
        )
    )
    for name, _table in found.all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))


@contextmanager
def unguarded(connection: Connection, tables: Collection[str]) -> Iterator[None]:
    """Let rows of these tables be deleted within the block, in the connection's transaction, and of no other."""
    of_table = 'ON "{table}"' if connection.dialect.name == "postgresql" else ""
    for table in tables:
        connection.execute(text(f'DROP TRIGGER "guard_{table}_delete_kept" {of_table.format(table=table)}'))
    yield
    for statement in trigger_statements(connection.dialect.name):
        if any(f'"guard_{table}_delete_kept"' in statement for table in tables):
            connection.execute(text(statement))


def trigger_statements(dialect: str) -> Iterator[str]:
    """Every statement that makes a trigger (and, on PostgreSQL, its function) in `dialect`."""
    for table in metadata.sorted_tables:
        for event, name, condition in _guards(table):
            message = f"{REFUSED} {table.name} {name}"
            yield from _trigger(dialect, table, event, name, condition, message)


def _guards(table: Table) -> Iterator[tuple[str, str, str]]:
    """(event, name, condition on OLD and NEW under which the statement is refused) for one table."""
    kind = table.info.get("guard", "kept")
    if kind == "none":
        return
    yield "DELETE", "kept", ""
    if kind == "append_only" or table is SessionRecord.__table__:
        # SQLite's REPLACE deletes past the trigger above on a connection that does not ask for `recursive_triggers`.
        yield "INSERT", "replaced", _taken(table)
    if kind == "append_only":
        yield "UPDATE", "append_only", ""
    elif kind == "session_child":
        # Built from constants of this module alone.
        closed = "(SELECT state FROM treatment_session WHERE id = {}.session_id) NOT IN " + _OPEN  # noqa: S608 - see above
        yield "INSERT", "signed", closed.format("NEW")
        yield "UPDATE", "signed", f"{closed.format('OLD')} OR OLD.session_id <> NEW.session_id"
    elif table is SessionRecord.__table__:
        changed = " OR ".join(
            f'OLD."{column.name}" IS DISTINCT FROM NEW."{column.name}"'
            for column in table.columns
            if column.name != "state"
        )
        yield "UPDATE", "signed", f"OLD.state NOT IN {_OPEN} AND ({changed})"
        allowed = " OR ".join(
            f"(OLD.state = '{before}' AND NEW.state = '{after}')" for before, after in _FORWARD
        )
        yield "UPDATE", "state", f"OLD.state <> NEW.state AND NOT ({allowed})"
        yield "INSERT", "born_open", f"NEW.state NOT IN {_OPEN}"


def _taken(table: Table) -> str:
    """Whether a row with NEW's key is there already; another program's REPLACE would take it away."""
    key = " AND ".join(f'"{column.name}" = NEW."{column.name}"' for column in table.primary_key)
    found = f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {key}'  # noqa: S608 - names of our own tables
    if "uuid" in table.columns:
        found += ' OR "uuid" = NEW."uuid"'
    return f"{found})"


def _trigger(
    dialect: str, table: Table, event: str, name: str, condition: str, message: str
) -> Iterator[str]:
    trigger = f"guard_{table.name}_{event.lower()}_{name}"
    if dialect == "sqlite":
        when = f"WHEN {condition} " if condition else ""
        yield (
            f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table.name}" FOR EACH ROW {when}'
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    returned = "OLD" if event == "DELETE" else "NEW"
    raise_it = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"IF {condition} THEN {raise_it} END IF;" if condition else raise_it
    yield (
        f'CREATE OR REPLACE FUNCTION "{trigger}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$guard$ BEGIN {body} RETURN {returned}; END $guard$"
    )
    yield (
        f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table.name}" FOR EACH ROW EXECUTE FUNCTION "{trigger}"()'
    )
