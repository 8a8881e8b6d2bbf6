"""What is most pressing in the whole clinic, on the home page."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ptnotes.domain.due import KIND_WORDS, DueKind, due_words
from ptnotes.domain.permissions import Act
from ptnotes.domain.views import ClinicDue, DueRow
from ptnotes.services.due import most_pressing_due
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.patients.patient_list import ListRow, PatientList
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label

MOST_SHOWN = 60
"""Rows that are listed; nobody reads further down."""
_LISTED_ELSEWHERE = (DueKind.UNSIGNED_NOTES,)
"""Drafts stand on the home page one by one."""


class ClinicDueCard(Card):
    """Reads what is due in all open episodes (`refresh`); emits `episode_chosen` with ids of patient and episode.

    `reports_asked` asks for the progress reports among them to be made at once.
    """

    episode_chosen = Signal(int, int)
    reports_asked = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Due", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self.nothing = Label("Nothing is due.", "muted", wraps=True, parent=self)
        self.nothing.hide()
        # A row's second id, of a draft in other lists, is the episode's here.
        self.list = PatientList(theme, "What is due", self, inset=4, wraps=True)
        self.list.draft_chosen.connect(self.episode_chosen)
        self.reports = QPushButton("Make the reports…", self)
        self.reports.setProperty("type", "quiet")
        self.reports.setToolTip("Make the progress reports that are due, all at once")
        self.reports.clicked.connect(self.reports_asked)
        self.reports.hide()
        self.add_to_head(self.reports)
        self.body.addWidget(self.nothing)
        self.body.addWidget(self.list, 1)
        self.setVisible(allows(clinic, Act.VIEW_NOTES))

    def refresh(self) -> None:
        """Read again what is most pressing."""
        if allows(self._clinic, Act.VIEW_NOTES):
            read = partial(most_pressing_due, self._clinic, MOST_SHOWN, without=_LISTED_ELSEWHERE)
            self._tasks.read(read, self._show, latest="due in the clinic")

    def _show(self, found: ClinicDue) -> None:
        self.list.show_rows([_row(row) for row in found.rows])
        self.list.setVisible(bool(found.rows))
        self.nothing.setVisible(not found.rows)
        has_report = any(row.due.kind is DueKind.PROGRESS_REPORT for row in found.rows)
        self.reports.setVisible(has_report and allows(self._clinic, Act.WRITE_PROGRESS_REPORT))
        is_more = found.count > len(found.rows)
        self.set_note(f"the first {len(found.rows)} of {found.count:,}" if is_more else "")


def _row(row: DueRow) -> ListRow:
    why = row.due.why
    return ListRow(
        row.patient.name,
        f"{KIND_WORDS[row.due.kind]} · {why}",
        row.patient.id,
        row.episode_id,
        due_words(row.due),
    )
