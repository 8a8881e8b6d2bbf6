"""What the home page keeps in sight: treatment against a contraindication, and adverse events that are open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.views import AgainstRow, EventRow
from ptnotes.domain.wording import day_and_month
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label, Pill

_SHOWN = 6


class SafetyNotice(QFrame):
    """Lists both, the most pressing first; nothing to tell hides it.

    `visit_chosen` carries the ids of patient and visit, `patient_chosen` a patient's, `seen` the ids of overrides.
    """

    visit_chosen = Signal(int, int)
    patient_chosen = Signal(int)
    seen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("type", "card")
        self.rows: list[QWidget] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(16, 10, 12, 10)
        self._lines.setSpacing(4)
        self.more = Label("", "small", parent=self)
        self._lines.addWidget(self.more)
        self.hide()

    def show_rows(self, against: Sequence[AgainstRow], events: Sequence[EventRow]) -> None:
        """Show what a supervisor is to look at, and what is followed up."""
        for old in self.rows:
            self._lines.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = []
        # One visit and row may be against several items: it is one line.
        grouped: dict[tuple[int, int | None], list[AgainstRow]] = {}
        for row in against:
            grouped.setdefault((row.override.session_id, row.override.row), []).append(row)
        rows = [self._against(found) for found in grouped.values()]
        rows += [self._event(row) for row in events]
        for place, widget in enumerate(rows[:_SHOWN]):
            self._lines.insertWidget(place, widget)
        for widget in rows[_SHOWN:]:
            widget.hide()
            widget.deleteLater()
        self.rows = rows[:_SHOWN]
        self.more.setText(f"And {len(rows) - _SHOWN} more." if len(rows) > _SHOWN else "")
        self.more.setVisible(bool(self.more.text()))
        self.setVisible(bool(rows))

    def _against(self, found: Sequence[AgainstRow]) -> QWidget:
        first = found[0]
        what = ", ".join(dict.fromkeys(row.what for row in found))
        name = first.patient.name
        words = f"{name}, {day_and_month(first.service_date)}: {what}. Reason: {first.override.reason}"
        show = partial(self.visit_chosen.emit, first.patient.id, first.override.session_id)
        row, line = self._row("done against a contraindication", words, f"Open the visit of {name}", show)
        seen = QPushButton("Seen", row)
        seen.setAccessibleName(f"Seen: {words}")
        seen.clicked.connect(partial(self.seen.emit, [one.override.id for one in found]))
        line.addWidget(seen)
        return row

    def _event(self, found: EventRow) -> QWidget:
        event, name = found.event, found.patient.name
        words = f"{name}, {day_and_month(event.happened_on)}: {event.what}"
        show = partial(self.patient_chosen.emit, found.patient.id)
        row, _line = self._row("adverse event open", words, f"Open the chart of {name}", show)
        return row

    def _row(self, fact: str, words: str, tip: str, show: object) -> tuple[QWidget, QHBoxLayout]:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(Pill(fact, "danger", row), 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(Label(words, wraps=True, parent=row), 1)
        button = QPushButton("Open", row)
        button.setProperty("type", "quiet")
        button.setAccessibleName(tip)
        button.clicked.connect(show)
        line.addWidget(button)
        return row, line
