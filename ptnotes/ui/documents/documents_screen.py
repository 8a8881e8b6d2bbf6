"""The Documents tab: the progress report of the episode, made anew with every change and shown as it will print."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.audit import Verb
from ptnotes.domain.conclusion import Conclusion
from ptnotes.domain.errors import AccessError, EnvironmentFault
from ptnotes.services.documents import MadeDocument, give_out, save_pdf
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.ui.documents.page_view import PageView
from ptnotes.ui.documents.printing import ask_for_printer, print_pages
from ptnotes.ui.documents.report_form import ReportForm
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Scroller
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.labels import KeyHint, Label

AskPath = Callable[[QWidget, str], Path | None]
_PAUSE_MS = 250
_SAVE_KEYS = "Ctrl+S"
_PRINT_KEYS = "Ctrl+P"


def ask_where_to_save(parent: QWidget, file_name: str) -> Path | None:
    """Ask with the system's own dialog where to save; None where the person thinks better of it."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save the report as PDF", file_name, "PDF (*.pdf)")
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() == ".pdf" else path.with_name(path.name + ".pdf")


class DocumentsScreen(QWidget):
    """Shows and saves the report of one episode. What was chosen for an episode is kept while the window is open.

    `said` carries a short message for the window, such as where the report was saved.
    """

    said = Signal(str)

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        ask_path: AskPath = ask_where_to_save,
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._ask_path = ask_path
        self._episode_id: int | None = None
        self._kept: dict[int, ReportChoices] = {}
        self._made: MadeDocument | None = None
        # A change that was made just before the tab was left; it is caught up with when the tab is shown again.
        self._is_behind = False
        self.form = ReportForm(clinic.today)
        self.view = PageView(tasks, theme, self)
        self.empty = EmptyState("", "", parent=self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.save = QPushButton("Save as PDF…", self)
        self.save.setProperty("type", "primary")
        self.print = QPushButton("Print…", self)
        self.print.setToolTip(f"Print the report ({_PRINT_KEYS})")
        self._ask_printer = ask_for_printer
        self.state = Label("", "small", wraps=True, parent=self)
        self._lay_out(theme)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._make)
        self.form.choices_changed.connect(self._wait)
        self.save.clicked.connect(self.save_as)
        save = QAction("Save the report as PDF", self)
        save.setShortcut(QKeySequence(_SAVE_KEYS))
        save.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.triggered.connect(self.save_as)
        paper = QAction("Print the report", self)
        paper.setShortcut(QKeySequence(_PRINT_KEYS))
        paper.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paper.triggered.connect(self.print_out)
        self.print.clicked.connect(self.print_out)
        self.addActions([save, paper, *self.view.actions()])

    def _lay_out(self, theme: Theme) -> None:
        side = QWidget(self)
        side.setFixedWidth(theme.px(372))
        self.choices_area = Scroller(parent=side)
        self.choices_area.body.setContentsMargins(16, 16, 16, 8)
        self.choices_area.body.addWidget(self.form)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.save)
        foot.addWidget(KeyHint(_SAVE_KEYS, self))
        foot.addStretch(1)
        foot.addWidget(self.print)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 12)
        left.setSpacing(8)
        left.addWidget(self.choices_area, 1)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(16, 0, 16, 0)
        bottom.setSpacing(6)
        bottom.addWidget(self.state)
        bottom.addLayout(foot)
        left.addLayout(bottom)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side)
        layout.addWidget(self.stack, 1)

    @property
    def made(self) -> MadeDocument | None:
        """The report that is shown, None while there is none or it is being made anew."""
        return self._made

    def show_episode(self, _patient_id: int, episode_id: int | None) -> None:
        """Show the report of an episode; its choices are those last made for it in this window."""
        if episode_id != self._episode_id:
            self._keep_choices()
            self._episode_id = episode_id
            self.view.clear()
            self.form.set_choices(self._kept.get(episode_id or 0, ReportChoices()))
        self.form.setEnabled(episode_id is not None)
        if episode_id is None:
            self._show_nothing(
                "No episode of care yet", "Open an episode and chart a visit; its report is made here."
            )
        else:
            self._make()

    def save_as(self) -> None:
        """Ask where, and save the report that is shown."""
        if self._made is None or self._episode_id is None:
            return
        path = self._ask_path(self, self._made.file_name)
        if path is not None:
            job = partial(give_out, self._clinic, self._made, partial(save_pdf, self._made.pdf, path))
            self._tasks.write(job, lambda _id: self._saved(path), self._not_saved)

    def print_out(self) -> None:
        """Ask for a printer, and print the report that is shown."""
        if self._made is None or self._episode_id is None:
            return
        made = self._made
        printer = self._ask_printer(self)
        if printer is not None:
            write = partial(print_pages, made.pdf, printer)
            job = partial(give_out, self._clinic, made, write, Verb.PRINTED)
            self._tasks.write(job, self._printed, self._not_saved)

    def _printed(self, _nothing: object) -> None:
        self.state.set_kind("ok")
        self.state.setText("Printed.")

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._is_behind = self._pause.isActive()
        self._pause.stop()
        super().hideEvent(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._is_behind = False
            self._make()

    def _keep_choices(self) -> None:
        if self._episode_id is not None:
            self._kept[self._episode_id] = self.form.choices()

    def _wait(self) -> None:
        self._set_made(None)
        self._pause.start()

    def _make(self) -> None:
        self._pause.stop()
        self._is_behind = False
        if self._episode_id is None:
            return
        self._set_made(None)
        self.state.set_kind("small")
        self.state.setText("Making the report…")
        self._tasks.read(
            partial(prepare_report, self._clinic, self._episode_id, self.form.choices()),
            self._show_made,
            self._show_failure,
            latest="report",
        )

    def _show_made(self, made: MadeDocument) -> None:
        self.form.show_faults({})
        self.form.show_drafted(made.conclusion or Conclusion(headline=""))
        self._set_made(made)
        self.state.setText("")
        self.stack.setCurrentWidget(self.view)
        self.view.show_pdf(made.pdf)

    def _show_failure(self, error: Exception) -> None:
        faults = faults_by_field(error)
        self.form.show_faults(faults)
        if getattr(error, "code", "") == "visit.none":
            self._show_nothing(
                "No visit in this period", "Chart a visit with Ctrl+2, or choose another period."
            )
            return
        if isinstance(error, AccessError):
            self._show_nothing("No report for your role", sentence_for(error))
            return
        self.state.set_kind("fault")
        self.state.setText("Not made: see the field marked." if faults else sentence_for(error))
        marked = next((self.form.fields[name] for name in faults if name in self.form.fields), None)
        if marked is not None:
            self.choices_area.ensureWidgetVisible(marked)

    def _show_nothing(self, title: str, text: str) -> None:
        self._tasks.forget("report")
        self._set_made(None)
        self.view.clear()
        self.state.setText("")
        self.empty.say(title, text)
        self.stack.setCurrentWidget(self.empty)

    def _set_made(self, made: MadeDocument | None) -> None:
        self._made = made
        self.save.setEnabled(made is not None)
        self.print.setEnabled(made is not None)

    def _saved(self, path: Path) -> None:
        self.state.set_kind("ok")
        self.state.setText(f"Saved as {path.name}.")
        self.said.emit(f"Report saved as {path.name}.")

    def _not_saved(self, error: Exception) -> None:
        self.state.set_kind("fault")
        kept = " The report is still here." if isinstance(error, EnvironmentFault) else ""
        self.state.setText(sentence_for(error) + kept)
