"""How long records are kept, what is due, and disposing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ptnotes.db import keyfile
from ptnotes.db import retention as stored
from ptnotes.db.audit import Writing
from ptnotes.db.faults import faults_named
from ptnotes.db.patients import load_patient
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import AccessError, EnvironmentFault, Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.domain.retention import (
    Disposal,
    RecordRules,
    Retention,
    checked_reason,
    checked_rules,
)
from ptnotes.services.audit import changing_clinic, log, seal
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require

MOST_DUE = 200
"""Records shown as due at once, those that are over longest first."""
_MOST_DISPOSALS = 500


@dataclass(frozen=True, slots=True)
class Disposed:
    """How many records were disposed of, and whether what was left of them in free pages is overwritten."""

    count: int
    is_overwritten: bool


def record_rules(clinic: OpenClinic) -> RecordRules:
    """The clinic's rules for keeping records, and for late entries."""
    with clinic.store.read() as connection:
        return stored.load_rules(connection)


def change_record_rules(clinic: OpenClinic, rules: RecordRules) -> RecordRules:
    """Store changed rules and give them with their new revision. Raises `InputError`, `StaleError`, `AccessError`."""
    require(clinic, Act.ADMINISTER)
    checked = checked_rules(rules)
    with changing_clinic(clinic, "how long records are kept") as connection:
        return stored.change_rules(connection, checked)


def retention_of(clinic: OpenClinic, patient_id: int) -> Retention:
    """How long a patient's record is kept. Raises `NotFoundError`, `AccessError`."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with clinic.store.read() as connection:
        rules = stored.load_rules(connection)
        return stored.retention_of(connection, patient_id, rules, clinic.today(), clinic.zone)


def keep_record_until(clinic: OpenClinic, patient_id: int, keep_until: date | None) -> Retention:
    """Keep a patient's record at least until that day, as for a legal hold; None leaves it to the rules again.

    Raises `InputError` ("retention.before_rule") for a day that the clinic's rules forbid, `NotFoundError`,
    `AccessError`.
    """
    require(clinic, Act.DISPOSE)
    with clinic.store.write() as connection:
        rules = stored.load_rules(connection)
        before = stored.retention_of(connection, patient_id, rules, clinic.today(), clinic.zone)
        if keep_until is not None and before.rule_date is not None and keep_until < before.rule_date:
            raise InputError(Fault("retention.before_rule", "retention.keep_until"))
        stored.set_own_date(connection, patient_id, keep_until)
        told = "kept as the rules say" if keep_until is None else f"kept until {keep_until.isoformat()}"
        log(clinic, connection, Verb.CHANGED, Subject.PATIENT, patient_id, patient_id=patient_id, detail=told)
        after = stored.retention_of(connection, patient_id, rules, clinic.today(), clinic.zone)
        connection.commit()
    return after


def records_due(clinic: OpenClinic) -> tuple[Retention, ...]:
    """The records whose time is over, those that are over longest first (at most 200). Raises `AccessError`."""
    require(clinic, Act.DISPOSE)
    with clinic.store.read() as connection:
        rules = stored.load_rules(connection)
        return stored.due_records(connection, rules, clinic.today(), clinic.zone, limit=MOST_DUE)


def disposals(clinic: OpenClinic) -> tuple[Disposal, ...]:
    """What was disposed of, newest first (the latest 500). Raises `AccessError`."""
    require(clinic, Act.DISPOSE)
    with clinic.store.read() as connection:
        return stored.disposals(connection, limit=_MOST_DISPOSALS)


def dispose_of_records(
    clinic: OpenClinic, patient_ids: Sequence[int], reason: str, passphrase: str
) -> Disposed:
    """Delete everything of these patients, for good. What remains is their record number, when, by whom and why.

    All of it in one transaction with its events in the audit, under which whoever does it puts their signature.
    Afterwards the file is written anew, so that nothing is left in its free pages. Backups that were made before
    still hold the records.

    Raises `AccessError` ("disposal.denied" for a wrong passphrase, "access.not_allowed"), `InputError` where the
    reason is missing or names a patient, or where one of the records is not to be disposed of ("disposal.not_yet",
    "disposal.open_episode" and the like), `NotFoundError`, `EnvironmentFault`. Nothing is changed then.
    """
    require(clinic, Act.DISPOSE)
    keys_at = keyfile.key_path(clinic.path)
    with faults_named(keys_at):
        keys = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key).keys
        try:
            sign = keyfile.signing_key(keys, clinic.person.uuid, passphrase).sign
        except AccessError:
            raise AccessError("disposal.denied") from None
    wanted = tuple(dict.fromkeys(patient_ids))
    with clinic.store.write() as connection:
        rules = stored.load_rules(connection)
        disposing = [_disposing(clinic, connection, one, reason, rules) for one in wanted]
        stored.dispose(connection, disposing)
        for patient_id in wanted:
            log(clinic, connection, Verb.DISPOSED, Subject.PATIENT, patient_id, patient_id=patient_id)
        seal(clinic, connection, sign)
        connection.commit()
    try:
        stored.overwrite_remains(clinic.store)
    except EnvironmentFault:
        return Disposed(len(wanted), is_overwritten=False)
    return Disposed(len(wanted), is_overwritten=True)


def _disposing(
    clinic: OpenClinic, connection: Writing, patient_id: int, reason: str, rules: RecordRules
) -> stored.Disposing:
    patient = load_patient(connection, patient_id)
    said = checked_reason(reason, (patient.family_name, patient.given_name, patient.preferred_name))
    kept = stored.retention_of(connection, patient_id, rules, clinic.today(), clinic.zone)
    if kept.obstacles:
        raise InputError(*(Fault(f"disposal.{one}", "disposal.records") for one in kept.obstacles))
    return stored.Disposing(
        patient=patient,
        retain_until=kept.keep_until,
        reason=said,
        person_id=clinic.person_id,
        at=clinic.clock(),
        zone=clinic.zone,
    )
