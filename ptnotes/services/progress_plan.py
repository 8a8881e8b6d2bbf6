"""A report's words about what care is for: problems, goals and what became of them, the plan and its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from ptnotes.clinical import Reference
from ptnotes.domain.certification import standing
from ptnotes.domain.episode import EpisodeOfCare, Goal, GoalStatus, Problem
from ptnotes.domain.goals import GoalStep, deed_words
from ptnotes.domain.plan import PlanVersion, certified_words, entered_words, is_changed_since_sent
from ptnotes.domain.plan import plan_words as frequency_words
from ptnotes.domain.views import GoalProgress
from ptnotes.domain.wording import full_date, number, with_unit
from ptnotes.reports.progress_data import CarePlan, GoalLine, PlanLine, ProblemLine, StepLine

Steps = Mapping[str, Sequence[GoalStep]]
_STANDING = {GoalStatus.MET: "met", GoalStatus.DROPPED: "dropped", GoalStatus.REVISED: "revised"}


def plan_words(episode: EpisodeOfCare, versions: Sequence[PlanVersion] = ()) -> str:
    """Frequency, duration and certification in one line; empty where nothing is planned.

    A plan that was changed since it was certified does not carry the day to which the earlier one was.
    """
    return "; ".join(part for part in (frequency_words(episode.plan), _certified(episode, versions)) if part)


def certified_until(episode: EpisodeOfCare, versions: Sequence[PlanVersion] = ()) -> date | None:
    """The last day of the present plan's certification: as the physician signed it, else as entered in the plan."""
    own = versions[-1].certification if versions else None
    if own is not None and own.signed_on is not None and own.valid_until is not None:
        return own.valid_until
    return episode.plan.certified_until


def _certified(episode: EpisodeOfCare, versions: Sequence[PlanVersion]) -> str:
    """That the plan is certified is said where a signature is on record; what was only entered is told as that."""
    until = certified_until(episode, versions)
    own = versions[-1].certification if versions else None
    if own is not None:
        is_signed = own.signed_on is not None
        return f"certified to {full_date(until)}" if is_signed and until is not None else standing(own)
    if is_changed_since_sent(versions):
        return certified_words(versions)
    return entered_words(episode.plan)


def goal_line(
    reference: Reference, progress: GoalProgress, steps: Sequence[GoalStep], until: date
) -> GoalLine:
    """A goal with how far it is, in words; of a closed one since when and why, of a revised one since when.

    One that is pursued, and whose target was not reached by its date, is past due on the day `until`.
    """
    goal = progress.goal
    is_open = goal.status is GoalStatus.ACTIVE
    share = progress.share if is_open else None
    function = f" ({goal.function})" if goal.function and goal.function != goal.words else ""
    return GoalLine(
        words=f"{goal.words}{function}",
        share=float(share) if share is not None else None,
        standing=_standing(reference, progress, steps),
        due=goal.due,
        is_open=is_open,
        is_past_due=is_open and not progress.is_reached and goal.due is not None and goal.due < until,
        is_unmeasured=is_open and goal.measure != "words" and progress.now is None,
    )


def closed_on(goal: Goal, steps: Sequence[GoalStep]) -> date | None:
    """The day on which a goal was met or dropped, as it stands now; None where that was not written down."""
    return next((step.event.on for step in reversed(steps) if step.event.status is goal.status), None)


def care_plan(
    episode: EpisodeOfCare,
    steps: Steps,
    versions: Sequence[PlanVersion],
    names: Mapping[int, str],
    since: date | None,
    until: date,
) -> CarePlan:
    """What the later pages tell: every problem, each step of a goal after the day `since` and up to the day `until`,
    every version of the plan.

    Without a report before it (`since` is None) that a goal was set is told by the list of goals alone.
    """
    told = [
        (goal, step)
        for goal in episode.goals
        for step in steps.get(goal.uuid, ())
        if step.event.on <= until and (step.event.on > since if since is not None else not step.is_first)
    ]
    return CarePlan(
        problems=tuple(_problem_line(problem) for problem in episode.problems),
        steps=tuple(
            StepLine(
                on=step.event.on,
                goal=goal.words,
                done=deed_words(step, goal.unit),
                reason=step.event.reason,
                who=names.get(step.event.person_id, ""),
            )
            for goal, step in sorted(told, key=lambda pair: pair[1].event.on)
        ),
        versions=tuple(
            PlanLine(
                number=version.number,
                on=version.on,
                who=names.get(version.written_by, ""),
                plan=frequency_words(version.plan),
                changes=", ".join(version.changes),
                # A plan that was changed does not carry the day that was entered for the one before.
                certification=certified_words(versions[: place + 1]),
            )
            for place, version in enumerate(versions)
        ),
        interventions=episode.plan.interventions.strip(),
    )


def _problem_line(problem: Problem) -> ProblemLine:
    return ProblemLine(words=problem.words, since=problem.since, resolved_on=problem.resolved_on)


def _standing(reference: Reference, progress: GoalProgress, steps: Sequence[GoalStep]) -> str:
    goal = progress.goal
    if goal.status is not GoalStatus.ACTIVE:
        closed = closed_on(goal, steps)
        on = f" on {full_date(closed)}" if closed is not None else ""
        return f"{_STANDING[goal.status]}{on}" + (f": {goal.status_reason}" if goal.status_reason else "")
    parts = [measured_words(reference, progress)]
    if progress.is_reached:
        parts.append("target reached")
    if steps and steps[-1].event.status is GoalStatus.REVISED:
        parts.append(f"revised on {full_date(steps[-1].event.on)}")
    return ", ".join(parts)


def measured_words(reference: Reference, progress: GoalProgress) -> str:
    """How far a goal is by its measure: ``80 %, now 55° (from 40° to 60°)``; says so where it was not measured."""
    goal = progress.goal
    if progress.now is None:
        return "not measured yet" if goal.measure != "words" else "in words, judged by the therapist"
    unit = _unit(reference, goal)
    told = f"now {with_unit(progress.now, unit)}"
    if goal.baseline is not None and goal.target is not None:
        told += f" (from {with_unit(goal.baseline, unit)} to {with_unit(goal.target, unit)})"
    if progress.share is not None:
        told = f"{number((progress.share * 100).quantize(Decimal(1)))} %, {told}"
    return told


def _unit(reference: Reference, goal: Goal) -> str:
    if goal.measure == "outcome" and goal.outcome:
        return reference.measures[goal.outcome].unit
    return goal.unit
