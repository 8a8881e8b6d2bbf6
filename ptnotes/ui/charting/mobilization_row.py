"""One mobilization, edited in place: level, side, technique, grade, dose and response, and below them the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QToolButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.sources import source_words
from ptnotes.domain.treatment import Mobilization, Side
from ptnotes.ui.charting import choices, edits
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.entry import Dose, dose_text, read_dose
from ptnotes.ui.charting.mobilization_cells import GradeCell, ResponseCell, TargetCell, flat_pick
from ptnotes.ui.charting.mobilization_details import MobilizationDetails
from ptnotes.ui.charting.row_table import RowEditor
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.pick_list import find_in

Change = Callable[..., None]
"""Called with the row's number, the name of the step, and the changed fields by name."""


class MobilizationRow(RowEditor[Mobilization]):
    """Shows one row and says each change through `change`."""

    def __init__(
        self,
        table: QWidget,
        row: Mobilization,
        *,
        reference: Reference,
        theme: Theme,
        find_targets: choices.Find,
        change: Change,
        remove: QToolButton,
    ) -> None:
        super().__init__(table)
        self._reference = reference
        self._number = row.row
        self._change = change
        self._techniques: tuple[str, ...] | None = None
        self._sides: tuple[Side, ...] | None = None
        self.target = TargetCell(reference, find_targets, table)
        self.side = flat_pick(find_in(()), "Side", "side", table)
        self.technique = flat_pick(find_in(()), "Technique", "technique", table)
        self.grade = GradeCell(reference, table)
        self.dose = ValueCell(self._read_dose, "Dose", parent=table)
        self.response = ResponseCell(reference, table)
        self.details = MobilizationDetails(reference, theme, self.below)
        self.below.add(self.details)
        self.asked: list[QWidget] = []
        """What the screen asks about the row, below it."""
        self.cells = [self.target, self.side, self.technique, self.grade, self.dose, self.response, remove]
        self.target.targets_chosen.connect(partial(self._put, "targets"))
        self.side.chosen.connect(self._side_chosen)
        self.technique.chosen.connect(self._technique_chosen)
        self.grade.grades_chosen.connect(self._grades_chosen)
        self.dose.typed.connect(self._dose_typed)
        details = self.details
        picks = (self.target, self.side, self.technique, self.grade, self.response)
        further = (
            details.position,
            details.direction,
            details.movement,
            details.rate,
            details.held_at,
            details.moving,
            details.note,
        )
        for cell in (*picks, self.dose, *further):
            cell.fault_changed.connect(partial(self.set_fault, cell))
        self.response.responses_chosen.connect(partial(self._put, "responses"))
        self.details.said.connect(self._put)
        self.details.moving_said.connect(self._moving_typed)

    @override
    def tab_stops(self) -> list[QWidget]:
        return [*self.cells[:-1], *self.details.fields(), *(one for one in self.asked if not one.isHidden())]

    @override
    def show_row(self, row: Mobilization) -> None:
        if row == self.shown:
            return
        self.shown = row
        reference = self._reference
        self._offer(row)
        self.target.show_targets(row.targets)
        self.side.show_current(choices.side_item(row.side) if row.side is not None else None)
        self._ask_for_side(edits.side_is_missing(reference, row))
        technique = reference.techniques[row.technique] if row.technique is not None else None
        self.technique.show_current(choices.technique_item(technique) if technique is not None else None)
        told = (
            f"{technique.label}\n{source_words(technique.source, technique.source_status)}"
            if technique is not None
            else ""
        )
        self.technique.setToolTip(told)
        self.grade.show_grade(row)
        self.dose.show_value(dose_text(row), _dose_of(row))
        self.dose.setPlaceholderText("attempts" if technique is not None and technique.thrust else "3x45s")
        self.response.show_responses(row.responses)
        self.details.show_row(row)
        self.below.settle()
        name = ", ".join(reference.targets[target].label for target in row.targets) or "Mobilization"
        for cell, field in zip(
            self.cells, ("level", "side", "technique", "grade", "dose", "response"), strict=False
        ):
            cell.setAccessibleName(f"{name}: {field}")

    def open_details(self, wanted: bool) -> None:
        """Show position, note and cavitation while the row is worked on."""
        self.details.open(wanted)
        self.below.settle()

    def _offer(self, row: Mobilization) -> None:
        """Have the lists offer what the row's targets and technique leave possible."""
        techniques = edits.possible_techniques(self._reference, row.targets)
        if techniques != self._techniques:
            self._techniques = techniques
            self.technique.set_find(choices.find_techniques(self._reference, techniques))
        sides = edits.possible_sides(self._reference, row.targets, row.technique)
        if sides != self._sides:
            self._sides = sides
            self.side.set_find(choices.find_sides(sides))

    def _side_chosen(self, side: str) -> None:
        self._put("side", Side(side) if side else None)

    def _technique_chosen(self, technique: str) -> None:
        self._put("technique", technique or None)
        self._go_to_side()
        # Once more after the list of choices has closed, where that gives the focus back to its own field.
        QTimer.singleShot(0, self, self._go_to_side)

    def _go_to_side(self) -> None:
        """Go to the side next where the technique taken needs one; whoever has gone on by now is left alone."""
        if self.side.property("needed") and self.technique.window().focusWidget() is self.technique:
            self.side.setFocus(Qt.FocusReason.TabFocusReason)

    def _ask_for_side(self, needed: bool) -> None:
        if bool(self.side.property("needed")) == needed:
            return
        self.side.setProperty("needed", needed)
        self.side.setPlaceholderText("side?" if needed else "side")
        self.side.setAccessibleDescription("The technique needs a side." if needed else "")
        restyle(self.side)

    def _grades_chosen(self, grade: str | None, grade_to: str | None) -> None:
        self._change(self._number, "grade", grade=grade, grade_to=grade_to)

    def _read_dose(self, text: str) -> Dose:
        technique = self.shown.technique if self.shown is not None else None
        mode = self._reference.techniques[technique].dosage_mode if technique is not None else "oscillatory"
        return read_dose(self._reference, mode, text)

    def _dose_typed(self, dose: Dose) -> None:
        fields = {name: getattr(dose, name) for name in ("sets", "reps", "duration_s", "hold_s", "attempts")}
        self._change(self._number, "dose", **fields)

    def _moving_typed(self, moving: str, fixed: str) -> None:
        self._change(self._number, "moving_part", moving_part=moving, fixed_part=fixed)

    def _put(self, field: str, value: Any) -> None:
        self._change(self._number, field, **{field: value})


def _dose_of(row: Mobilization) -> Dose:
    return Dose(
        sets=row.sets, reps=row.reps, duration_s=row.duration_s, hold_s=row.hold_s, attempts=row.attempts
    )
