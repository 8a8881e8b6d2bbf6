"""Paints a figure's plain shapes on the screen, in the theme's inks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from ptnotes.figures.shapes import (
    Circle,
    Curve,
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
from ptnotes.ui.theme import Theme

_WEIGHTS = {
    "regular": QFont.Weight.Normal,
    "medium": QFont.Weight.Medium,
    "semibold": QFont.Weight.DemiBold,
    "bold": QFont.Weight.Bold,
}


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: Weight) -> float:
    """Width in pixels of `text` on the screen: the `TextMeasure` of figures that are painted here."""
    # The same dates and numbers stand at the axes of every chart, and each is asked for several times.
    return _metrics(size, weight).horizontalAdvance(text)


def paint_shapes(painter: QPainter, shapes: Iterable[Shape], theme: Theme) -> None:
    """Paint `shapes` at the painter's origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inks = _Inks(painter, theme)
    for shape in shapes:
        match shape:
            case Text():
                _paint_text(painter, shape, inks)
            case Line():
                _paint_line(painter, shape, inks)
            case Circle():
                inks.take(shape.fill, shape.stroke, shape.width)
                painter.drawEllipse(QPointF(shape.x, shape.y), shape.radius, shape.radius)
            case Polyline():
                inks.draw_with(shape.ink, shape.width, shape.dash)
                painter.drawPolyline(_polygon(_bends(shape.points)))
            case Polygon():
                inks.take(shape.fill, shape.stroke, shape.width)
                painter.drawPolygon(_polygon(shape.points))
            case Rect():
                inks.take(shape.fill, shape.stroke, shape.line_width)
                box = QRectF(shape.x, shape.y, shape.width, shape.height)
                painter.drawRoundedRect(box, shape.radius, shape.radius)
            case Path():
                inks.take(shape.fill, shape.stroke, shape.width)
                painter.drawPath(_outline(shape))


class _Inks:
    """Sets pen and brush where the next shape needs others: charts have hundreds of like markers in a row."""

    def __init__(self, painter: QPainter, theme: Theme) -> None:
        self._painter = painter
        self._theme = theme
        self._pen: tuple[object, ...] = ()
        self._pens: dict[tuple[object, ...], QPen] = {}
        self._fill: Ink | bool | None = False

    def take(self, fill: Ink | None, stroke: Ink | None, width: float) -> None:
        """Fill and stroke with these; None is neither."""
        if fill != self._fill:
            self._fill = fill
            self._painter.setBrush(self._theme.ink(fill) if fill is not None else Qt.BrushStyle.NoBrush)
        if stroke is not None:
            self.draw_with(stroke, width)
        elif self._pen != (None,):
            self._pen = (None,)
            self._painter.setPen(Qt.PenStyle.NoPen)

    def draw_with(self, ink: Ink, width: float, dash: tuple[float, ...] = ()) -> None:
        """Draw lines with this pen."""
        wanted = (ink, width, dash)
        if wanted != self._pen:
            self._pen = wanted
            # A series with gaps goes to and fro between two pens.
            pen = self._pens.get(wanted)
            if pen is None:
                pen = self._pens[wanted] = _pen(self._theme.ink(ink), width, dash)
            self._painter.setPen(pen)

    def write_with(self, ink: Ink) -> None:
        """Write in this colour."""
        if self._pen != (ink,):
            self._pen = (ink,)
            self._painter.setPen(self._theme.ink(ink))


def _outline(path: Path) -> QPainterPath:
    made = QPainterPath(QPointF(*path.start))
    for piece in path.pieces:
        if isinstance(piece, Curve):
            made.cubicTo(QPointF(*piece.control_1), QPointF(*piece.control_2), QPointF(*piece.end))
        else:
            made.lineTo(QPointF(*piece))
    if not path.is_open:
        made.closeSubpath()
    return made


def _paint_text(painter: QPainter, text: Text, inks: _Inks) -> None:
    inks.write_with(text.ink)
    painter.setFont(_font(text.size, text.weight))
    x = text.x
    if text.anchor != "start":
        wide = text_width(text.text, text.size, text.weight)
        x -= wide if text.anchor == "end" else wide / 2
    painter.drawText(QPointF(x, text.y), text.text)


def _paint_line(painter: QPainter, line: Line, inks: _Inks) -> None:
    inks.draw_with(line.ink, line.width, line.dash)
    x1, y1, x2, y2 = line.x1, line.y1, line.x2, line.y2
    # An upright or level hairline is laid on whole pixels, or it would be two pixels of half the strength.
    if line.width <= 1.0 and x1 == x2:
        x1 = x2 = round(x1 - 0.5) + 0.5
    elif line.width <= 1.0 and y1 == y2:
        y1 = y2 = round(y1 - 0.5) + 0.5
    painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def _pen(colour: QColor, width: float, dash: tuple[float, ...]) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        pen.setDashPattern([length / width for length in dash])
    return pen


def _bends(points: Sequence[Point]) -> Sequence[Point]:
    """The points of a line without those that a level stretch runs through: each is stroked like a corner, unseen."""
    if len(points) < 3:
        return points
    bends = (
        here
        for before, here, after in zip(points, points[1:], points[2:], strict=False)
        if not (before[1] == here[1] == after[1] and before[0] <= here[0] <= after[0])
    )
    return [points[0], *bends, points[-1]]


def _polygon(points: Sequence[Point]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


@lru_cache(maxsize=64)
def _font(size: float, weight: Weight) -> QFont:
    font = QFont(["Inter", "Noto Sans"])
    font.setPixelSize(max(1, round(size)))
    font.setWeight(_WEIGHTS[weight])
    return font


@lru_cache(maxsize=64)
def _metrics(size: float, weight: Weight) -> QFontMetricsF:
    return QFontMetricsF(_font(size, weight))
