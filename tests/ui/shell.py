"""What tests of the whole window share: a clinic with one patient, and the window that opens it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.chart import EPISODE
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.workspace import Workspace
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock


@pytest.fixture
def clinic(tmp_path: Path) -> OpenClinic:
    """Give a clinic with one patient and one episode; the window closes it."""
    opened = clinic_in(tmp_path, FixedClock())
    patient = add_patient(opened, PATIENT)
    open_episode(
        opened, EpisodeOfCare(patient_id=patient.id or 0, title="Low back pain", start=opened.today())
    )
    return opened


@pytest.fixture
def shell(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[Shell]:
    made = Shell(clinic.path, tasks, theme, Remembered())
    made.resize(1280, 800)
    made.show()
    yield made
    made.close()
    qtbot.waitUntil(lambda: made.workspace is None)
    tasks.close()
    made.deleteLater()


def enter(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> Workspace:
    shell.enter(clinic)
    qtbot.waitUntil(lambda: shell.workspace is not None)
    assert shell.workspace is not None
    return shell.workspace


def open_first(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> Workspace:
    workspace = enter(shell, clinic, qtbot)
    workspace.open_patient(1)
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    return workspace


def half_a_patient(workspace: Workspace) -> QLineEdit:
    workspace.pages.add_patient()
    return workspace.pages.form._line("family_name")


def half_a_change(workspace: Workspace) -> QLineEdit:
    workspace.edit_patient()
    return workspace.pages.form._line("mrn")


def half_an_episode(workspace: Workspace) -> QLineEdit:
    workspace.chart.open_episode()
    screen = workspace.chart.screens[EPISODE]
    assert isinstance(screen, EpisodeScreen)
    return screen.open_form.title


def refused_settings(workspace: Workspace) -> QLineEdit:
    line = workspace.pages.settings._line("zone")
    workspace.pages.show_settings()
    return line


def half_typed(
    workspace: Workspace, begin: Callable[[Workspace], QLineEdit], qtbot: QtBot
) -> tuple[QLineEdit, str]:
    """Type a few letters into what `begin` shows; give the line and what stands in it."""
    line = begin(workspace)
    if begin is refused_settings:
        qtbot.waitUntil(lambda: bool(line.text()))
    line.setFocus()
    QTest.keyClicks(line, "Sil")
    return line, line.text()
