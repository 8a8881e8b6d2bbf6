"""One row of the table of rules: the clinic's own, or a payer's; each number in a field of its own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from ptnotes.domain.charges import RULE_WORDS
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.units import UnitRuleName
from ptnotes.services.opening import OpenClinic
from ptnotes.services.payers import archive_payer, change_payer_rules
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import restyle
from ptnotes.ui.widgets.labels import Label

NUMBERS = (
    ("report_treatment_days", "Report every", "treatment days"),
    ("plan_sent_days", "Plan sent in", "days"),
    ("certified_days", "Certified for", "days"),
    ("re_evaluation_days", "Re-evaluated every", "days"),
    ("sign_within_h", "Signed within", "hours"),
)
"""Name of the rule, head of its column, and unit."""
AHEAD = (
    ("warn_treatment_days", "Tell of a report", "treatment days ahead"),
    ("warn_days", "Tell of dates", "days ahead"),
    ("warn_visits", "Tell of visits", "when so many are left"),
)
"""As `NUMBERS`, of what is told ahead: the clinic's alone."""
_MAY_BE_EMPTY = frozenset(field for field, *_ in NUMBERS)
_SHORT = {UnitRuleName.CMS: "CMS", UnitRuleName.AMA: "AMA"}


class RuleRow(QObject):
    """Holds the fields of one row and stores a change when one is left. `said` carries what is wrong, or nothing."""

    said = Signal(str)
    settled = Signal()
    """What is on the screen is stored."""
    archived = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, rules: PayerRules, table: QWidget) -> None:
        super().__init__(table)
        self._clinic = clinic
        self._tasks = tasks
        self._stored = rules
        self.fault = ""
        name = "No payer known" if rules.payer is None else rules.payer.name
        self.name = Label(name, wraps=True)
        self.units = QComboBox()
        self.units.setAccessibleName(f"{name}: how units are counted")
        for place, rule in enumerate(UnitRuleName):
            self.units.addItem(_SHORT[rule], rule)
            self.units.setItemData(place, RULE_WORDS[rule], Qt.ItemDataRole.ToolTipRole)
        self.numbers: dict[str, QLineEdit] = {}
        for field, head, unit in (*NUMBERS, *(AHEAD if rules.payer is None else ())):
            line = QLineEdit()
            line.setMaxLength(6)
            line.setFixedWidth(line.fontMetrics().horizontalAdvance("000") + 28)
            line.setAccessibleName(f"{name}: {head}, {unit}")
            line.setPlaceholderText("–")
            line.editingFinished.connect(self.flush)
            self.numbers[field] = line
        self.units.activated.connect(self.flush)
        self.show_rules(rules)

    @property
    def cells(self) -> tuple[str | QWidget, ...]:
        """The widgets in the order of the columns."""
        return (self.name, self.units, *(self.numbers[field] for field, *_ in NUMBERS), self._remove_button())

    def _remove_button(self) -> str | QWidget:
        payer = self._stored.payer
        if payer is None:
            return ""
        button = QPushButton("Remove")
        button.setProperty("type", "quiet")
        button.setAccessibleName(f"Remove: {payer.name}")
        button.clicked.connect(self._remove)
        return button

    def show_rules(self, rules: PayerRules) -> None:
        """Show what is stored."""
        self._stored = rules
        self.units.setCurrentIndex(self.units.findData(rules.units))
        for field, line in self.numbers.items():
            value = getattr(rules.due, field)
            line.setText("" if value is None else str(value))
            _mark(line, wrong=False)
        self.fault = ""

    @property
    def is_settled(self) -> bool:
        """Whether the row shows what is stored."""
        try:
            return self._typed() == self._stored
        except InputError:
            return False

    def flush(self) -> None:
        """Hand a change to the writer, if there is one. What is changed during a save follows right after it."""
        self._tasks.in_turn(self, self._store)

    def _store(self) -> None:
        try:
            typed = self._typed()
        except InputError as error:
            self._tell(error)
            return
        if typed != self._stored:
            job = partial(change_payer_rules, self._clinic, typed)
            self._tasks.write(job, self._saved, partial(self._refused, typed))
            return
        if self.fault:
            self._tell(None)
        self.settled.emit()

    def _typed(self) -> PayerRules:
        """The rules as they are on the screen. Raises `InputError` for what is no number."""
        values: dict[str, Any] = {}
        for field, line in self.numbers.items():
            text = line.text().strip()
            if not text and field in _MAY_BE_EMPTY:
                values[field] = None
            elif text.isascii() and text.isdecimal():
                values[field] = int(text)
            else:
                raise InputError(Fault("value.not_a_number", f"rules.{field}", values={"value": text}))
        units = UnitRuleName(self.units.currentData())
        return replace(self._stored, units=units, due=replace(self._stored.due, **values))

    def _saved(self, rules: PayerRules) -> None:
        self._stored = rules
        self._tell(None)
        self._store()

    def _refused(self, typed: PayerRules, error: Exception) -> None:
        self._tell(error)
        # What was mended meanwhile is tried; what was refused is not tried again.
        with suppress(InputError):
            if self._typed() != typed:
                self._store()

    def _tell(self, error: Exception | None) -> None:
        faults = {} if error is None else faults_by_field(error)
        for field, line in self.numbers.items():
            _mark(line, wrong=f"rules.{field}" in faults)
        words = next(iter(faults.values()), "") if faults else "" if error is None else sentence_for(error)
        self.fault = f"{self.name.text()}: {words}" if words else ""
        self.said.emit(self.fault)

    def _remove(self) -> None:
        # A payer is removed as they were last stored, so a save on its way has to come back first.
        self._tasks.in_turn(self, self._archive)

    def _archive(self) -> None:
        if self._stored.payer is not None:
            job = partial(archive_payer, self._clinic, self._stored.payer)
            self._tasks.write(job, self._removed, self._tell)

    def _removed(self, _payer: object) -> None:
        # What is typed for a payer who is gone waits for nothing any more.
        self.show_rules(self._stored)
        self.archived.emit()


def _mark(line: QLineEdit, *, wrong: bool) -> None:
    if bool(line.property("fault")) != wrong:
        line.setProperty("fault", wrong)
        restyle(line)
