"""Patients brought in on screen from end to end: by keys, undone, and back from our own files."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.importing import Undone
from ptnotes.domain.patient import Patient, Sex
from ptnotes.domain.people import Role
from ptnotes.services import import_undo
from ptnotes.services.import_source import Progress, Stop
from ptnotes.services.import_undo import undo_import
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, change_patient, find_patients, load_patient
from ptnotes.ui.data import runs_card
from ptnotes.ui.data.data_page import DataPage
from ptnotes.ui.data.in_page import CHECK, COLUMNS, InPage
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label
from tests.clinics import PASSPHRASE, clinic_in
from tests.clock import FixedClock
from tests.ui.data_in import (
    ADA,
    BEN,
    HEADER,
    KNOWN,
    fhir_patient,
    imported,
    names,
    page,
    shown,
    tried,
    undone,
    written,
)
from tests.ui.shell import clinic, enter, shell

__all__ = ["clinic", "page", "shell"]


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


def mime(*paths: Path) -> QMimeData:
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return made


def drag(what: QMimeData) -> QDragEnterEvent:
    left = Qt.MouseButton.LeftButton
    return QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, what, left, Qt.KeyboardModifier.NoModifier)
