"""The tests of an examination: one row a test, with what was found left, in the middle and right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.exam_entry import values_hint
from ptnotes.domain.examination import (
    KIND_WORDS,
    ExamLine,
    LineKey,
    finding_note,
    label_of,
    read_value,
    sides_of,
    value_names,
    value_text,
    values_of,
)
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import Side
from ptnotes.domain.wording import side_words
from ptnotes.ui.charting import exam_edits
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.row_table import Elided, RowEditor, RowTable
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.keys import EXAM
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme

_HEADS = ("Test", "Last", "Left", "Middle", "Right", "")
_SIDES: tuple[Side | None, ...] = (Side.LEFT, None, Side.RIGHT)
_VALUE_PX = 62
_SHORT = {"hypomobile": "hypo", "hypermobile": "hyper"}
"""Words that a cell shows shortened; the row's tool tip and everything that is printed say them in full."""

Put = Callable[[LineKey, str, object], None]


class FindingCell(ValueCell):
    """A value at one side. The key for normal is taken here and told by `normal_asked`."""

    normal_asked = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if EXAM.pressed(event) == "normal":
            self.normal_asked.emit()
            return
        super().keyPressEvent(event)


class ExamRow(RowEditor[ExamLine]):
    """Shows one test and says each change: `value(side, value)`, `words(words)`, `normal()`."""

    value_said = Signal(object, object)
    words_said = Signal(object)
    normal_asked = Signal()

    def __init__(
        self,
        table: QWidget,
        line: ExamLine,
        *,
        reference: Reference,
        theme: Theme,
        last: tuple[str, str],
        left: Callable[[], None],
        remove: QToolButton,
    ) -> None:
        super().__init__(table)
        self._reference = reference
        self._kind = line.kind
        self._left = left
        self.group = KIND_WORDS[line.kind]
        self.label = label_of(reference, line) or KIND_WORDS[line.kind]
        name = Elided(self.label, table)
        name.setContentsMargins(theme.px(5), 0, 0, 0)
        name.setMinimumWidth(theme.px(90))
        note = finding_note(reference, line.kind)
        name.setToolTip(f"{self.label}\n{note}" if note else self.label)
        earlier = Elided(last[0], table)
        earlier.set_kind("small")
        earlier.setToolTip(": ".join(reversed(last)) if last[0] else "")
        self.values: dict[Side | None, FindingCell] = {}
        self.cells = [name, earlier, *(self._place(side, theme, table) for side in _SIDES), remove]
        self.words = ValueCell(_read_words, f"{self.label}: what more was found", parent=self.below)
        self.words.setPlaceholderText(
            "what was felt" if not self.values else "pain with it, how far, what was felt …"
        )
        self.words.typed.connect(self.words_said)
        self.words.fault_changed.connect(partial(self.set_fault, self.words))
        self.words.left.connect(left)
        self.below.add(self.words)
        self.words.hide()

    def _place(self, side: Side | None, theme: Theme, table: QWidget) -> QWidget:
        """A cell where the test can be found at that side, else nothing in its place."""
        if not values_of(self._reference, self._kind) or side not in sides_of(self._kind):
            return QWidget(table)
        where = side_words(side) if side is not None else "in the middle, or without a side"
        cell = FindingCell(self._read, f"{self.label}: {where}", boxed=True, parent=table)
        cell.fix_width(theme.px(_VALUE_PX))
        cell.setToolTip(
            "\n".join([*value_names(self._reference, self._kind).values(), "= marks the row as normal"])
        )
        cell.typed.connect(partial(self.value_said.emit, side))
        cell.normal_asked.connect(self.normal_asked)
        cell.fault_changed.connect(partial(self.set_fault, cell))
        cell.left.connect(self._left)
        self.values[side] = cell
        return cell

    @override
    def tab_stops(self) -> list[QWidget]:
        return [*self.values.values(), self.words]

    def first_blank(self, side: Side | None = None) -> QWidget:
        """Where a value is missing, at `side` where there is one; else the words."""
        if self.shown is None or not self.values:
            return self.words
        said = {_cell_side(found.side) for found in self.shown.findings if found.value}
        if side in self.values and side not in said:
            return self.values[side]
        # A test that has sides is found left and right; the middle is the exception.
        order = [each for each in (Side.LEFT, Side.RIGHT, None) if each in self.values]
        return next((self.values[each] for each in order if each not in said), self.words)

    @override
    def show_row(self, row: ExamLine) -> None:
        if row == self.shown:
            return
        self.shown = row
        for side, found in ((Side.LEFT, row.left), (None, row.middle), (Side.RIGHT, row.right)):
            cell = self.values.get(side)
            if cell is not None:
                value = found.value if found is not None else ""
                cell.show_value(self._shown_value(value, found.side if found is not None else None), value)
        self.words.show_value(row.words, row.words)
        self.open_words(self.words.hasFocus() or any(cell.hasFocus() for cell in self.values.values()))

    def _shown_value(self, value: str, side: Side | None) -> str:
        text = _SHORT.get(value, value_text(self._reference, self._kind, value))
        return f"{text} both" if text and side is Side.BILATERAL else text

    def open_words(self, wanted: bool) -> None:
        """Show the line for words while the row is worked on, where it says something, and where words are all."""
        self.words.setVisible(wanted or not self.values or bool(self.shown and self.shown.words))
        self.below.settle()

    def _read(self, text: str) -> str:
        if not text.strip():
            return ""
        value = read_value(self._reference, self._kind, text)
        if value is None:
            hint = values_hint(self._reference, self._kind)
            raise InputError(
                Fault("finding.value", "finding.value", values={"value": text[:20], "values": hint})
            )
        return value


class ExamTable(RowTable[ExamLine]):
    """The tests listed. `last` gives what an earlier visit found of a test, in words, and its day."""

    def __init__(
        self,
        state: DraftState,
        reference: Reference,
        theme: Theme,
        last: Callable[[LineKey], tuple[str, str]],
        parent: QWidget,
    ) -> None:
        super().__init__(theme, _HEADS, stretch=(6, 3, 0, 0, 0, 0), parent=parent)
        self._state = state
        self._reference = reference
        self._last = last
        self.focus_moved.connect(self._open_words)

    @override
    def key_of(self, row: ExamLine) -> LineKey:
        return row.key

    @override
    def make_editor(self, row: ExamLine) -> RowEditor[ExamLine]:
        key = row.key
        remove = self.remove_button("Remove this test", row.findings[0].row)
        remove.clicked.disconnect()
        remove.clicked.connect(partial(self._remove_asked, key))
        editor = ExamRow(
            self,
            row,
            reference=self._reference,
            theme=self.theme,
            last=self._last(key),
            left=self._state.end_step,
            remove=remove,
        )
        editor.value_said.connect(partial(self._value_said, key))
        editor.words_said.connect(partial(self._words_said, key))
        editor.normal_asked.connect(partial(self._normal_asked, key))
        return editor

    def _remove_asked(self, key: LineKey, _checked: bool = False) -> None:
        self.removal_asked.emit(key)

    def _value_said(self, key: LineKey, side: Side | None, value: str) -> None:
        session = exam_edits.set_value(self._state.session, key, side, value)
        self._state.put(session, ("finding", key, side))

    def _words_said(self, key: LineKey, words: str) -> None:
        self._state.put(exam_edits.set_words(self._state.session, key, words), ("finding", key, "words"))

    def _normal_asked(self, key: LineKey) -> None:
        self._state.put(exam_edits.mark_normal(self._state.session, key))

    def _open_words(self, editor: object, holds_focus: bool) -> None:
        if isinstance(editor, ExamRow):
            editor.open_words(holds_focus)


def _cell_side(side: Side | None) -> Side | None:
    return side if side in (Side.LEFT, Side.RIGHT) else None


def _read_words(text: str) -> str:
    return clean_line(text, "finding.words")
