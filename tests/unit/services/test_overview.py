"""What is seen at a glance comes from what was charted, and from nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ptnotes.db.sessions import add_sessions
from ptnotes.domain.change import Meaning
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare, Goal, OutcomeScore
from ptnotes.domain.errors import NotFoundError
from ptnotes.domain.treatment import Side, TreatmentSession, VisitStatus
from ptnotes.services.episodes import discharge_episode, open_episode, record_outcome
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import episode_overview, home, patient_header
from ptnotes.services.patients import add_patient
from ptnotes.services.visits import discard_draft, record_absence, start_session
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock
from tests.episodes import FIRST, course, flexion, mobilization, visit

FLEXION = Goal(
    uuid="11111111-1111-4111-8111-111111111111",
    words="Bend to tie shoes",
    measure="rom",
    motion="lumbar_flexion",
    unit="deg",
    baseline=Decimal(42),
    target=Decimal(62),
)


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def patient_id(clinic: OpenClinic) -> int:
    stored = add_patient(clinic, PATIENT)
    assert stored.id is not None
    return stored.id


@pytest.fixture
def episode_id(clinic: OpenClinic, patient_id: int) -> int:
    episode = EpisodeOfCare(patient_id=patient_id, title="Low back pain", start=FIRST, goals=(FLEXION,))
    stored = open_episode(clinic, episode)
    assert stored.id is not None
    return stored.id


def store(
    clinic: OpenClinic, episode_id: int, sessions: list[TreatmentSession]
) -> tuple[TreatmentSession, ...]:
    own = [
        replace(session, id=None, episode_id=episode_id, author_id=clinic.person_id) for session in sessions
    ]
    with clinic.store.write() as connection:
        stored = add_sessions(connection, own, clinic.clock())
        connection.commit()
    return stored


def test_an_empty_clinic_has_an_empty_home(clinic: OpenClinic) -> None:
    assert home(clinic).patient_count == 0
    assert home(clinic).recent == home(clinic).drafts == ()


def test_the_home_shows_who_was_seen_last_and_recent_drafts(clinic: OpenClinic, episode_id: int) -> None:
    draft = start_session(clinic, episode_id)
    start_session(clinic, episode_id, service_date=clinic.today() - timedelta(days=31))
    shown = home(clinic)
    assert [row.mrn for row in shown.recent] == [PATIENT.mrn]
    assert [row.session_id for row in shown.drafts] == [draft.id]
    assert shown.patient_count == 1


def test_the_home_lists_the_latest_drafts_and_counts_no_further_than_it_must(
    clinic: OpenClinic, episode_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [
        start_session(clinic, episode_id, service_date=clinic.today() - timedelta(days=ago))
        for ago in range(5)
    ]
    monkeypatch.setattr("ptnotes.services.overview._DRAFTS", 2)
    assert [row.session_id for row in home(clinic).drafts] == [draft.id for draft in drafts[:2]]
    assert home(clinic).draft_count == 5
    monkeypatch.setattr("ptnotes.services.overview.MOST_COUNTED", 3)
    assert home(clinic).draft_count == 3


def test_the_header_counts_treatment_days_and_not_absences(
    clinic: OpenClinic, patient_id: int, episode_id: int
) -> None:
    store(clinic, episode_id, [*course(3), visit(9, on=FIRST)])
    record_absence(clinic, episode_id, FIRST + timedelta(days=20), VisitStatus.MISSED, "ill")
    header = patient_header(clinic, patient_id)
    assert header.visits_attended == 3
    assert header.last_visit == FIRST + timedelta(days=6)
    assert header.age_years == 46
    assert header.episode is not None
    assert header.episode.id == episode_id


def test_the_header_names_the_draft_that_waits(clinic: OpenClinic, patient_id: int, episode_id: int) -> None:
    draft = start_session(clinic, episode_id)
    assert patient_header(clinic, patient_id).open_draft_id == draft.id
    assert draft.id is not None
    discard_draft(clinic, draft.id)
    assert patient_header(clinic, patient_id).open_draft_id is None


def test_the_header_shows_the_open_episode_before_a_newer_closed_one(
    clinic: OpenClinic, patient_id: int, episode_id: int
) -> None:
    newer = open_episode(
        clinic, EpisodeOfCare(patient_id=patient_id, title="Knee", start=FIRST + timedelta(days=30))
    )
    assert newer.id is not None
    discharge_episode(clinic, newer.id, FIRST + timedelta(days=60), DischargeReason.GOALS_MET)
    shown = patient_header(clinic, patient_id)
    assert shown.episode is not None
    assert shown.episode.id == episode_id
    assert len(shown.episodes) == 2
    asked = patient_header(clinic, patient_id, newer.id)
    assert asked.episode is not None
    assert asked.episode.title == "Knee"


def test_a_patient_or_episode_that_is_not_there_is_said_to_be_missing(
    clinic: OpenClinic, patient_id: int
) -> None:
    for call in (
        lambda: patient_header(clinic, 999),
        lambda: patient_header(clinic, patient_id, 999),
        lambda: episode_overview(clinic, 999),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_an_episode_without_visits_is_empty(clinic: OpenClinic, episode_id: int) -> None:
    overview = episode_overview(clinic, episode_id)
    assert overview.visits == overview.charts == overview.changes == overview.treated == overview.marks == ()
    assert overview.pain is None
    assert overview.first_on is None
    assert [goal.share for goal in overview.goals] == [None]


def test_changes_are_of_the_worst_pain_each_motion_and_the_questionnaires(
    clinic: OpenClinic, episode_id: int
) -> None:
    store(clinic, episode_id, course(10))
    for on, total in ((FIRST, 44), (FIRST + timedelta(days=27), 30)):
        record_outcome(
            clinic, OutcomeScore(episode_id=episode_id, measure="odi", taken_on=on, total=Decimal(total))
        )
    overview = episode_overview(clinic, episode_id)
    seen = {change.label: (change.first, change.latest) for change in overview.changes}
    assert seen["Pain, worst"] == (Decimal(9), Decimal(6))
    assert seen["Flexion"] == (Decimal(42), Decimal(55))
    assert seen["ODI"] == (Decimal(44), Decimal(30))
    meanings = {change.label: change.verdict.meaning for change in overview.changes if change.verdict}
    judged = [meanings[label] for label in ("Flexion", "Pain, worst", "ODI")]
    assert judged == [Meaning.EXCEEDS_ERROR, Meaning.IMPORTANT, Meaning.IMPORTANT]
    assert (overview.first_on, overview.last_on) == (FIRST, FIRST + timedelta(days=27))


def test_one_visit_has_values_and_no_verdict(clinic: OpenClinic, episode_id: int) -> None:
    store(clinic, episode_id, course(1))
    assert all(
        change.first is None and change.verdict is None
        for change in episode_overview(clinic, episode_id).changes
    )


def test_a_subscale_is_not_judged_as_the_whole_questionnaire(clinic: OpenClinic, episode_id: int) -> None:
    store(clinic, episode_id, course(2))
    record_outcome(
        clinic,
        OutcomeScore(
            episode_id=episode_id, measure="koos", subscale="pain", taken_on=FIRST, total=Decimal(40)
        ),
    )
    assert "KOOS" not in {change.label for change in episode_overview(clinic, episode_id).changes}


def test_a_goal_is_as_far_as_its_measure_came(clinic: OpenClinic, episode_id: int) -> None:
    store(clinic, episode_id, course(2))
    (progress,) = episode_overview(clinic, episode_id).goals
    assert (progress.now, progress.share) == (55, Decimal("0.65"))


def test_as_of_a_day_nothing_later_is_told(clinic: OpenClinic, episode_id: int) -> None:
    store(clinic, episode_id, course(10))
    later = FIRST + timedelta(days=20)
    record_outcome(
        clinic, OutcomeScore(episode_id=episode_id, measure="odi", taken_on=later, total=Decimal(30))
    )
    overview = episode_overview(clinic, episode_id, as_of=FIRST + timedelta(days=6))
    assert overview.last_on == date(2025, 10, 12)
    assert len(overview.visits) == 3
    assert overview.outcomes == ()


def test_the_spine_shows_the_latest_treatment_filled_and_earlier_ones_outlined(
    clinic: OpenClinic, episode_id: int
) -> None:
    stored = store(
        clinic,
        episode_id,
        [
            visit(1, (), (), [mobilization("L4", "II"), mobilization("T12", "II", side=Side.RIGHT, row=9)]),
            visit(2, (), (), [mobilization("L4", "III+")]),
            visit(3, [flexion(50)]),
        ],
    )
    overview = episode_overview(clinic, episode_id)
    assert {(mark.target, mark.grade, mark.at_latest_visit, mark.sessions) for mark in overview.marks} == {
        ("L4", "III+", True, 2),
        ("T12", "II", False, 1),
    }
    by_visit = [[mark.target for mark in overview.visit_marks[session.id or 0]] for session in stored]
    assert by_visit == [["T12", "L4"], ["L4"], []]


def test_the_strongest_grade_of_a_visit_is_the_one_shown(clinic: OpenClinic, episode_id: int) -> None:
    store(clinic, episode_id, [visit(1, (), (), [mobilization("L4", "IV"), mobilization("L4", "II", row=9)])])
    assert [mark.grade for mark in episode_overview(clinic, episode_id).marks] == ["IV"]


def test_discarded_visits_are_not_told(clinic: OpenClinic, episode_id: int) -> None:
    first, second = store(clinic, episode_id, course(2))
    assert first.id is not None
    assert second.id is not None
    discard_draft(clinic, second.id)
    overview = episode_overview(clinic, episode_id)
    assert [row.id for row in overview.visits] == [first.id]
    assert {
        point.session_id for chart in overview.charts for line in chart.lines for point in line.points
    } == {first.id}


def test_two_hundred_visits_are_gathered_in_as_many_statements_as_one(
    clinic: OpenClinic, patient_id: int, episode_id: int
) -> None:
    import sqlalchemy.event

    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with clinic.store.read() as connection:
        engine = connection.engine
    sqlalchemy.event.listen(engine, "before_cursor_execute", count)
    store(clinic, episode_id, course(1))
    statements.clear()
    episode_overview(clinic, episode_id)
    of_one = len(statements)
    store(clinic, episode_id, course(200, every_days=1)[1:])
    statements.clear()
    overview = episode_overview(clinic, episode_id)
    sqlalchemy.event.remove(engine, "before_cursor_execute", count)
    assert len(overview.visits) == 200
    assert len(statements) == of_one > 0
