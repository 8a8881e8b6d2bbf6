"""What is due in an episode of care, and how that was counted.

The default rules are Medicare's: Medicare Benefit Policy Manual, chapter 15, sections 220.1.2 to 220.3, and 42 CFR
410.61 and 424.24(c). They were read in copies, so they are a strong default that a clinic can change for each payer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from ptnotes.domain.wording import day_and_month, full_date, how_many, ordinal


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


@dataclass(slots=True)
class Found:
    """As `Due`, but not told in words yet: of thousands of episodes only the most pressing are (see `told`)."""

    kind: DueKind
    urgency: Urgency
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


KIND_WORDS: Mapping[DueKind, str] = {
    DueKind.PROGRESS_REPORT: "Progress report",
    DueKind.PLAN_SENT: "Plan to the physician",
    DueKind.CERTIFICATION: "Certification",
    DueKind.RE_EVALUATION: "Re-evaluation",
    DueKind.UNSIGNED_NOTES: "Unsigned notes",
    DueKind.AUTHORIZED_VISITS: "Authorized visits",
    DueKind.AUTHORIZATION: "Authorization",
    DueKind.PHYSICIAN_VISIT: "Physician visit",
}
MEDICARE = DueRules()


def due_list(facts: EpisodeFacts, today: date, rules: DueRules = MEDICARE) -> tuple[Due, ...]:
    """Everything that is due or soon will be, the most pressing first."""
    found = sorted(found_due(facts, today, rules), key=pressing_first)
    return tuple(told(each, facts, today, rules) for each in found)


def found_due(facts: EpisodeFacts, today: date, rules: DueRules = MEDICARE) -> list[Found]:
    """As `due_list`, in the order of `DueKind` and not in words yet."""
    # Asked of thousands: a rule that has nothing to count is not even called. They stand in the order of `DueKind`.
    found = [_progress_report(facts, today, rules)]
    if facts.plan_sent_on is None:
        found.append(_plan_sent(facts, today, rules))
    found.append(_certification(facts, today, rules))
    if rules.re_evaluation_days is not None:
        found.append(_re_evaluation(facts, today, rules))
    if facts.unsigned_days:
        found.append(_unsigned(facts, today, rules))
    if facts.authorized_visits is not None:
        found.append(_authorized_visits(facts, today, rules))
    if facts.authorized_until is not None:
        found.append(_authorization(facts, today, rules))
    if facts.physician_visit_on is not None:
        found.append(_physician_visit(facts, today, rules))
    return [one for one in found if one is not None]


def told(found: Found, facts: EpisodeFacts, today: date, rules: DueRules = MEDICARE) -> Due:
    """What `found_due` found by the same facts, day and rules, with its count in words."""
    return Due(found.kind, found.urgency, _WORDS[found.kind](facts, today, rules), found.on)


def pressing_first(found: Found | Due) -> int:
    """What sorts the most pressing to the front."""
    # Asked of thousands: looking an enum up in a mapping takes several times as long.
    if found.urgency is Urgency.OVERDUE:
        return 0
    return 1 if found.urgency is Urgency.NOW else 2


def due_words(due: Due) -> str:
    """How pressing it is, in two or three words."""
    if due.urgency is Urgency.SOON:
        if due.on is None:
            return "soon"
        return f"{'on' if due.kind is DueKind.PHYSICIAN_VISIT else 'by'} {day_and_month(due.on)}"
    if due.urgency is Urgency.NOW:
        return "now" if due.kind in (DueKind.UNSIGNED_NOTES, DueKind.AUTHORIZED_VISITS) else "today"
    return "overdue"


def certification_ends(facts: EpisodeFacts, rules: DueRules = MEDICARE) -> date | None:
    """The last day of the certification: as written down, else the plan's length or the rule's days, the shorter.

    The day on which the plan starts is its first day: a plan of 90 days from 1 January ends on 31 March.
    """
    if facts.certified_until is not None:
        return facts.certified_until
    if facts.plan_start is None:
        return None
    planned = None if facts.plan_weeks is None else facts.plan_weeks * 7
    if planned is None or rules.certified_days is None:
        days = rules.certified_days if planned is None else planned
    else:
        days = min(planned, rules.certified_days)
    return None if days is None else facts.plan_start + _span(days - 1)


def _progress_report(facts: EpisodeFacts, today: date, rules: DueRules) -> Found | None:
    every, days = rules.report_treatment_days, facts.treatment_days
    if every is None:
        return None
    before, past = _since_report(facts, today)
    count = past - before
    if not count or every - count > rules.warn_treatment_days:
        return None
    if count < every:
        return Found(DueKind.PROGRESS_REPORT, Urgency.SOON)
    if count == every and days[past - 1] == today:
        return Found(DueKind.PROGRESS_REPORT, Urgency.NOW, today)
    return Found(DueKind.PROGRESS_REPORT, Urgency.OVERDUE, days[before + every - 1])


def _report_words(facts: EpisodeFacts, today: date, rules: DueRules) -> str:
    before, past = _since_report(facts, today)
    period = (
        f"treatment days {before + 1}\N{EN DASH}{before + (rules.report_treatment_days or 0)} of this episode"
    )
    is_today = facts.treatment_days[past - 1] == today
    return f"{period}; {'today is' if is_today else 'the last visit was'} the {ordinal(past - before)}"


def _since_report(facts: EpisodeFacts, today: date) -> tuple[int, int]:
    """How many treatment days the latest report covers, and how many there are up to today."""
    past = bisect_right(facts.treatment_days, today)
    reported = facts.reported_to
    return 0 if reported is None else min(bisect_right(facts.treatment_days, reported), past), past


def _plan_sent(facts: EpisodeFacts, today: date, rules: DueRules) -> Found | None:
    if rules.plan_sent_days is None or facts.plan_sent_on is not None:
        return None
    return _by(DueKind.PLAN_SENT, facts.start + _span(rules.plan_sent_days), today, rules)


def _plan_words(facts: EpisodeFacts, _today: date, rules: DueRules) -> str:
    last = facts.start + timedelta(days=rules.plan_sent_days or 0)
    return (
        f"{rules.plan_sent_days} days from the evaluation on {full_date(facts.start)} end on {full_date(last)};"
        " nothing says that the plan was sent"
    )


def _certification(facts: EpisodeFacts, today: date, rules: DueRules) -> Found | None:
    last = certification_ends(facts, rules)
    return None if last is None else _by(DueKind.CERTIFICATION, last, today, rules)


def _certification_words(facts: EpisodeFacts, _today: date, rules: DueRules) -> str:
    last = certification_ends(facts, rules)
    if last is None:
        return ""
    if facts.certified_until is not None or facts.plan_start is None:
        return f"the plan is certified to {full_date(last)}"
    length = how_many(rules.certified_days, "day") if rules.certified_days is not None else ""
    planned = how_many(facts.plan_weeks, "week") if facts.plan_weeks is not None else ""
    shorter = " or ".join(part for part in (planned, length) if part)
    which = ", the shorter," if planned and length else ""
    return f"{shorter}{which} from {full_date(facts.plan_start)} end on {full_date(last)}"


def _re_evaluation(facts: EpisodeFacts, today: date, rules: DueRules) -> Found | None:
    evaluated = facts.evaluated_on
    if rules.re_evaluation_days is None or evaluated is None:
        return None
    return _by(DueKind.RE_EVALUATION, evaluated + _span(rules.re_evaluation_days), today, rules)


def _re_evaluation_words(facts: EpisodeFacts, _today: date, rules: DueRules) -> str:
    evaluated = facts.evaluated_on or facts.start
    last = evaluated + timedelta(days=rules.re_evaluation_days or 0)
    return f"{rules.re_evaluation_days} days from the evaluation on {full_date(evaluated)} end on {full_date(last)}"


def _unsigned(facts: EpisodeFacts, today: date, rules: DueRules) -> Found | None:
    if not facts.unsigned_days:
        return None
    first = min(facts.unsigned_days)
    # Hours are counted in whole days, since a visit's own time need not be charted.
    late = rules.sign_within_h is not None and (today - first).days * 24 > rules.sign_within_h
    return Found(DueKind.UNSIGNED_NOTES, Urgency.OVERDUE if late else Urgency.NOW, first)


def _unsigned_words(facts: EpisodeFacts, _today: date, _rules: DueRules) -> str:
    count, first = len(facts.unsigned_days), min(facts.unsigned_days)
    notes = "1 note is" if count == 1 else f"{count} notes are"
    return f"{notes} not signed, the earliest of {full_date(first)}"


def _authorized_visits(facts: EpisodeFacts, today: date, rules: DueRules) -> Found | None:
    if facts.authorized_visits is None:
        return None
    left = facts.authorized_visits - _used_visits(facts, today)
    if left > max(rules.warn_visits, 0):
        return None
    urgency = Urgency.SOON if left > 0 else Urgency.NOW if left == 0 else Urgency.OVERDUE
    return Found(DueKind.AUTHORIZED_VISITS, urgency)


def _authorized_words(facts: EpisodeFacts, today: date, _rules: DueRules) -> str:
    return f"{_used_visits(facts, today)} of {facts.authorized_visits} authorized visits are used"


def _used_visits(facts: EpisodeFacts, today: date) -> int:
    days = facts.treatment_days
    first = 0 if facts.authorized_from is None else _place_from(days, facts.authorized_from)
    return max(bisect_right(days, today) - first, 0)


def _place_from(days: Sequence[date], first: date) -> int:
    """How many of `days` are before `first`."""
    return bisect_right(days, first - timedelta(days=1))


def _authorization(facts: EpisodeFacts, today: date, rules: DueRules) -> Found | None:
    until = facts.authorized_until
    return None if until is None else _by(DueKind.AUTHORIZATION, until, today, rules)


def _authorization_words(facts: EpisodeFacts, today: date, _rules: DueRules) -> str:
    return f"visits are authorized to {full_date(facts.authorized_until or today)}"


def _physician_visit(facts: EpisodeFacts, today: date, rules: DueRules) -> Found | None:
    on = facts.physician_visit_on
    if on is None or on < today or (on - today).days > rules.warn_days:
        return None
    return Found(DueKind.PHYSICIAN_VISIT, Urgency.NOW if on == today else Urgency.SOON, on)


def _physician_words(facts: EpisodeFacts, today: date, _rules: DueRules) -> str:
    return f"the next visit to the physician is on {full_date(facts.physician_visit_on or today)}"


@lru_cache
def _span(days: int) -> timedelta:
    """So many days. A few rules ask for the same span in thousands of episodes, and making one takes a while."""
    return timedelta(days=days)


def _by(kind: DueKind, last: date, today: date, rules: DueRules) -> Found | None:
    """What is to be done by the end of the day `last`."""
    left = (last - today).days
    if left > rules.warn_days:
        return None
    return Found(kind, Urgency.SOON if left > 0 else Urgency.NOW if left == 0 else Urgency.OVERDUE, last)


_WORDS: Mapping[DueKind, Callable[[EpisodeFacts, date, DueRules], str]] = {
    DueKind.PROGRESS_REPORT: _report_words,
    DueKind.PLAN_SENT: _plan_words,
    DueKind.CERTIFICATION: _certification_words,
    DueKind.RE_EVALUATION: _re_evaluation_words,
    DueKind.UNSIGNED_NOTES: _unsigned_words,
    DueKind.AUTHORIZED_VISITS: _authorized_words,
    DueKind.AUTHORIZATION: _authorization_words,
    DueKind.PHYSICIAN_VISIT: _physician_words,
}
"""How what was found is told; asked only of what was found by the same facts."""
