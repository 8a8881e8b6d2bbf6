"""Where a document is signed electronically: said whole, told to those who hear it, and no page longer for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pikepdf import pdfa

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.people import Paper
from ptnotes.reports.discharge import render_discharge_summary
from ptnotes.reports.evaluation import render_evaluation
from ptnotes.reports.letter import render_letter
from ptnotes.reports.letter_data import LetterData
from ptnotes.reports.progress import render_progress_report
from tests.reports import evaluations, test_discharge
from tests.reports.cases import CLINIC, PATIENT, THERAPIST, case, content, flat, pages, visit
from tests.reports.tagged import paint_outside_marks, tree_of

AT = datetime(2026, 12, 16, 11, 5, tzinfo=ZoneInfo("America/New_York"))
WHO = "Signed electronically by J. Rivera, PT, DPT"
WHEN = "16 Dec 2026 11:05 EST (UTC-05:00) · Licence 40112 · NY"


def report(paper: Paper, at: datetime | None, visits: int = 12, **changes: Any) -> bytes:
    data = content(case(*(visit(number) for number in range(1, visits + 1)), paper=paper))
    return render_progress_report(replace(data, signed_at=at, **changes))


def summary(paper: Paper, at: datetime | None) -> bytes:
    ended = test_discharge.ended(visit(1), visit(5), test_discharge.last(9), paper=paper)
    return render_discharge_summary(replace(test_discharge.content(ended), signed_at=at))


def letter(paper: Paper, at: datetime | None) -> bytes:
    return render_letter(
        LetterData(
            clinic=CLINIC,
            author=THERAPIST,
            written_at=AT,
            paper=paper,
            patient=PATIENT,
            age_years=47,
            to="Dr. P. Anand",
            subject="Made up",
            text="Tried in a test.",
            signed_at=at,
        )
    )


def evaluation(paper: Paper, at: datetime | None) -> bytes:
    return render_evaluation(replace(evaluations.content(paper=paper), signed_at=at))


MAKERS: Mapping[DocumentKind, Callable[[Paper, datetime | None], bytes]] = {
    DocumentKind.PROGRESS_REPORT: report,
    DocumentKind.EVALUATION: evaluation,
    DocumentKind.DISCHARGE_SUMMARY: summary,
    DocumentKind.LETTER: letter,
}
EVERY = pytest.mark.parametrize("kind", list(MAKERS))
BOTH = pytest.mark.parametrize("paper", list(Paper))


@EVERY
@BOTH
def test_it_is_said_once_and_heard_in_place_of_the_line(kind: DocumentKind, paper: Paper) -> None:
    plain, signed = MAKERS[kind](paper, None), MAKERS[kind](paper, AT)
    text = flat(" ".join(pages(signed)))
    assert text.count(f"{WHO} {WHEN}") == 1
    assert WHO not in flat(" ".join(pages(plain)))
    told = [part.words for part in tree_of(signed).all("P")]
    assert told[told.index(WHO) + 1] == WHEN
    # The physician's own place to sign, where there is one, stays.
    assert [part.words for part in tree_of(plain).all("P")].count("Date") == told.count("Date") + 1
    assert paint_outside_marks(signed) == []


@EVERY
@BOTH
def test_it_still_keeps_to_pdf_a_2b_and_takes_no_further_page(kind: DocumentKind, paper: Paper) -> None:
    plain, signed = MAKERS[kind](paper, None), MAKERS[kind](paper, AT)
    found = pdfa.validate_written(BytesIO(signed), "2b")
    assert found.passed, found.summary()
    assert len(pages(signed)) <= len(pages(plain))


@pytest.mark.parametrize("visits", [1, 60])
def test_the_first_page_of_a_signed_report_is_one_page(visits: int) -> None:
    first, second = pages(report(Paper.LETTER, AT, visits))[:2]
    assert WHO in flat(first)
    assert "EVERY MEASURE" in second


def test_a_long_name_is_broken_and_not_cut() -> None:
    name = " ".join(["Anne-Sophie Wolkenstein-Abernathy"] * 4)
    signed = report(Paper.A4, AT, author=replace(THERAPIST, name=name))
    assert f"Signed electronically by {name}, PT, DPT {WHEN}" in flat(pages(signed)[0])


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/New_York", "16 Dec 2026 11:05 EST (UTC-05:00)"),
        ("Asia/Kolkata", "16 Dec 2026 21:35 IST (UTC+05:30)"),
        # A zone without letters of its own, and the one that all are counted from.
        ("Asia/Dubai", "16 Dec 2026 20:05 UTC+04:00"),
        ("UTC", "16 Dec 2026 16:05 UTC"),
    ],
)
def test_the_moment_says_its_zone(zone: str, words: str) -> None:
    at = AT.astimezone(UTC).astimezone(ZoneInfo(zone))
    assert f"{WHO} {words} · Licence 40112" in flat(" ".join(pages(letter(Paper.LETTER, at))))
