"""The documents that a clinic makes: their kinds, what each lacks, and those that were kept as they were made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from ptnotes.domain.phrases import blanks_in
from ptnotes.domain.sentences import SENTENCES


class DocumentKind(StrEnum):
    """Kinds of document that the clinic makes."""

    PROGRESS_REPORT = "progress_report"
    EVALUATION = "evaluation"
    SESSION_NOTE = "session_note"
    DISCHARGE_SUMMARY = "discharge_summary"
    HOME_PROGRAMME = "home_programme"
    LETTER = "letter"
    FACE_SHEET = "face_sheet"


KIND_TITLES: Mapping[DocumentKind, str] = MappingProxyType(
    {
        DocumentKind.PROGRESS_REPORT: "Progress report",
        DocumentKind.EVALUATION: "Evaluation and plan of care",
        DocumentKind.SESSION_NOTE: "Session note",
        DocumentKind.DISCHARGE_SUMMARY: "Discharge summary",
        DocumentKind.HOME_PROGRAMME: "Home programme",
        DocumentKind.LETTER: "Letter",
        DocumentKind.FACE_SHEET: "Face sheet",
    }
)
"""What each kind is called, on screen and on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that a document should say and cannot, since it is not charted. `code` names its sentence.

    `is_required` tells what payers ask for from what readers want. Neither keeps a document from being made: it says
    what it lacks before it is sent.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = True

    @property
    def text(self) -> str:
        """The lack in words."""
        return SENTENCES[self.code].format_map(self.values)


def blanks_left(where: str, *texts: str) -> Iterator[Lack]:
    """A lack for each blank (``‹side›``) that is left in what is printed; `where` says what it stands in."""
    found = dict.fromkeys(text[start:end] for text in texts for start, end in blanks_in(text))
    for blank in found:
        yield Lack(code="lack.blank_left", values={"where": where, "blank": blank})


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSignature:
    """Who signed a document electronically, when, and by the clock of which zone."""

    person_id: int
    person: str
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDocument:
    """A document as it was made. `sha256` is of its bytes, `who` made it, `sent` says how often it was logged as sent.

    It was signed, or given out (`has_left`), or both.
    """

    id: int
    uuid: str
    patient_id: int
    episode_id: int | None
    kind: DocumentKind
    title: str
    covers_from: date | None
    covers_to: date | None
    made_at: datetime
    zone: str
    who: str
    is_draft: bool
    sha256: bytes
    size_bytes: int
    sent: int = 0
    has_left: bool = True
    signed: DocumentSignature | None = None

    @property
    def unsendable(self) -> str:
        """The code of why it cannot have been sent, empty where it can: a draft may not be, nor can what never left."""
        if self.is_draft:
            return "document.draft"
        return "" if self.has_left else "document.not_left"
