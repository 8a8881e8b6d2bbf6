"""Below a row, or across the visit: what stands against the treatment, and why it was done all the same."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.contraindication import Against, site_words
from ptnotes.domain.errors import InputError
from ptnotes.domain.screening import Flag
from ptnotes.domain.text import clean_line
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label, Pill

_NO_CONSENT = "The patient’s own consent to a thrust (grade V) is not recorded."


def flag_words(reference: Reference, flags: Sequence[Flag]) -> str:
    """What the items are, where they apply, and what each asks for."""
    told = []
    for flag in flags:
        sites = ", ".join(site_words(reference, site.id, site.side) for site in flag.answer.sites)
        where = f" ({sites})" if sites else ""
        action = reference.actions[flag.item.action].text if flag.item.action in reference.actions else ""
        told.append(f"{flag.item.label}{where}. {action}")
    return " ".join(told)


def precaution_words(flags: Sequence[Flag]) -> str:
    """The items that only limit, by their labels."""
    return ", ".join(flag.item.label for flag in flags)


class AgainstLine(QWidget):
    """Asks for the reason in its place. `reason_given` carries it, `consent_given` says that the patient agreed."""

    reason_given = Signal(str)
    consent_given = Signal()

    def __init__(self, reference: Reference, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._reference = reference
        self._stored = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(6), 0, theme.px(4), theme.px(4))
        outer.setSpacing(theme.space(1))
        line = QHBoxLayout()
        line.setSpacing(theme.space(3))
        self.pill = Pill(parent=self)
        self.words = Label("", "small", wraps=True, parent=self)
        line.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1)
        outer.addLayout(line)
        asked = QHBoxLayout()
        asked.setSpacing(theme.space(3))
        self.reason = QLineEdit(self)
        self.reason.setAccessibleName("Why it was done against a contraindication")
        self.consent = QPushButton("The patient agreed today", self)
        self.consent.setToolTip(
            "Risks of a thrust were explained, and the patient agreed: asked once an episode"
        )
        asked.addWidget(self.consent)
        asked.addWidget(self.reason, 1)
        outer.addLayout(asked)
        self.fault = Label("", "fault", wraps=True, parent=self)
        self.fault.hide()
        outer.addWidget(self.fault)
        self.reason.editingFinished.connect(self._give)
        self.consent.clicked.connect(self.consent_given)
        self.hide()

    def show_against(
        self, against: Against | None, precautions: Sequence[Flag], *, may_thrust: bool, editable: bool
    ) -> None:
        """Show what stands against a row or the visit, or what only limits it; nothing at all hides the line."""
        self.setVisible(against is not None or bool(precautions))
        if against is None:
            self.pill.show_fact("precaution", "warning")
            self.words.setText(precaution_words(precautions))
            self.words.set_kind("warning")
            self.reason.hide()
            self.consent.hide()
            return
        words = flag_words(self._reference, against.flags)
        if against.lacks_consent:
            words = f"{words} {_NO_CONSENT}".strip()
        if precautions:
            words = f"{words} Precaution: {precaution_words(precautions)}."
        done = bool(against.reason)
        self.pill.show_fact("done against a contraindication" if done else "stop", "danger")
        self.words.setText(words)
        self.words.set_kind("fault")
        self.consent.setVisible(against.lacks_consent and may_thrust and editable)
        self.reason.setVisible(done or editable)
        self.reason.setReadOnly(not editable)
        what = "If it was done: why?" if against.is_emergency else "If it is done all the same: why?"
        self.reason.setPlaceholderText(f"{what} The supervisor sees it, and it prints.")
        if not self.reason.hasFocus() or self.reason.text() == self._stored:
            self.reason.setText(against.reason)
        self._stored = against.reason

    def say(self, fault: str) -> None:
        """Say why a reason could not be stored; an empty sentence takes that away."""
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    @property
    def unstored(self) -> str:
        """What is typed and not stored yet."""
        typed = self.reason.text().strip()
        return "" if self.reason.isHidden() or typed == self._stored else typed

    def _give(self) -> None:
        if not self.unstored or self.reason.isReadOnly():
            return
        try:
            reason = clean_line(self.reason.text(), "override.reason").strip()
        except InputError as error:
            self.say(sentence_for(error))
            return
        self.say("")
        self.reason_given.emit(reason)
