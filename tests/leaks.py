"""What a test must not leave behind."""

import gc
import threading
import time
from collections.abc import Iterable

from PySide6.QtWidgets import QApplication, QWidget

# Qt makes these for itself, keeps one of each, and reuses them.
_QT_INTERNAL = {"QTipLabel", "QComboBoxPrivateContainer", "QWhatsThat", "QDesktopWidget"}
_GRACE_S = 30.0


def left_over_threads(before: Iterable[threading.Thread]) -> list[str]:
    """Name the threads that run now and did not before, after some seconds of grace to end.

    Dummy threads are left out: they stand for Qt's own threads, which are looked at through Qt, and
    CPython 3.11 lists them long after they have ended.
    """
    known = set(before)
    deadline = time.monotonic() + _GRACE_S
    left: list[threading.Thread] = []
    for thread in threading.enumerate():
        if thread in known or isinstance(thread, threading._DummyThread):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(thread)
    return [repr(thread) for thread in left]


def left_over_widgets(before: Iterable[QWidget]) -> list[str]:
    """Name and hide the top-level widgets that exist now and did not before.

    They are not deleted: the threads of a window that a failed test left open go on with it.
    """
    known = list(before)
    left = _new_widgets(known)
    if left:
        # A cycle of Python objects may hold a widget that nobody can reach any more: that is no leak.
        del left
        gc.collect()
        left = _new_widgets(known)
    names = [f"{type(widget).__name__}({widget.objectName()!r})" for widget in left]
    for widget in left:
        widget.hide()
    return names


def _new_widgets(known: list[QWidget]) -> list[QWidget]:
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if not any(widget is old for old in known)
        and widget.metaObject().className() not in _QT_INTERNAL
        and widget.parent() is None
    ]
