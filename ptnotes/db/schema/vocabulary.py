"""The column types that every table is written in, and the base of every record.

A type is chosen once, here: instants, calendar dates, scaled decimals, lists of ids, choices. Every constraint has a
name, so that a migration can speak of it in both dialects.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    Time,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine
from typing_extensions import override

from ptnotes.domain.treatment import Stroke

INSTANT_LENGTH = 27
"""Letters in ``2026-03-02T14:00:00.000000Z``: a fixed width, so that text order is time order."""


class UtcInstant(TypeDecorator[datetime]):
    """An instant in UTC. SQLite keeps no zone, so there it is ISO 8601 text ending in Z; PostgreSQL has its own type.

    An instant without a zone is a bug and raises `ValueError`.
    """

    impl = String(INSTANT_LENGTH)
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(INSTANT_LENGTH))

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        in_utc = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return in_utc
        return in_utc.isoformat(timespec="microseconds").replace("+00:00", "Z")

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value)


_WHOLE: dict[tuple[int, int], Decimal] = {}


def _unscaled(value: int, places: int) -> Decimal:
    # Clinical numbers repeat without end (45, 50, 60 degrees), so each is made once.
    known = _WHOLE.get((value, places))
    if known is None:
        scale = 10**places
        known = Decimal(value // scale) if value % scale == 0 else Decimal(value).scaleb(-places).normalize()
        if len(_WHOLE) < 10_000:
            _WHOLE[value, places] = known
    return known


class Scaled(TypeDecorator[Decimal]):
    """A decimal number kept as an integer of `places` decimal places; its unit is in the column's name or beside it.

    A number with more places raises `ValueError`: the store never rounds.
    """

    impl = Integer
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    @override
    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value.scaleb(self.places)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"a number has more than {self.places} decimal places")
        return whole

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else _unscaled(value, self.places)


class IdList(TypeDecorator[tuple[str, ...]]):
    """A few ids in their order, as text with single spaces. An id with a space raises `ValueError`."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if any(not part or part.split() != [part] for part in value):
            raise ValueError("an id is empty or holds a space")
        return " ".join(value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value.split())


class StrokeList(TypeDecorator[tuple[Stroke, ...]]):
    """Strokes of a pen as text: points as ``x,y`` with single spaces between, strokes with ``;`` between."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: tuple[Stroke, ...] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Stroke, ...] | None:
        if value is None:
            return None
        strokes = (stroke.split() for stroke in value.split(";") if stroke)
        return tuple(
            tuple((int(x), int(y)) for x, _, y in (point.partition(",") for point in stroke))
            for stroke in strokes
        )


class ChoiceText(TypeDecorator[StrEnum]):
    """One of a few words that the program knows, as text; empty text stands for None."""

    impl = Text
    cache_ok = True

    def __init__(self, values: type[StrEnum]) -> None:
        super().__init__()
        self.values = values

    @override
    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str:
        return "" if value is None else value.value

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return self.values(value) if value else None


class Record(DeclarativeBase):
    """Base of every stored record."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy as written
        str: Text(),
        date: Date(),
        time: Time(),
        datetime: UtcInstant(),
        bytes: LargeBinary(),
    }


Id = Annotated[int, mapped_column(primary_key=True)]
Uuid = Annotated[str, mapped_column(String(36), unique=True)]
Words = Annotated[str, mapped_column(Text, server_default="")]
"""Free text, empty where nothing was said."""
SearchText = Annotated[str, mapped_column(Text().with_variant(Text(collation="C"), "postgresql"))]
"""Folded text that is searched by ranges: compared letter code by letter code in both dialects."""
Instant = Annotated[datetime, mapped_column(UtcInstant)]
Thousandths = Annotated[Decimal, mapped_column(Scaled(3))]
Hundredths = Annotated[Decimal, mapped_column(Scaled(2))]
Ids = Annotated[tuple[str, ...], mapped_column(IdList, server_default="")]
Revision = Annotated[int, mapped_column(server_default="1")]
PersonId = Annotated[int, mapped_column(ForeignKey("person.id"))]
Digest = Annotated[bytes, mapped_column(LargeBinary(32))]
"""A SHA-256."""

# What the triggers do with a table is written on the table: see `ptnotes.db.triggers`.
SESSION_CHILD = {"guard": "session_child"}
"""A part of a treatment session: closed once the session is signed."""
APPEND_ONLY = {"guard": "append_only"}
"""Written once, never changed."""
DERIVED = {"guard": "none"}
"""Can be made again from other tables, so its rows may be deleted."""


def choice(values: type[StrEnum], **arguments: Any) -> MappedColumn[Any]:
    """Make a column that holds one of `values` by its value, checked by the database."""
    kind = Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
    return mapped_column(kind, **arguments)


def not_negative(*columns: str) -> list[CheckConstraint]:
    """Make one check a column: counts, minutes and seconds are never below zero."""
    return [CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative") for column in columns]


def between(column: str, low: int, high: int, *, when: str = "") -> CheckConstraint:
    """Make a check that `column` lies in ``low..high`` (ends included), only where the condition `when` holds."""
    condition = f"{column} BETWEEN {low} AND {high}"
    return CheckConstraint(f"NOT ({when}) OR {condition}" if when else condition, name=f"{column}_in_range")
