"""What the small charts show, at one visit, two and three hundred."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.episode import Goal
from ptnotes.domain.treatment import Phase, TreatmentSession
from ptnotes.domain.trend import TrendChart, motion_charts, pain_chart
from ptnotes.figures.shapes import Circle, Line, Polygon, Polyline, Rect, Shape, Text, Weight
from ptnotes.figures.trend_chart import TrendFigure, highlight, time_axis, trend_figure
from tests.clinics import reference
from tests.episodes import FIRST, course, flexion, pain, visit

WIDTH, HEIGHT = 320.0, 180.0
GOAL = Goal(
    uuid="g",
    words="",
    measure="rom",
    motion="lumbar_flexion",
    unit="deg",
    baseline=Decimal(42),
    target=Decimal(60),
)


def width_of(text: str, size: float, _weight: Weight) -> float:
    return len(text) * size * 0.55


def flexion_chart(sessions: Sequence[TreatmentSession], *goals: Goal) -> TrendChart:
    return next(
        chart for chart in motion_charts(reference(), sessions, goals) if chart.motion == "lumbar_flexion"
    )


def drawn(chart: TrendChart, *others: TrendChart) -> TrendFigure:
    return trend_figure(chart, WIDTH, HEIGHT, time_axis([chart, *others], width_of), width_of)


def data_lines(figure: TrendFigure, ink: str = "accent") -> list[Polyline]:
    return [shape for shape in figure.figure.shapes if isinstance(shape, Polyline) and shape.ink == ink]


def markers(figure: TrendFigure, ink: str = "accent") -> list[Circle]:
    return [shape for shape in figure.figure.shapes if isinstance(shape, Circle) and shape.stroke == ink]


def texts(shapes: Sequence[Shape]) -> list[str]:
    return [shape.text for shape in shapes if isinstance(shape, Text)]


def box(text: Text) -> tuple[float, float, float, float]:
    wide = width_of(text.text, text.size, text.weight)
    left = {"start": text.x, "middle": text.x - wide / 2, "end": text.x - wide}[text.anchor]
    return left, text.y - text.size * 0.75, left + wide, text.y + text.size * 0.05


def touching(figure: TrendFigure) -> list[tuple[str, str]]:
    boxes = [(shape.text, box(shape)) for shape in figure.figure.shapes if isinstance(shape, Text)]
    return [
        (one, two)
        for place, (one, a) in enumerate(boxes)
        for two, b in boxes[place + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def test_one_visit_is_a_dot_at_the_left_and_no_line() -> None:
    figure = drawn(flexion_chart([visit(1, [flexion(42)])], GOAL))
    assert data_lines(figure) == []
    (dot,) = markers(figure)
    assert (dot.x, dot.y) == (figure.plot.left, figure.plot.y_of(Decimal(42)))
    assert "42°" in texts(figure.figure.shapes)


def test_two_visits_are_joined() -> None:
    figure = drawn(flexion_chart([visit(1, [flexion(42)]), visit(2, [flexion(50)])]))
    (line,) = data_lines(figure)
    first, last = line.points
    assert first == pytest.approx((figure.plot.left, figure.plot.y_of(Decimal(42))))
    assert last == pytest.approx((figure.plot.right, figure.plot.y_of(Decimal(50))))


def test_three_hundred_visits_keep_every_point_and_few_markers() -> None:
    figure = drawn(flexion_chart(course(300), GOAL))
    (line,) = data_lines(figure)
    assert len(line.points) == 300
    assert len(markers(figure)) == 2
    assert touching(figure) == []


def test_what_was_measured_after_treatment_is_hollow_and_a_line_of_its_own() -> None:
    figure = drawn(flexion_chart(course(5)))
    assert all(marker.fill == "surface" for marker in markers(figure, "after"))
    assert all(marker.fill == "accent" for marker in markers(figure))
    assert len(data_lines(figure, "after")) == len(data_lines(figure)) == 1
    assert {"before 55°", "after 58°"} <= set(texts(figure.figure.shapes))


def test_a_visit_without_a_reading_leaves_a_gap() -> None:
    sessions = [
        visit(number, [flexion(40 + number)] if number not in (3, 4) else []) for number in range(1, 8)
    ]
    figure = drawn(flexion_chart(sessions))
    assert [len(line.points) for line in data_lines(figure)] == [2, 3]
    dotted = [
        shape
        for shape in figure.figure.shapes
        if isinstance(shape, Line) and shape.ink == "accent" and shape.dash
    ]
    assert len(dotted) == 1


def test_readings_by_another_method_have_their_own_form_ink_and_legend() -> None:
    sessions = [
        visit(1, [flexion(60, method="visual")]),
        visit(2, [flexion(65, method="visual")]),
        visit(3, [flexion(42)]),
        visit(4, [flexion(45)]),
    ]
    figure = drawn(flexion_chart(sessions))
    squares = [shape for shape in figure.figure.shapes if isinstance(shape, Polygon)]
    assert {shape.fill for shape in squares} == {"series_2"}
    assert [len(line.points) for line in data_lines(figure)] == [2]
    assert [len(line.points) for line in data_lines(figure, "series_2")] == [2]
    legend = [text for text in texts(figure.figure.shapes) if "active" in text]
    assert len(legend) == 2
    assert any(text.endswith(": 65°") for text in legend)


def test_the_band_is_the_measurement_error_round_the_first_value() -> None:
    chart = flexion_chart(course(5))
    figure = drawn(chart)
    assert chart.baseline is not None
    assert chart.error is not None
    (band,) = [shape for shape in figure.figure.shapes if isinstance(shape, Rect) and shape.fill == "band"]
    assert band.y == pytest.approx(figure.plot.y_of(chart.baseline + chart.error))
    assert band.y + band.height == pytest.approx(figure.plot.y_of(chart.baseline - chart.error))


def test_without_a_published_error_there_is_no_band() -> None:
    figure = drawn(replace(flexion_chart(course(5)), error=None))
    assert not [shape for shape in figure.figure.shapes if isinstance(shape, Rect)]


def test_words_are_shown_as_words_and_not_placed_on_the_scale() -> None:
    only_words = flexion_chart([visit(1, [flexion(None, word="moderate_loss")])])
    figure = drawn(only_words)
    assert only_words.words[0].label in texts(figure.figure.shapes)
    assert not any("°" in text for text in texts(figure.figure.shapes))
    both = drawn(flexion_chart([visit(1, [flexion(None, word="moderate_loss")]), visit(2, [flexion(42)])]))
    word = next(
        shape
        for shape in both.figure.shapes
        if isinstance(shape, Text) and shape.text == only_words.words[0].label
    )
    assert word.y < both.plot.top


def test_a_day_lies_at_one_place_in_every_chart_of_an_episode() -> None:
    sessions = course(10)
    charts = [*motion_charts(reference(), sessions), pain_chart(reference(), sessions)]
    axis = time_axis(charts, width_of)
    places = {
        trend_figure(chart, WIDTH, HEIGHT, axis, width_of).plot.x_of(FIRST + timedelta(days=9))
        for chart in charts
    }
    assert len(places) == 1


def test_the_axis_reaches_over_visits_without_a_measurement() -> None:
    later = FIRST + timedelta(days=90)
    assert time_axis([flexion_chart(course(2))], width_of, days=[later]).last == later


def test_pain_is_drawn_on_the_whole_scale() -> None:
    figure = drawn(pain_chart(reference(), [visit(1, (), pain(4)), visit(2, (), pain(3))]))
    assert (figure.plot.scale.low, figure.plot.scale.high) == (0, 10)


def test_a_scale_that_leaves_out_zero_says_so_over_the_plot_and_to_those_who_hear_it() -> None:
    chart = flexion_chart([visit(1, [flexion(131)]), visit(2, [flexion(138)])])
    cut = drawn(replace(chart, normal_low=None, normal_high=None))
    assert cut.plot.scale.low > 0
    told = f"axis begins at {cut.plot.scale.low}°, not at 0"
    (note,) = (
        shape for shape in cut.figure.shapes if isinstance(shape, Text) and shape.text.casefold() == told
    )
    assert box(note)[3] < cut.plot.top
    assert told in cut.figure.label


def test_a_scale_that_holds_zero_says_nothing_of_it() -> None:
    whole = drawn(flexion_chart(course(2)))
    assert whole.plot.scale.low == 0
    assert "axis" not in " ".join([*texts(whole.figure.shapes), whole.figure.label]).casefold()


@pytest.mark.parametrize("height", [78.0, 105.0, 150.0])
def test_what_changed_fills_most_of_the_height(height: float) -> None:
    chart = flexion_chart(course(10), GOAL)
    figure = trend_figure(chart, WIDTH, height, time_axis([chart], width_of, 7.5), width_of, 7.5)
    assert (figure.plot.scale.low, figure.plot.scale.high) == (0, 60)


def test_lighting_up_a_visit_writes_its_values_inside_the_figure() -> None:
    figure = drawn(flexion_chart(course(10)))
    for place in range(10):
        shapes = highlight(figure, place + 1, FIRST + timedelta(days=3 * place), width_of)
        assert {f"{42 + 13 * place // 9}°", f"{45 + 13 * place // 9}°"} <= set(texts(shapes))
        boxes = [shape for shape in shapes if isinstance(shape, Rect)]
        assert all(shape.x >= 0 and shape.x + shape.width <= WIDTH for shape in boxes)


def test_a_visit_without_a_reading_lights_up_its_day_alone() -> None:
    figure = drawn(flexion_chart([visit(1, [flexion(42)]), visit(3, [flexion(44)])]))
    (line,) = highlight(figure, 2, FIRST + timedelta(days=3), width_of)
    assert isinstance(line, Line)


def test_the_label_says_what_the_chart_shows() -> None:
    label = drawn(flexion_chart(course(10), GOAL)).figure.label
    for part in (
        "42° on 6 Oct 2025",
        "55° on 2 Nov 2025",
        "+13°, above measurement error",
        "goal 60°",
        "10 measurements",
    ):
        assert part in label


@given(
    st.lists(st.integers(0, 110), min_size=1, max_size=12),
    st.integers(0, 110),
    st.sampled_from([Phase.BEFORE, Phase.AFTER]),
    st.integers(1, 60),
)
def test_labels_beside_the_plot_never_cover_each_other(
    values: list[int], target: int, phase: Phase, days: int
) -> None:
    sessions = [
        visit(
            place + 1,
            [flexion(value), flexion(min(value + 2, 110), phase)]
            if phase is Phase.AFTER
            else [flexion(value)],
            on=FIRST + timedelta(days=days * place),
        )
        for place, value in enumerate(values)
    ]
    figure = drawn(flexion_chart(sessions, replace(GOAL, target=Decimal(target))))
    assert touching(figure) == []


@given(st.integers(1, 40), st.floats(200, 900), st.floats(120, 400), st.floats(8, 20))
def test_nothing_is_drawn_outside_the_figure(visits: int, width: float, height: float, size: float) -> None:
    chart = flexion_chart(course(visits), GOAL)
    figure = trend_figure(chart, width, height, time_axis([chart], width_of, size), width_of, size)
    for shape in figure.figure.shapes:
        if isinstance(shape, Text):
            left, top, right, bottom = box(shape)
            assert -0.5 <= left <= right <= width + 0.5, shape
            assert -0.5 <= top <= bottom <= height + 0.5, shape
        elif isinstance(shape, Polyline):
            assert all(0 <= x <= width and 0 <= y <= height for x, y in shape.points)
