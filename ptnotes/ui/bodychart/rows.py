"""The marks of the body chart one by one: each can be chosen, spoken of and taken away without a mouse."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from ptnotes.domain.errors import InputError
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import BodyMark
from ptnotes.ui.bodychart.canvas import press
from ptnotes.ui.bodychart.charting import BodyCharting
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import FaultLabel


class MarkButton(QPushButton):
    """One mark in words, cut short where there is no room; its whole text is its name and its tool tip."""

    area_asked = Signal()

    def __init__(self, charting: BodyCharting, row: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._charting = charting
        self._row = row
        self._words = ""
        self.setProperty("type", "row")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._choose)

    def show_mark(self, words: str, name: str, *, is_chosen: bool) -> None:
        """Show the mark's words, and whether the keys act on it; `name` says also what stands beside it."""
        self.setChecked(is_chosen)
        self.setAccessibleName(name)
        if words != self._words:
            self._words = words
            self.setToolTip(words)
            self._fit()

    def _choose(self) -> None:
        self._charting.choose(self._row)
        self.setChecked(True)

    def _fit(self) -> None:
        room = self.width() - 3 * self.fontMetrics().averageCharWidth()
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        # A button would take the & of P&N for the sign of a key.
        self.setText(shown.replace("&", "&&"))

    @override
    def sizeHint(self) -> QSize:
        # As high as any text, whatever the words.
        return QSize(self.fontMetrics().averageCharWidth() * 24, super().sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._charting.choose(self._row)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press(self._charting, event, self.area_asked.emit):
            super().keyPressEvent(event)


class MarkRows(QWidget):
    """A line a mark: the mark, words for how it belongs to others, and a button that takes it away."""

    area_asked = Signal()
    rows_changed = Signal()

    def __init__(self, charting: BodyCharting, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._charting = charting
        self._theme = theme
        self.buttons: dict[int, MarkButton] = {}
        self.words: dict[int, ValueCell] = {}
        self.removers: dict[int, QToolButton] = {}
        self._faults: dict[int, FaultLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.space(2))
        self._grid.setVerticalSpacing(theme.space(1))
        self._grid.setColumnStretch(0, 8)
        self._grid.setColumnStretch(1, 3)
        charting.changed.connect(self.show_marks)
        self.show_marks()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        rows = [mark.row for mark in self._charting.marks]
        return [field for row in rows for field in (self.buttons[row], self.words[row])]

    def show_marks(self) -> None:
        """Show the visit's marks; fields of a mark that stays are kept, so that the keyboard stays where it is."""
        marks, names = self._charting.marks, self._charting.names()
        short = self._charting.names(with_words=False)
        rows = [mark.row for mark in marks]
        is_other = rows != list(self.buttons)
        for row in [row for row in self.buttons if row not in rows]:
            self._take_out(row)
        for mark in marks:
            if mark.row not in self.buttons:
                self._put_in(mark)
        if is_other:
            # In the marks' order: what is more important stands above.
            self.buttons = {row: self.buttons[row] for row in rows}
            for place, row in enumerate(rows):
                for column, field in enumerate((self.buttons[row], self.words[row], self.removers[row])):
                    self._grid.addWidget(field, 2 * place, column)
                self._grid.addWidget(self._faults[row], 2 * place + 1, 0, 1, 3)
        for mark, words, name in zip(marks, short, names, strict=True):
            self.buttons[mark.row].show_mark(words, name, is_chosen=mark.row == self._charting.chosen)
            self.words[mark.row].show_value(mark.words, mark.words)
            self.words[mark.row].setAccessibleName(f"In words, {words}")
            self.removers[mark.row].setAccessibleName(f"Take away {name}")
        self.setVisible(bool(marks))
        if is_other:
            self.rows_changed.emit()

    def set_editable(self, editable: bool) -> None:
        """Let the marks be changed, or only be walked through."""
        for field in (*self.words.values(), *self.removers.values()):
            field.setEnabled(editable)

    def _put_in(self, mark: BodyMark) -> None:
        button = MarkButton(self._charting, mark.row, self)
        button.area_asked.connect(self.area_asked)
        words = ValueCell(_read_words, "In words", parent=self)
        words.setPlaceholderText("in words …")
        words.typed.connect(partial(self._typed, mark.row))
        words.left.connect(self._charting.end_step)
        fault = FaultLabel(self)
        words.fault_changed.connect(fault.say)
        remover = QToolButton(self)
        remover.setText("×")
        remover.setToolTip("Take the mark away (Delete)")
        remover.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        remover.clicked.connect(partial(self._remove, mark.row))
        self.buttons[mark.row], self.words[mark.row] = button, words
        self.removers[mark.row], self._faults[mark.row] = remover, fault
        for field in (words, remover):
            field.setEnabled(self._charting.is_editable)

    def _take_out(self, row: int) -> None:
        had_keys = self.buttons[row].hasFocus()
        for fields in (self.buttons, self.words, self.removers, self._faults):
            field = fields.pop(row)
            self._grid.removeWidget(field)
            field.hide()
            field.deleteLater()
        if had_keys and self._charting.chosen in self.buttons:
            self.buttons[self._charting.chosen].setFocus()

    def _typed(self, row: int, words: str) -> None:
        try:
            self._charting.set_words(row, words)
        except InputError as error:
            self._faults[row].say(sentence(error.faults[0]))

    def _remove(self, row: int) -> None:
        self._charting.choose(row)
        self._charting.act("remove")


def _read_words(text: str) -> str:
    return clean_line(text, "body_chart.words")
