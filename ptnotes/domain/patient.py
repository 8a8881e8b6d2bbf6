"""A patient's identity and contact, and the checks on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import clean_line, fold

EARLIEST_BIRTH_YEAR = 1890


class Sex(StrEnum):
    """Administrative sex, as FHIR's administrative gender."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A patient. `id` is None until stored; `mrn` is the record number, unique in the clinic."""

    id: int | None = None
    uuid: str = ""
    mrn: str
    family_name: str
    given_name: str
    middle_name: str = ""
    suffix: str = ""
    preferred_name: str = ""
    birth_date: date
    sex: Sex = Sex.UNKNOWN
    telephone: str = ""
    email: str = ""
    address: str = ""
    emergency_contact: str = ""
    language: str = ""
    archived_at: datetime | None = None
    revision: int = 0

    @property
    def name(self) -> str:
        """As lists and documents show it: ``Moreau, Hélène``, with a preferred name in quotes."""
        return whole_name(
            self.family_name, self.given_name, self.middle_name, self.suffix, self.preferred_name
        )


def whole_name(family_name: str, given_name: str, middle_name: str, suffix: str, preferred_name: str) -> str:
    """A name as `Patient.name` shows it, of its parts; those that are empty are left out."""
    given = f"{given_name} {middle_name}" if given_name and middle_name else given_name or middle_name
    full = ", ".join(filter(None, (family_name, given, suffix)))
    return f"{full} “{preferred_name}”" if preferred_name else full


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRow:
    """A patient as a list shows them."""

    id: int
    mrn: str
    name: str
    birth_date: date
    telephone: str
    archived: bool


def checked_patient(patient: Patient, today: date, *, needs_mrn: bool = True) -> Patient:
    """The patient as stored: cleaned text. Without `needs_mrn` a record number may be given later.

    Raises `InputError` with every fault found: an empty family or given name or record number, a birth date in the
    future or before 1890, text that is too long or holds control characters.
    """
    faults: list[Fault] = []

    def line(value: str, field: str, *, required: bool = False) -> str:
        try:
            return clean_line(value, f"patient.{field}", required=required)
        except InputError as error:
            faults.extend(error.faults)
            return value

    cleaned = replace(
        patient,
        mrn=line(patient.mrn, "mrn", required=needs_mrn),
        family_name=line(patient.family_name, "family_name", required=True),
        given_name=line(patient.given_name, "given_name", required=True),
        middle_name=line(patient.middle_name, "middle_name"),
        suffix=line(patient.suffix, "suffix"),
        preferred_name=line(patient.preferred_name, "preferred_name"),
        telephone=line(patient.telephone, "telephone"),
        email=line(patient.email, "email"),
        address=line(patient.address, "address"),
        emergency_contact=line(patient.emergency_contact, "emergency_contact"),
        language=line(patient.language, "language"),
    )
    if patient.birth_date > today:
        faults.append(Fault("patient.birth_date.future", "patient.birth_date"))
    elif patient.birth_date.year < EARLIEST_BIRTH_YEAR:
        faults.append(
            Fault(
                "patient.birth_date.too_early",
                "patient.birth_date",
                values={"year": str(EARLIEST_BIRTH_YEAR)},
            )
        )
    if faults:
        raise InputError(*faults)
    return cleaned


def name_parts(patient: Patient) -> tuple[str, ...]:
    """Every part of the patient's names, folded, for searching by the start of a part."""
    names = (
        patient.family_name,
        patient.given_name,
        patient.middle_name,
        patient.preferred_name,
    )
    return tuple(dict.fromkeys(part for name in names for part in fold(name).split()))


def digits_of(text: str) -> str:
    """The decimal digits of a telephone number, which is how two spellings of one number are compared."""
    return "".join(letter for letter in text if letter.isdecimal() and letter.isascii())
