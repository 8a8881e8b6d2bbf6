"""What the word under the cursor may become: names of the reference data that go with the rest of the entry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
)
_MOST = 8


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

    After a level only techniques done there are offered, motions are those of `region`. Nothing is offered for a
    number, or where no word has been begun.
    """
    found = _WORD.search(text[:cursor])
    if found is None or not any(letter.isalpha() for letter in found.group()):
        return ()
    wanted = folded(found.group())
    levels = _levels_before(reference, text[: found.start()], region)
    ranked: list[tuple[tuple[int, int, int], Candidate]] = []
    seen: set[str] = set()
    for order, ((kind, known), names) in enumerate(lexicon_of(reference).names.items()):
        if kind not in _KINDS or not _fits(reference, kind, known, levels, region):
            continue
        rank, name = _best(names[1:] or names, wanted)
        if name is None:
            continue
        if rank == 0:
            # It is a word already: what is offered is the fuller one.
            name = (names[1:] or names)[0]
        label = _label(reference, kind, known)
        if label in seen:
            continue
        seen.add(label)
        place = _KINDS.index(kind) if levels or kind != "technique" else len(_KINDS)
        candidate = Candidate(name, label, kind, found.start(), cursor)
        ranked.append(((rank, place, order), candidate))
    return tuple(candidate for _, candidate in sorted(ranked, key=lambda pair: pair[0])[:_MOST])


def _levels_before(reference: Reference, text: str, region: str | None) -> tuple[str, ...]:
    """The levels already written in the entry that the cursor is in."""
    begun = re.split(r"[;\n]", text)[-1]
    if not begun.strip():
        return ()
    reading = read(reference, f"{begun} technique? side?", region)
    for one in reading.entries:
        if isinstance(one.entry, MobilizationEntry):
            return one.entry.levels
    return ()


def _fits(reference: Reference, kind: str, known: str, levels: tuple[str, ...], region: str | None) -> bool:
    if kind == "technique":
        technique = reference.techniques[known]
        if levels:
            return all(reference.sides_at(known, level) for level in levels)
        return region is None or region in technique.regions
    if kind == "motion":
        return not levels and (region is None or known in {m.id for m in reference.motions_in(region)})
    if kind == "target":
        return not levels
    return True


def _best(names: tuple[str, ...], wanted: str) -> tuple[int, str | None]:
    """(rank, name) of the name that goes on like what was typed, its own letters first; (0, None) where none does."""
    best: tuple[int, str | None] = (9, None)
    for name in names:
        plain = folded(name)
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
    }[kind]
    entry = entries[known]
    return str(getattr(entry, "full_label", entry.label))
