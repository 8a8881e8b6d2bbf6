"""The bench itself: what counts as met, and the clinics that it measures."""

import json
import math
from pathlib import Path

import pytest

from benchmarks import clinics
from benchmarks.clinics import LONG_MRNS, LONG_VISITS, PASSPHRASE, Size, clinic_file, discard_measured
from benchmarks.figure import Figure, against_limit, percentile, table
from benchmarks.saving import saving
from ptnotes.db.keyfile import key_path, read_keys
from ptnotes.services.episodes import episodes_of
from ptnotes.services.opening import open_clinic
from ptnotes.services.patients import find_patients, patient_by_mrn
from ptnotes.services.visits import sessions_of, start_session

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
    file_id = read_keys(key_path(path)).file_id

    assert clinic_file(TINY) == path
    assert read_keys(key_path(path)).file_id == file_id
    path.with_suffix(".stamp").write_text("made by other code", "utf-8")
    clinic_file(TINY)
    assert read_keys(key_path(path)).file_id != file_id


def test_what_was_charted_to_be_measured_is_gone_at_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clinics, "FOLDER", tmp_path)
    path = clinic_file(TINY)
    clinic = open_clinic(path, PASSPHRASE)
    (episode,) = episodes_of(clinic, patient_by_mrn(clinic, LONG_MRNS[0]).id or 0)
    made = sessions_of(clinic, episode.id or 0)
    assert clinic.today() not in {visit.service_date for visit in made}
    for _ in range(2):
        start_session(clinic, episode.id or 0)
    discard_measured(clinic)
    assert sessions_of(clinic, episode.id or 0) == made
    start_session(clinic, episode.id or 0)
    clinic.close()

    clinic = open_clinic(clinic_file(TINY), PASSPHRASE)
    assert sessions_of(clinic, episode.id or 0) == made
    clinic.close()


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
