"""The data of the clinic on their way: bringing patients in, and taking records out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from ptnotes.domain.patient import Patient, PatientRow
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.data.in_page import InPage
from ptnotes.ui.data.out_page import OutPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Heading

IN, OUT = range(2)


class DataPage(QWidget):
    """Two tabs. `patients_changed` says that some were added, `import_undone` that some are gone."""

    patients_changed = Signal()
    import_undone = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "window")
        self.tabs = QTabBar(self)
        self.bring_in = InPage(clinic, tasks, theme)
        self.out = OutPage(clinic, tasks, theme)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Data in and out")
        self.stage = QStackedWidget(self)
        for title, page in (("Bring patients in", self.bring_in), ("Take records out", self.out)):
            self.tabs.addTab(title)
            self.stage.addWidget(page)
        head = QVBoxLayout()
        head.setContentsMargins(24, 16, 24, 0)
        head.setSpacing(theme.space(2))
        head.addWidget(Heading("Data in and out", "title"))
        head.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.stage, 1)
        self.tabs.currentChanged.connect(self.stage.setCurrentIndex)
        self.bring_in.patients_changed.connect(self.patients_changed)
        self.bring_in.import_undone.connect(self.import_undone)

    def show_data(self) -> None:
        """Show the page as it was left, with the imports that were made."""
        self.bring_in.show_runs()
        self.tabs.setFocus()

    def show_patient(self, patient: Patient) -> None:
        """Offer to take this patient out."""
        if patient.id is None:
            raise ValueError("a stored patient has an id")
        self.tabs.setCurrentIndex(OUT)
        row = PatientRow(
            id=patient.id,
            mrn=patient.mrn,
            name=patient.name,
            birth_date=patient.birth_date,
            telephone=patient.telephone,
            archived=patient.archived_at is not None,
        )
        self.out.patient.show_patient(row)

    def unsaved_problem(self) -> str:
        """Why the window should not be left now, empty where it may."""
        return self.out.clinic.unsaved_problem()
