"""What a drawn area is called, how marks are numbered, and what two charts say beside each other."""

from datetime import date
from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.body_chart import (
    NamedArea,
    area_at,
    body_course,
    change_sentences,
    chart_lines,
    covered,
    is_inside,
    mark_labels,
    place_words,
    simplified,
    stroke_of,
    told_course,
)
from ptnotes.domain.checks import VIEW_SIZE, mark_faults
from ptnotes.domain.treatment import BodyMark, BodyView, Side, Stroke, TreatmentSession
from tests.clinics import reference

SQUARE: Stroke = ((100, 100), (300, 100), (300, 300), (100, 300))
BESIDE: Stroke = ((300, 100), (500, 100), (500, 300), (300, 300))
INNER: Stroke = ((150, 150), (200, 150), (200, 200), (150, 200))


def area(name: str, outline: Stroke, view: BodyView = BodyView.BACK) -> NamedArea:
    return NamedArea(id=name, view=view, words=name, side=Side.LEFT, outline=outline)


AREAS = (area("hand", INNER), area("buttock", SQUARE), area("hip", BESIDE))


def areas_of(view: BodyView) -> tuple[NamedArea, ...]:
    return AREAS if view is BodyView.BACK else ()


def mark(
    row: int, symptom: str, stroke: Stroke = SQUARE, *, qualities: tuple[str, ...] = (), words: str = ""
) -> BodyMark:
    return BodyMark(
        row=row, view=BodyView.BACK, symptom=symptom, strokes=(stroke,), qualities=qualities, words=words
    )


def visit(day: int, *marks: BodyMark) -> TreatmentSession:
    return TreatmentSession(id=day, episode_id=1, service_date=date(2026, 3, day), body_chart=marks)


def circle(points: int, radius: float = 120.0) -> list[tuple[float, float]]:
    steps = [2 * pi * step / points for step in range(points)]
    return [(400 + radius * cos(step), 500 + radius * sin(step)) for step in steps]


# Strokes


def test_a_long_stroke_is_stored_in_few_points_and_keeps_its_shape() -> None:
    stroke = stroke_of(circle(900))
    assert stroke is not None
    assert 8 <= len(stroke) <= 48
    for x, y in circle(90, 112):
        assert is_inside(stroke, x, y)
    for x, y in circle(90, 128):
        assert not is_inside(stroke, x, y)


@given(st.lists(st.tuples(st.floats(-500, 1500), st.floats(-500, 1500)), min_size=1, max_size=300))
def test_whatever_is_drawn_a_stored_stroke_is_small_and_may_be_stored(
    drawn: list[tuple[float, float]],
) -> None:
    stroke = stroke_of(drawn)
    if stroke is None:
        return
    assert 2 <= len(stroke) <= 48
    stored = BodyMark(row=1, view=BodyView.FRONT, symptom="pain_area", strokes=(stroke,))
    assert not list(mark_faults(reference(), stored))


def test_what_runs_out_of_the_view_is_kept_at_its_edge() -> None:
    stroke = stroke_of([(-80, 200), (200, -50), (1300, 400), (400, 2000)])
    assert stroke is not None
    assert all(0 <= part <= VIEW_SIZE for point in stroke for part in point)
    assert (0, 200) in stroke


def test_a_dot_is_no_area() -> None:
    assert stroke_of([]) is None
    assert stroke_of([(400, 400)]) is None
    assert stroke_of([(400, 400), (403, 402), (405, 400)]) is None


def test_points_within_the_tolerance_go_and_corners_stay() -> None:
    assert simplified([(0, 0), (50, 2), (100, 0), (100, 100)], 3) == [(0, 0), (100, 0), (100, 100)]
    assert simplified([(0, 0), (50, 4), (100, 0)], 3) == [(0, 0), (50, 4), (100, 0)]


# Names


def test_a_mark_is_named_by_what_it_lies_on() -> None:
    assert place_words(areas_of, mark(1, "pain_area")) == "buttock"
    both: Stroke = ((110, 110), (440, 110), (440, 290), (110, 290))
    assert place_words(areas_of, mark(1, "pain_area", both)) == "buttock and hip"


def test_where_a_pen_only_ran_over_the_other_area_is_not_named() -> None:
    little_over: Stroke = ((110, 110), (330, 110), (330, 290), (110, 290))
    assert place_words(areas_of, mark(1, "pain_area", little_over)) == "buttock"


def test_of_two_areas_in_the_same_place_the_one_on_top_is_named() -> None:
    assert place_words(areas_of, mark(1, "pain_area", ((155, 155), (195, 155), (195, 195)))) == "hand"
    found = area_at(AREAS, 170, 170)
    assert found is not None
    assert found.id == "hand"
    assert area_at(AREAS, 900, 900) is None


def test_a_mark_as_thin_as_a_line_has_a_name() -> None:
    line: Stroke = ((320, 120), (320, 290))
    assert [found.id for found in covered(AREAS, (line,))] == ["hip"]


def test_a_mark_beside_the_figure_says_so_and_is_given_no_place() -> None:
    away: Stroke = ((800, 800), (900, 800), (900, 900))
    assert place_words(areas_of, mark(1, "pain_area", away)) == "beside the figure, back view"
    assert covered(AREAS, (away,)) == ()


def test_marks_are_numbered_by_kind_in_their_order_and_a_cleared_area_has_no_number() -> None:
    marks = [mark(row, kind) for row, kind in enumerate(("pain_area", "numbness", "cleared", "pain_area"), 1)]
    marks.append(mark(9, "pins_needles"))
    assert mark_labels(marks) == ("P1", "N1", "", "P2", "P&N1")


def test_a_mark_is_said_with_all_that_is_known_of_it() -> None:
    marks = (
        mark(1, "pain_area", qualities=("constant", "deep"), words="comes with N1"),
        mark(2, "numbness", BESIDE),
        mark(3, "cleared", INNER),
    )
    assert chart_lines(reference(), areas_of, marks) == (
        "P1: pain, buttock, constant, deep: comes with N1",
        "N1: numbness, hip",
        "No symptoms, hand",
    )
    assert (
        chart_lines(reference(), areas_of, marks, with_words=False)[0] == "P1: pain, buttock, constant, deep"
    )


# Between visits


def test_a_visit_without_marks_has_no_chart_and_never_says_that_nothing_is_felt() -> None:
    assert body_course([visit(1), visit(2)]) is None
    course = body_course([visit(1, mark(1, "pain_area")), visit(2)])
    assert course is not None
    assert course.latest is None
    assert change_sentences(reference(), areas_of, course) == ()


def test_what_differs_between_the_first_and_the_latest_chart_is_told_as_facts() -> None:
    told = told_course(
        reference(),
        areas_of,
        [
            visit(1, mark(1, "pain_area"), mark(2, "pins_needles", BESIDE)),
            visit(5, mark(3, "numbness", INNER)),
            visit(9, mark(4, "pain_area"), mark(5, "numbness", BESIDE), mark(6, "cleared", INNER)),
        ],
    )
    assert told is not None
    assert told.course.latest is not None
    assert told.course.latest.on == date(2026, 3, 9)
    assert told.changes == (
        "Marked on 1 Mar 2026 and not on 9 Mar 2026: pins and needles, hip.",
        "New on 9 Mar 2026: numbness, hip.",
        "Marked both times: pain, buttock.",
        "Asked about on 9 Mar 2026, no symptoms there: hand.",
    )


@pytest.mark.parametrize("words", ["better", "improve", "worse", "resolved", "spread"])
def test_nothing_is_claimed_about_a_change(words: str) -> None:
    told = told_course(
        reference(), areas_of, [visit(1, mark(1, "pain_area")), visit(2, mark(1, "cleared", BESIDE))]
    )
    assert told is not None
    assert told.changes
    assert words not in " ".join(told.changes)
