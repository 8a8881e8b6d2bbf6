"""The home programme as a sheet for the patient: what to do at home, in plain words, and when to call.

The exercises are those that the latest visit with any charted as done at home. Nothing is added to what was charted: a
dose that is blank, or how often, stays a line to write on. The signs to get help for are the reference data's
(``contraindications``), in plain words, and only those whose source was looked up; one that speaks of the spine alone
is left out where no spine is treated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ptnotes.clinical import Reference
from ptnotes.domain.dates import age_years
from ptnotes.domain.documents import DocumentKind, Lack, blanks_left
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.letters import called
from ptnotes.domain.people import Paper
from ptnotes.domain.permissions import Act
from ptnotes.domain.screening import items_for
from ptnotes.domain.text import clean_note
from ptnotes.domain.treatment import Exercise, Place, TreatmentSession
from ptnotes.domain.trend import counted, visit_numbers
from ptnotes.domain.wording import full_date, how_many, how_often, number
from ptnotes.reports.home_sheet_data import HomeExercise, HomeSheetData
from ptnotes.services.case import Case, gather
from ptnotes.services.documents import MadeDocument, made_document
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.report_signatures import signatures
from ptnotes.services.visit_words import goes_on

_SPINAL_SIGNS = frozenset({"cauda_equina"})
_SIGNS = {
    "cauda_equina": (
        "new numbness between the legs, a new problem with the bladder, the bowels or sexual function, "
        "or weakness in both legs"
    ),
    "infection_spine": "fever, chills or feeling unwell together with pain in the spine or a joint",
}
"""Screening items that a patient can notice, in plain words; which of them are said follows the data."""
_AT_ONCE = "emergency"
_REMARK = re.compile(r" \([^()]*\)$")
"""What stands in brackets behind a source: what it says of the item."""
_WATCH_FOR_LIMIT = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeSheetChoices:
    """What a therapist chooses of a sheet: the paper is the clinic's where None. `watch_for` tells the patient what to
    watch for, in plain words; where it is empty nothing stands there, since what is charted is in words of the clinic.
    """

    paper: Paper | None = None
    watch_for: str = ""


def prepare_home_sheet(clinic: OpenClinic, episode_id: int, choices: HomeSheetChoices) -> MadeDocument:
    """The sheet of an episode's home exercises, ready to be given out.

    Raises `NotFoundError`, `AccessError`; `InputError` ("text.too_long", "text.control") for words that are none to be
    stored; and `PtNotesError` "report.glyph_missing" for a character that no font has.
    """
    require(clinic, Act.VIEW_NOTES)
    watch_for = clean_note(choices.watch_for, "home.watch_for", _WATCH_FOR_LIMIT).strip()
    case = replace(gather(clinic, episode_id, clinic.today()), paper=choices.paper)
    shown = _shown(case.sessions)
    data = home_sheet_content(clinic.reference, case, watch_for)
    # ReportLab is read only when the first document is made, never on the way to a window.
    from ptnotes.reports.home_sheet import render_home_sheet  # noqa: PLC0415

    on = data.shown_on or data.written_at.date()
    made = made_document(DocumentKind.HOME_PROGRAMME, data, render_home_sheet(data), on, episode_id)
    return replace(
        made,
        covers_from=data.shown_on,
        covers_to=data.shown_on,
        sessions=tuple((one.id or 0, one.revision) for one in shown),
        lacks=home_sheet_lacks(case.episode, data),
    )


def home_sheet_content(reference: Reference, case: Case, watch_for: str = "") -> HomeSheetData:
    """The content of the sheet of `case`, with what the patient is to watch for in words of whoever makes it."""
    shown = _shown(case.sessions)
    attended = counted(case.sessions)
    at_home = [row for session in shown for row in session.exercises if row.place is Place.HOME]
    signs = [
        item
        for item in items_for(reference, (row.region for row in case.episode.regions))
        if item.id in _SIGNS
        and item.source_status == "looked_up"
        and (item.id not in _SPINAL_SIGNS or _is_spinal(reference, case.episode))
    ]
    return HomeSheetData(
        clinic=case.clinic,
        author=case.author,
        written_at=case.written_at,
        paper=case.paper or case.clinic.paper,
        patient=case.patient,
        age_years=age_years(case.patient.birth_date, case.as_of),
        signatures=signatures(shown, visit_numbers(case.sessions), case.notes, case.broken, case.mark),
        called=called(case.patient),
        shown_on=shown[0].service_date if shown else None,
        is_latest=not shown or shown[0] is attended[-1],
        exercises=tuple(_exercise(reference, row) for row in at_home),
        watch_for=watch_for,
        emergencies=tuple(_SIGNS[item.id] for item in signs if item.action == _AT_ONCE),
        same_day=tuple(_SIGNS[item.id] for item in signs if item.action != _AT_ONCE),
        sources=tuple(
            dict.fromkeys(_REMARK.sub("", part) for item in signs for part in item.source.split("; "))
        ),
    )


def home_sheet_lacks(episode: EpisodeOfCare, data: HomeSheetData) -> tuple[Lack, ...]:
    """What the sheet should say and cannot, what is required first."""
    return tuple(sorted(_lacks(episode, data), key=lambda lack: not lack.is_required))


def _lacks(episode: EpisodeOfCare, data: HomeSheetData) -> Iterator[Lack]:
    yield from blanks_left("What to watch for", data.watch_for)
    if not data.exercises:
        yield Lack(code="lack.home_exercises")
    elif not data.is_latest and data.shown_on is not None:
        yield Lack(
            code="lack.home_exercises_older", values={"day": full_date(data.shown_on)}, is_required=False
        )
    for exercise in data.exercises:
        if not exercise.dose:
            yield Lack(code="lack.home_dose", values={"exercise": exercise.name}, is_required=False)
        if not exercise.often:
            yield Lack(code="lack.home_often", values={"exercise": exercise.name}, is_required=False)
    if not data.clinic.telephone:
        yield Lack(code="lack.clinic_telephone")
    precaution = episode.precaution.strip()
    if precaution and not data.watch_for:
        # It was charted for colleagues: what of it the patient has to know is said by whoever hands the sheet over.
        yield Lack(code="lack.home_precaution", values={"words": precaution}, is_required=False)


def home_exercise_lines(reference: Reference, sessions: Sequence[TreatmentSession]) -> tuple[str, ...]:
    """Each exercise of the home programme in one line: ``Bridge: 3 sets of 10, with the green band, twice a day``."""
    rows = (
        _exercise(reference, row)
        for session in _shown(sessions)
        for row in session.exercises
        if row.place is Place.HOME
    )
    return tuple(
        f"{row.name}: {', '.join(part for part in (row.dose, row.load, row.often) if part)}".removesuffix(
            ": "
        )
        for row in rows
    )


def home_exercises_on(sessions: Sequence[TreatmentSession]) -> date | None:
    """The day of the visit whose home exercises count; None where no visit has any."""
    return next((session.service_date for session in _shown(sessions)), None)


def _shown(sessions: Sequence[TreatmentSession]) -> tuple[TreatmentSession, ...]:
    """The latest visit that charted anything to do at home, alone in its tuple; empty where none did."""
    return next(
        (
            (session,)
            for session in reversed(counted(sessions))
            if any(row.place is Place.HOME for row in session.exercises)
        ),
        (),
    )


def _exercise(reference: Reference, row: Exercise) -> HomeExercise:
    known = reference.exercises.get(row.exercise or "")
    return HomeExercise(
        name=row.name or (known.label if known is not None else "Exercise"),
        dose=_dose(row, goes_on=goes_on(reference, row)),
        load=_load(row),
        often=how_often(row.times_a_day, row.days_a_week),
        cue=row.cue.strip(),
    )


def _dose(row: Exercise, *, goes_on: bool) -> str:
    """How much, in words: ``3 sets of 10, each held for 5 seconds``; empty where nothing was charted.

    What goes on for a time, as on a bicycle, is not held: ``once, for 5 minutes``.
    """
    lasting = _lasting(row.hold_s, goes_on=goes_on) if row.hold_s is not None else ""
    if row.reps is None:
        if row.sets is None:
            return lasting
        times = "once" if row.sets == 1 else f"{row.sets} times"
        return f"{times}, {lasting}" if lasting else f"{row.sets} {'set' if row.sets == 1 else 'sets'}"
    if row.sets is not None:
        told = f"{row.sets} {'set' if row.sets == 1 else 'sets'} of {row.reps}"
    else:
        told = "once" if row.reps == 1 else f"{row.reps} times"
    return f"{told}, each {lasting.replace('hold', 'held')}" if lasting else told


def _lasting(seconds: int, *, goes_on: bool) -> str:
    if not goes_on:
        return f"hold for {how_many(seconds, 'second')}"
    return f"for {how_many(seconds, 'second') if seconds % 60 else how_many(seconds // 60, 'minute')}"


def _load(row: Exercise) -> str:
    if row.band:
        return f"with the {row.band} band"
    return f"with {number(row.load)} {row.load_unit}" if row.load is not None else ""


def _is_spinal(reference: Reference, episode: EpisodeOfCare) -> bool:
    """Whether the episode treats a region of the spine, or says no region: then nothing is left out."""
    if not episode.regions:
        return True
    for row in episode.regions:
        place = row.region
        while place in reference.regions:
            place = reference.regions[place].parent
        if place == "spine":
            return True
    return False
