"""Draws a figure's plain shapes on paper, as vectors with the document's own typefaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.rl_accel import fp_str
from reportlab.platypus import Flowable

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
    Text,
    Weight,
)
from ptnotes.reports.fonts import BOLD, MEDIUM, REGULAR, SEMIBOLD, encoded, runs, width
from ptnotes.reports.tags import Element, marked
from ptnotes.reports.text_block import fill_operator

_FONTS: Mapping[Weight, str] = {"regular": REGULAR, "medium": MEDIUM, "semibold": SEMIBOLD, "bold": BOLD}


def text_width(text: str, size: float, weight: Weight) -> float:
    """Width in points of `text` on paper: the `TextMeasure` of figures that are drawn here."""
    return sum(width(piece, font, size) for font, piece in runs(text, _FONTS[weight]))


class FigureFlowable(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """A figure in the flow of a document. `inks` gives the colour of every ink on paper."""

    def __init__(self, figure: Figure, inks: Mapping[str, Color]) -> None:
        super().__init__()
        self.figure = figure
        self.inks = inks
        self.width = figure.width
        self.height = figure.height

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        """The figure's own size; it is neither stretched nor split."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw at the canvas's origin."""
        element = Element("Figure", alt=self.figure.label)
        left, bottom = self.canv.absolutePosition(0, 0)
        element.box = (left, bottom, left + self.width, bottom + self.height)
        with marked(self.canv, element):
            self.canv._code.append(_Pen(self.canv, self.figure, self.inks).written())


class _Pen:
    """Writes a figure's shapes as operators of a page's stream, and says again only what has changed since."""

    def __init__(self, canvas: Any, figure: Figure, inks: Mapping[str, Color]) -> None:
        self._canvas = canvas
        self._figure = figure
        self._inks = inks
        # Round joins and flat ends, as on the screen.
        self._code = ["q 1 j 0 J"]
        self._fill: Ink | None = None
        self._stroke: tuple[Ink, float, tuple[float, ...]] | None = None

    def written(self) -> str:
        """The whole figure, which leaves the state of the page as it was."""
        high = self._figure.height
        for shape in self._figure.shapes:
            match shape:
                case Text():
                    self._text(shape)
                case Line():
                    self._set_stroke(shape.ink, shape.width, shape.dash)
                    ends = (fp_str(shape.x1, high - shape.y1), fp_str(shape.x2, high - shape.y2))
                    self._code.append(f"{ends[0]} m {ends[1]} l S")
                case Polyline():
                    self._set_stroke(shape.ink, shape.width, shape.dash)
                    self._code.append(f"{self._outline(shape.points)} S")
                case Polygon():
                    paint = self._paint(shape.fill, shape.stroke, shape.width)
                    self._code.append(f"{self._outline(shape.points)} h {paint}")
                case Circle():
                    paint = self._paint(shape.fill, shape.stroke, shape.width)
                    place = fp_str(shape.x, high - shape.y)
                    self._code.append(f"q 1 0 0 1 {place} cm {_round(shape.radius)} {paint} Q")
                case Rect():
                    paint = self._paint(shape.fill, shape.stroke, shape.line_width)
                    self._code.append(f"{self._box(shape)} {paint}")
                case Path():
                    paint = self._paint(shape.fill, shape.stroke, shape.width)
                    self._code.append(f"{self._path(shape)} {paint}")
        self._code.append("Q")
        return " ".join(self._code)

    def _text(self, text: Text) -> None:
        if text.ink != self._fill:
            self._fill = text.ink
            self._code.append(fill_operator(self._inks[text.ink]))
        pieces = runs(text.text, _FONTS[text.weight])
        x = text.x
        if text.anchor != "start":
            wide = sum(width(piece, font, text.size) for font, piece in pieces)
            x -= wide if text.anchor == "end" else wide / 2
        self._code.append(f"BT {fp_str(x, self._figure.height - text.y)} Td")
        size = fp_str(text.size)
        for font, piece in pieces:
            for name, string in encoded(self._canvas, piece, font):
                self._code.append(f"{name} {size} Tf ({string}) Tj")
        self._code.append("ET")

    def _set_stroke(self, ink: Ink, line_width: float, dash: tuple[float, ...] = ()) -> None:
        if self._stroke == (ink, line_width, dash):
            return
        self._stroke = (ink, line_width, dash)
        colour = self._inks[ink]
        dashes = fp_str(*dash) if dash else ""
        self._code.append(
            f"{fp_str(colour.red, colour.green, colour.blue)} RG {fp_str(line_width)} w [{dashes}] 0 d"
        )

    def _paint(self, fill: Ink | None, stroke: Ink | None, line_width: float) -> str:
        """The operator that paints a path in these inks, which are set first."""
        if fill is not None and fill != self._fill:
            self._fill = fill
            self._code.append(fill_operator(self._inks[fill]))
        if stroke is not None:
            self._set_stroke(stroke, line_width)
        return {(True, True): "B", (True, False): "f", (False, True): "S"}.get(
            (fill is not None, stroke is not None), "n"
        )

    def _outline(self, points: Sequence[Point]) -> str:
        high = self._figure.height
        first, *others = [fp_str(x, high - y) for x, y in points]
        return " ".join([f"{first} m", *(f"{point} l" for point in others)])

    def _box(self, rect: Rect) -> str:
        x, y, wide, high = rect.x, self._figure.height - rect.y - rect.height, rect.width, rect.height
        if not rect.radius:
            return f"{fp_str(x, y, wide, high)} re"
        # A quarter of a circle as one curve, whose handles are this much shorter than the radius.
        far = min(rect.radius, wide / 2, high / 2)
        near = far * (1 - _HANDLE)
        right, top = x + wide, y + high
        return (
            f"{fp_str(x + far, y)} m {fp_str(right - far, y)} l "
            f"{fp_str(right - near, y, right, y + near, right, y + far)} c {fp_str(right, top - far)} l "
            f"{fp_str(right, top - near, right - near, top, right - far, top)} c {fp_str(x + far, top)} l "
            f"{fp_str(x + near, top, x, top - near, x, top - far)} c {fp_str(x, y + far)} l "
            f"{fp_str(x, y + near, x + near, y, x + far, y)} c h"
        )

    def _path(self, path: Path) -> str:
        high = self._figure.height
        code = [f"{fp_str(path.start[0], high - path.start[1])} m"]
        for piece in path.pieces:
            if isinstance(piece, Curve):
                (x1, y1), (x2, y2), (x3, y3) = piece.control_1, piece.control_2, piece.end
                code.append(f"{fp_str(x1, high - y1, x2, high - y2, x3, high - y3)} c")
            else:
                code.append(f"{fp_str(piece[0], high - piece[1])} l")
        if not path.is_open:
            code.append("h")
        return " ".join(code)


_HANDLE = 0.5522847498
"""How far the handles of a curve stand from its ends, in radii, where the curve is a quarter of a circle."""


@cache
def _round(radius: float) -> str:
    """A circle round the origin: the markers of a chart are the same curves, written out once."""
    far, near = radius, radius * _HANDLE
    return (
        f"{fp_str(far, 0)} m {fp_str(far, near, near, far, 0, far)} c {fp_str(-near, far, -far, near, -far, 0)} c "
        f"{fp_str(-far, -near, -near, -far, 0, -far)} c {fp_str(near, -far, far, -near, far, 0)} c h"
    )
