"""Making, opening and leaving a clinic, with real files."""

import errno
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from ptnotes.db import keyfile
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path, read_keys
from ptnotes.domain.errors import AccessError, EnvironmentFault, InputError, PtNotesError
from ptnotes.domain.people import Paper, Permission, Person
from ptnotes.domain.permissions import Act, may
from ptnotes.domain.sentences import sentence
from ptnotes.services import opening
from ptnotes.services.history import clinic_history
from ptnotes.services.opening import OpenClinic, change_passphrase, create_clinic, open_clinic
from ptnotes.services.people import add_person, change_person, give_new_passphrase, people
from ptnotes.services.people_of import clinic_exists, default_clinic_path, people_of
from ptnotes.services.settings import change_clinic, clinic_details
from tests.clinics import CLINIC, PASSPHRASE, PERSON, clinic_in, template
from tests.clock import FixedClock
from tests.migrations.stored import HERE, stored_file

LEAST = Kdf()
OTHER = "three slow tin whistles"


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(PtNotesError) as raised:
        action()
    assert "{" not in sentence(raised.value)
    return raised.value.code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return template().copy_to(tmp_path)


def test_a_new_clinic_opens_with_its_passphrase_and_knows_itself(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "new folder" / "our clinic.ptnotes"
    details = replace(CLINIC, paper=Paper.A4, logo=b"\x89PNG", telephone="555 0100")
    assert not clinic_exists(path)
    made = create_clinic(path, details, PERSON, PASSPHRASE, clock=clock, kdf=LEAST)
    assert clinic_details(made) == replace(details, revision=1)
    made.close()
    assert clinic_exists(path)
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, f"{path.name}.keys"]
    opened = open_clinic(path, PASSPHRASE, clock=clock)
    assert clinic_details(opened) == replace(details, revision=1)
    assert people(opened) == (opened.person,)
    assert opened.person.granted == {Permission.ADMINISTER}
    assert opened.person.signing_public_key == read_keys(key_path(path)).slots[0].signing_public
    own = replace(opened.person, id=None, uuid="", revision=0, signing_public_key=None, granted=frozenset())
    assert own == PERSON
    assert people_of(path) == (PERSON.name,)
    opened.close()


def test_today_is_the_date_in_the_clinics_zone(tmp_path: Path, clock: FixedClock) -> None:
    clinic = clinic_in(tmp_path, clock)
    clock.at = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
    assert clinic.today() == date(2026, 3, 2)
    change_clinic(clinic, replace(clinic_details(clinic), zone="Europe/Paris"))
    assert clinic.today() == date(2026, 3, 3)
    clinic.close()


def test_settings_are_checked_and_a_stale_change_is_refused(tmp_path: Path, clock: FixedClock) -> None:
    clinic = clinic_in(tmp_path, clock)
    details = clinic_details(clinic)
    assert code_of(lambda: change_clinic(clinic, replace(details, name=" "))) == "text.empty"
    assert (
        code_of(lambda: change_clinic(clinic, replace(details, zone="Mars/Base"))) == "value.not_understood"
    )
    changed = change_clinic(clinic, replace(details, fax="555 0101"))
    assert changed == replace(details, fax="555 0101", revision=2)
    assert code_of(lambda: change_clinic(clinic, replace(details, fax="x"))) == "record.stale"
    assert clinic_details(clinic) == changed
    clinic.close()


def test_a_wrong_passphrase_and_an_unknown_person_answer_alike(path: Path) -> None:
    assert code_of(lambda: open_clinic(path, "wrong")) == "access.denied"
    assert code_of(lambda: open_clinic(path, PASSPHRASE, "Nobody")) == "access.denied"


def test_what_is_missing_or_foreign_is_named(path: Path, tmp_path: Path) -> None:
    assert code_of(lambda: open_clinic(tmp_path / "none.ptnotes", PASSPHRASE)) == "file.missing"
    assert code_of(lambda: people_of(tmp_path / "none.ptnotes")) == "file.missing"
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG" + b"x" * 5000)
    assert code_of(lambda: open_clinic(picture, PASSPHRASE)) == "file.not_ours"
    keys = key_path(path).read_bytes()
    key_path(path).unlink()
    assert code_of(lambda: open_clinic(path, PASSPHRASE)) == "keys.missing"
    assert code_of(lambda: people_of(path)) == "keys.missing"
    key_path(path).write_bytes(keys[:100])
    assert code_of(lambda: open_clinic(path, PASSPHRASE)) == "keys.damaged"
    assert code_of(lambda: people_of(path)) == "keys.damaged"
    key_path(path).write_text(json.dumps(json.loads(keys) | {"format": 9}))
    assert code_of(lambda: open_clinic(path, PASSPHRASE)) == "keys.newer"
    assert code_of(lambda: people_of(path)) == "keys.newer"
    key_path(path).write_text('{"format": 1, "slots": []}')
    assert code_of(lambda: people_of(path)) == "keys.damaged"


def test_the_keys_of_another_clinic_are_recognised(path: Path, tmp_path: Path, clock: FixedClock) -> None:
    other = tmp_path / "other.ptnotes"
    create_clinic(other, CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=LEAST).close()
    key_path(path).write_bytes(key_path(other).read_bytes())
    assert code_of(lambda: open_clinic(path, PASSPHRASE)) == "keys.other_clinic"


def test_a_clinic_is_never_made_over_another(path: Path, clock: FixedClock) -> None:
    before = (path.read_bytes(), key_path(path).read_bytes())
    make = lambda: create_clinic(path, CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=LEAST)  # noqa: E731 - called twice
    assert code_of(make) == "file.exists"
    assert (path.read_bytes(), key_path(path).read_bytes()) == before
    path.unlink()
    # The keys alone may be all that is left of somebody's records: they are not written over either.
    assert clinic_exists(path)
    assert code_of(make) == "file.exists"
    assert key_path(path).read_bytes() == before[1]


@pytest.mark.parametrize(
    ("clinic", "person", "passphrase", "field"),
    [
        (replace(CLINIC, name=""), PERSON, PASSPHRASE, "clinic.name"),
        (replace(CLINIC, zone="nowhere"), PERSON, PASSPHRASE, "clinic.zone"),
        (replace(CLINIC, zone="../../etc/passwd"), PERSON, PASSPHRASE, "clinic.zone"),
        (CLINIC, replace(PERSON, name="\0"), PASSPHRASE, "person.name"),
        (CLINIC, PERSON, "", "passphrase"),
    ],
)
def test_unfit_details_make_no_file(
    tmp_path: Path, clinic: object, person: object, passphrase: str, field: str
) -> None:
    with pytest.raises(InputError) as refused:
        create_clinic(tmp_path / "x" / "c.ptnotes", clinic, person, passphrase, kdf=LEAST)  # type: ignore[arg-type]  # both of their kind
    assert refused.value.faults[0].field == field
    assert list(tmp_path.iterdir()) == []


def _cut_off_at(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: FixedClock) -> Path:
    """Begin to make a clinic and be cut off at one step, as by a power failure."""
    path = tmp_path / "c.ptnotes"

    def cut_off(*_arguments: object, **_named: object) -> None:
        raise SystemExit

    module: object = keyfile if name == "write_keys" else opening
    with monkeypatch.context() as patch:
        patch.setattr(module, name, cut_off)
        with pytest.raises(SystemExit):
            create_clinic(path, CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=LEAST)
    return path


def test_a_first_start_cut_off_before_the_keys_begins_anew(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _cut_off_at("write_keys", monkeypatch, tmp_path, clock)
    assert [file.name for file in tmp_path.iterdir()] == ["c.ptnotes.new"]
    assert not clinic_exists(path)
    create_clinic(path, CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=LEAST).close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["c.ptnotes", "c.ptnotes.keys"]


def test_a_first_start_cut_off_before_the_last_step_is_finished_by_opening(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = opening._finish_naming
    calls = iter([real, None])

    def only_the_first(path: Path) -> None:
        step = next(calls)
        if step is None:
            raise SystemExit
        step(path)

    path = tmp_path / "c.ptnotes"
    with monkeypatch.context() as patch:
        patch.setattr(opening, "_finish_naming", only_the_first)
        with pytest.raises(SystemExit):
            create_clinic(path, CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=LEAST)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["c.ptnotes.keys", "c.ptnotes.new"]
    assert clinic_exists(path)
    again = partial(create_clinic, path, CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=LEAST)
    assert code_of(again) == "file.exists"
    opened = open_clinic(path, PASSPHRASE, clock=clock)
    assert clinic_details(opened).name == CLINIC.name
    opened.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["c.ptnotes", "c.ptnotes.keys"]


def test_keys_that_cannot_be_written_leave_no_file(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyfile, "write_keys", full)
    path = tmp_path / "c.ptnotes"
    assert (
        code_of(lambda: create_clinic(path, CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=LEAST))
        == "disk.full"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_named(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "c.ptnotes"
    with pytest.raises(EnvironmentFault):
        create_clinic(path, CLINIC, PERSON, PASSPHRASE, clock=clock, kdf=LEAST)


def test_a_changed_passphrase_opens_and_the_old_one_no_longer(path: Path, clock: FixedClock) -> None:
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    new = "six warm yellow stones"
    with pytest.raises(AccessError):
        change_passphrase(clinic, "wrong", new, kdf=LEAST)
    assert code_of(lambda: change_passphrase(clinic, PASSPHRASE, "", kdf=LEAST)) == "passphrase.empty"
    change_passphrase(clinic, PASSPHRASE, new, kdf=LEAST)
    clinic.close()
    assert code_of(lambda: open_clinic(path, PASSPHRASE)) == "access.denied"
    open_clinic(path, new).close()


def test_somebody_with_keys_but_no_account_is_turned_away(path: Path, clock: FixedClock) -> None:
    unlocked = keyfile.unlock(keyfile.read_keys(key_path(path)), PASSPHRASE, None, path)
    stranger = keyfile.with_slot(unlocked, "no-such-person", "Stranger", "three slow tin whistles", LEAST)
    keyfile.write_keys(key_path(path), stranger.keys)
    assert code_of(lambda: open_clinic(path, "three slow tin whistles", "Stranger")) == "person.unknown"
    assert code_of(lambda: open_clinic(path, PASSPHRASE)) == "person.which"
    open_clinic(path, PASSPHRASE, PERSON.name, clock=clock).close()


def test_the_default_file_is_in_the_users_data_folder(private_folders: Path) -> None:
    path = default_clinic_path()
    assert path.name == "clinic.ptnotes"
    assert path.is_relative_to(private_folders)
    assert not path.parent.exists()


def test_asking_who_can_open_a_file_loads_no_database(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ptnotes.services.people_of import people_of\n"
        "print(people_of(Path(sys.argv[1])), sorted({'sqlalchemy', 'sqlcipher3', 'cryptography'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{(PERSON.name,)!r} []"


def test_no_plain_text_of_the_clinic_is_left_anywhere_in_its_folder(
    tmp_path: Path, clock: FixedClock
) -> None:
    clinic: OpenClinic = clinic_in(tmp_path, clock)
    change_clinic(clinic, replace(clinic_details(clinic), address="Zyxwvuton Avenue"))
    for file in tmp_path.iterdir():
        assert b"Zyxwvuton" not in file.read_bytes()
    clinic.close()


def test_a_clinic_of_the_first_release_opens_with_its_passphrase_and_gets_keys_to_sign_with(
    tmp_path: Path, clock: FixedClock
) -> None:
    path = stored_file(tmp_path, 1)
    shutil.copy2(HERE / "first.keys", key_path(path))
    assert people_of(path) == ("J. Rivera",)
    assert code_of(lambda: open_clinic(path, "another passphrase", clock=clock)) == "access.denied"
    opened = open_clinic(path, PASSPHRASE, clock=clock)
    public = opened.person.signing_public_key
    assert may(opened.person, Act.ADMINISTER)
    opened.close()
    keys = read_keys(key_path(path))
    assert keys.first is None
    assert keys.slots[0].signing_public == public
    again = open_clinic(path, PASSPHRASE, clock=clock)
    assert again.person.signing_public_key == public
    assert not again.audit_is_doubted
    again.close()
    # The files as they were still open, for whoever needs them.
    kept = tmp_path / "clinic.ptnotes.before-0002"
    assert read_keys(key_path(kept)).people[0].name == "J. Rivera"


def test_a_key_to_sign_with_that_was_renewed_and_then_cut_off_is_written_down_at_the_next_opening(
    path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    before = clinic.person.signing_public_key
    with monkeypatch.context() as patch:
        patch.setattr(keyfile, "write_keys", _full)
        assert code_of(lambda: give_new_passphrase(clinic, clinic.person_id, OTHER, kdf=LEAST)) == "disk.full"
    assert clinic.person.signing_public_key != before
    clinic.close()
    opened = open_clinic(path, PASSPHRASE, clock=clock)
    assert opened.person.signing_public_key == before
    opened.close()


def _full(*_arguments: object) -> None:
    raise OSError(errno.ENOSPC, "full")


def test_a_key_to_sign_with_that_the_database_was_never_told_of_is_refused(
    path: Path, clock: FixedClock
) -> None:
    keys_at = key_path(path)
    unlocked = keyfile.unlock(read_keys(keys_at), PASSPHRASE, None, keys_at)
    made_up = keyfile.with_slot(unlocked, unlocked.person, PERSON.name, OTHER, LEAST)
    keyfile.write_keys(keys_at, made_up.keys)
    assert code_of(lambda: open_clinic(path, OTHER, clock=clock)) == "keys.replaced"


def test_a_key_file_of_the_first_release_that_was_put_back_is_refused_and_replaces_nobody(
    tmp_path: Path, clock: FixedClock
) -> None:
    path = stored_file(tmp_path, 1)
    keys_at = key_path(path)
    shutil.copy2(HERE / "first.keys", keys_at)
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    change_passphrase(clinic, PASSPHRASE, "six warm yellow stones", kdf=LEAST)
    clinic.close()
    shutil.copy2(HERE / "first.keys", keys_at)
    assert code_of(lambda: open_clinic(path, PASSPHRASE, clock=clock)) == "keys.replaced"
    assert keys_at.read_bytes() == (HERE / "first.keys").read_bytes()


def test_a_changed_passphrase_holds_for_somebody_whose_new_name_did_not_reach_the_key_file(
    path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    with monkeypatch.context() as patch:
        patch.setattr(keyfile, "write_keys", _full)
        renamed = replace(clinic.person, name="J. Rivera-Berg")
        assert code_of(lambda: change_person(clinic, renamed)) == "disk.full"
    change_passphrase(clinic, PASSPHRASE, OTHER, kdf=LEAST)
    # Changing anything finishes what was cut off.
    change_person(clinic, replace(clinic.person, credentials="PT"))
    assert people_of(path) == ("J. Rivera-Berg",)
    clinic.close()
    open_clinic(path, OTHER, "J. Rivera-Berg", clock=clock).close()


def test_an_older_key_file_put_back_is_told_in_the_audit(path: Path, clock: FixedClock) -> None:
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    before = key_path(path).read_bytes()
    change_passphrase(clinic, PASSPHRASE, OTHER, kdf=LEAST)
    clinic.close()
    again = open_clinic(path, OTHER, clock=clock)
    assert not any("key file of before" in row.what for row in clinic_history(again))
    again.close()
    key_path(path).write_bytes(before)
    replayed = open_clinic(path, PASSPHRASE, clock=clock)
    assert any("key file of before" in row.what for row in clinic_history(replayed))
    replayed.close()


def test_a_closed_clinic_refuses_until_the_same_person_goes_on_with_it(path: Path, clock: FixedClock) -> None:
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    clinic.emergency = "read in spite of the role"
    clinic.close()
    assert clinic.data_key == b""
    assert code_of(lambda: clinic_details(clinic)) == "file.shut"
    clinic.close()
    add_person(again := open_clinic(path, PASSPHRASE, clock=clock), Person(name="B. Other"), OTHER, kdf=LEAST)
    other = open_clinic(path, OTHER, "B. Other", clock=clock)
    with pytest.raises(ValueError, match="goes on"):
        clinic.resume(other)
    clinic.resume(again)
    assert clinic_details(clinic).name == CLINIC.name
    assert clinic.emergency == ""
    assert not clinic.ending.is_set()
    assert code_of(lambda: clinic_details(again)) == "file.shut"
    for opened in (other, clinic):
        opened.close()
