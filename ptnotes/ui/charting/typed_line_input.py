"""The field of the typed line, and the list of ways to go on with the word that is being typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QPlainTextEdit, QTextEdit, QWidget

from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.notation import Candidate
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.keys import LINE
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme

Complete = Callable[[str, int], Sequence[Candidate]]
"""Gives the ways to go on with a text at a cursor."""
LINE_LIMIT = 4_000
"""Longest line, in characters: many times a whole visit."""
_OFFER_AFTER_MS = 40
_MOST_LINES = 6
_KIND_WORDS = {"exercise": "exercise", "position": "position of the patient", "response": "response"}


class Offered(QListWidget):
    """Ways to go on, over the page under the line. It never takes the keyboard: the field moves the mark in it."""

    taken = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.candidates: tuple[Candidate, ...] = ()
        self.setProperty("type", "popup")
        self.setAccessibleName("Ways to go on")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._clicked)
        self.hide()

    @property
    def marked(self) -> Candidate | None:
        """The way that was moved to, None while none was."""
        row = self.currentRow()
        return self.candidates[row] if 0 <= row < len(self.candidates) else None

    def offer(self, candidates: Sequence[Candidate], field: QWidget, place: QPoint) -> None:
        """Show these ways under `place` of `field`, or above it where there is more room; none hides the list."""
        self.candidates = tuple(candidates)
        if not self.candidates:
            self.hide()
            return
        self.clear()
        for one in self.candidates:
            same = one.label.casefold() == one.text.casefold()
            more = _KIND_WORDS.get(one.kind, "") if same else one.label
            self.addItem(QListWidgetItem(f"{one.text}  ·  {more}" if more else one.text))
        window = field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(self.item(row).text()) for row in range(self.count()))
        width = min(widest + self._theme.px(36), round(window.width() * 0.6))
        height = self.sizeHintForRow(0) * self.count() + 2 * self._theme.px(3)
        below = field.mapTo(window, place)
        above = field.mapTo(window, QPoint(0, 0)).y() - height
        top = below.y() if below.y() + height <= window.height() or above < 0 else above
        left = max(min(below.x(), window.width() - width - self._theme.px(8)), 0)
        self.setGeometry(left, top, width, min(height, window.height() - top))
        self.setCurrentRow(-1)
        self.show()
        self.raise_()

    def move(self, by: int) -> None:  # type: ignore[override]  # the mark is moved, never the list
        """Mark the next way, or the one before it."""
        self.setCurrentRow(
            (self.currentRow() + by) % self.count() if self.currentRow() >= 0 or by > 0 else -1
        )

    def _clicked(self, index: QModelIndex) -> None:
        self.taken.emit(self.candidates[index.row()])


class LineInput(QPlainTextEdit):
    """The text of the line. Enter emits `entered`, Esc with nothing to close `escaped`; `typed` carries each change.

    Tab takes the first way to go on (or the one marked), Enter only one that was marked.
    """

    typed = Signal(str)
    entered = Signal()
    escaped = Signal()
    focus_changed = Signal()
    refused = Signal(str)

    def __init__(self, complete: Complete, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._complete = complete
        self._theme = theme
        self._card = parent
        self.offered = Offered(theme, self)
        self.setProperty("type", "line")
        self.setTabChangesFocus(True)
        self.setAccessibleName("Typed line")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        leave_undo_to_screen(self)
        self._offer = QTimer(self, singleShot=True, interval=_OFFER_AFTER_MS)
        self._offer.timeout.connect(self.offer_now)
        self.textChanged.connect(self._changed)
        self.offered.taken.connect(self.take)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show the visit's line; the cursor goes behind what is other than before."""
        shown = self.toPlainText()
        if shown == text or unicodedata.normalize("NFC", shown) == text:
            return
        alike = 0
        while alike < min(len(shown), len(text)) and shown[-1 - alike] == text[-1 - alike]:
            alike += 1
        with QSignalBlocker(self):
            self.setPlainText(text)
            self.put_cursor(len(text) - alike)
        self.offered.hide()

    def put_cursor(self, place: int) -> None:
        """Put the cursor there."""
        cursor = self.textCursor()
        cursor.setPosition(min(max(place, 0), self.document().characterCount() - 1))
        self.setTextCursor(cursor)

    def underline(self, stretches: Sequence[tuple[int, int]]) -> None:
        """Underline these stretches (start, end) of the text, the word being typed more quietly."""
        here = self.textCursor().position()
        selections = []
        for start, end in stretches:
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(start)
            cursor.setPosition(
                min(end, self.document().characterCount() - 1), QTextCursor.MoveMode.KeepAnchor
            )
            form = QTextCharFormat()
            being_typed = self.hasFocus() and end == here
            form.setUnderlineStyle(
                QTextCharFormat.UnderlineStyle.DotLine
                if being_typed
                else QTextCharFormat.UnderlineStyle.WaveUnderline
            )
            form.setUnderlineColor(self._theme.ink("muted" if being_typed else "danger"))
            selection.cursor = cursor
            selection.format = form
            selections.append(selection)
        self.setExtraSelections(selections)

    def offer_now(self) -> None:
        """Show the ways to go on with the word before the cursor."""
        self._offer.stop()
        ways = self._ways() if self.hasFocus() else ()
        # Under the card, so that what was understood stays in sight.
        below = self.mapFrom(self._card, QPoint(0, self._card.height())).y()
        left = self.viewport().mapTo(self, self.cursorRect().bottomLeft()).x()
        self.offered.offer(ways, self, QPoint(left, below))

    def take(self, way: Candidate) -> None:
        """Put a way to go on in the place of the word before the cursor."""
        cursor = self.textCursor()
        cursor.setPosition(way.start)
        cursor.setPosition(way.end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(way.text)
        self.setTextCursor(cursor)
        self._close()

    def _ways(self) -> tuple[Candidate, ...]:
        cursor = self.textCursor()
        if cursor.hasSelection():
            return ()
        text, here = self.toPlainText(), cursor.position()
        if text[here : here + 1].isalnum():
            return ()
        ways = self._complete(text, here)
        word = text[ways[0].start : here].casefold() if ways else ""
        whole = any(way.text.casefold() == word for way in ways)
        # A word that is whole is left alone, but for a grade, which may take a modifier.
        return tuple(
            way for way in ways if way.text.casefold() != word and (way.kind == "grade" or not whole)
        )

    def _changed(self) -> None:
        self._offer.start()
        self.typed.emit(self.toPlainText())

    def _close(self) -> None:
        self._offer.stop()
        self.offered.hide()

    def _fit(self) -> None:
        """Be as high as the text, up to some lines; a longer one scrolls."""
        lines = min(max(round(self.document().documentLayout().documentSize().height()), 1), _MOST_LINES)
        margins = 2 * round(self.document().documentMargin()) + 2 * self.frameWidth() + 2
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins)

    def _tab(self) -> bool:
        """Take a way to go on with Tab, if there is one."""
        if self._offer.isActive():
            self.offer_now()
        if self.offered.isHidden():
            return False
        way = self.offered.marked or self.offered.candidates[0]
        if self.offered.marked is None and way.kind == "grade" and self._word_is_whole(way):
            return False
        self.take(way)
        return True

    def _word_is_whole(self, way: Candidate) -> bool:
        """Whether what is typed is a grade already, so that Tab goes on instead of taking another."""
        word = self.toPlainText()[way.start : way.end]
        return any(one.text == word.upper() for one in self._complete(self.toPlainText(), way.end))

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and LINE.pressed(event) == "leave":
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and LINE.pressed(event) == "take" and self._tab():
                return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed, is_open = LINE.pressed(event), not self.offered.isHidden()
        if pressed == "enter":
            if is_open and self.offered.marked is not None:
                self.take(self.offered.marked)
            else:
                self._close()
                self.entered.emit()
        elif is_open and pressed in ("down", "up"):
            self.offered.move(1 if pressed == "down" else -1)
        elif pressed == "leave":
            if is_open:
                self._close()
            else:
                self.escaped.emit()
        elif pressed == "offer":
            self.offer_now()
        else:
            super().keyPressEvent(event)

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        length = len(self.toPlainText()) - len(self.textCursor().selectedText()) + len(text)
        if length > LINE_LIMIT:
            values = {"limit": f"{LINE_LIMIT:,}", "length": f"{length:,}"}
            self.refused.emit(sentence(Fault("text.too_long", "visit.pending_line", None, values)))
        elif any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t\r" for letter in text):
            self.refused.emit(sentence(Fault("text.control", "visit.pending_line")))
        else:
            self.insertPlainText(text)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._close()
        self.focus_changed.emit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()
