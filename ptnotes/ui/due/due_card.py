"""What is due in one episode: what, how pressing, and how it was counted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ptnotes.domain.due import KIND_WORDS, Due, Urgency, due_words
from ptnotes.domain.views import EpisodeDue
from ptnotes.services.due import due_of_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label, Pill, Rule, Tone

TONES: dict[Urgency, Tone] = {Urgency.OVERDUE: "danger", Urgency.NOW: "warning", Urgency.SOON: "neutral"}


class DueCard(Card):
    """Reads and shows what is due (`show_episode`). With nothing due it says so, or hides where `hides`."""

    def __init__(
        self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None, *, hides: bool = False
    ) -> None:
        super().__init__("What is due", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._hides = hides
        self._episode_id: int | None = None
        self.rows: list[QWidget] = []
        self.nothing = Label("Nothing is due.", "muted", parent=self)
        self.body.addWidget(self.nothing)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.body.addLayout(self._list)
        self.show_due(EpisodeDue())
        self.nothing.hide()

    def show_episode(self, episode_id: int | None) -> None:
        """Read what is due in this episode, and show it; what another one's was is gone at once."""
        if episode_id != self._episode_id:
            self._episode_id = episode_id
            self.show_due(EpisodeDue())
            self.nothing.hide()
        if episode_id is not None:
            read = partial(due_of_episode, self._clinic, episode_id)
            self._tasks.read(read, partial(self._show_read, episode_id), latest=f"due {id(self)}")

    def _show_read(self, episode_id: int, due: EpisodeDue) -> None:
        if episode_id == self._episode_id:
            self.show_due(due)

    def show_due(self, due: EpisodeDue) -> None:
        """Show what is due, the most pressing first."""
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = list(self._make_rows(due.dues))
        for row in self.rows:
            self._list.addWidget(row)
        self.set_note(f"by {due.rules}" if due.rules and due.dues else "")
        self.nothing.setVisible(not due.dues)
        self.setVisible(bool(due.dues) or not self._hides)

    def _make_rows(self, dues: Sequence[Due]) -> list[QWidget]:
        rows = []
        for place, due in enumerate(dues):
            row = QWidget(self)
            column = QVBoxLayout(row)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            if place:
                column.addWidget(Rule(row))
                column.addSpacing(4)
            head = QHBoxLayout()
            head.setSpacing(8)
            head.addWidget(Label(KIND_WORDS[due.kind], "strong", wraps=True, parent=row), 1)
            head.addWidget(Pill(due_words(due), TONES[due.urgency], row), 0, Qt.AlignmentFlag.AlignTop)
            column.addLayout(head)
            column.addWidget(Label(due.why[0].upper() + due.why[1:], "small", wraps=True, parent=row))
            rows.append(row)
        return rows
