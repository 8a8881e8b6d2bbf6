"""Backups and their way back, on real encrypted files."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ptnotes.db import backup as stored
from ptnotes.db import snapshot
from ptnotes.db.audit import digest_at
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path
from ptnotes.db.pair import new_pair_path
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.backup import BackupPlan, BackupRecord, Standing
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.people import Person, Role
from ptnotes.services.audit import note_read
from ptnotes.services.backup import (
    back_up_if_due,
    back_up_now,
    backup_clinic,
    plan_backups,
)
from ptnotes.services.history import clinic_history
from ptnotes.services.opening import OpenClinic, change_passphrase, create_clinic, open_clinic
from ptnotes.services.owner import owned
from ptnotes.services.patients import add_patient
from ptnotes.services.people import add_person, remove_person
from ptnotes.services.restore import restore_clinic, verify_clinic
from ptnotes.services.visits import save_draft, start_session
from tests.clinics import CLINIC, PASSPHRASE, PATIENT, PERSON
from tests.clock import FixedClock
from tests.signing import clinic_with_episode
from tests.unit.services.backups import BACK_UP, clinic, code_of, names_in, stick

__all__ = ["clinic", "stick"]


def test_a_backup_made_in_use_holds_all_that_was_saved_and_opens_elsewhere(
    clinic: OpenClinic, stick: Path, tmp_path: Path
) -> None:
    made = backup_clinic(clinic, stick)
    add_patient(clinic, replace(PATIENT, mrn="after"))
    clinic.close()
    assert made.contents.patients == 1
    moved = shutil.copytree(made.folder, tmp_path / "another machine")
    assert names_in(moved / made.database.name) == ["000123"]
    assert sorted(file.name for file in made.folder.iterdir()) == [
        "clinic.ptnotes",
        "clinic.ptnotes.keys",
        "manifest.json",
    ]


def test_a_backup_is_as_encrypted_as_the_file(clinic: OpenClinic, stick: Path) -> None:
    made = backup_clinic(clinic, stick)
    clinic.close()
    for file in made.folder.iterdir():
        content = file.read_bytes()
        assert b"Moreau" not in content, file.name
        assert b"CREATE TABLE" not in content, file.name
    assert made.database.read_bytes()[:15] != b"SQLite format 3"


def test_a_backup_is_one_moment_while_others_write(clinic: OpenClinic, stick: Path) -> None:
    stop = threading.Event()

    def write_on() -> None:
        number = 0
        while not stop.is_set():
            add_patient(clinic, replace(PATIENT, mrn=f"n{number:05}"))
            number += 1

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        made = [backup_clinic(clinic, stick) for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    clinic.close()
    counts = [verify_clinic(one.folder, PASSPHRASE).contents.patients for one in made]
    assert counts == [one.contents.patients for one in made]
    assert counts == sorted(counts)


def test_a_backup_that_was_changed_is_found(clinic: OpenClinic, stick: Path) -> None:
    made = backup_clinic(clinic, stick)
    clinic.close()
    whole = made.database.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    manifest = made.folder / "manifest.json"
    told = json.loads(manifest.read_text())

    made.database.write_bytes(flipped)
    assert code_of(lambda: verify_clinic(made.folder, PASSPHRASE)) == "backup.damaged"
    assert code_of(lambda: verify_clinic(made.database, PASSPHRASE)) == "file.damaged"
    assert code_of(lambda: restore_clinic(made.database, clinic.path, PASSPHRASE)) == "file.damaged"
    assert code_of(lambda: restore_clinic(made.folder, clinic.path, PASSPHRASE)) == "backup.damaged"
    made.database.write_bytes(whole[:-4096])
    assert code_of(lambda: restore_clinic(made.folder, clinic.path, PASSPHRASE)) == "backup.damaged"
    made.database.write_bytes(whole)
    manifest.write_text(json.dumps({**told, "rows": {**told["rows"], "patient": 2}}))
    assert code_of(lambda: verify_clinic(made.folder, PASSPHRASE)) == "backup.damaged"
    manifest.write_text(json.dumps(told))
    assert verify_clinic(made.folder, PASSPHRASE).contents.patients == 1
    manifest.write_text("{}")
    assert code_of(lambda: verify_clinic(made.folder, PASSPHRASE)) == "backup.damaged"
    manifest.unlink()
    assert code_of(lambda: verify_clinic(made.folder, PASSPHRASE)) == "backup.none"
    assert names_in(clinic.path) == ["000123"]


def test_verifying_the_clinic_itself_changes_nothing(clinic: OpenClinic) -> None:
    path = clinic.path
    assert verify_clinic(path, PASSPHRASE).contents.patients == 1
    clinic.close()
    before = path.read_bytes()
    assert verify_clinic(path, PASSPHRASE).contents.patients == 1
    assert path.read_bytes() == before
    assert code_of(lambda: verify_clinic(path, "wrong words entirely")) == "access.denied"
    flipped = bytearray(before)
    flipped[-1] ^= 1
    path.write_bytes(flipped)
    assert code_of(lambda: verify_clinic(path, PASSPHRASE)) == "file.damaged"


def test_restoring_brings_back_what_was_and_keeps_what_is(clinic: OpenClinic, stick: Path) -> None:
    path = clinic.path
    made = backup_clinic(clinic, stick)
    add_patient(clinic, replace(PATIENT, mrn="later"))
    clinic.close()
    restored = restore_clinic(made.folder, path, PASSPHRASE)
    assert names_in(path) == ["000123"]
    assert restored.contents == made.contents
    assert restored.kept is not None
    assert names_in(restored.kept) == ["000123", "later"]
    assert not list(path.parent.glob("*.next*"))
    reopened = open_clinic(path, PASSPHRASE)
    add_patient(reopened, replace(PATIENT, mrn="new"))
    reopened.close()
    assert names_in(path) == ["000123", "new"]


def test_restoring_works_where_there_is_no_clinic_yet(
    clinic: OpenClinic, stick: Path, tmp_path: Path
) -> None:
    made = backup_clinic(clinic, stick)
    clinic.close()
    elsewhere = tmp_path / "new machine" / "other name.ptnotes"
    assert restore_clinic(made.folder, elsewhere, PASSPHRASE).kept is None
    assert names_in(elsewhere) == ["000123"]


def test_restoring_over_a_damaged_file_keeps_it_with_its_log(clinic: OpenClinic, stick: Path) -> None:
    path = clinic.path
    made = backup_clinic(clinic, stick)
    clinic.close()
    path.write_bytes(b"not a database any more")
    Path(f"{path}-wal").write_bytes(b"the log of a crash")
    restored = restore_clinic(made.folder, path, PASSPHRASE)
    assert names_in(path) == ["000123"]
    assert restored.kept is not None
    assert restored.kept.read_bytes() == b"not a database any more"
    assert Path(f"{restored.kept}-wal").read_bytes() == b"the log of a crash"


def test_a_backup_opens_with_the_passphrase_of_its_day(clinic: OpenClinic, stick: Path) -> None:
    path = clinic.path
    made = backup_clinic(clinic, stick)
    change_passphrase(clinic, PASSPHRASE, "seven quiet otters swim", kdf=Kdf())
    clinic.close()
    assert code_of(lambda: restore_clinic(made.folder, path, "seven quiet otters swim")) == "access.denied"
    restore_clinic(made.folder, path, PASSPHRASE)
    assert names_in(path) == ["000123"]


def test_a_file_is_not_restored_onto_itself(clinic: OpenClinic) -> None:
    clinic.close()
    assert code_of(lambda: restore_clinic(clinic.path, clinic.path, PASSPHRASE)) == "restore.onto_itself"


def test_a_missing_folder_is_told(clinic: OpenClinic, tmp_path: Path) -> None:
    assert code_of(lambda: backup_clinic(clinic, tmp_path / "not plugged in")) == "backup.no_folder"
    clinic.close()


def test_a_share_that_vanishes_during_a_backup_leaves_the_clinic_as_it_was(
    clinic: OpenClinic, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = snapshot.contents_of

    def vanish(connection: object) -> object:
        found = copied(connection)
        shutil.rmtree(stick)
        return found

    monkeypatch.setattr(snapshot, "contents_of", vanish)
    assert code_of(lambda: backup_clinic(clinic, stick)) in {"backup.gone", "backup.refused"}
    monkeypatch.undo()
    add_patient(clinic, replace(PATIENT, mrn="later"))
    clinic.close()
    assert names_in(clinic.path) == ["000123", "later"]


def test_a_backup_that_reads_back_differently_is_removed(
    clinic: OpenClinic, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examined = snapshot.examine

    def other(path: Path, key: str, **how: Any) -> object:
        return replace(examined(path, key, **how), audit_count=9)

    monkeypatch.setattr(stored, "examine", other)
    assert code_of(lambda: backup_clinic(clinic, stick)) == "backup.not_verified"
    assert list(stick.iterdir()) == []
    clinic.close()


def test_what_a_cut_off_restore_left_behind_is_no_obstacle(clinic: OpenClinic, stick: Path) -> None:
    made = backup_clinic(clinic, stick)
    clinic.close()
    left = new_pair_path(clinic.path)
    for file in (left, key_path(left), Path(f"{left}-wal")):
        file.write_bytes(b"half")
    restore_clinic(made.folder, clinic.path, PASSPHRASE)
    assert names_in(clinic.path) == ["000123"]


@pytest.mark.skipif(os.name != "posix", reason="a limit on file sizes is POSIX's")
def test_a_full_disk_is_told_of_the_backup_and_leaves_nothing(
    clinic: OpenClinic, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    try:
        with pytest.raises(EnvironmentFault) as raised:
            backup_clinic(clinic, stick)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert raised.value.code in {"backup.full", "backup.gone"}
    assert list(stick.iterdir()) == []
    clinic.close()


def test_a_backup_is_written_in_the_audit_and_is_no_reason_for_another(
    clinic: OpenClinic, stick: Path, clock: FixedClock
) -> None:
    plan_backups(clinic, BackupPlan(stick))
    first = back_up_if_due(clinic).record
    assert clinic_history(clinic)[0].what == f"made a backup of the clinic’s file: in {stick}"
    clinic.close()
    clock.advance(hours=1)
    again = open_clinic(clinic.path, PASSPHRASE, clock=clock)
    note_read(again, Verb.SEARCHED, Subject.PATIENT, count=1)
    assert back_up_if_due(again, closing=True).record == first
    add_patient(again, replace(PATIENT, mrn="later"))
    assert back_up_if_due(again, closing=True).record.made_at == clock()
    again.close()


def test_every_save_of_a_draft_is_a_change(tmp_path: Path, stick: Path, clock: FixedClock) -> None:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    visit = start_session(clinic, episode.id or 0)
    plan_backups(clinic, BackupPlan(stick))
    for words in ("one", "two"):
        # The second is no event of its own in the audit.
        clock.advance(minutes=1)
        visit = save_draft(clinic, replace(visit, note=replace(visit.note, subjective=words)))
        assert back_up_if_due(clinic, closing=True).record.made_at == clock()
        assert back_up_if_due(clinic, closing=True).record.made_at == clock()
    clinic.close()


def test_a_backup_tells_nobody_of_a_patient(clinic: OpenClinic, stick: Path) -> None:
    add_patient(clinic, replace(PATIENT, mrn="Qzx77", family_name="Zyxwvuton", address="Xylophrenia"))
    made = backup_clinic(clinic, stick)
    clinic.close()
    told = (made.folder / "manifest.json").read_text()
    for word in ("Zyxwvuton", "Qzx77", "Xylophrenia", "Moreau", "Rivera", "1979"):
        assert word not in told
        assert all(
            word.encode() not in file.read_bytes()
            for file in made.folder.iterdir()
            if ".keys" not in file.name
        )
    names = {file.name for file in made.folder.iterdir()} | {made.folder.name}
    assert all("Zyxwvuton" not in name for name in names)


def test_the_head_of_the_audit_stands_in_the_manifest(clinic: OpenClinic, stick: Path) -> None:
    made = backup_clinic(clinic, stick)
    with clinic.store.read() as connection:
        digest = digest_at(connection, made.contents.audit_count)
    clinic.close()
    assert json.loads((made.folder / "manifest.json").read_text())["audit"]["head"] == (digest or b"").hex()


def test_what_was_cut_off_is_cleared_away_by_the_next_backup(clinic: OpenClinic, stick: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", BACK_UP, str(clinic.path), str(stick)],
        env={**os.environ, "PTNOTES_DIE_AT": "backup.before_verifying"},
        input=PASSPHRASE,
        text=True,
        check=False,
    )
    assert killed.returncode != 0
    (part,) = stick.iterdir()
    assert part.name.endswith(".part")
    (stick / "clinic another.part").mkdir()
    made = backup_clinic(clinic, stick)
    assert {one.name for one in stick.iterdir()} == {made.folder.name, "clinic another.part"}
    clinic.close()


def test_a_damaged_clinic_is_told_and_no_older_backup_gives_way(
    clinic: OpenClinic, stick: Path, clock: FixedClock
) -> None:
    for number in range(300):
        add_patient(clinic, replace(PATIENT, mrn=f"n{number}"))
    plan_backups(clinic, BackupPlan(stick))
    back_up_if_due(clinic)
    before = sorted(one.name for one in stick.iterdir())
    clinic.store.close()
    with clinic.path.open("r+b") as file:
        file.seek(-4096 * 3 + 100, os.SEEK_END)
        file.write(b"flipped")
    clock.advance(days=1)
    state = back_up_if_due(clinic)
    assert (state.standing, state.record.fault) == (Standing.FAILED, "backup.source_damaged")
    assert sorted(one.name for one in stick.iterdir()) == before
    clinic.close()


def test_one_backup_is_made_at_a_time(clinic: OpenClinic, stick: Path) -> None:
    plan_backups(clinic, BackupPlan(stick))
    with owned(clinic.path.with_name(clinic.path.name + ".backup")):
        assert code_of(lambda: backup_clinic(clinic, stick)) == "backup.under_way"
        assert back_up_if_due(clinic).record == BackupRecord()
    assert list(stick.iterdir()) == []
    assert back_up_now(clinic).standing is Standing.GOOD
    clinic.close()


def test_a_file_is_no_folder_for_backups(clinic: OpenClinic, stick: Path) -> None:
    file = stick / "notes.txt"
    file.touch()
    assert code_of(lambda: backup_clinic(clinic, file)) == "backup.not_a_folder"
    clinic.close()


def test_the_rule_counts_days_of_the_clinic_and_backups_of_it_alone(
    clinic: OpenClinic, stick: Path, tmp_path: Path, clock: FixedClock
) -> None:
    (tmp_path / "other").mkdir()
    other = create_clinic(
        tmp_path / "other" / "clinic.ptnotes", CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=Kdf()
    )
    theirs = backup_clinic(other, stick)
    other.close()
    clock.at = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
    leaving = add_person(
        clinic, Person(name="Desk (made up)", role=Role.FRONT_DESK), "eleven brown foxes nap", kdf=Kdf()
    )
    plan_backups(clinic, BackupPlan(stick, every_hours=1))
    back_up_if_due(clinic)
    # The file gets another key, and half past six in the evening is the next day in UTC.
    remove_person(clinic, leaving.id or 0)
    clock.at = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
    back_up_if_due(clinic)
    clinic.close()
    assert {one.name for one in stick.iterdir()} == {theirs.folder.name, "clinic 2026-03-03 00.30.00"}


def test_a_plan_that_cannot_be_read_is_told(clinic: OpenClinic, stick: Path) -> None:
    plan_backups(clinic, BackupPlan(stick))
    clinic.path.with_name("clinic.ptnotes.backup.json").write_text("{half")
    state = back_up_if_due(clinic)
    assert (state.standing, state.record.fault) == (Standing.FAILED, "backup.plan_unreadable")
    assert plan_backups(clinic, BackupPlan(stick)).record.fault == ""
    clinic.close()


def test_a_backup_that_differs_in_one_value_is_not_good(
    clinic: OpenClinic, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = snapshot.copy_pages

    def slip(source: Any, target: Any, *rest: Any) -> None:
        copied(source, target, *rest)
        target.execute("UPDATE patient SET family_name = 'Other'")

    monkeypatch.setattr(snapshot, "copy_pages", slip)
    assert code_of(lambda: backup_clinic(clinic, stick)) == "backup.not_verified"
    assert list(stick.iterdir()) == []
    clinic.close()


def test_removing_somebody_waits_for_the_backup_that_is_being_made(
    clinic: OpenClinic, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = add_person(
        clinic, Person(name="Desk (made up)", role=Role.FRONT_DESK), "eleven brown foxes nap", kdf=Kdf()
    )
    begun = threading.Event()
    pages = snapshot.copy_pages

    def slow(*arguments: Any) -> None:
        begun.set()
        time.sleep(0.3)
        pages(*arguments)

    monkeypatch.setattr(snapshot, "copy_pages", slow)
    made: list[object] = []
    backup = threading.Thread(target=lambda: made.append(backup_clinic(clinic, stick)))
    backup.start()
    assert begun.wait(60)
    remove_person(clinic, leaving.id or 0)
    backup.join()
    assert len(made) == 1
    assert backup_clinic(clinic, stick).contents.patients == 1
    clinic.close()
