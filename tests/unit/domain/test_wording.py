from datetime import date
from decimal import Decimal

import pytest

from ptnotes.clinical import load_reference
from ptnotes.domain.change import Direction, Meaning, Verdict
from ptnotes.domain.wording import (
    full_date,
    how_many,
    measure_label,
    number,
    sign_change,
    signed,
    threshold_words,
    verdict_phrase,
    verdict_tag,
    verdict_words,
    with_unit,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("42", "42"),
        ("12.50", "12.5"),
        ("-3", "−3"),
        ("0", "0"),
        ("-0.0", "0"),
        ("1E+2", "100"),
        ("100", "100"),
    ],
)
def test_a_number_is_plain_with_a_real_minus(value: str, words: str) -> None:
    assert number(Decimal(value)) == words


def test_units_stand_as_people_write_them() -> None:
    assert with_unit(Decimal(42), "deg") == "42°"
    assert with_unit(Decimal(12), "cm") == "12 cm"
    assert with_unit(Decimal(30), "percent") == "30 %"
    assert with_unit(Decimal(6), "points") == "6"


def test_a_change_has_its_sign_and_no_change_has_none() -> None:
    assert signed(Decimal(13), "deg") == "+13°"
    assert signed(Decimal(-3)) == "−3"
    assert signed(Decimal(0), "deg") == "0°"


def test_each_meaning_has_its_own_words() -> None:
    for say in (verdict_words, verdict_tag):
        assert len({say(Verdict(meaning=meaning)) for meaning in Meaning}) == len(Meaning)


def test_a_real_change_for_the_worse_says_so() -> None:
    verdict = Verdict(meaning=Meaning.EXCEEDS_ERROR, change=Decimal(-9), direction=Direction.WORSE)
    assert verdict_phrase(verdict, "deg") == "−9°, above measurement error, worse"


def test_the_threshold_names_its_source() -> None:
    verdict = Verdict(
        meaning=Meaning.EXCEEDS_ERROR,
        change=Decimal(13),
        direction=Direction.BETTER,
        threshold=Decimal(9),
        threshold_kind="MDC95",
        source="Somebody 1999",
    )
    assert threshold_words(verdict, "deg") == "Measurement error (MDC95): 9°. Source: Somebody 1999."


def test_no_threshold_is_said_to_be_none() -> None:
    assert "no published measurement error is on file" in threshold_words(
        Verdict(meaning=Meaning.NO_PUBLISHED_ERROR, change=Decimal(4)), "deg"
    )


def test_a_date_names_its_month() -> None:
    assert full_date(date(2026, 10, 5)) == "5 Oct 2026"


def test_a_difference_of_two_per_cents_is_in_points() -> None:
    assert signed(Decimal(-14), "percent") == "−14 points"
    assert with_unit(Decimal(30), "percent") == "30 %"


def test_a_score_is_named_with_its_scale_unless_it_is_in_per_cent() -> None:
    measures = load_reference().measures
    assert measure_label(measures["ndi"]) == "NDI (0–50)"
    assert measure_label(measures["odi"]) == "ODI"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("10 cm", "4 cm", "−6 cm"),
        ("4cm", "10 cm", "+6 cm"),
        ("2,5 kg", "4 kg", "+1.5 kg"),
        ("3", "3", "0"),
        ("−2 steps", "3 steps", "+5 steps"),
        ("10 cm", "4 in", ""),
        ("one at a time", "two", ""),
        ("10", "", ""),
        ("", "", ""),
        ("10 of 12", "11 of 12", ""),
    ],
)
def test_a_sign_changes_by_a_number_only_where_both_are_numbers_of_one_unit(
    before: str, after: str, words: str
) -> None:
    assert sign_change(before, after) == words


def test_a_count_agrees_with_its_noun() -> None:
    told = [how_many(count, "row") for count in (0, 1, 2, 12_000)]
    assert told == ["0 rows", "1 row", "2 rows", "12,000 rows"]
    assert [how_many(count, "entry", "entries") for count in (1, 2)] == ["1 entry", "2 entries"]
