"""The text of a page as programs take it that go by where words stand: rows of tables come out as rows."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path
from shutil import which

import pytest

from ptnotes.domain.people import Paper
from ptnotes.reports.blocks import CELL_RIGHT, Column, table
from ptnotes.reports.progress import render_progress_report
from ptnotes.reports.progress_page import shown_measures
from tests.reports.cases import case, content, flat, make_pdf, pages, visit
from tests.reports.tagged import tree_of
from tests.reports.test_pdf_archival import IMPRINT


def by_poppler(pdf: bytes, folder: Path, *options: str) -> list[str]:
    """The lines of the first page, their blanks made one; the program goes by where words stand unless told not to."""
    if which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = folder / "made.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-l", "1", *options, path, "-"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    return [re.sub(r"\s+", " ", line).strip() for line in told.splitlines()]


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("options", [(), ("-layout",)])
def test_each_row_of_the_first_pages_measures_is_a_line(
    tmp_path: Path, paper: Paper, options: tuple[str, ...]
) -> None:
    data = content(case(*(visit(number) for number in range(1, 13)), paper=paper))
    pdf = render_progress_report(data)
    lines, drawn = by_poppler(pdf, tmp_path, *options), flat(pages(pdf)[0])
    rows = shown_measures(data, 6)
    assert len(rows) >= 3
    for row in rows:
        told = [reading.text for reading in (row.first, row.earlier, row.now) if reading is not None]
        words = " ".join([row.label, *told])
        assert any(line.startswith(words) for line in lines), (words, lines)
        assert words in drawn
    head = next(
        place for place, line in enumerate(lines) if line.startswith("Measure First Previous Now Change")
    )
    assert lines[head + 1].startswith("5 Jan ")


def test_a_row_with_blank_cells_keeps_to_its_line(tmp_path: Path) -> None:
    columns = [Column("A", 2), Column("B", 1, CELL_RIGHT), Column("C", 1, CELL_RIGHT), Column("D", 2)]
    rows = [["one", "", "3", ""], ["", "2", "", "four"], ["a", "b", "c", "d"], ["", "", "", "last"]]
    lines = by_poppler(make_pdf([table(columns, rows, 528.0)], IMPRINT), tmp_path)
    assert [line for line in lines if line][:5] == ["A B C D", "one 3", "2 four", "a b c d", "last"]


def test_cells_of_several_lines_are_read_whole_and_row_by_row(tmp_path: Path) -> None:
    columns = [Column("Goal", 1), Column("Outcome", 1), Column("Measured", 1), Column("Why", 1)]
    counts = (
        (12, 3, 0, 12),
        (12, 0, 20, 20),
        (12, 20, 20, 3),
        (12, 0, 20, 0),
        (12, 20, 20, 0),
        (12, 20, 12, 3),
    )
    rows = [
        [
            " ".join(f"{sign}{row}.{word}" for word in range(count))
            for sign, count in zip("abcd", line, strict=True)
        ]
        for row, line in enumerate(counts)
    ]
    text = " ".join(" ".join(by_poppler(make_pdf([table(columns, rows, 528.0)], IMPRINT), tmp_path)).split())
    places = [text.index(cell) for row in rows for cell in row if cell]
    assert all(one < next_one for one, next_one in pairwise(places))


def test_gaps_are_told_to_nobody_who_hears_the_table() -> None:
    tree = tree_of(make_pdf([table([Column("A", 1), Column("B", 1)], [["one", "two"]], 528.0)], IMPRINT))
    assert [cell.text for cell in tree.all("TH", "TD")] == ["A", "B", "one", "two"]
