"""The day's patients: who is expected when, what became of it, and lists of them read from a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum

from ptnotes.domain.dates import read_any_dates, read_clock
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.text import LINE_LIMIT, fold
from ptnotes.domain.treatment import NoteState, VisitStatus

MOST_LINES = 2_000
"""Lines of a CSV file that are read: far more than one day of any clinic."""


class Standing(StrEnum):
    """How far the work on a day's patient has come."""

    PLANNED = "planned"
    TO_CHART = "to chart"
    DRAFT = "draft"
    TO_SIGN = "to sign"
    TO_CO_SIGN = "to co-sign"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One patient of a day. `session_id` names the visit that was charted, None where there is none or it is not to be
    seen; `words` is what was noted with the appointment.
    """

    id: int
    patient: PatientRow
    starts_at: time | None
    status: VisitStatus
    standing: Standing
    session_id: int | None = None
    words: str = ""


def standing_of(status: VisitStatus, note: NoteState | None, *, can_be_signed: bool) -> Standing:
    """How far the work is, by what became of the appointment and the state of the visit's note (None: no visit)."""
    match note:
        case NoteState.SIGNED:
            return Standing.DONE
        case NoteState.AWAITING_COSIGNATURE:
            return Standing.TO_CO_SIGN
        case NoteState.DRAFT:
            return Standing.TO_SIGN if can_be_signed else Standing.DRAFT
    return {
        VisitStatus.SCHEDULED: Standing.PLANNED,
        VisitStatus.ATTENDED: Standing.TO_CHART,
        VisitStatus.CANCELLED: Standing.CANCELLED,
        VisitStatus.MISSED: Standing.MISSED,
    }[status]


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvLine:
    """A line of a CSV file as read. `problem` says why it cannot be taken, empty where it can."""

    number: int
    starts_at: time | None = None
    mrn: str = ""
    name: str = ""
    birth_date: date | None = None
    words: str = ""
    problem: str = ""

    @property
    def as_written(self) -> str:
        """Who is meant, as the file says it."""
        return self.name or (f"record number {self.mrn}" if self.mrn else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvMatch:
    """A line with the patient of this clinic that it names; without one `line.problem` says why."""

    line: CsvLine
    patient: PatientRow | None = None


_HEADS: Mapping[str, tuple[str, ...]] = {
    "mrn": ("mrn", "record number", "record no", "record", "chart", "chart number", "patient id", "account"),
    "family": ("last name", "family name", "surname", "last"),
    "given": ("first name", "given name", "first"),
    "name": ("patient", "patient name", "name", "client", "client name"),
    "birth": ("birth date", "date of birth", "dob", "birthdate", "born", "birthday"),
    "time": ("time", "start", "start time", "appointment time", "appt time", "starts at", "begin"),
    "date": ("date", "day", "appointment date", "appt date", "visit date"),
    "both": ("date time", "appointment", "start date time", "appointment date time", "datetime"),
    "words": ("note", "notes", "comment", "comments", "reason", "visit type", "type"),
}
_BY_HEAD = {head: column for column, heads in _HEADS.items() for head in heads}


def read_day_csv(text: str, day: date) -> tuple[CsvLine, ...]:
    """The lines of a CSV file with the appointments of `day`: columns are told by their heads, in any order.

    Commas, semicolons and tabs part the columns. A line of another day, without a name, or with a time that is none is
    kept with its problem. Raises `InputError`: "csv.no_columns" where no column names a patient, "csv.empty",
    "csv.too_long".
    """
    rows = _rows(text)
    if len(rows) < 2:
        raise InputError(Fault("csv.empty", "csv"))
    if len(rows) > MOST_LINES:
        raise InputError(Fault("csv.too_long", "csv", values={"limit": f"{MOST_LINES:,}"}))
    columns = _columns(rows[0][1])
    if not columns.keys() & {"mrn", "name", "family"}:
        raise InputError(Fault("csv.no_columns", "csv"))
    return tuple(_line(number, cells, columns, day) for number, cells in rows[1:])


def names_match(written: str, patient: PatientRow) -> bool:
    """Whether a name as written in a file is the patient's, in any order: the family name and a given or preferred one,
    and nothing that is not theirs.
    """
    said = set(fold(written).replace("“", " ").replace("”", " ").replace('"', " ").split())
    plain, _, preferred = patient.name.partition(" “")
    family, _, rest = plain.partition(", ")
    own, called = set(fold(rest).split()), set(fold(preferred.rstrip("”")).split())
    lasts = set(fold(family).split())
    return lasts <= said <= lasts | own | called and bool(said & (own | called))


def with_problem(line: CsvLine, problem: str) -> CsvLine:
    """The line, left out because of `problem`."""
    return replace(line, problem=problem)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=first.count)
    found = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=mark), start=1):
            cleaned = [" ".join(cell.split())[:LINE_LIMIT] for cell in cells]
            if any(cleaned):
                found.append((number, cleaned))
            if len(found) > MOST_LINES:
                break
    except csv.Error:
        raise InputError(Fault("csv.unreadable", "csv")) from None
    return found


def _columns(heads: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, head in enumerate(heads):
        column = _BY_HEAD.get(" ".join(fold(head).replace("_", " ").replace("#", " number").split()))
        if column is not None:
            columns.setdefault(column, place)
    return columns


def _line(number: int, cells: Sequence[str], columns: Mapping[str, int], day: date) -> CsvLine:
    def cell(column: str) -> str:
        place = columns.get(column, len(cells))
        return cells[place] if place < len(cells) else ""

    name = cell("name") or " ".join(part for part in (cell("given"), cell("family")) if part)
    line = CsvLine(number=number, mrn=cell("mrn"), name=name, words=cell("words"))
    if not line.mrn and not line.name:
        return with_problem(line, "names no patient")
    clock, on = cell("time"), cell("date")
    if cell("both"):
        # The last word with a colon begins the time: ``3/2/2026 9:30 AM``.
        on, _, rest = cell("both").replace("T", " ").partition(" ")
        clock = clock or rest
    if on and day not in read_any_dates(on, day):
        return with_problem(line, f"is of another day: {on[:20]}")
    starts_at = read_clock(clock) if clock else None
    if clock and starts_at is None:
        return with_problem(line, f"has a time that is not understood: {clock[:20]}")
    born = cell("birth")
    dates = tuple(found for found in read_any_dates(born, day) if found <= day) if born else ()
    if born and not dates:
        return with_problem(line, f"has a birth date that is not understood: {born[:20]}")
    return replace(line, starts_at=starts_at, birth_date=dates[0] if dates else None)
