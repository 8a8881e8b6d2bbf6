"""Ctrl+P from anywhere in a chart leads to the document that fits, with what was just typed; then it prints."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from time import sleep

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.treatment import VisitKind
from ptnotes.services.opening import OpenClinic
from ptnotes.services.visits import save_draft, start_session
from ptnotes.ui.chart import DOCUMENTS, EPISODE, OVERVIEW, SESSIONS
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.documents.kinds import KINDS
from ptnotes.ui.documents.pages import ONE_AT_A_TIME
from ptnotes.ui.documents.visit_forms import SessionNoteForm
from ptnotes.ui.shell import Shell
from ptnotes.ui.workspace import Workspace
from tests.clock import FixedClock
from tests.signing import clinic_with_episode, whole
from tests.ui.documents import shown
from tests.ui.shell import open_first, shell

__all__ = ["shell"]
EVALUATED, TREATED = date(2026, 2, 16), date(2026, 2, 18)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    """A clinic whose one patient was evaluated and seen no more."""
    opened, episode = clinic_with_episode(tmp_path, FixedClock())
    save_draft(opened, whole(start_session(opened, episode.id or 0, EVALUATED, VisitKind.EVALUATION)))
    yield opened
    opened.close()


def press_print(shell: Shell) -> None:
    QTest.keyClick(shell, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)


def documents_of(workspace: Workspace) -> DocumentsScreen:
    found = workspace.chart.screens[DOCUMENTS]
    assert isinstance(found, DocumentsScreen)
    return found


def charting_of(workspace: Workspace, qtbot: QtBot) -> ChartingScreen:
    workspace.show_tab(SESSIONS)
    found = workspace.chart.screens[SESSIONS]
    assert isinstance(found, ChartingScreen)
    qtbot.waitUntil(lambda: found.visit is not None)
    return found


@pytest.mark.parametrize("tab", [OVERVIEW, EPISODE])
def test_where_only_an_evaluation_took_place_it_leads_to_that(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, tab: int
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(tab)
    press_print(shell)
    made = shown(documents_of(workspace), qtbot)
    assert workspace.chart.header.tabs.currentIndex() == DOCUMENTS
    assert made.kind is DocumentKind.EVALUATION


def test_later_it_leads_to_the_progress_report(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    save_draft(clinic, whole(start_session(clinic, 1, TREATED)))
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(DOCUMENTS)
    documents = documents_of(workspace)
    shown(documents, qtbot)
    documents.kinds.choose_kind(DocumentKind.FACE_SHEET)
    workspace.show_tab(OVERVIEW)
    press_print(shell)
    qtbot.waitUntil(
        lambda: documents.made is not None and documents.made.kind is DocumentKind.PROGRESS_REPORT
    )


def test_from_a_visit_it_leads_to_its_note_with_what_was_just_typed_and_pressed_again_prints_it(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_draft(clinic, whole(start_session(clinic, 1, TREATED)))
    workspace = open_first(shell, clinic, qtbot)
    charting = charting_of(workspace, qtbot)
    charting.bar.picker.step(1)
    qtbot.waitUntil(lambda: charting.visit is not None)
    visit = charting.visit
    assert visit is not None
    session = visit.state.session
    assert session.service_date == EVALUATED
    # The save of what is typed stands behind this one, and the document behind the save.
    shell._tasks.write(partial(sleep, 0.5))
    visit.state.put(replace(session, note=replace(session.note, assessment="Typed a moment ago.")))
    press_print(shell)
    documents = documents_of(workspace)
    asked: list[bytes] = []

    def no_printer(_parent: QWidget, pdf: bytes) -> None:
        asked.append(pdf)

    monkeypatch.setattr(documents.outlet, "ask_printer", no_printer)
    # While it is being made: it is printed once it is.
    press_print(shell)
    qtbot.waitUntil(lambda: bool(asked))
    made = shown(documents, qtbot)
    assert asked == [made.pdf]
    assert (made.kind, made.sessions[0][0]) == (DocumentKind.SESSION_NOTE, visit.id)
    form = documents.form
    assert isinstance(form, SessionNoteForm)
    assert form.visit.session_id == visit.id
    with ONE_AT_A_TIME, pypdfium2.PdfDocument(made.pdf) as document:
        words = " ".join(page.get_textpage().get_text_bounded() for page in document)
    assert "Typed a moment ago." in words
    press_print(shell)
    assert asked == [made.pdf] * 2


def test_from_another_page_it_leads_back_to_the_documents(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.pages.show_settings()
    press_print(shell)
    assert workspace.pages.currentWidget() is workspace.chart
    assert workspace.chart.header.tabs.currentIndex() == DOCUMENTS
    shown(documents_of(workspace), qtbot)


def test_without_a_patient_there_is_nothing_to_print(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    assert not shell.actions_by_id["print"].isEnabled()
    workspace = open_first(shell, clinic, qtbot)
    assert shell.actions_by_id["print"].isEnabled()
    workspace.show_home()
    assert not shell.actions_by_id["print"].isEnabled()


def test_the_keys_of_the_tab_choose_the_document(shell: Shell, clinic: OpenClinic, qtbot: QtBot) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(DOCUMENTS)
    documents = documents_of(workspace)
    for place, row in enumerate(KINDS):
        QTest.keyClick(shell, Qt.Key(Qt.Key.Key_1 + place), Qt.KeyboardModifier.AltModifier)
        assert documents.kinds.place == place
        assert documents.form is documents.forms[place]
        assert row.words in {words for _, rows in workspace.chart.screen_keys() for words, _ in rows}


def test_a_lack_leads_to_the_part_of_the_chart_where_it_is_made_good(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.show_tab(DOCUMENTS)
    documents = documents_of(workspace)
    shown(documents, qtbot)
    strip = documents.preview.lacks
    required = [lack.is_required for lack in strip.lacks]
    assert required == sorted(required, reverse=True)
    assert strip.isVisible()
    there = strip.findChildren(QWidget, options=Qt.FindChildOption.FindChildrenRecursively)
    button = next(one for one in there if one.accessibleName().startswith("Go to Episode: "))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert workspace.chart.header.tabs.currentIndex() == EPISODE
