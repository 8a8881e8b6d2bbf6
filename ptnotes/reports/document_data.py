"""What every document knows: whose it is, who it is about, who writes it and when, and how its notes are signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ptnotes.domain.audit import AuditMark
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Clinic, Paper, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstLine:
    """Something done against a contraindication: the visit's day and number, what was done and what stood against it,
    why, and who said so.
    """

    on: date
    number: int | None
    done: str
    stops: str
    reason: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLine:
    """A note whose electronic signature was verified: the visit's day and number, who signed it and when.

    `who` names those who co-signed, too; `record` is the beginning of the hash that was signed.
    """

    on: date
    number: int | None
    who: str
    at: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedLine:
    """Words that were added to a signed note: the visit's day, what they are, the words, who wrote them and when."""

    on: date
    kind: str
    words: str
    who: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """How the notes that a document draws from are signed.

    `open` says in words what is not: as long as there is anything, the document is a draft. `mark` says how far the
    audit had come; only a document of signed notes carries it.
    """

    signed: tuple[SignedLine, ...] = ()
    open: tuple[str, ...] = ()
    added: tuple[AddedLine, ...] = ()
    mark: AuditMark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentData:
    """The part that all documents share. `written_at` is aware, in the clinic's time zone.

    `signatures` are those of every attended visit that the document draws from. `signed_at` is when the author signs
    the document itself, in the same zone; it stays None where it is signed by hand.
    """

    clinic: Clinic
    author: Person
    written_at: datetime
    paper: Paper
    patient: Patient
    age_years: int
    signatures: Signatures = Signatures()
    signed_at: datetime | None = None
