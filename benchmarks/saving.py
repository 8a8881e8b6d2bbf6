"""Saving a charted visit, beside the same rows written by bare sqlcipher3 into the same file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from benchmarks.clinics import LONG_MRNS, PASSPHRASE
from benchmarks.figure import middle
from ptnotes.db import keyfile
from ptnotes.db.store import connect, raw_key
from ptnotes.domain.treatment import TreatmentSession
from ptnotes.services.episodes import episodes_of
from ptnotes.services.opening import OpenClinic, open_clinic
from ptnotes.services.patients import patient_by_mrn
from ptnotes.services.sample_courses import load_courses
from ptnotes.services.sample_people import load_cast
from ptnotes.services.sample_run import Run
from ptnotes.services.sample_visits import VisitMaker
from ptnotes.services.visits import save_draft, start_session

ROUNDS = 40
_CHILDREN = (
    "mobilization",
    "mobilization_target",
    "intervention",
    "exercise",
    "rom_reading",
    "pain_score",
    "comparable_sign",
    "note_section",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """Milliseconds a save, ours and bare, and how many rows one save writes."""

    ours_ms: float
    bare_ms: float
    rows: int


def saving(path: Path) -> Saving:
    """Save visits by the service and by hand in turns."""
    clinic = open_clinic(path, PASSPHRASE)
    bare = _bare_connection(path)
    try:
        patient_id = patient_by_mrn(clinic, LONG_MRNS[0]).id
        assert patient_id is not None
        episode_id = episodes_of(clinic, patient_id)[0].id
        assert episode_id is not None
        ours, by_hand, rows = [], [], 0
        visits = _visits(clinic)
        for visit in visits:
            draft = start_session(clinic, episode_id)
            filled = replace(
                visit,
                id=draft.id,
                uuid=draft.uuid,
                episode_id=episode_id,
                service_date=draft.service_date,
                zone=draft.zone,
                revision=draft.revision,
            )
            begun = perf_counter()
            saved = save_draft(clinic, filled)
            ours.append((perf_counter() - begun) * 1000)
            other = start_session(clinic, episode_id)
            statements = _same_rows(bare, saved.id, other.id)
            begun = perf_counter()
            bare.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                bare.executemany(statement, values)
            bare.execute("COMMIT")
            by_hand.append((perf_counter() - begun) * 1000)
            rows = sum(len(values) for _, values in statements)
        # The first rounds fill caches.
        return Saving(ours_ms=middle(ours[5:]), bare_ms=middle(by_hand[5:]), rows=rows)
    finally:
        bare.close()
        clinic.close()


def _visits(clinic: OpenClinic) -> list[TreatmentSession]:
    course = load_courses()["lumbar_stenosis"]
    run = Run(
        visits=ROUNDS,
        last_on=clinic.today(),
        today=clinic.today(),
        way="improving",
        side="left",
        zone=clinic.zone,
        author_id=clinic.person_id,
        referrer=load_cast(clinic.zone).referrers[0],
        full=True,
    )
    maker = VisitMaker(clinic.reference, course, run, Random(3))
    return [maker.visit(number, clinic.today()) for number in range(ROUNDS)]


def _bare_connection(path: Path) -> Any:
    keys_at = keyfile.key_path(path)
    unlocked = keyfile.unlock(keyfile.read_keys(keys_at), PASSPHRASE, None, keys_at)
    return connect(path, raw_key(unlocked.data_key, unlocked.keys.file_id))


def _same_rows(bare: Any, saved: int | None, other: int | None) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """The statements that give session `other` what session `saved` has, with their values at hand."""
    head = bare.execute("SELECT * FROM treatment_session WHERE id = ?", (saved,))
    names = [column[0] for column in head.description]
    own = {"id", "uuid", "episode_id", "author_id", "state", "created_at"}
    values = {name: value for name, value in zip(names, head.fetchone(), strict=True) if name not in own}
    # Names of tables and columns come from the schema, never from what was typed.
    assignments = ", ".join(f"{name} = ?" for name in values)
    statements = [(f"UPDATE treatment_session SET {assignments} WHERE id = ?", [(*values.values(), other)])]  # noqa: S608 - see above
    for table in _CHILDREN:
        found = bare.execute(f"SELECT * FROM {table} WHERE session_id = ?", (saved,))  # noqa: S608 - see above
        columns = [column[0] for column in found.description]
        rows = [
            tuple(other if name == "session_id" else value for name, value in zip(columns, row, strict=True))
            for row in found
        ]
        if rows:
            places = ", ".join("?" * len(columns))
            named = ", ".join(f'"{name}"' for name in columns)
            statements.append((f"INSERT INTO {table} ({named}) VALUES ({places})", rows))  # noqa: S608 - see above
    return statements
