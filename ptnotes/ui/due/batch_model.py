"""The reports that are due as rows that can be ticked, each with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ptnotes.domain.due import Urgency, due_words
from ptnotes.services.report_batch import ReportDue
from ptnotes.ui.due.batch import Outcome
from ptnotes.ui.override import override

_AnyIndex = QModelIndex | QPersistentModelIndex
_HEADS = ("Patient", "MRN", "Due", "Why, and then what became of it")
PATIENT, MRN, DUE, RESULT = range(4)


class DueReports(QAbstractTableModel):
    """`ticked` is emitted when other rows are ticked. What is overdue or due today is ticked at first."""

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ReportDue, ...] = ()
        self._ticked: list[bool] = []
        self.outcomes: dict[int, Outcome] = {}
        self.is_locked = False
        """Whether the ticks stand as they are: reports are being made of them."""

    @property
    def chosen(self) -> list[int]:
        """The places of the rows that are ticked."""
        return [place for place, is_ticked in enumerate(self._ticked) if is_ticked]

    def show_rows(self, rows: Sequence[ReportDue]) -> None:
        """Show these, with nothing made of them yet."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self._ticked = [row.due.urgency is not Urgency.SOON for row in rows]
        self.outcomes = {}
        self.endResetModel()
        self.ticked.emit()

    def tick_all(self, *, ticked: bool) -> None:
        """Tick every row, or none."""
        self._ticked = [ticked] * len(self.rows)
        self._changed(0, len(self.rows) - 1)

    def show_outcome(self, place: int, outcome: Outcome) -> None:
        """Say what became of a row. One that was made is ticked no more."""
        self.outcomes[place] = outcome
        if outcome.file_name:
            self._ticked[place] = False
        self._changed(place, place)

    def _changed(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, RESULT))
        self.ticked.emit()

    @override
    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: _AnyIndex | None = None) -> int:
        return len(_HEADS)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        return None

    @override
    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == PATIENT and not self.is_locked:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    @override
    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == PATIENT:
            return Qt.CheckState.Checked if self._ticked[index.row()] else Qt.CheckState.Unchecked
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        outcome = self.outcomes.get(index.row())
        words = row.due.why if outcome is None else outcome_words(outcome)
        is_done = outcome is not None and not outcome.problem and not outcome.draft
        return (row.patient.name, row.patient.mrn, "done" if is_done else due_words(row.due), words)[column]

    @override
    def setData(self, index: _AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != PATIENT or self.is_locked:
            return False
        self._ticked[index.row()] = Qt.CheckState(value) is Qt.CheckState.Checked
        self._changed(index.row(), index.row())
        return True


def outcome_words(outcome: Outcome) -> str:
    """What became of a report, in a line."""
    if outcome.problem:
        return f"Not made: {outcome.problem}"
    draft = f"DRAFT, and still due: {outcome.draft}" if outcome.draft else "Made"
    lacks = {0: "", 1: "lacks 1 thing that payers require"}
    told = lacks.get(outcome.lacks, f"lacks {outcome.lacks} things that payers require")
    return " · ".join(part for part in (draft, told, outcome.file_name) if part)
