"""Documents as they were made: their bytes, what they cover, and how often they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, func, insert, select

from ptnotes.db.schema.clinic import PersonRecord
from ptnotes.db.schema.documents import (
    AuditEventRecord,
    DisclosureRecord,
    DocumentRecord,
    DocumentSessionRecord,
)
from ptnotes.domain.audit import DIGEST_OF_DOCUMENT, Subject
from ptnotes.domain.documents import DocumentKind, KeptDocument
from ptnotes.domain.errors import NotFoundError


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
    same = select(DocumentRecord.id).where(
        DocumentRecord.patient_id == patient_id, DocumentRecord.kind == kind, DocumentRecord.sha256 == digest
    )
    kept = connection.scalars(same).first()
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


def kept_documents(connection: Connection, patient_id: int) -> tuple[KeptDocument, ...]:
    """The documents of a patient, newest first."""
    query = _kept().where(DocumentRecord.patient_id == patient_id)
    rows = connection.execute(query.order_by(DocumentRecord.made_at.desc(), DocumentRecord.id.desc()))
    return tuple(KeptDocument(**row._mapping) for row in rows)


def load_document(connection: Connection, document_id: int) -> KeptDocument:
    """One document. Raises `NotFoundError`."""
    row = connection.execute(_kept().where(DocumentRecord.id == document_id)).one_or_none()
    if row is None:
        raise NotFoundError("document.not_found")
    return KeptDocument(**row._mapping)


def document_bytes(connection: Connection, document_id: int) -> bytes:
    """The bytes of a document as they were kept. Raises `NotFoundError`."""
    content = connection.scalar(select(DocumentRecord.content).where(DocumentRecord.id == document_id))
    if content is None:
        raise NotFoundError("document.not_found")
    return content


def digests_told(connection: Connection, kept: KeptDocument) -> frozenset[bytes]:
    """The digests that the audit tells of a document each time it left: all the same, unless somebody tampered.

    Those that left before digests were told have none.
    """
    query = select(AuditEventRecord.detail).where(
        AuditEventRecord.patient_id == kept.patient_id,
        AuditEventRecord.object_kind == Subject.DOCUMENT.value,
        AuditEventRecord.object_id == kept.id,
    )
    told = (detail.partition(DIGEST_OF_DOCUMENT)[2] for detail in connection.scalars(query))
    return frozenset(bytes.fromhex(digest) for digest in told if digest)


def _kept() -> Select[Any]:
    sent = (
        select(func.count())
        .where(DisclosureRecord.document_id == DocumentRecord.id)
        .correlate(DocumentRecord)
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
    ]
    return (
        select(*columns)
        .select_from(DocumentRecord)
        .join(PersonRecord, PersonRecord.id == DocumentRecord.made_by)
    )
