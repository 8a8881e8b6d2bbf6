"""What a therapist chooses of a discharge summary: its conclusion, and the paper."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QWidget

from ptnotes.domain.conclusion import Conclusion
from ptnotes.services.discharge_summary import DischargeChoices, prepare_discharge_summary
from ptnotes.services.documents import MadeDocument
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.documents.conclusion_card import ConclusionCard
from ptnotes.ui.documents.document_form import DocumentForm, Make, PaperChoice
from ptnotes.ui.override import override
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault


class DischargeForm(DocumentForm):
    """The conclusion follows the draft until it is edited."""

    def __init__(self, clinic: OpenClinic, parent: QWidget | None = None) -> None:
        super().__init__(clinic, parent)
        self.conclusion = ConclusionCard()
        self.paper = PaperChoice()
        self.fields = {**self.conclusion.fields, "report.paper": FieldWithFault("Paper", self.paper)}
        card = Card("Discharge summary")
        card.body.addWidget(self.fields["report.paper"])
        self.column.addWidget(self.conclusion)
        self.column.addWidget(card)
        self.conclusion.edited.connect(self.choices_changed)
        self.paper.currentIndexChanged.connect(self.choices_changed)

    def choices(self) -> DischargeChoices:
        """What is chosen now; the conclusion is None while it is the drafted one."""
        return DischargeChoices(paper=self.paper.paper, conclusion=self.conclusion.conclusion())

    @property
    @override
    def has_typed(self) -> bool:
        return self.conclusion.conclusion() is not None

    @override
    def make(self, patient_id: int, episode_id: int) -> Make:
        return partial(prepare_discharge_summary, self.clinic, episode_id, self.choices())

    @override
    def memory(self) -> Callable[[], object]:
        return partial(self._set, self.choices())

    @override
    def forget(self) -> None:
        self._set(DischargeChoices())

    @override
    def show_made(self, made: MadeDocument) -> None:
        self.conclusion.show_drafted(made.conclusion or Conclusion(headline=""))

    def _set(self, choices: DischargeChoices) -> None:
        with QSignalBlocker(self.paper):
            self.paper.set_paper(choices.paper)
        self.conclusion.set_conclusion(choices.conclusion)
        self.show_faults({})
