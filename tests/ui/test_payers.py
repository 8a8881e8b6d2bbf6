"""The table of rules by payer in the settings, and who pays for a patient, with real keys."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.units import UnitRuleName
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.services.payers import cover_of, rules_by_payer
from ptnotes.ui.patients.patient_form import PatientForm
from ptnotes.ui.payers.cover_card import CoverCard
from ptnotes.ui.payers.rules_card import PayerRulesCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT


@pytest.fixture
def rules(open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[PayerRulesCard]:
    assert theme
    card = PayerRulesCard(open_clinic, tasks)
    qtbot.addWidget(card)
    card.resize(840, 400)
    card.show()
    card.show_rules()
    qtbot.waitUntil(lambda: len(card.rows) == 1)
    yield card
    tasks.close()


@pytest.fixture
def form(open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[PatientForm]:
    assert theme
    patient = add_patient(open_clinic, PATIENT)
    made = PatientForm(open_clinic, tasks)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    made.start_changing(patient)
    yield made
    tasks.close()


def fill(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    if text:
        QTest.keyClicks(field, text)
    else:
        QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Tab)


def said(part: QWidget) -> list[str]:
    return [label.text() for label in part.findChildren(QLabel) if label.isVisible() and label.text()]


def press(part: QWidget, name: str) -> None:
    button = next(one for one in part.findChildren(QPushButton) if one.accessibleName() == name)
    button.click()


def test_the_clinics_own_rules_are_changed_in_place_and_an_empty_one_is_not_asked_for(
    rules: PayerRulesCard, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    row = rules.rows[0]
    assert [row.numbers[name].text() for name in ("report_treatment_days", "re_evaluation_days")] == [
        "10",
        "",
    ]
    fill(row.numbers["report_treatment_days"], "8")
    fill(row.numbers["plan_sent_days"], "")
    fill(row.numbers["warn_visits"], "4")

    def stored() -> tuple[int | None, int | None, int]:
        due = rules_by_payer(open_clinic)[0].due
        return due.report_treatment_days, due.plan_sent_days, due.warn_visits

    qtbot.waitUntil(lambda: stored() == (8, None, 4))


def test_what_is_no_number_is_said_and_not_stored(
    rules: PayerRulesCard, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    field = rules.rows[0].numbers["certified_days"]
    fill(field, "soon")
    assert "is not a number" in rules.fault.text()
    assert "is not a number" in rules.unsaved_problem()
    fill(field, "0")
    qtbot.waitUntil(lambda: "not possible" in rules.fault.text())
    assert rules_by_payer(open_clinic)[0].due.certified_days == 90
    fill(field, "60")
    qtbot.waitUntil(lambda: rules_by_payer(open_clinic)[0].due.certified_days == 60)
    qtbot.waitUntil(lambda: rules.unsaved_problem() == "")
    assert rules.fault.isHidden()


def test_a_payer_is_added_by_name_counts_by_its_own_rule_and_is_removed(
    rules: PayerRulesCard, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    rules.new_name.setFocus()
    QTest.keyClicks(rules.new_name, "Blue Heron Health")
    QTest.keyClick(rules.new_name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(rules.rows) == 2)
    row = rules.rows[1]
    row.units.setFocus()
    QTest.keyClick(row.units, Qt.Key.Key_Down)
    row.flush()
    fill(row.numbers["report_treatment_days"], "")
    qtbot.waitUntil(lambda: rules_by_payer(open_clinic)[1].units is UnitRuleName.AMA)
    qtbot.waitUntil(lambda: rules_by_payer(open_clinic)[1].due.report_treatment_days is None)
    assert rules_by_payer(open_clinic)[0].due.report_treatment_days == 10
    press(rules, "Remove: Blue Heron Health")
    qtbot.waitUntil(lambda: len(rules.rows) == 1)


def test_a_payer_removed_while_a_change_of_theirs_is_stored_is_removed_once(
    rules: PayerRulesCard, open_clinic: OpenClinic, tasks: Tasks, qtbot: QtBot
) -> None:
    rules.new_name.setText("Blue Heron Health")
    rules.add.click()
    qtbot.waitUntil(lambda: len(rules.rows) == 2)
    may_store = threading.Event()
    tasks.write(may_store.wait)
    fill(rules.rows[1].numbers["report_treatment_days"], "7")
    press(rules, "Remove: Blue Heron Health")
    press(rules, "Remove: Blue Heron Health")
    may_store.set()
    qtbot.waitUntil(lambda: len(rules.rows) == 1)
    assert rules.fault.isHidden()
    assert len(rules_by_payer(open_clinic)) == 1


def test_a_payer_and_an_authorization_are_entered_on_the_patients_form(
    form: PatientForm, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    card: CoverCard = form.cover
    fill(card.payer, "Blue Heron Health")
    assert form.unsaved_problem() != ""
    card.member_number.setFocus()
    QTest.keyClicks(card.member_number, "X-100")
    QTest.keyClick(card.member_number, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(cover_of(open_clinic, 1).coverages) == 1)
    qtbot.waitUntil(lambda: card.of_payer.count() == 1)
    assert form.unsaved_problem() == ""
    words = said(card)
    assert {"Blue Heron Health", "member X-100", "billed first"} <= set(words)
    fill(card.number, "A-1")
    fill(card.visits, "twelve")
    card.add_authorization.click()
    assert "is not a number" in card.fields["authorization.visits"].fault
    fill(card.visits, "12")
    fill(card.until, "30 jun 2026")
    card.add_authorization.click()
    qtbot.waitUntil(lambda: len(cover_of(open_clinic, 1).authorizations) == 1)
    qtbot.waitUntil(lambda: "12 visits" in said(card))
    assert "to 30 Jun 2026" in said(card)
    press(card, "Remove: authorization A-1")
    qtbot.waitUntil(lambda: cover_of(open_clinic, 1).authorizations == ())


def test_a_known_payer_is_picked_and_a_cover_ends(
    form: PatientForm, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    card = form.cover
    for number in ("1", "2"):
        fill(card.payer, "Blue Heron Health")
        fill(card.member_number, number)
        card.add_cover.click()
        qtbot.waitUntil(lambda number=number: len(cover_of(open_clinic, 1).coverages) == int(number))  # type: ignore[misc]  # bound now
        qtbot.waitUntil(lambda number=number: card.of_payer.count() == int(number))  # type: ignore[misc]  # bound now
    assert len(rules_by_payer(open_clinic)) == 2
    qtbot.waitUntil(lambda: {"billed first", "billed second"} <= set(said(card)))
    press(card, "Ends today: Blue Heron Health")
    qtbot.waitUntil(lambda: any("until 2 Mar 2026" in one for one in said(card)))


def test_nothing_is_added_without_a_payer(form: PatientForm, open_clinic: OpenClinic) -> None:
    form.cover.add_cover.click()
    assert form.cover.fields["coverage.payer"].fault
    assert cover_of(open_clinic, 1).coverages == ()


def test_a_new_patient_has_no_payer_to_show_yet(form: PatientForm) -> None:
    form.start_adding()
    assert form.cover.isHidden()
