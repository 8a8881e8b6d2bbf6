"""Who may be the same person, and who is not."""

import tracemalloc
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ptnotes.domain.importing import Because
from ptnotes.domain.patient import Patient
from ptnotes.domain.same_person import Known, sounds, telephones

ANNA = Patient(
    uuid="8c6d2f1e-0000-4000-8000-000000000001",
    mrn="000123",
    family_name="Meyer",
    given_name="Élise",
    birth_date=date(1979, 3, 12),
    telephone="(555) 010-4477, 555 010 4478 (work)",
)


def known(*, has_uuids: bool = True) -> Known:
    found = Known(has_uuids=has_uuids)
    found.add_patient(found.keys(ANNA), 7)
    return found


def match(patient: Patient) -> tuple[Because, int] | None:
    everybody = known()
    return everybody.match(everybody.keys(patient))


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"family_name": "Other", "given_name": "Else", "birth_date": date(1950, 1, 1)}, Because.SAME_RECORD),
        ({"uuid": "", "family_name": "Other", "given_name": "Else", "telephone": ""}, Because.SAME_NUMBER),
        ({"uuid": "", "mrn": "9", "given_name": "ELISE", "telephone": ""}, Because.SAME_NAME),
        (
            {"uuid": "", "mrn": "", "family_name": "X", "given_name": "Y", "telephone": "+1 555-010-4478"},
            Because.SAME_TELEPHONE,
        ),
        ({"uuid": "", "mrn": "", "telephone": "", "birth_date": date(1979, 12, 3)}, Because.BIRTH_TURNED),
        (
            {"uuid": "", "mrn": "", "telephone": "", "family_name": "Élise", "given_name": "Meyer"},
            Because.NAMES_TURNED,
        ),
        (
            {"uuid": "", "mrn": "", "telephone": "", "family_name": "Maier", "given_name": "Eli"},
            Because.LIKE_NAME,
        ),
        ({"uuid": "", "mrn": "", "telephone": "", "family_name": "Meyer-Lund"}, Because.LIKE_NAME),
    ],
)
def test_the_surest_reason_is_given(changes: dict[str, object], because: Because) -> None:
    assert match(replace(ANNA, **changes)) == (because, 7)  # type: ignore[arg-type]  # fields of it


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": date(1979, 3, 13)},
        {"family_name": "Okafor"},
        {"given_name": "Robert", "family_name": "Berg"},
        {"family_name": "Okafor", "telephone": "4477"},
    ],
)
def test_who_has_another_birth_date_or_another_name_is_somebody_else(changes: dict[str, object]) -> None:
    other = replace(ANNA, uuid="", mrn="", telephone="")
    assert match(replace(other, **changes)) is None  # type: ignore[arg-type]  # fields of it


def test_an_earlier_row_is_told_from_a_patient_and_a_blank_number_from_none() -> None:
    everybody = known(has_uuids=False)
    blank = replace(ANNA, mrn="", telephone="", birth_date=date(1950, 1, 1))
    everybody.add_row(everybody.keys(blank), 12)
    assert everybody.match(everybody.keys(blank)) == (Because.SAME_NAME, -12)
    other = replace(blank, family_name="Nobody", given_name="Else")
    assert everybody.match(everybody.keys(other)) is None


def test_names_that_sound_alike_are_written_alike_and_others_are_not() -> None:
    assert sounds("meyer") == sounds("maier")
    assert sounds("philips") == sounds("phillips")
    assert sounds("smith") == sounds("smyth")
    assert sounds("berg") != sounds("lund")
    assert sounds("李") == "李"
    assert list(telephones("555-0100 x2, 12; (555) 010-4477")) == ["55501002", "5550104477"]


def test_a_hundred_bytes_are_enough_for_everybody_even_where_all_were_born_on_one_day() -> None:
    everybody = Known(has_uuids=False)
    people = [
        replace(
            ANNA,
            mrn=f"{number}",
            family_name=f"Name{number}",
            birth_date=date(1950, 1, 1) + timedelta(number % 2),
        )
        for number in range(20_000)
    ]
    # The buckets are there from the start, and the names that are remembered have a limit.
    everybody.keys(people[0])
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number, one in enumerate(people):
            everybody.add_patient(everybody.keys(one), number)
        everybody._names.clear()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 100 * len(people)


def test_fifteen_bytes_of_an_earlier_row_are_enough_where_nobody_asks_who_it_was() -> None:
    everybody = Known(has_uuids=False, has_numbers=False, has_places=False)
    people = [
        everybody.keys(replace(ANNA, family_name=f"Name{number}", telephone=f"555 01{number:05}"))
        for number in range(40_000)
    ]
    for number, keys in enumerate(people[:20_000]):
        everybody.add_row(keys, number)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number, keys in enumerate(people[20_000:]):
            everybody.add_row(keys, number)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    # A block that grows is a little larger than what is in it; one that was there before is not counted.
    assert grown < 40 * 20_000
    sizes = [
        len(bucket)
        for digests in (
            everybody._by_sound,
            everybody._by_given,
            everybody._by_telephone,
            everybody._by_number,
        )
        for bucket in digests._buckets
    ]
    assert sum(sizes) == 14 * 40_000


def test_without_places_or_numbers_the_same_people_are_known_and_nobody_is_named() -> None:
    everybody = Known(has_uuids=True, has_numbers=False, has_places=False)
    everybody.add_patient(everybody.keys(ANNA), 7)
    other = replace(ANNA, birth_date=date(1950, 1, 1), telephone="")
    assert everybody.match(everybody.keys(other)) is None
    assert everybody.match(everybody.keys(replace(ANNA, telephone=""))) == (Because.SAME_NAME, 0)
    assert everybody.match(everybody.keys(replace(ANNA, family_name="X", given_name="Y"))) == (
        Because.SAME_TELEPHONE,
        0,
    )
    everybody.add_row(everybody.keys(other), 3)
    assert everybody.match(everybody.keys(other)) == (Because.SAME_NAME, 0)
