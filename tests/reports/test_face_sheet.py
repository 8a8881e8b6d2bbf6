"""The face sheet as a reader of the PDF finds it."""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptnotes.domain.patient import Sex
from ptnotes.domain.payers import Authorization, Cover, Coverage
from ptnotes.domain.people import Paper
from ptnotes.reports.face_sheet import render_face_sheet
from ptnotes.reports.face_sheet_data import EpisodeFacts, FaceSheetData
from tests.reports.any_text import holds_or_names, lines
from tests.reports.cases import CLINIC, PATIENT, THERAPIST, flat, pages

KNOWN = replace(
    PATIENT,
    sex=Sex.FEMALE,
    telephone="(555) 010-4477",
    email="helene@example.invalid",
    address="9 Pier Road",
    emergency_contact="Luc Moreau, (555) 010-4478",
    language="French",
)
COVER = Cover(
    coverages=(
        Coverage(id=1, payer="Made-up Mutual", member_number="M-77", since=date(2026, 1, 1)),
        Coverage(id=2, payer="Second Payer", member_number="S-1", rank=2, until=date(2026, 12, 31)),
    ),
    authorizations=(
        Authorization(coverage_id=1, number="A-9", visits=12, since=date(2026, 1, 5), until=date(2026, 4, 5)),
    ),
)
EPISODE = EpisodeFacts(
    title="Low back pain",
    start=date(2026, 1, 5),
    ended="3 Feb 2026, goals met",
    regions="Lumbar",
    diagnoses=("M48.061 Spinal stenosis", "M54.50 Low back pain"),
    precaution="no grade V",
    referrer="Dr. P. Anand",
    referrer_contact="Tel 555-0150",
    visits=12,
)


def sheet(**changed: object) -> bytes:
    data = FaceSheetData(
        clinic=CLINIC,
        author=THERAPIST,
        written_at=datetime(2026, 12, 16, 11, 2, tzinfo=ZoneInfo("America/New_York")),
        **{  # type: ignore[arg-type]  # names of fields, as the test gives them
            "paper": Paper.LETTER,
            "patient": KNOWN,
            "age_years": 47,
            "cover": COVER,
            "episodes": (EPISODE,),
            **changed,
        },
    )
    return render_face_sheet(data)


def text_of(**changed: object) -> str:
    return flat(" ".join(pages(sheet(**changed)))).replace("\xa0", " ")


@pytest.mark.parametrize("paper", Paper)
def test_the_sheet_says_who_the_patient_is_and_all_that_is_stored(paper: Paper) -> None:
    text = text_of(paper=paper)
    wanted = [
        "Face sheet",
        "PATIENT",
        "Moreau, Hélène",
        "00231",
        "12 Mar 1979, 47 y",
        "female",
        "French",
        "(555) 010-4477",
        "helene@example.invalid",
        "9 Pier Road",
        "Luc Moreau, (555) 010-4478",
        "PAYERS",
        "first Made-up Mutual M-77 1 Jan 2026",
        "second Second Payer S-1 31 Dec 2026",
        "AUTHORIZATIONS",
        "Made-up Mutual A-9 12 5 Jan 2026 5 Apr 2026",
        "EPISODES OF CARE",
        "Low back pain",
        "5 Jan 2026 · ended 3 Feb 2026, goals met · 12 visits attended",
        "M48.061 Spinal stenosis",
        "no grade V",
        "Dr. P. Anand · Tel 555-0150",
        "Made by J. Rivera, PT, DPT",
    ]
    places = [text.find(words) for words in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)


def test_what_is_not_entered_is_a_dash_and_never_a_zero() -> None:
    text = text_of(patient=PATIENT, cover=Cover(), episodes=())
    assert "Telephone –" in text
    assert "Emergency contact –" in text
    assert "No payer is entered." in text
    assert "None was opened yet." in text
    # An authorization that counts no units says nothing of them.
    assert "A-9 12 5 Jan" in text_of()


def test_who_may_not_read_charts_is_told_that_something_is_left_out() -> None:
    text = text_of(episodes=None)
    assert "Left out: whoever made this sheet may not read charts." in text
    for words in ("M48", "grade V", "Anand", "Lumbar"):
        assert words not in text


def test_many_payers_and_episodes_flow_over_pages_under_their_headings() -> None:
    many = tuple(Coverage(id=key, payer=f"Payer no. {key}.", rank=key) for key in range(1, 81))
    episodes = tuple(replace(EPISODE, title=f"Episode no. {key}.") for key in range(1, 31))
    found = pages(sheet(cover=Cover(coverages=many), episodes=episodes))
    whole = flat(" ".join(found))
    assert len(found) > 3
    assert [one.payer for one in many if one.payer not in whole] == []
    assert [one.title for one in episodes if one.title not in whole] == []
    assert sum("Member number" in page for page in found) > 1
    assert "Moreau, Hélène · MRN 00231" in found[-1]


def test_the_same_input_gives_the_same_bytes_and_an_outline() -> None:
    assert sheet() == sheet()
    with pikepdf.open(BytesIO(sheet())) as document, document.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles == ["Patient", "Contact", "Payers", "Authorizations", "Episodes of care"]


@settings(deadline=None)
@given(lines(), st.integers(1, 30))
def test_any_text_prints_or_is_named(text: str, count: int) -> None:
    patient = replace(KNOWN, family_name=text, address=text)
    episodes = tuple(replace(EPISODE, precaution=text) for _ in range(count))
    holds_or_names(lambda: sheet(patient=patient, episodes=episodes), text)
