"""Saves the draft as it is typed: within a second of the last keystroke, off the GUI thread, one save at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from ptnotes.domain.errors import AccessError, InputError, StaleError
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.ui.charting.state import DraftState, same_content
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks

PAUSE_MS = 300
"""A pause in typing this long is a good moment to save."""
LONGEST_MS = 700
"""Without a pause, so long after the first unsaved change: with the save itself it stays within a second."""
RETRY_MS = 2000
"""So long after a save that failed through no fault of what was typed, it is tried again."""


class Autosave(QObject):
    """Watches a `DraftState` and stores it through `save`, the service's verb, which gives the stored value back.

    `failed` carries the error of a save; what was typed stays in the state, and saving is tried again. After a
    `StaleError` it waits until `resume` is called, because two versions have to be settled first.
    """

    failed = Signal(Exception)
    saved = Signal(object)
    """The stored visit."""

    def __init__(
        self,
        state: DraftState,
        tasks: Tasks,
        save: Callable[[TreatmentSession], TreatmentSession],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._tasks = tasks
        self._save = save
        self._stored = state.session
        self._in_flight: TreatmentSession | None = None
        self._halted = False
        self._at_once = False
        self.problem = ""
        """Why the last save failed, empty where it did not."""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._retry = QTimer(self, singleShot=True, interval=RETRY_MS)
        for timer in (self._pause, self._longest, self._retry):
            timer.timeout.connect(self.flush)
        state.changed.connect(self._changed)

    @property
    def is_saved(self) -> bool:
        """Whether everything on the screen is stored."""
        return self._in_flight is None and same_content(self._stored, self._state.session)

    def flush(self) -> None:
        """Hand what is unsaved to the writer now: called on leaving the visit and on closing the window.

        What was typed while a save was under way is saved right after it.
        """
        self._stop_timers()
        if self._halted:
            return
        if self._in_flight is not None:
            # What was stored before says nothing now: text may have been typed back to it.
            self._at_once = True
            return
        if same_content(self._stored, self._state.session):
            return
        self._in_flight = session = self._state.session
        self._tasks.write(partial(self._save, session), self._done, self._failed, urgent=True)

    def resume(self, stored: TreatmentSession) -> None:
        """Go on after a stale save: `stored` is what the file holds now."""
        self._halted = False
        self.problem = ""
        self._stored = stored
        self._changed()

    def stop(self) -> None:
        """Save no more: the draft was discarded or replaced."""
        self._halted = True
        self._stop_timers()

    def _changed(self) -> None:
        if self._halted or same_content(self._stored, self._state.session):
            self._stop_timers()
            return
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def _done(self, stored: TreatmentSession) -> None:
        # Compared with what was sent: the store cleans text (spaces, letters with accents) and that is no new change.
        self._stored, self._in_flight = self._in_flight or stored, None
        self._state.mark_saved(stored)
        self.problem = ""
        if self._at_once:
            self._at_once = False
            self.flush()
        elif not self._longest.isActive():
            self._changed()
        self.saved.emit(stored)

    def _failed(self, error: Exception) -> None:
        self._in_flight = None
        self._at_once = False
        self.problem = sentence_for(error)
        if isinstance(error, StaleError):
            self.stop()
        elif not isinstance(error, (InputError, AccessError)):
            self._retry.start()
        self.failed.emit(error)

    def _stop_timers(self) -> None:
        for timer in (self._pause, self._longest, self._retry):
            timer.stop()
