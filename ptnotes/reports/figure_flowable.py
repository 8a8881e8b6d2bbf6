"""Draws a figure's plain shapes on paper, as vectors with the document's own typefaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject
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
    Shape,
    Text,
    Weight,
)
from ptnotes.reports.fonts import BOLD, MEDIUM, REGULAR, SEMIBOLD, runs, width
from ptnotes.reports.tags import Element, marked

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
            self.canv.saveState()
            # Round joins and flat ends, as on the screen.
            self.canv.setLineJoin(1)
            self.canv.setLineCap(0)
            for shape in self.figure.shapes:
                self._shape(self.canv, shape)
            self.canv.restoreState()

    def _shape(self, canvas: Canvas, shape: Shape) -> None:
        match shape:
            case Text():
                self._text(canvas, shape)
            case Line():
                self._pen(canvas, shape.ink, shape.width, shape.dash)
                canvas.line(shape.x1, self._up(shape.y1), shape.x2, self._up(shape.y2))
            case Polyline():
                self._pen(canvas, shape.ink, shape.width, shape.dash)
                canvas.drawPath(self._outline(canvas, shape.points), stroke=1, fill=0)
            case Polygon():
                stroke, fill = self._pens(canvas, shape.fill, shape.stroke, shape.width)
                outline = self._outline(canvas, shape.points)
                outline.close()
                canvas.drawPath(outline, stroke=stroke, fill=fill)
            case Circle():
                self._circle(canvas, shape)
            case Rect():
                stroke, fill = self._pens(canvas, shape.fill, shape.stroke, shape.line_width)
                bottom = self._up(shape.y + shape.height)
                box = (shape.x, bottom, shape.width, shape.height)
                if shape.radius:
                    canvas.roundRect(*box, shape.radius, stroke=stroke, fill=fill)
                else:
                    canvas.rect(*box, stroke=stroke, fill=fill)
            case Path():
                stroke, fill = self._pens(canvas, shape.fill, shape.stroke, shape.width)
                canvas.drawPath(self._path(canvas, shape), stroke=stroke, fill=fill)

    def _circle(self, canvas: Canvas, circle: Circle) -> None:
        stroke, fill = self._pens(canvas, circle.fill, circle.stroke, circle.width)
        canvas.saveState()
        canvas.translate(circle.x, self._up(circle.y))
        canvas.drawPath(_round(circle.radius), stroke=stroke, fill=fill)
        canvas.restoreState()

    def _up(self, y: float) -> float:
        """Figures grow downwards, paper upwards."""
        return self.height - y

    def _text(self, canvas: Canvas, text: Text) -> None:
        canvas.setFillColor(self.inks[text.ink])
        pieces = runs(text.text, _FONTS[text.weight])
        x = text.x
        if text.anchor != "start":
            wide = sum(width(piece, font, text.size) for font, piece in pieces)
            x -= wide if text.anchor == "end" else wide / 2
        for font, piece in pieces:
            canvas.setFont(font, text.size)
            canvas.drawString(x, self._up(text.y), piece)
            x += width(piece, font, text.size)

    def _pen(self, canvas: Canvas, ink: Ink, line_width: float, dash: tuple[float, ...] = ()) -> None:
        canvas.setStrokeColor(self.inks[ink])
        canvas.setLineWidth(line_width)
        canvas.setDash(list(dash))

    def _pens(
        self, canvas: Canvas, fill: Ink | None, stroke: Ink | None, line_width: float
    ) -> tuple[int, int]:
        if fill is not None:
            canvas.setFillColor(self.inks[fill])
        if stroke is not None:
            self._pen(canvas, stroke, line_width)
        return int(stroke is not None), int(fill is not None)

    def _outline(self, canvas: Canvas, points: Sequence[Point]) -> PDFPathObject:
        outline = canvas.beginPath()
        (x, y), *others = points
        outline.moveTo(x, self._up(y))
        for x, y in others:
            outline.lineTo(x, self._up(y))
        return outline

    def _path(self, canvas: Canvas, path: Path) -> PDFPathObject:
        outline = canvas.beginPath()
        outline.moveTo(path.start[0], self._up(path.start[1]))
        for piece in path.pieces:
            if isinstance(piece, Curve):
                (x1, y1), (x2, y2), (x3, y3) = piece.control_1, piece.control_2, piece.end
                outline.curveTo(x1, self._up(y1), x2, self._up(y2), x3, self._up(y3))
            else:
                outline.lineTo(piece[0], self._up(piece[1]))
        if not path.is_open:
            outline.close()
        return outline


@cache
def _round(radius: float) -> PDFPathObject:
    """A circle round the origin: the markers of a chart are the same curves, written out once."""
    outline = PDFPathObject()
    outline.circle(0, 0, radius)
    return outline
