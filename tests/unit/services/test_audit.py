"""Who did what is written down by every verb, at every opening, and with a gap told where it could not be."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from ptnotes.db import audit as stored
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path, read_keys
from ptnotes.db.store import Store
from ptnotes.domain.audit import AuditEvent, Disclosure, Subject, Verb, Wrong, event_words, problem_words
from ptnotes.domain.errors import AccessError, EnvironmentFault, InputError
from ptnotes.domain.people import Role
from ptnotes.services.audit import note_read
from ptnotes.services.documents import give_out, save_pdf
from ptnotes.services.history import (
    clinic_history,
    disclosures_of,
    history_of,
    record_disclosure,
    verify_audit,
)
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.services.patients import add_patient, archive_patient, change_patient, unarchive_patient
from ptnotes.services.people import make_recovery_key, mark_old_keys_seen, unseen_old_keys
from ptnotes.services.signing import add_addendum, sign_note, void_note
from ptnotes.services.visits import discard_draft, restore_draft, save_draft
from tests.clinics import PASSPHRASE, PATIENT, clinic_in, template
from tests.clock import FixedClock
from tests.documents import a_document
from tests.signing import clinic_with_episode, draft, passphrases_remembered


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    """Give an open clinic without patients; its audit holds an opening and a signature."""
    made = clinic_in(tmp_path, clock)
    yield made
    made.close()


def verbs(clinic: OpenClinic) -> list[tuple[Verb, Subject]]:
    """What was written since the clinic of the tests was made, oldest first."""
    with clinic.store.read() as connection:
        found = stored.events_of(connection)
    return [(event.verb, event.subject) for event, _name in reversed(found)][2:]


def a_full_disk() -> AbstractContextManager[object]:
    return patch.object(Store, "write", side_effect=EnvironmentFault("disk.full", path="x"))


def test_every_verb_of_a_patient_is_written_down(clinic: OpenClinic) -> None:
    patient = add_patient(clinic, PATIENT)
    change_patient(clinic, replace(patient, telephone="(555) 010-4400"))
    archive_patient(clinic, patient.id or 0)
    unarchive_patient(clinic, patient.id or 0)
    done = (Verb.MADE, Verb.CHANGED, Verb.ARCHIVED, Verb.UNARCHIVED)
    assert verbs(clinic) == [(verb, Subject.PATIENT) for verb in done]


def test_what_is_not_stored_is_not_written_down(clinic: OpenClinic) -> None:
    with pytest.raises(InputError):
        add_patient(clinic, replace(PATIENT, family_name=""))
    assert verbs(clinic) == []


def test_the_history_of_a_visit_names_who_what_and_which_day(tmp_path: Path, clock: FixedClock) -> None:
    with passphrases_remembered():
        clinic, episode = clinic_with_episode(tmp_path, clock)
        visit = draft(clinic, episode)
        restore_draft(clinic, discard_draft(clinic, visit.id or 0).id or 0)
        signed = sign_note(clinic, visit.id or 0, visit.revision + 2, PASSPHRASE)
        add_addendum(clinic, signed.id or 0, "He called: no soreness.", PASSPHRASE)
        void_note(clinic, signed.id or 0, "Wrong patient.", PASSPHRASE)
        rows = history_of(clinic, episode.patient_id)
        assert verify_audit(clinic).problems == ()
        clinic.close()
    assert [row.what for row in reversed(rows)] == [
        "added the patient",
        "made an episode of care",
        "started the visit of 2 Mar 2026",
        "changed the visit of 2 Mar 2026",
        "discarded the visit of 2 Mar 2026",
        "brought back the visit of 2 Mar 2026",
        "signed the visit of 2 Mar 2026",
        "added to the visit of 2 Mar 2026",
        "declared the visit of 2 Mar 2026 void",
    ]
    assert {row.who for row in rows} == {"J. Rivera"}


def test_what_is_stored_while_somebody_types_is_one_event(tmp_path: Path, clock: FixedClock) -> None:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    visit = draft(clinic, episode)
    count = len(verbs(clinic))
    for minutes in (1, 9, 4):
        clock.advance(minutes=minutes)
        visit = save_draft(clinic, visit)
    assert len(verbs(clinic)) == count
    clock.advance(minutes=2)
    visit = save_draft(clinic, visit)
    assert len(verbs(clinic)) == count + 1
    note_read(clinic, Verb.VIEWED, Subject.PATIENT, episode.patient_id, patient_id=episode.patient_id)
    save_draft(clinic, visit)
    assert verbs(clinic)[-2:] == [(Verb.VIEWED, Subject.PATIENT), (Verb.CHANGED, Subject.VISIT)]
    clinic.close()


def test_a_report_leaves_only_with_its_event_and_the_event_only_with_it(
    tmp_path: Path, clock: FixedClock
) -> None:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    count = len(verbs(clinic))
    with pytest.raises(EnvironmentFault):
        give_out(clinic, a_document(episode), lambda: save_pdf(b"%PDF", tmp_path / "none" / "report.pdf"))
    assert len(verbs(clinic)) == count
    with a_full_disk(), pytest.raises(EnvironmentFault):
        give_out(clinic, a_document(episode), lambda: save_pdf(b"%PDF", tmp_path / "report.pdf"))
    assert not (tmp_path / "report.pdf").exists()
    give_out(clinic, a_document(episode), lambda: save_pdf(b"%PDF", tmp_path / "report.pdf"))
    assert (tmp_path / "report.pdf").read_bytes() == b"%PDF"
    assert verbs(clinic)[-1] == (Verb.EXPORTED, Subject.DOCUMENT)
    clinic.close()


def test_charts_stay_readable_where_a_read_cannot_be_written_and_the_gap_is_told(clinic: OpenClinic) -> None:
    patient = add_patient(clinic, PATIENT)
    with a_full_disk():
        assert not note_read(clinic, Verb.VIEWED, Subject.PATIENT, patient.id, patient_id=patient.id)
        assert not note_read(clinic, Verb.VIEWED, Subject.PATIENT, patient.id, patient_id=patient.id)
        assert history_of(clinic, patient.id or 0)
    assert clinic.unlogged == 2
    assert note_read(clinic, Verb.VIEWED, Subject.PATIENT, patient.id, patient_id=patient.id)
    assert clinic.unlogged == 0
    assert verbs(clinic)[-2:] == [(Verb.GAP, Subject.AUDIT), (Verb.VIEWED, Subject.PATIENT)]
    assert clinic_history(clinic)[1].what == "2 events could not be written down"


def test_an_opening_is_written_down_signed_and_anchored_in_the_key_file(
    tmp_path: Path, clock: FixedClock
) -> None:
    path = template().copy_to(tmp_path)
    before = open_clinic(path, PASSPHRASE, clock=clock)
    with before.store.read() as connection:
        head = stored.audit_head(connection)
    before.close()
    opened = open_clinic(path, PASSPHRASE, clock=clock)
    anchor = read_keys(key_path(path)).anchor
    checked = verify_audit(opened)
    assert verbs(opened) == [(Verb.OPENED, Subject.CLINIC), (Verb.SEALED, Subject.AUDIT)] * 2
    assert anchor.count == checked.count == head[0] + 2
    assert (checked.signed_up_to, checked.problems) == (checked.count - 1, ())
    note_read(opened, Verb.SEARCHED, Subject.PATIENT, count=3)
    opened.close()
    assert read_keys(key_path(path)).anchor.count == anchor.count + 1


def test_failed_attempts_go_into_the_audit_with_the_next_opening(tmp_path: Path, clock: FixedClock) -> None:
    path = template().copy_to(tmp_path)
    for _ in range(3):
        with pytest.raises(AccessError):
            open_clinic(path, "seven wrong words in a row", clock=clock)
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    assert verbs(clinic)[0] == (Verb.REFUSED, Subject.CLINIC)
    assert "3 failed attempts to open the file" in clinic_history(clinic)[1].what
    clinic.close()
    again = open_clinic(path, PASSPHRASE, clock=clock)
    assert [verb for verb, _subject in verbs(again)].count(Verb.REFUSED) == 1
    again.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"count": -1, "first": "x", "last": ""}'])
def test_a_spoilt_count_of_failed_attempts_keeps_nobody_out(
    tmp_path: Path, clock: FixedClock, content: bytes
) -> None:
    path = template().copy_to(tmp_path)
    path.with_name(path.name + ".refused").write_bytes(content)
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    assert verbs(clinic)[0] == (Verb.OPENED, Subject.CLINIC)
    clinic.close()


def test_a_database_put_back_to_an_older_state_is_noticed_and_the_evidence_kept(
    tmp_path: Path, clock: FixedClock
) -> None:
    path = template().copy_to(tmp_path)
    old = path.read_bytes()
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    assert not clinic.audit_is_doubted
    add_patient(clinic, PATIENT)
    clinic.close()
    anchor = read_keys(key_path(path)).anchor
    path.write_bytes(old)
    again = open_clinic(path, PASSPHRASE, clock=clock)
    assert again.audit_is_doubted
    assert any(problem.wrong in (Wrong.CUT_OFF, Wrong.REWRITTEN) for problem in verify_audit(again).problems)
    again.close()
    assert read_keys(key_path(path)).anchor == anchor


def test_an_older_key_file_is_told_to_administrators_until_one_has_seen_it(
    tmp_path: Path, clock: FixedClock
) -> None:
    path = template().copy_to(tmp_path)
    clinic = open_clinic(path, PASSPHRASE, clock=clock)
    assert unseen_old_keys(clinic) is None
    old = key_path(path).read_bytes()
    make_recovery_key(clinic, kdf=Kdf())
    clinic.close()
    key_path(path).write_bytes(old)
    open_clinic(path, PASSPHRASE, clock=clock).close()
    # The opening after it has nothing wrong with it, and still somebody has to be told.
    again = open_clinic(path, PASSPHRASE, clock=clock)
    found = unseen_old_keys(again)
    assert found is not None
    assert (found.name, found.on) == ("J. Rivera", clock().date())
    therapist = replace(again, person=replace(again.person, role=Role.THERAPIST, granted=frozenset()))
    assert unseen_old_keys(therapist) is None
    mark_old_keys_seen(again, found.sequence - 1)
    assert unseen_old_keys(again) == found
    mark_old_keys_seen(again, found.sequence)
    assert unseen_old_keys(again) is None
    assert clinic_history(again)[0].what == "looked at the audit: an older key file was found"
    assert verify_audit(again).problems == ()
    again.close()


def test_a_disclosure_is_kept_and_listed_for_six_years(clinic: OpenClinic, clock: FixedClock) -> None:
    patient = add_patient(clinic, PATIENT)
    made = record_disclosure(
        clinic,
        Disclosure(
            patient_id=patient.id or 0,
            what="Progress report ",
            to_whom="County court",
            how="Post",
            purpose="",
        ),
    )
    assert made.what == "Progress report"
    assert disclosures_of(clinic, patient.id or 0) == (made,)
    assert history_of(clinic, patient.id or 0)[0].what == (
        "wrote down a disclosure: Progress report, to County court"
    )
    clock.advance(days=6 * 365)
    assert disclosures_of(clinic, patient.id or 0) == (made,)
    clock.advance(days=30)
    assert disclosures_of(clinic, patient.id or 0) == ()


def test_a_disclosure_says_what_was_given_and_to_whom(clinic: OpenClinic) -> None:
    patient = add_patient(clinic, PATIENT)
    empty = Disclosure(patient_id=patient.id or 0, what=" ", to_whom="", how="", purpose="")
    with pytest.raises(InputError) as raised:
        record_disclosure(clinic, empty)
    assert [fault.field for fault in raised.value.faults] == ["disclosure.what", "disclosure.to_whom"]


def test_the_clinics_history_names_patients_by_their_record_number(clinic: OpenClinic) -> None:
    patient = add_patient(clinic, PATIENT)
    note_read(clinic, Verb.VIEWED, Subject.PATIENT, patient.id, patient_id=patient.id)
    told = [row.what for row in clinic_history(clinic)][:2]
    assert told == ["opened the chart · MRN 000123", "added the patient · MRN 000123"]
    assert next(iter(history_of(clinic, patient.id or 0))).what == "opened the chart"


def test_the_clinics_history_is_for_those_who_may_see_it(clinic: OpenClinic) -> None:
    therapist = replace(clinic, person=replace(clinic.person, role=Role.THERAPIST, granted=frozenset()))
    for question in (clinic_history, verify_audit):
        with pytest.raises(AccessError):
            question(therapist)


def test_every_problem_has_words() -> None:
    from ptnotes.domain.audit import AuditProblem

    assert len({problem_words(AuditProblem(1_234, wrong)) for wrong in Wrong}) == len(Wrong)


def test_every_event_that_is_written_has_words(clock: FixedClock) -> None:
    event = AuditEvent(
        sequence=1, at=clock(), zone="UTC", person_id=1, verb=Verb.OPENED, subject=Subject.CLINIC, count=1
    )
    special = {Verb.VIEWED, Verb.ARCHIVED, Verb.UNARCHIVED, Verb.DISPOSED}
    for verb in Verb:
        subject = Subject.PATIENT if verb in special else Subject.DOCUMENT
        assert event_words(replace(event, verb=verb, subject=subject)) not in ("", f"{verb} {subject}")
