"""One entry of the problem list: its words, since when, whether it is resolved, and its place in the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtWidgets import QPushButton, QWidget

from ptnotes.domain.episode import Problem
from ptnotes.ui.episode.ordered_row import OrderedRow
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.labels import Label


class ProblemRow(OrderedRow):
    """Shows a problem (`show_problem`)."""

    def __init__(self, number: int, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(number, parent)
        self._today = today
        self._is_resolved = False
        self.resolve = QPushButton("Resolved today")
        self.resolve.setProperty("type", "quiet")
        self.since = DateField(today)
        self.since.setPlaceholderText("")
        self.resolved_on = DateField(today)
        self.resolved_label = Label("resolved on", "small")
        below = (Label("since", "small"), self.since, self.resolved_label, self.resolved_on)
        controls = (self.resolve, self.up, self.down, self.remove, self.since, self.resolved_on)
        self.lay_out(self.resolve, below, (self.since, self.resolved_on), controls)
        self.since.date_changed.connect(partial(self.changed.emit, "since"))
        self.resolved_on.date_changed.connect(partial(self.changed.emit, "resolved_on"))
        self.resolve.clicked.connect(self._resolve)

    def show_problem(self, problem: Problem, *, is_first: bool, is_last: bool) -> None:
        """Show `problem` as it stands in the list."""
        self._is_resolved = problem.resolved_on is not None
        self.words.set_kind("muted" if self._is_resolved else "body")
        self.since.set_date(problem.since)
        self.resolved_on.set_date(problem.resolved_on)
        self.resolved_on.setVisible(self._is_resolved)
        self.resolved_label.setVisible(self._is_resolved)
        self.resolve.setText("Stands again" if self._is_resolved else "Resolved today")
        named: tuple[tuple[QWidget, str], ...] = (
            (self.since, "Since"),
            (self.resolved_on, "Resolved on"),
            (self.resolve, self.resolve.text()),
        )
        self.tell(problem.words, named, is_first=is_first, is_last=is_last)

    def _resolve(self) -> None:
        self.changed.emit("resolved_on", None if self._is_resolved else self._today())
