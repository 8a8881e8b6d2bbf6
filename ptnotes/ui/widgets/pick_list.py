"""A searchable pick-list: type a few letters of a label, an alias or an abbreviation and take the one that is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import fold
from ptnotes.ui.keys import PICK
from ptnotes.ui.override import override
from ptnotes.ui.theme import restyle

_AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PickItem:
    """One choice: its id, how it is shown, a quiet addition, and other words that find it."""

    id: str
    label: str
    detail: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The choice as its row in the list shows it."""
        return f"{self.label}  ·  {self.detail}" if self.detail else self.label


def find_in(items: Sequence[PickItem]) -> Callable[[str], Sequence[PickItem]]:
    """A search over a fixed list: starts of words first, then any part, in the list's order; all for an empty text."""
    words = [(item, [fold(word) for word in (item.label, item.id, *item.aliases)]) for item in items]

    def find(text: str) -> Sequence[PickItem]:
        wanted = fold(text)
        if not wanted:
            return items
        ranked = []
        for place, (item, names) in enumerate(words):
            rank = min((_rank(name, wanted) for name in names), default=9)
            if rank < 9:
                ranked.append((rank, place, item))
        return [item for _, _, item in sorted(ranked, key=lambda entry: entry[:2])]

    return find


def _rank(name: str, wanted: str) -> int:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if f" {wanted}" in name:
        return 2
    return 3 if wanted in name else 9


class _Choices(QAbstractListModel):
    """The choices that the typed text leaves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: Sequence[PickItem] = ()

    def set_items(self, items: Sequence[PickItem]) -> None:
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    @override
    def rowCount(self, parent: _AnyIndex | None = None) -> int:
        return len(self.items)

    @override
    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.line
        if role == Qt.ItemDataRole.EditRole:
            return item.label
        return None


class PickList(QLineEdit):
    """A line that finds choices with `find` while one types. Down or a click shows them, Enter or Tab takes one.

    `chosen` is emitted with the id when another choice is taken, and with an empty id when the line is emptied. Text
    that names no choice stays on the screen when the line is left, `fault_changed` carries a sentence about it, and the
    choice in force is the same as before; Esc shows that one again. With `free_text` such text is emitted by
    `text_entered` instead, and whoever cannot use it says so with `refuse`.
    """

    chosen = Signal(str)
    text_entered = Signal(str)
    fault_changed = Signal(str)

    def __init__(
        self,
        find: Callable[[str], Sequence[PickItem]],
        *,
        placeholder: str = "",
        free_text: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._free_text = free_text
        self._item: PickItem | None = None
        self.fault = ""
        self._model = _Choices(self)
        self._view = QListView()
        self._view.setProperty("type", "popup")
        self._view.setUniformItemSizes(True)
        self._completer = QCompleter(self._model, self)
        self._completer.setPopup(self._view)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(12)
        self._completer.setWidget(self)
        # After the completer's own filter, so that this one is asked first: see `eventFilter`.
        self._view.installEventFilter(self)
        self._completer.activated[QModelIndex].connect(self._take_index)  # type: ignore[index]  # no overloads in the stubs
        self.setPlaceholderText(placeholder)
        if name:
            self.setAccessibleName(name)
        self.textEdited.connect(self._search)
        self.returnPressed.connect(self._settle)
        self.editingFinished.connect(self._settle)

    @property
    def current_id(self) -> str | None:
        """Id of the choice in force, or None."""
        return self._item.id if self._item else None

    def set_current(self, item: PickItem | None) -> None:
        """Show `item` as the choice in force, without a signal."""
        self._item = item
        self.setText(item.label if item else "")
        self.setCursorPosition(0)
        self._set_fault("")

    def show_current(self, item: PickItem | None) -> None:
        """As `set_current`, but what is on the screen with a sentence stays there while the choice is the same."""
        if not self.fault or item != self._item:
            self.set_current(item)

    def refuse(self, typed: str, code: str = "choice.unknown") -> None:
        """Keep `typed` on the screen, and say that it is no choice, or whatever else the fault's `code` says of it."""
        self.setText(typed)
        self._set_fault(sentence(Fault(code, "choice", values={"value": typed[:40]})))

    def _set_fault(self, fault: str) -> None:
        if fault == self.fault:
            return
        self.fault = fault
        self.setProperty("fault", bool(fault))
        self.setAccessibleDescription(fault)
        restyle(self)
        self.fault_changed.emit(fault)

    def set_find(self, find: Callable[[str], Sequence[PickItem]]) -> None:
        """Offer other choices from now on; the one in force stays."""
        self._find = find

    def _search(self, text: str) -> None:
        self._set_fault("")
        self._model.set_items(self._find(text))
        self._open()

    def _open(self) -> None:
        if not self._model.items:
            self._view.hide()
            return
        metrics = self._view.fontMetrics()
        widest = max(metrics.horizontalAdvance(item.line) for item in self._model.items[:60])
        self._view.setMinimumWidth(max(self.width(), widest + 48))
        self._completer.complete()
        self._view.setCurrentIndex(self._model.index(0))

    def _take_index(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._model.items):
            self._take(self._model.items[index.row()])

    def _take(self, item: PickItem | None) -> None:
        changed = (item.id if item else None) != self.current_id
        self.set_current(item)
        if changed:
            self.chosen.emit(item.id if item else "")

    def settle(self) -> bool:
        """Take what is typed if it names a choice, as on leaving the line; and say whether it does or is empty."""
        self._view.hide()
        self._settle()
        return not self.fault

    def _named(self, typed: str) -> PickItem | None:
        wanted = fold(typed)
        return next(
            (
                item
                for item in self._find(typed)
                if wanted in {fold(word) for word in (item.label, item.id, *item.aliases)}
            ),
            None,
        )

    def _settle(self) -> None:
        if self._view.isVisible():
            return
        typed = self.text().strip()
        if typed == self._shown_label():
            self._set_fault("")
            return
        if not typed:
            self._take(None)
            return
        exact = self._named(typed)
        if exact is not None:
            self._take(exact)
        elif self._free_text:
            self._item = None
            self.text_entered.emit(typed)
        else:
            self.refuse(typed)

    def _shown_label(self) -> str:
        return self._item.label if self._item else ""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = PICK.pressed(event)
        if pressed == "open" and not self._view.isVisible():
            # All choices are shown while the line still holds the one in force.
            unchanged = self._item is not None and self.text() == self._item.label
            self._search("" if unchanged else self.text())
            return
        if pressed == "back" and self.text() != self._shown_label():
            self.set_current(self._item)
            self.selectAll()
            return
        super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The list has the keyboard while it is open, and Qt would hand Tab on without taking what is marked.
        if (
            watched is self._view
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and PICK.pressed(event) == "take_on"
        ):
            marked = self._view.currentIndex()
            self._view.hide()
            # A list that was only opened to be looked at leaves the choice in force.
            if marked.row() > 0 or (self.text().strip() and self.text() != self._shown_label()):
                self._take_index(marked)
            # Whoever was told of the choice may have gone to another field already.
            if self.window().focusWidget() is self:
                self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
            return True
        return super().eventFilter(watched, event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.text():
            self._search("")

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    @override
    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and PICK.pressed(event) == "back"
            and (self._view.isVisible() or self.text() != self._shown_label())
        ):
            event.accept()
        return super().event(event)
