from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.change import Direction, Meaning, Verdict
from ptnotes.domain.conclusion import draft_conclusion
from ptnotes.domain.views import ChangeRow


def row(
    label: str,
    first: int | None,
    latest: int | None,
    meaning: Meaning | None,
    direction: Direction = Direction.NEITHER,
    *,
    unit: str = "deg",
    reason: str = "",
) -> ChangeRow:
    change = Decimal(latest - first) if first is not None and latest is not None else None
    verdict = None
    if meaning is not None:
        verdict = Verdict(meaning=meaning, change=change, direction=direction, reason=reason)
    return ChangeRow(
        label=label,
        unit=unit,
        first=None if first is None else Decimal(first),
        latest=None if latest is None else Decimal(latest),
        verdict=verdict,
    )


def since(
    found: ChangeRow, then: int, meaning: Meaning, direction: Direction = Direction.NEITHER
) -> ChangeRow:
    """The same measure with its value at the last report and the judgement since."""
    assert found.latest is not None
    change = found.latest - then
    return replace(
        found, then=Decimal(then), since=Verdict(meaning=meaning, change=change, direction=direction)
    )


REPORT = "since the last report (5 Jan 2026)"
FLEXION = row("Lumbar flexion", 42, 55, Meaning.EXCEEDS_ERROR, Direction.BETTER)
EXTENSION = row("Lumbar extension", 12, 18, Meaning.WITHIN_ERROR, Direction.BETTER)
PAIN = row("Worst pain", 9, 6, Meaning.IMPORTANT, Direction.BETTER, unit="nprs")
ROTATION = row("Thoracic rotation left", 40, 22, Meaning.EXCEEDS_ERROR, Direction.WORSE)
UNJUDGED = row("Rib expansion", 3, 4, Meaning.NO_PUBLISHED_ERROR, Direction.BETTER, unit="cm")


def test_an_improvement_beyond_error_is_named_with_its_numbers() -> None:
    conclusion = draft_conclusion([PAIN, FLEXION, EXTENSION], 10)
    assert conclusion.headline == "Improving"
    assert conclusion.detail == (
        "Worst pain fell from 9 to 6 of 10, an important change. "
        "Lumbar flexion rose from 42° to 55°, above measurement error. "
        "Unchanged within measurement error: lumbar extension."
    )


def test_a_questionnaire_keeps_the_letters_of_its_name_inside_a_sentence() -> None:
    quickdash = row("QuickDASH (0–100)", 36, 7, Meaning.IMPORTANT, Direction.BETTER, unit="score")
    detail = draft_conclusion([PAIN, quickdash, EXTENSION], 6).detail
    assert "Worst pain fell from 9 to 6 of 10 and QuickDASH (0–100) fell from 36 to 7" in detail
    assert "lumbar extension" in detail


def test_what_got_worse_is_said_first() -> None:
    conclusion = draft_conclusion([FLEXION, ROTATION], 6)
    assert conclusion.headline.startswith("Mixed")
    assert conclusion.detail.startswith(
        "Worse: thoracic rotation left fell from 40° to 22°, above measurement error."
    )


def test_only_worse_is_worse() -> None:
    conclusion = draft_conclusion([ROTATION, EXTENSION], 6)
    assert conclusion.headline == "Worse"
    assert conclusion.detail.startswith(
        "Thoracic rotation left fell from 40° to 22°, above measurement error. "
    )


def test_after_the_discharge_nothing_goes_on_improving() -> None:
    assert draft_conclusion([PAIN, EXTENSION], 6, is_over=True).headline == "Improved"
    assert draft_conclusion([ROTATION], 6, is_over=True).headline == "Worse"


def test_what_is_worse_since_the_report_is_not_improving() -> None:
    rows = [
        since(PAIN, 3, Meaning.IMPORTANT, Direction.WORSE),
        since(FLEXION, 68, Meaning.EXCEEDS_ERROR, Direction.WORSE),
        since(EXTENSION, 18, Meaning.WITHIN_ERROR),
    ]
    conclusion = draft_conclusion(rows, 20, since=REPORT)
    assert conclusion.headline == f"Better than at the start; worse {REPORT}"
    assert conclusion.detail.startswith(
        "Worse in that time: worst pain rose from 3 to 6 of 10 and lumbar flexion fell from 68° to 55°. "
        "Unchanged within measurement error in that time: lumbar extension. "
        "From the start worst pain fell from 9 to 6 of 10, an important change. "
    )
    assert draft_conclusion(rows, 20, since=REPORT, is_over=True).headline == conclusion.headline


def test_what_has_not_changed_since_the_report_is_not_improving() -> None:
    rows = [
        since(PAIN, 6, Meaning.WITHIN_ERROR),
        since(FLEXION, 54, Meaning.WITHIN_ERROR, Direction.BETTER),
    ]
    conclusion = draft_conclusion(rows, 20, since=REPORT)
    assert conclusion.headline == f"Improved since the start; unchanged {REPORT}"
    assert conclusion.detail.startswith(
        "Unchanged within measurement error in that time: worst pain and lumbar flexion. From the start worst pain"
    )


def test_nothing_is_called_unchanged_where_not_all_that_changed_was_looked_at_again() -> None:
    conclusion = draft_conclusion([since(PAIN, 6, Meaning.WITHIN_ERROR), FLEXION], 20, since=REPORT)
    assert conclusion.headline == "Improved since the start"
    assert conclusion.detail.startswith(f"Unchanged within measurement error {REPORT}: worst pain. ")
    assert draft_conclusion([PAIN, FLEXION], 20, since=REPORT).headline == "Improved since the start"


def test_what_goes_on_getting_better_is_improving() -> None:
    rows = [since(PAIN, 8, Meaning.IMPORTANT, Direction.BETTER), since(EXTENSION, 18, Meaning.WITHIN_ERROR)]
    assert draft_conclusion(rows, 20, since=REPORT) == draft_conclusion([PAIN, EXTENSION], 20)


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ([since(ROTATION, 10, Meaning.EXCEEDS_ERROR, Direction.BETTER)], "Worse than at the start; better "),
        ([since(ROTATION, 22, Meaning.WITHIN_ERROR)], "Worse than at the start; unchanged "),
        ([since(EXTENSION, 40, Meaning.EXCEEDS_ERROR, Direction.WORSE)], "Unchanged since the start; worse "),
        (
            [PAIN, since(ROTATION, 30, Meaning.EXCEEDS_ERROR, Direction.WORSE)],
            "Mixed since the start; worse ",
        ),
    ],
)
def test_the_time_since_the_report_is_told_apart(rows: list[ChangeRow], headline: str) -> None:
    assert draft_conclusion(rows, 20, since=REPORT).headline == headline + REPORT


def test_changes_within_error_are_no_improvement() -> None:
    conclusion = draft_conclusion([EXTENSION], 6)
    assert conclusion.headline == "Unchanged within measurement error"
    assert conclusion.detail == "Compared: lumbar extension."


def test_a_change_nobody_can_judge_is_not_called_an_improvement() -> None:
    conclusion = draft_conclusion([UNJUDGED], 6)
    assert conclusion.headline == "Change measured, not judged"
    assert conclusion.detail == (
        "No measurement error for this method is on file: rib expansion rose from 3 cm to 4 cm."
    )


def test_less_than_an_important_change_is_not_called_measurement_error() -> None:
    below = row("NDI", 40, 38, Meaning.BELOW_IMPORTANT, Direction.BETTER, unit="percent")
    conclusion = draft_conclusion([below], 6)
    assert conclusion.headline == "No important change"
    assert "measurement error" not in conclusion.detail
    assert "NDI fell from 40 % to 38 %" in conclusion.detail


def test_crossing_zero_is_neither_better_nor_worse() -> None:
    crossing = row("Knee extension", -12, 12, Meaning.EXCEEDS_ERROR, Direction.NEITHER)
    conclusion = draft_conclusion([crossing], 4)
    assert conclusion.headline == "Changed, neither for the better nor for the worse"
    assert "from −12° to 12°" in conclusion.detail


@pytest.mark.parametrize(("visits", "headline"), [(0, "No visit yet"), (1, "One visit: no comparison yet")])
def test_without_a_second_visit_nothing_is_compared(visits: int, headline: str) -> None:
    first = row("Lumbar flexion", None, 42, None)
    assert draft_conclusion([first] if visits else [], visits).headline == headline


def test_one_visit_states_its_first_values() -> None:
    first = row("Lumbar flexion", None, 42, None)
    assert draft_conclusion([first], 1).detail == "First values: lumbar flexion 42°."


def test_readings_that_were_not_taken_alike_are_no_comparison() -> None:
    other = row("Lumbar flexion", None, None, Meaning.NOT_COMPARABLE, reason="not_alike")
    assert draft_conclusion([other], 3).headline == "3 visits: no comparison yet"


def test_a_long_list_is_counted_not_named() -> None:
    many = [row(f"Motion {number}", 10, 30, Meaning.EXCEEDS_ERROR, Direction.BETTER) for number in range(7)]
    assert "and 4 more, above measurement error" in draft_conclusion(many, 5).detail


@given(
    st.lists(
        st.builds(
            row,
            st.sampled_from(["Lumbar flexion", "ODI", "x"]),
            st.integers(-40, 90),
            st.integers(-40, 90),
            st.sampled_from([*Meaning, None]),
            st.sampled_from(Direction),
        ),
        max_size=12,
    ),
    st.lists(st.tuples(st.sampled_from(Meaning), st.sampled_from(Direction)), max_size=12),
    st.integers(0, 300),
)
def test_improving_is_claimed_only_with_a_real_gain_and_no_real_loss(
    rows: list[ChangeRow], later: list[tuple[Meaning, Direction]], visits: int
) -> None:
    judged = [since(found, 5, *verdict) for found, verdict in zip(rows, later, strict=False)]
    after = {one.since.direction for one in judged if one.since is not None and one.since.is_real}
    told = draft_conclusion([*judged, *rows[len(judged) :]], visits, since=REPORT)
    if told.headline == "Improving":
        assert Direction.BETTER in after
        assert Direction.WORSE not in after
    conclusion = draft_conclusion(rows, visits)
    real = {row.verdict.direction for row in rows if row.verdict is not None and row.verdict.is_real}
    if conclusion.headline == "Improving":
        assert Direction.BETTER in real
        assert Direction.WORSE not in real
    if visits and Direction.WORSE in real:
        assert conclusion.headline.startswith(("Worse", "Mixed"))
        assert conclusion.headline == "Worse" or "Worse: " in conclusion.detail
