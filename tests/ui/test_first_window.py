"""A second start on the same file."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ptnotes.ui.first_window import FirstWindow, bring_first_window_to_front
from tests.clinics import template


def test_the_first_window_comes_to_the_front(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "clinic.ptnotes"
    window = QWidget()
    qtbot.addWidget(window)
    FirstWindow(path, window)
    window.showMinimized()
    assert bring_first_window_to_front(path)
    qtbot.waitUntil(lambda: not window.windowState() & Qt.WindowState.WindowMinimized, timeout=2000)
    assert window.isVisible()


def test_nobody_answers_for_another_file(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    FirstWindow(tmp_path / "clinic.ptnotes", window)
    assert not bring_first_window_to_front(tmp_path / "other.ptnotes")


START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from ptnotes import app
from ptnotes.ui.shell import Shell
shown = Shell.show
def show(self):
    shown(self)
    print("shown", flush=True)
Shell.show = show
sys.exit(app.run_app(["ptnotes"], file=Path(sys.argv[1])))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process by a signal")
def test_a_second_start_ends_with_success_and_after_a_crash_the_file_opens_again(
    tmp_path: Path, private_folders: Path
) -> None:
    path = template().copy_to(tmp_path)
    command = [sys.executable, "-c", START, str(path)]
    for _ in range(2):  # the second time after a crash of the first
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
            assert first.stdout is not None
            try:
                assert first.stdout.readline() == "shown\n"
                second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
                assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
                assert first.poll() is None
            finally:
                first.kill()
