"""The spine: every target has its place, and marks say where, how strongly and when."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.treatment import Side
from ptnotes.domain.views import SpineMark
from ptnotes.figures.shapes import Circle, Path, Rect, Shape, Text, Weight
from ptnotes.figures.spine import (
    area_at,
    grade_inks,
    levels_round,
    spine_figure,
    spine_label,
)
from tests.clinics import reference


def width_of(text: str, size: float, _weight: Weight) -> float:
    return len(text) * size * 0.55


def mark(target: str, grade: str, side: Side | None = None, *, latest: bool = True) -> SpineMark:
    return SpineMark(target=target, side=side, grade=grade, at_latest_visit=latest, sessions=1)


def filled(shapes: tuple[Shape, ...], ink: str) -> list[Shape]:
    return [shape for shape in shapes if isinstance(shape, Path | Rect | Circle) and shape.fill == ink]


def numerals(shapes: tuple[Shape, ...]) -> list[str]:
    return [shape.text for shape in shapes if isinstance(shape, Text) and shape.ink != "muted"]


@pytest.mark.parametrize("text_size", [8.0, 11.0, 16.5, 22.0])
def test_names_of_levels_never_overlap_and_a_treated_one_is_among_them(text_size: float) -> None:
    drawn = spine_figure(190, 420, [mark("C5", "III")], width_of, text_size)
    names = [shape for shape in drawn.figure.shapes if isinstance(shape, Text) and shape.anchor == "end"]
    heights = sorted(name.y for name in names)
    assert all(below - above >= text_size for above, below in pairwise(heights))
    assert {"C5", "Coc"} <= {name.text for name in names}


def test_every_target_of_the_spine_has_its_place_at_each_of_its_sides() -> None:
    spine = spine_figure(260, 720, (), width_of)
    places = {(area.target, area.side) for area in spine.areas}
    peripheral = {"shoulder", "elbow", "hip", "knee", "ankle", "wrist_hand", "forearm", "foot", "jaw"}
    missing = [
        (target.id, side)
        for target in reference().targets.values()
        if target.kind in {"vertebra", "segment"}
        or (target.kind == "joint" and target.id in {"SIJ", "SCJ_COCCYX"})
        or (target.kind == "rib" and target.region not in peripheral)
        for side in target.sides
        if side != "bilateral" and (target.id, Side(side)) not in places
    ]
    assert missing == []


def test_places_lie_inside_the_figure_and_are_found_where_they_are_drawn() -> None:
    spine = spine_figure(260, 720, (), width_of)
    for area in spine.areas:
        assert area.x >= 0
        assert area.y >= 0
        assert area.x + area.width <= 260
        assert area.y + area.height <= 720
        assert area_at(spine.areas, *area.middle) is not None
    assert area_at(spine.areas, 1, 719) is None


def test_left_is_at_the_left() -> None:
    spine = spine_figure(260, 720, (), width_of)
    places = {(area.target, area.side): area.middle[0] for area in spine.areas}
    for (target, side), x in places.items():
        if side is Side.LEFT and (target, Side.RIGHT) in places:
            assert x < places[target, Side.RIGHT]


def test_levels_follow_each_other_downwards() -> None:
    spine = spine_figure(260, 720, (), width_of)
    middles = [area.middle[1] for area in spine.areas if area.side is Side.MIDLINE and "-" not in area.target]
    assert middles == sorted(middles)


@pytest.mark.parametrize(
    ("grade", "ink"), [("I", "grade_1"), ("III+", "grade_3"), ("IV", "grade_4"), ("V", "grade_5")]
)
def test_a_mark_has_its_grade_as_ink_and_as_numeral(grade: str, ink: str) -> None:
    shapes = spine_figure(260, 720, [mark("L4", grade)], width_of).figure.shapes
    assert len(filled(shapes, ink)) == 1
    assert numerals(shapes) == [grade]


def test_grade_four_does_not_look_like_the_thrust() -> None:
    assert grade_inks("IV++") == grade_inks("IV") != grade_inks("V")


def test_a_grade_of_another_system_has_none_of_the_five_inks() -> None:
    assert grade_inks("K-III") == grade_inks("") == ("neutral", "surface")


def test_what_was_treated_without_a_grade_is_a_dot() -> None:
    shapes = spine_figure(260, 720, [mark("C5", "", Side.LEFT)], width_of).figure.shapes
    assert numerals(shapes) == ["•"]
    assert len(filled(shapes, "neutral")) == 1


def test_both_sides_are_two_marks() -> None:
    shapes = spine_figure(260, 720, [mark("T5", "V", Side.BILATERAL)], width_of).figure.shapes
    assert len(filled(shapes, "grade_5")) == 2


def test_what_was_treated_before_is_an_outline() -> None:
    shapes = spine_figure(260, 720, [mark("L2", "III", latest=False)], width_of).figure.shapes
    assert filled(shapes, "grade_3") == []
    assert [shape for shape in filled(shapes, "surface") if isinstance(shape, Path)]
    assert numerals(shapes) == ["III"]


def test_the_latest_visit_stands_before_an_earlier_one_at_the_same_place() -> None:
    marks = [mark("L4", "III"), mark("L4", "II", Side.MIDLINE, latest=False)]
    assert numerals(spine_figure(260, 720, marks, width_of).figure.shapes) == ["III"]


def test_a_joint_is_marked_with_a_tablet_that_holds_its_numeral() -> None:
    shapes = spine_figure(260, 720, [mark("C5-C6", "IV-", Side.LEFT)], width_of).figure.shapes
    (tablet,) = [shape for shape in filled(shapes, "grade_4") if isinstance(shape, Rect)]
    (text,) = [shape for shape in shapes if isinstance(shape, Text) and shape.text == "IV−"]
    assert width_of(text.text, text.size, text.weight) < tablet.width


def test_a_shoulder_has_no_place_on_the_spine_and_is_handed_back() -> None:
    shoulder = mark("GH", "II", Side.RIGHT)
    assert spine_figure(260, 720, [shoulder, mark("L4", "III")], width_of).elsewhere == (shoulder,)


def test_a_level_that_is_not_shown_is_handed_back() -> None:
    neck = mark("C4", "II")
    assert spine_figure(260, 400, [neck], width_of, levels=("T8", "COC")).elsewhere == (neck,)


def test_a_region_is_a_bracket_with_its_grade() -> None:
    spine = spine_figure(260, 720, [mark("thoracic", "V")], width_of)
    assert numerals(spine.figure.shapes) == ["V"]
    assert spine.elsewhere == ()


@pytest.mark.parametrize(
    ("targets", "levels"),
    [
        (["L4", "L5"], ("T12", "COC")),
        (["T12", "L5"], ("T9", "COC")),
        (["C2"], ("C0", "C7")),
        (["S1"], ("T12", "COC")),
        (["T5"], ("T2", "T9")),
        (["C5-C6"], ("C2", "T2")),
        (["lumbar"], ("T10", "COC")),
    ],
)
def test_the_levels_round_what_was_treated_are_shown(targets: list[str], levels: tuple[str, str]) -> None:
    shown = levels_round([mark(target, "II") for target in targets])
    assert shown is not None
    first, last = shown
    spine = spine_figure(260, 400, [mark(target, "II") for target in targets], width_of, levels=(first, last))
    assert spine.elsewhere == ()
    assert (first, last) == levels


def test_a_joint_of_one_side_is_drawn_at_neither_where_its_side_was_not_said() -> None:
    joint = mark("SIJ", "III")
    assert levels_round([joint]) == ("T12", "COC")
    assert spine_figure(260, 400, [joint], width_of).elsewhere == (joint,)


def test_the_ribs_are_among_the_levels_shown() -> None:
    assert levels_round([mark("RIB5", "II", Side.LEFT)]) == ("T2", "T9")


def test_a_knee_shows_no_level() -> None:
    assert levels_round([mark("TF", "II", Side.LEFT)]) is None


def test_the_label_says_in_words_what_was_treated() -> None:
    label = spine_label([mark("L5", "III-", Side.LEFT), mark("T12", "II", Side.RIGHT, latest=False)])
    assert "latest visit: L5 left grade III−" in label
    assert "before: T12 right grade II" in label


@given(st.floats(150, 600), st.floats(180, 1200), st.floats(9, 20))
def test_it_fits_any_room(width: float, height: float, size: float) -> None:
    spine = spine_figure(width, height, [mark("L4", "III")], width_of, size)
    assert all(area.x >= 0 and area.x + area.width <= width for area in spine.areas)
    assert all(area.y >= 0 and area.y + area.height <= height + 0.01 for area in spine.areas)
