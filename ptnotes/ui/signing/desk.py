"""Where the visit on the screen is signed, and where a signed one is added to: strips above it, never in its way."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ptnotes.domain.completeness import Finding
from ptnotes.domain.errors import AccessError, InputError, StaleError
from ptnotes.domain.permissions import Act, may
from ptnotes.domain.signature import AddendumKind, SignedNote
from ptnotes.domain.treatment import NoteState, TreatmentSession
from ptnotes.services import signing
from ptnotes.services.late_words import late_words
from ptnotes.services.opening import OpenClinic
from ptnotes.services.visits import load_session
from ptnotes.ui.charting.open_visit import OpenVisit
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.signing.jump import go_to
from ptnotes.ui.signing.record import SignedRecord
from ptnotes.ui.signing.sign_panel import SignPanel
from ptnotes.ui.signing.words_form import CO_SIGN, UNSAVED, Asked, Typed, WordsForm
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme

_ADDS = {"addendum": AddendumKind.ADDENDUM, "correction": AddendumKind.CORRECTION}


class SigningDesk(QWidget):
    """Speaks of the visit given to `show_visit`. `changed` carries the visit once its note is in another state."""

    changed = Signal(object)

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._visit: OpenVisit | None = None
        self._page: VisitPage | None = None
        self._note: SignedNote | None = None
        self._kept: dict[int, Typed] = {}
        self.panel = SignPanel(clinic.person.signature, theme, self)
        self.record = SignedRecord(theme, self)
        self.form = WordsForm(theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.space(2), 0, 0)
        layout.setSpacing(theme.space(3))
        for widget in (self.record, self.panel, self.form):
            layout.addWidget(widget)
        self.panel.given.connect(self._sign)
        self.panel.finding_chosen.connect(self._go_to)
        self.record.asked.connect(self._ask)
        self.form.given.connect(self._add)
        self.form.left.connect(self._form_left)

    def show_visit(self, visit: OpenVisit | None, page: VisitPage | None = None) -> None:
        """Speak of `visit` from now on, which `page` shows; of none where it is None."""
        if self._visit is not None:
            self._visit.autosave.saved.disconnect(self._saved)
            self._visit.autosave.failed.disconnect(self._save_failed)
            self._keep_typed(self._visit.id)
        self._visit, self._page, self._note = visit, page, None
        self._tasks.forget("signing.note")
        self._tasks.forget("signing.check")
        self.panel.close_panel()
        self.record.hide()
        self.form.forget()
        if visit is None:
            return
        visit.autosave.saved.connect(self._saved)
        visit.autosave.failed.connect(self._save_failed)
        if visit.state.session.state is not NoteState.DRAFT:
            self._read_note()

    def start(self) -> None:
        """Look at the draft and ask for the passphrase; with a note that waits for it, offer to co-sign."""
        visit = self._visit
        if visit is None:
            return
        if visit.state.session.state is NoteState.DRAFT:
            visit.when_saved(self._check)
        elif not self.form.isHidden():
            self.form.text.setFocus()
        elif not self.record.co_sign.isHidden():
            self._ask(CO_SIGN)

    def unsaved_problem(self) -> str:
        """Say that words are typed which nobody signed yet; empty where there are none."""
        if self._kept or self.form.typed is not None:
            return "Words that you typed for a signed note are not signed yet. They are still here."
        return ""

    def _ask(self, asked: Asked, text: str = "", more: str = "") -> None:
        # On a low screen there is no room for both; what was signed stands below all the same.
        self.record.hide()
        self.form.ask(asked, text, more)

    def _keep_typed(self, session_id: int) -> None:
        """Keep what is typed and not signed until that visit is on the screen again."""
        typed = self.form.typed
        if typed is not None:
            self._kept[session_id] = typed

    def _check(self) -> None:
        if self._visit is not None:
            check = partial(signing.check_note, self._clinic, self._visit.id)
            self._tasks.read(check, self._show_findings, self._failed, latest="signing.check")

    def _show_findings(self, found: tuple[Finding, ...]) -> None:
        self.panel.show_findings(found)
        if self._visit is not None and self._visit.state.session.author_id != self._clinic.person.id:
            self.panel.refuse(sentence_for(AccessError("sign.not_author")))

    def _saved(self, _stored: TreatmentSession) -> None:
        if not self.panel.isHidden():
            self._check()

    def _go_to(self, finding: Finding) -> None:
        if self._page is not None:
            go_to(self._page, finding, self._theme)

    def _sign(self, passphrase: str) -> None:
        if self._visit is not None:
            self._visit.when_saved(partial(self._sign_stored, passphrase))

    def _sign_stored(self, passphrase: str) -> None:
        if self._visit is None:
            return
        session = self._visit.state.session
        sign = partial(signing.sign_note, self._clinic, session.id or 0, session.revision, passphrase)
        self._tasks.write(sign, self._signed, self._failed)

    def _signed(self, closed: TreatmentSession) -> None:
        self.panel.close_panel()
        self._show_stored(closed)

    def _show_stored(self, stored: TreatmentSession) -> None:
        """Have the visit be what the file holds, and the screen read it again."""
        visit = self._visit
        if visit is not None and visit.id == stored.id:
            visit.autosave.resume(stored)
            visit.state.adopt(stored)
            self.changed.emit(stored)

    def _failed(self, error: Exception) -> None:
        if self.form.isVisible():
            self.form.say(sentence_for(error))
            return
        if isinstance(error, InputError) or (isinstance(error, StaleError) and error.code == "record.stale"):
            self._check()
        self.panel.say(sentence_for(error))

    def _read_note(self) -> None:
        if self._visit is not None:
            read = partial(signing.signed_note, self._clinic, self._visit.id)
            self._tasks.read(read, self._show_note, latest="signing.note")

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
            self._ask(typed.asked, typed.text, typed.more)

    def _add(self, name: str, text: str, more: str, passphrase: str) -> None:
        if self._visit is None:
            return
        work: Any
        of = (self._clinic, self._visit.id)
        if name == "void":
            work = partial(signing.void_note, *of, text, passphrase)
        elif name == "co_sign":
            work = partial(signing.co_sign_note, *of, passphrase, text)
        elif name == "amendment":
            work = partial(signing.request_amendment, *of, text, more, passphrase)
        else:
            work = partial(signing.add_addendum, *of, text, passphrase, _ADDS[name])
        self._tasks.write(work, self._added, self._failed)

    def _added(self, _note: SignedNote) -> None:
        self.form.forget()
        self._read_stored()

    def _form_left(self) -> None:
        if self._visit is not None and not self._visit.autosave.is_saved:
            self._read_stored()
        elif self._note is not None:
            self.record.show()

    def _read_stored(self) -> None:
        if self._visit is not None:
            self._tasks.read(partial(load_session, self._clinic, self._visit.id), self._show_stored)

    def _save_failed(self, error: Exception) -> None:
        """A save that came after the signature: what was typed since is offered as an addendum."""
        if self._visit is not None and isinstance(error, StaleError) and error.code == "visit.not_draft":
            read = partial(load_session, self._clinic, self._visit.id)
            QTimer.singleShot(0, self, partial(self._tasks.read, read, self._offer_addendum))

    def _offer_addendum(self, stored: TreatmentSession) -> None:
        if self._visit is None or stored.id != self._visit.id:
            return
        self.panel.close_panel()
        if self._page is not None:
            self._page.set_editable(False)
        words = late_words(self._clinic.reference, self._visit.state.session, stored)
        if not words:
            self._show_stored(stored)
            return
        self.form.ask(UNSAVED, words)
