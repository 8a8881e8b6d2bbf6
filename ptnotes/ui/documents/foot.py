"""What can be done with the document that is shown, and what became of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.ui.widgets.labels import KeyHint, Label, LabelType

SAVE_KEYS = "Ctrl+S"
PRINT_KEYS = "Ctrl+P"
SIGN_KEYS = "Ctrl+Return"


class Foot(QWidget):
    """Three buttons with their keys under a sentence; `log_asked` is offered once a document left."""

    log_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left_id: int | None = None
        """The document that was saved or printed last and is still shown."""
        self.state = Label("", "small", wraps=True, parent=self)
        self.sign = QPushButton("Sign…", self)
        self.sign_key = KeyHint(SIGN_KEYS, self)
        self.signature = Label("", "small", wraps=True, parent=self)
        self.save = QPushButton("Save as PDF…", self)
        self.save.setProperty("type", "primary")
        self.print = QPushButton("Print…", self)
        self.log = QPushButton("Log as sent…", self)
        self.log.setProperty("type", "quiet")
        self.log.clicked.connect(self.log_asked)
        line = QHBoxLayout()
        line.setSpacing(6)
        for widget in (self.save, KeyHint(SAVE_KEYS, self), self.print, KeyHint(PRINT_KEYS, self)):
            line.addWidget(widget)
        line.addStretch(1)
        signing = QHBoxLayout()
        signing.setSpacing(6)
        signing.addWidget(self.sign)
        signing.addWidget(self.sign_key)
        signing.addWidget(self.signature, 1)
        told = QHBoxLayout()
        told.setSpacing(6)
        told.addWidget(self.state, 1)
        told.addWidget(self.log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 4, 16, 12)
        layout.setSpacing(6)
        layout.addLayout(told)
        layout.addLayout(signing)
        layout.addLayout(line)
        self.log.hide()
        self.let_sign(None, go=False)

    def tell(self, kind: LabelType, text: str) -> None:
        """Say this; what was offered for the document before is taken away."""
        self.state.set_kind(kind)
        self.state.setText(text)
        self.log.hide()

    def offer_log(self, document_id: int) -> None:
        """Offer to write down to whom the document went."""
        self.left_id = document_id
        self.log.show()

    def let(self, *, go: bool) -> None:
        """Let the document be saved and printed, or not."""
        self.save.setEnabled(go)
        self.print.setEnabled(go)

    def wait_to_sign(self) -> None:
        """There is no document yet: nothing is signed, and what stands there stays in its place."""
        self.sign.setEnabled(False)
        self.signature.setText("")

    def let_sign(self, told: str | None, *, go: bool) -> None:
        """Let the document be signed, or say why it is not or when it was; nothing of it where there is no place."""
        for widget in (self.sign, self.sign_key, self.signature):
            widget.setVisible(told is not None)
        self.sign.setEnabled(go)
        self.signature.setText(told or "")
