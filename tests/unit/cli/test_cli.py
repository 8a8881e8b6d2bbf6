"""The commands in this process, on a real encrypted file: patients, passphrases, what is not understood."""

import argparse
import io
import json
import sys
from pathlib import Path

import pytest

from ptnotes import __version__, cli
from ptnotes.cli import shared
from ptnotes.db import keyfile
from ptnotes.db.kdf import Kdf
from ptnotes.db.people import add_person
from ptnotes.domain.people import Person
from ptnotes.services.sample import create_demo
from tests.clock import FixedClock
from tests.unit.cli.running import PASSPHRASE, Run


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


@pytest.mark.parametrize(
    ("argv", "does"),
    [
        ([], True),
        (["--file", "a.ptnotes"], True),
        (["--file"], False),
        (["--file", "--help"], False),
        (["--file", "a.ptnotes", "patients"], False),
        (["--help"], False),
        (["demo"], False),
    ],
)
def test_the_window_is_opened_where_nothing_else_is_asked_for(argv: list[str], does: bool) -> None:
    assert cli.opens_window(argv) is does


def test_the_window_does_not_wait_for_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def open_window(arguments: argparse.Namespace) -> int:
        opened.append(arguments.file)
        return 0

    monkeypatch.setattr(cli, "_open_window", open_window)
    monkeypatch.setattr(cli, "_add_commands", lambda _parser: pytest.fail("the commands were made"))
    assert cli.main(["--file", "a.ptnotes"]) == 0
    assert opened == [Path("a.ptnotes")]


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
    clinic = create_demo(path, PASSPHRASE, clock=FixedClock())
    with clinic.store.write() as connection:
        second = add_person(connection, Person(name="M. Ito", credentials="PTA"), clinic.clock())
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
