"""Writing down how far a plan of care is on its way to the physician and back, and when the physician is seen next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ptnotes.db import certification as stored
from ptnotes.db.audit import patient_of_episode
from ptnotes.db.episode_history import plan_history
from ptnotes.domain.audit import Subject
from ptnotes.domain.certification import Certification, PlanStanding, checked_certification
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.domain.plan import is_changed_since_sent
from ptnotes.services.audit import log_change
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require


def plan_standing(clinic: OpenClinic, episode_id: int) -> PlanStanding:
    """How far the plan of an episode is, and when the patient sees the physician next."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        found = stored.plan_standing(connection, episode_id, clinic.zone)
        versions = plan_history(connection, episode_id, clinic.zone)
    return replace(found, is_changed=is_changed_since_sent(versions))


def save_certification(clinic: OpenClinic, certification: Certification) -> Certification:
    """Store a new or changed certification; a new one is of the newest version of the plan.

    Raises `InputError` ("certification.no_plan" where there is no plan of care), `StaleError`, `AccessError`.
    """
    require(clinic, Act.WRITE_PLAN)
    checked = checked_certification(certification, clinic.today())
    with clinic.store.write() as connection:
        if checked.id is None:
            version = stored.plan_standing(connection, checked.episode_id, clinic.zone).version
            if not version:
                raise InputError(Fault("certification.no_plan", "certification.sent_on"))
            checked = replace(checked, plan_version=version)
        saved = stored.save_certification(connection, checked, clinic.zone)
        patient_id = patient_of_episode(connection, saved.episode_id) or 0
        log_change(clinic, connection, Subject.EPISODE, saved.episode_id, patient_id, "certification")
        connection.commit()
    return saved


def set_physician_visit(clinic: OpenClinic, episode_id: int, day: date | None) -> date | None:
    """Store when the patient sees the physician next; None takes it back. Raises `AccessError`."""
    require(clinic, Act.CHART_TREATMENT)
    with clinic.store.write() as connection:
        stored.set_physician_visit(connection, episode_id, day, clinic.clock(), clinic.person_id)
        patient_id = patient_of_episode(connection, episode_id) or 0
        log_change(clinic, connection, Subject.EPISODE, episode_id, patient_id, "visit to the physician")
        connection.commit()
    return day
