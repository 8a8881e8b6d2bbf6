"""The letter as a reader of the PDF finds it."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from hypothesis import given, settings

from ptnotes.domain.people import Paper
from ptnotes.reports.letter import render_letter
from ptnotes.reports.letter_data import LetterData
from tests.reports.any_text import holds_or_names, lines, notes
from tests.reports.cases import CLINIC, PATIENT, THERAPIST, flat, pages

TEXT = "Dear Dr. Anand,\n\nMay she lift 20 kg?\nAnd when?\n\nKind regards,"


def letter(
    text: str = TEXT, *, to: str = "Dr. P. Anand\n1 Quay Street", subject: str = "A question", **more: object
) -> bytes:
    data = LetterData(
        author=THERAPIST,
        written_at=datetime(2026, 12, 16, 11, 2, tzinfo=ZoneInfo("America/New_York")),
        patient=PATIENT,
        age_years=47,
        to=to,
        subject=subject,
        text=text,
        **{"clinic": CLINIC, "paper": Paper.LETTER, **more},  # type: ignore[arg-type]  # names of fields, as the test gives them
    )
    return render_letter(data)


def test_a_letter_is_in_the_order_of_letters() -> None:
    (page,) = pages(letter())
    text = flat(page)
    wanted = [
        "Harbour Street Physical Therapy",
        "Tel 555-0142",
        "16 Dec 2026",
        "Dr. P. Anand 1 Quay Street",
        "A question",
        "Dear Dr. Anand,",
        "May she lift 20 kg?",
        "And when?",
        "Kind regards,",
        "J. Rivera, PT, DPT",
        "Moreau, Hélène · MRN 00231",
        "Page 1 of 1",
    ]
    places = [text.find(words) for words in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)


@pytest.mark.parametrize("letters", range(48))
def test_a_number_is_not_parted_from_what_it_is(letters: int) -> None:
    clinic = replace(CLINIC, address="x" * letters, telephone="555 010 4477", fax="555 010 4478")
    text = pages(letter(clinic=clinic))[0].replace("\xa0", " ")
    assert "Tel 555 010 4477" in text
    assert "Fax 555 010 4478" in text


def test_a_letter_to_nobody_about_nothing_is_still_a_letter() -> None:
    (page,) = pages(letter(to="", subject=""))
    assert "May she lift 20 kg?" in page


def test_lines_stand_as_they_were_typed() -> None:
    (page,) = pages(letter())
    assert "May she lift 20 kg?\nAnd when?" in page


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("by", ["words", "lines", "paragraphs"])
def test_ten_thousand_letters_flow_and_nothing_of_them_is_lost(paper: Paper, by: str) -> None:
    between = {"words": " ", "lines": "\n", "paragraphs": "\n\n"}[by]
    words = [f"word{number:05}" for number in range(1000)]
    found = pages(letter(between.join(words), paper=paper))
    assert len(found) > 1
    whole = " ".join(found)
    assert [word for word in words if word not in whole] == []
    assert "J. Rivera, PT, DPT" in found[-1]
    for number, page in enumerate(found, start=1):
        assert "Moreau, Hélène · MRN 00231" in page
        assert f"Page {number} of {len(found)}" in page


def test_a_letter_that_is_not_done_says_draft_on_every_page() -> None:
    found = pages(letter("word " * 3000, undone=("2 blanks to fill in.",)))
    assert len(found) > 1
    assert all("DRAFT" in page for page in found)
    assert "2 blanks to fill in." in found[0]
    assert not any("DRAFT" in page for page in pages(letter()))


def test_the_subject_heads_the_letter_for_those_who_hear_it() -> None:
    with pikepdf.open(BytesIO(letter())) as document:
        kinds = [str(element.S) for element in _elements(document.Root.StructTreeRoot.K)]
    assert kinds.count("/H1") == 1


def _elements(element: pikepdf.Object) -> list[pikepdf.Object]:
    if isinstance(element, pikepdf.Array):
        return [found for kid in element for found in _elements(kid)]
    if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
        return []
    return [element, *(_elements(element.K) if "/K" in element else [])]


def test_the_same_input_gives_the_same_bytes() -> None:
    assert letter() == letter()


@settings(deadline=None)
@given(notes(), lines())
def test_any_text_prints_or_is_named(text: str, subject: str) -> None:
    holds_or_names(lambda: letter(text), text)
    holds_or_names(lambda: letter(subject=subject), subject)
