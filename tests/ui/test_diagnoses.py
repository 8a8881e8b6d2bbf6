"""The card of diagnoses: found by words or code, refused beside the field, ordered by keys, with their dates."""

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import Diagnosis, DiagnosisKind, EpisodeOfCare, EpisodeRegion
from ptnotes.services.episodes import load_episode, open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.episode.diagnosis_card import DiagnosisCard, diagnosis_items
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT, reference

TWO = (Diagnosis(row=1, words="Low back pain"), Diagnosis(row=2, words="Stiff hip"))


@pytest.fixture
def screen(open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[EpisodeScreen]:
    add_patient(open_clinic, PATIENT)
    open_episode(
        open_clinic,
        EpisodeOfCare(
            patient_id=1,
            title="Low back pain",
            start=date(2026, 2, 2),
            regions=(EpisodeRegion(region="lumbar"),),
        ),
    )
    made = EpisodeScreen(open_clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    made.show_episode(1, 1)
    qtbot.waitUntil(lambda: made.draft.episode is not None)
    yield made
    made.flush()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    tasks.close()


@pytest.fixture
def card(screen: EpisodeScreen) -> DiagnosisCard:
    return screen.diagnoses


def stored(screen: EpisodeScreen, qtbot: QtBot) -> tuple[Diagnosis, ...]:
    screen.flush()
    qtbot.waitUntil(lambda: screen._tasks.unsaved == 0)
    return load_episode(screen._clinic, 1).diagnoses


def entered(card: DiagnosisCard, text: str) -> None:
    """Type a text that the list does not know and press Enter on it as it is."""
    card.pick.setFocus()
    QTest.keyClicks(card.pick, text)
    card.pick._view.hide()
    QTest.keyClick(card.pick, Qt.Key.Key_Return)


def test_a_diagnosis_is_found_by_words_and_by_code() -> None:
    by_words = [item.id for item in diagnosis_items(reference(), "stenosis")]
    by_code = [item.id for item in diagnosis_items(reference(), "M48.06")]
    assert any(found.endswith("M48.061") for found in by_words)
    assert any(found.endswith("M48.061") for found in by_code)
    assert by_words[-1] == "words|stenosis"


def test_the_clinicians_term_comes_first_and_takes_no_code(
    screen: EpisodeScreen, card: DiagnosisCard, qtbot: QtBot
) -> None:
    items = diagnosis_items(reference(), "spinal misalignment")
    assert items[0].id == "words|spinal misalignment"
    card._add_picked(items[0].id)
    assert [(each.code, each.words) for each in stored(screen, qtbot)] == [("", "spinal misalignment")]


def test_a_known_code_is_checked_and_an_unknown_one_is_marked(
    screen: EpisodeScreen, card: DiagnosisCard, qtbot: QtBot
) -> None:
    known = next(item for item in diagnosis_items(reference(), "M48.061") if item.id.endswith("M48.061"))
    card._add_picked(known.id)
    entered(card, "Z99.89 needs a frame")
    entered(card, "Stiff after gardening")
    found = [(row.code, row.checked, bool(row.words)) for row in stored(screen, qtbot)]
    assert found == [("M48.061", True, True), ("Z99.89", False, True), ("", False, True)]
    assert [row.unchecked.isVisible() for row in card.rows] == [False, True, False]


def test_a_code_that_cannot_be_billed_is_refused_and_the_full_ones_are_there_to_choose(
    screen: EpisodeScreen, card: DiagnosisCard, qtbot: QtBot
) -> None:
    entered(card, "M48.06")
    assert "cannot be billed" in card.field.fault
    assert [button.text()[:7] for button in card.offered] == ["M48.061", "M48.062"]
    assert stored(screen, qtbot) == ()
    card.offered[1].setFocus()
    QTest.keyClick(card.offered[1], Qt.Key.Key_Space)
    assert card.field.fault == ""
    assert card.offered == []
    assert [(each.code, each.checked) for each in stored(screen, qtbot)] == [("M48.062", True)]


@pytest.mark.parametrize(
    ("typed", "said"), [("M54..1", "not formed like"), ("Z99.89", "in your own words behind the code")]
)
def test_what_is_no_code_or_says_nothing_is_refused_beside_the_field(
    screen: EpisodeScreen, card: DiagnosisCard, qtbot: QtBot, typed: str, said: str
) -> None:
    entered(card, typed)
    assert said in card.field.fault
    assert card.pick.text() == typed
    assert stored(screen, qtbot) == ()


def test_a_diagnosis_is_moved_by_keys_and_keeps_the_focus(
    screen: EpisodeScreen, card: DiagnosisCard, qtbot: QtBot
) -> None:
    screen.draft.set_value("diagnoses", TWO)
    card.rows[1].kind.setFocus()
    QTest.keyClick(card.rows[1].kind, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert [row.number for row in card.rows] == [2, 1]
    assert card.rows[0].kind.hasFocus()
    assert [each.row for each in stored(screen, qtbot)] == [2, 1]
    QTest.keyClick(card.rows[0].kind, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert [each.row for each in stored(screen, qtbot)] == [1, 2]
    assert not card.rows[0].up.isEnabled()
    card.rows[0].down.click()
    assert [each.row for each in stored(screen, qtbot)] == [2, 1]


def test_kind_since_and_until_are_kept_and_a_wrong_end_is_refused_in_its_row(
    screen: EpisodeScreen, card: DiagnosisCard, qtbot: QtBot
) -> None:
    screen.draft.set_value("diagnoses", TWO)
    row = card.rows[0]
    row.kind.setCurrentIndex(1)
    row.kind.activated.emit(1)
    for field, day in ((row.since, "1 Feb 2026"), (row.until, "1 Jan 2026")):
        field.setFocus()
        field.setText(day)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert "before the start" in row.fault.text()
    qtbot.waitUntil(row.fault.isVisible)
    first = stored(screen, qtbot)[0]
    assert (first.kind, first.since, first.until) == (DiagnosisKind.TREATMENT, date(2026, 2, 1), None)
    row.until.setText("1 Mar 2026")
    QTest.keyClick(row.until, Qt.Key.Key_Return)
    assert stored(screen, qtbot)[0].until == date(2026, 3, 1)
    assert not card.rows[0].fault.isVisible()


def test_a_removed_diagnosis_comes_back_by_undo(
    screen: EpisodeScreen, card: DiagnosisCard, qtbot: QtBot
) -> None:
    screen.draft.set_value("diagnoses", TWO)
    with qtbot.waitSignal(screen.undo_offered) as offered:
        card.rows[0].remove.click()
    assert [each.row for each in stored(screen, qtbot)] == [2]
    offered.args[1]()
    assert [row.words for row in stored(screen, qtbot)] == ["Low back pain", "Stiff hip"]


def test_a_new_diagnosis_does_not_take_the_row_of_one_that_was_removed(
    card: DiagnosisCard, screen: EpisodeScreen, qtbot: QtBot
) -> None:
    entered(card, "Stiff hip")
    (removed,) = stored(screen, qtbot)
    card.rows[0].removed.emit()
    assert stored(screen, qtbot) == ()
    entered(card, "Stiff back")
    (now,) = stored(screen, qtbot)
    assert (now.words, now.row != removed.row) == ("Stiff back", True)
