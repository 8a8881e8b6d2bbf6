"""Whether a change is real. The screen and the printed report both ask here, so that they can never disagree.

A motion's change is set against a published measurement error (MDC) only where both readings are of the same motion,
side, mode, method and test position. A questionnaire's or a pain score's change between visits is set against the one
threshold that the reference data chose for that measure. A change equal to the threshold counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ptnotes.clinical import MdcRow, OutcomeMeasure, Reference
from ptnotes.domain.treatment import RomReading


class Meaning(StrEnum):
    """What a change amounts to."""

    IMPORTANT = "important"
    """At least the smallest change that patients found important (MCID); between visits only."""
    EXCEEDS_ERROR = "exceeds_error"
    """At least the measurement error (MDC)."""
    WITHIN_ERROR = "within_error"
    """Less than the measurement error: it may be no change at all."""
    BELOW_IMPORTANT = "below_important"
    """Less than patients found important, for a measure whose error nobody published; between visits only."""
    NO_PUBLISHED_ERROR = "no_published_error"
    """Nobody published a measurement error for this motion, method and rater: no verdict."""
    NOT_COMPARABLE = "not_comparable"
    """The two readings were not taken alike, or one is in words or missing: no verdict."""


class Direction(StrEnum):
    """Which way a change goes for the patient. NEITHER is no change, or one that crosses zero where zero is best."""

    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement on one change, in the measure's unit. `threshold` and `source` say what it was judged against."""

    meaning: Meaning
    change: Decimal | None = None
    direction: Direction = Direction.NEITHER
    threshold: Decimal | None = None
    threshold_kind: str = ""
    source: str = ""
    reason: str = ""

    @property
    def is_real(self) -> bool:
        """Whether the change is beyond measurement error."""
        return self.meaning in (Meaning.IMPORTANT, Meaning.EXCEEDS_ERROR)


def measurement_error(reference: Reference, reading: RomReading, *, same_rater: bool) -> MdcRow | None:
    """The published error that applies to `reading`: same motion, method and mode; the largest where several fit.

    For one rater's two readings an intra-rater value is taken; where only an inter-rater value is published that one
    serves, since it holds the rater's own variation and more. Two raters need an inter-rater value.
    """
    motion = reference.motions[reading.motion]
    if motion.no_published_mdc or reading.unit != motion.unit:
        return None
    fitting = [
        row
        for row in motion.mdc
        if row.usable and reading.method in row.methods and row.mode in (None, reading.mode.value)
    ]
    between = [row for row in fitting if row.rater == "interrater"]
    within = [row for row in fitting if row.rater != "interrater"]
    chosen = (within or between) if same_rater else between
    return max(chosen, key=lambda row: row.value, default=None)


def judge_motion(reference: Reference, first: RomReading, last: RomReading) -> Verdict:
    """Judge the change from `first` to `last`, two readings of one motion and side."""
    if first.value is None or last.value is None:
        return Verdict(meaning=Meaning.NOT_COMPARABLE, reason="not_numeric")
    if _way_taken(first) != _way_taken(last):
        return Verdict(meaning=Meaning.NOT_COMPARABLE, reason="not_alike")
    change = last.value - first.value
    better = reference.motions[first.motion].better
    direction = _direction(first.value, last.value, better)
    same_rater = first.rater is not None and first.rater == last.rater
    error = measurement_error(reference, last, same_rater=same_rater)
    if error is None:
        return Verdict(
            meaning=Meaning.NO_PUBLISHED_ERROR,
            change=change,
            direction=direction,
            reason="no_published_error",
        )
    return Verdict(
        meaning=Meaning.EXCEEDS_ERROR if abs(change) >= error.value else Meaning.WITHIN_ERROR,
        change=change,
        direction=direction,
        threshold=error.value,
        threshold_kind=error.kind,
        source=error.source,
    )


def judge_score(
    reference: Reference,
    measure: str,
    first: Decimal | int | None,
    last: Decimal | int | None,
    *,
    between_visits: bool,
) -> Verdict:
    """Judge a change of an outcome measure or pain scale (`measure` is its id) from `first` to `last`.

    Between visits the measure's chosen important change speaks first, then its measurement error; within one visit only
    the error does, because important changes were found between visits.
    """
    if first is None or last is None:
        return Verdict(meaning=Meaning.NOT_COMPARABLE, reason="not_numeric")
    scale = reference.measures[measure]
    change = Decimal(last) - Decimal(first)
    direction = _direction(Decimal(first), Decimal(last), scale.direction.removesuffix("_better"))
    # A scale in per cent has its changes in percentage points, which the sources call points.
    unit = "points" if scale.unit == "percent" else scale.unit
    errors = [row for row in scale.change if row.kind.startswith(("MDC", "SDC")) and row.unit == unit]
    error = max(errors, key=lambda row: row.value, default=None)
    important = scale.app_change_threshold
    kind = _importance(scale)
    if between_visits and abs(change) >= important:
        return Verdict(
            meaning=Meaning.IMPORTANT,
            change=change,
            direction=direction,
            threshold=important,
            threshold_kind=kind,
            source=scale.app_change_basis,
        )
    if error is None:
        if between_visits:
            return Verdict(
                meaning=Meaning.BELOW_IMPORTANT,
                change=change,
                direction=direction,
                threshold=important,
                threshold_kind=kind,
                source=scale.app_change_basis,
            )
        return Verdict(
            meaning=Meaning.NO_PUBLISHED_ERROR,
            change=change,
            direction=direction,
            reason="no_published_error",
        )
    return Verdict(
        meaning=Meaning.EXCEEDS_ERROR if abs(change) >= error.value else Meaning.WITHIN_ERROR,
        change=change,
        direction=direction,
        threshold=error.value,
        threshold_kind=error.kind,
        source=error.source,
    )


def _importance(scale: OutcomeMeasure) -> str:
    """What the sources call the important change that the chosen threshold reaches: MCID, MIC or MID."""
    reached = [
        row
        for row in scale.change
        if row.value <= scale.app_change_threshold and row.kind.startswith(("MCID", "MIC", "MID"))
    ]
    best = max(reached, key=lambda row: row.value, default=None)
    return best.kind.split()[0] if best is not None else "threshold"


def _way_taken(reading: RomReading) -> tuple[object, ...]:
    return (reading.motion, reading.side, reading.mode, reading.method, reading.test_position, reading.unit)


def _direction(first: Decimal, last: Decimal, better: str) -> Direction:
    if better == "toward_zero":
        gain = abs(first) - abs(last)
    elif better == "lower":
        gain = first - last
    else:
        gain = last - first
    if gain == 0:
        return Direction.NEITHER
    return Direction.BETTER if gain > 0 else Direction.WORSE
