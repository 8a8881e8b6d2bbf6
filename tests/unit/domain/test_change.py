"""When a change is real: the same function answers for the screen and for the report."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.change import Direction, Meaning, judge_motion, judge_score
from ptnotes.domain.treatment import Mode, RomReading, Side


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def reading(value: str | None, motion: str = "lumbar_flexion", **rest: object) -> RomReading:
    way: dict[str, object] = {"method": "inclinometer_dual", "rater": 1} | rest
    number = None if value is None else Decimal(value)
    return RomReading(row=1, pair=1, motion=motion, value=number, **way)  # type: ignore[arg-type]  # built from a mapping


@pytest.mark.parametrize(
    ("last", "meaning"),
    [("48", Meaning.WITHIN_ERROR), ("48.9", Meaning.WITHIN_ERROR), ("49", Meaning.EXCEEDS_ERROR)],
)
def test_a_change_equal_to_the_error_counts(reference: Reference, last: str, meaning: Meaning) -> None:
    verdict = judge_motion(reference, reading("40"), reading(last))
    assert verdict.meaning is meaning
    assert verdict.threshold == 9
    assert verdict.source
    assert verdict.change == Decimal(last) - 40


def test_less_motion_beyond_error_is_real_and_worse(reference: Reference) -> None:
    verdict = judge_motion(reference, reading("49"), reading("40"))
    assert (verdict.meaning, verdict.direction) == (Meaning.EXCEEDS_ERROR, Direction.WORSE)


@pytest.mark.parametrize(
    "other",
    [
        {"method": "goniometer"},
        {"method": None},
        {"mode": Mode.PASSIVE},
        {"test_position": "sitting"},
        {"unit": "percent"},
    ],
)
def test_readings_not_taken_alike_have_no_verdict(reference: Reference, other: dict[str, object]) -> None:
    verdict = judge_motion(reference, reading("40"), replace(reading("80"), **other))  # type: ignore[arg-type]  # from a mapping
    assert verdict.meaning is Meaning.NOT_COMPARABLE
    assert verdict.change is None


def test_left_is_never_compared_with_right(reference: Reference) -> None:
    left = reading("10", "lumbar_lateral_flexion", side=Side.LEFT)
    right = reading("25", "lumbar_lateral_flexion", side=Side.RIGHT)
    assert judge_motion(reference, left, right).meaning is Meaning.NOT_COMPARABLE


def test_a_blank_is_never_zero(reference: Reference) -> None:
    assert judge_motion(reference, reading(None), reading("40")).meaning is Meaning.NOT_COMPARABLE
    word = replace(reading(None), word="within_normal_limits")
    assert judge_motion(reference, reading("40"), word).meaning is Meaning.NOT_COMPARABLE


def test_a_motion_without_a_published_error_has_no_verdict(reference: Reference) -> None:
    first = reading("10", "ankle_dorsiflexion", side=Side.LEFT, method="goniometer")
    last = replace(first, value=Decimal(30))
    assert reference.motions["ankle_dorsiflexion"].no_published_mdc
    verdict = judge_motion(reference, first, last)
    assert (verdict.meaning, verdict.change, verdict.threshold) == (Meaning.NO_PUBLISHED_ERROR, 20, None)


def test_one_raters_two_readings_are_held_against_the_intra_rater_error(reference: Reference) -> None:
    first = reading("-12", "knee_extension", side=Side.LEFT, method="goniometer")
    assert judge_motion(reference, first, replace(first, value=Decimal(-4))).threshold == Decimal("6.3")
    another = replace(first, value=Decimal(-4), rater=2)
    assert judge_motion(reference, first, another).threshold == Decimal("10.4")


def test_another_rater_without_an_inter_rater_error_has_no_verdict(reference: Reference) -> None:
    first = reading("40", "cervical_flexion", method="crom")
    same = judge_motion(reference, first, replace(first, value=Decimal(55)))
    other = judge_motion(reference, first, replace(first, value=Decimal(55), rater=2))
    assert same.meaning is Meaning.EXCEEDS_ERROR
    assert other.meaning is Meaning.NO_PUBLISHED_ERROR
    unknown = replace(first, rater=None)
    assert judge_motion(reference, unknown, replace(unknown, value=Decimal(55))).threshold is None


@pytest.mark.parametrize(
    ("first", "last", "direction"),
    [
        ("-12", "-4", Direction.BETTER),
        ("-4", "-12", Direction.WORSE),
        ("8", "2", Direction.BETTER),
        ("-5", "5", Direction.NEITHER),
        ("-5", "0", Direction.BETTER),
    ],
)
def test_knee_extension_is_better_toward_zero(
    reference: Reference, first: str, last: str, direction: Direction
) -> None:
    start = reading(first, "knee_extension", side=Side.LEFT, method="goniometer")
    assert judge_motion(reference, start, replace(start, value=Decimal(last))).direction is direction


def test_a_distance_to_the_floor_is_better_when_lower(reference: Reference) -> None:
    start = reading("25", "fingertip_to_floor", method="tape", unit="cm")
    verdict = judge_motion(reference, start, replace(start, value=Decimal("15.2")))
    assert (verdict.meaning, verdict.direction) == (Meaning.EXCEEDS_ERROR, Direction.BETTER)


@pytest.mark.parametrize(
    ("first", "last", "meaning"),
    [
        (8, 6, Meaning.IMPORTANT),
        (8, 7, Meaning.WITHIN_ERROR),
        (6, 8, Meaning.IMPORTANT),
        (5, 5, Meaning.WITHIN_ERROR),
    ],
)
def test_pain_between_visits_is_important_from_two_points(
    reference: Reference, first: int, last: int, meaning: Meaning
) -> None:
    assert judge_score(reference, "nprs", first, last, between_visits=True).meaning is meaning


def test_within_a_visit_pain_is_held_against_error_alone(reference: Reference) -> None:
    assert judge_score(reference, "nprs", 6, 3, between_visits=False).meaning is Meaning.EXCEEDS_ERROR
    assert judge_score(reference, "nprs", 6, 5, between_visits=False).meaning is Meaning.WITHIN_ERROR


def test_less_than_important_is_not_called_error_where_no_error_is_published(reference: Reference) -> None:
    assert judge_score(reference, "quickdash", 40, 30, between_visits=True).meaning is Meaning.BELOW_IMPORTANT
    assert judge_score(reference, "quickdash", 40, 26, between_visits=True).meaning is Meaning.IMPORTANT
    assert (
        judge_score(reference, "quickdash", 40, 30, between_visits=False).meaning
        is Meaning.NO_PUBLISHED_ERROR
    )


def test_an_unanswered_score_is_not_zero(reference: Reference) -> None:
    assert judge_score(reference, "nprs", None, 3, between_visits=True).meaning is Meaning.NOT_COMPARABLE


def test_a_disability_score_falls_when_things_get_better(reference: Reference) -> None:
    verdict = judge_score(reference, "odi", 44, 30, between_visits=True)
    assert (verdict.meaning, verdict.direction, verdict.change) == (Meaning.IMPORTANT, Direction.BETTER, -14)


def test_an_important_change_is_named_as_its_source_names_it(reference: Reference) -> None:
    kinds = {
        measure: judge_score(reference, measure, 0, 50, between_visits=True).threshold_kind
        for measure in ("odi", "psfs", "quickdash", "lefs")
    }
    assert kinds == {"odi": "MIC", "psfs": "MIC", "quickdash": "MCID", "lefs": "MCID"}
