"""From flowables to the bytes of a PDF: page frames, the line at the foot of each page, metadata, language, outline.

The same input and time give the same bytes: nothing is read from the clock, the machine or the user's settings.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from types import MappingProxyType
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFName, PDFPage
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from ptnotes.domain.people import Paper
from ptnotes.reports import fonts
from ptnotes.reports.paper import GAP_PT, INKS, MARGIN_BOTTOM_PT, MARGIN_SIDE_PT, MARGIN_TOP_PT, PAGE_SIZES_PT
from ptnotes.reports.pdf_a import declare_pdf_a
from ptnotes.reports.pdf_file import written_out
from ptnotes.reports.tags import Element, Tags, marked, running
from ptnotes.reports.typeset import QUIET_SMALL, TextStyle, draw_line, line_width, shortened

# ReportLab keeps state in its modules (fonts, the sequencer), so one document is made at a time.
_one_at_a_time = threading.Lock()
_PAGE_NUMBER = TextStyle(size=QUIET_SMALL.size, leading=QUIET_SMALL.leading, ink="muted", align="right")

# A letter's title may be as long as whoever wrote it liked.
_MOST_FOOT_PT = 300.0
_DRAFT = TextStyle(size=9.0, leading=11.0, font=fonts.BOLD, ink="surface")
# The keys that ReportLab writes into a page's dictionary, and two more.
_PAGE_KEYS = (*PDFPage.__NoDefault__, "StructParents", "Tabs")
_WHY_DRAFT = TextStyle(size=QUIET_SMALL.size, leading=QUIET_SMALL.leading, ink="danger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What every page and the file itself say of the document. `written_at` is aware, in the clinic's time zone.

    `draft` says why the document is a draft, in a few words; empty where it is none. `stamp` is what every page says
    before that: another word where it is no draft and yet not to be taken for valid. `keywords` are the file's alone.
    """

    title: str
    author: str
    patient_name: str
    mrn: str
    foot: str
    language: str
    written_at: datetime
    paper: Paper
    draft: str = ""
    stamp: str = "DRAFT"
    keywords: str = ""


def text_width_pt(paper: Paper) -> float:
    """Width between the margins."""
    return PAGE_SIZES_PT[paper][0] - 2 * MARGIN_SIDE_PT


def text_height_pt(paper: Paper) -> float:
    """Height between the margins."""
    return PAGE_SIZES_PT[paper][1] - MARGIN_TOP_PT - MARGIN_BOTTOM_PT


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A document, and of each page the share that is taken, 0 to 1."""

    pdf: bytes
    fills: tuple[float, ...]


def lay_out(
    story: Sequence[Flowable], imprint: Imprint, free_pt: Mapping[int, float] = MappingProxyType({})
) -> LaidOut:
    """`story` as a PDF, and how it came out. Raises `MissingGlyphError` for a character that no font has.

    `free_pt` says of pages, by their number, how much stays free at their foot.
    """
    with _one_at_a_time:
        fonts.load_fonts()
        buffer = BytesIO()
        document = _Document(buffer, imprint, free_pt)
        document.build(list(story), canvasmaker=_Canvas)
        return LaidOut(buffer.getvalue(), tuple(document.fills))


class _Canvas(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """Says "page 1 of 2" on every page: each refers to a form that is made when the last page is known.

    Keeps the `tags` of what is drawn.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self.tags = Tags(self)
        super().__init__(*args, **options)
        self._doc.format = partial(written_out, self._doc)

    def showPage(self) -> None:
        place = self.tags.end_page()
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = _PAGE_KEYS
        page.StructParents = place
        page.Tabs = PDFName("S")
        # ReportLab writes an empty transition, which has no meaning on paper.
        page.Trans = None

    def save(self) -> None:
        # The page that is being begun holds nothing yet, so the last one is the one before it.
        last = self._pageNumber - 1
        for number in range(1, last + 1):
            self.beginForm(_number_form(number), 0, 0, 120, 14)
            draw_line(self, 120, 4, f"Page {number} of {last}", _PAGE_NUMBER)
            self.endForm()
        self.tags.write(self._doc)
        super().save()


def _number_form(number: int) -> str:
    return f"number-of-page-{number}"


class _Document(BaseDocTemplate):  # type: ignore[misc]  # ReportLab has no types
    def __init__(self, buffer: BytesIO, imprint: Imprint, free_pt: Mapping[int, float]) -> None:
        page = PAGE_SIZES_PT[imprint.paper]
        super().__init__(
            buffer,
            pagesize=page,
            title=f"{imprint.title}, MRN {imprint.mrn}",
            author=imprint.author,
            subject=imprint.title,
            keywords=imprint.keywords,
            creator="PT Notes",
            producer="PT Notes",
            lang=imprint.language,
            invariant=1,
            pageCompression=1,
            displayDocTitle=True,
        )
        self._imprint = imprint
        frame = Frame(
            MARGIN_SIDE_PT,
            MARGIN_BOTTOM_PT,
            text_width_pt(imprint.paper),
            text_height_pt(imprint.paper),
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        # The foot is drawn last, so that the text is read in the order of the page.
        template = PageTemplate(id="page", frames=[frame], onPage=self._head, onPageEnd=self._foot)
        self.addPageTemplates([template])
        self._free_pt = free_pt
        self.fills: list[float] = []

    def beforeDocument(self) -> None:
        document, imprint = self.canv._doc, self._imprint
        _set_time(document._timeStamp, imprint.written_at)
        declare_pdf_a(document, language=imprint.language, written_at=imprint.written_at)
        self.canv.showOutline()

    def beforePage(self) -> None:
        (frame,) = self.pageTemplate.frames
        frame._y1p = frame._y1 + self._free_pt.get(self.page, 0.0)

    def afterPage(self) -> None:
        top, bottom = self.frame._y2, self.frame._y1
        self.fills.append((top - self.frame._y) / (top - bottom))

    def _head(self, canvas: Any, _document: BaseDocTemplate) -> None:
        """Say on every page that this is a draft, where it is one; whoever hears the document is told once."""
        why = self._imprint.draft
        if not why:
            return
        wide, high = PAGE_SIZES_PT[self._imprint.paper]
        canvas.setFillColor(INKS["danger"])
        canvas.roundRect(MARGIN_SIDE_PT, high - 27, 44, 14, 3, stroke=0, fill=1)
        room = wide - 2 * MARGIN_SIDE_PT - 52
        for x, words, whole, style in (
            (MARGIN_SIDE_PT + 6.5, self._imprint.stamp, "", _DRAFT),
            (MARGIN_SIDE_PT + 52, shortened(why, _WHY_DRAFT, room), why, _WHY_DRAFT),
        ):
            is_first = canvas.getPageNumber() == 1
            with marked(canvas, Element("P", actual=whole)) if is_first else running(canvas, "Header"):
                draw_line(canvas, x, high - 23.5, words, style)

    def _foot(self, canvas: Any, _document: BaseDocTemplate) -> None:
        with running(canvas, "Footer"):
            self._draw_foot(canvas)

    def _draw_foot(self, canvas: Any) -> None:
        imprint = self._imprint
        right = PAGE_SIZES_PT[imprint.paper][0] - MARGIN_SIDE_PT
        canvas.setStrokeColor(INKS["rule"])
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN_SIDE_PT, 34, right, 34)
        # The name is a line of its own, so that one written from right to left does not turn the rest round.
        foot = shortened(imprint.foot, QUIET_SMALL, _MOST_FOOT_PT)
        foot_x = right - 60 - line_width(foot, QUIET_SMALL)
        mrn = f" · MRN {shortened(imprint.mrn, QUIET_SMALL, 90)}"
        room = foot_x - MARGIN_SIDE_PT - line_width(mrn, QUIET_SMALL) - GAP_PT
        who = shortened(imprint.patient_name, QUIET_SMALL, room)
        x = draw_line(canvas, MARGIN_SIDE_PT, 22, who, QUIET_SMALL)
        draw_line(canvas, x, 22, mrn, QUIET_SMALL)
        draw_line(canvas, foot_x, 22, foot, QUIET_SMALL)
        canvas.saveState()
        canvas.translate(right - 120, 18)
        canvas.doForm(_number_form(canvas.getPageNumber()))
        canvas.restoreState()


def _set_time(stamp: Any, written_at: datetime) -> None:
    """Give ReportLab's time stamp the time at which the document was written, in place of the fixed one."""
    offset = written_at.utcoffset() or timedelta(0)
    minutes = int(offset.total_seconds() // 60)
    stamp.t = written_at.timestamp()
    stamp.lt = written_at.timetuple()
    stamp.YMDhms = tuple(stamp.lt)[:6]
    # The sign stands before the hours alone: half past three west is -03'30'.
    stamp.dhh, stamp.dmm = int(minutes / 60), abs(minutes) % 60
