"""What becomes of a document that was made: it is kept as it is, saved or printed, and logged as sent.

Every document is made by a verb of its own (`prepare_report` and its like), which gives a `MadeDocument`; from there
all take the same way.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from ptnotes import __version__
from ptnotes.db import documents as stored
from ptnotes.db.audit import Writing, documents_told
from ptnotes.db.certification import note_report
from ptnotes.db.faults import faults_named
from ptnotes.domain.audit import DIGEST_OF_DOCUMENT, Disclosure, Subject, Verb
from ptnotes.domain.conclusion import Asked, Conclusion
from ptnotes.domain.documents import KIND_TITLES, DocumentKind, DocumentSignature, KeptDocument, Lack
from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.domain.permissions import Act
from ptnotes.domain.wording import full_date
from ptnotes.reports.document_data import DocumentData
from ptnotes.services.audit import log
from ptnotes.services.export_file import earlier_kept, lasting
from ptnotes.services.history import record_disclosure
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.verification import verified_documents

_PDF_START = b"%PDF-"

ACTS: Mapping[DocumentKind, Act] = MappingProxyType(
    {
        DocumentKind.PROGRESS_REPORT: Act.WRITE_PROGRESS_REPORT,
        DocumentKind.EVALUATION: Act.VIEW_NOTES,
        DocumentKind.SESSION_NOTE: Act.VIEW_NOTES,
        DocumentKind.DISCHARGE_SUMMARY: Act.DISCHARGE,
        DocumentKind.HOME_PROGRAMME: Act.VIEW_NOTES,
        DocumentKind.LETTER: Act.WRITE_PROGRESS_REPORT,
        DocumentKind.FACE_SHEET: Act.VIEW_DEMOGRAPHICS,
    }
)
"""What whoever makes a document of that kind must be allowed.

Whoever makes a report, a letter or a discharge summary is its author. The others say what somebody else has signed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signable:
    """What a document was made from, so that it is signed as it was seen.

    `data` are what it says, `read` reads the same anew, and `draw` makes the bytes.
    """

    data: DocumentData
    read: Callable[[], DocumentData]
    draw: Callable[[Any], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDocument:
    """A document as the bytes of its PDF, and what has to be known to keep it.

    `sessions` are the visits that it draws from, each (session, revision). `draft` says why it is a draft, empty where
    it is none. `lacks` is what it should say and cannot. `conclusion` is the one that it states, where it states one,
    `asked` what a progress report asks of the physician.
    `file_name` is offered for saving and names no patient. `extras` are what was added to the file, for the history.
    `tells_chart` is false only of a face sheet with nothing in it of what readers of charts alone may know.
    `signable` is there while its author can sign it, `signed` once somebody did: it is kept then, and its bytes say so.
    """

    kind: DocumentKind
    patient_id: int
    episode_id: int | None
    pdf: bytes
    file_name: str
    made_at: datetime
    title: str = ""
    covers_from: date | None = None
    covers_to: date | None = None
    sessions: tuple[tuple[int, int], ...] = ()
    draft: tuple[str, ...] = ()
    lacks: tuple[Lack, ...] = ()
    conclusion: Conclusion | None = None
    asked: Asked | None = None
    extras: tuple[str, ...] = ()
    tells_chart: bool = True
    signable: Signable | None = None
    signed: DocumentSignature | None = None


def file_name_of(kind: DocumentKind, mrn: str, on: date) -> str:
    """The name under which a document is offered for saving: ``progress-report-100214-2026-03-02.pdf``."""
    number = "".join(letter if letter.isalnum() else "-" for letter in mrn)
    return f"{kind.value.replace('_', '-')}-{number}-{on.isoformat()}.pdf"


def acts_to_give_out(made: MadeDocument) -> tuple[Act, ...]:
    """What whoever lets a document leave the program must be allowed, all of it.

    A face sheet that holds nothing of the chart says what the front desk asked the patient for and typed in: whoever
    may see and change that may hand it over. To make a document may ask for more (`ACTS`): who answers a request for a
    copy writes no report.
    """
    if made.kind is DocumentKind.FACE_SHEET and not made.tells_chart:
        return Act.VIEW_DEMOGRAPHICS, Act.EDIT_DEMOGRAPHICS
    return Act.VIEW_NOTES, Act.EXPORT


def require_giving_out(clinic: OpenClinic, made: MadeDocument) -> None:
    """Raise `AccessError` where whoever opened the clinic may not let the document leave the program."""
    for act in acts_to_give_out(made):
        require(clinic, act)


def made_document(
    kind: DocumentKind, data: DocumentData, pdf: bytes, on: date, episode_id: int | None
) -> MadeDocument:
    """The document of `data` with what all kinds have in common: it is called by its kind and the day `on`, and is a
    draft as long as a note in it is not signed.
    """
    return MadeDocument(
        kind=kind,
        patient_id=data.patient.id or 0,
        episode_id=episode_id,
        pdf=pdf,
        file_name=file_name_of(kind, data.patient.mrn, on),
        made_at=data.written_at,
        title=f"{KIND_TITLES[kind]} of {full_date(on)}",
        draft=data.signatures.open,
    )


def give_out(
    clinic: OpenClinic,
    made: MadeDocument,
    write: Callable[[], object],
    verb: Verb = Verb.EXPORTED,
    *,
    take_back: Callable[[], object] = lambda: None,
) -> int:
    """Let `write` put a document where it leaves the program, keep it as it is, and write that down: all or nothing.

    `verb` says how it leaves: saved as a file (exported), or printed. `take_back` undoes `write` where what is written
    down does not last, the disk being full by then; paper is not taken back. From the day after the last one that a
    progress report covers, the treatment days to the next are counted; a draft is no report yet. Gives the kept
    document's id. Raises `AccessError`, `EnvironmentFault`: "document.signature" where it says that it is signed, and
    the signature is not in the file or does not hold.
    """
    require_giving_out(clinic, made)
    with clinic.store.write() as connection:
        document_id = keep(clinic, connection, made, verb)
        kept = stored.load_document(connection, document_id)
        if made.signed is not None and (
            kept.signed is None or verified_documents(connection, document=kept).problems
        ):
            raise EnvironmentFault("document.signature")
        is_report = made.kind is DocumentKind.PROGRESS_REPORT and not made.draft
        if is_report and made.episode_id is not None and made.covers_to is not None:
            note_report(connection, made.episode_id, made.covers_to, clinic.clock(), clinic.person_id)
        write()
        lasting(connection, take_back)
    return document_id


def keep(clinic: OpenClinic, connection: Writing, made: MadeDocument, verb: Verb) -> int:
    """Keep a document as it is and write down what was done with it, within the caller's transaction; give its id."""
    document_id = stored.keep_document(
        connection,
        kind=made.kind,
        patient_id=made.patient_id,
        episode_id=made.episode_id,
        title=made.title,
        content=made.pdf,
        covers=(made.covers_from, made.covers_to),
        sessions=made.sessions,
        is_draft=bool(made.draft),
        made_at=made.made_at,
        zone=clinic.zone,
        person_id=clinic.person_id,
        renderer_version=f"PT Notes {__version__}",
    )
    told = [
        KIND_TITLES[made.kind].lower(),
        *(["draft"] if made.draft else []),
        *made.extras,
        f"{DIGEST_OF_DOCUMENT}{sha256(made.pdf).hexdigest()}",
    ]
    detail = ", ".join(told)
    log(clinic, connection, verb, Subject.DOCUMENT, document_id, patient_id=made.patient_id, detail=detail)
    return document_id


def save_out(clinic: OpenClinic, made: MadeDocument, content: bytes, path: Path) -> int:
    """Save a document as the file `path`, which holds `content`, and give it out: all or nothing.

    Gives the kept document's id. Raises what `give_out` and `save_pdf` raise; what was at `path` is there then.
    """
    with earlier_kept(path) as take_back:
        return give_out(clinic, made, partial(save_pdf, content, path), take_back=take_back)


def documents_of(clinic: OpenClinic, patient_id: int) -> tuple[KeptDocument, ...]:
    """The documents about a patient that were signed or left the program, newest first. Raises `AccessError`."""
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        return stored.kept_documents(connection, patient_id)


def document_again(clinic: OpenClinic, document_id: int) -> MadeDocument:
    """A kept document, byte for byte as it was given out. A face sheet too may tell of the chart.

    Raises `NotFoundError`, `AccessError`, and `EnvironmentFault`: "document.changed" where its bytes are no longer
    those that were kept, or not those that the audit says had left or were signed; "document.signature" where the
    signature under it does not hold.
    """
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        kept = stored.load_document(connection, document_id)
        content = stored.document_bytes(connection, document_id)
        told = {one.digest for one in documents_told(connection, kept.patient_id) if one.id == kept.id}
        wrong = verified_documents(connection, document=kept).problems
    # Those that left before digests were told have none.
    if not {sha256(content).hexdigest()} >= {kept.sha256.hex(), *filter(None, told)}:
        raise EnvironmentFault("document.changed")
    if wrong:
        raise EnvironmentFault("document.signature")
    # In the clinic's time of then, as the document itself tells it.
    made_at = kept.made_at.astimezone(ZoneInfo(kept.zone))
    return MadeDocument(
        kind=kept.kind,
        patient_id=kept.patient_id,
        episode_id=kept.episode_id,
        pdf=content,
        file_name=f"{kept.kind.value.replace('_', '-')}-{made_at.date().isoformat()}.pdf",
        made_at=made_at,
        title=kept.title,
        covers_from=kept.covers_from,
        covers_to=kept.covers_to,
        draft=("It was a draft when it was given out.",) if kept.is_draft else (),
        signed=kept.signed,
    )


def log_sent(clinic: OpenClinic, document_id: int, sent: Disclosure) -> Disclosure:
    """Write down that a kept document was sent: to whom, how and for what. What was sent is the document's own title.

    Raises `InputError` for what cannot have been sent ("document.draft", "document.not_left"), and what
    `record_disclosure` raises.
    """
    require(clinic, Act.VIEW_NOTES)
    with clinic.store.read() as connection:
        kept = stored.load_document(connection, document_id)
    if kept.unsendable:
        raise InputError(Fault(kept.unsendable, "disclosure.what"))
    what = kept.title or KIND_TITLES[kept.kind]
    sent = replace(sent, patient_id=kept.patient_id, document_id=document_id, what=what)
    return record_disclosure(clinic, sent)


def save_pdf(pdf: bytes, path: Path) -> Path:
    """Write the bytes as the file `path`, whole or not at all, and give the path back.

    A document replaces an earlier PDF and nothing else: a slip of the name must not cost a clinic's file or its keys.
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
