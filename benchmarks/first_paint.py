"""First paint: from the start of the process to the unlock screen, beside a bare PySide6 window with the same fields.

Both are processes of their own, in turns, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic

from benchmarks.clinics import ROOT
from benchmarks.figure import Figure, middle

PAIRS = 11

# The window tells its first paint by an event that overtakes all others: it is dealt with once everything has been
# painted and flushed, before anything else that waits for the event loop.
_WATCH = """
import os, sys, time
from PySide6 import QtCore, QtWidgets

class Watched(QtWidgets.QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        told = QtCore.QEvent(QtCore.QEvent.Type.User)
        QtCore.QCoreApplication.postEvent(self, told, QtCore.Qt.EventPriority.HighEventPriority.value)

    def customEvent(self, event):
        sys.stdout.write(str(time.monotonic()))
        sys.stdout.flush()
        os._exit(0)
"""
_BARE = (
    _WATCH
    + """
application = QtWidgets.QApplication(sys.argv)
window = Watched()
page = QtWidgets.QWidget()
column = QtWidgets.QVBoxLayout(page)
column.addWidget(QtWidgets.QLabel("PT Notes"))
column.addWidget(QtWidgets.QLineEdit())
column.addWidget(QtWidgets.QPushButton("Open"))
window.setCentralWidget(page)
window.resize(1280, 800)
window.show()
application.exec()
"""
)
# What a start reads before Qt is read before Qt here too.
_OURS = (
    "from ptnotes.cli import main\nimport ptnotes.app"
    + _WATCH
    + """
QtWidgets.QMainWindow = Watched
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
        reference_name="bare window, same fields",
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
        # A start reads bytecode that an earlier one wrote, whatever is set for whoever measures.
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        timeout=60,
    )
    return (float(done.stdout) - begun) * 1000
