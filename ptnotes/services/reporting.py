"""Making a progress report: gathering its content in one snapshot, rendering it, and saving it as a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from ptnotes.db.audit import audit_head, patient_of_episode
from ptnotes.db.certification import note_report
from ptnotes.db.episode_history import goal_events, plan_history
from ptnotes.db.episodes import load_episode, outcomes_of
from ptnotes.db.faults import faults_named
from ptnotes.db.patients import load_patient
from ptnotes.db.people import names_of
from ptnotes.db.screening import load_screen
from ptnotes.db.sessions import MEASURED, sessions_of
from ptnotes.db.settings import load_clinic
from ptnotes.db.signing import signed_notes
from ptnotes.domain.audit import AuditMark, Subject, Verb
from ptnotes.domain.conclusion import NOTHING_ASKED, Asked, Conclusion, Request
from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.domain.goals import steps_of
from ptnotes.domain.people import Paper
from ptnotes.domain.permissions import Act
from ptnotes.domain.text import clean_note
from ptnotes.reports.progress_data import ProgressReportData
from ptnotes.services.audit import log
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.progress_content import Case, progress_content
from ptnotes.services.verification import verified_notes

_CONCLUSION_LIMIT = 2_000
_REPORTED = (*MEASURED, "findings", "vitals", "exercises", "note")
_PDF_START = b"%PDF-"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChoices:
    """What a therapist chooses of a report.

    It covers the episode up to the day `as_of` (today where it is None), from its start or after `since`, the day of
    the last report. The conclusion is drafted from the measured changes, and the paper the clinic's, where None.
    """

    as_of: date | None = None
    since: date | None = None
    paper: Paper | None = None
    conclusion: Conclusion | None = None
    asked: Asked = NOTHING_ASKED


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report as content and as the bytes of its PDF. `file_name` is offered for saving and names no patient."""

    data: ProgressReportData
    pdf: bytes
    file_name: str

    @property
    def covers_to(self) -> date | None:
        """The last day of the period that it reports; None for a draft, which is no report yet."""
        return None if self.data.signatures.open else self.data.last_on


def progress_report_data(
    clinic: OpenClinic,
    episode_id: int,
    *,
    as_of: date | None = None,
    since: date | None = None,
    choices: ReportChoices | None = None,
) -> ProgressReportData:
    """The content of a report; `choices`, where given, say all that is chosen.

    Raises `NotFoundError`; `InputError`: "visit.none" where no visit was attended in that time, "date.future",
    "report.period" where `since` is not before `as_of`, "text.empty" for a conclusion or a question without words,
    "report.no_plan" where a signature is asked for without a plan of care.
    """
    require(clinic, Act.WRITE_PROGRESS_REPORT)
    chosen = choices or ReportChoices(as_of=as_of, since=since)
    today = clinic.today()
    until = chosen.as_of or today
    if until > today:
        raise InputError(Fault("date.future", "report.as_of"))
    if chosen.since is not None and chosen.since >= until:
        raise InputError(Fault("report.period", "report.since"))
    with clinic.store.read() as connection:
        episode = load_episode(connection, episode_id)
        sessions = sessions_of(connection, episode_id, until=until, lists=_REPORTED)
        ids = [session.id or 0 for session in sessions]
        case = Case(
            clinic=load_clinic(connection),
            author=clinic.person,
            patient=load_patient(connection, episode.patient_id),
            episode=episode,
            sessions=sessions,
            outcomes=outcomes_of(connection, episode_id),
            written_at=clinic.clock().astimezone(ZoneInfo(clinic.zone)),
            as_of=until,
            since=chosen.since,
            paper=chosen.paper,
            conclusion=_checked(chosen.conclusion),
            asked=chosen.asked,
            notes=signed_notes(connection, ids, names_of(connection)),
            broken={one.session_id for one in verified_notes(connection, episode.patient_id).problems},
            mark=AuditMark(*audit_head(connection)),
            screen=load_screen(connection, episode_id, episode.patient_id, clinic.zone),
            names=names_of(connection),
            goal_steps=steps_of(goal_events(connection, episode_id, clinic.zone)),
            plan_versions=plan_history(connection, episode_id, clinic.zone),
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
) -> bytes:
    """The report as a PDF, with a drafted conclusion. Raises what `prepare_report` raises."""
    choices = ReportChoices(as_of=as_of, since=since, paper=paper)
    return prepare_report(clinic, episode_id, choices).pdf


def prepare_report(clinic: OpenClinic, episode_id: int, choices: ReportChoices) -> MadeReport:
    """The report as content and PDF.

    Raises what `progress_report_data` raises, and `PtNotesError` "report.glyph_missing" for a character that no font
    has.
    """
    data = progress_report_data(clinic, episode_id, choices=choices)
    # ReportLab is read only when the first report is made, never on the way to a window.
    from ptnotes.reports.progress import render_progress_report  # noqa: PLC0415

    mrn = "".join(letter if letter.isalnum() else "-" for letter in data.patient.mrn)
    file_name = f"progress-report-{mrn}-{data.last_on.isoformat()}.pdf"
    return MadeReport(data, render_progress_report(data), file_name)


def give_out(
    clinic: OpenClinic,
    episode_id: int,
    write: Callable[[], T],
    verb: Verb = Verb.EXPORTED,
    *,
    covers_to: date | None = None,
) -> T:
    """Let `write` put a report where it leaves the program, and write that down: neither happens without the other.

    `verb` says how: saved as a file (exported), or printed. From the day after `covers_to` the treatment days to the
    next report are counted; None for a draft. Gives what `write` gives. Raises `AccessError`, `EnvironmentFault`.
    """
    require(clinic, Act.WRITE_PROGRESS_REPORT)
    require(clinic, Act.EXPORT)
    with clinic.store.write() as connection:
        patient_id = patient_of_episode(connection, episode_id)
        log(clinic, connection, verb, Subject.REPORT, episode_id, patient_id=patient_id)
        if covers_to is not None:
            note_report(connection, episode_id, covers_to, clinic.clock(), clinic.person_id)
        written = write()
        connection.commit()
    return written


def save_report(pdf: bytes, path: Path) -> Path:
    """Write the bytes as the file `path`, whole or not at all, and give the path back.

    A report replaces an earlier PDF and nothing else: a slip of the name must not cost a clinic's file or its keys.
    Raises `EnvironmentFault`: report.replaces, disk.full, disk.read_only, disk.permission, folder.missing, disk.io.
    """
    with faults_named(path):
        if path.exists() and not path.is_file():
            path.write_bytes(pdf)  # a device or a pipe takes the bytes and cannot be replaced
            return path
        if not _may_become_a_pdf(path):
            raise EnvironmentFault("report.replaces", path=str(path))
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(pdf)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    return path


def _may_become_a_pdf(path: Path) -> bool:
    if not path.exists():
        return True
    with path.open("rb") as file:
        start = file.read(len(_PDF_START))
    # An empty file may be a database's log that happens to hold nothing just now, so its name has to say what it is.
    return start == _PDF_START or (not start and path.suffix.casefold() == ".pdf")


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
