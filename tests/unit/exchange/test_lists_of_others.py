"""Lists as other systems write them: titles above the columns' names, names told twice, totals, what sheets spoil."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.domain.errors import InputError
from ptnotes.domain.importing import FileKind, ImportMap, Target, checked_map, header_words, reason_words
from ptnotes.exchange.column_guess import guessed, header_place
from ptnotes.exchange.file_in import first_guess, rows_of
from ptnotes.exchange.map_text import map_text, read_map
from ptnotes.exchange.row_in import RowReader, is_rounded, parted_name_given_first

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
TITLES = "Harbour PT\r\nPatient list, printed 12.3.2026\r\n\r\n"
LIST = "Chart #,Last Name,First Name,DOB\r\n1,Quizzlebrook,Ada,1979-03-28\r\n2,Staythorpe,Ben,1968-11-02\r\n"


def looked(text: str, told: ImportMap | None = None) -> ImportMap:
    return first_guess(io.BytesIO(text.encode()), told).map


def rows(text: str, columns: ImportMap) -> list[tuple[int, list[str], str]]:
    with rows_of(io.BytesIO(text.encode()), columns) as found:
        return list(found)


def codes(columns: ImportMap, cells: Sequence[str]) -> list[str]:
    with pytest.raises(InputError) as raised:
        RowReader(columns, TODAY, NOW).read(cells)
    assert all(reason_words(fault) for fault in raised.value.faults)
    return [fault.code for fault in raised.value.faults]


@pytest.mark.parametrize(
    "titles", ["", TITLES, "Title;1\r\n", ",,,\r\n", "a,b,c,d,e,f\r\n", "DOB,3 of 4\r\n"]
)
def test_the_columns_names_are_found_below_titles_and_no_title_is_a_row(titles: str) -> None:
    columns = looked(titles + LIST)
    assert columns.has_header
    assert columns.header == ("Chart #", "Last Name", "First Name", "DOB")
    assert columns.header_row == 1 + titles.count("\r\n")
    assert [cells[0] for _number, cells, _code in rows(titles + LIST, columns)] == ["1", "2"]


@pytest.mark.parametrize(
    "first",
    [
        ("Nom", "Home", "MI", "1979-03-28"),
        ("Quizzlebrook", "Ada", "28.3.1979", "Land"),
        ("Quizzlebrook", "Ada", "", ""),
    ],
)
def test_a_row_of_a_patient_is_never_taken_for_a_title(first: tuple[str, ...]) -> None:
    for second in (("Last", "Mobil", "MI", "1980-01-01"), ("Born", "Max", "MI", "12 Dec 1952", "St", "Home")):
        assert header_place([first, second]) == 0
        text = "\r\n".join(map(",".join, [first, second]))
        assert len(rows(text, looked(text))) + looked(text).has_header == 2


def test_names_that_are_not_known_are_those_of_the_first_row() -> None:
    columns = looked("Wer,Rufname,Tag\r\nQuux,Ada,1979-03-28\r\n")
    assert (columns.has_header, columns.header_row, columns.header) == (True, 1, ("Wer", "Rufname", "Tag"))


def test_a_row_that_was_told_is_taken_and_its_names_are_looked_for_where_they_have_moved() -> None:
    found = looked(TITLES + LIST)
    told = replace(found, header=(), targets=(), header_row=2)
    assert looked(TITLES + LIST, told).header == ("Patient list", "printed 12.3.2026")
    # A blank row has no names; those of the next are taken.
    assert looked(TITLES + LIST, replace(told, header_row=3)).header_row == 4
    assert looked("One\r\nmore\r\n" + TITLES + LIST, found).header_row == 6
    assert looked(LIST, found).header_row == 1
    assert looked(LIST, replace(found, has_header=False)).header == tuple(
        f"Column {at}" for at in range(1, 5)
    )


def test_a_list_without_names_is_as_wide_as_its_widest_row() -> None:
    columns = looked("Title 1\r\n1,2,3\r\n", replace(looked(LIST), has_header=False))
    assert columns.header == ("Column 1", "Column 2", "Column 3")


@given(
    st.lists(st.lists(st.sampled_from(["", "DOB", "Last Name", "1979", "x,y", "“"]), max_size=4), max_size=6)
)
def test_any_titles_at_all_end_in_one_header_and_every_other_row(lines: list[list[str]]) -> None:
    text = "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines) + LIST
    columns = looked(text)
    numbers = [number for number, _cells, code in rows(text, columns) if not code]
    assert columns.header_row not in numbers
    below = [number + 1 for number, line in enumerate((*lines, [], [1], [2])) if number >= columns.header_row]
    assert set(numbers) <= set(below)
    assert len(lines) + 3 in numbers


def test_the_map_keeps_the_row_of_the_names_and_an_older_map_is_read() -> None:
    columns = looked(TITLES + LIST)
    text = map_text(columns)
    assert read_map(text) == columns
    assert read_map(text.replace('"header_row": 4,', "")).header_row == 1
    for wrong in ("0", "true", '"4"', "4.5", "null"):
        with pytest.raises(InputError, match=r"import\.map"):
            read_map(text.replace('"header_row": 4', f'"header_row": {wrong}'))


def test_where_the_names_are_is_told_in_words() -> None:
    top = ((1, ("a",)), (2, ("b",)), (4, ("c",)))
    assert header_words(top, 1) == "row 1"
    assert header_words(top, 2) == "row 2; 1 row above it passed over"
    assert header_words(top, 3) == "row 4; 2 rows above it passed over"


def test_the_names_of_the_columns_once_more_titles_and_totals_are_called_that() -> None:
    columns = looked(LIST)
    for again in (
        ["Chart #", " Last  Name", "First Name", "DOB"],
        ["Chart #", "Last Name", "First Name", "DOB", ""],
    ):
        assert codes(columns, again) == ["import.header_again"]
    for nobody in (["Total: 2 patients", "", "", ""], ["", "Page 2 of 3"], ["", "Quux", "", " "]):
        assert codes(columns, nobody) == ["import.nobody"]
    assert codes(columns, ["1", "Quux", "Ada", ""]) == ["patient.birth_date.missing"]
    assert codes(columns, ["1", "Quux", "", "1979-03-28"]) == ["text.empty"]
    plain = replace(
        columns, has_header=False, header=("Last", "First"), targets=(Target.FAMILY, Target.GIVEN)
    )
    assert codes(plain, ["Last", "First"]) == ["patient.birth_date.missing"]


@pytest.mark.parametrize(
    ("number", "is_spoiled"),
    [
        ("5.55E+09", True),
        ("5,55E+09", True),
        ("1E+05", True),
        ("555, 5.55E+09", True),
        ("E+1", False),
        ("12E4", False),
        ("+1 555 010 0001", False),
        ("(555) 010-0001 E+F", False),
    ],
)
def test_a_number_that_a_spreadsheet_rounded_is_refused(number: str, is_spoiled: bool) -> None:
    assert is_rounded(number) is is_spoiled
    columns = ImportMap(
        kind=FileKind.CSV,
        header=("a", "b", "c", "d", "e"),
        targets=(Target.FAMILY, Target.GIVEN, Target.BIRTH_DATE, Target.MRN, Target.TELEPHONE),
    )
    reader = RowReader(columns, TODAY, NOW)
    for cells in (["Quux", "Ada", "1979-03-28", number], ["Quux", "Ada", "1979-03-28", "1", number]):
        if not is_spoiled:
            assert reader.read(cells)
            continue
        with pytest.raises(InputError) as raised:
            reader.read(cells)
        (fault,) = raised.value.faults
        assert fault.code == "import.rounded"
        assert reason_words(fault).startswith("Record number:" if len(cells) == 4 else "Telephone:")
        assert number not in reason_words(fault).replace("(to one like 5.55E+09)", "")


@pytest.mark.parametrize("text", ["28942", "########", "#"])
def test_a_birth_date_that_a_sheet_shows_as_none_is_called_that(text: str) -> None:
    assert codes(looked(LIST), ["1", "Quux", "Ada", text]) == ["import.birth_date_of_sheet"]


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Ada Quizzlebrook", ("Quizzlebrook", "Ada", "", "")),
        ("  Ada   Quizzlebrook ", ("Quizzlebrook", "Ada", "", "")),
        ("Ada M. Quizzlebrook", ("Quizzlebrook", "Ada", "M.", "")),
        ("Ben Staythorpe Jr", ("Staythorpe", "Ben", "", "Jr")),
        ("Ben Staythorpe, III", ("Staythorpe", "Ben", "", "III")),
        ("Quizzlebrook, Ada M.", ("Quizzlebrook", "Ada", "M.", "")),
        ("Anne-Marie O’Brien-Lee", ("O’Brien-Lee", "Anne-Marie", "", "")),
    ],
)
def test_a_full_name_with_the_given_name_first_is_parted_where_there_are_two(
    whole: str, parts: tuple[str, str, str, str]
) -> None:
    assert parted_name_given_first(whole) == parts


@pytest.mark.parametrize("whole", ["", "Ada", "Mary Ann Smith", "Ana de la Cruz", "Ben Jr", ",", "a, b, c"])
def test_a_full_name_of_which_the_parts_are_not_clear_is_refused(whole: str) -> None:
    columns = ImportMap(
        kind=FileKind.CSV, header=("a", "b"), targets=(Target.FULL_NAME_GIVEN_FIRST, Target.BIRTH_DATE)
    )
    if whole == "Ben Jr":
        # Two words are taken as they stand: nobody is called by a suffix alone.
        assert parted_name_given_first(whole)[1] == "Ben"
        return
    (code,) = codes(columns, [whole, "1979-03-28"])
    assert code in {"import.full_name", "import.full_name_parts"}


def test_a_full_name_stands_in_one_column_alone_and_beside_no_part_of_it() -> None:
    first, other, birth = Target.FULL_NAME_GIVEN_FIRST, Target.FULL_NAME, Target.BIRTH_DATE
    for targets, code in (
        ((first, birth), ""),
        ((first, other, birth), "import.name_twice"),
        ((first, Target.FAMILY, birth), "import.name_twice"),
        ((first, first, birth), "import.two_columns"),
    ):
        columns = ImportMap(kind=FileKind.CSV, header=("",) * len(targets), targets=targets)
        if not code:
            assert checked_map(columns) is columns
            continue
        with pytest.raises(InputError, match=code.replace(".", r"\.")):
            checked_map(columns)


def test_names_of_columns_are_known_with_any_signs_between_their_words() -> None:
    found = guessed(("Acct No.", "Patient Name (Last, First)", "D.O.B.", "Phone #1", "Phone #2", "E-mail"))
    assert found == (
        Target.MRN, Target.FULL_NAME, Target.BIRTH_DATE, Target.TELEPHONE, Target.TELEPHONE, Target.EMAIL,
    )  # fmt: skip
