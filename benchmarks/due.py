"""What is due in 5,000 active episodes, from the open file to the rows that the home page lists."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter

from sqlalchemy import update

from benchmarks.figure import Figure, against_limit, middle
from ptnotes.app import spare_what_stays
from ptnotes.db import episodes, patients, sessions
from ptnotes.db.payers import save_coverage, save_payer
from ptnotes.db.schema.session import SessionRecord
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare, PlanOfCare
from ptnotes.domain.patient import Patient
from ptnotes.domain.payers import Coverage, Payer
from ptnotes.domain.people import Clinic, Person
from ptnotes.domain.treatment import NoteState, TreatmentSession, VisitKind
from ptnotes.services.due import due_of_episode, most_pressing_due
from ptnotes.services.opening import OpenClinic, create_clinic

ACTIVE = 5_000
ENDED = 5_000
VISITS = 12
_ROUNDS = 30
_LISTED = 60
_PASSPHRASE = "words for measuring only"  # noqa: S105 - made-up patients, made anew at will


def due() -> list[Figure]:
    """Time of the whole list, and of one episode's."""
    folder = Path(tempfile.mkdtemp(prefix="ptnotes-due-"))
    try:
        clinic = _made(folder)
        # As the program does once it has read ahead: what was imported is no garbage.
        gc.collect()
        spare_what_stays()
        whole = _times(lambda: most_pressing_due(clinic, _LISTED))
        one = _times(lambda: due_of_episode(clinic, ACTIVE // 2))
        clinic.close()
    finally:
        shutil.rmtree(folder)
    note = f"{ACTIVE:,} active and {ENDED:,} ended episodes, {VISITS} visits each"
    return [
        against_limit(f"what is due in {ACTIVE:,} active episodes", middle(whole), 100, note),
        against_limit("what is due in one episode", middle(one), 16, note),
    ]


def _times(job: Callable[[], object]) -> Sequence[float]:
    job()
    times = []
    for _ in range(_ROUNDS):
        begun = perf_counter()
        job()
        times.append((perf_counter() - begun) * 1000)
    return times


def _made(folder: Path) -> OpenClinic:
    """A clinic whose episodes are spread over their course: some report, plan or authorization is due in many."""
    clinic = create_clinic(
        folder / "due.ptnotes", Clinic(name="Made up", zone="America/New_York"), Person(name="P"), _PASSPHRASE
    )
    today, now = clinic.today(), clinic.clock()
    with clinic.store.write() as connection:
        payers = [save_payer(connection, Payer(name=f"Payer {number}")) for number in range(5)]
        people = patients.add_patients(
            connection,
            [
                Patient(
                    mrn=str(number),
                    family_name=f"Made-up {number}",
                    given_name="Ada",
                    birth_date=today - timedelta(days=15_000 + number),
                )
                for number in range(ACTIVE + ENDED)
            ],
            now,
        )
        courses = []
        for number, person in enumerate(people):
            start = today - timedelta(days=20 + number % 60)
            plan = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=4 + number % 9, start=start)
            courses.append(EpisodeOfCare(patient_id=person.id or 0, start=start, plan=plan))
        stored = episodes.add_episodes(connection, courses, now, clinic.person_id)
        visits = [
            TreatmentSession(
                episode_id=episode.id or 0,
                service_date=min(episode.start + timedelta(days=3 * place), today),
                zone=clinic.zone,
                kind=VisitKind.TREATMENT if place else VisitKind.EVALUATION,
                author_id=clinic.person_id,
            )
            for episode in stored
            for place in range(VISITS)
        ]
        sessions.add_sessions(connection, visits, now)
        # As if they were signed: only the state is counted, and real signatures take minutes.
        connection.execute(
            update(SessionRecord)
            .where(SessionRecord.service_date < today - timedelta(days=1))
            .values(
                state=NoteState.SIGNED,
                signer_id=clinic.person_id,
                signed_at=now,
                signature=bytes(64),
                content_hash=bytes(32),
                canonical_version=1,
                reference_version="none",
            )
        )
        for number, person in enumerate(people):
            payer = payers[number % len(payers)]
            save_coverage(connection, Coverage(patient_id=person.id or 0, payer_id=payer.id or 0))
        for episode in stored[ACTIVE:]:
            ended = replace(episode, discharged_on=today, discharge_reason=DischargeReason.GOALS_MET)
            episodes.change_episode(connection, ended, now, clinic.person_id)
        connection.commit()
    return clinic
