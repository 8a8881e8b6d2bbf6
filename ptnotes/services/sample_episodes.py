"""Plays a made-up course out: the episode with its goals and scores, and its visits. Pure and repeatable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from ptnotes.clinical import Reference
from ptnotes.domain.episode import (
    Diagnosis,
    DiagnosisKind,
    DischargeReason,
    EpisodeOfCare,
    EpisodeRegion,
    Goal,
    GoalStatus,
    OnsetKind,
    OutcomeScore,
    PlanOfCare,
    Problem,
)
from ptnotes.domain.episode_progress import goals_progress
from ptnotes.domain.outcomes import PSFS
from ptnotes.domain.treatment import Mode, PainKind, Side, TreatmentSession
from ptnotes.domain.trend import motion_charts, pain_chart
from ptnotes.services.sample_courses import Course, CourseGoal, code_for
from ptnotes.services.sample_exam import problems_of, rated
from ptnotes.services.sample_run import Run, random_uuid
from ptnotes.services.sample_visits import VisitMaker

PLAN_RENEWED = "Care goes on under a new plan of care."
_SHORT_OF_IT = {
    DischargeReason.GOALS_MET: "Short of the target; enough for what the patient wants to do.",
    DischargeReason.PATIENT_CHOICE: "Not reached when the patient chose to end treatment.",
    DischargeReason.NOT_RETURNED: "Not reached at the last visit; the patient did not come again.",
}
"""Why a goal is dropped at the end of care, by the reason for the end."""
_WAITED_DAYS = 21
"""So long after the last visit an episode is ended of a patient who did not come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """An episode with its visits in order of date and its scores; `patient_id`, `episode_id` are 0 until stored.

    `plans` are the first and last day of each plan of care; the episode has the last of them.
    """

    episode: EpisodeOfCare
    sessions: tuple[TreatmentSession, ...]
    scores: tuple[OutcomeScore, ...]
    plans: tuple[tuple[date, date], ...]


def play(reference: Reference, course: Course, run: Run, rng: Random) -> Played:
    """Play `course` as `run` says. The same arguments and the same state of `rng` give the same result."""
    maker = VisitMaker(reference, course, run, rng)
    days, missed = run.days(course)
    plans = run.plans(course, days)
    renewed = {start for start, _ in plans[1:]}
    sessions = [maker.visit(number, day, renews_plan=day in renewed) for number, day in enumerate(days)]
    absences = [maker.absence(place, day) for place, day in enumerate(missed)] if run.full else []
    scores = _scores(reference, course, run, maker, days)
    return Played(
        episode=_episode(reference, course, run, rng, sessions, scores, plans),
        sessions=tuple(sorted((*sessions, *absences), key=lambda session: session.service_date)),
        scores=scores,
        plans=plans,
    )


def _scores(
    reference: Reference, course: Course, run: Run, maker: VisitMaker, days: list[date]
) -> tuple[OutcomeScore, ...]:
    """The course's questionnaire at the first visit, every fifth, and the last; a second one where a goal asks."""
    asked = sorted({0, *range(5, len(days), 5), len(days) - 1})
    measures = [(course.measure["id"], course.measure["first"], course.measure["to"])]
    measures += [(goal.measure, goal.first, goal.to) for goal in course.goal if goal.kind == "outcome"]
    found = []
    for measure, first, goal in measures if run.full else measures[:1]:
        known = reference.measures[measure]
        for place, number in enumerate(asked):
            _, share = maker.reached(number)
            drawn = _total(measure, first + (goal - first) * (share if number else 0))
            total = min(max(Decimal(run.given(measure, place, drawn)), known.score_min), known.score_max)
            by = run.author_id
            found.append(
                OutcomeScore(
                    episode_id=0,
                    measure=measure,
                    taken_on=days[number],
                    total=total,
                    entered_by=by,
                    items=rated(course.id, total) if measure == PSFS and run.full else (),
                )
            )
    return tuple(found)


def _episode(
    reference: Reference,
    course: Course,
    run: Run,
    rng: Random,
    sessions: list[TreatmentSession],
    scores: tuple[OutcomeScore, ...],
    plans: Sequence[tuple[date, date]],
) -> EpisodeOfCare:
    start = sessions[0].service_date
    onset = start - timedelta(days=course.onset_days)
    planned_from, planned_until = plans[-1]
    reason = PLAN_RENEWED if len(plans) > 1 else ""
    return EpisodeOfCare(
        uuid=random_uuid(rng),
        patient_id=0,
        title=course.title,
        start=start,
        onset=onset,
        onset_kind=OnsetKind(course.onset),
        mechanism=course.mechanism,
        surgery=course.surgery,
        surgery_date=onset if course.surgery else None,
        prior_function=course.prior,
        present_function=course.present,
        complexities=course.complexities,
        why_skilled=course.skilled,
        precaution=course.precaution,
        regions=tuple(
            EpisodeRegion(
                region=region,
                side=Side(run.side)
                if course.sided and reference.regions[region].parent == "peripheral"
                else None,
            )
            for region in course.regions
        ),
        diagnoses=tuple(_diagnoses(reference, course, run, onset, start)),
        problems=tuple(
            Problem(row=row, words=words, since=start)
            for row, words in enumerate(problems_of(course.id) if run.full else (), start=3)
        ),
        goals=_closed(
            reference,
            run,
            tuple(
                replace(
                    _goal(reference, course, run, goal, rng, sessions[0], scores),
                    due=planned_until,
                    status_reason=reason,
                )
                for goal in course.goal
                if run.full or goal.kind != "outcome"
            ),
            sessions,
            scores,
        ),
        plan=PlanOfCare(
            times_a_day=1,
            visits_a_week=Decimal(course.visits_a_week),
            duration_weeks=course.weeks,
            start=planned_from,
            certified_until=planned_until,
            interventions="Manual therapy, exercise, education, home programme.",
            prognosis=course.prognosis,
        ),
        referrer=run.referrer.name,
        referrer_practice=run.referrer.practice,
        referrer_telephone=run.referrer.telephone,
        referrer_fax=run.referrer.fax,
        referred_on=start - timedelta(days=6),
        discharged_on=_discharged_on(run, sessions[-1].service_date),
        discharge_reason=DischargeReason(run.discharged) if run.discharged else None,
    )


def _discharged_on(run: Run, last_on: date) -> date | None:
    if not run.discharged:
        return None
    return last_on if run.has_last_visit else min(last_on + timedelta(days=_WAITED_DAYS), run.today)


def _closed(
    reference: Reference,
    run: Run,
    goals: tuple[Goal, ...],
    sessions: Sequence[TreatmentSession],
    scores: Sequence[OutcomeScore],
) -> tuple[Goal, ...]:
    """The goals as a therapist leaves them who ends care: met where the values say so, else dropped with the reason."""
    if not run.discharged or run.leaves_open:
        return goals
    short_of_it = _SHORT_OF_IT[DischargeReason(run.discharged)]
    numbered = [replace(session, id=number) for number, session in enumerate(sessions, start=1)]
    charts = motion_charts(reference, numbered, goals)
    told = goals_progress(goals, charts, pain_chart(reference, numbered, goals), scores, reference)
    return tuple(
        replace(one.goal, status=GoalStatus.MET, status_reason="")
        if one.is_reached
        else replace(one.goal, status=GoalStatus.DROPPED, status_reason=short_of_it)
        for one in told
    )


def _diagnoses(
    reference: Reference, course: Course, run: Run, onset: date, start: date
) -> Iterator[Diagnosis]:
    """The medical diagnosis and, where all is charted, what of it is treated."""
    known = {
        each.code: each.description for condition in reference.conditions.values() for each in condition.codes
    }
    medical, treated = code_for(course.code, run.side), code_for(course.treats, run.side)
    yield Diagnosis(
        row=1,
        kind=DiagnosisKind.MEDICAL,
        code=medical,
        words=known.get(medical, course.words),
        checked=medical in known,
        since=onset,
    )
    if run.full:
        yield Diagnosis(
            row=2,
            kind=DiagnosisKind.TREATMENT,
            code=treated,
            words=known[treated],
            checked=True,
            since=start,
        )


def _goal(
    reference: Reference,
    course: Course,
    run: Run,
    goal: CourseGoal,
    rng: Random,
    first: TreatmentSession,
    scores: tuple[OutcomeScore, ...],
) -> Goal:
    blank = Goal(
        uuid=random_uuid(rng),
        words=goal.words,
        function=goal.function,
        long_term=goal.kind != "pain",
    )
    if goal.kind == "rom":
        aim = next(motion for motion in course.motion if motion.id == goal.motion)
        side = run.side_of(aim.side)
        values = (reading.value for reading in first.rom if reading.motion == aim.id and reading.side == side)
        return replace(
            blank,
            measure="rom",
            motion=aim.id,
            side=side,
            mode=Mode.PASSIVE if aim.passive else Mode.ACTIVE,
            unit=reference.motions[aim.id].unit,
            baseline=next(values, None),
            target=Decimal(aim.to),
        )
    if goal.kind == "pain":
        kind = PainKind.WORST if course.worst and run.full else PainKind.NOW
        scored = (score.value for score in first.pain if score.kind is kind and score.value is not None)
        target = Decimal((course.worst or course.pain)[1])
        return replace(
            blank,
            measure="pain",
            pain_kind=kind.value,
            unit="nprs",
            baseline=Decimal(next(scored)),
            target=target,
        )
    measure = goal.measure or course.measure["id"]
    return replace(
        blank,
        measure="outcome",
        outcome=measure,
        unit=reference.measures[measure].unit,
        baseline=next(score.total for score in scores if score.measure == measure),
        target=Decimal(course.measure["to"] if goal.to is None else goal.to),
    )


def _total(measure: str, value: float) -> Decimal:
    """A total that the questionnaire can give: ODI in steps of 2 %, QuickDASH in elevenths of 25, others whole."""
    if measure == "odi":
        return Decimal(round(value / 2) * 2)
    if measure == "quickdash":
        return (Decimal(round(value * 11 / 25)) * 25 / 11).quantize(Decimal("0.1"))
    return Decimal(round(value))
