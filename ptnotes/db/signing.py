"""Signatures and what follows them, in and out of the store. Whether one holds is not decided here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, insert, select, update

from ptnotes.db.schema.documents import AddendumRecord, CoSignatureRecord, VoidRecord
from ptnotes.db.schema.episode import EpisodeRecord
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.schema.session import InterventionRecord, SessionRecord, SignedContentRecord
from ptnotes.domain.canonical import CANONICAL_VERSION
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.signature import (
    Addendum,
    CoSignature,
    Service,
    SignedNote,
    Subject,
    Voided,
)
from ptnotes.domain.treatment import NoteState

_CLOSED = (NoteState.AWAITING_COSIGNATURE, NoteState.SIGNED, NoteState.VOIDED)
_SUBJECT = select(
    EpisodeRecord.id,
    PatientRecord.uuid.label("patient_uuid"),
    PatientRecord.mrn,
    PatientRecord.family_name,
    PatientRecord.given_name,
    PatientRecord.birth_date,
    EpisodeRecord.uuid.label("episode_uuid"),
    EpisodeRecord.title.label("episode_title"),
).join(PatientRecord, PatientRecord.id == EpisodeRecord.patient_id)
_CONTENT = insert(SignedContentRecord)
_SERVICES = (
    update(InterventionRecord)
    .where(
        InterventionRecord.session_id == bindparam("of_session"),
        InterventionRecord.intervention == bindparam("of_service"),
        InterventionRecord.removed_at.is_(None),
    )
    .values(code=bindparam("new_code"), label=bindparam("new_label"), timed=bindparam("new_timed"))
)
_SIGN = (
    update(SessionRecord)
    .where(SessionRecord.id == bindparam("key"), SessionRecord.state == NoteState.DRAFT)
    .values(
        state=bindparam("new_state"),
        signer_id=bindparam("new_signer"),
        signed_at=bindparam("new_signed_at"),
        signature=bindparam("new_signature"),
        content_hash=bindparam("new_hash"),
        previous_hash=bindparam("new_previous"),
        canonical_version=CANONICAL_VERSION,
        reference_version=bindparam("new_reference"),
        revision=SessionRecord.revision + 1,
    )
)


Snapshot: TypeAlias = Connection
"""A connection whose reads all see one state of the file, as `Store.read` and `Store.write` give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A note that was signed, ready to be stored: its state from now on, and `content`, the bytes that were signed."""

    session_id: int
    state: NoteState
    signer_id: int
    signed_at: datetime
    signature: bytes
    content: bytes
    content_hash: bytes
    previous_hash: bytes | None
    reference_version: str
    services: Mapping[str, Service]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSignature:
    """What the store holds of a signed note, to be verified. `services` are (row, service, code, label, timed)."""

    session_id: int
    episode_id: int
    patient_uuid: str
    episode_uuid: str
    state: NoteState
    signer_id: int
    signed_at: datetime
    signature: bytes
    content_hash: bytes
    previous_hash: bytes | None
    content: bytes | None
    services: tuple[tuple[str | None, Service], ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """An addendum, co-signature or void with the signature under it, and the hash stored with it where one is."""

    what: Addendum | CoSignature | Voided
    session_id: int
    signature: bytes | None
    content_hash: bytes | None = None


def subjects(connection: Connection, episode_ids: Sequence[int]) -> dict[int, Subject]:
    """Whose notes an episode's are, by the episode's id."""
    rows = connection.execute(_SUBJECT.where(EpisodeRecord.id.in_(episode_ids))).mappings()
    return {row["id"]: Subject(**{name: row[name] for name in row if name != "id"}) for row in rows}


def chain_heads(connection: Connection, episode_ids: Sequence[int]) -> dict[int, bytes]:
    """The hash of the note signed last in each episode that has one: the one that no other note names as before it.

    On a server the episodes are held until the transaction ends, so that two notes cannot follow the same one.
    """
    connection.execute(
        select(EpisodeRecord.id).where(EpisodeRecord.id.in_(episode_ids)).with_for_update()
    ).all()
    rows = connection.execute(
        select(SessionRecord.episode_id, SessionRecord.content_hash, SessionRecord.previous_hash).where(
            SessionRecord.episode_id.in_(episode_ids), SessionRecord.content_hash.is_not(None)
        )
    ).all()
    followed = {(episode, before) for episode, _own, before in rows}
    return {
        episode: own for episode, own, _before in rows if (episode, own) not in followed and own is not None
    }


def seal(connection: Connection, notes: Sequence[Sealed]) -> None:
    """Store signatures of drafts; the notes are closed from then on. Raises `StaleError` where one is no draft."""
    _content(connection, notes)
    done = connection.execute(
        _SIGN,
        [
            {
                "key": note.session_id,
                "new_state": note.state,
                "new_signer": note.signer_id,
                "new_signed_at": note.signed_at,
                "new_signature": note.signature,
                "new_hash": note.content_hash,
                "new_previous": note.previous_hash,
                "new_reference": note.reference_version,
            }
            for note in notes
        ],
    )
    if done.rowcount != len(notes):
        raise StaleError("visit.not_draft", 0)


def _content(connection: Connection, notes: Sequence[Sealed]) -> None:
    connection.execute(
        _CONTENT, [{"session_id": note.session_id, "canonical_form": note.content} for note in notes]
    )
    services = [
        {
            "of_session": note.session_id,
            "of_service": service,
            "new_code": known.code,
            "new_label": known.label,
            "new_timed": known.timed,
        }
        for note in notes
        for service, known in note.services.items()
    ]
    if services:
        connection.execute(_SERVICES, services)


def move_closed(
    connection: Connection, session_id: int, before: Sequence[NoteState], after: NoteState
) -> None:
    """Move a closed note to its next state; nothing else of it changes. Raises `StaleError` ("sign.not_now")."""
    done = connection.execute(
        update(SessionRecord)
        .where(SessionRecord.id == session_id, SessionRecord.state.in_(before))
        .values(state=after)
    )
    if done.rowcount != 1:
        raise StaleError("sign.not_now", 0)


def add_addendum(
    connection: Connection, addendum: Addendum, session_id: int, signature: bytes, own: bytes
) -> None:
    """Store words added to a note; `own` is the hash of their statement."""
    values = {"session_id": session_id, "signature": signature, "content_hash": own}
    _add(connection, AddendumRecord, addendum, values)


def add_co_signature(
    connection: Connection, co_signature: CoSignature, session_id: int, signature: bytes, own: bytes
) -> None:
    """Store a co-signature; `own` is the hash of its statement."""
    values = {"session_id": session_id, "signature": signature, "content_hash": own}
    _add(connection, CoSignatureRecord, co_signature, values)


def add_void(connection: Connection, voided: Voided, session_id: int, signature: bytes) -> None:
    """Store who declared a note void, and why."""
    _add(connection, VoidRecord, voided, {"session_id": session_id, "signature": signature})


def _add(
    connection: Connection,
    record: type[AddendumRecord | CoSignatureRecord | VoidRecord],
    said: Addendum | CoSignature | Voided,
    values: dict[str, object],
) -> None:
    """Insert what is said, each field in the column of its name, and `values`; a person's name has no column."""
    columns = record.__table__.columns
    own = {field.name: getattr(said, field.name) for field in fields(said) if field.name in columns}
    connection.execute(insert(record).values(**own, **values))


def signed_note(connection: Connection, session_id: int, names: Mapping[int, str]) -> SignedNote | None:
    """A closed note's signatures and what was added to it; None where the note is open. `names` are people's, by id.

    Raises `NotFoundError` ("visit.not_found").
    """
    if connection.scalar(select(SessionRecord.id).where(SessionRecord.id == session_id)) is None:
        raise NotFoundError("visit.not_found")
    return next(iter(signed_notes(connection, [session_id], names)), None)


def signed_notes(
    connection: Connection, session_ids: Sequence[int], names: Mapping[int, str]
) -> tuple[SignedNote, ...]:
    """The closed notes among those of these sessions, in the order of signing, with what was added to each."""
    query = (
        select(
            SessionRecord.id,
            SessionRecord.state,
            SessionRecord.service_date,
            SessionRecord.signer_id,
            SessionRecord.signed_at,
            SessionRecord.zone,
            SessionRecord.content_hash,
            SignedContentRecord.canonical_form,
        )
        .outerjoin(SignedContentRecord, SignedContentRecord.session_id == SessionRecord.id)
        .where(
            SessionRecord.id.in_(session_ids),
            SessionRecord.state.in_(_CLOSED),
            SessionRecord.signer_id.is_not(None),
            SessionRecord.signed_at.is_not(None),
            SessionRecord.content_hash.is_not(None),
        )
        .order_by(SessionRecord.signed_at, SessionRecord.id)
    )
    heads = connection.execute(query).all()
    added: dict[int, list[Addendum | CoSignature | Voided]] = {}
    for one in followers(connection, [head.id for head in heads], names):
        added.setdefault(one.session_id, []).append(one.what)
    return tuple(_signed_note(head, added.get(head.id, ()), names) for head in heads)


def _signed_note(
    head: Any, follows: Sequence[Addendum | CoSignature | Voided], names: Mapping[int, str]
) -> SignedNote:
    return SignedNote(
        session_id=head.id,
        state=head.state,
        service_date=head.service_date,
        signer_id=head.signer_id,
        signer=names[head.signer_id],
        signed_at=head.signed_at,
        zone=head.zone,
        late=_was_late(head.canonical_form),
        content_hash=head.content_hash,
        addenda=tuple(one for one in follows if isinstance(one, Addendum)),
        co_signatures=tuple(one for one in follows if isinstance(one, CoSignature)),
        voided=next((one for one in follows if isinstance(one, Voided)), None),
    )


def _was_late(content: bytes | None) -> bool:
    """Whether what was signed says that it is a late entry. What is no statement at all is told elsewhere."""
    try:
        return json.loads(content or b"")["late"] is True
    except (ValueError, KeyError, TypeError):
        return False


def followers(
    connection: Connection, session_ids: Sequence[int], names: Mapping[int, str]
) -> tuple[Signed, ...]:
    """All that was added to the notes of these sessions, each kind in the order that it came."""
    addenda = select(AddendumRecord.__table__).where(AddendumRecord.session_id.in_(session_ids))
    co_signatures = select(CoSignatureRecord.__table__).where(CoSignatureRecord.session_id.in_(session_ids))
    voids = select(VoidRecord.__table__).where(VoidRecord.session_id.in_(session_ids))
    return (
        *(
            Signed(_addendum(row, names), row.session_id, row.signature, row.content_hash)
            for row in connection.execute(addenda.order_by(AddendumRecord.id))
        ),
        *(
            Signed(_co_signature(row, names), row.session_id, row.signature, row.content_hash)
            for row in connection.execute(co_signatures.order_by(CoSignatureRecord.id))
        ),
        *(
            Signed(
                Voided(person_id=row.person_id, person=names[row.person_id], at=row.at, reason=row.reason),
                row.session_id,
                row.signature,
            )
            for row in connection.execute(voids)
        ),
    )


def _addendum(row: Any, names: Mapping[int, str]) -> Addendum:
    return Addendum(
        uuid=row.uuid,
        kind=row.kind,
        text=row.text,
        reason=row.reason,
        author_id=row.author_id,
        author=names[row.author_id],
        written_at=row.written_at,
        zone=row.zone,
        late=row.late,
    )


def _co_signature(row: Any, names: Mapping[int, str]) -> CoSignature:
    return CoSignature(
        uuid=row.uuid, person_id=row.person_id, person=names[row.person_id], at=row.at, words=row.words
    )


def closed_notes(connection: Connection, patient_id: int | None = None) -> tuple[int, ...]:
    """The sessions whose notes are closed: of one patient, or all. In the order of their ids."""
    query = select(SessionRecord.id).where(SessionRecord.state.in_(_CLOSED)).order_by(SessionRecord.id)
    if patient_id is not None:
        query = query.join(EpisodeRecord, EpisodeRecord.id == SessionRecord.episode_id).where(
            EpisodeRecord.patient_id == patient_id
        )
    return tuple(connection.scalars(query))


def chain_links(
    connection: Connection, patient_id: int | None = None
) -> tuple[tuple[int, int, bytes, bytes | None], ...]:
    """(session, episode, hash, hash before) of every note that was signed: of one patient, or all."""
    query = (
        select(
            SessionRecord.id,
            SessionRecord.episode_id,
            SessionRecord.content_hash,
            SessionRecord.previous_hash,
        )
        .where(SessionRecord.content_hash.is_not(None))
        .order_by(SessionRecord.id)
    )
    if patient_id is not None:
        query = query.join(EpisodeRecord, EpisodeRecord.id == SessionRecord.episode_id).where(
            EpisodeRecord.patient_id == patient_id
        )
    return tuple((row[0], row[1], row[2] or b"", row[3]) for row in connection.execute(query))


def stored_signatures(connection: Connection, session_ids: Sequence[int]) -> tuple[StoredSignature, ...]:
    """What the store holds of these signed notes."""
    query = (
        select(
            SessionRecord.id,
            SessionRecord.episode_id,
            PatientRecord.uuid,
            EpisodeRecord.uuid,
            SessionRecord.state,
            SessionRecord.signer_id,
            SessionRecord.signed_at,
            SessionRecord.signature,
            SessionRecord.content_hash,
            SessionRecord.previous_hash,
            SignedContentRecord.canonical_form,
        )
        .join(EpisodeRecord, EpisodeRecord.id == SessionRecord.episode_id)
        .join(PatientRecord, PatientRecord.id == EpisodeRecord.patient_id)
        .outerjoin(SignedContentRecord, SignedContentRecord.session_id == SessionRecord.id)
        .where(SessionRecord.id.in_(session_ids))
        .order_by(SessionRecord.id)
    )
    services: dict[int, list[tuple[str | None, Service]]] = {}
    charted = select(
        InterventionRecord.session_id,
        InterventionRecord.intervention,
        InterventionRecord.code,
        InterventionRecord.label,
        InterventionRecord.timed,
    ).where(InterventionRecord.session_id.in_(session_ids), InterventionRecord.removed_at.is_(None))
    for session_id, service, code, label, timed in connection.execute(charted):
        services.setdefault(session_id, []).append((service, Service(code, label, bool(timed))))
    return tuple(
        StoredSignature(
            session_id=row[0],
            episode_id=row[1],
            patient_uuid=row[2],
            episode_uuid=row[3],
            state=row[4],
            signer_id=row[5] or 0,
            signed_at=row[6] or datetime.min,  # noqa: DTZ901 - a closed note without its time is told as changed
            signature=row[7] or b"",
            content_hash=row[8] or b"",
            previous_hash=row[9],
            content=row[10],
            services=tuple(services.get(row[0], ())),
        )
        for row in connection.execute(query)
    )


def drafts_before(connection: Connection, day: date) -> tuple[int, ...]:
    """The sessions before `day` whose notes are drafts, by date."""
    query = (
        select(SessionRecord.id)
        .where(SessionRecord.state == NoteState.DRAFT, SessionRecord.service_date < day)
        .order_by(SessionRecord.service_date, SessionRecord.id)
    )
    return tuple(connection.scalars(query))
