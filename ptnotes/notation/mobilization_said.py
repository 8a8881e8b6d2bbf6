"""The words of one mobilization sorted, and one way to take those that can mean several things."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ptnotes.notation.entries import MobilizationEntry
from ptnotes.notation.mobilization_words import Item
from ptnotes.notation.quantities import DoseWords, GradeWords


@dataclass(slots=True)
class Said:
    """The words of one entry, sorted. `choices` can mean several things and are settled last."""

    levels: list[str] = field(default_factory=list)
    grade: GradeWords | None = None
    doses: list[DoseWords] = field(default_factory=list)
    rate: Decimal | None = None
    note: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    moving: tuple[str, str] = ("", "")
    cavitation: bool | None = None
    open: set[str] = field(default_factory=set)
    each: bool = False
    choices: list[Item] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unknown: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Guess:
    """One way to take the ambiguous words, with what it comes to. The fewer and lighter the faults, the better."""

    entries: tuple[MobilizationEntry, ...] = ()
    faults: list[str] = field(default_factory=list)
    weight: int = 0
    oddness: int = 0
    assumed: tuple[str, ...] = ()
    asked: str = ""
    choices: tuple[str, ...] = ()

    def fault(self, weight: int, reason: str) -> None:
        """Count something against this way to take the words."""
        self.faults.append(reason)
        self.weight += weight
