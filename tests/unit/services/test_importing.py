"""Patients brought in: what becomes of each row, what is written back, and what comes back of our own files."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptnotes.domain.errors import EnvironmentFault, InputError
from ptnotes.domain.importing import Because, DateOrder, RowKind
from ptnotes.domain.patient import Patient
from ptnotes.exchange.csv_text import read_csv
from ptnotes.services.export_csv import export_csv
from ptnotes.services.export_fhir import export_fhir
from ptnotes.services.history import clinic_history
from ptnotes.services.import_not_added import rows_not_added, save_not_added
from ptnotes.services.import_undo import import_runs
from ptnotes.services.importing import dry_run, dry_run_rows, import_patients, look_at
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, find_patients, patient_by_mrn
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock
from tests.signing import passphrases_remembered
from tests.unit.exchange.arriving import patients
from tests.unit.services.lists_in import HEAD, brought_in, clinic, everybody, patient_of_fhir, people, written

__all__ = ["clinic"]


def test_a_file_is_tried_row_by_row_and_then_imported_as_it_was_tried(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    add_patient(clinic, PATIENT)
    path = written(
        tmp_path,
        HEAD
        + "12;Müller;Zoë;31/12/1985;555-0100111\r\n"
        + "13;Moreau;Helene;12/03/1979;\r\n"
        + ";Muller;Zoe;31/12/1985;\r\n"
        + "14;Bad;Row;31/31/1985;\r\n"
        + ";Okafor;Ada;01/02/1990;\r\n",
        "cp1252",
    )
    looked = look_at(clinic, path)
    assert (looked.map.encoding, looked.map.separator, looked.map.date_order) == (
        "cp1252", ";", DateOrder.DAY_FIRST,
    )  # fmt: skip
    assert (looked.rows, looked.first_rows[0][1], looked.is_remembered) == (5, "Müller", False)
    tried = dry_run(clinic, path, looked.map)
    assert (tried.rows, tried.made, tried.duplicates, tried.refused) == (5, 2, 2, 1)
    assert everybody(clinic) == ["000123 Moreau, Hélène"]
    known, twice = dry_run_rows(clinic, tried, RowKind.DUPLICATE)
    assert (known.number, known.because, known.can_be_added) == (3, Because.SAME_NAME, True)
    assert known.other is not None
    assert known.other.patient == patient_by_mrn(clinic, "000123")
    assert known.patient is not None
    assert known.patient.mrn == "13"
    assert (twice.number, twice.because) == (4, Because.SAME_NAME)
    assert twice.other is not None
    assert (twice.other.row, twice.other.patient.name) == (2, "Müller, Zoë")
    (refused,) = dry_run_rows(clinic, tried, RowKind.REFUSED)
    assert refused.reasons == ("The birth date is no day of the calendar.",)
    done = import_patients(clinic, path, looked.map, digest=tried.digest, add={3})
    assert (done.made, done.left_out, done.refused, done.was_stopped) == (3, 1, 1, False)
    # The clinic's next number is above every number of the clinic and of the file.
    assert everybody(clinic) == [
        "000123 Moreau, Hélène", "13 Moreau, Helene", "12 Müller, Zoë", "000124 Okafor, Ada",
    ]  # fmt: skip
    assert find_patients(clinic, "okaf")
    assert find_patients(clinic, "0100111")


def test_what_was_not_imported_is_written_back_safe_and_private_and_can_be_mended(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, HEAD + '1;"=1+1";Anna;13/45/1979;-5\r\n2;Berg;Anna;31/12/1985;+1 555 0100\r\n')
    refused = tmp_path / "refused.csv"
    done = brought_in(clinic, path, refused=refused)
    assert (done.made, done.refused, done.refused_path) == (1, 1, refused)
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600
    raw = refused.read_text("utf-8-sig")
    assert "'=1+1" in raw
    assert "'-5" in raw
    with refused.open("rb") as file:
        (row,) = read_csv(file)
    assert row["Last Name"] == "=1+1"
    assert "birth date is no day of the calendar" in row["Why PT Notes did not import it"]
    refused.write_text(raw.replace("13/45/1979", "13/12/1979"), "utf-8")
    again = look_at(clinic, refused)
    assert again.map.is_guarded
    assert again.is_remembered
    assert import_patients(clinic, refused, again.map).made == 1
    assert patient_by_mrn(clinic, "1").telephone == "-5"


def test_what_was_not_added_is_had_after_the_import_too_as_long_as_the_file_is_the_same(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    add_patient(clinic, PATIENT)
    text = (
        HEAD + "9;Moreau;Hélène;1979-03-12;\r\n" + people(3)[len(HEAD) :] + '1;"Open;Anna;13/12/1979;\r\n'
        "2;Berg;Anna;31/31/1985;\r\n3;;;;\r\n"
    )
    path = written(tmp_path, text)
    refused, later = tmp_path / "refused.csv", tmp_path / "later.csv"
    done = brought_in(clinic, path, refused=refused)
    assert (done.made, done.left_out, done.refused) == (3, 1, 3)
    rows = rows_not_added(clinic, done)
    assert [(row.number, row.kind) for row in rows] == [
        (2, RowKind.DUPLICATE), (6, RowKind.REFUSED), (7, RowKind.REFUSED), (8, RowKind.REFUSED),
    ]  # fmt: skip
    assert rows[0].reasons == ("The same name and birth date.",)
    assert rows[2].reasons == ("The birth date is no day of the calendar.",)
    (first,) = rows_not_added(clinic, done, kind=RowKind.REFUSED, limit=1)
    assert (first.number, first.cells) == (6, ('1;"Open;Anna;13/12/1979;',))
    assert save_not_added(clinic, done, later) == later
    assert later.read_bytes() == refused.read_bytes()
    assert stat.S_IMODE(later.stat().st_mode) == 0o600
    with pytest.raises(EnvironmentFault, match=r"import\.there"):
        save_not_added(clinic, done, later)
    with pytest.raises(EnvironmentFault, match=r"import\.not_saved"):
        save_not_added(clinic, done, tmp_path / "none.csv", stop=lambda: True)
    path.write_bytes(path.read_bytes().replace(b"Berg", b"Burg"))
    for attempt in (
        lambda: rows_not_added(clinic, done),
        lambda: save_not_added(clinic, done, tmp_path / "none.csv"),
    ):
        with pytest.raises(InputError, match=r"import\.changed_since"):
            attempt()
    assert sorted(one.name for one in tmp_path.glob("*.csv")) == ["later.csv", "list.csv", "refused.csv"]
    assert not list(tmp_path.glob("*.part"))


def test_no_file_of_refused_rows_is_left_where_none_was_and_none_is_replaced(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, people(2))
    refused = tmp_path / "refused.csv"
    assert brought_in(clinic, path, refused=refused).refused_path is None
    assert not refused.exists()
    refused.write_text("mine")
    with pytest.raises(EnvironmentFault, match=r"import\.there"):
        brought_in(clinic, path, refused=refused)
    assert refused.read_text() == "mine"
    assert not list(tmp_path.glob("*.part"))


def test_the_same_file_a_second_time_adds_nobody(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, people(60))
    assert brought_in(clinic, path).made == 60
    again = brought_in(clinic, path)
    assert (again.made, again.left_out) == (0, 60)


def test_somebody_elses_record_number_is_not_taken_and_the_row_gets_the_next(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    add_patient(clinic, PATIENT)
    path = written(tmp_path, HEAD + "000123;Berg;Anna;31/12/1985;\r\n000200;Okafor;Ada;30/12/1985;\r\n")
    (row,) = dry_run_rows(clinic, dry_run(clinic, path, look_at(clinic, path).map), RowKind.DUPLICATE)
    assert row.because is Because.SAME_NUMBER
    assert brought_in(clinic, path, add={2}).made == 2
    assert everybody(clinic) == ["000201 Berg, Anna", "000123 Moreau, Hélène", "000200 Okafor, Ada"]


def test_one_event_a_run_with_its_digest_and_none_that_names_anybody(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, people(3))
    tried = dry_run(clinic, path, look_at(clinic, path).map)
    done = import_patients(clinic, path, tried.map, digest=tried.digest)
    told = [row.what for row in clinic_history(clinic) if "import" in row.what]
    assert told == [f"began import {done.run_id}, of 3 rows: SHA-256 {tried.digest}"]


def test_a_file_that_changed_since_it_was_tried_is_not_imported(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, people(3))
    tried = dry_run(clinic, path, look_at(clinic, path).map)
    path.write_bytes(path.read_bytes().replace(b"Given1", b"Other1"))
    with pytest.raises(InputError, match=r"import\.changed"):
        import_patients(clinic, path, tried.map, digest=tried.digest)
    path.write_text(people(4))
    with pytest.raises(InputError, match=r"import\.changed"):
        dry_run_rows(clinic, tried, RowKind.MADE)
    assert everybody(clinic) == []
    assert import_runs(clinic) == ()


def test_a_file_that_changes_while_it_is_read_is_said(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, people(3))
    raw = path.read_bytes()

    def change(_done: int, _total: int) -> None:
        path.write_bytes(raw.replace(b"Given3", b"Other3"))

    assert brought_in(clinic, path, progress=change).has_changed


def different(found: list[Patient]) -> list[Patient]:
    """Those whose record numbers differ in more than case."""
    return list({one.mrn.casefold(): one for one in found}.values())


@settings(max_examples=12)
@given(st.lists(patients(), min_size=1, max_size=12).map(different))
def test_what_goes_out_as_csv_comes_back_into_an_empty_clinic_as_the_same_patients(
    tmp_path_factory: pytest.TempPathFactory, found: list[Patient]
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    for name in ("here", "there"):
        (folder / name).mkdir()
    here, there = clinic_in(folder / "here", FixedClock()), clinic_in(folder / "there", FixedClock())
    with passphrases_remembered():
        stored = [add_patient(here, one) for one in found]
        export_csv(here, folder / "out", PASSPHRASE)
    path = folder / "out" / "patients.csv"
    # People who are made by chance may be like each other; each is said to be somebody else.
    done = brought_in(there, path, add=range(2, len(found) + 2))
    assert done.made == len(found)
    back = [patient_by_mrn(there, one.mrn) for one in stored]
    assert [replace(one, id=None) for one in back] == [replace(one, id=None) for one in stored]
    again = brought_in(here, path)
    assert (again.made, again.left_out) == (0, len(found))
    for opened in (here, there):
        opened.close()


def test_what_goes_out_as_fhir_comes_back_as_the_same_patient(
    clinic: OpenClinic, tmp_path: Path, clock: FixedClock
) -> None:
    whole = replace(
        PATIENT, middle_name="Ann", suffix="Jr", preferred_name="Lena", email="a@example.org", language="French",
        address="1 High Street, Harbour", emergency_contact="Luc, 555-0100",
    )  # fmt: skip
    stored = add_patient(clinic, whole)
    path = export_fhir(clinic, stored.id or 0, tmp_path / "one.json")
    (tmp_path / "there").mkdir()
    there = clinic_in(tmp_path / "there", clock)
    assert brought_in(there, path).made == 1
    assert replace(patient_by_mrn(there, stored.mrn), id=stored.id) == stored
    there.close()
    tried = dry_run(clinic, path, look_at(clinic, path).map)
    assert tried.not_patients > 0
    (row,) = dry_run_rows(clinic, tried, RowKind.DUPLICATE)
    assert (row.because, row.can_be_added) == (Because.SAME_RECORD, False)
    assert brought_in(clinic, path, add={row.number}).made == 0


def test_the_day_until_which_a_record_is_kept_comes_back(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, "Last Name,First Name,DOB,Retain until\r\nBerg,Anna,1979-03-12,2040-01-31\r\n")
    assert brought_in(clinic, path).made == 1
    with clinic.store.read() as connection:
        (kept,) = connection.exec_driver_sql("SELECT retain_until FROM patient").one()
    assert kept == "2040-01-31"


def test_half_of_a_letter_is_given_back_and_stops_nothing(clinic: OpenClinic, tmp_path: Path) -> None:
    path = tmp_path / "list.ndjson"
    path.write_bytes(
        b"\n".join(patient_of_fhir(name) for name in (rb"Bad\ud800", rb"Good\u00e9", rb"\udc00"))
    )
    back = tmp_path / "refused.csv"
    done = brought_in(clinic, path, refused=back)
    assert (done.made, done.refused) == (1, 2)
    assert [name.split()[1] for name in everybody(clinic)] == ["Goodé,"]
    assert "Bad\N{REPLACEMENT CHARACTER}" in back.read_text("utf-8")
