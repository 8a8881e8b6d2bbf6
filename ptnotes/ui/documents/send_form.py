"""Writing down that a document was sent: to whom, how, and for what. Nothing is sent by the program itself."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from ptnotes.domain.audit import Disclosure
from ptnotes.domain.documents import KeptDocument
from ptnotes.domain.errors import Fault
from ptnotes.domain.sentences import sentence
from ptnotes.services.documents import log_sent
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label

_WAYS = ("", "Fax", "Post", "Encrypted e-mail", "Portal", "Handed over")
_PURPOSES = ("Treatment", "Payment", "Asked for by the patient")
_LONGEST = 200


class SendForm(Card):
    """Shown for a document that may be sent; for any other it says why it may not. Emits `stored` once it is logged."""

    stored = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("Log as sent", parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self._kept: KeptDocument | None = None
        self._left: Disclosure | None = None
        """What the lines said once a sending was logged and they were emptied."""
        self.referrer = ""
        """Who is offered first as the one to whom it went."""
        self.to_whom = QLineEdit()
        self.to_whom.setMaxLength(_LONGEST)
        self.how = _choice(_WAYS)
        self.purpose = _choice(_PURPOSES)
        self.fields = {
            "disclosure.to_whom": FieldWithFault("To whom", self.to_whom, required=True),
            "disclosure.how": FieldWithFault("How", self.how),
            "disclosure.purpose": FieldWithFault("What for", self.purpose),
        }
        self.add = QPushButton("Log as sent")
        self.state = Label("", "small", wraps=True)
        self.body.addWidget(self.fields["disclosure.to_whom"])
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.fields["disclosure.how"], 1)
        row.addWidget(self.fields["disclosure.purpose"], 1)
        self.body.addLayout(row)
        self.body.addWidget(self.state)
        foot = QHBoxLayout()
        foot.addWidget(self.add)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self.add.clicked.connect(self.store)
        self.to_whom.returnPressed.connect(self.store)
        self.show_document(None)

    def show_document(self, kept: KeptDocument | None) -> None:
        """Ask to whom this document went; what was typed for another is let go."""
        before, self._kept = self._kept, kept
        unsendable = kept.unsendable if kept is not None else ""
        if kept and before and (kept.id, unsendable) == (before.id, before.unsendable):
            return
        self.setVisible(kept is not None)
        for field in self.fields.values():
            field.setVisible(not unsendable)
        self.add.setVisible(not unsendable)
        self._say("warning" if unsendable else "small", _sentence(unsendable) if unsendable else "")
        self._left = None
        self._clear(self.referrer)

    def store(self) -> None:
        """Write down what is typed."""
        if self._kept is None or self._kept.unsendable:
            return
        sent = self._typed(self._kept)
        if sent == self._left:
            # Nothing was typed since: this is the second half of a double press, not sent again to nobody.
            self.to_whom.setFocus()
            return
        job = partial(log_sent, self._clinic, self._kept.id, sent)
        self._tasks.write_in_turn(self, job, partial(self._stored, self._kept.id, sent), self._tell)

    def _typed(self, kept: KeptDocument) -> Disclosure:
        return Disclosure(
            patient_id=kept.patient_id,
            what="",
            to_whom=self.to_whom.text(),
            how=self.how.currentText(),
            purpose=self.purpose.currentText(),
        )

    def _stored(self, document_id: int, typed: Disclosure, sent: Disclosure) -> None:
        # Another one may be chosen by now, or more be typed.
        if self._kept is not None and self._kept.id == document_id and self._typed(self._kept) == typed:
            self._clear("")
            self._left = self._typed(self._kept)
        self._say("ok", f"Logged as sent to {sent.to_whom}.")
        self.stored.emit()

    def _tell(self, error: Exception) -> None:
        faults = faults_by_field(error)
        for name, field in self.fields.items():
            field.set_fault(faults.get(name, ""))
        beside = any(name in self.fields for name in faults)
        self._say("fault", "" if beside else " ".join(faults.values()) or sentence_for(error))

    def _say(self, kind: str, text: str) -> None:
        self.state.set_kind(kind)  # type: ignore[arg-type]  # one of the label's kinds
        self.state.setText(text)
        self.state.setVisible(bool(text))

    def _clear(self, to_whom: str) -> None:
        self.to_whom.setText(to_whom)
        self.how.setCurrentIndex(0)
        self.purpose.setCurrentIndex(0)
        for field in self.fields.values():
            field.set_fault("")


def _choice(words: tuple[str, ...]) -> QComboBox:
    """A line that offers what is usual and takes anything else."""
    choice = QComboBox()
    choice.setEditable(True)
    choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    choice.addItems(list(words))
    # Two of them stand side by side, and a word that is longer than its field scrolls in it.
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    choice.setMinimumContentsLength(8)
    line = choice.lineEdit()
    if line is not None:
        line.setMaxLength(_LONGEST)
    return choice


def _sentence(code: str) -> str:
    return sentence(Fault(code, "disclosure.what"))
