"""The spine from behind: shows where it was treated."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ptnotes.domain.views import SpineMark
from ptnotes.figures.spine import SpineFigure, spine_figure, spine_label
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.figure_view import paint_shapes, text_width


class SpineMap(QWidget):
    """A picture that grows with its room. Where a visit is charted, `ptnotes.ui.spine` has the map to choose from."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marks: tuple[SpineMark, ...] = ()
        self._levels = ("C0", "COC")
        self._spine: SpineFigure | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.px(150), theme.px(180))
        theme.changed.connect(self._forget)
        self._forget()

    def set_marks(self, marks: Sequence[SpineMark]) -> None:
        """Show what was treated."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self._forget()

    def set_levels(self, first: str, last: str) -> None:
        """Show the levels from `first` to `last` alone (``T8`` to ``COC``), as large as fits."""
        if (first, last) != self._levels:
            self._levels = (first, last)
            self._forget()

    @property
    def drawn(self) -> SpineFigure:
        """The spine as it is drawn now."""
        if self._spine is None:
            size = self._theme.px(11)
            self._spine = spine_figure(
                self.width(), self.height(), self._marks, text_width, size, self._levels
            )
        return self._spine

    @property
    def elsewhere(self) -> tuple[SpineMark, ...]:
        """Marks that have no place on the levels shown; whoever shows the spine says them in words."""
        return self.drawn.elsewhere

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(230), self._theme.px(420))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._spine = None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_shapes(painter, self.drawn.figure.shapes, self._theme)
        painter.end()

    def _forget(self) -> None:
        self._spine = None
        self.setAccessibleName(spine_label(self._marks))
        self.update()
