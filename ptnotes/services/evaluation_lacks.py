"""What an evaluation and its plan of care should say and cannot.

What is required follows the Medicare Benefit Policy Manual, Pub. 100-02, ch. 15, sec. 220.1.2 and 220.3.C, and 42 CFR
410.61: diagnoses, function before and now, an objective measure, why skilled treatment is needed; long-term goals;
type, amount, frequency and duration of treatment; a plan that is established before treatment begins. The rest stands
as wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from ptnotes.domain.documents import Lack, blanks_left
from ptnotes.domain.episode import DiagnosisKind, EpisodeOfCare, OnsetKind
from ptnotes.reports.evaluation_data import EvaluationData
from ptnotes.services.evaluation_content import Evaluated


def evaluation_lacks(found: Evaluated, data: EvaluationData) -> tuple[Lack, ...]:
    """What is missing, what payers require first."""
    return tuple(sorted(_lacks(found, data), key=lambda lack: not lack.is_required))


def _lacks(found: Evaluated, data: EvaluationData) -> Iterator[Lack]:
    episode = found.episode
    if not data.author.credentials:
        yield Lack(code="lack.credentials", values={"name": data.author.name})
    yield from _of_diagnoses(episode)
    if episode.onset is None and episode.onset_kind is OnsetKind.UNKNOWN:
        yield Lack(code="lack.onset")
    for name in ("prior_function", "present_function", "complexities", "why_skilled"):
        if not getattr(episode, name).strip():
            yield Lack(code=f"lack.{name}")
    is_measured = any(row.value is not None or row.word is not None for row in found.session.rom)
    if not is_measured and not data.scores:
        yield Lack(code="lack.objective")
    if not data.judgement:
        yield Lack(code="lack.judgement")
    yield from blanks_left("The note", data.judgement, *(text for _, text in data.told))
    yield from _of_plan(found, data)
    if not episode.problems:
        yield Lack(code="lack.problems", is_required=False)
    if not data.referrer:
        yield Lack(code="lack.referrer", is_required=False)
    if not data.screen_asked.startswith("The screen was asked in full"):
        yield Lack(code="lack.screen", is_required=False)


def _of_diagnoses(episode: EpisodeOfCare) -> Iterator[Lack]:
    if not episode.diagnoses:
        yield Lack(code="lack.diagnosis")
        return
    for kind in DiagnosisKind:
        if not any(row.kind is kind for row in episode.diagnoses):
            yield Lack(code=f"lack.diagnosis_{kind.value}")
    for row in episode.diagnoses:
        if not row.code:
            yield Lack(code="lack.diagnosis_code", values={"words": row.words})


def _of_plan(found: Evaluated, data: EvaluationData) -> Iterator[Lack]:
    if found.version is None:
        yield Lack(code="lack.plan_of_care")
    else:
        plan = found.version.plan
        for name in ("times_a_day", "visits_a_week", "duration_weeks"):
            if getattr(plan, name) is None:
                yield Lack(code=f"lack.plan_{name}")
        if not plan.interventions.strip():
            yield Lack(code="lack.plan_interventions")
        is_after = found.treated_on is not None and found.version.on > found.treated_on
        if is_after and not found.is_again:
            yield Lack(code="lack.plan_late")
        if not plan.prognosis.strip():
            yield Lack(code="lack.prognosis", is_required=False)
    if not any(goal.long_term for goal in data.goals):
        yield Lack(code="lack.long_term_goal")
    for goal in data.goals:
        if goal.standing:
            continue
        if not goal.measure or not goal.target:
            yield Lack(code="lack.goal_measure", values={"goal": goal.words})
        if not goal.function:
            yield Lack(code="lack.goal_function", values={"goal": goal.words}, is_required=False)
        if goal.due is None:
            yield Lack(code="lack.goal_due", values={"goal": goal.words}, is_required=False)
