"""A list of patients that is painted, not built: one model, one painter, no widget for a row.

Finding a patient among a hundred thousand must show each typed letter at once, so a row costs a few strokes of the pen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ptnotes.domain.dates import age_years
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.views import MOST_COUNTED, DraftRow, Home
from ptnotes.domain.wording import day_and_month, full_date
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme

_AnyIndex = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
_ROW_PX = 44
_DETAIL_PX = 16
"""One line below the name, of the row's height."""
_MOST_CUT = 1000
"""Lines whose width is remembered, those of some ten searches."""
_ON_A_LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: a heading, a hint, a patient (then `patient_id`), or a draft (then `session_id` too)."""

    title: str
    detail: str = ""
    patient_id: int | None = None
    session_id: int | None = None
    pill: str = ""
    is_heading: bool = False


def found_rows(found: Sequence[PatientRow], today: date, limit: int) -> tuple[ListRow, ...]:
    """The rows for what a search found, at most `limit`, with a word where there may be more or nothing was found."""
    if not found:
        return (ListRow("No patient matches.", "Ctrl+Shift+N adds a patient"),)
    rows = [_patient_row(row, today) for row in found]
    if len(found) >= limit:
        rows.append(ListRow(f"The first {limit} are shown.", "Type more to narrow them down"))
    return tuple(rows)


def home_rows(home: Home, today: date, most_drafts: int | None = None) -> tuple[ListRow, ...]:
    """The rows of the sidebar while nothing is searched: notes to co-sign, drafts to finish, patients seen last.

    A draft of a day gone is to be signed. Of drafts and notes at most so many are shown.
    """
    rows: list[ListRow] = []
    if home.to_co_sign:
        rows.append(ListRow("TO CO-SIGN", is_heading=True))
        rows += [_visit_row(waiting, "co-sign") for waiting in home.to_co_sign[:most_drafts]]
    if home.drafts:
        rows.append(ListRow("DRAFTS OF THE LAST 30 DAYS", is_heading=True))
        rows += [
            _visit_row(draft, "draft" if draft.service_date >= today else "to sign")
            for draft in home.drafts[:most_drafts]
        ]
        shown = len(home.drafts[:most_drafts])
        if home.draft_count > shown:
            way = f"the latest {shown} are shown" if most_drafts is None else "Ctrl+0 shows them"
            many = "Many" if home.draft_count >= MOST_COUNTED else f"{home.draft_count - shown:,}"
            rows.append(ListRow(f"{many} more drafts", way))
    if home.recent:
        rows.append(ListRow("RECENT", is_heading=True))
        rows += [_patient_row(row, today) for row in home.recent]
    return tuple(rows)


def _visit_row(visit: DraftRow, pill: str) -> ListRow:
    detail = f"visit of {day_and_month(visit.service_date)}"
    return ListRow(visit.patient.name, detail, visit.patient.id, visit.session_id, pill)


def _patient_row(row: PatientRow, today: date) -> ListRow:
    years = age_years(row.birth_date, today)
    detail = f"{years} y · {full_date(row.birth_date)} · MRN {row.mrn}"
    return ListRow(row.name, detail, row.id, pill="archived" if row.archived else "")


class PatientListModel(QAbstractListModel):
    """Rows for `PatientList`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[ListRow] = ()

    def set_rows(self, rows: Sequence[ListRow]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return len(self.rows)

    @override
    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (row.title, row.detail) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.title, row.detail, row.pill) if part)
        return None

    @override
    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        if self.rows[index.row()].patient_id is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _PatientPainter(QStyledItemDelegate):
    """Paints a row: the name over a quiet line, a pill at the right. Where it `wraps`, that line takes several."""

    def __init__(self, theme: Theme, view: QListView, inset: int, *, wraps: bool) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._inset = inset
        self._wraps = wraps
        self._fonts: dict[str, tuple[QFont, QFontMetrics]] = {}
        self._cut: dict[tuple[str, str, int], str] = {}
        """Lines as they fit into a width. A letter more finds many of the same patients, and to measure costs as much
        as to paint.
        """
        theme.changed.connect(self._forget_measured)

    def _forget_measured(self) -> None:
        self._fonts.clear()
        self._cut.clear()

    def _font(self, style: str) -> tuple[QFont, QFontMetrics]:
        if style not in self._fonts:
            font = self._theme.font(style)
            self._fonts[style] = (font, QFontMetrics(font))
        return self._fonts[style]

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        row: ListRow = index.data(ROW_ROLE)
        height = self._theme.px(30 if row.is_heading else _ROW_PX)
        if self._wraps and row.detail:
            row, width = self._as_wrapped(row)
            _font, metrics = self._font("tiny")
            needed = metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAPPED, row.detail).height()
            height += max(needed - self._theme.px(_DETAIL_PX), 0)
        return QSize(100, height)

    def _text_width(self, width: int, pill: str = "") -> int:
        """What a row so wide leaves for its words, beside a pill where it has one."""
        theme = self._theme
        left = width - theme.px(self._inset) - theme.px(12)
        return left - self._pill_width(pill) - theme.px(8) if pill else left

    def _as_wrapped(self, row: ListRow) -> tuple[ListRow, int]:
        """The row as it is painted over several lines, and the width of these, whether or not the list scrolls.

        A pill that leaves too little room for the name stands before the words below it.
        """
        view = self._view
        width = view.width() - 2 * view.frameWidth() - view.verticalScrollBar().sizeHint().width()
        _font, metrics = self._font("body")
        if row.pill and metrics.horizontalAdvance(row.title) > self._text_width(width, row.pill):
            row = replace(row, pill="", detail=f"{row.pill[0].upper()}{row.pill[1:]} · {row.detail}")
        return row, self._text_width(width)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        row: ListRow = index.data(ROW_ROLE)
        theme = self._theme
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        inset = theme.px(self._inset)
        left, width = rect.left() + inset, self._text_width(rect.width(), row.pill)
        if row.is_heading:
            font, metrics = self._font("tiny")
            painter.setFont(font)
            painter.setPen(theme.ink("muted"))
            box = QRect(left, rect.bottom() - metrics.height() - theme.px(3), width, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, row.title)
            painter.restore()
            return
        wrapped_px = 0
        if self._wraps:
            row, wrapped_px = self._as_wrapped(row)
            width = self._text_width(rect.width(), row.pill)
        can_open = row.patient_id is not None
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.ink("selection"))
            painter.fillRect(QRect(rect.left(), rect.top(), theme.px(3), rect.height()), theme.ink("accent"))
        elif state & QStyle.StateFlag.State_MouseOver and can_open:
            painter.fillRect(rect, theme.ink("hover"))
        if state & QStyle.StateFlag.State_HasFocus and can_open:
            painter.setPen(theme.ink("focus"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if row.pill:
            beside = QRect(rect.topLeft(), QSize(rect.width(), theme.px(28))) if self._wraps else rect
            self._paint_pill(painter, beside, row.pill)
        self._paint_line(painter, QRect(left, rect.top() + theme.px(5), width, theme.px(18)), row, "body")
        below = QRect(left, rect.top() + theme.px(23), width, rect.height() - theme.px(_ROW_PX - _DETAIL_PX))
        if self._wraps:
            # It goes on below the pill, so that a narrow list is not twice as long.
            below.setWidth(wrapped_px)
            painter.setFont(self._font("tiny")[0])
            painter.setPen(theme.ink("muted"))
            painter.drawText(below, _WRAPPED, row.detail)
        else:
            self._paint_line(painter, below, row, "tiny")
        painter.restore()

    def _paint_line(self, painter: QPainter, box: QRect, row: ListRow, style: str) -> None:
        font, _metrics = self._font(style)
        is_name = style == "body"
        painter.setFont(font)
        painter.setPen(self._theme.ink("text" if is_name and row.patient_id is not None else "muted"))
        painter.drawText(
            box, _ON_A_LINE, self._fitting(row.title if is_name else row.detail, style, box.width())
        )

    def _fitting(self, text: str, style: str, width: int) -> str:
        """The text, cut with an ellipsis where it is wider than this."""
        key = (text, style, width)
        if key not in self._cut:
            if len(self._cut) >= _MOST_CUT:
                self._cut.clear()
            _font, metrics = self._font(style)
            self._cut[key] = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        return self._cut[key]

    def _pill_width(self, text: str) -> int:
        return self._font("tiny")[1].horizontalAdvance(text) + self._theme.px(14)

    def _paint_pill(self, painter: QPainter, rect: QRect, text: str) -> None:
        theme = self._theme
        font, _metrics = self._font("tiny")
        width, height = self._pill_width(text), theme.px(18)
        box = QRect(rect.right() - theme.px(12) - width, rect.center().y() - height // 2 + 1, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ink("neutral_soft"))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(theme.ink("neutral"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class PatientList(QListView):
    """Shows rows of patients; emits `patient_chosen` with the id at a click or Enter.

    Where it `wraps`, the line below a name is never cut: the row grows as high as its words.
    """

    patient_chosen = Signal(int)
    draft_chosen = Signal(int, int)
    """The patient's id and the session's."""

    def __init__(
        self, theme: Theme, name: str, parent: QWidget | None = None, *, inset: int = 16, wraps: bool = False
    ) -> None:
        super().__init__(parent)
        self._wraps = wraps
        self.rows = PatientListModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_PatientPainter(theme, self, inset, wraps=wraps))
        if wraps:
            self.setResizeMode(QListView.ResizeMode.Adjust)
            theme.changed.connect(self.scheduleDelayedItemsLayout)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    def show_rows(self, rows: Sequence[ListRow], *, select_first: bool = False) -> None:
        """Show these rows, with the first patient selected where asked."""
        # Without a heading all rows are as high as the first, and the other fifty need not be asked.
        self.setUniformItemSizes(not self._wraps and not any(row.is_heading for row in rows))
        self.rows.set_rows(rows)
        if select_first:
            self.move_selection(1)

    def move_selection(self, step: int) -> None:
        """Select the next patient (`step` 1) or the one before (-1), past headings and hints."""
        place = self.currentIndex().row() + step
        while 0 <= place < len(self.rows.rows):
            if self.rows.rows[place].patient_id is not None:
                self.setCurrentIndex(self.rows.index(place))
                return
            place += step

    def mark_patient(self, patient_id: int | None, session_id: int | None = None) -> None:
        """Select the row of this visit without choosing it, else the patient's own; never another visit's of theirs."""
        places = {(row.patient_id, row.session_id): place for place, row in enumerate(self.rows.rows)}
        place = places.get((patient_id, session_id), places.get((patient_id, None)))
        if patient_id is None or place is None:
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentIndex(self.rows.index(place))

    def choose_selected(self) -> None:
        """Choose the patient that is selected, if one is."""
        if self.currentIndex().isValid():
            self._choose(self.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        row = self.rows.rows[index.row()]
        if row.patient_id is None:
            return
        if row.session_id is not None:
            self.draft_chosen.emit(row.patient_id, row.session_id)
        else:
            self.patient_chosen.emit(row.patient_id)
