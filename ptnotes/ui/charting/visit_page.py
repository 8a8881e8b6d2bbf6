"""One visit on one screen: the spine, and beside it everything that is charted, in two columns or one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.people import NormalValues
from ptnotes.domain.treatment import NoteState, Side, TreatmentSession
from ptnotes.domain.views import SpineMark
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.cells import tab_order
from ptnotes.ui.charting.exercise_card import ExerciseCard
from ptnotes.ui.charting.intervention_card import InterventionCard
from ptnotes.ui.charting.mobilization_table import MobilizationCard
from ptnotes.ui.charting.note_card import NoteCard
from ptnotes.ui.charting.pain_card import PainCard
from ptnotes.ui.charting.rom_card import RomCard
from ptnotes.ui.charting.sign_card import SignCard
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.charting.visit_header import VisitFields
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.spine_map import SpineMap

WIDE_PX = 1090
"""From this width on, at the smallest text, the cards stand in two columns beside the spine."""
ROOMY_PX = 1360
"""From this width on the spine is drawn larger."""
ROOM_FOR_SPINE_PX = 660
"""Below this width the spine makes room for the tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitContext:
    """What a visit is charted against: the visit before it, its episode, and the clinic's normal values."""

    last: TreatmentSession | None
    episode: EpisodeOfCare
    normal_values: NormalValues


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
        self._last = context.last
        self._reference = reference
        self._theme = theme
        regions = tuple(region.region for region in context.episode.regions)
        self.fields = VisitFields(state, today, theme, self)
        self.mobilizations = MobilizationCard(state, context.last, reference, theme, regions, self)
        self.pain = PainCard(state, context.last, reference, theme, self)
        self.signs = SignCard(state, context.last, theme, self)
        self.note = NoteCard(state, context.last, theme, self)
        self.rom = RomCard(
            state, context.last, reference, theme, regions, normal_values=context.normal_values, parent=self
        )
        self.interventions = InterventionCard(state, context.last, reference, theme, self)
        self.exercises = ExerciseCard(state, context.last, reference, theme, regions, self)
        self.spine_card = Card("Spine", "from behind", self)
        self.spine = SpineMap(theme, interactive=True, parent=self.spine_card)
        self.spine_card.body.addWidget(self.spine, 1)
        self._has_spine = not regions or any(
            reference.regions[region].parent == "spine" for region in regions
        )
        self._lay_out()
        self.spine.target_chosen.connect(self._target_chosen)
        self._order = QTimer(self, singleShot=True, interval=0)
        self._order.timeout.connect(self._set_tab_order)
        for card in (self.mobilizations, self.rom, self.interventions, self.exercises, self.signs):
            card.table.rows_changed.connect(self._order.start)
        state.changed.connect(self._changed)
        self._show_spine()
        self._order.start()
        self.set_editable(state.session.state is NoteState.DRAFT)
        # A void note stays readable, struck through.
        self.scroller.setProperty("void", str(state.session.state is NoteState.VOIDED).lower())

    def _lay_out(self) -> None:
        theme = self._theme
        outer = QHBoxLayout(self)
        outer.setContentsMargins(theme.space(5), theme.space(3), theme.space(2), theme.space(4))
        outer.setSpacing(theme.space(4))
        self.spine_card.setFixedWidth(theme.px(176))
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
        outer.addWidget(self.scroller, 1)

    def set_editable(self, editable: bool) -> None:
        """Let the visit be changed, or only read: a signed note is no draft any more."""
        for part in (
            self.fields, self.spine, self.mobilizations, self.pain, self.signs, self.note, self.rom,
            self.interventions, self.exercises,
        ):  # fmt: skip
            part.setEnabled(editable)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(wide=self.width() >= self._theme.px(WIDE_PX))
        self.spine_card.setFixedWidth(
            self._theme.px(230 if self.width() >= self._theme.px(ROOMY_PX) else 176)
        )
        # Where there is room for little more than one table, the levels are picked from the list instead.
        self.spine_card.setVisible(self._has_spine and self.width() >= self._theme.px(ROOM_FOR_SPINE_PX))

    def _arrange(self, *, wide: bool) -> None:
        """Put the cards into two columns, or one below the other in the order of the work."""
        if wide == self._is_wide:
            return
        self._is_wide = wide
        right: list[QWidget] = [self.rom, self.interventions, self.exercises]
        left: list[QWidget] = [self.mobilizations, self.pain, self.signs, self.note]
        for column, cards in ((self._left, left), (self._right, right)):
            for card in cards:
                column.removeWidget(card)
        for card in right:
            self._left.removeWidget(card)
        if not wide:
            left = [
                self.mobilizations,
                self.pain,
                self.rom,
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
            ("next_card", self.focus_next_card),
        ):
            commands[name].triggered.connect(slot)

    def _undo(self) -> None:
        self.state.undo()

    def _redo(self) -> None:
        self.state.redo()

    def focus_next_card(self) -> None:
        """Go to the first field of the next part of the visit."""
        firsts: list[tuple[QWidget, QWidget]] = [
            (self.mobilizations, self.mobilizations.add),
            (self.pain, self.pain.scales[0]),
            (self.signs, self.signs.add),
            (self.note, self.note.editors["subjective"]),
            (self.rom, self.rom.tab_stops()[0]),
            (self.interventions, self.interventions.add),
            (self.exercises, self.exercises.add),
        ]
        here = self.focusWidget()
        place = next((place for place, (card, _) in enumerate(firsts) if card.isAncestorOf(here)), -1)
        firsts[(place + 1) % len(firsts)][1].setFocus(Qt.FocusReason.TabFocusReason)

    def _target_chosen(self, target: str, side: str) -> None:
        self.mobilizations.choose_target(target, Side(side))

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.mobilizations is not after.mobilizations:
            self._show_spine()

    def _show_spine(self) -> None:
        self.spine.set_marks(spine_marks(self._reference, self.state.session, self._last))

    def _set_tab_order(self) -> None:
        tab_order(
            [
                *self.fields.tab_stops(),
                self.spine,
                *self.mobilizations.tab_stops(),
                *self.pain.scales,
                *self.signs.tab_stops(),
                *self.note.editors.values(),
                *self.rom.tab_stops(),
                *self.interventions.tab_stops(),
                *self.exercises.tab_stops(),
            ]
        )


def spine_marks(
    reference: Reference, session: TreatmentSession, last: TreatmentSession | None
) -> tuple[SpineMark, ...]:
    """Where today's visit treated, filled; where only the last one did, as an outline.

    What is done on one side and does not say yet on which has no place on the spine.
    """
    marks: dict[tuple[str, Side | None], SpineMark] = {}
    for visit, is_today in ((last, False), (session, True)):
        for row in visit.mobilizations if visit is not None else ():
            if edits.side_is_missing(reference, row):
                continue
            for target in row.targets:
                mark = SpineMark(
                    target=target, side=row.side, grade=row.grade or "", at_latest_visit=is_today, sessions=1
                )
                marks[target, row.side] = mark
    return tuple(marks.values())
