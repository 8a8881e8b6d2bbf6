"""Choosing a passphrase: typed twice, with its strength shown while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.services.passphrase import MOST_SCORE, SHORTEST, Strength, passphrase_strength
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label
from ptnotes.ui.widgets.secret import forget_secret

_WORDS = ("guessed at once", "easy to guess", "could be guessed", "strong", "very strong")


class PassphraseFields(QWidget):
    """Two lines for a new passphrase. `own_words` gives the names that make it easier to guess."""

    strength_known = Signal()

    def __init__(
        self, tasks: Tasks, own_words: Callable[[], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._own_words = own_words
        self._strength: Strength | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.first = _secret_line()
        self.again = _secret_line()
        hint = f"At least {SHORTEST} characters. A few unrelated words are strong and easy to remember."
        self.first_field = FieldWithFault("Passphrase", self.first, hint=hint, required=True)
        self.again_field = FieldWithFault("The same again", self.again, required=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, MOST_SCORE + 1)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Strength of the passphrase")
        self.words = Label("", "small")
        self.shown = QCheckBox("Show what I type")
        for part in (self.first_field, self.bar, self.words, self.again_field, self.shown):
            layout.addWidget(part)
        self.first.textChanged.connect(self._estimate)
        self.again.textChanged.connect(self._compare)
        self.shown.toggled.connect(self._show_typed)

    @property
    def passphrase(self) -> str:
        """What is typed in the first line."""
        return self.first.text()

    def check(self) -> bool:
        """Say beside the lines what is wrong, and whether nothing is. A strength not yet known is not judged here."""
        fault = self._strength.fault if self._strength is not None else None
        if not self.passphrase:
            fault = Fault("passphrase.empty", "passphrase")
        elif len(self.passphrase) < SHORTEST:
            fault = Fault("passphrase.short", "passphrase", values={"length": str(SHORTEST)})
        self.first_field.set_fault(sentence(fault) if fault else "")
        differs = self.again.text() != self.passphrase
        self.again_field.set_fault(sentence(Fault("passphrase.differs", "passphrase")) if differs else "")
        return fault is None and not differs

    def clear(self) -> None:
        """Forget what was typed."""
        forget_secret(self.first)
        forget_secret(self.again)

    def _estimate(self, typed: str) -> None:
        self._strength = None
        self.first_field.set_fault("")
        words = tuple(self._own_words())
        self._tasks.read(
            lambda: passphrase_strength(typed, words), self._show_strength, latest="passphrase strength"
        )
        if self.again.text():
            self._compare()

    def _show_strength(self, strength: Strength) -> None:
        self._strength = strength
        typed = bool(self.passphrase)
        self.bar.setValue(strength.score + 1 if typed else 0)
        if not typed:
            text = ""
        elif strength.fault is None:
            text = f"Strength: {_WORDS[strength.score]}"
        else:
            text = f"Strength: {_WORDS[strength.score]}. {sentence(strength.fault)}"
        self.words.setText(text)
        self.words.set_kind("ok" if typed and strength.fault is None else "small")
        self.strength_known.emit()

    def _compare(self) -> None:
        same = self.again.text() == self.passphrase or not self.again.text()
        finished = len(self.again.text()) >= len(self.passphrase)
        differs = not same and finished
        self.again_field.set_fault(sentence(Fault("passphrase.differs", "passphrase")) if differs else "")

    def _show_typed(self) -> None:
        mode = QLineEdit.EchoMode.Normal if self.shown.isChecked() else QLineEdit.EchoMode.Password
        self.first.setEchoMode(mode)
        self.again.setEchoMode(mode)


def _secret_line() -> QLineEdit:
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setMaxLength(1000)
    # Known for a passphrase even while it is shown as it is typed: the lock empties it.
    line.setProperty("secret", True)  # noqa: FBT003 - Qt takes no names
    return line
