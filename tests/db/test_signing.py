"""Signatures in the store, on the encrypted file and on PostgreSQL: a note is closed once and never reopened."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from ptnotes.db import signing
from ptnotes.db.episodes import add_episodes
from ptnotes.db.patients import add_patients
from ptnotes.db.people import names_of
from ptnotes.db.schema.session import SessionRecord
from ptnotes.db.sessions import add_sessions, load_session, save_session
from ptnotes.db.store import Store
from ptnotes.db.triggers import REFUSED
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.signature import Addendum, AddendumKind, CoSignature, Service, Voided
from ptnotes.domain.treatment import Intervention, NoteState, TreatmentSession
from tests.clinics import PATIENT, PERSON
from tests.db.conftest import NOW

DAY = date(2026, 3, 2)
MANUAL = Service("97140", "manual therapy", timed=True)


@pytest.fixture
def drafts(store: Store) -> list[int]:
    """Three drafts of one episode."""
    with store.write() as connection:
        (patient,) = add_patients(connection, [PATIENT], NOW)
        episode = EpisodeOfCare(patient_id=patient.id or 0, start=DAY, title="Low back")
        (opened,) = add_episodes(connection, [episode], NOW, 1)
        visit = TreatmentSession(
            episode_id=opened.id or 0,
            service_date=DAY,
            author_id=1,
            interventions=(Intervention(row=1, intervention="cpt_97140", minutes=20),),
            next_row=2,
        )
        stored = add_sessions(connection, [visit, visit, visit], NOW)
        connection.commit()
    return [session.id or 0 for session in stored]


def sealed(
    session_id: int, own: bytes, previous: bytes | None, state: NoteState = NoteState.SIGNED
) -> signing.Sealed:
    return signing.Sealed(
        session_id=session_id,
        state=state,
        signer_id=1,
        signed_at=NOW,
        signature=b"s" * 64,
        content=b"{}",
        content_hash=own,
        previous_hash=previous,
        reference_version="1",
        services={"cpt_97140": MANUAL},
    )


A, B, C = b"a" * 32, b"b" * 32, b"c" * 32


def test_sealed_notes_are_closed_and_the_last_of_the_chain_is_known(store: Store, drafts: list[int]) -> None:
    with store.write() as connection:
        episode_id = load_session(connection, drafts[0]).episode_id
        assert signing.chain_heads(connection, [episode_id]) == {}
        signing.seal(connection, [sealed(drafts[1], A, None), sealed(drafts[0], B, A)])
        assert signing.chain_heads(connection, [episode_id]) == {episode_id: B}
        signing.seal(connection, [sealed(drafts[2], C, B)])
        assert signing.chain_heads(connection, [episode_id]) == {episode_id: C}
        connection.commit()
    with store.read() as connection:
        assert load_session(connection, drafts[0]).state is NoteState.SIGNED
        assert load_session(connection, drafts[0]).revision == 2
        assert [(one.services, one.content) for one in signing.stored_signatures(connection, drafts[:1])] == [
            ((("cpt_97140", MANUAL),), b"{}")
        ]
        assert signing.closed_notes(connection) == signing.closed_notes(connection, 1) == tuple(drafts)
        assert signing.closed_notes(connection, 2) == ()
        assert {link[2:] for link in signing.chain_links(connection, 1)} == {(A, None), (B, A), (C, B)}
        notes = signing.signed_notes(connection, [*drafts, 99], {1: "J. R."})
        assert [one.session_id for one in notes] == drafts
        assert {one.signer for one in notes} == {"J. R."}


def test_a_note_is_sealed_once(store: Store, drafts: list[int]) -> None:
    with store.write() as connection:
        signing.seal(connection, [sealed(drafts[0], A, None)])
        connection.commit()
    with store.write() as connection, pytest.raises((StaleError, DBAPIError)):
        signing.seal(connection, [sealed(drafts[1], B, A), sealed(drafts[0], C, B)])
    with store.write() as connection:
        assert load_session(connection, drafts[1]).state is NoteState.DRAFT
        closed = load_session(connection, drafts[0])
        with pytest.raises(StaleError, match=r"visit\.not_draft"):
            save_session(connection, replace(closed, others_present="nobody"), NOW)


def test_a_closed_note_moves_only_forward(store: Store, drafts: list[int]) -> None:
    with store.write() as connection:
        signing.seal(connection, [sealed(drafts[0], A, None, NoteState.AWAITING_COSIGNATURE)])
        signing.move_closed(connection, drafts[0], [NoteState.AWAITING_COSIGNATURE], NoteState.SIGNED)
        with pytest.raises(StaleError, match=r"sign\.not_now"):
            signing.move_closed(connection, drafts[0], [NoteState.AWAITING_COSIGNATURE], NoteState.SIGNED)
        with pytest.raises(DBAPIError, match=REFUSED), connection.begin_nested():
            connection.execute(
                update(SessionRecord).where(SessionRecord.id == drafts[0]).values(state=NoteState.DRAFT)
            )


def test_what_follows_a_signature_comes_back_as_it_was_added(store: Store, drafts: list[int]) -> None:
    addendum = Addendum(
        uuid=str(uuid4()), kind=AddendumKind.AMENDMENT_REQUEST, text="It was the right side.", reason="No.",
        author_id=1, author=PERSON.signature, written_at=NOW, zone="UTC", late=True,
    )  # fmt: skip
    co_signature = CoSignature(uuid=str(uuid4()), person_id=1, person=PERSON.signature, at=NOW, words="Seen.")
    voided = Voided(person_id=1, person=PERSON.signature, at=NOW, reason="Twice.")
    with store.write() as connection:
        names = names_of(connection)
        assert signing.signed_note(connection, drafts[0], names) is None
        with pytest.raises(NotFoundError):
            signing.signed_note(connection, 999, names)
        signing.seal(connection, [sealed(drafts[0], A, None)])
        signing.add_addendum(connection, addendum, drafts[0], b"s", B)
        signing.add_co_signature(connection, co_signature, drafts[0], b"s", C)
        signing.move_closed(connection, drafts[0], [NoteState.SIGNED], NoteState.VOIDED)
        signing.add_void(connection, voided, drafts[0], b"s")
        note = signing.signed_note(connection, drafts[0], names)
        connection.commit()
    assert note is not None
    assert (note.addenda, note.co_signatures, note.voided) == ((addendum,), (co_signature,), voided)
    assert (note.state, note.signer, note.content_hash) == (NoteState.VOIDED, PERSON.signature, A)


def test_drafts_before_a_day_are_found_by_date(store: Store, drafts: list[int]) -> None:
    with store.read() as connection:
        assert signing.drafts_before(connection, DAY) == ()
        assert signing.drafts_before(connection, date(2026, 3, 3)) == tuple(drafts)
        (subject,) = signing.subjects(connection, [1]).values()
    assert (subject.mrn, subject.episode_title) == (PATIENT.mrn, "Low back")
