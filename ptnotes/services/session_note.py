"""Making the note of one visit: gathering its content in one snapshot, and rendering it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ptnotes.clinical import Reference
from ptnotes.db.due import payer_of_episode
from ptnotes.db.payers import rules_by_payer
from ptnotes.db.people import people
from ptnotes.db.sessions import load_session
from ptnotes.db.signing import signed_notes
from ptnotes.domain.body_chart import told_course
from ptnotes.domain.contraindication import Screen, consent_in_force
from ptnotes.domain.dates import age_years
from ptnotes.domain.documents import DocumentKind, Lack
from ptnotes.domain.errors import Fault, InputError, NotFoundError
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.people import Paper, Person
from ptnotes.domain.permissions import Act
from ptnotes.domain.screening import answers_at, is_thrust, was_asked_at
from ptnotes.domain.signature import SignedNote, moment
from ptnotes.domain.treatment import NoteState, TreatmentSession, VisitStatus
from ptnotes.domain.trend import visit_numbers
from ptnotes.domain.wording import full_date
from ptnotes.figures.body_areas import areas_of
from ptnotes.reports.document_data import Signatures
from ptnotes.reports.session_note_data import Contributor, EventLine, NoteSignature, SessionNoteData
from ptnotes.reports.visit_data import VisitMeasures, VisitTreatment
from ptnotes.services.case import Case, read_case
from ptnotes.services.documents import MadeDocument, made_document
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.progress_safety import against_lines, precaution_words
from ptnotes.services.progress_words import VISIT_KINDS, diagnosis_words
from ptnotes.services.report_signatures import signatures
from ptnotes.services.session_note_lacks import session_note_lacks
from ptnotes.services.visit_words import found_lines, visit_measures, visit_treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCase:
    """What the note of a visit is made from: its `session`, all else of its episode up to its day, everybody by their
    id, and the rules by which minutes become units. `signed` is what is known of the note where it is closed.
    """

    case: Case
    session: TreatmentSession
    signed: SignedNote | None = None
    people: Mapping[int, Person]
    rules: PayerRules


def prepare_session_note(clinic: OpenClinic, session_id: int, paper: Paper | None = None) -> MadeDocument:
    """The note of a visit, ready to be given out, on the clinic's paper where None is chosen.

    One that was declared void says so on every page; a visit that was cancelled or missed has a short one. Raises
    `NotFoundError` ("visit.not_found"; a discarded draft is none), `InputError` "session_note.planned" for a visit that
    did not take place yet, `PtNotesError` "report.glyph_missing" for a character that no font has, `AccessError`.
    """
    require(clinic, Act.VIEW_NOTES)
    found = _read(clinic, session_id)
    data = session_note_content(clinic.reference, found, paper)
    # ReportLab is read only when the first document is made, never on the way to a window.
    from ptnotes.reports.session_note import render_session_note  # noqa: PLC0415

    made = made_document(
        DocumentKind.SESSION_NOTE, data, render_session_note(data), data.on, found.session.episode_id
    )
    return replace(
        made,
        covers_from=data.on,
        covers_to=data.on,
        sessions=((session_id, found.session.revision),),
        lacks=_lacks(clinic.reference, found, data),
    )


def _read(clinic: OpenClinic, session_id: int) -> NoteCase:
    with clinic.store.read() as connection:
        session = load_session(connection, session_id)
        if session.state is NoteState.DISCARDED:
            raise NotFoundError("visit.not_found")
        if session.status is VisitStatus.SCHEDULED:
            raise InputError(Fault("session_note.planned", "visit.status"))
        case = read_case(clinic, connection, session.episode_id, session.service_date)
        by_payer = rules_by_payer(connection)
        payer_id = payer_of_episode(connection, session.episode_id, session.service_date)
        return NoteCase(
            case=case,
            session=session,
            signed=next(iter(signed_notes(connection, [session_id], case.names)), None),
            people={person.id: person for person in people(connection) if person.id is not None},
            rules=by_payer.get(payer_id, by_payer[None]),
        )


def _lacks(reference: Reference, found: NoteCase, data: SessionNoteData) -> tuple[Lack, ...]:
    is_told = not data.absence and not data.void
    return session_note_lacks(reference, found.session, data) if is_told else ()


def session_note_content(
    reference: Reference, found: NoteCase, paper: Paper | None = None
) -> SessionNoteData:
    """The content of the note. Pure: what is given is all that is used."""
    case, session = found.case, found.session
    numbers = visit_numbers(case.sessions)
    is_attended = session.status is VisitStatus.ATTENDED
    signed = (found.signed,) if found.signed is not None else ()
    return SessionNoteData(
        clinic=case.clinic,
        author=found.people.get(session.author_id or 0, case.author),
        written_at=case.written_at,
        paper=paper or case.clinic.paper,
        patient=case.patient,
        age_years=age_years(case.patient.birth_date, session.service_date),
        signatures=signatures([session], numbers, signed, case.broken, case.mark)
        if is_attended
        else Signatures(),
        on=session.service_date,
        number=numbers.get(session.id or 0),
        kind=VISIT_KINDS[session.kind],
        title=case.episode.title,
        diagnoses=diagnosis_words(case.episode, session.service_date),
        # What was answered later was not known at the visit.
        precaution=precaution_words(
            reference,
            case.episode,
            replace(case.screen, answers=answers_at(case.screen.answers, session)),
        ),
        times=_times(session),
        contributors=tuple(_contributors(session, found.people)),
        others_present=session.others_present,
        absence=_absence(session),
        void=_void(found.signed),
        treatment=visit_treatment(reference, session, found.rules, case.names)
        if is_attended
        else VisitTreatment(),
        measures=visit_measures(reference, session, case.clinic.normal_values)
        if is_attended
        else VisitMeasures(),
        examination=found_lines(reference, session),
        body=told_course(reference, areas_of, [session]),
        note=session.note,
        consent=_consent(reference, case.screen, session),
        events=_events(case.screen, session),
        against=against_lines(reference, [session], numbers, case.screen, case.names),
        signed_by=tuple(_signed_by(found.signed, case.broken)),
        screening="The screen was asked at this visit."
        if is_attended and was_asked_at(case.screen.answers, session)
        else "",
    )


def _times(session: TreatmentSession) -> str:
    start = f"{session.time_in:%H:%M}" if session.time_in is not None else ""
    end = f"{session.time_out:%H:%M}" if session.time_out is not None else ""
    if start and end:
        return f"{start} to {end}"
    return f"from {start}" if start else f"to {end}" if end else ""


def _absence(session: TreatmentSession) -> str:
    if session.status is VisitStatus.ATTENDED:
        return ""
    why = f": {session.status_reason}" if session.status_reason else "; no reason is recorded"
    return f"The visit was {session.status.value}{why}."


def _void(signed: SignedNote | None) -> str:
    if signed is None or signed.voided is None:
        return ""
    voided = signed.voided
    return f"Declared void by {voided.person} on {moment(voided.at, signed.zone)}: {voided.reason}"


def _contributors(session: TreatmentSession, everybody: Mapping[int, Person]) -> Iterator[Contributor]:
    """The author first, then everybody else who did, measured or examined something, with what that was."""
    parts: dict[int, dict[str, None]] = {}
    if session.author_id is not None:
        parts[session.author_id] = {"author of the note": None}
    done: Sequence[tuple[str, Sequence[int | None]]] = (
        ("mobilization", [row.done_by for row in session.mobilizations]),
        ("services", [row.done_by for row in session.interventions]),
        ("exercises", [row.done_by for row in session.exercises]),
        ("range of motion", [row.rater for row in session.rom]),
        ("examination", [row.done_by for row in session.findings]),
        ("vital signs", [row.done_by for row in session.vitals]),
    )
    for part, people_of_rows in done:
        for person_id in people_of_rows:
            if person_id is not None and person_id != session.author_id:
                parts.setdefault(person_id, {})[part] = None
    for person_id, what in parts.items():
        person = everybody.get(person_id)
        if person is not None:
            yield Contributor(
                who=person.signature, part=", ".join(what), has_credentials=bool(person.credentials)
            )


def _signed_by(signed: SignedNote | None, broken: Collection[int]) -> Iterator[NoteSignature]:
    """Each signature under the note, in the order that it came; none of a note whose signatures do not hold."""
    if signed is None or signed.session_id in broken:
        return
    yield NoteSignature(
        kind="Signed electronically",
        who=signed.signer,
        at=moment(signed.signed_at, signed.zone),
        record=signed.short_hash,
        words="late entry" if signed.late else "",
    )
    for one in signed.co_signatures:
        yield NoteSignature(
            kind="Co-signed electronically", who=one.person, at=moment(one.at, signed.zone), words=one.words
        )
    if signed.voided is not None:
        yield NoteSignature(
            kind="Declared void",
            who=signed.voided.person,
            at=moment(signed.voided.at, signed.zone),
            words=signed.voided.reason,
        )


def _consent(reference: Reference, screen: Screen, session: TreatmentSession) -> str:
    if not any(is_thrust(reference, row) for row in session.mobilizations):
        return ""
    given = consent_in_force(screen.consents, session.service_date)
    if given is None:
        return "No consent to a thrust is recorded."
    words = f": {given.words}" if given.words else ""
    return f"The patient consented to thrust on {full_date(given.given_on)}{words}."


def _events(screen: Screen, session: TreatmentSession) -> tuple[EventLine, ...]:
    def standing(closed: date | None) -> str:
        return f"closed on {full_date(closed)}" if closed is not None else "still followed up"

    return tuple(
        EventLine(
            on=event.happened_on,
            what=event.what,
            done=event.action,
            followed=event.follow_up,
            standing=standing(event.closed_on),
        )
        for event in screen.events
        if event.after_session == session.id
    )
