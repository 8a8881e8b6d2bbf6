"""The small chart of one motion or of pain over an episode, on a time axis that all charts of the episode share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ptnotes.domain.treatment import PainKind, Phase
from ptnotes.domain.trend import TrendChart, TrendLine
from ptnotes.domain.wording import full_date, verdict_phrase, with_unit
from ptnotes.figures.placing import spread
from ptnotes.figures.plot import Plot, TimeAxis
from ptnotes.figures.scale import NumberScale
from ptnotes.figures.shapes import Circle, Figure, Line, Rect, Shape, Text, TextMeasure
from ptnotes.figures.trend_parts import (
    LABEL_GAP,
    MOST_TICKS,
    RADIUS,
    TICK_ROOM,
    band,
    cut_words,
    end_labels,
    grid,
    labels_beside,
    legend_of,
    marker,
    normal_text,
    reference_labels,
    references,
    series,
    styles_of,
    upright_scale,
    values_of,
    way_of,
    words_above,
)

TEXT_SIZE = 10.0


@dataclass(frozen=True, slots=True)
class TrendFigure:
    """A chart drawn: the figure, and what is needed to find a visit in it."""

    figure: Figure
    chart: TrendChart
    plot: Plot
    text_size: float


def time_axis(
    charts: Iterable[TrendChart],
    measure: TextMeasure,
    text_size: float = TEXT_SIZE,
    days: Sequence[date] = (),
    least_left: float = 0.0,
) -> TimeAxis:
    """The axis that holds every point and word of `charts` and every one of `days` (visits without a measurement).

    `least_left` is the room in points that something else over the charts needs beside its plot.
    """
    found = set(days)
    left = max(measure("100°", text_size, "regular"), least_left)
    right = measure("normal 100°", text_size, "regular")
    for chart in charts:
        for line in chart.lines:
            if line.points:
                found |= {line.points[0].on, line.points[-1].on}
        found |= {word.on for word in chart.words}
        values = values_of(chart)
        ends = (min(values), max(values)) if values else ()
        widest = max((len(with_unit(value, chart.unit)) for value in ends), default=0)
        left = max(left, measure("0" * widest, text_size, "regular"))
        for text, _, _ in (*reference_labels(chart), *end_labels(chart)):
            right = max(right, measure(text, text_size, "semibold"))
    if not found:
        raise ValueError("a time axis needs a day")
    return TimeAxis(min(found), max(found), left + 8, right + LABEL_GAP + 4)


def trend_figure(
    chart: TrendChart,
    width: float,
    height: float,
    axis: TimeAxis,
    measure: TextMeasure,
    text_size: float = TEXT_SIZE,
) -> TrendFigure:
    """Draw `chart` in `width` by `height` points. The title and the verdict stand outside, with whoever shows it."""
    styles = styles_of(chart, text_size)
    legend = legend_of(chart, styles, width, measure, text_size)
    top = text_size * (1.9 if chart.words else 0.8)
    bottom = height - text_size * 2.0 - legend.height
    scale = _scale_between(chart, top, bottom, text_size)
    shapes: list[Shape] = []
    if cut_words(chart, scale):
        # What is said of the axis has a line of its own over the plot.
        top += text_size * 1.2
        scale = _scale_between(chart, top, bottom, text_size)
    told = cut_words(chart, scale)
    if told:
        shapes.append(Text(0, text_size * 0.9, told[:1].upper() + told[1:], "muted", text_size * 0.92))
    plot = Plot(axis.left, width - axis.right, top, bottom, axis, scale)
    shapes += band(chart, plot)
    shapes += grid(chart, plot, measure, text_size)
    shapes += references(chart, plot)
    shapes += words_above(chart, plot, measure, text_size)
    for line in sorted(chart.lines, key=lambda line: (line.is_main, line.phase is Phase.BEFORE)):
        shapes += series(line, styles[way_of(line)], plot)
    shapes += labels_beside(chart, styles, plot, measure, text_size)
    shapes += legend.at(height - legend.height)
    label = f"{chart_label(chart)} The {told}." if told else chart_label(chart)
    return TrendFigure(Figure(width, height, tuple(shapes), label), chart, plot, text_size)


def _scale_between(chart: TrendChart, top: float, bottom: float, text_size: float) -> NumberScale:
    """The upright scale with as many ticks as there is room for."""
    return upright_scale(chart, min(int((bottom - top) / (TICK_ROOM * text_size)) + 1, MOST_TICKS))


def highlight(trend: TrendFigure, session_id: int, on: date, measure: TextMeasure) -> tuple[Shape, ...]:
    """What lights up one visit on a chart: a line at its day, and each of its values marked and written."""
    plot, size = trend.plot, trend.text_size
    x = plot.x_of(on)
    shapes: list[Shape] = [Line(x, plot.top - 4, x, plot.bottom, "accent", 1.0)]
    styles = styles_of(trend.chart, size)
    found = [
        (line, point) for line in trend.chart.lines for point in line.points if point.session_id == session_id
    ]
    if not found:
        return tuple(shapes)
    texts = [with_unit(point.value, trend.chart.unit) for _, point in found]
    wide = max(measure(text, size, "semibold") for text in texts) + 8
    on_left = x + 8 + wide > trend.figure.width
    places = spread([plot.y_of(point.value) for _, point in found], size * 1.5, plot.top, plot.bottom)
    for (line, point), text, place in zip(found, texts, places, strict=True):
        style = styles[way_of(line)]
        ink, y = style.ink_of(line.phase), plot.y_of(point.value)
        start = x - 8 - wide if on_left else x + 8
        shapes.append(Circle(x, y, (RADIUS + 3) * style.scale, "surface", ink, 1.5))
        shapes.append(marker(x, y, style, line.phase))
        shapes.append(Rect(start, place - size * 0.75, wide, size * 1.5, "surface", ink, 1.0, 3.0))
        shapes.append(Text(start + wide / 2, place + size * 0.36, text, ink, size, "semibold", "middle"))
    return tuple(shapes)


def chart_label(chart: TrendChart) -> str:
    """The chart in one or two sentences, for those who hear it read."""
    title = chart.title if not chart.note else f"{chart.title}, {chart.note}"
    main = next((line for line in chart.lines if line.is_main), None)
    if main is None or not main.points:
        words = ", ".join(f"{word.label} on {full_date(word.on)}" for word in chart.words[-3:])
        return f"{title}: {words}." if words else f"{title}: not measured yet."
    first, last = main.points[0], main.points[-1]
    parts = [f"{with_unit(first.value, chart.unit)} on {full_date(first.on)}"]
    if len(main.points) > 1:
        parts.append(f"{with_unit(last.value, chart.unit)} on {full_date(last.on)}")
    if chart.verdict is not None:
        parts.append(verdict_phrase(chart.verdict, chart.unit))
    if chart.goal is not None:
        parts.append(f"goal {with_unit(chart.goal, chart.unit)}")
    if chart.normal_low is not None:
        parts.append(normal_text(chart))
    count = len(main.points)
    others = "".join(
        f" {_line_words(line, main, chart.unit)}." for line in chart.lines if line is not main and line.points
    )
    return f"{title}: {'; '.join(parts)}. {count} {'measurement' if count == 1 else 'measurements'}.{others}"


def _line_words(line: TrendLine, main: TrendLine, unit: str) -> str:
    """Another series of a chart: what it is, its first value and its last: ``After treatment: 7 to 3``."""
    kind = line.pain_kind.value if line.pain_kind is not None and line.pain_kind is not PainKind.NOW else ""
    taken = line.label if line.pain_kind is None and way_of(line) != way_of(main) else ""
    when = {Phase.BEFORE: "before treatment", Phase.AFTER: "after treatment"}.get(line.phase, "")
    name = ", ".join(part for part in (kind, taken, when) if part) or "now"
    values = [with_unit(line.points[place].value, unit) for place in (0, -1)]
    return f"{name[:1].upper()}{name[1:]}: {' to '.join(values if len(line.points) > 1 else values[:1])}"
