"""The typed line in the window: typed with real keys, shown as it is understood, and one list with the tables."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.treatment import Phase, Side
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.typed_line_input import LINE_LIMIT, LineInput
from ptnotes.ui.charting.visit_page import VisitPage
from tests.ui.charting import chart, charted, clinic, episode, screen, stored

__all__ = ["chart", "clinic", "episode", "screen"]

Chart = Callable[[], VisitPage]


def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key wherever the keyboard is now."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, held)


def say(page: VisitPage, text: str) -> LineInput:
    page.line.start()
    QTest.keyClicks(page.line.input, text)
    return page.line.input


def dose_of(page: VisitPage, row: int) -> QLineEdit:
    cell = page.mobilizations.table.editors[row].cells[4]
    assert isinstance(cell, QLineEdit)
    return cell


def underlined(page: VisitPage) -> list[str]:
    return [one.cursor.selectedText() for one in page.line.input.extraSelections()]


def test_enter_charts_what_is_understood_everywhere_at_once(chart: Chart) -> None:
    page = chart()
    say(page, "L5 upa l III 3x45s ; flex 45>55 ; pain 6>3")
    assert "3 × 45 s" in page.line.understood.text()
    assert "45° → 55°" in page.line.understood.text()
    press(Qt.Key.Key_Return)
    (row,) = charted(page).mobilizations
    assert (row.targets, row.side, row.grade) == (("L5",), Side.LEFT, "III")
    assert dose_of(page, row.row).text() == "3 × 45 s"
    assert [scale.value for scale in page.pain.scales[:2]] == [6, 3]
    assert page.line.input.toPlainText() == ""
    assert page.line.input.hasFocus()


def test_enter_is_one_step_to_undo_and_the_line_comes_back(chart: Chart) -> None:
    page = chart()
    before = charted(page)
    say(page, "L5 upa l III 3x45s ; pain 6>3")
    press(Qt.Key.Key_Return)
    page.state.undo()
    assert charted(page).mobilizations == before.mobilizations
    assert charted(page).pain == before.pain
    assert page.line.input.toPlainText() == "L5 upa l III 3x45s ; pain 6>3"
    page.state.redo()
    assert len(charted(page).mobilizations) == 1
    assert page.line.input.toPlainText() == ""


def test_what_is_not_understood_stays_underlined_with_its_reason_beside_it(chart: Chart) -> None:
    page = chart()
    say(page, "wibble ; flex 45 ; rot 60 ; ")
    assert underlined(page) == ["wibble", "rot 60"]
    press(Qt.Key.Key_Return)
    assert page.line.input.toPlainText() == "wibble ; rot 60"
    assert underlined(page) == ["wibble", "rot 60"]
    shown = page.line.problems.text()
    assert "“wibble”: Not understood." in shown
    assert "left or right" in shown
    assert "R rot 60" in shown
    assert page.line.problems.isVisible()
    assert [row.value for row in charted(page).rom] == [Decimal(45)]
    assert shown in page.line.input.accessibleDescription()


def test_the_word_being_typed_is_underlined_quietly(chart: Chart) -> None:
    page = chart()
    say(page, "wib")
    (selection,) = page.line.input.extraSelections()
    assert isinstance(selection, QTextEdit.ExtraSelection)
    assert selection.format.underlineStyle() == QTextCharFormat.UnderlineStyle.DotLine
    page.note.editors["plan"].setFocus()
    (selection,) = page.line.input.extraSelections()
    assert selection.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline


def test_typing_is_undone_by_the_word_through_the_one_history(chart: Chart) -> None:
    page = chart()
    line = say(page, "flex 45 ; wib")
    page.note.editors["plan"].setFocus()
    QTest.keyClicks(page.note.editors["plan"], "Go on")
    page.line.start()
    # The field's own undo would take the letters of the line first.
    for wanted in (("Go", "flex 45 ; wib"), ("", "flex 45 ; wib"), ("", "flex 45 ;"), ("", "flex 45")):
        press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert (charted(page).note.plan.strip(), line.toPlainText().strip()) == wanted
    for _ in range(4):
        press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert (charted(page).note.plan, line.toPlainText()) == ("Go on", "flex 45 ; wib")


def test_undo_in_a_field_of_the_table_goes_through_the_one_history_too(chart: Chart) -> None:
    page = chart()
    say(page, "L5 upa l III 3x45s")
    press(Qt.Key.Key_Return)
    row = charted(page).mobilizations[0].row
    dose = dose_of(page, row)
    dose.setFocus()
    dose.selectAll()
    QTest.keyClicks(dose, "2x30s")
    assert charted(page).mobilizations[0].duration_s == 30
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert charted(page).mobilizations[0].duration_s == 45
    assert dose.text() == "3 × 45 s"
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert charted(page).mobilizations == ()


def test_a_half_typed_line_is_stored_and_comes_back_with_the_visit(
    chart: Chart, screen: ChartingScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    say(page, "flex 45> wib")
    session = stored(screen, clinic, qtbot)
    assert session.pending_line == "flex 45> wib"
    again = screen.visit
    assert again is not None
    screen.show_episode(None, None)
    screen.show_episode(None, session.episode_id)
    qtbot.waitUntil(lambda: screen.stage.page is not None)
    shown = screen.stage.page
    assert shown is not None
    assert shown.line.input.toPlainText() == "flex 45> wib"


def test_ctrl_t_and_a_slash_go_to_the_line_and_escape_goes_back(chart: Chart, screen: ChartingScreen) -> None:
    page = chart()
    scale = page.pain.scales[0]
    scale.setFocus()
    press(Qt.Key.Key_Slash)
    assert page.line.input.hasFocus()
    assert page.line.input.toPlainText() == ""
    press(Qt.Key.Key_Escape)
    assert scale.hasFocus()
    screen.bar.commands["typed_line"].trigger()
    assert page.line.input.hasFocus()
    plan = page.note.editors["plan"]
    plan.setFocus()
    press(Qt.Key.Key_Slash)
    assert plan.toPlainText() == "/"


def test_f2_brings_a_row_into_the_line_and_enter_changes_it(chart: Chart, screen: ChartingScreen) -> None:
    page = chart()
    say(page, "L5 upa l III 3x45s ; L4 cpa II 2x30s")
    press(Qt.Key.Key_Return)
    first = charted(page).mobilizations[0]
    page.mobilizations.table.focus_row(first.row, 3)
    screen.bar.commands["as_text"].trigger()
    line = page.line.input
    assert line.toPlainText() == "L5 UPA L III 3x45s"
    assert "Says anew: L5" in page.line.row.text()
    line.selectAll()
    QTest.keyClicks(line, "L5 upa r IV 3x60s")
    assert "right" in page.line.understood.text()
    press(Qt.Key.Key_Return)
    assert charted(page).mobilizations[0] == replace(first, side=Side.RIGHT, grade="IV", duration_s=60)
    assert len(charted(page).mobilizations) == 2
    assert (charted(page).pending_row, line.toPlainText()) == (None, "")


@pytest.mark.parametrize("card", ["rom", "pain", "interventions", "exercises"])
def test_a_row_of_every_table_can_be_edited_as_text(chart: Chart, screen: ChartingScreen, card: str) -> None:
    page = chart()
    say(page, "flex 45>55 ; pain 6>3 ; mt 23 ; bridge 3x10")
    press(Qt.Key.Key_Return)
    before = charted(page)
    fields: dict[str, tuple[QWidget, str]] = {
        "rom": (page.rom.table.editors["lumbar_flexion", None, 0].tab_stops()[0], "flex 45>55"),
        "pain": (page.pain.scales[1], "pain 6>3"),
        "interventions": (page.interventions.table.tab_stops()[0], "97140 23"),
        "exercises": (page.exercises.table.tab_stops()[1], "Bridge 3 x 10 reps"),
    }
    field, words = fields[card]
    field.setFocus()
    screen.bar.commands["as_text"].trigger()
    assert page.line.input.toPlainText().startswith(words)
    press(Qt.Key.Key_Return)
    assert replace(charted(page), next_row=before.next_row) == before


def test_escape_leaves_the_row_as_it_is_and_keeps_what_waited(chart: Chart, screen: ChartingScreen) -> None:
    page = chart()
    say(page, "L5 upa l III 3x45s ; wibble")
    press(Qt.Key.Key_Return)
    row = charted(page).mobilizations[0]
    page.mobilizations.table.focus_row(row.row, 3)
    screen.bar.commands["as_text"].trigger()
    assert page.line.input.toPlainText() == "L5 UPA L III 3x45s ; wibble"
    QTest.keyClicks(page.line.input, " prone")
    press(Qt.Key.Key_Escape)
    assert charted(page).mobilizations == (row,)
    assert (charted(page).pending_row, page.line.input.toPlainText()) == (None, "wibble")


def test_a_row_is_read_anew_when_its_table_changes(chart: Chart) -> None:
    page = chart()
    say(page, "TT 55")
    assert "time in" in page.line.problems.text()
    page.state.put(replace(charted(page), time_in=time(9)))
    assert page.line.problems.text() == ""


def offered(page: VisitPage, qtbot: QtBot) -> list[str]:
    qtbot.waitUntil(page.line.input.offered.isVisible)
    return [way.text for way in page.line.input.offered.candidates]


def test_tab_takes_the_first_way_to_go_on(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    say(page, "L5 up")
    assert offered(page, qtbot)[0] == "UPA"
    press(Qt.Key.Key_Tab)
    assert page.line.input.toPlainText() == "L5 UPA"
    assert page.line.input.hasFocus()
    assert page.line.input.offered.isHidden()


def test_tab_takes_it_before_the_list_is_shown_and_leaves_a_whole_word_alone(chart: Chart) -> None:
    page = chart()
    say(page, "L5 up")
    press(Qt.Key.Key_Tab)
    assert page.line.input.toPlainText() == "L5 UPA"
    QTest.keyClicks(page.line.input, " l III 3x45s")
    press(Qt.Key.Key_Tab)
    assert not page.line.input.hasFocus()
    assert page.line.input.toPlainText() == "L5 UPA l III 3x45s"


def test_enter_is_never_stolen_by_a_list_in_which_nothing_was_chosen(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    say(page, "flex 45 ; L5 upa l II")
    offered(page, qtbot)
    press(Qt.Key.Key_Return)
    assert page.line.input.offered.isHidden()
    assert charted(page).mobilizations[0].grade == "II"
    assert charted(page).rom[0].phase is Phase.BEFORE


def test_enter_takes_a_way_that_was_chosen_with_the_arrows(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    say(page, "L5 upa l gr")
    ways = offered(page, qtbot)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert page.line.input.toPlainText() == f"L5 upa l {ways[1]}"
    assert charted(page).mobilizations == ()


def test_escape_closes_the_list_alone(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    page.pain.scales[0].setFocus()
    say(page, "L5 up")
    offered(page, qtbot)
    press(Qt.Key.Key_Escape)
    assert page.line.input.offered.isHidden()
    assert page.line.input.hasFocus()


def test_a_click_takes_a_way_to_go_on(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    say(page, "97")
    texts = offered(page, qtbot)
    shown = page.line.input.offered
    place = texts.index("97110") if "97110" in texts else 0
    QTest.mouseClick(
        shown.viewport(), Qt.MouseButton.LeftButton, pos=shown.visualItemRect(shown.item(place)).center()
    )
    assert page.line.input.toPlainText() == texts[place]


def test_a_paste_that_cannot_be_stored_is_refused_with_its_reason(chart: Chart) -> None:
    page = chart()
    line = say(page, "flex 45")
    for text in ("x" * (LINE_LIMIT + 1), "a\0b"):
        data = QMimeData()
        data.setText(text)
        line.insertFromMimeData(data)
        assert line.toPlainText() == "flex 45"
        assert page.line.problems.text()
    data = QMimeData()
    data.setText(" ; pain 6\nmt 23")
    line.insertFromMimeData(data)
    press(Qt.Key.Key_Return)
    assert line.toPlainText() == ""
    assert charted(page).interventions[0].minutes == 23


def test_a_signed_visit_has_no_line(chart: Chart) -> None:
    page = chart()
    page.set_editable(False)
    assert page.line.isHidden()
