"""What is shown of a patient to somebody who may not read charts: who they are, and the way in for an emergency."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from ptnotes.domain.patient import Patient
from ptnotes.domain.permissions import Act
from ptnotes.domain.wording import full_date
from ptnotes.services.opening import OpenClinic
from ptnotes.services.people import break_glass
from ptnotes.services.permit import allows
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.table import GridTable


class NoCharts(Scroller):
    """Shows a patient's details; emits `opened` once charts may be read."""

    opened = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self.who = Card("Details")
        self.table = GridTable(("", ""))
        self.who.body.addWidget(self.table)
        self.body.addWidget(self.who)
        self.emergency = Card("Charts are not shown to your role")
        self.emergency.body.addWidget(
            Label(
                "In an emergency you can read them until the file is locked. Whoever looks after the clinic is told, "
                "with your name and the reason.",
                "muted",
                wraps=True,
            )
        )
        self.reason = QLineEdit()
        self.reason.setMaxLength(200)
        self.field = FieldWithFault("What the emergency is", self.reason)
        self.emergency.body.addWidget(self.field)
        self.button = QPushButton("Read charts in this emergency")
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        self.emergency.body.addLayout(row)
        self.emergency.setVisible(allows(clinic, Act.BREAK_GLASS))
        self.body.addWidget(self.emergency)
        self.body.addStretch(1)
        self.button.clicked.connect(self._break_glass)

    def show_patient(self, patient: Patient) -> None:
        """Show who this is."""
        rows = (
            ("Name", patient.name),
            ("Born", full_date(patient.birth_date)),
            ("Record number", patient.mrn),
            ("Telephone", patient.telephone),
            ("E-mail", patient.email),
            ("Address", patient.address),
            ("In an emergency call", patient.emergency_contact),
            ("Language", patient.language),
        )
        self.table.show_rows([(label, value) for label, value in rows if value])
        self.reason.clear()
        self.field.set_fault("")

    def _break_glass(self) -> None:
        self.button.setEnabled(False)
        job = partial(break_glass, self._clinic, self.reason.text())
        self._tasks.write(job, self._opened, self._refused)

    def _opened(self, _nothing: object) -> None:
        self.button.setEnabled(True)
        self.opened.emit()

    def _refused(self, error: Exception) -> None:
        self.button.setEnabled(True)
        self.field.set_fault(faults_by_field(error).get("emergency.reason", sentence_for(error)))
