"""CSV of other systems, record by record: its letters and separator are recognised, and no record stops another.

What cannot be read (a quote that is never closed, a line that is too long) is one record with a problem; reading goes
on with the line after it. Memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ptnotes.domain.encodings import UTF_8, UTF_16_BE, UTF_16_LE, WINDOWS_1252

LONGEST_RECORD = 131_072
"""Most letters of one record; a patient's details take some hundred."""
UNREADABLE = "\udfff"
"""Stands for bytes that are no letters in the file's encoding. No stored text can hold it."""
SEPARATOR_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SEPARATORS = tuple(SEPARATOR_WORDS)
_MARKS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, UTF_16_LE), (codecs.BOM_UTF16_BE, UTF_16_BE))
_SAMPLE_BYTES = 65_536
_LONGEST_SAID = 1_000
_SEPARATOR_SAID = re.compile("sep=([,;\t|])[,;\t|]*[\r\n]*", re.IGNORECASE)
"""The line by which a file tells Excel its separator; a program that saves it again may fill it with empty cells."""
_SAMPLE_ROWS = 100
_ERRORS = "ptnotes.unreadable"
codecs.register_error(_ERRORS, lambda error: (UNREADABLE, getattr(error, "end", 0)))


@dataclass(frozen=True, slots=True)
class Form:
    """The letters of a file, whether a mark says which they are, and what stands between cells."""

    encoding: str
    has_mark: bool
    separator: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file from which reading can go on: before the record of that number."""

    number: int
    cookie: int


Record = tuple[int, list[str], str]
"""A record's number, counted as a spreadsheet does from 1, its cells, and the code of what is wrong with it, if any."""


def form_of(file: BinaryIO, told: str = "") -> Form:
    """Recognise letters and separator; the encoding is `told` where somebody said it. The whole file is read once where
    it might be UTF-8; nothing is kept of it.
    """
    encoding, has_mark = encoding_of(file)
    return Form(encoding, has_mark, _separator(sample(file, told or encoding)))


def sample(file: BinaryIO, encoding: str) -> str:
    """The first letters of a file, up to the end of the last whole line among them; all of it where it is short."""
    file.seek(0)
    raw = file.read(_SAMPLE_BYTES)
    text = raw.decode(encoding, _ERRORS).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    whole, end, _part = text.rpartition("\n")
    return whole + end if end and len(raw) == _SAMPLE_BYTES else text


def encoding_of(file: BinaryIO) -> tuple[str, bool]:
    """The encoding, and whether a mark at the start of the file names it.

    Without a mark: UTF-16 where every other byte is mostly zero; UTF-8 where the bytes are, but for a few that nobody
    could read; else Windows-1252.
    """
    file.seek(0)
    head = file.read(_SAMPLE_BYTES)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, True
    if head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        # Separators, digits and line ends have a zero byte in every script.
        if odd > 8 * even and odd * 20 > len(head):
            return UTF_16_LE, False
        if even > 8 * odd and even * 20 > len(head):
            return UTF_16_BE, False
    return (UTF_8 if _is_utf_8(file) else WINDOWS_1252), False


def _is_utf_8(file: BinaryIO) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(UTF_8)(_ERRORS)
    bad = beyond = 0
    while part := file.read(_SAMPLE_BYTES):
        if part.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(part)
        bad += text.count(UNREADABLE)
        # Each letter beyond ASCII takes some bytes more than one.
        beyond += len(part) - len(text)
    bad += decoder.decode(b"", final=True).count(UNREADABLE)
    # A letter of Windows-1252 is hardly ever one of UTF-8: a few bad bytes among many letters are harm to the file.
    return bad * 4 <= beyond


def _separator(text: str) -> str:
    """The separator that the first line says, else the one that parts the first records into the same number of cells,
    and into the most.
    """
    first, _end, _rest = text.replace("\r", "\n").partition("\n")
    if said := _SEPARATOR_SAID.fullmatch(first):
        return said[1]

    def fitness(separator: str) -> tuple[float, int]:
        lengths: Counter[int] = Counter()
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
                if any(cells):
                    lengths[len(cells)] += 1
                if lengths.total() == _SAMPLE_ROWS:
                    break
        except csv.Error:
            pass
        if not lengths:
            return 0.0, 0
        usual, often = max(lengths.items(), key=lambda one: (one[1], one[0]))
        return (often / lengths.total(), usual) if usual > 1 else (0.0, 0)

    return max(SEPARATORS, key=fitness)


class _TooLongError(Exception):
    """A record is longer than any of a patient can be."""


class _Lines:
    """The lines of a text, those of the present record kept until it is known to be whole."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._back: list[str] = []
        self.taken: list[str] = []
        self.size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else self._text.readline(LONGEST_RECORD + 1)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.size += len(line)
        if self.size > LONGEST_RECORD:
            if len(self.taken) == 1:
                self._pass_over(line)
            raise _TooLongError
        return line

    def begin(self) -> None:
        """Begin a record."""
        self.taken.clear()
        self.size = 0

    def begin_after_first(self) -> str:
        """Give the present record up: its first line is given, and what follows that is read again."""
        first, *later = self.taken
        self._back.extend(reversed(later))
        self.begin()
        return first

    def place(self) -> int | None:
        """Where the next record begins; None where it is among lines that were given back."""
        return None if self._back else self._text.tell()

    def _pass_over(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(_SAMPLE_BYTES)


class Records:
    """The records of a CSV file, one by one, from the start or from a place."""

    def __init__(self, file: BinaryIO, encoding: str, separator: str, start: Place | None = None) -> None:
        self._number = 0 if start is None else start.number - 1
        file.seek(0)
        # The mark is taken off by hand: a file that is told to be UTF-8 may have one or none.
        self._text = io.TextIOWrapper(file, encoding=encoding, errors=_ERRORS, newline="")
        self._lines = _Lines(self._text)
        self._separator = separator
        if start is not None:
            self._text.seek(start.cookie)
        else:
            begin = 0
            if self._text.read(1) == "\N{ZERO WIDTH NO-BREAK SPACE}":
                begin = self._text.tell()
            self._text.seek(begin)
            if _SEPARATOR_SAID.fullmatch(self._text.readline(_LONGEST_SAID)):
                # It counts as a row, as a spreadsheet counts, and is none.
                self._number = 1
            else:
                self._text.seek(begin)

    def __iter__(self) -> Iterator[Record]:
        lines = self._lines
        reader = self._reader()
        while True:
            lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _TooLongError) as error:
                code = "import.too_long" if isinstance(error, _TooLongError) else "import.quotes"
                if code == "import.too_long" and len(lines.taken) > 1:
                    # One quote that is never closed takes all that follows into its cell.
                    code = "import.quotes"
                first = lines.begin_after_first().rstrip("\r\n")
                reader = self._reader()
                self._number += 1
                yield self._number, [first[:LONGEST_RECORD]], code
                continue
            self._number += 1
            if any(cells):
                yield self._number, cells, ""

    def place(self) -> Place | None:
        """Where reading can go on after the record that was given last; None where it cannot."""
        cookie = self._lines.place()
        return None if cookie is None else Place(self._number + 1, cookie)

    def detach(self) -> None:
        """Let the file go without closing it."""
        self._text.detach()

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines, delimiter=self._separator, strict=True)


def looks_like_header(cells: Sequence[str], known: int) -> bool:
    """Whether the first record names columns: one of its names is known, or none of its cells holds a digit."""
    return known > 0 or not any(letter.isdecimal() for cell in cells for letter in cell)
