"""The clinic's details: each change saves itself, and what cannot be stored is said beside its field."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from ptnotes.domain.people import Clinic, NormalValues, Paper
from ptnotes.services.opening import OpenClinic
from ptnotes.services.settings import change_clinic, clinic_details
from ptnotes.ui.backup.schedule import BackupSchedule
from ptnotes.ui.settings.clinic_settings import ClinicSettings
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme


@pytest.fixture
def page(open_clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[ClinicSettings]:
    made = ClinicSettings(open_clinic, tasks, BackupSchedule(open_clinic, tasks, tasks), theme)
    qtbot.addWidget(made)
    made.show_details()
    qtbot.waitUntil(lambda: bool(made._line("name").text()))
    yield made
    tasks.close()


def test_a_changed_line_is_stored_when_it_is_left(page: ClinicSettings, qtbot: QtBot) -> None:
    page._line("telephone").setText("555-0199")
    page._line("telephone").editingFinished.emit()
    qtbot.waitUntil(lambda: page.state.text() == "Saved.")
    assert clinic_details(page._clinic).telephone == "555-0199"


def test_choices_are_stored_at_once(page: ClinicSettings, qtbot: QtBot) -> None:
    page.paper.setCurrentIndex(page.paper.findData(Paper.A4))
    page.paper.activated.emit(page.paper.currentIndex())
    page.normals.setCurrentIndex(page.normals.findData(NormalValues.AMA))
    page.normals.activated.emit(page.normals.currentIndex())
    qtbot.waitUntil(lambda: clinic_details(page._clinic).normal_values is NormalValues.AMA)
    assert clinic_details(page._clinic).paper is Paper.A4


@pytest.mark.parametrize(
    ("field", "text"), [("name", " "), ("address", "x" * 201), ("zone", "Atlantis/City")]
)
def test_what_cannot_be_stored_is_said_beside_its_field(
    page: ClinicSettings, field: str, text: str, qtbot: QtBot
) -> None:
    before = clinic_details(page._clinic)
    page._line(field).setText(text)
    page.flush()
    qtbot.waitUntil(lambda: bool(page.fields[field].fault))
    assert clinic_details(page._clinic) == before


def test_nothing_changed_is_nothing_written(page: ClinicSettings) -> None:
    page.flush()
    assert page._tasks.unsaved == 0


def test_a_newer_version_is_not_overwritten(page: ClinicSettings, qtbot: QtBot) -> None:
    newer = clinic_details(page._clinic)
    change_clinic(page._clinic, replace(newer, telephone="555-0001"))
    page._line("telephone").setText("555-0002")
    page.flush()
    qtbot.waitUntil(lambda: "newer version" in page.state.text())
    assert clinic_details(page._clinic).telephone == "555-0001"
    page.show_details()
    qtbot.waitUntil(lambda: page._line("telephone").text() == "555-0001")
    assert page.unsaved_problem() == ""


class SlowFile:
    """Stands before the store and holds each save back until `gate` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate = Event()
        self.zones = list[str]()
        monkeypatch.setattr("ptnotes.ui.settings.clinic_settings.change_clinic", self.save)

    def save(self, clinic: OpenClinic, details: Clinic) -> Clinic:
        assert self.gate.wait(60)
        self.zones.append(details.zone)
        return change_clinic(clinic, details)


@pytest.mark.parametrize("first", ["America/Chicago", "Atlantis/City"])
def test_a_change_during_a_save_is_stored_before_that_save_is_told(
    page: ClinicSettings, first: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = SlowFile(monkeypatch)
    counts = list[int]()
    page._tasks.unsaved_changed.connect(counts.append)
    page._line("zone").setText(first)
    page.flush()
    page._line("zone").setText("America/Denver")
    page.flush()
    file.gate.set()
    qtbot.waitUntil(lambda: 0 in counts)
    assert file.zones == [first, "America/Denver"]
    assert clinic_details(page._clinic).zone == "America/Denver"
    assert page.unsaved_problem() == ""


def test_a_text_the_store_cleans_is_stored_once(
    page: ClinicSettings, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = SlowFile(monkeypatch)
    file.gate.set()
    page._line("telephone").setText("  555-0199 ")
    page.flush()
    page.flush()
    qtbot.waitUntil(lambda: page._tasks.unsaved == 0)
    page.flush()
    assert page._tasks.unsaved == 0
    assert len(file.zones) == 1


def test_details_read_meanwhile_do_not_replace_what_is_typed(page: ClinicSettings, qtbot: QtBot) -> None:
    page._line("zone").setText("Atlantis/City")
    page.flush()
    qtbot.waitUntil(lambda: bool(page.fields["zone"].fault))
    page._show(clinic_details(page._clinic))
    assert page._line("zone").text() == "Atlantis/City"
    assert page.unsaved_problem().startswith("A change of the clinic's settings is not stored yet. ")
    page._line("zone").setText("America/Denver")
    page.flush()
    qtbot.waitUntil(lambda: page.unsaved_problem() == "")
