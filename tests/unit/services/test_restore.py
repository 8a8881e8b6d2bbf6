"""Taking backups back, and proving them, on real encrypted files."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from ptnotes.db import backup as stored
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path, read_keys
from ptnotes.db.pair import new_pair_path
from ptnotes.db.schema import SCHEMA_VERSION
from ptnotes.db.store import connect, raw_key
from ptnotes.db.triggers import drop_triggers
from ptnotes.domain.errors import AmbiguousError, PtNotesError
from ptnotes.domain.people import Person, Role
from ptnotes.domain.sentences import sentence
from ptnotes.services.backup import backup_clinic
from ptnotes.services.document_signing import sign_document
from ptnotes.services.history import clinic_history, verify_audit
from ptnotes.services.opening import OpenClinic, create_clinic, open_clinic
from ptnotes.services.owner import owned
from ptnotes.services.patients import add_patient, find_patients
from ptnotes.services.people import add_person, remove_person
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.services.restore import proof_words, restore_clinic, verify_clinic
from ptnotes.services.signing import sign_note
from tests.clinics import CLINIC, PASSPHRASE, PATIENT, PERSON, clinic_in, template
from tests.clock import FixedClock
from tests.migrations.stored import HERE as STORED
from tests.migrations.stored import stored_file
from tests.signing import clinic_with_episode, draft, passphrases_remembered

OTHERS = "seven copper lanterns drift"
DESK = Person(name="Desk (made up)", role=Role.FRONT_DESK)
ADMINISTRATOR = Person(name="Office (made up)", role=Role.ADMINISTRATOR)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(PtNotesError) as raised:
        action()
    told = sentence(raised.value)
    assert told.endswith((".", ":"))
    assert "{" not in told
    return raised.value.code


def mrns(path: Path, user: str | None = None) -> list[str]:
    with closing(open_clinic(path, PASSPHRASE, user)) as clinic:
        return sorted(row.mrn for row in find_patients(clinic, "", limit=100))


def state_of(folder: Path) -> dict[str, bytes]:
    return {
        file.name: file.read_bytes() for file in folder.iterdir() if file.is_file() and file.stat().st_size
    }


def first_release(folder: Path) -> Path:
    """A clinic as the first release left it: schema 1, and a key file of the first format."""
    folder.mkdir(exist_ok=True)
    path = stored_file(folder, 1)
    shutil.copyfile(STORED / "first.keys", key_path(path))
    return path


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> OpenClinic:
    """An open clinic with one patient in a folder of its own. Tests close it."""
    (tmp_path / "own").mkdir()
    made = clinic_in(tmp_path / "own", clock)
    add_patient(made, PATIENT)
    return made


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with passphrases_remembered():
        yield


def test_the_new_clinic_tells_that_it_was_restored_and_from_where(clinic: OpenClinic, stick: Path) -> None:
    made = backup_clinic(clinic, stick)
    clinic.close()
    restore_clinic(made.folder, clinic.path, PASSPHRASE)
    with closing(open_clinic(clinic.path, PASSPHRASE)) as opened:
        told = [row.what for row in clinic_history(opened)]
        assert f"brought back the clinic’s file: from {made.folder}, made at 2026-03-02 14:00 UTC" in told
        assert verify_audit(opened).problems == ()


def test_a_backup_needs_nothing_but_to_be_readable(clinic: OpenClinic, stick: Path, tmp_path: Path) -> None:
    made = backup_clinic(clinic, stick)
    clinic.close()
    for file in made.folder.iterdir():
        file.chmod(0o444)
    made.folder.chmod(0o555)
    before = state_of(made.folder)
    target = tmp_path / "another account" / "clinic.ptnotes"
    try:
        assert verify_clinic(made.folder, PASSPHRASE).problems == 0
        restore_clinic(made.folder, target, PASSPHRASE)
        # Nothing was written beside it either, not even for a moment that a read-only disk would refuse.
        assert state_of(made.folder) == before
    finally:
        made.folder.chmod(0o755)
    assert mrns(target) == ["000123"]
    if os.name == "posix":
        for file in (target, key_path(target)):
            assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize(("folder_mode", "wanted"), [(0o700, (0o700, 0o600)), (0o777, (0o755, 0o644))])
def test_a_backup_can_be_read_by_whoever_may_look_into_its_folder(
    clinic: OpenClinic, stick: Path, folder_mode: int, wanted: tuple[int, int]
) -> None:
    stick.chmod(folder_mode)
    made = backup_clinic(clinic, stick)
    clinic.close()
    assert made.folder.stat().st_mode & 0o777 == wanted[0]
    assert {file.stat().st_mode & 0o777 for file in made.folder.iterdir()} == {wanted[1]}


def test_a_pair_that_an_upgrade_kept_is_restored(tmp_path: Path) -> None:
    path = first_release(tmp_path / "own")
    with closing(open_clinic(path, PASSPHRASE, PERSON.name)) as clinic:
        add_patient(clinic, replace(PATIENT, mrn="after"))
    kept = path.with_name("clinic.ptnotes.before-0002")
    assert verify_clinic(kept, PASSPHRASE, PERSON.name).contents.schema == 1
    now = mrns(path, PERSON.name)
    restored = restore_clinic(kept, path, PASSPHRASE, PERSON.name)
    assert restored.contents.schema == 1
    assert set(now) - set(mrns(path, PERSON.name)) == {"after"}
    assert verify_clinic(path, PASSPHRASE, PERSON.name).contents.schema == SCHEMA_VERSION
    assert restored.kept is not None
    assert mrns(restored.kept, PERSON.name) == now
    assert kept.exists()
    assert not list(path.parent.glob("*.next*"))


def test_files_with_keys_of_the_first_format_are_restored(tmp_path: Path) -> None:
    source = first_release(tmp_path / "old")
    before = state_of(source.parent)
    target = tmp_path / "own" / "clinic.ptnotes"
    restore_clinic(source, target, PASSPHRASE, PERSON.name)
    assert state_of(source.parent) == before
    assert read_keys(key_path(target)).first is None
    assert mrns(target, PERSON.name)
    assert sorted(
        file.name for file in target.parent.iterdir() if not file.name.endswith((".lock", "-shm"))
    ) == [
        "clinic.ptnotes",
        "clinic.ptnotes.keys",
    ]


def test_a_backup_by_a_newer_version_changes_nothing(clinic: OpenClinic, tmp_path: Path) -> None:
    path = clinic.path
    clinic.close()
    newer = template().copy_to(tmp_path)
    made = template()
    connection = connect(newer, raw_key(made.data_key, made.file_id))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = state_of(path.parent)
    assert code_of(lambda: restore_clinic(newer, path, PASSPHRASE)) == "file.newer"
    assert code_of(lambda: verify_clinic(newer, PASSPHRASE)) == "file.newer"
    assert state_of(path.parent) == before


def test_another_clinics_backup_does_not_take_a_clinics_place(
    clinic: OpenClinic, stick: Path, tmp_path: Path
) -> None:
    path = clinic.path
    clinic.close()
    other = create_clinic(tmp_path / "clinic.ptnotes", CLINIC, PERSON, PASSPHRASE, kdf=Kdf())
    made = backup_clinic(other, stick)
    other.close()
    before = state_of(path.parent)
    assert code_of(lambda: restore_clinic(made.folder, path, PASSPHRASE)) == "restore.other_clinic"
    assert state_of(path.parent) == before
    with closing(open_clinic(path, PASSPHRASE)) as opened:
        code = code_of(lambda: verify_audit(opened, made.folder, passphrase=PASSPHRASE))
    assert code == "backup.other_clinic"
    beside = path.with_name("other.ptnotes")
    restore_clinic(made.folder, beside, PASSPHRASE)
    assert mrns(beside) == []


def test_a_backup_of_before_a_change_of_keys_is_the_same_clinics(clinic: OpenClinic, stick: Path) -> None:
    path = clinic.path
    leaving = add_person(clinic, DESK, OTHERS, kdf=Kdf())
    made = backup_clinic(clinic, stick)
    remove_person(clinic, leaving.id or 0)
    assert verify_audit(clinic, made.folder, passphrase=PASSPHRASE).problems == ()
    assert code_of(lambda: verify_audit(clinic, made.folder, passphrase=OTHERS)) == "access.denied"
    clinic.close()
    restore_clinic(made.folder, path, PASSPHRASE, PERSON.name)
    assert mrns(path, PERSON.name) == ["000123"]


def test_a_history_that_was_cut_off_is_told_by_a_backup(clinic: OpenClinic, stick: Path) -> None:
    older = backup_clinic(clinic, stick)
    add_patient(clinic, replace(PATIENT, mrn="later"))
    newer = backup_clinic(clinic, stick)
    clinic.close()
    restore_clinic(older.folder, clinic.path, PASSPHRASE)
    with closing(open_clinic(clinic.path, PASSPHRASE)) as opened:
        assert verify_audit(opened).problems == ()
        assert verify_audit(opened, newer.folder).problems != ()
        assert verify_audit(opened, older.folder).problems == ()


def test_who_does_not_look_after_the_clinic_replaces_none(
    clinic: OpenClinic, stick: Path, tmp_path: Path
) -> None:
    path = clinic.path
    for person in (DESK, ADMINISTRATOR):
        add_person(clinic, person, OTHERS, kdf=Kdf())
    made = backup_clinic(clinic, stick)
    clinic.close()
    before = state_of(path.parent)
    assert code_of(lambda: restore_clinic(made.folder, path, OTHERS, DESK.name)) == "access.not_allowed"
    assert state_of(path.parent) == before
    restore_clinic(made.folder, path, OTHERS, ADMINISTRATOR.name)
    restore_clinic(made.folder, tmp_path / "elsewhere.ptnotes", OTHERS, DESK.name)


def test_two_restorings_in_one_second_keep_both_clinics(
    clinic: OpenClinic, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = clinic.path
    first = backup_clinic(clinic, stick)
    add_patient(clinic, replace(PATIENT, mrn="second"))
    second = backup_clinic(clinic, stick)
    add_patient(clinic, replace(PATIENT, mrn="third"))
    clinic.close()

    def one_second(point: str) -> None:
        if point == "restore.prepared":
            os.utime(new_pair_path(path), (1_700_000_000, 1_700_000_000))

    monkeypatch.setattr(stored, "passing", one_second)
    kept = [restore_clinic(one.folder, path, PASSPHRASE).kept for one in (second, first)]
    assert [mrns(one) for one in kept if one] == [["000123", "second", "third"], ["000123", "second"]]
    assert mrns(path) == ["000123"]


def test_keys_that_lost_their_file_are_kept_as_well(clinic: OpenClinic, stick: Path) -> None:
    path = clinic.path
    made = backup_clinic(clinic, stick)
    clinic.close()
    old_keys = key_path(path).read_bytes()
    path.unlink()
    restored = restore_clinic(made.folder, path, PASSPHRASE)
    assert mrns(path) == ["000123"]
    assert restored.kept is not None
    assert key_path(restored.kept).read_bytes() == old_keys


def test_a_folder_is_not_restored_over(clinic: OpenClinic, stick: Path, tmp_path: Path) -> None:
    made = backup_clinic(clinic, stick)
    clinic.close()
    (tmp_path / "mine").mkdir()
    assert (
        code_of(lambda: restore_clinic(made.folder, tmp_path / "mine", PASSPHRASE)) == "restore.onto_folder"
    )
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_folder_full_of_backups_says_which_there_are(
    clinic: OpenClinic, stick: Path, clock: FixedClock
) -> None:
    made = []
    for _ in range(3):
        clock.advance(days=1)
        made.append(backup_clinic(clinic, stick))
    clinic.close()
    for ask in (verify_clinic, lambda source, passphrase: restore_clinic(source, clinic.path, passphrase)):
        with pytest.raises(AmbiguousError) as raised:
            ask(stick, PASSPHRASE)
        assert raised.value.choices == tuple(str(one.folder) for one in reversed(made))


def test_a_clinic_that_a_window_has_open_is_not_copied(clinic: OpenClinic, tmp_path: Path) -> None:
    clinic.close()
    with owned(clinic.path):
        target = tmp_path / "copy" / "clinic.ptnotes"
        assert code_of(lambda: restore_clinic(clinic.path, target, PASSPHRASE)) == "file.open_elsewhere"


def test_the_proof_of_a_backup_looks_at_notes_and_audit(tmp_path: Path, stick: Path) -> None:
    clinic, episode = clinic_with_episode(tmp_path, FixedClock())
    note = draft(clinic, episode)
    sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    sign_document(clinic, prepare_report(clinic, episode.id or 0, ReportChoices()), PASSPHRASE)
    good = backup_clinic(clinic, stick)
    proof = verify_clinic(good.folder, PASSPHRASE)
    assert proof.problems == 0
    assert proof.notes is not None
    assert proof.notes.notes == 1
    assert proof.audit is not None
    assert (proof.audit.count, proof.audit.head) == (good.contents.audit_count, good.contents.audit_head)
    assert "1 signed notes, each as it was signed" in proof_words(proof)
    assert "1 document, each as it was kept; 1 of them signed" in proof_words(proof)
    with clinic.store.write() as connection:
        drop_triggers(connection)
        connection.execute(text("UPDATE mobilization SET grade = 'IV'"))
        connection.execute(text("UPDATE audit_event SET count = 7 WHERE sequence = 2"))
        connection.execute(text("UPDATE document_signature SET zone = 'UTC'"))
        connection.commit()
    bad = backup_clinic(clinic, stick)
    clinic.close()
    proof = verify_clinic(bad.folder, PASSPHRASE)
    words = proof_words(proof)
    assert proof.problems >= 2
    assert any("is not what was signed" in line for line in words)
    assert any(line.startswith("event 2 was changed") for line in words)
    assert "document 1: it is not what was kept, signed or given out" in words


def test_a_file_of_an_older_schema_is_proven_and_left_as_it_is(tmp_path: Path) -> None:
    path = first_release(tmp_path / "old")
    before = path.read_bytes()
    proof = verify_clinic(path, PASSPHRASE, PERSON.name)
    assert proof.contents.schema == 1
    assert proof.notes is not None
    assert path.read_bytes() == before
    assert key_path(path).read_bytes() == (STORED / "first.keys").read_bytes()


def test_a_proof_tells_what_ones_role_keeps_one_from_looking_at(clinic: OpenClinic) -> None:
    add_person(clinic, DESK, OTHERS, kdf=Kdf())
    clinic.close()
    proof = verify_clinic(clinic.path, OTHERS, DESK.name)
    assert (proof.notes, proof.audit, proof.problems) == (None, None, 0)
    assert len(proof_words(proof)) == 2


def test_a_file_put_back_to_an_older_state_is_found(clinic: OpenClinic, tmp_path: Path) -> None:
    path = clinic.path
    clinic.store.close()
    older = path.read_bytes()
    add_patient(clinic, replace(PATIENT, mrn="later"))
    clinic.close()
    path.write_bytes(older)
    assert code_of(lambda: verify_clinic(path, PASSPHRASE)) == "file.cut_back"
