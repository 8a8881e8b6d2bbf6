"""One visit on one screen: the spine, and beside it everything that is charted, in two columns or one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.people import NormalValues
from ptnotes.domain.treatment import NoteState, TreatmentSession
from ptnotes.notation import Place
from ptnotes.ui.bodychart.card import BodyChartCard
from ptnotes.ui.charting.cells import tab_order
from ptnotes.ui.charting.exercise_card import ExerciseCard
from ptnotes.ui.charting.intervention_card import InterventionCard
from ptnotes.ui.charting.mobilization_table import MobilizationCard
from ptnotes.ui.charting.note_card import NoteCard
from ptnotes.ui.charting.pain_card import PainCard
from ptnotes.ui.charting.rom_card import RomCard
from ptnotes.ui.charting.row_at import row_at
from ptnotes.ui.charting.sign_card import SignCard
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.charting.typed_line import TypedLine
from ptnotes.ui.charting.visit_header import VisitFields
from ptnotes.ui.exam.exam_card import ExamCard
from ptnotes.ui.keys import PAGE
from ptnotes.ui.override import override
from ptnotes.ui.spine.card import SpineCard
from ptnotes.ui.theme import Theme, restyle

WIDE_PX = 1090
"""From this width on, at the smallest text, the cards stand in two columns beside the spine."""
SPINE_PX = ((1360, 262), (1090, 198), (820, 244), (0, 196))
"""Width of the page from which on the spine's card has which width: it is narrower where two columns just fit."""
ROOM_FOR_SPINE_PX = 660
"""Below this width the spine makes room for the tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitContext:
    """What a visit is charted against: the visits before it, newest first, its episode, the clinic's normal values, and
    the rules of whoever pays.
    """

    earlier: tuple[TreatmentSession, ...]
    examined: tuple[TreatmentSession, ...]
    """Those before it at which something was examined, newest first, however long ago."""
    episode: EpisodeOfCare
    normal_values: NormalValues
    rules: PayerRules

    @property
    def last(self) -> TreatmentSession | None:
        """The visit before, None where this is the first."""
        return next(iter(self.earlier), None)


class VisitPage(QWidget):
    """The cards of one visit. All paint from `state`, and change the visit only through it."""

    def __init__(
        self,
        state: DraftState,
        context: VisitContext,
        reference: Reference,
        theme: Theme,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.state = state
        self.asked: dict[str, QWidget] = {}
        """Where something is asked beside the page, by the name of the field: the screen of the episode."""
        self._theme = theme
        regions = tuple(region.region for region in context.episode.regions)
        self.fields = VisitFields(state, today, theme, self)
        side = context.episode.regions[0].side if context.episode.regions else None
        self.line = TypedLine(state, reference, theme, Place(regions, side.value if side else None), self)
        self.mobilizations = MobilizationCard(state, context.earlier, reference, theme, regions, self)
        self.pain = PainCard(state, context.last, reference, theme, regions, self)
        self.body_chart = BodyChartCard(state, context.earlier, reference, theme, self)
        self.signs = SignCard(state, context.last, theme, self)
        self.note = NoteCard(state, context.last, theme, self)
        self.rom = RomCard(
            state, context.last, reference, theme, regions, normal_values=context.normal_values, parent=self
        )
        self.interventions = InterventionCard(
            state, context.last, reference, theme, regions, self, rules=context.rules
        )
        self.exercises = ExerciseCard(state, context.earlier, reference, theme, regions, self)
        self.exam = ExamCard(state, context.examined, reference, theme, regions, self)
        self.spine_card = SpineCard(state, context.earlier, reference, theme, regions, self)
        self.spine = self.spine_card.control
        self._lay_out()
        self.spine.row_asked.connect(self._go_to_row)
        self._order = QTimer(self, singleShot=True, interval=0)
        self._order.timeout.connect(self._set_tab_order)
        for card in (self.mobilizations, self.pain, self.rom, self.interventions, self.exercises, self.signs):
            card.table.rows_changed.connect(self._order.start)
        self.exam.stops_changed.connect(self._order.start)
        self.body_chart.rows_changed.connect(self._order.start)
        self.body_chart.opened.connect(self._show_focus)
        self._order.start()
        self.set_editable(state.session.state is NoteState.DRAFT)
        if state.session.state is NoteState.VOIDED:
            self._strike_through()

    def _lay_out(self) -> None:
        theme = self._theme
        outer = QHBoxLayout(self)
        outer.setContentsMargins(theme.space(5), theme.space(3), theme.space(2), theme.space(4))
        outer.setSpacing(theme.space(4))
        self.spine_card.setFixedWidth(theme.px(196))
        outer.addWidget(self.spine_card)
        self.scroller = QScrollArea(self)
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setProperty("ground", "window")
        inside = QWidget()
        inside.setProperty("ground", "window")
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, theme.space(3), 0)
        columns.setSpacing(theme.space(4))
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        for column in (self._left, self._right):
            column.setSpacing(theme.space(4))
            column.addStretch(1)
            columns.addLayout(column, 1)
        self._columns = columns
        self._is_wide: bool | None = None
        self._arrange(wide=True)
        self.scroller.setWidget(inside)
        # Over the cards, so that it stays in sight while they scroll.
        beside = QVBoxLayout()
        beside.setSpacing(theme.space(4))
        above = QHBoxLayout()
        above.setContentsMargins(0, 0, theme.space(3), 0)
        above.addWidget(self.line)
        beside.addLayout(above)
        beside.addWidget(self.scroller, 1)
        outer.addLayout(beside, 1)

    def set_editable(self, editable: bool) -> None:
        """Let the visit be changed, or only read: a signed note is no draft any more."""
        for part in (
            self.fields, self.line, self.mobilizations, self.pain, self.signs, self.note, self.rom,
            self.exam, self.interventions, self.exercises,
        ):  # fmt: skip
            part.setEnabled(editable)
        self.body_chart.set_editable(editable)
        self.spine_card.set_editable(editable)

    def _strike_through(self) -> None:
        """Show that the note is void; it stays readable."""
        self.scroller.setProperty("void", "true")
        for widget in self.scroller.findChildren(QWidget):
            restyle(widget)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(wide=self.width() >= self._theme.px(WIDE_PX))
        px = self._theme.px
        self.spine_card.setFixedWidth(next(px(wide) for page, wide in SPINE_PX if self.width() >= px(page)))
        # Where there is room for little more than one table, or the map would lie over its keys, the levels are picked
        # from the list instead.
        margins = self.contentsMargins() if (lay := self.layout()) is None else lay.contentsMargins()
        tall = self.height() - margins.top() - margins.bottom() >= self.spine_card.minimumSizeHint().height()
        self.spine_card.setVisible(tall and self.width() >= self._theme.px(ROOM_FOR_SPINE_PX))

    def _arrange(self, *, wide: bool) -> None:
        """Put the cards into two columns, or one below the other in the order of the work."""
        if wide == self._is_wide:
            return
        self._is_wide = wide
        right: list[QWidget] = [self.rom, self.exam, self.interventions, self.exercises]
        left: list[QWidget] = [self.mobilizations, self.pain, self.body_chart, self.signs, self.note]
        for column, cards in ((self._left, left), (self._right, right)):
            for card in cards:
                column.removeWidget(card)
        for card in right:
            self._left.removeWidget(card)
        if not wide:
            left = [
                self.mobilizations,
                self.pain,
                self.body_chart,
                self.rom,
                self.exam,
                self.signs,
                self.note,
                self.interventions,
                self.exercises,
            ]
            right = []
        for column, cards in ((self._left, left), (self._right, right)):
            for place, card in enumerate(cards):
                column.insertWidget(place, card)
        self._columns.setStretch(0, 46)
        self._columns.setStretch(1, 49 if wide else 0)
        self._columns.setSpacing(self._theme.space(4) if wide else 0)

    def take_commands(self, commands: dict[str, QAction]) -> None:
        """Have the commands on a visit act on this page for as long as it is there."""
        for name, slot in (
            ("undo", self._undo),
            ("redo", self._redo),
            ("same", self.mobilizations.confirm_all),
            ("last_rows", self._go_to_last_rows),
            ("next_card", self.focus_next_card),
            ("typed_line", self.line.start),
            ("finding", self._add_finding),
            ("neuro", self._add_neuro_screen),
            ("as_text", self._edit_as_text),
        ):
            commands[name].triggered.connect(slot)

    def _add_finding(self) -> None:
        self.exam.start()
        self._show_focus()

    def _add_neuro_screen(self) -> None:
        self.exam.add_neuro_screen()

    def _undo(self) -> None:
        self.state.undo()

    def _redo(self) -> None:
        self.state.redo()

    def _edit_as_text(self) -> None:
        """Bring the row with the keyboard into the typed line."""
        row = row_at(self, self.focusWidget())
        if row is None or not self.line.edit_row(row):
            self.line.start()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Fields take the sign themselves; only what does not write lets it through.
        if PAGE.pressed(event) == "line" and self.line.isEnabled():
            self.line.start()
            return
        super().keyPressEvent(event)

    def focus_next_card(self) -> None:
        """Go to the first field of the next part of the visit."""
        firsts: list[tuple[QWidget, QWidget]] = [
            (self.mobilizations, self.mobilizations.add),
            (self.pain, self.pain.scales[0]),
            (self.body_chart, self.body_chart.first()),
            (self.signs, self.signs.add),
            (self.note, self.note.editors["subjective"]),
            (self.rom, self.rom.tab_stops()[0]),
            (self.exam, self.exam.way_in),
            (self.interventions, self.interventions.add),
            (self.exercises, self.exercises.add),
        ]
        if self.spine_card.isVisible():
            firsts.append((self.spine_card, self.spine))
        here = self.focusWidget()
        place = next((place for place, (card, _) in enumerate(firsts) if card.isAncestorOf(here)), -1)
        card, first = firsts[(place + 1) % len(firsts)]
        first.setFocus(Qt.FocusReason.TabFocusReason)
        if card is not self.spine_card:
            # As much of the part as there is room for, and in any case where the keys go.
            self.scroller.ensureWidgetVisible(card)
            self.scroller.ensureWidgetVisible(first)

    def _go_to_row(self, row: int) -> None:
        self.mobilizations.work_on(row)
        self._show_focus()

    def _go_to_last_rows(self) -> None:
        self.mobilizations.last.setFocus()
        self._show_focus()

    def _show_focus(self) -> None:
        """Scroll to where the keys go."""
        here = self.scroller.focusWidget()
        if here is not None:
            self.scroller.ensureWidgetVisible(here)

    def _set_tab_order(self) -> None:
        tab_order(
            [
                *self.fields.tab_stops(),
                self.line.input,
                self.spine,
                *self.mobilizations.tab_stops(),
                *self.pain.tab_stops(),
                *self.body_chart.tab_stops(),
                *self.signs.tab_stops(),
                *self.note.editors.values(),
                *self.rom.tab_stops(),
                *self.exam.tab_stops(),
                *self.interventions.tab_stops(),
                *self.exercises.tab_stops(),
            ]
        )
