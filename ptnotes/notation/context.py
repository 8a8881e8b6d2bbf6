"""What a line is read against, and what one part of it hands on to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ptnotes.clinical import Reference
from ptnotes.notation.entries import Problem, ReadEntry
from ptnotes.notation.lexicon import Lexicon


@dataclass(slots=True)
class Carried:
    """What earlier entries of the line said that later ones may leave out; it is then shown as assumed."""

    region: str | None = None
    side: str | None = None
    levels: tuple[str, ...] = ()
    technique: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """The reference data, the line as typed and folded, the regions of the episode, and what is handed on.

    `regions` are those of the episode, the main one first; `side` is the episode's side of a limb, if it has one.
    """

    lexicon: Lexicon
    text: str
    folded: str
    regions: tuple[str, ...]
    side: str | None
    carried: Carried = field(default_factory=Carried)

    @property
    def reference(self) -> Reference:
        """The reference data."""
        return self.lexicon.reference

    def problem(self, start: int, end: int, reason: str, choices: tuple[str, ...] = ()) -> Problem:
        """A problem over a stretch of the line; space around it is left out."""
        part = self.text[start:end]
        start += len(part) - len(part.lstrip())
        return Problem(part.strip(), start, start + len(part.strip()), reason, choices)


@dataclass(slots=True)
class Parts:
    """What reading a stretch of the line gave."""

    entries: list[ReadEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: Parts) -> None:
        """Take over what another stretch gave."""
        self.entries.extend(other.entries)
        self.problems.extend(other.problems)


NOT_UNDERSTOOD = "Not understood."
NOT_DONE = re.compile(
    r"(?:declined?|refused?|deferred|withheld|omitted|not|n/?t|nd|skipped|held|didn'?t|unable)(?![a-z])"
)
"""Words after which what stands beside them was perhaps not done: it is not charted as done."""


def is_limb(reference: Reference, region: str) -> bool:
    """Whether a region lies on one side of the body, so that a side may be taken over from the episode."""
    return reference.regions[region].parent == "peripheral"
