"""The last page of a document has something on it."""

from functools import partial
from io import BytesIO

import pypdfium2
import pytest
from reportlab.platypus import Flowable

from ptnotes.domain.people import Paper
from ptnotes.reports.blocks import Section, space
from ptnotes.reports.document import text_height_pt
from ptnotes.reports.last_page import LEAST_FILL, make_filled_pdf
from ptnotes.reports.paper import MARGIN_BOTTOM_PT, spaced, spacing
from ptnotes.reports.typeset import paragraph
from tests.reports.cases import make_pdf
from tests.reports.test_pdf_archival import IMPRINT

LINES = range(30, 90)


def story(sections: int, lines: int) -> list[Flowable]:
    """Sections of one line, whose gaps can be less, and a text of so many lines."""
    told = [
        part
        for number in range(sections)
        for part in (Section(f"Part {number}"), space(8), paragraph("Told."))
    ]
    return [*told, Section("Words"), paragraph("\n".join(f"line {number}" for number in range(lines)))]


def taken(pdf: bytes) -> tuple[int, float]:
    """The number of pages, and the share of the last one's height that is taken."""
    with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
        page = document[len(document) - 1]
        text = page.get_textpage()
        feet = [text.get_rect(place)[1] for place in range(text.count_rects())]
        high = text_height_pt(Paper.LETTER)
        lowest = min(foot for foot in feet if foot > MARGIN_BOTTOM_PT - 5)
        return len(document), (high + MARGIN_BOTTOM_PT - lowest) / high


@pytest.mark.parametrize("sections", [0, 6])
def test_no_last_page_has_hardly_anything_on_it(sections: int) -> None:
    saved = along = 0
    for lines in LINES:
        plain = taken(make_pdf(story(sections, lines), IMPRINT))
        count, fill = taken(make_filled_pdf(partial(story, sections, lines), IMPRINT))
        assert count == 1 or fill >= LEAST_FILL - 0.01
        assert count in (plain[0], plain[0] - 1)
        saved += count < plain[0]
        along += count == plain[0] and fill > plain[1] + 0.01
    assert along
    # Words alone have no gaps that could be less.
    assert bool(saved) is bool(sections)


def test_what_has_room_stands_roomy() -> None:
    assert make_filled_pdf(lambda: story(2, 5), IMPRINT) == make_pdf(story(2, 5), IMPRINT)


def test_things_stand_tight_only_where_that_is_asked_for() -> None:
    with spacing(is_tight=True):
        assert spaced(10.0) < 10.0
        with spacing(is_tight=False):
            assert spaced(10.0) == 10.0
    assert spaced(10.0) == 10.0
