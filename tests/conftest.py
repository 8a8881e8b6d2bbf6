"""What holds for every test: no screen, no network, own folders, no unexpected log, nothing left running.

The platform is chosen before anything imports Qt.
"""

import logging
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
import shiboken6
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.clock import FixedClock
from tests.leaks import left_over_threads, left_over_widgets
from tests.postgresql import Server, programs, serve

settings.register_profile(
    "ptnotes",
    deadline=None,  # two busy cores make a time limit on one example a coin toss
    max_examples=int(os.environ.get("PTNOTES_EXAMPLES", "60")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=True,
)
settings.load_profile("ptnotes")

PATIENCE_MS = 30_000
"""So long a test waits for what comes by itself: a busy machine is slow, and waiting costs nothing where it comes."""
_LOOPBACK = ("127.", "localhost", "::1")
_USER_FOLDERS = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")


class NetworkUsedError(AssertionError):
    """The code under test reached for the network, which PT Notes never does."""


def _refuse_network(address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if host is not None and not str(host).startswith(_LOOPBACK):
        raise NetworkUsedError(f"a test reached for {host!r}")


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """Wait with patience, and hold every window until the end of its test: what only Qt refers to, Python takes apart
    when it sees fit.
    """
    for wait in (qtbot.waitUntil, qtbot.waitSignal, qtbot.waitSignals):
        monkeypatch.setattr(qtbot, wait.__name__, partial(wait, timeout=PATIENCE_MS))
    held: list[QWidget] = []
    add = qtbot.addWidget

    def add_and_hold(widget: QWidget, **arguments: Any) -> None:
        held.append(widget)
        add(widget, **arguments)

    monkeypatch.setattr(qtbot, "addWidget", add_and_hold)
    return qtbot


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sockets reach this machine alone (a throw-away PostgreSQL listens there)."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(sock: socket.socket, address: object) -> None:
        _refuse_network(address)
        connect(sock, address)  # type: ignore[arg-type]  # checked by the real call

    def guarded_connect_ex(sock: socket.socket, address: object) -> int:
        _refuse_network(address)
        return connect_ex(sock, address)  # type: ignore[arg-type]  # checked by the real call

    def guarded_getaddrinfo(host: str | None, *args: object, **kwargs: object) -> object:
        _refuse_network((host,))
        return getaddrinfo(host, *args, **kwargs)  # type: ignore[arg-type]  # checked by the real call

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


@pytest.fixture(autouse=True)
def private_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test its own home, so that nothing reads or writes the folders of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("LOCALAPPDATA", str(home / "AppData"))
    for name in _USER_FOLDERS:
        monkeypatch.setenv(name, str(home / name.lower()))
    # Qt reads the environment once in a process, so its settings are moved by hand.
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(home / "settings"))
    return home


@pytest.fixture(autouse=True)
def no_unexpected_logs(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that logs at WARNING or above, unless it carries the mark ``expect_logs``."""
    yield
    if request.node.get_closest_marker("expect_logs"):
        return
    loud = [
        record
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    if loud:
        lines = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in loud]
        pytest.fail("unexpected log: " + "; ".join(lines))


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a top-level widget behind."""
    threads_before = set(threading.enumerate())
    if "qapp" not in request.fixturenames:
        yield
        leaks = left_over_threads(threads_before)
    else:
        started: list[QTimer | QThread] = []
        for kind in (QTimer, QThread):
            _record_starts(kind, started, monkeypatch)
        widgets_before = QApplication.topLevelWidgets()
        yield
        QThreadPool.globalInstance().waitForDone(PATIENCE_MS)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        leaks = left_over_threads(threads_before)
        leaks += [repr(thing) for thing in started if shiboken6.isValid(thing) and _runs(thing)]
        leaks += left_over_widgets(widgets_before)
    if leaks:
        pytest.fail("left behind by the test: " + ", ".join(leaks))


def _record_starts(
    kind: type[QTimer | QThread], started: list[QTimer | QThread], monkeypatch: pytest.MonkeyPatch
) -> None:
    start: Any = kind.start

    def recorded_start(self: QTimer | QThread, *args: object) -> None:
        started.append(self)
        start(self, *args)

    monkeypatch.setattr(kind, "start", recorded_start)


def _runs(thing: QTimer | QThread) -> bool:
    if isinstance(thing, QTimer):
        return thing.isActive()
    return thing.isRunning() and not thing.wait(PATIENCE_MS)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at Monday 2 March 2026, 09:00 in New York, until the test moves it."""
    return FixedClock()


@pytest.fixture(scope="session", autouse=True)
def _session_home() -> Iterator[None]:
    """Hold what Qt and fontconfig read once in a process away from the user's folders."""
    with tempfile.TemporaryDirectory(prefix="ptnotes-tests-") as folder:
        before = {name: os.environ.get(name) for name in _USER_FOLDERS[:4]}
        os.environ.update({name: str(Path(folder) / name.lower()) for name in before})
        yield
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A throw-away PostgreSQL server; the test is skipped where none is installed."""
    bin_folder = programs()
    if bin_folder is None:
        if os.environ.get("PTNOTES_REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL is asked for, and its initdb is not to be found")
        pytest.skip("PostgreSQL is not installed")
    with serve(bin_folder) as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """An empty PostgreSQL database of the test's own, as an SQLAlchemy URL."""
    url = postgresql_server.new_database()
    yield url
    postgresql_server.drop_database(url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses PostgreSQL, for the summary and for ``-m postgresql``."""
    for item in items:
        if isinstance(item, pytest.Function) and "postgresql_server" in item.fixturenames:
            item.add_marker("postgresql")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end whether the store was tested on PostgreSQL as well."""

    def count(outcome: str) -> int:
        reports = terminalreporter.stats.get(outcome, [])
        return sum("postgresql" in getattr(report, "keywords", {}) for report in reports)

    ran, skipped = count("passed") + count("failed"), count("skipped")
    if ran:
        terminalreporter.write_line(f"PostgreSQL: {ran} tests ran on a throw-away server.")
    elif skipped:
        terminalreporter.write_line(f"PostgreSQL: not installed, {skipped} tests did not run.")
