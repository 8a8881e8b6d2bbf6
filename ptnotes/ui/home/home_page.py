"""What the window shows before a patient is chosen: the first step, or the day's unfinished work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ptnotes.domain.views import MOST_COUNTED, Home
from ptnotes.domain.wording import full_date, how_many
from ptnotes.ui.patients.patient_list import PatientList, home_rows
from ptnotes.ui.screening.home_lists import SafetyNotice
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.labels import Heading, KeyHint, Label


class HomePage(QStackedWidget):
    """Emits `add_asked` for the first patient and `patient_chosen` for one that is at hand.

    While the file has no recovery key and `asks_for_recovery_key`, whoever can make one is asked to.
    """

    add_asked = Signal()
    recovery_asked = Signal()
    patient_chosen = Signal(int)
    draft_chosen = Signal(int, int)
    against_seen = Signal(object)
    """Ids of the overrides that a supervisor looked at."""

    def __init__(self, today: Callable[[], date], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.asks_for_recovery_key = True
        self._cards: dict[str, Card] = {}
        self.blank = QWidget(self)
        self.empty = EmptyState(
            "No patient yet",
            "The clinic file is ready and encrypted. Add the first patient to start charting.",
            "Add the first patient",
            "Ctrl+Shift+N",
            self,
        )
        self.empty.action_chosen.connect(self.add_asked)
        self.work = QWidget(self)
        layout = QVBoxLayout(self.work)
        layout.setContentsMargins(32, 24, 32, 24)
        layout.setSpacing(16)
        top = QHBoxLayout()
        top.setSpacing(8)
        titles = QVBoxLayout()
        titles.setSpacing(2)
        self.title = Heading("", "title", parent=self.work)
        self.count_line = Label("", "muted", wraps=True, parent=self.work)
        titles.addWidget(self.title)
        titles.addWidget(self.count_line)
        top.addLayout(titles, 1)
        top.addSpacing(16)
        add = QPushButton("Add a patient", self.work)
        add.clicked.connect(self.add_asked)
        top.addWidget(add, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(KeyHint("Ctrl+Shift+N", self.work), 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(top)
        self.recovery = self._recovery_notice()
        layout.addWidget(self.recovery)
        self.safety = SafetyNotice(theme, self.work)
        self.safety.visit_chosen.connect(self.draft_chosen)
        self.safety.patient_chosen.connect(self.patient_chosen)
        self.safety.seen.connect(self.against_seen)
        layout.addWidget(self.safety)
        self._above = QHBoxLayout()
        self._above.setSpacing(16)
        layout.addLayout(self._above, 3)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        self.to_co_sign = self._list_card(theme, columns, "To co-sign")
        self.drafts = self._list_card(theme, columns, "Drafts of the last 30 days")
        self.recent = self._list_card(theme, columns, "Seen last")
        layout.addLayout(columns, 2)
        for page in (self.blank, self.empty, self.work):
            self.addWidget(page)

    def put_above(self, *cards: tuple[QWidget, int]) -> None:
        """Put cards over the lists, side by side, each with its share of the width."""
        for card, share in cards:
            self._above.addWidget(card, share)

    def show_home(self, home: Home) -> None:
        """Show what is at hand; the first step where the clinic has no patient yet."""
        if not home.patient_count:
            self.setCurrentWidget(self.empty)
            return
        today = self._today()
        self.title.setText(f"Today, {full_date(today)}")
        patients = how_many(home.patient_count, "patient")
        if home.patient_count >= MOST_COUNTED:
            patients = f"More than {MOST_COUNTED:,} patients"
        self.count_line.setText(
            f"{patients} · Ctrl+K finds one by name, birth date, record number or telephone"
        )
        self.recovery.setVisible(home.lacks_recovery_key and self.asks_for_recovery_key)
        self.safety.show_rows(home.against, home.events)
        self._fill(self.to_co_sign, Home(to_co_sign=home.to_co_sign), today, "")
        self._cards["To co-sign"].setVisible(bool(home.to_co_sign))
        drafts = replace(home, recent=(), to_co_sign=())
        self._fill(self.drafts, drafts, today, "No draft of the last 30 days.")
        self._fill(self.recent, Home(recent=home.recent), today, "Nobody has been seen yet.")
        self.setCurrentWidget(self.work)

    def _recovery_notice(self) -> QFrame:
        notice = QFrame(self.work)
        notice.setProperty("type", "notice")
        notice.setProperty("tone", "warning")
        line = QHBoxLayout(notice)
        line.setContentsMargins(16, 10, 12, 10)
        line.setSpacing(12)
        words = "This file has no recovery key. If everybody forgets their passphrase, its data is lost."
        line.addWidget(Label(words, wraps=True, parent=notice), 1)
        make = QPushButton("Make a recovery key…", notice)
        make.clicked.connect(self.recovery_asked)
        line.addWidget(make)
        notice.hide()
        return notice

    def _list_card(self, theme: Theme, columns: QHBoxLayout, title: str) -> tuple[PatientList, Label]:
        card = self._cards[title] = Card(title, parent=self.work)
        nothing = Label("", "muted", wraps=True, parent=card)
        patients = PatientList(theme, title, card, inset=4)
        patients.patient_chosen.connect(self.patient_chosen)
        patients.draft_chosen.connect(self.draft_chosen)
        card.body.addWidget(nothing)
        card.body.addWidget(patients, 1)
        columns.addWidget(card, 1)
        return patients, nothing

    def _fill(self, shown: tuple[PatientList, Label], home: Home, today: date, none: str) -> None:
        patients, nothing = shown
        rows = [row for row in home_rows(home, today) if not row.is_heading]
        patients.show_rows(rows)
        patients.setVisible(bool(rows))
        nothing.setText(none)
        nothing.setVisible(not rows)
