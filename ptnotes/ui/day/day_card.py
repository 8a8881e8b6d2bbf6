"""The card of the day's patients: the list, the line that adds to it, and lists from a CSV file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.day_list import CsvMatch, DayRow, Standing
from ptnotes.domain.permissions import Act
from ptnotes.domain.treatment import VisitStatus
from ptnotes.domain.wording import how_many
from ptnotes.services.day_list import (
    add_from_csv,
    add_to_day,
    look_at_csv,
    patients_of_day,
    set_attendance,
    take_off_day,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.day.add_line import AddLine
from ptnotes.ui.day.csv_preview import CsvPreview
from ptnotes.ui.day.day_list import DayList
from ptnotes.ui.keys import DAY
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, KeyHint, Label

_COUNTED = (Standing.TO_CHART, Standing.DRAFT, Standing.TO_SIGN, Standing.TO_CO_SIGN, Standing.DONE)
_HINTS = (("start", "chart"), ("arrived", "arrived"), ("cancelled", "cancelled"), ("missed", "missed"))


def _ask_path(parent: QWidget) -> Path | None:
    name, _ = QFileDialog.getOpenFileName(parent, "A list of today's patients", "", "CSV (*.csv *.txt)")
    return Path(name) if name else None


class DayCard(Card):
    """Reads the day's patients (`refresh`), and stores what is done with them.

    `visit_asked` carries a patient whose visit is to be started, `undo_offered` what was done and how to undo it.
    """

    visit_asked = Signal(int)
    undo_offered = Signal(str, object)

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        ask_path: Callable[[QWidget], Path | None] = _ask_path,
    ) -> None:
        super().__init__("Today’s patients", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._ask_path = ask_path
        self.list = DayList(theme, self)
        self.add_line = AddLine(clinic, tasks, theme, self)
        self.import_csv = QPushButton("From a CSV file…", self)
        self.add_to_head(self.import_csv)
        self.nothing = Label(
            "Nobody is on today’s list yet. Add patients here, or all of them from a CSV file.",
            "muted",
            wraps=True,
            parent=self,
        )
        self.fault = FaultLabel(self)
        self.preview = CsvPreview(self)
        self.stage = QStackedWidget(self)
        self.stage.addWidget(self._make_list())
        self.stage.addWidget(self.preview)
        self.body.addWidget(self.stage, 1)
        for part in (self.add_line, self.import_csv):
            part.setEnabled(allows(clinic, Act.EDIT_DEMOGRAPHICS))
        self.add_line.added.connect(self._add)
        self.import_csv.clicked.connect(self._ask_for_csv)
        self.preview.agreed.connect(self._add_matches)
        self.preview.left.connect(self._show_list)
        self.list.visit_asked.connect(self.visit_asked)
        self.list.status_chosen.connect(self._set_status)
        self.list.removal_asked.connect(self._take_off)

    def _make_list(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        hints = self._hints = QWidget(page)
        row = QHBoxLayout(hints)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for name, words in _HINTS:
            row.addWidget(KeyHint(DAY.shown(name), hints))
            row.addWidget(Label(words, "small", parent=hints))
            row.addSpacing(6)
        row.addStretch(1)
        for widget in (self.add_line, self.nothing, self.fault):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        column.addWidget(hints)
        column.addStretch(0)
        return page

    def refresh(self) -> None:
        """Read the day's patients again."""
        self._tasks.read(partial(patients_of_day, self._clinic), self._show, latest="patients of the day")

    def _show(self, rows: Sequence[DayRow]) -> None:
        self.list.show_day(rows, self._clinic.today())
        self.list.setVisible(bool(rows))
        self._hints.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        counts = Counter(row.standing for row in rows)
        told = [f"{counts[standing]} {standing.value}" for standing in _COUNTED if counts[standing]]
        self.set_note(" · ".join(told))

    def _add(self, patient_id: int, at: time | None) -> None:
        job = partial(add_to_day, self._clinic, patient_id, self._clinic.today(), at)
        added = partial(self._added, patient_id)
        self._tasks.write_in_turn(self, job, added, self._not_added)

    def _added(self, patient_id: int, _key: int) -> None:
        # The next patient may be chosen by now.
        if self.add_line.patient.current_id == str(patient_id):
            self.add_line.clear()
        self.refresh()

    def _not_added(self, error: Exception) -> None:
        self.add_line.refuse(sentence_for(error))

    def _set_status(self, row: DayRow, status: VisitStatus) -> None:
        job = partial(set_attendance, self._clinic, row.id, status)
        self._tasks.write(job, self._done, self._refused)

    def _take_off(self, row: DayRow) -> None:
        job = partial(take_off_day, self._clinic, [row.id])
        taken_off = partial(self._taken_off, row)
        self._tasks.write_in_turn(self, job, taken_off, self._refused)

    def _taken_off(self, row: DayRow, _nothing: None) -> None:
        self._done(None)
        day, put_back = self._clinic.today(), partial(add_to_day, self._clinic, row.patient.id)
        again = partial(put_back, day, row.starts_at, row.words)
        self.undo_offered.emit(
            f"{row.patient.name} was taken off the list.",
            partial(self._tasks.write, again, partial(self._added, row.patient.id), self._not_added),
        )

    def _done(self, _nothing: None) -> None:
        self.fault.say("")
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self.fault.say(sentence_for(error))
        self.refresh()

    def _ask_for_csv(self) -> None:
        path = self._ask_path(self)
        if path is not None:
            look = partial(look_at_csv, self._clinic, path, self._clinic.today())
            self._tasks.read(look, self._show_matches, self._refused)

    def _show_matches(self, matches: tuple[CsvMatch, ...]) -> None:
        self.fault.say("")
        self.stage.setCurrentWidget(self.preview)
        self.preview.show_matches(matches)

    def _add_matches(self, matches: tuple[CsvMatch, ...]) -> None:
        job = partial(add_from_csv, self._clinic, self._clinic.today(), matches)
        self._tasks.write_in_turn(self, job, self._matches_added, self._refused)

    def _matches_added(self, added: tuple[int, ...]) -> None:
        self._show_list()
        self._done(None)
        count = how_many(len(added), "patient was", "patients were")
        take_back = partial(take_off_day, self._clinic, added)
        self.undo_offered.emit(
            f"{count} put on today’s list.", partial(self._tasks.write, take_back, self._done, self._refused)
        )

    def _show_list(self) -> None:
        self.stage.setCurrentIndex(0)
        self.list.setFocus()
