"""Where a table breaks over pages."""

import pytest

from ptnotes.domain.audit import AuditMark
from ptnotes.domain.people import Paper
from ptnotes.reports.blocks import Column, space, table
from ptnotes.reports.document import text_height_pt
from ptnotes.reports.document_data import Signatures, SignedLine
from ptnotes.reports.signed_section import signatures_section
from ptnotes.reports.typeset import paragraph
from tests.reports.cases import FIRST_DAY, flat, make_pdf, pages
from tests.reports.test_pdf_archival import IMPRINT

COLUMNS = [Column("Number", 1), Column("Words", 3)]


@pytest.mark.parametrize("count", range(40, 60))
def test_no_row_stands_alone_on_the_next_page(count: int) -> None:
    rows = [[f"n{number}", "word"] for number in range(count)]
    found = [page.split("Moreau")[0] for page in pages(make_pdf([table(COLUMNS, rows, 528.0)], IMPRINT))]
    assert flat(" ".join(found)).count("word") == count
    assert [page.count("Number") for page in found] == [1] * len(found)
    if len(found) > 1:
        assert found[-1].count("word") >= 2


def test_a_table_of_two_rows_still_breaks_where_it_must() -> None:
    rows = [["a", "one " * 900], ["b", "two " * 900]]
    found = " ".join(pages(make_pdf([paragraph("Before."), table(COLUMNS, rows, 528.0)], IMPRINT)))
    assert (found.count("one"), found.count("two")) == (900, 900)


def test_a_line_about_signatures_goes_where_there_is_room_for_it() -> None:
    def page_count(left_pt: float) -> int:
        told = signatures_section(Signatures(open=("A note is not signed yet.",)), 528.0)
        return len(pages(make_pdf([space(text_height_pt(Paper.LETTER) - left_pt), *told], IMPRINT)))

    assert page_count(46) == 1
    assert page_count(30) == 2


@pytest.mark.parametrize("count", range(36, 48))
def test_the_last_page_holds_signatures_and_not_the_words_beside_them_alone(count: int) -> None:
    signed = tuple(
        SignedLine(number=number, on=FIRST_DAY, who="J. Rivera", at="5 Jan 2026", record="7d8c7a4e")
        for number in range(count)
    )
    told = Signatures(signed=signed, open=("A note is not signed yet.",), mark=AuditMark(12, bytes(32)))
    found = pages(make_pdf(list(signatures_section(told, 528.0)), IMPRINT))
    assert "A note is not signed yet." in found[0]
    assert "Audit of the clinic’s records: 12 events" in found[0]
    assert found[-1].count("7d8c7a4e") >= 2
