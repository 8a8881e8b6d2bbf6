"""What the home screen lists: patients seen last, drafts that wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from ptnotes.db.columns import columns_of
from ptnotes.db.schema.clinic import PersonRecord
from ptnotes.db.schema.episode import EpisodeRecord
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.schema.session import SessionRecord
from ptnotes.db.search import NOT_ARCHIVED, ROW, patient_row
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.treatment import NoteState, VisitStatus
from ptnotes.domain.views import DraftRow

_LATEST_SESSIONS = 200
"""Sessions saved last that are looked at for the patients seen last."""
_VISITS = (
    select(*ROW, SessionRecord.id.label("session_id"), SessionRecord.service_date, SessionRecord.saved_at)
    .join(EpisodeRecord, EpisodeRecord.patient_id == PatientRecord.id)
    .join(SessionRecord, SessionRecord.episode_id == EpisodeRecord.id)
)
"""Visits with their patients."""
_ATTENDED = select(
    *(getattr(SessionRecord, name) for name in ("id", "service_date", "time_in", "state"))
).where(
    SessionRecord.episode_id == bindparam("episode"),
    SessionRecord.status == VisitStatus.ATTENDED,
    SessionRecord.state.not_in((NoteState.DISCARDED, NoteState.VOIDED)),
)


def recent_patients(connection: Connection, limit: int) -> tuple[PatientRow, ...]:
    """The patients whose visits were saved last, latest first; without archived ones."""
    latest = (
        select(SessionRecord.episode_id, SessionRecord.saved_at)
        .order_by(SessionRecord.saved_at.desc())
        .limit(_LATEST_SESSIONS)
        .subquery()
    )
    query = (
        select(*ROW)
        .join(EpisodeRecord, EpisodeRecord.patient_id == PatientRecord.id)
        .join(latest, latest.c.episode_id == EpisodeRecord.id)
        .where(NOT_ARCHIVED)
        .group_by(PatientRecord.id)
        .order_by(func.max(latest.c.saved_at).desc())
        .limit(limit)
    )
    return tuple(patient_row(row) for row in connection.execute(query))


def patients_by_id(connection: Connection, ids: Collection[int]) -> dict[int, PatientRow]:
    """The patients of these ids as a list shows them, archived ones too."""
    query = select(*ROW).where(PatientRecord.id.in_(ids))
    return {row.id: patient_row(row) for row in connection.execute(query)}


def to_co_sign(
    connection: Connection, person_id: int, supervisors: Collection[int], limit: int
) -> tuple[DraftRow, ...]:
    """Notes that wait for a co-signature this person can give, oldest first, at most `limit`.

    A note of somebody with a supervisor is their supervisor's to sign, one of anybody else whoever's but the signer's.
    Where the supervisor is none of those who can supervise now (`supervisors`), it waits for all.
    """
    signer = aliased(PersonRecord)
    query = (
        _VISITS.join(signer, signer.id == SessionRecord.signer_id)
        .where(
            SessionRecord.state == NoteState.AWAITING_COSIGNATURE,
            SessionRecord.signer_id != person_id,
            or_(
                signer.supervisor_id.is_(None),
                signer.supervisor_id == person_id,
                signer.supervisor_id.not_in(supervisors),
            ),
        )
        .order_by(SessionRecord.service_date, SessionRecord.id)
        .limit(limit)
    )
    return _draft_rows(connection, query)


def open_drafts(connection: Connection, since: date, limit: int) -> tuple[DraftRow, ...]:
    """The latest drafts of visits attended on or after `since`, at most `limit`, latest first."""
    query = (
        _VISITS.where(*_open_since(since))
        .order_by(SessionRecord.service_date.desc(), SessionRecord.id.desc())
        .limit(limit)
    )
    return _draft_rows(connection, query)


def _draft_rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> tuple[DraftRow, ...]:
    """The visits that a narrowed `_VISITS` selects."""
    return tuple(
        DraftRow(
            session_id=row.session_id,
            patient=patient_row(row),
            service_date=row.service_date,
            saved_at=row.saved_at,
        )
        for row in connection.execute(query)
    )


def open_draft_count(connection: Connection, since: date, limit: int) -> int:
    """How many drafts of visits there are that were attended on or after `since`; counting ends at `limit`."""
    some = select(SessionRecord.id).where(*_open_since(since)).limit(limit).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def attended_visits(connection: Connection, episode_id: int) -> tuple[tuple[int, date, bool], ...]:
    """Each visit of an episode that counts (attended, neither discarded nor voided) as (id, day, is it a draft).

    Oldest first.
    """
    keys, days, times, states = columns_of(connection, _ATTENDED, {"episode": episode_id})
    begun = (str(time_in or "") for time_in in times)
    found = sorted(zip(days, begun, keys, states, strict=True))
    return tuple((key, day, state is NoteState.DRAFT) for day, _, key, state in found)


def _open_since(since: date) -> tuple[ColumnElement[bool], ...]:
    return (
        SessionRecord.state == NoteState.DRAFT,
        SessionRecord.status == VisitStatus.ATTENDED,
        SessionRecord.service_date >= since,
    )
