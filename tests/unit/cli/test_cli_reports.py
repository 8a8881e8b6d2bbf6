"""The commands that write: reports, sample clinics, the window, and what is a bug of ours."""

import json
import re
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from ptnotes.db.certification import note_report
from ptnotes.db.kdf import Kdf
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.services.episodes import episodes_of, open_episode
from ptnotes.services.history import clinic_history
from ptnotes.services.opening import open_clinic
from ptnotes.services.patients import find_patients
from ptnotes.services.sample import create_demo
from tests.clock import FixedClock
from tests.unit.cli.running import PASSPHRASE, Run, pdf_text


def test_a_progress_report_is_written(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    code, written, told = run("--file", clinic_file, "report", "progress", "--patient", "00231", "--out", out)
    assert (code, written, told) == (0, "", "Draft: 1 note not signed yet.\n")
    text = pdf_text(out)
    assert "Moreau, Hélène" in text
    assert "M48.061" in text
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]


def test_a_patient_may_be_named_by_words_that_find_one(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    code, _, _ = run("--file", clinic_file, "report", "progress", "--patient", "okafor", "--out", out)
    assert code == 0
    assert "Okafor, Daniel" in pdf_text(out)


def test_a_report_ends_with_the_day_asked_for(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    clinic = open_clinic(clinic_file, PASSPHRASE)
    (found,) = find_patients(clinic, "00231")
    start = episodes_of(clinic, found.id)[0].start
    clinic.close()
    all_of_it, first_day = tmp_path / "all.pdf", tmp_path / "first.pdf"
    argv = ["--file", clinic_file, "report", "progress", "--patient", "00231", "--out"]
    assert run(*argv, all_of_it)[0] == 0
    assert run(*argv, first_day, "--as-of", start.isoformat())[0] == 0
    assert "→" in pdf_text(all_of_it) or "55" in pdf_text(all_of_it)
    assert "55°" not in pdf_text(first_day)


def test_a_report_begins_after_the_last_one_as_the_windows_does(
    run: Run, clinic_file: Path, tmp_path: Path
) -> None:
    with closing(open_clinic(clinic_file, PASSPHRASE)) as clinic:
        (found,) = find_patients(clinic, "00231")
        episode = episodes_of(clinic, found.id)[0]
        with clinic.store.write() as connection:
            note_report(connection, episode.id or 0, episode.start, clinic.clock(), clinic.person_id)
            connection.commit()
    out = tmp_path / "report.pdf"
    assert run("--file", clinic_file, "report", "progress", "--patient", "00231", "--out", out)[0] == 0
    text = pdf_text(out)
    assert "Last report" in text
    assert "visits 2–" in text
    assert "visits 1–" not in text


def test_a_report_before_the_first_visit_is_refused(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    argv = (
        "--file",
        clinic_file,
        "report",
        "progress",
        "--patient",
        "00231",
        "--out",
        out,
        "--as-of",
        "2001-01-01",
    )
    code, _, err = run(*argv)
    assert code == 1
    assert err == "No visit has been charted in this period.\n"
    assert not out.exists()


def test_the_nth_episode_counts_by_start_date(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "clinic.ptnotes"
    clinic = create_demo(path, PASSPHRASE, clock=FixedClock())
    (row,) = find_patients(clinic, "00231")
    (late,) = episodes_of(clinic, row.id)
    early = date(2015, 5, 4)
    open_episode(clinic, EpisodeOfCare(patient_id=row.id, title="Shoulder, long ago", start=early))
    clinic.close()
    argv = [
        "--file",
        path,
        "report",
        "progress",
        "--patient",
        "00231",
        "--out",
        tmp_path / "x.pdf",
        "--episode",
    ]
    assert run(*argv, "2")[0] == 0
    assert run(*argv, "latest")[0] == 0
    assert run(*argv, "1") == (1, "", "No visit has been charted in this period.\n")
    assert run(*argv, "3") == (1, "", "This patient has no such episode of care.\n")
    assert late.start > early


def test_several_matches_are_shown_to_choose_from(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    code, written, err = run("--file", clinic_file, "report", "progress", "--patient", "a", "--out", out)
    first, *choices = err.splitlines()
    assert (code, written) == (1, "")
    assert first == "Several patients match. Name one by its record number."
    assert len(choices) > 1
    assert all(re.fullmatch(r"  \S+  \d{4}-\d\d-\d\d  .+", line) for line in choices)
    assert not out.exists()
    with closing(open_clinic(clinic_file, PASSPHRASE)) as clinic:
        assert any(
            row.what == f"searched for patients: {len(choices)} found" for row in clinic_history(clinic)
        )


def test_a_patient_who_is_not_there_is_told(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    argv = ("--file", clinic_file, "report", "progress", "--patient", "77777", "--out", tmp_path / "x.pdf")
    assert run(*argv) == (1, "", "No patient with record number 77777.\n")


def test_a_patient_without_an_episode_has_no_report(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    argv = ("--file", clinic_file, "report", "progress", "--patient", "09999", "--out", tmp_path / "x.pdf")
    assert run(*argv) == (1, "", "This patient has no episode of care yet.\n")


def test_a_report_into_a_folder_that_is_not_there_is_refused(
    run: Run, clinic_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "no" / "report.pdf"
    argv = ("--file", clinic_file, "report", "progress", "--patient", "00231", "--out", out)
    assert run(*argv) == (1, "", f"The folder of {out} is not there.\n")


def test_a_report_that_cannot_be_written_leaves_what_was_there(
    run: Run, clinic_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report.pdf"
    out.write_bytes(b"%PDF-older")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    code, _, err = run("--file", clinic_file, "report", "progress", "--patient", "00231", "--out", out)
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith("The disk is full, so this was not saved.")
    assert out.read_bytes() == b"%PDF-older"
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]


def test_a_sample_is_made_and_opens(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ptnotes.services.people.new_kdf", Kdf)
    monkeypatch.setattr("ptnotes.services.opening.new_kdf", Kdf)
    path = tmp_path / "sample.ptnotes"
    code, out, err = run("create-sample", path, "--patients", "12", "--sessions", "40", "--seed", "3")
    assert (code, err) == (0, "")
    assert out == f"{path}: 12 patients, 40 sessions\n"
    code, out, _ = run("--file", path, "patients", "--json")
    assert len(json.loads(out)) == 12


def test_a_sample_does_not_replace_a_file(run: Run, clinic_file: Path) -> None:
    before = clinic_file.read_bytes()
    code, _, err = run("create-sample", clinic_file, "--patients", "1", stdin="")
    assert (code, err) == (1, f"There is already a file at {clinic_file}. Nothing was changed.\n")
    assert clinic_file.read_bytes() == before


def test_sessions_need_a_patient(run: Run, tmp_path: Path) -> None:
    argv = ("create-sample", tmp_path / "x.ptnotes", "--patients", "0", "--sessions", "3")
    assert run(*argv) == (1, "", "Sessions need at least one patient.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_bug_of_ours_is_not_hidden(run: Run, clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("ptnotes.services.patients.find_patients", broken)
    with pytest.raises(ZeroDivisionError):
        run("--file", clinic_file, "patients")


def test_the_window_opens_on_the_named_file(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[tuple[object, ...]] = []

    def opened(argv: list[str], file: Path | None = None, *, demo: bool = False) -> int:
        calls.append((argv, file, demo))
        return 0

    monkeypatch.setattr("ptnotes.app.run_app", opened)
    assert run()[0] == 0
    assert run("--file", tmp_path / "a.ptnotes")[0] == 0
    assert run("demo")[0] == 0
    assert calls == [
        (["ptnotes"], None, False),
        (["ptnotes"], tmp_path / "a.ptnotes", False),
        (["ptnotes"], None, True),
    ]
