"""Patients, episodes and visits as verbs: what is impossible is refused and changes nothing, the rest is kept."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ptnotes.domain.episode import DischargeReason, EpisodeOfCare, OutcomeScore
from ptnotes.domain.errors import InputError, NotFoundError, PtNotesError, StaleError
from ptnotes.domain.sentences import sentence
from ptnotes.domain.treatment import (
    Mobilization,
    Note,
    NoteState,
    PainScore,
    Phase,
    RomReading,
    Side,
    TreatmentSession,
    VisitKind,
    VisitStatus,
)
from ptnotes.services.episodes import (
    change_episode,
    discharge_episode,
    episodes_of,
    load_episode,
    open_episode,
    outcomes_of,
    record_outcome,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import (
    add_patient,
    archive_patient,
    change_patient,
    find_patients,
    likely_duplicates,
    load_patient,
    next_mrn,
    patient_by_mrn,
    unarchive_patient,
)
from ptnotes.services.visits import (
    discard_draft,
    last_sessions_before,
    load_session,
    record_absence,
    restore_draft,
    save_draft,
    sessions_of,
    start_session,
)
from tests.clinics import PATIENT, clinic_in, lumbar_episode
from tests.clock import FixedClock

TODAY = date(2026, 3, 2)


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def episode(clinic: OpenClinic) -> EpisodeOfCare:
    return lumbar_episode(clinic, TODAY)


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(PtNotesError) as raised:
        action()
    assert sentence(raised.value)
    return raised.value.code


def test_a_patient_is_cleaned_stored_found_and_never_deleted(clinic: OpenClinic) -> None:
    assert next_mrn(clinic) == "000001"
    patient = add_patient(clinic, replace(PATIENT, family_name="  Moreau\u0301 "))
    assert patient.family_name == "Moreaú"
    assert (patient.id, patient.revision, len(patient.uuid)) == (1, 1, 36)
    assert load_patient(clinic, 1) == patient_by_mrn(clinic, PATIENT.mrn) == patient
    assert [row.id for row in find_patients(clinic, "moreau")] == [1]
    assert [row.id for row in likely_duplicates(clinic, replace(patient, id=None))] == [1]
    archived = archive_patient(clinic, 1)
    assert archived.archived_at == clinic.clock()
    assert find_patients(clinic, "moreau") == ()
    assert [row.archived for row in find_patients(clinic, "moreau", archived=True)] == [True]
    assert unarchive_patient(clinic, 1) == replace(patient, revision=3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"family_name": ""}, "text.empty"),
        ({"given_name": "\0"}, "text.control"),
        ({"family_name": "x" * 1_000_000}, "text.too_long"),
        ({"birth_date": TODAY + timedelta(days=1)}, "patient.birth_date.future"),
        ({"mrn": ""}, "text.empty"),
    ],
)
def test_an_impossible_patient_is_refused_and_nothing_changes(
    clinic: OpenClinic, change: dict[str, Any], code: str
) -> None:
    patient = add_patient(clinic, PATIENT)
    assert refused(lambda: add_patient(clinic, replace(PATIENT, **{"mrn": "2", **change}))) == code
    assert refused(lambda: change_patient(clinic, replace(patient, **change))) == code
    assert find_patients(clinic, "") == find_patients(clinic, "moreau")
    assert load_patient(clinic, 1) == patient


@pytest.mark.parametrize(
    "name", ["🙂", "שָׁלוֹם", "مُحَمَّد", "Zoë", "O’Neil", "李", "e\u0301" * 50, "<b>", "'; DROP TABLE"]
)
def test_any_name_that_a_person_may_have_is_kept_and_found(clinic: OpenClinic, name: str) -> None:
    patient = add_patient(clinic, replace(PATIENT, family_name=name, given_name="Given"))
    assert load_patient(clinic, patient.id or 0) == patient
    assert patient.mrn in {row.mrn for row in find_patients(clinic, name)}


def test_an_episode_is_opened_changed_and_ended(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    assert load_episode(clinic, episode.id or 0) == episode
    changed = change_episode(clinic, replace(episode, title="Low back pain"))
    assert refused(lambda: change_episode(clinic, replace(episode, title="stale"))) == "record.stale"
    assert (
        refused(lambda: discharge_episode(clinic, changed.id or 0, date(2026, 3, 1), DischargeReason.OTHER))
        == "episode.end_before_start"
    )
    ended = discharge_episode(clinic, changed.id or 0, TODAY, DischargeReason.GOALS_MET)
    assert episodes_of(clinic, episode.patient_id) == (ended,)
    assert (ended.discharged_on, ended.title) == (TODAY, "Low back pain")


def test_an_episode_needs_a_patient_and_a_possible_start(clinic: OpenClinic) -> None:
    assert (
        refused(lambda: open_episode(clinic, EpisodeOfCare(patient_id=9, start=TODAY))) == "patient.not_found"
    )
    add_patient(clinic, PATIENT)
    tomorrow = TODAY + timedelta(days=1)
    assert refused(lambda: open_episode(clinic, EpisodeOfCare(patient_id=1, start=tomorrow))) == "date.future"
    assert episodes_of(clinic, 1) == ()


def test_an_outcome_is_checked_and_says_who_entered_it(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    measure = next(iter(clinic.reference.measures))
    total = Decimal(clinic.reference.measures[measure].score_max)
    score = OutcomeScore(episode_id=episode.id or 0, measure=measure, taken_on=TODAY, total=total)
    stored = record_outcome(clinic, score)
    assert stored.entered_by == clinic.person.id
    assert outcomes_of(clinic, episode.id or 0) == (stored,)
    assert refused(lambda: record_outcome(clinic, replace(score, total=total + 1))) == "value.range"
    assert refused(lambda: record_outcome(clinic, replace(score, episode_id=9))) == "episode.not_found"
    assert outcomes_of(clinic, episode.id or 0) == (stored,)


def test_a_started_visit_is_a_stored_draft_of_today_by_whoever_is_here(
    clinic: OpenClinic, episode: EpisodeOfCare, clock: FixedClock
) -> None:
    session = start_session(clinic, episode.id or 0, kind=VisitKind.EVALUATION)
    assert (session.service_date, session.zone, session.author_id) == (TODAY, clinic.zone, clinic.person.id)
    assert (session.state, session.kind, session.revision) == (NoteState.DRAFT, VisitKind.EVALUATION, 1)
    assert load_session(clinic, session.id or 0) == session
    clock.advance(minutes=5)
    saved = save_draft(clinic, replace(session, note=Note(subjective="slept\r\nwell")))
    assert saved.note.subjective == "slept\nwell"
    assert (saved.revision, saved.saved_at) == (2, clock.now())
    with pytest.raises(NotFoundError):
        start_session(clinic, 99)


def test_an_incomplete_draft_is_kept_an_impossible_one_is_not(
    clinic: OpenClinic, episode: EpisodeOfCare
) -> None:
    session = start_session(clinic, episode.id or 0)
    incomplete = save_draft(
        clinic,
        replace(session, next_row=9, mobilizations=(Mobilization(row=1),), pain=(PainScore(row=2, pair=1),)),
    )
    bad: dict[str, Any] = {
        "pain 11": {"pain": (PainScore(row=2, pair=1, value=11),)},
        "flexion 450": {"rom": (RomReading(row=3, pair=1, motion="lumbar_flexion", value=Decimal(450)),)},
        "C9": {"mobilizations": (Mobilization(row=1, targets=("C9",)),)},
        "end before start": {"time_in": time(10), "time_out": time(9)},
        "a megabyte": {"note": Note(plan="x" * 1_000_000)},
        "a NUL": {"note": Note(plan="a\0b")},
        "tomorrow": {"service_date": TODAY + timedelta(days=1)},
    }
    for name, change in bad.items():
        with pytest.raises(InputError) as raised:
            save_draft(clinic, replace(incomplete, **change))
        assert all(sentence(fault) for fault in raised.value.faults), name
        assert load_session(clinic, session.id or 0) == incomplete, name


def test_of_two_windows_the_second_save_is_told(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    session = start_session(clinic, episode.id or 0)
    newer = save_draft(clinic, replace(session, note=Note(plan="one")))
    with pytest.raises(StaleError) as stale:
        save_draft(clinic, replace(session, note=Note(plan="two")))
    assert stale.value.current_revision == newer.revision
    assert load_session(clinic, session.id or 0) == newer


def test_a_discarded_draft_comes_back_by_undo(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    session = save_draft(
        clinic, replace(start_session(clinic, episode.id or 0), note=Note(assessment="kept"))
    )
    gone = discard_draft(clinic, session.id or 0)
    assert gone.state is NoteState.DISCARDED
    assert sessions_of(clinic, episode.id or 0) == ()
    assert refused(lambda: save_draft(clinic, gone)) == "visit.not_draft"
    back = restore_draft(clinic, session.id or 0)
    assert back.note == session.note
    assert [row.id for row in sessions_of(clinic, episode.id or 0)] == [session.id]
    assert refused(lambda: restore_draft(clinic, session.id or 0)) == "visit.not_draft"


def treat(clinic: OpenClinic, episode: EpisodeOfCare, on: date, **parts: object) -> TreatmentSession:
    session = start_session(clinic, episode.id or 0, on)
    return save_draft(clinic, replace(session, next_row=20, **parts))  # type: ignore[arg-type]  # parts of a session


def test_visits_are_listed_newest_first_and_numbered_by_treatment_day(
    clinic: OpenClinic, episode: EpisodeOfCare
) -> None:
    first = TODAY - timedelta(days=9)
    treat(
        clinic,
        episode,
        first,
        mobilizations=(
            Mobilization(row=1, targets=("L5",), side=Side.LEFT, technique="upa", grade="III", grade_to="IV"),
            Mobilization(row=2, targets=("L4",), side=Side.MIDLINE, technique="cpa", grade="II"),
            Mobilization(row=3, targets=("L3",), technique="cpa"),
            Mobilization(row=4),
        ),
        pain=(PainScore(row=5, pair=1, value=6), PainScore(row=6, pair=1, phase=Phase.AFTER, value=0)),
    )
    treat(clinic, episode, first)
    record_absence(clinic, episode.id or 0, first + timedelta(days=2), VisitStatus.MISSED, "no call")
    last = treat(clinic, episode, TODAY, pain=(PainScore(row=1, pair=1, phase=Phase.SINGLE, value=4),))
    rows = sessions_of(clinic, episode.id or 0)
    assert [(row.visit_number, row.status) for row in rows] == [
        (2, VisitStatus.ATTENDED),
        (None, VisitStatus.MISSED),
        (1, VisitStatus.ATTENDED),
        (1, VisitStatus.ATTENDED),
    ]
    assert [row.summary for row in rows] == [
        "pain 4",
        "no call",
        "",
        "L5 UPA III–IV, L4 CPA II, 1 more · pain 6 → 0",
    ]
    (before,) = last_sessions_before(clinic, last)
    assert before.id == rows[2].id
    assert [visit.id for visit in last_sessions_before(clinic, last, 4)] == [rows[2].id, rows[3].id]
    earliest = load_session(clinic, rows[3].id)
    assert last_sessions_before(clinic, earliest) == ()


def test_an_absence_is_no_attended_visit(clinic: OpenClinic, episode: EpisodeOfCare) -> None:
    with pytest.raises(ValueError, match="absence"):
        record_absence(clinic, episode.id or 0, TODAY, VisitStatus.ATTENDED, "")
    cancelled = record_absence(clinic, episode.id or 0, TODAY, VisitStatus.CANCELLED, "ill")
    assert (cancelled.status, cancelled.status_reason) == (VisitStatus.CANCELLED, "ill")
