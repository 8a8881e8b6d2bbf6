"""Bringing patients in: a file, how it is read, what would become of each row, and the import."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.importing import DryRun, FileKind, Imported, ImportMap, Looked
from ptnotes.domain.permissions import Act
from ptnotes.services.importing import dry_run, import_patients, look_at
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.data.check_step import CheckStep
from ptnotes.ui.data.columns_step import ColumnsStep
from ptnotes.ui.data.file_card import FileCard
from ptnotes.ui.data.patient_card import cannot
from ptnotes.ui.data.result_card import ResultCard
from ptnotes.ui.data.running import Course
from ptnotes.ui.data.runs_card import RunsCard
from ptnotes.ui.data.steps import Steps
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.labels import Label

FILE, COLUMNS, CHECK = range(3)
_LOOK = "file of patients"


class InPage(QWidget):
    """Goes through the steps. `patients_changed` says that some were added, `import_undone` that some are gone."""

    patients_changed = Signal()
    import_undone = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._path = Path()
        self._looking, self._course = Course(), Course()
        self._tried: DryRun | None = None
        self.may = allows(clinic, Act.ADMINISTER) and allows(clinic, Act.EDIT_DEMOGRAPHICS)
        self.steps = Steps(("File", "Columns", "Check and import"), theme, self)
        self.file = FileCard(theme)
        self.columns = ColumnsStep(theme)
        self.check = CheckStep(clinic, tasks, theme)
        self.runs = RunsCard(clinic, tasks, theme)
        self.result = ResultCard(clinic, tasks, theme)
        self._first = Scroller()
        self.stage = QStackedWidget(self)
        for step in (self._first_step(theme), self.columns, self.check):
            self.stage.addWidget(step)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.steps)
        column.addWidget(self.stage, 1)
        self.steps.setVisible(self.may)
        self.file.chosen.connect(self.look)
        self.file.running.cancel.clicked.connect(self._stop_looking)
        self.columns.running.cancel.clicked.connect(self._stop_looking)
        self.columns.read_otherwise.connect(self._look_otherwise)
        self.columns.agreed.connect(self.try_out)
        self.columns.left.connect(self._choose_again)
        self.check.left.connect(self._back_from_check)
        self.check.import_asked.connect(self._import)
        self.result.undo_asked.connect(self.runs.ask_undo)
        self.runs.undone.connect(self._undone)
        self.runs.asked.connect(self._show_question)
        self._go_to(FILE)

    def _first_step(self, theme: Theme) -> QWidget:
        self.result.hide()
        page = QWidget()
        page.setMaximumWidth(theme.px(980))
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(5))
        if not self.may:
            card = Card("Bring patients in from a file")
            card.body.addWidget(Label(cannot(Act.ADMINISTER, Act.EDIT_DEMOGRAPHICS), "muted", wraps=True))
            column.addWidget(card)
        for widget in (self.result, self.file, self.runs):
            column.addWidget(widget)
        for widget in (self.file, self.runs):
            widget.setVisible(self.may)
        column.addStretch(1)
        across = QHBoxLayout()
        across.addWidget(page, 5)
        across.addStretch(1)
        self._first.body.addLayout(across, 1)
        return self._first

    def show_runs(self) -> None:
        """Read which imports were made."""
        if self.may:
            self.runs.show_runs()

    def look(self, path: Path) -> None:
        """Look at a file, and go on to its columns; a FHIR file has none, so it is tried at once."""
        self._path = path
        self._go_to(FILE)
        self.result.hide()
        self._begin_looking(self.file.looking())

    def try_out(self, columns: ImportMap) -> None:
        """Show what an import by this map would do."""
        self._go_to(CHECK)
        self.check.clear()
        self._course = self.check.begin().begin("Trying every row")
        job = partial(
            dry_run, self._clinic, self._path, columns, progress=self._course.tell, stop=self._course.stop
        )
        self._tasks.read(job, self._show_tried, partial(self._not_tried, columns.kind))

    def _begin_looking(self, course: Course, told: ImportMap | None = None) -> None:
        # What is still read of another file, or in another way, is of no use any more.
        self._looking.is_stopped = True
        self._looking = course
        job = partial(look_at, self._clinic, self._path, told=told, progress=course.tell, stop=course.stop)
        self._tasks.read(job, self._looked, self._not_looked, latest=_LOOK)

    def _looked(self, looked: Looked) -> None:
        self.file.refuse("")
        if looked.map.kind is FileKind.FHIR:
            self.try_out(looked.map)
        else:
            is_first = self.stage.currentIndex() == FILE
            self._go_to(COLUMNS)
            self.columns.show_file(looked)
            if is_first:
                self.columns.start()

    def _not_looked(self, error: Exception) -> None:
        if self.stage.currentIndex() == COLUMNS:
            self.columns.refuse(sentence_for(error))
        else:
            self._go_to(FILE)
            self.file.refuse(sentence_for(error))

    def _stop_looking(self) -> None:
        self._looking.is_stopped = True
        self._tasks.forget(_LOOK)
        if self.stage.currentIndex() == COLUMNS:
            self.columns.show_again()
            self.columns.go_on.setFocus()
        else:
            self.file.refuse("")
            self.file.button.setFocus()

    def _look_otherwise(self, told: ImportMap) -> None:
        self._begin_looking(self.columns.running.begin_aside("Reading the file"), told)

    def _show_tried(self, tried: DryRun) -> None:
        self._tried = tried
        self.check.show_tried(tried)

    def _not_tried(self, kind: FileKind, error: Exception) -> None:
        self.check.running.end()
        if kind is FileKind.CSV:
            self._go_to(COLUMNS)
            self.columns.refuse(sentence_for(error))
            self.columns.go_on.setFocus()
        else:
            self._not_looked(error)

    def _import(self, add: frozenset[int], refused: Path | None) -> None:
        tried = self._tried
        if tried is None:
            return
        self._course = self.check.begin().begin("Importing", "rows")
        job = partial(
            import_patients, self._clinic, tried.path, tried.map, add=add, refused=refused, digest=tried.digest,
            progress=self._course.tell, stop=self._course.stop,
        )  # fmt: skip
        self._tasks.read(job, self._imported, self._not_imported)

    def _imported(self, done: Imported) -> None:
        self.check.set_running(is_running=False)
        self._go_to(FILE)
        self.result.show_done(done)
        self.runs.show_runs()
        self.patients_changed.emit()

    def _not_imported(self, error: Exception) -> None:
        self.check.refuse(sentence_for(error))
        self.runs.show_runs()
        self.patients_changed.emit()

    def _show_question(self) -> None:
        # Once it is laid out.
        QTimer.singleShot(0, self, partial(self._first.ensureWidgetVisible, self.runs.ask))

    def _undone(self) -> None:
        self.result.hide()
        self.file.button.setFocus()
        self.import_undone.emit()

    def _back_from_check(self) -> None:
        if self._tried is not None and self._tried.map.kind is FileKind.CSV:
            self._go_to(COLUMNS)
        else:
            self._choose_again()

    def _choose_again(self) -> None:
        if self.columns.running.is_running:
            self._stop_looking()
        self._go_to(FILE)
        self.file.button.setFocus()

    def _go_to(self, step: int) -> None:
        self.stage.setCurrentIndex(step)
        self.steps.show_step(step)
