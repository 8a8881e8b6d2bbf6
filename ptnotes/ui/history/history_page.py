"""Who did what, newest first: to one patient's record, with what was disclosed of it, or in the whole clinic."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.audit import AuditCheck, HistoryRow, problem_words
from ptnotes.domain.permissions import Act
from ptnotes.domain.wording import full_date, how_many
from ptnotes.services.history import clinic_history, history_of, verify_audit
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.history.disclosure_card import DisclosureCard
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.retention.patient_card import KeptUntil
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.tables import Cell, CellDelegate, RowsModel
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Heading, Label, LabelType
from ptnotes.ui.widgets.table import plain_table

_WHAT = 2
_NO_COLUMN = -1
"""Rows are all one line high: two thousand cannot be measured. What is longer is told when it is pointed at."""
_MOST_PROBLEMS = 5


class HistoryPage(QWidget):
    """Shows a patient's history (`show_patient`) or the clinic's (`show_clinic`)."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._patient_id: int | None = None
        self.title = Heading("", "title", parent=self)
        self.check = QPushButton("Check the audit", self)
        self.check.clicked.connect(self._check)
        self.state = Label("", "small", wraps=True, parent=self)
        self.disclosures = DisclosureCard(clinic, tasks, self)
        self.disclosures.stored.connect(self._read)
        self.kept_until = KeptUntil(clinic, tasks, self)
        self.kept_until.stored.connect(self._read)
        self.model = RowsModel(("When", "Who", "What"), (), self)
        self.view = plain_table("Who did what", self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(CellDelegate(theme, self.view, _NO_COLUMN))
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(_WHAT, QHeaderView.ResizeMode.Stretch)
        # Measuring two thousand rows would make the page wait.
        header.setResizeContentsPrecision(100)
        self.view.verticalHeader().setDefaultSectionSize(theme.px(29))
        card = Card("Who did what", parent=self)
        self.note = card.note
        card.body.addWidget(self.view, 1)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.title, 1)
        top.addWidget(self.check)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 24)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(self.state)
        layout.addWidget(self.kept_until)
        layout.addWidget(self.disclosures)
        layout.addWidget(card, 1)

    def show_patient(self, patient_id: int, name: str) -> None:
        """Show who did what to this patient's record, and what was disclosed of it."""
        self._start(patient_id, f"History of {name}")
        self.disclosures.show_patient(patient_id)
        self.kept_until.show_patient(patient_id)

    def show_clinic(self) -> None:
        """Show who did what in the clinic."""
        self._start(None, "Who did what in this clinic")

    def _start(self, patient_id: int | None, title: str) -> None:
        self._patient_id = patient_id
        self.title.setText(title)
        self.disclosures.setVisible(patient_id is not None)
        self.kept_until.setVisible(patient_id is not None)
        self.check.setVisible(patient_id is None and allows(self._clinic, Act.VIEW_AUDIT))
        self._say("")
        self.model.show_rows(())
        self._read()

    def _read(self) -> None:
        if self._patient_id is None:
            job = partial(clinic_history, self._clinic)
        else:
            job = partial(history_of, self._clinic, self._patient_id)
        self._tasks.read(job, self._show, self._tell, latest="history")

    def _show(self, rows: tuple[HistoryRow, ...]) -> None:
        zones = {name: ZoneInfo(name) for name in {row.zone for row in rows}}
        self.model.show_rows(
            [
                (
                    Cell(_instant_words(row, zones[row.zone]), is_quiet=True, hint=row.zone),
                    Cell(row.who),
                    Cell(row.what, hint=row.what),
                )
                for row in rows
            ]
        )
        self.note.setText("1 event" if len(rows) == 1 else f"{len(rows):,} events, the newest first")
        self.note.show()

    def _check(self) -> None:
        self.check.setEnabled(False)
        self._say("Checking…")
        self._tasks.read(partial(verify_audit, self._clinic), self._show_check, self._tell, latest="audit")

    def _show_check(self, found: AuditCheck) -> None:
        self.check.setEnabled(True)
        if found.problems:
            told = "; ".join(problem_words(problem) for problem in found.problems[:_MOST_PROBLEMS])
            more = len(found.problems) - _MOST_PROBLEMS
            self._say(
                f"The audit does not hold: {told}{f'; and {more:,} more' if more > 0 else ''}.", "fault"
            )
        else:
            self._say(
                f"{how_many(found.count, 'event')}, each as it was written; signed up to event {found.signed_up_to:,}.",
                "ok",
            )

    def _tell(self, error: Exception) -> None:
        self.check.setEnabled(True)
        self._say(sentence_for(error), "fault")

    def _say(self, words: str, kind: LabelType = "small") -> None:
        self.state.set_kind(kind)
        self.state.setText(words)
        self.state.setVisible(bool(words))


def _instant_words(row: HistoryRow, zone: ZoneInfo) -> str:
    at = row.at.astimezone(zone)
    return f"{full_date(at.date())}, {at:%H:%M:%S}"
