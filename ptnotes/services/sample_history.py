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

_SENT_AFTER = timedelta(days=1)
_SIGNED_AFTER = timedelta(days=6)
_OPENED, _ENDED = time(7, 30), time(18, 30)


def live_through(
    clinic: OpenClinic, connection: Writing, episodes: Sequence[EpisodeOfCare]
) -> tuple[EpisodeOfCare, ...]:
    """Store episodes as they would have been: what is told of a day was written on it, and no more was known then."""
    return tuple(_lived(clinic, connection, episode) for episode in episodes)


def _lived(clinic: OpenClinic, connection: Writing, episode: EpisodeOfCare) -> EpisodeOfCare:
    until = episode.plan.certified_until
    signed_on = episode.start + _SIGNED_AFTER
    is_signed = until is not None and signed_on <= clinic.today()
    episode = replace(episode, plan=replace(episode.plan, certified_until=until if is_signed else None))
    opened = replace(
        episode,
        goals=tuple(replace(goal, status=GoalStatus.ACTIVE, status_reason="") for goal in episode.goals),
        discharged_on=None,
        discharge_reason=None,
    )
    (stored,) = add_episodes(connection, [opened], _instant(clinic, episode.start, _OPENED), clinic.person_id)
    if stored.id is not None and episode.start + _SENT_AFTER <= clinic.today():
        sent = Certification(
            episode_id=stored.id,
            plan_version=1,
            sent_on=episode.start + _SENT_AFTER,
            sent_to=episode.referrer,
            sent_how=SentHow.FAX,
            received_on=signed_on if is_signed else None,
            signed_on=signed_on if is_signed else None,
            signed_by=episode.referrer if is_signed else "",
            valid_until=until if is_signed else None,
        )
        save_certification(connection, sent, clinic.zone)
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


def _instant(clinic: OpenClinic, day: date, at: time) -> datetime:
    """That time of the day in the clinic, or now where it is not that late yet."""
    return min(datetime.combine(day, at, ZoneInfo(clinic.zone)).astimezone(UTC), clinic.clock())
