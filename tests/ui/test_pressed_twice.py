"""What somebody asks for twice: at once, while the writer is still at work on something else, or once it is stored."""

from dataclasses import replace
from datetime import time
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.services import screening
from ptnotes.services.day_list import add_to_day, patients_of_day
from ptnotes.services.episodes import outcomes_of
from ptnotes.services.history import disclosures_of, history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.services.payers import cover_of
from ptnotes.services.visits import start_session
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.day.day_card import DayCard
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.episode.outcome_card import OutcomeCard
from ptnotes.ui.history.disclosure_card import DisclosureCard
from ptnotes.ui.patients.archiving import Archiving
from ptnotes.ui.payers.cover_card import CoverCard
from ptnotes.ui.payers.rules_card import PayerRulesCard
from ptnotes.ui.screening.event_form import EventForm
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.toast import Toast
from tests.clinics import PATIENT
from tests.ui.acts import Show, enter, episode, press, show
from tests.ui.held import held_up

__all__ = ["episode", "show"]


def test_a_disclosure_is_written_down_once_and_what_is_typed_meanwhile_stays(
    open_clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    card = DisclosureCard(open_clinic, tasks)
    show(card)
    card.show_patient(episode.patient_id)
    card._line("what").setText("Copy of the chart")
    with held_up(tasks, qtbot):
        enter(card._line("to_whom"), "The patient", times=3)
        enter(card._line("to_whom"), "The county court")
        card._line("how").setText("By post")
    assert {one.to_whom for one in disclosures_of(open_clinic, episode.patient_id)} == {
        "The patient",
        "The county court",
    }
    assert len(disclosures_of(open_clinic, episode.patient_id)) == 2
    assert card._line("how").text() == "By post"


def test_an_adverse_event_is_recorded_once(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    form = EventForm(open_clinic, tasks, theme)
    show(form)
    form.start(episode.id or 0)
    with held_up(tasks, qtbot):
        enter(form.what, "Dizzy", times=2)
        form.record.click()
    (event,) = screening.episode_screen(open_clinic, episode.id or 0).screen.events
    assert event.what == "Dizzy"
    assert form.isHidden()


def test_a_questionnaire_is_recorded_once_and_another_one_stays_typed(
    open_clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    card = OutcomeCard(open_clinic, tasks)
    show(card)
    card.show_scores(episode, ())
    card.measure._take(next(item for item in card._find("odi") if item.id == "odi"))
    with held_up(tasks, qtbot):
        enter(card.total, "42", times=2)
        card.total.setText("30")
    (score,) = outcomes_of(open_clinic, episode.id or 0)
    assert score.total == Decimal(42)
    assert card.total.text() == "30"


def test_visits_are_authorized_once_and_a_payer_being_typed_stays(
    open_clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    card = CoverCard(open_clinic, tasks)
    show(card)
    card.show_patient(episode.patient_id)
    card.payer.setText("Blue Heron Health")
    with held_up(tasks, qtbot):
        press(card, "Add the payer", times=2)
    assert card.problem.isHidden()
    assert not card.fields["coverage.payer"].fault
    qtbot.waitUntil(lambda: card.of_payer.count() == 1)
    card.number.setText("A-77")
    card.visits.setText("12")
    with held_up(tasks, qtbot):
        press(card, "Add the authorization", times=2)
        card.payer.setText("Red Kite Mutual")
    assert [one.visits for one in cover_of(open_clinic, episode.patient_id).authorizations] == [12]
    assert (card.number.text(), card.payer.text()) == ("", "Red Kite Mutual")
    remove = "Remove: authorization A-77"
    qtbot.waitUntil(lambda: any(one.accessibleName() == remove for one in card.findChildren(QPushButton)))
    with held_up(tasks, qtbot):
        press(card, remove, times=2)
        press(card, "Ends today: Blue Heron Health", times=2)
    assert card.problem.isHidden()
    cover = cover_of(open_clinic, episode.patient_id)
    assert (cover.authorizations, cover.coverages[0].until) == ((), open_clinic.today())
    assert card.payer.text() == "Red Kite Mutual"


def test_a_patient_goes_on_the_days_list_once_and_off_it_once(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    other = add_patient(open_clinic, replace(PATIENT, mrn="000777", family_name="Okafor")).id or 0
    for minute in (0, 30):
        add_to_day(open_clinic, other, open_clinic.today(), time(9, minute))
    card = DayCard(open_clinic, tasks, theme)
    show(card)
    card.refresh()
    qtbot.waitUntil(lambda: len(card.list.day_rows) == 2)
    with held_up(tasks, qtbot):
        for _ in range(2):
            card.add_line.added.emit(episode.patient_id, None)
    assert card.add_line.fault.isHidden()
    assert len(patients_of_day(open_clinic)) == 3
    qtbot.waitUntil(lambda: len(card.list.day_rows) == 3)
    card.list.setFocus()
    card.list.setCurrentIndex(card.list.rows.index(0))
    with held_up(tasks, qtbot):
        for _ in range(2):
            QTest.keyClick(card.list, Qt.Key.Key_Delete)
    assert card.fault.isHidden()
    assert len(patients_of_day(open_clinic)) == 2


def test_a_patient_is_archived_once(
    open_clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    host = QWidget()
    show(host)
    archiving = Archiving(open_clinic, tasks, Toast(host), host)
    before = len(history_of(open_clinic, episode.patient_id))
    with held_up(tasks, qtbot):
        for _ in range(2):
            archiving.archive(episode.patient_id)
    assert len(history_of(open_clinic, episode.patient_id)) == before + 1


def test_a_payer_is_added_once_and_the_next_name_stays(
    open_clinic: OpenClinic, tasks: Tasks, show: Show, qtbot: QtBot
) -> None:
    card = PayerRulesCard(open_clinic, tasks)
    show(card)
    card.show_rules()
    qtbot.waitUntil(lambda: len(card.rows) == 1)
    with held_up(tasks, qtbot):
        enter(card.new_name, "Blue Heron Health", times=2)
        card.new_name.setText("Red Kite")
    qtbot.waitUntil(lambda: len(card.rows) == 2)
    assert card.new_name.text() == "Red Kite"


def test_a_draft_is_discarded_once_and_can_be_brought_back(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    start_session(open_clinic, episode.id or 0)
    screen = ChartingScreen(open_clinic, tasks, theme)
    show(screen)
    screen.show_episode(episode.patient_id, episode.id)
    qtbot.waitUntil(lambda: screen.visit is not None)
    with held_up(tasks, qtbot):
        for _ in range(2):
            screen.bar.commands["discard"].trigger()
    assert screen.toast.text.text() == "The draft of 2 Mar 2026 is discarded."
    assert screen.toast.action.text() == "Undo"


# Pressed again once it is stored, as the second half of a slow double press


def test_a_disclosure_that_is_stored_is_not_said_to_be_empty(
    open_clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    card = DisclosureCard(open_clinic, tasks)
    show(card)
    card.show_patient(episode.patient_id)
    press(card, "Write down")
    qtbot.waitUntil(lambda: "cannot be empty" in card.fields["what"].fault)
    for whom in ("The patient", "The county court"):
        card._line("what").setText("Copy of the chart")
        card._line("to_whom").setText(whom)
        with held_up(tasks, qtbot):
            press(card, "Write down")
        with held_up(tasks, qtbot):
            press(card, "Write down")
        assert {field.fault for field in card.fields.values()} == {""}
        assert card._line("what").hasFocus()
    assert len(disclosures_of(open_clinic, episode.patient_id)) == 2
    card._line("how").setText("By post")
    press(card, "Write down")
    qtbot.waitUntil(lambda: "cannot be empty" in card.fields["what"].fault)


def test_a_questionnaire_that_is_stored_is_not_said_to_lack_its_total(
    open_clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    card = OutcomeCard(open_clinic, tasks)
    show(card)
    card.show_scores(episode, ())
    card.measure._take(next(item for item in card._find("odi") if item.id == "odi"))
    card.add.click()
    assert "cannot be empty" in card.total_field.fault
    card.total.setText("42")
    for _ in range(2):
        with held_up(tasks, qtbot):
            card.add.click()
        assert (card.total_field.fault, card.total.text()) == ("", "")
    assert len(outcomes_of(open_clinic, episode.id or 0)) == 1
    card.taken_on.set_date(None)
    card.add.click()
    assert "cannot be empty" in card.total_field.fault


def test_a_payer_and_an_authorization_that_are_stored_are_not_said_to_be_empty(
    open_clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    card = CoverCard(open_clinic, tasks)
    show(card)
    card.show_patient(episode.patient_id)
    press(card, "Add the payer")
    assert "cannot be empty" in card.fields["coverage.payer"].fault
    card.payer.setText("Blue Heron Health")
    for _ in range(2):
        with held_up(tasks, qtbot):
            press(card, "Add the payer")
    assert card.payer.hasFocus()
    qtbot.waitUntil(lambda: card.of_payer.count() == 1)
    card.number.setText("A-77")
    for _ in range(2):
        with held_up(tasks, qtbot):
            press(card, "Add the authorization")
    assert card.number.hasFocus()
    assert {field.fault for field in card.fields.values()} == {""}
    assert card.problem.isHidden()
    cover = cover_of(open_clinic, episode.patient_id)
    assert (len(cover.coverages), len(cover.authorizations)) == (1, 1)
    card.visits.setText("12")
    with held_up(tasks, qtbot):
        press(card, "Add the authorization")
    assert "cannot be empty" in card.fields["authorization.number"].fault


def test_a_problem_and_a_goal_that_are_added_are_not_said_to_be_empty(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    screen = EpisodeScreen(open_clinic, tasks, theme)
    show(screen)
    screen.show_episode(episode.patient_id, episode.id)
    qtbot.waitUntil(lambda: screen.draft.episode is not None)
    problems, goals = screen.problems, screen.goals.form
    for add, line, field in (
        (problems.add, problems.line, problems.field),
        (goals.add, goals.words, goals.words_field),
    ):
        add.click()
        assert "cannot be empty" in field.fault
        line.setText("Lift 10 kg from the floor")
        add.click()
        add.click()
        assert field.fault == ""
    goals.function.setText("Work")
    goals.add.click()
    assert "cannot be empty" in goals.words_field.fault
    assert screen.draft.episode is not None
    assert len(screen.draft.episode.problems) == len(screen.draft.episode.goals) == 1
    screen.flush()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
