"""Basics of a table: a row of quiet column heads over a grid, with numbers at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QGridLayout, QHeaderView, QTableView, QWidget

from ptnotes.ui.widgets.labels import Label, Rule


def plain_table(name: str, parent: QWidget | None = None) -> QTableView:
    """A table view without grid or row heads whose rows are selected whole; `name` is its accessible name."""
    view = QTableView(parent)
    view.setAccessibleName(name)
    view.setShowGrid(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.verticalHeader().hide()
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    view.horizontalHeader().setHighlightSections(False)
    view.setTabKeyNavigation(False)
    return view


class GridTable(QWidget):
    """A short table of values to look at; the columns in `numeric` stand at the right."""

    def __init__(
        self, heads: Sequence[str], *, numeric: Sequence[int] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._heads = tuple(heads)
        self._numeric = frozenset(numeric)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)

    def set_heads(self, heads: Sequence[str]) -> None:
        """Have these heads, as many as there are columns, from the next rows on."""
        self._heads = tuple(heads)

    def show_rows(self, rows: Sequence[Sequence[str | QWidget]]) -> None:
        """Show these rows in place of the ones before. A cell is a text or a widget, which the table then owns."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        line = 0
        if any(self._heads):
            for column, head in enumerate(self._heads):
                self._put(Label(head, "caption"), line, column)
            line = 1
        for cells in rows:
            if line:
                self._grid.addWidget(Rule(), line, 0, 1, len(self._heads))
                line += 1
            for column, cell in enumerate(cells):
                self._put(Label(cell) if isinstance(cell, str) else cell, line, column)
            line += 1

    def _put(self, widget: QWidget, line: int, column: int) -> None:
        if isinstance(widget, Label) and widget.wordWrap():
            # With an alignment a layout gives a label its narrow width and the height of one line.
            self._grid.addWidget(widget, line, column)
            return
        side = Qt.AlignmentFlag.AlignRight if column in self._numeric else Qt.AlignmentFlag.AlignLeft
        self._grid.addWidget(widget, line, column, side | Qt.AlignmentFlag.AlignVCenter)
