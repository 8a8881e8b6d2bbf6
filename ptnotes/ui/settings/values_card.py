"""The clinic's own values in place of shipped ones: found, looked at with their sources, set with a reason, undone."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.clinical import ClinicValue
from ptnotes.domain.errors import InputError
from ptnotes.domain.own_values import REASON_FIELD, VALUE_FIELD, ValueRow, own_number
from ptnotes.domain.permissions import Act
from ptnotes.domain.wording import number, own_value_sentence, trust_words, with_unit
from ptnotes.services.opening import OpenClinic
from ptnotes.services.own_values import reference_values, set_own_value, undo_own_value
from ptnotes.services.permit import allows
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.settings.values_table import ValuesTable, found_rows, row_key, row_label
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label, LabelType

_SAID = (
    "What ships stays as it is. A value of ours is used from now on, on the screen and on paper, and is named as ours "
    "wherever it stands; a signed note keeps the values that it was written with."
)
_LOST = "This value of ours no longer goes with the data of this version, and is not used. It can be undone."
_NOT_YOURS = "Whoever looks after the clinic changes this."


class ReferenceValuesCard(Card):
    """Shows the values (`show_values`). Nothing is stored before "Use our value" is pressed."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Reference values", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._rows: tuple[ValueRow, ...] = ()
        self._shown: tuple[str, ClinicValue | None] = ("", None)
        self._may = allows(clinic, Act.ADMINISTER)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a value, such as lumbar flexion, measurement error or ODI")
        self.search.setAccessibleName("Find a reference value")
        self.search.setClearButtonEnabled(True)
        self.only_ours = QCheckBox("Only ours")
        self.table = ValuesTable(theme)
        self.none = Label("No value is found by these words.", "muted", wraps=True)
        self.none.hide()
        self.detail = self._make_detail()
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.search, 1)
        line.addWidget(self.only_ours)
        self.body.addWidget(Label(_SAID, "muted", wraps=True))
        self.body.addLayout(line)
        self.body.addWidget(self.table)
        self.body.addWidget(self.none)
        self.body.addWidget(self.detail)
        self.search.textChanged.connect(self._filter)
        self.only_ours.toggled.connect(self._filter)
        self.table.chosen.connect(self._show_row)

    def show_values(self) -> None:
        """Read the values and show them; what is typed beside the chosen one stays."""
        self._tasks.read(partial(reference_values, self._clinic), self._show, latest="reference values")

    def _make_detail(self) -> QWidget:
        detail = QWidget()
        self.name = Label("", "strong", wraps=True)
        self.source = Label("", "small", wraps=True)
        self.own = Label("", "body", wraps=True)
        self.lost = Label(_LOST, "warning", wraps=True)
        self.value = FieldWithFault("Our value", QLineEdit())
        self.reason = FieldWithFault("Why", QLineEdit(), hint="read beside the value, on paper too")
        self.use = QPushButton("Use our value")
        self.undo = QPushButton("Use the shipped value again")
        self.undo.setProperty("type", "quiet")
        self.state = Label("" if self._may else _NOT_YOURS, "small", wraps=True)
        fields, buttons = QHBoxLayout(), QHBoxLayout()
        fields.setSpacing(12)
        fields.addWidget(self.value, 1, Qt.AlignmentFlag.AlignTop)
        fields.addWidget(self.reason, 3, Qt.AlignmentFlag.AlignTop)
        buttons.setSpacing(12)
        buttons.addWidget(self.use)
        buttons.addWidget(self.undo)
        buttons.addStretch(1)
        layout = QVBoxLayout(detail)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for label in (self.name, self.source, self.own, self.lost):
            layout.addWidget(label)
        layout.addLayout(fields)
        layout.addLayout(buttons)
        layout.addWidget(self.state)
        for widget in (self.value, self.reason, self.use, self.undo):
            widget.setVisible(self._may)
        self.use.clicked.connect(self._use)
        self.undo.clicked.connect(self._undo)
        for field in (self.value, self.reason):
            _line(field).returnPressed.connect(self._use)
        detail.hide()
        return detail

    def _show(self, rows: tuple[ValueRow, ...]) -> None:
        self._rows = rows
        ours = sum(row.own is not None for row in rows)
        self.set_note(f"{len(rows)} values, {ours or 'none'} of them ours")
        self._filter()

    def _filter(self) -> None:
        found = found_rows(self._rows, self.search.text(), only_ours=self.only_ours.isChecked())
        self.table.show_rows(found)
        self.table.setVisible(bool(found))
        self.none.setVisible(bool(self._rows) and not found)

    def _show_row(self, row: ValueRow | None) -> None:
        self.detail.setVisible(row is not None)
        if row is None:
            return
        known, own = row.value, row.own
        self.name.setText(row_label(row))
        if known is not None:
            source = f"Source{trust_words(known.source_status)}: {known.source.rstrip('.')}."
            self.source.setText(f"Shipped: {with_unit(known.shipped, known.unit)}. {source}")
            lowest, highest = with_unit(known.lowest, known.unit), with_unit(known.highest, known.unit)
            self.value.set_hint(f"from {lowest} to {highest}")
        self.source.setVisible(known is not None)
        unit = known.unit if known is not None else ""
        by = f" Entered by {own.by}." if own is not None and own.by else ""
        told = f"{with_unit(own.value, unit)}. {own_value_sentence(own, unit)}{by}" if own is not None else ""
        self.own.setText(told)
        self.own.setVisible(own is not None)
        self.lost.setVisible(not row.fits)
        self.undo.setVisible(self._may and own is not None)
        for widget in (self.value, self.reason, self.use):
            widget.setVisible(self._may and known is not None)
        # What is typed stays while the same value is shown as before: a refusal, or a read that brought nothing new.
        before, self._shown = self._shown, (row_key(row), own)
        if before[0] != row_key(row):
            self._say("" if self._may else _NOT_YOURS, "small")
        if before != self._shown:
            _line(self.value).setText(number(own.value) if own is not None else "")
            _line(self.reason).setText(own.reason if own is not None else "")
            self._say_faults({})

    def _use(self) -> None:
        row = self.table.row
        if row is None or row.value is None:
            return
        self._say_faults({})
        self._say("", "small")
        try:
            value = own_number(_line(self.value).text(), row.value)
        except InputError as error:
            self._say_faults(faults_by_field(error))
            return
        job = partial(set_own_value, self._clinic, row.value.key, value, _line(self.reason).text())
        self._tasks.write_in_turn(self, job, self._stored, self._refused)

    def _undo(self) -> None:
        row = self.table.row
        if row is not None:
            job = partial(undo_own_value, self._clinic, row_key(row))
            self._tasks.write_in_turn(self, job, self._stored, self._refused)

    def _stored(self, _nothing: None) -> None:
        self._say("In force from now on.", "ok")
        self.show_values()

    def _refused(self, error: Exception) -> None:
        faults = faults_by_field(error)
        self._say_faults(faults)
        if not faults:
            self._say(sentence_for(error), "fault")

    def _say_faults(self, faults: dict[str, str]) -> None:
        self.value.set_fault(faults.get(VALUE_FIELD, ""))
        self.reason.set_fault(faults.get(REASON_FIELD, ""))

    def _say(self, words: str, kind: LabelType) -> None:
        self.state.set_kind(kind)
        self.state.setText(words)


def _line(field: FieldWithFault) -> QLineEdit:
    editor = field.editor
    assert isinstance(editor, QLineEdit)  # noqa: S101 - both fields of this card are made with one
    return editor
