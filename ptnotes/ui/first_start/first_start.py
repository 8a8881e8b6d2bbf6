"""The first start: names the clinic and the therapist, takes a passphrase, and has the encrypted file created."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QLocale, Qt, QTimeZone, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.errors import InputError
from ptnotes.domain.people import Clinic, Paper, Person, checked_clinic, checked_person
from ptnotes.services.passphrase import require_strong
from ptnotes.ui.first_start.passphrase_fields import PassphraseFields
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.people.recovery_paper import RecoveryPaper
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Heading, KeyHint, Label
from ptnotes.ui.widgets.logo_picker import LogoPicker

if TYPE_CHECKING:
    from ptnotes.services.opening import OpenClinic

_LETTER_TERRITORIES = (
    QLocale.Country.UnitedStates, QLocale.Country.Canada, QLocale.Country.Mexico, QLocale.Country.Philippines,
    QLocale.Country.Chile, QLocale.Country.Colombia, QLocale.Country.Venezuela,
)  # fmt: skip
_LOST = (
    "The file opens with this passphrase, or with the recovery key that is shown next, to be kept on paper. "
    "Whoever loses both loses the data: nobody can open the file then, and nobody can make a new key."
)
PAPERS = ((Paper.LETTER, "Letter, 8.5 × 11 in"), (Paper.A4, "A4, 210 × 297 mm"))


def _create(path: Path, clinic: Clinic, person: Person, passphrase: str) -> object:
    # Imported in the thread that runs this: the window is on the screen before the store's libraries are read.
    from ptnotes.services.opening import create_clinic  # noqa: PLC0415 - see above

    require_strong(passphrase, (clinic.name, person.name))
    return create_clinic(path, clinic, person, passphrase)


def _recovery_key(clinic: object) -> str:
    from ptnotes.services.people import make_recovery_key  # noqa: PLC0415 - see above

    return make_recovery_key(cast("OpenClinic", clinic))


def system_zone() -> str:
    """The computer's time zone as an IANA name; UTC where it has none that Python knows."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


class FirstStart(Scroller):
    """Asks for what a new clinic file needs; emits `clinic_created` with the `OpenClinic`."""

    clinic_created = Signal(object)

    def __init__(self, path: Path, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._path = path
        self._tasks = tasks
        self.fields: dict[str, FieldWithFault] = {}
        self.logo = LogoPicker(tasks)
        self.passphrase = PassphraseFields(tasks, self._own_words)
        self._opened: object = None
        self.page = page = QWidget()
        page.setMaximumWidth(1040)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(16)
        titles = QVBoxLayout()
        titles.setSpacing(2)
        titles.addWidget(Heading("Welcome to PT Notes", "title"))
        titles.addWidget(
            Label("Everything stays on this computer, in one encrypted file.", "muted", wraps=True)
        )
        column.addLayout(titles)
        cards = QHBoxLayout()
        cards.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(self._make_clinic_card())
        left.addWidget(self._make_person_card())
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self._make_passphrase_card())
        right.addStretch(1)
        cards.addLayout(left, 3)
        cards.addLayout(right, 2)
        column.addLayout(cards)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(page, 20)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(self._create)
        self.line("clinic.name").setFocus()

    def line(self, name: str) -> QLineEdit:
        """The line of a field such as ``clinic.name``."""
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - every field but the paper is one
        return editor

    def _field(self, name: str, label: str, hint: str = "", *, required: bool = False) -> FieldWithFault:
        self.fields[name] = FieldWithFault(label, QLineEdit(), hint=hint, required=required)
        return self.fields[name]

    def _make_clinic_card(self) -> Card:
        card = Card("Your clinic", "printed on reports")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._field("clinic.name", "Name of the clinic", required=True), 0, 0, 1, 2, top)
        grid.addWidget(self._field("clinic.address", "Address"), 1, 0, 1, 2, top)
        grid.addWidget(self._field("clinic.telephone", "Telephone"), 2, 0, top)
        self.paper = QComboBox()
        for paper, words in PAPERS:
            self.paper.addItem(words, paper)
        usual = Paper.LETTER if QLocale.system().territory() in _LETTER_TERRITORIES else Paper.A4
        self.paper.setCurrentIndex(self.paper.findData(usual))
        grid.addWidget(FieldWithFault("Paper of printed reports", self.paper), 2, 1, top)
        grid.addWidget(FieldWithFault("Logo", self.logo, hint="PNG or JPEG, optional"), 3, 0, 1, 2, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        return card

    def _make_person_card(self) -> Card:
        card = Card("You, the therapist", "printed under what you write")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._field("person.name", "Your name", required=True), 0, 0, 1, 2, top)
        grid.addWidget(self._field("person.credentials", "Credentials", "such as PT, DPT"), 1, 0, top)
        grid.addWidget(self._field("person.licence_number", "Licence number"), 1, 1, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        return card

    def _make_passphrase_card(self) -> Card:
        card = Card("Passphrase", "opens the file")
        card.body.addWidget(self.passphrase)
        warning = Label(_LOST, "warning", wraps=True)
        card.body.addWidget(warning)
        self.create_button = QPushButton("Create the clinic file")
        self.create_button.setProperty("type", "primary")
        self.create_button.clicked.connect(self._create)
        row = QHBoxLayout()
        row.addWidget(self.create_button)
        row.addWidget(KeyHint("Ctrl+Enter"))
        row.addStretch(1)
        card.body.addSpacing(4)
        card.body.addLayout(row)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Creating the clinic file")
        self.busy.hide()
        card.body.addWidget(self.busy)
        self.state = Label(f"It will be kept at {self._path}", "small", wraps=True)
        card.body.addWidget(self.state)
        return card

    def _own_words(self) -> list[str]:
        return [self.line("clinic.name").text(), self.line("person.name").text()]

    def _create(self) -> None:
        if not self.create_button.isEnabled():
            return
        clinic = Clinic(
            name=self.line("clinic.name").text(),
            address=self.line("clinic.address").text(),
            telephone=self.line("clinic.telephone").text(),
            logo=self.logo.logo,
            paper=Paper(self.paper.currentData()),
            locale=QLocale.system().name(),
            zone=system_zone(),
        )
        person = Person(
            name=self.line("person.name").text(),
            credentials=self.line("person.credentials").text(),
            licence_number=self.line("person.licence_number").text(),
        )
        faults = _faults(clinic, person)
        self._show_faults(faults)
        if not self.passphrase.check() or faults:
            return
        self._set_busy(busy=True)
        path, passphrase = self._path, self.passphrase.passphrase
        self._tasks.write(lambda: _create(path, clinic, person, passphrase), self._created, self._refused)

    def _created(self, opened: object) -> None:
        self.passphrase.clear()
        self._opened = opened
        self.state.setText("Making the recovery key…")
        self._tasks.write(lambda: _recovery_key(opened), self._show_recovery, self._go_in_without)

    def _show_recovery(self, key: str) -> None:
        """Show the recovery key in place of the form; the clinic is entered once it was written down."""
        self._set_busy(busy=False)
        paper = RecoveryPaper()
        card = Card("Recovery key", "write it down")
        card.setMaximumWidth(640)
        card.body.addWidget(paper)
        self.page.hide()
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 8)
        row.addStretch(1)
        self.body.insertLayout(0, row)
        paper.written_down.connect(self._go_in)
        paper.show_key(key)

    def _go_in_without(self, _error: Exception) -> None:
        # The clinic is there; that it has no recovery key is said among the people.
        self._go_in()

    def _go_in(self) -> None:
        self.clinic_created.emit(self._opened)

    def _refused(self, error: Exception) -> None:
        self._set_busy(busy=False)
        faults = faults_by_field(error)
        self._show_faults(faults)
        self.passphrase.first_field.set_fault(faults.get("passphrase", ""))
        self.state.setText(sentence_for(error))
        self.state.set_kind("fault")

    def _show_faults(self, faults: dict[str, str]) -> None:
        for name, field in self.fields.items():
            field.set_fault(faults.get(name, ""))
        first = next((name for name in self.fields if name in faults), None)
        if first is not None:
            self.fields[first].editor.setFocus()

    def _set_busy(self, *, busy: bool) -> None:
        self.create_button.setEnabled(not busy)
        self.busy.setVisible(busy)
        self.state.set_kind("small")
        self.state.setText(
            "Creating and encrypting the file…" if busy else f"It will be kept at {self._path}"
        )


def _faults(clinic: Clinic, person: Person) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        checked_clinic(clinic)
    except InputError as error:
        found |= faults_by_field(error)
    try:
        checked_person(person)
    except InputError as error:
        found |= faults_by_field(error)
    return found
