"""One entry of the problem list: its words, since when, whether it is resolved, and its place in the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ptnotes.domain.episode import Problem
from ptnotes.ui.keys import ORDER
from ptnotes.ui.override import override
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.labels import FaultLabel, Label


class ProblemRow(QWidget):
    """Shows a problem (`show_problem`) and says what is asked of it; the card decides.

    Emits `changed` with the name of a field and its new value, `moved` with −1 or 1, and `removed`.
    """

    changed = Signal(str, object)
    moved = Signal(int)
    removed = Signal()

    def __init__(self, number: int, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self._today = today
        self._is_resolved = False
        self.words = Label("", "body", wraps=True)
        self.resolve = QPushButton("Resolved today")
        self.resolve.setProperty("type", "quiet")
        self.up = _arrow(Qt.ArrowType.UpArrow)
        self.down = _arrow(Qt.ArrowType.DownArrow)
        self.remove = QPushButton("Remove")
        self.remove.setProperty("type", "quiet")
        self.since = DateField(today)
        self.since.setPlaceholderText("")
        self.resolved_on = DateField(today)
        self.resolved_label = Label("resolved on", "small")
        self.fault = FaultLabel()
        top, below = QHBoxLayout(), QHBoxLayout()
        for line in (top, below):
            line.setSpacing(8)
        top.addWidget(self.words, 1)
        for shown in (self.resolve, self.up, self.down, self.remove):
            top.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(Label("since", "small"))
        below.addWidget(self.since, 1)
        below.addWidget(self.resolved_label)
        below.addWidget(self.resolved_on, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(below)
        layout.addWidget(self.fault)
        self.since.date_changed.connect(self._since_changed)
        self.resolved_on.date_changed.connect(self._resolved_changed)
        for field in (self.since, self.resolved_on):
            field.problem_changed.connect(self.fault.say)
        self.resolve.clicked.connect(self._resolve)
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.remove.clicked.connect(self.removed)
        for widget in self._controls():
            widget.installEventFilter(self)

    def show_problem(self, problem: Problem, *, is_first: bool, is_last: bool) -> None:
        """Show `problem` as it stands in the list."""
        self._is_resolved = problem.resolved_on is not None
        self.words.setText(problem.words)
        self.words.set_kind("muted" if self._is_resolved else "body")
        self.since.set_date(problem.since)
        self.resolved_on.set_date(problem.resolved_on)
        self.resolved_on.setVisible(self._is_resolved)
        self.resolved_label.setVisible(self._is_resolved)
        self.resolve.setText("Stands again" if self._is_resolved else "Resolved today")
        self.up.setEnabled(not is_first)
        self.down.setEnabled(not is_last)
        self.fault.say("")
        hint = f"{ORDER.shown('up')} and {ORDER.shown('down')} move it"
        named: tuple[tuple[QWidget, str], ...] = (
            (self.since, "Since"),
            (self.resolved_on, "Resolved on"),
            (self.resolve, self.resolve.text()),
            (self.up, "Move up"),
            (self.down, "Move down"),
            (self.remove, "Remove"),
        )
        for widget, name in named:
            widget.setAccessibleName(f"{name}: {problem.words}")
            widget.setAccessibleDescription(hint)
        self.up.setToolTip(f"Move up ({ORDER.shown('up')})")
        self.down.setToolTip(f"Move down ({ORDER.shown('down')})")

    def focused(self) -> int:
        """Which of its controls has the focus, by place; −1 for none."""
        return next((place for place, widget in enumerate(self._controls()) if widget.hasFocus()), -1)

    def focus(self, place: int) -> None:
        """Give a control the focus, by place; where it cannot take it, the one that resolves the problem."""
        wanted = self._controls()[place]
        (wanted if wanted.isEnabled() else self.resolve).setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            way = {"up": -1, "down": 1}.get(ORDER.pressed(event))
            if way is not None:
                self.moved.emit(way)
                return True
        return super().eventFilter(watched, event)

    def _controls(self) -> tuple[QWidget, ...]:
        return (self.resolve, self.up, self.down, self.remove, self.since, self.resolved_on)

    def _resolve(self) -> None:
        self.changed.emit("resolved_on", None if self._is_resolved else self._today())

    def _since_changed(self, day: date | None) -> None:
        self.changed.emit("since", day)

    def _resolved_changed(self, day: date | None) -> None:
        self.changed.emit("resolved_on", day)

    def _move_up(self) -> None:
        self.moved.emit(-1)

    def _move_down(self) -> None:
        self.moved.emit(1)


def _arrow(way: Qt.ArrowType) -> QToolButton:
    button = QToolButton()
    button.setArrowType(way)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
