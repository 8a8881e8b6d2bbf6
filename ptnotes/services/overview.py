"""What is seen at a glance: the home screen, the head of a patient's chart, the overview of an episode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from typing_extensions import override

from ptnotes.clinical import Reference
from ptnotes.db import overview, patients
from ptnotes.db.episodes import episodes_of, load_episode, outcomes_of
from ptnotes.db.people import people
from ptnotes.db.screening import load_screen
from ptnotes.db.sessions import sessions_of
from ptnotes.db.settings import load_clinic
from ptnotes.domain.body_chart import told_course
from ptnotes.domain.contraindication import Screen, open_events, positive_answers
from ptnotes.domain.dates import age_years
from ptnotes.domain.episode import EpisodeOfCare, GoalStatus, OutcomeScore
from ptnotes.domain.episode_progress import goals_progress, spine_marks, treated_rows
from ptnotes.domain.errors import NotFoundError
from ptnotes.domain.outcomes import judge_taking
from ptnotes.domain.permissions import Act, may_supervise
from ptnotes.domain.technique_response import technique_responses
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.domain.treatment_strip import treatment_strip
from ptnotes.domain.trend import TrendChart, counted, motion_charts, pain_chart
from ptnotes.domain.views import MOST_COUNTED, ChangeRow, EpisodeOverview, Home, PatientHeader, SpineMark
from ptnotes.domain.wording import measure_label
from ptnotes.figures.body_areas import areas_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.people import has_recovery_key
from ptnotes.services.permit import allows, require
from ptnotes.services.screening import against_to_see, events_to_follow
from ptnotes.services.visits import visit_rows

_RECENT = 12
_TO_CO_SIGN = 100
"""Notes to co-sign that the home page lists."""
_DRAFT_DAYS = 30
_DRAFTS = 100
"""Drafts that the home page lists; nobody reads further down."""
_SHOWN_LISTS = ("mobilizations", "rom", "pain", "body_chart")
"""The lists of a visit that the overview draws from."""


def home(clinic: OpenClinic) -> Home:
    """Patients seen last, notes to co-sign, drafts of the last thirty days, and how many patients there are."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    since = clinic.today() - timedelta(days=_DRAFT_DAYS)
    sees_notes = allows(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        supervisors = [person.id or 0 for person in people(connection) if may_supervise(person)]
        return Home(
            recent=overview.recent_patients(connection, _RECENT),
            to_co_sign=overview.to_co_sign(connection, clinic.person_id, supervisors, _TO_CO_SIGN)
            if allows(clinic, Act.CO_SIGN)
            else (),
            drafts=overview.open_drafts(connection, since, _DRAFTS) if sees_notes else (),
            draft_count=overview.open_draft_count(connection, since, MOST_COUNTED) if sees_notes else 0,
            patient_count=patients.patient_count(connection, MOST_COUNTED),
            lacks_recovery_key=allows(clinic, Act.ADMINISTER) and not has_recovery_key(clinic),
            against=against_to_see(clinic),
            events=events_to_follow(clinic),
        )


def patient_header(clinic: OpenClinic, patient_id: int, episode_id: int | None = None) -> PatientHeader:
    """Who the patient is and what the episode is: the one asked for, else the newest open one, else the newest.

    Whoever may not read charts is told of no episode. Raises `NotFoundError`.
    """
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with clinic.store.read() as connection:
        patient = patients.load_patient(connection, patient_id)
        episodes = episodes_of(connection, patient_id) if allows(clinic, Act.VIEW_NOTES) else ()
        episode = _shown(episodes, episode_id)
        visits = (
            overview.attended_visits(connection, episode.id)
            if episode is not None and episode.id is not None
            else ()
        )
        screen = (
            load_screen(connection, episode.id, patient_id, clinic.zone)
            if episode is not None and episode.id is not None
            else Screen()
        )
    days = [day for _, day, _ in visits]
    drafts = [key for key, _, is_draft in visits if is_draft]
    return PatientHeader(
        patient=patient,
        age_years=age_years(patient.birth_date, clinic.today()),
        episodes=episodes,
        episode=episode,
        visits_attended=len(set(days)),
        last_visit=days[-1] if days else None,
        open_draft_id=drafts[-1] if drafts else None,
        positive=positive_answers(clinic.reference, screen),
        events=open_events(screen.events),
    )


def episode_overview(clinic: OpenClinic, episode_id: int, as_of: date | None = None) -> EpisodeOverview:
    """The episode up to the day `as_of` (all of it where None): trends, changes, what was done, goals.

    Raises `NotFoundError`.
    """
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        episode = load_episode(connection, episode_id)
        patient = patients.load_patient(connection, episode.patient_id)
        normal_values = load_clinic(connection).normal_values
        sessions = sessions_of(connection, episode_id, until=as_of, lists=_SHOWN_LISTS)
        outcomes = tuple(
            score for score in outcomes_of(connection, episode_id) if as_of is None or score.taken_on <= as_of
        )
    reference = clinic.reference
    charts = motion_charts(reference, sessions, episode.goals, normal_values)
    pain = pain_chart(reference, sessions, episode.goals, episode.main_region)
    attended = counted(sessions)
    return EpisodeOverview(
        patient=patient,
        episode=episode,
        visits=visit_rows(reference, sessions),
        charts=charts,
        pain=pain if pain.lines else None,
        changes=(
            *_pain_change(pain),
            *(_change(chart, chart.title) for chart in charts if chart.latest is not None),
            *_outcome_changes(reference, outcomes, episode),
        ),
        outcomes=outcomes,
        treated=treated_rows(sessions),
        marks=spine_marks(reference, sessions),
        visit_marks=_MarksByVisit(reference, attended),
        strip=treatment_strip(reference, sessions),
        responses=technique_responses(sessions),
        goals=goals_progress(episode.goals, charts, pain, outcomes, reference),
        body=told_course(reference, areas_of, attended),
        first_on=attended[0].service_date if attended else None,
        last_on=attended[-1].service_date if attended else None,
    )


class _MarksByVisit(Mapping[int, tuple[SpineMark, ...]]):
    """The marks of each visit, made when they are asked for: of 200 visits a few are pointed at."""

    def __init__(self, reference: Reference, sessions: Iterable[TreatmentSession]) -> None:
        self._reference = reference
        self._sessions = {session.id: session for session in sessions if session.id is not None}

    @override
    def __getitem__(self, session_id: int) -> tuple[SpineMark, ...]:
        return spine_marks(self._reference, (self._sessions[session_id],))

    @override
    def __iter__(self) -> Iterator[int]:
        return iter(self._sessions)

    @override
    def __len__(self) -> int:
        return len(self._sessions)


def _shown(episodes: Sequence[EpisodeOfCare], episode_id: int | None) -> EpisodeOfCare | None:
    if episode_id is not None:
        asked = next((episode for episode in episodes if episode.id == episode_id), None)
        if asked is None:
            raise NotFoundError("episode.not_found")
        return asked
    open_ones = [episode for episode in episodes if episode.discharged_on is None]
    return next(iter((*open_ones, *episodes)), None)


def _pain_change(pain: TrendChart) -> tuple[ChangeRow, ...]:
    if pain.latest is None:
        return ()
    return (_change(pain, f"Pain, {pain.note}" if pain.note else "Pain"),)


def _change(chart: TrendChart, label: str) -> ChangeRow:
    several = any(line.is_main and len(line.points) > 1 for line in chart.lines)
    return ChangeRow(
        label=label,
        unit=chart.unit,
        first=chart.baseline if several else None,
        latest=chart.latest,
        verdict=chart.verdict,
        goal=chart.goal,
    )


def _outcome_changes(
    reference: Reference, outcomes: Sequence[OutcomeScore], episode: EpisodeOfCare
) -> tuple[ChangeRow, ...]:
    taken: dict[tuple[str, str], list[OutcomeScore]] = {}
    for score in outcomes:
        taken.setdefault((score.measure, score.subscale), []).append(score)
    rows = []
    for (measure, subscale), scores in taken.items():
        first, last = scores[0], scores[-1]
        several = len(scores) > 1
        rows.append(
            ChangeRow(
                label=measure_label(reference.measures[measure], subscale),
                unit=reference.measures[measure].unit,
                first=first.total if several else None,
                latest=last.total,
                verdict=judge_taking(reference, first, last, episode.main_region) if several else None,
                goal=next(
                    (
                        goal.target
                        for goal in episode.goals
                        if goal.outcome == measure and not subscale and goal.status is GoalStatus.ACTIVE
                    ),
                    None,
                ),
            )
        )
    return tuple(rows)
