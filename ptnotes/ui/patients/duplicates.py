"""Patients who may be the one that is being added, shown before a second chart is begun for the same person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.dates import age_years
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.wording import full_date
from ptnotes.ui.widgets.labels import Label

_MOST = 4


class Duplicates(QFrame):
    """Lists likely duplicates with a button each that opens the chart; hidden while there are none."""

    open_asked = Signal(int)

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.setProperty("type", "notice")
        self.setProperty("tone", "warning")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 10, 12, 10)
        self._layout.setSpacing(6)
        self._layout.addWidget(Label("This looks like somebody who is already here:", "strong"))
        self._rows: list[QWidget] = []
        self.hide()

    def show_rows(self, rows: Sequence[PatientRow]) -> None:
        """Show these patients; none hides the notice."""
        for old in self._rows:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows = [self._make_row(row) for row in rows[:_MOST]]
        for widget in self._rows:
            self._layout.addWidget(widget)
        self.setVisible(bool(rows))

    def _make_row(self, row: PatientRow) -> QWidget:
        line = QWidget(self)
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        years = age_years(row.birth_date, self._today())
        state = " · archived" if row.archived else ""
        layout.addWidget(
            Label(f"{row.name} · {years} y · {full_date(row.birth_date)} · MRN {row.mrn}{state}"), 1
        )
        button = QPushButton("Open this chart", line)
        button.setAccessibleName(f"Open the chart of {row.name}")
        button.clicked.connect(partial(self.open_asked.emit, row.id))
        layout.addWidget(button)
        return line
