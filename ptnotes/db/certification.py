"""Plans of care on their way to the physician, visits to the physician, and reports that were given out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select, update

from ptnotes.db.schema.episode import (
    CertificationRecord,
    PhysicianVisitRecord,
    PlanOfCareRecord,
    ProgressReportRecord,
)
from ptnotes.domain.certification import Certification, PlanStanding
from ptnotes.domain.errors import NotFoundError, StaleError

_NOON = time(12)


def plan_standing(connection: Connection, episode_id: int, zone: str) -> PlanStanding:
    """How far the plan of an episode is."""
    newest = select(func.max(PlanOfCareRecord.version)).where(PlanOfCareRecord.episode_id == episode_id)
    row = connection.execute(
        select(*CertificationRecord.__table__.columns)
        .where(CertificationRecord.episode_id == episode_id)
        .order_by(CertificationRecord.id.desc())
        .limit(1)
    ).one_or_none()
    visit = select(PhysicianVisitRecord.day).where(
        PhysicianVisitRecord.episode_id == episode_id, PhysicianVisitRecord.removed_at.is_(None)
    )
    return PlanStanding(
        version=connection.scalar(newest) or 0,
        certification=None if row is None else _certification(row, ZoneInfo(zone)),
        physician_visit_on=connection.scalar(visit.order_by(PhysicianVisitRecord.id.desc()).limit(1)),
    )


def certifications_of(connection: Connection, episode_id: int, zone: str) -> tuple[Certification, ...]:
    """Every certification of an episode's plans, in the order in which they were begun."""
    rows = connection.execute(
        select(*CertificationRecord.__table__.columns)
        .where(CertificationRecord.episode_id == episode_id)
        .order_by(CertificationRecord.id)
    ).all()
    return tuple(_certification(row, ZoneInfo(zone)) for row in rows)


def save_certification(connection: Connection, certification: Certification, zone: str) -> Certification:
    """Store a new certification, or a changed one. Raises `StaleError`, `NotFoundError`."""
    place = ZoneInfo(zone)
    values = {
        "sent_at": _instant(certification.sent_on, place),
        "sent_to": certification.sent_to,
        "sent_how": certification.sent_how,
        "received_at": _instant(certification.received_on, place),
        "signed_on": certification.signed_on,
        "signed_by": certification.signed_by,
        "valid_until": certification.valid_until,
    }
    record = CertificationRecord
    if certification.id is None:
        made = insert(record).values(
            uuid=str(uuid4()),
            episode_id=certification.episode_id,
            plan_version=certification.plan_version,
            revision=1,
            **values,
        )
        return replace(certification, id=connection.scalars(made.returning(record.id)).one(), revision=1)
    changed = replace(certification, revision=certification.revision + 1)
    done = connection.execute(
        update(record)
        .where(
            record.id == certification.id,
            record.episode_id == certification.episode_id,
            record.revision == certification.revision,
        )
        .values(**values, revision=changed.revision)
    )
    if done.rowcount != 1:
        current = connection.scalar(select(record.revision).where(record.id == certification.id))
        if current is None:
            raise NotFoundError("episode.not_found")
        raise StaleError("record.stale", current)
    return changed


def set_physician_visit(
    connection: Connection, episode_id: int, day: date | None, at: datetime, person_id: int
) -> None:
    """Store when the patient sees the physician next, in place of what was noted before; None takes that back."""
    connection.execute(
        update(PhysicianVisitRecord)
        .where(PhysicianVisitRecord.episode_id == episode_id, PhysicianVisitRecord.removed_at.is_(None))
        .values(removed_at=at)
    )
    if day is not None:
        connection.execute(
            insert(PhysicianVisitRecord).values(
                uuid=str(uuid4()), episode_id=episode_id, day=day, noted_at=at, noted_by=person_id
            )
        )


def note_report(
    connection: Connection, episode_id: int, covers_to: date, at: datetime, person_id: int
) -> None:
    """Store that a progress report up to the day `covers_to` was given out."""
    connection.execute(
        insert(ProgressReportRecord).values(
            uuid=str(uuid4()), episode_id=episode_id, covers_to=covers_to, given_at=at, given_by=person_id
        )
    )


def last_report(connection: Connection, episode_id: int, before: date) -> date | None:
    """The last day that a progress report of the episode covers, of those that end before the day `before`."""
    ended = (ProgressReportRecord.episode_id == episode_id, ProgressReportRecord.covers_to < before)
    return connection.scalar(select(func.max(ProgressReportRecord.covers_to)).where(*ended))


def reported_days(connection: Connection, episode_id: int) -> tuple[date, ...]:
    """The last day of each progress report of the episode that was given out, in the order in which they were."""
    days = select(ProgressReportRecord.covers_to).where(ProgressReportRecord.episode_id == episode_id)
    return tuple(connection.scalars(days.order_by(ProgressReportRecord.id)))


def _certification(row: Any, zone: ZoneInfo) -> Certification:
    return Certification(
        id=row.id,
        episode_id=row.episode_id,
        plan_version=row.plan_version,
        sent_on=_day(row.sent_at, zone),
        sent_to=row.sent_to,
        sent_how=row.sent_how,
        received_on=_day(row.received_at, zone),
        signed_on=row.signed_on,
        signed_by=row.signed_by,
        valid_until=row.valid_until,
        revision=row.revision,
    )


def _day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return None if at is None else at.astimezone(zone).date()


def _instant(day: date | None, zone: ZoneInfo) -> datetime | None:
    # The hour is not asked for; at noon the day is the same wherever the file is read soon after.
    return None if day is None else datetime.combine(day, _NOON, zone)
