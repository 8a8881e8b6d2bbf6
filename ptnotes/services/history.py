"""Who did what: a patient's history, the clinic's, what left it, and whether the audit still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from ptnotes.db import audit, keyfile
from ptnotes.db.patients import load_patient
from ptnotes.db.people import people, signing_keys
from ptnotes.domain.audit import AuditCheck, AuditEvent, Disclosure, HistoryRow, Subject, Verb, event_words
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.domain.text import clean_line
from ptnotes.services.audit import log
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.restore import audit_in_backup

ACCOUNTED_DAYS = 6 * 366
"""45 CFR 164.528(a)(1): a patient may ask what was disclosed in the six years before."""
_MOST_EVENTS = 2_000


def history_of(clinic: OpenClinic, patient_id: int) -> tuple[HistoryRow, ...]:
    """Who did what to a patient's record, newest first (the latest 2,000). Raises `AccessError`."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return _rows(connection, audit.events_of(connection, patient_id=patient_id, limit=_MOST_EVENTS))


def clinic_history(clinic: OpenClinic) -> tuple[HistoryRow, ...]:
    """Who did what in the clinic, newest first (the latest 2,000), patients by their record number.

    Raises `AccessError`.
    """
    require(clinic, Act.VIEW_AUDIT)
    with clinic.store.read() as connection:
        events = audit.events_of(connection, limit=_MOST_EVENTS)
        about = {event.patient_id for event, _name in events if event.patient_id is not None}
        return _rows(connection, events, audit.record_numbers(connection, about))


def disclosures_of(clinic: OpenClinic, patient_id: int) -> tuple[Disclosure, ...]:
    """What left the clinic about a patient in the last six years, newest first. Raises `AccessError`."""
    require(clinic, Act.VIEW_NOTES)
    since = clinic.clock() - timedelta(days=ACCOUNTED_DAYS)
    with clinic.store.read() as connection:
        return audit.disclosures_of(connection, patient_id, since)


def record_disclosure(clinic: OpenClinic, disclosure: Disclosure) -> Disclosure:
    """Write down that something left the clinic, now and by whoever opened it, and give it as stored.

    Raises `InputError` where it is not said what was given or to whom, `NotFoundError`, `AccessError`.
    """
    require(clinic, Act.VIEW_NOTES)
    now = clinic.clock()
    cleaned = replace(
        disclosure,
        what=clean_line(disclosure.what, "disclosure.what"),
        to_whom=clean_line(disclosure.to_whom, "disclosure.to_whom"),
        how=clean_line(disclosure.how, "disclosure.how"),
        purpose=clean_line(disclosure.purpose, "disclosure.purpose"),
        at=now,
        who=clinic.person.name,
    )
    faults = [
        Fault("text.empty", f"disclosure.{name}")
        for name in ("what", "to_whom")
        if not getattr(cleaned, name)
    ]
    if faults:
        raise InputError(*faults)
    with clinic.store.write() as connection:
        load_patient(connection, cleaned.patient_id)
        key = audit.add_disclosure(connection, cleaned, clinic.person_id, now)
        log(clinic, connection, Verb.DISCLOSED, Subject.DISCLOSURE, key, patient_id=cleaned.patient_id)
        connection.commit()
    return cleaned


def verify_audit(
    clinic: OpenClinic, backup: Path | None = None, pdf: Path | None = None, *, passphrase: str = ""
) -> AuditCheck:
    """Work the audit's chain out anew, and compare it with the key file and people's signatures.

    And with what stands in the manifest of a `backup` (its folder) and in a signed `pdf`, where they are given. The
    `passphrase` proves a backup of before the file got another key. Raises `AccessError`, and `EnvironmentFault`
    ("keys.*", "backup.none", "backup.damaged", "backup.other_clinic", "report.unreadable", "report.no_mark").
    """
    require(clinic, Act.VIEW_AUDIT)
    unlocked = keyfile.authentic_keys(keyfile.key_path(clinic.path), clinic.person.uuid, clinic.data_key)
    anchors = [(unlocked.keys.anchor.count, unlocked.keys.anchor.head)]
    if backup is not None:
        anchors.append(audit_in_backup(clinic, backup, passphrase))
    if pdf is not None:
        # The reader of PDFs is not needed for anything else here.
        from ptnotes.reports.audit_mark import mark_of  # noqa: PLC0415

        mark = mark_of(pdf)
        anchors.append((mark.count, mark.head))
    with clinic.store.read() as connection:
        keys = {person.id or 0: signing_keys(connection, person.id or 0) for person in people(connection)}
        return audit.verify(connection, anchors, keys)


def _rows(
    connection: audit.Writing,
    events: tuple[tuple[AuditEvent, str], ...],
    numbers: Mapping[int, str] | None = None,
) -> tuple[HistoryRow, ...]:
    """The events as they are read; `numbers` are the record numbers to name patients by."""
    words = audit.words_beside(connection, [event for event, _name in events])
    return tuple(
        _row(
            replace(event, detail=words.get(event.sequence, event.detail)),
            name,
            (numbers or {}).get(event.patient_id or 0, ""),
        )
        for event, name in events
        if event.verb is not Verb.SEALED
    )


def _row(event: AuditEvent, name: str, mrn: str) -> HistoryRow:
    at: datetime = event.at
    what = f"{event_words(event)} · MRN {mrn}" if mrn else event_words(event)
    return HistoryRow(event.sequence, at, event.zone, name or "Somebody", what)
