"""Patients brought in: tried, stored, written back, undone."""

import codecs
import csv
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptnotes.db import imports
from ptnotes.domain.errors import EnvironmentFault, InputError, NotFoundError
from ptnotes.domain.importing import (
    Because,
    DateOrder,
    FileKind,
    Imported,
    ImportMap,
    RowKind,
    RunState,
    Target,
)
from ptnotes.domain.patient import Patient
from ptnotes.exchange.csv_text import read_csv
from ptnotes.services import import_run, import_undo, importing
from ptnotes.services.day_list import add_to_day
from ptnotes.services.export_csv import export_csv
from ptnotes.services.export_fhir import export_fhir
from ptnotes.services.history import clinic_history
from ptnotes.services.import_not_added import rows_not_added, save_not_added
from ptnotes.services.import_source import opened_list, until_stopped
from ptnotes.services.import_undo import import_runs, undo_import
from ptnotes.services.importing import dry_run, dry_run_rows, import_patients, look_at
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import (
    add_patient,
    archive_patient,
    change_patient,
    find_patients,
    load_patient,
    patient_by_mrn,
)
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock
from tests.signing import passphrases_remembered
from tests.unit.exchange.arriving import patients

HEAD = "Chart #;Last Name;First Name;DOB;Cell\r\n"


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, clock)
    yield opened
    opened.close()


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def brought_in(clinic: OpenClinic, path: Path, **more: object) -> Imported:
    return import_patients(clinic, path, look_at(clinic, path).map, **more)  # type: ignore[arg-type]  # its own


def everybody(clinic: OpenClinic) -> list[str]:
    return [f"{row.mrn} {row.name}" for row in find_patients(clinic, "", limit=1_000, archived=True)]


def people(count: int, first: int = 1) -> str:
    born = date(1950, 1, 1)
    rows = (
        f"{number:06};Name{chr(97 + number % 26)}{number};Given{number};{born + timedelta(days=number * 7)};"
        for number in range(first, first + count)
    )
    return HEAD + "".join(f"{row}\r\n" for row in rows)


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


def test_the_mapping_is_remembered_for_the_same_names_of_columns(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, "A,B,C\r\nBerg,Anna,3/4/1979\r\n")
    columns = replace(
        look_at(clinic, path).map,
        has_header=True,
        header=("A", "B", "C"),
        targets=(Target.FAMILY, Target.GIVEN, Target.BIRTH_DATE),
        date_order=DateOrder.DAY_FIRST,
        order_is_said=True,
    )
    assert import_patients(clinic, path, columns).made == 1
    looked = look_at(clinic, path)
    assert (looked.is_remembered, looked.is_order_remembered) == (True, True)
    assert looked.map == columns
    assert looked.dates.is_ambiguous
    other = tmp_path / "other.csv"
    other.write_text("A,B,D\r\nBerg,Anna,3/4/1979\r\n")
    assert not look_at(clinic, other).is_remembered


def test_an_order_on_which_no_date_depended_is_not_gone_by_the_next_time(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, HEAD + "1;Berg;Anna;1979-03-14;\r\n2;Berg;Bea;3 Apr 1980;\r\n")
    assert not look_at(clinic, path).map.order_is_said
    assert brought_in(clinic, path).made == 2
    path = written(tmp_path, HEAD + "3;Berg;Cid;03/04/1979;\r\n")
    looked = look_at(clinic, path)
    assert (looked.is_remembered, looked.is_order_remembered) == (True, False)
    assert looked.dates.is_ambiguous


def test_letters_that_no_file_tells_are_read_as_the_last_time(clinic: OpenClinic, tmp_path: Path) -> None:
    head = "Nom;Prénom;DOB;Płeć\r\n"
    path = written(tmp_path, head + "Żółć;Paweł;1979-03-14;\r\n", "cp1250")
    first = look_at(clinic, path)
    assert (first.map.encoding, first.letters.is_guess, first.letters.is_odd) == ("cp1252", True, True)
    assert dict(first.letters.likely)["cp1250"] == ("Żółć Paweł",)
    tried = dry_run(clinic, path, first.map)
    assert (tried.letters.is_odd, tried.letters.samples) == (True, ("¯ó³æ Pawe³",))
    told = look_at(clinic, path, told=replace(first.map, encoding="cp1250"))
    assert not told.letters.is_odd
    assert not dry_run(clinic, path, told.map).letters.is_odd
    assert import_patients(clinic, path, told.map).made == 1
    assert everybody(clinic)[-1] == "000001 Żółć, Paweł"
    path = written(tmp_path, head + "Śliwa;Łucja;1980-04-15;\r\n", "cp1250")
    assert (look_at(clinic, path).map.encoding, look_at(clinic, path).is_remembered) == ("cp1250", True)
    path = written(tmp_path, head + "Śliwa;Łucja;1981-04-15;\r\n")
    assert look_at(clinic, path).map.encoding == "utf-8", "what the file tells goes before"


def test_a_map_finds_its_header_under_more_titles_or_fewer(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, "One\r\nTwo\r\n" + people(2))
    columns = look_at(clinic, path).map
    assert columns.header_row == 3
    path.write_text("One\r\nTwo\r\nThree\r\nFour\r\nFive\r\n" + people(2), "utf-8")
    tried = dry_run(clinic, path, columns)
    assert (tried.rows, tried.made, tried.map.header_row) == (2, 2, 6)
    assert [row.number for row in dry_run_rows(clinic, tried, RowKind.MADE)] == [7, 8]
    done = import_patients(clinic, path, columns)
    assert (done.rows, done.made) == (2, 2)
    path.write_text(people(4), "utf-8")
    assert dry_run(clinic, path, columns).rows == 4


def test_numbers_that_a_spreadsheet_rounded_are_refused_in_whatever_row(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    rounded = ["1.00E+05;Quux;Ada;1979-03-28;", "7;Quux;Ben;1968-11-02;5.55E+09"]
    path = written(tmp_path, people(3) + "\r\n".join(rounded))
    tried = dry_run(clinic, path, look_at(clinic, path).map)
    assert (tried.made, tried.refused) == (3, 2)
    told = [row.reasons[0].partition(":")[0] for row in dry_run_rows(clinic, tried, RowKind.REFUSED)]
    assert told == ["Record number", "Telephone"]


def test_a_file_without_a_header_keeps_none_of_its_cells_in_the_clinic(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, "Zebulon,Quist,1979-03-12\r\nBerg,Anna,1980-03-12\r\n")
    looked = look_at(clinic, path)
    assert (looked.map.has_header, looked.map.header) == (False, ("Column 1", "Column 2", "Column 3"))
    columns = replace(looked.map, targets=(Target.GIVEN, Target.FAMILY, Target.BIRTH_DATE))
    assert import_patients(clinic, path, columns).made == 2
    with clinic.store.read() as connection:
        kept = imports.mappings(connection)
        assert not any("Quist" in text for text in kept)


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


def test_an_import_that_is_stopped_is_one_that_can_be_undone(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "_GATHERED", 10)
    monkeypatch.setattr(import_run, "LOOK_EVERY", 25)
    path = written(tmp_path, people(100))
    far = [0]
    done = brought_in(
        clinic, path, progress=lambda rows, _total: far.append(rows), stop=lambda: far[-1] >= 50
    )
    assert (done.was_stopped, done.made) == (True, 50)
    (run,) = import_runs(clinic)
    assert (run.made, run.left, run.rows) == (done.made, done.made, 100)
    assert undo_import(clinic, run.id).removed == done.made
    assert everybody(clinic) == []


def test_an_import_that_is_stopped_while_rows_are_stored_ends_after_those_that_are_being_stored(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "_AT_ONCE", 10)
    path = written(tmp_path, people(100))
    stored: list[Any] = []
    original = imports.store_rows
    monkeypatch.setattr(imports, "store_rows", lambda *some: stored.append(original(*some)))
    done = brought_in(clinic, path, stop=lambda: len(stored) == 3)
    assert (done.was_stopped, done.made, done.left_out, done.refused) == (True, 30, 0, 0)
    (run,) = import_runs(clinic)
    assert (run.made, run.left, run.rows) == (30, 30, 100)
    monkeypatch.undo()
    assert brought_in(clinic, path).made == 70, "the rest can be brought in later"


def test_an_import_that_is_stopped_before_anything_is_stored_leaves_nothing(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, people(30))
    columns = look_at(clinic, path).map
    back = tmp_path / "refused.csv"
    with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
        import_patients(clinic, path, columns, refused=back, stop=lambda: True)
    assert import_runs(clinic) == ()
    assert everybody(clinic) == []
    assert sorted(one.name for one in tmp_path.iterdir() if "refused" in one.name) == []


def test_an_import_whose_program_ends_is_shown_as_cut_off_with_what_it_made(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "_GATHERED", 10)
    monkeypatch.setattr(import_run, "LOOK_EVERY", 10)
    path = written(tmp_path, people(40))
    calls: list[int] = []

    def fail_third(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        original(*arguments)

    original = imports.store_rows
    monkeypatch.setattr(imports, "store_rows", fail_third)
    with pytest.raises(KeyboardInterrupt):
        brought_in(clinic, path)
    (run,) = import_runs(clinic)
    assert (run.state, run.made, run.left) == (RunState.UNDER_WAY, 20, 20)
    assert undo_import(clinic, run.id).removed == 20
    assert import_runs(clinic)[0].state is RunState.UNDONE


def test_undo_takes_away_whom_nothing_was_done_for_and_names_the_others(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    kept_before = add_patient(clinic, PATIENT)
    run = brought_in(clinic, written(tmp_path, people(8)))
    ids = [patient_by_mrn(clinic, f"{number:06}").id or 0 for number in range(1, 9)]
    change_patient(clinic, replace(load_patient(clinic, ids[0]), email="a@example.org"))
    add_to_day(clinic, ids[1], date(2026, 3, 3), None)
    archive_patient(clinic, ids[2])
    undone = undo_import(clinic, run.run_id)
    assert (undone.removed, undone.kept_count) == (5, 3)
    assert [row.id for row in undone.kept] == ids[:3]
    assert len(everybody(clinic)) == 4
    assert load_patient(clinic, kept_before.id or 0)
    assert find_patients(clinic, "Given5") == ()
    told = [row.what for row in clinic_history(clinic) if "to undo import" in row.what]
    assert told == [
        f"began to undo import {run.run_id}: 5 patients to take away, for whom nothing was done since"
    ]
    (shown,) = import_runs(clinic)
    assert (shown.state, shown.left, shown.undone_by) == (RunState.UNDONE, 3, "J. Rivera")
    with pytest.raises(InputError, match=r"import\.undone"):
        undo_import(clinic, run.run_id)
    with pytest.raises(NotFoundError, match=r"import\.not_found"):
        undo_import(clinic, 99)
    # Nobody else can be deleted afterwards, either.
    with pytest.raises(Exception, match="refused"), clinic.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM patient")
    # The file can be imported again, and its numbers are free.
    assert brought_in(clinic, tmp_path / "list.csv").made == 5


def test_an_undo_that_is_stopped_is_shown_as_cut_off_and_goes_on_when_asked_again(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_undo, "_AT_ONCE", 10)
    monkeypatch.setattr(import_undo, "_TURN_S", 0.0)
    run = brought_in(clinic, written(tmp_path, people(45)))
    kept = patient_by_mrn(clinic, "000004")
    archive_patient(clinic, kept.id or 0)
    told: list[tuple[int, int]] = []
    asked = iter([False, False])
    stopped = undo_import(
        clinic, run.run_id, progress=lambda *far: told.append(far), stop=lambda: next(asked, True)
    )
    assert (stopped.was_stopped, stopped.removed, stopped.left, stopped.kept) == (True, 20, 25, ())
    assert told == [(0, 44), (10, 44), (20, 44), (20, 44)]
    (shown,) = import_runs(clinic)
    assert (shown.state, shown.left) == (RunState.UNDO_CUT_OFF, 25)
    # What went is whole: nothing is found by it, and its number is free.
    assert find_patients(clinic, "Given1 ") == find_patients(clinic, "iven20") == ()
    assert len(everybody(clinic)) == 25
    done = undo_import(clinic, run.run_id)
    assert (done.was_stopped, done.removed, done.kept_count, done.left) == (False, 24, 1, 1)
    assert [row.id for row in done.kept] == [kept.id]
    assert import_runs(clinic)[0].state is RunState.UNDONE


def test_an_undo_ends_with_the_program(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_undo, "_AT_ONCE", 10)
    monkeypatch.setattr(import_undo, "_TURN_S", 0.0)
    run = brought_in(clinic, written(tmp_path, people(30)))

    def end(done: int, _total: int) -> None:
        if done == 10:
            clinic.ending.set()

    stopped = undo_import(clinic, run.run_id, progress=end)
    assert (stopped.was_stopped, stopped.removed, stopped.left) == (True, 10, 20)


def test_a_save_while_an_import_is_undone_waits_for_a_part_of_a_turn(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_undo, "_AT_ONCE", 10)
    monkeypatch.setattr(import_undo, "_TURN_S", 60.0)
    run = brought_in(clinic, written(tmp_path, people(60)))
    threads: list[threading.Thread] = []
    seen: list[int] = []
    original = imports.removable

    def save() -> None:
        with clinic.store.write() as connection:
            seen.append(imports.runs(connection)[0].left)

    def look_and_want(*arguments: Any, **more: Any) -> list[tuple[int, int]]:
        if not threads:
            threads.append(threading.Thread(target=save))
            threads[0].start()
            while not clinic.store.is_wanted:
                pass
        return original(*arguments, **more)

    monkeypatch.setattr(imports, "removable", look_and_want)
    assert undo_import(clinic, run.run_id).removed == 60
    threads[0].join()
    assert seen == [50]


def test_an_import_that_is_undone_meanwhile_adds_no_more(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "_GATHERED", 10)
    monkeypatch.setattr(import_run, "LOOK_EVERY", 25)
    path = written(tmp_path, people(100))
    undone: list[int] = []

    def undo_once(done: int, _total: int) -> None:
        if done >= 25 and not undone:
            undone.append(undo_import(clinic, import_runs(clinic)[0].id).removed)

    assert brought_in(clinic, path, progress=undo_once).was_stopped
    assert undone == [25]
    assert everybody(clinic) == []


def test_whoever_was_added_elsewhere_meanwhile_is_known_too(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "_GATHERED", 10)
    monkeypatch.setattr(import_run, "LOOK_EVERY", 5)
    path = written(tmp_path, people(30))
    born = date(1950, 1, 1)

    def add_meanwhile(done: int, _total: int) -> None:
        if done == 15:
            add_patient(
                clinic,
                Patient(
                    mrn="X1",
                    family_name="Namez25",
                    given_name="Given25",
                    birth_date=born + timedelta(days=175),
                ),
            )
            add_patient(
                clinic,
                Patient(mrn="000028", family_name="Else", given_name="Body", birth_date=date(1940, 1, 1)),
            )

    done = brought_in(clinic, path, progress=add_meanwhile)
    assert (done.made, done.left_out) == (28, 2)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["000001", "000002", "ab3", "AB3", ""]),
            st.sampled_from(["Meyer", "Maier", "Berg"]),
            st.sampled_from(["Anna", "Berg", "Anton"]),
            st.sampled_from(["03/12/1979", "12/03/1979", "05/05/1950"]),
            st.sampled_from(["", "555 010 4477"]),
        ),
        min_size=1,
        max_size=25,
    ),
    st.integers(1, 4),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_whatever_is_in_a_list_is_imported_as_it_was_tried(
    clinic: OpenClinic, tmp_path: Path, rows: list[tuple[str, ...]], gathered: int
) -> None:
    path = tmp_path / "list.csv"
    path.unlink(missing_ok=True)
    header = ("MRN", "Last Name", "First Name", "DOB", "Phone")
    path.write_text("".join(",".join(row) + "\r\n" for row in (header, *rows)), "utf-8", newline="")
    columns = look_at(clinic, path).map
    before = (import_run.LOOK_EVERY, import_run._GATHERED)
    tried = dry_run(clinic, path, columns)
    import_run.LOOK_EVERY, import_run._GATHERED = 2, gathered
    try:
        refused = tmp_path / "left.csv"
        refused.unlink(missing_ok=True)
        done = import_patients(clinic, path, columns, refused=refused)
    finally:
        import_run.LOOK_EVERY, import_run._GATHERED = before
    assert (done.made, done.left_out, done.refused) == (tried.made, tried.duplicates, tried.refused)
    shown = dry_run_rows(clinic, tried, RowKind.DUPLICATE, limit=99)
    told = list(csv.reader(refused.read_text("utf-8-sig").splitlines()))[1:] if refused.exists() else []
    assert [line[-1] for line in told] == [" ".join(row.reasons) for row in shown]
    undo_import(clinic, done.run_id)
    assert everybody(clinic) == []


def test_a_save_in_between_ends_the_turn(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "_AT_ONCE", 5)
    monkeypatch.setattr(import_run, "_TURN_S", 60.0)
    path = written(tmp_path, people(60))
    seen: list[int] = []
    threads: list[threading.Thread] = []
    original = imports.store_rows

    def save() -> None:
        with clinic.store.write() as connection:
            seen.append(imports.last_id(connection))

    def store_and_want(*arguments: Any) -> None:
        original(*arguments)
        if not threads:
            threads.append(threading.Thread(target=save))
            threads[0].start()
            while not clinic.store.is_wanted:
                pass

    monkeypatch.setattr(imports, "store_rows", store_and_want)
    assert brought_in(clinic, path).made == 60
    threads[0].join()
    assert seen == [5]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"\r\n\r\n,,\r\n", "import.empty"),
        (b"a," * 2_000 + b"\r\n", "import.too_many_columns"),
    ],
)
def test_what_is_no_list_of_patients_is_refused(
    clinic: OpenClinic, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        look_at(clinic, path)
    assert raised.value.code == code


def test_a_folder_a_missing_file_and_one_of_a_gigabyte_are_refused_at_once(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentFault, match=r"import\.not_a_file"):
        look_at(clinic, tmp_path)
    with pytest.raises(EnvironmentFault, match=r"import\.not_a_file"):
        look_at(clinic, Path("/dev/zero"))
    with pytest.raises(EnvironmentFault, match=r"import\.missing"):
        look_at(clinic, tmp_path / "none.csv")
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(InputError, match=r"import\.too_large"):
        look_at(clinic, huge)


def test_a_map_of_other_columns_is_refused(clinic: OpenClinic, tmp_path: Path) -> None:
    columns = look_at(clinic, written(tmp_path, people(1))).map
    other = tmp_path / "other.csv"
    other.write_text("Chart #;First Name;Last Name;DOB;Cell\r\n1;Anna;Berg;1979-03-12;\r\n")
    with pytest.raises(InputError, match=r"import\.other_header"):
        import_patients(clinic, other, columns)
    with pytest.raises(InputError, match=r"import\.other_header"):
        dry_run(clinic, other, ImportMap(kind=FileKind.FHIR, targets=columns.targets))


def test_pages_of_rows_are_read_again_from_anywhere_in_the_file(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_MARK_EVERY", 20)
    rows = people(150).splitlines()
    rows[60:60] = ["x;y", '"z']
    path = tmp_path / "list.csv"
    path.write_bytes(codecs.BOM_UTF8 + "\n".join([*rows, *rows[1:4]]).encode())
    tried = dry_run(clinic, path, look_at(clinic, path).map)
    assert (tried.made, tried.duplicates, tried.refused) == (150, 3, 2)
    made = dry_run_rows(clinic, tried, RowKind.MADE, offset=140, limit=50)
    assert [row.patient.mrn for row in made if row.patient] == [f"{number:06}" for number in range(141, 151)]
    assert [row.number for row in dry_run_rows(clinic, tried, RowKind.REFUSED)] == [61, 62]
    known = dry_run_rows(clinic, tried, RowKind.DUPLICATE, offset=1, limit=1)
    assert [(row.number, row.other and row.other.row) for row in known] == [(155, 3)]
    assert dry_run_rows(clinic, tried, RowKind.DUPLICATE, offset=9) == ()


class Asked:
    """Counts how often it is asked whether to stop, and says so from one time on."""

    def __init__(self, stops_at: int | None = None) -> None:
        self.count, self.stops_at = 0, stops_at

    def __call__(self) -> bool:
        self.count += 1
        return self.stops_at is not None and self.count >= self.stops_at


def test_a_file_is_looked_at_and_tried_no_further_once_it_is_stopped_and_stays_as_it_is(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    path = written(tmp_path, people(3_000), "cp1252")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    columns = look_at(clinic, path).map
    for verb in (partial(look_at, clinic, path), partial(dry_run, clinic, path, columns)):
        whole = Asked()
        verb(stop=whole)
        # A part of a file is read between two of these questions, and never a whole one.
        assert whole.count > path.stat().st_size // 10_000
        for at in range(1, whole.count + 1):
            asked = Asked(at)
            with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
                verb(stop=asked)
            assert asked.count == at
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert everybody(clinic) == []


def test_each_part_that_is_read_of_a_file_is_asked_for(clinic: OpenClinic, tmp_path: Path) -> None:
    asked = Asked()
    with opened_list(written(tmp_path, people(3)), until_stopped(clinic, asked)) as file:
        assert file.read(4) + file.read1(4) == HEAD[:8].encode()
        assert asked.count == 2
        asked.stops_at = 3
        for read in (file.read, file.read1):
            with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
                read()


def test_a_try_is_stopped_while_the_patients_of_the_clinic_are_read(
    clinic: OpenClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "LOOK_EVERY", 2)
    path = written(tmp_path, people(1))
    columns = look_at(clinic, path).map
    before, after = Asked(), Asked()
    dry_run(clinic, path, columns, stop=before)
    for number in range(5):
        add_patient(clinic, replace(PATIENT, mrn=f"K{number}", family_name=f"Quux{number}"))
    dry_run(clinic, path, columns, stop=after)
    assert after.count == before.count + 3


@pytest.mark.parametrize("name", ["list.csv", "list.json"])
def test_a_look_at_a_file_tells_how_far_it_is(clinic: OpenClinic, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    one = _patient_of_fhir(b"Okafor")
    path.write_bytes(people(3_000).encode() if name == "list.csv" else b"[" + b",".join([one] * 3_000) + b"]")
    told: list[tuple[int, int]] = []
    look_at(clinic, path, progress=lambda *far: told.append(far))
    size = path.stat().st_size
    assert len(told) == 7
    assert told == sorted(told)
    assert told[-1] == (size, size)
    assert len(set(told)) > 3
    assert all(done <= total == size for done, total in told)


def test_closing_the_clinic_stops_reading(clinic: OpenClinic, tmp_path: Path) -> None:
    path = written(tmp_path, people(3))
    columns = look_at(clinic, path).map
    with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
        dry_run(clinic, path, columns, stop=lambda: True)
    tried = dry_run(clinic, path, columns)
    clinic.ending.set()
    for verb in (
        partial(look_at, clinic, path),
        partial(dry_run, clinic, path, columns),
        partial(dry_run_rows, clinic, tried, RowKind.MADE),
    ):
        with pytest.raises(EnvironmentFault, match=r"import\.stopped"):
            verb()
    clinic.ending.clear()


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
        b"\n".join(_patient_of_fhir(name) for name in (rb"Bad\ud800", rb"Good\u00e9", rb"\udc00"))
    )
    back = tmp_path / "refused.csv"
    done = brought_in(clinic, path, refused=back)
    assert (done.made, done.refused) == (1, 2)
    assert [name.split()[1] for name in everybody(clinic)] == ["Goodé,"]
    assert "Bad\N{REPLACEMENT CHARACTER}" in back.read_text("utf-8")


def _patient_of_fhir(family: bytes) -> bytes:
    name = b'"name": [{"family": "' + family + b'", "given": ["Ann"]}]'
    return b'{"resourceType": "Patient", ' + name + b', "birthDate": "1970-01-02"}'
