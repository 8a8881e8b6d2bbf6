"""ChangeWithin within visits by technique: only what was measured before and after, once a visit, and never a cause."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.technique_response import (
    LEAST_FOR_DEVIATION,
    PAIN_NOW,
    changes_within,
    measures_in,
    technique_responses,
)
from ptnotes.domain.treatment import (
    Mobilization,
    Mode,
    NoteState,
    PainKind,
    PainScore,
    Phase,
    Side,
    TreatmentSession,
    VisitStatus,
)
from ptnotes.domain.views import ChangeWithin, PairedMeasure, TechniqueResponse
from tests.episodes import course, flexion, mobilization, pain, visit

FLEXION = PairedMeasure(unit="deg", motion="lumbar_flexion", mode=Mode.ACTIVE, method="inclinometer_dual")
L4 = mobilization("L4", "III")
L5 = mobilization("L5", "II", side=Side.LEFT, row=9)


def pain_visits(
    changes: Sequence[tuple[int, int | None]], done: Sequence[Mobilization] = (L4,)
) -> list[TreatmentSession]:
    return [visit(number, (), pain(*change), done) for number, change in enumerate(changes, 1)]


def only(sessions: Sequence[TreatmentSession]) -> TechniqueResponse:
    (row,) = technique_responses(sessions)
    return row


def test_a_visit_s_change_belongs_to_everything_done_in_it() -> None:
    rows = technique_responses(pain_visits([(6, 4)], [L4, L5]))
    assert [(row.target, row.side, row.technique, row.grade) for row in rows] == [
        ("L4", Side.MIDLINE, "cpa", "III"),
        ("L5", Side.LEFT, "upa", "II"),
    ]
    assert all(row.changes[PAIN_NOW].mean == -2 for row in rows)
    assert all(row.changes[PAIN_NOW].alone == 0 for row in rows)


def test_what_was_done_alone_is_counted() -> None:
    sessions = [*pain_visits([(6, 4)]), visit(2, (), pain(6, 5), [L4, L5])]
    first, second = technique_responses(sessions)
    assert (first.changes[PAIN_NOW].pairs, first.changes[PAIN_NOW].alone) == (2, 1)
    assert (second.changes[PAIN_NOW].pairs, second.changes[PAIN_NOW].alone) == (1, 0)


def test_beside_a_row_without_its_technique_nothing_is_said_to_have_been_done_alone() -> None:
    begun = replace(L5, technique=None)
    assert only(pain_visits([(6, 4)], [L4, begun])).changes[PAIN_NOW].alone == 0


def test_one_pair_has_no_spread() -> None:
    assert only(pain_visits([(6, 4)])).changes[PAIN_NOW] == ChangeWithin(
        pairs=1, half=0, mean=Decimal(-2), alone=1
    )


def test_few_pairs_tell_the_lowest_and_the_highest() -> None:
    change = only(pain_visits([(6, 4), (5, 5), (7, 3)])).changes[PAIN_NOW]
    assert (change.mean, change.lowest, change.highest) == (Decimal(-2), Decimal(-4), Decimal(0))
    assert change.deviation is None


@pytest.mark.parametrize(
    ("count", "has_deviation"), [(LEAST_FOR_DEVIATION - 1, False), (LEAST_FOR_DEVIATION, True)]
)
def test_the_deviation_begins_at_ten_pairs(count: int, has_deviation: bool) -> None:
    change = only(pain_visits([(6, 6 - place % 4) for place in range(count)])).changes[PAIN_NOW]
    assert (change.deviation is not None) == has_deviation
    assert (change.lowest is None) == (change.highest is None) == has_deviation


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=LEAST_FOR_DEVIATION, max_size=40))
def test_mean_and_deviation_are_those_of_the_statistics_library(pairs: list[tuple[int, int]]) -> None:
    change = only(pain_visits(pairs)).changes[PAIN_NOW]
    differences = [after - before for before, after in pairs]
    assert float(change.mean) == pytest.approx(mean(differences), abs=1e-6)
    assert change.deviation is not None
    assert float(change.deviation) == pytest.approx(stdev(differences), abs=1e-5)


def test_a_blank_is_left_out_and_counted_and_never_a_zero() -> None:
    row = only([*pain_visits([(6, 4), (6, None)]), visit(3, (), (), [L4])])
    assert row.visits == 3
    assert row.changes[PAIN_NOW] == ChangeWithin(pairs=1, half=1, mean=Decimal(-2), alone=1)


def test_where_every_second_value_is_missing_that_is_counted_without_a_mean() -> None:
    row = only(pain_visits([(6, None), (5, None)]))
    assert row.changes == {}
    assert row.halves == {PAIN_NOW: 2}


def test_a_value_of_zero_is_a_value() -> None:
    assert only(pain_visits([(2, 0)])).changes[PAIN_NOW].mean == -2


def test_pain_of_two_pairs_is_never_mixed() -> None:
    scores = (
        PainScore(row=5, pair=5, value=6, place="back"),
        PainScore(row=6, pair=6, phase=Phase.AFTER, value=1, place="knee"),
    )
    assert changes_within(visit(1, (), scores, [L4])) == ({}, {PAIN_NOW})


def test_pain_is_that_of_the_first_place_listed() -> None:
    scores = (*pain(6, 4), *(replace(score, row=score.row + 10, pair=15) for score in pain(3, 3)))
    assert changes_within(visit(1, (), scores, [L4]))[0] == {PAIN_NOW: Decimal(-2)}


def test_worst_and_best_pain_are_not_of_the_visit() -> None:
    scores = tuple(replace(score, kind=PainKind.WORST) for score in pain(6, 4))
    assert changes_within(visit(1, (), scores, [L4])) == ({}, set())


def test_a_motion_is_compared_within_its_pair() -> None:
    session = visit(1, [flexion(40), flexion(45, Phase.AFTER)], (), [L4])
    assert changes_within(session) == ({FLEXION: Decimal(5)}, set())


@pytest.mark.parametrize(
    "after",
    [
        replace(flexion(45, Phase.AFTER), pair=2),
        flexion(45, Phase.AFTER, method="goniometer"),
        replace(flexion(45, Phase.AFTER), mode=Mode.PASSIVE),
        replace(flexion(45, Phase.AFTER), test_position="sitting"),
        replace(flexion(45, Phase.AFTER), rater=2),
        replace(flexion(45, Phase.AFTER), unit="percent"),
        flexion(None, Phase.AFTER, word="wnl"),
        flexion(None, Phase.AFTER),
    ],
)
def test_what_is_no_real_pair_gives_no_change(after: object) -> None:
    session = visit(1, [flexion(40), after], (), [L4])  # type: ignore[list-item]
    changes, half = changes_within(session)
    assert changes == {}
    assert FLEXION in half


def test_a_single_reading_is_not_half_of_a_pair() -> None:
    session = visit(1, [replace(flexion(40), phase=Phase.SINGLE)], (), [L4])
    assert changes_within(session) == ({}, set())


def test_a_motion_measured_in_two_pairs_counts_once_with_their_mean() -> None:
    again = [
        replace(flexion(42), row=11, pair=11),
        replace(flexion(44, Phase.AFTER), row=12, pair=11),
    ]
    session = visit(1, [flexion(40), flexion(45, Phase.AFTER), *again], (), [L4])
    assert changes_within(session) == ({FLEXION: Decimal("3.5")}, set())
    assert only([session]).changes[FLEXION].pairs == 1


def test_grades_places_and_techniques_are_apart_and_a_visit_counts_once() -> None:
    again = replace(L4, row=10)
    higher = replace(mobilization("L4", "IV"), row=11)
    ranged = replace(mobilization("L4", "III"), row=12, grade_to="IV")
    several = replace(mobilization("L2", "III"), row=13, targets=("L2", "L3"))
    rows = technique_responses(pain_visits([(6, 4)], [L4, again, higher, ranged, several]))
    assert [(row.target, row.grade, row.visits) for row in rows] == [
        ("L4", "III", 1),
        ("L4", "IV", 1),
        ("L4", "III–IV", 1),
        ("L2", "III", 1),
        ("L3", "III", 1),
    ]


@pytest.mark.parametrize(
    "gone",
    [
        {"state": NoteState.VOIDED},
        {"state": NoteState.DISCARDED},
        {"status": VisitStatus.MISSED},
        {"status": VisitStatus.CANCELLED},
    ],
)
def test_visits_that_do_not_count_are_left_out(gone: dict[str, object]) -> None:
    counted_one, other = pain_visits([(6, 4), (9, 0)])
    row = only([counted_one, replace(other, **gone)])  # type: ignore[arg-type]
    assert (row.visits, row.changes[PAIN_NOW].pairs) == (1, 1)


def test_a_row_without_technique_or_target_is_no_technique_yet() -> None:
    rows = [replace(L4, technique=None), replace(L4, targets=())]
    assert technique_responses(pain_visits([(6, 4)], rows)) == ()


def test_the_rows_done_most_often_stand_first() -> None:
    sessions = [visit(1, (), pain(6, 4), [L5]), visit(2, (), pain(6, 4), [L4]), visit(3, (), (), [L4])]
    assert [row.target for row in technique_responses(sessions)] == ["L4", "L5"]


def test_measures_with_a_pair_are_offered_pain_first() -> None:
    assert measures_in(technique_responses(course(4))) == (PAIN_NOW, FLEXION)
    assert measures_in(()) == ()
