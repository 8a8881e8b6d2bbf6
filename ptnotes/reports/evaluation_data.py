"""What an evaluation with its plan of care says, as plain values: gathered by a service, laid out by
`reports.evaluation`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ptnotes.domain.body_chart import ToldCourse
from ptnotes.domain.conclusion import Conclusion
from ptnotes.domain.outcomes import AnsweredItem
from ptnotes.reports.document_data import DocumentData
from ptnotes.reports.progress_data import PlanLine, ProblemLine, ProgressReportData
from ptnotes.reports.visit_data import FoundLine, VisitMeasures


class Standing(StrEnum):
    """How far the plan of care is on its way to the physician."""

    NO_PLAN = "no_plan"
    """Nothing is planned yet, so there is nothing to certify."""
    ASKED = "asked"
    """The physician’s signature is asked for."""
    SIGNED = "signed"
    """The physician signed it."""
    ON_FILE = "on_file"
    """A signed referral is on file and the plan was sent in time, which takes the place of a signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificationTold:
    """What the physician is asked to certify, or what is on record instead.

    `since` to `until` is the time that the certification covers, `why_until` how its end was counted. `by` is the day
    by which the signature is needed, `is_late` that this day has gone by. `record` says what was sent and signed when.
    """

    standing: Standing
    since: date | None = None
    until: date | None = None
    why_until: str = ""
    by: date | None = None
    is_late: bool = False
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTold:
    """The plan of care: `rate` is amount, frequency, duration and start in a line; `written` says when and by whom."""

    number: int
    rate: str
    interventions: str = ""
    prognosis: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalAim:
    """A goal: what the patient is to do (`words`) and what for, what measures it, from where to where, and by when."""

    words: str
    function: str = ""
    measure: str = ""
    baseline: str = ""
    target: str = ""
    due: date | None = None
    long_term: bool = False
    standing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """A questionnaire's total with its scale, and which way is better."""

    measure: str
    name: str
    score: str
    better: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationData(DocumentData):
    """An evaluation, or with `is_again` a re-evaluation, and the plan of care that it leads to.

    `on` is the day of the visit, `number` its treatment day. `diagnoses` are (whose, words), `judgement` is the
    assessment in the note. `history` are (label, words) of how it began and what it keeps from, `told` the other parts
    of the note. `screening` are the answers that limit or stop treatment, `asked` when the screen was asked.
    `versions` are those of the plan before the present one. `course` is what a re-evaluation compares: the episode from
    its first visit to this one.
    """

    title: str
    is_again: bool
    on: date
    number: int | None
    care_began: date
    diagnoses: tuple[tuple[str, str], ...]
    referrer: str
    referrer_details: str
    referrer_fax: str
    referred_on: date | None
    precaution: str
    conclusion: Conclusion
    certification: CertificationTold
    plan: PlanTold | None
    goals: tuple[GoalAim, ...] = ()
    judgement: str = ""
    why_skilled: str = ""
    history: tuple[tuple[str, str], ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    problems: tuple[ProblemLine, ...] = ()
    measures: VisitMeasures = field(default_factory=VisitMeasures)
    scores: tuple[ScoreLine, ...] = ()
    answers: tuple[AnsweredItem, ...] = ()
    examination: tuple[FoundLine, ...] = ()
    body: ToldCourse | None = None
    screening: tuple[tuple[str, str], ...] = ()
    screen_asked: str = ""
    done: str = ""
    versions: tuple[PlanLine, ...] = ()
    course: ProgressReportData | None = None
