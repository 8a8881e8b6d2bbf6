"""Whether a change is real. The screen and the printed report both ask here, so that they can never disagree.

A motion's change is set against a published measurement error (MDC) only where both readings are of the same motion,
side, mode, method and test position. A questionnaire's or a pain score's change between visits is set against the one
important change (MCID) that the reference data chose for that measure and region. A change equal to a threshold counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ptnotes.clinical import (
    ChangeRow,
    ClinicValue,
    MdcRow,
    OutcomeMeasure,
    Reference,
    SourceStatus,
)
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
    """The judgement on one change, in the measure's unit. `threshold` and `source` say what it was judged against.

    `source_status` says how far the source may be trusted, `chosen_because` why this threshold was taken where several
    are published. `own` is the clinic's value where the threshold is one, and `source` is then of what it replaced.
    `reason` is a word for the program, where there is no verdict.
    """

    meaning: Meaning
    change: Decimal | None = None
    direction: Direction = Direction.NEITHER
    threshold: Decimal | None = None
    threshold_kind: str = ""
    source: str = ""
    source_status: SourceStatus | None = None
    chosen_because: str = ""
    own: ClinicValue | None = None
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
    error = measurement_error(reference, last, same_rater=taken_by_one(first, last))
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
        source_status=error.source_status,
        own=error.own,
    )


def judge_score(
    reference: Reference,
    measure: str,
    first: Decimal | int | None,
    last: Decimal | int | None,
    *,
    between_visits: bool,
    region: str | None = None,
) -> Verdict:
    """Judge a change of an outcome measure or pain scale (`measure` is its id) from `first` to `last`.

    A change within the measurement error is no more than that, whatever patients call important. Beyond it, and only
    between visits, the one important change speaks that was chosen for the measure in the episode's main `region`
    (None: not known); within one visit only the error does, because important changes were found between visits.
    """
    if first is None or last is None:
        return Verdict(meaning=Meaning.NOT_COMPARABLE, reason="not_numeric")
    scale = reference.measures[measure]
    change = Decimal(last) - Decimal(first)
    direction = _direction(Decimal(first), Decimal(last), scale.direction.removesuffix("_better"))
    error = score_error(scale)
    important = reference.important_change(measure, region) if between_visits else None
    is_beyond_error = error is None or abs(change) >= error.value
    if important is not None and is_beyond_error:
        reaches = abs(change) >= important.value
        if reaches or error is None:
            return Verdict(
                meaning=Meaning.IMPORTANT if reaches else Meaning.BELOW_IMPORTANT,
                change=change,
                direction=direction,
                threshold=important.value,
                threshold_kind=important.kind,
                source=important.source,
                source_status=important.source_status,
                chosen_because="" if important.own else important.reason,
                own=important.own,
            )
    if error is None:
        return Verdict(
            meaning=Meaning.NO_PUBLISHED_ERROR,
            change=change,
            direction=direction,
            reason="nothing_published" if between_visits else "no_published_error",
        )
    return Verdict(
        meaning=Meaning.EXCEEDS_ERROR if is_beyond_error else Meaning.WITHIN_ERROR,
        change=change,
        direction=direction,
        threshold=error.value,
        threshold_kind=error.kind,
        source=error.source,
        source_status=error.source_status,
        own=error.own,
    )


def score_error(scale: OutcomeMeasure) -> ChangeRow | None:
    """The published measurement error of a measure's score, the largest where there are several; None without one."""
    # A scale in per cent has its changes in percentage points, which the sources call points.
    unit = "points" if scale.unit == "percent" else scale.unit
    errors = [
        row
        for row in scale.change
        if row.kind.startswith(("MDC", "SDC")) and row.unit == unit and not row.single_item
    ]
    return max(errors, key=lambda row: row.value, default=None)


def taken_by_one(first: RomReading, last: RomReading) -> bool:
    """Whether one known rater took both readings; where a rater is not recorded, it may have been another."""
    return first.rater is not None and first.rater == last.rater


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
