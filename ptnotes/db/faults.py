"""The one place where an error of the database becomes a fault of the surroundings with a code."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import DBAPIError

from ptnotes.domain.errors import EnvironmentFault

# SQLite's primary result codes: the low byte of what the driver reports.
_SQLITE_CODES = {
    3: "disk.permission",  # PERM
    5: "file.locked",  # BUSY
    6: "file.locked",  # LOCKED
    8: "disk.read_only",  # READONLY
    10: "disk.io",  # IOERR
    11: "file.damaged",  # CORRUPT
    13: "disk.full",  # FULL
    14: "disk.permission",  # CANTOPEN
    23: "disk.permission",  # AUTH
    26: "file.damaged",  # NOTADB
}
_LEAST_ROOM = 64 * 1024
"""Bytes that a database needs beside it to be opened at all."""
_ERRNO_CODES = {
    errno.ENOSPC: "disk.full",
    errno.EDQUOT: "disk.full",
    errno.EROFS: "disk.read_only",
    errno.EACCES: "disk.permission",
    errno.EPERM: "disk.permission",
    errno.ENOENT: "folder.missing",
    errno.ENOTDIR: "folder.missing",
}


@contextmanager
def faults_named(path: Path) -> Iterator[None]:
    """Raise `EnvironmentFault` in place of a driver's or the system's error that has a cause outside the program."""
    try:
        yield
    except (DBAPIError, sqlcipher.Error) as error:
        raised = error.orig if isinstance(error, DBAPIError) else error
        code = _SQLITE_CODES.get(getattr(raised, "sqlite_errorcode", 0) & 0xFF)
        if code is None:
            raise
        if code == "disk.io" and _is_full(path):
            # What the driver says where there is no room for the memory that its connections share.
            code = "disk.full"
        # The driver's message is dropped with its statement's parameters: they may hold patient data.
        raise EnvironmentFault(code, path=str(path)) from None
    except OSError as error:
        raise EnvironmentFault(_ERRNO_CODES.get(error.errno or 0, "disk.io"), path=str(path)) from error


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM
    except OSError:
        return False
