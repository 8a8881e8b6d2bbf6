"""Files of other systems: letters, separators and harm in them."""

import codecs
import io
import tracemalloc

import pytest

from ptnotes.exchange.csv_in import UNREADABLE, Form, Records, encoding_of, form_of

TEXT = "Last;First\r\nMüller;Zoë\r\nΠαπάς;Anna\r\n"
WESTERN = "Last;First\r\nMüller;Zoë\r\n"


def cells(raw: bytes, encoding: str = "utf-8", separator: str = ",") -> list[tuple[int, list[str], str]]:
    return list(Records(io.BytesIO(raw), encoding, separator))


@pytest.mark.parametrize(
    ("raw", "encoding", "has_mark"),
    [
        (TEXT.encode(), "utf-8", False),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8", True),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le", True),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be", True),
        (TEXT.encode("utf-16-le"), "utf-16-le", False),
        (TEXT.encode("utf-16-be"), "utf-16-be", False),
        (WESTERN.encode("cp1252"), "cp1252", False),
        (b"Last;First\r\nBerg;Anna\r\n", "utf-8", False),
    ],
)
def test_letters_are_recognised_with_and_without_a_mark(raw: bytes, encoding: str, has_mark: bool) -> None:
    assert form_of(io.BytesIO(raw)) == Form(encoding, has_mark, ";")
    read = cells(raw, encoding, ";")
    assert [one for _number, one, _code in read] == [
        line.split(";") for line in raw.decode(encoding).lstrip("\ufeff").splitlines()
    ]


def test_letters_beyond_ascii_that_come_late_in_a_file_are_seen() -> None:
    plain = b"Berg,Anna\r\n" * 20_000
    assert encoding_of(io.BytesIO(plain + "Müller,Zoë\r\n".encode("cp1252")))[0] == "cp1252"
    assert encoding_of(io.BytesIO(plain + "Müller,Zoë\r\n".encode()))[0] == "utf-8"


def test_one_harmed_byte_does_not_make_another_encoding_of_a_whole_file() -> None:
    raw = "Zoë,Müller\r\nZoë,Ünal\r\nNaïm,Søren\r\n".encode() + b"Ha\xffrm,Anna\r\n"
    assert encoding_of(io.BytesIO(raw))[0] == "utf-8"
    assert cells(raw)[-1][1][0] == f"Ha{UNREADABLE}rm"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_parts_every_row_alike(separator: str) -> None:
    rows = [
        ["Last", "First", "Address"],
        ["Berg", "Anna", "1, High Street"],
        ["Moreau", "Luc", "2; Low Lane"],
    ]
    text = "".join(separator.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)
    assert form_of(io.BytesIO(text.encode())).separator == separator


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("said", ["sep=;", "SEP=;", "sep=;;;"])
def test_the_line_that_tells_excel_the_separator_is_no_row(said: str, encoding: str) -> None:
    raw = f"{said}\r\nLast,First\r\nBerg;1, High Street, Oslo\r\n".encode(encoding)
    form = form_of(io.BytesIO(raw))
    assert form.separator == ";"
    assert cells(raw, form.encoding, ";") == [
        (2, ["Last,First"], ""),
        (3, ["Berg", "1, High Street, Oslo"], ""),
    ]


def test_a_first_row_that_only_looks_like_that_line_is_a_row() -> None:
    for text in ("sep=x\r\nBerg;Anna\r\n", "sep=;Anna\r\nBerg;Anna\r\n", "\ufeffseparator;First\r\n"):
        assert cells(text.encode(), separator=";")[0][0] == 1


def test_a_row_whose_quote_is_never_closed_takes_no_other_with_it() -> None:
    raw = b'Berg,Anna\r\n"Bad,Row\r\nMoreau,Luc\r\nOkafor,Ada\r\n'
    assert cells(raw) == [
        (1, ["Berg", "Anna"], ""),
        (2, ['"Bad,Row'], "import.quotes"),
        (3, ["Moreau", "Luc"], ""),
        (4, ["Okafor", "Ada"], ""),
    ]


def test_a_quote_that_is_closed_rows_later_refuses_its_row_alone() -> None:
    raw = b'"Smith, J.,1970\r\nDoe,"Jane",1980\r\nBerg,Anna,1990\r\n'
    assert [code for _number, _cells, code in cells(raw)] == ["import.quotes", "", ""]


def test_lines_within_quotes_are_one_row_and_line_ends_may_be_mixed() -> None:
    raw = b'Berg,"1 High Street\r\nTown"\nMoreau,x\rOkafor,y\r\n\r\n,,\nLast,z'
    assert cells(raw) == [
        (1, ["Berg", "1 High Street\r\nTown"], ""),
        (2, ["Moreau", "x"], ""),
        (3, ["Okafor", "y"], ""),
        (6, ["Last", "z"], ""),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        b"x" * 10_000_000,
        b"," * 1_000_000,
        b'"' + b"x" * 10_000_000 + b'"',
        b'"' + b"line\r\n" * 300_000 + b'"',
    ],
    ids=["cell of 10 MB", "a million commas", "quoted cell of 10 MB", "a million lines in a cell"],
)
def test_a_monstrous_row_is_refused_and_reading_goes_on_in_little_memory(bad: bytes) -> None:
    raw = b"Berg,Anna\r\n" + bad + b"\r\nMoreau,Luc\r\n"
    file = io.BytesIO(raw)
    tracemalloc.start()
    try:
        read = [
            (one[:2], code) for _number, one, code in Records(file, "utf-8", ",") if code or len(one) == 2
        ]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read[0] == (["Berg", "Anna"], "")
    assert read[-1] == (["Moreau", "Luc"], "")
    assert any(code for _cells, code in read)
    assert peak < 4_000_000


def test_reading_goes_on_from_a_place_where_it_was_left() -> None:
    raw = codecs.BOM_UTF16_LE + "".join(f"Bérg {number},Anna\r\n" for number in range(500)).encode(
        "utf-16-le"
    )
    records = Records(io.BytesIO(raw), "utf-16-le", ",")
    read = iter(records)
    first = [next(read) for _ in range(200)]
    place = records.place()
    assert place is not None
    assert [*first, *Records(io.BytesIO(raw), "utf-16-le", ",", place)] == cells(raw, "utf-16-le")


def test_zero_bytes_in_a_cell_harm_no_other_row() -> None:
    assert cells(b"Be\x00rg,Anna\r\nMoreau,Luc\r\n")[1] == (2, ["Moreau", "Luc"], "")
