"""What the small charts are made of."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.change import Meaning
from ptnotes.domain.episode import Goal, GoalStatus
from ptnotes.domain.people import NormalValues
from ptnotes.domain.treatment import (
    NoteState,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
    VisitStatus,
)
from ptnotes.domain.trend import motion_charts, pain_chart, visit_numbers

FIRST = date(2026, 10, 5)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def visit(
    number: int, *rom: RomReading, pain: tuple[PainScore, ...] = (), **rest: object
) -> TreatmentSession:
    facts: dict[str, object] = {"service_date": FIRST + timedelta(days=number * 3)} | rest
    return TreatmentSession(id=number, episode_id=1, rom=rom, pain=pain, **facts)  # type: ignore[arg-type]  # from a mapping


def flexion(value: str | None, phase: Phase = Phase.BEFORE, **rest: object) -> RomReading:
    way: dict[str, object] = {"method": "inclinometer_dual", "rater": 1} | rest
    number = None if value is None else Decimal(value)
    return RomReading(row=1, pair=1, motion="lumbar_flexion", value=number, phase=phase, **way)  # type: ignore[arg-type]  # from a mapping


def score(value: int | None, kind: PainKind = PainKind.NOW, phase: Phase = Phase.BEFORE) -> PainScore:
    return PainScore(row=1, pair=1, kind=kind, phase=phase, value=value)


def test_visits_are_numbered_by_attended_treatment_day() -> None:
    sessions = [
        visit(4),
        visit(1),
        visit(2, status=VisitStatus.MISSED),
        visit(3, state=NoteState.DISCARDED),
        visit(5, service_date=FIRST + timedelta(days=12)),
    ]
    assert visit_numbers(sessions) == {1: 1, 4: 2, 5: 2}


def test_before_and_after_are_two_lines_and_the_first_carries_the_verdict(reference: Reference) -> None:
    sessions = [
        visit(1, flexion("42"), flexion("50", Phase.AFTER)),
        visit(2, flexion("46"), flexion("55", Phase.AFTER)),
        visit(3, flexion("51")),
    ]
    (chart,) = motion_charts(reference, sessions)
    before, after = chart.lines
    assert [point.value for point in before.points] == [42, 46, 51]
    assert [point.value for point in after.points] == [50, 55]
    assert (before.is_main, after.is_main) == (True, False)
    assert (chart.baseline, chart.latest, chart.error) == (42, 51, 9)
    assert chart.verdict is not None
    assert chart.verdict.meaning is Meaning.EXCEEDS_ERROR


def test_readings_of_different_methods_are_never_in_one_line(reference: Reference) -> None:
    sessions = [
        visit(1, flexion("42")),
        visit(2, flexion("60", method="visual")),
        visit(3, flexion("45")),
        visit(4, flexion("47", mode=replace(flexion("1")).mode.PASSIVE)),
        visit(5, flexion("49", test_position="sitting")),
    ]
    (chart,) = motion_charts(reference, sessions)
    assert sorted(len(line.points) for line in chart.lines) == [1, 1, 1, 2]


def test_words_stay_words_and_blanks_stay_blank(reference: Reference) -> None:
    sessions = [
        visit(1, flexion(None, word="moderate_loss")),
        visit(2, flexion(None)),
        visit(3, flexion("40")),
    ]
    (chart,) = motion_charts(reference, sessions)
    assert [word.word for word in chart.words] == ["moderate_loss"]
    assert [point.value for line in chart.lines for point in line.points] == [40]
    assert chart.verdict is None


def test_percent_is_not_drawn_on_a_scale_of_degrees(reference: Reference) -> None:
    (chart,) = motion_charts(reference, [visit(1, flexion("50", unit="percent")), visit(2, flexion("40"))])
    assert [point.value for line in chart.lines for point in line.points] == [40]


def test_missed_and_discarded_visits_measure_nothing(reference: Reference) -> None:
    sessions = [
        visit(1, flexion("40"), status=VisitStatus.CANCELLED),
        visit(2, flexion("41"), state=NoteState.VOIDED),
        visit(3, flexion("42"), state=NoteState.DISCARDED),
    ]
    assert motion_charts(reference, sessions) == ()


def test_left_comes_before_right_in_the_order_of_the_reference(reference: Reference) -> None:
    def side_flexion(side: Side) -> RomReading:
        return replace(flexion("20"), motion="lumbar_lateral_flexion", side=side)

    charts = motion_charts(
        reference, [visit(1, side_flexion(Side.RIGHT), side_flexion(Side.LEFT), flexion("40"))]
    )
    assert [(chart.motion, chart.side) for chart in charts] == [
        ("lumbar_flexion", None),
        ("lumbar_lateral_flexion", Side.LEFT),
        ("lumbar_lateral_flexion", Side.RIGHT),
    ]


def test_only_an_active_goal_of_the_same_motion_and_side_is_drawn(reference: Reference) -> None:
    goal = Goal(
        uuid="g", words="Bend", measure="rom", motion="lumbar_flexion", target=Decimal(60), unit="deg"
    )
    (chart,) = motion_charts(reference, [visit(1, flexion("40"))], [goal])
    assert chart.goal == 60
    (chart,) = motion_charts(reference, [visit(1, flexion("40"))], [replace(goal, status=GoalStatus.DROPPED)])
    assert chart.goal is None


def test_the_normal_value_is_the_clinics_set(reference: Reference) -> None:
    (chart,) = motion_charts(reference, [visit(1, flexion("40"))], (), NormalValues.AMA)
    assert (chart.normal_low, chart.normal_high) == (60, 60)
    (chart,) = motion_charts(reference, [visit(1, flexion("40"))], (), NormalValues.AAOS)
    assert chart.normal_low != 60


def test_pain_speaks_of_the_worst_where_it_is_recorded_twice(reference: Reference) -> None:
    sessions = [
        visit(1, pain=(score(7), score(5, phase=Phase.AFTER), score(9, PainKind.WORST))),
        visit(2, pain=(score(6), score(3, phase=Phase.AFTER), score(6, PainKind.WORST))),
    ]
    chart = pain_chart(reference, sessions)
    assert (chart.note, chart.baseline, chart.latest) == ("worst", 9, 6)
    assert chart.verdict is not None
    assert chart.verdict.meaning is Meaning.IMPORTANT
    assert [(line.pain_kind, line.phase, len(line.points)) for line in chart.lines] == [
        (PainKind.NOW, Phase.BEFORE, 2),
        (PainKind.NOW, Phase.AFTER, 2),
        (PainKind.WORST, Phase.BEFORE, 2),
    ]
    assert (chart.scale_low, chart.scale_high) == (0, 10)


def test_an_unrecorded_pain_is_no_point_and_a_zero_is_one(reference: Reference) -> None:
    chart = pain_chart(reference, [visit(1, pain=(score(None),)), visit(2, pain=(score(0),))])
    assert [point.value for line in chart.lines for point in line.points] == [0]


def test_no_visits_make_no_charts(reference: Reference) -> None:
    assert motion_charts(reference, []) == ()
    chart = pain_chart(reference, [])
    assert (chart.lines, chart.verdict, chart.baseline) == ((), None, None)
