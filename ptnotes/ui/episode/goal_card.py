"""The goals of an episode: what is to be reached, by what measure, from where, by when, and what became of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from ptnotes.clinical import Reference
from ptnotes.domain.episode import EpisodeOfCare, Goal, GoalStatus
from ptnotes.domain.wording import full_date, side_words, with_unit
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.goal_form import GoalForm
from ptnotes.ui.episode.rows import Row, Rows
from ptnotes.ui.widgets.card import Card

STATES = (
    (GoalStatus.ACTIVE, "active"),
    (GoalStatus.MET, "met"),
    (GoalStatus.REVISED, "revised"),
    (GoalStatus.DROPPED, "dropped"),
)


def measure_words(reference: Reference, goal: Goal) -> str:
    """What measures a goal, from where to where, and by when: ``Lumbar flexion (active) 42° to 60°``."""
    name = ""
    if goal.measure == "rom" and goal.motion is not None:
        motion = reference.motions[goal.motion]
        mode = f"({goal.mode.value})" if goal.mode is not None else ""
        name = " ".join(part for part in (motion.full_label, side_words(goal.side), mode) if part)
    elif goal.measure == "pain":
        name = f"pain, {goal.pain_kind}"
    elif goal.measure == "outcome" and goal.outcome is not None:
        name = reference.measures[goal.outcome].abbreviation
    start = with_unit(goal.baseline, goal.unit) if goal.baseline is not None else ""
    target = with_unit(goal.target, goal.unit) if goal.target is not None else ""
    way = f"{start} to {target}" if start and target else target
    measured = " ".join(part for part in (name, way) if part)
    parts = [measured[:1].upper() + measured[1:]]
    if goal.due is not None:
        parts.append(f"by {full_date(goal.due)}")
    if goal.long_term:
        parts.append("long term")
    return " · ".join(part for part in parts if part)


class GoalCard(Card):
    """Lists the goals and takes a new one. Emits `removed` with the words and the list before."""

    removed = Signal(str, object)

    def __init__(self, draft: EpisodeDraft) -> None:
        super().__init__("Goals")
        self._draft = draft
        self._listed: tuple[Goal, ...] | None = None
        self.rows = Rows("No goal yet. A goal with a measure is drawn into the trends and the report.")
        self.rows.removed.connect(self._remove)
        self.body.addWidget(self.rows)
        self.form = GoalForm(draft.clinic.reference, draft.clinic.today)
        self.form.goal_made.connect(self._add)
        self.body.addWidget(self.form)
        draft.shown.connect(self._show)
        draft.changed.connect(self._show)
        draft.refused.connect(self._refused)

    def _show(self, episode: EpisodeOfCare) -> None:
        self.form.offer_regions(tuple(row.region for row in episode.regions))
        if episode.goals == self._listed:
            return
        self._listed = episode.goals
        rows = []
        for goal in episode.goals:
            row = Row(goal.words, measure_words(self._draft.clinic.reference, goal))
            state = QComboBox(row)
            state.addItems([words for _, words in STATES])
            state.setCurrentIndex([value for value, _ in STATES].index(goal.status))
            state.setAccessibleName(f"State of the goal {goal.words}")
            state.setProperty("uuid", goal.uuid)
            state.activated.connect(self._state_chosen)
            row.add(state)
            rows.append(row)
        self.rows.show_rows(rows, [goal.words for goal in episode.goals])

    def _state_chosen(self, place: int) -> None:
        choice, episode = self.sender(), self._draft.episode
        if episode is not None:
            uuid = choice.property("uuid")
            goals = tuple(
                replace(goal, status=STATES[place][0]) if goal.uuid == uuid else goal
                for goal in episode.goals
            )
            self._draft.apply(replace(episode, goals=goals), "goal.status")

    def _add(self, goal: Goal) -> None:
        episode = self._draft.episode
        if episode is not None:
            accepted = self._draft.apply(replace(episode, goals=(*episode.goals, goal)), "goal.target")
            if accepted:
                self.form.clear()

    def _refused(self, field: str, fault: str) -> None:
        if field.startswith("goal."):
            self.form.set_fault(fault)

    def _remove(self, place: int) -> None:
        episode = self._draft.episode
        if episode is None:
            return
        before = episode.goals
        kept = tuple(goal for number, goal in enumerate(before) if number != place)
        if self._draft.apply(replace(episode, goals=kept), "goal.status"):
            self.removed.emit("Goal removed.", before)
