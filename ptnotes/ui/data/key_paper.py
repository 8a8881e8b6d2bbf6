"""The key of an archive that was just made: shown once, to be copied, printed or written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QPainter
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import from_left
from ptnotes.ui.widgets.labels import Label, LabelType

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_WHY = (
    "This key opens the archive. It is shown this once and kept nowhere: whoever loses it has lost the archive. "
    "Keep it apart from the archive, on paper or in a password manager."
)
_PRINTED = (
    "Key of an archive of PT Notes",
    "Keep this paper apart from the archive. Whoever has both can read every record in it.",
)
_MARGIN_SHARE = 0.1
_MOST_LINES = 48
"""So many lines of the key's size would fill the page; the key itself takes one."""


class KeyPaper(QFrame):
    """Shows a key (`show_key`) until somebody says that it is written down; emits `written_down` then."""

    written_down = Signal()

    def __init__(self, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._key = self._archive = ""
        self.setProperty("type", "notice")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.space(5), theme.space(4), theme.space(5), theme.space(4))
        column.setSpacing(theme.space(3))
        column.addWidget(Label(_WHY, wraps=True, parent=self))
        self.key = Label("", "heading", parent=self)
        self.key.setAccessibleName("Key of the archive")
        self.key.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        column.addWidget(self.key)
        self.state = Label("", "small", wraps=True, parent=self)
        self.state.hide()
        column.addWidget(self.state)
        self.done = QPushButton("I have written it down", self)
        self.done.setProperty("type", "primary")
        self.copy = QPushButton("Copy", self)
        self.print = QPushButton("Print…", self)
        column.addLayout(from_left(self.done, self.copy, self.print, gap_px=theme.space(3)))
        self._ask_printer = ask_for_printer
        self.done.clicked.connect(self._let_go)
        self.copy.clicked.connect(self._copy)
        self.print.clicked.connect(self._print)
        self.hide()

    @property
    def has_key(self) -> bool:
        """Whether a key is shown that nobody has written down yet."""
        return bool(self._key)

    def show_key(self, key: str, archive: str) -> None:
        """Show this key, of the archive with that name."""
        self._key, self._archive = key, archive
        # In one line: a hyphen at a line's end would not be taken for a part of it.
        self.key.setText(key)
        self.key.setAccessibleDescription(" ".join(key))
        self._say("", "small")
        self.show()
        self.copy.setFocus()

    def _let_go(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if self._key and clipboard.text() == self._key:
            clipboard.clear()
        self._key = self._archive = ""
        self.key.setText("")
        self.key.setAccessibleDescription("")
        self.hide()
        self.written_down.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._key)
        self._say("Copied. It is taken off the clipboard when you say that it is written down.", "small")

    def _print(self) -> None:
        printer = self._ask_printer(self)
        if printer is not None:
            key, archive = self._key, self._archive
            self._tasks.read(lambda: print_key(key, archive, printer), self._printed, self._not_printed)

    def _printed(self, _nothing: None) -> None:
        self._say("Printed.", "ok")

    def _not_printed(self, error: Exception) -> None:
        self._say(sentence_for(error), "fault")

    def _say(self, words: str, kind: LabelType) -> None:
        self.state.set_kind(kind)
        self.state.setText(words)
        self.state.setVisible(bool(words))


def ask_for_printer(parent: QWidget) -> QPrinter | None:
    """Ask with the system's own dialog which printer; None where the person thinks better of it."""
    # Read here so that the window's start does not wait for it.
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - see above

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    try:
        return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None
    finally:
        # The lock may have taken the window away while it was asked.
        if shiboken6.isValid(dialog):
            dialog.deleteLater()


def print_key(key: str, archive: str, printer: QPrinter) -> None:
    """Print the key, what it is of, and how it is kept. Raises `EnvironmentFault` ("print.failed")."""
    printer.setDocName("PT Notes document")
    painter = QPainter()
    if not painter.begin(printer):
        raise EnvironmentFault("print.failed")
    try:
        page = painter.viewport()
        margin = round(page.width() * _MARGIN_SHARE)
        room = page.adjusted(margin, margin, -margin, -margin)
        plain, letters = QFont(), QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        plain.setPixelSize(page.height() // _MOST_LINES // 2)
        letters.setPixelSize(page.height() // _MOST_LINES)
        for font, words in (
            (plain, _PRINTED[0]),
            (plain, archive),
            (letters, key),
            (plain, _PRINTED[1]),
        ):
            painter.setFont(font)
            drawn = painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, words)
            room.setTop(drawn.bottom() + font.pixelSize())
    finally:
        painter.end()
