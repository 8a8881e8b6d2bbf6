"""The values that a clinic may replace, as a table that is searched by words and read by the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from ptnotes.domain.own_values import ValueRow
from ptnotes.domain.text import fold
from ptnotes.domain.wording import full_date, with_unit
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.tables import Cell, CellDelegate, RowsModel
from ptnotes.ui.widgets.table import plain_table

_HEADS = ("Value", "Shipped", "Ours", "Since", "By")
_ROWS_SHOWN = 9
_ROW_PX = 29


def row_key(row: ValueRow) -> str:
    """The key that a row is about."""
    if row.value is not None:
        return row.value.key
    return row.own.key if row.own is not None else ""


def row_label(row: ValueRow) -> str:
    """What a row is about in words; its key where the program no longer knows the value."""
    return row.value.label if row.value is not None else row_key(row)


def found_rows(rows: Sequence[ValueRow], text: str, *, only_ours: bool) -> tuple[ValueRow, ...]:
    """The rows that hold every word of a text: those whose own words begin with them first, then by their source."""
    words = fold(text).split()
    ranked = []
    for place, row in enumerate(rows):
        rank = _rank(row, words)
        if rank is not None and (row.own is not None or not only_ours):
            ranked.append((rank, place, row))
    return tuple(row for _, _, row in sorted(ranked, key=lambda each: each[:2]))


def _rank(row: ValueRow, words: Sequence[str]) -> int | None:
    label = fold(row_label(row))
    if all(f" {word}" in f" {label}" for word in words):
        return 0
    if all(word in label for word in words):
        return 1
    source = row.value.source if row.value is not None else ""
    entered = f"{row.own.reason} {row.own.by}" if row.own is not None else ""
    whole = f"{label} {fold(source)} {fold(entered)}"
    return 2 if all(word in whole for word in words) else None


class ValuesTable(QWidget):
    """Shows rows (`show_rows`); emits `chosen` with the row that is chosen, None where none is."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[ValueRow, ...] = ()
        self._wanted = ""
        self.model = RowsModel(_HEADS, (1,), self)
        self.view = plain_table("Values that the clinic may replace", self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(CellDelegate(theme, self.view, 0))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        # Queued: while a column is being resized the view still tells its former width.
        self.view.horizontalHeader().sectionResized.connect(self._fit, Qt.ConnectionType.QueuedConnection)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        theme.changed.connect(self._fit)
        self._fit()

    @property
    def row(self) -> ValueRow | None:
        """The row that is chosen."""
        place = self.view.currentIndex().row()
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def show_rows(self, rows: Sequence[ValueRow]) -> None:
        """Show these in place of those before; the one that was chosen stays chosen where it is among them."""
        chosen = row_key(self.row) if self.row is not None else self._wanted
        self._rows = tuple(rows)
        self.model.show_rows([_cells(row) for row in self._rows])
        self._fit()
        place = next((place for place, row in enumerate(self._rows) if row_key(row) == chosen), -1)
        if place >= 0:
            self.view.selectRow(place)
        else:
            # It is chosen again when the search lets it in again.
            self._wanted = chosen
            self.chosen.emit(None)

    def _fit(self) -> None:
        self.view.resizeRowsToContents()
        head = self.view.horizontalHeader().sizeHint().height()
        rows = sum(self.view.rowHeight(row) for row in range(min(self.model.rowCount(), _ROWS_SHOWN)))
        self.view.setFixedHeight(head + min(rows, self._theme.px(_ROW_PX * _ROWS_SHOWN)) + 2)

    def _choose(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._rows[index.row()])


def _cells(row: ValueRow) -> tuple[Cell, ...]:
    unit = row.value.unit if row.value is not None else ""
    shipped = Cell(
        with_unit(row.value.shipped, unit) if row.value is not None else "–", is_quiet=row.own is not None
    )
    if row.own is None:
        return (Cell(row_label(row)), shipped, Cell(""), Cell(""), Cell(""))
    ours = with_unit(row.own.value, unit)
    return (
        Cell(row_label(row), is_strong=True),
        shipped,
        Cell(ours, "accent") if row.fits else Cell(f"{ours}, not used", "warning"),
        Cell(full_date(row.own.since), is_quiet=True),
        Cell(row.own.by, is_quiet=True),
    )
