"""One moment of an encrypted database, copied while it is in use, compared with its copy, and proven.

Both sides are encrypted all the time; the copy opens with the same key.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import sqlcipher3.dbapi2 as sqlcipher

from ptnotes.db.faults import faults_named
from ptnotes.db.points import passing
from ptnotes.db.store import IN_USE, UNTOUCHED, connect
from ptnotes.domain.audit import CHANGES_NOTHING
from ptnotes.domain.backup import Contents
from ptnotes.domain.errors import EnvironmentFault

PAGES_AT_ONCE = 2048
_LOOK_EVERY = 200_000
"""Steps of the database's machine between two looks whether to stop: some milliseconds."""
_LOOKS = 3
_FULL = ("full",)
_NOT_SOUND = ("malformed", "not a database")
Stopped = Callable[[], bool]


def never() -> bool:
    """Work that nothing stops."""
    return False


def copy_database(path: Path, copy: Path, key: str, stopped: Stopped = never) -> Contents:
    """Copy the database at `path` to `copy`, which must not exist, as one snapshot, and give what the snapshot holds.

    Others may read and write meanwhile. The copy stands alone, without a log beside it, is on the disk, and was read
    back and compared with the snapshot value by value. Raises `EnvironmentFault`: backup.stopped, backup.not_verified,
    and of either file those of `faults_named`.
    """
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with faults_named(path), connection_to(path, key, stopped=stopped, query_only=True) as source:
        source.execute("BEGIN")
        contents = contents_of(source)
        with faults_named(copy):
            with connection_to(copy, key, stopped=stopped) as target:
                # Nobody else opens it, and a network's folder may be bad at memory that is shared.
                target.execute("PRAGMA locking_mode = EXCLUSIVE")
                copy_pages(source, target, copy, path, stopped)
                target.execute("PRAGMA journal_mode = DELETE").fetchone()
            _put_on_disk(copy)
        passing("backup.database_on_disk")
        _compare(source, copy, key, contents)
        source.execute("ROLLBACK")
    return contents


def copy_pages(source: Any, target: Any, copy: Path, path: Path, stopped: Stopped = never) -> None:
    """Copy every page between two open connections of the driver, of `path` and of its `copy`.

    Raises `EnvironmentFault`: disk.* of the copy, "file.damaged" of the source, backup.stopped.
    """

    def copied(_status: int, _remaining: int, _total: int) -> None:
        passing("backup.pages_copied")
        if stopped():
            _stop()

    try:
        source.backup(target, pages=PAGES_AT_ONCE, progress=copied)
    except sqlcipher.DatabaseError as error:
        # The driver gives no code for what fails within a backup.
        words = str(error)
        if any(word in words for word in _NOT_SOUND):
            raise EnvironmentFault("file.damaged", path=str(path)) from None
        code = "disk.full" if any(word in words for word in _FULL) else "disk.io"
        raise EnvironmentFault(code, path=str(copy)) from None


def examine(path: Path, key: str, *, how: str = IN_USE, stopped: Stopped = never) -> Contents:
    """Read the whole database, prove every page and every index of it, and say what it holds.

    Raises `EnvironmentFault` ("file.damaged") where something does not fit, "backup.stopped", and what `faults_named`
    names.
    """
    with faults_named(path), connection_to(path, key, how=how, stopped=stopped, query_only=True) as opened:
        has_bad_pages = _has_bad_pages(opened, path, key, how)
        opened.execute("BEGIN")
        if stopped():
            _stop()
        sound = opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        broken = opened.execute("PRAGMA foreign_key_check").fetchone()
        if has_bad_pages or not sound or broken is not None:
            raise EnvironmentFault("file.damaged", path=str(path))
        contents = contents_of(opened)
        opened.execute("ROLLBACK")
        return contents


def _has_bad_pages(opened: Any, path: Path, key: str, how: str) -> bool:
    """Whether a page is not what was written.

    Pages are looked at where they lie, past the log. One that was being copied there from the log, by another process
    just now or by one that was cut off, may be half the old and half the new; then it is copied once more.
    """
    for _ in range(_LOOKS):
        if not opened.execute("PRAGMA cipher_integrity_check").fetchall():
            return False
        if how != IN_USE:
            break
        with suppress(sqlcipher.Error), connection_to(path, key) as folding:
            folding.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return True


def mark_of(path: Path, key: str) -> str:
    """The mark of what the database holds now (`Contents.mark`). Raises `EnvironmentFault`."""
    with faults_named(path), connection_to(path, key, query_only=True) as opened:
        opened.execute("BEGIN")
        return contents_of(opened).mark


@contextmanager
def connection_to(
    path: Path, key: str, *, how: str = IN_USE, stopped: Stopped = never, query_only: bool = False
) -> Iterator[Any]:
    """Open a connection of the driver for the block.

    Once `stopped` says so, what runs in it raises `EnvironmentFault` ("backup.stopped").
    """
    connection = connect(path, key, query_only=query_only, how=how)
    try:
        connection.set_progress_handler(stopped, _LOOK_EVERY)
        yield connection
    except sqlcipher.OperationalError:
        if stopped():
            _stop()
        raise
    finally:
        connection.close()


def contents_of(connection: Any) -> Contents:
    """Count what the database of this connection holds."""
    rows: dict[str, int] = {}
    revisions = 0
    for name in _tables(connection):
        counted = "count(*), 0"
        if any(column[1] == "revision" for column in connection.execute(f'PRAGMA table_info("{name}")')):
            counted = "count(*), ifnull(sum(revision), 0)"
        (rows[name], summed) = connection.execute(f'SELECT {counted} FROM "{name}"').fetchone()  # noqa: S608 - names
        revisions += summed
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    first = (
        connection.execute("SELECT uuid FROM person ORDER BY id LIMIT 1").fetchone()
        if "person" in rows
        else None
    )
    last, changed = None, None
    if "audit_event" in rows:
        last = connection.execute("SELECT digest FROM audit_event ORDER BY sequence DESC LIMIT 1").fetchone()
        nothing = ", ".join(f"'{verb.value}'" for verb in sorted(CHANGES_NOTHING))
        changing = f"SELECT max(sequence) FROM audit_event WHERE verb NOT IN ({nothing})"  # noqa: S608 - our words
        (changed,) = connection.execute(changing).fetchone()
    return Contents(
        schema=schema,
        rows=rows,
        audit_count=rows.get("audit_event", 0),
        audit_head=b"" if last is None else bytes(last[0]),
        clinic="" if first is None else str(first[0]),
        revisions=revisions,
        last_change=changed or 0,
    )


def _tables(connection: Any) -> list[str]:
    return [
        row[0]
        for row in connection.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]


def _compare(source: Any, copy: Path, key: str, contents: Contents) -> None:
    """Open the copy beside the snapshot, and look whether each has the same rows with the same values."""
    with faults_named(copy):
        source.execute(
            "ATTACH DATABASE ? AS copy KEY ?", (f"file:{quote(str(copy))}?{UNTOUCHED}", f"x'{key}'")
        )
    try:
        kinds = {row[1]: (row[2], row[4]) for row in source.execute("PRAGMA main.table_list")}
        for name, count in contents.rows.items():
            kind, without_rowid = kinds[name]
            if kind == "virtual":
                # A search structure: what it holds stands in tables of its own, which are compared.
                continue
            columns = source.execute(f'PRAGMA main.table_info("{name}")').fetchall()
            place = [f'"{column[1]}"' for column in columns if column[5]] if without_rowid else ["rowid"]
            met = " AND ".join(f"here.{column} = there.{column}" for column in place)
            same = " AND ".join(f'here."{column[1]}" IS there."{column[1]}"' for column in columns)
            both = f'SELECT count(*) FROM main."{name}" here JOIN copy."{name}" there ON {met} WHERE {same}'  # noqa: S608 - names of tables
            there = f'SELECT count(*) FROM copy."{name}"'  # noqa: S608 - names of tables
            for counting in (both, there):
                if source.execute(counting).fetchone()[0] != count:
                    raise EnvironmentFault("backup.not_verified", path=str(copy.parent))
    except sqlcipher.OperationalError:
        raise
    except sqlcipher.DatabaseError:
        # The snapshot was read a moment ago; it is the copy that cannot be.
        raise EnvironmentFault("backup.not_verified", path=str(copy.parent)) from None


def _put_on_disk(copy: Path) -> None:
    """Have the system write the copy, and forget what it remembers of it, so that it is the disk that is read back."""
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _stop() -> NoReturn:
    raise EnvironmentFault("backup.stopped")
