"""Where what was understood of the typed line stands: labels that change at every key and never move the page."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label

_LINES = 2


class LinePreview(QWidget):
    """Three labels one under the other: the row said anew, what was understood, and why something was not.

    They stand in no layout: their text changes at every key, and a layout would have the whole page laid out again.
    Two lines are kept free, more are taken when needed, and given back once the line is empty.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._gap = theme.space(1)
        self.row = Label("", "small", wraps=True, parent=self)
        self.understood = Label("", "muted", wraps=True, parent=self)
        self.problems = Label("", "fault", wraps=True, parent=self)
        self._least = _LINES * self.understood.fontMetrics().lineSpacing() + self._gap
        self.setFixedHeight(self._least)

    def show_words(self, row: str, understood: str, problems: str) -> None:
        """Show these words; an empty text takes no room."""
        for label, text in ((self.row, row), (self.understood, understood), (self.problems, problems)):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        self._place()

    def give_back(self) -> None:
        """Take no more than two lines again."""
        self.setFixedHeight(self._least)
        self._place()

    def _place(self) -> None:
        top = 0
        for label in (self.row, self.understood, self.problems):
            if label.text():
                height = label.heightForWidth(self.width())
                label.setGeometry(0, top, self.width(), height)
                top += height + self._gap
        # Before it is shown its width is not its own yet.
        if self.isVisible() and top - self._gap > self.height():
            self.setFixedHeight(top - self._gap)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.give_back()
