"""Imports in the store, in both dialects."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from ptnotes.db import audit, day_list, imports
from ptnotes.db.patients import add_patients, change_patient, first_free_id, load_patient
from ptnotes.db.schema import metadata
from ptnotes.db.schema.documents import ImportItemRecord
from ptnotes.db.schema.patient import PatientNamePartRecord, PatientRecord
from ptnotes.db.search import find_patients
from ptnotes.db.store import Store
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.importing import FileKind, RunState
from ptnotes.domain.patient import Patient, Sex
from tests.clinics import PATIENT
from tests.db.conftest import NOW

TODAY = date(2026, 3, 2)
WHOLE = replace(
    PATIENT,
    uuid="8c6d2f1e-0000-4000-8000-000000000001",
    middle_name="Ann",
    preferred_name="Lena",
    sex=Sex.FEMALE,
    email="lena@example.org",
    address="1 High Street",
    archived_at=datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
)


def begun(connection: Connection) -> int:
    return imports.begin_run(
        connection, kind=FileKind.CSV, at=NOW, zone="America/New_York", person_id=1, rows=3, digest=b"d" * 32,
        mapping="{}",
    )  # fmt: skip


def stored(connection: Connection, run_id: int, people: Sequence[Patient]) -> None:
    rows = [imports.NewRow(number=number, patient=one) for number, one in enumerate(people, 2)]
    imports.store_rows(connection, run_id, rows, NOW, first_free_id(connection))


def somebody(number: int) -> Patient:
    return Patient(
        mrn=f"{number:06}", family_name=f"Name{number}", given_name="Anna", birth_date=date(1950, 1, number)
    )


def test_a_row_is_stored_as_a_patient_who_was_typed_is(store: Store) -> None:
    with store.write() as connection:
        (typed,) = add_patients(connection, [WHOLE], NOW)
        run_id = begun(connection)
        own = replace(WHOLE, uuid="", mrn="000124")
        stored(connection, run_id, [own])
        connection.commit()
    with store.read() as connection:
        rows = connection.execute(select(PatientRecord.__table__).order_by(PatientRecord.id)).mappings().all()
        mine, theirs = dict(rows[0]), dict(rows[1])
        differ = {name for name in mine if mine[name] != theirs[name]}
        assert differ == {"id", "uuid", "mrn", "mrn_key", "mrn_number", "import_run_id"}
        parts = select(PatientNamePartRecord.part).order_by(PatientNamePartRecord.part)
        mine_parts = connection.scalars(parts.where(PatientNamePartRecord.patient_id == typed.id)).all()
        assert (
            connection.scalars(parts.where(PatientNamePartRecord.patient_id == theirs["id"])).all()
            == mine_parts
        )
        assert load_patient(connection, theirs["id"]) == replace(
            own, id=theirs["id"], uuid=theirs["uuid"], revision=1
        )
        for text in ("lena", "orea", "0104477"):
            assert len(find_patients(connection, text, TODAY, archived=True)) == 2
        item = connection.execute(select(ImportItemRecord.__table__)).one()
        assert tuple(item) == (run_id, 2, "patient", theirs["id"])


def test_what_belongs_to_somebody_by_now_is_seen_whatever_its_case(store: Store) -> None:
    with store.write() as connection:
        add_patients(connection, [replace(WHOLE, mrn="Ab1")], NOW)
        rows = [
            imports.NewRow(number=2, patient=replace(somebody(1), mrn="aB1")),
            imports.NewRow(number=3, patient=replace(somebody(2), uuid=WHOLE.uuid)),
            imports.NewRow(number=4, patient=somebody(3)),
        ]
        assert imports.taken(connection, rows) == {2, 3}


def test_everybody_is_told_from_an_id_on(store: Store) -> None:
    with store.write() as connection:
        first, second = add_patients(connection, [somebody(1), somebody(2)], NOW)
        assert [row.mrn for row in imports.everybody(connection)] == ["000001", "000002"]
        assert [row.id for row in imports.everybody(connection, after_id=first.id or 0)] == [second.id]
        assert imports.last_id(connection) == second.id


def test_a_run_is_listed_with_how_far_it_came(store: Store) -> None:
    with store.write() as connection:
        run_id = begun(connection)
        assert imports.load_run(connection, run_id).state is RunState.UNDER_WAY
        stored(connection, run_id, [somebody(1), somebody(2)])
        assert imports.set_run(connection, run_id, made=2, refused=1, finished_at=NOW)
        run = imports.load_run(connection, run_id)
        assert (run.state, run.rows, run.made, run.refused, run.left) == (RunState.DONE, 3, 2, 1, 2)
        assert (run.who, run.digest, run.started_at) == ("J. Rivera", (b"d" * 32).hex(), NOW)
        imports.begin_undo(connection, run_id, 1)
        assert imports.load_run(connection, run_id).state is RunState.UNDO_CUT_OFF
        assert not imports.set_run(connection, run_id, made=3, refused=1)
        imports.end_undo(connection, run_id, NOW)
        assert imports.load_run(connection, run_id).state is RunState.UNDONE
        assert list(imports.mappings(connection)) == ["{}"]


def test_patients_of_a_run_go_whole_and_nobody_else_can(store: Store) -> None:
    with store.write() as connection:
        (other,) = add_patients(connection, [WHOLE], NOW)
        run_id = begun(connection)
        stored(connection, run_id, [somebody(1), somebody(2), somebody(3)])
        found = imports.removable(connection, run_id)
        ids = [patient_id for _row, patient_id in found]
        assert [row for row, _id in found] == [2, 3, 4]
        assert len(ids) == imports.removable_count(connection, run_id) == 3
        change_patient(connection, replace(load_patient(connection, ids[1]), email="a@example.org"))
        assert imports.removable(connection, run_id) == [(2, ids[0]), (4, ids[2])]
        assert imports.removable(connection, run_id, after_row=2, limit=1) == [(4, ids[2])]
        with imports.removing(connection) as remove:
            remove(run_id, [(2, ids[0])])
            remove(run_id, [(4, ids[2])])
        connection.commit()
    with store.read() as connection:
        assert [row.id for row in imports.kept(connection, run_id, limit=9)] == [ids[1]]
        assert [row.id for row in find_patients(connection, "anna", TODAY)] == [ids[1]]
        assert load_patient(connection, other.id or 0)
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in metadata.sorted_tables
            if table.name in {"patient", "import_item", "patient_name_part"}
        }
    assert counts == {"patient": 2, "import_item": 1, "patient_name_part": 6}
    for table in ("patient", "import_item"):
        with pytest.raises(DBAPIError, match="refused"), store.write() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - names from the line above


def test_a_row_of_any_table_or_anything_done_keeps_a_patient_and_a_look_does_not(store: Store) -> None:
    with store.write() as connection:
        run_id = begun(connection)
        stored(connection, run_id, [somebody(1), somebody(2), somebody(3)])
        (first, second, third) = (patient_id for _row, patient_id in imports.removable(connection, run_id))
        for patient_id, verb in ((first, Verb.VIEWED), (second, Verb.EXPORTED)):
            audit.record(
                connection, at=NOW, zone="America/New_York", person_id=1, verb=verb, subject=Subject.PATIENT,
                object_id=patient_id, patient_id=patient_id,
            )  # fmt: skip
        day_list.add_appointment(connection, third, TODAY, None, "", 1)
        assert imports.removable(connection, run_id) == [(2, first)]


def test_uuids_that_are_made_together_stand_together_and_are_of_version_7() -> None:
    made = [
        uuid
        for second in range(50)
        for uuid in imports.time_ordered_uuids(datetime(2026, 3, 2, 14, 0, second, tzinfo=UTC), 3)
    ]
    assert [uuid[:13] for uuid in made] == sorted(uuid[:13] for uuid in made)
    assert len({uuid[:13] for uuid in made}) == 50
    assert {(UUID(one).version, UUID(one).variant) for one in made} == {(7, "specified in RFC 4122")}
    assert len({one[-12:] for one in made}) == 150
