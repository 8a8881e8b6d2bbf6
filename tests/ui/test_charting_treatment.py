"""What was done is charted on the visit with keys: mobilizations, minutes, exercises."""

from datetime import time
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.permissions import Act
from ptnotes.domain.treatment import (
    Mobilization,
    Origin,
    Side,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.mobilization_row import MobilizationRow
from ptnotes.ui.charting.screen import ChartingScreen
from tests.ui.charting import (
    Chart,
    add_target,
    chart,
    charted,
    clinic,
    episode,
    last_visit,
    screen,
    stored,
    type_into,
)

__all__ = ["chart", "clinic", "episode", "screen"]


def test_a_mobilization_is_charted_with_keys_alone(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    page.mobilizations.start_row()
    QTest.keyClicks(page.mobilizations.add, "L5")
    QTest.keyClick(QApplication.activePopupWidget() or page.mobilizations.add, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.state.session.mobilizations) == 1)
    (editor,) = page.mobilizations.table.editors.values()
    technique, grade, dose = editor.cells[2], editor.cells[3], editor.cells[4]
    qtbot.waitUntil(technique.hasFocus)
    QTest.keyClicks(technique, "upa")
    QTest.keyClick(QApplication.activePopupWidget() or technique, Qt.Key.Key_Return)
    grade.setFocus()
    QTest.keyClicks(grade, "3+")
    type_into(dose, "3x45")
    type_into(editor.cells[1], "l")
    QTest.keyClick(QApplication.activePopupWidget() or editor.cells[1], Qt.Key.Key_Return)
    (row,) = stored(screen, clinic, qtbot).mobilizations
    assert (row.targets, row.side, row.technique, row.grade) == (("L5",), Side.LEFT, "upa", "III+")
    assert (row.sets, row.duration_s) == (3, 45)
    assert grade.property("grade") == "3"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_technique_done_on_one_side_asks_for_its_side_next(chart: Chart, qtbot: QtBot, key: Qt.Key) -> None:
    page = chart()
    add_target(page, "L5")
    (editor,) = page.mobilizations.table.editors.values()
    side, technique, grade = editor.cells[1:4]
    assert isinstance(side, QLineEdit)
    qtbot.waitUntil(technique.hasFocus)
    QTest.keyClicks(technique, "upa")
    QTest.keyClick(QApplication.activePopupWidget() or technique, key)
    qtbot.waitUntil(side.hasFocus)
    assert (side.placeholderText(), side.property("needed")) == ("side?", True)
    assert "L5" not in page.spine.accessibleName()
    QTest.keyClicks(side, "r")
    QTest.keyClick(QApplication.activePopupWidget() or side, Qt.Key.Key_Return)
    assert charted(page).mobilizations[0].side is Side.RIGHT
    assert side.property("needed") is False
    assert "L5 right" in page.spine.accessibleName()
    assert side.nextInFocusChain() is technique
    assert technique.nextInFocusChain() is grade


@pytest.mark.parametrize("place", range(6))
def test_words_that_name_no_choice_stay_in_their_cell_with_a_sentence_under_the_row(
    chart: Chart, place: int
) -> None:
    page = chart()
    add_target(page, "L5")
    (row,) = charted(page).mobilizations
    page.mobilizations.table._change(row.row, "side", side=Side.LEFT)
    page.mobilizations.table._change(row.row, "technique", technique="upa")
    page.mobilizations.table._change(row.row, "grade", grade="III")
    before = charted(page)
    (editor,) = page.mobilizations.table.editors.values()
    cell = editor.cells[place]
    type_into(cell, "zzz")
    QTest.keyClick(cell, Qt.Key.Key_Tab)
    assert isinstance(cell, QLineEdit)
    assert cell.text() == "zzz"
    assert editor.below.isVisible()
    assert charted(page) == before
    page.mobilizations.table._change(row.row, "note", note="gently")
    assert cell.text() == "zzz"
    QTest.keyClick(cell, Qt.Key.Key_Escape)
    assert cell.text() != "zzz"
    assert cell.accessibleDescription() == ""


def test_a_level_that_is_none_stays_in_its_line_with_a_sentence(chart: Chart) -> None:
    page = chart()
    type_into(page.mobilizations.add, "zzz")
    QTest.keyClick(page.mobilizations.add, Qt.Key.Key_Tab)
    assert "“zzz”" in page.mobilizations.add.accessibleDescription()
    assert page.mobilizations.add.text() == "zzz"
    assert not charted(page).mobilizations


def test_a_technique_of_the_midline_asks_for_no_side(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    add_target(page, "L5")
    (editor,) = page.mobilizations.table.editors.values()
    technique = editor.cells[2]
    qtbot.waitUntil(technique.hasFocus)
    QTest.keyClicks(technique, "cpa")
    QTest.keyClick(QApplication.activePopupWidget() or technique, Qt.Key.Key_Tab)
    qtbot.waitUntil(editor.cells[3].hasFocus)
    assert not editor.cells[1].property("needed")


def test_a_row_is_taken_out_with_a_key_and_comes_back_with_undo(chart: Chart) -> None:
    page = chart()
    add_target(page, "L4")
    (editor,) = page.mobilizations.table.editors.values()
    editor.cells[0].setFocus()
    QTest.keyClick(editor.cells[0], Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert not charted(page).mobilizations
    page.setFocus()
    QTest.keyClick(page.mobilizations.add, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [row.targets for row in charted(page).mobilizations] == [("L4",)]
    assert len(page.mobilizations.table.editors) == 1


def test_a_place_on_the_spine_becomes_a_row_that_enter_goes_to_and_the_table_changes_the_spine(
    chart: Chart, qtbot: QtBot
) -> None:
    page = chart()
    page.spine.setFocus()
    page.spine.choose(("L3", Side.LEFT))
    QTest.keyClicks(page.window().focusWidget(), "3")
    (row,) = charted(page).mobilizations
    assert (row.targets, row.side, row.grade) == (("L3",), Side.LEFT, "III")
    assert "L3 left grade III" in page.spine.accessibleName()
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Return)
    (editor,) = page.mobilizations.table.editors.values()
    qtbot.waitUntil(editor.cells[2].hasFocus)
    editor.cells[3].setFocus()
    page.mobilizations.table.removal_asked.emit(row.row)
    assert "L3" not in page.spine.accessibleName()
    page.state.undo()
    assert "L3 left grade III" in page.spine.accessibleName()


def test_a_role_that_may_not_thrust_is_told_before_anything_is_charted(
    screen: ChartingScreen, chart: Chart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "ptnotes.services.charting_rights.allows", lambda _clinic, act: act is not Act.GRADE_V
    )
    page = chart()
    page.spine.setFocus()
    QTest.keyClicks(page.window().focusWidget(), "5")
    assert charted(page).mobilizations == ()
    assert page.spine_card.words.text() == (
        "Your role does not let you chart a thrust (grade V). Nothing was changed."
    )


def test_last_visit_stands_beside_in_grey_and_only_treatment_is_taken_over(
    clinic: OpenClinic, episode: EpisodeOfCare, chart: Chart
) -> None:
    last_visit(clinic, episode)
    page = chart()
    assert page.pain.scales[0].value is None
    assert "last visit 7" in page.pain.scales[0].accessibleName()
    assert page.note.editors["subjective"].placeholderText() == "Last time: Stiff in the morning."
    assert not charted(page).mobilizations
    page.mobilizations.confirm_all()
    (row,) = charted(page).mobilizations
    assert (row.targets, row.grade, row.duration_s, row.origin) == (("L5",), "III", 45, Origin.CONFIRMED)
    assert row.responses == (), "a response is today's or nobody's"
    assert not page.mobilizations.last.rows[0].button.isEnabled()
    assert [each.name for each in page.state.session.exercises] == ["Bridge"]
    assert page.state.session.pain == ()
    assert page.state.session.note.subjective == ""


def test_minutes_are_added_up_and_set_against_the_visit_s_length(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    services = clinic.reference.interventions
    timed = next(row.id for row in services.values() if row.timed)
    untimed = next(row.id for row in services.values() if not row.timed)
    for service, minutes in ((timed, "23"), (untimed, "15")):
        page.interventions.add.chosen.emit(service)
        type_into(list(page.interventions.table.editors.values())[-1].tab_stops()[0], minutes)
    assert page.interventions.total.text() == "Timed 23 min · untimed 15 min · in all 38 min"
    type_into(page.fields.time_in, "9:00")
    type_into(page.fields.time_out, "9:30")
    assert page.fields.minutes.text() == "30 min"
    assert page.interventions.check.isVisible()
    type_into(page.fields.time_out, "8:30")
    assert page.fields.fault.text() == "Time out is before time in."
    session = stored(screen, clinic, qtbot)
    assert session.time_out != time(8, 30)


def test_an_exercise_keeps_its_dose_load_and_place(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    QTest.keyClicks(page.exercises.add, "Sock slide on the wall")
    QTest.keyClick(page.exercises.add, Qt.Key.Key_Return)
    (editor,) = page.exercises.table.editors.values()
    for cell, text in zip(editor.cells[1:5], ("3", "12", "6 s", "7.5 lb"), strict=True):
        type_into(cell, text)
    place = editor.cells[5]
    assert isinstance(place, QPushButton)
    place.click()
    (row,) = stored(screen, clinic, qtbot).exercises
    assert (row.name, row.exercise, row.sets, row.reps, row.hold_s) == (
        "Sock slide on the wall",
        None,
        3,
        12,
        6,
    )
    assert (row.load, row.load_unit, row.place.value) == (Decimal("7.5"), "lb", "home")


def test_a_name_that_a_narrow_cell_cuts_stands_whole_under_the_row(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic
) -> None:
    page = chart()
    session = edits.add_row(
        page.state.session,
        Mobilization(row=0, targets=("m_upper_trapezius",), side=Side.LEFT, position="prone"),
    )
    page.state.put(session)
    (editor,) = page.mobilizations.table.editors.values()
    assert isinstance(editor, MobilizationRow)
    assert editor.details.summary.text() == "Upper trapezius · prone"
    page.state.put(edits.add_row(session, Mobilization(row=0, targets=("L5",), side=Side.LEFT)))
    other = list(page.mobilizations.table.editors.values())[-1]
    assert isinstance(other, MobilizationRow)
    assert other.details.summary.text() == ""
