"""An episode of care is stored and given back whole; earlier plans, goals and referrals stay in the file."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from ptnotes.db.episode_history import plan_history
from ptnotes.db.episodes import (
    add_episodes,
    change_episode,
    episodes_of,
    load_episode,
    outcomes_of,
    record_outcome,
)
from ptnotes.db.patients import add_patients
from ptnotes.db.schema.episode import (
    DiagnosisRecord,
    GoalEventRecord,
    GoalRecord,
    PlanOfCareRecord,
    ProblemRecord,
    ReferralRecord,
)
from ptnotes.db.schema.patient import ProviderRecord
from ptnotes.db.store import Store
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
from ptnotes.domain.errors import NotFoundError, StaleError
from ptnotes.domain.treatment import Mode, Side
from tests.clinics import PATIENT
from tests.db.conftest import NOW, counted

EPISODE = EpisodeOfCare(
    patient_id=1,
    title="Low back pain",
    start=date(2026, 3, 2),
    onset=date(2026, 1, 10),
    onset_kind=OnsetKind.INJURY,
    mechanism="lifting",
    surgery="none",
    surgery_date=date(2020, 5, 5),
    prior_function="walks 5 km",
    present_function="walks 500 m",
    complexities="diabetes",
    why_skilled="joint-specific treatment",
    precaution="osteoporosis",
    regions=(EpisodeRegion(region="lumbar"), EpisodeRegion(region="hip", side=Side.LEFT)),
    diagnoses=(
        Diagnosis(row=2, code="M54.50", code_set_date="2026", words="Low back pain", checked=True),
        Diagnosis(row=1, kind=DiagnosisKind.TREATMENT, words="Stiff L5", since=date(2026, 3, 2)),
    ),
    problems=(
        Problem(row=2, words="Cannot bend to the floor", since=date(2026, 1, 12)),
        Problem(row=1, words="Sleeps badly", since=date(2026, 1, 20), resolved_on=date(2026, 2, 28)),
    ),
    goals=(
        Goal(
            uuid="g-1",
            words="Bend to tie shoes",
            function="dressing",
            measure="rom",
            motion="lumbar_flexion",
            mode=Mode.ACTIVE,
            unit="deg",
            baseline=Decimal(40),
            target=Decimal("55.5"),
            due=date(2026, 5, 1),
            long_term=True,
        ),
        Goal(uuid="g-2", words="Sleep through"),
    ),
    plan=PlanOfCare(visits_a_week=Decimal("2.5"), duration_weeks=6, start=date(2026, 3, 2), prognosis="good"),
    referrer="Dr. A. Example",
    referrer_practice="Example Practice",
    referrer_fax="555 0100",
    referred_on=date(2026, 2, 27),
)


@pytest.fixture
def charted(store: Store) -> Store:
    with store.write() as connection:
        add_patients(connection, [PATIENT, replace(PATIENT, mrn="2")], NOW)
        connection.commit()
    return store


def opened(store: Store, episode: EpisodeOfCare = EPISODE) -> EpisodeOfCare:
    with store.write() as connection:
        (stored,) = add_episodes(connection, [episode], NOW, 1)
        connection.commit()
    return stored


def changed(store: Store, episode: EpisodeOfCare) -> EpisodeOfCare:
    with store.write() as connection:
        done = change_episode(connection, episode, NOW, 1)
        connection.commit()
    return done


def count(store: Store, record: type[PlanOfCareRecord | ProviderRecord | GoalEventRecord]) -> int:
    with store.read() as connection:
        return connection.scalar(select(func.count()).select_from(record)) or 0


def test_an_episode_comes_back_whole(charted: Store) -> None:
    stored = opened(charted)
    assert stored == replace(EPISODE, id=stored.id, uuid=stored.uuid, revision=1)
    with charted.read() as connection:
        assert load_episode(connection, stored.id or 0) == stored


def test_a_bare_episode_comes_back_too(charted: Store) -> None:
    stored = opened(charted, EpisodeOfCare(patient_id=1, start=date(2026, 3, 2)))
    with charted.read() as connection:
        assert load_episode(connection, stored.id or 0) == stored
        with pytest.raises(NotFoundError):
            load_episode(connection, 99)


def test_a_patients_episodes_come_newest_first_in_six_statements(charted: Store) -> None:
    ids = [opened(charted, replace(EPISODE, start=date(2026, month, 1), goals=())).id for month in (1, 3, 2)]
    opened(charted, replace(EPISODE, patient_id=2))
    with charted.read() as connection, counted(charted) as statements:
        found = episodes_of(connection, 1)
    assert [episode.id for episode in found] == [ids[1], ids[2], ids[0]]
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 6


def test_a_change_comes_back_and_rows_taken_out_stay_in_the_file(charted: Store) -> None:
    stored = opened(charted)
    after = changed(
        charted,
        replace(
            stored,
            title="Back pain",
            regions=stored.regions[1:],
            diagnoses=stored.diagnoses[:1],
            problems=stored.problems[1:],
            goals=stored.goals[::-1],
            discharged_on=date(2026, 6, 1),
            discharge_reason=DischargeReason.GOALS_MET,
        ),
    )
    assert after.revision == 2
    with charted.read() as connection:
        assert load_episode(connection, stored.id or 0) == after
        assert len(connection.execute(select(DiagnosisRecord)).all()) == 2
        assert len(connection.execute(select(ProblemRecord)).all()) == 2


def test_a_goal_added_later_gets_a_name_and_one_dropped_from_the_list_stays(charted: Store) -> None:
    stored = opened(charted)
    after = changed(charted, replace(stored, goals=(Goal(uuid="", words="Garden"),)))
    assert len(after.goals[0].uuid) == 36
    with charted.read() as connection:
        assert load_episode(connection, stored.id or 0).goals == after.goals
        assert len(connection.execute(select(GoalRecord)).all()) == 3


def events_of(store: Store) -> list[tuple[str, str, Decimal | None, date | None, str]]:
    record = GoalEventRecord
    query = (
        select(GoalRecord.uuid, record.status, record.target, record.due, record.reason)
        .join(GoalRecord, GoalRecord.id == record.goal_id)
        .order_by(record.id)
    )
    with store.read() as connection:
        return [(row[0], row[1].value, *row[2:]) for row in connection.execute(query)]


SET = [
    ("g-1", "active", Decimal("55.5"), date(2026, 5, 1), ""),
    ("g-2", "active", None, None, ""),
]


def test_what_became_of_a_goal_is_kept_as_an_event(charted: Store) -> None:
    stored = opened(charted)
    met = replace(stored.goals[0], status=GoalStatus.MET, status_reason="55 degrees on 1 May")
    reworded = replace(stored.goals[1], words="Sleep all night")
    changed(charted, replace(stored, goals=(met, reworded)))
    done = ("g-1", "met", Decimal("55.5"), date(2026, 5, 1), "55 degrees on 1 May")
    assert events_of(charted) == [*SET, done]


def test_a_goal_that_is_revised_keeps_its_name_and_stays_active_and_the_event_says_revised(
    charted: Store,
) -> None:
    stored = opened(charted)
    aimed = replace(stored.goals[0], target=Decimal(70), due=None, status_reason="sooner than expected")
    after = changed(charted, replace(stored, goals=(aimed, stored.goals[1])))
    assert after.goals[0] == aimed
    assert events_of(charted) == [*SET, ("g-1", "revised", Decimal(70), None, "sooner than expected")]


def test_a_goal_set_later_begins_with_an_event_of_its_own(charted: Store) -> None:
    stored = opened(charted)
    later = Goal(uuid="g-3", words="Garden", target=Decimal(4), due=date(2026, 7, 1))
    changed(charted, replace(stored, goals=(*stored.goals, later)))
    assert events_of(charted) == [*SET, ("g-3", "active", Decimal(4), date(2026, 7, 1), "")]


def test_goals_of_other_episodes_get_no_event_from_one_that_is_changed(charted: Store) -> None:
    opened(charted)
    other = opened(charted, replace(EPISODE, patient_id=2, goals=()))
    changed(charted, replace(other, title="Other words"))
    assert events_of(charted) == SET


def test_each_change_of_the_plan_is_a_version_and_the_newest_counts(charted: Store) -> None:
    stored = opened(charted)
    second = changed(charted, replace(stored, plan=replace(stored.plan, visits_a_week=Decimal(1))))
    third = changed(charted, replace(second, title="Other words"))
    assert count(charted, PlanOfCareRecord) == 2
    with charted.read() as connection:
        assert load_episode(connection, stored.id or 0).plan == third.plan


def test_the_amount_of_treatment_is_kept_in_each_version_of_the_plan(charted: Store) -> None:
    stored = opened(charted)
    assert stored.plan.times_a_day is None
    changed(charted, replace(stored, plan=replace(stored.plan, times_a_day=2)))
    with charted.read() as connection:
        assert load_episode(connection, stored.id or 0).plan.times_a_day == 2
        told = plan_history(connection, stored.id or 0, "UTC")
    assert [version.plan.times_a_day for version in told] == [2]


def test_a_referrer_is_shared_until_described_otherwise(charted: Store) -> None:
    stored = opened(charted)
    other = opened(charted, replace(EPISODE, patient_id=2, goals=()))
    assert count(charted, ProviderRecord) == 1
    moved = changed(charted, replace(stored, referrer_fax="555 0199"))
    assert count(charted, ProviderRecord) == 2
    gone = changed(
        charted, replace(moved, referrer="", referrer_practice="", referrer_fax="", referred_on=None)
    )
    with charted.read() as connection:
        assert load_episode(connection, stored.id or 0) == gone
        assert load_episode(connection, other.id or 0).referrer_fax == "555 0100"
        assert len(connection.execute(select(ReferralRecord)).all()) == 3


def test_a_stale_change_is_refused(charted: Store) -> None:
    stored = opened(charted)
    changed(charted, replace(stored, title="newer"))
    with charted.write() as connection, pytest.raises(StaleError):
        change_episode(connection, replace(stored, title="older"), NOW, 1)


def test_outcome_scores_come_back_in_order_of_their_date(charted: Store) -> None:
    episode = opened(charted)
    scores = [
        OutcomeScore(
            episode_id=episode.id or 0,
            measure="odi",
            taken_on=date(2026, month, 1),
            total=Decimal("42.5"),
            subscale="",
            entered_by=1,
        )
        for month in (5, 3)
    ]
    with charted.write() as connection:
        stored = [record_outcome(connection, score, NOW) for score in scores]
        connection.commit()
        assert outcomes_of(connection, episode.id or 0) == (stored[1], stored[0])
        assert outcomes_of(connection, 99) == ()
