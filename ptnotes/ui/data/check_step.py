"""What an import would do, row by row, and what is decided about those who may be here already."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.encodings import UNTOLD
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.importing import DryRun, FileKind, RowKind
from ptnotes.domain.sentences import sentence
from ptnotes.domain.wording import how_many
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.backup.schedule import breakable
from ptnotes.ui.data.asking import AskPath, Wanted, ask_where_to_save
from ptnotes.ui.data.row_detail import RowDetail
from ptnotes.ui.data.rows_model import Decisions, RowsModel, count_of
from ptnotes.ui.data.running import RunningLine
from ptnotes.ui.data.steps import keys_of_way_on
from ptnotes.ui.keys import IMPORT
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card, from_left
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.labels import FaultLabel, Label
from ptnotes.ui.widgets.table import plain_table

KINDS = (RowKind.MADE, RowKind.DUPLICATE, RowKind.REFUSED)
_WIDTHS = {
    RowKind.MADE: (52, 0, 104, 126),
    RowKind.DUPLICATE: (52, 0, 104, 104, 0),
    RowKind.REFUSED: (52, 0, 0),
}
"""Of the columns, in pixels at the smallest text size; 0 takes what is left."""
_BESIDE = {
    RowKind.MADE: ((3, 420),),
    RowKind.DUPLICATE: ((4, 600), (2, 420)),
    RowKind.REFUSED: ((2, 420),),
}
"""Columns that a table narrower than this leaves to what stands beside it, which says the same of the row at hand."""
_ALL_REFUSED = {
    FileKind.CSV: "No row can be brought in. Look at what each column holds, and how dates are written.",
    FileKind.FHIR: "No row can be brought in. Why is said beside each.",
}
_IN_PART = (
    "Only part of this file can be read, and only that is shown here. {why} What was read can be imported now, and the "
    "whole file later: who is here by then is left out."
)

_ODD = "Some names look wrong, as if the letters of the file were meant otherwise: {names}. {where}"
_ODD_TO_CHOOSE = "Go back to the columns, and choose how letters are stored."
_ODD_IN_FILE = "They stand so in the file. Compare them with the other program before you import."


class CheckStep(QWidget):
    """Shows a dry run (`show_tried`). `import_asked` carries the numbers of the rows to add all the same, and the path
    for what is not added, or None.
    """

    import_asked = Signal(object, object)
    left = Signal()

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        ask_path: AskPath = ask_where_to_save,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ask_path = ask_path
        self._tried: DryRun | None = None
        self._refused_path: Path | None = None
        self.decisions = Decisions()
        self.card = Card("What would become of every row")
        self.warning = QFrame()
        self.warning.setProperty("type", "notice")
        self.warning.setProperty("tone", "warning")
        self.warning_words = Label("", wraps=True)
        QVBoxLayout(self.warning).addWidget(self.warning_words)
        self.kinds = QTabBar()
        self.kinds.setDrawBase(False)
        self.kinds.setExpanding(False)
        self.kinds.setAccessibleName("Which rows are shown")
        for _kind in KINDS:
            self.kinds.addTab("")
        self.model = RowsModel(clinic, tasks, self)
        self.table = plain_table("Rows of the file")
        self.table.setModel(self.model)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.setProperty("focusring", "true")
        self.table.installEventFilter(self)
        self.detail = RowDetail(theme)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(self.detail)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.detail.setMinimumWidth(theme.px(330))
        self.table.setMinimumWidth(theme.px(240))
        self.split.setSizes([theme.px(600), theme.px(420)])
        self.empty = EmptyState("", "")
        self.empty.hide()
        self.add_all = QPushButton("Add all of them all the same")
        self.leave_all = QPushButton("Leave all of them out")
        self.choose_refused = QPushButton("Write what is not added to a file…")
        self.refused_words = Label("", "small", wraps=True)
        self.fault = FaultLabel()
        self.running = RunningLine(theme)
        self.go_on = QPushButton("")
        self.go_on.setProperty("type", "primary")
        self.back = QPushButton("Back to the columns")
        self._lay_out()
        self.kinds.currentChanged.connect(self._show_kind)
        self.model.failed.connect(self._tell)
        self.model.dataChanged.connect(self._show_detail)
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)
        self.detail.turned.connect(self._turn)
        self.add_all.clicked.connect(self._add_all)
        self.leave_all.clicked.connect(self._leave_all)
        self.choose_refused.clicked.connect(self._choose_refused)
        self.go_on.clicked.connect(self._ask_import)
        self.back.clicked.connect(self.left)

    def _lay_out(self) -> None:
        theme = self._theme
        self.table.verticalHeader().setDefaultSectionSize(theme.px(28))
        body = self.card.body
        body.addWidget(self.warning)
        body.addWidget(self.kinds)
        body.addLayout(from_left(self.add_all, self.leave_all, gap_px=theme.space(3)))
        body.addWidget(self.split, 1)
        body.addWidget(self.empty, 1)
        write = QHBoxLayout()
        write.setSpacing(theme.space(4))
        write.addWidget(self.choose_refused)
        write.addWidget(self.refused_words, 1)
        self.foot = QWidget()
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.space(3))
        row.addWidget(self.go_on)
        row.addWidget(keys_of_way_on(self, self.go_on))
        row.addWidget(self.back)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(theme.space(4))
        column.addWidget(self.card, 1)
        column.addLayout(write)
        for part in (self.fault, self.running, self.foot):
            column.addWidget(part)

    def show_tried(self, tried: DryRun) -> None:
        """Show what would become of the rows; those that need a look first."""
        self._tried = tried
        self.decisions = Decisions()
        self._refused_path = None
        self.fault.say("")
        self.card.set_note(_note(tried))
        self.kinds.show()
        broken = tried.broken_off
        warnings = [] if broken is None else [_IN_PART.format(why=sentence(broken))]
        if tried.letters.is_odd:
            where = _ODD_TO_CHOOSE if tried.map.encoding in UNTOLD else _ODD_IN_FILE
            warnings.append(_ODD.format(names="; ".join(tried.letters.samples), where=where))
        self.warning.setVisible(bool(warnings))
        self.warning_words.setText("\n".join(warnings))
        self.back.setText("Back to the columns" if tried.map.kind is FileKind.CSV else "Choose another file")
        for place, kind in enumerate(KINDS):
            self.kinds.setTabText(place, f"{_KIND_WORDS[kind]} ({count_of(tried, kind):,})")
        needs_a_look = (
            RowKind.DUPLICATE if tried.duplicates else RowKind.REFUSED if tried.refused else RowKind.MADE
        )
        first = needs_a_look if tried.made or tried.duplicates else RowKind.REFUSED
        # What is shown takes the keyboard, which only what is enabled can.
        self.set_running(is_running=False)
        self.kinds.setCurrentIndex(KINDS.index(first))
        self._show_kind()

    def clear(self) -> None:
        """Show no rows: those of the file before must not be taken for what is tried now."""
        self._tried = None
        self.model.show_rows(None, RowKind.MADE, self.decisions)
        self.card.set_note("nothing is stored yet")
        self.fault.say("")
        self.empty.say("Trying every row", "Then what would become of each is shown here.")
        self.empty.show()
        for widget in (
            self.kinds,
            self.split,
            self.add_all,
            self.leave_all,
            self.choose_refused,
            self.refused_words,
            self.warning,
        ):
            widget.hide()

    def begin(self) -> RunningLine:
        """Let nothing be decided while it is imported, and give the line that tells of it."""
        self.set_running(is_running=True)
        return self.running

    def set_running(self, *, is_running: bool) -> None:
        """Offer what can be done now."""
        if not is_running:
            self.running.end()
        for widget in (self.card, self.choose_refused):
            widget.setEnabled(not is_running)
        self.foot.setVisible(not is_running)
        self._offer()

    def refuse(self, words: str) -> None:
        """Say why it was not imported."""
        self.set_running(is_running=False)
        self.fault.say(words)
        self.go_on.setFocus()

    def _show_kind(self) -> None:
        tried, kind = self._tried, KINDS[self.kinds.currentIndex()]
        if tried is None:
            return
        self.detail.clear()
        self.model.show_rows(tried, kind, self.decisions)
        head = self.table.horizontalHeader()
        for column, width in enumerate(_WIDTHS[kind]):
            mode = QHeaderView.ResizeMode.Interactive if width else QHeaderView.ResizeMode.Stretch
            head.setSectionResizeMode(column, mode)
            if width:
                head.resizeSection(column, self._theme.px(width))
        for column in range(self.model.columnCount()):
            self.table.showColumn(column)
        self._fit_columns()
        count = count_of(tried, kind)
        self.split.setVisible(count > 0)
        self.empty.setVisible(not count)
        self.empty.say(*_NOBODY[kind])
        for button in (self.add_all, self.leave_all):
            button.setVisible(kind is RowKind.DUPLICATE and count > 1)
        if count:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(0, 0), flags)
            self.table.setFocus()

    def _show_detail(self) -> None:
        place = self.table.currentIndex().row()
        row = self.model.row_at(place) if place >= 0 else None
        if row is None or self._tried is None:
            self.detail.clear()
        else:
            self.detail.show_row(row, self._tried.map.header, self.decisions)

    def _turn(self) -> None:
        row = self.model.row_at(self.table.currentIndex().row())
        if row is not None and row.can_be_added:
            self.decisions.turn(row)
            self._decided()

    def _add_all(self) -> None:
        self.decisions.decide_all(adds=True)
        self._decided()

    def _leave_all(self) -> None:
        self.decisions.decide_all(adds=False)
        self._decided()

    def _decided(self) -> None:
        self.model.tell_decisions()
        self._offer()

    def _offer(self) -> None:
        tried = self._tried
        if tried is None:
            return
        added = tried.made + self.decisions.count(tried.can_be_added)
        self.go_on.setText(f"Import {how_many(added, 'patient')}" if added else "Nobody to import")
        self.go_on.setEnabled(added > 0)
        self.add_all.setEnabled(self.decisions.count(tried.can_be_added) < tried.can_be_added)
        self.leave_all.setEnabled(self.decisions.count(tried.can_be_added) > 0)
        left = tried.rows - added
        for widget in (self.choose_refused, self.refused_words):
            widget.setVisible(left > 0)
        rows = how_many(left, "row is", "rows are")
        where = (
            ""
            if self._refused_path is None
            else f" With the reasons they go to {breakable(str(self._refused_path))}."
        )
        self.refused_words.setText(f"{rows} not added.{where}")
        if not tried.made and not tried.duplicates:
            self.fault.say(_ALL_REFUSED[tried.map.kind])

    def _choose_refused(self) -> None:
        if self._tried is None:
            return
        name = f"{self._tried.path.stem}-not-added.csv"
        wanted = Wanted("Where what is not added goes", name, "CSV (*.csv)", "csv", may_replace=False)
        path = self._ask_path(self, wanted)
        if path is None:
            return
        if path.exists():
            # What the import would say when everything is decided.
            self._tell(EnvironmentFault("import.there", path=str(path)))
            return
        self.fault.say("")
        self._refused_path = path
        self._offer()

    def _ask_import(self) -> None:
        if self._tried is not None:
            self.fault.say("")
            self.import_asked.emit(self.decisions.numbers(self._tried.index.numbers), self._refused_path)

    def _tell(self, error: Exception) -> None:
        self.fault.say(sentence_for(error))

    def _fit_columns(self) -> None:
        for column, least in _BESIDE[self.model.kind]:
            self.table.setColumnHidden(column, self.table.width() < self._theme.px(least))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit_columns()
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and IMPORT.pressed(event) == "turn"
        ):
            self._turn()
            return True
        return super().eventFilter(watched, event)


_KIND_WORDS = {
    RowKind.MADE: "Would be added",
    RowKind.DUPLICATE: "May be here already",
    RowKind.REFUSED: "Cannot be read",
}
_NOBODY = {
    RowKind.MADE: (
        "No row would be added",
        "Every row may be somebody who is here already, or cannot be read.",
    ),
    RowKind.DUPLICATE: (
        "Nobody seems to be here already",
        "No row is like a patient of this clinic or an earlier row.",
    ),
    RowKind.REFUSED: ("Every row can be read", ""),
}


def _note(tried: DryRun) -> str:
    parts = [tried.path.name, how_many(tried.rows, "row")]
    if tried.map.kind is FileKind.CSV and tried.map.has_header:
        parts.append(f"columns’ names in row {tried.map.header_row:,}")
    if tried.not_patients:
        aside = ("other resource is left aside", "other resources are left aside")
        parts.append(how_many(tried.not_patients, *aside))
    return " · ".join((*parts, "nothing is stored yet"))
