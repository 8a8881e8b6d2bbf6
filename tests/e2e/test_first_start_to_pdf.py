"""The main job in the real window: from the first start to a report on paper, read back."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from ptnotes.domain.wording import full_date
from ptnotes.services import opening
from ptnotes.ui.charting.pain_scale import PainScale
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.documents.pages import ONE_AT_A_TIME
from ptnotes.ui.first_start.first_start import system_zone
from ptnotes.ui.widgets.labels import Label
from tests.clinics import PASSPHRASE
from tests.clock import MondayMorning
from tests.e2e.window import Driver

CLINIC_NAME = "Harbour Street Physical Therapy (made up)"


@pytest.mark.timeout(240)
def test_a_therapist_goes_from_the_first_start_to_a_report(
    window: Driver, clinic_path: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    MondayMorning.begin()
    monkeypatch.setattr(opening, "datetime", MondayMorning)
    window.shell.show_door(is_new=True)
    create_clinic(window)
    window.until(lambda: window.shell.workspace is not None)
    assert_encrypted(clinic_path)

    window.click("Add the first patient")
    window.type_into("Family name", "Moreau")
    window.type_into("Given name", "Hélène")
    window.type_into("Birth date", "3/12/1979")
    window.press("Ctrl+Return")

    window.until(lambda: window.says("Open an episode of care"))
    today = MondayMorning.now(ZoneInfo(system_zone())).date()
    window.type_into("Title", "Low back pain")
    window.type_into("Start of care", (today - timedelta(days=21)).isoformat())
    window.type_into("Region treated", "lumbar")
    window.press("Return")
    window.press("Ctrl+Return")
    window.until(lambda: window.says("episode since"))
    fill_episode(window)

    window.press("Ctrl+2")
    window.until(lambda: window.says("No visits yet"))
    window.press("Ctrl+N")
    chart_visit(window, flexion=("42", "45"), pain=(8, 6))
    first_day = today - timedelta(days=14)
    window.type_into("Date of the visit", first_day.isoformat())
    window.press("Return")
    window.until(lambda: visits_listed(window) == [f"Visit 1 · {full_date(first_day)}"])
    window.press("Ctrl+N")
    window.until(lambda: len(visits_listed(window)) == 2 and charted_on(window) == today)
    chart_visit(window, flexion=("55", "58"), pain=(5, 3))

    window.press("Ctrl+1")
    window.until(lambda: len(window.rows("Change since the first visit")) == 2)
    assert window.rows("Change since the first visit")[1][:3] == ["Flexion", "42°", "55°"]
    assert window.rows("What was done")[0][:4] == [
        "L4",
        "Central posteroanterior (PA) glide",
        "III",
        "3 × 45 s",
    ]

    window.press("Ctrl+4")
    report = tmp_path / "report.pdf"
    documents = window.screen(DocumentsScreen)
    monkeypatch.setattr(documents.outlet, "_ask_path", lambda _parent, _name: report)
    window.until(lambda: documents.made is not None)
    window.press("Ctrl+S")
    window.until(report.exists)

    text = pdf_text(report)
    for words in (
        CLINIC_NAME,
        "Moreau, Hélène",
        "12 Mar 1979",
        "J. Rivera",
        "42°",
        "55°",
        "+13°",
        "Dr. P. Anand",
    ):
        assert words in text
    assert "above measurement error" in text

    window.press("Ctrl+L")
    window.until(lambda: window.shell.workspace is None)
    window.type_into("Passphrase", "not the passphrase at all")
    window.press("Return")
    window.until(lambda: window.says("Wrong person or passphrase"))
    window.type_into("Passphrase", PASSPHRASE)
    window.press("Return")
    window.until(lambda: window.shell.workspace is not None)
    window.press("Ctrl+K")
    window.type_into("Find a patient", "helene")
    window.press("Return")
    window.until(lambda: window.says("Moreau, Hélène") and window.says("episode since"))


def create_clinic(window: Driver) -> None:
    window.type_into("Name of the clinic", CLINIC_NAME)
    window.type_into("Address", "214 Quay St, Sampleton")
    window.type_into("Your name", "J. Rivera")
    window.type_into("Credentials", "PT, DPT")
    window.type_into("Licence number", "PT-00000")
    window.type_into("Passphrase", PASSPHRASE)
    window.type_into("The same again", PASSPHRASE)
    window.until(lambda: window.says("Strength: very strong"))
    window.press("Ctrl+Return")
    key = window.find(Label, "Recovery key").text()
    window.type_into("Last five letters, from the paper", key[-5:].lower())
    window.click("It is written down")


def fill_episode(window: Driver) -> None:
    window.type_into("Add a diagnosis", "M48.061")
    window.press("Return")
    window.until(lambda: window.says("M48.061 Spinal stenosis"))
    window.type_into("What to beware of", "No grade V")
    window.until(lambda: window.says("Precaution: No grade V"))
    window.type_into("Name", "Dr. P. Anand")
    window.until(lambda: window.says("referred by Dr. P. Anand"))


def chart_visit(window: Driver, *, flexion: tuple[str, str], pain: tuple[int, int]) -> None:
    window.type_into("Add a mobilization: level or joint", "L4")
    window.press("Return")
    window.type_into("L4: technique", "central PA")
    window.press("Return")
    window.type_into("L4: grade", "III")
    window.press("Return")
    window.type_into("L4: dose", "3x45s")
    window.press("Return")
    for place, score in zip(("before", "after"), pain, strict=True):
        scale = next(
            scale
            for scale in window.shell.findChildren(PainScale)
            if scale.isVisible() and scale.accessibleName().startswith(f"Pain now, {place}")
        )
        scale.setFocus()
        window.press(str(score))
    for place, degrees in zip(("before", "after"), flexion, strict=True):
        window.type_into(f"Lumbar flexion, {place}", degrees)
    window.press("Tab")
    window.type_into("Subjective", "Slept through; stiff on rising <15 min.")
    window.until(lambda: saved(window))


def charting(window: Driver) -> ChartingScreen:
    return window.screen(ChartingScreen)


def visits_listed(window: Driver) -> list[str]:
    choice = window.find(QComboBox, "Visit")
    return [choice.itemText(place) for place in range(choice.count())]


def charted_on(window: Driver) -> date | None:
    visit = charting(window).visit
    return visit.state.session.service_date if visit is not None else None


def saved(window: Driver) -> bool:
    visit = charting(window).visit
    return visit is not None and visit.autosave.is_saved


def assert_encrypted(path: Path) -> None:
    """The stock SQLite reads nothing of it."""
    # A copy: a second SQLite in this process would take the log's index for its own, and empty it under the window.
    copy = path.with_name("copy.ptnotes")
    shutil.copyfile(path, copy)
    with closing(sqlite3.connect(copy)) as connection, pytest.raises(sqlite3.DatabaseError):
        connection.execute("SELECT * FROM sqlite_master")


def pdf_text(path: Path) -> str:
    with ONE_AT_A_TIME, pypdfium2.PdfDocument(path) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)
