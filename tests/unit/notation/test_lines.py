"""Lines as therapists write them, each with the one reading that it has."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ptnotes.clinical import Reference
from ptnotes.notation import read, reading_data

LINES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "lines.toml").read_text(encoding="utf-8")
)["line"]


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value not in (None, [])}


@pytest.mark.parametrize("line", LINES, ids=[line["text"] for line in LINES])
def test_a_line_reads_as_a_therapist_means_it(reference: Reference, line: dict[str, Any]) -> None:
    data = reading_data(read(reference, line["text"], line["region"]))
    assert [_said(entry) for entry in data["entries"]] == line.get("entries", [])
    found = [{"text": problem["text"], "reason": problem["reason"]} for problem in data["problems"]]
    assert found == line.get("problems", [])


def test_there_are_at_least_a_hundred_lines_and_none_twice() -> None:
    assert len(LINES) >= 100
    assert len({(line["text"], line["region"]) for line in LINES}) == len(LINES)
