"""The small charts of an episode side by side, all on one axis of time, read by pointing or by the arrow keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ptnotes.domain.change import Direction, Verdict
from ptnotes.domain.treatment import SessionRow
from ptnotes.domain.treatment_strip import TreatmentStrip
from ptnotes.domain.trend import TrendChart
from ptnotes.domain.wording import signed, verdict_tag
from ptnotes.figures.plot import TimeAxis
from ptnotes.figures.shapes import Shape
from ptnotes.figures.trend_chart import TrendFigure, highlight, time_axis, trend_figure
from ptnotes.figures.trend_strip import label_room
from ptnotes.ui.keys import CHARTS
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.strip_cell import StripCell, height_for
from ptnotes.ui.widgets.figure_view import paint_shapes, text_width
from ptnotes.ui.widgets.labels import Tone

_LEAST_WIDTH = 258
_CHART_HEIGHT = 150
_HEAD_HEIGHT = 24
_STACKED_HEIGHT = 52  # title and verdict under each other, with air round the verdict
_GAP = 16
_GROWTH = 1.9  # how much taller than it must be a chart becomes where there is room
_EDGE = 8  # room for the frame of the focus
_MOST_COLUMNS = 3
_NO_STRIP = TreatmentStrip()


def verdict_tone(verdict: Verdict) -> Tone:
    """The tone of a verdict: only a change beyond error is coloured, by which way it goes."""
    if not verdict.is_real or verdict.direction is Direction.NEITHER:
        return "neutral"
    return "success" if verdict.direction is Direction.BETTER else "danger"


class ChartCell(QWidget):
    """One chart with its title and verdict. Painted, not built of labels: an episode may have a dozen."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chart: TrendChart | None = None
        self._title = ""
        self._axis: TimeAxis | None = None
        self._trend: TrendFigure | None = None
        self._overlay: Sequence[Shape] = ()
        self._head_width: float | None = None
        self.is_stacked = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_chart(self, chart: TrendChart, title: str, axis: TimeAxis) -> None:
        """Show another chart."""
        self._chart, self._title, self._axis = chart, title, axis
        self._trend, self._overlay, self._head_width = None, (), None
        self.update()

    def drawn(self) -> TrendFigure | None:
        """The chart as drawn at the cell's present size."""
        if self._trend is None and self._chart is not None and self._axis is not None:
            height = self.height() - self._head()
            self._trend = trend_figure(
                self._chart, self.width(), height, self._axis, text_width, self._theme.px(11)
            )
            self.setAccessibleName(self._trend.figure.label)
        return self._trend

    def light_up(self, visit: SessionRow | None) -> None:
        """Mark the values of a visit; None for none."""
        trend = self.drawn()
        self._overlay = ()
        if visit is not None and trend is not None:
            self._overlay = highlight(trend, visit.id, visit.service_date, text_width)
        self.update()

    def head_width(self) -> float:
        """How wide title and verdict are side by side."""
        if self._head_width is None:
            wide = QFontMetricsF(self._theme.font("strong")).horizontalAdvance(self._title)
            self._head_width = wide + self._theme.px(12) + self._pill_width()
        return self._head_width

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._trend = None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        trend = self.drawn()
        if trend is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter)
        painter.translate(0, self._head())
        paint_shapes(painter, trend.figure.shapes, self._theme)
        paint_shapes(painter, self._overlay, self._theme)
        painter.end()

    def _head(self) -> int:
        return self._theme.px(_STACKED_HEIGHT if self.is_stacked else _HEAD_HEIGHT)

    def _pill_text(self) -> str:
        chart = self._chart
        if chart is None or chart.verdict is None or chart.verdict.change is None:
            return ""
        # A chart of pain shows several kinds, and only one of them is judged.
        kind = f"{chart.note} " if chart.note else ""
        return f"{kind}{signed(chart.verdict.change, chart.unit)}, {verdict_tag(chart.verdict)}"

    def _pill_width(self) -> float:
        text = self._pill_text()
        return text_width(text, self._theme.px(11), "medium") + self._theme.px(16) if text else 0.0

    def _paint_head(self, painter: QPainter) -> None:
        line = self._theme.px(_HEAD_HEIGHT)
        painter.setFont(self._theme.font("strong"))
        painter.setPen(self._theme.ink("text"))
        painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignVCenter, self._title)
        text = self._pill_text()
        if not text or self._chart is None or self._chart.verdict is None:
            return
        tone, wide, tall = verdict_tone(self._chart.verdict), self._pill_width(), self._theme.px(18)
        beside = (self.width() - wide, (line - tall) / 2)
        left, top = (0.0, line + (self._head() - line - tall) / 2) if self.is_stacked else beside
        box = QRectF(left, top, wide, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.ink(f"{tone}_soft"))
        painter.drawRoundedRect(box, tall / 2, tall / 2)
        painter.setFont(self._theme.font("tiny"))
        painter.setPen(self._theme.ink(tone))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class ChartGrid(QWidget):
    """Lays the charts in one to three columns. Takes the focus: Left and Right go from visit to visit, Escape leaves.

    Emits `visit_pointed` with the place of a visit in the list given, or -1 for none.
    """

    visit_pointed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._visits: tuple[SessionRow, ...] = ()
        self._at = -1
        self._charts: tuple[TrendChart, ...] = ()
        self._titles: dict[str, str] = {}
        self._cells: list[ChartCell] = []
        self._shown = 0
        self._strip = TreatmentStrip()
        self._axis: TimeAxis | None = None
        self._strips: list[StripCell] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Trends. Left and Right go from visit to visit.")
        theme.changed.connect(self._forget_drawn)

    def show_charts(
        self,
        charts: Sequence[TrendChart],
        titles: Mapping[str, str],
        visits: Sequence[SessionRow],
        strip: TreatmentStrip = _NO_STRIP,
    ) -> None:
        """Show `charts` over `visits` (attended, oldest first), of which there is at least one, under `strip`."""
        self._visits, self._at, self._strip = tuple(visits), -1, strip
        size = self._theme.px(11)
        days = [visits[0].service_date, visits[-1].service_date]
        room = label_room(strip, text_width, size)
        axis = self._axis = time_axis(charts, text_width, size, days, room)
        for strip_cell in self._strips:
            strip_cell.show_strip(strip, axis)
        while len(self._cells) < len(charts):
            self._cells.append(ChartCell(self._theme, self))
        self._shown = len(charts)
        for place, cell in enumerate(self._cells):
            cell.setVisible(place < self._shown)
            if place < self._shown:
                cell.show_chart(charts[place], titles[charts[place].key], axis)
        self._charts = tuple(charts)
        self._titles = dict(titles)
        self._arrange()
        self.updateGeometry()

    def grow_into(self, spare: int) -> None:
        """Take up to `spare` pixels more in height than the charts must have."""
        least = self.heightForWidth(self.width())
        self.setMinimumHeight(min(least + spare, round(least * _GROWTH)) if spare > 0 else 0)

    def go_to(self, place: int) -> None:
        """Light up the visit at `place` in the list, -1 for none, and say so."""
        place = max(-1, min(place, len(self._visits) - 1))
        if place == self._at:
            return
        self._at = place
        visit = self._visits[place] if place >= 0 else None
        for cell in _both(self._strips, self._cells[: self._shown]):
            cell.light_up(visit)
        self.visit_pointed.emit(place)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        columns, rows, tall = self._layout_for(width)
        charts = rows * tall + max(rows - 1, 0) * self._theme.px(_GAP)
        return charts + self._strip_room(width, columns) + 2 * self._theme.px(_EDGE)

    @override
    def sizeHint(self) -> QSize:
        width = self.width() or self._theme.px((_LEAST_WIDTH + _EDGE) * 2)
        return QSize(width, self.heightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(_LEAST_WIDTH + 2 * _EDGE), 0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.ink("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
            painter.end()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.go_to(self._visit_at(event.position()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self.go_to(-1)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        if not self.underMouse():
            self.go_to(-1)
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._visits) - 1
        places = {
            # The first arrow begins at the latest visit, which is the one asked about most.
            "back": last if self._at < 0 else max(self._at - 1, 0),
            "on": last if self._at < 0 else self._at + 1,
            "first": 0,
            "last": last,
        }
        pressed = CHARTS.pressed(event)
        if pressed in places:
            self.go_to(places[pressed])
        elif pressed == "leave" and self._at >= 0:
            self.go_to(-1)
        else:
            super().keyPressEvent(event)

    def _layout_for(self, width: int) -> tuple[int, int, int]:
        """Columns, rows and the height of a cell at a width."""
        least, gap = self._theme.px(_LEAST_WIDTH), self._theme.px(_GAP)
        width -= 2 * self._theme.px(_EDGE)
        columns = max(1, min(_MOST_COLUMNS, (width + gap) // (least + gap), self._shown or 1))
        rows = -(-self._shown // columns)
        wide = (width - gap * (columns - 1)) / columns
        is_stacked = any(cell.head_width() > wide for cell in self._cells[: self._shown])
        return (
            columns,
            rows,
            self._theme.px(_CHART_HEIGHT + (_STACKED_HEIGHT if is_stacked else _HEAD_HEIGHT)),
        )

    def _arrange(self) -> None:
        columns, rows, tall = self._layout_for(self.width())
        gap, edge = self._theme.px(_GAP), self._theme.px(_EDGE)
        wide = (self.width() - 2 * edge - gap * (columns - 1)) // columns
        is_stacked = tall > self._theme.px(_CHART_HEIGHT + _HEAD_HEIGHT)
        top = edge + self._strip_room(self.width(), columns)
        room = (self.height() - top - edge - gap * (rows - 1)) // max(rows, 1)
        tall = max(tall, min(room, round(tall * _GROWTH)))
        for place, cell in enumerate(self._cells[: self._shown]):
            row, column = divmod(place, columns)
            cell.is_stacked = is_stacked
            cell.setGeometry(QRect(edge + column * (wide + gap), top + row * (tall + gap), wide, tall))
        self._lay_strips(columns if top > edge else 0, wide, top - edge - gap)
        if self._at >= 0:
            for lit in _both(self._strips, self._cells[: self._shown]):
                lit.light_up(self._visits[self._at])

    def _lay_strips(self, columns: int, wide: int, tall: int) -> None:
        """A strip over each column of charts."""
        while len(self._strips) < columns and self._axis is not None:
            made = StripCell(self._theme, self, self._strips[0] if self._strips else None)
            made.show_strip(self._strip, self._axis)
            self._strips.append(made)
        gap, edge = self._theme.px(_GAP), self._theme.px(_EDGE)
        for place, cell in enumerate(self._strips):
            cell.setVisible(place < columns)
            cell.setGeometry(QRect(edge + place * (wide + gap), edge, wide, max(tall, 0)))

    def _strip_room(self, width: int, columns: int) -> int:
        """The height that the strip takes, with the gap below it; 0 where nothing was done."""
        gap = self._theme.px(_GAP)
        wide = (width - 2 * self._theme.px(_EDGE) - gap * (columns - 1)) // columns
        tall = height_for(self._strip, wide, self._theme) if self._shown else 0
        return tall + gap if tall else 0

    def _forget_drawn(self) -> None:
        """Draw anew in another text size or other colours."""
        if self._shown:
            at = self._at
            self.show_charts(self._charts, self._titles, self._visits, self._strip)
            self.go_to(at)

    def _visit_at(self, point: QPointF) -> int:
        """The visit nearest in time to where the mouse is over a plot, -1 outside."""
        for cell in _both(self._strips, self._cells[: self._shown]):
            trend = cell.drawn() if cell.isVisible() else None
            if trend is None or not cell.geometry().contains(point.toPoint()):
                continue
            x = point.x() - cell.x()
            if trend.plot.left - 12 <= x <= trend.plot.right + 12:
                places = range(len(self._visits))
                return min(
                    places, key=lambda place: abs(trend.plot.x_of(self._visits[place].service_date) - x)
                )
        return -1


def _both(strips: Sequence[StripCell], cells: Sequence[ChartCell]) -> list[StripCell | ChartCell]:
    return [*strips, *cells]
