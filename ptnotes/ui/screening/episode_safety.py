"""The screen of an episode on the Episode tab: its card among the others, and the page that asks it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from ptnotes.services.opening import OpenClinic
from ptnotes.services.screening import ScreenView
from ptnotes.ui.screening.safety_card import SafetyCard
from ptnotes.ui.screening.screen_page import ScreenPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme


class EpisodeSafety(QObject):
    """Holds `card` and `page`. `opened` asks to show the page, `closed` to show the cards again.

    `changed` carries the episode once something of its screen was stored.
    """

    opened = Signal()
    closed = Signal()
    changed = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._episode_id = 0
        self._then: Callable[[], object] | None = None
        self.card = SafetyCard(clinic, tasks, theme)
        self.page = ScreenPage(clinic, tasks, theme)
        self.card.screen_asked.connect(self.ask)
        self.card.changed.connect(self.changed)
        self.page.stored.connect(self._stored)
        self.page.left.connect(self._leave)

    def show_episode(self, episode_id: int) -> None:
        """Have the card say how the screen of this episode stands."""
        self._episode_id = episode_id
        self.card.show_episode(episode_id)

    def ask(self, episode_id: int = 0, then: Callable[[], object] | None = None) -> None:
        """Ask the whole screen of the episode (0: of the one shown); `then` is called when the page is left."""
        shown = episode_id or self._episode_id
        if shown:
            self._then = then
            self.page.show_episode(shown)
            self.opened.emit()

    def flush(self) -> None:
        """Hand what is answered to the writer now."""
        self.page.flush()

    def unsaved_problem(self) -> str:
        """Why something is not stored, empty where everything is."""
        return self.page.unsaved_problem() or self.card.unsaved_problem()

    def _stored(self, found: ScreenView) -> None:
        self.card.show_screen(found)
        self.changed.emit(found.episode)

    def _leave(self) -> None:
        then, self._then = self._then, None
        self.closed.emit()
        if then is not None:
            then()
