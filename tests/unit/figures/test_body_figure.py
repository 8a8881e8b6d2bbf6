"""The drawn body: its areas fit it and name themselves, sides are the patient's, and kinds differ without colour."""

from itertools import pairwise

import pytest

from ptnotes.domain.body_chart import area_at, covered, is_inside
from ptnotes.domain.treatment import BodyMark, BodyView, Side
from ptnotes.figures.body_areas import area_named, areas_of
from ptnotes.figures.body_figure import (
    ViewBox,
    body_figure,
    body_height,
    swatch,
    view_boxes,
    views_to_show,
)
from ptnotes.figures.body_outline import TALL, WIDTHS, drawing
from ptnotes.figures.shapes import Circle, Line, Path, Polygon, Polyline, Rect, Shape, Text, Weight

EVERY_AREA = [area.id for view in BodyView for area in areas_of(view)]


def width_of(text: str, size: float, _weight: Weight) -> float:
    return len(text) * size * 0.55


def mark(row: int, area_id: str, symptom: str = "pain_area") -> BodyMark:
    area = area_named(area_id)
    return BodyMark(row=row, view=area.view, symptom=symptom, strokes=(area.outline,))


def texts(shapes: tuple[Shape, ...]) -> list[str]:
    return [shape.text for shape in shapes if isinstance(shape, Text)]


@pytest.mark.parametrize("view", BodyView)
def test_the_body_stands_whole_within_its_view(view: BodyView) -> None:
    seen = drawing(view)
    for contour in (seen.body, *seen.under, *seen.over, *seen.lines, *seen.over_lines):
        for x, y in contour.flat():
            assert 0 <= x <= WIDTHS[view]
            assert 0 <= y <= TALL


@pytest.mark.parametrize("view", [BodyView.FRONT, BodyView.BACK])
def test_the_body_is_the_same_on_both_sides(view: BodyView) -> None:
    outline = drawing(view).body.flat()
    for x, y in outline:
        mirrored = WIDTHS[view] - x
        assert min(abs(mirrored - other_x) + abs(y - other_y) for other_x, other_y in outline) < 1


def test_the_view_from_the_right_mirrors_the_one_from_the_left() -> None:
    left, right = drawing(BodyView.LEFT).body.flat(), drawing(BodyView.RIGHT).body.flat()
    for (x, y), (other_x, other_y) in zip(left, right, strict=True):
        assert (WIDTHS[BodyView.LEFT] - x, y) == pytest.approx((other_x, other_y))


@pytest.mark.parametrize("area_id", EVERY_AREA)
def test_each_area_is_a_part_of_the_body_that_names_itself(area_id: str) -> None:
    area = area_named(area_id)
    assert 3 <= len(area.outline) <= 24
    assert all(0 <= part <= 1000 for point in area.outline for part in point)
    assert covered(areas_of(area.view), (area.outline,))[0].id == area_id
    assert len(covered(areas_of(area.view), (area.outline,))) == 1
    # No edge runs out along a cut and back: that would be a seam through thin air.
    corners = (*area.outline, *area.outline[:2])
    for before, here, after in zip(corners, corners[1:], corners[2:], strict=False):
        came, goes = (here[0] - before[0], here[1] - before[1]), (after[0] - here[0], after[1] - here[1])
        turns = came[0] * goes[1] - came[1] * goes[0]
        assert turns != 0 or came[0] * goes[0] + came[1] * goes[1] > 0


@pytest.mark.parametrize("view", BodyView)
def test_the_areas_leave_no_part_of_the_body_without_a_name(view: BodyView) -> None:
    outline = [(x / WIDTHS[view] * 1000, y) for x, y in drawing(view).body.flat()]
    spots = [(x, y) for x in range(5, 1000, 15) for y in range(5, 1000, 10) if is_inside(outline, x, y)]
    nameless = [spot for spot in spots if area_at(areas_of(view), *spot) is None]
    assert len(nameless) < 0.03 * len(spots)


@pytest.mark.parametrize("view", [BodyView.FRONT, BodyView.BACK])
def test_the_patients_right_is_at_the_viewers_left_from_the_front_alone(view: BodyView) -> None:
    for area in areas_of(view):
        middle = sum(x for x, _ in area.outline) / len(area.outline)
        at_viewers_left = Side.RIGHT if view is BodyView.FRONT else Side.LEFT
        if area.side is None:
            assert middle == pytest.approx(500, abs=3)
        else:
            assert (area.side is at_viewers_left) == (middle < 500)
    names = [area.words for area in areas_of(view)]
    assert len(names) == len(set(names))


def test_seen_from_a_side_the_patient_faces_away_from_that_hand() -> None:
    nose_left = min(x for x, y in drawing(BodyView.LEFT).body.flat() if y < 150)
    back_left = max(x for x, y in drawing(BodyView.LEFT).body.flat() if y < 150)
    toes = [x for x, y in drawing(BodyView.LEFT).body.flat() if y > 970]
    ankle = [x for x, y in drawing(BodyView.LEFT).body.flat() if 900 < y < 930]
    # From the left, the nose and the toes point to the viewer's left.
    assert min(toes) < min(ankle) - 50
    assert abs(nose_left - 160) > abs(back_left - 160)
    assert all(area.side is Side.LEFT for area in areas_of(BodyView.LEFT))
    assert all(area.side is Side.RIGHT for area in areas_of(BodyView.RIGHT))


def test_letters_say_which_side_is_which() -> None:
    drawn = body_figure(600, 400, (), width_of, 11)
    letters = [shape for shape in drawn.figure.shapes if isinstance(shape, Text) and shape.text in "LR"]
    at = [(letter.text, letter.x) for letter in letters]
    front, back = drawn.boxes[0], drawn.boxes[1]
    assert [text for text, _ in at] == ["R", "L", "L", "R"]
    assert at[0][1] < front.x + front.width / 2 < at[1][1]
    assert at[2][1] < back.x + back.width / 2 < at[3][1]


def test_each_mark_carries_its_sign_and_signs_do_not_cover_each_other() -> None:
    marks = [
        mark(1, "back.buttock.left"),
        mark(2, "back.buttock.left"),
        mark(3, "back.low_back.left", "numbness"),
        mark(4, "front.foot_top.left", "pins_needles"),
    ]
    drawn = body_figure(600, 400, marks, width_of, 11)
    signs = [
        shape
        for shape in drawn.figure.shapes
        if isinstance(shape, Text) and shape.text in ("P1", "P2", "N1", "P&N1")
    ]
    assert [sign.text for sign in signs] == ["P&N1", "P1", "P2", "N1"]
    for one, other in pairwise(sorted(signs, key=lambda sign: sign.y)):
        assert other.y - one.y > 11 or abs(other.x - one.x) > 11


def test_a_small_mark_is_not_hidden_by_its_sign() -> None:
    drawn = body_figure(600, 400, [mark(1, "front.foot_top.left")], width_of, 11)
    (sign,) = [shape for shape in drawn.figure.shapes if isinstance(shape, Text) and shape.text == "P1"]
    box = drawn.boxes[0]
    outline = [box.point(place) for place in area_named("front.foot_top.left").outline]
    assert sign.x > max(x for x, _ in outline)


def test_signs_stay_within_the_figure() -> None:
    marks = [
        mark(1, "front.fingers_front.right"),
        mark(2, "right.foot.right"),
        mark(3, "right.hand.right", "pins_needles"),
    ]
    width = 240.0
    drawn = body_figure(width, 400, marks, width_of, 11)
    frames = [shape for shape in drawn.figure.shapes if isinstance(shape, Rect)]
    assert len(frames) == 3
    assert all(frame.x >= 0 and frame.x + frame.width <= width for frame in frames)


def test_kinds_differ_by_their_pattern_and_not_by_colour_alone() -> None:
    def forms(symptom: str) -> set[type[Shape]]:
        return {type(shape) for shape in swatch(symptom, 40, 30, 11)}

    assert forms("pain_area") == {Polygon, Polyline}
    assert forms("pins_needles") == {Circle, Polyline}
    assert forms("numbness") == {Line, Polyline}
    assert forms("cleared") == {Polyline}
    (edge,) = [shape for shape in swatch("cleared", 40, 30, 11) if isinstance(shape, Polyline)]
    assert edge.dash


def test_hatching_and_dots_stay_within_their_area() -> None:
    for symptom in ("numbness", "pins_needles"):
        drawn = body_figure(600, 400, [mark(1, "back.thigh_back.left", symptom)], width_of, 11)
        box = drawn.boxes[1]
        outline = [box.point(place) for place in area_named("back.thigh_back.left").outline]
        low, high = min(x for x, _ in outline), max(x for x, _ in outline)
        spots = [
            spot
            for shape in drawn.figure.shapes
            if isinstance(shape, Line | Circle)
            for spot in (
                [((shape.x1 + shape.x2) / 2, (shape.y1 + shape.y2) / 2)]
                if isinstance(shape, Line)
                else [(shape.x, shape.y)]
            )
        ]
        assert len(spots) > 5
        assert all(low <= x <= high and is_inside(outline, x, y) for x, y in spots)


def test_another_visits_marks_stand_below_as_broken_outlines_without_a_sign() -> None:
    drawn = body_figure(600, 400, (), width_of, 11, before=[mark(1, "back.calf.right")])
    dashed = [shape for shape in drawn.figure.shapes if isinstance(shape, Polyline) and shape.dash]
    assert len(dashed) == 1
    assert "P1" not in texts(drawn.figure.shapes)


@pytest.mark.parametrize(("width", "height"), [(200, 100), (320, 500), (1200, 300), (40, 40)])
def test_the_views_fit_whatever_room_there_is_and_keep_their_proportions(width: float, height: float) -> None:
    for box in view_boxes(width, height, 11):
        assert box.x >= 0
        assert box.x + box.width <= width + 1e-6
        assert box.y + box.height <= height
        assert box.width / box.height == pytest.approx(WIDTHS[box.view] / TALL)


def test_a_place_of_a_view_and_a_point_of_the_figure_are_the_same_both_ways() -> None:
    box = ViewBox(BodyView.BACK, 30, 5, 120, 250)
    assert box.place(*box.point((250, 730))) == pytest.approx((250, 730))
    assert box.holds(*box.point((0, 0)))
    assert not box.holds(10, 10)


def test_a_figure_is_as_high_as_its_width_asks_for() -> None:
    assert body_height(600, 11) == pytest.approx(view_boxes(600, 2000, 11)[0].height + 11 * 1.8)


def test_side_by_side_only_the_views_that_are_marked_stand_beside_front_and_back() -> None:
    assert views_to_show(()) == (BodyView.FRONT, BodyView.BACK)
    left = (mark(1, "left.hip.left"),)
    assert views_to_show((), left) == (BodyView.FRONT, BodyView.BACK, BodyView.LEFT)


def test_the_body_is_drawn_with_curves() -> None:
    drawn = body_figure(600, 400, (), width_of, 11)
    bodies = [shape for shape in drawn.figure.shapes if isinstance(shape, Path) and shape.fill == "bone"]
    # Four bodies, four ears, two arms seen from the side.
    assert len(bodies) == 10
