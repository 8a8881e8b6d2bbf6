"""What lies behind the door: the sidebar, and beside it the home page, a patient's chart, or a form. Wires the screens.

Every screen of a chart is a widget with `show_episode(patient_id, episode_id)`. One that takes typing also has
`flush()`, which hands what is typed to the writer, and `unsaved_problem()`, a sentence while it could not be stored.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.patient import Patient
from ptnotes.domain.views import Home, PatientHeader
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import patient_header
from ptnotes.services.patients import archive_patient, unarchive_patient
from ptnotes.services.visits import load_session
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.home.home_page import HomePage
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.patient_header import TABS, PatientHeaderBar
from ptnotes.ui.patients.patient_form import PatientForm
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.settings.clinic_settings import ClinicSettings
from ptnotes.ui.sidebar import Sidebar
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.trends_page import TrendsPage
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Callable

OVERVIEW, SESSIONS, EPISODE, DOCUMENTS = range(4)
_SETTLED_MS = 400


def _draft_header(clinic: OpenClinic, patient_id: int, session_id: int) -> PatientHeader:
    return patient_header(clinic, patient_id, load_session(clinic, session_id).episode_id)


class NoScreen(EmptyState):
    """Stands in for a part of the chart."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Not here yet", "", parent=parent)

    def show_episode(self, patient_id: int, episode_id: int | None) -> None:
        """Show nothing."""


class Workspace(QWidget):
    """The open clinic on the screen. `patient_shown` says whether a patient's chart is open now."""

    patient_shown = Signal(bool)
    screen_shown = Signal(str, list)
    """The title of the part of the chart that is shown, and its own actions; an empty title where none is."""

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        actions: dict[str, QAction],
        toast: Toast,
        remembered: Remembered,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._toast = toast
        self._header: PatientHeader | None = None
        self._wanted_tab = OVERVIEW
        self.screens: dict[int, QWidget] = {}
        self.sidebar = Sidebar(clinic, tasks, theme, self)
        self.pages = QStackedWidget(self)
        self.home = HomePage(theme, self)
        self.form = PatientForm(clinic, tasks, self)
        self.settings = ClinicSettings(clinic, tasks, self)
        self.chart = QWidget(self)
        self.header = PatientHeaderBar(self)
        self.tab_pages = QStackedWidget(self)
        chart = QVBoxLayout(self.chart)
        chart.setContentsMargins(0, 0, 0, 0)
        chart.setSpacing(0)
        chart.addWidget(self.header)
        chart.addWidget(self.tab_pages, 1)
        for page in (self.home, self.chart, self.form, self.settings):
            self.pages.addWidget(page)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.sidebar)
        self.splitter.addWidget(self.pages)
        self.splitter.setStretchFactor(1, 1)
        self.sidebar.setMinimumWidth(theme.px(200))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        if remembered.sidebar is None or not self.splitter.restoreState(remembered.sidebar):
            self.splitter.setSizes([theme.px(264), theme.px(1016)])
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self.sidebar.refresh)
        self._connect(actions)

    def _connect(self, actions: dict[str, QAction]) -> None:
        self.sidebar.patient_chosen.connect(self.open_patient)
        self.sidebar.draft_chosen.connect(self.open_draft)
        self.home.draft_chosen.connect(self.open_draft)
        self.sidebar.home_loaded.connect(self._show_home)
        self.home.patient_chosen.connect(self.open_patient)
        self.home.add_asked.connect(self.add_patient)
        self.form.patient_stored.connect(self._patient_stored)
        self.form.cancelled.connect(self._form_left)
        self.form.open_asked.connect(self.open_patient)
        self.header.tab_chosen.connect(self._show_tab)
        self.header.episode_chosen.connect(self._choose_episode)
        self.header.edit_asked.connect(self.edit_patient)
        self.header.episode_asked.connect(self.new_episode)
        self._tasks.unsaved_changed.connect(self._unsaved)
        for name, slot in (
            ("find", self.sidebar.start_finding),
            ("add_patient", self.add_patient),
            ("edit_patient", self.edit_patient),
            ("open_episode", self.new_episode),
            ("archive_patient", self.archive),
            ("settings", self.show_settings),
            ("home", self.show_home),
        ):
            actions[name].triggered.connect(slot)
        for place, name in enumerate(("tab_overview", "tab_sessions", "tab_episode", "tab_documents")):
            actions[name].triggered.connect(partial(self._go_to_tab, place))

    def start(self) -> None:
        """Show the home page, and read what is at hand."""
        self.pages.setCurrentWidget(self.home)
        self.sidebar.refresh()
        self.sidebar.start_finding()

    def flush(self) -> None:
        """Hand everything that is typed to the writer."""
        for screen in (*self.screens.values(), self.settings):
            flush: Callable[[], object] | None = getattr(screen, "flush", None)
            if flush is not None:
                flush()

    def unsaved_problem(self) -> str:
        """Why something typed could not be stored, empty where everything is."""
        for screen in (*self.screens.values(), self.settings):
            problem: Callable[[], str] | None = getattr(screen, "unsaved_problem", None)
            if problem is not None and (sentence := problem()):
                return sentence
        return ""

    def remember(self, remembered: Remembered) -> None:
        """Keep where the line beside the sidebar stands."""
        remembered.sidebar = self.splitter.saveState()

    def screen_keys(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The keys of the chart's screens made so far, for the list of keys."""
        lists = []
        for place, screen in self.screens.items():
            rows = [
                (
                    action.text().replace("&", ""),
                    action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
                )
                for action in screen.actions()
                if not action.shortcut().isEmpty()
            ]
            if rows:
                lists.append((TABS[place], rows))
        return lists

    def show_home(self) -> None:
        """Leave the patient and show the home page."""
        self._leave_patient()
        self.pages.setCurrentWidget(self.home)
        self.sidebar.refresh()

    def show_settings(self) -> None:
        """Show the clinic's details."""
        self.flush()
        self.settings.show_details()
        self.pages.setCurrentWidget(self.settings)

    def add_patient(self) -> None:
        """Show an empty form."""
        self.flush()
        self.form.start_adding()
        self.pages.setCurrentWidget(self.form)

    def edit_patient(self) -> None:
        """Show the open patient's details to be changed."""
        if self._header is not None:
            self.flush()
            self.form.start_changing(self._header.patient)
            self.pages.setCurrentWidget(self.form)

    def open_patient(self, patient_id: int, episode_id: int | None = None) -> None:
        """Read a patient's header and show the chart; the newest episode where none is named."""
        self.flush()
        self._tasks.read(
            partial(patient_header, self._clinic, patient_id, episode_id),
            self._show_patient,
            latest="patient",
        )

    def open_draft(self, patient_id: int, session_id: int) -> None:
        """Show the chart of a patient with this draft on the Sessions tab."""
        self.flush()
        self._tasks.read(
            partial(_draft_header, self._clinic, patient_id, session_id),
            partial(self._show_draft, session_id),
            latest="patient",
        )

    def _show_draft(self, session_id: int, header: PatientHeader) -> None:
        self._take_header(header)
        self._go_to_tab(SESSIONS)
        charting = self._screen(SESSIONS)
        assert isinstance(charting, ChartingScreen)  # noqa: S101 - made below
        charting.open_visit(session_id)

    def _choose_episode(self, episode_id: int) -> None:
        if self._header is not None and self._header.patient.id is not None:
            self.open_patient(self._header.patient.id, episode_id)

    def _show_patient(self, header: PatientHeader) -> None:
        patient_before = self._header.patient.id if self._header is not None else None
        self._take_header(header)
        if patient_before != header.patient.id:
            self._wanted_tab = OVERVIEW
        # Without an episode there is nothing to look at yet, and the next step is to open one.
        self._go_to_tab(EPISODE if header.episode is None else self._wanted_tab)

    def _take_header(self, header: PatientHeader) -> None:
        self._header = header
        self.header.show_header(header)
        self.pages.setCurrentWidget(self.chart)
        self.sidebar.mark_patient(header.patient.id)
        self.patient_shown.emit(True)  # noqa: FBT003 - a signal takes no names

    def _go_to_tab(self, place: int) -> None:
        if self._header is None:
            return
        self.pages.setCurrentWidget(self.chart)
        if self.header.tabs.currentIndex() == place:
            self._show_tab(place)
        else:
            self.header.tabs.setCurrentIndex(place)

    def _show_tab(self, place: int) -> None:
        if self._header is None:
            return
        self.flush()
        if self._header.episode is not None:
            self._wanted_tab = place
        screen = self._screen(place)
        self.tab_pages.setCurrentWidget(screen)
        screen.setFocus(Qt.FocusReason.OtherFocusReason)
        episode = self._header.episode
        self.screen_shown.emit(TABS[place], screen.actions())
        screen.show_episode(  # type: ignore[attr-defined]  # every screen of a chart has it, see above
            self._header.patient.id, episode.id if episode is not None else None
        )

    def _screen(self, place: int) -> QWidget:
        if place not in self.screens:
            screen = self._make_screen(place)
            # A screen's keys work wherever the cursor is while the screen is shown, and not while another one is.
            for action in screen.actions():
                action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            self.screens[place] = screen
            self.tab_pages.addWidget(screen)
        return self.screens[place]

    def _make_screen(self, place: int) -> QWidget:
        if place == EPISODE:
            episode = EpisodeScreen(self._clinic, self._tasks, self._theme, self)
            episode.episode_opened.connect(self._episode_opened)
            episode.episode_changed.connect(self._refresh_header)
            episode.undo_offered.connect(self._offer_undo)
            return episode
        if place == OVERVIEW:
            trends = TrendsPage(self._clinic, self._tasks, self._theme, self)
            trends.episode_asked.connect(self.new_episode)
            trends.visit_asked.connect(partial(self._go_to_tab, SESSIONS))
            return trends
        if place == SESSIONS:
            charting = ChartingScreen(self._clinic, self._tasks, self._theme, self)
            charting.visits_changed.connect(self.sidebar.refresh)
            return charting
        return NoScreen(self)

    def new_episode(self) -> None:
        """Show the form that opens an episode for the patient."""
        if self._header is None or self._header.patient.id is None:
            return
        self._go_to_tab(EPISODE)
        screen = self._screen(EPISODE)
        assert isinstance(screen, EpisodeScreen)  # noqa: S101 - made above
        screen.start_opening(self._header.patient.id, is_first=self._header.episode is None)

    def _episode_opened(self, episode: EpisodeOfCare) -> None:
        self._wanted_tab = EPISODE
        self.open_patient(episode.patient_id, episode.id)
        self._toast.say("Episode opened. Ctrl+2 charts the first visit.")

    def _refresh_header(self, episode: EpisodeOfCare) -> None:
        self._tasks.read(
            partial(patient_header, self._clinic, episode.patient_id, episode.id),
            self._show_header,
            latest="header",
        )

    def _show_header(self, header: PatientHeader) -> None:
        shown = self._header
        if shown is None or shown.episode is None or header.episode is None:
            return
        if shown.episode.id == header.episode.id:
            self._header = header
            self.header.show_header(header)

    def _offer_undo(self, words: str, take_back: Callable[[], object]) -> None:
        self._toast.say(words, "Undo", take_back)

    def archive(self) -> None:
        """Take the patient out of the lists, with an Undo."""
        if self._header is None or self._header.patient.id is None:
            return
        patient_id, clinic = self._header.patient.id, self._clinic
        self.flush()
        self._tasks.write(partial(archive_patient, clinic, patient_id), self._archived)

    def _archived(self, patient: Patient) -> None:
        self.show_home()
        self._toast.say(
            "Archived. Everything of the patient is kept.", "Undo", partial(self._unarchive, patient)
        )

    def _unarchive(self, patient: Patient) -> None:
        if patient.id is not None:
            bring_back = partial(unarchive_patient, self._clinic, patient.id)
            self._tasks.write(bring_back, self._brought_back)

    def _brought_back(self, patient: Patient) -> None:
        if patient.id is not None:
            self.open_patient(patient.id)

    def _patient_stored(self, patient: Patient, is_new: bool) -> None:
        if patient.id is not None:
            self.open_patient(patient.id)
        self._toast.say("Patient added." if is_new else "Changes saved.")

    def _form_left(self, has_text: bool) -> None:
        self.pages.setCurrentWidget(self.chart if self._header is not None else self.home)
        if has_text:
            self._toast.say("Nothing was stored.", "Bring it back", self._back_to_form)

    def _back_to_form(self) -> None:
        self.pages.setCurrentWidget(self.form)

    def _leave_patient(self) -> None:
        self.flush()
        self._tasks.forget("patient")
        self._header = None
        self.sidebar.mark_patient(None)
        self.screen_shown.emit("", [])
        self.patient_shown.emit(False)  # noqa: FBT003 - a signal takes no names

    def _show_home(self, home: Home) -> None:
        self.home.show_home(home, self._clinic.today())

    def _unsaved(self, count: int) -> None:
        self.sidebar.show_unsaved(count)
        if count == 0:
            self._settled.start()

    def tell_failure(self, error: Exception) -> None:
        """Say what went wrong."""
        self._toast.say_fault(sentence_for(error))
