"""The spine as a picture on the overview."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from ptnotes.domain.treatment import Side
from ptnotes.domain.views import SpineMark
from ptnotes.figures.shapes import Circle, Curve, Line, Path, Polygon, Polyline, Rect, Text
from ptnotes.ui.theme import Look, Theme
from ptnotes.ui.widgets.figure_view import paint_shapes
from ptnotes.ui.widgets.spine_map import SpineMap

MARK = SpineMark(target="L4", side=None, grade="III", at_latest_visit=True, sessions=1)


@pytest.fixture
def spine(qtbot: QtBot, theme: Theme) -> SpineMap:
    made = SpineMap(theme)
    qtbot.addWidget(made)
    made.resize(260, 720)
    made.show()
    return made


def middle_of(spine: SpineMap, target: str, side: Side) -> QPoint:
    area = next(area for area in spine.drawn.areas if (area.target, area.side) == (target, side))
    return QPoint(round(area.middle[0]), round(area.middle[1]))


def test_it_says_what_is_seen_and_takes_neither_clicks_nor_the_focus(spine: SpineMap) -> None:
    spine.set_marks([MARK])
    assert "L4 grade III" in spine.accessibleName()
    assert spine.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_a_mark_is_painted_in_the_ink_of_its_grade(spine: SpineMap, theme: Theme) -> None:
    spine.set_marks([MARK])
    at = middle_of(spine, "L4", Side.MIDLINE) + QPoint(-16, 0)
    assert spine.grab().toImage().pixelColor(at) == theme.ink("grade_3")
    theme.set_look(Look.DARK)
    assert spine.grab().toImage().pixelColor(at) == theme.ink("grade_3")


def test_a_smaller_part_of_the_spine_is_drawn_larger(spine: SpineMap) -> None:
    def height() -> float:
        return next(area for area in spine.drawn.areas if area.target == "L4").height

    whole = height()
    spine.set_levels("L1", "COC")
    assert height() > whole


def test_every_kind_of_shape_is_painted_where_it_belongs(theme: Theme) -> None:
    shapes = (
        Rect(0, 0, 40, 20, "accent"),
        Line(0, 30, 40, 30, "goal", 4),
        Polyline(((0, 50), (40, 50)), "normal", 4),
        Polygon(((60, 0), (80, 0), (70, 20)), "series_2"),
        Circle(70, 40, 8, "grade_4", "text", 1),
        Path((60, 60), ((80, 60), Curve((80, 70), (70, 80), (60, 80))), "series_3"),
        Text(95, 80, "■■", "text", 14, "bold", "end"),
    )
    picture = QImage(100, 100, QImage.Format.Format_RGB32)
    picture.fill(theme.ink("surface"))
    painter = QPainter(picture)
    paint_shapes(painter, shapes, theme)
    painter.end()
    seen = {
        ink: picture.pixelColor(x, y)
        for ink, x, y in (
            ("accent", 20, 10),
            ("goal", 20, 30),
            ("normal", 20, 50),
            ("series_2", 70, 6),
            ("grade_4", 70, 40),
            ("series_3", 64, 66),
            ("surface", 50, 92),
        )
    }
    assert seen == {ink: theme.ink(ink) for ink in seen}
    left_of_end = [picture.pixelColor(x, 75) for x in range(80, 95)]
    assert any(colour != theme.ink("surface") for colour in left_of_end)
    assert all(picture.pixelColor(x, 75) == theme.ink("surface") for x in range(96, 100))
