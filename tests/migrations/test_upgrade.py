"""A file of every released schema becomes the present one, on a copy, and loses nothing on the way."""

import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from ptnotes.db import migrate
from ptnotes.db import store as store_module
from ptnotes.db.keyfile import key_path
from ptnotes.db.migrate import VERSIONS, upgrade_connection, upgrade_file
from ptnotes.db.schema import APPLICATION_ID, SCHEMA_VERSION, metadata
from ptnotes.db.store import connect, create_schema, file_engine, open_store
from ptnotes.domain.errors import EnvironmentFault
from tests.migrations.stored import DATA_KEY, FILE_ID, HERE, KEY, stored_file

NEXT = (*VERSIONS, HERE / "next")
LATER = SCHEMA_VERSION + 1
KEPT = f"before-{LATER:04}"


def objects(path: Path) -> dict[tuple[str, str], str]:
    """Every table, index and trigger of a file with its SQL, spaces and order of columns' constraints aside."""
    connection = connect(path, KEY)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {(kind, name): _parts(sql) for kind, name, sql in rows}


def _parts(sql: str) -> str:
    head, _, body = re.sub(r'["\s]+', " ", sql).partition("(")
    if "CREATE TABLE" not in head or "VIRTUAL" in head:
        return re.sub(r"[\"\s]+", " ", sql)
    lines = (line.strip(" ,") for line in sql.partition("(")[2].replace('"', "").split("\n"))
    return head + " | ".join(sorted(line for line in lines if line)) + body[-20:].rpartition(")")[2]


def differing(one: dict[tuple[str, str], str], other: dict[tuple[str, str], str]) -> set[tuple[str, str]]:
    """Give what stands in only one of the two files, or differently."""
    return {kind for kind in one.keys() | other.keys() if one.get(kind) != other.get(kind)}


def counts(path: Path) -> dict[str, int]:
    connection = connect(path, KEY)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - tables' names
        for name in names
    }
    connection.close()
    return found


def empty_upgraded(path: Path, versions: tuple[Path, ...]) -> Path:
    """Make a file by running every migration on nothing."""
    path.touch(mode=0o600)
    engine = file_engine(path, KEY, "BEGIN IMMEDIATE", size=1)
    with engine.connect() as connection:
        upgrade_connection(connection, versions)
        connection.commit()
    engine.dispose()
    return path


def created(path: Path) -> Path:
    path.touch(mode=0o600)
    engine = file_engine(path, KEY, "BEGIN IMMEDIATE", size=1)
    with engine.connect() as connection:
        create_schema(connection)
        connection.commit()
    engine.dispose()
    return path


def pragma(path: Path, name: str) -> Any:
    connection = connect(path, KEY)
    value = connection.execute(f"PRAGMA {name}").fetchone()
    connection.close()
    return value[0] if value else None


def test_the_migrations_make_exactly_the_schema_that_a_new_file_has(tmp_path: Path) -> None:
    by_migration = objects(empty_upgraded(tmp_path / "a", VERSIONS))
    by_creation = objects(created(tmp_path / "b"))
    assert differing(by_migration, by_creation) == set()
    assert len(by_creation) > 150


@pytest.mark.postgresql
def test_the_migrations_make_the_same_schema_on_postgresql(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    shapes = []
    for make in (upgrade_connection, create_schema):
        with engine.connect() as connection:
            make(connection)
            shapes.append(_shape(connection))
            connection.rollback()
    engine.dispose()
    for kind, shape in shapes[0].items():
        assert shape == shapes[1][kind], kind
    assert len(shapes[0]["triggers"]) > 80


def _shape(connection: Connection) -> dict[str, Any]:
    inspector = inspect(connection)
    tables = sorted(inspector.get_table_names())
    triggers = text(
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    )
    return {
        "columns": {
            name: [
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(name)
            ]
            for name in tables
        },
        "indexes": {name: sorted(str(i) for i in inspector.get_indexes(name)) for name in tables},
        "checks": {name: sorted(str(c) for c in inspector.get_check_constraints(name)) for name in tables},
        "keys": {name: sorted(str(k) for k in inspector.get_foreign_keys(name)) for name in tables},
        "unique": {name: sorted(str(u) for u in inspector.get_unique_constraints(name)) for name in tables},
        "primary": {name: str(inspector.get_pk_constraint(name)) for name in tables},
        "triggers": [tuple(row) for row in connection.execute(triggers)],
    }


def test_there_is_a_stored_file_of_every_released_schema() -> None:
    assert sorted(path.name for path in HERE.glob("schema_*.db.gz")) == [
        f"schema_{version:04}.db.gz" for version in range(1, SCHEMA_VERSION + 1)
    ]


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_every_stored_file_opens_as_the_present_schema_with_all_its_rows(
    tmp_path: Path, version: int
) -> None:
    path = stored_file(tmp_path, version)
    before = counts(path)
    open_store(path, DATA_KEY, FILE_ID).close()
    after = counts(path)
    assert {name: after[name] for name in before} == before
    assert differing(objects(path), objects(created(tmp_path / "fresh"))) == set()
    assert {before[name] for name in metadata.tables if name in before} == {1}
    assert version < SCHEMA_VERSION or metadata.tables.keys() <= before.keys()


def test_an_upgrade_keeps_rows_triggers_indexes_and_the_file_as_it_was(tmp_path: Path) -> None:
    path = stored_file(tmp_path, SCHEMA_VERSION)
    key_path(path).write_bytes(b"the keys")
    before_counts, before_objects = counts(path), objects(path)

    kept = upgrade_file(path, KEY, versions=NEXT, version=LATER)

    assert counts(path) == before_counts
    fresh = objects(empty_upgraded(tmp_path / "fresh", NEXT))
    assert differing(objects(path), fresh) == set()
    remade = differing(fresh, before_objects)
    assert {name for kind, name in remade if kind == "table"} == {
        "treatment_session",
        "mobilization",
        "patient",
    }
    assert {name for kind, name in remade if kind == "index"} == {"ix_patient_trial"}
    assert {name for kind, name in remade if kind == "trigger"} == set()
    assert [pragma(path, name) for name in ("user_version", "application_id", "journal_mode")] == [
        LATER,
        APPLICATION_ID,
        "wal",
    ]
    assert pragma(path, "integrity_check") == "ok"
    assert pragma(path, "foreign_key_check") is None
    # What was there before stands beside it, with its keys, and opens.
    assert kept.name == f"clinic.ptnotes.{KEPT}"
    assert differing(objects(kept), before_objects) == set()
    assert key_path(kept).read_bytes() == b"the keys"
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        ["clinic.ptnotes", "clinic.ptnotes.keys", kept.name, f"{kept.name}.keys", "fresh"]
    )


def test_after_an_upgrade_the_triggers_still_guard(tmp_path: Path) -> None:
    path = stored_file(tmp_path, SCHEMA_VERSION)
    upgrade_file(path, KEY, versions=NEXT, version=LATER)
    connection = connect(path, KEY)
    for table in ("treatment_session", "mobilization", "patient", "rom_reading"):
        with pytest.raises(Exception, match="ptnotes:refused"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names above
    connection.execute("UPDATE mobilization SET note = 'still a draft'")
    connection.close()


def test_opening_an_older_file_upgrades_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stored_file(tmp_path, SCHEMA_VERSION)
    monkeypatch.setattr(store_module, "SCHEMA_VERSION", LATER)
    monkeypatch.setattr(migrate, "upgrade_file", partial(upgrade_file, versions=NEXT, version=LATER))
    store = open_store(path, DATA_KEY, FILE_ID)
    with store.read() as connection:
        assert connection.scalar(text("SELECT trial FROM patient")) == ""
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == f"{LATER:04}"
    store.close()
    # This program is older than the file now.
    monkeypatch.undo()
    with pytest.raises(EnvironmentFault, match=r"file\.newer"):
        open_store(path, DATA_KEY, FILE_ID)


def _untouched(path: Path, versions: tuple[Path, ...], error: type[Exception]) -> Exception:
    """Run an upgrade that fails; nothing may have changed and nothing may be left behind."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    with pytest.raises(error) as raised:
        upgrade_file(path, KEY, versions=versions, version=LATER)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()} == before
    return raised.value


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("op.execute('ALTER TABLE patient ADD COLUMN x TEXT'); op.execute('nonsense')", DBAPIError),
        ("raise RuntimeError", RuntimeError),
        # A child without its parent is found before the swap, since the check comes after the change.
        ("op.execute('UPDATE rom_reading SET session_id = 99')", EnvironmentFault),
    ],
)
def test_an_upgrade_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, body: str, error: type[Exception]
) -> None:
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "bad.py").write_text(
        f"from alembic import op\nrevision = '{LATER:04}'\ndown_revision = '{SCHEMA_VERSION:04}'\n\n\n"
        f"def upgrade():\n    {body}\n"
    )
    _untouched(stored_file(tmp_path, SCHEMA_VERSION), (*VERSIONS, folder), error)


def test_a_damaged_file_is_not_upgraded(tmp_path: Path) -> None:
    path = stored_file(tmp_path, SCHEMA_VERSION)
    content = bytearray(path.read_bytes())
    content[-5000] ^= 1
    path.write_bytes(content)
    with pytest.raises(Exception, match=r"file\.damaged|malformed|not a database"):
        upgrade_file(path, KEY, versions=NEXT, version=LATER)
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_what_an_interrupted_upgrade_left_is_cleared_away(tmp_path: Path) -> None:
    path = stored_file(tmp_path, SCHEMA_VERSION)
    for suffix in (".upgrading", ".upgrading-wal", ".upgrading-shm"):
        shutil.copy2(path, f"{path}{suffix}")
    upgrade_file(path, KEY, versions=NEXT, version=LATER)
    assert sorted(file.name for file in tmp_path.iterdir()) == [path.name, f"{path.name}.{KEPT}"]


def test_a_file_that_another_program_has_open_is_not_swapped_away_under_it(tmp_path: Path) -> None:
    path = stored_file(tmp_path, SCHEMA_VERSION)
    other = connect(path, KEY)
    other.execute("UPDATE patient SET address = 'held open'")
    with pytest.raises(EnvironmentFault, match=r"file\.locked"):
        upgrade_file(path, KEY, versions=NEXT, version=LATER)
    assert other.execute("SELECT address FROM patient").fetchone() == ("held open",)
    other.close()
    assert pragma(path, "user_version") == SCHEMA_VERSION
    upgrade_file(path, KEY, versions=NEXT, version=LATER)
    assert pragma(path, "user_version") == LATER


def test_no_migration_names_anything_of_the_present_schema() -> None:
    folder = migrate.MIGRATIONS
    frozen = [*folder.glob("first_schema/*.py"), *folder.glob("versions/*.py")]
    assert len(frozen) == 6 + SCHEMA_VERSION
    for path in frozen:
        assert "ptnotes.db.schema" not in path.read_text(), path.name
