"""The Overview tab: what a therapist asks in the ten seconds before the patient walks in."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.treatment import SessionRow, VisitStatus
from ptnotes.domain.views import EpisodeOverview
from ptnotes.domain.wording import how_many
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import episode_overview
from ptnotes.ui.bodychart.course_card import BodyCourseCard
from ptnotes.ui.due.due_card import DueCard
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.chart_grid import ChartGrid
from ptnotes.ui.trends.goal_list import GoalList
from ptnotes.ui.trends.levels_card import LevelsCard
from ptnotes.ui.trends.readout import chart_titles, visit_reading, visit_title
from ptnotes.ui.trends.response_card import ResponseCard
from ptnotes.ui.trends.tables import ChangeTable, TreatedTable
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.labels import KeyHint, Label

_RAIL_WIDTH = 350
_WIDE_RAIL_WIDTH = 410
_WIDE = 1350  # from this width on the rail is wide
_ANY_WIDTH = 16_777_215  # Qt's largest
_SIDE_BY_SIDE = 900  # from this width on a second column stands beside the charts
_HOW_TO_READ = (
    "Point at a chart, or press the arrow keys in it, to read one visit in every chart. "
    "A long mark over the charts is of visits too close to draw apart, with their grades."
)
_LEGEND = "band: measurement error · dashed: goal · dotted: normal · hollow: after treatment"


class TrendsPage(QStackedWidget):
    """Reads an episode in the background and shows it. Emits `visit_asked` and `episode_asked` for the next step."""

    visit_asked = Signal()
    episode_asked = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._episode_id: int | None = None
        self._overview: EpisodeOverview | None = None
        self._visits: tuple[SessionRow, ...] = ()
        self._titles: dict[str, str] = {}
        self._reading = QWidget(self)
        self.no_episode = EmptyState(
            "No episode of care yet",
            "An episode holds the complaint, its goals and its visits. Trends appear here after the first visit.",
            "Open an episode",
            parent=self,
        )
        self.no_visit = EmptyState(
            "No visit yet",
            "Range of motion and pain that are charted at visits appear here as trends.",
            "Chart the first visit",
            "Ctrl+N",
            self,
        )
        self.no_episode.action_chosen.connect(self.episode_asked)
        self.no_visit.action_chosen.connect(self.visit_asked)
        self.page = self._make_page(clinic, theme)
        for page in (self._reading, self.no_episode, self.no_visit, self.page):
            self.addWidget(page)

    def show_episode(self, patient_id: int, episode_id: int | None) -> None:  # noqa: ARG002 - asked of every screen
        """Show an episode, or that there is none. What another patient's chart said is gone at once."""
        if episode_id is None:
            self._tasks.forget("overview")
            self._episode_id = self._overview = None
            self.setCurrentWidget(self.no_episode)
            return
        if episode_id != self._episode_id:
            self._episode_id, self._overview = episode_id, None
            self.setCurrentWidget(self._reading)
        self._tasks.read(partial(episode_overview, self._clinic, episode_id), self._show, latest="overview")
        self.due.show_episode(episode_id)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.scroller.viewport() and event.type() is QEvent.Type.Resize:
            self._let_charts_grow()
        return super().eventFilter(watched, event)

    def _show(self, overview: EpisodeOverview) -> None:
        self._overview = overview
        attended = [visit for visit in overview.visits if visit.status is VisitStatus.ATTENDED]
        self._visits = tuple(reversed(attended))
        if not self._visits:
            self.setCurrentWidget(self.no_visit)
            return
        # Some of these widgets paint at once when given a value: nothing is painted before all of it is there.
        self.page.setUpdatesEnabled(False)
        self._fill(overview)
        self.page.setUpdatesEnabled(True)
        self.setCurrentWidget(self.page)
        self._arrange()

    def _fill(self, overview: EpisodeOverview) -> None:
        charts = (*([overview.pain] if overview.pain is not None else []), *overview.charts)
        self._titles = chart_titles(self._clinic.reference, charts)
        self.charts_card.setVisible(bool(charts))
        if charts:
            self.grid.show_charts(charts, self._titles, self._visits, overview.strip)
        self.changes_card.setVisible(bool(overview.changes))
        self.changes.show_changes(overview.changes)
        self.goals_card.setVisible(bool(overview.goals))
        self.goals.show_goals(overview.goals)
        self.treated_card.setVisible(bool(overview.treated))
        self.treated.show_treated(overview.treated)
        days = self._visits[-1].visit_number or 0
        self.treated_card.set_note(how_many(days, "visit"))
        self.responses.show_responses(overview.responses, self._titles)
        self.body_course.show_course(overview.body)
        self.levels.setVisible(bool(overview.marks))
        self.levels.show_episode(overview.marks)
        self.rail_cards.setStretchFactor(self.levels, 100 if self.levels.shows_spine else 0)
        self._read_out(-1)

    def _make_page(self, clinic: OpenClinic, theme: Theme) -> QWidget:
        page = QWidget(self)
        self.charts_card = Card("Trends", _LEGEND, page)
        edges = self.charts_card.layout()
        if edges is not None:
            # The grid keeps room for the frame of its focus, so that its charts still stand in line with the title.
            edges.setContentsMargins(8, 12, 8, 8)
        self.charts_card.head.setContentsMargins(8, 0, 8, 0)
        self.grid = ChartGrid(theme, self.charts_card)
        self.grid.visit_pointed.connect(self._read_out)
        self.charts_card.body.addWidget(self.grid, 1)
        self.treated_card = Card("What was done", "", page)
        self.treated = TreatedTable(clinic.reference, theme, self.treated_card)
        self.treated_card.body.addWidget(self.treated)
        self.responses = ResponseCard(clinic.reference, theme, page)
        self.body_course = BodyCourseCard(theme, page)
        self.changes_card = Card("Since first visit", "choose a row for its threshold", page)
        self.changes = ChangeTable(theme, self.changes_card)
        self.changes_card.body.addWidget(self.changes)
        self.goals_card = Card("Goals", "", page)
        self.goals = GoalList(self.goals_card)
        self.goals_card.body.addWidget(self.goals)
        self.levels = LevelsCard(clinic.reference, theme, page)
        main = self.main_cards = QVBoxLayout()
        main.setSpacing(16)
        main.addWidget(self.charts_card)
        main.addWidget(self.treated_card)
        main.addWidget(self.responses)
        main.addWidget(self.body_course)
        main.addStretch(1)
        self.rail = QWidget(page)
        rail = self.rail_cards = QVBoxLayout(self.rail)
        rail.setContentsMargins(0, 0, 0, 0)
        rail.setSpacing(16)
        self.due = DueCard(clinic, self._tasks, self.rail, hides=True)
        rail.addWidget(self.due)
        rail.addWidget(self.changes_card)
        rail.addWidget(self.goals_card)
        # The spine grows into the height that is left, as far as it may; what remains stays empty.
        rail.addWidget(self.levels)
        rail.addStretch(1)
        scroller = self.scroller = Scroller(parent=page)
        scroller.viewport().installEventFilter(self)
        self.columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.columns.setSpacing(16)
        self.columns.addLayout(main, 1)
        self.columns.addWidget(self.rail)
        scroller.body.addLayout(self.columns)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroller, 1)
        outer.addWidget(self._make_readout(page))
        return page

    def _make_readout(self, page: QWidget) -> QFrame:
        """The line at the foot that says one visit's values; always there, so that nothing moves when it fills."""
        bar = QFrame(page)
        bar.setProperty("type", "readout")
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(24, 8, 24, 8)
        layout.setSpacing(8)
        self.visit_label = Label("", "strong", parent=bar)
        self.readout = Label("", "body", wraps=True, parent=bar)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.visit_label, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.readout, 1)
        layout.addWidget(KeyHint("←", bar), 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(KeyHint("→", bar), 0, Qt.AlignmentFlag.AlignTop)
        return bar

    def _read_out(self, place: int) -> None:
        overview = self._overview
        if overview is None:
            return
        if place < 0:
            self.visit_label.setText("")
            self.visit_label.hide()
            self.readout.set_kind("muted")
            self.readout.setText(_HOW_TO_READ)
            self.levels.show_marks(overview.marks)
            return
        visit = self._visits[place]
        title, reading = visit_title(visit), visit_reading(overview, self._titles, visit.id)
        self.visit_label.setText(title)
        self.visit_label.show()
        self.readout.set_kind("body")
        self.readout.setText(reading)
        self.levels.show_marks(overview.visit_marks.get(visit.id, ()))
        if self.grid.hasFocus():
            announcement = QAccessibleAnnouncementEvent(self.grid, f"{title}: {reading}")
            QAccessible.updateAccessibility(announcement)

    def _arrange(self) -> None:
        is_wide = self.width() >= self._theme.px(_SIDE_BY_SIDE)
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self.columns.direction() is not direction:
            self.columns.setDirection(direction)
        # Two lines are kept free, so that the page does not move when a visit has much to say.
        self.readout.setMinimumHeight(2 * self.readout.fontMetrics().lineSpacing())
        rail = self._theme.px(_WIDE_RAIL_WIDTH if self.width() >= self._theme.px(_WIDE) else _RAIL_WIDTH)
        self.rail.setMinimumWidth(rail if is_wide else 0)
        self.rail.setMaximumWidth(rail if is_wide else _ANY_WIDTH)
        self._let_charts_grow()

    def _let_charts_grow(self) -> None:
        """Have the charts fill what the first column leaves of the window's height; they push nothing out of sight."""
        self.grid.setMinimumHeight(0)
        # What was just filled in has not told its height to the layouts above it yet.
        self.scroller.body.activate()
        edges = self.scroller.body.contentsMargins()
        needed = self.main_cards.totalHeightForWidth(self.charts_card.width()) + edges.top() + edges.bottom()
        self.grid.grow_into(self.scroller.viewport().height() - needed)
