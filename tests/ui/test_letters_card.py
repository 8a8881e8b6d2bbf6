"""The card of letter templates: they are seen, changed, added and put away, by mouse and by keys."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.domain.letters import PLACES, LetterTemplate
from ptnotes.domain.people import Role
from ptnotes.services.letters import letter_templates, save_template, shipped_templates
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.settings.letters_card import LettersCard
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import clinic_in
from tests.clock import FixedClock

OWN = LetterTemplate(name="To the coach", subject="About {patient.name}", text="Dear coach, [what to say]")


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, FixedClock())
    save_template(opened, OWN)
    yield opened
    opened.close()


def card_of(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> LettersCard:
    card = LettersCard(clinic, tasks, theme)
    qtbot.addWidget(card)
    card.resize(820, 560)
    card.show()
    card.activateWindow()
    card.show_templates()
    qtbot.waitUntil(lambda: card.list.count() > 0)
    return card


@pytest.fixture
def card(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> LettersCard:
    return card_of(clinic, tasks, theme, qtbot)


def listed(card: LettersCard) -> list[str]:
    return [card.list.item(place).text() for place in range(card.list.count())]


def choose(card: LettersCard, name: str) -> None:
    card.list.setCurrentRow(listed(card).index(name))


def stored(clinic: OpenClinic) -> dict[str, LetterTemplate]:
    return {template.name: template for template in letter_templates(clinic)}


def test_every_template_is_listed_and_the_first_is_shown(card: LettersCard) -> None:
    assert set(listed(card)) == {"To the coach", *(template.name for template in shipped_templates())}
    assert card.form.name.text() == listed(card)[0]
    assert not card.form.has_text
    assert card.unsaved_problem() == ""


def test_a_shipped_template_is_changed_and_saved_as_the_clinics(
    card: LettersCard, clinic: OpenClinic, qtbot: QtBot
) -> None:
    choose(card, "Missed visits")
    card.form.subject.setText("We missed you")
    assert "not saved yet" in card.unsaved_problem()
    card.form.save.click()
    qtbot.waitUntil(lambda: card.form.state.text() == "Saved.")
    qtbot.waitUntil(lambda: not card.form.has_text and card.form.shown in card.templates)
    saved = stored(clinic)["Missed visits"]
    assert (saved.subject, saved.shipped) == ("We missed you", False)
    assert listed(card).count("Missed visits") == 1
    assert card.list.currentItem().text() == "Missed visits"


def test_a_new_template_is_written_with_a_place_out_of_the_list(
    card: LettersCard, clinic: OpenClinic, qtbot: QtBot
) -> None:
    card.add.click()
    assert card.form.name.hasFocus()
    QTest.keyClicks(card.form.name, "To the school")
    card.form.text.setPlainText("Dear ")
    card.form.text.moveCursor(card.form.text.textCursor().MoveOperation.End)
    card.form.places.chosen.emit("patient.name")
    assert card.form.text.toPlainText() == "Dear {patient.name}"
    card.form.save.click()
    qtbot.waitUntil(lambda: "To the school" in listed(card))
    assert stored(clinic)["To the school"].text == "Dear {patient.name}"


def test_an_unknown_place_is_pointed_out_while_typing_and_refused(card: LettersCard, qtbot: QtBot) -> None:
    choose(card, "To the coach")
    card.form.text.setPlainText("Dear {cotch}")
    assert card.form.unknown.text() == "No place has the name cotch."
    card.form.save.click()
    qtbot.waitUntil(lambda: bool(card.form.fields["letter.text"].fault))
    assert "{cotch} is no place" in card.form.fields["letter.text"].fault
    card.form.text.setPlainText("Dear {referrer}")
    assert card.form.unknown.isHidden()


def test_an_empty_template_says_what_it_needs(card: LettersCard, qtbot: QtBot) -> None:
    card.add.click()
    card.form.save.click()
    qtbot.waitUntil(lambda: bool(card.form.fields["letter.name"].fault))
    assert card.form.fields["letter.text"].fault


def test_a_template_is_put_away_and_brought_back(card: LettersCard, clinic: OpenClinic, qtbot: QtBot) -> None:
    choose(card, "To the coach")
    card.form.away.click()
    qtbot.waitUntil(lambda: "To the coach" not in listed(card))
    assert "To the coach" not in stored(clinic)
    assert card.told.text() == "“To the coach” was put away."
    card.back.click()
    qtbot.waitUntil(lambda: "To the coach" in listed(card))
    assert card.list.currentItem().text() == "To the coach"
    assert card.back.isHidden()


def test_the_list_is_worked_by_keys(card: LettersCard, clinic: OpenClinic, qtbot: QtBot) -> None:
    choose(card, "To the coach")
    card.list.setFocus()
    QTest.keyClick(card.list, Qt.Key.Key_Return)
    assert card.form.text.hasFocus()
    QTest.keyClick(card.list, Qt.Key.Key_Insert)
    assert card.form.name.hasFocus()
    assert card.form.name.text() == ""
    choose(card, "To the coach")
    QTest.keyClick(card.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "To the coach" not in stored(clinic))
    QTest.keyClick(card.list, Qt.Key.Key_Down)


def test_what_was_typed_and_left_can_be_brought_back(card: LettersCard) -> None:
    choose(card, "To the coach")
    card.form.text.setPlainText("Dear coach, more of it")
    choose(card, "Missed visits")
    assert card.form.name.text() == "Missed visits"
    assert card.told.text() == "What was typed before was not stored."
    card.back.click()
    assert card.form.text.toPlainText() == "Dear coach, more of it"
    assert card.form.shown.name == "To the coach"
    assert card.list.currentItem().text() == "To the coach"
    assert card.form.has_text


def test_a_template_that_somebody_else_changed_is_not_overwritten(
    card: LettersCard, clinic: OpenClinic, qtbot: QtBot
) -> None:
    choose(card, "To the coach")
    save_template(clinic, replace(stored(clinic)["To the coach"], text="Dear coach."))
    card.form.subject.setText("Another")
    card.form.save.click()
    qtbot.waitUntil(lambda: "newer version" in card.form.state.text())
    assert stored(clinic)["To the coach"].text == "Dear coach."


def test_who_does_not_look_after_the_clinic_reads_the_templates(
    clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    therapist = replace(clinic, person=replace(clinic.person, role=Role.THERAPIST, granted=frozenset()))
    card = card_of(therapist, tasks, theme, qtbot)
    assert card.form.text.isReadOnly()
    assert card.form.save.isHidden()
    assert card.add.isHidden()
    choose(card, "To the coach")
    written: list[object] = []
    monkeypatch.setattr(tasks, "write", lambda *job: written.append(job))
    QTest.keyClick(card.list, Qt.Key.Key_Delete)
    QTest.keyClick(card.list, Qt.Key.Key_Insert)
    assert written == []
    assert card.form.state.text() == "Whoever looks after the clinic changes this."
    assert card.form.name.text() == "To the coach"


def test_every_place_can_be_picked(card: LettersCard) -> None:
    found = card.form.places._find("")
    assert {item.id for item in found} == set(PLACES)


def test_a_long_name_does_not_widen_the_list(
    clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    name = "A template with a very long name " * 6
    save_template(clinic, replace(OWN, name=name.strip()))
    card = card_of(clinic, tasks, theme, qtbot)
    before = card.form.width()
    choose(card, name.strip())
    card.form.away.click()
    qtbot.waitUntil(lambda: not card.told.isHidden())
    assert card.form.width() == before
