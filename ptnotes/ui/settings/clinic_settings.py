"""The clinic's details: what is printed on reports, which normal values are shown. Each change saves itself."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ptnotes.domain.errors import StaleError
from ptnotes.domain.people import Clinic, NormalValues, Paper
from ptnotes.domain.permissions import Act
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.settings import change_clinic, clinic_details
from ptnotes.ui.backup.backup_card import BackupCard
from ptnotes.ui.backup.schedule import BackupSchedule
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.payers.rules_card import PayerRulesCard
from ptnotes.ui.settings.letters_card import LettersCard
from ptnotes.ui.settings.values_card import ReferenceValuesCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Heading, Label
from ptnotes.ui.widgets.logo_picker import LogoPicker

_LINES = (
    ("name", "Name of the clinic", "", True, 0, 0, 2),
    ("address", "Address", "", False, 1, 0, 2),
    ("telephone", "Telephone", "", False, 2, 0, 1),
    ("fax", "Fax", "", False, 2, 1, 1),
    ("npi", "NPI", "the clinic's national provider identifier", False, 3, 0, 1),
    ("zone", "Time zone", "such as America/New_York", False, 3, 1, 1),
)
_PAPERS = ((Paper.LETTER, "Letter, 8.5 × 11 in"), (Paper.A4, "A4, 210 × 297 mm"))
_NORMALS = ((NormalValues.AAOS, "AAOS"), (NormalValues.AMA, "AMA"))


class ClinicSettings(Scroller):
    """Shows the details (`show_details`) and stores each change when its field is left."""

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        schedule: BackupSchedule,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self._stored: Clinic | None = None
        self._sent: Clinic | None = None
        self._at_once = False
        self._is_stale = False
        self._problem = ""
        self.fields: dict[str, FieldWithFault] = {}
        card = Card("The clinic", "printed on reports · each change saves itself")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for name, label, hint, required, line, place, span in _LINES:
            editor = QLineEdit()
            editor.editingFinished.connect(self.flush)
            self.fields[name] = FieldWithFault(label, editor, hint=hint, required=required)
            grid.addWidget(self.fields[name], line, place, 1, span, Qt.AlignmentFlag.AlignTop)
        self.paper = QComboBox()
        for paper, words in _PAPERS:
            self.paper.addItem(words, paper)
        self.normals = QComboBox()
        for values, words in _NORMALS:
            self.normals.addItem(words, values)
        self.logo = LogoPicker(tasks)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(FieldWithFault("Paper of printed reports", self.paper), 4, 0, top)
        normals_hint = "one set for the whole clinic, never mixed in a report"
        grid.addWidget(FieldWithFault("Normal ranges of motion", self.normals, hint=normals_hint), 4, 1, top)
        grid.addWidget(FieldWithFault("Logo", self.logo, hint="PNG or JPEG"), 5, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        looks_after = allows(clinic, Act.ADMINISTER)
        card.setEnabled(looks_after)
        self.state = Label(
            "" if looks_after else "Whoever looks after the clinic changes this.", "small", wraps=True
        )
        card.body.addWidget(self.state)
        self.paper.activated.connect(self.flush)
        self.normals.activated.connect(self.flush)
        self.logo.logo_changed.connect(self.flush)
        page = QWidget()
        page.setMaximumWidth(840)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(Heading("Clinic settings", "title"))
        column.addWidget(card)
        file_card = Card("The file")
        file_card.body.addWidget(Label(str(clinic.path), wraps=True))
        file_card.body.addWidget(
            Label(
                f"Encrypted. The file {clinic.path.name}.keys beside it belongs to it: move, copy and keep both.",
                "muted",
                wraps=True,
            )
        )
        self.payer_rules = PayerRulesCard(clinic, tasks)
        column.addWidget(self.payer_rules)
        self.reference_values = ReferenceValuesCard(clinic, tasks, theme)
        column.addWidget(self.reference_values)
        self.letters = LettersCard(clinic, tasks, theme)
        column.addWidget(self.letters)
        column.addWidget(file_card)
        self.backups = BackupCard(clinic, schedule)
        column.addWidget(self.backups)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(page, 4)
        row.addStretch(1)
        self.body.addLayout(row, 1)

    def show_details(self) -> None:
        """Read the details and show them, unless something typed here waits to be stored or mended."""
        self._tasks.read(lambda: clinic_details(self._clinic), self._show, latest="clinic")
        self.payer_rules.show_rules()
        self.reference_values.show_values()
        self.letters.show_templates()

    def _show(self, details: Clinic) -> None:
        if self._sent is not None or (self._typed() != self._stored and not self._is_stale):
            return
        self._stored = details
        self._is_stale = False
        self._problem = ""
        for name in self.fields:
            self._line(name).setText(getattr(details, name))
            self.fields[name].set_fault("")
        self.paper.setCurrentIndex(self.paper.findData(details.paper))
        self.normals.setCurrentIndex(self.normals.findData(details.normal_values))
        self.logo.show_logo(details.logo)
        if allows(self._clinic, Act.ADMINISTER):
            self.state.setText("")

    def _line(self, name: str) -> QLineEdit:
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - the table above makes it one
        return editor

    def _typed(self) -> Clinic | None:
        """The details as they are on the screen, None before they were read."""
        if self._stored is None:
            return None
        texts: dict[str, Any] = {name: self._line(name).text() for name in self.fields}
        return replace(
            self._stored,
            **texts,
            paper=Paper(self.paper.currentData()),
            normal_values=NormalValues(self.normals.currentData()),
            logo=self.logo.logo,
        )

    def flush(self) -> None:
        """Hand a change to the writer, if there is one. What is changed during a save follows right after it."""
        self.payer_rules.flush()
        if self._sent is not None:
            self._at_once = True
            return
        typed = self._typed()
        if typed is None or typed == self._stored:
            return
        self._sent = typed
        self._tasks.write(partial(change_clinic, self._clinic, typed), self._saved, self._refused)

    def unsaved_problem(self) -> str:
        """Why a change could not be stored, empty where all are."""
        if self._sent is None and self._typed() == self._stored:
            return self.payer_rules.unsaved_problem() or self.letters.unsaved_problem()
        return f"A change of the clinic's settings is not stored yet. {self._problem}".rstrip()

    def _saved(self, details: Clinic) -> None:
        # Compared with what was sent: the store cleans text (spaces, letters with accents) and that is no new change.
        sent, self._sent = self._sent or details, None
        self._stored = replace(sent, revision=details.revision)
        self._problem = ""
        for field in self.fields.values():
            field.set_fault("")
        self.state.set_kind("ok")
        self.state.setText("Saved.")
        self._go_on()

    def _refused(self, error: Exception) -> None:
        sent, self._sent = self._sent, None
        self._is_stale = isinstance(error, StaleError)
        self._problem = sentence_for(error)
        faults = faults_by_field(error)
        for name, field in self.fields.items():
            field.set_fault(faults.get(f"clinic.{name}", ""))
        self.state.set_kind("fault")
        self.state.setText(self._problem)
        # What was refused as it stands is not tried again by itself; what was mended meanwhile is.
        self._at_once = self._at_once and self._typed() != sent
        self._go_on()

    def _go_on(self) -> None:
        again, self._at_once = self._at_once, False
        if again:
            self.flush()
