"""What a face sheet says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ptnotes.domain.payers import Cover
from ptnotes.reports.document_data import DocumentData


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFacts:
    """An episode of care in a few words. `ended` says when and why it ended, empty while it is open."""

    title: str
    start: date
    ended: str = ""
    regions: str = ""
    diagnoses: tuple[str, ...] = ()
    precaution: str = ""
    referrer: str = ""
    referrer_contact: str = ""
    visits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSheetData(DocumentData):
    """A whole face sheet. `episodes`, newest first, are None for whoever may not read charts: then nothing of them is
    on the sheet.
    """

    cover: Cover
    episodes: tuple[EpisodeFacts, ...] | None
