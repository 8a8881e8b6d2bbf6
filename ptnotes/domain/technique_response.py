"""Change within visits, by what was done: for each technique at one place and grade, over the visits of an episode.

A description and no more. A visit's change belongs to everything that was done in it, so techniques done together share
it; nothing here says that one of them caused it, and no change is judged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter, mul
from typing import TypeAlias

from ptnotes.domain.episode_progress import grade_words
from ptnotes.domain.treatment import Mode, PainKind, PainScore, Phase, RomReading, Side, TreatmentSession
from ptnotes.domain.trend import counted
from ptnotes.domain.views import ChangeWithin, PairedMeasure, TechniqueResponse

LEAST_FOR_DEVIATION = 10
"""From so many changes on their spread is told as a standard deviation, below as the lowest and the highest.

The standard deviation of n values is itself uncertain by about one part in √(2(n−1)): by half at 3, by a quarter at 9.
"""
PAIN_NOW = PairedMeasure(unit="nprs")

_Done: TypeAlias = tuple[str, Side | None, str, str]
_Way: TypeAlias = tuple[str, str | None, Side | None, Mode | None, str | None, str | None]
_PAIN: _Way = (PAIN_NOW.unit, None, None, None, None, None)
_way: Callable[[RomReading], _Way] = attrgetter("unit", "motion", "side", "mode", "method", "test_position")


def technique_responses(sessions: Iterable[TreatmentSession]) -> tuple[TechniqueResponse, ...]:
    """A row for each technique, place and grade of the episode, those done at most visits first.

    Visits that were discarded, voided or not attended are left out. What was done without a technique or a target is
    no row. A visit counts once for a row, however often that was charted in it.
    """
    found: dict[_Done, _Gathered] = {}
    words: dict[tuple[str | None, str | None], str] = {}
    for session in counted(sessions):
        done = _done(session, words)
        if not done:
            continue
        changes, half = _changes(session)
        # A row that is not said in full was done too: nothing is known to have been done alone beside it.
        is_alone = len(done) == 1 and all(row.technique and row.targets for row in session.mobilizations)
        for key in done:
            own = found.get(key)
            if own is None:
                own = found[key] = _Gathered()
            own.visits += 1
            for way, change in changes.items():
                own.changes[way].append(change)
            for way in half:
                own.halves[way] += 1
            if is_alone:
                own.alone.update(changes.keys())
    return tuple(
        TechniqueResponse(
            target=key[0],
            side=key[1],
            technique=key[2],
            grade=key[3],
            visits=own.visits,
            changes={
                _measure(way): _change(values, own.halves[way], own.alone[way])
                for way, values in own.changes.items()
            },
            halves={_measure(way): missed for way, missed in own.halves.items() if way not in own.changes},
        )
        for key, own in sorted(found.items(), key=lambda item: -item[1].visits)
    )


@dataclass(slots=True)
class _Gathered:
    """What is counted of one technique at one place and grade: changes, halves, and pairs of visits without others."""

    visits: int = 0
    changes: dict[_Way, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    halves: Counter[_Way] = field(default_factory=Counter)
    alone: Counter[_Way] = field(default_factory=Counter)


def changes_within(session: TreatmentSession) -> tuple[dict[PairedMeasure, Decimal], set[PairedMeasure]]:
    """The change of each measure within one visit, and the measures of which one value of the two is missing.

    Pain is the pain now of the first place listed, which is the main complaint. A motion measured in several pairs
    gives the mean of their changes, so that the visit counts once.
    """
    changes, half = _changes(session)
    return {_measure(way): change for way, change in changes.items()}, {_measure(way) for way in half}


def measures_in(responses: Iterable[TechniqueResponse]) -> tuple[PairedMeasure, ...]:
    """Every measure of which there is a pair: pain first, then the motions with the most pairs first."""
    pairs: dict[PairedMeasure, int] = {}
    for response in responses:
        for measure, change in response.changes.items():
            pairs[measure] = pairs.get(measure, 0) + change.pairs
    return tuple(sorted(pairs, key=lambda measure: (measure.motion is not None, -pairs[measure])))


def _done(session: TreatmentSession, words: dict[tuple[str | None, str | None], str]) -> tuple[_Done, ...]:
    """What was done, each once. `words` keeps how each grade is written: a few stand in most rows."""
    rows: dict[_Done, None] = {}
    for mobilization in session.mobilizations:
        if mobilization.technique is None or not mobilization.targets:
            continue
        grades = (mobilization.grade, mobilization.grade_to)
        grade = words.get(grades)
        if grade is None:
            grade = words[grades] = grade_words(mobilization) if mobilization.grade is not None else ""
        for target in mobilization.targets:
            rows[target, mobilization.side, mobilization.technique, grade] = None
    return tuple(rows)


# An episode has thousands of readings: while they are gathered a measure is a plain tuple, which is hashed at once.


def _changes(session: TreatmentSession) -> tuple[dict[_Way, Decimal], set[_Way]]:
    """As `changes_within`, by the way of measuring."""
    changes: dict[_Way, Decimal] = {}
    half: set[_Way] = set()
    pain = _pain_pair(session.pain)
    if pain:
        before, after = _values_of(pain)
        if before is not None and after is not None:
            changes[_PAIN] = Decimal(after - before)
        else:
            half.add(_PAIN)
    first: dict[int, RomReading] = {}
    second: dict[int, RomReading] = {}
    for reading in session.rom:
        if reading.phase is Phase.BEFORE:
            first.setdefault(reading.pair, reading)
        elif reading.phase is Phase.AFTER:
            second.setdefault(reading.pair, reading)
    several: dict[_Way, list[Decimal]] = {}
    for pair in (first | second) if first or second else ():
        one, two = first.get(pair), second.get(pair)
        ways = [_way(reading) for reading in (one, two) if reading is not None and reading.value is not None]
        change = _motion_change(one, two, ways)
        if change is not None:
            several.setdefault(ways[0], []).append(change)
        else:
            half.update(ways)
    for way, found in several.items():
        changes[way] = found[0] if len(found) == 1 else sum(found, Decimal(0)) / len(found)
    return changes, half.difference(changes)


def _pain_pair(scores: Sequence[PainScore]) -> list[PainScore]:
    """The scores of the first pair of pain now in which anything was recorded."""
    now = [
        score
        for score in scores
        if score.kind is PainKind.NOW and score.scale == PAIN_NOW.unit and score.value is not None
    ]
    return [score for score in now if score.pair == now[0].pair]


def _values_of(scores: Sequence[PainScore]) -> tuple[int | None, int | None]:
    before = next((score.value for score in scores if score.phase is Phase.BEFORE), None)
    after = next((score.value for score in scores if score.phase is Phase.AFTER), None)
    return before, after


def _motion_change(
    before: RomReading | None, after: RomReading | None, ways: Sequence[_Way]
) -> Decimal | None:
    """After minus before of one pair; None where a value is missing, in words, or the two were not taken alike.

    `ways` are those of the readings that have a value.
    """
    if before is None or after is None or before.value is None or after.value is None:
        return None
    is_alike = ways[0] == ways[1] and before.rater == after.rater
    return after.value - before.value if is_alike else None


def _measure(way: _Way) -> PairedMeasure:
    unit, motion, side, mode, method, test_position = way
    return PairedMeasure(
        unit=unit, motion=motion, side=side, mode=mode, method=method, test_position=test_position
    )


def _change(values: Sequence[Decimal], half: int, alone: int) -> ChangeWithin:
    count, total = len(values), sum(values, Decimal(0))
    mean = total / count
    if count == 1:
        return ChangeWithin(pairs=1, half=half, mean=mean, alone=alone)
    if count < LEAST_FOR_DEVIATION:
        return ChangeWithin(
            pairs=count, half=half, mean=mean, alone=alone, lowest=min(values), highest=max(values)
        )
    squares = sum(map(mul, values, values), Decimal(0))
    variance = max((squares - total * mean) / (count - 1), Decimal(0))
    return ChangeWithin(pairs=count, half=half, mean=mean, alone=alone, deviation=variance.sqrt())
