"""Making a progress report: gathering its content in one snapshot, and rendering it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from ptnotes.db.episodes import load_episode, outcomes_of
from ptnotes.db.patients import load_patient
from ptnotes.db.sessions import MEASURED, sessions_of
from ptnotes.db.settings import load_clinic
from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Conclusion, Request
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.people import Paper
from ptnotes.domain.text import clean_note
from ptnotes.reports.progress_data import ProgressReportData
from ptnotes.services.opening import OpenClinic
from ptnotes.services.progress_content import Case, progress_content

_CONCLUSION_LIMIT = 2_000


def progress_report_data(
    clinic: OpenClinic,
    episode_id: int,
    *,
    as_of: date | None = None,
    since: date | None = None,
    paper: Paper | None = None,
    conclusion: Conclusion | None = None,
    asked: Asked = NOTHING_ASKED,
) -> ProgressReportData:
    """The content of a report on an episode up to the day `as_of` (today where it is None).

    `since` is the day of the last report; where it is None the report covers the episode from its start. The
    conclusion is drafted from the measured changes where none is given.

    Raises `NotFoundError`; `InputError`: "visit.none" where no visit was attended in that time, "date.future",
    "report.period" where `since` is not before `as_of`, "text.empty" for a conclusion or a question without words,
    "report.no_plan" where a signature is asked for without a plan of care.
    """
    today = clinic.today()
    until = as_of or today
    if until > today:
        raise InputError(Fault("date.future", "report.as_of"))
    if since is not None and since >= until:
        raise InputError(Fault("report.period", "report.since"))
    with clinic.store.read() as connection:
        episode = load_episode(connection, episode_id)
        case = Case(
            clinic=load_clinic(connection),
            author=clinic.person,
            patient=load_patient(connection, episode.patient_id),
            episode=episode,
            sessions=sessions_of(connection, episode_id, until=until, lists=(*MEASURED, "exercises", "note")),
            outcomes=outcomes_of(connection, episode_id),
            written_at=clinic.clock().astimezone(ZoneInfo(clinic.zone)),
            as_of=until,
            since=since,
            paper=paper,
            conclusion=_checked(conclusion),
            asked=asked,
        )
    _check_asked(case)
    return progress_content(clinic.reference, case)


def make_progress_report(
    clinic: OpenClinic,
    episode_id: int,
    *,
    as_of: date | None = None,
    since: date | None = None,
    paper: Paper | None = None,
    conclusion: Conclusion | None = None,
    asked: Asked = NOTHING_ASKED,
) -> bytes:
    """The report as a PDF; `paper` is the clinic's where it is None.

    Raises what `progress_report_data` raises, and `PtNotesError` "report.glyph_missing" for a character that no font
    has.
    """
    data = progress_report_data(
        clinic, episode_id, as_of=as_of, since=since, paper=paper, conclusion=conclusion, asked=asked
    )
    # ReportLab is read only when the first report is made, never on the way to a window.
    from ptnotes.reports.progress import render_progress_report  # noqa: PLC0415

    return render_progress_report(data)


def _checked(conclusion: Conclusion | None) -> Conclusion | None:
    if conclusion is None:
        return None
    headline = clean_note(conclusion.headline, "report.conclusion", _CONCLUSION_LIMIT).strip()
    detail = clean_note(conclusion.detail, "report.conclusion", _CONCLUSION_LIMIT).strip()
    if not headline:
        raise InputError(Fault("text.empty", "report.conclusion"))
    return Conclusion(headline=headline, detail=detail)


def _check_asked(case: Case) -> None:
    if case.asked.request is Request.QUESTION:
        if not clean_note(case.asked.words, "report.question", _CONCLUSION_LIMIT).strip():
            raise InputError(Fault("text.empty", "report.question"))
    elif case.asked.request is Request.SIGNATURE:
        plan = case.episode.plan
        if plan.visits_a_week is None or plan.duration_weeks is None:
            raise InputError(Fault("report.no_plan", "report.asked"))
