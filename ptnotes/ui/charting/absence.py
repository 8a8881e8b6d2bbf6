"""Records a planned visit that did not take place: a line above the visit, not a dialog in its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.errors import InputError
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import VisitStatus
from ptnotes.ui.keys import SHEET
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.phrases.expander import mark_narrative
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.labels import Label

_KINDS = (("Cancelled", VisitStatus.CANCELLED), ("Missed", VisitStatus.MISSED))


class AbsencePanel(QFrame):
    """Date, cancelled or missed, and why; `recorded` carries the three."""

    recorded = Signal(object, object, str)

    def __init__(self, today: Callable[[], date], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.setProperty("type", "notice")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.space(5), theme.space(3), theme.space(3), theme.space(3))
        line = QHBoxLayout()
        line.setSpacing(theme.space(3))
        self.date = DateField(today, name="Date of the visit that did not take place", parent=self)
        self.date.setFixedWidth(theme.px(112))
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("What became of the visit")
        for words, status in _KINDS:
            self.kind.addItem(words, status)
        self.reason = QLineEdit(self)
        self.reason.setAccessibleName("Why")
        self.reason.setPlaceholderText("why, in a few words")
        mark_narrative(self.reason)
        self.record = QPushButton("Record", self)
        self.record.setProperty("type", "primary")
        self.cancel = QPushButton("Close", self)
        line.addWidget(Label("A visit that did not take place", "strong", parent=self))
        for widget in (self.date, self.kind, self.reason, self.record, self.cancel):
            line.addWidget(widget, 1 if widget is self.reason else 0)
        self.fault = Label("", "fault", wraps=True, parent=self)
        self.fault.hide()
        outer.addLayout(line)
        outer.addWidget(self.fault)
        self.reason.returnPressed.connect(self._record)
        self.record.clicked.connect(self._record)
        self.cancel.clicked.connect(self.hide)
        self.hide()

    def start(self) -> None:
        """Show an empty line for today."""
        self.date.set_date(self._today())
        self.reason.clear()
        self._say("")
        self.show()
        self.reason.setFocus()

    def _record(self) -> None:
        if not self.date.read_text() or self.date.day is None:
            self._say(self.date.problem or "A date is needed.")
            return
        try:
            reason = clean_line(self.reason.text(), "visit.status_reason", required=True)
        except InputError as error:
            self._say(sentence_for(error))
            self.reason.setFocus()
            return
        self.hide()
        self.recorded.emit(self.date.day, _KINDS[self.kind.currentIndex()][1], reason)

    def _say(self, fault: str) -> None:
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self.hide()
            return
        super().keyPressEvent(event)
