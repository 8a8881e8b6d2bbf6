"""The sheets on screen: words to the patient on the home programme, and the front desk's face sheet."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ptnotes.db.kdf import Kdf
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.errors import AccessError
from ptnotes.domain.people import Person, Role
from ptnotes.services.documents import documents_of, give_out
from ptnotes.services.history import history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import patient_header
from ptnotes.services.people import add_person, break_glass
from ptnotes.ui.chart import DOCUMENTS, OVERVIEW, SESSIONS, ChartPage, print_document
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.documents.kind_list import GIVEN_OUT
from ptnotes.ui.documents.kinds import KINDS
from ptnotes.ui.documents.sheet_forms import HomeSheetForm
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.toast import Toast
from tests.signing import OTHER_PASSPHRASE
from tests.ui.documents import (
    EMPTY,
    FULL,
    Answer,
    answer,
    clinic,
    episode_of,
    open_report,
    screen,
    shown,
    text,
)

__all__ = ["answer", "clinic", "open_report", "screen"]
FACE_SHEET = [row.kind for row in KINDS].index(DocumentKind.FACE_SHEET)


def test_words_to_the_patient_are_printed_and_kept_for_the_episode_until_they_are_given_out(
    screen: DocumentsScreen,
    clinic: OpenClinic,
    open_report: Callable[[], None],
    qtbot: QtBot,
    answer: Answer,
    tmp_path: Path,
) -> None:
    open_report()
    screen.kinds.choose_kind(DocumentKind.HOME_PROGRAMME)
    form = screen.form
    assert isinstance(form, HomeSheetForm)
    assert "grade V" not in text(shown(screen, qtbot).pdf)
    assert screen.unsaved_problem() == ""
    QTest.keyClicks(form.watch_for, "Stop if your leg goes numb.")
    assert "saved or printed" in screen.unsaved_problem()
    told = text(shown(screen, qtbot).pdf)
    assert "What to watch for: Stop if your leg goes numb." in told
    assert "no grade V" not in told
    screen.show_episode(2, episode_of(clinic, EMPTY))
    assert form.watch_for.toPlainText() == ""
    screen.show_episode(1, episode_of(clinic, FULL))
    assert form.watch_for.toPlainText() == "Stop if your leg goes numb."
    shown(screen, qtbot)
    answer.path = tmp_path / "home.pdf"
    screen.save_as()
    qtbot.waitUntil(lambda: screen.unsaved_problem() == "")
    assert "leg goes numb" in text(answer.path.read_bytes())


def test_too_many_words_to_the_patient_are_told_at_their_field(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    screen.kinds.choose_kind(DocumentKind.HOME_PROGRAMME)
    form = screen.form
    assert isinstance(form, HomeSheetForm)
    form.watch_for.setPlainText("x" * 601)
    qtbot.waitUntil(lambda: form.fields["home.watch_for"].fault != "")
    assert screen.made is None


# The front desk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(clinic: OpenClinic) -> OpenClinic:
    person = add_person(clinic, Person(name="F. Desk", role=Role.FRONT_DESK), OTHER_PASSPHRASE, kdf=Kdf())
    return replace(clinic, person=person)


@pytest.fixture
def chart(desk: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> ChartPage:
    host = QWidget()
    qtbot.addWidget(host)
    made = ChartPage(desk, tasks, theme, Toast(host))
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.show_patient(patient_header(desk, 1))
    return made


def sheet_of(chart: ChartPage) -> DocumentsScreen:
    found = chart.screens[DOCUMENTS]
    assert isinstance(found, DocumentsScreen)
    return found


def test_the_front_desk_saves_a_face_sheet_which_tells_nothing_of_the_chart(
    chart: ChartPage, clinic: OpenClinic, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chart.stage.currentWidget() is chart.no_charts
    print_document(chart)
    documents = sheet_of(chart)
    assert chart.stage.currentWidget() is documents
    assert shown(documents, qtbot).kind is DocumentKind.FACE_SHEET
    assert documents.foot.state.text() == ""
    assert documents.foot.save.isEnabled()
    assert documents.foot.print.isEnabled()
    assert not documents.finish.attaches.isVisible()
    path = tmp_path / "face.pdf"
    monkeypatch.setattr(documents.outlet, "_ask_path", lambda *_: path)
    documents.save_as()
    qtbot.waitUntil(lambda: documents.foot.state.text() == "Saved as face.pdf.")
    # To log it as sent is for whoever reads the list of what was given out.
    assert not documents.foot.log.isVisible()
    told = text(path.read_bytes())
    assert "Moreau, Hélène" in told
    assert "M48" not in told
    assert "grade V" not in told
    (kept,) = documents_of(clinic, 1)
    assert (kept.kind, kept.who) == (DocumentKind.FACE_SHEET, "F. Desk")
    assert "face sheet" in history_of(clinic, 1)[0].what
    chart.go_to_tab(OVERVIEW)
    assert chart.stage.currentWidget() is chart.no_charts


def test_no_other_document_is_made_or_listed_for_the_front_desk(chart: ChartPage, qtbot: QtBot) -> None:
    chart.go_to_tab(SESSIONS)
    assert chart.stage.currentWidget() is chart.no_charts
    chart.go_to_tab(DOCUMENTS)
    documents = sheet_of(chart)
    shown(documents, qtbot)
    for place in range(GIVEN_OUT + 1):
        documents.kinds.choose(place)
        if place == FACE_SHEET:
            assert shown(documents, qtbot).kind is DocumentKind.FACE_SHEET
            continue
        assert documents.preview.empty.title.text() == "Not for your role"
        assert not documents.kept.isVisible()
        assert documents.made is None
        assert not documents.foot.save.isEnabled()
        button = documents.kinds._group.button(place)
        assert button.accessibleDescription() == "Not for your role"
    titles = [title for title, _ in chart.screen_keys()]
    assert titles == ["Documents"]


def test_charts_read_in_an_emergency_do_not_leave_on_a_face_sheet(
    chart: ChartPage, desk: OpenClinic, qtbot: QtBot
) -> None:
    chart.go_to_tab(DOCUMENTS)
    before = sheet_of(chart)
    shown(before, qtbot)
    break_glass(desk, "A made-up patient fainted")
    chart._read_again()
    qtbot.waitUntil(lambda: chart.header.tabs.isTabVisible(SESSIONS))
    chart.go_to_tab(DOCUMENTS)
    documents = sheet_of(chart)
    assert documents is not before
    documents.kinds.choose_kind(DocumentKind.FACE_SHEET)
    made = shown(documents, qtbot)
    assert "M48" in text(made.pdf)
    assert not documents.foot.save.isEnabled()
    assert "take records out" in documents.foot.state.text()
    with pytest.raises(AccessError):
        give_out(desk, made, list)
