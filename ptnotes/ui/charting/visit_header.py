"""The line above a visit: which one it is, when and why the patient came, and whether it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.treatment import NoteState, SessionRow, TreatmentSession, VisitKind, VisitStatus
from ptnotes.domain.wording import full_date
from ptnotes.ui.charting.cells import ValueCell, leave_undo_to_screen
from ptnotes.ui.charting.entry import read_time, time_text
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.labels import Label

KIND_WORDS = {
    VisitKind.TREATMENT: "Treatment",
    VisitKind.EVALUATION: "Evaluation",
    VisitKind.RE_EVALUATION: "Re-evaluation",
    VisitKind.DISCHARGE: "Discharge visit",
}
STATUS_WORDS = {
    VisitStatus.SCHEDULED: "planned",
    VisitStatus.ATTENDED: "",
    VisitStatus.CANCELLED: "cancelled",
    VisitStatus.MISSED: "missed",
}
STATE_WORDS = {
    NoteState.DRAFT: "",
    NoteState.DISCARDED: "discarded",
    NoteState.AWAITING_COSIGNATURE: "to co-sign",
    NoteState.SIGNED: "signed",
    NoteState.VOIDED: "voided",
}


class VisitPicker(QWidget):
    """Chooses among the episode's visits, newest first, with a button to the older and the newer one."""

    visit_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ids: list[int] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(1))
        self.older = self._button("Older visit")
        self.newer = self._button("Newer visit")
        self._show_icons()
        theme.changed.connect(self._show_icons)
        self.list = QComboBox(self)
        self.list.setAccessibleName("Visit")
        self.list.setMinimumWidth(theme.px(216))
        self.list.setMaxVisibleItems(16)
        layout.addWidget(self.older)
        layout.addWidget(self.list)
        layout.addWidget(self.newer)
        self.list.activated.connect(self._chosen)
        self.older.clicked.connect(partial(self.step, 1))
        self.newer.clicked.connect(partial(self.step, -1))

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def _show_icons(self) -> None:
        self.older.setIcon(self._theme.icon("chevron-left"))
        self.newer.setIcon(self._theme.icon("chevron-right"))

    def show_visits(self, rows: Sequence[SessionRow], shown: int | None) -> None:
        """Offer these visits, and mark the one on the screen."""
        with QSignalBlocker(self.list):
            self.list.clear()
            self.list.addItems([visit_words(row) for row in rows])
            self._ids = [row.id for row in rows]
            self.list.setCurrentIndex(self._ids.index(shown) if shown in self._ids else -1)
            for place, row in enumerate(rows):
                self.list.setItemData(place, row.summary, Qt.ItemDataRole.ToolTipRole)
                if row.state is NoteState.VOIDED:
                    struck = QFont(self.list.font())
                    struck.setStrikeOut(True)
                    self.list.setItemData(place, struck, Qt.ItemDataRole.FontRole)
        self._enable()

    def step(self, by: int) -> None:
        """Go `by` places down the list: 1 is the next older visit."""
        place = self.list.currentIndex() + by
        if 0 <= place < len(self._ids):
            self.list.setCurrentIndex(place)
            self._chosen(place)

    def _chosen(self, place: int) -> None:
        self._enable()
        self.visit_chosen.emit(self._ids[place])

    def _enable(self) -> None:
        place = self.list.currentIndex()
        self.older.setEnabled(0 <= place < len(self._ids) - 1)
        self.newer.setEnabled(place > 0)


def visit_words(row: SessionRow) -> str:
    """A visit in a line: ``Visit 9 · 2 Nov 2026``."""
    name = (
        f"Visit {row.visit_number}" if row.visit_number is not None else STATUS_WORDS[row.status].capitalize()
    )
    state = STATE_WORDS[row.state] if row.status is VisitStatus.ATTENDED else ""
    return " · ".join(part for part in (name, full_date(row.service_date), state) if part)


class VisitFields(QWidget):
    """Date, kind, and time in and out of the visit on the screen."""

    def __init__(
        self, state: DraftState, today: Callable[[], date], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        self.date = DateField(today, name="Date of the visit", parent=self)
        self.date.setFixedWidth(theme.px(108))
        leave_undo_to_screen(self.date)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Kind of visit")
        self.kind.setMaximumWidth(theme.px(130))
        self.kind.addItems(list(KIND_WORDS.values()))
        self.time_in = self._time_cell("time_in", "Time in", theme)
        self.time_out = self._time_cell("time_out", "Time out", theme)
        self.minutes = Label("", "small", parent=self)
        line.addWidget(self.date)
        line.addWidget(self.kind)
        line.addSpacing(theme.space(2))
        for words, cell in (("In", self.time_in), ("Out", self.time_out)):
            label = Label(words, "small", parent=self)
            label.setBuddy(cell)
            line.addWidget(label)
            line.addWidget(cell)
        line.addWidget(self.minutes)
        self.fault = Label("", "fault", parent=self)
        self.fault.hide()
        self._faults: dict[QWidget, str] = {}
        outer.addLayout(line)
        outer.addWidget(self.fault)
        self.date.date_changed.connect(self._date_changed)
        self.date.problem_changed.connect(partial(self._say, self.date))
        self.kind.activated.connect(self._kind_chosen)
        state.changed.connect(self._show)
        self._show()

    def _time_cell(self, field: str, name: str, theme: Theme) -> ValueCell:
        cell = ValueCell(partial(self._read_time, field), name, boxed=True, right=True, parent=self)
        cell.fix_width(theme.px(56))
        cell.setToolTip("9:30, 0930 or 2:15 pm")
        cell.typed.connect(partial(self._time_typed, field))
        cell.fault_changed.connect(partial(self._say, cell))
        cell.left.connect(self._state.end_step)
        return cell

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [self.date, self.kind, self.time_in, self.time_out]

    def take_now(self, now: datetime) -> str:
        """Write the time `now`, by the clock of the visit's place, as time in or else as time out.

        Gives why that was not done, empty where it was: the visit is of another day, or is not a draft any more.
        """
        session = self._state.session
        if session.state is not NoteState.DRAFT:
            return "This note is signed: its times stay as they are."
        if session.service_date != now.date():
            return "This visit is of another day than the clock: type its times."
        at = now.time().replace(second=0, microsecond=0)
        field = "time_in" if session.time_in is None else "time_out"
        self._time_typed(field, at)
        self._state.end_step()
        return ""

    def _read_time(self, field: str, text: str) -> time | None:
        at = read_time(text, f"visit.{field}")
        changed = replace(self._state.session, **{field: at})  # type: ignore[arg-type]  # a time in or out
        if (changed.total_minutes or 0) < 0:
            raise InputError(Fault("visit.end_before_start", f"visit.{field}"))
        return at

    def _time_typed(self, field: str, at: time | None) -> None:
        session = self._state.session
        changed = replace(session, time_in=at) if field == "time_in" else replace(session, time_out=at)
        self._state.put(changed, ("visit", field))

    def _date_changed(self, day: date | None) -> None:
        if day is None:
            self.date.set_date(self._state.session.service_date)
        else:
            self._state.put(replace(self._state.session, service_date=day))

    def _kind_chosen(self, place: int) -> None:
        self._state.put(replace(self._state.session, kind=list(KIND_WORDS)[place]))

    def _say(self, field: QWidget, fault: str) -> None:
        self._faults[field] = fault
        text = " ".join(text for text in self._faults.values() if text)
        self.fault.setText(text)
        self.fault.setVisible(bool(text))

    def _show(self) -> None:
        session = self._state.session
        if not self.date.hasFocus() or self.date.day != session.service_date:
            self.date.set_date(session.service_date)
        self.kind.setCurrentIndex(list(KIND_WORDS).index(session.kind))
        self.time_in.show_value(time_text(session.time_in), session.time_in)
        self.time_out.show_value(time_text(session.time_out), session.time_out)
        total = session.total_minutes
        self.minutes.setText("" if total is None else f"{total} min")


class SavedLine(Label):
    """Says when the visit was last saved, always on the screen; or why it was not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "small", parent=parent)
        self.setAccessibleDescription("When this visit was last saved")
        self._is_short = False

    def shorten(self, *, is_short: bool) -> None:
        """Say the time of the last save alone, where there is little room."""
        words, short = ("✓ Saved ", "✓ ") if is_short else ("✓ ", "✓ Saved ")
        if is_short is not self._is_short:
            self._is_short = is_short
            self.setText(self.text().replace(words, short, 1))

    def show_saved(self, session: TreatmentSession) -> None:
        """Say the time of the last save, in the visit's zone."""
        self.set_kind("small")
        saved = "✓ " if self._is_short else "✓ Saved "
        self.setText(f"{saved}{clock_text(session.saved_at, session.zone)}" if session.saved_at else "")

    def show_saving(self) -> None:
        """Say that a change is on its way to the file."""
        self.set_kind("small")
        self.setText("Saving …")

    def show_problem(self) -> None:
        """Say that the last save failed; why stands in the notice."""
        self.set_kind("fault")
        self.setText("Not saved")


def clock_text(at: datetime, zone: str) -> str:
    """An instant as the clock on the wall shows it: ``10:42:07``."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M:%S}"


class Notice(QFrame):
    """A sentence across the screen with up to two buttons: what happened, what was kept, what to do next."""

    first_chosen = Signal()
    second_chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "notice")
        self.setProperty("tone", "danger")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.space(5), theme.space(3), theme.space(3), theme.space(3))
        self.text = Label("", wraps=True, parent=self)
        self.first = QPushButton(self)
        self.second = QPushButton(self)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.first)
        layout.addWidget(self.second)
        self.first.clicked.connect(self.first_chosen)
        self.second.clicked.connect(self.second_chosen)
        self.hide()

    def say(self, text: str, first: str = "", second: str = "") -> None:
        """Show a sentence and the ways to go on; an empty one hides the notice."""
        self.text.setText(text)
        self.setAccessibleName(text)
        for button, words in ((self.first, first), (self.second, second)):
            button.setText(words)
            button.setVisible(bool(words))
        self.setVisible(bool(text))
