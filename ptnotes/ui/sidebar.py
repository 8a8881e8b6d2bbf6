"""The left edge of the window: who works here, the search for a patient, the patients at hand, the file's state."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.views import Home
from ptnotes.services.audit import note_read
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import home
from ptnotes.services.patients import find_patients
from ptnotes.ui.keys import FIND
from ptnotes.ui.override import override
from ptnotes.ui.patients.patient_list import PatientList, found_rows, home_rows
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import KeyHint, Label, LabelType, Pill, Rule

MOST_FOUND = 50
_SETTLED_MS = 400
MOST_DRAFTS = 5


def _find(clinic: OpenClinic, text: str) -> tuple[PatientRow, ...]:
    """The patients who match; archived ones only where nobody else does."""
    found = find_patients(clinic, text, limit=MOST_FOUND)
    return found or find_patients(clinic, text, limit=MOST_FOUND, archived=True)


class Sidebar(QFrame):
    """Emits `patient_chosen` with an id. The list shows what matches what is typed, and otherwise what is at hand."""

    patient_chosen = Signal(int)
    draft_chosen = Signal(int, int)
    home_loaded = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "sidebar")
        self._clinic = clinic
        self._tasks = tasks
        self._home = Home()
        self._patient_id: int | None = None
        self._session_id: int | None = None
        self._searching = False
        self._choose_when_found = False
        self._found: int | None = None
        self._only_notes = False
        """Whether all that is being stored is that somebody searched, which changes nothing at hand."""
        self._today: date = clinic.today()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._make_head())
        self.find_line = QLineEdit(self)
        self.find_line.setProperty("type", "find")
        self.find_line.setPlaceholderText("Find a patient…")
        self.find_line.setAccessibleName("Find a patient")
        self.find_line.setAccessibleDescription("By name, birth date, record number or telephone")
        self.find_line.setClearButtonEnabled(False)
        self.find_line.setMaxLength(200)
        self._hint = KeyHint("Ctrl+K", self.find_line)
        inside = QHBoxLayout(self.find_line)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 8)
        row.addWidget(self.find_line)
        layout.addLayout(row)
        self.patients = PatientList(theme, "Patients", self)
        layout.addWidget(self.patients, 1)
        layout.addWidget(Rule(self))
        layout.addLayout(self._make_foot())
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self.refresh)
        self.find_line.textEdited.connect(self._search)
        self.find_line.installEventFilter(self)
        self.patients.patient_chosen.connect(self._choose)
        self.patients.draft_chosen.connect(self.draft_chosen)

    def _make_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(16, 14, 12, 6)
        head.addWidget(Label("PT Notes", "strong"))
        head.addStretch(1)
        person = Pill(self._clinic.person.signature)
        person.setAccessibleName(f"Signed in: {self._clinic.person.signature}")
        head.addWidget(person)
        return head

    def _make_foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 12, 8)
        foot.setSpacing(2)
        self.saved = Label("Encrypted · all saved", "small")
        foot.addWidget(self.saved)
        self.backup = Label("", "fault", wraps=True)
        self.backup.hide()
        foot.addWidget(self.backup)
        self.lock_hint = QWidget()
        line = QHBoxLayout(self.lock_hint)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addStretch(1)
        line.addWidget(Label("Lock", "small"))
        line.addWidget(KeyHint("Ctrl+L"))
        foot.addWidget(self.lock_hint)
        return foot

    def start_finding(self) -> None:
        """Put the cursor into the search."""
        self.find_line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.find_line.selectAll()

    def show_backup(self, problem: str, kind: LabelType) -> None:
        """Say what is wrong with the latest backup; nothing while all is well."""
        self.backup.setText(problem)
        self.backup.setVisible(bool(problem))
        if problem:
            self.backup.set_kind(kind)

    def show_unsaved(self, count: int) -> None:
        """Say whether something still waits to be stored; once all is, what is at hand may be something else."""
        self.saved.setText("Encrypted · saving…" if count else "Encrypted · all saved")
        if count > 1 or (not count and self._only_notes):
            self._only_notes = False
        elif not count:
            self._settled.start(_SETTLED_MS)

    def end_search(self) -> None:
        """Write down that patients were searched for, and how many were found: once for a search, however typed."""
        if self._found is not None:
            count, self._found = self._found, None
            note = partial(note_read, self._clinic, Verb.SEARCHED, Subject.PATIENT, count=count)
            self._only_notes = True
            self._tasks.write(note)

    def mark_patient(self, patient_id: int | None, session_id: int | None = None) -> None:
        """Show which patient is open, and which of the drafts where one of them is on the screen."""
        self._patient_id, self._session_id = patient_id, session_id
        if not self.find_line.text():
            self.patients.mark_patient(patient_id, session_id)

    def mark_visit(self, session_id: int) -> None:
        """Show which visit of the open patient is on the screen."""
        self.mark_patient(self._patient_id, session_id)

    def refresh(self) -> None:
        """Read again what is at hand."""
        self._tasks.read(lambda: home(self._clinic), self._show_home, latest="home")

    def _show_home(self, at_hand: Home) -> None:
        self._home = at_hand
        if not self.find_line.text():
            self._show_at_hand()
        self.home_loaded.emit(at_hand)

    def _show_at_hand(self) -> None:
        self.patients.show_rows(home_rows(self._home, self._today, MOST_DRAFTS))
        self.patients.mark_patient(self._patient_id, self._session_id)

    def _search(self, text: str) -> None:
        self._hint.setVisible(not text)
        self._choose_when_found = False
        self._searching = bool(text.strip())
        if not self._searching:
            self.end_search()
            self._tasks.forget("find")
            self._show_at_hand()
            return
        self._tasks.read(
            lambda: _find(self._clinic, text),
            self._show_found,
            latest="find",
        )

    def _show_found(self, found: tuple[PatientRow, ...]) -> None:
        self._found = len(found)
        self.patients.show_rows(found_rows(found, self._today, MOST_FOUND), select_first=True)
        self._searching = False
        if self._choose_when_found:
            self._choose_when_found = False
            self.patients.choose_selected()

    def _enter(self) -> None:
        # Enter belongs to what is typed, so while the list still shows an older search it waits for the newer one.
        if self._searching:
            self._choose_when_found = True
        else:
            self.patients.choose_selected()

    def _choose(self, patient_id: int) -> None:
        self._patient_id, self._session_id = patient_id, None
        self._clear()
        # The chart takes the cursor when it arrives, unless somebody began to type elsewhere meanwhile.
        self.find_line.clearFocus()
        self.patient_chosen.emit(patient_id)

    def _clear(self) -> None:
        self.find_line.clear()
        self._search("")

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match FIND.pressed(event):
                case "down":
                    self.patients.move_selection(1)
                    return True
                case "up":
                    self.patients.move_selection(-1)
                    return True
                case "open":
                    self._enter()
                    return True
                case "clear" if self.find_line.text():
                    self._clear()
                    return True
        return False
