"""The real window on a file in a folder of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ptnotes.ui.remembered import Remembered
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Look, Theme
from tests.e2e.window import Driver


@pytest.fixture(scope="session")
def session_theme(qapp: QApplication) -> Theme:
    """Give one theme for all tests."""
    return Theme(qapp, look=Look.LIGHT, text_scale=1.0)


@pytest.fixture
def clinic_path(tmp_path: Path) -> Path:
    """Where the clinic's file is, or will be."""
    return tmp_path / "data" / "clinic.ptnotes"


@pytest.fixture
def window(qtbot: QtBot, session_theme: Theme, clinic_path: Path) -> Iterator[Driver]:
    """Give a window that nothing is shown in yet."""
    tasks = Tasks()
    shell = Shell(clinic_path, tasks, session_theme, Remembered())
    shell.resize(1440, 900)
    shell.show()
    shell.activateWindow()
    yield Driver(shell, qtbot)
    shell.close()
    qtbot.waitUntil(lambda: shell.workspace is None)
    tasks.close()
    shell.deleteLater()
