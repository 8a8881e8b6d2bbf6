"""The file as which a document is saved: as it is kept, with a password, or with the same data for machines inside."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ptnotes.db.patients import load_patient
from ptnotes.domain.documents import KIND_TITLES
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.exchange.fhir_bundle import bundle_bytes
from ptnotes.exchange.fhir_data import EpisodeData, PatientData
from ptnotes.services.documents import MadeDocument, require_giving_out
from ptnotes.services.export_fhir import patient_data
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.settings import clinic_details

_FHIR_NAME = "record-fhir-r4.json"
_FHIR_TYPE = "application/fhir+json"
_DATES = (
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%m%d%Y",
    "%d%m%Y",
)
"""How people write a birth date, which whoever finds the file may know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFile:
    """The document `made` as it is kept, and the `content` of the file that goes out.

    They are the same bytes unless there is a password: what is kept can be opened again without it.
    """

    made: MadeDocument
    content: bytes


def document_file(
    clinic: OpenClinic, made: MadeDocument, *, password: str | None = None, with_fhir: bool = False
) -> DocumentFile:
    """What is saved of a document, opened by `password` unless that is None.

    With FHIR, a bundle of the data that it was made from is attached to it.

    Raises `InputError` ("report.password_weak", "document.signed"), `AccessError`, `NotFoundError`.
    """
    require_giving_out(clinic, made)
    # What changes a PDF is read only where one is changed.
    from ptnotes.reports.finish import protected  # noqa: PLC0415

    if with_fhir:
        made = with_record(clinic, made)
    if password is None:
        return DocumentFile(made=made, content=made.pdf)
    content = protected(made.pdf, password, _known(clinic, made))
    return DocumentFile(made=replace(made, extras=(*made.extras, "with a password")), content=content)


def with_record(clinic: OpenClinic, made: MadeDocument) -> MadeDocument:
    """The document with a FHIR bundle of the data that it was made from attached to it.

    Raises `InputError` "document.signed" for one that is signed already: other bytes are not what was signed.
    `AccessError`, `NotFoundError`.
    """
    if made.signed is not None:
        raise InputError(Fault("document.signed", "document.fhir"))
    # What changes a PDF is read only where one is changed.
    from ptnotes.reports.finish import Attachment, with_attachment  # noqa: PLC0415

    attachment = Attachment(
        name=_FHIR_NAME,
        content=bundle_bytes(_told_by(clinic, made)),
        description=f"{KIND_TITLES[made.kind]}: the data it was made from, as a FHIR R4 bundle",
        mime=_FHIR_TYPE,
        made_at=made.made_at,
    )
    content = with_attachment(made.pdf, attachment)
    return replace(made, pdf=content, extras=(*made.extras, "with FHIR data"))


def _told_by(clinic: OpenClinic, made: MadeDocument) -> PatientData:
    """Of the patient's record what the document is made from, and no more: its visits, in its episode."""
    require(clinic, Act.VIEW_NOTES)
    require(clinic, Act.EXPORT)
    with clinic.store.read() as connection:
        data = patient_data(clinic, connection, made.patient_id)
    drawn = {session_id for session_id, _revision in made.sessions}
    return replace(
        data,
        made_at=made.made_at,
        episodes=tuple(_part(one, made, drawn) for one in data.episodes if one.episode.id == made.episode_id),
        events=(),
    )


def _part(episode: EpisodeData, made: MadeDocument, drawn: set[int]) -> EpisodeData:
    until = made.covers_to
    return replace(
        episode,
        sessions=tuple(one for one in episode.sessions if one.id in drawn),
        outcomes=tuple(one for one in episode.outcomes if until is None or one.score.taken_on <= until),
    )


def _known(clinic: OpenClinic, made: MadeDocument) -> tuple[str, ...]:
    """Words that a password must not lean on."""
    with clinic.store.read() as connection:
        patient = load_patient(connection, made.patient_id)
    born = [patient.birth_date.strftime(form) for form in _DATES]
    return patient.name, patient.mrn, patient.telephone, clinic_details(clinic).name, *born
