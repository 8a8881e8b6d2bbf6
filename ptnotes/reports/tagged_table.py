"""A table that tells which cell is which to those who hear it: rows, headings with what they head, and plain cells.

Over pages it stays one table: its headings are told once, and a row that is broken goes on in the same cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from reportlab.platypus import Flowable, PageBreak, Table

from ptnotes.reports.fonts import width
from ptnotes.reports.row_gaps import RowGaps
from ptnotes.reports.tags import Element, Scope, Tags, tags_of
from ptnotes.reports.text_block import TextBlock, write_plain

_FEW_ROWS = 2
# Rounding must not cost a row that was measured to fit.
_SLACK_PT = 1e-3


class TaggedTable(Table):  # type: ignore[misc]  # ReportLab has no types
    """ReportLab's table, whose parts know whether they begin in the middle of a row. Its tags are its `renderCB`.

    No row stands alone on the page after a break.
    """

    begins_within_a_row = False

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803 - its names
        """What fits into `availHeight`, and the rest for the next page, be there room on this one for a part of it."""
        parts: list[Flowable] = super().split(availWidth, availHeight)
        return [parts[0], PageBreak(), *parts[1:]] if len(parts) == 2 else parts

    def _splitRows(self, availHeight: float, doInRowSplit: int = 0) -> list[Flowable]:  # noqa: N803 - its names
        parts: list[Flowable] = super()._splitRows(availHeight, doInRowSplit)
        if len(parts) == 2 and not doInRowSplit:
            above, below = (part._nrows - self.repeatRows for part in parts)
            if below == 1 and above > _FEW_ROWS:
                # The last row takes the one above it along.
                room = sum(self._rowHeights[: parts[0]._nrows - 1])
                parts = super()._splitRows(room + _SLACK_PT, doInRowSplit)
        if len(parts) == 2:
            parts[0].begins_within_a_row = self.begins_within_a_row
            parts[1].begins_within_a_row = bool(doInRowSplit)
        return parts

    def _drawCell(
        self, cellval: Any, cellstyle: Any, pos: tuple[float, float], size: tuple[float, float]
    ) -> None:
        """Draw a cell; lines of plain text that stand at the top of their row, in a fifth of the library's time."""
        is_usual = cellstyle.valign == "TOP" and cellstyle.alignment in {"LEFT", "RIGHT"}
        if not is_usual or not isinstance(cellval, str):
            super()._drawCell(cellval, cellstyle, pos, size)
            return
        font, height = cellstyle.fontname, cellstyle.fontsize
        y = pos[1] + size[1] - cellstyle.topPadding - height
        for line in cellval.split("\n") if cellval else ():
            x = pos[0] + cellstyle.leftPadding
            if cellstyle.alignment == "RIGHT":
                x = pos[0] + size[0] - cellstyle.rightPadding - width(line, font, height)
            write_plain(self.canv, x, y, line, font, height, cellstyle.color)
            y -= cellstyle.leading


class TableTags:
    """Tags a table while ReportLab draws it, which calls this at each step; the parts of a broken table share it.

    `heads` tells what heading cells head: each column, by the rows that are repeated on every page, or each row, by its
    first cell, or "Both". An empty cell heads nothing. `spans` gives of cells, by row and column, over how many columns
    and rows they go; the cells that they cover are empty, and not told. `gaps` are drawn between what is told.
    """

    def __init__(
        self,
        heads: Scope | Literal["Both"] = "Column",
        spans: Mapping[tuple[int, int], tuple[int, int]] = MappingProxyType({}),
        gaps: RowGaps | None = None,
    ) -> None:
        self._heads = heads
        self._spans = spans
        self._covered = {
            (row + below, column + beside)
            for (row, column), (wide, tall) in spans.items()
            for below in range(tall)
            for beside in range(wide)
            if below or beside
        }
        self._table = Element("Table")
        self._cells: list[Element] | None = None
        """Those of the row that was begun last; None while headings are repeated, which were told before."""
        self._broken: list[Element] = []
        """Those of the last row that is no repeated heading, which goes on where a part begins within it."""
        self._are_headings_told = False
        self._is_open = False
        self._gaps = gaps

    def __call__(self, table: TaggedTable, step: str, *told: Any) -> None:
        """Take a `step` from ReportLab; `told` is the row, then the column, the value, the style, the place and the
        size of the cell that it is at.
        """
        tags = tags_of(table.canv)
        if tags is None:
            return
        match step:
            case "startTable":
                tags.enter(self._table)
            case "startRow":
                self._start_row(table, told[0])
                if self._gaps is not None:
                    self._gaps.start_row(table, told[0])
            case "startCell":
                _, column, value, style, (left, bottom), (width, height) = told
                if self._gaps is not None and value:
                    self._gaps.before_cell(table.canv, value, style, left, width, bottom + height)
                self._start_cell(tags, column, value)
            case "endCell" if self._cells is None:
                tags.unmute()
            case "endCell" if self._is_open:
                tags.close()
                self._is_open = False
            case "endRow" if self._gaps is not None:
                self._gaps.end_row(table)
            case "endTable":
                tags.leave()
                self._are_headings_told = True

    def _start_row(self, table: TaggedTable, row: int) -> None:
        is_heading = row < table.repeatRows
        if is_heading and self._are_headings_told:
            self._cells = None
            return
        if row == table.repeatRows and table.begins_within_a_row:
            self._cells = self._broken
            return
        line = self._table.add(Element("TR"))
        self._cells = self._broken = []
        for column, value in enumerate(table._cellvalues[row]):
            heads_row = not is_heading and self._heads != "Column" and column == 0
            scope: Scope | None = "Row" if heads_row else "Column" if is_heading else None
            cell = self._cell(value, scope)
            # What is covered has no element in the tree, so that cells keep their places here.
            if is_heading:
                cell.span = self._spans.get((row, column), (1, 1))
            if not is_heading or (row, column) not in self._covered:
                line.add(cell)
            self._cells.append(cell)

    def _start_cell(self, tags: Tags, column: int, value: Any) -> None:
        if self._cells is None:
            tags.mute()
        elif value:
            self._is_open = tags.open(self._cells[column])

    def _cell(self, value: Any, scope: Scope | None) -> Element:
        # A cell that is one text is read as the text is.
        (only,) = value if isinstance(value, tuple) and len(value) == 1 else (value,)
        actual = only.element.actual if isinstance(only, TextBlock) else ""
        if value and scope is not None:
            return Element("TH", scope=scope, actual=actual)
        return Element("TD", actual=actual)
