"""Signing notes, and what may still come after: co-signing, addenda, a patient's request, voiding.

Whoever signs gives their passphrase; their private key is unwrapped for that one signature and let go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from ptnotes.db import keyfile, sessions, signing
from ptnotes.db.audit import Writing, patient_of_episode
from ptnotes.db.episodes import load_episode
from ptnotes.db.faults import faults_named
from ptnotes.db.people import names_of, people
from ptnotes.db.retention import load_rules
from ptnotes.db.screening import load_screen
from ptnotes.domain.audit import Verb
from ptnotes.domain.canonical import canonical_bytes, canonical_hash
from ptnotes.domain.completeness import Finding, findings
from ptnotes.domain.contraindication import Override, Screen, overrides_that_stand
from ptnotes.domain.errors import AccessError, Fault, InputError, StaleError
from ptnotes.domain.people import Person
from ptnotes.domain.permissions import Act, may, needs_co_signature
from ptnotes.domain.retention import is_late
from ptnotes.domain.signature import (
    Addendum,
    AddendumKind,
    CoSignature,
    Sign,
    SignedNote,
    Subject,
    Voided,
    addendum_statement,
    co_signature_statement,
    note_statement,
    services,
    void_statement,
)
from ptnotes.domain.text import clean_note
from ptnotes.domain.treatment import NoteState, TreatmentSession
from ptnotes.services.audit import log_visit, seal
from ptnotes.services.charting_rights import may_sign, require_signing
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require

_AT_ONCE = 500
"""Notes signed in one transaction."""


def check_note(clinic: OpenClinic, session_id: int) -> tuple[Finding, ...]:
    """What is missing in a draft and what is odd, as stored: first what is needed. Raises `NotFoundError`."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        session = sessions.load_session(connection, session_id)
        last = sessions.session_before(connection, session)
        episode = load_episode(connection, session.episode_id)
        rules = load_rules(connection)
        screen = load_screen(connection, session.episode_id, episode.patient_id, clinic.zone)
    return findings(
        clinic.reference,
        session,
        _there(clinic.clock(), session.zone),
        last=last,
        episode=episode,
        late_entry_h=rules.late_entry_h,
        screen=screen,
    )


def sign_note(clinic: OpenClinic, session_id: int, revision: int, passphrase: str) -> TreatmentSession:
    """Sign the draft as stored in `revision`, and give it closed: signed, or waiting for a co-signature.

    In one transaction it is read again, checked, hashed, chained to the note signed before it in its episode, signed
    and closed. Raises `AccessError` ("sign.denied" for a wrong passphrase, "sign.not_author", "access.not_allowed"),
    `StaleError` ("record.stale" where somebody saved since, "visit.not_draft"), and `InputError` with a fault for
    everything that is needed before a note can be signed. Nothing is changed then.
    """
    require(clinic, Act.SIGN)
    sign, public_key = unwrapped_key(clinic, passphrase)
    now = clinic.clock()
    with clinic.store.write() as connection:
        session = sessions.load_session(connection, session_id)
        if session.state is not NoteState.DRAFT:
            raise StaleError("visit.not_draft", session.revision)
        if session.revision != revision:
            raise StaleError("record.stale", session.revision)
        if session.author_id != clinic.person_id:
            raise AccessError("sign.not_author")
        require_signing(clinic, session)
        screen = _screen(clinic, connection, session.episode_id)
        _require_whole(clinic, session, screen)
        everybody = {person.id or 0: person for person in people(connection)}
        subject = signing.subjects(connection, [session.episode_id])[session.episode_id]
        head = signing.chain_heads(connection, [session.episode_id]).get(session.episode_id)
        hours = load_rules(connection).late_entry_h
        sealed = _sealed(
            clinic, session, subject, everybody, public_key, now, head, sign, hours, screen.overrides
        )
        signing.seal(connection, [sealed])
        signed = sessions.load_session(connection, session_id)
        _log(clinic, connection, Verb.SIGNED, signed, sign)
        connection.commit()
    return signed


def sign_drafts_before(
    clinic: OpenClinic, day: date, passphrase: str, at: Callable[[TreatmentSession], datetime]
) -> int:
    """Sign every draft of one's own of a visit before `day`, at the instant `at` gives, and tell how many there were.

    One unwrapping of the key serves them all; drafts that lack something are left as they are. Raises `AccessError` as
    `sign_note` does.
    """
    require(clinic, Act.SIGN)
    sign, public_key = unwrapped_key(clinic, passphrase)
    count = 0
    with clinic.store.read() as connection:
        session_ids = signing.drafts_before(connection, day)
    for start in range(0, len(session_ids), _AT_ONCE):
        with clinic.store.write() as connection:
            screens = _Screens(clinic, connection)
            drafts = [
                session
                for session in sessions.load_sessions(connection, session_ids[start : start + _AT_ONCE])
                if session.state is NoteState.DRAFT
                and session.author_id == clinic.person_id
                and may_sign(clinic, session)
                and _is_whole(clinic, session, at(session), screens.of(session.episode_id))
            ]
            episodes = list({session.episode_id for session in drafts})
            everybody = {person.id or 0: person for person in people(connection)}
            subjects = signing.subjects(connection, episodes)
            heads = signing.chain_heads(connection, episodes)
            rules = load_rules(connection)
            notes = []
            for session in drafts:
                note = _sealed(
                    clinic,
                    session,
                    subjects[session.episode_id],
                    everybody,
                    public_key,
                    at(session),
                    heads.get(session.episode_id),
                    sign,
                    rules.late_entry_h,
                    screens.of(session.episode_id).overrides,
                )
                heads[session.episode_id] = note.content_hash
                notes.append(note)
            if notes:
                signing.seal(connection, notes)
                for session in drafts:
                    log_visit(clinic, connection, Verb.SIGNED, session)
                seal(clinic, connection, sign)
            connection.commit()
            count += len(notes)
    return count


def signed_note(clinic: OpenClinic, session_id: int) -> SignedNote | None:
    """Who signed a note and what was added to it since; None while it is a draft. Raises `NotFoundError`."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return signing.signed_note(connection, session_id, names_of(connection))


def co_sign_note(clinic: OpenClinic, session_id: int, passphrase: str, words: str = "") -> SignedNote:
    """Put one's name under somebody else's signed note, which is then signed for good.

    Raises `AccessError` ("sign.denied", "sign.own", "access.not_allowed") and `StaleError` ("sign.not_now").
    """
    require(clinic, Act.CO_SIGN)
    words = clean_note(words, "sign.words")
    sign, _public_key = unwrapped_key(clinic, passphrase)
    with clinic.store.write() as connection:
        names = names_of(connection)
        note = _closed(signing.signed_note(connection, session_id, names))
        if note.state is not NoteState.AWAITING_COSIGNATURE:
            raise StaleError("sign.not_now", 0)
        if note.signer_id == clinic.person_id:
            raise AccessError("sign.own")
        mine = CoSignature(
            uuid=str(uuid4()),
            person_id=clinic.person_id,
            person=names[clinic.person_id],
            at=clinic.clock(),
            words=words,
        )
        statement = co_signature_statement(mine, clinic.person, note.content_hash)
        signature = sign(canonical_bytes(statement))
        signing.add_co_signature(connection, mine, session_id, signature, canonical_hash(statement))
        signing.move_closed(connection, session_id, [NoteState.AWAITING_COSIGNATURE], NoteState.SIGNED)
        _log(clinic, connection, Verb.CO_SIGNED, sessions.load_session(connection, session_id), sign)
        stored = _closed(signing.signed_note(connection, session_id, names))
        connection.commit()
    return stored


def add_addendum(
    clinic: OpenClinic,
    session_id: int,
    text: str,
    passphrase: str,
    kind: AddendumKind = AddendumKind.ADDENDUM,
    reason: str = "",
) -> SignedNote:
    """Add words to a signed note, dated and signed; late entries by the clinic's rule are marked.

    Words of whoever needs a co-signature are added while the note still waits for one, which then stands over both.

    Raises `InputError` ("text.empty" and the like), `AccessError` ("sign.denied", "access.not_allowed"),
    `StaleError` ("sign.not_now") where the note is still a draft, ("sign.co_signed") where it waits no more.
    """
    require(clinic, Act.SIGN)
    text, reason = clean_note(text, "addendum.text"), clean_note(reason, "addendum.reason")
    if not text.strip():
        raise InputError(Fault("text.empty", "addendum.text"))
    sign, _public_key = unwrapped_key(clinic, passphrase)
    now = clinic.clock()
    with clinic.store.write() as connection:
        names = names_of(connection)
        note = _closed(signing.signed_note(connection, session_id, names))
        _refuse_after_co_signature(clinic, note)
        mine = Addendum(
            uuid=str(uuid4()),
            kind=kind,
            text=text,
            reason=reason,
            author_id=clinic.person_id,
            author=names[clinic.person_id],
            written_at=now,
            zone=clinic.zone,
            late=is_late(note.service_date, _there(now, clinic.zone), load_rules(connection).late_entry_h),
        )
        statement = addendum_statement(mine, clinic.person, note.content_hash)
        signature = sign(canonical_bytes(statement))
        signing.add_addendum(connection, mine, session_id, signature, canonical_hash(statement))
        _log(clinic, connection, Verb.ADDED_TO, sessions.load_session(connection, session_id), sign)
        stored = _closed(signing.signed_note(connection, session_id, names))
        connection.commit()
    return stored


def request_amendment(
    clinic: OpenClinic, session_id: int, text: str, answer: str, passphrase: str
) -> SignedNote:
    """Keep with a signed note what the patient asks to have amended, and what was answered.

    The note stays as it is. Raises what `add_addendum` raises.
    """
    return add_addendum(clinic, session_id, text, passphrase, AddendumKind.AMENDMENT_REQUEST, answer)


def void_note(clinic: OpenClinic, session_id: int, reason: str, passphrase: str) -> SignedNote:
    """Declare a signed note void: it stays readable, and counts no more.

    For its signer, and for whoever may co-sign. Raises `InputError` ("text.empty") without a reason, `AccessError`
    ("sign.denied", "sign.not_yours_to_void"), `StaleError` ("sign.not_now", "sign.co_signed").
    """
    require(clinic, Act.SIGN)
    reason = clean_note(reason, "void.reason").strip()
    if not reason:
        raise InputError(Fault("void.reason", "void.reason"))
    sign, _public_key = unwrapped_key(clinic, passphrase)
    with clinic.store.write() as connection:
        names = names_of(connection)
        note = _closed(signing.signed_note(connection, session_id, names))
        if note.signer_id != clinic.person_id and not may(clinic.person, Act.CO_SIGN):
            raise AccessError("sign.not_yours_to_void")
        _refuse_after_co_signature(clinic, note)
        mine = Voided(
            person_id=clinic.person_id, person=names[clinic.person_id], at=clinic.clock(), reason=reason
        )
        signature = sign(canonical_bytes(void_statement(mine, clinic.person, note.content_hash)))
        before = (NoteState.SIGNED, NoteState.AWAITING_COSIGNATURE)
        signing.move_closed(connection, session_id, before, NoteState.VOIDED)
        signing.add_void(connection, mine, session_id, signature)
        _log(clinic, connection, Verb.VOIDED, sessions.load_session(connection, session_id), sign)
        stored = _closed(signing.signed_note(connection, session_id, names))
        connection.commit()
    return stored


def _refuse_after_co_signature(clinic: OpenClinic, note: SignedNote) -> None:
    """Nothing comes to a note from a student alone once somebody has answered for it with their name."""
    if needs_co_signature(clinic.person) and note.state is NoteState.SIGNED:
        raise StaleError("sign.co_signed", 0)


def unwrapped_key(clinic: OpenClinic, passphrase: str) -> tuple[Sign, bytes]:
    """The signing function of whoever opened the clinic, and the public key that goes with it.

    Raises `AccessError` ("sign.denied") for a passphrase that is not theirs.
    """
    keys_at = keyfile.key_path(clinic.path)
    with faults_named(keys_at):
        keys = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key).keys
        try:
            key = keyfile.signing_key(keys, clinic.person.uuid, passphrase)
        except AccessError:
            raise AccessError("sign.denied") from None
    return key.sign, key.public_key().public_bytes_raw()


def _log(clinic: OpenClinic, connection: Writing, verb: Verb, visit: TreatmentSession, sign: Sign) -> None:
    """Write what was done, and sign the audit with the key that is at hand."""
    log_visit(clinic, connection, verb, visit)
    seal(clinic, connection, sign)


class _Screens:
    """The screens of episodes, each read once."""

    def __init__(self, clinic: OpenClinic, connection: Writing) -> None:
        self._clinic = clinic
        self._connection = connection
        self._known: dict[int, Screen] = {}

    def of(self, episode_id: int) -> Screen:
        if episode_id not in self._known:
            self._known[episode_id] = _screen(self._clinic, self._connection, episode_id)
        return self._known[episode_id]


def _screen(clinic: OpenClinic, connection: Writing, episode_id: int) -> Screen:
    patient_id = patient_of_episode(connection, episode_id) or 0
    return load_screen(connection, episode_id, patient_id, clinic.zone)


def _is_whole(clinic: OpenClinic, session: TreatmentSession, at: datetime, screen: Screen) -> bool:
    return not any(one.blocks for one in findings(clinic.reference, session, at, screen=screen))


def _require_whole(clinic: OpenClinic, session: TreatmentSession, screen: Screen) -> None:
    found = findings(clinic.reference, session, clinic.clock(), screen=screen)
    missing = [one for one in found if one.blocks]
    if missing:
        raise InputError(*(Fault(one.code, one.field, one.row, one.values) for one in missing))


def _sealed(
    clinic: OpenClinic,
    session: TreatmentSession,
    subject: Subject,
    everybody: Mapping[int, Person],
    public_key: bytes,
    at: datetime,
    previous: bytes | None,
    sign: Sign,
    late_entry_h: int,
    overrides: Sequence[Override] = (),
) -> signing.Sealed:
    statement = note_statement(
        clinic.reference,
        session,
        subject,
        everybody,
        clinic.person,
        public_key,
        at,
        is_late(session.service_date, _there(at, session.zone), late_entry_h),
        previous,
        overrides_that_stand(overrides, session),
    )
    content = canonical_bytes(statement)
    waits = needs_co_signature(clinic.person)
    return signing.Sealed(
        session_id=session.id or 0,
        state=NoteState.AWAITING_COSIGNATURE if waits else NoteState.SIGNED,
        signer_id=clinic.person_id,
        signed_at=at,
        signature=sign(content),
        content=content,
        content_hash=hashlib.sha256(content).digest(),
        previous_hash=previous,
        reference_version=clinic.reference.version,
        services=services(clinic.reference, session),
    )


def _there(at: datetime, zone: str) -> datetime:
    """The instant by the clock on the wall in that zone."""
    return at.astimezone(ZoneInfo(zone))


def _closed(note: SignedNote | None) -> SignedNote:
    if note is None:
        raise StaleError("sign.not_now", 0)
    return note
