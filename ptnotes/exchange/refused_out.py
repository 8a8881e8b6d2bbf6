"""The rows of an import that were not taken over, written back with the reasons: to be mended and read again."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from ptnotes.domain.importing import ImportMap
from ptnotes.exchange.column_guess import REASON_HEAD
from ptnotes.exchange.csv_in import UNREADABLE
from ptnotes.exchange.csv_text import MARK, guarded, unguarded


class RefusedRows:
    """Writes rows as CSV that no spreadsheet runs, the reasons in the last column. The file stays open."""

    def __init__(self, target: BinaryIO, columns: ImportMap) -> None:
        self._is_guarded = columns.is_guarded
        self._width = len(columns.header)
        header = columns.header
        self._had_reasons = header[-1:] == (REASON_HEAD,)
        if self._had_reasons:
            self._width -= 1
            header = header[:-1]
        self._text = io.TextIOWrapper(target, encoding="utf-8", newline="")
        self._text.write(MARK)
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._writer.writerow([guarded(name) for name in (*header, REASON_HEAD)])
        self.count = 0

    def write(self, cells: Sequence[str], reasons: Sequence[str]) -> None:
        """Write one row. What could not be read as letters is written as the sign for that."""
        own = [unguarded(cell) for cell in cells] if self._is_guarded else list(cells)
        if self._had_reasons:
            own = own[: self._width]
        own += [""] * (self._width - len(own))
        readable = [cell.replace(UNREADABLE, "\N{REPLACEMENT CHARACTER}") for cell in own]
        self._writer.writerow([guarded(cell) for cell in (*readable, " ".join(reasons))])
        self.count += 1

    def finish(self) -> None:
        """Write out what is left, and let the file go without closing it."""
        self._text.flush()
        self._text.detach()
