"""A pain score from 0 to 10 as a row of numbers to click, or to type."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ptnotes.ui.keys import PAIN
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme

HIGHEST = 10
_TEN_MS = 900
"""A 0 typed so soon after a 1 makes it a 10."""


class PainScale(QWidget):
    """Shows one score, with the last visit's in grey; `chosen` carries the new one, or None where it was cleared.

    Keys: 0 to 9 set it, T or 1 0 is ten, Left and Right move it, Delete clears it.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._value: int | None = None
        self._last: int | None = None
        self._one_typed = QTimer(self, singleShot=True, interval=_TEN_MS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()
        self.setToolTip("Keys 0 to 9, T for ten, Delete to clear")
        theme.changed.connect(self._fit)
        self._describe()

    @property
    def value(self) -> int | None:
        """The score shown."""
        return self._value

    def show_score(self, value: int | None, last: int | None) -> None:
        """Show this visit's score and the last visit's."""
        if (value, last) != (self._value, self._last):
            self._value, self._last = value, last
            self._describe()
            self.update()

    def _fit(self) -> None:
        self.setMaximumWidth(self._theme.px(30) * (HIGHEST + 1))
        self.update()

    def _describe(self) -> None:
        now = "not recorded" if self._value is None else f"{self._value} of {HIGHEST}"
        before = "" if self._last is None else f", last visit {self._last}"
        self.setAccessibleName(f"{self._name}: {now}{before}")

    def _choose(self, value: int | None) -> None:
        if value != self._value:
            self.chosen.emit(value)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(26) * (HIGHEST + 1), self._theme.px(28))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(20) * (HIGHEST + 1), self._theme.px(28))

    def _cell(self, score: int) -> QRectF:
        width = (self.width() - 2) / (HIGHEST + 1)
        return QRectF(1 + score * width, 1, width, self.height() - 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = self._cell(0).united(self._cell(HIGHEST)).adjusted(-0.5, -0.5, 0.5, 0.5)
        radius = theme.px(5)
        painter.setPen(QPen(theme.ink("control"), 1))
        painter.setBrush(theme.ink("surface"))
        painter.drawRoundedRect(whole, radius, radius)
        for score in range(HIGHEST + 1):
            cell = self._cell(score)
            if score:
                painter.setPen(QPen(theme.ink("border"), 1))
                painter.drawLine(QPointF(cell.left(), cell.top()), QPointF(cell.left(), cell.bottom()))
            chosen, was = score == self._value, score == self._last
            if chosen or was:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.ink("accent" if chosen else "neutral_soft"))
                painter.drawRoundedRect(cell.adjusted(1, 0.5, -0.5, -0.5), theme.px(3), theme.px(3))
            painter.setFont(theme.font("strong" if chosen else "small"))
            ink = "on_accent" if chosen else "text" if was else "muted"
            painter.setPen(theme.ink(ink))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(score))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.ink("focus"), 2))
            painter.drawRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        for score in range(HIGHEST + 1):
            if event.button() == Qt.MouseButton.LeftButton and self._cell(score).contains(event.position()):
                # A second click on the same number takes it back.
                self._choose(None if score == self._value else score)
                return
        super().mousePressEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = PAIN.pressed(event)
        if pressed == "score":
            number = event.key() - Qt.Key.Key_0
            ten = number == 0 and self._one_typed.isActive() and self._value == 1
            self._one_typed.stop()
            self._choose(HIGHEST if ten else number)
            if number == 1:
                self._one_typed.start()
        elif pressed == "ten":
            self._choose(HIGHEST)
        elif pressed == "blank":
            self._choose(None)
        elif pressed in ("less", "more"):
            step = 1 if pressed == "more" else -1
            start = self._value if self._value is not None else self._last
            self._choose(0 if start is None else min(max(start + step, 0), HIGHEST))
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._one_typed.stop()
        self.update()
