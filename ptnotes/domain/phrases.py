"""The clinic's own short forms: `.home` stands for a text with blanks to fill in and values of the visit.

In a phrase's text ``[what to say]`` is a blank and ``{pain.after}`` a value. A value is looked up by its name and never
worked out: the text holds no code. What is not charted becomes a blank as well, never a zero; a name that the program
does not know stays as it is written, so that it is seen and mended.

In a note a blank stands between single angle quotes, ``‹side›``: typed by nobody by accident, it can be found again
whatever became of the text around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import clean_note

TEXT_LIMIT = 4_000
"""Longest text of a phrase, in characters."""
_SHORT_FORM = re.compile(r"[a-z][a-z0-9_-]{0,23}")
_TYPED = re.compile(r"(?:^|(?<=[\s(]))\.([A-Za-z][A-Za-z0-9_-]{0,23})$")
_PARTS = re.compile(r"\{([A-Za-z][\w.]*)\}|\[([^\[\]\n]{0,60})\]")
_BLANK = re.compile(r"‹[^‹›\n]{0,80}›")
_NAME = re.compile(r"\{[A-Za-z][\w.]*\}")
_LONGEST_BACK = 26

LookUp = Callable[[str], str | None]
"""Gives a value in words by its name, None where nothing is charted. Raises `KeyError` for a name that is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A short form (without its dot) and its text. `person_id` is whose it is, None for the whole clinic's.

    `shipped` marks one that came with the program and was not changed; such a one has no id.
    """

    id: int | None = None
    short_form: str
    text: str
    person_id: int | None = None
    shipped: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """What a phrase became: its text, and where its blanks are (start, end)."""

    text: str
    blanks: tuple[tuple[int, int], ...]


def checked_phrase(phrase: Phrase) -> Phrase:
    """The phrase as stored: the short form in lower case without dot, the text cleaned. Raises `InputError`."""
    faults: list[Fault] = []
    short = phrase.short_form.strip().removeprefix(".").casefold()
    if not _SHORT_FORM.fullmatch(short):
        faults.append(Fault("phrase.short_form", "phrase.short_form"))
    text = phrase.text
    try:
        text = clean_note(phrase.text, "phrase.text", TEXT_LIMIT).strip()
    except InputError as error:
        faults.extend(error.faults)
    else:
        if not text:
            faults.append(Fault("text.empty", "phrase.text"))
    if faults:
        raise InputError(*faults)
    return replace(phrase, short_form=short, text=text)


def expand(text: str, look_up: LookUp) -> Expanded:
    """A phrase's text with its values filled in and its blanks marked."""
    parts: list[str] = []
    blanks: list[tuple[int, int]] = []
    at = length = 0

    def add(words: str, *, is_blank: bool = False) -> None:
        nonlocal length
        parts.append(words)
        if is_blank:
            blanks.append((length, length + len(words)))
        length += len(words)

    for match in _PARTS.finditer(text):
        add(text[at : match.start()])
        at = match.end()
        name, hint = match.groups()
        if name is None:
            add(blank(hint), is_blank=True)
            continue
        try:
            value = look_up(name)
        except KeyError:
            add(match.group())
        else:
            if value is None:
                add(blank(name.replace(".", " ").replace("_", " ")), is_blank=True)
            else:
                add(value)
    add(text[at:])
    return Expanded(text="".join(parts), blanks=tuple(blanks))


def blank(hint: str) -> str:
    """A blank as it stands in a note."""
    return f"‹{hint.strip() or '…'}›"


def blanks_in(text: str) -> tuple[tuple[int, int], ...]:
    """Where blanks are left to fill in, as start and end of each."""
    return tuple(match.span() for match in _BLANK.finditer(text))


def unknown_names_in(text: str) -> tuple[tuple[int, int], ...]:
    """Where names of values stand that were not known when their phrase was expanded."""
    return tuple(match.span() for match in _NAME.finditer(text))


def next_blank(text: str, place: int, *, back: bool = False) -> tuple[int, int] | None:
    """The blank after `place`, or before it; None where there is none."""
    found = blanks_in(text)
    if back:
        return next((span for span in reversed(found) if span[1] < place), None)
    return next((span for span in found if span[0] >= place), None)


def short_form_before(text: str, place: int) -> str:
    """The short form that was typed just before `place`, in lower case without its dot; empty where there is none.

    It stands at the start or after a space: ``L5.home`` and ``3.5`` hold none.
    """
    before = text[max(0, place - _LONGEST_BACK) : place]
    match = _TYPED.search(before)
    if match is None:
        return ""
    after = text[place : place + 1]
    return "" if after and (after.isalnum() or after in "_-") else match[1].casefold()


def find(phrases: tuple[Phrase, ...], short_form: str) -> Phrase | None:
    """The phrase in use under a short form: one's own before the clinic's before the program's."""
    fitting = [phrase for phrase in phrases if phrase.short_form == short_form]
    return min(fitting, key=lambda phrase: (phrase.person_id is None, phrase.shipped), default=None)


def starting_with(phrases: tuple[Phrase, ...], typed: str) -> tuple[Phrase, ...]:
    """The phrases in use whose short form begins with `typed`, in order of the alphabet."""
    names = sorted({phrase.short_form for phrase in phrases if phrase.short_form.startswith(typed)})
    return tuple(phrase for name in names if (phrase := find(phrases, name)) is not None)
