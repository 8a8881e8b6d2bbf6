"""Whether a note says again what the last one said. Payers call such notes cloned; here it is only pointed out.

Words are compared, not letters: case, accents, punctuation and line breaks do not tell two texts apart. A stretch
counts as repeated from `LEAST_RUN` words on, so that the common words of any two notes do not add up. The bounds are
ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ptnotes.domain.text import fold

ALIKE = 0.85
"""Share of a text's words (0 to 1) that stand in the last one, in the same order, from which on it is repeated."""
LEAST_WORDS = 10
"""A text shorter than this is never called repeated: "Plan as before." may well be the same twice."""
LEAST_RUN = 4
"""Words in a row that have to be the same before they count."""
_MOST_WORDS = 2_000
_WORD = re.compile(r"\d+(?:[.,/:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLOSING = re.compile(r"[.,;:!?)\]”’\"]+")
_HEADING = re.compile(r"^[^\S\n]*(?:[^\n]{1,40}:|[A-Z][A-Z /&-]{1,40}|#+ [^\n]*)[^\S\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """How much of a text is repeated: `share` (0 to 1) of its words, and where (`marks`, as start and end of each)."""

    share: float
    words: int
    marks: tuple[tuple[int, int], ...]

    @property
    def is_alike(self) -> bool:
        """Whether the text is long enough, and enough of it repeated, to point it out."""
        return self.words >= LEAST_WORDS and self.share >= ALIKE


@dataclass(frozen=True, slots=True)
class _Word:
    said: str
    start: int
    end: int


def repeated(text: str, last: str) -> Repeated:
    """What of `text` stands in `last` already. Lines that are headings count in neither."""
    mine, theirs = _words(text), _words(last)
    if not mine or not theirs:
        return Repeated(share=0.0, words=len(mine), marks=())
    matcher = SequenceMatcher(
        None, [word.said for word in theirs], [word.said for word in mine], autojunk=False
    )
    runs = [
        run for run in matcher.get_matching_blocks() if run.size >= min(LEAST_RUN, len(mine)) and run.size
    ]
    return Repeated(
        share=sum(run.size for run in runs) / len(mine),
        words=len(mine),
        marks=tuple((mine[run.b].start, _with_stop(text, mine[run.b + run.size - 1].end)) for run in runs),
    )


def repeated_sections(
    sections: Mapping[str, str], last: Mapping[str, str], order: Sequence[str]
) -> dict[str, Repeated]:
    """The sections of a note that repeat the last note, each compared with the section of the same name.

    A section counts by itself; and where the note as a whole is repeated, its short sections count too: four lines that
    are each too short to speak of are a copied note together.
    """
    found = {name: repeated(sections.get(name, ""), last.get(name, "")) for name in order}
    words = sum(part.words for part in found.values())
    again = sum(part.share * part.words for part in found.values())
    is_whole = words >= LEAST_WORDS and again / words >= ALIKE
    return {name: part for name, part in found.items() if part.is_alike or (is_whole and part.marks)}


def _with_stop(text: str, end: int) -> int:
    """The end of a stretch with the punctuation that closes it."""
    closing = _CLOSING.match(text, end)
    return closing.end() if closing is not None else end


def _words(text: str) -> list[_Word]:
    headings = [match.span() for match in _HEADING.finditer(text)]
    words: list[_Word] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if not any(first <= start and end <= last for first, last in headings):
            words.append(_Word(fold(match.group()), start, end))
        if len(words) == _MOST_WORDS:
            break
    return words
