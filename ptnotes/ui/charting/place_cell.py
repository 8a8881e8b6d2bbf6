"""Where a service was given: a place from the list of muscles, nerves, joints and areas, or own words, and its kind."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ptnotes.domain.errors import InputError
from ptnotes.domain.text import LINE_LIMIT, clean_line
from ptnotes.domain.treatment import AreaKind
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.charting.choices import Find, place_id, place_of
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.pick_list import PickItem, PickList

_KINDS = (None, *AreaKind)


class PlaceCell(PickList):
    """Takes a place from the list with its kind, or words as they are typed, which leave the kind as it is.

    `said` carries the words and the kind; `left` that the line was left.
    """

    said = Signal(str, object)
    left = Signal()

    def __init__(self, find: Find, name: str, parent: QWidget) -> None:
        super().__init__(find, placeholder="place: muscle, joint …", free_text=True, name=name, parent=parent)
        self.kind: AreaKind | None = None
        self.setProperty("type", "cell")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMaxLength(LINE_LIMIT)
        leave_undo_to_screen(self)
        self.textEdited.connect(self._typed)
        self.text_entered.connect(self._typed)
        self.chosen.connect(self._chosen)
        self.editingFinished.connect(self.left)

    def show_place(self, words: str, kind: AreaKind | None) -> None:
        """Show what the visit holds. What is being typed is not touched where it says the same."""
        self.kind = kind
        item = PickItem(place_id(words, kind), words) if words else None
        if _words(self.text()) == words and self.hasFocus():
            return
        self.set_current(item)
        self.setToolTip(words)

    def _typed(self, text: str) -> None:
        words = _words(text)
        if words is not None:
            self.said.emit(words, self.kind if words else None)

    def _chosen(self, identity: str) -> None:
        words, kind = place_of(identity)
        self.said.emit(words, kind)


class KindButton(QPushButton):
    """Says what kind of place it is; each press takes the next kind, the last of them none."""

    kind_asked = Signal(object)

    def __init__(self, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._kind: AreaKind | None = None
        self.setProperty("type", "quiet")
        self.setMinimumWidth(theme.px(76))
        self.clicked.connect(self._next)

    def show_kind(self, kind: AreaKind | None, *, said: bool) -> None:
        """Show the kind of a place; without a place there is nothing to press."""
        self._kind = kind
        self.setText(kind.value if kind is not None else "kind?")
        self.setEnabled(said)
        spoken = kind.value if kind is not None else "not recorded"
        self.setAccessibleName(f"{self._name}: kind of place, {spoken}. Press to change.")
        self.setToolTip("Joint, muscle, nerve or area: press to change")

    def _next(self) -> None:
        self.kind_asked.emit(_KINDS[(_KINDS.index(self._kind) + 1) % len(_KINDS)])


def _words(text: str) -> str | None:
    """The words as they are stored; None for what cannot be stored."""
    try:
        return clean_line(text, "intervention.area")
    except InputError:
        return None
