"""What a therapist chooses of a progress report: its period, its conclusion, and what is asked of the physician."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPlainTextEdit, QRadioButton, QWidget

from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Conclusion, Request
from ptnotes.services.document_facts import DocumentFacts
from ptnotes.services.documents import MadeDocument
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.ui.documents.conclusion_card import ConclusionCard
from ptnotes.ui.documents.document_form import DocumentForm, Make, PaperChoice
from ptnotes.ui.override import override
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label

_REQUESTS = (
    (Request.NOTHING, "Nothing"),
    (Request.QUESTION, "An answer to a question"),
    (Request.SIGNATURE, "A signature on the plan of care"),
)


class ReportForm(DocumentForm):
    """The period begins after the last report that the program knows of, until another day is entered; what is due is
    asked of the physician, until something else is chosen.
    """

    def __init__(self, clinic: OpenClinic, parent: QWidget | None = None) -> None:
        super().__init__(clinic, parent)
        self._facts = DocumentFacts()
        self._chose_since = False
        self._chose_asked = False
        self.as_of = DateField(clinic.today)
        self.since = DateField(clinic.today)
        self.since.setPlaceholderText("none yet")
        self.paper = PaperChoice()
        self.conclusion = ConclusionCard()
        self.requests = QButtonGroup(self)
        self.question = QPlainTextEdit()
        self.question.setTabChangesFocus(True)
        self.by = DateField(clinic.today, future=True)
        self.fields = {
            "report.as_of": FieldWithFault("Up to", self.as_of),
            "report.since": FieldWithFault("Last report on", self.since),
            "report.paper": FieldWithFault("Paper", self.paper),
            **self.conclusion.fields,
            "report.question": FieldWithFault("Question", self.question),
            "report.by": FieldWithFault("Answer by", self.by),
        }
        self.asked_fault = Label("", "fault", wraps=True)
        self.asked_fault.hide()
        for card in (self.conclusion, self._asked_card(), self._period_card()):
            self.column.addWidget(card)
        self._connect()
        self.forget()

    def _period_card(self) -> Card:
        card = Card("Period and paper")
        row = QHBoxLayout()
        row.setSpacing(12)
        for name in ("report.since", "report.as_of"):
            row.addWidget(self.fields[name], 1, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        card.body.addWidget(self.fields["report.paper"])
        return card

    def _asked_card(self) -> Card:
        card = Card("Asked of the physician")
        for place, (_, words) in enumerate(_REQUESTS):
            button = QRadioButton(words)
            self.requests.addButton(button, place)
            card.body.addWidget(button)
        self.question.setFixedHeight(self.fontMetrics().lineSpacing() * 4)
        card.body.addWidget(self.asked_fault)
        card.body.addWidget(self.fields["report.question"])
        card.body.addWidget(self.fields["report.by"])
        return card

    def _connect(self) -> None:
        # What is chosen is known before the document is made anew.
        self.as_of.date_changed.connect(self._follow_last_report)
        self.since.date_changed.connect(self._choose_since)
        self.by.date_changed.connect(self._choose_asked)
        self.requests.idClicked.connect(self._choose_asked)
        for day, name in ((self.as_of, "report.as_of"), (self.since, "report.since"), (self.by, "report.by")):
            day.problem_changed.connect(self.fields[name].set_fault)
            day.date_changed.connect(self._changed)
        self.paper.currentIndexChanged.connect(self._changed)
        self.conclusion.edited.connect(self.choices_changed)
        self.question.textChanged.connect(self._changed)
        self.requests.idClicked.connect(self._changed)

    def choices(self) -> ReportChoices:
        """What is chosen now; the conclusion, and what is asked, are None while they are the drafted ones."""
        request = _REQUESTS[self.requests.checkedId()][0]
        return ReportChoices(
            as_of=self.as_of.day,
            since=self.since.day,
            paper=self.paper.paper,
            conclusion=self.conclusion.conclusion(),
            asked=Asked(
                request=request,
                words=self.question.toPlainText().strip() if request is Request.QUESTION else "",
                by=self.by.day if request is not Request.NOTHING else None,
            )
            if self._chose_asked
            else None,
        )

    def _set_choices(self, choices: ReportChoices, *, chose_since: bool) -> None:
        self._chose_since = chose_since
        self._chose_asked = choices.asked is not None
        blockers = [QSignalBlocker(widget) for widget in (self.question, self.paper)]
        self.as_of.set_date(choices.as_of)
        self.as_of.setPlaceholderText("today")
        self.since.set_date(choices.since)
        self.paper.set_paper(choices.paper)
        self._show_asked(choices.asked or NOTHING_ASKED)
        self.conclusion.set_conclusion(choices.conclusion)
        del blockers
        self.show_faults({})

    def _show_asked(self, asked: Asked) -> None:
        with QSignalBlocker(self.question):
            self.question.setPlainText(asked.words)
        self.by.set_date(asked.by)
        self.requests.button([request for request, _ in _REQUESTS].index(asked.request)).setChecked(True)
        self._follow_request()

    @property
    @override
    def has_typed(self) -> bool:
        return self.conclusion.conclusion() is not None or bool(self.question.toPlainText().strip())

    @override
    def show_facts(self, facts: DocumentFacts) -> None:
        self._facts = facts
        if not self._chose_since:
            self.since.set_date(facts.reported_to(self.as_of.day))

    @override
    def make(self, patient_id: int, episode_id: int) -> Make:
        return partial(prepare_report, self.clinic, episode_id, self.choices())

    @override
    def memory(self) -> Callable[[], object]:
        return partial(self._set_choices, self.choices(), chose_since=self._chose_since)

    @override
    def forget(self) -> None:
        self._set_choices(ReportChoices(), chose_since=False)

    @override
    def show_made(self, made: MadeDocument) -> None:
        self.conclusion.show_drafted(made.conclusion or Conclusion(headline=""))
        if not self._chose_asked:
            self._show_asked(made.asked or NOTHING_ASKED)

    @override
    def show_faults(self, faults: Mapping[str, str]) -> None:
        super().show_faults(faults)
        self.asked_fault.setText(faults.get("report.asked", ""))
        self.asked_fault.setVisible("report.asked" in faults)

    def _choose_since(self, _day: date | None) -> None:
        self._chose_since = True

    def _choose_asked(self, _what: object) -> None:
        self._chose_asked = True

    def _follow_last_report(self, day: date | None) -> None:
        if not self._chose_since:
            self.since.set_date(self._facts.reported_to(day))

    def _changed(self) -> None:
        self._follow_request()
        self.choices_changed.emit()

    def _follow_request(self) -> None:
        request = _REQUESTS[self.requests.checkedId()][0]
        self.fields["report.question"].setVisible(request is Request.QUESTION)
        self.fields["report.by"].setVisible(request is not Request.NOTHING)
