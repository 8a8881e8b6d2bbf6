"""The commands that back up, restore and verify."""

import re
import shutil
from contextlib import closing
from pathlib import Path

from ptnotes.db import keyfile
from ptnotes.db.store import connect, raw_key
from ptnotes.services.history import clinic_history
from ptnotes.services.opening import open_clinic
from ptnotes.services.owner import owned
from tests.unit.cli.running import PASSPHRASE, Run


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
        "saved a document as a file: progress report, draft · MRN 00231",
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
    pages, notes, documents, audit = out.splitlines()
    assert (code, err) == (0, "")
    assert pages.endswith("every page as it was written")
    assert re.fullmatch(r"[0-9,]+ signed notes, each as it was signed", notes)
    kept = r"[0-9,]+ documents?, each as it was kept; [0-9,]+ of them signed|No document is kept yet"
    assert re.fullmatch(kept, documents)
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
