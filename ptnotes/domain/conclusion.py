"""The first line of a report, drafted from measured change alone and then edited by the therapist.

The headline follows these rules (ours), on the measures that were taken twice in the same way:

- at least one change for the better beyond its error, and none for the worse: improving, once care is over improved;
- at least one for the worse, and none for the better: worse; both kinds: mixed;
- none beyond its error: unchanged, and where nobody published an error: measured, but not judged.

The sentences after it do not say again what it says of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ptnotes.domain.change import Direction, Meaning
from ptnotes.domain.views import ChangeRow
from ptnotes.domain.wording import with_unit

_WORSE = "Worse"
_UNCHANGED = "Unchanged within measurement error"
_NOT_JUDGED = "Change measured, not judged"
_NAMED = 3
"""How many measures of a kind are named before the rest is counted: a physician reads one line, not a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a report says first: a headline without its full stop, and the sentences that bear it out."""

    headline: str
    detail: str = ""


class Request(StrEnum):
    """What a document asks of the physician who reads it."""

    NOTHING = "nothing"
    QUESTION = "question"
    SIGNATURE = "signature"
    """On the plan of care, which is then printed with the place to sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The request with its question (`words`, for QUESTION) and the day by which an answer is needed, if any."""

    request: Request = Request.NOTHING
    words: str = ""
    by: date | None = None


NOTHING_ASKED = Asked()


def draft_conclusion(rows: Sequence[ChangeRow], visits: int, *, is_over: bool = False) -> Conclusion:
    """The conclusion that `rows`, the measures of `visits` attended treatment days, allow.

    `is_over` says that the patient was discharged: then nothing goes on improving.
    """
    compared = [row for row in rows if row.verdict is not None and row.verdict.change is not None]
    if visits == 0:
        return Conclusion(headline="No visit yet", detail="Nothing has been measured.")
    if not compared:
        if visits == 1:
            return Conclusion(headline="One visit: no comparison yet", detail=_baseline(rows))
        detail = "No measure has been taken twice in the same way."
        return Conclusion(headline=f"{visits} visits: no comparison yet", detail=detail)
    headline = _headline(compared, is_over=is_over)
    return Conclusion(headline=headline, detail=" ".join(_sentences(compared, headline)))


def _headline(compared: Sequence[ChangeRow], *, is_over: bool) -> str:
    real = [row for row in compared if row.verdict is not None and row.verdict.is_real]
    directions = {row.verdict.direction for row in real if row.verdict is not None}
    if {Direction.BETTER, Direction.WORSE} <= directions:
        return "Mixed: some measures improved, others worsened"
    if Direction.BETTER in directions:
        return "Improved" if is_over else "Improving"
    if Direction.WORSE in directions:
        return _WORSE
    if real:
        return "Changed, neither for the better nor for the worse"
    meanings = {row.verdict.meaning for row in compared if row.verdict is not None}
    if Meaning.BELOW_IMPORTANT in meanings:
        return "No important change"
    if Meaning.WITHIN_ERROR in meanings:
        return _UNCHANGED
    return _NOT_JUDGED


def _sentences(compared: Sequence[ChangeRow], headline: str) -> list[str]:
    sentences: list[str] = []
    # What got worse is said first: it is what a physician must not miss.
    for direction in (Direction.WORSE, Direction.BETTER, Direction.NEITHER):
        for meaning, words in (
            (Meaning.IMPORTANT, ("an important change", "important changes")),
            (Meaning.EXCEEDS_ERROR, ("above measurement error", "above measurement error")),
        ):
            rows = _of(compared, meaning, direction)
            if rows:
                worse = "Worse: " if direction is Direction.WORSE and headline != _WORSE else ""
                told = worse + _listed([_moved(row) for row in rows])
                sentences.append(f"{_capital(told)}, {words[len(rows) > 1]}.")
    within = [_in_line(row.label) for row in _of(compared, Meaning.WITHIN_ERROR, None)]
    if within:
        told = "Compared" if headline == _UNCHANGED else _UNCHANGED
        sentences.append(f"{told}: {_listed(within)}.")
    below = [_moved(row) for row in _of(compared, Meaning.BELOW_IMPORTANT, None)]
    if below:
        sentences.append(f"Less than an important change: {_listed(below)}.")
    unjudged = [_moved(row) for row in _of(compared, Meaning.NO_PUBLISHED_ERROR, None)]
    if unjudged:
        why = "no measurement error for this method is on file"
        told = _capital(why) if headline == _NOT_JUDGED else f"Not judged, as {why}"
        sentences.append(f"{told}: {_listed(unjudged)}.")
    return sentences


def _of(rows: Sequence[ChangeRow], meaning: Meaning, direction: Direction | None) -> list[ChangeRow]:
    return [
        row
        for row in rows
        if row.verdict is not None
        and row.verdict.meaning is meaning
        and direction in (None, row.verdict.direction)
    ]


def _moved(row: ChangeRow) -> str:
    """``lumbar flexion rose from 42° to 55°``; a change of nothing says that it stayed."""
    first, latest = row.first, row.latest
    label = _in_line(row.label)
    if first is None or latest is None:
        return label
    of = " of 10" if row.unit == "nprs" else ""
    if first == latest:
        return f"{label} stayed at {with_unit(latest, row.unit)}{of}"
    verb = "rose" if latest > first else "fell"
    return f"{label} {verb} from {with_unit(first, row.unit)} to {with_unit(latest, row.unit)}{of}"


def _baseline(rows: Sequence[ChangeRow]) -> str:
    values = [
        f"{_in_line(row.label)} {with_unit(row.latest, row.unit)}" for row in rows if row.latest is not None
    ]
    return f"First values: {_listed(values)}." if values else ""


def _listed(parts: Sequence[str]) -> str:
    named = list(parts[:_NAMED])
    more = len(parts) - len(named)
    if more:
        named.append(f"{more} more")
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _in_line(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins with an abbreviation or with QuickDASH."""
    first_word = label.partition(" ")[0]
    return label[0].lower() + label[1:] if first_word[1:].islower() else label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
