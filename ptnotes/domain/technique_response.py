"""Change within visits, by what was done: for each technique at one place and grade, over the visits of an episode.

A description and no more. A visit's change belongs to everything that was done in it, so techniques done together share
it; nothing here says that one of them caused it, and no change is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import sqrt
from typing import TypeAlias

from ptnotes.domain.episode_progress import grade_words
from ptnotes.domain.treatment import PainKind, PainScore, Phase, RomReading, Side, TreatmentSession
from ptnotes.domain.trend import counted
from ptnotes.domain.views import ChangeWithin, PairedMeasure, TechniqueResponse

LEAST_FOR_DEVIATION = 10
"""From so many changes on their spread is told as a standard deviation, below as the lowest and the highest.

The standard deviation of n values is itself uncertain by about one part in √(2(n−1)): by half at 3, by a quarter at 9.
"""
PAIN_NOW = PairedMeasure(unit="nprs")

_Done: TypeAlias = tuple[str, Side | None, str, str]


def technique_responses(sessions: Iterable[TreatmentSession]) -> tuple[TechniqueResponse, ...]:
    """A row for each technique, place and grade of the episode, those done at most visits first.

    Visits that were discarded, voided or not attended are left out. What was done without a technique or a target is
    no row. A visit counts once for a row, however often that was charted in it.
    """
    visits: dict[_Done, int] = {}
    gathered: dict[_Done, dict[PairedMeasure, list[Decimal]]] = {}
    alone: dict[_Done, dict[PairedMeasure, int]] = {}
    halves: dict[_Done, dict[PairedMeasure, int]] = {}
    for session in counted(sessions):
        done = _done(session)
        if not done:
            continue
        changes, half = changes_within(session)
        for key in done:
            visits[key] = visits.get(key, 0) + 1
            own = gathered.setdefault(key, {})
            for measure, change in changes.items():
                own.setdefault(measure, []).append(change)
            missed = halves.setdefault(key, {})
            for measure in half:
                missed[measure] = missed.get(measure, 0) + 1
            if len(done) == 1:
                single = alone.setdefault(key, {})
                for measure in changes:
                    single[measure] = single.get(measure, 0) + 1
    return tuple(
        TechniqueResponse(
            target=key[0],
            side=key[1],
            technique=key[2],
            grade=key[3],
            visits=count,
            changes={
                measure: _change(
                    values, halves.get(key, {}).get(measure, 0), alone.get(key, {}).get(measure, 0)
                )
                for measure, values in gathered.get(key, {}).items()
            },
            halves={
                measure: missed
                for measure, missed in halves.get(key, {}).items()
                if measure not in gathered.get(key, {})
            },
        )
        for key, count in sorted(visits.items(), key=lambda item: -item[1])
    )


def changes_within(session: TreatmentSession) -> tuple[dict[PairedMeasure, Decimal], set[PairedMeasure]]:
    """The change of each measure within one visit, and the measures of which one value of the two is missing.

    Pain is the pain now of the first place listed, which is the main complaint. A motion measured in several pairs
    gives the mean of their changes, so that the visit counts once.
    """
    changes: dict[PairedMeasure, Decimal] = {}
    half: set[PairedMeasure] = set()
    pain = _pain_pair(session.pain)
    if pain:
        before, after = _values_of(pain)
        if before is not None and after is not None:
            changes[PAIN_NOW] = Decimal(after - before)
        else:
            half.add(PAIN_NOW)
    pairs: dict[int, list[RomReading]] = {}
    for reading in session.rom:
        if reading.value is not None or reading.word is not None:
            pairs.setdefault(reading.pair, []).append(reading)
    found: dict[PairedMeasure, list[Decimal]] = {}
    for readings in pairs.values():
        change = _motion_change(readings)
        if change is not None:
            found.setdefault(_measure(readings[0]), []).append(change)
        else:
            half.update(
                _measure(reading) for reading in readings if reading.value is not None and _is_paired(reading)
            )
    changes |= {measure: sum(values, Decimal(0)) / len(values) for measure, values in found.items()}
    return changes, half - set(changes)


def measures_in(responses: Iterable[TechniqueResponse]) -> tuple[PairedMeasure, ...]:
    """Every measure of which there is a pair: pain first, then the motions with the most pairs first."""
    pairs: dict[PairedMeasure, int] = {}
    for response in responses:
        for measure, change in response.changes.items():
            pairs[measure] = pairs.get(measure, 0) + change.pairs
    return tuple(sorted(pairs, key=lambda measure: (measure.motion is not None, -pairs[measure])))


def _done(session: TreatmentSession) -> tuple[_Done, ...]:
    rows: dict[_Done, None] = {}
    for mobilization in session.mobilizations:
        if mobilization.technique is None:
            continue
        grade = grade_words(mobilization)
        for target in mobilization.targets:
            rows[target, mobilization.side, mobilization.technique, grade] = None
    return tuple(rows)


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


def _motion_change(readings: Sequence[RomReading]) -> Decimal | None:
    """After minus before of one pair; None where a value is missing, in words, or the two were not taken alike."""
    before = next((reading for reading in readings if reading.phase is Phase.BEFORE), None)
    after = next((reading for reading in readings if reading.phase is Phase.AFTER), None)
    if before is None or after is None or before.value is None or after.value is None:
        return None
    is_alike = _measure(before) == _measure(after) and before.rater == after.rater
    return after.value - before.value if is_alike else None


def _is_paired(reading: RomReading) -> bool:
    """Whether a second value was to be expected: a single reading is not half of anything."""
    return reading.phase is not Phase.SINGLE


def _measure(reading: RomReading) -> PairedMeasure:
    return PairedMeasure(
        unit=reading.unit,
        motion=reading.motion,
        side=reading.side,
        mode=reading.mode,
        method=reading.method,
        test_position=reading.test_position,
    )


def _change(values: Sequence[Decimal], half: int, alone: int) -> ChangeWithin:
    count = len(values)
    mean = sum(values, Decimal(0)) / count
    if count == 1:
        return ChangeWithin(pairs=1, half=half, mean=mean, alone=alone)
    if count < LEAST_FOR_DEVIATION:
        return ChangeWithin(
            pairs=count, half=half, mean=mean, alone=alone, lowest=min(values), highest=max(values)
        )
    squares = sum(float(value - mean) ** 2 for value in values)
    deviation = Decimal(str(round(sqrt(squares / (count - 1)), 6)))
    return ChangeWithin(pairs=count, half=half, mean=mean, alone=alone, deviation=deviation)
