"""Where the visit on the screen is signed, and where a signed one is added to: strips above it, never in its way."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ptnotes.domain.completeness import Finding
from ptnotes.domain.errors import AccessError, InputError, StaleError
from ptnotes.domain.treatment import NoteState, TreatmentSession
from ptnotes.services import signing
from ptnotes.services.charting_rights import may_chart
from ptnotes.services.late_words import late_words
from ptnotes.services.opening import OpenClinic
from ptnotes.services.visits import load_session
from ptnotes.ui.charting.open_visit import OpenVisit
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.signing.jump import go_to
from ptnotes.ui.signing.later_words import LaterWords
from ptnotes.ui.signing.sign_panel import SignPanel
from ptnotes.ui.signing.words_form import UNSAVED
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme


class SigningDesk(QWidget):
    """Speaks of the visit given to `show_visit`. `changed` carries the visit once its note is in another state."""

    changed = Signal(object)
    left_signed = Signal()
    """A visit is signed that was left before it was."""
    left_unsigned = Signal(Exception)
    """Why a visit is not signed that was left before it was."""

    def __init__(self, clinic: OpenClinic, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._theme = theme
        self._visit: OpenVisit | None = None
        self._page: VisitPage | None = None
        self.panel = SignPanel(clinic.person.signature, theme, self)
        self.words = LaterWords(clinic, tasks, theme, self)
        self.record, self.form = self.words.record, self.words.form
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.space(2), 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.words)
        layout.addWidget(self.panel)
        self.panel.given.connect(self._sign)
        self.panel.finding_chosen.connect(self._go_to)
        self.words.added.connect(self._read_stored)
        self.words.left.connect(self._form_left)

    def show_visit(self, visit: OpenVisit | None, page: VisitPage | None = None) -> None:
        """Speak of `visit` from now on, which `page` shows; of none where it is None."""
        if self._visit is not None:
            self._visit.autosave.saved.disconnect(self._saved)
            self._visit.autosave.failed.disconnect(self._save_failed)
        self._visit, self._page = visit, page
        self._tasks.forget("signing.check")
        self.panel.close_panel()
        self.words.show_session(None if visit is None else visit.id)
        if visit is None:
            return
        visit.autosave.saved.connect(self._saved)
        visit.autosave.failed.connect(self._save_failed)
        if visit.state.session.state is not NoteState.DRAFT:
            self.words.read_note()

    def start(self) -> None:
        """Look at the draft and ask for the passphrase; with a note that waits for it, offer to co-sign."""
        visit = self._visit
        if visit is None:
            return
        if visit.state.session.state is NoteState.DRAFT:
            visit.when_saved(partial(self._check, visit))
        else:
            self.words.ask_to_co_sign()

    def unsaved_problem(self) -> str:
        """Say that words are typed which nobody signed yet; empty where there are none."""
        return self.words.unsaved_problem()

    def _check(self, visit: OpenVisit, why: str = "") -> None:
        """Read what is missing; `why` says what a try to sign came to."""
        if visit is self._visit:
            check = partial(signing.check_note, self._clinic, visit.id)
            failed = partial(self._failed, visit)
            self._tasks.read(check, partial(self._show_findings, why), failed, latest="signing.check")

    def _show_findings(self, why: str, found: tuple[Finding, ...]) -> None:
        self.panel.show_findings(found)
        if self._visit is not None and self._visit.state.session.author_id != self._clinic.person.id:
            self.panel.refuse(sentence_for(AccessError("sign.not_author")))
        elif why:
            self.panel.say(why)

    def _saved(self, _stored: TreatmentSession) -> None:
        if self._visit is not None and not self.panel.isHidden():
            self._check(self._visit)

    def _go_to(self, finding: Finding) -> None:
        if self._page is not None:
            go_to(self._page, finding, self._theme)

    def _sign(self, passphrase: str) -> None:
        if self._visit is not None:
            self._visit.when_saved(partial(self._sign_stored, self._visit, passphrase))

    def _sign_stored(self, visit: OpenVisit, passphrase: str) -> None:
        """Sign the visit for which the passphrase was given; another may be on the screen by now."""
        session = visit.state.session
        sign = partial(signing.sign_note, self._clinic, session.id or 0, session.revision, passphrase)
        if visit is self._visit and self._page is not None:
            # What was typed from now on would not be in the note, and the save of it would come before the signature.
            self._page.set_editable(False)
        self._tasks.write_in_turn(self, sign, self._signed, partial(self._failed, visit))

    def _signed(self, closed: TreatmentSession) -> None:
        if self._visit is None or self._visit.id != closed.id:
            self.left_signed.emit()
            return
        self.panel.close_panel()
        self._show_stored(closed)

    def _show_stored(self, stored: TreatmentSession) -> None:
        """Have the visit be what the file holds, and the screen read it again."""
        visit = self._visit
        if visit is not None and visit.id == stored.id:
            visit.autosave.resume(stored)
            visit.state.adopt(stored)
            self.changed.emit(stored)

    def _failed(self, visit: OpenVisit, error: Exception) -> None:
        if visit is not self._visit:
            self.left_unsigned.emit(error)
            return
        is_closed = isinstance(error, StaleError) and error.code == "visit.not_draft"
        if self._page is not None and not is_closed and may_chart(self._clinic, visit.state.session.kind):
            self._page.set_editable(True)
        if isinstance(error, InputError):
            self._check(visit)
        elif isinstance(error, StaleError) and not is_closed:
            self._check(visit, sentence_for(error))
        self.panel.say(sentence_for(error))

    def _form_left(self) -> None:
        if self._visit is not None and not self._visit.autosave.is_saved:
            self._read_stored()

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
        self.words.ask(UNSAVED, words)
