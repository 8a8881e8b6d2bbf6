"""What somebody asks for twice, or right after another act, while the writer is still at work on something else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.contraindication import AdverseEvent
from ptnotes.domain.episode import EpisodeOfCare, PlanOfCare
from ptnotes.domain.letters import LetterTemplate
from ptnotes.domain.patient import Patient
from ptnotes.domain.payers import Payer
from ptnotes.domain.phrases import Phrase, find
from ptnotes.services import screening
from ptnotes.services.certification import plan_standing
from ptnotes.services.day_list import add_to_day, patients_of_day
from ptnotes.services.episodes import open_episode, outcomes_of
from ptnotes.services.history import disclosures_of, history_of
from ptnotes.services.letters import letter_templates, save_template
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, find_patients, load_patient
from ptnotes.services.payers import add_payer, cover_of, rules_by_payer
from ptnotes.services.phrases import phrases, save_phrase
from ptnotes.services.retention import record_rules
from ptnotes.services.visits import start_session
from ptnotes.ui.backup.schedule import BackupSchedule
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.day.day_card import DayCard
from ptnotes.ui.episode.certification_card import CertificationCard
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.episode.outcome_card import OutcomeCard
from ptnotes.ui.history.disclosure_card import DisclosureCard
from ptnotes.ui.patients.archiving import Archiving
from ptnotes.ui.patients.patient_form import PatientForm
from ptnotes.ui.payers.cover_card import CoverCard
from ptnotes.ui.payers.rules_card import PayerRulesCard
from ptnotes.ui.phrases.phrase_page import PhrasePage
from ptnotes.ui.retention.rules_card import RulesCard
from ptnotes.ui.screening.event_form import EventForm
from ptnotes.ui.screening.safety_card import SafetyCard
from ptnotes.ui.settings.letters_card import LettersCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.toast import Toast
from tests.clinics import PATIENT
from tests.ui.held import held_up

Show = Callable[[QWidget], None]


@pytest.fixture
def show(qtbot: QtBot, theme: Theme) -> Show:
    """Give what shows a part of a screen for the length of the test."""
    assert theme

    def shown(part: QWidget) -> None:
        qtbot.addWidget(part)
        part.resize(900, 700)
        part.show()
        part.activateWindow()

    return shown


@pytest.fixture
def episode(open_clinic: OpenClinic) -> EpisodeOfCare:
    """An episode with a plan of care, of the one patient."""
    patient = add_patient(open_clinic, PATIENT)
    plan = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=8, start=open_clinic.today())
    return open_episode(
        open_clinic, EpisodeOfCare(patient_id=patient.id or 0, start=open_clinic.today(), plan=plan)
    )


def press(part: QWidget, name: str, *, times: int = 1) -> None:
    button = next(one for one in part.findChildren(QPushButton) if name in (one.text(), one.accessibleName()))
    for _ in range(times):
        button.click()


def enter(line: QLineEdit, text: str | None = None, *, times: int = 1) -> None:
    if text is not None:
        line.setText(text)
    for _ in range(times):
        QTest.keyClick(line, Qt.Key.Key_Return)


def fill(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Tab)


# Pressed twice --------------------------------------------------------------------------------------------------------


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


# One act right behind another -----------------------------------------------------------------------------------------


def test_a_rule_that_is_typed_while_the_table_is_read_anew_is_stored(
    open_clinic: OpenClinic, tasks: Tasks, show: Show, qtbot: QtBot
) -> None:
    add_payer(open_clinic, Payer(name="Blue Heron Health"))
    card = PayerRulesCard(open_clinic, tasks)
    show(card)
    card.show_rules()
    qtbot.waitUntil(lambda: len(card.rows) == 2)
    line = card.rows[1].numbers["report_treatment_days"]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "7")
    card.show_rules()
    qtbot.waitUntil(lambda: card._is_behind)
    assert card.rows[1].numbers["report_treatment_days"] is line
    QTest.keyClick(line, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: card.rows[1].numbers["report_treatment_days"] is not line)
    assert card.rows[1].numbers["report_treatment_days"].text() == "7"
    assert rules_by_payer(open_clinic)[1].due.report_treatment_days == 7


def test_an_adverse_event_is_closed_right_after_what_followed_was_typed(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    key = episode.id or 0
    for what in ("Dizzy", "Sore"):
        event = AdverseEvent(episode_id=key, happened_on=open_clinic.today(), what=what)
        screening.report_event(open_clinic, event)
    card = SafetyCard(open_clinic, tasks, theme)
    show(card)
    card.show_episode(key)
    qtbot.waitUntil(lambda: len(card.rows) == 2)
    first, second = card.rows
    with held_up(tasks, qtbot):
        enter(first.follow_up, "Called: well.", times=2)
        first.close_button.click()
        second.follow_up.setFocus()
        QTest.keyClicks(second.follow_up, "Call tomo")
    qtbot.waitUntil(lambda: card.rows[0] is not first)
    assert card.fault.isHidden()
    stored = {one.what: one for one in screening.episode_screen(open_clinic, key).screen.events}
    assert (stored["Sore"].follow_up, stored["Sore"].closed_on) == ("Called: well.", open_clinic.today())
    rows = {row.shown.what: row for row in card.rows}
    assert rows["Dizzy"].follow_up.text() == "Call tomo"
    assert rows["Dizzy"].follow_up.hasFocus()


def test_why_an_adverse_event_is_not_stored_stays_to_be_read(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    key = episode.id or 0
    event = AdverseEvent(episode_id=key, happened_on=open_clinic.today(), what="Dizzy")
    stored = screening.report_event(open_clinic, event)
    card = SafetyCard(open_clinic, tasks, theme)
    show(card)
    card.show_episode(key)
    qtbot.waitUntil(lambda: len(card.rows) == 1)
    row = card.rows[0]
    screening.follow_event(open_clinic, replace(stored, follow_up="Seen by a physician."))
    row.follow_up.setText("Called: well.")
    row.close_button.click()
    qtbot.waitUntil(lambda: card.rows[0] is not row)
    assert card.fault.isVisible()
    assert card.rows[0].follow_up.text() == "Called: well."


def test_a_phrase_is_saved_changed_and_taken_away_without_a_pause(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, show: Show, qtbot: QtBot
) -> None:
    save_phrase(open_clinic, Phrase(short_form="gait", text="Walks."))
    page = PhrasePage(open_clinic, tasks, theme)
    show(page)
    qtbot.waitUntil(lambda: find(page.phrases, "gait") is not None)
    chosen = find(page.phrases, "gait")
    assert chosen is not None
    page.edit(chosen)
    with held_up(tasks, qtbot):
        page.form.text.setPlainText("Walks far.")
        press(page, "Save phrase", times=2)
        page.form.text.setPlainText("Walks very far.")
        press(page, "Save phrase")
        page.form.text.setPlainText("Walks very, very far.")
    stored = find(phrases(open_clinic), "gait")
    assert stored is not None
    assert stored.text == "Walks very far."
    assert page.form.text.toPlainText() == "Walks very, very far."
    with held_up(tasks, qtbot):
        press(page, "Save phrase")
        press(page, "Take away", times=2)
    assert find(phrases(open_clinic), "gait") is None
    assert page.toast.text.text() == ".gait is taken away."


def test_another_phrase_that_is_chosen_during_a_save_stays_chosen(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, show: Show, qtbot: QtBot
) -> None:
    for short in ("gait", "step"):
        save_phrase(open_clinic, Phrase(short_form=short, text="Walks."))
    page = PhrasePage(open_clinic, tasks, theme)
    show(page)
    qtbot.waitUntil(lambda: find(page.phrases, "gait") is not None)
    gait, step = find(page.phrases, "gait"), find(page.phrases, "step")
    assert gait is not None
    assert step is not None
    page.edit(gait)
    with held_up(tasks, qtbot):
        page.form.text.setPlainText("Walks far.")
        press(page, "Save phrase")
        page.edit(step)
        page.form.text.setPlainText("Steps.")
    assert (page.form.short_form.text(), page.form.text.toPlainText()) == ("step", "Steps.")
    assert page.toast.isHidden()
    stored = find(phrases(open_clinic), "gait")
    assert stored is not None
    assert stored.text == "Walks far."


def test_a_letter_template_is_saved_changed_and_put_away_without_a_pause(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, show: Show, qtbot: QtBot
) -> None:
    save_template(open_clinic, LetterTemplate(name="A to the coach", text="Dear coach"))
    card = LettersCard(open_clinic, tasks, theme)
    show(card)
    card.show_templates()
    qtbot.waitUntil(lambda: card.form.name.text() == "A to the coach")
    with held_up(tasks, qtbot):
        card.form.subject.setText("Training")
        press(card, "Save template", times=2)
        card.form.subject.setText("Training again")
        press(card, "Save template")
        card.form.subject.setText("Training and rest")
    stored = {one.name: one for one in letter_templates(open_clinic)}
    assert stored["A to the coach"].subject == "Training again"
    assert card.form.subject.text() == "Training and rest"
    with held_up(tasks, qtbot):
        press(card, "Save template")
        press(card, "Put away", times=2)
    assert "A to the coach" not in {one.name for one in letter_templates(open_clinic)}
    assert card.form.state.text() == ""


def test_a_state_is_chosen_right_after_a_number_of_years_was_typed(
    open_clinic: OpenClinic, tasks: Tasks, show: Show, qtbot: QtBot
) -> None:
    card = RulesCard(open_clinic, tasks)
    show(card)
    card.show_rules()
    years, late = (card.fields[name].editor for name in ("retain_years", "late_entry_h"))
    assert isinstance(years, QLineEdit)
    assert isinstance(late, QLineEdit)
    qtbot.waitUntil(lambda: years.text() == "10")
    with held_up(tasks, qtbot):
        fill(late, "36")
        card.state.setCurrentIndex(card.state.findData("CA"))
        card.state.activated.emit(0)
    rules = record_rules(open_clinic)
    assert (rules.state, rules.late_entry_h, rules.retain_years) == ("CA", 36, 7)
    assert card.unsaved_problem() == ""
    assert card.result.text() == "Saved."


def test_a_state_that_is_chosen_again_after_another_is_the_one_that_counts(
    open_clinic: OpenClinic, tasks: Tasks, show: Show, qtbot: QtBot
) -> None:
    card = RulesCard(open_clinic, tasks)
    show(card)
    card.show_rules()
    qtbot.waitUntil(lambda: card._stored is not None)
    card.state.setFocus()
    at = card.state.currentIndex()
    with held_up(tasks, qtbot):
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Down):
            QTest.keyClick(card.state, key)
    assert card.state.currentIndex() == at + 1
    assert record_rules(open_clinic).state == card.state.currentData()


def test_a_plan_of_backups_is_changed_in_two_parts_without_a_pause(
    open_clinic: OpenClinic, tasks: Tasks, tmp_path: Path, qtbot: QtBot
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    schedule = BackupSchedule(open_clinic, tasks)
    with held_up(tasks, qtbot):
        schedule.change_plan(folder=stick)
        schedule.change_plan(every_hours=24)
    assert schedule.state is not None
    assert (schedule.state.plan.folder, schedule.state.plan.every_hours) == (stick, 24)
    qtbot.waitUntil(lambda: schedule.state is not None and schedule.state.record.made_at is not None)
    schedule.deleteLater()


def test_a_plan_that_is_begun_anew_during_a_save_leaves_the_one_before_as_it_was(
    open_clinic: OpenClinic, tasks: Tasks, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    key = episode.id or 0
    card = CertificationCard(open_clinic, tasks)
    show(card)
    card.show_episode(episode)
    qtbot.waitUntil(lambda: card._shown is not None)
    fill(card.sent_on, "2 Mar 2026")
    qtbot.waitUntil(lambda: plan_standing(open_clinic, key).certification is not None and tasks.unsaved == 0)
    with held_up(tasks, qtbot):
        fill(card.sent_to, "Dr. P. Anand (made up)")
        card.send_anew.click()
    stored = plan_standing(open_clinic, key).certification
    assert stored is not None
    assert (stored.sent_on, stored.sent_to) == (open_clinic.today(), "Dr. P. Anand (made up)")
    assert (card.sent_on.text(), card.sent_to.text()) == ("", "")


@pytest.mark.parametrize("is_refused", [False, True])
def test_what_is_typed_of_an_episode_while_that_of_another_is_saved_is_stored(
    open_clinic: OpenClinic,
    tasks: Tasks,
    episode: EpisodeOfCare,
    show: Show,
    qtbot: QtBot,
    *,
    is_refused: bool,
) -> None:
    today = open_clinic.today()
    other = open_episode(
        open_clinic, EpisodeOfCare(patient_id=episode.patient_id, start=today, plan=episode.plan)
    )
    card = CertificationCard(open_clinic, tasks)
    show(card)
    card.show_episode(episode)
    qtbot.waitUntil(lambda: card._shown is not None)
    fill(card.sent_on, "2 Mar 2026")
    qtbot.waitUntil(
        lambda: plan_standing(open_clinic, episode.id or 0).certification is not None and tasks.unsaved == 0
    )
    with held_up(tasks, qtbot):
        # Nothing comes back before it was sent.
        fill(card.received_on, "1 Mar 2026" if is_refused else "2 Mar 2026")
        card.show_episode(other)
        qtbot.waitUntil(lambda: card._shown is not None)
        fill(card.sent_on, "2 Mar 2026")
    before, after = (plan_standing(open_clinic, one.id or 0).certification for one in (episode, other))
    assert before is not None
    assert after is not None
    assert (before.received_on is None) == is_refused
    assert after.sent_on == today
    assert ("shown before" in card.unsaved_problem()) == is_refused


def test_what_is_typed_about_a_patient_during_the_save_changes_the_patient_who_is_stored(
    open_clinic: OpenClinic, tasks: Tasks, show: Show, qtbot: QtBot
) -> None:
    form = PatientForm(open_clinic, tasks)
    show(form)
    form.start_adding()
    for name, text in (("family_name", "Moreau"), ("given_name", "Hélène"), ("mrn", "000901")):
        form._line(name).setText(text)
    form.birth_date.setText("12 Mar 1979")
    stored = list[Patient]()
    form.patient_stored.connect(lambda patient, _is_new: stored.append(patient))
    with held_up(tasks, qtbot):
        form.store.click()
        form._line("telephone").setText("555-0100")
    assert not stored
    assert form.unsaved_problem()
    form.store.click()
    qtbot.waitUntil(lambda: bool(stored))
    (row,) = find_patients(open_clinic, "Moreau")
    assert load_patient(open_clinic, row.id).telephone == "555-0100"
    assert form.unsaved_problem() == ""


def test_a_patient_who_is_stored_late_does_not_pass_for_the_one_on_the_screen(
    open_clinic: OpenClinic, tasks: Tasks, show: Show, qtbot: QtBot
) -> None:
    other = add_patient(open_clinic, PATIENT)
    form = PatientForm(open_clinic, tasks)
    show(form)
    form.start_adding()
    for name, text in (("family_name", "Okafor"), ("given_name", "Ada"), ("mrn", "000902")):
        form._line(name).setText(text)
    form.birth_date.setText("12 Mar 1979")
    with held_up(tasks, qtbot):
        form.store.click()
        form.start_changing(other)
        form._line("telephone").setText("555-0100")
    assert len(find_patients(open_clinic, "Okafor")) == 1
    assert form.unsaved_problem()


def test_an_episode_that_is_begun_while_another_is_read_stays_on_the_screen(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, episode: EpisodeOfCare, show: Show, qtbot: QtBot
) -> None:
    screen = EpisodeScreen(open_clinic, tasks, theme)
    show(screen)
    screen.show_episode(episode.patient_id, episode.id)
    screen.start_opening(episode.patient_id)
    QTest.keyClicks(screen.open_form.title, "Neck pain")
    qtbot.waitUntil(lambda: screen.draft.episode is not None)
    assert screen.open_form.title.isVisible()
    screen.open_form.cancel.click()
    assert screen.page.isVisible()
