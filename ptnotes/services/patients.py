"""Finding, adding and changing patients. A patient is archived; whole records go only by `services.retention`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ptnotes.db import patients, search
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.patient import Patient, PatientRow, checked_patient
from ptnotes.domain.permissions import Act
from ptnotes.services.audit import log, log_change
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require


def find_patients(
    clinic: OpenClinic, text: str, *, limit: int = 50, archived: bool = False
) -> tuple[PatientRow, ...]:
    """The patients that match what was typed, best first: see `ptnotes.db.search.find_patients`."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with clinic.store.read() as connection:
        return search.find_patients(connection, text, clinic.today(), limit=limit, archived=archived)


def likely_duplicates(clinic: OpenClinic, patient: Patient) -> tuple[PatientRow, ...]:
    """Stored patients who may be the same person as `patient`, likeliest first."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with clinic.store.read() as connection:
        return search.likely_duplicates(connection, patient)


def next_mrn(clinic: OpenClinic) -> str:
    """The record number that comes next."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with clinic.store.read() as connection:
        return patients.next_mrn(connection)


def load_patient(clinic: OpenClinic, patient_id: int) -> Patient:
    """The patient of that id. Raises `NotFoundError`."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with clinic.store.read() as connection:
        return patients.load_patient(connection, patient_id)


def patient_by_mrn(clinic: OpenClinic, mrn: str) -> Patient:
    """The patient of that record number. Raises `NotFoundError`."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with clinic.store.read() as connection:
        return patients.patient_by_mrn(connection, mrn)


def add_patient(clinic: OpenClinic, patient: Patient) -> Patient:
    """Store a new patient and give them with their id. Raises `InputError`; nothing is stored then."""
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    checked = checked_patient(patient, clinic.today())
    with clinic.store.write() as connection:
        (stored,) = patients.add_patients(connection, [checked], clinic.clock())
        log(clinic, connection, Verb.MADE, Subject.PATIENT, stored.id, patient_id=stored.id)
        connection.commit()
    return stored


def change_patient(clinic: OpenClinic, patient: Patient) -> Patient:
    """Store changed details and give them with their new revision. Raises `InputError`, `StaleError`."""
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    checked = checked_patient(patient, clinic.today())
    with clinic.store.write() as connection:
        changed = patients.change_patient(connection, checked)
        log_change(clinic, connection, Subject.PATIENT, changed.id or 0, changed.id or 0)
        connection.commit()
    return changed


def archive_patient(clinic: OpenClinic, patient_id: int) -> Patient:
    """Take a patient out of the lists; everything of theirs is kept."""
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    return _set_archived(clinic, patient_id, clinic.clock())


def unarchive_patient(clinic: OpenClinic, patient_id: int) -> Patient:
    """Bring an archived patient back into the lists."""
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    return _set_archived(clinic, patient_id, None)


def _set_archived(clinic: OpenClinic, patient_id: int, archived_at: datetime | None) -> Patient:
    with clinic.store.write() as connection:
        patient = replace(patients.load_patient(connection, patient_id), archived_at=archived_at)
        changed = patients.change_patient(connection, patient)
        verb = Verb.UNARCHIVED if archived_at is None else Verb.ARCHIVED
        log(clinic, connection, verb, Subject.PATIENT, patient_id, patient_id=patient_id)
        connection.commit()
    return changed
