"""Charting treatment sessions: starting, saving as they are typed, discarding with a way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from ptnotes.clinical import Reference
from ptnotes.db import sessions
from ptnotes.db.audit import patient_of_episode
from ptnotes.db.episodes import load_episode
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.checks import checked_session
from ptnotes.domain.permissions import Act
from ptnotes.domain.treatment import (
    Mobilization,
    NoteState,
    PainKind,
    Phase,
    SessionRow,
    TreatmentSession,
    VisitKind,
    VisitStatus,
)
from ptnotes.domain.trend import visit_numbers
from ptnotes.services.audit import log_change, log_visit
from ptnotes.services.charting_rights import charted, require_charting
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require

_Said: TypeAlias = dict[tuple[object, ...], str]
"""What a list of visits says of techniques, by what is said of them: the same few are done at most visits."""
_NAMED = 2
"""Techniques that a list names before it counts the rest."""


def start_session(
    clinic: OpenClinic,
    episode_id: int,
    service_date: date | None = None,
    kind: VisitKind = VisitKind.TREATMENT,
) -> TreatmentSession:
    """Store an empty draft of a visit (today's, if no date is given) by whoever opened the clinic."""
    return _add(
        clinic,
        TreatmentSession(
            episode_id=episode_id,
            service_date=service_date or clinic.today(),
            zone=clinic.zone,
            kind=kind,
            author_id=clinic.person_id,
        ),
    )


def record_absence(
    clinic: OpenClinic, episode_id: int, on: date, status: VisitStatus, reason: str
) -> TreatmentSession:
    """Store that a planned visit was cancelled or missed, and why. It is never counted as a treatment day."""
    if status not in (VisitStatus.CANCELLED, VisitStatus.MISSED):
        raise ValueError(f"{status} is not an absence")
    return _add(
        clinic,
        TreatmentSession(
            episode_id=episode_id,
            service_date=on,
            zone=clinic.zone,
            status=status,
            status_reason=reason,
            author_id=clinic.person_id,
        ),
    )


def load_session(clinic: OpenClinic, session_id: int) -> TreatmentSession:
    """The whole session. Raises `NotFoundError`."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return sessions.load_session(connection, session_id)


def save_draft(clinic: OpenClinic, session: TreatmentSession) -> TreatmentSession:
    """Store a draft as it stands, complete or not, and give it with its new revision and the time of saving.

    Raises `InputError` for an impossible value, `AccessError` for what this person may not chart, `StaleError` where
    somebody saved a newer version ("record.stale") or the note is no longer a draft ("visit.not_draft"); nothing is
    stored then.
    """
    named = charted(clinic, checked_session(clinic.reference, session, clinic.today()))
    with clinic.store.write() as connection:
        saved = sessions.save_session(connection, named, clinic.clock())
        patient_id = patient_of_episode(connection, saved.episode_id) or 0
        on = saved.service_date.isoformat()
        log_change(clinic, connection, Subject.VISIT, saved.id or 0, patient_id, on)
        connection.commit()
    return saved


def sessions_of(clinic: OpenClinic, episode_id: int) -> tuple[SessionRow, ...]:
    """The episode's visits as a list shows them, newest first; those voided too, without discarded drafts."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        found = sessions.sessions_of(connection, episode_id, lists=("mobilizations", "pain"), voided=True)
    return visit_rows(clinic.reference, found)


def last_sessions_before(
    clinic: OpenClinic, session: TreatmentSession, count: int = 1
) -> tuple[TreatmentSession, ...]:
    """The attended visits of the same episode before `session`, at most `count`, whole, newest first."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return sessions.sessions_before(connection, session, count)


def examined_before(clinic: OpenClinic, session: TreatmentSession) -> tuple[TreatmentSession, ...]:
    """The attended visits of the same episode before `session` at which something was examined, newest first.

    Of their rows only findings and vital signs are read. An examination may be many visits ago.
    """
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        until = session.service_date
        lists = ("findings", "vitals")
        found = sessions.sessions_of(connection, session.episode_id, until=until, lists=lists)
    place = (until, session.id or 2**31 - 1)
    return tuple(
        each
        for each in reversed(found)
        if (each.service_date, each.id or 0) < place
        and each.status is VisitStatus.ATTENDED
        and (each.findings or each.vitals)
    )


def discard_draft(clinic: OpenClinic, session_id: int) -> TreatmentSession:
    """Take a draft out of every list; `restore_draft` brings it back. Raises `StaleError` if it is no draft."""
    return _moved(clinic, session_id, NoteState.DRAFT, NoteState.DISCARDED)


def restore_draft(clinic: OpenClinic, session_id: int) -> TreatmentSession:
    """Bring a discarded draft back as it was. Raises `StaleError` if it is not discarded."""
    return _moved(clinic, session_id, NoteState.DISCARDED, NoteState.DRAFT)


def _add(clinic: OpenClinic, session: TreatmentSession) -> TreatmentSession:
    named = charted(clinic, checked_session(clinic.reference, session, clinic.today()))
    with clinic.store.write() as connection:
        load_episode(connection, session.episode_id)
        (stored,) = sessions.add_sessions(connection, [named], clinic.clock())
        log_visit(clinic, connection, Verb.MADE, stored)
        connection.commit()
    return stored


def _moved(clinic: OpenClinic, session_id: int, before: NoteState, after: NoteState) -> TreatmentSession:
    with clinic.store.write() as connection:
        sessions.set_state(connection, session_id, before, after, clinic.clock())
        moved = sessions.load_session(connection, session_id)
        require_charting(clinic, moved.kind)
        verb = Verb.DISCARDED if after is NoteState.DISCARDED else Verb.RESTORED
        log_visit(clinic, connection, verb, moved)
        connection.commit()
    return moved


def visit_rows(reference: Reference, found: Sequence[TreatmentSession]) -> tuple[SessionRow, ...]:
    """Visits (oldest first, with their mobilizations and pain) as a list shows them, newest first."""
    numbers = visit_numbers(found)
    said: _Said = {}
    return tuple(_row(reference, visit, numbers.get(visit.id or 0), said) for visit in reversed(found))


def _row(
    reference: Reference, session: TreatmentSession, visit_number: int | None, said: _Said
) -> SessionRow:
    attended = session.status is VisitStatus.ATTENDED
    return SessionRow(
        id=session.id or 0,
        episode_id=session.episode_id,
        service_date=session.service_date,
        kind=session.kind,
        status=session.status,
        state=session.state,
        visit_number=visit_number,
        summary=_summary(reference, session, said) if attended else session.status_reason,
    )


def _summary(reference: Reference, session: TreatmentSession, said: _Said) -> str:
    """What was done and what became of the pain: ``L5 UPA III, L4 CPA IV, 1 more · pain 6 → 3``."""
    done = [row for row in session.mobilizations if row.technique or row.targets]
    more = [f"{len(done) - _NAMED} more"] if len(done) > _NAMED else []
    parts = [", ".join([*(_technique(reference, row, said) for row in done[:_NAMED]), *more])]
    now = {row.phase: row.value for row in session.pain if row.kind is PainKind.NOW and row.value is not None}
    before, after = now.get(Phase.BEFORE, now.get(Phase.SINGLE)), now.get(Phase.AFTER)
    if before is not None and after is not None:
        parts.append(f"pain {before} → {after}")
    elif before is not None or after is not None:
        parts.append(f"pain {before if before is not None else after}")
    return " · ".join(part for part in parts if part)


def _technique(reference: Reference, row: Mobilization, said: _Said) -> str:
    key = (row.targets, row.technique, row.grade, row.grade_to)
    words = said.get(key)
    if words is None:
        words = said[key] = _technique_words(reference, row)
    return words


def _technique_words(reference: Reference, row: Mobilization) -> str:
    technique = reference.techniques.get(row.technique or "")
    targets = ", ".join(
        reference.targets[target].label if target in reference.targets else target for target in row.targets
    )
    grade = f"{row.grade}–{row.grade_to}" if row.grade_to else row.grade
    name = (technique.abbreviation or technique.label) if technique else row.technique
    return " ".join(part for part in (targets, name, grade) if part)
