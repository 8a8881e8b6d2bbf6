"""What a note needs before it is signed is asked for where it is missing, and what is odd is pointed out."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from ptnotes.clinical import Reference, load_reference
from ptnotes.domain.completeness import Finding, FindingKind, findings
from ptnotes.domain.episode import EpisodeOfCare, EpisodeRegion
from ptnotes.domain.sentences import SENTENCES
from ptnotes.domain.treatment import (
    Exercise,
    Intervention,
    Mobilization,
    Note,
    PainKind,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
    VisitKind,
    VisitStatus,
    Vitals,
)

TODAY = date(2026, 11, 16)
UPA = Mobilization(
    row=1, targets=("L5",), side=Side.LEFT, technique="upa", grade_system="maitland", grade="III", sets=3,
    duration_s=45, responses=("better",),
)  # fmt: skip
MANUAL = Intervention(row=2, intervention="cpt_97140", minutes=25)
ASSESSMENT = "Left lumbar facet irritation settles; flexion is the sign to follow."
WHOLE = TreatmentSession(
    episode_id=1,
    service_date=TODAY,
    time_in=time(9),
    time_out=time(9, 45),
    mobilizations=(UPA,),
    interventions=(MANUAL,),
    pain=(PainScore(row=3, pair=3, value=6), PainScore(row=4, pair=3, value=3, phase=Phase.AFTER)),
    note=Note(assessment=ASSESSMENT),
    next_row=50,
)
WORST = PainScore(row=8, pair=8, kind=PainKind.WORST, value=4)
EPISODE = EpisodeOfCare(patient_id=1, start=date(2026, 10, 5), discharged_on=date(2026, 12, 1))


@cache
def reference() -> Reference:
    return load_reference()


def found(session: TreatmentSession, **against: Any) -> list[tuple[str, int | None, bool]]:
    return [(one.code, one.row, one.blocks) for one in look(session, **against) if one.text]


def look(session: TreatmentSession, **against: Any) -> tuple[Finding, ...]:
    return findings(reference(), session, datetime.combine(TODAY, time(12)), **against)


def now(before: int, after: int) -> tuple[PainScore, ...]:
    return (
        PainScore(row=3, pair=3, value=before),
        PainScore(row=4, pair=3, value=after, phase=Phase.AFTER),
    )


def test_the_services_named_here_are_those_of_the_reference_data() -> None:
    assert MANUAL.intervention in reference().interventions
    assert UPA.technique in reference().techniques


def test_nothing_is_found_in_a_whole_note() -> None:
    assert look(WHOLE, last=None, episode=EPISODE) == ()


@pytest.mark.parametrize(
    ("changed", "code", "row", "blocks"),
    [
        ({"mobilizations": (), "interventions": ()}, "missing.treatment", None, True),
        ({"mobilizations": (), "interventions": (), "kind": VisitKind.DISCHARGE}, "missing.treatment", None, False),
        ({"time_in": None}, "missing.times", None, True),
        ({"time_out": None}, "missing.times", None, True),
        ({"note": Note(assessment=" \n")}, "missing.assessment", None, True),
        ({"pain": ()}, "missing.pain", None, False),
        ({"mobilizations": (replace(UPA, targets=()),)}, "missing.level", 1, True),
        ({"mobilizations": (replace(UPA, technique=None),)}, "missing.technique", 1, True),
        ({"mobilizations": (replace(UPA, side=None),)}, "missing.side", 1, True),
        ({"mobilizations": (replace(UPA, grade=None),)}, "missing.grade", 1, True),
        ({"mobilizations": (replace(UPA, sets=None, duration_s=None),)}, "missing.dose", 1, True),
        ({"mobilizations": (replace(UPA, responses=()),)}, "missing.response", 1, False),
        ({"interventions": (replace(MANUAL, intervention=None),)}, "missing.service", 2, True),
        ({"interventions": (replace(MANUAL, minutes=None),)}, "missing.minutes", 2, True),
        ({"exercises": (Exercise(row=5, sets=3),)}, "missing.exercise", 5, True),
        ({"exercises": (Exercise(row=5, name="Heel slides"),)}, "missing.exercise_dose", 5, False),
        ({"rom": (RomReading(row=6, pair=6, motion="lumbar_flexion"),)}, "missing.reading", 6, False),
        ({"rom": (RomReading(row=6, pair=6, motion="lumbar_flexion", value=Decimal(99)),)}, "rom.unusual", 6, False),
        ({"interventions": (replace(MANUAL, minutes=60),)}, "odd.minutes", 2, False),
        ({"time_out": time(9), "interventions": ()}, "odd.no_time", None, False),
        ({"pain": now(3, 6)}, "odd.pain_rose", None, False),
        ({"mobilizations": (replace(UPA, responses=("worse",)),)}, "odd.pain_fell", None, False),
        ({"mobilizations": (replace(UPA, responses=("pain_free",)),)}, "odd.not_pain_free", None, False),
        ({"mobilizations": (replace(UPA, responses=("dizziness_or_nausea",)),)}, "odd.alert", None, False),
        ({"mobilizations": (UPA, replace(UPA, row=7))}, "odd.twice", 7, False),
        ({"pain": (*now(6, 3), WORST)}, "odd.now_above_worst", None, False),
        ({"service_date": date(2026, 10, 1)}, "odd.before_episode", None, False),
        ({"service_date": TODAY - timedelta(days=2)}, "odd.late", None, False),
    ],
)  # fmt: skip
def test_one_thing_wrong_is_found_at_its_place(
    changed: dict[str, Any], code: str, row: int | None, blocks: bool
) -> None:
    assert (code, row, blocks) in found(replace(WHOLE, **changed), episode=EPISODE)


def test_a_visit_after_the_discharge_is_odd() -> None:
    gone = replace(EPISODE, discharged_on=TODAY - timedelta(days=1))
    assert found(WHOLE, episode=gone) == [("odd.after_discharge", None, False)]


def test_a_best_score_above_the_worst_is_odd() -> None:
    scores = (
        PainScore(row=8, pair=8, kind=PainKind.BEST, value=7),
        PainScore(row=9, pair=9, kind=PainKind.WORST, value=5),
    )
    assert found(replace(WHOLE, pain=scores)) == [("odd.best_above_worst", None, False)]


def test_a_score_of_nought_is_a_score() -> None:
    assert look(replace(WHOLE, pain=(PainScore(row=3, pair=3, value=0),))) == ()


def test_a_thrust_needs_no_seconds() -> None:
    thrust = next(one for one in reference().techniques.values() if one.thrust)
    row = replace(UPA, technique=thrust.id, grade="V", sets=None, duration_s=None)
    codes = {code for code, _, _ in found(replace(WHOLE, mobilizations=(row,)))}
    assert "missing.dose" not in codes


def test_what_is_needed_comes_first_and_what_is_odd_last() -> None:
    session = replace(WHOLE, note=Note(), pain=(), interventions=(replace(MANUAL, minutes=60),))
    assert [(one.blocks, one.kind) for one in look(session)] == [
        (True, FindingKind.MISSING),
        (False, FindingKind.MISSING),
        (False, FindingKind.ODD),
    ]


def test_text_carried_over_is_pointed_out_with_the_stretches_that_are_the_same() -> None:
    (one,) = look(replace(WHOLE, note=Note(assessment=ASSESSMENT.replace("Left", "Right"))), last=WHOLE)
    assert (one.code, one.field, one.blocks) == ("odd.carried_over", "note.assessment", False)
    same = "Right" + ASSESSMENT[4:]
    assert one.passage == same
    assert [same[start:end] for start, end in one.marks] == [ASSESSMENT[5:]]


def test_short_text_and_new_text_are_not_called_carried_over() -> None:
    short = replace(WHOLE, note=Note(assessment="As before."))
    assert look(short, last=short) == ()
    other = replace(
        WHOLE, note=Note(assessment="Shoulder elevation is limited by pain at end range; scapula lags.")
    )
    assert look(other, last=WHOLE) == ()


def test_a_blank_that_is_left_is_needed_and_a_name_that_nobody_knows_is_odd() -> None:
    note = replace(
        WHOLE.note, plan="Continue ‹times› a week for ‹weeks› weeks.", objective="Pain {pain.aftr}/10."
    )
    first, second, third = look(replace(WHOLE, note=note))
    assert [(one.code, one.field, one.blocks) for one in (first, second, third)] == [
        ("missing.blank", "note.plan", True),
        ("missing.blank", "note.plan", True),
        ("odd.unknown_name", "note.objective", False),
    ]
    assert first.text == "The plan has a blank to fill in or take out: ‹times›."
    assert third.text == "The objective holds {pain.aftr}, which names no value that the program knows."


def test_four_short_parts_that_are_all_as_last_time_are_pointed_out_together() -> None:
    note = Note(
        subjective="Better on the stairs.",
        objective="Flexion limited by stretch.",
        assessment="Responds to the mobilization.",
        plan="Continue twice a week.",
    )
    again = look(replace(WHOLE, note=note), last=replace(WHOLE, note=note))
    assert [one.field for one in again] == [
        "note.subjective",
        "note.objective",
        "note.assessment",
        "note.plan",
    ]
    assert {one.code for one in again} == {"odd.carried_over"}


def test_communication_is_nobody_s_duty_but_what_stands_in_it_is_looked_at() -> None:
    assert found(WHOLE) == []
    told = "Told Dr. Vane by phone that the numbness is gone; agreed on two more weeks of care."
    one = replace(WHOLE, note=replace(WHOLE.note, communication=told))
    assert found(one) == []
    carried = [finding.field for finding in look(one, last=one) if finding.code == "odd.carried_over"]
    assert "note.communication" in carried
    blank = replace(WHOLE, note=replace(WHOLE.note, communication="Told ‹whom›."))
    assert [(finding.field, finding.blocks) for finding in look(blank)] == [("note.communication", True)]


def test_a_visit_that_did_not_take_place_needs_only_its_reason() -> None:
    missed = TreatmentSession(episode_id=1, service_date=TODAY, status=VisitStatus.MISSED)
    assert found(missed) == [("missing.attendance", None, True)]
    assert found(replace(missed, status_reason="at work")) == [("missing.attendance", None, True)]
    assert found(replace(missed, status=VisitStatus.SCHEDULED)) == [("missing.not_yet", None, True)]


@pytest.mark.parametrize(
    ("days", "hours", "late"), [(0, 24, False), (1, 24, False), (2, 24, True), (2, 48, False)]
)
def test_a_late_entry_is_told_by_the_clinics_rule(days: int, hours: int, late: bool) -> None:
    visit = replace(WHOLE, service_date=TODAY - timedelta(days=days))
    told = [one.text for one in look(visit, late_entry_h=hours) if one.code == "odd.late"]
    assert bool(told) is late
    assert all(line.startswith(f"More than {hours} hours after") for line in told)


def test_every_finding_has_a_sentence() -> None:
    assert {code for code in SENTENCES if code.startswith(("missing.", "odd."))} >= {
        "missing.assessment",
        "odd.carried_over",
    }


def test_a_line_that_is_not_charted_yet_stands_in_the_way_of_signing() -> None:
    (one,) = look(replace(WHOLE, pending_line="flex 45>"))
    assert (one.code, one.field, one.blocks) == ("missing.pending_line", "visit.pending_line", True)
    assert not look(replace(WHOLE, pending_line=" \n"))


# Blood pressure -------------------------------------------------------------------------------------------------------

NECK = replace(EPISODE, regions=(EpisodeRegion(region="cervical"),))
BACK = replace(EPISODE, regions=(EpisodeRegion(region="lumbar"),))
PRESSURE = Vitals(row=40, systolic_mmhg=128, diastolic_mmhg=82)
ASKED = ("missing.blood_pressure", None, False)


def test_the_evaluation_of_a_neck_asks_for_the_blood_pressure() -> None:
    evaluation = replace(WHOLE, kind=VisitKind.EVALUATION)
    assert ASKED in found(evaluation, episode=NECK)
    assert ASKED not in found(replace(evaluation, vitals=(PRESSURE,)), episode=NECK)
    assert ASKED not in found(evaluation, episode=BACK)
    assert ASKED not in found(WHOLE, episode=NECK)


def test_half_a_blood_pressure_is_none() -> None:
    half = replace(PRESSURE, diastolic_mmhg=None)
    evaluation = replace(WHOLE, kind=VisitKind.EVALUATION, vitals=(half,))
    assert ASKED in found(evaluation, episode=NECK)


def test_a_thrust_of_the_neck_asks_for_it_at_any_visit() -> None:
    thrust = Mobilization(row=1, targets=("C5",), technique="hvlat_spine", grade_system="maitland", grade="V")
    assert ASKED in found(replace(WHOLE, mobilizations=(thrust,)), episode=BACK)
    assert ASKED not in found(replace(WHOLE, mobilizations=(replace(thrust, targets=("L5",)),)), episode=BACK)
    gentle = replace(thrust, technique="cpa", grade="III")
    assert ASKED not in found(replace(WHOLE, mobilizations=(gentle,)), episode=BACK)
