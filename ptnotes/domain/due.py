"""What is due in an episode of care, and how that was counted.

The default rules are Medicare's: Medicare Benefit Policy Manual, chapter 15, sections 220.1.2 to 220.3, and 42 CFR
410.61 and 424.24(c). They were read in copies, so they are a strong default that a clinic can change for each payer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ptnotes.domain.wording import full_date, ordinal


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRules:
    """By when things are due. None switches a rule off, for a payer that does not ask for it.

    A treatment day is a calendar day with at least one attended visit; cancelled and missed visits are none.
    """

    report_treatment_days: int | None = 10
    """A progress report is written at least once in so many treatment days."""
    plan_sent_days: int | None = 30
    """The plan of care goes to the physician within so many days of the evaluation."""
    certified_days: int | None = 90
    """A certification holds for the plan's length or so many days, the shorter."""
    re_evaluation_days: int | None = None
    """So many days after an evaluation the next one is due."""
    sign_within_h: int | None = 24
    """A note is signed within so many hours of its visit."""
    warn_treatment_days: int = 2
    """So many treatment days ahead a report is told of."""
    warn_days: int = 10
    """So many days ahead everything else is told of."""
    warn_visits: int = 3
    """With so few authorized visits left it is told."""


class DueKind(StrEnum):
    """What can be due."""

    PROGRESS_REPORT = "progress_report"
    PLAN_SENT = "plan_sent"
    CERTIFICATION = "certification"
    RE_EVALUATION = "re_evaluation"
    UNSIGNED_NOTES = "unsigned_notes"
    AUTHORIZED_VISITS = "authorized_visits"
    AUTHORIZATION = "authorization"
    PHYSICIAN_VISIT = "physician_visit"


class Urgency(StrEnum):
    """How pressing it is."""

    OVERDUE = "overdue"
    NOW = "now"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due, `on` which day where it has one, and `why`: the count, in words."""

    kind: DueKind
    urgency: Urgency
    why: str
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFacts:
    """What the rules count, of one open episode. Dates are calendar dates of the clinic; None is not known.

    `treatment_days` are the days with an attended visit, earliest first, each once. `reported_to` is the last day that
    the latest progress report (or evaluation that counts as one) covers; `unsigned_days` the visits' days whose notes
    are drafts; `evaluated_on` the latest evaluation or re-evaluation. `authorized_from` is the first day that counts
    against the authorized visits.
    """

    start: date
    treatment_days: tuple[date, ...] = ()
    reported_to: date | None = None
    plan_start: date | None = None
    plan_weeks: int | None = None
    plan_sent_on: date | None = None
    certified_until: date | None = None
    evaluated_on: date | None = None
    unsigned_days: tuple[date, ...] = ()
    authorized_visits: int | None = None
    authorized_from: date | None = None
    authorized_until: date | None = None
    physician_visit_on: date | None = None


MEDICARE = DueRules()
_ORDER = (Urgency.OVERDUE, Urgency.NOW, Urgency.SOON)


def due_list(facts: EpisodeFacts, today: date, rules: DueRules = MEDICARE) -> tuple[Due, ...]:
    """Everything that is due or soon will be, the most pressing first."""
    found = [
        due
        for due in (
            _progress_report(facts, today, rules),
            _plan_sent(facts, today, rules),
            _certification(facts, today, rules),
            _re_evaluation(facts, today, rules),
            _unsigned(facts, today, rules),
            _authorized_visits(facts, today, rules),
            _authorization(facts, today, rules),
            _physician_visit(facts, today, rules),
        )
        if due is not None
    ]
    return tuple(sorted(found, key=lambda due: _ORDER.index(due.urgency)))


def certification_ends(facts: EpisodeFacts, rules: DueRules = MEDICARE) -> date | None:
    """The last day of the certification: as written down, else the plan's length or the rule's days, the shorter.

    The day on which the plan starts is its first day: a plan of 90 days from 1 January ends on 31 March.
    """
    if facts.certified_until is not None:
        return facts.certified_until
    if facts.plan_start is None:
        return None
    lengths = [rules.certified_days, None if facts.plan_weeks is None else facts.plan_weeks * 7]
    known = [days for days in lengths if days is not None]
    return facts.plan_start + timedelta(days=min(known) - 1) if known else None


def _progress_report(facts: EpisodeFacts, today: date, rules: DueRules) -> Due | None:
    every = rules.report_treatment_days
    if every is None:
        return None
    past = [day for day in facts.treatment_days if day <= today]
    since = [day for day in past if facts.reported_to is None or day > facts.reported_to]
    count, before = len(since), len(past) - len(since)
    if not since or every - count > rules.warn_treatment_days:
        return None
    period = f"treatment days {before + 1}\N{EN DASH}{before + every} of this episode"
    is_today = since[-1] == today
    told = f"{'today is' if is_today else 'the last visit was'} the {ordinal(count)}"
    if count < every:
        return Due(DueKind.PROGRESS_REPORT, Urgency.SOON, f"{period}; {told}")
    if count == every and is_today:
        return Due(DueKind.PROGRESS_REPORT, Urgency.NOW, f"{period}; {told}", today)
    return Due(DueKind.PROGRESS_REPORT, Urgency.OVERDUE, f"{period}; {told}", since[every - 1])


def _plan_sent(facts: EpisodeFacts, today: date, rules: DueRules) -> Due | None:
    if rules.plan_sent_days is None or facts.plan_sent_on is not None:
        return None
    last = facts.start + timedelta(days=rules.plan_sent_days)
    why = (
        f"{rules.plan_sent_days} days from the evaluation on {full_date(facts.start)} end on {full_date(last)};"
        " nothing says that the plan was sent"
    )
    return _by(DueKind.PLAN_SENT, last, today, rules, why)


def _certification(facts: EpisodeFacts, today: date, rules: DueRules) -> Due | None:
    last = certification_ends(facts, rules)
    if last is None:
        return None
    why = f"the plan is certified to {full_date(last)}"
    if facts.certified_until is None and facts.plan_start is not None:
        length = f"{rules.certified_days} days" if rules.certified_days is not None else ""
        planned = f"{facts.plan_weeks} weeks" if facts.plan_weeks is not None else ""
        shorter = " or ".join(part for part in (planned, length) if part)
        which = ", the shorter," if planned and length else ""
        why = f"{shorter}{which} from {full_date(facts.plan_start)} end on {full_date(last)}"
    return _by(DueKind.CERTIFICATION, last, today, rules, why)


def _re_evaluation(facts: EpisodeFacts, today: date, rules: DueRules) -> Due | None:
    if rules.re_evaluation_days is None or facts.evaluated_on is None:
        return None
    last = facts.evaluated_on + timedelta(days=rules.re_evaluation_days)
    since = f"{rules.re_evaluation_days} days from the evaluation on {full_date(facts.evaluated_on)}"
    why = f"{since} end on {full_date(last)}"
    return _by(DueKind.RE_EVALUATION, last, today, rules, why)


def _unsigned(facts: EpisodeFacts, today: date, rules: DueRules) -> Due | None:
    if not facts.unsigned_days:
        return None
    count, first = len(facts.unsigned_days), min(facts.unsigned_days)
    notes = "1 note is" if count == 1 else f"{count} notes are"
    why = f"{notes} not signed, the earliest of {full_date(first)}"
    # Hours are counted in whole days, since a visit's own time need not be charted.
    late = rules.sign_within_h is not None and (today - first).days * 24 > rules.sign_within_h
    return Due(DueKind.UNSIGNED_NOTES, Urgency.OVERDUE if late else Urgency.NOW, why, first)


def _authorized_visits(facts: EpisodeFacts, today: date, rules: DueRules) -> Due | None:
    if facts.authorized_visits is None:
        return None
    used = sum(
        1
        for day in facts.treatment_days
        if day <= today and (facts.authorized_from is None or day >= facts.authorized_from)
    )
    left = facts.authorized_visits - used
    why = f"{used} of {facts.authorized_visits} authorized visits are used"
    if left < 0:
        return Due(DueKind.AUTHORIZED_VISITS, Urgency.OVERDUE, why)
    if left == 0:
        return Due(DueKind.AUTHORIZED_VISITS, Urgency.NOW, why)
    return Due(DueKind.AUTHORIZED_VISITS, Urgency.SOON, why) if left <= rules.warn_visits else None


def _authorization(facts: EpisodeFacts, today: date, rules: DueRules) -> Due | None:
    if facts.authorized_until is None:
        return None
    why = f"visits are authorized to {full_date(facts.authorized_until)}"
    return _by(DueKind.AUTHORIZATION, facts.authorized_until, today, rules, why)


def _physician_visit(facts: EpisodeFacts, today: date, rules: DueRules) -> Due | None:
    on = facts.physician_visit_on
    if on is None or on < today or (on - today).days > rules.warn_days:
        return None
    urgency = Urgency.NOW if on == today else Urgency.SOON
    return Due(DueKind.PHYSICIAN_VISIT, urgency, f"the next visit to the physician is on {full_date(on)}", on)


def _by(kind: DueKind, last: date, today: date, rules: DueRules, why: str) -> Due | None:
    """What is to be done by the end of the day `last`."""
    left = (last - today).days
    if left < 0:
        return Due(kind, Urgency.OVERDUE, why, last)
    if left == 0:
        return Due(kind, Urgency.NOW, why, last)
    return Due(kind, Urgency.SOON, why, last) if left <= rules.warn_days else None


def most_pressing(lists: Iterable[Iterable[Due]]) -> Urgency | None:
    """The most pressing urgency of several lists, None where nothing is due."""
    found = {due.urgency for dues in lists for due in dues}
    return next((urgency for urgency in _ORDER if urgency in found), None)
