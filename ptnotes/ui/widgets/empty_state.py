"""What a screen shows while it has nothing to show: why, and the next step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.ui.widgets.labels import Heading, KeyHint, Label


class EmptyState(QWidget):
    """A title, a sentence and the one next step as a button with its key; emits `action_chosen`."""

    action_chosen = Signal()

    def __init__(
        self, title: str, text: str, action: str = "", keys: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 32, 24, 32)
        layout.setSpacing(8)
        layout.addStretch(2)
        self.title = Heading(title, parent=self)
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text = Label(text, "muted", wraps=True, parent=self)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        self.button = QPushButton(action, self)
        self.button.setProperty("type", "primary")
        self.button.setVisible(bool(action))
        self.button.clicked.connect(self.action_chosen)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.button)
        if keys:
            row.addWidget(KeyHint(keys, self))
        row.addStretch(1)
        layout.addSpacing(8)
        layout.addLayout(row)
        layout.addStretch(3)

    def say(self, title: str, text: str) -> None:
        """Show other words."""
        self.title.setText(title)
        self.text.setText(text)
