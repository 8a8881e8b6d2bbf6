"""What an opened body chart is made of: the body, what is said of a mark, the marks, areas by name, the last chart."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.treatment import BodyMark, BodyView
from ptnotes.figures.body_areas import areas_of
from ptnotes.figures.body_figure import VIEW_WORDS
from ptnotes.ui.bodychart.canvas import BodyCanvas
from ptnotes.ui.bodychart.charting import BodyCharting
from ptnotes.ui.bodychart.rows import MarkRows
from ptnotes.ui.bodychart.tools import MarkTools
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import FaultLabel, Label, LabelType
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in


class BodyPanel(QWidget):
    """Made when a chart is opened for the first time: most visits never ask for it."""

    rows_changed = Signal()

    def __init__(self, charting: BodyCharting, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._charting = charting
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.space(3))
        self.canvas = BodyCanvas(charting, theme, self)
        self.tools = MarkTools(charting, theme, self)
        self.rows = MarkRows(charting, theme, self)
        self.add = PickList(find_in(area_items()), placeholder="Mark an area by name …", parent=self)
        self.add.setAccessibleName("Mark an area by name")
        self.add.setMaximumWidth(theme.px(300))
        leave_undo_to_screen(self.add)
        fault = FaultLabel(self)
        self.add.fault_changed.connect(fault.say)
        self.said = Label("", "small", wraps=True, parent=self)
        for part in (self.canvas, self.tools, self.rows, self.add, fault):
            inside.addWidget(part)
        self._make_last(inside)
        inside.addWidget(self.said)
        self.add.chosen.connect(self._area_chosen)
        self.canvas.area_asked.connect(self._go_to_areas)
        self.rows.area_asked.connect(self._go_to_areas)
        self.rows.rows_changed.connect(self.rows_changed)
        charting.said.connect(partial(self._say, "small"))
        charting.refused.connect(partial(self._say, "fault"))
        charting.changed.connect(self._show_last)
        self._show_last()
        self.show_editable()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [self.canvas, *self.rows.tab_stops(), self.add, *self.last_rows.values()]

    def show_editable(self) -> None:
        """Let the chart be drawn on, or only be looked at, as it is with the visit."""
        editable = self._charting.is_editable
        for field in (self.add, *self.last_rows.values()):
            field.setEnabled(editable)
        self.rows.set_editable(editable)
        self.tools.show_chosen()

    def _make_last(self, inside: QVBoxLayout) -> None:
        """Under the marks, those of the last chart: each is marked today only where somebody says so."""
        self._last_title = Label(f"Marked on {self._charting.last_day}", "caption", parent=self)
        inside.addWidget(self._last_title)
        self.last_rows: dict[int, QPushButton] = {}
        for mark in self._charting.last_marks:
            words = self._charting.last_name(mark)
            button = QPushButton(words.replace("&", "&&"), self)
            button.setProperty("type", "ghost")
            button.setToolTip("Mark this today, too")
            button.setAccessibleName(f"Mark today, too: {words}")
            button.clicked.connect(partial(self._take_over, mark))
            self.last_rows[mark.row] = button
            inside.addWidget(button)

    def _show_last(self) -> None:
        still = {mark.row for mark in self._charting.open_last()}
        self._last_title.setVisible(bool(still))
        for row, button in self.last_rows.items():
            button.setVisible(row in still)

    def _take_over(self, mark: BodyMark) -> None:
        self._charting.take_over(mark)
        # Its button is gone now, and the next one is asked about first.
        following = next((self.last_rows[one.row] for one in self._charting.open_last()), self.canvas)
        following.setFocus(Qt.FocusReason.TabFocusReason)

    def _area_chosen(self, area_id: str) -> None:
        self.add.set_current(None)
        if area_id:
            self._charting.mark_area(area_id)

    def _go_to_areas(self) -> None:
        self.add.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _say(self, kind: LabelType, words: str) -> None:
        self.said.set_kind(kind)
        self.said.setText(words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.canvas, words))


def area_items() -> list[PickItem]:
    """The named areas of all four views, to be found by any of their words; the view stands beside the name."""
    return [
        PickItem(area.id, area.words, VIEW_WORDS[view].lower() + " view", (f"{area.words} {view.value}",))
        for view in BodyView
        for area in areas_of(view)
    ]
