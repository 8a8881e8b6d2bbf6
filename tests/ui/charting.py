"""What tests of charting share: the Sessions tab on a real clinic file, with its visit of today."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.treatment import (
    Exercise,
    Mobilization,
    PainKind,
    Phase,
    Side,
    TreatmentSession,
)
from ptnotes.services import visits
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.rom_row import RomRow
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import lumbar_episode

LAST_DAY = date(2026, 2, 26)
FLEXION = ("lumbar_flexion", None, 0)

Chart = Callable[[], VisitPage]


@pytest.fixture
def clinic(open_clinic: OpenClinic) -> OpenClinic:
    return open_clinic


@pytest.fixture
def episode(clinic: OpenClinic) -> EpisodeOfCare:
    return lumbar_episode(clinic, date(2026, 2, 2))


@pytest.fixture
def screen(qtbot: QtBot, theme: Theme, clinic: OpenClinic, tasks: Tasks) -> ChartingScreen:
    made = ChartingScreen(clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1180, 780)
    made.show()
    made.activateWindow()
    return made


@pytest.fixture
def chart(screen: ChartingScreen, episode: EpisodeOfCare, qtbot: QtBot) -> Chart:
    """Opens the episode, starts today's visit with its key, and gives its page."""

    def start() -> VisitPage:
        screen.show_episode(episode.patient_id, episode.id)
        qtbot.waitUntil(lambda: screen.verbs.episode is not None)
        screen.bar.commands["new_visit"].trigger()
        today = screen._clinic.today()
        qtbot.waitUntil(lambda: page_of(screen, today) is not None)
        page = page_of(screen, today)
        assert page is not None
        return page

    return start


def page_of(screen: ChartingScreen, day: date) -> VisitPage | None:
    """The page of the visit of that day, where it is the one shown."""
    page = screen.stage.page
    return page if page is not None and page.state.session.service_date == day else None


def last_visit(clinic: OpenClinic, episode: EpisodeOfCare) -> TreatmentSession:
    """A charted visit some days ago."""
    session = visits.start_session(clinic, episode.id or 0, LAST_DAY)
    row = Mobilization(
        row=0, targets=("L5",), side=Side.LEFT, technique="upa", grade="III", grade_system="maitland", sets=3,
        duration_s=45, responses=("same",), position="prone",
    )  # fmt: skip
    session = edits.add_row(session, row)
    session = edits.add_row(session, Exercise(row=0, name="Bridge", sets=3, reps=10))
    session = edits.set_pain(session, PainKind.NOW, Phase.BEFORE, 7)
    session = edits.set_note(session, "subjective", "Stiff in the morning.")
    return visits.save_draft(clinic, session)


def stored(screen: ChartingScreen, clinic: OpenClinic, qtbot: QtBot) -> TreatmentSession:
    visit = screen.visit
    assert visit is not None
    screen.flush()
    qtbot.waitUntil(lambda: visit.autosave.is_saved)
    return visits.load_session(clinic, visit.id)


def charted(page: VisitPage) -> TreatmentSession:
    """What the visit holds at this moment."""
    return page.state.session


def rom_row(page: VisitPage) -> RomRow:
    row = page.rom.table.editors[FLEXION]
    assert isinstance(row, RomRow)
    return row


def type_into(cell: QWidget, text: str) -> None:
    cell.setFocus()
    if isinstance(cell, QLineEdit):
        cell.selectAll()
        QTest.keyClick(cell, Qt.Key.Key_Delete)
    QTest.keyClicks(cell, text)


def add_target(page: VisitPage, target: str) -> None:
    """Begin a mobilization there with its words in the box, and Enter.

    They are not typed letter by letter: that opens the list, which the offscreen platform leaves active once it closes.
    """
    page.mobilizations.start_row()
    page.mobilizations.add.setText(target)
    QTest.keyClick(page.mobilizations.add, Qt.Key.Key_Return)
