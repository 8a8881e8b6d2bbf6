"""The bench itself: what counts as met, and the clinics that it measures."""

import json
import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import clinics
from benchmarks.charting import NARRATIVE, discard_typed
from benchmarks.clinics import LONG_MRNS, LONG_VISITS, PASSPHRASE, Size, clinic_file
from benchmarks.figure import Figure, against_limit, percentile, table
from benchmarks.saving import saving
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.treatment import Note
from ptnotes.services.episodes import episodes_of, open_episode
from ptnotes.services.opening import open_clinic
from ptnotes.services.patients import add_patient, find_patients, patient_by_mrn
from ptnotes.services.visits import save_draft, sessions_of, start_session
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock

TINY = Size(name="tiny", patients=3, sessions=10)


def figure(ours_ms: float, limit: float = 1.2) -> Figure:
    return Figure(name="paint", ours_ms=ours_ms, reference_name="bare", reference_ms=100.0, limit=limit)


def test_a_figure_is_met_up_to_its_limit_and_missed_beyond() -> None:
    assert figure(120.0).is_met
    assert not figure(120.1).is_met
    assert math.isinf(Figure(name="x", ours_ms=1, reference_name="y", reference_ms=0, limit=1).ratio)


def test_an_aim_in_milliseconds_is_its_own_reference() -> None:
    assert against_limit("letter", 10.0, 10).is_met
    assert not against_limit("letter", 10.1, 10).is_met


def test_a_figure_as_json_says_whether_it_is_met() -> None:
    told = json.loads(json.dumps(figure(150.0).as_json()))
    assert told["ratio"] == 1.5
    assert told["met"] is False
    assert {"name", "ours_ms", "reference_name", "reference_ms", "limit"} <= set(told)


def test_the_table_marks_what_is_missed() -> None:
    lines = table([figure(100.0), figure(200.0)]).splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("met")
    assert lines[2].endswith("MISSED")


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.95, 10), (0.1, 1), (1.0, 10), (0.0, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == value


def test_what_was_typed_to_be_measured_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    clock = FixedClock()
    clinic = clinic_in(tmp_path, clock)
    patient_id = add_patient(clinic, PATIENT).id or 0
    episode_id = open_episode(clinic, EpisodeOfCare(patient_id=patient_id, start=clinic.today())).id or 0
    drafts = [start_session(clinic, episode_id) for _ in range(2)]
    earlier = start_session(clinic, episode_id, clinic.today() - timedelta(days=1))
    for draft in (drafts[0], earlier):
        save_draft(clinic, replace(draft, note=Note(subjective=f"{NARRATIVE} {NARRATIVE}")))
    discard_typed(clinic, patient_id)
    assert {row.id for row in sessions_of(clinic, episode_id)} == {drafts[1].id, earlier.id}
    clinic.close()


def test_a_clinic_is_made_once_and_again_when_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clinics, "FOLDER", tmp_path)
    path = clinic_file(TINY)
    clinic = open_clinic(path, PASSPHRASE)
    rows = find_patients(clinic, "", limit=100)
    long_one = patient_by_mrn(clinic, LONG_MRNS[0])
    assert long_one.id is not None
    (episode,) = episodes_of(clinic, long_one.id)
    assert episode.id is not None
    visits = [visit for visit in sessions_of(clinic, episode.id) if visit.visit_number is not None]
    clinic.close()
    assert len(rows) == TINY.patients + len(LONG_MRNS)
    assert len(visits) == LONG_VISITS
    keys = path.with_name(f"{path.name}.keys").read_bytes()

    assert clinic_file(TINY) == path
    assert path.with_name(f"{path.name}.keys").read_bytes() == keys
    path.with_suffix(".stamp").write_text("made by other code", "utf-8")
    clinic_file(TINY)
    assert path.with_name(f"{path.name}.keys").read_bytes() != keys


def test_both_ways_of_saving_write_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clinics, "FOLDER", tmp_path)
    monkeypatch.setattr("benchmarks.saving.ROUNDS", 7)
    path = clinic_file(TINY)
    measured = saving(path)
    assert measured.rows > 20
    assert measured.ours_ms > 0
    assert measured.bare_ms > 0
    clinic = open_clinic(path, PASSPHRASE)
    patient = patient_by_mrn(clinic, LONG_MRNS[0])
    assert patient.id is not None
    (episode,) = episodes_of(clinic, patient.id)
    assert episode.id is not None
    by_service, by_hand = sessions_of(clinic, episode.id)[1::-1]
    clinic.close()
    assert by_service.summary == by_hand.summary
