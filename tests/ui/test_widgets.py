"""The widgets that screens share."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.ui.messages import UNFORESEEN, faults_by_field, sentence_for, sentences_for
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.date_field import DateField
from ptnotes.ui.widgets.empty_state import EmptyState
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label, Pill
from ptnotes.ui.widgets.pick_list import PickItem, PickList, find_in
from ptnotes.ui.widgets.table import GridTable
from ptnotes.ui.widgets.toast import Toast

TODAY = date(2026, 3, 2)
REGIONS = (
    PickItem("lumbar", "Lumbar spine", aliases=("low back", "LSp")),
    PickItem("cervical", "Cervical spine", aliases=("neck",)),
    PickItem("shoulder", "Shoulder"),
)


@pytest.fixture
def field(qtbot: QtBot, theme: Theme) -> FieldWithFault:
    made = FieldWithFault("Family name", QLineEdit(), hint="as in the passport")
    qtbot.addWidget(made)
    return made


def test_a_fault_stands_beside_its_field_in_place_of_the_hint(field: FieldWithFault) -> None:
    assert field.editor.accessibleName() == "Family name"
    field.set_fault("This cannot be empty.")
    assert field.message.text() == "This cannot be empty."
    assert field.editor.accessibleDescription() == "This cannot be empty."
    assert field.editor.property("fault") is True
    field.set_fault("")
    assert field.message.text() == "as in the passport"
    assert field.editor.property("fault") is False


def test_a_label_shows_markup_as_it_was_typed(qtbot: QtBot, theme: Theme) -> None:
    label = Label("<b>SLR</b> <60° L")
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_pill_without_words_is_hidden(qtbot: QtBot, theme: Theme) -> None:
    pill = Pill("draft")
    qtbot.addWidget(pill)
    pill.show_fact("", "danger")
    assert pill.isHidden()


def test_a_card_names_itself_after_its_title(qtbot: QtBot, theme: Theme) -> None:
    card = Card("Pain", "NPRS 0 to 10")
    qtbot.addWidget(card)
    card.set_title("Pain, worst")
    assert card.accessibleName() == "Pain, worst"


def test_an_empty_state_says_the_next_step(qtbot: QtBot, theme: Theme) -> None:
    empty = EmptyState("No patient yet", "Add one.", "Add the first patient", "Ctrl+Shift+N")
    qtbot.addWidget(empty)
    with qtbot.waitSignal(empty.action_chosen):
        QTest.mouseClick(empty.button, Qt.MouseButton.LeftButton)


def test_a_table_shows_other_rows_in_place_of_the_ones_before(qtbot: QtBot, theme: Theme) -> None:
    table = GridTable(("Measure", "Now"), numeric=(1,))
    qtbot.addWidget(table)
    table.show_rows([("Pain", "6"), ("Flexion", "55°")])
    table.show_rows([("Extension", "18°")])
    words = [label.text() for label in table.findChildren(Label) if not label.isHidden()]
    assert words == ["Measure", "Now", "Extension", "18°"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lum", ["lumbar"]),
        ("NECK", ["cervical"]),
        ("spine", ["lumbar", "cervical"]),
        ("oulde", ["shoulder"]),
        ("", ["lumbar", "cervical", "shoulder"]),
        ("hip", []),
    ],
)
def test_a_pick_list_finds_by_label_alias_and_part(typed: str, found: list[str]) -> None:
    assert [item.id for item in find_in(REGIONS)(typed)] == found


@pytest.fixture
def pick(qtbot: QtBot, theme: Theme) -> PickList:
    made = PickList(find_in(REGIONS), name="Region")
    qtbot.addWidget(made)
    made.show()
    return made


def test_enter_takes_the_first_choice_found(pick: PickList, qtbot: QtBot) -> None:
    QTest.keyClicks(pick, "nec")
    with qtbot.waitSignal(pick.chosen) as chosen:
        QTest.keyClick(pick._view, Qt.Key.Key_Return)
    assert chosen.args == ["cervical"]
    assert pick.text() == "Cervical spine"
    assert pick.current_id == "cervical"


def test_tab_takes_the_choice_marked_and_goes_one_field_on(qtbot: QtBot, theme: Theme) -> None:
    form = QWidget()
    qtbot.addWidget(form)
    row = QHBoxLayout(form)
    pick, second, third = PickList(find_in(REGIONS), name="Region"), QLineEdit(), QLineEdit()
    for field in (pick, second, third):
        row.addWidget(field)
    form.show()
    form.activateWindow()
    pick.setFocus()
    QTest.keyClicks(pick, "nec")
    with qtbot.waitSignal(pick.chosen) as chosen:
        QTest.keyClick(pick._view, Qt.Key.Key_Tab)
    assert chosen.args == ["cervical"]
    assert not pick._view.isVisible()
    assert form.focusWidget() is second


def test_tab_leaves_the_choice_in_force_where_the_list_was_only_looked_at(pick: PickList) -> None:
    pick.set_current(REGIONS[2])
    QTest.keyClick(pick, Qt.Key.Key_Down)
    QTest.keyClick(pick._view, Qt.Key.Key_Tab)
    assert (pick.text(), pick.current_id) == ("Shoulder", "shoulder")


def test_text_that_names_no_choice_is_kept_with_a_sentence_until_esc(pick: PickList, qtbot: QtBot) -> None:
    pick.set_current(REGIONS[0])
    pick.selectAll()
    QTest.keyClicks(pick, "zzz")
    with qtbot.waitSignal(pick.fault_changed) as said:
        QTest.keyClick(pick, Qt.Key.Key_Return)
    assert "“zzz” is not in the list" in said.args[0]
    assert (pick.text(), pick.current_id, pick.property("fault")) == ("zzz", "lumbar", True)
    pick.show_current(REGIONS[0])
    assert pick.text() == "zzz"
    QTest.keyClick(pick, Qt.Key.Key_Escape)
    assert (pick.text(), pick.fault, pick.property("fault")) == ("Lumbar spine", "", False)


def test_another_choice_takes_the_place_of_text_that_named_none(pick: PickList) -> None:
    pick.setText("zzz")
    assert not pick.settle()
    pick.show_current(REGIONS[2])
    assert (pick.text(), pick.fault) == ("Shoulder", "")
    pick.clear()
    assert pick.settle()


def test_an_alias_typed_in_full_is_taken_without_the_list(pick: PickList) -> None:
    pick.setText("low back")
    pick._settle()
    assert pick.current_id == "lumbar"


def test_an_emptied_line_is_no_choice(pick: PickList, qtbot: QtBot) -> None:
    pick.set_current(REGIONS[0])
    pick.clear()
    with qtbot.waitSignal(pick.chosen) as chosen:
        pick._settle()
    assert chosen.args == [""]
    assert pick.current_id is None


def test_free_text_is_kept_where_it_may_stand(qtbot: QtBot, theme: Theme) -> None:
    pick = PickList(find_in(REGIONS), free_text=True)
    qtbot.addWidget(pick)
    pick.setText("Bauchweh")
    with qtbot.waitSignal(pick.text_entered) as entered:
        pick._settle()
    assert entered.args == ["Bauchweh"]


@pytest.fixture
def day(qtbot: QtBot, theme: Theme) -> DateField:
    made = DateField(lambda: TODAY)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("typed", ["3/12/1979", "12 mar 79", "1979-03-12", "03121979", "March 12th, 1979"])
def test_a_date_is_understood_however_it_is_written(day: DateField, typed: str) -> None:
    day.setText(typed)
    assert day.read_text()
    assert day.day == date(1979, 3, 12)
    assert day.text() == "12 Mar 1979"


@pytest.mark.parametrize(
    ("typed", "words"), [("tomorrow", "not a date"), ("31 Feb 2020", "not a date"), ("3/3/2026", "future")]
)
def test_what_is_no_date_is_said_and_changes_nothing(day: DateField, typed: str, words: str) -> None:
    day.set_date(date(1979, 3, 12))
    day.setText(typed)
    assert not day.read_text()
    assert words in day.problem
    assert day.day == date(1979, 3, 12)
    assert day.text() == typed


def test_a_plan_may_lie_in_the_future(qtbot: QtBot, theme: Theme) -> None:
    day = DateField(lambda: TODAY, future=True)
    qtbot.addWidget(day)
    day.setText("1 May 2026")
    assert day.read_text()
    assert day.day == date(2026, 5, 1)


def test_an_emptied_date_is_none(day: DateField, qtbot: QtBot) -> None:
    day.set_date(date(1979, 3, 12))
    day.clear()
    with qtbot.waitSignal(day.date_changed) as changed:
        assert day.read_text()
    assert changed.args == [None]


def test_a_toast_offers_to_undo_and_leaves(qtbot: QtBot, theme: Theme) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    host.show()
    toast, undone = Toast(host), list[str]()
    toast.offer_undo("Archived.", lambda: undone.append("yes"))
    assert toast.isVisible()
    assert host.rect().contains(toast.geometry())
    QTest.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert undone == ["yes"]
    assert not toast.isVisible()


def test_a_toast_with_a_fault_stays_and_fits_a_narrow_window(qtbot: QtBot, theme: Theme) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(320, 400)
    host.show()
    toast = Toast(host)
    toast.say_fault(
        "The disk is full, so this was not saved. Free some space; what you typed stays on the screen."
    )
    assert not toast._timer.isActive()
    assert host.rect().contains(toast.geometry())


def test_an_error_of_ours_has_its_sentence_and_a_bug_claims_nothing() -> None:
    assert "disk is full" in sentence_for(EnvironmentFault("disk.full"))
    assert sentence_for(ZeroDivisionError("secret")) == UNFORESEEN


def test_faults_stand_beside_their_fields() -> None:
    error = InputError(Fault("text.empty", "patient.mrn"), Fault("text.control", "patient.mrn"))
    assert faults_by_field(error) == {"patient.mrn": "This cannot be empty."}
    assert faults_by_field(ValueError()) == {}
    assert sentences_for((Fault("text.empty", "a"), Fault("text.empty", "b"))) == "This cannot be empty."
