"""A passphrase and the button it is for, on one line."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.secret import forget_secret


class PassphraseLine(QWidget):
    """Emits `given` with the passphrase, which the field then forgets."""

    given = Signal(str)
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(3))
        self.field = QLineEdit(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setPlaceholderText("Your passphrase")
        self.field.setAccessibleName("Your passphrase")
        self.field.setMaximumWidth(theme.px(280))
        self.button = QPushButton(self)
        self.button.setProperty("type", "primary")
        self.cancel = QPushButton("Close", self)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.cancel)
        layout.addStretch(1)
        self.field.returnPressed.connect(self._give)
        self.button.clicked.connect(self._give)
        self.cancel.clicked.connect(self.cancelled)

    def offer(self, words: str, *, ready: bool = True) -> None:
        """Name the button, and let it be pressed or not."""
        self.button.setText(words)
        self.button.setEnabled(ready)
        self.field.setEnabled(ready)

    def _give(self) -> None:
        passphrase = self.field.text()
        if passphrase and self.button.isEnabled():
            forget_secret(self.field)
            self.given.emit(passphrase)
        else:
            self.field.setFocus()
