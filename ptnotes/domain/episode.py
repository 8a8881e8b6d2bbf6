"""An episode of care: what is treated, why, and what it is meant to reach. Read and written whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from ptnotes.domain.treatment import Mode, Side


class OnsetKind(StrEnum):
    """How the complaint began."""

    GRADUAL = "gradual"
    SUDDEN = "sudden"
    INJURY = "injury"
    SURGERY = "surgery"
    UNKNOWN = "unknown"


class DiagnosisKind(StrEnum):
    """Who made the diagnosis: the physician's medical one or the therapist's treatment one."""

    MEDICAL = "medical"
    TREATMENT = "treatment"


class GoalStatus(StrEnum):
    """What became of a goal.

    Of a goal it says how it stands now, of an event what was done: a revision leaves the goal active with its new
    target. A goal that itself stands as revised, which only older files hold, is closed.
    """

    ACTIVE = "active"
    MET = "met"
    DROPPED = "dropped"
    REVISED = "revised"


class DischargeReason(StrEnum):
    """Why an episode ended."""

    GOALS_MET = "goals_met"
    PLATEAU = "plateau"
    PATIENT_CHOICE = "patient_choice"
    REFERRED_ON = "referred_on"
    NOT_RETURNED = "not_returned"
    OTHER = "other"


DISCHARGE_REASONS: Mapping[DischargeReason, str] = MappingProxyType(
    {
        DischargeReason.GOALS_MET: "Goals met",
        DischargeReason.PLATEAU: "No further change to expect",
        DischargeReason.PATIENT_CHOICE: "The patient's choice",
        DischargeReason.REFERRED_ON: "Referred on",
        DischargeReason.NOT_RETURNED: "Did not return",
        DischargeReason.OTHER: "Other",
    }
)
"""Each reason in words, as the screen offers it and paper says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRegion:
    """A region treated in the episode; the first is the main one."""

    region: str
    side: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A diagnosis. `code` is ICD-10-CM or empty; `code_set_date` the release it was looked up in; `words` what shows.

    `checked` is False for a code that is not in the reference data, which the screen says beside it.
    """

    row: int
    kind: DiagnosisKind = DiagnosisKind.MEDICAL
    code: str = ""
    code_set_date: str = ""
    words: str = ""
    checked: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An entry of the problem list, in the clinician's words. `resolved_on` is None while it stands."""

    row: int
    words: str = ""
    since: date | None = None
    resolved_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A measurable goal. `uuid` never changes.

    `measure` says what measures it: ``rom`` (then `motion`, `side`, `mode`), ``pain`` (then `pain_kind`), ``outcome``
    (then `outcome`, an id of an outcome measure), or ``words`` (no number). `baseline` and `target` are in `unit`.
    """

    uuid: str
    words: str
    function: str = ""
    measure: str = "words"
    motion: str | None = None
    side: Side | None = None
    mode: Mode | None = None
    pain_kind: str | None = None
    outcome: str | None = None
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    due: date | None = None
    status: GoalStatus = GoalStatus.ACTIVE
    status_reason: str = ""
    long_term: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeItem:
    """One item of a questionnaire: its id, what was asked (an activity in the patient's words), and the answer.

    A `value` of None is an item left out, never 0.
    """

    item: str
    words: str = ""
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeScore:
    """One answered questionnaire, as its total. `total` is in the measure's unit; `subscale` where it has such.

    `items` are its answers where they were given one by one, in the order of their ids; the total is made of them.
    """

    id: int | None = None
    episode_id: int
    measure: str
    subscale: str = ""
    taken_on: date
    total: Decimal
    entered_by: int | None = None
    items: tuple[OutcomeItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOfCare:
    """How often and how long the episode is to be treated. Frequency is visits a week, duration whole weeks.

    `times_a_day` is the amount, treatments on a day of treatment; None where nobody said.
    """

    times_a_day: int | None = None
    visits_a_week: Decimal | None = None
    duration_weeks: int | None = None
    start: date | None = None
    certified_until: date | None = None
    interventions: str = ""
    prognosis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeOfCare:
    """An episode of care. `id` is None until stored. `referrer` and `referrer_practice` name the referring provider."""

    id: int | None = None
    uuid: str = ""
    patient_id: int
    title: str = ""
    start: date
    onset: date | None = None
    onset_kind: OnsetKind = OnsetKind.UNKNOWN
    mechanism: str = ""
    surgery: str = ""
    surgery_date: date | None = None
    prior_function: str = ""
    present_function: str = ""
    complexities: str = ""
    why_skilled: str = ""
    precaution: str = ""
    regions: tuple[EpisodeRegion, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    problems: tuple[Problem, ...] = ()
    goals: tuple[Goal, ...] = ()
    plan: PlanOfCare = PlanOfCare()
    referrer: str = ""
    referrer_practice: str = ""
    referrer_telephone: str = ""
    referrer_fax: str = ""
    referred_on: date | None = None
    discharged_on: date | None = None
    discharge_reason: DischargeReason | None = None
    revision: int = 0

    @property
    def main_region(self) -> str | None:
        """The id of the region that is treated above all, None where no region is given."""
        return self.regions[0].region if self.regions else None
