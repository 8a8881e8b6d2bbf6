"""A file of patients that is long to read, stopped, or of which nothing comes."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from ptnotes.domain.errors import EnvironmentFault
from ptnotes.services import import_run
from ptnotes.services.import_undo import import_runs
from ptnotes.services.importing import dry_run, import_patients, look_at
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.data import in_page
from ptnotes.ui.data.in_page import CHECK, COLUMNS, FILE, InPage
from ptnotes.ui.tasks import Tasks
from tests.ui.data_in import chosen, looked_at, many, names, page, tried

__all__ = ["page"]


class Held:
    """Verbs that go no further than a part of a file until they are stopped, or let go; and how each of them ended."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.ended: list[str] = []

    def verb(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def slowly(
            *arguments: Any, progress: Callable[[int, int], None], stop: Callable[[], bool], **more: Any
        ) -> Any:
            def tell(done: int, total: int) -> None:
                progress(done, total)
                while done and not stop() and not self.let_go.wait(0.01):
                    pass

            try:
                found = real(*arguments, progress=tell, stop=stop, **more)
            except EnvironmentFault as error:
                self.ended.append(error.code)
                raise
            self.ended.append("done")
            return found

        return slowly


@pytest.fixture
def held(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """Hold what the page does with a file, and let it go before the threads are ended."""
    made = Held()
    for name, real in (("look_at", look_at), ("dry_run", dry_run), ("import_patients", import_patients)):
        monkeypatch.setattr(in_page, name, made.verb(real))
    yield made
    made.let_go.set()


def choose(box: QComboBox, data: object) -> None:
    """Choose as a hand would."""
    box.setFocus()
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_how_far_a_file_is_read_is_shown_and_reading_it_is_cancelled(
    page: InPage, held: Held, tmp_path: Path, qtbot: QtBot
) -> None:
    path = many(tmp_path, 3_000)
    before = path.read_bytes()
    page.look(path)
    line = page.file.running
    assert line.isVisible()
    assert line.cancel.hasFocus()
    assert not page.file.drop.isVisible()
    qtbot.waitUntil(lambda: line.bar.maximum() == len(before) and 0 < line.bar.value() < len(before))
    assert line.words.text() == f"Looking at the file… {line.bar.value() * 100 // len(before)} %"
    line.cancel.click()
    assert not line.isVisible(), "the window does not wait for the reading to end"
    assert page.file.button.hasFocus()
    assert page.file.fault.text() == ""
    qtbot.waitUntil(lambda: held.ended == ["import.stopped"])
    assert path.read_bytes() == before
    held.let_go.set()
    looked_at(page, path, qtbot)
    assert held.ended == ["import.stopped", "done"]
    assert page.columns.file.note.text().startswith("3,000 rows")


def test_a_file_that_is_left_for_another_is_read_no_further(
    page: InPage, held: Held, tmp_path: Path, qtbot: QtBot
) -> None:
    page.look(many(tmp_path, 3_000))
    qtbot.waitUntil(lambda: page.file.running.bar.value() > 0)
    (tmp_path / "other").mkdir()
    page.look(many(tmp_path / "other", 10))
    qtbot.waitUntil(lambda: held.ended == ["import.stopped"])
    held.let_go.set()
    qtbot.waitUntil(lambda: page.columns.file.note.text().startswith("10 rows"))


def test_reading_a_file_in_another_way_is_cancelled_and_what_was_shown_stays(
    page: InPage, held: Held, tmp_path: Path, qtbot: QtBot
) -> None:
    held.let_go.set()
    looked_at(page, many(tmp_path, 3_000), qtbot)
    held.let_go.clear()
    columns = page.columns
    first, last = columns.targets[2], columns.targets[0]
    last.setCurrentIndex(0)
    choose(columns.separator, ";")
    qtbot.waitUntil(columns.running.isVisible)
    qtbot.waitUntil(lambda: columns.running.words.text().startswith("Reading the file… "))
    assert columns.separator.hasFocus(), "whoever chooses on goes on choosing"
    columns.running.cancel.click()
    assert not columns.running.isVisible()
    assert columns.go_on.hasFocus()
    assert columns.separator.currentData() == ","
    assert chosen(page, "MRN") == "– not taken over –", "what needs no reading stays as it was chosen"
    qtbot.waitUntil(lambda: held.ended == ["done", "import.stopped"])
    choose(first, "birth_date")
    qtbot.waitUntil(columns.running.isVisible)
    columns.running.cancel.click()
    assert (chosen(page, "First Name"), chosen(page, "DOB")) == ("Given name", "Birth date")
    held.let_go.set()
    columns.go_on.click()
    qtbot.waitUntil(lambda: page.stage.currentIndex() == CHECK and page.check.go_on.isVisible())
    assert page.check.go_on.text() == "Import 3,000 patients"


def test_who_goes_back_while_a_file_is_read_in_another_way_stays_there(
    page: InPage, held: Held, tmp_path: Path, qtbot: QtBot
) -> None:
    held.let_go.set()
    looked_at(page, many(tmp_path, 3_000), qtbot)
    held.let_go.clear()
    choose(page.columns.separator, ";")
    # What is left before a thread has taken it up is never begun.
    qtbot.waitUntil(lambda: page.columns.running.bar.value() > 0)
    page.columns.back.click()
    assert page.stage.currentIndex() == FILE
    qtbot.waitUntil(lambda: held.ended == ["done", "import.stopped"])
    held.let_go.set()
    looked_at(page, tmp_path / "many.csv", qtbot)
    assert page.columns.separator.currentData() == ","


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


def test_json_in_which_nobody_is_says_that(page: InPage, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "all.json"
    path.write_text('[{"resourceType": "Observation"}]', encoding="utf-8")
    page.look(path)
    qtbot.waitUntil(lambda: "without a Patient of FHIR" in page.file.fault.text())
    assert page.stage.currentIndex() == FILE


def test_a_try_is_cancelled_and_leads_back_to_the_columns(
    page: InPage, held: Held, tmp_path: Path, qtbot: QtBot
) -> None:
    held.let_go.set()
    looked_at(page, many(tmp_path, 3_000), qtbot)
    held.let_go.clear()
    page.columns.go_on.click()
    assert page.check.running.isVisible()
    page.check.running.cancel.click()
    qtbot.waitUntil(lambda: "was stopped" in page.columns.fault.text())
    assert page.stage.currentIndex() == COLUMNS
    assert held.ended == ["done", "import.stopped"]


def test_an_import_that_is_stopped_says_so_and_is_undone(
    page: InPage,
    open_clinic: OpenClinic,
    held: Held,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_run, "_GATHERED", import_run.LOOK_EVERY)
    held.let_go.set()
    tried(page, many(tmp_path, 3_000), qtbot)
    held.let_go.clear()
    with qtbot.waitSignal(page.patients_changed):
        page.check.go_on.click()
        assert not page.check.card.isEnabled(), "nothing is decided while it runs"
        qtbot.waitUntil(lambda: "500 of 3,000 rows" in page.check.running.words.text())
        page.check.running.cancel.click()
    assert page.result.title.text() == "The import was stopped"
    assert "500 patients were added" in page.result.words.text()
    assert "what was added stays until you undo it" in page.result.words.text()
    (run,) = import_runs(open_clinic)
    assert run.made == 500


def test_an_import_that_is_stopped_before_anything_is_stored_leads_back_to_the_rows(
    page: InPage, open_clinic: OpenClinic, tasks: Tasks, tmp_path: Path, qtbot: QtBot
) -> None:
    tried(page, many(tmp_path, 30), qtbot)
    may_read = threading.Event()
    for _reader in range(2):
        tasks.read(may_read.wait)
    try:
        page.check.go_on.click()
        page.check.running.cancel.click()
    finally:
        may_read.set()
    qtbot.waitUntil(lambda: page.check.fault.text() == "This was stopped. Nothing was imported.")
    assert page.check.go_on.isVisible()
    assert import_runs(open_clinic) == ()
    assert names(open_clinic) == {"Moreau, Hélène"}
