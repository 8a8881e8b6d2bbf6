"""How long one patient's record is kept, and a later date for it where something asks for that."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ptnotes.domain.permissions import Act
from ptnotes.domain.retention import Retention
from ptnotes.domain.wording import full_date
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.retention import keep_record_until, retention_of
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label


class KeptUntil(Card):
    """Says until when the record is kept (`show_patient`), and lets whoever may dispose of it set a later date.

    Emits `stored` when one was set or taken back.
    """

    stored = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("How long this record is kept", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._patient_id = 0
        self.words = Label("", wraps=True)
        self.date = DateField(clinic.today, future=True)
        self.field = FieldWithFault("Keep it at least until", self.date, hint="such as for a legal hold")
        self.set_date = QPushButton("Set this date")
        self.clear = QPushButton("Leave it to the rules")
        self.clear.setProperty("type", "quiet")
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.field, 1)
        row.addWidget(self.set_date)
        row.addWidget(self.clear)
        row.addStretch(2)
        self.body.addWidget(self.words)
        self.body.addWidget(self._row)
        self._row.setVisible(allows(clinic, Act.DISPOSE))
        self.date.problem_changed.connect(self.field.set_fault)
        self.set_date.clicked.connect(self._set)
        self.clear.clicked.connect(partial(self._store, None))

    def show_patient(self, patient_id: int) -> None:
        """Read how long this patient's record is kept."""
        self._patient_id = patient_id
        self.words.set_kind("body")
        self.words.setText("")
        self.date.set_date(None)
        self._tasks.read(
            partial(retention_of, self._clinic, patient_id), self._show, self._tell, latest="retention"
        )

    def _set(self) -> None:
        if self.date.read_text() and self.date.day is not None:
            self._store(self.date.day)

    def _store(self, day: date | None) -> None:
        job = partial(keep_record_until, self._clinic, self._patient_id, day)
        self._tasks.write_in_turn(self, job, self._set_now, self._tell)

    def _set_now(self, kept: Retention) -> None:
        self._show(kept)
        self.stored.emit()

    def _show(self, kept: Retention) -> None:
        if kept.patient_id != self._patient_id:
            return
        self.words.set_kind("body")
        self.words.setText(_words(kept))
        self.date.set_date(kept.own_date)
        self.field.set_fault("")
        self.clear.setVisible(kept.own_date is not None)

    def _tell(self, error: Exception) -> None:
        fault = faults_by_field(error).get("retention.keep_until", "")
        self.field.set_fault(fault)
        if not fault:
            self.words.set_kind("fault")
            self.words.setText(sentence_for(error))


def _words(kept: Retention) -> str:
    last = full_date(kept.last_activity)
    if kept.keep_until is None or kept.rule_date is None:
        own = "" if kept.own_date is None else f" At least until {full_date(kept.own_date)} in any case."
        return f"An episode of care is open: the record is kept. The last entry is of {last}.{own}"
    if kept.own_date is not None and kept.own_date > kept.rule_date:
        return (
            f"Until {full_date(kept.own_date)}, as set for this patient; the clinic’s rules would say "
            f"{full_date(kept.rule_date)}. The last entry is of {last}."
        )
    return f"Until {full_date(kept.rule_date)} by the clinic’s rules. The last entry is of {last}."
