"""Tells whoever looks after the clinic that it was opened with a key file older than the latest change of a way in."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ptnotes.domain.people import OldKeysFound
from ptnotes.domain.wording import full_date
from ptnotes.services.opening import OpenClinic
from ptnotes.services.people import mark_old_keys_seen, unseen_old_keys
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.labels import Label


class OldKeysNotice(QFrame):
    """Stands above the window's content from `look` until it was seen. `people_asked` goes to who can open the file."""

    people_asked = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clinic = clinic
        self._tasks = tasks
        self._found: OldKeysFound | None = None
        self.setProperty("type", "notice")
        self.setProperty("tone", "warning")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 12, 8)
        line.setSpacing(12)
        self.text = Label("", wraps=True, parent=self)
        line.addWidget(self.text, 1)
        self.people = QPushButton("People and roles", self)
        self.people.clicked.connect(self.people_asked)
        self.seen = QPushButton("Seen", self)
        self.seen.setAccessibleName("Seen: an older key file was found")
        self.seen.clicked.connect(self._mark_seen)
        for button in (self.people, self.seen):
            line.addWidget(button)
        self.hide()

    def look(self) -> None:
        """Read whether an older key file was found that no administrator has seen yet."""
        self._tasks.read(partial(unseen_old_keys, self._clinic), self._tell)

    def _tell(self, found: OldKeysFound | None) -> None:
        self._found = found
        if found is not None:
            who = f" by {found.name}" if found.name else ""
            self.text.setText(
                f"On {full_date(found.on)} this file was opened{who} with a key file from before the latest change of "
                "a passphrase, a person or the recovery key. That change was cut off, or somebody put an older key "
                "file back, with which an older passphrase opens it. Look at who can open the file."
            )
        self.setVisible(found is not None)

    def _mark_seen(self) -> None:
        if self._found is not None:
            self._tasks.write(partial(mark_old_keys_seen, self._clinic, self._found.sequence))
            self._tell(None)
