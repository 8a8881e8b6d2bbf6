"""The patient's comparable signs: what is re-tested after the treatment, in the patient's own measure."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton, QWidget

from ptnotes.domain.errors import InputError
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import ComparableSign, Phase, TreatmentSession
from ptnotes.domain.wording import sign_change
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.cells import ValueCell, leave_undo_to_screen
from ptnotes.ui.charting.row_table import RowEditor, RowTable
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label

_HEADS = ("Sign", "Last", "Before", "After", "Change", "")
Pair = tuple[ComparableSign | None, ComparableSign | None]


class SignRow(RowEditor[Pair]):
    """One sign: its words, and its value before and after as written."""

    def __init__(
        self, table: QWidget, pair: int, state: DraftState, theme: Theme, last: str, remove: QToolButton
    ) -> None:
        super().__init__(table)
        self._pair = pair
        self._state = state
        self.words = ValueCell(_read_words, "Comparable sign", parent=table)
        self.before = ValueCell(_read_value, "Comparable sign, before", boxed=True, parent=table)
        self.after = ValueCell(_read_value, "Comparable sign, after", boxed=True, parent=table)
        self.change = Label("", "small", parent=table)
        last_time = Label(last, "small", parent=table)
        self.cells = [self.words, last_time, self.before, self.after, self.change, remove]
        self.words.typed.connect(self._words_typed)
        self.before.typed.connect(partial(self._value_typed, Phase.BEFORE))
        self.after.typed.connect(partial(self._value_typed, Phase.AFTER))
        for cell in (self.words, self.before, self.after):
            cell.fault_changed.connect(partial(self.set_fault, cell))
            cell.left.connect(state.end_step)
        for cell in (self.before, self.after):
            cell.setMinimumWidth(theme.px(56))

    @override
    def tab_stops(self) -> list[QWidget]:
        return [self.words, self.before, self.after]

    @override
    def show_row(self, row: Pair) -> None:
        if row == self.shown:
            return
        self.shown = row
        words = next(sign.words for sign in row if sign is not None)
        self.words.show_value(words, words)
        for cell, sign, phase in ((self.before, row[0], "before"), (self.after, row[1], "after")):
            value = sign.value if sign is not None else ""
            cell.show_value(value, value)
            cell.setAccessibleName(f"{words}: {phase}")
        before, after = (sign.value if sign is not None else "" for sign in row)
        self.change.setText(sign_change(before, after))

    def _words_typed(self, words: str) -> None:
        self._state.put(edits.change_sign(self._state.session, self._pair, words), ("sign", self._pair))

    def _value_typed(self, phase: Phase, value: str) -> None:
        self._state.put(
            edits.set_sign(self._state.session, self._pair, phase, value), ("sign", self._pair, phase)
        )


class SignTable(RowTable[Pair]):
    """The signs charted."""

    def __init__(
        self, state: DraftState, last: TreatmentSession | None, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(theme, _HEADS, stretch=(5, 2, 2, 2, 1, 0), parent=parent)
        self._state = state
        self._last = {words: value for words, value in _last_signs(last) if value}

    @override
    def key_of(self, row: Pair) -> int:
        return next(sign.pair for sign in row if sign is not None)

    @override
    def make_editor(self, row: Pair) -> RowEditor[Pair]:
        pair = self.key_of(row)
        words = next(sign.words for sign in row if sign is not None)
        remove = self.remove_button("Remove this sign", pair)
        return SignRow(self, pair, self._state, self.theme, self._last.get(words, ""), remove)


class SignCard(Card):
    """Comparable signs; those of the last visit are offered to be tested again, without their values."""

    def __init__(
        self, state: DraftState, last: TreatmentSession | None, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Comparable sign", "the patient's own test", parent)
        self._state = state
        self._last_words = [words for words, _ in _last_signs(last)]
        self.table = SignTable(state, last, theme, self)
        self.table.next_asked.connect(self.start_row)
        self.table.removal_asked.connect(self._remove)
        self.add = QLineEdit(self)
        self.add.setPlaceholderText("Add a sign, such as “tie left shoe” …")
        self.add.setAccessibleName("Add a comparable sign")
        leave_undo_to_screen(self.add)
        self.add.returnPressed.connect(self._add_typed)
        self.add.editingFinished.connect(self._add_typed)
        self.fault = Label("", "fault", wraps=True, parent=self)
        self.fault.hide()
        self.body.addWidget(self.table)
        self.body.addWidget(self.add)
        self.body.addWidget(self.fault)
        self.last_rows: list[QPushButton] = []
        for words in self._last_words:
            button = QPushButton(words, self)
            button.setProperty("type", "ghost")
            button.setAccessibleName(f"Test again: {words}")
            button.clicked.connect(partial(self._test_again, words))
            self.last_rows.append(button)
            self.body.addWidget(button)
        state.changed.connect(self._changed)
        self._show()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [*self.table.tab_stops(), self.add, *self.last_rows]

    def start_row(self) -> None:
        """Put the focus where the next sign is begun."""
        self.add.setFocus()

    def _add_typed(self) -> None:
        typed = self.add.text()
        if not typed.strip():
            return
        try:
            session = edits.add_sign(self._state.session, typed)
        except InputError as error:
            self.fault.setText(sentence_for(error))
            self.fault.show()
            return
        self.add.clear()
        self.fault.hide()
        self._put_new(session)

    def _test_again(self, words: str) -> None:
        self._put_new(edits.add_sign(self._state.session, words))

    def _put_new(self, session: TreatmentSession) -> None:
        self._state.put(session)
        QTimer.singleShot(0, self, partial(self._work_on, session.comparable_signs[-1].pair))

    def _work_on(self, pair: int) -> None:
        if pair in self.table.editors:
            self.table.focus_row(pair, 2)

    def _remove(self, pair: int) -> None:
        self._state.put(edits.remove_sign(self._state.session, pair))
        self.start_row()

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.comparable_signs is not after.comparable_signs:
            self._show()

    def _show(self) -> None:
        pairs = edits.sign_pairs(self._state.session)
        self.table.show_rows(pairs)
        charted = {sign.words for sign in self._state.session.comparable_signs}
        for button, words in zip(self.last_rows, self._last_words, strict=True):
            button.setVisible(words not in charted)


def _last_signs(last: TreatmentSession | None) -> list[tuple[str, str]]:
    """(words, value before → after) of the last visit's signs."""
    found = []
    for pair in edits.sign_pairs(last) if last is not None else ():
        values = [sign.value for sign in pair if sign is not None and sign.value]
        found.append((next(sign.words for sign in pair if sign is not None), " → ".join(values)))
    return found


def _read_words(text: str) -> str:
    return clean_line(text, "comparable_sign.words", required=True)


def _read_value(text: str) -> str:
    return clean_line(text, "comparable_sign.value")
