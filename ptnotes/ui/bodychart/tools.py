"""What the next mark is, and how the chosen one feels, to click; the keys stand in the tool tips."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ptnotes.domain.body_chart import CLEARED, KINDS, QUALITIES
from ptnotes.figures.body_figure import swatch
from ptnotes.ui.bodychart.charting import BodyCharting
from ptnotes.ui.keys import BODY
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.figure_view import paint_shapes

_SWATCH_PX = (20, 14)


class MarkTools(QWidget):
    """Lines of buttons: the kinds with their patterns, which is the chart's legend, and the qualities.

    The chart has the keys, so that these are no further stops of Tab.
    """

    def __init__(self, charting: BodyCharting, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._charting = charting
        self._theme = theme
        self.buttons: dict[str, QToolButton] = {}
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.space(1))
        self._kinds, self._qualities = QGridLayout(), QHBoxLayout()
        for line in (self._kinds, self._qualities):
            line.setSpacing(theme.space(1))
            lines.addLayout(line)
        for place, verb in enumerate(KINDS):
            self._button(verb, place)
        for verb in QUALITIES:
            self._button(verb, 0)
            self._qualities.addWidget(self.buttons[verb])
        self._qualities.addStretch(1)
        self._in_row = 0
        self._arrange(len(KINDS))
        theme.changed.connect(self._paint_swatches)
        charting.changed.connect(self.show_chosen)
        self._paint_swatches()
        self.show_chosen()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(len(KINDS) if self.width() >= self._wanted(len(KINDS)) else 2)

    @override
    def minimumSizeHint(self) -> QSize:
        # Where the kinds do not fit beside each other, they stand in pairs.
        width = max(self._wanted(2), self._qualities.minimumSize().width())
        return QSize(width, super().minimumSizeHint().height())

    def show_chosen(self) -> None:
        """Show the kind and the qualities of the chosen mark, or the kind of the next one."""
        mark = self._charting.chosen_mark
        kind = mark.symptom if mark is not None else self._charting.kind
        can_feel = mark is not None and mark.symptom != CLEARED
        for verb, button in self.buttons.items():
            is_on = verb == kind or (mark is not None and verb in mark.qualities)
            button.setChecked(is_on)
            button.setEnabled(self._charting.is_editable and (verb in KINDS or can_feel))

    def _button(self, verb: str, place: int) -> None:
        words = self._charting.kind_words(verb)
        key = str(place + 1) if verb in KINDS else BODY.shown(verb)
        button = QToolButton(self)
        button.setCheckable(True)
        button.setText(words[0].upper() + words[1:])
        button.setToolTip(f"{button.text()} (key {key})")
        button.setAccessibleName(button.toolTip())
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if verb in KINDS:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(*(self._theme.px(side) for side in _SWATCH_PX)))
        button.clicked.connect(partial(self._clicked, verb))
        self.buttons[verb] = button

    def _wanted(self, in_row: int) -> int:
        """The width that the kinds take with so many of them in a row."""
        widths = [self.buttons[kind].sizeHint().width() for kind in KINDS]
        columns = [max(widths[column::in_row]) for column in range(in_row)]
        return sum(columns) + self._kinds.horizontalSpacing() * (in_row - 1)

    def _arrange(self, in_row: int) -> None:
        if in_row == self._in_row:
            return
        self._in_row = in_row
        for place, kind in enumerate(KINDS):
            self._kinds.addWidget(self.buttons[kind], *divmod(place, in_row))
        for column in range(len(KINDS) + 1):
            self._kinds.setColumnStretch(column, int(column == in_row))

    def _clicked(self, verb: str) -> None:
        self._charting.act(verb)
        # What is checked is told by the mark alone, also where nothing could be changed.
        self.show_chosen()

    def _paint_swatches(self) -> None:
        width, height = (self._theme.px(side) for side in _SWATCH_PX)
        ratio = self.devicePixelRatioF()
        for kind in KINDS:
            picture = QPixmap(QSize(width, height) * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            paint_shapes(painter, swatch(kind, width, height, self._theme.px(11)), self._theme)
            painter.end()
            self.buttons[kind].setIcon(QIcon(picture))
