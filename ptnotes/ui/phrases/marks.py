"""Marks blanks that are left to fill in, and names of values that are unknown, in the text of an editor."""

from __future__ import annotations

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit

from ptnotes.domain.phrases import blanks_in, unknown_names_in
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme


class BlankMarks(QSyntaxHighlighter):
    """Colours the text of `editor` for as long as it lives. The quotes round a blank carry the meaning, too."""

    def __init__(self, editor: QPlainTextEdit, theme: Theme) -> None:
        super().__init__(editor.document())
        self._blank = QTextCharFormat()
        self._blank.setBackground(theme.ink("selection"))
        self._blank.setForeground(theme.ink("accent"))
        self._unknown = QTextCharFormat()
        self._unknown.setBackground(theme.ink("danger_soft"))
        self._unknown.setForeground(theme.ink("danger"))
        self._unknown.setFontWeight(QFont.Weight.DemiBold)

    @override
    def highlightBlock(self, text: str) -> None:
        for found, look in ((blanks_in(text), self._blank), (unknown_names_in(text), self._unknown)):
            for start, end in found:
                self.setFormat(start, end - start, look)
