"""What holds for every kind of document, on both papers: an archive can keep it, and everyone can hear it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import pairwise

import pikepdf
import pytest
from hypothesis import given, settings
from pikepdf import pdfa

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.people import Paper
from ptnotes.reports.blocks import Column, table
from ptnotes.reports.fonts import MissingGlyphError
from ptnotes.reports.typeset import TITLE, paragraph
from tests.reports import (
    evaluations,
    test_discharge,
    test_face_sheet,
    test_home_sheet,
    test_letter,
    test_session_note,
)
from tests.reports.any_text import bare, lines, notes
from tests.reports.cases import case, flat, make_pdf, pages, pdf, visit
from tests.reports.tagged import paint_outside_marks, tree_of
from tests.reports.test_pdf_archival import IMPRINT

LONG = "\n".join(f"Line {number} of a long text, in words that flow." for number in range(150))

MAKERS: Mapping[DocumentKind, Callable[[Paper], bytes]] = {
    DocumentKind.PROGRESS_REPORT: lambda paper: pdf(
        case(*(visit(number) for number in range(1, 41)), paper=paper)
    ),
    DocumentKind.EVALUATION: lambda paper: evaluations.pdf(paper=paper),
    DocumentKind.SESSION_NOTE: lambda paper: test_session_note.pdf(
        test_session_note.whole(), signed=test_session_note.SIGNED, paper=paper
    ),
    DocumentKind.DISCHARGE_SUMMARY: lambda paper: test_discharge.pdf(
        test_discharge.ended(visit(1), visit(5), test_discharge.last(9), paper=paper)
    ),
    DocumentKind.HOME_PROGRAMME: lambda paper: test_home_sheet.pdf(
        case(test_home_sheet.at(1, *(replace(test_home_sheet.BRIDGE, row=row) for row in range(20, 40)))),
        paper,
    ),
    DocumentKind.LETTER: lambda paper: test_letter.letter(LONG, paper=paper),
    DocumentKind.FACE_SHEET: lambda paper: test_face_sheet.sheet(paper=paper),
}
EVERY = pytest.mark.parametrize("kind", list(DocumentKind))
BOTH = pytest.mark.parametrize("paper", list(Paper))


@cache
def made(kind: DocumentKind, paper: Paper) -> bytes:
    return MAKERS[kind](paper)


@EVERY
@BOTH
def test_it_keeps_to_pdf_a_2b(kind: DocumentKind, paper: Paper) -> None:
    report = pdfa.validate_written(BytesIO(made(kind, paper)), "2b")
    assert report.passed, report.summary()


@EVERY
@BOTH
def test_everything_on_its_pages_is_told_or_an_artifact(kind: DocumentKind, paper: Paper) -> None:
    told = tree_of(made(kind, paper))
    assert paint_outside_marks(made(kind, paper)) == []
    said = " ".join(part.actual or part.words for part in told.all())
    for page in pages(made(kind, paper)):
        # The foot of each page is the last that is drawn; it begins with the name of the patient.
        body = flat(page).rpartition("Moreau")[0]
        assert set(re.findall(r"\w+", body)) - set(re.findall(r"\w+", said)) == set()


@EVERY
def test_it_has_one_title_and_sections_under_it(kind: DocumentKind) -> None:
    levels = [heading.kind for heading in tree_of(made(kind, Paper.LETTER)).all("H1", "H2", "H3")]
    assert levels.count("H1") == 1
    assert all(later <= before[:1] + str(int(before[1:]) + 1) for before, later in pairwise(levels))


@EVERY
def test_its_figures_say_what_they_show_and_its_tables_what_they_head(kind: DocumentKind) -> None:
    told = tree_of(made(kind, Paper.LETTER))
    assert all(figure.alt for figure in told.all("Figure"))
    for each in told.all("Table"):
        assert each.all("TH"), each.text
        wide = [sum(cell.span[0] for cell in row.kids) for row in each.kids]
        for place, row in enumerate(each.kids):
            for cell in row.kids:
                for below in range(1, cell.span[1]):
                    wide[place + below] += cell.span[0]
        assert len(set(wide)) == 1


@EVERY
def test_it_names_itself_and_its_language_and_no_patient(kind: DocumentKind) -> None:
    with pikepdf.open(BytesIO(made(kind, Paper.LETTER))) as document:
        title = str(document.docinfo["/Title"])
        assert document.check_pdf_syntax() == []
        assert str(document.Root.Lang) == "en-US"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
    assert title
    assert "Moreau" not in title


@EVERY
def test_the_same_input_gives_the_same_bytes(kind: DocumentKind) -> None:
    assert MAKERS[kind](Paper.LETTER) == made(kind, Paper.LETTER)


def test_a_number_and_its_exercise_are_one_heading() -> None:
    headings = tree_of(made(DocumentKind.HOME_PROGRAMME, Paper.LETTER)).all("H3")
    assert [heading.text for heading in headings][:2] == ["1. Bridge", "2. Bridge"]


@settings(deadline=None)
@given(text=lines(), words=notes())
def test_any_text_keeps_the_rules_and_is_told_whole(text: str, words: str) -> None:
    cells = [[text, words], ["plain", text]]
    columns = [Column(text, 1), Column("b", 2)]
    try:
        story = [paragraph(text, TITLE), paragraph(words), table(columns, cells, 528.0)]
        document = make_pdf(story, replace(IMPRINT, title=text, author=text))
    except MissingGlyphError:
        return
    report = pdfa.validate_written(BytesIO(document), "2b")
    assert report.passed, report.summary()
    told = tree_of(document)
    for part, wanted in ((told.all("H1")[0], text), (told.all("P")[0], words), (told.all("TD")[1], words)):
        assert bare(part.actual or part.words) == bare(wanted)
