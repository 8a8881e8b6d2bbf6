"""Copies of a clinic's pair of files, each proven by opening it again: backups, and their way back.

A backup is a folder with the database, the key file and ``manifest.json``, which says what they are and is
authenticated with the data key. The folder gets its name last, so that one with its name is whole. The copy is as
encrypted as the original and opens with the same passphrases, on any machine.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ptnotes.db.faults import faults_named
from ptnotes.db.keyfile import Unlocked, key_path, sync_folder, write_keys
from ptnotes.db.pair import new_pair_path, remove_database, switch_pair
from ptnotes.db.points import passing
from ptnotes.db.store import connect, raw_key
from ptnotes.domain.backup import Backup, Contents
from ptnotes.domain.errors import EnvironmentFault

MANIFEST = "manifest.json"
FORMAT = 1
_PART = ".part"
_PAGES_AT_ONCE = 2048
_LARGEST_MANIFEST = 1024 * 1024
_AS_BACKUP = {
    "disk.full": "backup.full",
    "disk.io": "backup.gone",
    "folder.missing": "backup.gone",
    "disk.permission": "backup.refused",
    "disk.read_only": "backup.refused",
    "file.damaged": "backup.not_verified",
}


def write_backup(path: Path, unlocked: Unlocked, folder: Path, at: datetime) -> Backup:
    """Make a backup of the clinic at `path` in a new folder within `folder`, while the clinic may be in use.

    It holds what was stored when it began. It is read back and compared before it gets its name.
    Raises `EnvironmentFault`: backup.no_folder, backup.full, backup.gone, backup.refused, backup.not_verified; nothing
    with a backup's name is left behind then.
    """
    if not folder.is_dir():
        raise EnvironmentFault("backup.no_folder", path=str(folder))
    try:
        return _write_backup(path, unlocked, folder, at)
    except EnvironmentFault as fault:
        # What the disk says is told of the backup: the clinic's own file is as it was.
        raise EnvironmentFault(
            _AS_BACKUP.get(fault.code, fault.code), **{**fault.values, "path": str(folder)}
        ) from None


def _write_backup(path: Path, unlocked: Unlocked, folder: Path, at: datetime) -> Backup:
    key = raw_key(unlocked.data_key, unlocked.keys.file_id)
    with faults_named(folder):
        target = _free_name(folder, f"{path.stem} {at.astimezone(UTC):%Y-%m-%d %H.%M.%S}")
        part = target.with_name(target.name + _PART)
        _remove_folder(part)
        part.mkdir(mode=0o700)
        try:
            passing("backup.folder_made")
            contents = copy_database(path, part / path.name, key)
            passing("backup.database_copied")
            write_keys(key_path(part / path.name), unlocked.keys)
            passing("backup.keys_written")
            _write_manifest(part, path.name, unlocked, contents, at)
            passing("backup.before_verifying")
            made = read_backup(part, unlocked)
            if made.contents != contents or examine(made.database, key) != contents:
                raise EnvironmentFault("backup.not_verified", path=str(folder))
            passing("backup.before_naming")
            part.rename(target)
            passing("backup.named")
            sync_folder(folder)
        except BaseException:
            with suppress(OSError):
                _remove_folder(part)
            raise
    return Backup(target, made.made_at, contents, target / path.name)


def copy_database(path: Path, copy: Path, key: str) -> Contents:
    """Copy the database at `path` to `copy`, which must not exist, as one snapshot, and give what the snapshot holds.

    Others may read and write meanwhile. The copy stands alone, without a log beside it, and is on the disk.
    """
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with _connection(path, key, query_only=True) as source:
        source.execute("BEGIN")
        contents = _contents(source)
        with _connection(copy, key) as target:
            copy_pages(source, target, copy)
            target.execute("PRAGMA journal_mode = DELETE").fetchone()
        source.execute("ROLLBACK")
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
    return contents


def copy_pages(source: Any, target: Any, path: Path) -> None:
    """Copy every page between two open connections of the driver. Raises `EnvironmentFault` (disk.*) of `path`."""
    try:
        source.backup(target, pages=_PAGES_AT_ONCE, progress=_copied)
    except sqlcipher.OperationalError as error:
        # The driver gives no code for what fails within a backup.
        code = "disk.full" if "full" in str(error) else "disk.io"
        raise EnvironmentFault(code, path=str(path)) from None


def examine(path: Path, key: str) -> Contents:
    """Read the whole database, prove every page and every index of it, and say what it holds.

    Raises `EnvironmentFault` ("file.damaged") where something does not fit, and what `faults_named` names.
    """
    with faults_named(path), _connection(path, key, query_only=True) as connection:
        connection.execute("BEGIN")
        bad_pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if bad_pages or not sound or broken is not None:
            raise EnvironmentFault("file.damaged", path=str(path))
        contents = _contents(connection)
        connection.execute("ROLLBACK")
        return contents


def read_backup(folder: Path, unlocked: Unlocked | None = None) -> Backup:
    """Read the manifest of the backup in `folder`. With `unlocked` it is proven, and both files by their digests.

    Raises `EnvironmentFault`: "backup.none" where there is no backup, "backup.damaged" where something is not as it
    was written.
    """
    try:
        with (folder / MANIFEST).open("rb") as file:
            document = json.loads(file.read(_LARGEST_MANIFEST))
        name = document["database"]
        if document["format"] != FORMAT or Path(name).name != name:
            raise ValueError("not a manifest")
        contents = Contents(
            schema=int(document["schema"]),
            rows={str(table): int(count) for table, count in document["rows"].items()},
            audit_count=int(document["audit"]["count"]),
            audit_head=bytes.fromhex(document["audit"]["head"]),
        )
        made_at = datetime.fromisoformat(document["made_at"])
        if made_at.tzinfo is None:
            raise ValueError("an instant without a zone")
        digests = {str(file): str(digest) for file, digest in document["sha256"].items()}
    except (FileNotFoundError, NotADirectoryError):
        raise EnvironmentFault("backup.none", path=str(folder)) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EnvironmentFault("backup.damaged", path=str(folder)) from None
    database = folder / name
    if unlocked is not None:
        unsigned = {key: value for key, value in document.items() if key != "mac"}
        same = hmac.compare_digest(_mac(unlocked, unsigned), str(document.get("mac", "")))
        named = {name, key_path(database).name}
        if (
            not same
            or set(digests) != named
            or any(_digest(folder / file) != digests[file] for file in named)
        ):
            raise EnvironmentFault("backup.damaged", path=str(folder))
    return Backup(folder, made_at, contents, database)


def backups_in(folder: Path, file_id: bytes) -> list[Backup]:
    """The backups in `folder` of the clinic file with that id, newest first.

    What cannot be read is left out: it is neither counted on nor ever removed. Raises `OSError`.
    """
    found = []
    for one in folder.iterdir():
        if one.name.endswith(_PART) or not (one / MANIFEST).is_file():
            continue
        with suppress(EnvironmentFault, OSError):
            backup = read_backup(one)
            if _file_id(backup.database) == file_id:
                found.append(backup)
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def remove_backup(backup: Backup) -> None:
    """Remove a backup: its manifest first, so that half of one is never taken for a whole. Raises `OSError`."""
    (backup.folder / MANIFEST).unlink()
    passing("backup.old_unlisted")
    _remove_folder(backup.folder)


def place_copy(source: Path, unlocked: Unlocked, path: Path) -> tuple[Contents, Path | None]:
    """Put a copy of the pair at `source` in the place of the clinic at `path`, and give where the old pair was kept.

    The copy is proven before anything of the old pair is moved. Raises `EnvironmentFault`; nothing is changed then.
    """
    key = raw_key(unlocked.data_key, unlocked.keys.file_id)
    new = new_pair_path(path)
    with faults_named(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_database(new)
        try:
            passing("restore.begun")
            contents = copy_database(source, new, key)
            passing("restore.database_copied")
            if examine(new, key) != contents:
                raise EnvironmentFault("file.damaged", path=str(source))
            with _connection(new, key) as connection:
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
            passing("restore.before_keys")
            write_keys(key_path(new), unlocked.keys)
            passing("restore.keys_written")
            kept = switch_pair(path, keep=True)
        except BaseException:
            with suppress(OSError):
                remove_database(new)
            raise
    return contents, kept


@contextmanager
def _connection(path: Path, key: str, *, query_only: bool = False) -> Iterator[Any]:
    connection = connect(path, key, query_only=query_only)
    try:
        yield connection
    finally:
        connection.close()


def _contents(connection: Any) -> Contents:
    names = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]
    rows = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names of tables
        for name in names
    }
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    last = None
    if "audit_event" in rows:
        last = connection.execute("SELECT digest FROM audit_event ORDER BY sequence DESC LIMIT 1").fetchone()
    return Contents(schema, rows, rows.get("audit_event", 0), b"" if last is None else bytes(last[0]))


def _copied(_status: int, _remaining: int, _total: int) -> None:
    passing("backup.pages_copied")


def _write_manifest(part: Path, name: str, unlocked: Unlocked, contents: Contents, at: datetime) -> None:
    files = (name, key_path(part / name).name)
    document: dict[str, Any] = {
        "format": FORMAT,
        "database": name,
        "made_at": at.astimezone(UTC).isoformat(),
        "schema": contents.schema,
        "rows": dict(contents.rows),
        "audit": {"count": contents.audit_count, "head": contents.audit_head.hex()},
        "sha256": {file: _digest(part / file) for file in files},
    }
    document["mac"] = _mac(unlocked, document)
    with (part / MANIFEST).open("xb") as file:
        file.write(json.dumps(document, indent=1).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(part)


def _mac(unlocked: Unlocked, document: Mapping[str, Any]) -> str:
    info = b"ptnotes backup manifest 1"
    key = HKDF(SHA256(), 32, salt=unlocked.keys.file_id, info=info).derive(unlocked.data_key)
    content = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return hmac.digest(key, content, "sha256").hex()


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _file_id(database: Path) -> bytes:
    with database.open("rb") as file:
        return file.read(16)


def _free_name(folder: Path, name: str) -> Path:
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{name} ({number})"
    return target


def _remove_folder(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
