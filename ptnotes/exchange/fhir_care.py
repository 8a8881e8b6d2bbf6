"""An episode of care: its diagnoses, goals, plan, and the answers to the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from ptnotes.domain.episode import (
    Diagnosis,
    DiagnosisKind,
    EpisodeOfCare,
    Goal,
    GoalStatus,
    PlanOfCare,
    Problem,
)
from ptnotes.domain.screening import ScreenAnswer
from ptnotes.domain.treatment import Mode, TreatmentSession
from ptnotes.domain.wording import how_many
from ptnotes.exchange.fhir_data import EpisodeData
from ptnotes.exchange.fhir_measured import outcome
from ptnotes.exchange.fhir_parts import (
    ICD_10_CM,
    Json,
    Maker,
    concept,
    extension,
    instant,
    local,
    named,
    note,
    plain,
    ref,
    structural,
)
from ptnotes.exchange.fhir_people import referral, referral_uuid
from ptnotes.exchange.fhir_visit import visit

_LIFECYCLE: Mapping[GoalStatus, str] = {
    GoalStatus.ACTIVE: "active",
    GoalStatus.MET: "completed",
    GoalStatus.DROPPED: "cancelled",
    # Only older files hold it, and there it is closed.
    GoalStatus.REVISED: "cancelled",
}
_PLAN = "92564-4"
_GOAL = "92710-3"


def episode(make: Maker, data: EpisodeData) -> Iterator[Json]:
    """Every resource of an episode, its visits included, by date."""
    own = data.episode
    diagnoses = [(row, made) for row in own.diagnoses if (made := _diagnosis(make, own, row))]
    yield _episode(make, own, diagnoses)
    yield from (made for _row, made in diagnoses)
    yield from (_problem(make, own, row) for row in own.problems if row.words)
    yield from referral(make, own)
    yield from (_goal(make, goal) for goal in own.goals)
    if own.plan != PlanOfCare():
        yield _plan(make, own)
    for result in data.outcomes:
        yield from outcome(make, result, own.uuid)
    yield from _screen(make, own, data.answers, {one.id: one for one in data.sessions})
    for session in data.sessions:
        yield from visit(make, session, own.uuid)


def _episode(make: Maker, own: EpisodeOfCare, diagnoses: list[tuple[Diagnosis, Json]]) -> Json:
    reason = own.discharge_reason
    return {
        "resourceType": "EpisodeOfCare",
        "id": own.uuid,
        "extension": [
            *(
                extension("region", "CodeableConcept", make.region(one.region, one.side))
                for one in own.regions
            ),
            extension("discharge-reason", "CodeableConcept", _coded("discharge_reasons", reason) if reason else None),
            extension("onset", "Date", own.onset.isoformat() if own.onset else None),
            extension("onset-kind", "CodeableConcept", _coded("onset_kinds", own.onset_kind.value)),
            *(
                extension(name.replace("_", "-"), "String", getattr(own, name))
                for name in (
                    "mechanism", "surgery", "prior_function", "present_function", "complexities", "why_skilled",
                    "precaution",
                )
            ),
            extension("surgery-date", "Date", own.surgery_date.isoformat() if own.surgery_date else None),
        ],
        "status": "active" if own.discharged_on is None else "finished",
        "type": [{"text": own.title}] if own.title else [],
        "diagnosis": [
            {"condition": ref(made["id"]), "role": {"text": f"{row.kind.value.capitalize()} diagnosis"}, "rank": rank}
            for rank, (row, made) in enumerate(diagnoses, 1)
        ],
        "patient": make.subject,
        "managingOrganization": make.organization,
        "period": {
            "start": own.start.isoformat(),
            "end": own.discharged_on.isoformat() if own.discharged_on else None,
        },
        "referralRequest": [ref(referral_uuid(own))] if own.referrer else [],
    }  # fmt: skip


def _coded(kind: str, code: str) -> Json:
    words = code.replace("_", " ").capitalize()
    return concept(words, local(kind, code, words))


def _clinical(is_over: bool) -> Json:
    code, words = ("resolved", "Resolved") if is_over else ("active", "Active")
    return structural("condition-clinical", code, words)


def _diagnosis(make: Maker, own: EpisodeOfCare, row: Diagnosis) -> Json | None:
    """A diagnosis; None for a row without code and words."""
    if not row.code and not row.words:
        return None
    coded = None
    if row.code:
        coded = {"system": ICD_10_CM, "version": row.code_set_date, "code": row.code, "userSelected": True}
    medical = row.kind is DiagnosisKind.MEDICAL
    return {
        "resourceType": "Condition",
        "id": named(own.uuid, "diagnoses", row.row),
        "clinicalStatus": _clinical(row.until is not None),
        "category": [
            structural("condition-category", "encounter-diagnosis", "Encounter Diagnosis"),
            concept(
                "Medical diagnosis" if medical else "Treatment diagnosis",
                local("diagnosis_kinds", row.kind.value),
            ),
        ],
        "code": concept(row.words or row.code, coded),
        "bodySite": [make.region(one.region, one.side) for one in own.regions],
        "subject": make.subject,
        "onsetDateTime": row.since.isoformat() if row.since else None,
        "abatementDateTime": row.until.isoformat() if row.until else None,
    }


def _problem(make: Maker, own: EpisodeOfCare, row: Problem) -> Json:
    return {
        "resourceType": "Condition",
        "id": named(own.uuid, "problems", row.row),
        "clinicalStatus": _clinical(row.resolved_on is not None),
        "category": [structural("condition-category", "problem-list-item", "Problem List Item")],
        "code": concept(row.words),
        "subject": make.subject,
        "onsetDateTime": row.since.isoformat() if row.since else None,
        "abatementDateTime": row.resolved_on.isoformat() if row.resolved_on else None,
    }


def _goal(make: Maker, goal: Goal) -> Json:
    measure = _measure(make, goal)
    achieved = (
        structural("goal-achievement", "achieved", "Achieved") if goal.status is GoalStatus.MET else None
    )
    target = {
        "measure": measure,
        "detailQuantity": make.quantity(goal.target, goal.unit or "points")
        if goal.target is not None
        else None,
        "dueDate": goal.due.isoformat() if goal.due else None,
    }
    has_target = goal.target is not None or goal.due is not None
    return {
        "resourceType": "Goal",
        "id": goal.uuid,
        "extension": [
            extension("baseline", "Quantity", make.quantity(goal.baseline, goal.unit or "points")),
            extension("function", "String", goal.function),
        ],
        "lifecycleStatus": _LIFECYCLE[goal.status],
        "achievementStatus": achieved,
        "category": [
            concept("Physical therapy goal", make.loinc(_GOAL)),
            concept("Long-term goal" if goal.long_term else "Short-term goal"),
        ],
        "description": {"text": goal.words},
        "subject": make.subject,
        "target": [target] if has_target else [],
        "statusReason": goal.status_reason or None,
    }


def _measure(make: Maker, goal: Goal) -> Json | None:
    if goal.measure == "rom" and goal.motion:
        mode = goal.mode or Mode.ACTIVE
        words = ", ".join(
            filter(
                None, (make.label("motions", goal.motion), goal.side.value if goal.side else "", mode.value)
            )
        )
        return concept(words, local("motions", goal.motion))
    if goal.measure == "outcome" and goal.outcome:
        known = make.reference.measures.get(goal.outcome)
        coded = make.loinc(known.loinc) if known else None
        return concept(make.label("measures", goal.outcome), coded, local("measures", goal.outcome))
    if goal.measure == "pain":
        return concept(f"Pain {goal.pain_kind or ''}".strip(), make.loinc("72514-3"))
    return concept(goal.words) if goal.target is not None else None


def plan_uuid(own: EpisodeOfCare) -> str:
    """The name of the episode's plan."""
    return named(own.uuid, "plan")


def _plan(make: Maker, own: EpisodeOfCare) -> Json:
    plan = own.plan
    how_often = _frequency(plan)
    is_over = own.discharged_on is not None
    return {
        "resourceType": "CarePlan",
        "id": plan_uuid(own),
        "extension": [extension("episode-of-care", "Reference", ref(own.uuid))],
        "status": "completed" if is_over else "active",
        "intent": "plan",
        "category": [concept("Physical therapy plan of care", make.loinc(_PLAN))],
        "title": own.title,
        "description": plan.interventions,
        "subject": make.subject,
        "period": {
            "start": plan.start.isoformat() if plan.start else None,
            "end": plan.certified_until.isoformat() if plan.certified_until else None,
        },
        "goal": [ref(goal.uuid) for goal in own.goals],
        "activity": [
            {
                "detail": {
                    "code": {"text": "Physical therapy"},
                    "status": "completed" if is_over else "in-progress",
                    "description": how_often,
                }
            }
        ]
        if how_often
        else [],
        "note": note(f"Prognosis: {plan.prognosis}" if plan.prognosis else ""),
    }


def _frequency(plan: PlanOfCare) -> str:
    parts = []
    if plan.times_a_day is not None:
        parts.append("once a day," if plan.times_a_day == 1 else f"{plan.times_a_day} times a day,")
    if plan.visits_a_week is not None:
        parts.append(f"{plain(plan.visits_a_week)} {'visit' if plan.visits_a_week == 1 else 'visits'} a week")
    if plan.duration_weeks is not None:
        parts.append(f"for {how_many(plan.duration_weeks, 'week')}")
    return " ".join(parts).removesuffix(",")


def _screen(
    make: Maker,
    own: EpisodeOfCare,
    answers: tuple[ScreenAnswer, ...],
    sessions: Mapping[int | None, TreatmentSession],
) -> Iterator[Json]:
    """What was answered at the same moment is one response."""
    in_order = sorted(answers, key=lambda one: (one.at, one.person_id or 0, one.id or 0))
    for (at, person_id), together in groupby(in_order, key=lambda one: (one.at, one.person_id)):
        asked = list(together)
        visited = next((one.asked_in for one in asked if one.asked_in in sessions), None)
        yield {
            "resourceType": "QuestionnaireResponse",
            "id": named(own.uuid, "screen", instant(at), person_id),
            "extension": [extension("episode-of-care", "Reference", ref(own.uuid))],
            "status": "completed",
            "subject": make.subject,
            "encounter": ref(sessions[visited].uuid) if visited is not None else None,
            "authored": instant(at),
            "author": make.person(person_id),
            "item": [_answered(make, one) for one in asked],
        }


def _answered(make: Maker, answer: ScreenAnswer) -> Json:
    known = make.reference.screening_items.get(answer.item)
    details = [
        {
            "linkId": f"{answer.item}.site",
            "text": "Where",
            "answer": [{"valueString": str(make.place(site.id, site.side)["text"])} for site in answer.sites],
        }
        if answer.sites
        else None,
        {"linkId": f"{answer.item}.words", "text": "In words", "answer": [{"valueString": answer.words}]}
        if answer.words
        else None,
    ]
    said = answer.answer.value
    return {
        "linkId": answer.item,
        "text": known.question if known else "",
        "answer": [{"valueCoding": local("screen_answers", said, said), "item": details}],
    }
