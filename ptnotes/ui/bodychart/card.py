"""The card of the body chart: one line until it is opened, then the body, what can be said of a mark, and the marks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import BodyMark, BodyView, TreatmentSession
from ptnotes.figures.body_areas import areas_of
from ptnotes.figures.body_figure import VIEW_WORDS
from ptnotes.ui.bodychart.canvas import BodyCanvas
from ptnotes.ui.bodychart.charting import BodyCharting
from ptnotes.ui.bodychart.rows import MarkRows
from ptnotes.ui.bodychart.tools import MarkTools
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label, LabelType
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in


class BodyChartCard(Card):
    """Closed, it says what is marked; it never opens by itself, so that a usual visit is no longer for it."""

    rows_changed = Signal()
    opened = Signal()
    """The body was opened and has the keys: whoever scrolls the page brings it into sight."""

    def __init__(
        self,
        state: DraftState,
        earlier: Sequence[TreatmentSession],
        reference: Reference,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Body chart", "", parent)
        self.charting = BodyCharting(state, earlier, reference, self)
        self._theme = theme
        self.is_open = False
        self.toggle = QPushButton("", self)
        self.toggle.setProperty("type", "quiet")
        self.toggle.clicked.connect(self._toggle)
        self.add_to_head(self.toggle)
        self.summary = Label("", "small", wraps=True, parent=self)
        self.body.addWidget(self.summary)
        self.inside = QWidget(self)
        inside = QVBoxLayout(self.inside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.space(3))
        self.canvas = BodyCanvas(self.charting, theme, self.inside)
        self.tools = MarkTools(self.charting, theme, self.inside)
        self.rows = MarkRows(self.charting, theme, self.inside)
        self.add = PickList(find_in(area_items()), placeholder="Mark an area by name …", parent=self.inside)
        self.add.setAccessibleName("Mark an area by name")
        self.add.setMaximumWidth(theme.px(300))
        leave_undo_to_screen(self.add)
        fault = FaultLabel(self.inside)
        self.add.fault_changed.connect(fault.say)
        self.said = Label("", "small", wraps=True, parent=self.inside)
        for part in (self.canvas, self.tools, self.rows, self.add, fault):
            inside.addWidget(part)
        self._make_last(inside)
        inside.addWidget(self.said)
        self.body.addWidget(self.inside)
        self.add.chosen.connect(self._area_chosen)
        self.canvas.area_asked.connect(self._go_to_areas)
        self.rows.area_asked.connect(self._go_to_areas)
        self.rows.rows_changed.connect(self.rows_changed)
        self.charting.said.connect(partial(self._say, "small"))
        self.charting.refused.connect(partial(self._say, "fault"))
        self.charting.changed.connect(self._show)
        self._show()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        if not self.is_open:
            return [self.toggle]
        return [self.toggle, self.canvas, *self.rows.tab_stops(), self.add, *self.last_rows.values()]

    def first(self) -> QWidget:
        """Where the keys go on coming to this card."""
        return self.canvas if self.is_open else self.toggle

    def open(self, *, wanted: bool = True) -> None:
        """Show the body, or the one line alone."""
        self.is_open = wanted
        self._show()
        self.rows_changed.emit()

    def set_editable(self, editable: bool) -> None:
        """Let the chart be drawn on, or only be looked at: it can be opened either way."""
        self.charting.is_editable = editable
        for field in (self.add, *self.last_rows.values()):
            field.setEnabled(editable)
        self.rows.set_editable(editable)
        self.tools.show_chosen()

    def _make_last(self, inside: QVBoxLayout) -> None:
        """Under the marks, those of the last chart: each is marked today only where somebody says so."""
        self.last_title = Label("", "caption", parent=self.inside)
        inside.addWidget(self.last_title)
        self.last_rows: dict[int, QPushButton] = {}
        for mark in self.charting.last_marks:
            button = QPushButton(self.charting.last_name(mark).replace("&", "&&"), self.inside)
            button.setProperty("type", "ghost")
            button.setToolTip("Mark this today, too")
            button.setAccessibleName(f"Mark today, too: {self.charting.last_name(mark)}")
            button.clicked.connect(partial(self._take_over, mark))
            self.last_rows[mark.row] = button
            inside.addWidget(button)

    def _toggle(self) -> None:
        self.open(wanted=not self.is_open)
        if self.is_open:
            self.canvas.setFocus(Qt.FocusReason.TabFocusReason)
            # Once the page has made room for it.
            QTimer.singleShot(0, self, self.opened.emit)

    def _take_over(self, mark: BodyMark) -> None:
        self.charting.take_over(mark)
        # Its button is gone now, and the next one is asked about first.
        following = next((self.last_rows[one.row] for one in self.charting.open_last()), self.canvas)
        following.setFocus(Qt.FocusReason.TabFocusReason)

    def _area_chosen(self, area_id: str) -> None:
        self.add.set_current(None)
        if area_id:
            self.charting.mark_area(area_id)

    def _go_to_areas(self) -> None:
        self.add.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _say(self, kind: LabelType, words: str) -> None:
        self.said.set_kind(kind)
        self.said.setText(words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.canvas, words))

    def _show(self) -> None:
        names, day = self.charting.names(), self.charting.last_day
        self.inside.setVisible(self.is_open)
        self.toggle.setText("Close" if self.is_open else "Open")
        self.toggle.setAccessibleName(f"{self.toggle.text()} the body chart")
        self.summary.setText("\n".join(names))
        self.summary.setVisible(bool(names) and not self.is_open)
        note = f"broken outline: {day}" if self.is_open and self.charting.open_last() else ""
        if not self.is_open and not names:
            note = f"last drawn {day}" if day else "nothing marked"
        self.set_note(note)
        self.last_title.setText(f"Marked on {day}")
        still = {mark.row for mark in self.charting.open_last()}
        self.last_title.setVisible(bool(still))
        for row, button in self.last_rows.items():
            button.setVisible(row in still)


def area_items() -> list[PickItem]:
    """The named areas of all four views, to be found by any of their words; the view stands beside the name."""
    return [
        PickItem(area.id, area.words, VIEW_WORDS[view].lower() + " view", (f"{area.words} {view.value}",))
        for view in BodyView
        for area in areas_of(view)
    ]
