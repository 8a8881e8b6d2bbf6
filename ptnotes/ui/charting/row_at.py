"""Which charted row the field with the keyboard belongs to, so that its text can be brought into the typed line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ptnotes.ui.charting import edits
from ptnotes.ui.charting.pain_card import LINES as PAIN_LINES
from ptnotes.ui.charting.rom_lines import RomLine

if TYPE_CHECKING:
    from ptnotes.ui.charting.visit_page import VisitPage


def row_at(page: VisitPage, field: QWidget | None) -> int | None:
    """The number of the row that `field` shows, None where it shows none."""
    if field is None:
        return None
    for table in (page.mobilizations.table, page.interventions.table, page.exercises.table):
        for number, editor in table.editors.items():
            if field in editor.tab_stops():
                return number if isinstance(number, int) else None
    for motion in page.rom.table.editors.values():
        if field in motion.tab_stops() and isinstance(motion.shown, RomLine):
            reading = motion.shown.before or motion.shown.after
            return reading.row if reading is not None else None
    for pair in page.pain.table.editors.values():
        if field in pair.tab_stops() and pair.shown is not None:
            return next((score.row for score in pair.shown if score is not None), None)
    for scale, (_, _, kind, phase) in zip(page.pain.scales, PAIN_LINES, strict=True):
        if scale is field:
            score = edits.pain_of(page.state.session, kind, phase)
            return score.row if score is not None else None
    return None
