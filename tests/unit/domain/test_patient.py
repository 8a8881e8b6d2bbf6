"""What a patient's record takes and refuses."""

from dataclasses import replace
from datetime import date

import pytest

from ptnotes.domain.errors import InputError
from ptnotes.domain.patient import Patient, checked_patient, digits_of, name_parts

TODAY = date(2026, 11, 16)
PATIENT = Patient(mrn="00231", family_name="Moreau", given_name="Hélène", birth_date=date(1979, 3, 12))


def test_a_name_reads_family_first_with_the_preferred_name_in_quotes() -> None:
    assert PATIENT.name == "Moreau, Hélène"
    assert replace(PATIENT, middle_name="Anne", preferred_name="Nel").name == "Moreau, Hélène Anne “Nel”"


def test_name_parts_are_folded_and_single() -> None:
    patient = replace(PATIENT, given_name="Hélène-Marie", preferred_name="Marie")
    assert name_parts(patient) == ("moreau", "helene", "marie")


def test_every_fault_is_told_at_once_and_beside_its_field() -> None:
    bad = replace(PATIENT, family_name=" ", given_name="a\x00", birth_date=date(2026, 11, 17))
    with pytest.raises(InputError) as caught:
        checked_patient(bad, TODAY)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("patient.family_name", "text.empty"),
        ("patient.given_name", "text.control"),
        ("patient.birth_date", "patient.birth_date.future"),
    ]


def test_somebody_born_today_is_a_patient_and_somebody_born_in_1889_is_a_slip() -> None:
    assert checked_patient(replace(PATIENT, birth_date=TODAY), TODAY).birth_date == TODAY
    with pytest.raises(InputError) as caught:
        checked_patient(replace(PATIENT, birth_date=date(1889, 12, 31)), TODAY)
    assert caught.value.code == "patient.birth_date.too_early"


def test_text_is_stored_clean() -> None:
    assert checked_patient(replace(PATIENT, family_name="  De   la Cruz "), TODAY).family_name == "De la Cruz"


def test_telephone_numbers_compare_by_their_digits() -> None:
    assert digits_of("(555) 014-2") == digits_of("555 0142") == "5550142"
