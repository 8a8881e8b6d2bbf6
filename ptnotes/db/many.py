"""Very many new rows at once, at the price of the driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, FromClause, Table, TableClause, insert

Maker = Callable[[Any], Any]


def insert_all(
    connection: Connection,
    table: FromClause,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows with the values of the columns `names`, and with what is the `same` in all of them.

    SQLAlchemy takes longer over a row than SQLite does to store it, so there the driver is given the values as the
    columns' types make them, which is all that SQLAlchemy would do with them.
    """
    if not rows:
        return
    if not isinstance(table, (Table, TableClause)):
        raise TypeError(table)
    alike = same or {}
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), [{**dict(zip(names, row, strict=True)), **alike} for row in rows])
        return
    makers = [
        (place, maker)
        for place, name in enumerate(names)
        if (maker := _maker(connection, table, name)) is not None
    ]
    ends = tuple(_made(value, _maker(connection, table, name)) for name, value in alike.items())
    values = [_as_stored(row, makers, ends) for row in rows] if makers or ends else list(rows)
    connection.exec_driver_sql(_statement(table, [*names, *alike]), values)


def insert_columns(
    connection: Connection, table: FromClause, columns: Mapping[str, Sequence[Any]], same: Mapping[str, Any]
) -> None:
    """Insert the rows whose values stand in `columns`, and what is the `same` in all of them; for SQLite.

    As `insert_all`, for a table whose rows are not made one by one. The values have to be hashable.
    """
    made = [_all_made(column, _maker(connection, table, name)) for name, column in columns.items()]
    ends = [repeat(_made(value, _maker(connection, table, name))) for name, value in same.items()]
    # The first columns end the rows: those that are the same never end.
    values = list(zip(*made, *ends, strict=False))
    connection.exec_driver_sql(_statement(table, [*columns, *same]), values)


def _all_made(column: Sequence[Any], maker: Maker | None) -> Sequence[Any]:
    if maker is None:
        return column
    stored = {value: _made(value, maker) for value in set(column)}
    return list(map(stored.__getitem__, column))


def _statement(table: FromClause, names: Sequence[str]) -> str:
    if not isinstance(table, (Table, TableClause)):
        raise TypeError(table)
    quoted = ", ".join(f'"{name}"' for name in names)
    places = ", ".join("?" * len(names))
    # Names of tables and columns come from the schema, never from what was typed.
    return f'INSERT INTO "{table.name}" ({quoted}) VALUES ({places})'  # noqa: S608 - see above


def _maker(connection: Connection, table: FromClause, name: str) -> Maker | None:
    kind = table.c[name].type.dialect_impl(connection.dialect)
    return kind.bind_processor(connection.dialect)


def _made(value: Any, maker: Maker | None) -> Any:
    return value if value is None or maker is None else maker(value)


def _as_stored(
    row: tuple[Any, ...], makers: Sequence[tuple[int, Maker]], ends: tuple[Any, ...]
) -> tuple[Any, ...]:
    values = [*row, *ends]
    for place, maker in makers:
        value = values[place]
        if value is not None:
            values[place] = maker(value)
    return tuple(values)
