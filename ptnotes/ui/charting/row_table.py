"""A table of rows that are edited in place: the base of the mobilization, exercise and intervention tables.

Widgets are made once a row and kept while the row exists; a change paints only the rows that differ.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.ui.charting.cells import popup_is_open
from ptnotes.ui.keys import TABLES
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label, Rule

R = TypeVar("R")


class Below(QWidget):
    """What stands under a row across the whole table: its sentence, and further fields while the row is worked on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(2)
        self._parts: list[QWidget] = []
        self._message: Label | None = None
        self.hide()

    def add(self, part: QWidget) -> None:
        """Put a further field under the row; it shows and hides itself and calls `settle`."""
        self._body.addWidget(part)
        self._parts.append(part)

    def say(self, text: str, *, warning: bool = False) -> None:
        """Show a sentence, or take it away."""
        if self._message is None:
            if not text:
                return
            self._message = Label("", "fault", wraps=True, parent=self)
            self._body.insertWidget(0, self._message)
            self._parts.append(self._message)
        self._message.set_kind("warning" if warning else "fault")
        self._message.setText(text)
        self._message.setVisible(bool(text))
        self.settle()

    def settle(self) -> None:
        """Show the whole only while it holds something."""
        self.setVisible(any(not part.isHidden() for part in self._parts))


class Elided(Label):
    """A line that ends in an ellipsis where its column is too narrow; the whole stands in its tool tip."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent=parent)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()


class RowEditor(QObject, Generic[R]):
    """The widgets of one row: `cells` stand in the columns, `below` across under them."""

    def __init__(self, table: QWidget) -> None:
        super().__init__(table)
        self.cells: list[QWidget] = []
        self.below = Below(table)
        self.shown: R | None = None
        self.group = ""
        """The words over the first of several rows that belong together, empty where rows are not grouped."""
        self.further: list[QWidget] = []
        """Fields below the row that Tab passes by: Down goes to them from the row, Up back."""
        self._faults: dict[QWidget, str] = {}
        self._warning = ""

    def show_row(self, row: R) -> None:
        """Paint what differs from what is shown."""
        raise NotImplementedError

    def set_fault(self, cell: QWidget, sentence: str) -> None:
        """Have a cell's sentence stand under the row."""
        self._faults[cell] = sentence
        self._say()

    def set_warning(self, sentence: str) -> None:
        """Have a sentence about the whole row stand under it, where no fault does."""
        if sentence != self._warning:
            self._warning = sentence
            self._say()

    def _say(self) -> None:
        faults = " ".join(text for text in self._faults.values() if text)
        self.below.say(faults or self._warning, warning=not faults)

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return self.cells

    def let_tab_in(self) -> None:
        """Have Tab go through the further fields while one of them has the keyboard, and past them otherwise."""
        inside = any(field.hasFocus() for field in self.further)
        for field in self.further:
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus if inside else Qt.FocusPolicy.ClickFocus)

    def open_further(self) -> None:
        """Show the further fields, where they are not shown anyway while the row is worked on."""

    def go_up(self, field: object) -> bool:
        """Go from a further field back to the row; False from any other."""
        if field not in self.further:
            return False
        self.tab_stops()[0].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def go_below(self, field: object) -> bool:
        """Go from the row to its further fields; False where it has none."""
        if not self.further or field in self.further:
            return False
        self.open_further()
        shown = next((one for one in self.further if not one.isHidden()), None)
        if shown is None:
            return False
        shown.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def dispose(self) -> None:
        """Take the row off the screen."""
        for widget in (*self.cells, self.below):
            widget.hide()
            widget.deleteLater()
        self.deleteLater()


class RowTable(QWidget, Generic[R]):
    """Rows of editors under column heads. Enter in a row asks for the next one, Ctrl+Delete takes the row out."""

    next_asked = Signal()
    removal_asked = Signal(object)
    rows_changed = Signal()
    """Rows came or went: the order of Tab is to be set again."""
    focus_moved = Signal(object, bool)
    """A row's editor, and whether the focus is in it now."""

    def __init__(
        self,
        theme: Theme,
        heads: Sequence[str],
        *,
        stretch: Sequence[int],
        widths: Sequence[int] = (),
        right: Sequence[int] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._right = frozenset(right)
        self.editors: dict[Hashable, RowEditor[R]] = {}
        self._rules: list[Rule] = []
        self._heads: list[Label] = []
        self._captions: list[Label] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.space(1))
        self._grid.setVerticalSpacing(0)
        self._columns = len(heads)
        for column, width in enumerate(widths):
            self._grid.setColumnMinimumWidth(column, theme.px(width))
        for column, head in enumerate(heads):
            label = Label(head, "caption", parent=self)
            label.setContentsMargins(theme.px(5), 0, theme.px(5), theme.px(3))
            side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(label, 0, column, side)
            self._grid.setColumnStretch(column, stretch[column])
            self._heads.append(label)

    def make_editor(self, row: R) -> RowEditor[R]:
        """A new editor for `row`; each kind of table makes its own."""
        raise NotImplementedError

    def key_of(self, row: R) -> Hashable:
        """What names `row` for as long as it is there."""
        raise NotImplementedError

    def show_rows(self, rows: Sequence[R]) -> None:
        """Show these rows: editors are made and taken away only where rows came or went."""
        numbers = [self.key_of(row) for row in rows]
        changed = numbers != list(self.editors)
        if changed:
            for number in [number for number in self.editors if number not in numbers]:
                self._drop(self.editors.pop(number))
            self.editors = {
                number: self.editors.get(number) or self._made(row)
                for number, row in zip(numbers, rows, strict=True)
            }
        for number, row in zip(numbers, rows, strict=True):
            self.editors[number].show_row(row)
        if changed:
            self._place()
        for head in self._heads:
            head.setVisible(bool(rows))

    def tab_stops(self) -> list[QWidget]:
        """Every field, row by row."""
        return [stop for editor in self.editors.values() for stop in editor.tab_stops()]

    def focus_row(self, number: Hashable, cell: int = 0) -> None:
        """Put the focus into a cell of a row."""
        self.editors[number].cells[cell].setFocus(Qt.FocusReason.TabFocusReason)

    def remove_button(self, name: str, number: int) -> QToolButton:
        """The button at the end of a row that takes it out."""
        button = QToolButton(self)
        button.setIcon(self.theme.icon("close"))
        side = self.theme.px(12)
        button.setIconSize(QSize(side, side))
        button.setFixedSize(self.theme.px(22), self.theme.px(22))
        button.setAccessibleName(name)
        button.setToolTip(f"{name} (Ctrl+Delete)")
        button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.setProperty("row", number)
        button.clicked.connect(self._remove_clicked)
        return button

    def _remove_clicked(self) -> None:
        number = self.sender().property("row")
        self.removal_asked.emit(number)

    def _made(self, row: R) -> RowEditor[R]:
        editor = self.make_editor(row)
        for cell in editor.tab_stops():
            cell.installEventFilter(self)
            if isinstance(cell, QLineEdit):
                cell.returnPressed.connect(self._return_pressed)
        return editor

    def _return_pressed(self) -> None:
        if not popup_is_open():
            self.next_asked.emit()

    def _drop(self, editor: RowEditor[R]) -> None:
        for widget in (*editor.cells, editor.below):
            self._grid.removeWidget(widget)
        editor.dispose()

    def _place(self) -> None:
        while len(self._rules) < len(self.editors):
            self._rules.append(Rule(self))
        for caption in self._captions:
            self._grid.removeWidget(caption)
            # It goes when Qt comes to it; until then it would stand over the rows.
            caption.hide()
            caption.deleteLater()
        self._captions.clear()
        group = ""
        for place, editor in enumerate(self.editors.values()):
            line = 1 + 3 * place
            self._grid.addWidget(self._rules[place], line, 0, 1, self._columns)
            self._rules[place].show()
            if editor.group != group:
                group = editor.group
                # The words part the groups; a line would run through them.
                self._rules[place].hide()
                self._add_caption(group, line)
            for column, cell in enumerate(editor.cells):
                self._grid.addWidget(cell, line + 1, column)
                self._grid.setRowMinimumHeight(line + 1, self.theme.px(32))
                # A cell that was hidden on purpose (a pill with nothing to say) stays so.
                if not cell.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
                    cell.show()
            self._grid.addWidget(editor.below, line + 2, 0, 1, self._columns)
            editor.below.settle()
        for rule in self._rules[len(self.editors) :]:
            self._grid.removeWidget(rule)
            rule.hide()
        self.rows_changed.emit()

    def _add_caption(self, text: str, line: int) -> None:
        """Say above a row that another group of rows begins."""
        caption = Label(text, "caption", parent=self)
        caption.setContentsMargins(self.theme.px(5), self.theme.px(6), 0, self.theme.px(2))
        self._grid.addWidget(caption, line, 0, 1, self._columns)
        caption.show()
        self._captions.append(caption)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            editor = next((row for row in self.editors.values() if watched in row.tab_stops()), None)
            if editor is not None and not (event.type() == QEvent.Type.FocusOut and popup_is_open()):
                # On leaving, the next field has the focus already where it is in the same row.
                inside = QApplication.focusWidget() in editor.tab_stops()
                self.focus_moved.emit(editor, inside)
                editor.let_tab_in()
            return False
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or popup_is_open():
            return False
        number = next((number for number, row in self.editors.items() if watched in row.tab_stops()), None)
        if number is None:
            return False
        pressed = TABLES.pressed(event)
        if pressed == "remove":
            self.removal_asked.emit(number)
            return True
        if pressed == "below":
            return self.editors[number].go_below(watched)
        return pressed == "row" and self.editors[number].go_up(watched)
