"""Until when a plan of care is certified, and by when the physician's signature on it is needed.

The rules are those of what is due (`ptnotes.domain.due`): 42 CFR 410.61 and 424.24(c), read in copies, and the payer's
own where they differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ptnotes.domain.as_of import versions_as_of
from ptnotes.domain.certification import Certification, SentHow
from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Request
from ptnotes.domain.due import MEDICARE, DueRules, EpisodeFacts, certification_ends
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.plan import PlanVersion
from ptnotes.domain.wording import how_many


def signature_asked(
    episode: EpisodeOfCare,
    versions: Sequence[PlanVersion],
    evaluations: Sequence[date],
    as_of: date,
    rules: DueRules = MEDICARE,
) -> Asked:
    """What a report up to the day `as_of` has to ask of the physician, as far as the plan of care goes; `episode` and
    `versions` are as they stood then.

    A plan that is not signed: its signature, by the day that its evaluation says. One that is: a signature by the last
    day of the certification, as soon as what is due tells of that day. `evaluations` are the days of the episode's
    evaluations and re-evaluations. Nothing where no plan is written in full, and nothing after the discharge.
    """
    if not versions or episode.discharged_on is not None:
        return NOTHING_ASKED
    present = versions[-1]
    if present.plan.visits_a_week is None or present.plan.duration_weeks is None:
        return NOTHING_ASKED
    day = _evaluated_on(episode, versions, evaluations)
    if present.is_certified or is_on_file(present.certification, day, rules):
        until, _ = certified_to(present, present.plan.start or day, rules)
        if until is None or (until - as_of).days > rules.warn_days:
            return NOTHING_ASKED
        return Asked(request=Request.SIGNATURE, by=until, renews=True)
    return Asked(request=Request.SIGNATURE, by=sign_by(versions[:-1], day, rules))


def certified_to(version: PlanVersion, since: date, rules: DueRules = MEDICARE) -> tuple[date | None, str]:
    """The last day of a certification that begins on `since`, and how that was counted.

    It is the day that the physician wrote; else the plan's length or the rule's days, the shorter, unless an earlier
    day was entered in the plan.
    """
    own, weeks = version.certification, version.plan.duration_weeks
    if own is not None and own.valid_until is not None:
        return own.valid_until, "as certified"
    counted_to = runs_to(since, weeks, rules)
    entered = version.plan.certified_until
    if entered is not None and (counted_to is None or entered < counted_to):
        return entered, "as entered in the plan"
    length = f"the plan’s {how_many(weeks, 'week')}" if weeks is not None else ""
    days = f"{rules.certified_days} days" if rules.certified_days is not None else ""
    which = ", the shorter" if length and days else ""
    return counted_to, " or ".join(part for part in (length, days) if part) + which


def runs_to(since: date, weeks: int | None, rules: DueRules = MEDICARE) -> date | None:
    """The last day of a certification from `since` on by the plan's length or the rule's days, the shorter; None where
    there is neither.
    """
    return certification_ends(EpisodeFacts(start=since, plan_start=since, plan_weeks=weeks), rules)


def sign_by(earlier: Sequence[PlanVersion], day: date, rules: DueRules = MEDICARE) -> date | None:
    """By when the plan of an evaluation on `day` is signed: within the rule's days, or by the end of the certification
    of one of the `earlier` versions, where that is sooner and not before the evaluation.
    """
    if rules.plan_sent_days is None:
        return None
    by = day + timedelta(days=rules.plan_sent_days)
    ends = [
        until
        for one in earlier
        if one.is_certified and (until := certified_to(one, one.plan.start or one.on, rules)[0]) is not None
    ]
    return min([by, *(until for until in ends if until >= day)])


def is_on_file(own: Certification | None, day: date, rules: DueRules = MEDICARE) -> bool:
    """Whether a signed order takes the place of the signature: the plan of `day` was sent with it in time."""
    if own is None or own.sent_how != SentHow.ORDER_ON_FILE or own.sent_on is None:
        return False
    return rules.plan_sent_days is None or (own.sent_on - day).days <= rules.plan_sent_days


def _evaluated_on(
    episode: EpisodeOfCare, versions: Sequence[PlanVersion], evaluations: Sequence[date]
) -> date:
    """The day of the evaluation that the present plan is of; of a plan that was changed without one its own day."""
    present = versions[-1]
    own = [day for day in evaluations if versions_as_of(versions, day)[-1].number == present.number]
    if own:
        return max(own)
    return present.on if len(versions) > 1 else episode.start
