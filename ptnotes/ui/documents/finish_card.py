"""What a document is saved with besides: a password for the way, and the same data for machines."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from ptnotes.services.document_file import DocumentFile, document_file
from ptnotes.services.documents import MadeDocument
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.secret import forget_secret

_HINT = "It is kept nowhere. Tell it to the reader by another way than the file."


class FinishCard(Card):
    """Nothing is added unless it is ticked, for one document at a time (`forget`)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("When it is saved", parent=parent)
        self.locks = QCheckBox("With a password (AES-256)")
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setMaxLength(127)
        # The lock empties it, also while its letters are shown.
        self.password.setProperty("secret", True)  # noqa: FBT003 - Qt takes no names
        self.field = FieldWithFault("Password", self.password, hint=_HINT, required=True)
        self.shows = QCheckBox("Show what is typed")
        self.attaches = QCheckBox("With its data for other programs (FHIR)")
        for widget in (self.locks, self.field, self.shows, self.attaches):
            self.body.addWidget(widget)
        self.locks.toggled.connect(self._follow)
        self.shows.toggled.connect(self._show_letters)
        self.password.textEdited.connect(self._typed)
        self.forget()

    def file_of(self, clinic: OpenClinic, made: MadeDocument) -> Callable[[], DocumentFile] | None:
        """What makes the file as it is chosen, for a reading thread; None where nothing is added."""
        password = self.password.text() if self.locks.isChecked() else None
        if not (self.locks.isChecked() or self.attaches.isChecked()):
            return None
        return partial(document_file, clinic, made, password=password, with_fhir=self.attaches.isChecked())

    def forget(self, *, can_attach: bool = True) -> None:
        """Add nothing any more. Into a document that was given out already nothing is put (`can_attach`)."""
        self.locks.setChecked(False)
        self.attaches.setChecked(False)
        self._can_attach = can_attach
        self.attaches.setVisible(can_attach)
        self._follow()

    def keep_out(self, *, is_signed: bool) -> None:
        """Into a document that is signed nothing is put either: what is inside it is signed with it."""
        if is_signed:
            self.attaches.setChecked(False)
        self.attaches.setVisible(self._can_attach and not is_signed)

    def forget_password(self) -> None:
        """Let the password go once the file is there."""
        self.locks.setChecked(False)

    def _typed(self, _text: str) -> None:
        self.field.set_fault("")

    def _follow(self) -> None:
        asks = self.locks.isChecked()
        if not asks:
            forget_secret(self.password)
            self.shows.setChecked(False)
            self.field.set_fault("")
        self.field.setVisible(asks)
        self.shows.setVisible(asks)

    def _show_letters(self) -> None:
        shown = self.shows.isChecked()
        self.password.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
