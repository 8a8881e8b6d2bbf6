"""The strip of what was done: a lane for each place, a mark for each visit, readable at three and at three hundred."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.treatment import Mobilization, NoteState, Side, TreatmentSession
from ptnotes.domain.treatment_strip import TechniqueGroup, TreatmentStrip, treatment_strip
from ptnotes.domain.trend import motion_charts
from ptnotes.figures.plot import TimeAxis
from ptnotes.figures.shapes import Line, Polygon, Rect, Text, Weight
from ptnotes.figures.trend_chart import time_axis, trend_figure
from ptnotes.figures.trend_strip import (
    MOST_LANES,
    StripFigure,
    label_room,
    strip_figure,
    strip_height,
    strip_highlight,
    strip_lanes,
)
from tests.clinics import reference
from tests.episodes import course, mobilization, visit

WIDTH, SIZE = 300.0, 10.0


def width_of(text: str, size: float, _weight: Weight) -> float:
    return len(text) * size * 0.55


def strip_of(sessions: Sequence[TreatmentSession]) -> TreatmentStrip:
    return treatment_strip(reference(), sessions)


def drawn(sessions: Sequence[TreatmentSession], width: float = WIDTH) -> StripFigure:
    strip = strip_of(sessions)
    days = [session.service_date for session in sessions]
    axis = TimeAxis(min(days), max(days), 8 + label_room(strip, width_of, SIZE), 60.0)
    return strip_figure(strip, width, axis, width_of, SIZE)


def every_three_days(rows: Sequence[Sequence[Mobilization]]) -> list[TreatmentSession]:
    return [visit(number, (), (), done) for number, done in enumerate(rows, 1)]


def bars(figure: StripFigure) -> list[tuple[float, float, float]]:
    """(left, right, height of the middle) of each mark."""
    found = []
    for shape in figure.figure.shapes:
        if isinstance(shape, Rect):
            found.append((shape.x, shape.x + shape.width, shape.y + shape.height / 2))
        elif isinstance(shape, Polygon):
            across = [x for x, _ in shape.points]
            down = [y for _, y in shape.points]
            found.append((min(across), max(across), (min(down) + max(down)) / 2))
    return found


def numerals(figure: StripFigure) -> list[str]:
    return [
        shape.text for shape in figure.figure.shapes if isinstance(shape, Text) and shape.weight == "semibold"
    ]


def test_each_visit_has_its_mark_at_its_day_with_its_grade() -> None:
    sessions = every_three_days([[mobilization("L4", "III")], [], [mobilization("L4", "IV")]])
    figure = drawn(sessions)
    middles = [(left + right) / 2 for left, right, _ in bars(figure)]
    expected = [figure.plot.x_of(session.service_date) for session in (sessions[0], sessions[2])]
    assert middles == pytest.approx(expected)
    assert numerals(figure) == ["III", "IV"]


def test_the_strip_and_a_chart_have_one_axis() -> None:
    sessions = course(10)
    strip, charts = strip_of(sessions), motion_charts(reference(), sessions)
    room = label_room(strip, width_of, SIZE)
    axis = time_axis(charts, width_of, SIZE, least_left=room)
    assert axis.left >= room
    figure = strip_figure(strip, WIDTH, axis, width_of, SIZE)
    chart = trend_figure(charts[0], WIDTH, 180.0, axis, width_of, SIZE)
    for session in sessions:
        assert figure.plot.x_of(session.service_date) == chart.plot.x_of(session.service_date)


def test_a_place_is_a_lane_and_a_side_another() -> None:
    done = [mobilization("L5", "III", side=Side.RIGHT), mobilization("L4", "III", row=9)]
    done.append(mobilization("L5", "III", side=Side.LEFT, row=10))
    assert [lane.label for lane in strip_of([visit(1, (), (), done)]).lanes] == ["L4", "L5 L", "L5 R"]


def test_the_strongest_grade_of_a_visit_is_told() -> None:
    done = [mobilization("L4", "II"), mobilization("L4", "IV", row=9), mobilization("L4", "III", row=10)]
    (lane,) = strip_of([visit(1, (), (), done)]).lanes
    assert [mark.grade for mark in lane.marks] == ["IV"]


def test_visits_that_do_not_count_are_not_drawn() -> None:
    sessions = course(3)
    voided = [replace(session, state=NoteState.VOIDED) for session in sessions[1:]]
    assert [len(lane.marks) for lane in strip_of([sessions[0], *voided]).lanes] == [1, 1]
    assert strip_of([]).lanes == ()


def test_the_form_tells_the_group_and_is_named() -> None:
    technique = next(one.id for one in reference().techniques.values() if one.thrust)
    thrust = replace(mobilization("L4", "V"), technique=technique)
    figure = drawn(every_three_days([[mobilization("L4", "III")], [], [], [thrust]]))
    assert [lane.marks[-1].group for lane in strip_of([visit(1, (), (), [thrust])]).lanes] == [
        TechniqueGroup.THRUST
    ]
    words = [shape.text for shape in figure.figure.shapes if isinstance(shape, Text)]
    assert {"glide", "thrust"} <= set(words)
    assert any(isinstance(shape, Polygon) for shape in figure.figure.shapes)


def test_glides_alone_need_no_legend() -> None:
    words = [shape.text for shape in drawn(course(5)).figure.shapes if isinstance(shape, Text)]
    assert "glide" not in words


def test_what_has_no_grade_is_marked_with_a_dot() -> None:
    rows = [replace(mobilization("L4", "III"), grade=None, grade_system=None)]
    assert numerals(drawn(every_three_days([rows, [], rows]))) == ["•", "•"]


def test_two_hundred_visits_of_one_grade_are_one_bar() -> None:
    figure = drawn(every_three_days([[mobilization("L4", "III")]] * 200))
    ((left, right, _),) = bars(figure)
    assert left <= figure.plot.left
    assert right >= figure.plot.right
    assert numerals(figure) == ["III"]


@given(
    st.lists(st.sampled_from(["", "I", "II", "III", "III+", "IV", "V"]), min_size=1, max_size=200),
    st.sampled_from([240.0, 300.0, 700.0]),
)
def test_marks_never_touch_and_always_hold_their_numeral(grades: list[str], width: float) -> None:
    rows = [[mobilization("L4", grade)] if grade else [] for grade in grades]
    if not any(rows):
        return
    figure = drawn(every_three_days(rows), width)
    found = sorted(bars(figure))
    assert all(one[1] <= two[0] for one, two in pairwise(found))
    assert len(numerals(figure)) == len(found)
    for (left, right, _), numeral in zip(found, numerals(figure), strict=True):
        assert right - left >= width_of(numeral, SIZE, "semibold")
    strongest = max((grade for grade in grades if grade), key=lambda grade: reference().grades[grade].order)
    assert any(strongest in numeral.split(" – ") for numeral in numerals(figure))


def test_a_shared_mark_tells_its_grades_from_the_weakest_to_the_strongest() -> None:
    grades = ["II", "III", "II", "IV"] * 40
    figure = drawn(every_three_days([[mobilization("L4", grade)] for grade in grades]), 700.0)
    assert numerals(figure) == ["II – IV"]


def test_with_many_places_the_last_lane_gathers_those_treated_least() -> None:
    often = [mobilization(f"L{number}", "II", row=number) for number in range(1, 5)]
    seldom = [mobilization("T12", "III", row=10), mobilization("S1", "IV", row=11)]
    strip = strip_of(every_three_days([often, often, [*often, *seldom]]))
    assert [lane.label for lane in strip_lanes(strip)] == ["L1", "L2", "L3", "L4", "+2"]
    assert [mark.grade for mark in strip_lanes(strip)[-1].marks] == ["IV"]
    assert len(strip_lanes(strip)) == MOST_LANES


def test_the_strip_takes_no_room_where_nothing_was_done() -> None:
    assert strip_height(TreatmentStrip(), WIDTH, width_of, SIZE) == 0
    assert label_room(TreatmentStrip(), width_of, SIZE) == 0


def test_a_visit_is_lit_up_by_a_line_at_its_day_and_what_was_done_at_it() -> None:
    sessions = every_three_days([[mobilization("L4", grade)] for grade in ("II", "III") * 50])
    figure = drawn(sessions)
    line, *marks = strip_highlight(figure, 7, sessions[6].service_date, width_of)
    assert isinstance(line, Line)
    assert line.x1 == figure.plot.x_of(sessions[6].service_date)
    assert [shape.text for shape in marks if isinstance(shape, Text)] == ["II"]


def test_a_visit_without_treatment_lights_up_its_day_alone() -> None:
    sessions = every_three_days([[mobilization("L4", "II")], []])
    assert len(strip_highlight(drawn(sessions), 2, sessions[1].service_date, width_of)) == 1


def test_a_course_that_went_on_to_a_higher_grade_shows_when() -> None:
    figure = drawn(every_three_days([[mobilization("L4", "II")]] * 100 + [[mobilization("L4", "IV")]] * 100))
    assert numerals(figure)[0] == "II"
    assert numerals(figure)[-1] == "IV"


def test_the_strip_is_told_in_words() -> None:
    label = drawn(course(3)).figure.label
    assert "L4 at 3 visits, last grade III" in label
    assert "L5 L at 3 visits, last grade II" in label
