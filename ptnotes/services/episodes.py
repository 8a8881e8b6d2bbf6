"""Opening, changing and ending episodes of care, and recording outcome scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ptnotes.db import episodes
from ptnotes.db.episode_history import goal_events
from ptnotes.db.patients import load_patient
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.checks import checked_episode, checked_outcome
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare, OutcomeScore
from ptnotes.domain.errors import InputError
from ptnotes.domain.goals import change_faults, removal_faults, steps_of
from ptnotes.domain.permissions import Act
from ptnotes.services.audit import log, log_change
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require


def episodes_of(clinic: OpenClinic, patient_id: int) -> tuple[EpisodeOfCare, ...]:
    """The patient's episodes, newest first."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return episodes.episodes_of(connection, patient_id)


def load_episode(clinic: OpenClinic, episode_id: int) -> EpisodeOfCare:
    """The episode of that id. Raises `NotFoundError`."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return episodes.load_episode(connection, episode_id)


def open_episode(clinic: OpenClinic, episode: EpisodeOfCare) -> EpisodeOfCare:
    """Store a new episode and give it with its id.

    Raises `InputError`, `AccessError`, `NotFoundError` for an unknown patient.
    """
    require(clinic, Act.CHART_EVALUATION)
    _require_for(clinic, EpisodeOfCare(patient_id=episode.patient_id, start=episode.start), episode)
    with clinic.store.write() as connection:
        patient = load_patient(connection, episode.patient_id)
        checked = checked_episode(clinic.reference, episode, patient.birth_date, clinic.today())
        (stored,) = episodes.add_episodes(connection, [checked], clinic.clock(), clinic.person_id)
        log(clinic, connection, Verb.MADE, Subject.EPISODE, stored.id, patient_id=stored.patient_id)
        connection.commit()
    return stored


def change_episode(clinic: OpenClinic, episode: EpisodeOfCare) -> EpisodeOfCare:
    """Store a changed episode and give it with its new revision.

    Raises `InputError`, `StaleError`, `NotFoundError`, and `AccessError` where a part was changed that this person may
    not write: the plan and its goals, the discharge, or what belongs to an evaluation. A goal that is dropped or
    revised without a reason is an `InputError` ("goal.reason_needed"), and so is one that is taken out and was not set
    today ("goal.not_removable").
    """
    with clinic.store.write() as connection:
        before = episodes.load_episode(connection, _id_of(episode))
        _require_for(clinic, before, episode)
        faults = [*change_faults(before.goals, episode.goals)]
        if {goal.uuid for goal in before.goals} - {goal.uuid for goal in episode.goals}:
            steps = steps_of(goal_events(connection, _id_of(episode), clinic.zone))
            faults += removal_faults(before.goals, episode.goals, steps, clinic.today())
        if faults:
            raise InputError(*faults)
        patient = load_patient(connection, episode.patient_id)
        checked = checked_episode(clinic.reference, episode, patient.birth_date, clinic.today())
        changed = episodes.change_episode(connection, checked, clinic.clock(), clinic.person_id)
        log_change(clinic, connection, Subject.EPISODE, _id_of(changed), changed.patient_id)
        connection.commit()
    return changed


def discharge_episode(
    clinic: OpenClinic, episode_id: int, on: date, reason: DischargeReason
) -> EpisodeOfCare:
    """End an episode on a date, for a reason. Raises `InputError` where that is before its start or in the future."""
    require(clinic, Act.DISCHARGE)
    discharged = replace(load_episode(clinic, episode_id), discharged_on=on, discharge_reason=reason)
    return change_episode(clinic, discharged)


def record_outcome(clinic: OpenClinic, score: OutcomeScore) -> OutcomeScore:
    """Store one answered questionnaire, entered by whoever opened the clinic. Raises `InputError`."""
    require(clinic, Act.CHART_TREATMENT)
    checked = checked_outcome(clinic.reference, score, clinic.today())
    with clinic.store.write() as connection:
        patient_id = episodes.load_episode(connection, score.episode_id).patient_id
        entered = replace(checked, entered_by=clinic.person_id)
        stored = episodes.record_outcome(connection, entered, clinic.clock())
        log(clinic, connection, Verb.MADE, Subject.OUTCOME, stored.id, patient_id=patient_id)
        connection.commit()
    return stored


def outcomes_of(clinic: OpenClinic, episode_id: int) -> tuple[OutcomeScore, ...]:
    """The episode's outcome scores, earliest first."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return episodes.outcomes_of(connection, episode_id)


def _require_for(clinic: OpenClinic, before: EpisodeOfCare, after: EpisodeOfCare) -> None:
    """Raise `AccessError` where `after` differs from `before` in a part that this person may not write."""
    if (before.plan, before.goals) != (after.plan, after.goals):
        require(clinic, Act.WRITE_PLAN)
    if (before.discharged_on, before.discharge_reason) != (after.discharged_on, after.discharge_reason):
        require(clinic, Act.DISCHARGE)
    kept = replace(
        after,
        plan=before.plan,
        goals=before.goals,
        discharged_on=before.discharged_on,
        discharge_reason=before.discharge_reason,
        revision=before.revision,
        uuid=before.uuid,
    )
    if kept != before:
        require(clinic, Act.CHART_EVALUATION)


def _id_of(episode: EpisodeOfCare) -> int:
    if episode.id is None:
        raise ValueError("this episode was never stored")
    return episode.id
