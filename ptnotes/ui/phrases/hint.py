"""What hangs below the cursor while a short form is typed: the phrases that begin so, and the key that expands them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ptnotes.domain.phrases import Phrase
from ptnotes.ui.keys import NARRATIVE
from ptnotes.ui.widgets.labels import KeyHint, Label

_SHOWN = 5
_LONGEST = 64


class PhraseHint(QFrame):
    """Takes neither focus nor clicks: whoever types goes on typing."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setProperty("type", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(10, 6, 10, 6)
        outer.setSpacing(8)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        self.lines = [Label("", "small", parent=self) for _ in range(_SHOWN)]
        for line in self.lines:
            lines.addWidget(line)
        outer.addLayout(lines)
        self._key = KeyHint(NARRATIVE.shown("expand"), self)
        outer.addWidget(self._key, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_phrases(self, field: QLineEdit | QPlainTextEdit, phrases: Sequence[Phrase]) -> None:
        """Hang these phrases below the cursor of `field`; none takes the hint away."""
        words = [f".{phrase.short_form}   {_short(phrase.text)}" for phrase in phrases[:_SHOWN]]
        if len(phrases) > _SHOWN:
            words[-1] = f"… and {len(phrases) - _SHOWN + 1} more"
        self._key.setVisible(True)
        self._say(field, words)

    def say_none(self, field: QLineEdit | QPlainTextEdit, short_form: str) -> None:
        """Say that there is no such phrase."""
        self._key.setVisible(False)
        self._say(field, [f"There is no phrase .{short_form}"])

    def _say(self, field: QLineEdit | QPlainTextEdit, words: Sequence[str]) -> None:
        if not words:
            self.hide()
            return
        for place, line in enumerate(self.lines):
            line.setText(words[place] if place < len(words) else "")
            line.setVisible(place < len(words))
        self.setAccessibleName(". ".join(words))
        self.adjustSize()
        self._place(field)
        self.show()
        self.raise_()

    def _place(self, field: QLineEdit | QPlainTextEdit) -> None:
        host = self._host
        cursor: QRect = field.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        below = field.mapTo(host, cursor.bottomLeft() + QPoint(0, 6))
        x = max(0, min(below.x(), host.width() - self.width() - 8))
        y = below.y()
        if y + self.height() > host.height():
            y = field.mapTo(host, cursor.topLeft()).y() - self.height() - 6
        self.move(x, max(y, 0))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
