"""One file, one owner: whoever may change a clinic holds a lock that ends with the process, however it ends.

The lock is the system's own, on the file ``NAME.ptnotes.lock``, which stays and means nothing by being there: after a
crash or a power failure nothing has to be removed. Reading needs no lock.

A window that was closed may still be making a backup. Whoever starts the program again meanwhile asks for the file by
``NAME.ptnotes.wanted``; the backup is then given up, for the new window to make.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ptnotes.domain.errors import EnvironmentFault

_LOOK_EVERY_S = 0.1
_FORGOTTEN_S = 60.0
"""How long somebody is taken to wait who does not say so again: their process ended."""


@contextmanager
def owned(path: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Own the clinic at `path` until the end of the block. Its folder is made where it is missing.

    Raises `EnvironmentFault`: "file.open_elsewhere" where somebody owns it already, and does not let it go within
    `wait_s` seconds of being asked to; "disk.permission" where the clinic can be written and the lock cannot be taken.
    Where the folder cannot be written nobody can change the clinic either, and there is nothing to own.
    """
    # By whichever links the file is called.
    real = _real(path)
    try:
        real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _open(real.with_name(real.name + ".lock"))
    except OSError:
        if os.access(real, os.W_OK):
            raise EnvironmentFault("disk.permission", path=f"{real}.lock") from None
        yield
        return
    with lock:
        if not _take(lock) and not (wait_s and _wait(lock, real, wait_s)):
            raise EnvironmentFault("file.open_elsewhere", path=str(path))
        yield


def is_wanted(path: Path) -> bool:
    """Whether somebody waits to own the clinic at `path`."""
    try:
        asked = _wanted(_real(path)).stat().st_mtime
    except OSError:
        return False
    return abs(time.time() - asked) < _FORGOTTEN_S


def _wait(lock: BinaryIO, real: Path, wait_s: float) -> bool:
    wanted = _wanted(real)
    end = time.monotonic() + wait_s
    try:
        while time.monotonic() < end:
            with suppress(OSError):
                wanted.touch(mode=0o600)
            time.sleep(_LOOK_EVERY_S)
            if _take(lock):
                return True
        return False
    finally:
        with suppress(OSError):
            wanted.unlink(missing_ok=True)


def _wanted(real: Path) -> Path:
    return real.with_name(real.name + ".wanted")


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _open(lock: Path) -> BinaryIO:
    try:
        return lock.open("ab")
    except PermissionError:
        # Another account's. To lock it, reading it is enough where the system has flock.
        return lock.open("rb")


if sys.platform == "win32":

    def _take(lock: BinaryIO) -> bool:
        import msvcrt  # noqa: PLC0415 - only there is

        lock.seek(0)
        try:
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _take(lock: BinaryIO) -> bool:
        import fcntl  # noqa: PLC0415 - only there is

        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks; `require_own_disk` refuses those that are shared
            return True
        return True
