"""The way through a few steps: which there are, and at which one is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ptnotes.ui.keys import IMPORT
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import KeyHint, Label, Pill


def keys_of_way_on(step: QWidget, way_on: QPushButton) -> KeyHint:
    """Let the keys press the button that leads on from a step while it can be pressed; give the hint to show beside."""

    def press() -> None:
        if way_on.isVisible():
            way_on.click()

    for row in IMPORT.rows:
        for keys in row.keys if row.id == "on" else ():
            made = QShortcut(QKeySequence(keys), step, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(press)
    return KeyHint(IMPORT.shown("on"), step)


class Steps(QWidget):
    """Names the steps with their numbers; the one at hand is marked by its ground and told to screen readers."""

    def __init__(self, titles: Sequence[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self.pills = [Pill(f"{number}  {title}", parent=self) for number, title in enumerate(titles, 1)]
        row = QHBoxLayout(self)
        row.setContentsMargins(24, theme.space(4), 24, 0)
        row.setSpacing(theme.space(3))
        for number, pill in enumerate(self.pills):
            if number:
                row.addWidget(Label("›", "muted"))
            row.addWidget(pill)
        row.addStretch(1)

    def show_step(self, at: int) -> None:
        """Mark the step at hand."""
        for number, pill in enumerate(self.pills):
            pill.show_fact(pill.text(), "accent" if number == at else "neutral")
            now = ", now" if number == at else ", done" if number < at else ""
            pill.setAccessibleName(f"Step {number + 1}: {self._titles[number]}{now}")
