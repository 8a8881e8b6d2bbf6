"""Backing a clinic up, proving what was written, and taking it back.

What is planned and what came of it stands in ``NAME.ptnotes.backup.json`` beside the clinic's file: it is about this
machine's folders, holds nothing of a patient, and can be read while the clinic is locked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ptnotes.db import backup as stored
from ptnotes.db import keyfile
from ptnotes.db.faults import faults_named
from ptnotes.db.pair import finish_switch
from ptnotes.db.store import check_encrypted, look_at, raw_key
from ptnotes.domain.backup import (
    Backup,
    BackupPlan,
    BackupRecord,
    Contents,
    Standing,
    is_due,
    kept,
    standing,
)
from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.services.opening import OpenClinic, utc_now
from ptnotes.services.permit import require
from ptnotes.services.place import require_own_disk

MOST_HOURS = 24 * 31


@dataclass(frozen=True, slots=True)
class BackupState:
    """What is planned, what came of it, and how the latest backup stands."""

    plan: BackupPlan
    record: BackupRecord
    standing: Standing


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where the files that were there before are kept (None where there were none)."""

    contents: Contents
    kept: Path | None


def backup_clinic(clinic: OpenClinic, folder: Path) -> Backup:
    """Make a backup in `folder` while the clinic is in use, read it back and compare it.

    Raises `EnvironmentFault`: backup.no_folder, backup.full, backup.gone, backup.refused, backup.not_verified,
    keys.missing, keys.damaged.
    """
    keys_at = keyfile.key_path(clinic.path)
    unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
    return stored.write_backup(clinic.path, unlocked, folder.absolute(), clinic.clock())


def verify_clinic(path: Path, passphrase: str, user: str | None = None) -> Contents:
    """Read all of the clinic's file, or of a backup (its folder), and prove it.

    Nothing is changed; a restore or a removal that was cut off after it was decided is finished first.
    Raises what `open_clinic` raises, and `EnvironmentFault` ("backup.none", "backup.damaged").
    """
    database, is_backup = _database_of(path)
    keys_at = keyfile.key_path(database)
    with faults_named(database):
        if not is_backup:
            finish_switch(database)
        look_at(database, has_keys=keys_at.exists())
        unlocked = keyfile.unlock(keyfile.read_keys(keys_at), passphrase, user, keys_at)
        check_encrypted(database, unlocked.keys.file_id)
        contents = stored.examine(database, raw_key(unlocked.data_key, unlocked.keys.file_id))
        if is_backup and stored.read_backup(database.parent, unlocked).contents != contents:
            raise EnvironmentFault("backup.damaged", path=str(database.parent))
    if contents.audit_count < unlocked.keys.anchor.count:
        raise EnvironmentFault("file.cut_back", path=str(database))
    return contents


def restore_clinic(source: Path, path: Path, passphrase: str, user: str | None = None) -> Restored:
    """Put the backup `source` (its folder, or a clinic file) in the place of the clinic at `path`.

    New files are made and proven first, then switched; those that were there before are kept beside them. Only the
    passphrase of somebody who could open the clinic at that time is needed. Raises as `verify_clinic`, and disk.*.
    """
    path = path.absolute()
    require_own_disk(path)
    database, is_backup = _database_of(source)
    if database.absolute() == path:
        raise EnvironmentFault("restore.onto_itself", path=str(path))
    keys_at = keyfile.key_path(database)
    with faults_named(database):
        look_at(database, has_keys=keys_at.exists())
        unlocked = keyfile.unlock(keyfile.read_keys(keys_at), passphrase, user, keys_at)
        check_encrypted(database, unlocked.keys.file_id)
        if is_backup:
            stored.read_backup(database.parent, unlocked)
    with faults_named(path):
        finish_switch(path)
    contents, kept_at = stored.place_copy(database, unlocked, path)
    return Restored(contents, kept_at)


def backup_state(path: Path, *, clock: Callable[[], datetime] = utc_now) -> BackupState:
    """What is planned for the clinic at `path` and how its latest backup stands. An unreadable plan counts as none."""
    plan, record = _load(path)
    return BackupState(plan, record, standing(plan, record, clock()))


def plan_backups(clinic: OpenClinic, plan: BackupPlan) -> BackupState:
    """Store where and how often backups are made. Raises `AccessError`, `InputError`, `EnvironmentFault`."""
    require(clinic, Act.ADMINISTER)
    if not 1 <= plan.every_hours <= MOST_HOURS:
        values = {"value": str(plan.every_hours), "unit": " h", "lowest": "1", "highest": str(MOST_HOURS)}
        raise InputError(Fault("value.range", "backup.every_hours", values=values))
    if plan.folder is not None:
        if not plan.folder.is_dir():
            raise InputError(Fault("backup.no_folder", "backup.folder", values={"path": str(plan.folder)}))
        plan = replace(plan, folder=plan.folder.absolute())
    _, record = _load(clinic.path)
    _store(clinic.path, plan, record)
    return backup_state(clinic.path, clock=clinic.clock)


def back_up_if_due(clinic: OpenClinic, *, closing: bool = False) -> BackupState:
    """Make the planned backup if its time has come, or if the clinic is `closing` and something changed since the last.

    Older ones are then removed by the rule. A failure is written down and given in the state, not raised: it is shown
    until a backup succeeds.
    """
    plan, record = _load(clinic.path)
    now = clinic.clock()
    wanted = is_due(plan, record, now)
    if closing and plan.on_close and plan.folder is not None:
        wanted = wanted or record.saved != _saved(clinic.path)
    if plan.folder is None or not wanted:
        return BackupState(plan, record, standing(plan, record, now))
    saved = _saved(clinic.path)
    try:
        backup = backup_clinic(clinic, plan.folder)
    except EnvironmentFault as fault:
        record = replace(record, failed_at=now, fault=fault.code, fault_values=dict(fault.values))
    else:
        record = BackupRecord(made_at=backup.made_at, saved=saved)
        _remove_old(clinic.path, plan.folder)
    _store(clinic.path, plan, record)
    return BackupState(plan, record, standing(plan, record, now))


def _remove_old(path: Path, folder: Path) -> None:
    """Remove what the rule does not keep. What cannot be removed today is removed another day."""
    try:
        found = stored.backups_in(folder, keyfile.read_keys(keyfile.key_path(path)).file_id)
        keep = kept(backup.made_at for backup in found)
        for backup in found:
            if backup.made_at not in keep:
                stored.remove_backup(backup)
    except (OSError, EnvironmentFault):
        return


def _database_of(source: Path) -> tuple[Path, bool]:
    """The database that is meant by a backup's folder or by a file, and whether it is a backup's."""
    if source.is_dir():
        return stored.read_backup(source).database, True
    return source, False


def _saved(path: Path) -> str:
    """What stands for the state of the files: it differs after each change, and at worst once without one."""
    states = []
    for name in (str(path), f"{path}-wal", str(keyfile.key_path(path))):
        try:
            found = Path(name).stat()
        except FileNotFoundError:
            continue
        if found.st_size:
            states.append(f"{found.st_size}.{found.st_mtime_ns}")
    return " ".join(states)


def _plan_path(path: Path) -> Path:
    return path.with_name(path.name + ".backup.json")


def _load(path: Path) -> tuple[BackupPlan, BackupRecord]:
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
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return BackupPlan(), BackupRecord()


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
        part.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
        part.replace(target)
