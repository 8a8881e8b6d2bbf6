"""The way of bringing patients in on screen, as tests walk it, and files to bring in."""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient, find_patients
from ptnotes.ui.data.columns_step import ColumnsStep
from ptnotes.ui.data.data_page import DataPage
from ptnotes.ui.data.in_page import CHECK, COLUMNS, FILE, InPage
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT

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
