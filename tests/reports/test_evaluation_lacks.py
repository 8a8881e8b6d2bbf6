"""What an evaluation lacks, by what payers require and readers want."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ptnotes.domain.documents import Lack
from ptnotes.domain.due import MEDICARE
from ptnotes.domain.episode import Goal, OnsetKind, OutcomeScore
from ptnotes.domain.treatment import Note, TreatmentSession
from ptnotes.services.evaluation_content import evaluated, evaluation_content
from ptnotes.services.evaluation_lacks import evaluation_lacks
from tests.clinics import reference
from tests.reports.cases import FIRST_DAY, THERAPIST, case, visit
from tests.reports.evaluations import GOAL, PLAN, VERSION, WHOLE, first_visit

SCORED = (OutcomeScore(episode_id=1, measure="odi", taken_on=FIRST_DAY, total=Decimal(44)),)


def lacks_of(session: TreatmentSession, **changes: object) -> tuple[Lack, ...]:
    whole = {"episode": WHOLE, "plan_versions": (VERSION,), "outcomes": SCORED}
    made = case(session, **{**whole, **changes})
    found = evaluated(made, session)
    return evaluation_lacks(found, evaluation_content(reference(), made, found, MEDICARE))


def lacking(session: TreatmentSession | None = None, **changes: object) -> dict[str, bool]:
    """The codes of what lacks, and whether it is required."""
    lacks = lacks_of(session or first_visit(), **changes)
    assert all(lack.text for lack in lacks)
    assert [lack.is_required for lack in lacks] == sorted((lack.is_required for lack in lacks), reverse=True)
    return {lack.code: lack.is_required for lack in lacks}


def test_a_whole_evaluation_lacks_the_screen_alone() -> None:
    assert lacking() == {"lack.screen": False}


@pytest.mark.parametrize(
    ("episode", "lacks"),
    [
        ({"diagnoses": ()}, {"lack.diagnosis"}),
        ({"diagnoses": WHOLE.diagnoses[:1]}, {"lack.diagnosis_treatment"}),
        ({"diagnoses": (replace(WHOLE.diagnoses[1], code=""),)}, {"lack.diagnosis_medical", "lack.diagnosis_code"}),
        ({"onset": None}, set()),
        ({"onset": None, "onset_kind": OnsetKind.UNKNOWN}, {"lack.onset"}),
        ({"onset_kind": OnsetKind.UNKNOWN}, set()),
        ({"prior_function": " "}, {"lack.prior_function"}),
        ({"present_function": ""}, {"lack.present_function"}),
        ({"complexities": ""}, {"lack.complexities"}),
        ({"why_skilled": ""}, {"lack.why_skilled"}),
        ({"goals": ()}, {"lack.long_term_goal"}),
        ({"goals": (replace(GOAL, long_term=False),)}, {"lack.long_term_goal"}),
        ({"goals": (replace(GOAL, target=None),)}, {"lack.goal_measure"}),
        ({"goals": (GOAL, Goal(uuid="w", words="Feel well", function="live", due=date(2026, 3, 1)))},
         {"lack.goal_measure"}),
    ],
)  # fmt: skip
def test_what_the_episode_does_not_say_is_required(episode: dict[str, object], lacks: set[str]) -> None:
    found = lacking(episode=replace(WHOLE, **episode))  # type: ignore[arg-type]  # fields of it
    assert {code for code, is_required in found.items() if is_required} == lacks


@pytest.mark.parametrize(
    ("plan", "lacks"),
    [
        ({"times_a_day": None}, {"lack.plan_times_a_day"}),
        ({"visits_a_week": None}, {"lack.plan_visits_a_week"}),
        ({"duration_weeks": None}, {"lack.plan_duration_weeks"}),
        ({"interventions": " "}, {"lack.plan_interventions"}),
    ],
)
def test_what_the_plan_does_not_say_is_required(plan: dict[str, object], lacks: set[str]) -> None:
    version = replace(VERSION, plan=replace(PLAN, **plan))  # type: ignore[arg-type]  # fields of it
    found = lacking(plan_versions=(version,))
    assert {code for code, is_required in found.items() if is_required} == lacks


def test_no_plan_no_judgement_and_no_measure_are_required() -> None:
    assert lacking(plan_versions=())["lack.plan_of_care"]
    assert lacking(session=first_visit(note=Note()))["lack.judgement"]
    assert lacking(session=first_visit(rom=()), outcomes=())["lack.objective"]
    assert "lack.objective" not in lacking(outcomes=())
    assert "lack.objective" not in lacking(session=first_visit(rom=()))
    blank = first_visit(rom=(replace(visit(1).rom[0], value=None),))
    assert lacking(session=blank, outcomes=())["lack.objective"]
    assert lacking(author=replace(THERAPIST, credentials=""))["lack.credentials"]


def test_a_blank_left_in_the_note_is_required_to_be_filled() -> None:
    note = Note(assessment="Fits ‹what›.", communication="Told ‹whom›.")
    found = [lack.text for lack in lacks_of(first_visit(note=note)) if lack.code == "lack.blank_left"]
    assert found == ["The note has a blank left: ‹what›", "The note has a blank left: ‹whom›"]
    assert lacking(session=first_visit(note=note))["lack.blank_left"]


def test_what_readers_want_besides_is_wanted() -> None:
    version = replace(VERSION, plan=replace(PLAN, prognosis=""))
    goal = replace(GOAL, function="", due=None)
    found = lacking(plan_versions=(version,), episode=replace(WHOLE, goals=(goal,), problems=(), referrer=""))
    assert {code for code, is_required in found.items() if not is_required} == {
        "lack.prognosis", "lack.goal_function", "lack.goal_due", "lack.problems", "lack.referrer", "lack.screen",
    }  # fmt: skip


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (1, False), (2, True)])
def test_a_plan_is_written_before_treatment_begins(days: int, is_late: bool) -> None:
    treated = replace(visit(2), service_date=FIRST_DAY + timedelta(days=1))
    version = replace(VERSION, on=FIRST_DAY + timedelta(days=days))
    made = case(first_visit(), treated, episode=WHOLE, plan_versions=(version,))
    found = evaluated(made, first_visit())
    lacks = evaluation_lacks(found, evaluation_content(reference(), made, found, MEDICARE))
    assert ("lack.plan_late" in {lack.code for lack in lacks}) is is_late
