"""Where it was treated: on the spine, and in words what has no place there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.views import SpineMark
from ptnotes.figures.spine import levels_round, numeral_of
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.readout import place_words
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.spine_map import SpineMap

_SPINE_HEIGHT = 300
_TALLEST = 600


class LevelsCard(Card):
    """The places treated in the episode; for a while those of one visit alone."""

    def __init__(self, reference: Reference, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Levels treated", "from behind", parent)
        self._reference = reference
        self._theme = theme
        self.spine = SpineMap(theme, parent=self)
        self.spine.setMinimumHeight(theme.px(_SPINE_HEIGHT))
        # It asks for no more than that, so that the page is not made to scroll for it, and takes what is left.
        self.spine.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.elsewhere = Label("", "body", wraps=True, parent=self)
        self.key = Label("filled: at the latest visit · outlined: before", "small", wraps=True, parent=self)
        self.body.addWidget(self.spine, 1)
        self.body.addWidget(self.elsewhere)
        self.body.addWidget(self.key)

    @property
    def shows_spine(self) -> bool:
        """Whether anything was treated that has its place on the spine."""
        return self.spine.isVisibleTo(self)

    def show_episode(self, marks: Sequence[SpineMark]) -> None:
        """Show the places treated in an episode, at the levels round them."""
        levels = levels_round(marks)
        self.spine.setVisible(levels is not None)
        self.setMaximumHeight(self._theme.px(_TALLEST))
        self.key.setVisible(levels is not None and any(not mark.at_latest_visit for mark in marks))
        if levels is not None:
            self.spine.set_levels(*levels)
        self.set_note("from behind" if levels is not None else "")
        self.set_title("Levels treated" if levels is not None else "Joints treated")
        self.show_marks(marks)

    def show_marks(self, marks: Sequence[SpineMark]) -> None:
        """Show these marks on the same levels."""
        self.spine.set_marks(marks)
        beside = self.spine.elsewhere if self.shows_spine else tuple(marks)
        lines = [self._line(mark) for mark in beside]
        self.elsewhere.setText("\n".join(lines))
        self.elsewhere.setVisible(bool(lines))

    def _line(self, mark: SpineMark) -> str:
        parts = [place_words(self._reference, mark.target, mark.side)]
        if mark.grade:
            parts.append(f"grade {numeral_of(mark.grade)}")
        if not mark.at_latest_visit:
            parts.append("at an earlier visit")
        return " · ".join(parts)
