"""Patients, in and out of the store, with the folded columns and the index that searches read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from ptnotes.db.schema.clinic import DisposalRecord
from ptnotes.db.schema.documents import AuditEventRecord
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.search import MRN_DIGITS, SEARCH_COLUMNS, index_patients, search_values, storable
from ptnotes.domain.errors import Fault, InputError, NotFoundError, StaleError
from ptnotes.domain.patient import Patient

_FIELDS = tuple(field.name for field in fields(Patient))
STORED = tuple(name for name in _FIELDS if name != "id")
"""The columns of a patient's record that stand in the patient as they are."""
_values = attrgetter(*STORED)
_QUERY = select(*(getattr(PatientRecord, name) for name in _FIELDS))
_BY_ID = _QUERY.where(PatientRecord.id == bindparam("key"))
_BY_MRN = _QUERY.where(PatientRecord.mrn_key == bindparam("key"))


def load_patient(connection: Connection, patient_id: int) -> Patient:
    """The patient of that id. Raises `NotFoundError`."""
    return _one(connection, _BY_ID, patient_id, str(patient_id))


def patient_by_mrn(connection: Connection, mrn: str) -> Patient:
    """The patient of that record number, whatever its case. Raises `NotFoundError`."""
    return _one(connection, _BY_MRN, storable(mrn).strip().casefold(), mrn[:40])


def next_mrn(connection: Connection) -> str:
    """One more than the highest record number that is all digits, with at least six digits.

    The number of a record that was disposed of is not given again.
    """
    highest = connection.scalar(select(func.max(PatientRecord.mrn_number))) or 0
    for mrn in connection.scalars(select(DisposalRecord.mrn)):
        if mrn.isdecimal() and mrn.isascii() and len(mrn) < MRN_DIGITS:
            highest = max(highest, int(mrn))
    return f"{highest + 1:06}"


def add_patients(connection: Connection, patients: Sequence[Patient], at: datetime) -> tuple[Patient, ...]:
    """Store new patients and give them as stored, with ids and uuids.

    Raises `InputError` ("patient.mrn.taken") where a record number is in use.
    """
    keys = [patient.mrn.casefold() for patient in patients]
    if len(set(keys)) != len(keys) or _any_taken(connection, keys):
        raise InputError(Fault("patient.mrn.taken", "patient.mrn"))
    new = [replace(patient, uuid=patient.uuid or str(uuid4()), revision=1) for patient in patients]
    if not new:
        return ()
    values = [{**patient_values(patient), "created_at": at} for patient in new]
    if connection.dialect.name == "sqlite":
        # SQLite would give the id of a patient who was disposed of again, and the audit's events about them with it.
        first = first_free_id(connection)
        values = [{**one, "id": first + number} for number, one in enumerate(values)]
    ids = connection.scalars(
        insert(PatientRecord).returning(PatientRecord.id, sort_by_parameter_order=True), values
    ).all()
    stored = tuple(replace(patient, id=key) for patient, key in zip(new, ids, strict=True))
    index_patients(connection, stored, stored_before=False)
    return stored


def change_patient(connection: Connection, patient: Patient) -> Patient:
    """Store a change and give the patient with the new revision.

    Raises `StaleError` where somebody saved since, `InputError` ("patient.mrn.taken"), `NotFoundError`.
    """
    stored = load_patient(connection, _id_of(patient))
    if stored.revision != patient.revision:
        raise StaleError("record.stale", stored.revision)
    if patient.mrn.casefold() != stored.mrn.casefold() and _any_taken(connection, [patient.mrn.casefold()]):
        raise InputError(Fault("patient.mrn.taken", "patient.mrn"))
    changed = replace(patient, uuid=stored.uuid, revision=stored.revision + 1)
    connection.execute(
        update(PatientRecord).where(PatientRecord.id == changed.id).values(**patient_values(changed))
    )
    index_patients(connection, [changed], stored_before=True)
    return changed


def patient_count(connection: Connection, limit: int) -> int:
    """How many patients are not archived; counting ends at `limit`."""
    some = select(PatientRecord.id).where(PatientRecord.archived_at.is_(None)).limit(limit).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def first_free_id(connection: Connection) -> int:
    """An id above those of all patients who are, or ever were, in the file: the audit names them all."""
    highest = (func.max(PatientRecord.id), func.max(AuditEventRecord.patient_id))
    return max(connection.scalar(select(one)) or 0 for one in highest) + 1


def _one(connection: Connection, query: Select[Any], key: int | str, named: str) -> Patient:
    row = connection.execute(query, {"key": key}).first()
    if row is None:
        raise NotFoundError("patient.not_found", mrn=named)
    return Patient(**row._mapping)


def _any_taken(connection: Connection, keys: Sequence[str]) -> bool:
    # A few hundred at a time: a bulk of new patients may be larger than a statement takes parameters.
    for begin in range(0, len(keys), 500):
        some = PatientRecord.mrn_key.in_(keys[begin : begin + 500])
        if connection.scalar(select(PatientRecord.id).where(some).limit(1)) is not None:
            return True
    return False


def patient_values(patient: Patient) -> dict[str, object]:
    """The columns of a patient's record that come from the patient, those that searches read among them."""
    searched = dict(zip(SEARCH_COLUMNS, search_values(patient), strict=True))
    return {**dict(zip(STORED, _values(patient), strict=True)), **searched}


def _id_of(patient: Patient) -> int:
    if patient.id is None:
        raise ValueError("this patient was never stored")
    return patient.id
