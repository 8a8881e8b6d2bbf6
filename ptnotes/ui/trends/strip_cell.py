"""The strip of what was done, over a column of charts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ptnotes.domain.treatment import SessionRow
from ptnotes.domain.treatment_strip import TreatmentStrip
from ptnotes.figures.plot import TimeAxis
from ptnotes.figures.shapes import Shape
from ptnotes.figures.trend_strip import StripFigure, strip_figure, strip_height, strip_highlight
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.figure_view import paint_shapes, text_width

TEXT_PX = 11


class StripCell(QWidget):
    """Paints one strip. Drawn for each column, so that a visit is found straight above its values."""

    def __init__(self, theme: Theme, parent: QWidget, first: StripCell | None = None) -> None:
        """`first` is the strip of the first column: one as wide is drawn alike."""
        super().__init__(parent)
        self._theme = theme
        self._first = first
        self._strip = TreatmentStrip()
        self._axis: TimeAxis | None = None
        self._figure: StripFigure | None = None
        self._overlay: Sequence[Shape] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_strip(self, strip: TreatmentStrip, axis: TimeAxis) -> None:
        """Show another strip."""
        self._strip, self._axis = strip, axis
        self._figure, self._overlay = None, ()
        self.setAccessibleName("")
        self.update()

    def drawn(self) -> StripFigure | None:
        """The strip as drawn at the cell's present width."""
        if self._figure is None and self._first is not None and self._first.width() == self.width():
            self._figure = self._first.drawn()
        if self._figure is None and self._axis is not None:
            size = self._theme.px(TEXT_PX)
            self._figure = strip_figure(self._strip, self.width(), self._axis, text_width, size)
        if self._figure is not None and not self.accessibleName():
            self.setAccessibleName(self._figure.figure.label)
        return self._figure

    def light_up(self, visit: SessionRow | None) -> None:
        """Mark the day of a visit; None for none."""
        figure = self.drawn()
        self._overlay = ()
        if visit is not None and figure is not None:
            self._overlay = strip_highlight(figure, visit.id, visit.service_date, text_width)
        self.update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._figure = None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        figure = self.drawn()
        if figure is None:
            return
        painter = QPainter(self)
        paint_shapes(painter, figure.figure.shapes, self._theme)
        paint_shapes(painter, self._overlay, self._theme)
        painter.end()


def height_for(strip: TreatmentStrip, width: float, theme: Theme) -> int:
    """How tall the strip is at a width, in whole pixels."""
    return ceil(strip_height(strip, width, text_width, theme.px(TEXT_PX)))
