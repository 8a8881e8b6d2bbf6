"""Tells whoever looks after the clinic, when they open it, that somebody read charts in an emergency."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from ptnotes.domain.people import EmergencyAccess
from ptnotes.domain.wording import full_date
from ptnotes.services.opening import OpenClinic
from ptnotes.services.people import mark_emergencies_seen, unseen_emergencies
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.toast import Toast


class Emergencies(QObject):
    """Looks once (`look`); what it finds stands on the screen until it was seen."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, toast: Toast, parent: QObject) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._toast = toast

    def look(self) -> None:
        """Read what nobody has seen yet."""
        self._tasks.read(partial(unseen_emergencies, self._clinic), self._tell)

    def _tell(self, found: tuple[EmergencyAccess, ...]) -> None:
        if not found:
            return
        last = found[-1]
        more = f" And {len(found) - 1} more before." if len(found) > 1 else ""
        words = (
            f"{last.name} read charts in an emergency on {full_date(last.at.date())}: {last.reason}.{more}"
        )
        seen = partial(self._tasks.write, partial(mark_emergencies_seen, self._clinic, last.id))
        self._toast.say_fault(words, "Seen", seen)
