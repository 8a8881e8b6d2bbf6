"""The key file: who it lets in, what it refuses, and that every byte of it is authenticated."""

import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ptnotes.db import kdf, keyfile
from ptnotes.db.kdf import Kdf, new_kdf
from ptnotes.db.keyfile import (
    Anchor,
    KeyFile,
    SlotKind,
    Unlocked,
    authentic_keys,
    new_keys,
    read_keys,
    rotated,
    signing_key,
    unlock,
    unlock_recovery,
    with_anchor,
    with_passphrase,
    with_slot,
    write_keys,
)
from ptnotes.domain.errors import AccessError, AmbiguousError, EnvironmentFault, PtNotesError

PASSPHRASE = "nine purple herons wade"
LEAST = Kdf()


@pytest.fixture(scope="module")
def made() -> Unlocked:
    return new_keys("person-1", "J. Rivera", PASSPHRASE, LEAST)


@pytest.fixture
def path(made: Unlocked, tmp_path: Path) -> Path:
    path = tmp_path / "clinic.ptnotes.keys"
    write_keys(path, made.keys)
    return path


def fault_of(action: Callable[[], object]) -> str:
    with pytest.raises(PtNotesError) as raised:
        action()
    return raised.value.code


def edited(path: Path, edit: Callable[[dict[str, Any]], None]) -> KeyFile:
    document = json.loads(path.read_text())
    edit(document)
    path.write_text(json.dumps(document))
    return read_keys(path)


def test_the_passphrase_gives_the_data_key_back(made: Unlocked, path: Path) -> None:
    opened = unlock(read_keys(path), PASSPHRASE, None, path)
    assert opened == made
    assert len(opened.data_key) == 32
    assert unlock(read_keys(path), PASSPHRASE, "J. Rivera", path) == made


def test_two_clinics_have_nothing_in_common(made: Unlocked) -> None:
    other = new_keys("person-1", "J. Rivera", PASSPHRASE, LEAST)
    assert other.data_key != made.data_key
    assert other.keys.file_id != made.keys.file_id
    assert other.keys.slots[0].salt != made.keys.slots[0].salt


def test_wrong_person_and_wrong_passphrase_answer_alike(path: Path) -> None:
    keys = read_keys(path)
    answers = set()
    for passphrase, name in (("wrong", None), ("wrong", "J. Rivera"), (PASSPHRASE, "Nobody"), ("", None)):
        with pytest.raises(AccessError) as refused:
            unlock(keys, passphrase, name, path)
        answers.add((refused.value.code, str(refused.value.values)))
    assert answers == {("access.denied", "{}")}


def test_an_accent_composed_or_not_is_the_same_passphrase(tmp_path: Path) -> None:
    made = new_keys("p", "É", "caf\u00e9 au lait", LEAST)
    assert unlock(made.keys, "cafe\u0301 au lait", None, tmp_path).data_key == made.data_key


def test_each_person_has_a_slot_and_opens_with_their_own_passphrase(made: Unlocked, path: Path) -> None:
    both = with_slot(made, "person-2", "K. Okafor", "three slow tin whistles", LEAST)
    write_keys(path, both.keys)
    keys = read_keys(path)
    assert [slot.name for slot in keys.slots] == ["J. Rivera", "K. Okafor"]
    second = unlock(keys, "three slow tin whistles", "K. Okafor", path)
    assert (second.person, second.data_key) == ("person-2", made.data_key)
    assert unlock(keys, PASSPHRASE, "J. Rivera", path).data_key == made.data_key
    assert fault_of(lambda: unlock(keys, PASSPHRASE, "K. Okafor", path)) == "access.denied"
    with pytest.raises(AmbiguousError) as several:
        unlock(keys, PASSPHRASE, None, path)
    assert several.value.choices == ("J. Rivera", "K. Okafor")


NEW = "six warm yellow stones"


def test_a_new_passphrase_replaces_the_old_and_comes_with_new_pairs(made: Unlocked, path: Path) -> None:
    changed = with_passphrase(made, PASSPHRASE, NEW, LEAST)
    assert len(changed.keys.slots) == 1
    assert unlock(changed.keys, NEW, None, path).data_key == made.data_key
    assert fault_of(lambda: unlock(changed.keys, PASSPHRASE, None, path)) == "access.denied"
    assert fault_of(lambda: with_passphrase(made, "wrong", NEW, LEAST)) == "access.denied"
    assert changed.keys.slots[0].public != made.keys.slots[0].public
    assert changed.keys.slots[0].signing_public != made.keys.slots[0].signing_public


def test_a_person_signs_with_a_key_that_only_their_passphrase_gives(made: Unlocked) -> None:
    signature = signing_key(made.keys, "person-1", PASSPHRASE).sign(b"a note")
    public = Ed25519PublicKey.from_public_bytes(made.keys.slots[0].signing_public)
    public.verify(signature, b"a note")
    with pytest.raises(InvalidSignature):
        public.verify(signature, b"another note")
    assert fault_of(lambda: signing_key(made.keys, "person-1", "wrong")) == "access.denied"
    assert fault_of(lambda: signing_key(made.keys, "nobody", PASSPHRASE)) == "person.unknown"


def test_somebody_who_forgot_gets_a_new_slot_with_a_new_pair_in_the_same_place(made: Unlocked) -> None:
    both = with_slot(made, "person-2", "K. Okafor", "three slow tin whistles", LEAST)
    again = with_slot(both, "person-1", "J. Rivera", NEW, LEAST)
    assert [slot.person for slot in again.keys.slots] == ["person-1", "person-2"]
    assert again.keys.slots[0].signing_public != made.keys.slots[0].signing_public
    assert unlock(again.keys, NEW, "J. Rivera", Path()).data_key == made.data_key


def test_the_recovery_key_opens_its_own_slot_which_is_nobody_and_signs_nothing(made: Unlocked) -> None:
    with pytest.raises(AccessError, match=r"recovery\.none"):
        unlock_recovery(made.keys, "code", Path())
    both = with_slot(made, keyfile.RECOVERY, "", "code", LEAST, SlotKind.RECOVERY)
    assert [slot.name for slot in both.keys.people] == ["J. Rivera"]
    assert unlock_recovery(both.keys, "code", Path()).data_key == made.data_key
    assert fault_of(lambda: unlock_recovery(both.keys, "other", Path())) == "access.denied"
    assert fault_of(lambda: unlock(both.keys, "code", "", Path())) == "access.denied"
    assert fault_of(lambda: signing_key(both.keys, keyfile.RECOVERY, "code")) == "access.denied"


def test_removing_somebody_changes_the_data_key_and_nobody_elses_passphrase(made: Unlocked) -> None:
    three = with_slot(made, "person-2", "K. Okafor", "three slow tin whistles", LEAST)
    three = with_slot(three, keyfile.RECOVERY, "", "code", LEAST, SlotKind.RECOVERY)
    fewer = rotated(three, without="person-1")
    assert fewer.data_key != made.data_key
    assert fewer.keys.file_id != made.keys.file_id
    assert unlock(fewer.keys, "three slow tin whistles", None, Path()).data_key == fewer.data_key
    assert unlock_recovery(fewer.keys, "code", Path()).data_key == fewer.data_key
    assert fault_of(lambda: unlock(fewer.keys, PASSPHRASE, "J. Rivera", Path())) == "access.denied"
    assert fewer.keys.people[0].signing_public == three.keys.people[1].signing_public
    with pytest.raises(ValueError, match="nobody"):
        rotated(fewer, without="person-2")


def test_a_slot_of_before_a_rotation_does_not_fit_after_it(made: Unlocked) -> None:
    both = with_slot(made, "person-2", "K. Okafor", "three slow tin whistles", LEAST)
    fewer = rotated(both, without="person-2")
    put_back = replace(fewer.keys, slots=(*fewer.keys.slots, both.keys.slots[1]))
    fault = fault_of(lambda: unlock(put_back, "three slow tin whistles", "K. Okafor", Path()))
    assert fault == "keys.damaged"


def test_the_anchor_of_the_audit_is_kept_and_proven(made: Unlocked, path: Path) -> None:
    anchor = Anchor(41, bytes(range(32)))
    write_keys(path, with_anchor(made, anchor).keys)
    assert read_keys(path).anchor == anchor
    assert authentic_keys(path, "person-1", made.data_key) == with_anchor(made, anchor)
    assert fault_of(lambda: authentic_keys(path, "person-1", bytes(32))) == "keys.damaged"
    edited(path, lambda d: d["audit"].update(count=40))
    assert fault_of(lambda: authentic_keys(path, "person-1", made.data_key)) == "keys.damaged"


@pytest.mark.parametrize("weak", [Kdf(memory_kib=65_535), Kdf(iterations=2), Kdf(memory_kib=8, iterations=1)])
def test_weaker_derivation_is_refused_when_made_and_when_read(made: Unlocked, path: Path, weak: Kdf) -> None:
    with pytest.raises(ValueError, match="below the least"):
        with_slot(made, "p", "P", PASSPHRASE, weak)
    write_keys(path, replace(made.keys, slots=(replace(made.keys.slots[0], kdf=weak),)))
    assert fault_of(lambda: read_keys(path)) == "keys.weak"


def test_the_derivation_takes_a_quarter_of_a_second_and_is_never_below_the_least(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = iter([0.0, 0.05])
    monkeypatch.setattr(kdf, "perf_counter", lambda: next(times))
    assert new_kdf() == Kdf(iterations=15)
    times = iter([0.0, 9.0])
    assert new_kdf() == LEAST


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["slots"][0].update(name="K. Okafor"),
        lambda d: d["slots"][0].update(person="person-2"),
        lambda d: d["slots"][0]["kdf"].update(iterations=4),
        lambda d: d["slots"][0]["kdf"].update(memory_kib=65_537),
        lambda d: d["slots"][0]["kdf"].update(lanes=2),
        lambda d: d["slots"][0]["kdf"].update(salt="00" * 16),
        lambda d: d["slots"][0].update(nonce="00" * 12),
        lambda d: d["slots"][0].update(wrapped_private_keys="00" * 80),
        lambda d: d["slots"][0].update(wrapped_private_keys=""),
        lambda d: d["slots"][0].update(public_key="11" * 32),
        lambda d: d["slots"][0].update(signing_public_key="11" * 32),
        lambda d: d["slots"][0].update(sealed_data_key="00" * 80),
        lambda d: d["slots"][0].update(sealed_data_key=""),
        lambda d: d["audit"].update(count=7),
        lambda d: d["audit"].update(head="11" * 32),
        lambda d: d.update(file_id="00" * 16),
        lambda d: d.update(mac="00" * 32),
        lambda d: d["slots"].append(d["slots"][0] | {"name": "Intruder"}),
    ],
)
def test_a_changed_key_file_opens_nothing(path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    keys = edited(path, edit)
    assert fault_of(lambda: unlock(keys, PASSPHRASE, keys.slots[0].name, path)) in {
        "access.denied",
        "keys.damaged",
    }


def test_a_slot_added_or_taken_away_behind_the_programs_back_is_noticed(made: Unlocked, path: Path) -> None:
    both = with_slot(made, "person-2", "K. Okafor", "three slow tin whistles", LEAST)
    fewer = replace(both.keys, slots=both.keys.slots[:1])
    assert fault_of(lambda: unlock(fewer, PASSPHRASE, None, path)) == "keys.damaged"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"not json",
        b'{"format": 1}',
        b'{"format": 1, "file_id": "00", "slots": [{"name": "A"}], "mac": ""}',
        b'{"format": 2}',
        b'{"format": "2", "slots": []}',
        b'{"format": 2, "file_id": "00", "slots": [], "mac": ""}',
        b"[" * 100_000,
        b" " * (keyfile.LARGEST_FILE + 2),
    ],
)
def test_a_file_that_is_no_key_file_is_damaged(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert fault_of(lambda: read_keys(path)) == "keys.damaged"


def test_a_name_that_a_flipped_bit_made_half_a_letter_is_damage(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"name": "', b'"name": "\\ud84c', 1))
    assert path.read_bytes() != whole
    assert fault_of(lambda: read_keys(path)) == "keys.damaged"


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["slots"].clear(),
        lambda d: d["slots"][0]["kdf"].update(name="pbkdf2"),
        lambda d: d["slots"][0]["kdf"].update(memory_kib=10**9),
        lambda d: d["slots"][0]["kdf"].update(iterations=10**9),
        lambda d: d["slots"][0]["kdf"].update(lanes=0),
        lambda d: d["slots"][0]["kdf"].update(iterations=True),
        lambda d: d["slots"][0].update(name=7),
        lambda d: d["slots"][0].pop("nonce"),
        lambda d: d.update(mac="zz"),
        lambda d: d["slots"][0].update(kind="recovery"),
        lambda d: d["slots"][0].update(kind="god"),
        lambda d: d["audit"].update(count=-1),
        lambda d: d["audit"].update(head="00"),
        lambda d: d.pop("audit"),
    ],
)
def test_a_key_file_of_impossible_content_is_damaged(
    path: Path, edit: Callable[[dict[str, Any]], None]
) -> None:
    assert fault_of(lambda: edited(path, edit)) == "keys.damaged"


def test_a_missing_newer_or_unreadable_key_file_says_so(path: Path, tmp_path: Path) -> None:
    assert fault_of(lambda: read_keys(tmp_path / "none.keys")) == "keys.missing"
    assert fault_of(lambda: edited(path, lambda d: d.update(format=3))) == "keys.newer"
    folder = tmp_path / "folder.keys"
    folder.mkdir()
    assert fault_of(lambda: read_keys(folder)) in {"disk.io", "disk.permission"}


def test_the_key_file_holds_no_secret_in_the_clear_and_is_for_its_owner_alone(
    made: Unlocked, path: Path
) -> None:
    content = path.read_bytes()
    assert made.data_key.hex().encode() not in content
    assert PASSPHRASE.encode() not in content
    assert "data_key" not in repr(made)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    made: Unlocked, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_keys(path, with_slot(made, "p", "P", "x", LEAST).keys)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_fault_of_the_environment_is_told_from_a_refusal(path: Path) -> None:
    path.unlink()
    with pytest.raises(EnvironmentFault) as missing:
        read_keys(path)
    assert missing.value.values == {"path": str(path)}


FIRST = Path(__file__).parent.parent / "migrations" / "first.keys"
FIRST_DATA_KEY = b"k" * 32


def test_a_key_file_of_the_first_format_opens_and_comes_out_in_the_present_one(tmp_path: Path) -> None:
    first = read_keys(FIRST)
    assert [slot.name for slot in first.people] == ["J. Rivera"]
    assert first.recovery is None
    unlocked = unlock(first, PASSPHRASE, "J. Rivera", FIRST)
    assert unlocked.data_key == FIRST_DATA_KEY
    assert unlocked.keys.file_id == first.file_id
    path = tmp_path / "clinic.ptnotes.keys"
    write_keys(path, unlocked.keys)
    again = unlock(read_keys(path), PASSPHRASE, None, path)
    assert json.loads(path.read_text())["format"] == 2
    assert (again.data_key, again.person) == (FIRST_DATA_KEY, unlocked.person)
    assert again.signing is not None
    message = b"a note"
    public = Ed25519PublicKey.from_public_bytes(again.keys.slots[0].signing_public)
    public.verify(again.signing.sign(message), message)


def test_a_key_file_of_the_first_format_refuses_others_and_any_change(tmp_path: Path) -> None:
    first = read_keys(FIRST)
    assert fault_of(lambda: unlock(first, "another passphrase", None, FIRST)) == "access.denied"
    assert fault_of(lambda: unlock(first, PASSPHRASE, "Nobody", FIRST)) == "access.denied"
    path = tmp_path / "clinic.ptnotes.keys"
    document = json.loads(FIRST.read_text())
    document["mac"] = "00" * 32
    path.write_text(json.dumps(document))
    assert fault_of(lambda: unlock(read_keys(path), PASSPHRASE, None, path)) == "keys.damaged"
    document["slots"] = document["slots"] * 2
    path.write_text(json.dumps(document))
    assert fault_of(lambda: read_keys(path)) == "keys.damaged"
