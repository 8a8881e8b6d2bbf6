"""The progress reports that are due, to be made all at once into a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.permissions import Act
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.report_batch import ReportDue, reports_due
from ptnotes.ui.due.batch import LOCKED, Outcome, ReportBatch
from ptnotes.ui.due.batch_model import PATIENT, RESULT, DueReports
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Heading, KeyHint, Label, LabelType
from ptnotes.ui.widgets.table import plain_table

_NAME_PX = 190
MAKE_KEYS = "Ctrl+Return"
_HINT = (
    "Each covers the time since the patient’s last report, with the conclusion drafted from what was measured. "
    "Go over one in the patient’s chart (Enter) where it should say more."
)


class BatchPage(QWidget):
    """Reads what is due whenever it is shown and nothing is being made; emits `episode_chosen` with two ids."""

    episode_chosen = Signal(int, int)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._folder: Path | None = None
        self._places: list[int] = []
        self.batch = ReportBatch(clinic, tasks, self)
        self.model = DueReports(self)
        self.view = plain_table("Progress reports that are due", self)
        self.view.setModel(self.model)
        self.all = QPushButton("Tick all", self)
        self.none = QPushButton("Tick none", self)
        self.choose = QPushButton("Choose a folder…", self)
        self.folder = Label("No folder is chosen yet.", "muted", wraps=True, parent=self)
        self.make = QPushButton("", self)
        self.make.setProperty("type", "primary")
        self.stop = QPushButton("Stop", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Reports made")
        self.state = Label("", "small", wraps=True, parent=self)
        self._lay_out(theme)
        self._connect()
        self._follow()

    def _lay_out(self, theme: Theme) -> None:
        header = self.view.horizontalHeader()
        # Qt reckons a column by its words alone, without the box to be ticked.
        header.setSectionResizeMode(PATIENT, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(PATIENT, theme.px(_NAME_PX))
        header.setSectionResizeMode(RESULT, QHeaderView.ResizeMode.Stretch)
        header.setResizeContentsPrecision(100)
        self.view.verticalHeader().setDefaultSectionSize(theme.px(30))
        for button in (self.all, self.none):
            button.setProperty("type", "quiet")
        card = Card("Due", parent=self)
        card.add_to_head(self.all)
        card.add_to_head(self.none)
        self.count = card.note
        card.body.addWidget(self.view, 1)
        where = QHBoxLayout()
        where.setSpacing(12)
        where.addWidget(self.choose)
        where.addWidget(self.folder, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.make)
        foot.addWidget(KeyHint(MAKE_KEYS, self))
        foot.addWidget(self.stop)
        foot.addWidget(self.bar, 1)
        foot.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 24)
        layout.setSpacing(12)
        layout.addWidget(Heading("Progress reports that are due", "title", parent=self))
        layout.addWidget(Label(_HINT, "muted", wraps=True, parent=self))
        layout.addWidget(card, 1)
        layout.addLayout(where)
        layout.addLayout(foot)
        layout.addWidget(self.state)

    def _connect(self) -> None:
        self.model.ticked.connect(self._follow)
        self.all.clicked.connect(self._tick_all)
        self.none.clicked.connect(self._tick_none)
        self.choose.clicked.connect(self._choose_folder)
        self.make.clicked.connect(self.start)
        QShortcut(
            QKeySequence(MAKE_KEYS), self, self.start, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        self.stop.clicked.connect(self._stop)
        self.batch.row_done.connect(self._show_outcome)
        self.batch.ended.connect(self._show_end)
        self.view.activated.connect(self._open)

    def _tick_all(self) -> None:
        self.model.tick_all(ticked=True)

    def _tick_none(self) -> None:
        self.model.tick_all(ticked=False)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.batch.is_running:
            self._tasks.read(lambda: reports_due(self._clinic), self._show, self._tell, latest="reports due")

    def take_folder(self, folder: str) -> None:
        """Make the reports into this folder."""
        self._folder = Path(folder)
        self.folder.setText(f"In {folder}")
        self._follow()

    def start(self) -> None:
        """Make the reports that are ticked."""
        if self._folder is None or not self.make.isEnabled():
            return
        self._places = self.model.chosen
        self.model.is_locked = True
        self.bar.setMaximum(len(self._places))
        self.bar.setValue(0)
        self.batch.start([self.model.rows[place] for place in self._places], self._folder)
        self._say("small", "")
        self._follow()

    def end_by_lock(self) -> str:
        """Make no more, since the file is closed; and give what to say of that to whoever comes back, if anything."""
        if not self.batch.is_running:
            return ""
        self.batch.stop(LOCKED)
        return LOCKED

    def _stop(self) -> None:
        self.batch.stop()

    def _show(self, rows: tuple[ReportDue, ...]) -> None:
        self.model.show_rows(rows)
        self._say("small", "" if rows else "No progress report is due, and none will be soon.")
        if rows:
            self.view.setCurrentIndex(self.model.index(0, PATIENT))

    def _tell(self, error: Exception) -> None:
        self._say("fault", sentence_for(error))

    def _say(self, kind: LabelType, text: str) -> None:
        self.state.set_kind(kind)
        self.state.setText(text)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Where the reports go", str(self._folder or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.take_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_outcome(self, number: int, outcome: Outcome) -> None:
        self.model.show_outcome(self._places[number], outcome)
        self.bar.setValue(number + 1)

    def _show_end(self, why: str) -> None:
        self.model.is_locked = False
        outcomes = [self.model.outcomes[place] for place in self._places if place in self.model.outcomes]
        made = sum(bool(one.file_name) for one in outcomes)
        drafts = sum(bool(one.draft) for one in outcomes)
        failed = sum(bool(one.problem) for one in outcomes)
        parts = [
            f"{made} of {len(self._places)} made in {self._folder}.",
            f"{drafts} of them say DRAFT on every page and stay due." if drafts else "",
            f"{failed} could not be made." if failed else "",
            why,
        ]
        self._say("fault" if why or failed else "ok", " ".join(part for part in parts if part))
        self._follow()

    def _open(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        if row.patient.id is not None:
            self.episode_chosen.emit(row.patient.id, row.episode_id)

    def _follow(self) -> None:
        chosen, running = len(self.model.chosen), self.batch.is_running
        self.count.setText(f"{chosen} of {len(self.model.rows)} ticked · Space ticks")
        self.count.setVisible(bool(self.model.rows))
        counted = {0: "Make reports", 1: "Make 1 report"}
        self.make.setText(counted.get(chosen, f"Make {chosen} reports"))
        may = allows(self._clinic, Act.WRITE_PROGRESS_REPORT) and allows(self._clinic, Act.EXPORT)
        self.make.setEnabled(bool(chosen) and self._folder is not None and not running and may)
        for button in (self.all, self.none):
            button.setEnabled(bool(self.model.rows) and not running)
        self.choose.setEnabled(not running)
        self.stop.setVisible(running)
        self.bar.setVisible(running)
