"""Locking: when nobody has touched the window for a while, by its keys from anywhere, and what must not stay behind."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QClipboard,
    QGuiApplication,
    QInputEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QWidget

from ptnotes.ui.override import override
from ptnotes.ui.remembered import LOCK_AFTER_MIN, Remembered
from ptnotes.ui.widgets.secret import forget_secret

LOOK_MS = 2000
"""So often it is looked how long nobody has done anything."""
_TOUCHES = (QInputEvent, QInputMethodEvent)
_BY_HAND = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.HoverMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
        QEvent.Type.NativeGesture,
    }
)


def seconds_awake_and_asleep() -> float:
    """Seconds on a clock that nobody can set back and, where the system has one, that runs on while it sleeps."""
    boot_time: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


class IdleWatch(QObject):
    """Emits `idled` once nobody has typed, pointed or touched anywhere in the application for so many minutes.

    It listens to the whole application from `start` to `stop`. The first touch after a sleep that was longer than
    this is not passed on: it comes too late, and `idled` is emitted first. Meanwhile the keys of `lock` trigger it also
    where they do not reach the window: in a list that hangs open, in a dialog.
    """

    idled = Signal()

    def __init__(
        self,
        after_min: int,
        parent: QObject | None = None,
        *,
        lock: QAction | None = None,
        clock: Callable[[], float] = seconds_awake_and_asleep,
    ) -> None:
        super().__init__(parent)
        self.after_min = after_min
        self._lock = lock
        self._clock = clock
        self._touched = 0.0
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin to listen; the time runs from now."""
        self._touched = self._clock()
        self._timer.start()
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)

    def stop(self) -> None:
        """Listen no more."""
        self._timer.stop()
        if (application := QApplication.instance()) is not None:
            application.removeEventFilter(self)

    def _look(self) -> bool:
        is_idle = self._clock() - self._touched >= self.after_min * 60
        if is_idle:
            self.stop()
            self.idled.emit()
        return is_idle

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Every event of the application comes by, a thousand while a patient opens: what is no touch goes on at once.
        if not isinstance(event, _TOUCHES) or event.type() not in _BY_HAND or not self._timer.isActive():
            return False
        if self._look():
            return True
        self._touched = self._clock()
        return self._locks(event)

    def _locks(self, event: QEvent) -> bool:
        # What the window hears as a shortcut does not come by as a key press any more.
        if self._lock is None or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if QKeySequence(event.keyCombination()) != self._lock.shortcut() or not self._lock.isEnabled():
            return False
        self._lock.trigger()
        return True


class LockAfterMenu(QMenu):
    """The choice of minutes after which `watch` says that nobody is there; it is remembered."""

    def __init__(self, remembered: Remembered, watch: IdleWatch, parent: QWidget | None = None) -> None:
        super().__init__("Lock &by itself after", parent)
        self._remembered = remembered
        self._watch = watch
        self._group = QActionGroup(self)
        for minutes in LOCK_AFTER_MIN:
            # Not by `how_many`, with which all of the reference data would be imported before the first paint.
            action = self.addAction("1 minute" if minutes == 1 else f"{minutes} minutes")
            action.setCheckable(True)
            action.setChecked(minutes == watch.after_min)
            action.setData(minutes)
            self._group.addAction(action)
        self._group.triggered.connect(self._take)

    def _take(self, action: QAction) -> None:
        self._watch.after_min = self._remembered.lock_after_min = action.data()


def close_other_windows(window: QWidget) -> None:
    """Close every dialog, list and menu that lies over `window`."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
        if popup.isVisible():
            break
    for other in QApplication.topLevelWidgets():
        if other is not window and (other.isVisible() or isinstance(other, QDialog)):
            other.close()


def empty_passphrases(within: QWidget) -> None:
    """Take what stands in every field for a passphrase."""
    for line in within.findChildren(QLineEdit):
        if line.property("secret") or line.echoMode() is not QLineEdit.EchoMode.Normal:
            forget_secret(line)


def empty_clipboard() -> None:
    """Take back what this application copied. What another program copied stays."""
    clipboard = QGuiApplication.clipboard()
    if clipboard.ownsClipboard():
        clipboard.clear(QClipboard.Mode.Clipboard)
    if clipboard.supportsSelection() and clipboard.ownsSelection():
        clipboard.clear(QClipboard.Mode.Selection)
    if clipboard.supportsFindBuffer() and clipboard.ownsFindBuffer():
        clipboard.clear(QClipboard.Mode.FindBuffer)
