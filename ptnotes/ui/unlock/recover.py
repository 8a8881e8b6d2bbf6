"""The way in for somebody who forgot their passphrase: the printed recovery key, and a new passphrase."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from ptnotes.domain.errors import AccessError
from ptnotes.ui.first_start.passphrase_fields import PassphraseFields
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.secret import forget_secret


def _recover(path: Path, key: str, user: str, passphrase: str) -> object:
    from ptnotes.services.opening import recover_clinic  # noqa: PLC0415 - read in the thread, after the first paint

    return recover_clinic(path, key, user, passphrase)


class Recover(Card):
    """Takes the recovery key; emits `clinic_opened` with the `OpenClinic`, or `left`."""

    clinic_opened = Signal(object)
    left = Signal()

    def __init__(self, path: Path, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Open with the recovery key", parent=parent)
        self._path = path
        self._tasks = tasks
        self.body.addWidget(
            Label(
                "Somebody who looks after the clinic can also give you a new passphrase, under People and roles.",
                "muted",
                wraps=True,
            )
        )
        self.person = QComboBox()
        self.body.addWidget(FieldWithFault("Who are you?", self.person))
        self.key = QLineEdit()
        self.key.setMaxLength(100)
        self.key_field = FieldWithFault("Recovery key, from the paper", self.key)
        self.body.addWidget(self.key_field)
        self.passphrase = PassphraseFields(tasks, self._own_words)
        self.body.addWidget(self.passphrase)
        self.button = QPushButton("Set the passphrase and open")
        self.button.setProperty("type", "primary")
        self.back = QPushButton("Back")
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addWidget(self.back)
        row.addStretch(1)
        self.body.addLayout(row)
        self.button.clicked.connect(self._open)
        self.back.clicked.connect(self._go_back)

    def start(self, names: tuple[str, ...], chosen: str) -> None:
        """Show empty fields for these people."""
        self.person.clear()
        self.person.addItems(names)
        self.person.setCurrentText(chosen)
        forget_secret(self.key)
        self.key_field.set_fault("")
        self.passphrase.clear()
        self.show()
        self.key.setFocus()

    def _own_words(self) -> list[str]:
        return [self.person.currentText()]

    def _open(self) -> None:
        if not self.passphrase.check() or not self.button.isEnabled():
            return
        path, key, user = self._path, self.key.text(), self.person.currentText()
        passphrase = self.passphrase.passphrase
        self.button.setEnabled(False)
        self.key_field.set_fault("")
        self._tasks.write(lambda: _recover(path, key, user, passphrase), self._opened, self._refused)

    def _opened(self, clinic: object) -> None:
        forget_secret(self.key)
        self.passphrase.clear()
        self.clinic_opened.emit(clinic)

    def _refused(self, error: Exception) -> None:
        self.button.setEnabled(True)
        faults = faults_by_field(error)
        self.passphrase.first_field.set_fault(faults.get("passphrase", ""))
        if "passphrase" in faults:
            return
        denied = isinstance(error, AccessError) and error.code == "access.denied"
        self.key_field.set_fault(
            "This key does not open this file; a newer one may have been made."
            if denied
            else sentence_for(error)
        )
        self.key.setFocus()

    def _go_back(self) -> None:
        forget_secret(self.key)
        self.passphrase.clear()
        self.left.emit()
