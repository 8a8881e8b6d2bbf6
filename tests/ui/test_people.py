"""People and roles on the screen: added, removed, recovered, and what is shown to whoever may not read charts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.db.kdf import Kdf
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.people import Person, Role
from ptnotes.domain.treatment import VisitKind
from ptnotes.services.audit import log
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.services.overview import patient_header
from ptnotes.services.patients import add_patient
from ptnotes.services.people import add_person, make_recovery_key, people, unseen_emergencies, unseen_old_keys
from ptnotes.services.people_of import people_of
from ptnotes.services.visits import start_session
from ptnotes.ui.chart import ChartPage
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.people.emergencies import Emergencies
from ptnotes.ui.people.old_keys import OldKeysNotice
from ptnotes.ui.people.own_passphrase import OwnPassphrase
from ptnotes.ui.people.people_page import PeoplePage
from ptnotes.ui.people.recovery_paper import RecoveryPaper
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.unlock.unlock import Unlock
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.toast import Toast
from tests.clinics import PASSPHRASE, PATIENT
from tests.ui.held import held_up

OTHER = "three slow tin whistles"
NEW = "six warm yellow stones"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let keys be derived as quickly as is allowed at all."""
    monkeypatch.setattr("ptnotes.services.people.new_kdf", Kdf)
    monkeypatch.setattr("ptnotes.services.opening.new_kdf", Kdf)


@pytest.fixture
def page(open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot, theme: Theme) -> PeoplePage:
    shown = PeoplePage(open_clinic, tasks)
    qtbot.addWidget(shown)
    shown.resize(1000, 900)
    shown.show()
    shown.show_people()
    qtbot.waitUntil(lambda: bool(buttons(shown, "Change")))
    return shown


def buttons(page: QWidget, words: str) -> list[QPushButton]:
    return [
        button for button in page.findChildren(QPushButton) if button.text() == words and button.isVisible()
    ]


def until(qtbot: QtBot, true: Callable[[], bool]) -> None:
    qtbot.waitUntil(true)


def add(page: PeoplePage, qtbot: QtBot, name: str, role: Role) -> None:
    buttons(page, "Add a person")[0].click()
    page.form._line("name").setText(name)
    page.form.role.setCurrentIndex(page.form.role.findData(role))
    page.form.passphrase.first.setText(OTHER)
    page.form.passphrase.again.setText(OTHER)
    page.form.store_button.click()
    until(qtbot, lambda: not page.form.isVisible())


def test_somebody_is_added_and_removed_after_a_second_press(
    page: PeoplePage, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    add(page, qtbot, "M. Ito", Role.ASSISTANT)
    assert [person.role for person in people(open_clinic)] == [Role.THERAPIST, Role.ASSISTANT]
    assert page.form.passphrase.passphrase == ""
    until(qtbot, lambda: len(buttons(page, "Remove")) == 1)
    remove = buttons(page, "Remove")[0]
    remove.click()
    assert "will not open the file any more" in page.state.text()
    assert people_of(open_clinic.path) == ("J. Rivera", "M. Ito")
    remove.click()
    until(qtbot, lambda: people_of(open_clinic.path) == ("J. Rivera",))
    until(qtbot, lambda: bool(buttons(page, "Let in again")))


def test_a_students_supervisor_is_chosen_among_those_who_may_co_sign(
    page: PeoplePage, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    buttons(page, "Add a person")[0].click()
    assert not page.form.supervisor_field.isVisible()
    page.form.role.setCurrentIndex(page.form.role.findData(Role.STUDENT))
    offered = [page.form.supervisor.itemText(place) for place in range(page.form.supervisor.count())]
    assert offered == ["anybody who may co-sign", "J. Rivera, PT, DPT"]
    page.form.supervisor.setCurrentIndex(1)
    page.form._line("name").setText("S. Okafor")
    page.form.passphrase.first.setText(OTHER)
    page.form.passphrase.again.setText(OTHER)
    page.form.store_button.click()
    until(qtbot, lambda: not page.form.isVisible())
    assert people(open_clinic)[1].supervisor_id == open_clinic.person_id
    until(qtbot, lambda: len(buttons(page, "Change")) == 2)
    assert any(label.text() == "Student, under J. Rivera" for label in page.table.findChildren(Label))
    buttons(page, "Change")[1].click()
    assert page.form.supervisor.currentText() == "J. Rivera, PT, DPT"
    page.form.role.setCurrentIndex(page.form.role.findData(Role.THERAPIST))
    page.form.store_button.click()
    until(qtbot, lambda: not page.form.isVisible())
    assert people(open_clinic)[1].supervisor_id is None


def test_a_weak_passphrase_or_a_name_that_is_taken_is_said_beside_its_field(
    page: PeoplePage, qtbot: QtBot
) -> None:
    buttons(page, "Add a person")[0].click()
    page.form._line("name").setText("J. Rivera")
    page.form.passphrase.first.setText("short")
    page.form.passphrase.again.setText("short")
    page.form.store_button.click()
    assert "at least 12" in page.form.passphrase.first_field.fault
    page.form.passphrase.first.setText(OTHER)
    page.form.passphrase.again.setText(OTHER)
    page.form.store_button.click()
    until(qtbot, lambda: "Somebody else here has this name" in page.form.fields["name"].fault)


def test_a_role_that_cannot_have_a_permission_is_not_asked_about_it(page: PeoplePage) -> None:
    buttons(page, "Add a person")[0].click()
    offered = {}
    for role in Role:
        page.form.role.setCurrentIndex(page.form.role.findData(role))
        offered[role] = sum(choice.isEnabled() for choice in page.form.permissions.values())
    assert offered == {
        Role.THERAPIST: 5,
        Role.ASSISTANT: 2,
        Role.STUDENT: 0,
        Role.FRONT_DESK: 1,
        Role.ADMINISTRATOR: 2,
    }


def test_who_does_not_look_after_the_clinic_sees_their_passphrase_and_the_table_alone(
    open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot, theme: Theme
) -> None:
    plain = replace(open_clinic, person=replace(open_clinic.person, granted=frozenset()))
    shown = PeoplePage(plain, tasks)
    qtbot.addWidget(shown)
    shown.show()
    shown.show_people()
    assert (shown.who.isVisible(), shown.recovery.isVisible(), shown.passphrase.isVisible()) == (
        False,
        False,
        True,
    )


def test_a_recovery_key_is_shown_until_its_last_letters_were_typed(page: PeoplePage, qtbot: QtBot) -> None:
    until(qtbot, lambda: "There is none" in page.recovery_state.text())
    page.make_key.click()
    until(qtbot, page.paper.isVisible)
    key = page.paper.key.text()
    assert len(key.replace("\n", " ").split()) == 7
    page.paper.button.click()
    assert "not the last five" in page.paper.field.fault
    page.paper.last.setText(key[-5:].lower())
    page.paper.button.click()
    assert not page.paper.isVisible()
    assert page.paper.key.text() == ""
    assert "There is one" in page.recovery_state.text()


def test_an_empty_paper_is_not_written_down(qtbot: QtBot, theme: Theme) -> None:
    paper = RecoveryPaper()
    qtbot.addWidget(paper)
    with qtbot.assertNotEmitted(paper.written_down):
        paper.button.click()


def test_ones_own_passphrase_is_changed_after_the_old_one(
    open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot, theme: Theme
) -> None:
    card = OwnPassphrase(open_clinic, tasks)
    qtbot.addWidget(card)
    for old, told in (
        ("wrong words here", lambda: bool(card.old_field.fault)),
        (PASSPHRASE, lambda: "Changed" in card.state.text()),
    ):
        card.old.setText(old)
        card.new.first.setText(NEW)
        card.new.again.setText(NEW)
        card.button.click()
        until(qtbot, told)
    assert card.old.text() == card.new.passphrase == ""
    reopened(open_clinic.path, NEW).close()


def reopened(path: Path, passphrase: str, user: str | None = None) -> OpenClinic:
    return open_clinic(path, passphrase, user)


def test_the_front_desk_sees_no_chart_until_an_emergency_which_is_told(
    open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot, theme: Theme
) -> None:
    patient = add_patient(open_clinic, PATIENT)
    desk_person = add_person(open_clinic, Person(name="F. Desk", role=Role.FRONT_DESK), OTHER, kdf=Kdf())
    desk = replace(open_clinic, person=desk_person)
    host = QWidget()
    qtbot.addWidget(host)
    toast = Toast(host)
    chart = ChartPage(desk, tasks, theme, toast)
    qtbot.addWidget(chart)
    chart.show()
    chart.show_patient(patient_header(desk, patient.id or 0))
    assert chart.stage.currentWidget() is chart.no_charts
    tabs = chart.header.tabs
    assert [tabs.isTabVisible(place) for place in range(tabs.count())] == [True, False, False, True]
    assert tabs.tabRect(3).left() == tabs.tabRect(0).right() + 1
    assert not chart.header.new_episode.isVisible()
    chart.go_to_tab(1)
    chart.open_episode()
    assert chart.screens == {}
    chart.no_charts.button.click()
    until(qtbot, lambda: "what the emergency is" in chart.no_charts.field.fault)
    chart.no_charts.reason.setText("A made-up patient fainted")
    chart.no_charts.button.click()
    until(qtbot, lambda: tabs.isTabVisible(1))
    lefts = [tabs.tabRect(place).left() for place in range(tabs.count())]
    assert sorted(set(lefts)) == lefts
    assert chart.stage.currentWidget() is not chart.no_charts

    host.resize(900, 300)
    host.show()
    alert = Emergencies(open_clinic, tasks, toast, host)
    alert.look()
    until(qtbot, toast.isVisible)
    assert "F. Desk read charts in an emergency" in toast.text.text()
    toast.action.click()
    until(qtbot, lambda: unseen_emergencies(open_clinic) == ())


def test_an_older_key_file_is_told_above_everything_until_it_was_seen(
    open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot
) -> None:
    notice = OldKeysNotice(open_clinic, tasks)
    qtbot.addWidget(notice)
    notice.look()
    qtbot.wait(50)
    assert notice.isHidden()
    with open_clinic.store.write() as connection:
        log(open_clinic, connection, Verb.FOUND_OLD_KEYS, Subject.CLINIC)
        connection.commit()
    notice.look()
    until(qtbot, notice.isVisible)
    assert "On 2 Mar 2026 this file was opened by J. Rivera with a key file from before" in notice.text.text()
    with qtbot.waitSignal(notice.people_asked):
        notice.people.click()
    notice.seen.click()
    assert notice.isHidden()
    until(qtbot, lambda: unseen_old_keys(open_clinic) is None)


def test_the_door_opens_with_the_recovery_key_and_a_new_passphrase(
    open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot, theme: Theme
) -> None:
    key = make_recovery_key(open_clinic, kdf=Kdf())
    open_clinic.store.close()
    door = Unlock(open_clinic.path, tasks, theme)
    qtbot.addWidget(door)
    door.resize(900, 700)
    door.show()
    door.look_for_people()
    until(qtbot, lambda: door.person.count() == 1)
    door.forgotten.click()
    recover = door._recover
    assert recover is not None
    recover.key.setText(key[:-1])
    recover.passphrase.first.setText(NEW)
    recover.passphrase.again.setText(NEW)
    recover.button.click()
    until(qtbot, lambda: "not complete or has a letter wrong" in recover.key_field.fault)
    recover.back.click()
    assert door.passphrase.isVisible()
    door.forgotten.click()
    recover.key.setText(key.lower())
    recover.passphrase.first.setText(NEW)
    recover.passphrase.again.setText(NEW)
    with qtbot.waitSignal(door.clinic_opened) as opened:
        recover.button.click()
    assert opened.args is not None
    opened.args[0].close()
    reopened(open_clinic.path, NEW).close()


def test_no_key_brings_back_a_recovery_key_that_was_typed_and_given_up(
    open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot, theme: Theme
) -> None:
    door = Unlock(open_clinic.path, tasks, theme)
    qtbot.addWidget(door)
    door.resize(900, 700)
    door.show()
    door.forgotten.click()
    recover = door._recover
    assert recover is not None
    QTest.keyClicks(recover.key, "TYPED-KEY")
    recover.back.click()
    door.forgotten.click()
    QTest.keyClick(recover.key, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert recover.key.text() == ""


def test_an_assistant_reads_the_episode_and_changes_what_is_theirs(
    open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot, theme: Theme
) -> None:
    patient = add_patient(open_clinic, PATIENT)
    episode = open_episode(open_clinic, EpisodeOfCare(patient_id=patient.id or 0, start=date(2026, 2, 16)))
    person = replace(open_clinic.person, role=Role.ASSISTANT, granted=frozenset())
    assistant = replace(open_clinic, person=person)
    screen = EpisodeScreen(assistant, tasks, theme)
    qtbot.addWidget(screen)
    screen.show_episode(patient.id or 0, episode.id)
    until(qtbot, lambda: "greyed out" in screen.state.text())
    parts = (screen.basics, screen.diagnoses, screen.goals.form, screen.outcomes)
    enabled = [part.isEnabled() for part in parts]
    assert enabled == [False, False, False, True]

    documents = DocumentsScreen(assistant, tasks, theme)
    qtbot.addWidget(documents)
    documents.show_episode(patient.id or 0, episode.id)
    until(qtbot, lambda: documents.preview.empty.title.text() == "Not for your role")

    charting = ChartingScreen(assistant, tasks, theme)
    qtbot.addWidget(charting)
    charting.resize(1200, 900)
    charting.show()
    for kind, editable in ((VisitKind.EVALUATION, False), (VisitKind.TREATMENT, True)):
        visit = start_session(open_clinic, episode.id or 0, kind=kind)
        charting.show_episode(patient.id or 0, episode.id)
        charting.open_visit(visit.id or 0)
        until(qtbot, lambda: charting.stage.page is not None)
        page = charting.stage.page
        assert page is not None
        assert page.note.isEnabled() is editable
        charting.show_episode(patient.id or 0, None)


def test_somebody_whose_form_is_open_stays_there_when_somebody_else_is_stored(
    page: PeoplePage, open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot
) -> None:
    add(page, qtbot, "B. Other", Role.ASSISTANT)
    until(qtbot, lambda: len(buttons(page, "Change")) == 2)
    first, second = people(open_clinic)
    with held_up(tasks, qtbot):
        page.form.show()
        page.form.start_changing(second)
        page.form._line("npi").setText("1234567893")
        page.form.store_button.click()
        page.form.start_changing(first)
        page.form._line("licence_state").setText("NY")
    assert page.form.isVisible()
    assert page.form._line("licence_state").text() == "NY"
    assert {one.name: one.npi for one in people(open_clinic)}[second.name] == "1234567893"
