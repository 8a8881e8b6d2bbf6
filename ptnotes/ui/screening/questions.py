"""Every question of a screen under its heading, in columns, answered and walked through with keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.screening import Answer, begins_anew, by_heading, items_for, latest_answers, unanswered
from ptnotes.services.screening import ScreenView, reasons_to_ask
from ptnotes.ui.screening.question import NoneRow, QuestionRow, Said
from ptnotes.ui.screening.sites import site_finder
from ptnotes.ui.theme import Theme

COLUMN_PX = 300
"""Least width of a column of headings at the smallest text size."""
_MOST_COLUMNS = 3
_LONG = 28
"""Labels of more letters take two lines."""
_HEADING = 1.6
"""What a heading with its card takes, in rows."""


class Questions(QWidget):
    """The questions of `found`. `answered` carries an item and a `Said`, `focused` the item that has the keyboard,
    `shown` the widget that has to be in sight, and `ended` says that the keys went past the last question.
    """

    answered = Signal(str, object)
    focused = Signal(str)
    shown = Signal(object)
    ended = Signal()

    def __init__(
        self, reference: Reference, found: ScreenView, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._implied = found.implied
        self._columns = 0
        self.setProperty("ground", "window")
        self.rows: dict[str, QuestionRow] = {}
        self.headings: dict[str, NoneRow] = {}
        self._members: dict[str, list[QuestionRow]] = {}
        self._groups: dict[str, QFrame] = {}
        opened = list(found.implied)
        find = site_finder(reference, found.scope.regions)
        for heading, items in by_heading(items_for(reference, found.scope.regions)).items():
            group = self._groups[heading] = QFrame(self)
            group.setProperty("type", "card")
            lines = QVBoxLayout(group)
            lines.setContentsMargins(theme.px(5), theme.px(3), theme.px(5), theme.px(4))
            lines.setSpacing(0)
            title = self.headings[heading] = NoneRow(heading, theme, group)
            title.chosen.connect(partial(self._none, heading))
            title.moved.connect(partial(self._move_from, title))
            lines.addWidget(title)
            members = self._members[heading] = []
            for item in sorted(
                items, key=lambda each: opened.index(each.id) if each.id in opened else len(opened)
            ):
                row = QuestionRow(item, found.implied.get(item.id, ""), reference, find, theme, group)
                row.answered.connect(self._answered)
                row.moved.connect(partial(self._move_from, row))
                row.focused.connect(self.focused)
                lines.addWidget(row)
                members.append(row)
                self.rows[item.id] = row
        # First what the diagnoses imply something in.
        self.order = sorted(
            self._groups,
            key=lambda name: not any(row.item.id in found.implied for row in self._members[name]),
        )
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, theme.px(6), 0)
        outer.setSpacing(theme.px(8))
        self._lines = [QVBoxLayout() for _ in range(_MOST_COLUMNS)]
        for line in self._lines:
            line.setSpacing(theme.px(8))
            outer.addLayout(line, 1)

    @property
    def open_rows(self) -> list[QuestionRow]:
        """The questions that have neither yes nor no."""
        return [row for row in self.rows.values() if row.is_open]

    def arrange(self, width: int) -> None:
        """Put the headings into as many columns as fit into `width`, in their order, columns of like height."""
        room = max(1, min(_MOST_COLUMNS, width // self._theme.px(COLUMN_PX)))
        if room == self._columns:
            return
        self._columns = room
        for line in self._lines:
            while line.takeAt(0) is not None:
                pass
        weights = {heading: _HEADING + sum(map(_weight, rows)) for heading, rows in self._members.items()}
        share = sum(weights.values()) / room
        filled = 0.0
        for heading in self.order:
            place = min(room - 1, int((filled + weights[heading] / 2) / share))
            self._lines[place].addWidget(self._groups[heading])
            filled += weights[heading]
        for place, line in enumerate(self._lines):
            line.addStretch(1)
            layout = self.layout()
            if isinstance(layout, QHBoxLayout):
                layout.setStretch(place, 1 if place < room else 0)

    def show_answers(self, reference: Reference, found: ScreenView, waiting: dict[str, Said]) -> None:
        """Show the answers that count, those not stored yet, and beside open questions what was said before."""
        latest = latest_answers(found.screen.answers)
        anew = begins_anew(reasons_to_ask(reference, found))
        open_ids = {item.id for item in unanswered(reference, found.screen.answers, found.scope.regions)}
        for name, row in self.rows.items():
            given = latest.get(name)
            if name in waiting:
                row.show_said(waiting[name], None)
            elif given is None or anew or (name in open_ids and given.answer is not Answer.UNKNOWN):
                row.show_said(None, given)
            else:
                row.show_said(Said(given.answer, given.sites), None)
        self.count()

    def count(self) -> None:
        """Say beside each heading how many of its questions are open."""
        for heading, title in self.headings.items():
            rows = self._members[heading]
            left = [row for row in rows if row.said is None and row.item.id in self._implied]
            yes = any(row.said is not None and row.said.answer is Answer.YES for row in rows)
            title.show_open(sum(row.is_open for row in rows) - len(left), others=bool(left) or yes)

    def focus_first(self) -> None:
        """Begin with what the diagnoses imply, then at the first heading with a question that is open."""
        for row in self.rows.values():
            if row.item.id in self._implied and row.said is None:
                self._go(row)
                return
        for heading in self.order:
            if any(row.is_open for row in self._members[heading]):
                self._go(self.headings[heading])
                return
        self.ended.emit()

    def _answered(self, item: str, said: Said) -> None:
        self.answered.emit(item, said)
        self.count()

    def _none(self, heading: str) -> None:
        """Answer each open question of a heading with no, but for those that a diagnosis implies; and go on."""
        left: QWidget | None = None
        for row in self._members[heading]:
            if row.said is None and row.item.id in self._implied:
                left = left or row
            elif row.is_open:
                row.show_said(Said(Answer.NO), None)
                self.answered.emit(row.item.id, Said(Answer.NO))
        self.count()
        following = self.order[self.order.index(heading) + 1 :]
        target = left or (self.headings[following[0]] if following else None)
        if target is None:
            self.ended.emit()
        else:
            self._go(target)

    def _move_from(self, stop: QWidget, where: str) -> None:
        stops: list[QWidget] = []
        for heading in self.order:
            stops += [self.headings[heading], *self._members[heading]]
        here = stops.index(stop)
        if where in ("left", "right"):
            titles = [self.headings[heading] for heading in self.order]
            own = max(place for place, title in enumerate(titles) if stops.index(title) <= here)
            self._go(titles[min(max(own + (1 if where == "right" else -1), 0), len(titles) - 1)])
            return
        place = here + (1 if where == "down" else -1)
        if place >= len(stops):
            self.ended.emit()
        else:
            self._go(stops[max(place, 0)])

    def _go(self, target: QWidget) -> None:
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.shown.emit(target)


def _weight(row: QuestionRow) -> float:
    """How much of a column a question takes, in rows."""
    asks_where = row.sites is not None and not row.sites.isHidden()
    return 1.0 + 0.3 * (len(row.item.label) > _LONG) + 0.6 * (not row.reason.isHidden()) + 1.1 * asks_where
