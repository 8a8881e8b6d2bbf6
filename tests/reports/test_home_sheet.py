"""The home programme sheet: what it says of the exercises, and as a reader of the PDF finds it."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptnotes.domain.documents import Lack
from ptnotes.domain.episode import EpisodeOfCare, EpisodeRegion
from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import Exercise, Place, TreatmentSession
from ptnotes.reports.home_sheet import render_home_sheet
from ptnotes.reports.home_sheet_data import HomeSheetData
from ptnotes.services.case import Case
from ptnotes.services.home_sheet import home_exercise_lines, home_sheet_content, home_sheet_lacks
from tests.clinics import reference
from tests.reports.any_text import holds_or_names, lines
from tests.reports.cases import CLINIC, EPISODE, case, flat, pages, visit
from tests.reports.tagged import tree_of

BRIDGE = Exercise(
    row=20,
    name="Bridge",
    sets=3,
    reps=10,
    place=Place.HOME,
    cue="squeeze, then lift",
    times_a_day=2,
    days_a_week=5,
)


def at(number: int, *rows: Exercise) -> TreatmentSession:
    return replace(visit(number), exercises=rows)


def pdf(made: Case, paper: Paper | None = None) -> bytes:
    return render_home_sheet(home_sheet_content(reference(), replace(made, paper=paper)))


def lacks_of(data: HomeSheetData, episode: EpisodeOfCare = EPISODE) -> tuple[Lack, ...]:
    return home_sheet_lacks(episode, data)


def text_of(made: Case) -> str:
    return flat(" ".join(pages(pdf(made))))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "3 sets of 10"),
        ({"hold_s": 5}, "3 sets of 10, each held for 5 seconds"),
        ({"reps": None, "hold_s": 30}, "3 times, hold for 30 seconds"),
        ({"sets": 1, "reps": None, "hold_s": 1}, "once, hold for 1 second"),
        ({"sets": 1}, "1 set of 10"),
        ({"sets": None}, "10 times"),
        ({"sets": None, "reps": 1}, "once"),
        ({"sets": None, "reps": None, "hold_s": 30}, "hold for 30 seconds"),
        ({"reps": None}, "3 sets"),
        ({"sets": None, "reps": None}, ""),
    ],
)
def test_the_dose_is_said_in_words(changed: dict[str, int | None], words: str) -> None:
    data = home_sheet_content(reference(), case(at(1, replace(BRIDGE, **changed))))  # type: ignore[arg-type]
    assert [row.dose for row in data.exercises] == [words]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sets": None, "hold_s": 300}, "for 5 minutes"),
        ({"sets": 1, "hold_s": 60}, "once, for 1 minute"),
        ({"hold_s": 90}, "3 times, for 90 seconds"),
        ({"reps": 4, "hold_s": 30}, "3 sets of 4, each for 30 seconds"),
        ({}, "3 sets"),
    ],
)
def test_nobody_is_told_to_hold_a_bicycle(changed: dict[str, int | None], words: str) -> None:
    bicycle = replace(BRIDGE, name="", exercise="stationary_bike", reps=None)
    data = home_sheet_content(reference(), case(at(1, replace(bicycle, **changed))))  # type: ignore[arg-type]
    assert [row.dose for row in data.exercises] == [words]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"band": "green"}, "with the green band"),
        ({"load": Decimal("5.50"), "load_unit": "lb"}, "with 5.5 lb"),
        ({}, ""),
    ],
)
def test_the_load_is_said_in_words(changed: dict[str, object], words: str) -> None:
    data = home_sheet_content(reference(), case(at(1, replace(BRIDGE, **changed))))  # type: ignore[arg-type]
    assert data.exercises[0].load == words


def test_only_what_is_done_at_home_is_on_the_sheet() -> None:
    text = text_of(case(at(1, BRIDGE, replace(BRIDGE, row=21, name="Leg press", place=Place.CLINIC))))
    assert "Bridge" in text
    assert "Think of: squeeze, then lift" in text
    assert "Leg press" not in text


def test_a_dose_that_was_not_charted_is_a_line_to_write_on() -> None:
    bare = replace(BRIDGE, sets=None, reps=None)
    assert "How many:" in text_of(case(at(1, bare)))
    assert "How many:" not in text_of(case(at(1, BRIDGE)))


@pytest.mark.parametrize(
    ("times", "days", "words"),
    [
        (2, 5, "twice a day, 5 days a week"),
        (1, 7, "once a day, every day"),
        (3, None, "3 times a day"),
        (None, 7, "every day"),
        (None, 1, "1 day a week"),
        (None, None, ""),
    ],
)
def test_how_often_is_said_in_words_and_is_a_line_only_where_it_was_not_charted(
    times: int | None, days: int | None, words: str
) -> None:
    made = case(at(1, replace(BRIDGE, times_a_day=times, days_a_week=days)))
    data = home_sheet_content(reference(), made)
    assert [row.often for row in data.exercises] == [words]
    assert f"How often: {words}".strip() in text_of(made)
    assert ("lack.home_often" in [lack.code for lack in lacks_of(data)]) is not bool(words)
    # A line to write on is drawn, and is no letter.
    with pypdfium2.PdfDocument(pdf(made)) as document:
        lines = [
            part
            for part in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])
            if 229 < part.get_bounds()[2] - part.get_bounds()[0] < 233
        ]
    assert len(lines) == (not words)


def test_the_patient_reads_what_is_said_to_them_and_never_what_was_charted_for_colleagues() -> None:
    made = case(at(1, BRIDGE))
    assert "What to watch for" not in text_of(made)
    assert "grade V" not in text_of(made)
    data = home_sheet_content(reference(), made, "Stop if your leg goes numb.")
    assert lacks_of(data) == ()
    text = flat(" ".join(pages(render_home_sheet(data))))
    assert "What to watch for: Stop if your leg goes numb." in text
    assert "grade V" not in text


def test_a_blank_in_the_words_to_the_patient_is_required_to_be_filled() -> None:
    (left,) = lacks_of(home_sheet_content(reference(), case(at(1, BRIDGE)), "Call ‹whom›."))
    assert (left.text, left.is_required) == ("What to watch for has a blank left: ‹whom›", True)


def test_the_latest_visit_with_exercises_for_home_counts_and_is_dated() -> None:
    made = case(at(1, BRIDGE), at(2, replace(BRIDGE, name="Clamshell")), visit(3))
    data = home_sheet_content(reference(), made)
    assert [row.name for row in data.exercises] == ["Clamshell"]
    assert not data.is_latest
    assert "As at your visit of 6 Jan 2026." in text_of(made)
    assert [lack.code for lack in lacks_of(data)] == [
        "lack.home_exercises_older",
        "lack.home_precaution",
    ]
    assert home_exercise_lines(reference(), made.sessions) == (
        "Clamshell: 3 sets of 10, twice a day, 5 days a week",
    )


def test_a_sheet_without_exercises_says_so() -> None:
    made = case(visit(1), clinic=replace(CLINIC, telephone=""))
    data = home_sheet_content(reference(), made)
    assert "No exercise for at home has been written down yet." in text_of(made)
    assert [lack.code for lack in lacks_of(data)] == [
        "lack.home_exercises",
        "lack.clinic_telephone",
        "lack.home_precaution",
    ]


def test_a_precaution_is_to_be_said_to_the_patient_in_plain_words() -> None:
    (found,) = lacks_of(home_sheet_content(reference(), case(at(1, BRIDGE))))
    assert not found.is_required
    assert "“no grade V”" in found.text
    without = replace(EPISODE, precaution="")
    assert lacks_of(home_sheet_content(reference(), case(at(1, BRIDGE), episode=without)), without) == ()


def test_no_diagnosis_is_on_the_sheet() -> None:
    text = text_of(case(at(1, BRIDGE)))
    assert "M48" not in text
    assert "stenosis" not in text
    assert "grade" not in text


def test_the_patient_is_told_whom_to_call_and_on_what_signs() -> None:
    text = text_of(case(at(1, BRIDGE)))
    assert "Telephone: 555-0142." in text
    assert "Get emergency help at once for: new numbness between the legs" in text
    assert "Call on the same day for: fever" in text
    # Each sign stands with where it is from.
    assert "Finucane" in text
    assert "Vickers" in text


def test_signs_of_the_spine_are_left_out_where_no_spine_is_treated() -> None:
    knee = replace(EPISODE, regions=(EpisodeRegion(region="knee"),))
    text = text_of(case(at(1, BRIDGE), episode=knee))
    assert "between the legs" not in text
    assert "fever, chills" in text


def test_a_sign_that_only_a_textbook_gives_is_not_told_as_a_fact() -> None:
    items = dict(reference().screening_items)
    items["infection_spine"] = replace(items["infection_spine"], source_status="textbook")
    doubted = replace(reference(), screening_items=items)
    data = home_sheet_content(doubted, case(at(1, BRIDGE)))
    assert data.same_day == ()
    assert len(data.emergencies) == 1


def test_a_sheet_of_an_unsigned_visit_is_a_draft_on_every_page() -> None:
    found = pages(pdf(case(at(1, *(replace(BRIDGE, row=20 + number) for number in range(12))))))
    assert len(found) > 1
    assert all("DRAFT" in page for page in found)


@pytest.mark.parametrize("paper", Paper)
def test_forty_exercises_are_all_there_with_boxes_for_each(paper: Paper) -> None:
    rows = [replace(BRIDGE, row=number, name=f"Exercise no. {number}") for number in range(20, 60)]
    found = pages(pdf(case(at(1, *rows)), paper))
    whole = flat(" ".join(found))
    for row in rows:
        assert whole.count(row.name) == 2
    ticked = [page for page in found if "Mon" in page]
    assert len(ticked) > 1


def test_text_is_large_enough_to_read_at_arms_length() -> None:
    with pypdfium2.PdfDocument(pdf(case(at(1, BRIDGE)))) as document:
        sizes = {
            round(part.get_font_size(), 1)
            for part in document[0].get_objects()
            if hasattr(part, "get_font_size")
        }
    assert 12.0 in sizes


def test_the_same_input_gives_the_same_bytes_and_an_outline() -> None:
    made = pdf(case(at(1, BRIDGE)))
    assert made == pdf(case(at(1, BRIDGE)))
    with pikepdf.open(BytesIO(made)) as document, document.open_outline() as outline:
        assert [item.title for item in outline.root] == [
            "Your exercises",
            "Tick each day that you did it",
            "When to call us",
        ]


@settings(deadline=None)
@given(lines(), st.integers(1, 4))
def test_any_text_prints_or_is_named(text: str, count: int) -> None:
    rows = [replace(BRIDGE, row=20 + number, name=text, cue=text) for number in range(count)]
    data = home_sheet_content(reference(), case(at(1, *rows)), text)
    holds_or_names(lambda: render_home_sheet(data), text)


def test_each_day_stands_in_the_middle_over_its_boxes() -> None:
    with pypdfium2.PdfDocument(BytesIO(pdf(case(at(1, BRIDGE))))) as document:
        page = document[0].get_textpage()
        first = page.get_text_range().index("Mon")
        middles = []
        for place in range(first, first + 7 * len("Mon "), len("Mon ")):
            letters = [page.get_charbox(place + letter, loose=True) for letter in range(3)]
            middles.append((letters[0][0] + letters[2][2]) / 2)
    assert [after - before for before, after in pairwise(middles)] == pytest.approx([23.5] * 6, abs=0.5)


def test_the_ticks_tell_which_exercise_and_which_week_and_day_they_are_of() -> None:
    (ticks,) = tree_of(pdf(case(at(1, BRIDGE, replace(BRIDGE, row=21, name="Squat"))))).all("Table")
    weeks, days, *rows = ticks.kids
    assert [(cell.kind, cell.text, cell.scope, cell.span) for cell in weeks.kids] == [
        ("TH", "Exercise", "Column", (1, 2)),
        ("TH", "Week 1", "Column", (7, 1)),
        ("TH", "Week 2", "Column", (7, 1)),
    ]
    assert [cell.text for cell in days.kids] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] * 2
    heads = [row.kids[0] for row in rows]
    assert [(cell.kind, cell.scope, cell.text) for cell in heads] == [
        ("TH", "Row", "1. Bridge"),
        ("TH", "Row", "2. Squat"),
    ]
    assert [len(row.kids) for row in rows] == [15, 15]
