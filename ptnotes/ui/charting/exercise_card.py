"""The exercises of the visit: sets, repetitions, hold, load, progression, done here or at home, and how often there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.checks import HEAVIEST_LOAD, LONGEST_HOLD_S, MOST_REPS, MOST_SETS
from ptnotes.domain.errors import InputError
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import Exercise, Place, TreatmentSession
from ptnotes.domain.wording import how_often
from ptnotes.ui.charting import choices, edits, last_time
from ptnotes.ui.charting.cells import ValueCell, leave_undo_to_screen
from ptnotes.ui.charting.entry import (
    dose_text,
    load_text,
    read_days_a_week,
    read_resistance,
    read_times_a_day,
    read_whole,
)
from ptnotes.ui.charting.last_time_list import LastVisits
from ptnotes.ui.charting.row_table import RowEditor, RowTable
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.phrases.expander import mark_narrative
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.pick_list import PickList, find_in

_HEADS = ("Exercise", "Sets", "Reps", "Hold", "Load", "Where", "")
_OFTEN_PX = 112
_PLACES = {Place.CLINIC: "clinic", Place.HOME: "home"}


class ExerciseRow(RowEditor[Exercise]):
    """Shows one exercise and says each change through `change(row, step, **fields)`."""

    def __init__(
        self,
        table: QWidget,
        row: Exercise,
        *,
        theme: Theme,
        last: Exercise | None,
        change: Callable[..., None],
        left: Callable[[], None],
        remove: QToolButton,
    ) -> None:
        super().__init__(table)
        self._number = row.row
        self._change = change
        self._left = left
        self._table = table
        self._last = last
        self.name = self._cell(_read_name, "Exercise")
        self.sets = self._cell(partial(_read_count, "sets", MOST_SETS), "Sets", width=theme.px(38))
        self.reps = self._cell(partial(_read_count, "reps", MOST_REPS), "Repetitions", width=theme.px(38))
        self.hold = self._cell(_read_hold, "Hold in seconds", width=theme.px(46))
        self.load = self._cell(self._read_load, "Load", width=theme.px(62))
        self.place = QPushButton(table)
        self.place.setProperty("type", "quiet")
        self.place.setFixedWidth(theme.px(60))
        self.place.clicked.connect(self._turn_place)
        self.times = self._cell(read_times_a_day, "Times a day")
        self.days = self._cell(read_days_a_week, "Days a week")
        self.often = QWidget(self.below)
        line = QHBoxLayout(self.often)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.space(1))
        for field in (self.times, self.days):
            field.fix_width(theme.px(_OFTEN_PX))
            line.addWidget(field)
        line.addStretch(1)
        self.below.add(self.often)
        self.often.hide()
        self.progression = self._cell(_read_progression, "Progression")
        self.progression.setParent(self.below)
        self.progression.setPlaceholderText("progression")
        mark_narrative(self.progression)
        self.cue = self._cell(_read_cue, "Cue")
        self.cue.setParent(self.below)
        self.cue.setPlaceholderText("cue")
        for field in (self.progression, self.cue):
            self.below.add(field)
            field.hide()
        self.cells = [self.name, self.sets, self.reps, self.hold, self.load, self.place, remove]
        self.name.typed.connect(self._name_typed)
        self.sets.typed.connect(partial(self._put, "sets"))
        self.reps.typed.connect(partial(self._put, "reps"))
        self.hold.typed.connect(partial(self._put, "hold_s"))
        self.load.typed.connect(self._load_typed)
        self.times.typed.connect(partial(self._put, "times_a_day"))
        self.days.typed.connect(partial(self._put, "days_a_week"))
        self.progression.typed.connect(partial(self._put, "progression"))
        self.cue.typed.connect(partial(self._put, "cue"))

    def _cell(self, read: Callable[[str], object], name: str, *, width: int = 0) -> ValueCell:
        cell = ValueCell(read, name, right=width > 0, parent=self._table)
        if width:
            cell.fix_width(width)
        cell.fault_changed.connect(partial(self.set_fault, cell))
        cell.left.connect(self._left)
        return cell

    @override
    def tab_stops(self) -> list[QWidget]:
        return [*self.cells[:-1], self.times, self.days, self.progression, self.cue]

    @override
    def show_row(self, row: Exercise) -> None:
        if row == self.shown:
            return
        self.shown = row
        last = self._last
        self.name.show_value(row.name, row.name)
        self.sets.show_value("" if row.sets is None else str(row.sets), row.sets)
        self.reps.show_value("" if row.reps is None else str(row.reps), row.reps)
        self.hold.show_value("" if row.hold_s is None else f"{row.hold_s} s", row.hold_s)
        self.load.show_value(row.band or load_text(row), (row.load, row.load_unit, row.band))
        self.place.setText(_PLACES[row.place])
        self.times.show_value(how_often(row.times_a_day, None), row.times_a_day)
        self.days.show_value(how_often(None, row.days_a_week), row.days_a_week)
        self.progression.show_value(row.progression, row.progression)
        self.cue.show_value(row.cue, row.cue)
        for cell, field in zip(
            self.cells, ("name", "sets", "repetitions", "hold", "load", "where"), strict=False
        ):
            cell.setAccessibleName(f"{row.name or 'Exercise'}: {field}")
        self.place.setAccessibleName(f"{row.name}: done {_PLACES[row.place]}. Press to change.")
        self.times.setAccessibleName(f"{row.name or 'Exercise'}: times a day")
        self.days.setAccessibleName(f"{row.name or 'Exercise'}: days a week")
        self.times.setPlaceholderText("times a day")
        self.days.setPlaceholderText("days a week")
        if last is not None:
            self.name.setToolTip(f"Last visit: {exercise_words(last)}")
            self.sets.setPlaceholderText("" if last.sets is None else str(last.sets))
            self.reps.setPlaceholderText("" if last.reps is None else str(last.reps))
            self.hold.setPlaceholderText("" if last.hold_s is None else f"{last.hold_s} s")
            self.load.setPlaceholderText(load_text(last))
            self.times.setPlaceholderText(how_often(last.times_a_day, None) or "times a day")
            self.days.setPlaceholderText(how_often(None, last.days_a_week) or "days a week")
        self.open_below(any(field.hasFocus() for field in self.tab_stops()))

    def open_below(self, wanted: bool) -> None:
        """Show the lines below while the row is worked on, and where they say something.

        How often is asked only of what is done at home.
        """
        row = self.shown
        says_often = row is not None and (row.times_a_day is not None or row.days_a_week is not None)
        self.often.setVisible(row is not None and row.place is Place.HOME and (wanted or says_often))
        self.progression.setVisible(wanted or bool(self.shown and self.shown.progression))
        self.cue.setVisible(wanted or bool(self.shown and self.shown.cue))
        self.below.settle()

    def _read_load(self, text: str) -> tuple[Decimal | None, str, str]:
        return read_resistance(text, self.shown.load_unit if self.shown is not None else "kg", HEAVIEST_LOAD)

    def _load_typed(self, load: tuple[Decimal | None, str, str]) -> None:
        self._change(self._number, "load", load=load[0], load_unit=load[1], band=load[2])

    def _name_typed(self, name: str) -> None:
        # Under another name it is no longer the exercise that was chosen from the list.
        self._change(self._number, "name", name=name, exercise=None)

    def _turn_place(self) -> None:
        if self.shown is not None:
            if self.shown.place is Place.CLINIC:
                self._change(self._number, None, place=Place.HOME)
            else:
                # How often is said of home alone.
                self._change(self._number, None, place=Place.CLINIC, times_a_day=None, days_a_week=None)

    def _put(self, field: str, value: object) -> None:
        self._change(self._number, field, **{field: value})


class ExerciseTable(RowTable[Exercise]):
    """The exercises charted."""

    def __init__(
        self, state: DraftState, last: TreatmentSession | None, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(theme, _HEADS, stretch=(1, 0, 0, 0, 0, 0, 0), right=(1, 2, 3, 4), parent=parent)
        self._state = state
        self._last = {row.name: row for row in (last.exercises if last is not None else ())}
        self.focus_moved.connect(self._open_below)

    @override
    def key_of(self, row: Exercise) -> int:
        return row.row

    @override
    def make_editor(self, row: Exercise) -> RowEditor[Exercise]:
        return ExerciseRow(
            self,
            row,
            theme=self.theme,
            last=self._last.get(row.name),
            change=self._change,
            left=self._state.end_step,
            remove=self.remove_button("Remove this exercise", row.row),
        )

    def _change(self, row: int, step: str | None, **fields: Any) -> None:
        session = edits.change_row(self._state.session, Exercise, row, **fields)
        self._state.put(session, ("exercise", row, step) if step is not None else None)

    def _open_below(self, editor: object, holds_focus: bool) -> None:
        if isinstance(editor, ExerciseRow):
            editor.open_below(holds_focus)


class ExerciseCard(Card):
    """Exercises, with those of the `earlier` visits (newest first) in grey."""

    def __init__(
        self,
        state: DraftState,
        earlier: Sequence[TreatmentSession],
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Exercises", "", parent)
        self._state = state
        self._reference = reference
        self.table = ExerciseTable(state, next(iter(earlier), None), theme, self)
        self.table.next_asked.connect(self.start_row)
        self.table.removal_asked.connect(self._remove)
        find = find_in(choices.exercise_items(reference, regions))
        self.add = PickList(find, placeholder="Add an exercise …", free_text=True, parent=self)
        self.add.setAccessibleName("Add an exercise")
        self.add.setMaximumWidth(theme.px(220))
        leave_undo_to_screen(self.add)
        self.add.chosen.connect(self._chosen)
        self.add.text_entered.connect(self._named)
        self.fault = Label("", "fault", wraps=True, parent=self)
        self.fault.hide()
        self.last = LastVisits(last_time.exercises(), state, earlier, reference, theme, self)
        self.body.addWidget(self.table)
        self.body.addWidget(self.add)
        self.body.addWidget(self.fault)
        self.body.addWidget(self.last)
        self.body.addStretch(1)
        state.changed.connect(self._changed)
        self._show()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [*self.table.tab_stops(), self.add, self.last]

    def start_row(self) -> None:
        """Put the focus where the next exercise is begun."""
        self.add.setFocus()

    def _chosen(self, exercise: str) -> None:
        self.add.set_current(None)
        if exercise:
            self._add(Exercise(row=0, exercise=exercise, name=self._reference.exercises[exercise].label))

    def _named(self, typed: str) -> None:
        try:
            name = clean_line(typed, "exercise.name")
        except InputError as error:
            self.fault.setText(sentence_for(error))
            self.fault.show()
            return
        self.fault.hide()
        self.add.set_current(None)
        self._add(Exercise(row=0, name=name))

    def _add(self, exercise: Exercise) -> None:
        session = edits.add_row(self._state.session, exercise)
        self._state.put(session)
        # After the list of choices has closed, which gives the focus back to its own field.
        QTimer.singleShot(0, self, partial(self._work_on, session.exercises[-1].row))

    def _work_on(self, row: int) -> None:
        if row in self.table.editors:
            self.table.focus_row(row, 1)

    def _remove(self, row: int) -> None:
        self._state.put(edits.remove_row(self._state.session, Exercise, row))
        self.start_row()

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.exercises is not after.exercises:
            self._show()

    def _show(self) -> None:
        self.table.show_rows(self._state.session.exercises)


def exercise_words(row: Exercise) -> str:
    """One exercise in a line: ``Bridge · 3 × 10 · 5 kg · home · twice a day, 5 days a week``."""
    home = "home" if row.place is Place.HOME else ""
    often = how_often(row.times_a_day, row.days_a_week)
    parts = (row.name, dose_text(row), load_text(row), home, often)
    return " · ".join(part for part in parts if part)


def _read_name(text: str) -> str:
    return clean_line(text, "exercise.name")


def _read_progression(text: str) -> str:
    return clean_line(text, "exercise.progression")


def _read_cue(text: str) -> str:
    return clean_line(text, "exercise.cue")


def _read_count(field: str, highest: int, text: str) -> int | None:
    return read_whole(text, f"exercise.{field}", 1, highest)


def _read_hold(text: str) -> int | None:
    return read_whole(text, "exercise.hold_s", 1, LONGEST_HOLD_S, " s")
