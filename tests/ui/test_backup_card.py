"""The schedule that makes backups while the clinic is open, and the card that plans them, on a real clinic."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ptnotes.db import snapshot
from ptnotes.domain.backup import BackupPlan, BackupRecord, Contents, Standing
from ptnotes.domain.people import Role
from ptnotes.services.backup import BackupState, back_up_if_due, backup_state, plan_backups
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.backup.backup_card import BackupCard
from ptnotes.ui.backup.schedule import BackupSchedule
from ptnotes.ui.tasks import Tasks
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock

PATIENCE_MS = 20_000


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> OpenClinic:
    return clinic_in(tmp_path, clock)


@pytest.fixture
def tasks(qapp: QApplication, clinic: OpenClinic) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    clinic.ending.set()
    made.close()
    clinic.close()


@pytest.fixture
def schedule(clinic: OpenClinic, tasks: Tasks) -> Iterator[BackupSchedule]:
    made = BackupSchedule(clinic, tasks)
    yield made
    made.deleteLater()


def told_by(schedule: BackupSchedule) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    schedule.problem_changed.connect(lambda words, kind: told.append((words, kind)))
    return told


def test_a_planned_backup_is_made_at_once_and_told(
    qtbot: QtBot, clinic: OpenClinic, schedule: BackupSchedule, stick: Path
) -> None:
    card = BackupCard(clinic, schedule)
    qtbot.addWidget(card)
    schedule.start(after_lock=False)
    qtbot.waitUntil(lambda: "No backups are made yet" in card.state.text(), timeout=PATIENCE_MS)
    assert card.now.isHidden()
    schedule.change_plan(folder=stick, every_hours=4)
    qtbot.waitUntil(lambda: "The latest is of" in card.state.text(), timeout=PATIENCE_MS)
    assert len(list(stick.iterdir())) == 1
    assert card.interval.currentData() == 4
    assert str(stick) in card.folder.text().replace("\u200b", "")
    # The test's folders are on one disk, which helps nobody whose disk fails.
    assert not card.same_disk.isHidden()


def test_a_backup_is_made_by_hand_though_none_is_due(
    qtbot: QtBot, clinic: OpenClinic, schedule: BackupSchedule, stick: Path, clock: FixedClock
) -> None:
    plan_backups(clinic, BackupPlan(stick))
    card = BackupCard(clinic, schedule)
    qtbot.addWidget(card)
    schedule.start(after_lock=False)
    qtbot.waitUntil(lambda: "The latest is of" in card.state.text(), timeout=PATIENCE_MS)
    clock.advance(minutes=5)
    card.now.click()
    assert not card.now.isEnabled()
    qtbot.waitUntil(card.now.isEnabled, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: backup_state(clinic.path).record.made_at == clock(), timeout=PATIENCE_MS)


def test_a_failed_backup_is_told_to_everyone_until_one_succeeds(
    qtbot: QtBot, clinic: OpenClinic, schedule: BackupSchedule, stick: Path, clock: FixedClock
) -> None:
    plan_backups(clinic, BackupPlan(stick))
    stick.rmdir()
    told = told_by(schedule)
    schedule.start(after_lock=False)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    words, kind = told[-1]
    assert "is not there" in words
    assert kind == "fault"
    stick.mkdir()
    schedule.look()
    qtbot.waitUntil(lambda: told[-1] == ("", ""), timeout=PATIENCE_MS)
    assert backup_state(clinic.path, clock=clock).record.made_at == clock()


def test_an_overdue_backup_is_told_though_the_latest_was_good(
    qtbot: QtBot,
    clinic: OpenClinic,
    schedule: BackupSchedule,
    stick: Path,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan_backups(clinic, BackupPlan(stick))
    back_up_if_due(clinic)
    clock.advance(days=3)
    told = told_by(schedule)
    # Another process makes one at the moment, so that this one makes none.
    with clinic.backing_up:
        schedule._take(backup_state(clinic.path, clock=clock))
    assert told[-1][1] == "fault"
    assert "overdue" in told[-1][0]


def test_a_clinic_without_any_plan_is_told_so(
    qtbot: QtBot, schedule: BackupSchedule, clinic: OpenClinic
) -> None:
    told = told_by(schedule)
    schedule.start(after_lock=False)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    assert told[-1] == ("No backups are made yet: see Clinic settings.", "warning")


def test_what_the_last_closing_left_undone_is_made_up_for_at_a_start_and_not_after_a_lock(
    qtbot: QtBot, clinic: OpenClinic, schedule: BackupSchedule, stick: Path, clock: FixedClock
) -> None:
    plan_backups(clinic, BackupPlan(stick))
    back_up_if_due(clinic)
    add_patient(clinic, replace(PATIENT, mrn="after"))
    clock.advance(minutes=1)
    seen: list[BackupState] = []
    schedule.state_changed.connect(seen.append)
    schedule.start(after_lock=True)
    qtbot.waitUntil(lambda: len(seen) == 1, timeout=PATIENCE_MS)
    assert seen[-1].record.made_at != clock()
    schedule.start(after_lock=False)
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=PATIENCE_MS)
    assert seen[-1].record.made_at == clock()
    assert seen[-1].standing is Standing.GOOD


def test_saving_does_not_wait_for_a_backup(
    qtbot: QtBot,
    clinic: OpenClinic,
    tasks: Tasks,
    schedule: BackupSchedule,
    stick: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    counted = snapshot.contents_of

    def slow(connection: object) -> Contents:
        begun.set()
        assert go_on.wait(60)
        return counted(connection)

    plan_backups(clinic, BackupPlan(stick))
    monkeypatch.setattr(snapshot, "contents_of", slow)
    schedule.start(after_lock=True)
    try:
        qtbot.waitUntil(begun.is_set, timeout=PATIENCE_MS)
        saved: list[object] = []
        tasks.write(lambda: add_patient(clinic, PATIENT), saved.append)
        qtbot.waitUntil(lambda: bool(saved))
        # A second look meanwhile takes no thread from whoever reads charts.
        schedule.look()
        read: list[int] = []
        tasks.read(lambda: 1, read.append)
        qtbot.waitUntil(lambda: bool(read))
        assert list(stick.glob("*.part"))
    finally:
        go_on.set()
    qtbot.waitUntil(lambda: backup_state(clinic.path).record.made_at is not None, timeout=PATIENCE_MS)


def test_closing_the_clinic_gives_up_the_backup_that_is_being_made(
    qtbot: QtBot,
    clinic: OpenClinic,
    tasks: Tasks,
    schedule: BackupSchedule,
    stick: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = threading.Event()
    pages = snapshot.copy_pages

    def waits(*arguments: object) -> None:
        begun.set()
        assert clinic.ending.wait(60)
        pages(*arguments)  # type: ignore[arg-type]  # what it was called with

    plan_backups(clinic, BackupPlan(stick))
    monkeypatch.setattr(snapshot, "copy_pages", waits)
    schedule.start(after_lock=True)
    qtbot.waitUntil(begun.is_set, timeout=PATIENCE_MS)
    clinic.close()
    assert list(stick.iterdir()) == []
    record = backup_state(clinic.path).record
    assert (record.made_at, record.failed_at) == (None, None)


def test_only_who_looks_after_the_clinic_plans_backups_and_everyone_makes_one(
    qtbot: QtBot, clinic: OpenClinic, schedule: BackupSchedule, stick: Path
) -> None:
    plan_backups(clinic, BackupPlan(stick))
    clinic.person = replace(clinic.person, role=Role.THERAPIST, granted=frozenset())
    card = BackupCard(clinic, schedule)
    qtbot.addWidget(card)
    card.show_state(backup_state(clinic.path))
    assert not card.choose.isEnabled()
    assert not card.interval.isEnabled()
    assert card.now.isEnabled()


def test_a_long_path_widens_nothing(qtbot: QtBot, clinic: OpenClinic, schedule: BackupSchedule) -> None:
    share = Path(
        "/run/user/1000/gvfs/smb-share:server=storage.clinic.example,share=backups/physical_therapy/daily"
    )
    card = BackupCard(clinic, schedule)
    qtbot.addWidget(card)
    fault = BackupRecord(
        failed_at=clinic.clock(), fault="backup.no_folder", fault_values={"path": str(share)}
    )
    card.show_state(BackupState(BackupPlan(share), fault, Standing.FAILED))
    assert card.state.minimumSizeHint().width() < 200
    assert card.folder.minimumSizeHint().width() < 200
