"""The visit's mobilizations as a table, the line that adds one, and the last visit's rows to take over."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import Mobilization, Origin, Side, TreatmentSession
from ptnotes.domain.wording import full_date, side_words
from ptnotes.ui.charting import choices, edits
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.charting.entry import dose_text
from ptnotes.ui.charting.mobilization_row import MobilizationRow
from ptnotes.ui.charting.row_table import RowEditor, RowTable
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, KeyHint, Label
from ptnotes.ui.widgets.pick_list import PickList

_HEADS = ("Level", "Side", "Technique", "Grade", "Dose", "Response", "")
_STRETCH = (6, 1, 3, 1, 3, 6, 0)
_WIDTHS = (58, 60, 64, 54, 78, 68, 0)


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
    """The mobilizations of the visit. The last visit's stand below in grey and become today's only when taken over."""

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Mobilization", "", parent)
        self._state = state
        self._last = last
        self._reference = reference
        find_targets = choices.find_targets(reference, regions)
        self.table = MobilizationTable(state, reference, theme, find_targets, self)
        self.table.next_asked.connect(self.start_row)
        self.table.removal_asked.connect(self._remove)
        self.add = PickList(find_targets, placeholder="Add a level or joint …", free_text=True, parent=self)
        self.add.setAccessibleName("Add a mobilization: level or joint")
        self.add.setMaximumWidth(theme.px(220))
        leave_undo_to_screen(self.add)
        self.add.chosen.connect(self._target_chosen)
        self.add.text_entered.connect(self._targets_typed)
        self.last_title = Label("", "caption", parent=self)
        self.last_rows: list[QPushButton] = []
        self.body.addWidget(self.table)
        fault = FaultLabel(self)
        self.add.fault_changed.connect(fault.say)
        self.body.addWidget(self.add)
        self.body.addWidget(fault)
        self.body.addWidget(self.last_title)
        self.body.addStretch(1)
        self.same = QPushButton("Same as last visit", self)
        self.same.setProperty("type", "quiet")
        self.same.clicked.connect(self.confirm_all)
        self.add_to_head(self.same)
        self._same_keys = KeyHint("Ctrl+D", self)
        self.add_to_head(self._same_keys)
        state.changed.connect(self._changed)
        self._show_last()
        self._show()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [*self.table.tab_stops(), self.add, *self.last_rows]

    def start_row(self) -> None:
        """Put the focus where the next mobilization is begun."""
        self.add.setFocus(Qt.FocusReason.TabFocusReason)

    def choose_target(self, target: str, side: Side | None) -> None:
        """Take a target chosen on the spine: into the row that is worked on, or into a new one."""
        session = self._state.session
        unfinished = next((row.row for row in session.mobilizations if not row.targets), None)
        self._add(edits.choose_target(self._reference, session, unfinished, target, side))

    def confirm_all(self) -> None:
        """Take over the last visit's mobilizations that are not charted yet. Measurements are never taken over."""
        session = self._state.session
        for row in self._unconfirmed():
            session = edits.add_row(session, replace(row, origin=Origin.CONFIRMED, responses=(), note=""))
        self._state.put(session)

    def _unconfirmed(self) -> list[Mobilization]:
        charted = {(row.targets, row.side, row.technique) for row in self._state.session.mobilizations}
        rows = self._last.mobilizations if self._last is not None else ()
        return [row for row in rows if (row.targets, row.side, row.technique) not in charted]

    def _confirm(self, row: Mobilization) -> None:
        confirmed = replace(row, origin=Origin.CONFIRMED, responses=(), note="")
        self._state.put(edits.add_row(self._state.session, confirmed))

    def _target_chosen(self, target: str) -> None:
        self.add.set_current(None)
        if target:
            self._add(edits.choose_target(self._reference, self._state.session, None, target, None))

    def _targets_typed(self, text: str) -> None:
        targets = choices.read_targets(self._reference, text)
        if targets:
            self.add.set_current(None)
            row = edits.possible(self._reference, Mobilization(row=0, targets=targets))
            self._add(edits.add_row(self._state.session, row))
        else:
            self.add.refuse(text)

    def _add(self, session: TreatmentSession) -> None:
        self._state.put(session)
        rows = session.mobilizations
        if rows and rows[-1].row in self.table.editors:
            # After the list of choices has closed, which gives the focus back to its own field.
            QTimer.singleShot(0, self, partial(self._work_on, rows[-1].row))

    def _work_on(self, row: int) -> None:
        if row in self.table.editors:
            self.table.focus_row(row, 2)

    def _remove(self, row: int) -> None:
        self._state.put(edits.remove_row(self._state.session, Mobilization, row))
        self.start_row()

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.mobilizations is not after.mobilizations:
            self._show()

    def _show(self) -> None:
        self.table.show_rows(self._state.session.mobilizations)
        unconfirmed = self._unconfirmed()
        rows = self._last.mobilizations if self._last is not None else ()
        for button, row in zip(self.last_rows, rows, strict=True):
            button.setVisible(row in unconfirmed)
        self.last_title.setVisible(bool(unconfirmed))
        self.same.setVisible(bool(unconfirmed))
        self._same_keys.setVisible(bool(unconfirmed))

    def _show_last(self) -> None:
        if self._last is None:
            return
        self.last_title.setText(f"Last visit, {full_date(self._last.service_date)}")
        for row in self._last.mobilizations:
            words = mobilization_words(self._reference, row)
            button = QPushButton(words, self)
            button.setProperty("type", "ghost")
            button.setAccessibleName(f"Do the same as last visit: {words}")
            button.setToolTip("Do the same today")
            button.clicked.connect(partial(self._confirm, row))
            self.last_rows.append(button)
            self.body.insertWidget(self.body.count() - 1, button)


def mobilization_words(reference: Reference, row: Mobilization) -> str:
    """One mobilization in a line: ``L5 left · UPA · III · 3 × 45 s``."""
    targets = ", ".join(reference.targets[target].label for target in row.targets)
    technique = reference.techniques[row.technique].abbreviation if row.technique is not None else ""
    grade = row.grade if row.grade_to is None else f"{row.grade}–{row.grade_to}"
    parts = (f"{targets} {side_words(row.side)}".strip(), technique, grade, dose_text(row))
    return " · ".join(part for part in parts if part)
