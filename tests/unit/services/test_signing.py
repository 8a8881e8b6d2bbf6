"""A complete note is signed with the passphrase and closed; what comes after is added, never written over."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import AccessError, InputError, StaleError
from ptnotes.domain.people import Permission, Role
from ptnotes.domain.signature import AddendumKind
from ptnotes.domain.treatment import Intervention, Note, NoteState, VisitKind, VisitStatus
from ptnotes.services import signing
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import episode_overview, home
from ptnotes.services.people import change_person
from ptnotes.services.retention import change_record_rules, record_rules
from ptnotes.services.verification import verify_notes
from ptnotes.services.visits import (
    discard_draft,
    load_session,
    record_absence,
    save_draft,
    sessions_of,
    start_session,
)
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.signing import (
    OTHER,
    OTHER_PASSPHRASE,
    STUDENT,
    as_somebody,
    clinic_with_episode,
    draft,
    passphrases_remembered,
    screened,
    whole,
)


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[OpenClinic, EpisodeOfCare]]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    with passphrases_remembered():
        yield clinic, episode
    clinic.close()


def signed(clinic: OpenClinic, episode: EpisodeOfCare, passphrase: str = PASSPHRASE) -> int:
    note = draft(clinic, episode)
    return signing.sign_note(clinic, note.id or 0, note.revision, passphrase).id or 0


def test_a_whole_note_is_signed_and_closed(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    note = draft(clinic, episode)
    assert [one.code for one in signing.check_note(clinic, note.id or 0)] == ["missing.screen"]
    screened(clinic, episode)
    assert signing.check_note(clinic, note.id or 0) == ()
    closed = signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    assert (closed.state, closed.mobilizations[0].done_by) == (NoteState.SIGNED, clinic.person_id)
    told = signing.signed_note(clinic, note.id or 0)
    assert told is not None
    assert (told.signer, told.signed_at, told.late) == ("J. Rivera, PT, DPT", clinic.clock(), False)
    assert len(told.short_hash) == 12
    assert verify_notes(clinic).problems == ()


def test_what_is_signed_reads_without_the_reference_data(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    session_id = signed(clinic, episode)
    with clinic.store.read() as connection:
        content = connection.exec_driver_sql("SELECT canonical_form FROM signed_content").scalar_one()
        code = connection.exec_driver_sql("SELECT code, timed FROM intervention").one()
    statement = json.loads(content)
    assert statement["labels"]["techniques"]["upa"]
    assert statement["visit"]["mobilizations"][0]["done_by"] == clinic.person.uuid
    assert statement["visit"]["rom"][0]["value"] == "45"
    assert statement["subject"]["family_name"] == "Moreau"
    assert statement["previous"] is None
    assert tuple(code) == ("97140", 1)
    assert "id" not in statement["visit"]
    assert load_session(clinic, session_id).rom[0].value == 45


def test_a_note_that_lacks_something_is_not_signed(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    note = save_draft(clinic, replace(draft(clinic, episode), note=Note(), time_out=None))
    with pytest.raises(InputError) as refused:
        signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    assert {fault.field for fault in refused.value.faults} == {"note.assessment", "visit.time_out"}
    assert load_session(clinic, note.id or 0).state is NoteState.DRAFT


def test_a_wrong_passphrase_signs_nothing(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    note = draft(clinic, episode)
    with pytest.raises(AccessError, match=r"sign\.denied"):
        signing.sign_note(clinic, note.id or 0, note.revision, "not my passphrase")
    assert load_session(clinic, note.id or 0) == note


def test_only_the_version_that_was_seen_is_signed(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    note = draft(clinic, episode)
    save_draft(clinic, replace(note, others_present="a student"))
    with pytest.raises(StaleError, match=r"record\.stale"):
        signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)


def test_a_late_save_of_a_signed_note_is_refused(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    session_id = signed(clinic, episode)
    closed = load_session(clinic, session_id)
    late = replace(closed, note=replace(closed.note, plan="Twice a week."))
    with pytest.raises(StaleError, match=r"visit\.not_draft"):
        save_draft(clinic, late)
    with pytest.raises(StaleError, match=r"visit\.not_draft"):
        signing.sign_note(clinic, session_id, closed.revision, PASSPHRASE)
    with pytest.raises(StaleError, match=r"visit\.not_draft"):
        discard_draft(clinic, session_id)
    assert load_session(clinic, session_id) == closed


def test_notes_of_an_episode_are_chained_in_the_order_of_signing(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    first, second, third = (signed(clinic, episode) for _ in range(3))
    with clinic.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, content_hash, previous_hash FROM treatment_session"
        ).all()
    links = {row[0]: (row[1], row[2]) for row in rows}
    assert [links[first][1], links[second][1], links[third][1]] == [None, links[first][0], links[second][0]]


def test_a_note_is_signed_by_its_author_alone(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    note = draft(clinic, episode)
    other = as_somebody(clinic, OTHER)
    with pytest.raises(AccessError, match=r"sign\.not_author"):
        signing.sign_note(other, note.id or 0, note.revision, OTHER_PASSPHRASE)


def test_a_students_note_waits_for_somebody_elses_signature(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    student = as_somebody(clinic, STUDENT)
    session_id = signed(student, episode, OTHER_PASSPHRASE)
    assert load_session(clinic, session_id).state is NoteState.AWAITING_COSIGNATURE
    with pytest.raises(AccessError, match=r"access\.not_allowed"):
        signing.co_sign_note(student, session_id, OTHER_PASSPHRASE)
    told = signing.co_sign_note(clinic, session_id, PASSPHRASE, "I was in the room.")
    assert told.state is NoteState.SIGNED
    assert [(one.person, one.words) for one in told.co_signatures] == [
        ("J. Rivera, PT, DPT", "I was in the room.")
    ]
    with pytest.raises(StaleError, match=r"sign\.not_now"):
        signing.co_sign_note(clinic, session_id, PASSPHRASE)
    assert verify_notes(clinic).problems == ()


def test_a_student_adds_to_a_note_until_it_is_co_signed_and_never_after(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    student = as_somebody(clinic, STUDENT)
    session_id = signed(student, episode, OTHER_PASSPHRASE)
    added = signing.add_addendum(student, session_id, "Left, not right.", OTHER_PASSPHRASE)
    assert [one.text for one in added.addenda] == ["Left, not right."]
    signing.co_sign_note(clinic, session_id, PASSPHRASE)
    for act in (signing.add_addendum, signing.void_note):
        with pytest.raises(StaleError, match=r"sign\.co_signed"):
            act(student, session_id, "One more thing.", OTHER_PASSPHRASE)
    kept = signing.add_addendum(clinic, session_id, "Seen together.", PASSPHRASE)
    assert len(kept.addenda) == 2
    assert signing.void_note(clinic, session_id, "Wrong patient.", PASSPHRASE).state is NoteState.VOIDED


def test_an_addendum_is_dated_authored_and_marked_when_late(
    case: tuple[OpenClinic, EpisodeOfCare], clock: FixedClock
) -> None:
    clinic, episode = case
    session_id = signed(clinic, episode)
    told = signing.add_addendum(clinic, session_id, "The level was L4.", PASSPHRASE, AddendumKind.CORRECTION)
    clock.advance(days=2)
    told = signing.add_addendum(clinic, session_id, "He called: better.", PASSPHRASE)
    assert [(one.kind, one.text, one.author, one.late) for one in told.addenda] == [
        (AddendumKind.CORRECTION, "The level was L4.", "J. Rivera, PT, DPT", False),
        (AddendumKind.ADDENDUM, "He called: better.", "J. Rivera, PT, DPT", True),
    ]
    assert verify_notes(clinic).problems == ()


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_addendum_says_something(case: tuple[OpenClinic, EpisodeOfCare], text: str) -> None:
    clinic, episode = case
    session_id = signed(clinic, episode)
    with pytest.raises(InputError, match=r"text\.empty"):
        signing.add_addendum(clinic, session_id, text, PASSPHRASE)


def test_a_draft_takes_no_addendum(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    note = draft(clinic, episode)
    with pytest.raises(StaleError, match=r"sign\.not_now"):
        signing.add_addendum(clinic, note.id or 0, "More.", PASSPHRASE)


def test_what_a_patient_asks_to_have_amended_is_kept_with_the_note(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    session_id = signed(clinic, episode)
    told = signing.request_amendment(
        clinic, session_id, "It was the right side.", "Denied: it was left.", PASSPHRASE
    )
    (request,) = told.addenda
    assert (request.kind, request.reason) == (AddendumKind.AMENDMENT_REQUEST, "Denied: it was left.")
    assert load_session(clinic, session_id).mobilizations[0].side == "left"


def test_a_void_note_stays_readable_and_counts_no_more(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    session_id = signed(clinic, episode)
    with pytest.raises(InputError, match=r"void\.reason"):
        signing.void_note(clinic, session_id, "  ", PASSPHRASE)
    told = signing.void_note(clinic, session_id, "Charted for the wrong patient.", PASSPHRASE)
    assert told.state is NoteState.VOIDED
    assert told.voided is not None
    assert told.voided.reason == "Charted for the wrong patient."
    assert load_session(clinic, session_id).note.assessment
    (row,) = sessions_of(clinic, episode.id or 0)
    assert (row.state, row.visit_number) == (NoteState.VOIDED, None)
    overview = episode_overview(clinic, episode.id or 0)
    assert (overview.visits, overview.charts) == ((), ())
    with pytest.raises(StaleError, match=r"sign\.not_now"):
        signing.void_note(clinic, session_id, "Again.", PASSPHRASE)
    assert verify_notes(clinic).problems == ()


def test_somebody_elses_note_is_voided_only_by_who_may_co_sign(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    session_id = signed(clinic, episode)
    assistant = as_somebody(clinic, replace(OTHER, role=Role.ASSISTANT))
    with pytest.raises(AccessError, match=r"sign\.not_yours_to_void"):
        signing.void_note(assistant, session_id, "Wrong.", OTHER_PASSPHRASE)


def test_drafts_of_days_gone_are_signed_at_once_and_incomplete_ones_left(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    days = [clinic.today() - timedelta(days=ago) for ago in (9, 7, 5, 0)]
    ids = [draft(clinic, episode, day).id or 0 for day in days]
    bare = start_session(clinic, episode.id or 0, days[0]).id or 0
    at = datetime(2026, 2, 24, 14, 30, tzinfo=UTC)
    assert signing.sign_drafts_before(clinic, clinic.today(), PASSPHRASE, lambda _session: at) == 3
    states = [load_session(clinic, one).state for one in (*ids, bare)]
    assert states == [NoteState.SIGNED] * 3 + [NoteState.DRAFT] * 2
    assert verify_notes(clinic) == verify_notes(clinic, episode.patient_id)
    assert (verify_notes(clinic).notes, verify_notes(clinic).problems) == (3, ())


def test_a_note_to_co_sign_waits_on_the_home_page_of_who_can(case: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = case
    student = as_somebody(clinic, STUDENT)
    session_id = signed(student, episode, OTHER_PASSPHRASE)
    assert [one.session_id for one in home(clinic).to_co_sign] == [session_id]
    assert home(student).to_co_sign == ()
    signing.co_sign_note(clinic, session_id, PASSPHRASE)
    assert home(clinic).to_co_sign == ()


def test_a_note_of_somebody_with_a_supervisor_waits_for_the_supervisor_alone(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    other = as_somebody(clinic, OTHER)
    student = as_somebody(clinic, replace(STUDENT, supervisor_id=other.person_id))
    signed(student, episode, OTHER_PASSPHRASE)
    assert [len(home(one).to_co_sign) for one in (clinic, other)] == [0, 1]
    change_person(clinic, replace(other.person, withheld=frozenset({Permission.CO_SIGN})))
    assert len(home(clinic).to_co_sign) == 1


def test_what_is_late_is_decided_by_the_clinics_rule_when_it_is_signed(
    case: tuple[OpenClinic, EpisodeOfCare], clock: FixedClock
) -> None:
    clinic, episode = case
    change_record_rules(clinic, replace(record_rules(clinic), late_entry_h=72))
    note = draft(clinic, episode)
    clock.advance(days=3)
    first = signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    change_record_rules(clinic, replace(record_rules(clinic), late_entry_h=24))
    note = draft(clinic, episode, first.service_date)
    second = signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    told = [signing.signed_note(clinic, one.id or 0) for one in (first, second)]
    assert [one.late for one in told if one is not None] == [False, True]
    assert "odd.late" in {one.code for one in signing.check_note(clinic, second.id or 0)}
    added = signing.add_addendum(clinic, first.id or 0, "One more word.", PASSPHRASE)
    assert added.addenda[0].late
    assert verify_notes(clinic).problems == ()


@pytest.mark.parametrize("kind", VisitKind)
def test_a_note_of_each_kind_is_signed_by_whoever_may_chart_it(
    case: tuple[OpenClinic, EpisodeOfCare], kind: VisitKind
) -> None:
    clinic, episode = case
    note = save_draft(clinic, whole(start_session(clinic, episode.id or 0, kind=kind)))
    assert [one for one in signing.check_note(clinic, note.id or 0) if one.blocks] == []
    demoted = replace(clinic, person=replace(clinic.person, role=Role.ASSISTANT, granted=frozenset()))
    if kind is VisitKind.TREATMENT:
        clinic = demoted
    else:
        with pytest.raises(AccessError, match=r"access\.not_allowed"):
            signing.sign_note(demoted, note.id or 0, note.revision, PASSPHRASE)
        day = clinic.today() + timedelta(days=1)
        assert signing.sign_drafts_before(demoted, day, PASSPHRASE, lambda _session: clinic.clock()) == 0
    closed = signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    assert (closed.state, closed.kind) == (NoteState.SIGNED, kind)
    assert verify_notes(clinic).problems == ()


def test_what_one_may_not_chart_any_more_is_not_signed_but_what_somebody_else_did_stands(
    case: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = case
    made = whole(start_session(clinic, episode.id or 0))
    needling = Intervention(row=10, intervention="cpt_20560")
    note = save_draft(clinic, replace(made, interventions=(*made.interventions, needling), next_row=11))
    demoted = replace(clinic, person=replace(clinic.person, role=Role.ASSISTANT, granted=frozenset()))
    with pytest.raises(AccessError, match=r"access\.not_allowed"):
        signing.sign_note(demoted, note.id or 0, note.revision, PASSPHRASE)
    day = clinic.today() + timedelta(days=1)
    assert signing.sign_drafts_before(demoted, day, PASSPHRASE, lambda _session: clinic.clock()) == 0
    therapist = as_somebody(clinic, OTHER)
    theirs = replace(note.interventions[-1], done_by=therapist.person_id)
    note = save_draft(clinic, replace(note, interventions=(*note.interventions[:-1], theirs)))
    assert signing.sign_note(demoted, note.id or 0, note.revision, PASSPHRASE).state is NoteState.SIGNED


@pytest.mark.parametrize("status", [VisitStatus.CANCELLED, VisitStatus.MISSED])
def test_a_visit_that_did_not_take_place_has_no_note_to_sign(
    case: tuple[OpenClinic, EpisodeOfCare], status: VisitStatus
) -> None:
    clinic, episode = case
    absence = record_absence(clinic, episode.id or 0, clinic.today(), status, "snow")
    with pytest.raises(InputError, match=r"missing\.attendance"):
        signing.sign_note(clinic, absence.id or 0, absence.revision, PASSPHRASE)
    day = clinic.today() + timedelta(days=1)
    assert signing.sign_drafts_before(clinic, day, PASSPHRASE, lambda _session: clinic.clock()) == 0
    assert load_session(clinic, absence.id or 0).state is NoteState.DRAFT
