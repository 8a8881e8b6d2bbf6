"""Range of motion: a grid of the episode's motions, before and after the treatment, beside the last visit's values."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.checks import unusual_readings
from ptnotes.domain.people import NormalValues
from ptnotes.domain.sentences import sentence
from ptnotes.domain.treatment import Mode, Phase, Side, TreatmentSession
from ptnotes.ui.charting import choices, edits
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.charting.entry import RomEntry
from ptnotes.ui.charting.rom_lines import LineKey, RomLine, Way, rom_lines
from ptnotes.ui.charting.rom_row import RomRow, way_words
from ptnotes.ui.charting.row_table import RowEditor, RowTable
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label
from ptnotes.ui.widgets.pick_list import PickList, find_in

_HEADS = ("Motion", "Last", "Before", "After", "Normal", "Change")


class RomTable(RowTable[RomLine]):
    """The lines of the grid. Each change is an edit of the visit; the table paints what comes back."""

    def __init__(
        self, state: DraftState, reference: Reference, theme: Theme, normal: NormalValues, card: RomCard
    ) -> None:
        super().__init__(
            theme,
            _HEADS,
            stretch=(6, 1, 0, 0, 0, 0),
            widths=(70, 44, 0, 0, 42, 88),
            right=(1, 2, 3, 4),
            parent=card,
        )
        self._state = state
        self._reference = reference
        self._normal = normal
        self._card = card
        self.focus_moved.connect(self._open_details)

    @override
    def key_of(self, row: RomLine) -> LineKey:
        return row.key

    @override
    def make_editor(self, row: RomLine) -> RowEditor[RomLine]:
        editor = RomRow(
            self,
            row,
            reference=self._reference,
            theme=self.theme,
            normal_values=self._normal,
            main_region=self._card.main_region,
        )
        editor.typed.connect(self._typed)
        editor.hurts.connect(self._hurts)
        editor.detailed.connect(self._detailed)
        editor.left.connect(self._state.end_step)
        editor.way_asked.connect(self._card.ask_way)
        return editor

    def _typed(self, line: RomLine, phase: Phase, entry: RomEntry | None) -> None:
        self._card.remember_way(line)
        self._state.put(edits.set_rom(self._state.session, line, phase, entry), ("rom", line.key, phase))

    def _hurts(self, line: RomLine, phase: Phase, whether: bool | None) -> None:
        self._state.put(edits.set_end_range_pain(self._state.session, line, phase, whether))

    def _detailed(self, line: RomLine, phase: Phase, field: str, value: object) -> None:
        session = edits.set_reading(self._state.session, line, phase, field, value)
        self._state.put(session, ("rom", line.key, phase, field))

    def _open_details(self, editor: object, holds_focus: bool) -> None:
        if isinstance(editor, RomRow) and not holds_focus:
            editor.close_details()


class RomCard(Card):
    """The grid, how it is measured, and a pick-list for any other motion."""

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...],
        *,
        normal_values: NormalValues = NormalValues.AAOS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Range of motion", "", parent)
        self._state = state
        self._last = last
        self._reference = reference
        self._regions = regions
        first = reference.motions_in(regions[0]) if regions else ()
        self.main_region = first[0].region if first else ""
        self._chosen: dict[LineKey, Way] = {}
        self._added: list[str] = []
        self.lines: tuple[RomLine, ...] = ()
        self.way = QToolButton(self)
        self.way.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.way.setAccessibleDescription("How all motions are measured")
        self.way.clicked.connect(self._ask_way_of_all)
        self.add_to_head(self.way)
        self.table = RomTable(state, reference, theme, normal_values, self)
        self.table.next_asked.connect(self._go_down)
        self.body.addWidget(self.table)
        foot = QHBoxLayout()
        self.add = PickList(
            find_in(choices.motion_items(reference)), placeholder="Add a motion …", parent=self
        )
        self.add.setAccessibleName("Add a motion")
        self.add.setMaximumWidth(theme.px(200))
        leave_undo_to_screen(self.add)
        self.add.chosen.connect(self._add_motion)
        foot.addWidget(self.add)
        foot.addWidget(Label("45 · 50 % · WNL · mod loss; p = end hurts", "small", parent=self))
        foot.addStretch(1)
        self.body.addLayout(foot)
        fault = FaultLabel(self)
        self.add.fault_changed.connect(fault.say)
        self.body.addWidget(fault)
        self.body.addStretch(1)
        state.changed.connect(self._changed)
        self._show()

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [*self.table.tab_stops(), self.add]

    def remember_way(self, line: RomLine) -> None:
        """Keep how a line is measured, also when its last value is cleared."""
        self._chosen.setdefault(line.key, line.way)

    def ask_way(self, line: RomLine) -> None:
        """Open the list of ways in which the line's motion can be measured."""
        editor = self.table.editors[line.key]
        menu = self._way_menu([line])
        passive = menu.addAction(
            "Measure it passively too" if line.way.mode is Mode.ACTIVE else "Measure it actively too"
        )
        passive.triggered.connect(partial(self._add_line, line))
        if isinstance(editor, RomRow) and (line.before or line.after):
            details = menu.addAction("End feel, and pain with it\tDown")
            details.triggered.connect(partial(self._go_below, editor))
        cell = editor.cells[0]
        self._open(menu, cell.mapToGlobal(QPoint(0, cell.height())))

    @staticmethod
    def _go_below(editor: RomRow, _checked: bool = False) -> None:
        editor.go_below(editor.before)

    def _ask_way_of_all(self) -> None:
        menu = self._way_menu(list(self.lines))
        self._open(menu, self.way.mapToGlobal(QPoint(0, self.way.height())))

    def _open(self, menu: QMenu, place: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _way_menu(self, lines: list[RomLine]) -> QMenu:
        menu = QMenu(self)
        ways = {line.way for line in lines}
        for mode in Mode:
            self._way_action(
                menu, lines, mode.value.capitalize(), {way.mode for way in ways} == {mode}, mode=mode
            )
        menu.addSeparator()
        methods = dict.fromkeys(
            method for line in lines for method in self._reference.motions[line.motion].methods
        )
        for method in methods:
            label = self._reference.methods[method].label
            self._way_action(menu, lines, label, {way.method for way in ways} == {method}, method=method)
        if len(lines) == 1:
            menu.addSeparator()
            now = lines[0].way.test_position
            self._way_action(menu, lines, "Position not stated", now is None, test_position=None)
            for position in self._reference.test_positions_for(lines[0].motion):
                chosen = now == position.id
                self._way_action(menu, lines, position.label, chosen, test_position=position.id)
        return menu

    def _way_action(
        self, menu: QMenu, lines: list[RomLine], label: str, chosen: bool, **fields: object
    ) -> QAction:
        action = menu.addAction(label)
        action.setCheckable(True)
        action.setChecked(chosen)
        action.triggered.connect(partial(self._set_way, lines, fields))
        return action

    def _set_way(self, lines: list[RomLine], fields: dict[str, object], _checked: bool = False) -> None:
        """Measure `lines` so from now on; a method is taken only by the motions that it can measure."""
        session = self._state.session
        for line in lines:
            method = fields.get("method")
            if method is not None and method not in self._reference.motions[line.motion].methods:
                continue
            self._chosen[line.key] = replace(line.way, **fields)  # type: ignore[arg-type]  # fields of Way by name
            if line.pair is not None:
                session = edits.change_pair(session, line.pair, **fields)
        if session is self._state.session:
            self._show()
        else:
            self._state.put(session)

    def _add_line(self, line: RomLine, _checked: bool = False) -> None:
        """One more line for the motion, moved by the other: active and passive are measured apart."""
        mode = Mode.PASSIVE if line.way.mode is Mode.ACTIVE else Mode.ACTIVE
        alike = [other for other in self.lines if (other.motion, other.side) == (line.motion, line.side)]
        self.remember_way(line)
        self._chosen[line.motion, line.side, len(alike)] = replace(line.way, mode=mode)
        self._show()
        self.table.focus_row((line.motion, line.side, len(alike)), 2)

    def _add_motion(self, motion: str) -> None:
        self.add.set_current(None)
        if not motion:
            return
        if motion not in self._added:
            self._added.append(motion)
            self._show()
        side = Side.LEFT if self._reference.motions[motion].sided else None
        # After the list of choices has closed, which gives the focus back to its own field.
        QTimer.singleShot(0, self, partial(self._work_on, (motion, side, 0)))

    def _work_on(self, key: LineKey) -> None:
        if key in self.table.editors:
            self.table.focus_row(key, 2)

    def _go_down(self) -> None:
        """Enter goes to the same column of the next line."""
        focus = self.focusWidget()
        editors = list(self.table.editors.values())
        for place, editor in enumerate(editors[:-1]):
            if focus in editor.tab_stops():
                column = editor.tab_stops().index(focus)
                editors[place + 1].tab_stops()[column].setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.rom is not after.rom:
            self._show()

    def _show(self) -> None:
        session = self._state.session
        self.lines = rom_lines(
            self._reference,
            session,
            self._last,
            regions=self._regions,
            chosen=self._chosen,
            added=self._added,
        )
        self.table.show_rows(self.lines)
        unusual = {fault.row: sentence(fault) for fault in unusual_readings(self._reference, session)}
        for line in self.lines:
            rows = [reading.row for reading in (line.before, line.after) if reading is not None]
            editor = self.table.editors[line.key]
            editor.set_warning(" ".join(dict.fromkeys(unusual[row] for row in rows if row in unusual)))
        ways = {(line.way.mode, line.way.method) for line in self.lines}
        modes = {mode.value for mode, _ in ways}
        words = (
            way_words(self._reference, self.lines[0])
            if len(ways) == 1
            else f"{' and '.join(sorted(modes))}, several methods"
        )
        self.way.setText(f"{words} ▾")
        self.way.setVisible(bool(self.lines))
