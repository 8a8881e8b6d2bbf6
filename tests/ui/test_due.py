"""What is due on the overview and the Episode tab, and the plan's way to the physician, with real keys."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare, PlanOfCare
from ptnotes.services.certification import plan_standing
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.services.visits import start_session
from ptnotes.ui.due.due_card import DueCard
from ptnotes.ui.episode.certification_card import CertificationCard
from ptnotes.ui.episode.episode_screen import EpisodeScreen
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.trends_page import TrendsPage
from tests.clinics import PATIENT

START = date(2026, 2, 6)


@pytest.fixture
def episode(open_clinic: OpenClinic) -> EpisodeOfCare:
    """An episode whose ninth treatment day is today, 2 March 2026."""
    patient = add_patient(open_clinic, PATIENT)
    plan = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=8, start=START)
    made = open_episode(
        open_clinic,
        EpisodeOfCare(patient_id=patient.id or 0, start=START, plan=plan, referrer="Dr. P. Anand (made up)"),
    )
    for place in range(9):
        start_session(open_clinic, made.id or 0, START + timedelta(days=3 * place))
    return made


@pytest.fixture
def screen(
    open_clinic: OpenClinic, episode: EpisodeOfCare, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> Iterator[EpisodeScreen]:
    made = EpisodeScreen(open_clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    made.show_episode(episode.patient_id, episode.id)
    qtbot.waitUntil(lambda: made.due.isVisible() and bool(made.due.rows))
    yield made
    made.flush()
    qtbot.waitUntil(lambda: tasks.unsaved == 0)
    tasks.close()


def said(card: QWidget) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]


def fill(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Tab)


def test_the_episode_tab_says_what_is_due_and_how_it_was_counted(screen: EpisodeScreen) -> None:
    words = said(screen.due)
    assert words[:2] == ["What is due", "by the clinic’s own rules"]
    assert "Treatment days 1–10 of this episode; today is the 9th" in words
    assert "9 notes are not signed, the earliest of 6 Feb 2026" in words


def test_the_overview_says_it_too_and_nothing_where_nothing_is_due(
    open_clinic: OpenClinic, episode: EpisodeOfCare, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    page = TrendsPage(open_clinic, tasks, theme)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    page.show_episode(episode.patient_id, episode.id)
    qtbot.waitUntil(page.due.isVisible)
    assert "Treatment days 1–10 of this episode; today is the 9th" in said(page.due)
    quiet = DueCard(open_clinic, tasks, hides=True)
    qtbot.addWidget(quiet)
    quiet.show_episode(None)
    assert quiet.isHidden()
    tasks.close()


def test_a_plan_that_was_sent_is_due_no_more(
    screen: EpisodeScreen, open_clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    assert any("nothing says that the plan was sent" in one for one in said(screen.due))
    card = screen.certification
    qtbot.waitUntil(lambda: card._shown is not None)
    fill(card.sent_on, "7 feb 2026")
    qtbot.waitUntil(lambda: plan_standing(open_clinic, episode.id or 0).certification is not None)
    stored = plan_standing(open_clinic, episode.id or 0).certification
    assert stored is not None
    assert (stored.sent_on, stored.sent_to, stored.plan_version) == (
        date(2026, 2, 7),
        "Dr. P. Anand (made up)",
        1,
    )
    qtbot.waitUntil(lambda: not any("nothing says" in one for one in said(screen.due)))
    qtbot.waitUntil(lambda: "sent to Dr. P. Anand (made up) on 7 Feb 2026, not back yet" in said(card))


def test_a_signature_fills_in_who_and_that_it_came_back_today(
    screen: EpisodeScreen, open_clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    card = screen.certification
    qtbot.waitUntil(lambda: card._shown is not None)
    fill(card.sent_on, "7 feb 2026")
    fill(card.signed_on, "20 feb 2026")

    def is_signed() -> bool:
        found = plan_standing(open_clinic, episode.id or 0).certification
        return found is not None and found.signed_on == date(2026, 2, 20)

    qtbot.waitUntil(is_signed)
    found = plan_standing(open_clinic, episode.id or 0).certification
    assert found is not None
    assert (found.received_on, found.signed_by) == (date(2026, 3, 2), "Dr. P. Anand (made up)")


def test_impossible_dates_are_said_at_the_field_and_not_stored(
    screen: EpisodeScreen, open_clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    card = screen.certification
    qtbot.waitUntil(lambda: card._shown is not None)
    fill(card.sent_on, "7 feb 2026")
    qtbot.waitUntil(lambda: plan_standing(open_clinic, episode.id or 0).certification is not None)
    fill(card.received_on, "6 feb 2026")
    qtbot.waitUntil(lambda: bool(card.fields["received_on"].fault))
    assert "before it was sent" in screen.unsaved_problem()
    stored = plan_standing(open_clinic, episode.id or 0).certification
    assert stored is not None
    assert stored.received_on is None
    fill(card.received_on, "9 feb 2026")
    qtbot.waitUntil(lambda: screen.unsaved_problem() == "")


def test_a_plan_that_changed_since_is_sent_anew_and_the_former_way_stays(
    screen: EpisodeScreen, open_clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    card = screen.certification
    qtbot.waitUntil(lambda: card._shown is not None)
    fill(card.sent_on, "7 feb 2026")
    qtbot.waitUntil(lambda: plan_standing(open_clinic, episode.id or 0).certification is not None)
    assert card.send_anew.isHidden()
    screen.draft.set_value("plan.duration_weeks", 6)
    screen.flush()
    qtbot.waitUntil(card.send_anew.isVisible)
    QTest.mouseClick(card.send_anew, Qt.MouseButton.LeftButton)
    assert card.sent_on.text() == ""
    fill(card.sent_on, "1 mar 2026")

    def newest() -> int:
        found = plan_standing(open_clinic, episode.id or 0).certification
        return found.plan_version if found is not None else 0

    qtbot.waitUntil(lambda: newest() == 2)
    qtbot.waitUntil(card.send_anew.isHidden)


def test_the_next_visit_to_the_physician_is_typed_and_then_due(
    screen: EpisodeScreen, open_clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    card: CertificationCard = screen.certification
    qtbot.waitUntil(lambda: card._shown is not None)
    fill(card.physician_visit, "5 mar 2026")
    qtbot.waitUntil(lambda: "The next visit to the physician is on 5 Mar 2026" in said(screen.due))
    assert plan_standing(open_clinic, episode.id or 0).physician_visit_on == date(2026, 3, 5)
