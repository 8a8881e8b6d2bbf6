"""What a disposal leaves of a patient in any table: nothing; and of everybody else: everything."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, LargeBinary, Table, Text, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from ptnotes.db import audit
from ptnotes.db.patients import add_patients, next_mrn
from ptnotes.db.retention import Disposing, disposals, dispose, patient_tables
from ptnotes.db.schema import metadata
from ptnotes.db.schema.clinic import EmergencyAccessRecord
from ptnotes.db.schema.documents import ImportItemRecord
from ptnotes.db.schema.session import SessionRecord
from ptnotes.db.search import find_patients, index_patients
from ptnotes.db.store import Store
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.patient import Patient
from ptnotes.domain.treatment import NoteState
from tests.db.rows import plain_row, rows_of

NOW = datetime(2041, 3, 2, 14, tzinfo=UTC)
GONE, KEPT = "Quizzlebrook", "Staythorpe"
SIGNED = {
    "state": NoteState.SIGNED,
    "signer_id": 1,
    "signed_at": datetime(2026, 3, 2, 15, tzinfo=UTC),
    "signature": b"s",
    "canonical_version": 1,
    "reference_version": "1",
}
_NOT_BOTH = {"addendum": "document_id"}


def patient_of(number: int, family_name: str) -> Patient:
    return Patient(
        id=number,
        uuid=f"00000000-0000-4000-8000-{number:012}",
        mrn=f"{number:06}",
        family_name=family_name,
        given_name="Madeup",
        birth_date=date(1979, 3, 12),
        telephone=f"(555) 010-{number:04}",
    )


def fill_patient(connection: Connection, number: int, family_name: str) -> None:
    """Give a patient a row in every table that patients have rows in, each telling their name wherever it can."""
    for table in metadata.sorted_tables:
        if table in patient_tables():
            connection.execute(insert(table).values(_row(table, number, family_name)))
    made = insert(ImportItemRecord)
    for row, kind in enumerate(("patient", "episode", "treatment_session"), start=10 * number):
        connection.execute(made.values(import_run_id=1, row=row, object_kind=kind, object_id=number))
    index_patients(connection, [patient_of(number, family_name)], stored_before=False)
    closing = update(SessionRecord).where(SessionRecord.id == number)
    connection.execute(closing.values(content_hash=bytes([number]) * 32, **SIGNED))


def _row(table: Table, number: int, family_name: str) -> dict[str, Any]:
    row: dict[str, Any] = dict(plain_row(table))
    for column in table.columns:
        if column.foreign_keys:
            mine = [key.column for key in column.foreign_keys if key.column.table in patient_tables()]
            if any(key.name.endswith("id") for key in mine):
                row[column.name] = number
            elif not mine:
                row[column.name] = 1
        elif isinstance(column.type, Text) and column.info.get("words", True):
            row[column.name] = f"{family_name} {number}"
        elif isinstance(column.type, LargeBinary) and column.type.length is None:
            row[column.name] = f"{family_name} {number}".encode()
    if "id" in table.c and not table.c.id.foreign_keys:
        row["id"] = number
    if table.name in _NOT_BOTH:
        row[_NOT_BOTH[table.name]] = None
    if table.name == "patient_name_part":
        row["part"] = f"{family_name} part"
    row.pop("replaces_id", None)
    if table.name == "treatment_session":
        row |= {"signer_id": None, "signature": None, "reference_version": None, "zone": "UTC"}
    if table.name == "pain_score":
        row |= {"scale": "other", "motion": None}
    return row


@pytest.fixture
def filled(store: Store) -> Store:
    """Give a store with two patients who have a row in every table, beside what is not of a patient."""
    with store.write() as connection:
        others = [table for table in metadata.sorted_tables if table not in patient_tables()]
        for table in others:
            if not rows_of(connection, table) and table.name not in ("disposal", "import_item"):
                connection.execute(insert(table).values(plain_row(table)))
        fill_patient(connection, 1, GONE)
        fill_patient(connection, 2, KEPT)
        connection.commit()
    return store


def disposing(connection: Connection) -> None:
    dispose(
        connection,
        [
            Disposing(
                patient=patient_of(1, GONE),
                retain_until=date(2036, 3, 2),
                reason="Time over",
                person_id=1,
                at=NOW,
                zone="UTC",
            )
        ],
    )


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: rows_of(connection, table) for table in metadata.sorted_tables}


def guards(connection: Connection) -> set[tuple[str, ...]]:
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    return {tuple(row) for row in connection.execute(text(query))}


def test_the_rows_to_try_it_on_name_the_patient_in_every_table_of_patients(filled: Store) -> None:
    with filled.read() as connection:
        found = everything(connection)
    assert len(patient_tables()) > 35
    for table in patient_tables():
        assert len(found[table.name]) >= 2, table.name


def test_nothing_of_the_patient_remains_in_any_table_and_everything_of_another_does(filled: Store) -> None:
    with filled.write() as connection:
        before = everything(connection)
        guarded = guards(connection)
        disposing(connection)
        connection.commit()
        after = everything(connection)
        assert guards(connection) == guarded
    for table in metadata.sorted_tables:
        if table.name == "disposal":
            continue
        told = [row for row in before[table.name] if row not in after[table.name]]
        stayed = [row for row in after[table.name] if row not in before[table.name]]
        assert stayed == [], table.name
        if table in patient_tables():
            assert after[table.name], table.name
            assert all(KEPT not in repr(row) for row in told), table.name
        elif table.name == "import_item":
            assert len(told) == len(after[table.name]) == 3
        else:
            assert told == [], table.name
        assert GONE not in repr(after[table.name]), table.name
        assert GONE.lower() not in repr(after[table.name]), table.name
        assert GONE.encode().hex() not in repr(after[table.name]), table.name
    with filled.read() as connection:
        assert find_patients(connection, GONE, NOW.date()) == ()
        assert find_patients(connection, GONE[2:7], NOW.date()) == ()
        assert [row.id for row in find_patients(connection, KEPT[2:7], NOW.date())] == [2]


def test_what_remains_says_whose_when_why_and_by_whom(filled: Store) -> None:
    with filled.write() as connection:
        disposing(connection)
        connection.commit()
        (left,) = disposals(connection, limit=10)
    assert (left.mrn, left.patient_uuid) == ("000001", "00000000-0000-4000-8000-000000000001")
    assert (left.retain_until, left.reason, left.at, left.who) == (
        date(2036, 3, 2), "Time over", NOW, "J. Rivera",
    )  # fmt: skip


def test_what_was_disposed_of_stays_disposed_of(filled: Store) -> None:
    with filled.write() as connection:
        disposing(connection)
        connection.commit()
    for statement in ("DELETE FROM disposal", "UPDATE disposal SET reason = 'other'", "DELETE FROM patient"):
        with filled.write() as connection, pytest.raises(DBAPIError, match="ptnotes:refused"):
            connection.execute(text(statement))


def test_a_disposal_that_is_not_committed_changes_nothing(filled: Store) -> None:
    with filled.read() as connection:
        before, guarded = everything(connection), guards(connection)
    with filled.write() as connection:
        disposing(connection)
    with filled.read() as connection:
        assert everything(connection) == before
        assert guards(connection) == guarded
        assert [row.id for row in find_patients(connection, GONE[2:7], NOW.date())] == [1]


def test_a_reason_of_an_emergency_that_names_the_patient_is_replaced_and_no_other(filled: Store) -> None:
    with filled.write() as connection:
        for key, reason in ((2, f"mrs {GONE.upper()} fell"), (3, "Somebody fell")):
            row = {**plain_row(metadata.tables["emergency_access"]), "id": key, "reason": reason}
            connection.execute(insert(EmergencyAccessRecord).values(row))
        disposing(connection)
        found = connection.execute(select(EmergencyAccessRecord.id, EmergencyAccessRecord.reason)).all()
    reasons = {key: reason for key, reason in found}  # noqa: C416 - rows, not pairs
    assert GONE.lower() not in reasons[2].lower()
    assert reasons[3] == "Somebody fell"


def test_neither_the_id_nor_the_record_number_of_a_disposed_patient_is_given_again(store: Store) -> None:
    with store.write() as connection:
        (last,) = add_patients(connection, [replace(patient_of(7, GONE), id=None)], NOW)
        audit.record(
            connection, at=NOW, zone="UTC", person_id=1, verb=Verb.MADE, subject=Subject.PATIENT,
            object_id=last.id, patient_id=last.id,
        )  # fmt: skip
        dispose(
            connection,
            [Disposing(patient=last, retain_until=None, reason="Over", person_id=1, at=NOW, zone="UTC")],
        )
        assert next_mrn(connection) == "000008"
        (after,) = add_patients(connection, [replace(patient_of(8, "New"), id=None)], NOW)
        assert (after.id or 0) > (last.id or 0)


def test_the_index_for_parts_of_names_holds_no_piece_of_the_name_any_more(file_store: Store) -> None:
    with file_store.write() as connection:
        (gone, _kept) = add_patients(
            connection,
            [replace(patient_of(1, GONE), id=None), replace(patient_of(2, KEPT), id=None)],
            NOW,
        )
        connection.execute(
            text("CREATE VIRTUAL TABLE temp.pieces USING fts5vocab('main', 'patient_search', 'row')")
        )
        pieces = text("SELECT term FROM temp.pieces")
        assert {"zzl", "tho"} <= set(connection.scalars(pieces))
        dispose(
            connection,
            [Disposing(patient=gone, retain_until=None, reason="Over", person_id=1, at=NOW, zone="UTC")],
        )
        left = set(connection.scalars(pieces))
    assert "zzl" not in left
    assert "tho" in left
