"""The history of a patient and of the clinic, disclosures, and the warning while reads cannot be written down."""

from contextlib import closing
from unittest.mock import patch

import pytest
from pytestqt.qtbot import QtBot

from ptnotes.db.store import Store, connect, raw_key
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.patient import Patient
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.history.history_page import HistoryPage
from ptnotes.ui.history.reading_log import ReadingLog
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT, template


@pytest.fixture
def patient(open_clinic: OpenClinic) -> Patient:
    return add_patient(open_clinic, PATIENT)


@pytest.fixture
def page(qtbot: QtBot, open_clinic: OpenClinic, tasks: Tasks, theme: Theme) -> HistoryPage:
    made = HistoryPage(open_clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def told(page: HistoryPage) -> list[tuple[str, str]]:
    model = page.model
    return [(model.cell(row, 1).text, model.cell(row, 2).text) for row in range(model.rowCount())]


def test_a_patients_history_says_when_who_and_what(page: HistoryPage, patient: Patient, qtbot: QtBot) -> None:
    page.show_patient(patient.id or 0, patient.name)
    qtbot.waitUntil(lambda: told(page) == [("J. Rivera", "added the patient")])
    assert page.model.cell(0, 0).text == "2 Mar 2026, 09:00:00"
    assert patient.name in page.title.text()
    assert page.check.isHidden()


def test_a_disclosure_is_written_down_and_stands_in_the_list_and_the_history(
    page: HistoryPage, patient: Patient, qtbot: QtBot
) -> None:
    page.show_patient(patient.id or 0, patient.name)
    card = page.disclosures
    qtbot.waitUntil(lambda: not card.table.isVisibleTo(card))
    card.store()
    qtbot.waitUntil(lambda: bool(card.fields["what"].fault))
    for name, words in (("what", "Copy of the chart"), ("to_whom", "The patient"), ("how", "By hand")):
        card._line(name).setText(words)
    card.store()
    qtbot.waitUntil(lambda: len(told(page)) == 2)
    assert told(page)[0][1] == "wrote down a disclosure: Copy of the chart, to The patient"
    qtbot.waitUntil(lambda: card.table.isVisibleTo(card))
    assert card._line("what").text() == ""
    assert not card.fields["what"].fault


def test_what_was_typed_for_one_patient_is_not_kept_for_another(
    page: HistoryPage, patient: Patient, qtbot: QtBot
) -> None:
    page.show_patient(patient.id or 0, patient.name)
    page.disclosures._line("to_whom").setText("County court")
    page.show_patient(99, "Somebody Else")
    assert page.disclosures._line("to_whom").text() == ""
    qtbot.waitUntil(lambda: told(page) == [])


def test_the_clinics_history_can_be_checked(
    page: HistoryPage, open_clinic: OpenClinic, patient: Patient, qtbot: QtBot
) -> None:
    page.show_clinic()
    qtbot.waitUntil(lambda: len(told(page)) == 2)
    assert patient.id is not None
    page.check.click()
    qtbot.waitUntil(lambda: page.state.text().startswith("3 events, each as it was written"))
    made = template()
    with closing(connect(open_clinic.path, raw_key(made.data_key, made.file_id))) as connection:
        connection.execute("DROP TRIGGER guard_audit_event_update_append_only")
        connection.execute("UPDATE audit_event SET person_id = NULL WHERE sequence = 3")
    page.check.click()
    qtbot.waitUntil(lambda: page.state.text() == "The audit does not hold: event 3 was changed.")


def test_a_chart_is_noted_once_and_a_warning_stands_while_it_cannot_be(
    open_clinic: OpenClinic, patient: Patient, tasks: Tasks, theme: Theme, page: HistoryPage, qtbot: QtBot
) -> None:
    log = ReadingLog(open_clinic, tasks)
    qtbot.addWidget(log)
    with patch.object(Store, "write", side_effect=EnvironmentFault("disk.full", path="x")):
        log.note_chart(patient.id)
        qtbot.waitUntil(lambda: not log.isHidden())
    assert "Charts stay readable" in log.text()
    log.note_chart(None)
    log.note_chart(patient.id)
    log.note_chart(patient.id)
    qtbot.waitUntil(log.isHidden)
    page.show_clinic()
    qtbot.waitUntil(lambda: len(told(page)) == 4)
    assert [what for _who, what in told(page)][:2] == [
        "opened the chart · MRN 000123",
        "1 event could not be written down",
    ]
    assert theme.scale == 1.0
