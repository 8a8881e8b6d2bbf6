"""Making a progress report: gathering its content in one snapshot, and rendering it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from ptnotes.domain.certifying import signature_asked
from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Conclusion, Request
from ptnotes.domain.documents import KIND_TITLES, DocumentKind
from ptnotes.domain.due import DueRules
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.people import Paper
from ptnotes.domain.permissions import Act
from ptnotes.domain.text import clean_note
from ptnotes.domain.treatment import EVALUATIONS
from ptnotes.domain.trend import counted
from ptnotes.domain.wording import full_date
from ptnotes.reports.progress_data import ProgressReportData
from ptnotes.services.case import Case, gather
from ptnotes.services.documents import MadeDocument, Signable, made_document
from ptnotes.services.due import counting_rules
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.progress_content import progress_content
from ptnotes.services.progress_lacks import progress_lacks

_CONCLUSION_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChoices:
    """What a therapist chooses of a report.

    It covers the episode up to the day `as_of` (today where it is None), from its start or after `since`, the day of
    the last report. Where None the conclusion is drafted from the measured changes, the paper is the clinic's, and what
    is asked of the physician is what is due: a signature on the plan of care, or nothing.
    """

    as_of: date | None = None
    since: date | None = None
    paper: Paper | None = None
    conclusion: Conclusion | None = None
    asked: Asked | None = None


def progress_report_data(
    clinic: OpenClinic, episode_id: int, choices: ReportChoices | None = None
) -> ProgressReportData:
    """The content of a report, up to today and from the episode's start where nothing is chosen.

    Raises `NotFoundError`; `InputError`: "visit.none" where no visit was attended in that time, "date.future",
    "report.period" where `since` is not before `as_of`, "text.empty" for a conclusion or a question without words,
    "report.no_plan" where a signature is asked for without a plan of care.
    """
    return _gathered(clinic, episode_id, choices or ReportChoices())[0]


def _gathered(clinic: OpenClinic, episode_id: int, chosen: ReportChoices) -> tuple[ProgressReportData, Case]:
    require(clinic, Act.WRITE_PROGRESS_REPORT)
    today = clinic.today()
    until = chosen.as_of or today
    if until > today:
        raise InputError(Fault("date.future", "report.as_of"))
    if chosen.since is not None and chosen.since >= until:
        raise InputError(Fault("report.period", "report.since"))
    case = gather(clinic, episode_id, until)
    rules = counting_rules(clinic, episode_id).due
    case = replace(
        case,
        since=chosen.since,
        paper=chosen.paper,
        conclusion=checked_conclusion(chosen.conclusion),
        asked=chosen.asked,
        due=_due(case, case if until == today else gather(clinic, episode_id, today), rules),
        rules=rules,
    )
    _check_asked(case)
    return progress_content(clinic.reference, case), case


def _due(case: Case, now: Case, rules: DueRules) -> Asked:
    """What was due of the physician on the day that the report goes up to, unless it came since: who reads the report
    reads it now.
    """
    asked = _asked_of(case, rules)
    return asked if now is case or _asked_of(now, rules).request is asked.request else NOTHING_ASKED


def _asked_of(case: Case, rules: DueRules) -> Asked:
    evaluations = [session.service_date for session in counted(case.sessions) if session.kind in EVALUATIONS]
    return signature_asked(case.episode, case.plan_versions, evaluations, case.as_of, rules)


def prepare_report(clinic: OpenClinic, episode_id: int, choices: ReportChoices) -> MadeDocument:
    """The report with its conclusion, ready to be given out.

    Raises what `progress_report_data` raises, and `PtNotesError` "report.glyph_missing" for a character that no font
    has.
    """
    data, case = _gathered(clinic, episode_id, choices)
    # ReportLab is read only when the first report is made, never on the way to a window.
    from ptnotes.reports.progress import render_progress_report  # noqa: PLC0415

    made = made_document(
        DocumentKind.PROGRESS_REPORT, data, render_progress_report(data), data.last_on, episode_id
    )
    return replace(
        made,
        title=f"{KIND_TITLES[made.kind]} to {full_date(data.last_on)}",
        covers_from=data.first_on,
        covers_to=data.last_on,
        sessions=case.shown,
        lacks=progress_lacks(data),
        conclusion=data.conclusion,
        asked=data.asked,
        signable=Signable(
            data=data,
            read=partial(progress_report_data, clinic, episode_id, choices),
            draw=render_progress_report,
        ),
    )


def checked_conclusion(conclusion: Conclusion | None) -> Conclusion | None:
    """A conclusion as typed, cleaned; None where none is. Raises `InputError` "text.empty" without a headline."""
    if conclusion is None:
        return None
    headline = clean_note(conclusion.headline, "report.conclusion", _CONCLUSION_LIMIT).strip()
    detail = clean_note(conclusion.detail, "report.conclusion", _CONCLUSION_LIMIT).strip()
    if not headline:
        raise InputError(Fault("text.empty", "report.conclusion"))
    return Conclusion(headline=headline, detail=detail)


def _check_asked(case: Case) -> None:
    if case.asked is None:
        return
    if case.asked.request is Request.QUESTION:
        if not clean_note(case.asked.words, "report.question", _CONCLUSION_LIMIT).strip():
            raise InputError(Fault("text.empty", "report.question"))
    elif case.asked.request is Request.SIGNATURE:
        plan = case.episode.plan
        if plan.visits_a_week is None or plan.duration_weeks is None:
            raise InputError(Fault("report.no_plan", "report.asked"))
