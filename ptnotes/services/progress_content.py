"""From an episode's values to the plain content of its progress report. Pure: what is given is all that is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ptnotes.clinical import Reference
from ptnotes.domain.body_chart import told_course
from ptnotes.domain.certifying import runs_to
from ptnotes.domain.change import Meaning, Verdict
from ptnotes.domain.conclusion import draft_conclusion
from ptnotes.domain.dates import age_years
from ptnotes.domain.episode import EpisodeOfCare, GoalStatus, OutcomeScore
from ptnotes.domain.episode_progress import goals_progress, spine_marks, treated_rows
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.examination import examined_over
from ptnotes.domain.outcomes import answered_over, compared_notes, judge_taking
from ptnotes.domain.treatment import (
    Mode,
    NoteState,
    PainKind,
    Phase,
    TreatmentSession,
    VisitStatus,
)
from ptnotes.domain.treatment_strip import treatment_strip
from ptnotes.domain.trend import TrendChart, TrendLine, counted, motion_charts, pain_chart, visit_numbers
from ptnotes.domain.views import ChangeRow, GoalProgress
from ptnotes.domain.wording import full_date, measure_label, number, own_value_sentence, side_words, with_unit
from ptnotes.figures.body_areas import areas_of
from ptnotes.reports.progress_data import (
    MeasureRow,
    ProgressReportData,
    Reading,
)
from ptnotes.services.case import Case
from ptnotes.services.progress_plan import care_plan, certified_until, goal_line, plan_words
from ptnotes.services.progress_safety import against_lines, precaution_words
from ptnotes.services.progress_words import (
    abbreviation_note,
    diagnosis_words,
    grade_note,
    is_shown,
    latest_narrative,
    other_services,
    treatment_line,
    visit_line,
)
from ptnotes.services.report_signatures import signatures

_PAIN_LABELS = {
    PainKind.NOW: "Pain now",
    PainKind.WORST: "Worst pain",
    PainKind.BEST: "Best pain",
    PainKind.MOVEMENT: "Pain with movement",
}


_LOOKS_BACK = 10
"""Treatment days that the conclusion looks back over where no report was given out, and how many before that day stand
for it: within so many a report is written (Medicare Benefit Policy Manual, Pub. 100-02, ch. 15, sec. 220.3.D).
"""


def progress_content(reference: Reference, case: Case) -> ProgressReportData:
    """The report of `case`. Raises `InputError` ("visit.none") where no visit was attended in the period."""
    episode = case.episode
    attended = counted(case.sessions)
    begins = None if case.is_whole else case.since
    in_period = [session for session in attended if begins is None or session.service_date > begins]
    if not in_period:
        raise InputError(Fault("visit.none", "report.as_of"))
    numbers = visit_numbers(case.sessions)
    outcomes = [score for score in case.outcomes if score.taken_on <= case.as_of]
    back = _looks_back(case.since, attended)
    charts = _titled(
        reference,
        motion_charts(reference, attended, episode.goals, case.clinic.normal_values, since=back.on),
    )
    pain = pain_chart(reference, attended, episode.goals, episode.main_region, since=back.on)
    measures = _measures(reference, case, charts, pain, outcomes, back)
    shown_charts = (*charts, pain) if pain.lines else charts
    key_motion = _key_motion(reference, episode, charts)
    in_numbers = [numbers[session.id] for session in in_period if session.id in numbers]
    goals = goals_progress(episode.goals, charts, pain, outcomes, reference)
    treated_days = len({session.service_date for session in attended})
    is_over = episode.discharged_on is not None and episode.discharged_on <= case.as_of
    ended, ended_on = _certification_ended(case)
    return ProgressReportData(
        clinic=case.clinic,
        author=case.author,
        written_at=case.written_at,
        paper=case.paper or case.clinic.paper,
        patient=case.patient,
        age_years=age_years(case.patient.birth_date, in_period[-1].service_date),
        diagnoses=diagnosis_words(episode, case.as_of),
        referrer=episode.referrer,
        referrer_details=episode.referrer_practice,
        precaution=precaution_words(reference, episode, case.screen),
        care_began=episode.start,
        plan_of_care=plan_words(episode, case.plan_versions),
        prognosis=episode.plan.prognosis,
        first_on=in_period[0].service_date,
        last_on=in_period[-1].service_date,
        first_number=min(in_numbers, default=None),
        last_number=max(in_numbers, default=None),
        last_report_on=case.since,
        visits_attended=treated_days,
        visits_missed=sum(
            session.status in (VisitStatus.CANCELLED, VisitStatus.MISSED)
            and session.state not in (NoteState.DISCARDED, NoteState.VOIDED)
            for session in case.sessions
        ),
        conclusion=case.conclusion
        or draft_conclusion(_changes(measures), treated_days, since=back.words, is_over=is_over),
        asked=case.asked or case.due,
        due=case.due,
        certification_ended=ended,
        certification_ended_on=ended_on,
        measures=tuple(row for row, _ in measures),
        charts=shown_charts,
        strip=treatment_strip(reference, attended),
        key_motion=key_motion.key if key_motion else "",
        page_charts=_page_charts(reference, episode, charts, pain, key_motion),
        treatments=tuple(treatment_line(reference, row) for row in treated_rows(in_period)),
        marks=spine_marks(reference, in_period),
        body=told_course(reference, areas_of, attended),
        examination=examined_over(reference, attended),
        answers=answered_over(reference, outcomes),
        other_services=other_services(reference, in_period),
        goals=tuple(
            goal_line(reference, progress, case.goal_steps.get(progress.goal.uuid, ()), case.as_of)
            for progress in sorted(goals, key=_closed_last)
        ),
        care=care_plan(episode, case.goal_steps, case.plan_versions, case.names, begins, case.as_of),
        narrative=latest_narrative(in_period),
        visits=tuple(
            visit_line(reference, session, numbers, key_motion)
            for session in case.sessions
            if is_shown(session)
        ),
        method_notes=(
            *_method_notes(charts),
            *compared_notes(reference, outcomes),
            *abbreviation_note(reference, attended),
            *grade_note(reference, attended),
        ),
        against=against_lines(reference, in_period, numbers, case.screen, case.names),
        signatures=signatures(attended, numbers, case.notes, case.broken, case.mark),
    )


@dataclass(frozen=True, slots=True)
class _Back:
    """The day `on` that the conclusion looks back to, None where there is none, and since when that is, in words.

    What stands for that day was taken on `first` or later: of an older value nobody knows when it changed.
    """

    on: date | None = None
    words: str = ""
    first: date = date.min


def _looks_back(since: date | None, attended: Sequence[TreatmentSession]) -> _Back:
    """To the last report; where none was given out, to the treatment day before the last `_LOOKS_BACK`."""
    days = sorted({session.service_date for session in attended})
    words = f"over the last {_LOOKS_BACK} visits"
    if since is not None:
        words = f"since the last report ({full_date(since)})"
    elif len(days) > _LOOKS_BACK:
        since = days[-_LOOKS_BACK - 1]
    else:
        return _Back()
    by_then = [day for day in days if day <= since]
    return _Back(since, words, by_then[-_LOOKS_BACK:][0] if by_then else since)


def _closed_last(progress: GoalProgress) -> bool:
    """What is still pursued comes first: the first page has room for a few goals only."""
    return progress.goal.status is not GoalStatus.ACTIVE


# Measures -----------------------------------------------------------------------------------------------------------

_Measured = tuple[MeasureRow, ChangeRow]


def _changes(measures: Iterable[_Measured]) -> list[ChangeRow]:
    return [change for _, change in measures]


def _measures(
    reference: Reference,
    case: Case,
    charts: Sequence[TrendChart],
    pain: TrendChart,
    outcomes: Sequence[OutcomeScore],
    back: _Back,
) -> list[_Measured]:
    """Pain, then each motion in the reference's order, then questionnaires, each with the change that it shows."""
    found: list[_Measured] = []
    if pain.lines:
        scale = reference.measures["nprs"]
        label = _PAIN_LABELS[PainKind(pain.note)] if pain.note else "Pain"
        found.append(_measured(pain, label, f"0 to 10, {scale.label}", case.since, back))
    found += [_measured(chart, chart.title, "", case.since, back) for chart in charts]
    scores: dict[tuple[str, str], list[OutcomeScore]] = {}
    for score in outcomes:
        scores.setdefault((score.measure, score.subscale), []).append(score)
    found += [_scored(reference, case, taken, back) for taken in scores.values()]
    return found


def _measured(chart: TrendChart, label: str, how: str, since: date | None, back: _Back) -> _Measured:
    main = next((line for line in chart.lines if line.is_main), None)
    goal = _goal_words(chart.goal, chart.unit, chart.better)
    normal = _range_words(chart)
    if main is None or not main.points:
        words = [word for word in chart.words if word.phase is not Phase.AFTER] or list(chart.words)
        told = [Reading(word.on, word.label) for word in words]
        row = MeasureRow(
            label=label,
            unit=chart.unit,
            how="in words",
            first=told[0] if len(told) > 1 else None,
            now=told[-1] if told else None,
            verdict=Verdict(meaning=Meaning.NOT_COMPARABLE, reason="not_numeric") if len(told) > 1 else None,
            goal=goal,
            normal=normal,
            chart_key=chart.key,
        )
        return row, ChangeRow(label=label, unit=chart.unit, first=None, latest=None, verdict=None)
    readings = [Reading(point.on, with_unit(point.value, chart.unit)) for point in main.points]
    several = len(readings) > 1
    row = MeasureRow(
        label=label,
        unit=chart.unit,
        how=how or _how(main),
        first=readings[0] if several else None,
        earlier=_earlier(readings, since),
        now=readings[-1],
        verdict=chart.verdict,
        since=chart.since,
        goal=goal,
        normal=normal,
        chart_key=chart.key,
    )
    change = ChangeRow(
        label=label,
        unit=chart.unit,
        first=chart.baseline if several else None,
        latest=chart.latest,
        verdict=chart.verdict,
        goal=chart.goal,
        then=chart.then.value if chart.then is not None else None,
        since=chart.since if chart.then is not None and chart.then.on >= back.first else None,
    )
    return row, change


def _certification_ended(case: Case) -> tuple[str, date | None]:
    """That a certification had run out while care went on, and its last day; a day that was only entered is told as
    that, and so is that a plan ran out by its length, or by the rule's days, without one.
    """
    plan, treated = case.episode.plan, counted(case.sessions)
    entered = certified_until(case.episode, case.plan_versions)
    counted_to = runs_to(plan.start or case.episode.start, plan.duration_weeks, case.rules)
    until = entered or (counted_to if plan_words(case.episode) else None)
    if until is None or not treated or treated[-1].service_date <= until:
        return "", None
    own = case.plan_versions[-1].certification if case.plan_versions else None
    if own is not None and own.signed_on is not None:
        return f"The plan of care was certified to {full_date(until)}.", until
    if entered is None:
        return f"The plan of care ran to {full_date(until)}; no certification is on record.", until
    return (
        f"The plan of care is entered as certified to {full_date(until)}; no signature is on record.",
        until,
    )


def _scored(reference: Reference, case: Case, taken: Sequence[OutcomeScore], back: _Back) -> _Measured:
    first, last = taken[0], taken[-1]
    measure = reference.measures[last.measure]
    label = measure_label(measure, last.subscale)
    readings = [Reading(score.taken_on, with_unit(score.total, measure.unit)) for score in taken]
    verdict = None
    if len(taken) > 1:
        verdict = judge_taking(reference, first, last, case.episode.main_region)
    then = None
    if back.on is not None and last.taken_on > back.on:
        then = next((score for score in reversed(taken) if score.taken_on <= back.on), None)
    since = judge_taking(reference, then, last, case.episode.main_region) if then is not None else None
    goal = next(
        (
            goal.target
            for goal in case.episode.goals
            if goal.measure == "outcome" and goal.outcome == last.measure and goal.status is GoalStatus.ACTIVE
        ),
        None,
    )
    row = MeasureRow(
        label=label,
        unit=measure.unit,
        how=measure.label,
        first=readings[0] if len(taken) > 1 else None,
        earlier=_earlier(readings, case.since),
        now=readings[-1],
        verdict=verdict,
        since=since,
        goal=_goal_words(goal, measure.unit, measure.direction.removesuffix("_better")),
    )
    change = ChangeRow(
        label=label,
        unit=measure.unit,
        first=first.total if len(taken) > 1 else None,
        latest=last.total,
        verdict=verdict,
        goal=goal,
        then=then.total if then is not None else None,
        since=since if then is not None and then.taken_on >= back.first else None,
    )
    return row, change


def _earlier(readings: Sequence[Reading], since: date | None) -> Reading | None:
    """The reading at the last report, where there is one after it; without a report the one before the latest, where it
    is not the first.
    """
    if since is not None:
        by_then = [reading for reading in readings if reading.on <= since]
        return by_then[-1] if by_then and len(by_then) < len(readings) else None
    return readings[-2] if len(readings) > 2 else None


def _how(line: TrendLine) -> str:
    return line.label or (line.mode or Mode.ACTIVE).value


def _goal_words(goal: Decimal | None, unit: str, better: str) -> str:
    if goal is None:
        return ""
    return {"lower": "≤ ", "higher": "≥ "}.get(better, "") + with_unit(goal, unit)


def _range_words(chart: TrendChart) -> str:
    if chart.normal_low is None or chart.normal_high is None:
        return ""
    high = with_unit(chart.normal_high, chart.unit)
    words = high if chart.normal_low == chart.normal_high else f"{number(chart.normal_low)}–{high}"
    return f"{words}*" if chart.own_normals else words


def _titled(reference: Reference, charts: Iterable[TrendChart]) -> tuple[TrendChart, ...]:
    """On paper a motion stands without its region's heading, so that its title names the region."""
    return tuple(
        replace(
            chart,
            title=" ".join(
                part for part in (reference.motions[chart.motion].full_label, side_words(chart.side)) if part
            ),
        )
        if chart.motion is not None
        else chart
        for chart in charts
    )


def _key_motion(
    reference: Reference, episode: EpisodeOfCare, charts: Sequence[TrendChart]
) -> TrendChart | None:
    """The motion that tells most: one with a goal, of the main region, really changed, often measured."""

    def weight(chart: TrendChart) -> tuple[bool, bool, bool, int]:
        in_region = chart.motion is not None and reference.motions[chart.motion].region == episode.main_region
        is_real = chart.verdict is not None and chart.verdict.is_real
        return chart.goal is not None, in_region, is_real, _values(chart)

    return max(
        (chart for chart in charts if any(line.is_main for line in chart.lines)), key=weight, default=None
    )


def _page_charts(
    reference: Reference,
    episode: EpisodeOfCare,
    charts: Sequence[TrendChart],
    pain: TrendChart,
    key_motion: TrendChart | None,
) -> tuple[str, ...]:
    """The keys of the two charts of the first page: the motion that tells most, and the pain.

    Where one of them has no two values that were taken alike, the most limited motion of the main region by its normal
    value takes its place, then any other motion; a chart without two such values shows no course.
    """

    def limitation(chart: TrendChart) -> tuple[bool, Decimal]:
        motion = reference.motions.get(chart.motion or "")
        in_region = motion is not None and motion.region == episode.main_region
        if chart.latest is None or not chart.normal_low or chart.better != "higher":
            # There is no share of a normal value of 0, of none, or of one that is better stayed below.
            return not in_region, Decimal(1)
        return not in_region, chart.latest / chart.normal_low

    others = sorted((chart for chart in charts if chart is not key_motion), key=limitation)
    wanted = (*([key_motion] if key_motion is not None else []), pain, *others)
    return tuple(chart.key for chart in wanted if _values(chart) > 1)[:2]


def _values(chart: TrendChart) -> int:
    """How many values of a chart are compared with each other."""
    return next((len(line.points) for line in chart.lines if line.is_main), 0)


def _method_notes(charts: Iterable[TrendChart]) -> Iterable[str]:
    """Says which readings were left out of a comparison because they were taken in another way, and which normal values
    are the clinic's own.
    """
    for chart in charts:
        for own in chart.own_normals:
            yield f"* {chart.title}, normal value: {own_value_sentence(own, chart.unit)}"
        main = next((line for line in chart.lines if line.is_main), None)
        others: dict[str, int] = {}
        for line in chart.lines:
            if main is not None and (line.mode, line.method, line.test_position) != (
                main.mode,
                main.method,
                main.test_position,
            ):
                others[_how(line)] = others.get(_how(line), 0) + len(line.points)
        if main is not None and others:
            told = ", ".join(f"{way} ({count})" for way, count in others.items())
            yield f"{chart.title}: compared is {_how(main)}; not compared with it: {told}."
