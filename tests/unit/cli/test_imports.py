"""The command that brings patients in."""

import io
import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ptnotes import cli
from ptnotes.db.kdf import Kdf
from ptnotes.domain.people import Person, Role
from ptnotes.services.patients import add_patient
from ptnotes.services.people import add_person
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock

OTHER = "three slow tin whistles"
Run = Callable[..., tuple[int, str, str]]
LIST = "Last Name;First Name;DOB;MRN\r\nMoreau;Helene;1979-03-12;\r\nBerg;Anna;31/12/1985;77\r\nBad;Row;31/31/1985;\r\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run an import into a clinic with one patient, whom two people can open."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    clinic = clinic_in(folder, FixedClock())
    add_patient(clinic, PATIENT)
    add_person(clinic, Person(name="F. Desk", role=Role.FRONT_DESK), OTHER, kdf=Kdf())
    clinic.close()

    def run_command(
        *argv: str | Path, user: str = "J. Rivera", stdin: str = f"{PASSPHRASE}\n"
    ) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        words = ["--file", str(clinic.path), "import", "patients", *map(str, argv), "--user", user]
        code = cli.main(words)
        written = capsys.readouterr()
        return code, written.out, written.err

    return run_command


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    return path


def test_a_dry_run_says_what_would_become_of_each_row_and_stores_nothing(run: Run, source: Path) -> None:
    code, out, err = run(source, "--dry-run")
    assert (code, out.splitlines()) == (
        0,
        [
            "row 2  known already  1979-03-12  Moreau, Helene  The same name and birth date.",
            "    beside number 000123  1979-03-12  Moreau, Hélène",
            "row 4  refused  The birth date is no day of the calendar.",
            "3 rows: 1 would be added, 1 left out as known already, 1 refused. Nothing was stored.",
        ],
    )
    assert "CSV in UTF-8, semicolons between cells, 3 rows" in err
    assert "  DOB: Birth date" in err
    assert "Dates are read as day, month, year" in err
    assert run(source, "--dry-run")[1] == out


def test_an_import_adds_the_rows_and_writes_the_others_back(run: Run, source: Path, tmp_path: Path) -> None:
    refused = tmp_path / "refused.csv"
    code, out, err = run(source, "--refused", refused)
    assert code == 1
    assert "Import 1: 1 patient added of 3 rows, 1 left out as known already, 1 refused" in out
    assert err.splitlines()[-1] == (
        "1 row was refused. Mend them in that file, and import it: its columns are known."
    )
    assert str(refused) in out
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600
    assert len(refused.read_text("utf-8-sig").splitlines()) == 3
    assert "0 would be added" in run(source, "--dry-run")[1]


def test_an_import_says_which_rows_were_refused_and_why_and_how_to_have_them_all(
    run: Run, tmp_path: Path
) -> None:
    source = tmp_path / "list.csv"
    bad = "".join(f"Bad,Row{at},31/31/1985\r\n" for at in range(25))
    source.write_text("Last Name,First Name,DOB\r\nBerg,Anna,1985-12-31\r\n" + bad, "utf-8")
    code, out, err = run(source)
    lines = out.splitlines()
    assert code == 1
    assert lines[0] == "Import 1: 1 patient added of 26 rows, 0 left out as known already, 25 refused"
    assert lines[1] == "row 3  refused  The birth date is no day of the calendar."
    assert (len(lines), lines[20][:8], lines[21]) == (22, "row 22  ", "and 5 more rows refused")
    assert err.splitlines()[-1] == (
        "25 rows were refused. To have them as a file with the reasons, import the list once more with --refused FILE: "
        "nobody is added twice."
    )
    source.write_text("Last Name,First Name,DOB\r\nBerg,Anna,1985-12-31\r\n", "utf-8")
    code, out, _err = run(source)
    assert (code, out.count("\n")) == (0, 1), "who is known already is no fault"


def test_a_map_is_written_changed_by_hand_and_used(run: Run, tmp_path: Path) -> None:
    source, columns = tmp_path / "list.csv", tmp_path / "map.json"
    source.write_text("Last Name,First Name,DOB,Code\r\nBerg,Anna,3/4/1979,77\r\n", "utf-8")
    code, out, err = run(source)
    assert (code, out) == (1, "")
    assert "Nothing in the file tells whether month or day comes first" in err
    assert run(source, "--write-map", columns)[0] == 0
    code, _out, err = run(source, "--write-map", columns)
    assert (code, "was not replaced" in err) == (1, True)
    document = json.loads(columns.read_text("utf-8"))
    assert document["date_order"] == "month_first"
    document["date_order"] = "day_first"
    document["columns"][3]["holds"] = "mrn"
    columns.write_text(json.dumps(document), "utf-8")
    code, out, _err = run(source, "--map", columns)
    assert (code, "1 patient added" in out) == (0, True)
    # The same names of columns are read as they were the last time, so nothing has to be said again.
    source.write_text("Last Name,First Name,DOB,Code\r\nBerg,Beate,3/4/1980,78\r\n", "utf-8")
    code, out, err = run(source)
    assert (code, "1 patient added" in out, "  Code: Record number" in err) == (0, True, True)
    assert "Dates are read as day, month, year" in err


def test_dates_that_contradict_each_other_stop_an_import_that_is_like_the_last_one_too(
    run: Run, tmp_path: Path
) -> None:
    source, columns = tmp_path / "list.csv", tmp_path / "map.json"
    source.write_text("Last Name,First Name,DOB\r\nBerg,Anna,3/14/1979\r\n", "utf-8")
    assert run(source)[0] == 0
    source.write_text(
        "Last Name,First Name,DOB\r\nMoe,Bea,3/4/1980\r\nMoe,Cid,13/4/1981\r\nMoe,Dan,4/13/1982\r\n", "utf-8"
    )
    code, out, err = run(source)
    assert (code, out) == (1, "")
    assert "some of the file can only be read in the other order" in err
    assert "Some birth dates of the file can only have the month first and some only the day" in err
    assert run(source, "--write-map", columns)[0] == 0
    code, out, _err = run(source, "--map", columns)
    assert (code, "2 patients added of 3 rows" in out) == (1, True)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("Berg,Anna,1985-12-31\r\nBerg,Bea,3 Apr 1986\r\n", "Every birth date reads the same in any order"),
        ("", "There is no birth date in the file"),
        ("Berg,Anna,29221\r\n", "No birth date of the file can be read"),
        ("Berg,Anna,31.12.85\r\n", "Dates are read as day, month, year"),
        ("Berg,Anna,85/12/31\r\n", "Dates are read as year, month, day"),
    ],
)
def test_what_is_said_of_dates_is_true_of_the_file(run: Run, tmp_path: Path, rows: str, told: str) -> None:
    source = tmp_path / "list.csv"
    source.write_text("Last Name,First Name,DOB\r\n" + rows, "utf-8")
    assert run(source, "--dry-run")[2].splitlines()[-1] == told


def test_letters_that_look_wrong_are_said_with_the_names_and_stop_an_import_until_a_map_says_them(
    run: Run, tmp_path: Path
) -> None:
    source, columns = tmp_path / "list.csv", tmp_path / "map.json"
    source.write_bytes("Last Name,First Name,DOB\r\n山田,太郎,1970-01-01\r\n".encode("cp932"))
    code, _out, err = run(source, "--dry-run")
    assert code == 0
    assert (
        "Nothing in the file tells how its letters are stored. Names as they are read now: ŽR“c ‘¾˜Y" in err
    )
    assert "  cp932, Shift-JIS (Japanese): 山田 太郎" in err
    code, out, err = run(source)
    assert (code, out) == (1, "")
    assert "in another way than Windows-1252 (Western Europe), and nothing was imported" in err
    assert run(source, "--write-map", columns)[0] == 0
    document = json.loads(columns.read_text("utf-8"))
    document["encoding"] = "cp932"
    columns.write_text(json.dumps(document), "utf-8")
    code, out, err = run(source, "--map", columns)
    assert (code, "1 patient added" in out) == (0, True)
    assert "A map says how its letters are stored. Names as they are read now: 山田 太郎\n" in err
    source.write_bytes("Last Name,First Name,DOB\r\n川口,太郎,1971-01-01\r\n".encode("cp932"))
    assert "1 patient added" in run(source)[1], "as the last time"


def test_letters_that_look_right_stop_nothing_though_the_file_does_not_tell_them(
    run: Run, tmp_path: Path
) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes("Last Name,First Name,DOB\r\nMüller,Zoë,1970-01-01\r\n".encode("cp1252"))
    code, out, err = run(source)
    assert (code, "1 patient added" in out) == (0, True)
    assert "Names as they are read now: Müller Zoë" in err
    assert "They look wrong" not in err


def test_a_column_of_full_names_is_read_in_the_order_that_a_map_says_and_the_refusal_names_it(
    run: Run, tmp_path: Path
) -> None:
    source, columns = tmp_path / "list.csv", tmp_path / "map.json"
    source.write_text('Patient Name,DOB\r\n"Doe, Jane Q.",Jan 5 1980\r\nJohn Smith,5-Feb-81\r\n', "utf-8")
    _code, out, err = run(source, "--dry-run")
    assert "row 3  refused  The full name is not written as “Family, Given”." in out
    assert "Where it is “Given Family”, a map says full_name_given_first of that column" in err
    run(source, "--write-map", columns)
    document = json.loads(columns.read_text("utf-8"))
    document["columns"][0]["holds"] = "full_name_given_first"
    columns.write_text(json.dumps(document), "utf-8")
    code, out, err = run(source, "--map", columns)
    assert (code, "2 patients added of 2 rows" in out) == (0, True)
    assert "Patient Name: Full name (Given Family)" in err


def test_the_row_of_the_columns_names_is_said_and_a_map_keeps_it_and_finds_it_again(
    run: Run, tmp_path: Path
) -> None:
    source, columns = tmp_path / "list.csv", tmp_path / "map.json"
    titles = "Harbour PT\r\nPatient list, printed 12.3.2026\r\n\r\n"
    people = "Last Name,First Name,DOB\r\nBerg,Anna,1985-12-31\r\nTotal: 1,,\r\n"
    source.write_text(titles + people, "utf-8")
    code, out, err = run(source, "--dry-run")
    assert (code, "The names of the columns are in row 4; 2 rows above it passed over\n" in err) == (0, True)
    assert out.splitlines() == [
        "row 6  refused  No name and no birth date can be read here: it may be a title, a remark or a total.",
        "2 rows: 1 would be added, 0 left out as known already, 1 refused. Nothing was stored.",
    ]
    assert run(source, "--write-map", columns)[0] == 0
    document = json.loads(columns.read_text("utf-8"))
    assert document["header_row"] == 4
    document |= {"header_row": 2, "columns": [{"name": "Patient list", "holds": "family_name"}] * 2}
    other = tmp_path / "other.json"
    other.write_text(json.dumps(document), "utf-8")
    code, _out, err = run(source, "--map", other, "--dry-run")
    assert (code, "are in row 2; 1 row above it passed over" in err) == (1, True)
    source.write_text("Two titles\r\nmore\r\n" + titles + people, "utf-8")
    code, out, err = run(source, "--map", columns)
    assert (code, "are in row 6; 4 rows above it passed over" in err) == (1, True)
    assert "Import 1: 1 patient added of 2 rows, 0 left out as known already, 1 refused" in out


def test_a_file_that_breaks_off_says_how_far_it_was_read_before_anything_is_imported(
    run: Run, tmp_path: Path
) -> None:
    source = tmp_path / "list.json"
    people = [
        {
            "resourceType": "Patient",
            "name": [{"family": "Berg", "given": [given]}],
            "birthDate": f"19{at}0-01-02",
        }
        for at, given in enumerate(("Ann", "Bea", "Cid"), 5)
    ]
    text = "[" + ",\n".join(map(json.dumps, people)) + "]"
    source.write_text(text, "utf-8")
    assert "Import 1: 3 patients added of 3 rows" in run(source)[1]
    broken = text.replace('"Bea"]', '"Bea"').replace("Berg", "Moe")
    source.write_text(broken, "utf-8")
    code, out, err = run(source, "--dry-run")
    told = "From line 2, letter 71 on the file is no JSON any more, and was not read."
    assert (code, told in err) == (0, True)
    assert out.splitlines() == [
        f"row 2  refused  {told}",
        told,
        "2 rows: 1 would be added, 0 left out as known already, 1 refused. Nothing was stored.",
    ]
    code, out, err = run(source)
    assert (code, "1 patient added of 2 rows" in out, err.count(told)) == (1, True, 2)


def test_no_option_is_passed_over_in_silence_and_none_is_named_that_is_not_there(
    run: Run, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = tmp_path / "refused.csv"
    for also in (("--dry-run",), ("--write-map", tmp_path / "map.json")):
        with pytest.raises(SystemExit) as left:
            run(source, "--refused", refused, *also)
        assert left.value.code == 2
        assert "--refused goes with an import" in capsys.readouterr().err
    assert list(tmp_path.glob("*.json")) == []
    refused.write_text("mine", "utf-8")
    code, out, err = run(source, "--refused", refused)
    assert (code, out) == (1, "")
    assert "was not replaced. Choose another name.\n" in err
    assert "--force" not in err


@pytest.mark.parametrize(
    "begin", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1", b"%PDF-1.7\n", b"\xef\xbb\xbf\r\n<html>"]
)
def test_a_workbook_and_other_files_that_hold_no_list_are_called_that(
    run: Run, tmp_path: Path, begin: bytes
) -> None:
    source = tmp_path / "list.xlsx"
    source.write_bytes(begin + bytes(range(256)) * 10)
    code, out, err = run(source)
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == (
        "A workbook, a PDF, a web page or XML is not read. Save the list as CSV, or as FHIR in JSON, and choose that "
        "file."
    )


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kind": "csv"}', "no JSON", '{"kind": "tape"}'])
def test_a_map_that_is_none_is_refused(run: Run, source: Path, tmp_path: Path, content: str) -> None:
    columns = tmp_path / "map.json"
    columns.write_text(content, "utf-8")
    code, _out, err = run(source, "--map", columns)
    assert (code, "does not say how columns are read" in err) == (1, True)


def test_who_does_not_look_after_the_clinic_imports_nothing(run: Run, source: Path) -> None:
    code, out, err = run(source, user="F. Desk", stdin=f"{OTHER}\n")
    assert (code, out) == (1, "")
    assert "does not let you" in err


def test_a_file_that_is_not_there_is_said_in_a_sentence(run: Run, tmp_path: Path) -> None:
    code, _out, err = run(tmp_path / "none.csv")
    assert (code, "There is no file at" in err) == (1, True)
    code, _out, err = run(tmp_path / "none.csv", "--map", tmp_path / "none.json")
    assert (code, "There is no file at" in err) == (1, True)
