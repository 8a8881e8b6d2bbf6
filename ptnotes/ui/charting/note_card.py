"""The narrative of the visit in its four parts, and what was told to others, as plain text."""

from __future__ import annotations

import unicodedata
from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.sentences import sentence
from ptnotes.domain.text import NOTE_LIMIT
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.cells import leave_undo_to_screen
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.override import override
from ptnotes.ui.phrases.expander import mark_narrative
from ptnotes.ui.phrases.marks import PartMarks, phrase_parts
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label

_SHOWN_OF_LAST = 300
_FOUR_PX, _FURTHER_PX = 64, 34
"""The least height of the four parts that every note has, and of a further one, which is a line until it is used."""
_FURTHER = {"communication": "Who was told what, what was agreed and with whom"}
"""Parts that are wanted rather than required, with what belongs there."""


class NoteEditor(QPlainTextEdit):
    """One part of the note. `typed` carries its text; a paste that cannot be stored is refused whole."""

    typed = Signal(str)
    refused = Signal(str)
    left = Signal()

    def __init__(self, name: str, hint: str, theme: Theme, parent: QWidget, lowest: int = _FOUR_PX) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self._hint = hint
        self.setPlaceholderText(hint)
        self._lowest, self._highest = theme.px(lowest), theme.px(220)
        leave_undo_to_screen(self)
        mark_narrative(self)
        self._marks = PartMarks(self, theme, phrase_parts)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()
        self.textChanged.connect(self._tell)

    def show_text(self, text: str) -> None:
        """Show the visit's text, keeping the cursor's place where it can."""
        if self.toPlainText() == text:
            return
        with QSignalBlocker(self):
            place = self.textCursor().position()
            common = _common_length(self.toPlainText(), text)
            self.setPlainText(text)
            cursor = self.textCursor()
            cursor.setPosition(min(max(place, common), self.document().characterCount() - 1))
            self.setTextCursor(cursor)

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        cursor: QTextCursor = self.textCursor()
        selected = cursor.selectionEnd() - cursor.selectionStart()
        length = self.document().characterCount() - 1 - selected + len(text)
        if length > NOTE_LIMIT:
            values = {"limit": f"{NOTE_LIMIT:,}", "length": f"{length:,}"}
            self.refused.emit(sentence(Fault("text.too_long", "note", None, values)))
            return
        if any(letter < " " and letter not in "\n\t\r" for letter in text):
            self.refused.emit(sentence(Fault("text.control", "note")))
            return
        self.insertPlainText(text)

    def _fit(self) -> None:
        """Be as high as the text, within bounds; a longer text scrolls."""
        lines = self.document().documentLayout().documentSize().height()
        wanted = round(lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin()) + 20
        self.setFixedHeight(min(max(wanted, self._lowest), self._highest))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # At another width the text has other lines, of which the document tells nothing.
        if event.size().width() != event.oldSize().width():
            self._fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            # In a note that is only read a hint would be taken for what was charted.
            self.setPlaceholderText(self._hint if self.isEnabled() else "")

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def _tell(self) -> None:
        self.typed.emit(self.toPlainText())


class NoteCard(Card):
    """Subjective, objective, assessment and plan, and below them a line for what was told to others.

    The last visit's words stand in an empty part in grey.
    """

    def __init__(
        self, state: DraftState, last: TreatmentSession | None, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("Note", "", parent)
        self._state = state
        self._word = 0
        self._before: dict[str, str] = {}
        self.editors: dict[str, NoteEditor] = {}
        self.faults: dict[str, Label] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.space(4))
        grid.setVerticalSpacing(theme.space(2))
        for place, section in enumerate(edits.NOTE_SECTIONS):
            words = getattr(last.note, section) if last is not None else ""
            hint = f"Last time: {words[:_SHOWN_OF_LAST]}" if words else _FURTHER.get(section, "")
            is_further = section in _FURTHER
            lowest = _FURTHER_PX if is_further else _FOUR_PX
            editor = NoteEditor(section.capitalize(), hint, theme, self, lowest)
            fault = Label("", "fault", wraps=True, parent=self)
            fault.hide()
            editor.typed.connect(partial(self._typed, section))
            editor.refused.connect(partial(self._say, section))
            editor.left.connect(state.end_step)
            line, column = 3 * (place // 2), place % 2
            wide = 2 if is_further else 1
            grid.addWidget(Label(section.capitalize(), "caption", parent=self), line, column, 1, wide)
            grid.addWidget(editor, line + 1, column, 1, wide, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(fault, line + 2, column, 1, wide)
            grid.setRowStretch(line + 1, 1)
            grid.setColumnStretch(column, 1)
            self.editors[section] = editor
            self.faults[section] = fault
        self.body.addLayout(grid, 1)
        state.changed.connect(self._changed)
        self._show()

    def _typed(self, section: str, text: str) -> None:
        session = self._state.session
        now = getattr(session.note, section)
        try:
            changed = edits.set_note(session, section, text)
        except InputError as error:
            self._say(section, sentence(error.faults[0]))
            self.editors[section].show_text(now)
            return
        self._say(section, "")
        # Typing is undone by the word: letters of one word are one step.
        if not edits.continues_word(self._before.get(section, ""), now, text):
            self._word += 1
        self._before[section] = now
        self._state.put(changed, ("note", section, self._word))

    def _say(self, section: str, fault: str) -> None:
        label, editor = self.faults[section], self.editors[section]
        label.setText(fault)
        label.setVisible(bool(fault))
        editor.setAccessibleDescription(fault)
        if bool(editor.property("fault")) != bool(fault):
            editor.setProperty("fault", bool(fault))
            restyle(editor)

    def _changed(self, before: TreatmentSession, after: TreatmentSession) -> None:
        if before.note is not after.note:
            self._show()

    def _show(self) -> None:
        note = self._state.session.note
        for section, editor in self.editors.items():
            # What is being typed is the value itself, but for the form of its accents: it is left alone.
            stored = getattr(note, section)
            if not (editor.hasFocus() and _same_text(editor.toPlainText(), stored)):
                editor.show_text(stored)


def _same_text(shown: str, stored: str) -> bool:
    return shown == stored or unicodedata.normalize("NFC", shown) == stored


def _common_length(first: str, second: str) -> int:
    return next(
        (place for place, (one, other) in enumerate(zip(first, second, strict=False)) if one != other),
        min(len(first), len(second)),
    )
