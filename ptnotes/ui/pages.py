"""What stands beside the sidebar, one at a time: home, the open chart, and pages made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ptnotes.domain.patient import Patient
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.backup.schedule import BackupSchedule
from ptnotes.ui.data.data_page import DataPage
from ptnotes.ui.history.history_page import HistoryPage
from ptnotes.ui.patients.patient_form import PatientForm
from ptnotes.ui.people.people_page import PeoplePage
from ptnotes.ui.phrases.phrase_page import PhrasePage
from ptnotes.ui.retention.retention_page import RetentionPage
from ptnotes.ui.settings.clinic_settings import ClinicSettings
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.toast import Toast


class Pages(QStackedWidget):
    """Turns to one page at a time, and hands what is typed on the others to the writer before.

    A page that takes typing has `flush()` and may have `unsaved_problem()`, as the parts of a chart do.
    """

    patient_asked = Signal(int)
    """The id of a patient whose chart is to be shown."""
    form_left = Signal()
    records_disposed = Signal(object)
    """The ids of patients whose records are gone."""
    patients_imported = Signal()
    import_undone = Signal()

    def __init__(
        self, clinic: OpenClinic, tasks: Tasks, theme: Theme, toast: Toast, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._toast = toast
        self.backups = BackupSchedule(clinic, tasks, self)
        self._form: PatientForm | None = None
        self._settings: ClinicSettings | None = None
        self._people: PeoplePage | None = None
        self._history: HistoryPage | None = None
        self._retention: RetentionPage | None = None
        self.data: DataPage | None = None
        """What comes in and goes out, None until it is first asked for."""
        self.phrases: PhrasePage | None = None
        """The clinic's phrases, None until they are first asked for."""

    @property
    def form(self) -> PatientForm:
        """The form for a patient's details, made when it is first asked for."""
        if self._form is None:
            self._form = PatientForm(self._clinic, self._tasks, self)
            self._form.patient_stored.connect(self._patient_stored)
            self._form.cancelled.connect(self._form_cancelled)
            self._form.open_asked.connect(self.patient_asked)
            self.addWidget(self._form)
        return self._form

    @property
    def settings(self) -> ClinicSettings:
        """The clinic's details, made when they are first asked for."""
        if self._settings is None:
            self._settings = ClinicSettings(self._clinic, self._tasks, self.backups, self._theme, self)
            self.addWidget(self._settings)
        return self._settings

    @property
    def people(self) -> PeoplePage:
        """Who can open the file, made when it is first asked for."""
        if self._people is None:
            self._people = PeoplePage(self._clinic, self._tasks, self)
            self.addWidget(self._people)
        return self._people

    @property
    def history(self) -> HistoryPage:
        """Who did what, made when it is first asked for."""
        if self._history is None:
            self._history = HistoryPage(self._clinic, self._tasks, self._theme, self)
            self.addWidget(self._history)
        return self._history

    def flush(self) -> None:
        """Hand everything that is typed to the writer."""
        for page in self._made():
            flush: Callable[[], object] | None = getattr(page, "flush", None)
            if flush is not None:
                flush()

    def unsaved_problem(self) -> str:
        """Why something typed is not stored, empty where everything is. The page that holds it comes to the front."""
        for page in self._made():
            problem: Callable[[], str] | None = getattr(page, "unsaved_problem", None)
            if problem is not None and (sentence := problem()):
                self.setCurrentWidget(page)
                return sentence
        return ""

    def _made(self) -> list[QWidget]:
        found = (self.widget(place) for place in range(self.count()))
        return [page for page in found if page is not None]

    def turn_to(self, page: QWidget) -> None:
        """Show this page; what is typed on another is stored."""
        self.flush()
        self.setCurrentWidget(page)

    def show_settings(self) -> None:
        """Show the clinic's details."""
        self.turn_to(self.settings)
        self.settings.show_details()

    def show_phrases(self) -> None:
        """Show the short forms and what they stand for."""
        if self.phrases is None:
            self.phrases = PhrasePage(self._clinic, self._tasks, self._theme, self)
            self.addWidget(self.phrases)
        self.turn_to(self.phrases)

    def show_people(self) -> None:
        """Show who can open the file, and who may what."""
        self.turn_to(self.people)
        self.people.show_people()

    def show_retention(self) -> None:
        """Show how long records are kept, and which are due."""
        if self._retention is None:
            self._retention = RetentionPage(self._clinic, self._tasks, self._theme, self)
            self._retention.disposed.connect(self.records_disposed)
            self.addWidget(self._retention)
        self.turn_to(self._retention)
        self._retention.show_records()

    def show_data(self) -> None:
        """Show what can be brought in and taken out."""
        if self.data is None:
            self.data = DataPage(self._clinic, self._tasks, self._theme, self)
            self.data.patients_changed.connect(self.patients_imported)
            self.data.import_undone.connect(self.import_undone)
            self.addWidget(self.data)
        self.turn_to(self.data)
        self.data.show_data()

    def show_clinic_history(self) -> None:
        """Show who did what in the clinic."""
        self.turn_to(self.history)
        self.history.show_clinic()

    def show_patient_history(self, patient: Patient) -> None:
        """Show who did what to this patient's record."""
        if patient.id is not None:
            self.turn_to(self.history)
            self.history.show_patient(patient.id, patient.name)

    def add_patient(self) -> None:
        """Show an empty form."""
        self.turn_to(self.form)
        self.form.start_adding()

    def edit_patient(self, patient: Patient) -> None:
        """Show a patient's details to be changed."""
        self.turn_to(self.form)
        self.form.start_changing(patient)

    def _patient_stored(self, patient: Patient, is_new: bool) -> None:
        if patient.id is not None:
            self.patient_asked.emit(patient.id)
        self._toast.say("Patient added." if is_new else "Changes saved.")

    def _form_cancelled(self, has_text: bool) -> None:
        self.form_left.emit()
        if has_text:
            bring_back = partial(self.setCurrentWidget, self.form)
            self._toast.say("Nothing was stored.", "Bring it back", bring_back)
