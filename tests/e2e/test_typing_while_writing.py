"""The window never waits for the disk: one types and searches while a long write runs."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.services.episodes import episodes_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock
from tests.e2e.window import Driver

LONGEST_GAP_MS, LONG_WRITE_S = 20_000, 120
"""Far above a frame, since the cores may be shared with other work; far below the write, which runs on."""


class Heartbeat(QObject):
    """Beats every few milliseconds and keeps the longest gap, which is how long the window stood still."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = 0
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._since.start()
        self._timer.start(5)

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        self.longest_ms = max(self.longest_ms, self._since.restart())


@pytest.fixture
def let_go() -> Iterator[threading.Event]:
    """Give what the long write waits for; it is set at the end whatever becomes of the test."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def clinic(tmp_path: Path) -> OpenClinic:
    opened = clinic_in(tmp_path, FixedClock())
    add_patient(opened, replace(PATIENT, mrn="000123"))
    # The window closes it.
    return opened


def test_one_types_and_searches_while_a_long_write_runs(
    window: Driver, clinic: OpenClinic, let_go: threading.Event, qtbot: QtBot
) -> None:
    window.shell.enter(clinic)
    window.until(lambda: window.shell.workspace is not None)
    tasks = window.shell._tasks
    holds = threading.Event()

    def long_write() -> None:
        with clinic.store.write():
            holds.set()
            assert let_go.wait(LONG_WRITE_S)

    tasks.write(long_write)
    assert holds.wait(LONG_WRITE_S)
    heart = Heartbeat()
    heart.start()
    sidebar = window.shell.workspace.sidebar  # type: ignore[union-attr]  # entered above
    sidebar.start_finding()
    for letter in "moreau":
        QTest.keyClicks(sidebar.find_line, letter)
        qtbot.wait(10)
    window.until(lambda: [row.title for row in sidebar.patients.rows.rows] == ["Moreau, Hélène"])
    window.press("Return")
    window.until(lambda: window.says("46 y"))
    window.type_into("Title", "Low back pain while another write runs")
    qtbot.wait(500)
    heart.stop()
    # The long write, and what waits behind it: that somebody searched, and whose chart was opened.
    assert tasks.unsaved == 3
    assert heart.longest_ms < LONGEST_GAP_MS
    window.click("Open the episode")
    let_go.set()
    window.until(lambda: tasks.unsaved == 0 and window.says("episode since"))
    (stored,) = episodes_of(clinic, 1)
    assert stored.title == "Low back pain while another write runs"
