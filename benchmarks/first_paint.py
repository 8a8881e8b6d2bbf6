"""First paint: from the start of the process to the window on the screen, beside a bare PySide6 window.

Both are processes of their own, in turns, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic

from benchmarks.clinics import ROOT
from benchmarks.figure import Figure, middle

PAIRS = 11

# The time is taken when the first paint has been flushed: the handler runs after the event that it was seen in.
_WATCH = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.window().isVisible():
            QApplication.instance().removeEventFilter(self)
            QTimer.singleShot(0, self.tell)
        return False

    def tell(self):
        sys.stdout.write(str(time.monotonic()))
        sys.stdout.flush()
        import os
        os._exit(0)
"""
_BARE = (
    _WATCH
    + """
from PySide6.QtWidgets import QMainWindow
application = QApplication(sys.argv)
watch = FirstPaint()
application.installEventFilter(watch)
window = QMainWindow()
window.resize(1280, 800)
window.show()
application.exec()
"""
)
_OURS = (
    _WATCH
    + """
run = QApplication.exec
def watched(*arguments):
    application = QApplication.instance()
    application.watch = FirstPaint()
    application.installEventFilter(application.watch)
    return run()
QApplication.exec = watched
from ptnotes.cli import main
main(["--file", sys.argv[1]])
"""
)


def first_paint(clinic: Path) -> Figure:
    """Measure the unlock screen of `clinic` against a bare window."""
    bare, ours = [], []
    for _ in range(PAIRS + 1):
        bare.append(_time(_BARE))
        ours.append(_time(_OURS, str(clinic)))
    # The first pair warms the disk's cache and writes bytecode.
    return Figure(
        name="first paint of the window",
        ours_ms=middle(ours[1:]),
        reference_name="bare PySide6 window",
        reference_ms=middle(bare[1:]),
        limit=1.2,
    )


def _time(script: str, *arguments: str) -> float:
    begun = monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    return (float(done.stdout) - begun) * 1000
