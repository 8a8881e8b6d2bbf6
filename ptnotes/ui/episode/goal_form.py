"""The line of fields that makes a new goal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from ptnotes.clinical import Motion, Reference
from ptnotes.domain.episode import Goal
from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import typed_number
from ptnotes.domain.treatment import Mode, PainKind, Side
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.pick_list import PickItem, PickList

_PAIN = ((PainKind.WORST, "Pain, worst"), (PainKind.NOW, "Pain, now"), (PainKind.BEST, "Pain, best"))


class GoalForm(QWidget):
    """Takes words, a measure, baseline, target and a date; emits `goal_made` when the button is pressed."""

    goal_made = Signal(object)

    def __init__(
        self, reference: Reference, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._reference = reference
        self._regions: tuple[str, ...] = ()
        self._has_made = False
        self._episode_id: int | None = None
        self._begun: dict[int | None, tuple[tuple[str, ...], bool, int]] = {}
        """What was typed for episodes that are not shown now."""
        self.words = QLineEdit()
        self.function = QLineEdit()
        self.measure = PickList(self._find_measure, placeholder="none, or such as flexion, pain, ODI")
        self.mode = QComboBox()
        self.mode.addItems(["active", "passive"])
        self.baseline = QLineEdit()
        self.target = QLineEdit()
        self.due = DateField(today, future=True)
        self.long_term = QCheckBox("Long term")
        self.add = QPushButton("Add the goal")
        self.words_field = FieldWithFault(
            "Goal", self.words, hint="what the patient will do, such as Lift 10 kg from the floor"
        )
        self.function_field = FieldWithFault(
            "For", self.function, hint="what it is for in daily life, such as Work in the store"
        )
        self.measure_field = FieldWithFault("Measured by", self.measure)
        self.mode_field = FieldWithFault("Motion", self.mode)
        self.baseline_field = FieldWithFault("From", self.baseline)
        self.target_field = FieldWithFault("To", self.target)
        due_field = FieldWithFault("By", self.due)
        self.due.problem_changed.connect(due_field.set_fault)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.words_field, 0, 0, 1, 6, top)
        grid.addWidget(self.function_field, 1, 0, 1, 6, top)
        grid.addWidget(self.measure_field, 2, 0, 1, 4, top)
        grid.addWidget(due_field, 2, 4, 1, 2, top)
        numbers = QHBoxLayout()
        numbers.setSpacing(12)
        for field in (self.mode_field, self.baseline_field, self.target_field):
            numbers.addWidget(field, 1, top)
        grid.addLayout(numbers, 3, 0, 1, 6)
        foot = QHBoxLayout()
        foot.addWidget(self.long_term)
        foot.addStretch(1)
        foot.addWidget(self.add)
        grid.addLayout(foot, 4, 0, 1, 6)
        for column in range(6):
            grid.setColumnStretch(column, 1)
        self.measure.chosen.connect(self._show_measure)
        self.measure.fault_changed.connect(self.measure_field.set_fault)
        self.add.clicked.connect(self._make)
        for line in (self.words, self.function, self.baseline, self.target):
            line.returnPressed.connect(self._make)
        self._lines = (self.words, self.function, self.baseline, self.target, self.measure, self.due)
        self._show_measure("")

    def turn_to(self, episode_id: int | None) -> None:
        """Take goals of this episode from now on. What was begun for another one comes back with that."""
        if episode_id == self._episode_id:
            return
        typed = tuple(line.text() for line in self._lines)
        if any(typed):
            self._begun[self._episode_id] = (typed, self.long_term.isChecked(), self.mode.currentIndex())
        self._episode_id = episode_id
        self._empty()
        self._has_made = False
        if episode_id not in self._begun:
            return
        typed, is_long_term, mode = self._begun.pop(episode_id)
        for line, text in zip(self._lines, typed, strict=True):
            line.setText(text)
        self.measure.settle()
        self.long_term.setChecked(is_long_term)
        self.mode.setCurrentIndex(mode)

    def offer_regions(self, regions: tuple[str, ...]) -> None:
        """Offer the motions of these regions first."""
        self._regions = regions

    def clear(self) -> None:
        """Empty the fields for the next goal."""
        self._empty()
        self._has_made = True
        self.words.setFocus()

    def set_fault(self, fault: str) -> None:
        """Say what is wrong with the goal's numbers."""
        self.target_field.set_fault(fault)

    def _empty(self) -> None:
        for line in (self.words, self.function, self.baseline, self.target):
            line.clear()
        self.measure.set_current(None)
        self.due.set_date(None)
        self.long_term.setChecked(False)
        for field in (self.words_field, self.baseline_field, self.target_field):
            field.set_fault("")
        self._show_measure("")

    def _find_measure(self, text: str) -> list[PickItem]:
        pain = [PickItem(f"pain:{kind.value}", words, aliases=("pain", "NPRS")) for kind, words in _PAIN]
        wanted = text.strip().casefold()
        items = [item for item in pain if wanted in item.label.casefold()] if wanted else pain
        if wanted:
            motions = list(self._reference.find("motions", text))
            own = {motion.id for region in self._regions for motion in self._reference.motions_in(region)}
            motions.sort(key=lambda motion: motion.id not in own)
        else:
            motions = [motion for region in self._regions for motion in self._reference.motions_in(region)]
        for motion in dict.fromkeys(motions):
            items += _motion_items(motion)
        items += [
            PickItem(f"outcome:{measure.id}", measure.abbreviation, measure.label, measure.aliases)
            for measure in self._reference.find("measures", text)
            if measure.id != "nprs"
        ]
        return items

    def _unit(self, picked: str) -> str:
        kind, _, rest = picked.partition(":")
        if kind == "rom":
            return self._reference.motions[rest.partition(":")[0]].unit
        if kind == "outcome":
            return self._reference.measures[rest].unit
        return "nprs" if kind == "pain" else ""

    def _show_measure(self, picked: str) -> None:
        measured = bool(picked)
        self.mode_field.setVisible(picked.startswith("rom:"))
        for field in (self.baseline_field, self.target_field):
            field.setVisible(measured)
        unit = {"deg": "degrees", "nprs": "0 to 10", "percent": "per cent"}.get(self._unit(picked))
        self.baseline_field.set_hint(unit or self._unit(picked))

    def _make(self) -> None:
        if self._has_made and not any(line.text() for line in self._lines):
            # Right after a goal was made this is the second half of a double press, not an empty goal.
            self.words.setFocus()
            return
        words = self.words.text().strip()
        self.words_field.set_fault("" if words else sentence(Fault("text.empty", "goal.words")))
        if not words or not self.measure.settle() or not self.due.read_text():
            return
        picked = self.measure.current_id or ""
        kind, _, rest = picked.partition(":")
        numbers = []
        for field, line in ((self.baseline_field, self.baseline), (self.target_field, self.target)):
            value = typed_number(line.text()) if picked else None
            wrong = bool(picked) and bool(line.text().strip()) and value is None
            values = {"value": line.text()[:20]}
            field.set_fault(sentence(Fault("value.not_a_number", "goal", values=values)) if wrong else "")
            if wrong:
                return
            numbers.append(value)
        motion, _, side = rest.partition(":") if kind == "rom" else ("", "", "")
        self.goal_made.emit(
            Goal(
                uuid=str(uuid4()),
                words=words,
                function=self.function.text().strip(),
                measure=kind or "words",
                motion=motion or None,
                side=Side(side) if side else None,
                mode=Mode(self.mode.currentText()) if kind == "rom" else None,
                pain_kind=rest if kind == "pain" else None,
                outcome=rest if kind == "outcome" else None,
                unit=self._unit(picked),
                baseline=numbers[0],
                target=numbers[1],
                due=self.due.day,
                long_term=self.long_term.isChecked(),
            )
        )


def _motion_items(motion: Motion) -> list[PickItem]:
    if not motion.sided:
        return [PickItem(f"rom:{motion.id}", motion.full_label, aliases=motion.aliases)]
    return [
        PickItem(
            f"rom:{motion.id}:{side.value}", f"{motion.full_label}, {side.value}", aliases=motion.aliases
        )
        for side in (Side.LEFT, Side.RIGHT)
    ]
