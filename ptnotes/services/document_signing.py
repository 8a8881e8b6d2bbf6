"""Signing a document electronically: its bytes say so, and they are kept together with the signature, or neither is.

Who signs a document gives their passphrase, as for a note, and signs what they saw: the bytes are drawn from the very
values that the preview was drawn from, with the signature in the place of the line for a pen.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from ptnotes.db import documents as stored
from ptnotes.db.patients import load_patient
from ptnotes.domain.audit import Verb
from ptnotes.domain.canonical import canonical_bytes, canonical_hash
from ptnotes.domain.documents import DocumentKind, DocumentSignature
from ptnotes.domain.errors import AccessError, Fault, InputError, PtNotesError, StaleError
from ptnotes.domain.permissions import WORDS, Act, needs_co_signature
from ptnotes.domain.signature import document_statement
from ptnotes.reports.document_data import DocumentData
from ptnotes.services.audit import seal
from ptnotes.services.document_file import with_record
from ptnotes.services.documents import ACTS, MadeDocument, Signable, keep
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.signing import unwrapped_key

_FIELD = "document.signature"
_ANY_TIME = datetime(1, 1, 1, tzinfo=UTC)
_HAVE_A_PLACE = frozenset(
    {
        DocumentKind.PROGRESS_REPORT,
        DocumentKind.EVALUATION,
        DocumentKind.DISCHARGE_SUMMARY,
        DocumentKind.LETTER,
    }
)
"""A session note tells how the note is signed; the sheets are nobody's words to answer for."""
_TO_SIGN = {**ACTS, DocumentKind.EVALUATION: Act.CHART_EVALUATION}
"""Who reads charts makes the copy of an evaluation; it is signed by whoever may evaluate, now and not only then."""


def has_place(made: MadeDocument) -> bool:
    """Whether documents of that kind have a place in which their author signs."""
    return made.kind in _HAVE_A_PLACE


def why_not_signed(clinic: OpenClinic, made: MadeDocument) -> PtNotesError | None:
    """Why whoever opened the clinic cannot sign a document electronically; None where they can.

    It takes the right to sign notes alone and the right to make that kind of document (to evaluate, for an evaluation),
    and the document has to be its signer's own words and no draft.
    """
    if made.signed is not None:
        return InputError(Fault("document.signed", _FIELD))
    for act in (Act.SIGN, Act.VIEW_NOTES, _TO_SIGN[made.kind]):
        if not allows(clinic, act):
            return AccessError("access.not_allowed", act=WORDS[act])
    if needs_co_signature(clinic.person):
        return AccessError("document.sign_alone")
    if made.signable is None:
        return InputError(Fault("document.sign_kept" if has_place(made) else "document.sign_none", _FIELD))
    author = made.signable.data.author
    if author.uuid != clinic.person.uuid:
        return AccessError("document.sign_author", name=author.signature)
    if made.draft:
        return InputError(Fault("document.sign_draft", _FIELD, values={"why": " ".join(made.draft)}))
    return None


def says_the_same(one: MadeDocument, other: MadeDocument) -> bool:
    """Whether two documents were made from the same record and choices, whenever that was."""
    if one.kind is not other.kind or one.signable is None or other.signable is None:
        return False
    return _said(one.signable.data) == _said(other.signable.data)


def sign_document(
    clinic: OpenClinic, made: MadeDocument, passphrase: str, *, with_fhir: bool = False
) -> MadeDocument:
    """Sign a document as it was seen, and give it signed: its bytes say so, and are kept with the signature.

    Keeping and signing are one transaction, which also looks whether the record still says what the document does. With
    FHIR, a bundle of the data that it was made from is attached first. It has not left the program by that.

    Raises `AccessError` ("sign.denied" for a wrong passphrase, "access.not_allowed", "document.sign_author",
    "document.sign_alone"), `InputError` ("document.sign_draft", "document.signed", "document.sign_kept",
    "document.sign_none"), `StaleError` ("document.stale") and what making the document raises. Nothing is changed then.
    """
    why = why_not_signed(clinic, made)
    if why is not None or made.signable is None:
        raise why or InputError(Fault("document.sign_none", _FIELD))
    sign, _public_key = unwrapped_key(clinic, passphrase)
    at = clinic.clock().astimezone(ZoneInfo(clinic.zone))
    mine = DocumentSignature(
        person_id=clinic.person_id, person=clinic.person.signature, at=at, zone=clinic.zone
    )
    # The page is drawn before the file is held, so that nobody who charts waits for that.
    signed = _drawn(clinic, made, made.signable, mine, with_fhir=with_fhir)
    digest = sha256(signed.pdf).digest()
    with clinic.store.write() as connection:
        if not _is_as_seen(made.signable):
            raise StaleError("document.stale", 0)
        document_id = keep(clinic, connection, signed, Verb.SIGNED)
        if stored.load_document(connection, document_id).signed is not None:
            raise InputError(Fault("document.signed", _FIELD))
        patient = load_patient(connection, made.patient_id)
        own = document_statement(made.kind, patient.uuid, digest, clinic.person, at, clinic.zone)
        stored.add_signature(connection, document_id, mine, sign(canonical_bytes(own)), canonical_hash(own))
        seal(clinic, connection, sign)
        connection.commit()
    return signed


def _drawn(
    clinic: OpenClinic, made: MadeDocument, signable: Signable, mine: DocumentSignature, *, with_fhir: bool
) -> MadeDocument:
    data = replace(signable.data, signed_at=mine.at)
    unsigned = replace(made, pdf=signable.draw(data))
    with_data = with_record(clinic, unsigned) if with_fhir else unsigned
    return replace(with_data, signed=mine)


def _is_as_seen(signable: Signable) -> bool:
    """Whether the record still says what the document does."""
    try:
        return _said(signable.read()) == _said(signable.data)
    except InputError:
        # It does not even make such a document any more: its only visit was declared void, perhaps.
        return False


def _said(data: DocumentData) -> DocumentData:
    """What a document says of the record: not when it was made, nor how far the audit had come by then."""
    within: dict[str, Any] = {
        field.name: _said(part)
        for field in fields(data)
        if isinstance(part := getattr(data, field.name), DocumentData)
    }
    return replace(data, written_at=_ANY_TIME, signatures=replace(data.signatures, mark=None), **within)
