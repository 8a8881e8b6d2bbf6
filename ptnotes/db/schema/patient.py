"""Patients, what is known of them over time, and who sends and pays."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ptnotes.db.schema.vocabulary import (
    DERIVED,
    Id,
    Instant,
    PersonId,
    Record,
    Revision,
    SearchText,
    Uuid,
    Words,
    choice,
    not_negative,
)
from ptnotes.domain.patient import Sex


class BackgroundKind(StrEnum):
    """What a dated fact about a patient is."""

    HISTORY = "history"
    MEDICATION = "medication"
    ALLERGY = "allergy"
    IMPLANT = "implant"


class CountingRule(StrEnum):
    """How a payer turns minutes into units."""

    CMS = "cms"
    AMA = "ama"


class PatientRecord(Record):
    """A patient. `sort_name`, `search_text` and `telephone_digits` are folded copies that searches read.

    `mrn_key` is the record number in lower case; `mrn_number` its value where it is all digits, for giving the next.
    """

    __tablename__ = "patient"

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    mrn: Mapped[str] = mapped_column(unique=True)
    mrn_key: Mapped[SearchText] = mapped_column(index=True)
    mrn_number: Mapped[int | None] = mapped_column(index=True)
    family_name: Mapped[str]
    given_name: Mapped[str]
    middle_name: Mapped[Words]
    suffix: Mapped[Words]
    preferred_name: Mapped[Words]
    sort_name: Mapped[SearchText] = mapped_column(index=True)
    search_text: Mapped[SearchText]
    birth_date: Mapped[date] = mapped_column(index=True)
    sex: Mapped[Sex] = choice(Sex)
    telephone: Mapped[Words]
    telephone_digits: Mapped[SearchText]
    email: Mapped[Words]
    address: Mapped[Words]
    emergency_contact: Mapped[Words]
    language: Mapped[Words]
    retain_until: Mapped[date | None]
    archived_at: Mapped[Instant | None] = mapped_column(index=True)
    created_at: Mapped[Instant]
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"), index=True)
    revision: Mapped[Revision]


class PatientNamePartRecord(Record):
    """One folded part of a patient's names, for finding by the start of any part."""

    __tablename__ = "patient_name_part"
    __table_args__ = (Index(None, "patient_id"), {"sqlite_with_rowid": False, "info": DERIVED})

    part: Mapped[SearchText] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True, autoincrement=False)


class PatientBackgroundRecord(Record):
    """A dated fact about a patient: past history, medication, allergy, implant."""

    __tablename__ = "patient_background"

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    kind: Mapped[BackgroundKind] = choice(BackgroundKind)
    words: Mapped[str]
    since: Mapped[date | None]
    until: Mapped[date | None]
    noted_at: Mapped[Instant]
    noted_by: Mapped[PersonId]
    removed_at: Mapped[Instant | None]
    revision: Mapped[Revision]


class ProviderRecord(Record):
    """Somebody who refers patients."""

    __tablename__ = "provider"
    __table_args__ = (Index(None, "name"),)

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    name: Mapped[str]
    credentials: Mapped[Words]
    npi: Mapped[Words]
    practice: Mapped[Words]
    telephone: Mapped[Words]
    fax: Mapped[Words]
    archived_at: Mapped[Instant | None]
    revision: Mapped[Revision]


class PayerRecord(Record):
    """Who pays, and by which rule they count."""

    __tablename__ = "payer"

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    name: Mapped[str]
    telephone: Mapped[Words]
    fax: Mapped[Words]
    counting_rule: Mapped[CountingRule] = choice(CountingRule)
    archived_at: Mapped[Instant | None]
    revision: Mapped[Revision]


class CoverageRecord(Record):
    """A patient's cover by one payer; `rank` 1 is billed first."""

    __tablename__ = "coverage"
    __table_args__ = (UniqueConstraint("patient_id", "payer_id", "member_number"), *not_negative("rank"))

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    member_number: Mapped[str]
    rank: Mapped[int]
    since: Mapped[date | None]
    until: Mapped[date | None]
    revision: Mapped[Revision]


class AuthorizationRecord(Record):
    """A payer's leave for so many visits or units between two dates."""

    __tablename__ = "authorization"
    __table_args__ = tuple(not_negative("visits", "units"))

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    coverage_id: Mapped[int] = mapped_column(ForeignKey("coverage.id"), index=True)
    episode_id: Mapped[int | None] = mapped_column(ForeignKey("episode_of_care.id"), index=True)
    number: Mapped[str]
    visits: Mapped[int | None]
    units: Mapped[int | None]
    since: Mapped[date | None]
    until: Mapped[date | None]
    removed_at: Mapped[Instant | None]
    revision: Mapped[Revision]


class DueRuleRecord(Record):
    """By when a payer asks for what: the clinic's own rules, where no payer is known, and each payer's.

    A null number is a rule that is not asked for. `counting_rule` is the clinic's choice where no payer is known;
    a payer's stands with the payer. The clinic's own row has id 1.
    """

    __tablename__ = "due_rule"
    __table_args__ = (
        *not_negative(
            "report_treatment_days",
            "plan_sent_days",
            "certified_days",
            "re_evaluation_days",
            "sign_within_h",
            "warn_treatment_days",
            "warn_days",
            "warn_visits",
        ),
        CheckConstraint("(payer_id IS NULL) = (id = 1)", name="one_without_payer"),
        CheckConstraint("(payer_id IS NULL) = (counting_rule IS NOT NULL)", name="counting_is_the_clinics"),
    )

    id: Mapped[Id]
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"), unique=True)
    counting_rule: Mapped[CountingRule | None] = choice(CountingRule)
    report_treatment_days: Mapped[int | None]
    plan_sent_days: Mapped[int | None]
    certified_days: Mapped[int | None]
    re_evaluation_days: Mapped[int | None]
    sign_within_h: Mapped[int | None]
    warn_treatment_days: Mapped[int]
    warn_days: Mapped[int]
    warn_visits: Mapped[int]
    revision: Mapped[Revision]
