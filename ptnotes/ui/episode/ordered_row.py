"""A row of a list that is kept in order: its words, the fields below them, and what moves it or takes it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ptnotes.ui.keys import ORDER
from ptnotes.ui.override import override
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.labels import FaultLabel, Label


class OrderedRow(QWidget):
    """Says what is asked of the row; the card decides.

    Emits `changed` with the name of a field and its new value, `moved` with −1 or 1, and `removed`.
    """

    changed = Signal(str, object)
    moved = Signal(int)
    removed = Signal()

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self._controls: tuple[QWidget, ...] = ()
        self.words = Label("", "body", wraps=True)
        self.up, self.down = _arrow(Qt.ArrowType.UpArrow), _arrow(Qt.ArrowType.DownArrow)
        self.remove = QPushButton("Remove")
        self.remove.setProperty("type", "quiet")
        self.fault = FaultLabel()
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.remove.clicked.connect(self.removed)

    def lay_out(
        self,
        beside: QWidget,
        below: Sequence[QWidget],
        dates: Iterable[DateField],
        controls: tuple[QWidget, ...],
    ) -> None:
        """Put `beside` before the arrows and `below` on a line of their own, where `dates` take what room is left.

        The keys that move the row work in all `controls`; the first of them can always take the focus.
        """
        top, line_below = QHBoxLayout(), QHBoxLayout()
        for line in (top, line_below):
            line.setSpacing(8)
        top.addWidget(self.words, 1)
        for shown in (beside, self.up, self.down, self.remove):
            top.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
        dates = tuple(dates)
        for widget in below:
            line_below.addWidget(widget, 1 if widget in dates else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(line_below)
        layout.addWidget(self.fault)
        for field in dates:
            field.problem_changed.connect(self.fault.say)
        self._controls = controls
        for control in controls:
            control.installEventFilter(self)

    def tell(
        self, words: str, named: Iterable[tuple[QWidget, str]], *, is_first: bool, is_last: bool
    ) -> None:
        """Show the words and the place in the order, and name the controls after the words."""
        self.words.setText(words)
        self.up.setEnabled(not is_first)
        self.down.setEnabled(not is_last)
        self.fault.say("")
        hint = f"{ORDER.shown('up')} and {ORDER.shown('down')} move it"
        ours = ((self.up, "Move up"), (self.down, "Move down"), (self.remove, "Remove"))
        for widget, name in (*named, *ours):
            widget.setAccessibleName(f"{name}: {words}")
            widget.setAccessibleDescription(hint)
        self.up.setToolTip(f"Move up ({ORDER.shown('up')})")
        self.down.setToolTip(f"Move down ({ORDER.shown('down')})")

    def focused(self) -> int:
        """Which of its controls has the focus, by place; −1 for none."""
        return next((place for place, widget in enumerate(self._controls) if widget.hasFocus()), -1)

    def focus(self, place: int) -> None:
        """Give a control the focus, by place; where it cannot take it, the first."""
        wanted = self._controls[place]
        (wanted if wanted.isEnabled() else self._controls[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            way = {"up": -1, "down": 1}.get(ORDER.pressed(event))
            if way is not None:
                self.moved.emit(way)
                return True
        return super().eventFilter(watched, event)

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
