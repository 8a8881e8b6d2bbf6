"""Keeping records: the clinic's rules, what is due, and what was disposed of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ptnotes.domain.permissions import Act
from ptnotes.domain.retention import Disposal
from ptnotes.domain.wording import full_date
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.retention import disposals
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.retention.due_card import DueCard
from ptnotes.ui.retention.rules_card import RulesCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.labels import Heading, Label
from ptnotes.ui.widgets.table import GridTable


class RetentionPage(Scroller):
    """Everybody sees the rules; whoever may dispose of records also what is due and what was disposed of."""

    disposed = Signal(object)
    """The ids of patients whose records are gone."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self.rules = RulesCard(clinic, tasks)
        self.due = DueCard(clinic, tasks, theme)
        self.done = Card("Disposed of")
        self.table = GridTable(("When", "Record", "Kept until", "Reason", "By"))
        self.state = Label("", "muted", wraps=True)
        self.done.body.addWidget(self.state)
        self.done.body.addWidget(self.table)
        page = QWidget()
        page.setMaximumWidth(980)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(Heading("Keeping records", "title"))
        for card in (self.rules, self.due, self.done):
            column.addWidget(card)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(page, 5)
        row.addStretch(1)
        self.body.addLayout(row, 1)
        self.rules.stored.connect(self._read)
        self.due.disposed.connect(self._after_disposal)

    def show_records(self) -> None:
        """Read the rules and the lists, and show them."""
        self.rules.show_rules()
        self._read()

    def flush(self) -> None:
        """Store a rule that was changed."""
        self.rules.flush()

    def unsaved_problem(self) -> str:
        """Why a rule could not be stored, empty where all are."""
        return self.rules.unsaved_problem()

    def _read(self) -> None:
        disposes = allows(self._clinic, Act.DISPOSE)
        self.due.setVisible(disposes)
        self.done.setVisible(disposes)
        if disposes:
            self.due.show_due()
            self._tasks.read(partial(disposals, self._clinic), self._show, self._tell, latest="disposals")

    def _after_disposal(self, patient_ids: object) -> None:
        self._tasks.read(partial(disposals, self._clinic), self._show, self._tell, latest="disposals")
        self.disposed.emit(patient_ids)

    def _show(self, found: Sequence[Disposal]) -> None:
        self.table.show_rows(
            [
                (
                    full_date(one.at.astimezone(ZoneInfo(one.zone)).date()),
                    one.mrn,
                    "" if one.retain_until is None else full_date(one.retain_until),
                    Label(one.reason, wraps=True),
                    one.who,
                )
                for one in found
            ]
        )
        self.table.setVisible(bool(found))
        self.state.set_kind("muted")
        self.state.setText("" if found else "Nothing was disposed of.")
        self.state.setVisible(not found)

    def _tell(self, error: Exception) -> None:
        self.state.set_kind("fault")
        self.state.setText(sentence_for(error))
        self.state.show()
