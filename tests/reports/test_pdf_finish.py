"""A document on its way: a password that opens it, and the data that it was made from inside."""

import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from time import sleep

import pikepdf
import pypdfium2
import pytest
from pikepdf import pdfa

from ptnotes.domain.errors import InputError
from ptnotes.reports.finish import Attachment, protected, with_attachment
from tests.reports.cases import case, pdf, visit
from tests.reports.tagged import tree_of

PASSWORD = "otter bridge 71 lamp"
BUNDLE = Attachment(
    name="record.json",
    content=b'{"resourceType": "Bundle", "type": "document"}',
    description="The same data as a FHIR R4 bundle",
    mime="application/fhir+json",
    made_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)


@cache
def report() -> bytes:
    return pdf(case(*(visit(number) for number in range(1, 11))))


@cache
def with_password() -> bytes:
    return protected(report(), PASSWORD)


@cache
def with_bundle() -> bytes:
    return with_attachment(report(), BUNDLE)


def claimed(made: bytes, password: str = "") -> str:
    with pikepdf.open(BytesIO(made), password=password) as document, document.open_metadata() as told:
        return str(told.pdfa_status)


def text_of(made: bytes, password: str | None = None) -> str:
    with pypdfium2.PdfDocument(made, password=password) as document:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_password_opens_the_document_and_nothing_else_does() -> None:
    for wrong in ("", PASSWORD.upper(), PASSWORD[:-1], PASSWORD + " "):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(BytesIO(with_password()), password=wrong)
    with pikepdf.open(BytesIO(with_password()), password=PASSWORD) as document:
        assert document.encryption.R == 6
        assert document.encryption.bits == 256
        for method in ("stream_method", "string_method", "file_method"):
            assert getattr(document.encryption, method).name == "aesv3"
    assert text_of(with_password(), PASSWORD) == text_of(report())


def test_a_password_lets_one_read_hear_copy_print_and_comment_but_not_change() -> None:
    with pikepdf.open(BytesIO(with_password()), password=PASSWORD) as document:
        assert not document.owner_password_matched
        allowed = document.allow
    assert allowed.accessibility
    assert allowed.extract
    assert allowed.print_highres
    assert allowed.modify_annotation
    assert not allowed.modify_other
    assert not allowed.modify_assembly


def test_nothing_of_the_document_stands_open_beside_a_password() -> None:
    for words in (
        b"Progress report",
        b"00231",
        b"J. Rivera",
        b"pdfaid",
        "Progress report".encode("utf-16-be"),
    ):
        assert words not in with_password()


def test_a_document_with_a_password_claims_no_archive() -> None:
    assert claimed(report()) == "2B"
    assert claimed(with_password(), PASSWORD) == ""
    assert claimed(protected(with_attachment(report(), BUNDLE), PASSWORD), PASSWORD) == ""


def test_a_document_with_a_password_is_still_heard() -> None:
    with pikepdf.open(BytesIO(with_password()), password=PASSWORD) as document:
        buffer = BytesIO()
        document.save(buffer, encryption=False)
    assert tree_of(buffer.getvalue()).text == tree_of(report()).text


def test_a_password_is_typed_the_same_on_every_keyboard() -> None:
    composed, apart = "caf\u00e9 otter bridge 71", "cafe\u0301 otter bridge 71"
    made = protected(report(), apart)
    with pikepdf.open(BytesIO(made), password=composed) as document:
        assert document.is_encrypted


@pytest.mark.parametrize(
    "password",
    [
        "x",
        "7 chars",
        "        ",
        "aaaaaaaa",
        "password",
        "password1",
        "12345678",
        "12031979",
        "1979-03-12",
        "x" * 128,
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InputError) as caught:
        protected(report(), password)
    assert caught.value.code == "report.password_weak"
    (fault,) = caught.value.faults
    assert fault.field == "report.password"
    assert password not in fault.values.values()


def test_a_password_has_eight_characters_whatever_the_guesser_thinks_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("zxcvbn.zxcvbn", lambda _password, user_inputs: {"score": 4})
    protected(report(), "8Kq#zR!x")
    for password in ("7Kq#zR!", "x" * 128):
        with pytest.raises(InputError):
            protected(report(), password)


def test_a_password_may_not_lean_on_a_name_that_is_known() -> None:
    password = "zoltowski-przemek"
    protected(report(), password)
    with pytest.raises(InputError):
        protected(report(), password, ["Zoltowski", "Przemek Zoltowski"])


def test_another_program_opens_it_with_the_password_alone(tmp_path: Path) -> None:
    program = shutil.which("qpdf")
    if program is None:
        pytest.skip("qpdf is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(with_password())

    def checked(password: str) -> int:
        command = [str(program), f"--password={password}", "--check", str(path)]
        return subprocess.run(command, capture_output=True, check=False, timeout=150).returncode

    assert checked(PASSWORD) == 0
    assert checked("another password") != 0


def test_the_data_come_out_as_they_went_in() -> None:
    with pikepdf.open(BytesIO(with_bundle())) as document:
        (name,) = document.attachments
        told = document.attachments[name]
        file = told.get_file()
        assert name == BUNDLE.name
        assert file.read_bytes() == BUNDLE.content
        assert file.mime_type == BUNDLE.mime
        assert told.description == BUNDLE.description
        assert file.mod_date == BUNDLE.made_at
        assert told.relationship == pikepdf.Name.Data
        (associated,) = document.Root.AF
        assert associated.objgen == told.obj.objgen
    assert text_of(with_bundle()) == text_of(report())


def test_a_document_with_data_inside_keeps_to_pdf_a_3b() -> None:
    assert claimed(with_bundle()) == "3B"
    report_3b = pdfa.validate_written(BytesIO(with_bundle()), "3b")
    assert report_3b.passed, report_3b.summary()
    assert not pdfa.validate_written(BytesIO(with_bundle()), "2b").passed
    assert b"<pdfaid:part>3</pdfaid:part>" in with_bundle()


def test_a_document_with_data_inside_is_the_same_bytes_each_time() -> None:
    made = with_attachment(report(), BUNDLE)
    # Seconds of the clock are what an identifier is usually made of.
    sleep(1.1)
    assert with_attachment(report(), BUNDLE) == made


def test_the_reader_of_qpdf_finds_no_fault() -> None:
    with pikepdf.open(BytesIO(with_bundle())) as document:
        assert document.check_pdf_syntax() == []
    with pikepdf.open(BytesIO(with_password()), password=PASSWORD) as document:
        assert document.check_pdf_syntax() == []


def test_the_tree_of_what_is_told_is_whole_with_data_inside() -> None:
    assert tree_of(with_bundle()).text == tree_of(report()).text
