"""A card: the ground on which one subject stands, with its title at the left and a quiet note at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ptnotes.ui.widgets.labels import Heading, Label


class Card(QFrame):
    """Put what belongs to the subject into `body`."""

    def __init__(self, title: str = "", note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 14)
        outer.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.title = Heading(title, "strong", parent=self)
        self.note = Label(note, "small", parent=self)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.title.setVisible(bool(title))
        self.note.setVisible(bool(note))
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.head.addWidget(self.note)
        outer.addLayout(self.head)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)
        if title:
            self.setAccessibleName(title)

    def set_title(self, title: str) -> None:
        """Show another title."""
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        """Show another quiet note at the right of the title."""
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def add_to_head(self, widget: QWidget) -> None:
        """Put a small control at the right end of the title's line."""
        self.head.addWidget(widget)


class Scroller(QScrollArea):
    """A page that scrolls up and down and is never wider than the window; put its parts into `body`."""

    def __init__(self, *, ground: str = "window", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("ground", ground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        page.setProperty("ground", ground)
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.body = QVBoxLayout(page)
        self.body.setContentsMargins(24, 16, 24, 24)
        self.body.setSpacing(16)
        self.setWidget(page)


def from_left(*widgets: QWidget, gap_px: int) -> QHBoxLayout:
    """A row of widgets, each as wide as it is, with what is left of the room at its right."""
    row = QHBoxLayout()
    row.setSpacing(gap_px)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
