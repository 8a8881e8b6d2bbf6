"""Making many progress reports in the background, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ptnotes.domain.errors import AccessError, EnvironmentFault
from ptnotes.services.documents import MadeDocument
from ptnotes.services.opening import OpenClinic
from ptnotes.services.report_batch import ReportDue, give_into, prepare_due_report
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks

STOPPED = "Stopped. What was made until then is whole; the others are still due."
LOCKED = (
    "The lock ended the making of reports. Those made until then are whole, in their folder and in the history; "
    "the others are still due."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: the name of its file, or why there is none. `draft` says why it is a draft."""

    file_name: str = ""
    draft: str = ""
    problem: str = ""
    lacks: int = 0


class ReportBatch(QObject):
    """Makes reports (`start`) until all are made, `stop` is asked for, or nothing can be written any more.

    A report is made in a reading thread and kept by one short write of its own. Emits `row_done` with a place and its
    `Outcome`, and at last `ended` with the sentence why it ended early, empty where it came to its end.
    """

    row_done = Signal(int, object)
    ended = Signal(str)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._rows: Sequence[ReportDue] = ()
        self._folder = Path()
        self._place = 0
        self._stopped = ""
        self.is_running = False
        """Whether a report is being made, or more are to come."""

    def start(self, rows: Sequence[ReportDue], folder: Path) -> None:
        """Make the reports `rows` into `folder`."""
        self._rows, self._folder = tuple(rows), folder
        self._place, self._stopped, self.is_running = 0, "", True
        self._go_on()

    def stop(self, why: str = STOPPED) -> None:
        """Make no more; the one that is being written is finished first, one that is only made is let go."""
        self._stopped = why

    def _go_on(self) -> None:
        if self._stopped or self._place == len(self._rows):
            self._end(self._stopped)
            return
        prepare = partial(prepare_due_report, self._clinic, self._rows[self._place])
        self._tasks.read(prepare, self._keep, self._not_made)

    def _keep(self, made: MadeDocument) -> None:
        if self._stopped:
            self._go_on()
            return
        give = partial(give_into, self._clinic, made, self._folder)
        self._tasks.write(give, partial(self._kept, made), self._not_kept)

    def _kept(self, made: MadeDocument, path: Path) -> None:
        required = sum(lack.is_required for lack in made.lacks)
        self._tell(Outcome(path.name, " ".join(made.draft), lacks=required))

    def _not_made(self, error: Exception) -> None:
        if isinstance(error, AccessError):
            self._end_by(error)
        else:
            self._tell(Outcome(problem=sentence_for(error)))

    def _not_kept(self, error: Exception) -> None:
        if isinstance(error, AccessError | EnvironmentFault):
            # What one report met on its way to the disk, the next would meet as well.
            self._end_by(error)
        else:
            self._tell(Outcome(problem=sentence_for(error)))

    def _tell(self, outcome: Outcome) -> None:
        self.row_done.emit(self._place, outcome)
        self._place += 1
        self._go_on()

    def _end_by(self, error: Exception) -> None:
        is_locked = getattr(error, "code", "") in {"work.ended", "file.shut"}
        self._end(LOCKED if is_locked else sentence_for(error))

    def _end(self, why: str) -> None:
        self.is_running = False
        self.ended.emit(why)
