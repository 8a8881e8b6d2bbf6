"""The reports that are due are made at once: whole or not at all, stopped when asked, ended by the lock."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.domain.people import Role
from ptnotes.services.documents import MadeDocument, documents_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.report_batch import ReportDue, give_into, prepare_due_report
from ptnotes.ui.due.batch import LOCKED, STOPPED
from ptnotes.ui.due.batch_model import DUE, RESULT
from ptnotes.ui.due.batch_page import BatchPage
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.unlock.unlock import Unlock
from ptnotes.ui.workspace import Workspace
from tests.clinics import PASSPHRASE, PATIENT
from tests.clock import FixedClock
from tests.signing import clinic_with_episode, draft
from tests.ui.shell import enter, shell
from tests.unit.services.test_due import episode_of

__all__ = ["shell"]
START = date(2026, 2, 2)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    """A clinic with two reports that are overdue and one that soon will be."""
    opened, first = clinic_with_episode(tmp_path, FixedClock())
    episodes = [
        first,
        *(episode_of(opened, replace(PATIENT, mrn=str(n), given_name="Ana"), START) for n in (2, 3)),
    ]
    for episode, count in zip(episodes, (12, 11, 9), strict=True):
        for place in range(count):
            draft(opened, episode, START + timedelta(days=place))
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    return made


@pytest.fixture
def page(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> BatchPage:
    made = BatchPage(clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: len(made.model.rows) == 3)
    return made


def ended(page: BatchPage, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: not page.batch.is_running)
    return page.state.text()


def outcome(page: BatchPage, place: int) -> str:
    words: str = page.model.data(page.model.index(place, RESULT))
    return words


def due(page: BatchPage, place: int) -> str:
    words: str = page.model.data(page.model.index(place, DUE))
    return words


def test_what_is_due_is_ticked_and_what_soon_will_be_is_not(page: BatchPage) -> None:
    assert [due(page, place) for place in range(3)] == ["overdue", "overdue", "soon"]
    assert page.model.chosen == [0, 1]
    assert page.make.text() == "Make 2 reports"
    assert not page.make.isEnabled()
    page.view.setFocus()
    page.view.setCurrentIndex(page.model.index(2, 0))
    QTest.keyClick(page.view, Qt.Key.Key_Space)
    assert page.model.chosen == [0, 1, 2]
    page.none.click()
    assert page.model.chosen == []
    assert page.make.text() == "Make reports"


def test_each_is_a_file_of_its_own_that_is_kept_and_names_no_patient(
    page: BatchPage, clinic: OpenClinic, folder: Path, qtbot: QtBot
) -> None:
    page.take_folder(str(folder))
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    words = ended(page, qtbot)
    assert words == f"2 of 2 made in {folder}. 2 of them say DRAFT on every page and stay due."
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["progress-report-000123-2026-02-13-draft.pdf", "progress-report-2-2026-02-12-draft.pdf"]
    for patient_id, path in enumerate(sorted(folder.iterdir()), 1):
        pikepdf.open(path).close()
        (kept,) = documents_of(clinic, patient_id)
        assert kept.size_bytes == path.stat().st_size
        assert kept.is_draft
    assert outcome(page, 0).startswith("DRAFT, and still due: 12 notes not signed yet. · lacks ")
    assert outcome(page, 2) == page.model.rows[2].due.why
    assert page.model.chosen == []


def test_one_that_was_made_is_called_due_no_more(
    page: BatchPage, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(clinic: OpenClinic, wanted: ReportDue) -> MadeDocument:
        made = prepare_due_report(clinic, wanted)
        return replace(made, draft=()) if wanted is page.model.rows[0] else made

    monkeypatch.setattr("ptnotes.ui.due.batch.prepare_due_report", prepare)
    page.take_folder(str(folder))
    page.start()
    ended(page, qtbot)
    assert outcome(page, 0).startswith("Made")
    assert [due(page, place) for place in range(3)] == ["done", "overdue", "soon"]


def test_one_that_cannot_be_made_is_told_and_the_others_are_made(
    page: BatchPage, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = page.model.rows[0].episode_id

    def prepare(clinic: OpenClinic, wanted: ReportDue) -> MadeDocument:
        if wanted.episode_id == first:
            raise InputError(Fault("visit.none", "report.as_of"))
        return prepare_due_report(clinic, wanted)

    monkeypatch.setattr("ptnotes.ui.due.batch.prepare_due_report", prepare)
    page.take_folder(str(folder))
    page.start()
    words = ended(page, qtbot)
    assert "1 of 2 made" in words
    assert [due(page, place) for place in (0, 1)] == ["overdue", "overdue"]
    assert "1 could not be made." in words
    assert outcome(page, 0).startswith("Not made: ")
    assert page.model.chosen == [0]
    assert len(list(folder.iterdir())) == 1


def test_stopped_it_leaves_what_was_made_whole_and_begins_no_other(
    page: BatchPage, clinic: OpenClinic, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(clinic: OpenClinic, wanted: ReportDue) -> MadeDocument:
        made = prepare_due_report(clinic, wanted)
        if wanted is page.model.rows[1]:
            page.batch.stop()
        return made

    monkeypatch.setattr("ptnotes.ui.due.batch.prepare_due_report", prepare)
    page.take_folder(str(folder))
    page.start()
    assert page.stop.isVisible()
    assert page.bar.isVisible()
    words = ended(page, qtbot)
    assert STOPPED in words
    assert "1 of 2 made" in words
    (path,) = folder.iterdir()
    pikepdf.open(path).close()
    assert len(documents_of(clinic, 1)) == 1
    assert documents_of(clinic, 2) == ()
    assert not page.stop.isVisible()
    assert page.model.chosen == [1]


@pytest.mark.parametrize(
    ("fault", "words"), [("folder.missing", "is not there"), ("disk.full", "disk is full")]
)
def test_what_keeps_one_from_the_disk_ends_all_of_it(
    page: BatchPage, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, fault: str, words: str
) -> None:
    tried: list[Path] = []

    def give(_clinic: OpenClinic, _made: MadeDocument, to: Path) -> Path:
        tried.append(to)
        raise EnvironmentFault(fault, path="made-up")

    monkeypatch.setattr("ptnotes.ui.due.batch.give_into", give)
    page.take_folder(str(folder))
    page.start()
    told = ended(page, qtbot)
    assert words in told
    assert "0 of 2 made" in told
    assert len(tried) == 1
    assert page.model.chosen == [0, 1]


def test_a_folder_that_goes_while_it_runs_is_told(page: BatchPage, folder: Path, qtbot: QtBot) -> None:
    page.take_folder(str(folder))
    folder.rmdir()
    page.start()
    assert "is not there" in ended(page, qtbot)


def test_what_is_typed_meanwhile_is_stored_between_two_reports(
    page: BatchPage, folder: Path, tasks: Tasks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def give(clinic: OpenClinic, made: MadeDocument, to: Path) -> Path:
        done.append("report")
        return give_into(clinic, made, to)

    monkeypatch.setattr("ptnotes.ui.due.batch.give_into", give)
    page.take_folder(str(folder))
    page.model.tick_all(ticked=True)
    page.start()
    tasks.write(partial_append(done, "typed"), urgent=True)
    ended(page, qtbot)
    assert done == ["typed", "report", "report", "report"]


def partial_append(into: list[str], word: str) -> Callable[[], None]:
    return lambda: into.append(word)


def test_nobody_makes_reports_who_may_not(
    clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot, folder: Path
) -> None:
    person = replace(clinic.person, role=Role.ASSISTANT, granted=frozenset())
    page = BatchPage(replace(clinic, person=person), tasks, theme)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: "make a progress report" in page.state.text())
    page.take_folder(str(folder))
    assert not page.make.isEnabled()


def begun(workspace: Workspace, folder: Path, qtbot: QtBot) -> BatchPage:
    workspace.desk.show_batch()
    page = workspace.desk.batch
    assert page is not None
    qtbot.waitUntil(lambda: len(page.model.rows) == 3)
    page.take_folder(str(folder))
    page.start()
    return page


def test_the_page_is_reached_by_its_keys_and_leads_to_the_chart(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = enter(shell, clinic, qtbot)
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(shell, Qt.Key.Key_B, held)
    page = workspace.desk.batch
    assert page is not None
    assert workspace.pages.currentWidget() is page
    qtbot.waitUntil(lambda: len(page.model.rows) == 3)
    page.view.activated.emit(page.model.index(1, 0))
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    assert workspace.chart.shown is not None
    assert workspace.chart.shown.patient.id == page.model.rows[1].patient.id


def test_the_lock_ends_it_at_a_whole_report_and_says_so_afterwards(
    shell: Shell, clinic: OpenClinic, folder: Path, qtbot: QtBot
) -> None:
    workspace = enter(shell, clinic, qtbot)
    begun(workspace, folder, qtbot)
    shell.lock()
    qtbot.waitUntil(lambda: not clinic.data_key)
    assert all(path.suffix == ".pdf" for path in folder.iterdir())
    for path in folder.iterdir():
        pikepdf.open(path).close()
    before = len(list(folder.iterdir()))
    assert before < 2
    door = shell._stage.currentWidget()
    assert isinstance(door, Unlock)
    qtbot.waitUntil(door.passphrase.isEnabled)
    door.passphrase.setText(PASSPHRASE)
    QTest.mouseClick(door.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shell.toast.isVisible() and shell.toast.text.text() == LOCKED)
    assert len(list(folder.iterdir())) == before
