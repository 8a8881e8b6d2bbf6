"""A second start on the same file brings the first window to the front, by a local socket of this user's own."""

from __future__ import annotations

import getpass
import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

_WAIT_MS = 2000
_COMES = b"I come"


def bring_first_window_to_front(path: Path) -> bool:
    """Ask the window that has the clinic at `path` open to come to the front, and give whether it does.

    It does not where nobody answers, or where it was closed and its process only stores and backs up what is left.
    """
    socket = QLocalSocket()
    socket.connectToServer(_name(path))
    answer = b""
    if socket.waitForConnected(_WAIT_MS):
        # What it gives is of no interest: the answer may be there, and the other end gone, before one waits for it.
        socket.waitForReadyRead(_WAIT_MS)
        answer = bytes(socket.readAll().data())
    socket.abort()
    return answer == _COMES


class FirstWindow(QObject):
    """Brings `window` to the front whenever another start on the same file asks for it.

    Only whoever owns the clinic at `path` makes one: what another process left behind under the name is removed.
    """

    def __init__(self, path: Path, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._come_to_front)
        QLocalServer.removeServer(_name(path))
        self._server.listen(_name(path))

    def stop(self) -> None:
        """Be heard of no more; the socket's file goes."""
        self._server.close()

    def _come_to_front(self) -> None:
        is_closing = self._window.isHidden()
        while self._server.hasPendingConnections():
            asking = self._server.nextPendingConnection()
            asking.disconnected.connect(asking.deleteLater)
            if not is_closing:
                asking.write(_COMES)
            asking.disconnectFromServer()
        if is_closing:
            return
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.raise_()
        self._window.activateWindow()


def _name(path: Path) -> str:
    whose = f"{getpass.getuser()}\0{path.resolve()}"
    return f"ptnotes-{hashlib.sha256(whose.encode(errors='surrogateescape')).hexdigest()[:32]}"
