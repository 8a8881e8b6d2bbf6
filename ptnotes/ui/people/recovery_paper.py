"""The recovery key as it is to be written down: shown once, and taken away when its last letters were typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label

_WHY = (
    "It opens the file when everybody has forgotten their passphrase. Write it on paper and keep that in a safe place "
    "away from this computer. It is shown this once. Who loses the passphrases and this key loses the data: nobody "
    "can open the file then, and nobody can make a new key."
)


class RecoveryPaper(QWidget):
    """Shows a key (`show_key`); emits `written_down` when the last group was typed from the paper."""

    written_down = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(Label(_WHY, wraps=True))
        self.key = Label("", "strong", wraps=True)
        self.key.setAccessibleName("Recovery key")
        self.key.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        layout.addWidget(self.key)
        self.last = QLineEdit()
        self.last.setMaxLength(40)
        self.field = FieldWithFault("Last five letters, from the paper", self.last)
        layout.addWidget(self.field)
        self.button = QPushButton("It is written down")
        self.button.setProperty("type", "primary")
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        layout.addLayout(row)
        self.button.clicked.connect(self._check)
        self.last.returnPressed.connect(self._check)
        self.setFocusProxy(self.last)

    def show_key(self, key: str) -> None:
        """Show this key, in two lines of groups."""
        groups = key.split("-")
        self.key.setText("\n".join(" ".join(groups[start : start + 4]) for start in (0, 4)))
        self.last.clear()
        self.field.set_fault("")
        self.last.setFocus()

    def _check(self) -> None:
        last = self.key.text()[-5:]
        if not last or self.last.text().strip().upper() != last:
            self.field.set_fault("These are not the last five letters of the key.")
            return
        self.key.setText("")
        self.last.clear()
        self.written_down.emit()
