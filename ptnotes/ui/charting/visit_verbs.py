"""What is done with whole visits: read, started, discarded, brought back, recorded as missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import QObject, Signal

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.people import NormalValues
from ptnotes.domain.treatment import NoteState, SessionRow, TreatmentSession, VisitKind, VisitStatus
from ptnotes.services import visits
from ptnotes.services.due import counting_rules
from ptnotes.services.episodes import load_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.settings import clinic_details
from ptnotes.ui.charting.last_time import SHOWN_VISITS
from ptnotes.ui.charting.open_visit import VisitKeeper
from ptnotes.ui.tasks import Tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeVisits:
    """What the screen needs to know of an episode: its visits, newest first, the clinic's normal values, and the rules
    of whoever pays.
    """

    episode: EpisodeOfCare
    rows: tuple[SessionRow, ...]
    normal_values: NormalValues
    rules: PayerRules


def read_visits(clinic: OpenClinic, episode_id: int) -> EpisodeVisits:
    """The episode with its visits."""
    return EpisodeVisits(
        episode=load_episode(clinic, episode_id),
        rows=visits.sessions_of(clinic, episode_id),
        normal_values=clinic_details(clinic).normal_values,
        rules=counting_rules(clinic, episode_id),
    )


Earlier = tuple[TreatmentSession, ...]


def read_visit(clinic: OpenClinic, session_id: int) -> tuple[TreatmentSession, Earlier, Earlier]:
    """A visit, those before it that can stand beside it, and those at which something was examined; newest first."""
    session = visits.load_session(clinic, session_id)
    earlier = visits.last_sessions_before(clinic, session, SHOWN_VISITS)
    return session, earlier, visits.examined_before(clinic, session)


class VisitVerbs(QObject):
    """Carries the verbs out, off the GUI thread, for the episode that is shown (`episode`)."""

    found = Signal(int)
    """Today's draft was there already: its id."""
    added = Signal(object)
    """A visit was started, brought back, or recorded as one that did not take place."""
    discarded = Signal(object)
    failed = Signal(Exception)

    def __init__(
        self, clinic: OpenClinic, tasks: Tasks, keeper: VisitKeeper, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._keeper = keeper
        self._episode: EpisodeVisits | None = None
        self._start_when_known = False
        # Between asking for a visit and seeing it listed, a second press of the key must not start a second one.
        self._is_starting = False
        self._started_id: int | None = None

    @property
    def episode(self) -> EpisodeVisits | None:
        """The episode with its visits, None until it is read."""
        return self._episode

    @episode.setter
    def episode(self, episode: EpisodeVisits | None) -> None:
        self._episode = episode
        # A visit that was asked for before the episode was read belongs to that episode and to no other.
        if episode is None or any(row.id == self._started_id for row in episode.rows):
            self._is_starting, self._started_id = False, None
        asked, self._start_when_known = self._start_when_known, False
        if asked and episode is not None:
            self.start_today()

    def start_today(self) -> None:
        """Start today's visit, or find its draft where it is there already. The first visit is the evaluation."""
        if self.episode is None or self.episode.episode.id is None:
            self._start_when_known = self.episode is None
            return
        if self._is_starting:
            return
        today = self._clinic.today()
        for row in self.episode.rows:
            if (row.service_date, row.state, row.status) == (today, NoteState.DRAFT, VisitStatus.ATTENDED):
                self.found.emit(row.id)
                return
        first = not any(row.status is VisitStatus.ATTENDED for row in self.episode.rows)
        kind = VisitKind.EVALUATION if first else VisitKind.TREATMENT
        start = partial(visits.start_session, self._clinic, self.episode.episode.id, today, kind)
        self._is_starting = True
        self._tasks.write(start, self._started, self._start_failed)

    def record_absence(self, on: date, status: VisitStatus, reason: str) -> None:
        """Record a planned visit that did not take place."""
        if self.episode is not None and self.episode.episode.id is not None:
            episode_id = self.episode.episode.id
            record = partial(visits.record_absence, self._clinic, episode_id, on, status, reason)
            self._tasks.write(record, self._added, self._failed)

    def discard(self) -> None:
        """Take the draft on the screen out of the lists, once everything typed in it is stored."""
        visit = self._keeper.shown
        if visit is not None and visit.state.session.state is NoteState.DRAFT:
            visit.when_saved(partial(self._tasks.in_turn, self, partial(self._discard, visit.id)))

    def restore(self, session_id: int) -> None:
        """Bring a discarded draft back as it was."""
        self._tasks.write(partial(visits.restore_draft, self._clinic, session_id), self._added, self._failed)

    def _discard(self, session_id: int) -> None:
        self._tasks.write(
            partial(visits.discard_draft, self._clinic, session_id), self._discarded, self._failed
        )

    def _started(self, session: TreatmentSession) -> None:
        self._started_id = session.id
        self._added(session)

    def _start_failed(self, error: Exception) -> None:
        self._is_starting = False
        self._failed(error)

    def _added(self, session: TreatmentSession) -> None:
        self.added.emit(session)

    def _discarded(self, session: TreatmentSession) -> None:
        self.discarded.emit(session)

    def _failed(self, error: Exception) -> None:
        self.failed.emit(error)
