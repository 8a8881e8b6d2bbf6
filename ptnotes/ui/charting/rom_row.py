"""One line of the range-of-motion grid: last visit in grey, before and after, normal, and what the change means."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from ptnotes.clinical import Motion, Reference
from ptnotes.domain.change import Direction, Meaning, Verdict, judge_motion
from ptnotes.domain.own_values import own_normals
from ptnotes.domain.people import NormalValues
from ptnotes.domain.sources import source_words
from ptnotes.domain.treatment import Phase, RomReading, Side
from ptnotes.domain.trend import normal_range
from ptnotes.domain.wording import (
    number,
    own_value_sentence,
    signed,
    threshold_words,
    verdict_phrase,
    verdict_tag,
    with_unit,
)
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.entry import RomEntry, read_rom, rom_text, short_verdict
from ptnotes.ui.charting.rom_details import RomDetails
from ptnotes.ui.charting.rom_lines import RomLine
from ptnotes.ui.charting.row_table import RowEditor
from ptnotes.ui.keys import MOTION
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.labels import Label, Pill, Tone

_SIDE_LETTERS = {Side.LEFT: "L", Side.RIGHT: "R"}
_PAIN_PX = 15
_PAIN_STATES = {
    None: ("", "?", "not recorded"),
    True: ("yes", "P", "painful"),
    False: ("no", "–", "pain-free"),
}


class RomCell(ValueCell):
    """A reading: a number, a per cent or a word. The button in it says whether its end hurt."""

    pain_chosen = Signal(object)
    way_asked = Signal()

    def __init__(self, read: Callable[[str], object], name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(read, name, boxed=True, right=True, parent=parent)
        self._theme = theme
        self._hurts: bool | None = None
        self._has_reading = False
        self.fix_width(theme.px(74))
        self.pain = QToolButton(self)
        self.pain.setProperty("type", "pain")
        self.pain.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.pain.setCursor(Qt.CursorShape.PointingHandCursor)
        self.pain.clicked.connect(self._next_state)
        self.pain.hide()

    def show_reading(self, text: str, reading: RomReading | None, *, unusual: bool) -> None:
        """Show a reading, or that there is none."""
        value = None
        if reading is not None:
            value = RomEntry(
                value=reading.value, unit=reading.unit, word=reading.word, hurts=reading.end_range_pain
            )
        self.show_value(text, value)
        if bool(self.property("unusual")) != unusual:
            self.setProperty("unusual", unusual)
            restyle(self)
        self._has_reading = reading is not None
        self._hurts = reading.end_range_pain if reading is not None else None
        state, sign, words = _PAIN_STATES[self._hurts]
        self.pain.setText(sign)
        self.pain.setAccessibleName(f"{self.accessibleName()}: pain at end of range {words}")
        self.pain.setToolTip(f"Pain at end of range: {words}. Click, or type p behind the value.")
        if self.pain.property("hurts") != state:
            self.pain.setProperty("hurts", state)
            restyle(self.pain)
        self._offer_pain()

    def _offer_pain(self) -> None:
        """Show what was said about pain; the button to say it comes with the pointer or the focus."""
        at_hand = self.hasFocus() or self.underMouse()
        shown = self._has_reading and (self._hurts is not None or at_hand)
        self.pain.setVisible(shown)
        beside = self._theme.px(_PAIN_PX) if shown else 0
        self.setTextMargins(0, 0, beside, 0)
        room = self.width() - beside - 2 * (1 + self._theme.px(3) + 2)
        # Words are written smaller rather than cut.
        tight = QFontMetrics(self._theme.font()).horizontalAdvance(self.text()) > room
        if bool(self.property("tight")) != tight:
            self.setProperty("tight", tight)
            restyle(self)

    def _next_state(self) -> None:
        states = (None, True, False)
        self.pain_chosen.emit(states[(states.index(self._hurts) + 1) % len(states)])

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._offer_pain()
        return done

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self._theme.px(_PAIN_PX)
        self.pain.setGeometry(self.width() - side - 2, (self.height() - side) // 2, side, side)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if MOTION.pressed(event) == "way":
            self.way_asked.emit()
            return
        super().keyPressEvent(event)


class MotionButton(QPushButton):
    """The motion's name, which opens the ways of measuring it; in its short form where the column is narrow."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("type", "motion")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._names: tuple[str, ...] = ("",)
        self._side = ""

    def show_name(self, names: tuple[str, ...], side: str) -> None:
        """Show the first of the motion's names that fits, and the letter of its side, which is never cut off."""
        self._names, self._side = names, f" {side}" if side else ""
        self.setText(self._fitting())

    def _fitting(self) -> str:
        metrics = self.fontMetrics()
        room = self.width() - 14 - metrics.horizontalAdvance(self._side)
        fitting = (name for name in self._names if metrics.horizontalAdvance(name) <= room)
        shortest = metrics.elidedText(self._names[-1], Qt.TextElideMode.ElideRight, room)
        return next(fitting, shortest) + self._side

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self._fitting())


class RomRow(RowEditor[RomLine]):
    """Shows one line; what is typed is told by `typed(line, phase, entry)` and `hurts(line, phase, whether)`.

    `detailed(line, phase, field, value)` tells a further field of a reading.
    """

    typed = Signal(object, object, object)
    hurts = Signal(object, object, object)
    detailed = Signal(object, object, str, object)
    left = Signal()
    way_asked = Signal(object)

    def __init__(
        self,
        table: QWidget,
        line: RomLine,
        *,
        reference: Reference,
        theme: Theme,
        normal_values: NormalValues,
        main_region: str,
    ) -> None:
        super().__init__(table)
        self._reference = reference
        motion = reference.motions[line.motion]
        short = motion.abbreviation[:1].upper() + motion.abbreviation[1:]
        self._names = (motion.label, motion.label.partition(" (")[0], short)
        if motion.region != main_region:
            self.group = region_words(reference, motion.region)
        side = f" {_SIDE_LETTERS[line.side]}" if line.side is not None else ""
        self.name = motion.full_label + side
        self.label = MotionButton(table)
        self.label.setMinimumWidth(theme.px(70))
        self.label.clicked.connect(self._ask_way)
        self.last = Label("", "small", parent=table)
        self.last.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.before = self._cell(Phase.BEFORE, "before", theme, table)
        self.after = self._cell(Phase.AFTER, "after", theme, table)
        low, high = normal_range(motion, normal_values)
        own = own_normals(motion, normal_values)
        self.normal = Label(_range_text(motion, low, high) + ("*" if own else ""), "small", parent=table)
        told = " ".join(own_value_sentence(value, motion.unit) for value in own)
        self.normal.setToolTip(told)
        self.normal.setAccessibleDescription(told)
        self.normal.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.change = Pill("", parent=table)
        self.cells = [self.label, self.last, self.before, self.after, self.normal, self.change]
        self.details = RomDetails(self.name, reference, theme, self.below)
        self.below.add(self.details)
        self.details.said.connect(self._detail_said)
        self.further = self.details.fields()
        for end in self.details.ends.values():
            end.fault_changed.connect(partial(self.set_fault, end))
        for score in self.details.scores.values():
            score.fault_changed.connect(partial(self.set_fault, score))
        self.let_tab_in()

    def _cell(self, phase: Phase, words: str, theme: Theme, table: QWidget) -> RomCell:
        cell = RomCell(self._read, f"{self.name}, {words}", theme, table)
        cell.typed.connect(partial(self._typed, phase))
        cell.pain_chosen.connect(partial(self._hurts, phase))
        cell.fault_changed.connect(partial(self.set_fault, cell))
        cell.left.connect(self.left)
        cell.way_asked.connect(self._ask_way)
        return cell

    @override
    def tab_stops(self) -> list[QWidget]:
        return [self.before, self.after, *self.details.fields()]

    @override
    def open_further(self) -> None:
        self.details.open(wanted=True)
        self.below.settle()

    def close_details(self) -> None:
        """Leave end feel and pain to one quiet line, unless one of them is being written."""
        if not any(field.hasFocus() for field in self.further):
            self.details.open(wanted=False)
            self.below.settle()

    def _detail_said(self, phase: Phase, field: str, value: object) -> None:
        self.detailed.emit(self.shown, phase, field, value)

    @override
    def show_row(self, row: RomLine) -> None:
        if row == self.shown:
            return
        self.shown = row
        reference = self._reference
        motion = reference.motions[row.motion]
        words = way_words(reference, row)
        extra = f", {row.way.mode.value}" if row.number > 0 else ""
        self.label.show_name(
            tuple(name + extra for name in self._names),
            _SIDE_LETTERS[row.side] if row.side is not None else "",
        )
        self.label.setAccessibleName(f"{self.name}: {words}. Choose how it is measured.")
        source = source_words(motion.source, motion.source_status)
        self.label.setToolTip(f"{motion.full_label}: {words}. Click to measure it another way.\n{source}")
        self.last.setText(_last_text(reference, row))
        self.last.setToolTip("" if row.last_alike else "Measured in another way last time: not compared.")
        unusual = [_is_unusual(motion, reading) for reading in (row.before, row.after)]
        self.before.show_reading(rom_text(reference, row.before), row.before, unusual=unusual[0])
        self.after.show_reading(rom_text(reference, row.after), row.after, unusual=unusual[1])
        self.details.show_line(row)
        self.below.settle()
        self._show_change(row)

    def _show_change(self, line: RomLine) -> None:
        if line.before is None or line.after is None:
            self.change.show_fact("")
            return
        verdict = judge_motion(self._reference, line.before, line.after)
        unit = line.before.unit
        self.change.show_fact(_short(verdict, unit), _tone(verdict))
        judged_against = threshold_words(verdict, unit)
        self.change.setToolTip(judged_against)
        self.change.setAccessibleDescription(judged_against)
        self.change.setAccessibleName(verdict_phrase(verdict, unit))

    def _read(self, text: str) -> RomEntry | None:
        assert self.shown is not None  # noqa: S101 - a line is shown before anything can be typed in it
        return read_rom(self._reference, self.shown.motion, text)

    def _typed(self, phase: Phase, entry: RomEntry | None) -> None:
        self.typed.emit(self.shown, phase, entry)

    def _hurts(self, phase: Phase, whether: bool | None) -> None:
        self.hurts.emit(self.shown, phase, whether)

    def _ask_way(self) -> None:
        self.way_asked.emit(self.shown)


def region_words(reference: Reference, region_id: str) -> str:
    """What stands over the motions of a region: the words that they carry themselves, ``Thoracolumbar spine``.

    A region may be named for a junction or its levels; its motions are those of the whole part of the spine.
    """
    region = reference.regions[region_id]
    own = region.label.partition(" (")[0]
    if region.parent != "spine":
        return own
    named = (motion for motion in reference.motions.values() if motion.region == region_id)
    words = (motion.full_label.removesuffix(motion.label.lower()).strip() for motion in named)
    adjective = next((word for word in words if word and " " not in word), "")
    return f"{adjective} spine" if adjective else own


def way_words(reference: Reference, line: RomLine) -> str:
    """How a line is measured: ``active, dual inclinometer, standing``."""
    method = reference.methods[line.way.method].label if line.way.method is not None else ""
    position = (
        reference.test_positions[line.way.test_position].label if line.way.test_position is not None else ""
    )
    if method[1:2].islower():
        method = method[:1].lower() + method[1:]
    return ", ".join(part for part in (line.way.mode.value, method, position) if part)


def _last_text(reference: Reference, line: RomLine) -> str:
    parts = [
        rom_text(reference, reading) for reading in (line.last_before, line.last_after) if reading is not None
    ]
    # One unit for both.
    for unit in ("°", " cm", " mm", " %"):
        if len(parts) == 2 and all(part.endswith(unit) for part in parts):
            parts[0] = parts[0].removesuffix(unit)
    text = "→".join(parts)
    return text if line.last_alike else f"({text})"


def _range_text(motion: Motion, low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return ""
    return with_unit(low, motion.unit) if low == high else f"{number(low)}–{with_unit(high, motion.unit)}"


def _is_unusual(motion: Motion, reading: RomReading | None) -> bool:
    if reading is None or reading.value is None or reading.unit != motion.unit:
        return False
    return reading.value > motion.warn_above


def _short(verdict: Verdict, unit: str) -> str:
    """The change, and below it what it means, in as few words as the column holds."""
    if verdict.change is None:
        return short_verdict(verdict)
    if verdict.meaning is Meaning.NO_PUBLISHED_ERROR:
        return signed(verdict.change, unit)
    return f"{signed(verdict.change, unit)}\n{verdict_tag(verdict)}"


def _tone(verdict: Verdict) -> Tone:
    if not verdict.is_real:
        return "neutral"
    return "danger" if verdict.direction is Direction.WORSE else "success"
