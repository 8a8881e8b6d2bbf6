"""The gaps in the rows of a table, told to programs that find the order of a text by where its words stand.

Poppler's `pdftotext` and PDFMiner take words that stand far from each other for parts of two columns, and read a table
column by column where its columns are not all alike. Blanks that fill a gap (`fonts.double_blank`) keep the cells of a
row together. Where the words of a cell were broken into lines, a blank as wide as the table stands between its row and
the next, so that each cell is read whole and the rows in order. Those who hear the document are told of none: what is
drawn between cells is an artifact.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from reportlab.lib.rl_accel import fp_str

from ptnotes.reports import fonts

_LEAST_PT = 2.0
"""What stands nearer to each other is read as one line by itself."""
_FREE_PT = 1.5
"""Left free on both sides of a blank, so that it does not become part of a word: less than 0.3 of a letter's height."""
_LETTER = 0.5
"""Width of a letter in heights: a gap is told as so many blanks as it has room for."""
_FINE_PT = 2.0
"""Height of the blank between two rows, of which no word beside it can be taken for a part."""
_WIDE_PT = 400.0
"""A table that is less wide stands beside another one, whose rows a blank between its own would take out of order."""


class RowGaps:
    """Draws the gaps in the rows of one table, whose cells stand at the top of their row, as its cells are drawn."""

    def __init__(self) -> None:
        self._ends: list[float] | None = None
        """Where each line of the row ends so far; None where the words of a cell were broken into lines."""
        self._row = 0
        self._top = 0.0
        self._blank: tuple[str, str] | None = None
        """The font and the code of a blank in the document that the table is drawn in."""

    def start_row(self, table: Any, row: int) -> None:
        """Begin a row, all of whose cells know their lines."""
        self._row = row
        counts = [_typed_lines(value) for value in table._cellvalues[row] if value]
        self._ends = [table._colpositions[0]] * max(counts) if counts and all(counts) else None

    def before_cell(self, canvas: Any, value: Any, style: Any, left: float, width: float, top: float) -> None:
        """Draw what parts each line of the cell from what is before it; the cell begins at `left`, its row at `top`."""
        if self._ends is None:
            return
        self._top = top - style.topPadding - style.fontsize
        for number, wide in enumerate(_line_widths(value, style)):
            x = left + style.leftPadding
            if style.alignment == "RIGHT":
                x = left + width - style.rightPadding - wide
            self._draw(canvas, self._ends[number], x, self._top - number * style.leading, style.fontsize)
            self._ends[number] = x + wide

    def end_row(self, table: Any) -> None:
        """Draw what parts the row from the next one."""
        left, right = table._colpositions[0], table._colpositions[-1]
        if self._ends is None:
            if right - left >= _WIDE_PT:
                self._draw(table.canv, left, right, table._rowpositions[self._row + 1], _FINE_PT)
            return
        style = table._cellStyles[self._row][0]
        for number, end in enumerate(self._ends):
            self._draw(table.canv, end, right + _FREE_PT, self._top - number * style.leading, style.fontsize)

    def _draw(self, canvas: Any, left: float, right: float, base: float, size: float) -> None:
        """Draw a blank from `left` to `right`, less what is left free; nothing where there is no gap to speak of."""
        room = right - left - 2 * _FREE_PT
        if room < _LEAST_PT:
            return
        if self._blank is None:
            (self._blank,) = fonts.encoded(canvas, fonts.double_blank(), fonts.REGULAR)
        font, code = self._blank
        # Of the blank between two rows one says enough.
        count = max(round(room / (2 * size * _LETTER)), 1) if size > _FINE_PT else 1
        stretched = 100 * room / (count * size * _blank_width())
        placed = fp_str(left + _FREE_PT, base)
        canvas._code.append(
            f"q BT {font} {fp_str(size)} Tf {fp_str(stretched)} Tz {placed} Td ({code * count}) Tj ET Q"
        )


@cache
def _blank_width() -> float:
    """Width of a blank in heights."""
    return fonts.width(fonts.double_blank(), fonts.REGULAR, 1.0)


def _typed_lines(value: Any) -> int:
    """How many lines the words of a cell take as they were typed; 0 where they were broken into lines."""
    if isinstance(value, str):
        return value.count("\n") + 1
    (block,) = value if isinstance(value, tuple) else (value,)
    return int(block.typed_lines)


def _line_widths(value: Any, style: Any) -> Sequence[float]:
    """The width of each line of a cell in points."""
    if isinstance(value, str):
        return [fonts.width(line, style.fontname, style.fontsize) for line in value.split("\n")]
    (block,) = value if isinstance(value, tuple) else (value,)
    return list(block.line_widths())
