"""What an import did: said in sentences, with the ways to take it back and to have what was not added."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ptnotes.domain.importing import Imported
from ptnotes.domain.sentences import sentence
from ptnotes.domain.wording import how_many
from ptnotes.services.import_not_added import save_not_added
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.backup.schedule import breakable
from ptnotes.ui.data.asking import AskPath, Wanted, ask_where_to_save
from ptnotes.ui.data.running import RunningLine
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card, from_left
from ptnotes.ui.widgets.labels import FaultLabel, Label


class ResultCard(Card):
    """Tells of an import (`show_done`). `undo_asked` carries its id."""

    undo_asked = Signal(int)

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        ask_path: AskPath = ask_where_to_save,
    ) -> None:
        super().__init__("", "", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._ask_path = ask_path
        self._done: Imported | None = None
        self.words = Label("", wraps=True)
        self.saved = Label("", wraps=True)
        self.fault = FaultLabel()
        self.save = QPushButton("Write what was not added to a file…")
        self.undo = QPushButton("Undo this import…")
        self.running = RunningLine(theme, self)
        for widget in (self.words, self.saved, self.fault, self.running):
            self.body.addWidget(widget)
        self.body.addLayout(from_left(self.save, self.undo, gap_px=theme.space(3)))
        self.save.clicked.connect(self._save)
        self.undo.clicked.connect(self._ask_undo)

    def show_done(self, done: Imported) -> None:
        """Say what the import did, and offer what can be done about it."""
        self._done = done
        self.set_title("The import was stopped" if done.was_stopped else "Imported")
        self.words.setText(result_words(done))
        self.fault.say("")
        self._say_saved(done.refused_path)
        # What changed while it was read cannot be read again.
        self.save.setVisible(len(done.not_added) > 0 and done.refused_path is None and not done.has_changed)
        self.undo.setVisible(done.made > 0)
        self.show()
        (self.save if self.save.isVisibleTo(self) and done.refused else self.undo).setFocus()

    def _ask_undo(self) -> None:
        if self._done is not None:
            self.undo_asked.emit(self._done.run_id)

    def _save(self) -> None:
        done = self._done
        if done is None:
            return
        wanted = Wanted(
            "Where what was not added goes", f"{done.path.stem}-not-added.csv", "CSV (*.csv)", "csv", may_replace=False
        )  # fmt: skip
        path = self._ask_path(self, wanted)
        if path is None:
            return
        self.fault.say("")
        for button in (self.save, self.undo):
            button.setEnabled(False)
        course = self.running.begin("Writing what was not added", "rows")
        job = partial(save_not_added, self._clinic, done, path, progress=course.tell, stop=course.stop)
        self._tasks.read(job, partial(self._written, done), partial(self._not_written, done))

    def _written(self, done: Imported, path: Path) -> None:
        self._ended()
        if done is self._done:
            self._say_saved(path)
            self.save.hide()
            self.undo.setFocus()

    def _not_written(self, done: Imported, error: Exception) -> None:
        self._ended()
        if done is self._done:
            self.fault.say(sentence_for(error))
            self.save.setFocus()

    def _ended(self) -> None:
        self.running.end()
        for button in (self.save, self.undo):
            button.setEnabled(True)

    def _say_saved(self, path: Path | None) -> None:
        where = "" if path is None else breakable(str(path))
        self.saved.setText(f"What was not added stands with its reasons in {where}." if where else "")
        self.saved.setVisible(bool(where))


def result_words(done: Imported) -> str:
    """What an import did, in sentences."""
    added = how_many(done.made, "patient was added", "patients were added")
    words = [f"{added}; {done.left_out:,} left out as perhaps here already, {done.refused:,} refused."]
    if done.broken_off is not None:
        words.append(f"Only part of the file was read. {sentence(done.broken_off)}")
    if done.was_stopped:
        words.append("It was stopped before the end of the file; what was added stays until you undo it.")
    if done.has_changed:
        words.append(
            "The file changed while it was read: compare what was added with it, or undo the import."
        )
    return " ".join(words)
