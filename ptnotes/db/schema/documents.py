"""What follows a signature, what leaves the clinic, and the log of everything."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from ptnotes.db.schema.vocabulary import (
    APPEND_ONLY,
    Digest,
    Id,
    Instant,
    PersonId,
    Record,
    Uuid,
    Words,
    choice,
    not_negative,
)
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.signature import AddendumKind


class DocumentRecord(Record):
    """A document as it was made, byte for byte."""

    __tablename__ = "document"
    __table_args__ = (Index(None, "patient_id", "made_at"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    episode_id: Mapped[int | None] = mapped_column(ForeignKey("episode_of_care.id"), index=True)
    kind: Mapped[DocumentKind] = choice(DocumentKind)
    covers_from: Mapped[date | None]
    covers_to: Mapped[date | None]
    made_at: Mapped[Instant]
    made_by: Mapped[PersonId]
    holds_drafts: Mapped[bool]
    content: Mapped[bytes]
    sha256: Mapped[Digest]
    renderer_version: Mapped[str]
    title: Mapped[Words]
    zone: Mapped[Words]


class DocumentSessionRecord(Record):
    """A session that a document covers, at the revision that was printed."""

    __tablename__ = "document_session"
    __table_args__ = (Index(None, "session_id"), {"sqlite_with_rowid": False, "info": APPEND_ONLY})

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("treatment_session.id"), primary_key=True)
    session_revision: Mapped[int]


class DocumentSignatureRecord(Record):
    """A person's electronic signature under a document; its bytes say that they are signed."""

    __tablename__ = "document_signature"
    __table_args__ = {"info": APPEND_ONLY}  # noqa: RUF012 - read by SQLAlchemy

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    person_id: Mapped[PersonId]
    at: Mapped[Instant]
    zone: Mapped[str]
    signature: Mapped[bytes]
    content_hash: Mapped[Digest]


class DisclosureRecord(Record):
    """What left the clinic: to whom, how, when, for what."""

    __tablename__ = "disclosure"
    __table_args__ = (Index(None, "patient_id", "at"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    what: Mapped[Words]
    to_whom: Mapped[str]
    how: Mapped[str]
    purpose: Mapped[str]
    at: Mapped[Instant]
    person_id: Mapped[PersonId]


class AddendumRecord(Record):
    """Words added to a signed note or a document; the original stays as it was."""

    __tablename__ = "addendum"
    __table_args__ = (
        CheckConstraint("(session_id IS NULL) <> (document_id IS NULL)", name="has_one_target"),
        CheckConstraint("text <> ''", name="says_something"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("treatment_session.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[AddendumKind] = choice(AddendumKind)
    text: Mapped[str]
    reason: Mapped[Words]
    author_id: Mapped[PersonId]
    written_at: Mapped[Instant]
    zone: Mapped[str]
    late: Mapped[bool]
    signature: Mapped[bytes | None]
    content_hash: Mapped[Digest | None]


class CoSignatureRecord(Record):
    """A supervisor's signature under somebody else's note."""

    __tablename__ = "co_signature"
    __table_args__ = (Index(None, "session_id"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    session_id: Mapped[int] = mapped_column(ForeignKey("treatment_session.id"))
    person_id: Mapped[PersonId]
    at: Mapped[Instant]
    words: Mapped[Words]
    signature: Mapped[bytes]
    content_hash: Mapped[Digest]


class VoidRecord(Record):
    """Why a signed note no longer counts; the note stays readable."""

    __tablename__ = "void"
    __table_args__ = (CheckConstraint("reason <> ''", name="has_reason"), {"info": APPEND_ONLY})

    session_id: Mapped[int] = mapped_column(ForeignKey("treatment_session.id"), primary_key=True)
    person_id: Mapped[PersonId]
    at: Mapped[Instant]
    reason: Mapped[str]
    signature: Mapped[bytes | None]


class AuditEventRecord(Record):
    """Who did what to which record. Order is the sequence number, not the clock; each row holds the digest before.

    `patient_id` references no row: the event stays when the patient's record is disposed of.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "patient_id", "sequence"), {"info": APPEND_ONLY})

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[Instant]
    zone: Mapped[str]
    person_id: Mapped[PersonId | None]
    verb: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int | None]
    patient_id: Mapped[int | None]
    detail: Mapped[Words]
    count: Mapped[int | None]
    previous: Mapped[Digest | None]
    digest: Mapped[Digest]


class ImportRunRecord(Record):
    """One import: what was read, made and refused. `digest` is of the rows as read."""

    __tablename__ = "import_run"
    __table_args__ = tuple(not_negative("rows_read", "rows_made", "rows_refused"))

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    kind: Mapped[str]
    started_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    person_id: Mapped[PersonId]
    rows_read: Mapped[int | None]
    rows_made: Mapped[int | None]
    rows_refused: Mapped[int | None]
    digest: Mapped[Digest | None]
    mapping: Mapped[Words]
    undone_at: Mapped[Instant | None]
    zone: Mapped[Words]
    undone_by: Mapped[PersonId | None]


class ImportItemRecord(Record):
    """One thing that an import made, so that the run can be undone as a whole."""

    __tablename__ = "import_item"
    __table_args__ = {"sqlite_with_rowid": False, "info": APPEND_ONLY}  # noqa: RUF012 - read by SQLAlchemy

    import_run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    object_kind: Mapped[str]
    object_id: Mapped[int]
