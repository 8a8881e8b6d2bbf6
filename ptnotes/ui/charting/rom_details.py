"""What more is said of a motion: how its end felt, and how much it hurt, before and after the treatment."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ptnotes.clinical import Motion, Reference
from ptnotes.domain.checks import NPRS_HIGHEST, NPRS_LOWEST
from ptnotes.domain.sources import OURS, source_words
from ptnotes.domain.treatment import Phase, RomReading
from ptnotes.ui.charting import choices
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.entry import read_whole
from ptnotes.ui.charting.mobilization_cells import flat_pick
from ptnotes.ui.charting.rom_lines import RomLine
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in

_PHASES = ((Phase.BEFORE, "before"), (Phase.AFTER, "after"))


class RomDetails(QWidget):
    """Shown under a line while it is worked on; else what it says stands in one quiet line, if anything.

    `said` carries the phase, the name of the field in `RomReading` and its value.
    """

    said = Signal(object, str, object)

    def __init__(self, name: str, reference: Reference, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._reference = reference
        self._open = False
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(6), 0, 0, theme.px(4))
        grid.setHorizontalSpacing(theme.space(2))
        grid.setVerticalSpacing(0)
        self.summary = Label("", "small", wraps=True, parent=self)
        grid.addWidget(self.summary, 0, 0, 1, 5)
        self.ends: dict[Phase, PickList] = {}
        self.scores: dict[Phase, ValueCell] = {}
        self._words: list[QWidget] = []
        feels = find_in(
            choices.labelled((row.id, row.label, row.aliases) for row in reference.end_feels.values())
        )
        for line, (phase, words) in enumerate(_PHASES, start=1):
            label = Label(words.capitalize(), "small", parent=self)
            end = flat_pick(feels, f"{name}, {words}: end feel", "end feel", self)
            end.chosen.connect(partial(self._end_chosen, phase))
            score = ValueCell(_read_score, f"{name}, {words}: pain with it", parent=self)
            score.setPlaceholderText("pain 0–10")
            score.typed.connect(partial(self.said.emit, phase, "pain"))
            self.ends[phase], self.scores[phase] = end, score
            for column, (field, stretch) in enumerate(((label, 0), (end, 3), (score, 2))):
                grid.addWidget(field, line, column)
                grid.setColumnStretch(column, stretch)
            self._words.append(label)
        self.source = Label("", "small", wraps=True, parent=self)
        grid.addWidget(self.source, len(_PHASES) + 1, 0, 1, 5)
        self._has: dict[Phase, bool] = {}
        self.hide()

    def fields(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [field for phase, _ in _PHASES for field in (self.ends[phase], self.scores[phase])]

    def show_line(self, line: RomLine) -> None:
        """Show the line's details."""
        parts = []
        for (phase, words), reading in zip(_PHASES, (line.before, line.after), strict=True):
            self._has[phase] = reading is not None
            feel = self._reference.end_feels[reading.end_feel] if reading and reading.end_feel else None
            self.ends[phase].show_current(PickItem(feel.id, feel.label) if feel is not None else None)
            pain = reading.pain if reading is not None else None
            self.scores[phase].show_value("" if pain is None else f"{pain}/10", pain)
            said = _details(feel.label if feel is not None else "", reading)
            if said:
                parts.append(f"{words}: {said}")
        self.summary.setText(" · ".join(parts))
        self.source.setText(_without_source(self._reference.motions[line.motion]))
        self.open(wanted=self._open)

    def open(self, *, wanted: bool) -> None:
        """Show the fields of what is measured to whoever works on the line; else what they say."""
        self._open = wanted
        for label, (phase, _) in zip(self._words, _PHASES, strict=True):
            for field in (label, self.ends[phase], self.scores[phase]):
                field.setVisible(wanted and self._has.get(phase, False))
        shown = wanted and any(self._has.values())
        self.source.setVisible(shown and bool(self.source.text()))
        self.summary.setVisible(not shown)
        self.setVisible(shown or bool(self.summary.text()))

    def _end_chosen(self, phase: Phase, feel: str) -> None:
        self.said.emit(phase, "end_feel", feel or None)


def _details(feel: str, reading: RomReading | None) -> str:
    pain = f"pain {reading.pain}/10" if reading is not None and reading.pain is not None else ""
    return ", ".join(part for part in (f"end feel {feel.lower()}" if feel else "", pain) if part)


def _without_source(motion: Motion) -> str:
    """How a motion without a source is measured, and that it has none; empty for one with a source."""
    told = source_words(motion.source, motion.source_status)
    if told != OURS:
        return ""
    return f"{motion.note.rstrip('.')}. {told}" if motion.note else told


def _read_score(text: str) -> int | None:
    return read_whole(text, "rom.pain", NPRS_LOWEST, NPRS_HIGHEST, "/10")
