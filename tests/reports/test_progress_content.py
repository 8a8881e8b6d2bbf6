"""What a progress report says, and what it must not say."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ptnotes.domain.change import Meaning
from ptnotes.domain.conclusion import Asked, Conclusion, Request
from ptnotes.domain.episode import Diagnosis, Goal, GoalStatus, OutcomeScore, PlanOfCare
from ptnotes.domain.errors import InputError
from ptnotes.domain.treatment import Note, NoteState, Phase, RomReading, Side, TreatmentSession
from ptnotes.reports.progress_page import first_page
from ptnotes.services.progress_lacks import progress_lacks
from tests.reports.cases import (
    EPISODE,
    FIRST_DAY,
    PATIENT,
    case,
    content,
    flat,
    flexion,
    missed,
    pages,
    pdf,
    visit,
)


def labels(*sessions: TreatmentSession, **changes: object) -> list[str]:
    return [row.label for row in content(case(*sessions, **changes)).measures]


def test_every_measure_is_listed_pain_first() -> None:
    assert labels(visit(1), visit(5)) == ["Worst pain", "Lumbar flexion", "ODI"]


def test_now_and_first_are_what_the_verdict_compares() -> None:
    data = content(case(visit(1, degrees=42), visit(5, degrees=47), visit(9, degrees=55)))
    row = next(row for row in data.measures if row.label == "Lumbar flexion")
    assert row.first is not None
    assert row.earlier is not None
    assert row.now is not None
    assert (row.first.text, row.earlier.text, row.now.text) == ("42°", "47°", "55°")
    assert row.verdict is not None
    assert row.verdict.change == 13
    assert row.verdict.meaning is Meaning.EXCEEDS_ERROR
    assert row.goal == "≥ 60°"


def test_after_treatment_never_stands_for_the_visit() -> None:
    data = content(case(visit(1, degrees=42), visit(5, degrees=44)))
    row = next(row for row in data.measures if row.label == "Lumbar flexion")
    assert row.now is not None
    assert row.now.text == "44°"


def test_readings_of_another_method_are_told_and_not_compared() -> None:
    old = replace(visit(1), rom=(flexion(3, Phase.BEFORE, 20, method="goniometer"),))
    data = content(case(old, visit(5, degrees=44), visit(9, degrees=46)))
    row = next(row for row in data.measures if row.label == "Lumbar flexion")
    assert row.first is not None
    assert row.first.text == "44°"
    assert any("not compared with it: active, Universal goniometer (1)" in note for note in data.method_notes)


def test_a_reading_in_words_is_told_in_words_without_a_verdict() -> None:
    def told(number: int, word: str) -> TreatmentSession:
        reading = RomReading(
            row=3, pair=1, motion="lumbar_flexion", phase=Phase.BEFORE, word=word, method="visual"
        )
        return replace(visit(number), rom=(reading,))

    data = content(case(told(1, "major_loss"), told(5, "minimal_loss")))
    row = next(row for row in data.measures if row.label == "Lumbar flexion")
    assert row.now is not None
    assert "loss" in row.now.text
    assert row.verdict is not None
    assert row.verdict.change is None
    assert "umbar flexion" not in data.conclusion.detail


def test_what_came_after_the_day_asked_for_is_not_told() -> None:
    sessions = [visit(1), visit(5)]
    late = OutcomeScore(
        episode_id=1, measure="odi", taken_on=FIRST_DAY + timedelta(days=60), total=Decimal(2)
    )
    made = case(*sessions)
    data = content(replace(made, outcomes=(*made.outcomes, late)))
    row = next(row for row in data.measures if row.label == "ODI")
    assert row.now is not None
    assert row.now.text == "30 %"


def test_since_the_last_report_counts_the_visits_after_it() -> None:
    sessions = [visit(number) for number in range(1, 11)]
    data = content(case(*sessions, since=FIRST_DAY + timedelta(days=5)))
    assert (data.first_number, data.last_number) == (7, 10)
    assert data.first_on == FIRST_DAY + timedelta(days=6)
    assert data.visits_attended == 10
    (row,) = data.treatments
    assert row.visits == 4
    flexed = next(row for row in data.measures if row.label == "Lumbar flexion")
    assert flexed.earlier is not None
    assert flexed.earlier.on == FIRST_DAY + timedelta(days=5)


def test_missed_visits_are_counted_and_listed_but_treat_nobody() -> None:
    data = content(case(visit(1), missed(3), visit(5)))
    assert (data.visits_attended, data.visits_missed) == (2, 1)
    assert [line.number for line in data.visits] == [1, None, 2]
    assert data.visits[1].done == "snow"


def test_a_voided_or_discarded_note_is_nowhere() -> None:
    gone = replace(visit(3, degrees=5), state=NoteState.DISCARDED)
    data = content(case(visit(1), gone, visit(5)))
    assert len(data.visits) == 2
    assert data.visits_attended == 2


def test_without_an_attended_visit_there_is_no_report() -> None:
    with pytest.raises(InputError) as caught:
        content(case(missed(1)))
    assert caught.value.code == "visit.none"


def test_nothing_since_the_last_report_is_no_report() -> None:
    with pytest.raises(InputError):
        content(case(visit(1), since=FIRST_DAY))


def test_one_visit_makes_no_comparison() -> None:
    data = content(case(visit(1)))
    assert data.conclusion.headline == "One visit: no comparison yet"
    assert all(row.verdict is None and row.first is None for row in data.measures)


def test_an_edited_conclusion_takes_the_place_of_the_drafted_one() -> None:
    own = Conclusion(headline="Better, slowly", detail="He climbs stairs.")
    assert content(case(visit(1), visit(5), conclusion=own)).conclusion == own


def test_an_unchecked_code_is_printed_as_the_clinician_wrote_it_and_says_so() -> None:
    odd = Diagnosis(row=2, code="X99.9", words="Something else")
    data = content(case(visit(1), episode=replace(EPISODE, diagnoses=(*EPISODE.diagnoses, odd))))
    assert data.diagnoses == (
        "M48.061 Spinal stenosis, lumbar region",
        "X99.9 Something else (code not checked)",
    )


def test_a_diagnosis_that_no_longer_holds_is_left_out() -> None:
    past = Diagnosis(row=2, words="Old sprain", until=date(2025, 12, 1))
    data = content(case(visit(1), episode=replace(EPISODE, diagnoses=(past, *EPISODE.diagnoses))))
    assert len(data.diagnoses) == 1


def test_goals_say_how_far_they_are() -> None:
    met = Goal(uuid="b", words="Sleep through", status=GoalStatus.MET, status_reason="since May")
    episode = replace(EPISODE, goals=(*EPISODE.goals, met))
    data = content(case(visit(1, degrees=40), visit(5, degrees=50), episode=episode))
    assert [(goal.share, goal.standing) for goal in data.goals] == [
        (0.5, "50 %, now 50° (from 40° to 60°)"),
        (None, "met: since May"),
    ]


def test_the_latest_words_come_with_their_day() -> None:
    silent = replace(visit(5), note=replace(visit(5).note, assessment=" "))
    data = content(case(visit(1), silent))
    assert data.narrative.assessment is not None
    assert data.narrative.assessment.on == FIRST_DAY
    assert data.narrative.plan is not None
    assert data.narrative.plan.on == silent.service_date


def test_a_visit_shows_pain_and_motion_before_and_after() -> None:
    line = content(case(visit(1, degrees=42))).visits[0]
    assert (line.pain, line.motion, line.minutes) == ("6 → 4", "42° → 45°", 15)
    assert "L4 CPA III" in line.done


def test_other_services_are_summed_over_the_period() -> None:
    data = content(case(visit(1), visit(5)))
    assert any("30 min in 2 visits" in told for told in data.other_services)


def test_where_a_service_was_given_and_what_is_no_vertebra_are_told_by_name() -> None:
    one = visit(1)
    needled = replace(one.mobilizations[0], targets=("m_gluteus_medius",), side=Side.LEFT, technique="dry_needling",
                      grade_system=None, grade=None)  # fmt: skip
    placed = replace(one.interventions[0], intervention="laser", area="Heel, right", minutes=4)
    silent = replace(placed, row=9, area="", minutes=None)
    data = content(case(replace(one, mobilizations=(needled,), interventions=(placed, silent))))
    assert "gluteus medius and minimus left DN" in data.visits[0].done
    assert "Laser (heel, right) 4 min; Laser" in data.visits[0].done
    assert any("laser therapy (heel, right), 4 min in 1 visit" in told for told in data.other_services)


def test_a_certification_that_ran_out_and_was_only_entered_is_told_as_that() -> None:
    ended = replace(EPISODE, plan=replace(EPISODE.plan, certified_until=FIRST_DAY))
    assert content(case(visit(1), episode=ended)).certification_ended == ""
    first = flat(pages(pdf(case(visit(1), visit(2), episode=ended)))[0])
    words = "The plan of care is entered as certified to 5 Jan 2026; no signature is on record."
    assert f"Asked of you: nothing. {words}" in first


def moved(row: int, motion: str, degrees: int, side: Side | None = None) -> RomReading:
    return replace(flexion(row, Phase.BEFORE, degrees), pair=row, motion=motion, side=side)


def test_the_first_page_charts_the_motion_with_a_goal_and_the_pain() -> None:
    # How limited another motion is stands in the table.
    limited = moved(21, "lumbar_extension", 2)
    made = case(*(replace(one, rom=(*one.rom, limited)) for one in (visit(1), visit(5))))
    assert content(made).page_charts == ("lumbar_flexion:", "pain")


def test_without_pain_scored_twice_the_first_page_charts_the_most_limited_motion_of_the_region() -> None:
    # Of their normal values: 12 of 20, 13 of 15; the knee is limited most, and of another region.
    others = (
        moved(20, "lumbar_lateral_flexion", 13, Side.LEFT),
        moved(21, "lumbar_extension", 12),
        moved(22, "knee_flexion", 10, Side.LEFT),
    )
    first = replace(visit(1), rom=(*visit(1).rom, *others))
    last = replace(visit(5), rom=(*visit(5).rom, *others), pain=())
    made = case(first, last)
    assert content(made).page_charts == ("lumbar_flexion:", "lumbar_extension:")
    page = pages(pdf(made))[0]
    assert "Lumbar extension band" in page
    assert "Pain hollow" not in page
    without = replace(last, rom=tuple(row for row in last.rom if row.motion != "lumbar_extension"))
    assert content(case(first, without)).page_charts == ("lumbar_flexion:", "lumbar_lateral_flexion:left")


def test_a_single_value_is_no_course_and_no_chart_of_the_first_page() -> None:
    made = case(visit(1))
    assert content(made).charts
    assert content(made).page_charts == ()
    assert "OVER THE EPISODE" in " ".join(pages(pdf(made))[1:])


def test_a_blank_left_in_what_is_printed_is_required_to_be_filled() -> None:
    own = Conclusion(headline="Better at ‹what›", detail="So ‹how›.")
    asked = Asked(request=Request.QUESTION, words="May ‹who› run?")
    seen = replace(visit(2), note=Note(subjective="Of ‹pain›.", assessment="A ‹b›.", plan="‹b›"))
    made = progress_lacks(content(case(visit(1), seen, conclusion=own, asked=asked)))
    assert [lack.text for lack in made if lack.code == "lack.blank_left"] == [
        "The conclusion has a blank left: ‹what›",
        "The conclusion has a blank left: ‹how›",
        "The question to the physician has a blank left: ‹who›",
        "The note has a blank left: ‹pain›",
        "The note has a blank left: ‹b›",
    ]
    assert all(lack.is_required for lack in made if lack.code == "lack.blank_left")
    assert not [lack for lack in progress_lacks(content(case(visit(1)))) if lack.code == "lack.blank_left"]


def test_a_goal_measured_in_another_way_than_at_first_has_no_share() -> None:
    first, last = visit(1), visit(2)
    other = replace(last, rom=tuple(replace(row, method="goniometer") for row in last.rom))

    def share(second: TreatmentSession) -> float | None:
        return next(goal.share for goal in content(case(first, second)).goals if "tie shoes" in goal.words)

    assert share(last) is not None
    assert share(other) is None


def relapsing(number: int) -> TreatmentSession:
    """Pain 9 and 40° at first, 3 and 60° up to visit 19, then 6 and 51°."""
    if number == 1:
        return visit(1, degrees=40, worst=9)
    return visit(number, degrees=60, worst=3) if number < 20 else visit(number, degrees=51, worst=6)


def test_a_relapse_since_the_last_report_is_told_first() -> None:
    sessions = [relapsing(number) for number in range(1, 31)]
    told = content(case(*sessions, since=sessions[18].service_date)).conclusion
    assert told.headline == "Better than at the start; worse since the last report (23 Jan 2026)"
    assert told.detail.startswith(
        "Worse in that time: worst pain rose from 3 to 6 of 10 and lumbar flexion fell from 60° to 51°."
    )


def test_readings_of_another_method_say_nothing_of_the_time_since_the_report() -> None:
    early = replace(visit(2, worst=6), rom=(flexion(3, Phase.BEFORE, 70, method="goniometer"),))
    sessions = [visit(1, degrees=40, worst=9), early, visit(3, degrees=60, worst=6)]
    row = next(
        row
        for row in content(case(*sessions, since=sessions[1].service_date)).measures
        if row.label == "Lumbar flexion"
    )
    assert row.earlier is not None
    assert row.earlier.text == "40°"


def test_without_a_report_the_conclusion_looks_back_over_ten_visits() -> None:
    flat = [
        visit(number, degrees=60 if number > 1 else 40, worst=6 if number > 1 else 9)
        for number in range(1, 13)
    ]
    told = content(case(*flat, outcomes=())).conclusion
    assert told.headline == "Improved since the start; unchanged over the last 10 visits"
    assert content(case(*flat[:10], outcomes=())).conclusion.headline == "Improving"


def test_an_old_value_does_not_stand_for_the_day_of_the_report() -> None:
    sessions = [visit(number, degrees=60, worst=6) for number in range(1, 31)]
    # The questionnaire of the first day has fallen since, but nobody knows whether before the report or after it.
    told = content(case(*sessions, since=sessions[18].service_date)).conclusion
    assert "ODI fell from 44 % to 30 %" in told.detail
    assert "since the last report" not in told.headline
    bent = [visit(number, degrees=40, worst=6) for number in range(1, 31)]
    bent = [bent[0], *(replace(one, rom=()) for one in bent[1:-1]), visit(30, degrees=60, worst=6)]
    told = content(case(*bent, since=bent[18].service_date, outcomes=())).conclusion
    assert told.headline == "Improved since the start"
    assert told.detail.startswith(
        "Unchanged within measurement error since the last report (23 Jan 2026): worst"
    )
    early = content(case(*sessions[:15], since=sessions[9].service_date)).conclusion
    assert early.headline == "Improving"


def test_a_measure_that_was_not_taken_again_has_no_value_at_the_last_report() -> None:
    sessions = [visit(1), visit(2), replace(visit(3), rom=())]
    rows = content(case(*sessions, since=sessions[1].service_date)).measures
    assert next(row for row in rows if row.label == "Lumbar flexion").earlier is None


def test_a_signature_that_is_due_and_not_asked_for_is_wanted() -> None:
    due = Asked(request=Request.SIGNATURE, by=date(2026, 2, 4))
    silent = content(case(visit(1), visit(2), due=due, asked=Asked()))
    assert silent.asked == Asked()
    wanted = [lack for lack in progress_lacks(silent) if lack.code == "lack.signature_asked"]
    assert [lack.is_required for lack in wanted] == [False]
    assert "signature on the plan of care was due by 4 Feb 2026, and is not asked for" in wanted[0].text
    again = progress_lacks(replace(silent, due=replace(due, renews=True)))
    assert any("signature to renew the plan of care was due by 4 Feb 2026" in lack.text for lack in again)
    drafted = content(case(visit(1), visit(2), due=due))
    assert drafted.asked == due
    assert "lack.signature_asked" not in {lack.code for lack in progress_lacks(drafted)}


def test_a_plan_that_ran_out_without_a_certification_is_told() -> None:
    # The plan is of eight weeks: its last day is the fifty-sixth.
    days = [replace(visit(1), service_date=FIRST_DAY + timedelta(days=past)) for past in (0, 55)]
    assert content(case(*days)).certification_ended == ""
    after = replace(visit(2), service_date=FIRST_DAY + timedelta(days=56))
    made = case(days[0], after)
    words = "The plan of care ran to 1 Mar 2026; no certification is on record."
    assert content(made).certification_ended == words
    assert content(made).certification_ended_on == date(2026, 3, 1)
    assert words in flat(pages(pdf(made))[0])
    no_plan = replace(EPISODE, plan=PlanOfCare())
    late = replace(visit(2), service_date=FIRST_DAY + timedelta(days=200))
    assert content(case(days[0], late, episode=no_plan)).certification_ended == ""


def test_the_age_is_that_of_the_last_day_of_the_report() -> None:
    born = replace(PATIENT, birth_date=date(1952, 3, 1))
    assert content(case(visit(1), visit(2), patient=born, as_of=date(2026, 11, 1))).age_years == 73


def test_how_a_technique_was_answered_is_counted_and_what_asks_for_a_look_comes_first() -> None:
    def answered(number: int, *responses: str) -> TreatmentSession:
        one = visit(number)
        return replace(one, mobilizations=(replace(one.mobilizations[0], responses=responses),))

    sessions = [answered(number, "same") for number in range(1, 5)]
    sessions += [answered(5, "better", "dizziness_or_nausea"), answered(6, "better"), answered(7)]
    (line,) = content(case(*sessions)).treatments
    assert line.response == "dizziness or nausea 1, same 4, better 2 of 7 visits"
    (alone,) = content(case(answered(1, "better"))).treatments
    assert alone.response == "better"


def test_a_goal_long_past_its_date_is_said_to_be_past_due() -> None:
    goal = replace(EPISODE.goals[0], due=date(2026, 1, 6))
    made = case(visit(1), visit(3), episode=replace(EPISODE, goals=(goal,)))
    assert "was due 6 Jan" in flat(pages(pdf(made))[0])
    assert "was due" not in flat(
        pages(pdf(replace(made, as_of=date(2026, 1, 6), sessions=(visit(1), visit(2)))))[0]
    )
    reached = replace(goal, target=Decimal(41))
    told = content(replace(made, episode=replace(EPISODE, goals=(reached,)))).goals[0]
    assert not told.is_past_due


def test_a_met_goal_stands_on_the_first_page_after_those_that_are_pursued() -> None:
    aim = EPISODE.goals[0]
    aims = [replace(aim, uuid=f"g{place}", words=f"Aim {place}") for place in range(1, 12)]
    met = replace(aims[0], status=GoalStatus.MET)
    few = replace(EPISODE, goals=(met, *aims[1:5]))
    first = flat(pages(pdf(case(visit(1), visit(2), episode=few)))[0])
    assert first.index("Aim 5") < first.index("Aim 1: met")
    # Where the rest of the page is long, goals come before larger charts.
    done = visit(1).mobilizations[0]
    places = tuple(replace(done, row=40 + place, targets=(f"L{place}",)) for place in range(1, 6))
    long = Note(assessment="It goes on as planned. " * 15, plan="Go on. " * 40)
    sessions = [replace(visit(number), mobilizations=places, note=long) for number in (1, 2)]
    full = replace(EPISODE, goals=tuple(aims[:6]), diagnoses=EPISODE.diagnoses * 4)
    _, trim = first_page(content(case(*sessions, episode=full)))
    assert trim.goals == 6
    assert 0 < trim.chart_pt < 100
    many = replace(EPISODE, goals=(*aims[:9], *(replace(one, status=GoalStatus.MET) for one in aims[9:])))
    first = flat(pages(pdf(case(visit(1), visit(2), episode=many)))[0])
    assert re.search(r"more goals on the next pages, (2|all) of them closed", first)
