"""What tests of documents on screen share: a clinic with one patient of five visits and one of none, and the tab."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ptnotes.db.episodes import add_episodes
from ptnotes.db.patients import add_patients
from ptnotes.db.sessions import add_sessions
from ptnotes.services.documents import MadeDocument
from ptnotes.services.episodes import episodes_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import patient_by_mrn
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.documents.pages import ONE_AT_A_TIME
from ptnotes.ui.documents.report_form import ReportForm
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import clinic_in
from tests.clock import FixedClock
from tests.reports.cases import EPISODE, PATIENT, visit

EMPTY, FULL = "00111", "00231"


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    """A clinic with one patient of five visits and one of none."""
    opened = clinic_in(tmp_path, FixedClock())
    at = opened.clock()
    with opened.store.write() as connection:
        full, empty = add_patients(
            connection, [replace(PATIENT, id=None), replace(PATIENT, id=None, mrn=EMPTY)], at
        )
        goals = tuple(replace(goal, uuid="") for goal in EPISODE.goals)
        for patient, visits in ((full, 5), (empty, 0)):
            (episode,) = add_episodes(
                connection,
                [replace(EPISODE, id=None, patient_id=patient.id or 0, goals=goals if visits else ())],
                at,
                opened.person_id,
            )
            add_sessions(
                connection,
                [
                    replace(visit(number), id=None, episode_id=episode.id or 0, author_id=opened.person_id)
                    for number in range(1, visits + 1)
                ],
                at,
            )
        connection.commit()
    yield opened
    opened.close()


class Answer:
    """Stands in for the system's dialog: answers with `path`, and keeps what was offered."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.offered = ""

    def __call__(self, _parent: QWidget, file_name: str) -> Path | None:
        self.offered = file_name
        return self.path


@pytest.fixture
def answer() -> Answer:
    return Answer()


@pytest.fixture
def screen(qtbot: QtBot, tasks: Tasks, theme: Theme, clinic: OpenClinic, answer: Answer) -> DocumentsScreen:
    made = DocumentsScreen(clinic, tasks, theme, ask_path=answer)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def episode_of(clinic: OpenClinic, mrn: str) -> int:
    (episode,) = episodes_of(clinic, patient_by_mrn(clinic, mrn).id or 0)
    return episode.id or 0


@pytest.fixture
def open_report(screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot) -> Callable[[], None]:
    def show() -> None:
        screen.show_episode(1, episode_of(clinic, FULL))
        qtbot.waitUntil(lambda: screen.made is not None and not screen.preview.view.page.pixmap().isNull())

    return show


def report(screen: DocumentsScreen) -> ReportForm:
    form = screen.form
    assert isinstance(form, ReportForm)
    return form


def shown(screen: DocumentsScreen, qtbot: QtBot) -> MadeDocument:
    """Wait until a document is made, and give it."""
    qtbot.waitUntil(lambda: screen.made is not None)
    assert screen.made is not None
    return screen.made


def text(pdf: bytes) -> str:
    with ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        return " ".join(document[0].get_textpage().get_text_bounded().split())
