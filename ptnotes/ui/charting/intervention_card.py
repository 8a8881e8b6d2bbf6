"""Other services of the visit with their minutes, and what the minutes come to."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QPushButton, QToolButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.charges import charges, minutes_problem, tie_words, told, units_words
from ptnotes.domain.checks import LONGEST_VISIT_MIN
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.sources import source_words
from ptnotes.domain.text import clean_line
from ptnotes.domain.treatment import AreaKind, Intervention, TreatmentSession
from ptnotes.domain.units import UnitRuleName
from ptnotes.ui.charting import choices, edits
from ptnotes.ui.charting.cells import ValueCell, leave_undo_to_screen
from ptnotes.ui.charting.entry import read_whole
from ptnotes.ui.charting.place_cell import KindButton, PlaceCell
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
        find_places: choices.Find,
        remove: QToolButton,
    ) -> None:
        super().__init__(table)
        self._state = state
        self._number = row.row
        service = reference.interventions[row.intervention] if row.intervention is not None else None
        name = service.short if service is not None else "Service"
        label = Elided(f"{service.code} {name}" if service is not None and service.code else name, table)
        if service is not None:
            label.setToolTip(f"{service.label}\n{source_words(service.source, service.source_status)}")
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
        self._line = QWidget(self.below)
        self.more: dict[str, ValueCell] = {}
        for field, words in (("modifiers", "modifiers, as GP KX"), ("parameters", "settings")):
            cell = ValueCell(partial(_read_more, reference, field), f"{name}: {field}", parent=self._line)
            cell.setPlaceholderText(words)
            cell.typed.connect(partial(self._put, field))
            cell.fault_changed.connect(partial(self.set_fault, cell))
            cell.left.connect(state.end_step)
            self.more[field] = cell
        self.place = PlaceCell(find_places, f"{name}: place", self._line)
        self.place.said.connect(self._put_place)
        self.place.fault_changed.connect(partial(self.set_fault, self.place))
        self.place.left.connect(state.end_step)
        self.kind = KindButton(name, theme, self._line)
        self.kind.kind_asked.connect(self._put_kind)
        self._lay_out_more(theme)

    def _lay_out_more(self, theme: Theme) -> None:
        fields = QGridLayout(self._line)
        fields.setContentsMargins(0, 0, 0, theme.px(4))
        fields.setHorizontalSpacing(theme.space(2))
        fields.setVerticalSpacing(0)
        fields.addWidget(self.more["modifiers"], 0, 0)
        fields.addWidget(self.more["parameters"], 0, 1)
        fields.addWidget(self.place, 1, 0)
        fields.addWidget(self.kind, 1, 1, Qt.AlignmentFlag.AlignLeft)
        fields.setColumnStretch(0, 3)
        fields.setColumnStretch(1, 2)
        self._line.hide()
        self.below.add(self._line)
        self.further = [*self.more.values(), self.place, self.kind]
        self.let_tab_in()

    @override
    def tab_stops(self) -> list[QWidget]:
        return [self.minutes, *self.further]

    @override
    def show_row(self, row: Intervention) -> None:
        if row == self.shown:
            return
        self.shown = row
        self.minutes.show_value("" if row.minutes is None else str(row.minutes), row.minutes)
        self.more["modifiers"].show_value(" ".join(row.modifiers), row.modifiers)
        self.place.show_place(row.area, row.area_kind)
        self.kind.show_kind(row.area_kind, said=bool(row.area))
        self.more["parameters"].show_value(row.parameters, row.parameters)
        self.open_more(wanted=any(cell.hasFocus() for cell in self.tab_stops()))

    @override
    def open_further(self) -> None:
        self.open_more(wanted=True)

    def open_more(self, *, wanted: bool) -> None:
        """Show modifiers, settings and place while the row is worked on, and where they say something."""
        row = self.shown
        placed = row is not None and bool(row.area)
        coded = row is not None and bool(row.modifiers or row.parameters)
        for cell in self.more.values():
            cell.setVisible(wanted or coded)
        for field in (self.place, self.kind):
            field.setVisible(wanted or placed)
        self._line.setVisible(wanted or placed or coded)
        self.below.settle()

    def _typed(self, minutes: int | None) -> None:
        self._put("minutes", minutes)

    def _put_place(self, words: str, kind: AreaKind | None) -> None:
        self._state.put(
            edits.set_place(self._state.session, self._number, words, kind), ("area", self._number)
        )

    def _put_kind(self, kind: AreaKind | None) -> None:
        if self.shown is not None:
            self._state.put(edits.set_place(self._state.session, self._number, self.shown.area, kind))

    def _put(self, field: str, value: Any) -> None:
        session = edits.change_row(self._state.session, Intervention, self._number, **{field: value})
        self._state.put(session, (field, self._number))


class InterventionTable(RowTable[Intervention]):
    """The services charted."""

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...],
        parent: QWidget,
    ) -> None:
        super().__init__(
            theme, _HEADS, stretch=(1, 0, 0, 0, 0), widths=(120, 52, 40, 0, 0), right=(2, 3), parent=parent
        )
        self._state = state
        self._reference = reference
        rows = last.interventions if last is not None else ()
        self._find_places = choices.find_places(reference, regions)
        self._last = {row.intervention: row.minutes for row in rows}
        self.focus_moved.connect(self._open_more)

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
            find_places=self._find_places,
            remove=self.remove_button("Remove this service", row.row),
        )

    def _open_more(self, editor: object, holds_focus: bool) -> None:
        if isinstance(editor, InterventionRow):
            editor.open_more(wanted=holds_focus)


class InterventionCard(Card):
    """Services with minutes; timed and untimed minutes are added up apart, as payers do.

    `rules` say by which rule the payer counts units; what the other one would give stands beside it.
    """

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...] = (),
        parent: QWidget | None = None,
        *,
        rules: PayerRules,
    ) -> None:
        super().__init__("Time and services", "", parent)
        self._state = state
        self._reference = reference
        self._rules = rules
        self.table = InterventionTable(state, last, reference, theme, regions, self)
        self.table.next_asked.connect(self.start_row)
        self.table.removal_asked.connect(self._remove)
        items = [choices.intervention_item(row) for row in reference.interventions.values()]
        self.add = PickList(find_in(items), placeholder="Add a service …", parent=self)
        self.add.setAccessibleName("Add a service")
        self.add.setMaximumWidth(theme.px(220))
        leave_undo_to_screen(self.add)
        self.add.chosen.connect(self._chosen)
        self.total = Label("", "body", wraps=True, parent=self)
        self.units = Label("", "strong", wraps=True, parent=self)
        self.other_units = Label("", "small", wraps=True, parent=self)
        self.tie = Label("", "warning", wraps=True, parent=self)
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
        for label in (self.total, self.units, self.other_units, self.tie, self.check):
            self.body.addWidget(label)
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
        found = charges(self._reference, session)
        charted = any(row.minutes is not None for row in session.interventions)
        rule = self._rules.units
        other = next(name for name in UnitRuleName if name is not rule)
        by_payer = f"{units_words(found, rule)} ({self._rules.name})" if found.has_units else ""
        for label, words in (
            (self.total, " · ".join(told(found)) if charted else ""),
            (self.units, by_payer),
            (self.other_units, units_words(found, other) if found.has_units else ""),
            (self.tie, tie_words(found, rule)),
            (self.check, minutes_problem(found, session.total_minutes)),
        ):
            label.setText(words)
            label.setVisible(bool(words))


def _read_minutes(text: str) -> int | None:
    return read_whole(text, "intervention.minutes", 1, LONGEST_VISIT_MIN, " min")


def _read_more(reference: Reference, field: str, text: str) -> object:
    """The codes of modifiers, or words. Raises `InputError` for a code that is none."""
    if field != "modifiers":
        return clean_line(text, f"intervention.{field}")
    codes = tuple(dict.fromkeys(text.upper().replace(",", " ").split()))
    known = {row.code for row in reference.modifiers.values()}
    for code in codes:
        if code not in known:
            raise InputError(
                Fault("value.not_understood", "intervention.modifiers", None, {"value": code[:40]})
            )
    return codes
