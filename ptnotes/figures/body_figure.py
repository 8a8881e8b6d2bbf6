"""The body chart as plain shapes: the four views with what is felt where. Screen and paper draw the same.

A kind of symptom is told by its pattern and its sign, never by colour alone: pain is shaded, pins and needles are dots,
numbness is hatched, and an area that was asked about and is free has a broken edge and a check mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ptnotes.domain.body_chart import CLEARED, NUMBNESS, PAIN, PINS_AND_NEEDLES, is_inside, mark_labels
from ptnotes.domain.checks import VIEW_SIZE
from ptnotes.domain.treatment import BodyMark, BodyView, Stroke
from ptnotes.figures.body_outline import TALL, WIDTHS, Contour, drawing
from ptnotes.figures.shapes import (
    Circle,
    Curve,
    Figure,
    Ink,
    Line,
    Path,
    Point,
    Polygon,
    Polyline,
    Rect,
    Shape,
    Text,
    TextMeasure,
)

VIEW_WORDS = {
    BodyView.FRONT: "Front",
    BodyView.BACK: "Back",
    BodyView.LEFT: "Left side",
    BodyView.RIGHT: "Right side",
}
_INKS: dict[str, Ink] = {
    PAIN: "symptom",
    PINS_AND_NEEDLES: "series_2",
    NUMBNESS: "after",
    CLEARED: "muted",
}
_GAP = 28.0
"""Between two views, in the units of the drawing."""
_DASH = (3.0, 2.0)
_STEP_PT = 4.0
"""Between two dots or two lines of a pattern, where the text is 11 points high."""


@dataclass(frozen=True, slots=True)
class ViewBox:
    """Where a view stands in the figure, in points."""

    view: BodyView
    x: float
    y: float
    width: float
    height: float

    def point(self, place: tuple[float, float]) -> Point:
        """Where in the figure a place of the view is, given in its thousandths."""
        return self.x + place[0] / VIEW_SIZE * self.width, self.y + place[1] / VIEW_SIZE * self.height

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Which place of the view a point of the figure is, in thousandths; it may lie outside."""
        return (x - self.x) / self.width * VIEW_SIZE, (y - self.y) / self.height * VIEW_SIZE

    def holds(self, x: float, y: float) -> bool:
        """Whether a point of the figure lies in the view."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


@dataclass(frozen=True, slots=True)
class _Signing:
    """What signs are set with: how wide a text is, its size, and the width of the figure that they stay within."""

    measure: TextMeasure
    size: float
    width: float


@dataclass(frozen=True, slots=True)
class BodyFigure:
    """The figure, and where its views stand in it."""

    figure: Figure
    boxes: tuple[ViewBox, ...]


def body_height(width: float, text_size: float, views: Sequence[BodyView] = tuple(BodyView)) -> float:
    """The height at which the views fill a width, in points."""
    units = sum(WIDTHS[view] for view in views) + _GAP * (len(views) - 1)
    return width / units * TALL + _caption(text_size)


def view_boxes(
    width: float, height: float, text_size: float, views: Sequence[BodyView] = tuple(BodyView)
) -> tuple[ViewBox, ...]:
    """The views side by side, as large as fits and in the middle."""
    units = sum(WIDTHS[view] for view in views) + _GAP * (len(views) - 1)
    scale = max(min(width / units, (height - _caption(text_size)) / TALL), 0.01)
    x, boxes = (width - units * scale) / 2, []
    for view in views:
        boxes.append(ViewBox(view, x, 0.0, WIDTHS[view] * scale, TALL * scale))
        x += (WIDTHS[view] + _GAP) * scale
    return tuple(boxes)


def body_figure(
    width: float,
    height: float,
    marks: Sequence[BodyMark],
    measure: TextMeasure,
    text_size: float,
    *,
    before: Sequence[BodyMark] = (),
    chosen: int | None = None,
    label: str = "",
    views: Sequence[BodyView] = tuple(BodyView),
) -> BodyFigure:
    """The views with `marks` on them. `before` are another visit's, as broken outlines below; `chosen` is a mark's row.

    `label` says in words what is marked. Views without room for their words leave them out.
    """
    boxes = view_boxes(width, height, text_size, views)
    signs = dict(zip((mark.row for mark in marks), mark_labels(marks), strict=True))
    shapes: list[Shape] = []
    for box in boxes:
        shapes += _view(
            box,
            [mark for mark in marks if mark.view is box.view],
            [mark for mark in before if mark.view is box.view],
            signs,
            chosen,
            _Signing(measure, text_size, width),
        )
    return BodyFigure(Figure(width, height, tuple(shapes), label), boxes)


def views_to_show(*charts: Sequence[BodyMark]) -> tuple[BodyView, ...]:
    """The views that charts side by side need: front and back, and a side where anything is marked on it."""
    marked = {mark.view for marks in charts for mark in marks} | {BodyView.FRONT, BodyView.BACK}
    return tuple(view for view in BodyView if view in marked)


def swatch(symptom: str, width: float, height: float, text_size: float) -> tuple[Shape, ...]:
    """A small patch with the pattern of a kind of symptom, for a legend."""
    box = ViewBox(BodyView.FRONT, 1.5, 1.5, width - 3, height - 3)
    corners = ((0, 0), (VIEW_SIZE, 0), (VIEW_SIZE, VIEW_SIZE), (0, VIEW_SIZE))
    mark = BodyMark(row=1, view=BodyView.FRONT, symptom=symptom, strokes=(corners,))
    ground = (Polygon(_points(box, corners), fill="symptom_soft"),) if symptom == PAIN else ()
    return (*ground, *_pattern(box, mark, text_size, is_chosen=False))


def _caption(text_size: float) -> float:
    return text_size * 1.8


def _view(
    box: ViewBox,
    marks: Sequence[BodyMark],
    before: Sequence[BodyMark],
    signs: dict[int, str],
    chosen: int | None,
    signing: _Signing,
) -> Iterator[Shape]:
    seen = drawing(box.view)
    size = signing.size
    line = max(0.7, box.height / 420)
    for contours, width, filled in (
        ((*seen.under, seen.body), line, True),
        (seen.lines, line * 0.75, False),
        (seen.over, line, True),
        (seen.over_lines, line * 0.75, False),
    ):
        for contour in contours:
            yield _path(box, contour, width, filled=filled)
    for mark in marks:
        if mark.symptom == PAIN:
            for stroke in mark.strokes:
                yield Polygon(_points(box, stroke), fill="symptom_soft")
    # The lines of the body stay in sight over what is shaded, but for those that an arm covers.
    for contour in seen.over_lines if seen.over else seen.lines:
        yield _path(box, contour, line * 0.75)
    for contour in (seen.body, *seen.over):
        yield _path(box, contour, line)
    for mark in before:
        for stroke in mark.strokes:
            points = _points(box, stroke)
            yield Polyline((*points, points[0]), "muted", 1.0, _DASH)
    for mark in marks:
        yield from _pattern(box, mark, size, is_chosen=mark.row == chosen)
    yield from _captions(box, size)
    yield from _signs(box, marks, signs, chosen, signing)


def _pattern(box: ViewBox, mark: BodyMark, size: float, *, is_chosen: bool) -> Iterator[Shape]:
    ink = _INKS.get(mark.symptom, "muted")
    step = _STEP_PT * size / 11
    for stroke in mark.strokes:
        points = _points(box, stroke)
        if mark.symptom == NUMBNESS:
            yield from _hatching(points, ink, step)
        elif mark.symptom == PINS_AND_NEEDLES:
            yield from _dots(points, ink, step)
        edge = (*points, points[0])
        dash = _DASH if mark.symptom == CLEARED else ()
        yield Polyline(edge, ink, 2.4 if is_chosen else 1.2, dash)


def _hatching(points: Sequence[Point], ink: Ink, step: float) -> Iterator[Shape]:
    """Slanting lines within an outline: along each, what lies between every other crossing of the edge."""
    # Seen along the slope, the lines are those of one x + y each.
    totals = [x + y for x, y in points]
    total = (min(totals) // (step * 1.4) + 1) * step * 1.4
    while total < max(totals):
        crossings = sorted(
            x1 + (x2 - x1) * (total - x1 - y1) / (x2 + y2 - x1 - y1)
            for (x1, y1), (x2, y2) in pairwise((*points, points[0]))
            if (x1 + y1 > total) != (x2 + y2 > total)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            yield Line(left, total - left, right, total - right, ink, 0.9)
        total += step * 1.4


def _dots(points: Sequence[Point], ink: Ink, step: float) -> Iterator[Shape]:
    xs, ys = zip(*points, strict=True)
    row, y = 0, min(ys) + step / 2
    while y < max(ys):
        x = min(xs) + step * (0.5 if row % 2 else 1.0)
        while x < max(xs):
            if is_inside(points, x, y):
                yield Circle(x, y, step * 0.24, fill=ink)
            x += step
        y += step * 0.87
        row += 1


def _captions(box: ViewBox, size: float) -> Iterator[Shape]:
    words = VIEW_WORDS[box.view]
    yield Text(box.x + box.width / 2, box.y + box.height + size * 1.3, words, "muted", size, anchor="middle")
    letters = {BodyView.FRONT: "RL", BodyView.BACK: "LR"}.get(box.view)
    for letter, share in zip(letters or "", (0.16, 0.84), strict=False):
        x, y = box.x + box.width * share, box.y + box.height * 0.10
        yield Text(x, y, letter, "muted", size, "semibold", "middle")


def _signs(
    box: ViewBox,
    marks: Sequence[BodyMark],
    signs: dict[int, str],
    chosen: int | None,
    signing: _Signing,
) -> Iterator[Shape]:
    """Each mark's sign in its middle, beside it where it would hide the mark, and moved down where another stands."""
    size = signing.size
    taken: list[tuple[float, float, float]] = []
    high = size * 1.35
    for mark in marks:
        ink = _INKS.get(mark.symptom, "muted")
        # No typeface of paper has a check mark, so that it is drawn.
        is_check = mark.symptom == CLEARED
        wide = size if is_check else signing.measure(signs[mark.row], size, "bold") + size * 0.5
        points = _points(box, mark.strokes[0])
        x, y = _middle(points)
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        beside = (
            right - left < wide * 0.9 or max(y for _, y in points) - min(y for _, y in points) < high * 1.5
        )
        if beside:
            outer, inner = right + wide * 0.5 + 3, left - wide * 0.5 - 3
            if x < box.x + box.width / 2:
                outer, inner = inner, outer
            # Away from the body, unless the figure ends there.
            x = outer if wide / 2 < outer < signing.width - wide / 2 else inner
        x = min(max(x, wide / 2 + 1), signing.width - wide / 2 - 1)
        while any(
            abs(y - other_y) < high and abs(x - other_x) < (wide + other) / 2
            for other_x, other_y, other in taken
        ):
            y += high
        taken.append((x, y, wide))
        edge: Ink = "accent" if mark.row == chosen else ink
        yield Rect(x - wide / 2, y - high / 2, wide, high, "surface", edge, 1.0, size * 0.3)
        if is_check:
            hook = ((-0.25, 0.02), (-0.06, 0.24), (0.28, -0.24))
            yield Polyline(tuple((x + across * size, y + down * size) for across, down in hook), ink, 1.4)
        else:
            yield Text(x, y + size * 0.36, signs[mark.row], ink, size, "bold", "middle")


def _middle(points: Sequence[Point]) -> Point:
    """A point well within an outline: the middle of the widest stretch half way down, so that a bow holds it too."""
    ys = sorted(y for _, y in points)
    y = (ys[0] + ys[-1]) / 2 + 0.01
    crossings = sorted(
        x1 + (x2 - x1) * (y - y1) / (y2 - y1)
        for (x1, y1), (x2, y2) in pairwise((*points, points[0]))
        if (y1 > y) != (y2 > y)
    )
    stretches = list(zip(crossings[::2], crossings[1::2], strict=False))
    if not stretches:
        return points[len(points) // 2]
    left, right = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return (left + right) / 2, y


def _points(box: ViewBox, stroke: Stroke) -> tuple[Point, ...]:
    return tuple(box.point(place) for place in stroke)


def _path(box: ViewBox, contour: Contour, width: float, *, filled: bool = False) -> Path:
    scale = box.height / TALL

    def at(point: Point) -> Point:
        return box.x + point[0] * scale, box.y + point[1] * scale

    return Path(
        at(contour.start),
        tuple(Curve(at(piece.control_1), at(piece.control_2), at(piece.end)) for piece in contour.pieces),
        fill="bone" if filled else None,
        stroke="bone_edge",
        width=width,
        is_open=not contour.is_closed,
    )
