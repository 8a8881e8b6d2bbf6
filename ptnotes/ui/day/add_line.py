"""The line that puts a patient on the day's list: who, found while one types, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.dates import read_clock
from ptnotes.domain.errors import Fault
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import fold
from ptnotes.domain.wording import full_date
from ptnotes.services.audit import note_read
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import find_patients
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import FaultLabel
from ptnotes.ui.widgets.pick_list import PickItem, PickList

_MOST = 12


class PatientPick(PickList):
    """A pick-list of the clinic's patients, which are searched off the GUI thread."""

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        placeholder: str = "Add a patient …",
        name: str = "Patient to add",
    ) -> None:
        self._clinic = clinic
        self._tasks = tasks
        self._read_key = name
        self._known: tuple[str, tuple[PickItem, ...]] = ("", ())
        super().__init__(self._offer, placeholder=placeholder, name=name, parent=parent)
        self.chosen.connect(self._note_search)

    @property
    def detail(self) -> str:
        """What tells the patient who is chosen from others, empty where nobody is."""
        return self._item.detail if self._item else ""

    def _offer(self, text: str) -> Sequence[PickItem]:
        wanted = text.strip()
        searched, items = self._known
        if not wanted:
            return ()
        if wanted == searched:
            return items
        read = partial(find_patients, self._clinic, wanted, limit=_MOST)
        self._tasks.read(read, partial(self._arrived, wanted), latest=self._read_key)
        # Until the answer is there, those of the search before that still match: never somebody else.
        words = fold(wanted).split()
        return [item for item in items if all(word in fold(f"{item.label} {item.detail}") for word in words)]

    def _arrived(self, wanted: str, found: tuple[PatientRow, ...]) -> None:
        self._known = (wanted, tuple(patient_item(row) for row in found))
        is_typed_in = QApplication.focusWidget() in (self, self._view)
        if is_typed_in and self.text().strip() == wanted:
            self._search(self.text())

    def _note_search(self, patient_id: str) -> None:
        if patient_id:
            count = len(self._known[1])
            self._tasks.write(partial(note_read, self._clinic, Verb.SEARCHED, Subject.PATIENT, count=count))


class AddLine(QWidget):
    """Emits `added` with a patient's id and the time (None where none is said) when Enter or the button says so."""

    added = Signal(int, object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.line = QHBoxLayout()
        self.line.setSpacing(8)
        self.patient = PatientPick(clinic, tasks, self)
        self.clock = QLineEdit(self)
        self.clock.setPlaceholderText("9:30")
        self.clock.setAccessibleName("Time of the appointment")
        self.clock.setMaxLength(20)
        self.clock.setFixedWidth(theme.px(72))
        self.add = QPushButton("Add", self)
        self.fault = FaultLabel(self)
        self.line.addWidget(self.patient, 1)
        self.line.addWidget(self.clock)
        self.line.addWidget(self.add)
        column.addLayout(self.line)
        column.addWidget(self.fault)
        self.patient.fault_changed.connect(self.fault.say)
        self.patient.chosen.connect(self._patient_chosen)
        self.clock.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)

    def clear(self) -> None:
        """Empty the line for the next patient."""
        self.patient.set_current(None)
        self.clock.clear()
        self.fault.say("")
        self.patient.setFocus()

    def refuse(self, words: str) -> None:
        """Say why the patient was not added; what is typed stays."""
        self.fault.say(words)

    def _patient_chosen(self, patient_id: str) -> None:
        if patient_id:
            self.clock.setFocus()

    def _add(self) -> None:
        if not self.patient.settle():
            return
        if self.patient.current_id is None:
            self.patient.setFocus()
            return
        typed = self.clock.text().strip()
        at: time | None = read_clock(typed) if typed else None
        if typed and at is None:
            self.fault.say(sentence(Fault("value.not_understood", "day.time", values={"value": typed})))
            self.clock.setFocus()
            return
        self.added.emit(int(self.patient.current_id), at)


def patient_item(row: PatientRow) -> PickItem:
    """A patient as a choice, told from others by birth date and record number."""
    return PickItem(str(row.id), row.name, f"{full_date(row.birth_date)} · MRN {row.mrn}")
