"""What a discharge summary says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ptnotes.domain.change import Verdict
from ptnotes.reports.document_data import DocumentData
from ptnotes.reports.progress_data import MeasureRow, ProgressReportData, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeMeasure:
    """A measure over the whole episode (`row`), and from the last report to its end.

    `reported` is the reading at the last report, None where there was none or nothing was measured after it; `since` is
    the verdict on the change from there.
    """

    row: MeasureRow
    reported: Reading | None = None
    since: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalOutcome:
    """What became of a goal: whether it is met, what its measure says, and why.

    `is_open` where nobody has said it; `is_short` where it was called met and its last value is short of the target.
    """

    words: str
    outcome: str
    measured: str = ""
    why: str = ""
    is_open: bool = False
    is_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeData(DocumentData):
    """A whole discharge summary. `whole` is the episode from its first visit to its last, with the conclusion.

    `discharged_on` is None while the episode is open. `visits_since` counts the treatment days after `last_report_on`.
    `follow_up` is the plan in the note of the visit of discharge, None where that has none or there is no such visit.
    `communication` is what was told there to the patient, the physician and others.
    """

    whole: ProgressReportData
    discharged_on: date | None
    reason: str
    last_report_on: date | None
    visits_since: int
    measures: tuple[DischargeMeasure, ...] = ()
    goals: tuple[GoalOutcome, ...] = ()
    home: tuple[str, ...] = ()
    home_on: date | None = None
    education: tuple[str, ...] = ()
    follow_up: Reading | None = None
    communication: Reading | None = None
