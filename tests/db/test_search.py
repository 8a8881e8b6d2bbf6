"""Patients are found by what a therapist types, the same on the encrypted file and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptnotes.db.patients import add_patients, change_patient, next_mrn, patient_by_mrn
from ptnotes.db.search import find_patients, likely_duplicates
from ptnotes.db.store import Store
from ptnotes.domain.errors import InputError, NotFoundError, StaleError
from ptnotes.domain.patient import Patient
from ptnotes.domain.text import fold
from tests.db.conftest import NOW, plans_of

TODAY = date(2026, 11, 20)
PEOPLE = (
    ("000101", "Moreau", "Hélène", "", date(1979, 3, 12), "(555) 010-4477"),
    ("000102", "Łukaszewicz", "Bogdan", "", date(1955, 12, 3), "555 010 9911"),
    ("000103", "O’Brien-Smith", "Siobhán", "", date(1990, 1, 1), "+1 212 555 0188"),
    ("000104", "Nguyễn", "Thị Lan", "Lannie", date(1968, 7, 30), ""),
    ("000105", "Smith", "John", "", date(1990, 1, 1), "555-010-3003"),
    ("000106", "Smithers", "Hele", "", date(2001, 2, 28), ""),
    ("A-77", "Ärmel", "Zoë", "", date(1940, 5, 6), ""),
    ("000108", "Голубев", "Илья", "", date(1977, 9, 9), ""),
    ("000109", "الخطيب", "ليلى", "", date(1982, 4, 4), ""),
)


QUERIES = [
    # one or two letters match the starts of name parts
    ("m", ["000101"]),
    ("he", ["000106", "000101"]),
    ("an", []),
    ("b", ["000102"]),
    # three or more match any part
    ("lan", ["000104"]),
    ("mit", ["000103", "000105", "000106"]),
    ("ewicz", ["000102"]),
    # with and without accents, apostrophes, hyphens, capitals
    ("Hélène", ["000101"]),
    ("HELENE", ["000101"]),
    ("łukasz", ["000102"]),
    ("lukasz", ["000102"]),
    ("nguyen", ["000104"]),
    ("obrien", ["000103"]),
    ("o'brien", ["000103"]),
    ("armel zoe", ["A-77"]),
    # other scripts
    ("голу", ["000108"]),
    ("ИЛЬЯ", ["000108"]),
    ("الخ", ["000109"]),
    # several words must all match, in any order
    ("hel mor", ["000101"]),
    ("smith j", ["000105"]),
    ("smith sio", ["000103"]),
    ("smith zoe", []),
    ("s j", ["000105"]),
    # preferred name
    ("lannie", ["000104"]),
    # birth date however written
    ("12 Mar 1979", ["000101"]),
    ("1979-03-12", ["000101"]),
    ("3/12/79", ["000101"]),
    ("3/12/55", ["000102"]),
    ("01011990", ["000103", "000105"]),
    # record number from its start
    ("000101", ["000101"]),
    ("a-7", ["A-77"]),
    ("A-77", ["A-77"]),
    # telephone, any three digits or more
    ("0104477", ["000101"]),
    ("(555) 010-4477", ["000101"]),
    ("4477", ["000101"]),
    ("44", []),
    # nothing special about special letters
    ("%", []),
    ("_", []),
    ('"', []),
    ("mo_eau", []),
    ("mor%", []),
    ("*", []),
    ("name:moreau", []),
    ("x" * 5000, []),
    ("\u202emoreau", []),
]


@pytest.fixture
def full(store: Store) -> Store:
    patients = [
        Patient(
            mrn=mrn,
            family_name=family,
            given_name=given,
            preferred_name=preferred,
            birth_date=born,
            telephone=telephone,
        )
        for mrn, family, given, preferred, born, telephone in PEOPLE
    ]
    with store.write() as connection:
        add_patients(connection, patients, NOW)
        connection.commit()
    return store


def found(store: Store, query: str, **options: bool) -> list[str]:
    with store.read() as connection:
        return [row.mrn for row in find_patients(connection, query, TODAY, **options)]


def test_patients_are_found_by_what_is_typed(full: Store) -> None:
    for query, expected in QUERIES:
        assert sorted(found(full, query)) == sorted(expected), query[:40]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("moreau 12 Mar 1979", ["000101"]),
        ("12 March, 1979 mor", ["000101"]),
        ("moreau, 3/12/79", ["000101"]),
        ("1979-03-12 moreau", ["000101"]),
        ("moreau 3/12/55", []),
        ("smith 12 Mar 1979", []),
    ],
)
def test_of_a_name_and_a_birth_date_in_one_line_both_match(
    full: Store, query: str, expected: list[str]
) -> None:
    assert found(full, query) == expected


def test_family_names_come_first_then_other_starts_then_insides(full: Store) -> None:
    assert found(full, "smith") == ["000105", "000106", "000103"]
    assert found(full, "he") == ["000101", "000106"]
    assert found(full, "")[:5] == ["A-77", "000102", "000101", "000104", "000103"]
    assert len(found(full, "")) == len(PEOPLE)


def test_a_result_is_limited(full: Store) -> None:
    with full.read() as connection:
        assert len(find_patients(connection, "", TODAY, limit=4)) == 4
        assert len(find_patients(connection, "s", TODAY, limit=1)) == 1


def test_a_row_shows_the_patient(full: Store) -> None:
    with full.read() as connection:
        (row,) = find_patients(connection, "lannie", TODAY)
    assert row.name == "Nguyễn, Thị Lan “Lannie”"
    assert (row.mrn, row.birth_date, row.archived) == ("000104", date(1968, 7, 30), False)


def test_a_changed_name_is_found_and_the_old_one_no_longer(full: Store) -> None:
    with full.write() as connection:
        patient = patient_by_mrn(connection, "000101")
        changed = change_patient(connection, replace(patient, family_name="Dubois", telephone="555 777 1234"))
        connection.commit()
    assert changed.revision == patient.revision + 1
    assert found(full, "moreau") == []
    assert found(full, "0104477") == []
    assert found(full, "dubois helene") == ["000101"]
    assert found(full, "7771") == ["000101"]


def test_an_archived_patient_is_found_only_when_asked_for(full: Store) -> None:
    with full.write() as connection:
        patient = patient_by_mrn(connection, "000101")
        change_patient(connection, replace(patient, archived_at=datetime(2026, 1, 1, tzinfo=UTC)))
        connection.commit()
    for query in ("moreau", "m", "reau", "000101", "4477", "3/12/79"):
        assert found(full, query) == [], query
        assert found(full, query, archived=True) == ["000101"], query


def test_likely_duplicates_are_shown(full: Store) -> None:
    cases = [
        ("MOREAU", "Helene", date(2000, 1, 1), ["000101"]),  # the same folded name
        ("Moro", "Elena", date(1979, 3, 12), ["000101"]),  # the same birth date and a name that begins alike
        ("Dupont", "Hélène", date(1979, 3, 12), ["000101"]),  # married since
        ("Dupont", "Marie", date(1979, 3, 12), []),
        ("Moreau", "Jacques", date(1981, 3, 12), []),
    ]
    with full.read() as connection:
        for family, given, born, expected in cases:
            patient = Patient(mrn="9", family_name=family, given_name=given, birth_date=born)
            assert [row.mrn for row in likely_duplicates(connection, patient)] == expected, (family, given)


def test_a_stored_patient_is_no_duplicate_of_themselves(full: Store) -> None:
    with full.read() as connection:
        assert likely_duplicates(connection, patient_by_mrn(connection, "000101")) == ()


def test_the_next_record_number_follows_the_highest(full: Store) -> None:
    with full.write() as connection:
        assert next_mrn(connection) == "000110"
        add_patients(
            connection,
            [
                Patient(mrn="9000", family_name="A", given_name="B", birth_date=TODAY),
                Patient(mrn="X-99999", family_name="A", given_name="B", birth_date=TODAY),
                Patient(mrn="12345678901234", family_name="A", given_name="B", birth_date=TODAY),
            ],
            NOW,
        )
        assert next_mrn(connection) == "009001"


def test_the_first_record_number_is_one(store: Store) -> None:
    with store.read() as connection:
        assert next_mrn(connection) == "000001"


def test_a_record_number_is_given_once_whatever_its_case(full: Store) -> None:
    taken = Patient(mrn="a-77", family_name="A", given_name="B", birth_date=TODAY)
    with full.write() as connection:
        with pytest.raises(InputError, match=r"patient\.mrn\.taken"):
            add_patients(connection, [taken], NOW)
        other = patient_by_mrn(connection, "000101")
        with pytest.raises(InputError, match=r"patient\.mrn\.taken"):
            change_patient(connection, replace(other, mrn="a-77"))
        kept = change_patient(connection, replace(other, mrn="B-1"))
        assert patient_by_mrn(connection, "b-1") == kept


def test_a_patient_comes_back_as_stored_and_a_stale_change_is_refused(full: Store) -> None:
    with full.write() as connection:
        patient = patient_by_mrn(connection, "000104")
        change_patient(connection, replace(patient, email="lan@example.invalid"))
        with pytest.raises(StaleError) as refused:
            change_patient(connection, replace(patient, email="other@example.invalid"))
        assert refused.value.current_revision == patient.revision + 1
        assert patient_by_mrn(connection, "000104").email == "lan@example.invalid"
        for unknown in ("nobody", "0\0", "\udcff", ""):
            with pytest.raises(NotFoundError):
                patient_by_mrn(connection, unknown)


@given(query=st.text(st.characters(exclude_categories=[]), max_size=40))
def test_no_text_that_can_be_typed_breaks_a_search(full: Store, query: str) -> None:
    assert set(found(full, query)) <= {mrn for mrn, *_ in PEOPLE}


def test_every_name_is_found_by_any_three_letters_of_it_and_by_its_start(full: Store) -> None:
    for mrn, family, first, *_ in PEOPLE:
        for name in (family, first):
            for part in fold(name).split():
                starts = [part[:1], part[:2]]
                insides = [part[begin : begin + 3] for begin in range(len(part) - 2)]
                for query in (*starts, *insides):
                    assert mrn in found(full, query), (name, query)


@pytest.mark.parametrize("typed", ["", "n", "mor", "moreau", "o b", "ma lo", "smith ann"])
def test_a_search_on_the_file_reads_in_the_order_of_an_index_and_never_all_patients(
    file_store: Store, typed: str
) -> None:
    with file_store.read() as connection:
        plans = plans_of(connection, lambda: find_patients(connection, typed, date(2026, 7, 1)))
    assert plans
    assert not [plan for plan in plans if "TEMP B-TREE" in plan or "archived_at" in plan]
