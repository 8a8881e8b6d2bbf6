"""Opening an episode of care: the few things that are known at the first visit; the rest follows on its page."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ptnotes.domain.episode import EpisodeOfCare, EpisodeRegion
from ptnotes.domain.treatment import Side
from ptnotes.domain.wording import side_words
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.episode.basics_card import region_items, region_sides
from ptnotes.ui.messages import faults_by_field, sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card, Scroller
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Heading, KeyHint, Label
from ptnotes.ui.widgets.pick_list import PickList


class OpenForm(Scroller):
    """Asks for title, start, region and side, and opens the episode; emits `episode_opened` with it."""

    episode_opened = Signal(object)
    cancelled = Signal()

    def __init__(self, clinic: OpenClinic, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._clinic = clinic
        self._tasks = tasks
        self._patient_id: int | None = None
        self._as_shown = ("", "", "")
        self._sides: list[Side | None] = [None]
        self.heading = Heading("Open an episode of care", "heading")
        self.why = Label(
            "Visits, measurements and reports belong to an episode: one complaint, from the first visit to discharge.",
            "muted",
            wraps=True,
        )
        self.title = QLineEdit()
        self.start = DateField(clinic.today)
        self.region = PickList(
            lambda text: region_items(clinic.reference, text), placeholder="such as lumbar or shoulder"
        )
        self.side = QComboBox()
        self.title_field = FieldWithFault(
            "Title", self.title, hint="such as Low back pain with left leg pain"
        )
        self.start_field = FieldWithFault("Start of care", self.start, required=True)
        self.region_field = FieldWithFault(
            "Region treated", self.region, hint="motions and techniques are offered by region"
        )
        self.side_field = FieldWithFault("Side", self.side)
        self.start.problem_changed.connect(self.start_field.set_fault)
        self.problem = Label("", "fault", wraps=True)
        self.problem.hide()
        card = Card()
        card.body.addWidget(self.heading)
        card.body.addWidget(self.why)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.title_field, 0, 0, 1, 4, top)
        grid.addWidget(self.start_field, 1, 0, 1, 1, top)
        grid.addWidget(self.region_field, 1, 1, 1, 2, top)
        grid.addWidget(self.side_field, 1, 3, 1, 1, top)
        for column in range(4):
            grid.setColumnStretch(column, 1)
        card.body.addLayout(grid)
        card.body.addWidget(self.problem)
        card.body.addLayout(self._make_buttons())
        page = QWidget()
        page.setMaximumWidth(760)
        column_layout = QVBoxLayout(page)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.addWidget(card)
        row = QHBoxLayout()
        row.addWidget(page, 4)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.region.chosen.connect(self._offer_sides)
        self.region.fault_changed.connect(self.region_field.set_fault)

    def _make_buttons(self) -> QHBoxLayout:
        self.open = QPushButton("Open the episode")
        self.open.setProperty("type", "primary")
        self.cancel = QPushButton("Cancel")
        self.open.clicked.connect(self._open)
        self.cancel.clicked.connect(self._cancel)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.open)
        row.addWidget(KeyHint("Ctrl+Enter"))
        row.addSpacing(8)
        row.addWidget(self.cancel)
        row.addStretch(1)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(
                QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
            )
            shortcut.activated.connect(self._open)
        return row

    def start_opening(self, patient_id: int, *, is_first: bool) -> None:
        """Show an empty form for this patient; a first episode cannot be put off by Cancel, there is nothing behind.

        What was typed for the same patient and is neither stored nor cancelled is still there.
        """
        self.cancel.setVisible(not is_first)
        if patient_id == self._patient_id and self.unsaved_problem():
            self.title.setFocus()
            return
        self._patient_id = patient_id
        self.title.clear()
        self.start.set_date(self._clinic.today())
        self.region.set_current(None)
        self._offer_sides("")
        self._show_faults({}, "")
        self.open.setEnabled(True)
        self._as_shown = self._typed()
        self.title.setFocus()

    def unsaved_problem(self) -> str:
        """A sentence while something typed is neither stored nor cancelled, else empty."""
        waits = self._patient_id is not None and self._typed() != self._as_shown
        return "The episode you were about to open is not stored yet." if waits else ""

    def _typed(self) -> tuple[str, str, str]:
        return self.title.text(), self.start.text(), self.region.text()

    def _cancel(self) -> None:
        self._as_shown = self._typed()
        self.cancelled.emit()

    def _offer_sides(self, region: str) -> None:
        self._sides = region_sides(self._clinic.reference, region) if region else [None]
        self.side.clear()
        self.side.addItems([side_words(side) or "no side" for side in self._sides])
        self.side_field.setVisible(len(self._sides) > 1)

    def _open(self) -> None:
        if not self.open.isEnabled() or self._patient_id is None:
            return
        if not self.start.read_text() or self.start.day is None:
            return
        if not self.region.settle():
            return
        region = self.region.current_id
        side = self._sides[max(self.side.currentIndex(), 0)]
        episode = EpisodeOfCare(
            patient_id=self._patient_id,
            title=self.title.text(),
            start=self.start.day,
            regions=(EpisodeRegion(region=region, side=side),) if region else (),
        )
        self.open.setEnabled(False)
        self._tasks.write(partial(open_episode, self._clinic, episode), self._opened, self._refused)

    def _opened(self, episode: EpisodeOfCare) -> None:
        self.open.setEnabled(True)
        self._as_shown = self._typed()
        self.episode_opened.emit(episode)

    def _refused(self, error: Exception) -> None:
        self.open.setEnabled(True)
        faults = faults_by_field(error)
        known = {"episode.title", "episode.start"} & faults.keys()
        self._show_faults(faults, "" if known else sentence_for(error))

    def _show_faults(self, faults: dict[str, str], problem: str) -> None:
        self.title_field.set_fault(faults.get("episode.title", ""))
        self.start_field.set_fault(faults.get("episode.start", ""))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
