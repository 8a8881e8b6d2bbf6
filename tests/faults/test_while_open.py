"""What happens to the files, the disk and the clock while a clinic is open is said, and nothing saved is lost."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from ptnotes.db.audit import events_of
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path
from ptnotes.domain.audit import Verb
from ptnotes.domain.errors import AccessError, EnvironmentFault
from ptnotes.domain.sentences import sentence
from ptnotes.domain.treatment import NoteState, TreatmentSession
from ptnotes.services.backup import backup_clinic
from ptnotes.services.history import clinic_history, verify_audit
from ptnotes.services.opening import OpenClinic, create_clinic, open_clinic
from ptnotes.services.patients import add_patient, find_patients
from ptnotes.services.people import add_person, remove_person
from ptnotes.services.restore import restore_clinic
from ptnotes.services.signing import sign_note
from ptnotes.services.verification import verify_notes
from ptnotes.services.visits import load_session, save_draft, start_session
from tests.clinics import CLINIC, PASSPHRASE, PATIENT, PERSON, clinic_in
from tests.clock import FixedClock
from tests.faults.places import fill, small_disk
from tests.migrations.stored import HERE, stored_file
from tests.signing import OTHER, OTHER_PASSPHRASE, clinic_with_episode, draft, whole

ROOM_KIB = 8 * 1024


def told(action: Callable[[], object]) -> str:
    """Do what fails, and give what is said of it."""
    with pytest.raises(EnvironmentFault) as raised:
        action()
    words = sentence(raised.value)
    assert "{" not in words
    return words


def numbers(clinic: OpenClinic) -> set[str]:
    return {row.mrn for row in find_patients(clinic, "", limit=100_000)}


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    """An open clinic with one patient, in a folder of its own."""
    (tmp_path / "data").mkdir()
    made = clinic_in(tmp_path / "data", clock)
    add_patient(made, PATIENT)
    yield made
    made.close()


def test_on_a_full_disk_nothing_is_half_saved_and_all_is_saved_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", ROOM_KIB) as disk:
        clinic, episode = clinic_with_episode(disk, FixedClock())
        with closing(clinic):
            visit = start_session(clinic, episode.id or 0, clinic.today())
            filler = fill(disk)
            stored = 0
            words = ""
            # The file and its log may have room left for some.
            while not words:
                try:
                    add_patient(clinic, replace(PATIENT, mrn=f"n{stored}", address="A made-up road. " * 9))
                    stored += 1
                except EnvironmentFault as fault:
                    words = sentence(fault)
            assert words == told(lambda: save_draft(clinic, long_draft(visit)))
            assert "The disk is full, so this was not saved" in words
            assert len(numbers(clinic)) == stored + 1
            assert load_session(clinic, visit.id or 0).note.subjective == ""
            filler.unlink()
            saved = save_draft(clinic, long_draft(visit))
            add_patient(clinic, replace(PATIENT, mrn=f"n{stored}"))
        with closing(open_clinic(clinic.path, PASSPHRASE, clock=clinic.clock)) as again:
            assert len(numbers(again)) == stored + 2
            assert load_session(again, saved.id or 0).note == saved.note
            assert verify_audit(again).problems == ()


def long_draft(visit: TreatmentSession) -> TreatmentSession:
    """The visit with more text than a full disk can find room for."""
    words = replace(visit.note, subjective="Slept through. " * 1500, plan="Go on. " * 1500)
    return replace(visit, note=words)


def test_on_a_full_disk_no_backup_is_half_made_and_the_clinic_is_as_it_was(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "stick", 600) as stick:
        words = told(lambda: backup_clinic(clinic, stick))
        assert words == f"There is no room for a backup in {stick}. The clinic's file is as it was."
        assert list(stick.iterdir()) == []
        add_patient(clinic, replace(PATIENT, mrn="after"))
    assert numbers(clinic) == {PATIENT.mrn, "after"}


def test_on_a_full_disk_no_clinic_is_half_made_nor_half_restored(clinic: OpenClinic, tmp_path: Path) -> None:
    made = backup_clinic(clinic, tmp_path)
    with small_disk(tmp_path / "disk", ROOM_KIB) as disk:
        path = disk / "clinic.ptnotes"
        filler = fill(disk)
        os.truncate(filler, filler.stat().st_size - 128 * 1024)
        create = partial(create_clinic, path, CLINIC, PERSON, PASSPHRASE, clock=clinic.clock, kdf=Kdf())
        assert "The disk is full" in told(create)
        assert told(lambda: restore_clinic(made.folder, path, PASSPHRASE))
        assert list(disk.iterdir()) == [filler]
        filler.unlink()
        restore_clinic(made.folder, path, PASSPHRASE)
        with closing(open_clinic(path, PASSPHRASE, clock=clinic.clock)) as restored:
            assert numbers(restored) == {PATIENT.mrn}


def test_on_a_full_disk_nobody_is_half_removed_and_a_second_try_finishes_it(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", ROOM_KIB) as disk:
        with closing(clinic_in(disk, FixedClock())) as clinic:
            add_patient(clinic, PATIENT)
            added = add_person(clinic, OTHER, OTHER_PASSPHRASE, kdf=Kdf())
            filler = fill(disk)
            # Room for the row that says so, and none for a whole new file.
            os.truncate(filler, filler.stat().st_size - 256 * 1024)
            before = clinic.data_key
            assert "The disk is full" in told(lambda: remove_person(clinic, added.id or 0))
            assert clinic.data_key == before
            assert numbers(clinic) == {PATIENT.mrn}
            with pytest.raises(AccessError):
                open_clinic(clinic.path, OTHER_PASSPHRASE, OTHER.name, clock=clinic.clock)
            filler.unlink()
            remove_person(clinic, added.id or 0)
            assert clinic.data_key != before
        with closing(open_clinic(clinic.path, PASSPHRASE, PERSON.name, clock=clinic.clock)) as again:
            assert numbers(again) == {PATIENT.mrn}
            assert verify_audit(again).problems == ()


def test_on_a_full_disk_a_file_of_an_older_schema_stays_as_it_is(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", ROOM_KIB) as disk:
        path = stored_file(disk, 1)
        shutil.copy2(HERE / "first.keys", key_path(path))
        before = path.read_bytes()
        filler = fill(disk)
        os.truncate(filler, filler.stat().st_size - 128 * 1024)
        assert "The disk is full" in told(lambda: open_clinic(path, PASSPHRASE, clock=FixedClock()))
        assert path.read_bytes() == before
        assert not list(disk.glob("*.upgrading*"))
        filler.unlink()
        open_clinic(path, PASSPHRASE, clock=FixedClock()).close()
        assert path.with_name("clinic.ptnotes.before-0002").read_bytes() == before


def test_a_share_that_becomes_read_only_or_goes_during_a_backup_leaves_the_clinic_as_it_was(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "share", ROOM_KIB) as share:
        made = backup_clinic(clinic, share)

        def remount(how: str) -> Callable[[str], None]:
            def passing(point: str) -> None:
                if point == "backup.folder_made":
                    subprocess.run(["mount", "-o", f"remount,{how}", str(share)], check=True)

            return passing

        monkeypatch.setattr("ptnotes.db.backup.passing", remount("ro"))
        assert "cannot be written, so no backup was made" in told(lambda: backup_clinic(clinic, share))
        monkeypatch.undo()
        remount("rw")("backup.folder_made")
        add_patient(clinic, replace(PATIENT, mrn="after"))
        # What was half made is cleared away by the next one, and what was whole is still there.
        again = backup_clinic(clinic, share)
        assert {folder.name for folder in share.iterdir()} == {made.folder.name, again.folder.name}

        def unplug(point: str) -> None:
            if point == "backup.database_copied":
                subprocess.run(["umount", "--lazy", str(share)], check=True)

        monkeypatch.setattr("ptnotes.db.backup.passing", unplug)
        words = told(lambda: backup_clinic(clinic, share))
        assert words == (
            f"The backup folder {share} stopped answering; no backup was made. The clinic's file is as it was."
        )
        monkeypatch.undo()
        assert list(share.iterdir()) == []
        # So that the end of the block has something to unmount.
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(share)], check=True)
    assert numbers(clinic) == {PATIENT.mrn, "after"}


def replaced(path: Path) -> None:
    other = path.with_name("other.ptnotes")
    create_clinic(other, CLINIC, PERSON, PASSPHRASE, clock=FixedClock(), kdf=Kdf()).close()
    other.replace(path)


def taken_away(path: Path) -> None:
    path.unlink()


def folder_gone(path: Path) -> None:
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("harm", [replaced, taken_away, folder_gone])
def test_nothing_is_said_to_be_saved_into_a_file_that_lost_its_place_while_open(
    clinic: OpenClinic, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    path = clinic.path
    assert numbers(clinic) == {PATIENT.mrn}
    aside = tmp_path / "aside"
    aside.mkdir()
    parts = [path, key_path(path), Path(f"{path}-wal"), Path(f"{path}-shm")]
    for part in parts:
        # The same file under a second name, so that it can be put back.
        (aside / part.name).hardlink_to(part)
    harm(path)
    for _ in range(2):
        words = told(lambda: add_patient(clinic, replace(PATIENT, mrn="lost")))
        assert words == (
            f"{path} was moved, removed or replaced while it was open. Put it back: nothing is saved until then, and "
            "what you typed stays on the screen."
        )
    # What was open for reading still is.
    assert numbers(clinic) == {PATIENT.mrn}
    path.parent.mkdir(exist_ok=True)
    for part in parts:
        (aside / part.name).replace(part)
    add_patient(clinic, replace(PATIENT, mrn="after"))
    clinic.close()
    with closing(open_clinic(path, PASSPHRASE, clock=clinic.clock)) as again:
        assert numbers(again) == {PATIENT.mrn, "after"}


@pytest.mark.parametrize("harm", ["gone", "another clinic's", "damaged"])
def test_charting_goes_on_while_the_key_file_is_wrong_and_the_next_opening_says_so(
    clinic: OpenClinic, tmp_path: Path, harm: str
) -> None:
    keys_at = key_path(clinic.path)
    kept = keys_at.read_bytes()
    if harm == "gone":
        keys_at.unlink()
    elif harm == "damaged":
        keys_at.write_bytes(kept[: len(kept) // 2])
    else:
        other = tmp_path / "other.ptnotes"
        create_clinic(other, CLINIC, PERSON, PASSPHRASE, clock=FixedClock(), kdf=Kdf()).close()
        shutil.copy2(key_path(other), keys_at)
    found = keys_at.read_bytes() if keys_at.exists() else None
    add_patient(clinic, replace(PATIENT, mrn="after"))
    clinic.close()
    # Nobody writes over what may be put right by hand.
    assert (keys_at.read_bytes() if keys_at.exists() else None) == found
    said = told(lambda: open_clinic(clinic.path, PASSPHRASE, clock=clinic.clock))
    assert {"gone": "is missing", "damaged": "is damaged", "another clinic's": "belongs to another clinic"}[
        harm
    ] in said
    keys_at.write_bytes(kept)
    with closing(open_clinic(clinic.path, PASSPHRASE, clock=clinic.clock)) as again:
        assert numbers(again) == {PATIENT.mrn, "after"}
        assert not again.audit_is_doubted
        assert verify_audit(again).problems == ()


def test_a_page_that_is_damaged_while_the_file_is_open_is_told_when_it_is_read(clinic: OpenClinic) -> None:
    for number in range(400):
        add_patient(clinic, replace(PATIENT, mrn=f"m{number}", address="A made-up road. " * 9))
    clinic.store.close()
    whole_file = clinic.path.read_bytes()
    harmed = bytearray(whole_file)
    for page in range(20, len(harmed) // 4096):
        harmed[page * 4096 + 99] ^= 1
    clinic.path.write_bytes(harmed)
    words = told(lambda: find_patients(clinic, "", limit=100_000))
    assert "is damaged" in words
    clinic.store.close()
    clinic.path.write_bytes(whole_file)
    assert len(numbers(clinic)) == 401


def test_a_clock_set_back_is_audited_and_charting_and_signing_go_on(
    tmp_path: Path, clock: FixedClock
) -> None:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    with closing(clinic):
        first = draft(clinic, episode)
        sign_note(clinic, first.id or 0, first.revision, PASSPHRASE)
        clock.at -= timedelta(hours=30)
        second = save_draft(clinic, whole(start_session(clinic, episode.id or 0, clinic.today())))
        saved = save_draft(clinic, replace(second, note=replace(second.note, plan="Go on.")))
        sign_note(clinic, saved.id or 0, saved.revision, PASSPHRASE)
        assert load_session(clinic, saved.id or 0).state is NoteState.SIGNED
        with clinic.store.read() as connection:
            verbs = [event.verb for event, _name in events_of(connection)]
        assert verbs.count(Verb.CLOCK_SET_BACK) == 1
        assert any("clock" in line.what.lower() for line in clinic_history(clinic))
        assert verify_audit(clinic).problems == ()
        assert verify_notes(clinic).problems == ()
    with closing(open_clinic(clinic.path, PASSPHRASE, clock=clock)) as again:
        assert not again.audit_is_doubted
