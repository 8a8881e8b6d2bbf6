"""The day's patients: seen with how far each is, added by hand or from a CSV file, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

from ptnotes.db import day_list as stored
from ptnotes.db import search, sessions
from ptnotes.db.audit import Writing
from ptnotes.db.faults import faults_named
from ptnotes.db.patients import load_patient
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.day_list import (
    CsvLine,
    CsvMatch,
    DayRow,
    names_match,
    read_day_csv,
    standing_of,
    with_problem,
)
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.permissions import Act
from ptnotes.domain.text import clean_line, fold
from ptnotes.domain.treatment import NoteState, TreatmentSession, VisitStatus
from ptnotes.services.audit import log, log_visit
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows, require
from ptnotes.services.signing import check_note

_MOST_BYTES = 2_000_000
_CANDIDATES = 20
_ABSENT = (VisitStatus.CANCELLED, VisitStatus.MISSED)


def patients_of_day(clinic: OpenClinic, day: date | None = None) -> tuple[DayRow, ...]:
    """The patients of a day (today, where none is given), earliest first, with how far the work on each is.

    Whoever may not read charts is not told of visits.
    """
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    on = day or clinic.today()
    with clinic.store.read() as connection:
        appointments = stored.appointments_of(connection, on)
        visits: tuple[stored.Visit, ...] = ()
        if allows(clinic, Act.VIEW_NOTES):
            visits = stored.visits_of(connection, on, [one.patient.id for one in appointments])
    # Whoever comes twice a day has two visits: the first is that of the earlier appointment.
    left = [one for one in visits if one.status is VisitStatus.ATTENDED]
    rows = []
    for one in appointments:
        visit = next((visit for visit in left if visit.patient_id == one.patient.id), None)
        if one.status in _ABSENT:
            visit = None
        if visit is not None:
            left.remove(visit)
        rows.append(_row(clinic, one, visit))
    return tuple(rows)


def add_to_day(
    clinic: OpenClinic, patient_id: int, day: date, starts_at: time | None, words: str = ""
) -> int:
    """Put a patient on a day's list and give the appointment's id.

    Raises `InputError` ("day.there" where they stand there at that time), `NotFoundError`, `AccessError`.
    """
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    noted = clean_line(words, "day.words")
    with clinic.store.write() as connection:
        load_patient(connection, patient_id)
        if _is_there(stored.appointments_of(connection, day), patient_id, starts_at):
            raise InputError(Fault("day.there", "day.patient"))
        key = stored.add_appointment(connection, patient_id, day, starts_at, noted, clinic.person_id)
        _log(clinic, connection, patient_id, day, "planned")
        connection.commit()
    return key


def set_attendance(clinic: OpenClinic, appointment_id: int, status: VisitStatus, reason: str = "") -> None:
    """Store what became of an appointment: planned, arrived (attended), cancelled or missed.

    Cancelled and missed are recorded in the patient's open episode, where there is one, and are never counted; taking
    it back discards that record. Raises `InputError` ("day.visit_there" where a visit of that day is charted),
    `NotFoundError`, `AccessError`.
    """
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    why = clean_line(reason, "visit.status_reason")
    with clinic.store.write() as connection:
        one = stored.load_appointment(connection, appointment_id)
        if status is one.status:
            return
        charted = stored.visits_of(connection, one.day, [one.patient.id])
        if status in _ABSENT and any(visit.status is VisitStatus.ATTENDED for visit in charted):
            raise InputError(Fault("day.visit_there", "day.status"))
        _take_back_absence(clinic, connection, one)
        session_id = _record_absence(clinic, connection, one, status, why) if status in _ABSENT else None
        stored.set_appointment(connection, one.id, status, session_id)
        _log(clinic, connection, one.patient.id, one.day, status.value)
        connection.commit()


def take_off_day(clinic: OpenClinic, appointment_ids: Sequence[int]) -> None:
    """Take appointments off the list that were put there by mistake; what is charted stays.

    Raises `NotFoundError`, `AccessError`.
    """
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    with clinic.store.write() as connection:
        for key in appointment_ids:
            one = stored.load_appointment(connection, key)
            _take_back_absence(clinic, connection, one)
            _log(clinic, connection, one.patient.id, one.day, "taken off")
        stored.take_off(connection, appointment_ids)
        connection.commit()


def look_at_csv(clinic: OpenClinic, path: Path, day: date) -> tuple[CsvMatch, ...]:
    """The lines of a CSV file with the patients that they name; nothing is stored.

    A line that names nobody here, several, somebody else by its number, or somebody who stands on the list at that time
    has its problem. Raises `InputError` as `read_day_csv`, and "csv.too_large"; `EnvironmentFault`, `AccessError`.
    """
    require(clinic, Act.VIEW_DEMOGRAPHICS)
    with faults_named(path), path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise InputError(Fault("csv.too_large", "csv"))
    lines = read_day_csv(_text(raw), day)
    matches: list[CsvMatch] = []
    seen: set[tuple[int, time | None]] = set()
    with clinic.store.read() as connection:
        there = stored.appointments_of(connection, day)
        for line in lines:
            match = CsvMatch(line=line) if line.problem else _match(clinic, connection, line)
            if match.patient is not None:
                key = (match.patient.id, line.starts_at)
                if _is_there(there, *key):
                    match = CsvMatch(line=with_problem(line, "stands on the list already"))
                elif key in seen:
                    match = CsvMatch(line=with_problem(line, "stands in the file twice"))
                seen.add(key)
            matches.append(match)
    return tuple(matches)


def add_from_csv(clinic: OpenClinic, day: date, matches: Sequence[CsvMatch]) -> tuple[int, ...]:
    """Put the patients that were found on the day's list, all or none, and give the appointments' ids.

    Who stands there at that time by now is left out. Raises `AccessError`, `EnvironmentFault`.
    """
    require(clinic, Act.EDIT_DEMOGRAPHICS)
    added = []
    with clinic.store.write() as connection:
        there = stored.appointments_of(connection, day)
        for match in matches:
            patient, line = match.patient, match.line
            if patient is None or _is_there(there, patient.id, line.starts_at):
                continue
            added.append(
                stored.add_appointment(
                    connection, patient.id, day, line.starts_at, line.words, clinic.person_id
                )
            )
            _log(clinic, connection, patient.id, day, "planned, from a file")
        connection.commit()
    return tuple(added)


def _row(clinic: OpenClinic, one: stored.Appointment, visit: stored.Visit | None) -> DayRow:
    ready = (
        visit is not None
        and visit.state is NoteState.DRAFT
        and not any(finding.blocks for finding in check_note(clinic, visit.id))
    )
    note = None if visit is None else visit.state
    return DayRow(
        id=one.id,
        patient=one.patient,
        starts_at=one.starts_at,
        status=one.status,
        standing=standing_of(one.status, note, can_be_signed=ready),
        session_id=None if visit is None else visit.id,
        words=one.words,
    )


def _is_there(appointments: Sequence[stored.Appointment], patient_id: int, starts_at: time | None) -> bool:
    return any((one.patient.id, one.starts_at) == (patient_id, starts_at) for one in appointments)


def _record_absence(
    clinic: OpenClinic, connection: Writing, one: stored.Appointment, status: VisitStatus, reason: str
) -> int | None:
    episode_id = stored.open_episode_of(connection, one.patient.id)
    if episode_id is None:
        return None
    absence = TreatmentSession(
        episode_id=episode_id,
        service_date=one.day,
        zone=clinic.zone,
        status=status,
        status_reason=reason,
        author_id=clinic.person_id,
    )
    (made,) = sessions.add_sessions(connection, [absence], clinic.clock())
    log_visit(clinic, connection, Verb.MADE, made)
    return made.id


def _take_back_absence(clinic: OpenClinic, connection: Writing, one: stored.Appointment) -> None:
    if one.session_id is None:
        return
    absence = sessions.load_session(connection, one.session_id)
    if absence.state is NoteState.DRAFT and absence.status in _ABSENT:
        sessions.set_state(connection, one.session_id, NoteState.DRAFT, NoteState.DISCARDED, clinic.clock())
        log_visit(clinic, connection, Verb.DISCARDED, absence)


def _match(clinic: OpenClinic, connection: Writing, line: CsvLine) -> CsvMatch:
    """The one patient whom a line names. A record number decides; a name alone is enough where one has it."""
    words = line.mrn or line.name
    found = search.find_patients(connection, words, clinic.today(), limit=_CANDIDATES)
    if line.mrn:
        same = [one for one in found if fold(one.mrn) == fold(line.mrn)]
        if same and line.name and not names_match(line.name, same[0]):
            return CsvMatch(line=with_problem(line, "has the record number of somebody else"))
    else:
        same = [one for one in found if names_match(line.name, one)]
    if line.birth_date is not None:
        other = [one for one in same if one.birth_date != line.birth_date]
        same = [one for one in same if one.birth_date == line.birth_date]
        if other and not same:
            return CsvMatch(line=with_problem(line, "has another birth date than the patient of that name"))
    return _only(line, same)


def _only(line: CsvLine, same: Sequence[PatientRow]) -> CsvMatch:
    if not same:
        return CsvMatch(line=with_problem(line, "names nobody in this file"))
    if len(same) > 1:
        return CsvMatch(line=with_problem(line, "names several patients: add the one by hand"))
    return CsvMatch(line=line, patient=same[0])


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _log(clinic: OpenClinic, connection: Writing, patient_id: int, day: date, what: str) -> None:
    detail = f"appointment of {day.isoformat()}: {what}"
    log(clinic, connection, Verb.CHANGED, Subject.PATIENT, patient_id, patient_id=patient_id, detail=detail)
