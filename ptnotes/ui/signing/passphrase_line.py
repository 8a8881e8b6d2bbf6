"""A passphrase and the button it is for: on one line, or on two where one is too narrow."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.secret import forget_secret

_WIDEST_PX = 280
_NARROWEST_PX = 160
"""Room for the words that stand in the empty field, and for seeing how much is typed."""


class PassphraseLine(QWidget):
    """Emits `given` with the passphrase, which the field then forgets."""

    given = Signal(str)
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.space(3))
        self.field = QLineEdit(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setPlaceholderText("Your passphrase")
        self.field.setAccessibleName("Your passphrase")
        self.button = QPushButton(self)
        self.button.setProperty("type", "primary")
        self.cancel = QPushButton("Close", self)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.space(3))
        buttons.addWidget(self.button)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        self._lines.addWidget(self.field, 1)
        self._lines.addLayout(buttons, 1)
        self._fit()
        self.field.returnPressed.connect(self._give)
        self.button.clicked.connect(self._give)
        self.cancel.clicked.connect(self.cancelled)

    def offer(self, words: str, *, ready: bool = True) -> None:
        """Name the button, and let it be pressed or not."""
        self.button.setText(words)
        self.button.setEnabled(ready)
        self.field.setEnabled(ready)
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Take a second line for the buttons where the passphrase would have too little of the first."""
        px = self._theme.px
        buttons = self.button.sizeHint().width() + self.cancel.sizeHint().width()
        fits = self.width() >= px(_NARROWEST_PX) + buttons + 2 * self._lines.spacing()
        # On a line of its own it takes the whole of it, which is never wide.
        self.field.setMaximumWidth(px(_WIDEST_PX) if fits else self.maximumWidth())
        self._lines.setDirection(
            QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        )

    def _give(self) -> None:
        passphrase = self.field.text()
        if passphrase and self.button.isEnabled():
            forget_secret(self.field)
            self.given.emit(passphrase)
        else:
            self.field.setFocus()
