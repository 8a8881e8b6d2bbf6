"""Documents of one visit: its note, and the evaluation with the plan of care that it led to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import SessionRow, VisitStatus
from ptnotes.services.document_facts import DocumentFacts
from ptnotes.services.evaluation import EvaluationChoices, prepare_evaluation
from ptnotes.services.opening import OpenClinic
from ptnotes.services.session_note import prepare_session_note
from ptnotes.ui.charting.visit_header import visit_words
from ptnotes.ui.documents.document_form import DocumentForm, Make, Nothing, PaperChoice
from ptnotes.ui.override import override
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
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

    def expect(self, session_id: int | None) -> None:
        """Forget the visits of another episode, without a signal, and choose this one once its own are shown."""
        with QSignalBlocker(self):
            self.clear()
            if session_id is not None:
                self.addItem("", session_id)


class SessionNoteForm(DocumentForm):
    """The note of any visit of the episode, the newest unless another is chosen."""

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
        self.visit.expect(session_id)
        with QSignalBlocker(self.paper):
            self.paper.set_paper(paper)
        self.show_faults({})


class EvaluationForm(DocumentForm):
    """An evaluation or re-evaluation of the episode, the newest unless another is chosen."""

    def __init__(self, clinic: OpenClinic, parent: QWidget | None = None) -> None:
        super().__init__(clinic, parent)
        self.visit = VisitChoice()
        self.sign_by = DateField(clinic.today, future=True)
        # A day that stood here as an example would be read as the day that is asked for.
        self.sign_by.setPlaceholderText("by the rule")
        self.paper = PaperChoice()
        self.fields = {
            "visit.kind": FieldWithFault("Evaluation", self.visit),
            "evaluation.sign_by": FieldWithFault(
                "To be signed by", self.sign_by, hint="By the payer’s rule where it is empty."
            ),
            "report.paper": FieldWithFault("Paper", self.paper),
        }
        card = Card("Evaluation and plan of care")
        for field in self.fields.values():
            card.body.addWidget(field)
        self.column.addWidget(card)
        self.visit.currentIndexChanged.connect(self.choices_changed)
        self.sign_by.date_changed.connect(self.choices_changed)
        self.sign_by.problem_changed.connect(self.fields["evaluation.sign_by"].set_fault)
        self.paper.currentIndexChanged.connect(self.choices_changed)

    def choices(self) -> EvaluationChoices:
        """What is chosen now."""
        return EvaluationChoices(
            session_id=self.visit.session_id, paper=self.paper.paper, sign_by=self.sign_by.day
        )

    @override
    def show_facts(self, facts: DocumentFacts) -> None:
        self.visit.show_visits(facts.evaluations)

    @override
    def make(self, patient_id: int, episode_id: int) -> Make | Nothing:
        if self.visit.session_id is None:
            return Nothing(
                "No evaluation yet", "Chart a visit with Ctrl+2 and choose “Evaluation” as its kind."
            )
        return partial(prepare_evaluation, self.clinic, episode_id, self.choices())

    @override
    def memory(self) -> Callable[[], object]:
        return partial(self._set, self.choices())

    @override
    def forget(self) -> None:
        self._set(EvaluationChoices())

    def _set(self, choices: EvaluationChoices) -> None:
        self.visit.expect(choices.session_id)
        self.sign_by.set_date(choices.sign_by)
        with QSignalBlocker(self.paper):
            self.paper.set_paper(choices.paper)
        self.show_faults({})
