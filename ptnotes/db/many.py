"""Very many new rows at once, at the price of the driver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, FromClause, Table, TableClause, insert


def insert_all(
    connection: Connection, table: FromClause, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows with the values of these columns.

    SQLAlchemy takes longer over a row than SQLite does to store it, so there the driver is given the values as the
    columns' types make them, which is all that SQLAlchemy would do with them.
    """
    if not rows:
        return
    if not isinstance(table, (Table, TableClause)):
        raise TypeError(table)
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    makers = [
        (place, maker)
        for place, name in enumerate(names)
        if (maker := _maker(connection, table, name)) is not None
    ]
    quoted = ", ".join(f'"{name}"' for name in names)
    # Names of tables and columns come from the schema, never from what was typed.
    statement = f'INSERT INTO "{table.name}" ({quoted}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608 - see above
    connection.exec_driver_sql(statement, [_as_stored(row, makers) for row in rows] if makers else list(rows))


def _maker(connection: Connection, table: FromClause, name: str) -> Callable[[Any], Any] | None:
    kind = table.c[name].type.dialect_impl(connection.dialect)
    return kind.bind_processor(connection.dialect)


def _as_stored(row: tuple[Any, ...], makers: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for place, maker in makers:
        value = values[place]
        if value is not None:
            values[place] = maker(value)
    return tuple(values)
