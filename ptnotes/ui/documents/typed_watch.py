"""What was typed for a document and stands in none that was given out yet: it is stored nowhere but in the window."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from ptnotes.ui.documents.document_form import DocumentForm

Whose = tuple[int, int | None]
"""Ids of a patient and of an episode."""
_PROBLEM = "Words typed for a document are in none that was saved or printed yet. Save it, or take them out."


class TypedWatch(QObject):
    """Watches the forms of a window; `whose` is whom they are filled in for."""

    def __init__(self, forms: Sequence[DocumentForm], parent: QObject) -> None:
        super().__init__(parent)
        self.whose: Whose = (0, None)
        self._waiting: set[tuple[Whose, DocumentForm]] = set()
        for form in forms:
            form.choices_changed.connect(partial(self._note, form))

    def problem(self) -> str:
        """A sentence while words wait, else empty."""
        return _PROBLEM if self._waiting else ""

    def let_go(self, form: DocumentForm | None) -> None:
        """The document of this form was given out with what was typed."""
        if form is not None:
            self._waiting.discard((self.whose, form))

    def _note(self, form: DocumentForm) -> None:
        if form.has_typed:
            self._waiting.add((self.whose, form))
        else:
            self._waiting.discard((self.whose, form))
