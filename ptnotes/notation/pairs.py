"""Readings and scores that are taken before and after treatment: one measurement is a pair of rows, said together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from ptnotes.clinical import Reference
from ptnotes.domain.checks import pain_faults, rom_faults
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.treatment import Mode, PainKind, PainScore, Phase, RomReading, Side, TreatmentSession
from ptnotes.notation.entries import PainEntry, RomEntry

Both: TypeAlias = tuple[Any | None, Any | None]
"""The row before treatment and the one after; one that was not repeated stands as before."""


def pairs_of(rows: tuple[Any, ...]) -> Iterator[Both]:
    """(before, after) of each pair, in the order charted."""
    pairs: dict[int, list[Any]] = {}
    for row in rows:
        pairs.setdefault(row.pair, []).append(row)
    yield from (by_phase(pair) for pair in pairs.values())


def by_phase(rows: Iterable[Any]) -> Both:
    """The rows of one pair as (before, after)."""
    both: list[Any | None] = [None, None]
    for row in rows:
        both[row.phase is Phase.AFTER] = row
    return both[0], both[1]


def refuse(faults: Iterator[Fault]) -> None:
    """Raise `InputError` where there is any fault."""
    found = tuple(faults)
    if found:
        raise InputError(*found)


def added(session: TreatmentSession, kind: str, *rows: Any) -> TreatmentSession:
    """The visit with rows at the end of a list, each under the next free number."""
    numbered = [replace(row, row=session.next_row + place) for place, row in enumerate(rows)]
    changes: dict[str, Any] = {
        kind: (*getattr(session, kind), *numbered),
        "next_row": session.next_row + len(rows),
    }
    return replace(session, **changes)


def changed(session: TreatmentSession, kind: str, rows: Mapping[int, Any]) -> TreatmentSession:
    """The visit with the rows of those numbers as given; None takes a row out."""
    said = (rows.get(row.row, row) for row in getattr(session, kind))
    changes: dict[str, Any] = {kind: tuple(row for row in said if row is not None)}
    return replace(session, **changes)


def alike_readings(session: TreatmentSession, entry: RomEntry) -> Both:
    """The pair that an entry speaks of: the same motion, side and, where it says so, way of measuring."""
    for pair in pairs_of(session.rom):
        one = pair[0] or pair[1]
        if (
            one is not None
            and (one.motion, one.side) == (entry.motion, _side(entry.side))
            and entry.method in {None, one.method}
            and entry.mode in {None, one.mode.value}
            and entry.test_position in {None, one.test_position}
        ):
            return pair
    return None, None


def say_readings(
    reference: Reference,
    session: TreatmentSession,
    entry: RomEntry,
    old: Both,
    person_id: int | None,
    *,
    whole: bool = False,
) -> TreatmentSession:
    """The visit with a pair of readings as the entry says it, on top of `old`; a new reading is by `person_id`.

    What the entry does not say stays; where it says the `whole` row, readings and pain that it does not say go.
    """
    motion = reference.motions[entry.motion]
    one = old[0] or old[1]
    partner = one if one is not None and one.motion == entry.motion else None
    mode = (
        Mode(entry.mode) if entry.mode is not None else partner.mode if partner is not None else Mode.ACTIVE
    )
    method = entry.method or (partner.method if partner is not None else motion.default_method)
    position = entry.test_position or (partner.test_position if partner is not None else None)
    said = (
        (Phase.BEFORE, entry.before, entry.word, entry.pain_before, entry.end_range_pain),
        (Phase.AFTER, entry.after, entry.word_after, entry.pain_after, entry.end_range_pain_after),
    )
    new: list[RomReading] = []
    anew: dict[int, RomReading | None] = {}
    for row, (phase, value, word, pain, hurts) in zip(old, said, strict=True):
        if value is None and word is None:
            if row is not None and whole and (row.value is not None or row.word is not None):
                anew[row.row] = None
            continue
        start = row
        if start is None:
            pair = one.pair if one is not None else session.next_row
            rater = one.rater if one is not None else person_id
            start = RomReading(row=0, pair=pair, motion=entry.motion, phase=phase, rater=rater)
        reading = replace(
            start,
            motion=entry.motion,
            side=_side(entry.side),
            mode=mode,
            method=method,
            test_position=position,
            value=value,
            unit=entry.unit or motion.unit,
            word=word,
            pain=pain if pain is not None or whole else start.pain,
            end_range_pain=hurts if hurts is not None or whole else start.end_range_pain,
        )
        refuse(rom_faults(reference, reading))
        if row is None:
            new.append(reading)
        else:
            anew[row.row] = reading
    return added(changed(session, "rom", anew), "rom", *new)


def alike_scores(session: TreatmentSession, entry: PainEntry) -> Both:
    """The pair that an entry speaks of: the same pain, side and place."""
    kind, motion = _pain_kind(entry)
    for pair in pairs_of(session.pain):
        one = pair[0] or pair[1]
        if one is not None and (one.kind, one.motion, one.side, one.place) == (
            kind,
            motion,
            _side(entry.side),
            entry.place,
        ):
            return pair
    return None, None


def say_scores(
    reference: Reference, session: TreatmentSession, entry: PainEntry, old: Both, *, whole: bool = False
) -> TreatmentSession:
    """The visit with a pair of pain scores as the entry says it, on top of `old`; see `say_readings`."""
    kind, motion = _pain_kind(entry)
    one = old[0] or old[1]
    # The best and the worst since the last visit have no treatment between them.
    first = Phase.SINGLE if kind in {PainKind.BEST, PainKind.WORST} and entry.after is None else Phase.BEFORE
    new: list[PainScore] = []
    anew: dict[int, PainScore | None] = {}
    for row, (phase, value) in zip(old, ((first, entry.before), (Phase.AFTER, entry.after)), strict=True):
        if value is None:
            if row is not None and whole and row.value is not None:
                anew[row.row] = None
            continue
        start = row
        if start is None:
            pair = one.pair if one is not None else session.next_row
            start = PainScore(row=0, pair=pair, phase=phase)
        score = replace(
            start, kind=kind, motion=motion, side=_side(entry.side), place=entry.place, value=value
        )
        refuse(pain_faults(reference, score))
        if row is None:
            new.append(score)
        else:
            anew[row.row] = score
    return added(changed(session, "pain", anew), "pain", *new)


def _pain_kind(entry: PainEntry) -> tuple[PainKind, str | None]:
    kinds = {kind.value for kind in PainKind} - {PainKind.MOVEMENT.value}
    if entry.what in kinds:
        return PainKind(entry.what), None
    return PainKind.MOVEMENT, entry.what


def _side(side: str | None) -> Side | None:
    return Side(side) if side is not None else None
