"""What the audit says: who did what to which record, in a chain that shows when it was tampered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ptnotes.domain.canonical import canonical_bytes, canonical_hash
from ptnotes.domain.wording import full_date, how_many

AUDIT_FORM = 1
"""The form that an event's digest is worked out from; it is part of what is hashed."""
NO_DIGEST = bytes(32)
CLOCK_TOLERANCE_S = 60
"""A clock that steps back further than this is itself an event."""
EDITING_SPAN_S = 15 * 60
"""Changes of one record by one person within this time of the first are one event."""


class Verb(StrEnum):
    """What was done."""

    OPENED = "opened"
    RECOVERED = "recovered"
    REFUSED = "refused"
    VIEWED = "viewed"
    SEARCHED = "searched"
    MADE = "made"
    CHANGED = "changed"
    SIGNED = "signed"
    CO_SIGNED = "co_signed"
    ADDED_TO = "added_to"
    VOIDED = "voided"
    DISCARDED = "discarded"
    RESTORED = "restored"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    EXPORTED = "exported"
    PRINTED = "printed"
    DISCLOSED = "disclosed"
    BROKE_GLASS = "broke_glass"
    REMOVED = "removed"
    RENEWED = "renewed"
    DISPOSED = "disposed"
    BACKED_UP = "backed_up"
    CLOCK_SET_BACK = "clock_set_back"
    FOUND_OLD_KEYS = "found_old_keys"
    GAP = "gap"
    SEALED = "sealed"


CHANGES_NOTHING = frozenset(
    {
        Verb.OPENED,
        Verb.REFUSED,
        Verb.VIEWED,
        Verb.SEARCHED,
        Verb.BACKED_UP,
        Verb.CLOCK_SET_BACK,
        Verb.FOUND_OLD_KEYS,
        Verb.GAP,
        Verb.SEALED,
    }
)
"""What was done and left every record as it was: alone, it is no reason for another backup."""


RECOVERY_KEY = "recovery key"
"""The detail of an event that tells of a new recovery key."""


DIGEST_OF_DOCUMENT = "SHA-256 "
"""What stands before the digest of a document in the detail of the event that tells how it left."""


OLD_KEYS = "an older key file was found"
"""The detail of an event that tells that an administrator saw that; its count is the number of the event they saw."""


class Subject(StrEnum):
    """What it was done to."""

    CLINIC = "clinic"
    PERSON = "person"
    PATIENT = "patient"
    EPISODE = "episode"
    OUTCOME = "outcome"
    VISIT = "visit"
    REPORT = "report"
    DOCUMENT = "document"
    DISCLOSURE = "disclosure"
    AUDIT = "audit"
    SCREEN = "screen"
    OVERRIDE = "override"
    CONSENT = "consent"
    EVENT = "adverse_event"
    IMPORT = "import"


_DONE: Mapping[Verb, str] = {
    Verb.OPENED: "opened {}",
    Verb.RECOVERED: "opened {} with the recovery key",
    Verb.VIEWED: "looked at {}",
    Verb.MADE: "made {}",
    Verb.CHANGED: "changed {}",
    Verb.SIGNED: "signed {}",
    Verb.CO_SIGNED: "co-signed {}",
    Verb.ADDED_TO: "added to {}",
    Verb.VOIDED: "declared {} void",
    Verb.DISCARDED: "discarded {}",
    Verb.RESTORED: "brought back {}",
    Verb.EXPORTED: "saved {} as a file",
    Verb.PRINTED: "printed {}",
    Verb.DISCLOSED: "wrote down {}",
    Verb.REMOVED: "took away the way in of {}",
    Verb.RENEWED: "gave a new passphrase to {}",
    Verb.BACKED_UP: "made a backup of {}",
}
_OF_A_PATIENT: Mapping[Verb, str] = {
    Verb.VIEWED: "opened the chart",
    Verb.MADE: "added the patient",
    Verb.ARCHIVED: "archived the patient",
    Verb.UNARCHIVED: "brought the patient back from the archive",
    Verb.EXPORTED: "saved the patient’s record as a file",
    Verb.DISPOSED: "disposed of the patient’s record",
}
_OF_AN_IMPORT: Mapping[Verb, str] = {
    Verb.MADE: "began import {run}, of {rows}: {detail}",
    Verb.REMOVED: "began to undo import {run}: {patients} to take away, for whom nothing was done since",
}
_NAMED: Mapping[Subject, str] = {
    Subject.CLINIC: "the clinic’s file",
    Subject.PERSON: "a person’s account",
    Subject.PATIENT: "the patient’s details",
    Subject.EPISODE: "an episode of care",
    Subject.OUTCOME: "an outcome score",
    Subject.VISIT: "a visit",
    Subject.REPORT: "a progress report",
    Subject.DOCUMENT: "a document",
    Subject.DISCLOSURE: "a disclosure",
    Subject.AUDIT: "the audit",
    Subject.SCREEN: "the screen",
    Subject.OVERRIDE: "a reason to treat against a contraindication",
    Subject.CONSENT: "the consent to a thrust",
    Subject.EVENT: "an adverse event",
    Subject.IMPORT: "an import",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One event. `detail` is a few words or an ISO date; `count` how many records a search or a gap stands for.

    `previous` is the digest of the event before (None for the first).
    """

    sequence: int
    at: datetime
    zone: str
    person_id: int | None
    verb: Verb
    subject: Subject
    object_id: int | None = None
    patient_id: int | None = None
    detail: str = ""
    count: int | None = None
    previous: bytes | None = None

    def digest(self) -> bytes:
        """The SHA-256 of the event in the canonical form: 32 bytes."""
        return canonical_hash({"form": AUDIT_FORM, "event": self})


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An event as people read it: when, in which zone, who, and what they did."""

    sequence: int
    at: datetime
    zone: str
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What left the clinic about a patient: to whom, how, for what, when, and who gave it.

    `document_id` is the kept document that was given, None where something else was.
    """

    patient_id: int
    what: str
    to_whom: str
    how: str
    purpose: str
    at: datetime | None = None
    who: str = ""
    document_id: int | None = None


class Wrong(StrEnum):
    """What can be wrong with the audit."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    CUT_OFF = "cut_off"
    REWRITTEN = "rewritten"
    NOT_SIGNED = "not_signed"


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """Something wrong, at the event of that sequence number."""

    sequence: int
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a look at the whole audit found: how many events, the digest of the last, up to which one somebody's
    signature reaches, and what is wrong.
    """

    count: int
    head: bytes
    signed_up_to: int
    problems: tuple[AuditProblem, ...]


_MARK = "ptnotes-audit"


@dataclass(frozen=True, slots=True)
class AuditMark:
    """How far the audit had come when something left the file: the count of events, and the digest of the last."""

    count: int
    head: bytes

    @property
    def text(self) -> str:
        """As it stands in a document, to be read back by `read_mark`."""
        return f"{_MARK} {self.count} {self.head.hex()}"


def read_mark(text: str) -> AuditMark | None:
    """The mark that `text` is; None where it is something else."""
    match text.split():
        case [name, count, head] if name == _MARK:
            try:
                mark = AuditMark(int(count), bytes.fromhex(head))
            except ValueError:
                return None
            return mark if mark.count > 0 and len(mark.head) == len(NO_DIGEST) else None
    return None


_WRONG: Mapping[Wrong, str] = {
    Wrong.CHANGED: "was changed",
    Wrong.MISSING: "is missing",
    Wrong.REORDERED: "stands in another place than it was written in",
    Wrong.CUT_OFF: "and all after it were cut off",
    Wrong.REWRITTEN: "does not follow the event before it, or is not the one that was known elsewhere",
    Wrong.NOT_SIGNED: "should carry a signature of all events before it, and does not",
}


def problem_words(problem: AuditProblem) -> str:
    """What is wrong, as a line."""
    return f"event {problem.sequence:,} {_WRONG[problem.wrong]}"


def head_statement(count: int, head: bytes) -> bytes:
    """The bytes that a person signs: how many events the audit has, and the digest of the last."""
    return canonical_bytes({"statement": "audit head", "form": AUDIT_FORM, "count": count, "head": head})


def event_words(event: AuditEvent) -> str:
    """What somebody did, in words that go on from their name."""
    match event.verb:
        case Verb.REFUSED:
            return f"{_counted(event, 'failed attempt')} to open the file ({event.detail})"
        case Verb.SEARCHED:
            return f"searched for patients: {event.count or 0:,} found"
        case Verb.CLOCK_SET_BACK:
            return f"the PC’s clock was set back ({event.detail})"
        case Verb.FOUND_OLD_KEYS:
            return (
                "opened the file with a key file of before the latest change of a passphrase, person or recovery key: "
                "that change was cut off, or somebody put the old file back"
            )
        case Verb.GAP:
            return f"{_counted(event, 'event')} could not be written down"
        case Verb.SEALED:
            return "put their signature under the audit"
        case Verb.BROKE_GLASS:
            return f"read charts in an emergency: {event.detail}"
    if event.subject is Subject.PATIENT and event.verb in _OF_A_PATIENT:
        done = _OF_A_PATIENT[event.verb]
        return f"{done}: {event.detail}" if event.verb is Verb.EXPORTED and event.detail else done
    if event.subject is Subject.CLINIC and event.verb is Verb.EXPORTED:
        return f"took the records of {_counted(event, 'patient')} out of the program: {event.detail}"
    if event.subject is Subject.IMPORT and event.verb in _OF_AN_IMPORT:
        return _OF_AN_IMPORT[event.verb].format(
            run=event.object_id,
            rows=_counted(event, "row"),
            patients=_counted(event, "patient"),
            detail=event.detail,
        )
    if event.verb not in _DONE or event.subject not in _NAMED:
        # Written by a newer version, or by somebody who tampered; the check of the audit tells which.
        return f"{event.verb} {event.subject}"
    what = _NAMED[event.subject]
    if event.subject is Subject.VISIT and event.detail:
        done = "started {}" if event.verb is Verb.MADE else _DONE[event.verb]
        return done.format(f"the visit of {full_date(date.fromisoformat(event.detail))}")
    words = _DONE[event.verb].format(what)
    # The digest is for the check of a document; it is shown beside the document.
    detail = event.detail.partition(f", {DIGEST_OF_DOCUMENT}")[0]
    return f"{words}: {detail}" if detail else words


def _counted(event: AuditEvent, one: str) -> str:
    return how_many(event.count or 0, one)
