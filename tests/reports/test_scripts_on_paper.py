"""Names and notes in every script: joined, placed, broken and found again, or an error that names the letter."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import pdfa

from ptnotes.domain.conclusion import Asked, Request
from ptnotes.domain.episode import Diagnosis
from ptnotes.domain.people import Paper
from ptnotes.domain.sentences import sentence
from ptnotes.domain.treatment import Note
from ptnotes.reports import fonts
from ptnotes.reports.blocks import CELL_RIGHT, Column, Section, facts, table
from ptnotes.reports.document import Imprint, text_width_pt
from ptnotes.reports.shaping import breaks_between, graphemes, spelled
from ptnotes.reports.typeset import Span, paragraph
from ptnotes.services.case import Case
from tests.reports.any_text import bare, holds_or_names, lines, notes
from tests.reports.cases import CLINIC, EPISODE, PATIENT, THERAPIST, case, make_pdf, pages, pdf, visit
from tests.reports.test_text_on_paper import printed

IMPRINT = Imprint(
    title="Test",
    author="Nobody",
    patient_name="Made, Up",
    mrn="1",
    foot="",
    language="en-US",
    written_at=case(visit(1)).written_at,
    paper=Paper.LETTER,
)


def _noted(**words: str) -> Case:
    return case(visit(1), replace(visit(5), note=Note(**words)))


# Each place of a progress report that shows what somebody typed.
LINES: dict[str, Callable[[str], Case]] = {
    "family name": lambda text: case(visit(1), patient=replace(PATIENT, family_name=text)),
    "given name": lambda text: case(visit(1), patient=replace(PATIENT, given_name=text)),
    "clinic": lambda text: case(visit(1), clinic=replace(CLINIC, name=text)),
    "address": lambda text: case(visit(1), clinic=replace(CLINIC, address=text)),
    "therapist": lambda text: case(visit(1), author=replace(THERAPIST, name=text)),
    "physician": lambda text: case(visit(1), episode=replace(EPISODE, referrer=text)),
    "practice": lambda text: case(visit(1), episode=replace(EPISODE, referrer_practice=text)),
    "precaution": lambda text: case(visit(1), episode=replace(EPISODE, precaution=text)),
    "goal": lambda text: case(
        visit(1), episode=replace(EPISODE, goals=(replace(EPISODE.goals[0], words=text),))
    ),
    "diagnosis": lambda text: case(
        visit(1), episode=replace(EPISODE, diagnoses=(Diagnosis(row=1, words=text),))
    ),
    "question": lambda text: case(visit(1), asked=Asked(request=Request.QUESTION, words=text)),
}
NOTES: dict[str, Callable[[str], Case]] = {
    "statement": lambda text: _noted(subjective=text),
    "assessment": lambda text: _noted(assessment=text),
    "plan": lambda text: _noted(plan=text),
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(LINES)), lines())
def test_any_line_is_found_wherever_it_is_printed(place: str, text: str) -> None:
    holds_or_names(lambda: pdf(LINES[place](text)), text)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(NOTES)), notes())
def test_any_note_is_found_wherever_it_is_printed(place: str, text: str) -> None:
    holds_or_names(lambda: pdf(NOTES[place](text)), text)


@pytest.mark.parametrize(
    "name",
    [
        "Ọlámidé Ṣ\u0301obọ̀wálé",
        "Nguyễn Thị Ánh",
        "Παπαδάκης",
        "Ђорђевић",
        "مُحَمَّد",
        "می\u200cخواهم چگونه",
        "ڕۆژ ڵێ",
        "شَاء اللّٰه",
        "בְּרֵאשִׁית שָׁלוֹם",
        "王小明 歐陽菲菲",
        "山田 さくら アレックス",
        "김민준 뷁",
        "葛\U000e0100西",
        "प्रिया त्रिपाठी क्षत्रिय",
    ],
)
def test_a_name_of_each_script_is_found_in_a_document(name: str) -> None:
    (first, *_) = pages(printed(name))
    assert bare(name) in bare(first)


def _box(text: str, sign: int = 0) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what is inked of the character at the place `sign` of the page."""
    with pypdfium2.PdfDocument(BytesIO(printed(text))) as document:
        sides: tuple[float, float, float, float] = document[0].get_textpage().get_charbox(sign)
        return sides


@pytest.mark.parametrize(
    ("letter", "marked"), [("x", "x\u0302"), ("ب", "بَ"), ("ש", "שָ"), ("n", "n\u0308\u0301"), ("q", "q\u0323")]
)
def test_a_mark_stands_over_or_under_its_letter(letter: str, marked: str) -> None:
    left, bottom, right, top = _box(letter)
    mark_left, mark_bottom, mark_right, mark_top = _box(marked)
    assert mark_top - mark_bottom > top - bottom + 0.5
    # It neither moves the letter nor stands beside it.
    assert mark_left > left - 1
    assert mark_right < right + 1
    assert _width(marked) == pytest.approx(_width(letter))


def _width(text: str) -> float:
    return sum(fonts.width(glyphs, name, 10) for name, glyphs in fonts.runs(text, fonts.REGULAR))


def test_arabic_letters_join() -> None:
    apart = sum(_width(letter) for letter in "سلام")
    assert _width("سلام") < 0.9 * apart
    # A letter of Kurdish, which has no joined form in Unicode, joins as well.
    assert _width("بێب") < 0.9 * sum(_width(letter) for letter in "بێب")


def test_a_joiner_that_parts_letters_does_so() -> None:
    assert _width("می\u200cخواهم") > _width("میخواهم") + 1


def test_a_mark_that_no_font_has_with_its_letter_stands_behind_it() -> None:
    holds_or_names(lambda: printed("نx\u0651"), "نx\u0651")


def test_lines_of_chinese_and_japanese_break_between_letters_and_never_before_a_comma() -> None:
    text = "山" + "王、" * 200
    (page,) = pages(printed(text))
    broken = [line for line in page.split("\n") if "王" in line]
    assert len(broken) > 3
    assert not any(line.startswith("、") for line in broken)
    assert bare(text) in bare(page)


def test_lines_of_korean_break_at_spaces() -> None:
    assert not breaks_between("김", "민")
    assert breaks_between("山", "田")
    assert not breaks_between("「", "山")


def test_a_word_longer_than_a_line_goes_on_in_the_next_one() -> None:
    address = "https://example.org/" + "e\u0301tude" * 60
    found = pages(printed(f"see {address} there"))[0]
    assert bare(f"see {address} there") in bare(found)
    assert len(found.split("\n")) > 3


def test_a_line_of_hebrew_that_begins_with_a_latin_word_still_runs_to_the_left() -> None:
    latin = [f"ab{letter}" for letter in "cdefghijklmnopqrstuvwxyz"] * 3
    text = " ".join(["שלום", *(part for word in latin for part in (word, "אבגד"))])
    block = paragraph(text)
    block.wrap(text_width_pt(Paper.LETTER), 500)
    begun_by = [line[0][1].split()[0] for line in block._lines]
    assert sum(word.isascii() for word in begun_by) > 1
    with pypdfium2.PdfDocument(BytesIO(printed(text))) as document:
        page = document[0].get_textpage()
        boxes = [(page.get_charbox(place), sign) for place, sign in enumerate(page.get_text_range())]
    # Lines from top to bottom, each by what stands at its right end.
    rightmost: dict[int, tuple[float, str]] = {}
    for (_, bottom, right, top), sign in boxes:
        line = -round((bottom + top) / 2 / block._leading)
        if sign.isalpha() and bottom > 100:
            rightmost[line] = max(rightmost.get(line, (0.0, "")), (right, sign))
    ends = [sign for _, (_, sign) in sorted(rightmost.items())]
    assert ends == [word[-1] if word.isascii() else word[0] for word in begun_by]


@pytest.mark.parametrize(
    ("first", "second"), [("שלום", "abc"), ("abc", "שלום"), ("שלום", "עולם"), ("ab", "cd")]
)
def test_pieces_of_a_line_are_parted_whichever_way_they_are_read(first: str, second: str) -> None:
    made = make_pdf([paragraph([Span(first), Span(" "), Span(second, fonts.BOLD)])], IMPRINT)
    with pypdfium2.PdfDocument(BytesIO(made)) as document:
        page = document[0].get_textpage()
        signs = enumerate(page.get_text_range())
        boxes = [page.get_charbox(place) for place, sign in signs if not sign.isspace()]
    on_line = sorted(box for box in boxes if box[1] > 700)
    gaps = [after[0] - before[2] for before, after in pairwise(on_line)]
    # The widest gap is between the two, and it is there once.
    assert max(gaps) > 2
    assert gaps.index(max(gaps)) == len(first) - 1


def test_brackets_in_hebrew_enclose_what_they_should() -> None:
    assert "שלום (אב) [גד] עולם" in pages(printed("שלום (אב) [גד] עולם"))[0]


def test_more_letters_than_one_part_of_a_font_holds_are_all_found() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 600)))
    document = printed(text)
    assert bare(text) in bare("".join(pages(document)))
    with pikepdf.open(BytesIO(document)) as opened:
        tables = [
            one.ToUnicode.read_bytes()
            for one in opened.objects
            if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one
        ]
    assert len(tables) > 2
    assert all(
        int(line.split()[0]) <= 100
        for table in tables
        for line in table.split(b"\n")
        if b"beginbfchar" in line
    )


def test_a_name_brings_only_its_own_letters_into_the_file() -> None:
    assert len(printed("王小明 김민준")) - len(printed("Moreau")) < 12_000


@pytest.fixture
def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fonts, "has_east_asian", lambda: False)
    fonts._chain.cache_clear()
    yield
    fonts._chain.cache_clear()


@pytest.mark.usefixtures("without_the_extra")
@pytest.mark.parametrize("name", ["王小明", "さくら", "김민준", "Kim 金"])
def test_without_the_typeface_for_them_chinese_japanese_and_korean_are_an_error_that_names_it(
    name: str,
) -> None:
    with pytest.raises(fonts.MissingGlyphError) as caught:
        printed(name)
    told = sentence(caught.value)
    assert 'pip install "ptnotes[cjk]"' in told
    assert f"U+{ord(name[-1]):04X}" in told


@pytest.mark.parametrize("letter", ["ก", "\ue000", "\U00020000", "Ա", "\u9fff"])
def test_a_letter_that_the_typeface_does_not_have_either_is_named_alone(letter: str) -> None:
    with pytest.raises(fonts.MissingGlyphError) as caught:
        printed(letter)
    told = sentence(caught.value)
    assert "pip install" not in told
    assert f"U+{ord(letter):04X}" in told


def test_variants_of_chinese_characters_stay_apart() -> None:
    # Unicode calls these two equal, and a family tells itself apart by them.
    assert spelled("\ufa19") == "\ufa19"


def test_a_letter_keeps_its_marks() -> None:
    assert graphemes("ọ̀bbَ") == ["ọ̀", "b", "bَ"]


def test_headings_and_labels_are_set_in_any_script_as_well() -> None:
    parts = [
        Section("Kraft מתיחה 山"),
        table([Column("山田\nFirst", 1), Column("כאב", 1, CELL_RIGHT)], [["a", "b"]], 500),
        facts([("טלפון", "555")], 400, 60),
    ]
    found = bare(pages(make_pdf(parts, IMPRINT))[0])
    for words in ("מתיחה", "山", "山田", "First", "כאב", "טלפון"):
        assert bare(words) in found
    with pytest.raises(fonts.MissingGlyphError):
        table([Column("ก", 1)], [["a"]], 500)


def test_every_script_keeps_the_rules_for_archives() -> None:
    scripts = "Ọ̀ x̂ مُحَمَّد שָׁלוֹם प्रिया 王小明 김 🙂"
    report = pdfa.validate_written(BytesIO(printed(scripts)), "2b")
    assert report.passed, report.summary()


@pytest.mark.parametrize("paper", list(Paper))
def test_the_longest_name_leaves_the_rest_of_the_foot_its_place(paper: Paper) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff" * 8
    document = pdf(case(visit(1), paper=paper, patient=replace(PATIENT, family_name=long)))
    with pypdfium2.PdfDocument(BytesIO(document)) as opened:
        page = opened[0].get_textpage()
        text = page.get_text_range()
        mrn = text.rindex("MRN 00231")
        foot = text.rindex("Progress report of")
        mrn_box, foot_box = page.get_charbox(mrn + 8), page.get_charbox(foot)
    assert abs(mrn_box[1] - foot_box[1]) < 3
    assert mrn_box[2] + 6 < foot_box[0]


@pytest.mark.parametrize("title", ["מכתב לרופא " * 20, "Letter to the physician " * 12])
def test_a_long_title_leaves_the_rest_of_the_foot_its_place(title: str) -> None:
    made = make_pdf([paragraph("One line.")], replace(IMPRINT, foot=title, paper=Paper.A4))
    with pypdfium2.PdfDocument(BytesIO(made)) as document:
        page = document[0].get_textpage()
        text = page.get_text_range()
        boxes = [page.get_charbox(place) for place in range(len(text))]
        number = page.get_charbox(text.rindex("Page 1"))
        mrn = page.get_charbox(text.index("MRN") + 2)
    # Behind "MRN" the record number takes some six points.
    between = [box for box in boxes if box[1] < 30 and mrn[2] + 10 < box[0] < number[0] - 1]
    assert len(between) > 20
    assert max(box[2] for box in between) < number[0] - 3
    assert min(box[0] for box in between) > mrn[2] + 12


def test_the_bytes_are_the_same_where_numbers_are_not_written_in_c() -> None:
    code = (
        "import sys, hashlib\n"
        "if len(sys.argv) > 1: sys.modules['_rl_accel'] = None\n"
        "from tests.reports.cases import case, pdf, visit\n"
        "from reportlab.lib.rl_accel import fp_str\n"
        "made = pdf(case(*(visit(number) for number in range(1, 12))))\n"
        "print(type(fp_str).__name__, hashlib.sha256(made).hexdigest())\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code, *more], capture_output=True, text=True, check=True, timeout=150
        ).stdout.split()
        for more in ([], ["without"])
    ]
    assert [kind for kind, _ in told] == ["builtin_function_or_method", "function"]
    assert told[0][1] == told[1][1]
