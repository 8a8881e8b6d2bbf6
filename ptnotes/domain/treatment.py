"""One treatment session as one value: what was done, what was measured before and after, and the note.

Rows carry a `row` number that is theirs for as long as the session exists: the screen, the store and the undo stack
name a row by it, and a removed row's number is not given again. The order of a list is the order of its tuple.
Ids of techniques, targets, motions and so on are those of `ptnotes.clinical`. None means "not recorded", never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from ptnotes.clinical import Reference


class VisitKind(StrEnum):
    """Why the patient was seen."""

    EVALUATION = "evaluation"
    TREATMENT = "treatment"
    RE_EVALUATION = "re_evaluation"
    DISCHARGE = "discharge"


EVALUATIONS = (VisitKind.EVALUATION, VisitKind.RE_EVALUATION)
"""The kinds of visit whose note is an evaluation."""


class VisitStatus(StrEnum):
    """Whether the patient came. Only an attended visit counts as a treatment day."""

    SCHEDULED = "scheduled"
    ATTENDED = "attended"
    CANCELLED = "cancelled"
    MISSED = "missed"


class NoteState(StrEnum):
    """How far the note has come."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    AWAITING_COSIGNATURE = "awaiting_cosignature"
    SIGNED = "signed"
    VOIDED = "voided"


class Side(StrEnum):
    """Side of the body, or of the spine, that a row speaks of."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"
    MIDLINE = "midline"


class Phase(StrEnum):
    """When in the visit a reading was taken. SINGLE had no treatment before it and was not repeated."""

    BEFORE = "before"
    AFTER = "after"
    SINGLE = "single"


class Mode(StrEnum):
    """Who moved the joint."""

    ACTIVE = "active"
    PASSIVE = "passive"


class PainKind(StrEnum):
    """Which pain a score is of."""

    NOW = "now"
    BEST = "best"
    WORST = "worst"
    MOVEMENT = "movement"


class Origin(StrEnum):
    """How a row came to be charted."""

    TYPED = "typed"
    CLICKED = "clicked"
    CONFIRMED = "confirmed"


class Place(StrEnum):
    """Where an exercise is done."""

    CLINIC = "clinic"
    HOME = "home"


class AreaKind(StrEnum):
    """What kind of place a service was given at."""

    JOINT = "joint"
    MUSCLE = "muscle"
    NERVE = "nerve"
    AREA = "area"


class FindingKind(StrEnum):
    """What an examination looked at."""

    STRENGTH = "strength"
    REFLEX = "reflex"
    DERMATOME = "dermatome"
    MYOTOME = "myotome"
    UPPER_MOTOR_NEURON = "upper_motor_neuron"
    SPECIAL_TEST = "special_test"
    JOINT_PLAY = "joint_play"
    PALPATION = "palpation"
    IRRITABILITY = "irritability"
    BEHAVIOUR = "behaviour"
    """How the symptoms behave: what makes them worse or better, and their course over a day."""


FINDING_LISTS: Mapping[FindingKind, tuple[str, str]] = {
    FindingKind.STRENGTH: ("", "strength_grades"),
    FindingKind.REFLEX: ("reflex_sites", "reflex_grades"),
    FindingKind.DERMATOME: ("dermatomes", ""),
    FindingKind.MYOTOME: ("myotomes", "strength_grades"),
    FindingKind.UPPER_MOTOR_NEURON: ("upper_motor_neuron_signs", ""),
    FindingKind.JOINT_PLAY: ("", "segment_mobility"),
}
"""In which lists of the reference data a finding's `test` and `value` stand; empty where they are words of our own."""


class BodyView(StrEnum):
    """From where the body is seen on the body chart."""

    FRONT = "front"
    BACK = "back"
    LEFT = "left"
    RIGHT = "right"


Stroke = tuple[tuple[int, int], ...]
"""Points of one stroke of the pen: (x, y) in thousandths of the view's width and height, from its top left corner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mobilization:
    """One technique at one or more targets. `duration_s` is seconds per set, `hold_s` a sustained hold.

    `cavitation` is yes, no, or None for not recorded. `grade_to` is the second grade of a range (III to IV).
    """

    row: int
    targets: tuple[str, ...] = ()
    side: Side | None = None
    technique: str | None = None
    direction: str | None = None
    grade_system: str | None = None
    grade: str | None = None
    grade_to: str | None = None
    sets: int | None = None
    reps: int | None = None
    duration_s: int | None = None
    hold_s: int | None = None
    rate_hz: Decimal | None = None
    position: str | None = None
    pre_position: str = ""
    moving_part: str = ""
    fixed_part: str = ""
    movement: str | None = None
    attempts: int | None = None
    cavitation: bool | None = None
    responses: tuple[str, ...] = ()
    note: str = ""
    done_by: int | None = None
    origin: Origin = Origin.CLICKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """Another service with its minutes. `intervention` is an id of the reference data.

    `area` says where it was given, in words; `area_kind` of what kind that place is, None where nobody said.
    """

    row: int
    intervention: str | None = None
    minutes: int | None = None
    modifiers: tuple[str, ...] = ()
    area: str = ""
    area_kind: AreaKind | None = None
    parameters: str = ""
    done_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One exercise. `exercise` is an id of the reference data, or None where `name` (own words) says it.

    `load` is in `load_unit` (``kg``, ``lb``, or ``band`` with the band's colour in `band`). `times_a_day` and
    `days_a_week` say how often the patient is to do it at home.
    """

    row: int
    exercise: str | None = None
    name: str = ""
    sets: int | None = None
    reps: int | None = None
    hold_s: int | None = None
    load: Decimal | None = None
    load_unit: str = "kg"
    band: str = ""
    progression: str = ""
    cue: str = ""
    response: str = ""
    place: Place = Place.CLINIC
    times_a_day: int | None = None
    days_a_week: int | None = None
    done_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RomReading:
    """One reading of one motion: a number with its unit (``deg``, ``cm``, ``percent``) or a coded word, never both.

    Two readings with the same `pair` are before and after of one measurement. `end_range_pain` says whether the end of
    the range hurt; `pain` is its NPRS score. `side` is None for a motion that has none.
    """

    row: int
    pair: int
    motion: str
    side: Side | None = None
    mode: Mode = Mode.ACTIVE
    method: str | None = None
    test_position: str | None = None
    rater: int | None = None
    phase: Phase = Phase.BEFORE
    value: Decimal | None = None
    unit: str = "deg"
    word: str | None = None
    end_feel: str | None = None
    end_range_pain: bool | None = None
    pain: int | None = None
    why_not_tested: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PainScore:
    """One pain score on a scale (``nprs``, 0 to 10). `motion` names the movement where the kind is MOVEMENT."""

    row: int
    pair: int
    scale: str = "nprs"
    kind: PainKind = PainKind.NOW
    motion: str | None = None
    place: str = ""
    side: Side | None = None
    phase: Phase = Phase.BEFORE
    value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparableSign:
    """The patient's own sign, re-tested after treatment. `value` is as written ("10 cm", "stairs, one at a time")."""

    row: int
    pair: int
    words: str
    unit: str = ""
    phase: Phase = Phase.BEFORE
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamFinding:
    """What one test of an examination found, or one answer on how the symptoms behave.

    `test` says what was tested: an id of the reference data (a reflex site, a myotome, a dermatome, an upper motor
    neuron sign) or, where the data have no list (muscles, special tests), its name in words. `target` is the place of
    joint play. `value` is the id of a grade, or ``positive``, ``negative`` and the like; empty is not recorded.
    """

    row: int
    kind: FindingKind
    test: str = ""
    target: str | None = None
    side: Side | None = None
    phase: Phase = Phase.SINGLE
    value: str = ""
    words: str = ""
    done_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Blood pressure in mmHg, heart rate in beats a minute and oxygen saturation in per cent, at one moment."""

    row: int
    phase: Phase = Phase.BEFORE
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    heart_rate_bpm: int | None = None
    saturation_percent: int | None = None
    words: str = ""
    done_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyMark:
    """One area drawn on the body chart, and what is felt there.

    `symptom` is an id of the reference data; so are the `qualities`, which say how it is felt (constant, deep).
    """

    row: int
    view: BodyView
    symptom: str
    strokes: tuple[Stroke, ...] = ()
    words: str = ""
    qualities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The narrative in its four parts, and what was told to and agreed with others (`communication`)."""

    subjective: str = ""
    objective: str = ""
    assessment: str = ""
    plan: str = ""
    communication: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentSession:
    """A whole visit. `id` is None until stored; `zone` names the time zone of the calendar date `service_date`.

    `pending_line` is what stands in the typed line and is not charted yet; `pending_row` names a row that its first
    entry says anew. Neither is part of the note: a note with a pending line cannot be signed.
    """

    id: int | None = None
    uuid: str = ""
    episode_id: int
    service_date: date
    zone: str = "UTC"
    time_in: time | None = None
    time_out: time | None = None
    kind: VisitKind = VisitKind.TREATMENT
    status: VisitStatus = VisitStatus.ATTENDED
    status_reason: str = ""
    author_id: int | None = None
    others_present: str = ""
    state: NoteState = NoteState.DRAFT
    mobilizations: tuple[Mobilization, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    rom: tuple[RomReading, ...] = ()
    pain: tuple[PainScore, ...] = ()
    comparable_signs: tuple[ComparableSign, ...] = ()
    findings: tuple[ExamFinding, ...] = ()
    vitals: tuple[Vitals, ...] = ()
    body_chart: tuple[BodyMark, ...] = ()
    note: Note = Note()
    pending_line: str = ""
    pending_row: int | None = None
    next_row: int = 1
    revision: int = 0
    saved_at: datetime | None = None

    @property
    def total_minutes(self) -> int | None:
        """Minutes between time in and time out, None where either is missing."""
        if self.time_in is None or self.time_out is None:
            return None
        return (self.time_out.hour - self.time_in.hour) * 60 + self.time_out.minute - self.time_in.minute


SESSION_LISTS = (
    "mobilizations",
    "interventions",
    "exercises",
    "rom",
    "pain",
    "comparable_signs",
    "findings",
    "vitals",
    "body_chart",
)
"""The lists of rows that a visit holds, in the order that the screen shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A visit as a list shows it. `visit_number` counts attended treatment days of the episode, None for others."""

    id: int
    episode_id: int
    service_date: date
    kind: VisitKind
    status: VisitStatus
    state: NoteState
    visit_number: int | None
    summary: str


def minutes_by_timing(reference: Reference, session: TreatmentSession) -> tuple[int, int]:
    """(timed, untimed) minutes charted under interventions; a row without minutes adds nothing."""
    timed = untimed = 0
    for row in session.interventions:
        if row.intervention is None or row.minutes is None:
            continue
        if reference.interventions[row.intervention].timed:
            timed += row.minutes
        else:
            untimed += row.minutes
    return timed, untimed
