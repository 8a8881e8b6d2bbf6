"""What an import did not add, after it: told row by row, or written to a file that can be mended and brought in again.

Nothing of these rows is kept but their numbers. They are read again from the file that was imported, as long as it is
the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.importing import Because, Imported, ImportRow, RowKind
from ptnotes.exchange.file_in import rows_of
from ptnotes.exchange.row_in import RowReader
from ptnotes.services.import_run import first_pass, reasons_of
from ptnotes.services.import_source import (
    GoOn,
    Progress,
    Stop,
    free_place,
    given_back,
    opened_list,
    require_import,
    until_stopped,
)
from ptnotes.services.opening import OpenClinic

_TELL_EVERY = 500


def rows_not_added(
    clinic: OpenClinic, done: Imported, *, kind: RowKind | None = None, limit: int = 20
) -> tuple[ImportRow, ...]:
    """The first rows that an import did not add, with the reasons; of one kind where it is named.

    Raises `InputError` ("import.changed_since" where the file is another by now), `EnvironmentFault`
    ("import.missing", disk.*), `AccessError`.
    """
    require_import(clinic)
    again = _again(clinic, done, until_stopped(clinic))
    rows = (row for row in again if kind is None or row.kind is kind)
    return tuple(islice(rows, limit))


def save_not_added(
    clinic: OpenClinic,
    done: Imported,
    path: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    stop: Stop = lambda: False,
) -> Path:
    """Write the rows that an import did not add to a new file, with the reasons, and give its whole path.

    `progress` is told rows done and in all. Raises as `rows_not_added`, and `EnvironmentFault` ("import.there",
    "folder.missing", "import.not_saved" where it is stopped).
    """
    require_import(clinic)
    path = free_place(path)
    count = len(done.not_added)
    with given_back(path, done.map) as back:
        for row in _again(clinic, done, until_stopped(clinic, stop, code="import.not_saved")):
            if back.count % _TELL_EVERY == 0:
                progress(back.count, count)
            back.write(row.cells, row.reasons)
    progress(count, count)
    return path


def _again(clinic: OpenClinic, done: Imported, go_on: GoOn) -> Iterator[ImportRow]:
    """Each row that was not added, read again."""
    wanted = iter(done.not_added)
    number, because = next(wanted, (0, None))
    with opened_list(done.path, go_on) as file:
        if first_pass(file, replace(done.map, targets=())).digest != done.digest:
            raise InputError(Fault("import.changed_since", "import.file"))
        reader = RowReader(done.map, clinic.today(), clinic.clock())
        with rows_of(file, done.map) as rows:
            for at, cells, code in rows:
                if at != number:
                    continue
                yield _told(reader, at, cells, rows.fault(code) if code else None, because)
                number, because = next(wanted, (0, None))
                if not number:
                    return


def _told(
    reader: RowReader, number: int, cells: list[str], fault: Fault | None, because: Because | None
) -> ImportRow:
    faults: tuple[Fault, ...] = () if fault is None else (fault,)
    if fault is None and because is None:
        try:
            reader.read(cells)
        except InputError as error:
            faults = error.faults
    return ImportRow(
        number=number,
        kind=RowKind.REFUSED if because is None else RowKind.DUPLICATE,
        cells=tuple(cells),
        reasons=reasons_of(because, faults),
        because=because,
    )
