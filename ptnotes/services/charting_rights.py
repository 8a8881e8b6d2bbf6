"""What may be charted by whom (an evaluation, a discharge, a thrust, dry needling), and who did each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ptnotes.clinical import Reference
from ptnotes.db.people import people
from ptnotes.db.sessions import load_session
from ptnotes.domain.errors import AccessError
from ptnotes.domain.permissions import WORDS, Act, may
from ptnotes.domain.treatment import Intervention, Mobilization, TreatmentSession, VisitKind
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows, require

_ACTS = {
    VisitKind.TREATMENT: Act.CHART_TREATMENT,
    VisitKind.EVALUATION: Act.CHART_EVALUATION,
    VisitKind.RE_EVALUATION: Act.CHART_EVALUATION,
    VisitKind.DISCHARGE: Act.DISCHARGE,
}
_NEEDLING = "needling"


def require_charting(clinic: OpenClinic, kind: VisitKind) -> None:
    """Raise `AccessError` where whoever opened the clinic may not chart a visit of that kind."""
    require(clinic, Act.CHART_TREATMENT)
    require(clinic, _ACTS[kind])


def may_chart(clinic: OpenClinic, kind: VisitKind) -> bool:
    """Whether whoever opened the clinic may chart a visit of that kind."""
    return allows(clinic, Act.CHART_TREATMENT) and allows(clinic, _ACTS[kind])


def require_signing(clinic: OpenClinic, session: TreatmentSession) -> None:
    """Raise `AccessError` where whoever opened the clinic may not chart today what this draft of theirs says they did.

    What they might chart when they began it is not what counts: their role may have changed since. What somebody else
    did is not theirs, and may stand.
    """
    require_charting(clinic, session.kind)
    for act in _own_acts(clinic, session):
        require(clinic, act)


def may_sign(clinic: OpenClinic, session: TreatmentSession) -> bool:
    """Whether `require_signing` lets the draft be signed."""
    return may_chart(clinic, session.kind) and all(allows(clinic, act) for act in _own_acts(clinic, session))


def thrust_refusal(clinic: OpenClinic) -> AccessError | None:
    """What a thrust (grade V) of whoever opened the clinic would be refused with; None where they may chart one."""
    if allows(clinic, Act.GRADE_V):
        return None
    return AccessError("access.not_allowed", act=WORDS[Act.GRADE_V])


def charted(clinic: OpenClinic, session: TreatmentSession) -> TreatmentSession:
    """The session to be stored, each row of treatment naming who did it: whoever opened the clinic, if nobody else.

    Raises `AccessError` for what they, or the person named on a row, may not chart. What somebody else charted may
    stand as it was.
    """
    require_charting(clinic, session.kind)
    named = _named(clinic.person_id, session)
    limits = (Act.CHART_EVALUATION, Act.DISCHARGE, Act.GRADE_V, Act.DRY_NEEDLING)
    before = None
    if session.id is not None and not all(allows(clinic, act) for act in limits):
        with clinic.store.read() as connection:
            before = load_session(connection, session.id)
        require_charting(clinic, before.kind)
    stood = set(_limited(clinic.reference, before)) if before is not None else set()
    new = [(act, row) for act, row in _limited(clinic.reference, named) if (act, row) not in stood]
    for act, _row in new:
        require(clinic, act)
    if any(row.done_by != clinic.person_id for _act, row in new):
        with clinic.store.read() as connection:
            by_id = {person.id: person for person in people(connection)}
        for act, row in new:
            if row.done_by in by_id and not may(by_id[row.done_by], act):
                raise AccessError("access.not_allowed_to", name=by_id[row.done_by].name, act=WORDS[act])
    return named


def _own_acts(clinic: OpenClinic, session: TreatmentSession) -> set[Act]:
    limited = _limited(clinic.reference, session)
    return {act for act, row in limited if row.done_by in (None, clinic.person_id)}


def _limited(
    reference: Reference, session: TreatmentSession
) -> Iterator[tuple[Act, Mobilization | Intervention]]:
    """The rows that not everybody may chart, each with the act that it is."""
    for row in session.mobilizations:
        technique = reference.techniques.get(row.technique or "")
        if "V" in (row.grade, row.grade_to) or (technique is not None and technique.thrust):
            yield Act.GRADE_V, row
    for service in session.interventions:
        known = reference.interventions.get(service.intervention or "")
        if known is not None and known.group == _NEEDLING:
            yield Act.DRY_NEEDLING, service


def _named(person_id: int, session: TreatmentSession) -> TreatmentSession:
    def by_somebody(rows: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(replace(row, done_by=person_id) if row.done_by is None else row for row in rows)

    return replace(
        session,
        mobilizations=by_somebody(session.mobilizations),
        interventions=by_somebody(session.interventions),
        exercises=by_somebody(session.exercises),
    )
