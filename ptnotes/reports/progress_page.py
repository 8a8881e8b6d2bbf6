"""The first page of a progress report: everything a physician needs, conclusion first, and never more than the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reportlab.platypus import Flowable

from ptnotes.domain.change import Direction, Meaning, Verdict
from ptnotes.domain.conclusion import Request
from ptnotes.domain.treatment import PainKind, Phase
from ptnotes.domain.treatment_strip import TreatmentStrip
from ptnotes.domain.trend import TrendChart
from ptnotes.domain.wording import day_and_month, difference, full_date, how_many, signed, verdict_words
from ptnotes.figures.trend_chart import time_axis, trend_figure
from ptnotes.figures.trend_strip import label_room, strip_figure, strip_height
from ptnotes.reports.blocks import (
    CELL,
    CELL_BOLD,
    CELL_QUIET,
    CELL_RIGHT,
    CELL_RIGHT_BOLD,
    Column,
    Columns,
    ProgressBar,
    Section,
    SignatureLine,
    space,
    stack_height,
    table,
)
from ptnotes.reports.document import text_height_pt, text_width_pt
from ptnotes.reports.figure_flowable import FigureFlowable, text_width
from ptnotes.reports.letterhead import signature_line
from ptnotes.reports.paper import GAP_PT, INKS
from ptnotes.reports.progress_data import MeasureRow, ProgressReportData, Reading
from ptnotes.reports.progress_head import report_head
from ptnotes.reports.typeset import (
    BODY,
    CAPTION,
    QUIET,
    QUIET_SMALL,
    Span,
    Words,
    bold,
    paragraph,
    quiet,
)

_CHART_TEXT_PT = 7.5
_SMALLEST_PT = 6.5
_CHART_SPACE_PT = 20.0
_NO_STRIP = TreatmentStrip()
_MARKS = (("band: measurement error", "band: error"), ("hollow: after treatment", "hollow: after"))
"""What is drawn in a chart, in full and in short."""


@dataclass(frozen=True, slots=True)
class Trim:
    """How much of each part the page takes. Whatever is left out stands on the pages after it.

    `head` is how many diagnoses the head has, and how many letters of each.
    """

    measures: int
    treatments: int
    goals: int
    letters: int
    chart_pt: float = 0.0
    head: tuple[int, int] = (0, 0)


# From roomy to tight; the first that leaves room for the charts is taken, and they take the room.
_TRIMS = (
    Trim(6, 6, 9, 800),
    Trim(6, 4, 7, 480),
    Trim(6, 3, 5, 320),
    Trim(6, 3, 3, 260),
    Trim(6, 3, 2, 220),
    Trim(5, 3, 2, 220),
    Trim(4, 2, 2, 140),
    Trim(4, 1, 2, 140),
)
_LEAST_CHART_PT = 78.0
_GOOD_CHART_PT = 100.0
_MOST_CHART_PT = 190.0


def first_page(data: ProgressReportData) -> tuple[list[Flowable], Trim]:
    """The page's flowables, and what it took of each part."""
    width, height = text_width_pt(data.paper), text_height_pt(data.paper)
    head, limits = report_head(data, width)
    above: list[Flowable] = []
    below: list[Flowable] = []
    room = 0.0
    trim = _TRIMS[-1]
    least_pt = _LEAST_CHART_PT + _CHART_SPACE_PT if data.page_charts else 0
    for trim in _TRIMS:
        above = [*head, *_above_charts(data, trim, width)]
        below = list(_below_charts(data, trim, width))
        room = height - stack_height([*above, *below], width, height)
        if room >= least_pt:
            break
    # Goals come before larger charts: as many as leave the charts what they need.
    for count in range(min(len(data.goals), _TRIMS[0].goals), trim.goals, -1):
        wanted = list(_below_charts(data, replace(trim, goals=count), width))
        left = height - stack_height([*above, *wanted], width, height)
        if left >= (least_pt if room >= least_pt else 0):
            below, room, trim = wanted, left, replace(trim, goals=count)
            break
    above_charts_pt = strip_pt(data.strip, (width - GAP_PT) / 2)
    # The charts come first: what was done stands over them only where they stay large enough to be read well.
    strip = data.strip if room - _CHART_SPACE_PT - above_charts_pt >= _GOOD_CHART_PT else _NO_STRIP
    chart_pt = min(room - _CHART_SPACE_PT - (above_charts_pt if strip.lanes else 0.0), _MOST_CHART_PT)
    if not data.page_charts or chart_pt < _LEAST_CHART_PT:
        return [*above, *below], replace(trim, head=limits)
    charts = [space(_CHART_SPACE_PT - CAPTION.leading), _charts(data, chart_pt, width, strip)]
    return [*above, *charts, *below], replace(trim, chart_pt=chart_pt, head=limits)


def shown_measures(data: ProgressReportData, count: int) -> list[MeasureRow]:
    """The `count` measures that tell most, in the report's order: real changes, those with a goal, pain, key motion."""

    def weight(row: MeasureRow) -> tuple[bool, int]:
        is_real = row.verdict is not None and row.verdict.is_real
        is_key = row.chart_key in ("pain", data.key_motion) and bool(row.chart_key)
        return row.now is not None, 2 * is_real + 2 * bool(row.goal) + 3 * is_key + (row.verdict is not None)

    ranked = sorted(range(len(data.measures)), key=lambda place: weight(data.measures[place]), reverse=True)
    kept = set(ranked[:count])
    return [row for place, row in enumerate(data.measures) if place in kept]


def chart_stack(
    chart: TrendChart,
    charts: Sequence[TrendChart],
    size: tuple[float, float],
    strip: TreatmentStrip = _NO_STRIP,
    *,
    has_strip: bool = True,
) -> list[Flowable]:
    """A chart of `size` points under its title, on the time axis that `charts` share; over it what was done.

    Of charts that stand below each other only the first `has_strip`; all of them are given it, for their axis.
    """
    days = [mark.on for lane in strip.lanes for mark in lane.marks]
    room = label_room(strip, text_width, _CHART_TEXT_PT)
    axis = time_axis(charts, text_width, _CHART_TEXT_PT, days, room)
    above: list[Flowable] = []
    if strip.lanes and has_strip:
        told = strip_figure(strip, size[0], axis, text_width, _CHART_TEXT_PT)
        words = [Span("What was done")]
        if told.joins:
            words.append(quiet("   long mark: visits too close to draw apart", _SMALLEST_PT))
        above = [paragraph(words, CAPTION), FigureFlowable(told.figure, INKS)]
    drawn = trend_figure(chart, *size, axis, text_width, _CHART_TEXT_PT)
    return [*above, _caption(chart, size[0]), FigureFlowable(drawn.figure, INKS)]


def _caption(chart: TrendChart, width: float) -> Flowable:
    """The chart's title with what is drawn in it, said as fully as one line has room for."""
    marks = [words for words, is_drawn in zip(_MARKS, _drawn(chart), strict=True) if is_drawn]
    in_full, in_short = (
        paragraph(
            [Span(chart.title), quiet("   " + "; ".join(mark[told] for mark in marks), _SMALLEST_PT)], CAPTION
        )
        for told in (0, 1)
    )
    is_one_line = stack_height([in_full], width, _MOST_CHART_PT) <= CAPTION.leading
    return in_full if is_one_line else in_short


def _drawn(chart: TrendChart) -> tuple[bool, bool]:
    """Which of `_MARKS` the chart has."""
    return chart.error is not None, any(line.phase is Phase.AFTER for line in chart.lines)


def strip_pt(strip: TreatmentStrip, width: float) -> float:
    """How tall what was done is over a chart of that width, with its title; 0 where nothing was."""
    tall = strip_height(strip, width, text_width, _CHART_TEXT_PT)
    return tall + CAPTION.leading if tall else 0.0


def _above_charts(data: ProgressReportData, trim: Trim, width: float) -> Iterator[Flowable]:
    if data.measures:
        yield Section("Objective change" if _is_compared(data.measures) else "Objective measures")
        yield _measures_table(data, shown_measures(data, trim.measures), width)
        left_out = len(data.measures) - trim.measures
        if left_out > 0:
            yield space(2)
            yield paragraph(f"{how_many(left_out, 'more measure')} on the next pages.", QUIET_SMALL)


def _below_charts(data: ProgressReportData, trim: Trim, width: float) -> Iterator[Flowable]:
    if data.treatments or data.other_services:
        yield Section(_treatment_title(data))
        yield from treatment_table(data, trim.treatments, width)
    yield space(9)
    yield _goals_and_plan(data, trim, width)


def _measures_table(data: ProgressReportData, rows: Sequence[MeasureRow], width: float) -> Flowable:
    """First visit, last report or the reading before, now, change, goal, normal, and what the change means."""
    earlier = "Last report" if data.last_report_on else "Previous"
    dates = [usual_day([row.first for row in rows]), usual_day([row.earlier for row in rows])]
    dates.append(usual_day([row.now for row in rows]))
    has_earlier = any(row.earlier is not None for row in rows)
    has_normal = any(row.normal for row in rows)
    has_goal = any(row.goal for row in rows)
    compared = _is_compared(rows)
    # Shares are about the points that the longest usual text needs, so that A4 has no line broken either.
    columns = [Column("Measure", 110)]
    columns += [Column(_dated("First", dates[0]), 40, CELL_RIGHT)] if compared else []
    columns += [Column(_dated(earlier, dates[1]), 54, CELL_RIGHT)] if has_earlier else []
    columns.append(Column(_dated("Now", dates[2]), 40, CELL_RIGHT_BOLD))
    columns += [Column("Change", 37, CELL_RIGHT)] if compared else []
    columns += [Column("Goal", 40, CELL_RIGHT)] if has_goal else []
    columns += [Column("Normal", 42, CELL_RIGHT)] if has_normal else []
    columns.append(Column("Meaning of the change", 147) if compared else Column("How", 147, CELL_QUIET))
    cells: list[list[Words]] = []
    for row in rows:
        change = row.verdict.change if row.verdict is not None else None
        line: list[Words] = [row.label]
        line += [_value(row.first, dates[0])] if compared else []
        line += [_value(row.earlier, dates[1])] if has_earlier else []
        line.append(_value(row.now, dates[2]))
        line += [signed(change, change_unit(row.unit)) if change is not None else ""] if compared else []
        line += [row.goal] if has_goal else []
        line += [row.normal] if has_normal else []
        line.append(_meaning(row.verdict, row.unit) if compared else row.how)
        cells.append(line)
    return table(columns, cells, width)


def _is_compared(rows: Sequence[MeasureRow]) -> bool:
    return any(row.first is not None for row in rows)


def usual_day(readings: Sequence[Reading | None]) -> date | None:
    """The day on which most of them were taken, the latest of such; None without any."""
    days = Counter(reading.on for reading in readings if reading is not None)
    return max(days, key=lambda day: (days[day], day), default=None)


def _dated(heading: str, on: date | None) -> str:
    return f"{heading}\n{day_and_month(on)}" if on else heading


def _value(reading: Reading | None, usual: date | None) -> Words:
    """A value; one that was not taken on its column's day says when it was."""
    if reading is None:
        return ""
    if reading.on == usual:
        return reading.text
    return [quiet(f"{_unbroken(day_and_month(reading.on))} ", _SMALLEST_PT), Span(_unbroken(reading.text))]


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")


def change_unit(unit: str) -> str:
    """The unit of a change in its column: points of a per cent need no word beside the two values they part."""
    return "" if unit == "percent" else unit


def _meaning(verdict: Verdict | None, unit: str) -> Words:
    """The verdict behind a mark: filled where the change is real, down-pointing and red where it is for the worse."""
    if verdict is None:
        return ""
    words = verdict_words(verdict)
    if verdict.threshold is not None:
        bound = "<" if verdict.meaning in (Meaning.WITHIN_ERROR, Meaning.BELOW_IMPORTANT) else "≥"
        whose = "our\u00a0" if verdict.own is not None else ""
        words += f" ({whose}{bound}\u00a0{_unbroken(difference(verdict.threshold, unit))})"
    if verdict.is_real and verdict.direction is Direction.WORSE:
        return [Span("▼ ", ink="danger", is_mark=True), Span(words)]
    sign, ink = ("● ", "accent") if verdict.is_real else ("○ ", "muted")
    return [Span(sign, ink=ink, is_mark=True), Span(words)]


def _charts(data: ProgressReportData, height: float, width: float, strip: TreatmentStrip) -> Flowable:
    by_key = {chart.key: chart for chart in data.charts}
    shown = [_without_best(by_key[key]) for key in data.page_charts]
    half = (width - GAP_PT) / 2
    stacks = [chart_stack(chart, shown, (half, height), strip) for chart in shown]
    return Columns(stacks if len(stacks) > 1 else [*stacks, []], [1, 1])


def _without_best(chart: TrendChart) -> TrendChart:
    """The chart without the pain at its best: worst, before and after say what a physician asks."""
    return replace(chart, lines=tuple(line for line in chart.lines if line.pain_kind is not PainKind.BEST))


def _treatment_title(data: ProgressReportData) -> str:
    return "Treatment since the last report" if data.last_report_on else "Treatment"


def treatment_table(data: ProgressReportData, count: int, width: float) -> Iterator[Flowable]:
    """The first `count` techniques of the period, and the other services in one line."""
    columns = [
        Column("Level and technique", 2.9),
        Column("Grade", 0.9),
        Column("Dose", 1),
        Column("Visits", 0.5, CELL_RIGHT),
        Column("Response", 2.2),
    ]
    rows: list[list[Words]] = [
        [line.words, line.grades, line.dose, str(line.visits), line.response]
        for line in data.treatments[:count]
    ]
    if rows:
        yield table(columns, rows, width)
    if len(data.treatments) > count:
        yield space(2)
        yield paragraph(
            f"{how_many(len(data.treatments) - count, 'more technique')} on the next pages.", QUIET_SMALL
        )
    if data.other_services:
        yield space(3)
        yield paragraph([quiet("Also: "), Span("; ".join(data.other_services) + ".")], BODY)


def _goals_and_plan(data: ProgressReportData, trim: Trim, width: float) -> Flowable:
    half = (width - GAP_PT) / 2
    goals: list[Flowable] = [Section("Goals", 0), *goal_rows(data, trim.goals, half)]
    plan: list[Flowable] = [Section("Assessment and plan", 0), space(3), *plan_paragraphs(data, trim.letters)]
    if data.asked.request is Request.SIGNATURE:
        plan.append(_their_signature(data))
    return Columns([goals, plan], [1, 1], foot=signature_line(data))


def goal_rows(data: ProgressReportData, count: int, width: float) -> list[Flowable]:
    """Each of the first `count` goals in words over its bar and how far it is; one that is closed in a line."""
    if not data.goals:
        return [space(3), paragraph("No measurable goal is set.", QUIET)]
    rows: list[Flowable] = []
    for goal in data.goals[:count]:
        if not goal.is_open:
            rows += [space(3), paragraph([bold(f"{goal.words}: "), quiet(goal.standing)], CELL)]
            continue
        rows += [space(3), paragraph(goal.words, CELL_BOLD)]
        told: list[Span] = [quiet(goal.standing)]
        if goal.due:
            due = f"due {_day(goal.due, data)}"
            told.append(Span(f" · was {due}", None, "danger") if goal.is_past_due else quiet(f" · {due}"))
        standing = paragraph(told, QUIET_SMALL)
        if goal.share is None:
            rows.append(standing)
        else:
            bar_pt = width * 0.17
            rows.append(Columns([[ProgressBar(goal.share)], [standing]], [bar_pt, width - bar_pt - 10], 10))
    if len(data.goals) > count:
        rest = data.goals[count:]
        closed = sum(not goal.is_open for goal in rest)
        which = f", {'all' if closed == len(rest) else closed} of them closed" if closed else ""
        if closed == len(rest) == 1:
            which = ", closed"
        rows.append(paragraph(f"{how_many(len(rest), 'more goal')} on the next pages{which}.", QUIET_SMALL))
    return rows


def _day(on: date, data: ProgressReportData) -> str:
    """A date; its year only where it is not the report's."""
    return day_and_month(on) if on.year == data.last_on.year else full_date(on)


def plan_paragraphs(data: ProgressReportData, letters: int) -> list[Flowable]:
    """What the patient said, the assessment, the plan, prognosis and precaution; each text cut after `letters`."""
    narrative = data.narrative
    told: list[list[Span]] = [[], [], []]
    if data.precaution:
        told[0] = [Span("Precaution: ", CELL_BOLD.font, "danger"), Span(data.precaution)]
    for place, label, reading in (
        (1, "Patient says: ", narrative.statement),
        (1, "Assessment: ", narrative.assessment),
        (2, "Plan: ", narrative.plan),
    ):
        if reading is not None:
            told[place] += [bold(label), Span(cut(reading.text, letters)), _if_older(reading, data)]
    if data.prognosis:
        told[2] += [bold("Prognosis: "), Span(cut(data.prognosis, letters))]
    if not any(told):
        return [paragraph("No assessment or plan has been written in this period.", QUIET)]
    spaced = [part for spans in told if spans for part in (paragraph(spans, CELL), space(3))]
    return spaced[:-1]


def _if_older(reading: Reading, data: ProgressReportData) -> Span:
    """The day of words that are not of the period's last visit."""
    return quiet(f" ({day_and_month(reading.on)})") if reading.on != data.last_on else Span(" ")


def cut(text: str, letters: int, where: str = "on the next pages") -> str:
    """`text`, or its first words with a sign `where` it stands in full."""
    if len(text) <= letters:
        return text
    head = text[:letters].rsplit(None, 1)[0].rstrip(" ,;.")
    return f"{head} … (in full {where})"


def _their_signature(data: ProgressReportData) -> Flowable:
    by = f", due by {full_date(data.asked.by)}" if data.asked.by else ""
    what = "To renew" if data.due.renews else "For"
    return SignatureLine(data.referrer or "Physician", f"{what} the plan of care{by}")
