"""Outcome measures: questionnaires entered as their total with its date, or answered item by item."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.episode import EpisodeOfCare, OutcomeScore
from ptnotes.domain.errors import Fault
from ptnotes.domain.outcomes import PSFS, has_items
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import typed_number
from ptnotes.domain.wording import full_date, number
from ptnotes.services.episodes import record_outcome
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.episode.outcome_items import OutcomeItems
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.pick_list import PickItem, PickList
from ptnotes.ui.widgets.table import GridTable


class OutcomeCard(Card):
    """Lists the totals of an episode and takes a new one; emits `recorded` with the stored score."""

    recorded = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks) -> None:
        super().__init__("Outcome measures", "answered questionnaires")
        self._clinic = clinic
        self._tasks = tasks
        self._episode_id: int | None = None
        self._scores: tuple[OutcomeScore, ...] = ()
        self._left: tuple[object, ...] = ()
        """What the fields said once a total was recorded."""
        self.none = Label("No questionnaire scored yet.", "muted")
        self.table = GridTable(("Measure", "Date", "Total", ""), numeric=(2,))
        self.body.addWidget(self.none)
        self.body.addWidget(self.table)
        self.measure = PickList(self._find, placeholder="such as ODI")
        self.subscale = QComboBox()
        self.total = QLineEdit()
        self.taken_on = DateField(clinic.today)
        self.taken_on.set_date(clinic.today())
        self.add = QPushButton("Record")
        self.measure_field = FieldWithFault("Measure", self.measure)
        self.subscale_field = FieldWithFault("Part", self.subscale)
        self.total_field = FieldWithFault("Total", self.total)
        self.date_field = FieldWithFault("Date", self.taken_on)
        self.taken_on.problem_changed.connect(self.date_field.set_fault)
        line = QHBoxLayout()
        line.setSpacing(12)
        for field in (self.measure_field, self.subscale_field, self.date_field, self.total_field):
            line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(line)
        self.items = OutcomeItems(clinic.reference)
        self.items.finished.connect(self._record)
        self.body.addWidget(self.items)
        self.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignRight)
        self.subscale_field.hide()
        self.measure.chosen.connect(self._measure_chosen)
        self.measure.fault_changed.connect(self.measure_field.set_fault)
        self.add.clicked.connect(self._record)
        self.total.returnPressed.connect(self._record)

    def show_scores(self, episode: EpisodeOfCare, scores: tuple[OutcomeScore, ...]) -> None:
        """Show the totals of this episode."""
        another = episode.id != self._episode_id
        self._episode_id = episode.id
        self._scores = scores
        if another:
            # A total is one patient's, and so are the words of activities.
            self.total.clear()
            self.total_field.set_fault("")
        if another and self.items.measure:
            self.items.ask(self.items.measure, self._last_answered(self.items.measure))
        measures = self._clinic.reference.measures
        rows = []
        for score in scores:
            measure = measures[score.measure]
            part = next((part.label for part in measure.subscales if part.id == score.subscale), "")
            name = f"{measure.abbreviation}, {part}" if part else measure.abbreviation
            unit = "%" if measure.unit == "percent" else measure.unit
            told = _answers_words(score)
            rows.append((_named(name, told), full_date(score.taken_on), number(score.total), unit))
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.none.setVisible(not rows)

    def _find(self, text: str) -> list[PickItem]:
        found = self._clinic.reference.find("measures", text)
        return [PickItem(entry.id, entry.abbreviation, entry.label, entry.aliases) for entry in found]

    def _measure_chosen(self, measure_id: str) -> None:
        self.subscale.clear()
        measure = self._clinic.reference.measures.get(measure_id)
        parts = measure.subscales if measure is not None else ()
        for part in parts:
            self.subscale.addItem(part.label, part.id)
        self.subscale_field.setVisible(bool(parts))
        asked = measure_id if has_items(self._clinic.reference, measure_id) else ""
        self.items.ask(asked, self._last_answered(asked))
        self.total_field.setVisible(not asked)
        if measure is None:
            self.total_field.set_hint("")
            return
        better = "higher is better" if measure.direction.startswith("higher") else "lower is better"
        unit = "%" if measure.unit == "percent" else f" {measure.unit}"
        self.total_field.set_hint(f"{measure.score_min} to {measure.score_max}{unit}; {better}")

    def _last_answered(self, measure: str) -> OutcomeScore | None:
        """The newest taking of a measure that was answered item by item."""
        answered = (score for score in reversed(self._scores) if score.measure == measure and score.items)
        return next(answered, None)

    def _record(self) -> None:
        if self._typed() == self._left:
            # Nothing was typed since: this is the second half of a double press, not a questionnaire without a total.
            return
        if not self.measure.settle():
            return
        self.measure_field.set_fault("")
        self.total_field.set_fault("")
        measure, total = self.measure.current_id, typed_number(self.total.text())
        items = self.items.read() if self.items.measure else ()
        if self.items.measure:
            # What is asked item by item has the total that its items make.
            total = Decimal(0)
        readable = self.taken_on.read_text()
        if measure is None:
            self.measure_field.set_fault(sentence(Fault("text.empty", "outcome.measure")))
        if total is None:
            code = "value.not_a_number" if self.total.text().strip() else "text.empty"
            self.total_field.set_fault(
                sentence(Fault(code, "outcome.total", values={"value": self.total.text()[:20]}))
            )
        if self.taken_on.day is None and readable:
            self.date_field.set_fault(sentence(Fault("text.empty", "outcome.taken_on")))
        day = self.taken_on.day
        if items is None or measure is None or total is None or day is None or not readable:
            return
        if self._episode_id is None:
            return
        score = OutcomeScore(
            episode_id=self._episode_id,
            measure=measure,
            subscale=self.subscale.currentData() or "",
            taken_on=day,
            total=total,
            items=items,
        )
        job = partial(record_outcome, self._clinic, score)
        recorded = partial(self._recorded, self._typed())
        self._tasks.write_in_turn(self, job, recorded, self._refused)

    def _typed(self) -> tuple[object, ...]:
        fields = (self.measure.text(), self.subscale.currentData(), self.taken_on.text(), self.total.text())
        return self._episode_id, *fields, self.items.typed()

    def _recorded(self, typed: tuple[object, ...], score: OutcomeScore) -> None:
        # Another one may be begun by now.
        if typed == self._typed():
            self.total.clear()
            if self.items.measure == score.measure:
                self.items.ask(score.measure, score)
            self._left = self._typed()
        self.recorded.emit(score)

    def _refused(self, error: Exception) -> None:
        faults = faults_by_field(error)
        self.date_field.set_fault(faults.get("outcome.taken_on", ""))
        told = self.items.show_faults(faults)
        self.subscale_field.set_fault(faults.get("outcome.subscale", ""))
        others = "" if told or faults else sentence_for(error)
        self.total_field.set_fault(faults.get("outcome.total", others))


def _answers_words(score: OutcomeScore) -> str:
    """The activities and their ratings in a line: ``Sitting 3, Stairs not rated``; empty for any other measure."""
    if score.measure != PSFS:
        return ""
    return ", ".join(
        f"{item.words} {number(item.value) if item.value is not None else 'not rated'}"
        for item in score.items
    )


def _named(name: str, told: str) -> str | QWidget:
    """A measure's name, with what was answered below it."""
    if not told:
        return name
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(Label(name))
    column.addWidget(Label(told, "small", wraps=True))
    return both
