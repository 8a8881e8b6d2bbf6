"""How the episodes of the demo clinic came about: opened on their first day, certified, and ended on their last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ptnotes.db.audit import Writing
from ptnotes.db.certification import save_certification
from ptnotes.db.episodes import add_episodes, change_episode
from ptnotes.domain.certification import Certification, SentHow
from ptnotes.domain.episode import EpisodeOfCare, GoalStatus
from ptnotes.services.opening import OpenClinic
from ptnotes.services.sample_episodes import PLAN_RENEWED

_SENT_AFTER = timedelta(days=1)
_SIGNED_AFTER = timedelta(days=6)
_OPENED, _ENDED = time(7, 30), time(18, 30)


Plans = Sequence[tuple[date, date]]
"""First and last day of each plan of care."""


def live_through(
    clinic: OpenClinic, connection: Writing, episodes: Sequence[tuple[EpisodeOfCare, Plans]]
) -> tuple[EpisodeOfCare, ...]:
    """Store episodes as they would have been: what is told of a day was written on it, and no more was known then."""
    return tuple(_lived(clinic, connection, episode, plans) for episode, plans in episodes)


def _lived(clinic: OpenClinic, connection: Writing, episode: EpisodeOfCare, plans: Plans) -> EpisodeOfCare:
    stored: EpisodeOfCare | None = None
    for version, (start, until) in enumerate(plans, start=1):
        at = _instant(clinic, start, _OPENED)
        planned = _planned(clinic, episode, start, until, PLAN_RENEWED if version > 1 else "")
        if stored is None:
            (stored,) = add_episodes(connection, [planned], at, clinic.person_id)
        else:
            again = replace(planned, id=stored.id, revision=stored.revision)
            stored = change_episode(connection, again, at, clinic.person_id)
        _certify(clinic, connection, stored, version, until)
    if stored is None:
        raise ValueError("an episode has a plan of care")
    if episode.discharged_on is None:
        return stored
    ended = replace(
        stored,
        goals=tuple(
            replace(goal, status=last.status, status_reason=last.status_reason)
            for goal, last in zip(stored.goals, episode.goals, strict=True)
        ),
        discharged_on=episode.discharged_on,
        discharge_reason=episode.discharge_reason,
    )
    return change_episode(
        connection, ended, _instant(clinic, episode.discharged_on, _ENDED), clinic.person_id
    )


def _planned(
    clinic: OpenClinic, episode: EpisodeOfCare, start: date, until: date, reason: str
) -> EpisodeOfCare:
    """The episode as it was while a plan held: what is not back from the physician yet is certified to no day."""
    is_signed = start + _SIGNED_AFTER <= clinic.today()
    return replace(
        episode,
        plan=replace(episode.plan, start=start, certified_until=until if is_signed else None),
        goals=tuple(
            replace(goal, status=GoalStatus.ACTIVE, status_reason=reason, due=until) for goal in episode.goals
        ),
        discharged_on=None,
        discharge_reason=None,
    )


def _certify(
    clinic: OpenClinic, connection: Writing, episode: EpisodeOfCare, version: int, until: date
) -> None:
    """Send the plan to the physician and have it back signed, as far as the days for it have come."""
    start = episode.plan.start
    if episode.id is None or start is None or start + _SENT_AFTER > clinic.today():
        return
    signed_on = start + _SIGNED_AFTER
    is_signed = signed_on <= clinic.today()
    sent = Certification(
        episode_id=episode.id,
        plan_version=version,
        sent_on=start + _SENT_AFTER,
        sent_to=episode.referrer,
        sent_how=SentHow.FAX,
        received_on=signed_on if is_signed else None,
        signed_on=signed_on if is_signed else None,
        signed_by=episode.referrer if is_signed else "",
        valid_until=until if is_signed else None,
    )
    save_certification(connection, sent, clinic.zone)


def _instant(clinic: OpenClinic, day: date, at: time) -> datetime:
    """That time of the day in the clinic, or now where it is not that late yet."""
    return min(datetime.combine(day, at, ZoneInfo(clinic.zone)).astimezone(UTC), clinic.clock())
