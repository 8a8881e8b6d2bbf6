"""The examination on a visit's page: typed in words or cell by cell, quiet until it is used, and never filled in."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.completeness import findings
from ptnotes.domain.episode import EpisodeOfCare, EpisodeRegion
from ptnotes.domain.errors import InputError
from ptnotes.domain.exam_entry import catalogue, read_findings
from ptnotes.domain.examination import exam_lines, line_text, neuro_screen, vitals_at
from ptnotes.domain.treatment import (
    ExamFinding,
    FindingKind,
    Mobilization,
    NoteState,
    Phase,
    Side,
    TreatmentSession,
    VisitKind,
)
from ptnotes.services import visits
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.charting import exam_edits
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.exam.exam_card import ExamParts
from ptnotes.ui.exam.exam_table import ExamRow
from ptnotes.ui.exam.vitals_part import read_pressure
from ptnotes.ui.signing.jump import go_to
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT

KNEE_JERK = (FindingKind.REFLEX, "patellar", None)
SLUMP = (FindingKind.SPECIAL_TEST, "Slump", None)
L4_PLAY = (FindingKind.JOINT_PLAY, "", "L4")
Start = Callable[..., VisitPage]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


@pytest.fixture
def screen(qtbot: QtBot, open_clinic: OpenClinic, theme: Theme, tasks: Tasks) -> ChartingScreen:
    made = ChartingScreen(open_clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1280, 860)
    made.show()
    made.activateWindow()
    return made


@pytest.fixture
def start(screen: ChartingScreen, open_clinic: OpenClinic, qtbot: QtBot) -> Start:
    """Charts the visits given, oldest first, and opens today's in the region."""

    def begin(*earlier: tuple[date, VisitKind, tuple[ExamFinding, ...]], region: str = "lumbar") -> VisitPage:
        patient = add_patient(open_clinic, PATIENT)
        episode = EpisodeOfCare(
            patient_id=patient.id or 0, start=date(2026, 2, 2), regions=(EpisodeRegion(region=region),)
        )
        episode = open_episode(open_clinic, episode)
        for day, kind, charted_then in earlier:
            session = visits.start_session(open_clinic, episode.id or 0, day, kind)
            rows = tuple(replace(row, row=place) for place, row in enumerate(charted_then, start=1))
            visits.save_draft(open_clinic, replace(session, findings=rows, next_row=len(rows) + 1))
        screen.show_episode(episode.patient_id, episode.id)
        qtbot.waitUntil(lambda: screen.verbs.episode is not None)
        screen.bar.commands["new_visit"].trigger()
        today = open_clinic.today()

        def shown() -> VisitPage | None:
            page = screen.stage.page
            return page if page is not None and page.state.session.service_date == today else None

        qtbot.waitUntil(lambda: shown() is not None)
        page = shown()
        assert page is not None
        return page

    return begin


EARLIER = (date(2026, 2, 26), VisitKind.EVALUATION, ())


def charted(page: VisitPage) -> TreatmentSession:
    return page.state.session


def opened(page: VisitPage) -> bool:
    return page.exam.is_open


def parts_of(page: VisitPage) -> ExamParts:
    assert page.exam.parts is not None
    return page.exam.parts


def row_of(page: VisitPage, key: tuple[FindingKind, str, str | None]) -> ExamRow:
    row = parts_of(page).table.editors[key]
    assert isinstance(row, ExamRow)
    return row


def write(cell: QWidget, text: str) -> None:
    assert isinstance(cell, QLineEdit)
    cell.setFocus()
    cell.selectAll()
    QTest.keyClick(cell, Qt.Key.Key_Delete)
    QTest.keyClicks(cell, text)


def type_finding(page: VisitPage, text: str) -> None:
    """Typed into the line and taken with Enter; not letter by letter, which would open the list."""
    page.exam.start()
    parts_of(page).add.setText(text)
    QTest.keyClick(parts_of(page).add, Qt.Key.Key_Return)


def lines(page: VisitPage, reference: Reference) -> dict[str, str]:
    return {str(line.key[1] or line.key[2]): line_text(reference, line) for line in exam_lines(charted(page))}


def test_a_treatment_visit_has_one_quiet_line_of_it(start: Start) -> None:
    page = start(EARLIER)
    assert not opened(page)
    assert page.exam.parts is None
    assert page.exam.tab_stops() == [page.exam.toggle]
    assert page.exam.height() < 80
    page.exam.toggle.click()
    assert opened(page)
    assert charted(page).findings == ()
    page.exam.toggle.click()
    assert not opened(page)


def test_an_evaluation_opens_it(start: Start) -> None:
    page = start()
    assert charted(page).kind is VisitKind.EVALUATION
    assert opened(page)
    assert charted(page).findings == ()


def test_findings_are_typed_in_words(start: Start, reference: Reference, qtbot: QtBot) -> None:
    page = start(EARLIER)
    for typed in ("knee jerk l 1+", "knee jerk r 2+", "spurling r pos", "L4 joint play hypo"):
        type_finding(page, typed)
        qtbot.waitUntil(parts_of(page).add.hasFocus)
    assert lines(page, reference) == {
        "patellar": "left 1+, right 2+",
        "Spurling": "right positive",
        "L4": "hypomobile",
    }
    assert row_of(page, KNEE_JERK).values[Side.LEFT].text() == "1+"
    page.state.undo()
    assert "L4" not in lines(page, reference)


def test_a_half_typed_finding_is_refused_with_a_sentence(start: Start) -> None:
    page = start(EARLIER)
    type_finding(page, "no such thing")
    assert parts_of(page).fault.text()
    assert parts_of(page).add.text() == "no such thing"
    assert charted(page).findings == ()


def test_the_list_offers_a_test_by_any_of_its_words(start: Start, qtbot: QtBot) -> None:
    page = start(EARLIER)
    page.exam.start()
    add = parts_of(page).add
    QTest.keyClicks(add, "knee j")
    assert add._model.items[0].label == "Knee (patellar)"
    QTest.keyClick(add._view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: KNEE_JERK in parts_of(page).table.editors)
    assert exam_lines(charted(page))[0].is_blank
    qtbot.waitUntil(row_of(page, KNEE_JERK).values[Side.LEFT].hasFocus)


def test_what_the_closed_card_holds_makes_the_page_no_wider(start: Start) -> None:
    page = start(EARLIER)
    assert not opened(page)
    assert page.exam.minimumSizeHint().width() <= page.rom.minimumSizeHint().width()


def test_no_heading_stands_over_rows_that_came_before_it(start: Start) -> None:
    page = start(EARLIER)
    for text in ("spurling r pos", "biceps reflex r 1", "c6 sensation r reduced", "c6 myotome r 4-"):
        type_finding(page, text)
        table = parts_of(page).table
        captions = [
            label.text()
            for label in table.findChildren(QLabel)
            if label.property("type") == "caption" and not label.isHidden()
        ]
        assert len(captions) == len(set(captions))


def test_what_is_not_understood_says_how_another_test_is_typed(start: Start, reference: Reference) -> None:
    page = start(EARLIER)
    type_finding(page, "grip strength r 20")
    assert not charted(page).findings
    said = parts_of(page).fault.text()
    for example in re.findall("“([^”]+)”", said)[1:]:
        type_finding(page, example)
    assert lines(page, reference) == {"Grip": "right (20 kg)", "Neck flexor endurance": "12 s"}


def test_cells_take_values_and_refuse_others(start: Start, reference: Reference) -> None:
    page = start(EARLIER)
    page.state.put(exam_edits.add_lines(charted(page), [KNEE_JERK, L4_PLAY]))
    row = row_of(page, KNEE_JERK)
    assert None not in row.values
    write(row.values[Side.LEFT], "1")
    write(row.values[Side.RIGHT], "2+")
    assert lines(page, reference)["patellar"] == "left 1+, right 2+"
    row.values[Side.LEFT].setFocus()
    write(row.values[Side.RIGHT], "9")
    assert "2+" in row.values[Side.RIGHT].fault
    assert lines(page, reference)["patellar"] == "left 1+, right 2+"
    write(row.values[Side.RIGHT], "")
    assert lines(page, reference)["patellar"] == "left 1+"
    write(row.values[Side.LEFT], "")
    assert exam_lines(charted(page))[0].is_blank
    write(row_of(page, L4_PLAY).values[None], "hypo")
    assert lines(page, reference)["L4"] == "hypomobile"
    write(row_of(page, L4_PLAY).words, "stiff, no pain")
    assert lines(page, reference)["L4"] == "hypomobile (stiff, no pain)"


def test_one_key_lists_the_neuro_screen_and_leaves_it_blank(
    start: Start, screen: ChartingScreen, reference: Reference, qtbot: QtBot
) -> None:
    page = start(EARLIER, region="cervical")
    screen.bar.commands["neuro"].trigger()
    keys = neuro_screen(reference, "upper")
    assert [line.key for line in exam_lines(charted(page))] == list(keys)
    assert all(line.is_blank for line in exam_lines(charted(page)))
    first = row_of(page, keys[0]).values[Side.LEFT]
    qtbot.waitUntil(first.hasFocus)
    QTest.keyClick(first, Qt.Key.Key_Equal)
    found = exam_lines(charted(page))
    assert line_text(reference, found[0]) == "left 5, right 5"
    assert all(line.is_blank for line in found[1:])
    QTest.keyClick(first, Qt.Key.Key_Return)
    qtbot.waitUntil(row_of(page, keys[1]).values[Side.LEFT].hasFocus)
    screen.bar.commands["neuro"].trigger()
    assert len(exam_lines(charted(page))) == len(keys)
    page.state.undo()
    page.state.undo()
    assert charted(page).findings == ()


def test_the_normal_key_leaves_what_is_said(start: Start, reference: Reference) -> None:
    page = start(EARLIER)
    page.state.put(exam_edits.add_lines(charted(page), [KNEE_JERK]))
    row = row_of(page, KNEE_JERK)
    write(row.values[Side.LEFT], "1")
    QTest.keyClick(row.values[Side.LEFT], Qt.Key.Key_Equal)
    assert lines(page, reference)["patellar"] == "left 1+, right 2+"


def test_the_last_examination_stands_beside_and_is_not_taken_over(start: Start, reference: Reference) -> None:
    found = (
        ExamFinding(row=0, kind=FindingKind.REFLEX, test="patellar", side=Side.LEFT, value="reflex_1+"),
        ExamFinding(row=0, kind=FindingKind.SPECIAL_TEST, test="Slump", value="positive"),
    )
    # More visits ago than stand beside the treatment.
    treated = ((date(2026, 2, day), VisitKind.TREATMENT, ()) for day in range(25, 29))
    page = start((date(2026, 2, 24), VisitKind.EVALUATION, found), *treated)
    page.exam.start()
    again = parts_of(page).again
    assert again.isVisible()
    assert again.text() == "Test again, as on 24 Feb: 2 tests"
    again.click()
    assert all(line.is_blank for line in exam_lines(charted(page)))
    assert row_of(page, KNEE_JERK).cells[1].text() == "L 1+"  # type: ignore[attr-defined]
    assert row_of(page, KNEE_JERK).cells[1].toolTip() == "24 Feb: L 1+"
    assert not again.isVisible()


def test_a_removed_test_is_gone_and_comes_back_with_undo(start: Start) -> None:
    page = start(EARLIER)
    page.state.put(exam_edits.add_lines(charted(page), [KNEE_JERK, SLUMP]))
    cell = row_of(page, KNEE_JERK).values[Side.LEFT]
    cell.setFocus()
    QTest.keyClick(cell, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert [line.key for line in exam_lines(charted(page))] == [SLUMP]
    page.state.undo()
    assert [line.key for line in exam_lines(charted(page))] == [KNEE_JERK, SLUMP]


def test_vital_signs_are_typed_and_stored(
    start: Start, screen: ChartingScreen, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = start(EARLIER)
    page.exam.start()
    vitals = parts_of(page).vitals
    write(vitals.pressures[Phase.BEFORE], "128/82")
    write(vitals.rates[Phase.BEFORE], "72")
    write(vitals.saturations[Phase.AFTER], "98%")
    write(vitals.pressures[Phase.AFTER], "82/128")
    assert vitals.pressures[Phase.AFTER].fault
    visit = screen.visit
    assert visit is not None
    screen.flush()
    qtbot.waitUntil(lambda: visit.autosave.is_saved)
    kept = visits.load_session(open_clinic, visit.id)
    before, after = vitals_at(kept, Phase.BEFORE), vitals_at(kept, Phase.AFTER)
    assert before is not None
    assert after is not None
    assert (before.systolic_mmhg, before.diastolic_mmhg, before.heart_rate_bpm) == (128, 82, 72)
    assert (after.systolic_mmhg, after.diastolic_mmhg, after.saturation_percent) == (None, None, 98)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("128/82", (128, 82)), ("128 / 82 mmHg", (128, 82)), ("128 over 82", (128, 82)), ("  ", (None, None))],
)
def test_blood_pressure_is_read(typed: str, found: tuple[int | None, int | None]) -> None:
    assert read_pressure(typed) == found


@pytest.mark.parametrize("typed", ["128", "82/128", "100/100", "301/80", "120/19", "high", "128/82/70"])
def test_what_is_no_blood_pressure_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        read_pressure(typed)


def test_the_behaviour_of_symptoms_is_told_in_words(start: Start) -> None:
    told = (
        ExamFinding(row=0, kind=FindingKind.BEHAVIOUR, test="aggravating", words="sitting"),
        ExamFinding(row=0, kind=FindingKind.IRRITABILITY, value="high"),
    )
    page = start((date(2026, 2, 24), VisitKind.EVALUATION, told))
    page.exam.start()
    part = parts_of(page).behaviour
    assert part.answers["aggravating"].placeholderText() == "24 Feb: sitting"
    assert charted(page).findings == ()
    write(part.level, "mod")
    write(part.why, "settles in an hour")
    write(part.answers["night"], "wakes twice")
    write(part.answers["easing"], "walking")
    found = {(row.kind, row.test): (row.value, row.words) for row in charted(page).findings}
    assert found == {
        (FindingKind.IRRITABILITY, ""): ("moderate", "settles in an hour"),
        (FindingKind.BEHAVIOUR, "night"): ("", "wakes twice"),
        (FindingKind.BEHAVIOUR, "easing"): ("", "walking"),
    }
    write(part.answers["night"], "")
    write(part.level, "")
    write(part.why, "")
    assert [row.test for row in charted(page).findings] == ["easing"]


def test_a_neck_is_asked_for_its_blood_pressure(start: Start, screen: ChartingScreen) -> None:
    page = start(region="cervical")
    asked = parts_of(page).pressure_asked
    assert asked.isVisible()
    write(page.exam.go_to_pressure(), "120/80")
    assert not asked.isVisible()


def test_the_strip_above_the_visit_asks_for_it_and_goes_to_its_field(
    start: Start, screen: ChartingScreen, qtbot: QtBot
) -> None:
    page = start(region="cervical")
    ask = screen.screening.strip.pressure
    qtbot.waitUntil(ask.isVisible)
    ask.click()
    qtbot.waitUntil(parts_of(page).vitals.pressures[Phase.BEFORE].hasFocus)
    write(parts_of(page).vitals.pressures[Phase.BEFORE], "120/80")
    qtbot.waitUntil(ask.isHidden)


def test_the_check_before_signing_goes_to_the_field(
    start: Start, screen: ChartingScreen, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = start(region="cervical")
    verbs = screen.verbs.episode
    assert verbs is not None
    found = findings(open_clinic.reference, charted(page), open_clinic.clock(), episode=verbs.episode)
    (asked,) = [each for each in found if each.code == "missing.blood_pressure"]
    go_to(page, asked, screen._theme)
    qtbot.waitUntil(parts_of(page).vitals.pressures[Phase.BEFORE].hasFocus)


def test_a_thrust_of_the_neck_asks_for_it_at_any_visit(start: Start, reference: Reference) -> None:
    page = start(EARLIER, region="cervical")
    assert not opened(page)
    thrust = Mobilization(row=1, targets=("C5",), technique="hvlat_spine", grade_system="maitland", grade="V")
    page.state.put(replace(charted(page), mobilizations=(thrust,), next_row=2))
    assert opened(page)
    assert parts_of(page).pressure_asked.isVisible()


def test_a_signed_visit_shows_it_and_takes_nothing(start: Start) -> None:
    page = start(EARLIER)
    type_finding(page, "knee jerk l 1+")
    page.set_editable(False)
    assert row_of(page, KNEE_JERK).values[Side.LEFT].text() == "1+"
    assert not row_of(page, KNEE_JERK).values[Side.LEFT].isEnabled()
    assert opened(page)
    assert charted(page).state is NoteState.DRAFT


def test_a_signed_note_opens_with_its_examination(
    start: Start, screen: ChartingScreen, open_clinic: OpenClinic, theme: Theme, qtbot: QtBot
) -> None:
    page = start(EARLIER)
    type_finding(page, "knee jerk l 1+")
    signed = replace(charted(page), state=NoteState.SIGNED)
    visit_shown = screen.visit
    assert visit_shown is not None
    made = VisitPage(DraftState(signed), visit_shown.context, open_clinic.reference, theme, open_clinic.today)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    assert opened(made)
    cell = row_of(made, KNEE_JERK).values[Side.LEFT]
    assert (cell.text(), cell.isEnabled(), cell.isVisible()) == ("1+", False, True)


def test_a_motion_s_position_is_chosen_from_its_ways(start: Start, open_clinic: OpenClinic) -> None:
    page = start(EARLIER)
    line = page.rom.lines[0]
    positions = open_clinic.reference.test_positions_for(line.motion)
    menu = page.rom._way_menu([line])
    labels = [action.text() for action in menu.actions()]
    assert {"Position not stated", *(position.label for position in positions)} <= set(labels)
    next(action for action in menu.actions() if action.text() == positions[-1].label).trigger()
    write(page.rom.tab_stops()[0], "40")
    assert [row.test_position for row in charted(page).rom] == [positions[-1].id]


# The edits themselves -------------------------------------------------------------------------------------------------


def visit() -> TreatmentSession:
    return TreatmentSession(episode_id=1, service_date=date(2026, 3, 2))


def test_edits_that_change_nothing_give_the_same_value_back() -> None:
    session = exam_edits.add_lines(visit(), [KNEE_JERK])
    assert exam_edits.add_lines(session, [KNEE_JERK]) is session
    assert exam_edits.set_value(session, SLUMP, None, "positive") is session
    assert exam_edits.set_value(session, KNEE_JERK, Side.LEFT, "") is session
    assert exam_edits.set_words(session, KNEE_JERK, "") is session
    assert exam_edits.remove_line(session, SLUMP) is session
    assert exam_edits.mark_normal(session, SLUMP) is session
    assert exam_edits.set_behaviour(session, "night", "") is session
    assert exam_edits.set_irritability(session, "", "") is session
    assert exam_edits.set_vitals(session, Phase.BEFORE, heart_rate_bpm=None) is session


def test_a_row_number_is_never_given_twice() -> None:
    session = exam_edits.add_lines(visit(), [KNEE_JERK])
    session = exam_edits.set_value(session, KNEE_JERK, Side.LEFT, "reflex_1+")
    session = exam_edits.set_value(session, KNEE_JERK, Side.RIGHT, "reflex_2+")
    session = exam_edits.set_value(session, KNEE_JERK, Side.RIGHT, "")
    session = exam_edits.set_value(session, KNEE_JERK, Side.RIGHT, "reflex_3+")
    session = exam_edits.set_vitals(session, Phase.AFTER, heart_rate_bpm=80)
    numbers = [found.row for found in session.findings] + [signs.row for signs in session.vitals]
    assert numbers == [1, 3, 4]
    assert session.next_row == 5


def test_vital_signs_that_are_taken_back_leave_no_row() -> None:
    session = exam_edits.set_vitals(visit(), Phase.BEFORE, heart_rate_bpm=80)
    assert exam_edits.set_vitals(session, Phase.BEFORE, heart_rate_bpm=None).vitals == ()


def test_words_typed_again_are_added_and_never_replace_what_was_said(reference: Reference) -> None:
    tests = catalogue(reference)
    session = visit()
    for typed in ("palpation L4: tender", "palpation L4: stiff", "palpation L4: tender"):
        session = exam_edits.take_typed(session, read_findings(reference, tests, typed)[0])
    assert [(row.test, row.words) for row in session.findings] == [("L4", "tender; stiff")]
    long = read_findings(reference, tests, f"palpation L4: {'x' * 180}")[0]
    longer = read_findings(reference, tests, f"palpation L4: {'y' * 180}")[0]
    session = exam_edits.take_typed(session, long)
    with pytest.raises(InputError):
        exam_edits.take_typed(session, longer)


def test_a_line_found_in_the_middle_is_normal_there(reference: Reference) -> None:
    typed = read_findings(reference, catalogue(reference), "slump neg")[0]
    session = exam_edits.take_typed(visit(), typed)
    assert exam_edits.mark_normal(session, SLUMP) is session
    both = exam_edits.mark_normal(exam_edits.add_lines(visit(), [SLUMP]), SLUMP)
    assert {row.side for row in both.findings} == {Side.LEFT, Side.RIGHT}
    palpated = (FindingKind.PALPATION, "L4", None)
    session = exam_edits.add_lines(visit(), [palpated])
    assert exam_edits.mark_normal(session, palpated) is session
