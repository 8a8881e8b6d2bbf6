"""The whole program under a script that types into a visit, made to be killed. It is the real `run_app` with real keys.

One process imports everything once and then makes a child for each request on its standard input: the paths of a
clinic's file and of a report. The child opens the clinic, goes to the draft that is at hand, and types without end.
Each key's field, letter and instant stand in the report as soon as the window has dealt with it.
"""

import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

import ptnotes.services.opening
import ptnotes.ui.chart
import ptnotes.ui.charting.screen
import ptnotes.ui.workspace
from ptnotes import app
from ptnotes.ui.shell import Shell
from tests.clinics import PASSPHRASE

FIELDS = ("Subjective", "Assessment", "Plan")
LETTERS = "the quick brown fox jumps over a lazy dog, "
KEY_EVERY_MS = 15
MOST_KEYS = 4000
TURN_EVERY_KEYS = 20
"""After so many keys the typist goes on in the next field."""


class Typist:
    """Types `LETTERS` over and over, a few words into each field in turn."""

    def __init__(self, shell: Shell, report: int) -> None:
        self.shell = shell
        self.report = report
        self.keys = 0
        self.timer = QTimer(shell)
        self.timer.timeout.connect(self.press)

    def begin(self) -> None:
        """Say that the visit is on the screen, and type from now on."""
        os.write(self.report, b"begun\n")
        self.timer.start(KEY_EVERY_MS)

    def press(self) -> None:
        """Press one key, and report it once the window has taken it."""
        if self.keys == MOST_KEYS:
            # Nobody is there any more to kill this.
            os._exit(1)
        name = FIELDS[self.keys // TURN_EVERY_KEYS % len(FIELDS)]
        letter = LETTERS[self.keys % len(LETTERS)]
        field = next(
            field
            for field in self.shell.findChildren(QPlainTextEdit)
            if field.isVisible() and field.accessibleName() == name
        )
        field.setFocus()
        QTest.keyClicks(field, letter)
        self.keys += 1
        os.write(self.report, f"{time.monotonic()}\t{name}\t{letter}\n".encode())


class Opener:
    """Goes through the door, and to the draft; from there on a typist types, unless only the place is asked for."""

    def __init__(self, report: int, session: tuple[int, int] | None) -> None:
        self.report = report
        self.session = session
        self.step = 0
        self.timer = QTimer()
        self.timer.timeout.connect(self.go_on)
        self.typist: Typist | None = None
        self.timer.start(10)

    def go_on(self) -> None:
        """Do what the window is ready for."""
        shell = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Shell))
        if self.step == 0:
            fields = [
                f
                for f in shell.findChildren(QLineEdit)
                if f.isVisible() and f.accessibleName() == "Passphrase"
            ]
            if fields:
                QTest.keyClicks(fields[0], PASSPHRASE)
                QTest.keyClick(fields[0], Qt.Key.Key_Return)
                self.step = 1
        elif self.step == 1 and shell.workspace is not None:
            if self.session is not None:
                shell.workspace.open_draft(*self.session)
            self.step = 2
        elif self.step == 2:
            shown = [
                f
                for f in shell.findChildren(QPlainTextEdit)
                if f.isVisible() and f.accessibleName() == "Subjective"
            ]
            if shown:
                self.timer.stop()
                self.typist = Typist(shell, self.report)
                self.typist.begin()


def run_child(path: Path, report_path: Path, session: tuple[int, int] | None) -> None:
    """Be the program on the clinic at `path`; never returns."""
    report = os.open(report_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    openers: list[Opener] = []
    app.spare_what_stays = lambda: openers.append(Opener(report, session))
    os._exit(app.run_app(["ptnotes"], path))


def serve() -> None:
    """Make a child for every line ``PATH<tab>REPORT<tab>PATIENT<tab>SESSION`` and say its number."""
    ptnotes.services.opening.shipped_reference()
    for line in sys.stdin:
        path, report, patient, session = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            run_child(Path(path), Path(report), (int(patient), int(session)) if session else None)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        # Whoever kills the child wants it gone, not a shell of it.
        os.waitpid(child, 0)


if __name__ == "__main__":
    serve()
