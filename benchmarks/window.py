"""Measures the real window on a clinic, in a process of its own: unlocking, each letter of a search, opening a patient,
each key in the fields of a visit.

``python -m benchmarks.window FILE`` prints one JSON object of lists of milliseconds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any
from unittest.mock import patch

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.clinics import LONG_MRNS, PASSPHRASE
from ptnotes.app import spare_what_stays
from ptnotes.ui.remembered import Remembered
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Look, Theme

TYPED = (
    "nguyen",
    "lukasz",
    "ostergaard",
    "smith hargreaves",
    "fernandez ines",
    "an",
    "o brien",
    "lewis",
    "zuniga",
    "ma lo",
    "000123",
    "555 01",
)
_LONGEST_WAIT_S = 60.0
_AND_WAIT = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents


class Painted(QObject):
    """Counts the paints of a widget that `counts` lets through."""

    def __init__(self, application: QApplication, counts: Callable[[QWidget], bool]) -> None:
        super().__init__()
        self.times = 0
        self._counts = counts
        self._application = application
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and self._counts(watched):
            self.times += 1
        return False

    def stop(self) -> None:
        self._application.removeEventFilter(self)


def until(application: QApplication, reached: Callable[[], bool], what: str) -> None:
    """Let the window work until `reached`; what was painted meanwhile is on the screen then.

    Raises `TimeoutError`, which says that it was waited for `what`.
    """
    latest = monotonic() + _LONGEST_WAIT_S
    # A window in which nothing happens any more would be waited for without end.
    alarm = QTimer(interval=round(_LONGEST_WAIT_S * 1000))
    alarm.start()
    try:
        while not reached():
            if monotonic() >= latest:
                raise TimeoutError(f"waited {_LONGEST_WAIT_S:g} s in vain for {what}")
            application.processEvents(_AND_WAIT)
    finally:
        alarm.stop()


def settle(application: QApplication, seconds: float = 0.1) -> None:
    """Let everything that is on its way arrive."""
    latest = monotonic() + seconds
    while monotonic() < latest:
        application.processEvents()
        sleep(0.002)


def ms_since(begun: float) -> float:
    return (perf_counter() - begun) * 1000


def main(path: Path) -> dict[str, list[float]]:
    from benchmarks.charting import keys

    application = QApplication(sys.argv[:1])
    tasks = Tasks()
    shell = Shell(path, tasks, Theme(application, look=Look.LIGHT), Remembered())
    # As `run_app` does.
    shell.read_ahead_ended.connect(spare_what_stays)
    try:
        door: Any = shell.show_door(is_new=False)
        shell.resize(1440, 900)
        shell.show()
        # Whoever types a passphrase gives the window time to read ahead.
        until(application, lambda: "ptnotes.ui.workspace" in sys.modules, "the window to read ahead")
        settle(application, 1.5)
        derivation = [_derivation_ms(path) for _ in range(3)]
        result = {"derivation": derivation, "unlock": [_unlock(application, shell, door)]}
        settle(application, 0.5)
        result["search"] = [each for _ in range(2) for each in _search(application, shell)]
        result["open"] = _open_patients(application, shell)
        typed = keys(application, shell)
        result["keys"] = [each for times in typed.values() for each in times]
        return result
    finally:
        shell.close()
        settle(application, 0.3)
        tasks.close()


def _derivation_ms(path: Path) -> float:
    from ptnotes.db.keyfile import key_path, read_keys

    (slot,) = read_keys(key_path(path)).slots
    begun = perf_counter()
    slot.kdf.key(PASSPHRASE, slot.salt)
    return ms_since(begun)


def _unlock(application: QApplication, shell: Shell, door: Any) -> float:
    def is_home(widget: QWidget) -> bool:
        workspace = shell.workspace
        if workspace is None:
            return False
        viewport: QWidget = workspace.sidebar.patients.viewport()
        return widget is viewport and len(workspace.sidebar.patients.rows.rows) > 0

    painted = Painted(application, is_home)
    door.passphrase.setText(PASSPHRASE)
    begun = perf_counter()
    QTest.keyClick(door.passphrase, Qt.Key.Key_Return)
    until(application, lambda: painted.times > 0, "the home screen, painted")
    took = ms_since(begun)
    painted.stop()
    return took


def _search(application: QApplication, shell: Shell) -> list[float]:
    """Milliseconds from each letter to the painted list of what it found."""
    workspace = shell.workspace
    assert workspace is not None
    sidebar = workspace.sidebar
    viewport = sidebar.patients.viewport()
    painted = Painted(application, lambda widget: widget is viewport and not sidebar._searching)
    times = []
    for words in TYPED:
        sidebar._clear()
        settle(application)
        for letter in words:
            painted.times = 0
            begun = perf_counter()
            QTest.keyClicks(sidebar.find_line, letter)
            until(application, lambda: painted.times > 0, f"the list for {letter!r} of {words!r}, painted")
            times.append(ms_since(begun))
            settle(application, 0.02)
    painted.stop()
    sidebar._clear()
    settle(application)
    return times


class Overview:
    """Watches an overview: whether its charts and what is due have been given, and were painted after that.

    Only its own widgets are listened to: a filter on the application hears a thousand events while a patient opens.
    """

    def __init__(self) -> None:
        self._given: dict[str, float] = {}
        self._painted: dict[str, float] = {}
        self._watched: dict[int, _Paints] = {}

    def forget(self) -> None:
        self._given.clear()
        self._painted.clear()

    def given(self, part: str, widgets: Sequence[QWidget]) -> None:
        """Note that `part` was given, and from now on when one of `widgets` is painted."""
        self._given[part] = perf_counter()
        for widget in widgets:
            if id(widget) not in self._watched:
                self._watched[id(widget)] = _Paints(widget, partial(self._note, part))

    def is_whole(self) -> bool:
        """Whether everything is on the screen."""
        return all(self._painted.get(part, 0.0) > self._given.get(part, inf) for part in ("charts", "due"))

    def _note(self, part: str) -> None:
        self._painted[part] = perf_counter()


class _Paints(QObject):
    def __init__(self, widget: QWidget, note: Callable[[], None]) -> None:
        super().__init__(widget)
        self._note = note
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._note()
        return False


def _open_patients(application: QApplication, shell: Shell) -> list[float]:
    """Milliseconds from choosing a patient with 200 visits to the painted overview; each patient once."""
    from ptnotes.services.patients import patient_by_mrn
    from ptnotes.ui.due.due_card import DueCard
    from ptnotes.ui.trends.chart_grid import ChartGrid

    workspace = shell.workspace
    clinic = shell._clinic
    assert workspace is not None
    assert clinic is not None
    watched = Overview()
    show_charts, show_due = ChartGrid.show_charts, DueCard._show_read

    def charts(grid: ChartGrid, *arguments: Any, **more: Any) -> None:
        show_charts(grid, *arguments, **more)
        watched.given("charts", [*grid._cells[: grid._shown], *grid._strips])

    def due(card: DueCard, *arguments: Any) -> None:
        show_due(card, *arguments)
        watched.given("due", [card])

    times = []
    with patch.object(ChartGrid, "show_charts", charts), patch.object(DueCard, "_show_read", due):
        for mrn in LONG_MRNS:
            patient_id = patient_by_mrn(clinic, mrn).id
            assert patient_id is not None
            watched.forget()
            begun = perf_counter()
            workspace.open_patient(patient_id)
            until(application, watched.is_whole, f"the overview of {mrn}, painted")
            times.append(ms_since(begun))
            settle(application, 0.3)
    return times


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1])), sys.stdout)
