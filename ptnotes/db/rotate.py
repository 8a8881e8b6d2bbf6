"""Giving an open clinic a new data key, so that whoever knew the old one cannot read what is written from now on.

A new pair of files is written beside the old, encrypted with the new key, compared with the old, and put in its place
by `ptnotes.db.pair`, where one rename decides.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from ptnotes.db import keyfile
from ptnotes.db.pair import new_pair_path, remove_database, switch_pair
from ptnotes.db.points import passing
from ptnotes.db.schema import APPLICATION_ID
from ptnotes.db.store import Store, connect, file_engines, raw_key
from ptnotes.domain.errors import EnvironmentFault


def rotate(store: Store, before: keyfile.Unlocked, after: keyfile.Unlocked) -> None:
    """Encrypt the open database anew with the key of `after`, whose key file becomes the clinic's.

    Everything else that reads or writes through `store` waits, and goes on with the new file; the old pair is gone
    afterwards. Raises `EnvironmentFault`: "person.in_use" where another program has the file open, "file.damaged" where
    the copy is not the same, disk.*; nothing has changed then.
    """
    path = store.path
    made = new_pair_path(path)
    old, new = (raw_key(side.data_key, side.keys.file_id) for side in (before, after))
    with store.alone():
        try:
            remove_database(made)
            _require_alone(path)
            written = _written(path)
            passing("rotate.before_copy")
            _copy(path, old, made, new)
            passing("rotate.after_copy")
            keyfile.write_keys(keyfile.key_path(made), after.keys)
            passing("rotate.after_keys")
            _require_alone(path)
            if _written(path) != written:
                # A command came and went while the file was copied, and what it wrote is not in the copy.
                raise EnvironmentFault("person.in_use", path=str(path))
        except BaseException:
            remove_database(made)
            raise
        switch_pair(path, keep=False)
        store.go_on_with(*file_engines(path, new))


def _require_alone(path: Path) -> None:
    # The log of a database goes when the last connection to it is closed.
    if Path(f"{path}-wal").exists():
        raise EnvironmentFault("person.in_use", path=str(path))


def _written(path: Path) -> tuple[tuple[int, int, int], ...]:
    """When database and key file were last written, and which files they are."""
    found = (name.stat() for name in (path, keyfile.key_path(path)))
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in found)


def _copy(path: Path, old: str, made: Path, new: str) -> None:
    source = connect(path, old)
    try:
        os.close(os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        source.execute("ATTACH DATABASE ? AS made KEY ?", (str(made), f"x'{new}'"))
        try:
            source.execute("SELECT sqlcipher_export('made')")
        except sqlcipher.OperationalError as error:
            # What fails within the function comes out without its code.
            code = "disk.full" if "full" in str(error) else "disk.io"
            raise EnvironmentFault(code, path=str(made)) from None
        version = source.execute("PRAGMA main.user_version").fetchone()[0]
        source.execute(f"PRAGMA made.application_id = {APPLICATION_ID}")
        source.execute(f"PRAGMA made.user_version = {version:d}")
        source.execute("DETACH DATABASE made")
        target = connect(made, new)
        try:
            sound = [row[0] for row in target.execute("PRAGMA integrity_check")] == ["ok"]
            if not sound or _content(source) != _content(target):
                raise EnvironmentFault("file.damaged", path=str(made))
            target.execute("PRAGMA journal_mode = WAL")
        finally:
            target.close()
    finally:
        source.close()
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    keyfile.sync_folder(made.parent)


def _content(connection: Any) -> dict[str, object]:
    """The schema, and how many rows each table has."""
    schema = sorted(
        connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall(), key=str
    )
    counts = {
        row[1]: connection.execute(f'SELECT count(*) FROM "{row[1]}"').fetchone()[0]  # noqa: S608 - names of tables
        for row in schema
        if row[0] == "table"
    }
    return {"schema": [tuple(row) for row in schema], "rows": counts}
