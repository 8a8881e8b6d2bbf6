"""An episode as it stood on an earlier day: its goals, problems, diagnoses, plan and certification of then."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ptnotes.domain.as_of import episode_as_of, steps_as_of, versions_as_of
from ptnotes.domain.certification import Certification
from ptnotes.domain.episode import (
    Diagnosis,
    DischargeReason,
    EpisodeOfCare,
    Goal,
    GoalStatus,
    PlanOfCare,
    Problem,
)
from ptnotes.domain.goals import GoalEvent, steps_of
from ptnotes.domain.plan import PlanVersion

START, LATER, TODAY = date(2026, 1, 5), date(2026, 2, 2), date(2026, 3, 2)
GOAL = Goal(
    uuid="g",
    words="Reach the made-up shelf",
    target=Decimal(70),
    due=date(2026, 4, 1),
    status=GoalStatus.MET,
    status_reason="made-up reason",
)


def event(on: date, status: GoalStatus, target: int, reason: str = "") -> GoalEvent:
    return GoalEvent(
        goal_uuid="g", on=on, person_id=1, status=status, target=Decimal(target), due=None, reason=reason
    )


STEPS = steps_of(
    [
        event(START, GoalStatus.ACTIVE, 60),
        event(LATER, GoalStatus.REVISED, 70, "plateau passed"),
        event(TODAY, GoalStatus.MET, 70, "made-up reason"),
    ]
)
EPISODE = EpisodeOfCare(patient_id=1, start=START, goals=(GOAL,))


def goal_on(day: date) -> Goal:
    return episode_as_of(EPISODE, STEPS, (), day).goals[0]


def test_a_goal_stands_as_its_last_event_of_then_left_it() -> None:
    assert (goal_on(START).status, goal_on(START).target) == (GoalStatus.ACTIVE, Decimal(60))
    assert (goal_on(LATER).status, goal_on(LATER).target) == (GoalStatus.ACTIVE, Decimal(70))
    assert goal_on(LATER).status_reason == "plateau passed"
    assert goal_on(date(2026, 3, 1)).status is GoalStatus.ACTIVE
    assert goal_on(TODAY).status is GoalStatus.MET


def test_a_goal_that_was_written_down_later_stands_as_it_was_first_set() -> None:
    before = goal_on(date(2026, 1, 1))
    assert (before.status, before.target) == (GoalStatus.ACTIVE, Decimal(60))
    assert len(steps_as_of(STEPS, date(2026, 1, 1))["g"]) == 1
    assert len(steps_as_of(STEPS, LATER)["g"]) == 2


def test_a_goal_without_a_history_stays_as_it_is() -> None:
    assert episode_as_of(EPISODE, {}, (), START).goals == (GOAL,)


def test_a_problem_solved_later_still_stood_and_a_diagnosis_made_later_did_not() -> None:
    episode = replace(
        EPISODE,
        problems=(Problem(row=1, words="stairs", resolved_on=LATER),),
        diagnoses=(
            Diagnosis(row=2, code="M54.50", since=LATER),
            Diagnosis(row=3, code="M99.03", since=START),
            Diagnosis(row=4, words="made-up"),
        ),
    )
    then = episode_as_of(episode, {}, (), START)
    assert then.problems[0].resolved_on is None
    assert [row.row for row in then.diagnoses] == [3, 4]
    assert episode_as_of(episode, {}, (), LATER) == episode


def test_an_episode_that_ended_later_was_open() -> None:
    ended = replace(EPISODE, discharged_on=LATER, discharge_reason=next(iter(DischargeReason)))
    then = episode_as_of(ended, {}, (), date(2026, 2, 1))
    assert (then.discharged_on, then.discharge_reason) == (None, None)
    assert episode_as_of(ended, {}, (), LATER).discharged_on == LATER


def version(number: int, on: date, weeks: int, certification: Certification | None = None) -> PlanVersion:
    plan = PlanOfCare(duration_weeks=weeks, certified_until=date(2026, 4, 5))
    return PlanVersion(number=number, plan=plan, on=on, written_by=1, certification=certification)


def test_the_plan_is_the_version_of_then() -> None:
    versions = (version(1, START, 6), version(2, LATER, 8))
    assert [one.number for one in versions_as_of(versions, date(2026, 2, 1))] == [1]
    assert [one.number for one in versions_as_of(versions, LATER)] == [1, 2]
    assert [one.number for one in versions_as_of(versions, date(2026, 1, 1))] == [1]
    then = episode_as_of(EPISODE, {}, versions_as_of(versions, date(2026, 2, 1)), date(2026, 2, 1))
    assert then.plan.duration_weeks == 6


def test_a_certification_is_told_as_far_as_it_was_then() -> None:
    sent = Certification(
        episode_id=1,
        plan_version=1,
        sent_on=START,
        received_on=LATER,
        signed_on=LATER,
        signed_by="Dr. P. Anand",
    )
    versions = (version(1, START, 6, sent),)
    (then,) = versions_as_of(versions, date(2026, 2, 1))
    assert then.certification is not None
    assert (then.certification.sent_on, then.certification.signed_on) == (START, None)
    assert then.plan.certified_until is None
    assert versions_as_of(versions, LATER) == versions
    (before,) = versions_as_of((version(1, date(2026, 1, 1), 6, sent),), date(2026, 1, 2))
    assert before.certification is None
