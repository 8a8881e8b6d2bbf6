"""The fields of the charting tables. They keep no value of their own: they show the visit's and say what was typed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from ptnotes.domain.errors import InputError
from ptnotes.domain.sentences import sentence
from ptnotes.ui.keys import TABLES
from ptnotes.ui.override import override
from ptnotes.ui.theme import restyle

T = TypeVar("T")
_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class NoFieldUndo(QObject):
    """An event filter that leaves the undo and redo keys to the screen, whose one history covers every field."""

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _KEYS and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(
                QKeySequence.StandardKey.Redo
            )
            if undo or (
                event.key() == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            ):
                event.ignore()
                return True
        return False


def leave_undo_to_screen(field: QLineEdit | QPlainTextEdit) -> None:
    """Switch the field's own undo off."""
    if isinstance(field, QPlainTextEdit):
        field.setUndoRedoEnabled(False)
    field.installEventFilter(NoFieldUndo(field))


class ValueCell(QLineEdit):
    """A line that `read` turns into a value. Each understood text is told by `typed`: the visit follows the typing.

    What is not understood, or not possible, is kept on the screen with its sentence, and `typed` takes the visit back
    to the value from before this typing: a fault changes nothing. `fault_changed` carries the sentence or nothing.
    """

    typed = Signal(object)
    fault_changed = Signal(str)
    left = Signal()

    def __init__(
        self,
        read: Callable[[str], object],
        name: str,
        *,
        boxed: bool = False,
        right: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._shown = ""
        self._held: object = None
        self._origin: tuple[object] | None = None
        self._telling = False
        self.fault = ""
        self.setProperty("type", "box" if boxed else "cell")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if right:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        leave_undo_to_screen(self)
        self.textEdited.connect(self._take)
        self.editingFinished.connect(self._tidy)

    def fix_width(self, width: int) -> None:
        """Be so many pixels wide, whatever the column's width."""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedWidth(width)

    def show_value(self, text: str, value: object) -> None:
        """Show what the visit holds: `text` for people, `value` to go back to. What is being typed is not touched."""
        unchanged = self._telling or (text == self._shown and value == self._held)
        self._shown, self._held = text, value
        if self._origin is not None and unchanged:
            return
        self._origin = None
        self._set_fault("")
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)

    def use(self, read: Callable[[str], object]) -> None:
        """Read in another way from now on (another technique counts another dose)."""
        self._read = read

    def _take(self, text: str) -> None:
        if self._origin is None:
            self._origin = (self._held,)
        try:
            value = self._read(text)
        except InputError as error:
            self._set_fault(sentence(error.faults[0]))
            value = self._origin[0]
        else:
            self._set_fault("")
        self._tell(value)

    def _tell(self, value: object) -> None:
        if value != self._held:
            self._telling = True
            self.typed.emit(value)
            self._telling = False

    def _tidy(self) -> None:
        if not self.fault and self._origin is not None:
            self._origin = None
            self.setText(self._shown)
            self.setCursorPosition(0)
        self.left.emit()

    def _set_fault(self, fault: str) -> None:
        if fault == self.fault:
            return
        if bool(fault) != bool(self.fault):
            self.setProperty("fault", bool(fault))
            restyle(self)
        self.fault = fault
        self.setAccessibleDescription(fault)
        self.fault_changed.emit(fault)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if TABLES.pressed(event) == "undo_typing" and self._origin is not None:
            # Back to the value from before the typing.
            origin, self._origin = self._origin[0], None
            self._set_fault("")
            self._tell(origin)
            self.setText(self._shown)
            self.selectAll()
            return
        super().keyPressEvent(event)


def popup_is_open() -> bool:
    """Whether a list of choices hangs open, so that Enter belongs to it."""
    return QApplication.activePopupWidget() is not None


def tab_order(widgets: list[QWidget]) -> None:
    """Have Tab go through `widgets` in this order."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)
