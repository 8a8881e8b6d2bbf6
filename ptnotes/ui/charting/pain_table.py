"""Pain with a movement or at another place, before and after the treatment, and what the change in the visit means."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QToolButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.change import Direction, Meaning, judge_score
from ptnotes.domain.checks import NPRS_HIGHEST, NPRS_LOWEST
from ptnotes.domain.treatment import PainKind, PainScore, Phase, Side, TreatmentSession
from ptnotes.domain.wording import signed, threshold_words, verdict_tag
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.cells import ValueCell
from ptnotes.ui.charting.edits import PainPair
from ptnotes.ui.charting.entry import read_whole
from ptnotes.ui.charting.row_table import Elided, RowEditor, RowTable
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label, Pill, Tone
from ptnotes.ui.widgets.pick_list import PickItem

_HEADS = ("Pain with", "Last", "Before", "After", "Change", "")
_LETTERS = {Side.LEFT: "L", Side.RIGHT: "R", Side.BILATERAL: "both"}
_BETWEEN = "|"


class PainRow(RowEditor[PainPair]):
    """One pain: what it is with or where, and its scores."""

    def __init__(
        self,
        table: QWidget,
        row: PainPair,
        *,
        state: DraftState,
        reference: Reference,
        theme: Theme,
        last: str,
        remove: QToolButton,
    ) -> None:
        super().__init__(table)
        one = _one(row)
        self._state = state
        self._reference = reference
        self._pair = one.pair
        name = pain_words(reference, one)
        label = Elided(name, table)
        label.setContentsMargins(theme.px(5), 0, 0, 0)
        self.before = self._cell(Phase.BEFORE, f"{name}: before", theme, table)
        self.after = self._cell(Phase.AFTER, f"{name}: after", theme, table)
        self.change = Pill("", parent=table)
        self.cells = [label, Label(last, "small", parent=table), self.before, self.after, self.change, remove]

    def _cell(self, phase: Phase, name: str, theme: Theme, table: QWidget) -> ValueCell:
        cell = ValueCell(_read_score, name, boxed=True, right=True, parent=table)
        cell.fix_width(theme.px(48))
        cell.typed.connect(partial(self._typed, phase))
        cell.fault_changed.connect(partial(self.set_fault, cell))
        cell.left.connect(self._state.end_step)
        return cell

    @override
    def tab_stops(self) -> list[QWidget]:
        return [self.before, self.after]

    @override
    def show_row(self, row: PainPair) -> None:
        if row == self.shown:
            return
        self.shown = row
        values = [score.value if score is not None else None for score in row]
        for cell, value in zip((self.before, self.after), values, strict=True):
            cell.show_value("" if value is None else str(value), value)
        show_change(self.change, self._reference, values[0], values[1])

    def _typed(self, phase: Phase, value: int | None) -> None:
        session = edits.set_score(self._state.session, self._pair, phase, value)
        self._state.put(session, ("score", self._pair, phase))


class PainTable(RowTable[PainPair]):
    """The pains besides the main complaint's."""

    def __init__(
        self,
        state: DraftState,
        last: TreatmentSession | None,
        reference: Reference,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(
            theme,
            _HEADS,
            stretch=(1, 0, 0, 0, 0, 0),
            widths=(90, 44, 0, 0, 88, 0),
            right=(2, 3),
            parent=parent,
        )
        self._state = state
        self._reference = reference
        pairs = edits.further_pain(last) if last is not None else ()
        self._last = {_what(_one(pair)): _values(pair) for pair in pairs}

    @override
    def key_of(self, row: PainPair) -> int:
        return _one(row).pair

    @override
    def make_editor(self, row: PainPair) -> RowEditor[PainPair]:
        one = _one(row)
        return PainRow(
            self,
            row,
            state=self._state,
            reference=self._reference,
            theme=self.theme,
            last=self._last.get(_what(one), ""),
            remove=self.remove_button("Remove this pain", one.pair),
        )


def movement_items(reference: Reference, regions: tuple[str, ...]) -> list[PickItem]:
    """The movements that pain can be with, those of the episode's regions first; a sided one once for each side."""
    own = {motion.id for region in regions for motion in reference.motions_in(region)}
    items = []
    for motion in sorted(reference.motions.values(), key=lambda motion: motion.id not in own):
        names = (motion.abbreviation, motion.label, *motion.aliases)
        for side in (Side.LEFT, Side.RIGHT) if motion.sided else (None,):
            letter = f" {_LETTERS[side]}" if side is not None else ""
            identity = f"{motion.id}{_BETWEEN}{side.value if side is not None else ''}"
            aliases = tuple(f"{name}{letter}" for name in names)
            items.append(PickItem(identity, f"{motion.full_label}{letter}", "", aliases))
    return items


def movement_of(identity: str) -> tuple[str, Side | None]:
    """The motion and side of a choice."""
    motion, _, side = identity.partition(_BETWEEN)
    return motion, Side(side) if side else None


def pain_words(reference: Reference, score: PainScore) -> str:
    """What a pain is with, or where it is: ``Lumbar flexion``, ``Knee extension R``, ``now, knee``."""
    side = f" {_LETTERS.get(score.side, '')}" if score.side is not None else ""
    if score.kind is PainKind.MOVEMENT and score.motion is not None:
        return f"{reference.motions[score.motion].full_label}{side}"
    return ", ".join(part for part in (score.kind.value, f"{score.place}{side}".strip()) if part)


def show_change(
    pill: Pill, reference: Reference, before: int | None, after: int | None, said: str = ""
) -> None:
    """Say the change within the visit and whether it exceeds measurement error; nothing where one score is missing."""
    if before is None or after is None:
        pill.show_fact("")
        return
    verdict = judge_score(reference, "nprs", Decimal(before), Decimal(after), between_visits=False)
    words = "" if verdict.meaning is Meaning.NO_PUBLISHED_ERROR else f", {verdict_tag(verdict)}"
    tone: Tone = "neutral"
    if verdict.is_real:
        tone = "success" if verdict.direction is Direction.BETTER else "danger"
    pill.show_fact(f"{signed(Decimal(after - before))}{said}{words}", tone)
    pill.setToolTip(threshold_words(verdict, ""))
    pill.setAccessibleDescription(pill.toolTip())


def _one(pair: PainPair) -> PainScore:
    one = pair[0] or pair[1]
    if one is None:
        raise ValueError(pair)
    return one


def _what(score: PainScore) -> tuple[object, ...]:
    return score.kind, score.motion, score.side, score.place


def _values(pair: PainPair) -> str:
    return "→".join(str(score.value) for score in pair if score is not None and score.value is not None)


def _read_score(text: str) -> int | None:
    return read_whole(text, "pain.value", NPRS_LOWEST, NPRS_HIGHEST, "/10")
