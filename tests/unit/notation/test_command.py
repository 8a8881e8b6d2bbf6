"""``ptnotes parse`` prints a reading as JSON."""

import json
import subprocess
import sys

import pytest

from ptnotes.cli import main

LINE = "L5 upa l III 3x45s ; flex 45>55 ; pain 6>3"


def test_a_line_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--region", "lumbar", LINE]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"entries", "problems"}
    assert [entry["kind"] for entry in printed["entries"]] == ["mobilization", "rom", "pain"]
    assert printed["problems"] == []


def test_a_problem_names_its_place_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "pain 11 → 3"]) == 0
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert set(problem) == {"text", "start", "end", "reason"}
    assert (problem["text"], problem["start"], problem["end"]) == ("pain 11 → 3", 0, 11)


def test_a_region_may_be_said_in_any_of_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--region", "neck", "flex 45"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"][0]["motion"] == "cervical_flexion"


def test_an_unknown_region_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--region", "elsewhere", "flex 45"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_parsing_waits_for_neither_the_store_nor_the_window() -> None:
    code = (
        "import sys; from ptnotes.cli import main; main(['parse', 'pain 6>3']);"
        "heavy = {'sqlalchemy', 'PySide6', 'reportlab', 'cryptography'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
