"""Vital signs before and after the treatment: blood pressure, heart rate, oxygen saturation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from ptnotes.domain.checks import VITALS_BOUNDS
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.examination import vitals_at, vitals_text
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import Phase, TreatmentSession
from ptnotes.domain.wording import day_and_month
from ptnotes.ui.charting import exam_edits
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.entry import read_whole
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import FaultLabel, Label

_PHASES = ((Phase.BEFORE, "Before"), (Phase.AFTER, "After"))
_HEADS = ("", "Blood pressure", "Heart rate", "SpO₂", "")
_PRESSURE = re.compile(r"(\d{1,3})\s*(?:/|\\|over|\s)\s*(\d{1,3})\s*(?:mm\s?hg)?", re.IGNORECASE | re.ASCII)

Pressure = tuple[int | None, int | None]
_Field = tuple[dict[Phase, ValueCell], Callable[[str], object], str, str, Callable[[Phase, Any], None], int]
"""Where a field is kept, how it is read, its name, its hint, who takes its value, and its width (0: the rest)."""


class VitalsPart(QWidget):
    """A row of fields before and one after; the newest values of the `earlier` visits stand below in grey."""

    def __init__(
        self, state: DraftState, earlier: Sequence[TreatmentSession], theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._state = state
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.space(2))
        grid.setVerticalSpacing(theme.px(3))
        for column, head in enumerate(_HEADS):
            label = Label(head, "caption", parent=self)
            label.setContentsMargins(theme.px(5), 0, 0, 0)
            grid.addWidget(label, 0, column)
        self._fault = FaultLabel(self)
        self._faults: dict[QWidget, str] = {}
        self.pressures: dict[Phase, ValueCell] = {}
        self.rates: dict[Phase, ValueCell] = {}
        self.saturations: dict[Phase, ValueCell] = {}
        self.words: dict[Phase, ValueCell] = {}
        for line, (phase, name) in enumerate(_PHASES, start=1):
            grid.addWidget(Label(name, "small", parent=self), line, 0)
            made: tuple[_Field, ...] = (
                (self.pressures, read_pressure, "blood pressure", "mmHg", self._pressure_typed, 92),
                (self.rates, partial(_read_count, "heart_rate_bpm"), "heart rate", "/min", self._rate_typed, 72),
                (self.saturations, partial(_read_count, "saturation_percent"), "oxygen saturation", "%",
                 self._saturation_typed, 64),
                (self.words, _read_words, "vital signs in words", "arm, position …", self._words_typed, 0),
            )  # fmt: skip
            for column, (cells, read, words, hint, take, width) in enumerate(made, start=1):
                cell = ValueCell(read, f"{name}: {words}", boxed=width > 0, parent=self)
                cell.setPlaceholderText(hint)
                if width:
                    cell.fix_width(theme.px(width))
                cell.typed.connect(partial(take, phase))
                cell.left.connect(state.end_step)
                cell.fault_changed.connect(partial(self._say, cell))
                cells[phase] = cell
                grid.addWidget(cell, line, column)
        grid.setColumnStretch(4, 1)
        grid.addWidget(self._fault, 3, 0, 1, 5)
        self.last = Label(_last_words(earlier), "small", wraps=True, parent=self)
        self.last.setVisible(bool(self.last.text()))
        grid.addWidget(self.last, 4, 0, 1, 5)
        self.show_visit(state.session)

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [
            cells[phase]
            for phase, _ in _PHASES
            for cells in (self.pressures, self.rates, self.saturations, self.words)
        ]

    def show_visit(self, session: TreatmentSession) -> None:
        """Show the visit's vital signs."""
        for phase, _ in _PHASES:
            row = vitals_at(session, phase)
            both: Pressure = (None, None) if row is None else (row.systolic_mmhg, row.diastolic_mmhg)
            self.pressures[phase].show_value(_pressure_text(both), both)
            rate = None if row is None else row.heart_rate_bpm
            self.rates[phase].show_value("" if rate is None else f"{rate}/min", rate)
            share = None if row is None else row.saturation_percent
            self.saturations[phase].show_value("" if share is None else f"{share} %", share)
            words = "" if row is None else row.words
            self.words[phase].show_value(words, words)

    def _pressure_typed(self, phase: Phase, both: Pressure) -> None:
        self._put(phase, "pressure", systolic_mmhg=both[0], diastolic_mmhg=both[1])

    def _rate_typed(self, phase: Phase, rate: int | None) -> None:
        self._put(phase, "rate", heart_rate_bpm=rate)

    def _saturation_typed(self, phase: Phase, share: int | None) -> None:
        self._put(phase, "saturation", saturation_percent=share)

    def _words_typed(self, phase: Phase, words: str) -> None:
        self._put(phase, "words", words=words)

    def _put(self, phase: Phase, step: str, **changes: object) -> None:
        session = exam_edits.set_vitals(self._state.session, phase, **changes)
        self._state.put(session, ("vitals", phase, step))

    def _say(self, cell: QWidget, fault: str) -> None:
        self._faults[cell] = fault
        self._fault.say(" ".join(text for text in self._faults.values() if text))


def read_pressure(text: str) -> Pressure:
    """Read ``128/82`` as systolic and diastolic pressure in mmHg; blank is not recorded.

    Raises `InputError` where one of the two is missing, either is out of bounds, or the lower is not below the upper.
    """
    typed = text.strip()
    if not typed:
        return (None, None)
    match = _PRESSURE.fullmatch(typed)
    if match is None:
        raise InputError(Fault("vitals.pressure", "vitals.systolic_mmhg", values={"value": typed[:20]}))
    systolic = read_whole(match[1], "vitals.systolic_mmhg", *_bounds("systolic_mmhg"))
    diastolic = read_whole(match[2], "vitals.diastolic_mmhg", *_bounds("diastolic_mmhg"))
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        raise InputError(Fault("vitals.diastolic_above", "vitals.diastolic_mmhg"))
    return (systolic, diastolic)


def _bounds(field: str) -> tuple[int, int, str]:
    lowest, highest, unit = VITALS_BOUNDS[field]
    return lowest, highest, f" {unit}"


def _read_count(field: str, text: str) -> int | None:
    bare = re.sub(r"\s*(?:/\s*min|bpm|%)\s*$", "", text.strip(), flags=re.IGNORECASE)
    return read_whole(bare, f"vitals.{field}", *_bounds(field))


def _read_words(text: str) -> str:
    return clean_line(text, "vitals.words")


def _pressure_text(both: Pressure) -> str:
    return "" if both == (None, None) else "/".join("–" if value is None else str(value) for value in both)


def _last_words(earlier: Sequence[TreatmentSession]) -> str:
    for session in earlier:
        told = [
            vitals_text(row) for row in (vitals_at(session, phase) for phase, _ in _PHASES) if row is not None
        ]
        if any(told):
            return f"{day_and_month(session.service_date)}: {' → '.join(text for text in told if text)}"
    return ""
