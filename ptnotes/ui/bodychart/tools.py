"""What the next mark is, and how the chosen one feels, to click; the keys stand in the tool tips."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ptnotes.domain.body_chart import CLEARED, KINDS, QUALITIES
from ptnotes.figures.body_figure import swatch
from ptnotes.ui.bodychart.charting import BodyCharting
from ptnotes.ui.keys import BODY
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.figure_view import paint_shapes

_SWATCH_PX = (20, 14)


class MarkTools(QWidget):
    """Two lines of buttons: the kinds with their patterns, which is the chart's legend, and the qualities.

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
        for verbs in (KINDS, QUALITIES):
            line = QHBoxLayout()
            line.setSpacing(theme.space(1))
            for place, verb in enumerate(verbs):
                line.addWidget(self._button(verb, place))
            line.addStretch(1)
            lines.addLayout(line)
        theme.changed.connect(self._paint_swatches)
        charting.changed.connect(self.show_chosen)
        self._paint_swatches()
        self.show_chosen()

    def show_chosen(self) -> None:
        """Show the kind and the qualities of the chosen mark, or the kind of the next one."""
        mark = self._charting.chosen_mark
        kind = mark.symptom if mark is not None else self._charting.kind
        can_feel = mark is not None and mark.symptom != CLEARED
        for verb, button in self.buttons.items():
            is_on = verb == kind or (mark is not None and verb in mark.qualities)
            button.setChecked(is_on)
            button.setEnabled(self._charting.is_editable and (verb in KINDS or can_feel))

    def _button(self, verb: str, place: int) -> QToolButton:
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
        return button

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
