"""Backups while the real window is open, is closed, and is locked."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ptnotes.db import snapshot
from ptnotes.domain.backup import BackupPlan
from ptnotes.services.backup import back_up_if_due, backup_state, plan_backups
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.services.patients import add_patient
from ptnotes.services.restore import verify_clinic
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock
from tests.e2e.window import Driver

pytestmark = pytest.mark.timeout(240)
CLOSE = """
import sys
from pathlib import Path
from ptnotes.services.opening import open_clinic
from ptnotes.ui.shell import _back_up_and_close
_back_up_and_close(open_clinic(Path(sys.argv[1]), sys.stdin.read()))
"""


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def clinic(clinic_path: Path, stick: Path, clock: FixedClock) -> OpenClinic:
    """A clinic with a plan, and one backup that holds all that is in it."""
    clinic_path.parent.mkdir(parents=True)
    made = clinic_in(clinic_path.parent, clock)
    plan_backups(made, BackupPlan(stick))
    back_up_if_due(made)
    clock.advance(minutes=1)
    return made


def enter(window: Driver, clinic: OpenClinic) -> None:
    window.shell.enter(clinic)
    window.until(lambda: window.shell.workspace is not None)
    assert window.shell.workspace is not None
    backups = window.shell.workspace.pages.backups
    window.until(lambda: backups.state is not None)


def made_at(clinic: OpenClinic) -> Any:
    return backup_state(clinic.path, clock=clinic.clock).record.made_at


def test_closing_backs_up_what_changed_behind_the_hidden_window(
    window: Driver, clinic: OpenClinic, clock: FixedClock, qtbot: QtBot
) -> None:
    enter(window, clinic)
    add_patient(clinic, PATIENT)
    before = made_at(clinic)
    assert before != clock()
    with qtbot.waitSignal(window.shell.closed):
        window.shell.close()
    assert window.shell.isHidden()
    window.until(lambda: made_at(clinic) == clock())
    window.until(lambda: not clinic.data_key)


def test_closing_what_was_only_looked_at_backs_nothing_up(
    window: Driver, clinic: OpenClinic, clock: FixedClock, qtbot: QtBot
) -> None:
    enter(window, clinic)
    with qtbot.waitSignal(window.shell.closed):
        window.shell.close()
    window.until(lambda: not clinic.data_key)
    assert made_at(clinic) != clock()


def test_a_backup_cut_off_on_closing_is_made_at_the_next_start(
    window: Driver, clinic: OpenClinic, stick: Path
) -> None:
    add_patient(clinic, PATIENT)
    clinic.close()
    killed = subprocess.run(
        [sys.executable, "-c", CLOSE, str(clinic.path)],
        env={**os.environ, "PTNOTES_DIE_AT": "backup.keys_written"},
        input=PASSPHRASE,
        text=True,
        check=False,
    )
    assert killed.returncode != 0
    assert [one.name for one in stick.iterdir() if one.name.endswith(".part")]
    again = open_clinic(clinic.path, PASSPHRASE, clock=clinic.clock)
    enter(window, again)
    window.until(lambda: made_at(again) == again.clock())
    (latest,) = stick.iterdir()
    assert verify_clinic(latest, PASSPHRASE).contents.patients == 1


def test_locking_gives_up_the_backup_that_is_being_made_and_unlocking_makes_what_is_due(
    window: Driver, clinic: OpenClinic, clock: FixedClock, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(window, clinic)
    assert window.shell.workspace is not None
    begun = threading.Event()
    pages = snapshot.copy_pages

    def waits(*arguments: Any) -> None:
        begun.set()
        assert clinic.ending.wait(60)
        pages(*arguments)

    monkeypatch.setattr(snapshot, "copy_pages", waits)
    clock.advance(days=2)
    window.shell.workspace.pages.backups.look()
    window.until(begun.is_set)
    window.shell.lock()
    window.until(lambda: not clinic.data_key)
    window.until(lambda: not list(stick.glob("*.part")))
    assert made_at(clinic) != clock()
    monkeypatch.undo()
    again = open_clinic(clinic.path, PASSPHRASE, clock=clock)
    enter(window, again)
    window.until(lambda: made_at(again) == clock())


def test_a_failed_backup_stands_beside_every_page(window: Driver, clinic: OpenClinic, stick: Path) -> None:
    for one in stick.iterdir():
        one.rename(stick.parent / one.name)
    stick.rmdir()
    add_patient(clinic, replace(PATIENT, mrn="later"))
    enter(window, clinic)
    workspace = window.shell.workspace
    assert workspace is not None
    window.until(workspace.sidebar.backup.isVisible)
    for turn in (workspace.pages.show_settings, workspace.pages.show_people, workspace.show_home):
        turn()
        told = [label for label in window.shell.findChildren(QLabel) if label is workspace.sidebar.backup]
        assert told[0].isVisible()
        assert "is not there" in told[0].text()
    stick.mkdir()
    workspace.pages.backups.look()
    window.until(lambda: not workspace.sidebar.backup.isVisible())
