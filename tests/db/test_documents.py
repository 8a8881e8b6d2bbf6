"""Kept documents and the signatures under them, on the encrypted file and on PostgreSQL."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from ptnotes.db import audit
from ptnotes.db import documents as stored
from ptnotes.db.patients import add_patients
from ptnotes.db.retention import Disposing, dispose
from ptnotes.db.schema.documents import DocumentSignatureRecord
from ptnotes.db.store import Store
from ptnotes.db.triggers import REFUSED
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.documents import DocumentKind, DocumentSignature
from ptnotes.domain.patient import Patient
from tests.clinics import PATIENT
from tests.db.conftest import NOW
from tests.db.rows import rows_of

ZONE = "America/New_York"
MINE = DocumentSignature(person_id=1, person="J. Rivera, PT, DPT", at=NOW, zone=ZONE)


@pytest.fixture
def patient(store: Store) -> Patient:
    with store.write() as connection:
        (added,) = add_patients(connection, [PATIENT], NOW)
        connection.commit()
    return added


def keep(
    store: Store, patient: Patient, content: bytes, *verbs: Verb, sign: bool = False, made_at: datetime = NOW
) -> int:
    """Keep a report of these bytes, signed or not, and write down what was done with it."""
    with store.write() as connection:
        made = stored.keep_document(
            connection,
            kind=DocumentKind.PROGRESS_REPORT,
            patient_id=patient.id or 0,
            episode_id=None,
            title="Progress report",
            content=content,
            covers=(None, None),
            sessions=(),
            is_draft=False,
            made_at=made_at,
            zone=ZONE,
            person_id=1,
            renderer_version="PT Notes, in a test",
        )
        if sign:
            stored.add_signature(connection, made, MINE, b"s" * 64, b"h" * 32)
        for verb in verbs:
            audit.record(
                connection, at=NOW, zone=ZONE, person_id=1, verb=verb, subject=Subject.DOCUMENT, object_id=made,
                patient_id=patient.id,
            )  # fmt: skip
        connection.commit()
    return made


def test_a_document_comes_back_with_who_signed_it_and_whether_it_left(store: Store, patient: Patient) -> None:
    plain = keep(store, patient, b"%PDF-1", Verb.EXPORTED)
    signed = keep(store, patient, b"%PDF-2", Verb.SIGNED, sign=True)
    given = keep(store, patient, b"%PDF-3", Verb.SIGNED, Verb.PRINTED, sign=True)
    with store.read() as connection:
        found = {
            one.id: (one.signed, one.has_left) for one in stored.kept_documents(connection, patient.id or 0)
        }
        assert found == {plain: (None, True), signed: (MINE, False), given: (MINE, True)}
        assert stored.load_document(connection, signed).signed == MINE
        told = audit.documents_told(connection)
        assert told == audit.documents_told(connection, patient.id)
        assert {one.patient_id for one in told} == {patient.id}
        assert sorted((one.id, one.is_signed) for one in told) == [
            (plain, False), (signed, True), (given, False), (given, True),
        ]  # fmt: skip
        assert audit.documents_told(connection, 99) == ()


def test_the_newest_is_the_one_kept_last_where_the_clock_was_set_back(store: Store, patient: Patient) -> None:
    first = keep(store, patient, b"%PDF-1")
    second = keep(store, patient, b"%PDF-2", made_at=NOW - timedelta(seconds=3))
    with store.read() as connection:
        assert [one.id for one in stored.kept_documents(connection, patient.id or 0)] == [second, first]


def test_what_is_verified_of_a_document_is_all_that_was_signed(store: Store, patient: Patient) -> None:
    plain = keep(store, patient, b"%PDF-1", Verb.EXPORTED)
    signed = keep(store, patient, b"%PDF-2", Verb.SIGNED, sign=True)
    with store.read() as connection:
        first, second = stored.stored_documents(connection)
        assert stored.stored_documents(connection, patient_id=patient.id, document_id=signed) == (second,)
        assert stored.stored_documents(connection, patient_id=99) == ()
    assert (first.id, first.signature, first.signed_by) == (plain, None, None)
    assert (second.patient_uuid, second.signed_by, second.at, second.zone, second.signature, second.content_hash) == (
        patient.uuid, 1, NOW, ZONE, b"s" * 64, b"h" * 32,
    )  # fmt: skip


def test_a_signature_is_neither_changed_nor_taken_away_nor_put_twice(store: Store, patient: Patient) -> None:
    signed = keep(store, patient, b"%PDF-2", Verb.SIGNED, sign=True)
    own = DocumentSignatureRecord
    for statement in (update(own).values(zone="UTC"), delete(own)):
        with store.write() as connection, pytest.raises(DBAPIError, match=REFUSED):
            connection.execute(statement)
    with store.write() as connection, pytest.raises(DBAPIError, match=REFUSED):
        stored.add_signature(connection, signed, replace(MINE, zone="UTC"), b"t" * 64, b"i" * 32)
    with store.read() as connection:
        assert stored.load_document(connection, signed).signed == MINE


def test_with_the_record_its_signatures_go_and_nothing_is_missing(store: Store, patient: Patient) -> None:
    keep(store, patient, b"%PDF-2", Verb.SIGNED, sign=True)
    gone = Disposing(
        patient=patient, retain_until=date(2026, 1, 1), reason="time", person_id=1, at=NOW, zone=ZONE
    )
    with store.write() as connection:
        dispose(connection, [gone])
        audit.record(
            connection, at=NOW, zone=ZONE, person_id=1, verb=Verb.DISPOSED, subject=Subject.PATIENT,
            object_id=patient.id, patient_id=patient.id,
        )  # fmt: skip
        connection.commit()
    with store.read() as connection:
        assert rows_of(connection, DocumentSignatureRecord.__table__) == []  # type: ignore[arg-type]  # is a Table
        assert stored.stored_documents(connection) == ()
        assert audit.documents_told(connection) == ()
