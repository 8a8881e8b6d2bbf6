"""One plain row for every table, so that a rule which holds for all tables is tried on all of them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Enum,
    Integer,
    LargeBinary,
    Table,
    Time,
    insert,
    select,
)

from ptnotes.db.schema import metadata
from ptnotes.db.schema.patient import CountingRule
from ptnotes.db.schema.vocabulary import ChoiceText, IdList, Scaled, StrokeList, UtcInstant

# Where the plain value of the column's type would break a rule of the table.
_SPECIAL: dict[str, dict[str, object]] = {
    "addendum": {"session_id": 1},
    "due_rule": {"counting_rule": CountingRule.CMS},
    "episode_of_care": {"discharged_on": None},
    "pain_score": {"scale": "nprs", "value": 6},
}


def fill_every_table(connection: Connection) -> None:
    """Put one row with id 1 into every table that has none (the clinic, its person and, in a file, its audit have)."""
    for table in metadata.sorted_tables:
        if not rows_of(connection, table):
            connection.execute(insert(table).values(plain_row(table)))


def plain_row(table: Table) -> dict[str, object]:
    """Give a row that the table takes: required columns by their type, the others left out."""
    required = (column for column in table.columns if not column.nullable)
    return {column.name: _plain(column) for column in required} | _SPECIAL.get(table.name, {})


def rows_of(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    """Give every row of the table, in the order of its key."""
    return list(connection.execute(select(table).order_by(*table.primary_key.columns)))


def _plain(column: Column[Any]) -> object:
    kind = column.type
    if isinstance(kind, Enum):
        return kind.python_type("draft") if column.name == "state" else next(iter(kind.python_type))
    if isinstance(kind, ChoiceText):
        return next(iter(kind.values))
    if column.name == "uuid":
        return str(uuid4())
    values: tuple[tuple[type[Any], object], ...] = (
        (Scaled, Decimal("4.5")),
        (Scaled, None),
        (Boolean, True),
        (Integer, 1),
        (UtcInstant, datetime(2026, 3, 2, 14, tzinfo=UTC)),
        (Date, date(2026, 3, 2)),
        (Time, time(9)),
        (LargeBinary, b"\x01" * 32),
        (IdList, ("one", "two")),
        (StrokeList, (((1, 2), (3, 4)),)),
    )
    return next((value for known, value in values if isinstance(kind, known)), "1")
