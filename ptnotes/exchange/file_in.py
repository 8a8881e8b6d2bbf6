"""A file of patients: which kind it is, how it is read, and its rows as cells, whatever kind it is."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import BinaryIO, Self

from ptnotes.domain.encodings import ENCODING_WORDS, WINDOWS_1252, LettersSeen
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.importing import DateOrder, DatesSeen, FileKind, ImportMap, Target
from ptnotes.exchange.column_guess import guessed, header_place, is_own, known_names
from ptnotes.exchange.csv_in import (
    SEPARATORS,
    Place,
    Record,
    Records,
    encoding_of,
    form_of,
    looks_like_header,
    sample,
)
from ptnotes.exchange.fhir_in import FHIR_MAP, FhirRecords, is_json
from ptnotes.exchange.letters_seen import LetterCounter
from ptnotes.exchange.map_text import has_header_of
from ptnotes.exchange.row_in import DateCounter, likely_order

FIRST_ROWS = 20
TOP_ROWS = 40
"""So far down the names of the columns are looked for."""
MOST_COLUMNS = 500
_LONGEST_BEGIN = 64
_TELL_EVERY = 500
_NO_LISTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"<")
"""How workbooks, new and old, PDFs, web pages and XML begin."""


def kind_of(file: BinaryIO) -> FileKind:
    """FHIR where the file begins as JSON, else CSV."""
    encoding, _mark = encoding_of(file)
    return FileKind.FHIR if is_json(sample(file, encoding)) else FileKind.CSV


@dataclass(frozen=True, slots=True)
class Guess:
    """How a file seems to be read, whether it begins with a mark, and its first rows with their numbers (of CSV).

    `is_untold` says that nothing in the file tells its encoding.
    """

    map: ImportMap
    has_mark: bool
    top: tuple[tuple[int, tuple[str, ...]], ...] = ()
    is_untold: bool = False

    def headed(self, number: int) -> ImportMap:
        """The map with the names of the columns in the row of that number."""
        names = dict(self.top)[number]
        return replace(
            self.map, has_header=True, header_row=number, header=names, targets=guessed(names),
            is_guarded=is_own(names),
        )  # fmt: skip


def first_guess(file: BinaryIO, told: ImportMap | None, *, encoding: str = "") -> Guess:
    """How a file is read, guessed from its first rows and the names of its columns; in `encoding` where that is given.

    Letters, separator and header are `told` where somebody said them; the names of its columns are looked for in other
    rows where they are not in the one that was told. Raises `InputError`: "import.empty", "import.no_list" for a
    workbook, a PDF and the like, "import.too_many_columns", "import.not_read" for letters or a separator that are not
    known.
    """
    file.seek(0)
    if file.read(_LONGEST_BEGIN).removeprefix(BOM_UTF8).lstrip().startswith(_NO_LISTS):
        raise InputError(Fault("import.no_list", "import.file"))
    if kind_of(file) is FileKind.FHIR:
        own, has_mark = encoding_of(file)
        return Guess(replace(FHIR_MAP, encoding=own), has_mark)
    form = form_of(file, encoding)
    encoding, separator = encoding or form.encoding, form.separator
    if told is not None:
        encoding, separator = told.encoding, told.separator
        if encoding not in ENCODING_WORDS or separator not in SEPARATORS:
            raise InputError(Fault("import.not_read", "import.reading"))
    top = _top(file, encoding, separator)
    if not top:
        raise InputError(Fault("import.empty", "import.file"))
    number, names = top[_header_told(top, told)]
    has_header = looks_like_header(names, known_names(names)) if told is None else told.has_header
    width = len(names) if has_header else max(len(row) for _number, row in top)
    if width > MOST_COLUMNS:
        raise InputError(Fault("import.too_many_columns", "import.file"))
    plain = tuple(f"Column {place}" for place in range(1, width + 1))
    guess = Guess(
        ImportMap(
            kind=FileKind.CSV,
            encoding=encoding,
            separator=separator,
            has_header=False,
            header=plain,
            targets=(None,) * len(plain),
        ),
        form.has_mark and form.encoding == encoding,
        top,
        is_untold=form.encoding == WINDOWS_1252,
    )
    return replace(guess, map=guess.headed(number)) if has_header else guess


def _top(file: BinaryIO, encoding: str, separator: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    records = Records(file, encoding, separator)
    try:
        readable = ((number, cells) for number, cells, code in records if not code)
        return tuple(
            (number, tuple(" ".join(cell.split()) for cell in cells))
            for number, cells in islice(readable, TOP_ROWS)
        )
    finally:
        records.detach()


def _header_told(top: Sequence[tuple[int, tuple[str, ...]]], told: ImportMap | None) -> int:
    """Which of the first rows names the columns, by what was told, else by what its cells say."""
    if told is None:
        return header_place([names for _number, names in top])
    if not told.has_header:
        return 0
    at = next((place for place, (number, _names) in enumerate(top) if number >= told.header_row), 0)
    if not told.header or has_header_of(told, top[at][1]):
        return at
    return next((place for place, (_number, names) in enumerate(top) if has_header_of(told, names)), at)


@dataclass(frozen=True, slots=True)
class ReadThrough:
    """What a file was found to hold: how many rows and what else, the first rows, and what its dates tell.

    `broken_off` says why and where reading ended before the end of the file.
    """

    rows: int
    not_patients: int
    first_rows: tuple[tuple[str, ...], ...]
    dates: DatesSeen
    letters: LettersSeen
    broken_off: Fault | None


def read_through(
    file: BinaryIO, columns: ImportMap, today: date, *, tell: Callable[[], None], is_untold: bool = False
) -> ReadThrough:
    """Read a file once to its end, and `tell` of it now and then; up to some names once more where nothing tells its
    encoding.
    """
    place = columns.targets.index(Target.BIRTH_DATE) if Target.BIRTH_DATE in columns.targets else None
    counter, letters = DateCounter(today), LetterCounter(columns)
    first: list[tuple[str, ...]] = []
    count = 0
    with rows_of(file, columns) as rows:
        for number, cells, code in rows:
            if count % _TELL_EVERY == 0:
                tell()
            count += 1
            letters.see(number, cells)
            if len(first) < FIRST_ROWS:
                first.append(tuple(cells))
            if place is not None and not code and place < len(cells):
                counter.see(cells[place].removeprefix("'") if columns.is_guarded else cells[place])
        not_patients, broken_off = rows.not_patients, rows.broken_off
    tell()
    seen = letters.seen(is_guess=is_untold)
    if is_untold:
        seen = letters.with_readings(seen, file)
    return ReadThrough(count, not_patients, tuple(first), counter.seen, seen, broken_off)


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
        self._header_row = columns.header_row

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._records.detach()

    def __iter__(self) -> Iterator[Record]:
        records = iter(self._records)
        if self._has_header:
            # The header is the first record from its row on that can be read, as where it was found.
            for record in records:
                if record[0] < self._header_row:
                    continue
                if not record[2]:
                    break
                yield record
        yield from records

    def place(self) -> Place | None:
        """Where reading can go on after the row that was given last; None where it cannot."""
        return self._records.place()

    def fault(self, code: str) -> Fault:
        """What is wrong with the row that was given last, with that code."""
        if isinstance(self._records, FhirRecords):
            return self._records.fault(code)
        return Fault(code, "import.row")

    @property
    def broken_off(self) -> Fault | None:
        """Why and where reading ended before the end of the file, once it is read; None where it did not."""
        return self._records.broken_off if isinstance(self._records, FhirRecords) else None

    @property
    def not_patients(self) -> int:
        """How many things the file held besides patients."""
        return self._records.others if isinstance(self._records, FhirRecords) else 0


def rows_of(file: BinaryIO, columns: ImportMap, start: Place | None = None) -> Rows:
    """The rows of a file that is read as `columns` says, from a place or from the start."""
    return Rows(file, columns, start)
