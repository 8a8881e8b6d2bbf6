"""What tests of screens share: the theme in force, the runner of background work, and an open clinic."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from ptnotes.services.opening import OpenClinic
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Look, Theme
from tests.clinics import clinic_in
from tests.clock import FixedClock


@pytest.fixture(scope="session")
def session_theme(qapp: QApplication) -> Theme:
    """One theme for all tests: setting it up anew costs more than most tests."""
    made = Theme(qapp, look=Look.LIGHT, text_scale=1.0)
    made.load_other_fonts()
    return made


@pytest.fixture
def theme(session_theme: Theme) -> Iterator[Theme]:
    """Give the light theme at the smallest text size, whatever a test before did to it."""
    yield session_theme
    session_theme.set_look(Look.LIGHT)
    if session_theme.scale != 1.0:
        session_theme.set_text_scale(1.0)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    """Give a runner whose threads end with the test."""
    made = Tasks()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def open_clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    """Give an empty made-up clinic, opened as its one person."""
    clinic = clinic_in(tmp_path, FixedClock())
    yield clinic
    clinic.close()
