"""Backing a clinic up by hand, by plan and on closing; and how the latest backup stands.

What is planned and what came of it stands in ``NAME.ptnotes.backup.json`` beside the clinic's file: it is about this
machine's folders, holds nothing of a patient, and can be read while the clinic is locked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ptnotes.db import backup as stored
from ptnotes.db import keyfile
from ptnotes.db.faults import faults_named
from ptnotes.db.snapshot import mark_of
from ptnotes.db.store import raw_key
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.backup import Backup, BackupPlan, BackupRecord, Standing, is_due, kept, standing
from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.services.audit import note_read
from ptnotes.services.opening import OpenClinic, utc_now
from ptnotes.services.owner import is_wanted, owned
from ptnotes.services.permit import require

MOST_HOURS = 24 * 31


@dataclass(frozen=True, slots=True)
class BackupState:
    """What is planned, what came of it, and how the latest backup stands; and whether one disk holds both."""

    plan: BackupPlan
    record: BackupRecord
    standing: Standing
    is_same_disk: bool = False


def backup_clinic(clinic: OpenClinic, folder: Path) -> Backup:
    """Make a backup in `folder` while the clinic is in use, read it back and compare it; it is written in the audit.

    It ends early once `clinic.ending` is set, or somebody waits to own the clinic. Raises `EnvironmentFault`:
    backup.under_way (another process makes one of this clinic), backup.no_folder, backup.not_a_folder, backup.full,
    backup.gone, backup.refused, backup.not_verified, backup.source_damaged, backup.stopped, keys.missing, keys.damaged.
    """
    folder = folder.absolute()
    stored.require_folder(folder)
    with _alone(clinic):
        if clinic.ending.is_set():
            raise EnvironmentFault("backup.stopped")
        return _backed_up(clinic, folder)


def backup_state(path: Path, *, clock: Callable[[], datetime] = utc_now) -> BackupState:
    """What is planned for the clinic at `path` and how its latest backup stands. An unreadable plan is a failure."""
    plan, record = _load(path, clock())
    return BackupState(plan, record, standing(plan, record, clock()), _is_same_disk(path, plan.folder))


def plan_backups(clinic: OpenClinic, plan: BackupPlan) -> BackupState:
    """Store where and how often backups are made. Raises `AccessError`, `InputError`, `EnvironmentFault`."""
    require(clinic, Act.ADMINISTER)
    if not 1 <= plan.every_hours <= MOST_HOURS:
        values = {"value": str(plan.every_hours), "unit": " h", "lowest": "1", "highest": str(MOST_HOURS)}
        raise InputError(Fault("value.range", "backup.every_hours", values=values))
    if plan.folder is not None:
        try:
            stored.require_folder(plan.folder)
        except EnvironmentFault as fault:
            raise InputError(Fault(fault.code, "backup.folder", values=fault.values)) from None
        plan = replace(plan, folder=plan.folder.absolute())
    before, record = _load(clinic.path, clinic.clock())
    if plan.folder != before.folder:
        # What went wrong with another folder is of no interest any more; and there is no backup in this one yet.
        record = BackupRecord()
    _store(clinic.path, plan, record)
    return backup_state(clinic.path, clock=clinic.clock)


def back_up_now(clinic: OpenClinic) -> BackupState:
    """Make the planned backup whether it is due or not. Gives the state as `back_up_if_due` does."""
    return _back_up(clinic, lambda _plan, _record: True)


def back_up_if_due(clinic: OpenClinic, *, closing: bool = False) -> BackupState:
    """Make the planned backup if its time has come; on `closing`, also if something changed since the latest.

    What was only opened, looked at and backed up has not changed. What a closing left undone, the next start makes up
    for in the same way. Older backups are then removed by the rule. A failure is written down and given in the state,
    not raised: it is shown until a backup succeeds. One that is ended because the clinic is closed, or that another
    process makes at the moment, is no failure.
    """

    def is_called_for(plan: BackupPlan, record: BackupRecord) -> bool:
        if is_due(plan, record, clinic.clock()):
            return True
        return closing and plan.on_close and record.saved != _mark(clinic)

    return _back_up(clinic, is_called_for)


def _back_up(clinic: OpenClinic, is_called_for: Callable[[BackupPlan, BackupRecord], bool]) -> BackupState:
    try:
        with _alone(clinic):
            plan, record = _load(clinic.path, clinic.clock())
            if plan.folder is not None and not clinic.ending.is_set() and is_called_for(plan, record):
                record = _planned(clinic, plan, plan.folder, record)
    except EnvironmentFault as fault:
        if fault.code not in {"backup.under_way", "backup.stopped"}:
            raise
    return backup_state(clinic.path, clock=clinic.clock)


def _planned(clinic: OpenClinic, plan: BackupPlan, folder: Path, record: BackupRecord) -> BackupRecord:
    try:
        stored.require_folder(folder)
        backup = _backed_up(clinic, folder)
    except EnvironmentFault as fault:
        if fault.code == "backup.stopped":
            raise
        record = replace(record, failed_at=clinic.clock(), fault=fault.code, fault_values=dict(fault.values))
    else:
        record = BackupRecord(made_at=backup.made_at, saved=backup.contents.mark)
        _remove_old(clinic, folder, backup)
    # Whoever planned something else meanwhile is not overruled.
    latest, _ = _load(clinic.path, clinic.clock())
    if latest.folder == plan.folder:
        _store(clinic.path, latest, record)
    return record


def _backed_up(clinic: OpenClinic, folder: Path) -> Backup:
    keys_at = keyfile.key_path(clinic.path)
    unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)

    def stopped() -> bool:
        return clinic.ending.is_set() or is_wanted(clinic.path)

    made = stored.write_backup(clinic.path, unlocked, folder, clinic.clock(), stopped)
    note_read(clinic, Verb.BACKED_UP, Subject.CLINIC, detail=f"in {folder}")
    return made


@contextmanager
def _alone(clinic: OpenClinic) -> Iterator[None]:
    """Make no second backup of the clinic at the same time: within this process wait, beside another say so."""
    with clinic.backing_up:
        try:
            with owned(clinic.path.with_name(clinic.path.name + ".backup")):
                yield
        except EnvironmentFault as fault:
            if fault.code != "file.open_elsewhere":
                raise
            raise EnvironmentFault("backup.under_way", path=str(clinic.path)) from None


def _mark(clinic: OpenClinic) -> str:
    with clinic.store.read():
        # Within a reading block, so that nobody gives the file another key meanwhile.
        keys = keyfile.authentic_keys(keyfile.key_path(clinic.path), clinic.person.uuid, clinic.data_key).keys
        return mark_of(clinic.path, raw_key(clinic.data_key, keys.file_id))


def _remove_old(clinic: OpenClinic, folder: Path, latest: Backup) -> None:
    """Remove what the rule does not keep. What cannot be removed today is removed another day."""
    try:
        zone = ZoneInfo(clinic.zone)
        found = [one for one in stored.backups_in(folder) if one.contents.clinic == latest.contents.clinic]
        keep = kept(backup.made_at.astimezone(zone) for backup in found)
        for backup in found:
            if backup.made_at not in keep and backup.folder != latest.folder:
                stored.remove_backup(backup)
    except OSError:
        return


def _is_same_disk(path: Path, folder: Path | None) -> bool:
    try:
        return folder is not None and folder.stat().st_dev == path.stat().st_dev
    except OSError:
        return False


def _plan_path(path: Path) -> Path:
    return path.with_name(path.name + ".backup.json")


def _load(path: Path, now: datetime) -> tuple[BackupPlan, BackupRecord]:
    try:
        document = json.loads(_plan_path(path).read_bytes())
        folder = document["folder"]
        plan = BackupPlan(
            Path(folder) if folder else None, int(document["every_hours"]), bool(document["on_close"])
        )
        record = BackupRecord(
            made_at=_instant(document["made_at"]),
            saved=str(document["saved"]),
            failed_at=_instant(document["failed_at"]),
            fault=str(document["fault"]),
            fault_values={str(name): str(value) for name, value in document["fault_values"].items()},
        )
        return plan, record
    except FileNotFoundError:
        return BackupPlan(), BackupRecord()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        lost = {"path": str(_plan_path(path))}
        return BackupPlan(), BackupRecord(failed_at=now, fault="backup.plan_unreadable", fault_values=lost)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instant


def _store(path: Path, plan: BackupPlan, record: BackupRecord) -> None:
    document = {
        "folder": "" if plan.folder is None else str(plan.folder),
        "every_hours": plan.every_hours,
        "on_close": plan.on_close,
        "made_at": None if record.made_at is None else record.made_at.isoformat(),
        "saved": record.saved,
        "failed_at": None if record.failed_at is None else record.failed_at.isoformat(),
        "fault": record.fault,
        "fault_values": dict(record.fault_values),
    }
    target = _plan_path(path)
    part = target.with_name(target.name + ".part")
    with faults_named(target):
        with part.open("w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=1, ensure_ascii=False))
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        keyfile.sync_folder(target.parent)
