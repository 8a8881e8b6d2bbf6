"""Where the document on the screen is signed electronically, and which of those that were made is signed already."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ptnotes.domain.documents import DocumentKind, DocumentSignature
from ptnotes.domain.errors import StaleError
from ptnotes.domain.signature import moment
from ptnotes.services.document_signing import has_place, says_the_same, sign_document, why_not_signed
from ptnotes.services.documents import MadeDocument
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.documents.finish_card import FinishCard
from ptnotes.ui.documents.foot import Foot
from ptnotes.ui.documents.sign_strip import SignStrip
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks

_ELSEWHERE = "The document that was shown before is signed, and stands under Given out."


class SignDesk(QObject):
    """Signs what `window` shows (`look_at`). `signed` carries that document once it is.

    `stale` asks for the document anew, since the record changed after it was made; `said` carries a message for the
    window.
    """

    signed = Signal(object)
    stale = Signal()
    said = Signal(str)

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        window: QWidget,
        strip: SignStrip,
        foot: Foot,
        finish: FinishCard,
    ) -> None:
        super().__init__(window)
        self._clinic = clinic
        self._tasks = tasks
        self._window = window
        self._strip = strip
        self._foot = foot
        self._finish = finish
        self._made: MadeDocument | None = None
        self._signed: dict[DocumentKind, MadeDocument] = {}
        strip.given.connect(self._sign)
        foot.sign.clicked.connect(self.ask)

    def look_at(self, made: MadeDocument | None) -> None:
        """Speak of this document from now on; of none where there is none yet."""
        self._made = made
        self._strip.close_strip()
        self._finish.keep_out(is_signed=made is not None and made.signed is not None)
        if made is None:
            self._foot.wait_to_sign()
        elif made.signed is not None:
            self._foot.let_sign(f"Signed {signed_on(made.signed)}", go=False)
        elif not has_place(made):
            self._foot.let_sign(None, go=False)
        else:
            why = why_not_signed(self._clinic, made)
            self._foot.let_sign("" if why is None else sentence_for(why), go=why is None)

    def ask(self) -> None:
        """Ask for the passphrase to sign the document with, where it can be signed."""
        if self._foot.sign.isEnabled():
            self._strip.ask(self._clinic.person.signature)

    def signed_instead(self, made: MadeDocument) -> MadeDocument:
        """The document that says the same and is signed already, where it was signed in this window; else `made`."""
        before = self._signed.get(made.kind)
        return before if before is not None and says_the_same(before, made) else made

    def _sign(self, passphrase: str) -> None:
        made = self._made
        if made is not None:
            sign = partial(
                sign_document,
                self._clinic,
                made,
                passphrase,
                with_fhir=self._finish.attaches.isChecked(),
            )
            leaves = self._foot.save.isEnabled()
            # It does not leave unsigned while it is being signed.
            self._foot.let(go=False)
            self._foot.let_sign("Signing…", go=False)
            self._tasks.write_in_turn(
                self, sign, partial(self._done, made), partial(self._failed, made, leaves=leaves)
            )

    def _done(self, made: MadeDocument, signed: MadeDocument) -> None:
        self._signed[signed.kind] = signed
        if made is self._made:
            was_asking = self._strip.isVisible()
            self.signed.emit(signed)
            if was_asking:
                # The keyboard was in the strip, which is gone; the next step is to save.
                self._foot.save.setFocus()
        if made is not self._made and signed is not self._made:
            self.said.emit(_ELSEWHERE)
        elif not self._window.isVisible():
            self.said.emit("The document is signed and kept.")

    def _failed(self, made: MadeDocument, error: Exception, *, leaves: bool) -> None:
        if made is not self._made:
            self.said.emit(f"The document that was shown before is not signed: {sentence_for(error)}")
        elif isinstance(error, StaleError):
            self.said.emit(sentence_for(error))
            self.stale.emit()
        else:
            self._foot.let(go=leaves)
            self._foot.let_sign("", go=True)
            self._strip.say(sentence_for(error))


def signed_on(signature: DocumentSignature) -> str:
    """When a document was signed, by the clock on the wall there."""
    return moment(signature.at, signature.zone)
