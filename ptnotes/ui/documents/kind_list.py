"""Which document: the kinds, each with its key, and the documents that were given out."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QWidget

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.permissions import Act
from ptnotes.services.documents import ACTS
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.documents.kinds import KINDS
from ptnotes.ui.widgets.card import Card

_COLUMNS = 2
GIVEN_OUT = len(KINDS)
"""The place of the documents that were given out, after all kinds."""


class KindList(Card):
    """Emits `chosen` with a place in `KINDS`, or `GIVEN_OUT`. A kind that is not this person's is shown as such."""

    chosen = Signal(int)

    def __init__(self, clinic: OpenClinic, parent: QWidget | None = None) -> None:
        super().__init__("Document", "Alt and its number", parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(2)
        words = [*(row.words for row in KINDS), "Given out"]
        lines = -(-len(words) // _COLUMNS)
        for place, text in enumerate(words):
            button = QPushButton(f"{place + 1}   {text}", self)
            button.setProperty("type", "row")
            button.setCheckable(True)
            button.setAccessibleName(text)
            if not allows(clinic, Act.VIEW_NOTES if place == GIVEN_OUT else ACTS[KINDS[place].kind]):
                button.setProperty("theirs", False)  # noqa: FBT003 - Qt takes no names
                button.setAccessibleDescription("Not for your role")
                button.setToolTip("Not for your role")
            self._group.addButton(button, place)
            grid.addWidget(button, place % lines, place // lines)
            action = QAction(text, self)
            action.setShortcut(QKeySequence(f"Alt+{place + 1}"))
            action.triggered.connect(partial(self.choose, place))
            self.addAction(action)
        self.body.addLayout(grid)
        self._group.idToggled.connect(self._toggled)
        # The only one that whoever may not read charts makes is shown to them at once.
        first = (
            0
            if allows(clinic, Act.VIEW_NOTES)
            else [row.kind for row in KINDS].index(DocumentKind.FACE_SHEET)
        )
        self._group.button(first).setChecked(True)

    @property
    def place(self) -> int:
        """What is chosen."""
        return self._group.checkedId()

    def choose(self, place: int) -> None:
        """Choose this one, as by its key."""
        self._group.button(place).setChecked(True)

    def choose_kind(self, kind: DocumentKind) -> None:
        """Choose this kind."""
        self.choose([row.kind for row in KINDS].index(kind))

    def _toggled(self, place: int, is_chosen: bool) -> None:
        if is_chosen:
            self.chosen.emit(place)
