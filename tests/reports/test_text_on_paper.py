"""What somebody typed prints as typed, in fonts that are in the file."""

import ast
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

import ptnotes.reports
from ptnotes.domain.people import Paper
from ptnotes.figures.shapes import INKS as FIGURE_INKS
from ptnotes.reports import fonts
from ptnotes.reports.document import Imprint
from ptnotes.reports.paper import INKS
from ptnotes.reports.shaping import directions
from ptnotes.reports.typeset import TextStyle, draw_line, paragraph, shortened
from tests.reports.cases import case, flat, make_pdf, pages, visit

PACKAGE = Path(ptnotes.reports.__file__).parent


def printed(*texts: str) -> bytes:
    imprint = Imprint(
        title="Test",
        author="Nobody",
        patient_name="Made, Up",
        mrn="1",
        foot="",
        language="en-US",
        written_at=case(visit(1)).written_at,
        paper=Paper.LETTER,
    )
    return make_pdf([paragraph(text) for text in texts], imprint)


@pytest.mark.parametrize(
    "typed",
    [
        "SLR <60 L",
        "<b>",
        "a & b &amp; c",
        "<img src='/etc/passwd'>",
        "</para><para>",
        "<font size=40>big</font>",
        "5 < 6 > 4",
        "&#x3c;b&#x3e; &nosuch;",
        "% \\ ( ) [ ] { }",
    ],
)
def test_text_that_looks_like_markup_prints_as_typed(typed: str) -> None:
    assert typed in flat(pages(printed(typed))[0])


def test_new_lines_stay_and_control_characters_vanish() -> None:
    assert "one\ntwo" in pages(printed("one\ntwo"))[0]
    assert "ab" in pages(printed("a\x00\x08b"))[0]


def test_no_parser_sees_what_somebody_typed() -> None:
    parsers = {"Paragraph", "XPreformatted", "Preformatted", "ParaParser"}
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = {getattr(node, key, "") for key in ("id", "attr", "name")}
            assert not parsers & {name for name in named if isinstance(name, str)}, file.name


@pytest.mark.parametrize(
    ("text", "fonts_used"),
    [
        ("Łukasz Nguyễn Παπαδάκης Коваленко ≥ → −", {fonts.REGULAR}),
        ("سامي", {"NotoSansArabic-Regular"}),
        ("Noa נועה", {fonts.REGULAR, "NotoSansHebrew-Regular"}),
    ],
)
def test_each_script_is_set_in_a_font_that_has_it(text: str, fonts_used: set[str]) -> None:
    assert {font for font, _ in fonts.runs(text, fonts.REGULAR)} == fonts_used


def test_a_letter_that_no_font_has_is_named_and_never_a_box() -> None:
    with pytest.raises(fonts.MissingGlyphError) as caught:
        printed("fine ก fine")
    assert caught.value.code == "report.glyph_missing"
    assert "U+0E01" in caught.value.values["letter"]


def test_marks_that_have_no_shape_do_not_need_a_font() -> None:
    assert "".join(piece for _, piece in fonts.runs("a\u200b\u200f\ufeffb", fonts.REGULAR)) == "ab"


def test_every_font_is_embedded_and_none_is_a_stock_one() -> None:
    with pikepdf.open(BytesIO(printed("Noa נועה سامي Łukasz"))) as document:
        found = [
            one
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"
        ]
        names = {str(font.BaseFont) for font in found}
        assert all("/FontFile2" in font.FontDescriptor for font in found)
    assert not any("Helvetica" in name or "Times" in name for name in names)
    assert {name.partition("+")[2] for name in names} >= {
        "Inter-Regular",
        "NotoSansArabic-Regular",
        "NotoSansHebrew-Regular",
    }


@pytest.mark.parametrize(
    "typed", ["Smile 🙂 and 👍", "سلام عليكم", "الحداد, سامي يوسف", "נועה שקד", "Nguyễn Thị"]
)
def test_what_is_printed_is_found_again_as_it_was_typed(typed: str) -> None:
    assert typed in pages(printed(typed))[0]


@pytest.mark.parametrize(
    ("logical", "right_to_left", "seen"),
    [
        ("abc", False, "abc"),
        ("אבג", False, "גבא"),
        ("Dr. אבג 12", False, "Dr. 12 גבא"),
        ("אבג 12 דה", True, "הד 12 גבא"),
        ("אבג (abc) דה", True, "הד (abc) גבא"),
        ("a (אב) c", False, "a (בא) c"),
        ("12-34 אב", True, "בא 12-34"),
        ("אב 5%", True, "5% בא"),
    ],
)
def test_a_line_is_put_in_the_order_in_which_it_is_seen(logical: str, right_to_left: bool, seen: str) -> None:
    mirrored = str.maketrans("()", ")(")
    parts = directions(logical, base_right_to_left=right_to_left)
    assert "".join(part[::-1].translate(mirrored) if is_turned else part for part, is_turned in parts) == seen


@given(st.text(alphabet="abאבגسلام 123٤٥.,-+/", max_size=20), st.booleans())
def test_ordering_a_line_loses_no_letter(text: str, right_to_left: bool) -> None:
    parts = directions(text, base_right_to_left=right_to_left)
    assert sorted("".join(part for part, _ in parts)) == sorted(text)


def test_a_long_right_to_left_text_is_broken_before_it_is_ordered() -> None:
    words = " ".join(["שלום"] * 60 + ["סוף"])
    lines = pages(printed(words))[0].splitlines()
    assert len([line for line in lines if "שלום" in line or "םולש" in line]) > 1
    # The last word of the text stands on the last line, not on the first.
    assert "סוף" not in lines[0]
    assert "ףוס" not in lines[0]


@pytest.mark.parametrize(
    ("lines", "room", "parts"),
    [
        (10, 10, [10]),
        (10, 9, [8, 2]),
        (10, 5, [5, 5]),
        (10, 1, []),
        (3, 2, []),
        (4, 2, [2, 2]),
        (4, 3, [2, 2]),
    ],
)
def test_no_line_stands_alone_where_a_page_ends(lines: int, room: int, parts: list[int]) -> None:
    style = TextStyle()
    block = paragraph("\n".join(["word"] * lines), style)
    block.wrap(200, 1000)
    found = block.split(200, room * style.leading)
    assert [part.wrap(200, 1000)[1] / style.leading for part in found] == parts


def test_a_line_too_long_for_its_room_ends_with_an_ellipsis() -> None:
    fonts.load_fonts()
    style = TextStyle()
    short = shortened("Wolfeschlegelsteinhausenbergerdorff" * 3, style, 100)
    assert short.endswith("…")
    assert fonts.width(short, style.font, style.size) <= 100
    assert shortened("Moreau", style, 100) == "Moreau"


def test_a_line_aligned_right_ends_where_it_should() -> None:
    buffer = BytesIO()
    fonts.load_fonts()
    canvas = Canvas(buffer, invariant=1)
    draw_line(canvas, 300, 700, "Page 1 of 2", TextStyle(align="right"))
    canvas.save()
    assert "Page 1 of 2" in pages(buffer.getvalue())[0]


def test_every_ink_of_a_figure_has_a_colour_on_paper() -> None:
    assert set(FIGURE_INKS) <= set(INKS)
