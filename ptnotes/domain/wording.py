"""Values as people read them: numbers with units, changes with their meaning, dates. Screen and report ask here."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ptnotes.clinical import ClinicValue, OutcomeMeasure, SourceStatus
from ptnotes.domain.change import Direction, Meaning, Verdict
from ptnotes.domain.sources import TRUST
from ptnotes.domain.treatment import Side

MINUS = "−"
_USUAL_S = 120
"""Sets of a mobilization are told in seconds up to here, as they are typed and as they grow from visit to visit."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SUFFIXES = {
    "deg": "°",
    "percent": " %",
    "percentage points": " %",
    "cm": " cm",
    "mm": " mm",
    "kg": " kg",
    "s": " s",
    "days": " days",
}
_SIDES = {Side.LEFT: "left", Side.RIGHT: "right", Side.BILATERAL: "both sides", Side.MIDLINE: "midline"}


def number(value: Decimal) -> str:
    """A number as printed: no needless zeros, never an exponent, a real minus sign."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text in ("-0", ""):
        text = "0"
    return text.replace("-", MINUS)


def duration_words(duration_s: int) -> str:
    """How long a set took, as it is said: ``8 min``; in seconds where it is no whole minute, or short (``60 s``)."""
    if duration_s > _USUAL_S and duration_s % 60 == 0:
        return f"{duration_s // 60} min"
    return f"{duration_s} s"


def with_unit(value: Decimal, unit: str) -> str:
    """A value with its unit's sign: ``42°``, ``12 cm``, ``30 %``; points of a scale have no sign."""
    return number(value) + _SUFFIXES.get(unit, "")


def difference(value: Decimal, unit: str) -> str:
    """A difference of two values. Of values in per cent it is in points: ``14 %`` would read as a share."""
    return f"{number(value)} points" if unit == "percent" else with_unit(value, unit)


def signed(value: Decimal, unit: str = "") -> str:
    """A change with its sign and unit: ``+13°``, ``−3``; no change is ``0``."""
    sign = "+" if value > 0 else ""
    return sign + difference(value, unit)


def measure_label(measure: OutcomeMeasure, subscale: str = "") -> str:
    """An outcome measure's short name with its scale, ``NDI (0–50)``, where the values do not say per cent.

    With the id of a `subscale` that is named as well: ``KOOS (0–100), Pain``.
    """
    scale = f"{number(measure.score_min)}–{number(measure.score_max)}"
    label = measure.abbreviation if measure.unit == "percent" else f"{measure.abbreviation} ({scale})"
    part = next((part.label for part in measure.subscales if part.id == subscale), subscale)
    return f"{label}, {part}" if part else label


def verdict_words(verdict: Verdict) -> str:
    """What a change amounts to, in two or three words; a change for the worse says so."""
    words = {
        Meaning.IMPORTANT: "important",
        Meaning.EXCEEDS_ERROR: "above measurement error",
        Meaning.WITHIN_ERROR: "within error",
        Meaning.BELOW_IMPORTANT: "below important change",
        Meaning.NO_PUBLISHED_ERROR: "no error on file",
        Meaning.NOT_COMPARABLE: "in words" if verdict.reason == "not_numeric" else "measured differently",
    }[verdict.meaning]
    return f"{words}, worse" if verdict.is_real and verdict.direction is Direction.WORSE else words


def verdict_tag(verdict: Verdict) -> str:
    """As `verdict_words`, short enough for a tag beside a value; never shown without a way to the full words."""
    words = {
        Meaning.IMPORTANT: "important",
        Meaning.EXCEEDS_ERROR: "above error",
        Meaning.WITHIN_ERROR: "within error",
        Meaning.BELOW_IMPORTANT: "below important",
        Meaning.NO_PUBLISHED_ERROR: "error unknown",
        Meaning.NOT_COMPARABLE: "not compared",
    }[verdict.meaning]
    return f"{words}, worse" if verdict.is_real and verdict.direction is Direction.WORSE else words


def verdict_phrase(verdict: Verdict, unit: str) -> str:
    """The change and what it amounts to: ``+13°, above measurement error``."""
    if verdict.change is None:
        return verdict_words(verdict)
    return f"{signed(verdict.change, unit)}, {verdict_words(verdict)}"


def threshold_words(verdict: Verdict, unit: str) -> str:
    """What the change was judged against, who published it and why that one; says so where nobody did."""
    if verdict.meaning is Meaning.NOT_COMPARABLE:
        return "Not compared: the two readings were not taken alike."
    if verdict.threshold is None:
        if verdict.reason == "nothing_published":
            return "Not judged: no published error and no important change is on file for this measure and region."
        return "Not judged: no published measurement error is on file for this measure, method and rater."
    is_importance = verdict.meaning in (Meaning.IMPORTANT, Meaning.BELOW_IMPORTANT)
    name = "Important change" if is_importance else "Measurement error"
    kind = f" ({verdict.threshold_kind})" if verdict.threshold_kind else ""
    why = f" Chosen because: {_sentence_end(verdict.chosen_because)}" if verdict.chosen_because else ""
    own = f" {own_value_sentence(verdict.own, unit)}" if verdict.own is not None else ""
    source = f" Source{trust_words(verdict.source_status)}: {_sentence_end(verdict.source)}"
    return f"{name}{kind}: {difference(verdict.threshold, unit)}.{own}{source if verdict.source else ''}{why}"


def trust_words(status: SourceStatus | None) -> str:
    """How far a source may be trusted, in brackets behind the word; empty for one that was looked up."""
    return TRUST.get(status or "", "")


def own_value_sentence(own: ClinicValue, unit: str) -> str:
    """``The clinic’s own value since 22 Nov 2026: as we measure. Shipped: 60°.`` Said where such a value is shown."""
    shipped = difference(own.shipped, unit)
    why = _sentence_end(own.reason)
    return f"The clinic’s own value since {full_date(own.since)}: {why} Shipped: {shipped}."


def _sentence_end(text: str) -> str:
    return f"{text.rstrip('.')}."


def side_words(side: Side | None) -> str:
    """A side as read in a line of text; empty where there is none."""
    return _SIDES[side] if side is not None else ""


def day_and_month(on: date) -> str:
    """A date without its year: ``5 Oct``. The month is a word, so that no reader takes it for the day."""
    return f"{on.day} {_MONTHS[on.month - 1]}"


def full_date(on: date) -> str:
    """A date in full: ``5 Oct 2026``."""
    return f"{day_and_month(on)} {on.year}"


def month_and_year(on: date) -> str:
    """A month: ``Oct 2026``."""
    return f"{_MONTHS[on.month - 1]} {on.year}"


def ordinal(count: int) -> str:
    """Which one of several: "1st", "2nd", "11th", "22nd"."""
    teen = count % 100 in (11, 12, 13)
    return f"{count}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th')}"


def how_many(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 row``, ``12,000 rows``, ``2 entries`` where `many` says what several are called."""
    return f"1 {one}" if count == 1 else f"{count:,} {many or one + 's'}"


def how_often(times_a_day: int | None, days_a_week: int | None) -> str:
    """How often something is done, in plain words: ``twice a day, 5 days a week``; empty where nobody said."""
    times = ""
    if times_a_day is not None:
        times = {1: "once a day", 2: "twice a day"}.get(times_a_day, f"{times_a_day} times a day")
    days = ""
    if days_a_week is not None:
        days = {1: "1 day a week", 7: "every day"}.get(days_a_week, f"{days_a_week} days a week")
    return ", ".join(part for part in (times, days) if part)


_COUNTED = re.compile(r"([-−]?\d+(?:[.,]\d+)?)\s*(\D*)")


def sign_change(before: str, after: str) -> str:
    """How a comparable sign changed, where both values are a number in the same unit: ``−6 cm``; else empty.

    A value is read as the patient's own measure: whether more is better is not known, and no error is published.
    """
    first, last = _COUNTED.fullmatch(before.strip()), _COUNTED.fullmatch(after.strip())
    if first is None or last is None or first[2].split() != last[2].split():
        return ""
    values = [Decimal(found[1].replace(",", ".").replace(MINUS, "-")) for found in (first, last)]
    return f"{signed(values[1] - values[0])} {first[2]}".strip()
