"""The door of a clinic file: who opens it, and the passphrase. Imports nothing heavy, so that it is there at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.errors import AccessError
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Heading, Label
from ptnotes.ui.widgets.secret import forget_secret

if TYPE_CHECKING:
    from ptnotes.ui.unlock.recover import Recover

FREE_TRIES, LONGEST_PAUSE_S = 3, 30
"""From the third refusal on, the next try waits for a second, then two, four and so on."""


def _people(path: Path) -> tuple[str, ...]:
    from ptnotes.services.people_of import people_of  # noqa: PLC0415 - read in the thread, after the first paint

    return people_of(path)


def _open(path: Path, passphrase: str, user: str | None) -> object:
    from ptnotes.services.opening import open_clinic  # noqa: PLC0415 - read in the thread, after the first paint

    return open_clinic(path, passphrase, user)


class _PassphraseLine(QLineEdit):
    """Emits `caps_lock_seen` at every letter.

    It hears its keys alone: a filter would be told of all that happens, and have Python learn every kind of event
    before the first paint.
    """

    caps_lock_seen = Signal(bool)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text()
        if letter.isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock_seen.emit(letter.isupper() != shifted and letter.upper() != letter.lower())
        super().keyPressEvent(event)


class Unlock(QWidget):
    """Asks for the passphrase; emits `clinic_opened` with the `OpenClinic`."""

    clinic_opened = Signal(object)

    def __init__(self, path: Path, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._path = path
        self._tasks = tasks
        self._opening = False
        self.failures = 0
        """How often in a row somebody was refused."""
        self._refusal = ""
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._end_pause)
        card = Card(parent=self)
        card.setFixedWidth(theme.px(400))
        card.body.setContentsMargins(12, 4, 12, 8)
        picture = QLabel(card)
        side = theme.px(56)
        icon = QApplication.windowIcon()
        picture.setPixmap(icon.pixmap(QSize(side, side), self.devicePixelRatio()))
        title = Heading("PT Notes", "title", parent=card)
        for widget in (picture, title):
            card.body.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.file = Label(path.name, "muted", parent=card)
        self.file.setToolTip(str(path))
        card.body.addWidget(self.file, 0, Qt.AlignmentFlag.AlignHCenter)
        self.person = QComboBox(card)
        self.person_field = FieldWithFault("Who are you?", self.person, parent=card)
        self.person_field.hide()
        card.body.addWidget(self.person_field)
        self.passphrase = _PassphraseLine(card)
        self.passphrase.caps_lock_seen.connect(self._tell_caps_lock)
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setMaxLength(1000)
        self.field = FieldWithFault("Passphrase", self.passphrase, parent=card)
        card.body.addWidget(self.field)
        self.button = QPushButton("Open", card)
        self.button.setProperty("type", "primary")
        card.body.addWidget(self.button)
        self.forgotten = QPushButton("Forgotten the passphrase?", card)
        self.forgotten.setProperty("type", "quiet")
        card.body.addWidget(self.forgotten, 0, Qt.AlignmentFlag.AlignHCenter)
        self.busy = QProgressBar(card)
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Opening the clinic file")
        keep = self.busy.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(keep)
        self.busy.hide()
        card.body.addWidget(self.busy)
        self._card = card
        self._names: tuple[str, ...] = ()
        self._recover: Recover | None = None
        column = QVBoxLayout(self)
        column.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        self._row = row
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        self.passphrase.returnPressed.connect(self._open)
        self.button.clicked.connect(self._open)
        self.forgotten.clicked.connect(self._show_recover)
        self.setFocusProxy(self.passphrase)

    def look_for_people(self) -> None:
        """Read who can open the file, and say at once what is wrong with it, if anything is."""
        path = self._path
        self._tasks.read(lambda: _people(path), self._show_people, self._refuse, latest="people")

    def _show_people(self, names: tuple[str, ...]) -> None:
        self.person.clear()
        self._names = names
        self.person.addItems(names)
        self.person_field.setVisible(len(names) > 1)

    def _open(self) -> None:
        if self._opening or self._pause.isActive() or not self.passphrase.text():
            return
        path, passphrase = self._path, self.passphrase.text()
        user = self.person.currentText() if self.person.count() > 1 else None
        self._set_opening(opening=True)
        self._tasks.read(lambda: _open(path, passphrase, user), self._opened, self._refuse)

    def _opened(self, clinic: object) -> None:
        forget_secret(self.passphrase)
        self._set_opening(opening=False)
        self.field.set_fault("")
        self.clinic_opened.emit(clinic)

    def _show_recover(self) -> None:
        """Ask for the recovery key in place of the passphrase."""
        from ptnotes.ui.unlock.recover import Recover  # noqa: PLC0415 - hardly ever needed

        if self._recover is None:
            self._recover = Recover(self._path, self._tasks)
            self._recover.setFixedWidth(self._card.width() + 80)
            self._recover.clinic_opened.connect(self.clinic_opened)
            self._recover.left.connect(self._leave_recover)
            self._row.insertWidget(1, self._recover)
        self._card.hide()
        self._recover.start(self._names, self.person.currentText())

    def _leave_recover(self) -> None:
        if self._recover is not None:
            self._recover.hide()
        self._card.show()
        self.passphrase.setFocus()

    def _refuse(self, error: Exception) -> None:
        self._set_opening(opening=False)
        self._refusal = sentence_for(error)
        self.field.set_fault(self._refusal)
        if isinstance(error, AccessError):
            self.passphrase.selectAll()
            self._slow_down()
        self.passphrase.setFocus()

    def _slow_down(self) -> None:
        """Make whoever guesses at this keyboard wait longer each time. It stops nobody who has the file."""
        self.failures += 1
        if self.failures < FREE_TRIES:
            return
        pause_s = min(2 ** (self.failures - FREE_TRIES), LONGEST_PAUSE_S)
        self._pause.start(pause_s * 1000)
        self.button.setEnabled(False)
        wait = "a second" if pause_s == 1 else f"{pause_s} seconds"
        self.field.set_fault(f"{self._refusal} The next try is possible in {wait}.")

    def _end_pause(self) -> None:
        self.field.set_fault(self._refusal)
        self.button.setEnabled(not self._opening)

    def _set_opening(self, *, opening: bool) -> None:
        self._opening = opening
        self.button.setEnabled(not opening)
        self.passphrase.setReadOnly(opening)
        self.busy.setVisible(opening)

    def _tell_caps_lock(self, is_on: bool) -> None:
        self.field.set_hint("Caps Lock is on." if is_on else "")
