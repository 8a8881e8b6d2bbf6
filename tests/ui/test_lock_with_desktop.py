"""Locking when the desktop is locked or the machine goes to sleep."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.ui import desktop_lock
from ptnotes.ui.desktop_lock import DesktopLock, is_lock_message, session_bus_address, session_path
from tests.clinics import template

if sys.platform in ("win32", "darwin"):
    pytest.skip("these systems have no such bus", allow_module_level=True)

from PySide6.QtDBus import QDBusConnection, QDBusMessage

SESSION = "/org/freedesktop/login1/session/_32"
Says = Callable[..., None]


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """Give the address of a bus of the test's own."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("dbus-daemon is not installed")
    address = f"unix:path={tmp_path / 'bus'}"
    command = [daemon, "--session", "--nofork", "--print-address", f"--address={address}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.terminate()


@pytest.fixture
def told(qapp: QApplication) -> Iterator[DesktopLock]:
    made = DesktopLock()
    yield made
    made.deleteLater()


@pytest.fixture
def says(bus: str) -> Iterator[Says]:
    """Give a function that says something on the bus as a desktop does."""
    desktop = QDBusConnection.connectToBus(bus, "desktop")
    assert desktop.isConnected()

    def say(path: str, interface: str, name: str, *arguments: object) -> None:
        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(list(arguments))
        assert desktop.send(message)

    yield say
    QDBusConnection.disconnectFromBus("desktop")


@pytest.fixture
def listening(bus: str, told: DesktopLock) -> Iterator[DesktopLock]:
    """Give what listens to one bus that is the session's and the system's."""
    connection = QDBusConnection.connectToBus(bus, "listening")
    desktop_lock.listen_to_session(told, connection)
    desktop_lock.listen_to_system(told, connection, SESSION)
    yield told
    QDBusConnection.disconnectFromBus("listening")


@pytest.mark.parametrize(
    ("path", "interface", "name", "arguments"),
    [
        ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", (True,)),
        ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", (True,)),
        (SESSION, "org.freedesktop.login1.Session", "Lock", ()),
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", (True,)),
    ],
)
def test_what_the_desktop_says_of_a_lock_is_heard(
    listening: DesktopLock,
    says: Says,
    qtbot: QtBot,
    path: str,
    interface: str,
    name: str,
    arguments: tuple[object],
) -> None:
    with qtbot.waitSignal(listening.locked):
        says(path, interface, name, *arguments)


def test_the_end_of_a_lock_and_another_sessions_lock_are_not_taken_for_one(
    listening: DesktopLock, says: Says, qtbot: QtBot
) -> None:
    heard = list[str]()
    listening.locked.connect(lambda: heard.append("locked"))
    says("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", False)
    says("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", False)
    says("/org/freedesktop/login1/session/_33", "org.freedesktop.login1.Session", "Lock")
    # Signals of one sender arrive in their order.
    with qtbot.waitSignal(listening.locked):
        says(SESSION, "org.freedesktop.login1.Session", "Lock")
    assert heard == ["locked"]


def test_the_window_listens_to_the_bus_of_its_session(
    bus: str, says: Says, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
    monkeypatch.setenv("XDG_SESSION_ID", "2")
    window = QWidget()
    qtbot.addWidget(window)
    told = desktop_lock.desktop_lock(window)
    for path, interface, name, arguments in (
        ("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
        (SESSION, "org.freedesktop.login1.Session", "Lock", []),
    ):
        with qtbot.waitSignal(told.locked):
            says(path, interface, name, *arguments)
    QDBusConnection.disconnectFromBus("ptnotes-session")
    QDBusConnection.disconnectFromBus("ptnotes-system")


START = """
import sys
from pathlib import Path
from ptnotes import app
from ptnotes.ui.shell import Shell
assert "PySide6.QtDBus" not in sys.modules
Shell.lock = lambda self: print("locked", flush=True)
sys.exit(app.run_app(["ptnotes"], file=Path(sys.argv[1])))
"""


def test_the_program_locks_when_the_desktop_says_so(
    bus: str, says: Says, qtbot: QtBot, tmp_path: Path
) -> None:
    path = template().copy_to(tmp_path)
    environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus, "DBUS_SYSTEM_BUS_ADDRESS": bus}
    command = [sys.executable, "-c", START, str(path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        os.set_blocking(program.stdout.fileno(), False)
        heard = b""
        try:
            for _ in range(150):
                says("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", True)
                qtbot.wait(200)
                heard = program.stdout.read() or b""
                if heard:
                    break
        finally:
            program.terminate()
    assert heard.startswith(b"locked")
    assert program.returncode == 0


def test_without_a_bus_nothing_happens(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(name, f"unix:path={tmp_path / 'nothing'}")
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.assertNotEmitted(desktop_lock.desktop_lock(window).locked):
        qtbot.wait(50)


def test_the_sessions_bus_is_found_and_never_started(tmp_path: Path) -> None:
    assert session_bus_address({}) == ""
    assert session_bus_address({"XDG_RUNTIME_DIR": str(tmp_path)}) == ""
    (tmp_path / "bus").touch()
    assert session_bus_address({"XDG_RUNTIME_DIR": str(tmp_path)}) == f"unix:path={tmp_path}/bus"
    given = {"XDG_RUNTIME_DIR": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/elsewhere"}
    assert session_bus_address(given) == "unix:path=/elsewhere"


@pytest.mark.parametrize(
    ("name", "path"),
    [("2", SESSION), ("c1", "/org/freedesktop/login1/session/c1"), ("a-b", f"{SESSION[:-3]}a_2db"), ("", "")],
)
def test_a_session_has_the_path_that_logind_gives_it(name: str, path: str) -> None:
    assert session_path({"XDG_SESSION_ID": name}) == path


@pytest.mark.parametrize(
    ("message", "parameter", "is_lock"),
    [
        (0x02B1, 7, True),  # WTS_SESSION_LOCK
        (0x02B1, 8, False),  # WTS_SESSION_UNLOCK
        (0x02B1, 2, True),  # WTS_CONSOLE_DISCONNECT: another person is at the PC now
        (0x02B1, 4, True),  # WTS_REMOTE_DISCONNECT
        (0x0218, 4, True),  # PBT_APMSUSPEND
        (0x0218, 18, False),  # PBT_APMRESUMEAUTOMATIC
        (0x0100, 7, False),  # WM_KEYDOWN
    ],
)
def test_the_messages_of_windows_are_told_apart(message: int, parameter: int, is_lock: bool) -> None:
    assert is_lock_message(message, parameter) is is_lock
