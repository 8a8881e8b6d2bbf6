"""The line as an input of a visit: what Enter would make of it, shown while it is typed, and what stays in the line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from ptnotes.clinical import Reference
from ptnotes.domain.errors import InputError
from ptnotes.domain.sentences import sentence
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.notation.entries import Entry, PainEntry, Problem, ReadEntry, Reading, RomEntry
from ptnotes.notation.pairs import alike_readings, alike_scores
from ptnotes.notation.reader import read
from ptnotes.notation.rows import (
    Charted,
    apply_entry,
    entries_of,
    pain_entry_of,
    replace_entry,
    rom_entry_of,
)

_SEPARATORS = " \t,;/&|\n\r"
_STRETCH = re.compile(r"[;\n]")


@dataclass(frozen=True, slots=True)
class Place:
    """What a line is read against: the episode's regions, the main one first, and its side of a limb."""

    regions: tuple[str, ...] = ()
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """An entry of the line. `taken` says that Enter charts it; `before` is what stands charted in its place now."""

    read: ReadEntry
    taken: bool
    before: Entry | None = None


@dataclass(frozen=True, slots=True)
class Taking:
    """What Enter makes of a line: the visit with what is taken charted and the rest pending, and why it stays.

    An entry that is not taken though no problem lies in it waits for what follows: that took a side or a level over
    from it, which would be lost with it.
    """

    session: TreatmentSession
    understood: tuple[Understood, ...] = ()
    problems: tuple[Problem, ...] = ()


def taking(reference: Reference, session: TreatmentSession, place: Place, text: str) -> Taking:
    """Read the line and try it on the visit, whose `pending_row` its first entry says anew. Never raises."""
    reading = _read(reference, place, text)
    kept: set[int] = set()
    while True:
        done = _tried(reference, session, reading, text, kept)
        taken = [one.read for one in done.understood if one.taken]
        left = [one.read for one in done.understood if not one.taken]
        # Words that say two entries ("SB bil") say both or none.
        shared = [one.start for one in taken if any(o.start < one.end and one.start < o.end for o in left)]
        rest = _without(text, [(one.start, one.end) for one in taken])
        torn = None if shared else _torn(reference, place, rest, left)
        before = shared or [one.start for one in taken if torn is not None and one.start < torn.start]
        if not before:
            row = done.session.pending_row if rest else None
            return replace(done, session=replace(done.session, pending_line=rest, pending_row=row))
        kept.add(before[-1])


def _torn(reference: Reference, place: Place, rest: str, left: Sequence[ReadEntry]) -> ReadEntry | None:
    """The first entry left in the line that says something else once the others are gone."""
    if not left:
        return None
    again = [one.entry for one in _read(reference, place, rest).entries]
    for one, now in zip_longest(left, again):
        if one is not None and one.entry != now:
            return one
    return None


def charted_in(reference: Reference, session: TreatmentSession, row: int) -> Charted | None:
    """What the row of that number charts, as an entry; None where there is none, or it says nothing yet."""
    return next((charted for charted in entries_of(reference, session) if row in charted.rows), None)


def _tried(
    reference: Reference, session: TreatmentSession, reading: Reading, text: str, kept: Collection[int]
) -> Taking:
    """The entries that nothing stands against charted one after the other, but for those `kept` in the line."""
    ready = {one.start for one in reading.ready} - set(kept)
    problems = list(reading.problems)
    understood = []
    first = _first_stretch(reading, text)
    for one in sorted(reading.entries, key=lambda read: read.start):
        if one.start not in ready:
            understood.append(Understood(one, taken=False))
            continue
        anew = charted_in(reference, session, session.pending_row) if session.pending_row else None
        before: Entry | None
        try:
            if anew is not None and one.start == first:
                changed = replace(replace_entry(reference, session, anew, one.entry), pending_row=None)
                before = anew.entry
            else:
                before = _in_its_place(session, one.entry)
                person = session.author_id if isinstance(one.entry, RomEntry) else None
                changed = apply_entry(reference, session, one.entry, person)
        except InputError as error:
            words = text[one.start : one.end]
            reason = " ".join(sentence(fault) for fault in error.faults)
            problems.append(Problem(words.strip(), one.start, one.start + len(words.rstrip()), reason))
            understood.append(Understood(one, taken=False))
            continue
        session = changed
        understood.append(Understood(one, taken=True, before=before))
    return Taking(session, tuple(understood), tuple(sorted(problems, key=lambda problem: problem.start)))


def _read(reference: Reference, place: Place, text: str) -> Reading:
    main = place.regions[0] if place.regions else None
    return read(reference, text, main, place.regions[1:], place.side)


def _first_stretch(reading: Reading, text: str) -> int | None:
    """Where the entry begins that the line begins with; None where a problem stands before it or in its place."""
    end = _STRETCH.search(text, len(text) - len(text.lstrip(_SEPARATORS)))
    starts = [one.start for one in reading.entries]
    if not starts or any(problem.start < min(starts) for problem in reading.problems):
        return None
    return min(starts) if end is None or min(starts) < end.start() else None


def _in_its_place(session: TreatmentSession, entry: Entry) -> Entry | None:
    """What the visit says already of the motion or pain that an entry says anew."""
    if isinstance(entry, RomEntry):
        return rom_entry_of(*alike_readings(session, entry))
    if isinstance(entry, PainEntry):
        pair = alike_scores(session, entry)
        return pain_entry_of(*pair) if any(pair) else None
    return None


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without those stretches, its parts set apart as they were: by a line end, else by a semicolon."""
    parts: list[str] = []
    place = 0
    for start, end in [*sorted(spans), (len(text), len(text))]:
        part = text[place:start] if start >= place else ""
        place = max(place, end)
        if part.strip(_SEPARATORS):
            parts.append(part.strip(_SEPARATORS))
    return " ; ".join(parts)
