"""The commands, run in this process on a real encrypted file."""

import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest

from ptnotes import __version__, cli
from ptnotes.cli import shared
from ptnotes.db import keyfile
from ptnotes.db.kdf import Kdf
from ptnotes.db.people import add_person
from ptnotes.db.store import connect, raw_key
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Person
from ptnotes.services.episodes import episodes_of, open_episode
from ptnotes.services.history import clinic_history
from ptnotes.services.opening import open_clinic
from ptnotes.services.owner import owned
from ptnotes.services.patients import add_patient, find_patients
from ptnotes.services.sample import create_demo

PASSPHRASE = "made-up words for a test"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def clinic_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clinic, and one patient without an episode."""
    path = tmp_path_factory.mktemp("cli") / "clinic.ptnotes"
    clinic = create_demo(path, PASSPHRASE)
    add_patient(
        clinic, Patient(mrn="09999", family_name="Nobody", given_name="Yet", birth_date=date(1990, 1, 31))
    )
    clinic.close()
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with text on standard input; give its exit code and what it wrote."""

    def run_command(*argv: str | Path, stdin: str = f"{PASSPHRASE}\n") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            code = cli.main([str(argument) for argument in argv])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        written = capsys.readouterr()
        return code, written.out, written.err

    return run_command


def pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_version_is_told(run: Run) -> None:
    assert run("--version") == (0, f"PT Notes {__version__}\n", "")


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["--nonsense"],
        ["report"],
        ["report", "progress"],
        ["report", "progress", "--patient", "1"],
        ["report", "progress", "--patient", "1", "--out", "x.pdf", "--as-of", "2026-13-45"],
        ["report", "progress", "--patient", "1", "--out", "x.pdf", "--as-of", "3/4/2026"],
        ["report", "progress", "--patient", "1", "--out", "x.pdf", "--episode", "0"],
        ["report", "progress", "--patient", "1", "--out", "x.pdf", "--episode", "last"],
        ["create-sample"],
        ["create-sample", "x.ptnotes", "--patients", "-1"],
        ["create-sample", "x.ptnotes", "--patients", "many"],
        ["--file", "x.ptnotes", "demo"],
        ["--file", "x.ptnotes", "create-sample", "y.ptnotes"],
        ["patients", "--passphrase", "secret"],
        ["patients", "Moreau", "Silva"],
    ],
)
def test_a_command_that_is_not_understood_exits_with_2(run: Run, argv: list[str]) -> None:
    code, out, err = run(*argv)
    assert code == 2
    assert out == ""
    assert err.startswith("usage: ptnotes")


def test_patients_are_listed_as_json(run: Run, clinic_file: Path) -> None:
    code, out, err = run("--file", clinic_file, "patients", "--json")
    listed = json.loads(out)
    assert (code, err) == (0, "")
    assert len(listed) == 40  # 39 of the demo who are not archived, and Nobody
    assert all(set(row) == {"mrn", "name", "birth_date"} for row in listed)
    assert {"mrn": "00231", "name": "Moreau, Hélène", "birth_date": "1979-03-12"} in listed


def test_patients_are_found_without_their_accents(run: Run, clinic_file: Path) -> None:
    code, out, err = run("--file", clinic_file, "patients", "lukasz", "--json")
    assert (code, err) == (0, "")
    assert [row["name"] for row in json.loads(out)] == ["Kowalski, Łukasz"]


def test_patients_are_listed_for_people_to_read(run: Run, clinic_file: Path) -> None:
    assert run("--file", clinic_file, "patients", "moreau") == (0, "00231  1979-03-12  Moreau, Hélène\n", "")


def test_nobody_found_is_an_empty_list_and_a_word_about_it(run: Run, clinic_file: Path) -> None:
    assert run("--file", clinic_file, "patients", "zzzz", "--json") == (0, "[]\n", "")
    assert run("--file", clinic_file, "patients", "zzzz") == (0, "", "No patient matches “zzzz”.\n")


def test_the_passphrase_may_come_from_a_file(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(f"{PASSPHRASE}\r\nsecond line\n", "utf-8")
    code, out, err = run(
        "--file", clinic_file, "patients", "moreau", "--passphrase-file", secret, stdin="wrong\n"
    )
    assert (code, err) == (0, "")
    assert "Moreau" in out


def test_a_passphrase_is_asked_for_at_a_terminal(
    run: Run, clinic_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSPHRASE)
    assert cli.main(["--file", str(clinic_file), "patients", "moreau"]) == 0
    assert "Moreau" in capsys.readouterr().out


def test_two_passphrases_that_differ_make_no_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter(["one passphrase", "another"])
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert cli.main(["create-sample", str(tmp_path / "x.ptnotes")]) == 1
    assert capsys.readouterr().err == "The two passphrases differ.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stdin", ["", "\n"])
def test_no_passphrase_is_said_in_one_sentence(run: Run, clinic_file: Path, stdin: str) -> None:
    assert run("--file", clinic_file, "patients", stdin=stdin) == (1, "", "A passphrase is needed.\n")


def test_a_wrong_passphrase_is_said_in_one_sentence(run: Run, clinic_file: Path) -> None:
    code, out, err = run("--file", clinic_file, "patients", stdin="not this one\n")
    assert (code, out) == (1, "")
    assert err == "Wrong person or passphrase. Nothing was opened.\n"


def test_a_wrong_person_is_answered_as_a_wrong_passphrase_is(run: Run, clinic_file: Path) -> None:
    code, out, err = run("--file", clinic_file, "patients", "--user", "Somebody Else")
    assert (code, out) == (1, "")
    assert err == "Wrong person or passphrase. Nothing was opened.\n"


def test_a_person_may_be_named(run: Run, clinic_file: Path) -> None:
    code, out, _ = run("--file", clinic_file, "patients", "moreau", "--user", "J. Rivera")
    assert code == 0
    assert "Moreau" in out


def test_where_several_people_can_open_the_file_one_has_to_be_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "clinic.ptnotes"
    clinic = create_demo(path, PASSPHRASE)
    with clinic.store.write() as connection:
        second = add_person(connection, Person(name="M. Ito", credentials="PTA"), datetime.now(UTC))
        connection.commit()
    clinic.close()
    keys_at = keyfile.key_path(path)
    unlocked = keyfile.unlock(keyfile.read_keys(keys_at), PASSPHRASE, None, keys_at)
    both = keyfile.with_slot(unlocked, second.uuid, second.name, "other words of a second person", Kdf())
    keyfile.write_keys(keys_at, both.keys)

    code, out, err = run("--file", path, "patients")
    assert (code, out) == (1, "")
    assert err == "Several people can open this file. Say who with --user.\n  J. Rivera\n  M. Ito\n"
    assert run("--file", path, "patients", "moreau", "--user", "J. Rivera")[0] == 0
    by_second = run(
        "--file", path, "patients", "moreau", "--user", "M. Ito", stdin="other words of a second person"
    )
    assert by_second[0] == 0
    assert run("--file", path, "patients", "--user", "M. Ito")[0] == 1


def test_long_work_tells_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 1.0, 6.0, 7.0, 12.0])
    monkeypatch.setattr(shared, "monotonic", lambda: next(times))
    with shared.telling_progress("patients") as tell:
        tell(500, 2000)
        tell(1000, 2000)
    assert capsys.readouterr().err == "1,000 of 2,000 patients\n"


def test_on_a_terminal_one_line_tells_how_far_long_work_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with shared.telling_progress("patients") as tell:
        tell(500, 2000)
        tell(2000, 2000)
    assert capsys.readouterr().err == "\r500 of 2,000 patients\r2,000 of 2,000 patients\n"


def test_a_missing_file_is_told_before_the_passphrase_is_asked(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "none.ptnotes"
    assert run("--file", missing, "patients", stdin="") == (1, "", f"There is no clinic file at {missing}.\n")


def test_the_file_of_the_user_is_meant_where_none_is_named(run: Run, private_folders: Path) -> None:
    code, _, err = run("patients")
    assert code == 1
    assert str(private_folders) in err
    assert "clinic.ptnotes" in err


def test_a_file_of_another_kind_is_told_in_one_sentence(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.ptnotes"
    other.write_bytes(b"not ours at all" * 400)
    code, out, err = run("--file", other, "patients")
    assert (code, out) == (1, "")
    assert err == f"{other} is not a PT Notes file. Nothing was changed.\n"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa"])
def test_an_unreadable_passphrase_file_is_told(
    run: Run, clinic_file: Path, tmp_path: Path, content: bytes | None
) -> None:
    secret = tmp_path / "passphrase"
    if content is not None:
        secret.write_bytes(content)
    code, _, err = run("--file", clinic_file, "patients", "--passphrase-file", secret)
    assert (code, err) == (1, f"The passphrase file {secret} could not be read.\n")


def test_a_progress_report_is_written(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    assert run("--file", clinic_file, "report", "progress", "--patient", "00231", "--out", out) == (0, "", "")
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
    clinic = create_demo(path, PASSPHRASE)
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


def test_a_backup_is_made_verified_and_restored(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    code, out, err = run("--file", clinic_file, "backup", stick)
    assert (code, err) == (0, "")
    (made,) = stick.iterdir()
    assert out.startswith(f"{made}: ")
    assert "read back and compared" in out
    assert run("verify", made)[0] == 0
    assert run("--file", clinic_file, "verify")[0] == 0
    target = tmp_path / "elsewhere" / "clinic.ptnotes"
    code, out, err = run("--file", target, "restore", made)
    assert (code, err) == (0, "")
    assert "restored from" in out
    assert run("--file", target, "patients", "--json") == run("--file", clinic_file, "patients", "--json")
    code, out, _err = run("--file", target, "restore", made)
    assert code == 0
    assert "kept as" in out


def test_faults_of_backups_are_one_sentence_each(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    for argv in (
        ["--file", clinic_file, "backup", tmp_path / "none"],
        ["verify", tmp_path],
        ["--file", tmp_path / "x.ptnotes", "restore", tmp_path / "none"],
        ["--file", tmp_path / "x.ptnotes", "verify"],
    ):
        code, out, err = run(*argv)
        assert (code, out, err.count("\n")) == (1, "", 1), argv
    assert not (tmp_path / "x.ptnotes").exists()


def test_the_audit_is_verified_and_what_was_done_at_the_command_line_is_in_it(
    run: Run, clinic_file: Path, tmp_path: Path
) -> None:
    run("--file", clinic_file, "patients", "nobody")
    assert (
        run("--file", clinic_file, "report", "progress", "--patient", "Moreau", "--out", tmp_path / "r.pdf")[
            0
        ]
        == 0
    )
    clinic = open_clinic(clinic_file, PASSPHRASE)
    told = [row.what for row in clinic_history(clinic)]
    clinic.close()
    assert told[:6] == [
        "opened the clinic’s file",
        "saved a progress report as a file · MRN 00231",
        "searched for patients: 1 found",
        "opened the clinic’s file",
        "searched for patients: 1 found",
        "opened the clinic’s file",
    ]
    code, out, _err = run("--file", clinic_file, "audit", "verify")
    assert code == 0
    assert re.fullmatch(r"[0-9,]+ events, each as it was written; signed up to event [0-9,]+\n", out)
    code, out, err = run("--file", clinic_file, "audit", "verify", "--pdf", tmp_path / "r.pdf")
    assert (code, out) == (1, "")
    assert err.endswith("says nothing of the audit: it is a draft, or not a document of PT Notes.\n")


def test_an_audit_that_was_tampered_with_is_told_event_by_event(
    run: Run, clinic_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "copy.ptnotes"
    shutil.copy(clinic_file, path)
    shutil.copy(keyfile.key_path(clinic_file), keyfile.key_path(path))
    unlocked = keyfile.unlock(keyfile.read_keys(keyfile.key_path(path)), PASSPHRASE, None, path)
    with closing(connect(path, raw_key(unlocked.data_key, unlocked.keys.file_id))) as connection:
        connection.execute("DROP TRIGGER guard_audit_event_update_append_only")
        connection.execute("UPDATE audit_event SET verb = 'viewed' WHERE sequence = 1")
    code, out, err = run("--file", path, "audit", "verify")
    assert code == 1
    assert out.splitlines()[0] == "event 1 was changed"
    assert "does not hold" in err


def test_verifying_tells_pages_notes_and_audit_and_exits_with_1_where_one_does_not_hold(
    run: Run, clinic_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "copy.ptnotes"
    shutil.copy(clinic_file, path)
    shutil.copy(keyfile.key_path(clinic_file), keyfile.key_path(path))
    code, out, err = run("verify", path)
    pages, notes, audit = out.splitlines()
    assert (code, err) == (0, "")
    assert pages.endswith("every page as it was written")
    assert re.fullmatch(r"[0-9,]+ signed notes, each as it was signed", notes)
    assert re.fullmatch(r"[0-9,]+ events in the audit, each as it was written; signed up to [0-9,]+", audit)
    unlocked = keyfile.unlock(keyfile.read_keys(keyfile.key_path(path)), PASSPHRASE, None, path)
    with closing(connect(path, raw_key(unlocked.data_key, unlocked.keys.file_id))) as connection:
        for guard in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {guard[0]}")
        connection.execute("UPDATE note_section SET text = text || ' And more.'")
        connection.execute("UPDATE audit_event SET verb = 'viewed' WHERE sequence = 1")
    code, out, err = run("verify", path)
    assert code == 1
    assert "is not what was signed" in out
    assert "event 1 was changed" in out
    assert err.endswith("places do not hold. Keep this file and its backups as they are.\n")


def test_commands_that_read_run_beside_the_window_and_restoring_says_that_it_is_open(
    run: Run, clinic_file: Path, tmp_path: Path
) -> None:
    with owned(clinic_file):
        assert run("--file", clinic_file, "patients", "--json")[0] == 0
        assert run("--file", clinic_file, "verify")[0] == 0
        assert run("--file", clinic_file, "backup", tmp_path)[0] == 0
        assert run("--file", clinic_file, "audit", "verify")[0] == 0
        (made,) = (one for one in tmp_path.iterdir() if one.is_dir())
        code, out, err = run("--file", clinic_file, "restore", made)
    assert (code, out) == (1, "")
    assert err == f"{clinic_file} is open in another window. Close it there and try again.\n"


def test_each_fault_of_restoring_has_its_sentence(run: Run, clinic_file: Path, tmp_path: Path) -> None:
    assert run("--file", clinic_file, "backup", tmp_path)[0] == 0
    (made,) = (one for one in tmp_path.iterdir() if one.is_dir())
    (tmp_path / "notes.txt").write_text("not a clinic")
    for source, target, said in (
        (tmp_path / "notes.txt", clinic_file, "is not a PT Notes file"),
        (tmp_path, clinic_file, "holds backups, and is none itself"),
        (clinic_file, clinic_file, "is the clinic's own file"),
        (made, tmp_path, "is a folder"),
    ):
        code, out, err = run("--file", target, "restore", source)
        assert (code, out) == (1, "")
        assert said in err
    code, out, err = run("--file", clinic_file, "restore", made, stdin="not the passphrase\n")
    assert (code, out, err) == (1, "", "Wrong person or passphrase. Nothing was opened.\n")
    code, out, err = run("--file", clinic_file, "backup", tmp_path / "notes.txt")
    assert (code, out) == (1, "")
    assert "is not a folder" in err
