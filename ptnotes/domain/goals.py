"""What becomes of a goal: met, dropped, revised or taken up again, each with who, when and why.

The program never decides it. It says where a measured value reached the target, and a clinician says "met".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ptnotes.domain.episode import Goal, GoalStatus
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.wording import full_date, with_unit

TAKEN_BACK = "taken back"
"""The reason of an event that undoes the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalEvent:
    """What was done with a goal on a day of the clinic, and by whom: `status` is what was done, the rest is what held
    from then on. `target` is in the goal's unit.
    """

    goal_uuid: str
    on: date
    person_id: int
    status: GoalStatus
    target: Decimal | None = None
    due: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GoalStep:
    """An event beside what held before it, None where that is not known: `is_first` of a goal that was just set."""

    event: GoalEvent
    before: GoalEvent | None
    is_first: bool


def met(goal: Goal, reason: str = "") -> Goal:
    """The goal as met; a reason may stand beside it."""
    return replace(goal, status=GoalStatus.MET, status_reason=reason.strip())


def dropped(goal: Goal, reason: str) -> Goal:
    """The goal as dropped. Raises `InputError` ("goal.reason_needed") without a reason."""
    return replace(goal, status=GoalStatus.DROPPED, status_reason=_needed(reason))


def revised(goal: Goal, target: Decimal | None, due: date | None, reason: str) -> Goal:
    """The goal with another target (in its unit) or another date, still pursued.

    Raises `InputError`: "goal.reason_needed" without a reason, "goal.not_revised" where both stay as they are.
    """
    faults = []
    if (target, due) == (goal.target, goal.due):
        faults.append(Fault("goal.not_revised", "goal.target"))
    if not reason.strip():
        faults.append(Fault("goal.reason_needed", "goal.status_reason"))
    if faults:
        raise InputError(*faults)
    return replace(goal, status=GoalStatus.ACTIVE, target=target, due=due, status_reason=reason.strip())


def resumed(goal: Goal, reason: str = "") -> Goal:
    """The goal as active again; a reason may stand beside it."""
    return replace(goal, status=GoalStatus.ACTIVE, status_reason=reason.strip())


def undone(goal: Goal) -> Goal:
    """`goal`, as it stood before, to be put back: an active one says that it was taken back, since that is why."""
    return replace(goal, status_reason=TAKEN_BACK) if goal.status is GoalStatus.ACTIVE else goal


def is_revision(before: Goal, after: Goal) -> bool:
    """Whether a goal that stays active was given another target or another date."""
    both_active = before.status is GoalStatus.ACTIVE and after.status is GoalStatus.ACTIVE
    return both_active and (before.target, before.due) != (after.target, after.due)


def change_faults(before: Sequence[Goal], after: Sequence[Goal]) -> Iterator[Fault]:
    """A fault for each goal that was dropped or revised between the two without a reason."""
    known = {goal.uuid: goal for goal in before}
    for place, goal in enumerate(after):
        stood = known.get(goal.uuid)
        if stood is None or goal.status_reason.strip():
            continue
        was_dropped = goal.status is GoalStatus.DROPPED and stood.status is not GoalStatus.DROPPED
        if was_dropped or is_revision(stood, goal):
            yield Fault("goal.reason_needed", "goal.status_reason", place)


def is_removable(steps: Sequence[GoalStep], today: date) -> bool:
    """Whether a goal with these steps may be taken out: one that was set today. Any other is dropped, with a reason."""
    return bool(steps) and steps[0].event.on >= today


def removal_faults(
    before: Sequence[Goal], after: Sequence[Goal], steps: Mapping[str, Sequence[GoalStep]], today: date
) -> Iterator[Fault]:
    """A fault for each goal that was taken out between the two and may not be; `steps` are by the goals' uuids."""
    kept = {goal.uuid for goal in after}
    for goal in before:
        if goal.uuid not in kept and not is_removable(steps.get(goal.uuid, ()), today):
            yield Fault("goal.not_removable", "goal.status")


def is_reached(goal: Goal, now: Decimal | None, better: str = "") -> bool:
    """Whether the value `now` is at the target or beyond it, in the goal's own direction.

    Where the baseline says no direction (it is blank, or the target itself), `better` does: ``higher``, ``lower`` or
    ``toward_zero``, as the reference data have it for the measure. Without any, nothing is said.
    """
    if now is None or goal.target is None:
        return False
    if goal.baseline is not None and goal.baseline != goal.target:
        better = "higher" if goal.target > goal.baseline else "lower"
    match better:
        case "higher":
            return now >= goal.target
        case "lower":
            return now <= goal.target
        case "toward_zero":
            return abs(now) <= abs(goal.target)
    return False


def steps_of(events: Sequence[GoalEvent]) -> dict[str, tuple[GoalStep, ...]]:
    """Each goal's events, earliest first, beside what held before them. `events` are in the order of their writing."""
    found: dict[str, list[GoalStep]] = {}
    for event in events:
        steps = found.setdefault(event.goal_uuid, [])
        before = steps[-1].event if steps else None
        steps.append(GoalStep(event, before, before is None and event.status is GoalStatus.ACTIVE))
    return {uuid: tuple(steps) for uuid, steps in found.items()}


def step_words(step: GoalStep, unit: str, names: Mapping[int, str] | None = None) -> str:
    """A step in words: ``12 Mar 2026 · Revised: 60° → 70°, by 1 May 2026 → 1 Jun 2026 · plateau · J. Rivera, PT``.

    Who it was is left out where `names` does not know them.
    """
    event = step.event
    who = (names or {}).get(event.person_id, "")
    told = (full_date(event.on), deed_words(step, unit), event.reason, who)
    return " · ".join(part for part in told if part)


def deed_words(step: GoalStep, unit: str) -> str:
    """What was done: ``Revised: 60° → 70°``, ``Met``."""
    event = step.event
    if step.is_first:
        done, change = "Set", _aim(event, unit)
    else:
        done = _DONE[event.status]
        change = _change(step.before, event, unit) if event.status is GoalStatus.REVISED else ""
    return ": ".join(part for part in (done, change) if part)


_DONE = {
    GoalStatus.ACTIVE: "Active again",
    GoalStatus.MET: "Met",
    GoalStatus.DROPPED: "Dropped",
    GoalStatus.REVISED: "Revised",
}


def _change(before: GoalEvent | None, after: GoalEvent, unit: str) -> str:
    if before is None:
        return _aim(after, unit)
    parts = []
    if before.target != after.target:
        parts.append(f"{_value(before.target, unit)} → {_value(after.target, unit)}")
    if before.due != after.due:
        parts.append(f"by {_day(before.due)} → {_day(after.due)}")
    return ", ".join(parts)


def _aim(event: GoalEvent, unit: str) -> str:
    parts = [with_unit(event.target, unit)] if event.target is not None else []
    parts += [f"by {full_date(event.due)}"] if event.due is not None else []
    return " ".join(parts)


def _value(value: Decimal | None, unit: str) -> str:
    return with_unit(value, unit) if value is not None else "no target"


def _day(on: date | None) -> str:
    return full_date(on) if on is not None else "no date"


def _needed(reason: str) -> str:
    if not reason.strip():
        raise InputError(Fault("goal.reason_needed", "goal.status_reason"))
    return reason.strip()
