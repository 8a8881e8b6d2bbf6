"""The places of the map as real widgets, so that every screen reader finds them: nothing is seen of them.

The open part has a check box for each place (checked where it was treated today); every other part has a button that
opens it. The map paints all of them, takes the mouse, and answers their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from ptnotes.figures.spine import Area
from ptnotes.figures.target_map import PART_WORDS, TargetLayout, TargetMap, Targets
from ptnotes.ui.override import override
from ptnotes.ui.spine.treated import Place


class PlaceBox(QCheckBox):
    """One place. `toggled_by_hand` asks for a change; whether it stays checked is told by the visit alone."""

    toggled_by_hand = Signal()

    def __init__(self, place: Place, parent: QWidget) -> None:
        super().__init__(parent)
        self.place = place
        self._on_tab: Callable[[bool], bool] | None = None
        self._is_told = False
        self.toggled.connect(self._toggled)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def leave_by(self, on_tab: Callable[[bool], bool]) -> None:
        """Have Tab leave the whole map: all its places are one stop."""
        self._on_tab = on_tab

    @override
    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._on_tab(forward) if self._on_tab is not None else super().focusNextPrevChild(forward)

    def show_treated(self, treated: bool) -> None:
        """Be checked where the place was treated today."""
        self._is_told = True
        self.setChecked(treated)
        self._is_told = False

    def _toggled(self) -> None:
        if not self._is_told:
            self.toggled_by_hand.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint nothing: the map does."""

    @override
    def hitButton(self, pos: QPoint) -> bool:
        return False


class PartButton(QPushButton):
    """A part that is not open. Pressing it opens it."""

    def __init__(self, part: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.part = part
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint nothing: the map does."""


class Boxes:
    """The widgets of a map: made for the part that is open, laid where it is drawn, named by what is charted."""

    def __init__(
        self,
        owner: QWidget,
        targets: Targets,
        *,
        on_toggle: Callable[[Place], None],
        on_open: Callable[[str], None],
        on_tab: Callable[[bool], bool],
    ) -> None:
        self._owner = owner
        self._targets = targets
        self._on_toggle = on_toggle
        self._on_tab = on_tab
        self._open = ""
        self.places: Mapping[Place, PlaceBox] = {}
        self.parts = {part: PartButton(part, owner) for part in PART_WORDS}
        for part, button in self.parts.items():
            button.clicked.connect(partial(on_open, part))

    def open(self, part: str) -> list[PlaceBox]:
        """Make the places of a part, and give those of the part before, to be let go once the focus has moved."""
        old = list(self.places.values())
        self._open = part
        self.places = {place: self._made(place) for place in self._targets.places[part]}
        for name, button in self.parts.items():
            button.setVisible(name != part)
        return old

    def lay(self, laid: TargetLayout) -> None:
        """Put each widget where its place is drawn."""
        around: dict[str, QRectF] = {}
        for area in (*laid.areas, *laid.doors):
            box = QRectF(area.x, area.y, area.width, area.height)
            part = self._targets.part_of(area.target) or ""
            if part != self._open:
                around[part] = around.get(part, box).united(box)
            elif area not in laid.doors:
                self.places[area.target, area.side].setGeometry(_whole(box))
        for part, box in around.items():
            self.parts[part].setGeometry(_whole(box))

    def tell(
        self,
        name_of: Callable[[Place], str],
        part_words: Callable[[str], str],
        treated: Callable[[Place], bool],
    ) -> None:
        """Name each widget by what is charted there."""
        for place, box in self.places.items():
            name = name_of(place)
            if box.accessibleName() != name:
                box.setAccessibleName(name)
            box.show_treated(treated(place))
        for part, button in self.parts.items():
            if part != self._open and button.accessibleName() != (words := part_words(part)):
                button.setAccessibleName(words)

    def _made(self, place: Place) -> PlaceBox:
        box = PlaceBox(place, self._owner)
        box.toggled_by_hand.connect(partial(self._on_toggle, place))
        box.leave_by(self._on_tab)
        if self._owner.isVisible():
            box.show()
        return box


def area_of(drawn: TargetMap, place: Place) -> Area | None:
    """Where a place is drawn, None while its part is closed."""
    return next((area for area in drawn.areas if (area.target, area.side) == place), None)


def _whole(box: QRectF) -> QRect:
    return box.toAlignedRect()
