"""The card of the body chart in a visit: one line until it is opened."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.ui.bodychart.charting import BodyCharting
from ptnotes.ui.bodychart.panel import BodyPanel
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label


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
        self._panel: BodyPanel | None = None
        self.is_open = False
        self.toggle = QPushButton("", self)
        self.toggle.setProperty("type", "quiet")
        self.toggle.clicked.connect(self._toggle)
        self.add_to_head(self.toggle)
        self.summary = Label("", "small", wraps=True, parent=self)
        self.body.addWidget(self.summary)
        self.charting.changed.connect(self._show)
        self._show()

    @property
    def panel(self) -> BodyPanel:
        """What is inside, made when it is first asked for."""
        if self._panel is None:
            self._panel = BodyPanel(self.charting, self._theme, self)
            self._panel.rows_changed.connect(self.rows_changed)
            self._panel.hide()
            self.body.addWidget(self._panel)
        return self._panel

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [self.toggle, *(self.panel.tab_stops() if self.is_open else ())]

    def first(self) -> QWidget:
        """Where the keys go on coming to this card."""
        return self.panel.canvas if self.is_open else self.toggle

    def open(self, *, wanted: bool = True) -> None:
        """Show the body, or the one line alone."""
        self.is_open = wanted
        self._show()
        self.rows_changed.emit()

    def set_editable(self, editable: bool) -> None:
        """Let the chart be drawn on, or only be looked at: it can be opened either way."""
        self.charting.is_editable = editable
        if self._panel is not None:
            self._panel.show_editable()

    def _toggle(self) -> None:
        self.open(wanted=not self.is_open)
        if self.is_open:
            self.panel.canvas.setFocus(Qt.FocusReason.TabFocusReason)
            # Once the page has made room for it.
            QTimer.singleShot(0, self, self.opened.emit)

    def _show(self) -> None:
        marks, day = self.charting.marks, self.charting.last_day
        if self.is_open or self._panel is not None:
            self.panel.setVisible(self.is_open)
        self.toggle.setText("Close" if self.is_open else "Open")
        self.toggle.setAccessibleName(f"{self.toggle.text()} the body chart")
        if not self.is_open:
            self.summary.setText("\n".join(self.charting.names()))
        self.summary.setVisible(bool(marks) and not self.is_open)
        note = f"broken outline: {day}" if self.is_open and self.charting.open_last() else ""
        if not self.is_open and not marks:
            note = f"last drawn {day}" if day else "nothing marked"
        self.set_note(note)
