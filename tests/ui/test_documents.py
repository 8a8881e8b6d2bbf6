"""The Documents tab: the report follows what is chosen, is shown as it prints, and is saved whole."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.domain.conclusion import Request
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import prepare_report
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.documents.visit_forms import EvaluationForm
from tests.reports.cases import FIRST_DAY
from tests.ui.documents import (
    EMPTY,
    FULL,
    Answer,
    answer,
    clinic,
    episode_of,
    open_report,
    report,
    screen,
    text,
)

__all__ = ["answer", "clinic", "open_report", "screen"]


def test_the_report_is_shown_with_its_drafted_conclusion(
    screen: DocumentsScreen, open_report: Callable[[], None]
) -> None:
    open_report()
    assert report(screen).conclusion.headline.text() == "Improving"
    assert "orst pain" in report(screen).conclusion.detail.toPlainText()
    assert screen.preview.view.where.text() == "Page 1 of 2"
    assert "Page 1 of 2" in screen.preview.view.page.accessibleName()
    assert screen.foot.save.isEnabled()


def test_an_edited_conclusion_is_printed_and_can_be_drafted_again(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    report(screen).conclusion.headline.clear()
    QTest.keyClicks(report(screen).conclusion.headline, "Walks again")
    assert not screen.foot.save.isEnabled()
    qtbot.waitUntil(lambda: screen.made is not None)
    assert screen.made is not None
    assert "Walks again." in text(screen.made.pdf)
    report(screen).conclusion.redraft.click()
    qtbot.waitUntil(lambda: screen.made is not None)
    assert screen.made is not None
    assert "Improving." in text(screen.made.pdf)
    assert report(screen).choices().conclusion is None


def test_an_empty_conclusion_is_refused_beside_its_field(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    report(screen).conclusion.headline.clear()
    QTest.keyClicks(report(screen).conclusion.headline, " ")
    field = report(screen).fields["report.conclusion"]
    qtbot.waitUntil(lambda: bool(field.fault))
    assert field.fault == "This cannot be empty."
    assert screen.made is None
    assert not screen.foot.save.isEnabled()


def test_a_question_needs_its_words(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    report(screen).requests.button(1).click()
    field = report(screen).fields["report.question"]
    qtbot.waitUntil(lambda: bool(field.fault))
    report(screen).question.setPlainText("May she drive?")
    qtbot.waitUntil(lambda: screen.made is not None)
    assert screen.made is not None
    assert "May she drive?" in text(screen.made.pdf)
    assert field.fault == ""


def test_a_period_and_another_paper_are_taken(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    report(screen).since.setText((FIRST_DAY + timedelta(days=1)).isoformat())
    report(screen).since.read_text()
    report(screen).paper.setCurrentIndex(2)
    qtbot.waitUntil(lambda: screen.made is not None)
    assert screen.made is not None
    with pikepdf.open(BytesIO(screen.made.pdf)) as document:
        assert round(float(document.pages[0].mediabox[3])) == 842
    assert screen.made.covers_from is not None
    assert screen.made.covers_from > FIRST_DAY + timedelta(days=1)
    assert "Last report" in text(screen.made.pdf)


def test_a_period_without_a_visit_says_so_and_offers_the_next_step(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    report(screen).as_of.setText("1 Jan 2020")
    report(screen).as_of.read_text()
    qtbot.waitUntil(lambda: screen.preview.stack.currentWidget() is screen.preview.empty)
    assert "No visit in this period" in screen.preview.empty.title.text()
    assert not screen.foot.save.isEnabled()


def test_an_episode_without_a_visit_has_no_report_yet(
    screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    screen.show_episode(2, episode_of(clinic, EMPTY))
    qtbot.waitUntil(lambda: screen.preview.stack.currentWidget() is screen.preview.empty)
    assert "Chart a visit" in screen.preview.empty.text.text()
    screen.show_episode(2, None)
    assert screen.preview.empty.title.text() == "No episode of care yet"
    assert not report(screen).isEnabled()


def test_saving_offers_a_name_without_the_patients(
    screen: DocumentsScreen, open_report: Callable[[], None], answer: Answer, tmp_path: Path, qtbot: QtBot
) -> None:
    open_report()
    answer.path = tmp_path / "for Dr Anand.pdf"
    QTest.mouseClick(screen.foot.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: screen.foot.state.text() == "Saved as for Dr Anand.pdf.")
    assert answer.offered == "progress-report-00231-2026-01-09.pdf"
    assert screen.made is not None
    assert answer.path.read_bytes() == screen.made.pdf


def test_whoever_looks_elsewhere_by_then_is_told_too(
    screen: DocumentsScreen, open_report: Callable[[], None], answer: Answer, tmp_path: Path, qtbot: QtBot
) -> None:
    open_report()
    answer.path = tmp_path / "elsewhere.pdf"
    with qtbot.waitSignal(screen.said) as said:
        screen.save_as()
        screen.hide()
    assert said.args == ["Saved as elsewhere.pdf."]


def test_thinking_better_of_it_saves_nothing(
    screen: DocumentsScreen, open_report: Callable[[], None], tmp_path: Path
) -> None:
    open_report()
    before = set(tmp_path.iterdir())
    screen.save_as()
    assert set(tmp_path.iterdir()) == before


def test_a_folder_that_is_gone_is_told_and_the_report_is_still_there(
    screen: DocumentsScreen, open_report: Callable[[], None], answer: Answer, tmp_path: Path, qtbot: QtBot
) -> None:
    open_report()
    answer.path = tmp_path / "gone" / "report.pdf"
    screen.save_as()
    qtbot.waitUntil(lambda: "is not there" in screen.foot.state.text())
    assert "still here" in screen.foot.state.text()
    assert screen.foot.save.isEnabled()


def test_what_was_chosen_for_an_episode_is_there_again(
    screen: DocumentsScreen, open_report: Callable[[], None], clinic: OpenClinic, qtbot: QtBot
) -> None:
    open_report()
    report(screen).conclusion.headline.clear()
    QTest.keyClicks(report(screen).conclusion.headline, "Mine")
    report(screen).requests.button(2).click()
    screen.show_episode(2, episode_of(clinic, EMPTY))
    assert report(screen).conclusion.headline.text() == ""
    assert report(screen).choices().asked is None
    screen.show_episode(1, episode_of(clinic, FULL))
    qtbot.waitUntil(lambda: screen.made is not None)
    assert report(screen).conclusion.headline.text() == "Mine"
    chosen = report(screen).choices().asked
    assert chosen is not None
    assert chosen.request is Request.SIGNATURE


def test_what_is_due_is_asked_until_something_else_is_chosen(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    form = report(screen)
    made = screen.made
    assert made is not None
    assert made.asked is not None
    assert made.asked.request is Request.SIGNATURE
    assert form.requests.checkedId() == 2
    assert form.by.day == made.asked.by
    form.requests.button(0).click()
    chosen = form.choices().asked
    assert chosen is not None
    assert chosen.request is Request.NOTHING
    qtbot.waitUntil(lambda: screen.made is not None and screen.made.asked == chosen)
    assert form.requests.checkedId() == 0


def test_no_day_stands_where_nobody_chose_one_to_sign_by(clinic: OpenClinic, qtbot: QtBot) -> None:
    form = EvaluationForm(clinic)
    qtbot.addWidget(form)
    shown_there = form.sign_by.text() + form.sign_by.placeholderText()
    assert not re.search(r"\d", shown_there)
    assert shown_there


def test_pages_turn_and_the_zoom_holds(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    view = screen.preview.view
    fitted = view.page.pixmap().width()
    view.larger.click()
    qtbot.waitUntil(lambda: view.page.pixmap().width() > fitted)
    zoomed = view.page.pixmap().width()
    view.after.click()
    qtbot.waitUntil(lambda: view.where.text() == "Page 2 of 2")
    assert view.page.pixmap().width() == zoomed
    assert not view.after.isEnabled()
    view.fit.click()
    qtbot.waitUntil(lambda: view.page.pixmap().width() == fitted)
    assert "Every visit".upper() in view.page.accessibleDescription()


def test_the_report_is_made_off_the_gui_thread(
    screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_in: list[threading.Thread] = []

    def watched(*arguments: object) -> object:
        made_in.append(threading.current_thread())
        return prepare_report(*arguments)  # type: ignore[arg-type]  # passed on as given

    monkeypatch.setattr("ptnotes.ui.documents.report_form.prepare_report", watched)
    screen.show_episode(1, episode_of(clinic, FULL))
    qtbot.waitUntil(lambda: screen.made is not None and not screen.preview.view.page.pixmap().isNull())
    assert made_in
    assert threading.main_thread() not in made_in


def test_every_control_has_a_name(screen: DocumentsScreen, open_report: Callable[[], None]) -> None:
    open_report()
    for field in report(screen).fields.values():
        assert field.editor.accessibleName()
    for button in (
        screen.preview.view.before,
        screen.preview.view.after,
        screen.preview.view.smaller,
        screen.preview.view.larger,
    ):
        assert button.accessibleName()
    keys = [action.shortcut().toString() for action in screen.actions()]
    assert len(keys) == len(set(keys)) == 15


def test_a_change_made_just_before_leaving_is_caught_up_with(
    screen: DocumentsScreen, open_report: Callable[[], None], qtbot: QtBot
) -> None:
    open_report()
    report(screen).conclusion.headline.clear()
    QTest.keyClicks(report(screen).conclusion.headline, "Later")
    screen.hide()
    assert not screen.foot.save.isEnabled()
    screen.show()
    qtbot.waitUntil(screen.foot.save.isEnabled)
    assert screen.made is not None
    assert "Later." in text(screen.made.pdf)
