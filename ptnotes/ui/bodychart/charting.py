"""What the body chart shows of a visit and changes in it. Every change is one step of the visit's undo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from ptnotes.clinical import Reference
from ptnotes.domain.body_chart import (
    CLEARED,
    KINDS,
    PAIN,
    QUALITIES,
    chart_lines,
    covered,
    mark_details,
    stroke_of,
    symptom_words,
)
from ptnotes.domain.treatment import BodyMark, BodyView, TreatmentSession
from ptnotes.domain.wording import full_date
from ptnotes.figures.body_areas import area_named, areas_of
from ptnotes.ui.charting import body_edits
from ptnotes.ui.charting.state import DraftState

READ_ONLY = "This visit can only be read."
NOTHING_CHOSEN = "Choose a mark first, with Up and Down or a click."
NO_AREA = "Draw round an area; a dot marks none."
NOWHERE = "Draw on the figure: what lies beside it marks nothing."
NO_QUALITY = "Where nothing is felt there is nothing more to say."
NO_MORE = "Nothing more of the last chart to take over."


class BodyCharting(QObject):
    """The marks of a visit, the one that is chosen, and the kind of the next one. `changed` after every change;
    `said` carries what was done in words, `refused` why nothing was.

    `earlier` visits, newest first, are shown and never changed; the last of them with a chart stands under today's.
    """

    changed = Signal()
    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        state: DraftState,
        earlier: Sequence[TreatmentSession],
        reference: Reference,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._reference = reference
        last = next((visit for visit in earlier if visit.body_chart), None)
        self.last_marks = last.body_chart if last is not None else ()
        self.last_day = full_date(last.service_date) if last is not None else ""
        self.kind = PAIN
        self.chosen: int | None = None
        self.is_editable = True
        state.changed.connect(self._state_changed)

    @property
    def marks(self) -> tuple[BodyMark, ...]:
        """The visit's marks, the most important first."""
        return self._state.session.body_chart

    @property
    def chosen_mark(self) -> BodyMark | None:
        """The mark that keys act on."""
        return next((mark for mark in self.marks if mark.row == self.chosen), None)

    def names(self, *, with_words: bool = True) -> tuple[str, ...]:
        """Each mark in words: ``P1: pain, left buttock, constant, deep``, and what is said of it beside that."""
        return chart_lines(self._reference, areas_of, self.marks, with_words=with_words)

    def kind_words(self, symptom: str) -> str:
        """A kind or a quality in words."""
        return symptom_words(self._reference, symptom)

    def last_name(self, mark: BodyMark) -> str:
        """A mark of the last chart in words, without a number: today's order is today's."""
        return mark_details(self._reference, areas_of, mark)

    def open_last(self) -> tuple[BodyMark, ...]:
        """The marks of the last chart that are not marked today."""
        return tuple(mark for mark in self.last_marks if not body_edits.is_charted(self._state.session, mark))

    def choose(self, row: int | None) -> None:
        """Have the keys act on a mark."""
        if row != self.chosen:
            self.chosen = row
            self.changed.emit()
            if row is not None:
                self.said.emit(self._name(row))

    def draw(self, view: BodyView, drawn: Sequence[tuple[float, float]]) -> None:
        """Mark what was drawn, points in thousandths of the view."""
        stroke = stroke_of(drawn)
        if stroke is None or len(stroke) < 2:
            self.refused.emit(NO_AREA)
            return
        if not covered(areas_of(view), (stroke,)):
            self.refused.emit(NOWHERE)
            return
        self._put_new(body_edits.add_mark(self._state.session, view, stroke, self.kind))

    def mark_area(self, area_id: str) -> None:
        """Mark a whole named area."""
        area = area_named(area_id)
        self._put_new(body_edits.add_mark(self._state.session, area.view, area.outline, self.kind))

    def take_over(self, mark: BodyMark) -> None:
        """Mark today, too, what was marked last time: this one, because somebody asked for it."""
        self._put_new(body_edits.take_over(self._state.session, mark))

    def set_words(self, row: int, words: str) -> None:
        """Say something of a mark in words. Raises `InputError`."""
        self._state.put(body_edits.set_words(self._state.session, row, words), ("body words", row))

    def end_step(self) -> None:
        """Have what is typed next be undone by itself."""
        self._state.end_step()

    def act(self, verb: str) -> None:
        """Do what a key or a button stands for: a kind or a quality by its id, ``up``, ``down`` (the mark before and
        after), ``earlier``, ``later`` (its place in the order), ``remove`` or ``last``.
        """
        if verb in ("up", "down"):
            self._step(-1 if verb == "up" else 1)
        elif not self.is_editable:
            self.refused.emit(READ_ONLY)
        elif verb in KINDS:
            self._set_kind(verb)
        elif verb == "last":
            still = self.open_last()
            if still:
                self.take_over(still[0])
            else:
                self.refused.emit(NO_MORE)
        else:
            self._act_on_chosen(verb)

    def _set_kind(self, kind: str) -> None:
        """The kind of the chosen mark, and of the next one."""
        self.kind = kind
        if self.chosen_mark is not None:
            self._state.put(body_edits.set_kind(self._state.session, self.chosen_mark.row, kind))
            self.said.emit(self._name(self.chosen_mark.row))
        else:
            self.said.emit(f"The next mark is {self.kind_words(kind)}.")
        self.changed.emit()

    def _act_on_chosen(self, verb: str) -> None:
        mark, session = self.chosen_mark, self._state.session
        if mark is None:
            self.refused.emit(NOTHING_CHOSEN)
            return
        if verb == "remove":
            name, rows = self._name(mark.row), [one.row for one in self.marks if one.row != mark.row]
            place = min(self.marks.index(mark), len(rows) - 1)
            self.chosen = rows[place] if rows else None
            self._state.put(body_edits.remove_mark(session, mark.row))
            self.said.emit(f"Taken away: {name}")
            return
        if verb in QUALITIES:
            if mark.symptom == CLEARED:
                self.refused.emit(NO_QUALITY)
                return
            self._state.put(body_edits.toggle_quality(session, mark.row, verb))
        elif verb in ("earlier", "later"):
            self._state.put(body_edits.move_mark(session, mark.row, -1 if verb == "earlier" else 1))
        self.said.emit(self._name(mark.row))

    def _step(self, by: int) -> None:
        rows = [mark.row for mark in self.marks]
        if not rows:
            return
        here = rows.index(self.chosen) if self.chosen in rows else (-1 if by > 0 else len(rows))
        self.choose(rows[min(max(here + by, 0), len(rows) - 1)])

    def _put_new(self, session: TreatmentSession) -> None:
        if not self.is_editable:
            self.refused.emit(READ_ONLY)
            return
        if session is self._state.session:
            return
        self.chosen = session.body_chart[-1].row
        self._state.put(session)
        self.said.emit(self._name(self.chosen))

    def _name(self, row: int) -> str:
        return next(name for mark, name in zip(self.marks, self.names(), strict=True) if mark.row == row)

    def _state_changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.body_chart is not after.body_chart:
            if self.chosen_mark is None:
                self.chosen = None
            self.changed.emit()
