"""One line of the range-of-motion grid: last visit in grey, before and after, normal, and what the change means."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from ptnotes.clinical import Motion, Reference
from ptnotes.domain.change import Direction, Meaning, Verdict, judge_motion
from ptnotes.domain.people import NormalValues
from ptnotes.domain.treatment import Phase, RomReading, Side
from ptnotes.domain.trend import normal_range
from ptnotes.domain.wording import number, signed, threshold_words, verdict_phrase, verdict_words, with_unit
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.entry import RomEntry, read_rom, rom_text
from ptnotes.ui.charting.rom_lines import RomLine
from ptnotes.ui.charting.row_table import RowEditor
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.labels import Label, Pill, Tone

_SIDE_LETTERS = {Side.LEFT: "L", Side.RIGHT: "R"}
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
        self.setFixedWidth(theme.px(66))
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
        self.pain.setVisible(reading is not None)
        self._hurts = reading.end_range_pain if reading is not None else None
        state, sign, words = _PAIN_STATES[self._hurts]
        self.pain.setText(sign)
        self.pain.setAccessibleName(f"{self.accessibleName()}: pain at end of range {words}")
        self.pain.setToolTip(f"Pain at end of range: {words}. Click, or type p behind the value.")
        if self.pain.property("hurts") != state:
            self.pain.setProperty("hurts", state)
            restyle(self.pain)
        room = self._theme.px(17) if reading is not None else 0
        self.setTextMargins(0, 0, room, 0)

    def _next_state(self) -> None:
        states = (None, True, False)
        self.pain_chosen.emit(states[(states.index(self._hurts) + 1) % len(states)])

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self._theme.px(16)
        self.pain.setGeometry(self.width() - side - 3, (self.height() - side) // 2, side, side)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt_down = event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt_down or event.key() == Qt.Key.Key_Menu:
            self.way_asked.emit()
            return
        super().keyPressEvent(event)


class RomRow(RowEditor[RomLine]):
    """Shows one line; what is typed is told by `typed(line, phase, entry)` and `hurts(line, phase, whether)`."""

    typed = Signal(object, object, object)
    hurts = Signal(object, object, object)
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
    ) -> None:
        super().__init__(table)
        self._reference = reference
        motion = reference.motions[line.motion]
        self.name = motion_name(motion, line.side)
        self.label = QToolButton(table)
        self.label.setProperty("type", "motion")
        self.label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.label.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.label.clicked.connect(self._ask_way)
        self.last = Label("", "small", parent=table)
        self.last.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.before = self._cell(Phase.BEFORE, "before", theme, table)
        self.after = self._cell(Phase.AFTER, "after", theme, table)
        low, high = normal_range(motion, normal_values)
        self.normal = Label(_range_text(motion, low, high), "small", parent=table)
        self.normal.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.change = Pill("", parent=table)
        self.cells = [self.label, self.last, self.before, self.after, self.normal, self.change]

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
        return [self.before, self.after]

    @override
    def show_row(self, row: RomLine) -> None:
        if row == self.shown:
            return
        self.shown = row
        reference = self._reference
        motion = reference.motions[row.motion]
        words = way_words(reference, row)
        extra = "" if row.way.mode.value == "active" and row.number == 0 else f" ({row.way.mode.value})"
        self.label.setText(f"{self.name}{extra}")
        self.label.setAccessibleName(f"{self.name}: {words}. Choose how it is measured.")
        self.label.setToolTip(f"{motion.full_label}: {words}. Click to measure it another way.")
        self.last.setText(_last_text(reference, row))
        self.last.setToolTip("" if row.last_alike else "Measured in another way last time: not compared.")
        unusual = [_is_unusual(motion, reading) for reading in (row.before, row.after)]
        self.before.show_reading(rom_text(reference, row.before), row.before, unusual=unusual[0])
        self.after.show_reading(rom_text(reference, row.after), row.after, unusual=unusual[1])
        self._show_change(row)

    def _show_change(self, line: RomLine) -> None:
        if line.before is None or line.after is None:
            self.change.show_fact("")
            return
        verdict = judge_motion(self._reference, line.before, line.after)
        unit = line.before.unit
        self.change.show_fact(_short(verdict, unit), _tone(verdict))
        self.change.setToolTip(threshold_words(verdict, unit))
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


def motion_name(motion: Motion, side: Side | None) -> str:
    """A motion's name within its region, with the side's letter: ``Side-flexion L``."""
    return f"{motion.label} {_SIDE_LETTERS[side]}" if side is not None else motion.label


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
    if len(parts) == 2 and all(part.endswith("°") for part in parts):
        parts[0] = parts[0].removesuffix("°")
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
    """The change and its meaning in as few words as the column holds: ``+10° above error``."""
    if verdict.change is None:
        return verdict_words(verdict)
    if verdict.meaning is Meaning.NO_PUBLISHED_ERROR:
        return signed(verdict.change, unit)
    return f"{signed(verdict.change, unit)} {verdict_words(verdict).replace('measurement ', '')}"


def _tone(verdict: Verdict) -> Tone:
    if not verdict.is_real:
        return "neutral"
    return "danger" if verdict.direction is Direction.WORSE else "success"
