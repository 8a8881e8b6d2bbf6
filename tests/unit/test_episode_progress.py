from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ptnotes.clinical import load_reference
from ptnotes.domain.episode import Goal, OutcomeScore
from ptnotes.domain.episode_progress import dose_words, goals_progress, spine_marks, treated_rows
from ptnotes.domain.treatment import (
    Mobilization,
    Mode,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
    VisitStatus,
)
from ptnotes.domain.trend import motion_charts, pain_chart


def visit(number: int, *mobilizations: Mobilization, day: int | None = None) -> TreatmentSession:
    return TreatmentSession(
        id=number, episode_id=1, service_date=date(2026, 3, day or number), mobilizations=mobilizations
    )


def central(grade: str, row: int = 1, *, reps: int | None = None, to: str | None = None) -> Mobilization:
    return Mobilization(
        row=row,
        targets=("L4",),
        side=Side.MIDLINE,
        technique="central_pa",
        grade=grade,
        grade_to=to,
        sets=3,
        reps=reps,
        responses=("no_change",),
    )


def test_a_technique_at_one_place_is_one_row_with_its_grades_in_order() -> None:
    rows = treated_rows(
        [visit(2, central("III")), visit(1, central("II")), visit(3, central("III", to="IV"))]
    )
    assert [row.grades for row in rows] == [("II", "III", "III–IV")]
    assert rows[0].sessions == 3
    assert rows[0].responses == {"no_change": 3}
    assert rows[0].last_on == date(2026, 3, 3)


def test_twice_in_one_visit_is_one_visit() -> None:
    rows = treated_rows([visit(1, central("II"), central("III", row=2))])
    assert rows[0].sessions == 1


def test_an_unfinished_row_is_not_told() -> None:
    assert treated_rows([visit(1, Mobilization(row=1, targets=("L4",)))]) == ()


def test_a_missed_visit_treats_nobody() -> None:
    missed = TreatmentSession(
        id=1,
        episode_id=1,
        service_date=date(2026, 3, 1),
        status=VisitStatus.MISSED,
        mobilizations=(central("II"),),
    )
    assert treated_rows([missed]) == ()


@pytest.mark.parametrize(
    ("mobilization", "words"),
    [
        (Mobilization(row=1, sets=3, duration_s=60), "3 × 60 s"),
        (Mobilization(row=1, duration_s=480), "8 min"),
        (Mobilization(row=1, sets=2, duration_s=180), "2 × 3 min"),
        (Mobilization(row=1, sets=5, duration_s=120), "5 × 120 s"),
        (Mobilization(row=1, duration_s=150), "150 s"),
        (Mobilization(row=1, sets=3, reps=10, hold_s=5), "3 × 10 × 5 s hold"),
        (Mobilization(row=1, sets=2, duration_s=30, rate_hz=Decimal("1.50")), "2 × 30 s, 1.5 Hz"),
        (Mobilization(row=1, sets=1), "1 set"),
        (Mobilization(row=1, reps=6), "6 times"),
        (Mobilization(row=1, attempts=1), "1 attempt"),
        (Mobilization(row=1), ""),
    ],
)
def test_a_dose_reads_as_it_is_written(mobilization: Mobilization, words: str) -> None:
    assert dose_words(mobilization) == words


def measured(number: int, degrees: int, pain: int) -> TreatmentSession:
    reading = RomReading(
        row=1, pair=1, motion="lumbar_flexion", method="inclinometer_single", value=Decimal(degrees)
    )
    score = PainScore(row=2, pair=2, kind=PainKind.WORST, phase=Phase.BEFORE, value=pain)
    return TreatmentSession(
        id=number, episode_id=1, service_date=date(2026, 3, number), rom=(reading,), pain=(score,)
    )


def test_a_goal_is_as_far_as_its_own_measure() -> None:
    reference = load_reference()
    sessions = [measured(1, 40, 8), measured(2, 50, 5)]
    goals = [
        Goal(
            uuid="a",
            words="Bend",
            measure="rom",
            motion="lumbar_flexion",
            baseline=Decimal(40),
            target=Decimal(60),
        ),
        Goal(
            uuid="b",
            words="Pain",
            measure="pain",
            pain_kind="worst",
            baseline=Decimal(8),
            target=Decimal(2),
        ),
        Goal(
            uuid="c", words="ODI", measure="outcome", outcome="odi", baseline=Decimal(44), target=Decimal(20)
        ),
        Goal(uuid="d", words="Walk the dog"),
        Goal(
            uuid="e",
            words="Bend passively",
            measure="rom",
            motion="lumbar_flexion",
            mode=Mode.PASSIVE,
            baseline=Decimal(40),
            target=Decimal(60),
        ),
        Goal(
            uuid="f",
            words="Best pain",
            measure="pain",
            pain_kind="best",
            baseline=Decimal(3),
            target=Decimal(0),
        ),
    ]
    outcomes = [
        OutcomeScore(episode_id=1, measure="odi", taken_on=date(2026, 3, 1), total=Decimal(44)),
        OutcomeScore(episode_id=1, measure="odi", taken_on=date(2026, 3, 2), total=Decimal(50)),
    ]
    found = goals_progress(
        goals, motion_charts(reference, sessions), pain_chart(reference, sessions), outcomes
    )
    assert [progress.share for progress in found] == [
        Decimal("0.5"),
        Decimal("0.5"),
        Decimal(0),
        None,
        None,
        None,
    ]
    assert [progress.now for progress in found] == [50, 5, 50, None, None, None]


def test_a_target_that_the_main_series_reached_is_said_to_be_reached_with_its_day() -> None:
    reference = load_reference()
    sessions = [measured(1, 40, 8), measured(2, 60, 2)]
    bend = Goal(
        uuid="a",
        words="Bend",
        measure="rom",
        motion="lumbar_flexion",
        baseline=Decimal(40),
        target=Decimal(60),
    )
    worst = Goal(
        uuid="b", words="Pain", measure="pain", pain_kind="worst", baseline=Decimal(8), target=Decimal(2)
    )
    blank = Goal(uuid="c", words="ODI", measure="outcome", outcome="odi", target=Decimal(20))
    words = Goal(uuid="d", words="Walk the dog")
    hold = replace(bend, uuid="e", baseline=Decimal(60))
    passive = replace(bend, uuid="f", mode=Mode.PASSIVE)
    further = replace(bend, uuid="g", target=Decimal(61))
    score = OutcomeScore(episode_id=1, measure="odi", taken_on=date(2026, 3, 2), total=Decimal(20))
    found = goals_progress(
        [bend, worst, blank, words, hold, passive, further],
        motion_charts(reference, sessions),
        pain_chart(reference, sessions),
        [score],
        reference,
    )
    assert [progress.is_reached for progress in found] == [True, True, True, False, True, False, False]
    day = date(2026, 3, 2)
    assert [progress.now_on for progress in found] == [day, day, day, None, day, None, day]
    # From the target to the target there is no way, so there is no share of one.
    assert [progress.share for progress in found][:5] == [1, 1, None, None, None]


def test_a_subscale_of_a_questionnaire_reaches_no_goal_of_the_total() -> None:
    goal = Goal(uuid="a", words="KOOS", measure="outcome", outcome="koos", target=Decimal(10))
    part = OutcomeScore(
        episode_id=1, measure="koos", subscale="pain", taken_on=date(2026, 3, 2), total=Decimal(90)
    )
    (progress,) = goals_progress([goal], (), None, [part], load_reference())
    assert (progress.now, progress.is_reached) == (None, False)


def test_a_one_sided_technique_without_its_side_is_not_drawn_in_the_middle() -> None:
    def marked(technique: str, side: Side | None) -> list[tuple[str, Side | None]]:
        row = Mobilization(row=1, targets=("L5",), technique=technique, side=side, grade="III")
        return [(mark.target, mark.side) for mark in spine_marks(load_reference(), [visit(1, row)])]

    assert marked("upa", None) == []
    assert marked("upa", Side.LEFT) == [("L5", Side.LEFT)]
    assert marked("cpa", None) == [("L5", None)]
