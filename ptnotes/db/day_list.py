"""The day's patients, in and out of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, and_, delete, insert, select, update

from ptnotes.db.schema.clinic import AppointmentRecord
from ptnotes.db.schema.episode import EpisodeRecord
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.schema.session import SessionRecord
from ptnotes.db.search import ROW, patient_row
from ptnotes.domain.errors import NotFoundError
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.treatment import NoteState, VisitStatus

_GONE = (NoteState.DISCARDED, NoteState.VOIDED)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of the day: whose, what became of it, and the state of its note."""

    id: int
    patient_id: int
    status: VisitStatus
    state: NoteState


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment of the day. `session_id` is the record that it was cancelled or missed, where there is one."""

    id: int
    day: date
    patient: PatientRow
    starts_at: time | None
    status: VisitStatus
    session_id: int | None
    words: str


def appointments_of(connection: Connection, day: date) -> tuple[Appointment, ...]:
    """The appointments of a day, earliest first; those without a time last."""
    query = _QUERY.where(AppointmentRecord.day == day).order_by(
        AppointmentRecord.starts_at.is_(None),
        AppointmentRecord.starts_at,
        PatientRecord.sort_name,
        AppointmentRecord.id,
    )
    return tuple(_appointment(row) for row in connection.execute(query))


def load_appointment(connection: Connection, appointment_id: int) -> Appointment:
    """The appointment of that id. Raises `NotFoundError` ("day.not_found")."""
    row = connection.execute(_QUERY.where(AppointmentRecord.id == appointment_id)).one_or_none()
    if row is None:
        raise NotFoundError("day.not_found")
    return _appointment(row)


def visits_of(connection: Connection, day: date, patient_ids: Sequence[int]) -> tuple[Visit, ...]:
    """The visits of these patients on a day that count or are drafts, in the order that they were made."""
    query = (
        select(SessionRecord.id, EpisodeRecord.patient_id, SessionRecord.status, SessionRecord.state)
        .join(EpisodeRecord, EpisodeRecord.id == SessionRecord.episode_id)
        .where(
            EpisodeRecord.patient_id.in_(patient_ids),
            SessionRecord.service_date == day,
            SessionRecord.state.not_in(_GONE),
        )
        .order_by(SessionRecord.id)
    )
    return tuple(Visit(*row) for row in connection.execute(query))


def add_appointment(
    connection: Connection, patient_id: int, day: date, starts_at: time | None, words: str, person_id: int
) -> int:
    """Store a new appointment and give its id."""
    made = insert(AppointmentRecord).values(
        uuid=str(uuid4()),
        day=day,
        starts_at=starts_at,
        patient_id=patient_id,
        person_id=person_id,
        status=VisitStatus.SCHEDULED,
        words=words,
        revision=1,
    )
    return connection.scalars(made.returning(AppointmentRecord.id)).one()


def set_appointment(
    connection: Connection, appointment_id: int, status: VisitStatus, session_id: int | None
) -> None:
    """Store what became of an appointment, and the visit that records it."""
    connection.execute(
        update(AppointmentRecord)
        .where(AppointmentRecord.id == appointment_id)
        .values(status=status, session_id=session_id, revision=AppointmentRecord.revision + 1)
    )


def take_off(connection: Connection, appointment_ids: Sequence[int]) -> None:
    """Take appointments off the list."""
    connection.execute(delete(AppointmentRecord).where(AppointmentRecord.id.in_(appointment_ids)))


def open_episode_of(connection: Connection, patient_id: int) -> int | None:
    """The newest open episode of a patient, None where none is open."""
    return connection.scalar(
        select(EpisodeRecord.id)
        .where(and_(EpisodeRecord.patient_id == patient_id, EpisodeRecord.discharged_on.is_(None)))
        .order_by(EpisodeRecord.start.desc(), EpisodeRecord.id.desc())
        .limit(1)
    )


_QUERY = select(
    *ROW,
    AppointmentRecord.id.label("appointment_id"),
    AppointmentRecord.day,
    AppointmentRecord.starts_at,
    AppointmentRecord.status,
    AppointmentRecord.session_id,
    AppointmentRecord.words,
).join(PatientRecord, PatientRecord.id == AppointmentRecord.patient_id)


def _appointment(row: Any) -> Appointment:
    return Appointment(
        row.appointment_id,
        row.day,
        patient_row(row),
        row.starts_at,
        VisitStatus(row.status),
        row.session_id,
        row.words,
    )
