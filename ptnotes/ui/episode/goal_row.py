"""One goal of an episode: how far it is, what became of it, and what can be done with it by button or key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.episode import Goal, GoalStatus
from ptnotes.domain.goals import GoalStep, is_removable, step_words
from ptnotes.domain.views import GoalProgress
from ptnotes.domain.wording import full_date, side_words, with_unit
from ptnotes.ui.episode.goal_change_form import GoalChangeForm, GoalDeed
from ptnotes.ui.keys import GOALS
from ptnotes.ui.override import override
from ptnotes.ui.widgets.labels import Label, Pill, Tone

_PILLS: Mapping[GoalStatus, tuple[str, Tone]] = {
    GoalStatus.ACTIVE: ("", "neutral"),
    GoalStatus.MET: ("met", "success"),
    GoalStatus.DROPPED: ("dropped", "neutral"),
    GoalStatus.REVISED: ("revised", "neutral"),
}


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


def standing_words(progress: GoalProgress | None) -> str:
    """How far a goal is: ``now 55° on 12 Mar 2026 · 75 % of the way``."""
    if progress is None:
        return ""
    goal, parts = progress.goal, []
    if progress.now is not None:
        on = f" on {full_date(progress.now_on)}" if progress.now_on is not None else ""
        parts.append(f"now {with_unit(progress.now, goal.unit)}{on}")
    if progress.share is not None:
        parts.append(f"{round(progress.share * 100)} % of the way")
    return " · ".join(parts) or ("" if goal.measure == "words" else "not measured yet")


class GoalRow(QWidget):
    """Shows a goal (`show_goal`, `show_course`) and takes what became of it. The card decides.

    Emits `decided` with the changed goal, and `removed`.
    """

    decided = Signal(object)
    removed = Signal()

    def __init__(
        self, reference: Reference, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._reference = reference
        self._today = today
        self.goal: Goal | None = None
        self._may_change = True
        self._told: list[str] = []
        self.words = Label("", "body", wraps=True)
        self.pill = Pill("")
        self.function = Label("", "small", wraps=True)
        self.detail = Label("", "small", wraps=True)
        self.bar = QProgressBar(textVisible=False)
        self.standing = Label("", "small", wraps=True)
        self.history = Label("", "small", wraps=True)
        self.buttons = {deed: QPushButton(words) for deed, words in _BUTTONS}
        self.more = QPushButton("History")
        self.remove = QPushButton("Remove")
        for button in (*self.buttons.values(), self.more, self.remove):
            button.setProperty("type", "quiet")
        self.choices = QWidget(self)
        self.form = GoalChangeForm(today, self)
        self._lay_out()
        for deed, button in self.buttons.items():
            button.setToolTip(f"{button.text()} ({GOALS.shown(deed.value)})")
            button.clicked.connect(self._ask)
        self.more.setCheckable(True)
        self.more.setToolTip(f"What became of the goal so far ({GOALS.shown('history')})")
        self.more.toggled.connect(self._show_history)
        self.remove.clicked.connect(self.removed)
        self.form.decided.connect(self.decided)
        self.form.left.connect(self.close_form)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.words, 1)
        top.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout(self.choices)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(2)
        for button in (*self.buttons.values(), self.more):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 2)
        layout.setSpacing(4)
        layout.addLayout(top)
        for widget in (self.function, self.detail, self.bar, self.standing, self.history, self.form):
            layout.addWidget(widget)
        layout.addWidget(self.choices)

    def show_goal(self, goal: Goal) -> None:
        """Show `goal` as it stands; a form that is open for it stays."""
        self.goal = goal
        self.words.setText(goal.words)
        self.function.setText(f"for: {goal.function}" if goal.function else "")
        self.function.setVisible(bool(goal.function))
        detail = measure_words(self._reference, goal)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        is_active = goal.status is GoalStatus.ACTIVE
        for deed, button in self.buttons.items():
            button.setVisible(is_active is not (deed is GoalDeed.RESUME))
            button.setAccessibleName(f"{button.text()}: {goal.words}")
        self.more.setAccessibleName(f"History of {goal.words}")
        self.remove.setAccessibleName(f"Remove {goal.words}")
        self.show_course(None, (), {})

    def show_course(
        self, progress: GoalProgress | None, steps: Sequence[GoalStep], names: Mapping[int, str]
    ) -> None:
        """Show how far the goal is and what became of it. One that was set before today is dropped, not removed."""
        goal = self.goal
        if goal is None:
            return
        is_active = goal.status is GoalStatus.ACTIVE
        # What was read before the goal was changed is about another target.
        is_present = progress is not None and _same_aim(progress.goal, goal)
        told = standing_words(progress) if is_present else ""
        self.standing.setText(told)
        self.standing.setVisible(bool(told))
        share = progress.share if progress is not None and is_present and is_active else None
        self.bar.setVisible(share is not None)
        if share is not None:
            self.bar.setValue(round(share * 100))
            self.bar.setAccessibleName(f"{goal.words}: {told}")
        pill, tone = _PILLS[goal.status]
        if is_active and is_present and progress is not None and progress.is_reached:
            pill, tone = "target reached: met?", "accent"
        self.pill.show_fact(pill, tone)
        self._told = [step_words(step, goal.unit, names) for step in steps]
        self.more.setVisible(bool(steps))
        self._show_history(self.more.isChecked())
        self.remove.setVisible(is_removable(steps, self._today()))

    def ask(self, deed: GoalDeed) -> None:
        """Open the form for `deed`, where it can be done with the goal now."""
        if self.goal is not None and not self.buttons[deed].isHidden() and self._may_change:
            self.form.ask(self.goal, deed)
            self.choices.hide()

    def let_change(self, allowed: bool) -> None:
        """Let the goal be changed, or only be read with its history."""
        self._may_change = allowed
        for button in (*self.buttons.values(), self.remove):
            button.setEnabled(allowed)

    def close_form(self) -> None:
        """Close the form and go back to the goal's first button."""
        if not self.form.isHidden():
            self.choices.show()
            first = next((button for button in self.buttons.values() if not button.isHidden()), self.more)
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            self.form.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = GOALS.pressed(event)
        if not pressed or not self.form.isHidden():
            super().keyPressEvent(event)
        elif pressed == "history":
            self.more.toggle()
        else:
            self.ask(GoalDeed(pressed))

    def _ask(self) -> None:
        pressed = self.sender()
        self.ask(next(deed for deed, button in self.buttons.items() if button is pressed))

    def _show_history(self, shown: bool) -> None:
        # How a goal that is closed came to be so is always told: it is its state.
        is_closed = self.goal is not None and self.goal.status is not GoalStatus.ACTIVE
        told = self._told if shown else self._told[-1:] if is_closed else []
        self.history.setText("\n".join(told))
        self.history.setVisible(bool(told))


def _same_aim(one: Goal, other: Goal) -> bool:
    """Whether what was worked out for one goal is true of the other: all but the words, which the store cleans."""
    return replace(one, words="", function="", status_reason="") == replace(
        other, words="", function="", status_reason=""
    )


_BUTTONS = (
    (GoalDeed.MET, "Met"),
    (GoalDeed.REVISE, "Revise"),
    (GoalDeed.DROP, "Drop"),
    (GoalDeed.RESUME, "Active again"),
)
