"""The body chart in the progress report: both charts, their words, and nothing where none was drawn."""

from dataclasses import replace

from ptnotes.domain.treatment import BodyMark, TreatmentSession
from ptnotes.figures.body_areas import area_named
from tests.reports.cases import case, content, flat, pages, pdf, visit


def marked(session: TreatmentSession, *areas: tuple[str, str]) -> TreatmentSession:
    found = [(area_named(area_id), symptom) for area_id, symptom in areas]
    marks = [
        BodyMark(row=50 + place, view=area.view, symptom=symptom, strokes=(area.outline,))
        for place, (area, symptom) in enumerate(found)
    ]
    return replace(session, body_chart=tuple(marks))


FIRST = marked(visit(1), ("back.buttock.left", "pain_area"), ("back.calf.left", "pins_needles"))
LATEST = marked(visit(9), ("back.buttock.left", "pain_area"), ("back.calf.left", "cleared"))


def test_the_report_sets_the_first_and_the_latest_chart_side_by_side() -> None:
    told = flat(" ".join(pages(pdf(case(FIRST, visit(5), LATEST)))))
    assert "First, 5 Jan 2026" in told
    assert "Latest, 13 Jan 2026" in told
    assert "P1: pain, left buttock" in told
    assert "P&N1: pins and needles, left calf" in told
    assert "Marked on 5 Jan 2026 and not on 13 Jan 2026: pins and needles, left calf." in told
    assert "Asked about on 13 Jan 2026, no symptoms there: left calf." in told


def test_one_chart_stands_alone_and_is_compared_with_nothing() -> None:
    told = flat(" ".join(pages(pdf(case(FIRST, visit(5))))))
    assert "Drawn, 5 Jan 2026" in told
    assert "Latest," not in told
    assert "and not on" not in told


def test_without_a_chart_there_is_no_section() -> None:
    made = case(visit(1), visit(5))
    assert content(made).body is None
    assert "Body chart" not in flat(" ".join(pages(pdf(made)))).replace("BODY CHART", "Body chart")


def test_the_first_page_stays_the_physicians_and_the_chart_comes_after_it() -> None:
    first, *later = pages(pdf(case(FIRST, visit(5), LATEST)))
    assert "BODY CHART" not in first
    assert any("BODY CHART" in page for page in later)


def test_the_same_charts_give_the_same_bytes() -> None:
    assert pdf(case(FIRST, LATEST)) == pdf(case(FIRST, LATEST))
