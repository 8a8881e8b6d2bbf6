"""Finding an entry of the reference data by what a therapist types."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

# Letters that do not decompose into a base letter and a mark.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_LOOSE = {ord(c): " " for c in "-/_.,()–"}


def fold(text: str) -> str:
    """Text without accents, case and repeated spaces; signs stay, since III+ and III- differ."""
    plain = text.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)
    return " ".join(plain.split())


def loosen(text: str) -> str:
    """Folded text with dashes, slashes, dots and underlines read as spaces ("C5/6" like "C5-6")."""
    return " ".join(fold(text).translate(_LOOSE).split())


def names_of(entry: Any) -> Iterator[str]:
    """Everything that an entry is known by, the most telling first."""
    for attribute in ("id", "code", "abbreviation", "short", "label", "full_label"):
        name = getattr(entry, attribute, None)
        if name:
            yield name
    yield from getattr(entry, "aliases", ())
    for code in getattr(entry, "codes", ()):
        yield code.code
        yield code.description


def searchable(entries: Iterable[Any]) -> list[tuple[Any, tuple[str, ...]]]:
    """Entries with their loosened names."""
    return [(entry, tuple(dict.fromkeys(loosen(name) for name in names_of(entry)))) for entry in entries]


def rank(names: tuple[str, ...], wanted: str) -> int | None:
    """How well names answer what is wanted: 0 the same, 1 begins, 2 a word begins, 3 every word begins, 4 within.

    None: not at all.
    """
    best: int | None = None
    words = wanted.split()
    for name in names:
        if name == wanted:
            return 0
        if name.startswith(wanted):
            found = 1
        elif f" {wanted}" in name:
            found = 2
        elif len(words) > 1 and all(f" {word}" in f" {name}" for word in words):
            found = 3
        elif len(wanted) > 2 and wanted in name:
            found = 4
        else:
            continue
        best = found if best is None else min(best, found)
    return best
