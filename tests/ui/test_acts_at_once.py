"""What somebody asks for right after another act, while the writer is still at work on something else."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ptnotes.domain.contraindication import AdverseEvent
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.letters import LetterTemplate
from ptnotes.domain.patient import Patient
from ptnotes.domain.payers import Payer
from ptnotes.domain.phrases import Phrase, find
from ptnotes.services import screening
from ptnotes.services.certification import plan_standing
from ptnotes.services.episodes import open_episode
from ptnotes.services.letters import letter_templates, save_template
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, find_patients, load_patient
from ptnotes.services.payers import add_payer, rules_by_payer
from ptnotes.services.phrases import phrases, save_phrase
from ptnotes.services.retention import record_rules
from ptnotes.ui.backup.schedule import BackupSchedule
from ptnotes.ui.episode.certification_card import CertificationCard
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.patients.patient_form import PatientForm
from ptnotes.ui.payers.rules_card import PayerRulesCard
from ptnotes.ui.phrases.phrase_page import PhrasePage
from ptnotes.ui.retention.rules_card import RulesCard
from ptnotes.ui.screening.safety_card import SafetyCard
from ptnotes.ui.settings.letters_card import LettersCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT
from tests.ui.acts import Show, enter, episode, fill, press, show
from tests.ui.held import held_up

__all__ = ["episode", "show"]


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
