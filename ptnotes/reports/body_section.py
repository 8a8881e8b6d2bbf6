"""The body chart on paper: the first and the latest side by side, every mark in words, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import CondPageBreak, Flowable

from ptnotes.domain.body_chart import DatedChart, ToldCourse
from ptnotes.domain.treatment import BodyView
from ptnotes.domain.wording import full_date
from ptnotes.figures.body_figure import body_figure, body_height, views_to_show
from ptnotes.reports.blocks import Columns, Section, space
from ptnotes.reports.figure_flowable import FigureFlowable, text_width
from ptnotes.reports.paper import GAP_PT, INKS
from ptnotes.reports.typeset import CAPTION, QUIET_SMALL, SMALL, paragraph

_TEXT_PT = 7.0
_TALLEST_PT = 230.0
_KEY = (
    "As the patient says. Shaded: pain. Dots: pins and needles. Hatched: numbness. Broken edge with a check mark: "
    "asked about, no symptoms there. R and L are the patient’s right and left."
)


def body_section(told: ToldCourse | None, width: float) -> Iterator[Flowable]:
    """The section, `width` points wide; nothing where no chart was drawn."""
    if told is None:
        return
    first, latest = told.course.first, told.course.latest
    views = views_to_show(first.marks, latest.marks if latest is not None else ())
    room = (width - GAP_PT) / 2
    height = min(body_height(room, _TEXT_PT, views), _TALLEST_PT)
    titles = ("First", "Latest") if latest is not None else ("Drawn",)
    charts = [(first, told.first_lines), *([(latest, told.latest_lines)] if latest is not None else [])]
    stacks: list[list[Flowable]] = [
        _stack(f"{title}, {full_date(chart.on)}", chart, lines, views, (room, height))
        for title, (chart, lines) in zip(titles, charts, strict=True)
    ]
    stacks += [[] for _ in range(2 - len(stacks))]
    yield CondPageBreak(height + 110)
    yield Section("Body chart")
    yield space(4)
    yield Columns(stacks, [1, 1])
    for sentence in told.changes:
        yield space(3)
        yield paragraph(sentence)
    yield space(4)
    yield paragraph(_KEY, QUIET_SMALL)


def _stack(
    title: str,
    chart: DatedChart,
    lines: Sequence[str],
    views: Sequence[BodyView],
    size: tuple[float, float],
) -> list[Flowable]:
    drawn = body_figure(*size, chart.marks, text_width, _TEXT_PT, label="; ".join(lines), views=views)
    return [
        paragraph(title, CAPTION),
        space(3),
        FigureFlowable(drawn.figure, INKS),
        space(3),
        *(paragraph(line, SMALL) for line in lines),
    ]
