"""The guards in conftest do catch what they are there for."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

OFFENDERS = """
import logging, os, socket, threading, time, warnings

import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QWidget

from tests import leaks

# What is left behind here never ends, so that waiting for it proves nothing.
leaks._GRACE_S = 0.5
kept = []


def test_leaves_a_thread():
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def test_leaves_a_timer(qapp):
    timer = QTimer()
    kept.append(timer)
    timer.start(60_000)


def test_leaves_a_widget(qapp):
    kept.append(QWidget())


def test_logs_a_warning():
    logging.getLogger("ptnotes").warning("loud")


def test_makes_qt_warn(qapp):
    qWarning("loud")


def test_warns():
    warnings.warn("loud", stacklevel=1)


def test_reaches_the_network():
    socket.create_connection(("192.0.2.1", 9), timeout=1)


def test_raises_in_a_slot(qtbot):
    QTimer.singleShot(0, lambda: 1 / 0)
    qtbot.wait(20)
"""

DECENT = """
import logging
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget


def test_cleans_up(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    timer = QTimer(widget)
    timer.start(1000)


@pytest.mark.expect_logs
def test_says_that_it_logs():
    logging.getLogger("ptnotes").warning("meant")


def test_has_a_home_of_its_own(private_folders):
    assert Path.home() == private_folders
    assert Path(os.environ["XDG_DATA_HOME"]).is_relative_to(private_folders)
"""


def _run(source: str, folder: Path) -> str:
    file = folder / "test_case.py"
    file.write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-q", "-rA"]
    command += ["-c", str(ROOT / "pyproject.toml"), str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)
    return done.stdout


def test_each_offence_fails_its_test(tmp_path: Path) -> None:
    output = _run(OFFENDERS, tmp_path)
    for name in [line[4:].split("(")[0] for line in OFFENDERS.splitlines() if line.startswith("def test_")]:
        lines = [line for line in output.splitlines() if f"::{name}" in line]
        assert any(line.startswith(("FAILED", "ERROR")) for line in lines), f"{name} passed:\n{output}"


def test_a_decent_test_passes(tmp_path: Path) -> None:
    assert "3 passed" in _run(DECENT, tmp_path)
