"""The file that patients are read from, and the one for what is not added: who may, and how each is opened."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from typing_extensions import override

from ptnotes.db.faults import faults_named
from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.domain.importing import ImportMap
from ptnotes.domain.permissions import Act
from ptnotes.exchange.refused_out import RefusedRows
from ptnotes.services.export_file import check_target, private_file, put_in_place
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require

MOST_BYTES = 500_000_000
"""Largest file that is read: millions of patients."""
Progress = Callable[[int, int], None]
Stop = Callable[[], bool]
GoOn = Callable[[], None]
"""Does nothing as long as the work may go on, and raises where it may not."""


class WatchedFile(io.BufferedReader):
    """A file that asks `go_on` before each of its parts is read: whoever stops the work is heard wherever it reads."""

    def __init__(self, raw: io.RawIOBase, go_on: GoOn) -> None:
        super().__init__(raw)
        self.go_on = go_on

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        self.go_on()
        return super().read(size)

    @override
    def read1(self, size: int = -1, /) -> bytes:
        self.go_on()
        return super().read1(size)


def require_import(clinic: OpenClinic) -> None:
    """Who imports, or undoes an import, looks after the clinic and may add patients. Raises `AccessError`."""
    require(clinic, Act.ADMINISTER)
    require(clinic, Act.EDIT_DEMOGRAPHICS)


def until_stopped(clinic: OpenClinic, stop: Stop = lambda: False, *, code: str = "import.stopped") -> GoOn:
    """What raises `EnvironmentFault` with this code once somebody says stop, or the clinic is closed."""

    def go_on() -> None:
        if stop() or clinic.ending.is_set():
            raise EnvironmentFault(code)

    return go_on


@contextmanager
def opened_list(path: Path, go_on: GoOn) -> Iterator[WatchedFile]:
    """Open a file of patients, to be read as long as that is allowed. Raises `InputError` ("import.empty",
    "import.too_large") and `EnvironmentFault` ("import.missing", "import.not_a_file", disk.*).
    """
    with faults_named(path):
        try:
            kind = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            raise EnvironmentFault("import.missing", path=str(path)) from None
        if not stat.S_ISREG(kind):
            raise EnvironmentFault("import.not_a_file", path=str(path))
        with path.open("rb", buffering=0) as raw, WatchedFile(raw, go_on) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                limit = f"{MOST_BYTES // 1_000_000:,}"
                raise InputError(Fault("import.too_large", "import.file", values={"limit": limit}))
            if not size:
                raise InputError(Fault("import.empty", "import.file"))
            yield file


def free_place(path: Path) -> Path:
    """The whole path for rows that were not added. Raises `EnvironmentFault` ("import.there" where something is there
    already, "folder.missing", disk.*).
    """
    path = path.absolute()
    if os.path.lexists(path):
        raise EnvironmentFault("import.there", path=str(path))
    check_target(path, replace=False, starts=b"")
    return path


@contextmanager
def given_back(path: Path, columns: ImportMap) -> Iterator[RefusedRows]:
    """Give what refused rows are written with. At the end the file gets its name, where there was any."""
    with private_file(path) as (file, made):
        back = RefusedRows(file, columns)
        yield back
        back.finish()
        if back.count:
            os.fsync(file.fileno())
            put_in_place(made, path, replace=False)
