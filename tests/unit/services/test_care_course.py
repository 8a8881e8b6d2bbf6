"""Goals and plan as the Episode tab reads them: progress, steps with names, versions with their certification."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ptnotes.domain.certification import Certification
from ptnotes.domain.episode import EpisodeOfCare, Goal, GoalStatus, OutcomeScore, PlanOfCare, Problem
from ptnotes.domain.errors import InputError
from ptnotes.domain.goals import dropped, revised, step_words
from ptnotes.domain.plan import certified_words
from ptnotes.services.care_course import goal_course, plan_course
from ptnotes.services.certification import save_certification
from ptnotes.services.episodes import change_episode, load_episode, record_outcome
from ptnotes.services.opening import OpenClinic
from tests.clock import FixedClock
from tests.signing import clinic_with_episode

GOAL = Goal(
    uuid="6f0f8c1e-0000-4000-8000-000000000001",
    words="Sit for an hour",
    measure="outcome",
    outcome="odi",
    unit="percent",
    baseline=Decimal(44),
    target=Decimal(20),
)


@pytest.fixture
def charted(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[OpenClinic, EpisodeOfCare]]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    with_goal = change_episode(clinic, replace(episode, goals=(GOAL,)))
    yield clinic, with_goal
    clinic.close()


def test_a_goal_is_told_with_its_progress_and_its_steps(charted: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = charted
    day = clinic.today()
    for total, on in ((44, day - timedelta(days=3)), (20, day)):
        record_outcome(
            clinic,
            OutcomeScore(episode_id=episode.id or 0, measure="odi", taken_on=on, total=Decimal(total)),
        )
    aimed = revised(GOAL, Decimal(16), date(2027, 1, 1), "ahead of plan")
    change_episode(clinic, replace(episode, goals=(aimed,)))
    course = goal_course(clinic, episode.id or 0)
    progress = course.progress[GOAL.uuid]
    assert (progress.now, progress.now_on, progress.is_reached) == (20, day, False)
    assert progress.share == Decimal(24) / Decimal(28)
    first, second = [step_words(step, "percent", course.names) for step in course.steps[GOAL.uuid]]
    assert "Set: 20 %" in first
    assert "Revised: 20 % → 16 %, by no date → 1 Jan 2027 · ahead of plan" in second
    assert second.endswith(clinic.person.signature)


def test_nothing_is_met_by_itself(charted: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = charted
    record_outcome(
        clinic,
        OutcomeScore(episode_id=episode.id or 0, measure="odi", taken_on=clinic.today(), total=Decimal(10)),
    )
    assert goal_course(clinic, episode.id or 0).progress[GOAL.uuid].is_reached
    assert load_episode(clinic, episode.id or 0).goals[0].status is GoalStatus.ACTIVE


def test_a_goal_is_not_dropped_or_revised_without_a_reason(
    charted: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = charted
    for after in (replace(GOAL, status=GoalStatus.DROPPED), replace(GOAL, target=Decimal(12))):
        with pytest.raises(InputError) as refused:
            change_episode(clinic, replace(episode, goals=(after,)))
        assert [fault.code for fault in refused.value.faults] == ["goal.reason_needed"]
    assert load_episode(clinic, episode.id or 0).goals == (GOAL,)
    assert change_episode(clinic, replace(episode, goals=(dropped(GOAL, "moved away"),))).goals[
        0
    ].status_reason == ("moved away")


def test_only_a_goal_that_was_set_today_is_taken_out(
    charted: tuple[OpenClinic, EpisodeOfCare], clock: FixedClock
) -> None:
    clinic, episode = charted
    clock.advance(days=1)
    with pytest.raises(InputError) as refused:
        change_episode(clinic, replace(episode, goals=()))
    assert (refused.value.code, refused.value.faults[0].field) == ("goal.not_removable", "goal.status")
    new = replace(GOAL, uuid="6f0f8c1e-0000-4000-8000-00000000000a")
    both = change_episode(clinic, replace(episode, goals=(*episode.goals, new)))
    assert change_episode(clinic, replace(both, goals=episode.goals)).goals == episode.goals


def test_a_changed_plan_is_a_version_that_is_not_certified(
    charted: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = charted
    key = episode.id or 0
    planned = change_episode(
        clinic, replace(episode, plan=PlanOfCare(visits_a_week=Decimal(2), duration_weeks=6))
    )
    day = clinic.today()
    save_certification(
        clinic,
        Certification(episode_id=key, sent_on=day, received_on=day, signed_on=day, signed_by="Dr. A"),
    )
    same = change_episode(clinic, replace(planned, title="Other words"))
    assert len(plan_course(clinic, key).versions) == 1
    change_episode(clinic, replace(same, plan=replace(same.plan, visits_a_week=Decimal(1))))
    course = plan_course(clinic, key)
    assert [(one.number, one.is_certified, one.changes) for one in course.versions] == [
        (1, True, ()),
        (2, False, ("2 → 1 visits a week",)),
    ]
    assert course.names[course.versions[-1].written_by] == clinic.person.signature
    assert certified_words(course.versions) == "changed since version 1 was certified: not certified yet"


def test_problems_are_kept_in_their_order(charted: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = charted
    listed = (
        Problem(row=2, words="Cannot kneel"),
        Problem(row=1, words="Sleeps badly", resolved_on=clinic.today()),
    )
    change_episode(clinic, replace(episode, problems=listed))
    assert load_episode(clinic, episode.id or 0).problems == listed


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"words": " "}, "text.empty", "problem.words"),
        ({"since": date(2030, 1, 1)}, "date.future", "problem.since"),
        ({"resolved_on": date(2030, 1, 1)}, "date.future", "problem.resolved_on"),
        ({"since": date(1900, 1, 1)}, "date.before_birth", "problem.since"),
        (
            {"since": date(2026, 2, 2), "resolved_on": date(2026, 2, 1)},
            "problem.resolved_before",
            "problem.resolved_on",
        ),
    ],
)
def test_an_impossible_problem_is_refused_beside_its_row(
    charted: tuple[OpenClinic, EpisodeOfCare], changes: dict[str, object], code: str, field: str
) -> None:
    clinic, episode = charted
    odd = replace(Problem(row=7, words="Cannot kneel"), **changes)  # type: ignore[arg-type]  # fields of it
    with pytest.raises(InputError) as refused:
        change_episode(clinic, replace(episode, problems=(odd,)))
    assert [(fault.code, fault.field, fault.row) for fault in refused.value.faults] == [(code, field, 7)]


def test_a_problem_may_end_on_the_day_it_began(charted: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = charted
    day = clinic.today()
    short = Problem(row=1, words="Bruised", since=day, resolved_on=day)
    assert change_episode(clinic, replace(episode, problems=(short,))).problems == (short,)
