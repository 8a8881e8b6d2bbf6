"""How the goals of an episode stand and what became of them, and the versions of its plan of care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptnotes.db.episode_history import goal_events, plan_history
from ptnotes.db.episodes import load_episode, outcomes_of
from ptnotes.db.people import names_of
from ptnotes.db.sessions import sessions_of
from ptnotes.domain.episode_progress import goals_progress
from ptnotes.domain.goals import GoalStep, steps_of
from ptnotes.domain.permissions import Act
from ptnotes.domain.plan import PlanVersion
from ptnotes.domain.trend import motion_charts, pain_chart
from ptnotes.domain.views import GoalProgress
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require

_MEASURING_GOALS = ("rom", "pain")


@dataclass(frozen=True, slots=True)
class GoalCourse:
    """Each goal's progress and its steps, by its uuid, and everybody's name by their id."""

    progress: Mapping[str, GoalProgress] = field(default_factory=dict)
    steps: Mapping[str, tuple[GoalStep, ...]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanCourse:
    """The versions of a plan of care, earliest first, and everybody's name by their id."""

    versions: tuple[PlanVersion, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)


def goal_course(clinic: OpenClinic, episode_id: int) -> GoalCourse:
    """How far the episode's goals are by what was measured, and what became of each. Raises `NotFoundError`."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        episode = load_episode(connection, episode_id)
        sessions = sessions_of(connection, episode_id, lists=_MEASURING_GOALS) if episode.goals else ()
        outcomes = outcomes_of(connection, episode_id)
        steps = steps_of(goal_events(connection, episode_id, clinic.zone))
        names = names_of(connection)
    reference = clinic.reference
    charts = motion_charts(reference, sessions, episode.goals)
    pain = pain_chart(reference, sessions, episode.goals)
    found = goals_progress(episode.goals, charts, pain, outcomes, reference)
    return GoalCourse({one.goal.uuid: one for one in found}, steps, names)


def plan_course(clinic: OpenClinic, episode_id: int) -> PlanCourse:
    """The versions of the episode's plan of care, with what was certified of them."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return PlanCourse(plan_history(connection, episode_id, clinic.zone), names_of(connection))
