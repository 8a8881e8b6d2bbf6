"""The answers on the screen that are on their way to the file: stored by themselves, a moment after the last key."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from ptnotes.services.opening import OpenClinic
from ptnotes.services.screening import ScreenView, answer_screen
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.screening.question import Said
from ptnotes.ui.tasks import Tasks

PAUSE_MS = 700
RETRY_MS = 2000


class AnswerSaver(QObject):
    """Holds what was answered until it is stored. `stored` carries the `ScreenView`, `failed` a sentence or none."""

    stored = Signal(object)
    failed = Signal(str)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._waiting: dict[int, dict[str, Said]] = {}
        self._under_way: dict[int, dict[str, Said]] = {}
        self.problem = ""
        """Why the last answers could not be stored, empty where they were."""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.flush)

    def take(self, episode_id: int, item: str, said: Said) -> None:
        """Take an answer, to be stored soon."""
        self._waiting.setdefault(episode_id, {})[item] = said
        self._pause.start(PAUSE_MS)

    def said_in(self, episode_id: int) -> dict[str, Said]:
        """What was answered in the episode and is not stored yet."""
        return {**self._under_way.get(episode_id, {}), **self._waiting.get(episode_id, {})}

    def flush(self) -> None:
        """Hand what is not stored to the writer now."""
        self._pause.stop()
        if self._under_way or not self._waiting:
            return
        self._under_way, self._waiting = self._waiting, {}
        for episode_id, answers in self._under_way.items():
            given = [(item, said.answer, said.sites) for item, said in answers.items()]
            store = partial(answer_screen, self._clinic, episode_id, given)
            self._tasks.write(store, partial(self._done, episode_id), partial(self._failed, episode_id))

    def _done(self, episode_id: int, found: ScreenView) -> None:
        self._under_way.pop(episode_id, None)
        self._tell("")
        self.stored.emit(found)
        if self._waiting and not self._pause.isActive():
            self.flush()

    def _failed(self, episode_id: int, error: Exception) -> None:
        answers = self._under_way.pop(episode_id, {})
        # What was answered since counts more than what could not be stored.
        self._waiting[episode_id] = {**answers, **self._waiting.get(episode_id, {})}
        self._tell(sentence_for(error))
        self._pause.start(RETRY_MS)

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self.failed.emit(problem)
