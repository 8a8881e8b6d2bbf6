"""When the desktop locks its screen, or the machine goes to sleep, the window is told.

Linux and BSD say it over D-Bus: the screen savers of the desktops on the session's bus, logind on the system's. Windows
sends messages to windows that ask for them. macOS tells it only through its own notification centre, which Qt does not
reach: there, and wherever nothing is said, `lock.IdleWatch` notices a sleep by its clock.

It is imported once the window is there, in a thread: what speaks D-Bus takes longer to read than the window to paint.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

if sys.platform not in ("win32", "darwin"):
    from PySide6.QtDBus import QDBusConnection

SCREEN_SAVERS = tuple(
    f"org.{desktop}.ScreenSaver" for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce")
)
"""Interfaces whose ``ActiveChanged(bool)`` says that the screen is hidden from now on, or shown again."""
_LOGIN, _LOGIN_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
_TAKE_HIDDEN, _TAKE_LOCK = SLOT("take_hidden(bool)"), SLOT("take_lock()")
_SESSION_BUS, _SYSTEM_BUS = "ptnotes-session", "ptnotes-system"

WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
_PBT_APMSUSPEND = 4
_WTS_CONSOLE_DISCONNECT, _WTS_REMOTE_DISCONNECT, _WTS_SESSION_LOCK = 2, 4, 7


class DesktopLock(QObject):
    """Emits `locked` when the desktop is locked, the machine is about to sleep, or the session is left."""

    locked = Signal()

    @Slot(bool)
    def take_hidden(self, is_hidden: bool) -> None:
        """Take it that the screen is hidden, or that a sleep begins; or that either is over, which changes nothing."""
        if is_hidden:
            self.locked.emit()

    @Slot()
    def take_lock(self) -> None:
        """Take it that the session was told to lock."""
        self.locked.emit()


def session_bus_address(environment: Mapping[str, str]) -> str:
    """Where this session's bus is; empty where there is none. None is ever started for this."""
    address = environment.get("DBUS_SESSION_BUS_ADDRESS", "")
    folder = environment.get("XDG_RUNTIME_DIR", "")
    if not address and folder and (Path(folder) / "bus").exists():
        address = f"unix:path={folder}/bus"
    return address


def session_path(environment: Mapping[str, str]) -> str:
    """The path of this login session at logind; empty, which stands for any, where the environment does not name it."""
    name = environment.get("XDG_SESSION_ID", "")
    # As sd_bus_path_encode does it: what is no letter and no digit, and a digit that comes first, is written in hex.
    hidden = re.sub(r"^[0-9]|[^A-Za-z0-9]", lambda letter: f"_{ord(letter[0]):02x}", name)
    return f"{_LOGIN_PATH}/session/{hidden}" if hidden else ""


def is_lock_message(message: int, parameter: int) -> bool:
    """Whether a message of Windows (its number and its wParam) says that the screen is hidden or a sleep begins."""
    if message == WM_WTSSESSION_CHANGE:
        return parameter in (_WTS_CONSOLE_DISCONNECT, _WTS_REMOTE_DISCONNECT, _WTS_SESSION_LOCK)
    return message == WM_POWERBROADCAST and parameter == _PBT_APMSUSPEND


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication

    class _Messages(QAbstractNativeEventFilter):
        """Looks at the messages that Windows sends to this program, and lets all of them through."""

        def __init__(self, told: DesktopLock) -> None:
            super().__init__()
            self._told = told

        def nativeEventFilter(
            self, kind: QByteArray | bytes | bytearray | memoryview, message: int
        ) -> tuple[bool, int]:
            if kind == b"windows_generic_MSG":
                found = wintypes.MSG.from_address(int(message))
                if is_lock_message(found.message, found.wParam):
                    self._told.take_lock()
            return False, 0

    def desktop_lock(window: QWidget) -> DesktopLock:
        """Listen for as long as `window` lives."""
        told = DesktopLock(window)
        application = QCoreApplication.instance()
        if application is not None:
            messages = _Messages(told)
            application.installNativeEventFilter(messages)
            told.destroyed.connect(lambda: application.removeNativeEventFilter(messages))
        # 0: of this session alone. Windows forgets it with the window.
        ctypes.windll.wtsapi32.WTSRegisterSessionNotification(int(window.winId()), 0)
        return told

elif sys.platform == "darwin":

    def desktop_lock(window: QWidget) -> DesktopLock:
        """Nothing is said here that Qt hears."""
        return DesktopLock(window)

else:

    def desktop_lock(window: QWidget) -> DesktopLock:
        """Listen for as long as `window` lives. Where a bus is not to be had, nothing is heard of it."""
        told = DesktopLock(window)
        address = session_bus_address(os.environ)
        if address:
            listen_to_session(told, QDBusConnection.connectToBus(address, _SESSION_BUS))
        system = QDBusConnection.connectToBus(QDBusConnection.BusType.SystemBus, _SYSTEM_BUS)
        listen_to_system(told, system, session_path(os.environ))
        return told

    def listen_to_session(told: DesktopLock, bus: QDBusConnection) -> None:
        """Hear the screen savers of the desktops, whichever of them runs."""
        for interface in SCREEN_SAVERS:
            _hear(bus, "", interface, "ActiveChanged", told, _TAKE_HIDDEN)

    def listen_to_system(told: DesktopLock, bus: QDBusConnection, session: str) -> None:
        """Hear logind: that this session is to lock, and that the machine is about to sleep."""
        _hear(bus, session, f"{_LOGIN}.Session", "Lock", told, _TAKE_LOCK)
        _hear(bus, _LOGIN_PATH, f"{_LOGIN}.Manager", "PrepareForSleep", told, _TAKE_HIDDEN)

    def _hear(
        bus: QDBusConnection, path: str, interface: str, name: str, told: DesktopLock, slot: str
    ) -> None:
        if bus.isConnected():
            bus.connect("", path, interface, name, told, slot)  # type: ignore[call-overload]  # bytes are refused
