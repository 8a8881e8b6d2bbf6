"""A list of rows inside an aggregate: how it is read, and how a change of it is written as the difference.

A row is found by its key (such as ``session_id``, ``row``). One that is no longer in the list keeps its place with
`removed_at` set; one that comes back (an undo) takes its place again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Select,
    Table,
    Update,
    bindparam,
    literal,
    select,
    update,
)

from ptnotes.db.columns import decoded

Row = tuple[Any, ...]
_Binder = Callable[[Any], Any]


@dataclass(frozen=True)
class Parts:
    """One table of rows. A row is the tuple of `columns`; the first is the owner's id, the first `key_length` its key.

    Statements are built once, so that SQLAlchemy compiles each of them once.
    """

    table: Table
    columns: tuple[str, ...]
    key_length: int = 2
    _insertions: dict[str, tuple[str, tuple[tuple[int, _Binder], ...]]] = field(
        default_factory=dict, compare=False
    )
    _readings: dict[str, tuple[str, tuple[_Binder | None, ...]]] = field(default_factory=dict, compare=False)

    @cached_property
    def owner(self) -> str:
        """The column that holds the owner's id."""
        return self.columns[0]

    @cached_property
    def has_any(self) -> ColumnElement[bool]:
        """Whether the owner ``:owner`` has any row, removed ones too."""
        return select(literal(1)).where(self.table.c[self.owner] == bindparam("owner")).exists()

    @cached_property
    def of_one(self) -> Select[Any]:
        """Every row of the owner ``:owner``, removed ones too, with `removed_at` last; in no order."""
        return self._select("removed_at").where(self.table.c[self.owner] == bindparam("owner"))

    @cached_property
    def updating(self) -> Update:
        """Write every column of the row whose key is given as ``key_0``, ``key_1``, ..."""
        statement = update(self.table)
        for place in range(self.key_length):
            statement = statement.where(self.table.c[self.columns[place]] == bindparam(f"key_{place}"))
        written = (*self.columns[self.key_length :], "removed_at")
        return statement.values({name: bindparam(f"new_{name}") for name in written})

    def write(self, connection: Connection, owner: int, wanted: Sequence[Row], at: datetime) -> bool:
        """Make the stored rows of `owner` be `wanted`; tell whether anything had to change."""
        key = itemgetter(slice(0, self.key_length))
        stored = {key(row): tuple(row) for row in connection.execute(self.of_one, {"owner": owner})}
        new = [row for row in wanted if key(row) not in stored]
        changed = [row for row in wanted if key(row) in stored and stored[key(row)] != (*row, None)]
        kept = {key(row) for row in wanted}
        gone = [row for row_key, row in stored.items() if row_key not in kept and row[-1] is None]
        updates = [self._update_values(row, None) for row in changed]
        updates += [self._update_values(row[:-1], at) for row in gone]
        if new:
            self.add(connection, new)
        if updates:
            connection.execute(self.updating, updates)
        return bool(new or updates)

    def add(self, connection: Connection, rows: Iterable[Row]) -> None:
        """Store rows that are new.

        They go to the driver by one statement written once: a save is nearly all such rows, and SQLAlchemy would build
        and look through a dict for each.
        """
        given = list(rows)
        if given:
            statement, binders = self._insertion(connection.dialect)
            connection.exec_driver_sql(statement, [_bound(row, binders) for row in given])

    def shown(self, connection: Connection, owners: Sequence[int]) -> Iterable[Row]:
        """The rows shown of each of `owners`, in no order."""
        return zip(*self.shown_columns(connection, owners), strict=True)

    def shown_columns(self, connection: Connection, owners: Sequence[int]) -> list[Sequence[Any]]:
        """The same as one sequence a column.

        An episode of 200 visits is read by this, some 3,000 rows with a dozen columns to be turned into values. SQLite
        gives each column as one value, as in `columns_of`.
        """
        if not owners:
            return [()] * len(self.columns)
        statement, readers = self._reading(connection.dialect)
        keys = list(owners)
        if connection.dialect.name == "sqlite":
            given = connection.exec_driver_sql(statement, (json.dumps(keys),)).one()
            columns: list[Sequence[Any]] = [json.loads(column) for column in given]
        else:
            rows = connection.exec_driver_sql(statement, (keys,)).all()
            columns = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        return [decoded(column, read) for column, read in zip(columns, readers, strict=True)]

    def _select(self, *more: str) -> Select[Any]:
        return select(*(self.table.c[name] for name in (*self.columns, *more)))

    def _reading(self, dialect: Dialect) -> tuple[str, tuple[_Binder | None, ...]]:
        """The statement that reads the shown rows of given owners, and what turns each of its columns into values.

        The owners are one value, so that the statement is the same for any number of them.
        """
        known = self._readings.get(dialect.name)
        if known is None:
            preparer = dialect.identifier_preparer
            names = [preparer.quote(name) for name in self.columns]
            if dialect.name == "sqlite":
                named = ", ".join(f"json_group_array({name})" for name in names)
                owners = "IN (SELECT value FROM json_each(?))"
            else:
                named, owners = ", ".join(names), "= ANY(%s)"
            statement = (
                f"SELECT {named} FROM {preparer.format_table(self.table)}"  # noqa: S608 - names of the schema
                f" WHERE {preparer.quote(self.owner)} {owners} AND removed_at IS NULL"
            )
            kinds = (self.table.c[name].type.dialect_impl(dialect) for name in self.columns)
            known = self._readings[dialect.name] = (
                statement,
                tuple(kind.result_processor(dialect, None) for kind in kinds),
            )
        return known

    def _insertion(self, dialect: Dialect) -> tuple[str, tuple[tuple[int, _Binder], ...]]:
        """The statement that inserts one row, and what turns its values into the driver's, where they are not."""
        known = self._insertions.get(dialect.name)
        if known is None:
            preparer = dialect.identifier_preparer
            named = ", ".join(preparer.quote(name) for name in self.columns)
            marks = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(self.columns))
            statement = f"INSERT INTO {preparer.format_table(self.table)} ({named}) VALUES ({marks})"  # noqa: S608 - names of the schema
            kinds = (self.table.c[name].type.dialect_impl(dialect) for name in self.columns)
            known = self._insertions[dialect.name] = (
                statement,
                tuple(
                    (place, bind)
                    for place, kind in enumerate(kinds)
                    if (bind := kind.bind_processor(dialect)) is not None
                ),
            )
        return known

    def _update_values(self, row: Row, removed_at: datetime | None) -> Mapping[str, Any]:
        values = {f"key_{place}": row[place] for place in range(self.key_length)}
        for name, value in zip(self.columns[self.key_length :], row[self.key_length :], strict=True):
            values[f"new_{name}"] = value
        return {**values, "new_removed_at": removed_at}


def _bound(row: Row, binders: Sequence[tuple[int, _Binder]]) -> Row:
    values = list(row)
    for place, bind in binders:
        values[place] = bind(values[place])
    return tuple(values)


def grouped(rows: Iterable[Row], make: Callable[[Row], Any]) -> dict[int, list[Any]]:
    """What `make` makes of each row, by the owner that the row begins with, in the order of the rows."""
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(make(row))
    return groups
