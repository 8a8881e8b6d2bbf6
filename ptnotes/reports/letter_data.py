"""What a letter says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from ptnotes.reports.document_data import DocumentData


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterData(DocumentData):
    """A whole letter: the lines of its address, its subject, and its text with the line ends that were typed.

    `undone` says why it is a draft, for each reason in a sentence.
    """

    to: str
    subject: str
    text: str
    undone: tuple[str, ...] = ()
