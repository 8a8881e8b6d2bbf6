"""Saves one episode as it is typed: within a second of the first change, off the GUI thread, one save at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import AccessError, InputError, StaleError
from ptnotes.services.episodes import change_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks

PAUSE_MS = 400
"""A pause in typing this long is a good moment to save."""
LONGEST_MS = 700
"""Without a pause, so long after the first unsaved change: with the save itself it stays within a second."""
RETRY_MS = 3000
"""So long after a save that failed through no fault of what was typed, it is tried again."""


class EpisodeSave(QObject):
    """Holds `episode` as it is typed and stores it. After a stale save it waits: two versions have to be settled."""

    stored = Signal(QObject, object)
    """This one, and the episode as the file holds it now."""
    failed = Signal(QObject, Exception)
    """This one, and why."""

    def __init__(
        self, clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self.episode = episode
        self.problem = ""
        """Why the last save failed, empty where it did not."""
        self.is_halted = False
        self._saved = episode
        self._sent: EpisodeOfCare | None = None
        self._at_once = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._retry = QTimer(self, singleShot=True, interval=RETRY_MS)
        for timer in (self._pause, self._longest, self._retry):
            timer.timeout.connect(self.flush)

    @property
    def is_saved(self) -> bool:
        """Whether everything typed is stored."""
        return self._sent is None and self.episode == self._saved

    def put(self, episode: EpisodeOfCare) -> None:
        """Take a changed episode, to be stored soon."""
        self.episode = episode
        if not self.is_halted:
            self.problem = ""
            self._wait()

    def flush(self) -> None:
        """Hand what is unsaved to the writer now. What was typed while a save is under way follows right after it."""
        self._stop_timers()
        if self._sent is not None:
            # Even what was typed back to what the file holds: the save under way is about to change that.
            self._at_once = True
            return
        if self.is_halted or self.episode == self._saved:
            return
        self._sent = sent = self.episode
        self._tasks.write(partial(change_episode, self._clinic, sent), self._done, self._failed, urgent=True)

    def stop(self) -> None:
        """Save no more: what was typed is given up."""
        self.is_halted = True
        self._stop_timers()

    def _wait(self) -> None:
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def _done(self, stored: EpisodeOfCare) -> None:
        # Typing may have gone on meanwhile: it continues from the new revision, and is saved next. Compared with what
        # was sent: the store cleans text (spaces, letters with accents) and that is no new change.
        sent, self._sent = self._sent or stored, None
        self.episode = replace(self.episode, revision=stored.revision)
        self._saved = replace(sent, revision=stored.revision)
        self.problem = ""
        if self._at_once:
            self._at_once = False
            self.flush()
        elif self.episode != self._saved and not self.is_halted:
            self._wait()
        self.stored.emit(self, stored)

    def _failed(self, error: Exception) -> None:
        self._sent = None
        self._at_once = False
        self.problem = sentence_for(error)
        if isinstance(error, StaleError):
            self.stop()
        elif not isinstance(error, (InputError, AccessError)) and not self.is_halted:
            self._retry.start()
        self.failed.emit(self, error)

    def _stop_timers(self) -> None:
        for timer in (self._pause, self._longest, self._retry):
            timer.stop()
