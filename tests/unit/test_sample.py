"""Sample clinics: repeatable, plausible, plainly made up, and all of it what a therapist could have charted."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from ptnotes.clinical import Reference, load_reference
from ptnotes.db.kdf import Kdf
from ptnotes.domain.checks import checked_episode, checked_outcome, checked_session
from ptnotes.domain.day_list import Standing
from ptnotes.domain.episode import DiagnosisKind, DischargeReason, GoalStatus
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.outcomes import total_of
from ptnotes.domain.treatment import (
    FindingKind,
    NoteState,
    Phase,
    Place,
    TreatmentSession,
    VisitKind,
    VisitStatus,
)
from ptnotes.services.care_course import goal_course, plan_course
from ptnotes.services.day_list import patients_of_day
from ptnotes.services.discharge_summary import DischargeChoices, prepare_discharge_summary
from ptnotes.services.episodes import episodes_of, outcomes_of
from ptnotes.services.evaluation import EvaluationChoices, prepare_evaluation
from ptnotes.services.face_sheet import prepare_face_sheet
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.services.overview import home
from ptnotes.services.patients import find_patients, load_patient, patient_by_mrn
from ptnotes.services.payers import cover_of
from ptnotes.services.people import has_recovery_key, unseen_old_keys
from ptnotes.services.sample import (
    DEMO_PATIENTS,
    Case,
    create_demo,
    create_sample,
    demo_cases,
    sample_cases,
)
from ptnotes.services.sample_courses import Course, load_courses
from ptnotes.services.sample_episodes import Played, play
from ptnotes.services.sample_people import load_cast
from ptnotes.services.sample_run import WAYS, Referrer, Run
from ptnotes.services.verification import verify_notes
from ptnotes.services.visit_words import direction_words
from ptnotes.services.visits import load_session, sessions_of
from tests.clock import FixedClock

TODAY = date(2026, 3, 2)
COURSES = load_courses()


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


@pytest.fixture(scope="module")
def demo(reference: Reference) -> tuple[Case, ...]:
    return tuple(demo_cases(reference, load_cast("America/New_York"), 1, TODAY))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenClinic]:
    """The demo clinic, to be read and never changed."""
    path = tmp_path_factory.mktemp("demo") / "demo.ptnotes"
    clinic = create_demo(path, "any nine words of no use", clock=FixedClock())
    yield clinic
    clinic.close()


def run_of(course: Course, way: str = "improving", visits: int = 12, *, full: bool = True) -> Run:
    return Run(
        visits=visits,
        last_on=TODAY,
        today=TODAY,
        way=way,
        side="left" if course.sided else "right",
        zone="UTC",
        author_id=1,
        referrer=Referrer(
            name="Dr. P. Anand", practice="Harbor Family Medicine", telephone="555-0150", fax="555-0151"
        ),
        full=full,
    )


def course_of(played: Played) -> str:
    return next(course.id for course in COURSES.values() if course.title == played.episode.title)


def attended(sessions: tuple[TreatmentSession, ...]) -> list[TreatmentSession]:
    return [session for session in sessions if session.status is VisitStatus.ATTENDED]


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("course", COURSES.values(), ids=lambda course: course.id)
def test_every_row_of_every_course_may_be_stored(reference: Reference, course: Course, full: bool) -> None:
    for way in WAYS:
        for visits in (1, 2, 15, 40):
            played = play(reference, course, run_of(course, way, visits, full=full), Random(way))  # noqa: S311 - no secret
            checked_episode(reference, played.episode, date(1950, 1, 1), TODAY)
            for session in played.sessions:
                checked_session(reference, session, TODAY)
            for score in played.scores:
                checked_outcome(reference, score, TODAY)
            assert len(attended(played.sessions)) == visits


@pytest.mark.parametrize("course", COURSES.values(), ids=lambda course: course.id)
def test_courses_name_only_what_the_reference_data_has(reference: Reference, course: Course) -> None:
    for technique in course.technique:
        known = reference.techniques[technique.id]
        run = run_of(course)
        assert run.sided(technique.position) in known.positions
        if technique.direction:
            assert run.sided(technique.direction) in known.directions
        assert technique.grades or not known.grade_required
        assert all(reference.sides_at(technique.id, target) for target in technique.targets)
    for motion in course.motion:
        assert motion.method in reference.motions[motion.id].methods
        assert motion.position is None or motion.position in reference.test_positions
    for word in course.word:
        assert set(word.words) <= set(reference.rom_words)


def test_grade_five_is_charted_only_where_no_precaution_speaks_against_thrust() -> None:
    for course in COURSES.values():
        if "no thrust" in course.precaution or "no grade V" in course.precaution:
            assert not [technique for technique in course.technique if "V" in technique.grades]


def test_nobody_is_treated_by_hand_for_what_the_reference_data_holds_to_be_contraindicated(
    reference: Reference, demo: tuple[Case, ...]
) -> None:
    against = {
        row.code
        for condition in reference.conditions.values()
        if condition.screening_flag == "contraindicated"
        for row in condition.codes
    }
    assert against
    treated = {
        row.code
        for case in demo
        for played in case.played
        if any(session.mobilizations for session in played.sessions)
        for row in played.episode.diagnoses
    }
    assert treated
    assert treated & against == set()


def test_a_number_in_a_note_of_the_demo_has_a_real_minus(demo: tuple[Case, ...]) -> None:
    told = [session.note.assessment for case in demo for played in case.played for session in played.sessions]
    assert any("\N{MINUS SIGN}" in words for words in told)
    assert [words for words in told if re.search(r"-\d", words)] == []


def test_nobody_of_the_demo_reaches_through_the_floor(demo: tuple[Case, ...]) -> None:
    sessions = [session for case in demo for played in case.played for session in played.sessions]
    lengths = [row.value for session in sessions for row in session.rom if row.unit == "cm"]
    assert 0 in lengths
    assert [length for length in lengths if length is not None and length < 0] == []


def test_plans_of_the_demo_are_in_whole_visits_a_week(demo: tuple[Case, ...]) -> None:
    rates = {played.episode.plan.visits_a_week for case in demo for played in case.played}
    assert {1, 2} <= rates
    assert [rate for rate in rates if rate is None or rate % 1] == []


def test_the_same_seed_gives_the_same_clinic(reference: Reference) -> None:
    cast = load_cast("America/New_York")

    def drawn(seed: int) -> list[Case]:
        return list(sample_cases(reference, cast, 1, TODAY, 30, 200, seed))

    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)


def test_a_demo_is_the_same_each_time(reference: Reference, demo: tuple[Case, ...]) -> None:
    assert tuple(demo_cases(reference, load_cast("America/New_York"), 1, TODAY)) == demo


def test_the_demo_covers_every_region(reference: Reference, demo: tuple[Case, ...]) -> None:
    treated = {region.region for case in demo for played in case.played for region in played.episode.regions}
    assert treated == set(reference.regions)


def test_the_demo_has_forty_patients_with_numbers_and_names_of_their_own(demo: tuple[Case, ...]) -> None:
    assert len(demo) == DEMO_PATIENTS
    assert len({case.patient.mrn for case in demo}) == DEMO_PATIENTS
    assert len({(case.patient.family_name, case.patient.given_name) for case in demo}) == DEMO_PATIENTS


def test_everybody_is_plainly_made_up(demo: tuple[Case, ...]) -> None:
    cast = load_cast("UTC")
    assert "sample" in cast.clinic.name
    assert all("555-01" in case.patient.telephone for case in demo)


def test_the_demo_shows_one_two_and_many_visits(demo: tuple[Case, ...]) -> None:
    counts = {len(attended(played.sessions)) for case in demo for played in case.played}
    assert {1, 2} <= counts
    assert max(counts) >= 60


def test_the_demo_has_words_changed_methods_absences_and_discharges(demo: tuple[Case, ...]) -> None:
    sessions = [session for case in demo for played in case.played for session in played.sessions]
    methods: dict[tuple[str, str], set[str]] = {}
    for case in demo:
        for played in case.played:
            for session in played.sessions:
                for reading in session.rom:
                    key = (case.patient.mrn, f"{reading.motion} {reading.side}")
                    methods.setdefault(key, set()).add(reading.method or "")
    assert any(reading.word for session in sessions for reading in session.rom)
    assert any(len(used) > 1 for used in methods.values())
    assert {VisitStatus.MISSED, VisitStatus.CANCELLED} <= {session.status for session in sessions}
    assert any(played.episode.discharged_on for case in demo for played in case.played)


def test_visits_are_on_working_days_one_a_day_and_never_ahead(demo: tuple[Case, ...]) -> None:
    for case in demo:
        for played in case.played:
            days = [session.service_date for session in played.sessions]
            assert days[-1] <= TODAY
            assert all(day.weekday() < 5 for day in days)
            assert all(one < two for one, two in pairwise(days))


def test_every_episode_of_the_demo_has_a_medical_and_a_treatment_diagnosis(demo: tuple[Case, ...]) -> None:
    for case in demo:
        for played in case.played:
            medical, treated = played.episode.diagnoses
            assert (medical.kind, treated.kind) == (DiagnosisKind.MEDICAL, DiagnosisKind.TREATMENT)
            assert medical.code != treated.code
            assert medical.words
            assert treated.words
            rows = [row.row for row in played.episode.diagnoses]
            rows += [row.row for row in played.episode.problems]
            assert len(set(rows)) == len(rows)


def test_one_code_of_the_demo_is_not_in_the_reference_data(demo: tuple[Case, ...]) -> None:
    rows = [row for case in demo for played in case.played for row in played.episode.diagnoses]
    assert [row.code for row in rows if not row.checked] == ["S23.41XD"]


def test_every_technique_of_the_demo_says_its_direction(reference: Reference, demo: tuple[Case, ...]) -> None:
    sessions = [one for case in demo for played in case.played for one in attended(played.sessions)]
    rows = [row for one in sessions for row in one.mobilizations]
    assert len(rows) > 500
    assert [row.technique for row in rows if not direction_words(reference, row)] == []


def test_what_ends_is_told_to_its_end(demo: tuple[Case, ...]) -> None:
    ended = [played for case in demo for played in case.played if played.episode.discharged_on]
    assert {played.episode.discharge_reason for played in ended} == {
        DischargeReason.GOALS_MET, DischargeReason.PATIENT_CHOICE, DischargeReason.NOT_RETURNED,
    }  # fmt: skip
    for played in ended:
        last = attended(played.sessions)[-1]
        is_told = played.episode.discharge_reason is not DischargeReason.NOT_RETURNED
        assert (last.kind is VisitKind.DISCHARGE) == is_told
        assert (played.episode.discharged_on == last.service_date) == is_told
        if is_told:
            assert last.note.plan.endswith(COURSES[course_of(played)].later)
    left_open = [
        played for played in ended if any(goal.status is GoalStatus.ACTIVE for goal in played.episode.goals)
    ]
    # One of them shows what the check list of a discharge summary tells.
    assert len(left_open) == 1
    dropped = [goal for played in ended for goal in played.episode.goals if goal.status is GoalStatus.DROPPED]
    assert dropped
    assert all(goal.status_reason for goal in dropped)


def test_a_plan_of_care_holds_for_ninety_days_at_most_and_is_written_anew_before_it_ends(
    demo: tuple[Case, ...],
) -> None:
    most = 0
    for case in demo:
        for played in case.played:
            days = [one.service_date for one in attended(played.sessions)]
            assert played.plans[0][0] == days[0]
            assert all(0 < (until - start).days < 90 for start, until in played.plans)
            for (_, until), (start, _) in pairwise(played.plans):
                assert start == max(day for day in days if day <= until)
                kinds = {one.kind for one in played.sessions if one.service_date == start}
                assert kinds == {VisitKind.RE_EVALUATION}
            assert played.plans[-1][1] >= (days[-1] if played.episode.discharged_on else TODAY)
            assert played.episode.plan.certified_until == played.plans[-1][1]
            most = max(most, len(played.plans))
    assert most > 5


def test_a_longer_plan_is_certified_for_ninety_days() -> None:
    course = replace(COURSES["hip_arthritis"], weeks=24)
    days = [TODAY - timedelta(weeks=week) for week in range(30, -1, -1)]
    plans = run_of(course).plans(course, days)
    assert [(until - start).days + 1 for start, until in plans] == [90, 90, 90]
    assert len(run_of(course, full=False).plans(course, days)) == 1


def test_the_demo_says_how_often_at_home_and_what_was_told_at_some_visits(demo: tuple[Case, ...]) -> None:
    sessions = [one for case in demo for played in case.played for one in attended(played.sessions)]
    at_home = [row for one in sessions for row in one.exercises if row.place is Place.HOME]
    assert at_home
    assert all(row.days_a_week for row in at_home)
    assert not [
        row for one in sessions for row in one.exercises if row.place is Place.CLINIC and row.days_a_week
    ]
    told = {one.kind for one in sessions if one.note.communication}
    assert told == {VisitKind.EVALUATION, VisitKind.RE_EVALUATION, VisitKind.DISCHARGE}


def test_a_sample_for_measuring_has_no_more_rows_than_it_needs(reference: Reference) -> None:
    for case in sample_cases(reference, load_cast("America/New_York"), 1, TODAY, 20, 100, 3):
        for played in case.played:
            assert len(played.episode.diagnoses) == 1
            for one in played.sessions:
                assert one.note.communication == ""
                assert not any(row.times_a_day or row.days_a_week for row in one.exercises)


def test_helene_moreau_is_as_in_the_pictures(demo: tuple[Case, ...]) -> None:
    moreau = next(case for case in demo if case.patient.mrn == "00231")
    (played,) = moreau.played
    visits = attended(played.sessions)
    flexion = [
        reading.value
        for session in visits
        for reading in session.rom
        if reading.motion == "lumbar_flexion" and reading.phase is Phase.BEFORE
    ]
    assert moreau.patient.name == "Moreau, Hélène"
    assert played.episode.diagnoses[0].code == "M48.061"
    assert played.episode.diagnoses[0].checked
    assert played.episode.precaution == "lumbar stenosis — no grade V, avoid end-range extension"
    assert played.episode.referrer == "Dr. P. Anand"
    assert flexion == [Decimal(value) for value in (42, 42, 43, 44, 45, 45, 47, 50, 52, 55)]
    assert timedelta(weeks=5) < TODAY - visits[0].service_date < timedelta(weeks=7)
    assert [str(score.total) for score in played.scores if score.measure == "odi"] == ["44", "38", "30"]


def test_courses_that_improve_do_and_courses_that_worsen_do_not(reference: Reference) -> None:
    course = COURSES["lumbar_pain"]
    last = {}
    for way in ("improving", "worse"):
        played = play(reference, course, run_of(course, way), Random(1))  # noqa: S311 - no secret
        flexion = [
            reading.value or 0
            for session in played.sessions
            for reading in session.rom
            if reading.motion == "lumbar_flexion" and reading.phase is Phase.BEFORE
        ]
        last[way] = (flexion[0], flexion[-1])
    assert last["improving"][1] > last["improving"][0] + 12
    assert last["worse"][1] <= last["worse"][0]


def test_the_demo_is_stored_and_read_back_as_it_was_played(clinic: OpenClinic, reference: Reference) -> None:
    cases = {
        case.patient.mrn: case
        for case in demo_cases(reference, load_cast("America/New_York"), clinic.person_id, clinic.today())
    }
    rows = find_patients(clinic, "", limit=100, archived=True)
    assert {row.mrn for row in rows} == set(cases)
    for row in rows[::5]:
        case = cases[row.mrn]
        stored = load_patient(clinic, row.id)
        assert replace(stored, id=None, revision=0) == case.patient
        episodes = sorted(episodes_of(clinic, row.id), key=lambda episode: episode.start)
        for episode, played in zip(episodes, case.played, strict=True):
            assert episode.id is not None
            certified = episode.plan.certified_until
            # What is not back from the physician yet is certified to no day.
            is_back = played.plans[-1][0] + timedelta(days=6) <= clinic.today()
            assert (certified is not None) == is_back
            plan = replace(played.episode.plan, certified_until=certified)
            assert replace(episode, id=None, patient_id=0, revision=0) == replace(played.episode, plan=plan)
            listed = sessions_of(clinic, episode.id)
            found = [load_session(clinic, session.id) for session in reversed(listed)]
            blank = [
                replace(each, id=None, episode_id=0, revision=0, saved_at=None, state=NoteState.DRAFT)
                for each in found
            ]
            assert blank == list(played.sessions)
            signed_until = clinic.today() - timedelta(days=3)
            # What did not take place has no note to sign.
            assert all(
                (each.state is NoteState.SIGNED)
                == (each.status is VisitStatus.ATTENDED and each.service_date <= signed_until)
                for each in found
            )
            totals = [
                (score.measure, score.taken_on, score.total) for score in outcomes_of(clinic, episode.id)
            ]
            assert sorted(totals) == sorted(
                (each.measure, each.taken_on, each.total) for each in played.scores
            )


def test_the_demo_has_something_for_every_screen(clinic: OpenClinic) -> None:
    moreau = patient_by_mrn(clinic, "00231").id or 0
    (episode,) = episodes_of(clinic, moreau)
    evaluation, latest = (
        load_session(clinic, row.id)
        for row in (sessions_of(clinic, episode.id or 0)[place] for place in (-1, 0))
    )
    assert evaluation.kind is VisitKind.EVALUATION
    made = prepare_evaluation(clinic, episode.id or 0, EvaluationChoices())
    assert [lack.code for lack in made.lacks] == []
    assert {FindingKind.MYOTOME, FindingKind.REFLEX, FindingKind.BEHAVIOUR} <= {
        row.kind for row in evaluation.findings
    }
    assert evaluation.vitals[0].systolic_mmhg == 142
    # The area that has eased is drawn no more.
    assert len(evaluation.body_chart) > len(latest.body_chart) > 0
    assert episode.problems
    assert [goal.status for goal in episode.goals][:2] == [GoalStatus.MET, GoalStatus.ACTIVE]
    steps = goal_course(clinic, episode.id or 0).steps
    assert [len(steps[goal.uuid]) for goal in episode.goals[:2]] == [2, 2]
    rated = [score for score in outcomes_of(clinic, episode.id or 0) if score.measure == "psfs"]
    assert len(rated) > 1
    for score in rated:
        assert score.items[0].words == "Walking to the market"
        assert total_of("psfs", score.items) == score.total
    assert cover_of(clinic, moreau).coverages
    okafor = cover_of(clinic, patient_by_mrn(clinic, "00204").id or 0)
    assert okafor.authorizations[0].visits == 12
    assert {row.standing for row in patients_of_day(clinic)} == {
        Standing.TO_SIGN, Standing.CANCELLED, Standing.TO_CHART, Standing.PLANNED,
    }  # fmt: skip


def test_the_documents_of_the_demo_lack_only_what_is_to_be_shown(clinic: OpenClinic) -> None:
    evaluations: dict[str, tuple[str, ...]] = {}
    summaries: dict[str, set[str]] = {}
    faces: list[str] = []
    for row in find_patients(clinic, "", limit=100, archived=True):
        faces += [lack.code for lack in prepare_face_sheet(clinic, row.id).lacks]
        for episode in episodes_of(clinic, row.id):
            key = episode.id or 0
            if episode.title not in evaluations:
                lacks = prepare_evaluation(clinic, key, EvaluationChoices()).lacks
                evaluations[episode.title] = tuple(lack.code for lack in lacks)
            if episode.discharged_on is not None:
                made = prepare_discharge_summary(clinic, key, DischargeChoices())
                summaries[f"{row.mrn} {episode.discharge_reason}"] = {lack.code for lack in made.lacks}
    assert evaluations == {course.title: () for course in COURSES.values()}
    assert {name: codes for name, codes in summaries.items() if codes} == {
        "00108 patient_choice": {"lack.goal_open"},
        "00117 not_returned": {"lack.follow_up", "lack.discharge_communication"},
    }
    assert sorted(set(faces)) == ["lack.coverage", "lack.emergency_contact"]
    assert faces.count("lack.emergency_contact") == 1
    assert faces.count("lack.coverage") == 4


def test_each_plan_of_the_demo_went_to_the_physician(clinic: OpenClinic) -> None:
    long = patient_by_mrn(clinic, "00112").id or 0
    (episode,) = episodes_of(clinic, long)
    versions = plan_course(clinic, episode.id or 0).versions
    assert len(versions) > 5
    assert all(version.is_certified for version in versions[:-1])


def test_the_demo_warns_of_nothing_that_is_no_matter_of_its_patients(clinic: OpenClinic) -> None:
    assert has_recovery_key(clinic)
    assert not home(clinic).lacks_recovery_key
    assert unseen_old_keys(clinic) is None


def test_the_signatures_of_the_demo_hold(clinic: OpenClinic) -> None:
    held = verify_notes(clinic)
    assert held.notes > 300
    assert held.problems == ()


def test_a_sample_has_the_numbers_asked_for(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "sample.ptnotes"
    told: list[tuple[int, int]] = []
    create_sample(
        path,
        patients=7,
        sessions=45,
        seed=1,
        passphrase="any nine words of no use",
        progress=lambda done, total: told.append((done, total)),
        clock=clock,
        kdf=Kdf(),
    )
    clinic = open_clinic(path, "any nine words of no use", clock=clock)
    rows = find_patients(clinic, "", limit=100)
    visits = [
        session
        for row in rows
        for episode in episodes_of(clinic, row.id)
        if episode.id is not None
        for session in sessions_of(clinic, episode.id)
    ]
    clinic.close()
    assert len(rows) == 7
    assert len(visits) == 45
    assert told[-1] == (7, 7)


def test_a_sample_without_patients_is_an_empty_clinic(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "empty.ptnotes"
    create_sample(
        path, patients=0, sessions=0, seed=1, passphrase="any nine words of no use", clock=clock, kdf=Kdf()
    )
    clinic = open_clinic(path, "any nine words of no use", clock=clock)
    assert find_patients(clinic, "") == ()
    clinic.close()


def test_a_sample_that_breaks_off_leaves_nothing_behind(tmp_path: Path, clock: FixedClock) -> None:
    def full(done: int, total: int) -> None:
        raise EnvironmentFault("disk.full")

    with pytest.raises(EnvironmentFault):
        create_sample(
            tmp_path / "s.ptnotes",
            patients=3,
            sessions=9,
            seed=1,
            passphrase="any nine words of no use",
            progress=full,
            clock=clock,
            kdf=Kdf(),
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("patients", "sessions"), [(-1, 0), (1, -1), (0, 1)])
def test_numbers_that_cannot_be_are_a_bug_of_the_caller(tmp_path: Path, patients: int, sessions: int) -> None:
    with pytest.raises(ValueError, match="sample"):
        create_sample(
            tmp_path / "s.ptnotes",
            patients=patients,
            sessions=sessions,
            seed=1,
            passphrase="any nine words of no use",
        )
    assert list(tmp_path.iterdir()) == []
