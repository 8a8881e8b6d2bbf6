"""Marks blanks that are left to fill in, and names of values that are unknown, in the text of an editor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit

from ptnotes.domain.phrases import blanks_in, unknown_names_in
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme

Part = tuple[int, int, bool]
"""A stretch of a text (start, end), and whether it is known: a blank or a place, else a name that is none."""


class PartMarks(QSyntaxHighlighter):
    """Colours what `find` finds in the text of `editor`, for as long as it lives. The brackets round it carry the
    meaning, too.
    """

    def __init__(self, editor: QPlainTextEdit, theme: Theme, find: Callable[[str], Iterable[Part]]) -> None:
        super().__init__(editor.document())
        self._find = find
        self._known = QTextCharFormat()
        self._known.setBackground(theme.ink("selection"))
        self._known.setForeground(theme.ink("accent"))
        self._unknown = QTextCharFormat()
        self._unknown.setBackground(theme.ink("danger_soft"))
        self._unknown.setForeground(theme.ink("danger"))
        self._unknown.setFontWeight(QFont.Weight.DemiBold)

    @override
    def highlightBlock(self, text: str) -> None:
        for start, end, is_known in self._find(text):
            self.setFormat(start, end - start, self._known if is_known else self._unknown)


def phrase_parts(text: str) -> Iterator[Part]:
    """The blanks of a phrase that are left to fill in, and the names of values that are unknown."""
    for start, end in blanks_in(text):
        yield start, end, True
    for start, end in unknown_names_in(text):
        yield start, end, False
