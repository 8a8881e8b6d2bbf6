"""What changed within visits, by what was done in them: described for one measure at a time, and never judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.technique_response import PAIN_NOW, measures_in
from ptnotes.domain.views import ChangeWithin, PairedMeasure, TechniqueResponse
from ptnotes.domain.wording import MINUS, difference, how_many, side_words, signed
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.readout import place_words
from ptnotes.ui.trends.tables import Cell, HintTable
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label

_HEADS = ("Place", "Technique", "Grade", "Visits", "n", "Mean change", "Spread")
_ORDERS = ("Largest n first", "Smallest n first", "By place")
_DESCRIBES = (
    "A description: techniques done in one visit share its change, so none of it can be put down to one of them. "
    "n is the number of visits with a value before and one after; visits without both are left out."
)


class ResponseCard(Card):
    """Chosen are the measure and the order of the rows; a row says what was left out of it."""

    def __init__(self, reference: Reference, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Change within visits, by what was done", "", parent)
        self._reference = reference
        self._responses: Sequence[TechniqueResponse] = ()
        self._measures: tuple[PairedMeasure, ...] = ()
        self.measure = _choice("Measure", self)
        self.order = _choice("Order of the rows", self)
        self.order.addItems(list(_ORDERS))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Label("Change of", "small", parent=self))
        row.addWidget(self.measure)
        row.addStretch(1)
        row.addWidget(self.order)
        self.body.addLayout(row)
        self.table = HintTable("Change within visits by technique", _HEADS, (3, 4, 5), 1, theme, self)
        self.body.addWidget(self.table)
        self.describes = Label(_DESCRIBES, "small", wraps=True, parent=self)
        self.body.addWidget(self.describes)
        self.measure.currentIndexChanged.connect(self._fill)
        self.order.currentIndexChanged.connect(self._fill)

    def show_responses(self, responses: Sequence[TechniqueResponse], titles: Mapping[str, str]) -> None:
        """Show an episode's rows, by the measure chosen before where there is one; hides without any pair.

        `titles` are those of the charts, by their keys.
        """
        before = self._measures[self.measure.currentIndex()] if self._measures else PAIN_NOW
        self._responses, self._measures = responses, measures_in(responses)
        self.setVisible(bool(self._measures))
        self.measure.blockSignals(True)  # noqa: FBT003 - Qt takes no names
        self.measure.clear()
        self.measure.addItems([self._measure_words(measure, titles) for measure in self._measures])
        if before in self._measures:
            self.measure.setCurrentIndex(self._measures.index(before))
        self.measure.blockSignals(False)  # noqa: FBT003 - as above
        self._fill()

    def _fill(self) -> None:
        if not self._measures:
            self.table.fill(())
            return
        measure = self._measures[self.measure.currentIndex()]
        self.table.fill([self._cells(response, measure) for response in self._ordered(measure)])

    def _ordered(self, measure: PairedMeasure) -> list[TechniqueResponse]:
        """The rows at which the measure was taken at all, in the chosen order; equals keep theirs."""
        rows = [one for one in self._responses if measure in one.changes or measure in one.halves]
        if self.order.currentIndex() == 2:
            order = self._reference.targets
            return sorted(rows, key=lambda one: order[one.target].order if one.target in order else 10_000)
        sign = 1 if self.order.currentIndex() == 1 else -1
        return sorted(rows, key=lambda one: sign * _pairs(one, measure))

    def _cells(self, response: TechniqueResponse, measure: PairedMeasure) -> tuple[Cell, ...]:
        known = self._reference.techniques
        technique = known[response.technique].label if response.technique in known else response.technique
        place = place_words(self._reference, response.target, response.side)
        change = response.changes.get(measure)
        hint = " ".join((f"{place} · {technique}.", _counted(response, measure, change)))
        return (
            Cell(place, is_strong=True, hint=hint),
            Cell(technique, hint=hint),
            Cell(response.grade or "–", hint=hint),
            Cell(str(response.visits), is_quiet=True, hint=hint),
            Cell(str(change.pairs if change is not None else 0), hint=hint),
            Cell(
                change_words(change.mean, measure.unit) if change is not None else "–",
                is_strong=True,
                hint=hint,
            ),
            Cell(spread_words(change), is_quiet=True, hint=hint),
        )

    def _measure_words(self, measure: PairedMeasure, titles: Mapping[str, str]) -> str:
        if measure.motion is None:
            return "Pain now"
        side = measure.side.value if measure.side is not None else ""
        words = titles.get(f"{measure.motion}:{side}")
        if words is None:
            words = f"{self._reference.motions[measure.motion].label} {side_words(measure.side)}".strip()
        same = [one for one in self._measures if (one.motion, one.side) == (measure.motion, measure.side)]
        return f"{words}, {self._way_words(measure)}" if len(same) > 1 else words

    def _way_words(self, measure: PairedMeasure) -> str:
        parts = [measure.mode.value] if measure.mode is not None else []
        if measure.method is not None:
            parts.append(self._reference.methods[measure.method].label)
        if measure.test_position is not None:
            parts.append(self._reference.test_positions[measure.test_position].label)
        return ", ".join([*parts, *(["%"] if measure.unit == "percent" else [])])


def spread_words(change: ChangeWithin | None) -> str:
    """How far the changes lie apart, and as what: ``−4 to 0`` (lowest and highest) or ``SD 1.2``."""
    if change is None:
        return "no pair"
    if change.deviation is not None:
        return f"SD {_tenths(change.deviation)}"
    if change.lowest is None or change.highest is None:
        return "one visit"
    return f"{signed(change.lowest)} to {signed(change.highest)}"


def change_words(mean: Decimal, unit: str) -> str:
    """A mean with its sign and one decimal place, so that means stand under each other: ``−1.0``, ``+4.5°``."""
    sign = "+" if mean > 0 else MINUS if mean < 0 else ""
    return f"{sign}{_tenths(abs(mean))}{difference(Decimal(0), unit).removeprefix('0')}"


def _counted(response: TechniqueResponse, measure: PairedMeasure, change: ChangeWithin | None) -> str:
    """How the row's n came about, and how often no other technique was charted."""
    pairs, half = (change.pairs, change.half) if change is not None else (0, response.halves.get(measure, 0))
    parts = [f"Done at {how_many(response.visits, 'visit')}: {pairs} with a value before and after"]
    if half:
        parts.append(f"{half} with only one of the two, or taken differently")
    if response.visits - pairs - half:
        parts.append(f"{response.visits - pairs - half} without either")
    words = f"{', '.join(parts)}."
    if change is None:
        return words
    if change.alone == change.pairs:
        return f"{words} No other technique was charted at these; exercises and other services are not looked at."
    others = "all of" if not change.alone else f"{change.pairs - change.alone} of"
    return f"{words} At {others} these another technique was charted too."


def _pairs(response: TechniqueResponse, measure: PairedMeasure) -> int:
    change = response.changes.get(measure)
    return change.pairs if change is not None else 0


def _tenths(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _choice(name: str, parent: QWidget) -> QComboBox:
    box = QComboBox(parent)
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return box
