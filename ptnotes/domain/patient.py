"""A patient's identity and contact, and the checks on them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import LINE_LIMIT, are_clean, clean_line, fold

EARLIEST_BIRTH_YEAR = 1890
_NO_DIGIT = re.compile("[^0-9]+")
_NAMED = ("family_name", "given_name")
_LINES = (
    "mrn",
    *_NAMED,
    "middle_name",
    "suffix",
    "preferred_name",
    "telephone",
    "email",
    "address",
    "emergency_contact",
    "language",
)
"""The texts of a patient, each of one line."""
_TEXTS = attrgetter(*_LINES)


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

    texts = _TEXTS(patient)
    needed = ("mrn", *_NAMED) if needs_mrn else _NAMED
    is_clean = are_clean("|".join(texts)) and len(max(texts, key=len)) <= LINE_LIMIT
    if is_clean and all(getattr(patient, name) for name in needed):
        cleaned = {}
    else:
        cleaned = {
            name: line(text, name, required=name in needed) for name, text in zip(_LINES, texts, strict=True)
        }
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
    return replace(patient, **cleaned) if cleaned else patient  # type: ignore[arg-type]  # all of them are texts


def name_parts(patient: Patient) -> tuple[str, ...]:
    """Every part of the patient's names, folded, for searching by the start of a part."""
    return parts_of(
        *map(fold, (patient.family_name, patient.given_name, patient.middle_name, patient.preferred_name))
    )


def parts_of(*folded: str) -> tuple[str, ...]:
    """Every part of names that are folded already, each once."""
    return tuple(dict.fromkeys(" ".join(folded).split()))


def digits_of(text: str) -> str:
    """The decimal digits of a telephone number, which is how two spellings of one number are compared."""
    return _NO_DIGIT.sub("", text)
