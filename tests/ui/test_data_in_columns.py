"""How a file of patients is recognised on screen, and what each of its columns holds."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.domain.importing import DateOrder, Target
from ptnotes.exchange.csv_in import SEPARATORS as READ_SEPARATORS
from ptnotes.services.importing import import_patients, look_at
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.data.columns_step import SEPARATORS
from ptnotes.ui.data.in_page import CHECK, COLUMNS, FILE, InPage
from tests.ui.data_in import (
    ADA,
    BEN,
    HEADER,
    chosen,
    imported,
    looked_at,
    name_row,
    names,
    page,
    tried,
    written,
)

__all__ = ["page"]


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


def test_the_choices_are_those_that_can_be_read() -> None:
    assert tuple(SEPARATORS) == READ_SEPARATORS
