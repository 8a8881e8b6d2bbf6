"""Making a discharge summary: from the last report to the discharge, and from the first visit to the last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from ptnotes.db.certification import last_report
from ptnotes.domain.conclusion import Conclusion
from ptnotes.domain.documents import KIND_TITLES, DocumentKind
from ptnotes.domain.people import Paper
from ptnotes.domain.permissions import Act
from ptnotes.domain.wording import full_date
from ptnotes.reports.discharge_data import DischargeData
from ptnotes.services.case import Case, read_case
from ptnotes.services.discharge_content import discharge_content, discharge_lacks
from ptnotes.services.documents import MadeDocument, Signable, made_document
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.reporting import checked_conclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeChoices:
    """What a therapist chooses of a summary: the paper is the clinic's, and the conclusion drafted, where None."""

    paper: Paper | None = None
    conclusion: Conclusion | None = None


def prepare_discharge_summary(clinic: OpenClinic, episode_id: int, choices: DischargeChoices) -> MadeDocument:
    """The summary of an episode, ready to be given out; a draft while the episode is open.

    Raises `NotFoundError`, `AccessError`; `InputError`: "visit.none" where no visit was attended, "text.empty" for a
    conclusion without words; and `PtNotesError` "report.glyph_missing" for a character that no font has.
    """
    data, case = _gathered(clinic, episode_id, choices)
    # ReportLab is read only when the first document is made, never on the way to a window.
    from ptnotes.reports.discharge import render_discharge_summary  # noqa: PLC0415

    on = data.discharged_on or data.whole.last_on
    made = made_document(DocumentKind.DISCHARGE_SUMMARY, data, render_discharge_summary(data), on, episode_id)
    return replace(
        made,
        title=f"{KIND_TITLES[made.kind]} to {full_date(on)}",
        covers_from=data.whole.first_on,
        covers_to=on,
        sessions=case.shown,
        lacks=discharge_lacks(data),
        conclusion=data.whole.conclusion,
        signable=Signable(
            data=data,
            read=partial(_data, clinic, episode_id, choices),
            draw=render_discharge_summary,
        ),
    )


def _data(clinic: OpenClinic, episode_id: int, choices: DischargeChoices) -> DischargeData:
    return _gathered(clinic, episode_id, choices)[0]


def _gathered(clinic: OpenClinic, episode_id: int, choices: DischargeChoices) -> tuple[DischargeData, Case]:
    require(clinic, Act.DISCHARGE)
    conclusion = checked_conclusion(choices.conclusion)
    today = clinic.today()
    with clinic.store.read() as connection:
        # As it stands today: what became of the goals is often said after the last visit.
        case = read_case(clinic, connection, episode_id, today)
        reported_on = last_report(connection, episode_id, today + timedelta(days=1))
    case = replace(case, since=reported_on, paper=choices.paper, conclusion=conclusion)
    return discharge_content(clinic.reference, case), case
