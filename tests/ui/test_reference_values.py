"""The clinic's own values in the settings: found by words, set with a reason, refused beside the field, undone."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ptnotes.clinical import ClinicValue
from ptnotes.domain.own_values import ValueRow, value_rows
from ptnotes.domain.people import Person, Role
from ptnotes.services.history import clinic_history
from ptnotes.services.opening import OpenClinic, shipped_reference
from ptnotes.services.own_values import reference_values, set_own_value
from ptnotes.ui.charting.visit_stage import VisitStage
from ptnotes.ui.settings.values_card import ReferenceValuesCard
from ptnotes.ui.settings.values_table import found_rows, row_key, row_label
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.ui.held import held_up

KEY = "important_changes.odi_low_back.value"
NORMAL = "motions.lumbar_flexion.normal_ama"


@pytest.fixture
def card(open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[ReferenceValuesCard]:
    made = ReferenceValuesCard(open_clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(840, 700)
    made.show()
    made.show_values()
    qtbot.waitUntil(lambda: made.table.model.rowCount() > 0)
    yield made
    tasks.close()


def line(field: object) -> QLineEdit:
    editor = getattr(field, "editor", None)
    assert isinstance(editor, QLineEdit)
    return editor


def chosen(card: ReferenceValuesCard, text: str, key: str) -> None:
    """Find by words and go down to the value by the arrow keys."""
    card.search.setText(text)
    card.table.view.setFocus()
    for _ in range(card.table.model.rowCount()):
        if card.table.row is not None and row_key(card.table.row) == key:
            return
        QTest.keyClick(card.table.view, Qt.Key.Key_Down)
    raise AssertionError(key)


def own_of(card: ReferenceValuesCard, key: str) -> ClinicValue | None:
    rows = reference_values(card._clinic)
    return next(row.own for row in rows if row_key(row) == key)


def test_every_word_of_a_text_finds_and_the_best_comes_first() -> None:
    rows = value_rows(shipped_reference(), ())
    by_motion = found_rows(rows, "lumbar flexion normal", only_ours=False)
    assert row_label(by_motion[0]).startswith("Lumbar flexion: normal")
    assert found_rows(rows, "odi important", only_ours=False)[0].value is not None
    assert row_key(found_rows(rows, "odi important", only_ours=False)[0]) == KEY
    assert found_rows(rows, "Binkley", only_ours=False)
    assert found_rows(rows, "no such value", only_ours=False) == ()
    assert found_rows(rows, "", only_ours=False) == rows
    assert found_rows(rows, "", only_ours=True) == ()


def test_a_value_is_set_once(card: ReferenceValuesCard, tasks: Tasks, qtbot: QtBot) -> None:
    chosen(card, "odi important", KEY)
    line(card.value).setText("12")
    line(card.reason).setText("Our own audit")
    before = len(clinic_history(card._clinic))
    with held_up(tasks, qtbot):
        for _ in range(2):
            card.use.click()
    assert len(clinic_history(card._clinic)) == before + 1


def test_a_value_is_set_with_its_reason_and_undone(card: ReferenceValuesCard, qtbot: QtBot) -> None:
    chosen(card, "odi important", KEY)
    assert "Source" in card.source.text()
    assert card.value.message.text() == "from 0.1 to 100"
    assert not card.undo.isVisible()
    QTest.keyClicks(line(card.value), "12")
    QTest.keyClicks(line(card.reason), "Abbott and Schmitt 2014")
    QTest.keyClick(line(card.reason), Qt.Key.Key_Return)
    qtbot.waitUntil(card.undo.isVisible)
    own = own_of(card, KEY)
    assert own is not None
    assert (own.value, own.reason) == (12, "Abbott and Schmitt 2014")
    assert "The clinic’s own value since" in card.own.text()
    assert "Shipped: 10" in card.own.text()
    assert f"Entered by {card._clinic.person.name}." in card.own.text()
    assert card.state.text() == "In force from now on."
    assert "1 of them ours" in card.note.text()
    assert card._clinic.reference.important_changes["odi_low_back"].value == 12
    card.undo.click()
    qtbot.waitUntil(lambda: not card.undo.isVisible())
    assert own_of(card, KEY) is None
    assert line(card.value).text() == ""


@pytest.mark.parametrize(
    ("value", "reason", "field", "said"),
    [
        ("", "why", "value", "is not a number"),
        ("twelve", "why", "value", "is not a number"),
        ("101", "why", "value", "from 0.1 to 100"),
        ("12", " ", "reason", "cannot be empty"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field_and_stays(
    card: ReferenceValuesCard, qtbot: QtBot, value: str, reason: str, field: str, said: str
) -> None:
    chosen(card, "odi important", KEY)
    line(card.value).setText(value)
    line(card.reason).setText(reason)
    card.use.click()
    qtbot.waitUntil(lambda: said in getattr(card, field).fault)
    assert line(card.value).text() == value
    assert own_of(card, KEY) is None


def test_only_ours_shows_what_was_replaced(card: ReferenceValuesCard, qtbot: QtBot) -> None:
    card.only_ours.setChecked(True)
    assert card.none.isVisible()
    set_own_value(card._clinic, NORMAL, Decimal(55), "our patients")
    card.show_values()
    qtbot.waitUntil(lambda: card.table.model.rowCount() == 1)
    assert [card.table.model.cell(0, column).text for column in range(3)] == [
        "Lumbar flexion: normal value, AMA",
        "60°",
        "55°",
    ]


def test_a_value_that_no_longer_fits_says_that_it_is_not_used(card: ReferenceValuesCard) -> None:
    own = ClinicValue(
        key="motions.gone.normal_ama",
        value=Decimal(5),
        shipped=Decimal(5),
        reason="old",
        since=card._clinic.today(),
    )
    card._show((ValueRow(value=None, own=own, fits=False),))
    card.table.view.selectRow(0)
    assert card.lost.isVisible()
    assert card.undo.isVisible()
    assert not card.use.isVisible()
    assert card.table.model.cell(0, 2).text == "5, not used"


def test_whoever_does_not_look_after_the_clinic_only_looks(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    desk = replace(open_clinic, person=replace(open_clinic.person, role=Role.FRONT_DESK, granted=frozenset()))
    assert isinstance(desk.person, Person)
    card = ReferenceValuesCard(desk, tasks, theme)
    qtbot.addWidget(card)
    card.show()
    card.show_values()
    qtbot.waitUntil(lambda: card.table.model.rowCount() > 0)
    card.table.view.selectRow(3)
    assert card.detail.isVisible()
    assert not card.use.isVisible()
    assert not card.value.isVisible()
    assert "looks after the clinic" in card.state.text()
    tasks.close()


def test_a_stage_without_a_page_is_never_outdated(
    open_clinic: OpenClinic, theme: Theme, qtbot: QtBot
) -> None:
    stage = VisitStage(lambda: open_clinic.reference, theme, open_clinic.today)
    qtbot.addWidget(stage)
    assert not stage.is_outdated
