"""The window closes and locks: what is typed is stored or asked about, and nothing of a patient is left."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.services.episodes import load_episode
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.ui.chart import EPISODE, OVERVIEW
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.unlock.unlock import Unlock
from ptnotes.ui.workspace import Workspace
from tests.clinics import PASSPHRASE
from tests.ui.shell import (
    clinic,
    enter,
    half_a_change,
    half_a_patient,
    half_an_episode,
    half_typed,
    open_first,
    refused_settings,
    shell,
)

__all__ = ["clinic", "shell"]


def test_closing_stores_what_was_just_typed_and_asks_nothing(
    shell: Shell, clinic: OpenClinic, tasks: Tasks, qtbot: QtBot
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(EPISODE)
    screen = workspace.chart.screens[EPISODE]
    assert isinstance(screen, EpisodeScreen)
    qtbot.waitUntil(lambda: screen.draft.episode is not None)
    screen.basics.title_field.line.end(False)
    QTest.keyClicks(screen.basics.title_field.line, ", worse")
    with qtbot.waitSignal(shell.closed):
        shell.close()
    assert not shell.isVisible()
    assert shell.workspace is None
    tasks.close()
    again = open_clinic(clinic.path, PASSPHRASE)
    assert load_episode(again, 1).title == "Low back pain, worse"
    again.close()


def test_closing_waits_for_a_write_that_runs(
    shell: Shell, clinic: OpenClinic, tasks: Tasks, qtbot: QtBot
) -> None:
    enter(shell, clinic, qtbot)
    let_go, done = threading.Event(), list[str]()
    tasks.write(lambda: let_go.wait(60), lambda _: done.append("stored"))
    shell.close()
    qtbot.wait(50)
    assert shell.workspace is not None
    let_go.set()
    qtbot.waitUntil(lambda: shell.workspace is None)
    assert done == ["stored"]


def test_what_could_not_be_stored_keeps_the_window_open(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise EnvironmentFault("disk.full")

    monkeypatch.setattr("ptnotes.ui.episode.episode_save.change_episode", full_disk)
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(EPISODE)
    screen = workspace.chart.screens[EPISODE]
    assert isinstance(screen, EpisodeScreen)
    qtbot.waitUntil(lambda: screen.draft.episode is not None)
    screen.basics.title_field.line.end(False)
    QTest.keyClicks(screen.basics.title_field.line, "!")
    shell.close()
    qtbot.waitUntil(shell.isVisible)
    assert "disk is full" in shell.toast.text.text()
    assert screen.basics.title_field.line.text() == "Low back pain!"
    QTest.mouseClick(shell.toast.action, Qt.MouseButton.LeftButton)
    assert shell.workspace is None


@pytest.mark.parametrize("begin", [half_a_patient, half_a_change, half_an_episode, refused_settings])
def test_closing_with_something_half_typed_asks_first(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, begin: Callable[[Workspace], QLineEdit]
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    line, typed = half_typed(workspace, begin, qtbot)
    shell.close()
    qtbot.waitUntil(shell.toast.isVisible)
    assert "is not stored yet" in shell.toast.text.text()
    assert line.text() == typed
    assert line.isVisible()
    QTest.mouseClick(shell.toast.action, Qt.MouseButton.LeftButton)
    assert shell.workspace is None


@pytest.mark.parametrize("begin", [half_a_patient, half_a_change, half_an_episode, refused_settings])
def test_locking_with_something_half_typed_closes_the_file_and_keeps_the_text_for_who_typed_it(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, begin: Callable[[Workspace], QLineEdit]
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    line, typed = half_typed(workspace, begin, qtbot)
    shell.lock()
    qtbot.waitUntil(lambda: not clinic.data_key)
    assert not Path(f"{clinic.path}-wal").exists()  # the last connection is closed
    assert not line.isVisible()
    shell.close()
    qtbot.waitUntil(shell.toast.isVisible)
    assert "is not stored yet" in shell.toast.text.text()
    assert not line.isVisible()
    door = shell.findChild(Unlock)
    assert door is not None
    door.passphrase.setText(PASSPHRASE)
    QTest.keyClick(door.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(line.isVisible)
    assert shell.workspace is workspace
    assert line.text() == typed
    assert shell.focusWidget() is line
    workspace.open_patient(1)
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    shell.close()
    qtbot.waitUntil(shell.toast.isVisible)
    QTest.mouseClick(shell.toast.action, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("is_read", [True, False], ids=["over the page", "before the page is read"])
def test_a_half_typed_episode_stays_before_the_page_that_is_read_anew_after_the_lock(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, *, is_read: bool
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(EPISODE)
    screen = workspace.chart.screens[EPISODE]
    assert isinstance(screen, EpisodeScreen)
    if is_read:
        qtbot.waitUntil(lambda: screen.draft.episode is not None)
    line, typed = half_typed(workspace, half_an_episode, qtbot)
    shell.lock()
    qtbot.waitUntil(lambda: not clinic.data_key)
    door = shell.findChild(Unlock)
    assert door is not None
    door.passphrase.setText(PASSPHRASE)
    QTest.keyClick(door.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not shell.is_locked)
    qtbot.waitUntil(lambda: screen.draft.episode is not None)
    assert screen.currentWidget() is screen.open_form
    assert (line.text(), shell.focusWidget()) == (typed, line)
    screen.open_form.cancel.click()
    assert screen.currentWidget() is screen.page
    shell.close()
    qtbot.waitUntil(lambda: shell.workspace is None)


@pytest.mark.parametrize("begin", [half_a_patient, half_an_episode])
def test_what_was_cancelled_or_never_typed_is_not_asked_about(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, begin: Callable[[Workspace], QLineEdit]
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    line = begin(workspace)
    assert workspace.pages.unsaved_problem() == ""
    QTest.keyClicks(line, "Sil")
    assert workspace.pages.unsaved_problem()
    if begin is half_a_patient:
        workspace.pages.form._cancel()
        assert workspace.pages.unsaved_problem() == ""
        workspace.toast.action.click()
        assert workspace.pages.unsaved_problem()
        workspace.pages.form._cancel()
    else:
        screen = workspace.chart.screens[EPISODE]
        assert isinstance(screen, EpisodeScreen)
        screen.open_form.cancel.click()
    assert workspace.pages.unsaved_problem() == ""


def test_half_an_episode_is_still_there_after_a_look_elsewhere(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    line = half_an_episode(workspace)
    QTest.keyClicks(line, "Sil")
    workspace.show_tab(OVERVIEW)
    assert half_an_episode(workspace).text() == "Sil"
    line.clear()


def test_locking_shows_the_door_and_nothing_of_a_patient(
    shell: Shell, clinic: OpenClinic, tasks: Tasks, qtbot: QtBot
) -> None:
    open_first(shell, clinic, qtbot)
    shell.actions_by_id["lock"].trigger()
    qtbot.waitUntil(lambda: shell.workspace is None)
    qtbot.waitUntil(lambda: not any("Moreau" in label.text() for label in shell.findChildren(QLabel)))
    door = shell.findChild(Unlock)
    assert door is not None
    door.passphrase.setText(PASSPHRASE)
    QTest.keyClick(door.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shell.workspace is not None)
