"""The real program with a patient of an improbable name, in a process of its own: ``python -m tests.e2e.planted``.

First argument: ``whole`` goes the whole way from the first start to the end; ``crash`` opens the clinic again, types,
and ends by SIGABRT. The second is the clinic's file, the third the folder for what is saved on purpose. Standard output
holds what was looked at from within, as JSON; standard error is the program's own.
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from ptnotes import app, cli
from ptnotes.ui.backup.backup_card import BackupCard
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.first_start.first_start import system_zone
from ptnotes.ui.shell import Shell
from tests.clinics import PASSPHRASE
from tests.e2e.test_first_start_to_pdf import chart_visit, charting, create_clinic, saved
from tests.e2e.window import Driver

FAMILY_NAME = "Zyxquörnle"
GIVEN_NAME = "Ottoquill"
NOTE_WORDS = "flumdiddle wrobblings"
STREET = "Quabbernook Lane"


class Patience:
    """The part of pytest-qt's robot that the driver uses."""

    def waitUntil(self, true: Callable[[], bool], *, timeout: int) -> None:
        """Let the window go on until `true` says so."""
        latest = time.monotonic() + timeout / 1000
        while not true():
            if time.monotonic() > latest:
                raise TimeoutError("what was waited for never came")
            QTest.qWait(10)


class Walk:
    """Goes the way step by step; `seen` is what was looked at from within the process."""

    def __init__(self, shell: Shell, purpose: Path) -> None:
        self.window = Driver(shell, cast("QtBot", Patience()))
        self.shell = shell
        self.purpose = purpose
        self.seen: dict[str, Any] = {}

    def whole(self) -> None:
        """Make, chart, find, sign, print, back up, lock; then let the program fail, and close it."""
        window = self.window
        create_clinic(window)
        window.until(lambda: self.shell.workspace is not None)
        self.add_patient()
        self.chart_and_sign()
        self.save_report()
        self.back_up()
        self.find()
        self.lock()
        # Raised where nobody of this walk waits: PySide would hand the fault to them.
        QTimer.singleShot(0, self.shell, _stumble)
        QTimer.singleShot(200, self.shell, lambda: _go(self.end))

    def crash(self) -> None:
        """Open the chart, leave something half typed, and fall over."""
        window = self.window
        self.unlock()
        self.find()
        window.press("Ctrl+2")
        window.until(lambda: bool(window.shown(QPlainTextEdit, "Plan")) or window.says("New visit"))
        window.press("Ctrl+N")
        window.until(lambda: len(window.shown(QPlainTextEdit, "Plan")) == 1)
        window.type_into("Plan", f"{NOTE_WORDS} of {FAMILY_NAME}")
        window.until(lambda: saved(window))
        window.type_into("Plan", f"half typed: {NOTE_WORDS} of {FAMILY_NAME}")
        os.abort()

    def add_patient(self) -> None:
        """Add the patient and open an episode."""
        window = self.window
        window.click("Add the first patient")
        for name, text in (
            ("Family name", FAMILY_NAME),
            ("Given name", GIVEN_NAME),
            ("Birth date", "3/12/1979"),
            ("Address", STREET),
        ):
            window.type_into(name, text)
        window.press("Ctrl+Return")
        window.until(lambda: window.says("Open an episode of care"))
        today = datetime.now(UTC).astimezone(ZoneInfo(system_zone())).date()
        window.type_into("Title", f"Low back pain of {GIVEN_NAME}")
        window.type_into("Start of care", (today - timedelta(days=21)).isoformat())
        window.type_into("Region treated", "lumbar")
        window.press("Return")
        window.press("Ctrl+Return")
        window.until(lambda: window.says("episode since"))

    def chart_and_sign(self) -> None:
        """Chart a visit that needs nothing more, and sign it."""
        window = self.window
        window.press("Ctrl+2")
        window.until(lambda: window.says("No visits yet"))
        window.press("Ctrl+N")
        chart_visit(window, flexion=("42", "45"), pain=(8, 6))
        visit_fields = (("Time in", "0900"), ("Time out", "0945"))
        for name, text in visit_fields:
            window.type_into(name, text)
            window.press("Tab")
        window.type_into("Assessment", f"{NOTE_WORDS} of {FAMILY_NAME}")
        window.until(lambda: saved(window))
        window.press("Ctrl+Return")
        window.until(lambda: bool(window.shown(QLineEdit, "Your passphrase")))
        window.type_into("Your passphrase", PASSPHRASE)
        window.press("Return")
        visit = charting(window)
        window.until(lambda: visit.visit is None or visit.visit.state.session.state.value == "signed")
        self.seen["signed"] = True

    def save_report(self) -> None:
        """Look at the report and save it, by the dialog that a person sees."""
        window = self.window
        window.press("Ctrl+4")
        documents = window.screen(DocumentsScreen)
        window.until(lambda: documents.made is not None)
        target = self.purpose / "saved on purpose.pdf"
        timer = QTimer(self.shell)
        timer.timeout.connect(lambda: self._answer_dialog(target, timer))
        timer.start(50)
        window.press("Ctrl+S")
        window.until(target.exists)

    def _answer_dialog(self, target: Path, timer: QTimer) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog):
            timer.stop()
            self.seen["offered"] = dialog.selectedFiles()
            dialog.findChildren(QLineEdit)[0].setText(str(target))
            dialog.accept()

    def back_up(self) -> None:
        """Make a backup where the settings say."""
        folder = self.purpose.parent / "backups"
        folder.mkdir()
        self.shell.actions_by_id["settings"].trigger()
        self.window.until(lambda: self.window.says("Encrypted."))
        self.window.screen(BackupCard)._take_folder(str(folder))
        self.window.until(lambda: bool(list(folder.glob("*/manifest.json"))))

    def find(self) -> None:
        """Find the patient by name, and open the chart."""
        window = self.window
        window.press("Ctrl+K")
        window.type_into("Find a patient", FAMILY_NAME[:6])
        window.press("Return")
        window.until(lambda: window.says(FAMILY_NAME) and window.says("episode since"))

    def lock(self) -> None:
        """Copy the name, lock, look at what is left, and unlock."""
        window = self.window
        window.press("Ctrl+E")
        window.until(lambda: len(window.shown(QLineEdit, "Family name")) == 1)
        field = window.find(QLineEdit, "Family name")
        field.setFocus()
        field.selectAll()
        field.copy()
        clipboard = QGuiApplication.clipboard()
        self.seen["clipboard before"] = clipboard.text()
        window.press("Ctrl+L")
        self.seen["clipboard while locked"] = clipboard.text()
        self.seen["title while locked"] = self.shell.windowTitle()
        window.until(lambda: self.shell.workspace is None)
        shown = [one for one in self.shell.findChildren(QWidget) if one.isVisible()]
        self.seen["words while locked"] = " ".join(
            str(one.property("text") or "") + one.accessibleName() for one in shown
        )
        self.unlock()

    def unlock(self) -> None:
        """Go through the door."""
        window = self.window
        window.until(lambda: bool(window.shown(QLineEdit, "Passphrase")))
        window.type_into("Passphrase", PASSPHRASE)
        window.press("Return")
        window.until(lambda: self.shell.workspace is not None)

    def end(self) -> None:
        """Let work behind the window fail while it holds the patient, and close the window."""
        workspace = self.shell.workspace
        assert workspace is not None
        told: list[str] = []
        workspace._tasks.read(
            _stumble, lambda _nothing: None, lambda error: told.append(type(error).__name__)
        )
        self.window.until(lambda: bool(told))
        self.seen["fault behind the window"] = told
        self.shell.close()


def _stumble() -> None:
    raise ValueError(f"no row for {FAMILY_NAME}, {GIVEN_NAME}: {NOTE_WORDS}")


def _go(way: Callable[[], None]) -> None:
    try:
        way()
    except BaseException:  # noqa: BLE001 - a walk that stops half way must not wait for ever
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(3)


def main() -> int:
    """Be the program, with somebody at its keys."""
    what, file, purpose = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    walks: list[Walk] = []
    listen = app._listen

    def begin(path: Path, window: Shell) -> None:
        listen(path, window)
        if walks:
            return  # the program listens after the first paint, and once more where there was none
        walk = Walk(window, purpose)
        walks.append(walk)
        QTimer.singleShot(0, window, lambda: _go(getattr(walk, what)))

    app._listen = begin
    # The platform without a screen never knows whose the clipboard is; X11, Wayland, Windows and macOS do.
    QClipboard.ownsClipboard = lambda _clipboard: True  # type: ignore[method-assign]
    sys.argv = ["ptnotes", "--file", file]
    code = cli.main()
    sys.stdout.write(json.dumps(walks[0].seen))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
