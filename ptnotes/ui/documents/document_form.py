"""What every kind of document has in common where it is chosen how it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from ptnotes.domain.people import Paper
from ptnotes.services.document_facts import DocumentFacts
from ptnotes.services.documents import MadeDocument
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault

Make = Callable[[], MadeDocument]
READ_KEY = "document"
"""Under which a document is read or made: a newer one takes the place of one that is not there yet."""
_PAPERS = ((None, "As in the clinic's settings"), (Paper.LETTER, "US Letter"), (Paper.A4, "A4"))


class Nothing(NamedTuple):
    """Why there is no document, and the next step."""

    title: str
    text: str


class DocumentForm(QWidget):
    """Emits `choices_changed` with every change. `fields` are by the names under which faults come back."""

    choices_changed = Signal()
    needs_episode = True

    def __init__(self, clinic: OpenClinic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clinic = clinic
        self.fields: dict[str, FieldWithFault] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)

    @property
    def has_typed(self) -> bool:
        """Whether words were typed that would be lost with the window."""
        return False

    def show_facts(self, facts: DocumentFacts) -> None:
        """Offer what the episode has, without a signal."""

    def make(self, patient_id: int, episode_id: int) -> Make | Nothing:
        """What makes the document as it is chosen now, to be called in a reading thread; or why there is none."""
        raise NotImplementedError

    def memory(self) -> Callable[[], object]:
        """What brings the choices of now back when it is called, without a signal."""
        raise NotImplementedError

    def forget(self) -> None:
        """Show the choices of a document that nobody has looked at yet, without a signal."""
        raise NotImplementedError

    def show_made(self, made: MadeDocument) -> None:
        """Take over what was drafted while the document was made."""

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Say beside each field what is wrong with it, by field name; all others are in order."""
        for name, field in self.fields.items():
            editor = field.editor
            own = editor.problem if isinstance(editor, DateField) else ""
            field.set_fault(own or faults.get(name, ""))


class PaperChoice(QComboBox):
    """The size of the paper; None is the clinic's."""

    def __init__(self) -> None:
        super().__init__()
        self.addItems([words for _, words in _PAPERS])

    @property
    def paper(self) -> Paper | None:
        """What is chosen."""
        return _PAPERS[self.currentIndex()][0]

    def set_paper(self, paper: Paper | None) -> None:
        """Show another choice."""
        self.setCurrentIndex([one for one, _ in _PAPERS].index(paper))
