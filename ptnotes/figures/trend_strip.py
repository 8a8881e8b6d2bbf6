"""The strip of what was done, over the charts of an episode and on their axis of time: a lane for each place.

A mark's ink and numeral are its grade, as on the spine; its form is the group of the technique. Visits too close to be
drawn apart share a mark, which reaches from the first to the last of them and tells their grades from the weakest to
the strongest, or the strongest alone where there is no room for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from ptnotes.domain.treatment_strip import StripLane, StripMark, TechniqueGroup, TreatmentStrip
from ptnotes.figures.plot import Plot, TimeAxis
from ptnotes.figures.scale import NumberScale
from ptnotes.figures.shapes import Figure, Ink, Line, Point, Polygon, Rect, Shape, Text, TextMeasure
from ptnotes.figures.spine import grade_inks, numeral_of

MOST_LANES = 5
"""Places that have a lane of their own; with more, the last lane gathers those treated least often."""
_LANE = 1.7  # height of a lane and of a mark, in heights of the text
_MARK = 1.3
_LEGEND = 1.6
_WIDEST_LABEL = 6.5  # in heights of the text; a longer name of a place is cut
_LABEL_GAP = 1.5  # from a lane's name to its first visit, whose mark reaches to both sides
_GAP = 1.0  # between two marks, in points
_NO_SCALE = NumberScale(Decimal(0), Decimal(1), (Decimal(0), Decimal(1)))
_WORDS: Mapping[TechniqueGroup, str] = {
    TechniqueGroup.OTHER: "soft tissue, other",
}


@dataclass(frozen=True, slots=True)
class StripFigure:
    """A strip drawn, its lanes from above, and where its visits lie. `joins` tells that visits share a mark."""

    figure: Figure
    joins: bool
    lanes: tuple[StripLane, ...]
    plot: Plot
    text_size: float


@dataclass(slots=True)
class _Bar:
    """One mark: it stands for the visits from `first` to `last` (where they lie) and takes `left` to `right`.

    `mark` is the strongest of its visits, `weakest` the other end.
    """

    mark: StripMark
    weakest: StripMark
    first: float
    last: float
    left: float
    right: float
    visits: int = 1


def strip_lanes(strip: TreatmentStrip) -> tuple[StripLane, ...]:
    """The lanes that are drawn: all, or those treated most often and one that gathers the others, in their order."""
    if len(strip.lanes) <= MOST_LANES:
        return strip.lanes
    ranked = sorted(range(len(strip.lanes)), key=lambda place: -len(strip.lanes[place].marks))
    own = set(ranked[: MOST_LANES - 1])
    others = [lane for place, lane in enumerate(strip.lanes) if place not in own]
    strongest: dict[int, StripMark] = {}
    for mark in sorted((mark for lane in others for mark in lane.marks), key=lambda mark: mark.on):
        before = strongest.get(mark.session_id)
        if before is None or mark.strength > before.strength:
            strongest[mark.session_id] = mark
    gathered = StripLane(f"+{len(others)}", tuple(strongest.values()))
    return (*(lane for place, lane in enumerate(strip.lanes) if place in own), gathered)


def label_room(strip: TreatmentStrip, measure: TextMeasure, text_size: float) -> float:
    """The room that the names of the lanes need left of the plot, for the axis of time shared with the charts."""
    widest = max((measure(lane.label, text_size, "regular") for lane in strip_lanes(strip)), default=0.0)
    return min(widest, _WIDEST_LABEL * text_size) + _LABEL_GAP * text_size if strip.lanes else 0.0


def strip_height(strip: TreatmentStrip, width: float, measure: TextMeasure, text_size: float) -> float:
    """How tall the strip is at a width, 0 where nothing was done."""
    lanes = strip_lanes(strip)
    if not lanes:
        return 0.0
    rows = 1 + max((row for _, row, _, _ in _legend(lanes, width, measure, text_size)), default=-1)
    return text_size * (len(lanes) * _LANE + rows * _LEGEND + 0.3)


def strip_figure(
    strip: TreatmentStrip, width: float, axis: TimeAxis, measure: TextMeasure, text_size: float
) -> StripFigure:
    """Draw the strip `width` points wide, as tall as `strip_height` says."""
    lanes = strip_lanes(strip)
    height = strip_height(strip, width, measure, text_size)
    bottom = len(lanes) * _LANE * text_size
    plot = Plot(axis.left, width - axis.right, 0.0, bottom, axis, _NO_SCALE)
    shapes: list[Shape] = []
    joins = False
    label_end = plot.left - _LABEL_GAP * text_size
    for place, lane in enumerate(lanes):
        y = (place + 0.5) * _LANE * text_size
        label = _cut(lane.label, measure, text_size)
        shapes.append(Text(label_end, y + text_size * 0.36, label, "muted", text_size, anchor="end"))
        shapes.append(Line(plot.left, y, plot.right, y, "grid", 1.0))
        for bar in _bars(lane.marks, plot, measure, text_size):
            joins |= bar.visits > 1
            shapes += _drawn(bar, y, measure, text_size)
    for x, row, group, words in _legend(lanes, width, measure, text_size):
        y = bottom + (row + 0.6) * _LEGEND * text_size
        shapes.append(_form(group, x, y, text_size * 1.6, text_size * 0.8, "neutral", "surface"))
        shapes.append(Text(x + text_size * 2, y + text_size * 0.36, words, "muted", text_size))
    return StripFigure(
        Figure(width, height, tuple(shapes), strip_label(strip)), joins, lanes, plot, text_size
    )


def strip_highlight(strip: StripFigure, session_id: int, on: date, measure: TextMeasure) -> tuple[Shape, ...]:
    """What lights up one visit: the line that runs through every chart, and what was done at it, mark by mark."""
    x, size = strip.plot.x_of(on), strip.text_size
    shapes: list[Shape] = [Line(x, strip.plot.top, x, strip.plot.bottom, "accent", 1.0)]
    for place, lane in enumerate(strip.lanes):
        mark = next((mark for mark in lane.marks if mark.session_id == session_id), None)
        if mark is not None:
            y, half = (place + 0.5) * _LANE * size, _width(mark.grade, measure, size) / 2
            shapes.append(
                Rect(x - half - 3, y - size * 0.8, 2 * half + 6, size * 1.6, "surface", "accent", 1.5, 3.0)
            )
            shapes += _drawn(_Bar(mark, mark, x, x, x - half, x + half), y, measure, size)
    return tuple(shapes)


def strip_label(strip: TreatmentStrip) -> str:
    """The strip in a sentence, for those who hear it read."""
    if not strip.lanes:
        return "What was done: nothing mobilized yet."
    told = []
    for lane in strip.lanes:
        count, last = len(lane.marks), lane.marks[-1]
        grade = f", last grade {numeral_of(last.grade)}" if last.grade else ""
        told.append(f"{lane.label} at {count} {'visit' if count == 1 else 'visits'}{grade}")
    return f"What was done: {'; '.join(told)}."


# Marks --------------------------------------------------------------------------------------------------------------


def _bars(marks: Sequence[StripMark], plot: Plot, measure: TextMeasure, size: float) -> list[_Bar]:
    """The marks of one lane, each wide enough for its numeral, none over another."""
    widths = {grade: _width(grade, measure, size) for grade in {mark.grade for mark in marks}}
    bars: list[_Bar] = []
    for bar in _gathered(marks, plot, widths):
        # From the left on: two marks part the room between them where both keep their numeral, else they become one.
        while bars and bar.left < bars[-1].right + _GAP:
            before = bars[-1]
            earliest = max(before.left + widths[before.mark.grade], before.last)
            latest = min(bar.right - widths[bar.mark.grade], bar.first)
            if earliest <= latest - _GAP:
                middle = min(max((before.last + bar.first) / 2, earliest + _GAP / 2), latest - _GAP / 2)
                before.right, bar.left = middle - _GAP / 2, middle + _GAP / 2
                break
            bars.pop()
            bar = _joined(before, bar, widths)  # noqa: PLW2901 - it goes on to meet the one before
        bars.append(bar)
    return [_one(list(same)) for _, same in groupby(bars, _Alike(bars))]


def _gathered(marks: Sequence[StripMark], plot: Plot, widths: Mapping[str, float]) -> list[_Bar]:
    """The marks, those gathered in one that lie within the width of a numeral."""
    room = max(widths.values(), default=0.0) + _GAP
    bars: list[_Bar] = []
    near: list[StripMark] = []
    first = last = 0.0
    for mark in marks:
        x = plot.x_of(mark.on)
        if near and x - first >= room:
            bars.append(_shared(near, first, last, widths))
            near = []
        if not near:
            first = x
        near.append(mark)
        last = x
    return [*bars, _shared(near, first, last, widths)] if near else bars


def _shared(marks: Sequence[StripMark], first: float, last: float, widths: Mapping[str, float]) -> _Bar:
    """One mark for those between `first` and `last`."""
    strongest, weakest = max(marks, key=_strength), min(marks, key=_strength)
    middle, half = (first + last) / 2, widths[strongest.grade] / 2
    left = min(middle - half, first - widths[marks[0].grade] / 2)
    right = max(middle + half, last + widths[marks[-1].grade] / 2)
    return _Bar(strongest, weakest, first, last, left, right, len(marks))


def _joined(before: _Bar, after: _Bar, widths: Mapping[str, float]) -> _Bar:
    mark = max(after.mark, before.mark, key=_strength)
    weakest = min(before.weakest, after.weakest, key=_strength)
    half = widths[mark.grade] / 2
    middle = (before.first + after.last) / 2
    left = min(before.left, middle - half)
    right = max(after.right, middle + half)
    return _Bar(mark, weakest, before.first, after.last, left, right, before.visits + after.visits)


class _Alike:
    """Gives neighbouring bars that touch and look the same one number: they are drawn as one."""

    def __init__(self, bars: Sequence[_Bar]) -> None:
        self._numbers: dict[int, int] = {}
        number = 0
        for place, bar in enumerate(bars):
            if place:
                before = bars[place - 1]
                touches = bar.left - before.right < 1.5 and (bar.visits > 1 or before.visits > 1)
                number += not (touches and _look(before) == _look(bar))
            self._numbers[id(bar)] = number

    def __call__(self, bar: _Bar) -> int:
        return self._numbers[id(bar)]


def _look(bar: _Bar) -> tuple[object, ...]:
    return bar.mark.grade, bar.mark.group, bar.weakest.grade


def _one(bars: Sequence[_Bar]) -> _Bar:
    first, last = bars[0], bars[-1]
    visits = sum(bar.visits for bar in bars)
    weakest = min((bar.weakest for bar in bars), key=_strength)
    return _Bar(first.mark, weakest, first.first, last.last, first.left, last.right, visits)


_strength = attrgetter("strength")


def _width(grade: str, measure: TextMeasure, size: float) -> float:
    return max(measure(numeral_of(grade), size, "semibold") + size * 0.7, size * _MARK)


def _drawn(bar: _Bar, y: float, measure: TextMeasure, size: float) -> list[Shape]:
    fill, ink = grade_inks(bar.mark.grade)
    shape = _form(bar.mark.group, bar.left, y, bar.right - bar.left, size * _MARK, "accent", fill)
    middle = (bar.left + bar.right) / 2
    numeral = numeral_of(bar.mark.grade)
    if bar.weakest.grade != bar.mark.grade:
        both = f"{numeral_of(bar.weakest.grade)} – {numeral}"
        if measure(both, size, "semibold") + size <= bar.right - bar.left:
            numeral = both
    return [shape, Text(middle, y + size * 0.36, numeral, ink, size, "semibold", "middle")]


def _form(
    group: TechniqueGroup, left: float, y: float, wide: float, tall: float, stroke: Ink, fill: Ink
) -> Shape:
    """The outline of a group round the height y: round ends, square, slanted, pointed, notched or with cut corners."""
    top, bottom, right, cut = y - tall / 2, y + tall / 2, left + wide, min(tall * 0.35, wide / 3)
    points: tuple[Point, ...]
    if group is TechniqueGroup.GLIDE:
        return Rect(left, top, wide, tall, fill, stroke, 1.0, tall / 2)
    if group is TechniqueGroup.PASSIVE:
        points = ((left, top), (right, top), (right, bottom), (left, bottom))
    elif group is TechniqueGroup.WITH_MOVEMENT:
        points = ((left + cut, top), (right, top), (right - cut, bottom), (left, bottom))
    elif group is TechniqueGroup.THRUST:
        points = ((left + cut, top), (right - cut, top), (right, y))
        points += ((right - cut, bottom), (left + cut, bottom), (left, y))
    elif group is TechniqueGroup.TRACTION:
        points = (
            (left, top),
            (right, top),
            (right - cut, y),
            (right, bottom),
            (left, bottom),
            (left + cut, y),
        )
    else:
        points = ((left + cut, top), (right - cut, top), (right, bottom), (left, bottom))
    return Polygon(points, fill, stroke, 1.0)


# Words --------------------------------------------------------------------------------------------------------------


def _legend(
    lanes: Sequence[StripLane], width: float, measure: TextMeasure, size: float
) -> list[tuple[float, int, TechniqueGroup, str]]:
    """The forms in use, in rows: (x, row, group, words). None where every mark is a glide, the usual form."""
    used = {mark.group for lane in lanes for mark in lane.marks}
    if used <= {TechniqueGroup.GLIDE}:
        return []
    return list(_laid_out([group for group in TechniqueGroup if group in used], width, measure, size))


def _laid_out(
    groups: Sequence[TechniqueGroup], width: float, measure: TextMeasure, size: float
) -> Iterator[tuple[float, int, TechniqueGroup, str]]:
    x, row = 0.0, 0
    for group in groups:
        words = _WORDS.get(group, group.value)
        wide = size * 2 + measure(words, size, "regular") + size * 1.2
        if x and x + wide > width:
            x, row = 0.0, row + 1
        yield x, row, group, words
        x += wide


def _cut(label: str, measure: TextMeasure, size: float) -> str:
    if measure(label, size, "regular") <= _WIDEST_LABEL * size:
        return label
    while label and measure(f"{label}…", size, "regular") > _WIDEST_LABEL * size:
        label = label[:-1]
    return f"{label.rstrip()}…"
