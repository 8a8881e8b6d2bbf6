"""The Sessions tab on a real clinic file: charting with keys, saving by itself, and never losing a word."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare, EpisodeRegion
from ptnotes.domain.permissions import Act
from ptnotes.domain.text import NOTE_LIMIT
from ptnotes.domain.treatment import (
    Exercise,
    Mobilization,
    NoteState,
    Origin,
    PainKind,
    Phase,
    Side,
    TreatmentSession,
    VisitKind,
    VisitStatus,
)
from ptnotes.services import visits
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.rom_row import RomCell, RomRow, region_words
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.sign_card import SignRow
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Look, Theme
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock

LAST_DAY = date(2026, 2, 26)
FLEXION = ("lumbar_flexion", None, 0)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, FixedClock())
    yield opened
    opened.close()


@pytest.fixture
def episode(clinic: OpenClinic) -> EpisodeOfCare:
    patient = add_patient(clinic, PATIENT)
    regions = (EpisodeRegion(region="lumbar"),)
    return open_episode(
        clinic, EpisodeOfCare(patient_id=patient.id or 0, start=date(2026, 2, 2), regions=regions)
    )


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, clinic: OpenClinic, tasks: Tasks) -> ChartingScreen:
    made = ChartingScreen(clinic, tasks, Theme(qapp))
    qtbot.addWidget(made)
    made.resize(1180, 780)
    made.show()
    made.activateWindow()
    return made


@pytest.fixture
def chart(screen: ChartingScreen, episode: EpisodeOfCare, qtbot: QtBot) -> Callable[[], VisitPage]:
    """Opens the episode, starts today's visit with its key, and gives its page."""

    def start() -> VisitPage:
        screen.show_episode(episode.patient_id, episode.id)
        qtbot.waitUntil(lambda: screen.verbs.episode is not None)
        screen.bar.commands["new_visit"].trigger()
        today = screen._clinic.today()
        qtbot.waitUntil(lambda: _page_of(screen, today) is not None)
        page = _page_of(screen, today)
        assert page is not None
        return page

    return start


def _page_of(screen: ChartingScreen, day: date) -> VisitPage | None:
    page = screen.stage.page
    return page if page is not None and page.state.session.service_date == day else None


def last_visit(clinic: OpenClinic, episode: EpisodeOfCare) -> TreatmentSession:
    """A charted visit some days ago."""
    session = visits.start_session(clinic, episode.id or 0, LAST_DAY)
    row = Mobilization(
        row=0, targets=("L5",), side=Side.LEFT, technique="upa", grade="III", grade_system="maitland", sets=3,
        duration_s=45, responses=("same",), position="prone",
    )  # fmt: skip
    session = edits.add_row(session, row)
    session = edits.add_row(session, Exercise(row=0, name="Bridge", sets=3, reps=10))
    session = edits.set_pain(session, PainKind.NOW, Phase.BEFORE, 7)
    session = edits.set_note(session, "subjective", "Stiff in the morning.")
    return visits.save_draft(clinic, session)


def stored(screen: ChartingScreen, clinic: OpenClinic, qtbot: QtBot) -> TreatmentSession:
    visit = screen.visit
    assert visit is not None
    screen.flush()
    qtbot.waitUntil(lambda: visit.autosave.is_saved)
    return visits.load_session(clinic, visit.id)


def charted(page: VisitPage) -> TreatmentSession:
    """What the visit holds at this moment."""
    return page.state.session


def rom_row(page: VisitPage) -> RomRow:
    row = page.rom.table.editors[FLEXION]
    assert isinstance(row, RomRow)
    return row


def type_into(cell: QWidget, text: str) -> None:
    cell.setFocus()
    if isinstance(cell, QLineEdit):
        cell.selectAll()
        QTest.keyClick(cell, Qt.Key.Key_Delete)
    QTest.keyClicks(cell, text)


def test_an_episode_without_visits_says_the_next_step(
    screen: ChartingScreen, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    screen.show_episode(episode.patient_id, episode.id)
    qtbot.waitUntil(lambda: screen.stage.currentWidget() is screen.stage.empty)
    assert screen.stage.empty.title.text() == "No visits yet"
    screen.stage.empty.button.click()
    qtbot.waitUntil(lambda: screen.stage.page is not None)
    assert screen.visit is not None
    assert screen.visit.state.session.kind is VisitKind.EVALUATION
    assert screen.bar.picker.list.currentText() == "Visit 1 · 2 Mar 2026"


def test_a_patient_without_an_episode_is_sent_to_open_one(screen: ChartingScreen) -> None:
    screen.show_episode(1, None)
    assert "Episode" in screen.stage.empty.text.text()
    assert screen.stage.empty.button.isHidden()


def test_today_s_visit_is_not_started_twice(
    screen: ChartingScreen,
    chart: Callable[[], VisitPage],
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    chart()
    screen.bar.commands["new_visit"].trigger()
    qtbot.wait(50)
    assert len(visits.sessions_of(clinic, episode.id or 0)) == 1


def test_a_mobilization_is_charted_with_keys_alone(
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
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
def test_a_technique_done_on_one_side_asks_for_its_side_next(
    chart: Callable[[], VisitPage], qtbot: QtBot, key: Qt.Key
) -> None:
    page = chart()
    page.mobilizations.choose_target("L5", None)
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
    chart: Callable[[], VisitPage], place: int
) -> None:
    page = chart()
    page.mobilizations.choose_target("L5", Side.LEFT)
    (row,) = charted(page).mobilizations
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


def test_a_level_that_is_none_stays_in_its_line_with_a_sentence(chart: Callable[[], VisitPage]) -> None:
    page = chart()
    type_into(page.mobilizations.add, "zzz")
    QTest.keyClick(page.mobilizations.add, Qt.Key.Key_Tab)
    assert "“zzz”" in page.mobilizations.add.accessibleDescription()
    assert page.mobilizations.add.text() == "zzz"
    assert not charted(page).mobilizations


def test_a_motion_s_name_is_shortened_and_never_cut(chart: Callable[[], VisitPage]) -> None:
    page = chart()
    row = page.rom.table.editors["straight_leg_raise", Side.LEFT, 0]
    assert isinstance(row, RomRow)
    shown = []
    for width in (300, 150, 90):
        row.label.resize(width, 30)
        shown.append(row.label.text())
    assert shown == ["Straight leg raise (passive) L", "Straight leg raise L", "SLR L"]


@pytest.mark.parametrize("text", ["14.5 cm", "mod loss", "120°p"])
def test_what_a_motion_s_cell_is_said_to_take_fits_beside_its_pain_button(
    chart: Callable[[], VisitPage], text: str
) -> None:
    cell = rom_row(chart()).before
    type_into(cell, "45p")
    cell.setText(text)
    cell._offer_pain()
    room = cell.width() - cell.textMargins().right() - 2 * (1 + 3 + 2)
    assert cell.textMargins().right() > 0
    assert cell.fontMetrics().horizontalAdvance(text) <= room


def test_the_verdict_on_pain_moves_nothing_else(chart: Callable[[], VisitPage], qtbot: QtBot) -> None:
    page = chart()
    page.state.put(edits.set_pain(charted(page), PainKind.NOW, Phase.BEFORE, 7))
    QApplication.processEvents()
    widths = [page.pain.width(), page.rom.width(), page.pain.scales[0].width()]
    page.state.put(edits.set_pain(charted(page), PainKind.NOW, Phase.AFTER, 3))
    qtbot.waitUntil(page.pain.change.isVisible)
    QApplication.processEvents()
    assert [page.pain.width(), page.rom.width(), page.pain.scales[0].width()] == widths


def test_a_technique_of_the_midline_asks_for_no_side(chart: Callable[[], VisitPage], qtbot: QtBot) -> None:
    page = chart()
    page.mobilizations.choose_target("L5", None)
    (editor,) = page.mobilizations.table.editors.values()
    technique = editor.cells[2]
    qtbot.waitUntil(technique.hasFocus)
    QTest.keyClicks(technique, "cpa")
    QTest.keyClick(QApplication.activePopupWidget() or technique, Qt.Key.Key_Tab)
    qtbot.waitUntil(editor.cells[3].hasFocus)
    assert not editor.cells[1].property("needed")


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


def test_a_row_is_taken_out_with_a_key_and_comes_back_with_undo(chart: Callable[[], VisitPage]) -> None:
    page = chart()
    page.mobilizations.choose_target("L4", Side.MIDLINE)
    (editor,) = page.mobilizations.table.editors.values()
    editor.cells[0].setFocus()
    QTest.keyClick(editor.cells[0], Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert not charted(page).mobilizations
    page.setFocus()
    QTest.keyClick(page.mobilizations.add, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [row.targets for row in charted(page).mobilizations] == [("L4",)]
    assert len(page.mobilizations.table.editors) == 1


def test_a_place_on_the_spine_becomes_a_row_that_enter_goes_to_and_the_table_changes_the_spine(
    chart: Callable[[], VisitPage], qtbot: QtBot
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
    screen: ChartingScreen, chart: Callable[[], VisitPage], monkeypatch: pytest.MonkeyPatch
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


def test_an_impossible_motion_gets_a_sentence_and_changes_nothing(
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
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
    chart: Callable[[], VisitPage],
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


def test_a_reading_above_the_usual_range_is_kept_and_pointed_out(chart: Callable[[], VisitPage]) -> None:
    page = chart()
    row = rom_row(page)
    type_into(row.before, "95")
    assert page.state.session.rom[0].value == 95
    assert row.before.property("unusual") is True
    assert "above the usual range" in row._warning


def test_change_within_the_visit_says_whether_it_is_more_than_error(chart: Callable[[], VisitPage]) -> None:
    page = chart()
    row = rom_row(page)
    type_into(row.before, "45")
    type_into(row.after, "46")
    assert "+1°" in row.change.text()
    assert row.change.isVisible()
    assert row.change.toolTip()


def test_pain_at_the_end_of_range_is_typed_or_clicked_and_may_be_unsaid(
    chart: Callable[[], VisitPage],
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


def test_enter_goes_down_the_column_of_motions(chart: Callable[[], VisitPage]) -> None:
    page = chart()
    row = rom_row(page)
    row.before.setFocus()
    QTest.keyClick(row.before, Qt.Key.Key_Return)
    assert page.rom.table.editors["lumbar_extension", None, 0].cells[2].hasFocus()


def test_another_way_of_measuring_goes_for_both_readings_and_another_mode_adds_a_line(
    chart: Callable[[], VisitPage],
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
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
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


def test_a_click_scores_pain_and_a_second_one_takes_it_back(chart: Callable[[], VisitPage]) -> None:
    page = chart()
    scale = page.pain.scales[0]
    place = scale._cell(10).center().toPoint()
    QTest.mouseClick(scale, Qt.MouseButton.LeftButton, pos=place)
    assert scale.value == 10
    QTest.mouseClick(scale, Qt.MouseButton.LeftButton, pos=place)
    assert scale.value is None


def test_last_visit_stands_beside_in_grey_and_only_treatment_is_taken_over(
    clinic: OpenClinic, episode: EpisodeOfCare, chart: Callable[[], VisitPage]
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
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
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
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
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


def test_a_comparable_sign_is_tested_before_and_after(
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
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


@pytest.mark.parametrize("text", ["x" * (NOTE_LIMIT + 1), "x" * 1_000_000, "a\0b"])
def test_a_paste_that_cannot_be_stored_is_refused_whole_with_a_sentence(
    chart: Callable[[], VisitPage], text: str
) -> None:
    page = chart()
    editor = page.note.editors["plan"]
    QTest.keyClicks(editor, "kept")
    pasted = QMimeData()
    pasted.setText(text)
    editor.insertFromMimeData(pasted)
    assert editor.toPlainText() == "kept"
    assert page.state.session.note.plan == "kept"
    assert page.note.faults["plan"].text().endswith("Nothing was changed.")


def test_right_to_left_combining_and_emoji_text_is_kept(
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    text = "שלום 👍🏽 e\u0301 Nguyễn"
    page.note.editors["subjective"].insertPlainText(text)
    assert stored(screen, clinic, qtbot).note.subjective == "שלום 👍🏽 é Nguyễn"


def test_typing_in_the_note_is_undone_by_the_word_from_within_the_field(
    chart: Callable[[], VisitPage],
) -> None:
    page = chart()
    editor = page.note.editors["assessment"]
    editor.setFocus()
    QTest.keyClicks(editor, "improving with care")
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "improving with "
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "improving "
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(editor, Qt.Key.Key_Z, modifiers)
    assert page.state.session.note.assessment == "improving with "


def test_the_time_of_the_last_save_is_on_the_screen(
    screen: ChartingScreen, chart: Callable[[], VisitPage], qtbot: QtBot
) -> None:
    page = chart()
    assert screen.bar.saved.text() == "✓ Saved 09:00:00"
    QTest.keyClicks(page.note.editors["plan"], "x")
    assert screen.bar.saved.text() == "Saving …"
    qtbot.waitUntil(lambda: screen.bar.saved.text() == "✓ Saved 09:00:00", timeout=1500)


def test_leaving_for_another_visit_and_coming_back_loses_nothing(
    screen: ChartingScreen,
    chart: Callable[[], VisitPage],
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    earlier = last_visit(clinic, episode)
    page = chart()
    today = page.state.session.id or 0
    QTest.keyClicks(page.note.editors["plan"], "not saved yet")
    screen.open_visit(earlier.id or 0)
    screen.open_visit(today)
    qtbot.waitUntil(
        lambda: screen.visit is not None and screen.visit.id == today and screen.stage.page is not None
    )
    assert screen.visit is not None
    assert screen.visit.state.session.note.plan == "not saved yet"
    assert stored(screen, clinic, qtbot).note.plan == "not saved yet"


def test_older_and_newer_visits_are_a_key_away(
    screen: ChartingScreen,
    chart: Callable[[], VisitPage],
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    earlier = last_visit(clinic, episode)
    chart()
    screen.bar.commands["older"].trigger()
    qtbot.waitUntil(lambda: _page_of(screen, LAST_DAY) is not None)
    assert screen.visit is not None
    assert screen.visit.id == earlier.id
    assert screen.bar.picker.list.currentText().startswith("Visit 1")
    screen.bar.commands["newer"].trigger()
    qtbot.waitUntil(lambda: _page_of(screen, clinic.today()) is not None)


def test_a_draft_is_discarded_with_what_was_typed_and_brought_back_whole(
    screen: ChartingScreen,
    chart: Callable[[], VisitPage],
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    page = chart()
    today = page.state.session.id or 0
    QTest.keyClicks(page.note.editors["plan"], "last word")
    screen.bar.commands["discard"].trigger()
    qtbot.waitUntil(lambda: screen.stage.currentWidget() is screen.stage.empty)
    assert visits.sessions_of(clinic, episode.id or 0) == ()
    assert visits.load_session(clinic, today).state is NoteState.DISCARDED
    screen.toast.action.click()
    qtbot.waitUntil(lambda: screen.stage.page is not None)
    assert screen.visit is not None
    assert screen.visit.state.session.note.plan == "last word"


def test_an_absence_needs_a_reason_and_is_no_treatment_day(
    screen: ChartingScreen,
    chart: Callable[[], VisitPage],
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    chart()
    screen.bar.commands["absence"].trigger()
    screen.absence.record.click()
    assert screen.absence.fault.text() == "This cannot be empty."
    screen.absence.kind.setCurrentIndex(1)
    QTest.keyClicks(screen.absence.reason, "snow")
    QTest.keyClick(screen.absence.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.stage.currentWidget() is screen.stage.absent)
    assert screen.stage.absent.title.text() == "Missed on 2 Mar 2026"
    rows = visits.sessions_of(clinic, episode.id or 0)
    assert [row.visit_number for row in rows if row.status is VisitStatus.MISSED] == [None]
    screen.stage.absent.button.click()
    assert screen.stage.page is not None
    assert stored(screen, clinic, qtbot).status is VisitStatus.ATTENDED


def test_two_windows_on_one_visit_settle_it_without_losing_either(
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    theirs = visits.load_session(clinic, page.state.session.id or 0)
    visits.save_draft(clinic, edits.set_note(theirs, "plan", "theirs"))
    QTest.keyClicks(page.note.editors["plan"], "mine")
    screen.flush()
    qtbot.waitUntil(screen.notice.first.isVisible)
    assert "note" in screen.notice.text.text()
    assert screen.bar.saved.text() == "Not saved"
    assert page.note.editors["plan"].toPlainText() == "mine"
    assert visits.load_session(clinic, theirs.id or 0).note.plan == "theirs"
    screen.notice.second.click()
    assert page.note.editors["plan"].toPlainText() == "theirs"
    screen.bar.commands["undo"].trigger()
    assert page.note.editors["plan"].toPlainText() == "mine"
    assert stored(screen, clinic, qtbot).note.plan == "mine"


def test_keeping_the_own_version_stores_it_over_the_other(
    screen: ChartingScreen, chart: Callable[[], VisitPage], clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    theirs = visits.load_session(clinic, page.state.session.id or 0)
    visits.save_draft(clinic, edits.set_note(theirs, "plan", "theirs"))
    QTest.keyClicks(page.note.editors["plan"], "mine")
    screen.flush()
    qtbot.waitUntil(screen.notice.first.isVisible)
    screen.notice.first.click()
    qtbot.waitUntil(lambda: visits.load_session(clinic, theirs.id or 0).note.plan == "mine")
    qtbot.waitUntil(lambda: screen.bar.saved.text().startswith("✓ Saved"))
    assert not screen.notice.isVisible()
    assert screen.unsaved_problem() == ""


def test_the_visit_s_date_can_be_moved_but_not_into_the_future(
    screen: ChartingScreen,
    chart: Callable[[], VisitPage],
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    page = chart()
    page.fields.date.setText("3 Mar 2026")
    page.fields.date.read_text()
    assert page.fields.fault.text() == "This date is in the future."
    assert page.state.session.service_date == clinic.today()
    page.fields.date.setText("27 Feb 2026")
    page.fields.date.read_text()
    screen.flush()
    qtbot.waitUntil(lambda: screen.bar.picker.list.currentText().endswith("27 Feb 2026"))
    (row,) = visits.sessions_of(clinic, episode.id or 0)
    assert row.service_date == date(2026, 2, 27)


def test_a_note_that_is_no_draft_is_only_read(screen: ChartingScreen, chart: Callable[[], VisitPage]) -> None:
    page = chart()
    page.set_editable(editable=False)
    assert not page.note.editors["plan"].isEnabled()
    assert not page.mobilizations.add.isEnabled()


def test_every_field_has_a_name_for_those_who_hear_the_screen(
    clinic: OpenClinic, episode: EpisodeOfCare, screen: ChartingScreen, chart: Callable[[], VisitPage]
) -> None:
    last_visit(clinic, episode)
    page = chart()
    page.mobilizations.confirm_all()
    page.interventions.add.chosen.emit(next(iter(clinic.reference.interventions)))
    kinds = (QLineEdit, QPlainTextEdit, QComboBox, QPushButton, QToolButton)
    nameless = []
    for kind in kinds:
        for widget in screen.findChildren(kind):
            inner = isinstance(widget.parent(), QComboBox) or widget.objectName().startswith("qt_")
            interface = QAccessible.queryAccessibleInterface(widget)
            # A button of a message has no words until there is a message.
            wordless = isinstance(widget, QPushButton) and not widget.isVisible()
            if not inner and not wordless and not interface.text(QAccessible.Text.Name):
                nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


def test_tab_reaches_the_fields_in_the_order_of_the_work(
    clinic: OpenClinic, episode: EpisodeOfCare, chart: Callable[[], VisitPage], qtbot: QtBot
) -> None:
    last_visit(clinic, episode)
    page = chart()
    page.mobilizations.confirm_all()
    qtbot.wait(20)
    page.mobilizations.table.focus_row(page.state.session.mobilizations[0].row)
    seen = []
    for _ in range(60):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    wanted = [page.mobilizations.add, page.pain.scales[0], page.note.editors["plan"], rom_row(page).before]
    places = [seen.index(widget) for widget in wanted]
    assert places == sorted(places)


def test_f6_goes_from_part_to_part(screen: ChartingScreen, chart: Callable[[], VisitPage]) -> None:
    page = chart()
    page.mobilizations.add.setFocus()
    screen.bar.commands["next_card"].trigger()
    assert page.pain.scales[0].hasFocus()
    page.exercises.add.setFocus()
    screen.bar.commands["next_card"].trigger()
    assert page.spine.isAncestorOf(page.window().focusWidget())
    screen.bar.commands["next_card"].trigger()
    assert page.mobilizations.add.hasFocus()


def test_the_key_to_the_next_part_brings_it_into_sight(
    screen: ChartingScreen, chart: Callable[[], VisitPage], qtbot: QtBot
) -> None:
    page = chart()
    screen.resize(980, 560)
    qtbot.wait(20)
    page.mobilizations.add.setFocus()
    for _ in range(6):
        screen.bar.commands["next_card"].trigger()
        focus = QApplication.focusWidget()
        assert focus is not None
        assert page.scroller.isAncestorOf(focus)
        in_sight = (
            page.scroller.viewport()
            .rect()
            .intersected(QRect(focus.mapTo(page.scroller.viewport(), QPoint(0, 0)), focus.size()))
        )
        assert in_sight.size() == focus.size(), focus.accessibleName()


def test_the_cards_stand_in_two_columns_where_there_is_room(
    screen: ChartingScreen, chart: Callable[[], VisitPage], qtbot: QtBot
) -> None:
    page = chart()
    qtbot.wait(10)
    assert page.rom.x() > page.note.x()
    screen.resize(900, 700)
    qtbot.waitUntil(lambda: page.rom.x() == page.note.x())
    assert page.scroller.horizontalScrollBar().maximum() == 0


def test_a_visit_of_another_episode_is_never_shown_in_this_one(
    screen: ChartingScreen,
    chart: Callable[[], VisitPage],
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    page = chart()
    QTest.keyClicks(page.note.editors["plan"], "of the first patient")
    first = page.state.session.id or 0
    other = open_episode(clinic, replace(episode, id=None, uuid="", revision=0))
    screen.show_episode(other.patient_id, other.id)
    assert screen.stage.page is None
    qtbot.waitUntil(lambda: screen.stage.currentWidget() is screen.stage.empty)
    qtbot.waitUntil(lambda: visits.load_session(clinic, first).note.plan == "of the first patient")
    assert screen.unsaved_problem() == ""


def test_a_draft_chosen_from_elsewhere_is_the_one_that_is_shown(
    screen: ChartingScreen, clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    earlier = last_visit(clinic, episode)
    visits.start_session(clinic, episode.id or 0)
    screen.show_episode(episode.patient_id, episode.id)
    screen.open_visit(earlier.id or 0)
    qtbot.waitUntil(lambda: _page_of(screen, LAST_DAY) is not None)
    qtbot.wait(50)
    assert screen.visit is not None
    assert screen.visit.id == earlier.id
    assert screen.bar.picker.list.currentText().endswith("26 Feb 2026")


def test_another_look_or_text_size_keeps_the_visit_and_its_history(
    screen: ChartingScreen, chart: Callable[[], VisitPage]
) -> None:
    page = chart()
    QTest.keyClicks(page.note.editors["plan"], "kept")
    screen._theme.set_look(Look.DARK)
    screen._theme.set_text_scale(1.5)
    assert screen.stage.page is not None
    assert screen.stage.page.note.editors["plan"].toPlainText() == "kept"
    screen.bar.commands["undo"].trigger()
    assert screen.stage.page.note.editors["plan"].toPlainText() == ""
