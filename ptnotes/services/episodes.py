"""Opening, changing and ending episodes of care, and recording outcome scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ptnotes.db import episodes
from ptnotes.db.patients import load_patient
from ptnotes.domain.checks import checked_episode, checked_outcome
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare, OutcomeScore
from ptnotes.services.opening import OpenClinic


def episodes_of(clinic: OpenClinic, patient_id: int) -> tuple[EpisodeOfCare, ...]:
    """The patient's episodes, newest first."""
    with clinic.store.read() as connection:
        return episodes.episodes_of(connection, patient_id)


def load_episode(clinic: OpenClinic, episode_id: int) -> EpisodeOfCare:
    """The episode of that id. Raises `NotFoundError`."""
    with clinic.store.read() as connection:
        return episodes.load_episode(connection, episode_id)


def open_episode(clinic: OpenClinic, episode: EpisodeOfCare) -> EpisodeOfCare:
    """Store a new episode and give it with its id. Raises `InputError`, `NotFoundError` for an unknown patient."""
    with clinic.store.write() as connection:
        patient = load_patient(connection, episode.patient_id)
        checked = checked_episode(clinic.reference, episode, patient.birth_date, clinic.today())
        (stored,) = episodes.add_episodes(connection, [checked], clinic.clock(), clinic.person_id)
        connection.commit()
    return stored


def change_episode(clinic: OpenClinic, episode: EpisodeOfCare) -> EpisodeOfCare:
    """Store a changed episode and give it with its new revision. Raises `InputError`, `StaleError`."""
    with clinic.store.write() as connection:
        patient = load_patient(connection, episode.patient_id)
        checked = checked_episode(clinic.reference, episode, patient.birth_date, clinic.today())
        changed = episodes.change_episode(connection, checked, clinic.clock(), clinic.person_id)
        connection.commit()
    return changed


def discharge_episode(
    clinic: OpenClinic, episode_id: int, on: date, reason: DischargeReason
) -> EpisodeOfCare:
    """End an episode on a date, for a reason. Raises `InputError` where that is before its start or in the future."""
    discharged = replace(load_episode(clinic, episode_id), discharged_on=on, discharge_reason=reason)
    return change_episode(clinic, discharged)


def record_outcome(clinic: OpenClinic, score: OutcomeScore) -> OutcomeScore:
    """Store one answered questionnaire, entered by whoever opened the clinic. Raises `InputError`."""
    checked = checked_outcome(clinic.reference, score, clinic.today())
    with clinic.store.write() as connection:
        episodes.load_episode(connection, score.episode_id)
        entered = replace(checked, entered_by=clinic.person_id)
        stored = episodes.record_outcome(connection, entered, clinic.clock())
        connection.commit()
    return stored


def outcomes_of(clinic: OpenClinic, episode_id: int) -> tuple[OutcomeScore, ...]:
    """The episode's outcome scores, earliest first."""
    with clinic.store.read() as connection:
        return episodes.outcomes_of(connection, episode_id)
