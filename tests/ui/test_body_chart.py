"""The body chart of a visit: drawn on, walked with keys, undone, and set beside an earlier one."""

from dataclasses import replace
from datetime import date
from math import cos, pi, sin

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.body_chart import told_course
from ptnotes.domain.checks import checked_session
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import InputError
from ptnotes.domain.treatment import BodyMark, BodyView, NoteState, TreatmentSession
from ptnotes.figures.body_areas import area_named, areas_of
from ptnotes.services import visits
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.bodychart.card import BodyChartCard
from ptnotes.ui.bodychart.course_card import BodyCourseCard
from ptnotes.ui.bodychart.panel import BodyPanel, area_items
from ptnotes.ui.charting import body_edits
from ptnotes.ui.charting.screen import ChartingScreen
from ptnotes.ui.charting.state import DraftState
from ptnotes.ui.theme import Look, Theme
from tests.clinics import reference
from tests.ui.charting import (
    LAST_DAY,
    Chart,
    chart,
    charted,
    clinic,
    episode,
    screen,
    stored,
)

__all__ = ["chart", "clinic", "episode", "screen"]

EMPTY = TreatmentSession(id=1, episode_id=1, service_date=date(2026, 3, 2), next_row=5)
STROKE = area_named("back.buttock.left").outline


def mark(row: int, area_id: str, symptom: str = "pain_area", **more: object) -> BodyMark:
    area = area_named(area_id)
    made = BodyMark(row=row, view=area.view, symptom=symptom, strokes=(area.outline,))
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


LAST = TreatmentSession(
    id=9,
    episode_id=1,
    service_date=date(2026, 2, 16),
    body_chart=(
        mark(1, "back.buttock.left", qualities=("constant", "deep"), words="worst of all"),
        mark(2, "back.calf.left", "pins_needles"),
    ),
)


@pytest.fixture
def state() -> DraftState:
    return DraftState(EMPTY)


@pytest.fixture
def card(qtbot: QtBot, theme: Theme, state: DraftState) -> BodyChartCard:
    made = BodyChartCard(state, (replace(LAST, body_chart=()), LAST), reference(), theme)
    qtbot.addWidget(made)
    made.resize(600, 900)
    made.show()
    made.activateWindow()
    made.open()
    qtbot.waitUntil(lambda: made.panel.canvas.height() > 200)
    return made


def draw(card: BodyChartCard, view: BodyView, spots: list[tuple[float, float]]) -> None:
    """Draw with the left button through places of a view, in its thousandths."""
    canvas = card.panel.canvas
    box = next(box for box in canvas.drawn.boxes if box.view is view)
    points = [QPointF(*box.point(spot)) for spot in spots]
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, button, held, at in (
        (QEvent.Type.MouseButtonPress, left, left, points[:1]),
        (QEvent.Type.MouseMove, none, left, points[1:]),
        (QEvent.Type.MouseButtonRelease, left, none, points[-1:]),
    ):
        for point in at:
            event = QMouseEvent(
                kind, point, canvas.mapToGlobal(point), button, held, Qt.KeyboardModifier.NoModifier
            )
            QApplication.sendEvent(canvas, event)


def round_spot(x: float, y: float, radius: float = 40.0) -> list[tuple[float, float]]:
    return [(x + radius * cos(step * pi / 30), y + radius / 2 * sin(step * pi / 30)) for step in range(60)]


def marks(state: DraftState) -> tuple[BodyMark, ...]:
    return state.session.body_chart


def press(widget: QWidget, *keys: Qt.Key | str) -> None:
    for key in keys:
        if isinstance(key, str):
            QTest.keyClicks(widget, key)
        else:
            QTest.keyClick(widget, key)


# Edits


def test_a_new_mark_stands_last_and_its_number_is_never_given_again() -> None:
    session = body_edits.add_mark(EMPTY, BodyView.BACK, STROKE, "pain_area")
    assert [(one.row, one.symptom) for one in session.body_chart] == [(5, "pain_area")]
    session = body_edits.remove_mark(session, 5)
    assert session.body_chart == ()
    assert body_edits.add_mark(session, BodyView.BACK, STROKE, "numbness").body_chart[0].row == 6


def test_qualities_that_rule_each_other_out_take_each_others_place() -> None:
    session = replace(EMPTY, body_chart=(mark(1, "back.buttock.left"),))
    for quality in ("constant", "deep", "intermittent"):
        session = body_edits.toggle_quality(session, 1, quality)
    assert session.body_chart[0].qualities == ("deep", "intermittent")
    session = body_edits.toggle_quality(session, 1, "deep")
    assert session.body_chart[0].qualities == ("intermittent",)


def test_where_nothing_is_felt_nothing_is_said_of_how_it_feels() -> None:
    session = replace(EMPTY, body_chart=(mark(1, "back.calf.left", qualities=("deep",)),))
    session = body_edits.set_kind(session, 1, "cleared")
    assert session.body_chart[0].qualities == ()
    assert body_edits.toggle_quality(session, 1, "deep") is session


def test_what_changes_nothing_gives_the_same_visit_back() -> None:
    session = replace(EMPTY, body_chart=(mark(1, "back.calf.left"), mark(2, "back.heel.left")))
    assert body_edits.set_kind(session, 1, "pain_area") is session
    assert body_edits.move_mark(session, 1, -1) is session
    assert body_edits.move_mark(session, 8, 1) is session
    assert body_edits.remove_mark(session, 8) is session
    assert body_edits.set_words(session, 1, "") is session
    assert body_edits.take_over(session, replace(session.body_chart[0], row=44)) is session


def test_words_that_cannot_be_stored_are_refused() -> None:
    session = replace(EMPTY, body_chart=(mark(1, "back.calf.left"),))
    with pytest.raises(InputError):
        body_edits.set_words(session, 1, "x" * 5000)


def test_every_edit_leaves_a_visit_that_may_be_stored() -> None:
    session = body_edits.add_mark(EMPTY, BodyView.BACK, STROKE, "pain_area")
    session = body_edits.toggle_quality(session, 5, "constant")
    session = body_edits.set_words(session, 5, "  comes with  P2 ")
    session = body_edits.take_over(session, LAST.body_chart[1])
    session = body_edits.move_mark(session, 6, -1)
    kept = checked_session(reference(), session, date(2026, 3, 2))
    assert [one.row for one in kept.body_chart] == [6, 5]


# Drawing


def test_an_area_drawn_round_becomes_a_mark_with_few_points(card: BodyChartCard, state: DraftState) -> None:
    draw(card, BodyView.FRONT, round_spot(620, 610))
    (made,) = marks(state)
    assert (made.view, made.symptom) == (BodyView.FRONT, "pain_area")
    assert len(made.strokes[0]) <= 48
    assert card.charting.names() == ("P1: pain, left thigh, front",)
    assert card.panel.said.text() == "P1: pain, left thigh, front"


def test_each_view_is_drawn_on_by_itself(card: BodyChartCard, state: DraftState) -> None:
    draw(card, BodyView.BACK, round_spot(380, 800))
    draw(card, BodyView.RIGHT, round_spot(460, 800, 60))
    assert [one.view for one in marks(state)] == [BodyView.BACK, BodyView.RIGHT]
    assert card.charting.names() == ("P1: pain, left calf", "P2: pain, right lower leg, side")


def test_a_stroke_beside_the_figure_or_a_dot_marks_nothing_and_says_so(
    card: BodyChartCard, state: DraftState
) -> None:
    draw(card, BodyView.FRONT, round_spot(80, 850, 30))
    assert state.session is EMPTY
    assert "beside" in card.panel.said.text()
    draw(card, BodyView.FRONT, [(600, 600), (602, 601)])
    assert state.session is EMPTY


def test_the_pen_may_leave_the_view(card: BodyChartCard, state: DraftState) -> None:
    draw(card, BodyView.FRONT, [(600, 600), (600, 700), (2000, 700), (2000, 600)])
    (made,) = marks(state)
    assert max(x for x, _ in made.strokes[0]) == 1000
    assert made.view is BodyView.FRONT


def test_undo_takes_a_mark_back_with_the_steps_of_the_visit(card: BodyChartCard, state: DraftState) -> None:
    draw(card, BodyView.FRONT, round_spot(620, 610))
    press(card.panel.canvas, "c")
    assert marks(state)[0].qualities == ("constant",)
    state.undo()
    assert marks(state)[0].qualities == ()
    state.undo()
    assert marks(state) == ()
    assert not card.panel.rows.buttons
    state.redo()
    assert len(card.panel.rows.buttons) == 1


def test_a_click_chooses_the_mark_under_it_and_a_double_click_marks_an_area(
    card: BodyChartCard, state: DraftState
) -> None:
    box = card.panel.canvas.drawn.boxes[1]
    spot = QPointF(*box.point((380, 800))).toPoint()
    QTest.mouseDClick(card.panel.canvas, Qt.MouseButton.LeftButton, pos=spot)
    assert card.charting.names() == ("P1: pain, left calf",)
    assert marks(state)[0].strokes == (area_named("back.calf.left").outline,)
    card.charting.choose(None)
    QTest.mouseClick(card.panel.canvas, Qt.MouseButton.LeftButton, pos=spot)
    assert card.charting.chosen == marks(state)[0].row
    QTest.mouseClick(
        card.panel.canvas, Qt.MouseButton.LeftButton, pos=QPointF(*box.point((20, 950))).toPoint()
    )
    assert len(marks(state)) == 1
    assert card.charting.chosen is None


# Keys and names


def test_a_chart_is_made_from_start_to_end_without_a_mouse(card: BodyChartCard, state: DraftState) -> None:
    card.panel.canvas.setFocus()
    press(card.panel.canvas, "a")
    assert card.panel.add.hasFocus()
    QTest.keyClicks(card.panel.add, "left buttock")
    press(card.panel.add._view, Qt.Key.Key_Return)
    assert [one.symptom for one in marks(state)] == ["pain_area"]
    card.panel.canvas.setFocus()
    press(card.panel.canvas, "d", "i", "c")
    assert marks(state)[0].qualities == ("deep", "constant")
    card.charting.choose(None)
    press(card.panel.canvas, "3")
    assert "numbness" in card.panel.said.text()
    card.panel.add.setFocus()
    QTest.keyClicks(card.panel.add, "right calf")
    press(card.panel.add._view, Qt.Key.Key_Return)
    assert card.charting.names() == (
        "P1: pain, left buttock, deep, constant",
        "N1: numbness, right calf",
    )
    card.panel.canvas.setFocus()
    press(card.panel.canvas, "4")
    assert card.charting.names()[1] == "No symptoms, right calf"
    QTest.keyClick(card.panel.canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert card.charting.names()[0] == "No symptoms, right calf"
    press(card.panel.canvas, Qt.Key.Key_Down, Qt.Key.Key_Delete)
    assert card.charting.names() == ("No symptoms, right calf",)


def test_a_key_that_can_do_nothing_says_why(card: BodyChartCard, state: DraftState) -> None:
    card.panel.canvas.setFocus()
    press(card.panel.canvas, "c")
    assert "Choose a mark" in card.panel.said.text()
    card.charting.mark_area("back.calf.left")
    press(card.panel.canvas, "4", "c")
    assert "nothing more to say" in card.panel.said.text()
    assert marks(state)[0].qualities == ()


def test_each_mark_is_found_by_its_name_and_its_row_takes_the_same_keys(
    card: BodyChartCard, state: DraftState, qtbot: QtBot
) -> None:
    card.charting.mark_area("back.buttock.left")
    card.charting.mark_area("back.calf.left")
    rows = list(card.panel.rows.buttons.values())
    qtbot.waitUntil(lambda: all(row.isVisible() for row in rows))
    rows[0].setFocus()
    assert card.charting.chosen == marks(state)[0].row
    press(rows[0], "c", "d")
    name = "P1: pain, left buttock, constant, deep"
    interface = QAccessible.queryAccessibleInterface(rows[0])
    assert interface.text(QAccessible.Text.Name) == name
    assert name in card.panel.canvas.accessibleName()
    press(rows[0], Qt.Key.Key_Delete)
    assert card.charting.names() == ("P1: pain, left calf",)
    (left,) = card.panel.rows.buttons.values()
    assert left.hasFocus()


def test_what_belongs_together_is_said_in_words_and_undone_at_once(
    card: BodyChartCard, state: DraftState
) -> None:
    card.charting.mark_area("back.buttock.left")
    (words,) = card.panel.rows.words.values()
    words.setFocus()
    QTest.keyClicks(words, "comes with P2")
    assert marks(state)[0].words == "comes with P2"
    assert card.charting.names() == ("P1: pain, left buttock: comes with P2",)
    state.undo()
    assert marks(state)[0].words == ""
    assert words.text() == ""


def test_words_that_cannot_be_stored_keep_their_sentence_and_change_nothing(
    card: BodyChartCard, state: DraftState
) -> None:
    card.charting.mark_area("back.buttock.left")
    (words,) = card.panel.rows.words.values()
    words.setText("y" * 5000)
    words.textEdited.emit(words.text())
    assert words.fault
    assert marks(state)[0].words == ""


def test_every_named_area_is_offered_once_and_says_its_view() -> None:
    items = area_items()
    assert len({item.line for item in items}) == len(items) == len({item.id for item in items})
    assert all(area_named(item.id).words == item.label for item in items)


def test_the_buttons_show_the_chosen_mark_and_do_what_the_keys_do(
    card: BodyChartCard, state: DraftState
) -> None:
    tools = card.panel.tools.buttons
    assert tools["pain_area"].isChecked()
    assert not tools["deep"].isEnabled()
    tools["pins_needles"].click()
    card.charting.mark_area("back.heel.left")
    tools["deep"].click()
    assert card.charting.names() == ("P&N1: pins and needles, left heel, deep",)
    assert tools["deep"].isChecked()
    tools["cleared"].click()
    assert not tools["deep"].isChecked()
    assert not tools["deep"].isEnabled()


# Last time


def test_the_last_chart_is_never_marked_today_by_itself(card: BodyChartCard, state: DraftState) -> None:
    assert marks(state) == ()
    assert "16 Feb 2026" in card.note.text()
    assert [button.text() for button in card.panel.last_rows.values()] == [
        "pain, left buttock, constant, deep: worst of all",
        "pins and needles, left calf",
    ]


def test_one_key_marks_one_mark_of_the_last_chart_and_not_the_next(
    card: BodyChartCard, state: DraftState
) -> None:
    card.panel.canvas.setFocus()
    press(card.panel.canvas, "l")
    assert [one.strokes for one in marks(state)] == [LAST.body_chart[0].strokes]
    assert marks(state)[0].row == 5
    first, second = card.panel.last_rows.values()
    assert first.isHidden()
    assert not second.isHidden()
    state.undo()
    assert marks(state) == ()
    second.click()
    assert card.charting.names() == ("P&N1: pins and needles, left calf",)
    press(card.panel.canvas, "l", "l")
    assert len(marks(state)) == 2
    assert "Nothing more" in card.panel.said.text()


# The card


def test_the_card_is_one_line_until_it_is_used(qtbot: QtBot, theme: Theme, state: DraftState) -> None:
    card = BodyChartCard(state, (), reference(), theme)
    qtbot.addWidget(card)
    card.resize(560, 90)
    card.show()
    assert card.sizeHint().height() < theme.px(80)
    assert card.note.text() == "nothing marked"
    assert card.tab_stops() == [card.toggle]
    # Not even made: opening a visit takes no time for it.
    assert not card.findChildren(BodyPanel)
    QTest.keyClick(card.toggle, Qt.Key.Key_Space)
    assert card.panel.canvas.isVisible()
    assert card.panel.canvas in card.tab_stops()
    card.charting.mark_area("back.calf.left")
    card.toggle.click()
    assert not card.panel.canvas.isVisible()
    assert card.summary.text() == "P1: pain, left calf"


def test_a_signed_visits_chart_can_be_looked_at_and_not_changed(qtbot: QtBot, theme: Theme) -> None:
    signed = replace(LAST, state=NoteState.SIGNED)
    state = DraftState(signed)
    card = BodyChartCard(state, (), reference(), theme)
    qtbot.addWidget(card)
    card.resize(600, 900)
    card.show()
    card.set_editable(False)
    card.toggle.click()
    draw(card, BodyView.FRONT, round_spot(620, 610))
    card.panel.canvas.setFocus()
    press(card.panel.canvas, Qt.Key.Key_Down, Qt.Key.Key_Delete, "2")
    card.charting.mark_area("back.heel.left")
    assert state.session == signed
    assert "only be read" in card.panel.said.text()
    assert not card.panel.add.isEnabled()
    assert all(not field.isEnabled() for field in card.panel.rows.words.values())
    assert all(button.isEnabled() for button in card.panel.rows.buttons.values())


def test_the_chart_is_painted_in_both_looks_and_at_any_text_size(card: BodyChartCard, theme: Theme) -> None:
    card.charting.mark_area("back.calf.left")
    light = card.panel.canvas.grab().toImage()
    theme.set_look(Look.DARK)
    dark = card.panel.canvas.grab().toImage()
    assert light.size() == dark.size()
    assert light != dark
    box = card.panel.canvas.drawn.boxes[1]
    spot = QPointF(*box.point((340, 790))).toPoint()
    # The ground of the mark is not that of the body beside it.
    beside = QPointF(*box.point((660, 790))).toPoint()
    assert dark.pixelColor(spot) != dark.pixelColor(beside)


def test_a_chart_is_stored_with_the_visit_and_shown_at_the_next(
    chart: Chart, screen: ChartingScreen, clinic: OpenClinic, episode: EpisodeOfCare, qtbot: QtBot
) -> None:
    started = visits.start_session(clinic, episode.id or 0, LAST_DAY)
    area = area_named("back.calf.left")
    visits.save_draft(clinic, body_edits.add_mark(started, area.view, area.outline, "pain_area"))
    page = chart()
    assert charted(page).body_chart == ()
    assert page.body_chart.note.text() == "last drawn 26 Feb 2026"
    page.body_chart.open()
    page.body_chart.panel.canvas.setFocus()
    press(page.body_chart.panel.canvas, "l")
    press(page.body_chart.panel.canvas, "d")
    kept = stored(screen, clinic, qtbot)
    assert [(one.view, one.symptom, one.qualities) for one in kept.body_chart] == [
        (BodyView.BACK, "pain_area", ("deep",))
    ]
    assert kept.body_chart[0].strokes == (area.outline,)


def test_opening_the_chart_brings_it_into_sight(chart: Chart, screen: ChartingScreen, qtbot: QtBot) -> None:
    screen.resize(1180, 560)
    page = chart()
    page.body_chart.toggle.click()
    canvas = page.body_chart.panel.canvas
    assert canvas.hasFocus()

    def is_in_sight() -> bool:
        view = page.scroller.viewport()
        foot = canvas.mapTo(view, canvas.rect().bottomLeft()).y()
        return canvas.height() > 200 and foot <= view.height()

    qtbot.waitUntil(is_in_sight)


# Between visits


def test_the_first_and_the_latest_chart_stand_side_by_side(qtbot: QtBot, theme: Theme) -> None:
    card = BodyCourseCard(theme)
    qtbot.addWidget(card)
    card.resize(800, 500)
    assert card.isHidden()
    later = replace(EMPTY, body_chart=(mark(3, "back.buttock.left"),))
    card.show_course(told_course(reference(), areas_of, [LAST, later]))
    assert not card.isHidden()
    assert [title.text() for title in card.titles] == ["First, 16 Feb 2026", "Latest, 2 Mar 2026"]
    assert "P&N1: pins and needles, left calf" in card.pictures[0].accessibleName()
    assert "and not on 2 Mar 2026: pins and needles, left calf." in card.changes.text()
    assert card.pictures[0].grab().toImage() != card.pictures[1].grab().toImage()
    card.show_course(told_course(reference(), areas_of, [LAST]))
    assert card.titles[0].text() == "Drawn, 16 Feb 2026"
    assert not card.titles[1].isVisible()
    assert not card.changes.isVisible()
