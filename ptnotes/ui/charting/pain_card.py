"""Pain of the visit: now before and after the treatment, and the best and worst since the last visit."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QGridLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.change import Direction, Meaning, judge_score
from ptnotes.domain.treatment import PainKind, Phase, TreatmentSession
from ptnotes.domain.wording import signed, threshold_words, verdict_tag
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.pain_scale import PainScale
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label, Pill, Tone

LINES = (
    ("Before", "Pain now, before treatment", PainKind.NOW, Phase.BEFORE),
    ("After", "Pain now, after treatment", PainKind.NOW, Phase.AFTER),
    ("Worst", "Worst pain since the last visit", PainKind.WORST, Phase.SINGLE),
    ("Best", "Least pain since the last visit", PainKind.BEST, Phase.SINGLE),
)


class PainCard(Card):
    """Four scores from 0 to 10. Last visit's stand beside them in grey and are never copied."""

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Pain", "NPRS 0–10", parent)
        self._state = state
        self._last = last
        self._reference = reference
        self.scales: list[PainScale] = []
        self._last_labels: list[Label] = []
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.space(4))
        grid.setVerticalSpacing(theme.space(2))
        grid.setColumnStretch(1, 100)
        grid.setColumnStretch(3, 1)
        for line, (label, name, kind, phase) in enumerate(LINES):
            scale = PainScale(theme, name, self)
            scale.chosen.connect(partial(self._choose, kind, phase))
            before = Label("", "small", parent=self)
            before.setMinimumWidth(theme.px(38))
            grid.addWidget(Label(label, "muted", parent=self), line, 0)
            grid.addWidget(scale, line, 1)
            grid.addWidget(before, line, 2)
            self.scales.append(scale)
            self._last_labels.append(before)
        # In the head, and with its room kept, it comes and goes without moving anything else.
        self.change = Pill("", parent=self)
        policy = self.change.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.change.setSizePolicy(policy)
        self.add_to_head(self.change)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        state.changed.connect(self._changed)
        self._show()

    def _choose(self, kind: PainKind, phase: Phase, value: int | None) -> None:
        self._state.put(edits.set_pain(self._state.session, kind, phase, value), ("pain", kind, phase))

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.pain is not after.pain:
            self._show()

    def _show(self) -> None:
        for (_, _, kind, phase), scale, label in zip(LINES, self.scales, self._last_labels, strict=True):
            now = edits.pain_of(self._state.session, kind, phase)
            last = edits.pain_of(self._last, kind, phase) if self._last is not None else None
            was = last.value if last is not None else None
            scale.show_score(now.value if now is not None else None, was)
            label.setText("" if was is None else f"last {was}")
        self._show_change()

    def _show_change(self) -> None:
        before = edits.pain_of(self._state.session, PainKind.NOW, Phase.BEFORE)
        after = edits.pain_of(self._state.session, PainKind.NOW, Phase.AFTER)
        if before is None or after is None or before.value is None or after.value is None:
            self.change.show_fact("")
            return
        verdict = judge_score(
            self._reference, "nprs", Decimal(before.value), Decimal(after.value), between_visits=False
        )
        change = Decimal(after.value - before.value)
        words = "" if verdict.meaning is Meaning.NO_PUBLISHED_ERROR else f", {verdict_tag(verdict)}"
        tone: Tone = "neutral"
        if verdict.is_real:
            tone = "success" if verdict.direction is Direction.BETTER else "danger"
        self.change.show_fact(f"{signed(change)} this visit{words}", tone)
        self.change.setToolTip(threshold_words(verdict, ""))
