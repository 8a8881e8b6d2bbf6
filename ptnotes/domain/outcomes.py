"""Questionnaires that are answered here item by item: what is asked, what the total is, and when two compare.

Only what is no one's text is asked: pain on a scale from 0 to 10 (NPRS), activities in the patient's own words (PSFS),
and how it is altogether in our own words (GROC). Ranges and rules are those of the reference data (`measures`, each
with its source); an item that was left out is blank and never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ptnotes.clinical import OutcomeMeasure, Reference
from ptnotes.domain.change import Meaning, Verdict, judge_score
from ptnotes.domain.episode import OutcomeItem, OutcomeScore
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import clean_line, fold
from ptnotes.domain.wording import number

NPRS, PSFS, GROC = "nprs", "psfs", "groc"
WITH_ITEMS = (NPRS, PSFS, GROC)
"""The measures whose items are answered here."""

ITEM_WORDS: Mapping[str, Mapping[str, str]] = {
    NPRS: {"now": "Pain now", "best": "Best in the last 24 hours", "worst": "Worst in the last 24 hours"},
    GROC: {"change": "Compared with the start of care"},
}
"""The items of a measure and what is asked; the activities of the PSFS are the patient's."""

GROC_WORDS: Mapping[int, str] = {
    -7: "worse, as much as can be", -6: "strongly worse", -5: "considerably worse", -4: "clearly worse",
    -3: "somewhat worse", -2: "slightly worse", -1: "barely worse", 0: "unchanged", 1: "barely better",
    2: "slightly better", 3: "somewhat better", 4: "clearly better", 5: "considerably better", 6: "strongly better",
    7: "better, as much as can be",
}  # fmt: skip
"""Our own words for the steps from -7 to +7."""

FORMULAS: Mapping[str, str] = {NPRS: "now-1", PSFS: "mean-of-answered-1", GROC: "change-1"}
"""How a total was reached, kept with it: a later rule never changes an earlier total."""

_HUNDREDTH = Decimal("0.01")


def has_items(reference: Reference, measure: str) -> bool:
    """Whether a measure's items are answered here, which its licence has to allow."""
    found = reference.measures.get(measure)
    return found is not None and measure in WITH_ITEMS and found.ship_items and not found.total_only


def items_asked(
    reference: Reference, measure: str, last: Sequence[OutcomeItem] = ()
) -> tuple[OutcomeItem, ...]:
    """The items to answer, each blank: for the PSFS the activities of the `last` taking, else as many as it needs."""
    if measure == PSFS:
        if last:
            return tuple(replace(item, value=None) for item in last)
        least = reference.measures[measure].items_min or reference.measures[measure].items
        return tuple(OutcomeItem(item=f"activity_{place}") for place in range(1, least + 1))
    return tuple(OutcomeItem(item=item, words=words) for item, words in ITEM_WORDS[measure].items())


def total_of(measure: str, items: Sequence[OutcomeItem]) -> Decimal | None:
    """The total: the mean of the answered activities (PSFS, to a hundredth), pain now (NPRS), the one answer (GROC).

    None where nothing was answered that a total can be made of.
    """
    if measure == PSFS:
        answered = [item.value for item in items if item.value is not None]
        return _mean(answered) if answered else None
    first = next((item for item in items if item.item in ("now", "change")), None)
    return first.value if first is not None else None


def average_pain(items: Sequence[OutcomeItem]) -> Decimal | None:
    """The mean of pain now, best and worst; None unless all three were answered (Childs 2005, Jensen 1999)."""
    values = {item.item: item.value for item in items}
    answered = [values.get(name) for name in ITEM_WORDS[NPRS]]
    told = [value for value in answered if value is not None]
    return _mean(told) if len(told) == len(answered) else None


def _mean(values: Sequence[Decimal]) -> Decimal:
    return (sum(values, Decimal(0)) / len(values)).quantize(_HUNDREDTH, ROUND_HALF_UP)


def left_out(items: Sequence[OutcomeItem]) -> int:
    """How many items were asked and not answered."""
    return sum(item.value is None for item in items)


def checked_items(reference: Reference, score: OutcomeScore) -> OutcomeScore:
    """The score with its items cleaned and its total made of them; one without items as it is.

    Raises `InputError` for items of a measure that has none here, an answer off its scale, an activity without words or
    named twice, and where nothing was answered that a total can be made of. Activities without words and answer go.
    """
    if not score.items:
        return score
    measure = reference.measures.get(score.measure)
    if measure is None:
        return score
    if not has_items(reference, score.measure):
        raise InputError(Fault("outcome.no_items", "outcome.total", values={"measure": measure.abbreviation}))
    items = tuple(
        replace(item, words=clean_line(item.words, f"outcome.{item.item}"))
        for item in score.items
        if item.words.strip() or item.value is not None
    )
    faults = list(_item_faults(measure, items))
    total = total_of(score.measure, items)
    if total is None and not faults:
        faults.append(Fault("outcome.unanswered", f"outcome.{score.items[0].item}"))
    if faults or total is None:
        raise InputError(*faults)
    return replace(score, items=items, total=total)


def _item_faults(measure: OutcomeMeasure, items: Sequence[OutcomeItem]) -> Iterator[Fault]:
    seen: set[str] = set()
    most = measure.items_max or len(ITEM_WORDS.get(measure.id, ()))
    if len(items) > most:
        yield Fault("outcome.too_many", f"outcome.{items[-1].item}", values={"most": str(most)})
    for item in items:
        field = f"outcome.{item.item}"
        if not item.words:
            yield Fault("outcome.activity", field)
        elif fold(item.words) in seen:
            yield Fault("outcome.twice", field, values={"words": item.words})
        seen.add(fold(item.words))
        if item.value is not None and (
            not measure.item_min <= item.value <= measure.item_max
            or (item.value - measure.item_min) % measure.item_step != 0
        ):
            bounds = {
                "value": f"{item.value}"[:20],
                "lowest": f"{measure.item_min}",
                "highest": f"{measure.item_max}",
            }
            yield Fault("outcome.item", field, values=bounds)


def in_both(first: OutcomeScore, last: OutcomeScore) -> tuple[tuple[OutcomeItem, OutcomeItem], ...]:
    """The items that were answered both times, as (first, last); an activity is the same by its words."""
    before = {fold(item.words): item for item in first.items if item.value is not None}
    return tuple(
        (before[fold(item.words)], item)
        for item in last.items
        if item.value is not None and fold(item.words) in before
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredItem:
    """One item of a measure over the episode: how it was answered first and last, each with its day.

    `first` is None where it was asked once only. An item that was left out is told as that.
    """

    measure: str
    words: str
    first: tuple[date, str] | None
    now: tuple[date, str]


def answered_over(reference: Reference, scores: Sequence[OutcomeScore]) -> tuple[AnsweredItem, ...]:
    """The items of every measure that was answered item by item, `scores` oldest first; an activity by its words."""
    told: dict[tuple[str, str], list[tuple[date, OutcomeItem]]] = {}
    for score in scores:
        for item in score.items:
            told.setdefault((score.measure, fold(item.words)), []).append((score.taken_on, item))
    return tuple(
        AnsweredItem(
            measure=reference.measures[measure].abbreviation,
            words=found[-1][1].words,
            first=(found[0][0], answer_words(measure, found[0][1])) if len(found) > 1 else None,
            now=(found[-1][0], answer_words(measure, found[-1][1])),
        )
        for (measure, _), found in told.items()
    )


def answer_words(measure: str, item: OutcomeItem) -> str:
    """An answer as it is read: ``6``, ``+3, somewhat better``, ``not rated``."""
    if item.value is None:
        return "not rated"
    text = number(item.value)
    if measure != GROC:
        return text
    sign = "+" if item.value > 0 else ""
    return f"{sign}{text}, {GROC_WORDS[int(item.value)]}"


def judge_taking(
    reference: Reference, first: OutcomeScore, last: OutcomeScore, region: str | None
) -> Verdict:
    """Judge the change between two takings of one measure, for the screen and for paper.

    Of the PSFS only the activities that were rated both times are compared (`measures.psfs.missing_rule`): their means.
    One activity alone is judged by the error published for a single one, which is wider than that of a mean. Where
    there is none in common, or one taking has its total alone, the takings do not compare.
    """
    totals = (first.total, last.total)
    if last.measure == PSFS and (first.items or last.items):
        shared = in_both(first, last)
        if not shared:
            return Verdict(meaning=Meaning.NOT_COMPARABLE, reason="other_activities")
        totals = (
            _mean([one.value for one, _ in shared if one.value is not None]),
            _mean([other.value for _, other in shared if other.value is not None]),
        )
    verdict = judge_score(reference, last.measure, *totals, between_visits=True, region=region)
    alone = last.measure == PSFS and len(in_both(first, last)) == 1
    single = next((row for row in reference.measures[last.measure].change if row.single_item), None)
    if not alone or single is None or verdict.change is None:
        return verdict
    return Verdict(
        meaning=Meaning.EXCEEDS_ERROR if abs(verdict.change) >= single.value else Meaning.WITHIN_ERROR,
        change=verdict.change,
        direction=verdict.direction,
        threshold=single.value,
        threshold_kind=f"{single.kind}, {single.population}",
        source=single.source,
        source_status=single.source_status,
    )


def compared_notes(reference: Reference, scores: Sequence[OutcomeScore]) -> Iterator[str]:
    """Says what of the PSFS was compared where that is not the totals: `scores` are all takings, oldest first."""
    taken = [score for score in scores if score.measure == PSFS]
    if len(taken) < 2 or not (taken[0].items or taken[-1].items):
        return
    first, last = taken[0], taken[-1]
    shared = in_both(first, last)
    name = reference.measures[PSFS].abbreviation
    rated = [sum(item.value is not None for item in score.items) for score in (first, last)]
    if not shared:
        yield f"{name}: no activity was rated both times, so that the totals are not compared."
    elif rated != [len(shared), len(shared)]:
        named = ", ".join(item.words for _, item in shared)
        means = [
            number(_mean([item.value for item in items if item.value is not None]))
            for items in zip(*shared, strict=True)
        ]
        yield f"{name}: compared is what was rated both times ({named}): {means[0]} to {means[1]}."
