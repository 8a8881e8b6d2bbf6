"""The Sessions tab: the episode's visits, and the one that is charted. Opens, keeps, saves and lets go of drafts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.people import NormalValues
from ptnotes.domain.treatment import NoteState, SessionRow, TreatmentSession, VisitKind, VisitStatus
from ptnotes.domain.wording import full_date
from ptnotes.services import visits
from ptnotes.services.episodes import load_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.settings import clinic_details
from ptnotes.ui.charting.absence import AbsencePanel
from ptnotes.ui.charting.look import stylesheet
from ptnotes.ui.charting.open_visit import OpenVisit, SaveWatch
from ptnotes.ui.charting.visit_bar import VisitBar
from ptnotes.ui.charting.visit_header import STATUS_WORDS, Notice
from ptnotes.ui.charting.visit_page import VisitContext, VisitPage
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.toast import Toast


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeVisits:
    """What the screen needs to know of an episode."""

    episode: EpisodeOfCare
    rows: tuple[SessionRow, ...]
    normal_values: NormalValues


def read_visits(clinic: OpenClinic, episode_id: int) -> EpisodeVisits:
    """The episode with its visits."""
    return EpisodeVisits(
        episode=load_episode(clinic, episode_id),
        rows=visits.sessions_of(clinic, episode_id),
        normal_values=clinic_details(clinic).normal_values,
    )


def read_visit(clinic: OpenClinic, session_id: int) -> tuple[TreatmentSession, TreatmentSession | None]:
    """A visit, and the one before it."""
    session = visits.load_session(clinic, session_id)
    return session, visits.last_session_before(clinic, session)


class ChartingScreen(QWidget):
    """One visit at a time. Every change is stored by itself; leaving never asks and never loses.

    `visits_changed` is emitted when visits came, went or moved to another day.
    """

    visits_changed = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._episode: EpisodeVisits | None = None
        self._episode_id: int | None = None
        self._wanted: int | None = None
        self._visit: OpenVisit | None = None
        self._kept: dict[int, OpenVisit] = {}
        self.page: VisitPage | None = None
        self.bar = VisitBar(theme, self)
        self.notice = Notice(theme, self)
        self.absence = AbsencePanel(clinic.today, theme, self)
        self.stage = QStackedWidget(self)
        self.empty = EmptyState("", "", "Start today's visit", "Ctrl+N", self)
        self.absent = EmptyState("", "", "The patient came: chart this visit", "", self)
        self.stage.addWidget(self.empty)
        self.stage.addWidget(self.absent)
        self.toast = Toast(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        strip = QHBoxLayout()
        strip.setContentsMargins(theme.space(6), 0, theme.space(6), 0)
        strips = QVBoxLayout()
        strips.addWidget(self.notice)
        strips.addWidget(self.absence)
        strip.addLayout(strips)
        layout.addLayout(strip)
        layout.addWidget(self.stage, 1)
        self.watch = SaveWatch(clinic, tasks, self.bar.saved, self.notice, self)
        self._connect()
        self._restyle()

    def _connect(self) -> None:
        self.addActions(list(self.bar.commands.values()))
        for name, slot in (
            ("new_visit", self.new_visit),
            ("same", self._same),
            ("undo", self._undo),
            ("redo", self._redo),
            ("save", self.flush),
            ("absence", self.absence.start),
            ("discard", self.discard),
            ("next_card", self._next_card),
        ):
            self.bar.commands[name].triggered.connect(slot)
        self.bar.picker.visit_chosen.connect(self.open_visit)
        self.absence.recorded.connect(self._record_absence)
        self.empty.action_chosen.connect(self.new_visit)
        self.absent.action_chosen.connect(self._came)
        self.watch.saved.connect(self._saved)
        self._theme.changed.connect(self._restyle)

    @property
    def visit(self) -> OpenVisit | None:
        """The visit on the screen."""
        return self._visit

    def show_episode(self, _patient_id: int | None, episode_id: int | None) -> None:
        """Show an episode's visits, and the newest of them, unless one of them is on the screen already."""
        if episode_id != self._episode_id:
            self._let_go()
            self._episode, self._episode_id, self._wanted = None, episode_id, None
            self.absence.hide()
        if episode_id is None:
            self._tasks.forget("charting.visits")
            text = "Open one in the Episode tab; its visits are charted here."
            self._say_empty("No episode of care yet", text, can_start=False)
        else:
            self._refresh()

    def open_visit(self, session_id: int) -> None:
        """Show a visit of the episode; what is typed in the one before is stored."""
        if self._visit is not None and self._visit.id == session_id:
            return
        self._let_go()
        self._wanted = session_id
        kept = self._kept.pop(session_id, None)
        if kept is not None:
            self._show_visit(kept)
            return
        read = partial(read_visit, self._clinic, session_id)
        self._tasks.read(read, self._visit_read, self._tell, latest="charting.visit")

    def new_visit(self) -> None:
        """Start today's visit, or go to it where its draft is there already."""
        if self._episode is None or self._episode_id is None:
            return
        today = self._clinic.today()
        for row in self._episode.rows:
            if (row.service_date, row.state, row.status) == (today, NoteState.DRAFT, VisitStatus.ATTENDED):
                self.open_visit(row.id)
                return
        first = not any(row.status is VisitStatus.ATTENDED for row in self._episode.rows)
        kind = VisitKind.EVALUATION if first else VisitKind.TREATMENT
        start = partial(visits.start_session, self._clinic, self._episode_id, today, kind)
        self._tasks.write(start, self._added, self._tell)

    def flush(self) -> None:
        """Hand what is typed to the writer now."""
        for visit in (*self._kept.values(), *([self._visit] if self._visit is not None else [])):
            visit.autosave.flush()

    def unsaved_problem(self) -> str:
        """Why something typed could not be stored, empty where everything is."""
        visits_open = (*self._kept.values(), *([self._visit] if self._visit is not None else []))
        problems = (visit.autosave.problem for visit in visits_open if not visit.autosave.is_saved)
        return next((problem for problem in problems if problem), "")

    def discard(self) -> None:
        """Take the draft on the screen out of the lists, with an Undo."""
        if self._visit is not None and self._visit.state.session.state is NoteState.DRAFT:
            self._visit.when_saved(partial(self._discard, self._visit.id))

    def _discard(self, session_id: int) -> None:
        self._tasks.write(
            partial(visits.discard_draft, self._clinic, session_id), self._discarded, self._tell
        )

    def _discarded(self, session: TreatmentSession) -> None:
        self._let_go()
        self._wanted = None
        self._refresh()
        self.visits_changed.emit()
        restore = partial(visits.restore_draft, self._clinic, session.id or 0)
        undo = partial(self._tasks.write, restore, self._added, self._tell)
        self.toast.say(f"The draft of {full_date(session.service_date)} is discarded.", "Undo", undo)

    def _added(self, session: TreatmentSession) -> None:
        """A visit was started, brought back or recorded as missed: show it if its episode is still on the screen."""
        self.visits_changed.emit()
        if session.episode_id == self._episode_id and session.id is not None:
            self._let_go()
            self._wanted = session.id
            self._refresh()

    def _record_absence(self, on: date, status: VisitStatus, reason: str) -> None:
        if self._episode_id is not None:
            record = partial(visits.record_absence, self._clinic, self._episode_id, on, status, reason)
            self._tasks.write(record, self._added, self._tell)

    def _came(self) -> None:
        """The patient came after all: the visit becomes one that is charted."""
        if self._visit is not None:
            session = self._visit.state.session
            self._visit.state.put(replace(session, status=VisitStatus.ATTENDED, status_reason=""))
            self._show_visit(self._visit)

    def _refresh(self) -> None:
        if self._episode_id is None:
            return
        read = partial(read_visits, self._clinic, self._episode_id)
        # A save on its way comes first, so that what is listed is what was typed.
        if self._tasks.unsaved:
            self._tasks.write(read, self._visits_read, self._tell)
        else:
            self._tasks.read(read, self._visits_read, self._tell, latest="charting.visits")

    def _visits_read(self, found: EpisodeVisits) -> None:
        if found.episode.id != self._episode_id:
            return
        self._episode = found
        if self._wanted is None:
            attended = (row for row in found.rows if row.status is VisitStatus.ATTENDED)
            newest = next(attended, found.rows[0] if found.rows else None)
            if newest is None:
                text = "Start the first one: it becomes the evaluation, and saves itself as you type."
                self._say_empty("No visits yet", text)
                self.bar.picker.show_visits((), None)
                return
            self.bar.picker.show_visits(found.rows, newest.id)
            self.open_visit(newest.id)
            return
        self.bar.picker.show_visits(found.rows, self._wanted)
        if self._visit is None:
            self.open_visit(self._wanted)

    def _visit_read(self, found: tuple[TreatmentSession, TreatmentSession | None]) -> None:
        session, last = found
        if self._episode is None or session.id != self._wanted or session.episode_id != self._episode_id:
            return
        context = VisitContext(
            last=last, episode=self._episode.episode, normal_values=self._episode.normal_values
        )
        self._show_visit(OpenVisit(self._clinic, self._tasks, session, context, self))

    def _show_visit(self, visit: OpenVisit) -> None:
        self._drop_page()
        self._visit = visit
        session = visit.state.session
        if self._episode is not None:
            self.bar.picker.show_visits(self._episode.rows, visit.id)
        self.watch.watch(visit)
        if session.status is not VisitStatus.ATTENDED:
            title = f"{STATUS_WORDS[session.status].capitalize()} on {full_date(session.service_date)}"
            self.absent.say(title, session.status_reason)
            self.stage.setCurrentWidget(self.absent)
            return
        self.page = VisitPage(
            visit.state, visit.context, self._clinic.reference, self._theme, self._clinic.today, self
        )
        self.bar.show_fields(self.page.fields)
        self.stage.addWidget(self.page)
        self.stage.setCurrentWidget(self.page)

    def _let_go(self) -> None:
        """Take the visit off the screen. It is kept until everything typed in it is stored."""
        self._tasks.forget("charting.visit")
        visit, self._visit = self._visit, None
        self._drop_page()
        self.watch.watch(None)
        if visit is None:
            return
        self._kept[visit.id] = visit
        visit.when_saved(partial(self._forget, visit))

    def _forget(self, visit: OpenVisit) -> None:
        # It may have been opened again meanwhile.
        if self._kept.get(visit.id) is visit:
            del self._kept[visit.id]
            visit.deleteLater()

    def _drop_page(self) -> None:
        page, self.page = self.page, None
        self.bar.show_fields(None)
        if page is not None:
            self.stage.removeWidget(page)
            page.hide()
            page.deleteLater()

    def _say_empty(self, title: str, text: str, *, can_start: bool = True) -> None:
        self._drop_page()
        self.empty.say(title, text)
        self.empty.button.setVisible(can_start)
        self.stage.setCurrentWidget(self.empty)

    def _saved(self, stored: TreatmentSession) -> None:
        """A save that moved the visit to another day changes the list, and which visit is the one before."""
        if self._visit is None or self._episode is None or stored.id != self._visit.id:
            return
        row = next((row for row in self._episode.rows if row.id == stored.id), None)
        if row is None or (row.service_date, row.status) == (stored.service_date, stored.status):
            return
        self._visit.when_saved(self._reopen)
        self.visits_changed.emit()

    def _reopen(self) -> None:
        if self._visit is not None:
            self._let_go()
            self._refresh()

    def _same(self) -> None:
        if self.page is not None:
            self.page.mobilizations.confirm_all()

    def _undo(self) -> None:
        if self._visit is not None:
            self._visit.state.undo()

    def _redo(self) -> None:
        if self._visit is not None:
            self._visit.state.redo()

    def _next_card(self) -> None:
        if self.page is not None:
            self.page.focus_next_card()

    def _restyle(self) -> None:
        self.setStyleSheet(stylesheet(self._theme))

    def _tell(self, error: Exception) -> None:
        self.toast.say_fault(sentence_for(error))
