"""The Sessions tab on a real clinic file: visits come and go, save by themselves, and never lose a word."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.text import NOTE_LIMIT
from ptnotes.domain.treatment import (
    NoteState,
    VisitKind,
    VisitStatus,
)
from ptnotes.services import visits
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.theme import Look
from tests.ui.charting import (
    LAST_DAY,
    Chart,
    chart,
    clinic,
    episode,
    last_visit,
    page_of,
    rom_row,
    screen,
    stored,
)

__all__ = ["chart", "clinic", "episode", "screen"]


def test_an_episode_without_visits_says_the_next_step(
    screen: ChartingScreen, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    screen.show_episode(episode.patient_id, episode.id)
    qtbot.waitUntil(lambda: screen.stage.currentWidget() is screen.stage.empty)
    assert screen.stage.empty.title.text() == "No visits yet"
    screen.stage.empty.button.click()
    qtbot.waitUntil(lambda: screen.stage.page is not None)
    assert screen.visit is not None
    assert screen.visit.state.session.kind is VisitKind.EVALUATION
    assert screen.bar.picker.list.currentText() == "Visit 1 · 2 Mar 2026"


def test_a_patient_without_an_episode_is_sent_to_open_one(screen: ChartingScreen) -> None:
    screen.show_episode(1, None)
    assert "Episode" in screen.stage.empty.text.text()
    assert screen.stage.empty.button.isHidden()


def test_today_s_visit_is_not_started_twice(
    screen: ChartingScreen,
    chart: Chart,
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    chart()
    screen.bar.commands["new_visit"].trigger()
    qtbot.wait(50)
    assert len(visits.sessions_of(clinic, episode.id or 0)) == 1


@pytest.mark.parametrize("text", ["x" * (NOTE_LIMIT + 1), "x" * 1_000_000, "a\0b"])
def test_a_paste_that_cannot_be_stored_is_refused_whole_with_a_sentence(chart: Chart, text: str) -> None:
    page = chart()
    editor = page.note.editors["plan"]
    QTest.keyClicks(editor, "kept")
    pasted = QMimeData()
    pasted.setText(text)
    editor.insertFromMimeData(pasted)
    assert editor.toPlainText() == "kept"
    assert page.state.session.note.plan == "kept"
    assert page.note.faults["plan"].text().endswith("Nothing was changed.")


def test_right_to_left_combining_and_emoji_text_is_kept(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    text = "שלום 👍🏽 e\u0301 Nguyễn"
    page.note.editors["subjective"].insertPlainText(text)
    assert stored(screen, clinic, qtbot).note.subjective == "שלום 👍🏽 é Nguyễn"


def test_what_was_told_to_others_has_a_line_below_the_plan(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    plan, told = page.note.editors["plan"], page.note.editors["communication"]
    assert told.y() > plan.y()
    assert told.height() < plan.height()
    assert told.placeholderText().startswith("Who was told what")
    plan.setFocus()
    QTest.keyClick(plan, Qt.Key.Key_Tab)
    assert told.hasFocus()
    QTest.keyClicks(told, "Told Dr. Vane")
    assert stored(screen, clinic, qtbot).note.communication == "Told Dr. Vane"
    page.state.undo()
    assert page.state.session.note.communication == "Told Dr. "


def test_a_note_that_is_only_read_holds_no_word_that_was_not_charted(chart: Chart) -> None:
    page = chart()
    editors = page.note.editors.values()
    assert any(editor.placeholderText() for editor in editors)
    page.set_editable(False)
    assert [editor.placeholderText() for editor in editors] == [""] * 5
    page.set_editable(True)
    assert any(editor.placeholderText() for editor in editors)


def test_a_part_of_the_note_is_as_high_as_its_text_at_any_width(chart: Chart, qtbot: QtBot) -> None:
    page = chart()
    editor = page.note.editors["plan"]
    page.state.put(edits.set_note(page.state.session, "plan", "Longer walks with rests. " * 3))
    wide = editor.height()
    editor.setMaximumWidth(editor.width() // 2)
    qtbot.waitUntil(lambda: editor.height() > wide)
    qtbot.waitUntil(lambda: editor.verticalScrollBar().maximum() == 0)


def test_typing_in_the_note_is_undone_by_the_word_from_within_the_field(
    chart: Chart,
) -> None:
    page = chart()
    editor = page.note.editors["assessment"]
    editor.setFocus()
    QTest.keyClicks(editor, "improving with care")
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "improving with "
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "improving "
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(editor, Qt.Key.Key_Z, modifiers)
    assert page.state.session.note.assessment == "improving with "


def test_the_time_of_the_last_save_is_on_the_screen(
    screen: ChartingScreen, chart: Chart, qtbot: QtBot
) -> None:
    page = chart()
    assert screen.bar.saved.text() == "✓ Saved 09:00:00"
    QTest.keyClicks(page.note.editors["plan"], "x")
    assert screen.bar.saved.text() == "Saving …"
    qtbot.waitUntil(lambda: screen.bar.saved.text() == "✓ Saved 09:00:00")


def test_leaving_for_another_visit_and_coming_back_loses_nothing(
    screen: ChartingScreen,
    chart: Chart,
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    earlier = last_visit(clinic, episode)
    page = chart()
    today = page.state.session.id or 0
    QTest.keyClicks(page.note.editors["plan"], "not saved yet")
    screen.open_visit(earlier.id or 0)
    screen.open_visit(today)
    qtbot.waitUntil(
        lambda: screen.visit is not None and screen.visit.id == today and screen.stage.page is not None
    )
    assert screen.visit is not None
    assert screen.visit.state.session.note.plan == "not saved yet"
    assert stored(screen, clinic, qtbot).note.plan == "not saved yet"


def test_older_and_newer_visits_are_a_key_away(
    screen: ChartingScreen,
    chart: Chart,
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    earlier = last_visit(clinic, episode)
    chart()
    screen.bar.commands["older"].trigger()
    qtbot.waitUntil(lambda: page_of(screen, LAST_DAY) is not None)
    assert screen.visit is not None
    assert screen.visit.id == earlier.id
    assert screen.bar.picker.list.currentText().startswith("Visit 1")
    screen.bar.commands["newer"].trigger()
    qtbot.waitUntil(lambda: page_of(screen, clinic.today()) is not None)


def test_a_draft_is_discarded_with_what_was_typed_and_brought_back_whole(
    screen: ChartingScreen,
    chart: Chart,
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    page = chart()
    today = page.state.session.id or 0
    QTest.keyClicks(page.note.editors["plan"], "last word")
    screen.bar.commands["discard"].trigger()
    qtbot.waitUntil(lambda: screen.stage.currentWidget() is screen.stage.empty)
    assert visits.sessions_of(clinic, episode.id or 0) == ()
    assert visits.load_session(clinic, today).state is NoteState.DISCARDED
    screen.toast.action.click()
    qtbot.waitUntil(lambda: screen.stage.page is not None)
    assert screen.visit is not None
    assert screen.visit.state.session.note.plan == "last word"


def test_an_absence_needs_a_reason_and_is_no_treatment_day(
    screen: ChartingScreen,
    chart: Chart,
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    chart()
    screen.bar.commands["absence"].trigger()
    screen.absence.record.click()
    assert screen.absence.fault.text() == "This cannot be empty."
    screen.absence.kind.setCurrentIndex(1)
    QTest.keyClicks(screen.absence.reason, "snow")
    QTest.keyClick(screen.absence.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.stage.currentWidget() is screen.stage.absent)
    assert screen.stage.absent.title.text() == "Missed on 2 Mar 2026"
    rows = visits.sessions_of(clinic, episode.id or 0)
    assert [row.visit_number for row in rows if row.status is VisitStatus.MISSED] == [None]
    screen.stage.absent.button.click()
    assert screen.stage.page is not None
    assert stored(screen, clinic, qtbot).status is VisitStatus.ATTENDED


def test_two_windows_on_one_visit_settle_it_without_losing_either(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    theirs = visits.load_session(clinic, page.state.session.id or 0)
    visits.save_draft(clinic, edits.set_note(theirs, "plan", "theirs"))
    QTest.keyClicks(page.note.editors["plan"], "mine")
    screen.flush()
    qtbot.waitUntil(screen.notice.first.isVisible)
    assert "note" in screen.notice.text.text()
    assert screen.bar.saved.text() == "Not saved"
    assert page.note.editors["plan"].toPlainText() == "mine"
    assert visits.load_session(clinic, theirs.id or 0).note.plan == "theirs"
    screen.notice.second.click()
    assert page.note.editors["plan"].toPlainText() == "theirs"
    screen.bar.commands["undo"].trigger()
    assert page.note.editors["plan"].toPlainText() == "mine"
    assert stored(screen, clinic, qtbot).note.plan == "mine"


def test_keeping_the_own_version_stores_it_over_the_other(
    screen: ChartingScreen, chart: Chart, clinic: OpenClinic, qtbot: QtBot
) -> None:
    page = chart()
    theirs = visits.load_session(clinic, page.state.session.id or 0)
    visits.save_draft(clinic, edits.set_note(theirs, "plan", "theirs"))
    QTest.keyClicks(page.note.editors["plan"], "mine")
    screen.flush()
    qtbot.waitUntil(screen.notice.first.isVisible)
    screen.notice.first.click()
    qtbot.waitUntil(lambda: visits.load_session(clinic, theirs.id or 0).note.plan == "mine")
    qtbot.waitUntil(lambda: screen.bar.saved.text().startswith("✓ Saved"))
    assert not screen.notice.isVisible()
    assert screen.unsaved_problem() == ""


def test_the_visit_s_date_can_be_moved_but_not_into_the_future(
    screen: ChartingScreen,
    chart: Chart,
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    page = chart()
    page.fields.date.setText("3 Mar 2026")
    page.fields.date.read_text()
    assert page.fields.fault.text() == "This date is in the future."
    assert page.state.session.service_date == clinic.today()
    page.fields.date.setText("27 Feb 2026")
    page.fields.date.read_text()
    screen.flush()
    qtbot.waitUntil(lambda: screen.bar.picker.list.currentText().endswith("27 Feb 2026"))
    (row,) = visits.sessions_of(clinic, episode.id or 0)
    assert row.service_date == date(2026, 2, 27)


def test_a_note_that_is_no_draft_is_only_read(screen: ChartingScreen, chart: Chart) -> None:
    page = chart()
    page.set_editable(editable=False)
    assert not page.note.editors["plan"].isEnabled()
    assert not page.mobilizations.add.isEnabled()


def test_every_field_has_a_name_for_those_who_hear_the_screen(
    clinic: OpenClinic, episode: EpisodeOfCare, screen: ChartingScreen, chart: Chart
) -> None:
    last_visit(clinic, episode)
    page = chart()
    page.mobilizations.confirm_all()
    page.interventions.add.chosen.emit(next(iter(clinic.reference.interventions)))
    kinds = (QLineEdit, QPlainTextEdit, QComboBox, QPushButton, QToolButton)
    nameless = []
    for kind in kinds:
        for widget in screen.findChildren(kind):
            inner = isinstance(widget.parent(), QComboBox) or widget.objectName().startswith("qt_")
            interface = QAccessible.queryAccessibleInterface(widget)
            # A button of a message has no words until there is a message.
            wordless = isinstance(widget, QPushButton) and not widget.isVisible()
            if not inner and not wordless and not interface.text(QAccessible.Text.Name):
                nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


def test_tab_reaches_the_fields_in_the_order_of_the_work(
    clinic: OpenClinic, episode: EpisodeOfCare, chart: Chart, qtbot: QtBot
) -> None:
    last_visit(clinic, episode)
    page = chart()
    page.mobilizations.confirm_all()
    qtbot.wait(20)
    page.mobilizations.table.focus_row(page.state.session.mobilizations[0].row)
    seen = []
    for _ in range(60):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    wanted = [page.mobilizations.add, page.pain.scales[0], page.note.editors["plan"], rom_row(page).before]
    places = [seen.index(widget) for widget in wanted]
    assert places == sorted(places)


def test_f6_goes_from_part_to_part(screen: ChartingScreen, chart: Chart) -> None:
    page = chart()
    page.mobilizations.add.setFocus()
    screen.bar.commands["next_card"].trigger()
    assert page.pain.scales[0].hasFocus()
    page.exercises.add.setFocus()
    screen.bar.commands["next_card"].trigger()
    assert page.spine.isAncestorOf(page.window().focusWidget())
    screen.bar.commands["next_card"].trigger()
    assert page.mobilizations.add.hasFocus()


def test_the_key_to_the_next_part_brings_it_into_sight(
    screen: ChartingScreen, chart: Chart, qtbot: QtBot
) -> None:
    page = chart()
    screen.resize(980, 560)
    qtbot.waitUntil(lambda: page.scroller.viewport().height() < 560)
    page.mobilizations.add.setFocus()
    for _ in range(6):
        screen.bar.commands["next_card"].trigger()
        focus = QApplication.focusWidget()
        assert focus is not None
        assert page.scroller.isAncestorOf(focus)
        in_sight = (
            page.scroller.viewport()
            .rect()
            .intersected(QRect(focus.mapTo(page.scroller.viewport(), QPoint(0, 0)), focus.size()))
        )
        assert in_sight.size() == focus.size(), focus.accessibleName()


def test_the_cards_stand_in_two_columns_where_there_is_room(
    screen: ChartingScreen, chart: Chart, qtbot: QtBot
) -> None:
    page = chart()
    qtbot.waitUntil(lambda: page.rom.x() > page.note.x())
    screen.resize(900, 700)
    qtbot.waitUntil(lambda: page.rom.x() == page.note.x())
    assert page.scroller.horizontalScrollBar().maximum() == 0


def test_a_visit_of_another_episode_is_never_shown_in_this_one(
    screen: ChartingScreen,
    chart: Chart,
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    qtbot: QtBot,
) -> None:
    page = chart()
    QTest.keyClicks(page.note.editors["plan"], "of the first patient")
    first = page.state.session.id or 0
    other = open_episode(clinic, replace(episode, id=None, uuid="", revision=0))
    screen.show_episode(other.patient_id, other.id)
    assert screen.stage.page is None
    qtbot.waitUntil(lambda: screen.stage.currentWidget() is screen.stage.empty)
    qtbot.waitUntil(lambda: visits.load_session(clinic, first).note.plan == "of the first patient")
    qtbot.waitUntil(lambda: screen.unsaved_problem() == "")


def test_a_draft_chosen_from_elsewhere_is_the_one_that_is_shown(
    screen: ChartingScreen, clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    earlier = last_visit(clinic, episode)
    visits.start_session(clinic, episode.id or 0)
    screen.show_episode(episode.patient_id, episode.id)
    screen.open_visit(earlier.id or 0)
    qtbot.waitUntil(lambda: page_of(screen, LAST_DAY) is not None)
    qtbot.wait(50)
    assert screen.visit is not None
    assert screen.visit.id == earlier.id
    assert screen.bar.picker.list.currentText().endswith("26 Feb 2026")


def test_another_look_or_text_size_keeps_the_visit_and_its_history(
    screen: ChartingScreen, chart: Chart
) -> None:
    page = chart()
    QTest.keyClicks(page.note.editors["plan"], "kept")
    screen._theme.set_look(Look.DARK)
    screen._theme.set_text_scale(1.5)
    assert screen.stage.page is not None
    assert screen.stage.page.note.editors["plan"].toPlainText() == "kept"
    screen.bar.commands["undo"].trigger()
    assert screen.stage.page.note.editors["plan"].toPlainText() == ""
