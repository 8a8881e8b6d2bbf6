"""Do the signed notes and the kept documents still hold? Hashes, signatures and chains are worked out anew from what
the file holds now.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ptnotes.db import audit, documents, sessions, signing
from ptnotes.db.people import people, signing_keys
from ptnotes.db.screening import overrides_of_visits
from ptnotes.domain.audit import Verb
from ptnotes.domain.canonical import canonical_bytes, canonical_hash
from ptnotes.domain.contraindication import Override, overrides_that_stand
from ptnotes.domain.documents import KeptDocument
from ptnotes.domain.people import Person
from ptnotes.domain.permissions import Act
from ptnotes.domain.signature import (
    Addendum,
    CoSignature,
    DocumentProblem,
    Problem,
    Verified,
    VerifiedDocuments,
    Voided,
    Wrong,
    addendum_statement,
    against_statement,
    broken_chains,
    co_signature_statement,
    document_statement,
    visit_statement,
    void_statement,
)
from ptnotes.domain.treatment import NoteState, TreatmentSession
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require

_AT_ONCE = 200
_EMPTY: tuple[object, ...] = (None, "", [], {})
_VERBS: Mapping[type, Verb] = {
    Addendum: Verb.ADDED_TO,
    CoSignature: Verb.CO_SIGNED,
    Voided: Verb.VOIDED,
}
_PARTS: Mapping[Verb, str] = {
    Verb.SIGNED: "note",
    **{verb: kind.__name__.lower() for kind, verb in _VERBS.items()},
}
Keys = Mapping[int, Sequence[bytes]]


def verify_notes(clinic: OpenClinic, patient_id: int | None = None) -> Verified:
    """Look at every signed note of one patient, or of the clinic, and say what does not hold.

    A note holds when the bytes that were signed have the hash and the signature of their signer's key, when the rows in
    the file still say what was signed, when its episode's chain has no gap, and when everything added to it is signed.
    What the audit says was signed, and is not there, is missing.
    """
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return verified_notes(connection, patient_id)


def verified_notes(connection: signing.Snapshot, patient_id: int | None = None) -> Verified:
    """Do `verify_notes` within a snapshot that is open already."""
    everybody = {person.id or 0: person for person in people(connection)}
    keys = {person_id: signing_keys(connection, person_id) for person_id in everybody}
    ids = signing.closed_notes(connection, patient_id)
    problems = [
        Problem(session_id, Wrong.CHAIN)
        for session_id in broken_chains(signing.chain_links(connection, patient_id))
    ]
    held: dict[int, Counter[Verb]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        charted = {session.id: session for session in sessions.load_sessions(connection, part)}
        added: dict[int, list[signing.Signed]] = {}
        names = {person_id: person.signature for person_id, person in everybody.items()}
        for one in signing.followers(connection, part, names):
            added.setdefault(one.session_id, []).append(one)
        for session_id in part:
            kinds = Counter(_VERBS[type(one.what)] for one in added.get(session_id, ()))
            held[session_id] = kinds + Counter([Verb.SIGNED])
        reasons = overrides_of_visits(connection, part)
        for stored in signing.stored_signatures(connection, part):
            session = charted[stored.session_id]
            standing = overrides_that_stand(reasons, session)
            try:
                problems += _of_note(
                    stored, session, added.get(stored.session_id, ()), everybody, keys, standing
                )
            except (KeyError, ValueError, TypeError, AttributeError):
                # What was put in the place of a statement does not even have the form of one.
                problems.append(Problem(stored.session_id, Wrong.CHANGED))
    for session_id, verbs in audit.signatures_told(connection, patient_id).items():
        missing = verbs - held.get(session_id, Counter())
        # A note that is gone whole is told once.
        told = [Verb.SIGNED] if Verb.SIGNED in missing else sorted(missing)
        problems += [Problem(session_id, Wrong.MISSING, _PARTS[verb]) for verb in told]
    return Verified(len(ids), tuple(problems))


def verify_documents(clinic: OpenClinic, patient_id: int | None = None) -> VerifiedDocuments:
    """Look at every kept document of one patient, or of the clinic, and say what does not hold.

    A document holds when its bytes are those that were kept, and those that the audit says were signed or left, of that
    patient; and, where it is signed, when they are those that were signed with a key of its signer's. What the audit
    says was signed or left and is not there, or was signed and is not, is missing.
    """
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return verified_documents(connection, patient_id)


def verified_documents(
    connection: signing.Snapshot, patient_id: int | None = None, *, document: KeptDocument | None = None
) -> VerifiedDocuments:
    """Do `verify_documents` within a snapshot that is open already, or look at one `document` alone."""
    everybody = {person.id or 0: person for person in people(connection)}
    keys = {person_id: signing_keys(connection, person_id) for person_id in everybody}
    if document is not None:
        patient_id = document.patient_id
    kept = documents.stored_documents(
        connection, patient_id=patient_id, document_id=None if document is None else document.id
    )
    told: dict[int, list[audit.ToldDocument]] = {}
    for event in audit.documents_told(connection, patient_id):
        if document is None or event.id == document.id:
            told.setdefault(event.id, []).append(event)
    problems = []
    for one in kept:
        wrong = _wrong_with(one, documents.document_bytes(connection, one.id), everybody, keys)
        if wrong is None and not all(_is_told_so(one, event) for event in told.get(one.id, ())):
            wrong = Wrong.CHANGED
        problems += [] if wrong is None else [DocumentProblem(one.id, wrong)]
    signed = {one.id for one in kept if one.signature is not None}
    there = {one.id for one in kept}
    problems += [
        DocumentProblem(gone, Wrong.MISSING)
        for gone, events in sorted(told.items())
        if gone not in (signed if any(event.is_signed for event in events) else there)
    ]
    return VerifiedDocuments(len(kept), len(signed), tuple(problems))


def _wrong_with(
    one: documents.StoredDocument, content: bytes, everybody: Mapping[int, Person], keys: Keys
) -> Wrong | None:
    digest = hashlib.sha256(content).digest()
    if digest != one.sha256:
        return Wrong.CHANGED
    if one.signature is None or one.at is None or one.signed_by is None:
        return None
    if one.is_draft:
        # No draft is ever signed.
        return Wrong.STATE
    own = document_statement(
        one.kind, one.patient_uuid, digest, everybody[one.signed_by], one.at, one.zone or ""
    )
    if canonical_hash(own) != one.content_hash:
        return Wrong.CHANGED
    return None if _is_signed(canonical_bytes(own), one.signature, keys[one.signed_by]) else Wrong.SIGNATURE


def _is_told_so(one: documents.StoredDocument, event: audit.ToldDocument) -> bool:
    """Whether a document is about the patient that an event tells of, and has the bytes that it tells."""
    return event.patient_id == one.patient_id and event.digest in ("", one.sha256.hex())


def _of_note(
    stored: signing.StoredSignature,
    session: TreatmentSession,
    added: Sequence[signing.Signed],
    everybody: Mapping[int, Person],
    keys: Keys,
    reasons: Sequence[Override],
) -> Iterator[Problem]:
    if stored.content is None or hashlib.sha256(stored.content).digest() != stored.content_hash:
        yield Problem(stored.session_id, Wrong.CHANGED)
        return
    statement = json.loads(stored.content)
    signer = everybody[stored.signer_id]
    own_key = bytes.fromhex(statement["signer"]["public_key"])
    if statement["signer"]["uuid"] != signer.uuid or own_key not in keys[stored.signer_id]:
        yield Problem(stored.session_id, Wrong.KEY)
    if not _is_signed(stored.content, stored.signature, [own_key]):
        yield Problem(stored.session_id, Wrong.SIGNATURE)
    against = json.loads(canonical_bytes(against_statement(reasons, everybody)))
    if not _says_the_same(statement, stored, session, everybody) or statement.get("against", []) != against:
        yield Problem(stored.session_id, Wrong.CHANGED)
    if stored.state is not _state(statement, added):
        yield Problem(stored.session_id, Wrong.STATE)
    for one in added:
        part = type(one.what).__name__.lower()
        own = _statement(one, everybody, stored.content_hash)
        who = one.what.author_id if isinstance(one.what, Addendum) else one.what.person_id
        if isinstance(one.what, CoSignature) and one.what.person_id == stored.signer_id:
            # Somebody else has to have looked at it.
            yield Problem(stored.session_id, Wrong.STATE, part)
        if one.content_hash is not None and canonical_hash(own) != one.content_hash:
            yield Problem(stored.session_id, Wrong.CHANGED, part)
        elif not _is_signed(canonical_bytes(own), one.signature or b"", keys[who]):
            yield Problem(stored.session_id, Wrong.SIGNATURE, part)


def _says_the_same(
    statement: Mapping[str, Any],
    stored: signing.StoredSignature,
    session: TreatmentSession,
    everybody: Mapping[int, Person],
) -> bool:
    now = json.loads(canonical_bytes(visit_statement(session, everybody)))
    subject = statement["subject"]
    codes = statement["services"]
    return (
        _holds(statement["visit"], now)
        and (subject["patient_uuid"], subject["episode_uuid"]) == (stored.patient_uuid, stored.episode_uuid)
        and statement["signed_at"] == json.loads(canonical_bytes(stored.signed_at))
        and statement["previous"] == (stored.previous_hash.hex() if stored.previous_hash else None)
        and all(
            codes.get(service) == json.loads(canonical_bytes(known))
            for service, known in stored.services
            if service is not None
        )
    )


def _holds(signed: Any, now: Any) -> bool:
    """Whether `now` says what was `signed`. What a later version charts besides was blank then, and still has to be."""
    if isinstance(signed, dict) and isinstance(now, dict):
        return all(name in now and _holds(signed[name], now[name]) for name in signed) and all(
            now[name] in _EMPTY for name in now if name not in signed
        )
    if isinstance(signed, list) and isinstance(now, list):
        return len(signed) == len(now) and all(map(_holds, signed, now))
    return type(signed) is type(now) and signed == now


def _state(statement: Mapping[str, Any], added: Sequence[signing.Signed]) -> NoteState:
    """The state that a note has to be in, from what was signed and added."""
    if any(isinstance(one.what, Voided) for one in added):
        return NoteState.VOIDED
    co_signed = any(isinstance(one.what, CoSignature) for one in added)
    return (
        NoteState.AWAITING_COSIGNATURE
        if statement["needs_co_signature"] and not co_signed
        else NoteState.SIGNED
    )


def _statement(one: signing.Signed, everybody: Mapping[int, Person], note_hash: bytes) -> dict[str, Any]:
    if isinstance(one.what, Addendum):
        return addendum_statement(one.what, everybody[one.what.author_id], note_hash)
    if isinstance(one.what, CoSignature):
        return co_signature_statement(one.what, everybody[one.what.person_id], note_hash)
    return void_statement(one.what, everybody[one.what.person_id], note_hash)


def _is_signed(content: bytes, signature: bytes, public_keys: Sequence[bytes]) -> bool:
    for key in public_keys:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False
