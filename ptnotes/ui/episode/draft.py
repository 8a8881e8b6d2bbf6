"""The episode being edited: one value, changed only through checks, stored by itself a moment after a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ptnotes.domain.checks import checked_episode
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import AccessError, InputError, StaleError
from ptnotes.services.episodes import change_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks

PAUSE_MS = 400
RETRY_MS = 3000


def with_value(episode: EpisodeOfCare, path: str, value: Any) -> EpisodeOfCare:
    """The episode with the field at `path` (``title``, ``plan.prognosis``) set to `value`."""
    part, _, name = path.rpartition(".")
    if part == "plan":
        return replace(episode, plan=replace(episode.plan, **{name: value}))
    return replace(episode, **{path: value})


def value_at(episode: EpisodeOfCare, path: str) -> Any:
    """What stands in the field at `path`."""
    part, _, name = path.rpartition(".")
    return getattr(episode.plan if part == "plan" else episode, name)


class EpisodeDraft(QObject):
    """Holds the episode on the screen. `shown` brings another one; `changed` follows an accepted change.

    A change that may not be stored is refused: the value stays, and `refused` names the field and the sentence.
    """

    shown = Signal(object)
    changed = Signal(object)
    refused = Signal(str, str)
    """Name of the field as faults name it, and the sentence; an empty sentence takes the fault back."""
    state_changed = Signal(str, bool)
    """The state of saving as a sentence, and whether it is a fault."""
    stale_found = Signal()
    stored = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clinic = clinic
        self._tasks = tasks
        self.episode: EpisodeOfCare | None = None
        self._birth_date = date.min
        self._saved: EpisodeOfCare | None = None
        self._sent: EpisodeOfCare | None = None
        self._halted = False
        self._problem = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)

    def show(self, episode: EpisodeOfCare, birth_date: date) -> None:
        """Edit this episode from now on; what is unsaved of the one before was flushed by the caller."""
        self._timer.stop()
        self._birth_date = birth_date
        self.episode = self._saved = episode
        self._sent = None
        self._halted = False
        self._tell("", is_fault=False)
        self.shown.emit(episode)

    def set_value(self, path: str, value: object) -> bool:
        """Set one field, if it may be, and say whether it was."""
        if self.episode is None:
            return False
        return self.apply(with_value(self.episode, path, value), fault_name(path))

    def apply(self, episode: EpisodeOfCare, field: str) -> bool:
        """Take a changed episode, if it may be stored; `field` names what was changed, as faults name it."""
        if self.episode is None or episode == self.episode:
            self.refused.emit(field, "")
            return True
        try:
            checked_episode(self.clinic.reference, episode, self._birth_date, self.clinic.today())
        except InputError as error:
            faults = faults_by_field(error)
            self.refused.emit(field, faults.get(field) or next(iter(faults.values())))
            return False
        self.refused.emit(field, "")
        self.episode = episode
        self.changed.emit(episode)
        if not self._halted:
            self._tell("Saving…", is_fault=False)
            self._timer.start(PAUSE_MS)
        return True

    def flush(self) -> None:
        """Hand what is unsaved to the writer now."""
        self._timer.stop()
        if self.episode is None or self._halted or self._sent is not None or self.episode == self._saved:
            return
        self._sent = self.episode
        clinic, sent = self.clinic, self.episode
        self._tasks.write(
            lambda: change_episode(clinic, sent), partial(self._stored, sent), partial(self._failed, sent)
        )

    def unsaved_problem(self) -> str:
        """Why the episode could not be stored, empty where it is."""
        return self._problem

    def _stored(self, sent: EpisodeOfCare, stored: EpisodeOfCare) -> None:
        if self.episode is None or sent is not self._sent:
            return
        self._sent = None
        # Typing may have gone on meanwhile: it continues from the new revision, and is saved next.
        self.episode = replace(self.episode, revision=stored.revision)
        self._saved = replace(sent, revision=stored.revision)
        self._tell("Saved", is_fault=False)
        self.stored.emit(stored)
        if self.episode != self._saved:
            self._timer.start(PAUSE_MS)

    def _failed(self, sent: EpisodeOfCare, error: Exception) -> None:
        if sent is not self._sent:
            return
        self._sent = None
        self._tell(sentence_for(error), is_fault=True)
        if isinstance(error, StaleError):
            self._halted = True
            self.stale_found.emit()
        elif not isinstance(error, (InputError, AccessError)):
            self._timer.start(RETRY_MS)

    def _tell(self, sentence: str, *, is_fault: bool) -> None:
        self._problem = sentence if is_fault else ""
        self.state_changed.emit(sentence, is_fault)


def fault_name(path: str) -> str:
    """How faults name the field at `path`."""
    return path if path.startswith("plan.") else f"episode.{path}"
