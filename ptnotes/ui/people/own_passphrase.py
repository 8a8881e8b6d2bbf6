"""A new passphrase of one's own, after the old one."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from ptnotes.domain.errors import AccessError
from ptnotes.services.opening import OpenClinic, change_passphrase
from ptnotes.ui.first_start.passphrase_fields import PassphraseFields
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.secret import forget_secret


class OwnPassphrase(Card):
    """Asks for the old passphrase and the new one."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Your passphrase", clinic.person.name, parent)
        self._clinic = clinic
        self._tasks = tasks
        self.old = QLineEdit()
        self.old.setEchoMode(QLineEdit.EchoMode.Password)
        self.old.setMaxLength(1000)
        self.old_field = FieldWithFault("The passphrase until now", self.old)
        self.new = PassphraseFields(tasks, self._own_words)
        self.button = QPushButton("Change it")
        self.state = Label("", "small", wraps=True)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        self.body.addWidget(self.old_field)
        self.body.addWidget(self.new)
        self.body.addLayout(row)
        self.body.addWidget(self.state)
        self.button.clicked.connect(self._change)

    def forget(self) -> None:
        """Empty every field."""
        forget_secret(self.old)
        self.new.clear()
        self.state.setText("")

    def _own_words(self) -> list[str]:
        return [self._clinic.person.name]

    def _change(self) -> None:
        self.old_field.set_fault("")
        if not self.new.check() or not self.button.isEnabled():
            return
        clinic, old, new = self._clinic, self.old.text(), self.new.passphrase
        self.button.setEnabled(False)
        self._tasks.write(lambda: change_passphrase(clinic, old, new), self._changed, self._refused)

    def _changed(self, _nothing: object) -> None:
        self.button.setEnabled(True)
        self.forget()
        self.state.set_kind("ok")
        self.state.setText("Changed. The next opening asks for the new one.")

    def _refused(self, error: Exception) -> None:
        self.button.setEnabled(True)
        if isinstance(error, AccessError):
            self.old_field.set_fault("This is not your passphrase. Nothing was changed.")
            return
        self.new.first_field.set_fault(faults_by_field(error).get("passphrase", ""))
        self.state.set_kind("fault")
        self.state.setText(sentence_for(error))
