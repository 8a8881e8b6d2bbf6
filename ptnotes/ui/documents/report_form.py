"""What a therapist chooses of a progress report: its period, its conclusion, and what is asked of the physician."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.conclusion import Asked, Conclusion, Request
from ptnotes.domain.people import Paper
from ptnotes.services.reporting import ReportChoices
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label

_REQUESTS = (
    (Request.NOTHING, "Nothing"),
    (Request.QUESTION, "An answer to a question"),
    (Request.SIGNATURE, "A signature on the plan of care"),
)
_PAPERS = ((None, "As in the clinic's settings"), (Paper.LETTER, "US Letter"), (Paper.A4, "A4"))


class ReportForm(QWidget):
    """Emits `choices_changed` with every change. The conclusion follows the draft until it is edited."""

    choices_changed = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_edited = False
        self._drafted = Conclusion(headline="")
        self.as_of = DateField(today)
        self.since = DateField(today)
        self.since.setPlaceholderText("none yet")
        self.paper = QComboBox()
        self.paper.addItems([words for _, words in _PAPERS])
        self.headline = QLineEdit()
        self.detail = QPlainTextEdit()
        self.detail.setTabChangesFocus(True)
        self.redraft = QPushButton("Draft again from the data")
        self.redraft.setProperty("type", "quiet")
        self.requests = QButtonGroup(self)
        self.question = QPlainTextEdit()
        self.question.setTabChangesFocus(True)
        self.by = DateField(today, future=True)
        self.fields = {
            "report.as_of": FieldWithFault("Up to", self.as_of),
            "report.since": FieldWithFault("Last report on", self.since),
            "report.paper": FieldWithFault("Paper", self.paper),
            "report.headline": FieldWithFault("Conclusion", self.headline),
            "report.conclusion": FieldWithFault("What bears it out", self.detail),
            "report.question": FieldWithFault("Question", self.question),
            "report.by": FieldWithFault("Answer by", self.by),
        }
        self.asked_fault = Label("", "fault", wraps=True)
        self.asked_fault.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for card in (self._period_card(), self._conclusion_card(), self._asked_card()):
            layout.addWidget(card)
        layout.addStretch(1)
        self._connect()
        self.set_choices(ReportChoices())

    def _period_card(self) -> Card:
        card = Card("Progress report")
        row = QHBoxLayout()
        row.setSpacing(12)
        for name in ("report.since", "report.as_of"):
            row.addWidget(self.fields[name], 1, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        card.body.addWidget(self.fields["report.paper"])
        return card

    def _conclusion_card(self) -> Card:
        card = Card("What the physician reads first")
        self.detail.setFixedHeight(self.fontMetrics().lineSpacing() * 9)
        card.body.addWidget(self.fields["report.headline"])
        card.body.addWidget(self.fields["report.conclusion"])
        card.body.addWidget(self.redraft, 0, Qt.AlignmentFlag.AlignLeft)
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
        for day, name in ((self.as_of, "report.as_of"), (self.since, "report.since"), (self.by, "report.by")):
            day.problem_changed.connect(self.fields[name].set_fault)
            day.date_changed.connect(self._changed)
        self.paper.currentIndexChanged.connect(self._changed)
        self.headline.textEdited.connect(self._conclusion_edited)
        self.detail.textChanged.connect(self._conclusion_edited)
        self.redraft.clicked.connect(self._draft_again)
        self.question.textChanged.connect(self._changed)
        self.requests.idClicked.connect(self._changed)

    def choices(self) -> ReportChoices:
        """What is chosen now; the conclusion is None while it is the drafted one."""
        request = _REQUESTS[self.requests.checkedId()][0]
        conclusion = Conclusion(
            headline=self.headline.text().strip(), detail=self.detail.toPlainText().strip()
        )
        return ReportChoices(
            as_of=self.as_of.day,
            since=self.since.day,
            paper=_PAPERS[self.paper.currentIndex()][0],
            conclusion=conclusion if self._is_edited else None,
            asked=Asked(
                request=request,
                words=self.question.toPlainText().strip() if request is Request.QUESTION else "",
                by=self.by.day if request is not Request.NOTHING else None,
            ),
        )

    def set_choices(self, choices: ReportChoices) -> None:
        """Show `choices`, without a signal."""
        self._is_edited = choices.conclusion is not None
        blockers = [QSignalBlocker(widget) for widget in (self.detail, self.question, self.paper)]
        self.as_of.set_date(choices.as_of)
        self.as_of.setPlaceholderText("today")
        self.since.set_date(choices.since)
        self.by.set_date(choices.asked.by)
        self.paper.setCurrentIndex([paper for paper, _ in _PAPERS].index(choices.paper))
        self.question.setPlainText(choices.asked.words)
        self.requests.button([request for request, _ in _REQUESTS].index(choices.asked.request)).setChecked(
            True
        )
        self._show_conclusion(choices.conclusion or Conclusion(headline=""))
        del blockers
        self.show_faults({})
        self._follow_request()

    def show_drafted(self, conclusion: Conclusion) -> None:
        """Take the conclusion that the data allow; one that was edited stays as it is."""
        self._drafted = conclusion
        if not self._is_edited:
            self._show_conclusion(conclusion)

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Say beside each field what is wrong with it, by field name; all others are in order."""
        for name, field in self.fields.items():
            editor = field.editor
            own = editor.problem if isinstance(editor, DateField) else ""
            field.set_fault(own or faults.get(name, ""))
        self.asked_fault.setText(faults.get("report.asked", ""))
        self.asked_fault.setVisible("report.asked" in faults)

    def _show_conclusion(self, conclusion: Conclusion) -> None:
        with QSignalBlocker(self.detail):
            self.headline.setText(conclusion.headline)
            self.headline.setCursorPosition(0)
            self.detail.setPlainText(conclusion.detail)
        self.redraft.setEnabled(self._is_edited)

    def _conclusion_edited(self) -> None:
        self._is_edited = True
        self.redraft.setEnabled(True)
        self.choices_changed.emit()

    def _draft_again(self) -> None:
        self._is_edited = False
        self._show_conclusion(self._drafted)
        self.choices_changed.emit()

    def _changed(self) -> None:
        self._follow_request()
        self.choices_changed.emit()

    def _follow_request(self) -> None:
        request = _REQUESTS[self.requests.checkedId()][0]
        self.fields["report.question"].setVisible(request is Request.QUESTION)
        self.fields["report.by"].setVisible(request is not Request.NOTHING)
