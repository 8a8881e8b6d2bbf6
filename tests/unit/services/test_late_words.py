"""What was charted after a note was signed elsewhere is said in words, whatever it was."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from ptnotes.domain.treatment import (
    BodyMark,
    BodyView,
    ComparableSign,
    ExamFinding,
    Exercise,
    FindingKind,
    Intervention,
    Note,
    Phase,
    Place,
    RomReading,
    Side,
    Stroke,
    TreatmentSession,
    VisitKind,
    VisitStatus,
    Vitals,
)
from ptnotes.services.late_words import late_words
from tests.clinics import reference
from tests.episodes import pain
from tests.signing import UPA, whole

SIGNED = whole(TreatmentSession(episode_id=1, service_date=date(2026, 3, 2), author_id=1))


def test_nothing_is_said_where_nothing_differs() -> None:
    assert late_words(reference(), SIGNED, SIGNED) == ""


def test_everything_that_differs_is_said() -> None:
    mine = replace(
        SIGNED,
        note=Note(
            subjective="Slept through.",
            assessment="Left lumbar facet irritation settles.",
            plan="Twice.",
            communication="Told the surgeon.",
        ),
        mobilizations=(UPA, replace(UPA, row=20, targets=("L4",), grade="IV")),
        pain=pain(6, 2),
        exercises=(Exercise(row=21, name="Bridge", sets=3, reps=10),),
        comparable_signs=(
            ComparableSign(row=22, pair=1, words="Tie left shoe", phase=Phase.AFTER, value="easy"),
        ),
        time_out=time(10),
    )
    told = late_words(reference(), mine, SIGNED).splitlines()
    assert told[:2] == ["Plan: Twice.", "Communication: Told the surgeon."]
    assert told[2].startswith("Charted: L4 · ")
    for words in ("IV", "6 → 2", "Bridge", "Tie left shoe, after: easy"):
        assert words in told[2]
    assert "L5" not in told[2]
    assert told[3].startswith("Taken out or changed: ")
    assert "6 → 3" in told[3]
    assert told[4:] == ["Time out: 10:00."]


ON_THE_BUTTOCK: Stroke = ((530, 480), (590, 480), (590, 520), (530, 520))
MARK = BodyMark(row=30, view=BodyView.BACK, symptom="pain_area", strokes=(ON_THE_BUTTOCK,))
SLUMP = ExamFinding(
    row=31, kind=FindingKind.SPECIAL_TEST, test="Slump", side=Side.LEFT, value="positive", words="calf"
)
FLEXION = RomReading(row=32, pair=9, motion="knee_flexion", side=Side.LEFT, value=Decimal(90))


@pytest.mark.parametrize(
    ("name", "row", "changes", "said"),
    [
        ("findings", SLUMP, {"value": "negative"}, "Special tests, Slump: left negative (calf)"),
        (
            "findings",
            ExamFinding(row=33, kind=FindingKind.IRRITABILITY, value="low"),
            {"value": "high"},
            "Irritability: high",
        ),
        (
            "vitals",
            Vitals(row=34, systolic_mmhg=128, diastolic_mmhg=82),
            {"systolic_mmhg": 190},
            "Vital signs, Before treatment: 190/82 mmHg",
        ),
        ("body_chart", MARK, {"symptom": "numbness"}, "body chart: numbness, "),
        ("body_chart", MARK, {"words": "worse at night"}, ": worse at night"),
        ("body_chart", MARK, {"strokes": (ON_THE_BUTTOCK[:3],)}, "body chart: pain, "),
        ("rom", FLEXION, {"end_feel": "firm"}, "Knee flexion, end-feel: "),
        (
            "rom",
            replace(FLEXION, value=None),
            {"why_not_tested": "in a cast"},
            "Knee flexion, not tested: in a cast",
        ),
        (
            "interventions",
            Intervention(row=35, intervention="cpt_97110", minutes=10),
            {"parameters": "2 W/cm²"},
            "parameters: 2 W/cm²",
        ),
        ("mobilizations", replace(UPA, row=36), {"moving_part": "left talus"}, "moves: left talus"),
        ("exercises", Exercise(row=37, name="Bridge"), {"place": Place.HOME}, "Bridge · at home"),
        (
            "exercises",
            Exercise(row=38, name="Bridge", place=Place.HOME),
            {"times_a_day": 2, "days_a_week": 7},
            "Bridge · at home · twice a day, every day",
        ),
    ],
)
def test_each_thing_that_is_charted_is_said_when_it_is_new_changed_or_gone(
    name: str, row: Any, changes: dict[str, Any], said: str
) -> None:
    lists: list[dict[str, Any]] = [{name: rows} for rows in ((), (row,), (replace(row, **changes),))]
    none, one, other = (replace(SIGNED, **given) for given in lists)
    for stored in (none, one):
        charted = late_words(reference(), other, stored).splitlines()[0]
        assert charted.startswith("Charted: ")
        assert said in charted
    gone = late_words(reference(), none, other)
    assert gone.startswith("Taken out or changed: ")
    assert said in gone


def test_what_kind_of_visit_it_was_is_said() -> None:
    mine = replace(SIGNED, kind=VisitKind.RE_EVALUATION, status=VisitStatus.MISSED, status_reason="Snow")
    assert late_words(reference(), mine, SIGNED).splitlines() == [
        "Kind of visit: re-evaluation.",
        "The patient: missed (Snow).",
    ]
