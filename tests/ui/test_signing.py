"""Signing on the Sessions tab: a panel above the visit says what is missing, goes there, and takes the passphrase."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from ptnotes.db.kdf import Kdf
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.treatment import Note, NoteState, TreatmentSession, VisitStatus
from ptnotes.services import signing
from ptnotes.services.opening import OpenClinic
from ptnotes.services.visits import load_session, record_absence, save_draft, start_session
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.signing.words_form import AMENDMENT, VOID
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.strips import Strips
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.signing import (
    OTHER,
    OTHER_PASSPHRASE,
    STUDENT,
    as_somebody,
    clinic_with_episode,
    passphrases_remembered,
    screened,
    whole,
)
from tests.ui.held import held_up


@pytest.fixture
def case(tmp_path: Path) -> Iterator[tuple[OpenClinic, EpisodeOfCare]]:
    clinic, episode = clinic_with_episode(tmp_path, FixedClock())
    screened(clinic, episode)
    with passphrases_remembered():
        yield clinic, episode
    clinic.close()


@pytest.fixture
def screen(
    qtbot: QtBot, case: tuple[OpenClinic, EpisodeOfCare], theme: Theme, tasks: Tasks
) -> Iterator[ChartingScreen]:
    clinic, _episode = case
    made = ChartingScreen(clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1280, 860)
    made.show()
    yield made
    made.show_episode(None, None)
    tasks.close()


def shown(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare], visit: TreatmentSession
) -> VisitPage:
    _clinic, episode = case
    screen.show_episode(episode.patient_id, episode.id)
    screen.open_visit(visit.id or 0)
    qtbot.waitUntil(lambda: screen.stage.page is not None)
    page = screen.stage.page
    assert page is not None
    return page


def new_draft(case: tuple[OpenClinic, EpisodeOfCare]) -> TreatmentSession:
    clinic, episode = case
    return save_draft(clinic, whole(start_session(clinic, episode.id or 0)))


def signed(case: tuple[OpenClinic, EpisodeOfCare]) -> TreatmentSession:
    clinic, _episode = case
    note = new_draft(case)
    return signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)


def give(screen: ChartingScreen, passphrase: str = PASSPHRASE) -> None:
    form = screen.signing.form
    line = form.passphrase if form.isVisible() else screen.signing.panel.passphrase
    line.field.setText(passphrase)
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    assert line.field.text() == ""


def test_a_whole_visit_is_signed_with_two_keys_and_a_passphrase(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = new_draft(case)
    shown(qtbot, screen, case, note)
    screen.bar.commands["sign"].trigger()
    panel, record = screen.signing.panel, screen.signing.record
    qtbot.waitUntil(panel.isVisible)
    assert panel.rows == []
    assert panel.passphrase.button.text() == "Sign as J. Rivera, PT, DPT"
    give(screen)
    qtbot.waitUntil(record.isVisible)
    assert "Signed electronically by J. Rivera, PT, DPT · 2 Mar 2026 09:00 · record " in record.signed.text()
    assert panel.isHidden()
    assert load_session(case[0], note.id or 0).state is NoteState.SIGNED
    page = screen.stage.page
    assert page is not None
    assert not page.note.isEnabled()
    assert not screen.bar.commands["discard"].isEnabled()
    assert screen.unsaved_problem() == ""


def test_what_is_missing_is_listed_and_each_line_goes_there(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = new_draft(case)
    note = save_draft(case[0], replace(note, note=Note(), time_out=None))
    page = shown(qtbot, screen, case, note)
    screen.activateWindow()
    screen.bar.commands["sign"].trigger()
    panel = screen.signing.panel
    qtbot.waitUntil(panel.isVisible)
    assert [row.accessibleName().partition(":")[0] for row in panel.rows] == ["needed", "needed"]
    assert not panel.passphrase.button.isEnabled()
    panel.rows[1].click()
    assert QApplication.focusWidget() is page.note.editors["assessment"]
    panel.rows[0].setFocus()
    QTest.keyClick(panel.rows[0], Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.fields.time_out


def test_the_list_follows_what_is_typed(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = save_draft(case[0], replace(new_draft(case), note=Note()))
    page = shown(qtbot, screen, case, note)
    screen.bar.commands["sign"].trigger()
    panel = screen.signing.panel
    qtbot.waitUntil(panel.isVisible)
    assert len(panel.rows) == 1
    page.note.editors["assessment"].insertPlainText("Settles.")
    qtbot.waitUntil(lambda: panel.rows == [])
    assert panel.passphrase.button.isEnabled()


def test_a_wrong_passphrase_is_said_and_nothing_is_closed(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = new_draft(case)
    shown(qtbot, screen, case, note)
    screen.bar.commands["sign"].trigger()
    qtbot.waitUntil(screen.signing.panel.isVisible)
    give(screen, "wrong")
    qtbot.waitUntil(screen.signing.panel.fault.isVisible)
    assert "not your passphrase" in screen.signing.panel.fault.text()
    QTest.keyClick(screen.signing.panel, Qt.Key.Key_Escape)
    assert screen.signing.panel.isHidden()
    assert load_session(case[0], note.id or 0).state is NoteState.DRAFT


def test_the_panel_makes_no_window_taller_and_is_whole_where_there_is_room(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare], theme: Theme
) -> None:
    theme.set_text_scale(1.5)
    screen.resize(890, 1100)
    shown(qtbot, screen, case, start_session(case[0], case[1].id or 0))
    screen.bar.commands["sign"].trigger()
    panel = screen.signing.panel
    qtbot.waitUntil(panel.isVisible)
    (strips,) = screen.findChildren(Strips)
    qtbot.waitUntil(lambda: strips.height() == strips.sizeHint().height() > panel.height() > 200)
    least = screen.minimumSizeHint().height()
    screen.resize(890, least)
    qtbot.waitUntil(lambda: strips.verticalScrollBar().maximum() > 0)
    assert screen.height() == least
    held = screen.focusWidget()
    assert held is panel.rows[0]
    qtbot.waitUntil(lambda: held.visibleRegion().boundingRect() == held.rect())
    screen.resize(1300, 1100)
    qtbot.waitUntil(lambda: strips.verticalScrollBar().maximum() == 0)
    assert panel.visibleRegion().boundingRect() == panel.rect()


def test_what_was_typed_after_another_window_signed_is_offered_as_an_addendum(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = new_draft(case)
    page = shown(qtbot, screen, case, note)
    signing.sign_note(case[0], note.id or 0, note.revision, PASSPHRASE)
    page.note.editors["plan"].insertPlainText("Twice a week, then re-test.")
    form = screen.signing.form
    qtbot.waitUntil(form.isVisible)
    assert form.text.toPlainText() == "Plan: Twice a week, then re-test."
    give(screen)
    qtbot.waitUntil(screen.signing.record.isVisible)
    told = signing.signed_note(case[0], note.id or 0)
    assert told is not None
    assert [one.text for one in told.addenda] == ["Plan: Twice a week, then re-test."]
    assert load_session(case[0], note.id or 0).note.plan == ""
    assert screen.unsaved_problem() == ""


def test_late_text_that_is_let_go_leaves_nothing_unsaved(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = new_draft(case)
    page = shown(qtbot, screen, case, note)
    signing.sign_note(case[0], note.id or 0, note.revision, PASSPHRASE)
    page.note.editors["plan"].insertPlainText("Twice.")
    qtbot.waitUntil(screen.signing.form.isVisible)
    QTest.keyClick(screen.signing.form, Qt.Key.Key_Escape)
    qtbot.waitUntil(screen.signing.record.isVisible)
    assert screen.unsaved_problem() == ""


def test_a_signed_note_takes_a_request_and_can_be_declared_void(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = signed(case)
    shown(qtbot, screen, case, note)
    desk = screen.signing
    qtbot.waitUntil(desk.record.isVisible)
    # The bar has one "More", and two of that name could not be told apart.
    menus = [one for one in screen.findChildren(QToolButton) if one.isVisible() and one.menu() is not None]
    assert len({one.text() for one in menus}) == len(menus) == 2
    assert len({one.accessibleName() for one in menus}) == 2
    desk.record.asked.emit(AMENDMENT)
    desk.form.text.setPlainText("It was the right side.")
    desk.form.more.setText("No: it was the left.")
    give(screen)
    qtbot.waitUntil(lambda: desk.form.isHidden() and desk.record.isVisible())
    desk.record.asked.emit(VOID)
    give(screen)
    assert "cannot be empty" in desk.form.fault.text()
    desk.form.text.setPlainText("Charted for the wrong patient.")
    give(screen)
    qtbot.waitUntil(lambda: desk.record.isVisible() and desk.record.state.text() == "void")
    assert load_session(case[0], note.id or 0).state is NoteState.VOIDED
    assert screen.bar.picker.list.currentText().endswith("voided")


def test_a_students_note_is_co_signed_from_the_same_place(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    clinic, episode = case
    student = as_somebody(clinic, STUDENT)
    note = save_draft(student, whole(start_session(student, episode.id or 0)))
    signing.sign_note(student, note.id or 0, note.revision, OTHER_PASSPHRASE)
    shown(qtbot, screen, case, note)
    record = screen.signing.record
    qtbot.waitUntil(record.isVisible)
    assert (record.state.text(), record.co_sign.isVisible()) == ("awaiting co-signature", True)
    screen.bar.commands["sign"].trigger()
    give(screen)
    qtbot.waitUntil(lambda: record.isVisible() and record.state.text() == "signed")
    assert load_session(clinic, note.id or 0).state is NoteState.SIGNED


def test_control_return_asks_for_the_signature_from_within_the_note(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    page = shown(qtbot, screen, case, new_draft(case))
    screen.activateWindow()
    editor = page.note.editors["plan"]
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(screen.signing.panel.isVisible)
    assert editor.toPlainText() == ""


def test_text_carried_over_is_marked_in_the_note(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    clinic, _episode = case
    words = "Left lumbar facet irritation settles; flexion is the sign to follow at the next visit."
    first = save_draft(clinic, replace(new_draft(case), note=Note(assessment=words)))
    signing.sign_note(clinic, first.id or 0, first.revision, PASSPHRASE)
    second = save_draft(clinic, replace(new_draft(case), note=Note(assessment=words)))
    page = shown(qtbot, screen, case, second)
    screen.bar.commands["sign"].trigger()
    qtbot.waitUntil(lambda: len(screen.signing.panel.rows) == 1)
    assert screen.signing.panel.rows[0].accessibleName().startswith("odd: The assessment is nearly the text")
    assert screen.signing.panel.passphrase.button.isEnabled()
    passages = screen.signing.panel.passages
    assert passages.isVisible()
    assert f'underline">{words}</span>' in passages.text.text()
    screen.signing.panel.rows[0].click()
    (marked,) = page.note.editors["assessment"].extraSelections()
    assert marked.cursor.selectedText() == words


def test_somebody_elses_draft_is_not_offered_to_be_signed(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    clinic, episode = case
    other = as_somebody(clinic, OTHER)
    note = save_draft(other, whole(start_session(other, episode.id or 0)))
    shown(qtbot, screen, case, note)
    screen.bar.commands["sign"].trigger()
    panel = screen.signing.panel
    qtbot.waitUntil(panel.fault.isVisible)
    assert panel.fault.text() == "A note is signed by whoever wrote it."
    assert not panel.passphrase.button.isEnabled()


def test_rows_charted_after_another_window_signed_are_offered_in_words(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = new_draft(case)
    page = shown(qtbot, screen, case, note)
    signing.sign_note(case[0], note.id or 0, note.revision, PASSPHRASE)
    page.state.put(replace(page.state.session, mobilizations=()))
    form = screen.signing.form
    qtbot.waitUntil(form.isVisible)
    assert form.text.toPlainText().startswith("Taken out or changed: L5 · ")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    qtbot.waitUntil(screen.signing.record.isVisible)


def test_words_typed_for_a_signed_note_wait_until_its_visit_is_shown_again(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    first, second = signed(case), signed(case)
    shown(qtbot, screen, case, first)
    desk = screen.signing
    qtbot.waitUntil(desk.record.isVisible)
    desk.record.add.click()
    assert desk.record.isHidden()
    assert screen.unsaved_problem() == ""
    desk.form.text.setPlainText("It was the right side.")
    assert "not signed yet" in screen.unsaved_problem()
    screen.open_visit(second.id or 0)
    qtbot.waitUntil(desk.record.isVisible)
    assert desk.form.isHidden()
    assert "not signed yet" in screen.unsaved_problem()
    screen.open_visit(first.id or 0)
    qtbot.waitUntil(desk.form.isVisible)
    assert desk.form.text.toPlainText() == "It was the right side."
    QTest.keyClick(desk.form, Qt.Key.Key_Escape)
    assert desk.record.isVisible()
    assert screen.unsaved_problem() == ""


def test_a_void_note_is_struck_through_and_stays_readable(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = signed(case)
    page = shown(qtbot, screen, case, note)
    assert not page.note.editors["assessment"].font().strikeOut()
    signing.void_note(case[0], note.id or 0, "Charted twice.", PASSPHRASE)
    screen.show_episode(None, None)
    page = shown(qtbot, screen, case, note)
    editor = page.note.editors["assessment"]
    qtbot.waitUntil(lambda: editor.font().strikeOut())
    assert editor.toPlainText() == "Left lumbar facet irritation settles."


def test_a_visit_that_did_not_take_place_is_not_offered_to_be_signed(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    clinic, episode = case
    absence = record_absence(clinic, episode.id or 0, clinic.today(), VisitStatus.MISSED, "snow")
    screen.show_episode(episode.patient_id, episode.id)
    screen.open_visit(absence.id or 0)
    qtbot.waitUntil(lambda: screen.visit is not None)
    assert not screen.bar.sign.isVisible()
    assert not screen.bar.commands["sign"].isEnabled()


def test_a_passphrase_is_derived_behind_the_window_never_in_its_thread(
    qtbot: QtBot,
    screen: ChartingScreen,
    case: tuple[OpenClinic, EpisodeOfCare],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[threading.Thread] = []
    derive = Kdf.key

    def watched(self: Kdf, *args: Any) -> bytes:
        threads.append(threading.current_thread())
        return derive(self, *args)

    monkeypatch.setattr(Kdf, "key", watched)
    shown(qtbot, screen, case, new_draft(case))
    screen.bar.commands["sign"].trigger()
    qtbot.waitUntil(screen.signing.panel.isVisible)
    give(screen)
    qtbot.waitUntil(screen.signing.record.isVisible)
    screen.signing.record.add.click()
    screen.signing.form.text.setPlainText("It was the right side.")
    give(screen)
    qtbot.waitUntil(lambda: screen.signing.form.isHidden() and screen.signing.record.isVisible())
    assert len(threads) == 2
    assert threading.main_thread() not in threads


def test_the_window_never_grows_to_take_a_signature(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare], theme: Theme
) -> None:
    theme.set_text_scale(1.5)
    shown(qtbot, screen, case, signed(case))
    qtbot.waitUntil(screen.signing.record.isVisible)
    for asked in (AMENDMENT, VOID):
        screen.signing.record.asked.emit(asked)
        # What a screen 720 pixels high leaves beside the menu and the head of the chart.
        assert screen.minimumSizeHint().height() <= 720 - 181
        screen.signing.form.close_form()


def test_the_visit_is_signed_for_which_the_passphrase_was_given(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare], tasks: Tasks
) -> None:
    first, second = new_draft(case), new_draft(case)
    page = shown(qtbot, screen, case, first)
    screen.bar.commands["sign"].trigger()
    qtbot.waitUntil(screen.signing.panel.isVisible)
    with held_up(tasks, qtbot):
        page.note.editors["plan"].insertPlainText("Twice a week.")
        give(screen)
        screen.open_visit(second.id or 0)
        qtbot.waitUntil(lambda: screen.visit is not None and screen.visit.id == second.id)
    qtbot.waitUntil(lambda: load_session(case[0], first.id or 0).state is NoteState.SIGNED)
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    assert load_session(case[0], first.id or 0).note.plan == "Twice a week."
    assert load_session(case[0], second.id or 0).state is NoteState.DRAFT
    assert screen.visit is not None
    assert screen.visit.id == second.id


def test_a_note_is_not_changed_while_it_is_signed_and_can_be_where_it_was_not(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare], tasks: Tasks
) -> None:
    note = new_draft(case)
    page = shown(qtbot, screen, case, note)
    panel = screen.signing.panel
    screen.bar.commands["sign"].trigger()
    qtbot.waitUntil(panel.isVisible)
    with held_up(tasks, qtbot):
        give(screen, "some other words")
        assert not page.note.isEnabled()
    assert "passphrase" in panel.fault.text()
    assert page.note.isEnabled()
    with held_up(tasks, qtbot):
        for _ in range(2):
            give(screen)
    qtbot.waitUntil(screen.signing.record.isVisible)
    assert panel.isHidden()


def test_why_a_changed_note_was_not_signed_stays_to_be_read(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare]
) -> None:
    note = new_draft(case)
    shown(qtbot, screen, case, note)
    panel = screen.signing.panel
    screen.bar.commands["sign"].trigger()
    qtbot.waitUntil(panel.isVisible)
    save_draft(case[0], replace(note, note=replace(note.note, plan="By another window.")))
    with patch.object(panel, "show_findings", wraps=panel.show_findings) as looked:
        give(screen)
        qtbot.waitUntil(lambda: looked.called)
    assert panel.fault.isVisible()


def test_words_for_a_signed_note_are_signed_once_and_wait_for_nothing_then(
    qtbot: QtBot, screen: ChartingScreen, case: tuple[OpenClinic, EpisodeOfCare], tasks: Tasks
) -> None:
    first, second = signed(case), signed(case)
    shown(qtbot, screen, case, first)
    desk = screen.signing
    qtbot.waitUntil(desk.record.isVisible)
    desk.record.add.click()
    desk.form.text.setPlainText("It was the right side.")
    with held_up(tasks, qtbot):
        for _ in range(2):
            give(screen)
        screen.open_visit(second.id or 0)
        qtbot.waitUntil(desk.record.isVisible)
    told = signing.signed_note(case[0], first.id or 0)
    assert told is not None
    assert [one.text for one in told.addenda] == ["It was the right side."]
    assert screen.unsaved_problem() == ""
