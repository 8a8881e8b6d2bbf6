"""The rows of a dry run as a table that reads a page when it is looked at, so that 100,000 rows cost what 50 do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from ptnotes.domain.importing import DryRun, ImportRow, RowKind
from ptnotes.domain.wording import full_date
from ptnotes.services.importing import dry_run_rows
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks

_AnyIndex = QModelIndex | QPersistentModelIndex
PAGE_ROWS = 100
_MOST_KEPT = 2_000
_WAITS = "…"
_READ = "rows of a dry run"

HEADS = {
    RowKind.MADE: ("Row", "Patient", "Birth date", "Record number"),
    RowKind.DUPLICATE: ("Row", "Patient", "Birth date", "What happens", "Why"),
    RowKind.REFUSED: ("Row", "Why", "What stands there"),
}
"""The columns of the table for each kind of row."""


@dataclass(slots=True, eq=False)
class Decisions:
    """Which rows that may be somebody known are added all the same: none or all of them, but for those named."""

    adds_all: bool = False
    otherwise: set[int] = field(default_factory=set)

    def adds(self, row: ImportRow) -> bool:
        """Whether this row is added."""
        return row.can_be_added and self.adds_all != (row.number in self.otherwise)

    def turn(self, row: ImportRow) -> None:
        """Decide the other way for this row."""
        self.otherwise ^= {row.number}

    def decide_all(self, *, adds: bool) -> None:
        """Decide for every row alike."""
        self.adds_all = adds
        self.otherwise.clear()

    def count(self, can_be_added: int) -> int:
        """How many rows are added, of so many that can be."""
        return can_be_added - len(self.otherwise) if self.adds_all else len(self.otherwise)

    def numbers(self, of_rows: Iterable[int]) -> frozenset[int]:
        """The numbers of the rows that are added, of these."""
        return frozenset(of_rows) - self.otherwise if self.adds_all else frozenset(self.otherwise)


class RowsModel(QAbstractTableModel):
    """Rows of one kind. What is not read yet shows as "…" and is read once it was asked for; `failed` says why not."""

    failed = Signal(Exception)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._tried: DryRun | None = None
        self._kind = RowKind.MADE
        self._count = 0
        self._rows: dict[int, ImportRow] = {}
        self._wanted: list[int] = []
        """Rows that were asked for and are not read yet, the latest last."""
        self._is_reading = False
        self.decisions = Decisions()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)

    @property
    def kind(self) -> RowKind:
        """Which rows are shown."""
        return self._kind

    def show_rows(self, tried: DryRun | None, kind: RowKind, decisions: Decisions) -> None:
        """Show the rows of this kind."""
        self.beginResetModel()
        self._tasks.forget(_READ)
        self._tried, self._kind, self.decisions = tried, kind, decisions
        self._count = 0 if tried is None else count_of(tried, kind)
        self._rows.clear()
        self._wanted.clear()
        self._is_reading = False
        self.endResetModel()

    def row_at(self, place: int) -> ImportRow | None:
        """The row there, None where it is not read yet; it is asked for then."""
        if place not in self._rows and 0 <= place < self._count:
            self._wanted.append(place)
            if not self._is_reading:
                self._soon.start()
        return self._rows.get(place)

    def tell_decisions(self) -> None:
        """Show what was decided otherwise."""
        last = self.index(max(self._count - 1, 0), self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.DisplayRole])

    @override
    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._count

    @override
    def columnCount(self, parent: _AnyIndex | None = None) -> int:
        return len(HEADS[self._kind])

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[self._kind][section]
        return None

    @override
    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        row = self.row_at(index.row())
        if row is None:
            return _WAITS if role == Qt.ItemDataRole.DisplayRole else None
        words = self._cells(row)[index.column()]
        return words if role == Qt.ItemDataRole.DisplayRole or len(words) > 24 else None

    def _cells(self, row: ImportRow) -> tuple[str, ...]:
        number = f"{row.number:,}"
        if self._kind is RowKind.REFUSED or row.patient is None:
            return number, " ".join(row.reasons), " · ".join(cell for cell in row.cells if cell), "", ""
        patient = row.patient
        who = (number, patient.name, full_date(patient.birth_date))
        if self._kind is RowKind.DUPLICATE:
            return (
                *who,
                "added" if self.decisions.adds(row) else "left out",
                " ".join(row.reasons),
            )
        return *who, patient.mrn or "the next free one"

    def _read(self) -> None:
        # One page at a time: that of the row that was asked for last, since others may be out of sight by now.
        self._wanted = [place for place in self._wanted[-PAGE_ROWS:] if place not in self._rows]
        if self._tried is None or not self._wanted:
            return
        self._is_reading = True
        first = self._wanted[-1] // PAGE_ROWS * PAGE_ROWS
        page = partial(dry_run_rows, self._clinic, self._tried, self._kind, offset=first, limit=PAGE_ROWS)
        self._tasks.read(page, partial(self._take, first), self._give_up, latest=_READ)

    def _take(self, first: int, rows: tuple[ImportRow, ...]) -> None:
        self._is_reading = False
        if len(self._rows) > _MOST_KEPT:
            self._rows.clear()
        self._rows.update(enumerate(rows, first))
        # Also what did not come: it is asked for again when it is looked at.
        self._wanted = [place for place in self._wanted if not first <= place < first + PAGE_ROWS]
        if rows:
            last = self.index(first + len(rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(first, 0), last)
        self._soon.start()

    def _give_up(self, error: Exception) -> None:
        self._is_reading = False
        self._wanted.clear()
        self.failed.emit(error)


def count_of(tried: DryRun, kind: RowKind) -> int:
    """How many rows of a dry run are of this kind."""
    return {
        RowKind.MADE: tried.made,
        RowKind.DUPLICATE: tried.duplicates,
        RowKind.REFUSED: tried.refused,
    }[kind]
