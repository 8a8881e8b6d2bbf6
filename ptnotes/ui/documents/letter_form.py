"""A letter: a template is filled with what is known of the episode, and gone over before it is printed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton

from ptnotes.domain.letters import LetterChoices, LetterTemplate
from ptnotes.domain.phrases import blanks_in
from ptnotes.services.document_facts import DocumentFacts
from ptnotes.services.letters import filled, prepare_letter
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.documents.document_form import DocumentForm, Make, Nothing, PaperChoice
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.override import override
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault

_ADDRESS_LINES = 3
_TEXT_LINES = 18
_NO_TEMPLATE = "Choose a template…"
_NOTHING = Nothing("No letter yet", "Choose a template at the left, or type the letter there.")


class LetterForm(DocumentForm):
    """A template that is chosen takes the place of what is typed; Ctrl+Z in the text brings that back."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks) -> None:
        super().__init__(clinic)
        self._tasks = tasks
        self._episode_id: int | None = None
        self._templates: tuple[LetterTemplate, ...] = ()
        self._filled: LetterChoices | None = None
        """The letter as a template gave it, before anybody went over it."""
        self.template = QComboBox()
        self.to = QPlainTextEdit()
        self.subject = QLineEdit()
        self.text = QPlainTextEdit()
        self.paper = PaperChoice()
        self.next_blank = QPushButton("Next blank")
        self.next_blank.setProperty("type", "quiet")
        for edit, lines in ((self.to, _ADDRESS_LINES), (self.text, _TEXT_LINES)):
            edit.setTabChangesFocus(True)
            edit.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 14)
        self.fields = {
            "letter.template": FieldWithFault("Template", self.template),
            "letter.to": FieldWithFault("To", self.to),
            "letter.subject": FieldWithFault("Subject", self.subject),
            "letter.text": FieldWithFault("Text", self.text),
            "report.paper": FieldWithFault("Paper", self.paper),
        }
        card = Card("Letter")
        for name, field in self.fields.items():
            card.body.addWidget(field)
            if name == "letter.text":
                card.body.addWidget(self.next_blank, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(card)
        self.template.activated.connect(self._choose_template)
        self.next_blank.clicked.connect(self.go_to_blank)
        for edit in (self.to, self.text):
            edit.textChanged.connect(self._changed)
        self.subject.textEdited.connect(self._changed)
        self.paper.currentIndexChanged.connect(self._changed)
        self._follow_blanks()

    def choices(self) -> LetterChoices:
        """The letter as it stands."""
        return LetterChoices(
            to=self.to.toPlainText().strip(),
            subject=self.subject.text().strip(),
            text=self.text.toPlainText().strip(),
            paper=self.paper.paper,
        )

    def go_to_blank(self) -> None:
        """Select the next blank of the text, from the top again after the last."""
        text = self.text.toPlainText()
        # Qt counts in units of UTF-16, of which a letter beyond the first plane takes two.
        blanks = [(_units(text[:start]), _units(text[start:end])) for start, end in blanks_in(text)]
        if not blanks:
            return
        at = self.text.textCursor().selectionEnd()
        start, length = next((blank for blank in blanks if blank[0] >= at), blanks[0])
        cursor = self.text.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        self.text.setTextCursor(cursor)
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    @override
    def has_typed(self) -> bool:
        letter = self.choices()
        is_template = self._filled is not None and (letter.to, letter.text) == (
            self._filled.to.strip(),
            self._filled.text.strip(),
        )
        return bool(letter.to or letter.text) and not is_template

    @override
    def show_facts(self, facts: DocumentFacts) -> None:
        self._episode_id = facts.episode_id
        self._templates = facts.templates
        chosen = self.template.currentText()
        with QSignalBlocker(self.template):
            self.template.clear()
            self.template.addItems([_NO_TEMPLATE, *(one.name for one in facts.templates)])
            self.template.setCurrentIndex(max(self.template.findText(chosen), 0))

    @override
    def make(self, patient_id: int, episode_id: int) -> Make | Nothing:
        letter = self.choices()
        if not (letter.to or letter.subject or letter.text):
            return _NOTHING
        return partial(prepare_letter, self.clinic, episode_id, letter)

    @override
    def memory(self) -> Callable[[], object]:
        return partial(self._set, self.template.currentText(), self.choices())

    @override
    def forget(self) -> None:
        self._set("", LetterChoices(to="", subject="", text=""))

    def _set(self, template: str, letter: LetterChoices) -> None:
        blockers = [QSignalBlocker(widget) for widget in (self.to, self.text, self.paper, self.template)]
        self.to.setPlainText(letter.to)
        self.subject.setText(letter.subject)
        self.text.setPlainText(letter.text)
        self.paper.set_paper(letter.paper)
        self.template.setCurrentIndex(max(self.template.findText(template), 0))
        del blockers
        self.show_faults({})
        self._follow_blanks()

    def _choose_template(self, place: int) -> None:
        if place and self._episode_id is not None:
            fill = partial(filled, self.clinic, self._episode_id, self._templates[place - 1])
            take = partial(self._show_filled, self._episode_id)
            self._tasks.read(fill, take, self._tell, latest="letter from a template")

    def _show_filled(self, episode_id: int, letter: LetterChoices) -> None:
        if episode_id != self._episode_id:
            return
        self._filled = letter
        blockers = [QSignalBlocker(widget) for widget in (self.to, self.text)]
        for edit, words in ((self.to, letter.to), (self.text, letter.text)):
            cursor = edit.textCursor()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(words)
            cursor.movePosition(QTextCursor.MoveOperation.Start)
            edit.setTextCursor(cursor)
        self.subject.setText(letter.subject)
        self.subject.setCursorPosition(0)
        del blockers
        self._changed()

    def _tell(self, error: Exception) -> None:
        self.fields["letter.template"].set_fault(sentence_for(error))

    def _changed(self) -> None:
        self._follow_blanks()
        self.choices_changed.emit()

    def _follow_blanks(self) -> None:
        count = len(blanks_in(self.text.toPlainText()))
        self.next_blank.setText(f"Next blank ({count} left)" if count else "No blank is left")
        self.next_blank.setEnabled(bool(count))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
