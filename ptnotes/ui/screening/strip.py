"""The slim strip above a visit: whether the screen was asked, and one key that says “asked, no change”."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ptnotes.domain.screening import UNCHANGED, asked_last_on, was_asked_at
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.domain.wording import day_and_month
from ptnotes.services.screening import ScreenView
from ptnotes.ui.theme import Theme, restyle
from ptnotes.ui.widgets.labels import KeyHint, Label


class ScreenStrip(QFrame):
    """Emits what is asked for: `unchanged`, `screen_asked`, `event_asked`, `pressure_asked`."""

    unchanged = Signal()
    screen_asked = Signal()
    event_asked = Signal()
    pressure_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "notice")
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.space(4), theme.px(2), theme.space(2), theme.px(2))
        line.setSpacing(theme.space(3))
        self.words = Label("", wraps=True, parent=self)
        line.addWidget(self.words, 1)
        self.pressure = QPushButton("Blood pressure?", self)
        self.pressure.setProperty("type", "quiet")
        self.pressure.setToolTip("The screen of the neck asks for it: go to its field")
        self.pressure.hide()
        self.no_change = QPushButton("Asked, no change", self)
        self.no_change.setProperty("type", "quiet")
        self.key = KeyHint("Ctrl+U", self)
        self.open = QPushButton("Open the screen", self)
        self.open.setProperty("type", "quiet")
        self.open.setToolTip("Open the screen in full (Ctrl+Shift+U)")
        self.report = QPushButton("Adverse event…", self)
        self.report.setProperty("type", "quiet")
        for widget in (self.pressure, self.no_change, self.key, self.open, self.report):
            line.addWidget(widget)
        self.pressure.clicked.connect(self.pressure_asked)
        self.no_change.clicked.connect(self.unchanged)
        self.open.clicked.connect(self.screen_asked)
        self.report.clicked.connect(self.event_asked)
        self.hide()

    def show_screen(self, found: ScreenView, session: TreatmentSession, why: str, *, editable: bool) -> None:
        """Say how the screen stands for this visit; `why` says why it has to be asked in full, empty where not."""
        asked = was_asked_at(found.screen.answers, session)
        due = bool(why) and editable
        tone = "warning" if due else ""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)
        if due:
            self.words.setText(f"Ask the screen in full: {why}.")
        elif asked:
            self.words.setText(f"✓ Screen asked at this visit{_since(found, session)}.")
        else:
            last = asked_last_on(found.screen.answers)
            since = f" since {day_and_month(last)}" if last is not None else ""
            self.words.setText(
                f"Screen: any change{since}?" if editable else "Screen: not asked at this visit."
            )
        can_say = editable and not due and not asked
        self.no_change.setVisible(can_say)
        self.key.setVisible(can_say)
        self.report.setVisible(editable)
        self.show()


def _since(found: ScreenView, session: TreatmentSession) -> str:
    said = [
        answer
        for answer in found.screen.answers
        if answer.item == UNCHANGED and (answer.asked_in == session.id or answer.on == session.service_date)
    ]
    if not said or not said[-1].words:
        return ""
    from_day = said[-1].words
    return f": no change since {day_and_month(type(session.service_date).fromisoformat(from_day))}"
