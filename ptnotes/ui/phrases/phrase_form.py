"""The form for one phrase: its short form, whose it is, its text, and how it will look in a note."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from ptnotes.domain.permissions import Act
from ptnotes.domain.phrases import Phrase
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.services.phrases import may_change
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.phrases.preview import PhrasePreview, value_items
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.pick_list import PickList, find_in


class PhraseForm(Card):
    """Emits `save_asked` and `away_asked` with the phrase. What is typed is stored when Save is pressed."""

    save_asked = Signal(object)
    away_asked = Signal(object)

    def __init__(self, clinic: OpenClinic, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self._clinic = clinic
        self._shown = Phrase(short_form="", text="")
        self.short_form = QLineEdit()
        self.owner = QComboBox()
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(theme.px(110))
        self._short_field = FieldWithFault("Short form", self.short_form, hint="typed after a dot, then Tab")
        self._text_field = FieldWithFault(
            "Text", self.text, hint="[what to fill in] is a blank, {pain.after} a value of the visit"
        )
        first = QHBoxLayout()
        first.setSpacing(theme.space(4))
        first.addWidget(self._short_field, 1)
        first.addWidget(FieldWithFault("For", self.owner, hint="who can use it"), 1)
        self.values = PickList(
            find_in(value_items(clinic.reference)), placeholder="Insert a value …", parent=self
        )
        self.values.setAccessibleName("Insert a value of the visit")
        self.preview = PhrasePreview(clinic.reference, theme, self)
        self.unknown = Label("", "fault", wraps=True, parent=self)
        self.state = Label("", "small", wraps=True, parent=self)
        self.save = QPushButton("Save phrase", self)
        self.save.setProperty("type", "primary")
        self.away = QPushButton("Take away", self)
        buttons = QHBoxLayout()
        buttons.addWidget(self.state, 1)
        buttons.addWidget(self.away)
        buttons.addWidget(self.save)
        self.body.addLayout(first)
        self.body.addWidget(self._text_field, 1)
        self.body.addWidget(self.values)
        self.body.addWidget(Label("In a note, with the values of a made-up visit", "caption", parent=self))
        self.body.addWidget(self.preview)
        self.body.addWidget(self.unknown)
        self.body.addLayout(buttons)
        self.text.textChanged.connect(self._preview)
        self.values.chosen.connect(self._insert)
        self.save.clicked.connect(self._save)
        self.away.clicked.connect(self._take_away)

    @property
    def shown(self) -> Phrase:
        """The phrase that is shown, as it was before anything was typed."""
        return self._shown

    def typed(self) -> Phrase:
        """The phrase as it stands on the screen."""
        return replace(
            self._shown,
            short_form=self.short_form.text(),
            text=self.text.toPlainText(),
            person_id=self.owner.currentData(),
        )

    @property
    def has_text(self) -> bool:
        """Whether something typed here is not stored."""
        typed = self.typed()
        return (typed.short_form, typed.text) != (self._shown.short_form, self._shown.text)

    def show_phrase(self, phrase: Phrase, typed: Phrase | None = None) -> None:
        """Show a phrase to be changed, as it was `typed` where that is given; one without id and text is new."""
        self._shown = phrase
        is_new = phrase.id is None and not phrase.shipped
        self.set_title("New phrase" if is_new else f".{phrase.short_form}")
        self.owner.clear()
        for words, person_id in (("Everybody here", None), ("Only me", self._clinic.person_id)):
            possible = replace(phrase, person_id=person_id)
            # Whose a phrase is does not change: another person's form of it is another phrase.
            if may_change(self._clinic, possible) if is_new else person_id == phrase.person_id:
                self.owner.addItem(words, person_id)
        self.owner.setCurrentIndex(max(self.owner.findData(phrase.person_id), 0))
        self.owner.setEnabled(self.owner.count() > 1)
        if is_new:
            self._shown = replace(phrase, person_id=self.owner.currentData())
        self.short_form.setText((typed or phrase).short_form)
        self.text.setPlainText((typed or phrase).text)
        # A phrase of the program's keeps its short form when it becomes the clinic's, and so takes its place.
        self.short_form.setReadOnly(phrase.shipped)
        can_change = may_change(self._clinic, self.typed())
        for part in (self.short_form, self.text, self.values, self.save):
            part.setEnabled(can_change)
        self.away.setVisible(can_change and not is_new)
        self.clear_faults()
        if not can_change:
            who = "Whoever looks after the clinic changes this phrase."
            mine = " You can add one of your own." if allows(self._clinic, Act.CHART_TREATMENT) else ""
            self.say(f"{who}{mine}")

    def clear_faults(self) -> None:
        """Say that nothing is wrong."""
        self._short_field.set_fault("")
        self._text_field.set_fault("")
        self.say("")

    def refuse(self, error: Exception) -> None:
        """Say why it was not stored, beside the fields where it can be mended."""
        faults = faults_by_field(error)
        self._short_field.set_fault(faults.get("phrase.short_form", ""))
        self._text_field.set_fault(faults.get("phrase.text", ""))
        self.state.set_kind("fault")
        self.state.setText("" if faults else sentence_for(error))

    def say(self, text: str) -> None:
        """Say what became of it."""
        self.state.set_kind("small")
        self.state.setText(text)

    def _preview(self) -> None:
        self.preview.show_text(self.text.toPlainText())
        unknown = self.preview.unknown
        self.unknown.setVisible(bool(unknown))
        self.unknown.setText(f"No value has the name {', '.join(unknown)}." if unknown else "")

    def _insert(self, name: str) -> None:
        self.values.set_current(None)
        if name:
            self.text.insertPlainText(f"{{{name}}}")
            self.text.setFocus()

    def _save(self) -> None:
        self.clear_faults()
        self.save_asked.emit(self.typed())

    def _take_away(self) -> None:
        self.away_asked.emit(self._shown)
