"""The progress report as a reader of the PDF finds it."""

import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ptnotes.domain.conclusion import Asked, Conclusion, Request
from ptnotes.domain.episode import Diagnosis, Problem
from ptnotes.domain.errors import InputError
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import Note, Phase, Side
from ptnotes.reports import fonts
from ptnotes.reports.progress import render_progress_report
from ptnotes.reports.progress_data import GoalLine
from tests.clinics import reference
from tests.reports.cases import (
    CLINIC,
    EPISODE,
    PATIENT,
    case,
    content,
    flat,
    flexion,
    missed,
    pages,
    pdf,
    visit,
)

TEN = tuple(visit(number) for number in range(1, 11))


def test_the_first_page_says_what_a_physician_needs_in_order() -> None:
    text = flat(pages(pdf(case(*TEN)))[0])
    wanted = [
        "Harbour Street Physical Therapy",
        "Progress report",
        "5 Jan – 14 Jan 2026 · visits 1–10",
        "Moreau, Hélène",
        "Dr. P. Anand",
        "Improving.",
        "Asked of you: nothing.",
        "OBJECTIVE CHANGE",
        "Measure",
        "ODI 44 %",
        "TREATMENT",
        "L4: central posteroanterior",
        "GOALS",
        "Bend to tie shoes",
        "ASSESSMENT AND PLAN",
        "no grade V",
        "Responds as hoped.",
        "J. Rivera, PT, DPT",
        "Page 1 of",
    ]
    places = [text.replace("\xa0", " ").find(words) for words in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)


def test_the_signature_is_a_line_to_sign_by_hand_and_claims_nothing() -> None:
    text = " ".join(pages(pdf(case(*TEN))))
    assert "J. Rivera, PT, DPT" in text
    assert "Licence 40112" in text
    assert "igned electronically" not in text


@pytest.mark.parametrize("visits", [1, 2, 10, 60])
def test_the_first_page_is_one_page(visits: int) -> None:
    text = pages(pdf(case(*(visit(number) for number in range(1, visits + 1)))))
    assert "ASSESSMENT AND PLAN" in text[0]
    assert "EVERY MEASURE" in text[1]


def test_however_much_there_is_to_say_the_first_page_keeps_its_charts() -> None:
    long = tuple(
        Diagnosis(row=row, code="M48.061", words="Spinal stenosis, " + "long " * 9) for row in (1, 2)
    )
    asked = Asked(request=Request.SIGNATURE, by=date(2026, 2, 4))
    made = content(case(*TEN, asked=asked, episode=replace(EPISODE, diagnoses=long)))
    answered = "same 47, range increased 35, better 17 of 64 visits"
    goal = GoalLine(words="Walk 3 km to the harbour", share=0.6, standing="61 %, revised on 4 Feb 2026, " * 2)
    full = replace(
        made,
        measures=made.measures * 2,
        goals=(goal, goal),
        treatments=tuple(replace(made.treatments[0], response=answered) for _ in range(3)),
        other_services=("exercise for strength, endurance, motion or flexibility, 875 min in 64 visits",) * 4,
        conclusion=Conclusion(
            headline="Improved since the start.", detail="Unchanged: worst pain and LEFS. " * 11
        ),
    )
    first = flat(pages(render_progress_report(full))[0])
    assert "hollow: after treatment" in first
    assert "2 more techniques on the next pages" in first.replace("\xa0", " ")


def test_every_page_names_the_patient_and_counts_the_pages() -> None:
    text = pages(pdf(case(*(visit(number) for number in range(1, 121)))))
    assert len(text) > 3
    for number, page in enumerate(text, start=1):
        assert "Moreau, Hélène · MRN 00231" in page
        assert f"Page {number} of {len(text)}" in page


def test_three_hundred_visits_are_each_listed_under_repeated_headings() -> None:
    sessions = [visit(number) for number in range(1, 301)]
    text = pages(pdf(case(*sessions)))
    listed = [page for page in text if "Kind" in page and "Done" in page]
    assert len(listed) > 4
    whole = flat(" ".join(listed))
    for number in (1, 150, 300):
        on = sessions[number - 1].service_date
        assert f"{number} {on.day} " in whole


def test_a_note_of_ten_thousand_letters_flows_and_nothing_of_it_is_lost() -> None:
    words = " ".join(f"word{number}" for number in range(1200))
    assert len(words) > 10_000 - 1200
    long = replace(visit(5), note=Note(assessment=words, plan="Go on."))
    text = pages(pdf(case(visit(1), long)))
    assert "in full on the next pages" in flat(text[0])
    later = flat(" ".join(text[1:]))
    assert "word0 " in later
    assert "word1199" in later
    assert len(text) > 2


@pytest.mark.parametrize("count", range(900, 1900, 100))
def test_a_note_flows_wherever_a_page_ends(count: int) -> None:
    long = replace(visit(5), note=Note(assessment=" ".join(["word"] * count), plan="Last words."))
    later = flat(" ".join(pages(pdf(case(visit(1), long)))[1:]))
    assert later.count("word ") >= count - 1
    assert "Last words." in later


def test_a_summary_longer_than_a_page_does_not_stop_the_table() -> None:
    many = replace(
        visit(1),
        mobilizations=tuple(replace(visit(1).mobilizations[0], row=100 + number) for number in range(900)),
    )
    assert len(pages(pdf(case(many)))) > 2


def test_the_same_input_gives_the_same_bytes() -> None:
    assert pdf(case(*TEN)) == pdf(case(*TEN))


def test_the_file_says_when_it_was_made_and_in_what_language() -> None:
    with pikepdf.open(BytesIO(pdf(case(*TEN)))) as document:
        assert str(document.docinfo["/CreationDate"]) == "D:20261216110200-05'00'"
        assert str(document.Root.Lang) == "en-US"
        assert "00231" in str(document.docinfo["/Title"])
        assert "Moreau" not in str(document.docinfo["/Title"])
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[0] == "Objective change"
    assert "Every visit" in titles


@pytest.mark.parametrize(("paper", "size"), [(Paper.LETTER, (612, 792)), (Paper.A4, (595, 842))])
def test_both_papers_are_filled(paper: Paper, size: tuple[int, int]) -> None:
    with pypdfium2.PdfDocument(pdf(case(*TEN, paper=paper))) as document:
        assert tuple(round(side) for side in document[0].get_size()) == size
        # The page reaches its foot: nothing is printed outside it.
        left, bottom, right, top = document[0].get_bbox()
        assert 0 <= left < right <= size[0] + 1
        assert 0 <= bottom < top <= size[1] + 1


def test_an_independent_program_finds_no_fault(tmp_path: Path) -> None:
    program = shutil.which("qpdf")
    if program is None:
        pytest.skip("qpdf is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(case(*TEN)))
    checked = subprocess.run([program, "--check", path], capture_output=True, check=False, timeout=150)
    assert checked.returncode == 0, checked.stdout


def test_what_looks_like_markup_prints_as_typed_everywhere() -> None:
    odd = "SLR <60 L <b>&amp; <img src='x'>"
    episode = replace(EPISODE, precaution=odd, referrer=odd, goals=(replace(EPISODE.goals[0], words=odd),))
    note = Note(subjective=odd, assessment=odd, plan=odd)
    made = case(
        visit(1),
        missed(2),
        replace(visit(5), note=note),
        episode=episode,
        patient=replace(PATIENT, family_name=odd, preferred_name=odd),
        clinic=replace(CLINIC, name=odd, address=odd),
    )
    text = flat(pages(pdf(made))[0])
    assert text.count("SLR <60 L") >= 8


def test_who_signed_the_plan_of_care_is_asked_to_renew_it() -> None:
    asked = Asked(request=Request.SIGNATURE, by=date(2027, 1, 30))
    due = replace(asked, renews=True)
    page = flat(pages(pdf(case(*TEN, asked=asked, due=due)))[0]).replace("\xa0", " ")
    assert "Asked of you: your signature to renew the plan of care by 30 Jan 2027." in page
    assert "To renew the plan of care, due by 30 Jan 2027" in page
    assert "signature on the plan of care" not in page


def test_a_question_is_printed_with_its_day() -> None:
    asked = Asked(request=Request.QUESTION, words="May he lift 20 kg?", by=date(2026, 1, 30))
    text = flat(pages(pdf(case(*TEN, asked=asked)))[0]).replace("\xa0", " ")
    assert "Asked of you: May he lift 20 kg? Please answer by 30 Jan 2026." in text


def test_a_signature_is_asked_for_with_a_line_of_its_own() -> None:
    asked = Asked(request=Request.SIGNATURE, by=date(2027, 1, 30))
    text = flat(pages(pdf(case(*TEN, asked=asked)))[0]).replace("\xa0", " ")
    assert "your signature on the plan of care by 30 Jan 2027." in text
    late = replace(asked, by=date(2026, 1, 30))
    page = flat(pages(pdf(case(*TEN, asked=late)))[0]).replace("\xa0", " ")
    assert "your signature on the plan of care. It was due by 30 Jan 2026." in page
    assert text.count("Date") == 2
    assert "For the plan of care, due by 30 Jan 2027" in text
    assert pages(pdf(case(*TEN)))[0].count("Date") == 1


def test_the_spine_of_the_screen_stands_behind_the_first_page_with_its_numerals() -> None:
    first, *later = pages(pdf(case(visit(1), visit(2))))
    text = flat(" ".join(later))
    assert "LEVELS TREATED" in text
    assert "From behind, the patient’s left at the left." in text
    assert "L4" in text.split("LEVELS TREATED")[1]
    assert "III" in text.split("LEVELS TREATED")[1]
    assert "LEVELS TREATED" not in first


def test_a_report_without_a_treated_spine_has_no_spine() -> None:
    knee = replace(visit(1).mobilizations[0], targets=("TF",), side=Side.LEFT, technique="tf_ap")
    document = pdf(case(replace(visit(1), mobilizations=(knee,))))
    assert "LEVELS TREATED" not in flat(" ".join(pages(document)))


def test_sources_of_thresholds_stand_behind_the_first_page() -> None:
    text = flat(" ".join(pages(pdf(case(*TEN)))[1:]))
    assert "HOW CHANGE WAS JUDGED" in text
    assert "Kolber" in text
    assert "American Academy of Orthopaedic Surgeons" in text


def test_a_change_for_the_worse_is_marked_in_words() -> None:
    worse = [visit(1, degrees=60), visit(5, degrees=40)]
    text = flat(pages(pdf(case(*worse, outcomes=())))[0])
    assert "above measurement error, worse" in text


def test_a_measure_taken_on_another_day_says_which() -> None:
    late = replace(visit(3), rom=(flexion(3, Phase.BEFORE, 44),), pain=visit(3).pain)
    first = replace(visit(1), rom=())
    text = flat(pages(pdf(case(first, late, visit(9))))[0]).replace("\xa0", " ")
    assert "7 Jan 44°" in text


def test_no_charts_and_no_measures_leave_a_plain_page() -> None:
    bare = replace(visit(1), rom=(), pain=(), mobilizations=(), interventions=(), note=Note())
    episode = replace(EPISODE, goals=(), referrer="", precaution="")
    text = flat(pages(pdf(case(bare, episode=episode)))[0])
    assert "No measurable goal is set." in text
    assert "OBJECTIVE CHANGE" not in text


def picture(kind: str) -> bytes:
    buffer = BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (300, 90), "teal").save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_logo_stands_on_the_letterhead(kind: str) -> None:
    made = pdf(case(*TEN, clinic=replace(CLINIC, logo=picture(kind))))
    with pypdfium2.PdfDocument(made) as document:
        shown = list(document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
    assert len(shown) == 1


def test_a_logo_that_is_no_picture_is_refused_in_words() -> None:
    with pytest.raises(InputError) as caught:
        pdf(case(*TEN, clinic=replace(CLINIC, logo=b"not a picture")))
    assert caught.value.code == "picture.unreadable"


def test_a_name_no_font_has_is_an_error_and_no_box() -> None:
    with pytest.raises(fonts.MissingGlyphError):
        pdf(case(*TEN, patient=replace(PATIENT, family_name="ก")))


@pytest.mark.parametrize(
    ("family", "given"),
    [
        ("Nguyễn", "Thị Hoa"),
        ("Żółtowski", "Łukasz"),
        ("Коваленко", "Олена"),
        ("Παπαδάκης", "Νίκος"),
        ("שקד", "נועה"),
    ],
)
def test_names_of_many_scripts_are_found_in_the_text(family: str, given: str) -> None:
    text = flat(pages(pdf(case(visit(1), patient=replace(PATIENT, family_name=family, given_name=given))))[0])
    assert family in text or family[::-1] in text


def letters() -> st.SearchStrategy[str]:
    known = set().union(
        *(fonts.letters_of(name) for name in (fonts.REGULAR, "NotoSansHebrew-Bold", "NotoSansArabic-Bold"))
    )
    return st.text(alphabet=sorted(letter for letter in known if letter.isprintable()), max_size=120)


def unknown(letter: str) -> bool:
    try:
        fonts.runs(letter, fonts.REGULAR)
    except fonts.MissingGlyphError:
        return True
    return False


@settings(max_examples=12)
@given(name=letters(), note=letters(), words=st.text(max_size=60), visits=st.integers(1, 9))
def test_any_text_that_our_fonts_have_makes_a_report(name: str, note: str, words: str, visits: int) -> None:
    sessions = [
        replace(visit(number), note=Note(assessment=note, plan=name)) for number in range(1, visits + 1)
    ]
    who = Patient(mrn="1", family_name=name or "x", given_name=note or "y", birth_date=date(1979, 3, 12))
    made = case(*sessions, patient=who, asked=Asked(request=Request.QUESTION, words=words))
    if any(unknown(letter) for letter in words):
        with pytest.raises(fonts.MissingGlyphError):
            pdf(made)
        return
    text = pages(pdf(made))
    assert f"Page 1 of {len(text)}" in text[0]


def test_what_was_done_stands_over_the_charts_where_they_stay_large_enough() -> None:
    text = flat(" ".join(pages(pdf(case(*TEN)))))
    assert "What was done" in text
    done = [replace(session, mobilizations=()) for session in TEN]
    assert "What was done" not in flat(" ".join(pages(pdf(case(*done)))))


def test_over_many_visits_a_long_mark_is_explained() -> None:
    text = flat(" ".join(pages(pdf(case(*(visit(number) for number in range(1, 121)))))))
    assert "long mark: visits too close to draw apart" in text


def conclusion_top_pt(document: bytes) -> float:
    """How far below the top of the first page the conclusion begins."""
    with pypdfium2.PdfDocument(document) as opened:
        page = opened[0]
        words = page.get_textpage()
        found = words.search("Improving").get_next()
        assert found is not None
        return float(page.get_height() - words.get_charbox(found[0])[3])


def test_many_diagnoses_leave_the_first_page_to_the_conclusion_and_all_of_them_follow() -> None:
    many = tuple(
        Diagnosis(row=row, code="M48.061", words=f"Spinal stenosis number {row}, " + "of long words " * 6)
        for row in range(1, 16)
    )
    text = pages(pdf(case(*TEN, episode=replace(EPISODE, diagnoses=many))))
    assert "Spinal stenosis number 3," in flat(text[0])
    assert "Spinal stenosis number 4," not in flat(text[0])
    assert "and 12 more on the next page" in flat(text[0])
    assert "OBJECTIVE CHANGE" in text[0]
    assert "ASSESSMENT AND PLAN" in text[0]
    assert "ALL DIAGNOSES" in text[1]
    assert all(f"Spinal stenosis number {row}, of long words" in flat(text[1]) for row in range(1, 16))


def test_a_few_short_diagnoses_stand_on_the_first_page_alone() -> None:
    few = tuple(Diagnosis(row=row, code="M54.50", words=f"Low back pain {row}") for row in (1, 2, 3))
    text = pages(pdf(case(*TEN, episode=replace(EPISODE, diagnoses=few))))
    assert "Low back pain 3" in flat(text[0])
    assert "ALL DIAGNOSES" not in " ".join(text)


@settings(max_examples=15)
@given(
    count=st.integers(0, 15),
    letters=st.integers(1, 300),
    referrer=st.integers(0, 200),
    name=st.integers(1, 100),
    address=st.integers(0, 200),
    paper=st.sampled_from(Paper),
)
def test_the_conclusion_begins_in_the_upper_half_of_the_first_page(
    count: int, letters: int, referrer: int, name: int, address: int, paper: Paper
) -> None:
    filling = "Words that are long and go on " * 12
    episode = replace(
        EPISODE,
        diagnoses=tuple(
            Diagnosis(row=row, code="M48.061", words=filling[:letters].strip()) for row in range(1, count + 1)
        ),
        referrer=filling[:referrer].strip(),
        referrer_practice=filling[:referrer].strip(),
    )
    made = case(
        *TEN[:3],
        episode=episode,
        patient=replace(PATIENT, family_name=filling[:name].strip(), given_name=filling[:name].strip()),
        clinic=replace(CLINIC, name=filling[:name].strip(), address=filling[:address].strip()),
        paper=paper,
    )
    high = {Paper.LETTER: 792, Paper.A4: 842}[paper]
    document = pdf(made)
    assert conclusion_top_pt(document) <= high / 2 + 10
    if count:
        assert "".join(filling[:letters].split()) in "".join("".join(pages(document)).split())


def test_whose_grades_they_are_is_said_and_what_those_with_a_k_mean() -> None:
    stretched = replace(visit(1).mobilizations[0], grade_system="kaltenborn", grade="K-III")
    text = flat(" ".join(pages(pdf(case(visit(1), replace(visit(2), mobilizations=(stretched,)))))[1:]))
    assert "Grades: I to V are Maitland’s, of which V is a thrust and IV is none" in text
    assert f"those with a K are Kaltenborn’s (K-III, {reference().grades['K-III'].meaning})" in text
    plain = flat(" ".join(pages(pdf(case(visit(1), visit(2))))))
    assert "Kaltenborn" not in plain
    assert "Grades:" not in flat(" ".join(pages(pdf(case(replace(visit(1), mobilizations=()))))))


@pytest.mark.parametrize("count", [10, 12, 25, 60])
def test_all_goals_and_problems_stand_once_on_the_later_pages_be_there_room_beside_the_spine_or_not(
    count: int,
) -> None:
    goals = tuple(
        replace(EPISODE.goals[0], uuid=f"g{number}", words=f"Goal <{number}>") for number in range(count)
    )
    problems = tuple(
        Problem(row=number + 1, words=f"Trouble <{number}>", since=EPISODE.start) for number in range(count)
    )
    episode = replace(EPISODE, goals=goals, problems=problems)
    later = flat(" ".join(pages(pdf(case(*TEN, episode=episode)))[1:]))
    assert "LEVELS TREATED" in later
    for number in range(count):
        assert later.count(f"Goal <{number}>") == 1
        assert later.count(f"Trouble <{number}>") == 1


def test_goals_that_are_too_many_stand_beside_the_spine_as_far_as_there_is_room() -> None:
    goals = tuple(
        replace(EPISODE.goals[0], uuid=f"g{number}", words=f"Goal <{number}>") for number in range(25)
    )
    later = flat(" ".join(pages(pdf(case(*TEN, episode=replace(EPISODE, goals=goals))))[1:]))
    assert later.index("LEVELS TREATED") < later.index("ALL GOALS") < later.index("Goal <0>")
    assert later.index("Goal <1>") < later.index("MORE GOALS") < later.index("Goal <24>")


def test_a_day_that_is_past_is_named_once_where_a_certification_ran_to_it() -> None:
    by = date(2026, 2, 4)
    data = replace(
        content(case(visit(1), visit(2))),
        asked=Asked(request=Request.SIGNATURE, by=by),
        certification_ended="The plan of care was certified to 4 Feb 2026.",
        certification_ended_on=by,
    )
    page = flat(pages(render_progress_report(data))[0]).replace("\xa0", " ")
    assert "The plan of care was certified to 4 Feb 2026." in page
    assert "It was due" not in page
    later = replace(data, asked=replace(data.asked, by=by + timedelta(days=1)))
    page = flat(pages(render_progress_report(later))[0]).replace("\xa0", " ")
    assert "It was due by 5 Feb 2026. The plan of care was certified to 4 Feb 2026." in page


def test_a_day_that_is_past_is_named_where_another_one_ends_with_its_letters() -> None:
    data = replace(
        content(case(visit(1), visit(2))),
        asked=Asked(request=Request.SIGNATURE, by=date(2026, 2, 4)),
        certification_ended="The plan of care was certified to 14 Feb 2026.",
        certification_ended_on=date(2026, 2, 14),
    )
    page = flat(pages(render_progress_report(data))[0]).replace("\xa0", " ")
    assert "It was due by 4 Feb 2026. The plan of care was certified to 14 Feb 2026." in page
