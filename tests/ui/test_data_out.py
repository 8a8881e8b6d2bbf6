"""The page on which records are taken out: in which form, with which passphrase, and a key that is shown once."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import pyzipper
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.people import Role
from ptnotes.services.history import clinic_history, history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.opening import open_clinic as open_clinic_file
from ptnotes.services.patients import add_patient, archive_patient
from ptnotes.ui.data.asking import Wanted, unused
from ptnotes.ui.data.clinic_card import ClinicCard, Form
from ptnotes.ui.data.data_page import OUT, DataPage
from ptnotes.ui.data.key_paper import print_key
from ptnotes.ui.data.running import Course, RunningLine
from ptnotes.ui.documents.pages import ONE_AT_A_TIME
from ptnotes.ui.shell import Shell
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.labels import Label
from tests.clinics import PASSPHRASE, PATIENT
from tests.ui.shell import clinic, open_first, shell

__all__ = ["clinic", "shell"]
KEY = "AB2C-DE3F-GH4I-JK5L-MN6O-PQ7R-ST2U-VW3X"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    return made


@pytest.fixture
def page(qtbot: QtBot, open_clinic: OpenClinic, tasks: Tasks, theme: Theme) -> DataPage:
    add_patient(open_clinic, PATIENT)
    return shown(open_clinic, tasks, theme, qtbot)


def shown(clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> DataPage:
    made = DataPage(clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    made.show_data()
    made.tabs.setCurrentIndex(OUT)
    return made


def choose(card: ClinicCard, path: Path, form: int = 0) -> None:
    """Choose a form, and where it goes."""
    card.forms.button(form).click()
    card._ask_file = card._ask_folder = lambda _parent, _wanted: path
    card.choose.click()


def test_the_archive_is_encrypted_unless_somebody_says_otherwise_and_its_key_is_shown_once(
    page: DataPage, open_clinic: OpenClinic, folder: Path, qtbot: QtBot
) -> None:
    card = page.out.clinic
    assert card.chosen is Form.ENCRYPTED
    assert not card.caution.isVisible()
    assert not card.passphrase.button.isEnabled(), "nothing is written before it is said where"
    choose(card, folder / "a.zip")
    card.passphrase.field.setText(PASSPHRASE)
    card.passphrase.button.click()
    assert card.passphrase.field.text() == ""
    qtbot.waitUntil(lambda: card.key.has_key)
    key = card.key.key.text()
    with pyzipper.AESZipFile(folder / "a.zip") as archive:
        archive.setpassword(key.encode())
        assert b"Moreau" in archive.read("csv/patients.csv")
    assert "1 patient in" in card.state.text()
    assert card.form.isHidden(), "another archive would take this key away"
    assert "key of the new archive" in page.unsaved_problem()
    card.key.copy.click()
    assert QGuiApplication.clipboard().text() == key
    card.key.done.click()
    assert QGuiApplication.clipboard().text() == ""
    assert card.key.key.text() == ""
    assert not card.key.isVisible()
    assert page.unsaved_problem() == ""
    assert card.form.isVisible()
    assert "archive, encrypted" in clinic_history(open_clinic)[0].what


def test_what_somebody_else_copied_meanwhile_stays_on_the_clipboard(
    page: DataPage, folder: Path, qtbot: QtBot
) -> None:
    paper = page.out.clinic.key
    paper.show_key(KEY, "a.zip")
    paper.copy.click()
    QGuiApplication.clipboard().setText("something else")
    paper.done.click()
    assert QGuiApplication.clipboard().text() == "something else"
    QGuiApplication.clipboard().clear()


def test_another_passphrase_takes_nothing_out_and_the_place_stays_chosen(
    page: DataPage, folder: Path, qtbot: QtBot
) -> None:
    card = page.out.clinic
    choose(card, folder / "a.zip")
    card.passphrase.given.emit("not the passphrase at all")
    qtbot.waitUntil(lambda: "not your passphrase" in card.state.text())
    assert list(folder.iterdir()) == []
    assert card.form.isVisible()
    assert card.passphrase.button.isEnabled()
    assert card.passphrase.field.hasFocus() or not page.isActiveWindow()


@pytest.mark.parametrize(("form", "name"), [(1, "a.zip"), (2, "all")])
def test_what_anybody_can_read_is_told_beforehand(
    page: DataPage, folder: Path, qtbot: QtBot, form: int, name: str
) -> None:
    card = page.out.clinic
    choose(card, folder / name, form)
    assert "can read every record" in card.caution.text()
    assert card.caution.isVisible()
    card.passphrase.given.emit(PASSPHRASE)
    qtbot.waitUntil(lambda: "Not encrypted." in card.state.text())
    assert not card.key.has_key
    if name == "all":
        assert "Moreau" in (folder / name / "patients.csv").read_text(encoding="utf-8-sig")
    else:
        with pyzipper.AESZipFile(folder / name) as archive:
            assert b"Moreau" in archive.read("csv/patients.csv")


@pytest.mark.parametrize(("form", "name"), [(0, "a.zip"), (2, "all")])
def test_an_export_is_cancelled_and_leaves_nothing(
    page: DataPage, folder: Path, qtbot: QtBot, form: int, name: str
) -> None:
    card = page.out.clinic
    choose(card, folder / name, form)
    card.passphrase.given.emit(PASSPHRASE)
    assert card.running.isVisible()
    assert not card.form.isVisible()
    card.running.cancel.click()
    assert "Stopping" in card.running.words.text()
    qtbot.waitUntil(lambda: "was stopped" in card.state.text())
    assert list(folder.iterdir()) == []
    assert not card.running.isVisible()
    assert card.form.isVisible()


def test_another_file_of_that_name_is_never_replaced(page: DataPage, folder: Path, qtbot: QtBot) -> None:
    slip = folder / "thesis.zip"
    slip.write_bytes(b"no archive at all")
    card = page.out.clinic
    choose(card, slip)
    card.passphrase.given.emit(PASSPHRASE)
    qtbot.waitUntil(lambda: "no earlier export" in card.state.text())
    assert slip.read_bytes() == b"no archive at all"


def test_csv_goes_to_a_new_folder_beside_what_is_there(folder: Path) -> None:
    assert unused(folder / "csv") == folder / "csv"
    (folder / "csv").mkdir()
    (folder / "csv-2").mkdir()
    assert unused(folder / "csv") == folder / "csv-3"


def test_a_patient_is_found_and_saved_as_fhir(
    page: DataPage, open_clinic: OpenClinic, folder: Path, qtbot: QtBot
) -> None:
    asked: list[Wanted] = []

    def where(_parent: QWidget, wanted: Wanted) -> Path:
        asked.append(wanted)
        return folder / "p.json"

    card = page.out.patient
    card._ask_path = where
    assert not card.save.isEnabled()
    page.activateWindow()
    card.patient.setFocus()
    QTest.keyClicks(card.patient, "moreau")
    qtbot.waitUntil(card.patient._view.isVisible)
    QTest.keyClick(card.patient._view, Qt.Key.Key_Tab)
    assert card.patient.current_id == "1"
    assert "MRN 000123" in card.field.message.text(), "who it is has to be told from others"
    card.save.click()
    qtbot.waitUntil(lambda: "Saved as p.json" in card.state.text())
    assert asked[0].name == f"patient-000123-{open_clinic.today()}.json"
    assert "Moreau" not in asked[0].name
    assert '"resourceType":"Bundle"' in (folder / "p.json").read_text(encoding="utf-8")
    assert "FHIR" in history_of(open_clinic, 1)[0].what
    (folder / "p.json").write_text("a letter")
    card.save.click()
    qtbot.waitUntil(lambda: "no earlier export" in card.state.text())
    assert (folder / "p.json").read_text() == "a letter"


@pytest.mark.parametrize(
    ("role", "patient", "whole"),
    [(Role.ADMINISTRATOR, True, True), (Role.THERAPIST, True, False), (Role.FRONT_DESK, False, False)],
)
def test_who_may_not_take_records_out_is_told_who_may(
    open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot, role: Role, patient: bool, whole: bool
) -> None:
    somebody = replace(open_clinic, person=replace(open_clinic.person, role=role, granted=frozenset()))
    out = shown(somebody, tasks, theme, qtbot).out
    assert out.patient.save.isVisible() is patient
    assert out.clinic.form.isVisible() is whole
    for card, may in ((out.patient, patient), (out.clinic, whole)):
        told = [label for label in card.findChildren(Label) if "somebody who may" in label.text()]
        assert bool(told) is not may


def test_the_menu_of_an_open_chart_offers_that_patient_archived_or_not(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot, folder: Path
) -> None:
    archive_patient(clinic, 1)
    workspace = open_first(shell, clinic, qtbot)
    shell.actions_by_id["take_patient_out"].trigger()
    data = workspace.pages.data
    assert data is not None
    assert workspace.pages.currentWidget() is data
    assert data.tabs.currentIndex() == OUT
    assert data.out.patient.patient.current_id == "1"
    data.out.patient._ask_path = lambda _parent, _wanted: folder / "p.json"
    data.out.patient.save.click()
    qtbot.waitUntil(lambda: "Saved as" in data.out.patient.state.text())


def test_the_window_is_not_left_with_a_key_that_nobody_wrote_down(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.pages.show_data()
    assert workspace.pages.data is not None
    paper = workspace.pages.data.out.clinic.key
    paper.show_key(KEY, "a.zip")
    workspace.show_home()
    shell.close()
    qtbot.waitUntil(lambda: "is not written down yet" in shell.toast.text.text())
    assert shell.workspace is workspace
    assert workspace.pages.currentWidget() is workspace.pages.data
    paper.done.click()


def test_behind_the_lock_a_key_waits_for_whoever_made_the_archive(
    shell: Shell, clinic: OpenClinic, qtbot: QtBot
) -> None:
    workspace = open_first(shell, clinic, qtbot)
    workspace.pages.show_data()
    assert workspace.pages.data is not None
    paper = workspace.pages.data.out.clinic.key
    paper.show_key(KEY, "a.zip")
    shell.lock()
    assert not paper.isVisible()
    qtbot.waitUntil(lambda: clinic.data_key == b"")
    assert shell.workspace is workspace
    shell.enter(open_clinic_file(clinic.path, PASSPHRASE, clock=clinic.clock))
    qtbot.waitUntil(workspace.isVisible)
    assert paper.key.text() == KEY
    paper.done.click()


def test_the_key_is_printed_with_what_it_is_of(tmp_path: Path, theme: Theme) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "key.pdf"))
    print_key(KEY, "clinic-2026-03-02.zip", printer)
    with ONE_AT_A_TIME, pypdfium2.PdfDocument(tmp_path / "key.pdf") as document:
        assert len(document) == 1
        page = document[0]
        text = page.get_textpage().get_text_range().replace("\r\n", "\n")
        page.close()
    assert KEY in text, "in one line: a hyphen at its end might be taken for one that is not typed"
    assert "clinic-2026" in text
    assert "apart from the archive" in text


def test_the_line_of_long_work_tells_how_far_it_is_and_stops_it(qtbot: QtBot, theme: Theme) -> None:
    line = RunningLine(theme)
    qtbot.addWidget(line)
    assert not line.isVisibleTo(line.parentWidget() or line)
    course: Course = line.begin("Writing", "patients")
    assert line.words.text() == "Writing…"
    assert line.bar.maximum() == 0, "nothing is known yet: the bar only moves"
    course.tell(1_200, 4_000)
    qtbot.waitUntil(lambda: line.words.text() == "Writing… 1,200 of 4,000 patients")
    assert (line.bar.value(), line.bar.maximum()) == (1_200, 4_000)
    assert not course.stop()
    line.cancel.click()
    assert course.stop()
    assert not line.cancel.isEnabled()
    line.end()
    assert not line.is_running
    assert line.begin("Reading").stop() is False
    line.end()
