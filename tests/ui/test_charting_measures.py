"""What was measured is charted on the visit with keys: motions, pain, signs, each with its verdict."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from ptnotes.domain.treatment import (
    PainKind,
    Phase,
    Side,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.rom_row import RomCell, RomRow, region_words
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.sign_card import SignRow
from tests.ui.charting import Chart, chart, charted, clinic, episode, rom_row, screen, stored, type_into

__all__ = ["chart", "clinic", "episode", "screen"]


def test_a_motion_s_name_is_shortened_and_never_cut(chart: Chart) -> None:
    page = chart()
    row = page.rom.table.editors["straight_leg_raise", Side.LEFT, 0]
    assert isinstance(row, RomRow)
    shown = []
    for width in (300, 150, 90):
        row.label.resize(width, 30)
        shown.append(row.label.text())
    assert shown == ["Straight leg raise (passive) L", "Straight leg raise L", "SLR L"]


@pytest.mark.parametrize("text", ["14.5 cm", "mod loss", "120°p"])
def test_what_a_motion_s_cell_is_said_to_take_fits_beside_its_pain_button(chart: Chart, text: str) -> None:
    cell = rom_row(chart()).before
    type_into(cell, "45p")
    cell.setText(text)
    cell._offer_pain()
    room = cell.width() - cell.textMargins().right() - 2 * (1 + 3 + 2)
    assert cell.textMargins().right() > 0
    assert cell.fontMetrics().horizontalAdvance(text) <= room


def test_the_verdict_on_pain_moves_nothing_else(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    page.state.put(edits.set_pain(charted(page), PainKind.NOW, Phase.BEFORE, 7))
    QApplication.processEvents()
    widths = [page.pain.width(), page.rom.width(), page.pain.scales[0].width()]
    page.state.put(edits.set_pain(charted(page), PainKind.NOW, Phase.AFTER, 3))
    qtbot.waitUntil(page.pain.change.isVisible)
    QApplication.processEvents()
    assert [page.pain.width(), page.rom.width(), page.pain.scales[0].width()] == widths


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("thoracolumbar", "Thoracolumbar spine"),
        ("cervical", "Cervical spine"),
        ("cervical_upper", "Upper cervical"),
        ("lumbar", "Lumbar spine"),
        ("jaw", "Jaw"),
        ("rib", "Ribs"),
    ],
)
def test_motions_stand_under_the_part_of_the_body_that_they_measure(
    clinic: OpenClinic, region: str, words: str
) -> None:
    assert region_words(clinic.reference, region) == words


def test_an_impossible_motion_gets_a_sentence_and_changes_nothing(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    row = rom_row(page)
    type_into(row.before, "450")
    assert "450° is not possible here" in row.before.accessibleDescription()
    assert row.below.isVisible()
    assert page.state.session.rom == ()
    assert stored(screen, clinic, qtbot).rom == ()
    type_into(row.before, "45")
    assert row.before.fault == ""
    assert not row.below.isVisible()
    type_into(row.before, "45°")
    type_into(row.after, "WNL")
    before, after = stored(screen, clinic, qtbot).rom
    assert (before.value, before.unit, after.word, after.value) == (
        Decimal(45),
        "deg",
        "within_normal_limits",
        None,
    )
    assert row.change.text() == "in words"


def test_an_impossible_motion_typed_over_a_stored_one_leaves_the_stored_one(
    chart: Chart,
) -> None:
    page = chart()
    row = rom_row(page)
    type_into(row.before, "60")
    QTest.keyClick(row.before, Qt.Key.Key_Return)
    type_into(row.before, "450")
    assert row.before.fault
    assert [reading.value for reading in page.state.session.rom] == [Decimal(60)]
    QTest.keyClick(row.before, Qt.Key.Key_Escape)
    assert (row.before.text(), row.before.fault) == ("60°", "")


def test_a_reading_above_the_usual_range_is_kept_and_pointed_out(chart: Chart) -> None:
    page = chart()
    row = rom_row(page)
    type_into(row.before, "95")
    assert page.state.session.rom[0].value == 95
    assert row.before.property("unusual") is True
    assert "above the usual range" in row._warning


def test_change_within_the_visit_says_whether_it_is_more_than_error(chart: Chart) -> None:
    page = chart()
    row = rom_row(page)
    type_into(row.before, "45")
    type_into(row.after, "46")
    assert "+1°" in row.change.text()
    assert row.change.isVisible()
    assert row.change.toolTip()


def test_pain_at_the_end_of_range_is_typed_or_clicked_and_may_be_unsaid(
    chart: Chart,
) -> None:
    page = chart()
    cell: RomCell = rom_row(page).before
    type_into(cell, "45p")
    assert charted(page).rom[0].end_range_pain is True
    cell.pain.click()
    assert charted(page).rom[0].end_range_pain is False
    cell.pain.click()
    assert charted(page).rom[0].end_range_pain is None
    assert page.state.session.rom[0].value == 45


def test_enter_goes_down_the_column_of_motions(chart: Chart) -> None:
    page = chart()
    row = rom_row(page)
    row.before.setFocus()
    QTest.keyClick(row.before, Qt.Key.Key_Return)
    assert page.rom.table.editors["lumbar_extension", None, 0].cells[2].hasFocus()


def test_another_way_of_measuring_goes_for_both_readings_and_another_mode_adds_a_line(
    chart: Chart,
) -> None:
    page = chart()
    row = rom_row(page)
    type_into(row.before, "45")
    type_into(row.after, "50")
    line = row.shown
    assert line is not None
    page.rom._set_way([line], {"method": "goniometer"})
    offered = page.rom._reference.motions["lumbar_flexion"].methods
    method = "goniometer" if "goniometer" in offered else line.way.method
    assert {reading.method for reading in page.state.session.rom} == {method}
    page.rom._add_line(row.shown or line)
    passive = page.rom.table.editors["lumbar_flexion", None, 1]
    type_into(passive.cells[2], "52")
    modes = [reading.mode.value for reading in page.state.session.rom]
    assert modes == ["active", "active", "passive"]


def test_pain_is_scored_with_keys_and_ten_with_one_and_nought(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    before, after, worst, best = page.pain.scales
    QTest.keyClick(before, Qt.Key.Key_6)
    QTest.keyClick(after, Qt.Key.Key_3)
    QTest.keyClicks(worst, "10")
    QTest.keyClick(best, Qt.Key.Key_4)
    QTest.keyClick(best, Qt.Key.Key_Delete)
    assert page.pain.change.text().startswith("−3 this visit")
    scores = {(score.kind, score.phase): score.value for score in stored(screen, clinic, qtbot).pain}
    assert scores == {
        (PainKind.NOW, Phase.BEFORE): 6,
        (PainKind.NOW, Phase.AFTER): 3,
        (PainKind.WORST, Phase.SINGLE): 10,
    }
    assert "6 of 10" in before.accessibleName()


def test_a_click_scores_pain_and_a_second_one_takes_it_back(chart: Chart) -> None:
    page = chart()
    scale = page.pain.scales[0]
    place = scale._cell(10).center().toPoint()
    QTest.mouseClick(scale, Qt.MouseButton.LeftButton, pos=place)
    assert scale.value == 10
    QTest.mouseClick(scale, Qt.MouseButton.LeftButton, pos=place)
    assert scale.value is None


def test_a_comparable_sign_is_tested_before_and_after(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    QTest.keyClicks(page.signs.add, "tie left shoe")
    QTest.keyClick(page.signs.add, Qt.Key.Key_Return)
    (editor,) = page.signs.table.editors.values()
    type_into(editor.cells[2], "10 cm short")
    type_into(editor.cells[3], "reached")
    signs = stored(screen, clinic, qtbot).comparable_signs
    assert [(sign.words, sign.phase, sign.value) for sign in signs] == [
        ("tie left shoe", Phase.BEFORE, "10 cm short"),
        ("tie left shoe", Phase.AFTER, "reached"),
    ]
    assert isinstance(editor, SignRow)
    assert editor.change.text() == ""
    type_into(editor.before, "10 cm short")
    type_into(editor.after, "4 cm short")
    assert editor.change.text() == "−6 cm short"
