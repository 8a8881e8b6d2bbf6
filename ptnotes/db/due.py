"""What the rules of what is due count, of one open episode or of all of them, in a fixed number of statements."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import repeat
from operator import call
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Text, and_, case, cast, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from ptnotes.db.schema.episode import (
    CertificationRecord,
    EpisodeRecord,
    PhysicianVisitRecord,
    PlanOfCareRecord,
    ProgressReportRecord,
)
from ptnotes.db.schema.patient import AuthorizationRecord, CoverageRecord, PatientRecord
from ptnotes.db.schema.session import SessionRecord
from ptnotes.domain.due import EpisodeFacts
from ptnotes.domain.treatment import NoteState, VisitKind, VisitStatus

_EVALUATIONS = (VisitKind.EVALUATION, VisitKind.RE_EVALUATION)
_FACTS = tuple(
    EpisodeFacts.__dict__[name].__set__
    for name in (
        "start",
        "treatment_days",
        "reported_to",
        "plan_start",
        "plan_weeks",
        "plan_sent_on",
        "certified_until",
        "evaluated_on",
        "unsigned_days",
        "authorized_visits",
        "authorized_from",
        "authorized_until",
        "physician_visit_on",
    )
)
"""What sets each field of `EpisodeFacts`, in the order in which they are found."""
_GONE = (NoteState.DISCARDED, NoteState.VOIDED)


@dataclass(slots=True)
class OpenEpisode:
    """An episode that is not ended, whose patient is not archived, and what is counted of it.

    `payer_id` is the payer who is billed first.
    """

    id: int
    patient_id: int
    payer_id: int | None
    facts: EpisodeFacts


def open_episodes(
    connection: Connection,
    today: date,
    zone: str,
    episode_id: int | None = None,
    *,
    with_evaluations: bool = True,
) -> Iterator[OpenEpisode]:
    """Every open episode, or that one where it is open. Days of instants are those of `zone`.

    The day of the latest evaluation takes a while for thousands, and is left out where nobody asks for it.

    One after the other: thousands that live at once keep Python's collector of garbage busy for longer than they take.
    """
    heads = connection.execute(
        _of(select(EpisodeRecord.id, EpisodeRecord.patient_id, EpisodeRecord.start), episode_id)
    )
    found = heads.all()
    if not found:
        return
    narrowed = None if episode_id is None else int(found[0][1])
    day = _days()
    visits = {row[0]: row for row in connection.execute(_of(_VISITS, episode_id, SessionRecord)).all()}
    evaluated = {}
    if with_evaluations:
        evaluated = dict(connection.execute(_of(_EVALUATED, episode_id, SessionRecord)).all())
    plans = {row[0]: row for row in connection.execute(_of(_PLANS, episode_id, PlanOfCareRecord)).all()}
    certified = _certified(connection, episode_id, ZoneInfo(zone))
    reported = dict(connection.execute(_of(_REPORTED, episode_id, ProgressReportRecord)).all())
    physician = dict(connection.execute(_of(_physician(today), episode_id, PhysicianVisitRecord)).all())
    payers = dict(connection.execute(_of_patient(_payers(today), narrowed)).all())
    authorized = _authorized(connection, today, narrowed)
    unvisited = (None, None, None)
    unplanned = (None, None, None, None, None)
    unsent = (None, None)
    ungranted = (None, None, None)
    new_facts = object.__new__
    for key, patient_id, start in found:
        _, visited, drafted = visits.get(key, unvisited)
        _, _, plan_start, weeks, until = plans.get(key, unplanned)
        sent_on, certified_until = certified.get(key, unsent)
        grant = authorized.get((patient_id, key)) or authorized.get((patient_id, None)) or ungranted
        facts = new_facts(EpisodeFacts)
        values = (
            start,
            day(visited),
            reported.get(key),
            plan_start,
            weeks,
            sent_on,
            certified_until or until,
            evaluated.get(key),
            day(drafted),
            *grant,
            physician.get(key),
        )
        # A frozen dataclass sets its fields one by one in Python, which of thousands takes as long as reading them.
        deque(map(call, _FACTS, repeat(facts), values), 0)
        yield OpenEpisode(key, patient_id, payers.get(patient_id), facts)


def payer_of_episode(connection: Connection, episode_id: int, on: date) -> int | None:
    """The payer who is billed first for that episode's patient on that day; None where none is known."""
    patient_id = connection.scalar(select(EpisodeRecord.patient_id).where(EpisodeRecord.id == episode_id))
    found = connection.execute(_of_patient(_payers(on), patient_id)).all()
    return dict(found).get(patient_id)


def _of(query: Any, episode_id: int | None, record: Any = None) -> Any:
    """Narrow a query to one episode, or to those that are open and of patients who are not archived."""
    key = EpisodeRecord.id if record is None else record.episode_id
    if episode_id is not None:
        query = query.where(key == episode_id)
    if record is None:
        return query.where(EpisodeRecord.discharged_on.is_(None), EpisodeRecord.patient_id.not_in(_ARCHIVED))
    return query.where(key.in_(_OPEN)) if episode_id is None else query


def _of_patient(query: Any, patient_id: int | None) -> Any:
    if patient_id is not None:
        return query.where(CoverageRecord.patient_id == patient_id)
    return query.where(CoverageRecord.patient_id.in_(_WITH_OPEN))


def _days() -> Callable[[str | None], tuple[date, ...]]:
    """What turns days in a line of text, in no order and more than once, into days in order, each once."""
    # Thousands of episodes are treated on the same few days.
    known: dict[str, date] = {}

    def days(text: str | None) -> tuple[date, ...]:
        if not text:
            return ()
        each = sorted(set(text.split()))
        try:
            return tuple(map(known.__getitem__, each))
        except KeyError:
            known.update((one, date.fromisoformat(one)) for one in each)
            return tuple(map(known.__getitem__, each))

    return days


_OPEN = select(EpisodeRecord.id).where(EpisodeRecord.discharged_on.is_(None)).scalar_subquery()
_WITH_OPEN = select(EpisodeRecord.patient_id).where(EpisodeRecord.discharged_on.is_(None)).scalar_subquery()
_ARCHIVED = select(PatientRecord.id).where(PatientRecord.archived_at.is_not(None)).scalar_subquery()
_DAY = cast(SessionRecord.service_date, Text)
_VISITS = (
    select(
        SessionRecord.episode_id,
        func.aggregate_strings(_DAY, " "),
        func.aggregate_strings(case((SessionRecord.state == NoteState.DRAFT, _DAY)), " "),
    )
    .where(SessionRecord.status == VisitStatus.ATTENDED, SessionRecord.state.not_in(_GONE))
    .group_by(SessionRecord.episode_id)
)
"""The days of an episode's visits, and those of them whose notes are drafts."""
_EVALUATED = (
    select(SessionRecord.episode_id, func.max(SessionRecord.service_date))
    .where(
        SessionRecord.status == VisitStatus.ATTENDED,
        SessionRecord.state.not_in(_GONE),
        SessionRecord.kind.in_(_EVALUATIONS),
    )
    .group_by(SessionRecord.episode_id)
)
_PLANS = select(
    PlanOfCareRecord.episode_id,
    PlanOfCareRecord.version,
    PlanOfCareRecord.start,
    PlanOfCareRecord.duration_weeks,
    PlanOfCareRecord.certified_until,
).order_by(PlanOfCareRecord.episode_id, PlanOfCareRecord.version)
_REPORTED = select(ProgressReportRecord.episode_id, func.max(ProgressReportRecord.covers_to)).group_by(
    ProgressReportRecord.episode_id
)
_CERTIFIED = select(
    CertificationRecord.episode_id,
    CertificationRecord.sent_at,
    CertificationRecord.signed_on,
    CertificationRecord.valid_until,
).order_by(CertificationRecord.id)


def _physician(today: date) -> Any:
    return (
        select(PhysicianVisitRecord.episode_id, func.min(PhysicianVisitRecord.day))
        .where(PhysicianVisitRecord.removed_at.is_(None), PhysicianVisitRecord.day >= today)
        .group_by(PhysicianVisitRecord.episode_id)
    )


def _holds_on(record: Any, day: date) -> ColumnElement[bool]:
    return and_(
        or_(record.since.is_(None), record.since <= day), or_(record.until.is_(None), record.until >= day)
    )


def _payers(on: date) -> Any:
    """Each patient's payers, the one that is billed first last."""
    return (
        select(CoverageRecord.patient_id, CoverageRecord.payer_id)
        .where(_holds_on(CoverageRecord, on))
        .order_by(CoverageRecord.rank.desc(), CoverageRecord.id.desc())
    )


def _certified(
    connection: Connection, episode_id: int | None, zone: ZoneInfo
) -> Mapping[int, tuple[date | None, date | None]]:
    """When each episode's plan was first sent, and until when the physician last certified it."""
    found: dict[int, tuple[date | None, date | None]] = {}
    sent_at: datetime | None
    for key, sent_at, signed_on, valid_until in connection.execute(
        _of(_CERTIFIED, episode_id, CertificationRecord)
    ):
        first, until = found.get(key, (None, None))
        if first is None and sent_at is not None:
            first = sent_at.astimezone(zone).date()
        found[key] = (first, valid_until if signed_on is not None and valid_until is not None else until)
    return found


def _authorized(
    connection: Connection, today: date, patient_id: int | None
) -> Mapping[tuple[int, int | None], tuple[int | None, date | None, date | None]]:
    """By patient and episode (None for any): visits, first and last day of the latest authorization that has begun."""
    query = (
        select(
            CoverageRecord.patient_id,
            AuthorizationRecord.episode_id,
            AuthorizationRecord.visits,
            AuthorizationRecord.since,
            AuthorizationRecord.until,
        )
        .join(CoverageRecord, CoverageRecord.id == AuthorizationRecord.coverage_id)
        .where(
            AuthorizationRecord.removed_at.is_(None),
            or_(AuthorizationRecord.since.is_(None), AuthorizationRecord.since <= today),
        )
        .order_by(func.coalesce(AuthorizationRecord.since, date.min), AuthorizationRecord.id)
    )
    rows: Iterator[Any] = iter(connection.execute(_of_patient(query, patient_id)))
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}
