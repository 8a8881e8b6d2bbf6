"""The audit: appended to in the transaction of what it tells of, each event holding the digest of the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import uuid4
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Select, String, and_, bindparam, func, insert, or_, select, type_coerce

from ptnotes.db.schema import metadata
from ptnotes.db.schema.clinic import EmergencyAccessRecord, PersonRecord
from ptnotes.db.schema.documents import AuditEventRecord, DisclosureRecord
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.written import run_written
from ptnotes.domain.audit import (
    CLOCK_TOLERANCE_S,
    DIGEST_OF_DOCUMENT,
    EDITING_SPAN_S,
    NO_DIGEST,
    OLD_KEYS,
    RECOVERY_KEY,
    AuditCheck,
    AuditEvent,
    AuditProblem,
    Disclosure,
    Subject,
    Verb,
    Wrong,
    head_statement,
)
from ptnotes.domain.people import OldKeysFound

_AT_ONCE = 2_000
_VERBS, _SUBJECTS = frozenset(Verb), frozenset(Subject)
_EVENTS = metadata.tables["audit_event"]
# Each save looks here and may append: statements on the bare table, built once, take half the time of others.
_LAST = (
    select(_EVENTS.c.sequence, _EVENTS.c.at, _EVENTS.c.digest).order_by(_EVENTS.c.sequence.desc()).limit(1)
)
_LAST_ABOUT = (
    select(_EVENTS.c.at, _EVENTS.c.person_id, _EVENTS.c.verb, _EVENTS.c.object_kind, _EVENTS.c.object_id)
    .where(_EVENTS.c.patient_id == bindparam("patient"))
    .order_by(_EVENTS.c.sequence.desc())
    .limit(1)
)
_APPEND = insert(_EVENTS).values({column.name: bindparam(f"new_{column.name}") for column in _EVENTS.c})
_PATIENT = select(metadata.tables["episode_of_care"].c.patient_id).where(
    metadata.tables["episode_of_care"].c.id == bindparam("episode")
)
_COLUMNS = (
    AuditEventRecord.sequence,
    AuditEventRecord.zone,
    AuditEventRecord.person_id,
    AuditEventRecord.verb,
    AuditEventRecord.object_kind,
    AuditEventRecord.object_id,
    AuditEventRecord.patient_id,
    AuditEventRecord.detail,
    AuditEventRecord.count,
    AuditEventRecord.previous,
    AuditEventRecord.digest,
)
_ROWS = select(AuditEventRecord.at, *_COLUMNS)
# What was tampered with may be no instant at all, and must still be told.
_RAW = select(type_coerce(AuditEventRecord.at, String).label("at"), *_COLUMNS)
_NO_INSTANT = datetime.min.replace(tzinfo=UTC)
Writing: TypeAlias = Connection
"""A connection within a writing transaction, as `Store.write` gives it."""
Row = tuple[AuditEvent, bytes]
"""An event, and the digest that is stored with it."""


def record(
    connection: Connection,
    *,
    at: datetime,
    zone: str,
    person_id: int | None,
    verb: Verb,
    subject: Subject,
    object_id: int | None = None,
    patient_id: int | None = None,
    detail: str = "",
    count: int | None = None,
) -> AuditEvent:
    """Append an event within the caller's transaction, and before it the clock's stepping back, where it did."""
    last = connection.execute(_LAST).one_or_none()
    sequence, before, previous = (0, at, None) if last is None else last
    if at < before - timedelta(seconds=CLOCK_TOLERANCE_S):
        stepped = AuditEvent(
            sequence=sequence + 1,
            at=at,
            zone=zone,
            person_id=person_id,
            verb=Verb.CLOCK_SET_BACK,
            subject=Subject.CLINIC,
            detail=f"from {before:%Y-%m-%d %H:%M} to {at:%Y-%m-%d %H:%M} UTC",
            previous=previous,
        )
        sequence, previous = sequence + 1, _append(connection, stepped)
    event = AuditEvent(
        sequence=sequence + 1,
        at=at,
        zone=zone,
        person_id=person_id,
        verb=verb,
        subject=subject,
        object_id=object_id,
        patient_id=patient_id,
        detail=detail,
        count=count,
        previous=previous,
    )
    _append(connection, event)
    return event


def is_being_edited(
    connection: Connection, at: datetime, person_id: int, subject: Subject, object_id: int, patient_id: int
) -> bool:
    """Whether the last event about this patient says that this person changes this record, a short time ago."""
    last = connection.execute(_LAST_ABOUT, {"patient": patient_id}).one_or_none()
    if last is None or tuple(last[1:]) != (person_id, Verb.CHANGED, subject, object_id):
        return False
    began: datetime = last.at
    return timedelta(0) <= at - began < timedelta(seconds=EDITING_SPAN_S)


def seal(
    connection: Connection, sign: Callable[[bytes], bytes], *, at: datetime, zone: str, person_id: int
) -> None:
    """Append the person's Ed25519 signature of all events so far."""
    count, head = audit_head(connection)
    signature = sign(head_statement(count, head)).hex()
    record(
        connection, at=at, zone=zone, person_id=person_id, verb=Verb.SEALED, subject=Subject.AUDIT,
        detail=signature, count=count,
    )  # fmt: skip


def audit_head(connection: Connection) -> tuple[int, bytes]:
    """The sequence number and digest of the last event; zero and zeros where there is none."""
    last = connection.execute(_LAST).one_or_none()
    return (0, NO_DIGEST) if last is None else (last.sequence, last.digest)


def digest_at(connection: Connection, sequence: int) -> bytes | None:
    """The stored digest of one event (zeros for 0, before the first), None where there is no such event."""
    if sequence == 0:
        return NO_DIGEST
    return connection.scalar(select(AuditEventRecord.digest).where(AuditEventRecord.sequence == sequence))


def has_new_slot_since(connection: Connection, count: int) -> bool:
    """Whether an event after number `count` tells of a new slot in the key file: a person's or the recovery key's."""
    person = and_(
        AuditEventRecord.object_kind == Subject.PERSON, AuditEventRecord.verb.in_((Verb.MADE, Verb.RENEWED))
    )
    recovery = and_(
        AuditEventRecord.object_kind == Subject.CLINIC,
        AuditEventRecord.verb == Verb.CHANGED,
        AuditEventRecord.detail == RECOVERY_KEY,
    )
    later = select(AuditEventRecord.sequence).where(AuditEventRecord.sequence > count, or_(person, recovery))
    return connection.execute(later.limit(1)).first() is not None


def unseen_old_keys(connection: Connection) -> OldKeysFound | None:
    """The latest opening with an older key file, where no later event says that it was seen."""
    seen = select(func.max(AuditEventRecord.count)).where(
        AuditEventRecord.verb == Verb.VIEWED,
        AuditEventRecord.object_kind == Subject.AUDIT,
        AuditEventRecord.detail == OLD_KEYS,
    )
    query = (
        select(AuditEventRecord.sequence, AuditEventRecord.at, AuditEventRecord.zone, PersonRecord.name)
        .outerjoin(PersonRecord, PersonRecord.id == AuditEventRecord.person_id)
        .where(
            AuditEventRecord.verb == Verb.FOUND_OLD_KEYS,
            AuditEventRecord.sequence > func.coalesce(seen.scalar_subquery(), 0),
        )
        .order_by(AuditEventRecord.sequence.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return OldKeysFound(row.sequence, row.name or "", row.at.astimezone(ZoneInfo(row.zone)).date())


def signatures_told(connection: Connection, patient_id: int | None = None) -> dict[int, Counter[Verb]]:
    """How often each visit was signed, co-signed, added to and declared void, as events tell: of one patient, or all.

    Visits of a patient whose record was disposed of are left out.
    """
    about = AuditEventRecord.patient_id
    query = (
        select(AuditEventRecord.object_id, AuditEventRecord.verb, func.count())
        .where(
            AuditEventRecord.object_kind == Subject.VISIT,
            AuditEventRecord.object_id.is_not(None),
            AuditEventRecord.verb.in_((Verb.SIGNED, Verb.CO_SIGNED, Verb.ADDED_TO, Verb.VOIDED)),
            # One patient's events stand together; who was disposed of is found only by reading all.
            about.not_in(_gone()) if patient_id is None else about == patient_id,
        )
        .group_by(AuditEventRecord.object_id, AuditEventRecord.verb)
    )
    told: dict[int, Counter[Verb]] = {}
    for session_id, verb, count in connection.execute(query):
        told.setdefault(session_id or 0, Counter())[Verb(verb)] = count
    return told


@dataclass(frozen=True, slots=True)
class ToldDocument:
    """What one event tells of a document that was signed or left: about which patient, whether it was signed, and the
    SHA-256 of its bytes in hexadecimal digits, empty where it left before digests were told.
    """

    id: int
    patient_id: int | None
    is_signed: bool
    digest: str


def documents_told(connection: Connection, patient_id: int | None = None) -> tuple[ToldDocument, ...]:
    """What events tell of the documents that were signed or left: of one patient, or all.

    Documents of a patient whose record was disposed of are left out.
    """
    about = AuditEventRecord.patient_id
    query = select(AuditEventRecord.object_id, about, AuditEventRecord.verb, AuditEventRecord.detail).where(
        AuditEventRecord.object_kind == Subject.DOCUMENT,
        AuditEventRecord.object_id.is_not(None),
        AuditEventRecord.verb.in_((Verb.SIGNED, Verb.EXPORTED, Verb.PRINTED)),
        or_(about.is_(None), about.not_in(_gone())) if patient_id is None else about == patient_id,
    )
    return tuple(
        ToldDocument(object_id or 0, whose, verb == Verb.SIGNED, detail.partition(DIGEST_OF_DOCUMENT)[2])
        for object_id, whose, verb, detail in connection.execute(query)
    )


def _gone() -> Select[int | None]:
    """The patients whose records were disposed of."""
    return select(AuditEventRecord.patient_id).where(
        AuditEventRecord.verb == Verb.DISPOSED, AuditEventRecord.patient_id.is_not(None)
    )


def patient_of_episode(connection: Connection, episode_id: int) -> int | None:
    """Whose episode it is."""
    return connection.scalar(_PATIENT, {"episode": episode_id})


def events_of(
    connection: Connection, *, patient_id: int | None = None, limit: int = 1_000
) -> tuple[tuple[AuditEvent, str], ...]:
    """The latest events about a patient, or of the clinic, newest first, with the name of who did each."""
    query = _ROWS.order_by(AuditEventRecord.sequence.desc()).limit(limit)
    if patient_id is not None:
        query = query.where(AuditEventRecord.patient_id == patient_id)
    people = connection.execute(select(PersonRecord.id, PersonRecord.name)).all()
    names = {person.id: person.name for person in people}
    return tuple(
        (event, names.get(event.person_id or 0, ""))
        for event, _digest in map(_event, connection.execute(query).all())
    )


def words_beside(connection: Connection, events: Sequence[AuditEvent]) -> dict[int, str]:
    """What people wrote that events tell of, by the event's number: what was given to whom, what the emergency was.

    It stands in tables of its own, since what the audit holds stays when a patient's record is disposed of.
    """
    found: dict[int, str] = {}
    given = {event.object_id: event for event in events if event.verb is Verb.DISCLOSED}
    kept = select(
        DisclosureRecord.id, DisclosureRecord.patient_id, DisclosureRecord.what, DisclosureRecord.to_whom
    ).where(DisclosureRecord.id.in_(given))
    for key, patient_id, what, to_whom in connection.execute(kept):
        # The number of a disclosure that was disposed of may be given again; a patient's never is.
        if given[key].patient_id == patient_id:
            found[given[key].sequence] = f"{what}, to {to_whom}"
    read = {event.object_id: event for event in events if event.verb is Verb.BROKE_GLASS}
    why = select(EmergencyAccessRecord.id, EmergencyAccessRecord.reason)
    for key, reason in connection.execute(why.where(EmergencyAccessRecord.id.in_(read))):
        found[read[key].sequence] = reason
    return found


def record_numbers(connection: Connection, patient_ids: Collection[int]) -> dict[int, str]:
    """The record number of each of these patients who is still in the file."""
    query = select(PatientRecord.id, PatientRecord.mrn).where(PatientRecord.id.in_(patient_ids))
    return {row.id: row.mrn for row in connection.execute(query)}


def add_disclosure(connection: Connection, disclosure: Disclosure, person_id: int, at: datetime) -> int:
    """Store a disclosure, and give its id."""
    made = connection.scalars(
        insert(DisclosureRecord)
        .returning(DisclosureRecord.id)
        .values(
            uuid=str(uuid4()),
            patient_id=disclosure.patient_id,
            document_id=disclosure.document_id,
            what=disclosure.what,
            to_whom=disclosure.to_whom,
            how=disclosure.how,
            purpose=disclosure.purpose,
            at=at,
            person_id=person_id,
        )
    )
    return made.one()


def disclosures_of(connection: Connection, patient_id: int, since: datetime) -> tuple[Disclosure, ...]:
    """What left the clinic about a patient since then, newest first."""
    query = (
        select(
            DisclosureRecord.patient_id,
            DisclosureRecord.what,
            DisclosureRecord.to_whom,
            DisclosureRecord.how,
            DisclosureRecord.purpose,
            DisclosureRecord.at,
            DisclosureRecord.document_id,
            PersonRecord.name.label("who"),
        )
        .join(PersonRecord, PersonRecord.id == DisclosureRecord.person_id)
        .where(DisclosureRecord.patient_id == patient_id, DisclosureRecord.at >= since)
        .order_by(DisclosureRecord.at.desc(), DisclosureRecord.id.desc())
    )
    return tuple(Disclosure(**row._mapping) for row in connection.execute(query))


def verify(
    connection: Connection,
    anchors: Sequence[tuple[int, bytes]],
    keys: Mapping[int, Sequence[bytes]],
) -> AuditCheck:
    """Work the whole chain out anew. `anchors` are counts and digests kept elsewhere, `keys` each person's public keys.

    Found are events that were changed, taken out, put in another order or cut off at the end; a history written anew
    differs from an anchor or from what people signed.
    """
    problems: list[AuditProblem] = []
    wrong_digests: list[Row] = []
    wanted: dict[int, set[bytes]] = {}
    for count, digest in anchors:
        wanted.setdefault(count, set()).add(digest)
    sequence, head, signed_up_to = 0, NO_DIGEST, 0
    opened: AuditEvent | None = None
    for event, stored in _all(connection):
        follows = event.sequence == sequence + 1
        if not follows:
            problems.append(AuditProblem(sequence + 1, Wrong.MISSING))
        if _own_digest(event) != stored:
            wrong_digests.append((event, stored))
        elif follows and (event.previous or NO_DIGEST) != head:
            problems.append(AuditProblem(event.sequence, Wrong.REWRITTEN))
        if opened is not None and (event.verb, event.person_id) != (Verb.SEALED, opened.person_id):
            problems.append(AuditProblem(opened.sequence, Wrong.NOT_SIGNED))
        if event.verb is Verb.SEALED:
            if event.count == sequence and _is_signed(event, sequence, head, keys):
                signed_up_to = sequence
            else:
                problems.append(AuditProblem(event.sequence, Wrong.NOT_SIGNED))
        opened = event if event.verb is Verb.OPENED else None
        sequence, head = event.sequence, stored
        if sequence in wanted and wanted[sequence] != {stored}:
            problems.append(AuditProblem(sequence, Wrong.REWRITTEN))
    if opened is not None:
        problems.append(AuditProblem(opened.sequence, Wrong.NOT_SIGNED))
    problems += [AuditProblem(sequence + 1, Wrong.CUT_OFF) for count, _digest in anchors if count > sequence][
        :1
    ]
    problems += _altered(wrong_digests)
    return AuditCheck(sequence, head, signed_up_to, tuple(sorted(problems, key=lambda one: one.sequence)))


def _altered(rows: Sequence[Row]) -> Iterator[AuditProblem]:
    """Rows whose digest is not theirs: moved to another place, if it would be theirs there, else changed."""
    places = [event.sequence for event, _digest in rows[:_AT_ONCE]]
    for event, stored in rows:
        moved = any(_own_digest(replace(event, sequence=place)) == stored for place in places)
        yield AuditProblem(event.sequence, Wrong.REORDERED if moved else Wrong.CHANGED)


def _is_signed(event: AuditEvent, count: int, head: bytes, keys: Mapping[int, Sequence[bytes]]) -> bool:
    statement = head_statement(count, head)
    for key in keys.get(event.person_id or 0, ()):
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(event.detail), statement)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def _all(connection: Connection) -> Iterator[Row]:
    after = -(2**62)
    while True:
        query = _RAW.where(AuditEventRecord.sequence > after).order_by(AuditEventRecord.sequence)
        rows = connection.execute(query.limit(_AT_ONCE)).all()
        if not rows:
            return
        yield from map(_event, rows)
        after = rows[-1].sequence


def _event(row: Any) -> Row:
    values = dict(row._mapping)
    digest, verb, subject = values.pop("digest"), values.pop("verb"), values.pop("object_kind")
    values["verb"] = Verb(verb) if verb in _VERBS else verb
    values["subject"] = Subject(subject) if subject in _SUBJECTS else subject
    if not isinstance(values["at"], datetime):
        try:
            values["at"] = datetime.fromisoformat(values["at"])
        except (ValueError, TypeError):
            values["at"] = _NO_INSTANT
    return AuditEvent(**values), digest


def _own_digest(event: AuditEvent) -> bytes | None:
    """The digest that the event should have; None where something stands in it that was never written by us."""
    try:
        return event.digest()
    except (ValueError, TypeError):
        return None


def _append(connection: Connection, event: AuditEvent) -> bytes:
    digest = event.digest()
    run_written(
        connection,
        _APPEND,
        {
            "new_sequence": event.sequence,
            "new_at": event.at,
            "new_zone": event.zone,
            "new_person_id": event.person_id,
            "new_verb": event.verb.value,
            "new_object_kind": event.subject.value,
            "new_object_id": event.object_id,
            "new_patient_id": event.patient_id,
            "new_detail": event.detail,
            "new_count": event.count,
            "new_previous": event.previous,
            "new_digest": digest,
        },
    )
    return digest
