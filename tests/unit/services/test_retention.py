"""Keeping records by the clinic's rule, and disposing of one on the real file: what stands against it, what remains."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from ptnotes.db import retention as stored
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.store import PAGE_BYTES
from ptnotes.domain.audit import Disclosure, Subject, Verb
from ptnotes.domain.episode import DischargeReason
from ptnotes.domain.errors import AccessError, EnvironmentFault, InputError, StaleError
from ptnotes.domain.people import Person, Role
from ptnotes.domain.retention import Obstacle, RecordRules, retain_until
from ptnotes.services.audit import note_read
from ptnotes.services.backup import backup_clinic
from ptnotes.services.episodes import discharge_episode, open_episode
from ptnotes.services.history import clinic_history, record_disclosure, verify_audit
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, find_patients
from ptnotes.services.people import break_glass, mark_emergencies_seen
from ptnotes.services.retention import (
    change_record_rules,
    disposals,
    dispose_of_records,
    keep_record_until,
    record_rules,
    records_due,
    retention_of,
)
from ptnotes.services.signing import add_addendum, request_amendment, sign_note
from ptnotes.services.verification import verify_notes
from ptnotes.services.visits import save_draft
from tests.clinics import PASSPHRASE, PATIENT, clinic_in, template
from tests.clock import FixedClock
from tests.signing import as_somebody, clinic_with_episode, draft, passphrases_remembered, whole

NAME, WORDS = "Quizzlebrook", "flumdiddle wrobbling"
LAST_VISIT = date(2026, 3, 2)
FRONT_DESK = Person(name="F. Adeyemi", role=Role.FRONT_DESK)


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    """Give a clinic with two patients, each with a signed note; the first is discharged."""
    with passphrases_remembered():
        opened, episode = clinic_with_episode(tmp_path, clock)
        _chart(opened, episode, "Kept words.")
        gone = add_patient(opened, replace(PATIENT, mrn="000777", family_name=NAME, given_name="Ottoline"))
        theirs = open_episode(opened, replace(episode, id=None, uuid="", patient_id=gone.id or 0, revision=0))
        _chart(opened, theirs, WORDS)
        discharge_episode(opened, theirs.id or 0, LAST_VISIT, DischargeReason.GOALS_MET)
        yield opened
        opened.close()


def _chart(clinic: OpenClinic, episode: object, words: str) -> int:
    made = draft(clinic, episode)  # type: ignore[arg-type]  # an episode
    note = replace(whole(made).note, plan=words)
    saved = save_draft(clinic, replace(made, note=note))
    return sign_note(clinic, saved.id or 0, saved.revision, PASSPHRASE).id or 0


def patient_id(clinic: OpenClinic, name: str = NAME) -> int:
    return find_patients(clinic, name, archived=True)[0].id


def note_id(clinic: OpenClinic) -> int:
    """Give the signed note of the patient to be disposed of: the second that was charted."""
    assert clinic.path
    return 2


def obstacles(clinic: OpenClinic) -> tuple[Obstacle, ...]:
    return retention_of(clinic, patient_id(clinic)).obstacles


def plain_pages(path: Path, data_key: bytes) -> bytes:
    """Decrypt every page of the file, free ones and the rests of pages too, with nothing but AES."""
    raw = path.read_bytes()
    pages = []
    for start in range(0, len(raw), PAGE_BYTES):
        page = raw[start : start + PAGE_BYTES]
        body, vector = page[16 if start == 0 else 0 : -80], page[-80:-64]
        decryptor = Cipher(AES(data_key), CBC(vector)).decryptor()
        pages.append(decryptor.update(body) + decryptor.finalize())
    return b"".join(pages)


def everything_written(clinic: OpenClinic) -> bytes:
    clinic.store.close()
    assert not clinic.path.with_name(clinic.path.name + "-wal").exists()
    return plain_pages(clinic.path, template().data_key)


def after_its_time(clinic: OpenClinic, clock: FixedClock) -> None:
    clock.advance(days=366 * 11)
    assert obstacles(clinic) == ()


def test_rules_ship_cautious_and_are_the_clinics_to_change(clinic: OpenClinic) -> None:
    assert record_rules(clinic) == RecordRules()
    changed = change_record_rules(clinic, replace(record_rules(clinic), retain_years=7, state="CA"))
    assert record_rules(clinic) == changed
    assert (changed.retain_years, changed.revision) == (7, 1)
    assert "how long records are kept" in clinic_history(clinic)[0].what
    with pytest.raises(StaleError):
        change_record_rules(clinic, RecordRules(retain_years=8))
    assert change_record_rules(clinic, replace(changed, retain_years=9)).revision == 2


def test_only_who_looks_after_the_clinic_changes_rules_and_disposes(clinic: OpenClinic) -> None:
    therapist = replace(clinic, person=replace(clinic.person, granted=frozenset()))
    for attempt in (
        lambda: change_record_rules(therapist, RecordRules()),
        lambda: keep_record_until(therapist, 1, None),
        lambda: records_due(therapist),
        lambda: disposals(therapist),
        lambda: dispose_of_records(therapist, [1], "Over", PASSPHRASE),
    ):
        with pytest.raises(AccessError, match=r"access\.not_allowed"):
            attempt()


def test_a_record_is_due_the_day_after_its_last_day_and_never_with_an_open_episode(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    kept = retention_of(clinic, patient_id(clinic))
    assert (kept.last_activity, kept.rule_date) == (LAST_VISIT, date(2036, 3, 2))
    assert kept.obstacles == (Obstacle.NOT_YET,)
    clock.advance(days=(date(2036, 3, 2) - LAST_VISIT).days)
    assert records_due(clinic) == ()
    clock.advance(days=1)
    assert [due.mrn for due in records_due(clinic)] == ["000777"]
    clock.advance(days=366 * 50)
    assert [due.mrn for due in records_due(clinic)] == ["000777"]
    open_one = retention_of(clinic, patient_id(clinic, PATIENT.family_name))
    assert (open_one.keep_until, open_one.obstacles) == (None, (Obstacle.OPEN_EPISODE,))


def test_a_later_date_holds_the_record_and_an_earlier_one_than_the_rule_is_refused(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    key = patient_id(clinic)
    with pytest.raises(InputError, match=r"retention\.before_rule"):
        keep_record_until(clinic, key, date(2030, 1, 1))
    held = keep_record_until(clinic, key, date(2060, 1, 1))
    assert held.keep_until == date(2060, 1, 1)
    assert "kept until 2060-01-01" in clinic_history(clinic)[0].what
    clock.advance(days=366 * 11)
    assert records_due(clinic) == ()
    with pytest.raises(InputError, match=r"disposal\.not_yet"):
        dispose_of_records(clinic, [key], "Time over", PASSPHRASE)
    assert keep_record_until(clinic, key, None).keep_until == date(2036, 3, 2)
    assert [due.patient_id for due in records_due(clinic)] == [key]


def test_a_patient_without_an_episode_is_kept_from_the_day_they_were_added(clinic: OpenClinic) -> None:
    lone = add_patient(clinic, replace(PATIENT, mrn="9", family_name="Lone"))
    assert retention_of(clinic, lone.id or 0).rule_date == date(2036, 3, 2)


def test_a_child_is_kept_until_years_after_majority(clinic: OpenClinic) -> None:
    child = add_patient(clinic, replace(PATIENT, mrn="9", family_name="Small", birth_date=date(2020, 2, 29)))
    assert retention_of(clinic, child.id or 0).rule_date == date(2048, 3, 1)


def test_a_request_to_amend_that_nobody_answered_stands_against_it(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    request_amendment(clinic, note_id(clinic), "That was the right knee.", "", PASSPHRASE)
    clock.advance(days=366 * 11)
    assert obstacles(clinic) == (Obstacle.UNANSWERED_REQUEST,)
    assert [due.obstacles for due in records_due(clinic)] == [(Obstacle.UNANSWERED_REQUEST,)]
    with pytest.raises(InputError, match=r"disposal\.unanswered_request"):
        dispose_of_records(clinic, [patient_id(clinic)], "Time over", PASSPHRASE)
    add_addendum(clinic, note_id(clinic), "It was the left one.", PASSPHRASE)
    assert obstacles(clinic) == ()


def test_an_emergency_in_which_the_chart_was_read_has_to_be_looked_at_first(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    desk = as_somebody(clinic, FRONT_DESK)
    break_glass(desk, f"{NAME} fell")
    key = patient_id(clinic)
    clock.advance(days=366 * 11)
    assert obstacles(clinic) == ()
    note_read(desk, Verb.VIEWED, Subject.PATIENT, key, patient_id=key)
    assert obstacles(clinic) == (Obstacle.UNSEEN_EMERGENCY,)
    mark_emergencies_seen(clinic, 99)
    assert obstacles(clinic) == ()


def test_what_was_disclosed_in_the_last_six_years_stands_against_it(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    clock.advance(days=366 * 9)
    record_disclosure(
        clinic,
        Disclosure(
            patient_id=patient_id(clinic), what=f"Chart of {NAME}", to_whom="Court", how="", purpose=""
        ),
    )
    clock.advance(days=366 * 2)
    assert obstacles(clinic) == (Obstacle.RECENT_DISCLOSURE,)
    clock.advance(days=366 * 4)
    assert obstacles(clinic) == ()


def test_the_wrong_passphrase_or_a_reason_that_names_the_patient_disposes_of_nothing(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    after_its_time(clinic, clock)
    key = patient_id(clinic)
    with pytest.raises(AccessError, match=r"disposal\.denied"):
        dispose_of_records(clinic, [key], "Time over", "not the passphrase at all")
    for reason in (" ", f"The time of {NAME} is over"):
        with pytest.raises(InputError, match=r"disposal\.reason"):
            dispose_of_records(clinic, [key], reason, PASSPHRASE)
    assert patient_id(clinic) == key
    assert disposals(clinic) == ()


def test_a_disposal_leaves_one_line_and_a_signed_audit_that_holds(
    clinic: OpenClinic, clock: FixedClock, tmp_path: Path
) -> None:
    key = patient_id(clinic)
    record_disclosure(
        clinic,
        Disclosure(patient_id=key, what=f"Chart of {NAME}", to_whom="Court", how="", purpose=""),
    )
    after_its_time(clinic, clock)
    before = verify_audit(clinic)
    assert verify_notes(clinic).notes == 2
    done = dispose_of_records(clinic, [key], "Time over", PASSPHRASE)
    assert (done.count, done.is_overwritten) == (1, True)
    assert find_patients(clinic, NAME, archived=True) == ()
    after = verify_audit(clinic)
    assert after.problems == ()
    assert (after.count, after.signed_up_to) == (before.count + 2, after.count - 1)
    verified = verify_notes(clinic)
    assert (verified.notes, verified.problems) == (1, ())
    (left,) = disposals(clinic)
    assert (left.mrn, left.reason, left.who, left.retain_until) == (
        "000777", "Time over", "J. Rivera", date(2036, 3, 2),
    )  # fmt: skip
    told = [row.what for row in clinic_history(clinic)]
    assert told[0] == "disposed of the patient’s record"
    assert NAME not in " ".join(told)
    backup = backup_clinic(clinic, tmp_path)
    assert verify_audit(clinic, backup.folder).problems == ()


def test_no_page_of_the_file_holds_a_word_of_the_patient_any_more(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    after_its_time(clinic, clock)
    key = patient_id(clinic)
    before = everything_written(clinic)
    assert all(word.encode() in before for word in (NAME, WORDS, "Kept words."))
    dispose_of_records(clinic, [key], "Time over", PASSPHRASE)
    after = everything_written(clinic)
    for word in (NAME, NAME.lower(), WORDS):
        assert word.encode() not in after
    assert b"Kept words." in after
    assert PATIENT.family_name.encode() in after


def test_where_the_file_cannot_be_written_anew_the_record_is_gone_and_that_is_told(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    after_its_time(clinic, clock)
    key = patient_id(clinic)
    full = EnvironmentFault("disk.full")
    with patch.object(stored, "overwrite_remains", side_effect=full):
        done = dispose_of_records(clinic, [key], "Time over", PASSPHRASE)
    assert (done.count, done.is_overwritten) == (1, False)
    assert find_patients(clinic, NAME, archived=True) == ()
    # What was deleted is overwritten in place even so.
    assert WORDS.encode() not in everything_written(clinic)


def test_the_next_patient_takes_neither_the_number_nor_the_history_of_the_disposed_one(
    clinic: OpenClinic, clock: FixedClock
) -> None:
    after_its_time(clinic, clock)
    key = patient_id(clinic)
    dispose_of_records(clinic, [key], "Time over", PASSPHRASE)
    clock.advance(days=1)
    fresh = add_patient(clinic, replace(PATIENT, mrn="000999", family_name="Fresh"))
    assert (fresh.id or 0) > key
    assert timedelta(0) < clock() - disposals(clinic)[0].at


@pytest.fixture
def lone(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    """Give a clinic whose one patient has no episode."""
    opened = clinic_in(tmp_path, clock)
    add_patient(opened, PATIENT)
    yield opened
    opened.close()


@given(
    rules=st.builds(
        RecordRules,
        retain_years=st.integers(1, 30),
        majority_age_years=st.integers(14, 25),
        retain_minor_years=st.integers(0, 30),
    ),
    born=st.dates(date(1950, 1, 1), LAST_VISIT),
    near=st.integers(-2, 2),
)
def test_what_is_listed_as_due_is_what_the_rule_says_to_the_day(
    lone: OpenClinic, rules: RecordRules, born: date, near: int
) -> None:
    last = retain_until(LAST_VISIT, born, rules)
    assert last is not None
    today = last + timedelta(days=near)
    with lone.store.write() as connection:
        connection.execute(update(PatientRecord).values(birth_date=born))
        listed = stored.due_records(connection, rules, today, lone.zone, limit=9)
    assert bool(listed) == (near > 0)
