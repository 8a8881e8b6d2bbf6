"""Treatment sessions, in and out of the store whole. A save writes the difference to what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any, NoReturn
from uuid import uuid4

from sqlalchemy import Connection, Table, and_, bindparam, insert, or_, select, update

from ptnotes.db.parts import Parts, Row, grouped
from ptnotes.db.schema.session import (
    BodyChartRecord,
    ComparableSignRecord,
    ExamFindingRecord,
    ExerciseRecord,
    InterventionRecord,
    MobilizationRecord,
    MobilizationTargetRecord,
    NoteSectionRecord,
    PainScoreRecord,
    RomReadingRecord,
    SessionPart,
    SessionRecord,
    VitalsRecord,
)
from ptnotes.db.written import run_written
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.made_of import made_of
from ptnotes.domain.treatment import (
    SESSION_LISTS,
    BodyMark,
    ComparableSign,
    ExamFinding,
    Exercise,
    Intervention,
    Mobilization,
    Note,
    NoteState,
    PainScore,
    RomReading,
    TreatmentSession,
    VisitStatus,
    Vitals,
)

PENDING = ("pending_line", "pending_row")
"""The sections of a note that are none: what stands in the typed line, and the number of the row it says anew."""
_HEAD = tuple(
    field.name for field in fields(TreatmentSession) if field.name not in {*SESSION_LISTS, "note", *PENDING}
)
_WRITTEN = tuple(name for name in _HEAD if name not in {"id", "uuid", "episode_id", "state", "author_id"})
_SECTIONS = tuple(field.name for field in fields(Note))


@dataclass(frozen=True)
class _List:
    """How one list of a session stands in its table. `own` are the item's fields that are columns, in order."""

    name: str
    kind: type[Any]
    own: tuple[str, ...]
    parts: Parts

    def rows(self, session_id: int, items: Iterable[Any]) -> list[Row]:
        values = attrgetter(*self.own)
        return [(session_id, item.row, position, *values(item)) for position, item in enumerate(items)]

    def items_of(
        self, columns: Sequence[Sequence[Any]], targets: Mapping[tuple[int, int], Sequence[str]]
    ) -> dict[int, list[Any]]:
        """Make the items of each session, in their order. `targets` are those of mobilizations, by session and row."""
        owners, rows, positions, *values = columns
        columns_by_field: dict[str, Iterable[Any]] = dict(
            zip(("row", *self.own), (rows, *values), strict=True)
        )
        if self.kind is Mobilization:
            own = (tuple(targets.get(key, ())) for key in zip(owners, rows, strict=True))
            columns_by_field["targets"] = own
        items = made_of(self.kind, len(owners), columns_by_field)
        groups: dict[int, list[Any]] = {}
        for place in sorted(range(len(items)), key=positions.__getitem__):
            groups.setdefault(owners[place], []).append(items[place])
        return groups


def _list(name: str, kind: type[Any], record: type[SessionPart]) -> _List:
    own = tuple(field.name for field in fields(kind) if field.name not in {"row", "targets"})
    # A patient's position would clash with the row's place in its list.
    columns = ("position_id" if own_name == "position" else own_name for own_name in own)
    parts = Parts(_table(record), ("session_id", "row", "position", *columns))
    return _List(name, kind, own, parts)


def _table(record: type[Any]) -> Table:
    table = record.__table__
    if not isinstance(table, Table):
        raise TypeError(record)
    return table


_PARTS = {
    part.name: part
    for part in (
        _list("mobilizations", Mobilization, MobilizationRecord),
        _list("interventions", Intervention, InterventionRecord),
        _list("exercises", Exercise, ExerciseRecord),
        _list("rom", RomReading, RomReadingRecord),
        _list("pain", PainScore, PainScoreRecord),
        _list("comparable_signs", ComparableSign, ComparableSignRecord),
        _list("findings", ExamFinding, ExamFindingRecord),
        _list("vitals", Vitals, VitalsRecord),
        _list("body_chart", BodyMark, BodyChartRecord),
    )
}
_TARGETS = Parts(_table(MobilizationTargetRecord), ("session_id", "row", "position", "target"), key_length=3)
_NOTE = Parts(_table(NoteSectionRecord), ("session_id", "section", "text"))

_QUERY = select(*(getattr(SessionRecord, name) for name in _HEAD))
_BY_ID = _QUERY.where(SessionRecord.id.in_(bindparam("ids", expanding=True)))
_SHOWN = SessionRecord.state.not_in((NoteState.DISCARDED, NoteState.VOIDED))
_EVER_OF_EPISODE = _QUERY.where(
    SessionRecord.episode_id == bindparam("episode"), SessionRecord.state != NoteState.DISCARDED
).order_by(SessionRecord.service_date, SessionRecord.id)
_OF_EPISODE = _EVER_OF_EPISODE.where(_SHOWN)
_SESSIONS = _table(SessionRecord)
# Most lists of a draft are empty: the same statement tells which need to be compared at all.
_STORED = (*(part.parts for part in _PARTS.values()), _TARGETS, _NOTE)
_SAVE = (
    update(_SESSIONS)
    .where(
        _SESSIONS.c.id == bindparam("owner"),
        _SESSIONS.c.revision == bindparam("seen"),
        _SESSIONS.c.state == NoteState.DRAFT,
    )
    .values({name: bindparam(f"new_{name}") for name in _WRITTEN})
    .returning(*(parts.has_any for parts in _STORED))
)
MEASURED = ("mobilizations", "interventions", "rom", "pain", "comparable_signs", "body_chart")


def add_sessions(
    connection: Connection, sessions: Sequence[TreatmentSession], at: datetime
) -> tuple[TreatmentSession, ...]:
    """Store new sessions with all their rows and give them as stored; an author is needed.

    `at` is when each was made, and saved where it has no `saved_at` of its own.
    """
    new = [
        replace(session, uuid=session.uuid or str(uuid4()), revision=1, saved_at=session.saved_at or at)
        for session in sessions
    ]
    if not new:
        return ()
    head = attrgetter(*_HEAD)
    values = [dict(zip(_HEAD, head(session), strict=True), created_at=at) for session in new]
    for row in values:
        del row["id"]
    ids = connection.scalars(
        insert(SessionRecord).returning(SessionRecord.id, sort_by_parameter_order=True), values
    ).all()
    stored = tuple(replace(session, id=key) for session, key in zip(new, ids, strict=True))
    for part in _PARTS.values():
        items = ((key, getattr(session, part.name)) for session, key in zip(new, ids, strict=True))
        part.parts.add(connection, (row for key, rows in items for row in part.rows(key, rows)))
    _TARGETS.add(
        connection, (row for session, key in zip(new, ids, strict=True) for row in _target_rows(session, key))
    )
    _NOTE.add(
        connection, (row for session, key in zip(new, ids, strict=True) for row in _note_rows(session, key))
    )
    return stored


def save_session(connection: Connection, session: TreatmentSession, at: datetime) -> TreatmentSession:
    """Store a draft's change and give it with its new revision and `saved_at`.

    Raises `StaleError`: "record.stale" where somebody saved since, "visit.not_draft" where the note is no longer a
    draft; and `NotFoundError` ("visit.not_found").
    """
    key = _id_of(session)
    saved = replace(session, revision=session.revision + 1, saved_at=at)
    values = {f"new_{name}": getattr(saved, name) for name in _WRITTEN}
    stored = run_written(connection, _SAVE, {**values, "owner": key, "seen": session.revision}).one_or_none()
    if stored is None:
        _refuse(connection, key)
    wanted = [part.rows(key, getattr(saved, part.name)) for part in _PARTS.values()]
    wanted += [_target_rows(saved, key), _note_rows(saved, key)]
    for parts, rows, has_rows in zip(_STORED, wanted, stored, strict=True):
        if has_rows:
            parts.write(connection, key, rows, at)
        else:
            parts.add(connection, rows)
    return saved


def set_state(
    connection: Connection, session_id: int, before: NoteState, after: NoteState, at: datetime
) -> None:
    """Move a note from one state to the next. Raises `StaleError` ("visit.not_draft") where it is in another one."""
    done = connection.execute(
        update(SessionRecord)
        .where(SessionRecord.id == session_id, SessionRecord.state == before)
        .values(state=after, saved_at=at, revision=SessionRecord.revision + 1)
    )
    if done.rowcount != 1:
        raise StaleError("visit.not_draft", _state_of(connection, session_id)[1])


def load_session(connection: Connection, session_id: int) -> TreatmentSession:
    """The whole session. Raises `NotFoundError`."""
    found = load_sessions(connection, [session_id])
    if not found:
        raise NotFoundError("visit.not_found")
    return found[0]


def load_sessions(connection: Connection, session_ids: Sequence[int]) -> tuple[TreatmentSession, ...]:
    """The whole sessions of those ids, in a fixed number of statements; by date. Unknown ids are left out."""
    heads = sorted(connection.execute(_BY_ID, {"ids": list(session_ids)}), key=_by_date)
    return _filled(connection, heads, (*_PARTS, "note"))


def sessions_of(
    connection: Connection,
    episode_id: int,
    *,
    until: date | None = None,
    lists: Sequence[str] = (),
    voided: bool = False,
) -> tuple[TreatmentSession, ...]:
    """The episode's sessions, earliest first, without those discarded or voided; of the rows only `lists` are read.

    With `voided` those declared void are given too, for a list that shows what was.

    ``lists=MEASURED`` is what an overview or a report needs: what was done and measured. Reading all of an episode
    takes one statement, one for each list, and one for the targets of mobilizations.
    """
    query = _EVER_OF_EPISODE if voided else _OF_EPISODE
    if until is not None:
        query = query.where(SessionRecord.service_date <= until)
    return _filled(connection, connection.execute(query, {"episode": episode_id}).all(), lists)


def session_before(
    connection: Connection, session: TreatmentSession, *, attended: bool = True
) -> TreatmentSession | None:
    """The visit of the same episode just before `session` by date (the one entered earlier, of the same date)."""
    return next(iter(sessions_before(connection, session, 1, attended=attended)), None)


def sessions_before(
    connection: Connection, session: TreatmentSession, count: int, *, attended: bool = True
) -> tuple[TreatmentSession, ...]:
    """The last `count` visits of the same episode before `session`, whole, newest first."""
    query = _QUERY.where(
        SessionRecord.episode_id == session.episode_id,
        _SHOWN,
        or_(
            SessionRecord.service_date < session.service_date,
            and_(
                SessionRecord.service_date == session.service_date,
                SessionRecord.id < (session.id or 2**31 - 1),
            ),
        ),
    ).order_by(SessionRecord.service_date.desc(), SessionRecord.id.desc())
    if attended:
        query = query.where(SessionRecord.status == VisitStatus.ATTENDED)
    found = connection.execute(query.limit(count)).all()
    return _filled(connection, found, (*_PARTS, "note"))


def _filled(
    connection: Connection, heads: Sequence[Any], lists: Sequence[str]
) -> tuple[TreatmentSession, ...]:
    if not heads:
        return ()
    ids = [head.id for head in heads]
    columns: dict[str, Iterable[Any]] = dict(zip(_HEAD, zip(*heads, strict=True), strict=True))
    columns |= dict.fromkeys(SESSION_LISTS, repeat(()))
    for name in lists:
        if name != "note":
            found = _items(connection, _PARTS[name], ids)
            columns[name] = [tuple(found.get(key, ())) for key in ids]
    notes = _notes(connection, ids) if "note" in lists else {}
    texts = [dict(notes.get(key, ())) for key in ids]
    lines, rows = ([text.pop(name, "") for text in texts] for name in PENDING)
    columns |= {"pending_line": lines, "pending_row": [int(row) if row else None for row in rows]}
    columns["note"] = [Note(**text) for text in texts] if notes else repeat(Note())
    return tuple(made_of(TreatmentSession, len(ids), columns))


def _items(connection: Connection, part: _List, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    targets: dict[tuple[int, int], list[str]] = {}
    if part.kind is Mobilization:
        for session_id, row, _position, target in sorted(_TARGETS.shown(connection, ids), key=itemgetter(2)):
            targets.setdefault((session_id, row), []).append(target)
    return part.items_of(part.parts.shown_columns(connection, ids), targets)


def _notes(connection: Connection, ids: Sequence[int]) -> Mapping[int, list[tuple[str, str]]]:
    """(section, text) of each session; what is pending in the typed line stands among them."""
    return grouped(_NOTE.shown(connection, ids), itemgetter(1, 2))


def _target_rows(session: TreatmentSession, key: int) -> list[Row]:
    return [
        (key, mobilization.row, position, target)
        for mobilization in session.mobilizations
        for position, target in enumerate(mobilization.targets)
    ]


def _note_rows(session: TreatmentSession, key: int) -> list[Row]:
    texts = [(section, getattr(session.note, section)) for section in _SECTIONS]
    row = "" if session.pending_row is None else str(session.pending_row)
    texts += zip(PENDING, (session.pending_line, row), strict=True)
    return [(key, section, text) for section, text in texts if text]


def _refuse(connection: Connection, key: int) -> NoReturn:
    state, revision = _state_of(connection, key)
    raise StaleError("record.stale" if state is NoteState.DRAFT else "visit.not_draft", revision)


def _state_of(connection: Connection, session_id: int) -> tuple[NoteState, int]:
    query = select(SessionRecord.state, SessionRecord.revision).where(SessionRecord.id == session_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("visit.not_found")
    return row


def _by_date(head: Any) -> tuple[date, int]:
    return (head.service_date, head.id)


def _id_of(session: TreatmentSession) -> int:
    if session.id is None:
        raise ValueError("this session was never stored")
    return session.id
