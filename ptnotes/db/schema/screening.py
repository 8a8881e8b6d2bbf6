"""Safety: what was asked, what was overridden, what the patient agreed to, what went wrong."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ptnotes.db.schema.vocabulary import (
    APPEND_ONLY,
    Id,
    Instant,
    PersonId,
    Record,
    Revision,
    Uuid,
    Words,
    choice,
)
from ptnotes.domain.screening import Answer
from ptnotes.domain.treatment import Side


class ScreenAnswerRecord(Record):
    """An answer to one screening item. A later answer replaces it and leaves it readable."""

    __tablename__ = "screen_answer"
    __table_args__ = (Index(None, "episode_id", "item"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"))
    asked_in: Mapped[int | None] = mapped_column(ForeignKey("treatment_session.id"), index=True)
    item: Mapped[str]
    item_version: Mapped[str]
    answer: Mapped[Answer] = choice(Answer)
    words: Mapped[Words]
    at: Mapped[Instant]
    person_id: Mapped[PersonId]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("screen_answer.id"), unique=True)


class ScreenSiteRecord(Record):
    """A site (level, joint, region) and side that an answer applies to."""

    __tablename__ = "screen_site"
    __table_args__ = {"sqlite_with_rowid": False, "info": APPEND_ONLY}  # noqa: RUF012 - read by SQLAlchemy

    screen_answer_id: Mapped[int] = mapped_column(ForeignKey("screen_answer.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    site: Mapped[str]
    side: Mapped[Side | None] = choice(Side)


class OverrideRecord(Record):
    """A stop that a clinician went past, for what scope and why."""

    __tablename__ = "screen_override"
    __table_args__ = (CheckConstraint("reason <> ''", name="has_reason"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"), index=True)
    noted_in: Mapped[int | None] = mapped_column(ForeignKey("treatment_session.id"), index=True)
    screen_answer_id: Mapped[int | None] = mapped_column(ForeignKey("screen_answer.id"))
    scope: Mapped[str]
    reason: Mapped[str]
    at: Mapped[Instant]
    person_id: Mapped[PersonId]


class OverrideSeenRecord(Record):
    """Who of the supervisors looked at what was done against a stop."""

    __tablename__ = "override_seen"
    __table_args__ = {"info": APPEND_ONLY}  # noqa: RUF012 - read by SQLAlchemy as written

    override_id: Mapped[int] = mapped_column(
        ForeignKey("screen_override.id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[PersonId]
    at: Mapped[Instant]


class ConsentRecord(Record):
    """What the patient agreed to, and when they took it back."""

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint("withdrawn_on >= given_on", name="withdrawn_after_given"),)

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    episode_id: Mapped[int | None] = mapped_column(ForeignKey("episode_of_care.id"))
    kind: Mapped[str]
    words: Mapped[Words]
    given_on: Mapped[date]
    given_to: Mapped[PersonId]
    withdrawn_on: Mapped[date | None]
    revision: Mapped[Revision]


class AdverseEventRecord(Record):
    """Something that went wrong, and what was done about it."""

    __tablename__ = "adverse_event"
    __table_args__ = (CheckConstraint("what <> ''", name="says_what"),)

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"), index=True)
    after_session: Mapped[int | None] = mapped_column(ForeignKey("treatment_session.id"), index=True)
    happened_on: Mapped[date]
    what: Mapped[str]
    action: Mapped[Words]
    follow_up: Mapped[Words]
    closed_on: Mapped[date | None]
    reported_at: Mapped[Instant]
    reported_by: Mapped[PersonId]
    revision: Mapped[Revision]
