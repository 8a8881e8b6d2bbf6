"""A phrase as it will stand in a note, with the values of a made-up visit."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.live_values import FIXED_NAMES, live_values
from ptnotes.domain.phrases import blanks_in, expand, unknown_names_in
from ptnotes.domain.treatment import (
    ComparableSign,
    Exercise,
    Intervention,
    Mobilization,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
)
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.pick_list import PickItem

EXAMPLE = TreatmentSession(
    episode_id=0,
    service_date=date(2026, 3, 2),
    time_in=time(9, 0),
    time_out=time(9, 44),
    mobilizations=(Mobilization(row=1, targets=("L5",), side=Side.LEFT, technique="upa", grade="III"),),
    interventions=(Intervention(row=2, intervention="cpt_97140", minutes=23),),
    exercises=(Exercise(row=3, name="Bridge"),),
    rom=(
        RomReading(row=4, pair=4, motion="lumbar_flexion", value=Decimal(45)),
        RomReading(row=5, pair=4, motion="lumbar_flexion", value=Decimal(55), phase=Phase.AFTER),
    ),
    pain=(
        PainScore(row=6, pair=6, value=6),
        PainScore(row=7, pair=6, value=3, phase=Phase.AFTER),
        PainScore(row=8, pair=8, kind=PainKind.WORST, value=8),
    ),
    comparable_signs=(
        ComparableSign(row=9, pair=9, words="stairs down", value="one at a time"),
        ComparableSign(row=10, pair=9, words="stairs down", value="two at a time", phase=Phase.AFTER),
    ),
)
"""A made-up visit of nobody's. What it does not hold shows how a missing value looks."""


class PhrasePreview(QLabel):
    """Shows blanks on the accent's soft ground, and names that are unknown on that of a fault."""

    def __init__(self, reference: Reference, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look_up = live_values(reference, EXAMPLE)
        self._theme = theme
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName("Preview")
        self.unknown: tuple[str, ...] = ()

    def show_text(self, text: str) -> None:
        """Show what `text` becomes."""
        became = expand(text, self._look_up).text
        names = unknown_names_in(became)
        self.unknown = tuple(became[start:end] for start, end in names)
        blank = _look(self._theme, "selection", "accent")
        unknown = _look(self._theme, "danger_soft", "danger") + "; font-weight: 600"
        spans = [*((span, blank) for span in blanks_in(became)), *((span, unknown) for span in names)]
        parts, at = [], 0
        for (start, end), look in sorted(spans):
            parts += [escape(became[at:start]), f'<span style="{look}">{escape(became[start:end])}</span>']
            at = end
        parts.append(escape(became[at:]))
        self.setText("".join(parts).replace("\n", "<br>"))


def _look(theme: Theme, ground: str, ink: str) -> str:
    return f"background-color:{theme.ink(ground).name()}; color:{theme.ink(ink).name()}"


def value_items(reference: Reference) -> tuple[PickItem, ...]:
    """Every value that a phrase can name, to pick from."""
    fixed = [PickItem(name, name, words) for name, words in FIXED_NAMES.items()]
    motions = [
        PickItem(name, name, f"{motion.full_label}{side.replace('.', ', ')}, {part}", (motion.abbreviation,))
        for motion in reference.motions.values()
        for side in ((".left", ".right") if motion.sided else ("",))
        for part in ("before", "after", "change")
        for name in (f"rom.{motion.id}{side}.{part}",)
    ]
    return (*fixed, *motions)
