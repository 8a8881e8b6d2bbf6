"""The two tables of the overview: what changed since the first visit, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ptnotes.clinical import Reference
from ptnotes.domain.views import ChangeRow, TreatedRow
from ptnotes.domain.wording import full_date, threshold_words, verdict_phrase, verdict_tag, with_unit
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.chart_grid import verdict_tone
from ptnotes.ui.trends.readout import place_words
from ptnotes.ui.widgets.figure_view import text_width
from ptnotes.ui.widgets.labels import Label, Tone
from ptnotes.ui.widgets.table import plain_table

_Index = QModelIndex | QPersistentModelIndex
_TONE = int(Qt.ItemDataRole.UserRole)
_NO_INDEX = QModelIndex()


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in a table; `tone` makes it a pill, `kind` names another style of the type scale, `hint` says more."""

    text: str
    tone: Tone | None = None
    is_strong: bool = False
    is_quiet: bool = False
    hint: str = ""


class RowsModel(QAbstractTableModel):
    """Rows of cells under `heads`; the columns in `numeric` stand at the right."""

    def __init__(self, heads: Sequence[str], numeric: Sequence[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heads = tuple(heads)
        self._numeric = frozenset(numeric)
        self._rows: tuple[tuple[Cell, ...], ...] = ()

    def show_rows(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        """Show these rows in place of those before."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def cell(self, row: int, column: int) -> Cell:
        """What stands there."""
        return self._rows[row][column]

    @override
    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._heads)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = self._rows[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return cell.hint or None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(index.column())
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._numeric else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


class CellDelegate(QStyledItemDelegate):
    """Paints a cell in its style, with a thin line under each row. Words in the column `wraps` go on in a new line."""

    def __init__(self, theme: Theme, view: QTableView, wraps: int) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._wraps = wraps

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        if not isinstance(model, RowsModel):
            super().paint(painter, option, index)
            return
        theme, cell, box = self._theme, model.cell(index.row(), index.column()), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.ink("selection"))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), theme.ink("border"))
        inner = box.adjusted(theme.px(6), 0, -theme.px(6), 0)
        side = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole))
        if cell.tone is not None:
            tall = theme.px(18)
            wide = min(text_width(cell.text, theme.px(11), "medium") + theme.px(14), inner.width())
            inner = QRectF(inner.left(), box.center().y() - tall / 2, wide, tall)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink(f"{cell.tone}_soft"))
            painter.drawRoundedRect(inner, tall / 2, tall / 2)
            side = Qt.AlignmentFlag.AlignCenter
        painter.setFont(theme.font("tiny" if cell.tone else "strong" if cell.is_strong else "body"))
        painter.setPen(theme.ink(cell.tone or ("muted" if cell.is_quiet else "text")))
        if index.column() == self._wraps:
            painter.drawText(inner.adjusted(0, 0, 2, 0), side | Qt.TextFlag.TextWordWrap, cell.text)
        else:
            room = int(inner.width()) + 2
            text = painter.fontMetrics().elidedText(cell.text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(inner, side, text)
        painter.restore()

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        model, column = index.model(), index.column()
        if not isinstance(model, RowsModel):
            return super().sizeHint(option, index)
        # Asked of the model itself: by way of Qt each text is handed over twice.
        cell = model.cell(index.row(), column)
        if cell.tone is not None:
            wide = text_width(cell.text, self._theme.px(11), "medium") + self._theme.px(28)
        else:
            wide = text_width(cell.text, self._theme.px(13), "semibold") + self._theme.px(12)
        more = self._height_of_more_lines(cell.text, wide) if column == self._wraps else 0
        return QSize(round(wide) + 1, self._theme.px(29) + more)

    def _height_of_more_lines(self, text: str, wide: float) -> int:
        """What the words need beyond one line; `wide` is at least what they and the edges take in one."""
        if wide <= (column := self._view.columnWidth(self._wraps)):
            return 0
        metrics = QFontMetrics(self._theme.font("body"))
        room = QRect(0, 0, column - self._theme.px(12) + 2, 1000)
        lines = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height()
        return max(lines - metrics.height(), 0)


class HintTable(QWidget):
    """A table as tall as its rows, with a line below it that says more about the row pointed at or chosen."""

    def __init__(
        self,
        name: str,
        heads: Sequence[str],
        numeric: Sequence[int],
        stretch: int,
        theme: Theme,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model = RowsModel(heads, numeric, self)
        self.view = plain_table(name, self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(CellDelegate(theme, self.view, stretch))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMouseTracking(True)
        self.view.horizontalHeader().setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self._stretch = stretch
        self._fits = False
        # Queued: while a column is being resized the view still tells its former width.
        self.view.horizontalHeader().sectionResized.connect(self._resized)
        self.more = Label("", "small", wraps=True, parent=self)
        self.more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.view)
        layout.addWidget(self.more)
        self.view.entered.connect(self._tell)
        self.view.selectionModel().currentChanged.connect(self._tell)
        theme.changed.connect(self._fit)
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def fill(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        """Show these rows."""
        self.model.show_rows(rows)
        self.more.hide()
        self._fit()

    def _resized(self, column: int) -> None:
        # Only the column whose words wrap makes rows higher, and several columns change at a time.
        if column == self._stretch and self._fits:
            self._fits = False
            QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """Make rows as high as their words, and the table as high as its rows."""
        self._fits = True
        delegate, option = self.view.itemDelegate(), QStyleOptionViewItem()
        tall = self.view.horizontalHeader().sizeHint().height() + 2
        for row in range(self.model.rowCount()):
            high = delegate.sizeHint(option, self.model.index(row, self._stretch)).height()
            self.view.setRowHeight(row, high)
            tall += high
        self.view.setFixedHeight(tall)

    def _tell(self, index: QModelIndex, _before: QModelIndex = _NO_INDEX) -> None:
        hint = self.model.cell(index.row(), 0).hint if index.isValid() else ""
        self.more.setText(hint)
        self.more.setVisible(bool(hint))


class ChangeTable(HintTable):
    """First and latest value of each measure, and what the change amounts to. A row says its threshold and source."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            "Change since the first visit", ("", "First", "Now", "Change"), (1, 2), 0, theme, parent
        )

    def show_changes(self, changes: Sequence[ChangeRow]) -> None:
        """Show `changes`."""
        self.fill([_change_cells(change) for change in changes])


class TreatedTable(HintTable):
    """Techniques by place with grades, dose and number of visits, the most frequent first."""

    def __init__(self, reference: Reference, theme: Theme, parent: QWidget | None = None) -> None:
        heads = ("Place", "Technique", "Grade", "Dose", "Visits", "Last")
        super().__init__("What was done", heads, (4,), 1, theme, parent)
        self._reference = reference

    def show_treated(self, treated: Sequence[TreatedRow]) -> None:
        """Show `treated`."""
        self.fill([self._cells(row) for row in treated])

    def _cells(self, row: TreatedRow) -> tuple[Cell, ...]:
        technique = self._reference.techniques[row.technique].label
        places = ", ".join(place_words(self._reference, target, row.side) for target in row.targets)
        known = self._reference.responses
        responses = ", ".join(known[response].label for response in row.responses if response in known)
        hint = f"{places} · {technique}. Responses: {responses}." if responses else f"{places} · {technique}."
        return (
            Cell(places, is_strong=True, hint=hint),
            Cell(technique, hint=hint),
            Cell(" → ".join(row.grades)),
            Cell(row.dose),
            Cell(str(row.sessions)),
            Cell(full_date(row.last_on) if row.last_on is not None else "", is_quiet=True),
        )


def _change_cells(change: ChangeRow) -> tuple[Cell, ...]:
    first = with_unit(change.first, change.unit) if change.first is not None else "–"
    latest = with_unit(change.latest, change.unit) if change.latest is not None else "–"
    if change.verdict is None:
        return (
            Cell(change.label),
            Cell(first, is_quiet=True),
            Cell(latest, is_strong=True),
            Cell("one reading", is_quiet=True),
        )
    judged = verdict_phrase(change.verdict, change.unit)
    hint = f"{change.label}: {judged}. {threshold_words(change.verdict, change.unit)}"
    return (
        Cell(change.label, hint=hint),
        Cell(first, is_quiet=True, hint=hint),
        Cell(latest, is_strong=True, hint=hint),
        Cell(verdict_tag(change.verdict), verdict_tone(change.verdict), hint=hint),
    )
