"""What tests of acts that follow each other at once share: parts of a screen, an episode, and hands."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare, PlanOfCare
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.theme import Theme
from tests.clinics import PATIENT

Show = Callable[[QWidget], None]


@pytest.fixture
def show(qtbot: QtBot, theme: Theme) -> Show:
    """Give what shows a part of a screen for the length of the test."""
    assert theme

    def shown(part: QWidget) -> None:
        qtbot.addWidget(part)
        part.resize(900, 700)
        part.show()
        part.activateWindow()

    return shown


@pytest.fixture
def episode(open_clinic: OpenClinic) -> EpisodeOfCare:
    """An episode with a plan of care, of the one patient."""
    patient = add_patient(open_clinic, PATIENT)
    plan = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=8, start=open_clinic.today())
    return open_episode(
        open_clinic, EpisodeOfCare(patient_id=patient.id or 0, start=open_clinic.today(), plan=plan)
    )


def press(part: QWidget, name: str, *, times: int = 1) -> None:
    button = next(one for one in part.findChildren(QPushButton) if name in (one.text(), one.accessibleName()))
    for _ in range(times):
        button.click()


def enter(line: QLineEdit, text: str | None = None, *, times: int = 1) -> None:
    if text is not None:
        line.setText(text)
    for _ in range(times):
        QTest.keyClick(line, Qt.Key.Key_Return)


def fill(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Tab)
