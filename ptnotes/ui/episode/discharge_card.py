"""The end of an episode: when and why, which can be taken back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton

from ptnotes.domain.episode import DISCHARGE_REASONS, DischargeReason, EpisodeOfCare
from ptnotes.domain.wording import full_date
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label


class DischargeCard(Card):
    """Discharges the patient from the episode, or opens it again."""

    def __init__(self, draft: EpisodeDraft) -> None:
        super().__init__("Discharge")
        self._draft = draft
        self.day = DateField(draft.clinic.today)
        self.reason = QComboBox()
        for reason, words in DISCHARGE_REASONS.items():
            self.reason.addItem(words, reason)
        # As wide as there is room for: the longest reason would make the column too wide for large text.
        self.reason.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.reason.setMinimumContentsLength(12)
        self.button = QPushButton("Discharge")
        self.reopen = QPushButton("Open the episode again")
        self.state = Label("", wraps=True)
        self.field = FieldWithFault("Date", self.day)
        self.reason_field = FieldWithFault("Reason", self.reason)
        self.day.problem_changed.connect(self.field.set_fault)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.field, 2, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.reason_field, 3, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(row)
        self.body.addWidget(self.state)
        self.body.addWidget(self.reopen, 0, Qt.AlignmentFlag.AlignLeft)
        self.button.clicked.connect(self._discharge)
        self.reopen.clicked.connect(self._reopen)
        draft.shown.connect(self._show)
        draft.changed.connect(self._show)
        draft.refused.connect(self._refused)

    def _show(self, episode: EpisodeOfCare) -> None:
        ended = episode.discharged_on
        if ended is not None:
            words = DISCHARGE_REASONS[episode.discharge_reason or DischargeReason.OTHER]
            self.state.setText(f"Discharged on {full_date(ended)}. {words}.")
        elif self.day.day is None:
            self.day.set_date(self._draft.clinic.today())
        is_open = ended is None
        self.field.setVisible(is_open)
        self.reason_field.setVisible(is_open)
        self.button.setVisible(is_open)
        self.state.setVisible(not is_open)
        self.reopen.setVisible(not is_open)

    def _discharge(self) -> None:
        episode = self._draft.episode
        if episode is None or not self.day.read_text() or self.day.day is None:
            return
        reason = DischargeReason(self.reason.currentData())
        ended = replace(episode, discharged_on=self.day.day, discharge_reason=reason)
        if self._draft.apply(ended, "episode.discharged_on"):
            self._draft.flush()

    def _reopen(self) -> None:
        episode = self._draft.episode
        if episode is not None:
            opened = replace(episode, discharged_on=None, discharge_reason=None)
            self._draft.apply(opened, "episode.discharged_on")
            self._draft.flush()

    def _refused(self, field: str, fault: str) -> None:
        if field == "episode.discharged_on":
            self.field.set_fault(fault)
