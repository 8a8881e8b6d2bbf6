"""The Episode tab: opens an episode of care for a patient, and shows and changes the one that is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.episode import Diagnosis, EpisodeOfCare, OutcomeScore
from ptnotes.domain.patient import Patient
from ptnotes.domain.permissions import Act
from ptnotes.services.episodes import load_episode, outcomes_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import load_patient
from ptnotes.services.permit import allows
from ptnotes.ui.due.due_card import DueCard
from ptnotes.ui.episode.basics_card import BasicsCard
from ptnotes.ui.episode.certification_card import CertificationCard
from ptnotes.ui.episode.diagnosis_card import DiagnosisCard
from ptnotes.ui.episode.discharge_card import DischargeCard
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.field_cards import precaution_card, referrer_card, words_card
from ptnotes.ui.episode.goal_card import GoalCard
from ptnotes.ui.episode.open_form import OpenForm
from ptnotes.ui.episode.outcome_card import OutcomeCard
from ptnotes.ui.episode.plan_card import PlanCard
from ptnotes.ui.episode.problem_card import ProblemCard
from ptnotes.ui.override import override
from ptnotes.ui.screening.episode_safety import EpisodeSafety
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Scroller
from ptnotes.ui.widgets.labels import Label

_TWO_COLUMNS = 900
"""Narrower than this, in pixels at the smallest text size, the cards stand in one column."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    patient: Patient
    episode: EpisodeOfCare
    scores: tuple[OutcomeScore, ...]


def _load(clinic: OpenClinic, patient_id: int, episode_id: int) -> _Loaded:
    return _Loaded(
        load_patient(clinic, patient_id), load_episode(clinic, episode_id), outcomes_of(clinic, episode_id)
    )


class EpisodeScreen(QStackedWidget):
    """Shows an episode (`show_episode`) or the form that opens one (`start_opening`). Changes save themselves."""

    episode_opened = Signal(object)
    episode_changed = Signal(object)
    """The episode as stored after a change: the header may show something else now."""
    undo_offered = Signal(str, object)
    """What was done, and a function that takes it back."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._shown_id: int | None = None
        self._is_opening = False
        self.draft = EpisodeDraft(clinic, tasks, self)
        self.open_form = OpenForm(clinic, tasks, self)
        self.page = Scroller(parent=self)
        self.state = Label("", "small")
        self.reload = QPushButton("Show the newer version")
        self.reload.hide()
        self.goals = GoalCard(self.draft, tasks)
        self.plan = PlanCard(self.draft, tasks)
        self.problems = ProblemCard(self.draft)
        self.diagnoses = DiagnosisCard(self.draft)
        self.outcomes = OutcomeCard(clinic, tasks)
        self.due = DueCard(clinic, tasks)
        self.certification = CertificationCard(clinic, tasks)
        self.safety = EpisodeSafety(clinic, tasks, theme, self)
        self.basics = BasicsCard(self.draft)
        self.columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.columns.setSpacing(16)
        evaluated = (
            self.basics,
            self.diagnoses,
            self.problems,
            precaution_card(self.draft),
            words_card(self.draft),
        )
        referrer, discharge = referrer_card(self.draft), DischargeCard(self.draft)
        self._add_column(self.safety.card, *evaluated)
        self._add_column(
            self.due, self.goals, self.outcomes, self.plan, self.certification, referrer, discharge
        )
        self.certification.let_change(
            plan=allows(clinic, Act.WRITE_PLAN), visit=allows(clinic, Act.CHART_TREATMENT)
        )
        for planned in (self.goals, self.plan):
            planned.let_change(allows(clinic, Act.WRITE_PLAN))
        self._all_may = self._let_change(
            {
                Act.CHART_EVALUATION: (*evaluated, referrer),
                Act.WRITE_PLAN: (),
                Act.CHART_TREATMENT: (self.outcomes,),
                Act.DISCHARGE: (discharge,),
            }
        )
        top = QHBoxLayout()
        top.addStretch(1)
        top.addWidget(self.state)
        top.addWidget(self.reload)
        self.page.body.setSpacing(8)
        self.page.body.addLayout(top)
        self.page.body.addLayout(self.columns)
        self.page.body.addStretch(1)
        for widget in (QWidget(self), self.page, self.open_form, self.safety.page):
            self.addWidget(widget)
        self.safety.opened.connect(self.draft.flush)
        self.safety.opened.connect(partial(self.setCurrentWidget, self.safety.page))
        self.safety.closed.connect(self._show_page)
        self.safety.changed.connect(self.episode_changed)
        self.open_form.episode_opened.connect(self.episode_opened)
        self.open_form.cancelled.connect(self._show_page)
        self.draft.stored.connect(self.episode_changed)
        self.draft.stored.connect(self._read_due)
        self.draft.stored.connect(self._read_course)
        self.certification.stored.connect(self._read_due)
        self.certification.stored.connect(self.plan.read_course)
        self.draft.state_changed.connect(self._tell_state)
        self.draft.stale_found.connect(self.reload.show)
        self.reload.clicked.connect(self._reload)
        self.goals.undoable.connect(partial(self._offer_back, "goal.status"))
        self.problems.undoable.connect(partial(self._offer_back, "problem.words"))
        self.diagnoses.removed.connect(self._offer_diagnoses_back)
        self.outcomes.recorded.connect(self._read_scores)

    def _let_change(self, parts: Mapping[Act, Sequence[QWidget]]) -> bool:
        """Let whoever opened the clinic change what they may, and say whether that is all."""
        for act, cards in parts.items():
            for card in cards:
                card.setEnabled(allows(self._clinic, act))
        return all(allows(self._clinic, act) for act in parts)

    def _add_column(self, *cards: QWidget) -> None:
        column = QVBoxLayout()
        column.setSpacing(16)
        for card in cards:
            column.addWidget(card)
        column.addStretch(1)
        self.columns.addLayout(column, 1)

    def show_episode(self, patient_id: int, episode_id: int | None) -> None:
        """Show this episode; where there is none yet, the form that opens the first."""
        self._is_opening = False
        if episode_id is None:
            self.draft.flush()
            self._shown_id = None
            self.start_opening(patient_id, is_first=True)
            return
        if episode_id == self._shown_id:
            self.due.show_episode(episode_id)
            self.safety.show_episode(episode_id)
            self.goals.read_course()
            self._show_page()
            return
        self.draft.flush()
        if self.currentWidget() is self.safety.page:
            self._show_page()
        self._tasks.read(
            partial(_load, self._clinic, patient_id, episode_id), self._show_loaded, latest="episode"
        )

    def start_opening(self, patient_id: int, *, is_first: bool = False) -> None:
        """Show the form that opens an episode for this patient."""
        self._is_opening = True
        self.open_form.start_opening(patient_id, is_first=is_first)
        self.setCurrentWidget(self.open_form)

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Keep before the page whatever stands there, such as a form that opens an episode, when it is shown anew."""
        before, is_opening = self.currentIndex(), self._is_opening
        yield
        self.setCurrentIndex(before)
        self._is_opening = is_opening

    def flush(self) -> None:
        """Hand what is unsaved to the writer now."""
        self.draft.flush()
        self.certification.flush()
        self.safety.flush()

    def unsaved_problem(self) -> str:
        """Why something typed is not stored, empty where everything is."""
        parts = (self.draft, self.open_form, self.goals, self.certification, self.safety)
        return next((problem for part in parts if (problem := part.unsaved_problem())), "")

    def _show_loaded(self, loaded: _Loaded) -> None:
        self._shown_id = loaded.episode.id
        self.reload.hide()
        self.draft.show(loaded.episode, loaded.patient.birth_date)
        self.outcomes.show_scores(loaded.episode, loaded.scores)
        self._read_due()
        self.safety.show_episode(loaded.episode.id or 0)
        # What was begun while the episode was read stays before it.
        if self.currentWidget() is not self.safety.page and not self._is_opening:
            self._show_page()
        self.page.verticalScrollBar().setValue(0)

    def _read_due(self, _stored: EpisodeOfCare | None = None) -> None:
        """Read again what is due: another plan, or a plan that was sent, changes it."""
        episode = self.draft.episode
        if episode is not None:
            self.due.show_episode(episode.id)
            self.certification.show_episode(episode)

    def _read_course(self, _stored: EpisodeOfCare) -> None:
        """Read again what came of the goals and the plan: a change that was stored is a step, or a version."""
        self.goals.read_course()
        self.plan.read_course()

    def _show_page(self) -> None:
        self._is_opening = False
        self.setCurrentWidget(self.page)

    def _reload(self) -> None:
        episode = self.draft.episode
        if episode is not None and episode.id is not None:
            self._tasks.read(
                partial(_load, self._clinic, episode.patient_id, episode.id),
                self._show_newer,
                latest="episode",
            )

    def _show_newer(self, loaded: _Loaded) -> None:
        if self.draft.episode is not None and self.draft.episode.id == loaded.episode.id:
            self.draft.give_up()
        self._show_loaded(loaded)

    def _read_scores(self) -> None:
        episode = self.draft.episode
        if episode is not None and episode.id is not None:
            self._tasks.read(
                partial(outcomes_of, self._clinic, episode.id),
                partial(self._show_scores, episode),
                latest="episode scores",
            )

    def _show_scores(self, episode: EpisodeOfCare, scores: tuple[OutcomeScore, ...]) -> None:
        if episode.id == self._shown_id:
            self.outcomes.show_scores(episode, scores)
            self.goals.read_course()
            self.episode_changed.emit(episode)

    def _tell_state(self, sentence: str, is_fault: bool) -> None:
        usual = "Each change saves itself" if self._all_may else "Your role changes what is not greyed out"
        self.state.setText(sentence or usual)
        self.state.set_kind("fault" if is_fault else "small")

    def _offer_diagnoses_back(self, words: str, before: tuple[Diagnosis, ...]) -> None:
        self._offer_back("diagnosis.code", words, partial(_with_diagnoses, before))

    def _offer_back(self, field: str, words: str, change: Callable[[EpisodeOfCare], EpisodeOfCare]) -> None:
        shown = self._shown_id

        def take_back() -> None:
            episode = self.draft.episode
            if episode is not None and episode.id == shown:
                self.draft.apply(change(episode), field)

        self.undo_offered.emit(words, take_back)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand the cards in one column where two are too narrow."""
        wide = self.width() >= self._theme.px(_TWO_COLUMNS)
        across = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self.columns.direction() is not across:
            self.columns.setDirection(across)
        super().resizeEvent(event)


def _with_diagnoses(diagnoses: tuple[Diagnosis, ...], episode: EpisodeOfCare) -> EpisodeOfCare:
    return replace(episode, diagnoses=diagnoses)
