"""The examination of a visit on one card, which is one quiet line until something is examined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.errors import InputError
from ptnotes.domain.exam_entry import Typed, catalogue, used_tests
from ptnotes.domain.examination import (
    LineKey,
    exam_lines,
    is_examined,
    lacks_blood_pressure,
    last_found,
    limb_of,
    neuro_screen,
)
from ptnotes.domain.sentences import sentence
from ptnotes.domain.treatment import EVALUATIONS, Phase, Side, TreatmentSession
from ptnotes.domain.wording import day_and_month, how_many
from ptnotes.ui.charting import exam_edits
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.exam.behaviour_part import BehaviourPart
from ptnotes.ui.exam.exam_add import ExamAdd
from ptnotes.ui.exam.exam_table import ExamRow, ExamTable
from ptnotes.ui.exam.vitals_part import VitalsPart
from ptnotes.ui.keys import EXAM
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label

_CLOSED = "vital signs · behaviour of symptoms · strength, reflexes, sensation, tests"
_NECK_ASKS = "Blood pressure? The screen of the neck asks for it, and it was not taken at this visit."
_PARTS = ("findings", "vitals", "mobilizations", "kind")


class ExamParts(QWidget):
    """What the card holds while it is open: made when it is opened for the first time."""

    def __init__(
        self,
        state: DraftState,
        earlier: Sequence[TreatmentSession],
        reference: Reference,
        theme: Theme,
        limb: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(theme.space(2))
        self.pressure_asked = Label(_NECK_ASKS, "warning", wraps=True, parent=self)
        self.pressure_asked.hide()
        self.vitals = VitalsPart(state, earlier, theme, self)
        self.behaviour = BehaviourPart(state, earlier, reference, theme, self)
        self._earlier = earlier
        self._reference = reference
        self.tests_again: tuple[LineKey, ...] = ()
        self.table = ExamTable(state, reference, theme, self._last, self)
        tests = catalogue(reference, used_tests(earlier))
        self.add = ExamAdd(reference, tests, limb, self)
        self.fault = FaultLabel(self)
        self.add.fault_changed.connect(self.fault.say)
        self.again = QPushButton(self)
        self.again.setProperty("type", "ghost")
        self.normal = Label(
            f"{EXAM.shown('normal')} in a row marks it as normal. A blank was not examined.",
            "small",
            parent=self,
        )
        foot = QHBoxLayout()
        foot.addWidget(self.add, 1)
        for title, part in (
            ("Vital signs", None),
            ("", self.pressure_asked),
            ("", self.vitals),
            ("Behaviour of symptoms", None),
            ("", self.behaviour),
            ("Findings", None),
            ("", self.table),
        ):
            if part is not None:
                body.addWidget(part)
                continue
            caption = Label(title, "caption", parent=self)
            caption.setContentsMargins(0, theme.space(1) if body.count() else 0, 0, 0)
            body.addWidget(caption)
        body.addLayout(foot)
        body.addWidget(self.fault)
        body.addWidget(self.again)
        body.addWidget(self.normal)

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        return [
            *self.vitals.tab_stops(), *self.behaviour.tab_stops(), *self.table.tab_stops(), self.add, self.again,
        ]  # fmt: skip

    def show_visit(self, session: TreatmentSession, *, asked: bool) -> None:
        """Show the visit's examination; `asked` says that blood pressure is asked for."""
        self.pressure_asked.setVisible(asked)
        self.vitals.show_visit(session)
        self.behaviour.show_visit(session)
        self.table.show_rows(exam_lines(session))
        self.normal.setVisible(bool(self.table.editors))
        self._offer_again(session)

    def _offer_again(self, session: TreatmentSession) -> None:
        """Offer the tests of the newest visit that had any, those that are not listed today."""
        listed = {line.key for line in exam_lines(session)}
        for earlier in self._earlier:
            found = [line.key for line in exam_lines(earlier) if not line.is_blank]
            if found:
                self.tests_again = tuple(key for key in found if key not in listed)
                count = how_many(len(self.tests_again), "test")
                self.again.setText(f"Test again, as on {day_and_month(earlier.service_date)}: {count}")
                break
        self.again.setVisible(bool(self.tests_again))

    def _last(self, key: LineKey) -> tuple[str, str]:
        found = last_found(self._reference, self._earlier, key, brief=True)
        return (found[1], day_and_month(found[0])) if found is not None else ("", "")


class ExamCard(Card):
    """Opens by itself at an evaluation, where something is in it, and where the screen asks for blood pressure.

    `parts` is None until it is opened for the first time. `stops_changed` is emitted where other fields can be gone to.
    """

    stops_changed = Signal()

    def __init__(
        self,
        state: DraftState,
        earlier: Sequence[TreatmentSession],
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Examination", "", parent)
        self._state = state
        self._earlier = earlier
        self._reference = reference
        self._theme = theme
        self._regions = regions
        self.limb = limb_of(regions)
        self.parts: ExamParts | None = None
        self.closed = Label(_CLOSED, "small", wraps=True, parent=self)
        self.toggle = QPushButton(self)
        self.toggle.setProperty("type", "quiet")
        self.toggle.clicked.connect(self._turn)
        self.head.insertWidget(1, self.closed, 1)
        self.add_to_head(self.toggle)
        state.changed.connect(self._changed)
        self._say_open(is_open=False)
        self._show()

    @property
    def is_open(self) -> bool:
        """Whether the card shows its parts."""
        return self.parts is not None and not self.parts.isHidden()

    @property
    def way_in(self) -> QWidget:
        """The field to begin at: the line to add a finding, or the button that opens the card."""
        return self.parts.add if self.parts is not None and self.is_open else self.toggle

    def tab_stops(self) -> list[QWidget]:
        """The fields in the order in which Tab goes through them."""
        inside = self.parts.tab_stops() if self.parts is not None and self.is_open else []
        return [self.toggle, *inside]

    def start(self) -> None:
        """Open the card and put the focus where a finding is typed."""
        self.opened().add.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add_neuro_screen(self, limb: str = "") -> None:
        """List the neurological screen of a limb, by default that of the episode's main region; every line is blank."""
        self.opened()
        keys = neuro_screen(self._reference, limb or self.limb)
        self._state.put(exam_edits.add_lines(self._state.session, keys))
        QTimer.singleShot(0, self, partial(self._work_on, keys[0], None))

    def go_to_pressure(self) -> QWidget:
        """Open the card and give the field of the blood pressure before the treatment."""
        return self.opened().vitals.pressures[Phase.BEFORE]

    def field_of(self, row: int | None) -> QWidget:
        """The field that shows the finding of that row, for whoever looks for it."""
        parts = self.opened()
        for finding in self._state.session.findings:
            editor = parts.table.editors.get((finding.kind, finding.test, finding.target))
            if finding.row == row and isinstance(editor, ExamRow):
                return editor.tab_stops()[0]
        return parts.add

    def opened(self) -> ExamParts:
        """The card's parts, shown."""
        parts = self.parts
        if parts is None:
            parts = self.parts = self._made()
        if parts.isHidden() or not self.toggle.property("open"):
            parts.show()
            self._say_open(is_open=True)
            parts.show_visit(self._state.session, asked=self._asks_pressure())
            self.stops_changed.emit()
        return parts

    def _made(self) -> ExamParts:
        parts = ExamParts(self._state, self._earlier, self._reference, self._theme, self.limb, self)
        self.body.addWidget(parts)
        parts.table.rows_changed.connect(self.stops_changed)
        parts.table.next_asked.connect(self._go_down)
        parts.table.removal_asked.connect(self._remove)
        parts.add.typed_finding.connect(self._take)
        parts.add.screen_asked.connect(self.add_neuro_screen)
        parts.again.clicked.connect(self._test_again)
        return parts

    def _turn(self) -> None:
        if not self.is_open:
            self.start()
        elif self.parts is not None:
            self.parts.hide()
            self._say_open(is_open=False)
            self.stops_changed.emit()

    def _say_open(self, *, is_open: bool) -> None:
        self.toggle.setProperty("open", is_open)
        self.closed.setVisible(not is_open)
        self.toggle.setText("Close" if is_open else "Examine …")
        self.toggle.setAccessibleName(
            "Close the examination" if is_open else f"Open the examination: {_CLOSED}"
        )

    def _take(self, typed: Typed) -> None:
        try:
            session = exam_edits.take_typed(self._state.session, typed)
        except InputError as error:
            self.opened().fault.say(sentence(error.faults[0]))
            return
        self._state.put(session)
        side = typed.findings[0].side
        then: Callable[[], object] = (
            self.start if typed.has_value else partial(self._work_on, typed.key, side)
        )
        # After the list of choices has closed, which gives the focus back to its own field.
        QTimer.singleShot(0, self, then)

    def _work_on(self, key: LineKey, side: Side | None) -> None:
        editor = self.opened().table.editors.get(key)
        if isinstance(editor, ExamRow):
            editor.open_words(wanted=True)
            editor.first_blank(side).setFocus(Qt.FocusReason.TabFocusReason)

    def _go_down(self) -> None:
        """Enter goes to the same side of the next test; after the last one to the line that adds another."""
        parts = self.opened()
        focus = parts.focusWidget()
        editors = [editor for editor in parts.table.editors.values() if isinstance(editor, ExamRow)]
        place = next((place for place, editor in enumerate(editors) if focus in editor.tab_stops()), None)
        if place is None or place + 1 == len(editors):
            parts.add.setFocus(Qt.FocusReason.TabFocusReason)
            return
        side = next((side for side, cell in editors[place].values.items() if cell is focus), None)
        following = editors[place + 1]
        following.values.get(side, following.tab_stops()[0]).setFocus(Qt.FocusReason.TabFocusReason)

    def _remove(self, key: LineKey) -> None:
        self._state.put(exam_edits.remove_line(self._state.session, key))
        self.start()

    def _test_again(self) -> None:
        keys = self.opened().tests_again
        self._state.put(exam_edits.add_lines(self._state.session, keys))
        if keys:
            QTimer.singleShot(0, self, partial(self._work_on, keys[0], None))

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if any(getattr(before, name) is not getattr(after, name) for name in _PARTS):
            self._show()

    def _asks_pressure(self) -> bool:
        return lacks_blood_pressure(self._reference, self._state.session, self._regions)

    def _show(self) -> None:
        session = self._state.session
        asked = self._asks_pressure()
        examining = session.kind in EVALUATIONS
        # What is in the visit is never out of sight, and a question neither.
        needed = is_examined(session) or asked
        if needed or (examining and self.parts is None):
            self.opened()
        self.toggle.setVisible(not needed)
        if self.parts is not None:
            self.parts.show_visit(session, asked=asked)
