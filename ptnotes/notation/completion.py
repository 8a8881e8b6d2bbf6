"""What the word under the cursor may become: names of the reference data that go with the rest of the entry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ptnotes.clinical import Reference
from ptnotes.notation.entries import MobilizationEntry
from ptnotes.notation.lexicon import folded, lexicon_of
from ptnotes.notation.reader import read

_WORD = re.compile(r"[^\s;,]+$")
_KINDS = (
    "technique",
    "motion",
    "target",
    "position",
    "response",
    "exercise",
    "intervention",
    "method",
    "rom_word",
    "area",
)
_SEPARATORS = re.compile(r"[;\n]")
_GRADE = ("g", "gr", "gra", "grad", "grade")
_MOST = 8
_GRADES_MOST = 12
_LEAST_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to go on: `text` replaces the characters from `start` to `end`, `label` says what it is."""

    text: str
    label: str
    kind: str
    start: int
    end: int


def completion(
    reference: Reference, text: str, cursor: int, region: str | None = None
) -> tuple[Candidate, ...]:
    """At most eight ways to go on with the word before the cursor, the likeliest first.

    After a level only techniques done there are offered, after a technique its grades, motions are those of `region`,
    and a number that begins an entry may become the code of a service. Nothing is offered for another number, or where
    no word has been begun.
    """
    found = _WORD.search(text[:cursor])
    if found is None:
        return ()
    wanted = folded(found.group())
    if wanted.isdigit():
        begins = not _SEPARATORS.split(text[: found.start()])[-1].strip()
        return _codes(reference, wanted, found.start(), cursor) if begins else ()
    if not any(letter.isalpha() for letter in wanted):
        return ()
    levels, technique = _said_before(reference, text[: found.start()], region)
    if technique is not None:
        grades = _grades(reference, technique, wanted, found.start(), cursor)
        if grades:
            return grades
    ranked: list[tuple[tuple[int, int, int], Candidate]] = []
    seen: set[str] = set()
    for order, ((kind, known), names) in enumerate(lexicon_of(reference).names.items()):
        if kind not in _KINDS or not _fits(reference, kind, known, levels, region):
            continue
        label = _label(reference, kind, known)
        # An id is a word of the line only where people write it so.
        written = kind == "target" or folded(names[0]) == folded(label)
        words = names if written else names[1:] or names
        rank, name = _best(words, wanted)
        if name is None:
            continue
        if rank == 0:
            # It is a word already: what is offered is the fuller one.
            name = words[0]
        if label in seen:
            continue
        seen.add(label)
        place = _KINDS.index(kind) if levels or kind != "technique" else len(_KINDS)
        if kind == "target" and reference.targets[known].kind == "vertebra":
            name, place = known, -1
        candidate = Candidate(name, label, kind, found.start(), cursor)
        ranked.append(((rank, place, order), candidate))
    return tuple(candidate for _, candidate in sorted(ranked, key=lambda pair: pair[0])[:_MOST])


def _codes(reference: Reference, digits: str, start: int, end: int) -> tuple[Candidate, ...]:
    """The services whose code begins with what was typed."""
    if len(digits) < _LEAST_DIGITS:
        return ()
    services = (row for row in reference.interventions.values() if (row.code or "").startswith(digits))
    return tuple(
        Candidate(row.code or row.id, row.label, "intervention", start, end)
        for row in services
        if row.code != digits
    )[:_MOST]


def _grades(reference: Reference, technique: str, wanted: str, start: int, end: int) -> tuple[Candidate, ...]:
    """The grades of a technique that go on like what was typed: `g` or `gr` for all of them, `iii` for III to III++."""
    grades = reference.grades_of(technique)
    if wanted not in _GRADE:
        grades = tuple(grade for grade in grades if folded(grade.code).startswith(wanted))
    grades = tuple(sorted(grades, key=lambda grade: folded(grade.code) != wanted))
    return tuple(Candidate(grade.code, grade.meaning, "grade", start, end) for grade in grades)[:_GRADES_MOST]


def _said_before(reference: Reference, text: str, region: str | None) -> tuple[tuple[str, ...], str | None]:
    """The levels, and the technique that takes a grade still, already written in the entry that the cursor is in."""
    begun = _SEPARATORS.split(text)[-1]
    if not begun.strip():
        return (), None
    # What is not said yet is marked as left open, so that half an entry can be read.
    for open_words in (" technique? side?", " side?"):
        reading = read(reference, begun + open_words, region)
        for one in reading.entries:
            entry = one.entry
            if isinstance(entry, MobilizationEntry) and (entry.levels or entry.technique):
                return entry.levels, entry.technique if entry.grade is None else None
    return (), None


def _fits(reference: Reference, kind: str, known: str, levels: tuple[str, ...], region: str | None) -> bool:
    if kind == "technique":
        technique = reference.techniques[known]
        if levels:
            return all(reference.sides_at(known, level) for level in levels)
        return region is None or region in technique.regions
    if kind == "motion":
        return not levels and (region is None or known in {m.id for m in reference.motions_in(region)})
    if kind in {"target", "area"}:
        return not levels
    return True


@cache
def _plain(name: str) -> str:
    """A name of the reference data in small letters: there are some thousands, looked through at every letter."""
    return folded(name)


def _best(names: tuple[str, ...], wanted: str) -> tuple[int, str | None]:
    """(rank, name) of the name that goes on like what was typed, its own letters first; (0, None) where none does."""
    best: tuple[int, str | None] = (9, None)
    for name in names:
        plain = _plain(name)
        if plain.startswith(wanted):
            rank = 0 if plain == wanted else 1
        elif f" {wanted}" in plain:
            rank = 2
        else:
            continue
        if rank < best[0]:
            best = (rank, name)
    return best


def _label(reference: Reference, kind: str, known: str) -> str:
    entries: Mapping[str, Any] = {
        "technique": reference.techniques,
        "motion": reference.motions,
        "target": reference.targets,
        "position": reference.patient_positions,
        "response": reference.responses,
        "exercise": reference.exercises,
        "intervention": reference.interventions,
        "method": reference.methods,
        "rom_word": reference.rom_words,
        "area": reference.areas,
    }[kind]
    entry = entries[known]
    return str(getattr(entry, "full_label", entry.label))
