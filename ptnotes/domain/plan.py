"""Versions of a plan of care: what was written when and by whom, what changed, and which version was certified.

A plan is stored while it is typed, so that several stored writings can be one version: those that one person wrote
within `EDITING_SPAN` of each other, of which none but the last went to the physician. A writing with the same content
is no version either; the day to which the plan is certified is no content, since it follows from the certification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from ptnotes.domain.certification import Certification, standing
from ptnotes.domain.episode import PlanOfCare
from ptnotes.domain.wording import full_date, number

EDITING_SPAN = timedelta(minutes=30)
"""Changes no further apart than this are one version of the plan. Ours: the time in which one sits and writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWriting:
    """A plan as it was stored: `version` is the number it was stored under."""

    version: int
    plan: PlanOfCare
    written_at: datetime
    written_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """A version of the plan, the first of an episode with `number` 1. `on` is the day of the clinic it was written on.

    `certification` is the latest that belongs to this version, None where it never went to the physician.
    """

    number: int
    plan: PlanOfCare
    on: date
    written_by: int
    changes: tuple[str, ...] = ()
    certification: Certification | None = None

    @property
    def is_certified(self) -> bool:
        """Whether the physician signed this version."""
        return self.certification is not None and self.certification.signed_on is not None


@dataclass(slots=True)
class _Group:
    first: PlanWriting
    last: PlanWriting
    stored: set[int]


def plan_versions(
    writings: Sequence[PlanWriting], certifications: Sequence[Certification], days: Mapping[int, date]
) -> tuple[PlanVersion, ...]:
    """The versions, earliest first. `days` gives each writing's day in the clinic by the number it was stored under,
    `certifications` are in the order in which they were begun.
    """
    sent = {one.plan_version for one in certifications}
    groups: list[_Group] = []
    for writing in sorted(writings, key=lambda one: one.version):
        if groups and is_same(groups[-1].last.plan, writing.plan):
            groups[-1].stored.add(writing.version)
            groups[-1].last = replace(groups[-1].last, plan=writing.plan)
        elif groups and _continues(groups[-1], writing, sent):
            groups[-1].stored.add(writing.version)
            groups[-1].last = writing
            if len(groups) > 1 and is_same(groups[-2].last.plan, writing.plan):
                gone = groups.pop()
                groups[-1].stored |= gone.stored
                groups[-1].last = replace(groups[-1].last, plan=writing.plan)
        else:
            groups.append(_Group(writing, writing, {writing.version}))
    found: list[PlanVersion] = []
    for place, group in enumerate(groups, start=1):
        own = [one for one in certifications if one.plan_version in group.stored]
        found.append(
            PlanVersion(
                number=place,
                plan=group.last.plan,
                on=days[group.last.version],
                written_by=group.last.written_by,
                changes=plan_changes(found[-1].plan, group.last.plan) if found else (),
                certification=own[-1] if own else None,
            )
        )
    return tuple(found)


def is_same(one: PlanOfCare, other: PlanOfCare) -> bool:
    """Whether two plans say the same, whatever day they are certified to."""
    return replace(one, certified_until=None) == replace(other, certified_until=None)


def certified_words(versions: Sequence[PlanVersion]) -> str:
    """How far the present version is on its way to the physician; a changed plan says that it is not certified."""
    if not versions:
        return ""
    present = versions[-1]
    if present.certification is not None:
        return standing(present.certification)
    earlier = next((one for one in reversed(versions) if one.certification is not None), None)
    if earlier is None:
        return entered_words(present.plan) or "not certified yet"
    done = "certified" if earlier.is_certified else "sent"
    return f"changed since version {earlier.number} was {done}: not certified yet"


def entered_words(plan: PlanOfCare) -> str:
    """What is known of a certification from the day alone that was entered in the plan; empty without one."""
    if plan.certified_until is None:
        return ""
    return f"entered as certified to {full_date(plan.certified_until)}, no signature on record"


def is_changed_since_sent(versions: Sequence[PlanVersion]) -> bool:
    """Whether a version before the present one went to the physician, and the present one did not."""
    return (
        bool(versions)
        and versions[-1].certification is None
        and any(one.certification is not None for one in versions)
    )


def plan_words(plan: PlanOfCare) -> str:
    """Amount, frequency, duration and start in a line: ``1 × a day, 2 × a week for 8 weeks from 5 Jan 2026``.

    What is not set is left out; empty where nothing is.
    """
    daily = f"{plan.times_a_day} × a day" if plan.times_a_day is not None else ""
    often = f"{number(plan.visits_a_week)} × a week" if plan.visits_a_week is not None else ""
    weeks = f"for {_weeks(plan.duration_weeks)}" if plan.duration_weeks is not None else ""
    begins = f"from {full_date(plan.start)}" if plan.start is not None and (daily or often or weeks) else ""
    rate = ", ".join(part for part in (daily, often) if part)
    return " ".join(part for part in (rate, weeks, begins) if part)


def plan_changes(before: PlanOfCare, after: PlanOfCare) -> tuple[str, ...]:
    """What differs, in words: ``2 → 1 visits a week``. Of longer texts only that they were written anew."""
    changes = []
    if before.times_a_day != after.times_a_day:
        changes.append(f"{_number(before.times_a_day)} → {_number(after.times_a_day)} times a day")
    if before.visits_a_week != after.visits_a_week:
        changes.append(f"{_number(before.visits_a_week)} → {_number(after.visits_a_week)} visits a week")
    if before.duration_weeks != after.duration_weeks:
        changes.append(f"{_number(before.duration_weeks)} → {_number(after.duration_weeks)} weeks")
    if before.start != after.start:
        changes.append(f"start {_day(before.start)} → {_day(after.start)}")
    for name, old, new in (
        ("interventions", before.interventions, after.interventions),
        ("prognosis", before.prognosis, after.prognosis),
    ):
        if old != new:
            changes.append(f"{name} {'taken out' if not new else 'added' if not old else 'changed'}")
    return tuple(changes)


def _continues(group: _Group, writing: PlanWriting, sent: set[int]) -> bool:
    is_near = timedelta(0) <= writing.written_at - group.last.written_at <= EDITING_SPAN
    return writing.written_by == group.last.written_by and is_near and not group.stored & sent


def _weeks(weeks: int) -> str:
    return f"{weeks} {'week' if weeks == 1 else 'weeks'}"


def _number(value: Decimal | int | None) -> str:
    return number(Decimal(value)) if value is not None else "none"


def _day(on: date | None) -> str:
    return full_date(on) if on is not None else "none"
