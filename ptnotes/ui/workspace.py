"""What lies behind the door: the sidebar, and beside it the home page, a patient's chart, or a form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from ptnotes.domain.views import PatientHeader
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import patient_header
from ptnotes.services.visits import load_session
from ptnotes.ui.chart import (
    DOCUMENTS,
    EPISODE,
    OVERVIEW,
    SESSIONS,
    ChartPage,
    print_document,
    read_ahead,
    show_again,
)
from ptnotes.ui.history.reading_log import ReadingLog
from ptnotes.ui.home.desk import HomeDesk
from ptnotes.ui.home.home_page import HomePage
from ptnotes.ui.pages import Pages
from ptnotes.ui.patients.archiving import Archiving
from ptnotes.ui.people.emergencies import Emergencies
from ptnotes.ui.people.old_keys import OldKeysNotice
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.sidebar import Sidebar
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.toast import Toast

_TAB_ACTIONS = (
    (OVERVIEW, "tab_overview"),
    (SESSIONS, "tab_sessions"),
    (EPISODE, "tab_episode"),
    (DOCUMENTS, "tab_documents"),
)


def _draft_header(clinic: OpenClinic, patient_id: int, session_id: int) -> PatientHeader:
    return patient_header(clinic, patient_id, load_session(clinic, session_id).episode_id)


def _print_document(workspace: Workspace) -> None:
    """Print from anywhere in a chart: the document that fits, or the one that is shown."""
    chart = workspace.chart
    if chart.shown is None:
        return
    if workspace.pages.currentWidget() is chart:
        print_document(chart)
    else:
        workspace.show_tab(DOCUMENTS)


def _turn_to(pages: Pages, page: QWidget) -> None:
    """Show a page that another part of the window made."""
    if pages.indexOf(page) < 0:
        pages.addWidget(page)
    pages.turn_to(page)


def _take_patient_out(workspace: Workspace) -> None:
    """Offer to save the open patient's record for another program."""
    if workspace.chart.shown is not None:
        workspace.pages.show_data()
        if workspace.pages.data is not None:
            workspace.pages.data.show_patient(workspace.chart.shown.patient)


class Workspace(QWidget):
    """The open clinic on the screen. `patient_shown` says whether a patient's chart is open now."""

    patient_shown = Signal(bool)

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        actions: dict[str, QAction],
        remembered: Remembered,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self.toast = toast = Toast(self)
        self._archive_action = actions["archive_patient"]
        self.sidebar = Sidebar(clinic, tasks, theme, self)
        self.pages = Pages(clinic, tasks, theme, toast, self)
        self.home = HomePage(clinic.today, theme, self)
        self.desk = HomeDesk(clinic, tasks, theme, self.home)
        self.chart = ChartPage(clinic, tasks, theme, toast, self)
        self.archiving = Archiving(clinic, tasks, toast, self)
        self.emergencies = Emergencies(clinic, tasks, toast, self)
        self.pages.addWidget(self.home)
        self.pages.addWidget(self.chart)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.sidebar)
        self.splitter.addWidget(self.pages)
        self.splitter.setStretchFactor(1, 1)
        self.sidebar.setMinimumWidth(theme.px(200))
        self.reading_log = ReadingLog(clinic, tasks, self)
        self.old_keys = OldKeysNotice(clinic, tasks, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.reading_log)
        layout.addWidget(self.old_keys)
        layout.addWidget(self.splitter, 1)
        if remembered.sidebar is None or not self.splitter.restoreState(remembered.sidebar):
            self.splitter.setSizes([theme.px(264), theme.px(1016)])
        self._connect(actions)

    def _connect(self, actions: dict[str, QAction]) -> None:
        for lists in (self.sidebar, self.home):
            lists.patient_chosen.connect(self.open_patient)
            lists.draft_chosen.connect(self.open_draft)
        self.sidebar.home_loaded.connect(self.desk.show_home)
        self.desk.changed.connect(self.sidebar.refresh)
        self.desk.day.list.patient_chosen.connect(self.open_patient)
        self.desk.day.list.draft_chosen.connect(self.open_draft)
        self.desk.day.visit_asked.connect(self.start_visit)
        self.desk.day.undo_offered.connect(self.toast.offer_undo)
        self.desk.due.episode_chosen.connect(self.open_patient)
        self.desk.page_asked.connect(partial(_turn_to, self.pages))
        self.home.add_asked.connect(self.pages.add_patient)
        self.pages.patient_asked.connect(self.open_patient)
        self.pages.form_left.connect(self._leave_form)
        self.pages.records_disposed.connect(self._leave_disposed)
        self.pages.patients_imported.connect(self.sidebar.refresh)
        # Whose chart is open may be gone with the import; it lies behind the page of imports, and is opened again.
        self.pages.import_undone.connect(self._leave_patient)
        self.pages.import_undone.connect(self.sidebar.refresh)
        self.chart.episode_chosen.connect(self.open_patient)
        self.chart.edit_asked.connect(self.edit_patient)
        self.chart.visits_changed.connect(self.sidebar.refresh)
        self.chart.visit_shown.connect(self.sidebar.mark_visit)
        self.archiving.archived.connect(self.show_home)
        self.archiving.brought_back.connect(self.open_patient)
        self._tasks.unsaved_changed.connect(self.sidebar.show_unsaved)
        # A sample clinic is not locked and not recovered: nobody knows its passphrase.
        is_sample = not actions["lock"].isVisible()
        self.sidebar.lock_hint.setVisible(not is_sample)
        self.home.asks_for_recovery_key = not is_sample
        self.home.recovery_asked.connect(self.pages.show_people)
        self.old_keys.people_asked.connect(self.pages.show_people)
        if not is_sample:
            self.pages.backups.problem_changed.connect(self.sidebar.show_backup)
        for name, slot in (
            ("find", self.sidebar.start_finding),
            ("add_patient", self.pages.add_patient),
            ("edit_patient", self.edit_patient),
            ("open_episode", self.chart.open_episode),
            ("archive_patient", self.archive),
            ("settings", self.pages.show_settings),
            ("phrases", self.pages.show_phrases),
            ("people", self.pages.show_people),
            ("clinic_history", self.pages.show_clinic_history),
            ("retention", self.pages.show_retention),
            ("data", self.pages.show_data),
            ("take_patient_out", partial(_take_patient_out, self)),
            ("patient_history", self.show_patient_history),
            ("print", partial(_print_document, self)),
            ("reports_due", self.desk.show_batch),
            ("home", self.show_home),
        ):
            actions[name].triggered.connect(slot)
        for place, name in _TAB_ACTIONS:
            actions[name].triggered.connect(partial(self.show_tab, place))

    def start(self, *, after_lock: bool = False) -> None:
        """Show the home page, and read what is at hand."""
        self.pages.setCurrentWidget(self.home)
        self.sidebar.refresh()
        self.sidebar.start_finding()
        self._tasks.read(read_ahead)
        self.reading_log.look()
        self.emergencies.look()
        self.old_keys.look()
        self.pages.backups.start(after_lock=after_lock)

    def flush(self) -> None:
        """Hand everything that is typed to the writer, and end a search."""
        self.pages.flush()
        self.sidebar.end_search()

    def take_up_again(self, *, may_still_read: bool) -> None:
        """Go on after the lock with what could not be stored before it."""
        typed_in = self.focusWidget()
        if not may_still_read:
            self.show_home()
            self.pages.unsaved_problem()
        elif self.chart.shown is not None:
            show_again(self.chart)
        if typed_in is not None:
            typed_in.setFocus(Qt.FocusReason.OtherFocusReason)
        self.flush()
        self.sidebar.refresh()
        self.pages.backups.look()

    def show_home(self) -> None:
        """Leave the patient and show the home page."""
        self._leave_patient()
        self.pages.setCurrentWidget(self.home)
        self.sidebar.refresh()

    def _leave_patient(self) -> None:
        self._tasks.forget("patient")
        self.chart.leave_patient()
        self.reading_log.note_chart(None)
        self.sidebar.mark_patient(None)
        self.patient_shown.emit(False)  # noqa: FBT003 - a signal takes no names

    def _leave_disposed(self, patient_ids: Sequence[int]) -> None:
        if self.chart.shown is not None and self.chart.shown.patient.id in patient_ids:
            self._leave_patient()
        self.sidebar.refresh()

    def show_patient_history(self) -> None:
        """Show who did what to the open patient's record."""
        if self.chart.shown is not None:
            self.pages.show_patient_history(self.chart.shown.patient)

    def show_tab(self, place: int) -> None:
        """Show one part of the open patient's chart."""
        if self.chart.shown is not None:
            self.pages.setCurrentWidget(self.chart)
            self.chart.go_to_tab(place)

    def edit_patient(self) -> None:
        """Show the open patient's details to be changed."""
        if self.chart.shown is not None:
            self.pages.edit_patient(self.chart.shown.patient)

    def open_patient(self, patient_id: int, episode_id: int | None = None) -> None:
        """Read a patient's header and show the chart; the newest episode where none is named."""
        self.flush()
        read = partial(patient_header, self._clinic, patient_id, episode_id)
        self._tasks.read(read, self._show_patient, latest="patient")

    def open_draft(self, patient_id: int, session_id: int) -> None:
        """Show the chart of a patient with this draft on the Sessions tab."""
        self.flush()
        read = partial(_draft_header, self._clinic, patient_id, session_id)
        self._tasks.read(read, partial(self._show_draft, session_id), latest="patient")

    def start_visit(self, patient_id: int) -> None:
        """Show a patient's chart with today's visit, started if it is not there yet."""
        self.flush()
        read = partial(patient_header, self._clinic, patient_id)
        self._tasks.read(read, self._show_to_chart, latest="patient")

    def archive(self) -> None:
        """Take the patient out of the lists, with an Undo; or bring an archived one back."""
        shown = self.chart.shown
        if shown is None or shown.patient.id is None:
            return
        self.flush()
        if shown.patient.archived_at is None:
            self.archiving.archive(shown.patient.id)
        else:
            self.archiving.bring_back(shown.patient.id)

    def _show_patient(self, header: PatientHeader) -> None:
        self._show_chart(header)
        self.chart.show_patient(header)

    def _show_to_chart(self, header: PatientHeader) -> None:
        self._show_patient(header)
        self.chart.start_visit()

    def _show_draft(self, session_id: int, header: PatientHeader) -> None:
        self._show_chart(header, session_id)
        self.chart.show_draft(session_id, header)

    def _show_chart(self, header: PatientHeader, session_id: int | None = None) -> None:
        self.pages.setCurrentWidget(self.chart)
        self.sidebar.mark_patient(header.patient.id, session_id)
        is_archived = header.patient.archived_at is not None
        self._archive_action.setText("Bring this patient &back" if is_archived else "A&rchive this patient")
        self.reading_log.note_chart(header.patient.id)
        self.patient_shown.emit(True)  # noqa: FBT003 - a signal takes no names

    def _leave_form(self) -> None:
        self.pages.setCurrentWidget(self.chart if self.chart.shown is not None else self.home)
