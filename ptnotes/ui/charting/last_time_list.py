"""The rows of the last visits in columns beside today's, in grey. One key takes a row as it was, one a step further."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.progression import Line, Step, lines, steps
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.domain.wording import day_and_month, full_date
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.last_time import Source, take
from ptnotes.ui.charting.row_table import Elided
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.keys import LAST_VISITS
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.labels import KeyHint, Label

_FIRST_COLUMNS_PX = 220
_VISIT_PX = 86
_HINTS = (("same", "same"), ("progress", "further"), ("other_step", "step"))


class _Words(QPushButton):
    """A button that is as narrow as it has to be, its words cut short with an ellipsis."""

    def __init__(self, kind: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ""
        self.setProperty("type", kind)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, words: str) -> None:
        """Show these words."""
        self._words = words
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - self.fontMetrics().averageCharWidth() * 2
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room))


class LastRow(QWidget):
    """The widgets of one line, which stand in the columns of the list."""

    def __init__(self, visits: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.button = _Words("past", parent)
        self.step = _Words("step", parent)
        self.today = Elided("", parent)
        self.past = [Elided("", parent) for _ in range(visits)]
        for label in self.past:
            label.set_kind("small")
        self.line: Line[Any] | None = None
        self._shown: Line[Any] | None = None
        self.offered: tuple[Step[Any], ...] = ()
        self.chosen = 0

    @property
    def is_charted(self) -> bool:
        """Whether the visit has the row already."""
        return self.line is not None and self.line.today is not None

    def show_line(self, line: Line[Any], source: Source, reference: Reference, dates: Sequence[str]) -> None:
        """Show one treatment: what it is, what is done or offered today, and what was done before."""
        if line == self._shown:
            # A key in one row of the visit changes one line of a dozen.
            return
        self.line = self._shown = line
        latest = line.latest
        self.offered = () if line.today is not None else steps(reference, latest)
        self.chosen = min(self.chosen, max(len(self.offered) - 1, 0))
        what = source.what(latest)
        self.button.say(what)
        self.button.setEnabled(not self.is_charted)
        then = "; ".join(
            f"{on}: {source.amount(row)}" for on, row in zip(dates, line.past, strict=True) if row is not None
        )
        self.button.setToolTip(f"{what}\n{then}" + ("" if self.is_charted else "\nDo the same today"))
        done = (
            f"charted today: {source.amount(line.today)}" if line.today is not None else "not charted today"
        )
        self.button.setAccessibleName(f"{what}, {done}. {then}")
        for label, row in zip(self.past, line.past, strict=True):
            _say(label, source.amount(row) or "done" if row is not None else "–")
        _say(self.today, f"✓ {source.amount(line.today)}" if line.today is not None else "")
        self.show_step()

    def show_step(self) -> None:
        """Show the step that is offered, if any."""
        step = self.offered[self.chosen] if self.offered else None
        self.step.setVisible(step is not None)
        self.today.setVisible(step is None)
        if step is not None:
            self.step.say(f"+ {step.words}")
            more = "" if len(self.offered) == 1 else f" ({LAST_VISITS.shown('other_step')} shows another)"
            self.step.setToolTip(f"One step further: {step.words}{more}")
            self.step.setAccessibleName(f"{self.button.accessibleName()} One step further: {step.words}")

    def widgets(self) -> list[QWidget]:
        """What stands in the columns, from the left; the step and today's value share one."""
        return [self.button, self.step, self.today, *self.past]


class LastVisits(QWidget):
    """One stop for Tab: arrows choose a row, and the keys of `ptnotes.ui.keys.LAST_VISITS` act on it."""

    def __init__(
        self,
        source: Source,
        state: DraftState,
        earlier: Sequence[TreatmentSession],
        reference: Reference,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._state = state
        self._earlier = [visit for visit in earlier if source.rows(visit)]
        self._reference = reference
        self._theme = theme
        self._at = 0
        self._columns = 0
        self.rows: list[LastRow] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, theme.space(2), 0, 0)
        self._grid.setHorizontalSpacing(theme.space(2))
        self._grid.setVerticalSpacing(0)
        self._grid.addWidget(self._hints(), 0, 0, 1, -1)
        self._dates = [full_date(visit.service_date) for visit in self._earlier]
        self._heads = [
            Label(day_and_month(visit.service_date), "caption", parent=self) for visit in self._earlier
        ]
        self._heads.insert(0, Label("Today", "caption", parent=self))
        for column, head in enumerate(self._heads, 1):
            head.setContentsMargins(theme.px(5), 0, 0, 0)
            self._grid.addWidget(head, 1, column)
        self._grid.setColumnStretch(0, 34)
        self._grid.setColumnStretch(1, 33)
        past = [source.rows(visit) for visit in self._earlier]
        for place, line in enumerate(lines(past, ())):
            self._add_row(place, line)
        self.setVisible(bool(self.rows))
        state.changed.connect(self._changed)
        self._show()
        self._fit()

    def _hints(self) -> QWidget:
        bar = QWidget(self)
        bar.setMinimumWidth(1)
        line = QHBoxLayout(bar)
        line.setContentsMargins(0, 0, 0, self._theme.space(1))
        line.setSpacing(self._theme.space(2))
        line.addWidget(Label("Last visits", "caption", parent=bar))
        line.addStretch(1)
        for key, words in _HINTS:
            line.addWidget(KeyHint(LAST_VISITS.shown(key), bar))
            line.addWidget(Label(words, "caption", parent=bar))
        return bar

    def _add_row(self, place: int, line: Line[Any]) -> None:
        row = LastRow(len(self._earlier), self)
        row.line = line
        for label in (row.today, *row.past):
            label.setContentsMargins(self._theme.px(5), 0, 0, 0)
        row.button.clicked.connect(partial(self._same, place))
        row.step.clicked.connect(partial(self._further, place))
        for column, widget in enumerate((row.button, row.step, *row.past)):
            self._grid.addWidget(widget, 2 + place, column)
        self._grid.addWidget(row.today, 2 + place, 1)
        self._grid.setRowMinimumHeight(2 + place, self._theme.px(26))
        self.rows.append(row)

    def take_row(self, place: int, *, further: bool = False) -> None:
        """Chart a row today: as it was, or with the step that is shown."""
        row = self.rows[place]
        if row.is_charted or row.line is None or (further and not row.offered):
            return
        session = self._state.session
        if further:
            session = edits.add_row(session, row.offered[row.chosen].row)
        else:
            session = take(session, row.line.latest)
        self._state.put(session)
        self._go_on()

    def _same(self, place: int) -> None:
        self.take_row(place)

    def _further(self, place: int) -> None:
        self.take_row(place, further=True)

    def _go_on(self) -> None:
        """Go to the next row that is not charted, from the one that was just taken on."""
        open_rows = [place for place, row in enumerate(self.rows) if not row.is_charted]
        self._at = next((place for place in open_rows if place >= self._at), self._at)
        self._mark()

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if self._source.rows(before) is not self._source.rows(after):
            self._show()

    def _show(self) -> None:
        past = [self._source.rows(visit) for visit in self._earlier]
        shown = lines(past, self._source.rows(self._state.session))
        for row, line in zip(self.rows, shown, strict=True):
            row.show_line(line, self._source, self._reference, self._dates)
        self._mark()

    def _fit(self) -> None:
        """Show as many earlier visits as there is room for, at least one."""
        room = self.width() - self._theme.px(_FIRST_COLUMNS_PX)
        columns = min(max(room // self._theme.px(_VISIT_PX), 1), len(self._earlier))
        for place in range(len(self._earlier)):
            is_shown = place < columns
            self._heads[place + 1].setVisible(is_shown)
            self._grid.setColumnStretch(place + 2, 22 if is_shown else 0)
            for row in self.rows:
                row.past[place].setVisible(is_shown)

    def _mark(self) -> None:
        """Show which row the keys act on, and say it."""
        for place, row in enumerate(self.rows):
            is_here = place == self._at and self.hasFocus()
            if bool(row.button.property("here")) != is_here:
                row.button.setProperty("here", is_here)
                restyle(row.button)
        if self.rows:
            row = self.rows[self._at]
            offered = f" One step further: {row.offered[row.chosen].words}." if row.offered else ""
            self.setAccessibleName(f"Last visits: {row.button.accessibleName()}.{offered}")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.rows and self.rows[self._at].is_charted:
            self._at = 0
            self._go_on()
        self._mark()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = LAST_VISITS.pressed(event)
        if pressed in ("same", "progress"):
            self.take_row(self._at, further=pressed == "progress")
        elif pressed == "other_step":
            row = self.rows[self._at]
            row.chosen = (row.chosen + 1) % max(len(row.offered), 1)
            row.show_step()
            self._mark()
        elif pressed in ("up", "down"):
            self._at = min(max(self._at + (1 if pressed == "down" else -1), 0), len(self.rows) - 1)
            self._mark()
        else:
            super().keyPressEvent(event)


def _say(label: Elided, words: str) -> None:
    label.setText(words)
    label.setToolTip(words if words != "–" else "not done")
