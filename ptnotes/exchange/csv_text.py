"""CSV as RFC 4180 has it, in UTF-8 with a mark, whose text no spreadsheet takes for a formula; and read back the same.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break, full-width forms included
(OWASP, "CSV injection"). Such a text gets an apostrophe before it, and so does one that begins with an apostrophe
itself: reading back takes exactly one away. Numbers, dates and the like are never touched.
"""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""The byte order mark, by which a spreadsheet knows UTF-8."""
GUARD = "'"
_RUN = frozenset("=+-@\t\r\n＝＋－＠")


def guarded(text: str) -> str:
    """The text as a cell that is shown and never run."""
    start = text[:1]
    if _is_unseen(start):
        start = next((letter for letter in text if not _is_unseen(letter)), "")
    return GUARD + text if start in _RUN or text.startswith(GUARD) else text


def _is_unseen(letter: str) -> bool:
    """Whether a spreadsheet may pass over a letter before it looks for a formula: blanks, and letters without width."""
    return letter not in _RUN and (letter.isspace() or unicodedata.category(letter or "a") == "Cf")


def unguarded(cell: str) -> str:
    """The text that `guarded` made the cell from."""
    return cell.removeprefix(GUARD)


def cell(value: Any) -> str:
    """A value as it stands in a file: text guarded, all else plain; what is not recorded is empty.

    Instants are in UTC, truth is ``true`` or ``false``, bytes are hexadecimal digits, several ids have single spaces
    between them, and strokes of a pen are points ``x,y`` with spaces between, strokes with ``;`` between.
    """
    match value:
        case None:
            return ""
        case str():
            return guarded(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        case date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case tuple():
            return guarded(_several(value))
    raise TypeError(f"no form in CSV for {type(value).__name__}")


def _several(values: tuple[Any, ...]) -> str:
    if values and not isinstance(values[0], str):
        return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in values)
    return " ".join(values)


def write_csv(target: BinaryIO, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write heads and rows to `target` one by one, and give how many rows there were. `target` stays open."""
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=False)
    count = 0
    try:
        text.write(MARK)
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(heads)
        for row in rows:
            writer.writerow([cell(value) for value in row])
            count += 1
        text.flush()
    finally:
        text.detach()
    return count


def read_csv(source: BinaryIO) -> Iterator[dict[str, str]]:
    """The rows of a file that `write_csv` wrote, each by its heads, with every text as it was. `source` stays open."""
    text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    before = csv.field_size_limit(sys.maxsize)
    try:
        lines = csv.reader(text, strict=True)
        heads = next(lines, [])
        for line in lines:
            yield dict(zip(heads, map(unguarded, line), strict=True))
    finally:
        csv.field_size_limit(before)
        text.detach()
