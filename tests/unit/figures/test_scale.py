import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.figures.placing import spread
from ptnotes.figures.scale import date_ticks, number_scale


def width(text: str) -> float:
    return len(text) * 5.5


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        ("12", "60", 4, ["0", "20", "40", "60"]),
        ("3", "25", 4, ["0", "10", "20", "30"]),
        ("0", "10", 6, ["0", "2", "4", "6", "8", "10"]),
        ("0", "10", 3, ["0", "5", "10"]),
        ("110", "135", 4, ["110", "120", "130", "140"]),
        ("-15", "0", 4, ["-15", "-10", "-5", "0"]),
        ("2.5", "7.5", 4, ["0", "5", "10"]),
        ("33", "60", 3, ["0", "30", "60"]),
        ("12", "62", 3, ["0", "40", "80"]),
        ("0", "55", 4, ["0", "20", "40", "60"]),
    ],
)
def test_ticks_are_round(low: str, high: str, most: int, ticks: list[str]) -> None:
    assert number_scale(Decimal(low), Decimal(high), most).ticks == tuple(Decimal(tick) for tick in ticks)


def test_one_value_alone_gets_room() -> None:
    scale = number_scale(Decimal(42), Decimal(42), 4)
    assert scale.low < 42 < scale.high
    assert number_scale(Decimal(0), Decimal(0), 4).low == 0


@given(
    st.decimals(-400, 400, places=1, allow_nan=False),
    st.decimals(-400, 400, places=1, allow_nan=False),
    st.integers(3, 9),
)
def test_every_scale_holds_its_values_in_few_even_round_steps(
    one: Decimal, other: Decimal, most: int
) -> None:
    low, high = sorted((one, other))
    scale = number_scale(low, high, most)
    assert scale.low <= low <= high <= scale.high
    assert 2 <= len(scale.ticks) <= most
    steps = {after - before for before, after in zip(scale.ticks, scale.ticks[1:], strict=False)}
    assert len(steps) == 1
    assert steps.pop().normalize().as_tuple().digits in {(1,), (2,), (3,), (4,), (5,)}


@given(st.integers(1, 400), st.integers(3, 9))
def test_a_scale_from_zero_is_no_emptier_than_it_must_be(high: int, most: int) -> None:
    scale = number_scale(Decimal(0), Decimal(high), most)
    # 0 to 101 in three ticks is the worst: a step of 50 is too small, and the next ends at 200.
    assert scale.high <= high * Decimal(2 if most == 3 else "1.6")


def ticks_over(days: int, pixels: float = 230, first: date = date(2026, 10, 5)) -> list[tuple[date, str]]:
    last = first + timedelta(days=days)
    made = date_ticks(first, last, lambda on: 40 + (on - first).days / max(days, 1) * pixels, width)
    return [(tick.on, tick.label) for tick in made]


def test_six_weeks_are_ticked_by_weeks_from_the_first_visit() -> None:
    assert [label for _, label in ticks_over(42)] == ["5 Oct 2026", "19 Oct", "2 Nov", "16 Nov"]


def test_a_year_is_ticked_at_the_starts_of_months_and_says_the_new_year() -> None:
    labels = ticks_over(360)
    assert labels[0] == (date(2026, 10, 5), "5 Oct 2026")
    assert all(on.day == 1 for on, _ in labels[1:])
    assert labels[1][1].endswith(" 2027")


def test_ten_years_are_ticked_at_new_years_days() -> None:
    labels = ticks_over(3650)
    assert all((on.month, on.day) == (1, 1) and label == str(on.year) for on, label in labels[1:])


def test_one_day_has_one_tick() -> None:
    assert ticks_over(0) == [(date(2026, 10, 5), "5 Oct 2026")]


@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 20_000), st.floats(60, 900), st.floats(4, 14)
)
def test_date_labels_never_touch_and_stand_at_their_day(
    first: date, days: int, pixels: float, letter: float
) -> None:
    last = first + timedelta(days=days)

    def x_of(on: date) -> float:
        return 40 + (on - first).days / max(days, 1) * pixels

    ticks = date_ticks(first, last, x_of, lambda text: len(text) * letter)
    assert ticks[0].on == first
    edges = []
    for tick in ticks:
        wide = len(tick.label) * letter
        edges.append((tick.x, tick.x + wide) if tick.from_start else (tick.x - wide / 2, tick.x + wide / 2))
        assert first <= tick.on <= last
        assert tick.from_start or tick.x == x_of(tick.on)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(edges))


def test_labels_apart_stay_where_they_are() -> None:
    assert spread([10, 40, 80], 12, 0, 100) == [10, 40, 80]


def test_labels_that_collide_share_the_shift() -> None:
    assert spread([50, 50], 12, 0, 100) == [44, 56]


def test_labels_at_the_edge_are_pushed_inwards() -> None:
    assert spread([98, 100], 12, 0, 100) == [88, 100]


@given(st.lists(st.floats(0, 100), max_size=6))
def test_labels_are_never_nearer_than_the_gap_and_keep_their_order(wanted: list[float]) -> None:
    placed = spread(wanted, 12, 0, 100)
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in placed)
    ranked = sorted(placed)
    assert all(after - before >= 12 - 1e-6 for before, after in itertools.pairwise(ranked))
    pairs = sorted(zip(wanted, placed, strict=True))
    assert all(one[1] <= other[1] for one, other in itertools.pairwise(pairs) if one[0] < other[0])
