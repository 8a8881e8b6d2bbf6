"""The card that plans backups and makes them, on a real clinic."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ptnotes.domain.backup import BackupPlan
from ptnotes.services.backup import backup_state, plan_backups
from ptnotes.ui.backup.backup_card import BackupCard
from ptnotes.ui.tasks import Tasks
from tests.clinics import clinic_in
from tests.clock import FixedClock


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_a_planned_backup_is_made_at_once_and_told(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, stick: Path, clock: FixedClock
) -> None:
    clinic, tasks = clinic_in(tmp_path, clock), Tasks()
    card = BackupCard(clinic, tasks)
    qtbot.addWidget(card)
    assert "No backups are made yet" in card.state.text()
    card.take_plan(BackupPlan(stick, every_hours=4))
    qtbot.waitUntil(lambda: "The latest backup is of" in card.state.text(), timeout=20_000)
    assert len(list(stick.iterdir())) == 1
    assert card.interval.currentData() == 4
    tasks.close()
    clinic.close()


def test_a_failed_backup_is_told_to_everyone_until_one_succeeds(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, stick: Path, clock: FixedClock
) -> None:
    clinic, tasks = clinic_in(tmp_path, clock), Tasks()
    plan_backups(clinic, BackupPlan(stick))
    stick.rmdir()
    card = BackupCard(clinic, tasks)
    qtbot.addWidget(card)
    told: list[str] = []
    card.state_changed.connect(told.append)
    card.start()
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "is not there" in told[-1]
    stick.mkdir()
    card.back_up_if_due()
    qtbot.waitUntil(lambda: told[-1] == "", timeout=20_000)
    assert backup_state(clinic.path, clock=clock).record.made_at == clock()
    tasks.close()
    clinic.close()
