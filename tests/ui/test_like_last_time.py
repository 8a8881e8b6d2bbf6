"""The rows of the last visits beside today's: one key takes a row as it was, one a step further, one takes them all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.treatment import Exercise, Mobilization, Note, PainKind, Phase, Side, TreatmentSession
from ptnotes.services import visits
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.last_time_list import LastVisits
from ptnotes.ui.charting.visit_page import VisitPage
from tests.ui.charting import Chart, chart, clinic, episode, screen

__all__ = ["chart", "clinic", "episode", "screen"]

DAYS = (date(2026, 2, 16), date(2026, 2, 19), date(2026, 2, 23), date(2026, 2, 26))
L5 = Mobilization(
    row=0, targets=("L5",), side=Side.LEFT, technique="upa", grade="III", grade_system="maitland", sets=3,
    duration_s=45, responses=("better",), note="eased at once",
)  # fmt: skip
L4 = replace(L5, targets=("L4",), side=Side.MIDLINE, technique="cpa", grade="IV++", duration_s=120, sets=5)
T12 = replace(L5, targets=("T12",), side=Side.RIGHT, grade="II", duration_s=30)
BRIDGE = Exercise(row=0, name="Bridge", sets=3, reps=10, load=Decimal(5), response="tired")


def charted_visit(clinic: OpenClinic, episode: EpisodeOfCare, day: date, *rows: object) -> None:
    session = visits.start_session(clinic, episode.id or 0, day)
    for row in rows:
        assert isinstance(row, (Mobilization, Exercise))
        session = edits.add_row(session, row)
    session = edits.set_pain(session, PainKind.NOW, Phase.BEFORE, 7)
    session = edits.set_note(session, "communication", "Told the surgeon.")
    visits.save_draft(clinic, session)


@pytest.fixture
def page(clinic: OpenClinic, episode: EpisodeOfCare, chart: Chart) -> VisitPage:
    charted_visit(clinic, episode, DAYS[2], replace(L5, grade="II"), T12, replace(BRIDGE, reps=8))
    charted_visit(clinic, episode, DAYS[3], L5, L4, BRIDGE)
    return chart()


def press(widget: LastVisits, *keys: Qt.Key | str) -> None:
    if not widget.hasFocus():
        widget.setFocus()
    for key in keys:
        if isinstance(key, str):
            QTest.keyClicks(widget, key)
        else:
            QTest.keyClick(widget, key)


def shown(session: TreatmentSession) -> list[tuple[str, str | None, int | None]]:
    return [(row.targets[0], row.grade, row.duration_s) for row in session.mobilizations]


def words(last: LastVisits) -> list[list[str]]:
    return [
        [row.button.toolTip().splitlines()[0], *(label.toolTip() for label in row.past)] for row in last.rows
    ]


def test_the_last_visits_rows_stand_in_columns_the_newest_first(page: VisitPage) -> None:
    assert words(page.mobilizations.last) == [
        ["L5 left · UPA", "III · 3 × 45 s", "II · 3 × 45 s"],
        ["L4 · CPA", "IV++ · 5 × 120 s", "not done"],
        ["T12 right · UPA", "not done", "II · 3 × 30 s"],
    ]
    assert words(page.exercises.last) == [["Bridge", "3 × 10 · 5 kg", "3 × 8 · 5 kg"]]
    assert page.state.session.mobilizations == ()


def test_enter_does_a_row_the_same_and_goes_on_to_the_next(page: VisitPage) -> None:
    press(page.mobilizations.last, Qt.Key.Key_Return, Qt.Key.Key_Return)
    assert shown(page.state.session) == [("L5", "III", 45), ("L4", "IV++", 120)]
    first = page.state.session.mobilizations[0]
    assert (first.responses, first.note, first.done_by) == ((), "", None)
    assert [row.is_charted for row in page.mobilizations.last.rows] == [True, True, False]
    assert page.mobilizations.last.rows[0].today.text() == "✓ III · 3 × 45 s"


def test_plus_takes_a_row_one_step_further_as_shown_before(page: VisitPage) -> None:
    last = page.mobilizations.last
    assert last.rows[0].step.toolTip().startswith("One step further: III → III+")
    press(last, "+")
    assert shown(page.state.session) == [("L5", "III+", 45)]


def test_another_step_is_shown_by_its_key_and_taken_by_plus(page: VisitPage) -> None:
    last = page.mobilizations.last
    press(last, "s")
    assert last.rows[0].step.toolTip().startswith("One step further: 45 s → 60 s")
    press(last, "+")
    assert shown(page.state.session) == [("L5", "III", 60)]


def test_what_is_at_its_bounds_goes_no_further(page: VisitPage) -> None:
    last = page.mobilizations.last
    press(last, Qt.Key.Key_Down, "+", "s", "+")
    assert page.state.session.mobilizations == ()
    assert not last.rows[1].step.isVisible()
    press(last, Qt.Key.Key_Return)
    assert shown(page.state.session) == [("L4", "IV++", 120)]


def test_a_thrust_is_offered_the_same_but_never_as_a_step_nor_further(
    clinic: OpenClinic, episode: EpisodeOfCare, chart: Chart
) -> None:
    thrust = replace(
        L5, technique="hvlat_spine", grade="V", sets=None, duration_s=None, attempts=1, cavitation=True
    )
    charted_visit(clinic, episode, DAYS[3], thrust, replace(L4, grade="IV"))
    page = chart()
    last = page.mobilizations.last
    press(last, "+")
    assert shown(page.state.session) == []
    assert [[step.row.grade for step in row.offered] for row in last.rows] == [[], ["IV+"]]
    press(last, Qt.Key.Key_Return)
    (row,) = page.state.session.mobilizations
    assert (row.grade, row.attempts, row.cavitation) == ("V", None, None)


def test_an_exercise_goes_further_in_its_load(page: VisitPage) -> None:
    press(page.exercises.last, "+")
    (row,) = page.state.session.exercises
    assert (row.load, row.reps, row.response) == (Decimal("5.5"), 10, "")


def test_each_row_taken_is_one_step_of_undo(page: VisitPage) -> None:
    press(page.mobilizations.last, Qt.Key.Key_Return, Qt.Key.Key_Return)
    press(page.exercises.last, "+")
    page.state.undo()
    assert page.state.session.exercises == ()
    page.state.undo()
    assert shown(page.state.session) == [("L5", "III", 45)]
    page.state.undo()
    assert page.state.session.mobilizations == ()
    assert not page.mobilizations.last.rows[0].is_charted


def test_control_d_takes_all_treatment_of_the_last_visit_at_once_and_undo_takes_it_back_at_once(
    page: VisitPage,
) -> None:
    press(page.mobilizations.last, "+")
    QTest.keyClick(page.mobilizations.last, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert shown(page.state.session) == [("L5", "III+", 45), ("L4", "IV++", 120)]
    assert [row.name for row in page.state.session.exercises] == ["Bridge"]
    assert page.state.session.pain == ()
    assert page.state.session.note == Note()
    assert not page.mobilizations.same.isVisible()
    page.state.undo()
    assert shown(page.state.session) == [("L5", "III+", 45)]
    assert page.state.session.exercises == ()


def test_a_row_is_taken_with_the_mouse_too(page: VisitPage) -> None:
    rows = page.mobilizations.last.rows
    QTest.mouseClick(rows[1].button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(rows[2].step, Qt.MouseButton.LeftButton)
    assert shown(page.state.session) == [("L4", "IV++", 120), ("T12", "III", 30)]


def test_a_row_is_free_again_when_todays_is_taken_out(page: VisitPage) -> None:
    press(page.mobilizations.last, Qt.Key.Key_Return)
    row = page.state.session.mobilizations[0].row
    page.state.put(edits.remove_row(page.state.session, Mobilization, row))
    assert not page.mobilizations.last.rows[0].is_charted
    assert page.mobilizations.last.rows[0].button.isEnabled()


def test_a_key_of_its_own_goes_to_the_rows(page: VisitPage, qtbot: QtBot) -> None:
    page.note.editors["plan"].setFocus()
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.note.editors["plan"], Qt.Key.Key_D, held)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.mobilizations.last)


def test_the_row_that_keys_act_on_is_said_with_its_step(page: VisitPage) -> None:
    press(page.mobilizations.last, Qt.Key.Key_Down, Qt.Key.Key_Down)
    name = page.mobilizations.last.accessibleName()
    assert name.startswith("Last visits: T12 right · UPA, not charted today. 23 Feb 2026: II · 3 × 30 s")
    assert name.endswith("One step further: II → III.")


def test_fewer_visits_are_shown_where_there_is_little_room_but_never_none(
    clinic: OpenClinic, episode: EpisodeOfCare, chart: Chart
) -> None:
    for day in DAYS:
        charted_visit(clinic, episode, day, L5)
    last = chart().mobilizations.last
    counts = []
    for width in (200, 420, 520, 900):
        last.resize(width, 200)
        counts.append(sum(not label.isHidden() for label in last.rows[0].past))
    assert counts == [1, 2, 3, 4]


def test_without_an_earlier_visit_there_is_nothing_to_take_over(chart: Chart) -> None:
    page = chart()
    assert not page.mobilizations.last.isVisible()
    page.mobilizations.confirm_all()
    assert page.state.session.mobilizations == ()
