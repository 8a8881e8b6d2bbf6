"""The face sheet: who a patient is, how they are reached, who pays, and what they are treated for.

Whoever may see who the patients are may make one. What only readers of charts may know is left out for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from ptnotes.clinical import Reference
from ptnotes.db.episodes import episodes_of
from ptnotes.db.overview import attended_visits
from ptnotes.db.patients import load_patient
from ptnotes.db.payers import cover_of
from ptnotes.db.screening import load_screen
from ptnotes.db.settings import load_clinic
from ptnotes.domain.contraindication import Screen
from ptnotes.domain.dates import age_years
from ptnotes.domain.documents import DocumentKind, Lack
from ptnotes.domain.episode import DISCHARGE_REASONS, EpisodeOfCare
from ptnotes.domain.people import Paper
from ptnotes.domain.permissions import Act
from ptnotes.domain.wording import full_date, side_words
from ptnotes.reports.face_sheet_data import EpisodeFacts, FaceSheetData
from ptnotes.services.documents import MadeDocument, made_document
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows, require
from ptnotes.services.progress_safety import precaution_words
from ptnotes.services.progress_words import diagnosis_words


def prepare_face_sheet(clinic: OpenClinic, patient_id: int, paper: Paper | None = None) -> MadeDocument:
    """A patient's face sheet, ready to be given out; on the clinic's paper where None is chosen.

    Raises `NotFoundError`, `AccessError`, and `PtNotesError` "report.glyph_missing" for a character that no font has.
    """
    data = face_sheet_data(clinic, patient_id, paper)
    # ReportLab is read only when the first document is made, never on the way to a window.
    from ptnotes.reports.face_sheet import render_face_sheet  # noqa: PLC0415

    on = data.written_at.date()
    made = made_document(DocumentKind.FACE_SHEET, data, render_face_sheet(data), on, None)
    return replace(made, lacks=tuple(_lacks(data)), tells_chart=data.episodes is not None)


def face_sheet_data(clinic: OpenClinic, patient_id: int, paper: Paper | None = None) -> FaceSheetData:
    """The content of a face sheet. Raises `NotFoundError`, `AccessError`."""
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    written_at = clinic.clock().astimezone(ZoneInfo(clinic.zone))
    with clinic.store.read() as connection:
        details = load_clinic(connection)
        patient = load_patient(connection, patient_id)
        cover = cover_of(connection, patient_id)
        episodes = None
        if allows(clinic, Act.VIEW_NOTES):
            episodes = tuple(
                _facts(
                    clinic,
                    episode,
                    load_screen(connection, episode.id or 0, patient_id, clinic.zone),
                    len({day for _, day, _ in attended_visits(connection, episode.id or 0)}),
                )
                for episode in episodes_of(connection, patient_id)
            )
    return FaceSheetData(
        clinic=details,
        author=clinic.person,
        written_at=written_at,
        paper=paper or details.paper,
        patient=patient,
        age_years=age_years(patient.birth_date, written_at.date()),
        cover=cover,
        episodes=episodes,
    )


def _facts(clinic: OpenClinic, episode: EpisodeOfCare, screen: Screen, visits: int) -> EpisodeFacts:
    reference = clinic.reference
    ended = ""
    if episode.discharged_on is not None:
        reason = episode.discharge_reason
        ended = ", ".join(
            [full_date(episode.discharged_on), *([DISCHARGE_REASONS[reason].lower()] if reason else [])]
        )
    telephone = f"Tel {episode.referrer_telephone}" if episode.referrer_telephone else ""
    fax = f"Fax {episode.referrer_fax}" if episode.referrer_fax else ""
    return EpisodeFacts(
        title=episode.title,
        start=episode.start,
        ended=ended,
        regions=", ".join(_regions(reference, episode)),
        diagnoses=diagnosis_words(episode, clinic.today()),
        precaution=precaution_words(reference, episode, screen),
        referrer=", ".join(part for part in (episode.referrer, episode.referrer_practice) if part),
        referrer_contact=" · ".join(part for part in (telephone, fax) if part),
        visits=visits,
    )


def _regions(reference: Reference, episode: EpisodeOfCare) -> Iterator[str]:
    for row in episode.regions:
        label = reference.regions[row.region].label
        yield " ".join(part for part in (label, side_words(row.side)) if part)


def _lacks(data: FaceSheetData) -> Iterator[Lack]:
    """What the sheet could say and does not; nothing of it is required."""
    patient = data.patient
    for value, code in (
        (patient.telephone, "lack.patient_telephone"),
        (patient.address, "lack.patient_address"),
        (patient.emergency_contact, "lack.emergency_contact"),
        (data.cover.coverages, "lack.coverage"),
    ):
        if not value:
            yield Lack(code=code, is_required=False)
