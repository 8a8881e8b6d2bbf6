"""Letters from a template: the clinic's own words with places for what is known of a patient.

A template is written as a phrase is (`ptnotes.domain.phrases`): ``{patient.name}`` is a place, ``[what to say]`` a
blank. A place is looked up by its name in `PLACES` and never worked out. What is not known stays a blank,
``‹diagnoses›``, and a letter with a blank is a draft.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Paper
from ptnotes.domain.phrases import blanks_in, expand, unknown_names_in
from ptnotes.domain.text import NOTE_LIMIT, clean_line, clean_note

TEXT_LIMIT = 10_000
"""Longest text of a template, in characters."""
_TO_LIMIT = 500
_LONG_BLANK = re.compile(r"\[([^\[\]\n]{61,})\]")
"""What looks like a blank and is too long for one (`ptnotes.domain.phrases`), so that it would be printed as it is."""

PLACES: Mapping[str, str] = MappingProxyType(
    {
        "patient.name": "the patient’s name as it is said",
        "patient.born": "date of birth",
        "patient.mrn": "record number",
        "today": "the letter’s date",
        "referrer": "who referred the patient",
        "referrer.practice": "the referrer’s practice",
        "therapist": "who writes, with credentials",
        "clinic.name": "name of the clinic",
        "clinic.telephone": "its telephone",
        "diagnoses": "the diagnoses of the episode",
        "regions": "the regions that are treated",
        "care.start": "start of care",
        "visit.first": "date of the first visit",
        "visit.last": "date of the latest visit",
        "visits.attended": "how many visits were attended",
        "visits.cancelled": "how many were cancelled",
        "visits.missed": "how many were missed",
        "visits.missed_on": "the dates of those that were missed",
        "conclusion": "the conclusion drafted from the measured changes",
        "measures": "each measure, first and now, and what the change means",
        "statement": "what the patient said last",
        "assessment": "the latest assessment",
        "plan": "the latest plan of a note: what comes next",
        "communication": "what was told to, or agreed with, others last",
        "treatment": "what was done so far",
        "home": "the home exercises",
        "goals": "each goal and how far it is",
        "plan_of_care": "frequency and duration of the plan of care",
        "prognosis": "the prognosis of the plan of care",
        "precaution": "the precaution of the episode",
        "discharge.date": "date of discharge",
        "discharge.reason": "reason for discharge",
    }
)
"""Every place that a template can name, with what it stands for."""

FROM_NOTES = (
    "conclusion",
    "measures",
    "statement",
    "assessment",
    "plan",
    "communication",
    "treatment",
    "home",
    "goals",
)
"""Those whose words come out of the notes of visits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTemplate:
    """The words of a kind of letter. `uuid` never changes: a clinic's template with that of a shipped one replaces it.

    `shipped` marks one that came with the program and was not changed; such a one has no id.
    """

    id: int | None = None
    uuid: str = ""
    name: str
    subject: str = ""
    text: str
    shipped: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterChoices:
    """A letter as it is to be printed: to whom (lines of an address), about what, and its text.

    It is printed on `paper`, the clinic's where that is None.
    """

    to: str
    subject: str
    text: str
    paper: Paper | None = None


def checked_template(template: LetterTemplate) -> LetterTemplate:
    """The template as stored: cleaned text.

    Raises `InputError` with every fault: "text.empty" for no name or no text, "letter.unknown_place" for a name in
    braces that is no place, "letter.long_blank" for more words in brackets than a blank has.
    """
    faults: list[Fault] = []

    def cleaned(clean: Callable[[], str], typed: str) -> str:
        try:
            return clean()
        except InputError as error:
            faults.extend(error.faults)
            return typed

    name = cleaned(lambda: clean_line(template.name, "letter.name", required=True), template.name)
    subject = cleaned(lambda: clean_line(template.subject, "letter.subject"), template.subject)
    text = cleaned(lambda: _checked_text(template.text, TEXT_LIMIT), template.text)
    for field, words in (("letter.subject", subject), ("letter.text", text)):
        faults += [
            Fault("letter.unknown_place", field, values={"place": place}) for place in unknown_places(words)
        ]
        faults += [
            Fault("letter.long_blank", field, values={"blank": f"{match[1][:24]} …"})
            for match in _LONG_BLANK.finditer(words)
        ]
    if faults:
        raise InputError(*faults)
    return replace(template, name=name, subject=subject, text=text)


def unknown_places(text: str) -> tuple[str, ...]:
    """The names in braces in a template's text that are no place, each once."""
    found = (text[start + 1 : end - 1] for start, end in unknown_names_in(text))
    return tuple(dict.fromkeys(name for name in found if name not in PLACES))


def checked_letter(letter: LetterChoices) -> LetterChoices:
    """The letter with cleaned text. Raises `InputError` "text.empty" without a text, and for unfit text."""
    text = _checked_text(letter.text, NOTE_LIMIT)
    to = clean_note(letter.to, "letter.to", _TO_LIMIT).strip()
    return replace(letter, to=to, subject=clean_line(letter.subject, "letter.subject"), text=text)


def _checked_text(typed: str, limit: int) -> str:
    text = clean_note(typed, "letter.text", limit).strip()
    if not text:
        raise InputError(Fault("text.empty", "letter.text"))
    return text


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """A template's text with the `values` of its places; a place without one becomes a blank that says what it is."""

    def look_up(name: str) -> str | None:
        if name not in PLACES:
            raise KeyError(name)
        return values.get(name) or None

    return expand(text, look_up).text


def left_to_fill(letter: LetterChoices) -> tuple[str, ...]:
    """What of the letter is still to be filled in, each once: its blanks, and names in braces that nothing filled."""
    return tuple(dict.fromkeys(_left(letter)))


def _left(letter: LetterChoices) -> Iterator[str]:
    for text in (letter.to, letter.subject, letter.text):
        for start, end in sorted((*blanks_in(text), *unknown_names_in(text))):
            yield text[start:end]


def quotes_of(letter: LetterChoices, values: Mapping[str, str]) -> tuple[str, ...]:
    """The places of `FROM_NOTES` whose `values` stand in the letter word for word: it draws from the visits' notes.

    Whole words count, spaces and line ends do not: an editor of text changes some, and a line is soon broken elsewhere.
    """
    text = _words(letter.text)
    told = {name: _words(values.get(name, "")) for name in FROM_NOTES}
    return tuple(
        name
        for name, words in told.items()
        if words and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
    )


def _words(text: str) -> str:
    return " ".join(text.split())


def called(patient: Patient) -> str:
    """A patient's name as it is said and stands in a letter: ``Hélène Moreau``."""
    parts = (patient.given_name, patient.middle_name, patient.family_name, patient.suffix)
    return " ".join(part for part in parts if part)
