"""The right side of the Documents tab: what the document lacks over its pages, or why there is none."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.documents import DocumentSignature
from ptnotes.domain.signature import moment
from ptnotes.services.documents import MadeDocument
from ptnotes.ui.documents.lack_strip import LackStrip
from ptnotes.ui.documents.page_view import PageView
from ptnotes.ui.documents.sign_strip import SignStrip
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.labels import Label


class Preview(QWidget):
    """Shows a document as it prints (`show_made`), or a title and a sentence in its place (`say_nothing`)."""

    def __init__(self, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lacks = LackStrip(self)
        self.draft = Label("", "warning", wraps=True, parent=self)
        self.sign = SignStrip(theme, self)
        self.signed = Label("", "ok", wraps=True, parent=self)
        self.view = PageView(tasks, theme, self)
        self.empty = EmptyState("", "", parent=self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        above = QVBoxLayout()
        above.setContentsMargins(16, 12, 16, 0)
        above.setSpacing(6)
        above.addWidget(self.lacks)
        above.addWidget(self.draft)
        above.addWidget(self.signed)
        above.addWidget(self.sign)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above)
        layout.addWidget(self.stack, 1)
        self.clear()

    def show_made(self, made: MadeDocument) -> None:
        """Show this document."""
        self.lacks.show_lacks(made.lacks)
        self.draft.setText("DRAFT on every page: " + " ".join(made.draft) if made.draft else "")
        self.draft.setVisible(bool(made.draft))
        self.signed.setText("" if made.signed is None else _signed_words(made.signed))
        self.signed.setVisible(made.signed is not None)
        self.stack.setCurrentWidget(self.view)
        self.view.show_pdf(made.pdf)

    def say_nothing(self, title: str, text: str) -> None:
        """Say why there is no document, and the next step."""
        self.clear()
        self.empty.say(title, text)
        self.stack.setCurrentWidget(self.empty)

    def clear(self) -> None:
        """Show nothing, and forget the document."""
        self.view.clear()
        self.lacks.show_lacks(())
        self.draft.hide()
        self.signed.hide()


def _signed_words(signature: DocumentSignature) -> str:
    on = moment(signature.at, signature.zone)
    return f"Signed electronically by {signature.person}, {on}."
