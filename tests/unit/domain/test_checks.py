"""Impossible values are refused beside their field; incomplete and unusual ones are kept."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.checks import (
    checked_episode,
    checked_outcome,
    checked_session,
    mobilization_faults,
    unusual_readings,
)
from ptnotes.domain.episode import Diagnosis, EpisodeOfCare, EpisodeRegion, Goal, OutcomeScore
from ptnotes.domain.errors import InputError
from ptnotes.domain.sentences import sentence
from ptnotes.domain.treatment import (
    BodyMark,
    BodyView,
    ComparableSign,
    ExamFinding,
    Exercise,
    FindingKind,
    Intervention,
    Mobilization,
    Note,
    PainScore,
    Place,
    RomReading,
    Side,
    TreatmentSession,
    VisitStatus,
    Vitals,
)

TODAY = date(2026, 11, 16)
BORN = date(1979, 3, 12)
VISIT = TreatmentSession(episode_id=1, service_date=TODAY, next_row=50)
FLEXION = RomReading(row=1, pair=1, motion="lumbar_flexion")
EPISODE = EpisodeOfCare(patient_id=1, start=date(2026, 10, 5))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def faults(reference: Reference, session: TreatmentSession) -> list[tuple[str, str]]:
    try:
        checked_session(reference, session, TODAY)
    except InputError as error:
        return [(fault.field, fault.code) for fault in error.faults if sentence(fault)]
    return []


@pytest.mark.parametrize(("times", "days"), [(1, 1), (24, 7), (None, None), (None, 7), (1, None)])
def test_how_often_at_home_may_be_anything_from_once_to_its_bound_or_blank(
    reference: Reference, times: int | None, days: int | None
) -> None:
    row = Exercise(row=1, name="Bridge", place=Place.HOME, times_a_day=times, days_a_week=days)
    session = replace(VISIT, exercises=(row,))
    assert checked_session(reference, session, TODAY).exercises == (row,)


def test_an_empty_draft_is_fine(reference: Reference) -> None:
    assert faults(reference, VISIT) == []


MARK = BodyMark(row=1, view=BodyView.BACK, symptom="numbness", strokes=(((1, 1), (2, 2)),))


@pytest.mark.parametrize(
    ("part", "field", "code"),
    [
        ({"pain": (PainScore(row=1, pair=1, value=11),)}, "pain.value", "value.range"),
        ({"pain": (PainScore(row=1, pair=1, value=-1),)}, "pain.value", "value.range"),
        ({"rom": (replace(FLEXION, value=Decimal(450)),)}, "rom.value", "value.range"),
        ({"rom": (replace(FLEXION, side=Side.LEFT),)}, "rom.side", "rom.side_none"),
        ({"rom": (RomReading(row=1, pair=1, motion="lumbar_rotation"),)}, "rom.side", "rom.side_missing"),
        (
            {"rom": (replace(FLEXION, value=Decimal(1), word="within_normal_limits"),)},
            "rom.value",
            "rom.number_and_word",
        ),
        ({"rom": (replace(FLEXION, unit="cm", value=Decimal(1)),)}, "rom.value", "rom.unit"),
        ({"rom": (RomReading(row=1, pair=1, motion="tail_wag"),)}, "rom.motion", "reference.unknown"),
        ({"service_date": date(2026, 11, 17)}, "visit.service_date", "visit.date.future"),
        ({"time_in": time(10, 0), "time_out": time(9, 59)}, "visit.time_out", "visit.end_before_start"),
        ({"interventions": (Intervention(row=1, minutes=0),)}, "intervention.minutes", "value.range"),
        ({"interventions": (Intervention(row=1, minutes=481),)}, "intervention.minutes", "value.range"),
        (
            {"interventions": (Intervention(row=1, modifiers=("GP", "none\ud800")),)},
            "intervention.modifiers",
            "reference.unknown",
        ),
        ({"exercises": (Exercise(row=1, name="Bridge", load=Decimal(-1)),)}, "exercise.load", "value.range"),
        ({"exercises": (Exercise(row=1, name="a\x00b"),)}, "exercise.name", "text.control"),
        ({"exercises": (Exercise(row=1, times_a_day=0),)}, "exercise.times_a_day", "value.range"),
        ({"exercises": (Exercise(row=1, times_a_day=25),)}, "exercise.times_a_day", "value.range"),
        ({"exercises": (Exercise(row=1, days_a_week=0),)}, "exercise.days_a_week", "value.range"),
        ({"exercises": (Exercise(row=1, days_a_week=8),)}, "exercise.days_a_week", "value.range"),
        ({"mobilizations": (Mobilization(row=1, moving_part="x" * 201),)}, "mobilization.moving_part", "text.too_long"),
        ({"note": Note(communication="a\x00")}, "note.communication", "text.control"),
        (
            {"comparable_signs": (ComparableSign(row=1, pair=1, words="x" * 201),)},
            "comparable_sign.words",
            "text.too_long",
        ),
        ({"note": Note(plan="a" * 1_000_000)}, "note.plan", "text.too_long"),
        ({"note": Note(subjective="a\x00")}, "note.subjective", "text.control"),
        ({"mobilizations": (Mobilization(row=1, targets=("C9",)),)}, "mobilization.targets", "reference.unknown"),
        ({"mobilizations": (Mobilization(row=1, sets=0),)}, "mobilization.sets", "value.range"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field(
    reference: Reference, part: dict[str, object], field: str, code: str
) -> None:
    assert faults(reference, replace(VISIT, **part)) == [(field, code)]  # type: ignore[arg-type]  # from a mapping


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            {"findings": (ExamFinding(row=1, kind=FindingKind.REFLEX, test="ear"),)},
            ("finding.test", "reference.unknown"),
        ),
        (
            {"findings": (ExamFinding(row=1, kind=FindingKind.STRENGTH, test="Quadriceps", value="6"),)},
            ("finding.value", "reference.unknown"),
        ),
        (
            {"findings": (ExamFinding(row=1, kind=FindingKind.JOINT_PLAY, target="L9"),)},
            ("finding.target", "reference.unknown"),
        ),
        ({"vitals": (Vitals(row=1, systolic_mmhg=301),)}, ("vitals.systolic_mmhg", "value.range")),
        ({"vitals": (Vitals(row=1, saturation_percent=101),)}, ("vitals.saturation_percent", "value.range")),
        (
            {"vitals": (Vitals(row=1, systolic_mmhg=80, diastolic_mmhg=80),)},
            ("vitals.diastolic_mmhg", "vitals.diastolic_above"),
        ),
        (
            {"body_chart": (BodyMark(row=1, view=BodyView.BACK, symptom="glow", strokes=(((1, 1),),)),)},
            ("body_chart.symptom", "reference.unknown"),
        ),
        (
            {
                "body_chart": (
                    BodyMark(row=1, view=BodyView.BACK, symptom="numbness", strokes=(((1, 1001),),)),
                )
            },
            ("body_chart.strokes", "body_chart.strokes"),
        ),
        (
            {"body_chart": (replace(MARK, strokes=(((1, 1), (2, 2)),) * 25),)},
            ("body_chart.strokes", "body_chart.too_many"),
        ),
        (
            {"body_chart": (replace(MARK, strokes=(((1, 1),) * 201,)),)},
            ("body_chart.strokes", "body_chart.too_many"),
        ),
        (
            {"body_chart": (BodyMark(row=1, view=BodyView.BACK, symptom="numbness"),)},
            ("body_chart.strokes", "body_chart.strokes"),
        ),
    ],
)
def test_an_impossible_finding_vital_sign_or_mark_is_refused(
    reference: Reference, part: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert faults(reference, replace(VISIT, **part)) == [expected]


def test_findings_vital_signs_and_marks_are_kept_and_a_blank_is_never_zero(reference: Reference) -> None:
    visit = replace(
        VISIT,
        findings=(
            ExamFinding(row=1, kind=FindingKind.STRENGTH, test="Quadriceps ", side=Side.LEFT, value="mmt_4-"),
            ExamFinding(row=2, kind=FindingKind.SPECIAL_TEST, test="Spurling", value="positive"),
        ),
        vitals=(Vitals(row=3, systolic_mmhg=300, diastolic_mmhg=20), Vitals(row=4)),
        body_chart=(
            BodyMark(
                row=5, view=BodyView.LEFT, symptom="numbness", strokes=(((0, 1000),),), qualities=("deep",)
            ),
        ),
    )
    kept = checked_session(reference, visit, TODAY)
    assert kept.findings[0].test == "Quadriceps"
    assert kept.vitals == visit.vitals
    assert kept.vitals[1].heart_rate_bpm is None
    assert kept.body_chart == visit.body_chart


def test_a_scheduled_visit_may_lie_ahead(reference: Reference) -> None:
    assert (
        faults(reference, replace(VISIT, service_date=date(2026, 12, 1), status=VisitStatus.SCHEDULED)) == []
    )


def test_time_out_may_equal_time_in(reference: Reference) -> None:
    assert faults(reference, replace(VISIT, time_in=time(10, 0), time_out=time(10, 0))) == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Mobilization(row=1, targets=("L5",), technique="cpa", side=Side.LEFT), "mobilization.side"),
        (Mobilization(row=1, targets=("GH",), technique="cpa"), "mobilization.not_there"),
        (Mobilization(row=1, targets=("L5",), technique="cpa", grade="V"), "mobilization.grade"),
        (Mobilization(row=1, targets=("L4-L5",), technique="hvlat_spine", grade="IV"), "mobilization.grade"),
        (Mobilization(row=1, targets=("C4-C5",), technique="snag", grade="III"), "mobilization.no_grade"),
        (Mobilization(row=1, targets=("L5",), technique="cpa", grade="VI"), "reference.unknown"),
    ],
)
def test_a_technique_keeps_to_its_places_sides_and_grades(
    reference: Reference, row: Mobilization, code: str
) -> None:
    assert [fault.code for fault in mobilization_faults(reference, row)] == [code]


def test_grade_four_is_a_mobilization_and_grade_five_the_thrust(reference: Reference) -> None:
    four = Mobilization(row=1, targets=("L5",), technique="cpa", side=Side.MIDLINE, grade="IV")
    five = Mobilization(row=1, targets=("L4-L5",), technique="hvlat_spine", side=Side.LEFT, grade="V")
    assert list(mobilization_faults(reference, four)) == []
    assert list(mobilization_faults(reference, five)) == []
    assert [code for code, grade in reference.grades.items() if grade.thrust] == ["V"]


def test_every_technique_is_charted_at_every_place_where_it_is_done(reference: Reference) -> None:
    charted = 0
    for technique in reference.techniques:
        for target in reference.targets_of(technique):
            for side in reference.sides_at(technique, target.id):
                codes: list[str | None] = [grade.code for grade in reference.grades_of(technique)]
                for grade in codes or [None]:
                    row = Mobilization(
                        row=1, targets=(target.id,), technique=technique, side=Side(side), grade=grade
                    )
                    assert list(mobilization_faults(reference, row)) == []
                    charted += 1
    assert charted > 5_000


def test_an_unusual_reading_is_kept_and_pointed_out(reference: Reference) -> None:
    motion = reference.motions["lumbar_flexion"]
    edge = replace(VISIT, rom=(RomReading(row=1, pair=1, motion=motion.id, value=motion.warn_above),))
    over = replace(VISIT, rom=(RomReading(row=1, pair=1, motion=motion.id, value=motion.warn_above + 1),))
    assert faults(reference, over) == []
    assert unusual_readings(reference, edge) == ()
    assert [fault.code for fault in unusual_readings(reference, over)] == ["rom.unusual"]


def test_row_numbers_that_collide_are_a_bug_and_not_an_input_error(reference: Reference) -> None:
    twice = replace(VISIT, pain=(PainScore(row=1, pair=1), PainScore(row=1, pair=2)))
    with pytest.raises(ValueError, match="row numbers"):
        checked_session(reference, twice, TODAY)
    with pytest.raises(ValueError, match="row numbers"):
        checked_session(reference, replace(VISIT, next_row=1, pain=(PainScore(row=1, pair=1),)), TODAY)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"start": date(2026, 11, 17)}, "date.future"),
        ({"start": date(1979, 3, 11)}, "date.before_birth"),
        ({"discharged_on": date(2026, 10, 4)}, "episode.end_before_start"),
        ({"regions": (EpisodeRegion(region="tail"),)}, "reference.unknown"),
        ({"diagnoses": (Diagnosis(row=1, code="M51.36"),)}, "diagnosis.not_billable"),
        ({"precaution": "x\x00"}, "text.control"),
        (
            {
                "goals": (
                    Goal(uuid="g", words="x", measure="rom", motion="lumbar_flexion", target=Decimal(450)),
                )
            },
            "value.range",
        ),
        (
            {"goals": (Goal(uuid="g", words="x", measure="pain", pain_kind="now", target=Decimal(11)),)},
            "value.range",
        ),
    ],
)
def test_an_episode_keeps_its_dates_codes_and_goals_possible(
    reference: Reference, part: dict[str, object], code: str
) -> None:
    episode = replace(EPISODE, **part)  # type: ignore[arg-type]  # from a mapping
    with pytest.raises(InputError) as caught:
        checked_episode(reference, episode, BORN, TODAY)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_an_episode_may_end_on_the_day_it_started(reference: Reference) -> None:
    episode = replace(EPISODE, discharged_on=EPISODE.start)
    assert checked_episode(reference, episode, BORN, TODAY) == episode


def test_an_outcome_total_keeps_to_its_scale(reference: Reference) -> None:
    score = OutcomeScore(episode_id=1, measure="odi", taken_on=TODAY, total=Decimal(100))
    assert checked_outcome(reference, score, TODAY) == score
    with pytest.raises(InputError):
        checked_outcome(reference, replace(score, total=Decimal(101)), TODAY)
    with pytest.raises(InputError):
        checked_outcome(reference, replace(score, taken_on=date(2026, 11, 17)), TODAY)
