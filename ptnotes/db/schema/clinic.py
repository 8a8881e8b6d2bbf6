"""The clinic, its people, and what they set up: permissions, wording, overrides, phrases, appointments."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ptnotes.db.schema.vocabulary import (
    APPEND_ONLY,
    DERIVED,
    Id,
    Instant,
    PersonId,
    Record,
    Revision,
    Uuid,
    Words,
    choice,
    not_negative,
)
from ptnotes.domain.people import NormalValues, Paper, Permission, Role
from ptnotes.domain.treatment import VisitStatus


class ClinicRecord(Record):
    """The one clinic of this store."""

    __tablename__ = "clinic"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[Id]
    name: Mapped[str]
    address: Mapped[Words]
    telephone: Mapped[Words]
    fax: Mapped[Words]
    npi: Mapped[Words]
    logo: Mapped[bytes | None]
    paper: Mapped[Paper] = choice(Paper)
    locale: Mapped[str]
    zone: Mapped[str]
    normal_values: Mapped[NormalValues] = choice(NormalValues)
    revision: Mapped[Revision]


class GradeWordingRecord(Record):
    """The clinic's own words for a grade."""

    __tablename__ = "grade_wording"

    grade_system: Mapped[str] = mapped_column(primary_key=True)
    grade: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str]


class PersonRecord(Record):
    """Somebody with an account. `uuid` is also the name of their slot in the key file."""

    __tablename__ = "person"

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    name: Mapped[str]
    credentials: Mapped[Words]
    licence_number: Mapped[Words]
    licence_state: Mapped[Words]
    licence_expires: Mapped[date | None]
    npi: Mapped[Words]
    role: Mapped[Role] = choice(Role)
    supervisor_id: Mapped[PersonId | None]
    signing_public_key: Mapped[bytes | None]
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]
    revision: Mapped[Revision]


class PersonPermissionRecord(Record):
    """A permission given to, or withheld from, one person whatever their role says. A setting: what is undone goes."""

    __tablename__ = "person_permission"
    __table_args__ = {"info": DERIVED}  # noqa: RUF012 - read by SQLAlchemy as written

    person_id: Mapped[PersonId] = mapped_column(primary_key=True)
    permission: Mapped[Permission] = choice(Permission, primary_key=True)
    granted: Mapped[bool]


class SigningKeyRecord(Record):
    """Each public key that a person was ever given: what was signed with an earlier one stays verifiable."""

    __tablename__ = "signing_key"
    __table_args__ = (Index(None, "person_id"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    person_id: Mapped[PersonId]
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    since: Mapped[Instant]


class EmergencyAccessRecord(Record):
    """Charts read by somebody whose role does not let them, and why; until an administrator has seen it."""

    __tablename__ = "emergency_access"
    __table_args__ = (CheckConstraint("reason <> ''", name="has_reason"),)

    id: Mapped[Id]
    person_id: Mapped[PersonId]
    at: Mapped[Instant]
    reason: Mapped[str]
    seen_by: Mapped[PersonId | None]
    seen_at: Mapped[Instant | None]


class RecordRuleRecord(Record):
    """How long records are kept and when an entry is late, where the clinic changed what the program ships."""

    __tablename__ = "record_rule"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        *not_negative("late_entry_h", "retain_years", "majority_age_years", "retain_minor_years"),
    )

    id: Mapped[Id]
    late_entry_h: Mapped[int]
    retain_years: Mapped[int]
    majority_age_years: Mapped[int]
    retain_minor_years: Mapped[int]
    state: Mapped[Words]
    source: Mapped[Words]
    revision: Mapped[Revision]


class DisposalRecord(Record):
    """That a patient's whole record was disposed of after its time: what remains of it."""

    __tablename__ = "disposal"
    __table_args__ = (CheckConstraint("reason <> ''", name="has_reason"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    patient_uuid: Mapped[str]
    mrn: Mapped[str]
    retain_until: Mapped[date | None]
    reason: Mapped[str]
    at: Mapped[Instant]
    zone: Mapped[str]
    person_id: Mapped[PersonId]


class ReferenceOverrideRecord(Record):
    """A value of the reference data that the clinic has replaced. A key's newest row counts; a null value undoes."""

    __tablename__ = "reference_override"
    __table_args__ = (Index(None, "key", "since"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    key: Mapped[str]
    value: Mapped[str | None]
    reason: Mapped[Words]
    since: Mapped[Instant]
    person_id: Mapped[PersonId]


class PhraseRecord(Record):
    """A short form and what it expands to; for everyone, or for one person. Unique among those in use."""

    __tablename__ = "phrase"
    __table_args__ = (Index(None, "short_form"),)

    id: Mapped[Id]
    short_form: Mapped[str]
    text: Mapped[str]
    person_id: Mapped[PersonId | None]
    archived_at: Mapped[Instant | None]
    revision: Mapped[Revision]


class LetterTemplateRecord(Record):
    """The words of a letter with places for what is known of a patient; for everyone who writes letters."""

    __tablename__ = "letter_template"

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    name: Mapped[str]
    subject: Mapped[Words]
    text: Mapped[str]
    archived_at: Mapped[Instant | None]
    revision: Mapped[Revision]


class AppointmentRecord(Record):
    """A planned visit: the day's list. No part of the chart: one that was entered by mistake is taken off."""

    __tablename__ = "appointment"
    __table_args__ = (Index(None, "day", "starts_at"), *not_negative("duration_min"), {"info": DERIVED})

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    day: Mapped[date]
    starts_at: Mapped[time | None]
    duration_min: Mapped[int | None]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    episode_id: Mapped[int | None] = mapped_column(ForeignKey("episode_of_care.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("treatment_session.id"))
    person_id: Mapped[PersonId | None]
    status: Mapped[VisitStatus] = choice(VisitStatus)
    words: Mapped[Words]
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    revision: Mapped[Revision]
