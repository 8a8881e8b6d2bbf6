"""The episode being edited: one value, changed only through checks, stored by itself a moment after a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, Signal

from ptnotes.domain.checks import checked_episode
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import InputError
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.episode.episode_save import EpisodeSave
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks


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
        self._birth_date = date.min
        self._save: EpisodeSave | None = None
        self._kept: dict[int | None, EpisodeSave] = {}

    @property
    def episode(self) -> EpisodeOfCare | None:
        """The episode on the screen as it is typed, None before the first."""
        return self._save.episode if self._save is not None else None

    def show(self, episode: EpisodeOfCare, birth_date: date) -> None:
        """Edit this episode from now on. What is typed in the one before is kept until it is stored.

        An episode that is kept is shown as it was typed, not as `episode` was read from the file.
        """
        self._let_go()
        self._birth_date = birth_date
        save = self._kept.pop(episode.id, None)
        if save is None:
            save = EpisodeSave(self.clinic, self._tasks, episode, self)
            save.stored.connect(self._stored)
            save.failed.connect(self._failed)
        self._save = save
        self._tell(save.problem, is_fault=bool(save.problem))
        self.shown.emit(save.episode)
        if save.is_halted:
            self.stale_found.emit()

    def give_up(self) -> None:
        """Forget what was typed in the episode on the screen: a newer version is shown in its place."""
        if self._save is not None:
            self._save.stop()
            self._save.deleteLater()
            self._save = None

    def _let_go(self) -> None:
        save, self._save = self._save, None
        if save is None:
            return
        save.flush()
        if save.is_saved:
            save.deleteLater()
        else:
            self._kept[save.episode.id] = save

    def set_value(self, path: str, value: object) -> bool:
        """Set one field, if it may be, and say whether it was."""
        if self.episode is None:
            return False
        return self.apply(with_value(self.episode, path, value), fault_name(path))

    def apply(self, episode: EpisodeOfCare, field: str) -> bool:
        """Take a changed episode, if it may be stored; `field` names what was changed, as faults name it."""
        if self._save is None or episode == self._save.episode:
            self.refused.emit(field, "")
            return True
        try:
            checked_episode(self.clinic.reference, episode, self._birth_date, self.clinic.today())
        except InputError as error:
            faults = faults_by_field(error)
            self.refused.emit(field, faults.get(field) or next(iter(faults.values())))
            return False
        self.refused.emit(field, "")
        self._save.put(episode)
        self.changed.emit(episode)
        if not self._save.is_halted:
            self._tell("Saving…", is_fault=False)
        return True

    def flush(self) -> None:
        """Hand what is unsaved to the writer now."""
        for save in self._all():
            save.flush()

    def unsaved_problem(self) -> str:
        """Why something typed could not be stored, empty where everything is."""
        return next((save.problem for save in self._all() if save.problem), "")

    def _all(self) -> list[EpisodeSave]:
        return [*self._kept.values(), *([self._save] if self._save is not None else [])]

    def _stored(self, save: EpisodeSave, stored: EpisodeOfCare) -> None:
        if save is self._save:
            self._tell("Saved" if save.is_saved else "Saving…", is_fault=False)
            self.stored.emit(stored)
        elif save.is_saved and self._kept.get(stored.id) is save:
            del self._kept[stored.id]
            save.deleteLater()

    def _failed(self, save: EpisodeSave, error: Exception) -> None:
        if save is not self._save:
            return
        self._tell(sentence_for(error), is_fault=True)
        if save.is_halted:
            self.stale_found.emit()

    def _tell(self, sentence: str, *, is_fault: bool) -> None:
        self.state_changed.emit(sentence, is_fault)


def fault_name(path: str) -> str:
    """How faults name the field at `path`."""
    return path if path.startswith("plan.") else f"episode.{path}"
