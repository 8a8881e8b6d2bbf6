"""People of a clinic on the real encrypted file: added, changed, given a new passphrase, removed, and locked out."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ptnotes.db import keyfile
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path, read_keys, signing_key
from ptnotes.db.people import signing_keys
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import AccessError, EnvironmentFault, InputError, StaleError
from ptnotes.domain.people import Permission, Person, Role
from ptnotes.domain.recovery_key import new_recovery_key
from ptnotes.services.audit import anchor, note_read
from ptnotes.services.history import clinic_history
from ptnotes.services.opening import OpenClinic, change_passphrase, open_clinic, recover_clinic
from ptnotes.services.overview import home
from ptnotes.services.patients import add_patient, find_patients
from ptnotes.services.people import (
    add_person,
    break_glass,
    change_person,
    give_new_passphrase,
    has_recovery_key,
    make_recovery_key,
    mark_emergencies_seen,
    people,
    remove_person,
    unseen_emergencies,
)
from ptnotes.services.people_of import people_of
from ptnotes.services.restore import verify_clinic
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock

SECOND = Person(name="M. Ito", credentials="PTA", role=Role.ASSISTANT)
OTHER = "three slow tin whistles"
NEW = "six warm yellow stones"
LEAST = Kdf()


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, clock)
    yield opened
    opened.close()


def opened_by(clinic: OpenClinic, name: str, passphrase: str) -> Person:
    """Who somebody is when they open the file."""
    other = open_clinic(clinic.path, passphrase, name, clock=clinic.clock)
    other.close()
    return other.person


def refused(clinic: OpenClinic, name: str | None, passphrase: str) -> str:
    with pytest.raises(AccessError) as error:
        open_clinic(clinic.path, passphrase, name)
    return error.value.code


def test_somebody_new_opens_the_file_with_their_own_passphrase_and_signs_with_their_own_key(
    clinic: OpenClinic,
) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)
    assert opened_by(clinic, "M. Ito", OTHER) == added
    assert opened_by(clinic, "J. Rivera", PASSPHRASE) == clinic.person
    assert refused(clinic, "M. Ito", PASSPHRASE) == refused(clinic, "Nobody", OTHER) == "access.denied"
    assert people_of(clinic.path) == ("J. Rivera", "M. Ito")
    assert added.active_from == date(2026, 3, 2)
    keys = read_keys(key_path(clinic.path))
    signature = signing_key(keys, added.uuid, OTHER).sign(b"note")
    assert added.signing_public_key is not None
    Ed25519PublicKey.from_public_bytes(added.signing_public_key).verify(signature, b"note")


@pytest.mark.parametrize(
    ("person", "passphrase", "code"),
    [
        (SECOND, "short", "passphrase.short"),
        (SECOND, "passwordpassword", "passphrase.weak"),
        (SECOND, "", "passphrase.empty"),
        (replace(SECOND, name=""), OTHER, "text.empty"),
        (replace(SECOND, name="j. rivera"), OTHER, "person.name.taken"),
    ],
)
def test_somebody_unfit_is_not_added(clinic: OpenClinic, person: Person, passphrase: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        add_person(clinic, person, passphrase, kdf=LEAST)
    assert error.value.code == code
    assert len(people(clinic)) == len(people_of(clinic.path)) == 1


def test_a_changed_name_is_the_name_at_the_door_and_a_stale_change_is_refused(clinic: OpenClinic) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)
    changed = change_person(
        clinic,
        replace(added, name="M. Ito-Berg", uuid="another", withheld=frozenset({Permission.EXPORT})),
    )
    assert opened_by(clinic, "M. Ito-Berg", OTHER) == changed
    assert changed.uuid == added.uuid
    with pytest.raises(StaleError):
        change_person(clinic, added)


def test_a_command_that_ends_meanwhile_does_not_take_a_new_slot_away(
    clinic: OpenClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = open_clinic(clinic.path, PASSPHRASE, clock=clinic.clock)
    note_read(command, Verb.SEARCHED, Subject.PATIENT, count=1)
    write, window = keyfile.write_keys, threading.current_thread()
    read_by_command, written_by_window = threading.Event(), threading.Event()
    ending = threading.Thread(target=anchor, args=(command,))

    def interleaved(path: Path, keys: keyfile.KeyFile) -> None:
        if threading.current_thread() is window:
            ending.start()
            # Where nothing keeps the command out, it has read the key file by now, and writes it last.
            read_by_command.wait(0.5)
            write(path, keys)
            written_by_window.set()
        else:
            read_by_command.set()
            written_by_window.wait(60)
            write(path, keys)

    with monkeypatch.context() as patch:
        patch.setattr(keyfile, "write_keys", interleaved)
        add_person(clinic, SECOND, OTHER, kdf=LEAST)
        ending.join()
    assert people_of(clinic.path) == ("J. Rivera", "M. Ito")
    command.close()


def test_a_supervisor_is_somebody_else_who_may_co_sign(clinic: OpenClinic) -> None:
    student = replace(SECOND, role=Role.STUDENT, supervisor_id=clinic.person.id)
    added = add_person(clinic, student, OTHER, kdf=LEAST)
    assert people(clinic)[1].supervisor_id == clinic.person.id
    third = add_person(clinic, replace(SECOND, name="Third"), NEW, kdf=LEAST)
    for supervisor_id in (added.id, third.id):
        with pytest.raises(InputError, match=r"person\.supervisor"):
            change_person(clinic, replace(added, supervisor_id=supervisor_id))
    with pytest.raises(InputError, match=r"person\.supervisor"):
        change_person(clinic, replace(clinic.person, supervisor_id=clinic.person.id))


def test_somebody_can_always_look_after_the_clinic(clinic: OpenClinic) -> None:
    with pytest.raises(InputError, match=r"person\.last_administrator"):
        change_person(clinic, replace(clinic.person, granted=frozenset()))
    second = add_person(clinic, replace(SECOND, role=Role.ADMINISTRATOR), OTHER, kdf=LEAST)
    assert second.role is Role.ADMINISTRATOR
    change_person(clinic, replace(clinic.person, granted=frozenset()))
    with pytest.raises(AccessError, match=r"access\.not_allowed"):
        add_person(clinic, replace(SECOND, name="Third"), OTHER, kdf=LEAST)


def test_who_forgot_gets_a_new_passphrase_and_what_they_signed_stays_verifiable(clinic: OpenClinic) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)
    assert added.id is not None
    renewed = give_new_passphrase(clinic, added.id, NEW, kdf=LEAST)
    assert opened_by(clinic, "M. Ito", NEW) == renewed
    assert refused(clinic, "M. Ito", OTHER) == "access.denied"
    with clinic.store.read() as connection:
        kept = signing_keys(connection, added.id)
    assert kept == (added.signing_public_key, renewed.signing_public_key)
    assert len(set(kept)) == 2


def test_a_passphrase_of_ones_own_changes_nothing_but_itself(clinic: OpenClinic) -> None:
    with pytest.raises(AccessError, match=r"access\.denied"):
        change_passphrase(clinic, "wrong", NEW, kdf=LEAST)
    with pytest.raises(InputError, match=r"passphrase\.weak"):
        change_passphrase(clinic, PASSPHRASE, "aaaaaaaaaaaaaaaa", kdf=LEAST)
    change_passphrase(clinic, PASSPHRASE, NEW, kdf=LEAST)
    assert opened_by(clinic, "J. Rivera", NEW).signing_public_key == clinic.person.signing_public_key
    assert refused(clinic, None, PASSPHRASE) == "access.denied"


def test_the_recovery_key_lets_somebody_set_a_new_passphrase(clinic: OpenClinic, clock: FixedClock) -> None:
    assert not has_recovery_key(clinic)
    with pytest.raises(AccessError, match=r"recovery\.none"):
        recover_clinic(clinic.path, new_recovery_key(), "J. Rivera", NEW, kdf=LEAST)
    key = make_recovery_key(clinic, kdf=LEAST)
    assert has_recovery_key(clinic)
    assert people_of(clinic.path) == ("J. Rivera",)
    with pytest.raises(AccessError, match=r"access\.denied"):
        recover_clinic(clinic.path, new_recovery_key(), "J. Rivera", NEW, kdf=LEAST)
    with pytest.raises(AccessError, match=r"person\.unknown"):
        recover_clinic(clinic.path, key, "Nobody", NEW, kdf=LEAST)
    with pytest.raises(InputError, match=r"passphrase\.short"):
        recover_clinic(clinic.path, key, "J. Rivera", "short", kdf=LEAST)
    assert opened_by(clinic, "J. Rivera", PASSPHRASE)
    recovered = recover_clinic(clinic.path, key.lower(), "J. Rivera", NEW, clock=clock, kdf=LEAST)
    assert recovered.person.name == "J. Rivera"
    recovered.close()
    assert opened_by(clinic, "J. Rivera", NEW) == recovered.person
    assert refused(clinic, "J. Rivera", PASSPHRASE) == "access.denied"


def test_whoever_can_make_a_recovery_key_is_told_that_there_is_none(clinic: OpenClinic) -> None:
    plain = replace(clinic, person=replace(clinic.person, granted=frozenset()))
    assert [home(one).lacks_recovery_key for one in (clinic, plain)] == [True, False]
    make_recovery_key(clinic, kdf=LEAST)
    assert not home(clinic).lacks_recovery_key


def test_a_new_recovery_key_makes_the_old_one_useless(clinic: OpenClinic) -> None:
    old = make_recovery_key(clinic, kdf=LEAST)
    new = make_recovery_key(clinic, kdf=LEAST)
    with pytest.raises(AccessError, match=r"access\.denied"):
        recover_clinic(clinic.path, old, "J. Rivera", NEW, kdf=LEAST)
    recover_clinic(clinic.path, new, "J. Rivera", NEW, kdf=LEAST).close()


def test_removing_somebody_gives_the_file_a_new_key_and_the_window_goes_on(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)
    key = make_recovery_key(clinic, kdf=LEAST)
    add_patient(clinic, PATIENT)
    old_key, old_id = clinic.data_key, read_keys(key_path(clinic.path)).file_id
    assert added.id is not None
    removed = remove_person(clinic, added.id)
    assert removed.active_to == date(2026, 3, 2)
    assert clinic.data_key != old_key
    # The window reads and writes as before.
    assert [row.mrn for row in find_patients(clinic, "moreau")] == [PATIENT.mrn]
    add_patient(clinic, replace(PATIENT, mrn="000124", uuid="", family_name="Second"))
    clinic.store.close()
    # What they kept opens nothing: not their passphrase, not the old key.
    assert refused(clinic, "M. Ito", OTHER) == "access.denied"
    connection = sqlcipher.connect(str(clinic.path))
    connection.execute(f"PRAGMA key = \"x'{(old_key + old_id).hex()}'\"")
    with pytest.raises(sqlcipher.DatabaseError):
        connection.execute("SELECT count(*) FROM patient").fetchone()
    connection.close()
    # Nobody else's way in has changed.
    again = open_clinic(clinic.path, PASSPHRASE, clock=clock)
    assert {row.mrn for row in find_patients(again, "")} == {PATIENT.mrn, "000124"}
    assert [person.name for person in people(again)] == ["J. Rivera", "M. Ito"]
    again.close()
    recover_clinic(clinic.path, key, "J. Rivera", NEW, kdf=LEAST).close()
    left = {entry.name for entry in clinic.path.parent.iterdir()}
    assert left == {clinic.path.name, key_path(clinic.path).name}


def test_the_file_is_whole_and_guarded_after_a_new_key(clinic: OpenClinic) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)
    add_patient(clinic, PATIENT)

    def schema() -> list[tuple[object, ...]]:
        with clinic.store.read() as connection:
            driver = connection.connection.cursor()
            rows = driver.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
            rows += driver.execute("PRAGMA user_version").fetchall()
            rows += driver.execute("PRAGMA application_id").fetchall()
            rows += driver.execute("PRAGMA journal_mode").fetchall()
            driver.close()
        return [tuple(row) for row in rows]

    before = schema()
    assert added.id is not None
    remove_person(clinic, added.id)
    assert schema() == before
    clinic.store.close()
    with closing(sqlite3.connect(clinic.path)) as stock, pytest.raises(sqlite3.DatabaseError):
        stock.execute("SELECT count(*) FROM sqlite_master").fetchone()


def test_nobody_removes_themselves(clinic: OpenClinic) -> None:
    with pytest.raises(InputError, match=r"person\.self"):
        remove_person(clinic, clinic.person_id)


def test_a_file_that_another_program_has_open_keeps_its_key(clinic: OpenClinic) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)
    other = open_clinic(clinic.path, PASSPHRASE, "J. Rivera")
    add_patient(other, PATIENT)
    before = clinic.data_key
    assert added.id is not None
    with pytest.raises(EnvironmentFault, match=r"person\.in_use"):
        remove_person(clinic, added.id)
    assert clinic.data_key == before
    other.close()
    assert find_patients(clinic, "moreau")
    # They are out already, although the key is still the old one; the second try finishes it.
    assert refused(clinic, "M. Ito", OTHER) == "access.denied"
    with pytest.raises(AccessError, match=r"access\.denied"):
        verify_clinic(clinic.path, OTHER, "M. Ito")
    remove_person(clinic, added.id)
    assert clinic.data_key != before


def test_an_old_passphrase_with_an_old_key_file_gives_no_key_that_is_made_later(clinic: OpenClinic) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)
    before = read_keys(key_path(clinic.path)).people[0]
    change_passphrase(clinic, PASSPHRASE, NEW, kdf=LEAST)
    assert added.id is not None
    remove_person(clinic, added.id)
    after = read_keys(key_path(clinic.path)).people[0]
    assert before.public != after.public
    assert before.signing_public != after.signing_public == clinic.person.signing_public_key
    with clinic.store.read() as connection:
        assert signing_keys(connection, clinic.person_id) == (before.signing_public, after.signing_public)
    assert opened_by(clinic, "J. Rivera", NEW) == clinic.person


def test_what_a_command_writes_while_the_file_gets_its_new_key_is_not_lost(
    clinic: OpenClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)

    def searching(point: str) -> None:
        if point == "rotate.after_copy":
            with closing(open_clinic(clinic.path, PASSPHRASE, "J. Rivera", clock=clinic.clock)) as command:
                note_read(command, Verb.SEARCHED, Subject.PATIENT, count=40)

    assert added.id is not None
    with monkeypatch.context() as patch:
        patch.setattr("ptnotes.db.rotate.passing", searching)
        with pytest.raises(EnvironmentFault, match=r"person\.in_use"):
            remove_person(clinic, added.id)
    remove_person(clinic, added.id)
    assert any("40 found" in row.what for row in clinic_history(clinic))


POINTS = (
    "rotate.before_copy",
    "rotate.after_copy",
    "keys.before_rename",
    "rotate.after_keys",
    "switch.before_decision",
    "switch.after_decision",
    "switch.logs_removed",
    "switch.keys_placed",
    "switch.database_placed",
)


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed as a power failure would end it")
@pytest.mark.parametrize("point", POINTS)
def test_a_removal_cut_off_anywhere_leaves_one_whole_clinic(
    clinic: OpenClinic, tmp_path: Path, point: str
) -> None:
    added = add_person(clinic, SECOND, OTHER, kdf=LEAST)
    add_patient(clinic, PATIENT)
    clinic.store.close()
    script = Path(__file__).with_name("remover.py")
    done = subprocess.run(
        [sys.executable, str(script), str(clinic.path), clinic.data_key.hex(), str(added.id)],
        env={**os.environ, "PTNOTES_DIE_AT": point, "PYTHONPATH": str(Path.cwd())},
        check=False,
        capture_output=True,
    )
    assert done.returncode == -9, done.stderr.decode()
    again = open_clinic(clinic.path, PASSPHRASE, "J. Rivera", clock=clinic.clock)
    assert [row.mrn for row in find_patients(again, "")] == [PATIENT.mrn]
    assert refused(clinic, "M. Ito", OTHER) == "access.denied"
    # Where it had not come to the switch, it is done once more.
    assert added.id is not None
    if "M. Ito" in people_of(clinic.path):
        remove_person(again, added.id)
    again.close()
    assert people_of(clinic.path) == ("J. Rivera",)


def test_charts_are_read_in_an_emergency_with_a_reason_that_administrators_see(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    add_person(clinic, replace(SECOND, name="F. Desk", role=Role.FRONT_DESK), OTHER, kdf=LEAST)
    desk = open_clinic(clinic.path, OTHER, "F. Desk", clock=clock)
    with pytest.raises(InputError, match=r"emergency\.reason"):
        break_glass(desk, "  ")
    assert desk.emergency == ""
    break_glass(desk, "A made-up patient fainted")
    assert desk.emergency == "A made-up patient fainted"
    assert unseen_emergencies(desk) == ()
    desk.close()
    (alert,) = unseen_emergencies(clinic)
    assert (alert.name, alert.reason, alert.at) == ("F. Desk", "A made-up patient fainted", clock())
    mark_emergencies_seen(clinic, alert.id)
    assert unseen_emergencies(clinic) == ()


def test_a_copy_elsewhere_opens_with_the_same_passphrases(clinic: OpenClinic, tmp_path: Path) -> None:
    add_person(clinic, SECOND, OTHER, kdf=LEAST)
    clinic.store.close()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for part in (clinic.path, key_path(clinic.path)):
        shutil.copy2(part, folder)
    copied = open_clinic(folder / clinic.path.name, OTHER, "M. Ito")
    assert copied.person.role is Role.ASSISTANT
    copied.close()
    assert keyfile.read_keys(key_path(clinic.path)).recovery is None
