"""A short form for an adverse event: what happened, when, and what was done about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.contraindication import AdverseEvent
from ptnotes.services.opening import OpenClinic
from ptnotes.services.screening import report_event
from ptnotes.ui.keys import SHEET
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.labels import FaultLabel, Label


class EventForm(QFrame):
    """Hidden until `start`. `reported` carries the event once it is stored."""

    reported = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._today = clinic.today
        self._episode_id = 0
        self._after_session: int | None = None
        self.setProperty("type", "notice")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.space(5), theme.space(3), theme.space(4), theme.space(3))
        outer.setSpacing(theme.space(2))
        outer.addWidget(Label("Adverse event", "strong", parent=self))
        line = QHBoxLayout()
        line.setSpacing(theme.space(3))
        self.what = QLineEdit(self)
        self.what.setPlaceholderText("What happened")
        self.what.setAccessibleName("What happened")
        self.on = DateField(clinic.today, name="Day on which it happened", parent=self)
        self.on.setMaximumWidth(theme.px(120))
        line.addWidget(self.what, 1)
        line.addWidget(self.on)
        outer.addLayout(line)
        second = QHBoxLayout()
        second.setSpacing(theme.space(3))
        self.action = QLineEdit(self)
        self.action.setPlaceholderText("What was done about it, who was told")
        self.action.setAccessibleName("What was done about it")
        self.record = QPushButton("Record", self)
        self.record.setProperty("type", "primary")
        self.cancel = QPushButton("Cancel", self)
        second.addWidget(self.action, 1)
        second.addWidget(self.record)
        second.addWidget(self.cancel)
        outer.addLayout(second)
        self.fault = FaultLabel(self)
        outer.addWidget(self.fault)
        self.record.clicked.connect(self._report)
        for field in (self.what, self.action):
            field.returnPressed.connect(self._report)
        self.cancel.clicked.connect(self.close_form)
        self.hide()

    def start(self, episode_id: int, after_session: int | None = None) -> None:
        """Ask about an event of this episode; what was typed before stays."""
        self._episode_id, self._after_session = episode_id, after_session
        if self.on.day is None:
            self.on.set_date(self._today())
        self.fault.say("")
        self.show()
        self.what.setFocus()

    def close_form(self) -> None:
        """Go away, and forget what was typed."""
        self.what.clear()
        self.action.clear()
        self.on.set_date(None)
        self.hide()

    @property
    def is_begun(self) -> bool:
        """Whether something is typed that is not stored."""
        return not self.isHidden() and bool(self.what.text().strip() or self.action.text().strip())

    def _report(self) -> None:
        if not self.on.read_text() or self.on.day is None:
            self.fault.say(self.on.problem or "A date is needed.")
            return
        event = AdverseEvent(
            episode_id=self._episode_id,
            after_session=self._after_session,
            happened_on=self.on.day,
            what=self.what.text(),
            action=self.action.text(),
        )
        job = partial(report_event, self._clinic, event)
        typed = self._typed()
        self._tasks.write_in_turn(self, job, partial(self._stored, typed), self._failed)

    def _typed(self) -> tuple[object, ...]:
        return self._episode_id, self.what.text(), self.on.text(), self.action.text()

    def _stored(self, typed: tuple[object, ...], event: AdverseEvent) -> None:
        if typed == self._typed():
            self.close_form()
        self.reported.emit(event)

    def _failed(self, error: Exception) -> None:
        self.fault.say(sentence_for(error))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self.close_form()
            return
        super().keyPressEvent(event)
