"""The report as someone finds it who cannot see it: a tree that tells each part in the order of reading."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from reportlab.platypus import Flowable

from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import Note
from ptnotes.reports.blocks import Column, table
from ptnotes.reports.document import Imprint
from ptnotes.reports.typeset import paragraph
from tests.reports.cases import PATIENT, THERAPIST, case, flat, make_pdf, pages, pdf, visit
from tests.reports.tagged import Told, paint_outside_marks, tree_of

LONG_NOTE = " ".join(f"word{number}" for number in range(1200))
TEN = tuple(visit(number) for number in range(1, 11))


@cache
def report() -> bytes:
    return pdf(case(*TEN))


@cache
def long_report() -> bytes:
    noted = replace(visit(121), note=Note(assessment=LONG_NOTE, plan="Go on."))
    return pdf(case(*(visit(number) for number in range(1, 121)), noted))


def document(*story: Flowable, draft: str = "") -> bytes:
    return make_pdf(
        story,
        Imprint(
            title="Made up",
            author="J. Rivera, PT",
            patient_name="Moreau, Hélène",
            mrn="00231",
            foot="",
            language="en-US",
            written_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            paper=Paper.LETTER,
            draft=draft,
        ),
    )


def rows_of(table_told: Told) -> list[list[Told]]:
    return [row.kids for row in table_told.kids]


def test_the_tree_begins_with_one_title_and_then_tells_every_section() -> None:
    told = tree_of(report())
    headings = told.all("H1", "H2", "H3")
    assert told.kind == "Document"
    assert [(heading.kind, heading.text) for heading in headings[:3]] == [
        ("H1", "Progress report"),
        ("H2", "OBJECTIVE CHANGE"),
        ("H2", "TREATMENT"),
    ]
    assert [heading.kind for heading in headings].count("H1") == 1
    assert "EVERY VISIT" in [heading.text for heading in headings]


@pytest.mark.parametrize("make", [report, long_report], ids=["ten visits", "many visits"])
def test_nothing_is_shown_that_is_neither_told_nor_an_artifact(make: Callable[[], bytes]) -> None:
    assert paint_outside_marks(make()) == []


def test_the_tree_says_every_word_of_the_page_that_is_not_in_its_foot() -> None:
    """Words in figures are told by what stands for the figure."""
    told = tree_of(report())
    said = " ".join(part.actual or part.words for part in told.all())
    said_words = set(re.findall(r"\w{3,}", said))
    shown = flat(" ".join(pages(report())))
    without_foot = re.sub(
        r"Progress report of .*? · Confidential health information ?Page \d of \d", "", shown
    )
    assert without_foot != shown
    assert set(re.findall(r"\w{3,}", without_foot)) - said_words == set()
    assert "Page 1 of" not in said


def test_the_order_of_reading_is_that_of_the_page_column_by_column() -> None:
    text = tree_of(report()).text.replace("\xa0", " ")
    wanted = [
        "Harbour Street Physical Therapy",
        "Progress report",
        "Moreau, Hélène",
        "Dr. P. Anand",
        "Improving.",
        "OBJECTIVE CHANGE",
        "Meaning of the change",
        "GOALS",
        "Bend to tie shoes",
        "ASSESSMENT AND PLAN",
        "Responds as hoped.",
        "J. Rivera, PT, DPT",
        "EVERY MEASURE",
        "EVERY VISIT",
    ]
    places = [text.find(words) for words in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)


def test_every_cell_of_a_table_stands_under_a_heading_that_says_what_it_heads() -> None:
    told = tree_of(report())
    visits = told.all("Table")[-1]
    heads, *rows = rows_of(visits)
    assert [cell.text for cell in heads][:3] == ["Visit", "Date", "Kind"]
    assert {(cell.kind, cell.scope) for cell in heads} == {("TH", "Column")}
    assert len(rows) == len(TEN)
    assert {len(row) for row in rows} == {len(heads)}
    assert {cell.kind for row in rows for cell in row} == {"TD"}
    assert [row[0].text for row in rows] == [str(number) for number in range(1, 11)]


def test_facts_are_rows_headed_by_their_label() -> None:
    facts = tree_of(report()).all("Table")[0]
    rows = rows_of(facts)
    first = rows[0]
    assert (first[0].kind, first[0].scope, first[0].text) == ("TH", "Row", "Patient")
    assert first[1].kind == "TD"
    assert first[1].text.startswith("Moreau, Hélène")


def test_a_table_over_pages_is_one_table_whose_headings_are_told_once() -> None:
    told = tree_of(long_report())
    visits = told.all("Table")[-1]
    assert len({page for cell in visits.all("TD") for page in cell.pages}) > 1
    assert len(visits.all("TH")) == len(visits.kids[0].kids)
    assert len(visits.kids) == 1 + 121
    shown = " ".join(pages(long_report()))
    assert shown.count("Kind") > told.text.count("Kind") == 1


def test_headings_in_any_script_are_told_once() -> None:
    columns = [Column("שם", 1), Column("Words", 4)]
    told = tree_of(document(table(columns, [["a", f"b {number}"] for number in range(90)], 528.0)))
    (found,) = told.all("Table")
    assert {row.kind for row in found.kids} == {"TR"}
    assert [cell.text for cell in found.all("TH")] == ["שם", "Words"]
    assert len({page for cell in found.all("TD") for page in cell.pages}) > 1


def test_a_paragraph_over_pages_is_one_paragraph() -> None:
    told = tree_of(long_report())
    broken = [part for part in told.all("P") if "word0 " in part.text and "word1199" in part.text]
    assert len(broken) == 1
    assert len(set(broken[0].pages)) > 1
    assert [word for word in broken[0].text.split() if word.startswith("word")] == LONG_NOTE.split()


def test_a_row_over_pages_goes_on_in_the_same_cells() -> None:
    long = " ".join(f"row{number}" for number in range(1500))
    story = table([Column("What", 1), Column("Words", 4)], [["a", "b"], ["long", long], ["c", "d"]], 528.0)
    told = tree_of(document(story))
    rows = rows_of(told.all("Table")[0])
    assert [[cell.text.split()[0] for cell in row] for row in rows] == [
        ["What", "Words"],
        ["a", "b"],
        ["long", "row0"],
        ["c", "d"],
    ]
    assert rows[2][1].text.split() == long.split()
    assert len(set(rows[2][1].pages)) > 1


def test_a_figure_is_told_in_words_and_says_where_it_stands() -> None:
    told = tree_of(report())
    figures = told.all("Figure")
    assert len(figures) > 3
    assert all(figure.alt for figure in figures)
    assert any("Lumbar flexion" in figure.alt for figure in figures)


def test_a_draft_is_heard_to_be_one_once_and_before_all_else() -> None:
    why = "3 notes not signed yet."
    told = tree_of(document(paragraph("One."), *(paragraph(LONG_NOTE) for _ in range(3)), draft=why))
    assert [part.text for part in told.kids[:3]] == ["DRAFT", why, "One."]
    assert told.text.count("DRAFT") == 1


def test_the_foot_of_each_page_is_said_to_be_one() -> None:
    made = document(*(paragraph(LONG_NOTE) for _ in range(3)), draft="A note is not signed yet.")
    with pikepdf.open(BytesIO(made)) as opened:
        kinds = [
            [
                str(instruction.operands[1].Subtype)
                for instruction in pikepdf.parse_content_stream(page)
                if str(instruction.operator) == "BDC" and "/Subtype" in instruction.operands[1]
            ]
            for page in opened.pages
        ]
    assert len(kinds) > 1
    assert kinds[0] == ["/Footer"]
    assert all(found == ["/Header", "/Header", "/Footer"] for found in kinds[1:])


def test_right_to_left_words_are_read_as_they_were_written() -> None:
    note = Note(assessment="שלום עולם (12)", plan="مرحبا بالعالم")
    made = case(
        replace(visit(1), note=note),
        patient=replace(PATIENT, family_name="שקד", given_name="נועה"),
        author=replace(THERAPIST, name="נועה שקד"),
    )
    told = tree_of(pdf(made))
    said = told.text
    assert "שקד, נועה" in told.all("TD")[0].text
    assert "שלום עולם (12)" in said
    assert "مرحبا بالعالم" in said
    assert f"נועה שקד, {THERAPIST.credentials}" in [part.actual for part in told.all("P")]


def test_marks_say_nothing_on_the_page() -> None:
    """A reader that knows no tags finds the same text in the same order."""
    with pypdfium2.PdfDocument(report()) as opened:
        text = opened[0].get_textpage().get_text_bounded()
    assert "MCID" not in text
    assert flat(text).startswith("DRAFT 10 notes not signed yet. Harbour Street Physical Therapy")


@pytest.mark.parametrize("make", [report, long_report], ids=["ten visits", "many visits"])
def test_another_program_reads_the_same_tree(tmp_path: Path, make: Callable[[], bytes]) -> None:
    program = shutil.which("pdfinfo")
    if program is None:
        pytest.skip("pdfinfo (poppler-utils) is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(make())
    shown = subprocess.run(
        [program, "-struct", path], capture_output=True, check=True, timeout=150, encoding="utf-8"
    )
    assert shown.stderr == ""
    kinds = re.findall(r"^ *(Document|H1|H2|P|Table|TR|TH|TD|Figure)\b", shown.stdout, re.MULTILINE)
    assert kinds == [part.kind for part in tree_of(make()).all()]


def test_a_sign_for_the_eye_is_not_told_where_the_words_beside_it_say_the_same() -> None:
    document = pdf(case(visit(1, degrees=60), visit(5, degrees=40)))
    assert "▼" in pages(document)[0]
    measures = next(each for each in tree_of(document).all("Table") if "Meaning of the change" in each.text)
    meanings = [row.kids[-1] for row in measures.kids[1:]]
    told = [cell.actual or cell.words for cell in meanings]
    assert any("above measurement error, worse" in words for words in told)
    assert not any(sign in words for words in told for sign in "●○▼")


def test_the_figure_of_pain_tells_what_was_before_and_after_treatment() -> None:
    figures = tree_of(pdf(case(visit(1), visit(5)))).all("Figure")
    alt = next(figure.alt for figure in figures if figure.alt.startswith("Pain"))
    assert "Before treatment: 6 to 6." in alt
    assert "After treatment: 4 to 4." in alt
