"""Questionnaires answered item by item: what is left out stays blank, and only what was rated both times compares."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.change import Direction, Meaning
from ptnotes.domain.checks import checked_outcome
from ptnotes.domain.episode import OutcomeItem, OutcomeScore
from ptnotes.domain.errors import InputError
from ptnotes.domain.outcomes import (
    GROC_WORDS,
    ITEM_WORDS,
    average_pain,
    compared_notes,
    has_items,
    in_both,
    items_asked,
    judge_taking,
    left_out,
    total_of,
)
from ptnotes.domain.sentences import sentence

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def psfs(*rated: tuple[str, int | None]) -> OutcomeScore:
    items = tuple(
        OutcomeItem(item=f"activity_{place}", words=words, value=None if value is None else Decimal(value))
        for place, (words, value) in enumerate(rated, start=1)
    )
    total = total_of("psfs", items) or Decimal(0)
    return OutcomeScore(episode_id=1, measure="psfs", taken_on=DAY, total=total, items=items)


def nprs(now: int | None, best: int | None = None, worst: int | None = None) -> OutcomeScore:
    values = {"now": now, "best": best, "worst": worst}
    items = tuple(
        OutcomeItem(item=name, words=words, value=None if (value := values[name]) is None else Decimal(value))
        for name, words in ITEM_WORDS["nprs"].items()
    )
    return OutcomeScore(episode_id=1, measure="nprs", taken_on=DAY, total=Decimal(0), items=items)


def groc(change: int | None) -> OutcomeScore:
    item = OutcomeItem(item="change", words="Altogether", value=None if change is None else Decimal(change))
    return OutcomeScore(episode_id=1, measure="groc", taken_on=DAY, total=Decimal(0), items=(item,))


def codes(reference: Reference, score: OutcomeScore) -> list[str]:
    with pytest.raises(InputError) as refused:
        checked_outcome(reference, score, DAY)
    assert all(sentence(fault) for fault in refused.value.faults)
    return [fault.code for fault in refused.value.faults]


def test_only_what_may_be_shipped_is_asked_item_by_item(reference: Reference) -> None:
    asked = [measure for measure in reference.measures if has_items(reference, measure)]
    assert asked == ["nprs", "psfs", "groc"]


def test_the_average_is_of_the_answered_activities(reference: Reference) -> None:
    score = checked_outcome(reference, psfs(("sit", 3), ("walk", None), ("lift", 6)), DAY)
    assert score.total == Decimal("4.50")
    assert left_out(score.items) == 1
    assert checked_outcome(reference, psfs(("sit", 3), ("walk", 4), ("lift", 6)), DAY).total == Decimal(
        "4.33"
    )


def test_a_blank_is_never_zero(reference: Reference) -> None:
    assert checked_outcome(reference, psfs(("sit", 4), ("walk", None)), DAY).total == Decimal("4.00")
    assert checked_outcome(reference, psfs(("sit", 4), ("walk", 0)), DAY).total == Decimal("2.00")


@pytest.mark.parametrize("value", [0, 10])
def test_the_ends_of_the_scale_count(reference: Reference, value: int) -> None:
    assert checked_outcome(reference, psfs(("sit", value)), DAY).total == value


@pytest.mark.parametrize(
    ("score", "code"),
    [
        (psfs(("sit", 11)), "outcome.item"),
        (psfs(("sit", -1)), "outcome.item"),
        (psfs(("", 4)), "outcome.activity"),
        (psfs(("sit", 4), ("Sit ", 5)), "outcome.twice"),
        (psfs(("sit", None), ("walk", None)), "outcome.unanswered"),
        (psfs(*((word, 1) for word in "abcdef")), "outcome.too_many"),
        (nprs(None, 2, 6), "outcome.unanswered"),
        (nprs(11), "outcome.item"),
        (groc(8), "outcome.item"),
        (groc(-8), "outcome.item"),
        (groc(None), "outcome.unanswered"),
    ],
)
def test_what_is_off_the_scale_or_says_nothing_is_refused(
    reference: Reference, score: OutcomeScore, code: str
) -> None:
    assert codes(reference, score) == [code]


def test_a_half_step_is_refused(reference: Reference) -> None:
    item = OutcomeItem(item="activity_1", words="sit", value=Decimal("4.5"))
    assert codes(reference, replace(psfs(("sit", 4)), items=(item,))) == ["outcome.item"]


@pytest.mark.parametrize("change", range(-7, 8))
def test_every_step_of_the_global_rating_counts_and_has_words(reference: Reference, change: int) -> None:
    assert checked_outcome(reference, groc(change), DAY).total == change
    assert GROC_WORDS[change]
    assert len(set(GROC_WORDS.values())) == 15


def test_pain_is_the_one_number_now_and_its_average_needs_all_three(reference: Reference) -> None:
    score = checked_outcome(reference, nprs(4, 2, 7), DAY)
    assert score.total == 4
    assert average_pain(score.items) == Decimal("4.33")
    assert average_pain(nprs(4, 2).items) is None


def test_rows_without_words_and_answer_go(reference: Reference) -> None:
    assert [item.words for item in checked_outcome(reference, psfs(("sit", 3), ("", None)), DAY).items] == [
        "sit"
    ]


def test_items_of_another_measure_are_refused(reference: Reference) -> None:
    score = replace(psfs(("sit", 3)), measure="odi")
    assert codes(reference, score) == ["outcome.no_items"]


def test_a_measure_with_parts_needs_one_of_them(reference: Reference) -> None:
    koos = OutcomeScore(episode_id=1, measure="koos", taken_on=DAY, total=Decimal(40))
    assert codes(reference, koos) == ["outcome.subscale"]
    assert checked_outcome(reference, replace(koos, subscale="pain"), DAY).total == 40
    assert codes(reference, replace(koos, measure="odi", subscale="pain")) == ["outcome.subscale"]


@pytest.mark.parametrize("measure", ["odi", "ndi", "quickdash", "lefs", "rmdq"])
def test_the_others_are_entered_as_their_total(reference: Reference, measure: str) -> None:
    total = reference.measures[measure].score_max
    score = OutcomeScore(episode_id=1, measure=measure, taken_on=DAY, total=total)
    assert checked_outcome(reference, score, DAY) == score
    assert codes(reference, replace(score, total=total + 1)) == ["value.range"]


def test_the_same_activities_are_asked_the_next_time(reference: Reference) -> None:
    asked = items_asked(reference, "psfs", psfs(("sit", 3), ("walk", None)).items)
    assert [(item.words, item.value) for item in asked] == [("sit", None), ("walk", None)]
    assert len(items_asked(reference, "psfs")) == 3
    assert [item.item for item in items_asked(reference, "nprs")] == ["now", "best", "worst"]


def test_only_activities_rated_both_times_are_compared(reference: Reference) -> None:
    first = psfs(("sit", 3), ("walk", 3), ("lift", 9))
    last = psfs(("walk", 5), ("Sit", 5), ("lift", None), ("run", 0))
    assert [one.words for one, _ in in_both(first, last)] == ["walk", "sit"]
    verdict = judge_taking(reference, first, last, "lumbar")
    assert verdict.change == 2
    assert verdict.is_real
    below = judge_taking(reference, first, psfs(("sit", 5), ("walk", 4)), "lumbar")
    assert below.change == Decimal("1.5")
    assert not below.is_real


def test_one_activity_alone_is_judged_by_the_error_of_a_single_one(reference: Reference) -> None:
    first = psfs(("sit", 3), ("walk", 5))
    at = judge_taking(reference, first, psfs(("sit", 6)), "lumbar")
    below = judge_taking(reference, first, psfs(("sit", 5), ("run", 9)), "lumbar")
    assert (at.threshold, at.meaning) == (3, Meaning.EXCEEDS_ERROR)
    assert (below.change, below.meaning) == (2, Meaning.WITHIN_ERROR)
    assert "Stratford" in at.source
    worse = judge_taking(reference, first, psfs(("sit", 0)), "lumbar")
    assert (worse.change, worse.direction) == (-3, Direction.WORSE)


def test_it_is_said_what_was_compared_where_it_is_not_the_totals(reference: Reference) -> None:
    first = psfs(("sit", 3), ("walk", 5))
    assert list(compared_notes(reference, [first, psfs(("sit", 6), ("walk", None))])) == [
        "PSFS: compared is what was rated both times (sit): 3 to 6."
    ]
    assert list(compared_notes(reference, [first, psfs(("run", 6))])) == [
        "PSFS: no activity was rated both times, so that the totals are not compared."
    ]
    assert list(compared_notes(reference, [first, psfs(("sit", 6), ("walk", 7))])) == []
    assert list(compared_notes(reference, [first])) == []


def test_other_activities_do_not_compare(reference: Reference) -> None:
    verdict = judge_taking(reference, psfs(("sit", 3)), psfs(("run", 9)), "lumbar")
    assert (verdict.meaning, verdict.change) == (Meaning.NOT_COMPARABLE, None)
    alone = OutcomeScore(episode_id=1, measure="psfs", taken_on=DAY, total=Decimal(4))
    assert judge_taking(reference, psfs(("sit", 3)), alone, None).meaning is Meaning.NOT_COMPARABLE
    assert judge_taking(reference, alone, replace(alone, total=Decimal(6)), None).change == 2
