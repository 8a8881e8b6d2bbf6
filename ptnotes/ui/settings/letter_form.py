"""One letter template: its name, its subject and its text, with a list of the places that it can name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.domain.letters import PLACES, LetterTemplate, unknown_places
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.phrases.marks import Part, PartMarks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label, LabelType
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in

_PARTS = re.compile(r"\{([A-Za-z][\w.]*)\}|\[[^\[\]\n]{0,60}\]")
_LINES = 14
NEW = LetterTemplate(name="", text="")


class LetterForm(QWidget):
    """Emits `save_asked` and `away_asked` with the template. What is typed is stored when Save is pressed."""

    save_asked = Signal(object)
    away_asked = Signal(object)

    def __init__(self, theme: Theme, *, may_change: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = NEW
        self._may_change = may_change
        self.name = QLineEdit()
        self.subject = QLineEdit()
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES)
        self._marks = PartMarks(self.text, theme, _parts)
        self.fields = {
            "letter.name": FieldWithFault("Name", self.name, required=True),
            "letter.subject": FieldWithFault("Subject", self.subject),
            "letter.text": FieldWithFault(
                "Text",
                self.text,
                hint="{patient.name} is a place, [what to fill in] a blank; who the first line names gets the letter",
                required=True,
            ),
        }
        items = tuple(PickItem(name, name, words) for name, words in PLACES.items())
        self.places = PickList(find_in(items), placeholder="Insert a place …", parent=self)
        self.places.setAccessibleName("Insert a place")
        self.unknown = Label("", "fault", wraps=True, parent=self)
        self.unknown.hide()
        self.state = Label("", "small", wraps=True, parent=self)
        self.save = QPushButton("Save template")
        self.save.setProperty("type", "primary")
        self.away = QPushButton("Put away")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.state, 1)
        buttons.addWidget(self.away, 0, Qt.AlignmentFlag.AlignTop)
        buttons.addWidget(self.save, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for field in self.fields.values():
            layout.addWidget(field)
        layout.addWidget(self.unknown)
        layout.addWidget(self.places)
        layout.addLayout(buttons)
        self.text.textChanged.connect(self._say_unknown)
        self.subject.textChanged.connect(self._say_unknown)
        self.places.chosen.connect(self._insert)
        self.save.clicked.connect(self._save)
        self.away.clicked.connect(self._put_away)
        self.show_template(NEW)

    @property
    def shown(self) -> LetterTemplate:
        """The template that is shown, as it was before anything was typed."""
        return self._shown

    def typed(self) -> LetterTemplate:
        """The template as it stands on the screen."""
        return replace(
            self._shown, name=self.name.text(), subject=self.subject.text(), text=self.text.toPlainText()
        )

    @property
    def has_text(self) -> bool:
        """Whether something typed here is not stored."""
        return self.typed() != self._shown

    def show_template(self, template: LetterTemplate, typed: LetterTemplate | None = None) -> None:
        """Show a template to be changed, as it was `typed` where that is given; `NEW` is one to be written."""
        self._shown = template
        shown = typed or template
        self.name.setText(shown.name)
        self.subject.setText(shown.subject)
        self.text.setPlainText(shown.text)
        # A line that is longer than its field is read from its start.
        self.subject.setCursorPosition(0)
        for part in (self.name, self.subject, self.text):
            part.setReadOnly(not self._may_change)
        self.places.setVisible(self._may_change)
        self.save.setVisible(self._may_change)
        self.away.setVisible(self._may_change and template != NEW)
        for field in self.fields.values():
            field.set_fault("")
        self.say("" if self._may_change else "Whoever looks after the clinic changes this.")

    def refuse(self, error: Exception) -> None:
        """Say why it was not stored, beside the fields where it can be mended."""
        faults = faults_by_field(error)
        for name, field in self.fields.items():
            field.set_fault(faults.get(name, ""))
        self.say("" if faults else sentence_for(error), "fault")

    def say(self, text: str, kind: LabelType = "small") -> None:
        """Say what became of it."""
        self.state.set_kind(kind)
        self.state.setText(text)

    def _say_unknown(self) -> None:
        names = unknown_places(f"{self.subject.text()}\n{self.text.toPlainText()}")
        self.unknown.setText(f"No place has the name {', '.join(names)}." if names else "")
        self.unknown.setVisible(bool(names))

    def _save(self) -> None:
        self.save_asked.emit(self.typed())

    def _put_away(self) -> None:
        self.away_asked.emit(self._shown)

    def _insert(self, name: str) -> None:
        self.places.set_current(None)
        if name:
            self.text.insertPlainText(f"{{{name}}}")
            self.text.setFocus()


def _parts(text: str) -> Iterator[Part]:
    """The places and blanks of a template, and names that are no place."""
    for match in _PARTS.finditer(text):
        yield *match.span(), match[1] is None or match[1] in PLACES
