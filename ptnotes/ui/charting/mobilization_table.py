"""The visit's mobilizations as a table, the line that adds one, and the rows of the last visits beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import Mobilization, TreatmentSession
from ptnotes.ui.charting import choices, edits, last_time
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.charting.last_time_list import LastVisits
from ptnotes.ui.charting.mobilization_row import MobilizationRow
from ptnotes.ui.charting.row_table import RowEditor, RowTable
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, KeyHint
from ptnotes.ui.widgets.pick_list import PickList

_HEADS = ("Level", "Side", "Technique", "Grade", "Dose", "Response", "")
_STRETCH = (6, 1, 3, 1, 3, 6, 0)
_WIDTHS = (64, 60, 64, 46, 74, 58, 0)


class MobilizationTable(RowTable[Mobilization]):
    """Rows of mobilizations. Each change is an edit of the visit; the table paints what comes back."""

    def __init__(
        self,
        state: DraftState,
        reference: Reference,
        theme: Theme,
        find_targets: choices.Find,
        parent: QWidget,
    ) -> None:
        super().__init__(theme, _HEADS, stretch=_STRETCH, widths=_WIDTHS, parent=parent)
        self._state = state
        self._reference = reference
        self._find_targets = find_targets
        self.focus_moved.connect(self._open_details)

    @override
    def key_of(self, row: Mobilization) -> int:
        return row.row

    @override
    def make_editor(self, row: Mobilization) -> RowEditor[Mobilization]:
        return MobilizationRow(
            self,
            row,
            reference=self._reference,
            theme=self.theme,
            find_targets=self._find_targets,
            change=self._change,
            remove=self.remove_button("Remove this mobilization", row.row),
        )

    def _change(self, row: int, step: str, **fields: Any) -> None:
        changed = edits.change_mobilization(self._reference, self._state.session, row, **fields)
        self._state.put(changed, ("mobilization", row, step))

    def _open_details(self, editor: object, holds_focus: bool) -> None:
        if isinstance(editor, MobilizationRow):
            editor.open_details(holds_focus)


class MobilizationCard(Card):
    """The mobilizations of the visit. Those of the `earlier` ones (newest first) stand below in grey."""

    def __init__(
        self,
        state: DraftState,
        earlier: Sequence[TreatmentSession],
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Mobilization", "", parent)
        self._state = state
        self._last = next(iter(earlier), None)
        self._reference = reference
        self._is_held_up = False
        find_targets = choices.find_targets(reference, regions)
        self.table = MobilizationTable(state, reference, theme, find_targets, self)
        self.table.next_asked.connect(self.start_row)
        self.table.removal_asked.connect(self._remove)
        self.add = PickList(
            find_targets, placeholder="Add a level, joint or muscle …", free_text=True, parent=self
        )
        self.add.setAccessibleName("Add a mobilization: level or joint")
        self.add.setMaximumWidth(theme.px(220))
        leave_undo_to_screen(self.add)
        self.add.chosen.connect(self._target_chosen)
        self.add.text_entered.connect(self._targets_typed)
        source = last_time.mobilizations(reference)
        self.last = LastVisits(source, state, earlier, reference, theme, self)
        self.body.addWidget(self.table)
        fault = FaultLabel(self)
        self.add.fault_changed.connect(fault.say)
        self.body.addWidget(self.add)
        self.body.addWidget(fault)
        self.body.addWidget(self.last)
        self.body.addStretch(1)
        self.same = QPushButton("Same as last visit", self)
        self.same.setProperty("type", "quiet")
        self.same.clicked.connect(self.confirm_all)
        self.add_to_head(self.same)
        self._same_keys = KeyHint("Ctrl+D", self)
        self.add_to_head(self._same_keys)
        state.changed.connect(self._changed)
        self._show()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [*self.table.tab_stops(), self.add, self.last]

    def start_row(self) -> None:
        """Put the focus where the next mobilization is begun."""
        self.add.setFocus(Qt.FocusReason.TabFocusReason)

    def confirm_all(self) -> None:
        """Take over the treatment of the last visit that is not charted yet, exercises too; never a measurement."""
        if self._is_held_up:
            return
        self._state.put(last_time.as_last_time(self._state.session, self._last))

    def hold_up(self, is_emergency: bool) -> None:
        """Offer nothing of the last visits in an emergency: what was in fact done is charted row by row."""
        self._is_held_up = is_emergency
        self.last.setEnabled(not is_emergency)
        self.same.setEnabled(not is_emergency)

    def _target_chosen(self, target: str) -> None:
        self.add.set_current(None)
        if target:
            self._start(target)

    def _targets_typed(self, text: str) -> None:
        targets = choices.read_targets(self._reference, text)
        if targets:
            self.add.set_current(None)
            self._start(*targets)
        else:
            self.add.refuse(text)

    def _start(self, *targets: str) -> None:
        new = edits.possible(self._reference, Mobilization(row=0, targets=targets))
        self._state.put(edits.add_row(self._state.session, new))
        rows = self._state.session.mobilizations
        if rows and rows[-1].row in self.table.editors:
            # After the list of choices has closed, which gives the focus back to its own field.
            QTimer.singleShot(0, self, partial(self.work_on, rows[-1].row))

    def work_on(self, row: int) -> None:
        """Go on with a row at its technique."""
        if row in self.table.editors:
            self.table.focus_row(row, 2)

    def _remove(self, row: int) -> None:
        self._state.put(edits.remove_row(self._state.session, Mobilization, row))
        self.start_row()

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.mobilizations is not after.mobilizations or before.exercises is not after.exercises:
            self._show()

    def _show(self) -> None:
        session = self._state.session
        self.table.show_rows(session.mobilizations)
        more = last_time.as_last_time(session, self._last) is not session
        self.same.setVisible(more)
        self._same_keys.setVisible(more)
