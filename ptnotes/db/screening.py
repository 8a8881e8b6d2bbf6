"""The screen of an episode, reasons for going past it, consents and adverse events, in and out of the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Select,
    Text,
    bindparam,
    cast,
    exists,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from ptnotes.db.schema.episode import EpisodeRecord
from ptnotes.db.schema.patient import PatientRecord
from ptnotes.db.schema.screening import (
    AdverseEventRecord,
    ConsentRecord,
    OverrideRecord,
    OverrideSeenRecord,
    ScreenAnswerRecord,
    ScreenSiteRecord,
)
from ptnotes.db.schema.session import MobilizationRecord, MobilizationTargetRecord, SessionRecord
from ptnotes.db.search import ROW, Unindexed, patient_row
from ptnotes.domain.contraindication import AdverseEvent, Consent, Override, Screen
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.screening import BEGUN, UNCHANGED, ScreenAnswer, Site
from ptnotes.domain.treatment import NoteState, VisitStatus
from ptnotes.domain.views import AgainstRow, EventRow

_VISIT = "visit"
_ROW = "mobilization "
_ANSWER = (
    "id", "item", "answer", "words", "at", "person_id", "asked_in",
)  # fmt: skip
_CONSENT = (
    "id", "patient_id", "episode_id", "kind", "words", "given_on", "given_to", "withdrawn_on", "revision",
)  # fmt: skip
_EVENT = (
    "id", "episode_id", "after_session", "happened_on", "what", "action", "follow_up", "closed_on",
    "reported_by", "revision",
)  # fmt: skip
_COUNTS = (NoteState.DRAFT, NoteState.AWAITING_COSIGNATURE, NoteState.SIGNED)
# The head of every chart reads these: each is built once.
_ANSWERS = (
    select(*(getattr(ScreenAnswerRecord, name) for name in _ANSWER))
    .where(ScreenAnswerRecord.episode_id == bindparam("episode"))
    .order_by(ScreenAnswerRecord.id)
)
_SITES = (
    select(ScreenSiteRecord.screen_answer_id, ScreenSiteRecord.site, ScreenSiteRecord.side)
    .join(ScreenAnswerRecord, ScreenAnswerRecord.id == ScreenSiteRecord.screen_answer_id)
    .where(ScreenAnswerRecord.episode_id == bindparam("episode"))
    .order_by(ScreenSiteRecord.screen_answer_id, ScreenSiteRecord.position)
)
_CONSENTS = (
    select(*(getattr(ConsentRecord, name) for name in _CONSENT))
    .where(
        ConsentRecord.patient_id == bindparam("patient"),
        or_(ConsentRecord.episode_id.is_(None), ConsentRecord.episode_id == bindparam("episode")),
    )
    .order_by(ConsentRecord.id.desc())
)
_EVENTS = select(*(getattr(AdverseEventRecord, name) for name in _EVENT)).order_by(
    AdverseEventRecord.happened_on.desc(), AdverseEventRecord.id.desc()
)
_EVENTS_OF_EPISODE = _EVENTS.where(AdverseEventRecord.episode_id == bindparam("episode"))
_OVERRIDES = (
    select(
        OverrideRecord.id.label("override_id"),
        OverrideRecord.uuid.label("override_uuid"),
        OverrideRecord.noted_in,
        OverrideRecord.screen_answer_id,
        OverrideRecord.scope,
        OverrideRecord.reason,
        OverrideRecord.at.label("override_at"),
        OverrideRecord.person_id.label("override_by"),
        ScreenAnswerRecord.item,
        OverrideSeenRecord.person_id.label("seen_by"),
    )
    .outerjoin(ScreenAnswerRecord, ScreenAnswerRecord.id == OverrideRecord.screen_answer_id)
    .outerjoin(OverrideSeenRecord, OverrideSeenRecord.override_id == OverrideRecord.id)
)
# Nearly every visit counts: it is looked up from the few reasons, and not the other way round.
_COUNTED_VISIT = type_coerce(Unindexed(SessionRecord.state), SessionRecord.state.type).in_(_COUNTS)
_NOTED = _OVERRIDES.where(OverrideRecord.noted_in.is_not(None)).order_by(OverrideRecord.id)
_OVERRIDES_OF_EPISODE = _NOTED.where(OverrideRecord.episode_id == bindparam("episode"))
_OVERRIDES_OF_VISITS = _NOTED.where(OverrideRecord.noted_in.in_(bindparam("visits", expanding=True)))


def load_screen(connection: Connection, episode_id: int, patient_id: int, zone: str) -> Screen:
    """All that the screen of the episode holds; days of answers are those of `zone`."""
    return Screen(
        answers=answers_of(connection, episode_id, zone),
        overrides=_overrides_of(connection, _OVERRIDES_OF_EPISODE, {"episode": episode_id}),
        consents=consents_of(connection, patient_id, episode_id),
        events=events_of(connection, episode_id),
    )


def answers_of(connection: Connection, episode_id: int, zone: str) -> tuple[ScreenAnswer, ...]:
    """Every answer ever given in the episode, oldest first."""
    rows = connection.execute(_ANSWERS, {"episode": episode_id}).all()
    sites: dict[int, list[Site]] = {}
    for key, site, side in connection.execute(_SITES, {"episode": episode_id}) if rows else ():
        sites.setdefault(key, []).append(Site(site, side))
    here = ZoneInfo(zone)
    return tuple(
        ScreenAnswer(**row._mapping, on=row.at.astimezone(here).date(), sites=tuple(sites.get(row.id, ())))
        for row in rows
    )


def add_answers(
    connection: Connection, episode_id: int, answers: Sequence[ScreenAnswer], item_version: str
) -> tuple[ScreenAnswer, ...]:
    """Store answers, one to an item, and give them with their ids. Each names the one whose place it takes."""
    items = {answer.item for answer in answers} - {UNCHANGED, BEGUN}
    query = (
        select(ScreenAnswerRecord.item, ScreenAnswerRecord.id)
        .where(ScreenAnswerRecord.episode_id == episode_id, ScreenAnswerRecord.item.in_(items))
        .order_by(ScreenAnswerRecord.id)
    )
    latest: dict[str, int] = dict(connection.execute(query).all())
    values = [
        {
            **{name: getattr(answer, name) for name in _ANSWER if name != "id"},
            "uuid": str(uuid4()),
            "episode_id": episode_id,
            "item_version": item_version,
            "replaces_id": latest.get(answer.item),
        }
        for answer in answers
    ]
    if not values:
        return ()
    made = insert(ScreenAnswerRecord).returning(ScreenAnswerRecord.id, sort_by_parameter_order=True)
    keys = connection.scalars(made, values).all()
    stored = [replace(answer, id=key) for answer, key in zip(answers, keys, strict=True)]
    sites = [
        {"screen_answer_id": answer.id, "position": place, "site": site.id, "side": site.side}
        for answer in stored
        for place, site in enumerate(answer.sites)
    ]
    if sites:
        connection.execute(insert(ScreenSiteRecord), sites)
    return tuple(stored)


def treated_targets(connection: Connection, episode_id: int) -> tuple[str, ...]:
    """Every level, joint and region that a mobilization of the episode was charted at, in no order."""
    query = (
        select(MobilizationTargetRecord.target)
        .join(SessionRecord, SessionRecord.id == MobilizationTargetRecord.session_id)
        .where(
            SessionRecord.episode_id == episode_id,
            SessionRecord.state.in_(_COUNTS),
            MobilizationTargetRecord.removed_at.is_(None),
        )
        .distinct()
    )
    return tuple(connection.scalars(query))


def alerted_on(connection: Connection, episode_id: int, alerting: Collection[str]) -> date | None:
    """The day of the episode's latest visit with one of the `alerting` responses, None where there is none."""
    query = (
        select(SessionRecord.service_date, MobilizationRecord.responses)
        .join(SessionRecord, SessionRecord.id == MobilizationRecord.session_id)
        .where(
            SessionRecord.episode_id == episode_id,
            SessionRecord.state.in_(_COUNTS),
            SessionRecord.status == VisitStatus.ATTENDED,
            MobilizationRecord.removed_at.is_(None),
            cast(MobilizationRecord.responses, Text) != "",
        )
        .order_by(SessionRecord.service_date.desc())
    )
    return next((on for on, said in connection.execute(query) if set(alerting) & set(said)), None)


def add_override(connection: Connection, override: Override, episode_id: int) -> Override:
    """Store a reason and give it with its id."""
    stored = replace(override, uuid=str(uuid4()))
    made = insert(OverrideRecord).returning(OverrideRecord.id)
    key = connection.scalars(
        made,
        {
            "uuid": stored.uuid,
            "episode_id": episode_id,
            "noted_in": stored.session_id,
            "screen_answer_id": stored.answer_id,
            "scope": _VISIT if stored.row is None else f"{_ROW}{stored.row}",
            "reason": stored.reason,
            "at": stored.at,
            "person_id": stored.person_id,
        },
    ).one()
    return replace(stored, id=key)


def overrides_of_visits(connection: Connection, session_ids: Sequence[int]) -> tuple[Override, ...]:
    """The reasons noted in those visits, oldest first."""
    return _overrides_of(connection, _OVERRIDES_OF_VISITS, {"visits": list(session_ids)})


def _overrides_of(
    connection: Connection, query: Select[*tuple[Any, ...]], values: Mapping[str, Any]
) -> tuple[Override, ...]:
    return tuple(_override(row) for row in connection.execute(query, values))


def overrides_to_see(connection: Connection, limit: int) -> tuple[AgainstRow, ...]:
    """What was done against a stop and no supervisor has seen yet, oldest first. A row taken out again is left out."""
    is_there = exists().where(
        MobilizationRecord.session_id == OverrideRecord.noted_in,
        MobilizationRecord.removed_at.is_(None),
        OverrideRecord.scope == literal(_ROW).concat(cast(MobilizationRecord.row, Text)),
    )
    query = (
        _OVERRIDES.add_columns(*ROW, SessionRecord.service_date)
        .join(SessionRecord, SessionRecord.id == OverrideRecord.noted_in)
        .join(EpisodeRecord, EpisodeRecord.id == OverrideRecord.episode_id)
        .join(PatientRecord, PatientRecord.id == EpisodeRecord.patient_id)
        .where(
            OverrideSeenRecord.person_id.is_(None),
            _COUNTED_VISIT,
            or_(OverrideRecord.scope == _VISIT, is_there),
        )
        .order_by(OverrideRecord.id)
        .limit(limit)
    )
    return tuple(
        AgainstRow(patient=patient_row(row), service_date=row.service_date, override=_override(row))
        for row in connection.execute(query)
    )


def mark_overrides_seen(
    connection: Connection, override_ids: Sequence[int], person_id: int, at: datetime
) -> None:
    """Write down who looked at these; those that somebody looked at before stay theirs."""
    seen = select(OverrideSeenRecord.override_id).where(OverrideSeenRecord.override_id.in_(override_ids))
    known = set(connection.scalars(seen))
    rows = [
        {"override_id": key, "person_id": person_id, "at": at} for key in override_ids if key not in known
    ]
    if rows:
        connection.execute(insert(OverrideSeenRecord), rows)


def consents_of(connection: Connection, patient_id: int, episode_id: int) -> tuple[Consent, ...]:
    """The patient's consents for the episode, and those for every one, newest first."""
    rows = connection.execute(_CONSENTS, {"patient": patient_id, "episode": episode_id})
    return tuple(Consent(**row._mapping) for row in rows)


def add_consent(connection: Connection, consent: Consent) -> Consent:
    """Store a consent and give it with its id."""
    values = {name: getattr(consent, name) for name in _CONSENT if name not in ("id", "revision")}
    made = insert(ConsentRecord).returning(ConsentRecord.id)
    key = connection.scalars(made, {**values, "uuid": str(uuid4())}).one()
    return replace(consent, id=key, revision=1)


def withdraw_consent(connection: Connection, consent: Consent, on: date) -> Consent:
    """Store that a consent was taken back on a day. Raises `StaleError` where somebody changed it since."""
    done = connection.execute(
        update(ConsentRecord)
        .where(ConsentRecord.id == consent.id, ConsentRecord.revision == consent.revision)
        .values(withdrawn_on=on, revision=consent.revision + 1)
    )
    if done.rowcount != 1:
        raise StaleError("record.stale", consent.revision)
    return replace(consent, withdrawn_on=on, revision=consent.revision + 1)


def events_of(connection: Connection, episode_id: int) -> tuple[AdverseEvent, ...]:
    """The episode's adverse events, newest first."""
    rows = connection.execute(_EVENTS_OF_EPISODE, {"episode": episode_id})
    return tuple(AdverseEvent(**row._mapping) for row in rows)


def load_event(connection: Connection, event_id: int) -> AdverseEvent:
    """The event of that id. Raises `NotFoundError` ("event.not_found")."""
    row = connection.execute(_EVENTS.where(AdverseEventRecord.id == event_id)).first()
    if row is None:
        raise NotFoundError("event.not_found")
    return AdverseEvent(**row._mapping)


def open_events(connection: Connection, limit: int) -> tuple[EventRow, ...]:
    """Adverse events of all patients that are followed up still, oldest first."""
    query = (
        select(*ROW, *(getattr(AdverseEventRecord, name).label(f"event_{name}") for name in _EVENT))
        .join(EpisodeRecord, EpisodeRecord.patient_id == PatientRecord.id)
        .join(AdverseEventRecord, AdverseEventRecord.episode_id == EpisodeRecord.id)
        .where(AdverseEventRecord.closed_on.is_(None))
        .order_by(AdverseEventRecord.happened_on, AdverseEventRecord.id)
        .limit(limit)
    )
    return tuple(
        EventRow(
            patient=patient_row(row),
            event=AdverseEvent(**{name: row._mapping[f"event_{name}"] for name in _EVENT}),
        )
        for row in connection.execute(query)
    )


def add_event(connection: Connection, event: AdverseEvent, at: datetime, person_id: int) -> AdverseEvent:
    """Store an event and give it with its id."""
    values = {name: getattr(event, name) for name in _EVENT if name not in ("id", "revision")}
    made = insert(AdverseEventRecord).returning(AdverseEventRecord.id)
    values |= {"uuid": str(uuid4()), "reported_at": at, "reported_by": person_id}
    key = connection.scalars(made, values).one()
    return replace(event, id=key, reported_by=person_id, revision=1)


def change_event(connection: Connection, event: AdverseEvent) -> AdverseEvent:
    """Store what was done about an event and what followed. Raises `StaleError` where somebody changed it since."""
    changed = ("what", "action", "follow_up", "happened_on", "closed_on")
    done = connection.execute(
        update(AdverseEventRecord)
        .where(AdverseEventRecord.id == event.id, AdverseEventRecord.revision == event.revision)
        .values({name: getattr(event, name) for name in changed} | {"revision": event.revision + 1})
    )
    if done.rowcount != 1:
        raise StaleError("record.stale", event.revision)
    return replace(event, revision=event.revision + 1)


def _override(row: Any) -> Override:
    return Override(
        id=row.override_id,
        uuid=row.override_uuid,
        session_id=row.noted_in,
        answer_id=row.screen_answer_id,
        item=row.item or "",
        row=None if row.scope == _VISIT else int(row.scope.removeprefix(_ROW)),
        reason=row.reason,
        at=row.override_at,
        person_id=row.override_by,
        seen_by=row.seen_by,
    )
