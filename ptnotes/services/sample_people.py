"""Made-up people for sample clinics: common names of many languages put together at random, telephones 555-01xx."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Any

from ptnotes.domain.patient import Patient, Sex
from ptnotes.domain.people import Clinic, Person
from ptnotes.services.sample_run import Referrer

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody of the demo clinic known by name, and how their course goes. `ago` is days since the last visit."""

    mrn: str
    family: str
    given: str
    sex: str
    birth_date: date
    telephone: str = ""
    course: str
    side: str = ""
    visits: int
    ago: int
    way: str
    referrer: str = ""
    discharged: str = ""
    series: dict[str, list[int]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody that a sample clinic is peopled from."""

    clinic: Clinic
    therapist: Person
    referrers: tuple[Referrer, ...]
    named: tuple[Named, ...]
    groups: tuple[dict[str, Any], ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]

    def patient(self, rng: Random, mrn: str, uuid: str, today: date) -> Patient:
        """Draw a patient of 16 to 92 years."""
        group = rng.choices(self.groups, weights=[len(group["family"]) for group in self.groups])[0]
        sex = rng.choice((Sex.FEMALE, Sex.MALE))
        family = rng.choice(group["family"])
        given = rng.choice(group["female" if sex is Sex.FEMALE else "male"])
        middle = rng.choice(group["female" if sex is Sex.FEMALE else "male"]) if rng.random() < 0.2 else ""
        age_days = int(rng.triangular(16, 92, 52) * _DAYS_A_YEAR)
        return Patient(
            uuid=uuid,
            mrn=mrn,
            family_name=family,
            given_name=given,
            middle_name="" if middle == given else middle,
            birth_date=today - timedelta(days=age_days),
            sex=sex,
            telephone=_telephone(rng),
            email="",
            address=f"{rng.randrange(1, 320)} {rng.choice(self.streets)}, {rng.choice(self.towns)}",
            language="" if group["language"] == "English" else group["language"],
        )

    def emergency_contact(self, rng: Random, patient: Patient) -> str:
        """Draw somebody to call: a given name of the same language, with the patient's family name."""
        group = next(
            (group for group in self.groups if patient.family_name in group["family"]), self.groups[0]
        )
        given = rng.choice(group[rng.choice(("female", "male"))])
        kin = rng.choice(("partner", "sibling", "child"))
        return f"{given} {patient.family_name} ({kin}), {_telephone(rng)}"

    def named_patient(self, rng: Random, named: Named, uuid: str) -> Patient:
        """Give a patient who is known by name; what the list leaves open is drawn."""
        return Patient(
            uuid=uuid,
            mrn=named.mrn,
            family_name=named.family,
            given_name=named.given,
            birth_date=named.birth_date,
            sex=Sex(named.sex),
            telephone=named.telephone or _telephone(rng),
            address=f"{rng.randrange(1, 320)} {rng.choice(self.streets)}, {rng.choice(self.towns)}",
        )


def load_cast(zone: str) -> Cast:
    """Read the people from the resources; the clinic keeps its calendar in `zone`."""
    text = (files("ptnotes.resources") / "sample" / "people.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Cast(
        clinic=Clinic(**data["clinic"], zone=zone),
        therapist=Person(**data["therapist"]),
        referrers=tuple(Referrer(**row) for row in data["referrer"]),
        named=tuple(Named(**row) for row in data["named"]),
        groups=tuple(data["group"]),
        streets=tuple(data["streets"]["names"]),
        towns=tuple(data["streets"]["towns"]),
    )


def _telephone(rng: Random) -> str:
    return f"({rng.randrange(201, 990)}) 555-01{rng.randrange(100):02d}"
