"""What a screen shows at once, gathered in one read: the home screen, a patient's header, the overview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from ptnotes.domain.body_chart import ToldCourse
from ptnotes.domain.change import Verdict
from ptnotes.domain.contraindication import AdverseEvent, Override
from ptnotes.domain.due import Due
from ptnotes.domain.episode import EpisodeOfCare, Goal, OutcomeScore
from ptnotes.domain.patient import Patient, PatientRow
from ptnotes.domain.treatment import Mode, SessionRow, Side
from ptnotes.domain.treatment_strip import TreatmentStrip
from ptnotes.domain.trend import TrendChart


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft that waits to be finished."""

    session_id: int
    patient: PatientRow
    service_date: date
    saved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstRow:
    """Something done against a contraindication that a supervisor is to look at. `what` names the items in words."""

    patient: PatientRow
    service_date: date
    override: Override
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An adverse event that is followed up."""

    patient: PatientRow
    event: AdverseEvent


@dataclass(frozen=True, slots=True)
class EpisodeDue:
    """What is due in an episode, the most pressing first, and whose rules say so."""

    dues: tuple[Due, ...] = ()
    rules: str = ""


@dataclass(frozen=True, slots=True)
class DueRow:
    """Something that is due for a patient, in an episode of theirs."""

    patient: PatientRow
    episode_id: int
    due: Due


@dataclass(frozen=True, slots=True)
class ClinicDue:
    """What is most pressing in the clinic, and how much is due in all."""

    rows: tuple[DueRow, ...] = ()
    count: int = 0


MOST_COUNTED = 2_000
"""Where counting for the home screen ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What the window opens with: patients seen last, notes to co-sign, drafts of the last thirty days, all patients.

    `drafts` are the latest of them, `draft_count` says how many there are in all. Neither number goes beyond
    `MOST_COUNTED`: a number that large only says "many", and counting on would keep the window waiting.
    `against` is what a supervisor is to look at, `events` the adverse events that are open.
    `lacks_recovery_key` is true where the file has none and whoever looks at this can make one.
    """

    recent: tuple[PatientRow, ...] = ()
    to_co_sign: tuple[DraftRow, ...] = ()
    drafts: tuple[DraftRow, ...] = ()
    draft_count: int = 0
    patient_count: int = 0
    lacks_recovery_key: bool = False
    against: tuple[AgainstRow, ...] = ()
    events: tuple[EventRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientHeader:
    """Who the patient is and what the open episode is, for the top of every screen of a chart.

    `positive` are the items of the screen answered with yes, as (label, ``stop``, ``no thrust`` or ``precaution``),
    `events` the adverse events that are open.
    """

    patient: Patient
    age_years: int
    episodes: tuple[EpisodeOfCare, ...] = ()
    episode: EpisodeOfCare | None = None
    visits_attended: int = 0
    last_visit: date | None = None
    open_draft_id: int | None = None
    positive: tuple[tuple[str, str], ...] = ()
    events: tuple[AdverseEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One measure's first and latest value with the verdict between them, in `unit`.

    `then` is its value by an earlier day that is looked back to, and `since` the verdict between that and the latest;
    None where it was not taken by that day and again after it.
    """

    label: str
    unit: str
    first: Decimal | None
    latest: Decimal | None
    verdict: Verdict | None
    goal: Decimal | None = None
    then: Decimal | None = None
    since: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedRow:
    """One technique at one place over the visits covered: `grades` in the order first used, `responses` with at how
    many of its visits each was charted.
    """

    targets: tuple[str, ...]
    side: Side | None
    technique: str
    grades: tuple[str, ...]
    dose: str
    sessions: int
    responses: Mapping[str, int] = field(default_factory=dict)
    last_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalProgress:
    """A goal with its measure's value now, the day of it, and the share of the way to the target (0 to 1); None where
    it was not measured. `is_reached` says that the value is at the target or beyond it, which meets no goal by itself.
    """

    goal: Goal
    now: Decimal | None
    share: Decimal | None
    now_on: date | None = None
    is_reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineMark:
    """A level treated: its latest grade, and whether that was at the latest visit (else it is an outline)."""

    target: str
    side: Side | None
    grade: str
    at_latest_visit: bool
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedMeasure:
    """What was measured before and after, and how. `motion` is None for the pain now, whose unit is that of its scale.

    Two changes are of one measure only where all of this is equal: other ways of measuring are other measures.
    """

    unit: str
    motion: str | None = None
    side: Side | None = None
    mode: Mode | None = None
    method: str | None = None
    test_position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWithin:
    """The change of one measure within the visits at which something was done, in the measure's unit (after − before).

    `pairs` is the number of visits with a value before and one after; `half` is how many had only one of the two, or
    two that were not taken alike. Both are left out of the mean, as are visits at which it was not measured.
    `deviation` is the sample standard deviation, given where there are many pairs; `lowest` and `highest` are given
    below that, from two pairs on. One pair has no spread. `alone` counts the pairs of visits at which no other
    technique, place or grade was charted, not even in part; services and exercises are not looked at.
    """

    pairs: int
    half: int
    mean: Decimal
    alone: int = 0
    lowest: Decimal | None = None
    highest: Decimal | None = None
    deviation: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TechniqueResponse:
    """One technique at one place and grade. `visits` is at how many it was done; `changes` are those of each measure.

    `grade` is as written, a range too; empty where none was charted. `halves` counts, for the measures without any
    pair, the visits at which one of the two values is missing.
    """

    target: str
    side: Side | None
    technique: str
    grade: str
    visits: int
    changes: Mapping[PairedMeasure, ChangeWithin]
    halves: Mapping[PairedMeasure, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeOverview:
    """An episode at a glance. `charts` are motions in reference order; `pain` is its own chart.

    `marks` are of the whole episode, `visit_marks` of each visit by its session's id. `visits` are newest first.
    `strip` is what was done over time, `responses` what changed within the visits at which it was done.
    """

    patient: Patient
    episode: EpisodeOfCare
    visits: tuple[SessionRow, ...] = ()
    charts: tuple[TrendChart, ...] = ()
    pain: TrendChart | None = None
    changes: tuple[ChangeRow, ...] = ()
    outcomes: tuple[OutcomeScore, ...] = ()
    treated: tuple[TreatedRow, ...] = ()
    marks: tuple[SpineMark, ...] = ()
    visit_marks: Mapping[int, tuple[SpineMark, ...]] = field(default_factory=dict)
    strip: TreatmentStrip = field(default_factory=TreatmentStrip)
    responses: tuple[TechniqueResponse, ...] = ()
    goals: tuple[GoalProgress, ...] = ()
    body: ToldCourse | None = None
    first_on: date | None = None
    last_on: date | None = None
