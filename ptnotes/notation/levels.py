"""Levels of the spine and ribs as they are written: `C5/6`, `L4-L5`, `T4-T6`, `L3, L4`, `C45`, `ribs 4-6`."""

from __future__ import annotations

import re
from typing import NamedTuple

from ptnotes.clinical import Reference

_FIRST = re.compile(
    r"(?<![a-z0-9])(c|t|th|d|l|s)(\d{1,4})(?![a-z]|\d)|(?<![a-z0-9])(c|t|th|d|l|s)(\d{1,4})(?=x\s*\d|[ctls]\d)"
)
_NEXT = re.compile(
    r"(?P<sep>\s*(?:-|/|,|&|\+|\band\b|\bto\b|\bthru\b|\bthrough\b|\bon\b)\s*|(?=[ctls]\d))"
    r"(?P<letter>c|t|th|d|l|s)?(?P<number>\d{1,2})(?![a-z](?!\d)|\d|\.\d|°|%)"
)
_ONE = re.compile(r"(?<![a-z0-9])(c|th?|d|l|s)(\d{1,2})(?![a-z0-9])")
_A_DOSE = re.compile(r"\s*(?:x|\*|sets?|secs?|s\b|mins?|min\b|reps?|osc|hz|/\s*10|\"|'|deg|of\b|attempts?)")
_RIBS = re.compile(
    r"(?<![a-z0-9])(?:ribs?\s*(?P<a>\d{1,2})(?:\s*(?P<sep>-|/|to|&|,|and)\s*(?P<b>\d{1,2})(?!\s*x|\d))?"
    r"|(?P<c>\d{1,2})(?:st|nd|rd|th)?\s*-\s*(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+ribs?)(?![a-z0-9])"
)
_HIGHEST = {"c": 7, "t": 12, "l": 5, "s": 1}
_LOWEST = {"c": 0, "t": 1, "l": 1, "s": 1}
_AFTER = {"c": "t", "t": "l", "l": "s"}
_PART = {"c": "C0 to C7", "t": "T1 to T12", "l": "L1 to L5", "s": "S1"}
_RANGE = frozenset({"-", "/", "to", "thru", "through", "", "on"})


class Levels(NamedTuple):
    """Levels found in a text: their ids, or the reason why there are no such levels."""

    start: int
    end: int
    ids: tuple[str, ...] = ()
    fault: str = ""


def read_levels(reference: Reference, text: str, place: int) -> Levels | None:
    """The vertebrae or segments written at `place` of a folded text; None where there are none."""
    found = _FIRST.match(text, place)
    if found is None:
        return None
    letter = _letter(found[1] or found[3])
    digits = found[2] or found[4]
    end = found.end()
    pair = _pair(letter, digits)
    if pair is not None:
        return _segment(reference, place, end, pair)
    chain: list[tuple[str, str]] = []
    one = _vertebra(letter, digits)
    if one is None:
        return Levels(place, end, (), _impossible(letter, digits))
    chain.append(("", one))
    while True:
        following = _NEXT.match(text, end)
        if following is None:
            break
        separator = following["sep"].strip()
        named = following["letter"]
        loose = separator in {",", "&", "+", "and", "to", "on"} or following["sep"] != separator
        if named is None and loose and _A_DOSE.match(text, following.end()):
            break
        if named is None and following["number"][:1] == "0":
            break
        letter_now = _letter(named) if named else letter
        number = following["number"]
        one = _vertebra(letter_now, number)
        if one is None and named is None and number == "1" and letter in _AFTER:
            one = _vertebra(_AFTER[letter], number)
        if one is None or (named is None and number == "1" and letter in _AFTER and _at_end(chain[-1][1])):
            one = _vertebra(_AFTER.get(letter, ""), number) if number == "1" else one
        if one is None:
            if named is None and separator in {",", "&", "+", "and"}:
                break
            return Levels(place, following.end(), (), _impossible(letter_now, number))
        chain.append((separator, one))
        letter, end = one[0].lower(), following.end()
    return Levels(place, end, _resolved(reference, chain))


def read_vertebra(text: str, place: int) -> tuple[int, str] | None:
    """(end, id) of one vertebra written at `place` of a folded text; None where there is none."""
    found = _ONE.match(text, place)
    one = _vertebra(_letter(found[1]), found[2]) if found is not None else None
    return (found.end(), one) if found is not None and one is not None else None


def _letter(written: str) -> str:
    return {"d": "t", "th": "t"}.get(written, written)


def _at_end(vertebra: str) -> bool:
    return vertebra in {"C7", "T12", "L5"}


def _vertebra(letter: str, digits: str) -> str | None:
    if letter not in _HIGHEST or len(digits) > 2 or (len(digits) > 1 and digits[0] == "0"):
        return None
    number = int(digits)
    return f"{letter.upper()}{number}" if _LOWEST[letter] <= number <= _HIGHEST[letter] else None


def _pair(letter: str, digits: str) -> tuple[str, str] | None:
    """`C45`, `T910`, `L51`: two neighbours written as one number, where no vertebra has that number."""
    if len(digits) < 2 or _vertebra(letter, digits) is not None:
        return None
    for cut in range(1, len(digits)):
        upper = _vertebra(letter, digits[:cut])
        lower = _vertebra(letter, digits[cut:])
        if upper and lower and int(lower[1:]) == int(upper[1:]) + 1:
            return upper, lower
        if upper and _at_end(upper) and digits[cut:] == "1":
            return upper, f"{_AFTER[letter].upper()}1"
    return None


def _segment(reference: Reference, start: int, end: int, pair: tuple[str, str]) -> Levels:
    segment = reference.segment_between(*pair)
    return Levels(start, end, (segment.id,) if segment is not None else pair)


def _resolved(reference: Reference, chain: list[tuple[str, str]]) -> tuple[str, ...]:
    """Neighbours joined by a dash or slash are the segment between; others further apart all that lie from one to the
    other; a longer chain of slashes is a list.
    """
    groups: list[list[str]] = []
    for separator, one in chain:
        if groups and separator in _RANGE:
            groups[-1].append(one)
        else:
            groups.append([one])
    ids: list[str] = []
    for group in groups:
        if len(group) == 2:
            segment = reference.segment_between(*group)
            between = (segment,) if segment is not None else reference.vertebrae_between(*group)
            ids.extend(target.id for target in between)
        else:
            ids.extend(group)
    return tuple(dict.fromkeys(ids))


def _impossible(letter: str, digits: str) -> str:
    if letter == "s":
        return f"S{digits}: the sacrum is charted as S1, its joints as SIJ or coccyx."
    return f"{letter.upper()}{digits}: there is no such vertebra; this part of the spine has {_PART[letter]}."


def read_ribs(text: str, place: int) -> Levels | None:
    """The ribs written at `place` of a folded text (`rib 5`, `ribs 4-6`, `3rd-5th ribs`); None where there are none."""
    found = _RIBS.match(text, place)
    if found is None:
        return None
    first = int(found["a"] or found["c"])
    second = int(found["b"] or found["d"] or first)
    for number in (first, second):
        if not 1 <= number <= 12:
            return Levels(place, found.end(), (), f"Rib {number}: there are ribs 1 to 12.")
    listed = found["sep"] in {"&", ",", "and"}
    numbers = [first, second] if listed else list(range(min(first, second), max(first, second) + 1))
    return Levels(place, found.end(), tuple(f"RIB{number}" for number in dict.fromkeys(numbers)))
