"""The Episode tab's problems, goals and plan of care: what becomes of each, by button and by key."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.certification import Certification
from ptnotes.domain.episode import (
    EpisodeOfCare,
    EpisodeRegion,
    Goal,
    GoalStatus,
    OutcomeScore,
    PlanOfCare,
    Problem,
)
from ptnotes.domain.goals import TAKEN_BACK
from ptnotes.services.care_course import goal_course, plan_course
from ptnotes.services.certification import save_certification
from ptnotes.services.episodes import change_episode, load_episode, open_episode, record_outcome
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.episode.draft_fields import DraftNumber
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.episode.goal_row import GoalRow
from ptnotes.ui.episode.plan_card import service_items, with_service
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT, reference

TODAY = date(2026, 3, 2)
ODI = Goal(
    uuid="00000000-0000-4000-8000-000000000001",
    words="Stand through a shift",
    function="work in a store",
    measure="outcome",
    outcome="odi",
    unit="percent",
    baseline=Decimal(44),
    target=Decimal(20),
    due=date(2026, 4, 20),
)
WALK = Goal(uuid="00000000-0000-4000-8000-000000000002", words="Walk the dog")
PLAN = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=6, start=date(2026, 2, 2))


@pytest.fixture
def screen(open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[EpisodeScreen]:
    add_patient(open_clinic, PATIENT)
    open_episode(
        open_clinic,
        EpisodeOfCare(
            patient_id=1,
            title="Low back pain",
            start=date(2026, 2, 2),
            regions=(EpisodeRegion(region="lumbar"),),
            goals=(ODI, WALK),
            plan=PLAN,
        ),
    )
    made = EpisodeScreen(open_clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    made.activateWindow()
    made.show_episode(1, 1)
    qtbot.waitUntil(lambda: made.draft.episode is not None)
    qtbot.waitUntil(row(made, ODI).more.isVisible)
    yield made
    made.flush()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    tasks.close()


def row(screen: EpisodeScreen, goal: Goal) -> GoalRow:
    return screen.goals.rows[goal.uuid]


def stored(screen: EpisodeScreen, qtbot: QtBot) -> EpisodeOfCare:
    screen.flush()
    qtbot.waitUntil(lambda: screen._tasks.unsaved == 0)
    return load_episode(screen._clinic, 1)


def events(screen: EpisodeScreen, goal: Goal) -> list[tuple[str, str]]:
    steps = goal_course(screen._clinic, 1).steps[goal.uuid]
    return [(step.event.status.value, step.event.reason) for step in steps]


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def typed(text: str) -> None:
    QTest.keyClicks(focused(), text)


def key(pressed: Qt.Key) -> None:
    QTest.keyClick(focused(), pressed)


def test_a_goal_is_met_by_keys_alone_and_taken_back(screen: EpisodeScreen, qtbot: QtBot) -> None:
    shown = row(screen, WALK)
    shown.buttons[next(iter(shown.buttons))].setFocus()
    key(Qt.Key.Key_M)
    assert shown.form.isVisible()
    typed("twice round the park")
    with qtbot.waitSignal(screen.undo_offered) as offered:
        key(Qt.Key.Key_Return)
    after = stored(screen, qtbot).goals[1]
    assert (after.status, after.status_reason) == (GoalStatus.MET, "twice round the park")
    assert not shown.form.isVisible()
    assert shown.isAncestorOf(focused())
    assert shown.pill.text() == "met"
    qtbot.waitUntil(lambda: "Met · twice round the park" in shown.history.text())
    assert shown.history.isVisible()
    assert screen._clinic.person.signature in shown.history.text()
    offered.args[1]()
    assert stored(screen, qtbot).goals[1].status is GoalStatus.ACTIVE
    assert events(screen, WALK) == [("active", ""), ("met", "twice round the park"), ("active", TAKEN_BACK)]


def test_a_goal_is_not_dropped_without_a_reason(screen: EpisodeScreen, qtbot: QtBot) -> None:
    shown = row(screen, WALK)
    shown.buttons[next(iter(shown.buttons))].setFocus()
    key(Qt.Key.Key_D)
    key(Qt.Key.Key_Return)
    assert "with a reason" in shown.form.reason_field.fault
    assert stored(screen, qtbot).goals[1].status is GoalStatus.ACTIVE
    typed("the dog moved away")
    key(Qt.Key.Key_Return)
    after = stored(screen, qtbot).goals[1]
    assert (after.status, after.status_reason) == (GoalStatus.DROPPED, "the dog moved away")


def test_a_goal_is_revised_with_its_name_kept_and_old_and_new_shown(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    shown = row(screen, ODI)
    shown.buttons[next(iter(shown.buttons))].setFocus()
    key(Qt.Key.Key_R)
    assert QApplication.focusWidget() is shown.form.target
    typed("14")
    shown.form.due.setText("1 Jun 2026")
    shown.form.reason.setFocus()
    typed("ahead of plan")
    key(Qt.Key.Key_Return)
    after = stored(screen, qtbot).goals[0]
    assert after == replace(ODI, target=Decimal(14), due=date(2026, 6, 1), status_reason="ahead of plan")
    words = "Revised: 20 % → 14 %, by 20 Apr 2026 → 1 Jun 2026 · ahead of plan"
    qtbot.waitUntil(lambda: words in " ".join(shown._told))
    assert not shown.history.isVisible()
    key(Qt.Key.Key_H)
    assert shown.history.isVisible()
    assert words in shown.history.text()


@pytest.mark.parametrize(
    ("target", "words"), [("20", "Neither the target nor"), ("144", "not possible"), ("far", "not a number")]
)
def test_a_revision_that_cannot_be_is_refused_beside_its_field(
    screen: EpisodeScreen, target: str, words: str, qtbot: QtBot
) -> None:
    shown = row(screen, ODI)
    QTest.mouseClick(shown.buttons[list(shown.buttons)[1]], Qt.MouseButton.LeftButton)
    shown.form.target.setText(target)
    shown.form.reason.setText("why")
    QTest.mouseClick(shown.form.take, Qt.MouseButton.LeftButton)
    assert words in shown.form.target_field.fault
    assert stored(screen, qtbot).goals[0] == ODI


def test_too_long_a_reason_is_refused_beside_it(screen: EpisodeScreen, qtbot: QtBot) -> None:
    shown = row(screen, ODI)
    QTest.mouseClick(shown.buttons[list(shown.buttons)[1]], Qt.MouseButton.LeftButton)
    shown.form.target.setText("12")
    shown.form.reason.setText("x" * 201)
    QTest.mouseClick(shown.form.take, Qt.MouseButton.LeftButton)
    assert "201 characters" in shown.form.reason_field.fault
    assert stored(screen, qtbot).goals[0] == ODI


def test_esc_closes_the_form_and_changes_nothing(screen: EpisodeScreen, qtbot: QtBot) -> None:
    shown = row(screen, WALK)
    shown.buttons[next(iter(shown.buttons))].setFocus()
    key(Qt.Key.Key_D)
    assert screen.unsaved_problem() == ""
    typed("moved")
    assert "about a goal is not stored yet" in screen.unsaved_problem()
    key(Qt.Key.Key_Escape)
    assert screen.unsaved_problem() == ""
    assert not shown.form.isVisible()
    assert shown.isAncestorOf(focused())
    assert stored(screen, qtbot).goals == (ODI, WALK)


def test_a_goal_that_is_closed_offers_only_to_be_taken_up_again(screen: EpisodeScreen, qtbot: QtBot) -> None:
    shown = row(screen, WALK)
    shown.buttons[next(iter(shown.buttons))].setFocus()
    key(Qt.Key.Key_M)
    key(Qt.Key.Key_Return)
    assert [button.text() for button in shown.buttons.values() if button.isVisible()] == ["Active again"]
    key(Qt.Key.Key_D)
    assert not shown.form.isVisible()
    key(Qt.Key.Key_A)
    typed("it is back")
    key(Qt.Key.Key_Return)
    after = stored(screen, qtbot).goals[1]
    assert (after.status, after.status_reason) == (GoalStatus.ACTIVE, "it is back")


def test_a_reached_target_asks_and_never_answers(screen: EpisodeScreen, qtbot: QtBot) -> None:
    shown = row(screen, ODI)
    assert shown.standing.text() == "not measured yet"
    record_outcome(
        screen._clinic, OutcomeScore(episode_id=1, measure="odi", taken_on=TODAY, total=Decimal(20))
    )
    screen.show_episode(1, 1)
    qtbot.waitUntil(lambda: shown.pill.text() == "target reached: met?")
    assert shown.standing.text() == "now 20 % on 2 Mar 2026 · 100 % of the way"
    assert shown.bar.value() == 100
    assert stored(screen, qtbot).goals[0].status is GoalStatus.ACTIVE


def test_a_form_that_is_open_stays_when_another_goal_is_added(screen: EpisodeScreen) -> None:
    shown = row(screen, WALK)
    shown.buttons[next(iter(shown.buttons))].setFocus()
    key(Qt.Key.Key_D)
    typed("moved")
    screen.goals.form.words.setText("Sleep through")
    screen.goals.form.function.setText("rest")
    QTest.mouseClick(screen.goals.form.add, Qt.MouseButton.LeftButton)
    assert len(screen.goals.rows) == 3
    assert row(screen, WALK) is shown
    assert shown.form.isVisible()
    assert shown.form.reason.text() == "moved"
    assert screen.draft.episode is not None
    assert screen.draft.episode.goals[2].function == "rest"


def test_only_a_goal_set_today_is_removed_and_comes_back_by_undo(screen: EpisodeScreen, qtbot: QtBot) -> None:
    shown = row(screen, WALK)
    assert shown.remove.isVisible()
    with qtbot.waitSignal(screen.undo_offered) as offered:
        QTest.mouseClick(shown.remove, Qt.MouseButton.LeftButton)
    assert stored(screen, qtbot).goals == (ODI,)
    offered.args[1]()
    assert stored(screen, qtbot).goals == (ODI, WALK)
    other = row(screen, ODI)
    steps = goal_course(screen._clinic, 1).steps[ODI.uuid]
    old = [replace(step, event=replace(step.event, on=date(2026, 3, 1))) for step in steps]
    other.show_course(None, old, {})
    assert not other.remove.isVisible()
    # A goal of an older file has no steps: when it was set is not known.
    other.show_course(None, (), {})
    assert not other.remove.isVisible()


def test_a_problem_is_added_resolved_and_opened_again(screen: EpisodeScreen, qtbot: QtBot) -> None:
    card = screen.problems
    card.line.setFocus()
    typed("Cannot bend to the floor")
    key(Qt.Key.Key_Return)
    (problem,) = stored(screen, qtbot).problems
    assert (problem.words, problem.since, problem.resolved_on) == ("Cannot bend to the floor", None, None)
    assert card.line.text() == ""
    with qtbot.waitSignal(screen.undo_offered) as offered:
        QTest.mouseClick(card.rows[0].resolve, Qt.MouseButton.LeftButton)
    assert stored(screen, qtbot).problems[0].resolved_on == TODAY
    assert card.rows[0].resolved_on.isVisible()
    offered.args[1]()
    assert stored(screen, qtbot).problems == (problem,)
    assert not card.rows[0].resolved_on.isVisible()


def test_problems_are_ordered_by_keys_and_the_focus_goes_with_them(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    screen.draft.set_value("problems", (Problem(row=5, words="Kneels badly"), Problem(row=3, words="Pain")))
    first = screen.problems.rows[0]
    first.since.setFocus()
    QTest.keyClick(first.since, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert [each.words for each in stored(screen, qtbot).problems] == ["Pain", "Kneels badly"]
    assert screen.problems.rows[1].since.hasFocus()
    QTest.keyClick(screen.problems.rows[1].since, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert [each.words for each in stored(screen, qtbot).problems] == ["Pain", "Kneels badly"]


def test_a_problem_that_is_removed_stays_in_the_file_and_comes_back_by_undo(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    listed = (Problem(row=5, words="Kneels badly"),)
    screen.draft.set_value("problems", listed)
    stored(screen, qtbot)
    with qtbot.waitSignal(screen.undo_offered) as offered:
        QTest.mouseClick(screen.problems.rows[0].remove, Qt.MouseButton.LeftButton)
    assert stored(screen, qtbot).problems == ()
    screen.problems.line.setText("Another")
    screen.problems.add.click()
    assert stored(screen, qtbot).problems[0].row != 5
    offered.args[1]()
    assert stored(screen, qtbot).problems == listed


@pytest.mark.parametrize(
    ("since", "words"), [("1 Mar 2030", "future"), ("1 Jan 1950", "before the patient was born")]
)
def test_an_impossible_day_of_a_problem_is_refused_in_its_row(
    screen: EpisodeScreen, since: str, words: str, qtbot: QtBot
) -> None:
    listed = (Problem(row=5, words="Kneels badly"),)
    screen.draft.set_value("problems", listed)
    shown = screen.problems.rows[0]
    shown.since.setText(since)
    shown.since.editingFinished.emit()
    assert words in shown.fault.text()
    assert stored(screen, qtbot).problems == listed


def test_an_empty_or_endless_problem_is_refused(screen: EpisodeScreen, qtbot: QtBot) -> None:
    screen.problems.add.click()
    assert "cannot be empty" in screen.problems.field.fault
    screen.problems.line.setText("x" * 201)
    screen.problems.add.click()
    assert "201 characters" in screen.problems.field.fault
    assert stored(screen, qtbot).problems == ()


def test_services_are_put_into_the_plan_by_name(screen: EpisodeScreen, qtbot: QtBot) -> None:
    for words in ("manual therapy", "exercise"):
        screen.plan.pick._take(service_items(reference(), words)[0])
    planned = stored(screen, qtbot).plan.interventions
    assert planned == screen.plan.interventions.text.toPlainText()
    assert planned.startswith("Manual therapy; exercise for")
    assert not any(
        item.label.startswith("PT evaluation") for item in service_items(reference(), "evaluation")
    )


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "Manual therapy"),
        ("Education ", "Education; manual therapy"),
        ("Education,", "Education, manual therapy"),
        ("Gentle manual therapy", "Gentle manual therapy"),
    ],
)
def test_a_service_is_named_once(text: str, after: str) -> None:
    assert with_service(text, "Manual therapy") == after


def test_a_plan_changed_since_it_was_certified_says_so_and_shows_the_one_before(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    card = screen.plan
    qtbot.waitUntil(lambda: "not certified yet" in card.standing.text())
    assert not card.earlier.isVisible()
    save_certification(
        screen._clinic,
        Certification(episode_id=1, sent_on=TODAY, received_on=TODAY, signed_on=TODAY, signed_by="Dr. A"),
    )
    screen.draft.set_value("plan.visits_a_week", Decimal(1))
    screen.draft.set_value("plan.prognosis", "Good")
    assert stored(screen, qtbot).plan.visits_a_week == Decimal(1)
    qtbot.waitUntil(card.changed.isVisible)
    assert card.changed.text() == "Changed since version 1 was certified: not certified yet."
    assert card.note.text() == "version 2"
    assert card.earlier.text() == "1 earlier version"
    card.earlier.setFocus()
    key(Qt.Key.Key_Space)
    told = [label.text() for label in card.versions.findChildren(type(card.standing)) if label.isVisible()]
    assert told[0] == "Version 1: 2 × a week for 6 weeks from 2 Feb 2026"
    assert told[1] == f"Written on 2 Mar 2026 by {screen._clinic.person.signature}"
    assert told[2] == "signed by Dr. A on 2 Mar 2026"
    assert told[3] == "changed to version 2: 2 → 1 visits a week, prognosis added"


def test_the_day_of_the_certification_is_no_change_that_asks_for_another(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    save_certification(
        screen._clinic,
        Certification(episode_id=1, sent_on=TODAY, received_on=TODAY, signed_on=TODAY, signed_by="Dr. A"),
    )
    screen.draft.set_value("plan.certified_until", date(2026, 4, 30))
    stored(screen, qtbot)
    qtbot.waitUntil(lambda: "signed by Dr. A" in screen.plan.standing.text())
    qtbot.waitUntil(lambda: "signed by Dr. A" in screen.certification.note.text())
    assert not screen.certification.changed.isVisible()
    assert screen.plan.note.text() == "version 1"
    screen.draft.set_value("plan.duration_weeks", 8)
    stored(screen, qtbot)
    qtbot.waitUntil(screen.certification.changed.isVisible)


def test_the_amount_is_typed_where_the_plan_is_and_may_stay_blank(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    assert stored(screen, qtbot).plan.times_a_day is None
    field = next(one for one in screen.plan.findChildren(DraftNumber) if one.label.text() == "Times a day")
    field.line.setFocus()
    QTest.keyClicks(field.line, "2")
    key(Qt.Key.Key_Tab)
    assert stored(screen, qtbot).plan.times_a_day == 2
    field.line.setFocus()
    field.line.selectAll()
    key(Qt.Key.Key_Delete)
    key(Qt.Key.Key_Tab)
    assert stored(screen, qtbot).plan.times_a_day is None


def test_typing_a_plan_makes_one_version(screen: EpisodeScreen, qtbot: QtBot) -> None:
    for prognosis in ("G", "Go", "Good"):
        screen.draft.set_value("plan.prognosis", prognosis)
        stored(screen, qtbot)
    (version,) = plan_course(screen._clinic, 1).versions
    assert version.plan.prognosis == "Good"


def test_whoever_may_not_write_the_plan_can_read_what_became_of_it_and_of_the_goals(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    for card in (screen.plan, screen.goals):
        card.let_change(False)
    assert not screen.plan.pick.isEnabled()
    assert screen.plan.earlier.isEnabled()
    shown = row(screen, WALK)
    assert not screen.goals.form.isEnabled()
    assert not any(button.isEnabled() for button in (*shown.buttons.values(), shown.remove))
    shown.more.setFocus()
    key(Qt.Key.Key_D)
    assert not shown.form.isVisible()
    key(Qt.Key.Key_H)
    assert "Set" in shown.history.text()


def test_another_episode_shows_its_own_goals_and_plan(screen: EpisodeScreen, qtbot: QtBot) -> None:
    other = open_episode(
        screen._clinic,
        EpisodeOfCare(patient_id=1, title="Neck", start=TODAY, goals=(replace(WALK, uuid="n-1"),)),
    )
    screen.show_episode(1, other.id)
    qtbot.waitUntil(lambda: list(screen.goals.rows) == ["n-1"])
    assert screen.plan.note.text() == ""
    assert screen.problems.rows == []


def test_what_is_begun_for_one_episode_waits_for_it_and_never_stands_in_another(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    other = open_episode(
        screen._clinic,
        EpisodeOfCare(patient_id=1, title="Neck", start=TODAY, goals=(replace(WALK, uuid="n-1"),)),
    )
    form, line, total = screen.goals.form, screen.problems.line, screen.outcomes.total
    screen.outcomes.measure._take(next(item for item in screen.outcomes._find("odi") if item.id == "odi"))
    form.measure._take(next(item for item in form._find_measure("odi") if item.id == "outcome:odi"))
    begun = {
        form.words: "Sit through a film",
        form.target: "20",
        form.due: "20 Apr 2026",
        line: "Limps",
        total: "42",
    }
    for field, words in begun.items():
        field.setText(words)
    form.due.read_text()
    picks = (screen.basics.pick, screen.diagnoses.pick, screen.plan.pick)
    for pick in picks:
        pick.setText("half a word")
    form.long_term.click()
    screen.show_episode(1, other.id)
    qtbot.waitUntil(lambda: list(screen.goals.rows) == ["n-1"])
    assert {field.text() for field in (*begun, form.measure, *picks)} == {""}
    assert not form.long_term.isChecked()
    form.add.click()
    assert "cannot be empty" in form.words_field.fault
    screen.show_episode(1, 1)
    qtbot.waitUntil(lambda: list(screen.goals.rows) == [ODI.uuid, WALK.uuid])
    assert form.words_field.fault == ""
    assert form.target_field.isVisible()
    assert (form.words.text(), line.text(), total.text()) == ("Sit through a film", "Limps", "")
    form.add.click()
    made = screen.goals._draft.episode
    assert made is not None
    goal = made.goals[-1]
    assert (goal.outcome, goal.target, goal.due, goal.long_term) == ("odi", 20, date(2026, 4, 20), True)
    stored(screen, qtbot)


def test_a_stale_change_of_a_goal_is_not_written_over_a_newer_one(
    screen: EpisodeScreen, qtbot: QtBot
) -> None:
    newer = load_episode(screen._clinic, 1)
    change_episode(screen._clinic, replace(newer, title="from the other window"))
    shown = row(screen, WALK)
    shown.buttons[next(iter(shown.buttons))].setFocus()
    key(Qt.Key.Key_M)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(screen.reload.isVisible)
    assert load_episode(screen._clinic, 1).goals == (ODI, WALK)
