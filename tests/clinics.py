"""Clinics for tests: one is made in a process, with the least key derivation allowed, and copied for each test."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from ptnotes.clinical import Reference, load_reference
from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path, read_keys, unlock
from ptnotes.db.store import Store, open_store
from ptnotes.domain.episode import EpisodeOfCare, EpisodeRegion
from ptnotes.domain.patient import Patient
from ptnotes.domain.people import Clinic, Person
from ptnotes.services.episodes import open_episode
from ptnotes.services.opening import OpenClinic, create_clinic
from ptnotes.services.patients import add_patient
from tests.clock import FixedClock

PASSPHRASE = "nine purple herons wade"
ZONE = "America/New_York"
CLINIC = Clinic(name="Harbour Street Physical Therapy (made up)", zone=ZONE)
PERSON = Person(name="J. Rivera", credentials="PT, DPT", licence_number="PT-00000")
PATIENT = Patient(
    mrn="000123",
    family_name="Moreau",
    given_name="Hélène",
    birth_date=date(1979, 3, 12),
    telephone="(555) 010-4477",
)


@dataclass(frozen=True)
class Template:
    """A made clinic on the disk, with its secrets."""

    path: Path
    data_key: bytes
    file_id: bytes
    person: Person

    def copy_to(self, folder: Path) -> Path:
        """Copy both files into `folder` and give the database's path."""
        path = folder / self.path.name
        for source, target in ((self.path, path), (key_path(self.path), key_path(path))):
            shutil.copy2(source, target)
        return path


@cache
def template() -> Template:
    """The clinic that every test of this process copies."""
    folder = tempfile.mkdtemp(prefix="ptnotes-clinic-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "clinic.ptnotes"
    clinic = create_clinic(path, CLINIC, PERSON, PASSPHRASE, clock=FixedClock(), kdf=Kdf())
    clinic.close()
    unlocked = unlock(read_keys(key_path(path)), PASSPHRASE, None, key_path(path))
    return Template(path, unlocked.data_key, unlocked.keys.file_id, clinic.person)


@cache
def reference() -> Reference:
    """The reference data, read once in a process."""
    return load_reference()


def open_copy(folder: Path) -> Store:
    """Open a copy of the template's database in `folder`, without deriving a key."""
    made = template()
    return open_store(made.copy_to(folder), made.data_key, made.file_id)


def clinic_in(folder: Path, clock: Callable[[], datetime]) -> OpenClinic:
    """Open a copy of the template in `folder` as its one person."""
    store = open_copy(folder)
    made = template()
    return OpenClinic(store.path, store, reference(), made.person, clock, ZONE, made.data_key)


def lumbar_episode(clinic: OpenClinic, start: date) -> EpisodeOfCare:
    """Add the one patient with an episode of the lumbar spine since `start`."""
    patient = add_patient(clinic, PATIENT)
    regions = (EpisodeRegion(region="lumbar"),)
    return open_episode(clinic, EpisodeOfCare(patient_id=patient.id or 0, start=start, regions=regions))
