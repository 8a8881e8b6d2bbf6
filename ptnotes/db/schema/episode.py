"""Episodes of care: regions, diagnoses, referral, plan of care, goals, outcome scores, home programme."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ptnotes.db.schema.vocabulary import (
    APPEND_ONLY,
    Hundredths,
    Id,
    Instant,
    PersonId,
    Record,
    Revision,
    Thousandths,
    Uuid,
    Words,
    choice,
    not_negative,
)
from ptnotes.domain.episode import DiagnosisKind, DischargeReason, GoalStatus, OnsetKind
from ptnotes.domain.treatment import Mode, PainKind, Place, Side


class EpisodeRecord(Record):
    """An episode of care."""

    __tablename__ = "episode_of_care"
    __table_args__ = (
        Index(None, "patient_id", "start"),
        # The open ones are found, and counted from, without reading the ended ones.
        Index(None, "discharged_on", "patient_id", "start"),
        CheckConstraint("discharged_on >= start", name="ends_after_start"),
        CheckConstraint(
            "(discharged_on IS NULL) = (discharge_reason IS NULL)", name="discharge_has_date_and_reason"
        ),
    )

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    title: Mapped[Words]
    start: Mapped[date]
    onset: Mapped[date | None]
    onset_kind: Mapped[OnsetKind] = choice(OnsetKind)
    mechanism: Mapped[Words]
    surgery: Mapped[Words]
    surgery_date: Mapped[date | None]
    prior_function: Mapped[Words]
    present_function: Mapped[Words]
    complexities: Mapped[Words]
    why_skilled: Mapped[Words]
    precaution: Mapped[Words]
    discharged_on: Mapped[date | None]
    discharge_reason: Mapped[DischargeReason | None] = choice(DischargeReason)
    created_at: Mapped[Instant]
    revision: Mapped[Revision]


class EpisodeRegionRecord(Record):
    """A region treated in the episode, in order; the first is the main one."""

    __tablename__ = "episode_region"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - read by SQLAlchemy as written

    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region: Mapped[str]
    side: Mapped[Side | None] = choice(Side)
    removed_at: Mapped[Instant | None]


class DiagnosisRecord(Record):
    """A diagnosis of the episode, in order."""

    __tablename__ = "diagnosis"
    __table_args__ = (Index(None, "code"), {"sqlite_with_rowid": False})

    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    kind: Mapped[DiagnosisKind] = choice(DiagnosisKind)
    code: Mapped[Words]
    code_set_date: Mapped[Words]
    words: Mapped[Words]
    checked: Mapped[bool]
    since: Mapped[date | None]
    until: Mapped[date | None]
    removed_at: Mapped[Instant | None]


class ProblemRecord(Record):
    """One entry of the episode's problem list, in order."""

    __tablename__ = "problem"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - read by SQLAlchemy as written

    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    words: Mapped[Words]
    since: Mapped[date | None]
    resolved_on: Mapped[date | None]
    removed_at: Mapped[Instant | None]


class ReferralRecord(Record):
    """Who sent the patient for this episode. The newest row (highest `row`) that is not removed is the present one."""

    __tablename__ = "referral"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - read by SQLAlchemy as written

    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    referred_on: Mapped[date | None]
    signed_order_on_file: Mapped[bool] = mapped_column(server_default="0")
    valid_until: Mapped[date | None]
    removed_at: Mapped[Instant | None]


class PlanOfCareRecord(Record):
    """One version of the plan of care; the highest version counts."""

    __tablename__ = "plan_of_care"
    __table_args__ = (
        *not_negative("visits_a_week", "duration_weeks", "times_a_day"),
        {"sqlite_with_rowid": False, "info": APPEND_ONLY},
    )

    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    visits_a_week: Mapped[Hundredths | None]
    duration_weeks: Mapped[int | None]
    start: Mapped[date | None]
    certified_until: Mapped[date | None]
    interventions: Mapped[Words]
    prognosis: Mapped[Words]
    written_at: Mapped[Instant]
    written_by: Mapped[PersonId]
    times_a_day: Mapped[int | None]


class CertificationRecord(Record):
    """A plan of care on its way to the physician and back."""

    __tablename__ = "certification"
    __table_args__ = (
        ForeignKeyConstraint(
            ["episode_id", "plan_version"], ["plan_of_care.episode_id", "plan_of_care.version"]
        ),
        Index(None, "episode_id", "plan_version"),
        CheckConstraint("(signed_on IS NULL) OR (received_at IS NOT NULL)", name="signed_was_received"),
    )

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int]
    plan_version: Mapped[int]
    sent_at: Mapped[Instant | None]
    sent_to: Mapped[Words]
    sent_how: Mapped[Words]
    received_at: Mapped[Instant | None]
    signed_on: Mapped[date | None]
    signed_by: Mapped[Words]
    valid_until: Mapped[date | None]
    revision: Mapped[Revision]


class ProgressReportRecord(Record):
    """A progress report that left the program, and the last day that it covers: the next is counted from there."""

    __tablename__ = "progress_report"
    __table_args__ = (Index(None, "episode_id", "covers_to"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"))
    covers_to: Mapped[date]
    given_at: Mapped[Instant]
    given_by: Mapped[PersonId]


class PhysicianVisitRecord(Record):
    """When the patient sees the physician next."""

    __tablename__ = "physician_visit"
    __table_args__ = (Index(None, "episode_id", "day"),)

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"))
    day: Mapped[date]
    noted_at: Mapped[Instant]
    noted_by: Mapped[PersonId]
    removed_at: Mapped[Instant | None]


class GoalRecord(Record):
    """A goal. Its uuid is its name for ever."""

    __tablename__ = "goal"
    __table_args__ = (Index(None, "episode_id", "position"),)

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"))
    position: Mapped[int]
    words: Mapped[str]
    function: Mapped[Words]
    measure: Mapped[str]
    motion: Mapped[str | None]
    side: Mapped[Side | None] = choice(Side)
    mode: Mapped[Mode | None] = choice(Mode)
    pain_kind: Mapped[PainKind | None] = choice(PainKind)
    outcome: Mapped[str | None]
    unit: Mapped[Words]
    baseline: Mapped[Thousandths | None]
    target: Mapped[Thousandths | None]
    due: Mapped[date | None]
    status: Mapped[GoalStatus] = choice(GoalStatus)
    status_reason: Mapped[Words]
    long_term: Mapped[bool]
    removed_at: Mapped[Instant | None]


class GoalEventRecord(Record):
    """What became of a goal, when, by whom and why."""

    __tablename__ = "goal_event"
    __table_args__ = (Index(None, "goal_id", "at"), {"info": APPEND_ONLY})

    id: Mapped[Id]
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    at: Mapped[Instant]
    person_id: Mapped[PersonId]
    status: Mapped[GoalStatus] = choice(GoalStatus)
    target: Mapped[Thousandths | None]
    due: Mapped[date | None]
    reason: Mapped[Words]


class OutcomeScoreRecord(Record):
    """One answered questionnaire."""

    __tablename__ = "outcome_score"
    __table_args__ = (Index(None, "episode_id", "taken_on"), *not_negative("missing_items"))

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"))
    measure: Mapped[str]
    measure_version: Mapped[Words]
    subscale: Mapped[Words]
    taken_on: Mapped[date]
    total: Mapped[Thousandths]
    missing_items: Mapped[int | None]
    formula_version: Mapped[Words]
    entered_by: Mapped[PersonId | None]
    entered_at: Mapped[Instant]
    removed_at: Mapped[Instant | None]


class OutcomeItemRecord(Record):
    """One item's answer, of an instrument whose items may be kept. A null value is an item left out, never zero."""

    __tablename__ = "outcome_item"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - read by SQLAlchemy as written

    outcome_score_id: Mapped[int] = mapped_column(ForeignKey("outcome_score.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[Words]
    value: Mapped[Thousandths | None]


class HomeProgrammeRecord(Record):
    """A home programme as given on one day."""

    __tablename__ = "home_programme"
    __table_args__ = (Index(None, "episode_id", "given_on"),)

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"))
    given_on: Mapped[date]
    given_by: Mapped[PersonId]
    words: Mapped[Words]
    removed_at: Mapped[Instant | None]
    revision: Mapped[Revision]


class HomeExerciseRecord(Record):
    """One exercise of a home programme. `load` is in `load_unit`."""

    __tablename__ = "home_exercise"
    __table_args__ = (*not_negative("sets", "reps", "hold_s", "load"), {"sqlite_with_rowid": False})

    home_programme_id: Mapped[int] = mapped_column(ForeignKey("home_programme.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    exercise: Mapped[str | None]
    name: Mapped[Words]
    sets: Mapped[int | None]
    reps: Mapped[int | None]
    hold_s: Mapped[int | None]
    load: Mapped[Thousandths | None]
    load_unit: Mapped[Words]
    band: Mapped[Words]
    progression: Mapped[Words]
    cue: Mapped[Words]
    response: Mapped[Words]
    place: Mapped[Place] = choice(Place)
    removed_at: Mapped[Instant | None]
