"""What more is said of a mobilization: position, direction, movement, what moves on what, rate, note, cavitation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from ptnotes.clinical import Reference, Technique
from ptnotes.domain.moving import moving_parts, moving_text
from ptnotes.domain.sources import source_words
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import Mobilization
from ptnotes.domain.wording import number
from ptnotes.services.visit_words import moving_words
from ptnotes.ui.charting import choices
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.entry import read_rate
from ptnotes.ui.charting.mobilization_cells import flat_pick
from ptnotes.ui.phrases.expander import mark_narrative
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in

_ROOM = 9
"""Letters that a cell of the table holds at the narrowest."""
_CAVITATION = {None: "not recorded", True: "yes", False: "no"}


class MobilizationDetails(QWidget):
    """Shown while the row is worked on; else what they say stands in one quiet line, if anything.

    `said` carries the field's name in `Mobilization` and its value, `moving_said` both parts of what moves on what.
    Direction and movement are there only for a technique that has a choice of them.
    """

    said = Signal(str, object)
    moving_said = Signal(str, str)

    def __init__(self, reference: Reference, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._reference = reference
        self._technique: str | None = ""
        self._open = False
        self._offered: dict[QWidget, bool] = {}
        self._cavitated: bool | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, theme.px(4))
        grid.setHorizontalSpacing(theme.space(2))
        grid.setVerticalSpacing(0)
        self.summary = Label("", "small", wraps=True, parent=self)
        self.summary.setContentsMargins(theme.px(6), 0, 0, theme.px(2))
        self.position = self._pick("position", "Position", "position")
        self.direction = self._pick("direction", "Direction", "direction")
        self.movement = self._pick("movement", "With movement", "with movement")
        self.rate = ValueCell(partial(read_rate, reference), "Rate", parent=self)
        self.rate.setPlaceholderText("rate in Hz")
        self.held_at = ValueCell(partial(_read_line, "pre_position"), "Joint held at", parent=self)
        self.held_at.setPlaceholderText("held at, as 90° abd")
        self.moving = ValueCell(_read_moving, "What moves on what", parent=self)
        self.note = ValueCell(partial(_read_line, "note"), "Note on this technique", parent=self)
        self.note.setPlaceholderText("note")
        mark_narrative(self.note)
        self.cavitation = QPushButton(self)
        self.cavitation.setProperty("type", "quiet")
        self.cavitation.setToolTip("Press to change: yes, no, not recorded")
        grid.addWidget(self.summary, 0, 0, 1, 6)
        # Most techniques have two of these; what is not offered leaves its room to the others.
        first = QHBoxLayout()
        first.setSpacing(theme.space(2))
        for field in (self.position, self.direction, self.movement, self.moving):
            first.addWidget(field, 1)
        grid.addLayout(first, 1, 0, 1, 6)
        grid.addWidget(self.held_at, 2, 0, 1, 2)
        grid.addWidget(self.rate, 2, 2)
        grid.addWidget(self.note, 2, 3, 1, 3)
        grid.addWidget(self.cavitation, 3, 0, 1, 3)
        self.source = Label("", "small", wraps=True, parent=self)
        self.source.setContentsMargins(theme.px(6), 0, 0, theme.px(2))
        grid.addWidget(self.source, 4, 0, 1, 6)
        for column in range(6):
            grid.setColumnStretch(column, 1)
        self.rate.typed.connect(partial(self.said.emit, "rate_hz"))
        self.held_at.typed.connect(partial(self.said.emit, "pre_position"))
        self.moving.typed.connect(self._moving_typed)
        self.note.typed.connect(partial(self.said.emit, "note"))
        self.cavitation.clicked.connect(self._next_cavitation)
        self.hide()

    def fields(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [
            self.position,
            self.direction,
            self.movement,
            self.moving,
            self.held_at,
            self.rate,
            self.note,
            self.cavitation,
        ]

    def show_row(self, row: Mobilization) -> None:
        """Show the row's details."""
        reference = self._reference
        technique = reference.techniques[row.technique] if row.technique is not None else None
        if row.technique != self._technique:
            self._technique = row.technique
            self._offer(technique)
        for field, known, entries in (
            (self.position, row.position, reference.patient_positions),
            (self.direction, row.direction, reference.directions),
            (self.movement, row.movement, reference.movements),
        ):
            label = entries[known].label if known is not None else ""
            field.show_current(PickItem(known, label) if known is not None else None)
        self.rate.show_value("" if row.rate_hz is None else f"{number(row.rate_hz)} Hz", row.rate_hz)
        self.held_at.show_value(row.pre_position, row.pre_position)
        moves = moving_text(row.moving_part, row.fixed_part)
        self.moving.show_value(moves, (row.moving_part, row.fixed_part))
        implied = moving_words(reference, replace(row, moving_part="", fixed_part=""))
        self.moving.setPlaceholderText(f"moves: {implied}" if implied else "what moves on what")
        self.note.show_value(row.note, row.note)
        self._cavitated = row.cavitation
        self.cavitation.setText(f"cavitation {_CAVITATION[row.cavitation]}")
        thrust = technique is not None and technique.thrust
        self._offered = {
            self.direction: (technique is not None and len(technique.directions) > 1) or bool(row.direction),
            self.movement: (technique is not None and technique.family == "mulligan") or bool(row.movement),
            self.rate: not thrust,
            self.cavitation: technique is not None and technique.cavitation_field,
        }
        parts = (
            *_long_names(reference, row),
            self.direction.text(),
            f"with {self.movement.text()}" if row.movement is not None else "",
            self.rate.text(),
            f"held at {row.pre_position}" if row.pre_position else "",
            f"moves: {moves}" if moves else "",
            self.position.text(),
            row.note,
            self.cavitation.text() if row.cavitation is not None else "",
        )
        self.summary.setText(" · ".join(part for part in parts if part))
        self.source.setText(_source(technique))
        self.open(self._open)

    def open(self, wanted: bool) -> None:
        """Show the fields to whoever works on the row; else what they say."""
        self._open = wanted
        for field in self.fields():
            field.setVisible(wanted and self._offered.get(field, True))
        self.summary.setVisible(not wanted)
        self.source.setVisible(wanted and bool(self.source.text()))
        self.setVisible(wanted or bool(self.summary.text()))

    def _pick(self, field: str, name: str, hint: str) -> PickList:
        pick = flat_pick(find_in(()), name, hint, self)
        pick.chosen.connect(partial(self._picked, field))
        return pick

    def _picked(self, field: str, known: str) -> None:
        self.said.emit(field, known or None)

    def _offer(self, technique: Technique | None) -> None:
        reference = self._reference
        self.position.set_find(find_in(choices.position_items(reference, technique)))
        directions = technique.directions if technique is not None else ()
        rows = (reference.directions[direction] for direction in directions)
        self.direction.set_find(find_in(choices.labelled((row.id, row.label, row.aliases) for row in rows)))
        movements = (
            row
            for row in reference.movements.values()
            if technique is None or set(row.regions) & set(technique.regions)
        )
        self.movement.set_find(
            find_in(choices.labelled((row.id, row.label, row.aliases) for row in movements))
        )

    def _moving_typed(self, parts: tuple[str, str]) -> None:
        self.moving_said.emit(*parts)

    def _next_cavitation(self) -> None:
        states = list(_CAVITATION)
        self.said.emit("cavitation", states[(states.index(self._cavitated) + 1) % len(states)])


def _long_names(reference: Reference, row: Mobilization) -> Iterator[str]:
    """What the cells of a narrow table cut: the names of muscles and nerves, and of some techniques, in full."""
    targets = ", ".join(reference.targets[target].label for target in row.targets)
    if len(targets) > _ROOM:
        yield targets
    technique = reference.techniques[row.technique] if row.technique is not None else None
    if technique is not None and len(technique.abbreviation or technique.label) > _ROOM:
        yield technique.label


def _source(technique: Technique | None) -> str:
    """What a technique is and where that comes from, with its caution where it has one."""
    if technique is None:
        return ""
    caution = f"{technique.caution.rstrip('.')}. " if technique.caution else ""
    return f"{technique.label}. {caution}{source_words(technique.source, technique.source_status)}"


def _read_moving(text: str) -> tuple[str, str]:
    moving, fixed = moving_parts(text)
    return clean_line(moving, "mobilization.moving_part"), clean_line(fixed, "mobilization.fixed_part")


def _read_line(field: str, text: str) -> str:
    return clean_line(text, f"mobilization.{field}")
