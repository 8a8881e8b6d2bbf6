"""Driving the real window as a person does: by what stands on the screen, with keys and clicks."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.ui.shell import Shell

W = TypeVar("W", bound=QWidget)
PATIENCE_MS = 60_000


class Driver:
    """Finds widgets by their accessible name, and types into whatever has the focus."""

    def __init__(self, shell: Shell, qtbot: QtBot) -> None:
        self.shell = shell
        self.qtbot = qtbot

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something that comes by itself."""
        self.qtbot.waitUntil(true, timeout=PATIENCE_MS)

    def shown(self, kind: type[W], name: str) -> list[W]:
        """Every visible widget of this kind whose accessible name or words are `name`."""
        return [
            widget for widget in self.shell.findChildren(kind) if widget.isVisible() and _name(widget) == name
        ]

    def find(self, kind: type[W], name: str) -> W:
        """Wait until exactly one such widget is visible, and give it."""
        self.until(lambda: len(self.shown(kind, name)) == 1)
        return self.shown(kind, name)[0]

    def screen(self, kind: type[W]) -> W:
        """Give the screen of this kind, which was shown before."""
        screen = self.shell.findChild(kind)
        assert screen is not None
        return screen

    def says(self, words: str) -> bool:
        """Whether some visible label holds `words`."""
        return any(
            words in str(label.property("text") or "")
            for label in self.shell.findChildren(QWidget)
            if label.isVisible()
        )

    def rows(self, name: str) -> list[list[str]]:
        """What stands in the visible table of that name, row by row; none while it is not there."""
        for table in self.shown(QTableView, name):
            model = table.model()
            columns = range(model.columnCount())
            return [
                [str(model.index(row, column).data() or "") for column in columns]
                for row in range(model.rowCount())
            ]
        return []

    def press(self, keys: str) -> None:
        """Press a key such as ``Ctrl+K`` where the focus is."""
        if QApplication.activePopupWidget() is None and not self.shell.isActiveWindow():
            # Without a window manager nothing brings the window back to the front after a list was open.
            self.shell.activateWindow()
            self.until(self.shell.isActiveWindow)
        *modifiers, key = keys.split("+")
        pressed = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            pressed |= {
                "Ctrl": Qt.KeyboardModifier.ControlModifier,
                "Shift": Qt.KeyboardModifier.ShiftModifier,
            }[modifier]
        code = getattr(Qt.Key, f"Key_{key}")
        QTest.keyClick(self.focused(), code, pressed)

    def focused(self) -> QWidget:
        """Where keys go."""
        return QApplication.activePopupWidget() or self.shell.focusWidget() or self.shell

    def type_into(self, name: str, text: str) -> None:
        """Go to a field and type; letters that a test keyboard does not have are inserted as an input method does."""
        self.until(lambda: len(self._fields(name)) == 1)
        field = self._fields(name)[0]
        field.setFocus()
        field.selectAll()
        if text.isascii():
            QTest.keyClicks(field, text)
        elif isinstance(field, QLineEdit):
            field.insert(text)
            field.textEdited.emit(text)
        else:
            field.insertPlainText(text)

    def _fields(self, name: str) -> list[QLineEdit | QPlainTextEdit]:
        return [*self.shown(QLineEdit, name), *self.shown(QPlainTextEdit, name)]

    def click(self, words: str) -> None:
        """Click the button with these words."""
        button = self.find(QPushButton, words)
        self.until(button.isEnabled)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _name(widget: QWidget) -> str:
    if isinstance(widget, QPushButton):
        return widget.text()
    return widget.accessibleName()
