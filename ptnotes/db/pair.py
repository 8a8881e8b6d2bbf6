"""Putting another pair of files, database and keys, in the place of a clinic's.

The new pair is made whole under the name ``NAME.ptnotes.next.new``. Giving its database the name ``NAME.ptnotes.next``
(or ``NAME.ptnotes.restored``, where the old pair is kept) is the one rename that decides: before it the clinic is the
old one, after it the new one, and whatever was not done of the rest is done when the file is opened next.

Each rename that a later one relies on is synced before it: a power failure may otherwise keep the later one alone.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from ptnotes.db.keyfile import key_path, sync_folder
from ptnotes.db.points import passing

BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, by how its name goes on."""


def new_pair_path(path: Path) -> Path:
    """Where the database of the pair to come is made; its keys stand beside it as those of any database."""
    return path.with_name(path.name + ".next.new")


def remove_database(path: Path) -> None:
    """Remove a database that nobody needs, its keys, and what SQLite keeps beside it."""
    for name in (*(Path(f"{path}{suffix}") for suffix in BESIDE), key_path(path)):
        with suppress(FileNotFoundError):
            name.unlink()


def link_or_copy(source: Path, target: Path) -> None:
    """Give the file a second name, or make a copy of it where the file system has no hard links. Raises `OSError`."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        part = target.with_name(target.name + ".part")
        shutil.copy2(source, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)


def remove_new_pair(path: Path) -> None:
    """Remove what was made at `new_pair_path` for the clinic at `path`, and all that stands beside it."""
    new = new_pair_path(path)
    for name in path.parent.iterdir() if path.parent.is_dir() else ():
        if name.name.startswith(new.name):
            with suppress(FileNotFoundError):
                name.unlink()


def switch_pair(path: Path, *, keep: bool) -> Path | None:
    """Put the pair made at `new_pair_path` in the place of the one at `path`, and give where the old one was kept.

    Without `keep` the old pair is gone afterwards, as it must be where somebody may not open it any more.
    Raises `OSError`; unless the pair was switched all the same, the next opening finds it as it was, or switches it.
    """
    made, ready = new_pair_path(path), _ready(path, keep=keep)
    while keep and (_kept_name(path, made).exists() or key_path(_kept_name(path, made)).exists()):
        # Another pair is kept under the name of this second: nothing is ever put in its place.
        later = made.stat().st_mtime + 2
        os.utime(made, (later, later))
    with _alone_with(made):
        passing("switch.before_keys")
        key_path(made).replace(key_path(ready))
        sync_folder(path.parent)
        passing("switch.before_decision")
        made.replace(ready)
        passing("switch.after_decision")
        sync_folder(path.parent)
        return _finish(path, ready, keep=keep)


def finish_switch(path: Path) -> Path | None:
    """Finish what a switch had decided before the process ended, and give where the old pair was kept.

    Does nothing where no switch was under way, and waits for one that another process is in the middle of.
    Raises `OSError`.
    """
    kept = None
    for keep in (False, True):
        ready = _ready(path, keep=keep)
        with _alone_with(ready) as is_there:
            if is_there:
                kept = _finish(path, ready, keep=keep)
    return kept


def _finish(path: Path, ready: Path, *, keep: bool) -> Path | None:
    kept = None
    if keep and (path.exists() or key_path(path).exists()):
        kept = _keep(path, ready)
        passing("switch.old_kept")
    for suffix in BESIDE[1:]:
        # These belong to the old database; beside the new one SQLite would take them for its own.
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").unlink()
    passing("switch.logs_removed")
    if key_path(ready).exists():
        key_path(ready).replace(key_path(path))
    sync_folder(path.parent)
    passing("switch.keys_placed")
    ready.replace(path)
    passing("switch.database_placed")
    sync_folder(path.parent)
    return kept


@contextmanager
def _alone_with(path: Path) -> Iterator[bool]:
    """Keep other processes out of a switch to the database at `path`, and say whether it is there to be switched to.

    Whoever finished one while another waited has opened the new database, whose log must not be taken for the old
    one's. The lock is on the file, and goes where its name goes. Windows lets nobody remove a log that is open.
    """
    if sys.platform == "win32":
        yield path.exists()
        return
    import fcntl  # noqa: PLC0415 - Windows has none

    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield False
        return
    with file:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        try:
            is_there = os.path.samestat(os.fstat(file.fileno()), path.stat())
        except FileNotFoundError:
            is_there = False
        yield is_there


def _ready(path: Path, *, keep: bool) -> Path:
    return path.with_name(path.name + (".restored" if keep else ".next"))


def _kept_name(path: Path, ready: Path) -> Path:
    """The name under which the old pair is kept: with the time at which the new one was made."""
    made_at = datetime.fromtimestamp(ready.stat().st_mtime, UTC)
    return path.with_name(f"{path.name}.before-{made_at:%Y%m%d-%H%M%S}")


def _keep(path: Path, ready: Path) -> Path:
    """Keep the old pair. A log that was not folded in holds what was saved last, so it is kept as well.

    What was kept before the process ended is not kept again, and the keys that stand beside the old database are its
    own only as long as the new ones are not in their place.
    """
    kept = _kept_name(path, ready)
    olds = [(Path(f"{path}{suffix}"), Path(f"{kept}{suffix}")) for suffix in BESIDE if suffix != "-shm"]
    if key_path(ready).exists():
        olds.append((key_path(path), key_path(kept)))
    for source, target in olds:
        if source.exists() and not target.exists():
            link_or_copy(source, target)
    sync_folder(path.parent)
    return kept
