"""What more a visit holds is edited below its rows: end feel, direction, rate, modifiers, bands, other pains."""

from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import AreaKind, PainKind, Phase, Side
from ptnotes.domain.treatment import Place as ExercisePlace
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting.exercise_card import ExerciseRow
from ptnotes.ui.charting.intervention_card import InterventionRow
from ptnotes.ui.charting.mobilization_row import MobilizationRow
from ptnotes.ui.charting.pain_table import PainRow
from ptnotes.ui.charting.rom_row import RomRow
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.widgets.pick_list import PickList
from tests.ui.charting import chart, charted, clinic, episode, rom_row, screen, stored
from tests.ui.test_charting_line import press, say

__all__ = ["chart", "clinic", "episode", "screen"]

Chart = Callable[[], VisitPage]


def typed(page: VisitPage, line: str) -> None:
    say(page, line)
    press(Qt.Key.Key_Return)
    assert page.line.input.toPlainText() == ""


def fill(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Tab)


def pick(field: PickList, words: str) -> None:
    field.setFocus()
    QTest.keyClicks(field, words)
    QTest.keyClick(field._view, Qt.Key.Key_Tab)


def mobilization(page: VisitPage) -> MobilizationRow:
    (row,) = page.mobilizations.table.editors.values()
    assert isinstance(row, MobilizationRow)
    return row


def test_direction_rate_and_where_a_joint_is_held_are_edited_below_the_row(chart: Chart) -> None:
    page = chart()
    typed(page, "L4 transverse l II 3x30s")
    row = mobilization(page)
    row.cells[4].setFocus()
    assert row.details.direction.isVisible()
    assert not row.details.movement.isVisible()
    pick(row.details.direction, "toward the right")
    fill(row.details.rate, "1.5 hz")
    fill(row.details.held_at, "90 flex")
    (done,) = charted(page).mobilizations
    assert (done.direction, str(done.rate_hz), done.pre_position) == ("toward_right", "1.5", "90 flex")
    page.note.editors["plan"].setFocus()
    assert "1.5 Hz" in row.details.summary.text()
    assert "held at 90 flex" in row.details.summary.text()


def test_what_moves_on_what_is_said_below_the_row_where_the_segment_does_not_say_it(chart: Chart) -> None:
    page = chart()
    typed(page, "L4/5 upa l III 3x45s")
    row = mobilization(page)
    row.cells[4].setFocus()
    assert row.details.moving.isVisible()
    assert row.details.moving.placeholderText() == "moves: L4 on L5"
    (done,) = charted(page).mobilizations
    assert (done.moving_part, done.fixed_part) == ("", "")
    fill(row.details.moving, "L5 on L4")
    (done,) = charted(page).mobilizations
    assert (done.moving_part, done.fixed_part) == ("L5", "L4")
    page.note.editors["plan"].setFocus()
    assert "moves: L5 on L4" in row.details.summary.text()
    row.cells[4].setFocus()
    fill(row.details.moving, "x" * 201)
    assert row.details.moving.fault
    assert charted(page).mobilizations[0].moving_part == "L5"
    page.state.undo()
    assert charted(page).mobilizations[0].moving_part == ""


def test_how_often_is_asked_of_an_exercise_at_home_alone(chart: Chart) -> None:
    page = chart()
    typed(page, "bridge 3x10")
    (row,) = page.exercises.table.editors.values()
    assert isinstance(row, ExerciseRow)
    row.place.setFocus()
    assert not row.times.isVisible()
    row.place.click()
    assert row.times.isVisible()
    fill(row.times, "2")
    fill(row.days, "5d/wk")
    (done,) = charted(page).exercises
    assert (done.place, done.times_a_day, done.days_a_week) == (ExercisePlace.HOME, 2, 5)
    page.note.editors["plan"].setFocus()
    assert (row.times.text(), row.days.text()) == ("twice a day", "5 days a week")
    assert row.times.isVisible()
    fill(row.days, "8")
    assert "1 to 7" in row.days.fault
    assert row.below.isVisible()
    assert charted(page).exercises[0].days_a_week == 5
    row.place.click()
    (done,) = charted(page).exercises
    assert (done.place, done.times_a_day, done.days_a_week) == (ExercisePlace.CLINIC, None, None)
    page.state.undo()
    assert charted(page).exercises[0].times_a_day == 2


def test_an_impossible_rate_is_said_below_the_row_and_not_charted(chart: Chart) -> None:
    page = chart()
    typed(page, "L4 cpa II 3x30s")
    row = mobilization(page)
    row.cells[4].setFocus()
    fill(row.details.rate, "900")
    assert row.details.rate.fault
    assert charted(page).mobilizations[0].rate_hz is None


def test_another_technique_takes_a_direction_that_it_does_not_have_with_it(chart: Chart) -> None:
    page = chart()
    typed(page, "L4 transverse l II 3x30s")
    row = mobilization(page)
    row.cells[4].setFocus()
    pick(row.details.direction, "toward the right")
    row.technique.chosen.emit("cpa")
    assert charted(page).mobilizations[0].direction is None


def test_tab_passes_the_end_feel_by_and_down_goes_to_it(chart: Chart, clinic: OpenClinic) -> None:
    page = chart()
    typed(page, "flex 45>55")
    row = rom_row(page)
    row.before.setFocus()
    press(Qt.Key.Key_Tab)
    assert row.after.hasFocus()
    press(Qt.Key.Key_Tab)
    assert not any(field.hasFocus() for field in row.further)
    assert not row.details.ends[Phase.BEFORE].isVisible()
    row.before.setFocus()
    press(Qt.Key.Key_Down)
    assert row.details.ends[Phase.BEFORE].hasFocus()
    pick(row.details.ends[Phase.BEFORE], "springy")
    assert row.details.scores[Phase.BEFORE].hasFocus()
    QTest.keyClicks(row.details.scores[Phase.BEFORE], "4")
    press(Qt.Key.Key_Up)
    assert row.before.hasFocus()
    before, after = charted(page).rom
    assert (before.end_feel, before.pain, after.end_feel) == ("springy", 4, None)
    page.note.editors["plan"].setFocus()
    feel = clinic.reference.end_feels["springy"].label.lower()
    assert row.details.summary.text() == f"before: end feel {feel}, pain 4/10"


def test_pain_with_a_movement_is_added_scored_and_set_against_error(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    page.pain.add.setFocus()
    QTest.keyClicks(page.pain.add, "lumbar flexion")
    QTest.keyClick(page.pain.add._view, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: len(page.pain.table.editors) == 1)
    (row,) = page.pain.table.editors.values()
    assert isinstance(row, PainRow)
    qtbot.waitUntil(row.before.hasFocus)
    QTest.keyClicks(row.before, "5")
    press(Qt.Key.Key_Tab)
    QTest.keyClicks(row.after, "2")
    scores = [(one.kind, one.motion, one.phase, one.value) for one in charted(page).pain]
    assert scores == [
        (PainKind.MOVEMENT, "lumbar_flexion", Phase.BEFORE, 5),
        (PainKind.MOVEMENT, "lumbar_flexion", Phase.AFTER, 2),
    ]
    assert row.change.text() == "−3, above error"
    assert page.pain.change.text() == ""
    press(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert charted(page).pain == ()


def test_pain_at_another_place_never_mixes_with_the_main_complaint_s(chart: Chart) -> None:
    page = chart()
    typed(page, "pain 6 ; pain in knee 4>1 ; pain flex 5")
    assert [scale.value for scale in page.pain.scales[:2]] == [6, None]
    labels = [editor.cells[0] for editor in page.pain.table.editors.values()]
    names = [label.text() for label in labels if isinstance(label, QLabel)]
    assert names == ["now, knee", "Lumbar flexion"]
    typed(page, "pain >3")
    assert [scale.value for scale in page.pain.scales[:2]] == [6, 3]


def test_a_change_of_pain_or_motion_in_a_visit_never_speaks_of_importance(
    chart: Chart, clinic: OpenClinic
) -> None:
    page = chart()
    typed(page, "pain 8>2 ; flex 40>60")
    reference: Reference = clinic.reference
    important = reference.important_change("nprs", None)
    assert important is not None
    assert important.value <= 6
    for words in (page.pain.change.text(), page.pain.change.toolTip(), rom_row(page).change.toolTip()):
        assert "important" not in words
        assert "MCID" not in words
    assert page.pain.change.text() == "−6 this visit, above error"


def test_modifiers_area_and_settings_of_a_service_are_edited_below_it(chart: Chart) -> None:
    page = chart()
    typed(page, "mt 23")
    (row,) = page.interventions.table.editors.values()
    assert isinstance(row, InterventionRow)
    row.minutes.setFocus()
    press(Qt.Key.Key_Down)
    assert row.more["modifiers"].hasFocus()
    QTest.keyClicks(row.more["modifiers"], "gp, kx")
    press(Qt.Key.Key_Tab)
    QTest.keyClicks(row.more["parameters"], "1 MHz")
    press(Qt.Key.Key_Tab)
    assert row.place.hasFocus()
    QTest.keyClicks(row.place, "deep rotators")
    (service,) = charted(page).interventions
    assert (service.modifiers, service.parameters, service.minutes) == (("GP", "KX"), "1 MHz", 23)
    assert (service.area, service.area_kind) == ("deep rotators", None)
    fill(row.more["modifiers"], "zz")
    assert row.more["modifiers"].fault
    assert charted(page).interventions[0].modifiers == ("GP", "KX")


def test_where_a_service_was_given_is_chosen_with_its_kind_and_the_kind_can_be_changed(chart: Chart) -> None:
    page = chart()
    typed(page, "us 8")
    (row,) = page.interventions.table.editors.values()
    assert isinstance(row, InterventionRow)
    assert not row.kind.isEnabled()
    row.minutes.setFocus()
    row.place.setFocus()
    QTest.keyClicks(row.place, "upper trap l")
    QTest.keyClick(QApplication.activePopupWidget() or row.place, Qt.Key.Key_Return)
    (service,) = charted(page).interventions
    assert (service.area, service.area_kind) == ("Upper trapezius, left", AreaKind.MUSCLE)
    assert (row.place.text(), row.kind.text()) == ("Upper trapezius, left", "muscle")
    row.kind.click()
    assert charted(page).interventions[0].area_kind is AreaKind.NERVE
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert charted(page).interventions[0].area_kind is AreaKind.MUSCLE
    row.place.setFocus()
    row.place.selectAll()
    press(Qt.Key.Key_Delete)
    assert (charted(page).interventions[0].area, charted(page).interventions[0].area_kind) == ("", None)
    assert not row.kind.isEnabled()


def test_the_place_of_a_service_says_the_same_in_the_row_and_in_the_line(chart: Chart) -> None:
    page = chart()
    typed(page, "97035 8 heel l")
    (row,) = page.interventions.table.editors.values()
    assert isinstance(row, InterventionRow)
    assert (row.place.text(), row.kind.text()) == ("Heel, left", "area")
    assert row.place.isVisible()
    assert not row.more["modifiers"].isVisible()
    row.minutes.setFocus()
    assert row.more["modifiers"].isVisible()


def test_what_is_typed_as_a_place_goes_on_while_the_visit_follows_it(chart: Chart) -> None:
    page = chart()
    typed(page, "us 8")
    (row,) = page.interventions.table.editors.values()
    assert isinstance(row, InterventionRow)
    row.minutes.setFocus()
    row.place.setFocus()
    for letter, seen in (("s", "s"), ("c", "sc"), (" ", "sc"), ("x", "sc x")):
        QTest.keyClicks(row.place, letter)
        assert charted(page).interventions[0].area == seen
    assert row.place.text() == "sc x"
    assert row.place.cursorPosition() == 4


def test_a_technique_says_where_it_comes_from_while_it_is_worked_on_and_that_it_has_no_source(
    chart: Chart,
) -> None:
    page = chart()
    typed(page, "coccyx mob II ; dry needling glute med l")
    coccyx, needling = page.mobilizations.table.editors.values()
    assert isinstance(coccyx, MobilizationRow)
    assert isinstance(needling, MobilizationRow)
    assert not coccyx.details.source.isVisible()
    coccyx.dose.setFocus()
    assert coccyx.details.source.isVisible()
    assert "needs its own consent" in coccyx.details.source.text()
    assert coccyx.details.source.text().endswith(
        "(recalled from the named text, check before relying on it)."
    )
    needling.dose.setFocus()
    assert needling.details.source.text() == (
        "Dry needling. Over the chest wall: pneumothorax. Scope of practice differs by state. "
        "No source: an entry of ours, for which none was looked up."
    )


def test_a_motion_without_a_source_says_so_while_it_is_worked_on(chart: Chart) -> None:
    page = chart()
    typed(page, "ankle knee to wall r 8 ; flex 40")
    rows = {
        row.shown.motion: row
        for row in page.rom.table.editors.values()
        if isinstance(row, RomRow) and row.shown
    }
    wall, flexion = rows["knee_to_wall"], rows["lumbar_flexion"]
    wall.before.setFocus()
    press(Qt.Key.Key_Down)
    assert wall.details.source.isVisible()
    assert wall.details.source.text().endswith("No source: an entry of ours, for which none was looked up.")
    flexion.before.setFocus()
    press(Qt.Key.Key_Down)
    assert not flexion.details.source.isVisible()
    assert "Source: goniometry list" in flexion.label.toolTip()


def test_an_exercise_takes_a_band_or_a_weight_and_a_cue(
    chart: Chart, screen: ChartingScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    typed(page, "clams 2x15 @ 5 lb")
    (row,) = page.exercises.table.editors.values()
    assert isinstance(row, ExerciseRow)
    fill(row.load, "gtb")
    assert row.load.text() == "green"
    row.name.setFocus()
    fill(row.cue, "slowly down")
    (done,) = charted(page).exercises
    assert (done.exercise, done.name, done.load, done.band, done.cue) == (
        "clamshell", "Clamshell", None, "green", "slowly down",
    )  # fmt: skip
    fill(row.load, "3 kg")
    assert (charted(page).exercises[0].band, str(charted(page).exercises[0].load)) == ("", "3")
    fill(row.name, "Side lying lift")
    assert charted(page).exercises[0].exercise is None
    (kept,) = stored(screen, clinic, qtbot).exercises
    assert (kept.name, kept.cue, kept.load) == ("Side lying lift", "slowly down", Decimal(3))


def test_a_movement_on_one_side_is_chosen_with_its_side(chart: Chart) -> None:
    page = chart()
    page.pain.add.chosen.emit("knee_flexion|left")
    (score,) = charted(page).pain
    assert (score.motion, score.side) == ("knee_flexion", Side.LEFT)
    page.pain.add.chosen.emit("knee_flexion|left")
    assert len(charted(page).pain) == 1


def test_a_motion_without_a_reading_has_nothing_below_it(chart: Chart) -> None:
    page = chart()
    row = rom_row(page)
    assert isinstance(row, RomRow)
    row.before.setFocus()
    press(Qt.Key.Key_Down)
    assert row.before.hasFocus()
    assert not row.details.isVisible()


def test_one_key_writes_the_clock_as_time_in_and_then_as_time_out(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    chart()
    screen.bar.commands["clock"].trigger()
    clinic.clock.at += timedelta(minutes=40)  # type: ignore[attr-defined]  # the tests' own clock
    screen.bar.commands["clock"].trigger()
    session = stored(screen, clinic, qtbot)
    assert session.time_in == time(9)
    assert session.total_minutes == 40
    screen.bar.commands["undo"].trigger()
    assert stored(screen, clinic, qtbot).time_out is None


def test_the_clock_of_another_day_is_no_time_of_the_visit(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    chart()
    clinic.clock.at += timedelta(days=1)  # type: ignore[attr-defined]  # the tests' own clock
    screen.bar.commands["clock"].trigger()
    assert "another day" in screen.toast.text.text()
    assert stored(screen, clinic, qtbot).time_in is None
