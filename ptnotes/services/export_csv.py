"""The whole clinic as CSV: a file a kind of row, the meaning of every id, and a dictionary of every column."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from ptnotes.db import export as stored
from ptnotes.db.audit import Writing
from ptnotes.db.faults import faults_named
from ptnotes.db.signing import Snapshot
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.permissions import Act
from ptnotes.exchange.csv_text import write_csv
from ptnotes.exchange.dictionary import CODE_HEADS, HEADS, code_rows, dictionary
from ptnotes.services.audit import log
from ptnotes.services.export_file import Progress, Stop, go_on, never, noted, require_passphrase, untold
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require

Sink = Callable[[str], AbstractContextManager[BinaryIO]]
"""Opens a new file of that name to write to."""
T = TypeVar("T")
_LOOK_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many files, rows and patients."""

    files: int
    rows: int
    patients: int


def require_clinic_export(clinic: OpenClinic, passphrase: str) -> None:
    """Raise `AccessError` where whoever opened the clinic may not take all of it out, or the passphrase is wrong."""
    require(clinic, Act.EXPORT_CLINIC)
    require(clinic, Act.EXPORT)
    require(clinic, Act.VIEW_NOTES)
    require_passphrase(clinic, passphrase)


def export_csv(
    clinic: OpenClinic, folder: Path, passphrase: str, *, progress: Progress = untold, stop: Stop = never
) -> Exported:
    """Write every record as CSV into `folder`, which is made, or is there and empty. Anybody can read these files.

    All files are of one moment. `progress` is told how many files of how many are written. Raises `AccessError`
    ("access.not_allowed", "export.denied"), and `EnvironmentFault`: "export.not_empty", "folder.missing",
    "export.stopped" where `stop` says so, disk.*. Nothing is left behind then.
    """
    require_clinic_export(clinic, passphrase)
    folder = folder.absolute()
    check_folder(folder)
    with faults_named(folder):
        made = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=folder.parent))
        try:
            with clinic.store.read() as connection:
                written = write_tables(
                    clinic, connection, lambda name: (made / name).open("xb"), progress, stop
                )
            go_on(clinic, stop)
            place = partial(_put_in_place, made, folder)
            noted(clinic, partial(_log, clinic, written), place, take_back=partial(folder.rename, made))
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return written


def check_folder(folder: Path) -> None:
    """Raise `EnvironmentFault` ("folder.missing", "export.not_empty") where `folder` cannot take the files."""
    with faults_named(folder):
        if not folder.parent.is_dir():
            raise EnvironmentFault("folder.missing", path=str(folder))
        if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
            raise EnvironmentFault("export.not_empty", path=str(folder))


def write_tables(
    clinic: OpenClinic, connection: Snapshot, sink: Sink, progress: Progress = untold, stop: Stop = never
) -> Exported:
    """Write every file to `sink`, row by row, all of the state that `connection` sees."""
    files = stored.files()
    counts = {}
    for file, columns in files.items():
        go_on(clinic, stop)
        rows = _watched(clinic, stored.rows_of(connection, file), stop)
        counts[file] = _write(sink, file, [column.name for column in columns], rows)
        progress(len(counts), len(files))
    counts["codes"] = _write(sink, "codes", CODE_HEADS, code_rows(clinic.reference))
    counts["dictionary"] = _write(sink, "dictionary", HEADS, dictionary(files))
    return Exported(len(counts), sum(counts.values()), counts["patients"])


def _write(sink: Sink, file: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    with sink(f"{file}.csv") as target:
        return write_csv(target, heads, rows)


def _watched(clinic: OpenClinic, rows: Iterable[T], stop: Stop) -> Iterator[T]:
    for count, row in enumerate(rows):
        if count % _LOOK_EVERY == 0:
            go_on(clinic, stop)
        yield row


def _log(clinic: OpenClinic, written: Exported, connection: Writing) -> None:
    log(
        clinic, connection, Verb.EXPORTED, Subject.CLINIC, detail="CSV, not encrypted", count=written.patients
    )


def _put_in_place(made: Path, folder: Path) -> None:
    if folder.is_dir():
        # Fails where something was put into it meanwhile.
        folder.rmdir()
    made.rename(folder)
