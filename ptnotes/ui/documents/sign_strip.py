"""The strip above a document that is about to be signed: what signing does, and the passphrase."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from ptnotes.ui.keys import SHEET
from ptnotes.ui.override import override
from ptnotes.ui.signing.passphrase_line import PassphraseLine
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import FaultLabel, Label
from ptnotes.ui.widgets.secret import forget_secret

_WORDS = (
    "Your name and the time take the place of the line for a pen. It is then kept as it is; "
    "a change makes another document, unsigned."
)


class SignStrip(QFrame):
    """Hidden until it asks (`ask`); `given` carries the passphrase to sign with."""

    given = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "notice")
        self.setAccessibleName("Sign this document")
        self.passphrase = PassphraseLine(theme, self)
        self.fault = FaultLabel(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(5), theme.space(4), theme.space(4), theme.space(4))
        layout.setSpacing(theme.space(3))
        layout.addWidget(Label("Sign this document", "strong", parent=self))
        layout.addWidget(Label(_WORDS, "small", wraps=True, parent=self))
        layout.addWidget(self.passphrase)
        layout.addWidget(self.fault)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.passphrase.given.connect(self._give)
        self.passphrase.cancelled.connect(self.close_strip)
        self.hide()

    def ask(self, signature: str) -> None:
        """Ask for the passphrase of whoever signs as `signature`."""
        self.passphrase.offer(f"Sign as {signature}")
        self.fault.say("")
        self.show()
        self.passphrase.field.setFocus()

    def say(self, fault: str) -> None:
        """Say why it was not signed, and ask again."""
        self.passphrase.offer(self.passphrase.button.text())
        self.fault.say(fault)
        self.show()
        self.passphrase.field.setFocus()

    def close_strip(self) -> None:
        """Go away, and forget what was typed."""
        forget_secret(self.passphrase.field)
        self.hide()

    def _give(self, passphrase: str) -> None:
        self.fault.say("")
        # Once is enough: until it is told what became of it, nothing more is signed.
        self.passphrase.offer(self.passphrase.button.text(), ready=False)
        self.given.emit(passphrase)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self.close_strip()
            return
        super().keyPressEvent(event)
