"""The goals of an episode: what is to be reached, by what measure, from where, by when, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from ptnotes.domain.episode import EpisodeOfCare, Goal, GoalStatus
from ptnotes.domain.goals import is_revision, undone
from ptnotes.services.care_course import GoalCourse, goal_course
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.goal_form import GoalForm
from ptnotes.ui.episode.goal_row import GoalRow
from ptnotes.ui.keys import GOALS
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label, Rule

_NONE = "No goal yet. A goal with a measure is drawn into the trends and the report."
_DONE = {
    GoalStatus.MET: "Goal met.",
    GoalStatus.DROPPED: "Goal dropped.",
    GoalStatus.ACTIVE: "Goal active again.",
    GoalStatus.REVISED: "Goal revised.",
}


class GoalCard(Card):
    """Lists the goals, takes a new one and what became of each.

    Emits `undoable` with what was done and the list to be put back.
    """

    undoable = Signal(str, object)

    def __init__(self, draft: EpisodeDraft, tasks: Tasks) -> None:
        keys = (f"{GOALS.shown(deed)} {deed}" for deed in ("met", "revise", "drop"))
        super().__init__("Goals", f"on a goal: {', '.join(keys)}")
        self._draft = draft
        self._tasks = tasks
        self._episode_id: int | None = None
        self._listed: tuple[Goal, ...] | None = None
        self._course = GoalCourse()
        self._refusal = ""
        self._may_change = True
        self.rows: dict[str, GoalRow] = {}
        self.none = Label(_NONE, "muted", wraps=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addWidget(self.none)
        self.body.addLayout(self._list)
        self.form = GoalForm(draft.clinic.reference, draft.clinic.today)
        self.form.goal_made.connect(self._add)
        self.body.addWidget(self.form)
        draft.shown.connect(self._show_another)
        draft.changed.connect(self._show)
        draft.refused.connect(self._hear_refusal)

    def let_change(self, allowed: bool) -> None:
        """Let the goals be changed, or only be read; what became of them is read by everybody who sees them."""
        self._may_change = allowed
        self.form.setEnabled(allowed)
        for row in self.rows.values():
            row.let_change(allowed)

    def unsaved_problem(self) -> str:
        """A sentence while what became of a goal is typed and neither taken nor cancelled, else empty."""
        waits = any(not row.form.isHidden() and row.form.reason.text().strip() for row in self.rows.values())
        return (
            "What you typed about a goal is not stored yet: Enter takes it, Esc leaves it." if waits else ""
        )

    def read_course(self) -> None:
        """Read again how far the goals are and what became of them."""
        if self._episode_id is not None:
            read = partial(goal_course, self._draft.clinic, self._episode_id)
            self._tasks.read(read, partial(self._show_course, self._episode_id), latest="goals")

    def _show_another(self, episode: EpisodeOfCare) -> None:
        if episode.id != self._episode_id:
            self._course = GoalCourse()
        self._episode_id = episode.id
        self.form.turn_to(episode.id)
        self._listed = None
        for row in self.rows.values():
            row.close_form()
        self._show(episode)
        self.read_course()

    def _show(self, episode: EpisodeOfCare) -> None:
        self.form.offer_regions(tuple(row.region for row in episode.regions))
        if episode.goals == self._listed:
            return
        self._listed = episode.goals
        if list(self.rows) != [goal.uuid for goal in episode.goals]:
            self._make_rows(episode.goals)
        for goal in episode.goals:
            if self.rows[goal.uuid].goal != goal:
                self.rows[goal.uuid].show_goal(goal)
        self._show_progress()

    def _make_rows(self, goals: tuple[Goal, ...]) -> None:
        """Lay the rows out in the order of the goals; a goal that stays keeps its row, with what is open in it."""
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and not isinstance(widget, GoalRow):
                widget.hide()
                widget.deleteLater()
        before, self.rows = self.rows, {}
        self.none.setVisible(not goals)
        for goal in goals:
            if self.rows:
                self._list.addWidget(Rule())
            row = before.pop(goal.uuid, None) or self._new_row(goal.uuid)
            self._list.addWidget(row)
            self.rows[goal.uuid] = row
        for gone in before.values():
            gone.hide()
            gone.deleteLater()

    def _new_row(self, uuid: str) -> GoalRow:
        row = GoalRow(self._draft.clinic.reference, self._draft.clinic.today, self)
        row.let_change(self._may_change)
        row.decided.connect(self._change)
        row.removed.connect(partial(self._remove, uuid))
        return row

    def _show_course(self, episode_id: int, course: GoalCourse) -> None:
        if episode_id == self._episode_id:
            self._course = course
            self._show_progress()

    def _show_progress(self) -> None:
        for uuid, row in self.rows.items():
            steps = self._course.steps.get(uuid, ())
            row.show_course(self._course.progress.get(uuid), steps, self._course.names)

    def _change(self, changed: Goal) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        before = next(goal for goal in episode.goals if goal.uuid == changed.uuid)
        if not self._put(changed, "goal.target"):
            self.rows[changed.uuid].form.refuse(self._refusal)
            return
        self.rows[changed.uuid].close_form()
        # An outcome is no typing that goes on: it is stored at once, as one step.
        self._draft.flush()
        words = _DONE[GoalStatus.REVISED if is_revision(before, changed) else changed.status]
        self.undoable.emit(words, partial(with_goal, undone(before)))

    def _put(self, changed: Goal, field: str) -> bool:
        episode = self._draft.episode
        return episode is not None and self._draft.apply(with_goal(changed, episode), field)

    def _add(self, goal: Goal) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        if self._draft.apply(replace(episode, goals=(*episode.goals, goal)), "goal.target"):
            self.form.clear()
        else:
            self.form.set_fault(self._refusal)

    def _remove(self, uuid: str) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        before = episode.goals
        kept = tuple(goal for goal in before if goal.uuid != uuid)
        if self._draft.apply(replace(episode, goals=kept), "goal.status"):
            self.form.words.setFocus(Qt.FocusReason.OtherFocusReason)
            self.undoable.emit("Goal removed.", partial(with_goals, before))

    def _hear_refusal(self, _field: str, sentence: str) -> None:
        self._refusal = sentence


def with_goal(goal: Goal, episode: EpisodeOfCare) -> EpisodeOfCare:
    """The episode with `goal` in place of the one of its uuid."""
    return replace(episode, goals=tuple(goal if goal.uuid == each.uuid else each for each in episode.goals))


def with_goals(goals: tuple[Goal, ...], episode: EpisodeOfCare) -> EpisodeOfCare:
    """The episode with these goals."""
    return replace(episode, goals=goals)
