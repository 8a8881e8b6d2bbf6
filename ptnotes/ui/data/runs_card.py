"""The imports that were made, and undoing one of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.importing import ImportRun, RunState, Undone
from ptnotes.domain.wording import full_date, how_many
from ptnotes.services.import_undo import import_runs, undo_import
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.data.running import RunningLine
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card, from_left
from ptnotes.ui.widgets.labels import Label, LabelType
from ptnotes.ui.widgets.table import GridTable

_MOST = 20
_MOST_NAMED = 12
_MEANS = (
    "Its {left} go from this file for good, as if they had never been brought in. Who was charted for, planned or "
    "changed since then stays, and is named here. To have the others again, bring the file in once more. Backups made "
    "since still hold them."
)
_KEPT = (
    "{count} kept, since something was charted, planned or changed for them: {names}. "
    "Archive them one by one where they should not be in the lists."
)
_STOPPED = "Undoing was stopped: {gone} gone from this file, {left} still here. Choose Undo again to remove the rest."


class RunsCard(Card):
    """Lists the imports (`show_runs`); emits `undone` when one was taken back, or a part of it."""

    undone = Signal()
    asked = Signal()
    """Whether an import is to be undone is asked; the question is to be seen."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Imports so far", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._asked: ImportRun | None = None
        self._wanted: int | None = None
        self.buttons: dict[int, QPushButton] = {}
        self.table = GridTable(
            ("When", "By", "Rows", "Added", "Not added", "Still here", "State", ""), numeric=(2, 3, 4, 5)
        )
        self.none = Label("No patients were brought in from a file yet.", "muted", wraps=True)
        self.ask = QFrame()
        self.ask.setProperty("type", "notice")
        self.ask.setProperty("tone", "warning")
        inside = QVBoxLayout(self.ask)
        inside.setSpacing(theme.space(3))
        self.question = Label("", "strong", wraps=True)
        self.means = Label("", wraps=True)
        self.yes = QPushButton("Undo this import")
        self.no = QPushButton("Keep the patients")
        inside.addWidget(self.question)
        inside.addWidget(self.means)
        inside.addLayout(from_left(self.yes, self.no, gap_px=theme.space(3)))
        self.running = RunningLine(theme, self)
        self.state = Label("", wraps=True)
        for widget in (self.none, self.state, self.ask, self.running, self.table):
            self.body.addWidget(widget)
        for widget in (self.state, self.ask, self.none):
            widget.hide()
        self.yes.clicked.connect(self._undo)
        self.no.clicked.connect(self._keep)

    def show_runs(self) -> None:
        """Read which imports there are."""
        self._tasks.read(partial(import_runs, self._clinic), self._show, self._tell, latest="imports")

    def ask_undo(self, run_id: int) -> None:
        """Ask whether this import is to be taken back, once it is known how many patients of it are left."""
        self._wanted = run_id
        self.show_runs()

    def _show(self, runs: Sequence[ImportRun]) -> None:
        self.buttons = {}
        rows: list[tuple[str | QWidget, ...]] = []
        for run in runs[:_MOST]:
            undo: str | QWidget = ""
            if run.state is not RunState.UNDONE and run.left:
                button = QPushButton("Undo…")
                button.setAccessibleName(f"Undo the import of {_when(run)}")
                button.clicked.connect(partial(self._ask, run))
                self.buttons[run.id] = button
                undo = button
            counts = (f"{run.rows:,}", f"{run.made:,}", f"{run.refused:,}", f"{run.left:,}")
            rows.append(
                (_when(run), Label(run.who, wraps=True), *counts, Label(_state(run), wraps=True), undo)
            )
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.none.setVisible(not rows)
        wanted, self._wanted = self._wanted, None
        run_asked = next((run for run in runs if run.id == wanted), None)
        if run_asked is not None:
            self._ask(run_asked)

    def _ask(self, run: ImportRun) -> None:
        self._asked = run
        self._say("", "body")
        self.question.setText(f"Undo the import of {_when(run)}?")
        self.means.setText(_MEANS.format(left=how_many(run.left, "patient")))
        self.ask.show()
        self.no.setFocus()
        self.asked.emit()

    def _keep(self) -> None:
        self._asked = None
        self.ask.hide()

    def _undo(self) -> None:
        run, self._asked = self._asked, None
        if run is None:
            return
        self.ask.hide()
        self.table.setEnabled(False)
        course = self.running.begin("Undoing the import", "patients")
        job = partial(undo_import, self._clinic, run.id, progress=course.tell, stop=course.stop)
        self._tasks.read(job, self._undone, self._not_undone)

    def _undone(self, done: Undone) -> None:
        self._ended()
        gone = how_many(done.removed, "patient is", "patients are")
        if done.was_stopped:
            left = how_many(done.left, "of the import is", "of the import are")
            self._say(_STOPPED.format(gone=gone, left=left), "warning")
            self.undone.emit()
            return
        words = [f"The import is undone: {gone} gone from this file."]
        if done.kept_count:
            names = "; ".join(f"{row.name} ({row.mrn})" for row in done.kept[:_MOST_NAMED])
            more = done.kept_count - min(len(done.kept), _MOST_NAMED)
            names += f" and {more:,} more" if more > 0 else ""
            count = how_many(done.kept_count, "patient was", "patients were")
            words.append(_KEPT.format(count=count, names=names))
        self._say(" ".join(words), "warning" if done.kept_count else "ok")
        self.undone.emit()

    def _not_undone(self, error: Exception) -> None:
        self._ended()
        self._tell(error)

    def _ended(self) -> None:
        self.running.end()
        self.table.setEnabled(True)
        self.show_runs()

    def _tell(self, error: Exception) -> None:
        self._say(sentence_for(error), "fault")

    def _say(self, words: str, kind: LabelType) -> None:
        self.state.set_kind(kind)
        self.state.setText(words)
        self.state.setVisible(bool(words))


def _when(run: ImportRun) -> str:
    at = run.started_at.astimezone(ZoneInfo(run.zone))
    return f"{full_date(at.date())}, {at:%H:%M}"


def _state(run: ImportRun) -> str:
    if run.state is RunState.UNDONE and run.undone_at is not None:
        on = full_date(run.undone_at.astimezone(ZoneInfo(run.zone)).date())
        return f"undone on {on} by {run.undone_by}"
    return run.state.value
