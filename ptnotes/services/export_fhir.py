"""One patient's record as a FHIR R4 bundle, and saving it as a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from ptnotes.db import audit
from ptnotes.db import export as stored
from ptnotes.db.episodes import episodes_of, outcomes_of
from ptnotes.db.patients import load_patient
from ptnotes.db.people import names_of, people
from ptnotes.db.screening import answers_of
from ptnotes.db.sessions import sessions_of
from ptnotes.db.settings import load_clinic
from ptnotes.db.signing import Snapshot, signed_notes, stored_signatures
from ptnotes.domain.audit import AuditEvent, Subject, Verb
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.people import Person
from ptnotes.domain.permissions import Act
from ptnotes.domain.treatment import SESSION_LISTS
from ptnotes.exchange.fhir_bundle import bundle_bytes
from ptnotes.exchange.fhir_data import EpisodeData, ItemAnswer, OutcomeResult, PatientData
from ptnotes.services.audit import log
from ptnotes.services.export_file import check_target, earlier_kept, noted, private_file, put_in_place
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows, require

FHIR_STARTS = b'{"resourceType":"Bundle"'
"""How every bundle of ours begins."""
_EVERY_EVENT = 2**31 - 1


def export_fhir(
    clinic: OpenClinic, patient_id: int, path: Path, *, replace: bool = False, has_snomed: bool = True
) -> Path:
    """Write the patient's whole record as a FHIR R4 bundle to `path`, and give the path. Anybody can read that file.

    An earlier bundle there is replaced only with `replace`. Without `has_snomed` no code of SNOMED CT is in it.
    Raises `NotFoundError`, `AccessError`, and `EnvironmentFault`: "export.exists", "export.replaces",
    "folder.missing", disk.*.
    """
    require(clinic, Act.EXPORT)
    require(clinic, Act.VIEW_NOTES)
    path = path.absolute()
    check_target(path, replace=replace, starts=FHIR_STARTS)
    with clinic.store.read() as connection:
        data = patient_data(clinic, connection, patient_id, has_snomed=has_snomed)
    made = bundle_bytes(data)
    with private_file(path) as (file, name):
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        note = partial(
            log, clinic, verb=Verb.EXPORTED, subject=Subject.PATIENT, object_id=patient_id, patient_id=patient_id,
            detail="FHIR, not encrypted",
        )  # fmt: skip
        with earlier_kept(path) as take_back:
            noted(clinic, note, partial(put_in_place, name, path, replace=replace), take_back)
    return path


def patient_data(
    clinic: OpenClinic, connection: Snapshot, patient_id: int, *, has_snomed: bool = True
) -> PatientData:
    """All of a patient's record that a bundle holds, in a fixed number of statements and some for each episode.

    Who did what is in it where whoever opened the clinic may see that. Raises `NotFoundError`.
    """
    patient = load_patient(connection, patient_id)
    everybody: Mapping[int, Person] = {person.id or 0: person for person in people(connection)}
    episodes = tuple(_episode(clinic, connection, episode) for episode in episodes_of(connection, patient_id))
    ids = [session.id or 0 for one in episodes for session in one.sessions]
    notes = {note.session_id: note for note in signed_notes(connection, ids, names_of(connection))}
    signatures = {
        one.session_id: one.signature for one in stored_signatures(connection, list(notes)) if one.signature
    }
    events: tuple[AuditEvent, ...] = ()
    if allows(clinic, Act.VIEW_AUDIT):
        found = audit.events_of(connection, patient_id=patient_id, limit=_EVERY_EVENT)
        events = tuple(event for event, _name in found)
    return PatientData(
        reference=clinic.reference,
        clinic=load_clinic(connection),
        people=everybody,
        patient=patient,
        made_at=clinic.clock(),
        episodes=episodes,
        notes=notes,
        signatures=signatures,
        events=events,
        has_snomed=has_snomed,
    )


def _episode(clinic: OpenClinic, connection: Snapshot, episode: EpisodeOfCare) -> EpisodeData:
    if episode.id is None:
        raise ValueError("a stored episode has an id")
    kept = stored.outcome_answers(connection, episode.id)
    scores = outcomes_of(connection, episode.id)
    return EpisodeData(
        episode=episode,
        sessions=sessions_of(connection, episode.id, lists=(*SESSION_LISTS, "note"), voided=True),
        outcomes=tuple(
            OutcomeResult(
                uuid=kept[score.id or 0][0],
                score=score,
                items=tuple(ItemAnswer(item, value) for item, value in kept[score.id or 0][1]),
            )
            for score in scores
        ),
        answers=answers_of(connection, episode.id, clinic.zone),
    )
