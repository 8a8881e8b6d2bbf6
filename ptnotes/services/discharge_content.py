"""From an episode's values to the plain content of its discharge summary. Pure: what is given is all that is used.

What has to be in it follows the Medicare Benefit Policy Manual, Pub. 100-02, ch. 15, sec. 220.3: it goes from the last
progress report to the discharge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from ptnotes.clinical import Reference
from ptnotes.domain.dates import age_years
from ptnotes.domain.documents import Lack, blanks_left
from ptnotes.domain.episode import DISCHARGE_REASONS, GoalStatus, OutcomeScore
from ptnotes.domain.episode_progress import goals_progress
from ptnotes.domain.treatment import TreatmentSession, VisitKind
from ptnotes.domain.trend import counted, motion_charts, pain_chart
from ptnotes.domain.views import GoalProgress
from ptnotes.domain.wording import full_date
from ptnotes.reports.discharge_data import DischargeData, DischargeMeasure, GoalOutcome
from ptnotes.reports.document_data import Signatures
from ptnotes.reports.progress_data import MeasureRow, Reading
from ptnotes.services.case import Case
from ptnotes.services.home_sheet import home_exercise_lines, home_exercises_on
from ptnotes.services.progress_content import progress_content
from ptnotes.services.progress_plan import closed_on, measured_words
from ptnotes.services.progress_words import abbreviation_note, other_services

NOT_DISCHARGED = "The episode is not discharged yet."
_OUTCOMES = {
    GoalStatus.MET: "Met",
    GoalStatus.DROPPED: "Not met, dropped",
    GoalStatus.REVISED: "Not met, revised",
}
_TEACHES = "education"
"""The other name by which services of teaching are found in the reference data."""


def discharge_content(reference: Reference, case: Case) -> DischargeData:
    """The summary of `case`, whose `since` is the last report. Raises `InputError` "visit.none" without a visit."""
    episode = case.episode
    whole = progress_content(reference, replace(case, is_whole=True))
    attended = counted(case.sessions)
    # The visits are not listed one by one, so that no abbreviation of a technique stands there to be explained.
    shortened = set(abbreviation_note(reference, attended))
    whole = replace(whole, method_notes=tuple(note for note in whole.method_notes if note not in shortened))
    days = {session.service_date for session in attended}
    told = whole.signatures
    if episode.discharged_on is None:
        told = Signatures(signed=told.signed, open=(NOT_DISCHARGED, *told.open), added=told.added)
    reason = episode.discharge_reason
    return DischargeData(
        clinic=case.clinic,
        author=case.author,
        written_at=case.written_at,
        paper=whole.paper,
        patient=case.patient,
        age_years=age_years(case.patient.birth_date, episode.discharged_on or whole.last_on),
        signatures=told,
        whole=whole,
        discharged_on=episode.discharged_on,
        reason=DISCHARGE_REASONS[reason] if reason is not None else "",
        last_report_on=case.since,
        visits_since=sum(case.since is not None and day > case.since for day in days),
        measures=tuple(_measure(row, case.since) for row in whole.measures),
        goals=tuple(_goal(reference, case, progress) for progress in _progress(reference, case, attended)),
        home=home_exercise_lines(reference, case.sessions),
        home_on=home_exercises_on(case.sessions),
        education=_education(reference, attended),
        follow_up=_at_discharge(attended, "plan"),
        communication=_at_discharge(attended, "communication"),
    )


def discharge_lacks(data: DischargeData) -> tuple[Lack, ...]:
    """What is missing, what is required first."""
    return tuple(sorted(_lacks(data), key=lambda lack: not lack.is_required))


def _lacks(data: DischargeData) -> Iterator[Lack]:
    conclusion = data.whole.conclusion
    yield from blanks_left("The conclusion", conclusion.headline, conclusion.detail)
    told = (data.follow_up, data.communication)
    yield from blanks_left("The note", *(one.text for one in told if one is not None))
    if data.discharged_on is None:
        yield Lack(code="lack.discharge")
    elif not data.reason:
        yield Lack(code="lack.discharge_reason")
    if not data.author.credentials:
        yield Lack(code="lack.credentials", values={"name": data.author.name})
    if not data.whole.diagnoses:
        yield Lack(code="lack.diagnosis")
    if not data.goals:
        yield Lack(code="lack.goals")
    for goal in data.goals:
        if goal.is_open:
            yield Lack(code="lack.goal_open", values={"goal": goal.words})
        if goal.is_short:
            yield Lack(code="lack.goal_not_reached", values={"goal": goal.words}, is_required=False)
    if not data.measures:
        yield Lack(code="lack.measures")
    if not data.home:
        yield Lack(code="lack.home_exercises")
    if data.follow_up is None:
        yield Lack(code="lack.follow_up")
    if data.communication is None:
        yield Lack(code="lack.discharge_communication", is_required=False)
    if not data.education:
        yield Lack(code="lack.education", is_required=False)
    if not data.whole.referrer:
        yield Lack(code="lack.referrer", is_required=False)


def _measure(row: MeasureRow, since: date | None) -> DischargeMeasure:
    """A measure with its change since the last report, judged by the same judge as the change since the first.

    The reading at the report was taken in the way that the whole episode compares.
    """
    if since is None or row.since is None:
        return DischargeMeasure(row=row)
    return DischargeMeasure(row=row, reported=row.earlier, since=row.since)


def _progress(
    reference: Reference, case: Case, attended: Sequence[TreatmentSession]
) -> tuple[GoalProgress, ...]:
    episode = case.episode
    outcomes: list[OutcomeScore] = [score for score in case.outcomes if score.taken_on <= case.as_of]
    charts = motion_charts(reference, attended, episode.goals, case.clinic.normal_values)
    pain = pain_chart(reference, attended, episode.goals, episode.main_region)
    return goals_progress(episode.goals, charts, pain, outcomes, reference)


def _goal(reference: Reference, case: Case, progress: GoalProgress) -> GoalOutcome:
    """Whether a goal is met is what a clinician has said; the program says what was measured beside it."""
    goal = progress.goal
    function = f" ({goal.function})" if goal.function and goal.function != goal.words else ""
    is_open = goal.status is GoalStatus.ACTIVE
    if is_open:
        outcome = "Not marked as met; target reached" if progress.is_reached else "Not marked as met"
    else:
        on = closed_on(goal, case.goal_steps.get(goal.uuid, ()))
        outcome = _OUTCOMES[goal.status] + (f" on {full_date(on)}" if on is not None else "")
    measured = "" if goal.measure == "words" else measured_words(reference, progress)
    return GoalOutcome(
        words=f"{goal.words}{function}",
        outcome=outcome,
        measured=measured,
        # What is said of an open goal is why it was changed, and no reason for how it ended.
        why="" if is_open else goal.status_reason,
        is_open=is_open,
        is_short=goal.status is GoalStatus.MET and progress.now is not None and not progress.is_reached,
    )


def _education(reference: Reference, attended: Sequence[TreatmentSession]) -> tuple[str, ...]:
    """The services of teaching over the episode, with their minutes."""
    teaching = {key for key, item in reference.interventions.items() if _TEACHES in item.aliases}
    taught = [
        replace(
            session,
            interventions=tuple(row for row in session.interventions if row.intervention in teaching),
            exercises=(),
        )
        for session in attended
    ]
    return other_services(reference, taught)


def _at_discharge(attended: Sequence[TreatmentSession], section: str) -> Reading | None:
    """What the note of the visit of discharge has in that section."""
    last = next((one for one in reversed(attended) if one.kind is VisitKind.DISCHARGE), None)
    text = getattr(last.note, section).strip() if last is not None else ""
    return Reading(last.service_date, text) if last is not None and text else None
