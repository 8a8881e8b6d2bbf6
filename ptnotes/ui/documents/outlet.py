"""The ways in which a document leaves the program: saved as a file, or printed. Both are written down."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ptnotes.domain.audit import Verb
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.permissions import Act
from ptnotes.domain.wording import how_many
from ptnotes.services.document_file import DocumentFile
from ptnotes.services.documents import MadeDocument, give_out, require_giving_out, save_out
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.documents.finish_card import FinishCard
from ptnotes.ui.documents.printing import PrintJob, ask_for_printer
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks

AskPath = Callable[[QWidget, str], Path | None]


def ask_where_to_save(parent: QWidget, file_name: str) -> Path | None:
    """Ask with the system's own dialog where to save; None where the person thinks better of it."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save the document as PDF", file_name, "PDF (*.pdf)")
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() == ".pdf" else path.with_name(path.name + ".pdf")


class Outlet(QObject):
    """Saves and prints for the window `parent`; `told` carries a label's kind and a sentence.

    `left` carries the id under which a document was kept that may be sent. `said` says what became of one while
    something else than `parent` is looked at.
    """

    told = Signal(str, str)
    gone = Signal(object)
    """The `MadeDocument` that was given out."""
    left = Signal(int)
    said = Signal(str)

    def __init__(
        self, clinic: OpenClinic, tasks: Tasks, parent: QWidget, finish: FinishCard, ask_path: AskPath
    ) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._window = parent
        self._finish = finish
        self._ask_path = ask_path
        self.ask_printer = ask_for_printer

    def save(self, made: MadeDocument) -> None:
        """Ask where, and save the document with what is chosen besides."""
        make = self._finish.file_of(self._clinic, made)
        if make is None:
            self._ask_and_save(DocumentFile(made=made, content=made.pdf))
        else:
            self._tasks.read(make, self._ask_and_save, self._not_given, latest="file of a document")

    def _ask_and_save(self, file: DocumentFile) -> None:
        path = self._ask_path(self._window, file.made.file_name)
        if path is not None:
            give = partial(save_out, self._clinic, file.made, file.content, path)
            self._tasks.write(give, partial(self._saved, file.made, path.name), self._not_given)

    def print(self, made: MadeDocument) -> None:
        """Ask for a printer, and print the document.

        Each page is a job of its own: a slow printer must not keep what is typed from being stored for long, and the
        lock waits until what was begun is on paper and written down.
        """
        printer = self.ask_printer(self._window, made.pdf)
        if printer is not None:
            job = PrintJob(made.pdf, printer)
            self._tasks.write(
                partial(_begin, self._clinic, made, job), partial(self._go_on, made, job), self._not_given
            )

    def _go_on(self, made: MadeDocument, job: PrintJob, _nothing: None) -> None:
        if job.left:
            self.told.emit("small", f"Printing: {how_many(job.left, 'page')} to go…")
            self._tasks.write(job.draw_next, partial(self._go_on, made, job), self._not_given)
        else:
            give = partial(give_out, self._clinic, made, job.end, Verb.PRINTED)
            self._tasks.write(give, partial(self._gone, made, "Printed."), self._not_given)

    def _gone(self, made: MadeDocument, what: str, document_id: int) -> None:
        self.told.emit("ok", what)
        self.gone.emit(made)
        if not self._window.isVisible():
            self.said.emit(what)
        if not made.draft and allows(self._clinic, Act.VIEW_NOTES):
            self.left.emit(document_id)

    def _saved(self, made: MadeDocument, name: str, document_id: int) -> None:
        self._finish.forget_password()
        self._gone(made, f"Saved as {name}.", document_id)

    def _not_given(self, error: Exception) -> None:
        if faults := faults_by_field(error):
            self._finish.field.set_fault(" ".join(faults.values()))
            self.told.emit("fault", "Not saved: see the password.")
            return
        kept = " The document is still here." if isinstance(error, EnvironmentFault) else ""
        self.told.emit("fault", sentence_for(error) + kept)


def _begin(clinic: OpenClinic, made: MadeDocument, job: PrintJob) -> None:
    require_giving_out(clinic, made)
    job.begin()
