"""What a document should say and cannot, told above its first page: what payers require first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.documents import Lack
from ptnotes.ui.patient_header import TABS
from ptnotes.ui.widgets.labels import Label, Pill

_ROWS = 3
"""Rows that are shown before the rest is asked for: the page is what one wants to see."""
_EPISODE, _SESSIONS = TABS.index("Episode"), TABS.index("Sessions")
_PLACES = {
    "lack.diagnosis": _EPISODE,
    "lack.goals": _EPISODE,
    "lack.goal_progress": _EPISODE,
    "lack.prognosis": _EPISODE,
    "lack.referrer": _EPISODE,
    "lack.measures": _SESSIONS,
    "lack.assessment": _SESSIONS,
    "lack.plan": _SESSIONS,
    "lack.statement": _SESSIONS,
}
"""In which part of the chart a lack is made good."""


class LackStrip(QFrame):
    """Hidden where nothing is missing; emits `place_asked` with the part of the chart that a lack leads to."""

    place_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "card")
        self.setAccessibleName("What the document lacks")
        self._lacks: tuple[Lack, ...] = ()
        self._shows_all = False
        self.title = Label("", "strong", wraps=True, parent=self)
        self.more = QPushButton(self)
        self.more.setProperty("type", "quiet")
        self.more.clicked.connect(self._turn)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.more)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._list)
        self.hide()

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """What is told."""
        return self._lacks

    def show_lacks(self, lacks: Sequence[Lack]) -> None:
        """Tell of these, what payers require first."""
        sorted_lacks = tuple(sorted(lacks, key=lambda lack: not lack.is_required))
        if sorted_lacks != self._lacks:
            self._lacks = sorted_lacks
            self._fill()
        self.setVisible(bool(lacks))

    def _turn(self) -> None:
        self._shows_all = not self._shows_all
        self._fill()

    def _fill(self) -> None:
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        required = sum(lack.is_required for lack in self._lacks)
        parts = [f"{required} that payers require" if required else ""]
        wanted = len(self._lacks) - required
        parts.append(f"{wanted} that readers want" if wanted else "")
        self.title.setText("It lacks " + ", and ".join(part for part in parts if part))
        for lack in self._lacks if self._shows_all else self._lacks[:_ROWS]:
            self._list.addWidget(self._row(lack))
        hidden = len(self._lacks) - _ROWS
        self.more.setVisible(hidden > 0)
        self.more.setText("Show fewer" if self._shows_all else f"Show {hidden} more")

    def _row(self, lack: Lack) -> QWidget:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        pill = Pill(
            "required" if lack.is_required else "wanted", "warning" if lack.is_required else "neutral"
        )
        line.addWidget(pill, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(Label(lack.text, "small", wraps=True), 1)
        place = _PLACES.get(lack.code)
        if place is not None:
            there = QPushButton(f"{TABS[place]} ›", row)
            there.setProperty("type", "quiet")
            there.setAccessibleName(f"Go to {TABS[place]}: {lack.text}")
            there.clicked.connect(partial(self.place_asked.emit, place))
            line.addWidget(there, 0, Qt.AlignmentFlag.AlignTop)
        return row
