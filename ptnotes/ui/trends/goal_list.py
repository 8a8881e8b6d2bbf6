"""Goals, each with how far it is as a bar and in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ptnotes.domain.episode import GoalStatus
from ptnotes.domain.views import GoalProgress
from ptnotes.domain.wording import full_date, with_unit
from ptnotes.ui.widgets.labels import Label


class GoalList(QWidget):
    """One goal below the other, active ones first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_GoalRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)

    def show_goals(self, goals: Sequence[GoalProgress]) -> None:
        """Show `goals` in place of those before."""
        ordered = sorted(goals, key=lambda one: one.goal.status is not GoalStatus.ACTIVE)
        while len(self._rows) < len(ordered):
            row = _GoalRow(self)
            self._rows.append(row)
            self._layout.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(ordered))
            if place < len(ordered):
                row.show_goal(ordered[place])


class _GoalRow(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._words = Label("", "body", wraps=True, parent=self)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._now = Label("", "small", wraps=True, parent=self)
        self._due = Label("", "small", parent=self)
        foot = QHBoxLayout()
        foot.addWidget(self._now, 1)
        foot.addWidget(self._due)
        layout.addWidget(self._words)
        layout.addWidget(self._bar)
        layout.addLayout(foot)

    def show_goal(self, progress: GoalProgress) -> None:
        goal = progress.goal
        self._words.setText(goal.words)
        self._bar.setVisible(progress.share is not None)
        if progress.share is not None:
            self._bar.setValue(round(progress.share * 100))
        self._bar.setAccessibleName(f"{goal.words}: {_state(progress)}")
        self._now.setText(_state(progress))
        self._due.setText(f"due {full_date(goal.due)}" if goal.due is not None else "")


def _state(progress: GoalProgress) -> str:
    goal = progress.goal
    if goal.status is not GoalStatus.ACTIVE:
        return ": ".join(part for part in (goal.status.value, goal.status_reason) if part)
    parts = []
    if progress.now is not None:
        parts.append(f"now {with_unit(progress.now, goal.unit)}")
    if progress.share is not None:
        parts.append(f"{round(progress.share * 100)} % of the way")
    if progress.is_reached:
        parts.append("target reached")
    return " · ".join(parts) if parts else ("not measured yet" if goal.measure != "words" else "active")
