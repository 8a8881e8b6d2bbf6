"""Bringing patients in from other systems: looked at, tried, imported, and undone as a whole.

Nothing is merged. What may be somebody known already is left out unless a person says otherwise for that row; what
cannot be read stops nothing else, and is written back with its reason. Everything here may be run where reads are run:
the writing is cut into short turns of its own, so that a save in between hardly waits.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ptnotes.db import imports as stored
from ptnotes.db.audit import Writing
from ptnotes.db.patients import load_patient
from ptnotes.db.settings import load_clinic
from ptnotes.domain.encodings import UNTOLD
from ptnotes.domain.errors import Fault, InputError, NotFoundError
from ptnotes.domain.importing import (
    CANNOT_BE_ADDED,
    Because,
    DateOrder,
    DryRun,
    FileKind,
    Imported,
    ImportMap,
    ImportRow,
    Looked,
    Other,
    RowIndex,
    RowKind,
    checked_map,
)
from ptnotes.exchange.csv_in import Place
from ptnotes.exchange.file_in import Guess, Rows, first_guess, read_through, rows_of, settled_order
from ptnotes.exchange.letters_seen import LetterCounter
from ptnotes.exchange.map_text import has_header_of, read_map
from ptnotes.exchange.row_in import RowReader
from ptnotes.services.import_run import (
    Given,
    Judge,
    Run,
    Verdict,
    collected_rarely,
    first_pass,
    reasons_of,
)
from ptnotes.services.import_source import (
    Progress,
    Stop,
    free_place,
    given_back,
    opened_list,
    require_import,
    until_stopped,
)
from ptnotes.services.opening import OpenClinic

_MONTH_FIRST_IN = frozenset({"US", "PH", "FM", "MH", "PW"})
_MARK_EVERY = 1_000
_CODES = (RowKind.MADE, RowKind.DUPLICATE, RowKind.REFUSED)
_REASONS = tuple(Because)


def look_at(
    clinic: OpenClinic,
    path: Path,
    *,
    told: ImportMap | None = None,
    progress: Progress = lambda _done, _total: None,
    stop: Stop = lambda: False,
) -> Looked:
    """Read a file through once and guess how it is read; nothing is stored.

    Columns are matched, and letters read where the file does not tell them, as in the last import of a file with such a
    header, else by their names and as Windows-1252; `told` sets letters, separator and where the header is, if any, and
    what the columns hold where they are still the same. `progress` is told bytes done and in all.

    Raises `InputError` ("import.empty", "import.no_list", "import.no_patient" for JSON without any, "import.too_large",
    "import.too_many_columns", "import.not_read"), `EnvironmentFault` ("import.missing", "import.not_a_file",
    "import.stopped", disk.*), `AccessError`.
    """
    require_import(clinic)
    with clinic.store.read() as connection:
        known = list(stored.mappings(connection))
        usual = usual_order(load_clinic(connection).locale)
    with opened_list(path, until_stopped(clinic, stop)) as file:
        size, _changed_at = _stamp(file)
        guess = first_guess(file, told)
        if told is None and guess.is_untold:
            guess = _in_letters_of_last_time(file, guess, known)
        columns, remembered = guess.map, None
        if told is not None and columns.kind is FileKind.CSV and told.header == columns.header:
            columns = replace(columns, targets=told.targets)
        else:
            remembered = _remembered(guess, known, is_told=told is not None)
            columns = columns if remembered is None else remembered
        read = read_through(
            file, columns, clinic.today(),
            is_untold=guess.is_untold, tell=lambda: progress(file.tell(), size),
        )  # fmt: skip
        is_order_remembered = remembered is not None and remembered.order_is_said
        if columns.kind is FileKind.CSV:
            columns = settled_order(columns, read.dates, columns.date_order if is_order_remembered else usual)
            # An order on which nothing depended was said by nobody, and is none to go by the next time.
            columns = replace(columns, order_is_said=is_order_remembered or read.dates.needs_order)
        elif not read.rows:
            raise InputError(Fault("import.no_patient", "import.file"))
    return Looked(
        path=path,
        map=columns,
        has_mark=guess.has_mark,
        size_bytes=size,
        rows=read.rows,
        first_rows=read.first_rows,
        dates=read.dates,
        is_remembered=remembered is not None,
        is_order_remembered=is_order_remembered,
        letters=read.letters,
        top=guess.top,
        broken_off=read.broken_off,
    )


def usual_order(locale: str) -> DateOrder:
    """The order in which dates are usually written where the clinic is."""
    country = locale.replace("-", "_").rpartition("_")[2].partition(".")[0].upper()
    return DateOrder.MONTH_FIRST if country in _MONTH_FIRST_IN else DateOrder.DAY_FIRST


def dry_run(
    clinic: OpenClinic,
    path: Path,
    columns: ImportMap,
    *,
    progress: Progress = lambda _done, _total: None,
    stop: Stop = lambda: False,
) -> DryRun:
    """What an import would do, row by row; nothing is stored. `dry_run_rows` shows rows of it.

    `progress` is told bytes done and in all. Raises `InputError` as `checked_map` and `look_at` do, and
    "import.other_header" where the file has other columns than `columns` says; `EnvironmentFault` ("import.stopped",
    disk.*), `AccessError`.
    """
    require_import(clinic)
    columns = checked_map(columns)
    index = RowIndex()
    counts = dict.fromkeys(RowKind, 0)
    go_on = until_stopped(clinic, stop)
    with collected_rarely(), opened_list(path, go_on) as file:
        index.stamp = _stamp(file)
        digest = first_pass(file, replace(columns, targets=())).digest
        columns = _with_header(file, columns)
        judge, letters = Judge(clinic, columns, go_on), LetterCounter(columns)
        with rows_of(file, columns) as rows:
            for verdicts in judge.blocks(rows):
                progress(file.tell(), index.stamp[0])
                for verdict in verdicts:
                    counts[verdict.kind] += 1
                    letters.see(verdict.number, verdict.cells)
                    _keep(index, verdict)
                _mark(index, rows)
            not_patients, broken_off = rows.not_patients, rows.broken_off
        progress(index.stamp[0], index.stamp[0])
    return DryRun(
        path=path,
        map=columns,
        digest=digest,
        rows=sum(counts.values()),
        made=counts[RowKind.MADE],
        duplicates=counts[RowKind.DUPLICATE],
        refused=counts[RowKind.REFUSED],
        not_patients=not_patients,
        broken_off=broken_off,
        letters=letters.seen(),
        index=index,
    )


def dry_run_rows(
    clinic: OpenClinic, tried: DryRun, kind: RowKind, *, offset: int = 0, limit: int = 50
) -> tuple[ImportRow, ...]:
    """Rows of a dry run that would become `kind`, in their order, with who a duplicate may be: read from the file anew.

    Raises `InputError` ("import.changed") where the file is another by now; `EnvironmentFault`, `AccessError`.
    """
    require_import(clinic)
    index = tried.index
    wanted = _positions(index.kinds, _CODES.index(kind), offset, limit)
    with opened_list(tried.path, until_stopped(clinic)) as file:
        if _stamp(file) != index.stamp:
            raise InputError(Fault("import.changed", "import.file"))
        reader = RowReader(tried.map, clinic.today(), clinic.clock())
        cells = _cells_at(file, tried, wanted)
        shown = [_shown(index, reader, place, cells[place]) for place in wanted]
        if kind is not RowKind.DUPLICATE:
            return tuple(shown)
        told = [index.others[_rank(index, place)] for place in wanted]
        places = {-number: index.numbers.index(-number) for number in told if number < 0}
        others = _cells_at(file, tried, sorted(set(places.values())))
        with clinic.store.read() as connection:
            return tuple(
                replace(row, other=_of_clinic(connection, number))
                if number > 0
                else replace(
                    row, other=Other(patient=reader.read(others[places[-number]][0]).patient, row=-number)
                )
                for row, number in zip(shown, told, strict=True)
            )


def import_patients(
    clinic: OpenClinic,
    path: Path,
    columns: ImportMap,
    *,
    add: Collection[int] = (),
    refused: Path | None = None,
    digest: str = "",
    progress: Progress = lambda _done, _total: None,
    stop: Stop = lambda: False,
) -> Imported:
    """Add the patients of a file. Rows that may be somebody known are left out, but those whose numbers `add` names.

    A row without a record number gets the clinic's next one, as does an added row whose number is somebody's. What was
    refused or left out is written to `refused`, which must not be there, with the reasons. `digest` is that of the dry
    run that decisions were made by. `progress` is told rows done and in all. When it is stopped, what was added till
    then stays, as an import that can be undone; before anything was begun to be stored, "import.stopped" is raised.

    Raises `InputError` as `dry_run` does, and "import.changed" where the file has another digest; `EnvironmentFault`
    ("import.there", "folder.missing", disk.*), `AccessError`. What was added before a disk failed stays likewise.
    """
    require_import(clinic)
    columns = checked_map(columns)
    go_on = until_stopped(clinic, stop)
    if refused is not None:
        refused = free_place(refused)
    with collected_rarely(), ExitStack() as open_files:
        file = open_files.enter_context(opened_list(path, go_on))
        columns = _with_header(file, columns)
        first = first_pass(file, columns)
        if digest and digest != first.digest:
            raise InputError(Fault("import.changed", "import.file"))
        judge = Judge(clinic, columns, go_on, frozenset(add), stored_as=Given())
        back = None if refused is None else open_files.enter_context(given_back(refused, columns))
        run = Run(clinic, columns, first, back)
        # From here on what was stored stays: the run itself looks whether it is stopped, and ends as a whole.
        file.go_on = lambda: None
        with rows_of(file, columns) as rows:
            was_stopped = run.carry_out(rows, judge, progress, stop)
            broken_off = rows.broken_off
        has_changed = first_pass(file, replace(columns, targets=())).digest != first.digest
        run.finish()
    return Imported(
        run_id=run.id,
        path=path,
        map=columns,
        digest=first.digest,
        not_added=run.not_added,
        rows=run.made + run.left_out + run.refused,
        made=run.made,
        left_out=run.left_out,
        refused=run.refused,
        was_stopped=was_stopped,
        has_changed=has_changed,
        broken_off=broken_off,
        refused_path=refused if back is not None and back.count else None,
    )


def _stamp(file: BinaryIO) -> tuple[int, int]:
    told = os.fstat(file.fileno())
    return told.st_size, told.st_mtime_ns


def _with_header(file: BinaryIO, columns: ImportMap) -> ImportMap:
    """The map with the row in which the header stands in this file, which may have more titles above it, or fewer.

    Raises `InputError` ("import.other_header") where the file does not have the columns that were matched.
    """
    found = first_guess(file, columns).map
    if found.kind is not columns.kind or (
        found.kind is FileKind.CSV and not has_header_of(columns, found.header)
    ):
        raise InputError(Fault("import.other_header", "import.columns"))
    return replace(columns, header_row=found.header_row)


def _remembered(guess: Guess, known: list[str], *, is_told: bool) -> ImportMap | None:
    """How a file with such a header was read last; None where there was none.

    Where nobody said which row is the header, each of the first rows may be: last time it was told by hand, perhaps.
    """
    if guess.map.kind is not FileKind.CSV or (is_told and not guess.map.has_header):
        return None
    at = guess.map.header_row
    rows = sorted(guess.top, key=lambda row: row[0] != at)
    for text in known:
        with suppress(InputError):
            earlier = read_map(text)
            for number, names in rows[:1] if is_told else rows:
                if earlier.has_header and has_header_of(earlier, names):
                    targets = (*earlier.targets, None)[: len(names)]
                    return replace(
                        guess.headed(number),
                        targets=targets,
                        date_order=earlier.date_order,
                        order_is_said=earlier.order_is_said,
                    )
    return None


def _in_letters_of_last_time(file: BinaryIO, guess: Guess, known: list[str]) -> Guess:
    """The guess in the encoding in which a file with such a header was read last; the guess itself where there is none.

    The names of columns may have such letters, too: each file that is known is tried in its own encoding.
    """
    tried = {guess.map.encoding: guess}
    for text in known:
        with suppress(InputError):
            encoding = read_map(text).encoding
            if encoding not in UNTOLD:
                encoding = guess.map.encoding
            if encoding not in tried:
                tried[encoding] = first_guess(file, None, encoding=encoding)
            if _remembered(tried[encoding], [text], is_told=False) is not None:
                return tried[encoding]
    return guess


def _keep(index: RowIndex, verdict: Verdict) -> None:
    """Keep what a page of rows is made from later."""
    index.numbers.append(verdict.number)
    index.kinds.append(_CODES.index(verdict.kind))
    if verdict.because is not None:
        index.others.append(verdict.other)
        index.because.append(_REASONS.index(verdict.because))


def _mark(index: RowIndex, rows: Rows) -> None:
    """Keep where reading can go on after the rows so far, where it was not kept for long."""
    count = len(index.numbers)
    since = count - (index.marks[-1][0] if index.marks else 0)
    if since >= _MARK_EVERY and (mark := rows.place()) is not None:
        index.marks.append((count, mark.number, mark.cookie))


def _positions(kinds: bytearray, code: int, offset: int, limit: int) -> list[int]:
    """Where rows of one kind stand among all: `limit` of them after the first `offset`."""
    found: list[int] = []
    at = -1
    for _ in range(offset):
        at = kinds.find(code, at + 1)
        if at < 0:
            return []
    while len(found) < limit and (at := kinds.find(code, at + 1)) >= 0:
        found.append(at)
    return found


def _cells_at(file: BinaryIO, tried: DryRun, places: list[int]) -> dict[int, tuple[list[str], Fault | None]]:
    """The cells of the rows at these places, which are in order, and what is wrong with them; read from the file."""
    found: dict[int, tuple[list[str], Fault | None]] = {}
    left = list(reversed(places))
    while left:
        mark = max((mark for mark in tried.index.marks if mark[0] <= left[-1]), default=None)
        start = None if mark is None else Place(mark[1], mark[2])
        with rows_of(file, tried.map, start) as rows:
            for place, (_number, cells, code) in enumerate(rows, 0 if mark is None else mark[0]):
                if place == left[-1]:
                    found[left.pop()] = (cells, rows.fault(code) if code else None)
                    if not left or left[-1] >= place + _MARK_EVERY:
                        break
            else:
                if left:
                    raise InputError(Fault("import.changed", "import.file"))
    return found


def _shown(index: RowIndex, reader: RowReader, place: int, read: tuple[list[str], Fault | None]) -> ImportRow:
    cells, fault = read
    kind = _CODES[index.kinds[place]]
    because = None
    if kind is RowKind.DUPLICATE:
        because = _REASONS[index.because[_rank(index, place)]]
    faults: tuple[Fault, ...] = () if fault is None else (fault,)
    patient = None
    if fault is None:
        try:
            patient = reader.read(cells).patient
        except InputError as error:
            faults = error.faults
    return ImportRow(
        number=index.numbers[place],
        kind=kind,
        cells=tuple(cells),
        patient=patient,
        reasons=reasons_of(because, faults),
        because=because,
        can_be_added=because is not None and because not in CANNOT_BE_ADDED,
    )


def _rank(index: RowIndex, place: int) -> int:
    """How many duplicates stand before that place."""
    return index.kinds.count(_CODES.index(RowKind.DUPLICATE), 0, place)


def _of_clinic(connection: Writing, patient_id: int) -> Other | None:
    """The patient of the clinic that a row may be; None where their record is gone meanwhile."""
    with suppress(NotFoundError):
        return Other(patient=load_patient(connection, patient_id))
    return None
