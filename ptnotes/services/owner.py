"""One file, one owner: whoever may change a clinic holds a lock that ends with the process, however it ends.

The lock is the system's own, on the file ``NAME.ptnotes.lock``, which stays and means nothing by being there: after a
crash or a power failure nothing has to be removed. Reading needs no lock.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ptnotes.domain.errors import EnvironmentFault


@contextmanager
def owned(path: Path) -> Iterator[None]:
    """Own the clinic at `path` until the end of the block. Its folder is made where it is missing.

    Raises `EnvironmentFault` ("file.open_elsewhere") where somebody owns it already. Where the folder cannot be
    written nobody can change the clinic either, and there is nothing to own.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("ab")
    except OSError:
        yield
        return
    with lock:
        if not _take(lock):
            raise EnvironmentFault("file.open_elsewhere", path=str(path))
        yield


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
