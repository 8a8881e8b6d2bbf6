"""Diagnoses as they are typed: what is a code, what is refused, what is offered, and in which order they stand."""

import pytest

from ptnotes.clinical import Reference
from ptnotes.domain.diagnoses import (
    added,
    diagnosis_code_fault,
    find_codes,
    full_codes,
    icd_code,
    is_not_billable,
    moved,
    own_terms,
    read_diagnosis,
)
from ptnotes.domain.episode import Diagnosis
from ptnotes.domain.errors import InputError
from tests.clinics import reference as shipped


@pytest.fixture
def reference() -> Reference:
    return shipped()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("m5416", "M54.16"),
        ("M54.16", "M54.16"),
        (" s13.4xxa ", "S13.4XXA"),
        ("U07.1", "U07.1"),
        ("C4A", "C4A"),
        ("C7A.00", "C7A.00"),
        ("M54", "M54"),
        ("M545", "M54.5"),
    ],
)
def test_a_code_of_the_right_form_is_written_in_one_way(typed: str, code: str) -> None:
    assert icd_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "M5", "54.16", "M54.", "M54..1", "M54.12345", "M54.1 6", "MM4.1", "M54-16", "M5.416"]
)
def test_what_is_formed_otherwise_is_no_code(typed: str) -> None:
    assert icd_code(typed) is None


def test_a_known_code_is_checked_and_takes_the_clinicians_words(reference: Reference) -> None:
    plain = read_diagnosis(reference, "m48.061")
    own = read_diagnosis(reference, "M48.061: narrow  canal")
    assert (plain.code, plain.checked, "stenosis" in plain.words.lower()) == ("M48.061", True, True)
    assert (own.code, own.checked, own.words) == ("M48.061", True, "narrow canal")
    assert own.code_set_date == reference.notices["icd10cm_release"]


def test_another_code_needs_words_and_is_not_checked(reference: Reference) -> None:
    found = read_diagnosis(reference, "Z99.89 needs a frame")
    assert (found.code, found.words, found.checked) == ("Z99.89", "needs a frame", False)
    with pytest.raises(InputError) as refused:
        read_diagnosis(reference, "Z99.89")
    assert refused.value.code == "diagnosis.needs_words"
    assert refused.value.faults[0].field == "diagnosis.code"


@pytest.mark.parametrize("typed", ["M54..1", "M54.12345", "M5", "M54.1234567 back", "M54-1"])
def test_what_is_meant_as_a_code_and_is_none_is_refused(reference: Reference, typed: str) -> None:
    with pytest.raises(InputError) as refused:
        read_diagnosis(reference, typed)
    assert refused.value.code == "diagnosis.malformed"


@pytest.mark.parametrize(
    "typed",
    ["Low back pain", "T12 fracture, healed", "C5/6 disc", "L5 radiculopathy", "2 weeks after surgery"],
)
def test_words_are_words_even_where_they_begin_with_a_level(reference: Reference, typed: str) -> None:
    found = read_diagnosis(reference, typed)
    assert (found.code, found.words, found.checked) == ("", typed, False)


def test_each_code_that_the_data_refuse_is_refused_and_its_full_codes_are_offered(
    reference: Reference,
) -> None:
    offered = 0
    for code in reference.not_billable:
        with pytest.raises(InputError) as refused:
            read_diagnosis(reference, f"{code} words do not help")
        assert refused.value.code == "diagnosis.not_billable"
        full = full_codes(reference, code)
        offered += bool(full)
        assert all(known.code.code.startswith(code) and known.code.code != code for known in full)
    assert offered >= 5
    assert {known.code.code for known in full_codes(reference, "M48.06")} == {"M48.061", "M48.062"}


def test_the_beginning_of_a_billable_code_is_known_not_to_be_billable(reference: Reference) -> None:
    assert "M54.1" not in reference.not_billable
    assert is_not_billable(reference, "M54.1")
    assert is_not_billable(reference, "M54")
    for condition in reference.conditions.values():
        for code in condition.codes:
            assert not is_not_billable(reference, code.code), code.code
    assert not is_not_billable(reference, "Z99.89")


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("M54.16", None),
        ("Z99.89", None),
        ("", None),
        ("M54.5", "diagnosis.not_billable"),
        ("back", "diagnosis.malformed"),
    ],
)
def test_only_a_code_that_may_stand_is_stored(reference: Reference, code: str, fault: str | None) -> None:
    found = diagnosis_code_fault(reference, Diagnosis(row=3, code=code, words="words"))
    assert (None if found is None else found.code) == fault
    if found is not None:
        assert (found.field, found.row) == ("diagnosis.code", 3)


def test_codes_are_found_by_a_condition_a_code_and_a_description(reference: Reference) -> None:
    assert find_codes(reference, "m4806")[0].code.code.startswith("M48.06")
    assert any(known.code.code == "M48.061" for known in find_codes(reference, "stenosis"))
    by_description = find_codes(reference, "osteoarthritis left hip")
    assert by_description[0].code.code == "M16.12"
    assert find_codes(reference, "  ") == ()


@pytest.mark.parametrize("term", ["vertebral subluxation", "Spinal misalignment", "sublux"])
def test_the_clinicians_term_is_offered_as_a_term(reference: Reference, term: str) -> None:
    assert own_terms(reference, term)
    assert read_diagnosis(reference, term).code == ""


def test_no_code_claims_to_mean_the_clinicians_term(reference: Reference) -> None:
    terms = [term for condition in reference.conditions.values() for term in condition.clinician_terms]
    assert "spinal misalignment" in terms
    for condition in reference.conditions.values():
        for code in condition.codes:
            assert "misalign" not in code.description.lower()


def test_diagnoses_keep_their_numbers_when_they_are_moved() -> None:
    three = tuple(Diagnosis(row=row, words=str(row)) for row in (1, 2, 3))
    assert [each.row for each in moved(three, 3, -1)] == [1, 3, 2]
    assert [each.row for each in moved(three, 1, 1)] == [2, 1, 3]
    assert moved(three, 1, -1) == three
    assert moved(three, 3, 1) == three


def test_the_same_diagnosis_is_not_added_twice() -> None:
    first = added((), Diagnosis(row=5, code="M54.16", words="root"))
    assert [each.row for each in first] == [5]
    assert added(first, Diagnosis(row=9, code="M54.16", words="other words")) == first
    assert [each.row for each in added(first, Diagnosis(row=9, words="Stiff"))] == [5, 9]
