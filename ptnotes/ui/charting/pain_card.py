"""Pain of the visit: now before and after the treatment, and the best and worst since the last visit."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import PainKind, Phase, TreatmentSession
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.charting.pain_scale import PainScale
from ptnotes.ui.charting.pain_table import PainTable, movement_items, movement_of, show_change
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label, Pill
from ptnotes.ui.widgets.pick_list import PickList, find_in

LINES = (
    ("Before", "Pain now, before treatment", PainKind.NOW, Phase.BEFORE),
    ("After", "Pain now, after treatment", PainKind.NOW, Phase.AFTER),
    ("Worst", "Worst pain since the last visit", PainKind.WORST, Phase.SINGLE),
    ("Best", "Least pain since the last visit", PainKind.BEST, Phase.SINGLE),
)


class PainCard(Card):
    """Four scores from 0 to 10, and pain with movements. Last visit's stand beside them in grey, never copied."""

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...] = (),
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
        self.table = PainTable(state, last, reference, theme, self)
        self.table.next_asked.connect(self.start_row)
        self.table.removal_asked.connect(self._remove)
        find = find_in(movement_items(reference, regions))
        self.add = PickList(find, placeholder="Add pain with a movement …", parent=self)
        self.add.setAccessibleName("Add pain with a movement")
        self.add.setMaximumWidth(theme.px(220))
        leave_undo_to_screen(self.add)
        self.add.chosen.connect(self._movement_chosen)
        fault = FaultLabel(self)
        self.add.fault_changed.connect(fault.say)
        for widget in (self.table, self.add, fault):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        state.changed.connect(self._changed)
        self._show()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [*self.scales, *self.table.tab_stops(), self.add]

    def start_row(self) -> None:
        """Put the focus where the next pain is begun."""
        self.add.setFocus()

    def _movement_chosen(self, identity: str) -> None:
        self.add.set_current(None)
        if not identity:
            return
        motion, side = movement_of(identity)
        session = edits.add_movement_pain(self._state.session, motion, side)
        self._state.put(session)
        pair = next(row.pair for row in session.pain if (row.motion, row.side) == (motion, side))
        # After the list of choices has closed, which gives the focus back to its own field.
        QTimer.singleShot(0, self, partial(self._work_on, pair))

    def _work_on(self, pair: int) -> None:
        if pair in self.table.editors:
            self.table.focus_row(pair, 2)

    def _remove(self, pair: int) -> None:
        self._state.put(edits.remove_pain(self._state.session, pair))
        self.start_row()

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
        self.table.show_rows(edits.further_pain(self._state.session))
        self._show_change()

    def _show_change(self) -> None:
        before, after = edits.main_pain(self._state.session, PainKind.NOW)
        show_change(
            self.change,
            self._reference,
            before.value if before is not None else None,
            after.value if after is not None else None,
            " this visit",
        )
