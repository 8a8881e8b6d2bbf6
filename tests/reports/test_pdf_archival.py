"""Every document is fit for an archive: PDF/A-2b as another program judges it, and as its bytes show beyond that."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import pdfa
from PIL import Image, ImageCms

from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import Note
from ptnotes.reports.document import Imprint
from ptnotes.reports.typeset import paragraph
from tests.reports.cases import CLINIC, PATIENT, case, make_pdf, pdf, visit

DC, PDF, XMP = (
    "{http://purl.org/dc/elements/1.1/}",
    "{http://ns.adobe.com/pdf/1.3/}",
    "{http://ns.adobe.com/xap/1.0/}",
)
IMPRINT = Imprint(
    title="Letter",
    author="J. Rivera, PT",
    patient_name="Moreau, Hélène",
    mrn="00231",
    foot="",
    language="en-US",
    written_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    paper=Paper.LETTER,
)


def small(**changes: object) -> bytes:
    return make_pdf([paragraph("One line.")], replace(IMPRINT, **changes))  # type: ignore[arg-type]


def logo(kind: str, mode: str) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((300, 90), 60).convert(mode).save(buffer, kind)
    return buffer.getvalue()


@cache
def documents() -> dict[str, bytes]:
    ten = tuple(visit(number) for number in range(1, 11))
    scripts = Note(assessment="שלום עולם (12) · مرحبا · Żółć · Ωμέγα · Привет · ‱ 🙂", plan="−5° ≥ 3 × 30 s")
    return {
        "one line": small(),
        "report": pdf(case(*ten)),
        "A4": pdf(case(*ten, paper=Paper.A4)),
        "many visits": pdf(case(*(visit(number) for number in range(1, 90)))),
        "many scripts": pdf(
            case(replace(visit(1), note=scripts), patient=replace(PATIENT, family_name="שקד"))
        ),
        "draft": small(draft="A note is not signed yet."),
    }


DOCUMENTS = ["one line", "report", "A4", "many visits", "many scripts", "draft"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_another_program_finds_every_rule_of_pdf_a_2b_kept(name: str) -> None:
    report = pdfa.validate_written(BytesIO(documents()[name]), "2b")
    assert report.passed, report.summary()


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "RGB"), ("PNG", "RGBA"),
        ("JPEG", "L"), ("JPEG", "RGB"), ("JPEG", "CMYK"),
    ],
)  # fmt: skip
def test_a_logo_of_any_kind_keeps_the_rules(kind: str, mode: str) -> None:
    made = pdf(case(visit(1), clinic=replace(CLINIC, logo=logo(kind, mode))))
    report = pdfa.validate_written(BytesIO(made), "2b")
    assert report.passed, report.summary()
    with pikepdf.open(BytesIO(made)) as document:
        pictures = list(document.pages[0].get_images())
    assert len(pictures) == 1


def test_the_judge_sees_a_rule_that_is_broken() -> None:
    """What it would say if the colours had no meaning, so that its silence above is worth something."""
    with pikepdf.open(BytesIO(small())) as document:
        del document.Root.OutputIntents
        buffer = BytesIO()
        document.save(buffer)
    assert not pdfa.validate_written(buffer, "2b").passed


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_bytes_keep_the_rules_that_no_reader_of_objects_can_see(name: str) -> None:
    """ISO 19005-2: 6.1.2, 6.1.3, 6.1.7.1 and 6.1.9, on how a file is written; that program looks at objects alone."""
    made = documents()[name]
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}\n", made)
    assert made.endswith(b"%%EOF\n")
    assert made.count(b"%%EOF") == 1
    at = 15
    count = 0
    while not made.startswith(b"startxref\n", at):
        begun = re.compile(rb"\d+ 0 obj\n").match(made, at)
        assert begun, made[at : at + 30]
        stream = made.index(b"stream\n", begun.end())
        told = made[begun.end() : stream]
        length = int(re.findall(rb"/Length (\d+)", told)[-1])
        end = stream + len(b"stream\n") + length
        assert made[end:].startswith(b"\nendstream\nendobj\n")
        at = end + len(b"\nendstream\nendobj\n")
        count += 1
    assert count > 4
    assert int(made[at:].split()[1]) == made.rindex(b" 0 obj\n") - len(
        re.findall(rb"(\d+) 0 obj\n", made)[-1]
    )


def test_files_are_small_though_every_cell_is_told() -> None:
    """An element takes less than forty bytes with the words that it says; an object by itself takes a hundred."""
    before, after = (pdf(case(*(visit(number) for number in range(1, count)))) for count in (90, 180))
    with pikepdf.open(BytesIO(before)) as fewer, pikepdf.open(BytesIO(after)) as more:
        elements = len(more.objects) - len(fewer.objects)
    assert elements > 600
    assert len(after) - len(before) < 40 * elements


def test_the_metadata_say_the_same_in_both_places() -> None:
    made = small(title='Odd & <b>"title"', author="Łukasz Ω. & <Son>", keywords="a; b & c")
    with pikepdf.open(BytesIO(made)) as document:
        info = {key: str(value) for key, value in document.docinfo.items()}
        assert "/Filter" not in document.Root.Metadata
        packet = document.Root.Metadata.read_bytes().decode("utf-8")
        assert str(document.Root.Lang) == "en-US"
        with document.open_metadata(strict=True) as told:
            said = dict(told.items())
            claimed = told.pdfa_status
    assert info["/Title"] == said[f"{DC}title"] == 'Odd & <b>"title", MRN 00231'
    assert [info["/Author"]] == said[f"{DC}creator"] == ["Łukasz Ω. & <Son>"]
    assert info["/Subject"] == said[f"{DC}description"] == 'Odd & <b>"title"'
    assert info["/Keywords"] == said[f"{PDF}Keywords"] == "a; b & c"
    assert info["/Creator"] == said[f"{XMP}CreatorTool"] == "PT Notes"
    assert info["/Producer"] == said[f"{PDF}Producer"] == "PT Notes"
    assert info["/CreationDate"] == info["/ModDate"] == "D:20260302090000+00'00'"
    assert said[f"{XMP}CreateDate"] == said[f"{XMP}ModifyDate"] == "2026-03-02T09:00:00+00:00"
    assert said[f"{DC}language"] == {"en-US"}
    assert claimed == "2B"
    # Found in the bytes by whoever knows no PDF.
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert "Moreau" not in packet


def test_what_xml_cannot_hold_is_left_out_of_both() -> None:
    made = small(author="J.\x07 Rivera\ufffe")
    with pikepdf.open(BytesIO(made)) as document:
        assert str(document.docinfo["/Author"]) == "J. Rivera"
        with document.open_metadata(strict=True) as told:
            assert told["dc:creator"] == ["J. Rivera"]


@pytest.mark.parametrize(
    ("minutes", "said"), [(-210, "-03'30'"), (-300, "-05'00'"), (345, "+05'45'"), (0, "+00'00'")]
)
def test_the_time_is_that_of_the_clinic(minutes: int, said: str) -> None:
    zone = timezone(timedelta(minutes=minutes))
    made = small(written_at=datetime(2026, 3, 2, 9, 0, tzinfo=zone))
    with pikepdf.open(BytesIO(made)) as document:
        assert str(document.docinfo["/CreationDate"]) == f"D:20260302090000{said}"


def test_colours_mean_what_the_profile_says() -> None:
    with pikepdf.open(BytesIO(small())) as document:
        (intent,) = document.Root.OutputIntents
        assert str(intent.S) == "/GTS_PDFA1"
        profile = ImageCms.ImageCmsProfile(BytesIO(intent.DestOutputProfile.read_bytes()))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert profile.profile.xcolor_space == "RGB "


@pytest.mark.parametrize("name", ["report", "many scripts"])
def test_every_font_is_in_the_file(name: str) -> None:
    with pikepdf.open(BytesIO(documents()[name])) as document:
        fonts = [font for page in document.pages for _, font in page.Resources.Font.items()]
        assert fonts
        for font in fonts:
            inside = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            assert "/FontFile2" in inside.FontDescriptor, str(font.BaseFont)
            assert "/ToUnicode" in font
            assert re.match(r"/[A-Z]{6}\+", str(font.BaseFont))


def test_nothing_in_the_file_does_anything() -> None:
    with pikepdf.open(BytesIO(documents()["report"])) as document:
        assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(document.Root.keys())
        for page in document.pages:
            assert not {"/Annots", "/AA", "/Trans"} & set(page.obj.keys())


def test_bookmarks_are_the_sections_in_order() -> None:
    with pikepdf.open(BytesIO(documents()["report"])) as document:
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
            assert not any(item.children for item in outline.root)
        places = [page.obj.objgen for page in document.pages]
        targets = [
            places.index(item.destination[0].objgen)
            for item in outline.root
            if isinstance(item.destination, pikepdf.Array)
        ]
    assert len(targets) == len(titles)
    assert titles[:3] == ["Objective change", "Treatment", "Goals"]
    assert targets == sorted(targets)


@pytest.mark.parametrize("name", ["report", "many visits"])
def test_each_page_is_called_by_the_number_that_stands_on_it(name: str) -> None:
    with pikepdf.open(BytesIO(documents()[name])) as document:
        assert [page.label for page in document.pages] == [
            str(number + 1) for number in range(len(document.pages))
        ]


@pytest.mark.parametrize(
    "make",
    [
        small,
        lambda: pdf(case(*(visit(number) for number in range(1, 30)))),
        lambda: pdf(case(visit(1), clinic=replace(CLINIC, logo=logo_of_one_look()))),
    ],
    ids=["one line", "charts and tables", "logo"],
)
def test_the_same_input_gives_the_same_bytes(make: Callable[[], bytes]) -> None:
    assert make() == make()


def logo_of_one_look() -> bytes:
    buffer = BytesIO()
    Image.linear_gradient("L").convert("RGBA").save(buffer, "PNG")
    return buffer.getvalue()


def test_another_time_gives_another_identifier() -> None:
    def identifier(made: bytes) -> str:
        with pikepdf.open(BytesIO(made)) as document:
            return str(bytes(document.trailer.ID[0]))

    assert identifier(small()) == identifier(small())
    assert identifier(small()) != identifier(small(written_at=datetime(2026, 3, 2, 9, 1, tzinfo=UTC)))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_reader_of_qpdf_finds_no_fault(name: str, tmp_path: Path) -> None:
    with pikepdf.open(BytesIO(documents()[name])) as document:
        assert document.check_pdf_syntax() == []
    program = shutil.which("qpdf")
    if program is None:
        pytest.skip("qpdf is not installed; pikepdf, which holds it, found no fault")
    path = tmp_path / "document.pdf"
    path.write_bytes(documents()[name])
    checked = subprocess.run([program, "--check", path], capture_output=True, check=False, timeout=150)
    assert checked.returncode == 0, checked.stdout
