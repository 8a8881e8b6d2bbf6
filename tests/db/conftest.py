"""Stores to test against: the encrypted file, and PostgreSQL where there is a server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event

from ptnotes.db.settings import found_clinic
from ptnotes.db.store import Store, create_schema, open_postgresql
from ptnotes.domain.people import Permission
from tests.clinics import CLINIC, PERSON, open_copy
from tests.postgresql import Server

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
FOUNDER = replace(PERSON, signing_public_key=b"k" * 32, granted=frozenset({Permission.ADMINISTER}))
_numbers = count(1)


@cache
def _postgresql_template(server: Server) -> str:
    """Make the schema and the clinic once on the server; tests get copies of the whole database."""
    url = server.new_database()
    store = open_postgresql(url)
    with store.write() as connection:
        create_schema(connection)
        found_clinic(connection, CLINIC, FOUNDER, NOW)
        connection.commit()
    store.close()
    return url


@contextmanager
def _postgresql_store(server: Server) -> Iterator[Store]:
    url = _postgresql_template(server)
    source = url.partition("@/")[2].partition("?")[0]
    name = f"copy_{next(_numbers)}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    copy = url.replace(f"/{source}?", f"/{name}?")
    store = open_postgresql(copy)
    yield store
    store.close()
    server.drop_database(copy)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with one clinic and one person (id 1): once on the encrypted file, once on PostgreSQL."""
    if request.param == "postgresql":
        with _postgresql_store(request.getfixturevalue("postgresql_server")) as made:
            yield made
        return
    made = open_copy(tmp_path)
    yield made
    made.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """A store on an encrypted file alone."""
    made = open_copy(tmp_path)
    yield made
    made.close()


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Collect the statements that run on `store` within the block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    # On a server both are one engine.
    engines = {id(engine.pool): engine for engine in (store._readers, store._writer)}.values()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def plans_of(connection: Connection, job: Callable[[], object]) -> list[str]:
    """How SQLite goes about each statement of `job`."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        sent.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    try:
        job()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return [
        row.detail
        for statement, values in sent
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]
