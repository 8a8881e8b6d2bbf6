"""Folding, cleaning, and dates as people write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.dates import age_years, read_any_dates, read_dates
from ptnotes.domain.errors import InputError
from ptnotes.domain.text import LINE_LIMIT, NOTE_LIMIT, clean_line, clean_note, fold, typed_number

TODAY = date(2026, 11, 16)
MARCH_12 = date(1979, 3, 12)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Moreau", "moreau"),
        ("Hélène", "helene"),
        ("Łukasz", "lukasz"),
        ("Nguyễn Thị", "nguyen thi"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Jean-Luc", "jean luc"),
        ("Weiß", "weiss"),
        ("Sørensen", "sorensen"),
        ("  Anne   Marie ", "anne marie"),
        ("ΑΝΔΡΕΑΣ", "ανδρεασ"),
        ("Ärger", "arger"),
        ("Dvořák", "dvorak"),
        ("İnci", "inci"),
    ],
)
def test_names_fold_to_what_is_typed_without_accents(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=80))
def test_a_cleaned_line_is_its_own_cleaned_line(text: str) -> None:
    cleaned = clean_line(text, "x", limit=500)
    assert clean_line(cleaned, "x", limit=500) == cleaned


@pytest.mark.parametrize("bad", ["\x00", "a\x07b", "x\x1b[31m"])
def test_control_characters_are_refused(bad: str) -> None:
    for clean in (clean_line, clean_note):
        with pytest.raises(InputError) as caught:
            clean(bad, "note.plan")
        assert caught.value.faults[0].code == "text.control"
        assert caught.value.faults[0].field == "note.plan"


def test_a_pasted_megabyte_is_refused_with_its_length() -> None:
    with pytest.raises(InputError) as caught:
        clean_note("a" * 1_000_000, "note.plan")
    assert caught.value.faults[0].values == {"limit": f"{NOTE_LIMIT:,}", "length": "1,000,000"}


def test_the_longest_line_fits_and_one_letter_more_does_not() -> None:
    assert clean_line("a" * LINE_LIMIT, "x") == "a" * LINE_LIMIT
    with pytest.raises(InputError):
        clean_line("a" * (LINE_LIMIT + 1), "x")


def test_only_a_required_line_may_not_be_empty() -> None:
    assert not clean_line("   ", "x")
    with pytest.raises(InputError) as caught:
        clean_line(" \t ", "x", required=True)
    assert caught.value.code == "text.empty"


def test_a_note_keeps_every_letter_of_right_to_left_combining_and_emoji_text() -> None:
    text = "שלום 😀 مرحبا\n  indented\ttab"
    assert clean_note(text, "x") == text
    assert clean_note("a\r\nb\rc", "x") == "a\nb\nc"
    assert clean_note("e\N{COMBINING ACUTE ACCENT}", "x") == "é"


@pytest.mark.parametrize(
    "written",
    [
        "12 Mar 1979",
        "March 12, 1979",
        "mar 12 79",
        "1979-03-12",
        "3/12/1979",
        "03/12/79",
        "12.03.1979",
        "12-3-79",
        "03121979",
        "12031979",
        "19790312",
        "031279",
        "12 march 1979",
        "12MAR1979",
    ],
)
def test_a_birth_date_is_read_however_it_is_written(written: str) -> None:
    assert MARCH_12 in read_dates(written, TODAY)


def test_month_first_comes_before_day_first_where_both_are_possible() -> None:
    assert read_dates("3/12/1979", TODAY) == (date(1979, 3, 12), date(1979, 12, 3))


@pytest.mark.parametrize(
    "written", ["", "moreau", "13/13/1979", "31/2/1979", "1/2", "1/2/3/4", "12/3/1700", "٣/١٢/١٩٧٩"]
)
def test_what_is_no_date_is_not_read_as_one(written: str) -> None:
    assert read_dates(written, TODAY) == ()


def test_a_short_year_is_never_in_the_future() -> None:
    assert read_dates("1/2/27", TODAY) == (date(1927, 1, 2), date(1927, 2, 1))
    assert read_dates("1/1/26", TODAY) == (date(2026, 1, 1),)


def test_a_future_date_is_known_but_not_offered() -> None:
    assert read_dates("2026-11-17", TODAY) == ()
    assert read_any_dates("2026-11-17", TODAY) == (date(2026, 11, 17),)


@given(st.text(max_size=30))
def test_no_text_makes_reading_a_date_fail(text: str) -> None:
    assert all(found <= TODAY for found in read_dates(text, TODAY))


def test_age_changes_on_the_birthday() -> None:
    assert age_years(MARCH_12, date(2026, 3, 11)) == 46
    assert age_years(MARCH_12, date(2026, 3, 12)) == 47
    assert age_years(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert age_years(date(2000, 2, 29), date(2026, 3, 1)) == 26


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (" 12,5 ", Decimal("12.5")),
        ("−3", Decimal(-3)),
        ("007", Decimal(7)),
        ("", None),
        ("twelve", None),
        ("NaN", None),
        ("-Infinity", None),
        # Printed, these would be hundreds of millions of letters.
        ("1e99999999", None),
        ("9E9999999999", None),
    ],
)
def test_a_number_is_read_as_typed(typed: str, found: Decimal | None) -> None:
    assert typed_number(typed) == found
