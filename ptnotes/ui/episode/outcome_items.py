"""The items of a questionnaire that is answered here: one row each, and the total that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPushButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.episode import OutcomeItem, OutcomeScore
from ptnotes.domain.errors import Fault
from ptnotes.domain.outcomes import GROC, GROC_WORDS, NPRS, PSFS, average_pain, items_asked, total_of
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import LINE_LIMIT, typed_number
from ptnotes.domain.wording import MINUS, day_and_month, how_many, number
from ptnotes.ui.widgets.labels import FaultLabel, Label

_ANSWER_PX = 64
_LINE_LETTERS = LINE_LIMIT * 20


class OutcomeItems(QWidget):
    """Shows blank items, beside each its answer at the taking before; `finished` is Enter in the last of them."""

    finished = Signal()

    def __init__(self, reference: Reference, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reference = reference
        self._measure = ""
        self._items: tuple[OutcomeItem, ...] = ()
        self._last: dict[str, str] = {}
        self.words: list[QLineEdit | Label] = []
        self.answers: list[QLineEdit | QComboBox] = []
        self._faults: list[FaultLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.more = QPushButton("Add an activity", self)
        self.more.setProperty("type", "quiet")
        self.more.clicked.connect(self._add_activity)
        self.total = Label("", "small", wraps=True, parent=self)
        self.hide()

    @property
    def measure(self) -> str:
        """The measure whose items are asked, empty where none is."""
        return self._measure

    def ask(self, measure: str, last: OutcomeScore | None) -> None:
        """Ask the items of a measure, each blank; of an empty one nothing. `last` is the taking before."""
        self._measure = measure
        self._last = {}
        if last is not None:
            on = day_and_month(last.taken_on)
            self._last = {
                item.item: f"{on}: {_signed(self._measure, item.value)}"
                if item.value is not None
                else f"{on}: –"
                for item in last.items
            }
        self._items = (
            items_asked(self._reference, measure, last.items if last is not None else ()) if measure else ()
        )
        self._build()
        self.setVisible(bool(measure))

    def read(self) -> tuple[OutcomeItem, ...] | None:
        """The items as they are answered; None where one is no number, which is said beside it."""
        found, wrong = [], False
        for place, item in enumerate(self._items):
            value, typed = self._value(place)
            words = self.words[place].text() if self._measure == PSFS else item.words
            self._faults[place].say("")
            if value is None and typed:
                fault = Fault("value.not_a_number", f"outcome.{item.item}", values={"value": typed[:20]})
                self._faults[place].say(sentence(fault))
                wrong = True
            found.append(replace(item, words=words, value=value))
        return None if wrong else tuple(found)

    def typed(self) -> tuple[str, ...]:
        """What stands in the fields, as it is typed."""
        words = tuple(line.text() for line in self.words)
        return words + tuple(
            answer.currentText() if isinstance(answer, QComboBox) else answer.text()
            for answer in self.answers
        )

    def show_faults(self, faults: Mapping[str, str]) -> bool:
        """Say what is wrong beside its item, and whether any of it was about an item."""
        said = False
        for item, label in zip(self._items, self._faults, strict=True):
            fault = faults.get(f"outcome.{item.item}", "")
            label.say(fault)
            said = said or bool(fault)
        return said

    def _value(self, place: int) -> tuple[Decimal | None, str]:
        """The answer, and what was typed for it."""
        answer = self.answers[place]
        if isinstance(answer, QComboBox):
            chosen = answer.currentData()
            return (None if chosen is None else Decimal(chosen)), ""
        return typed_number(answer.text()), answer.text().strip()

    def _build(self) -> None:
        while (cell := self._grid.takeAt(0)) is not None:
            widget = cell.widget()
            if widget is not None and widget not in (self.more, self.total):
                widget.hide()
                widget.deleteLater()
        self.words, self.answers, self._faults = [], [], []
        for place in range(len(self._items)):
            self._build_row(place)
        most = self._reference.measures[self._measure].items_max or 0 if self._measure else 0
        line = 2 * len(self._items)
        self._grid.addWidget(self.more, line, 0, Qt.AlignmentFlag.AlignLeft)
        self.more.setVisible(self._measure == PSFS and len(self._items) < most)
        self._grid.addWidget(self.total, line + 1, 0, 1, 3)
        self._say_total()

    def _build_row(self, place: int) -> None:
        item, line = self._items[place], 2 * place
        words: QLineEdit | Label
        if self._measure == PSFS:
            words = QLineEdit(item.words, self)
            words.setPlaceholderText("an activity, in the patient’s words")
            words.setAccessibleName(f"Activity {place + 1}")
            words.setMaxLength(_LINE_LETTERS)
            words.textEdited.connect(self._say_total)
        else:
            words = Label(item.words, parent=self)
        answer: QLineEdit | QComboBox
        if self._measure == GROC:
            answer = QComboBox(self)
            answer.addItem("not answered", None)
            for step in sorted(GROC_WORDS, reverse=True):
                answer.addItem(f"{_signed(GROC, Decimal(step))}  {GROC_WORDS[step]}", step)
            answer.currentIndexChanged.connect(self._say_total)
        else:
            answer = QLineEdit(self)
            answer.setPlaceholderText("0–10")
            answer.setMaxLength(12)
            answer.setFixedWidth(_ANSWER_PX * self.fontMetrics().height() // 16)
            answer.setAlignment(Qt.AlignmentFlag.AlignRight)
            answer.textEdited.connect(self._say_total)
            answer.returnPressed.connect(partial(self._go_on, place))
        answer.setAccessibleName(f"Answer: {item.words or f'activity {place + 1}'}")
        fault = FaultLabel(self)
        self._grid.addWidget(words, line, 0)
        self._grid.addWidget(Label(self._last.get(item.item, ""), "small", parent=self), line, 1)
        self._grid.addWidget(answer, line, 2)
        self._grid.addWidget(fault, line + 1, 0, 1, 3)
        for widget in (words, answer):
            widget.show()
        self.words.append(words)
        self.answers.append(answer)
        self._faults.append(fault)

    def _go_on(self, place: int) -> None:
        if place + 1 < len(self.answers):
            self.answers[place + 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.finished.emit()

    def _add_activity(self) -> None:
        kept = self.read() or self._items
        numbers = [int(item.item.rpartition("_")[2]) for item in self._items]
        self._items = (*self._items, OutcomeItem(item=f"activity_{max(numbers, default=0) + 1}"))
        self._build()
        for place, item in enumerate(kept):
            words, answer = self.words[place], self.answers[place]
            words.setText(item.words)
            if isinstance(answer, QLineEdit) and item.value is not None:
                answer.setText(number(item.value))
        self._say_total()
        self.words[-1].setFocus(Qt.FocusReason.TabFocusReason)

    def _say_total(self) -> None:
        if not self._measure:
            return
        answered = tuple(replace(item, value=self._value(place)[0]) for place, item in enumerate(self._items))
        self.total.setText(_total_words(self._measure, answered))


def _total_words(measure: str, items: tuple[OutcomeItem, ...]) -> str:
    total = total_of(measure, items)
    count = sum(item.value is not None for item in items)
    if measure == PSFS:
        if total is None:
            return "0 unable, 10 as before the problem. What is left out stays blank."
        rated = how_many(count, "activity", "activities")
        return f"Average of {rated}: {number(total)}"
    if measure == NPRS:
        average = average_pain(items)
        told = f"Score: {number(total)}" if total is not None else "The score is pain now."
        return f"{told} · average of the three: {number(average)}" if average is not None else told
    return ""


def _signed(measure: str, value: Decimal) -> str:
    text = number(value)
    return f"+{text}" if measure == GROC and value > 0 and not text.startswith(MINUS) else text
