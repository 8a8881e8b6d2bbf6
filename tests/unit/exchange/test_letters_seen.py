"""How letters of a file are stored: each encoding that is offered, and what tells that another one is meant."""

import io

import pytest

from ptnotes.domain.encodings import ENCODING_WORDS, LettersSeen, looks_odd
from ptnotes.domain.importing import FileKind, ImportMap, Target
from ptnotes.exchange.csv_in import UNREADABLE, Records
from ptnotes.exchange.letters_seen import LetterCounter

NAMES = {
    "utf-8": "Żółć 山田 Müller",
    "cp1252": "Müller Zoë",
    "cp1250": "Żółć Paweł",
    "iso8859-2": "Śliwa Łucja",
    "cp1251": "Иванов Пётр",
    "cp1253": "Παπαδάκης",
    "cp1254": "Yıldız Şule",
    "cp1257": "Ķēniņš",
    "mac-roman": "Peña Inés",
    "cp850": "Müller Zoë",
    "cp932": "山田 太郎 ソ表",
    "gb18030": "王 小明",
    "big5": "許 功蓋",
    "cp949": "김 똠",
    "utf-16-le": "Żółć",
    "utf-16-be": "Żółć",
}


@pytest.mark.parametrize("encoding", ENCODING_WORDS)
def test_each_encoding_is_read_from_the_start_and_from_a_place(encoding: str) -> None:
    lines = [f"{at},{NAMES[encoding]},1979" for at in range(40)]
    file = io.BytesIO("\r\n".join(lines).encode(encoding))
    records = Records(file, encoding, ",")
    first = [next(iter(records))]
    place = records.place()
    first += records
    records.detach()
    assert [cells[1] for _number, cells, _code in first] == [NAMES[encoding]] * 40
    later = Records(file, encoding, ",", place)
    assert [cells for _number, cells, _code in later] == [cells for _number, cells, _code in first[1:]]
    later.detach()


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("cp1252", b"\x81"),
        ("cp1253", b"\xd2"),
        ("cp1254", b"\x9d"),
        ("gb18030", b"\xff\xff"),
        ("cp949", b"\xff\xff"),
    ],
)
def test_bytes_that_are_none_of_its_letters_stand_out(encoding: str, raw: bytes) -> None:
    records = Records(io.BytesIO(b"1,A" + raw + b",2\r\n"), encoding, ",")
    ((_number, cells, _code),) = list(records)
    records.detach()
    assert UNREADABLE in cells[1]
    assert looks_odd(cells[1])


@pytest.mark.parametrize(
    "name",
    [
        "Smith", "Müller", "O’Brien", "D‘Arcy", "Gal·la", "Sæþór", "Ngô Thị", "山田", "الحداد", "Иванов", "Mª José",
        "Robert “Bob” Weiß", "Zoë-Anaïs",
    ],
)  # fmt: skip
def test_names_as_people_have_them_do_not_look_odd(name: str) -> None:
    assert not looks_odd(name)


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2", "cp1251", "cp1253", "cp932", "gb18030", "big5"])
def test_a_name_that_is_read_in_the_wrong_encoding_looks_odd(encoding: str) -> None:
    assert looks_odd(NAMES[encoding].encode(encoding).decode("cp1252", "replace"))


def test_letters_that_were_stored_twice_over_look_odd() -> None:
    assert looks_odd("Müller".encode().decode("cp1252"))


def counted(*rows: tuple[str, ...]) -> LettersSeen:
    counter = LetterCounter(
        ImportMap(kind=FileKind.CSV, targets=(Target.MRN, Target.FAMILY, Target.GIVEN, None))
    )
    for number, cells in enumerate(rows, 2):
        counter.see(number, cells)
    return counter.seen()


def test_a_few_odd_names_among_many_are_no_sign_of_another_encoding() -> None:
    plain = ("1", "Müller", "Zoë", "£")
    one = counted(plain, plain, plain, plain, ("2", "Pawe³", "Jan", ""), ("3", "Smith", "Jo", "½"))
    assert (one.names, one.odd, one.is_odd) == (5, 1, False)
    assert one.samples == ("Pawe³ Jan", "Müller Zoë", "Müller Zoë")
    assert counted(plain, plain, plain, ("2", "Pawe³", "Jan", "")).is_odd
    assert not counted(("1", "Smith", "Jo", "£")).names, "what is no name tells nothing"


@pytest.mark.parametrize(
    ("encoding", "name"), [("mac-roman", "Öberg"), ("cp850", "Nová"), ("cp850", "Niccolà")]
)
def test_a_letter_that_is_a_blank_in_another_encoding_stays_at_the_end_of_a_name(
    encoding: str, name: str
) -> None:
    file = io.BytesIO(f"17,{name},{name},\r\n".encode(encoding))
    columns = ImportMap(
        kind=FileKind.CSV, encoding="cp1252", targets=(Target.MRN, Target.FAMILY, Target.GIVEN, None)
    )
    counter = LetterCounter(columns)
    records = Records(file, columns.encoding, columns.separator)
    for number, cells, _code in records:
        counter.see(number, cells)
    records.detach()
    readings = dict(counter.with_readings(counter.seen(), file).readings)
    assert readings[encoding] == (f"{name} {name}",)
