"""The card of the map: the map, what is charted at the chosen place, and the grades to click."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.spine.control import SpineControl
from ptnotes.ui.spine.treated import GRADES
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label, LabelType

_MORE = (
    ("−", "-", "One modifier down, III to III−"),
    ("+", "+", "One modifier up, III to III+"),
    ("×", "remove", "Take the row away (Delete)"),
)


class SpineCard(Card):
    """`control` is the map."""

    def __init__(
        self,
        state: DraftState,
        earlier: tuple[TreatmentSession, ...],
        reference: Reference,
        theme: Theme,
        regions: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Spine", "from behind", parent)
        self.control = SpineControl(state, earlier, reference, theme, regions, self)
        self.words = Label("", "small", wraps=True, parent=self)
        # Two lines are kept for it, so that the map does not jump with what is said.
        self.words.setMinimumHeight(self.words.fontMetrics().lineSpacing() * 2 + theme.px(2))
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.buttons: dict[str, QToolButton] = {}
        self.body.addWidget(self.control, 1)
        self.body.addWidget(self.words)
        line = QHBoxLayout()
        line.setSpacing(theme.px(3))
        for number, grade in enumerate(GRADES, 1):
            ground, ink = (theme.ink(f"{role}_{number}").name() for role in ("grade", "on_grade"))
            colours = f"background: {ground}; color: {ink};"
            line.addWidget(self._button(grade, grade, f"Grade {grade} (key {number})", theme, colours), 4)
        for text, verb, help_text in _MORE:
            colours = f"border: 1px solid {theme.ink('control').name()};"
            line.addWidget(self._button(text, verb, help_text, theme, colours), 3)
        self.body.addLayout(line)
        self._say("small", self.control.charting.name(self.control.place, short=True))
        self.control.said.connect(partial(self._say, "small"))
        self.control.refused.connect(partial(self._say, "fault"))

    def set_editable(self, editable: bool) -> None:
        """Let the visit be charted, or the map only be walked and read."""
        self.control.charting.is_editable = editable
        for button in self.buttons.values():
            button.setEnabled(editable)

    def _button(self, text: str, verb: str, help_text: str, theme: Theme, colours: str) -> QToolButton:
        """A key of the map to click. The map has the keys, so that these are no further stops of Tab."""
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(help_text)
        button.setAccessibleName(help_text)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setFixedHeight(theme.px(24))
        radius, size = theme.px(8 if verb in GRADES else 4), theme.px(11)
        round_it = f"border-radius: {radius}px; padding: 0; font-weight: 600; font-size: {size}px;"
        button.setStyleSheet(f"QToolButton:enabled {{ {colours} {round_it} }}")
        button.clicked.connect(partial(self.control.act, verb))
        self.buttons[verb] = button
        return button

    def _say(self, kind: LabelType, words: str) -> None:
        self.words.set_kind(kind)
        self.words.setText(words)
