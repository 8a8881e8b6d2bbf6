"""The day's patients: how far each is, what became of each, and lists from a file that merge nothing by themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from ptnotes.domain.day_list import Standing
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import EnvironmentFault, InputError, NotFoundError
from ptnotes.domain.people import Role
from ptnotes.domain.treatment import VisitStatus
from ptnotes.services import day_list, overview, patients, signing, visits
from ptnotes.services.opening import OpenClinic
from tests.clinics import PASSPHRASE, PATIENT
from tests.clock import FixedClock
from tests.signing import clinic_with_episode, passphrases_remembered, whole

__all__ = ["passphrases_remembered"]

TODAY = date(2026, 3, 2)


@pytest.fixture
def made(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[OpenClinic, EpisodeOfCare]]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    yield clinic, episode
    clinic.close()


def standings(clinic: OpenClinic) -> list[Standing]:
    return [row.standing for row in day_list.patients_of_day(clinic)]


def test_a_patient_of_the_day_goes_from_planned_to_done(made: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = made
    key = day_list.add_to_day(clinic, episode.patient_id, TODAY, time(9, 30))
    assert standings(clinic) == [Standing.PLANNED]
    day_list.set_attendance(clinic, key, VisitStatus.ATTENDED)
    assert standings(clinic) == [Standing.TO_CHART]
    draft = visits.start_session(clinic, episode.id or 0)
    (row,) = day_list.patients_of_day(clinic)
    assert (row.standing, row.session_id) == (Standing.DRAFT, draft.id)
    ready = visits.save_draft(clinic, whole(draft))
    blocked = [one for one in signing.check_note(clinic, ready.id or 0) if one.blocks]
    assert blocked == []
    assert standings(clinic) == [Standing.TO_SIGN]
    signing.sign_note(clinic, ready.id or 0, ready.revision, PASSPHRASE)
    assert standings(clinic) == [Standing.DONE]


def test_the_list_is_in_order_of_time_and_of_its_day_alone(made: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = made
    other = patients.add_patient(clinic, replace(PATIENT, mrn="000777", family_name="Okafor")).id or 0
    day_list.add_to_day(clinic, episode.patient_id, TODAY, None)
    day_list.add_to_day(clinic, other, TODAY, time(14))
    day_list.add_to_day(clinic, episode.patient_id, TODAY, time(8))
    day_list.add_to_day(clinic, other, date(2026, 3, 3), time(7))
    assert [row.starts_at for row in day_list.patients_of_day(clinic)] == [time(8), time(14), None]
    with pytest.raises(InputError, match=r"day\.there"):
        day_list.add_to_day(clinic, other, TODAY, time(14))


@pytest.mark.parametrize("status", [VisitStatus.CANCELLED, VisitStatus.MISSED])
def test_an_absence_is_recorded_in_the_episode_and_never_counted(
    made: tuple[OpenClinic, EpisodeOfCare], status: VisitStatus
) -> None:
    clinic, episode = made
    key = day_list.add_to_day(clinic, episode.patient_id, TODAY, time(9))
    day_list.set_attendance(clinic, key, status, "Made-up reason")
    (visit,) = visits.sessions_of(clinic, episode.id or 0)
    assert (visit.status, visit.summary, visit.visit_number) == (status, "Made-up reason", None)
    assert overview.patient_header(clinic, episode.patient_id).visits_attended == 0
    assert standings(clinic) == [Standing(status.value)]
    day_list.set_attendance(clinic, key, VisitStatus.ATTENDED)
    assert visits.sessions_of(clinic, episode.id or 0) == ()
    assert standings(clinic) == [Standing.TO_CHART]


def test_cancelled_and_then_missed_leaves_one_record(made: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = made
    key = day_list.add_to_day(clinic, episode.patient_id, TODAY, time(9))
    day_list.set_attendance(clinic, key, VisitStatus.CANCELLED)
    day_list.set_attendance(clinic, key, VisitStatus.MISSED)
    day_list.set_attendance(clinic, key, VisitStatus.MISSED)
    assert [row.status for row in visits.sessions_of(clinic, episode.id or 0)] == [VisitStatus.MISSED]


def test_a_charted_visit_is_not_turned_into_an_absence(made: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = made
    key = day_list.add_to_day(clinic, episode.patient_id, TODAY, time(9))
    visits.start_session(clinic, episode.id or 0)
    with pytest.raises(InputError, match=r"day\.visit_there"):
        day_list.set_attendance(clinic, key, VisitStatus.MISSED)
    assert standings(clinic) == [Standing.DRAFT]


def test_without_an_open_episode_the_list_alone_says_it(made: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, _episode = made
    other = patients.add_patient(clinic, replace(PATIENT, mrn="000777", family_name="Okafor")).id or 0
    key = day_list.add_to_day(clinic, other, TODAY, time(9))
    day_list.set_attendance(clinic, key, VisitStatus.MISSED)
    assert standings(clinic) == [Standing.MISSED]


def test_what_is_taken_off_is_gone_with_its_absence_and_what_is_charted_stays(
    made: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = made
    first = day_list.add_to_day(clinic, episode.patient_id, TODAY, time(9))
    second = day_list.add_to_day(clinic, episode.patient_id, TODAY, time(15))
    day_list.set_attendance(clinic, first, VisitStatus.CANCELLED)
    draft = visits.start_session(clinic, episode.id or 0)
    day_list.take_off_day(clinic, [first, second])
    assert day_list.patients_of_day(clinic) == ()
    assert [row.id for row in visits.sessions_of(clinic, episode.id or 0)] == [draft.id]
    with pytest.raises(NotFoundError):
        day_list.take_off_day(clinic, [first])


def test_whoever_comes_twice_a_day_has_a_visit_for_each(made: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = made
    for hour in (9, 15):
        day_list.add_to_day(clinic, episode.patient_id, TODAY, time(hour))
    draft = visits.start_session(clinic, episode.id or 0)
    assert [row.session_id for row in day_list.patients_of_day(clinic)] == [draft.id, None]


def test_who_may_not_read_charts_is_told_of_no_visit(made: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = made
    desk = replace(clinic, person=replace(clinic.person, role=Role.FRONT_DESK))
    key = day_list.add_to_day(desk, episode.patient_id, TODAY, time(9))
    visits.start_session(clinic, episode.id or 0)
    (row,) = day_list.patients_of_day(desk)
    assert (row.standing, row.session_id) == (Standing.PLANNED, None)
    visits.discard_draft(clinic, day_list.patients_of_day(clinic)[0].session_id or 0)
    day_list.set_attendance(desk, key, VisitStatus.MISSED)
    assert [row.status for row in visits.sessions_of(clinic, episode.id or 0)] == [VisitStatus.MISSED]


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "day.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_file_names_patients_and_what_it_does_not_name_is_told(
    made: tuple[OpenClinic, EpisodeOfCare], tmp_path: Path
) -> None:
    clinic, episode = made
    known = patients.load_patient(clinic, episode.patient_id)
    for number in ("000801", "000802"):
        patients.add_patient(clinic, replace(PATIENT, mrn=number, family_name="Twin", given_name="Ada"))
    path = written(
        tmp_path,
        "Record,Name,DOB,Time\n"
        f"{known.mrn},,,8:00\n"
        f",{known.given_name} {known.family_name},,9:00\n"
        f"{known.mrn},Somebody Else,,10:00\n"
        f',"{known.name}",1 Jan 1950,11:00\n'
        ",Ada Twin,,12:00\n"
        ",Nobody Here,,13:00\n"
        f"{known.mrn},,,8:00\n",
    )
    found = day_list.look_at_csv(clinic, path, TODAY)
    assert [match.patient.id if match.patient else match.line.problem for match in found] == [
        known.id,
        known.id,
        "has the record number of somebody else",
        "has another birth date than the patient of that name",
        "names several patients: add the one by hand",
        "names nobody in this file",
        "stands in the file twice",
    ]
    assert day_list.patients_of_day(clinic) == ()
    added = day_list.add_from_csv(clinic, TODAY, found)
    assert [row.starts_at for row in day_list.patients_of_day(clinic)] == [time(8), time(9)]
    again = day_list.look_at_csv(clinic, path, TODAY)
    assert [match.line.problem for match in again[:2]] == ["stands on the list already"] * 2
    assert day_list.add_from_csv(clinic, TODAY, found) == ()
    day_list.take_off_day(clinic, added)
    assert day_list.patients_of_day(clinic) == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_file_of_a_spreadsheet_is_read_in_its_own_letters(
    made: tuple[OpenClinic, EpisodeOfCare], tmp_path: Path, encoding: str
) -> None:
    clinic, _episode = made
    patient = patients.add_patient(clinic, replace(PATIENT, mrn="000900", family_name="Müller"))
    path = written(tmp_path, "Name;Time\nHélène Müller;9:00\n", encoding)
    (match,) = day_list.look_at_csv(clinic, path, TODAY)
    assert match.patient is not None
    assert match.patient.id == patient.id


def test_a_file_that_is_not_there_or_too_large_is_told(
    made: tuple[OpenClinic, EpisodeOfCare], tmp_path: Path
) -> None:
    clinic, _episode = made
    with pytest.raises(EnvironmentFault):
        day_list.look_at_csv(clinic, tmp_path / "none.csv", TODAY)
    with pytest.raises(InputError, match=r"csv\.too_large"):
        day_list.look_at_csv(clinic, written(tmp_path, "Name\n" + "x" * 2_000_000), TODAY)
