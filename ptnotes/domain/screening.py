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
from ptnotes.domain.treatment import Mobilization, Side, TreatmentSession

UNCHANGED = "unchanged"
"""The item under which "asked, no change since" is recorded; the answer's words are the ISO date meant by "since"."""
BEGUN = "begun"
"""The item under which it is recorded that the whole screen began to be asked: its sites are the regions it was asked
for, its words the diagnoses known then, one a line. What was answered before it no longer counts as asked.
"""
_NO_QUESTIONS = frozenset({UNCHANGED, BEGUN})

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
class Scope:
    """What the screen of an episode has to cover: the regions treated, and the diagnoses by code, or by words.

    `alerted` is the day of the latest visit with a response that the reference data calls alerting, None without one.
    """

    regions: tuple[str, ...]
    diagnoses: tuple[str, ...] = ()
    alerted: date | None = None


def latest_answers(answers: Iterable[ScreenAnswer]) -> dict[str, ScreenAnswer]:
    """The answer that counts for each item: the one given last. What is no question is left out."""
    latest: dict[str, ScreenAnswer] = {}
    for answer in sorted(answers, key=_when):
        if answer.item not in _NO_QUESTIONS:
            latest[answer.item] = answer
    return latest


def regions_covered(reference: Reference, regions: Iterable[str], targets: Iterable[str]) -> tuple[str, ...]:
    """The regions of an episode, and those of what is treated besides.

    A level in one of them, or a segment at its edge (L5-S1 of the lumbar spine), adds none, unless its own region is
    asked something more.
    """
    covered = list(dict.fromkeys(regions))
    for name in targets:
        target = reference.targets.get(name)
        if target is None or target.region in covered:
            continue
        ends = (reference.targets[end] for end in (target.upper, target.lower) if end is not None)
        near = {*target.regions, *(region for end in ends for region in end.regions)} & set(covered)
        known = items_for(reference, covered)
        if not near or any(item not in known for item in items_for(reference, [target.region])):
            covered.append(target.region)
    return tuple(covered)


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
    """The items for these regions that nobody has answered with yes or no since the screen was begun last.

    A blank is not a no.
    """
    given = tuple(answers)
    latest = latest_answers(given)
    begun = begun_last(given)

    def is_open(item: ScreeningItem) -> bool:
        answer = latest.get(item.id)
        if answer is None or answer.answer is Answer.UNKNOWN:
            return True
        return begun is not None and _when(answer) < _when(begun)

    return tuple(item for item in items_for(reference, regions) if is_open(item))


def begun_last(answers: Iterable[ScreenAnswer]) -> ScreenAnswer | None:
    """What was recorded when the screen was begun in full the last time; None where it never was."""
    return max((answer for answer in answers if answer.item == BEGUN), key=_when, default=None)


def asked_last_on(answers: Iterable[ScreenAnswer]) -> date | None:
    """The day on which anything of the screen was asked last; None where nothing ever was."""
    return max((answer.on for answer in answers), default=None)


def was_asked_at(answers: Iterable[ScreenAnswer], session: TreatmentSession) -> bool:
    """Whether the screen was asked at the visit: in full, in part, or as "no change since"."""
    return any(
        answer.on == session.service_date or (session.id is not None and answer.asked_in == session.id)
        for answer in answers
    )


def answers_at(answers: Iterable[ScreenAnswer], session: TreatmentSession) -> tuple[ScreenAnswer, ...]:
    """The answers that were known at the visit: those given up to its day, and those asked for it later."""
    return tuple(
        answer
        for answer in answers
        if answer.on <= session.service_date or (session.id is not None and answer.asked_in == session.id)
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
    """The day of which the whole screen is: that on which it was begun; None while it is not whole."""
    given = tuple(answers)
    begun = begun_last(given)
    return None if begun is None or unanswered(reference, given, regions) else begun.on


def ask_again_after(reference: Reference) -> timedelta:
    """So long after it was begun in full, the screen is asked again in full."""
    return timedelta(days=reference.screening_intervals["ask_again"].days)


def ask_again(
    reference: Reference, answers: Iterable[ScreenAnswer], scope: Scope, today: date
) -> tuple[AskAgain, ...]:
    """Why the screen has to be asked in full today; nothing where "no change since" is enough."""
    given = tuple(answers)
    begun = begun_last(given)
    if begun is None:
        return (AskAgain.NEVER_ASKED,)
    reasons = []
    if set(scope.regions) - {site.id for site in begun.sites}:
        reasons.append(AskAgain.NEW_REGION)
    if set(scope.diagnoses) - set(begun.words.splitlines()):
        reasons.append(AskAgain.NEW_DIAGNOSIS)
    if scope.alerted is not None and scope.alerted > begun.on:
        # What happened on the very day of the screen is taken as known to whoever asked.
        reasons.append(AskAgain.ALERTING_RESPONSE)
    if today - begun.on >= ask_again_after(reference):
        reasons.append(AskAgain.TOO_LONG_AGO)
    if not reasons and unanswered(reference, given, scope.regions):
        reasons.append(AskAgain.UNANSWERED)
    return tuple(reasons)


def begins_anew(reasons: Iterable[AskAgain]) -> bool:
    """Whether the whole screen is to be begun again for these reasons, and not only gone on with."""
    return any(reason is not AskAgain.UNANSWERED for reason in reasons)


def _when(answer: ScreenAnswer) -> tuple[datetime, int]:
    return answer.at, answer.id or 0


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
