"""Documents as they were made: their bytes, what they cover, and how often they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, case, exists, func, insert, select, true
from sqlalchemy.orm import aliased

from ptnotes.db.schema.clinic import PersonRecord
from ptnotes.db.schema.documents import (
    AuditEventRecord,
    DisclosureRecord,
    DocumentRecord,
    DocumentSessionRecord,
    DocumentSignatureRecord,
)
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.documents import DocumentKind, DocumentSignature, KeptDocument
from ptnotes.domain.errors import NotFoundError

_SIGNER = ("signed_by", "signer", "credentials", "signed_at", "signed_zone")
"""What is read of the signature under a document, and of who signed."""


def keep_document(
    connection: Connection,
    *,
    kind: DocumentKind,
    patient_id: int,
    episode_id: int | None,
    title: str,
    content: bytes,
    covers: tuple[date | None, date | None],
    sessions: Sequence[tuple[int, int]],
    is_draft: bool,
    made_at: datetime,
    zone: str,
    person_id: int,
    renderer_version: str,
) -> int:
    """Store a document with the visits that it covers, each (session, revision), and give its id.

    The same bytes of the same patient are kept once: saved and then printed, a document is one.
    """
    digest = sha256(content).digest()
    kept = kept_already(connection, kind, patient_id, digest)
    if kept is not None:
        return kept
    made = connection.scalars(
        insert(DocumentRecord)
        .returning(DocumentRecord.id)
        .values(
            uuid=str(uuid4()),
            patient_id=patient_id,
            episode_id=episode_id,
            kind=kind,
            covers_from=covers[0],
            covers_to=covers[1],
            made_at=made_at,
            made_by=person_id,
            holds_drafts=is_draft,
            content=content,
            sha256=digest,
            renderer_version=renderer_version,
            title=title,
            zone=zone,
        )
    ).one()
    if sessions:
        rows = [
            {"document_id": made, "session_id": session_id, "session_revision": revision}
            for session_id, revision in sessions
        ]
        connection.execute(insert(DocumentSessionRecord), rows)
    return made


def kept_already(connection: Connection, kind: DocumentKind, patient_id: int, digest: bytes) -> int | None:
    """The id of the patient's document whose bytes have that SHA-256, None where there is none."""
    same = select(DocumentRecord.id).where(
        DocumentRecord.patient_id == patient_id, DocumentRecord.kind == kind, DocumentRecord.sha256 == digest
    )
    return connection.scalars(same).first()


def kept_documents(connection: Connection, patient_id: int) -> tuple[KeptDocument, ...]:
    """The documents of a patient, newest first: in the order of keeping, whatever was done to the clock meanwhile."""
    query = _kept().where(DocumentRecord.patient_id == patient_id)
    rows = connection.execute(query.order_by(DocumentRecord.id.desc()))
    return tuple(_document(row) for row in rows)


def load_document(connection: Connection, document_id: int) -> KeptDocument:
    """One document. Raises `NotFoundError`."""
    row = connection.execute(_kept().where(DocumentRecord.id == document_id)).one_or_none()
    if row is None:
        raise NotFoundError("document.not_found")
    return _document(row)


def document_bytes(connection: Connection, document_id: int) -> bytes:
    """The bytes of a document as they were kept. Raises `NotFoundError`."""
    content = connection.scalar(select(DocumentRecord.content).where(DocumentRecord.id == document_id))
    if content is None:
        raise NotFoundError("document.not_found")
    return content


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """What the store holds of a document and of the signature under it, to be verified.

    `signed_by` and what follows are None where nobody's signature is in the file.
    """

    id: int
    kind: DocumentKind
    patient_id: int
    patient_uuid: str
    is_draft: bool
    sha256: bytes
    signed_by: int | None
    at: datetime | None
    zone: str | None
    signature: bytes | None
    content_hash: bytes | None


def add_signature(
    connection: Connection, document_id: int, signed: DocumentSignature, signature: bytes, own: bytes
) -> None:
    """Store a signature under a document; `own` is the hash of its statement."""
    connection.execute(
        insert(DocumentSignatureRecord).values(
            document_id=document_id,
            person_id=signed.person_id,
            at=signed.at,
            zone=signed.zone,
            signature=signature,
            content_hash=own,
        )
    )


def stored_documents(
    connection: Connection, *, patient_id: int | None = None, document_id: int | None = None
) -> tuple[StoredDocument, ...]:
    """What the store holds of the documents and their signatures: of all, of one patient's, or of one."""
    own = DocumentSignatureRecord
    query = (
        select(
            DocumentRecord.id,
            DocumentRecord.kind,
            DocumentRecord.patient_id,
            PatientRecord.uuid.label("patient_uuid"),
            DocumentRecord.holds_drafts.label("is_draft"),
            DocumentRecord.sha256,
            own.person_id.label("signed_by"),
            own.at,
            own.zone,
            own.signature,
            own.content_hash,
        )
        .join(PatientRecord, PatientRecord.id == DocumentRecord.patient_id)
        .outerjoin(own, own.document_id == DocumentRecord.id)
        .order_by(DocumentRecord.id)
    )
    if patient_id is not None:
        query = query.where(DocumentRecord.patient_id == patient_id)
    if document_id is not None:
        query = query.where(DocumentRecord.id == document_id)
    return tuple(StoredDocument(**row._mapping) for row in connection.execute(query))


def _document(row: Any) -> KeptDocument:
    values = dict(row._mapping)
    person_id, person, credentials, at, zone = (values.pop(name) for name in _SIGNER)
    signed = None
    if at is not None:
        named = ", ".join(part for part in (person, credentials) if part)
        signed = DocumentSignature(person_id=person_id, person=named, at=at, zone=zone)
    return KeptDocument(**values, signed=signed)


def _kept() -> Select[Any]:
    sent = (
        select(func.count())
        .where(
            # By the patient there is an index.
            DisclosureRecord.patient_id == DocumentRecord.patient_id,
            DisclosureRecord.document_id == DocumentRecord.id,
        )
        .correlate(DocumentRecord)
    )
    own, signer = DocumentSignatureRecord, aliased(PersonRecord)
    left = exists().where(
        AuditEventRecord.patient_id == DocumentRecord.patient_id,
        AuditEventRecord.object_kind == Subject.DOCUMENT.value,
        AuditEventRecord.object_id == DocumentRecord.id,
        AuditEventRecord.verb.in_((Verb.EXPORTED.value, Verb.PRINTED.value)),
    )
    columns: list[Any] = [
        DocumentRecord.id,
        DocumentRecord.uuid,
        DocumentRecord.patient_id,
        DocumentRecord.episode_id,
        DocumentRecord.kind,
        DocumentRecord.title,
        DocumentRecord.covers_from,
        DocumentRecord.covers_to,
        DocumentRecord.made_at,
        DocumentRecord.zone,
        PersonRecord.name.label("who"),
        DocumentRecord.holds_drafts.label("is_draft"),
        DocumentRecord.sha256,
        func.length(DocumentRecord.content).label("size_bytes"),
        sent.scalar_subquery().label("sent"),
        # What nobody signed is kept since it left.
        case((own.at.is_(None), true()), else_=left).label("has_left"),
        *(
            column.label(name)
            for name, column in zip(
                _SIGNER, (own.person_id, signer.name, signer.credentials, own.at, own.zone), strict=True
            )
        ),
    ]
    return (
        select(*columns)
        .select_from(DocumentRecord)
        .join(PersonRecord, PersonRecord.id == DocumentRecord.made_by)
        .outerjoin(own, own.document_id == DocumentRecord.id)
        .outerjoin(signer, signer.id == own.person_id)
    )
