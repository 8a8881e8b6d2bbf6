"""Expands short forms in the narrative fields below a widget, and takes Tab from one blank to the next.

A field is narrative where it says so (`mark_narrative`). It is watched from the moment it has the focus, whenever
and by whomever it was made.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from ptnotes.domain.phrases import (
    LookUp,
    Phrase,
    expand,
    find,
    next_blank,
    short_form_before,
    starting_with,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.services.phrases import phrases
from ptnotes.ui.keys import NARRATIVE
from ptnotes.ui.override import override
from ptnotes.ui.phrases.hint import PhraseHint
from ptnotes.ui.tasks import Tasks

Field = QLineEdit | QPlainTextEdit
_NARRATIVE = "narrative"


def mark_narrative(field: Field) -> None:
    """Have short forms expand in `field`."""
    field.setProperty(_NARRATIVE, True)  # noqa: FBT003 - a property takes no names


class PhraseExpander(QObject):
    """Works in every narrative field below `host`. `values` gives the way to look up values now, None where none is."""

    expanding = Signal()
    """A short form is about to become its text, or has just become it: what was typed before and after is apart."""

    def __init__(
        self, clinic: OpenClinic, tasks: Tasks, host: QWidget, values: Callable[[], LookUp | None]
    ) -> None:
        super().__init__(host)
        self._clinic = clinic
        self._tasks = tasks
        self._host = host
        self._values = values
        self._passed_by: tuple[QWidget, str] | None = None
        self.phrases: tuple[Phrase, ...] = ()
        self.hint = PhraseHint(host)
        host.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def read(self) -> None:
        """Read the phrases anew: some may have been changed on their own page."""
        self._tasks.read(partial(phrases, self._clinic), self._take, latest="phrases.in_use")

    def _take(self, found: tuple[Phrase, ...]) -> None:
        self.phrases = found

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        self.hint.hide()
        self._passed_by = None
        if not isinstance(now, (QLineEdit, QPlainTextEdit)) or not now.property(_NARRATIVE):
            return
        if now.property("phrases_of") is not None or not self._host.isAncestorOf(now):
            return
        now.setProperty("phrases_of", self._host.objectName() or "host")
        now.installEventFilter(self)
        now.textChanged.connect(partial(self._show_hint, now))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host:
            if event.type() == QEvent.Type.Show:
                self.read()
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            pressed = NARRATIVE.pressed(event)
            if pressed and isinstance(watched, (QLineEdit, QPlainTextEdit)) and not watched.isReadOnly():
                if pressed == "expand":
                    return self._expand(watched) or _go_to_blank(watched)
                return _go_to_blank(watched, back=True)
        return False

    def _expand(self, field: Field) -> bool:
        """Put a phrase's text in place of its short form; True where Tab has done its work here."""
        text, place = _text_and_place(field)
        short_form = short_form_before(text, place)
        if not short_form:
            return False
        phrase = find(self.phrases, short_form)
        if phrase is None:
            # Once it is said that there is no such phrase; a second Tab goes on.
            was_told = self._passed_by == (field, short_form)
            self._passed_by = (field, short_form)
            if not was_told:
                self.hint.say_none(field, short_form)
            return not was_told
        became = expand(phrase.text, self._values() or _nothing_is_known).text
        if isinstance(field, QLineEdit):
            became = " ".join(became.split())
        self.hint.hide()
        start = place - len(short_form) - 1
        self.expanding.emit()
        _replace(field, start, place, became)
        self.expanding.emit()
        _go_to_blank(field, start, start + len(became))
        return True

    def _show_hint(self, field: Field, *_text: str) -> None:
        if not field.hasFocus():
            return
        typed = short_form_before(*_text_and_place(field))
        self.hint.show_phrases(field, starting_with(self.phrases, typed) if typed else ())


def _nothing_is_known(name: str) -> str | None:
    raise KeyError(name)


def _text_and_place(field: Field) -> tuple[str, int]:
    if isinstance(field, QLineEdit):
        return field.text(), field.cursorPosition()
    return field.toPlainText(), field.textCursor().position()


def _replace(field: Field, start: int, end: int, text: str) -> None:
    if isinstance(field, QLineEdit):
        field.setSelection(start, end - start)
        field.insert(text)
        return
    cursor = QTextCursor(field.document())
    cursor.beginEditBlock()
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(text)
    cursor.endEditBlock()


def _go_to_blank(
    field: Field, start: int | None = None, end: int | None = None, *, back: bool = False
) -> bool:
    """Select the next blank (of those between `start` and `end`, where given), and tell whether there is one."""
    text, place = _text_and_place(field)
    if start is not None:
        place = start
    elif back:
        place = _selection_start(field)
    found = next_blank(text, place, back=back)
    if found is None or (end is not None and found[1] > end):
        return False
    if isinstance(field, QLineEdit):
        field.setSelection(found[0], found[1] - found[0])
    else:
        cursor = field.textCursor()
        cursor.setPosition(found[0])
        cursor.setPosition(found[1], QTextCursor.MoveMode.KeepAnchor)
        field.setTextCursor(cursor)
    return True


def _selection_start(field: Field) -> int:
    if isinstance(field, QLineEdit):
        return field.selectionStart() if field.hasSelectedText() else field.cursorPosition()
    return field.textCursor().selectionStart()
