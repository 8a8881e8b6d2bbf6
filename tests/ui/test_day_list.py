"""The day's patients on the home page, with real keys: added, arrived, cancelled, missed, charted; and from CSV."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ptnotes.domain.day_list import Standing
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.people import Role
from ptnotes.domain.treatment import VisitStatus
from ptnotes.services.day_list import add_to_day, patients_of_day
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.services.visits import sessions_of
from ptnotes.ui.actions import make_actions
from ptnotes.ui.chart import SESSIONS
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.day.day_card import DayCard
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.workspace import Workspace
from tests.clinics import PATIENT

TODAY = date(2026, 3, 2)


@pytest.fixture
def people(open_clinic: OpenClinic) -> list[int]:
    """Three patients, the first two with an open episode."""
    names = (("000101", "Moreau", "Hélène"), ("000102", "Okafor", "Ada"), ("000103", "Lind", "Per"))
    ids = [
        add_patient(open_clinic, replace(PATIENT, mrn=mrn, family_name=family, given_name=given)).id or 0
        for mrn, family, given in names
    ]
    for key in ids[:2]:
        open_episode(open_clinic, EpisodeOfCare(patient_id=key, start=date(2026, 2, 2)))
    return ids


@pytest.fixture
def card(
    open_clinic: OpenClinic, people: list[int], tasks: Tasks, theme: Theme, qtbot: QtBot
) -> Iterator[DayCard]:
    add_to_day(open_clinic, people[0], TODAY, time(9, 30))
    add_to_day(open_clinic, people[1], TODAY, time(10, 15))
    made = DayCard(open_clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(560, 480)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: len(made.list.day_rows) == 2)
    yield made
    tasks.close()


def press(card: DayCard, *keys: Qt.Key, row: int | None = None) -> None:
    """Press keys in the list, on the chosen row or on that of number `row`."""
    card.list.setFocus()
    if row is not None:
        card.list.setCurrentIndex(card.list.rows.index(row))
    for key in keys:
        QTest.keyClick(card.list, key)


def standings(card: DayCard) -> list[Standing]:
    return [row.standing for row in card.list.day_rows]


def test_one_key_says_who_arrived_who_cancelled_and_who_did_not_come(
    card: DayCard, open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    press(card, Qt.Key.Key_A, row=0)
    qtbot.waitUntil(lambda: standings(card)[0] is Standing.TO_CHART)
    assert any("1 to chart" in label.text() for label in card.findChildren(QLabel))
    press(card, Qt.Key.Key_Down, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: standings(card)[1] is Standing.CANCELLED)
    press(card, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: standings(card)[1] is Standing.MISSED)
    assert [row.status for row in sessions_of(open_clinic, 2)] == [VisitStatus.MISSED]
    press(card, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: standings(card)[1] is Standing.PLANNED)
    assert sessions_of(open_clinic, 2) == ()


def test_enter_asks_for_the_visit_and_a_click_only_chooses(
    card: DayCard, people: list[int], qtbot: QtBot
) -> None:
    card.list.setFocus()
    place = card.list.visualRect(card.list.rows.index(1)).center()
    asked: list[int] = []
    card.visit_asked.connect(asked.append)
    QTest.mouseClick(card.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == []
    with qtbot.waitSignal(card.visit_asked) as signal:
        QTest.keyClick(card.list, Qt.Key.Key_Return)
    assert signal.args == [people[1]]


def test_del_takes_a_row_off_and_undo_brings_it_back(card: DayCard, qtbot: QtBot) -> None:
    with qtbot.waitSignal(card.undo_offered) as signal:
        press(card, Qt.Key.Key_Delete, row=0)
    qtbot.waitUntil(lambda: len(card.list.day_rows) == 1)
    assert signal.args is not None
    assert signal.args[0] == "Moreau, Hélène was taken off the list."
    signal.args[1]()
    qtbot.waitUntil(lambda: [row.starts_at for row in card.list.day_rows] == [time(9, 30), time(10, 15)])


def test_a_patient_is_found_by_typing_and_added_with_a_time(
    card: DayCard, people: list[int], open_clinic: OpenClinic, qtbot: QtBot
) -> None:
    line = card.add_line
    line.patient.setFocus()
    QTest.keyClicks(line.patient, "lind")
    qtbot.waitUntil(lambda: [item.id for item in line.patient._model.items] == [str(people[2])])
    QTest.keyClick(line.patient._view, Qt.Key.Key_Tab)
    assert line.patient.current_id == str(people[2])
    line.clock.setFocus()
    QTest.keyClicks(line.clock, "half past")
    QTest.keyClick(line.clock, Qt.Key.Key_Return)
    assert "not understood" in line.fault.text()
    line.clock.selectAll()
    QTest.keyClicks(line.clock, "8:15")
    QTest.keyClick(line.clock, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(card.list.day_rows) == 3)
    first = patients_of_day(open_clinic)[0]
    assert (first.patient.id, first.starts_at) == (people[2], time(8, 15))
    assert (line.patient.text(), line.clock.text(), line.fault.text()) == ("", "", "")


def test_a_patient_who_stands_there_at_that_time_is_not_added_again(
    card: DayCard, people: list[int], qtbot: QtBot
) -> None:
    card.add_line.added.emit(people[0], time(9, 30))
    qtbot.waitUntil(lambda: card.add_line.fault.text() != "")
    assert "already" in card.add_line.fault.text()


def test_a_file_is_shown_before_anything_of_it_is_added(
    card: DayCard, open_clinic: OpenClinic, people: list[int], tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "today.csv"
    path.write_text("Time,Patient\n11:00,Lind Per\n9:30,Moreau Hélène\n12:00,Nobody Here\n", encoding="utf-8")
    card._ask_path = lambda _parent: path
    card.import_csv.click()
    qtbot.waitUntil(card.preview.isVisible)

    def said() -> list[str]:
        return [label.text() for label in card.preview.findChildren(QLabel) if label.isVisible()]

    # New rows are there a moment later than the page that they stand on.
    qtbot.waitUntil(lambda: "Left out: it stands on the list already." in said())
    words = said()
    assert "1 line names a patient of this file; 2 lines are left out, and why stands beside it." in words
    assert "Left out: it names nobody in this file." in words
    assert any("Lind, Per" in one and "by name alone" in one for one in words)
    assert len(patients_of_day(open_clinic)) == 2
    with qtbot.waitSignal(card.undo_offered) as signal:
        QTest.keyClick(card.preview.add, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(card.list.day_rows) == 3)
    assert card.list.isVisible()
    assert signal.args is not None
    signal.args[1]()
    qtbot.waitUntil(lambda: len(card.list.day_rows) == 2)


def test_a_file_that_is_no_list_is_told_and_esc_leaves_the_preview(
    card: DayCard, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "today.csv"
    path.write_text("Colour\nred\n", encoding="utf-8")
    card._ask_path = lambda _parent: path
    card.import_csv.click()
    qtbot.waitUntil(card.fault.isVisible)
    assert "No column of the file" in card.fault.text()
    path.write_text("Name\nNobody Here\n", encoding="utf-8")
    card.import_csv.click()
    qtbot.waitUntil(card.preview.isVisible)
    assert not card.preview.add.isVisible()
    QTest.keyClick(card.preview, Qt.Key.Key_Escape)
    assert card.list.isVisible()


def test_enter_on_the_home_page_starts_todays_visit(
    open_clinic: OpenClinic, people: list[int], tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    add_to_day(open_clinic, people[0], TODAY, time(9, 30))
    actions = make_actions(tasks)
    workspace = Workspace(open_clinic, tasks, theme, actions, Remembered())
    qtbot.addWidget(workspace)
    workspace.resize(1280, 720)
    workspace.show()
    workspace.start()
    day = workspace.desk.day
    qtbot.waitUntil(lambda: len(day.list.day_rows) == 1)
    qtbot.waitUntil(lambda: len(workspace.desk.due.list.rows.rows) > 0)
    press(day, Qt.Key.Key_Return, row=0)
    qtbot.waitUntil(lambda: len(sessions_of(open_clinic, 1)) == 1)
    qtbot.waitUntil(lambda: SESSIONS in workspace.chart.screens)
    charting = workspace.chart.screens[SESSIONS]
    assert isinstance(charting, ChartingScreen)
    qtbot.waitUntil(charting.isVisible)
    workspace.show_home()
    qtbot.waitUntil(lambda: standings(day) == [Standing.DRAFT])
    press(day, Qt.Key.Key_Return, row=0)
    qtbot.waitUntil(charting.isVisible)
    assert len(sessions_of(open_clinic, 1)) == 1
    workspace.flush()
    tasks.close()


def test_the_front_desk_keeps_the_list_and_sees_nothing_of_the_charts(
    open_clinic: OpenClinic, people: list[int], tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    desk = replace(open_clinic, person=replace(open_clinic.person, role=Role.FRONT_DESK))
    add_to_day(desk, people[0], TODAY, time(9, 30))
    card = DayCard(desk, tasks, theme)
    qtbot.addWidget(card)
    card.show()
    card.refresh()
    qtbot.waitUntil(lambda: standings(card) == [Standing.PLANNED])
    press(card, Qt.Key.Key_M, row=0)
    qtbot.waitUntil(lambda: standings(card) == [Standing.MISSED])
    assert all(button.isEnabled() for button in card.add_line.findChildren(QPushButton))
    tasks.close()
