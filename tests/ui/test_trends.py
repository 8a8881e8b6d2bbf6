"""The Overview tab: read in the background, pointed at with mouse and keys, never another patient's values."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ptnotes.db.sessions import add_sessions
from ptnotes.domain.episode import EpisodeOfCare, Goal
from ptnotes.domain.treatment import Side, TreatmentSession
from ptnotes.domain.views import ChangeRow
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Look, Theme
from ptnotes.ui.trends.tables import ChangeTable
from ptnotes.ui.trends.trends_page import TrendsPage
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock
from tests.episodes import FIRST, course, flexion, mobilization, pain, visit

GOAL = Goal(
    uuid="",
    words="Bend to tie shoes",
    measure="rom",
    motion="lumbar_flexion",
    unit="deg",
    baseline=Decimal(42),
    target=Decimal(62),
)


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, look=Look.LIGHT, text_scale=1.0)


@pytest.fixture
def page(qtbot: QtBot, clinic: OpenClinic, theme: Theme) -> Iterator[TrendsPage]:
    tasks = Tasks()
    made = TrendsPage(clinic, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1128, 760)
    made.show()
    yield made
    tasks.close()


def episode_with(
    clinic: OpenClinic, sessions: list[TreatmentSession], mrn: str = "000123"
) -> tuple[int, int]:
    patient = add_patient(clinic, replace(PATIENT, mrn=mrn))
    assert patient.id is not None
    episode = open_episode(
        clinic,
        EpisodeOfCare(
            patient_id=patient.id,
            title="Low back pain",
            start=FIRST,
            goals=(replace(GOAL, uuid=str(uuid4())),),
        ),
    )
    assert episode.id is not None
    own = [replace(one, id=None, episode_id=episode.id, author_id=clinic.person_id) for one in sessions]
    with clinic.store.write() as connection:
        add_sessions(connection, own, clinic.clock())
        connection.commit()
    return patient.id, episode.id


def show(qtbot: QtBot, page: TrendsPage, ids: tuple[int, int]) -> None:
    page.show_episode(*ids)
    qtbot.waitUntil(lambda: page.currentWidget() in (page.page, page.no_visit))
    page.grab()


def rows(page: TrendsPage) -> list[list[str]]:
    model = page.changes.model
    return [
        [model.cell(row, column).text for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_what_changed_stands_beside_the_charts(qtbot: QtBot, page: TrendsPage, clinic: OpenClinic) -> None:
    show(qtbot, page, episode_with(clinic, course(10)))
    assert rows(page)[:2] == [
        ["Pain, worst", "9", "6", "important"],
        ["Flexion", "42°", "55°", "above error"],
    ]
    labels = [cell.accessibleName() for cell in page.grid.findChildren(type(page.grid._cells[0]))]
    assert any("42° on 6 Oct 2025" in label and "above measurement error" in label for label in labels)


def test_a_row_says_its_threshold_and_source(qtbot: QtBot, page: TrendsPage, clinic: OpenClinic) -> None:
    show(qtbot, page, episode_with(clinic, course(10)))
    page.changes.view.setCurrentIndex(page.changes.model.index(1, 0))
    assert page.changes.more.isVisible()
    assert "9°" in page.changes.more.text()
    assert "Source:" in page.changes.more.text()


def test_arrow_keys_go_from_visit_to_visit(qtbot: QtBot, page: TrendsPage, clinic: OpenClinic) -> None:
    show(qtbot, page, episode_with(clinic, course(10)))
    QTest.keyClick(page.grid, Qt.Key.Key_Left)
    assert page.visit_label.text() == "Visit 10 · 2 Nov 2025"
    assert "flexion 55° before, 58° after" in page.readout.text()
    assert "treated L4 grade III, L5 left grade II" in page.readout.text()
    QTest.keyClick(page.grid, Qt.Key.Key_Left)
    assert page.visit_label.text() == "Visit 9 · 30 Oct 2025"
    QTest.keyClick(page.grid, Qt.Key.Key_Home)
    assert page.visit_label.text().startswith("Visit 1 ")
    QTest.keyClick(page.grid, Qt.Key.Key_Left)
    assert page.visit_label.text().startswith("Visit 1 ")
    QTest.keyClick(page.grid, Qt.Key.Key_End)
    QTest.keyClick(page.grid, Qt.Key.Key_Right)
    assert page.visit_label.text().startswith("Visit 10 ")
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert page.visit_label.isHidden()


def test_pointing_reads_the_nearest_visit_in_every_chart(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    show(qtbot, page, episode_with(clinic, course(10)))
    cell = page.grid._cells[1]
    trend = cell.drawn()
    assert trend is not None
    x = round(cell.x() + trend.plot.x_of(course(10)[4].service_date)) + 2
    QTest.mouseMove(page.grid, QPoint(x, cell.y() + 80))
    qtbot.waitUntil(lambda: page.visit_label.text() == "Visit 5 · 18 Oct 2025")
    shown = page.grid._cells[: page.grid._shown]
    assert all(len(other._overlay) > 1 for other in shown)


def test_the_spine_shows_the_visit_pointed_at(qtbot: QtBot, page: TrendsPage, clinic: OpenClinic) -> None:
    sessions = [
        visit(1, [flexion(42)], (), [mobilization("T12", "II")]),
        visit(2, [flexion(44)], (), [mobilization("L4", "III")]),
    ]
    show(qtbot, page, episode_with(clinic, sessions))
    assert "before: T12 grade II" in page.levels.spine.accessibleName()
    page.grid.go_to(0)
    assert "L4" not in page.levels.spine.accessibleName()
    page.grid.go_to(-1)
    assert "L4 grade III" in page.levels.spine.accessibleName()


def test_nothing_of_the_patient_before_is_seen_while_the_next_is_read(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    first = episode_with(clinic, course(10))
    second = episode_with(clinic, course(2), "000124")
    show(qtbot, page, first)
    page.show_episode(*second)
    assert page.currentWidget() is not page.page
    qtbot.waitUntil(lambda: page.currentWidget() is page.page)
    assert page.treated_card.note.text() == "2 visits"


def test_a_late_answer_for_the_patient_before_is_dropped(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    first = episode_with(clinic, course(10))
    second = episode_with(clinic, course(2), "000124")
    page.show_episode(*first)
    page.show_episode(*second)
    qtbot.waitUntil(lambda: page.currentWidget() is page.page)
    qtbot.wait(50)
    assert page.treated_card.note.text() == "2 visits"


def test_an_episode_without_a_visit_says_the_next_step(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    show(qtbot, page, episode_with(clinic, []))
    assert page.currentWidget() is page.no_visit
    with qtbot.waitSignal(page.visit_asked):
        QTest.mouseClick(page.no_visit.button, Qt.MouseButton.LeftButton)


def test_a_patient_without_an_episode_says_the_next_step(qtbot: QtBot, page: TrendsPage) -> None:
    page.show_episode(1, None)
    assert page.currentWidget() is page.no_episode
    with qtbot.waitSignal(page.episode_asked):
        QTest.mouseClick(page.no_episode.button, Qt.MouseButton.LeftButton)


def test_a_visit_without_any_measurement_shows_no_empty_chart(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    show(qtbot, page, episode_with(clinic, [visit(1)]))
    assert page.currentWidget() is page.page
    assert page.charts_card.isHidden()
    assert page.changes_card.isHidden()


@pytest.mark.parametrize(("width", "columns"), [(560, 1), (1016, 2), (1500, 3)])
def test_charts_stand_in_as_many_columns_as_fit(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic, width: int, columns: int
) -> None:
    page.resize(width, 800)
    show(qtbot, page, episode_with(clinic, course(5)))
    shown = page.grid._cells[: page.grid._shown]

    def all_fit() -> bool:
        return len({cell.x() for cell in shown}) == columns and all(
            cell.geometry().right() <= page.grid.width() and cell.geometry().bottom() <= page.grid.height()
            for cell in shown
        )

    # The scroll area gives the grid its final size one turn of the event loop later.
    qtbot.waitUntil(all_fit)


def test_a_verdict_under_its_title_has_air_above_and_below(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic, theme: Theme
) -> None:
    show(qtbot, page, episode_with(clinic, course(5)))
    grid = page.grid
    cell = grid._cells[0]
    beside = grid._layout_for(500)[2]
    cell._title = "A title that is far too long to stand beside what is said of the change in half a window"
    cell._head_width = None
    stacked = grid._layout_for(500)[2]
    cell.is_stacked = True
    assert stacked - beside == theme.px(52) - theme.px(24)
    assert cell._head() >= theme.px(24) + theme.px(18) + 2 * theme.px(4)


def test_larger_text_and_dark_colours_are_taken_over_at_once(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic, theme: Theme
) -> None:
    show(qtbot, page, episode_with(clinic, course(5)))
    page.grid.go_to(2)
    theme.set_text_scale(1.5)
    theme.set_look(Look.DARK)
    picture = page.grab().toImage()
    trend = page.grid._cells[0].drawn()
    assert trend is not None
    assert trend.text_size == theme.px(11)
    assert page.visit_label.text().startswith("Visit 3 ")
    assert picture.pixelColor(page.width() // 2, 4) == theme.ink("window")


def test_a_visit_among_many_is_reached_by_keys(qtbot: QtBot, page: TrendsPage, clinic: OpenClinic) -> None:
    show(qtbot, page, episode_with(clinic, course(140, every_days=1)))
    for _ in range(3):
        QTest.keyClick(page.grid, Qt.Key.Key_Left)
    assert page.visit_label.text().startswith("Visit 138 ")


def test_a_measure_s_name_goes_on_in_a_new_line_where_its_column_is_narrow(
    qtbot: QtBot, qapp: QApplication
) -> None:
    table = ChangeTable(Theme(qapp, look=Look.LIGHT, text_scale=1.0))
    qtbot.addWidget(table)
    table.resize(640, 300)
    table.show()
    names = ("Pain, worst", "Abduction right", "Internal rotation right")
    table.show_changes(
        [ChangeRow(label=name, unit="deg", first=None, latest=Decimal(5), verdict=None) for name in names]
    )
    qtbot.waitUntil(lambda: [table.view.rowHeight(row) for row in range(3)] == [29, 29, 29])
    table.resize(640 - table.view.columnWidth(0) + 130, 300)
    qtbot.waitUntil(lambda: table.view.rowHeight(2) > 40)
    assert [table.view.rowHeight(row) for row in range(2)] == [29, 29]


def response_rows(page: TrendsPage) -> list[list[str]]:
    model = page.responses.table.model
    return [
        [model.cell(row, column).text for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_change_within_visits_is_told_by_technique(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    show(qtbot, page, episode_with(clinic, course(12)))
    assert response_rows(page) == [
        ["L4", "Central posteroanterior (PA) glide", "III", "12", "12", "−2.0", "SD 0.0"],
        ["L5, left", "Unilateral posteroanterior (PA) glide", "II", "12", "12", "−2.0", "SD 0.0"],
    ]
    assert "none of it can be put down to one of them" in page.responses.describes.text()
    page.responses.table.view.setCurrentIndex(page.responses.table.model.index(0, 0))
    assert page.responses.table.more.text() == (
        "L4 · Central posteroanterior (PA) glide. Done at 12 visits: 12 with a value before and after. "
        "At all of these another technique was charted too."
    )


def test_the_measure_is_chosen_with_the_keyboard(qtbot: QtBot, page: TrendsPage, clinic: OpenClinic) -> None:
    show(qtbot, page, episode_with(clinic, course(3)))
    measure = page.responses.measure
    assert measure.focusPolicy() & Qt.FocusPolicy.TabFocus
    QTest.keyClick(measure, Qt.Key.Key_Down)
    assert measure.currentText() == "Flexion"
    assert [row[5:] for row in response_rows(page)] == [["+3.0°", "+3 to +3"], ["+3.0°", "+3 to +3"]]


def test_rows_are_ordered_by_n_or_by_place_with_the_keyboard(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    low, high = mobilization("L5", "II", side=Side.LEFT), mobilization("T12", "III", row=9)
    scores = pain(6, 4)
    sessions = [visit(1, (), scores, [low]), visit(2, (), scores, [low, high]), visit(3, (), (), [high])]
    show(qtbot, page, episode_with(clinic, sessions))
    order = page.responses.order
    assert [(row[0], row[3], row[4], row[6]) for row in response_rows(page)] == [
        ("L5, left", "2", "2", "−2 to −2"),
        ("T12", "2", "1", "one visit"),
    ]
    QTest.keyClick(order, Qt.Key.Key_Down)
    assert [row[4] for row in response_rows(page)] == ["1", "2"]
    QTest.keyClick(order, Qt.Key.Key_Down)
    assert [row[0] for row in response_rows(page)] == ["T12", "L5, left"]


def test_blanks_are_counted_beside_the_change(qtbot: QtBot, page: TrendsPage, clinic: OpenClinic) -> None:
    done = [mobilization("L4", "III")]
    sessions = [visit(1, (), pain(6, 4), done), visit(2, (), pain(6), done), visit(3, (), (), done)]
    show(qtbot, page, episode_with(clinic, sessions))
    page.responses.table.view.setCurrentIndex(page.responses.table.model.index(0, 0))
    assert response_rows(page)[0][3:] == ["3", "1", "−2.0", "one visit"]
    assert page.responses.table.more.text().endswith(
        "Done at 3 visits: 1 with a value before and after, 1 with only one of the two, or taken differently, "
        "1 without either. No other technique was charted at these; "
        "exercises and other services are not looked at."
    )


def test_without_any_pair_nothing_is_said_of_change_within_visits(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    show(qtbot, page, episode_with(clinic, [visit(1, (), pain(6), [mobilization("L4", "III")])]))
    assert page.responses.isHidden()


def test_what_was_done_stands_over_each_column_of_charts(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    show(qtbot, page, episode_with(clinic, course(10)))
    strips = [strip for strip in page.grid._strips if strip.isVisible()]
    cells = page.grid._cells[: page.grid._shown]
    columns = {cell.x() for cell in cells}
    assert {strip.x() for strip in strips} == columns
    assert all(strip.geometry().bottom() < min(cell.y() for cell in cells) for strip in strips)
    assert "L5 L at 10 visits, last grade II" in strips[0].accessibleName()
    drawn, chart = strips[0].drawn(), cells[0].drawn()
    assert drawn is not None
    assert chart is not None
    assert drawn.plot.x_of(FIRST) == chart.plot.x_of(FIRST)


def test_pointing_at_the_strip_lights_the_visit_up_everywhere(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    show(qtbot, page, episode_with(clinic, course(10)))
    strip = page.grid._strips[0]
    drawn = strip.drawn()
    assert drawn is not None
    x = round(strip.x() + drawn.plot.x_of(course(10)[4].service_date)) + 2
    QTest.mouseMove(page.grid, QPoint(x, strip.y() + 10))
    qtbot.waitUntil(lambda: page.visit_label.text() == "Visit 5 · 18 Oct 2025")
    assert all(len(one._overlay) > 1 for one in page.grid._strips if one.isVisible())
    page.grid.go_to(-1)
    assert strip._overlay == ()


def test_nothing_stands_over_the_charts_where_nothing_was_done(
    qtbot: QtBot, page: TrendsPage, clinic: OpenClinic
) -> None:
    show(qtbot, page, episode_with(clinic, course(3)))
    show(qtbot, page, episode_with(clinic, [visit(1, [flexion(42)], pain(6))], "000124"))
    qtbot.waitUntil(lambda: not any(strip.isVisible() for strip in page.grid._strips))
