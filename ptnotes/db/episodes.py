"""Episodes of care, in and out of the store whole, and outcome scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, select, update

from ptnotes.db.outcomes import add_items, items_of
from ptnotes.db.parts import Parts, Row, grouped
from ptnotes.db.schema import metadata
from ptnotes.db.schema.episode import (
    EpisodeRecord,
    GoalEventRecord,
    GoalRecord,
    OutcomeScoreRecord,
    PlanOfCareRecord,
    ReferralRecord,
)
from ptnotes.db.schema.patient import ProviderRecord
from ptnotes.domain.episode import (
    Diagnosis,
    EpisodeOfCare,
    EpisodeRegion,
    Goal,
    GoalStatus,
    OutcomeScore,
    PlanOfCare,
    Problem,
)
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.goals import is_revision

_REFERRER = ("referrer", "referrer_practice", "referrer_telephone", "referrer_fax")
_ELSEWHERE = {"regions", "diagnoses", "problems", "goals", "plan", "referred_on", *_REFERRER}
_HEAD = tuple(field.name for field in fields(EpisodeOfCare) if field.name not in _ELSEWHERE)
_WRITTEN = tuple(name for name in _HEAD if name not in {"id", "uuid", "patient_id"})
_DIAGNOSIS = tuple(field.name for field in fields(Diagnosis) if field.name != "row")
_PROBLEM = tuple(field.name for field in fields(Problem) if field.name != "row")
_GOAL = tuple(field.name for field in fields(Goal) if field.name != "uuid")
_PLAN = tuple(field.name for field in fields(PlanOfCare))
_SCORE = tuple(field.name for field in fields(OutcomeScore) if field.name != "items")

_AT_ONCE = 500
"""So many ids are asked for in one statement at most."""
_REGIONS = Parts(metadata.tables["episode_region"], ("episode_id", "row", "region", "side"))
_DIAGNOSES = Parts(metadata.tables["diagnosis"], ("episode_id", "row", "position", *_DIAGNOSIS))
_PROBLEMS = Parts(metadata.tables["problem"], ("episode_id", "row", "position", *_PROBLEM))
_GOALS = Parts(metadata.tables["goal"], ("episode_id", "uuid", "position", *_GOAL))

_NEWEST_REFERRAL = and_(ReferralRecord.episode_id == EpisodeRecord.id, ReferralRecord.removed_at.is_(None))
_QUERY = (
    select(
        *(getattr(EpisodeRecord, name) for name in _HEAD),
        ReferralRecord.referred_on,
        func.coalesce(ProviderRecord.name, "").label("referrer"),
        func.coalesce(ProviderRecord.practice, "").label("referrer_practice"),
        func.coalesce(ProviderRecord.telephone, "").label("referrer_telephone"),
        func.coalesce(ProviderRecord.fax, "").label("referrer_fax"),
    )
    .outerjoin(ReferralRecord, _NEWEST_REFERRAL)
    .outerjoin(ProviderRecord, ProviderRecord.id == ReferralRecord.provider_id)
    .order_by(EpisodeRecord.start.desc(), EpisodeRecord.id.desc())
)
_BY_ID = _QUERY.where(EpisodeRecord.id == bindparam("key"))
_OF_PATIENT = _QUERY.where(EpisodeRecord.patient_id == bindparam("key"))
_PLANS = (
    select(PlanOfCareRecord.episode_id, *(getattr(PlanOfCareRecord, name) for name in _PLAN))
    .where(PlanOfCareRecord.episode_id.in_(bindparam("owners", expanding=True)))
    .order_by(PlanOfCareRecord.version)
)
_OUTCOMES = (
    select(*(getattr(OutcomeScoreRecord, name) for name in _SCORE))
    .where(OutcomeScoreRecord.episode_id == bindparam("episode"), OutcomeScoreRecord.removed_at.is_(None))
    .order_by(OutcomeScoreRecord.taken_on, OutcomeScoreRecord.id)
)


def load_episode(connection: Connection, episode_id: int) -> EpisodeOfCare:
    """The whole episode. Raises `NotFoundError` ("episode.not_found")."""
    found = _load(connection, _BY_ID, episode_id)
    if not found:
        raise NotFoundError("episode.not_found")
    return found[0]


def episodes_of(connection: Connection, patient_id: int) -> tuple[EpisodeOfCare, ...]:
    """The patient's whole episodes, newest first, in a fixed number of statements."""
    return _load(connection, _OF_PATIENT, patient_id)


def add_episodes(
    connection: Connection, episodes: Sequence[EpisodeOfCare], at: datetime, person_id: int
) -> tuple[EpisodeOfCare, ...]:
    """Store new episodes, written at `at` by `person_id`, and give them as stored."""
    new = [
        replace(
            episode,
            uuid=episode.uuid or str(uuid4()),
            revision=1,
            goals=tuple(replace(goal, uuid=goal.uuid or str(uuid4())) for goal in episode.goals),
        )
        for episode in episodes
    ]
    if not new:
        return ()
    values = [{**_values(episode, _HEAD), "created_at": at} for episode in new]
    for row in values:
        del row["id"]
    ids = connection.scalars(
        insert(EpisodeRecord).returning(EpisodeRecord.id, sort_by_parameter_order=True), values
    ).all()
    stored = tuple(replace(episode, id=key) for episode, key in zip(new, ids, strict=True))
    pairs = list(zip(stored, ids, strict=True))
    _REGIONS.add(connection, (row for episode, key in pairs for row in _region_rows(episode, key)))
    _DIAGNOSES.add(connection, (row for episode, key in pairs for row in _diagnosis_rows(episode, key)))
    _PROBLEMS.add(connection, (row for episode, key in pairs for row in _problem_rows(episode, key)))
    _GOALS.add(connection, (row for episode, key in pairs for row in _goal_rows(episode, key)))
    _begin_goals(connection, [key for episode, key in pairs if episode.goals], at, person_id)
    planned = [(key, 1, episode.plan) for episode, key in pairs if episode.plan != PlanOfCare()]
    _write_plans(connection, planned, at, person_id)
    _write_referrals(connection, [(key, 1, episode) for episode, key in pairs if _has_referral(episode)])
    return stored


def change_episode(
    connection: Connection, episode: EpisodeOfCare, at: datetime, person_id: int
) -> EpisodeOfCare:
    """Store a change and give the episode with its new revision.

    A changed plan of care becomes a new version, a changed goal leaves an event. Raises `StaleError` ("record.stale")
    where somebody saved since, `NotFoundError` ("episode.not_found").
    """
    if episode.id is None:
        raise ValueError("this episode was never stored")
    stored = load_episode(connection, episode.id)
    if stored.revision != episode.revision:
        raise StaleError("record.stale", stored.revision)
    key = episode.id
    changed = replace(
        episode,
        uuid=stored.uuid,
        patient_id=stored.patient_id,
        revision=stored.revision + 1,
        goals=tuple(replace(goal, uuid=goal.uuid or str(uuid4())) for goal in episode.goals),
    )
    connection.execute(
        update(EpisodeRecord).where(EpisodeRecord.id == key).values(**_values(changed, _WRITTEN))
    )
    _REGIONS.write(connection, key, _region_rows(changed, key), at)
    _DIAGNOSES.write(connection, key, _diagnosis_rows(changed, key), at)
    _PROBLEMS.write(connection, key, _problem_rows(changed, key), at)
    _GOALS.write(connection, key, _goal_rows(changed, key), at)
    _write_goal_events(connection, stored, changed, at, person_id)
    if changed.plan != stored.plan:
        newest = select(func.coalesce(func.max(PlanOfCareRecord.version), 0))
        version = connection.scalar(newest.where(PlanOfCareRecord.episode_id == key)) or 0
        _write_plans(connection, [(key, version + 1, changed.plan)], at, person_id)
    if _referral(changed) != _referral(stored):
        _replace_referral(connection, key, changed, at)
    return changed


def record_outcome(connection: Connection, score: OutcomeScore, at: datetime) -> OutcomeScore:
    """Store one outcome score and give it with its id."""
    values = {**_values(score, _SCORE), "uuid": str(uuid4()), "entered_at": at}
    del values["id"]
    made = insert(OutcomeScoreRecord).values(**values).returning(OutcomeScoreRecord.id)
    stored = replace(score, id=connection.scalars(made).one())
    add_items(connection, [stored])
    return stored


def add_outcomes(connection: Connection, scores: Sequence[OutcomeScore], at: datetime) -> None:
    """Store many outcome scores at once."""
    rows = [{**_values(score, _SCORE), "uuid": str(uuid4()), "entered_at": at} for score in scores]
    for row in rows:
        del row["id"]
    if rows:
        made = insert(OutcomeScoreRecord).returning(OutcomeScoreRecord.id, sort_by_parameter_order=True)
        ids = connection.scalars(made, rows).all()
        add_items(connection, (replace(score, id=key) for score, key in zip(scores, ids, strict=True)))


def outcomes_of(connection: Connection, episode_id: int) -> tuple[OutcomeScore, ...]:
    """The episode's outcome scores, earliest first."""
    scores = [OutcomeScore(**row._mapping) for row in connection.execute(_OUTCOMES, {"episode": episode_id})]
    items = items_of(connection, scores)
    return tuple(replace(score, items=items[score.id]) if score.id in items else score for score in scores)


def _load(connection: Connection, query: Select[Any], key: int) -> tuple[EpisodeOfCare, ...]:
    heads = connection.execute(query, {"key": key}).all()
    ids = [head.id for head in heads]
    if not ids:
        return ()
    regions = grouped(
        sorted(_REGIONS.shown(connection, ids), key=itemgetter(1)),
        lambda row: EpisodeRegion(region=row[2], side=row[3]),
    )
    diagnoses = grouped(sorted(_DIAGNOSES.shown(connection, ids), key=itemgetter(2)), _diagnosis)
    problems = grouped(sorted(_PROBLEMS.shown(connection, ids), key=itemgetter(2)), _problem)
    goals = grouped(sorted(_GOALS.shown(connection, ids), key=itemgetter(2)), _goal)
    plans = {
        row[0]: PlanOfCare(**dict(zip(_PLAN, row[1:], strict=True))) for row in _plan_rows(connection, ids)
    }
    return tuple(
        EpisodeOfCare(
            **head._mapping,
            regions=tuple(regions.get(head.id, ())),
            diagnoses=tuple(diagnoses.get(head.id, ())),
            problems=tuple(problems.get(head.id, ())),
            goals=tuple(goals.get(head.id, ())),
            plan=plans.get(head.id, PlanOfCare()),
        )
        for head in heads
    )


def _plan_rows(connection: Connection, ids: Sequence[int]) -> Sequence[Any]:
    return connection.execute(_PLANS, {"owners": list(ids)}).all()


def _diagnosis(row: Row) -> Diagnosis:
    return Diagnosis(row=row[1], **dict(zip(_DIAGNOSIS, row[3:], strict=True)))


def _problem(row: Row) -> Problem:
    return Problem(row=row[1], **dict(zip(_PROBLEM, row[3:], strict=True)))


def _goal(row: Row) -> Goal:
    return Goal(uuid=row[1], **dict(zip(_GOAL, row[3:], strict=True)))


def _region_rows(episode: EpisodeOfCare, key: int) -> list[Row]:
    return [(key, place, region.region, region.side) for place, region in enumerate(episode.regions)]


def _diagnosis_rows(episode: EpisodeOfCare, key: int) -> list[Row]:
    values = attrgetter(*_DIAGNOSIS)
    return [(key, row.row, position, *values(row)) for position, row in enumerate(episode.diagnoses)]


def _problem_rows(episode: EpisodeOfCare, key: int) -> list[Row]:
    values = attrgetter(*_PROBLEM)
    return [(key, row.row, position, *values(row)) for position, row in enumerate(episode.problems)]


def _goal_rows(episode: EpisodeOfCare, key: int) -> list[Row]:
    values = attrgetter(*_GOAL)
    return [(key, goal.uuid, position, *values(goal)) for position, goal in enumerate(episode.goals)]


def _begin_goals(connection: Connection, episode_ids: Sequence[int], at: datetime, person_id: int) -> None:
    """Write how each goal of new episodes stands at first: what it is changed to later is told against this."""
    said = ("status", "target", "due", "status_reason")
    for start in range(0, len(episode_ids), _AT_ONCE):
        found = connection.execute(
            select(GoalRecord.id, *(getattr(GoalRecord, name) for name in said)).where(
                GoalRecord.episode_id.in_(episode_ids[start : start + _AT_ONCE])
            )
        ).all()
        _add_goal_events(connection, [_event(row.id, row, row.status) for row in found], at, person_id)


def _write_goal_events(
    connection: Connection, stored: EpisodeOfCare, changed: EpisodeOfCare, at: datetime, person_id: int
) -> None:
    """Write what became of the goals: set, met, dropped, active again, or revised and still active."""
    what = attrgetter("status", "target", "due", "status_reason")
    before = {goal.uuid: goal for goal in stored.goals}
    moved = [
        goal for goal in changed.goals if goal.uuid not in before or what(before[goal.uuid]) != what(goal)
    ]
    if not moved:
        return
    query = select(GoalRecord.uuid, GoalRecord.id).where(GoalRecord.uuid.in_([goal.uuid for goal in moved]))
    ids = dict(connection.execute(query).all())
    events = []
    for goal in moved:
        revised = goal.uuid in before and is_revision(before[goal.uuid], goal)
        events.append(_event(ids[goal.uuid], goal, GoalStatus.REVISED if revised else goal.status))
    _add_goal_events(connection, events, at, person_id)


def _event(goal_id: int, goal: Any, status: GoalStatus) -> dict[str, Any]:
    return {
        "goal_id": goal_id,
        "status": status,
        "target": goal.target,
        "due": goal.due,
        "reason": goal.status_reason,
    }


def _add_goal_events(
    connection: Connection, events: Sequence[dict[str, Any]], at: datetime, person_id: int
) -> None:
    if events:
        rows = [{**event, "at": at, "person_id": person_id} for event in events]
        connection.execute(insert(GoalEventRecord), rows)


def _write_plans(
    connection: Connection, plans: Sequence[tuple[int, int, PlanOfCare]], at: datetime, person_id: int
) -> None:
    """Store plans of care, each given with its episode's id and its version."""
    rows = [
        {
            "episode_id": key,
            "version": version,
            "written_at": at,
            "written_by": person_id,
            **{name: getattr(plan, name) for name in _PLAN},
        }
        for key, version, plan in plans
    ]
    if rows:
        connection.execute(insert(PlanOfCareRecord), rows)


def _referral(episode: EpisodeOfCare) -> tuple[Any, ...]:
    return (*(getattr(episode, name) for name in _REFERRER), episode.referred_on)


def _has_referral(episode: EpisodeOfCare) -> bool:
    return any(_referral(episode))


def _replace_referral(connection: Connection, key: int, episode: EpisodeOfCare, at: datetime) -> None:
    of_episode = ReferralRecord.episode_id == key
    newest = connection.scalar(select(func.max(ReferralRecord.row)).where(of_episode)) or 0
    present = and_(of_episode, ReferralRecord.removed_at.is_(None))
    connection.execute(update(ReferralRecord).where(present).values(removed_at=at))
    if _has_referral(episode):
        _write_referrals(connection, [(key, newest + 1, episode)])


def _write_referrals(connection: Connection, referrals: Sequence[tuple[int, int, EpisodeOfCare]]) -> None:
    """Store who referred each episode, given with its id and the row's number. A provider is looked up once."""
    known: dict[tuple[Any, ...], int | None] = {}
    rows = []
    for key, row, episode in referrals:
        described = tuple(getattr(episode, name) for name in _REFERRER)
        if described not in known:
            known[described] = _provider(connection, episode) if any(described) else None
        rows.append(
            {
                "episode_id": key,
                "row": row,
                "provider_id": known[described],
                "referred_on": episode.referred_on,
                "signed_order_on_file": False,
            }
        )
    if rows:
        connection.execute(insert(ReferralRecord), rows)


def _provider(connection: Connection, episode: EpisodeOfCare) -> int:
    """The id of the provider described just so; a new one where nobody is, since a shared one must not change."""
    described: Mapping[str, str] = {
        "name": episode.referrer,
        "practice": episode.referrer_practice,
        "telephone": episode.referrer_telephone,
        "fax": episode.referrer_fax,
    }
    same = (getattr(ProviderRecord, name) == value for name, value in described.items())
    known = connection.scalar(select(ProviderRecord.id).where(*same).limit(1))
    if known is not None:
        return known
    made = insert(ProviderRecord).values(uuid=str(uuid4()), **described).returning(ProviderRecord.id)
    return connection.scalars(made).one()


def _values(value: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
