"""Says what became of a goal: met, dropped, revised or active again, with the reason; opened below the goal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.episode import Goal
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.goals import dropped, met, resumed, revised
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import LINE_LIMIT, clean_line, typed_number
from ptnotes.domain.wording import number
from ptnotes.ui.keys import SHEET
from ptnotes.ui.messages import faults_by_field
from ptnotes.ui.override import override
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import KeyHint, Label


class GoalDeed(StrEnum):
    """What can be done with a goal. The values are the ids of its keys."""

    MET = "met"
    REVISE = "revise"
    DROP = "drop"
    RESUME = "resume"


_TITLES = {
    GoalDeed.MET: ("Met", "The goal is met", "A note beside it, if you like"),
    GoalDeed.REVISE: ("Revise", "Revise the goal", "Why it is revised"),
    GoalDeed.DROP: ("Drop", "Drop the goal", "Why it is dropped"),
    GoalDeed.RESUME: ("Active again", "Take the goal up again", "A note beside it, if you like"),
}


class GoalChangeForm(QWidget):
    """Takes the reason, and of a revision the new target and date. Emits `decided` with the changed goal."""

    decided = Signal(object)
    left = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._goal: Goal | None = None
        self.deed = GoalDeed.MET
        self.title = Label("", "caption")
        self.target = QLineEdit()
        self.due = DateField(today, future=True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LINE_LIMIT * 20)
        self.target_field = FieldWithFault("New target", self.target)
        self.due_field = FieldWithFault("By", self.due)
        self.reason_field = FieldWithFault("Reason", self.reason)
        self.take = QPushButton()
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("type", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        numbers = QHBoxLayout()
        numbers.setSpacing(12)
        numbers.addWidget(self.target_field, 1, Qt.AlignmentFlag.AlignTop)
        numbers.addWidget(self.due_field, 1, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(numbers)
        layout.addWidget(self.reason_field)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(KeyHint("Enter"))
        foot.addWidget(self.take)
        foot.addWidget(KeyHint("Esc"))
        foot.addWidget(self.cancel)
        layout.addLayout(foot)
        self.take.clicked.connect(self._decide)
        self.cancel.clicked.connect(self.left)
        for line in (self.target, self.reason):
            line.returnPressed.connect(self._decide)
        self.due.problem_changed.connect(self.due_field.set_fault)
        self.hide()

    def ask(self, goal: Goal, deed: GoalDeed) -> None:
        """Show the form for this deed with `goal`, and wait for it."""
        self._goal, self.deed = goal, deed
        button, title, hint = _TITLES[deed]
        self.title.setText(title)
        self.take.setText(button)
        self.reason.setPlaceholderText(hint)
        self.reason.setAccessibleDescription(hint)
        self.reason.clear()
        self.target.setText(number(goal.target) if goal.target is not None else "")
        self.due.set_date(goal.due)
        revises = deed is GoalDeed.REVISE
        self.due_field.setVisible(revises)
        # A goal in words has no number to reach; other words are another goal.
        self.target_field.setVisible(revises and goal.measure != "words")
        for field in (self.target_field, self.due_field, self.reason_field):
            field.set_fault("")
        self.show()
        first = self.reason if not revises else self.target if goal.measure != "words" else self.due
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if first is self.target:
            self.target.selectAll()

    def refuse(self, fault: str) -> None:
        """Say why the goal was not changed."""
        field = self.target_field if self.deed is GoalDeed.REVISE else self.reason_field
        field.set_fault(fault)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self.left.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.due.hasFocus():
            self._decide()
            return
        super().keyPressEvent(event)

    def _decide(self) -> None:
        if self._goal is None or not self.due.read_text():
            return
        for field in (self.target_field, self.due_field, self.reason_field):
            field.set_fault("")
        target, typed = typed_number(self.target.text()), self.target.text().strip()
        if self.deed is GoalDeed.REVISE and typed and target is None:
            values = {"value": typed[:20]}
            self.target_field.set_fault(sentence(Fault("value.not_a_number", "goal.target", values=values)))
            return
        try:
            goal = self._changed(self._goal, target)
        except InputError as error:
            faults = faults_by_field(error)
            shown = self.target_field if not self.target_field.isHidden() else self.due_field
            shown.set_fault(faults.get("goal.target", ""))
            self.reason_field.set_fault(faults.get("goal.status_reason", ""))
            return
        self.decided.emit(goal)

    def _changed(self, goal: Goal, target: Decimal | None) -> Goal:
        reason = clean_line(self.reason.text(), "goal.status_reason")
        match self.deed:
            case GoalDeed.MET:
                return met(goal, reason)
            case GoalDeed.DROP:
                return dropped(goal, reason)
            case GoalDeed.RESUME:
                return resumed(goal, reason)
        return revised(goal, goal.target if goal.measure == "words" else target, self.due.day, reason)
