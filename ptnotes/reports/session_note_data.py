"""What the note of one visit says, as plain values: gathered by a service, laid out by `reports.session_note`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ptnotes.domain.body_chart import ToldCourse
from ptnotes.domain.treatment import Note
from ptnotes.reports.document_data import AgainstLine, DocumentData
from ptnotes.reports.visit_data import FoundLine, VisitMeasures, VisitTreatment


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """The electronic signature under a note: who, when and the beginning of the hash that was signed.

    `kind` is what it is: signed, co-signed or declared void. `words` are those that stand with it.
    """

    kind: str
    who: str
    at: str
    record: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """Somebody who had part in the visit, as they sign, and what that was; `has_credentials` where they have any."""

    who: str
    part: str
    has_credentials: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An adverse event after the visit: when, what happened, what was done about it and what followed."""

    on: date
    what: str
    done: str = ""
    followed: str = ""
    standing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNoteData(DocumentData):
    """The note of one visit.

    `number` is its treatment day, None where it was not attended or is void. `absence` says that the visit was
    cancelled or missed, and why; then there is nothing else. `void` says that the note was declared void and why.
    `consent` tells of the consent to a thrust, where one was done. `note` is what was written, part by part.
    """

    on: date
    number: int | None
    kind: str
    title: str
    diagnoses: tuple[str, ...]
    precaution: str
    times: str
    contributors: tuple[Contributor, ...] = ()
    others_present: str = ""
    absence: str = ""
    void: str = ""
    treatment: VisitTreatment = field(default_factory=VisitTreatment)
    measures: VisitMeasures = field(default_factory=VisitMeasures)
    examination: tuple[FoundLine, ...] = ()
    body: ToldCourse | None = None
    note: Note = field(default_factory=Note)
    consent: str = ""
    events: tuple[EventLine, ...] = ()
    against: tuple[AgainstLine, ...] = ()
    signed_by: tuple[NoteSignature, ...] = ()
    screening: str = ""
