"""Documents of one visit: its note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import SessionRow, VisitStatus
from ptnotes.services.document_facts import DocumentFacts
from ptnotes.services.opening import OpenClinic
from ptnotes.services.session_note import prepare_session_note
from ptnotes.ui.charting.visit_header import visit_words
from ptnotes.ui.documents.document_form import DocumentForm, Make, Nothing, PaperChoice
from ptnotes.ui.override import override
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault


class VisitChoice(QComboBox):
    """Which visit, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxVisibleItems(16)

    @property
    def session_id(self) -> int | None:
        """The visit that is chosen, None where there is none."""
        chosen: int | None = self.currentData()
        return chosen

    def show_visits(self, rows: Sequence[SessionRow]) -> None:
        """Offer these visits, without a signal; the one that is chosen stays, else the newest is."""
        chosen = self.session_id
        with QSignalBlocker(self):
            self.clear()
            for row in rows:
                self.addItem(visit_words(row), row.id)
        self.choose(chosen)

    def choose(self, session_id: int | None) -> None:
        """Choose a visit, without a signal; the newest where it is not among them."""
        with QSignalBlocker(self):
            self.setCurrentIndex(max(self.findData(session_id), 0))


class SessionNoteForm(DocumentForm):
    """The note of any visit of the episode, the newest that took place unless another is chosen."""

    def __init__(self, clinic: OpenClinic, parent: QWidget | None = None) -> None:
        super().__init__(clinic, parent)
        self.visit = VisitChoice()
        self.paper = PaperChoice()
        self.fields = {
            "visit.status": FieldWithFault("Visit", self.visit),
            "report.paper": FieldWithFault("Paper", self.paper),
        }
        card = Card("Session note")
        for field in self.fields.values():
            card.body.addWidget(field)
        self.column.addWidget(card)
        self.column.addStretch(1)
        self.visit.currentIndexChanged.connect(self.choices_changed)
        self.paper.currentIndexChanged.connect(self.choices_changed)

    @override
    def show_facts(self, facts: DocumentFacts) -> None:
        self.visit.show_visits([row for row in facts.visits if row.status is not VisitStatus.SCHEDULED])

    @override
    def make(self, patient_id: int, episode_id: int) -> Make | Nothing:
        if self.visit.session_id is None:
            return Nothing("No visit yet", "Chart a visit with Ctrl+2; its note is printed here.")
        return partial(prepare_session_note, self.clinic, self.visit.session_id, self.paper.paper)

    @override
    def memory(self) -> Callable[[], object]:
        return partial(self._set, self.visit.session_id, self.paper.paper)

    @override
    def forget(self) -> None:
        self._set(None, None)

    def _set(self, session_id: int | None, paper: Paper | None) -> None:
        # The visits of another episode; its own are offered once they are read.
        with QSignalBlocker(self.visit):
            self.visit.clear()
            if session_id is not None:
                self.visit.addItem("", session_id)
        with QSignalBlocker(self.paper):
            self.paper.set_paper(paper)
        self.show_faults({})
