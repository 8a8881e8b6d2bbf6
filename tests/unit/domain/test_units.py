"""Minutes to units, by both rules: each shipped example, the edges, and every small split against another reckoning."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.clinical import load_reference
from ptnotes.clinical.intervention import UnitExample
from ptnotes.domain.units import Tie, UnitRuleName, timed_units

CMS, AMA = UnitRuleName.CMS, UnitRuleName.AMA
EXAMPLES = tuple(load_reference().unit_examples.values())
# Lowest total minutes of one, two, three units and on (Medicare Claims Processing Manual, chapter 5, section 20.2).
CMS_FROM_MIN = tuple(range(8, 8 + 15 * 100, 15))


def by_another_way(minutes: tuple[int, ...]) -> tuple[int, ...]:
    """Give CMS's units one by one to whoever has the most minutes not yet paid for."""
    total = sum(minutes)
    number = sum(1 for least in CMS_FROM_MIN if total >= least)
    rest, units = list(minutes), [0] * len(minutes)
    for _ in range(number):
        place = rest.index(max(rest))
        units[place] += 1
        rest[place] = max(0, rest[place] - 15)
    return tuple(units)


def cms(*minutes: int) -> tuple[int, ...]:
    """CMS's units of codes called a, b, c and on."""
    return tuple(timed_units(dict(zip("abcdef", minutes, strict=False)), CMS).by_code.values())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.id for example in EXAMPLES])
def test_every_example_of_the_reference_data_comes_out(example: UnitExample) -> None:
    for rule, total, allocation in (
        (CMS, example.cms_units, example.cms_allocation),
        (AMA, example.ama_units, example.ama_allocation),
    ):
        units = timed_units(example.minutes, rule)
        assert units.total == total
        if units.tie is None:
            assert dict(units.by_code) == dict(allocation)
        else:
            assert _is_one_choice(allocation, units.by_code, units.tie)


def _is_one_choice(one: Mapping[str, int], other: Mapping[str, int], tie: Tie) -> bool:
    outside = {code: units for code, units in one.items() if code not in tie.codes}
    return outside.items() <= other.items() and sum(one.values()) == sum(other.values())


@pytest.mark.parametrize(
    ("minutes", "units"),
    [(0, 0), (7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3), (52, 3), (53, 4), (67, 4), (68, 5)],
)
def test_one_code_alone_counts_alike_by_both_rules(minutes: int, units: int) -> None:
    assert timed_units({"a": minutes}, CMS).total == units
    assert timed_units({"a": minutes}, AMA).total == units


def test_seven_minutes_twice_make_a_unit_by_one_rule_and_none_by_the_other() -> None:
    together = timed_units({"a": 7, "b": 7}, CMS)
    assert together.total == 1
    assert together.tie == Tie(("a", "b"), 1)
    assert timed_units({"a": 7, "b": 7}, AMA).total == 0


def test_a_tie_names_only_those_who_are_equal() -> None:
    units = timed_units({"a": 9, "b": 7, "c": 7, "d": 3}, CMS)
    assert units.by_code == {"a": 1, "b": 1, "c": 0, "d": 0}
    assert units.tie == Tie(("b", "c"), 1)
    assert timed_units({"a": 8, "b": 8, "c": 8}, CMS).tie == Tie(("a", "b", "c"), 2)
    assert timed_units({"a": 15, "b": 8, "c": 3}, CMS).tie is None
    assert timed_units({"a": 15, "b": 15}, CMS).tie is None


def test_minutes_below_zero_are_a_fault() -> None:
    with pytest.raises(ValueError, match="never below zero"):
        timed_units({"a": -1}, CMS)


def test_every_split_of_up_to_150_minutes_over_up_to_four_codes_agrees_with_another_reckoning() -> None:
    tried = 0
    for a in range(151):
        for b in range(min(a, 150 - a) + 1):
            for c in range(min(b, 150 - a - b) + 1):
                for d in range(min(c, 150 - a - b - c) + 1):
                    tried += 1
                    if cms(a, b, c, d) != by_another_way((a, b, c, d)):
                        raise AssertionError((a, b, c, d))

    assert tried > 900_000


@given(st.lists(st.integers(0, 240), max_size=6))
def test_units_agree_with_another_reckoning_for_up_to_six_codes(minutes: list[int]) -> None:
    units = timed_units(dict(zip("abcdef", minutes, strict=False)), CMS)
    assert tuple(units.by_code.values()) == by_another_way(tuple(minutes))
    assert units.total == (sum(minutes) + 7) // 15


@given(st.lists(st.integers(0, 240), min_size=1, max_size=6))
def test_a_tie_is_told_exactly_where_another_order_of_the_codes_gives_another_answer(
    minutes: list[int],
) -> None:
    forward = dict(zip("abcdef", minutes, strict=False))
    backward = dict(reversed(forward.items()))
    one, other = timed_units(forward, CMS), timed_units(backward, CMS)
    assert (one.by_code != other.by_code) <= (one.tie is not None)
    if one.tie is not None:
        given_to = sum(one.by_code[code] - forward[code] // 15 for code in one.tie.codes)
        assert 0 < one.tie.units < len(one.tie.codes)
        assert given_to == one.tie.units
        assert one.by_code != other.by_code


@given(st.lists(st.integers(0, 240), max_size=6))
def test_the_ama_rule_counts_each_code_alone(minutes: list[int]) -> None:
    units = timed_units(dict(zip("abcdef", minutes, strict=False)), AMA)
    assert list(units.by_code.values()) == [(each + 7) // 15 for each in minutes]
    assert units.tie is None
