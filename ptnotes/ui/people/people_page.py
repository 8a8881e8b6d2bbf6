"""People and roles: who can open the file, who may what, one's own passphrase, and the recovery key."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.people import Person, Role
from ptnotes.domain.permissions import TABLE, WORDS, Act
from ptnotes.domain.wording import full_date
from ptnotes.services.opening import OpenClinic
from ptnotes.services.people import has_recovery_key, make_recovery_key, people, remove_person
from ptnotes.services.permit import allows
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.people.own_passphrase import OwnPassphrase
from ptnotes.ui.people.person_form import PersonForm
from ptnotes.ui.people.recovery_paper import RecoveryPaper
from ptnotes.ui.people.words import PERMISSION_WORDS, ROLE_WORDS
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.labels import Heading, Label
from ptnotes.ui.widgets.table import GridTable

_HEADS = ("Name", "Role", "Beyond the role", "", "", "")


class PeoplePage(Scroller):
    """What an administrator sees of the people; everybody else sees their own passphrase and the table of roles."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self._to_remove: int | None = None
        self.table = GridTable(_HEADS)
        self.state = Label("", "small", wraps=True)
        self.form = PersonForm(clinic, tasks)
        self.form.hide()
        self.passphrase = OwnPassphrase(clinic, tasks)
        self.paper = RecoveryPaper()
        self.paper.hide()
        self.recovery_state = Label("", wraps=True)
        self.make_key = QPushButton("Make a recovery key")
        self.who = self._who_card()
        self.recovery = self._recovery_card()
        page = QWidget()
        page.setMaximumWidth(980)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(Heading("People and roles", "title"))
        for card in (self.who, self.form, self.recovery, self.passphrase, _roles_card()):
            column.addWidget(card)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(page, 1_000)
        row.addStretch(1)
        self.body.addLayout(row, 1)
        self.form.stored.connect(self._form_stored)
        self.form.refused.connect(self._refused)
        self.form.left.connect(self.form.hide)
        self.make_key.clicked.connect(self._make_key)
        self.paper.written_down.connect(self._key_written)

    def show_people(self) -> None:
        """Read who there is, and show it."""
        looks_after = allows(self._clinic, Act.ADMINISTER)
        self.who.setVisible(looks_after)
        self.recovery.setVisible(looks_after)
        self.form.hide()
        self.paper.hide()
        self.passphrase.forget()
        if looks_after:
            self._tasks.read(partial(people, self._clinic), self._show, latest="people of the clinic")
            self._tasks.read(partial(has_recovery_key, self._clinic), self._show_recovery)

    def _who_card(self) -> Card:
        card = Card("Who can open the file")
        add = QPushButton("Add a person")
        add.clicked.connect(self._start_adding)
        card.add_to_head(add)
        card.body.addWidget(self.table)
        card.body.addWidget(self.state)
        return card

    def _recovery_card(self) -> Card:
        card = Card("Recovery key", "on paper")
        card.body.addWidget(self.recovery_state)
        card.body.addWidget(self.paper)
        row = QHBoxLayout()
        row.addWidget(self.make_key)
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    def _show(self, everybody: tuple[Person, ...]) -> None:
        self.form.know(everybody)
        names = {person.id: person.name for person in everybody}
        self.table.show_rows([self._row(person, names.get(person.supervisor_id, "")) for person in everybody])

    def _row(self, person: Person, supervisor: str) -> tuple[str | QWidget, ...]:
        role = ROLE_WORDS[person.role] + (f", under {supervisor}" if supervisor else "")
        if person.active_to is not None:
            back = self._button("Let in again", self.form.start_new_passphrase, person)
            gone = f"removed {full_date(person.active_to)}"
            return (person.name, *(Label(words, wraps=True) for words in (role, gone)), "", back, "")
        change = self._button("Change", self.form.start_changing, person)
        renew = self._button("New passphrase", self.form.start_new_passphrase, person)
        is_self = person.id == self._clinic.person.id
        remove: str | QWidget = "" if is_self else self._remove_button(person)
        cells = (Label(words, wraps=True) for words in (role, _beyond(person)))
        return (person.name, *cells, change, "" if is_self else renew, remove)

    def _button(self, words: str, start: object, person: Person) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("type", "quiet")
        button.setAccessibleName(f"{words}: {person.name}")
        button.clicked.connect(partial(self._open_form, start, person))
        return button

    def _remove_button(self, person: Person) -> QPushButton:
        button = QPushButton("Remove")
        button.setProperty("type", "quiet")
        button.setAccessibleName(f"Remove: {person.name}")
        button.clicked.connect(partial(self._remove, person, button))
        return button

    def _start_adding(self) -> None:
        self.form.show()
        self.form.start_adding()

    def _open_form(self, start: object, person: Person) -> None:
        self.form.show()
        if callable(start):
            start(person)

    def _remove(self, person: Person, button: QPushButton) -> None:
        """Ask once more on the button itself; the second press does it."""
        if person.id is None:
            return
        if self._to_remove != person.id:
            self._to_remove = person.id
            button.setText("Remove for good?")
            self._say(
                f"{person.name} will not open the file any more, and it is encrypted anew with another key, which "
                "takes a moment. Their name stays under what they wrote.",
                "small",
            )
            return
        self._to_remove = None
        button.setEnabled(False)
        self._tasks.write(partial(remove_person, self._clinic, person.id), self._removed, self._refused)

    def _removed(self, person: Person) -> None:
        self._say(f"{person.name} was removed, and the file has a new key. Make a backup now.", "ok")
        self._tasks.read(partial(people, self._clinic), self._show, latest="people of the clinic")

    def _form_stored(self, person: Person) -> None:
        self._say(f"Stored: {person.name}.", "ok")
        self._tasks.read(partial(people, self._clinic), self._show, latest="people of the clinic")

    def _refused(self, error: Exception) -> None:
        self._say(sentence_for(error), "fault")
        self._tasks.read(partial(people, self._clinic), self._show, latest="people of the clinic")

    def _say(self, words: str, kind: str) -> None:
        self.state.setText(words)
        self.state.set_kind("ok" if kind == "ok" else "fault" if kind == "fault" else "small")

    def _show_recovery(self, there: bool) -> None:
        self.recovery_state.set_kind("body" if there else "warning")
        self.recovery_state.setText(
            "There is one. Making a new one makes the old paper useless."
            if there
            else "There is none: if everybody forgets their passphrase, the data is lost. Make one now."
        )
        self.make_key.setText("Make a new recovery key" if there else "Make a recovery key")

    def _make_key(self) -> None:
        self.make_key.setEnabled(False)
        self._tasks.write(partial(make_recovery_key, self._clinic), self._key_made, self._key_refused)

    def _key_made(self, key: str) -> None:
        self.make_key.hide()
        self.paper.show()
        self.paper.show_key(key)

    def _key_written(self) -> None:
        self.paper.hide()
        self.make_key.setEnabled(True)
        self.make_key.show()
        self._show_recovery(True)  # noqa: FBT003 - a slot takes no names

    def _key_refused(self, error: Exception) -> None:
        self.make_key.setEnabled(True)
        self.recovery_state.set_kind("fault")
        self.recovery_state.setText(sentence_for(error))


def _beyond(person: Person) -> str:
    """What was decided for this person alone."""
    granted = [PERMISSION_WORDS[permission].lower() for permission in sorted(person.granted)]
    withheld = [f"no {PERMISSION_WORDS[permission].lower()}" for permission in sorted(person.withheld)]
    return ", ".join([*granted, *withheld])


def _roles_card() -> Card:
    """The table by which the program decides, cell by cell."""
    card = Card("Who may what", "what the program lets each role do")
    table = GridTable(("", *(ROLE_WORDS[role] for role in Role)))
    table.show_rows(
        [
            (
                Label(words[0].upper() + words[1:], wraps=True),
                *("yes" if act in TABLE[role] else "–" for role in Role),
            )
            for act, words in WORDS.items()
        ]
    )
    card.body.addWidget(table)
    card.body.addWidget(
        Label(
            "Roles bind this program. Somebody who has the file and anybody's passphrase is not bound by them.",
            "small",
            wraps=True,
        )
    )
    return card
