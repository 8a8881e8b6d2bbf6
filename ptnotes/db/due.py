"""What the rules of what is due count, of one open episode or of all of them, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Date, Select, Text, and_, bindparam, cast, func, or_, select

from ptnotes.db.columns import columns_of
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
from ptnotes.domain.made_of import made_of
from ptnotes.domain.treatment import EVALUATIONS, NoteState, VisitStatus

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
    """
    said: dict[str, Any] = {"episode": episode_id, "today": today}

    def found(query: _Query) -> list[Sequence[Any]]:
        return columns_of(connection, query.of_all if episode_id is None else query.of_one, said)

    keys, patients, starts = found(_HEADS)
    if not keys:
        return
    said["patient"] = patients[0]
    visited, days, drafts = found(_VISITS)
    treated, drafted = dict(zip(visited, days, strict=True)), dict(zip(visited, drafts, strict=True))
    evaluated = _by_first(found(_EVALUATED)) if with_evaluations else {}
    # Of several versions the last one holds.
    versions = sorted(zip(*found(_PLANS), strict=True), key=itemgetter(1))
    plans = {key: plan for key, _version, *plan in versions}
    plan_start, plan_weeks, plan_until = _spread(plans, keys, (None, None, None))
    sent_on, certified_until = _spread(_certified(found(_CERTIFIED), ZoneInfo(zone)), keys, (None, None))
    reported, physician = _by_first(found(_REPORTED)), _by_first(found(_PHYSICIAN))
    payers = _first_payers(found(_COVERS))
    granted = _granted(found(_AUTHORIZED))
    grants = [
        granted.get((patient, key)) or granted.get((patient, None)) or (None, None, None)
        for patient, key in zip(patients, keys, strict=True)
    ]
    visits, since, until = zip(*grants, strict=True)
    day = _days()
    facts = made_of(
        EpisodeFacts,
        len(keys),
        {
            "start": starts,
            "treatment_days": map(day, map(treated.get, keys)),
            "reported_to": map(reported.get, keys),
            "plan_start": plan_start,
            "plan_weeks": plan_weeks,
            "plan_sent_on": sent_on,
            "certified_until": (one or other for one, other in zip(certified_until, plan_until, strict=True)),
            "evaluated_on": map(evaluated.get, keys),
            "unsigned_days": map(day, map(drafted.get, keys)),
            "authorized_visits": visits,
            "authorized_from": since,
            "authorized_until": until,
            "physician_visit_on": map(physician.get, keys),
        },
    )
    yield from map(OpenEpisode, keys, patients, map(payers.get, patients), facts)


def _by_first(columns: Sequence[Sequence[Any]]) -> dict[int, Any]:
    """The second of two columns by the first."""
    return dict(zip(*columns, strict=True))


def _spread(found: Mapping[int, Sequence[Any]], keys: Sequence[int], without: Sequence[Any]) -> Iterator[Any]:
    """The columns of the rows that were found for `keys`, in their order; `without` where none was."""
    return zip(*map(found.get, keys, repeat(without)), strict=True)


def payer_of_episode(connection: Connection, episode_id: int, on: date) -> int | None:
    """The payer who is billed first for that episode's patient on that day; None where none is known."""
    patient_id = connection.scalar(select(EpisodeRecord.patient_id).where(EpisodeRecord.id == episode_id))
    columns = columns_of(connection, _COVERS.of_one, {"patient": patient_id, "today": on})
    return _first_payers(columns).get(patient_id or 0)


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


def _first_payers(covers: Sequence[Sequence[Any]]) -> dict[int, int]:
    """The payer who is billed first for each patient."""
    ranked = sorted(zip(*covers, strict=True), key=itemgetter(2, 3), reverse=True)
    return {patient: payer for patient, payer, _rank, _id in ranked}


def _certified(
    certifications: Sequence[Sequence[Any]], zone: ZoneInfo
) -> dict[int, tuple[date | None, date | None]]:
    """When each episode's plan was first sent, and until when the physician last certified it."""
    found: dict[int, tuple[date | None, date | None]] = {}
    sent_at: datetime | None
    for _id, key, sent_at, signed_on, valid_until in sorted(zip(*certifications, strict=True)):
        first, until = found.get(key, (None, None))
        if first is None and sent_at is not None:
            first = sent_at.astimezone(zone).date()
        found[key] = (first, valid_until if signed_on is not None and valid_until is not None else until)
    return found


def _granted(
    authorizations: Sequence[Sequence[Any]],
) -> dict[tuple[int, int | None], tuple[int | None, date | None, date | None]]:
    """By patient and episode (None for any): visits, first and last day of the latest authorization that has begun."""
    begun = sorted(zip(*authorizations, strict=True), key=lambda row: (row[3] or date.min, row[5]))
    return {(patient, key): (visits, since, until) for patient, key, visits, since, until, _id in begun}


class _Query(NamedTuple):
    """A query of what every open episode has, and the same of the episode ``:episode`` or the patient ``:patient``."""

    of_all: Select[Any]
    of_one: Select[Any]


def _narrowed(query: Any, record: Any) -> _Query:
    """By episode, of those that are open; built once, since building one takes as long as asking it of one episode."""
    return _Query(
        query.where(record.episode_id.in_(_OPEN)), query.where(record.episode_id == bindparam("episode"))
    )


def _narrowed_to_patient(query: Any) -> _Query:
    patient = CoverageRecord.patient_id
    return _Query(query.where(patient.in_(_WITH_OPEN)), query.where(patient == bindparam("patient")))


_TODAY = bindparam("today", type_=Date)
_OPEN = select(EpisodeRecord.id).where(EpisodeRecord.discharged_on.is_(None)).scalar_subquery()
_WITH_OPEN = select(EpisodeRecord.patient_id).where(EpisodeRecord.discharged_on.is_(None)).scalar_subquery()
_ARCHIVED = select(PatientRecord.id).where(PatientRecord.archived_at.is_not(None)).scalar_subquery()
_EVERY_HEAD: Any = select(EpisodeRecord.id, EpisodeRecord.patient_id, EpisodeRecord.start).where(
    EpisodeRecord.discharged_on.is_(None), EpisodeRecord.patient_id.not_in(_ARCHIVED)
)
_HEADS = _Query(_EVERY_HEAD, _EVERY_HEAD.where(EpisodeRecord.id == bindparam("episode")))
_DAY = cast(SessionRecord.service_date, Text)
_TREATED = and_(SessionRecord.status == VisitStatus.ATTENDED, SessionRecord.state.not_in(_GONE))
_VISITS = _narrowed(
    select(
        SessionRecord.episode_id,
        func.aggregate_strings(_DAY, " "),
        func.aggregate_strings(_DAY, " ").filter(SessionRecord.state == NoteState.DRAFT),
    )
    .where(_TREATED)
    .group_by(SessionRecord.episode_id),
    SessionRecord,
)
"""The days of an episode's visits, and those of them whose notes are drafts."""
_EVALUATED = _narrowed(
    select(SessionRecord.episode_id, func.max(SessionRecord.service_date))
    .where(_TREATED, SessionRecord.kind.in_(EVALUATIONS))
    .group_by(SessionRecord.episode_id),
    SessionRecord,
)
_PLANS = _narrowed(
    select(
        PlanOfCareRecord.episode_id,
        PlanOfCareRecord.version,
        PlanOfCareRecord.start,
        PlanOfCareRecord.duration_weeks,
        PlanOfCareRecord.certified_until,
    ),
    PlanOfCareRecord,
)
_REPORTED = _narrowed(
    select(ProgressReportRecord.episode_id, func.max(ProgressReportRecord.covers_to)).group_by(
        ProgressReportRecord.episode_id
    ),
    ProgressReportRecord,
)
_CERTIFIED = _narrowed(
    select(
        CertificationRecord.id,
        CertificationRecord.episode_id,
        CertificationRecord.sent_at,
        CertificationRecord.signed_on,
        CertificationRecord.valid_until,
    ),
    CertificationRecord,
)
_PHYSICIAN = _narrowed(
    select(PhysicianVisitRecord.episode_id, func.min(PhysicianVisitRecord.day))
    .where(PhysicianVisitRecord.removed_at.is_(None), PhysicianVisitRecord.day >= _TODAY)
    .group_by(PhysicianVisitRecord.episode_id),
    PhysicianVisitRecord,
)
_COVERS = _narrowed_to_patient(
    select(CoverageRecord.patient_id, CoverageRecord.payer_id, CoverageRecord.rank, CoverageRecord.id).where(
        or_(CoverageRecord.since.is_(None), CoverageRecord.since <= _TODAY),
        or_(CoverageRecord.until.is_(None), CoverageRecord.until >= _TODAY),
    )
)
_AUTHORIZED = _narrowed_to_patient(
    select(
        CoverageRecord.patient_id,
        AuthorizationRecord.episode_id,
        AuthorizationRecord.visits,
        AuthorizationRecord.since,
        AuthorizationRecord.until,
        AuthorizationRecord.id,
    )
    .join(CoverageRecord, CoverageRecord.id == AuthorizationRecord.coverage_id)
    .where(
        AuthorizationRecord.removed_at.is_(None),
        or_(AuthorizationRecord.since.is_(None), AuthorizationRecord.since <= _TODAY),
    )
)
