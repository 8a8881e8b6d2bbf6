"""An episode as it stood on an earlier day, for a document that is made of that day.

What was first written down later is taken as it was first written: a chart that is entered after the visit is no chart
that was empty on the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from ptnotes.domain.certification import Certification
from ptnotes.domain.episode import Diagnosis, EpisodeOfCare, Goal, GoalStatus, Problem
from ptnotes.domain.goals import GoalStep
from ptnotes.domain.plan import PlanVersion


def episode_as_of(
    episode: EpisodeOfCare,
    steps: Mapping[str, Sequence[GoalStep]],
    versions: Sequence[PlanVersion],
    day: date,
) -> EpisodeOfCare:
    """`episode` with the goals, problems, diagnoses and plan that held on `day`; `steps` are by the goals' uuids."""
    plan = versions[-1].plan if versions else episode.plan
    is_over = episode.discharged_on is not None and episode.discharged_on <= day
    return replace(
        episode,
        goals=tuple(_goal(goal, steps.get(goal.uuid, ()), day) for goal in episode.goals),
        problems=tuple(_problem(problem, day) for problem in episode.problems),
        diagnoses=tuple(row for row in episode.diagnoses if _holds(row, day)),
        plan=plan,
        discharged_on=episode.discharged_on if is_over else None,
        discharge_reason=episode.discharge_reason if is_over else None,
    )


def versions_as_of(versions: Sequence[PlanVersion], day: date) -> tuple[PlanVersion, ...]:
    """The versions of the plan that were written by `day`, each with how far its certification was; else the first."""
    written = [version for version in versions if version.on <= day] or list(versions[:1])
    return tuple(_version(version, day) for version in written)


def steps_as_of(steps: Mapping[str, Sequence[GoalStep]], day: date) -> dict[str, tuple[GoalStep, ...]]:
    """What had become of each goal by `day`."""
    return {
        uuid: tuple(step for step in taken if step.event.on <= day) or tuple(taken[:1])
        for uuid, taken in steps.items()
    }


def _goal(goal: Goal, steps: Sequence[GoalStep], day: date) -> Goal:
    """The goal as its last event by `day` left it."""
    if not steps:
        return goal
    held = next((step.event for step in reversed(steps) if step.event.on <= day), steps[0].event)
    status = GoalStatus.ACTIVE if held.status is GoalStatus.REVISED else held.status
    return replace(goal, status=status, status_reason=held.reason, target=held.target, due=held.due)


def _problem(problem: Problem, day: date) -> Problem:
    is_later = problem.resolved_on is not None and problem.resolved_on > day
    return replace(problem, resolved_on=None) if is_later else problem


def _holds(row: Diagnosis, day: date) -> bool:
    return row.since is None or row.since <= day


def _version(version: PlanVersion, day: date) -> PlanVersion:
    certification = _certification(version.certification, day)
    if certification == version.certification:
        return version
    return replace(version, certification=certification, plan=replace(version.plan, certified_until=None))


def _certification(one: Certification | None, day: date) -> Certification | None:
    """How far the plan was on its way by `day`; None where it had not left."""
    if one is None:
        return None
    days = [on for on in (one.sent_on, one.received_on, one.signed_on) if on is not None]
    if days and min(days) > day:
        return None
    if one.received_on is not None and one.received_on > day:
        return replace(one, received_on=None, signed_on=None, signed_by="", valid_until=None)
    return one
