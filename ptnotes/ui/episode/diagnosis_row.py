"""One diagnosis of the list: its code and words, whose it is, since when and until when, and its place in the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ptnotes.domain.episode import Diagnosis, DiagnosisKind
from ptnotes.ui.keys import ORDER
from ptnotes.ui.override import override
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.labels import FaultLabel, Label, Pill

KINDS = ((DiagnosisKind.MEDICAL, "medical"), (DiagnosisKind.TREATMENT, "treatment"))


def diagnosis_words(diagnosis: Diagnosis) -> str:
    """Code and words as read in a line: ``M54.16 Radiculopathy, lumbar region``."""
    return " ".join(part for part in (diagnosis.code, diagnosis.words) if part)


class DiagnosisRow(QWidget):
    """Shows a diagnosis (`show_diagnosis`) and says what is asked of it; the card decides.

    Emits `changed` with the name of a field and its new value, `moved` with −1 or 1, and `removed`.
    """

    changed = Signal(str, object)
    moved = Signal(int)
    removed = Signal()

    def __init__(self, number: int, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self.words = Label("", "body", wraps=True)
        self.unchecked = Pill("not checked", "warning")
        self.kind = QComboBox()
        self.kind.addItems([text for _, text in KINDS])
        self.since = DateField(today)
        self.until = DateField(today)
        self.until.setPlaceholderText("still holds")
        self.up = _arrow(Qt.ArrowType.UpArrow)
        self.down = _arrow(Qt.ArrowType.DownArrow)
        self.remove = QPushButton("Remove")
        self.remove.setProperty("type", "quiet")
        self.fault = FaultLabel()
        top, below = QHBoxLayout(), QHBoxLayout()
        for line in (top, below):
            line.setSpacing(8)
        top.addWidget(self.words, 1)
        for shown in (self.unchecked, self.up, self.down, self.remove):
            top.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.kind)
        below.addWidget(Label("since", "small"))
        below.addWidget(self.since, 1)
        below.addWidget(Label("until", "small"))
        below.addWidget(self.until, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(below)
        layout.addWidget(self.fault)
        self.kind.activated.connect(self._kind_chosen)
        self.since.date_changed.connect(partial(self.changed.emit, "since"))
        self.until.date_changed.connect(partial(self.changed.emit, "until"))
        for field in (self.since, self.until):
            field.problem_changed.connect(self.fault.say)
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.remove.clicked.connect(self.removed)
        for control in self._controls():
            control.installEventFilter(self)

    def show_diagnosis(self, diagnosis: Diagnosis, *, is_first: bool, is_last: bool) -> None:
        """Show `diagnosis` as it stands in the list."""
        words = diagnosis_words(diagnosis)
        self.words.setText(words)
        self.unchecked.setVisible(bool(diagnosis.code) and not diagnosis.checked)
        self.unchecked.setToolTip("This code is not in the program's list: nobody but you has checked it.")
        self.kind.setCurrentIndex([kind for kind, _ in KINDS].index(diagnosis.kind))
        self.since.set_date(diagnosis.since)
        self.until.set_date(diagnosis.until)
        self.up.setEnabled(not is_first)
        self.down.setEnabled(not is_last)
        self.fault.say("")
        hint = f"{ORDER.shown('up')} and {ORDER.shown('down')} move it"
        for widget, name in (
            (self.kind, "Kind of diagnosis"),
            (self.since, "Since"),
            (self.until, "Until"),
            (self.up, "Move up"),
            (self.down, "Move down"),
            (self.remove, "Remove"),
        ):
            widget.setAccessibleName(f"{name}: {words}")
            widget.setAccessibleDescription(hint)
        self.up.setToolTip(f"Move up ({ORDER.shown('up')})")
        self.down.setToolTip(f"Move down ({ORDER.shown('down')})")

    def focused(self) -> int:
        """Which of its controls has the focus, by place; −1 for none."""
        return next((place for place, widget in enumerate(self._controls()) if widget.hasFocus()), -1)

    def focus(self, place: int) -> None:
        """Give a control the focus, by place; where it cannot take it, the one that says the kind."""
        wanted = self._controls()[place]
        (wanted if wanted.isEnabled() else self.kind).setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            way = {"up": -1, "down": 1}.get(ORDER.pressed(event))
            if way is not None:
                self.moved.emit(way)
                return True
        return super().eventFilter(watched, event)

    def _kind_chosen(self, place: int) -> None:
        self.changed.emit("kind", KINDS[place][0])

    def _move_up(self) -> None:
        self.moved.emit(-1)

    def _move_down(self) -> None:
        self.moved.emit(1)

    def _controls(self) -> tuple[QWidget, ...]:
        return (self.kind, self.since, self.until, self.up, self.down, self.remove)


def _arrow(way: Qt.ArrowType) -> QToolButton:
    button = QToolButton()
    button.setArrowType(way)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
