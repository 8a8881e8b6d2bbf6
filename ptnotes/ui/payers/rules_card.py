"""The table of rules by payer, in the clinic's settings: by when what is due, and how minutes become units."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.payers import Payer, PayerRules
from ptnotes.domain.permissions import Act
from ptnotes.services.opening import OpenClinic
from ptnotes.services.payers import add_payer, rules_by_payer
from ptnotes.services.permit import allows
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.payers.rule_row import AHEAD, NUMBERS, RuleRow
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.table import GridTable

_SOURCE = (
    "The numbers that ship are Medicare’s: Medicare Benefit Policy Manual, chapter 15, sections 220.1.2 to 220.3, and "
    "42 CFR 410.61 and 424.24(c), read in copies; CMS 8-minute rule: Claims Processing Manual, chapter 5, section 20.2."
    " A payer without numbers of its own has those of the first row. An empty field is not asked for. Check them with "
    "the payer."
)


class PayerRulesCard(Card):
    """Shows the rules (`show_rules`); each change saves itself when its field is left."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("What is due, and units, by payer", "each change saves itself", parent)
        self._clinic = clinic
        self._tasks = tasks
        self.rows: list[RuleRow] = []
        self._is_behind = False
        self.table = GridTable(())
        self.fault = Label("", "fault", wraps=True)
        self.fault.hide()
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText("Name of a payer, such as Medicare Part B")
        self.new_name.setAccessibleName("Name of a payer to add")
        self.new_name.setMaxLength(200)
        self.add = QPushButton("Add the payer")
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.new_name, 1)
        line.addWidget(self.add)
        line.addStretch(1)
        self._ahead = QHBoxLayout()
        self._ahead.setSpacing(16)
        self.body.addWidget(self.table)
        self.body.addWidget(self.fault)
        self.body.addWidget(self._line)
        self.body.addLayout(self._ahead)
        self.body.addWidget(Label(_SOURCE, "muted", wraps=True))
        looks_after = allows(clinic, Act.ADMINISTER)
        self.setEnabled(looks_after)
        self.add.clicked.connect(self._add)
        self.new_name.returnPressed.connect(self._add)

    def show_rules(self) -> None:
        """Read the rules and show them, unless a field waits to be mended."""
        if not self.unsaved_problem():
            read = partial(rules_by_payer, self._clinic)
            self._tasks.read(read, self._show, latest="rules by payer")

    def flush(self) -> None:
        """Store what was changed."""
        for row in self.rows:
            row.flush()

    def unsaved_problem(self) -> str:
        """Why a rule could not be stored, empty where all are."""
        return next((f"A rule is not stored. {row.fault}" for row in self.rows if row.fault), "")

    def _show(self, found: Sequence[PayerRules]) -> None:
        # What is typed or on its way to the file is not known to what was read.
        self._is_behind = not all(row.is_settled for row in self.rows)
        if self._is_behind:
            return
        for row in self.rows:
            row.deleteLater()
        self.rows = [RuleRow(self._clinic, self._tasks, rules, self.table) for rules in found]
        for row in self.rows:
            row.said.connect(self._say)
            row.settled.connect(self._catch_up)
            row.archived.connect(self.show_rules)
        self.table.show_rows([_heads(), *(row.cells for row in self.rows)])
        while (item := self._ahead.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for field, head, unit in AHEAD:
            self._ahead.addWidget(FieldWithFault(f"{head}, {unit}", self.rows[0].numbers[field]))
        self._ahead.addStretch(1)
        self._say("")

    def _catch_up(self) -> None:
        if self._is_behind and all(row.is_settled for row in self.rows):
            self.show_rules()

    def _add(self) -> None:
        name = self.new_name.text().strip()
        if name:
            self._tasks.in_turn(self, partial(self._store, name))

    def _store(self, name: str) -> None:
        job = partial(add_payer, self._clinic, Payer(name=name))
        self._tasks.write(job, partial(self._added, name), self._refused)

    def _added(self, name: str, _payer: Payer) -> None:
        if self.new_name.text().strip() == name:
            self.new_name.clear()
        self.show_rules()

    def _refused(self, error: Exception) -> None:
        self._say(sentence_for(error))

    def _say(self, fault: str) -> None:
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))


def _heads() -> tuple[QWidget, ...]:
    """The heads of the columns, each over its unit."""
    heads = []
    for head, unit in (
        ("Payer", ""),
        ("Units by", ""),
        *((head, unit) for _, head, unit in NUMBERS),
        ("", ""),
    ):
        column = QWidget()
        lines = QVBoxLayout(column)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(Label(head, "caption", wraps=True))
        lines.addWidget(Label(unit, "caption", wraps=True))
        heads.append(column)
    return tuple(heads)
