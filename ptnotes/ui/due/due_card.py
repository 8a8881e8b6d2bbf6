"""What is due in one episode: what, how pressing, and how it was counted."""

from __future__ import annotations

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
        self.rows: list[_DueRow] = []
        """The rows shown."""
        self._made: list[_DueRow] = []
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
        while len(self._made) < len(due.dues):
            self._made.append(_DueRow(self, has_rule=bool(self._made)))
            self._list.addWidget(self._made[-1])
        for place, row in enumerate(self._made):
            row.setVisible(place < len(due.dues))
            if place < len(due.dues):
                row.show_due(due.dues[place])
        self.rows = list(self._made[: len(due.dues)])
        self.set_note(f"by {due.rules}" if due.rules and due.dues else "")
        self.nothing.setVisible(not due.dues)
        self.setVisible(bool(due.dues) or not self._hides)


class _DueRow(QWidget):
    """One thing that is due. It is kept for the next patient, since making widgets takes longer than showing them."""

    def __init__(self, card: DueCard, *, has_rule: bool) -> None:
        super().__init__(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        if has_rule:
            column.addWidget(Rule(self))
            column.addSpacing(4)
        self._kind = Label("", "strong", wraps=True, parent=self)
        self._pill = Pill("", "neutral", self)
        self._why = Label("", "small", wraps=True, parent=self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._kind, 1)
        head.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self._why)

    def show_due(self, due: Due) -> None:
        """Show this."""
        self._kind.setText(KIND_WORDS[due.kind])
        self._pill.show_fact(due_words(due), TONES[due.urgency])
        self._why.setText(due.why[0].upper() + due.why[1:])
