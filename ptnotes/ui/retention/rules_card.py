"""The clinic's rules for keeping records: by state, for minors, and from when on an entry is late."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.domain.retention import RecordRules, with_state
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.retention import change_record_rules, record_rules
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label

_OWN = "The clinic’s own choice"
_CAUTION = (
    "Laws, payers and insurers can each ask for longer. What is chosen here is the clinic’s decision: check it with "
    "counsel."
)
_NUMBERS = (
    ("retain_years", "Years after the last visit or discharge"),
    ("majority_age_years", "Age of majority, in years"),
    ("retain_minor_years", "Years after majority, for minors"),
    ("late_entry_h", "Hours after the day of a visit until an entry is late"),
)


class RulesCard(Card):
    """Shows the rules (`show_rules`) and stores each change when its field is left; then emits `stored`."""

    stored = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("How long records are kept", "each change saves itself", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._stored: RecordRules | None = None
        self._is_sent = False
        self._states = clinic.reference.retention_rules
        self.state = QComboBox()
        self.state.addItem(_OWN, "")
        for rule in self._states.values():
            self.state.addItem(rule.state, rule.id)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        top = Qt.AlignmentFlag.AlignTop
        hint = "states of which a source was read; fills the numbers, which can be changed"
        grid.addWidget(FieldWithFault("State", self.state, hint=hint), 0, 0, 1, 3, top)
        self.fields: dict[str, FieldWithFault] = {}
        for place, (name, label) in enumerate(_NUMBERS):
            line = QLineEdit()
            line.setMaxLength(4)
            line.editingFinished.connect(self.flush)
            self.fields[name] = FieldWithFault(label, line)
            across = place if place < len(_NUMBERS) - 1 else 0
            grid.addWidget(self.fields[name], 1 + (place == len(_NUMBERS) - 1), across, top)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        self.source = Label("", "muted", wraps=True)
        self.result = Label("", "small", wraps=True)
        for words in (self.source, Label(_CAUTION, "muted", wraps=True), self.result):
            self.body.addWidget(words)
        self.result.hide()
        looks_after = allows(clinic, Act.ADMINISTER)
        for control in (self.state, *(field.editor for field in self.fields.values())):
            control.setEnabled(looks_after)
        self.state.activated.connect(self._choose_state)

    def show_rules(self) -> None:
        """Read the rules and show them, unless something typed here waits to be stored or mended."""
        self._tasks.read(partial(record_rules, self._clinic), self._show, self._tell, latest="record rules")

    def flush(self) -> None:
        """Hand a change to the writer, if there is one. What is changed during a save follows right after it."""
        self._tasks.in_turn(self, self._store_typed)

    def _store_typed(self) -> None:
        if self._stored is None:
            return
        try:
            self._store(self._typed(self._stored))
        except InputError as error:
            self._tell(error)

    def unsaved_problem(self) -> str:
        """Why a change could not be stored, empty where all are."""
        faults = [field.fault for field in self.fields.values() if field.fault]
        return f"A rule for keeping records is not stored. {faults[0]}" if faults else ""

    def _choose_state(self) -> None:
        # It changes the rules as they are stored, so a save on its way has to come back first.
        self._tasks.in_turn(self, partial(self._take_state, str(self.state.currentData())))

    def _take_state(self, state: str) -> None:
        if self._stored is None:
            return
        rule = self._states.get(state)
        own = replace(self._stored, state="", source="")
        chosen = own if rule is None else with_state(self._stored, rule)
        self._put(chosen)
        self._store(chosen)

    def _store(self, rules: RecordRules) -> None:
        if rules != self._stored:
            self._is_sent = True
            self._tasks.write(partial(change_record_rules, self._clinic, rules), self._saved, self._refused)

    def _show(self, rules: RecordRules) -> None:
        if self._is_sent or self.unsaved_problem():
            return
        self._stored = rules
        self._put(rules)

    def _put(self, rules: RecordRules) -> None:
        self.state.setCurrentIndex(max(self.state.findData(rules.state), 0))
        for name, field in self.fields.items():
            _line(field).setText(str(getattr(rules, name)))
            field.set_fault("")
        self.source.setText(self._source_words(rules))

    def _saved(self, rules: RecordRules) -> None:
        self._is_sent = False
        self._stored = rules
        for field in self.fields.values():
            field.set_fault("")
        self.source.setText(self._source_words(rules))
        self._say("Saved.", is_fault=False)
        self.stored.emit()
        self._store_typed()

    def _refused(self, error: Exception) -> None:
        self._is_sent = False
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        faults = faults_by_field(error)
        for name, field in self.fields.items():
            field.set_fault(faults.get(f"rules.{name}", ""))
        self._say("" if faults else sentence_for(error), is_fault=True)

    def _say(self, words: str, *, is_fault: bool) -> None:
        self.result.set_kind("fault" if is_fault else "ok")
        self.result.setText(words)
        self.result.setVisible(bool(words))

    def _typed(self, stored: RecordRules) -> RecordRules:
        """The rules as they are on the screen. Raises `InputError` where one is no number."""
        numbers: dict[str, Any] = {}
        for name, field in self.fields.items():
            text = _line(field).text().strip()
            if not (text.isascii() and text.isdecimal()):
                raise InputError(Fault("value.not_a_number", f"rules.{name}", values={"value": text}))
            numbers[name] = int(text)
        return replace(stored, **numbers)

    def _source_words(self, rules: RecordRules) -> str:
        rule = self._states.get(rules.state)
        if rule is None:
            return (
                "No state is chosen. The numbers that ship are cautious: ten years is what Medicare Advantage asks of "
                "those who treat its members (42 CFR 422.504(d))."
            )
        words = f"Source: {rule.source}."
        if rule.source_status != "looked_up":
            words += " It was read on a secondary page; check it before relying on it."
        if rule.retain_minor_years is None:
            words += " For minors the clinic’s own number stands."
        if with_state(rules, rule) != replace(rules, source=rule.source):
            words += f" The clinic has changed the numbers of {rule.state}."
        return words


def _line(field: FieldWithFault) -> QLineEdit:
    assert isinstance(field.editor, QLineEdit)  # noqa: S101 - made one above
    return field.editor
