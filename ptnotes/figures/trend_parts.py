"""The parts of a trend chart: band, grid, goal and normal value, words, series with their markers, labels, legend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from ptnotes.domain.treatment import PainKind, Phase
from ptnotes.domain.trend import TrendChart, TrendLine, TrendPoint
from ptnotes.domain.wording import number, with_unit
from ptnotes.figures.placing import spread
from ptnotes.figures.plot import Plot
from ptnotes.figures.scale import NumberScale, date_ticks, number_scale
from ptnotes.figures.shapes import (
    Anchor,
    Circle,
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

LABEL_GAP = 10.0  # from the plot's right edge to the labels beside it
MOST_TICKS = 6
TICK_ROOM = 2.4  # least height between two ticks of the upright scale, in heights of the text
_MARKER_ROOM = 8.0  # least width a visit needs for its marker to be told from the next
RADIUS = 2.6
_DOT = 1.5  # of a visit that stands alone among many
_OTHER_INKS: tuple[Ink, ...] = ("series_2", "series_3", "series_4")
_PAIN_PLACE = {PainKind.NOW: 0, PainKind.WORST: 1, PainKind.BEST: 2, PainKind.MOVEMENT: 3}


@dataclass(frozen=True, slots=True)
class Style:
    """How one way of measuring looks: its ink, the ink of what was measured after treatment, and its marker's form.

    `scale` is the size of markers and lines: 1.0 where the text is 11 points.
    """

    ink: Ink
    ink_after: Ink
    form: int
    scale: float

    def ink_of(self, phase: Phase) -> Ink:
        """The ink of a reading taken in `phase`."""
        return self.ink_after if phase is Phase.AFTER else self.ink


# What is measured, and how it looks ---------------------------------------------------------------------------------


def way_of(line: TrendLine) -> tuple[object, ...]:
    """What tells one way of measuring from another: mode, method, test position, or the kind of pain."""
    return (line.mode, line.method, line.test_position, line.pain_kind)


def styles_of(chart: TrendChart, text_size: float) -> dict[tuple[object, ...], Style]:
    """The main way of measuring is the accent with round markers; each other has an ink and a form of its own."""
    ways = dict.fromkeys(way_of(line) for line in sorted(chart.lines, key=lambda line: not line.is_main))
    styles: dict[tuple[object, ...], Style] = {}
    scale = text_size / 11
    for place, way in enumerate(ways):
        pain_kind = way[3]
        form = _PAIN_PLACE[pain_kind] if isinstance(pain_kind, PainKind) else place
        other = _OTHER_INKS[(form - 1) % len(_OTHER_INKS)]
        styles[way] = Style(other, other, form, scale) if form else Style("accent", "after", 0, scale)
    return styles


def values_of(chart: TrendChart) -> list[Decimal]:
    """Every value that the upright scale must hold; empty where nothing was measured as a number."""
    values = [point.value for line in chart.lines for point in line.points]
    if chart.baseline is not None and chart.error is not None:
        values += [chart.baseline - chart.error, chart.baseline + chart.error]
    if not values:
        return []
    return values + [
        value for value in (chart.goal, chart.normal_low, chart.normal_high) if value is not None
    ]


def _has_values(chart: TrendChart) -> bool:
    """Whether `values_of` has any, which takes long to gather of many visits."""
    has_band = chart.baseline is not None and chart.error is not None
    return has_band or any(line.points for line in chart.lines)


def upright_scale(chart: TrendChart, most_ticks: int) -> NumberScale:
    """The scale of the chart's own bounds, else of its values."""
    if chart.scale_low is not None and chart.scale_high is not None:
        return number_scale(chart.scale_low, chart.scale_high, most_ticks)
    values = values_of(chart)
    if not values:
        return number_scale(Decimal(0), Decimal(0), 3)
    low, high = min(values), max(values)
    measured = [point.value for line in chart.lines for point in line.points]
    if low < 0 and measured and min(measured) >= 0:
        # Only the band reaches below zero: it is cut there, the scale is not stretched for it.
        low = Decimal(0)
    return number_scale(low, high, most_ticks)


def cut_words(chart: TrendChart, scale: NumberScale) -> str:
    """That the scale begins or ends short of 0, so that a change looks larger than it is; empty where it holds 0."""
    if not _has_values(chart) or scale.low <= 0 <= scale.high:
        return ""
    if scale.low > 0:
        return f"axis begins at {with_unit(scale.low, chart.unit)}, not at 0"
    return f"axis ends at {with_unit(scale.high, chart.unit)}, not at 0"


def normal_text(chart: TrendChart) -> str:
    """The published normal value or range in words, or the clinic's own, which says so; empty where there is none."""
    if chart.normal_low is None or chart.normal_high is None:
        return ""
    name = "our normal" if chart.own_normals else "normal"
    if chart.normal_low == chart.normal_high:
        return f"{name} {with_unit(chart.normal_low, chart.unit)}"
    return f"{name} {number(chart.normal_low)}–{with_unit(chart.normal_high, chart.unit)}"


# Parts of the drawing -----------------------------------------------------------------------------------------------


def band(chart: TrendChart, plot: Plot) -> list[Shape]:
    """Measurement error round the first value: within it a change may be no change."""
    if chart.baseline is None or chart.error is None:
        return []
    top = max(plot.y_of(chart.baseline + chart.error), plot.top)
    bottom = min(plot.y_of(chart.baseline - chart.error), plot.bottom)
    return [Rect(plot.left, top, plot.right - plot.left, bottom - top, "band")]


def grid(chart: TrendChart, plot: Plot, measure: TextMeasure, size: float) -> list[Shape]:
    """Lines and labels of both scales."""
    shapes: list[Shape] = []
    if _has_values(chart):
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


def references(chart: TrendChart, plot: Plot) -> list[Shape]:
    """The goal, dashed, and the normal value, dotted, or the normal range as a bracket at the right."""
    shapes: list[Shape] = []
    if not _has_values(chart):
        return []
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


def words_above(chart: TrendChart, plot: Plot, measure: TextMeasure, size: float) -> list[Shape]:
    """Readings in words, above the plot at their day; where two would touch, the later is a mark without its word."""
    shapes: list[Shape] = []
    small = size * 0.92
    end = float("-inf")
    # Words alone stand just above the days; beside numbers they have a rail of their own above the scale.
    foot = plot.top if _has_values(chart) else plot.bottom
    shown: set[tuple[date, str]] = set()
    for word in chart.words:
        if (word.on, word.label) in shown:
            continue
        shown.add((word.on, word.label))
        x = plot.x_of(word.on)
        wide = measure(word.label, small, "medium")
        start = max(x - wide / 2, 0.0)
        shapes.append(Line(x, foot - size * 0.5, x, foot - size * 0.1, "muted", 1.2))
        if start > end + 4:
            shapes.append(Text(start, foot - size * 0.7, word.label, "text", small, "medium"))
            end = start + wide
    return shapes


def series(line: TrendLine, style: Style, plot: Plot) -> list[Shape]:
    """One series: joined from visit to visit; across visits without a reading only dotted, so that a gap is seen."""
    if not line.points:
        return []
    ink = style.ink_of(line.phase)
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
    is_dense = places[-1][0] - places[0][0] < _MARKER_ROOM * style.scale * (len(places) - 1)
    usual, dense = (1.1, 0.8) if line.phase is Phase.AFTER else (1.8, 1.2)
    stroke = (dense if is_dense else usual) * style.scale
    shapes: list[Shape] = []
    numbers = [point.visit_number for point in line.points]
    starts = [
        place
        for place, (one, two) in enumerate(pairwise([None, *numbers]))
        if place == 0 or (one is not None and two is not None and two - one > 1)
    ]
    for start, end in pairwise([*starts, len(places)]):
        if start:
            (x1, y1), (x2, y2) = places[start - 1], places[start]
            shapes.append(Line(x1, y1, x2, y2, ink, 0.9, (1.0, 3.5)))
        if end - start > 1:
            shapes.append(Polyline(tuple(places[start:end]), ink, stroke))
    if not is_dense:
        return shapes + [marker(*place, style, line.phase) for place in places]
    # Too many to tell apart: the line keeps every point, markers only its ends, dots what no line reaches.
    alone = [start for start, end in pairwise([*starts, len(places)]) if end - start == 1]
    shapes += [marker(*places[place], style, line.phase, _DOT) for place in alone]
    shapes += [marker(*place, style, line.phase) for place in (places[0], places[-1])]
    return shapes


def marker(x: float, y: float, style: Style, phase: Phase, radius: float = RADIUS) -> Shape:
    """A marker whose form tells its way of measuring without colour; what was measured after treatment is hollow."""
    ink = style.ink_of(phase)
    radius *= style.scale
    fill: Ink = "surface" if phase is Phase.AFTER else ink
    if style.form == 0:
        return Circle(x, y, radius, fill, ink, 1.2 * style.scale)
    r = radius * 1.2
    corners: tuple[tuple[float, float], ...] = (
        ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
        ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
        ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
        ((-1.1, -0.85), (1.1, -0.85), (0, 1.15)),
    )[(style.form - 1) % 4]
    return Polygon(tuple((x + r * dx, y + r * dy) for dx, dy in corners), fill, ink, 1.2 * style.scale)


# Labels beside the plot ---------------------------------------------------------------------------------------------


def end_labels(chart: TrendChart) -> list[tuple[str, TrendLine, TrendPoint]]:
    """What stands at the last point of each series that goes on to this day: its value, and its name where two do."""
    main = next((line for line in chart.lines if line.is_main), None)
    shown = [
        line
        for line in chart.lines
        if line.points and (chart.motion is None or (main is not None and way_of(line) == way_of(main)))
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


def reference_labels(chart: TrendChart) -> list[tuple[str, Ink, Decimal]]:
    """Text, ink and value of the goal and the normal value."""
    labels: list[tuple[str, Ink, Decimal]] = []
    if not _has_values(chart):
        return []
    if chart.goal is not None:
        labels.append((f"goal {with_unit(chart.goal, chart.unit)}", "goal", chart.goal))
    if chart.normal_low is not None and chart.normal_high is not None:
        labels.append((normal_text(chart), "normal", (chart.normal_low + chart.normal_high) / 2))
    return labels


def labels_beside(
    chart: TrendChart,
    styles: dict[tuple[object, ...], Style],
    plot: Plot,
    measure: TextMeasure,
    size: float,
) -> list[Shape]:
    """The labels right of the plot, and of series that ended before; moved apart, each tied to its place by a line."""
    beside: list[tuple[str, Ink, float, float, bool]] = []
    within: dict[float, list[tuple[str, Ink, float, float, bool]]] = {}
    for text, line, point in end_labels(chart):
        x, y = plot.x_of(point.on), plot.y_of(point.value)
        label = (text, styles[way_of(line)].ink_of(line.phase), x, y, True)
        if x + LABEL_GAP + measure(text, size, "semibold") < plot.right:
            within.setdefault(x, []).append(label)
        else:
            beside.append(label)
    beside += [
        (text, ink, plot.right, plot.y_of(value), False) for text, ink, value in reference_labels(chart)
    ]
    shapes: list[Shape] = []
    for x, labels in ((plot.right, beside), *within.items()):
        # Of labels that want the same place, the higher end is a reading and the lower a reference, as they are listed.
        places = spread([label[3] for label in labels], size * 1.25, plot.top, plot.bottom)
        for (text, ink, from_x, y, is_value), place in zip(labels, places, strict=True):
            start = x + LABEL_GAP
            if abs(place - y) > 2 or from_x < x - 2:
                shapes.append(Line(max(from_x + RADIUS + 1, x - 14), y, start - 2, place, ink, 0.7))
            weight: Weight = "semibold" if is_value else "regular"
            shapes.append(Text(start, place + size * 0.36, text, ink, size, weight))
    return shapes


@dataclass(frozen=True, slots=True)
class Legend:
    """Entries laid in rows under the plot: (x, row, style, text)."""

    entries: tuple[tuple[float, int, Style, str], ...]
    text_size: float

    @property
    def height(self) -> float:
        """Room that the rows take, in points."""
        rows = 1 + self.entries[-1][1] if self.entries else 0
        return rows * self.text_size * 1.5

    def at(self, top: float) -> list[Shape]:
        """The entries with their markers, from `top` down."""
        shapes: list[Shape] = []
        for x, row, style, text in self.entries:
            y = top + (row + 0.6) * self.text_size * 1.5
            shapes.append(marker(x + 4, y, style, Phase.BEFORE))
            shapes.append(Text(x + 12, y + self.text_size * 0.36, text, "muted", self.text_size))
        return shapes


def legend_of(
    chart: TrendChart,
    styles: dict[tuple[object, ...], Style],
    width: float,
    measure: TextMeasure,
    size: float,
) -> Legend:
    """How each series was measured, where there is more than one way; pain is named at the ends of its lines."""
    if chart.motion is None or len(styles) < 2:
        return Legend((), size)
    latest: dict[tuple[object, ...], tuple[str, TrendPoint]] = {}
    for line in chart.lines:
        if line.points and (way_of(line) not in latest or line.phase is not Phase.AFTER):
            latest[way_of(line)] = (line.label, line.points[-1])
    entries: list[tuple[float, int, Style, str]] = []
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
    return Legend(tuple(entries), size)
