"""A patient's chart: the header, and under it the four parts of the chart, each made when it is first looked at.

Every screen of a chart is a widget with `show_episode(patient_id, episode_id)`. One that takes typing also has
`flush()`, which hands what is typed to the writer, and `unsaved_problem()`, a sentence while it could not be stored.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.permissions import Act
from ptnotes.domain.views import PatientHeader
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import patient_header
from ptnotes.services.permit import allows
from ptnotes.ui.actions import keys_of
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.patient_header import TABS, PatientHeaderBar
from ptnotes.ui.people.no_charts import NoCharts
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.trends_page import TrendsPage
from ptnotes.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from ptnotes.ui.documents.documents_screen import DocumentsScreen

OVERVIEW, SESSIONS, EPISODE, DOCUMENTS = range(4)
_NOT_UNDERSTOOD = "Something typed in the chart is not understood, and so not stored yet. It is marked there."


def read_ahead() -> None:
    """Import what the Documents tab needs; run in a thread once the home page is shown."""
    import ptnotes.ui.documents.documents_screen  # noqa: F401, PLC0415 - see above


def _holds_what_is_not_understood(chart: QWidget) -> bool:
    """Whether a field of a chart keeps text that it could not read. Only the screen has it: nothing of it is stored."""
    return any(line.property("fault") and line.text() for line in chart.findChildren(QLineEdit))


_LEADS_TO_SESSIONS = "leads_to_sessions"


def _visit_action(screen: QWidget, start_visit: Callable[[], object]) -> QAction:
    """The Sessions tab has this one of its own; the other parts of the chart lead there by the same key."""
    action = QAction("New visit today", screen)
    action.setObjectName(_LEADS_TO_SESSIONS)
    action.setShortcut(QKeySequence("Ctrl+N"))
    action.triggered.connect(start_visit)
    return action


def _ask_screen(chart: ChartPage) -> None:
    """Show the whole screen of the open episode, and the visit again when it is left."""
    shown = chart.shown
    if shown is not None and shown.episode is not None and shown.episode.id is not None:
        chart.go_to_tab(EPISODE)
        screen = cast("EpisodeScreen", chart.screens[EPISODE])
        screen.safety.ask(shown.episode.id, partial(chart.go_to_tab, SESSIONS))


def print_document(chart: ChartPage) -> None:
    """Lead to the document that fits the part of the chart that is shown; from the documents themselves, print one."""
    tab = chart.header.tabs.currentIndex()
    if tab == DOCUMENTS and DOCUMENTS in chart.screens:
        cast("DocumentsScreen", chart.screens[DOCUMENTS]).print_out()
        return
    visit = cast("ChartingScreen", chart.screens[SESSIONS]).visit if tab == SESSIONS else None
    chart.go_to_tab(DOCUMENTS)
    if DOCUMENTS in chart.screens:
        cast("DocumentsScreen", chart.screens[DOCUMENTS]).show_fitting(None if visit is None else visit.id)


class ChartScreen(Protocol):
    """What every part of a chart can do."""

    def show_episode(self, patient_id: int, episode_id: int | None, /) -> None:
        """Show this episode of this patient; where there is none, the next step."""


class ChartPage(QWidget):
    """Shows one patient and one episode (`show_patient`), and passes on what its screens say."""

    episode_chosen = Signal(int, int)
    """Ids of the patient and of the episode that is to be shown."""
    edit_asked = Signal()
    visits_changed = Signal()
    visit_shown = Signal(int)
    """The id of the visit that came on the Sessions tab."""
    screen_shown = Signal(str, list)
    """The title of the part that is shown, and its own actions."""

    def __init__(
        self, clinic: OpenClinic, tasks: Tasks, theme: Theme, toast: Toast, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._toast = toast
        self._wanted_tab = OVERVIEW
        self.first_tab = OVERVIEW
        """The part that the next patient is shown at, and then Overview again."""
        self.shown: PatientHeader | None = None
        self.screens: dict[int, QWidget] = {}
        self.header = PatientHeaderBar(self)
        self.stage = QStackedWidget(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.stage, 1)
        self.header.tab_chosen.connect(self._show_tab)
        self.header.episode_chosen.connect(self.episode_chosen)
        self.header.edit_asked.connect(self.edit_asked)
        self.header.episode_asked.connect(self.open_episode)
        self.no_charts = NoCharts(clinic, tasks, self)
        self.no_charts.opened.connect(self._read_again)
        self.stage.addWidget(self.no_charts)

    def show_patient(self, header: PatientHeader) -> None:
        """Show this patient, at the part that was looked at before if it is the same patient as before."""
        before = self.shown.patient.id if self.shown is not None else None
        self._take_header(header)
        if not self._reads_charts:
            self.no_charts.show_patient(header.patient)
            self._arrive_at(OVERVIEW)
            return
        if before != header.patient.id:
            self._wanted_tab, self.first_tab = self.first_tab, OVERVIEW
        # Without an episode there is nothing to look at yet, and the next step is to open one.
        self._arrive_at(EPISODE if header.episode is None else self._wanted_tab)

    def show_draft(self, session_id: int, header: PatientHeader) -> None:
        """Show this patient with a certain visit on the Sessions tab."""
        self._take_header(header)
        self._arrive_at(SESSIONS)
        cast("ChartingScreen", self._screen(SESSIONS)).open_visit(session_id)

    def leave_patient(self) -> None:
        """Store what is typed, and forget whose chart it was."""
        self.flush()
        self.shown = None
        self.screen_shown.emit("", [])

    def go_to_tab(self, place: int) -> None:
        """Show one part of the chart; to whoever may not read charts, what stands in its place, or nothing else."""
        if self.shown is None or not (self._reads_charts or place in (OVERVIEW, DOCUMENTS)):
            return
        if self.header.tabs.currentIndex() == place:
            self._show_tab(place)
        else:
            self.header.tabs.setCurrentIndex(place)

    def _arrive_at(self, place: int) -> None:
        """Show one part of a chart that was just read. Whoever types elsewhere by now goes on typing there."""
        typed_in = QApplication.focusWidget()
        self.go_to_tab(place)
        if isinstance(typed_in, QLineEdit) and not self.isAncestorOf(typed_in):
            typed_in.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_episode(self) -> None:
        """Show the form that opens an episode for the patient."""
        if self.shown is None or self.shown.patient.id is None or not self._reads_charts:
            return
        self.go_to_tab(EPISODE)
        screen = cast("EpisodeScreen", self._screen(EPISODE))
        screen.start_opening(self.shown.patient.id, is_first=self.shown.episode is None)

    def start_visit(self) -> None:
        """Show the Sessions tab with today's visit, started if it is not there yet."""
        if self.shown is not None and self.shown.episode is not None:
            self.go_to_tab(SESSIONS)
            cast("ChartingScreen", self._screen(SESSIONS)).verbs.start_today()

    def flush(self) -> None:
        """Hand everything that is typed to the writer."""
        for screen in self.screens.values():
            flush: Callable[[], object] | None = getattr(screen, "flush", None)
            if flush is not None:
                flush()

    def unsaved_problem(self) -> str:
        """Why something typed could not be stored, empty where everything is."""
        for screen in self.screens.values():
            problem: Callable[[], str] | None = getattr(screen, "unsaved_problem", None)
            if problem is not None and (sentence := problem()):
                return sentence
        return _NOT_UNDERSTOOD if _holds_what_is_not_understood(self) else ""

    def screen_keys(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The keys of every part of a chart: (part, [(what it does, its keys)]), each action once, at its own part."""
        places = range(len(TABS)) if self._reads_charts else (DOCUMENTS,)
        lists = [
            (
                TABS[place],
                keys_of(
                    [one for one in self._screen(place).actions() if one.objectName() != _LEADS_TO_SESSIONS]
                ),
            )
            for place in places
        ]
        return [(title, rows) for title, rows in lists if rows]

    @property
    def _reads_charts(self) -> bool:
        return allows(self._clinic, Act.VIEW_NOTES)

    def _read_again(self) -> None:
        """Show the same patient once charts may be read."""
        shown, self.shown = self.shown, None
        if (documents := self.screens.pop(DOCUMENTS, None)) is not None:
            # It offers what was one's own before.
            self.stage.removeWidget(documents)
            documents.deleteLater()
        if shown is not None and shown.patient.id is not None:
            read = partial(patient_header, self._clinic, shown.patient.id)
            self._tasks.read(read, self.show_patient, latest="header")

    def _take_header(self, header: PatientHeader) -> None:
        self.flush()
        self.shown = header
        self.header.let_read(
            charts=self._reads_charts, new_episode=allows(self._clinic, Act.CHART_EVALUATION)
        )
        self.header.show_header(header)

    def _show_tab(self, place: int) -> None:
        shown = self.shown
        if shown is None or shown.patient.id is None:
            return
        if not self._reads_charts and place != DOCUMENTS:
            self.stage.setCurrentWidget(self.no_charts)
            self.screen_shown.emit("", [])
            return
        self.flush()
        if shown.episode is not None:
            self._wanted_tab = place
        screen = self._screen(place)
        self.stage.setCurrentWidget(screen)
        screen.setFocus(Qt.FocusReason.OtherFocusReason)
        self.screen_shown.emit(TABS[place], screen.actions())
        episode_id = shown.episode.id if shown.episode is not None and self._reads_charts else None
        cast("ChartScreen", screen).show_episode(shown.patient.id, episode_id)

    def _screen(self, place: int) -> QWidget:
        if place not in self.screens:
            screen = self._make_screen(place)
            # A screen's keys work wherever the cursor is while the screen is shown, and not while another one is.
            for action in screen.actions():
                action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            self.screens[place] = screen
            self.stage.addWidget(screen)
        return self.screens[place]

    def _make_screen(self, place: int) -> QWidget:
        if place == OVERVIEW:
            trends = TrendsPage(self._clinic, self._tasks, self._theme, self)
            trends.episode_asked.connect(self.open_episode)
            trends.visit_asked.connect(self.start_visit)
            trends.addAction(_visit_action(trends, self.start_visit))
            return trends
        if place == SESSIONS:
            charting = ChartingScreen(self._clinic, self._tasks, self._theme, self)
            charting.visits_changed.connect(self.visits_changed)
            charting.visit_shown.connect(self.visit_shown)
            charting.screening.screen_asked.connect(partial(_ask_screen, self))
            charting.screening.changed.connect(self._read_header)
            return charting
        if place == EPISODE:
            episode = EpisodeScreen(self._clinic, self._tasks, self._theme, self)
            episode.episode_opened.connect(self._episode_opened)
            episode.episode_changed.connect(self._read_header)
            episode.undo_offered.connect(self._toast.offer_undo)
            episode.addAction(_visit_action(episode, self.start_visit))
            return episode
        # Imported when it is first shown: it brings what makes a PDF, which `read_ahead` had imported in a thread.
        from ptnotes.ui.documents.documents_screen import DocumentsScreen  # noqa: PLC0415 - see above

        documents = DocumentsScreen(self._clinic, self._tasks, self._theme, self)
        documents.said.connect(self._toast.say)
        documents.place_asked.connect(self.go_to_tab)
        documents.addAction(_visit_action(documents, self.start_visit))
        return documents

    def _episode_opened(self, episode: EpisodeOfCare) -> None:
        self._toast.say("Episode opened. Ctrl+2 charts the first visit.")
        self._wanted_tab = EPISODE
        if episode.id is not None:
            self.episode_chosen.emit(episode.patient_id, episode.id)

    def _read_header(self, episode: EpisodeOfCare) -> None:
        read = partial(patient_header, self._clinic, episode.patient_id, episode.id)
        self._tasks.read(read, self._show_header, latest="header")

    def _show_header(self, header: PatientHeader) -> None:
        shown = self.shown
        if shown is None or shown.episode is None or header.episode is None:
            return
        if shown.episode.id == header.episode.id:
            self.shown = header
            self.header.show_header(header)


def show_again(chart: ChartPage) -> None:
    """Read anew what is shown of a chart; what somebody was typing stays before them."""
    episode = chart.screens.get(EPISODE)
    staying = cast("EpisodeScreen", episode).staying() if episode is not None else nullcontext()
    with staying:
        chart.go_to_tab(chart.header.tabs.currentIndex())
