"""What is signed, and what comes after a signature: statements in plain values, ready for the canonical form.

Each statement says what it is (``what``), so that no signature under one kind can be shown as one under another. A
note's statement holds the whole visit with the labels of every id in it, so that it reads without the reference data;
who the patient is; who signed, with the public key; and the hash of the episode's note signed before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ptnotes.clinical import Reference
from ptnotes.domain.canonical import CANONICAL_VERSION
from ptnotes.domain.contraindication import Override, stop_words
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.people import Person
from ptnotes.domain.permissions import needs_co_signature
from ptnotes.domain.treatment import FINDING_LISTS, SESSION_LISTS, NoteState, TreatmentSession
from ptnotes.domain.wording import full_date

Sign = Callable[[bytes], bytes]
"""Signs bytes with a private key that is at hand for as long as it takes."""


class AddendumKind(StrEnum):
    """Why words were added to a signed note."""

    ADDENDUM = "addendum"
    CORRECTION = "correction"
    LATE_ENTRY = "late_entry"
    AMENDMENT_REQUEST = "amendment_request"


KIND_WORDS: Mapping[AddendumKind, str] = {
    AddendumKind.ADDENDUM: "Addendum",
    AddendumKind.CORRECTION: "Correction",
    AddendumKind.LATE_ENTRY: "Late entry",
    AddendumKind.AMENDMENT_REQUEST: "The patient asks",
}
"""What was added, as it is headed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose note it is, as the statement names them."""

    patient_uuid: str
    mrn: str
    family_name: str
    given_name: str
    birth_date: date
    episode_uuid: str
    episode_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addendum:
    """Words added after signing. `reason` is why, or what a patient's request was answered; `late` as it was then."""

    uuid: str
    kind: AddendumKind
    text: str
    reason: str
    author_id: int
    author: str
    written_at: datetime
    zone: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoSignature:
    """Somebody else's signature under the note."""

    uuid: str
    person_id: int
    person: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """Who declared the note void, when and why. It stays readable."""

    person_id: int
    person: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A note's signatures and what was added to it, in the order that it came. `content_hash` names what was signed.

    `late` says that the note was signed as a late entry.
    """

    session_id: int
    state: NoteState
    service_date: date
    signer_id: int
    signer: str
    signed_at: datetime
    zone: str
    late: bool
    content_hash: bytes
    addenda: tuple[Addendum, ...] = ()
    co_signatures: tuple[CoSignature, ...] = ()
    voided: Voided | None = None

    @property
    def short_hash(self) -> str:
        """The hash as it is shown."""
        return short_hash(self.content_hash)


def short_hash(content_hash: bytes) -> str:
    """The first letters of a hash, enough to tell two records apart on paper."""
    return content_hash.hex()[:12]


def moment(at: datetime, zone: str) -> str:
    """An instant as it stands under a signature: ``2 Mar 2026 09:22``, by the clock on the wall there."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{full_date(here.date())} {here:%H:%M}"


def note_statement(
    reference: Reference,
    session: TreatmentSession,
    subject: Subject,
    people: Mapping[int, Person],
    signer: Person,
    public_key: bytes,
    at: datetime,
    late: bool,
    previous: bytes | None,
    overrides: Sequence[Override] = (),
) -> dict[str, Any]:
    """What the signer of a note signs. `late` says whether the note is a late entry by the clinic's rule of the day.

    `overrides` are the reasons for what was done against a contraindication.
    """
    against = against_statement(overrides, people)
    made: dict[str, Any] = {
        "what": "note",
        "canonical_version": CANONICAL_VERSION,
        "reference_version": reference.version,
        "subject": subject,
        "visit": visit_statement(session, people),
        "people": {
            person.uuid: person.signature for person in people.values() if person.id in _named(session)
        },
        "labels": labels(reference, session),
        "services": services(reference, session),
        "signer": {
            "uuid": signer.uuid,
            "name": signer.name,
            "credentials": signer.credentials,
            "licence_number": signer.licence_number,
            "licence_state": signer.licence_state,
            "role": signer.role,
            "public_key": public_key,
        },
        "signed_at": at,
        "zone": session.zone,
        "late": late,
        "needs_co_signature": needs_co_signature(signer),
        "previous": previous,
    }
    if against:
        made["against"] = against
        stops = {override.item: stop_words(reference, override.item) for override in overrides}
        made["labels"]["screening_items"] = {item: words for item, words in stops.items() if item}
    return made


def against_statement(overrides: Sequence[Override], people: Mapping[int, Person]) -> list[dict[str, Any]]:
    """What was done against a contraindication, as it is signed: which item and row, why, who said so and when.

    The empty item is the consent to a thrust, no row the visit as a whole.
    """
    return [
        {
            "uuid": one.uuid,
            "item": one.item,
            "row": one.row,
            "reason": one.reason,
            "at": one.at,
            "person": people[one.person_id].uuid,
        }
        for one in overrides
    ]


_KEPT_BY_STORE = {
    "id", "episode_id", "author_id", "state", "pending_line", "pending_row", "next_row", "revision", "saved_at",
}  # fmt: skip


def visit_statement(session: TreatmentSession, people: Mapping[int, Person]) -> dict[str, Any]:
    """The visit as it is signed: everything charted, with people by their uuid, without what the store keeps."""
    made: dict[str, Any] = {
        field.name: getattr(session, field.name)
        for field in fields(session)
        if field.name not in _KEPT_BY_STORE and field.name not in SESSION_LISTS
    }
    made["author"] = _uuid(session.author_id, people)
    for name in SESSION_LISTS:
        made[name] = [_row(row, people) for row in getattr(session, name)]
    return made


def _row(row: Any, people: Mapping[int, Person]) -> dict[str, Any]:
    return {
        field.name: _uuid(getattr(row, field.name), people)
        if field.name in ("done_by", "rater")
        else getattr(row, field.name)
        for field in fields(row)
    }


def _uuid(person_id: int | None, people: Mapping[int, Person]) -> str | None:
    return None if person_id is None else people[person_id].uuid


def _named(session: TreatmentSession) -> set[int | None]:
    return {
        session.author_id,
        *(row.done_by for row in session.mobilizations),
        *(row.done_by for row in session.interventions),
        *(row.done_by for row in session.exercises),
        *(row.rater for row in session.rom),
        *(row.done_by for row in session.findings),
        *(row.done_by for row in session.vitals),
    }


def labels(reference: Reference, session: TreatmentSession) -> dict[str, dict[str, str]]:
    """The label of every id of the reference data in `session`, by kind."""
    made: dict[str, dict[str, str]] = {}
    for kind, name in _ids(session):
        entry = getattr(reference, kind).get(name)
        if entry is not None:
            made.setdefault(kind, {})[name] = getattr(entry, "full_label", entry.label)
    return made


def _ids(session: TreatmentSession) -> Iterator[tuple[str, str]]:
    found: list[tuple[str, str | None]] = []
    for row in session.mobilizations:
        found += [("targets", target) for target in row.targets]
        found += [("responses", response) for response in row.responses]
        found += [
            ("techniques", row.technique),
            ("directions", row.direction),
            ("patient_positions", row.position),
            ("movements", row.movement),
        ]
    found += [("interventions", service.intervention) for service in session.interventions]
    found += [("exercises", exercise.exercise) for exercise in session.exercises]
    for reading in session.rom:
        found += [
            ("motions", reading.motion),
            ("methods", reading.method),
            ("test_positions", reading.test_position),
            ("rom_words", reading.word),
            ("end_feels", reading.end_feel),
        ]
    for score in session.pain:
        found += [("measures", score.scale), ("motions", score.motion)]
    for finding in session.findings:
        tests, values = FINDING_LISTS.get(finding.kind, ("", ""))
        found += [(kind, name) for kind, name in ((tests, finding.test), (values, finding.value)) if kind]
        found += [("targets", finding.target)]
    for mark in session.body_chart:
        found += [("body_chart", name) for name in (mark.symptom, *mark.qualities)]
    return ((kind, name) for kind, name in found if name)


@dataclass(frozen=True, slots=True)
class Service:
    """What the code of a service was when the note was signed."""

    code: str
    label: str
    timed: bool


def services(reference: Reference, session: TreatmentSession) -> dict[str, Service]:
    """Code, label and timing of each service charted in `session`, by its id."""
    known = (reference.interventions.get(row.intervention or "") for row in session.interventions)
    return {one.id: Service(one.code or "", one.label, one.timed) for one in known if one is not None}


def addendum_statement(addendum: Addendum, author: Person, note_hash: bytes) -> dict[str, Any]:
    """What the author of an addendum signs."""
    return {
        "what": "addendum",
        "canonical_version": CANONICAL_VERSION,
        "note": note_hash,
        "uuid": addendum.uuid,
        "kind": addendum.kind,
        "text": addendum.text,
        "reason": addendum.reason,
        "author": author.uuid,
        "written_at": addendum.written_at,
        "zone": addendum.zone,
        "late": addendum.late,
    }


def co_signature_statement(co_signature: CoSignature, person: Person, note_hash: bytes) -> dict[str, Any]:
    """What somebody signs who puts their name under another's note."""
    return {
        "what": "co_signature",
        "canonical_version": CANONICAL_VERSION,
        "note": note_hash,
        "uuid": co_signature.uuid,
        "person": person.uuid,
        "at": co_signature.at,
        "words": co_signature.words,
    }


def void_statement(voided: Voided, person: Person, note_hash: bytes) -> dict[str, Any]:
    """What somebody signs who declares a note void."""
    return {
        "what": "void",
        "canonical_version": CANONICAL_VERSION,
        "note": note_hash,
        "person": person.uuid,
        "at": voided.at,
        "reason": voided.reason,
    }


def document_statement(
    kind: DocumentKind, patient_uuid: str, sha256: bytes, person: Person, at: datetime, zone: str
) -> dict[str, Any]:
    """What somebody signs who signs a document: which bytes, of what kind and patient, and that they do so now."""
    return {
        "what": "document",
        "canonical_version": CANONICAL_VERSION,
        "kind": kind,
        "patient": patient_uuid,
        "sha256": sha256,
        "person": person.uuid,
        "at": at,
        "zone": zone,
    }


def unsaved_words(mine: TreatmentSession, stored: TreatmentSession) -> str:
    """The text of the narrative in `mine` that is not in `stored`: what a late change of a signed note becomes.

    Lines that are in both are left out; each section is named. What stood in the typed line comes last.
    """
    parts = []
    for section in ("subjective", "objective", "assessment", "plan", "communication"):
        kept = set(getattr(stored.note, section).splitlines())
        lines = [
            line for line in getattr(mine.note, section).splitlines() if line.strip() and line not in kept
        ]
        if lines:
            parts.append(f"{section.capitalize()}: " + "\n".join(lines))
    if mine.pending_line.strip() and mine.pending_line != stored.pending_line:
        parts.append(f"Typed line: {mine.pending_line.strip()}")
    return "\n".join(parts)


class Wrong(StrEnum):
    """What can be wrong with a record that was signed."""

    CHANGED = "changed"
    SIGNATURE = "signature"
    KEY = "key"
    CHAIN = "chain"
    STATE = "state"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not hold: in which note (its session's id) and what. `part` names an addendum or the like."""

    session_id: int
    wrong: Wrong
    part: str = "note"


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """Something that does not hold of a kept document, by its id."""

    document_id: int
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class VerifiedDocuments:
    """What was looked at: how many kept documents, how many of them are signed, and what does not hold."""

    documents: int
    signed: int
    problems: tuple[DocumentProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at: how many notes, and what does not hold."""

    notes: int
    problems: tuple[Problem, ...] = ()


def broken_chains(links: Sequence[tuple[int, int, bytes, bytes | None]]) -> list[int]:
    """Of (session id, episode id, hash, hash before): the sessions whose place in their episode's chain does not hold.

    A chain has one beginning, no link twice, and no link to a note that is not there.
    """
    hashes: dict[int, set[bytes]] = {}
    for _session, episode, own, _before in links:
        hashes.setdefault(episode, set()).add(own)
    seen: set[tuple[int, bytes | None]] = set()
    broken = []
    for session, episode, _own, before in links:
        if (episode, before) in seen or (before is not None and before not in hashes[episode]):
            broken.append(session)
        seen.add((episode, before))
    return broken
