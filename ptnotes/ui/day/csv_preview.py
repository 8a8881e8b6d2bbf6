"""What a CSV file would put on the day's list: every line with the patient it names, or with what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.day_list import CsvMatch
from ptnotes.domain.wording import full_date, how_many
from ptnotes.ui.day.day_list import clock_words
from ptnotes.ui.keys import SHEET
from ptnotes.ui.override import override
from ptnotes.ui.widgets.card import Scroller, from_left
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.table import GridTable


class CsvPreview(QWidget):
    """Shows what was read (`show_matches`); emits `agreed` with the lines that name a patient, or `left`."""

    agreed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matches: tuple[CsvMatch, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.words = Label("", "strong", wraps=True, parent=self)
        self.table = GridTable(("Line", "Time", "In the file", "Patient here"), numeric=(0,))
        scroller = Scroller(ground="surface", parent=self)
        scroller.body.setContentsMargins(0, 0, 8, 0)
        scroller.body.addWidget(self.table)
        scroller.body.addStretch(1)
        self.add = QPushButton("", self)
        self.add.setProperty("type", "primary")
        self.cancel = QPushButton("Cancel", self)
        column.addWidget(self.words)
        column.addWidget(scroller, 1)
        column.addLayout(from_left(self.add, self.cancel, gap_px=8))
        self.add.clicked.connect(self._agree)
        self.cancel.clicked.connect(self.left)

    def show_matches(self, matches: Sequence[CsvMatch]) -> None:
        """Show every line; those with a problem first, since they are what is to be looked at."""
        self._matches = tuple(match for match in matches if match.patient is not None)
        bad = [match for match in matches if match.patient is None]
        self.words.setText(_words(len(self._matches), len(bad)))
        self.add.setText(f"Add {how_many(len(self._matches), 'patient')}")
        self.add.setVisible(bool(self._matches))
        self.table.show_rows([_cells(match) for match in (*bad, *self._matches)])
        (self.add if self._matches else self.cancel).setFocus()

    def _agree(self) -> None:
        self.agreed.emit(self._matches)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self.left.emit()
            return
        super().keyPressEvent(event)


def _words(good: int, bad: int) -> str:
    named = how_many(good, "line names a patient of this file", "lines name patients of this file")
    if not bad:
        return f"{named}. Look through them, then add them."
    left_out = how_many(bad, "line is left out", "lines are left out")
    return f"{named}; {left_out}, and why stands beside it."


def _cells(match: CsvMatch) -> tuple[str | QWidget, ...]:
    line, patient = match.line, match.patient
    if patient is None:
        found = Label(f"Left out: it {line.problem}.", "warning", wraps=True)
    else:
        by = "" if line.mrn or line.birth_date else " · by name alone"
        found = Label(f"{patient.name} · {full_date(patient.birth_date)} · MRN {patient.mrn}{by}", wraps=True)
    return str(line.number), clock_words(line.starts_at), Label(line.as_written or "–", wraps=True), found
