"""The home programme sheet: large type and plain words for the patient, with boxes to tick for two weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import CondPageBreak, Flowable, KeepTogether

from ptnotes.domain.documents import KIND_TITLES, DocumentKind
from ptnotes.domain.wording import full_date
from ptnotes.reports import fonts
from ptnotes.reports.blocks import Box, Section, space
from ptnotes.reports.document import text_width_pt
from ptnotes.reports.home_sheet_data import HomeExercise, HomeSheetData
from ptnotes.reports.last_page import make_filled_pdf
from ptnotes.reports.letterhead import letterhead
from ptnotes.reports.paper import INKS
from ptnotes.reports.signed_section import imprint
from ptnotes.reports.tagged_table import TableTags, TaggedTable
from ptnotes.reports.tags import Element, marked
from ptnotes.reports.typeset import QUIET, QUIET_SMALL, Span, TextStyle, bold, paragraph, quiet

_TITLE = KIND_TITLES[DocumentKind.HOME_PROGRAMME]
_LARGE = TextStyle(size=12.0, leading=16.5)
_NAME = TextStyle(size=14.0, leading=18.0, font=fonts.SEMIBOLD, role="H3")
_INDENT_PT = 24.0
_LINE_PT = 20.0
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKS = 2
_BOX_PT = 23.5
_LEAST_TABLE_PT = 110.0
_BOXED_LINES = 8


class _LargeSection(Section):
    """A heading that reads from as far away as the text under it."""

    _TEXT = TextStyle(size=11.0, leading=13.0, font=fonts.BOLD, ink="accent")


class _Written(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A line to write on behind a few words."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = paragraph(words, _LARGE)
        self._start_pt = fonts.width(words, _LARGE.font, _LARGE.size) + 6

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Width and height that this takes, as ReportLab asks for them before it draws."""
        self._words.wrap(avail_width, avail_height)
        self.width, self.height = avail_width, _LINE_PT
        return self.width, self.height

    def draw(self) -> None:
        """Draw with the lower left corner at the origin."""
        self._words.drawOn(self.canv, 0, 2)
        self.canv.setStrokeColor(INKS["normal"])
        self.canv.setLineWidth(0.75)
        self.canv.line(self._start_pt, 3, min(self.width, self._start_pt + 230), 3)


class _Indented(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """One flowable, moved to the right, behind a number where it has one; over pages where it has to be."""

    def __init__(self, inside: Flowable, number: str = "") -> None:
        super().__init__()
        self._inside = inside
        self._number = paragraph(number, _NAME) if number else None

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Width and height that this takes, as ReportLab asks for them before it draws."""
        if self._number is not None:
            self._number.wrap(_INDENT_PT, avail_height)
        _, self.height = self._inside.wrap(avail_width - _INDENT_PT, avail_height)
        self.width = avail_width
        return self.width, self.height

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """The parts that fit on this page and on the next, as ReportLab asks for them."""
        parts = self._inside.split(avail_width - _INDENT_PT, avail_height)
        return [_Indented(part) for part in parts]

    def draw(self) -> None:
        """Draw with the lower left corner at the origin."""
        if self._number is None:
            self._inside.drawOn(self.canv, _INDENT_PT, 0)
            return
        with marked(self.canv, Element("H3")):
            self._number.drawOn(self.canv, 0, self.height - self._number.height)
            self._inside.drawOn(self.canv, _INDENT_PT, 0)


def render_home_sheet(data: HomeSheetData) -> bytes:
    """The sheet as a PDF; the same data give the same bytes.

    Raises `MissingGlyphError` for a character that no font has, `InputError` for a logo that is no picture.
    """
    return make_filled_pdf(lambda: list(_story(data)), imprint(data, _TITLE))


def _story(data: HomeSheetData) -> Iterator[Flowable]:
    width = text_width_pt(data.paper)
    yield from letterhead(data.clinic, _TITLE, full_date(data.written_at.date()), width)
    yield space(14)
    yield paragraph([Span("For "), bold(data.called)], _LARGE)
    if data.shown_on is not None:
        yield paragraph([quiet(f"As at your visit of {full_date(data.shown_on)}.")], _LARGE)
    yield from _care(data.watch_for)
    yield _LargeSection("Your exercises")
    if not data.exercises:
        yield space(6)
        yield paragraph("No exercise for at home has been written down yet.", _LARGE)
    for number, exercise in enumerate(data.exercises, start=1):
        yield space(8)
        yield KeepTogether(list(_exercise(number, exercise)))
    if data.exercises:
        yield CondPageBreak(_LEAST_TABLE_PT)
        yield _LargeSection("Tick each day that you did it")
        yield space(4)
        yield _ticks(data.exercises, width)
    yield KeepTogether(list(_when_to_call(data)))


def _care(words: str) -> Iterator[Flowable]:
    if words:
        told = paragraph([bold("What to watch for: "), Span(words)], _LARGE)
        # A box is not broken over pages, so that a text of many lines goes without.
        yield Box(told) if words.count("\n") <= _BOXED_LINES else told


def _exercise(number: int, exercise: HomeExercise) -> Iterator[Flowable]:
    yield _Indented(paragraph(exercise.name, _NAME), f"{number}. ")
    amount = ", ".join(part for part in (exercise.dose, exercise.load) if part)
    if amount:
        yield _Indented(paragraph(amount[:1].upper() + amount[1:] + ".", _LARGE))
    if not exercise.dose:
        yield _Indented(_Written("How many:"))
    if exercise.cue:
        yield _Indented(paragraph([quiet("Think of: "), Span(exercise.cue)], _LARGE))
    if exercise.often:
        yield _Indented(paragraph([quiet("How often: "), Span(exercise.often)], _LARGE))
    else:
        yield _Indented(_Written("How often:"))


def _ticks(exercises: Sequence[HomeExercise], width: float) -> Flowable:
    days = [day for _ in range(_WEEKS) for day in _DAYS]
    wide = [width - _BOX_PT * len(days), *[_BOX_PT] * len(days)]
    style = TextStyle(size=11.0, leading=13.5)
    weeks = [f"Week {number + 1}" if not place else "" for number in range(_WEEKS) for place in range(7)]
    cells: list[list[str | Flowable]] = [["Exercise", *weeks], ["", *days]]
    cells += [
        [paragraph(f"{number}. {exercise.name}", style), *[""] * len(days)]
        for number, exercise in enumerate(exercises, start=1)
    ]
    commands = [
        ("FONT", (0, 0), (-1, 0), fonts.SEMIBOLD, 10, 12),
        ("FONT", (0, 1), (-1, 1), fonts.REGULAR, 8.5, 11),
        ("TEXTCOLOR", (0, 0), (-1, 1), INKS["muted"]),
        ("ALIGN", (1, 1), (-1, -1), "CENTER"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("LEFTPADDING", (1, 0), (-1, 0), 1),
        ("RIGHTPADDING", (0, 0), (0, -1), 6),
        ("RIGHTPADDING", (1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 2), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 2), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, 1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, 1), 2),
        ("GRID", (1, 2), (-1, -1), 0.75, INKS["normal"]),
        ("LINEBELOW", (0, 2), (0, -1), 0.5, INKS["grid"]),
        ("LINEAFTER", (7, 2), (7, -1), 2, INKS["normal"]),
    ]
    # The name of the first column is over both lines of headings, and each week over its days.
    spans = {(0, 0): (1, 2), **{(0, 1 + week * len(_DAYS)): (len(_DAYS), 1) for week in range(_WEEKS)}}
    return TaggedTable(
        cells,
        colWidths=wide,
        style=commands,
        repeatRows=2,
        hAlign="LEFT",
        splitInRow=1,
        renderCB=TableTags("Both", spans),
    )


def _when_to_call(data: HomeSheetData) -> Iterator[Flowable]:
    yield _LargeSection("When to call us")
    yield space(6)
    telephone = f" Telephone: {data.clinic.telephone}." if data.clinic.telephone else ""
    yield paragraph(
        [
            Span("Call if an exercise makes you clearly worse, if you cannot do it as you were shown,"),
            Span(" or if anything about it worries you."),
            bold(telephone),
        ],
        _LARGE,
    )
    if data.same_day:
        yield space(6)
        yield paragraph([bold("Call on the same day for: "), Span("; ".join(data.same_day) + ".")], _LARGE)
    if data.emergencies:
        yield space(6)
        words = [bold("Get emergency help at once for: "), Span("; ".join(data.emergencies) + ".")]
        yield paragraph(words, _LARGE)
    yield space(8)
    yield paragraph(f"{data.author.signature}, {data.clinic.name}", QUIET)
    if data.sources:
        yield paragraph(f"Signs to watch for, from: {'; '.join(data.sources)}.", QUIET_SMALL)
