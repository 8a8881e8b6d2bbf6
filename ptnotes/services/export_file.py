"""Writing what leaves the program: whole or not at all, readable by its owner alone, never over something else."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ptnotes.db import keyfile
from ptnotes.db.audit import Writing
from ptnotes.db.faults import faults_named
from ptnotes.domain.errors import AccessError, EnvironmentFault
from ptnotes.services.opening import OpenClinic

Progress = Callable[[int, int], None]
"""Is told how much of how much is done, in the thread that does it."""
Stop = Callable[[], bool]
"""Whether whoever began the work wants no more of it."""


def check_target(path: Path, *, replace: bool, starts: bytes) -> None:
    """Raise `EnvironmentFault` where nothing may be written at `path`.

    "folder.missing"; "export.exists" where something is there and `replace` is not asked for; "export.replaces" where
    what is there does not begin with `starts`, and so is no earlier export: a slip of the name must not cost a
    clinic's file or its keys.
    """
    with faults_named(path):
        if not path.parent.is_dir():
            raise EnvironmentFault("folder.missing", path=str(path))
        if not os.path.lexists(path):
            return
        if not replace:
            raise EnvironmentFault("export.exists", path=str(path))
        if not path.is_file():
            raise EnvironmentFault("export.replaces", path=str(path))
        with path.open("rb") as file:
            if file.read(len(starts)) != starts:
                raise EnvironmentFault("export.replaces", path=str(path))


@contextmanager
def private_file(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a new file beside `path`, mode 0600, and its name. At the end it is gone, unless it was renamed."""
    with faults_named(path):
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        made = Path(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file, made
        finally:
            with suppress(OSError):
                made.unlink(missing_ok=True)


def put_in_place(made: Path, path: Path, *, replace: bool) -> None:
    """Give a finished file its name, without a moment in which somebody else's file of that name could be lost."""
    if replace:
        made.replace(path)
        return
    try:
        # Fails where there is a file by now; renaming would take its place.
        os.link(made, path)
    except FileExistsError:
        raise EnvironmentFault("export.exists", path=str(path)) from None
    except OSError:
        # A disk without links (FAT): the moment between the question and the renaming is all that is left.
        if os.path.lexists(path):
            raise EnvironmentFault("export.exists", path=str(path)) from None
        made.rename(path)
        return
    made.unlink()


@contextmanager
def earlier_kept(path: Path) -> Iterator[Callable[[], None]]:
    """Keep within the block what is at `path`; give what takes a new file there away again and puts that back.

    A disk without links (FAT) cannot keep it: then the new file goes, and nothing is there.
    """
    earlier: Path | None = None
    if path.is_file() and not path.is_symlink():
        earlier = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            os.link(path, earlier)
        except OSError:
            earlier = None

    def take_back() -> None:
        if earlier is not None:
            earlier.replace(path)
        elif path.is_file():
            path.unlink()

    try:
        yield take_back
    finally:
        if earlier is not None:
            with suppress(OSError):
                earlier.unlink(missing_ok=True)


def noted(
    clinic: OpenClinic,
    note: Callable[[Writing], None],
    place: Callable[[], None],
    take_back: Callable[[], object],
) -> None:
    """Write down that something leaves, and let `place` put it there: neither happens without the other.

    Where what is written down does not last (the disk is full by then), `take_back` takes it away again.
    """
    with clinic.store.write() as connection:
        note(connection)
        place()
        lasting(connection, take_back)


def lasting(connection: Writing, take_back: Callable[[], object]) -> None:
    """Commit; where that fails, `take_back` what was put outside of the file already."""
    try:
        connection.commit()
    except BaseException:
        take_back()
        raise


def require_passphrase(clinic: OpenClinic, passphrase: str) -> None:
    """Raise `AccessError` ("export.denied") where it is not the passphrase of whoever opened the clinic."""
    keys_at = keyfile.key_path(clinic.path)
    with faults_named(keys_at):
        keys = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key).keys
        try:
            keyfile.signing_key(keys, clinic.person.uuid, passphrase)
        except AccessError:
            raise AccessError("export.denied") from None


def untold(_done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


def never() -> bool:
    """Whether to stop, where nobody can ask for it: no."""
    return False


def go_on(clinic: OpenClinic, stop: Stop = never) -> None:
    """Raise `EnvironmentFault` ("export.stopped") where `stop` says so, or the clinic is being closed meanwhile."""
    if stop() or clinic.ending.is_set():
        raise EnvironmentFault("export.stopped")
