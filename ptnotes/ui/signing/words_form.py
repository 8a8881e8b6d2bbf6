"""Words that are signed after a note was: an addendum, a patient's request, why a note is void, a co-signature."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from ptnotes.ui.keys import SHEET
from ptnotes.ui.override import override
from ptnotes.ui.phrases.expander import mark_narrative
from ptnotes.ui.signing.passphrase_line import PassphraseLine
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.secret import forget_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form asks for. Without `more` there is one field of text; `optional` says that it may stay empty."""

    name: str
    title: str
    hint: str
    text: str
    button: str
    more: str = ""
    optional: bool = False


ADDENDUM = Asked(
    name="addendum",
    title="Addendum",
    hint="The note stays as it was signed. What you add is dated, signed, and marked where it is a late entry.",
    text="What is added",
    button="Sign the addendum",
)
UNSAVED = replace(
    ADDENDUM,
    title="This note was signed in the meantime",
    hint="What you typed since then was not stored in it. It can be kept as an addendum; mend it here first.",
)
CORRECTION = Asked(
    name="correction",
    title="Correction",
    hint="Say what is wrong in the signed note and what is right. The note itself stays as it was signed.",
    text="What is corrected",
    button="Sign the correction",
)
AMENDMENT = Asked(
    name="amendment",
    title="The patient asks to have the note amended",
    hint="The request is kept with the note, whatever is answered; the note itself stays as it was signed.",
    text="What the patient asks",
    more="What is answered, and why",
    button="Sign and keep with the note",
)
VOID = Asked(
    name="void",
    title="Declare this note void",
    hint="It stays readable, struck through, and counts no more: not as a visit, not in trends, not in reports.",
    text="Why",
    button="Sign and declare void",
)
CO_SIGN = Asked(
    name="co_sign",
    title="Co-sign this note",
    hint="Read it first: your name will stand under it.",
    text="A remark, where there is one",
    button="Co-sign",
    optional=True,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the form for `asked`."""

    asked: Asked
    text: str
    more: str


class WordsForm(QFrame):
    """Emits `given` with what was asked (its name), the two texts and the passphrase; `left` where it was closed."""

    given = Signal(str, str, str, str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked = ADDENDUM
        self.setProperty("type", "notice")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(5), theme.space(4), theme.space(4), theme.space(4))
        layout.setSpacing(theme.space(3))
        self.title = Label("", "strong", parent=self)
        self.hint = Label("", "small", wraps=True, parent=self)
        self.text = QPlainTextEdit(self)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(theme.px(64))
        self.text.setAccessibleName(ADDENDUM.text)
        mark_narrative(self.text)
        self.more = QLineEdit(self)
        self.more.setAccessibleName(AMENDMENT.more)
        self.passphrase = PassphraseLine(theme, self)
        self.fault = Label("", "fault", wraps=True, parent=self)
        for widget in (self.title, self.hint, self.text, self.more, self.passphrase, self.fault):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.passphrase.given.connect(self._give)
        self.passphrase.cancelled.connect(self.close_form)
        self.hide()

    @property
    def typed(self) -> Typed | None:
        """What is typed and not signed yet; None where there is nothing, or the form is closed."""
        text, more = self.text.toPlainText(), self.more.text()
        if self.isHidden() or not (text.strip() or more.strip()):
            return None
        return Typed(self._asked, text, more)

    def ask(self, asked: Asked, text: str = "", more: str = "") -> None:
        """Show the form for `asked`, with these texts to begin with."""
        self._asked = asked
        self.title.setText(asked.title)
        self.hint.setText(asked.hint)
        self.text.setPlainText(text)
        self.text.setPlaceholderText(asked.text)
        self.text.setAccessibleName(asked.text)
        self.more.setText(more)
        self.more.setPlaceholderText(asked.more)
        self.more.setVisible(bool(asked.more))
        self.passphrase.offer(asked.button)
        self.say("")
        self.show()
        self.text.setFocus()

    def close_form(self) -> None:
        """Go away at the person's wish."""
        self.forget()
        self.left.emit()

    def forget(self) -> None:
        """Go away, and forget what was typed."""
        self.hide()
        self.text.clear()
        self.more.clear()
        forget_secret(self.passphrase.field)

    def say(self, fault: str) -> None:
        """Say why nothing was signed."""
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def _give(self, passphrase: str) -> None:
        text = self.text.toPlainText()
        if not text.strip() and not self._asked.optional:
            self.say(f"{self._asked.text}: this cannot be empty.")
            self.text.setFocus()
            return
        self.say("")
        self.given.emit(self._asked.name, text, self.more.text(), passphrase)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if SHEET.pressed(event) == "close":
            self.close_form()
            return
        super().keyPressEvent(event)
