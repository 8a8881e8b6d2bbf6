"""The clinics that are measured: a small and a large one, made once under ``build/bench`` and made again when stale.

What a run writes into them it takes away again, so that the next one measures the same.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import monotonic

from ptnotes.db.keyfile import key_path
from ptnotes.domain.treatment import NoteState, VisitStatus
from ptnotes.services.episodes import episodes_of
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.services.patients import patient_by_mrn
from ptnotes.services.sample import Case, create_sample, store_cases
from ptnotes.services.sample_courses import load_courses
from ptnotes.services.sample_episodes import play
from ptnotes.services.sample_people import load_cast
from ptnotes.services.sample_run import Run, random_uuid
from ptnotes.services.visits import discard_draft, sessions_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
PASSPHRASE = "words for measuring only"  # noqa: S105 - made-up patients, made anew at will
LONG_VISITS = 200
LONG_COURSES = ("lumbar_stenosis", "shoulder_stiff", "hip_arthritis", "neck_pain", "knee_replacement")
LONG_MRNS = tuple(f"LONG{number}" for number in range(1, len(LONG_COURSES) + 1))
_SEED = 1
_SECONDS_BETWEEN_LINES = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a clinic is."""

    name: str
    patients: int
    sessions: int


SMALL = Size(name="small", patients=1_000, sessions=10_000)
LARGE = Size(name="large", patients=100_000, sessions=1_000_000)


def clinic_file(size: Size) -> Path:
    """The clinic of that size, as it was made; it is made now if it is not there or was made by other code."""
    path = FOLDER / f"{size.name}.ptnotes"
    stamp = path.with_suffix(".stamp")
    wanted = _fingerprint(size)
    if path.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        clinic = open_clinic(path, PASSPHRASE)
        discard_measured(clinic)
        clinic.close()
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in (
        stamp,
        path,
        key_path(path),
        *FOLDER.glob(f"{path.name}-*"),
        *FOLDER.glob(f"{path.name}.new*"),
    ):
        old.unlink(missing_ok=True)
    _say(f"making {path.name}: {size.patients:,} patients, {size.sessions:,} sessions (once)")
    create_sample(
        path,
        patients=size.patients,
        sessions=size.sessions,
        seed=_SEED,
        passphrase=PASSPHRASE,
        progress=_progress(),
    )
    clinic = open_clinic(path, PASSPHRASE)
    store_cases(clinic, long_cases(clinic))
    clinic.close()
    stamp.write_text(wanted, "utf-8")
    return path


def discard_measured(clinic: OpenClinic) -> None:
    """Discard the visits that were charted to be measured: all but the first 200 of each patient who has so many."""
    for mrn in LONG_MRNS:
        for episode in episodes_of(clinic, patient_by_mrn(clinic, mrn).id or 0):
            rows = sessions_of(clinic, episode.id or 0)
            attended = [row for row in rows if row.status is VisitStatus.ATTENDED]
            in_order = sorted(attended, key=lambda row: (row.service_date, row.id))
            for row in in_order[LONG_VISITS:]:
                if row.state is NoteState.DRAFT:
                    discard_draft(clinic, row.id)


def long_cases(clinic: OpenClinic) -> Iterator[Case]:
    """Patients with one episode of 200 visits each, none of them today's; their record numbers begin with ``LONG``."""
    cast, courses, today = load_cast(clinic.zone), load_courses(), clinic.today()
    for mrn, name in zip(LONG_MRNS, LONG_COURSES, strict=True):
        rng = Random(f"long {name}")
        run = Run(
            visits=LONG_VISITS,
            last_on=today - timedelta(days=1),
            today=today,
            way="slow",
            side="left",
            zone=clinic.zone,
            author_id=clinic.person_id,
            referrer=cast.referrers[0],
            full=True,
        )
        patient = cast.patient(rng, mrn, random_uuid(rng), date(1990, 1, 1))
        yield Case(patient=patient, played=(play(clinic.reference, courses[name], run, rng),))


def _fingerprint(size: Size) -> str:
    digest = hashlib.sha256(repr(size).encode())
    sources = [
        *(ROOT / "ptnotes" / "db" / "schema").glob("*.py"),
        ROOT / "ptnotes" / "db" / "triggers.py",
        *(ROOT / "ptnotes" / "services").glob("sample*.py"),
        *(ROOT / "resources" / "sample").glob("*.toml"),
        Path(__file__),
    ]
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()


class _progress:  # noqa: N801 - used as a function with a memory
    def __init__(self) -> None:
        self._begun = self._told = monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = monotonic()
        if now - self._told >= _SECONDS_BETWEEN_LINES or done == total:
            self._told = now
            _say(f"  {done:,} of {total:,} patients after {now - self._begun:.0f} s")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
