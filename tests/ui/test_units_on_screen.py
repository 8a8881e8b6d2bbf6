"""Minutes typed on the visit's screen become units beside them: the payer's rule first, the other below, ties told."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.payers import Coverage, Payer
from ptnotes.domain.units import UnitRuleName
from ptnotes.services import payers
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.charting.intervention_card import InterventionCard
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.visit_page import VisitPage
from tests.ui.charting import chart, charted, clinic, episode, screen

__all__ = ["chart", "clinic", "episode", "screen"]


def add_service(qtbot: QtBot, card: InterventionCard, code: str, minutes: str) -> None:
    """Pick a service by its code and type its minutes, as on the keyboard."""
    before = set(card.table.editors)
    card.add.setFocus()
    QTest.keyClicks(card.add, code)
    QTest.keyClick(card.add._view, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: len(card.table.editors) > len(before))
    (row,) = set(card.table.editors) - before
    minute_cell = card.table.editors[row].cells[3]
    # The offscreen platform leaves the closed list active.
    card.window().activateWindow()
    qtbot.waitUntil(card.window().isActiveWindow)
    minute_cell.setFocus()
    QTest.keyClicks(minute_cell, minutes)
    QTest.keyClick(minute_cell, Qt.Key.Key_Tab)


def test_units_follow_the_typing_by_both_rules(chart: Callable[[], VisitPage], qtbot: QtBot) -> None:
    card = chart().interventions
    assert not card.units.isVisible()
    add_service(qtbot, card, "97110", "20")
    add_service(qtbot, card, "97140", "18")
    assert card.total.text() == "Timed 38 min · untimed 0 min · in all 38 min"
    assert card.units.text() == "3 units by the CMS 8-minute rule: 97110 2, 97140 1 (the clinic’s own rules)"
    assert card.other_units.text() == "2 units by the AMA rule: 97110 1, 97140 1"
    assert not card.tie.isVisible()


def test_a_tie_is_told_and_goes_with_another_minute(chart: Callable[[], VisitPage], qtbot: QtBot) -> None:
    card = chart().interventions
    add_service(qtbot, card, "97110", "10")
    add_service(qtbot, card, "97140", "10")
    assert card.tie.isVisible()
    assert card.tie.text() == "97110 and 97140 tie for 1 unit: you choose which."
    last = list(card.table.editors.values())[-1].cells[3]
    last.setFocus()
    last.selectAll()  # type: ignore[attr-defined]  # a line
    QTest.keyClicks(last, "11")
    assert not card.tie.isVisible()
    assert card.units.text().startswith("1 unit by the CMS 8-minute rule: 97110 0, 97140 1")


def test_more_timed_minutes_than_the_visit_took_are_flagged(
    chart: Callable[[], VisitPage], qtbot: QtBot
) -> None:
    page = chart()
    for field, text in ((page.fields.time_in, "9:00"), (page.fields.time_out, "9:25")):
        field.setFocus()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Tab)
    assert charted(page).total_minutes == 25
    add_service(qtbot, page.interventions, "97110", "26")
    assert page.interventions.check.text() == "26 timed minutes are charted, and the visit took 25 min."
    assert page.interventions.check.isVisible()


def test_the_payers_rule_comes_first_with_their_name(
    clinic: OpenClinic,
    episode: EpisodeOfCare,
    chart: Callable[[], VisitPage],
    screen: ChartingScreen,
    qtbot: QtBot,
) -> None:
    payer = payers.add_payer(clinic, Payer(name="Blue Heron Health (made up)", units=UnitRuleName.AMA))
    payers.save_coverage(clinic, Coverage(patient_id=episode.patient_id, payer_id=payer.id or 0))
    card = chart().interventions
    add_service(qtbot, card, "97110", "20")
    add_service(qtbot, card, "97140", "18")
    assert card.units.text() == "2 units by the AMA rule: 97110 1, 97140 1 (Blue Heron Health (made up))"
    assert card.other_units.text() == "3 units by the CMS 8-minute rule: 97110 2, 97140 1"


def test_where_no_payer_is_known_the_clinic_chooses_the_rule(
    clinic: OpenClinic, chart: Callable[[], VisitPage], qtbot: QtBot
) -> None:
    own = payers.rules_by_payer(clinic)[0]
    payers.change_payer_rules(clinic, replace(own, units=UnitRuleName.AMA))
    card = chart().interventions
    add_service(qtbot, card, "97110", "8")
    assert card.units.text() == "1 unit by the AMA rule: 97110 1 (the clinic’s own rules)"


def test_modifiers_of_each_service_are_typed_below_it(chart: Callable[[], VisitPage], qtbot: QtBot) -> None:
    page = chart()
    add_service(qtbot, page.interventions, "97140", "15")
    (row,) = page.interventions.table.editors.values()
    QTest.keyClick(row.cells[3], Qt.Key.Key_Down)
    field = page.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "gp kx, cq 59")
    assert charted(page).interventions[0].modifiers == ("GP", "KX", "CQ", "59")
