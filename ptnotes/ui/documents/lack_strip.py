"""What a document should say and cannot, told above its first page: what payers require first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.documents import Lack
from ptnotes.domain.wording import how_many
from ptnotes.ui.patient_header import TABS
from ptnotes.ui.widgets.labels import Label, Pill

_ROWS = 3
"""Rows that are shown before the rest is asked for: the page is what one wants to see."""
_EPISODE, _SESSIONS = TABS.index("Episode"), TABS.index("Sessions")
_IN_EPISODE = (
    "diagnosis goals goal_progress prognosis referrer discharge discharge_reason goal_open goal_not_reached "
    "diagnosis_medical diagnosis_treatment diagnosis_code onset prior_function present_function "
    "home_precaution complexities why_skilled plan_of_care plan_times_a_day plan_visits_a_week plan_duration_weeks "
    "plan_interventions long_term_goal goal_measure goal_function goal_due problems screen"
)
_IN_SESSIONS = (
    "measures assessment plan statement follow_up education objective judgement home_exercises home_dose home_often "
    "discharge_communication visit_treatment visit_minutes visit_timed visit_assessment visit_statement visit_pain "
    "visit_after visit_plan visit_communication visit_consent mobilization"
)
_PLACES = {
    **{f"lack.{name}": _EPISODE for name in _IN_EPISODE.split()},
    **{f"lack.{name}": _SESSIONS for name in _IN_SESSIONS.split()},
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
        parts = [f"{how_many(required, 'thing')} that payers require" if required else ""]
        wanted = len(self._lacks) - required
        parts.append(f"{how_many(wanted, 'thing')} that readers want" if wanted else "")
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
