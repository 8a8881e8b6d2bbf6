"""A list of short rows in a card, each with a button that removes it, and the line below that adds one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from secrets import randbelow

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.ui.widgets.labels import Label, LabelType, Pill, Rule, Tone

_HIGHEST_ROW = 2**31 - 1


def new_row_number() -> int:
    """A number that no row of the episode ever had: one that was taken out keeps its place in the file."""
    return 1 + randbelow(_HIGHEST_ROW)


class Row(QWidget):
    """What a row says: words, quiet words under them, a pill, and what can be done with it."""

    def __init__(
        self,
        words: str,
        detail: str = "",
        pill: str = "",
        tone: Tone = "neutral",
        kind: LabelType = "body",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.layout_row = QHBoxLayout(self)
        self.layout_row.setContentsMargins(0, 2, 0, 2)
        self.layout_row.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(Label(words, kind, wraps=True))
        if detail:
            texts.addWidget(Label(detail, "small", wraps=True))
        self.layout_row.addLayout(texts, 1)
        if pill:
            self.layout_row.addWidget(Pill(pill, tone))

    def add(self, widget: QWidget) -> None:
        """Put a control at the right end."""
        self.layout_row.addWidget(widget)


class Rows(QWidget):
    """Shows rows with a rule between them; emits `removed` with the place of a row whose button was pressed."""

    removed = Signal(int)

    def __init__(self, none: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._none = none
        self._shown: list[QWidget] = []

    def show_rows(self, rows: Sequence[Row], names: Sequence[str]) -> None:
        """Show these in place of the ones before; `names` tell a screen reader what each button removes."""
        for old in self._shown:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._shown = []
        if not rows:
            self._add(Label(self._none, "muted", wraps=True))
        for place, (row, name) in enumerate(zip(rows, names, strict=True)):
            if place:
                self._add(Rule())
            remove = QPushButton("Remove", row)
            remove.setProperty("type", "quiet")
            remove.setAccessibleName(f"Remove {name}")
            remove.clicked.connect(partial(self.removed.emit, place))
            row.add(remove)
            self._add(row)

    def _add(self, widget: QWidget) -> None:
        self._shown.append(widget)
        self._layout.addWidget(widget)
