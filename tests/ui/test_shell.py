"""The window as a whole: its menus and keys, how it closes and locks, what it remembers and what it reads when."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ptnotes.app import require_screen
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, archive_patient, load_patient
from ptnotes.services.visits import sessions_of, start_session
from ptnotes.ui.actions import ACTIONS
from ptnotes.ui.chart import EPISODE, OVERVIEW, SESSIONS
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.first_start.first_start import FirstStart
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Look, Theme
from tests.clinics import PATIENT
from tests.ui.shell import clinic, enter, open_first, shell

__all__ = ["clinic", "shell"]


def test_every_action_has_its_menu_and_no_key_stands_for_two(shell: Shell) -> None:
    for row in ACTIONS:
        assert shell.actions_by_id[row.id] in shell.menus[row.menu].actions()
    keys = [row.keys for row in ACTIONS if row.keys]
    assert len(keys) == len(set(keys))
    assert all(not QKeySequence(key).isEmpty() for key in keys)


def test_no_key_of_a_screen_is_one_of_the_window(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    workspace = open_first(shell, clinic, qtbot)
    window_keys = {QKeySequence(row.keys).toString() for row in ACTIONS if row.keys}
    for place in range(4):
        workspace.show_tab(place)
        keys = [action.shortcut().toString() for action in workspace.chart.screens[place].actions()]
        own = [key for key in keys if key]
        assert len(own) == len(set(own))
        assert not window_keys & set(own)


def test_actions_wait_for_a_file_and_a_patient(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    actions = shell.actions_by_id
    assert not actions["find"].isEnabled()
    assert actions["about"].isEnabled()
    workspace = enter(shell, clinic, qtbot)
    assert actions["find"].isEnabled()
    assert not actions["edit_patient"].isEnabled()
    workspace.open_patient(1)
    qtbot.waitUntil(actions["edit_patient"].isEnabled)
    workspace.show_home()
    assert not actions["edit_patient"].isEnabled()


def test_the_header_tells_one_patient_from_another(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    header = open_first(shell, clinic, qtbot).chart.header
    assert header.name.text() == "Moreau, Hélène"
    assert header.line.text() == "46 y (12 Mar 1979) · MRN 000123 · episode since 2 Mar 2026"
    assert header.safety.isHidden()


def test_the_title_of_the_window_never_names_a_patient(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    open_first(shell, clinic, qtbot)
    assert shell.windowTitle() == "PT Notes"


def test_a_screens_own_keys_join_the_menus_while_it_is_shown(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(SESSIONS)
    assert shell._screen_menu.title() == "Sessions"
    assert "New visit today" in [action.text() for action in shell._screen_menu.actions()]
    workspace.show_home()
    assert not shell._screen_menu.menuAction().isVisible()


def test_f1_lists_every_key_and_esc_closes_the_list(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    open_first(shell, clinic, qtbot).show_tab(SESSIONS)
    shell.actions_by_id["keys"].trigger()
    sheet = shell._help._made_sheet()
    words = {label.text() for label in sheet.findChildren(QLabel)}
    assert {"Find a patient", "New visit today", "Lock"} <= words
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_about_names_versions_and_licences(shell: Shell, qtbot: QtBot) -> None:
    shell.actions_by_id["about"].trigger()
    qtbot.waitUntil(lambda: shell._help._sheet is not None)
    words = {label.text() for label in shell._help._made_sheet().findChildren(QLabel)}
    assert {"Qt for Python", "LGPL-3.0-only", "6.11.3", "SQLCipher", "ReportLab"} <= words


def test_the_look_is_switched_and_remembered(shell: Shell, theme: Theme) -> None:
    shell.actions_by_id["look_dark"].trigger()
    assert theme.is_dark
    assert Remembered().look is Look.DARK
    shell.actions_by_id["look_light"].trigger()
    assert not theme.is_dark


def test_a_new_clinic_begins_with_the_first_start(shell: Shell, clinic: OpenClinic) -> None:
    clinic.close()
    assert isinstance(shell.show_door(is_new=True), FirstStart)


def test_the_size_is_remembered(shell: Shell, clinic: OpenClinic, tasks: Tasks, theme: Theme) -> None:
    clinic.close()
    shell.show_door(is_new=False)
    shell.resize(701, 503)
    shell.close()
    again = Shell(clinic.path, tasks, theme, Remembered())
    size = again.size()
    again.deleteLater()
    assert size == QSize(701, 503)


def test_nothing_but_the_window_itself_is_remembered(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, private_folders: Path
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.splitter.setSizes([333, 778])
    shell.close()
    qtbot.waitUntil(lambda: shell.workspace is None)
    shell._remembered._settings.sync()
    written = [path for path in private_folders.rglob("*") if path.is_file()]
    assert [path.name for path in written] == ["window.ini"]
    lines = written[0].read_text(encoding="utf-8").splitlines()
    assert [line.partition("=")[0] for line in lines if line] == ["[window]", "geometry", "sidebar"]


def test_a_draft_of_the_list_opens_on_its_visit(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    session = start_session(clinic, 1)
    workspace = enter(shell, clinic, qtbot)
    qtbot.waitUntil(lambda: any(row.session_id == session.id for row in workspace.sidebar.patients.rows.rows))
    workspace.sidebar.patients.setCurrentIndex(workspace.sidebar.patients.rows.index(1))
    workspace.sidebar.patients.choose_selected()
    qtbot.waitUntil(lambda: workspace.chart.header.tabs.currentIndex() == SESSIONS)


def test_the_sidebar_marks_the_draft_that_is_on_the_screen(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    days = (clinic.today() - timedelta(days=4), clinic.today())
    drafts = [start_session(clinic, 1, day).id for day in days]
    workspace = enter(shell, clinic, qtbot)

    def marked() -> int | None:
        place = workspace.sidebar.patients.currentIndex().row()
        return workspace.sidebar.patients.rows.rows[place].session_id if place >= 0 else None

    def is_shown_and_marked(session_id: int | None) -> bool:
        charting = workspace.chart.screens.get(SESSIONS)
        visit = charting.visit if isinstance(charting, ChartingScreen) else None
        return visit is not None and visit.id == session_id and marked() == session_id

    for session_id in drafts:
        workspace.open_draft(1, session_id or 0)
        qtbot.waitUntil(partial(is_shown_and_marked, session_id))
    charting = workspace.chart.screens[SESSIONS]
    assert isinstance(charting, ChartingScreen)
    charting.bar.commands["older"].trigger()
    qtbot.waitUntil(partial(is_shown_and_marked, drafts[0]))


def test_archiving_can_be_taken_back(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    workspace = open_first(shell, clinic, qtbot)
    shell.actions_by_id["archive_patient"].trigger()
    qtbot.waitUntil(lambda: workspace.toast.isVisible() and "Archived" in workspace.toast.text.text())
    assert load_patient(clinic, 1).archived_at is not None
    assert workspace.chart.shown is None
    QTest.mouseClick(workspace.toast.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    assert load_patient(clinic, 1).archived_at is None


def test_an_archived_patient_is_still_found_and_brought_back_by_the_menu(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    archive_patient(clinic, 1)
    workspace = enter(shell, clinic, qtbot)
    QTest.keyClicks(workspace.sidebar.find_line, "moreau")
    rows = workspace.sidebar.patients.rows
    qtbot.waitUntil(lambda: [row.pill for row in rows.rows] == ["archived"])
    QTest.keyClick(workspace.sidebar.find_line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    assert not workspace.chart.header.archived.isHidden()
    assert "back" in shell.actions_by_id["archive_patient"].text()
    shell.actions_by_id["archive_patient"].trigger()
    qtbot.waitUntil(lambda: load_patient(clinic, 1).archived_at is None)
    qtbot.waitUntil(workspace.chart.header.archived.isHidden)


def test_a_visit_is_started_from_every_part_of_the_chart(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    assert workspace.chart.header.tabs.currentIndex() == OVERVIEW
    action = next(
        action for action in workspace.chart.screens[OVERVIEW].actions() if "visit" in action.text()
    )
    action.trigger()
    qtbot.waitUntil(lambda: len(sessions_of(clinic, 1)) == 1)
    qtbot.waitUntil(lambda: workspace.chart.header.tabs.currentIndex() == SESSIONS)
    workspace.show_tab(EPISODE)
    workspace.chart.start_visit()
    qtbot.wait(100)
    assert len(sessions_of(clinic, 1)) == 1


def test_a_chart_that_arrives_takes_no_cursor_from_a_search_begun_meanwhile(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = enter(shell, clinic, qtbot)
    find = workspace.sidebar.find_line
    shell.activateWindow()
    workspace.open_patient(1)
    workspace.sidebar.start_finding()
    QTest.keyClicks(find, "sil")
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    qtbot.waitUntil(find.hasFocus)
    QTest.keyClicks(find, "va")
    assert find.text() == "silva"


def test_a_patient_chosen_in_the_search_gets_the_cursor(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = enter(shell, clinic, qtbot)
    find = workspace.sidebar.find_line
    shell.activateWindow()
    workspace.sidebar.start_finding()
    QTest.keyClicks(find, "mor")
    QTest.keyClick(find, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    qtbot.waitUntil(lambda: workspace.chart.isAncestorOf(shell.focusWidget()))


def test_a_visit_asked_for_is_started_for_nobody_else(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    other = add_patient(clinic, replace(PATIENT, mrn="000124", family_name="Okafor", given_name="Daniel"))
    episode = open_episode(clinic, EpisodeOfCare(patient_id=other.id or 0, start=clinic.today()))
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(SESSIONS)
    charting = workspace.chart.screens[SESSIONS]
    assert isinstance(charting, ChartingScreen)
    charting.verbs.episode = None
    charting.verbs.start_today()
    charting.show_episode(other.id or 0, episode.id)
    qtbot.waitUntil(lambda: charting.verbs.episode is not None)
    qtbot.wait(100)
    assert sessions_of(clinic, 1) == ()
    assert sessions_of(clinic, episode.id or 0) == ()


def test_the_tab_stays_for_one_patient_and_begins_anew_for_another(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    other = add_patient(clinic, replace(PATIENT, mrn="000124", family_name="Okafor", given_name="Daniel"))
    open_episode(clinic, EpisodeOfCare(patient_id=other.id or 0, start=clinic.today()))
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(EPISODE)
    workspace.open_patient(1)
    qtbot.wait(100)
    assert workspace.chart.header.tabs.currentIndex() == EPISODE
    workspace.open_patient(other.id or 0)
    qtbot.waitUntil(lambda: workspace.chart.header.name.text() == "Okafor, Daniel")
    assert workspace.chart.header.tabs.currentIndex() == OVERVIEW


def test_nothing_heavy_is_imported_on_the_way_to_the_first_paint(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
application = QApplication([])
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
tasks = Tasks()
shell = Shell(Path(sys.argv[1]), tasks, Theme(application), Remembered())
shell.show_door(is_new=False)
print(*sys.modules)
tasks.close()
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "clinic.ptnotes")],
        capture_output=True,
        text=True,
        check=True,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": ""},
    )
    heavy = {
        "ptnotes.clinical",
        "ptnotes.db",
        "sqlalchemy",
        "alembic",
        "sqlcipher3",
        "reportlab",
        "pikepdf",
        "pypdfium2",
        "cryptography",
        "zxcvbn",
    }
    assert not heavy & set(run.stdout.split())


@pytest.mark.parametrize(
    ("system", "environment", "found"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("linux", {"QT_QPA_PLATFORM": "xcb"}, False),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_a_screen_is_looked_for_before_qt_is(system: str, environment: dict[str, str], found: bool) -> None:
    if found:
        require_screen(system, environment)
    else:
        with pytest.raises(EnvironmentFault, match=r"display\.none"):
            require_screen(system, environment)
