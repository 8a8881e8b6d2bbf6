"""The form for a patient's identity and contact: adding one, with a look for duplicates, and changing one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.errors import Fault
from ptnotes.domain.patient import Patient, PatientRow, Sex
from ptnotes.domain.sentences import sentence
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, change_patient, likely_duplicates, next_mrn
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.patients.duplicates import Duplicates
from ptnotes.ui.payers.cover_card import CoverCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Scroller
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Heading, KeyHint, Label

_SEXES = ((Sex.UNKNOWN, "Not recorded"), (Sex.FEMALE, "Female"), (Sex.MALE, "Male"), (Sex.OTHER, "Other"))
# Field of the patient, label, hint, whether needed, line and column, how many of the four columns it takes.
_LINES = (
    ("family_name", "Family name", "", True, 0, 0, 2),
    ("given_name", "Given name", "", True, 0, 2, 2),
    ("middle_name", "Middle name", "", False, 1, 0, 1),
    ("suffix", "Suffix", "", False, 1, 1, 1),
    ("preferred_name", "Preferred name", "shown in quotes", False, 1, 2, 2),
    ("mrn", "Record number", "", True, 2, 3, 1),
    ("telephone", "Telephone", "", False, 3, 0, 2),
    ("email", "E-mail", "", False, 3, 2, 2),
    ("address", "Address", "", False, 4, 0, 4),
    ("emergency_contact", "Emergency contact", "name and telephone", False, 5, 0, 2),
    ("language", "Language", "", False, 5, 2, 2),
)
_TAB_ORDER = (
    "family_name", "given_name", "middle_name", "suffix", "preferred_name", "birth_date", "sex", "mrn",
    "telephone", "email", "address", "emergency_contact", "language",
)  # fmt: skip
_DUPLICATE_FIELDS = ("family_name", "given_name", "telephone")


def _add(clinic: OpenClinic, patient: Patient) -> Patient:
    """Store a new patient; one without a record number gets the next."""
    if not patient.mrn.strip():
        patient = replace(patient, mrn=next_mrn(clinic))
    return add_patient(clinic, patient)


class PatientForm(Scroller):
    """Adds a patient (`start_adding`) or changes one (`start_changing`), when its button is pressed."""

    patient_stored = Signal(object, bool)
    """The `Patient` as stored, and whether it is a new one."""
    cancelled = Signal(bool)
    """The form was left; True when something had been typed, which `PatientForm` still holds."""
    open_asked = Signal(int)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self._patient: Patient | None = None
        self._as_shown: tuple[object, ...] = ()
        self._filled = 0
        self._is_given_up = False
        self.fields: dict[str, FieldWithFault] = {}
        column = QVBoxLayout()
        column.setSpacing(16)
        self.title = Heading("Add a patient", "title")
        column.addWidget(self.title)
        column.addLayout(self._make_grid())
        self.duplicates = Duplicates(clinic.today)
        self.duplicates.open_asked.connect(self.open_asked)
        column.addWidget(self.duplicates)
        self.problem = Label("", "fault", wraps=True)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addLayout(self._make_buttons())
        self.cover = CoverCard(clinic, tasks)
        column.addWidget(self.cover)
        column.addStretch(1)
        page = QWidget()
        page.setMaximumWidth(840)
        page.setLayout(column)
        row = QHBoxLayout()
        row.addWidget(page, 4)
        row.addStretch(1)
        self.body.addLayout(row, 1)
        for before, after in pairwise(_TAB_ORDER):
            QWidget.setTabOrder(self.fields[before].editor, self.fields[after].editor)

    def _make_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for name, label, hint, required, line, place, span in _LINES:
            editor = QLineEdit()
            field = FieldWithFault(label, editor, hint=hint, required=required)
            self.fields[name] = field
            grid.addWidget(field, line, place, 1, span, Qt.AlignmentFlag.AlignTop)
            if name in _DUPLICATE_FIELDS:
                editor.editingFinished.connect(self._look_for_duplicates)
        self.birth_date = DateField(self._clinic.today)
        born = FieldWithFault(
            "Birth date", self.birth_date, hint="such as 12 Mar 1979 or 3/12/1979", required=True
        )
        self.birth_date.problem_changed.connect(born.set_fault)
        self.birth_date.date_changed.connect(self._look_for_duplicates)
        self.fields["birth_date"] = born
        grid.addWidget(born, 2, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        self.sex = QComboBox()
        for value, words in _SEXES:
            self.sex.addItem(words, value)
        self.fields["sex"] = FieldWithFault("Sex", self.sex)
        grid.addWidget(self.fields["sex"], 2, 2, 1, 1, Qt.AlignmentFlag.AlignTop)
        for place in range(4):
            grid.setColumnStretch(place, 1)
        return grid

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.store = QPushButton("Add the patient")
        self.store.setProperty("type", "primary")
        self.store.clicked.connect(self._store)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._cancel)
        row.addWidget(self.store)
        row.addWidget(KeyHint("Ctrl+Enter"))
        row.addSpacing(8)
        row.addWidget(self.cancel)
        row.addWidget(KeyHint("Esc"))
        row.addStretch(1)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, slot in (("Ctrl+Return", self._store), ("Ctrl+Enter", self._store), ("Esc", self._cancel)):
            shortcut = QShortcut(QKeySequence(keys), self, context=context)
            shortcut.activated.connect(slot)
        return row

    def start_adding(self) -> None:
        """Show an empty form with the next free record number."""
        self._fill(None)
        self.cover.hide()
        self.title.setText("Add a patient")
        self.store.setText("Add the patient")
        self._tasks.read(lambda: next_mrn(self._clinic), self._suggest_mrn, latest="next mrn")
        self.fields["family_name"].editor.setFocus()

    def start_changing(self, patient: Patient) -> None:
        """Show this patient's details to be changed."""
        self._fill(patient)
        _show_as_stored(self, patient)
        self.fields["family_name"].editor.setFocus()

    def _fill(self, patient: Patient | None) -> None:
        self._patient = patient
        self._filled += 1
        for name, *_ in _LINES:
            self._line(name).setText(getattr(patient, name) if patient else "")
        self.birth_date.set_date(patient.birth_date if patient else None)
        self.sex.setCurrentIndex(self.sex.findData(patient.sex if patient else Sex.UNKNOWN))
        self.duplicates.show_rows(())
        self._show_faults({}, "")
        self.store.setEnabled(True)
        self._as_shown = self._typed()
        self._is_given_up = False

    def unsaved_problem(self) -> str:
        """A sentence while something typed is neither stored nor cancelled, else empty."""
        waits = not self._is_given_up and (self._typed() != self._as_shown or self.cover.has_text)
        return "What you typed about a patient is not stored yet." if waits else ""

    @property
    def has_text(self) -> bool:
        """Whether something is typed here that is stored only when it is asked for."""
        return not self.isHidden() and (self._typed() != self._as_shown or self.cover.has_text)

    def _line(self, name: str) -> QLineEdit:
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - the table above makes it one
        return editor

    def _typed(self) -> tuple[object, ...]:
        # The number of a new patient was suggested, not typed.
        names = [name for name, *_ in _LINES if name != "mrn" or self._patient is not None]
        lines = tuple(self._line(name).text() for name in names)
        return (*lines, self.birth_date.text(), self.sex.currentIndex())

    def _suggest_mrn(self, mrn: str) -> None:
        if self._patient is None and not self._line("mrn").text():
            self._line("mrn").setText(mrn)

    def _as_patient(self, birth_date: date) -> Patient:
        base = self._patient or Patient(mrn="", family_name="", given_name="", birth_date=birth_date)
        texts: dict[str, Any] = {name: self._line(name).text() for name, *_ in _LINES}
        return replace(base, **texts, birth_date=birth_date, sex=Sex(self.sex.currentData()))

    def _look_for_duplicates(self) -> None:
        born = self.birth_date.day
        named = self._line("family_name").text().strip() and self._line("given_name").text().strip()
        if self._patient is not None or born is None or not named:
            return
        patient = self._as_patient(born)
        self._tasks.read(
            lambda: likely_duplicates(self._clinic, patient), self._show_duplicates, latest="duplicates"
        )

    def _show_duplicates(self, rows: tuple[PatientRow, ...]) -> None:
        if self._patient is None:
            self.duplicates.show_rows(rows)
            self.store.setText("Add as a new patient" if rows else "Add the patient")

    def _store(self) -> None:
        if not self.store.isEnabled():
            return
        readable = self.birth_date.read_text()
        born = self.birth_date.day
        if not readable or born is None:
            missing = sentence(Fault("patient.birth_date.missing", "patient.birth_date"))
            self._show_faults({"patient.birth_date": self.birth_date.problem or missing}, "")
            return
        patient, clinic, is_new = self._as_patient(born), self._clinic, self._patient is None
        self.store.setEnabled(False)
        self._show_faults({}, "")
        verb = _add if is_new else change_patient
        done = partial(self._stored, self._filled, self._typed())
        self._tasks.write(partial(verb, clinic, patient), done, partial(self._refused, self._filled, patient))

    def _stored(self, filled: int, typed: tuple[object, ...], patient: Patient) -> None:
        if filled != self._filled:
            # Somebody else is shown by now.
            return
        is_new = self._patient is None
        self.store.setEnabled(True)
        if typed == self._typed():
            self._as_shown = typed
            self.patient_stored.emit(patient, is_new)
            return
        # More was typed meanwhile: it changes the patient who is stored now.
        self._patient, self._as_shown = patient, ()
        _show_as_stored(self, patient)

    def _refused(self, filled: int, patient: Patient, error: Exception) -> None:
        if filled != self._filled:
            self._show_faults({}, f"What was typed about {patient.name} is not stored. {sentence_for(error)}")
            return
        self.store.setEnabled(True)
        faults = faults_by_field(error)
        shown = {
            field: text for field, text in faults.items() if field.removeprefix("patient.") in self.fields
        }
        self._show_faults(shown, "" if shown else sentence_for(error))

    def _show_faults(self, faults: dict[str, str], problem: str) -> None:
        for name, field in self.fields.items():
            field.set_fault(faults.get(f"patient.{name}", ""))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        first = next((name for name in self.fields if f"patient.{name}" in faults), None)
        if first is not None:
            self.fields[first].editor.setFocus()

    def _cancel(self) -> None:
        self._is_given_up = True
        self.cancelled.emit(self._typed() != self._as_shown)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """What was cancelled and is brought back counts again."""
        self._is_given_up = False
        super().showEvent(event)


def _show_as_stored(form: PatientForm, patient: Patient) -> None:
    """Have the form say that it changes a patient who is there."""
    form.cover.show()
    form.cover.show_patient(patient.id or 0)
    form.title.setText(patient.name)
    form.store.setText("Save the changes")
