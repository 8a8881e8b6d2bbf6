"""How the symptoms behave, as the patient tells it: irritability, what makes them worse or better, and 24 hours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QGridLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.exam_entry import values_hint
from ptnotes.domain.examination import BEHAVIOURS, behaviour, irritability, read_value
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import FindingKind, TreatmentSession
from ptnotes.domain.wording import day_and_month
from ptnotes.ui.charting import exam_edits
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import FaultLabel, Label

_PLACES = {
    "aggravating": (1, 0, 3),
    "easing": (2, 0, 3),
    "morning": (3, 0, 1),
    "day": (3, 2, 1),
    "evening": (4, 0, 1),
    "night": (4, 2, 1),
}
"""Row and column of each label, and over how many columns its field goes."""


class BehaviourPart(QWidget):
    """One field an answer. What was told at an earlier visit stands in it in grey, with its day in the tool tip."""

    def __init__(
        self,
        state: DraftState,
        earlier: Sequence[TreatmentSession],
        reference: Reference,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._reference = reference
        self._faults: dict[QWidget, str] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.space(2))
        grid.setVerticalSpacing(theme.px(2))
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        self.level = ValueCell(self._read_level, "Irritability", boxed=True, parent=self)
        self.level.setPlaceholderText(values_hint(reference, FindingKind.IRRITABILITY))
        self.why = ValueCell(
            _read_words, "Irritability: what provokes it, and how long it lasts", parent=self
        )
        self.why.setPlaceholderText("what provokes it, how long it lasts …")
        grid.addWidget(Label("Irritability", "small", parent=self), 0, 0)
        grid.addWidget(self.level, 0, 1)
        grid.addWidget(self.why, 0, 2, 1, 2)
        self.answers: dict[str, ValueCell] = {}
        for test, (line, column, span) in _PLACES.items():
            label = BEHAVIOURS[test]
            cell = ValueCell(_read_words, label, boxed=True, parent=self)
            cell.typed.connect(partial(self._answered, test))
            grid.addWidget(Label(label, "small", parent=self), line, column)
            grid.addWidget(cell, line, column + 1, 1, span)
            self.answers[test] = cell
        self._fault = FaultLabel(self)
        grid.addWidget(self._fault, 5, 0, 1, 4)
        self.level.typed.connect(self._level_typed)
        self.why.typed.connect(self._why_typed)
        for cell in (self.level, self.why, *self.answers.values()):
            cell.left.connect(state.end_step)
            cell.fault_changed.connect(partial(self._say, cell))
        self._show_earlier(earlier)
        self.show_visit(state.session)

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [self.level, self.why, *self.answers.values()]

    def show_visit(self, session: TreatmentSession) -> None:
        """Show what was told at the visit."""
        found = irritability(session)
        value, words = (found.value, found.words) if found is not None else ("", "")
        self.level.show_value(value, value)
        self.why.show_value(words, words)
        told = behaviour(session)
        for test, cell in self.answers.items():
            words = told.get(test, "")
            cell.show_value(words, words)

    def _show_earlier(self, earlier: Sequence[TreatmentSession]) -> None:
        for test, cell in self.answers.items():
            for session in earlier:
                if words := behaviour(session).get(test):
                    told = f"{day_and_month(session.service_date)}: {words}"
                    cell.setPlaceholderText(told)
                    cell.setToolTip(told)
                    break
        for session in earlier:
            found = irritability(session)
            if found is not None and found.value:
                day = day_and_month(session.service_date)
                self.level.setPlaceholderText(f"{day}: {found.value}")
                if found.words:
                    self.why.setPlaceholderText(f"{day}: {found.words}")
                break

    def _level_typed(self, value: str) -> None:
        found = irritability(self._state.session)
        words = found.words if found is not None else ""
        self._state.put(
            exam_edits.set_irritability(self._state.session, value, words), ("irritability", "value")
        )

    def _why_typed(self, words: str) -> None:
        found = irritability(self._state.session)
        value = found.value if found is not None else ""
        self._state.put(
            exam_edits.set_irritability(self._state.session, value, words), ("irritability", "words")
        )

    def _answered(self, test: str, words: str) -> None:
        self._state.put(exam_edits.set_behaviour(self._state.session, test, words), ("behaviour", test))

    def _read_level(self, text: str) -> str:
        if not text.strip():
            return ""
        value = read_value(self._reference, FindingKind.IRRITABILITY, text)
        if value is None:
            hint = values_hint(self._reference, FindingKind.IRRITABILITY)
            raise InputError(
                Fault("finding.value", "finding.value", values={"value": text[:20], "values": hint})
            )
        return value

    def _say(self, cell: QWidget, fault: str) -> None:
        self._faults[cell] = fault
        self._fault.say(" ".join(text for text in self._faults.values() if text))


def _read_words(text: str) -> str:
    return clean_line(text, "finding.words")
