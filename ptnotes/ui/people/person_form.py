"""The form of one person: details, role, what is granted or withheld, and the passphrase of somebody new."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from ptnotes.domain.people import Permission, Person, Role
from ptnotes.domain.permissions import NEVER, PERMISSIONS, TABLE, may_supervise
from ptnotes.services.opening import OpenClinic
from ptnotes.services.people import add_person, change_person, give_new_passphrase
from ptnotes.ui.first_start.passphrase_fields import PassphraseFields
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.people.words import PERMISSION_WORDS, ROLE_WORDS
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label

_LINES = (
    ("name", "Name", True),
    ("credentials", "Credentials", False),
    ("licence_number", "Licence number", False),
    ("licence_state", "Licence state", False),
    ("npi", "NPI", False),
)
_SUPERVISED = (Role.ASSISTANT, Role.STUDENT)
_AS_ROLE, _GRANTED, _WITHHELD = "as the role", "granted", "withheld"


class PersonForm(Card):
    """Adds somebody, changes somebody, or gives somebody a new passphrase; emits `stored` with the person."""

    stored = Signal(object)
    refused = Signal(Exception)
    """Why somebody is not stored while the form is about somebody else already."""
    left = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Add a person", parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self._person = Person(name="")
        self._shown = 0
        self._only_passphrase = False
        self._everybody: tuple[Person, ...] = ()
        self.details = QWidget()
        grid = QGridLayout(self.details)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        self.fields: dict[str, FieldWithFault] = {}
        for place, (name, label, required) in enumerate(_LINES):
            self.fields[name] = FieldWithFault(label, QLineEdit(), required=required)
            grid.addWidget(self.fields[name], place // 3, place % 3, Qt.AlignmentFlag.AlignTop)
        self.role = QComboBox()
        for role in Role:
            self.role.addItem(ROLE_WORDS[role], role)
        grid.addWidget(FieldWithFault("Role", self.role), 1, 2, Qt.AlignmentFlag.AlignTop)
        self.permissions: dict[Permission, QComboBox] = {}
        for place, permission in enumerate(Permission):
            choice = QComboBox()
            choice.addItems([_AS_ROLE, _GRANTED, _WITHHELD])
            self.permissions[permission] = choice
            field = FieldWithFault(PERMISSION_WORDS[permission], choice)
            grid.addWidget(field, 2 + place // 3, place % 3, Qt.AlignmentFlag.AlignTop)
        self.supervisor = QComboBox()
        self.supervisor_field = FieldWithFault("Supervisor", self.supervisor)
        grid.addWidget(self.supervisor_field, 3, 2, Qt.AlignmentFlag.AlignTop)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        self.body.addWidget(self.details)
        self.passphrase = PassphraseFields(tasks, self._own_words)
        self.hint = Label("", "muted", wraps=True)
        self.body.addWidget(self.hint)
        self.body.addWidget(self.passphrase)
        self.store_button = QPushButton("Add")
        self.store_button.setProperty("type", "primary")
        cancel = QPushButton("Cancel")
        row = QHBoxLayout()
        row.addWidget(self.store_button)
        row.addWidget(cancel)
        row.addStretch(1)
        self.body.addLayout(row)
        self.state = Label("", "small", wraps=True)
        self.body.addWidget(self.state)
        self.role.currentIndexChanged.connect(self._fit_role)
        self.store_button.clicked.connect(self._store)
        cancel.clicked.connect(self.left)

    def know(self, everybody: tuple[Person, ...]) -> None:
        """Take note of who there is, for the choice of a supervisor."""
        self._everybody = everybody

    def start_adding(self) -> None:
        """Show an empty form."""
        self._show(Person(name=""), "Add a person", "Add", with_details=True, with_passphrase=True)
        self.hint.setText("They type a passphrase of their own now; nobody else needs to know it.")

    def start_changing(self, person: Person) -> None:
        """Show a person's details."""
        self._show(person, person.name, "Save", with_details=True, with_passphrase=False)

    def start_new_passphrase(self, person: Person) -> None:
        """Ask for a new passphrase of somebody who forgot theirs."""
        self._show(
            person, f"New passphrase for {person.name}", "Set", with_details=False, with_passphrase=True
        )
        self.hint.setText(
            f"{person.name} types it. They get a new key to sign with; what they signed before stays verifiable."
        )

    def _show(
        self, person: Person, title: str, button: str, *, with_details: bool, with_passphrase: bool
    ) -> None:
        self._person = person
        self._shown += 1
        self._only_passphrase = not with_details
        self.set_title(title)
        self.store_button.setText(button)
        self.details.setVisible(with_details)
        self.passphrase.setVisible(with_passphrase)
        self.passphrase.clear()
        self.hint.setText("")
        self.state.setText("")
        for name, field in self.fields.items():
            self._line(name).setText(getattr(person, name))
            field.set_fault("")
        self._offer_supervisors(person)
        self.role.setCurrentIndex(self.role.findData(person.role))
        for permission, choice in self.permissions.items():
            choice.setCurrentIndex((permission in person.granted) + 2 * (permission in person.withheld))
        self._fit_role()
        (self._line("name") if with_details else self.passphrase.first).setFocus()

    def _offer_supervisors(self, person: Person) -> None:
        """Offer whoever may co-sign now, and nobody in particular."""
        self.supervisor.clear()
        self.supervisor.addItem("anybody who may co-sign", None)
        for other in self._everybody:
            if other.id != person.id and may_supervise(other):
                self.supervisor.addItem(other.signature, other.id)
        self.supervisor.setCurrentIndex(max(0, self.supervisor.findData(person.supervisor_id)))
        self.supervisor_field.set_fault("")

    def _fit_role(self) -> None:
        """Offer what can change anything: a role that cannot have a permission is not asked about it."""
        role = Role(self.role.currentData())
        self.supervisor_field.setVisible(role in _SUPERVISED)
        self.supervisor_field.set_hint(
            "Their notes wait for this co-signature." if role is Role.STUDENT else ""
        )
        for permission, choice in self.permissions.items():
            possible = not PERMISSIONS[permission] <= NEVER[role]
            has = PERMISSIONS[permission] <= TABLE[role]
            choice.setEnabled(possible)
            if not possible:
                choice.setCurrentIndex(0)
            choice.setItemText(0, f"as the role ({'yes' if has and possible else 'no'})")

    def _line(self, name: str) -> QLineEdit:
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - the table above makes it one
        return editor

    def _own_words(self) -> list[str]:
        return [self._line("name").text()]

    def _typed(self) -> Person:
        lines: dict[str, Any] = {name: self._line(name).text() for name in self.fields}
        chosen = {permission: choice.currentIndex() for permission, choice in self.permissions.items()}
        role = Role(self.role.currentData())
        return replace(
            self._person,
            **lines,
            role=role,
            supervisor_id=self.supervisor.currentData() if role in _SUPERVISED else None,
            granted=frozenset(permission for permission, place in chosen.items() if place == 1),
            withheld=frozenset(permission for permission, place in chosen.items() if place == 2),
        )

    def _store(self) -> None:
        if not self.store_button.isEnabled():
            return
        if self.passphrase.isVisibleTo(self) and not self.passphrase.check():
            return
        clinic, typed, passphrase = self._clinic, self._typed(), self.passphrase.passphrase
        if self._only_passphrase and typed.id is not None:
            job = partial(give_new_passphrase, clinic, typed.id, passphrase)
        elif typed.id is None:
            job = partial(add_person, clinic, typed, passphrase)
        else:
            job = partial(change_person, clinic, typed)
        self.store_button.setEnabled(False)
        self._tasks.write(job, partial(self._stored, self._shown), partial(self._refused, self._shown))

    def _stored(self, shown: int, person: Person) -> None:
        self.store_button.setEnabled(True)
        if shown == self._shown:
            self.passphrase.clear()
            self.left.emit()
        self.stored.emit(person)

    def _refused(self, shown: int, error: Exception) -> None:
        self.store_button.setEnabled(True)
        if shown != self._shown:
            self.refused.emit(error)
            return
        faults = faults_by_field(error)
        for name, field in self.fields.items():
            field.set_fault(faults.get(f"person.{name}", ""))
        self.supervisor_field.set_fault(faults.get("person.supervisor", ""))
        self.passphrase.first_field.set_fault(faults.get("passphrase", ""))
        self.state.set_kind("fault")
        self.state.setText(sentence_for(error))
