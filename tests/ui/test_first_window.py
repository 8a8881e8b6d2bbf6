"""A second start on the same file."""

import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ptnotes.app import _listen
from ptnotes.ui.first_window import FirstWindow, bring_first_window_to_front
from ptnotes.ui.shell import Shell
from tests.clinics import template

ASK = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ptnotes.ui.first_window import bring_first_window_to_front
application = QCoreApplication([])
print(bring_first_window_to_front(Path(sys.argv[1])))
"""


def asked(qtbot: QtBot, path: Path) -> bool:
    """Ask from another process, as a second start does."""
    with subprocess.Popen(
        [sys.executable, "-c", ASK, str(path)], stdout=subprocess.PIPE, text=True
    ) as asking:
        qtbot.waitUntil(lambda: asking.poll() is not None)
        assert asking.stdout is not None
        return asking.stdout.read() == "True\n"


def test_a_window_that_was_closed_does_not_come(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "clinic.ptnotes"
    window = QWidget()
    qtbot.addWidget(window)
    FirstWindow(path, window)
    assert not asked(qtbot, path)
    assert window.isHidden()


def test_the_first_window_comes_to_the_front(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "clinic.ptnotes"
    window = QWidget()
    qtbot.addWidget(window)
    FirstWindow(path, window)
    window.showMinimized()
    assert asked(qtbot, path)
    qtbot.waitUntil(lambda: not window.windowState() & Qt.WindowState.WindowMinimized)
    assert window.isVisible()


class Closing(QWidget):
    closed = Signal()


def test_a_window_listens_once_however_often_it_is_told_to(qtbot: QtBot, tmp_path: Path) -> None:
    window = Closing()
    qtbot.addWidget(window)
    window.show()
    for _ in range(2):
        _listen(tmp_path / "clinic.ptnotes", cast("Shell", window))
    assert len(window.findChildren(FirstWindow)) == 1
    window.closed.emit()


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
                second = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
                assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
                assert first.poll() is None
            finally:
                first.kill()


CLOSING = """
import sys, time
from pathlib import Path
from ptnotes.services.owner import is_wanted, owned
path = Path(sys.argv[1])
with owned(path):
    print("closing", flush=True)
    while not is_wanted(path):
        time.sleep(0.01)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process by a signal")
def test_a_start_while_the_closed_window_backs_up_waits_for_the_file_and_shows_a_window(
    tmp_path: Path, private_folders: Path
) -> None:
    path = template().copy_to(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", CLOSING, str(path)], stdout=subprocess.PIPE, text=True
    ) as closing:
        assert closing.stdout is not None
        assert closing.stdout.readline() == "closing\n"
        with subprocess.Popen(
            [sys.executable, "-c", START, str(path)], stdout=subprocess.PIPE, text=True
        ) as again:
            assert again.stdout is not None
            try:
                assert again.stdout.readline() == "shown\n"
            finally:
                again.kill()
        assert closing.wait(60) == 0
