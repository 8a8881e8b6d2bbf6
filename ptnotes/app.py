"""Builds the window and wires it together; no rule and no work of its own."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.sentences import sentence
from ptnotes.services.owner import owned
from ptnotes.services.people_of import clinic_exists, default_clinic_path

if TYPE_CHECKING:
    from ptnotes.ui.desktop_lock import DesktopLock
    from ptnotes.ui.shell import Shell
    from ptnotes.ui.tasks import Tasks

_LONGEST_WAIT_S = 30.0
_LISTENS_AFTER_MS = 1000
_COLLECTED_AFTER = 20_000
"""So many values more are there before what is left in a ring is looked for."""

# What needs no Qt is imported up here, before Qt: PySide reads the source of every module that is imported after it.
# Looking for the first resource imports some, too.
_ICON = files("ptnotes.resources") / "icons" / "ptnotes.png"


def run_app(argv: Sequence[str], file: Path | None = None, *, demo: bool = False) -> int:
    """Open the window on `file` (by default the clinic in the user's data folder) and give the exit code.

    With `demo` a made-up clinic is made in a throw-away folder and opened with no questions.
    """
    # Nothing that is imported goes again, and looking for what does would take a tenth of the time to the first paint.
    gc.set_threshold(_COLLECTED_AFTER)
    try:
        require_screen(sys.platform, os.environ)
    except EnvironmentFault as fault:
        sys.stderr.write(f"{sentence(fault)}\n")
        return 1
    # Qt aborts the process where it finds no screen, so it is not touched before the check above.
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - see above
    from PySide6.QtGui import QIcon  # noqa: PLC0415 - see above

    from ptnotes.ui.remembered import Remembered  # noqa: PLC0415 - see above
    from ptnotes.ui.shell import Shell  # noqa: PLC0415 - see above
    from ptnotes.ui.tasks import Tasks  # noqa: PLC0415 - see above
    from ptnotes.ui.theme import Theme, new_application  # noqa: PLC0415 - see above

    application = new_application(argv)
    application.setApplicationName("PT Notes")
    application.setDesktopFileName("ptnotes")
    application.setWindowIcon(QIcon(str(_ICON)))
    remembered = Remembered()
    theme = Theme(application, look=remembered.look)
    tasks = Tasks()
    with ExitStack() as at_end:
        # Before the first file is made: whatever is made is taken away again, however the program is ended.
        ended_by_signal = at_end.enter_context(caught_signals())
        if demo:
            folder = at_end.enter_context(tempfile.TemporaryDirectory(prefix="ptnotes-demo-"))
            path = Path(folder) / "demo.ptnotes"
        else:
            path = (file or default_clinic_path()).absolute()
        try:
            at_end.enter_context(owned(path))
        except EnvironmentFault:
            from ptnotes.ui.first_window import bring_first_window_to_front  # noqa: PLC0415 - see above

            if bring_first_window_to_front(path):
                return 0
            try:
                # It was closed a moment ago, and hands the file over once everything typed is stored.
                at_end.enter_context(owned(path, wait_s=_LONGEST_WAIT_S))
            except EnvironmentFault as fault:
                sys.stderr.write(f"{sentence(fault)}\n")
                return 1
        at_end.callback(tasks.close)
        shell = Shell(path, tasks, theme, remembered)
        at_end.callback(shell.deleteLater)
        application.setQuitOnLastWindowClosed(False)
        shell.closed.connect(application.quit)
        shell.read_ahead_ended.connect(spare_what_stays)
        shell.read_ahead_ended.connect(partial(_lock_with_desktop, tasks, shell))
        if demo:
            shell.show_demo()
        else:
            shell.show_door(is_new=not clinic_exists(path))
        shell.show()
        # The window must not wait for this. One that is shown minimized is not painted, and is found all the same.
        shell.first_painted.connect(partial(_listen, path, shell))
        QTimer.singleShot(_LISTENS_AFTER_MS, shell, partial(_listen, path, shell))
        if ended_by_signal is not None:
            from PySide6.QtCore import QSocketNotifier  # noqa: PLC0415 - see above

            notifier = QSocketNotifier(ended_by_signal, QSocketNotifier.Type.Read)
            notifier.activated.connect(shell.close)
            at_end.callback(notifier.setEnabled, False)  # noqa: FBT003 - Qt takes no names
        return application.exec()


def spare_what_stays() -> None:
    """Leave everything that is there now out of later garbage collections, and have these come seldom.

    Modules and reference data stay until the end. Walking through all of it would hold up every thread, and with them
    the window, for some fifty milliseconds at a time. What is read of an episode is ten thousand values and more that
    all go by themselves; looking through them after every 700, as Python does, would take a twentieth of the time.
    """
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER)


@contextmanager
def caught_signals() -> Iterator[int | None]:
    """Give a pipe that can be read once the system or the terminal asks the program to end. Nothing else ends it then.

    Qt's loop runs no Python while it waits, so Python's handlers alone would be called only at the next key press.
    None on Windows, which has no such signals for a program with a window: its message is one that Qt knows.
    """
    if sys.platform == "win32":
        yield None
        return
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    wakeup_before = signal.set_wakeup_fd(write_end)
    handlers_before = [signal.signal(number, lambda *_: None) for number in signals]
    try:
        yield read_end
    finally:
        for number, handler in zip(signals, handlers_before, strict=True):
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakeup_before)
        os.close(read_end)
        os.close(write_end)


def _listen(path: Path, window: Shell) -> None:
    from ptnotes.ui.first_window import FirstWindow  # noqa: PLC0415 - see above

    if window.isHidden() or window.findChild(FirstWindow) is not None:
        return  # it was closed at once, or is heard of already
    first = FirstWindow(path, window)
    window.closed.connect(first.stop)


def _lock_with_desktop(tasks: Tasks, window: Shell, _read_ahead: None) -> None:
    tasks.read(_desktop_lock, partial(_listen_to_desktop, window))


def _desktop_lock() -> Callable[[Shell], DesktopLock]:
    from ptnotes.ui.desktop_lock import desktop_lock  # noqa: PLC0415 - read in a thread, after the first paint

    return desktop_lock


def _listen_to_desktop(window: Shell, desktop_lock: Callable[[Shell], DesktopLock]) -> None:
    desktop_lock(window).locked.connect(window.lock)


def require_screen(system: str, environment: Mapping[str, str]) -> None:
    """Raise `EnvironmentFault` where a Linux or BSD system names no screen, which Qt would answer by aborting."""
    if system in ("win32", "darwin", "cygwin"):
        return
    wanted = environment.get("QT_QPA_PLATFORM", "")
    if wanted.partition(":")[0] in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        raise EnvironmentFault("display.none")
