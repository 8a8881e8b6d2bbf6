"""Where and how often backups are made, and how the latest one stands. Makes them while the clinic is open."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QWidget

from ptnotes.domain.backup import BackupPlan, Standing
from ptnotes.domain.errors import Fault
from ptnotes.domain.permissions import Act
from ptnotes.domain.sentences import sentence
from ptnotes.services.backup import BackupState, back_up_if_due, backup_state, plan_backups
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label

LOOK_EVERY_MS = 10 * 60 * 1000
_INTERVALS = ((1, "every hour"), (4, "every 4 hours"), (24, "every day"), (168, "every week"))


class BackupCard(Card):
    """Emits `state_changed` with a sentence that everyone has to see, empty while all is well."""

    state_changed = Signal(str)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Backups", "encrypted · each is read back and compared", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._plan = BackupPlan()
        self.state = Label("", wraps=True)
        self.folder = Label("", "muted", wraps=True)
        self.choose = QPushButton("Choose a folder…")
        self.interval = QComboBox()
        self.interval.setAccessibleName("How often")
        for hours, words in _INTERVALS:
            self.interval.addItem(f"Back up {words}, and on closing", hours)
        row = QHBoxLayout()
        row.addWidget(self.choose)
        row.addWidget(self.interval)
        row.addStretch(1)
        for widget in (self.state, self.folder):
            self.body.addWidget(widget)
        self.body.addLayout(row)
        for control in (self.choose, self.interval):
            control.setEnabled(allows(clinic, Act.ADMINISTER))
        self.choose.clicked.connect(self._choose_folder)
        self.interval.activated.connect(self._take_interval)
        self._look = QTimer(self)
        self._look.timeout.connect(self.back_up_if_due)
        self.show_state(backup_state(clinic.path, clock=clinic.clock))

    def start(self) -> None:
        """Make what is due, or what the last closing left undone, and look again from time to time."""
        self._look.start(LOOK_EVERY_MS)
        self._tasks.read(partial(back_up_if_due, self._clinic, closing=True), self.show_state)

    def back_up_if_due(self) -> None:
        """Make a backup in a reading thread if its time has come."""
        self._tasks.read(partial(back_up_if_due, self._clinic), self.show_state)

    def take_plan(self, plan: BackupPlan) -> None:
        """Store another plan and make its first backup if that is due."""
        self._tasks.write(partial(plan_backups, self._clinic, plan), self._go_by_plan, self._tell)

    def show_state(self, state: BackupState) -> None:
        """Show what is planned and how the latest backup stands."""
        self._plan = state.plan
        self.folder.setText("" if state.plan.folder is None else f"In {state.plan.folder}")
        self.interval.setCurrentIndex(max(self.interval.findData(state.plan.every_hours), 0))
        words = _words(state)
        self.state.setText(words)
        bad = state.standing in {Standing.FAILED, Standing.OVERDUE}
        self.state.set_kind("fault" if bad else "warning" if state.standing is Standing.NONE else "body")
        self.state_changed.emit(words if bad else "")

    def _go_by_plan(self, state: BackupState) -> None:
        self.show_state(state)
        self.back_up_if_due()

    def _tell(self, error: Exception) -> None:
        self.state.setText(sentence_for(error))
        self.state.set_kind("fault")

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Where backups go", str(self._plan.folder or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self.take_plan(replace(self._plan, folder=Path(folder)))

    def _take_interval(self) -> None:
        self.take_plan(replace(self._plan, every_hours=self.interval.currentData()))


def _words(state: BackupState) -> str:
    record = state.record
    made = "" if record.made_at is None else f"{record.made_at.astimezone():%d %b %Y, %H:%M}"
    last = f"The latest backup is of {made}." if made else "There is no backup yet."
    if state.standing is Standing.NONE:
        return "No backups are made yet. Choose a folder on another disk, a stick or a share."
    if state.standing is Standing.FAILED:
        return f"{sentence(Fault(record.fault, 'backup', values=record.fault_values))} {last}"
    if state.standing is Standing.OVERDUE:
        return f"A backup is overdue. {last}"
    return last
