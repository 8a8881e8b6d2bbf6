"""What the screen of an episode says: what stops or limits a treatment, and when the screen has to be asked again.

Every class and action is the reference data's (`ptnotes.clinical.screening`, each item with its source). The rules of
scope are the data's own (``contraindications.region_scope``, ``contraindications.needs_site``). The screen supports a
decision; a clean one lowers risk and never shows that a thrust is safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ptnotes.clinical import Reference
from ptnotes.clinical.anatomy import Target
from ptnotes.clinical.screening import ALL_REGIONS, ScreeningItem
from ptnotes.domain.treatment import Mobilization, Side

ASK_AGAIN_AFTER = timedelta(days=30)
"""So long after it was asked last, the screen is asked again in full."""
UNCHANGED = "unchanged"
"""The item under which "asked, no change since" is recorded: it is no question of the reference data."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "Serious illness": ("serious_pathology",),
    "Nerves and spinal cord": ("neurological", "exam"),
    "Arteries, veins and bleeding": ("vascular",),
    "Instability": ("instability",),
    "Bone and joint disease": ("bone", "inflammatory"),
    "Injury and surgery": ("trauma", "surgical", "tissue"),
    "The person": ("other",),
    "Consent and training": ("consent",),
}
"""At most eight headings, and the groups of the reference data under each."""

_WHOLE_VISIT = frozenset({"emergency", "refer_urgent"})
_EMERGENCY = "emergency"


class Answer(StrEnum):
    """An answer to a screening item."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Site:
    """Where an answer applies: an id of a level, joint or region, and a side where it has one."""

    id: str
    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenAnswer:
    """An answer as it was given, `on` a date of the clinic. Nothing is ever changed: a later answer to the same
    item takes its place.
    """

    id: int | None = None
    item: str
    answer: Answer
    sites: tuple[Site, ...] = ()
    words: str = ""
    at: datetime
    on: date
    person_id: int | None = None
    asked_in: int | None = None


class Limit(StrEnum):
    """What an item does to a treatment."""

    CONTRAINDICATED = "contraindicated"
    PRECAUTION = "precaution"


@dataclass(frozen=True, slots=True)
class Flag:
    """An item that was answered with yes, and what that does. `whole_visit` stops every region and every service."""

    item: ScreeningItem
    limit: Limit
    answer: ScreenAnswer
    whole_visit: bool = False

    @property
    def has_override(self) -> bool:
        """Whether a clinician may plan the treatment in spite of it, with a reason. Never in an emergency."""
        return self.item.action != _EMERGENCY


class AskAgain(StrEnum):
    """Why the screen is to be asked in full."""

    NEVER_ASKED = "never_asked"
    UNANSWERED = "unanswered"
    NEW_REGION = "new_region"
    NEW_DIAGNOSIS = "new_diagnosis"
    ALERTING_RESPONSE = "alerting_response"
    TOO_LONG_AGO = "too_long_ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceLastScreen:
    """What happened in the episode, for `ask_again`. Dates are calendar dates in the clinic's zone.

    `region_added` and `diagnosis_added` are the days of the newest region and diagnosis, `alerted` the day of the
    latest visit with a response that the reference data calls alerting; None where there is none.
    """

    region_added: date | None = None
    diagnosis_added: date | None = None
    alerted: date | None = None


def latest_answers(answers: Iterable[ScreenAnswer]) -> dict[str, ScreenAnswer]:
    """The answer that counts for each item: the one given last. `UNCHANGED` is left out."""
    latest: dict[str, ScreenAnswer] = {}
    for answer in sorted(answers, key=lambda each: (each.at, each.id or 0)):
        if answer.item != UNCHANGED:
            latest[answer.item] = answer
    return latest


def items_for(reference: Reference, regions: Iterable[str]) -> tuple[ScreeningItem, ...]:
    """The items to ask for these regions, in the order of the data: those of the region, and those of every region."""
    wanted = {ALL_REGIONS, *regions}
    found = (item for item in reference.screening_items.values() if wanted & set(item.regions))
    return tuple(sorted(found, key=lambda item: item.order))


def by_heading(items: Iterable[ScreeningItem]) -> dict[str, tuple[ScreeningItem, ...]]:
    """The items under their headings; a heading without an item is left out."""
    listed = tuple(items)
    grouped = {
        heading: tuple(item for item in listed if item.group in groups)
        for heading, groups in HEADINGS.items()
    }
    return {heading: found for heading, found in grouped.items() if found}


def unanswered(
    reference: Reference, answers: Iterable[ScreenAnswer], regions: Iterable[str]
) -> tuple[ScreeningItem, ...]:
    """The items for these regions that nobody has answered with yes or no. A blank is not a no."""
    latest = latest_answers(answers)
    return tuple(
        item
        for item in items_for(reference, regions)
        if item.id not in latest or latest[item.id].answer is Answer.UNKNOWN
    )


def implied_items(reference: Reference, codes: Iterable[str]) -> dict[str, str]:
    """The items that diagnoses already imply, each with the label of the condition that does; `codes` are ICD-10-CM."""
    wanted = {code.upper() for code in codes if code}
    implied: dict[str, str] = {}
    for condition in reference.conditions.values():
        if any(each.code in wanted for each in condition.codes):
            for item in condition.contraindication_ids:
                implied.setdefault(item, condition.label)
    return implied


def visit_flags(reference: Reference, answers: Iterable[ScreenAnswer]) -> tuple[Flag, ...]:
    """What stops the whole visit, whatever is treated: emergencies first, then same-day referrals."""
    flags = [flag for flag in _answered_yes(reference, answers, thrust=False) if flag.whole_visit]
    return tuple(sorted(flags, key=lambda flag: (flag.has_override, flag.item.order)))


def row_flags(reference: Reference, answers: Iterable[ScreenAnswer], row: Mobilization) -> tuple[Flag, ...]:
    """What stops or limits one row of treatment: what stops the visit first, then stops, then precautions."""
    targets = [reference.targets[each] for each in row.targets if each in reference.targets]
    flags = [
        flag
        for flag in _answered_yes(reference, answers, thrust=is_thrust(reference, row))
        if flag.whole_visit or _applies(flag, reference, targets, row.side)
    ]
    order = (Limit.CONTRAINDICATED, Limit.PRECAUTION)
    return tuple(
        sorted(flags, key=lambda flag: (not flag.whole_visit, order.index(flag.limit), flag.item.order))
    )


def is_thrust(reference: Reference, row: Mobilization) -> bool:
    """Whether the row is a thrust: grade V, or a technique that is one whatever its grade. Grade IV is not."""
    technique = reference.techniques.get(row.technique or "")
    return "V" in (row.grade, row.grade_to) or (technique is not None and technique.thrust)


def asked_in_full_on(
    reference: Reference, answers: Iterable[ScreenAnswer], regions: Iterable[str]
) -> date | None:
    """The day of which the whole screen is: that of its oldest answer that counts; None where one was never given."""
    latest = latest_answers(answers)
    days = [latest[item.id].on if item.id in latest else None for item in items_for(reference, regions)]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def ask_again(
    reference: Reference,
    answers: Iterable[ScreenAnswer],
    regions: Iterable[str],
    since: SinceLastScreen,
    today: date,
) -> tuple[AskAgain, ...]:
    """Why the screen has to be asked in full today; nothing where "no change since" is enough.

    What was added or happened on the very day of the last full screen is taken as known to whoever asked.
    """
    given, scope = tuple(answers), tuple(regions)
    if not latest_answers(given):
        return (AskAgain.NEVER_ASKED,)
    reasons = [AskAgain.UNANSWERED] if unanswered(reference, given, scope) else []
    asked = asked_in_full_on(reference, given, scope)
    if asked is None:
        return tuple(reasons)
    for happened, reason in (
        (since.region_added, AskAgain.NEW_REGION),
        (since.diagnosis_added, AskAgain.NEW_DIAGNOSIS),
        (since.alerted, AskAgain.ALERTING_RESPONSE),
    ):
        if happened is not None and happened > asked:
            reasons.append(reason)
    if today - asked >= ASK_AGAIN_AFTER:
        reasons.append(AskAgain.TOO_LONG_AGO)
    return tuple(reasons)


def _answered_yes(reference: Reference, answers: Iterable[ScreenAnswer], *, thrust: bool) -> list[Flag]:
    flags = []
    for answer in latest_answers(answers).values():
        item = reference.screening_items.get(answer.item)
        if item is None or answer.answer is not Answer.YES:
            continue
        named = item.class_thrust if thrust else item.class_mobilization
        if named != "usual_care":
            whole_visit = item.action in _WHOLE_VISIT and named == "contraindicated"
            flags.append(Flag(item, Limit(named), answer, whole_visit))
    return flags


def _applies(flag: Flag, reference: Reference, targets: Iterable[Target], side: Side | None) -> bool:
    """Whether the item speaks of this row: of its region, and of its site where the item has one.

    A row whose target was not said yet may be anywhere, so every item speaks of it.
    """
    listed = tuple(targets)
    if not listed:
        return True
    regions = set(flag.item.regions)
    in_scope = [target for target in listed if ALL_REGIONS in regions or regions & set(target.regions)]
    if not flag.item.needs_site or not flag.answer.sites:
        return bool(in_scope)
    return any(_is_at(site, target, side, reference) for site in flag.answer.sites for target in in_scope)


def _is_at(site: Site, target: Target, side: Side | None, reference: Reference) -> bool:
    if not _sides_meet(site.side, side):
        return False
    place = reference.targets.get(site.id)
    return (
        site.id in (target.id, *target.regions, target.upper, target.lower)
        or (place is not None and target.id in (place.upper, place.lower))
        # A region that is treated as a whole holds each of its places.
        or (place is not None and target.kind == "region" and target.id in place.regions)
    )


def _sides_meet(one: Side | None, other: Side | None) -> bool:
    sided = (Side.LEFT, Side.RIGHT)
    return one not in sided or other not in sided or one is other
