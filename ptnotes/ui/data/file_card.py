"""Choosing the file that patients are brought in from: with a button, or by dropping it here."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from ptnotes.ui.data.asking import AskPath, Wanted, ask_for_file
from ptnotes.ui.data.running import Course, RunningLine
from ptnotes.ui.override import override
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label

_FILES = "Patients (*.csv *.txt *.tsv *.json *.ndjson);;All files (*)"
_WHAT = (
    "CSV of another program, with a column for the name and one for the birth date; or a FHIR file (JSON) with "
    "patients. Nothing is stored before you have seen what would become of every row."
)


class DropArea(QFrame):
    """Takes one file that is dropped on it; emits `dropped` with its path."""

    dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "drop")
        self.setAcceptDrops(True)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _file_of(event) is not None:
            event.acceptProposedAction()
            self._light(is_over=True)

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light(is_over=False)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._light(is_over=False)
        path = _file_of(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def _light(self, *, is_over: bool) -> None:
        self.setProperty("over", is_over)
        restyle(self)


def _file_of(event: QDropEvent) -> Path | None:
    """The file that is dragged; None where it is no file of this PC, or several."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


class FileCard(Card):
    """Emits `chosen` with the path; says what is wrong with a file (`refuse`) and that it is looked at (`looking`)."""

    chosen = Signal(object)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, ask_path: AskPath = ask_for_file
    ) -> None:
        super().__init__("Bring patients in from a file", "", parent)
        self._ask_path = ask_path
        self.drop = DropArea(self)
        inside = QVBoxLayout(self.drop)
        inside.setContentsMargins(theme.space(6), theme.space(6), theme.space(6), theme.space(6))
        inside.setSpacing(theme.space(3))
        self.button = QPushButton("Choose a file…", self.drop)
        self.button.setProperty("type", "primary")
        or_drop = Label("or drop it here", "muted")
        for widget in (self.button, or_drop):
            inside.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.running = RunningLine(theme, self)
        self.fault = FaultLabel(self)
        self.body.addWidget(Label(_WHAT, wraps=True))
        for part in (self.drop, self.running, self.fault):
            self.body.addWidget(part)
        self.button.clicked.connect(self._ask)
        self.drop.dropped.connect(self.chosen)

    def looking(self) -> Course:
        """Say that the file is looked at; whoever does it is handed the course."""
        self.fault.say("")
        self.drop.hide()
        return self.running.begin("Looking at the file")

    def refuse(self, words: str) -> None:
        """Say why nothing comes of the file; empty words only take the waiting away."""
        self.running.end()
        self.drop.show()
        self.fault.say(words)
        if words:
            self.button.setFocus()

    def _ask(self) -> None:
        path = self._ask_path(self, Wanted("A file with patients", files=_FILES))
        if path is not None:
            self.chosen.emit(path)
