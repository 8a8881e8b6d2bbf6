"""Words on the screen: headings, quiet words, pills and the names of keys."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from ptnotes.ui.theme import restyle

Tone = Literal["neutral", "accent", "success", "warning", "danger"]
LabelType = Literal[
    "title", "heading", "strong", "body", "muted", "small", "caption", "fault", "warning", "ok"
]


class Label(QLabel):
    """Plain text of one style of the type scale. Markup in `text` is shown as typed; `wraps` breaks long lines."""

    def __init__(
        self, text: str = "", kind: LabelType = "body", *, wraps: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("type", kind)
        self.setWordWrap(wraps)
        self.setText(text)
        if wraps:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)

    def set_kind(self, kind: LabelType) -> None:
        """Take another style."""
        if self.property("type") != kind:
            self.setProperty("type", kind)
            restyle(self)


class FaultLabel(Label):
    """A sentence about the field above it, there only while something is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "fault", wraps=True, parent=parent)
        self.hide()

    def say(self, fault: str) -> None:
        """Show the sentence; an empty one takes it away."""
        self.setText(fault)
        self.setVisible(bool(fault))


class Heading(Label):
    """The heading of a card or a screen; screen readers are told that it is one by its accessible name."""

    def __init__(self, text: str = "", kind: LabelType = "heading", *, parent: QWidget | None = None) -> None:
        super().__init__(text, kind, parent=parent)


class Pill(QLabel):
    """A short fact on a soft ground. The tone is never its only carrier: the words say it too."""

    def __init__(self, text: str = "", tone: Tone = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("type", "pill")
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def show_fact(self, text: str, tone: Tone = "neutral") -> None:
        """Say `text` in `tone`; an empty text hides the pill."""
        self.setText(text)
        self.setVisible(bool(text))
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)


class KeyHint(QLabel):
    """The name of a key, shown where it works, such as ``Ctrl+K``."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("type", "key")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Key: {keys}")


class Rule(QFrame):
    """A thin line between two parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "rule")
        self.setFixedHeight(1)
