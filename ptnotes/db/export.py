"""Every table of the store as rows for other programs: ids of rows become uuids, and what was taken out is left out.

A list of what is not given stands here as well, each with its reason; a test holds both to the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Enum, Select, String, Table, case, func, select
from sqlalchemy import types as sql
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from ptnotes.db.schema import metadata
from ptnotes.db.schema.clinic import PersonRecord
from ptnotes.db.schema.documents import AuditEventRecord, DocumentRecord, ImportRunRecord
from ptnotes.db.schema.episode import (
    EpisodeRecord,
    GoalEventRecord,
    GoalRecord,
    HomeExerciseRecord,
    HomeProgrammeRecord,
    OutcomeItemRecord,
    OutcomeScoreRecord,
)
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.schema.session import (
    MobilizationRecord,
    MobilizationTargetRecord,
    NoteSectionRecord,
    SessionRecord,
)
from ptnotes.db.schema.vocabulary import (
    SESSION_CHILD,
    ChoiceText,
    IdList,
    Record,
    Scaled,
    StrokeList,
    UtcInstant,
)
from ptnotes.db.sessions import PENDING
from ptnotes.db.signing import Snapshot
from ptnotes.domain.audit import Subject
from ptnotes.domain.treatment import NoteState

_AT_ONCE = 1_000
"""Rows that are in memory at the same time."""


class Sort(StrEnum):
    """What kind of value a column holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    INSTANT = "instant"
    YES_NO = "yes or no"
    CHOICE = "choice"
    IDS = "ids"
    UUID = "uuid"
    DIGEST = "hexadecimal"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of a file. `values` are the words that a choice may be; `of` is the file that a uuid is found in."""

    name: str
    sort: Sort
    values: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    """A file: its columns, and the statement that gives its rows in a fixed order."""

    columns: tuple[ExportColumn, ...]
    query: Select[Any]


FILES_OF_TABLES: Mapping[str, str] = {
    "clinic": "clinic",
    "person": "people",
    "person_permission": "permissions",
    "signing_key": "signing_keys",
    "grade_wording": "grade_wordings",
    "record_rule": "record_rules",
    "reference_override": "reference_overrides",
    "phrase": "phrases",
    "letter_template": "letter_templates",
    "emergency_access": "emergency_accesses",
    "disposal": "disposals",
    "patient": "patients",
    "patient_background": "patient_backgrounds",
    "provider": "providers",
    "payer": "payers",
    "due_rule": "due_rules",
    "coverage": "coverages",
    "authorization": "authorizations",
    "appointment": "appointments",
    "episode_of_care": "episodes",
    "episode_region": "episode_regions",
    "diagnosis": "diagnoses",
    "problem": "problems",
    "referral": "referrals",
    "plan_of_care": "plans_of_care",
    "certification": "certifications",
    "progress_report": "progress_reports",
    "physician_visit": "physician_visits",
    "goal": "goals",
    "goal_event": "goal_events",
    "outcome_score": "outcome_scores",
    "outcome_item": "outcome_items",
    "home_programme": "home_programmes",
    "home_exercise": "home_exercises",
    "screen_answer": "screen_answers",
    "screen_site": "screen_sites",
    "screen_override": "screen_overrides",
    "override_seen": "overrides_seen",
    "consent": "consents",
    "adverse_event": "adverse_events",
    "treatment_session": "visits",
    "mobilization": "mobilizations",
    "intervention": "services",
    "exercise": "exercises",
    "rom_reading": "rom",
    "pain_score": "pain",
    "comparable_sign": "signs",
    "exam_finding": "findings",
    "vitals": "vitals",
    "body_chart": "body_chart",
    "note_section": "notes",
    "signed_content": "signed_contents",
    "addendum": "addenda",
    "co_signature": "co_signatures",
    "void": "voids",
    "document": "documents",
    "document_session": "document_visits",
    "document_signature": "document_signatures",
    "disclosure": "disclosures",
    "import_run": "import_runs",
    "audit_event": "audit",
}
"""The file that each table goes into."""

TABLES_LEFT_OUT: Mapping[str, str] = {
    "patient_name_part": "made from the names, for searching",
    "mobilization_target": "the targets stand with their mobilization",
    "import_item": "numbers of rows that mean nothing outside the store",
}
"""Tables that have no file, and why."""

COLUMNS_LEFT_OUT: Mapping[str, str] = {
    "removed_at": "rows that were taken out are left out",
    "revision": "counts saves, to refuse stale ones",
    "position": "the rows stand in their order",
    "patient.mrn_key": "made from the record number, for searching",
    "patient.mrn_number": "made from the record number, for searching",
    "patient.sort_name": "made from the names, for searching",
    "patient.search_text": "made from the patient's details, for searching",
    "patient.telephone_digits": "made from the telephone number, for searching",
    "treatment_session.next_row": "the number that the next row gets",
    "clinic.id": "there is one clinic",
    "clinic.logo": "a picture",
    "record_rule.id": "there is one row",
    "due_rule.id": "named by its payer",
    "goal_event.id": "named by its goal and instant",
    "phrase.id": "named by its short form",
    "emergency_access.id": "named by its person and instant",
    "signing_key.id": "named by the key",
    "reference_override.id": "named by its key and instant",
    "document.content": "stands in the archive as a file of its own",
}
"""Columns that are not given, of every table or of one, and why."""

_NAMES = {
    "session_id": "visit",
    "asked_in": "asked_in_visit",
    "noted_in": "noted_in_visit",
    "after_session": "after_visit",
    "session_revision": "visit_revision",
    "position_id": "position",
}
_SUBJECTS: Mapping[Subject, type[Record]] = {
    Subject.PERSON: PersonRecord,
    Subject.PATIENT: PatientRecord,
    Subject.EPISODE: EpisodeRecord,
    Subject.REPORT: EpisodeRecord,
    Subject.DOCUMENT: DocumentRecord,
    Subject.VISIT: SessionRecord,
    Subject.IMPORT: ImportRunRecord,
}
_CANONICAL = "canonical_form"
"""What was signed: bytes that are text."""


def files() -> Mapping[str, tuple[ExportColumn, ...]]:
    """Every file and its columns, in the order that they are written in."""
    return {name: file.columns for name, file in _FILES.items()}


def rows_of(connection: Snapshot, file: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a file, one by one; a few are in memory at a time. Raises KeyError for an unknown file."""
    wanted = _FILES[file]
    written_out = {place for place, column in enumerate(wanted.columns) if column.name == _CANONICAL}
    for row in connection.execute(wanted.query.execution_options(yield_per=_AT_ONCE)):
        yield tuple(
            value.decode(errors="backslashreplace") if place in written_out else value
            for place, value in enumerate(row)
        )


def documents(connection: Snapshot) -> Iterator[tuple[str, bytes]]:
    """The uuid and the bytes of each document that was kept, one by one."""
    query = select(DocumentRecord.uuid, DocumentRecord.content).order_by(DocumentRecord.id)
    rows = connection.execute(query.execution_options(yield_per=1))
    return ((uuid, content) for uuid, content in rows)


def outcome_answers(
    connection: Snapshot, episode_id: int
) -> dict[int, tuple[str, tuple[tuple[str, Decimal | None], ...]]]:
    """The uuid of each of the episode's outcome scores, by its id, and its answers where they were kept.

    An answer of None was left out.
    """
    kept = select(OutcomeScoreRecord.id, OutcomeScoreRecord.uuid).where(
        OutcomeScoreRecord.episode_id == episode_id, OutcomeScoreRecord.removed_at.is_(None)
    )
    uuids = {row.id: row.uuid for row in connection.execute(kept)}
    items: dict[int, list[tuple[str, Decimal | None]]] = {}
    given = (
        select(OutcomeItemRecord.outcome_score_id, OutcomeItemRecord.item, OutcomeItemRecord.value)
        .join(OutcomeScoreRecord, OutcomeScoreRecord.id == OutcomeItemRecord.outcome_score_id)
        .where(OutcomeScoreRecord.episode_id == episode_id)
        .order_by(OutcomeItemRecord.outcome_score_id, OutcomeItemRecord.item)
    )
    for score_id, item, value in connection.execute(given):
        items.setdefault(score_id, []).append((item, value))
    return {key: (uuid, tuple(items.get(key, ()))) for key, uuid in uuids.items()}


def patient_ids(connection: Snapshot) -> tuple[int, ...]:
    """Every patient's id, archived or not, in the order in which they were added."""
    return tuple(connection.scalars(select(PatientRecord.id).order_by(PatientRecord.id)))


def is_left_out(column: Column[Any]) -> bool:
    """Whether a column of a table is not given."""
    if column.name in COLUMNS_LEFT_OUT or f"{column.table.name}.{column.name}" in COLUMNS_LEFT_OUT:
        return True
    return column.name == "id" and "uuid" in column.table.columns


def _file(table: Table) -> _File:
    columns: list[ExportColumn] = []
    chosen: list[ColumnElement[Any]] = []
    joins: list[tuple[Any, ColumnElement[bool]]] = []
    kept: list[ColumnElement[bool]] = []
    for column in table.columns:
        if is_left_out(column):
            continue
        name = _NAMES.get(column.name, column.name)
        referred = _referred(column)
        if referred is None:
            columns.append(ExportColumn(name, *_sort(column)))
            chosen.append(column)
            continue
        other = aliased(referred)
        name = name.removesuffix("_id")
        columns.append(ExportColumn(name, Sort.UUID, of=FILES_OF_TABLES[referred.name]))
        chosen.append(other.c.uuid.label(name))
        joins.append((other, other.c[_key(column)] == column))
        if column.name == "session_id" and table.info == SESSION_CHILD:
            columns.append(ExportColumn("visit_state", *_sort(referred.c.state)))
            chosen.append(other.c.state.label("visit_state"))
            kept.append(other.c.state != NoteState.DISCARDED)
    source: FromClause = table
    for other, condition in joins:
        source = source.outerjoin(other, condition)
    if "removed_at" in table.columns:
        kept.append(table.c.removed_at.is_(None))
    query = select(*chosen).select_from(source).where(*kept)
    return _File(tuple(columns), query.order_by(*_order(table)))


def _referred(column: Column[Any]) -> Table | None:
    """The table with uuids that a column's number is of, None for a column that holds a value of its own."""
    if column.name == "episode_id":
        return metadata.tables["episode_of_care"]  # also where the store asks for a plan of that episode
    for key in column.foreign_keys:
        if "uuid" in key.column.table.columns:
            return key.column.table
    return None


def _key(column: Column[Any]) -> str:
    return "id" if column.name == "episode_id" else next(iter(column.foreign_keys)).column.name


def _order(table: Table) -> list[Column[Any]]:
    keys = list(table.primary_key.columns)
    if "position" in table.columns and keys[0].name != "id":
        return [keys[0], table.c.position, *keys[1:]]
    return keys


def _sort(column: Column[Any]) -> tuple[Sort, tuple[str, ...]]:
    kind = column.type
    if isinstance(kind, Enum):
        return Sort.CHOICE, tuple(kind.enums)
    if column.name == _CANONICAL:
        return Sort.TEXT, ()
    if isinstance(kind, ChoiceText):
        return Sort.CHOICE, tuple(kind.values)
    if column.name == "uuid" or column.name.endswith("_uuid"):
        return Sort.UUID, ()
    for types, sort in (
        (UtcInstant, Sort.INSTANT),
        (IdList, Sort.IDS),
        (StrokeList, Sort.POINTS),
        ((Scaled, sql.Integer), Sort.NUMBER),
        (sql.Boolean, Sort.YES_NO),
        (sql.Date, Sort.DATE),
        (sql.Time, Sort.TIME),
        (sql.LargeBinary, Sort.DIGEST),
        ((sql.Text, String), Sort.TEXT),
    ):
        if isinstance(kind, types):
            return sort, ()
    raise TypeError(column)


def _given_otherwise(file: _File, replaced: Mapping[str, tuple[ExportColumn, ColumnElement[Any]]]) -> _File:
    """The file with the columns of these names given otherwise; those of a new name come last."""
    known = [column.name for column in file.columns]
    columns, chosen = list(file.columns), list(file.query.selected_columns)
    for name, (column, expression) in replaced.items():
        if name in known:
            place = known.index(name)
            columns[place], chosen[place] = column, expression
        else:
            columns.append(column)
            chosen.append(expression)
    return _File(tuple(columns), file.query.with_only_columns(*chosen))


def _only(file: _File, *conditions: ColumnElement[bool]) -> _File:
    return _File(file.columns, file.query.where(*conditions))


def _targets() -> ColumnElement[str]:
    """The ids of a mobilization's targets, in their order."""
    target = MobilizationTargetRecord
    in_order = (
        select(target.target)
        .where(
            target.session_id == MobilizationRecord.session_id,
            target.row == MobilizationRecord.row,
            target.removed_at.is_(None),
        )
        .order_by(target.position)
        .correlate(MobilizationRecord)
        .subquery()
    )
    joined = select(func.aggregate_strings(in_order.c.target, " ")).scalar_subquery()
    return func.coalesce(joined, "")


def _subject() -> ColumnElement[str]:
    """The uuid of what an event of the audit is about, where that has one and is still there."""
    event = AuditEventRecord
    found = [
        (
            event.object_kind == subject.value,
            select(record.__table__.c.uuid)
            .where(record.__table__.c.id == event.object_id)
            .correlate(event)
            .scalar_subquery(),
        )
        for subject, record in _SUBJECTS.items()
    ]
    return case(*found)


def _stands(record: type[Record], key: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """That what a row belongs to was not taken out."""
    table = record.__table__
    return key.in_(select(table.c.id).where(table.c.removed_at.is_(None)))


def _all_files() -> dict[str, _File]:
    made = {file: _file(metadata.tables[table]) for table, file in FILES_OF_TABLES.items()}
    made["mobilizations"] = _given_otherwise(
        made["mobilizations"], {"targets": (ExportColumn("targets", Sort.IDS), _targets())}
    )
    # The audit names what it tells of without holding on to it: a record that was disposed of leaves its events.
    patient = select(PatientRecord.uuid).where(PatientRecord.id == AuditEventRecord.patient_id)
    made["audit"] = _given_otherwise(
        made["audit"],
        {
            "object_id": (ExportColumn("object", Sort.UUID), _subject()),
            "patient_id": (
                ExportColumn("patient", Sort.UUID, of="patients"),
                patient.correlate(AuditEventRecord).scalar_subquery(),
            ),
        },
    )
    # What stands in the typed line is no part of the note.
    made["notes"] = _only(made["notes"], NoteSectionRecord.section.not_in(PENDING))
    made["goal_events"] = _only(made["goal_events"], _stands(GoalRecord, GoalEventRecord.goal_id))
    made["outcome_items"] = _only(
        made["outcome_items"], _stands(OutcomeScoreRecord, OutcomeItemRecord.outcome_score_id)
    )
    made["home_exercises"] = _only(
        made["home_exercises"], _stands(HomeProgrammeRecord, HomeExerciseRecord.home_programme_id)
    )
    return made


_FILES = _all_files()
