"""Short forms expand while somebody types, Tab goes from blank to blank, and each expansion is one step of undo."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ptnotes.domain.phrases import Phrase
from ptnotes.domain.treatment import Mobilization, PainKind, Phase, Side
from ptnotes.services.opening import OpenClinic
from ptnotes.services.phrases import save_phrase
from ptnotes.ui.charting import edits
from ptnotes.ui.charting.mobilization_row import MobilizationRow
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.visit_page import VisitPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import clinic_in, lumbar_episode
from tests.clock import FixedClock

CONTROL = Qt.KeyboardModifier.ControlModifier
L5 = Mobilization(
    row=0, targets=("L5",), side=Side.LEFT, technique="upa", grade="III", grade_system="maitland", sets=3,
    duration_s=45,
)  # fmt: skip


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, FixedClock())
    save_phrase(opened, Phrase(short_form="gait", text="Walks [distance] with [aid], pain {pain.after}/10."))
    save_phrase(opened, Phrase(short_form="odd", text="Pain {pain.aftr}/10"))
    save_phrase(opened, Phrase(short_form="two", text="One line\nand [what]"))
    yield opened
    opened.close()


@pytest.fixture
def screen(qtbot: QtBot, theme: Theme, tasks: Tasks, clinic: OpenClinic) -> ChartingScreen:
    episode = lumbar_episode(clinic, date(2026, 2, 2))
    made = ChartingScreen(clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1180, 780)
    made.show()
    made.activateWindow()
    made.show_episode(episode.patient_id, episode.id)
    qtbot.waitUntil(lambda: made.verbs.episode is not None and bool(made.narrative.expander.phrases))
    made.bar.commands["new_visit"].trigger()
    qtbot.waitUntil(lambda: made.stage.page is not None)
    return made


@pytest.fixture
def page(screen: ChartingScreen) -> VisitPage:
    assert screen.stage.page is not None
    return screen.stage.page


def editor_of(page: VisitPage, section: str = "plan") -> QPlainTextEdit:
    editor = page.note.editors[section]
    editor.setFocus()
    return editor


def tab(*, back: bool = False) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    if back:
        QTest.keyClick(focus, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    else:
        QTest.keyClick(focus, Qt.Key.Key_Tab)


def test_a_short_form_expands_with_tab_and_the_first_blank_is_typed_over(page: VisitPage) -> None:
    editor = editor_of(page)
    QTest.keyClicks(editor, "Seen. .gait")
    tab()
    assert page.state.session.note.plan == "Seen. Walks ‹distance› with ‹aid›, pain ‹pain after›/10."
    assert editor.textCursor().selectedText() == "‹distance›"
    QTest.keyClicks(editor, "200 m")
    tab()
    QTest.keyClicks(editor, "a stick")
    tab()
    QTest.keyClicks(editor, "3")
    assert page.state.session.note.plan == "Seen. Walks 200 m with a stick, pain 3/10."
    assert editor.hasFocus()
    tab()
    assert not editor.hasFocus()


def test_shift_tab_goes_back_to_the_blank_before(page: VisitPage) -> None:
    editor = editor_of(page)
    QTest.keyClicks(editor, ".gait")
    tab()
    tab()
    assert editor.textCursor().selectedText() == "‹aid›"
    tab(back=True)
    assert editor.textCursor().selectedText() == "‹distance›"
    tab(back=True)
    assert not editor.hasFocus()


def test_a_value_of_the_visit_is_filled_in_and_one_that_is_zero_is_a_zero(page: VisitPage) -> None:
    page.state.put(edits.set_pain(page.state.session, PainKind.NOW, Phase.AFTER, 0))
    editor = editor_of(page)
    QTest.keyClicks(editor, ".gait")
    tab()
    assert page.state.session.note.plan == "Walks ‹distance› with ‹aid›, pain 0/10."


def test_an_unknown_name_stays_and_is_marked(page: VisitPage) -> None:
    editor = editor_of(page)
    QTest.keyClicks(editor, ".odd")
    tab()
    assert page.state.session.note.plan == "Pain {pain.aftr}/10"
    (marked,) = editor.document().firstBlock().layout().formats()
    assert editor.toPlainText()[marked.start : marked.start + marked.length] == "{pain.aftr}"


def test_an_expansion_is_one_step_of_undo_and_comes_again_with_redo(page: VisitPage) -> None:
    editor = editor_of(page)
    QTest.keyClicks(editor, "Well .two")
    tab()
    assert page.state.session.note.plan == "Well One line\nand ‹what›"
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert page.state.session.note.plan == "Well .two"
    assert editor.toPlainText() == "Well .two"
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert page.state.session.note.plan == "Well One line\nand ‹what›"


def test_a_short_form_that_nobody_has_is_said_once_and_the_next_tab_goes_on(
    screen: ChartingScreen, page: VisitPage
) -> None:
    editor = editor_of(page)
    QTest.keyClicks(editor, ".nothing")
    tab()
    assert editor.hasFocus()
    hint = screen.narrative.expander.hint
    assert hint.isVisible()
    assert hint.lines[0].text() == "There is no phrase .nothing"
    tab()
    assert not editor.hasFocus()
    assert not hint.isVisible()
    assert page.state.session.note.plan == ".nothing"


def test_phrases_that_begin_so_are_shown_while_a_short_form_is_typed(
    screen: ChartingScreen, page: VisitPage
) -> None:
    editor = editor_of(page)
    hint = screen.narrative.expander.hint
    QTest.keyClicks(editor, "L5. ")
    assert not hint.isVisible()
    QTest.keyClicks(editor, ".ho")
    assert hint.isVisible()
    assert [line.text().split()[0] for line in hint.lines if not line.isHidden()] == [".home", ".homesame"]
    QTest.keyClicks(editor, "x")
    assert not hint.isVisible()


def test_tab_leaves_a_field_without_short_form_and_without_blank(page: VisitPage) -> None:
    editor = editor_of(page, "subjective")
    QTest.keyClicks(editor, "Pain 3.5 of 10. Nothing else")
    tab()
    assert QApplication.focusWidget() is page.note.editors["objective"]


def test_a_field_of_one_line_expands_too_on_one_line_and_as_one_step(page: VisitPage, qtbot: QtBot) -> None:
    page.state.put(edits.add_row(page.state.session, L5))
    row = page.state.session.mobilizations[0].row
    editor = page.mobilizations.table.editors[row]
    assert isinstance(editor, MobilizationRow)
    editor.target.setFocus()
    qtbot.waitUntil(editor.details.note.isVisible)
    note = editor.details.note
    note.setFocus()
    QTest.keyClicks(note, "stiff .two")
    tab()
    assert page.state.session.mobilizations[0].note == "stiff One line and ‹what›"
    assert note.selectedText() == "‹what›"
    QTest.keyClicks(note, "x")
    assert page.state.session.mobilizations[0].note == "stiff One line and x"
    page.state.undo()
    assert page.state.session.mobilizations[0].note == "stiff One line and ‹what›"
    page.state.undo()
    assert page.state.session.mobilizations[0].note == "stiff .two"


def test_phrases_changed_meanwhile_are_known_when_the_screen_is_shown_again(
    screen: ChartingScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    screen.hide()
    save_phrase(clinic, Phrase(short_form="fresh", text="New."))
    screen.show()
    known = screen.narrative.expander
    qtbot.waitUntil(lambda: any(phrase.short_form == "fresh" for phrase in known.phrases))


def test_one_key_says_tolerated_well_in_the_note_and_in_every_response_as_one_step(page: VisitPage) -> None:
    page.state.put(edits.add_row(page.state.session, L5))
    page.state.put(edits.add_row(page.state.session, replace(L5, targets=("L4",), responses=("better",))))
    editor = editor_of(page, "objective")
    QTest.keyClicks(editor, "Flexion freer.")
    before = page.state.session
    QTest.keyClick(editor, Qt.Key.Key_R, CONTROL)
    session = page.state.session
    assert session.note.objective == "Flexion freer. Tolerated well, no adverse response."
    assert editor.toPlainText() == session.note.objective
    assert [row.responses for row in session.mobilizations] == [("no_adverse_response",), ("better",)]
    QTest.keyClick(editor, Qt.Key.Key_R, CONTROL)
    assert page.state.session == session
    page.state.undo()
    assert page.state.session.note == before.note
    assert page.state.session.mobilizations == before.mobilizations


def test_from_a_row_of_mobilization_it_is_that_rows_response_and_the_assessment(page: VisitPage) -> None:
    page.state.put(edits.add_row(page.state.session, replace(L5, responses=("better",))))
    page.state.put(edits.add_row(page.state.session, replace(L5, targets=("L4",))))
    row = page.state.session.mobilizations[0].row
    page.mobilizations.table.focus_row(row, 4)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_R, CONTROL)
    session = page.state.session
    assert [done.responses for done in session.mobilizations] == [("better", "no_adverse_response"), ()]
    assert session.note.assessment == "Tolerated well, no adverse response."


def test_no_adverse_response_is_never_written_beside_an_adverse_one(
    screen: ChartingScreen, page: VisitPage
) -> None:
    page.state.put(edits.add_row(page.state.session, replace(L5, responses=("dizziness_or_nausea",))))
    page.state.put(edits.add_row(page.state.session, replace(L5, targets=("L4",))))
    before = page.state.session
    QTest.keyClick(editor_of(page), Qt.Key.Key_R, CONTROL)
    assert page.state.session == before
    assert "dizziness or nausea" in screen.toast.text.text()
