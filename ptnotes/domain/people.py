"""The clinic and the people who work in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ptnotes.domain.text import clean_line


class Paper(StrEnum):
    """Size of printed pages."""

    LETTER = "letter"
    A4 = "a4"


class NormalValues(StrEnum):
    """Which published set of normal ranges a clinic shows; never mixed within one report."""

    AAOS = "aaos"
    AMA = "ama"


class Role(StrEnum):
    """What a person is employed as."""

    THERAPIST = "therapist"
    ASSISTANT = "assistant"
    STUDENT = "student"
    FRONT_DESK = "front_desk"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What can be given to, or withheld from, one person whatever their role says."""

    GRADE_V = "grade_v"
    CO_SIGN = "co_sign"
    DRY_NEEDLING = "dry_needling"
    EXPORT = "export"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """The clinic that owns one file. `logo` is a PNG or JPEG picture's bytes, or None."""

    name: str
    address: str = ""
    telephone: str = ""
    fax: str = ""
    npi: str = ""
    logo: bytes | None = None
    paper: Paper = Paper.LETTER
    locale: str = "en_US"
    zone: str = "UTC"
    normal_values: NormalValues = NormalValues.AAOS
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account. `id` is None until stored.

    Permissions in `granted` and `withheld` were decided for this person alone. `active_to` is the last day of somebody
    who was removed; `supervisor_id` is who co-signs for them; `signing_public_key` is their present Ed25519 key.
    """

    id: int | None = None
    uuid: str = ""
    name: str
    credentials: str = ""
    licence_number: str = ""
    licence_state: str = ""
    licence_expires: date | None = None
    npi: str = ""
    role: Role = Role.THERAPIST
    supervisor_id: int | None = None
    signing_public_key: bytes | None = None
    active_from: date | None = None
    active_to: date | None = None
    revision: int = 0
    granted: frozenset[Permission] = frozenset()
    withheld: frozenset[Permission] = frozenset()

    @property
    def signature(self) -> str:
        """As it stands under a document: ``J. Rivera, PT, DPT``."""
        return ", ".join(part for part in (self.name, self.credentials) if part)


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """Charts were read by `name` in spite of their role, from the instant `at` until they locked; and why."""

    id: int
    name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class OldKeysFound:
    """The file was opened by `name` with a key file of before the latest change of a way in: event `sequence`."""

    sequence: int
    name: str
    on: date


def checked_clinic(clinic: Clinic) -> Clinic:
    """The clinic as stored: cleaned text. Raises `InputError` for an empty name or unfit text."""
    return replace(
        clinic,
        name=clean_line(clinic.name, "clinic.name", required=True),
        address=clean_line(clinic.address, "clinic.address"),
        telephone=clean_line(clinic.telephone, "clinic.telephone"),
        fax=clean_line(clinic.fax, "clinic.fax"),
        npi=clean_line(clinic.npi, "clinic.npi"),
    )


def checked_person(person: Person) -> Person:
    """The person as stored: cleaned text. Raises `InputError` for an empty name or unfit text."""
    return replace(
        person,
        name=clean_line(person.name, "person.name", required=True),
        credentials=clean_line(person.credentials, "person.credentials"),
        licence_number=clean_line(person.licence_number, "person.licence_number"),
        licence_state=clean_line(person.licence_state, "person.licence_state"),
        npi=clean_line(person.npi, "person.npi"),
    )
