"""When backups are made while the clinic is open, and what everyone has to know of them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ptnotes.domain.backup import BackupPlan, Standing
from ptnotes.domain.errors import AccessError, Fault
from ptnotes.domain.sentences import sentence
from ptnotes.services.backup import BackupState, back_up_if_due, back_up_now, plan_backups
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks

LOOK_EVERY_MS = 10 * 60 * 1000


class BackupSchedule(QObject):
    """Makes the backups of an open clinic in a reading thread, so that nothing that is typed waits for them."""

    state_changed = Signal(object)
    """The `BackupState`, whenever it was looked at."""
    problem_changed = Signal(str, str)
    """A sentence that everyone has to see, and the kind of its label; both empty while all is well."""
    begun = Signal()
    """A look began, and with it perhaps a backup."""
    refused = Signal(str)
    """Why another plan was not stored, or nothing could be looked at."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self.state: BackupState | None = None
        """How it stood at the last look, None before the first."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def start(self, *, after_lock: bool) -> None:
        """Make what is due, and look again from time to time.

        At the start of the program also what the last closing left undone; after a lock nothing was closed.
        """
        self._timer.start(LOOK_EVERY_MS)
        self._run(partial(back_up_if_due, self._clinic, closing=not after_lock))

    def look(self) -> None:
        """Make a backup if its time has come."""
        self._run(partial(back_up_if_due, self._clinic))

    def back_up_now(self) -> None:
        """Make a backup whether it is due or not."""
        self._run(partial(back_up_now, self._clinic))

    def change_plan(self, **parts: Any) -> None:
        """Store the plan with other `parts` of a `BackupPlan`, and make its first backup if that is due."""
        self._tasks.in_turn(self, partial(self._store_plan, parts))

    def _store_plan(self, parts: dict[str, Any]) -> None:
        # Another part may have been changed just before.
        plan = replace(BackupPlan() if self.state is None else self.state.plan, **parts)
        self._tasks.write(partial(plan_backups, self._clinic, plan), self._go_by_plan, self._tell)

    def _run(self, work: partial[BackupState]) -> None:
        if self._clinic.backing_up.locked():
            # One is being made. Waiting for it would keep a thread from whoever reads charts.
            return
        self.begun.emit()
        self._tasks.read(work, self._take, self._tell)

    def _go_by_plan(self, state: BackupState) -> None:
        self._take(state)
        self.look()

    def _take(self, state: BackupState) -> None:
        self.state = state
        self.state_changed.emit(state)
        self.problem_changed.emit(*_problem(state))

    def _tell(self, error: Exception) -> None:
        if isinstance(error, AccessError) and error.code == "file.shut":
            # Locked meanwhile; unlocking looks again.
            if self.state is not None:
                self.state_changed.emit(self.state)
            return
        self.refused.emit(sentence_for(error))


def state_words(state: BackupState) -> str:
    """How backups stand, in a sentence or two."""
    record = state.record
    last = f"The latest is of {made_words(state)}." if record.made_at else "There is none in this folder yet."
    if state.standing is Standing.FAILED:
        return f"{breakable(sentence(Fault(record.fault, 'backup', values=record.fault_values)))} {last}"
    if state.standing is Standing.NONE:
        return "No backups are made yet. Choose a folder on another disk, a stick or a share."
    if state.standing is Standing.OVERDUE:
        return f"A backup is overdue. {last}"
    return last


def breakable(words: str) -> str:
    """Words in which a line may end within a path; otherwise a long one would widen the window."""
    return re.sub(r"([/\\,;:=_])", "\\1\u200b", words)


def made_words(state: BackupState) -> str:
    """When the latest good backup was made, in this PC's time."""
    made_at = state.record.made_at
    return "" if made_at is None else f"{made_at.astimezone():%d %b %Y, %H:%M}"


def _problem(state: BackupState) -> tuple[str, str]:
    if state.standing is Standing.NONE:
        return "No backups are made yet: see Clinic settings.", "warning"
    if state.standing is Standing.GOOD:
        return "", ""
    return state_words(state), "fault"
