"""What the names in a file tell of its encoding, and the same names as other encodings read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from ptnotes.domain.encodings import UNTOLD, UTF_16_BE, UTF_16_LE, LettersSeen, looks_odd
from ptnotes.domain.importing import FileKind, ImportMap, Target
from ptnotes.exchange.csv_in import UNREADABLE, Records

_NAMES = frozenset(
    {Target.FULL_NAME, Target.FULL_NAME_GIVEN_FIRST, Target.FAMILY, Target.GIVEN, Target.MIDDLE}
)
_SAMPLES = 3
_MOST_LETTERS = 40


class LetterCounter:
    """Counts the names that have letters beyond ASCII, and those that look odd among them."""

    def __init__(self, columns: ImportMap) -> None:
        self._columns = columns
        known = [place for place, target in enumerate(columns.targets) if target in _NAMES]
        # Where no column is known to hold a name yet, any may.
        self._places = known or list(range(len(columns.targets)))
        self._names = 0
        self._odd: list[tuple[int, str]] = []
        self._plain: list[tuple[int, str]] = []
        self._odd_count = 0

    def see(self, number: int, cells: Sequence[str]) -> None:
        """Take the row of that number into account."""
        width = len(cells)
        for place in self._places:
            if place < width and not cells[place].isascii():
                self._count(number, cells)
                return

    def seen(self, *, is_guess: bool = False) -> LettersSeen:
        """What was counted so far."""
        return LettersSeen(
            is_guess=is_guess,
            names=self._names,
            odd=self._odd_count,
            samples=tuple(name for _number, name in self._samples()),
        )

    def with_readings(self, seen: LettersSeen, file: BinaryIO) -> LettersSeen:
        """What was counted, and how other encodings read the same names. The file is read again up to these."""
        is_utf_16 = self._columns.encoding in (UTF_16_LE, UTF_16_BE)
        if self._columns.kind is not FileKind.CSV or is_utf_16 or not seen.names:
            # Rows that were read two bytes at a time are not those of the file.
            return seen
        wanted = {number for number, _name in self._samples()}
        found: list[bytes] = []
        # Each byte is one letter of Latin-1, so that what stands in the file comes back whole.
        records = Records(file, "latin-1", self._columns.separator)
        try:
            for number, cells, _code in records:
                if number in wanted:
                    found.append(self._name(cells).encode("latin-1"))
                    if len(found) == len(wanted):
                        break
        finally:
            records.detach()
        readings = tuple(
            (name, tuple(_shown(raw.decode(name)) for raw in found)) for name in _can_read(found)
        )
        return replace(seen, readings=readings)

    def _samples(self) -> list[tuple[int, str]]:
        return (self._odd + self._plain)[:_SAMPLES]

    def _count(self, number: int, cells: Sequence[str]) -> None:
        name = self._name(cells)
        self._names += 1
        is_odd = looks_odd(name)
        self._odd_count += is_odd
        kept = self._odd if is_odd else self._plain
        if len(kept) < _SAMPLES:
            kept.append((number, _shown(name)))

    def _name(self, cells: Sequence[str]) -> str:
        # Spaces alone: what is one of Latin-1's other blanks may be a letter of the encoding that is meant.
        return " ".join(cells[place].strip(" ") for place in self._places if place < len(cells)).strip(" ")


def _can_read(names: Sequence[bytes]) -> list[str]:
    """The encodings in which all of these are letters."""
    found = []
    for encoding in UNTOLD:
        try:
            for raw in names:
                raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        found.append(encoding)
    return found


def _shown(name: str) -> str:
    """A name as it is shown: short, with a sign for what is no letter."""
    plain = name.replace(UNREADABLE, "\N{REPLACEMENT CHARACTER}")
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in plain)
    return shown if len(shown) <= _MOST_LETTERS else f"{shown[:_MOST_LETTERS]}…"
