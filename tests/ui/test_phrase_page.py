"""The page of phrases: they are found, added, changed and taken away, and each is seen as it will stand in a note."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.domain.people import Role
from ptnotes.domain.phrases import Phrase, find
from ptnotes.services.opening import OpenClinic
from ptnotes.services.phrases import phrases, save_phrase, shipped_phrases
from ptnotes.ui.phrases.phrase_page import PhrasePage
from ptnotes.ui.phrases.preview import value_items
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import clinic_in
from tests.clock import FixedClock


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, FixedClock())
    save_phrase(opened, Phrase(short_form="gait", text="Walks [distance]."))
    yield opened
    opened.close()


def page_of(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> PhrasePage:
    page = PhrasePage(clinic, tasks, theme)
    qtbot.addWidget(page)
    page.resize(980, 680)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(lambda: page.list.count() > 0)
    return page


@pytest.fixture
def page(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> PhrasePage:
    return page_of(clinic, tasks, theme, qtbot)


def choose(page: PhrasePage, short_form: str) -> Phrase:
    phrase = find(page.phrases, short_form)
    assert phrase is not None
    page.edit(phrase)
    return phrase


def listed(page: PhrasePage) -> list[str]:
    return [page.list.item(place).text().split()[0] for place in range(page.list.count())]


def stored(clinic: OpenClinic, short_form: str) -> str | None:
    phrase = find(phrases(clinic), short_form)
    return None if phrase is None else phrase.text


def test_every_phrase_is_listed_with_whose_it_is(page: PhrasePage) -> None:
    assert listed(page) == sorted([".gait", *(f".{phrase.short_form}" for phrase in shipped_phrases())])
    texts = [page.list.item(place).text() for place in range(page.list.count())]
    assert any(text.startswith(".gait  · the clinic’s\nWalks [distance].") for text in texts)


def test_a_phrase_is_found_by_its_short_form_and_by_its_words(page: PhrasePage) -> None:
    QTest.keyClicks(page.search, ".ho")
    assert ".home" in listed(page)
    page.search.clear()
    QTest.keyClicks(page.search, "adverse")
    assert listed(page) == [".tol"]


def test_a_new_phrase_is_typed_and_saved(page: PhrasePage, clinic: OpenClinic, qtbot: QtBot) -> None:
    page.add.click()
    QTest.keyClicks(page.form.short_form, "Stairs")
    QTest.keyClicks(page.form.text, "Stairs [up or down], pain {pain.after}/10.")
    assert page.unsaved_problem()
    page.form.save.click()
    qtbot.waitUntil(lambda: page.form.state.text() == "Saved.")
    qtbot.waitUntil(lambda: ".stairs" in listed(page))
    assert stored(clinic, "stairs") == "Stairs [up or down], pain {pain.after}/10."
    assert page.unsaved_problem() == ""


def test_the_preview_shows_values_blanks_and_names_that_nobody_knows(page: PhrasePage) -> None:
    page.form.text.setPlainText("Pain {pain.after}/10, best {pain.best}, [side], {pain.aftr}")
    words = page.form.preview.text()
    assert "Pain 3/10" in words
    assert "‹pain best›</span>" in words
    assert "‹side›</span>" in words
    assert "{pain.aftr}</span>" in words
    assert page.form.unknown.text() == "No value has the name {pain.aftr}."
    page.form.text.setPlainText("<b>{pain.after}</b>")
    assert "&lt;b&gt;3&lt;/b&gt;" in page.form.preview.text()
    assert not page.form.unknown.isVisible()


def test_a_value_is_picked_from_a_list_of_all_names(page: PhrasePage, clinic: OpenClinic) -> None:
    names = {item.id for item in value_items(clinic.reference)}
    assert {"pain.after", "rom.lumbar_flexion.change", "rom.cervical_rotation.left.before"} <= names
    page.form.text.setPlainText("Now ")
    page.form.text.moveCursor(page.form.text.textCursor().MoveOperation.End)
    page.form.values.chosen.emit("pain.after")
    assert page.form.text.toPlainText() == "Now {pain.after}"


def test_every_value_that_can_be_picked_is_known(page: PhrasePage, clinic: OpenClinic) -> None:
    unknown: list[str] = []
    for item in value_items(clinic.reference):
        page.form.preview.show_text(f"{{{item.id}}}")
        unknown += page.form.preview.unknown
    assert unknown == []


def test_what_cannot_be_stored_says_why_beside_its_field(page: PhrasePage, qtbot: QtBot) -> None:
    page.add.click()
    QTest.keyClicks(page.form.short_form, "gait")
    QTest.keyClicks(page.form.text, "x")
    page.form.save.click()
    qtbot.waitUntil(lambda: page.form._short_field.fault != "")
    assert page.form._short_field.fault == "There is a phrase of this short form already."
    assert page.form.text.toPlainText() == "x"


def test_a_phrase_of_the_programs_is_changed_under_its_own_short_form(
    page: PhrasePage, clinic: OpenClinic, qtbot: QtBot
) -> None:
    choose(page, "tol")
    assert page.form.short_form.isReadOnly()
    page.form.text.setPlainText("No complaint.")
    page.form.save.click()
    qtbot.waitUntil(lambda: stored(clinic, "tol") == "No complaint.")


def test_taking_away_asks_nothing_and_can_be_undone(
    page: PhrasePage, clinic: OpenClinic, qtbot: QtBot
) -> None:
    choose(page, "gait")
    page.form.away.click()
    qtbot.waitUntil(page.toast.isVisible)
    assert stored(clinic, "gait") is None
    qtbot.waitUntil(lambda: ".gait" not in listed(page))
    page.toast.action.click()
    qtbot.waitUntil(lambda: ".gait" in listed(page))
    assert stored(clinic, "gait") == "Walks [distance]."


def test_what_is_half_typed_comes_back_after_another_phrase_was_chosen(page: PhrasePage) -> None:
    choose(page, "gait")
    page.form.text.setPlainText("half")
    choose(page, "tol")
    assert page.form.text.toPlainText() == "Tolerated well, no adverse response."
    page.toast.action.click()
    assert (page.form.shown.short_form, page.form.text.toPlainText()) == ("gait", "half")


def test_a_therapist_reads_the_clinics_phrases_and_adds_their_own(
    clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    clinic.person = replace(clinic.person, role=Role.THERAPIST, granted=frozenset())
    page = page_of(clinic, tasks, theme, qtbot)
    choose(page, "gait")
    assert not page.form.text.isEnabled()
    assert not page.form.away.isVisible()
    assert "You can add one of your own." in page.form.state.text()
    page.add.click()
    assert [page.form.owner.itemText(place) for place in range(page.form.owner.count())] == ["Only me"]
    QTest.keyClicks(page.form.short_form, "gait")
    QTest.keyClicks(page.form.text, "Gait: [finding].")
    page.form.save.click()
    qtbot.waitUntil(lambda: stored(clinic, "gait") == "Gait: [finding].")
    own = find(phrases(clinic), "gait")
    assert own is not None
    assert own.person_id == clinic.person_id


def test_the_list_is_walked_with_arrow_keys(page: PhrasePage) -> None:
    page.list.setFocus()
    page.list.setCurrentRow(0)
    first = page.form.shown
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert page.form.shown != first
    assert page.form.shown == page.list.item(1).data(Qt.ItemDataRole.UserRole)
