"""What a progress report says, as plain values: gathered by a service, laid out by `ptnotes.reports.progress`.

Texts are finished words (labels, values with units); numbers stay where the layout needs them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ptnotes.domain.body_chart import ToldCourse
from ptnotes.domain.change import Verdict
from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Conclusion
from ptnotes.domain.examination import Examined
from ptnotes.domain.outcomes import AnsweredItem
from ptnotes.domain.treatment_strip import TreatmentStrip
from ptnotes.domain.trend import TrendChart
from ptnotes.domain.views import SpineMark
from ptnotes.reports.document_data import AgainstLine, DocumentData


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure's value on a day, with its unit or as a coded word."""

    on: date
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """One measure over the episode. `first` and `now` are what `verdict` compares; `earlier` is at the last report, and
    `since` judges what changed after the day that the conclusion looks back to (that report, where there is one).

    `how` says how it was measured. `chart_key` is the key of its chart, empty where it has none.
    """

    label: str
    unit: str
    how: str = ""
    first: Reading | None = None
    earlier: Reading | None = None
    now: Reading | None = None
    verdict: Verdict | None = None
    since: Verdict | None = None
    goal: str = ""
    normal: str = ""
    chart_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentLine:
    """One technique at one place in the period: grades in the order first used, latest dose, visits it was done at."""

    words: str
    grades: str = ""
    dose: str = ""
    visits: int
    response: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalLine:
    """A goal: `share` of the way from baseline to target (0 to 1, None where unmeasured) and its standing in words.

    `is_unmeasured` says that it is pursued by a measure of which there is no value, `is_past_due` that its date went by
    before its target was reached. One that is not `is_open` was met, revised or dropped.
    """

    words: str
    share: float | None
    standing: str
    due: date | None = None
    is_open: bool = True
    is_past_due: bool = False
    is_unmeasured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLine:
    """One entry of the problem list; `resolved_on` is None while it stands."""

    words: str
    since: date | None = None
    resolved_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """What became of a goal on a day: set, met, dropped, revised with old and new, or active again."""

    on: date
    goal: str
    done: str
    reason: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A version of the plan of care, what it changed of the one before, and how far it is on its way."""

    number: int
    on: date
    who: str = ""
    plan: str = ""
    changes: str = ""
    certification: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlan:
    """What care is for. `interventions` are those that the present plan names."""

    problems: tuple[ProblemLine, ...] = ()
    steps: tuple[StepLine, ...] = ()
    versions: tuple[PlanLine, ...] = ()
    interventions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """One visit in the list of all: `number` is the treatment day, None for one that was cancelled or missed."""

    on: date
    number: int | None
    kind: str
    done: str = ""
    pain: str = ""
    motion: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """The latest words of the notes, each with the day of its visit; None where no note of the period has any.

    `communication` is what was told to, and agreed with, others.
    """

    statement: Reading | None = None
    assessment: Reading | None = None
    plan: Reading | None = None
    communication: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReportData(DocumentData):
    """A whole progress report.

    `first_on` to `last_on` is the period; `first_number` and `last_number` are its treatment days.
    `visits_attended` and `visits_missed` count the whole episode up to `last_on`. `key_motion` is the key of the
    motion that tells most, `page_charts` are those of the charts on the first page, two at most. `marks` are where
    the period treated, `strip` where and when the episode did. `against` is what was done against a
    contraindication in it. `body` are the episode's first and latest body chart, `examination` each of its
    findings, first and now. `care` is what the later pages tell of problems, goals and plan. `certification_ended`
    says that a certification had run out while care went on, empty where none had; `certification_ended_on` was its
    last day.
    """

    diagnoses: tuple[str, ...]
    referrer: str
    referrer_details: str
    precaution: str
    care_began: date
    plan_of_care: str
    prognosis: str
    first_on: date
    last_on: date
    first_number: int | None
    last_number: int | None
    last_report_on: date | None
    visits_attended: int
    visits_missed: int
    conclusion: Conclusion
    asked: Asked
    due: Asked = NOTHING_ASKED
    """What has to be asked of the physician, whatever the author chose to ask."""
    measures: tuple[MeasureRow, ...] = ()
    charts: tuple[TrendChart, ...] = ()
    strip: TreatmentStrip = field(default_factory=TreatmentStrip)
    key_motion: str = ""
    page_charts: tuple[str, ...] = ()
    treatments: tuple[TreatmentLine, ...] = ()
    marks: tuple[SpineMark, ...] = ()
    body: ToldCourse | None = None
    examination: tuple[Examined, ...] = ()
    answers: tuple[AnsweredItem, ...] = ()
    """Each item of the questionnaires that were answered item by item, first and latest."""
    other_services: tuple[str, ...] = ()
    goals: tuple[GoalLine, ...] = ()
    care: CarePlan = CarePlan()
    narrative: Narrative = Narrative()
    visits: tuple[VisitLine, ...] = ()
    certification_ended: str = ""
    certification_ended_on: date | None = None
    method_notes: tuple[str, ...] = ()
    against: tuple[AgainstLine, ...] = ()
