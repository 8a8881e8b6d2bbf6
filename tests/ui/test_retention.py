"""The page on which records are kept by a rule and disposed of, and the date of one patient."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, find_patients
from ptnotes.services.retention import disposals, record_rules
from ptnotes.ui.history.history_page import HistoryPage
from ptnotes.ui.retention.retention_page import RetentionPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock


@pytest.fixture
def aged(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    """Give a clinic with three patients, eleven years after they were added."""
    clinic = clinic_in(tmp_path, clock)
    for number, name in enumerate(("Quizzlebrook", "Staythorpe", "Lastbury"), start=1):
        add_patient(clinic, replace(PATIENT, mrn=f"{number:06}", family_name=name))
    clock.advance(days=366 * 11)
    yield clinic
    clinic.close()


@pytest.fixture
def page(qtbot: QtBot, aged: OpenClinic, tasks: Tasks, theme: Theme) -> RetentionPage:
    made = RetentionPage(aged, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    made.show_records()
    qtbot.waitUntil(lambda: len(made.due.boxes) == 3)
    qtbot.waitUntil(lambda: number(made, "retain_years").text() == "10")
    return made


def number(page: RetentionPage, name: str) -> QLineEdit:
    editor = page.rules.fields[name].editor
    assert isinstance(editor, QLineEdit)
    return editor


def test_choosing_a_state_fills_the_numbers_names_the_source_and_lets_them_be_changed(
    page: RetentionPage, aged: OpenClinic, qtbot: QtBot
) -> None:
    page.rules.state.setCurrentIndex(page.rules.state.findData("CA"))
    page.rules.state.activated.emit(0)
    qtbot.waitUntil(lambda: record_rules(aged).state == "CA")
    qtbot.waitUntil(lambda: page.rules.result.text() == "Saved.")
    assert number(page, "retain_years").text() == "7"
    assert "2620.7" in page.rules.source.text()
    assert "changed the numbers" not in page.rules.source.text()
    number(page, "retain_years").setText("9")
    page.rules.flush()
    qtbot.waitUntil(lambda: record_rules(aged).retain_years == 9)
    qtbot.waitUntil(lambda: "changed the numbers of California" in page.rules.source.text())


def test_a_source_that_was_read_second_hand_says_so(page: RetentionPage, qtbot: QtBot) -> None:
    page.rules.state.setCurrentIndex(page.rules.state.findData("AZ"))
    page.rules.state.activated.emit(0)
    qtbot.waitUntil(lambda: "secondary page" in page.rules.source.text())


@pytest.mark.parametrize(("typed", "told"), [("ten", "not a number"), ("0", "not possible")])
def test_what_is_no_number_of_years_stays_on_the_screen_with_its_reason(
    page: RetentionPage, aged: OpenClinic, qtbot: QtBot, typed: str, told: str
) -> None:
    number(page, "retain_years").setText(typed)
    page.flush()
    qtbot.waitUntil(lambda: told in page.rules.fields["retain_years"].fault)
    assert told in page.unsaved_problem()
    assert number(page, "retain_years").text() == typed
    assert record_rules(aged).retain_years == 10
    number(page, "retain_years").setText("12")
    page.flush()
    qtbot.waitUntil(lambda: record_rules(aged).retain_years == 12)
    qtbot.waitUntil(lambda: page.unsaved_problem() == "")


def test_chosen_records_go_after_the_reason_and_the_passphrase(
    page: RetentionPage, aged: OpenClinic, qtbot: QtBot
) -> None:
    due = page.due
    assert not due.passphrase.button.isEnabled()
    for patient_id in list(due.boxes)[:2]:
        due.boxes[patient_id].setChecked(True)
    assert due.passphrase.button.text() == "Dispose of 2 records for good"
    due.reason.setText("Time of Quizzlebrook over")
    due.passphrase.given.emit(PASSPHRASE)
    qtbot.waitUntil(lambda: "leave out the patient" in due.reason_field.fault)
    due.reason.setText("Time over")
    due.passphrase.given.emit("not the passphrase at all")
    qtbot.waitUntil(lambda: "not your passphrase" in due.state.text())
    assert disposals(aged) == ()
    with qtbot.waitSignal(page.disposed) as gone:
        due.passphrase.given.emit(PASSPHRASE)
    assert len(gone.args[0]) == 2
    assert "2 records are disposed of" in due.state.text()
    assert "Backups made before still hold" in due.state.text()
    qtbot.waitUntil(lambda: len(due.boxes) == 1)
    assert "2 records are disposed of" in due.state.text()
    assert len(find_patients(aged, "", archived=True)) == 1
    qtbot.waitUntil(lambda: page.table.isVisibleTo(page))


def test_who_may_not_dispose_sees_the_rules_alone(
    qtbot: QtBot, aged: OpenClinic, tasks: Tasks, theme: Theme
) -> None:
    plain = replace(aged, person=replace(aged.person, granted=frozenset()))
    page = RetentionPage(plain, tasks, theme)
    qtbot.addWidget(page)
    page.show()
    page.show_records()
    qtbot.waitUntil(lambda: number(page, "retain_years").text() == "10")
    assert not page.due.isVisibleTo(page)
    assert not page.done.isVisibleTo(page)
    assert not number(page, "retain_years").isEnabled()


def test_a_later_date_is_set_for_one_patient_and_taken_back(
    qtbot: QtBot, aged: OpenClinic, tasks: Tasks, theme: Theme
) -> None:
    page = HistoryPage(aged, tasks, theme)
    qtbot.addWidget(page)
    page.show()
    found = find_patients(aged, "Staythorpe")[0]
    page.show_patient(found.id, found.name)
    card = page.kept_until
    qtbot.waitUntil(lambda: "Until 2 Mar 2036 by the clinic" in card.words.text())
    card.date.setText("1 Jan 2030")
    card.set_date.click()
    qtbot.waitUntil(lambda: "longer than that" in card.field.fault)
    card.date.setText("1 Jan 2090")
    card.set_date.click()
    qtbot.waitUntil(lambda: "Until 1 Jan 2090, as set for this patient" in card.words.text())
    card.clear.click()
    qtbot.waitUntil(lambda: "Until 2 Mar 2036 by the clinic" in card.words.text())
    assert card.date.text() == ""
