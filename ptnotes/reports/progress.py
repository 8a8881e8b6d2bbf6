"""The progress report: one page for the physician, then every measure, what it was judged against, and every visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from reportlab.platypus import CondPageBreak, Flowable, PageBreak

from ptnotes.domain.people import NormalValues
from ptnotes.domain.treatment import PainKind
from ptnotes.domain.wording import full_date, signed, threshold_words, verdict_words
from ptnotes.figures.spine import levels_round, spine_figure
from ptnotes.figures.vertebrae import LEVELS
from ptnotes.reports.blocks import (
    CELL_QUIET,
    CELL_RIGHT,
    CELL_RIGHT_BOLD,
    Column,
    Columns,
    Section,
    space,
    stack_height,
    table,
)
from ptnotes.reports.body_section import body_section
from ptnotes.reports.document import text_width_pt
from ptnotes.reports.examination_section import answers_section, examination_section
from ptnotes.reports.figure_flowable import FigureFlowable, text_width
from ptnotes.reports.last_page import make_filled_pdf
from ptnotes.reports.letterhead import section
from ptnotes.reports.paper import GAP_PT, INKS, spacing
from ptnotes.reports.plan_section import plan_section
from ptnotes.reports.progress_data import CarePlan, GoalLine, MeasureRow, ProgressReportData, Reading
from ptnotes.reports.progress_head import head_in_full
from ptnotes.reports.progress_page import (
    Trim,
    change_unit,
    chart_stack,
    first_page,
    goal_rows,
    plan_paragraphs,
    strip_pt,
    treatment_table,
    usual_day,
)
from ptnotes.reports.signed_section import added_section, against_section, imprint, signatures_section
from ptnotes.reports.typeset import QUIET, Span, Words, paragraph, quiet

__all__ = ["ProgressReportData", "render_progress_report"]

_NO_LIMIT = 1_000_000
_CHARTS_A_ROW = 2
_CHART_PT, _CHART_TITLE_PT = 102.0, 40.0
_HEADING_PT = 40.0
_SPINE_PT, _LEVEL_PT, _MOST_SPINE_PT, _SPINE_TEXT_PT = 170.0, 18.0, 330.0, 7.5
_NORMAL_SOURCES = {
    NormalValues.AAOS: "American Academy of Orthopaedic Surgeons (AAOS)",
    NormalValues.AMA: "American Medical Association (AMA)",
}


def render_progress_report(data: ProgressReportData) -> bytes:
    """The report as a PDF; the same data give the same bytes.

    Raises `MissingGlyphError` for a character that no font has, `InputError` for a logo that is no picture.
    """
    return make_filled_pdf(lambda: _story(data), imprint(data, "Progress report"))


def _story(data: ProgressReportData) -> list[Flowable]:
    with spacing(is_tight=False):
        story, trim = first_page(data)
    later = list(_later_pages(data, trim))
    return [*story, PageBreak(), *later] if later else story


def _later_pages(data: ProgressReportData, trim: Trim) -> Iterator[Flowable]:
    width = text_width_pt(data.paper)
    yield from head_in_full(data, trim.head)
    if data.measures:
        yield from section("Every measure")
        yield every_measure(data, width)
        yield from how_judged(data)
    yield from _more_charts(data, trim, width)
    levels, care = _levels_treated(data, trim, width)
    yield from levels
    yield from body_section(data.body, width)
    yield from examination_section(data.examination, width)
    yield from answers_section(data.answers, width)
    if len(data.treatments) > trim.treatments:
        yield from section("All techniques of the period")
        yield from treatment_table(data, _NO_LIMIT, width)
    yield from plan_section(care, width)
    if _was_cut(data, trim):
        yield from section("Assessment and plan in full")
        yield space(3)
        yield from plan_paragraphs(data, _NO_LIMIT)
    if data.visits:
        yield from section("Every visit")
        yield _every_visit(data, width)
    yield from against_section(data.against, width)
    yield from added_section(data.signatures, width)
    yield from signatures_section(data.signatures, width)


def every_measure(data: ProgressReportData, width: float) -> Flowable:
    """Each measure first and now, its change and what that means; what was not taken on its column's day says when."""
    first_on = usual_day([row.first for row in data.measures])
    now_on = usual_day([row.now for row in data.measures])
    # Shares are about the points that the longest usual text needs.
    columns = [
        Column("Measure", 114),
        Column("How", 147, CELL_QUIET),
        Column(_dated("First", first_on), 51, CELL_RIGHT),
        Column(_dated("Now", now_on), 51, CELL_RIGHT_BOLD),
        Column("Change", 37, CELL_RIGHT),
        Column("Meaning of the change", 112),
    ]
    return table(columns, [_measure_cells(row, first_on, now_on) for row in data.measures], width)


def _dated(heading: str, on: date | None) -> str:
    return f"{heading}\n{full_date(on)}" if on else heading


def _measure_cells(row: MeasureRow, first_on: date | None, now_on: date | None) -> list[Words]:
    change = row.verdict.change if row.verdict is not None else None
    return [
        row.label,
        row.how,
        _value(row.first, first_on),
        _value(row.now, now_on),
        signed(change, change_unit(row.unit)) if change is not None else "",
        verdict_words(row.verdict) if row.verdict is not None else "",
    ]


def _value(reading: Reading | None, usual: date | None) -> Words:
    if reading is None:
        return ""
    if reading.on == usual:
        return reading.text
    return [Span(f"{reading.text}\n"), quiet(full_date(reading.on).replace(" ", "\u00a0"), 7.5)]


def how_judged(data: ProgressReportData) -> Iterator[Flowable]:
    """What each change was set against and who published it; measures with the same rule share a line."""
    labels: dict[str, list[str]] = {}
    for row in data.measures:
        if row.verdict is not None:
            labels.setdefault(threshold_words(row.verdict, row.unit), []).append(row.label)
    if not labels and not data.method_notes:
        return
    yield from section("How change was judged")
    columns = [Column("Measure", 1), Column("Judged against", 3.6)]
    if labels:
        yield table(
            columns, [[", ".join(names), rule] for rule, names in labels.items()], text_width_pt(data.paper)
        )
    notes = list(data.method_notes)
    if any(row.normal for row in data.measures):
        notes.append(
            f"Normal values: {_NORMAL_SOURCES[data.clinic.normal_values]}, else the published range."
        )
    for note in notes:
        yield space(4)
        yield paragraph(note, QUIET)


def _more_charts(data: ProgressReportData, trim: Trim, width: float) -> Iterator[Flowable]:
    """Every chart that the first page did not show whole, in rows of two."""
    on_first = data.page_charts if trim.chart_pt else ()
    charts = [
        chart
        for chart in data.charts
        if chart.key not in on_first or any(line.pain_kind is PainKind.BEST for line in chart.lines)
    ]
    if not charts:
        return
    strip = strip_pt(data.strip, (width - GAP_PT) / 2)
    yield from section("Over the episode", strip + _CHART_PT + _CHART_TITLE_PT)
    room = (width - GAP_PT * (_CHARTS_A_ROW - 1)) / _CHARTS_A_ROW
    for start in range(0, len(charts), _CHARTS_A_ROW):
        row = charts[start : start + _CHARTS_A_ROW]
        stacks: list[list[Flowable]] = [
            chart_stack(chart, charts, (room, _CHART_PT), data.strip, has_strip=start == 0) for chart in row
        ]
        stacks += [[] for _ in range(_CHARTS_A_ROW - len(row))]
        yield space(5)
        yield Columns(stacks, [1] * _CHARTS_A_ROW)


def _levels_treated(data: ProgressReportData, trim: Trim, width: float) -> tuple[list[Flowable], CarePlan]:
    """The spine as the screen shows it, at the levels round what was treated; beside it all goals and the problems, as
    many of each as have room, and under it the rest. What of the plan is still to be told goes with it.
    """
    goals = data.goals if len(data.goals) > trim.goals else ()
    levels = levels_round(data.marks)
    if levels is None:
        return list(_goals(data, goals, "All goals", width)), data.care
    shown = LEVELS.index(levels[1]) - LEVELS.index(levels[0]) + 1
    height = min(shown * _LEVEL_PT, _MOST_SPINE_PT)
    drawn = spine_figure(_SPINE_PT, height, data.marks, text_width, _SPINE_TEXT_PT, levels)
    words = ["From behind, the patient’s left at the left."]
    if any(not mark.at_latest_visit for mark in data.marks):
        words.append("Filled: at the latest visit of the period. Outlined: before.")
    if drawn.elsewhere:
        words.append("What was treated elsewhere stands among the techniques.")
    shares = [1.0, 2.0]
    room = Columns([], shares).column_widths(width)[1]
    beside: list[Flowable] = [paragraph(" ".join(words), QUIET)]

    def taken(part: Callable[[int], Iterator[Flowable]], count: int) -> int:
        """Stand as many of `count` beside the spine as there is room for, and say how many those are."""
        above = list(beside)
        for number in range(1, count + 1):
            tried = [*above, *(one for one in part(number) if not isinstance(one, CondPageBreak))]
            if stack_height(tried, room, height) > height:
                return number - 1
            beside[:] = tried
        return count

    told = taken(lambda number: _goals(data, goals[:number], "All goals", room), len(goals))
    problems = data.care.problems
    goals_alone = list(beside)
    listed = taken(lambda number: plan_section(CarePlan(problems=problems[:number]), room), len(problems))
    if told and listed < len(problems):
        # A list is parted only where the place beside the spine would be empty without it.
        beside, listed = goals_alone, 0
    figure = Columns([[FigureFlowable(drawn.figure, INKS)], beside], shares)
    story = [CondPageBreak(height + _HEADING_PT), Section("Levels treated"), space(4), figure]
    story += _goals(data, goals[told:], "More goals" if told else "All goals", width)
    left = CarePlan(problems=problems[listed:])
    story += plan_section(left, width, "More problems" if listed else "Problems")
    return story, replace(data.care, problems=())


def _goals(
    data: ProgressReportData, goals: tuple[GoalLine, ...], title: str, width: float
) -> Iterator[Flowable]:
    """These goals of the report under a heading; nothing without any."""
    if goals:
        yield from section(title)
        yield from goal_rows(replace(data, goals=goals), len(goals), width)


def _was_cut(data: ProgressReportData, trim: Trim) -> bool:
    told = (data.narrative.statement, data.narrative.assessment, data.narrative.plan)
    texts = [reading.text for reading in told if reading is not None] + [data.prognosis]
    return any(len(text) > trim.letters for text in texts)


def _every_visit(data: ProgressReportData, width: float) -> Flowable:
    by_key = {chart.key: chart.title for chart in data.charts}
    columns = [
        Column("Visit", 0.4, CELL_RIGHT),
        Column("Date", 1.2),
        Column("Kind", 1.15, CELL_QUIET),
        Column("Done", 4.05),
        Column("Pain", 0.65, CELL_RIGHT),
        Column(by_key.get(data.key_motion, "Motion"), 1.25, CELL_RIGHT),
        Column("Minutes", 0.65, CELL_RIGHT),
    ]
    rows: list[list[Words]] = [
        [
            str(visit.number) if visit.number is not None else "–",
            full_date(visit.on),
            visit.kind,
            visit.done,
            visit.pain,
            visit.motion,
            str(visit.minutes) if visit.minutes is not None else "",
        ]
        for visit in data.visits
    ]
    return table(columns, rows, width)
