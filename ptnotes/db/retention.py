"""How long records are kept, in and out of the store, and the one way by which a record leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from ptnotes.db.schema import metadata
from ptnotes.db.schema.clinic import (
    AppointmentRecord,
    DisposalRecord,
    EmergencyAccessRecord,
    PersonRecord,
    RecordRuleRecord,
)
from ptnotes.db.schema.documents import AddendumRecord, AuditEventRecord, DisclosureRecord, ImportItemRecord
from ptnotes.db.schema.episode import EpisodeRecord, HomeProgrammeRecord, OutcomeScoreRecord
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.schema.session import SessionRecord
from ptnotes.db.search import NAMED, forget_patients, name_of
from ptnotes.db.store import Store
from ptnotes.db.triggers import create_triggers, drop_triggers
from ptnotes.domain.audit import Verb
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.patient import Patient
from ptnotes.domain.retention import (
    Disposal,
    Obstacle,
    RecordRules,
    Retention,
    accounted_since,
    is_due,
    names_somebody,
    retain_until,
    years_after,
)
from ptnotes.domain.signature import AddendumKind
from ptnotes.domain.treatment import NoteState, VisitStatus

DISPOSED_WORDS = "(named a patient whose record was disposed of)"
_RULES = tuple(field.name for field in fields(RecordRules))
_PATIENT = PatientRecord.__table__


def load_rules(connection: Connection) -> RecordRules:
    """The clinic's rules; those that ship where it set none."""
    row = connection.execute(select(*(getattr(RecordRuleRecord, name) for name in _RULES))).one_or_none()
    return RecordRules() if row is None else RecordRules(**row._mapping)


def change_rules(connection: Connection, rules: RecordRules) -> RecordRules:
    """Store the rules. Raises `StaleError` where `rules.revision` is not the stored one (0 before the first)."""
    stored = load_rules(connection)
    if stored.revision != rules.revision:
        raise StaleError("record.stale", stored.revision)
    changed = replace(rules, revision=rules.revision + 1)
    values = {name: getattr(changed, name) for name in _RULES}
    if stored.revision == 0:
        connection.execute(insert(RecordRuleRecord).values(id=1, **values))
    else:
        connection.execute(update(RecordRuleRecord).values(**values))
    return changed


def set_own_date(connection: Connection, patient_id: int, keep_until: date | None) -> None:
    """Store until when this patient's record is kept at least; None leaves it to the rules."""
    connection.execute(
        update(PatientRecord).where(PatientRecord.id == patient_id).values(retain_until=keep_until)
    )


def retention_of(
    connection: Connection, patient_id: int, rules: RecordRules, today: date, zone: str
) -> Retention:
    """How long a patient's record is kept, and what stands against its disposal. Raises `NotFoundError`."""
    row = connection.execute(_facts(today).where(PatientRecord.id == patient_id)).one_or_none()
    if row is None:
        raise NotFoundError("patient.not_found", mrn=str(patient_id))
    return _retention(connection, row, rules, today, zone)


def due_records(
    connection: Connection, rules: RecordRules, today: date, zone: str, *, limit: int
) -> tuple[Retention, ...]:
    """The records whose time is over and that have no open episode, those that are over longest first."""
    found = []
    for row in connection.execute(_facts(today).where(*_may_be_due(rules, today))):
        kept = _dates(row, rules, zone)
        if is_due(kept.keep_until, today):
            found.append((kept.keep_until, kept.mrn, row))
    found.sort(key=lambda due: due[:2])
    return tuple(_retention(connection, row, rules, today, zone) for _until, _mrn, row in found[:limit])


def disposals(connection: Connection, *, limit: int) -> tuple[Disposal, ...]:
    """What was disposed of, newest first."""
    query = (
        select(
            DisposalRecord.uuid,
            DisposalRecord.patient_uuid,
            DisposalRecord.mrn,
            DisposalRecord.retain_until,
            DisposalRecord.reason,
            DisposalRecord.at,
            DisposalRecord.zone,
            PersonRecord.name.label("who"),
        )
        .join(PersonRecord, PersonRecord.id == DisposalRecord.person_id)
        .order_by(DisposalRecord.id.desc())
        .limit(limit)
    )
    return tuple(Disposal(**row._mapping) for row in connection.execute(query))


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposing:
    """A disposal to be carried out: of whom, until when the record had to be kept, why, by whom and when."""

    patient: Patient
    retain_until: date | None
    reason: str
    person_id: int
    at: datetime
    zone: str


def dispose(connection: Connection, disposing: Sequence[Disposing]) -> None:
    """Delete every row of these patients from every table and from the search, and leave a row each that says so.

    The triggers that refuse deletion are dropped and made again within the caller's transaction: until it is
    committed nobody else sees either. Events of the audit stay; they hold numbers, no names. What somebody wrote as the
    reason of an emergency is replaced where it names a patient.
    """
    if connection.dialect.name == "sqlite":
        # What is deleted is overwritten in its page, and pages that become free are too.
        connection.execute(text("PRAGMA secure_delete = ON"))
    ids = [one.patient.id or 0 for one in disposing]
    drop_triggers(connection)
    forget_patients(connection, ids)
    _delete_import_items(connection, ids)
    for table in reversed(metadata.sorted_tables):
        if table in patient_tables():
            connection.execute(delete(table).where(belongs_to(table, ids)))
    create_triggers(connection)
    _withhold_names(connection, [one.patient for one in disposing])
    rows = [
        {
            "uuid": str(uuid4()),
            "patient_uuid": one.patient.uuid,
            "mrn": one.patient.mrn,
            "retain_until": one.retain_until,
            "reason": one.reason,
            "at": one.at,
            "zone": one.zone,
            "person_id": one.person_id,
        }
        for one in disposing
    ]
    connection.execute(insert(DisposalRecord), rows)


def overwrite_remains(store: Store) -> None:
    """Write the file anew without free pages, so that nothing of what was deleted or changed is left between rows.

    That takes room for all of it in memory and in the log. Raises `EnvironmentFault`; the file is as it was then.
    """
    with store.write() as connection:
        if connection.dialect.name != "sqlite":
            return
        # Nothing of this goes into a transaction.
        driver = connection.connection.cursor()
        driver.execute("VACUUM")
        driver.close()
    with store.alone():
        # Closing folds the log into the file.
        return


@cache
def patient_tables() -> frozenset[Table]:
    """Every table whose rows belong to a patient: the patients', and what refers to such a table."""
    found = {_PATIENT}
    for table in metadata.sorted_tables:
        if any(key.referred_table in found for key in table.foreign_key_constraints):
            found.add(table)
    return frozenset(found)  # type: ignore[arg-type]  # a record's `__table__` is a Table


def belongs_to(table: Table, patient_ids: Sequence[int]) -> ColumnElement[bool]:
    """The condition by which a row of a patient's table is of one of these patients, along its foreign keys."""
    if table is _PATIENT:
        return table.c.id.in_(patient_ids)
    conditions = []
    for key in table.foreign_key_constraints:
        referred = key.referred_table
        if referred not in patient_tables() or referred is table:
            continue
        own = [element.parent for element in key.elements]
        theirs = [element.column for element in key.elements]
        of_patient = select(*theirs).where(belongs_to(referred, patient_ids))
        named = own[0] if len(own) == 1 else tuple_(*own)
        conditions.append(named.in_(of_patient))
    return or_(*conditions)


def _delete_import_items(connection: Connection, patient_ids: Sequence[int]) -> None:
    """An import remembers what it made by kind and id, without a reference that the tables know."""
    made = ImportItemRecord
    by_name = {table.name: table for table in patient_tables() if "id" in table.c}
    for table in by_name.values():
        ids = select(table.c.id).where(belongs_to(table, patient_ids))
        connection.execute(delete(made).where(made.object_kind.in_(_kinds(table)), made.object_id.in_(ids)))


def _kinds(table: Table) -> tuple[str, ...]:
    """The names by which an import may call a row of this table."""
    short = {"episode_of_care": "episode", "treatment_session": "visit", "outcome_score": "outcome"}
    return tuple({table.name, short.get(table.name, table.name), table.name.removeprefix("treatment_")})


def _withhold_names(connection: Connection, patients: Sequence[Patient]) -> None:
    names = tuple(
        name for one in patients for name in (one.family_name, one.given_name, one.preferred_name) if name
    )
    reasons = connection.execute(select(EmergencyAccessRecord.id, EmergencyAccessRecord.reason)).all()
    named = [key for key, reason in reasons if names_somebody(reason, names)]
    if named:
        connection.execute(
            update(EmergencyAccessRecord)
            .where(EmergencyAccessRecord.id.in_(named))
            .values(reason=DISPOSED_WORDS)
        )


def _has_open_episode() -> ColumnElement[bool]:
    return exists().where(EpisodeRecord.patient_id == PatientRecord.id, EpisodeRecord.discharged_on.is_(None))


def _may_be_due(rules: RecordRules, today: date) -> tuple[ColumnElement[bool], ...]:
    """What every record that is due fulfils, and few others: so that the rules are asked about few."""
    since = years_after(today, -rules.retain_years)
    born = years_after(today, -rules.majority_age_years - rules.retain_minor_years)
    has_episode = exists().where(EpisodeRecord.patient_id == PatientRecord.id)
    visited_since = exists().where(
        EpisodeRecord.patient_id == PatientRecord.id,
        SessionRecord.episode_id == EpisodeRecord.id,
        SessionRecord.service_date > since,
        SessionRecord.state != NoteState.DISCARDED,
    )
    # A day more than a year's end can be away in any zone.
    added_before = datetime.combine(since, datetime.min.time(), UTC) + timedelta(days=2)
    return (
        ~_has_open_episode(),
        PatientRecord.birth_date <= born,
        or_(PatientRecord.retain_until.is_(None), PatientRecord.retain_until < today),
        or_(has_episode, PatientRecord.created_at < added_before),
        ~visited_since,
    )


def _facts(today: date) -> Any:
    """What the rules ask about a patient: the latest of each kind of activity, and whether an episode is open."""
    of_patient = EpisodeRecord.patient_id == PatientRecord.id

    def latest(column: Any, record: Any, *more: ColumnElement[bool]) -> Any:
        query = select(func.max(column)).select_from(record)
        if record is not EpisodeRecord:
            query = query.join(EpisodeRecord, EpisodeRecord.id == record.episode_id)
        return query.where(of_patient, *more).correlate(PatientRecord).scalar_subquery()

    visited = latest(SessionRecord.service_date, SessionRecord, SessionRecord.state != NoteState.DISCARDED)
    return select(
        *NAMED,
        PatientRecord.retain_until,
        PatientRecord.created_at,
        visited.label("visited_on"),
        latest(EpisodeRecord.start, EpisodeRecord).label("started_on"),
        latest(EpisodeRecord.discharged_on, EpisodeRecord).label("discharged_on"),
        latest(OutcomeScoreRecord.taken_on, OutcomeScoreRecord).label("scored_on"),
        latest(HomeProgrammeRecord.given_on, HomeProgrammeRecord).label("given_on"),
        case((_has_open_episode(), 1), else_=0).label("is_open"),
        _planned(today).label("is_planned"),
    )


def _planned(today: date) -> ColumnElement[bool]:
    return exists().where(
        AppointmentRecord.patient_id == PatientRecord.id,
        AppointmentRecord.day >= today,
        AppointmentRecord.status == VisitStatus.SCHEDULED,
    )


def _dates(row: Any, rules: RecordRules, zone: str) -> Retention:
    written = row.created_at.astimezone(ZoneInfo(zone)).date()
    dates = (row.visited_on, row.started_on, row.discharged_on, row.scored_on, row.given_on)
    last = max((day for day in dates if day is not None), default=written)
    return Retention(
        patient_id=row.id,
        mrn=row.mrn,
        name=name_of(row),
        last_activity=last,
        rule_date=None if row.is_open else retain_until(last, row.birth_date, rules),
        own_date=row.retain_until,
    )


def _retention(connection: Connection, row: Any, rules: RecordRules, today: date, zone: str) -> Retention:
    dates = _dates(row, rules, zone)
    return replace(dates, obstacles=tuple(_obstacles(connection, row, dates, today, zone)))


def _obstacles(
    connection: Connection, row: Any, dates: Retention, today: date, zone: str
) -> Iterator[Obstacle]:
    if row.is_open:
        yield Obstacle.OPEN_EPISODE
    elif not is_due(dates.keep_until, today):
        yield Obstacle.NOT_YET
    if row.is_planned:
        yield Obstacle.PLANNED_VISIT
    for condition, obstacle in (
        (_unanswered_request(row.id), Obstacle.UNANSWERED_REQUEST),
        (_unseen_emergency(row.id), Obstacle.UNSEEN_EMERGENCY),
        (_recent_disclosure(row.id, today, zone), Obstacle.RECENT_DISCLOSURE),
    ):
        if connection.scalar(select(condition)):
            yield obstacle


def _unanswered_request(patient_id: int) -> ColumnElement[bool]:
    """A patient asked to have a note amended; nothing was answered, nor was anything added to the note since."""
    later = AddendumRecord.__table__.alias("later")
    answered = exists().where(later.c.session_id == AddendumRecord.session_id, later.c.id > AddendumRecord.id)
    return exists().where(
        AddendumRecord.kind == AddendumKind.AMENDMENT_REQUEST,
        AddendumRecord.reason == "",
        AddendumRecord.session_id == SessionRecord.id,
        SessionRecord.episode_id == EpisodeRecord.id,
        EpisodeRecord.patient_id == patient_id,
        ~answered,
    )


def _unseen_emergency(patient_id: int) -> ColumnElement[bool]:
    """Somebody read this chart in an emergency that no administrator has looked at yet."""
    return exists().where(
        EmergencyAccessRecord.seen_at.is_(None),
        and_(
            AuditEventRecord.person_id == EmergencyAccessRecord.person_id,
            AuditEventRecord.patient_id == patient_id,
            AuditEventRecord.verb == Verb.VIEWED.value,
            AuditEventRecord.at >= EmergencyAccessRecord.at,
        ),
    )


def _recent_disclosure(patient_id: int, today: date, zone: str) -> ColumnElement[bool]:
    since = datetime.combine(accounted_since(today), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    return exists().where(DisclosureRecord.patient_id == patient_id, DisclosureRecord.at >= since)
