"""From an episode's values to the plain content of its evaluation and plan of care. Pure: what is given is all that is
used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ptnotes.clinical import Reference
from ptnotes.domain.as_of import episode_as_of, versions_as_of
from ptnotes.domain.body_chart import told_course
from ptnotes.domain.certification import Certification
from ptnotes.domain.certifying import certified_to, is_on_file, sign_by
from ptnotes.domain.conclusion import Conclusion
from ptnotes.domain.contraindication import Screen, positive_answers
from ptnotes.domain.dates import age_years
from ptnotes.domain.due import DueRules
from ptnotes.domain.episode import (
    DiagnosisKind,
    EpisodeOfCare,
    Goal,
    GoalStatus,
    OnsetKind,
    OutcomeScore,
)
from ptnotes.domain.outcomes import answered_over
from ptnotes.domain.plan import PlanVersion, entered_words, plan_words
from ptnotes.domain.screening import answers_at, asked_in_full_on, asked_last_on, unanswered
from ptnotes.domain.treatment import PainKind, TreatmentSession, VisitKind
from ptnotes.domain.trend import counted, visit_numbers
from ptnotes.domain.wording import full_date, measure_label, side_words, with_unit
from ptnotes.figures.body_areas import areas_of
from ptnotes.reports.evaluation_data import (
    CertificationTold,
    EvaluationData,
    GoalAim,
    PlanTold,
    ScoreLine,
    Standing,
)
from ptnotes.reports.progress_data import PlanLine, ProblemLine, ProgressReportData
from ptnotes.reports.visit_data import VisitMeasures
from ptnotes.services.case import Case
from ptnotes.services.progress_content import progress_content
from ptnotes.services.progress_safety import precaution_words
from ptnotes.services.progress_words import joined, visit_line
from ptnotes.services.report_signatures import signatures
from ptnotes.services.visit_words import found_lines, visit_measures

TITLES = ("Evaluation and plan of care", "Re-evaluation and updated plan of care")
_ONSET = {
    OnsetKind.GRADUAL: "gradual",
    OnsetKind.SUDDEN: "sudden",
    OnsetKind.INJURY: "after an injury",
    OnsetKind.SURGERY: "after surgery",
    OnsetKind.UNKNOWN: "",
}
_WHOSE = {DiagnosisKind.MEDICAL: "Medical", DiagnosisKind.TREATMENT: "Treatment"}
_PAIN = {PainKind.NOW: "now", PainKind.BEST: "at best", PainKind.WORST: "at worst", PainKind.MOVEMENT: ""}
_BETTER = {"higher_better": "higher is better", "lower_better": "lower is better"}
_NAMED = 3
"""So many findings are named in the conclusion: it is read in a breath."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """An evaluation beside the episode as it stood with it: what was planned then, and how that plan stands today.

    `episode` has the goals, problems and diagnoses of then. `version` is the plan's, None where nothing was planned;
    `earlier` are those before it. `treated_on` is the first day of a visit to treat, None while there is none.
    `sessions` are the visits that the document draws from: this one, and of a re-evaluation those before it.
    """

    session: TreatmentSession
    episode: EpisodeOfCare
    version: PlanVersion | None
    earlier: tuple[PlanVersion, ...]
    outcomes: tuple[OutcomeScore, ...]
    sessions: tuple[TreatmentSession, ...]
    treated_on: date | None = None

    @property
    def is_again(self) -> bool:
        """Whether it is a re-evaluation."""
        return self.session.kind is VisitKind.RE_EVALUATION


def evaluated(case: Case, session: TreatmentSession) -> Evaluated:
    """The evaluation `session` of `case`, with what was planned for it.

    That is the plan as it stood at the end of the day, or the first one that was written after it; goals that were set
    later than that plan are those of a later evaluation, unless none was set before.
    """
    day = session.service_date
    versions = versions_as_of(case.plan_versions, day)
    # As far as its content goes the plan is that of then; how far it is on its way is told as it stands today.
    version = case.plan_versions[len(versions) - 1] if versions else None
    until = max(day, version.on) if version is not None else day
    episode = episode_as_of(case.episode, case.goal_steps, [version] if version is not None else [], day)
    first_set = {uuid: taken[0].event.on for uuid, taken in case.goal_steps.items() if taken}
    goals = tuple(goal for goal in episode.goals if first_set.get(goal.uuid, until) <= until)
    before = [
        one for one in counted(case.sessions) if (one.service_date, one.id or 0) < (day, session.id or 0)
    ]
    return Evaluated(
        session=session,
        episode=replace(
            episode,
            goals=goals or episode.goals,
            problems=tuple(one for one in episode.problems if one.since is None or one.since <= until),
        ),
        version=version,
        earlier=tuple(case.plan_versions[: len(versions) - 1]) if versions else (),
        outcomes=tuple(score for score in case.outcomes if score.taken_on <= day),
        sessions=(*(before if session.kind is VisitKind.RE_EVALUATION else ()), session),
        treated_on=next(
            (one.service_date for one in counted(case.sessions) if one.kind is VisitKind.TREATMENT), None
        ),
    )


def evaluation_content(
    reference: Reference, case: Case, found: Evaluated, rules: DueRules, chosen_by: date | None = None
) -> EvaluationData:
    """The content of the document. `rules` are the payer's; a signature is asked by `chosen_by`, else by the rule."""
    session, episode = found.session, found.episode
    numbers = visit_numbers(case.sessions)
    measures = visit_measures(reference, session, case.clinic.normal_values)
    latest = _latest(found.outcomes)
    course = _course(reference, case, found) if found.is_again else None
    screen = replace(case.screen, answers=answers_at(case.screen.answers, session))
    limiting = positive_answers(reference, screen)
    data = EvaluationData(
        clinic=case.clinic,
        author=case.author,
        written_at=case.written_at,
        paper=case.paper or case.clinic.paper,
        patient=case.patient,
        age_years=age_years(case.patient.birth_date, session.service_date),
        signatures=signatures(found.sessions, numbers, case.notes, case.broken, case.mark),
        title=TITLES[found.is_again],
        is_again=found.is_again,
        on=session.service_date,
        number=numbers.get(session.id or 0),
        care_began=episode.start,
        diagnoses=tuple(_diagnoses(episode, session.service_date)),
        referrer=episode.referrer,
        referrer_details=episode.referrer_practice,
        referrer_fax=episode.referrer_fax,
        referred_on=episode.referred_on,
        precaution=precaution_words(reference, episode, screen),
        conclusion=Conclusion(headline=""),
        certification=certification_told(found, rules, case.written_at.date(), chosen_by),
        plan=_plan(found, case.names),
        goals=tuple(_goal(reference, goal) for goal in episode.goals),
        judgement=session.note.assessment.strip(),
        why_skilled=episode.why_skilled.strip(),
        history=tuple(_history(episode)),
        told=(
            ("Subjective", session.note.subjective),
            ("Objective", session.note.objective),
            ("Plan", session.note.plan),
            ("Communication", session.note.communication),
        ),
        problems=tuple(
            ProblemLine(words=one.words, since=one.since, resolved_on=one.resolved_on)
            for one in episode.problems
        ),
        measures=measures,
        scores=tuple(_score(reference, score) for score in latest),
        answers=answered_over(reference, latest),
        examination=found_lines(reference, session),
        body=told_course(reference, areas_of, [session]),
        screening=limiting,
        screen_asked=_screen_asked(reference, episode, screen, is_limited=bool(limiting)),
        done=visit_line(reference, session, numbers, None).done,
        versions=tuple(_version(version, case.names) for version in found.earlier),
        course=course,
    )
    return replace(data, conclusion=_conclusion(reference, data, session, latest))


def _course(reference: Reference, case: Case, found: Evaluated) -> ProgressReportData:
    """The episode from its first visit to the re-evaluation, as a progress report would tell it."""
    return progress_content(
        reference,
        replace(
            case,
            sessions=found.sessions,
            outcomes=found.outcomes,
            episode=found.episode,
            as_of=found.session.service_date,
            is_whole=True,
            conclusion=None,
        ),
    )


def _diagnoses(episode: EpisodeOfCare, day: date) -> Iterator[tuple[str, str]]:
    held = [row for row in episode.diagnoses if row.until is None or row.until >= day]
    for row in sorted(held, key=lambda one: one.kind is not DiagnosisKind.MEDICAL):
        words = f"{row.code} {row.words}".strip()
        if words:
            code = "" if row.checked or not row.code else " (code not checked)"
            yield _WHOSE[row.kind], words + code


def _plan(found: Evaluated, names: Mapping[int, str]) -> PlanTold | None:
    if found.version is None:
        return None
    version, plan = found.version, found.version.plan
    who = names.get(version.written_by, "")
    return PlanTold(
        number=version.number,
        rate=plan_words(plan),
        interventions=plan.interventions.strip(),
        prognosis=plan.prognosis.strip(),
        written=full_date(version.on) + (f" by {who}" if who else ""),
    )


def _version(version: PlanVersion, names: Mapping[int, str]) -> PlanLine:
    certification = version.certification
    return PlanLine(
        number=version.number,
        on=version.on,
        who=names.get(version.written_by, ""),
        plan=plan_words(version.plan),
        changes=", ".join(version.changes),
        certification=_record(certification)
        if certification is not None
        else entered_words(version.plan) or "not sent",
    )


def _goal(reference: Reference, goal: Goal) -> GoalAim:
    unit = goal.unit
    if goal.measure == "outcome" and goal.outcome:
        unit = reference.measures[goal.outcome].unit
    closed = "" if goal.status is GoalStatus.ACTIVE else goal.status.value
    return GoalAim(
        words=goal.words,
        function=goal.function if goal.function != goal.words else "",
        measure=_measured_by(reference, goal),
        baseline=with_unit(goal.baseline, unit) if goal.baseline is not None else "",
        target=with_unit(goal.target, unit) if goal.target is not None else "",
        due=goal.due,
        long_term=goal.long_term,
        standing=joined(closed, goal.status_reason if closed else ""),
    )


def _measured_by(reference: Reference, goal: Goal) -> str:
    match goal.measure:
        case "rom" if goal.motion in reference.motions:
            motion = reference.motions[goal.motion or ""].full_label
            mode = goal.mode.value if goal.mode is not None else ""
            return joined(" ".join(part for part in (motion, side_words(goal.side)) if part), mode)
        case "pain":
            kind = f" {_PAIN[PainKind(goal.pain_kind)]}" if goal.pain_kind else ""
            return f"Pain{kind}, 0 to 10".replace(" ,", ",")
        case "outcome" if goal.outcome in reference.measures:
            return measure_label(reference.measures[goal.outcome or ""])
    return ""


def _history(episode: EpisodeOfCare) -> Iterator[tuple[str, str]]:
    began = full_date(episode.onset) if episode.onset is not None else ""
    surgery = joined(episode.surgery.strip(), full_date(episode.surgery_date) if episode.surgery_date else "")
    yield "Onset", joined(began, _ONSET[episode.onset_kind])
    yield "How it began", episode.mechanism.strip()
    yield "Surgery", surgery
    yield "Level of function before", episode.prior_function.strip()
    yield "Level of function now", episode.present_function.strip()
    yield "Complexities", episode.complexities.strip()


def _latest(outcomes: Sequence[OutcomeScore]) -> tuple[OutcomeScore, ...]:
    """The latest total of each questionnaire, in the order in which they were first taken."""
    taken: dict[tuple[str, str], OutcomeScore] = {}
    for score in outcomes:
        taken[score.measure, score.subscale] = score
    return tuple(taken.values())


def _score(reference: Reference, score: OutcomeScore) -> ScoreLine:
    measure = reference.measures[score.measure]
    return ScoreLine(
        measure=measure_label(measure, score.subscale),
        name=measure.label,
        score=with_unit(score.total, measure.unit),
        better=_BETTER.get(measure.direction, ""),
        on=score.taken_on,
    )


def _screen_asked(reference: Reference, episode: EpisodeOfCare, screen: Screen, *, is_limited: bool) -> str:
    """When the screen was asked, and how much of it has no answer: a blank is no "no"."""
    last = asked_last_on(screen.answers)
    if last is None:
        return "The screen is not recorded as asked."
    regions = [row.region for row in episode.regions]
    whole = asked_in_full_on(reference, screen.answers, regions)
    if whole is not None:
        other = "other " if is_limited else ""
        return f"The screen was asked in full on {full_date(whole)}. No {other}answer limits treatment."
    count = len(unanswered(reference, screen.answers, regions))
    questions = "1 question has" if count == 1 else f"{count} questions have"
    return f"The screen was last asked on {full_date(last)}; {questions} no answer."


# The certification ---------------------------------------------------------------------------------------------------


def certification_told(
    found: Evaluated, rules: DueRules, today: date, chosen_by: date | None = None
) -> CertificationTold:
    """What is asked of the physician, or what is on record.

    A plan is signed by `chosen_by`, else within the rule's days (30) of the evaluation; of a plan that goes on from a
    certified one by the end of that certification where it is sooner. It covers the plan's length or the rule's days
    (90), the shorter. A signed referral on file takes the place of the signature where the plan was sent within those
    30 days (42 CFR 410.61 and 424.24(c), read in copies, and the payer's own rule where that differs).
    """
    version, day = found.version, found.session.service_date
    if version is None or not plan_words(version.plan):
        return CertificationTold(standing=Standing.NO_PLAN)
    own = version.certification
    since = version.plan.start or day
    until, why = certified_to(version, since, rules)
    told = CertificationTold(
        standing=Standing.ASKED,
        since=since,
        until=until,
        why_until=why,
        by=chosen_by or sign_by(found.earlier, day, rules),
        record=_record(own) if own is not None else entered_words(version.plan),
    )
    if own is not None and own.signed_on is not None:
        return replace(told, standing=Standing.SIGNED, by=None)
    if is_on_file(own, day, rules):
        return replace(told, standing=Standing.ON_FILE, by=None)
    return replace(told, is_late=told.by is not None and told.by < today)


def _record(own: Certification) -> str:
    """What was sent and what came back, in a sentence without its full stop."""
    parts = []
    if own.sent_on is not None:
        to = f" to {own.sent_to}" if own.sent_to else ""
        how = f" ({own.sent_how})" if own.sent_how else ""
        parts.append(f"sent{to} on {full_date(own.sent_on)}{how}")
    if own.received_on is not None:
        parts.append(f"back on {full_date(own.received_on)}")
    if own.signed_on is not None:
        by = f" by {own.signed_by}" if own.signed_by else ""
        parts.append(f"signed{by} on {full_date(own.signed_on)}")
    return ", ".join(parts) or "not sent"


# The conclusion ------------------------------------------------------------------------------------------------------


def _conclusion(
    reference: Reference, data: EvaluationData, session: TreatmentSession, scores: Sequence[OutcomeScore]
) -> Conclusion:
    """What was found and what is planned, from the data alone; nothing is judged and nothing is promised."""
    plan = data.plan.rate if data.plan is not None else ""
    what = "Re-evaluated" if data.is_again else "Evaluated"
    treated = f"{what}: {data.diagnoses[0][1]}" if data.diagnoses else what
    headline = f"{treated}. Planned: {plan}" if plan else f"{treated}. No treatment is planned yet"
    found = [] if data.course is not None else list(_found(reference, data.measures, session, scores))
    aims = [goal for goal in data.goals if not goal.standing]
    aims.sort(key=lambda goal: not goal.long_term)
    detail = []
    if data.course is not None:
        changed = data.course.conclusion
        detail.append(
            ". ".join(part.rstrip(".") for part in (changed.headline, changed.detail) if part) + "."
        )
    if found:
        detail.append(f"Found: {', '.join(found[:_NAMED])}.")
    if aims:
        due = f" by {full_date(aims[0].due)}" if aims[0].due is not None else ""
        more = f", and {len(aims) - 1} more" if len(aims) > 1 else ""
        detail.append(f"Goal: {aims[0].words.rstrip('.')}{due}{more}.")
    return Conclusion(headline=headline, detail=" ".join(detail))


def _found(
    reference: Reference, measures: VisitMeasures, session: TreatmentSession, scores: Sequence[OutcomeScore]
) -> Iterator[str]:
    worst = next((row for row in session.pain if row.kind is PainKind.WORST and row.value is not None), None)
    pain = worst or next((row for row in session.pain if row.value is not None), None)
    if pain is not None and pain.scale == "nprs":
        yield f"pain {_PAIN[pain.kind]} {pain.value} of 10".replace("  ", " ")
    for line in measures.motions:
        seen = line.before or line.after
        if seen[:1].isdigit() or seen[:1] == "−":
            normal = f" (normal {line.normal.rstrip('*')})" if line.normal else ""
            yield f"{line.motion[:1].lower()}{line.motion[1:]} {seen}{normal}"
            break
    for score in scores:
        measure = reference.measures[score.measure]
        yield f"{measure_label(measure, score.subscale)} {with_unit(score.total, measure.unit)}"
