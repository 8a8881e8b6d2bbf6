"""When a change is real: the same function answers for the screen and for the report."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.change import Direction, Meaning, judge_motion, judge_score, score_error
from ptnotes.domain.treatment import Mode, RomReading, Side
from ptnotes.domain.wording import threshold_words


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


@pytest.mark.parametrize("row", [row.id for row in load_reference().important_changes.values()])
def test_a_score_that_just_reaches_its_important_change_is_important_and_one_step_less_is_not(
    reference: Reference, row: str
) -> None:
    chosen = reference.important_changes[row]
    scale, region = reference.measures[chosen.measure], chosen.regions[0]
    start = scale.score_min + chosen.value + 1
    error = score_error(scale)
    exact = judge_score(
        reference, chosen.measure, start, start - chosen.value, between_visits=True, region=region
    )
    if error is None or error.value <= chosen.value:
        assert exact.meaning is Meaning.IMPORTANT
        assert (exact.threshold, exact.threshold_kind) == (chosen.value, chosen.kind)
        assert chosen.source in exact.source
        assert exact.chosen_because == chosen.reason
    else:
        assert exact.meaning is Meaning.WITHIN_ERROR
    short = chosen.value - Decimal("0.1")
    below = judge_score(reference, chosen.measure, start, start - short, between_visits=True, region=region)
    assert below.meaning in (Meaning.WITHIN_ERROR, Meaning.BELOW_IMPORTANT)


def test_the_region_decides_which_important_change_speaks(reference: Reference) -> None:
    neck = judge_score(reference, "nprs", 8, 6, between_visits=True, region="cervical")
    back = judge_score(reference, "nprs", 8, 6, between_visits=True, region="lumbar")
    knee = judge_score(reference, "nprs", 8, 6, between_visits=True, region="knee")
    assert [each.threshold for each in (neck, back, knee)] == [Decimal("1.3"), 2, 2]
    assert {each.meaning for each in (neck, back, knee)} == {Meaning.IMPORTANT}
    assert len({each.source for each in (neck, back, knee)}) == 3
    shoulder = judge_score(
        reference, "quickdash", 40, Decimal("26.4"), between_visits=True, region="shoulder"
    )
    elbow = judge_score(reference, "quickdash", 40, Decimal("26.4"), between_visits=True, region="elbow")
    assert (shoulder.meaning, elbow.meaning) == (Meaning.IMPORTANT, Meaning.BELOW_IMPORTANT)


def test_a_change_within_error_is_never_called_important(reference: Reference) -> None:
    """In the neck 1.3 points were found important; two readings of one pain may differ by nearly 2."""
    verdict = judge_score(
        reference, "nprs", Decimal("4.5"), Decimal(3), between_visits=True, region="cervical"
    )
    assert (verdict.meaning, verdict.threshold) == (Meaning.WITHIN_ERROR, 2)


def test_beyond_error_and_less_than_important_is_said_to_exceed_error(reference: Reference) -> None:
    higher = replace(reference.important_changes["nprs_low_back"], value=Decimal(4))
    changed = replace(reference, important_changes={**reference.important_changes, "nprs_low_back": higher})
    verdict = judge_score(changed, "nprs", 8, 5, between_visits=True, region="lumbar")
    assert (verdict.meaning, verdict.threshold) == (Meaning.EXCEEDS_ERROR, 2)


@pytest.mark.parametrize("measure", ["groc", "vas"])
def test_where_no_important_change_was_chosen_nothing_is_judged(reference: Reference, measure: str) -> None:
    """A rating of change is itself the change; what was found in the low back is not said of a knee."""
    verdict = judge_score(reference, measure, 0, 7, between_visits=True, region="knee")
    assert (verdict.meaning, verdict.threshold) == (Meaning.NO_PUBLISHED_ERROR, None)
    assert "measure and region" in threshold_words(verdict, "points")


def test_the_error_of_a_single_answer_is_not_that_of_the_mean(reference: Reference) -> None:
    error = score_error(reference.measures["psfs"])
    assert error is not None
    assert error.value == 2


@pytest.mark.parametrize(
    ("first", "last", "meaning", "direction"),
    [
        ("-9", "-2.7", Meaning.EXCEEDS_ERROR, Direction.BETTER),
        ("-9", "-2.8", Meaning.WITHIN_ERROR, Direction.BETTER),
        ("-4", "2.3", Meaning.EXCEEDS_ERROR, Direction.BETTER),
        ("2", "-4.3", Meaning.EXCEEDS_ERROR, Direction.WORSE),
    ],
)
def test_the_knee_that_straightens_past_zero_is_held_against_its_whole_change(
    reference: Reference, first: str, last: str, meaning: Meaning, direction: Direction
) -> None:
    start = reading(first, "knee_extension", side=Side.LEFT, method="goniometer")
    verdict = judge_motion(reference, start, replace(start, value=Decimal(last)))
    assert (verdict.meaning, verdict.direction) == (meaning, direction)


def test_extension_of_knee_and_elbow_are_better_toward_zero(reference: Reference) -> None:
    toward = {motion.id for motion in reference.motions.values() if motion.better == "toward_zero"}
    assert {"knee_extension", "elbow_extension"} <= toward
    assert all("extension" in motion for motion in toward)


def test_the_larger_of_two_fitting_errors_decides(reference: Reference) -> None:
    motion = reference.motions["lumbar_flexion"]
    row = next(row for row in motion.mdc if row.usable and "inclinometer_dual" in row.methods)
    larger = replace(row, value=row.value + 5, source="the larger")
    changed = replace(
        reference,
        motions={**reference.motions, "lumbar_flexion": replace(motion, mdc=(row, larger))},
    )
    verdict = judge_motion(changed, reading("40"), reading("80"))
    assert (verdict.threshold, verdict.source) == (larger.value, "the larger")


def test_a_source_that_was_not_looked_up_says_so(reference: Reference) -> None:
    verdict = judge_score(reference, "koos", 40, 60, between_visits=True, region="knee")
    assert "check before relying on it" in threshold_words(verdict, "points")
    sure = judge_score(reference, "odi", 40, 60, between_visits=True, region="lumbar")
    assert "check before" not in threshold_words(sure, "percent")
    assert "Chosen because: Consensus" in threshold_words(sure, "percent")


def test_an_important_change_is_named_as_its_source_names_it(reference: Reference) -> None:
    kinds = {
        measure: judge_score(reference, measure, 0, 50, between_visits=True).threshold_kind
        for measure in ("odi", "psfs", "quickdash", "lefs")
    }
    assert kinds == {"odi": "MIC", "psfs": "MIC", "quickdash": "MCID", "lefs": "MCID"}
