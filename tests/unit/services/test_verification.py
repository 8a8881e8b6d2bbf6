"""Whoever has the data key can write into the file; what was signed then no longer holds, and is found."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from ptnotes.db.triggers import drop_triggers
from ptnotes.domain.canonical import canonical_bytes, canonical_hash
from ptnotes.domain.signature import Problem, Wrong, broken_chains
from ptnotes.services import signing
from ptnotes.services.opening import OpenClinic
from ptnotes.services.verification import verify_notes
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.signing import (
    OTHER_PASSPHRASE,
    STUDENT,
    as_somebody,
    clinic_with_episode,
    draft,
    passphrases_remembered,
)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    """A clinic with a student's note (1, co-signed, with an addendum), and two of the therapist's (2, and 3, void)."""
    made, episode = clinic_with_episode(tmp_path, FixedClock())
    with passphrases_remembered():
        student = as_somebody(made, STUDENT)
        for author, passphrase in ((student, OTHER_PASSPHRASE), (made, PASSPHRASE), (made, PASSPHRASE)):
            note = draft(author, episode)
            signing.sign_note(author, note.id or 0, note.revision, passphrase)
        signing.co_sign_note(made, 1, PASSPHRASE)
        signing.add_addendum(made, 1, "The level was L4.", PASSPHRASE)
        signing.void_note(made, 3, "Charted twice.", PASSPHRASE)
        yield made
    made.close()


def attack(clinic: OpenClinic, *statements: str, **values: object) -> None:
    """Write past every guard, as somebody with the data key can."""
    with clinic.store.write() as connection:
        drop_triggers(connection)
        for statement in statements:
            connection.execute(text(statement), values)
        connection.commit()


def test_what_nobody_touched_holds(clinic: OpenClinic) -> None:
    assert verify_notes(clinic) == verify_notes(clinic, 1)
    assert (verify_notes(clinic).notes, verify_notes(clinic).problems) == (3, ())
    assert verify_notes(clinic, 2).notes == 0


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE rom_reading SET value = value + 1000 WHERE session_id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE pain_score SET removed_at = '2026-03-02T14:00:00.000000Z' WHERE session_id = 2",
         Problem(2, Wrong.CHANGED)),
        ("UPDATE note_section SET text = text || '.' WHERE session_id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE mobilization SET grade = 'IV' WHERE session_id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE mobilization SET done_by = 2 WHERE session_id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE mobilization_target SET target = 'L4' WHERE session_id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE intervention SET code = '97110' WHERE session_id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE intervention SET minutes = 53 WHERE session_id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE treatment_session SET service_date = '2026-02-27' WHERE id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE treatment_session SET signed_at = '2026-02-27T14:00:00.000000Z' WHERE id = 2",
         Problem(2, Wrong.CHANGED)),
        ("UPDATE treatment_session SET signature = zeroblob(64) WHERE id = 2", Problem(2, Wrong.SIGNATURE)),
        ("UPDATE treatment_session SET signer_id = 2 WHERE id = 2", Problem(2, Wrong.KEY)),
        ("UPDATE treatment_session SET state = 'voided' WHERE id = 2", Problem(2, Wrong.STATE)),
        ("UPDATE treatment_session SET state = 'signed' WHERE id = 3", Problem(3, Wrong.STATE)),
        ("DELETE FROM void", Problem(3, Wrong.STATE)),
        ("DELETE FROM co_signature", Problem(1, Wrong.STATE)),
        ("DELETE FROM signed_content WHERE session_id = 2", Problem(2, Wrong.CHANGED)),
        ("UPDATE void SET reason = 'Other.'", Problem(3, Wrong.SIGNATURE, "voided")),
        ("UPDATE addendum SET text = 'The level was L5.'", Problem(1, Wrong.CHANGED, "addendum")),
        ("UPDATE addendum SET late = 1", Problem(1, Wrong.CHANGED, "addendum")),
        ("UPDATE addendum SET author_id = 2", Problem(1, Wrong.CHANGED, "addendum")),
        ("UPDATE co_signature SET person_id = 2", Problem(1, Wrong.CHANGED, "cosignature")),
        ("UPDATE co_signature SET signature = zeroblob(64)", Problem(1, Wrong.SIGNATURE, "cosignature")),
    ],
)  # fmt: skip
def test_a_change_behind_the_programs_back_is_found(
    clinic: OpenClinic, change: str, problem: Problem
) -> None:
    attack(clinic, change)
    assert problem in verify_notes(clinic).problems


def test_a_note_moved_to_another_patient_is_found(clinic: OpenClinic) -> None:
    attack(clinic, "UPDATE patient SET uuid = 'other'")
    assert {problem.wrong for problem in verify_notes(clinic).problems} == {Wrong.CHANGED}


def test_a_note_taken_out_of_the_chain_is_found(clinic: OpenClinic) -> None:
    attack(
        clinic,
        "PRAGMA defer_foreign_keys = ON",
        *(
            f"DELETE FROM {table} WHERE session_id = 2"  # noqa: S608 - constant names of tables
            for table in (
                "mobilization_target", "mobilization", "intervention", "rom_reading", "pain_score", "note_section",
                "signed_content",
            )
        ),
        "DELETE FROM treatment_session WHERE id = 2",
    )  # fmt: skip
    assert verify_notes(clinic).problems == (Problem(3, Wrong.CHAIN), Problem(2, Wrong.MISSING))


def test_the_last_note_of_an_episode_taken_out_whole_is_found_by_the_audit(clinic: OpenClinic) -> None:
    attack(
        clinic,
        "PRAGMA defer_foreign_keys = ON",
        *(
            f"DELETE FROM {table} WHERE session_id = 3"  # noqa: S608 - constant names of tables
            for table in (
                "mobilization_target", "mobilization", "intervention", "rom_reading", "pain_score", "note_section",
                "signed_content", "void",
            )
        ),
        "DELETE FROM treatment_session WHERE id = 3",
    )  # fmt: skip
    assert verify_notes(clinic).problems == verify_notes(clinic, 1).problems == (Problem(3, Wrong.MISSING),)


def test_an_addendum_or_a_void_taken_out_is_found_by_the_audit(clinic: OpenClinic) -> None:
    attack(
        clinic,
        "DELETE FROM addendum",
        "DELETE FROM void",
        "UPDATE treatment_session SET state = 'signed' WHERE id = 3",
    )
    assert set(verify_notes(clinic).problems) == {
        Problem(1, Wrong.MISSING, "addendum"),
        Problem(3, Wrong.MISSING, "voided"),
    }


def test_a_student_who_co_signs_their_own_note_past_the_program_is_found(clinic: OpenClinic) -> None:
    attack(clinic, "UPDATE co_signature SET person_id = 2")
    assert Problem(1, Wrong.STATE, "cosignature") in verify_notes(clinic).problems


def test_a_note_signed_anew_with_another_key_is_found(clinic: OpenClinic) -> None:
    mine = Ed25519PrivateKey.generate()
    with clinic.store.read() as connection:
        content = connection.execute(text("SELECT canonical_form FROM signed_content WHERE session_id = 3"))
        statement = json.loads(content.scalar_one())
    statement["signer"]["public_key"] = mine.public_key().public_bytes_raw().hex()
    forged = canonical_bytes(statement)
    attack(
        clinic,
        "UPDATE signed_content SET canonical_form = :content WHERE session_id = 3",
        "UPDATE treatment_session SET content_hash = :hash, signature = :signature WHERE id = 3",
        content=forged,
        hash=canonical_hash(statement),
        signature=mine.sign(forged),
    )
    assert Problem(3, Wrong.KEY) in verify_notes(clinic).problems


def test_a_signature_by_an_earlier_key_of_the_same_person_still_holds(clinic: OpenClinic) -> None:
    with clinic.store.write() as connection:
        connection.execute(text("UPDATE person SET signing_public_key = zeroblob(32)"))
        connection.commit()
    assert verify_notes(clinic).problems == ()


def test_a_chain_has_one_beginning_and_no_fork() -> None:
    a, b, c = b"a", b"b", b"c"
    assert broken_chains([(1, 1, a, None), (2, 1, b, a), (3, 1, c, b), (4, 2, a, None)]) == []
    assert broken_chains([(1, 1, a, None), (2, 1, b, None)]) == [2]
    assert broken_chains([(1, 1, a, None), (2, 1, b, a), (3, 1, c, a)]) == [3]
    assert broken_chains([(2, 1, b, a), (3, 1, c, b)]) == [2]
