"""What left the clinic about a patient, and a line to write down what does so otherwise than through the program."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

from ptnotes.domain.audit import Disclosure
from ptnotes.domain.wording import full_date
from ptnotes.services.history import disclosures_of, record_disclosure
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.table import GridTable

_LINES = (
    ("what", "What was given", True),
    ("to_whom", "To whom", True),
    ("how", "How", False),
    ("purpose", "What for", False),
)
_MOST_SHOWN = 8


class DisclosureCard(Card):
    """Lists the disclosures of the last six years, newest first; emits `stored` when one was written down."""

    stored = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Disclosures", "the last six years", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._patient_id = 0
        self._left: Disclosure | None = None
        """What the lines said once one was written down and they were emptied."""
        self.table = GridTable(("When", "What", "To whom", "How", "What for", "By"))
        self.more = Label("", "muted", wraps=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        self.fields: dict[str, FieldWithFault] = {}
        for column, (name, label, required) in enumerate(_LINES):
            line = QLineEdit()
            line.setMaxLength(200)
            line.returnPressed.connect(self.store)
            self.fields[name] = FieldWithFault(label, line, required=required)
            grid.addWidget(self.fields[name], 0, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        self.add = QPushButton("Write down")
        self.add.clicked.connect(self.store)
        grid.addWidget(self.add, 0, len(_LINES), Qt.AlignmentFlag.AlignBottom)
        self.state = Label("", "fault", wraps=True)
        self.state.hide()
        self.body.addWidget(self.more)
        self.body.addWidget(self.table)
        self.body.addLayout(grid)
        self.body.addWidget(self.state)

    def show_patient(self, patient_id: int) -> None:
        """Read what was given of this patient's record; what was typed for another is let go."""
        if patient_id != self._patient_id:
            self._clear()
        self._patient_id = patient_id
        self._tasks.read(
            partial(disclosures_of, self._clinic, patient_id), self._show, self._tell, latest="disclosures"
        )

    def store(self) -> None:
        """Write down what is typed."""
        made = self._typed()
        if made == self._left:
            # Nothing was typed since: this is the second half of a double press, not an empty disclosure.
            self._line("what").setFocus()
            return
        job = partial(record_disclosure, self._clinic, made)
        self._tasks.write_in_turn(self, job, partial(self._stored, made), self._tell)

    def _typed(self) -> Disclosure:
        return Disclosure(
            patient_id=self._patient_id,
            what=self._line("what").text(),
            to_whom=self._line("to_whom").text(),
            how=self._line("how").text(),
            purpose=self._line("purpose").text(),
        )

    def _show(self, found: tuple[Disclosure, ...]) -> None:
        zone = ZoneInfo(self._clinic.zone)
        self.table.show_rows(
            [
                (
                    full_date(one.at.astimezone(zone).date()) if one.at is not None else "",
                    *(Label(words, wraps=True) for words in (one.what, one.to_whom, one.how, one.purpose)),
                    one.who,
                )
                for one in found[:_MOST_SHOWN]
            ]
        )
        self.table.setVisible(bool(found))
        hidden = len(found) - _MOST_SHOWN
        words = f"{hidden:,} earlier ones stand in the history below." if hidden > 0 else ""
        self.more.setText(words if found else "Nothing was written down.")
        self.more.setVisible(hidden > 0 or not found)

    def _stored(self, typed: Disclosure, made: Disclosure) -> None:
        if typed == self._typed():
            self._clear()
            self._left = self._typed()
        if made.patient_id == self._patient_id:
            self.show_patient(self._patient_id)
            self.stored.emit()

    def _tell(self, error: Exception) -> None:
        faults = faults_by_field(error)
        for name, field in self.fields.items():
            field.set_fault(faults.get(f"disclosure.{name}", ""))
        self.state.setText("" if faults else sentence_for(error))
        self.state.setVisible(not faults)

    def _clear(self) -> None:
        for name, field in self.fields.items():
            self._line(name).clear()
            field.set_fault("")
        self.state.hide()

    def _line(self, name: str) -> QLineEdit:
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)  # noqa: S101 - the table above makes it one
        return editor
