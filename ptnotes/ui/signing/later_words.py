"""What was signed of the note on the screen and added since, and the form in which more is added and signed."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ptnotes.domain.permissions import Act, may
from ptnotes.domain.signature import AddendumKind, SignedNote
from ptnotes.services import signing
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.signing.record import SignedRecord
from ptnotes.ui.signing.words_form import CO_SIGN, Asked, Typed, WordsForm
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme

_ADDS = {"addendum": AddendumKind.ADDENDUM, "correction": AddendumKind.CORRECTION}


class LaterWords(QWidget):
    """Speaks of the session given to `show_session`. `added` follows words that were signed, `left` a closed form.

    Words that are typed and not signed are kept until their session is on the screen again.
    """

    added = Signal()
    left = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._session_id: int | None = None
        self._note: SignedNote | None = None
        self._kept: dict[int, Typed] = {}
        self.record = SignedRecord(theme, self)
        self.form = WordsForm(theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(3))
        layout.addWidget(self.record)
        layout.addWidget(self.form)
        self.record.asked.connect(self.ask)
        self.form.given.connect(self._add)
        self.form.left.connect(self._left)

    def show_session(self, session_id: int | None) -> None:
        """Speak of this session from now on, and of no note until `read_note`; of nothing where it is None."""
        typed = self.form.typed
        if self._session_id is not None and typed is not None:
            self._kept[self._session_id] = typed
        self._session_id, self._note = session_id, None
        self._tasks.forget("signing.note")
        self.record.hide()
        self.form.forget()

    def read_note(self) -> None:
        """Read who signed the session's note, and show it."""
        if self._session_id is not None:
            read = partial(signing.signed_note, self._clinic, self._session_id)
            self._tasks.read(read, self._show_note, latest="signing.note")

    def ask(self, asked: Asked, text: str = "", more: str = "") -> None:
        """Show the form for `asked`, with these texts to begin with."""
        # On a low screen there is no room for both; what was signed stands below all the same.
        self.record.hide()
        self.form.ask(asked, text, more)

    def ask_to_co_sign(self) -> None:
        """Show the form for a co-signature where the note waits for one that this person can give."""
        if not self.form.isHidden():
            self.form.text.setFocus()
        elif not self.record.co_sign.isHidden():
            self.ask(CO_SIGN)

    def unsaved_problem(self) -> str:
        """Say that words are typed which nobody signed yet; empty where there are none."""
        if self._kept or self.form.typed is not None:
            return "Words that you typed for a signed note are not signed yet. They are still here."
        return ""

    def _show_note(self, note: SignedNote | None) -> None:
        self._note = note
        if note is None:
            self.record.hide()
            return
        me = self._clinic.person
        mine = note.signer_id == me.id
        can_sign = may(me, Act.SIGN)
        self.record.show_note(
            note,
            can_co_sign=may(me, Act.CO_SIGN) and not mine,
            can_sign=can_sign,
            can_void=can_sign and (mine or may(me, Act.CO_SIGN)),
        )
        typed = self._kept.pop(note.session_id, None)
        if typed is not None:
            self.ask(typed.asked, typed.text, typed.more)

    def _add(self, name: str, text: str, more: str, passphrase: str) -> None:
        if self._session_id is None:
            return
        work: Any
        of = (self._clinic, self._session_id)
        if name == "void":
            work = partial(signing.void_note, *of, text, passphrase)
        elif name == "co_sign":
            work = partial(signing.co_sign_note, *of, passphrase, text)
        elif name == "amendment":
            work = partial(signing.request_amendment, *of, text, more, passphrase)
        else:
            work = partial(signing.add_addendum, *of, text, passphrase, _ADDS[name])
        added = partial(self._added, self._session_id, text, more)
        failed = partial(self._failed, self._session_id)
        self._tasks.write_in_turn(self, work, added, failed)

    def _added(self, session_id: int, text: str, more: str, _note: SignedNote) -> None:
        kept = self._kept.get(session_id)
        if kept is not None and (kept.text, kept.more) == (text, more):
            # The form was left for another visit before it was told that these are signed.
            del self._kept[session_id]
        if session_id != self._session_id:
            return
        typed = self.form.typed
        if typed is None or (typed.text, typed.more) == (text, more):
            self.form.forget()
        self.added.emit()

    def _failed(self, session_id: int, error: Exception) -> None:
        if session_id == self._session_id:
            self.form.say(sentence_for(error))

    def _left(self) -> None:
        if self._note is not None:
            self.record.show()
        self.left.emit()
