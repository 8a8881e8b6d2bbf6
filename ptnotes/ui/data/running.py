"""Long work on the screen: how far it is, and a button that stops it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label

_LOOK_MS = 100
_MOMENT_MS = 300
"""What takes less needs no words."""


@dataclass(slots=True, eq=False)
class Course:
    """How far a piece of work is. The thread that does it writes and asks; the screen looks from time to time."""

    done: int = 0
    total: int = 0
    is_stopped: bool = False

    def tell(self, done: int, total: int) -> None:
        """Note how much of how much is done; a total of 0 is not known."""
        self.done, self.total = done, total

    def stop(self) -> bool:
        """Whether the work was stopped on the screen."""
        return self.is_stopped


class RunningLine(QWidget):
    """A bar, words and Cancel, there only between `begin` and `end`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._course = Course()
        self._words = self._things = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(2))
        self.words = Label("", wraps=True, parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far it is")
        self.cancel = QPushButton("Cancel", self)
        row = QHBoxLayout()
        row.setSpacing(theme.space(4))
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        column.addWidget(self.words)
        column.addLayout(row)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tell)
        self.cancel.clicked.connect(self.stop)
        self.hide()

    @property
    def is_running(self) -> bool:
        """Whether something was begun that has not ended."""
        return self._timer.isActive()

    def begin(self, words: str, things: str = "") -> Course:
        """Show that `words` is being done to so many `things`, or in per cent; whoever does it is handed the course."""
        course = self.begin_aside(words, things)
        self._tell()
        self.cancel.setFocus()
        return course

    def begin_aside(self, words: str, things: str = "") -> Course:
        """As `begin`, but seen only where it takes longer than a moment; the keyboard stays where it is."""
        self._course = Course()
        self._words, self._things = words, things
        self.cancel.setEnabled(True)
        self._timer.start(_MOMENT_MS)
        return self._course

    def end(self) -> None:
        """Show it no more."""
        self._timer.stop()
        self.hide()

    def stop(self) -> None:
        """Ask the work to end; it does so at its next look."""
        self._course.is_stopped = True
        self.cancel.setEnabled(False)
        self._look()

    def _tell(self) -> None:
        self._timer.setInterval(_LOOK_MS)
        self._look()
        self.show()

    def _look(self) -> None:
        done, total = self._course.done, self._course.total
        # Without a total the bar only says that something moves.
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        far = ""
        if total and self._things:
            far = f"{done:,} of {total:,} {self._things}"
        elif total:
            far = f"{done * 100 // total} %"
        begun = "Stopping…" if self._course.is_stopped else f"{self._words}…"
        self.words.setText(" ".join(part for part in (begun, far) if part))
