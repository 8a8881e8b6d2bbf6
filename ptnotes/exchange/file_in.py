"""A file of patients: which kind it is, how it is read, and its rows as cells, whatever kind it is."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import BinaryIO, Self

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.importing import DateOrder, DatesSeen, FileKind, ImportMap, Target
from ptnotes.exchange.column_guess import guessed, is_own, known_names
from ptnotes.exchange.csv_in import (
    ENCODING_WORDS,
    SEPARATORS,
    Place,
    Record,
    Records,
    encoding_of,
    form_of,
    looks_like_header,
    sample,
)
from ptnotes.exchange.fhir_in import FHIR_MAP, FhirRecords
from ptnotes.exchange.row_in import DateCounter, likely_order

FIRST_ROWS = 20
MOST_COLUMNS = 500
_LONGEST_BEGIN = 64
_NO_LISTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"<")
"""How workbooks, new and old, PDFs, web pages and XML begin."""


def kind_of(file: BinaryIO) -> FileKind:
    """FHIR where the file begins as a JSON object, else CSV."""
    encoding, _mark = encoding_of(file)
    return FileKind.FHIR if sample(file, encoding).lstrip()[:1] == "{" else FileKind.CSV


def first_guess(file: BinaryIO, told: ImportMap | None) -> tuple[ImportMap, bool]:
    """How a file is read, guessed from its first rows and the names of its columns, and whether it begins with a mark.

    Letters, separator and header are `told` where somebody said them. Raises `InputError`: "import.empty",
    "import.no_list" for a workbook, a PDF and the like, "import.too_many_columns", "import.not_read" for letters or a
    separator that are not known.
    """
    file.seek(0)
    if file.read(_LONGEST_BEGIN).removeprefix(BOM_UTF8).lstrip().startswith(_NO_LISTS):
        raise InputError(Fault("import.no_list", "import.file"))
    if kind_of(file) is FileKind.FHIR:
        encoding, has_mark = encoding_of(file)
        return replace(FHIR_MAP, encoding=encoding), has_mark
    form = form_of(file)
    encoding, separator = form.encoding, form.separator
    if told is not None:
        encoding, separator = told.encoding, told.separator
        if encoding not in ENCODING_WORDS or separator not in SEPARATORS:
            raise InputError(Fault("import.not_read", "import.reading"))
    records = Records(file, encoding, separator)
    try:
        first = next((cells for _number, cells, code in records if not code), None)
    finally:
        records.detach()
    if first is None:
        raise InputError(Fault("import.empty", "import.file"))
    if len(first) > MOST_COLUMNS:
        raise InputError(Fault("import.too_many_columns", "import.file"))
    names = tuple(" ".join(cell.split()) for cell in first)
    has_header = looks_like_header(names, known_names(names)) if told is None else told.has_header
    header = names if has_header else tuple(f"Column {place}" for place in range(1, len(names) + 1))
    return (
        ImportMap(
            kind=FileKind.CSV,
            encoding=encoding,
            separator=separator,
            has_header=has_header,
            header=header,
            targets=guessed(header) if has_header else (None,) * len(header),
            is_guarded=is_own(header),
        ),
        form.has_mark and form.encoding == encoding,
    )


def read_through(
    file: BinaryIO, columns: ImportMap, today: date
) -> tuple[int, tuple[tuple[str, ...], ...], DatesSeen]:
    """How many rows a file has, the first of them, and in which order its dates can be read."""
    place = columns.targets.index(Target.BIRTH_DATE) if Target.BIRTH_DATE in columns.targets else None
    counter = DateCounter(today)
    first: list[tuple[str, ...]] = []
    count = 0
    with rows_of(file, columns) as rows:
        for _number, cells, code in rows:
            count += 1
            if len(first) < FIRST_ROWS:
                first.append(tuple(cells))
            if place is not None and not code and place < len(cells):
                counter.see(cells[place].removeprefix("'") if columns.is_guarded else cells[place])
    return count, tuple(first), counter.seen


def settled_order(columns: ImportMap, seen: DatesSeen, usual: DateOrder) -> ImportMap:
    """The map with the order that the file's dates need; `usual` where they do not tell."""
    return replace(columns, date_order=likely_order(seen, usual))


class Rows:
    """The rows of a file, without its header. Used in a ``with`` block; the file stays open."""

    def __init__(self, file: BinaryIO, columns: ImportMap, start: Place | None = None) -> None:
        self._records: Records | FhirRecords
        if columns.kind is FileKind.FHIR:
            self._records = FhirRecords(file, columns.encoding)
        else:
            self._records = Records(file, columns.encoding, columns.separator, start)
        self._has_header = columns.kind is FileKind.CSV and columns.has_header and start is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._records.detach()

    def __iter__(self) -> Iterator[Record]:
        records = iter(self._records)
        if self._has_header:
            # The header is the first record that can be read, as where it was found.
            for record in records:
                if not record[2]:
                    break
                yield record
        yield from records

    def place(self) -> Place | None:
        """Where reading can go on after the row that was given last; None where it cannot."""
        return self._records.place()

    @property
    def not_patients(self) -> int:
        """How many things the file held besides patients."""
        return self._records.others if isinstance(self._records, FhirRecords) else 0


def rows_of(file: BinaryIO, columns: ImportMap, start: Place | None = None) -> Rows:
    """The rows of a file that is read as `columns` says, from a place or from the start."""
    return Rows(file, columns, start)
