"""The bar over the visit: which visit, its date and times, the last save, and what can be done with visits."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from ptnotes.domain.treatment import NoteState
from ptnotes.ui.charting.visit_header import SavedLine, VisitFields, VisitPicker
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme

_COMMANDS = (
    ("new_visit", "New visit today", "Ctrl+N"),
    ("older", "Older visit", "Ctrl+PgUp"),
    ("newer", "Newer visit", "Ctrl+PgDown"),
    ("same", "Same treatment as last visit", "Ctrl+D"),
    ("last_rows", "Rows of the last visits", "Ctrl+Shift+D"),
    ("typed_line", "Type what was done", "Ctrl+T"),
    ("as_text", "Edit this row as text", "F2"),
    ("finding", "Add an examination finding", "Ctrl+Shift+F"),
    ("neuro", "Neurological screen, all blank", "Ctrl+Shift+R"),
    ("tolerated", "Tolerated well, no adverse response", "Ctrl+R"),
    ("clock", "Now: time in, then time out", "Ctrl+;"),
    ("unchanged", "Screen asked, no change", "Ctrl+U"),
    ("screen", "Open the screen in full", "Ctrl+Shift+U"),
    ("event", "Record an adverse event", ""),
    ("undo", "Undo", "Ctrl+Z"),
    ("redo", "Redo", "Ctrl+Shift+Z"),
    ("next_card", "Next part of the visit", "F6"),
    ("save", "Save now", "Ctrl+S"),
    ("sign", "Sign this visit", "Ctrl+Return"),
    ("absence", "Record a cancelled or missed visit", ""),
    ("discard", "Discard this draft", ""),
)
_IN_MENU = (
    "finding",
    "neuro",
    "",
    "tolerated",
    "clock",
    "",
    "unchanged",
    "screen",
    "event",
    "",
    "undo",
    "redo",
    "",
    "sign",
    "absence",
    "",
    "discard",
)
_ON_VISIT = (
    "finding",
    "neuro",
    "tolerated",
    "clock",
    "same",
    "last_rows",
    "typed_line",
    "as_text",
    "unchanged",
    "screen",
    "event",
    "undo",
    "redo",
    "next_card",
    "save",
    "sign",
    "discard",
)


_OTHER_PX = 176
"""Margins, gaps and the time of the last save, at the smallest text."""
_LEAST_PX = 460


class VisitBar(QWidget):
    """Holds the screen's commands by name; the screen connects them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fields: VisitFields | None = None
        self.commands: dict[str, QAction] = {}
        for name, text, keys in _COMMANDS:
            action = QAction(text, self)
            action.setObjectName(name)
            if keys:
                action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.commands[name] = action
        self.picker = VisitPicker(theme, self)
        self.saved = SavedLine(self)
        self.new = QPushButton("New visit", self)
        self.new.setToolTip("New visit today (Ctrl+N)")
        self.new.setAccessibleName("New visit today")
        self.sign = QPushButton("Sign…", self)
        self.sign.setToolTip("Sign this visit (Ctrl+Return)")
        self.sign.setAccessibleName("Sign this visit")
        self.sign.clicked.connect(self.commands["sign"].trigger)
        self.more = QToolButton(self)
        self.more.setText("More ▾")
        self.more.setAccessibleName("More about this visit")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        for name in _IN_MENU:
            if name:
                menu.addAction(self.commands[name])
            else:
                menu.addSeparator()
        self.more.setMenu(menu)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.space(5), theme.space(4), theme.space(5), theme.space(1))
        outer.setSpacing(theme.space(3))
        self._line, self._second = QHBoxLayout(), QHBoxLayout()
        for line in (self._line, self._second):
            line.setSpacing(theme.space(4))
            outer.addLayout(line)
        self._line.addWidget(self.picker)
        self._line.addStretch(1)
        for widget in (self.saved, self.sign, self.more, self.new):
            self._line.addWidget(widget)
        self.new.clicked.connect(self.commands["new_visit"].trigger)
        self.commands["older"].triggered.connect(self._older)
        self.commands["newer"].triggered.connect(self._newer)
        self.show_fields(None)

    def show_fields(self, fields: VisitFields | None) -> None:
        """Put the visit's date and times into the bar; None where no visit is charted."""
        if self._fields is not None and self._fields is not fields:
            self._line.removeWidget(self._fields)
            self._second.removeWidget(self._fields)
            self._fields.hide()
            self._fields.deleteLater()
        self._fields = fields
        if fields is not None:
            self._place_fields()
            fields.show()
        for name in _ON_VISIT:
            self.commands[name].setEnabled(fields is not None)
        self.sign.setVisible(False)

    def show_state(self, state: NoteState) -> None:
        """Offer what can be done with a visit whose note is in `state`; only a draft can be signed or discarded.

        A visit that did not take place has no note to sign.
        """
        is_draft, has_note = state is NoteState.DRAFT, self._fields is not None
        self.sign.setVisible(is_draft and has_note)
        self.commands["discard"].setEnabled(is_draft)
        signable = state in (NoteState.DRAFT, NoteState.AWAITING_COSIGNATURE)
        self.commands["sign"].setEnabled(signable and has_note)

    def _place_saved(self) -> None:
        """The time of the last save in the first line where there is room, else at the end of the second."""
        beside = (self.picker, self.saved, self.sign, self.more, self.new)
        gaps = self._theme.space(5) * 2 + self._theme.space(4) * len(beside)
        is_first = self._line.indexOf(self.saved) >= 0
        self.saved.shorten(is_short=False)
        fits = self.width() >= sum(part.sizeHint().width() for part in beside) + gaps
        self.saved.shorten(is_short=not fits)
        if fits is is_first:
            return
        (self._line if is_first else self._second).removeWidget(self.saved)
        if fits:
            self._line.insertWidget(self._line.indexOf(self.sign), self.saved)
        else:
            self._second.addWidget(self.saved, 1, Qt.AlignmentFlag.AlignRight)

    def _place_fields(self) -> None:
        """Beside the list of visits where there is room, else below it."""
        if self._fields is None:
            return
        parts = (self.picker, self._fields, self.sign, self.more, self.new)
        needed = sum(part.sizeHint().width() for part in parts) + self._theme.px(_OTHER_PX)
        self._line.removeWidget(self._fields)
        self._second.removeWidget(self._fields)
        if self.width() >= needed:
            self._line.insertWidget(1, self._fields)
        else:
            self._second.insertWidget(0, self._fields, 0, Qt.AlignmentFlag.AlignLeft)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_saved()
        self._place_fields()

    @override
    def minimumSizeHint(self) -> QSize:
        # What does not fit beside the list moves below it, so the bar asks for no more than its first line.
        return QSize(self._theme.px(_LEAST_PX), super().minimumSizeHint().height())

    def _older(self) -> None:
        self.picker.step(1)

    def _newer(self) -> None:
        self.picker.step(-1)
