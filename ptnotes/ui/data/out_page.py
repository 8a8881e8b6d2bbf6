"""Taking records out: a patient as FHIR, the whole clinic as an archive or as CSV."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ptnotes.services.opening import OpenClinic
from ptnotes.ui.data.clinic_card import ClinicCard
from ptnotes.ui.data.patient_card import PatientCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Scroller


class OutPage(Scroller):
    """The two ways out, one card each."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.patient = PatientCard(clinic, tasks, theme)
        self.clinic = ClinicCard(clinic, tasks, theme)
        page = QWidget()
        page.setMaximumWidth(theme.px(980))
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(5))
        column.addWidget(self.patient)
        column.addWidget(self.clinic)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(page, 5)
        row.addStretch(1)
        self.body.addLayout(row, 1)
