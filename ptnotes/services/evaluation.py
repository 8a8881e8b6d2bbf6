"""Making an evaluation with its plan of care: gathering its content in one snapshot, and rendering it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from ptnotes.db.certification import last_report
from ptnotes.db.due import payer_of_episode
from ptnotes.db.payers import rules_by_payer
from ptnotes.db.people import people
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.people import Paper, Person
from ptnotes.domain.permissions import Act, needs_co_signature
from ptnotes.domain.treatment import EVALUATIONS, TreatmentSession, VisitKind
from ptnotes.domain.trend import counted
from ptnotes.domain.wording import full_date
from ptnotes.reports.evaluation_data import EvaluationData
from ptnotes.services.case import Case, read_case
from ptnotes.services.documents import MadeDocument, Signable, made_document
from ptnotes.services.evaluation_content import Evaluated, evaluated, evaluation_content
from ptnotes.services.evaluation_lacks import evaluation_lacks
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationChoices:
    """What a therapist chooses: which visit (the episode's first evaluation where None), the paper (the clinic's), and
    by when the physician is asked to sign (by the payer's rule).
    """

    session_id: int | None = None
    paper: Paper | None = None
    sign_by: date | None = None


def prepare_evaluation(clinic: OpenClinic, episode_id: int, choices: EvaluationChoices) -> MadeDocument:
    """The evaluation with the plan of care that it led to, ready to be given out.

    Raises `NotFoundError`; `InputError`: "evaluation.none" where the episode has no evaluation, "evaluation.not_one"
    where the visit chosen is none of it; `PtNotesError` "report.glyph_missing" for a character that no font has;
    `AccessError`.
    """
    require(clinic, Act.VIEW_NOTES)
    data, found = _gathered(clinic, episode_id, choices)
    # ReportLab is read only when the first document is made, never on the way to a window.
    from ptnotes.reports.evaluation import render_evaluation  # noqa: PLC0415

    made = made_document(DocumentKind.EVALUATION, data, render_evaluation(data), data.on, episode_id)
    return replace(
        made,
        title=f"{data.title} of {full_date(data.on)}",
        covers_from=data.on,
        covers_to=data.on,
        sessions=tuple((one.id or 0, one.revision) for one in found.sessions),
        lacks=evaluation_lacks(found, data),
        conclusion=data.conclusion,
        signable=Signable(
            data=data, read=partial(_data, clinic, episode_id, choices), draw=render_evaluation
        ),
    )


def _data(clinic: OpenClinic, episode_id: int, choices: EvaluationChoices) -> EvaluationData:
    return _gathered(clinic, episode_id, choices)[0]


def _gathered(
    clinic: OpenClinic, episode_id: int, choices: EvaluationChoices
) -> tuple[EvaluationData, Evaluated]:
    """The content of an evaluation, and what it is made from. Raises what `prepare_evaluation` raises."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        case = read_case(clinic, connection, episode_id, clinic.today())
        by_payer = rules_by_payer(connection)
        session = _chosen(case, choices.session_id)
        payer_id = payer_of_episode(connection, episode_id, session.service_date)
        reported = last_report(connection, episode_id, session.service_date)
        everybody = {person.id: person for person in people(connection)}
    case = replace(case, since=reported, paper=choices.paper, author=_evaluator(case, session, everybody))
    found = evaluated(case, session)
    rules = by_payer.get(payer_id, by_payer[None]).due
    return evaluation_content(clinic.reference, case, found, rules, choices.sign_by), found


def _evaluator(case: Case, session: TreatmentSession, everybody: Mapping[int | None, Person]) -> Person:
    """Who answers for the evaluation, whoever makes the document: its author, of a student's whoever co-signs it."""
    note = next((one for one in case.notes if one.session_id == session.id), None)
    if note is not None and note.co_signatures:
        return everybody[note.co_signatures[-1].person_id]
    author = everybody[session.author_id]
    if needs_co_signature(author):
        return everybody.get(author.supervisor_id, author)
    return author


def _chosen(case: Case, session_id: int | None) -> TreatmentSession:
    attended = counted(case.sessions)
    if session_id is None:
        first = next((one for one in attended if one.kind is VisitKind.EVALUATION), None)
        if first is None:
            raise InputError(Fault("evaluation.none", "evaluation.session"))
        return first
    found = next((one for one in attended if one.id == session_id and one.kind in EVALUATIONS), None)
    if found is None:
        raise InputError(Fault("evaluation.not_one", "evaluation.session"))
    return found
