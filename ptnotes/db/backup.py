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
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ptnotes.db.faults import faults_named
from ptnotes.db.keyfile import Unlocked, key_path, sync_folder, write_keys
from ptnotes.db.pair import BESIDE, new_pair_path, remove_new_pair, switch_pair
from ptnotes.db.points import passing
from ptnotes.db.snapshot import Stopped, connection_to, copy_database, examine, never
from ptnotes.db.store import UNTOUCHED, raw_key
from ptnotes.domain.backup import Backup, Contents
from ptnotes.domain.errors import EnvironmentFault

MANIFEST = "manifest.json"
FORMAT = 1
_PART = ".part"
_LARGEST_MANIFEST = 1024 * 1024
_AT_ONCE = 1024 * 1024
_AS_BACKUP = {
    "disk.full": "backup.full",
    "disk.io": "backup.gone",
    "folder.missing": "backup.gone",
    "disk.permission": "backup.refused",
    "disk.read_only": "backup.refused",
    "file.damaged": "backup.not_verified",
}


def write_backup(
    path: Path, unlocked: Unlocked, folder: Path, at: datetime, stopped: Stopped = never
) -> Backup:
    """Make a backup of the clinic at `path` in a new folder within `folder`, while the clinic may be in use.

    It holds what was stored when it began. It is read back and compared before it gets its name. What an earlier one
    of this clinic left there half made is cleared away. Only one is made at a time, which is the caller's to see to.
    Raises `EnvironmentFault`: backup.no_folder, backup.not_a_folder, backup.full, backup.gone, backup.refused,
    backup.not_verified, backup.source_damaged (the clinic's own file is), backup.stopped, and disk.* of the clinic's
    file; nothing with a backup's name is left behind then.
    """
    require_folder(folder)
    try:
        return _write_backup(path, unlocked, folder, at, stopped)
    except EnvironmentFault as fault:
        if fault.values.get("path") == str(path):
            code = "backup.source_damaged" if fault.code == "file.damaged" else fault.code
            raise EnvironmentFault(code, path=str(path)) from None
        # What the disk says is told of the backup: the clinic's own file is as it was.
        raise EnvironmentFault(
            _AS_BACKUP.get(fault.code, fault.code), **{**fault.values, "path": str(folder)}
        ) from None


def require_folder(folder: Path) -> None:
    """Raise `EnvironmentFault` ("backup.no_folder", "backup.not_a_folder") where no backup can be put."""
    try:
        is_folder, is_there = folder.is_dir(), folder.exists()
    except OSError:  # a share that does not answer
        is_folder = is_there = False
    if not is_folder:
        code = "backup.not_a_folder" if is_there else "backup.no_folder"
        raise EnvironmentFault(code, path=str(folder))


def _write_backup(path: Path, unlocked: Unlocked, folder: Path, at: datetime, stopped: Stopped) -> Backup:
    key = raw_key(unlocked.data_key, unlocked.keys.file_id)
    with faults_named(folder):
        part = folder / f"{path.stem} {unlocked.keys.file_id[:4].hex()}{_PART}"
        _remove_folder(part)
        part.mkdir(mode=0o700)
        try:
            passing("backup.folder_made")
            contents = copy_database(path, part / path.name, key, stopped)
            passing("backup.database_copied")
            write_keys(key_path(part / path.name), unlocked.keys)
            passing("backup.keys_written")
            _write_manifest(part, path.name, unlocked, contents, at)
            passing("backup.before_verifying")
            made = read_backup(part, unlocked)
            _prove(path, made, key, contents, stopped)
            _open_as_wide(part, folder)
            passing("backup.before_naming")
            target = _free_name(folder, f"{path.stem} {at.astimezone(UTC):%Y-%m-%d %H.%M.%S}")
            part.rename(target)
            passing("backup.named")
            sync_folder(folder)
        except BaseException:
            with suppress(OSError):
                _remove_folder(part)
            raise
    return Backup(target, made.made_at, contents, target / path.name)


def _prove(path: Path, made: Backup, key: str, contents: Contents, stopped: Stopped) -> None:
    try:
        same = made.contents == contents == examine(made.database, key, how=UNTOUCHED, stopped=stopped)
    except EnvironmentFault as fault:
        if fault.code == "file.damaged":
            # A true copy of a damaged file is damaged as well. That is said, and no older backup gives way to it.
            examine(path, key, stopped=stopped)
        raise
    if not same:
        raise EnvironmentFault("backup.not_verified", path=str(made.folder))


def _open_as_wide(part: Path, folder: Path) -> None:
    """Let whoever may look into the folder read the backup, and nobody else change it.

    It is for another account or another machine, and as encrypted as the clinic's file. Sticks and shares have modes
    of their own, which is as well.
    """
    with suppress(OSError, NotImplementedError):
        mode = folder.stat().st_mode & 0o755
        for file in part.iterdir():
            file.chmod(0o600 | mode & 0o644)
        part.chmod(0o700 | mode)


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
            clinic=str(document["clinic"]),
            revisions=int(document["revisions"]),
            last_change=int(document["audit"]["last_change"]),
        )
        made_at = datetime.fromisoformat(document["made_at"])
        if made_at.tzinfo is None:
            raise ValueError("an instant without a zone")
        digests = {str(file): str(digest) for file, digest in document["sha256"].items()}
    except (FileNotFoundError, NotADirectoryError):
        raise EnvironmentFault("backup.none", path=str(folder)) from None
    except PermissionError:
        raise EnvironmentFault("disk.permission", path=str(folder)) from None
    except OSError:
        raise EnvironmentFault("source.gone", path=str(folder)) from None
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


def backups_in(folder: Path) -> list[Backup]:
    """The backups in `folder`, of whichever clinic, newest first.

    What cannot be read is left out: it is neither counted on nor ever removed. Raises `OSError`.
    """
    found = []
    for one in folder.iterdir():
        if one.name.endswith(_PART) or not (one / MANIFEST).is_file():
            continue
        with suppress(EnvironmentFault, OSError):
            found.append(read_backup(one))
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def remove_backup(backup: Backup) -> None:
    """Remove a backup: its manifest first, so that half of one is never taken for a whole. Raises `OSError`."""
    (backup.folder / MANIFEST).unlink()
    # A power failure must not keep the removals that follow and lose this one.
    sync_folder(backup.folder)
    passing("backup.old_unlisted")
    _remove_folder(backup.folder)


def place_copy(
    source: Path, unlocked: Unlocked, path: Path, prepare: Callable[[Path], None]
) -> tuple[Contents, Path | None]:
    """Put a copy of the pair at `source` in the place of the clinic at `path`, and give where the old pair was kept.

    The copy is proven, and `prepare` is called with its path, before anything of the old pair is moved. Nothing is
    asked of the source but that its files can be read. Raises `EnvironmentFault`, and what `prepare` raises; nothing is
    changed then.
    """
    key = raw_key(unlocked.data_key, unlocked.keys.file_id)
    new = new_pair_path(path)
    with faults_named(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_new_pair(path)
        try:
            passing("restore.begun")
            copy_files(source, new)
            passing("restore.database_copied")
            try:
                contents = examine(new, key)
            except EnvironmentFault as fault:
                # It is what was copied that is damaged, and it is still there.
                raise EnvironmentFault(fault.code, path=str(source)) from None
            with connection_to(new, key) as connection:
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
            passing("restore.before_keys")
            write_keys(key_path(new), unlocked.keys)
            passing("restore.keys_written")
            prepare(new)
            passing("restore.prepared")
            kept = switch_pair(path, keep=True)
            # What preparing it left behind: a file of an older schema was upgraded, and kept as it was.
            remove_new_pair(path)
        except BaseException:
            with suppress(OSError):
                remove_new_pair(path)
            raise
    return contents, kept


def copy_files(source: Path, target: Path) -> None:
    """Copy a database that nobody writes, and a log that was not folded into it, byte by byte; to the disk, mode 0600.

    Raises `EnvironmentFault` of the file that could not be read, and `OSError` of the one that could not be written.
    """
    for suffix in BESIDE[:2]:
        here, there = Path(f"{source}{suffix}"), Path(f"{target}{suffix}")
        try:
            reading = here.open("rb")
        except FileNotFoundError:
            if suffix:
                continue
            raise EnvironmentFault("file.missing", path=str(here)) from None
        except PermissionError:
            raise EnvironmentFault("disk.permission", path=str(here)) from None
        except OSError:
            raise EnvironmentFault("source.gone", path=str(here)) from None
        made = os.open(there, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with reading, os.fdopen(made, "wb") as writing:
            while True:
                try:
                    piece = reading.read(_AT_ONCE)
                except OSError:
                    raise EnvironmentFault("source.gone", path=str(here)) from None
                if not piece:
                    break
                writing.write(piece)
            writing.flush()
            os.fsync(writing.fileno())


def _write_manifest(part: Path, name: str, unlocked: Unlocked, contents: Contents, at: datetime) -> None:
    files = (name, key_path(part / name).name)
    document: dict[str, Any] = {
        "format": FORMAT,
        "database": name,
        "made_at": at.astimezone(UTC).isoformat(),
        "clinic": contents.clinic,
        "schema": contents.schema,
        "rows": dict(contents.rows),
        "revisions": contents.revisions,
        "audit": {
            "count": contents.audit_count,
            "head": contents.audit_head.hex(),
            "last_change": contents.last_change,
        },
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
    except PermissionError:
        raise EnvironmentFault("disk.permission", path=str(path)) from None
    except OSError:
        raise EnvironmentFault("source.gone", path=str(path)) from None


def _free_name(folder: Path, name: str) -> Path:
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{name} ({number})"
    return target


def _remove_folder(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
