"""A treatment session and its parts.

Every part carries its session (`session_id`) and a row number that is its own for as long as the session lives. A row
taken out of a draft keeps its place with `removed_at` set: nothing clinical is deleted. `position` is the order shown.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import SchemaItem

from ptnotes.db.schema.vocabulary import (
    SESSION_CHILD,
    ChoiceText,
    Digest,
    Id,
    Ids,
    Instant,
    PersonId,
    Record,
    Revision,
    StrokeList,
    Thousandths,
    Uuid,
    Words,
    between,
    choice,
    not_negative,
)
from ptnotes.domain.treatment import (
    AreaKind,
    BodyView,
    FindingKind,
    Mode,
    NoteState,
    Origin,
    PainKind,
    Phase,
    Place,
    Side,
    Stroke,
    VisitKind,
    VisitStatus,
)


class SessionRecord(Record):
    """A treatment session: when, who, and how far its note has come.

    What is signed is named by `content_hash`, the SHA-256 of its canonical form in `canonical_version`; it chains to
    the note before by `previous_hash`, and names the reference data whose labels it was written with.
    """

    __tablename__ = "treatment_session"
    __table_args__ = (
        Index(None, "episode_id", "service_date"),
        # What is due in thousands of episodes is counted from this index alone.
        Index(None, "episode_id", "status", "state", "service_date", "kind"),
        Index(None, "saved_at"),
        Index(None, "state", "service_date"),
        CheckConstraint("time_out >= time_in", name="ends_after_start"),
        CheckConstraint(
            "state IN ('draft', 'discarded') OR (signer_id IS NOT NULL AND signed_at IS NOT NULL"
            " AND signature IS NOT NULL AND content_hash IS NOT NULL AND canonical_version IS NOT NULL"
            " AND reference_version IS NOT NULL)",
            name="signed_is_whole",
        ),
    )

    id: Mapped[Id]
    uuid: Mapped[Uuid]
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode_of_care.id"))
    service_date: Mapped[date]
    zone: Mapped[str]
    time_in: Mapped[time | None]
    time_out: Mapped[time | None]
    kind: Mapped[VisitKind] = choice(VisitKind)
    status: Mapped[VisitStatus] = choice(VisitStatus)
    status_reason: Mapped[Words]
    author_id: Mapped[PersonId]
    others_present: Mapped[Words]
    state: Mapped[NoteState] = choice(NoteState)
    next_row: Mapped[int]
    revision: Mapped[Revision]
    created_at: Mapped[Instant]
    saved_at: Mapped[Instant]
    signer_id: Mapped[PersonId | None]
    signed_at: Mapped[Instant | None]
    signature: Mapped[bytes | None]
    content_hash: Mapped[Digest | None]
    previous_hash: Mapped[Digest | None]
    canonical_version: Mapped[int | None]
    reference_version: Mapped[str | None]


class SessionPart(Record):
    """What every row of a session carries."""

    __abstract__ = True

    session_id: Mapped[int] = mapped_column(
        ForeignKey("treatment_session.id"), primary_key=True, autoincrement=False, sort_order=-3
    )
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-2)
    position: Mapped[int] = mapped_column(sort_order=-1)
    removed_at: Mapped[Instant | None] = mapped_column(sort_order=99)


def _part(*constraints: SchemaItem) -> tuple[Any, ...]:
    return (*constraints, {"sqlite_with_rowid": False, "info": SESSION_CHILD})


class MobilizationRecord(SessionPart):
    """One technique; its targets are in `MobilizationTargetRecord`."""

    __tablename__ = "mobilization"
    __table_args__ = _part(
        *not_negative("sets", "reps", "duration_s", "hold_s", "rate_hz", "attempts"),
        CheckConstraint("grade_to IS NULL OR grade IS NOT NULL", name="range_has_a_start"),
    )

    side: Mapped[Side | None] = choice(Side)
    technique: Mapped[str | None]
    direction: Mapped[str | None]
    grade_system: Mapped[str | None]
    grade: Mapped[str | None]
    grade_to: Mapped[str | None]
    sets: Mapped[int | None]
    reps: Mapped[int | None]
    duration_s: Mapped[int | None]
    hold_s: Mapped[int | None]
    rate_hz: Mapped[Thousandths | None]
    position_id: Mapped[str | None]
    pre_position: Mapped[Words]
    moving_part: Mapped[Words]
    fixed_part: Mapped[Words]
    movement: Mapped[str | None]
    attempts: Mapped[int | None]
    cavitation: Mapped[bool | None]
    responses: Mapped[Ids]
    note: Mapped[Words]
    done_by: Mapped[PersonId | None]
    origin: Mapped[Origin] = choice(Origin)


class MobilizationTargetRecord(SessionPart):
    """One target (vertebra, segment, joint, rib, region) of a mobilization; `position` is part of its name."""

    __tablename__ = "mobilization_target"
    __table_args__ = _part(
        ForeignKeyConstraint(["session_id", "row"], ["mobilization.session_id", "mobilization.row"]),
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    target: Mapped[str]


class InterventionRecord(SessionPart):
    """Another service with its minutes. Code, label and timing are filled in when the note is signed."""

    __tablename__ = "intervention"
    __table_args__ = _part(*not_negative("minutes"))

    intervention: Mapped[str | None]
    code: Mapped[Words]
    label: Mapped[Words]
    timed: Mapped[bool | None]
    minutes: Mapped[int | None]
    modifiers: Mapped[Ids]
    area: Mapped[Words]
    area_kind: Mapped[AreaKind | None] = mapped_column(
        ChoiceText(AreaKind), server_default="", nullable=False
    )
    parameters: Mapped[Words]
    done_by: Mapped[PersonId | None]


class ExerciseRecord(SessionPart):
    """One exercise; `load` is in `load_unit`."""

    __tablename__ = "exercise"
    __table_args__ = _part(
        *not_negative("sets", "reps", "hold_s", "load", "times_a_day"), between("days_a_week", 0, 7)
    )

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
    times_a_day: Mapped[int | None] = mapped_column(sort_order=100)
    days_a_week: Mapped[int | None] = mapped_column(sort_order=100)
    done_by: Mapped[PersonId | None]


class RomReadingRecord(SessionPart):
    """One reading of one motion: a number in `unit`, or a coded word, never both. Before and after share a `pair`."""

    __tablename__ = "rom_reading"
    __table_args__ = _part(
        between("pain", 0, 10),
        CheckConstraint("value IS NULL OR word IS NULL", name="number_or_word"),
        CheckConstraint("value IS NULL OR unit <> ''", name="number_has_unit"),
    )

    pair: Mapped[int]
    motion: Mapped[str]
    side: Mapped[Side | None] = choice(Side)
    mode: Mapped[Mode] = choice(Mode)
    method: Mapped[str | None]
    test_position: Mapped[str | None]
    rater: Mapped[PersonId | None]
    phase: Mapped[Phase] = choice(Phase)
    value: Mapped[Thousandths | None]
    unit: Mapped[str]
    word: Mapped[str | None]
    end_feel: Mapped[str | None]
    end_range_pain: Mapped[bool | None]
    pain: Mapped[int | None]
    why_not_tested: Mapped[Words]


class PainScoreRecord(SessionPart):
    """One pain score. Before and after share a `pair`."""

    __tablename__ = "pain_score"
    __table_args__ = _part(
        between("value", 0, 10, when="scale = 'nprs'"),
        CheckConstraint("(kind = 'movement') OR (motion IS NULL)", name="motion_only_with_movement"),
    )

    pair: Mapped[int]
    scale: Mapped[str]
    kind: Mapped[PainKind] = choice(PainKind)
    motion: Mapped[str | None]
    place: Mapped[Words]
    side: Mapped[Side | None] = choice(Side)
    phase: Mapped[Phase] = choice(Phase)
    value: Mapped[int | None]


class ComparableSignRecord(SessionPart):
    """The patient's own sign, re-tested after treatment."""

    __tablename__ = "comparable_sign"
    __table_args__ = _part()

    pair: Mapped[int]
    words: Mapped[Words]
    unit: Mapped[Words]
    phase: Mapped[Phase] = choice(Phase)
    value: Mapped[Words]


class ExamFindingRecord(SessionPart):
    """Strength, reflex, dermatome, myotome, special test, joint play or palpation."""

    __tablename__ = "exam_finding"
    __table_args__ = _part()

    kind: Mapped[FindingKind] = mapped_column(ChoiceText(FindingKind))
    test: Mapped[str]
    target: Mapped[str | None]
    side: Mapped[Side | None] = choice(Side)
    phase: Mapped[Phase] = choice(Phase)
    value: Mapped[Words]
    words: Mapped[Words]
    done_by: Mapped[PersonId | None]


class VitalsRecord(SessionPart):
    """Blood pressure, heart rate and saturation at one moment."""

    __tablename__ = "vitals"
    __table_args__ = _part(
        *not_negative("systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm"),
        between("saturation_percent", 0, 100),
    )

    phase: Mapped[Phase] = choice(Phase)
    systolic_mmhg: Mapped[int | None]
    diastolic_mmhg: Mapped[int | None]
    heart_rate_bpm: Mapped[int | None]
    saturation_percent: Mapped[int | None]
    words: Mapped[Words]
    done_by: Mapped[PersonId | None]


class NoteSectionRecord(Record):
    """One section of the narrative; an empty section has no row, or a removed one.

    Of a draft, ``pending_line`` is what stands in the typed line and is not charted yet, ``pending_row`` the number of
    the row that it says anew.
    """

    __tablename__ = "note_section"
    __table_args__ = {"sqlite_with_rowid": False, "info": SESSION_CHILD}  # noqa: RUF012 - read by SQLAlchemy

    session_id: Mapped[int] = mapped_column(ForeignKey("treatment_session.id"), primary_key=True)
    section: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    removed_at: Mapped[Instant | None]


class BodyChartRecord(SessionPart):
    """One mark on the body chart: a view, the strokes (points in thousandths of the view's size) and the symptom."""

    __tablename__ = "body_chart"
    __table_args__ = _part()

    view: Mapped[BodyView] = mapped_column(ChoiceText(BodyView))
    symptom: Mapped[str]
    strokes: Mapped[tuple[Stroke, ...]] = mapped_column(StrokeList)
    words: Mapped[Words]
    qualities: Mapped[Ids] = mapped_column(sort_order=100)


class SignedContentRecord(Record):
    """The canonical form that was hashed and signed, labels included, so that it reads without the reference data."""

    __tablename__ = "signed_content"
    __table_args__ = {"info": SESSION_CHILD}  # noqa: RUF012 - read by SQLAlchemy as written

    session_id: Mapped[int] = mapped_column(ForeignKey("treatment_session.id"), primary_key=True)
    canonical_form: Mapped[bytes]
