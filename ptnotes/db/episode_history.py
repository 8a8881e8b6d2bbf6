"""What an episode's plan of care and its goals were before: the writings of the plan, and the events of the goals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from ptnotes.db.certification import certifications_of
from ptnotes.db.schema.episode import GoalEventRecord, GoalRecord, PlanOfCareRecord
from ptnotes.domain.episode import PlanOfCare
from ptnotes.domain.goals import GoalEvent
from ptnotes.domain.plan import PlanVersion, PlanWriting, plan_versions


def plan_history(connection: Connection, episode_id: int, zone: str) -> tuple[PlanVersion, ...]:
    """The versions of an episode's plan of care, earliest first, with the days of the clinic's `zone`."""
    record = PlanOfCareRecord
    rows = connection.execute(
        select(
            record.version,
            record.written_at,
            record.written_by,
            record.times_a_day,
            record.visits_a_week,
            record.duration_weeks,
            record.start,
            record.certified_until,
            record.interventions,
            record.prognosis,
        )
        .where(record.episode_id == episode_id)
        .order_by(record.version)
    ).all()
    writings = [
        PlanWriting(
            version=row.version,
            written_at=row.written_at,
            written_by=row.written_by,
            plan=PlanOfCare(
                times_a_day=row.times_a_day,
                visits_a_week=row.visits_a_week,
                duration_weeks=row.duration_weeks,
                start=row.start,
                certified_until=row.certified_until,
                interventions=row.interventions,
                prognosis=row.prognosis,
            ),
        )
        for row in rows
    ]
    place = ZoneInfo(zone)
    days = {writing.version: _day(writing.written_at, place) for writing in writings}
    return plan_versions(writings, certifications_of(connection, episode_id, zone), days)


def goal_events(connection: Connection, episode_id: int, zone: str) -> Sequence[GoalEvent]:
    """The events of an episode's goals in the order of their writing; of goals taken out, none."""
    record = GoalEventRecord
    rows = connection.execute(
        select(
            GoalRecord.uuid,
            record.at,
            record.person_id,
            record.status,
            record.target,
            record.due,
            record.reason,
        )
        .join(GoalRecord, GoalRecord.id == record.goal_id)
        .where(GoalRecord.episode_id == episode_id, GoalRecord.removed_at.is_(None))
        .order_by(record.id)
    ).all()
    place = ZoneInfo(zone)
    return [
        GoalEvent(
            goal_uuid=row.uuid,
            on=_day(row.at, place),
            person_id=row.person_id,
            status=row.status,
            target=row.target,
            due=row.due,
            reason=row.reason,
        )
        for row in rows
    ]


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
