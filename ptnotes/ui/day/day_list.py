"""The list of the day's patients: painted as every list of patients, with keys for what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ptnotes.domain.dates import age_years
from ptnotes.domain.day_list import DayRow
from ptnotes.domain.treatment import VisitStatus
from ptnotes.domain.wording import full_date
from ptnotes.ui.keys import DAY
from ptnotes.ui.override import override
from ptnotes.ui.patients.patient_list import ListRow, PatientList
from ptnotes.ui.theme import Theme

_STATUS = {
    "arrived": VisitStatus.ATTENDED,
    "cancelled": VisitStatus.CANCELLED,
    "missed": VisitStatus.MISSED,
    "planned": VisitStatus.SCHEDULED,
}
_ABSENT = (VisitStatus.CANCELLED, VisitStatus.MISSED)


class DayList(PatientList):
    """Shows the rows of a day. Enter or a double click starts the visit (`visit_asked`) or opens what is charted.

    `status_chosen` carries a row and what became of it, `removal_asked` a row that is to be taken off.
    """

    visit_asked = Signal(int)
    status_chosen = Signal(object, object)
    removal_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Patients of the day", parent, inset=4)
        self.day_rows: tuple[DayRow, ...] = ()
        # A click chooses a row, and no more: a visit is started on purpose.
        self.clicked.disconnect(self._choose)

    def show_day(self, rows: Sequence[DayRow], today: date) -> None:
        """Show the patients of a day; the row that was chosen stays so."""
        before = self.chosen()
        self.day_rows = tuple(rows)
        self.show_rows([_list_row(row, today) for row in rows])
        kept = next((place for place, row in enumerate(rows) if before and row.id == before.id), None)
        if kept is not None:
            self.setCurrentIndex(self.rows.index(kept))

    def chosen(self) -> DayRow | None:
        """The row that is chosen, None where none is."""
        place = self.currentIndex().row()
        return self.day_rows[place] if 0 <= place < len(self.day_rows) else None

    @override
    def _choose(self, index: QModelIndex) -> None:
        row = self.day_rows[index.row()]
        if row.session_id is not None:
            self.draft_chosen.emit(row.patient.id, row.session_id)
        elif row.status in _ABSENT:
            self.patient_chosen.emit(row.patient.id)
        else:
            self.visit_asked.emit(row.patient.id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed, row = DAY.pressed(event), self.chosen()
        if not pressed or row is None:
            super().keyPressEvent(event)
        elif pressed == "start":
            self.choose_selected()
        elif event.isAutoRepeat():
            # A key that is held down speaks of one row, not of those that come into its place.
            return
        elif pressed == "remove":
            self.removal_asked.emit(row)
        else:
            self.status_chosen.emit(row, _STATUS[pressed])


def clock_words(at: time | None) -> str:
    """A time of day, or a dash of the same use where none was said."""
    return "–" if at is None else f"{at.hour}:{at.minute:02d}"


def _list_row(row: DayRow, today: date) -> ListRow:
    patient = row.patient
    arrived = "arrived" if row.status is VisitStatus.ATTENDED and row.session_id is None else ""
    born = f"{age_years(patient.birth_date, today)} y · {full_date(patient.birth_date)} · MRN {patient.mrn}"
    detail = " · ".join(part for part in (arrived, born, row.words) if part)
    return ListRow(
        f"{clock_words(row.starts_at)}   {patient.name}",
        detail,
        patient.id,
        row.session_id,
        row.standing.value,
    )
