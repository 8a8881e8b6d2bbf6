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


def text_width(text: str, size: float, weight: Weight) -> float:
    """Width in pixels of `text` on the screen: the `TextMeasure` of figures that are painted here."""
    return _metrics(size, weight).horizontalAdvance(text)


def paint_shapes(painter: QPainter, shapes: Iterable[Shape], theme: Theme) -> None:
    """Paint `shapes` at the painter's origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for shape in shapes:
        match shape:
            case Text():
                _paint_text(painter, shape, theme.ink(shape.ink))
            case Line():
                _paint_line(painter, shape, theme.ink(shape.ink))
            case Circle():
                _set_pens(painter, theme, shape.fill, shape.stroke, shape.width)
                painter.drawEllipse(QPointF(shape.x, shape.y), shape.radius, shape.radius)
            case Polyline():
                painter.setPen(_pen(theme.ink(shape.ink), shape.width, shape.dash))
                painter.drawPolyline(_polygon(shape.points))
            case Polygon():
                _set_pens(painter, theme, shape.fill, shape.stroke, shape.width)
                painter.drawPolygon(_polygon(shape.points))
            case Rect():
                _set_pens(painter, theme, shape.fill, shape.stroke, shape.line_width)
                box = QRectF(shape.x, shape.y, shape.width, shape.height)
                painter.drawRoundedRect(box, shape.radius, shape.radius)
            case Path():
                _set_pens(painter, theme, shape.fill, shape.stroke, shape.width)
                painter.drawPath(_outline(shape))


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


def _paint_text(painter: QPainter, text: Text, colour: QColor) -> None:
    painter.setPen(colour)
    painter.setFont(_font(text.size, text.weight))
    x = text.x
    if text.anchor != "start":
        wide = text_width(text.text, text.size, text.weight)
        x -= wide if text.anchor == "end" else wide / 2
    painter.drawText(QPointF(x, text.y), text.text)


def _paint_line(painter: QPainter, line: Line, colour: QColor) -> None:
    painter.setPen(_pen(colour, line.width, line.dash))
    x1, y1, x2, y2 = line.x1, line.y1, line.x2, line.y2
    # An upright or level hairline is laid on whole pixels, or it would be two pixels of half the strength.
    if line.width <= 1.0 and x1 == x2:
        x1 = x2 = round(x1 - 0.5) + 0.5
    elif line.width <= 1.0 and y1 == y2:
        y1 = y2 = round(y1 - 0.5) + 0.5
    painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def _set_pens(painter: QPainter, theme: Theme, fill: Ink | None, stroke: Ink | None, width: float) -> None:
    painter.setBrush(theme.ink(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    if stroke is not None:
        painter.setPen(_pen(theme.ink(stroke), width, ()))
    else:
        painter.setPen(Qt.PenStyle.NoPen)


def _pen(colour: QColor, width: float, dash: tuple[float, ...]) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        pen.setDashPattern([length / width for length in dash])
    return pen


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
