"""The building blocks of a page: headings, tables that break with their headings, columns, boxes, lines to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from reportlab.platypus import Flowable, Spacer

from ptnotes.reports import fonts
from ptnotes.reports.paper import GAP_PT, INKS, spaced
from ptnotes.reports.row_gaps import RowGaps
from ptnotes.reports.shaping import is_right_to_left
from ptnotes.reports.tagged_table import TableTags, TaggedTable
from ptnotes.reports.tags import Element, Kind, marked
from ptnotes.reports.typeset import BODY, QUIET_SMALL, TextStyle, Words, draw_line, fits_as_is, paragraph

CELL = TextStyle(size=8.5, leading=10.5)
CELL_BOLD = TextStyle(size=8.5, leading=10.5, font=fonts.SEMIBOLD)
CELL_QUIET = TextStyle(size=8.5, leading=10.5, ink="muted")
CELL_RIGHT = TextStyle(size=8.5, leading=10.5, align="right")
CELL_RIGHT_BOLD = TextStyle(size=8.5, leading=10.5, font=fonts.SEMIBOLD, align="right")
_HEAD = TextStyle(size=7.5, leading=9.5, ink="muted")
_PAD_X_PT = 4.0
_PAD_Y_PT = 2.5


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what heads it (one or two lines), its share of the width, and how its cells are set."""

    heading: str
    share: float
    style: TextStyle = CELL


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[Words]], width: float, *, headed: bool = True
) -> Flowable:
    """Rows under thin lines, over pages where needed, each page with the headings again; no row is cut.

    Shares are of `width` points. A cell that is one plain line is drawn as it is; any other becomes a paragraph.
    """
    shares = sum(column.share for column in columns)
    widths = [width * column.share / shares for column in columns]
    cells = [
        [
            _cell(words, column.style, room - 2 * _PAD_X_PT)
            for words, column, room in zip(row, columns, widths, strict=True)
        ]
        for row in rows
    ]
    commands: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PAD_X_PT),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PAD_X_PT),
        ("TOPPADDING", (0, 0), (-1, -1), spaced(_PAD_Y_PT)),
        ("BOTTOMPADDING", (0, 0), (-1, -1), spaced(_PAD_Y_PT)),
        # The edge of the text, not of the cell, stands on the page's margin.
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, INKS["grid"]),
    ]
    for place, column in enumerate(columns):
        commands += _set_in(column.style, (place, 0), (place, -1))
    if headed:
        heads = [replace(_HEAD, align=column.style.align) for column in columns]
        cells.insert(0, [_head(column.heading, head) for column, head in zip(columns, heads, strict=True)])
        for place, head in enumerate(heads):
            commands += _set_in(head, (place, 0), (place, 0))
        commands += [
            ("LINEBELOW", (0, 0), (-1, 0), 0.75, INKS["rule"]),
        ]
    return TaggedTable(
        cells,
        colWidths=widths,
        style=commands,
        repeatRows=1 if headed else 0,
        hAlign="LEFT",
        splitInRow=1,
        emptyTableAction="indicate",
        renderCB=TableTags(gaps=RowGaps()),
    )


def _head(heading: str, style: TextStyle) -> str | Flowable:
    """A heading, whose lines are as they were given; a clinic's own names of measures may be in any script."""
    if not all(fits_as_is(line, style, inf) for line in heading.split("\n")):
        return paragraph(heading, style)
    # A space beyond the edge that is not seen parts the lines for those who hear them.
    return heading.replace("\n", "\n " if style.align == "right" else " \n")


def _cell(words: Words, style: TextStyle, room_pt: float) -> str | Flowable:
    if fits_as_is(words, style, room_pt):
        return str(words)
    return paragraph(words, style)


def _set_in(style: TextStyle, start: tuple[int, int], end: tuple[int, int]) -> list[tuple[Any, ...]]:
    return [
        ("FONT", start, end, style.font, style.size, style.leading),
        ("TEXTCOLOR", start, end, INKS[style.ink]),
        ("ALIGN", start, end, style.align.upper()),
    ]


def facts(rows: Sequence[tuple[str, Words]], width: float, label_pt: float) -> Flowable:
    """Quiet labels with what they stand for beside them."""
    style = CELL
    cells = [
        [_cell(label, CELL_QUIET, label_pt), _cell(words, style, width - label_pt)] for label, words in rows
    ]
    commands: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), spaced(1.5)),
        ("BOTTOMPADDING", (0, 0), (-1, -1), spaced(1.5)),
        *_set_in(CELL_QUIET, (0, 0), (0, -1)),
        *_set_in(style, (1, 0), (1, -1)),
    ]
    return TaggedTable(
        cells,
        colWidths=[label_pt, width - label_pt],
        style=commands,
        hAlign="LEFT",
        renderCB=TableTags(heads="Row"),
    )


class Section(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A section's heading over a thin line, entered in the document's outline."""

    _TEXT = TextStyle(size=8.0, leading=10.0, font=fonts.BOLD, ink="accent")

    def __init__(self, title: str, space_before: float = 10.0) -> None:
        super().__init__()
        self._title = title
        self._space_before = spaced(space_before)

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        """Width and height that this takes, as ReportLab asks for them before it draws."""
        self.width, self.height = avail_width, 15.0
        return self.width, self.height

    def getSpaceBefore(self) -> float:
        """Points kept free above, unless at the top of a page."""
        return self._space_before

    def getSpaceAfter(self) -> float:
        """Points kept free below."""
        return 1.0

    def draw(self) -> None:
        """Draw with the lower left corner at the origin."""
        canvas = self.canv
        text = canvas.beginText(0, 6.0)
        text.setFillColor(INKS[self._TEXT.ink])
        text.setCharSpace(0.5)
        for font, glyphs in fonts.runs(self._title.upper(), self._TEXT.font):
            text.setFont(font, self._TEXT.size)
            text.textOut(glyphs)
        text.setCharSpace(0)
        with marked(canvas, _told(self._title, "H2")):
            canvas.drawText(text)
        canvas.setStrokeColor(INKS["rule"])
        canvas.setLineWidth(0.75)
        canvas.line(0, 0, self.width, 0)
        key = f"section-{canvas.getPageNumber()}-{self._title}"
        canvas.bookmarkHorizontal(key, 0, self.height + 8)
        canvas.addOutlineEntry(self._title, key, level=0)


class Columns(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """Stacks of flowables side by side, their tops level. It is not broken over pages.

    `foot` stands at the bottom of the first column, level with the end of the longest, and is read last.
    """

    def __init__(
        self,
        stacks: Sequence[Sequence[Flowable]],
        shares: Sequence[float],
        gap: float = GAP_PT,
        foot: Flowable | None = None,
    ) -> None:
        super().__init__()
        self._stacks = stacks
        self._shares = shares
        self._gap = gap
        self._foot = foot

    def column_widths(self, width: float) -> list[float]:
        """Points that each stack is given of `width`."""
        room = width - self._gap * (len(self._shares) - 1)
        return [room * share / sum(self._shares) for share in self._shares]

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Width and height that this takes, as ReportLab asks for them before it draws."""
        self.width = avail_width
        widths = self.column_widths(avail_width)
        heights = [
            stack_height(stack, width, avail_height)
            for stack, width in zip(self._stacks, widths, strict=True)
        ]
        if self._foot is not None:
            heights[0] += self._foot.wrap(widths[0], avail_height)[1]
        self.height = max(heights)
        return self.width, self.height

    def draw(self) -> None:
        """Draw with the lower left corner at the origin."""
        x = 0.0
        for stack, width in zip(self._stacks, self.column_widths(self.width), strict=True):
            y, after = self.height, 0.0
            for place, flowable in enumerate(stack):
                _, height = flowable.wrap(width, self.height)
                y -= height + (max(after, flowable.getSpaceBefore()) if place else 0.0)
                flowable.drawOn(self.canv, x, y)
                after = flowable.getSpaceAfter()
            x += width + self._gap
        if self._foot is not None:
            self._foot.drawOn(self.canv, 0, 0)


class Box(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A tinted box with a bar of the accent at its left, round one flowable."""

    _PAD = 10.0

    def __init__(self, inside: Flowable) -> None:
        super().__init__()
        self._inside = inside
        self.spaceBefore = 10.0

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Width and height that this takes, as ReportLab asks for them before it draws."""
        _, height = self._inside.wrap(avail_width - 2 * self._PAD, avail_height)
        self.width, self.height = avail_width, height + 2 * self._PAD - 4
        return self.width, self.height

    def draw(self) -> None:
        """Draw with the lower left corner at the origin."""
        canvas = self.canv
        canvas.setFillColor(INKS["wash"])
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        canvas.setFillColor(INKS["accent"])
        canvas.rect(0, 0, 2.5, self.height, stroke=0, fill=1)
        self._inside.drawOn(canvas, self._PAD, self._PAD - 2)


class SignatureLine(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A line to sign by hand and one for the date, with what stands under them."""

    def __init__(self, under: str, details: str) -> None:
        super().__init__()
        self._under = under
        self._details = details

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        """Width and height that this takes, as ReportLab asks for them before it draws."""
        self.width, self.height = avail_width, 46.0
        return self.width, self.height

    def draw(self) -> None:
        """Draw with the lower left corner at the origin."""
        canvas = self.canv
        date_at = self.width * 0.74
        canvas.setStrokeColor(INKS["text"])
        canvas.setLineWidth(0.75)
        canvas.line(0, 24, date_at - 14, 24)
        canvas.line(date_at, 24, self.width, 24)
        for x, y, words, style in (
            (0, 13, self._under, BODY),
            (date_at, 13, "Date", QUIET_SMALL),
            (0, 2, self._details, QUIET_SMALL),
        ):
            with marked(canvas, _told(words, "P")):
                draw_line(canvas, x, y, words, style)


class ProgressBar(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """How much of the way to a goal is done, 0 to 1."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = min(max(share, 0.0), 1.0)

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        """Width and height that this takes, as ReportLab asks for them before it draws."""
        self.width, self.height = avail_width, 10.0
        return self.width, self.height

    def draw(self) -> None:
        """Draw with the lower left corner at the origin."""
        canvas = self.canv
        canvas.setFillColor(INKS["grid"])
        canvas.roundRect(0, 3, self.width, 4, 2, stroke=0, fill=1)
        if self._share > 0:
            canvas.setFillColor(INKS["accent"])
            canvas.roundRect(0, 3, max(self.width * self._share, 4), 4, 2, stroke=0, fill=1)


def _told(words: str, kind: Kind) -> Element:
    """What is drawn in one line, in the order in which it is seen; it is read in the order in which it was written."""
    return Element(kind, actual=words if is_right_to_left(words) else "")


def space(height_pt: float) -> Flowable:
    """Empty room of `height_pt` points, less where things stand tight."""
    return Spacer(1, spaced(height_pt))


def stack_height(stack: Sequence[Flowable], width: float, avail_height: float) -> float:
    """Height in points of `stack` in a column of `width`, with the space between its parts."""
    total = after = 0.0
    for place, flowable in enumerate(stack):
        _, height = flowable.wrap(width, avail_height)
        total += height + (max(after, flowable.getSpaceBefore()) if place else 0.0)
        after = flowable.getSpaceAfter()
    return total
