"""The spine from behind: shows where it was treated; where it is interactive a place on it can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ptnotes.domain.treatment import Side
from ptnotes.domain.views import SpineMark
from ptnotes.domain.wording import side_words
from ptnotes.figures.shapes import Shape
from ptnotes.figures.spine import (
    Area,
    SpineFigure,
    area_at,
    first_area,
    next_area,
    ring,
    spine_figure,
    spine_label,
)
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.figure_view import paint_shapes, text_width

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class SpineMap(QWidget):
    """Grows with its room. Interactive, it takes the focus: arrow keys move, Enter or Space or a click chooses.

    Emits `target_chosen(target id, side)`, both as their stored words (``L4``, ``left``).
    """

    target_chosen = Signal(str, str)

    def __init__(self, theme: Theme, *, interactive: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._interactive = interactive
        self._marks: tuple[SpineMark, ...] = ()
        self._levels = ("C0", "COC")
        self._spine: SpineFigure | None = None
        self._at: Area | None = None
        self._pointed: Area | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.px(150), theme.px(180))
        if interactive:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setMouseTracking(True)
        theme.changed.connect(self._forget)

    def set_marks(self, marks: Sequence[SpineMark]) -> None:
        """Show what was treated."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self._forget()

    def set_levels(self, first: str, last: str) -> None:
        """Show the levels from `first` to `last` alone (``T8`` to ``COC``), as large as fits."""
        if (first, last) != self._levels:
            self._levels = (first, last)
            self._at = self._pointed = None
            self._forget()

    def set_chosen(self, target: str | None, side: Side | None = None) -> None:
        """Mark a place as the chosen one without emitting; None for none."""
        wanted = (target, side or Side.MIDLINE)
        self._at = next((area for area in self._drawn().areas if (area.target, area.side) == wanted), None)
        self._tell()
        self.update()

    @property
    def elsewhere(self) -> tuple[SpineMark, ...]:
        """Marks that have no place on the levels shown; whoever shows the spine says them in words."""
        return self._drawn().elsewhere

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(230), self._theme.px(420))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        chosen = self._at
        self._forget()
        if chosen is not None:
            self.set_chosen(chosen.target, chosen.side)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_shapes(painter, self._drawn().figure.shapes, self._theme)
        paint_shapes(painter, self._rings(), self._theme)
        painter.end()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._interactive:
            self._point(area_at(self._drawn(), event.position().x(), event.position().y()))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._interactive or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        area = area_at(self._drawn(), event.position().x(), event.position().y())
        if area is not None:
            self._choose(area)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self._interactive:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._here())
        elif key in _ARROWS:
            self._at = next_area(self._drawn(), self._here(), *_ARROWS[key])
            self._tell()
            self.update()
        else:
            super().keyPressEvent(event)

    def _drawn(self) -> SpineFigure:
        if self._spine is None:
            size = self._theme.px(11)
            self._spine = spine_figure(
                self.width(), self.height(), self._marks, text_width, size, self._levels
            )
        return self._spine

    def _here(self) -> Area:
        """Where the keys stand: where they went last, else at what was treated last."""
        return self._at or first_area(self._drawn(), self._marks)

    def _forget(self) -> None:
        self._spine = None
        self._tell()
        self.update()

    def _rings(self) -> list[Shape]:
        rings = [ring(self._pointed)] if self._pointed is not None else []
        if self.hasFocus():
            rings.append(ring(self._here()))
        elif self._at is not None and not self._interactive:
            rings.append(ring(self._at))
        return rings

    def _point(self, area: Area | None) -> None:
        if area != self._pointed:
            self._pointed = area
            self.setToolTip(area_words(area) if area is not None else "")
            self.update()

    def _choose(self, area: Area) -> None:
        self._at = area
        self._tell()
        self.update()
        self.target_chosen.emit(area.target, area.side.value)

    def _tell(self) -> None:
        """Say to assistive technology what is shown and where the keys stand."""
        name = spine_label(self._marks)
        here = self._here() if self.hasFocus() else self._at
        self.setAccessibleName(f"{area_words(here)}. {name}" if here is not None else name)


def area_words(area: Area) -> str:
    """A place in words: ``L4 left``, ``C5-C6 midline``."""
    return f"{area.target} {side_words(area.side)}"
