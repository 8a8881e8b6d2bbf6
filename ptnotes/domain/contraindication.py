"""What was charted in spite of the screen, the consent to a thrust, and what went wrong: beside the answers themselves.

The chart always tells the truth: what was in fact done is charted and signed by its author, marked, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ptnotes.clinical import Reference
from ptnotes.clinical.screening import ScreeningItem
from ptnotes.domain.screening import (
    Answer,
    Flag,
    Limit,
    ScreenAnswer,
    answers_at,
    is_thrust,
    latest_answers,
    row_flags,
    visit_flags,
)
from ptnotes.domain.treatment import Mobilization, TreatmentSession, VisitStatus

_LIMITS = ("stop", "no thrust", "precaution")
THRUST_CONSENT = "thrust"
"""The kind of consent that grade V needs, apart from that to treatment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Why something was done in spite of a stop. `row` is the mobilization, None for the visit as a whole.

    `item` is the screening item, empty where it is the consent to a thrust that was lacking. `seen_by` is whoever of
    the supervisors looked at it.
    """

    id: int | None = None
    uuid: str = ""
    session_id: int
    answer_id: int | None
    item: str
    row: int | None
    reason: str
    at: datetime
    person_id: int
    seen_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the patient agreed to on a day, and when they took it back. `episode_id` None: in every episode."""

    id: int | None = None
    patient_id: int
    episode_id: int | None
    kind: str = THRUST_CONSENT
    words: str = ""
    given_on: date
    given_to: int
    withdrawn_on: date | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """Something that went wrong, what was done about it, and what followed. It is open until `closed_on`."""

    id: int | None = None
    episode_id: int
    after_session: int | None = None
    happened_on: date
    what: str
    action: str = ""
    follow_up: str = ""
    closed_on: date | None = None
    reported_by: int | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that the screen of an episode holds."""

    answers: tuple[ScreenAnswer, ...] = ()
    overrides: tuple[Override, ...] = ()
    consents: tuple[Consent, ...] = ()
    events: tuple[AdverseEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Against:
    """Something charted against the screen: the visit as a whole (`row` None) or one mobilization.

    `flags` are the items that stop it, `lacks_consent` that it is a thrust without the patient's consent. `reason` is
    why it was done all the same, empty while nobody has said so for each of them.
    """

    row: int | None
    flags: tuple[Flag, ...]
    lacks_consent: bool
    reason: str

    @property
    def is_emergency(self) -> bool:
        """Whether one of the items cannot be gone past in a plan."""
        return any(not flag.has_override for flag in self.flags)

    @property
    def items(self) -> tuple[str, ...]:
        """The items that need a reason; the empty one is the consent."""
        return (*(flag.item.id for flag in self.flags), *([""] if self.lacks_consent else []))


def consent_in_force(consents: Iterable[Consent], on: date) -> Consent | None:
    """The consent to a thrust that holds on a day. One taken back does not hold from the day on which it was."""
    return next(
        (
            one
            for one in consents
            if one.kind == THRUST_CONSENT
            and one.given_on <= on
            and (one.withdrawn_on is None or one.withdrawn_on > on)
        ),
        None,
    )


def row_stops(
    reference: Reference, screen: Screen, session: TreatmentSession, row: Mobilization
) -> tuple[tuple[Flag, ...], bool]:
    """The items that stop one row, apart from those that stop the visit; and whether consent to a thrust lacks."""
    known = answers_at(screen.answers, session)
    flags = tuple(
        flag
        for flag in row_flags(reference, known, row)
        if flag.limit is Limit.CONTRAINDICATED and not flag.whole_visit
    )
    lacks = is_thrust(reference, row) and consent_in_force(screen.consents, session.service_date) is None
    return flags, lacks


def row_precautions(
    reference: Reference, screen: Screen, session: TreatmentSession, row: Mobilization
) -> tuple[Flag, ...]:
    """The items that only limit one row."""
    known = answers_at(screen.answers, session)
    return tuple(flag for flag in row_flags(reference, known, row) if flag.limit is Limit.PRECAUTION)


def charted_against(reference: Reference, screen: Screen, session: TreatmentSession) -> tuple[Against, ...]:
    """What of a visit is charted against the screen as it was known then: the visit as a whole first, then its rows."""
    if session.status is not VisitStatus.ATTENDED:
        return ()
    found = []
    whole = visit_flags(reference, answers_at(screen.answers, session))
    if whole and (session.mobilizations or session.interventions or session.exercises):
        found.append(_against(screen, session, None, whole, lacks_consent=False))
    for row in session.mobilizations:
        flags, lacks = row_stops(reference, screen, session, row)
        if flags or lacks:
            found.append(_against(screen, session, row.row, flags, lacks_consent=lacks))
    return tuple(found)


def overrides_that_stand(overrides: Iterable[Override], session: TreatmentSession) -> tuple[Override, ...]:
    """The newest reason for each row and item of a visit; a row that was taken out again was not done.

    The row's item has to be one that somebody gave a reason for; what the screen says today plays no part.
    """
    rows = {None, *(row.row for row in session.mobilizations)}
    newest: dict[tuple[int | None, str], Override] = {}
    for override in sorted(overrides, key=lambda one: (one.at, one.id or 0)):
        if override.session_id == session.id and override.row in rows:
            newest[override.row, override.item] = override
    return tuple(newest.values())


def open_events(events: Sequence[AdverseEvent]) -> tuple[AdverseEvent, ...]:
    """The events that are still followed up."""
    return tuple(event for event in events if event.closed_on is None)


def positive_answers(reference: Reference, screen: Screen) -> tuple[tuple[str, str], ...]:
    """(label, limit) of each item answered with yes: what has to be known at every visit, the sternest first.

    The limit is ``stop``, ``no thrust`` where only that is contraindicated, or ``precaution``.
    """
    found = []
    for answer in latest_answers(screen.answers).values():
        item = reference.screening_items.get(answer.item)
        if item is None or answer.answer is not Answer.YES:
            continue
        rank = _rank(item)
        if rank is not None:
            sites = ", ".join(site_words(reference, site.id, site.side) for site in answer.sites)
            found.append((rank, item.order, f"{item.label} ({sites})" if sites else item.label))
    return tuple((label, _LIMITS[rank]) for rank, _order, label in sorted(found))


def _rank(item: ScreeningItem) -> int | None:
    if item.class_mobilization == "contraindicated":
        return 0
    if item.class_thrust == "contraindicated":
        return 1
    return 2 if "precaution" in (item.class_mobilization, item.class_thrust) else None


def stop_words(reference: Reference, item: str) -> str:
    """What a reason goes past, in words; the empty item is the consent to a thrust."""
    if not item:
        return "Thrust without the patient’s consent to it"
    known = reference.screening_items.get(item)
    return known.label if known is not None else item


def site_words(reference: Reference, site: str, side: str | None) -> str:
    """A site as people say it: ``L1``, ``knee left``."""
    place = reference.targets.get(site)
    region = reference.regions.get(site)
    label = place.label if place is not None else region.label if region is not None else site
    return f"{label} {side}" if side else label


def _against(
    screen: Screen,
    session: TreatmentSession,
    row: int | None,
    flags: tuple[Flag, ...],
    *,
    lacks_consent: bool,
) -> Against:
    wanted = {flag.item.id for flag in flags} | ({""} if lacks_consent else set())
    standing = overrides_that_stand(screen.overrides, session)
    given = [one for one in standing if one.row == row and one.item in wanted]
    has_all = wanted <= {one.item for one in given}
    newest = max(given, key=lambda one: (one.at, one.id or 0), default=None)
    reason = newest.reason if has_all and newest is not None else ""
    return Against(row, flags, lacks_consent, reason)
