"""Backups by a plan: what is due, what is kept, what fails, and what is told of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ptnotes.db.kdf import Kdf
from ptnotes.domain.backup import BackupPlan, BackupRecord, Standing, is_due, kept, standing
from ptnotes.domain.errors import AccessError, InputError
from ptnotes.domain.people import Person, Role
from ptnotes.services.backup import (
    back_up_if_due,
    backup_state,
    plan_backups,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.services.people import add_person
from tests.clinics import PATIENT
from tests.clock import FixedClock
from tests.unit.services.backups import NOW, clinic, stick

__all__ = ["clinic", "stick"]


def test_the_rule_keeps_days_weeks_and_months() -> None:
    hourly = [NOW - timedelta(hours=hours) for hours in range(24 * 900)]
    keep = kept(hourly)
    days = {moment.date() for moment in keep}
    assert max(keep) == NOW
    assert {(NOW - timedelta(days=days_ago)).date() for days_ago in range(14)} <= days
    assert len({f"{moment:%G-%V}" for moment in keep if moment > NOW - timedelta(weeks=8)}) == 8
    assert len({f"{moment:%Y-%m}" for moment in keep}) == 24
    assert len(keep) <= 14 + 8 + 24
    assert kept([]) == frozenset()


def test_a_clinic_that_was_closed_for_a_month_loses_no_backup_by_it() -> None:
    old = [NOW - timedelta(days=40 + days) for days in range(14)]
    assert kept([*old, NOW]) >= {NOW, *old[:13]}


def test_a_backup_is_due_by_the_clock_and_judged() -> None:
    plan, none = BackupPlan(Path("/stick"), every_hours=4), BackupRecord()
    assert is_due(plan, none, NOW)
    assert not is_due(BackupPlan(), none, NOW)
    made = BackupRecord(made_at=NOW)
    assert not is_due(plan, made, NOW + timedelta(hours=3, minutes=59))
    assert is_due(plan, made, NOW + timedelta(hours=4))
    assert is_due(plan, replace(made, failed_at=NOW), NOW)  # tried again until one succeeds
    assert is_due(plan, made, NOW - timedelta(minutes=1))  # the clock was set back
    assert standing(BackupPlan(), made, NOW) is Standing.NONE
    assert standing(plan, none, NOW) is Standing.OVERDUE
    assert standing(plan, made, NOW + timedelta(hours=28)) is Standing.GOOD
    assert standing(plan, made, NOW + timedelta(hours=28, minutes=1)) is Standing.OVERDUE
    assert standing(plan, replace(made, failed_at=NOW), NOW) is Standing.FAILED


def test_planned_backups_are_made_when_due_and_old_ones_removed(
    clinic: OpenClinic, stick: Path, clock: FixedClock
) -> None:
    (stick / "holiday pictures").mkdir()
    plan_backups(clinic, BackupPlan(stick, every_hours=12))
    for _ in range(40):
        state = back_up_if_due(clinic)
        assert state.standing is Standing.GOOD
        made_at = state.record.made_at
        clock.advance(hours=6)
        assert back_up_if_due(clinic).record.made_at == made_at
        clock.advance(hours=6)
    clinic.close()
    folders = sorted(one.name for one in stick.iterdir())
    assert "holiday pictures" in folders
    assert 14 <= len(folders) - 1 < 20


def test_closing_backs_up_only_what_changed(clinic: OpenClinic, stick: Path, clock: FixedClock) -> None:
    plan_backups(clinic, BackupPlan(stick))
    first = back_up_if_due(clinic).record.made_at
    clock.advance(hours=1)
    assert back_up_if_due(clinic, closing=True).record.made_at == first
    add_patient(clinic, replace(PATIENT, mrn="later"))
    assert back_up_if_due(clinic).record.made_at == first
    assert back_up_if_due(clinic, closing=True).record.made_at == clock()
    clinic.close()


def test_a_failed_backup_stays_told_until_one_succeeds(
    clinic: OpenClinic, stick: Path, clock: FixedClock
) -> None:
    plan_backups(clinic, BackupPlan(stick))
    stick.rmdir()
    state = back_up_if_due(clinic)
    assert (state.standing, state.record.fault) == (Standing.FAILED, "backup.no_folder")
    assert backup_state(clinic.path, clock=clock) == state
    stick.mkdir()
    assert back_up_if_due(clinic).standing is Standing.GOOD
    clinic.close()


def test_a_plan_that_cannot_work_is_refused(clinic: OpenClinic, stick: Path, tmp_path: Path) -> None:
    for plan in (BackupPlan(tmp_path / "none"), BackupPlan(stick, every_hours=0), BackupPlan(stick, 9999)):
        with pytest.raises(InputError):
            plan_backups(clinic, plan)
    desk = add_person(
        clinic, Person(name="Desk (made up)", role=Role.FRONT_DESK), "eleven brown foxes nap", kdf=Kdf()
    )
    clinic.person = desk
    with pytest.raises(AccessError):
        plan_backups(clinic, BackupPlan(stick))
    clinic.close()
