"""The commands that take records out."""

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import pyzipper

from ptnotes import cli
from ptnotes.db.kdf import Kdf
from ptnotes.domain.people import Person, Role
from ptnotes.exchange.csv_text import read_csv
from ptnotes.services.people import add_person
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.signing import clinic_with_episode, draft

OTHER = "three slow tin whistles"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def clinic_file(tmp_path: Path) -> Path:
    """A clinic with one patient and one visit, whom a therapist and the front desk can open."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    clinic, episode = clinic_with_episode(folder, FixedClock())
    draft(clinic, episode)
    for name, role in (("F. Desk", Role.FRONT_DESK), ("M. Lindqvist", Role.THERAPIST)):
        add_person(clinic, Person(name=name, role=role), OTHER, kdf=Kdf())
    clinic.close()
    return clinic.path


@pytest.fixture
def run(clinic_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run an export with a passphrase on standard input; give its exit code and what it wrote."""

    def run_command(
        *argv: str | Path, user: str = "J. Rivera", stdin: str = f"{PASSPHRASE}\n"
    ) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        words = ["--file", str(clinic_file), "export", *map(str, argv), "--user", user]
        code = cli.main(words)
        written = capsys.readouterr()
        return code, written.out, written.err

    return run_command


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "argv",
    [
        ["export"],
        ["export", "everything", "--out", "x"],
        ["export", "fhir", "--out", "x.json"],
        ["export", "fhir", "--patient", "1"],
        ["export", "csv"],
        ["export", "archive"],
        ["export", "csv", "--out", "x", "--force"],
    ],
)
def test_a_command_that_is_not_understood_exits_with_2(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(argv)
    assert stopped.value.code == 2


def test_a_patient_becomes_a_bundle(run: Run, out: Path) -> None:
    assert run("fhir", "--patient", "000123", "--out", out / "p.json") == (0, "", "")
    made = json.loads((out / "p.json").read_bytes())
    assert (made["resourceType"], made["type"]) == ("Bundle", "collection")
    assert made["entry"][0]["resource"]["name"][0]["family"] == "Moreau"
    assert "http://snomed.info/sct" in (out / "p.json").read_text("utf-8")


def test_a_patient_is_found_by_words_and_codes_of_snomed_can_be_left_out(run: Run, out: Path) -> None:
    assert run("fhir", "--patient", "moreau", "--no-snomed", "--out", out / "p.json")[0] == 0
    assert "http://snomed.info/sct" not in (out / "p.json").read_text("utf-8")


def test_an_unknown_patient_is_told(run: Run, out: Path) -> None:
    code, told, err = run("fhir", "--patient", "zzzz", "--out", out / "p.json")
    assert (code, told, err) == (1, "", "No patient with record number zzzz.\n")
    assert list(out.iterdir()) == []


def test_a_file_that_is_there_is_told_before_the_passphrase_is_asked(run: Run, out: Path) -> None:
    for kind, more in (("fhir", ("--patient", "000123")), ("archive", ())):
        taken = out / kind
        taken.write_bytes(b"mine")
        words = f"{taken} is there already, and was not replaced. Choose another name, or add --force.\n"
        assert run(kind, *more, "--out", taken, stdin="") == (1, "", words)
        words = f"{taken} is no earlier export, so it was not replaced. Choose another name.\n"
        assert run(kind, *more, "--out", taken, "--force", stdin="") == (1, "", words)
        assert taken.read_bytes() == b"mine"
    words = f"{out} is there and not an empty folder. Name a new one; nothing was written.\n"
    assert run("csv", "--out", out, stdin="") == (1, "", words)


def test_the_clinic_becomes_csv(run: Run, out: Path) -> None:
    code, told, err = run("csv", "--out", out / "all")
    assert (code, err) == (0, "")
    assert told.startswith(f"{out / 'all'}: 1 patient, ")
    assert told.endswith(" files, not encrypted\n")
    with (out / "all" / "patients.csv").open("rb") as file:
        assert [row["mrn"] for row in read_csv(file)] == ["000123"]


def test_the_clinic_becomes_an_archive_that_the_printed_key_opens(run: Run, out: Path) -> None:
    code, told, err = run("archive", "--out", out / "a.zip")
    summary, key = told.splitlines()
    assert code == 0
    assert summary.startswith(f"{out / 'a.zip'}: 1 patient, ")
    assert summary.endswith(" files, encrypted")
    assert "without it nobody can open the archive" in err
    with pyzipper.AESZipFile(out / "a.zip") as archive:
        archive.setpassword(key.encode())
        assert json.loads(archive.read("manifest.json"))["patients"] == 1
    again, told, _err = run("archive", "--out", out / "a.zip", "--force")
    assert again == 0
    assert told.splitlines()[1] != key


def test_a_plain_archive_is_asked_for_by_name(run: Run, out: Path) -> None:
    code, told, err = run("archive", "--not-encrypted", "--out", out / "a.zip")
    assert (code, err) == (0, "")
    assert told.endswith(" files, not encrypted\n")
    with zipfile.ZipFile(out / "a.zip") as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize(
    ("name", "kind", "refusal"),
    [
        ("F. Desk", "fhir", "take records out of the program"),
        ("F. Desk", "archive", "take the records of the whole clinic out of the program"),
        ("M. Lindqvist", "csv", "take the records of the whole clinic out of the program"),
        ("M. Lindqvist", "archive", "take the records of the whole clinic out of the program"),
    ],
)
def test_who_may_not_is_told_and_nothing_is_written(
    run: Run, out: Path, name: str, kind: str, refusal: str
) -> None:
    more = ("--patient", "000123") if kind == "fhir" else ()
    code, told, err = run(kind, *more, "--out", out / "x", user=name, stdin=f"{OTHER}\n")
    assert (code, told) == (1, "")
    assert err == f"Your role does not let you {refusal}. Nothing was changed.\n"
    assert list(out.iterdir()) == []


def test_a_therapist_takes_one_patient_out(run: Run, out: Path) -> None:
    done = run(
        "fhir", "--patient", "000123", "--out", out / "p.json", user="M. Lindqvist", stdin=f"{OTHER}\n"
    )
    assert done == (0, "", "")
    kinds = {one["resource"]["resourceType"] for one in json.loads((out / "p.json").read_bytes())["entry"]}
    assert "AuditEvent" not in kinds


def test_a_wrong_passphrase_opens_nothing(run: Run, out: Path) -> None:
    code, told, err = run("archive", "--out", out / "a.zip", stdin="wrong\n")
    assert (code, told, err) == (1, "", "Wrong person or passphrase. Nothing was opened.\n")
    assert list(out.iterdir()) == []
