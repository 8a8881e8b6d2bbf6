"""Where and how often backups are made, and how the latest one stands."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QWidget

from ptnotes.domain.backup import DAILY, MONTHLY, WEEKLY, BackupPlan, Standing
from ptnotes.domain.permissions import Act
from ptnotes.services.backup import BackupState
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.backup.schedule import BackupSchedule, breakable, state_words
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label

_INTERVALS = ((1, "every hour"), (4, "every 4 hours"), (24, "every day"), (168, "every week"))
_SAME_DISK = (
    "This folder is on the same disk as the clinic’s file: it is of no use when that disk fails or is stolen."
)


class BackupCard(Card):
    """Shows what the schedule does, and lets whoever looks after the clinic change it."""

    def __init__(self, clinic: OpenClinic, schedule: BackupSchedule, parent: QWidget | None = None) -> None:
        super().__init__("Backups", "encrypted · each is read back and compared", parent)
        self._schedule = schedule
        self._plan = BackupPlan()
        self.state = Label("", wraps=True)
        self.folder = Label("", "muted", wraps=True)
        self.same_disk = Label(_SAME_DISK, "warning", wraps=True)
        self.choose = QPushButton("Choose a folder…")
        self.now = QPushButton("Back up now")
        self.interval = QComboBox()
        self.interval.setAccessibleName("How often")
        for hours, words in _INTERVALS:
            self.interval.addItem(f"Back up {words}, and on closing", hours)
        row = QHBoxLayout()
        for control in (self.choose, self.interval, self.now):
            row.addWidget(control)
        row.addStretch(1)
        kept = (
            f"Kept: the newest of each of {DAILY} days, {WEEKLY} weeks and {MONTHLY} months. "
            "To bring one back: ptnotes restore FOLDER."
        )
        for widget in (self.state, self.folder, self.same_disk):
            self.body.addWidget(widget)
        self.body.addLayout(row)
        self.body.addWidget(Label(kept, "small", wraps=True))
        for control in (self.choose, self.interval):
            control.setEnabled(allows(clinic, Act.ADMINISTER))
        self.choose.clicked.connect(self._choose_folder)
        self.interval.activated.connect(self._take_interval)
        self.now.clicked.connect(schedule.back_up_now)
        schedule.begun.connect(self._show_begun)
        schedule.state_changed.connect(self.show_state)
        schedule.refused.connect(self._tell)
        self.folder.hide()
        self.same_disk.hide()
        self.now.hide()
        if schedule.state is not None:
            self.show_state(schedule.state)

    def show_state(self, state: BackupState) -> None:
        """Show what is planned and how the latest backup stands."""
        self._plan = state.plan
        self.folder.setText(breakable(f"In {state.plan.folder}"))
        self.interval.setCurrentIndex(max(self.interval.findData(state.plan.every_hours), 0))
        has_folder = state.plan.folder is not None
        for widget, is_shown in (
            (self.folder, has_folder),
            (self.now, has_folder),
            (self.same_disk, state.is_same_disk),
        ):
            widget.setVisible(is_shown)
        self.now.setEnabled(has_folder)
        self.state.setText(state_words(state))
        bad = state.standing in {Standing.FAILED, Standing.OVERDUE}
        self.state.set_kind("fault" if bad else "warning" if state.standing is Standing.NONE else "body")

    def _show_begun(self) -> None:
        self.now.setEnabled(False)

    def _tell(self, problem: str) -> None:
        self.now.setEnabled(True)
        self.state.setText(problem)
        self.state.set_kind("fault")

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Where backups go", str(self._plan.folder or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self._schedule.change_plan(folder=Path(folder))

    def _take_interval(self) -> None:
        self._schedule.change_plan(every_hours=self.interval.currentData())
