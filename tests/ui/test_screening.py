"""The screen on the screen, with real keys: asked in full, said again at a visit, and in the way of what it stops."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.contraindication import AdverseEvent
from ptnotes.domain.episode import Diagnosis, EpisodeOfCare
from ptnotes.domain.people import Role
from ptnotes.domain.screening import UNCHANGED, Answer, Site, latest_answers
from ptnotes.domain.treatment import Mobilization, TreatmentSession
from ptnotes.services import screening
from ptnotes.services.episodes import change_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import home, patient_header
from ptnotes.services.own_values import set_own_value
from ptnotes.services.visits import load_session, save_draft, start_session
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.home.home_page import HomePage
from ptnotes.ui.patient_header import PatientHeaderBar
from ptnotes.ui.screening.against_line import AgainstLine
from ptnotes.ui.screening.question import NoneRow, QuestionRow
from ptnotes.ui.screening.questions import Questions
from ptnotes.ui.screening.screen_page import ScreenPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clock import FixedClock
from tests.signing import UPA, clinic_with_episode, screened
from tests.ui.held import held_up

FRACTURE = Diagnosis(row=1, code="M80.08XA", words="Made-up fracture", checked=True)
Case = tuple[OpenClinic, EpisodeOfCare]


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[Case]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    yield clinic, episode
    clinic.close()


def key(which: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard is."""
    target = QApplication.activePopupWidget() or QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, which, modifiers)


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def answers(clinic: OpenClinic, episode: EpisodeOfCare) -> dict[str, tuple[Answer, tuple[Site, ...]]]:
    found = screening.episode_screen(clinic, episode.id or 0)
    return {item: (said.answer, said.sites) for item, said in latest_answers(found.screen.answers).items()}


@pytest.fixture
def ask(qtbot: QtBot, case: Case, tasks: Tasks, theme: Theme) -> Callable[[], tuple[ScreenPage, Questions]]:
    """Opens the screen of the episode and gives its page and questions."""
    clinic, episode = case

    def start() -> tuple[ScreenPage, Questions]:
        page = ScreenPage(clinic, tasks, theme)
        qtbot.addWidget(page)
        page.resize(1016, 580)
        page.show()
        page.activateWindow()
        page.show_episode(episode.id or 0)
        qtbot.waitUntil(lambda: page.questions is not None)
        assert page.questions is not None
        return page, page.questions

    return start


Ask = Callable[[], tuple[ScreenPage, Questions]]


def test_eight_keys_answer_a_clean_screen_and_record_a_no_for_each_question(
    ask: Ask, case: Case, qtbot: QtBot
) -> None:
    page, questions = ask()
    assert len(questions.headings) == 8
    for _heading in questions.headings:
        assert isinstance(focus(), NoneRow)
        key(Qt.Key.Key_N)
    assert focus() is page.done
    assert not questions.open_rows
    page.flush()
    qtbot.waitUntil(lambda: len(answers(*case)) == len(questions.rows))
    assert {said for said, _sites in answers(*case).values()} == {Answer.NO}
    qtbot.waitUntil(lambda: "never shows that a thrust is safe" in page.state.text())


def test_a_compression_fracture_opens_its_item_and_asks_the_level(
    case: Case, qtbot: QtBot, tasks: Tasks, theme: Theme, ask: Ask
) -> None:
    clinic, episode = case
    change_episode(clinic, replace(episode, diagnoses=(FRACTURE,)))
    page, _questions = ask()
    row = focus()
    assert isinstance(row, QuestionRow)
    assert row.item.id == "compression_fracture"
    assert "Compression fracture" in row.reason.text()
    assert row.sites is not None
    assert row.sites.isVisible()
    key(Qt.Key.Key_Y)
    assert focus() is row.sites.pick
    QTest.keyClicks(focus(), "L1")
    key(Qt.Key.Key_Return)
    assert row.said is not None
    assert row.said.sites == (Site("L1"),)
    page.flush()
    qtbot.waitUntil(lambda: "compression_fracture" in answers(clinic, episode))
    assert answers(clinic, episode)["compression_fracture"] == (Answer.YES, (Site("L1"),))


def test_none_of_the_others_leaves_what_a_diagnosis_opens_to_be_answered_by_itself(
    case: Case, ask: Ask
) -> None:
    clinic, episode = case
    change_episode(clinic, replace(episode, diagnoses=(FRACTURE,)))
    _page, questions = ask()
    title = questions.headings["Serious illness"]
    title.setFocus()
    assert title.button.text().startswith("None of the other")
    key(Qt.Key.Key_N)
    left = [
        row.item.id
        for row in questions.rows.values()
        if row.is_open and row.item.group == "serious_pathology"
    ]
    assert left == ["compression_fracture", "fracture_acute", "malignancy_spine"]
    assert focus() is questions.rows["compression_fracture"]


def test_arrows_y_n_and_u_go_through_the_questions(ask: Ask, case: Case, qtbot: QtBot) -> None:
    page, questions = ask()
    key(Qt.Key.Key_Down)
    row = focus()
    assert isinstance(row, QuestionRow)
    key(Qt.Key.Key_N)
    second = focus()
    assert isinstance(second, QuestionRow)
    assert second is not row
    key(Qt.Key.Key_U)
    assert (row.is_open, second.is_open) == (False, True)
    key(Qt.Key.Key_Up)
    assert focus() is second
    key(Qt.Key.Key_Right)
    titles = list(questions.headings.values())
    assert focus() is titles[1]
    key(Qt.Key.Key_Left)
    assert focus() is titles[0]
    key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: answers(*case).get(second.item.id) == (Answer.UNKNOWN, ()))
    qtbot.waitUntil(lambda: page.unsaved_problem() == "")


def test_a_site_of_a_joint_has_its_side(ask: Ask, case: Case, qtbot: QtBot) -> None:
    _page, questions = ask()
    row = questions.rows["fracture_acute"]
    row.setFocus()
    key(Qt.Key.Key_Y)
    QTest.keyClicks(focus(), "left knee")
    key(Qt.Key.Key_Return)
    assert row.said is not None
    ((site, side),) = [(site.id, site.side) for site in row.said.sites]
    assert (site, side) == ("knee", "left")


def test_a_screen_that_is_too_old_shows_what_was_said_beside_the_open_questions(
    case: Case, ask: Ask, clock: FixedClock
) -> None:
    clinic, episode = case
    screened(clinic, episode)
    clock.advance(days=30)
    page, questions = ask()
    assert len(questions.open_rows) == len(questions.rows)
    assert questions.rows["night_pain"].before.text() == "no, 2 Mar"
    assert "30 days old" in page.state.text()


def test_the_screen_can_be_read_by_whoever_may_not_chart(
    case: Case, qtbot: QtBot, tasks: Tasks, theme: Theme
) -> None:
    clinic, episode = case
    reader = replace(clinic, person=replace(clinic.person, role=Role.ADMINISTRATOR))
    page = ScreenPage(reader, tasks, theme)
    qtbot.addWidget(page)
    page.show_screen(screening.episode_screen(clinic, episode.id or 0))
    assert page.questions is not None
    assert not page.questions.isEnabled()


# At a visit -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def visit(
    case: Case, qtbot: QtBot, tasks: Tasks, theme: Theme
) -> Callable[[TreatmentSession], ChartingScreen]:
    """Shows a visit on the Sessions tab once what the screen says of it is shown, too."""
    clinic, episode = case

    def show(session: TreatmentSession) -> ChartingScreen:
        screen = ChartingScreen(clinic, tasks, theme)
        qtbot.addWidget(screen)
        screen.resize(1180, 780)
        screen.show()
        screen.activateWindow()
        screen.show_episode(episode.patient_id, episode.id)
        screen.open_visit(session.id or 0)
        qtbot.waitUntil(lambda: screen.stage.page is not None)
        qtbot.waitUntil(screen.screening.strip.isVisible)
        return screen

    return show


Show = Callable[[TreatmentSession], ChartingScreen]


def charted(case: Case, *rows: Mobilization) -> TreatmentSession:
    clinic, episode = case
    session = start_session(clinic, episode.id or 0)
    return save_draft(clinic, replace(session, mobilizations=rows, next_row=9))


def line_of(screen: ChartingScreen, row: int) -> AgainstLine:
    page = screen.stage.page
    assert page is not None
    found = page.mobilizations.table.editors[row].below.findChildren(AgainstLine)
    assert len(found) == 1
    return found[0]


def say(case: Case, item: str, *sites: Site) -> None:
    screening.answer_screen(case[0], case[1].id or 0, [(item, Answer.YES, sites)])


def test_one_key_says_asked_and_no_change_since(
    case: Case, visit: Show, clock: FixedClock, qtbot: QtBot
) -> None:
    clinic, episode = case
    screened(clinic, episode)
    clock.advance(days=3)
    session = charted(case)
    screen = visit(session)
    assert screen.screening.strip.words.text() == "Screen: any change since 2 Mar?"
    key(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "no change since 2 Mar" in screen.screening.strip.words.text())
    assert screen.screening.strip.no_change.isHidden()
    found = screening.episode_screen(clinic, episode.id or 0).screen.answers
    assert [said.asked_in for said in found if said.item == UNCHANGED] == [session.id]


def test_a_key_that_is_pressed_twice_says_it_once(
    case: Case, visit: Show, clock: FixedClock, tasks: Tasks, qtbot: QtBot
) -> None:
    clinic, episode = case
    screened(clinic, episode)
    clock.advance(days=3)
    visit(charted(case))
    with held_up(tasks, qtbot):
        for _ in range(2):
            key(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    found = screening.episode_screen(clinic, episode.id or 0).screen.answers
    assert len([said for said in found if said.item == UNCHANGED]) == 1


def test_the_key_opens_the_screen_where_it_has_to_be_asked_in_full(
    case: Case, visit: Show, qtbot: QtBot
) -> None:
    screen = visit(charted(case))
    assert "it was never asked" in screen.screening.strip.words.text()
    with qtbot.waitSignal(screen.screening.screen_asked):
        key(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)


def test_a_row_at_the_site_is_marked_when_it_is_entered_and_its_reason_is_asked_in_its_place(
    case: Case, visit: Show, qtbot: QtBot
) -> None:
    clinic, episode = case
    screened(clinic, episode)
    say(case, "compression_fracture", Site("L5"))
    session = charted(case)
    screen = visit(session)
    page = screen.stage.page
    assert page is not None
    page.mobilizations.add.setFocus()
    QTest.keyClicks(focus(), "L5")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.state.session.mobilizations))
    (row,) = page.state.session.mobilizations
    line = line_of(screen, row.row)
    assert line.isVisible()
    assert line.pill.text() == "stop"
    assert "Vertebral compression fracture (L5)" in line.words.text()
    assert page.mobilizations.table.editors[row.row].cells[0].property("stop") is True
    line.reason.setFocus()
    QTest.keyClicks(focus(), "Healed on the film of 1 Mar.")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: line.pill.text() == "done against a contraindication")
    (override,) = screening.episode_screen(clinic, episode.id or 0).screen.overrides
    assert (override.row, override.reason) == (row.row, "Healed on the film of 1 Mar.")
    assert load_session(clinic, session.id or 0).mobilizations[0].targets == ("L5",)
    assert screen.unsaved_problem() == ""


def test_a_marked_row_that_is_taken_out_and_brought_back_is_marked_again(case: Case, visit: Show) -> None:
    screened(*case)
    say(case, "compression_fracture", Site("L5"))
    thrust = Mobilization(
        row=2, targets=("L5",), technique="hvlat_spine", grade_system="maitland", grade="V", attempts=1
    )
    screen = visit(charted(case, replace(UPA, row=1), thrust))
    assert screen.visit is not None
    state = screen.visit.state
    assert line_of(screen, 1).isVisible()
    for row in (1, 2):
        state.put(edits.remove_row(state.session, Mobilization, row))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert screen.unsaved_problem() == ""
    for undone in (2, 1):
        key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert line_of(screen, undone).isVisible()
    assert line_of(screen, 2).consent.isVisible()
    for _row in (1, 2):
        screen.bar.commands["redo"].trigger()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    for undone in (2, 1):
        screen.bar.commands["undo"].trigger()
        assert line_of(screen, undone).isVisible()
    assert line_of(screen, 2).consent.isVisible()


def test_a_row_elsewhere_is_not_marked_and_a_precaution_stands_beside_it(case: Case, visit: Show) -> None:
    screened(*case)
    say(case, "compression_fracture", Site("L5"))
    say(case, "pregnancy")
    screen = visit(charted(case, replace(UPA, row=1, targets=("L2",))))
    line = line_of(screen, 1)
    assert (line.pill.text(), line.words.text()) == ("precaution", "Pregnancy")
    assert line.reason.isHidden()


def test_an_emergency_stands_across_the_visit_and_nothing_of_the_last_one_is_offered(
    case: Case, visit: Show, clock: FixedClock, qtbot: QtBot
) -> None:
    clinic, episode = case
    screened(clinic, episode)
    charted(case, replace(UPA, row=1))
    clock.advance(days=2)
    say(case, "cauda_equina")
    screen = visit(charted(case))
    page = screen.stage.page
    assert page is not None
    assert screen.screening.banner.isVisible()
    assert "Arrange emergency care now" in screen.screening.whole.words.text()
    assert screen.screening.whole.reason.isHidden()
    key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert page.state.session.mobilizations == ()
    page.mobilizations.add.setFocus()
    QTest.keyClicks(focus(), "L5")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.state.session.mobilizations))
    reason = screen.screening.whole.reason
    assert reason.isVisible()
    reason.setFocus()
    QTest.keyClicks(focus(), "Found at the end; sent to the emergency room.")
    assert screen.unsaved_problem() != ""
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.screening.whole.pill.text() == "done against a contraindication")
    (override,) = screening.episode_screen(clinic, episode.id or 0).screen.overrides
    assert override.row is None


def test_a_thrust_asks_for_consent_once_in_its_place(case: Case, visit: Show, qtbot: QtBot) -> None:
    clinic, episode = case
    screened(clinic, episode)
    thrust = Mobilization(
        row=1, targets=("L5",), technique="hvlat_spine", grade_system="maitland", grade="V", attempts=1
    )
    screen = visit(charted(case, thrust))
    line = line_of(screen, 1)
    assert line.consent.isVisible()
    line.consent.setFocus()
    key(Qt.Key.Key_Space)
    qtbot.waitUntil(line.isHidden)
    (consent,) = screening.episode_screen(clinic, episode.id or 0).screen.consents
    assert (consent.given_on, consent.given_to) == (clinic.today(), clinic.person_id)


def test_an_adverse_event_is_recorded_at_the_visit(case: Case, visit: Show, qtbot: QtBot) -> None:
    clinic, episode = case
    session = charted(case)
    screen = visit(session)
    screen.bar.commands["event"].trigger()
    QTest.keyClicks(focus(), "Dizzy for an hour")
    assert "not recorded" in screen.unsaved_problem()
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(screen.screening.form.isHidden)
    (event,) = screening.episode_screen(clinic, episode.id or 0).screen.events
    assert (event.what, event.after_session, event.closed_on) == ("Dizzy for an hour", session.id, None)


# Elsewhere ------------------------------------------------------------------------------------------------------------


def test_the_episode_tab_tells_opens_and_leaves_the_screen(
    case: Case, qtbot: QtBot, tasks: Tasks, theme: Theme
) -> None:
    clinic, episode = case
    screened(clinic, episode)
    say(case, "pregnancy")
    screen = EpisodeScreen(clinic, tasks, theme)
    qtbot.addWidget(screen)
    screen.resize(1016, 600)
    screen.show()
    screen.activateWindow()
    screen.show_episode(episode.patient_id, episode.id)
    card = screen.safety.card
    qtbot.waitUntil(lambda: card.state.text() == "Asked in full 2 Mar 2026.")
    card.open.setFocus()
    key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: screen.currentWidget() is screen.safety.page)
    qtbot.waitUntil(lambda: screen.safety.page.questions is not None)
    assert focus() is screen.safety.page.done
    key(Qt.Key.Key_Escape)
    assert screen.currentWidget() is screen.page
    with qtbot.waitSignal(screen.episode_changed):
        card.agree.click()
    qtbot.waitUntil(lambda: "agreed 2 Mar 2026" in card.consent.text())
    card.take_back.click()
    qtbot.waitUntil(lambda: "no consent" in card.consent.text())


def test_an_adverse_event_is_followed_and_closed_on_the_episode_tab(
    case: Case, qtbot: QtBot, tasks: Tasks, theme: Theme
) -> None:
    clinic, episode = case
    event = AdverseEvent(episode_id=episode.id or 0, happened_on=clinic.today(), what="Dizzy")
    screening.report_event(clinic, event)
    screen = EpisodeScreen(clinic, tasks, theme)
    qtbot.addWidget(screen)
    screen.show()
    screen.activateWindow()
    screen.show_episode(episode.patient_id, episode.id)
    card = screen.safety.card
    qtbot.waitUntil(lambda: bool(card.rows))
    card.rows[0].follow_up.setFocus()
    QTest.keyClicks(focus(), "Called: well.")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.follow_up for one in _events(case)] == ["Called: well."])
    qtbot.waitUntil(lambda: card.rows[0].followed().revision == 2)
    card.rows[0].close_button.click()
    qtbot.waitUntil(lambda: _events(case)[0].closed_on == clinic.today())


def _events(case: Case) -> tuple[AdverseEvent, ...]:
    return screening.episode_screen(case[0], case[1].id or 0).screen.events


def test_the_header_says_the_whole_precaution(case: Case, qtbot: QtBot, theme: Theme) -> None:
    clinic, episode = case
    long = "Osteoporosis with two old fractures: no thrust anywhere, grade III at most, no prone lying after meals"
    episode = change_episode(clinic, replace(episode, precaution=long))
    say((clinic, episode), "compression_fracture", Site("L1"))
    bar = PatientHeaderBar()
    qtbot.addWidget(bar)
    bar.resize(500, 160)
    bar.show_header(patient_header(clinic, episode.patient_id))
    bar.show()
    assert long in bar.precaution.text()
    assert bar.precaution.text().startswith("Stop: Vertebral compression fracture (L1).")
    assert bar.precaution.wordWrap()
    assert bar.precaution.height() >= bar.precaution.heightForWidth(bar.precaution.width())
    assert bar.safety.property("tone") == "danger"


def test_the_home_page_keeps_both_lists_in_sight(
    case: Case, qtbot: QtBot, theme: Theme, clock: FixedClock
) -> None:
    clinic, episode = case
    say(case, "fracture_acute", Site("L5"))
    note = charted(case, replace(UPA, row=1))
    screening.give_reason(clinic, note.id or 0, 1, "She asked for it.")
    event = AdverseEvent(
        episode_id=episode.id or 0, happened_on=clinic.today() - timedelta(days=1), what="Dizzy"
    )
    screening.report_event(clinic, event)
    page = HomePage(clinic.today, theme)
    qtbot.addWidget(page)
    page.resize(1016, 600)
    page.show_home(home(clinic))
    page.show()
    assert page.safety.isVisible()
    assert len(page.safety.rows) == 2
    (row,) = home(clinic).against
    (seen,) = [one for one in page.findChildren(QPushButton) if one.accessibleName().startswith("Seen:")]
    with qtbot.waitSignal(page.against_seen) as told:
        seen.click()
    assert told.args == [[row.override.id]]
    screening.mark_against_seen(clinic, [row.override.id or 0])
    page.show_home(home(clinic))
    assert len(page.safety.rows) == 1


def test_an_interval_of_the_clinics_own_is_named_as_such(case: Case, ask: Ask, clock: FixedClock) -> None:
    clinic, episode = case
    screened(clinic, episode)
    set_own_value(clinic, "screening_intervals.ask_again.days", Decimal(14), "frail patients")
    clock.advance(days=14)
    page, questions = ask()
    assert len(questions.open_rows) == len(questions.rows)
    assert "it is 14 days old or older, by the clinic’s own interval" in page.state.text()
