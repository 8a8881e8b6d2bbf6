"""The body to draw on: with the mouse or a pen round an area, or twice on an area to mark all of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ptnotes.domain.body_chart import KINDS, area_at, is_inside
from ptnotes.domain.treatment import BodyMark
from ptnotes.figures.body_areas import areas_of
from ptnotes.figures.body_figure import BodyFigure, ViewBox, body_figure, body_height
from ptnotes.figures.shapes import Polyline
from ptnotes.ui.bodychart.charting import BodyCharting
from ptnotes.ui.keys import BODY
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.figure_view import paint_shapes, text_width

_LOWEST_PX = 240
_SHARE_OF_WINDOW = 0.4
"""The body is no higher than this share of the window, so that all of it can be seen while it is drawn on."""
_TEXT_PX = 11
_A_CLICK_PX = 3
"""A press that moves no further is a click and draws nothing."""


class BodyCanvas(QWidget):
    """Paints the visit's chart, the last one under it in broken outline, and takes strokes.

    One Tab stop. What is on it stands in the list of marks too, where a screen reader finds each by itself;
    `area_asked` is the key that goes to the list of areas.
    """

    area_asked = Signal()

    def __init__(self, charting: BodyCharting, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._charting = charting
        self._theme = theme
        self._drawn: BodyFigure | None = None
        self._picture: QPixmap | None = None
        self._stroke: list[tuple[float, float]] = []
        self._in: ViewBox | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleDescription("Areas can be marked by name in the field below; keys: F1.")
        charting.changed.connect(self._forget)
        theme.changed.connect(self._forget)
        self._forget()

    @property
    def drawn(self) -> BodyFigure:
        """The chart as it is drawn now."""
        if self._drawn is None:
            self._drawn = body_figure(
                self.width(),
                self.height(),
                self._charting.marks,
                text_width,
                self._theme.px(_TEXT_PX),
                before=self._charting.open_last(),
                chosen=self._charting.chosen,
            )
        return self._drawn

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        wanted = body_height(width - 2 * self._theme.space(2), self._theme.px(_TEXT_PX))
        room = max(self._theme.px(_LOWEST_PX), round(self.window().height() * _SHARE_OF_WINDOW))
        return min(round(wanted), room)

    @override
    def sizeHint(self) -> QSize:
        width = self._theme.px(520)
        return QSize(width, self.heightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(240), self._theme.px(160))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drawn = self._picture = None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            # Its shapes take longer than a stroke of the pen may wait for.
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._picture)
            paint_shapes(painter, self.drawn.figure.shapes, self._theme)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._in is not None and len(self._stroke) > 1:
            points = tuple(self._stroke)
            broken = Polyline((points[-1], points[0]), "accent", 1.0, (3.0, 3.0))
            paint_shapes(painter, [Polyline(points, "accent", 2.0), broken], self._theme)
        if self.hasFocus():
            painter.setPen(self._theme.ink("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        at = event.position()
        self._in = next((box for box in self.drawn.boxes if box.holds(at.x(), at.y())), None)
        self._stroke = [(at.x(), at.y())]

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._in is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._stroke.append((at.x(), at.y()))
            self.update()
            return
        box = next((box for box in self.drawn.boxes if box.holds(at.x(), at.y())), None)
        area = area_at(areas_of(box.view), *box.place(at.x(), at.y())) if box is not None else None
        if area is None:
            QToolTip.hideText()
        self.setToolTip(area.words if area is not None else "")

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        box, stroke = self._in, self._stroke
        self._in, self._stroke = None, []
        if box is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        xs, ys = zip(*stroke, strict=True)
        if max(max(xs) - min(xs), max(ys) - min(ys)) <= self._theme.px(_A_CLICK_PX):
            self._charting.choose(self._mark_at(box, *box.place(*stroke[0])))
        else:
            self._charting.draw(box.view, [box.place(*point) for point in stroke])
        self.update()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        box = next((box for box in self.drawn.boxes if box.holds(at.x(), at.y())), None)
        place = box.place(at.x(), at.y()) if box is not None else (0.0, 0.0)
        area = area_at(areas_of(box.view), *place) if box is not None else None
        if box is not None and area is not None and self._mark_at(box, *place) is None:
            self._charting.mark_area(area.id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press(self._charting, event, self.area_asked.emit):
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def _mark_at(self, box: ViewBox, x: float, y: float) -> int | None:
        """The row of the mark on top at a place."""
        here: list[BodyMark] = [
            mark
            for mark in self._charting.marks
            if mark.view is box.view and any(is_inside(stroke, x, y) for stroke in mark.strokes)
        ]
        return here[-1].row if here else None

    def _forget(self) -> None:
        self._drawn = self._picture = None
        names = "; ".join(self._charting.names())
        self.setAccessibleName(f"Body chart: {names or 'nothing marked'}")
        self.updateGeometry()
        self.update()


def press(charting: BodyCharting, event: QKeyEvent, area_asked: Callable[[], object]) -> bool:
    """Do what a key of the chart stands for; False where it is none."""
    pressed = BODY.pressed(event)
    if pressed == "kind":
        charting.act(KINDS[int(event.text()) - 1])
    elif pressed == "area":
        area_asked()
    elif pressed:
        charting.act(pressed)
    return bool(pressed)
