"""A value of the clinic's own is in force where a visit is charted and in the overview, and is told by keys alone."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ptnotes.domain.change import judge_score
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.own_values import replaceable
from ptnotes.domain.views import ChangeRow
from ptnotes.services.opening import OpenClinic
from ptnotes.services.own_values import set_own_value, undo_own_value
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.theme import Theme
from ptnotes.ui.trends.tables import ChangeTable
from tests.ui.charting import Chart, chart, clinic, episode, rom_row, screen

__all__ = ["chart", "clinic", "episode", "screen"]  # fixtures

NORMAL = "motions.lumbar_flexion.normal_low"
REASON = "measured in our own patients"


def error_key(clinic: OpenClinic) -> str:
    return next(
        value.key
        for value in replaceable(clinic.reference)
        if value.key.startswith("motions.lumbar_flexion.mdc.")
    )


def test_a_visit_on_the_screen_is_judged_by_the_clinics_own_values_when_one_comes_back_to_it(
    chart: Chart, screen: ChartingScreen, clinic: OpenClinic, episode: EpisodeOfCare
) -> None:
    page = chart()
    page.line.start()
    QTest.keyClicks(page.line.input, "flex 40>50")
    QTest.keyClick(page.line.input, Qt.Key.Key_Return)
    assert "above error" in rom_row(page).change.text()
    assert "9°" in rom_row(page).change.accessibleDescription()
    set_own_value(clinic, error_key(clinic), Decimal(12), REASON)
    set_own_value(clinic, NORMAL, Decimal(45), REASON)
    assert screen.stage.is_outdated
    screen.show_episode(episode.patient_id, episode.id)
    again = screen.stage.page
    assert again is not None
    assert again is not page
    row = rom_row(again)
    assert "within error" in row.change.text()
    assert f"own value since 2 Mar 2026: {REASON}. Shipped: 9°" in row.change.accessibleDescription()
    assert row.normal.text() == "45–60°*"
    assert f"{REASON}. Shipped: 40°" in row.normal.toolTip()
    screen.show_episode(episode.patient_id, episode.id)
    assert screen.stage.page is again, "nothing changed, and the page was made anew"
    undo_own_value(clinic, NORMAL)
    screen.show_episode(episode.patient_id, episode.id)
    assert screen.stage.page is not None
    assert rom_row(screen.stage.page).normal.text() == "40–60°"


@pytest.mark.parametrize("is_own", [False, True])
def test_threshold_source_and_reason_of_a_change_are_read_by_keys(
    qtbot: QtBot, theme: Theme, clinic: OpenClinic, *, is_own: bool
) -> None:
    if is_own:
        set_own_value(clinic, "important_changes.odi_low_back.value", Decimal(12), REASON)
    verdict = judge_score(clinic.reference, "odi", 44, 30, between_visits=True, region="lumbar")
    table = ChangeTable(theme)
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.show()
    table.show_changes(
        [ChangeRow(label="ODI", unit="percent", first=Decimal(44), latest=Decimal(30), verdict=verdict)]
    )
    assert not table.more.isVisible()
    assert table.view.focusPolicy() & Qt.FocusPolicy.TabFocus
    table.view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(table.view, Qt.Key.Key_Down)
    told = table.more.text()
    assert table.more.isVisible()
    assert "Source: Ostelo" in told
    if is_own:
        assert "Important change (MIC): 12 points." in told
        assert f"{REASON}. Shipped: 10 points." in told
    else:
        assert "Important change (MIC): 10 points." in told
        assert "Chosen because: Consensus" in told
    index = table.model.index(0, 3)
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == told
