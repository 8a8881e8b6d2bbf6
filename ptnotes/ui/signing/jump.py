"""From something found before signing to the field where it is mended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from ptnotes.domain.completeness import Finding
from ptnotes.ui.charting.mobilization_row import MobilizationRow
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.theme import Theme

_MOBILIZATION = {"targets": 0, "side": 1, "technique": 2, "grade": 3, "dose": 4, "responses": 5}


def go_to(page: VisitPage, finding: Finding, theme: Theme) -> None:
    """Put the focus where `finding` is, and mark the text that was carried over from the last visit."""
    target = _widget(page, finding)
    if finding.marks and isinstance(target, QPlainTextEdit):
        _mark(target, finding.marks, theme)
    target.setFocus(Qt.FocusReason.OtherFocusReason)
    page.scroller.ensureWidgetVisible(target)


def _widget(page: VisitPage, finding: Finding) -> QWidget:
    part, _, name = finding.field.partition(".")
    if finding.field in page.asked:
        return page.asked[finding.field]
    if finding.field == "mobilization.against":
        return _asked_below(page, finding.row)
    if part == "note":
        return page.note.editors[name]
    if part == "visit":
        fields: dict[str, QWidget] = {
            "time_in": page.fields.time_in,
            "time_out": page.fields.time_out,
            "pending_line": page.line.input,
        }
        return fields.get(name, page.fields.date)
    if part == "pain":
        return page.pain.scales[0]
    if part == "vitals":
        return page.exam.go_to_pressure()
    if part == "finding":
        return page.exam.field_of(finding.row)
    if part == "rom":
        return _rom_cell(page, finding.row)
    if part == "mobilization":
        row = page.mobilizations.table.editors.get(finding.row)
        return page.mobilizations.add if row is None else row.cells[_MOBILIZATION.get(name, 0)]
    if part == "intervention":
        service = page.interventions.table.editors.get(finding.row)
        return page.interventions.add if service is None else service.tab_stops()[0]
    exercise = page.exercises.table.editors.get(finding.row)
    return page.exercises.add if exercise is None else exercise.tab_stops()[0]


def _asked_below(page: VisitPage, row: int | None) -> QWidget:
    """Where the screen asks for a reason or a consent below a row."""
    editor = page.mobilizations.table.editors.get(row)
    asked = editor.asked if isinstance(editor, MobilizationRow) else []
    return next((field for field in asked if not field.isHidden()), page.mobilizations.add)


def _rom_cell(page: VisitPage, row: int | None) -> QWidget:
    for reading in page.state.session.rom:
        if reading.row == row:
            for key, editor in page.rom.table.editors.items():
                if isinstance(key, tuple) and key[:2] == (reading.motion, reading.side):
                    return editor.tab_stops()[0]
    return page.rom.tab_stops()[0]


def _mark(editor: QPlainTextEdit, marks: tuple[tuple[int, int], ...], theme: Theme) -> None:
    selections = []
    for start, end in marks:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(editor.document())
        length = editor.document().characterCount() - 1
        cursor.setPosition(min(start, length))
        cursor.setPosition(min(end, length), QTextCursor.MoveMode.KeepAnchor)
        ground = QTextCharFormat()
        ground.setBackground(theme.ink("warning_soft"))
        selection.cursor = cursor
        selection.format = ground
        selections.append(selection)
    editor.setExtraSelections(selections)
