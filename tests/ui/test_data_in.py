"""Bringing patients in on screen: what is recognised, what would become of each row, the import and its undoing."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.importing import DateOrder, RowKind, Target, Undone
from ptnotes.domain.patient import Patient, Sex
from ptnotes.domain.people import Role
from ptnotes.exchange.csv_in import SEPARATORS as READ_SEPARATORS
from ptnotes.services import import_undo
from ptnotes.services.import_run import Progress, Stop
from ptnotes.services.import_undo import import_runs, undo_import
from ptnotes.services.importing import import_patients, look_at
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, change_patient, find_patients, load_patient
from ptnotes.ui.data import runs_card
from ptnotes.ui.data.asking import Wanted, ask_where_to_save
from ptnotes.ui.data.columns_step import SEPARATORS, ColumnsStep
from ptnotes.ui.data.data_page import DataPage
from ptnotes.ui.data.in_page import CHECK, COLUMNS, FILE, InPage
from ptnotes.ui.data.rows_model import PAGE_ROWS
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label
from tests.clinics import PASSPHRASE, PATIENT, clinic_in
from tests.clock import FixedClock
from tests.ui.shell import clinic, enter, shell

__all__ = ["clinic", "shell"]
HEADER = ("Chart #", "Last Name", "First Name", "DOB", "Phone", "Shoe size")
ADA = ("X1", "Quizzlebrook", "Ada", "03/28/1979", "(555) 010-0001", "38")
BEN = ("X2", "Staythorpe", "Ben", "11/02/1968", "(555) 010-0002", "44")
KNOWN = ("X3", "MOREAU", "Hélène", "03/12/1979", "", "39")
NO_DATE = ("X4", "Lastbury", "Cy", "31/31/1980", "", "40")


@pytest.fixture
def page(qtbot: QtBot, open_clinic: OpenClinic, tasks: Tasks, theme: Theme) -> InPage:
    add_patient(open_clinic, PATIENT)
    return shown(open_clinic, tasks, theme, qtbot)


def shown(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> InPage:
    made = DataPage(clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1180, 760)
    made.show()
    made.activateWindow()
    made.show_data()
    return made.bring_in


def written(path: Path, *rows: Sequence[str], encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows(rows)
    return path


def looked_at(page: InPage, path: Path, qtbot: QtBot) -> None:
    page.look(path)
    qtbot.waitUntil(lambda: page.stage.currentIndex() == COLUMNS and not page.file.running.is_running)


def tried(page: InPage, path: Path, qtbot: QtBot) -> None:
    looked_at(page, path, qtbot)
    page.columns.go_on.click()
    qtbot.waitUntil(lambda: page.stage.currentIndex() == CHECK and not page.check.running.is_running)


def imported(page: InPage, qtbot: QtBot) -> None:
    page.check.go_on.click()
    qtbot.waitUntil(lambda: page.stage.currentIndex() == FILE)


def undone(page: InPage, qtbot: QtBot) -> None:
    page.result.undo.click()
    qtbot.waitUntil(page.runs.ask.isVisible)
    page.runs.yes.click()
    qtbot.waitUntil(lambda: "is undone" in page.runs.state.text())


def chosen(page: InPage, column: str) -> str:
    place = page.columns.chosen_map().header.index(column)
    return page.columns.targets[place].currentText()


def name_row(columns: ColumnsStep, number: int) -> None:
    """Say which row has the columns' names, as a hand would; 0: none has."""
    columns.header.setCurrentIndex(columns.header.findData(number))
    columns.header.activated.emit(columns.header.currentIndex())


def names(clinic: OpenClinic) -> set[str]:
    return {row.name for row in find_patients(clinic, "")}


def test_columns_are_recognised_and_what_none_holds_is_not_taken_over(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    looked_at(page, written(tmp_path / "old.csv", HEADER, ADA, BEN, encoding="utf-8-sig"), qtbot)
    assert chosen(page, "Chart #") == "Record number"
    assert chosen(page, "DOB") == "Birth date"
    assert chosen(page, "Shoe size") == "– not taken over –"
    assert page.columns.matching.note.text() == "5 of 6 taken over"
    assert page.columns.file.note.text() == "2 rows · UTF-8, with a mark"
    assert page.columns.order.currentText() == "month, day, year"
    assert not page.columns.order_field.fault
    table = page.columns.first_rows.model()
    assert table.index(1, 1).data() == "Staythorpe"
    assert page.columns.go_on.hasFocus()


def test_a_file_of_the_same_header_is_matched_as_last_time(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(tmp_path / "old.csv", HEADER, ADA)
    looked_at(page, path, qtbot)
    box = page.columns.targets[HEADER.index("Shoe size")]
    box.setCurrentIndex(box.findData(Target.SUFFIX.value))
    page.columns.go_on.click()
    qtbot.waitUntil(lambda: not page.check.running.is_running and page.check.go_on.isVisible())
    imported(page, qtbot)
    looked_at(page, written(tmp_path / "later.csv", HEADER, BEN), qtbot)
    assert page.columns.matching.note.text() == "as last time"
    assert chosen(page, "Shoe size") == "Suffix"


def test_letters_and_separator_can_be_told_otherwise(page: InPage, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("Last Name;First Name;DOB\nMüller;Zoë;28.03.1979\n".encode("cp1252"))
    looked_at(page, path, qtbot)
    columns = page.columns
    assert columns.encoding.currentText().startswith("Windows-1252")
    assert columns.separator.currentText().startswith("semicolon")
    assert columns.order.currentText() == "day, month, year"
    columns.separator.setCurrentIndex(columns.separator.findData("|"))
    columns.separator.activated.emit(0)
    qtbot.waitUntil(lambda: len(columns.targets) == 1)
    columns.separator.setCurrentIndex(columns.separator.findData(";"))
    columns.separator.activated.emit(0)
    qtbot.waitUntil(lambda: len(columns.targets) == 3)
    name_row(columns, 0)
    qtbot.waitUntil(lambda: columns.chosen_map().header[0] == "Column 1")
    assert columns.first_rows.model().index(0, 0).data() == "Last Name"


def test_dates_that_do_not_tell_their_order_are_never_guessed_in_silence(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(
        tmp_path / "old.csv", ("Last Name", "First Name", "DOB"), ("Quizzlebrook", "Ada", "03/04/1979")
    )
    looked_at(page, path, qtbot)
    columns = page.columns
    qtbot.waitUntil(lambda: "whether the month or the day" in columns.order_field.fault)
    assert columns.order.currentIndex() < 0
    columns.go_on.click()
    assert "nobody’s birth date is guessed" in columns.fault.text()
    assert page.stage.currentIndex() == COLUMNS
    assert columns.order.hasFocus()
    columns.order.setCurrentIndex(columns.order.findData(DateOrder.DAY_FIRST.value))
    columns.order.activated.emit(0)
    assert not columns.order_field.fault
    name_row(columns, 0)
    qtbot.waitUntil(lambda: columns.chosen_map().header[0] == "Column 1")
    name_row(columns, 1)
    qtbot.waitUntil(lambda: columns.chosen_map().header[0] == "Last Name")
    assert columns.order.currentData() == DateOrder.DAY_FIRST.value, "what was said stays said"
    columns.go_on.click()
    qtbot.waitUntil(page.check.go_on.isVisible)
    qtbot.waitUntil(lambda: page.check.model.index(0, 2).data() == "3 Apr 1979")


def test_dates_that_are_the_same_in_any_order_ask_for_none(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    header = ("Last Name", "First Name", "DOB")
    looked_at(page, written(tmp_path / "iso.csv", header, ("Quizzlebrook", "Ada", "1979-03-04")), qtbot)
    columns = page.columns
    assert (columns.order.isEnabled(), columns.order.currentIndex()) == (False, -1)
    assert columns.order.placeholderText() == "The same in any order"
    assert columns.order_field.message.text() == "Every birth date reads the same in any order."
    columns.go_on.click()
    qtbot.waitUntil(lambda: page.stage.currentIndex() == CHECK and not page.check.running.is_running)
    assert page.check.go_on.text() == "Import 1 patient"
    looked_at(page, written(tmp_path / "none.csv", header), qtbot)
    assert columns.order_field.message.text() == "There is no birth date in the file."
    looked_at(page, written(tmp_path / "us.csv", header, ("Quizzlebrook", "Ada", "03/28/1979")), qtbot)
    assert (columns.order.isEnabled(), columns.order.currentText()) == (True, "month, day, year")


def test_letters_that_no_file_tells_are_shown_with_names_and_chosen(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(
        tmp_path / "jp.csv",
        ("Last Name", "First Name", "DOB"),
        ("山田", "太郎", "1970-01-01"),
        encoding="cp932",
    )
    tried(page, path, qtbot)
    assert page.check.warning.isVisible()
    assert "Some names look wrong" in page.check.warning_words.text()
    assert "ŽR“c ‘¾˜Y. Go back to the columns" in page.check.warning_words.text()
    page.check.back.click()
    columns = page.columns
    assert columns.encoding_field.fault.startswith("These names look wrong: ŽR“c ‘¾˜Y.")
    place = columns.encoding.findData("cp932")
    assert columns.encoding.itemText(place) == "Shift-JIS (Japanese):  山田 太郎"
    columns.encoding.setCurrentIndex(0)
    columns.encoding.activated.emit(0)
    qtbot.waitUntil(lambda: "UTF-8" in columns.file.note.text())
    assert columns.encoding.itemText(place) == "Shift-JIS (Japanese):  山田 太郎", "one can go on looking"
    columns.encoding.setCurrentIndex(place)
    columns.encoding.activated.emit(place)
    qtbot.waitUntil(lambda: columns.first_rows.model().index(0, 0).data() == "山田")
    assert columns.encoding_field.fault == ""
    assert "names are: 山田 太郎." in columns.encoding_field.message.text()
    columns.go_on.click()
    qtbot.waitUntil(lambda: page.stage.currentIndex() == CHECK and not page.check.running.is_running)
    assert not page.check.warning.isVisible()
    imported(page, qtbot)
    assert "山田, 太郎" in names(open_clinic)


def test_letters_that_look_right_are_only_said_where_the_file_does_not_tell_them(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    header = ("Last Name", "First Name", "DOB")
    row = ("Müller", "Zoë", "1970-01-01")
    tried(page, written(tmp_path / "west.csv", header, row, encoding="cp1252"), qtbot)
    field = page.columns.encoding_field
    assert (page.check.warning.isVisible(), field.fault) == (False, "")
    assert field.message.text().startswith("Nothing in the file tells how its letters are stored.")
    looked_at(page, written(tmp_path / "utf8.csv", header, row), qtbot)
    assert (field.fault, field.message.text()) == ("", "")
    twice = tuple(cell.encode().decode("cp1252") for cell in row)
    looked_at(page, written(tmp_path / "twice.csv", header, twice), qtbot)
    assert field.fault.startswith("These names look as if their letters were harmed: MÃ¼ller ZoÃ«.")


def test_the_keys_that_lead_on_do_so_from_every_field_of_a_step(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    looked_at(page, written(tmp_path / "old.csv", HEADER, ADA), qtbot)
    page.columns.targets[0].setFocus()
    QTest.keyClick(page.columns.targets[0], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.stage.currentIndex() == CHECK and not page.check.running.is_running)
    qtbot.waitUntil(page.check.table.hasFocus)
    QTest.keyClick(page.check.table, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.stage.currentIndex() == FILE)
    assert "Quizzlebrook, Ada" in names(open_clinic)


def test_dates_that_contradict_each_other_are_asked_about_though_the_columns_are_as_last_time(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    header = ("Last Name", "First Name", "DOB")
    first = written(tmp_path / "first.csv", header, ("Quizzlebrook", "Ada", "03/14/1979"))
    import_patients(open_clinic, first, look_at(open_clinic, first).map)
    second = written(
        tmp_path / "second.csv", header, ("Quux", "Bea", "03/04/1979"), ("Quux", "Cid", "13/04/1979"),
        ("Quux", "Dan", "04/13/1979"),
    )  # fmt: skip
    looked_at(page, second, qtbot)
    columns = page.columns
    qtbot.waitUntil(lambda: "can only have the month first" in columns.order_field.fault)
    assert columns.order.currentIndex() < 0
    columns.go_on.click()
    assert "nobody’s birth date is guessed" in columns.fault.text()
    assert page.stage.currentIndex() == COLUMNS


def test_the_column_of_the_birth_date_is_looked_at_anew_when_it_is_another(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(tmp_path / "old.csv", ("a", "b", "c"), ("Quizzlebrook", "Ada", "03/04/1979"))
    looked_at(page, path, qtbot)
    columns = page.columns
    assert columns.chosen_map().targets == (None, None, None)
    box = columns.targets[2]
    box.setFocus()
    box.setCurrentIndex(box.findData(Target.BIRTH_DATE.value))
    box.activated.emit(0)
    qtbot.waitUntil(lambda: "whether the month or the day" in columns.order_field.fault)
    assert columns.targets[2] is box, "the list in which somebody chose is still there, and has the keyboard"
    assert box.hasFocus()
    assert columns.chosen_map().targets == (None, None, Target.BIRTH_DATE)
    columns.order.setCurrentIndex(0)
    columns.go_on.click()
    qtbot.waitUntil(lambda: "family name and the given name are needed" in columns.fault.text())
    assert page.stage.currentIndex() == COLUMNS


def test_of_very_many_columns_those_whose_names_are_known_can_be_matched_wherever_they_stand(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    header = ("Last Name", *(f"Field {number}" for number in range(298)), "DOB", "First Name")
    row = ("Quizzlebrook", *("x" for _ in range(298)), "1979-03-28", "Ada")
    looked_at(page, written(tmp_path / "wide.csv", header, row), qtbot)
    columns = page.columns
    assert len(columns.targets) == 202
    assert columns.targets[-1].currentText() == "Given name"
    assert columns.more.text() == "99 more columns are not taken over."
    assert columns.chosen_map().targets[-2:] == (Target.BIRTH_DATE, Target.GIVEN)
    columns.go_on.click()
    qtbot.waitUntil(lambda: page.check.go_on.isVisible() and page.check.go_on.text() == "Import 1 patient")


def test_a_column_of_full_names_in_either_order_is_told_apart_by_hand(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(tmp_path / "old.csv", ("Name", "DOB"), ("Ada Quizzlebrook", "1979-03-28"))
    tried(page, path, qtbot)
    check = page.check
    qtbot.waitUntil(lambda: "Where it is “Given Family”, say that of its column" in check.detail.why.text())
    check.back.click()
    box = page.columns.targets[0]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "Full name (Given Family)"
    page.columns.go_on.click()
    qtbot.waitUntil(lambda: check.go_on.isVisible() and check.go_on.text() == "Import 1 patient")
    imported(page, qtbot)
    assert "Quizzlebrook, Ada" in names(open_clinic)


TITLES = (("Harbour PT – patient list", "", ""), ("printed 12.3.2026",), ())


def test_the_row_of_the_columns_names_is_found_below_titles_and_another_is_chosen_by_keys(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(tmp_path / "old.csv", *TITLES, HEADER, ADA, BEN)
    looked_at(page, path, qtbot)
    columns = page.columns
    assert columns.header.currentText().startswith("row 4:  Chart # · Last Name · First Name")
    assert columns.header_field.message.text() == "2 rows above it not taken over."
    assert columns.file.note.text().startswith("2 rows ·")
    assert chosen(page, "DOB") == "Birth date"
    columns.header.setFocus()
    QTest.keyClick(columns.header, Qt.Key.Key_Up)
    columns.go_on.click()
    assert "still being read" in columns.fault.text()
    assert page.stage.currentIndex() == COLUMNS
    qtbot.waitUntil(lambda: columns.chosen_map().header[0] == "printed 12.3.2026")
    assert columns.header.hasFocus()
    assert columns.file.note.text().startswith("3 rows ·")
    assert columns.fault.text() == ""
    QTest.keyClick(columns.header, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: columns.chosen_map().header == HEADER)
    assert columns.chosen_map().targets[1] is Target.FAMILY
    columns.go_on.click()
    qtbot.waitUntil(lambda: page.check.go_on.isVisible() and page.check.go_on.text() == "Import 2 patients")
    assert "columns’ names in row 4" in page.check.card.note.text()
    imported(page, qtbot)
    assert {"Quizzlebrook, Ada", "Staythorpe, Ben"} <= names(open_clinic)


def test_a_row_that_was_chosen_by_hand_is_found_again_the_next_time(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    header = ("Wer", "Rufname", "Tag")
    looked_at(page, written(tmp_path / "old.csv", *TITLES, header, ("Quux", "Ada", "1979-03-28")), qtbot)
    columns = page.columns
    name_row(columns, 4)
    qtbot.waitUntil(lambda: columns.chosen_map().header == header)
    for place, target in enumerate((Target.FAMILY, Target.GIVEN, Target.BIRTH_DATE)):
        box = columns.targets[place]
        box.setCurrentIndex(box.findData(target.value))
        box.activated.emit(0)
    qtbot.waitUntil(lambda: columns._is_read)
    columns.go_on.click()
    qtbot.waitUntil(lambda: page.check.go_on.isVisible() and page.check.go_on.text() == "Import 1 patient")
    imported(page, qtbot)
    assert page.result.words.text().startswith("1 patient was added;")
    later = written(tmp_path / "new.csv", ("New",), *TITLES, header, ("Quux", "Ben", "1968-11-02"))
    looked_at(page, later, qtbot)
    assert columns.matching.note.text() == "as last time"
    assert columns.header.currentData() == 5


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "holds no row"), (b'{"resourceType":"Bundle"', None), (None, "There is no file")],
)
def test_a_file_of_which_nothing_comes_says_why(
    page: InPage, tmp_path: Path, qtbot: QtBot, content: bytes | None, told: str | None
) -> None:
    path = tmp_path / "wrong.csv"
    if content is not None:
        path.write_bytes(content)
    page.look(path)
    if told is None:
        # What begins as FHIR is tried, and its one row is refused.
        qtbot.waitUntil(lambda: "Cannot be read (1)" in page.check.kinds.tabText(2))
        assert not page.check.go_on.isEnabled()
        return
    qtbot.waitUntil(lambda: told in page.file.fault.text())
    assert page.file.button.isVisible()
    assert page.stage.currentIndex() == FILE


def test_who_may_be_here_already_is_shown_side_by_side_and_left_out_unless_it_is_said(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, written(tmp_path / "old.csv", HEADER, ADA, BEN, KNOWN, NO_DATE), qtbot)
    check = page.check
    assert [check.kinds.tabText(place) for place in range(3)] == [
        "Would be added (2)", "May be here already (1)", "Cannot be read (1)",
    ]  # fmt: skip
    assert check.model.kind is RowKind.DUPLICATE, "what needs a look comes first"
    qtbot.waitUntil(lambda: check.detail.title.text() == "Row 4")
    assert "same name and birth date" in check.detail.why.text()
    told = [
        label.accessibleName() for label in check.detail.table.findChildren(Label) if label.accessibleName()
    ]
    assert "Family name differs" in told
    assert "Given name is the same" in told
    marks = [
        label.text()
        for label in check.detail.table.findChildren(Label)
        if "differs" in label.accessibleName()
    ]
    assert set(marks) == {"≠"}
    words = {label.text() for label in check.detail.table.findChildren(Label)}
    assert {"MOREAU", "Moreau", "In row 4", "In this clinic"} <= words
    assert check.model.index(0, 3).data() == "left out"
    assert check.go_on.text() == "Import 2 patients"
    assert check.table.hasFocus()
    QTest.keyClick(check.table, Qt.Key.Key_Space)
    assert check.model.index(0, 3).data() == "added"
    assert check.go_on.text() == "Import 3 patients"
    assert check.detail.turn.text() == "Leave it out"
    check.detail.turn.click()
    assert check.go_on.text() == "Import 2 patients"
    assert names(open_clinic) == {"Moreau, Hélène"}, "nothing is stored by a look"
    imported(page, qtbot)
    assert names(open_clinic) == {"Moreau, Hélène", "Quizzlebrook, Ada", "Staythorpe, Ben"}
    assert page.result.words.text() == "2 patients were added; 1 left out as perhaps here already, 1 refused."


def test_a_long_word_does_not_push_the_other_side_out_of_sight(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    long = "quizzlebrook" * 6
    header = ("Last Name", "First Name", "DOB", "E-mail")
    row = ("Moreau", "Hélène", "1979-03-12", f"{long}@{long}.example.org")
    tried(page, written(tmp_path / "old.csv", header, row), qtbot)
    detail = page.check.detail
    qtbot.waitUntil(lambda: detail.title.text() == "Row 2")
    # By the labels themselves: what has no place in which a line can end asks for the width of the whole word.
    values = [label for label in detail.table.findChildren(Label) if long[:12] in label.text()]
    assert values
    assert max(label.minimumSizeHint().width() for label in values) < 150
    assert {label.text().replace("\u200b", "") for label in values} == {row[3]}


def test_all_of_them_are_added_or_left_out_at_once_and_one_otherwise(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    twice = ("X9", *ADA[1:])
    tried(page, written(tmp_path / "old.csv", HEADER, ADA, twice, KNOWN), qtbot)
    check = page.check
    qtbot.waitUntil(lambda: check.model.index(1, 3).data() == "left out")
    check.add_all.click()
    assert check.go_on.text() == "Import 3 patients"
    assert not check.add_all.isEnabled()
    assert [check.model.index(place, 3).data() for place in (0, 1)] == ["added"] * 2
    check.table.selectRow(1)
    QTest.keyClick(check.table, Qt.Key.Key_Space)
    assert check.go_on.text() == "Import 2 patients"
    imported(page, qtbot)
    assert names(open_clinic) == {"Moreau, Hélène", "Quizzlebrook, Ada"}
    assert len(find_patients(open_clinic, "quizzlebrook")) == 2


def test_what_is_not_added_is_written_back_with_its_reason_where_it_is_said(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, written(tmp_path / "old.csv", HEADER, ADA, KNOWN, NO_DATE), qtbot)
    check = page.check
    assert check.refused_words.text() == "2 rows are not added."
    check._ask_path = lambda _parent, wanted: tmp_path / wanted.name
    check.choose_refused.click()
    imported(page, qtbot)
    back = (tmp_path / "old-not-added.csv").read_text(encoding="utf-8-sig")
    assert "MOREAU" in back
    assert "no day of the calendar" in back
    assert "Quizzlebrook" not in back
    assert "old-not-added.csv" in page.result.saved.text().replace("\u200b", "")
    assert not page.result.save.isVisible()


def test_what_was_not_added_can_be_had_after_the_import_where_nobody_thought_of_it_before(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    source = written(tmp_path / "old.csv", HEADER, ADA, KNOWN, NO_DATE)
    tried(page, source, qtbot)
    imported(page, qtbot)
    result = page.result
    assert result.words.text() == "1 patient was added; 1 left out as perhaps here already, 1 refused."
    assert result.save.hasFocus(), "somebody was refused, which is to be seen to"
    result._ask_path = lambda _parent, _wanted: source
    result.save.click()
    qtbot.waitUntil(result.fault.isVisible)
    assert "is there already, and was not replaced" in result.fault.text()
    assert result.save.hasFocus()
    result._ask_path = lambda _parent, wanted: tmp_path / wanted.name
    QTest.keyClick(result.save, Qt.Key.Key_Space)
    qtbot.waitUntil(result.saved.isVisible)
    assert "old-not-added.csv" in result.saved.text().replace("\u200b", "")
    assert (result.save.isVisible(), result.fault.isVisible(), result.undo.hasFocus()) == (False, False, True)
    back = (tmp_path / "old-not-added.csv").read_text(encoding="utf-8-sig")
    assert ("MOREAU" in back, "no day of the calendar" in back, "Quizzlebrook" in back) == (True, True, False)


def test_what_was_not_added_is_not_read_from_a_file_that_is_another_by_now(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    source = written(tmp_path / "old.csv", HEADER, ADA, NO_DATE)
    tried(page, source, qtbot)
    imported(page, qtbot)
    written(source, HEADER, ADA, BEN)
    page.result._ask_path = lambda _parent, wanted: tmp_path / wanted.name
    page.result.save.click()
    qtbot.waitUntil(page.result.fault.isVisible)
    assert page.result.fault.text().startswith("The file is not the one that was imported any more")
    assert list(tmp_path.glob("*not-added*")) == []
    assert page.result.undo.isEnabled()


def test_a_file_that_is_there_is_not_replaced_and_that_is_said_when_it_is_chosen(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, written(tmp_path / "old.csv", HEADER, ADA, NO_DATE), qtbot)
    check = page.check
    asked: list[Wanted] = []

    def choose(_parent: QWidget, wanted: Wanted) -> Path:
        asked.append(wanted)
        return tmp_path / ("old.csv" if len(asked) == 1 else "new.csv")

    check._ask_path = choose
    check.choose_refused.click()
    assert not asked[0].may_replace, "nobody is asked whether to replace what is never replaced"
    assert "old.csv is there already, and was not replaced" in check.fault.text().replace("\u200b", "")
    assert "With the reasons" not in check.refused_words.text()
    check.choose_refused.click()
    assert check.fault.text() == ""
    assert "new.csv" in check.refused_words.text().replace("\u200b", "")


def test_a_dialog_asks_about_replacing_only_where_that_may_be(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list-not-added.csv").write_text("mine")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    parent = QWidget()
    qtbot.addWidget(parent)
    seen: list[tuple[bool, list[str]]] = []

    def look(dialog: QFileDialog) -> int:
        asks = not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
        seen.append((asks, [Path(name).name for name in dialog.selectedFiles()]))
        return int(QFileDialog.DialogCode.Rejected)

    monkeypatch.setattr(QFileDialog, "exec", look)
    for may_replace in (True, False):
        wanted = Wanted("Where", "list-not-added.csv", "CSV (*.csv)", "csv", may_replace=may_replace)
        assert ask_where_to_save(parent, wanted) is None
    assert seen == [(True, ["list-not-added.csv"]), (False, ["list-not-added-2.csv"])]


def test_a_file_that_breaks_off_says_so_before_anything_is_imported_and_afterwards(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    people = [fhir_patient("Quizzlebrook", "1979-03-28"), fhir_patient("Staythorpe", "1968-11-02")]
    path = tmp_path / "all.json"
    path.write_text(json.dumps(people, indent=1)[:-30], encoding="utf-8")
    page.look(path)
    check = page.check
    qtbot.waitUntil(lambda: check.go_on.isVisible() and check.go_on.text() == "Import 1 patient")
    assert check.warning.isVisible()
    assert "Only part of this file can be read" in check.warning_words.text()
    assert "The file ends within what begins near line " in check.warning_words.text()
    qtbot.waitUntil(lambda: check.detail.title.text() == "Row 2")
    assert not check.detail.table.isVisible(), "what is no JSON has no cells"
    imported(page, qtbot)
    assert "Only part of the file was read. The file ends within" in page.result.words.text()
    assert "Quizzlebrook, Ada" in names(open_clinic)
    path.write_text(json.dumps(people[1:]), encoding="utf-8")
    page.look(path)
    qtbot.waitUntil(lambda: check.go_on.isVisible() and check.go_on.text() == "Import 1 patient")
    assert not check.warning.isVisible()


def test_json_in_which_nobody_is_says_that(page: InPage, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "all.json"
    path.write_text('[{"resourceType": "Observation"}]', encoding="utf-8")
    page.look(path)
    qtbot.waitUntil(lambda: "without a Patient of FHIR" in page.file.fault.text())
    assert page.stage.currentIndex() == FILE


def test_the_rows_that_cannot_be_read_are_shown_with_what_stands_there(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, written(tmp_path / "old.csv", HEADER, ADA, NO_DATE), qtbot)
    check = page.check
    assert check.model.kind is RowKind.REFUSED
    qtbot.waitUntil(lambda: check.detail.title.text() == "Row 3")
    assert "birth date is no day of the calendar" in check.model.index(0, 1).data()
    words = {label.text() for label in check.detail.table.findChildren(Label)}
    assert {"DOB", "31/31/1980"} <= words
    check.kinds.setCurrentIndex(1)
    assert check.empty.isVisible()
    assert "Nobody seems to be here already" in check.empty.title.text()
    check.kinds.setCurrentIndex(0)
    qtbot.waitUntil(lambda: check.detail.title.text() == "Row 2")
    assert check.model.index(0, 1).data() == "Quizzlebrook, Ada"


def test_a_file_of_which_every_row_is_refused_cannot_be_imported(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, written(tmp_path / "old.csv", HEADER, NO_DATE), qtbot)
    assert not page.check.go_on.isEnabled()
    assert "No row can be brought in" in page.check.fault.text()
    page.check.back.click()
    assert page.stage.currentIndex() == COLUMNS
    tried(page, written(tmp_path / "good.csv", HEADER, ADA), qtbot)
    assert page.check.fault.text() == ""


def test_what_was_shown_of_another_file_is_gone_while_the_next_one_is_tried(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, written(tmp_path / "old.csv", HEADER, NO_DATE), qtbot)
    assert page.check.model.rowCount() == 1
    looked_at(page, many(tmp_path, 3_000), qtbot)
    page.columns.go_on.click()
    check = page.check
    assert check.running.isVisible()
    assert check.model.rowCount() == 0
    assert not check.split.isVisible()
    assert not check.kinds.isVisible()
    assert check.fault.text() == ""
    assert "Trying every row" in check.empty.title.text()
    qtbot.waitUntil(lambda: check.go_on.isVisible() and check.go_on.text() == "Import 3,000 patients")
    assert check.kinds.isVisible()
    assert check.split.isVisible()


def test_a_try_is_cancelled_and_leads_back_to_the_columns(page: InPage, tmp_path: Path, qtbot: QtBot) -> None:
    looked_at(page, many(tmp_path, 3_000), qtbot)
    page.columns.go_on.click()
    assert page.check.running.isVisible()
    page.check.running.cancel.click()
    qtbot.waitUntil(lambda: "was stopped" in page.columns.fault.text())
    assert page.stage.currentIndex() == COLUMNS


def test_an_import_that_is_stopped_says_so_and_is_undone(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, many(tmp_path, 3_000), qtbot)
    with qtbot.waitSignal(page.patients_changed):
        page.check.go_on.click()
        assert not page.check.card.isEnabled(), "nothing is decided while it runs"
        page.check.running.cancel.click()
    assert page.result.title.text() == "The import was stopped"
    assert "what was added stays until you undo it" in page.result.words.text()
    assert len(import_runs(open_clinic)) == 1


def test_an_import_is_undone_after_it_is_said_what_that_means_and_who_is_kept_is_named(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, written(tmp_path / "old.csv", HEADER, ADA, BEN), qtbot)
    imported(page, qtbot)
    ben = load_patient(open_clinic, find_patients(open_clinic, "staythorpe")[0].id)
    change_patient(open_clinic, replace(ben, telephone="(555) 010-9999"))
    page.result.undo.click()
    qtbot.waitUntil(page.runs.ask.isVisible)
    assert "2 patients go from this file for good" in page.runs.means.text()
    page.runs.no.click()
    assert not page.runs.ask.isVisible()
    assert len(names(open_clinic)) == 3
    with qtbot.waitSignal(page.import_undone):
        undone(page, qtbot)
    assert names(open_clinic) == {"Moreau, Hélène", "Staythorpe, Ben"}
    assert "1 patient is gone" in page.runs.state.text()
    assert "Staythorpe, Ben (X2)" in page.runs.state.text()
    qtbot.waitUntil(lambda: page.runs.buttons == {})
    states = [
        label.text() for label in page.runs.table.findChildren(Label) if label.text().startswith("undone on")
    ]
    assert len(states) == 1


def test_an_undo_can_be_stopped_and_is_gone_on_with_from_the_list(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_undo, "_AT_ONCE", 1)
    monkeypatch.setattr(import_undo, "_TURN_S", 0.0)

    def undo_slowly(clinic: OpenClinic, run_id: int, *, progress: Progress, stop: Stop) -> Undone:
        def tell(done: int, total: int) -> None:
            progress(done, total)
            until = monotonic() + 20
            while done and not stop() and monotonic() < until:
                sleep(0.01)

        return undo_import(clinic, run_id, progress=tell, stop=stop)

    monkeypatch.setattr(runs_card, "undo_import", undo_slowly)
    tried(page, written(tmp_path / "old.csv", HEADER, ADA, BEN), qtbot)
    imported(page, qtbot)
    runs = page.runs
    page.result.undo.click()
    qtbot.waitUntil(runs.ask.isVisible)
    runs.yes.click()
    qtbot.waitUntil(lambda: "1 of 2 patients" in runs.running.words.text())
    assert runs.running.cancel.isVisible()
    with qtbot.waitSignal(page.import_undone):
        runs.running.cancel.click()
    assert runs.state.text() == (
        "Undoing was stopped: 1 patient is gone from this file, 1 of the import is still here. "
        "Choose Undo again to remove the rest."
    )
    assert len(names(open_clinic)) == 2
    qtbot.waitUntil(lambda: any("undo cut off" in label.text() for label in runs.table.findChildren(Label)))
    monkeypatch.setattr(runs_card, "undo_import", undo_import)
    (again,) = runs.buttons.values()
    again.click()
    assert "Its 1 patient" in runs.means.text()
    runs.yes.click()
    qtbot.waitUntil(lambda: "is undone" in runs.state.text())
    assert names(open_clinic) == {"Moreau, Hélène"}


def test_earlier_imports_are_undone_from_the_list(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    for number, row in enumerate((ADA, BEN)):
        tried(page, written(tmp_path / f"{number}.csv", HEADER, row), qtbot)
        imported(page, qtbot)
        qtbot.waitUntil(lambda number=number: len(page.runs.buttons) == number + 1)  # type: ignore[misc]
    oldest = min(page.runs.buttons)
    page.runs.buttons[oldest].click()
    page.runs.yes.click()
    qtbot.waitUntil(lambda: "is undone" in page.runs.state.text())
    assert names(open_clinic) == {"Moreau, Hélène", "Staythorpe, Ben"}


def test_a_fhir_file_needs_no_columns(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    somebody = fhir_patient("Quizzlebrook", "1979-03-28")
    path = tmp_path / "one.json"
    path.write_text(
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": somebody}]}), encoding="utf-8"
    )
    page.look(path)
    qtbot.waitUntil(page.check.go_on.isVisible)
    assert page.check.go_on.text() == "Import 1 patient"
    assert page.check.back.text() == "Choose another file"
    imported(page, qtbot)
    assert "Quizzlebrook, Ada" in names(open_clinic)


def test_the_way_through_is_walked_by_keys(page: InPage, tmp_path: Path, qtbot: QtBot) -> None:
    data = page.window()
    assert isinstance(data, DataPage)

    def tab() -> QWidget | None:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        return QApplication.focusWidget()

    path = written(tmp_path / "old.csv", HEADER, ADA, KNOWN)
    page.file._ask_path = lambda _parent, _wanted: path
    qtbot.waitUntil(data.tabs.hasFocus)
    assert tab() is page.file.button
    QTest.keyClick(page.file.button, Qt.Key.Key_Space)
    columns = page.columns
    qtbot.waitUntil(columns.go_on.hasFocus)
    qtbot.waitUntil(columns.targets[-1].isVisible)
    columns.encoding.setFocus()
    walked = [tab() for _ in range(5 + len(columns.targets))]
    assert walked == [
        columns.separator,
        columns.order,
        columns.header,
        columns.first_rows,
        *columns.targets,
        columns.go_on,
    ]
    QTest.keyClick(columns.go_on, Qt.Key.Key_Space)
    check = page.check
    qtbot.waitUntil(lambda: check.table.hasFocus() and check.detail.turn.isVisible())
    QTest.keyClick(check.table, Qt.Key.Key_Space)
    assert check.go_on.text() == "Import 2 patients"
    turn = tab()
    assert turn is check.detail.turn
    assert tab() is check.go_on, "nobody is left out, so there is nothing to write back"
    QTest.keyClick(check.go_on, Qt.Key.Key_Space)
    qtbot.waitUntil(page.result.undo.hasFocus)


def test_a_file_is_dropped_on_the_page(page: InPage, tmp_path: Path, qtbot: QtBot) -> None:
    path = written(tmp_path / "old.csv", HEADER, ADA)
    area = page.file.drop
    several = mime(path, tmp_path / "more.csv")
    entering = drag(several)
    area.dragEnterEvent(entering)
    assert not entering.isAccepted(), "which of two files is meant is not guessed"
    one = mime(path)
    entering = drag(one)
    area.dragEnterEvent(entering)
    assert entering.isAccepted()
    assert area.property("over") is True
    left = Qt.MouseButton.LeftButton
    area.dropEvent(
        QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, one, left, Qt.KeyboardModifier.NoModifier)
    )
    assert area.property("over") is False
    qtbot.waitUntil(lambda: page.stage.currentIndex() == COLUMNS)


def test_of_many_rows_only_those_that_are_looked_at_are_read(
    page: InPage, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, many(tmp_path, 5_000), qtbot)
    model, table = page.check.model, page.check.table
    assert model.rowCount() == 5_000
    qtbot.waitUntil(lambda: model.index(0, 0).data() == "2")
    # The table may have been asked what it shows once before it had its height.
    assert len(model._rows) <= 3 * PAGE_ROWS
    table.scrollToBottom()
    last = model.index(4_999, 1)
    qtbot.waitUntil(lambda: last.data() == "Family4999, Given")
    assert len(model._rows) <= 6 * PAGE_ROWS
    assert model.row_at(2_500) is None
    table.selectRow(2_500)
    table.scrollTo(model.index(2_500, 0))
    qtbot.waitUntil(lambda: page.check.detail.title.text() == "Row 2,502")


def test_a_page_that_is_being_read_is_not_lost_when_another_is_asked_for(
    page: InPage, tmp_path: Path, qtbot: QtBot, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried(page, many(tmp_path, 1_000), qtbot)
    model = page.check.model
    qtbot.waitUntil(lambda: model.row_at(0) is not None)
    waiting: list[tuple[Callable[[], object], Callable[[object], object]]] = []

    def held(
        job: Callable[[], object], done: Callable[[object], object], *_more: object, **_key: object
    ) -> None:
        waiting.append((job, done))

    monkeypatch.setattr(tasks, "read", held)
    assert model.row_at(250) is None
    qtbot.waitUntil(lambda: len(waiting) == 1)
    assert model.row_at(850) is None
    assert model.row_at(750) is None
    qtbot.wait(50)
    assert len(waiting) == 1, "one page at a time"
    for place in (250, 750, 850):
        job, done = waiting.pop(0)
        done(job())
        row = model.row_at(place)
        assert row is not None
        assert row.number == place + 2
        if place != 850:
            qtbot.waitUntil(lambda: len(waiting) == 1)


def test_a_file_that_changes_between_the_look_and_the_import_is_not_imported(
    page: InPage, open_clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    path = written(tmp_path / "old.csv", HEADER, ADA)
    tried(page, path, qtbot)
    written(path, HEADER, BEN)
    page.check.go_on.click()
    qtbot.waitUntil(lambda: "was changed since" in page.check.fault.text())
    assert names(open_clinic) == {"Moreau, Hélène"}
    qtbot.waitUntil(page.check.go_on.isVisible)


def test_who_may_not_bring_patients_in_is_told_who_may(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    plain = replace(open_clinic.person, role=Role.THERAPIST, granted=frozenset())
    page = shown(replace(open_clinic, person=plain), tasks, theme, qtbot)
    assert not page.file.isVisible()
    assert not page.runs.isVisible()
    assert any("somebody who may" in label.text() for label in page.findChildren(Label) if label.isVisible())


def test_the_choices_are_those_that_can_be_read() -> None:
    assert tuple(SEPARATORS) == READ_SEPARATORS


def test_the_window_shows_who_was_brought_in_and_leaves_a_chart_that_is_gone(
    shell: Shell, clinic: OpenClinic, tmp_path: Path, qtbot: QtBot
) -> None:
    workspace = enter(shell, clinic, qtbot)
    shell.actions_by_id["data"].trigger()
    assert workspace.pages.data is not None
    page = workspace.pages.data.bring_in
    tried(page, written(tmp_path / "old.csv", HEADER, ADA), qtbot)
    imported(page, qtbot)
    added = find_patients(clinic, "quizzlebrook")[0].id
    workspace.open_patient(added)
    qtbot.waitUntil(lambda: workspace.chart.shown is not None)
    shell.actions_by_id["data"].trigger()
    undone(page, qtbot)
    assert workspace.chart.shown is None
    assert names(clinic) == {"Moreau, Hélène"}


EVERYBODY = (
    Patient(
        mrn="007",
        family_name="=cmd()",
        given_name="-Ada",
        middle_name="'Quote",
        suffix="Jr.",
        preferred_name="@da",
        birth_date=date(1979, 3, 28),
        sex=Sex.FEMALE,
        telephone="+1 555 010 0001",
        email="ada@example.org",
        address="1 Made-up St, Nowhere, NY 00501",
        emergency_contact="Ben, “a friend”; +1 555 010 0002",
        language="Français",
    ),
    Patient(mrn="٠٠٨", family_name="שקד", given_name="נועה", birth_date=date(1900, 2, 28), sex=Sex.UNKNOWN),
    Patient(
        mrn='A,9"',
        family_name="Ñandú-Łódź",
        given_name="Zoë  Ann".replace("  ", " "),
        birth_date=date(2024, 2, 29),
    ),
)


@pytest.mark.parametrize("form", ["csv", "fhir"])
def test_what_goes_out_comes_back_in_as_the_same_patients(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, tmp_path: Path, qtbot: QtBot, form: str
) -> None:
    there = [add_patient(open_clinic, one) for one in EVERYBODY]
    out = shown(open_clinic, tasks, theme, qtbot).window()
    assert isinstance(out, DataPage)
    files = []
    if form == "csv":
        card = out.out.clinic
        card.forms.button(2).click()
        card._ask_folder = lambda _parent, _wanted: tmp_path / "all"
        card.choose.click()
        card.passphrase.given.emit(PASSPHRASE)
        qtbot.waitUntil(lambda: "Not encrypted" in card.state.text())
        files.append(tmp_path / "all" / "patients.csv")
    else:
        saving = out.out.patient
        for row in find_patients(open_clinic, ""):
            path = tmp_path / f"{row.id}.json"
            saving._ask_path = lambda _parent, _wanted, path=path: path  # type: ignore[misc]
            saving.show_patient(row)
            saving.save.click()
            qtbot.waitUntil(lambda path=path: f"Saved as {path.name}" in saving.state.text())  # type: ignore[misc]
            files.append(path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = clinic_in(elsewhere, FixedClock())
    page = shown(other, tasks, theme, qtbot)
    for path in files:
        page.look(path)
        if form == "csv":
            qtbot.waitUntil(lambda: page.stage.currentIndex() == COLUMNS)
            page.columns.go_on.click()
        qtbot.waitUntil(lambda: page.check.go_on.isVisible() and page.stage.currentIndex() == CHECK)
        imported(page, qtbot)
    back = [load_patient(other, row.id) for row in find_patients(other, "")]
    assert sorted(map(plain, back)) == sorted(map(plain, there))
    # Into the clinic that they came from nobody comes a second time, whatever is said.
    page = shown(open_clinic, tasks, theme, qtbot)
    page.look(files[0])
    if form == "csv":
        qtbot.waitUntil(lambda: page.stage.currentIndex() == COLUMNS)
        page.columns.go_on.click()
    qtbot.waitUntil(lambda: page.stage.currentIndex() == CHECK and not page.check.running.is_running)
    page.check.add_all.click()
    assert not page.check.go_on.isEnabled()
    other.close()


def plain(patient: Patient) -> str:
    """All that is said of a patient, but for the numbers that each file gives them."""
    return repr(replace(patient, id=None, revision=0))


def fhir_patient(family: str, born: str) -> dict[str, object]:
    return {
        "resourceType": "Patient",
        "name": [{"family": family, "given": ["Ada"]}],
        "birthDate": born,
        "gender": "female",
    }


def many(folder: Path, count: int) -> Path:
    """Write so many patients of whom no two are alike: each has a birth date of their own."""
    rows = (
        (
            f"M{number}",
            f"Family{number}",
            "Given",
            (date(1920, 1, 1) + timedelta(days=7 * number)).isoformat(),
        )
        for number in range(count)
    )
    return written(folder / "many.csv", ("MRN", "Last Name", "First Name", "DOB"), *rows)


def mime(*paths: Path) -> QMimeData:
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return made


def drag(what: QMimeData) -> QDragEnterEvent:
    left = Qt.MouseButton.LeftButton
    return QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, what, left, Qt.KeyboardModifier.NoModifier)
