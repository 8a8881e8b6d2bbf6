"""Very many stored rows at once, column by column, as they were found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, func, select


def columns_of(
    connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> list[Sequence[Any]]:
    """What a query of texts, days and whole numbers finds: one sequence a column, the rows in no order.

    `query` is one that was built once, with places for `values`. SQLite gives each column as one value: a step from row
    to row would give the processor away each time and wait for whoever took it, and SQLAlchemy would make an object of
    each row.
    """
    dialect = connection.dialect
    readers = [
        column.type.dialect_impl(dialect).result_processor(dialect, None) for column in query.selected_columns
    ]
    if dialect.name != "sqlite":
        rows = connection.execute(query, values).all()
        return list(zip(*rows, strict=True)) if rows else [()] * len(readers)
    given = connection.execute(_in_columns(query), values).one()
    return [decoded(json.loads(column), read) for column, read in zip(given, readers, strict=True)]


@lru_cache
def _in_columns(query: Select[Any]) -> Select[Any]:
    return select(*(func.json_group_array(column) for column in query.subquery().c))


def decoded(column: Sequence[Any], read: Callable[[Any], Any] | None) -> Sequence[Any]:
    """A column as its type reads it. The same few words, days and numbers stand in most of it: each is read once."""
    if read is None:
        return column
    known = {value: read(value) for value in set(column)}
    return list(map(known.__getitem__, column))
