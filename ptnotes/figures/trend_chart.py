"""The small chart of one motion or of pain over an episode, on a time axis that all charts of the episode share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from ptnotes.domain.treatment import PainKind, Phase
from ptnotes.domain.trend import TrendChart, TrendLine, TrendPoint
from ptnotes.domain.wording import full_date, number, verdict_phrase, with_unit
from ptnotes.figures.placing import spread
from ptnotes.figures.scale import NumberScale, date_ticks, number_scale
from ptnotes.figures.shapes import (
    Anchor,
    Circle,
    Figure,
    Ink,
    Line,
    Point,
    Polygon,
    Polyline,
    Rect,
    Shape,
    Text,
    TextMeasure,
    Weight,
)

TEXT_SIZE = 10.0
_LABEL_GAP = 10.0  # from the plot's right edge to the labels beside it
_TICK_ROOM = 26.0  # least height between two ticks of the upright scale
_MARKER_ROOM = 6.0  # least width a visit needs for its marker to be told from the next
_RADIUS = 2.6
_OTHER_INKS: tuple[Ink, ...] = ("series_2", "series_3", "series_4")
_PAIN_PLACE = {PainKind.NOW: 0, PainKind.WORST: 1, PainKind.BEST: 2, PainKind.MOVEMENT: 3}


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The days `first` to `last`, and the room beside the plot, alike for every chart that is to be read together."""

    first: date
    last: date
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the data lie: the plot's edges in the figure, the axis of time and the upright scale."""

    left: float
    right: float
    top: float
    bottom: float
    axis: TimeAxis
    scale: NumberScale

    def x_of(self, on: date) -> float:
        """Where the day `on` lies; a single day lies at the left edge."""
        days = (self.axis.last - self.axis.first).days
        return (
            self.left + (self.right - self.left) * (on - self.axis.first).days / days if days else self.left
        )

    def y_of(self, value: Decimal) -> float:
        """Where `value` lies."""
        share = float((value - self.scale.low) / (self.scale.high - self.scale.low))
        return self.bottom - (self.bottom - self.top) * share


@dataclass(frozen=True, slots=True)
class TrendFigure:
    """A chart drawn: the figure, and what is needed to find a visit in it."""

    figure: Figure
    chart: TrendChart
    plot: Plot
    text_size: float


@dataclass(frozen=True, slots=True)
class _Style:
    """How one way of measuring looks: its ink and the place of its marker's form."""

    ink: Ink
    form: int


def time_axis(
    charts: Iterable[TrendChart],
    measure: TextMeasure,
    text_size: float = TEXT_SIZE,
    days: Sequence[date] = (),
) -> TimeAxis:
    """The axis that holds every point and word of `charts` and every one of `days` (visits without a measurement)."""
    found = set(days)
    left = measure("100°", text_size, "regular")
    right = measure("normal 100°", text_size, "regular")
    for chart in charts:
        for line in chart.lines:
            if line.points:
                found |= {line.points[0].on, line.points[-1].on}
        found |= {word.on for word in chart.words}
        widest = max((len(with_unit(value, chart.unit)) for value in _values(chart)), default=0)
        left = max(left, measure("0" * widest, text_size, "regular"))
        for text, _, _ in (*_reference_labels(chart), *_end_labels(chart)):
            right = max(right, measure(text, text_size, "semibold"))
    if not found:
        raise ValueError("a time axis needs a day")
    return TimeAxis(min(found), max(found), left + 8, right + _LABEL_GAP + 4)


def trend_figure(
    chart: TrendChart,
    width: float,
    height: float,
    axis: TimeAxis,
    measure: TextMeasure,
    text_size: float = TEXT_SIZE,
) -> TrendFigure:
    """Draw `chart` in `width` by `height` points. The title and the verdict stand outside, with whoever shows it."""
    styles = _styles(chart)
    legend = _legend(chart, styles, width, measure, text_size)
    top = text_size * (1.9 if chart.words else 0.8)
    bottom = height - text_size * 2.0 - legend.height
    most_ticks = int((bottom - top) / max(_TICK_ROOM, text_size * 2)) + 1
    plot = Plot(axis.left, width - axis.right, top, bottom, axis, _upright(chart, most_ticks))
    shapes: list[Shape] = []
    shapes += _band(chart, plot)
    shapes += _grid(chart, plot, measure, text_size)
    shapes += _references(chart, plot)
    shapes += _words(chart, plot, measure, text_size)
    for line in sorted(chart.lines, key=lambda line: (line.is_main, line.phase is Phase.BEFORE)):
        shapes += _series(line, styles[_way(line)], plot)
    shapes += _labels(chart, styles, plot, measure, text_size)
    shapes += legend.at(height - legend.height)
    return TrendFigure(Figure(width, height, tuple(shapes), chart_label(chart)), chart, plot, text_size)


def highlight(trend: TrendFigure, session_id: int, on: date, measure: TextMeasure) -> tuple[Shape, ...]:
    """What lights up one visit on a chart: a line at its day, and each of its values marked and written."""
    plot, size = trend.plot, trend.text_size
    x = plot.x_of(on)
    shapes: list[Shape] = [Line(x, plot.top - 4, x, plot.bottom, "accent", 1.0)]
    styles = _styles(trend.chart)
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
        style = styles[_way(line)]
        start = x - 8 - wide if on_left else x + 8
        shapes.append(Circle(x, plot.y_of(point.value), _RADIUS + 3, "surface", style.ink, 1.5))
        shapes.append(_marker(x, plot.y_of(point.value), style, hollow=line.phase is Phase.AFTER))
        shapes.append(Rect(start, place - size * 0.75, wide, size * 1.5, "surface", style.ink, 1.0, 3.0))
        shapes.append(
            Text(start + wide / 2, place + size * 0.36, text, style.ink, size, "semibold", "middle")
        )
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
        parts.append(_normal_text(chart))
    count = len(main.points)
    return f"{title}: {'; '.join(parts)}. {count} {'measurement' if count == 1 else 'measurements'}."


# What is measured, and how it looks ---------------------------------------------------------------------------------


def _way(line: TrendLine) -> tuple[object, ...]:
    return (line.mode, line.method, line.test_position, line.pain_kind)


def _styles(chart: TrendChart) -> dict[tuple[object, ...], _Style]:
    """The main way of measuring is the accent with round markers; each other has an ink and a form of its own."""
    ways = dict.fromkeys(_way(line) for line in sorted(chart.lines, key=lambda line: not line.is_main))
    styles: dict[tuple[object, ...], _Style] = {}
    for place, way in enumerate(ways):
        pain_kind = way[3]
        form = _PAIN_PLACE[pain_kind] if isinstance(pain_kind, PainKind) else place
        styles[way] = _Style("accent" if form == 0 else _OTHER_INKS[(form - 1) % len(_OTHER_INKS)], form)
    return styles


def _values(chart: TrendChart) -> list[Decimal]:
    values = [point.value for line in chart.lines for point in line.points]
    if chart.baseline is not None and chart.error is not None:
        values += [chart.baseline - chart.error, chart.baseline + chart.error]
    values += [value for value in (chart.goal, chart.normal_low, chart.normal_high) if value is not None]
    return values


def _upright(chart: TrendChart, most_ticks: int) -> NumberScale:
    if chart.scale_low is not None and chart.scale_high is not None:
        return number_scale(chart.scale_low, chart.scale_high, most_ticks)
    values = _values(chart)
    if not values:
        return number_scale(Decimal(0), Decimal(0), 3)
    low, high = min(values), max(values)
    measured = [point.value for line in chart.lines for point in line.points]
    if low < 0 and measured and min(measured) >= 0:
        # Only the band reaches below zero: it is cut there, the scale is not stretched for it.
        low = Decimal(0)
    return number_scale(low, high, most_ticks)


def _normal_text(chart: TrendChart) -> str:
    if chart.normal_low is None or chart.normal_high is None:
        return ""
    if chart.normal_low == chart.normal_high:
        return f"normal {with_unit(chart.normal_low, chart.unit)}"
    return f"normal {number(chart.normal_low)}–{with_unit(chart.normal_high, chart.unit)}"


# Parts of the drawing -----------------------------------------------------------------------------------------------


def _band(chart: TrendChart, plot: Plot) -> list[Shape]:
    if chart.baseline is None or chart.error is None:
        return []
    top = max(plot.y_of(chart.baseline + chart.error), plot.top)
    bottom = min(plot.y_of(chart.baseline - chart.error), plot.bottom)
    return [Rect(plot.left, top, plot.right - plot.left, bottom - top, "band")]


def _grid(chart: TrendChart, plot: Plot, measure: TextMeasure, size: float) -> list[Shape]:
    shapes: list[Shape] = []
    if _values(chart):
        for tick in plot.scale.ticks:
            y = plot.y_of(tick)
            shapes.append(Line(plot.left, y, plot.right, y, "grid", 1.0))
            label = with_unit(tick, chart.unit)
            shapes.append(Text(plot.left - 8, y + size * 0.36, label, "muted", size, anchor="end"))
    else:
        shapes.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, "grid", 1.0))
    ticks = date_ticks(
        plot.axis.first, plot.axis.last, plot.x_of, lambda text: measure(text, size, "regular")
    )
    for mark in ticks:
        x = plot.x_of(mark.on)
        shapes.append(Line(x, plot.bottom, x, plot.bottom + 3, "muted", 1.0))
        anchor: Anchor = "start" if mark.from_start else "middle"
        shapes.append(Text(mark.x, plot.bottom + size * 1.5, mark.label, "muted", size, "regular", anchor))
    return shapes


def _references(chart: TrendChart, plot: Plot) -> list[Shape]:
    shapes: list[Shape] = []
    if chart.normal_low is not None and chart.normal_high is not None:
        low, high = plot.y_of(chart.normal_low), plot.y_of(chart.normal_high)
        if low == high:
            shapes.append(Line(plot.left, low, plot.right, low, "normal", 1.0, (1.0, 3.0)))
        else:
            x = plot.right + 3
            shapes.append(Polyline(((x - 3, high), (x, high), (x, low), (x - 3, low)), "normal", 1.2))
    if chart.goal is not None:
        y = plot.y_of(chart.goal)
        shapes.append(Line(plot.left, y, plot.right, y, "goal", 1.4, (5.0, 3.0)))
    return shapes


def _words(chart: TrendChart, plot: Plot, measure: TextMeasure, size: float) -> list[Shape]:
    """Readings in words, above the plot at their day; where two would touch, the later is a mark without its word."""
    shapes: list[Shape] = []
    small = size * 0.92
    end = float("-inf")
    shown: set[tuple[date, str]] = set()
    for word in chart.words:
        if (word.on, word.label) in shown:
            continue
        shown.add((word.on, word.label))
        x = plot.x_of(word.on)
        wide = measure(word.label, small, "medium")
        start = max(x - wide / 2, 0.0)
        shapes.append(Line(x, plot.top - size * 0.5, x, plot.top - size * 0.1, "muted", 1.2))
        if start > end + 4:
            shapes.append(Text(start, plot.top - size * 0.7, word.label, "text", small, "medium"))
            end = start + wide
    return shapes


def _series(line: TrendLine, style: _Style, plot: Plot) -> list[Shape]:
    """One series: joined from visit to visit; across visits without a reading only dotted, so that a gap is seen."""
    if not line.points:
        return []
    hollow = line.phase is Phase.AFTER
    stroke = 1.1 if hollow else 1.8
    days = max((plot.axis.last - plot.axis.first).days, 1)
    per_day = (plot.right - plot.left) / days
    first, low = plot.axis.first.toordinal(), float(plot.scale.low)
    per_unit = (plot.bottom - plot.top) / (float(plot.scale.high) - low)
    places: list[Point] = [
        (
            plot.left + (point.on.toordinal() - first) * per_day,
            plot.bottom - (float(point.value) - low) * per_unit,
        )
        for point in line.points
    ]
    shapes: list[Shape] = []
    starts = [0, *(place + 1 for place, (one, two) in enumerate(pairwise(line.points)) if _is_gap(one, two))]
    for start, end in pairwise([*starts, len(places)]):
        if start:
            (x1, y1), (x2, y2) = places[start - 1], places[start]
            shapes.append(Line(x1, y1, x2, y2, style.ink, 0.9, (1.0, 3.5)))
        if end - start > 1:
            shapes.append(Polyline(tuple(places[start:end]), style.ink, stroke))
    if (places[-1][0] - places[0][0]) >= _MARKER_ROOM * (len(places) - 1):
        marked = list(range(len(places)))
    else:
        # Too many to tell apart: the line keeps every point, markers only its ends and what no line reaches.
        alone = [start for start, end in pairwise([*starts, len(places)]) if end - start == 1]
        marked = sorted({0, len(places) - 1, *alone})
    shapes += [_marker(*places[place], style, hollow=hollow) for place in marked]
    return shapes


def _is_gap(one: TrendPoint, two: TrendPoint) -> bool:
    if one.visit_number is None or two.visit_number is None:
        return False
    return two.visit_number - one.visit_number > 1


def _marker(x: float, y: float, style: _Style, *, hollow: bool) -> Shape:
    """A marker whose form tells its way of measuring without colour; what was measured after treatment is hollow."""
    fill: Ink = "surface" if hollow else style.ink
    if style.form == 0:
        return Circle(x, y, _RADIUS, fill, style.ink, 1.2)
    r = _RADIUS + 0.6
    corners: tuple[tuple[float, float], ...] = (
        ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
        ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
        ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
        ((-1.1, -0.85), (1.1, -0.85), (0, 1.15)),
    )[(style.form - 1) % 4]
    return Polygon(tuple((x + r * dx, y + r * dy) for dx, dy in corners), fill, style.ink, 1.2)


# Labels beside the plot ---------------------------------------------------------------------------------------------


def _end_labels(chart: TrendChart) -> list[tuple[str, TrendLine, TrendPoint]]:
    """What stands at the last point of each series that goes on to this day: its value, and its name where two do."""
    main = next((line for line in chart.lines if line.is_main), None)
    shown = [
        line
        for line in chart.lines
        if line.points and (chart.motion is None or (main is not None and _way(line) == _way(main)))
    ]
    labels = []
    for line in shown:
        value = with_unit(line.points[-1].value, chart.unit)
        names = []
        if line.pain_kind is not None and line.pain_kind is not PainKind.NOW:
            names.append(line.pain_kind.value)
        elif len(shown) > 1:
            names.append(line.phase.value)
        labels.append((" ".join([*names, value]), line, line.points[-1]))
    return labels


def _reference_labels(chart: TrendChart) -> list[tuple[str, Ink, Decimal]]:
    labels: list[tuple[str, Ink, Decimal]] = []
    if chart.goal is not None:
        labels.append((f"goal {with_unit(chart.goal, chart.unit)}", "goal", chart.goal))
    if chart.normal_low is not None and chart.normal_high is not None:
        labels.append((_normal_text(chart), "normal", (chart.normal_low + chart.normal_high) / 2))
    return labels


def _labels(
    chart: TrendChart,
    styles: dict[tuple[object, ...], _Style],
    plot: Plot,
    measure: TextMeasure,
    size: float,
) -> list[Shape]:
    """The labels right of the plot, and of series that ended before; moved apart, each tied to its place by a line."""
    beside: list[tuple[str, Ink, float, float, bool]] = []
    within: dict[float, list[tuple[str, Ink, float, float, bool]]] = {}
    for text, line, point in _end_labels(chart):
        x, y = plot.x_of(point.on), plot.y_of(point.value)
        label = (text, styles[_way(line)].ink, x, y, True)
        if x + _LABEL_GAP + measure(text, size, "semibold") < plot.right:
            within.setdefault(x, []).append(label)
        else:
            beside.append(label)
    beside += [
        (text, ink, plot.right, plot.y_of(value), False) for text, ink, value in _reference_labels(chart)
    ]
    shapes: list[Shape] = []
    for x, labels in ((plot.right, beside), *within.items()):
        # Of labels that want the same place, the higher end is a reading and the lower a reference, as they are listed.
        places = spread([label[3] for label in labels], size * 1.25, plot.top, plot.bottom)
        for (text, ink, from_x, y, is_value), place in zip(labels, places, strict=True):
            start = x + _LABEL_GAP
            if abs(place - y) > 2 or from_x < x - 2:
                shapes.append(Line(max(from_x + _RADIUS + 1, x - 14), y, start - 2, place, ink, 0.7))
            weight: Weight = "semibold" if is_value else "regular"
            shapes.append(Text(start, place + size * 0.36, text, ink, size, weight))
    return shapes


@dataclass(frozen=True, slots=True)
class _Legend:
    """Entries laid in rows under the plot: (x, row, style, text)."""

    entries: tuple[tuple[float, int, _Style, str], ...]
    text_size: float

    @property
    def height(self) -> float:
        rows = 1 + self.entries[-1][1] if self.entries else 0
        return rows * self.text_size * 1.5

    def at(self, top: float) -> list[Shape]:
        shapes: list[Shape] = []
        for x, row, style, text in self.entries:
            y = top + (row + 0.6) * self.text_size * 1.5
            shapes.append(_marker(x + 4, y, style, hollow=False))
            shapes.append(Text(x + 12, y + self.text_size * 0.36, text, "muted", self.text_size))
        return shapes


def _legend(
    chart: TrendChart,
    styles: dict[tuple[object, ...], _Style],
    width: float,
    measure: TextMeasure,
    size: float,
) -> _Legend:
    """How each series was measured, where there is more than one way; pain is named at the ends of its lines."""
    if chart.motion is None or len(styles) < 2:
        return _Legend((), size)
    latest: dict[tuple[object, ...], tuple[str, TrendPoint]] = {}
    for line in chart.lines:
        if line.points and (_way(line) not in latest or line.phase is not Phase.AFTER):
            latest[_way(line)] = (line.label, line.points[-1])
    entries: list[tuple[float, int, _Style, str]] = []
    x, row = 0.0, 0
    for way, style in styles.items():
        if way not in latest:
            continue
        name, point = latest[way]
        text = name if style.form == 0 else f"{name}: {with_unit(point.value, chart.unit)}"
        wide = 12 + measure(text, size, "regular") + 14
        if x and x + wide > width:
            x, row = 0.0, row + 1
        entries.append((x, row, style, text))
        x += wide
    return _Legend(tuple(entries), size)
