"""The first line of a report, drafted from measured change alone and then edited by the therapist.

The headline follows these rules (ours), on the measures that were taken twice in the same way:

- at least one change for the better beyond its error, and none for the worse: improving, once care is over improved;
- at least one for the worse, and none for the better: worse; both kinds: mixed;
- none beyond its error: unchanged, and where nobody published an error: measured, but not judged.

Where it can look back to a day on the way (the last report), the same rules judge what changed after that day, on the
measures that were taken by then and again since. Both stand in the headline where they differ: what is better than at
the start and worse since the report is not improving, and neither is what has not changed since. That nothing changed
is said of all only where each measure that really changed from the start was taken again; otherwise of those that were.

The sentences after it do not say again what it says of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
    """The request with its question (`words`, for QUESTION) and the day by which an answer is needed, if any.

    `renews` says of a signature that it lets a certification go on which is on record already.
    """

    request: Request = Request.NOTHING
    words: str = ""
    by: date | None = None
    renews: bool = False


NOTHING_ASKED = Asked()


class Course(StrEnum):
    """What all changes over a time come to, by the rules of the headline."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"
    OTHER = "changed, neither for the better nor for the worse"
    NO_IMPORTANT = "no important change"
    UNCHANGED = "unchanged"
    NOT_JUDGED = "not judged"


_HEADLINES = {
    Course.BETTER: "Improving",
    Course.WORSE: _WORSE,
    Course.MIXED: "Mixed: some measures improved, others worsened",
    Course.OTHER: "Changed, neither for the better nor for the worse",
    Course.NO_IMPORTANT: "No important change",
    Course.UNCHANGED: _UNCHANGED,
    Course.NOT_JUDGED: _NOT_JUDGED,
}
_FROM_THE_START = {
    Course.WORSE: "Worse than at the start",
    Course.MIXED: "Mixed since the start",
    Course.OTHER: "Changed since the start",
    Course.NO_IMPORTANT: "No important change since the start",
    Course.UNCHANGED: "Unchanged since the start",
    Course.NOT_JUDGED: "Change since the start not judged",
}
_TOLD_OF_SINCE = (Course.BETTER, Course.WORSE, Course.MIXED, Course.NO_IMPORTANT, Course.UNCHANGED)


def draft_conclusion(
    rows: Sequence[ChangeRow], visits: int, *, since: str = "", is_over: bool = False
) -> Conclusion:
    """The conclusion that `rows`, the measures of `visits` attended treatment days, allow.

    `since` says in words from when on `ChangeRow.since` judges ("since the last report (5 Jan 2026)"), empty where
    there is no such day. `is_over` says that the patient was discharged: then nothing goes on improving.
    """
    compared = [row for row in rows if row.verdict is not None and row.verdict.change is not None]
    later = (
        [_later(row) for row in rows if row.since is not None and row.since.change is not None]
        if since
        else []
    )
    if visits == 0:
        return Conclusion(headline="No visit yet", detail="Nothing has been measured.")
    if not compared and not later:
        if visits == 1:
            return Conclusion(headline="One visit: no comparison yet", detail=_baseline(rows))
        detail = "No measure has been taken twice in the same way."
        return Conclusion(headline=f"{visits} visits: no comparison yet", detail=detail)
    whole = _course(compared) if compared else None
    recent = _course(later) if later else None
    told = recent if recent in _TOLD_OF_SINCE and _is_told_of_all(recent, compared, later) else None
    headline = _headline(whole, told, since, is_over=is_over)
    sentences = list(_since_sentences(later, since, is_said=since in headline)) if recent is not whole else []
    from_start = _sentences(compared, _HEADLINES[whole] if whole is not None else headline)
    if sentences and from_start:
        sentences.append(f"From the start {_in_line(from_start[0])}")
        del from_start[0]
    return Conclusion(headline=headline, detail=" ".join([*sentences, *from_start]))


def _course(compared: Sequence[ChangeRow]) -> Course:
    real = [row for row in compared if row.verdict is not None and row.verdict.is_real]
    directions = {row.verdict.direction for row in real if row.verdict is not None}
    if {Direction.BETTER, Direction.WORSE} <= directions:
        return Course.MIXED
    if Direction.BETTER in directions:
        return Course.BETTER
    if Direction.WORSE in directions:
        return Course.WORSE
    if real:
        return Course.OTHER
    meanings = {row.verdict.meaning for row in compared if row.verdict is not None}
    if Meaning.BELOW_IMPORTANT in meanings:
        return Course.NO_IMPORTANT
    if Meaning.WITHIN_ERROR in meanings:
        return Course.UNCHANGED
    return Course.NOT_JUDGED


def _headline(whole: Course | None, recent: Course | None, since: str, *, is_over: bool) -> str:
    """What there is to say of the whole time, and of the time `since` where that is something else."""
    if whole is None:
        return f"{_capital(recent.value)} {since}" if recent is not None else _NOT_JUDGED
    if recent is whole or not since:
        return "Improved" if whole is Course.BETTER and is_over else _HEADLINES[whole]
    if whole is not Course.BETTER:
        return _HEADLINES[whole] if recent is None else f"{_FROM_THE_START[whole]}; {recent.value} {since}"
    if recent is None:
        return "Improved since the start"
    against = recent in (Course.WORSE, Course.MIXED)
    begins = "Better than at the start" if against else "Improved since the start"
    return f"{begins}; {recent.value} {since}"


def _later(row: ChangeRow) -> ChangeRow:
    """The change of a measure since the day that is looked back to, in the place of that from the first value."""
    return replace(row, first=row.then, verdict=row.since)


def _is_told_of_all(recent: Course | None, compared: Sequence[ChangeRow], later: Sequence[ChangeRow]) -> bool:
    """Whether a headline may say it: of what did not change, only where all that had changed was looked at again."""
    if recent not in (Course.UNCHANGED, Course.NO_IMPORTANT):
        return True
    judged = {
        row.label
        for row in later
        if row.verdict is not None
        and (row.verdict.meaning is not Meaning.NO_PUBLISHED_ERROR or not row.verdict.change)
    }
    return all(row.label in judged for row in compared if row.verdict is not None and row.verdict.is_real)


def _since_sentences(later: Sequence[ChangeRow], since: str, *, is_said: bool) -> Iterator[str]:
    """What bears out what is said of the time `since`; `is_said` says that the headline has named that time."""
    when = "in that time" if is_said else since
    for direction in (Direction.WORSE, Direction.BETTER):
        rows = [
            row
            for meaning in (Meaning.IMPORTANT, Meaning.EXCEEDS_ERROR)
            for row in _of(later, meaning, direction)
        ]
        if rows:
            yield f"{_capital(direction.value)} {when}: {_listed([_moved(row) for row in rows])}."
    within = [_in_line(row.label) for row in _of(later, Meaning.WITHIN_ERROR, None)]
    if within:
        yield f"{_UNCHANGED} {when}: {_listed(within)}."
    below = [_moved(row) for row in _of(later, Meaning.BELOW_IMPORTANT, None)]
    if below:
        yield f"Less than an important change {when}: {_listed(below)}."


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
