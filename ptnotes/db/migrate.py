"""Bringing a clinic's file from an older schema to the present one, on a verified copy that is then swapped in.

SQLite's batch mode makes a table again under another name. With foreign keys on that would delete child rows, and it
always drops the table's triggers: so foreign keys are off before the transaction begins and checked before it ends, and
the triggers are made again by the one function that makes them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from ptnotes.db.keyfile import key_path, sync_folder
from ptnotes.db.pair import link_or_copy
from ptnotes.db.points import passing
from ptnotes.db.schema import SCHEMA_VERSION, metadata
from ptnotes.db.snapshot import copy_pages
from ptnotes.db.store import connect, file_engine
from ptnotes.db.triggers import create_triggers, drop_triggers
from ptnotes.domain.errors import EnvironmentFault

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = (MIGRATIONS / "versions",)


def upgrade_file(
    path: Path, key: str, *, versions: Sequence[Path] = VERSIONS, version: int = SCHEMA_VERSION
) -> Path:
    """Upgrade the file at `path` to `version` and give the path of the file as it was, kept with its keys beside it.

    Until the last step, one rename, the file is untouched. Raises `EnvironmentFault`: "file.damaged" where the copy
    does not check out, "file.locked" where another program has the file open, disk.*.
    """
    copy = path.with_name(path.name + ".upgrading")
    _remove(copy)
    try:
        with _held(path, key) as source:
            old_version = source.execute("PRAGMA user_version").fetchone()[0]
            _copy(source, path, copy, key)
            passing("upgrade.copied")
            _upgrade_copy(copy, key, versions, version)
            passing("upgrade.upgraded")
        if Path(f"{path}-wal").exists():
            raise EnvironmentFault("file.locked", path=str(path))
        before = _keep(path, old_version)
        sync_folder(path.parent)
        passing("upgrade.old_kept")
        copy.replace(path)
        passing("upgrade.switched")
        sync_folder(path.parent)
        return before
    except BaseException:
        _remove(copy)
        raise


def upgrade_connection(connection: Connection, versions: Sequence[Path] = VERSIONS) -> None:
    """Run every migration that is missing, in the connection's transaction, and make the triggers again."""
    drop_triggers(connection)
    scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(folder) for folder in versions])
    context = MigrationContext.configure(
        connection,
        opts={
            "fn": lambda revision, _context: scripts._upgrade_revs("heads", revision),
            "target_metadata": metadata,
        },
    )
    with Operations.context(context):
        context.run_migrations()
    create_triggers(connection)


@contextmanager
def _held(path: Path, key: str) -> Iterator[Any]:
    """Give a connection to read from, while another keeps every writer out until the end of the block."""
    holder, reader = connect(path, key), connect(path, key)
    try:
        holder.execute("BEGIN IMMEDIATE")
        yield reader
    finally:
        reader.close()
        holder.close()


def _copy(source: Any, path: Path, copy: Path, key: str) -> None:
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    target = connect(copy, key)
    try:
        copy_pages(source, target, copy, path)
        sound = [row[0] for row in target.execute("PRAGMA integrity_check")] == ["ok"]
        if not sound or _row_counts(source) != _row_counts(target):
            raise EnvironmentFault("file.damaged", path=str(copy))
    finally:
        target.close()


def _upgrade_copy(copy: Path, key: str, versions: Sequence[Path], version: int) -> None:
    engine = file_engine(copy, key, "BEGIN IMMEDIATE", size=1)
    try:
        with engine.connect() as connection:
            driver = connection.connection.cursor()
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.close()
            upgrade_connection(connection, versions)
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            sound = connection.scalar(text("PRAGMA integrity_check")) == "ok"
            if broken is not None or not sound:
                raise EnvironmentFault("file.damaged", path=str(copy))
            connection.execute(text(f"PRAGMA user_version = {version:d}"))
            connection.commit()
    finally:
        engine.dispose()
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


def _row_counts(connection: Any) -> dict[str, int]:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names of tables
        for name in names
    }


def _keep(path: Path, old_version: int) -> Path:
    """Keep the file as it was, with its keys, under names that say so."""
    before = path.with_name(f"{path.name}.before-{old_version + 1:04}")
    for source, target in ((path, before), (key_path(path), key_path(before))):
        target.unlink(missing_ok=True)
        if source.exists():
            link_or_copy(source, target)
    return before


def _remove(copy: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{copy}{suffix}").unlink()
