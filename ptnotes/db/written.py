"""A statement that every save runs, written once for the driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.sql.dml import UpdateBase

_Bind = Callable[[Any], Any]
_Ready = tuple[str, tuple[tuple[str, _Bind | None], ...], Mapping[str, Any]]
_ready: dict[tuple[UpdateBase, str], _Ready] = {}


def run_written(
    connection: Connection, statement: UpdateBase, values: Mapping[str, Any]
) -> CursorResult[Any]:
    """Run `statement`, built once with a place for each of `values`; what it returns is as the driver gives it.

    SQLAlchemy takes longer to know a statement with dozens of places again than SQLite takes to run it.
    """
    dialect = connection.dialect
    if not dialect.positional:
        return connection.execute(statement, values)
    key = (statement, dialect.name)
    if key not in _ready:
        _ready[key] = _for_driver(statement, dialect)
    words, places, same = _ready[key]
    given = {**same, **values}
    bound = (given[name] if bind is None else bind(given[name]) for name, bind in places)
    return connection.exec_driver_sql(words, tuple(bound))


def _for_driver(statement: UpdateBase, dialect: Dialect) -> _Ready:
    """The statement's words, the name of each of its places with what makes the driver's value, and its own values."""
    compiled = statement.compile(dialect=dialect)
    binds = {
        name: parameter.type.dialect_impl(dialect).bind_processor(dialect)
        for name, parameter in compiled.binds.items()
    }
    own = {name: value for name, value in compiled.params.items() if value is not None}
    return str(compiled), tuple((name, binds[name]) for name in compiled.positiontup or ()), own
