"""One value has one canonical form, and different values have different ones."""

import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.canonical import canonical_bytes, canonical_hash
from ptnotes.domain.treatment import Mobilization, Side

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@dataclass(frozen=True)
class Reading:
    side: Side
    value: Decimal | None
    at: datetime


def test_the_form_is_json_with_sorted_keys_and_no_space() -> None:
    assert canonical_bytes({"b": 1, "a": [None, True, "x"]}) == b'{"a":[null,true,"x"],"b":1}'


def test_each_kind_of_value_is_written_in_its_one_way() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert json.loads(canonical_bytes(Reading(Side.LEFT, Decimal("45.50"), at))) == {
        "side": "left",
        "value": "45.5",
        "at": "2026-03-02T14:00:00.000000Z",
    }
    assert json.loads(canonical_bytes([date(2026, 3, 2), time(9, 30), b"\x01\xff"])) == [
        "2026-03-02",
        "09:30:00",
        "01ff",
    ]


@pytest.mark.parametrize("same", ["1E+2", "100", "100.0", "100.000"])
def test_a_number_is_the_same_however_many_zeros_it_was_stored_with(same: str) -> None:
    assert canonical_bytes(Decimal(same)) == b'"100"'


def test_minus_nought_is_nought() -> None:
    assert canonical_bytes(Decimal("-0.0")) == canonical_bytes(Decimal(0))


def test_composed_and_decomposed_letters_are_the_same_text() -> None:
    decomposed = unicodedata.normalize("NFD", "Hélène")
    assert decomposed != "Hélène"
    assert canonical_bytes({decomposed: decomposed}) == canonical_bytes({"Hélène": "Hélène"})


def test_one_instant_is_the_same_in_every_zone() -> None:
    here = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert canonical_hash(here) == canonical_hash(here.astimezone(UTC))


def test_a_blank_is_not_nought() -> None:
    assert canonical_hash(Mobilization(row=1, sets=None)) != canonical_hash(Mobilization(row=1, sets=0))


@pytest.mark.parametrize("wrong", [1.5, {1: "a"}, {"a", "b"}, object(), [0.1], Mobilization])
def test_what_has_no_single_form_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(wrong)


@pytest.mark.parametrize(
    "wrong",
    [datetime(2026, 3, 2, 9, 0), Decimal("NaN"), Decimal("Infinity"), {"é": 1, "e\u0301": 2}],  # noqa: DTZ001 - on purpose
)
def test_what_is_not_certain_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"zone|finite|same"):
        canonical_bytes(wrong)


@given(PLAIN)
def test_the_form_of_what_was_read_back_is_the_form_itself(value: object) -> None:
    written = canonical_bytes(value) if not _clashes(value) else b"null"
    assert canonical_bytes(json.loads(written)) == written


def _clashes(value: object) -> bool:
    if isinstance(value, dict):
        normal = {unicodedata.normalize("NFC", key) for key in value}
        return len(normal) != len(value) or any(_clashes(part) for part in value.values())
    return isinstance(value, list) and any(_clashes(part) for part in value)
