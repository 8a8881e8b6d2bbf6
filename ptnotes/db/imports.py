"""Imports in the store: the runs, what each of them made, and how all of it goes again.

Patients of an import are the only ones that go without a disposal, and only as long as nothing was done for them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.elements import ColumnElement

from ptnotes.db.many import insert_all, insert_columns
from ptnotes.db.patients import STORED
from ptnotes.db.retention import patient_tables
from ptnotes.db.schema.clinic import PersonRecord
from ptnotes.db.schema.documents import AuditEventRecord, ImportItemRecord, ImportRunRecord
from ptnotes.db.schema.patient import PatientNamePartRecord, PatientRecord
from ptnotes.db.search import ROW, SEARCH_COLUMNS, forget_patients, index_rows, patient_row, search_values
from ptnotes.db.triggers import unguarded
from ptnotes.domain.audit import CHANGES_NOTHING
from ptnotes.domain.errors import NotFoundError
from ptnotes.domain.importing import FileKind, ImportRun, RunState
from ptnotes.domain.patient import Patient, PatientRow

PATIENT = "patient"
"""What an item of an import is called that is a patient."""
_AT_ONCE = 1_000
_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_IDENTITY = (
    PatientRecord.id,
    PatientRecord.uuid,
    PatientRecord.mrn,
    PatientRecord.family_name,
    PatientRecord.given_name,
    PatientRecord.birth_date,
    PatientRecord.telephone,
)
_PATIENT, _ITEM = PatientRecord.__table__, ImportItemRecord.__table__
_FROM_PATIENT = tuple(name for name in STORED if name not in {"uuid", "revision"})


_REMOVE_PARTS, _REMOVE_PATIENTS = (
    delete(record).where(column.in_(bindparam("ids", expanding=True)))
    for record, column in (
        (PatientNamePartRecord, PatientNamePartRecord.patient_id),
        (PatientRecord, PatientRecord.id),
    )
)
_REMOVE_ITEMS = delete(ImportItemRecord).where(
    ImportItemRecord.import_run_id == bindparam("run"),
    ImportItemRecord.row.in_(bindparam("rows", expanding=True)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A patient that a row makes: the row's number, the patient with their record number, their own date, if any."""

    number: int
    patient: Patient
    keep_until: date | None = None


def everybody(connection: Connection, *, after_id: int = 0) -> Iterator[Any]:
    """The id of every patient above an id, with what tells who they are; a few are in memory at a time."""
    query = select(*_IDENTITY).where(PatientRecord.id > after_id).order_by(PatientRecord.id)
    yield from connection.execute(query.execution_options(yield_per=_AT_ONCE))


def last_id(connection: Connection) -> int:
    """The highest id of a patient; 0 where there is none."""
    return connection.scalar(select(func.max(PatientRecord.id))) or 0


def begin_run(
    connection: Connection,
    *,
    kind: FileKind,
    at: datetime,
    zone: str,
    person_id: int,
    rows: int,
    digest: bytes,
    mapping: str,
) -> int:
    """Store that an import begins, and give its id."""
    made = connection.scalars(
        insert(ImportRunRecord)
        .returning(ImportRunRecord.id)
        .values(
            uuid=time_ordered_uuids(at, 1)[0],
            kind=kind.value,
            started_at=at,
            zone=zone,
            person_id=person_id,
            rows_read=rows,
            rows_made=0,
            rows_refused=0,
            digest=digest,
            mapping=mapping,
        )
    )
    return made.one()


def set_run(
    connection: Connection, run_id: int, *, made: int, refused: int, finished_at: datetime | None = None
) -> bool:
    """Store how far an import is. False where somebody undoes it meanwhile: nothing more may be added to it then."""
    run = ImportRunRecord
    values: dict[str, Any] = {"rows_made": made, "rows_refused": refused}
    if finished_at is not None:
        values["finished_at"] = finished_at
    stands = update(run).where(run.id == run_id, run.undone_by.is_(None))
    return connection.execute(stands.values(**values)).rowcount == 1


def given(connection: Connection, patients: Sequence[Patient]) -> tuple[set[str], set[str]]:
    """Which of these patients' record numbers, in lower case, and uuids belong to a patient of the store."""
    return (
        _held(connection, PatientRecord.mrn_key, [one.mrn.casefold() for one in patients if one.mrn]),
        _held(connection, PatientRecord.uuid, [one.uuid for one in patients if one.uuid]),
    )


def _held(connection: Connection, column: InstrumentedAttribute[str], wanted: Sequence[str]) -> set[str]:
    """Which of these texts stand in a column."""
    if not wanted:
        return set()
    if connection.dialect.name == "sqlite":
        # One value for all of them: a statement with a place for each is made anew for every number of them.
        held = f"SELECT {column.key} FROM patient WHERE {column.key} IN (SELECT value FROM json_each(?))"  # noqa: S608 - a name of our own
        return {text for (text,) in connection.exec_driver_sql(held, (json.dumps(wanted),))}
    return set(connection.scalars(select(column).where(column.in_(wanted))))


def taken(connection: Connection, rows: Sequence[NewRow]) -> set[int]:
    """The numbers of those rows whose record number or uuid belongs to a patient by now."""
    numbers, uuids = given(connection, [row.patient for row in rows])
    if not (numbers or uuids):
        return set()
    return {row.number for row in rows if row.patient.mrn.casefold() in numbers or row.patient.uuid in uuids}


def store_rows(
    connection: Connection, run_id: int, rows: Sequence[NewRow], at: datetime, first_id: int
) -> None:
    """Store the patients that rows make, with what searches read, and an item each. Their keys must not be `taken`.

    On SQLite they get ids from `first_id` on, one that is `first_free_id` or follows on the last row's.
    """
    if not rows:
        return
    people = [row.patient for row in rows]
    searched = [search_values(one) for one in people]
    columns: dict[str, Sequence[Any]] = {name: list(map(attrgetter(name), people)) for name in _FROM_PATIENT}
    columns |= zip(SEARCH_COLUMNS, zip(*searched, strict=True), strict=True)
    columns["uuid"] = [
        one.uuid or new for one, new in zip(people, time_ordered_uuids(at, len(rows)), strict=True)
    ]
    columns["retain_until"] = [row.keep_until for row in rows]
    same = {"created_at": at, "import_run_id": run_id, "revision": 1}
    if connection.dialect.name == "sqlite":
        ids = list(range(first_id, first_id + len(rows)))
        insert_columns(connection, _PATIENT, {"id": ids, **columns}, same)
    else:
        returning = insert(PatientRecord).returning(PatientRecord.id, sort_by_parameter_order=True)
        values = zip(*columns.values(), strict=True)
        ids = list(
            connection.scalars(returning, [dict(zip(columns, one, strict=True)) | same for one in values])
        )
    texts, digits = columns["search_text"], columns["telephone_digits"]
    index_rows(connection, list(zip(ids, texts, digits, strict=True)))
    items = [(row.number, key) for key, row in zip(ids, rows, strict=True)]
    insert_all(
        connection, _ITEM, ("row", "object_id"), items, {"import_run_id": run_id, "object_kind": PATIENT}
    )


def time_ordered_uuids(at: datetime, count: int) -> list[str]:
    """New uuids of version 7 (RFC 9562): the instant in milliseconds, then random bits.

    Those made together stand together in an index, which is what writing many at once costs most.
    """
    instant = f"{int(at.timestamp() * 1000) & (1 << 48) - 1:012x}"
    start = f"{instant[:8]}-{instant[8:]}-7"
    random = secrets.token_hex(10 * count)
    return [
        f"{start}{random[place + 1 : place + 4]}-{_VARIANTS[random[place]]}{random[place + 4 : place + 7]}"
        f"-{random[place + 8 : place + 20]}"
        for place in range(0, 20 * count, 20)
    ]


def runs(connection: Connection, *, run_id: int | None = None, limit: int = 200) -> tuple[ImportRun, ...]:
    """The imports, newest first."""
    run, undoer = ImportRunRecord, aliased(PersonRecord)
    left = (
        select(func.count())
        .where(PatientRecord.import_run_id == run.id)
        .correlate(run)
        .scalar_subquery()
        .label("left")
    )
    query = (
        select(
            run.id, run.kind, run.started_at, run.finished_at, run.zone, run.rows_read, run.rows_made, run.rows_refused,
            run.digest, run.undone_at, run.undone_by, PersonRecord.name.label("who"), undoer.name.label("undoer"), left,
        )
        .join(PersonRecord, PersonRecord.id == run.person_id)
        .outerjoin(undoer, undoer.id == run.undone_by)
        .order_by(run.id.desc())
        .limit(limit)
    )  # fmt: skip
    if run_id is not None:
        query = query.where(run.id == run_id)
    return tuple(_run(row) for row in connection.execute(query))


def load_run(connection: Connection, run_id: int) -> ImportRun:
    """One import. Raises `NotFoundError` ("import.not_found")."""
    found = runs(connection, run_id=run_id)
    if not found:
        raise NotFoundError("import.not_found")
    return found[0]


def mappings(connection: Connection, *, limit: int = 50) -> Iterator[str]:
    """How the files of the latest imports were read, newest first."""
    query = select(ImportRunRecord.mapping).order_by(ImportRunRecord.id.desc()).limit(limit)
    return iter(connection.scalars(query).all())


def removable(
    connection: Connection, run_id: int, *, after_row: int = 0, limit: int | None = None
) -> list[tuple[int, int]]:
    """A run's patients for whom nothing was done since: unchanged, with no row that is theirs.

    Given are the number of each one's row in the file, above `after_row` and in their order, and their id.
    """
    item = ImportItemRecord
    query = (
        select(item.row, PatientRecord.id)
        .join(PatientRecord, PatientRecord.id == item.object_id)
        .where(
            item.import_run_id == run_id,
            item.row > after_row,
            item.object_kind == PATIENT,
            *_untouched(run_id),
        )
        .order_by(item.row)
        .limit(limit)
    )
    return [(row, patient_id) for row, patient_id in connection.execute(query)]


def removable_count(connection: Connection, run_id: int) -> int:
    """How many patients `removable` would give."""
    return connection.scalar(select(func.count()).select_from(PatientRecord).where(*_untouched(run_id))) or 0


def kept(connection: Connection, run_id: int, *, limit: int) -> tuple[PatientRow, ...]:
    """The patients of a run who are still there, in the order of the file."""
    query = select(*ROW).where(PatientRecord.import_run_id == run_id).order_by(PatientRecord.id).limit(limit)
    return tuple(patient_row(row) for row in connection.execute(query))


def begin_undo(connection: Connection, run_id: int, person_id: int) -> None:
    """Store who undoes an import."""
    connection.execute(
        update(ImportRunRecord).where(ImportRunRecord.id == run_id).values(undone_by=person_id)
    )


def end_undo(connection: Connection, run_id: int, at: datetime) -> None:
    """Store that an import is undone."""
    connection.execute(update(ImportRunRecord).where(ImportRunRecord.id == run_id).values(undone_at=at))


@contextmanager
def removing(connection: Connection) -> Iterator[Callable[[int, Sequence[tuple[int, int]]], None]]:
    """Give what takes away patients that a run made, by their rows and ids: all of theirs, and the run's items.

    The triggers that refuse it are dropped and made again within the caller's transaction; what searches read of them
    stays in pieces until `merge_index` is called.
    """
    if connection.dialect.name == "sqlite":
        # What is deleted is overwritten in its page.
        connection.execute(text("PRAGMA secure_delete = ON"))
    with unguarded(connection, (PatientRecord.__tablename__, ImportItemRecord.__tablename__)):
        yield partial(_remove, connection)


def _remove(connection: Connection, run_id: int, some: Sequence[tuple[int, int]]) -> None:
    rows, ids = [row for row, _id in some], [patient_id for _row, patient_id in some]
    forget_patients(connection, ids, merge=False)
    connection.execute(_REMOVE_PARTS, {"ids": ids})
    connection.execute(_REMOVE_PATIENTS, {"ids": ids})
    connection.execute(_REMOVE_ITEMS, {"run": run_id, "rows": rows})


def _untouched(run_id: int) -> tuple[ColumnElement[bool], ...]:
    looked = [verb.value for verb in CHANGES_NOTHING]
    done = exists().where(
        AuditEventRecord.patient_id == PatientRecord.id, AuditEventRecord.verb.not_in(looked)
    )
    return (PatientRecord.import_run_id == run_id, PatientRecord.revision == 1, ~done, *_without_rows())


def _without_rows() -> Iterator[ColumnElement[bool]]:
    """That no row of any table is the patient's; what is deeper hangs on one of these."""
    for table in patient_tables():
        if table is _PATIENT or table is PatientNamePartRecord.__table__:
            continue
        for key in table.foreign_key_constraints:
            if key.referred_table is _PATIENT:
                (own,) = key.columns
                yield ~exists().where(own == PatientRecord.id)


def _run(row: Any) -> ImportRun:
    if row.undone_at is not None:
        state = RunState.UNDONE
    elif row.undone_by is not None:
        state = RunState.UNDO_CUT_OFF
    else:
        state = RunState.UNDER_WAY if row.finished_at is None else RunState.DONE
    return ImportRun(
        id=row.id,
        kind=FileKind(row.kind),
        started_at=row.started_at,
        zone=row.zone,
        who=row.who,
        rows=row.rows_read or 0,
        made=row.rows_made or 0,
        refused=row.rows_refused or 0,
        left=row.left,
        state=state,
        digest=(row.digest or b"").hex(),
        undone_at=row.undone_at,
        undone_by=row.undoer or "",
    )
