"""The Sessions tab: the episode's visits, and the one that is charted. Wires what is on it."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ptnotes.domain.treatment import TreatmentSession, VisitStatus
from ptnotes.domain.wording import full_date
from ptnotes.services.charting_rights import may_chart, thrust_refusal
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting.absence import AbsencePanel
from ptnotes.ui.charting.look import stylesheet
from ptnotes.ui.charting.narrative import Narrative
from ptnotes.ui.charting.open_visit import OpenVisit, SaveWatch, VisitKeeper
from ptnotes.ui.charting.visit_bar import VisitBar
from ptnotes.ui.charting.visit_header import Notice
from ptnotes.ui.charting.visit_page import VisitContext
from ptnotes.ui.charting.visit_stage import VisitStage
from ptnotes.ui.charting.visit_verbs import Earlier, EpisodeVisits, VisitVerbs, read_visit, read_visits
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.screening.visit_screening import VisitScreening
from ptnotes.ui.signing.desk import SigningDesk
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.strips import Strips
from ptnotes.ui.widgets.toast import Toast


class ChartingScreen(QWidget):
    """One visit at a time. Every change is stored by itself; leaving never asks and never loses.

    `visits_changed` is emitted when visits came, went or moved to another day.
    """

    visits_changed = Signal()
    visit_shown = Signal(int)
    """The id of the visit that is on the screen from now on."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._episode_id: int | None = None
        self._wanted: int | None = None
        self._just_added = False
        self._keeper = VisitKeeper(self)
        self.verbs = VisitVerbs(clinic, tasks, self._keeper, self)
        self.bar = VisitBar(theme, self)
        self.notice = Notice(theme, self)
        self.absence = AbsencePanel(clinic.today, theme, self)
        self.stage = VisitStage(lambda: clinic.reference, theme, clinic.today, self)
        self.screening = VisitScreening(clinic, tasks, theme, self)
        self.signing = SigningDesk(clinic, tasks, theme, self)
        self.toast = Toast(self)
        self.narrative = Narrative(clinic, tasks, self, self._keeper, self.stage, self.toast)
        self.watch = SaveWatch(clinic, tasks, self.bar.saved, self.notice, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        strips = Strips(theme, self)
        strips.body.setContentsMargins(theme.space(5), 0, theme.space(5), 0)
        for strip in (self.notice, self.absence, self.screening, self.signing):
            strips.body.addWidget(strip)
        layout.addWidget(self.bar)
        layout.addWidget(strips)
        layout.addWidget(self.stage, 1)
        self._connect()
        self._restyle()

    def _connect(self) -> None:
        commands = self.bar.commands
        self.addActions(list(commands.values()))
        commands["new_visit"].triggered.connect(self.verbs.start_today)
        commands["discard"].triggered.connect(self.verbs.discard)
        commands["absence"].triggered.connect(self.absence.start)
        commands["save"].triggered.connect(self.flush)
        commands["sign"].triggered.connect(self.signing.start)
        commands["unchanged"].triggered.connect(self.screening.record_unchanged)
        commands["screen"].triggered.connect(self.screening.screen_asked)
        commands["event"].triggered.connect(self.screening.start_event)
        commands["tolerated"].triggered.connect(self.narrative.say_tolerated)
        commands["clock"].triggered.connect(self._take_now)
        self.signing.changed.connect(self.visits_changed)
        self.signing.changed.connect(self._reopen)
        self.signing.left_signed.connect(self.visits_changed)
        self.signing.left_signed.connect(self._refresh)
        self.signing.left_unsigned.connect(self._tell)
        self.stage.start_asked.connect(self.verbs.start_today)
        self.stage.came.connect(self._show_again)
        self.absence.recorded.connect(self.verbs.record_absence)
        self.bar.picker.visit_chosen.connect(self.open_visit)
        self.verbs.found.connect(self.open_visit)
        self.verbs.added.connect(self._added)
        self.verbs.discarded.connect(self._discarded)
        self.verbs.failed.connect(self._tell)
        self.watch.saved.connect(self._saved)
        self._theme.changed.connect(self._restyle)
        self._theme.changed.connect(self._show_again)

    @property
    def visit(self) -> OpenVisit | None:
        """The visit on the screen."""
        return self._keeper.shown

    def flush(self) -> None:
        """Hand what is typed to the writer now."""
        self._keeper.flush()

    def unsaved_problem(self) -> str:
        """Why something typed could not be stored, empty where everything is."""
        return (
            self._keeper.unsaved_problem()
            or self.signing.unsaved_problem()
            or self.screening.unsaved_problem()
        )

    def show_episode(self, _patient_id: int | None, episode_id: int | None) -> None:
        """Show an episode's visits, and the newest of them, unless one of them is on the screen already."""
        if episode_id != self._episode_id:
            self._let_go()
            self._episode_id, self._wanted, self.verbs.episode = episode_id, None, None
            self.absence.hide()
        if episode_id is None:
            self._tasks.forget("charting.visits")
            text = "Open one in the Episode tab; its visits are charted here."
            self.stage.show_empty("No episode of care yet", text, can_start=False)
        else:
            if self.stage.is_outdated:
                self._show_again()
            self._refresh()

    def _take_now(self) -> None:
        page = self.stage.page
        if page is None or self.visit is None:
            return
        now = self._clinic.clock().astimezone(ZoneInfo(self.visit.state.session.zone))
        if why := page.fields.take_now(now):
            self.toast.say(why)

    def open_visit(self, session_id: int) -> None:
        """Show a visit of the episode; what is typed in the one before is stored."""
        if self.visit is not None and self.visit.id == session_id:
            return
        self._let_go()
        self._wanted = session_id
        kept = self._keeper.take_back(session_id)
        if kept is not None:
            self._show_visit(kept)
            return
        read = partial(read_visit, self._clinic, session_id)
        self._tasks.read(read, self._visit_read, self._tell, latest="charting.visit")

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
        self.verbs.episode = found
        if self._wanted is None:
            attended = (row.id for row in found.rows if row.status is VisitStatus.ATTENDED)
            self._wanted = next(attended, found.rows[0].id if found.rows else None)
        self.bar.picker.show_visits(found.rows, self._wanted)
        if self._wanted is None:
            text = "Start the first one: it becomes the evaluation, and saves itself as you type."
            self.stage.show_empty("No visits yet", text)
        elif self.visit is None:
            self.open_visit(self._wanted)

    def _visit_read(self, found: tuple[TreatmentSession, Earlier, Earlier]) -> None:
        session, earlier, examined = found
        episode = self.verbs.episode
        if episode is None or session.id != self._wanted or session.episode_id != self._episode_id:
            return
        context = VisitContext(
            earlier=earlier,
            examined=examined,
            episode=episode.episode,
            normal_values=episode.normal_values,
            rules=episode.rules,
        )
        self._show_visit(OpenVisit(self._clinic, self._tasks, session, context, self))

    def _show_visit(self, visit: OpenVisit) -> None:
        self._keeper.show(visit)
        if self.verbs.episode is not None:
            self.bar.picker.show_visits(self.verbs.episode.rows, visit.id)
        self.watch.watch(visit)
        self.stage.show_visit(visit)
        page = self.stage.page
        if page is not None and not may_chart(self._clinic, visit.state.session.kind):
            page.set_editable(False)
        refusal = thrust_refusal(self._clinic)
        if page is not None and refusal is not None:
            page.spine.charting.refuse("V", sentence_for(refusal))
        self.bar.show_fields(page.fields if page is not None else None)
        self.bar.show_state(visit.state.session.state)
        self.screening.show_visit(visit, page)
        self.signing.show_visit(visit, page)
        if page is not None:
            page.take_commands(self.bar.commands)
            if self._just_added:
                page.mobilizations.start_row()
        self._just_added = False
        self.visit_shown.emit(visit.id)

    def _let_go(self) -> None:
        """Take the visit off the screen. It is kept until everything typed in it is stored."""
        self._tasks.forget("charting.visit")
        self.watch.watch(None)
        self.screening.show_visit(None)
        self.signing.show_visit(None)
        self.bar.show_fields(None)
        self.stage.clear()
        self._keeper.let_go()

    def _show_again(self) -> None:
        """Make the page anew: the patient came after all, or sizes and colours are others now."""
        if self.visit is not None:
            self._show_visit(self.visit)

    def _added(self, session: TreatmentSession) -> None:
        """Show a visit that came to the list, if its episode is still on the screen."""
        self.visits_changed.emit()
        if session.episode_id == self._episode_id and session.id is not None:
            self._let_go()
            self._wanted = session.id
            self._just_added = True
            self._refresh()

    def _discarded(self, session: TreatmentSession) -> None:
        self.visits_changed.emit()
        if session.id is None:
            return
        if self.visit is not None and self.visit.id == session.id:
            self._let_go()
            self._wanted = None
            self._refresh()
        text = f"The draft of {full_date(session.service_date)} is discarded."
        self.toast.say(text, "Undo", partial(self.verbs.restore, session.id))

    def _saved(self, stored: TreatmentSession) -> None:
        """A save that moved the visit to another day changes the list, and which visit is the one before."""
        episode, visit = self.verbs.episode, self.visit
        if episode is None or visit is None or stored.id != visit.id:
            return
        row = next((row for row in episode.rows if row.id == stored.id), None)
        if row is None or (row.service_date, row.status) != (stored.service_date, stored.status):
            self.visits_changed.emit()
            visit.when_saved(self._reopen)

    def _reopen(self) -> None:
        self._let_go()
        self._refresh()

    def _restyle(self) -> None:
        self.setStyleSheet(stylesheet(self._theme))

    def _tell(self, error: Exception) -> None:
        self.toast.say_fault(sentence_for(error))
