"""What a progress report should say and cannot.

What is required follows the Medicare Benefit Policy Manual, Pub. 100-02, ch. 15, sec. 220.3.D: the author, objective
evidence for each goal or why there is none, and the plan; what readers want besides stands as wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from ptnotes.domain.conclusion import Request
from ptnotes.domain.documents import Lack, blanks_left
from ptnotes.domain.wording import full_date
from ptnotes.reports.progress_data import ProgressReportData, Reading


def progress_lacks(data: ProgressReportData) -> tuple[Lack, ...]:
    """What is missing, what payers require first."""
    return tuple(sorted(_lacks(data), key=lambda lack: not lack.is_required))


def _lacks(data: ProgressReportData) -> Iterator[Lack]:
    yield from blanks_left("The conclusion", data.conclusion.headline, data.conclusion.detail)
    yield from blanks_left("The question to the physician", data.asked.words)
    yield from blanks_left("The note", *(one.text for one in _told(data) if one is not None))
    if not data.author.credentials:
        yield Lack(code="lack.credentials", values={"name": data.author.name})
    if not data.diagnoses:
        yield Lack(code="lack.diagnosis")
    if not data.goals:
        yield Lack(code="lack.goals")
    for goal in data.goals:
        if goal.is_unmeasured:
            yield Lack(code="lack.goal_progress", values={"goal": goal.words})
    if not data.measures:
        yield Lack(code="lack.measures")
    if data.narrative.assessment is None:
        yield Lack(code="lack.assessment")
    if data.narrative.plan is None and not data.plan_of_care:
        yield Lack(code="lack.plan")
    if data.due.request is Request.SIGNATURE and data.asked.request is not Request.SIGNATURE:
        what = "to renew" if data.due.renews else "on"
        yield Lack(code="lack.signature_asked", values={"what": what, "when": _when(data)}, is_required=False)
    if data.narrative.statement is None:
        yield Lack(code="lack.statement", is_required=False)
    if not data.prognosis:
        yield Lack(code="lack.prognosis", is_required=False)
    if not data.referrer:
        yield Lack(code="lack.referrer", is_required=False)


def _when(data: ProgressReportData) -> str:
    if data.due.by is None:
        return "is needed"
    is_late = data.due.by < data.written_at.date()
    return f"{'was due' if is_late else 'is needed'} by {full_date(data.due.by)}"


def _told(data: ProgressReportData) -> tuple[Reading | None, ...]:
    """The words of notes that the report prints."""
    return data.narrative.statement, data.narrative.assessment, data.narrative.plan
