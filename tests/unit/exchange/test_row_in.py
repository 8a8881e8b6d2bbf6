"""A row to a patient: what is understood, and what is refused with its reason."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ptnotes.domain.errors import InputError
from ptnotes.domain.importing import (
    DateOrder,
    DatesSeen,
    FileKind,
    ImportMap,
    Target,
    checked_map,
    reason_words,
)
from ptnotes.domain.patient import Patient, Sex
from ptnotes.exchange.column_guess import REASON_HEAD, guessed, is_own
from ptnotes.exchange.csv_in import UNREADABLE
from ptnotes.exchange.row_in import DateCounter, RowReader, likely_order, parted_name, read_date

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
USUAL = (Target.FAMILY, Target.GIVEN, Target.BIRTH_DATE)


def mapped(*targets: Target | None, order: DateOrder = DateOrder.MONTH_FIRST) -> ImportMap:
    header = tuple(f"Column {place}" for place in range(len(targets)))
    return ImportMap(kind=FileKind.CSV, header=header, targets=targets, date_order=order)


def read(columns: ImportMap, *cells: str) -> Patient:
    return RowReader(columns, TODAY, NOW).read(cells).patient


def codes(columns: ImportMap, *cells: str) -> list[str]:
    with pytest.raises(InputError) as raised:
        read(columns, *cells)
    return [fault.code for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("1979-03-12", DateOrder.MONTH_FIRST, date(1979, 3, 12)),
        ("3/12/1979", DateOrder.MONTH_FIRST, date(1979, 3, 12)),
        ("3/12/1979", DateOrder.DAY_FIRST, date(1979, 12, 3)),
        ("12.03.1979", DateOrder.DAY_FIRST, date(1979, 3, 12)),
        ("1979/3/12", DateOrder.DAY_FIRST, date(1979, 3, 12)),
        ("19790312", DateOrder.DAY_FIRST, date(1979, 3, 12)),
        ("03121979", DateOrder.MONTH_FIRST, date(1979, 3, 12)),
        ("12 Mar 1979", DateOrder.MONTH_FIRST, date(1979, 3, 12)),
        ("March 12, 1979", DateOrder.DAY_FIRST, date(1979, 3, 12)),
        ("3/12/79", DateOrder.MONTH_FIRST, date(1979, 3, 12)),
        ("1979-03-12T00:00:00", DateOrder.DAY_FIRST, date(1979, 3, 12)),
        ("3/12/1979 12:00:00 AM", DateOrder.MONTH_FIRST, date(1979, 3, 12)),
        ("3/12/1979 0:00", DateOrder.MONTH_FIRST, date(1979, 3, 12)),
        ("79-03-12", DateOrder.YEAR_FIRST, date(1979, 3, 12)),
        ("12-Mar-79", DateOrder.MONTH_FIRST, date(1979, 3, 12)),
        ("5-Apr-12", DateOrder.MONTH_FIRST, date(2012, 4, 5)),
    ],
)
def test_a_date_is_read_in_the_order_that_was_settled(text: str, order: DateOrder, day: date) -> None:
    assert read_date(text, order, TODAY) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/12/1979", "import.birth_date"),
        ("2/30/1979", "import.no_such_day"),
        ("1979-02-30", "import.no_such_day"),
        ("1979/2/30", "import.no_such_day"),
        ("31.31.1979", "import.no_such_day"),
        ("1979-ab-30", "import.birth_date"),
        ("1979", "import.birth_date_partial"),
        ("1979-03", "import.birth_date_partial"),
        ("3/12/24", "import.century"),
        ("12 Mar 24", "import.century"),
        ("Mar 12 05", "import.birth_date"),
        ("1979-03-12T14:30:00Z", "import.time_of_day"),
        ("28926", "import.birth_date_of_sheet"),
        ("unknown", "import.birth_date"),
        ("3/12", "import.birth_date"),
        ("9" * 100, "import.birth_date"),
    ],
)
def test_a_date_that_is_not_one_is_refused_and_never_guessed(text: str, code: str) -> None:
    assert read_date(text, DateOrder.MONTH_FIRST, TODAY) == code


def test_the_order_of_dates_is_told_by_those_that_allow_one_alone() -> None:
    def seen(*texts: str) -> DatesSeen:
        counter = DateCounter(TODAY)
        for text in texts:
            counter.see(text)
        return counter.seen

    american = seen("3/12/1979", "12/31/1980", "1/1/1990", "")
    assert american == DatesSeen(month_first=1, either=1, clear=1)
    assert not american.is_ambiguous
    assert likely_order(american, DateOrder.DAY_FIRST) is DateOrder.MONTH_FIRST
    unknown = seen("3/12/1979", "4/5/1980")
    assert unknown.is_ambiguous
    assert likely_order(unknown, DateOrder.DAY_FIRST) is DateOrder.DAY_FIRST
    assert seen("31/12/1979", "12/31/1979").is_ambiguous
    assert not seen("1979-03-12", "12 Mar 1979").is_ambiguous
    assert not seen("1979-03-12", "12 Mar 1979").needs_order
    eastern = seen("85/12/31", "60-01-02", "1960-01-02")
    assert eastern == DatesSeen(year_first=2, clear=1)
    assert (eastern.is_told, likely_order(eastern, DateOrder.DAY_FIRST)) == (True, DateOrder.YEAR_FIRST)
    assert seen("85/12/31", "31/12/1979").is_mixed


def test_a_patient_is_read_from_columns_in_any_order_and_several_make_one_text() -> None:
    columns = mapped(
        Target.BIRTH_DATE, Target.TELEPHONE, Target.GIVEN, None, Target.FAMILY, Target.TELEPHONE, Target.STREET,
        Target.STREET, Target.CITY, Target.STATE, Target.ZIP, Target.EMERGENCY, Target.EMERGENCY, Target.SEX,
    )  # fmt: skip
    patient = read(
        columns, "3/12/1979", "555-0100", " Hélène ", "kept out", "Moreau", "555-0101", "1 High Street", "Flat 2",
        "Harbour", "NY", "10001", "Luc", "555-0102", "F",
    )  # fmt: skip
    assert (patient.name, patient.birth_date, patient.sex) == (
        "Moreau, Hélène",
        date(1979, 3, 12),
        Sex.FEMALE,
    )
    assert patient.telephone == "555-0100, 555-0101"
    assert patient.address == "1 High Street, Flat 2, Harbour, NY 10001"
    assert patient.emergency_contact == "Luc, 555-0102"
    assert patient.mrn == ""


def test_what_is_blank_is_blank_and_sex_is_unknown() -> None:
    patient = read(mapped(*USUAL, Target.SEX, Target.TELEPHONE), "Berg", "Anna", "1979-03-12", "", "")
    assert (patient.sex, patient.telephone, patient.email) == (Sex.UNKNOWN, "", "")


@pytest.mark.parametrize(
    ("said", "sex"),
    [
        ("F", Sex.FEMALE),
        ("male", Sex.MALE),
        ("X", Sex.OTHER),
        ("Non-binary", Sex.OTHER),
        ("Declined", Sex.UNKNOWN),
    ],
)
def test_sex_is_read_as_other_systems_write_it(said: str, sex: Sex) -> None:
    assert read(mapped(*USUAL, Target.SEX), "Berg", "Anna", "1979-03-12", said).sex is sex


def test_what_is_not_understood_is_refused_with_every_reason_and_no_word_of_the_row() -> None:
    columns = mapped(*USUAL, Target.SEX, Target.UUID)
    with pytest.raises(InputError) as raised:
        read(columns, "", "Zebulon", "13/13/1979", "2", "not-one")
    told = " ".join(map(reason_words, raised.value.faults))
    assert [fault.code for fault in raised.value.faults] == [
        "import.no_such_day", "import.sex", "import.uuid", "text.empty",
    ]  # fmt: skip
    assert "Family name: this cannot be empty." in told
    assert "Zebulon" not in told
    assert "13/13" not in told


def test_harmed_letters_control_characters_and_lost_quotes_are_refused() -> None:
    columns = mapped(*USUAL, Target.STREET)
    assert codes(columns, f"B{UNREADABLE}rg", "Anna", "1979-03-12") == ["import.unreadable"]
    assert codes(columns, "Be\x00rg", "Anna", "1979-03-12") == ["text.control"]
    assert codes(columns, "Berg\r\nMoreau", "Anna", "1979-03-12") == ["import.line_end"]
    assert read(columns, "Berg", "Anna", "1979-03-12", "1 High St\r\nTown").address == "1 High St, Town"


def test_a_row_may_lack_cells_at_its_end_and_never_have_more_than_the_header() -> None:
    columns = mapped(*USUAL, Target.TELEPHONE)
    assert read(columns, "Berg", "Anna", "1979-03-12").telephone == ""
    assert read(columns, "Berg", "Anna", "1979-03-12", "", "", " ").name == "Berg, Anna"
    assert codes(columns, "Berg", "Anna", "1979-03-12", "", "x") == ["import.too_many_cells"]
    assert codes(columns, "Berg") == ["import.nobody"]
    assert codes(columns, "Berg", "Anna") == ["patient.birth_date.missing"]


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Moreau, Hélène", ("Moreau", "Hélène", "", "")),
        ("de la Cruz, Maria J.", ("de la Cruz", "Maria", "J.", "")),
        ("Smith, Jr., John", ("Smith", "John", "", "Jr.")),
        ("Smith, John, III", ("Smith", "John", "", "III")),
        ("Nguyen, Do", ("Nguyen", "Do", "", "")),
        ("Berg, Anna Maria", ("Berg", "Anna Maria", "", "")),
    ],
)
def test_a_full_name_is_parted_at_its_comma(whole: str, parts: tuple[str, str, str, str]) -> None:
    assert parted_name(whole) == parts


@pytest.mark.parametrize("whole", ["John Smith", "", ",", "a, b, c", "Smith,"])
def test_a_full_name_that_could_be_parted_in_two_ways_is_refused(whole: str) -> None:
    with pytest.raises(InputError, match=r"import\.full_name"):
        parted_name(whole)


def test_columns_are_guessed_from_many_spellings_of_their_names() -> None:
    header = (
        "Last Name", "FirstName", "D.O.B.", "Chart #", "Sex/Gender", "Home Phone", "Cell", "E-mail", "Address 1",
        "address_2", "City", "State", "Zip", "Emergency Contact Name", "Language", "Insurance", "Patient Name",
    )  # fmt: skip
    t = Target
    assert guessed(header) == (
        t.FAMILY, t.GIVEN, t.BIRTH_DATE, t.MRN, t.SEX, t.TELEPHONE, t.TELEPHONE, t.EMAIL, t.STREET, t.STREET, t.CITY,
        t.STATE, t.ZIP, t.EMERGENCY, t.LANGUAGE, None, None,
    )  # fmt: skip
    german = (
        "Patienten-Nr.",
        "Nachname",
        "Vorname",
        "Geburtsdatum",
        "Geschlecht",
        "Telefon",
        "Straße",
        "PLZ",
        "Ort",
    )
    assert guessed(german) == (
        t.MRN, t.FAMILY, t.GIVEN, t.BIRTH_DATE, t.SEX, t.TELEPHONE, t.STREET, t.ZIP, t.CITY,
    )  # fmt: skip
    assert guessed(("Address", "City/State/Zip", "City, State")) == (t.STREET, t.CITY, t.CITY)
    assert guessed(("Name", "DOB", "ID", "MRN")) == (t.FULL_NAME, t.BIRTH_DATE, None, t.MRN)


def test_a_map_that_makes_no_patient_is_refused() -> None:
    def refused(*targets: Target | None) -> list[str]:
        with pytest.raises(InputError) as raised:
            checked_map(mapped(*targets))
        return [fault.code for fault in raised.value.faults]

    assert refused(Target.FAMILY) == ["import.no_birth_date", "import.no_name"]
    assert refused(*USUAL, Target.FULL_NAME) == ["import.name_twice"]
    assert refused(*USUAL, Target.MRN, Target.MRN) == ["import.two_columns"]
    assert checked_map(mapped(*USUAL, Target.TELEPHONE, Target.TELEPHONE))


def test_an_apostrophe_is_taken_from_our_own_cells_and_from_no_others() -> None:
    columns = mapped(*USUAL)
    assert read(columns, "'t Hooft", "Anna", "1979-03-12").family_name == "'t Hooft"
    guarded = replace(columns, is_guarded=True)
    assert read(guarded, "''t Hooft", "Anna", "1979-03-12").family_name == "'t Hooft"
    assert is_own(("Surname", REASON_HEAD))
    assert not is_own(("uuid", "family_name"))
