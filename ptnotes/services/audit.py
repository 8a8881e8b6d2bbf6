"""Writing down who did what: with what it tells of where something is changed, by itself where something is read.

The database cannot be written while it is closed, so failed attempts to open it are counted in a small file beside it,
``NAME.ptnotes.refused``, and go into the audit with the next opening. Nothing proves that file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ptnotes.db import audit, keyfile
from ptnotes.db.faults import faults_named
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import EnvironmentFault

if TYPE_CHECKING:
    from ptnotes.domain.treatment import TreatmentSession
    from ptnotes.services.opening import OpenClinic

_LARGEST_COUNT = 1_000_000_000


def log(
    clinic: OpenClinic,
    connection: audit.Writing,
    verb: Verb,
    subject: Subject,
    object_id: int | None = None,
    *,
    patient_id: int | None = None,
    detail: str = "",
    count: int | None = None,
) -> None:
    """Write an event of whoever opened the clinic within the caller's transaction."""
    audit.record(
        connection,
        at=clinic.clock(),
        zone=clinic.zone,
        person_id=clinic.person_id,
        verb=verb,
        subject=subject,
        object_id=object_id,
        patient_id=patient_id,
        detail=detail,
        count=count,
    )


@contextmanager
def changing_clinic(clinic: OpenClinic, detail: str) -> Iterator[audit.Writing]:
    """One transaction that changes what is the clinic's own and no patient's, with its event; `detail` says what."""
    with clinic.store.write() as connection:
        yield connection
        log(clinic, connection, Verb.CHANGED, Subject.CLINIC, detail=detail)
        connection.commit()


def log_change(
    clinic: OpenClinic,
    connection: audit.Writing,
    subject: Subject,
    object_id: int,
    patient_id: int,
    detail: str = "",
) -> None:
    """Write that a record was changed, once for a span of editing: what is stored while somebody types is one event."""
    now = clinic.clock()
    if not audit.is_being_edited(connection, now, clinic.person_id, subject, object_id, patient_id):
        log(clinic, connection, Verb.CHANGED, subject, object_id, patient_id=patient_id, detail=detail)


def log_visit(clinic: OpenClinic, connection: audit.Writing, verb: Verb, visit: TreatmentSession) -> None:
    """Write what was done to a visit."""
    patient_id = audit.patient_of_episode(connection, visit.episode_id)
    on = visit.service_date.isoformat()
    log(clinic, connection, verb, Subject.VISIT, visit.id, patient_id=patient_id, detail=on)


def note_read(
    clinic: OpenClinic,
    verb: Verb,
    subject: Subject,
    object_id: int | None = None,
    *,
    patient_id: int | None = None,
    detail: str = "",
    count: int | None = None,
) -> bool:
    """Write that something was looked at or copied, and give whether it could be written.

    Charts stay readable where it cannot: `OpenClinic.unlogged` counts what is missing, and the next event that can be
    written is preceded by one that tells of the gap.
    """
    try:
        with clinic.store.write() as connection:
            missing = clinic.unlogged
            if missing:
                log(clinic, connection, Verb.GAP, Subject.AUDIT, count=missing)
            log(
                clinic, connection, verb, subject, object_id,
                patient_id=patient_id, detail=detail, count=count,
            )  # fmt: skip
            connection.commit()
    except EnvironmentFault:
        clinic.unlogged += 1
        return False
    clinic.unlogged -= missing
    return True


def note_opening(clinic: OpenClinic, sign: Callable[[bytes], bytes] | None) -> None:
    """Write that the clinic was opened, and the failed attempts before; sign the audit, and move its anchor.

    `sign` is the person's own; None where the recovery key opened the file. Where the audit does not hold what the key
    file says of it, `OpenClinic.audit_is_doubted` is set, and the key file is left as it is, as evidence. A key file
    from before the latest change of somebody's way in is told in the audit: it was put back, or that change cut off.
    """
    refused = _refused_path(clinic.path)
    try:
        with clinic.store.read() as connection:
            keys = keyfile.authentic_keys(
                keyfile.key_path(clinic.path), clinic.person.uuid, clinic.data_key
            ).keys
            clinic.audit_is_doubted = audit.digest_at(connection, keys.anchor.count) != keys.anchor.head
            are_old = not clinic.audit_is_doubted and audit.has_new_slot_since(connection, keys.anchor.count)
        with clinic.store.write() as connection:
            failed = _refusals(refused)
            if failed is not None:
                count, words = failed
                audit.record(
                    connection, at=clinic.clock(), zone=clinic.zone, person_id=None, verb=Verb.REFUSED,
                    subject=Subject.CLINIC, detail=words, count=count,
                )  # fmt: skip
            if are_old:
                log(clinic, connection, Verb.FOUND_OLD_KEYS, Subject.CLINIC)
            log(clinic, connection, Verb.OPENED if sign else Verb.RECOVERED, Subject.CLINIC)
            if sign is not None:
                seal(clinic, connection, sign)
            connection.commit()
        with suppress(OSError):
            refused.unlink(missing_ok=True)
    except EnvironmentFault:
        clinic.unlogged += 1
        return
    anchor(clinic)


def seal(clinic: OpenClinic, connection: audit.Writing, sign: Callable[[bytes], bytes]) -> None:
    """Put the signature of whoever opened the clinic under all events so far, within the caller's transaction."""
    audit.seal(connection, sign, at=clinic.clock(), zone=clinic.zone, person_id=clinic.person_id)


def anchor(clinic: OpenClinic) -> None:
    """Write down in the key file how far the audit has come. One that cannot be written now is written another time."""
    if clinic.audit_is_doubted:
        return
    keys_at = keyfile.key_path(clinic.path)
    try:
        # The writing transaction keeps other processes from changing the key file at the same time.
        with clinic.store.write() as connection, faults_named(keys_at):
            count, head = audit.audit_head(connection)
            unlocked = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
            if count > unlocked.keys.anchor.count:
                moved = keyfile.with_anchor(unlocked, keyfile.Anchor(count, head))
                keyfile.write_keys(keys_at, moved.keys)
    except EnvironmentFault:
        return


def put_slot(clinic: OpenClinic, changed: keyfile.KeyFile, person: str) -> None:
    """Put the slot of `person` as it stands in `changed` into the clinic's key file, once the audit tells of it.

    All else of the key file stays as it is at this moment: a command beside the window may have written it meanwhile,
    and a change of its own must not bring an old slot back. The anchor moves past the event that tells of the new slot,
    so that an older key file can be told from this one. Raises `EnvironmentFault`.
    """
    keys_at = keyfile.key_path(clinic.path)
    # The writing transaction keeps other processes from changing the key file at the same time.
    with clinic.store.write() as connection, faults_named(keys_at):
        present = keyfile.authentic_keys(keys_at, clinic.person.uuid, clinic.data_key)
        put = keyfile.with_slot_of(present, changed, person)
        if not clinic.audit_is_doubted:
            put = keyfile.with_anchor(put, keyfile.Anchor(*audit.audit_head(connection)))
        keyfile.write_keys(keys_at, put.keys)


def note_refusal(path: Path, at: datetime) -> None:
    """Count a failed attempt to open the clinic at `path`, to be written down when it is opened."""
    target = _refused_path(path)
    stored = _read(target)
    now = at.isoformat(timespec="minutes")
    count, first = (0, now) if stored is None else (stored[0], stored[1])
    document = {"count": min(count + 1, _LARGEST_COUNT), "first": first, "last": now}
    # Whoever is turned away is turned away all the same.
    with suppress(OSError):
        target.write_text(json.dumps(document), encoding="utf-8")


def _refusals(path: Path) -> tuple[int, str] | None:
    stored = _read(path)
    if stored is None:
        return None
    count, first, last = stored
    return count, f"from {first} to {last}"


def _read(path: Path) -> tuple[int, str, str] | None:
    """The count, the first and the last instant; None where there are none, or where the file is not one of ours."""
    try:
        document = json.loads(path.read_bytes())
        count = int(document["count"])
        first, last = (datetime.fromisoformat(document[name]) for name in ("first", "last"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not 0 < count <= _LARGEST_COUNT:
        return None
    return count, first.isoformat(timespec="minutes"), last.isoformat(timespec="minutes")


def _refused_path(path: Path) -> Path:
    return path.with_name(path.name + ".refused")
