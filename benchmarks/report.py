"""The progress report of 20 visits with four charts, beside the same content by fpdf2, typst and WeasyPrint."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from random import Random
from time import perf_counter
from zoneinfo import ZoneInfo

import pypdfium2
from reportlab.platypus import Flowable, Table

from benchmarks.figure import Figure, against_limit, middle, table
from benchmarks.report_peers import (
    Heading,
    Page,
    Part,
    Rows,
    Shapes,
    Words,
    by_fpdf2,
    by_typst,
    by_weasyprint,
)
from ptnotes.clinical import load_reference
from ptnotes.domain.patient import Patient
from ptnotes.domain.treatment import PainKind
from ptnotes.domain.treatment_strip import TreatmentStrip
from ptnotes.figures.shapes import Text
from ptnotes.reports.blocks import Box, Columns, Section, SignatureLine
from ptnotes.reports.document_data import Signatures
from ptnotes.reports.figure_flowable import FigureFlowable
from ptnotes.reports.fonts import load_fonts
from ptnotes.reports.progress import ProgressReportData, _later_pages, render_progress_report
from ptnotes.reports.progress_data import CarePlan
from ptnotes.reports.progress_page import first_page
from ptnotes.reports.text_block import TextBlock
from ptnotes.services.case import Case
from ptnotes.services.progress_content import progress_content
from ptnotes.services.sample_courses import load_courses
from ptnotes.services.sample_episodes import play
from ptnotes.services.sample_people import load_cast
from ptnotes.services.sample_run import Run

_PAGES = 2
_PATH = 2
"""What PDFium calls a drawn path."""
_VISITS = 20
_CHARTS = 4
_ROUNDS = 9
_ZONE = "America/New_York"
_TODAY = date(2026, 3, 2)


def report_figures() -> list[Figure]:
    """Ours against the fastest peer, and each peer by name; every document has the same words, rows and shapes.

    Ours has in addition what makes it look as it does: weights, inks, columns, bars and boxes.

    Each round is another patient's report, since a renderer that remembers what it set last time would only be asked
    to remember. What a program keeps between two patients (fonts, a compiler) is kept.
    """
    contents = [two_pages(report_data(seed, _VISITS)) for seed in range(_ROUNDS + 1)]
    pages = [page_of(data) for data in contents]
    makers: dict[str, Callable[[int], bytes]] = {
        "ours": lambda number: render_progress_report(contents[number]),
        "fpdf2": lambda number: by_fpdf2(pages[number]),
        "typst": lambda number: by_typst(pages[number]),
        "WeasyPrint": lambda number: by_weasyprint(pages[number]),
    }
    times: dict[str, list[float]] = {name: [] for name in makers}
    for name, make in makers.items():
        _check_alike(name, make(_ROUNDS), pages[_ROUNDS])
    # In turns, so that whatever else the machine does hits all alike.
    for number in range(_ROUNDS):
        for name, make in makers.items():
            times[name].append(_milliseconds(partial(make, number)))
    taken = {name: middle(values) for name, values in times.items()}
    ours = taken.pop("ours")
    fastest = min(taken, key=lambda name: taken[name])
    name = f"progress report, two pages, {_VISITS} visits, {_CHARTS} charts"
    return [
        *(
            Figure(name=name, ours_ms=ours, reference_name=peer, reference_ms=reference, limit=1.5)
            for peer, reference in sorted(taken.items(), key=lambda item: item[0] != fastest)
        ),
        against_limit(name, ours, 150),
        _of_all("progress report, all that is charted, 20 visits", 20, 150),
        _of_all("progress report, all that is charted, 300 visits", 300, 1000),
    ]


def _of_all(name: str, visits: int, most_ms: float) -> Figure:
    """A report of everything: body charts, examinations, problems and the list of visits among it."""
    contents = [report_data(seed, visits) for seed in range(_ROUNDS)]
    times = [_milliseconds(partial(render_progress_report, data)) for data in contents]
    return against_limit(name, middle(times), most_ms)


def report_data(seed: int, visits: int) -> ProgressReportData:
    """A made-up lumbar course of so many visits, with all that a thorough therapist charts."""
    cast, reference = load_cast(_ZONE), load_reference()
    run = Run(
        visits=visits,
        last_on=_TODAY,
        today=_TODAY,
        way="improving",
        side="left",
        zone=_ZONE,
        author_id=1,
        referrer=cast.referrers[0],
        full=True,
    )
    rng = Random(seed)
    played = play(reference, load_courses()["lumbar_stenosis"], run, rng)
    case = Case(
        clinic=cast.clinic,
        author=replace(cast.therapist, id=1),
        patient=Patient(
            mrn=f"{seed:06}", family_name="Moreau", given_name="Hélène", birth_date=date(1979, 3, 12)
        ),
        episode=played.episode,
        sessions=[replace(session, id=number) for number, session in enumerate(played.sessions, start=1)],
        outcomes=played.scores,
        written_at=datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo(_ZONE)),
        as_of=_TODAY,
    )
    return progress_content(reference, case)


def two_pages(data: ProgressReportData) -> ProgressReportData:
    """The physician's page, and one of the measures with what they were judged by; four charts on the two."""
    charts = [
        replace(chart, lines=tuple(line for line in chart.lines if line.pain_kind is not PainKind.BEST))
        for chart in data.charts
    ]
    pain = [chart for chart in charts if chart.key == "pain"]
    motions = [chart for chart in charts if chart.key != "pain"]
    return replace(
        data,
        measures=data.measures[:6],
        goals=data.goals[:3],
        charts=(*motions[: _CHARTS - len(pain)], *pain),
        strip=TreatmentStrip(),
        marks=(),
        body=None,
        examination=(),
        answers=(),
        care=CarePlan(),
        visits=(),
        signatures=Signatures(),
    )


def page_of(data: ProgressReportData) -> Page:
    """What our report says, part by part as it is laid out, for any renderer to set."""
    load_fonts()
    story, trim = first_page(data)
    return Page(
        f"{data.patient.name} · MRN {data.patient.mrn}", list(_parts([*story, *_later_pages(data, trim)]))
    )


def _parts(flowables: Iterable[Flowable]) -> Iterator[Part]:
    """Texts, tables and figures in the order of reading; what stands side by side comes one after the other."""
    for flowable in flowables:
        match flowable:
            case Section():
                yield Heading(flowable._title)
            case TextBlock():
                yield Words(_text(flowable))
            case Table():
                head, *rows = [tuple(map(_text, row)) for row in flowable._cellvalues]
                if not flowable.repeatRows:
                    head, rows = (), [head, *rows]
                yield Rows(head, tuple(flowable._colWidths), rows)
            case Box():
                yield from _parts([flowable._inside])
            case Columns() if all(_is_chart(stack) for stack in flowable._stacks):
                titles, figures = zip(*flowable._stacks, strict=True)
                yield Shapes([_text(title) for title in titles], [figure.figure for figure in figures])
            case Columns():
                yield from _parts(part for stack in flowable._stacks for part in stack)
                yield from _parts([flowable._foot] if flowable._foot else [])
            case SignatureLine():
                yield Words(f"{flowable._under}\nDate\n{flowable._details}")


def _is_chart(stack: Sequence[Flowable]) -> bool:
    return len(stack) == 2 and isinstance(stack[1], FigureFlowable)


def _text(words: str | TextBlock | Sequence[TextBlock]) -> str:
    if isinstance(words, str):
        return words
    blocks = [words] if isinstance(words, TextBlock) else words
    return "\n".join("".join(piece.text for piece in block._pieces) for block in blocks)


def _check_alike(name: str, pdf: bytes, page: Page) -> None:
    """Every renderer is held to two pages, to every word once for each time that it was given, and to every shape."""
    with pypdfium2.PdfDocument(pdf) as document:
        count = len(document)
        text = " ".join(sheet.get_textpage().get_text_bounded() for sheet in document)
        drawn = sum(
            1 for sheet in document for shape in sheet.get_objects(max_depth=9) if shape.type == _PATH
        )
    given, shapes = Counter[str](), 0
    for part in page.parts:
        match part:
            case Heading(words) | Words(words):
                given.update(_words(words))
            case Rows(head, _, rows):
                given.update(word for row in (head, *rows) for cell in row for word in _words(cell))
            case Shapes(titles, figures):
                given.update(word for title in titles for word in _words(title))
                for figure in figures:
                    given.update(
                        word
                        for shape in figure.shapes
                        if isinstance(shape, Text)
                        for word in _words(shape.text)
                    )
                    shapes += sum(1 for shape in figure.shapes if not isinstance(shape, Text))
    # Without spaces, since two renderers give none back where a line of a cell ends.
    found = re.sub(r"\s", "", text.casefold())
    lacking = [word for word, times in given.items() if found.count(word) < times]
    if count != _PAGES or lacking or drawn < shapes:
        raise AssertionError(f"{name}: {count} pages, lacks {lacking}, {drawn} of {shapes} shapes")


def _words(text: str) -> list[str]:
    """Words as they are compared: a heading may be set in capitals, and a word be broken at its hyphen."""
    return re.findall(r"\w+", text.casefold())


def _milliseconds(make: Callable[[], bytes]) -> float:
    gc.collect()
    began = perf_counter()
    make()
    return (perf_counter() - began) * 1000


if __name__ == "__main__":
    print(table(report_figures()))
