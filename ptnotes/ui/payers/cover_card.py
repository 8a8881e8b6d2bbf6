"""Who pays for a patient's treatment, and what they have authorized."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPushButton, QWidget

from ptnotes.domain.errors import Fault
from ptnotes.domain.payers import Authorization, Cover, Coverage, Payer, PayerRules
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import fold
from ptnotes.domain.wording import full_date
from ptnotes.services.opening import OpenClinic
from ptnotes.services.payers import (
    add_payer,
    cover_of,
    remove_authorization,
    rules_by_payer,
    save_authorization,
    save_coverage,
)
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in
from ptnotes.ui.widgets.table import GridTable


def _read(clinic: OpenClinic, patient_id: int) -> tuple[int, Cover, tuple[PayerRules, ...]]:
    return patient_id, cover_of(clinic, patient_id), rules_by_payer(clinic)


def _cover(clinic: OpenClinic, patient_id: int, payer: Payer, member_number: str) -> Coverage:
    """Store a cover; a payer of a new name is stored first."""
    stored = payer if payer.id is not None else add_payer(clinic, payer)
    coverage = Coverage(patient_id=patient_id, payer_id=stored.id or 0, member_number=member_number)
    return save_coverage(clinic, coverage)


class CoverCard(Card):
    """Shows what is known (`show_patient`), and adds to it when a button is pressed."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(
            "Payer and authorized visits", "what is due, and units, follow the first payer", parent
        )
        self._clinic = clinic
        self._tasks = tasks
        self._patient_id = 0
        self._cover = Cover()
        self._payers: tuple[Payer, ...] = ()
        self.known = GridTable(())
        self.payer = PickList(
            find_in(()), placeholder="such as Medicare Part B", free_text=True, name="Payer"
        )
        self.member_number = QLineEdit()
        self.add_cover = QPushButton("Add the payer")
        self.of_payer = QComboBox()
        self.number, self.visits = QLineEdit(), QLineEdit()
        self.since, self.until = (DateField(clinic.today, future=True) for _ in range(2))
        self.add_authorization = QPushButton("Add the authorization")
        self.fields = {
            "coverage.payer": FieldWithFault("Payer", self.payer),
            "coverage.member_number": FieldWithFault("Member number", self.member_number),
            "authorization.coverage_id": FieldWithFault("Authorized by", self.of_payer),
            "authorization.number": FieldWithFault("Number", self.number),
            "authorization.visits": FieldWithFault("Visits", self.visits),
            "authorization.since": FieldWithFault("First day", self.since),
            "authorization.until": FieldWithFault("Last day", self.until),
        }
        self._lines = (self.payer, self.member_number, self.number, self.visits, self.since, self.until)
        self.problem = Label("", "fault", wraps=True)
        self._emptied: set[Sequence[QLineEdit]] = set()
        """The lines of which what they said was stored."""
        self._new_payer = ""
        self._lay_out()
        self.payer.text_entered.connect(self._name_payer)
        self.payer.chosen.connect(self._choose_payer)
        for name, line in (("authorization.since", self.since), ("authorization.until", self.until)):
            line.problem_changed.connect(self.fields[name].set_fault)
        self.add_cover.clicked.connect(self._add_cover)
        self.member_number.returnPressed.connect(self._add_cover)
        self.add_authorization.clicked.connect(self._add_authorization)

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        bottom = Qt.AlignmentFlag.AlignBottom
        covers, granted = QGridLayout(), QGridLayout()
        covers.addWidget(self.fields["coverage.payer"], 0, 0, 1, 2, top)
        covers.addWidget(self.fields["coverage.member_number"], 0, 2, top)
        covers.addWidget(self.add_cover, 0, 3, bottom)
        places = [name for name in self.fields if name.startswith("authorization")]
        for place, name in enumerate(places):
            granted.addWidget(self.fields[name], place // 3, place % 3, top)
        granted.addWidget(self.add_authorization, 1, 2, bottom)
        self._granted = QWidget()
        self._granted.setLayout(granted)
        for grid in (covers, granted):
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(10)
        for column in range(3):
            covers.setColumnStretch(column, 1)
            granted.setColumnStretch(column, 1)
        self.body.addWidget(self.known)
        self.body.addLayout(covers)
        self.body.addWidget(self._granted)
        self.body.addWidget(self.problem)
        self.problem.hide()

    def show_patient(self, patient_id: int) -> None:
        """Read who pays for this patient, and empty the fields."""
        self._patient_id = patient_id
        self._show((patient_id, Cover(), ()))
        self._clear(self._lines)
        self._emptied.clear()
        self._tell({}, "")
        self._look()

    @property
    def has_text(self) -> bool:
        """Whether something is typed here that is stored only when a button is pressed."""
        return not self.isHidden() and any(line.text() for line in self._lines)

    def _look(self) -> None:
        read = partial(_read, self._clinic, self._patient_id)
        self._tasks.read(read, self._show, latest="cover of patient")

    def _show(self, found: tuple[int, Cover, tuple[PayerRules, ...]]) -> None:
        patient_id, self._cover, rules = found
        if patient_id != self._patient_id:
            return
        self._payers = tuple(one.payer for one in rules if one.payer is not None)
        self.payer.set_find(find_in([PickItem(str(one.id), one.name) for one in self._payers]))
        chosen = self.of_payer.currentData()
        self.of_payer.clear()
        names = {}
        for one in self._cover.coverages:
            self.of_payer.addItem(one.payer, one.id)
            names[one.id] = one.payer
        self.of_payer.setCurrentIndex(max(self.of_payer.findData(chosen), 0))
        rows = [self._cover_cells(place, one) for place, one in enumerate(self._cover.coverages)]
        rows += [self._granted_cells(names, one) for one in self._cover.authorizations]
        self.known.show_rows(rows)
        self.known.setVisible(bool(rows))
        self._granted.setVisible(bool(self._cover.coverages))

    def _cover_cells(self, place: int, coverage: Coverage) -> tuple[str | QWidget, ...]:
        rank = ("billed first", "billed second")[place] if place < 2 else "billed later"
        ended = f", until {full_date(coverage.until)}" if coverage.until is not None else ""
        member = f"member {coverage.member_number}" if coverage.member_number else ""
        end = QPushButton("Ends today")
        end.setProperty("type", "quiet")
        end.setAccessibleName(f"Ends today: {coverage.payer}")
        end.clicked.connect(partial(self._end, coverage))
        is_over = coverage.until is not None and coverage.until <= self._clinic.today()
        return Label(coverage.payer, wraps=True), member, f"{rank}{ended}", "" if is_over else end

    def _granted_cells(
        self, names: dict[int | None, str], granted: Authorization
    ) -> tuple[str | QWidget, ...]:
        visits = "visits not said" if granted.visits is None else f"{granted.visits} visits"
        span = " ".join(
            f"{word} {full_date(day)}"
            for word, day in (("from", granted.since), ("to", granted.until))
            if day is not None
        )
        remove = QPushButton("Remove")
        remove.setProperty("type", "quiet")
        remove.setAccessibleName(f"Remove: authorization {granted.number}")
        remove.clicked.connect(partial(self._remove, granted))
        whose = names.get(granted.coverage_id, "")
        return Label(f"Authorization {granted.number}, {whose}", wraps=True), visits, span, remove

    def _name_payer(self, name: str) -> None:
        self._new_payer = name

    def _choose_payer(self, _payer_id: str) -> None:
        self._new_payer = ""

    def _add_cover(self) -> None:
        lines = (self.payer, self.member_number)
        if self._is_pressed_again(lines):
            return
        self._tell({}, "")
        self.payer.settle()
        typed = self._new_payer or self.payer.text().strip()
        payer = next(
            (
                one
                for one in self._payers
                if str(one.id) == self.payer.current_id or fold(one.name) == fold(typed)
            ),
            Payer(name=typed),
        )
        if not payer.name:
            self._tell({"coverage.payer": sentence(Fault("text.empty", "coverage.payer"))}, "")
            return
        job = partial(_cover, self._clinic, self._patient_id, payer, self.member_number.text())
        self._give(job, *lines)

    def _end(self, coverage: Coverage) -> None:
        ended = replace(coverage, until=self._clinic.today())
        self._give(partial(save_coverage, self._clinic, ended))

    def _add_authorization(self) -> None:
        lines = (self.number, self.visits, self.since, self.until)
        if self._is_pressed_again(lines):
            return
        self._tell({}, "")
        if not (self.since.read_text() and self.until.read_text()):
            return
        typed = self.visits.text().strip()
        if typed and not (typed.isascii() and typed.isdecimal()):
            fault = Fault("value.not_a_number", "authorization.visits", values={"value": typed[:20]})
            self._tell({"authorization.visits": sentence(fault)}, "")
            return
        granted = Authorization(
            coverage_id=self.of_payer.currentData() or 0,
            number=self.number.text(),
            visits=int(typed) if typed else None,
            since=self.since.day,
            until=self.until.day,
        )
        job = partial(save_authorization, self._clinic, granted)
        self._give(job, *lines)

    def _remove(self, granted: Authorization) -> None:
        self._give(partial(remove_authorization, self._clinic, granted))

    def _give(self, job: Callable[[], object], *lines: QLineEdit) -> None:
        """Have the writer do what was typed into `lines`; a second press does not do it again."""
        stored = partial(self._stored, lines, _texts(lines))
        self._tasks.write_in_turn(self, job, stored, self._refused)

    def _stored(self, lines: Sequence[QLineEdit], typed: tuple[str, ...], _what: object) -> None:
        # What was typed since is not stored yet.
        if typed == _texts(lines):
            self._clear(lines)
            self._emptied.add(lines)
        self._tell({}, "")
        self._look()

    def _is_pressed_again(self, lines: Sequence[QLineEdit]) -> bool:
        """Whether nothing was typed since these were stored: this is the second half of a double press."""
        is_again = lines in self._emptied and not any(_texts(lines))
        if is_again:
            lines[0].setFocus()
        return is_again

    def _clear(self, lines: Sequence[QLineEdit]) -> None:
        for line in lines:
            if line is self.payer:
                self._new_payer = ""
                self.payer.set_current(None)
            elif isinstance(line, DateField):
                line.set_date(None)
            else:
                line.clear()

    def _refused(self, error: Exception) -> None:
        faults = faults_by_field(error)
        self._tell(faults, "" if faults else sentence_for(error))

    def _tell(self, faults: dict[str, str], problem: str) -> None:
        for name, field in self.fields.items():
            field.set_fault(faults.get(name, ""))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))


def _texts(lines: Sequence[QLineEdit]) -> tuple[str, ...]:
    return tuple(line.text() for line in lines)
