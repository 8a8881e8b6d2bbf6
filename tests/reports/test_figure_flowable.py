"""A figure on paper: the same shapes as on the screen, as vectors, with text that can be read back."""

from io import BytesIO

import pypdfium2
from reportlab.platypus import SimpleDocTemplate

from ptnotes.domain.trend import motion_charts
from ptnotes.domain.views import SpineMark
from ptnotes.figures.shapes import Circle, Curve, Figure, Line, Path, Polygon, Polyline, Rect, Text
from ptnotes.figures.spine import spine_figure
from ptnotes.figures.trend_chart import time_axis, trend_figure
from ptnotes.reports.figure_flowable import FigureFlowable, text_width
from ptnotes.reports.fonts import load_fonts
from ptnotes.reports.paper import INKS
from tests.clinics import reference
from tests.episodes import course


def printed(figure: Figure) -> bytes:
    load_fonts()
    file = BytesIO()
    SimpleDocTemplate(file, invariant=1).build([FigureFlowable(figure, INKS)])
    return file.getvalue()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text_page = page.get_textpage()
    text: str = text_page.get_text_bounded()
    text_page.close()
    page.close()
    document.close()
    return text


def test_a_trend_chart_prints_its_labels_as_text_and_no_picture() -> None:
    load_fonts()
    chart = next(
        chart for chart in motion_charts(reference(), course(10)) if chart.motion == "lumbar_flexion"
    )
    axis = time_axis([chart], text_width)
    pdf = printed(trend_figure(chart, 240, 150, axis, text_width).figure)
    text = text_of(pdf)
    for label in ("before 55°", "after 58°", "6 Oct 2025", "60°"):
        assert label in text
    assert b"/Subtype /Image" not in pdf
    assert b"Helvetica" not in pdf


def test_the_spine_prints_its_numerals() -> None:
    load_fonts()
    mark = SpineMark(target="L4", side=None, grade="III+", at_latest_visit=True, sessions=1)
    assert "III+" in text_of(printed(spine_figure(200, 500, [mark], text_width).figure))


def test_every_kind_of_shape_is_drawn_where_it_belongs() -> None:
    shapes = (
        Rect(0, 0, 40, 20, "accent"),
        Rect(0, 40, 40, 20, "accent", "text", 1, 4),
        Line(0, 30, 40, 30, "goal", 2, (2, 2)),
        Polyline(((0, 70), (20, 80), (40, 70)), "goal", 1),
        Polygon(((60, 0), (80, 0), (70, 20)), "series_2", "text"),
        Circle(70, 40, 8, "grade_4"),
        Path((60, 60), ((80, 60), Curve((80, 70), (70, 80), (60, 80))), "series_3"),
        Text(90, 20, "end", "text", 10, "bold", "end"),
    )
    pdf = printed(Figure(100, 100, shapes, "shapes"))
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    picture = page.render(scale=2).to_pil().convert("RGB")
    # Frame and padding of the document put the figure's corner at 78 points from the left and the top.
    at = {
        name: picture.getpixel((round((78 + x) * 2), round((78 + y) * 2)))
        for name, (x, y) in {
            "square": (20, 10),
            "round": (70, 40),
            "paper": (50, 90),
            "wedge": (70, 8),
            "curve": (64, 66),
        }.items()
    }
    page.close()
    document.close()
    accent, grade = (tuple(round(part * 255) for part in INKS[ink].rgb()) for ink in ("accent", "grade_4"))
    assert at["square"] == accent
    assert at["round"] == grade
    assert at["paper"] == (255, 255, 255)
    assert at["wedge"] == tuple(round(part * 255) for part in INKS["series_2"].rgb())
    assert at["curve"] == tuple(round(part * 255) for part in INKS["series_3"].rgb())
