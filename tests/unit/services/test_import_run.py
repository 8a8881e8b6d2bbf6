"""An import under way: stopped, cut off, undone, and beside what others do."""

import csv
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptnotes.db import imports
from ptnotes.domain.errors import EnvironmentFault, InputError, NotFoundError
from ptnotes.domain.importing import RowKind, RunState
from ptnotes.domain.patient import Patient
from ptnotes.services import import_run, import_undo
from ptnotes.services.day_list import add_to_day
from ptnotes.services.history import clinic_history
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
from tests.clinics import PATIENT
from tests.unit.services.lists_in import brought_in, clinic, everybody, people, written

__all__ = ["clinic"]


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
