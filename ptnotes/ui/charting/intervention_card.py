"""Other services of the visit with their minutes, and what the minutes come to."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.checks import LONGEST_VISIT_MIN
from ptnotes.domain.treatment import Intervention, TreatmentSession, minutes_by_timing
from ptnotes.ui.charting import choices, edits
from ptnotes.ui.charting.cells import ValueCell, leave_undo_to_screen
from ptnotes.ui.charting.entry import read_whole
from ptnotes.ui.charting.row_table import Elided, RowEditor, RowTable
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label
from ptnotes.ui.widgets.pick_list import PickList, find_in

_HEADS = ("Service", "", "Last", "Minutes", "")


class InterventionRow(RowEditor[Intervention]):
    """One service: what it is, whether its minutes are timed, and the minutes."""

    def __init__(
        self,
        table: QWidget,
        row: Intervention,
        *,
        reference: Reference,
        theme: Theme,
        state: DraftState,
        last: int | None,
        remove: QToolButton,
    ) -> None:
        super().__init__(table)
        self._state = state
        self._number = row.row
        service = reference.interventions[row.intervention] if row.intervention is not None else None
        name = service.short if service is not None else "Service"
        label = Elided(f"{service.code} {name}" if service is not None and service.code else name, table)
        label.setToolTip(service.label if service is not None else name)
        label.setContentsMargins(theme.px(5), 0, 0, 0)
        timed = Label("timed" if service is not None and service.timed else "untimed", "small", parent=table)
        before = Label("" if last is None else str(last), "small", parent=table)
        before.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.minutes = ValueCell(_read_minutes, f"{name}: minutes", boxed=True, right=True, parent=table)
        self.minutes.fix_width(theme.px(56))
        self.minutes.typed.connect(self._typed)
        self.minutes.fault_changed.connect(partial(self.set_fault, self.minutes))
        self.minutes.left.connect(state.end_step)
        self.cells = [label, timed, before, self.minutes, remove]

    @override
    def tab_stops(self) -> list[QWidget]:
        return [self.minutes]

    @override
    def show_row(self, row: Intervention) -> None:
        self.minutes.show_value("" if row.minutes is None else str(row.minutes), row.minutes)

    def _typed(self, minutes: int | None) -> None:
        session = edits.change_row(self._state.session, Intervention, self._number, minutes=minutes)
        self._state.put(session, ("minutes", self._number))


class InterventionTable(RowTable[Intervention]):
    """The services charted."""

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(
            theme, _HEADS, stretch=(1, 0, 0, 0, 0), widths=(120, 52, 40, 0, 0), right=(2, 3), parent=parent
        )
        self._state = state
        self._reference = reference
        rows = last.interventions if last is not None else ()
        self._last = {row.intervention: row.minutes for row in rows}

    @override
    def key_of(self, row: Intervention) -> int:
        return row.row

    @override
    def make_editor(self, row: Intervention) -> RowEditor[Intervention]:
        return InterventionRow(
            self,
            row,
            reference=self._reference,
            theme=self.theme,
            state=self._state,
            last=self._last.get(row.intervention),
            remove=self.remove_button("Remove this service", row.row),
        )


class InterventionCard(Card):
    """Services with minutes; timed and untimed minutes are added up apart, as payers do."""

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Time and services", "", parent)
        self._state = state
        self._reference = reference
        self.table = InterventionTable(state, last, reference, theme, self)
        self.table.next_asked.connect(self.start_row)
        self.table.removal_asked.connect(self._remove)
        items = [choices.intervention_item(row) for row in reference.interventions.values()]
        self.add = PickList(find_in(items), placeholder="Add a service …", parent=self)
        self.add.setAccessibleName("Add a service")
        self.add.setMaximumWidth(theme.px(220))
        leave_undo_to_screen(self.add)
        self.add.chosen.connect(self._chosen)
        self.total = Label("", "body", parent=self)
        self.check = Label("", "warning", wraps=True, parent=self)
        self.body.addWidget(self.table)
        fault = FaultLabel(self)
        self.add.fault_changed.connect(fault.say)
        self.body.addWidget(self.add)
        self.body.addWidget(fault)
        self._last_services = [row.intervention for row in (last.interventions if last is not None else ())]
        self.last_rows: list[QPushButton] = []
        for service in self._last_services:
            words = reference.interventions[service].short if service is not None else ""
            button = QPushButton(f"{words}, as last visit", self)
            button.setProperty("type", "ghost")
            button.setAccessibleName(f"Add {words}, as last visit")
            button.clicked.connect(partial(self._chosen, service))
            self.last_rows.append(button)
            self.body.addWidget(button)
        self.body.addWidget(self.total)
        self.body.addWidget(self.check)
        self.body.addStretch(1)
        state.changed.connect(self._changed)
        self._show()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [*self.table.tab_stops(), self.add, *self.last_rows]

    def start_row(self) -> None:
        """Put the focus where the next service is begun."""
        self.add.setFocus()

    def _chosen(self, intervention: str | None, _checked: bool = False) -> None:
        self.add.set_current(None)
        if intervention:
            session = edits.add_row(self._state.session, Intervention(row=0, intervention=intervention))
            self._state.put(session)
            row = session.interventions[-1].row
            # After the list of choices has closed, which gives the focus back to its own field.
            QTimer.singleShot(0, self, partial(self._work_on, row))

    def _work_on(self, row: int) -> None:
        if row in self.table.editors:
            self.table.focus_row(row, 3)

    def _remove(self, row: int) -> None:
        self._state.put(edits.remove_row(self._state.session, Intervention, row))
        self.start_row()

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        times = (before.time_in, before.time_out) != (after.time_in, after.time_out)
        if before.interventions is not after.interventions or times:
            self._show()

    def _show(self) -> None:
        session = self._state.session
        self.table.show_rows(session.interventions)
        charted_services = {row.intervention for row in session.interventions}
        for button, service in zip(self.last_rows, self._last_services, strict=True):
            button.setVisible(service is not None and service not in charted_services)
        timed, untimed = minutes_by_timing(self._reference, session)
        charted = any(row.minutes is not None for row in session.interventions)
        parts = [f"Timed {timed} min", f"untimed {untimed} min", f"in all {timed + untimed} min"]
        self.total.setText(" · ".join(parts) if charted else "")
        self.total.setVisible(charted)
        visit = session.total_minutes
        too_long = visit is not None and visit >= 0 and timed + untimed > visit
        self.check.setText(
            f"The minutes charted are more than the visit took ({visit} min)." if too_long else ""
        )
        self.check.setVisible(too_long)


def _read_minutes(text: str) -> int | None:
    return read_whole(text, "intervention.minutes", 1, LONGEST_VISIT_MIN, " min")
