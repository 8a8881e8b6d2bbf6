"""What would become of every row, what is decided about it, and what is not added."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.importing import RowKind
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import find_patients
from ptnotes.ui.data.asking import Wanted, ask_where_to_save
from ptnotes.ui.data.in_page import COLUMNS, InPage
from ptnotes.ui.data.rows_model import PAGE_ROWS
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.labels import Label
from tests.ui.data_in import (
    ADA,
    BEN,
    HEADER,
    KNOWN,
    NO_DATE,
    fhir_patient,
    imported,
    looked_at,
    many,
    names,
    page,
    tried,
    written,
)

__all__ = ["page"]


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
