"""CSV: what is written is read back the same, and no spreadsheet runs it."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.exchange.csv_text import cell, guarded, read_csv, unguarded, write_csv

# All that the store can hold: any Unicode text but halves of surrogate pairs, which UTF-8 does not have.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def written(heads: list[str], rows: list[list[object]]) -> bytes:
    target = io.BytesIO()
    assert write_csv(target, heads, rows) == len(rows)
    return target.getvalue()


@given(TEXT)
def test_any_text_is_guarded_and_comes_back(text: str) -> None:
    guarded_text = guarded(text)
    assert unguarded(guarded_text) == text
    assert guarded_text.lstrip(" \u00a0\u3000")[:1] not in {*"=+-@\t\r\n＝＋－＠"}


@given(st.lists(st.tuples(TEXT, TEXT), max_size=20))
def test_any_rows_come_back(rows: list[tuple[str, str]]) -> None:
    made = written(["one", "two"], [list(row) for row in rows])
    assert [(row["one"], row["two"]) for row in read_csv(io.BytesIO(made))] == rows


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1 555 0100",
        "-2 degrees",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "＝1",
        "\u00a0=cmd|' /C calc'!A0",
        "\ufeff=1",
        "\u200b\u2003@SUM(A1)",
        "\u2028+1",
    ],
)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_an_apostrophe_of_ones_own_is_kept() -> None:
    assert cell("'s-Hertogenbosch") == "''s-Hertogenbosch"
    assert unguarded("''s-Hertogenbosch") == "'s-Hertogenbosch"


def test_numbers_stay_numbers() -> None:
    assert [cell(value) for value in (-5, Decimal("-0.50"), 0, Decimal("1E+2"))] == [
        "-5",
        "-0.50",
        "0",
        "100",
    ]


def test_every_other_kind_of_value_has_one_form() -> None:
    at = datetime(2026, 3, 2, 9, 5, tzinfo=timezone(timedelta(hours=-5)))
    assert cell(at) == "2026-03-02T14:05:00.000000Z"
    assert cell(at.astimezone(UTC)) == cell(at)
    assert cell(date(2026, 3, 2)) == "2026-03-02"
    assert cell(time(9, 5)) == "09:05:00"
    assert [cell(value) for value in (None, "", True, False)] == ["", "", "true", "false"]
    assert cell(b"\x01\xff") == "01ff"
    assert cell(("better", "pain_free")) == "better pain_free"
    assert cell((((1, 2), (3, 4)), ((5, 6),))) == "1,2 3,4;5,6"
    assert cell(()) == ""


def test_a_value_without_a_form_is_a_fault_of_the_program() -> None:
    with pytest.raises(TypeError):
        cell(1.5)


def test_the_file_is_utf_8_with_a_mark_and_lines_as_the_standard_has_them() -> None:
    made = written(["name", "note"], [["Moreau, Hélène", 'said "no"\nand went']])
    assert made == '\ufeffname,note\r\n"Moreau, Hélène","said ""no""\nand went"\r\n'.encode()


def test_a_text_longer_than_pythons_reader_takes_by_itself_is_read() -> None:
    long = "x" * 200_000
    before = csv.field_size_limit()
    assert next(read_csv(io.BytesIO(written(["a"], [[long]]))))["a"] == long
    assert csv.field_size_limit() == before
