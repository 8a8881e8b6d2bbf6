"""A clinic, lists of patients to bring in, and bringing them in."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ptnotes.domain.importing import Imported
from ptnotes.services.importing import import_patients, look_at
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import find_patients
from tests.clinics import clinic_in
from tests.clock import FixedClock

HEAD = "Chart #;Last Name;First Name;DOB;Cell\r\n"


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    opened = clinic_in(tmp_path, clock)
    yield opened
    opened.close()


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def brought_in(clinic: OpenClinic, path: Path, **more: object) -> Imported:
    return import_patients(clinic, path, look_at(clinic, path).map, **more)  # type: ignore[arg-type]  # its own


def everybody(clinic: OpenClinic) -> list[str]:
    return [f"{row.mrn} {row.name}" for row in find_patients(clinic, "", limit=1_000, archived=True)]


def people(count: int, first: int = 1) -> str:
    born = date(1950, 1, 1)
    rows = (
        f"{number:06};Name{chr(97 + number % 26)}{number};Given{number};{born + timedelta(days=number * 7)};"
        for number in range(first, first + count)
    )
    return HEAD + "".join(f"{row}\r\n" for row in rows)


def patient_of_fhir(family: bytes) -> bytes:
    name = b'"name": [{"family": "' + family + b'", "given": ["Ann"]}]'
    return b'{"resourceType": "Patient", ' + name + b', "birthDate": "1970-01-02"}'
